//! Foreign formats to the domain and back. Bytes in, domain out; no I/O. Odd content gives odd values and a note; only
//! what cannot be read at all is an error.

pub mod edition;
pub mod encoding;
pub mod html;
pub mod identity;
pub mod markdown;
pub mod physorg;
pub mod plain;

use crate::domain::article::Page;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;

/// The largest record that is read, in bytes.
pub const MAX_RECORD: usize = 16 << 20;

/// What is known of some bytes beside the bytes.
#[derive(Clone, Debug)]
pub struct Origin<'a> {
    /// File name or address, for titles of untitled things and for notes.
    pub name: &'a str,
    /// Relative times ("20 hours ago") count from here: the file's own time, or that of the fetch.
    pub now: Timestamp,
}

/// The formats that [`read`] knows, by content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Edition,
    PhysorgText,
    PhysorgHtml,
    Html,
    Markdown,
    Plain,
}

impl Format {
    /// What `import` calls it: "phys.org text dump".
    pub fn label(self) -> &'static str {
        match self {
            Format::Edition => "edition page",
            Format::PhysorgText => "phys.org text dump",
            Format::PhysorgHtml => "phys.org page",
            Format::Html => "HTML page",
            Format::Markdown => "Markdown",
            Format::Plain => "plain text",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Parsed {
    pub format: Format,
    pub pages: Vec<Page>,
    /// What was odd, repaired or left out, a line each.
    pub notes: Vec<CleanText>,
}

/// Why some bytes hold nothing to read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it is empty")]
    Empty,
    #[error("it holds {bytes} bytes, more than the {MAX_RECORD} that one record may have")]
    TooLarge { bytes: usize },
    #[error("it is no text: a NUL byte at offset {at}")]
    Binary { at: usize },
    #[error("it is of no format that gleaner reads ({found})")]
    Unknown { found: &'static str },
}

/// Reads bytes of any known format, found by content.
pub fn read(bytes: &[u8], origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    todo!("{} {}", bytes.len(), origin.name)
}
