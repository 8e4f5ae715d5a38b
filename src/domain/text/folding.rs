//! How words are compared in searches: one form for all spellings that readers take for the same word.
//!
//! The language of a text is unknown, so only what no reader misses is folded:
//!
//! | script | the same to a search | not the same |
//! |---|---|---|
//! | all | case, accents, width, ligatures, soft hyphens, joiners | |
//! | Latin | `ä ö ü å ø` and `a o u a o`, and also `ae oe ue aa oe` (*Köln*, *Koln*, *Koeln*); `æ`/`ae`, `œ`/`oe`, `ß`/`ss`, `ł`/`l`, `đ ð`/`d`, `þ`/`th`, Turkish `ı İ`/`i` | `ae` and `a` in words without an umlaut (*poet*, *pot*) |
//! | Greek | accents and breathings, final `ς` | |
//! | Cyrillic | `ё`/`е`, `ґ`/`г`, stress marks | `й`/`и`, `ї`/`і`, `ў`/`у`: other letters |
//! | Hebrew, Arabic | points and vowel signs, final letters, tatweel; `أ إ آ ٱ`/`ا`, `ى ی`/`ي`, `ة`/`ه`, `ک`/`ك`; Arabic digits | |
//! | Japanese | half and full width, hiragana and katakana | `か`/`が`: other sounds |
//! | Indic | nukta | vowel signs |
//!
//! Simplified and traditional Chinese stay apart: to fold them needs a dictionary.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

const COMPOSER: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
const DECOMPOSER: CanonicalDecompositionBorrowed<'static> = CanonicalDecompositionBorrowed::new();

/// A word as searches compare it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FoldedWord {
    pub main: String,
    /// With its umlauts written as two letters: *koeln* for *Köln*.
    pub spelled_out: Option<String>,
}

impl FoldedWord {
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.main).chain(self.spelled_out.as_deref())
    }
}

/// Folds one word. What is not part of a word disappears.
pub fn fold_word(word: &str) -> FoldedWord {
    if word.is_ascii() {
        return FoldedWord { main: word.to_ascii_lowercase(), spelled_out: None };
    }
    let mut main = String::with_capacity(word.len());
    let mut spelled_out: Option<String> = None;
    for c in COMPOSER.normalize(word).chars().flat_map(char::to_lowercase) {
        let start = main.len();
        push_folded(c, &mut main);
        let two_letters = spelled_out_letter(c);
        if two_letters.is_some() && spelled_out.is_none() {
            spelled_out = Some(main[..start].to_owned());
        }
        if let Some(spelled_out) = &mut spelled_out {
            spelled_out.push_str(two_letters.unwrap_or(&main[start..]));
        }
    }
    FoldedWord { main, spelled_out }
}

fn spelled_out_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        _ => return None,
    })
}

fn push_folded(c: char, out: &mut String) {
    match c {
        _ if c.is_ascii() => out.extend(c.is_ascii_alphanumeric().then_some(c)),
        'ß' => out.push_str("ss"),
        'æ' | 'ǽ' | 'ǣ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' | 'ǿ' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ħ' => out.push('h'),
        'ŧ' => out.push('t'),
        'ŋ' => out.push('n'),
        'ı' => out.push('i'),
        _ if is_word_mark(c) && is_dropped_mark(c) => {}
        _ => out.push(folded_letter(c)),
    }
}

fn folded_letter(c: char) -> char {
    let shifted = |by: i64| u32::try_from(i64::from(u32::from(c)) - by).ok().and_then(char::from_u32).unwrap_or(c);
    match c {
        'ς' => 'σ',
        'ё' | 'ѐ' => 'е',
        'ѝ' => 'и',
        'ґ' => 'г',
        // Finals of Hebrew stand before their letter.
        'ך' | 'ם' | 'ן' | 'ף' | 'ץ' => shifted(-1),
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        '٠'..='٩' => shifted(0x660 - 0x30),
        '۰'..='۹' => shifted(0x6f0 - 0x30),
        '०'..='९' => shifted(0x966 - 0x30),
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => shifted(0x60),
        // Latin and Greek letters lose their accents; composed letters of other scripts are letters of their own.
        '\u{c0}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}' => base_letter(c),
        _ => c,
    }
}

fn base_letter(mut c: char) -> char {
    loop {
        c = match DECOMPOSER.decompose(c) {
            Decomposed::Expansion(base, _) | Decomposed::Singleton(base) => base,
            Decomposed::Default => return c,
        };
    }
}

/// Marks and joiners inside words.
pub(super) fn is_word_mark(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{200c}' | '\u{200d}' | 'ـ' => true,
        '\0'..'\u{300}' | '\u{2000}'..='\u{206f}' | '\u{feff}' => false,
        _ => unicode_width::UnicodeWidthChar::width(c) == Some(0) && !('\u{1160}'..='\u{11ff}').contains(&c),
    }
}

/// Accents, points and joiners; not the vowels of scripts that write them as marks.
fn is_dropped_mark(c: char) -> bool {
    matches!(c,
        '\0'..'\u{8d4}' | '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{abc}' | '\u{b3c}' | '\u{cbc}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_readers_take_for_the_same_word_fold_alike() {
        for spellings in [
            &["ISTANBUL", "İstanbul", "istanbul", "ıstanbul"][..],
            &["Łódź", "łodz", "LODZ"],
            &["Ærø", "ærø", "aero"],
            &["Straße", "STRASSE", "strasse", "STRAẞE"],
            &["œuvre", "Œuvre", "oeuvre"],
            &["Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ", "οδυσσευσ"],
            &["всё", "Все"],
            &["за\u{301}мок", "замок"],
            &["Đà", "da", "Đa\u{300}"],
            &["Nẵng", "nang", "Na\u{306}\u{303}ng"],
            &["Phở", "pho"],
            &["ｶﾞｿﾘﾝ", "ガソリン", "がそりん"],
            &["ＡＢＣ１", "abc1"],
            &["شُكْرًا", "شكرا"],
            &["أحمد", "احمد"],
            &["می‌خواهم", "ميخواهم"],
            &["שָׁלוֹם", "שלום", "שלומ"],
            &["ﬁnd", "find"],
            &["co\u{ad}operate", "cooperate"],
            &["हिन्दी", "हिन्दी"],
            &["फ़िल्म", "फिल्म"],
            &["e\u{301}cole", "École", "ecole"],
            &["한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"],
        ] {
            let folded: Vec<String> = spellings.iter().map(|word| fold_word(word).main).collect();
            assert!(folded.iter().all(|other| *other == folded[0]), "{spellings:?}: {folded:?}");
        }
        for (one, other) in [("й", "и"), ("が", "か"), ("poet", "pot"), ("ї", "і"), ("कि", "की"), ("мои", "мой")]
        {
            assert_ne!(fold_word(one), fold_word(other));
        }
    }

    #[test]
    fn umlauts_are_also_spelled_out() {
        for (word, main, spelled_out) in [
            ("Köln", "koln", Some("koeln")),
            ("Ålborg", "alborg", Some("aalborg")),
            ("Møller", "moller", Some("moeller")),
            ("Grüße", "grusse", Some("gruesse")),
            ("Koeln", "koeln", None),
            ("naïve", "naive", None),
        ] {
            let folded = fold_word(word);
            assert_eq!((&*folded.main, folded.spelled_out.as_deref()), (main, spelled_out), "{word}");
        }
    }
}
