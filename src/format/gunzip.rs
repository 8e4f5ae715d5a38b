//! Files compressed with gzip, known by their first bytes.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::MAX_RECORD;

const MAGIC: &[u8] = &[0x1f, 0x8b];

/// How often a file may be compressed in itself.
const MAX_LAYERS: usize = 3;

/// The bytes as they were before they were compressed, and what was odd; one byte more than a record may have where
/// there is more.
pub fn gunzip(bytes: &[u8]) -> (Cow<'_, [u8]>, Option<&'static str>) {
    gunzip_within(MAX_RECORD, bytes)
}

fn gunzip_within(most: usize, bytes: &[u8]) -> (Cow<'_, [u8]>, Option<&'static str>) {
    let (mut bytes, mut note) = (Cow::Borrowed(bytes), None);
    for _ in 0..MAX_LAYERS {
        if !bytes.starts_with(MAGIC) {
            break;
        }
        let mut plain = Vec::new();
        let read = MultiGzDecoder::new(&*bytes).take(most as u64 + 1).read_to_end(&mut plain);
        match read {
            Ok(_) => {}
            // The data before the fault is as good as that of any file that is cut.
            Err(_) if !plain.is_empty() => note = Some("the compressed file is damaged or cut; what stands before is read"),
            Err(_) => break,
        }
        bytes = Cow::Owned(plain);
    }
    (bytes, note)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn compressed_bytes_come_back_within_their_bound() {
        let text = b"<rss><channel>".repeat(100);
        assert_eq!(gunzip(&text), (Cow::Borrowed(&*text), None));
        assert_eq!(gunzip(&gzip(&text)).0, text);
        assert_eq!(gunzip(&gzip(&gzip(&text))).0, text);
        assert_eq!(gunzip(&[gzip(b"a"), gzip(b"b")].concat()).0, b"ab".to_vec());
        assert_eq!(gunzip_within(1000, &gzip(&[b'a'; 2000])).0.len(), 1001);
        let noise: Vec<u8> = (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let cut = gzip(&noise);
        let (bytes, note) = gunzip(&cut[..cut.len() / 2]);
        assert!(note.is_some() && noise.starts_with(&bytes) && !bytes.is_empty());
        assert_eq!(gunzip(b"\x1f\x8bnothing"), (Cow::Borrowed(&b"\x1f\x8bnothing"[..]), None));
    }
}
