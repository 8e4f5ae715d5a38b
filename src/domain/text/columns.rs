//! How many columns a text takes on a terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::effort;

/// Columns that a text takes on a terminal, counted by grapheme.
pub fn width(text: &str) -> usize {
    effort::count(text.len());
    if text.is_ascii() {
        text.len()
    } else if is_narrow(text) {
        text.chars().count()
    } else {
        text.graphemes(true).map(grapheme_width).sum()
    }
}

/// True if every character is a grapheme by itself and one column wide: most European text, dashes and quotes, arrows,
/// lines, blocks and bullets. Cheap, so that the rest can afford to be looked at by grapheme.
pub fn is_narrow(text: &str) -> bool {
    // Most is ASCII, and cheaper to tell by bytes.
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
        || text.chars().all(|c| {
            matches!(
                c,
                ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}'
                    | '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{22ff}' | '\u{2500}'..='\u{25fc}' | '★'
            )
        })
}

/// Columns that one grapheme takes: never more than two, whatever it is joined of.
pub fn grapheme_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// The longest beginning of `text` that takes at most `columns`, and the columns it takes.
pub fn prefix(text: &str, columns: usize) -> (&str, usize) {
    // No more is looked at than fits, with the character behind it, which could belong to the last one: a long word is cut
    // line by line.
    let end = text.char_indices().nth(columns.saturating_add(1)).map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    effort::count(head.len());
    if head.is_ascii() || is_narrow(head) {
        return match head.char_indices().nth(columns) {
            Some((end, _)) => (&text[..end], columns),
            None => (head, head.chars().count()),
        };
    }
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        effort::count(grapheme.len());
        let wide = grapheme_width(grapheme);
        if used + wide > columns {
            return (&text[..at], used);
        }
        used += wide;
    }
    (text, used)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthChar;

    use super::*;

    proptest! {
        #[test]
        fn a_prefix_is_the_most_graphemes_that_fit(text in "[a-z é\u{301}\u{200d}\u{1f469}\u{4e2d}\u{ad}]{0,24}", columns in 0_usize..12) {
            let (mut wanted, mut used) = (0, 0);
            for (at, grapheme) in text.grapheme_indices(true) {
                if used + grapheme_width(grapheme) > columns {
                    break;
                }
                used += grapheme_width(grapheme);
                wanted = at + grapheme.len();
            }
            prop_assert_eq!(prefix(&text, columns), (&text[..wanted], used));
        }
    }

    #[test]
    fn columns_are_counted_by_grapheme() {
        for (text, columns) in [("abc", 3), ("日本", 4), ("👨‍👩‍👧", 2), ("e\u{301}", 1), ("", 0)] {
            assert_eq!(width(text), columns, "{text}");
        }
        assert_eq!(prefix("日本語", 5), ("日本", 4));
        assert_eq!(prefix("👨‍👩‍👧x", 1), ("", 0));
    }

    #[test]
    fn every_narrow_character_is_one_column_wide() {
        let wide: Vec<char> =
            ('\u{0}'..=char::MAX).filter(|c| is_narrow(c.encode_utf8(&mut [0; 4])) && c.width() != Some(1)).collect();
        assert_eq!(wide, [] as [char; 0]);
    }

    proptest! {
        #[test]
        fn narrow_text_is_as_wide_as_its_graphemes(text in "[ -ÿ\u{100}-\u{530}\u{2010}-\u{2027}\u{2190}-\u{2320}\u{2500}-\u{2610}]{0,12}", columns in 0..14_usize) {
            let graphemes: Vec<&str> = text.graphemes(true).collect();
            if is_narrow(&text) {
                prop_assert_eq!(width(&text), graphemes.iter().map(|g| grapheme_width(g)).sum::<usize>());
                let fitting = graphemes.iter().take(columns).copied().collect::<String>();
                prop_assert_eq!(prefix(&text, columns).0, fitting);
            }
        }
    }
}
