//! Bodies that servers pack without saying so, under a name of their own, or twice; and those that they do not pack
//! although they say so.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::Excess;
use crate::domain::text::CleanText;
use crate::source::Failure;
use crate::source::failure::told;

/// Names of what a body may be packed with (the registry of HTTP's content codings). Servers put other words there,
/// such as a charset, and pack nothing.
const CODINGS: &[&str] =
    &["br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "x-compress", "x-gzip", "zstd"];

/// The most layers of compression that a body may have.
const LAYERS: usize = 3;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unpackable {
    TooLarge { limit: u64 },
    As { coding: String, reason: String },
}

impl Unpackable {
    pub(super) fn into_failure(self, host: CleanText) -> Failure {
        match self {
            Unpackable::TooLarge { limit } => Failure::TooLarge { host, limit },
            Unpackable::As { coding, reason } => Failure::Encoding { host, encoding: told(&coding), reason: told(&reason) },
        }
    }
}

/// A body as it is meant, of at most `largest` bytes, or one more where what is too much is cut. It comes as it was sent, but
/// for what was unpacked by the name of `gzip` or `br`; `coding` is what it is called now, in lower case.
pub(super) fn unpacked(mut bytes: Vec<u8>, coding: &str, largest: u64, excess: Excess) -> Result<Vec<u8>, Unpackable> {
    let is_gzip = |bytes: &[u8]| bytes.starts_with(&[0x1f, 0x8b]);
    if !is_gzip(&bytes) && coding.split(',').any(|name| CODINGS.contains(&name.trim())) {
        return Err(Unpackable::As { coding: coding.to_owned(), reason: "this encoding was not asked for".to_owned() });
    }
    for _ in 0..LAYERS {
        if !is_gzip(&bytes) {
            break;
        }
        let mut unpacked = Vec::new();
        let read = MultiGzDecoder::new(&*bytes).take(largest.saturating_add(1)).read_to_end(&mut unpacked);
        if unpacked.len() as u64 > largest && excess == Excess::Cut {
            return Ok(unpacked);
        }
        read.map_err(|error| Unpackable::As { coding: "gzip".to_owned(), reason: error.to_string() })?;
        if unpacked.len() as u64 > largest {
            return Err(Unpackable::TooLarge { limit: largest });
        }
        bytes = unpacked;
    }
    Ok(bytes)
}
