//! The bytes of a feed as text: by their mark, by the shape of their first characters, by what the XML declares.

use std::borrow::Cow;

use crate::format::encoding::{by_its_letters, decode_as, mostly_utf8};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The number of bytes in which a declaration is looked for.
const HEAD: usize = 512;

/// Text, and what was odd about its encoding. `charset` is what the server named.
pub(in crate::format) fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> (Cow<'b, str>, Vec<String>) {
    let mut notes = Vec::new();
    if let Some((big, rest)) = utf32(bytes) {
        notes.push("it is in UTF-32, not UTF-8".to_owned());
        return (Cow::Owned(from_utf32(rest, big)), notes);
    }
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None => (guess(bytes, charset, &mut notes), bytes),
    };
    let text = decode_as(encoding, rest, &mut notes);
    (text, notes)
}

/// True if the bytes are of UTF-32, the big end first or not, and what stands behind the mark.
fn utf32(bytes: &[u8]) -> Option<(bool, &[u8])> {
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => Some((false, rest)),
        [0, 0, 0xfe, 0xff, rest @ ..] => Some((true, rest)),
        [b'<', 0, 0, 0, ..] => Some((false, bytes)),
        [0, 0, 0, b'<', ..] => Some((true, bytes)),
        _ => None,
    }
}

fn from_utf32(bytes: &[u8], big: bool) -> String {
    let units = bytes.chunks_exact(4).map(|unit| {
        let unit = [unit[0], unit[1], unit[2], unit[3]];
        if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) }
    });
    units.map(|unit| char::from_u32(unit).unwrap_or('\u{fffd}')).collect()
}

fn guess(bytes: &[u8], charset: Option<&str>, notes: &mut Vec<String>) -> &'static Encoding {
    match bytes {
        [b'<', 0, b, 0, ..] if *b != 0 => return UTF_16LE,
        [0, b'<', 0, b, ..] if *b != 0 => return UTF_16BE,
        _ => {}
    }
    let label = declared(bytes);
    let declared = label.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    // No one-byte reading of UTF-16's declaration could have been made of UTF-16.
    let declared = declared.filter(|encoding| *encoding != REPLACEMENT && *encoding != UTF_16LE && *encoding != UTF_16BE);
    if let (Some(label), None) = (&label, declared) {
        notes.push(format!("it calls itself {label}, which it is not or nobody knows"));
    }
    if std::str::from_utf8(bytes).is_ok() {
        // Among encodings whose bytes are also valid ASCII, only this one gives them another meaning.
        return declared.filter(|encoding| *encoding == ISO_2022_JP).unwrap_or(UTF_8);
    }
    // The server knows best, but where it names what servers name unasked.
    let told = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    let told = told.filter(|told| *told != UTF_8 && (*told != WINDOWS_1252 || declared.is_none_or(|known| known == UTF_8)));
    match told.or(declared) {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if mostly_utf8(bytes) => UTF_8,
        _ => by_its_letters(bytes),
    }
}

/// The label in the XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let start = head.find("<?xml")?;
    let head = &head[start..start + head[start..].find('>')?];
    let value = head[head.find("encoding")? + "encoding".len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?.trim();
    Some(label.chars().take(40).collect()).filter(|label: &String| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_words() {
        let text = "<?xml version='1.0'?><a>é</a>";
        let wide = |big: bool, mark: bool| {
            let marked = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
            let units = marked.encode_utf16().collect::<Vec<_>>();
            units.into_iter().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
        };
        let wider = |big: bool, mark: bool| {
            let marked = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
            let units = marked.chars().map(u32::from).collect::<Vec<_>>();
            units.into_iter().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
        };
        let table = [
            (text.as_bytes().to_vec(), 0),
            (format!("\u{feff}{text}").into_bytes(), 0),
            (b"<?xml version='1.0'?><a>\xe9</a>".to_vec(), 1),
            (wide(false, true), 1),
            (wide(true, true), 1),
            (wide(false, false), 1),
            (wide(true, false), 1),
            (wider(false, true), 1),
            (wider(true, true), 1),
            (wider(false, false), 1),
            (wider(true, false), 1),
        ];
        for (bytes, notes) in table {
            let (found, said) = decode(&bytes, None);
            assert_eq!((&*found, said.len()), (text, notes), "{bytes:?}");
        }
        // Declared and true, declared and false, declared and unknown.
        let table: [(&[u8], &str, usize); 3] = [
            (b"<?xml version='1.0' encoding='koi8-r'?>\xc4\xc1", "<?xml version='1.0' encoding='koi8-r'?>да", 1),
            (b"<?xml encoding='utf-16'?>\xc3\xa9", "<?xml encoding='utf-16'?>é", 1),
            (b"<?xml encoding='bogus'?>a", "<?xml encoding='bogus'?>a", 1),
        ];
        for (bytes, text, notes) in table {
            let (found, said) = decode(bytes, None);
            assert_eq!((&*found, said.len()), (text, notes));
        }
        // The server's charset, and the encodings that go before it.
        let table: [(&[u8], &str, &str); 6] = [
            (b"<a>\xc4\xc1", "koi8-r", "<a>да"),
            (b"<?xml encoding='utf-8'?>\xc4\xc1", "koi8-r", "<?xml encoding='utf-8'?>да"),
            (b"<?xml encoding='koi8-r'?>\xc4\xc1", "gb2312", "<?xml encoding='koi8-r'?>牧"),
            (b"<?xml encoding='koi8-r'?>\xc4\xc1", "iso-8859-1", "<?xml encoding='koi8-r'?>да"),
            ("<a>é".as_bytes(), "koi8-r", "<a>é"),
            (b"<a>\xe9", "bogus", "<a>é"),
        ];
        for (bytes, charset, text) in table {
            assert_eq!(decode(bytes, Some(charset)).0, text, "{charset}");
        }
    }
}
