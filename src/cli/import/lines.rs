//! Importing articles as JSON lines: any number of them in a memory that does not grow with it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::{AT_LATEST, FileOutcome, Import, Taken};
use crate::cli::clock;
use crate::cli::dirs::named;
use crate::cli::error::InputError;
use crate::cli::output::StatusLine;
use crate::format::bounds::Bounds;
use crate::format::{MAX_RECORD, jsonl};
use crate::os::interrupt::Interrupt;
use crate::store::{FileAnswer, INDEX_STRIDE, PageKind, Saved, is_archived};

/// So many lines at most are stored as one.
const AT_ONCE: usize = 500;
/// A line is a record: an article of the store's own form has all its comments on it.
const LONGEST: u64 = MAX_RECORD as u64;
/// So many bytes of such lines are stored as one.
const BYTES_AT_ONCE: usize = 4 << 20;
/// So many lines that could not be read are told one by one.
const TOLD: usize = 20;

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

impl<W: Write> Import<W> {
    pub(super) fn take_lines(&mut self, mut lines: Lines) -> anyhow::Result<()> {
        self.settle()?;
        let mut progress = StatusLine::new();
        let mut taken = Taken { format: Some("JSON lines"), ..super::skipped(lines.name.clone(), String::new()) };
        taken.reason = None;
        let (mut pages, mut wrong, mut new) = (Vec::new(), 0_u64, 0_u64);
        let mut line = std::mem::take(&mut lines.first);
        let mut number = 0_u64;
        let (mut stored, mut edits, mut marked) = (0_u64, 0_u64, 0_u64);
        let mut file = FileAnswer::default();
        let mut bounds = Bounds::default();
        let (mut own, mut own_numbers, mut own_bytes) = (Vec::new(), Vec::new(), 0);
        while !line.is_empty() {
            number += 1;
            if is_archived(&line) {
                own_bytes += line.len();
                own_numbers.push(number);
                own.push(std::mem::take(&mut line));
            } else if !line.trim().is_empty() {
                match crate::format::jsonl::read(line.trim(), &mut bounds) {
                    Ok(page) => pages.push(page),
                    Err(reason) => {
                        wrong += 1;
                        if wrong <= TOLD as u64 {
                            taken.notes.push(format!("line {number} was left out: {reason}"));
                        }
                    }
                }
            }
            line.clear();
            let is_over = match (&mut lines.rest).take(LONGEST).read_line(&mut line) {
                Ok(_) if line.len() as u64 == LONGEST && !line.ends_with('\n') => {
                    skip_line(&mut lines.rest).map_err(|source| InputError::Io { name: lines.name.clone(), source })?;
                    line.clear();
                    line.push('\n');
                    wrong += 1;
                    if wrong <= TOLD as u64 {
                        taken.notes.push(format!("line {} was left out: it is longer than {} MiB", number + 1, LONGEST >> 20));
                    }
                    false
                }
                Ok(_) => line.is_empty(),
                // Bytes that are no text: the line is read over and told.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    line.clear();
                    line.push('\n');
                    wrong += 1;
                    if wrong <= TOLD as u64 {
                        taken.notes.push(format!("line {} was left out: it is not valid UTF-8", number + 1));
                    }
                    false
                }
                Err(_) if self.interrupt.is_heard() => true,
                Err(source) => return Err(InputError::Io { name: lines.name, source }.into()),
            };
            let is_over = is_over || self.interrupt.is_heard();
            let is_full = pages.len() + own.len() >= AT_ONCE || own_bytes >= BYTES_AT_ONCE;
            if is_over || is_full || self.since.elapsed() >= AT_LATEST {
                let stopped = || format!("stopped: some lines before line {number} are not stored");
                if self.interrupt.is_heard() {
                    taken.notes.push(stopped());
                    break;
                }
                let saved = match self.store.save_part(&pages, PageKind::Saved, &mut file, clock::now()) {
                    Err(error) if error.is_interruption() => {
                        taken.notes.push(stopped());
                        break;
                    }
                    saved => saved?,
                };
                let count = |is: fn(&Saved) -> bool| saved.pages.iter().filter(|one| is(one)).count() as u64;
                new += count(|one| one.new_article);
                edits += count(|one| one.edited_article);
                taken.joined += count(|one| one.joined_article);
                taken.new_comments += saved.pages.iter().map(|one| u64::from(one.new_comments)).sum::<u64>();
                taken.repeated += u64::from(saved.repeated);
                taken.merged += saved.regrouped.merged.len() as u64;
                taken.split += u64::from(saved.regrouped.split);
                stored += saved.pages.len() as u64;
                pages.clear();
                let back = match self.store.take_back(&own) {
                    Err(error) if error.is_interruption() => {
                        taken.notes.push(stopped());
                        break;
                    }
                    back => back?,
                };
                stored += back.new + back.known;
                new += back.new;
                marked += back.marked;
                taken.comments += back.comments;
                taken.new_comments += back.comments;
                for (n, reason) in back.wrong {
                    wrong += 1;
                    if wrong <= TOLD as u64 {
                        taken.notes.push(format!("line {} was left out: {reason}", own_numbers[n]));
                    }
                }
                own.clear();
                own_numbers.clear();
                own_bytes = 0;
                self.since = std::time::Instant::now();
                progress.tell(&format!("{stored} articles"));
            }
        }
        progress.end();
        if wrong > TOLD as u64 {
            taken.notes.push(format!("{} more lines were left out", wrong - TOLD as u64));
        }
        taken.notes.extend(bounds.notes().iter().map(ToString::to_string));
        taken.outcome = match (stored, new, edits) {
            (0, ..) => FileOutcome::Skipped,
            (_, 1.., _) => FileOutcome::Imported,
            (_, 0, 1..) => FileOutcome::Updated,
            _ if marked > 0 => FileOutcome::Updated,
            _ => FileOutcome::Unchanged,
        };
        taken.reason = (stored == 0).then(|| "none of its lines is an article".to_owned());
        taken.stored = Some(new);
        taken.edits = edits;
        match marked {
            0 => {}
            1 => taken.notes.push("1 article that was here got marks that were made later".to_owned()),
            n => taken.notes.push(format!("{n} stored articles took newer marks from the file")),
        }
        self.tell(&taken)
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
