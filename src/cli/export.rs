//! `gleaner export`: articles with all that is known of them, as lines that `import` takes back; or as Markdown or HTML.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::error::Exit;
use super::list::parse_query;
use super::mark::known;
use super::output::{stderr, stdout};
use super::setup::Setup;
use super::sheet::Sheet;
use super::stores;
use super::thread_options::{ViewArgs, arranged};
use crate::domain::plural::plural;
use crate::domain::query::Query;
use crate::domain::text::escape_json;
use crate::format::render::{self, escaped};
use crate::store::{ArticleId, RowChecks, Section, Store, Stretch};
use crate::tui::page::rank_label;

pub(super) const HELP: &str = "\
Without --markdown or --html each line is one article as JSON: its text, dates, source and tags, your marks and \
ratings, and its discussions with comments, ranks and what you have seen of them. Subscriptions are not included; \
`gleaner opml` prints them.
`gleaner import FILE` restores the lines exactly. For an article that you already have, it only applies marks that \
were made later than yours. For use in programs, `gleaner show ID --json` has a simpler format.
If an article has invalid values (in a damaged or edited store), the nearest valid ones are exported, its id and \
columns are listed on standard error, and the exit status is 1 after everything is exported.
Markdown and HTML are for reading: title, source, date, address, text, and the comments as threads with their ranks.";

const AT_ONCE: usize = 1000;
/// So many odd articles are named; all are counted.
const NAMED: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Lines,
    Markdown,
    Html,
}

pub(super) fn run(setup: &Setup, what: &[String], form: Form) -> anyhow::Result<Exit> {
    let ids: Option<Vec<ArticleId>> = what.iter().map(|word| word.parse().ok().map(ArticleId)).collect();
    let query = if ids.is_some() { Query::default() } else { parse_query(&what.join(" "))? };
    let mut store = setup.store_to_ask()?;
    let mut out = stdout();
    let mut odd = Odd { checks: store.row_checks()?, articles: Vec::new(), count: 0 };
    if form == Form::Html {
        writeln!(out, "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>Gleaner</title></head>\n<body>")?;
    }
    match ids {
        Some(ids) if !ids.is_empty() => write(&store, &known(&store, ids)?, form, &mut out, &mut odd)?,
        _ if query.is_empty() => {
            let mut last = ArticleId(0);
            loop {
                let ids = store.ids_after(last, AT_ONCE)?;
                let Some(id) = ids.last() else { break };
                last = *id;
                write(&store, &ids, form, &mut out, &mut odd)?;
            }
        }
        _ => {
            if query.asks_words() {
                stores::catch_up(&mut store)?;
            }
            // In the order in which they came, as without a query; the numbers alone take little room.
            let mut ids = Vec::new();
            let mut stretch = Stretch::First;
            loop {
                let rows = store.headlines(&Section::All, &query, stretch, AT_ONCE)?;
                ids.extend(rows.iter().map(|row| row.id));
                match rows.last() {
                    Some(row) if rows.len() == AT_ONCE => stretch = Stretch::After(row.key()),
                    _ => break,
                }
            }
            ids.sort_unstable();
            write(&store, &ids, form, &mut out, &mut odd)?;
        }
    }
    if form == Form::Html {
        writeln!(out, "</body>\n</html>")?;
    }
    out.flush()?;
    store.close()?;
    Ok(odd.tell()?)
}

/// Articles exported with corrected values, because the stored ones were out of range.
struct Odd {
    checks: RowChecks,
    articles: Vec<(ArticleId, String)>,
    count: u64,
}

impl Odd {
    fn note(&mut self, store: &Store, id: ArticleId) -> anyhow::Result<()> {
        let columns = store.odd_columns(&self.checks, id)?;
        if !columns.is_empty() {
            self.count += 1;
            if self.articles.len() < NAMED {
                self.articles.push((id, columns.join(", ")));
            }
        }
        Ok(())
    }

    fn tell(&self) -> io::Result<Exit> {
        if self.count == 0 {
            return Ok(Exit::Done);
        }
        let mut err = stderr();
        for (id, columns) in &self.articles {
            writeln!(err, "warning: article {} has odd values in {columns}", id.0)?;
        }
        let are = if self.count == 1 { "is" } else { "are" };
        writeln!(err, "warning: {} {are} exported with the nearest values that fit", plural(self.count, "odd article"))?;
        writeln!(err, "hint: `gleaner doctor` mends them")?;
        Ok(Exit::Failed)
    }
}

fn write(store: &Store, ids: &[ArticleId], form: Form, out: &mut impl Write, odd: &mut Odd) -> anyhow::Result<()> {
    for id in ids {
        odd.note(store, *id)?;
        if form == Form::Lines {
            if let Some(line) = store.archived(*id)? {
                writeln!(out, "{}", escape_json(&line))?;
            }
            continue;
        }
        let page = page(&Sheet::stored(store, *id)?)?;
        match form {
            Form::Html => writeln!(out, "<article>\n{}</article>", render::html(&page))?,
            _ => writeln!(out, "{page}")?,
        }
    }
    Ok(())
}

/// Deeper threads are quoted no deeper.
const DEEPEST: usize = 12;

/// A page as Markdown.
pub(super) fn page(sheet: &Sheet) -> anyhow::Result<String> {
    let article = &sheet.article;
    let title = if article.title.is_empty() { "(without a title)" } else { &article.title };
    let mut out = format!("# {}\n\n", escaped(title));
    let published = article.published.map(|when| when.to_string());
    let told = [published.as_deref(), article.byline.as_deref(), Some(sheet.source.title.as_str())];
    let told: Vec<String> = told.into_iter().flatten().filter(|text| !text.is_empty()).map(escaped).collect();
    writeln!(out, "{}\n", told.join(" · "))?;
    if let Some(url) = article.url.as_deref().map(render::address).filter(|url| !url.is_empty()) {
        writeln!(out, "<{url}>\n")?;
    }
    out += &render::markdown(&article.body);
    let discussions = sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..]));
    for shown in arranged(discussions, &ViewArgs::default())? {
        let discussion = shown.view.discussion;
        let at = if *discussion.place == *"page" { String::new() } else { format!(" at {}", escaped(&discussion.place)) };
        writeln!(out, "\n## Comments{at}: {}", discussion.comments.len())?;
        if let Some(url) = discussion.url.as_deref().map(render::address).filter(|url| !url.is_empty()) {
            writeln!(out, "\n<{url}>")?;
        }
        for place in shown.view.thread.places() {
            let comment = &discussion.comments[place.comment.index()];
            let author = format!("**{}**", escaped(comment.author.as_deref().unwrap_or("somebody")));
            let rank =
                Some(escaped(&rank_label(comment.rank, discussion.scale, shown.view.ranks.estimate(place.comment.index()))))
                    .filter(|rank| !rank.is_empty());
            let posted = comment.posted.map(|when| when.to_string());
            let head: Vec<String> = [Some(author), rank, posted].into_iter().flatten().collect();
            let text = format!("{}\n\n{}", head.join(" · "), render::markdown(&comment.body.document()));
            let lead = "> ".repeat(usize::from(place.depth).min(DEEPEST));
            write!(out, "\n{}", render::indented(&text, &lead, &lead))?;
        }
    }
    Ok(out)
}
