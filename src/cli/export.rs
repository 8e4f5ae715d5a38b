//! `gleaner export`: articles with all that is known of them, as lines that `import` takes back.

use std::io::Write;

use super::error::Exit;
use super::list::parse_query;
use super::output::stdout;
use super::{Setup, stores};
use crate::store::{ArticleId, Section, Store, Stretch};

pub(super) const HELP: &str = "\
Each line is one article as JSON: its text, dates, source and tags, your marks and ratings, its discussions with comments, ranks \
and what you have seen of them. What is fetched, and how, is not in it: `gleaner opml` gives the subscriptions.
`gleaner import FILE` takes the lines back exactly; an article that is there already only gets the marks that were made later \
than those there. To read an article in a \
program, `gleaner show ID --json` has a plainer form.";

const AT_ONCE: usize = 1000;

pub(super) fn run(setup: &Setup, text: &str) -> anyhow::Result<Exit> {
    let query = parse_query(text)?;
    let mut store = setup.store_to_ask()?;
    let mut out = stdout();
    if query.is_empty() {
        let mut last = ArticleId(0);
        loop {
            let ids = store.ids_after(last, AT_ONCE)?;
            let Some(id) = ids.last() else { break };
            last = *id;
            write(&store, &ids, &mut out)?;
        }
    } else {
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
        write(&store, &ids, &mut out)?;
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

fn write(store: &Store, ids: &[ArticleId], out: &mut impl Write) -> anyhow::Result<()> {
    for id in ids {
        if let Some(line) = store.archived(*id)? {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
