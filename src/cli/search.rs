//! `gleaner search`: articles or comments that have certain words, each with the words around what was found.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use super::error::Exit;
use super::list::{self, parse_query};
use super::output::{Ink, OutputStyle, stdout, write_json};
use super::setup::Setup;
use super::{clock, stores};
use crate::domain::text::{prefix, width};
use crate::domain::time::{When, Zone};
use crate::store::{By, Excerpt, Found, Hit};

/// How many hits are given where no number was given.
const HITS: usize = 20;
/// Columns of a text where the output is not a terminal.
const COLUMNS: usize = 100;

#[derive(Serialize)]
struct HitJson<'a> {
    #[serde(flatten)]
    article: list::ArticleJson<'a>,
    title_marks: Vec<[usize; 2]>,
    excerpt: &'a str,
    marks: Vec<[usize; 2]>,
    comment: Option<CommentHitJson<'a>>,
}

#[derive(Serialize)]
struct CommentHitJson<'a> {
    id: &'a str,
    author: Option<&'a str>,
    posted: Option<String>,
}

pub(super) fn run(setup: &Setup, text: &str, by: By, limit: Option<usize>, json: bool) -> anyhow::Result<Exit> {
    let query = parse_query(text)?;
    let limit = match limit {
        Some(0) => usize::MAX - 1,
        Some(limit) => limit,
        None => HITS,
    };
    let mut store = setup.store_to_ask()?;
    stores::catch_up(&mut store)?;
    let found = store.search(&query, by, limit, clock::now())?;
    store.close()?;
    let mut out = stdout();
    if json {
        for hit in &found.hits {
            write_json(&item(hit), &mut out)?;
        }
    } else {
        for hit in &found.hits {
            render(hit, setup.look, clock::zone, &mut out)?;
        }
        if let Some(line) = summary(&found, limit) {
            writeln!(out, "{}", setup.look.paint(Ink::Dim, &line))?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// A remark on the hits as a whole.
fn summary(found: &Found, limit: usize) -> Option<String> {
    match (found.hits.len(), found.ranked) {
        (0, _) => Some("nothing found".to_owned()),
        (_, Some(ranked)) => Some(format!("the best of the newest {ranked}, and there are more; --by date goes through all")),
        (_, None) if found.more => Some(format!("the first {limit}; --limit 0 gives all")),
        _ => None,
    }
}

fn item(hit: &Hit) -> HitJson<'_> {
    let comment = hit.comment.as_ref().map(|comment| CommentHitJson {
        id: &comment.key,
        author: comment.author.as_deref(),
        posted: comment.posted.map(|when| when.to_string()),
    });
    HitJson {
        article: list::item(&hit.article),
        title_marks: in_characters(&hit.article.title, &hit.title_marks),
        excerpt: &hit.excerpt.text,
        marks: in_characters(&hit.excerpt.text, &hit.excerpt.marks),
        comment,
    }
}

/// Bytes mean little to whoever reads the JSON.
fn in_characters(text: &str, marks: &[Range<usize>]) -> Vec<[usize; 2]> {
    let at = |byte: usize| text.get(..byte).unwrap_or(text).chars().count();
    marks.iter().map(|mark| [at(mark.start), at(mark.end)]).collect()
}

/// `7 ● 2011-06-04 phys.org: US, Britain urge cooperation`, and below it the words around.
fn render(hit: &Hit, look: OutputStyle, zone: Zone, out: &mut impl Write) -> io::Result<()> {
    let Hit { article, comment, title_marks, excerpt } = hit;
    let unread = if look.ascii { "o" } else { "●" };
    let day = |when: When| match when {
        When::Day(day) => day,
        When::Instant(at) => at.date(zone(at)),
    };
    let date = day(article.published.unwrap_or(When::Instant(article.sort_at)));
    let read = if article.read { " " } else { unread };
    let lead = format!("{:>6} {read} {date} {}: ", article.id.0, article.source);
    let columns = look.columns.unwrap_or(COLUMNS);
    let title = Excerpt { text: article.title.clone(), marks: title_marks.clone() };
    let title_room = if look.columns.is_some() { columns.saturating_sub(width(&lead)) } else { usize::MAX };
    writeln!(out, "{lead}{}", cut(&title, title_room, look).concat())?;
    if let Some(comment) = comment {
        let author = comment.author.as_deref().unwrap_or("somebody");
        let posted = comment.posted.map_or(String::new(), |when| format!("{}{}", look.dot(), day(when)));
        let by = format!("         {author}{posted}{}{}#{}", look.dot(), article.id.0, comment.key);
        writeln!(out, "{}", look.paint(Ink::Dim, &by))?;
    }
    for line in cut(excerpt, columns.saturating_sub(9), look) {
        writeln!(out, "         {line}")?;
    }
    Ok(())
}

/// A text in lines of so many columns, what was found in bold type.
fn cut(excerpt: &Excerpt, columns: usize, look: OutputStyle) -> Vec<String> {
    let text = excerpt.text.as_str();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let fitting =
            prefix(&text[start..], columns.max(1)).0.len().max(text[start..].chars().next().map_or(1, char::len_utf8));
        let mut end = start + fitting;
        if end < text.len() {
            end = text[start..end].rfind(' ').filter(|at| *at > 0).map_or(end, |at| start + at);
        }
        lines.push(painted(text, start..end, &excerpt.marks, look));
        start = end + (text[end..].len() - text[end..].trim_start().len());
    }
    lines
}

fn painted(text: &str, line: Range<usize>, marks: &[Range<usize>], look: OutputStyle) -> String {
    let mut out = String::new();
    let mut at = line.start;
    for mark in marks {
        let (start, end) = (mark.start.clamp(at, line.end), mark.end.clamp(at, line.end));
        if start < end {
            out.push_str(&text[at..start]);
            out.push_str(&look.paint(Ink::Bold, &text[start..end]));
            at = end;
        }
    }
    out.push_str(&text[at..line.end]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;

    #[test]
    fn an_excerpt_is_cut_between_words_and_keeps_its_marks() {
        let excerpt = Excerpt { text: clean("one two three 量子計算"), marks: vec![4..13, 14..20] };
        let look = OutputStyle { paint: true, ..OutputStyle::default() };
        let bold = |text: &str| look.paint(Ink::Bold, text);
        assert_eq!(cut(&excerpt, 9, look), [format!("one {}", bold("two")), bold("three"), format!("{}計算", bold("量子"))]);
        assert_eq!(cut(&excerpt, 1, OutputStyle::default()).concat(), "onetwothree量子計算");
        assert_eq!(in_characters(&excerpt.text, &excerpt.marks), [[4, 13], [14, 16]]);
    }
}
