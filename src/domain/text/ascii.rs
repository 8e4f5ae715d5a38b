//! Text for terminals that do not speak UTF-8: letters of ASCII in as many columns.
//!
//! A character without a likeness becomes `?`, so that no figure changes its value: `10⁻⁶` is `10??`, not `10-6`.

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use unicode_segmentation::UnicodeSegmentation;

use super::grapheme_width;

const DECOMPOSER: CanonicalDecompositionBorrowed<'static> = CanonicalDecompositionBorrowed::new();

/// Letters and the ASCII that stands for each, in the same order.
const ALIKE: [(&str, &str); 7] = [
    ("‘’‚‛′‹›“”„‟″«»‐‑‒–—―−‖…‥·•‣▪●○◦⋅×÷∕⁄∗⟨⟩", "'''''<>\"\"\"\"\"\"\"-------|~~-*******x///*<>"),
    ("≤≥≈→↳▸←◂↑▴↓▾★☆✓✔✗✘©®│┃║─━═┄├┝┣└┕┗┌┏┬┳┐┓┘┛┤┫┴┻┼╋", "<>~>>><<^^vv**vvxxcr|||----++++++++++++++++++++"),
    ("▌▐█▉▇▆▅▓■▄▃▂▒▁▀░□¦¡¿¢£€¥§¶", "||#######====_\".o|!?cLEYSP"),
    ("ßſæœøőđðłþŧħıŋƒÆŒØĐÐŁÞŦĦŊ", "ssaoooddltthinfAOODDLTTHN"),
    ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ", "abvgdeezziiklmnoprstufhccss'y'euaiiegudjlncd"),
    ("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЇЄҐЎЂЈЉЊЋЏ", "ABVGDEEZZIIKLMNOPRSTUFHCCSS'Y'EUAIIEGUDJLNCD"),
    ("αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "abgdezitiklmnxoprsstyfcpoABGDEZITIKLMNXOPRSTYFCPO"),
];

/// The text in ASCII, every letter in as many columns as it takes in Unicode.
pub fn to_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for letter in text.graphemes(true) {
        push_ascii(letter, &mut ascii);
    }
    ascii
}

fn push_ascii(letter: &str, ascii: &mut String) {
    if letter.is_ascii() {
        ascii.push_str(letter);
        return;
    }
    let columns = grapheme_width(letter);
    let known = letter.chars().next().and_then(likeness);
    // Fullwidth letters have a likeness and a column more; of other wide ones nothing is known.
    let filler = if known.is_some() { ' ' } else { '?' };
    ascii.extend(known.into_iter().chain(std::iter::repeat(filler)).take(columns));
}

fn likeness(c: char) -> Option<char> {
    match c {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => return Some(' '),
        '\u{ff01}'..='\u{ff5e}' => return char::from_u32(u32::from(c) - 0xff01 + 0x21),
        _ if c.is_ascii() => return Some(c),
        _ => {}
    }
    if let Decomposed::Singleton(base) | Decomposed::Expansion(base, _) = DECOMPOSER.decompose(c) {
        return likeness(base);
    }
    let find =
        |(letters, likes): &(&str, &str)| letters.chars().position(|known| known == c).and_then(|at| likes.chars().nth(at));
    ALIKE.iter().find_map(find)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::width;

    #[test]
    fn every_letter_has_its_likeness() {
        for (letters, likes) in ALIKE {
            assert_eq!(letters.chars().count(), likes.chars().count(), "{letters}");
            assert!(likes.is_ascii());
        }
    }

    #[test]
    fn letters_become_ascii_in_as_many_columns() {
        for (text, ascii) in [
            ("Plain text.", "Plain text."),
            ("Café “à la crème” — naïve…", "Cafe \"a la creme\" - naive~"),
            ("e\u{301}te\u{301}", "ete"),
            ("Привет, мир", "Privet, mir"),
            ("Ελλάδα", "Ellada"),
            ("Łódź, Ǎ, ệ, ǖ", "Lodz, A, e, u"),
            ("ＡＢ", "A B "),
            ("漢字", "????"),
            ("👩\u{200d}🌾!", "??!"),
            ("10⁻⁶ ½ m²", "10?? ? m?"),
            ("a\u{a0}b", "a b"),
        ] {
            assert_eq!(to_ascii(text), ascii);
            assert_eq!(width(text), ascii.len(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_ascii_of_the_same_width(text in "\\PC{0,20}") {
            let ascii = to_ascii(&text);
            proptest::prop_assert!(ascii.is_ascii());
            let columns: usize = text.graphemes(true).map(grapheme_width).sum();
            proptest::prop_assert_eq!(ascii.len(), columns);
        }
    }
}
