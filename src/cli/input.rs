//! Foreign bytes: files and standard input, never more of them than one record may have.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::clock;
use super::dirs::named;
use super::error::InputError;
use crate::domain::time::Timestamp;
use crate::format::{Format, MAX_RECORD, Origin, Parsed, Unreadable, opml};
use crate::site;
pub(super) use crate::work::subscribing::is_address;

/// Reads the pages of a file; relative times in it count from the file's own time.
pub(super) fn read_file(path: &Path) -> Result<Parsed, InputError> {
    let name = named(path);
    let open = || -> io::Result<(File, u64, Timestamp)> {
        let file = File::open(path)?;
        let facts = file.metadata()?;
        if facts.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok((file, facts.len(), facts.modified().map_or_else(|_| clock::now(), clock::timestamp)))
    };
    match open() {
        Ok((file, bytes, modified)) => read(file, name, modified).map_err(|error| with_size(error, bytes)),
        Err(source) => Err(InputError::Io { name, source }),
    }
}

/// Reads files that are one together, under the name of the first.
pub(super) fn read_together(paths: &[PathBuf]) -> Result<Parsed, InputError> {
    let mut whole: Box<dyn Read> = Box::new(io::empty());
    for (n, path) in paths.iter().enumerate() {
        let file = File::open(path).map_err(|source| InputError::Io { name: named(path), source })?;
        let between: &[u8] = if n > 0 { b"\n" } else { b"" };
        whole = Box::new(whole.chain(between).chain(file));
    }
    let name = paths.first().map(|path| named(path)).unwrap_or_default();
    read(whole, name, clock::now())
}

/// The size of a file that is too large: nothing more of it was read.
fn with_size(error: InputError, file: u64) -> InputError {
    match error {
        InputError::Unreadable { name, source: Unreadable::TooLarge { bytes, most, what } } if file > bytes as u64 => {
            let bytes = usize::try_from(file).unwrap_or(usize::MAX);
            InputError::Unreadable { name, source: Unreadable::TooLarge { bytes, most, what } }
        }
        error => error,
    }
}

/// Reads the pages on standard input.
pub(super) fn read_stdin() -> Result<Parsed, InputError> {
    read(io::stdin().lock(), "standard input".to_owned(), clock::now())
}

/// A file, or standard input for `-`.
pub(super) fn read_path(path: &Path) -> Result<Parsed, InputError> {
    if path.as_os_str() == "-" { read_stdin() } else { read_file(path) }
}

/// As [`read_path`], for those who want pages: a list of subscriptions has none.
pub(super) fn read_pages(path: &Path) -> Result<Parsed, InputError> {
    let parsed = read_path(path)?;
    if matches!(parsed.format, Format::Opml | Format::Urls) {
        let what = format!("{} with {}", parsed.format.label(), opml::summary(&parsed.subscriptions));
        return Err(InputError::List { name: named(path), what });
    }
    Ok(parsed)
}

pub(super) fn read(from: impl Read, name: String, now: Timestamp) -> Result<Parsed, InputError> {
    let mut bytes = Vec::new();
    // One byte beyond the cap tells that there is more: of a feed the beginning is read, all else is refused.
    match from.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes) {
        Ok(_) => {
            let origin = Origin { name: &name, now };
            site::read(&bytes, &origin).map_err(|source| InputError::Unreadable { name: name.clone(), source })
        }
        Err(source) => Err(InputError::Io { name, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme() {
        for (argument, is) in [
            ("https://phys.org/news", true),
            ("feed+http://a", true),
            ("C://x", false),
            ("dir/file", false),
            ("a b://c", false),
        ] {
            assert_eq!(is_address(argument), is, "{argument}");
        }
    }

    #[test]
    fn folders_and_large_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let error = read_file(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("is a directory"), "{error}");
        let path = folder.path().join("large");
        File::create(&path).unwrap().set_len(MAX_RECORD as u64 + 5).unwrap();
        let error = read_file(&path).unwrap_err().to_string();
        assert!(
            error.ends_with("large: it holds 134217733 bytes, more than the 134217728 that one record may have"),
            "{error}"
        );
        let error = read(io::repeat(b'x'), "endless".to_owned(), Timestamp(0)).unwrap_err().to_string();
        assert!(error.starts_with("endless: it holds 134217729 bytes"), "{error}");
    }
}
