//! `gleaner list`: articles, newest first.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::error::{CliError, Exit};
use super::output::{Ink, OutputStyle, stdout, write_json};
use super::setup::Setup;
use super::{clock, stores};
use crate::domain::query::{self, Query};
use crate::domain::text::width;
use crate::domain::time::{When, Zone};
use crate::store::{ArticleId, Headline, ListOrder, Section, Store, Stretch};

/// How many are listed on a terminal where no number was given.
const ON_A_TERMINAL: usize = 50;
const AT_ONCE: usize = 1000;
/// Columns of a source's name, and at most this part of the terminal's.
const SOURCE_COLUMNS: usize = 20;
const SOURCE_PART: usize = 5;

#[derive(Serialize)]
pub(super) struct ArticleJson<'a> {
    id: i64,
    title: &'a str,
    source: &'a str,
    published: Option<String>,
    read: bool,
    starred: bool,
    watched: bool,
    own_rating: u8,
    tags: Vec<&'a str>,
    note: Option<&'a str>,
    comments: u32,
    new_comments: u32,
    points: Option<i64>,
    told: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum ListOptions {
    All(ListOrder),
    Recommended,
}

pub(super) fn run(setup: &Setup, text: &str, wanted: ListOptions, limit: Option<usize>, json: bool) -> anyhow::Result<Exit> {
    let query = parse_query(text)?;
    let limit = match (limit, setup.look.columns) {
        (Some(0), _) => usize::MAX,
        (Some(limit), _) => limit,
        (None, Some(_)) if !json => ON_A_TERMINAL,
        (None, _) => usize::MAX,
    };
    let mut store = setup.store_to_ask()?;
    if query.asks_words() || matches!(wanted, ListOptions::Recommended) {
        stores::catch_up(&mut store)?;
    }
    let mut because = HashMap::new();
    let mut found = match wanted {
        ListOptions::All(ListOrder::Newest) => headlines(&store, &query, limit.saturating_add(1))?,
        ListOptions::All(order) => store.ranked(&Section::All, &query, order)?,
        ListOptions::Recommended => {
            let recommended = store.recommended(&query, clock::now())?;
            because.extend(recommended.iter().map(|one| (one.article.id, one.because.to_string())));
            recommended.into_iter().map(|one| one.article).collect()
        }
    };
    let more = found.len() > limit;
    found.truncate(limit);
    let mut out = stdout();
    if json {
        for headline in &found {
            write_json(&ArticleJson { because: because.get(&headline.id).cloned(), ..item(headline) }, &mut out)?;
        }
    } else {
        render(&found, &because, setup.look, clock::zone, &mut out)?;
        if found.is_empty() && setup.look.columns.is_some() {
            let said = match wanted {
                ListOptions::All(_) => "no article matches; `gleaner import PATH` takes some in",
                ListOptions::Recommended => "nothing unread is like what you starred, rated 4 or 5, or read to its end",
            };
            writeln!(out, "{said}")?;
        }
        if more && setup.look.columns.is_some() {
            writeln!(out, "{}", setup.look.paint(Ink::Dim, &format!("the first {limit}; --limit 0 lists all")))?;
        }
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

/// A wrong query is shown with a caret where it is wrong.
pub(super) fn parse_query(text: &str) -> Result<Query, CliError> {
    query::parse(text).map_err(|error| {
        let before = text.get(..error.at).unwrap_or(text);
        let caret = " ".repeat(width(before));
        CliError::usage(format!("{}\n  {text}\n  {caret}^", error.message))
            .hint("`gleaner list --help` shows what a query can be")
    })
}

/// At most `limit` headlines of the whole store.
pub(super) fn headlines(store: &Store, query: &Query, limit: usize) -> anyhow::Result<Vec<Headline>> {
    let mut found: Vec<Headline> = Vec::new();
    let mut stretch = Stretch::First;
    loop {
        let wanted = AT_ONCE.min(limit - found.len());
        let page = store.headlines(&Section::All, query, stretch, wanted)?;
        let last = page.len() < wanted;
        found.extend(page);
        match found.last() {
            Some(headline) if !last && found.len() < limit => stretch = Stretch::After(headline.key()),
            _ => return Ok(found),
        }
    }
}

/// All articles of the store that a query asks for.
pub(super) fn ids(store: &Store, query: &Query) -> anyhow::Result<Vec<ArticleId>> {
    let mut found = Vec::new();
    let mut stretch = Stretch::First;
    loop {
        let page = store.headlines(&Section::All, query, stretch, AT_ONCE)?;
        found.extend(page.iter().map(|headline| headline.id));
        match page.last() {
            Some(last) if page.len() == AT_ONCE => stretch = Stretch::After(last.key()),
            _ => return Ok(found),
        }
    }
}

pub(super) fn item(headline: &Headline) -> ArticleJson<'_> {
    ArticleJson {
        id: headline.id.0,
        title: &headline.title,
        source: &headline.source,
        published: headline.published.map(|when| when.to_string()),
        read: headline.read,
        starred: headline.starred,
        watched: headline.watched,
        own_rating: headline.own_rating,
        tags: headline.tags.iter().map(|tag| &**tag).collect(),
        note: headline.note.as_deref(),
        comments: headline.comments,
        new_comments: headline.new_comments,
        points: headline.points,
        told: headline.told,
        because: None,
    }
}

/// A line an article, in columns; below it why it is recommended.
fn render(
    headlines: &[Headline],
    because: &HashMap<ArticleId, String>,
    look: OutputStyle,
    zone: Zone,
    out: &mut impl Write,
) -> io::Result<()> {
    let (unread, star) = if look.ascii { ("o", "*") } else { ("●", "★") };
    let comments = |headline: &Headline| match (headline.discussed(), headline.new_comments) {
        (0, _) => String::new(),
        (all, 0) => all.to_string(),
        (all, new) => format!("{all} +{new}"),
    };
    let widest = |cell: &dyn Fn(&Headline) -> usize| headlines.iter().map(cell).max().unwrap_or(0);
    let id_columns = widest(&|headline| headline.id.0.to_string().len());
    let source_room = look.columns.map_or(SOURCE_COLUMNS, |columns| SOURCE_COLUMNS.min(columns / SOURCE_PART));
    let source_columns = widest(&|headline| width(&headline.source)).min(source_room);
    let comment_columns = widest(&|headline| comments(headline).len());
    for headline in headlines {
        let day = match headline.published.unwrap_or(When::Instant(headline.sort_at)) {
            When::Day(day) => day,
            When::Instant(at) => at.date(zone(at)),
        };
        let source = look.cut(&headline.source, source_columns);
        let pad = source_columns - width(&source);
        let fixed = format!(
            "{:>id_columns$} {}{} {day} {source}{:pad$} {:>comment_columns$} ",
            headline.id.0,
            if headline.read { " " } else { unread },
            if headline.starred { star } else { " " },
            "",
            comments(headline),
        );
        let title = if headline.title.is_empty() { "(without a title)" } else { &headline.title };
        let title = look.columns.map_or(title.to_owned(), |columns| look.cut(title, columns.saturating_sub(width(&fixed))));
        writeln!(out, "{fixed}{}", if headline.read { title } else { look.paint(Ink::Bold, &title) })?;
        if let Some(because) = because.get(&headline.id) {
            let indent = " ".repeat(id_columns + 4);
            let room = look.columns.map_or(usize::MAX, |columns| columns.saturating_sub(width(&indent)));
            writeln!(out, "{indent}{}", look.paint(Ink::Dim, &look.cut(because, room)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean_line;
    use crate::domain::time::{Date, Timestamp, utc};

    fn headlines() -> Vec<Headline> {
        let headline = |id, title: &str, source: &str| Headline {
            id: ArticleId(id),
            title: clean_line(title),
            source: clean_line(source),
            published: Date::new(2011, 6, 4).map(When::Day),
            sort_at: Timestamp(0),
            read: false,
            starred: false,
            watched: false,
            own_rating: 0,
            comments: 0,
            new_comments: 0,
            points: None,
            told: 0,
            bars: Vec::new(),
            best: 0,
            tags: Vec::new(),
            note: None,
            submitter: None,
            host: None,
        };
        vec![
            Headline { comments: 12, new_comments: 3, ..headline(7, "US, Britain urge cooperation", "phys.org") },
            Headline {
                read: true, starred: true, comments: 143, ..headline(123, "全世界の記事", "日本のニュース")
            },
            Headline { published: None, ..headline(9, "", "A very long name for a source") },
        ]
    }

    fn rendered(look: OutputStyle) -> String {
        let mut out = Vec::new();
        let because = HashMap::from([(ArticleId(9), "because you starred Owls at noon".to_owned())]);
        render(&headlines(), &because, look, utc, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_line_up() {
        insta::assert_snapshot!(rendered(OutputStyle::default()), @r#"
          7 ●  2011-06-04 phys.org             12 +3 US, Britain urge cooperation
        123  ★ 2011-06-04 日本のニュース         143 全世界の記事
          9 ●  1970-01-01 A very long name fo…       (without a title)
               because you starred Owls at noon
        "#);
    }

    #[test]
    fn lines_end_at_the_terminals_width() {
        let text = rendered(OutputStyle { columns: Some(50), ascii: true, ..OutputStyle::default() });
        insta::assert_snapshot!(text, @r#"
          7 o  2011-06-04 phys.org   12 +3 US, Britain...
        123  * 2011-06-04 日本の...    143 全世界の記事
          9 o  1970-01-01 A very...        (without a t...
               because you starred Owls at noon
        "#);
        assert!(text.lines().all(|line| width(line) <= 50));
    }

    #[test]
    fn json_has_the_promised_names() {
        insta::assert_snapshot!(serde_json::to_string(&item(&headlines()[0])).unwrap(), @r#"{"id":7,"title":"US, Britain urge cooperation","source":"phys.org","published":"2011-06-04","read":false,"starred":false,"watched":false,"own_rating":0,"tags":[],"note":null,"comments":12,"new_comments":3,"points":null,"told":0}"#);
    }
}
