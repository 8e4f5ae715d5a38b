//! Text on one line: titles, names, labels, ids, each of bounded length.

use super::pieces::cut_at;
use super::sanitize::sift;
use super::{CleanText, clean};

/// The longest title, name or label that is kept, in bytes.
pub const LONGEST_LINE: usize = 16 << 10;

/// [`clean`], with runs of white space folded to one space and none at the ends: for titles, names and labels. What is
/// longer than [`LONGEST_LINE`] is cut, and ends in `…`: lists and headings are drawn, compared and sorted whole.
pub fn clean_line(raw: &str) -> CleanText {
    // Nearly all of a text that is far too long need not be looked at.
    let head = &raw[..raw.floor_char_boundary(4 * LONGEST_LINE)];
    let line = clean_words(head);
    if line.len() > LONGEST_LINE {
        return cut_line(&line, LONGEST_LINE);
    }
    if head.len() == raw.len() { line } else { cut_line(&clean_words(raw), LONGEST_LINE) }
}

/// [`clean`] for what stands on one line, at most as long as for [`clean_line`].
pub fn clean_label(raw: &str) -> CleanText {
    if raw.len() <= LONGEST_LINE { clean(raw) } else { clean_line(raw) }
}

/// A line of at most `most` bytes; one that is cut ends in `…`.
pub fn cut_line(line: &CleanText, most: usize) -> CleanText {
    const MORE: &str = "…";
    if line.len() <= most {
        return line.clone();
    }
    let end = cut_at(line, most - MORE.len());
    CleanText(sift(&format!("{}{MORE}", line[..end].trim_end()), false))
}

/// [`clean_line`] of any length.
pub(super) fn clean_words(raw: &str) -> CleanText {
    let cleaned = sift(raw, false);
    let mut folded = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    // Folding white space can bring a joiner or a mark next to a letter it did not stand next to before.
    CleanText(sift(&folded, false))
}

/// The longest id that is kept, in bytes.
const LONGEST_ID: usize = 256;

/// An id that a site gives, fit to be stored and shown: on one line, without what acts on a terminal, and of bounded length.
/// A longer one keeps its beginning and a hash of the whole, so that different ids stay different.
pub fn clean_id(raw: &str) -> Box<str> {
    let line = clean_words(raw);
    if line.len() <= LONGEST_ID {
        return line.as_str().into();
    }
    // FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): names alike ids apart, and guards nothing.
    let hash = line.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let kept = &line[..line.floor_char_boundary(LONGEST_ID - 17)];
    format!("{kept}~{hash:016x}").into()
}
