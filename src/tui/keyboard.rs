//! Keyboards of other scripts: which key of a Latin keyboard a letter stands on, so that bindings work without changing the
//! layout.

/// Pairs of rows: the letters of a layout, and what stands on the same keys of an American keyboard.
const LAYOUTS: [(&str, &str); 9] = [
    // Russian, then what Ukrainian and Belarusian have in other places.
    ("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"),
    ("іїєґўѓ", "s]'\\o`"),
    ("ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"),
    ("קראטוןםפשדגכעיחלךזסבהנמצתץ", "ertyuiopasdfghjklzxcvbnm,."),
    ("ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ", "qwertyuiop[]asdfghjkl;'zxcvnm,./"),
    ("ქწერტყუიოპასდფგჰჯკლზხცვბნმ", "qwertyuiopasdfghjklzxcvbnm"),
    // Thai's Kedmanee and the InScript of Devanagari, whose signs for vowels and tones are written one by one.
    ("\u{e46}ไ\u{e33}พะ\u{e31}\u{e35}รนยบลฟหกดเ\u{e49}\u{e48}าสวงผปแอ\u{e34}\u{e37}ทมใฝ", "qwertyuiop[]asdfghjkl;'zxcvbnm,./"),
    (
        "\u{94c}\u{948}\u{93e}\u{940}\u{942}बहगदजड\u{94b}\u{947}\u{94d}\u{93f}\u{941}परकतचट\u{902}मनवलस",
        "qwertyuiop[asdfghjkl;'xcvbnm",
    ),
    ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm"),
];

/// The character that the same key types on an American keyboard; none for a Latin letter or one of no known layout.
pub(super) fn on_latin_keyboard(typed: char) -> Option<char> {
    if typed.is_ascii() {
        return None;
    }
    let lower = typed.to_lowercase().next().unwrap_or(typed);
    let on =
        |(letters, keys): &(&str, &str)| letters.chars().position(|letter| letter == lower).and_then(|at| keys.chars().nth(at));
    let key = LAYOUTS.iter().find_map(on)?;
    Some(if lower == typed { key } else { shifted(key) })
}

fn shifted(key: char) -> char {
    match key {
        '[' => '{',
        ']' => '}',
        ';' => ':',
        '\'' => '"',
        ',' => '<',
        '.' => '>',
        '/' => '?',
        '`' => '~',
        '\\' => '|',
        letter => letter.to_ascii_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_on_latin_keys() {
        for (letters, keys) in LAYOUTS {
            assert_eq!(letters.chars().count(), keys.chars().count(), "{letters}");
        }
        for (typed, key) in [
            ('о', 'j'),
            ('О', 'J'),
            ('с', 'c'),
            ('Х', '{'),
            ('Ж', ':'),
            ('ψ', 'c'),
            ('ב', 'c'),
            ('ㅊ', 'c'),
            ('ؤ', 'c'),
            ('ც', 'c'),
            ('แ', 'c'),
            ('म', 'c'),
            ('\u{e48}', 'j'),
        ] {
            assert_eq!(on_latin_keyboard(typed), Some(key), "{typed}");
        }
        assert_eq!((on_latin_keyboard('c'), on_latin_keyboard('漢'), on_latin_keyboard('é')), (None, None, None));
    }
}
