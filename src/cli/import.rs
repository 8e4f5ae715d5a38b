//! `gleaner import`: files and folders into the store, with a line for each file.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::error::{Complaint, Exit, InputError};
use super::output::{Look, plural, stdout, write_json};
use super::places::named;
use super::show::{NO_FETCHING, SAVE_IT};
use super::walk::{Met, walk};
use super::{Setup, clock, input};
use crate::domain::article::Page;
use crate::format::Parsed;
use crate::store::{Saved, Store};

#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Imported,
    Updated,
    Unchanged,
    Skipped,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Imported => "imported",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
            Outcome::Skipped => "skipped",
        }
    }
}

/// What became of one file.
#[derive(Serialize, Debug)]
struct Taken {
    path: String,
    outcome: Outcome,
    format: Option<&'static str>,
    articles: Vec<i64>,
    comments: u64,
    new_comments: u64,
    changed_ranks: u64,
    edits: u64,
    reason: Option<String>,
    notes: Vec<String>,
}

/// How many files had each outcome, in the order of [`Outcome`].
#[derive(Default)]
struct Tally([u64; 4]);

struct Import<W> {
    store: Store,
    out: W,
    look: Look,
    json: bool,
    tally: Tally,
    /// Why files were skipped.
    reasons: Vec<anyhow::Error>,
}

pub(super) fn run(setup: &Setup, paths: &[OsString], json: bool) -> anyhow::Result<Exit> {
    let (store, out, look) = (setup.store()?, stdout(), setup.look);
    let mut import = Import { store, out, look, json, tally: Tally::default(), reasons: Vec::new() };
    for path in paths {
        if input::is_address(&path.to_string_lossy()) {
            import.take(Met::Not(path.into(), NO_FETCHING.to_owned()))?;
        } else {
            walk(Path::new(path), &mut |met| import.take(met))?;
        }
    }
    import.finish()
}

impl<W: Write> Import<W> {
    fn take(&mut self, met: Met) -> anyhow::Result<()> {
        let taken = match met {
            Met::File(path) => match input::read_path(&path) {
                Ok(parsed) => save(&mut self.store, shown(&path), &parsed)?,
                Err(error) => {
                    let taken = skipped(shown(&path), reason(&error));
                    self.reasons.push(error.into());
                    taken
                }
            },
            Met::Not(path, why) => {
                let hint = if why == NO_FETCHING { SAVE_IT } else { "see whether the name is right and you may read it" };
                self.reasons.push(Complaint::failed(format!("{}: {why}", named(&path))).hint(hint).into());
                skipped(shown(&path), why)
            }
        };
        tracing::info!(outcome = taken.outcome.word(), reason = taken.reason, "{}", taken.path);
        self.tally.0[taken.outcome as usize] += 1;
        if self.json {
            write_json(&taken, &mut self.out)?;
        } else {
            render(&taken, self.look, &mut self.out)?;
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Exit> {
        if !self.json {
            writeln!(self.out, "{}", self.tally.summary())?;
        }
        self.out.flush()?;
        self.store.close()?;
        self.tally.exit(self.reasons)
    }
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { named(path) }
}

/// Why a file was skipped, without its name.
fn reason(error: &InputError) -> String {
    match error {
        InputError::Io { source, .. } => super::error::words(source),
        InputError::Unreadable { source, .. } => source.to_string(),
    }
}

fn skipped(path: String, reason: String) -> Taken {
    Taken {
        path,
        outcome: Outcome::Skipped,
        format: None,
        articles: Vec::new(),
        comments: 0,
        new_comments: 0,
        changed_ranks: 0,
        edits: 0,
        reason: Some(reason),
        notes: Vec::new(),
    }
}

fn save(store: &mut Store, path: String, parsed: &Parsed) -> anyhow::Result<Taken> {
    let now = clock::now();
    let saved: Vec<Saved> = parsed.pages.iter().map(|page| store.save(page, now)).collect::<Result<_, _>>()?;
    Ok(taken(path, parsed, &saved))
}

fn taken(path: String, parsed: &Parsed, saved: &[Saved]) -> Taken {
    let sum = |count: &dyn Fn(&Saved) -> u32| saved.iter().map(|one| u64::from(count(one))).sum();
    let comments = |page: &Page| page.discussions.iter().map(|discussion| discussion.comments.len() as u64).sum::<u64>();
    let new_comments = sum(&|one| one.new_comments);
    let changed_ranks = sum(&|one| one.changed_ranks);
    let edits = sum(&|one| one.edited_comments + u32::from(one.edited_article));
    let outcome = if saved.iter().any(|one| one.new_article) {
        Outcome::Imported
    } else if new_comments + changed_ranks + edits > 0 {
        Outcome::Updated
    } else {
        Outcome::Unchanged
    };
    Taken {
        path,
        outcome,
        format: Some(parsed.format.label()),
        articles: saved.iter().map(|one| one.id.0).collect(),
        comments: parsed.pages.iter().map(comments).sum(),
        new_comments,
        changed_ranks,
        edits,
        reason: None,
        notes: parsed.notes.iter().map(ToString::to_string).collect(),
    }
}

/// `imported  FILE: phys.org text dump, 1 article, 3 comments`
fn render(taken: &Taken, look: Look, out: &mut impl Write) -> io::Result<()> {
    let some = |count: u64, one: &str| (count > 0).then(|| plural(count, one));
    let format = taken.format.map(str::to_owned);
    let parts = match taken.outcome {
        Outcome::Imported => {
            vec![format, Some(plural(taken.articles.len() as u64, "article")), Some(plural(taken.comments, "comment"))]
        }
        Outcome::Updated => {
            vec![some(taken.new_comments, "new comment"), some(taken.changed_ranks, "rank"), some(taken.edits, "edit")]
        }
        Outcome::Unchanged => vec![format],
        Outcome::Skipped => vec![taken.reason.clone()],
    };
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    writeln!(out, "{:<9} {}: {}", taken.outcome.word(), taken.path, parts.join(", "))?;
    let dash = if look.ascii { "-" } else { "·" };
    taken.notes.iter().try_for_each(|note| writeln!(out, "          {dash} {note}"))
}

impl Tally {
    fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// `3 files: 1 imported, 2 skipped`
    fn summary(&self) -> String {
        if self.total() == 0 {
            return "no files found".to_owned();
        }
        let outcomes = [Outcome::Imported, Outcome::Updated, Outcome::Unchanged, Outcome::Skipped];
        let counted = outcomes.into_iter().filter(|outcome| self.0[*outcome as usize] > 0);
        let parts: Vec<String> = counted.map(|outcome| format!("{} {}", self.0[outcome as usize], outcome.word())).collect();
        format!("{}: {}", plural(self.total(), "file"), parts.join(", "))
    }

    /// A failure only if nothing could be read; then the one reason, or how many there are.
    fn exit(&self, mut reasons: Vec<anyhow::Error>) -> anyhow::Result<Exit> {
        if self.total() > self.0[Outcome::Skipped as usize] {
            return Ok(Exit::Done);
        }
        match reasons.pop() {
            Some(reason) if reasons.is_empty() => Err(reason),
            None => {
                Err(Complaint::failed("there is no file to import").hint("name files, or folders with files in them").into())
            }
            Some(reason) => Err(reason.context(format!("none of the {} could be read", plural(self.total(), "file")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::article::{Article, Source};
    use crate::domain::text::clean_line;
    use crate::domain::thread::{Comment, Discussion};
    use crate::format::{Format, Unreadable};
    use crate::store::ArticleId;

    fn parsed() -> Parsed {
        let source = Source { key: clean_line("phys.org"), title: clean_line("phys.org") };
        let discussion = Discussion { comments: vec![Comment::default(); 3], ..Discussion::default() };
        let page = Page { article: Article::default(), source, discussions: vec![discussion] };
        Parsed { format: Format::PhysorgText, pages: vec![page], notes: vec![clean_line("line 7 is cut off")] }
    }

    fn line(new_article: bool, new_comments: u32, changed_ranks: u32, edited_article: bool) -> String {
        let saved = Saved { id: ArticleId(4), new_article, edited_article, new_comments, changed_ranks, edited_comments: 0 };
        let mut out = Vec::new();
        render(&taken("page.txt".to_owned(), &parsed(), &[saved]), Look::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_file_gets_a_line_and_its_notes() {
        let skipped = skipped("empty.txt".to_owned(), Unreadable::Empty.to_string());
        let mut out = Vec::new();
        render(&skipped, Look::default(), &mut out).unwrap();
        let lines = [line(true, 3, 0, false), line(false, 2, 5, false), line(false, 0, 1, true), line(false, 0, 0, false)];
        insta::assert_snapshot!(format!("{}{}", lines.concat(), String::from_utf8(out).unwrap()), @r#"
        imported  page.txt: phys.org text dump, 1 article, 3 comments
                  · line 7 is cut off
        updated   page.txt: 2 new comments, 5 ranks
                  · line 7 is cut off
        updated   page.txt: 1 rank, 1 edit
                  · line 7 is cut off
        unchanged page.txt: phys.org text dump
                  · line 7 is cut off
        skipped   empty.txt: it is empty
        "#);
    }

    #[test]
    fn json_has_the_promised_names() {
        let saved = Saved {
            id: ArticleId(4),
            new_article: true,
            edited_article: false,
            new_comments: 3,
            changed_ranks: 0,
            edited_comments: 0,
        };
        let taken = taken("page.txt".to_owned(), &parsed(), &[saved]);
        insta::assert_snapshot!(serde_json::to_string(&taken).unwrap(), @r#"{"path":"page.txt","outcome":"imported","format":"phys.org text dump","articles":[4],"comments":3,"new_comments":3,"changed_ranks":0,"edits":0,"reason":null,"notes":["line 7 is cut off"]}"#);
    }

    #[test]
    fn it_fails_only_if_nothing_could_be_read() {
        let empty = |name: &str| InputError::Unreadable { name: name.to_owned(), source: Unreadable::Empty }.into();
        assert_eq!(Tally([1, 0, 0, 1]).exit(vec![empty("a")]).unwrap(), Exit::Done);
        assert_eq!(Tally([1, 0, 0, 2]).summary(), "3 files: 1 imported, 2 skipped");
        assert_eq!(Tally([0, 0, 0, 1]).exit(vec![empty("a")]).unwrap_err().to_string(), "a: it is empty");
        let error = Tally([0, 0, 0, 2]).exit(vec![empty("a"), empty("b")]).unwrap_err();
        assert_eq!(format!("{error:#}"), "none of the 2 files could be read: b: it is empty: it is empty");
        assert_eq!(Tally::default().exit(Vec::new()).unwrap_err().to_string(), "there is no file to import");
    }
}
