//! Bytes to text. Nothing is lost: what no encoding explains becomes U+FFFD, and a note tells it.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

/// Text with `\n` line ends, and what was odd about its encoding.
pub struct Decoded {
    pub text: String,
    pub notes: Vec<String>,
}

/// By its byte order mark, as UTF-8, by the charset that the server named or else a page declares, else by its
/// letters.
/// Valid UTF-8 goes before both: servers name the wrong charset more often than chance writes UTF-8.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> Decoded {
    let told = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None => (guess(bytes, told), bytes),
    };
    let mut notes = Vec::new();
    let text = decode_as(encoding, body, &mut notes);
    Decoded { text: unify_line_ends(&text), notes }
}

/// The text that bytes are in an encoding; notes that it is not UTF-8, and that not all of it is what it should be.
pub fn decode_as<'b>(encoding: &'static Encoding, bytes: &'b [u8], notes: &mut Vec<String>) -> Cow<'b, str> {
    let (text, bad) = encoding.decode_without_bom_handling(bytes);
    if encoding != UTF_8 {
        notes.push(format!("it is in {}, not UTF-8", encoding.name()));
    }
    if bad {
        notes.push(format!("some bytes are no {} and show as \u{fffd}", encoding.name()));
    }
    text
}

/// True if the bytes are UTF-16 by their mark: the one text that holds NUL bytes.
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

fn guess(bytes: &[u8], told: Option<&'static Encoding>) -> &'static Encoding {
    let declared = told.or_else(|| declared(bytes));
    if std::str::from_utf8(bytes).is_ok() {
        // Among encodings whose bytes are also valid ASCII, only this one gives them another meaning.
        return declared.filter(|encoding| *encoding == ISO_2022_JP).unwrap_or(UTF_8);
    }
    match declared {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if mostly_utf8(bytes) => UTF_8,
        _ => by_its_letters(bytes),
    }
}

/// So many bytes tell it, and so few letters do not.
const TELLING: usize = 256 << 10;
const FEW: usize = 8;

/// The encoding of what names none, by which letters stand together; Windows-1252 where that tells nothing.
pub fn by_its_letters(bytes: &[u8]) -> &'static Encoding {
    if bytes.iter().filter(|b| !b.is_ascii()).take(FEW).count() < FEW {
        return WINDOWS_1252;
    }
    let from = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let bytes = &bytes[from.saturating_sub(1024)..];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(TELLING)], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-8 with a few wrong bytes, such as a file cut within a letter.
pub fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    let chunks = bytes.utf8_chunks().collect::<Vec<_>>();
    for (n, chunk) in chunks.iter().enumerate() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut_at_end = n + 1 == chunks.len() && chunk.invalid().len() > 1;
        wrong += usize::from(!chunk.invalid().is_empty() && !cut_at_end);
    }
    right >= wrong
}

/// The charset in a page's `<meta charset>`, `http-equiv` or XML declaration, if it stands where it must.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(2048)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if !head.contains("<meta") && !head.trim_start().starts_with("<?xml") {
        return None;
    }
    ["charset", "encoding"].iter().find_map(|key| {
        head.match_indices(key).find_map(|(at, _)| {
            let value = head[at + key.len()..].trim_start().strip_prefix('=')?.trim_start();
            let value = value.trim_start_matches(['"', '\'']);
            let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.+".contains(c))).unwrap_or(value.len());
            Encoding::for_label(&value.as_bytes()[..end])
        })
    })
}

fn unify_line_ends(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_charset_stands_before_the_pages() {
        let page = b"<meta charset=koi8-r>\xe9";
        assert_eq!(decode(page, Some("iso-8859-1")).text, "<meta charset=koi8-r>é");
        assert_eq!(decode(page, Some("no charset")).text, decode(page, None).text);
        assert_eq!(decode("é".as_bytes(), Some("iso-8859-1")).text, "é");
        assert_eq!(decode(b"\xff\xfe\xe9\0", Some("iso-8859-1")).text, "é");
    }

    #[test]
    fn every_encoding_gives_the_same_words() {
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("café\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let cases: &[(&[u8], &str, usize)] = &[
            ("café\r\n".as_bytes(), "café\n", 0),
            (b"\xef\xbb\xbfcaf\xc3\xa9\r", "café\n", 0),
            (b"caf\xe9\n", "café\n", 1),
            (
                b"\xcb\xc1\xcb \xd0\xc5\xd2\xc5\xd6\xc9\xd4\xd8 \xce\xcf\xd7\xcf\xc7\xcf\xc4\xce\xc0\xc0 \xce\xcf\xde\xd8",
                "как пережить новогоднюю ночь",
                1,
            ),
            (&utf16, "café\n", 1),
            (b"<meta charset='koi8-r'>\xc4\xc1", "<meta charset='koi8-r'>да", 1),
            (b"<meta content='text/html; charset=iso-8859-2'>\xb1", "<meta content='text/html; charset=iso-8859-2'>ą", 1),
            // Cut within a letter, and one wrong byte among many right ones.
            ("café".as_bytes().split_last().unwrap().1, "cafÃ", 1),
            (b"caf\xc3\xa9 \xff", "café \u{fffd}", 1),
            (b"\xe2\x80\x9cyes\xe2\x80", "“yes\u{fffd}", 1),
        ];
        for (bytes, text, notes) in cases {
            let decoded = decode(bytes, None);
            assert_eq!((decoded.text.as_str(), decoded.notes.len()), (*text, *notes));
        }
    }
}
