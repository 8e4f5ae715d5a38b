//! Pages as text of a given width.

use std::io::{self, Write};

use super::struck;
use crate::cli::clock;
use crate::cli::output::{Ink, OutputStyle};
use crate::cli::sheet::Sheet;
use crate::cli::thread_options::{Arranged, ViewArgs, arranged};
use crate::cli::words;
use crate::domain::article::{Article, Related, clock_time, reading_minutes};
use crate::domain::slider::{Notch, Row, Shown};
use crate::domain::tag::shown_tags;
use crate::domain::text::{Document, width};
use crate::domain::thread::{Parent, Stub};
use crate::domain::time::{Timestamp, When, Zone};
use crate::format::other_texts;
use crate::tui::layout::{self, Style, lay_out};
use crate::tui::page::rank_label;

/// Writes a page as `show` prints it without options.
pub(in crate::cli) fn write_text(sheet: &Sheet, look: OutputStyle, columns: usize, out: &mut impl Write) -> anyhow::Result<()> {
    let discussions = sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..]));
    let discussions = arranged(discussions, &ViewArgs::default())?;
    Ok(Writer { out, look, columns, zone: clock::zone, now: clock::now() }.sheet(sheet, &discussions)?)
}

/// No more columns of a name are repeated in what answers it.
const NAME: usize = 30;

/// Writes pages as text of a given width.
pub(super) struct Writer<'a, W> {
    pub(super) out: &'a mut W,
    pub(super) look: OutputStyle,
    pub(super) columns: usize,
    pub(super) zone: Zone,
    pub(super) now: Timestamp,
}

impl<W: Write> Writer<'_, W> {
    pub(super) fn head(&mut self, sheet: &Sheet) -> io::Result<()> {
        let title = if sheet.article.title.is_empty() { "(without a title)" } else { &sheet.article.title };
        self.wrapped(title, 0, Some(Ink::Bold))?;
        self.wrapped(&self.meta(sheet), 0, Some(Ink::Dim))
    }

    pub(super) fn sheet(&mut self, sheet: &Sheet, discussions: &[Arranged<'_>]) -> io::Result<()> {
        let article = &sheet.article;
        self.head(sheet)?;
        writeln!(self.out)?;
        if sheet.texts.is_empty() {
            self.document(&article.body, 0)?;
        } else {
            self.document(&other_texts::below(article.body.clone(), &sheet.texts), 0)?;
        }
        self.enclosures(article)?;
        if let Some(further) = &article.explore_further {
            writeln!(self.out)?;
            self.wrapped(&format!("Explore further: {}", further.title), 0, None)?;
            self.address(further, 2)?;
        }
        self.stories("Related stories", &article.related)?;
        self.stories("Recommended for you", &article.recommended)?;
        for shown in discussions {
            writeln!(self.out)?;
            self.discussion(shown)?;
        }
        Ok(())
    }

    /// The files that go with the text, the parts of its recording, and how many saw it.
    fn enclosures(&mut self, article: &Article) -> io::Result<()> {
        let audience = article.audience.in_words();
        let mut files = article.listed_enclosures().peekable();
        if files.peek().is_some() {
            writeln!(self.out)?;
            self.wrapped("Enclosures", 0, Some(Ink::Bold))?;
        }
        for file in files {
            let (name, told) = file.in_words();
            self.wrapped(&format!("{name}{told}"), 2, None)?;
            self.wrapped(&file.address, 4, Some(Ink::Dim))?;
        }
        if !article.chapters.is_empty() {
            writeln!(self.out)?;
            self.wrapped("Chapters", 0, Some(Ink::Bold))?;
        }
        for chapter in &article.chapters {
            self.wrapped(&format!("{} {}", clock_time(chapter.start), chapter.title), 2, None)?;
            if let Some(url) = &chapter.url {
                self.wrapped(url, 4, Some(Ink::Dim))?;
            }
        }
        if let Some(figures) = audience {
            writeln!(self.out)?;
            self.wrapped(&figures, 0, Some(Ink::Dim))?;
        }
        Ok(())
    }

    /// Date, byline, organisation, kind, source, update, reading time; the address on a line of its own.
    fn meta(&self, sheet: &Sheet) -> String {
        let article = &sheet.article;
        let mut parts: Vec<String> = article.published.map(|when| when.long(self.zone)).into_iter().collect();
        parts.extend(article.stated_date.as_ref().map(|stated| format!("dated {stated} by its source")));
        let named = [&article.byline, &article.organisation, &article.kind].into_iter().flatten().chain([&sheet.source.title]);
        parts.extend(named.filter(|text| !text.is_empty()).map(ToString::to_string));
        parts.extend(sheet.edited_at.map(|at| format!("updated {}", When::Instant(at).long(self.zone))));
        parts.push(format!("{} min", reading_minutes(article.body.words())));
        parts.extend(sheet.starred.then(|| "starred".to_owned()));
        parts.extend((sheet.own_rating > 0).then(|| format!("yours {}", sheet.own_rating)));
        parts.extend((!sheet.tags.is_empty()).then(|| shown_tags(&sheet.tags)));
        let mut lines = vec![parts.join(self.look.dot())];
        lines.extend(article.url.as_ref().map(ToString::to_string));
        lines.extend(sheet.note.as_ref().map(|note| format!("Note: {note}")));
        lines.join("\n")
    }

    fn stories(&mut self, heading: &str, stories: &[Related]) -> io::Result<()> {
        if stories.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.wrapped(heading, 0, Some(Ink::Bold))?;
        for story in stories {
            let when = story.published.map(|when| format!("{}{}", self.look.dot(), when.long(self.zone))).unwrap_or_default();
            self.wrapped(&format!("{}{when}", story.title), 2, None)?;
            if let Some(teaser) = &story.teaser {
                self.wrapped(teaser, 4, None)?;
            }
            self.address(story, 4)?;
        }
        Ok(())
    }

    fn address(&mut self, story: &Related, indent: usize) -> io::Result<()> {
        story.url.as_ref().map_or(Ok(()), |url| writeln!(self.out, "{:indent$}{url}", ""))
    }

    fn discussion(&mut self, shown: &Arranged<'_>) -> io::Result<()> {
        self.wrapped(&words::header(shown, self.look), 0, Some(Ink::Bold))?;
        self.wrapped(&words::counts(shown.view.counts, self.look), 0, Some(Ink::Dim))?;
        if let Some(url) = &shown.view.discussion.url {
            writeln!(self.out, "{url}")?;
        }
        let mut apart = true;
        for row in &shown.view.rows {
            // Lines and folds stand together; an open comment stands alone.
            let is_open = row.shown == Shown::Open;
            if is_open || apart {
                writeln!(self.out)?;
            }
            apart = is_open;
            let place = shown.view.thread.places()[row.place as usize];
            // Deep threads are squeezed: at most a third of the width goes to the indent, and the level is told.
            let indent = (usize::from(place.depth) * 2).min(self.columns / 3);
            match row.shown {
                Shown::Folded { comments } => {
                    let dots = if self.look.ascii { "..." } else { "···" };
                    let run = &shown.view.thread.places()[row.place as usize..][..comments as usize];
                    let below = match shown.view.floor() {
                        _ if run.iter().all(|place| shown.view.is_muted(place.comment)) => "muted".to_owned(),
                        Notch::Off => "folded".to_owned(),
                        Notch::Share(share) => format!("below the {}", words::notch(Notch::Share(share))),
                        floor => format!("below {}", words::notch(floor)),
                    };
                    writeln!(self.out, "{:indent$}{}", "", self.look.paint(Ink::Dim, &format!("{dots} {comments} {below}")))?;
                }
                Shown::Line => {
                    let head = self.comment_head(shown, *row, indent);
                    let room = self.columns.saturating_sub(indent);
                    let body = &shown.view.discussion.comments[place.comment.index()].body;
                    let opening = if shown.view.is_muted(place.comment) { "muted".to_owned() } else { body.opening(room + 1) };
                    let line = self.look.cut(&format!("{head}  {opening}"), room);
                    writeln!(self.out, "{:indent$}{}", "", line.trim_end())?;
                }
                Shown::Open => {
                    let head = self.comment_head(shown, *row, indent);
                    self.wrapped(&head, indent, Some(Ink::Cyan))?;
                    let comment = &shown.view.discussion.comments[place.comment.index()];
                    self.document(&comment.body.document(), indent)?;
                    self.stub(shown, Some(&comment.id), indent)?;
                }
            }
        }
        if shown.view.discussion.stub(None).is_some() {
            writeln!(self.out)?;
        }
        self.stub(shown, None, 0)
    }

    fn stub(&mut self, shown: &Arranged<'_>, below: Option<&str>, indent: usize) -> io::Result<()> {
        let label = shown.view.discussion.stub(below).map(Stub::label);
        label.map_or(Ok(()), |label| {
            self.wrapped(&format!("{} {label}", if self.look.ascii { "..." } else { "…" }), indent, Some(Ink::Dim))
        })
    }

    /// `≈ reader7 · 1 / 5 (4) · June 4, 2011 · yours 3`
    fn comment_head(&self, shown: &Arranged<'_>, row: Row, indent: usize) -> String {
        let place = shown.view.thread.places()[row.place as usize];
        let is_open = row.shown == Shown::Open;
        let comment = &shown.view.discussion.comments[place.comment.index()];
        let state = shown.states.get(place.comment.index());
        let mut parts: Vec<String> = comment.author.iter().map(ToString::to_string).collect();
        parts.extend(comment.role.label().map(str::to_owned));
        if is_open {
            parts.extend(self.reply(shown, row));
        }
        parts.extend(
            Some(rank_label(comment.rank, shown.view.discussion.scale, shown.view.ranks.estimate(place.comment.index())))
                .filter(|rank| !rank.is_empty()),
        );
        let when = |when: When| if is_open { when.long(self.zone) } else { when.short(self.now, self.zone) };
        parts.extend(comment.posted.map(when));
        parts.extend(comment.edited.filter(|_| is_open).map(|edited| format!("edited {}", when(edited))));
        if let Some(state) = state {
            parts.extend((state.own_rating > 0).then(|| format!("yours {}", state.own_rating)));
            parts.extend(state.vanished.then(|| "no longer there".to_owned()));
        }
        parts.extend((comment.parent == Parent::Missing).then(|| "answers a comment that is not here".to_owned()));
        let is_squeezed = usize::from(place.depth) * 2 > indent;
        parts.extend((is_squeezed || (is_open && place.depth > 0)).then(|| format!("level {}", place.depth + 1)));
        if parts.is_empty() {
            parts.push("comment".to_owned());
        }
        let guessed = match comment.parent {
            Parent::Guessed(_) if !shown.view.flat => {
                if self.look.ascii {
                    "~ "
                } else {
                    "≈ "
                }
            }
            _ => "",
        };
        format!("{guessed}{}", parts.join(self.look.dot()))
    }

    /// A comment's parent in words, for readers who hear the page and cannot see an indent.
    fn reply(&self, shown: &Arranged<'_>, row: Row) -> Option<String> {
        let comments = &shown.view.discussion.comments;
        let comment = &comments[shown.view.thread.places()[row.place as usize].comment.index()];
        let (parent, guessed) = match comment.parent {
            Parent::Of(parent) => (parent, ""),
            Parent::Guessed(parent) if !shown.view.flat => (parent, "perhaps a "),
            _ => return None,
        };
        let to = comments.get(parent.index())?.author.as_ref().map(|author| format!(" to {}", self.look.cut(author, NAME)));
        Some(format!("{guessed}reply{}", to.unwrap_or_default()))
    }

    /// A document with its links listed behind it.
    fn document(&mut self, document: &Document, indent: usize) -> io::Result<()> {
        let style = Style {
            width: self.columns.saturating_sub(indent).max(1),
            ascii: self.look.ascii,
            link_numbers: true,
            spoilers: true,
        };
        for line in lay_out(&struck::marked(document), style) {
            self.line(line.text.trim_end(), indent, None)?;
        }
        if !document.links.is_empty() {
            writeln!(self.out)?;
        }
        for (n, link) in document.links.iter().enumerate() {
            writeln!(self.out, "{:indent$}[{}] {}", "", n + 1, link.address)?;
        }
        Ok(())
    }

    fn wrapped(&mut self, text: &str, indent: usize, ink: Option<Ink>) -> io::Result<()> {
        let room = self.columns.saturating_sub(indent).max(1);
        for paragraph in text.lines() {
            // An address is of use only in one piece.
            let whole = width(paragraph) <= room || !paragraph.contains(' ');
            let lines = if whole { vec![paragraph] } else { layout::wrap(paragraph, room) };
            for line in lines {
                self.line(line.trim_end(), indent, ink)?;
            }
        }
        Ok(())
    }

    pub(super) fn line(&mut self, text: &str, indent: usize, ink: Option<Ink>) -> io::Result<()> {
        let indent = if text.is_empty() { 0 } else { indent };
        match ink {
            Some(ink) => writeln!(self.out, "{:indent$}{}", "", self.look.paint(ink, text)),
            None => writeln!(self.out, "{:indent$}{text}", ""),
        }
    }
}

#[cfg(test)]
mod tests;
