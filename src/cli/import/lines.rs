//! Importing articles as JSON lines: any number of them in a memory that does not grow with it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::batch::{AT_LATEST, FileOutcome, Import, Taken};
use crate::cli::clock;
use crate::cli::dirs::named;
use crate::cli::error::InputError;
use crate::cli::output::StatusLine;
use crate::domain::article::Page;
use crate::format::bounds::Bounds;
use crate::format::{MAX_RECORD, jsonl};
use crate::os::interrupt::Interrupt;
use crate::store::{FileAnswer, INDEX_STRIDE, PageKind, Store, StoreError, is_archived};

/// So many lines at most are stored as one.
const AT_ONCE: usize = 500;
/// A line is a record: an article of the store's own form has all its comments on it.
const LONGEST: u64 = MAX_RECORD as u64;
/// So many bytes of such lines are stored as one.
const BYTES_AT_ONCE: usize = 4 << 20;
/// So many lines that could not be read are told one by one.
const TOLD: u64 = 20;

/// A file of articles, a line each.
pub(super) struct Lines {
    name: String,
    first: String,
    rest: Box<dyn BufRead>,
}

/// The kind of a file, by its beginning.
pub(super) enum Begun {
    Lines(Lines),
    /// Another format, with the bytes that were read from what cannot be read twice.
    Other(Option<Box<dyn Read>>),
}

pub(super) fn begin(path: &Path, interrupt: &Interrupt) -> Result<Begun, InputError> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin { "standard input".to_owned() } else { named(path) };
    let failed = |source| InputError::Io { name: name.clone(), source };
    let mut reader: Box<dyn BufRead> = if is_stdin {
        Box::new(BufReader::new(interrupt.stdin()))
    } else {
        Box::new(BufReader::with_capacity(1 << 18, File::open(path).map_err(failed)?))
    };
    if reader.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]) {
        reader = Box::new(BufReader::new(MultiGzDecoder::new(reader)));
    }
    let mut first = Vec::new();
    let seekable = !is_stdin && path.is_file();
    let begins_object = reader.fill_buf().map_err(failed)?.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    if begins_object {
        reader.by_ref().take(LONGEST).read_until(b'\n', &mut first).map_err(failed)?;
    }
    match String::from_utf8(first) {
        Ok(line) if begins_object && (jsonl::is_line(&line) || is_archived(&line)) => {
            Ok(Begun::Lines(Lines { name, first: line, rest: reader }))
        }
        _ if seekable => Ok(Begun::Other(None)),
        Ok(line) => Ok(Begun::Other(Some(Box::new(io::Cursor::new(line.into_bytes()).chain(reader))))),
        Err(bytes) => Ok(Begun::Other(Some(Box::new(io::Cursor::new(bytes.into_bytes()).chain(reader))))),
    }
}

/// Reads over what is left of a line.
fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (used, is_over) = match buffer.iter().position(|b| *b == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        if is_over {
            return Ok(());
        }
    }
}

/// The lines of one file: those that wait to be stored, and what came of the others.
struct LineImport {
    taken: Taken,
    /// The number of the line that was read last.
    number: u64,
    left_out: u64,
    pages: Vec<Page>,
    /// Lines in the store's own form, with their numbers.
    archived: Vec<String>,
    archived_numbers: Vec<u64>,
    archived_bytes: usize,
    file: FileAnswer,
    bounds: Bounds,
    stored: u64,
    new: u64,
    marked: u64,
}

impl LineImport {
    fn new(name: String) -> LineImport {
        LineImport {
            taken: Taken { format: Some("JSON lines"), reason: None, ..super::batch::skipped(name, String::new()) },
            number: 0,
            left_out: 0,
            pages: Vec::new(),
            archived: Vec::new(),
            archived_numbers: Vec::new(),
            archived_bytes: 0,
            file: FileAnswer::default(),
            bounds: Bounds::default(),
            stored: 0,
            new: 0,
            marked: 0,
        }
    }

    fn leave_out(&mut self, number: u64, reason: &str) {
        self.left_out += 1;
        if self.left_out <= TOLD {
            self.taken.notes.push(format!("line {number} was left out: {reason}"));
        }
    }

    /// Takes the line, which is empty then.
    fn take(&mut self, line: &mut String) {
        self.number += 1;
        if is_archived(line) {
            self.archived_bytes += line.len();
            self.archived_numbers.push(self.number);
            self.archived.push(std::mem::take(line));
        } else if !line.trim().is_empty() {
            match jsonl::read(line.trim(), &mut self.bounds) {
                Ok(page) => self.pages.push(page),
                Err(reason) => self.leave_out(self.number, &reason),
            }
        }
        line.clear();
    }

    /// Reads the next line into one that is empty, and leaves it so at the file's end. One that cannot be a record is left
    /// out, and an empty one stands for it.
    fn read_next(&mut self, reader: &mut impl BufRead, line: &mut String) -> io::Result<()> {
        let reason = match reader.by_ref().take(LONGEST).read_line(line) {
            Ok(_) if line.len() as u64 == LONGEST && !line.ends_with('\n') => {
                skip_line(reader)?;
                format!("it is longer than {} MiB", LONGEST >> 20)
            }
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => "it is not valid UTF-8".to_owned(),
            Err(error) => return Err(error),
        };
        line.clear();
        line.push('\n');
        self.leave_out(self.number + 1, &reason);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.pages.len() + self.archived.len() >= AT_ONCE || self.archived_bytes >= BYTES_AT_ONCE
    }

    fn store(&mut self, store: &mut Store) -> Result<(), StoreError> {
        let saved = store.save_part(&self.pages, PageKind::Saved, &mut self.file, clock::now())?;
        self.pages.clear();
        for one in &saved.pages {
            self.new += u64::from(one.new_article);
            self.taken.edits += u64::from(one.edited_article);
            self.taken.joined += u64::from(one.joined_article);
            self.taken.new_comments += u64::from(one.new_comments);
        }
        self.taken.repeated += u64::from(saved.repeated);
        self.taken.merged += saved.regrouped.merged.len() as u64;
        self.taken.split += u64::from(saved.regrouped.split);
        self.stored += saved.pages.len() as u64;
        let back = store.take_back(&self.archived)?;
        self.archived.clear();
        self.archived_bytes = 0;
        self.stored += back.new + back.known;
        self.new += back.new;
        self.marked += back.marked;
        self.taken.comments += back.comments;
        self.taken.new_comments += back.comments;
        let numbers = std::mem::take(&mut self.archived_numbers);
        for (n, reason) in back.wrong {
            self.leave_out(numbers[n], &reason);
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.taken.notes.push(format!("stopped: some lines before line {} are not stored", self.number));
    }

    fn finish(self) -> Taken {
        let mut taken = self.taken;
        if self.left_out > TOLD {
            taken.notes.push(format!("{} more lines were left out", self.left_out - TOLD));
        }
        taken.notes.extend(self.bounds.notes().iter().map(ToString::to_string));
        taken.outcome = match (self.stored, self.new) {
            (0, _) => FileOutcome::Skipped,
            (_, 1..) => FileOutcome::Imported,
            _ if taken.edits > 0 || self.marked > 0 => FileOutcome::Updated,
            _ => FileOutcome::Unchanged,
        };
        taken.reason = (self.stored == 0).then(|| "none of its lines is an article".to_owned());
        taken.stored = Some(self.new);
        match self.marked {
            0 => {}
            1 => taken.notes.push("1 article that was here got marks that were made later".to_owned()),
            n => taken.notes.push(format!("{n} stored articles took newer marks from the file")),
        }
        taken
    }
}

impl<W: Write> Import<W> {
    pub(super) fn take_lines(&mut self, lines: Lines) -> anyhow::Result<()> {
        self.settle()?;
        let Lines { name, first: mut line, mut rest } = lines;
        let mut progress = StatusLine::new();
        let mut import = LineImport::new(name.clone());
        while !line.is_empty() {
            import.take(&mut line);
            match import.read_next(&mut rest, &mut line) {
                Ok(()) => {}
                Err(_) if self.interrupt.is_heard() => {}
                Err(source) => return Err(InputError::Io { name, source }.into()),
            }
            if self.interrupt.is_heard() {
                import.stop();
                break;
            }
            if line.is_empty() || import.is_full() || self.since.elapsed() >= AT_LATEST {
                match import.store(&mut self.store) {
                    Err(error) if error.is_interruption() => {
                        import.stop();
                        break;
                    }
                    stored => stored?,
                }
                self.since = std::time::Instant::now();
                progress.tell(&format!("{} articles", import.stored));
            }
        }
        progress.end();
        self.tell(&import.finish())
    }

    /// The next process with time to spare indexes the rest.
    fn index_more(&mut self) -> anyhow::Result<bool> {
        match self.store.index_some(INDEX_STRIDE) {
            Err(error) if error.is_interruption() => Ok(false),
            more => Ok(more?),
        }
    }

    /// Indexes what was stored, and tells how far it is.
    pub(super) fn index(&mut self) -> anyhow::Result<()> {
        let mut progress = StatusLine::new();
        while !self.interrupt.is_heard() && self.index_more()? {
            let left = self.store.unindexed()?;
            progress.tell(&format!("indexing, {left} to go"));
        }
        progress.end();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_line_is_no_line_of_its_own() {
        for (text, rest) in [("the rest\nnext\n", "next\n"), ("\nnext", "next"), ("no end", ""), ("", "")] {
            let mut reader = BufReader::with_capacity(3, text.as_bytes());
            skip_line(&mut reader).unwrap();
            let mut left = String::new();
            reader.read_to_string(&mut left).unwrap();
            assert_eq!(left, rest, "{text:?}");
        }
    }
}
