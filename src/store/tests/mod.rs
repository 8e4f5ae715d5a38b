//! The store through its face; what a single file keeps to itself is tested there.

mod checking;
mod clean;
mod copies;
mod counts;
mod damage;
mod discussions;
mod entries;
mod fetched;
mod files;
mod folders;
mod index;
mod library;
mod lists;
mod odd_rows;
mod odd_values;
mod parts;
mod requests;
mod saving;
mod search;
mod tags;
mod upgrades;

use super::*;
use crate::domain::article::Page;
use crate::domain::query::{self, Query};
use crate::domain::rank::Rank;
use crate::domain::text::{Document, clean};
use crate::domain::thread::{Comment, Parent};

const NOW: Timestamp = Timestamp(1_700_000_000);
const LATER: Timestamp = Timestamp(NOW.0 + 3600);

fn store() -> Store {
    Store::in_memory().unwrap()
}

fn source(key: &str) -> Source {
    Source { key: clean(key), title: clean(&key.to_uppercase()) }
}

/// An article of source "src", published so many seconds after [`NOW`].
fn page(title: &str, after: i64) -> Page {
    let article = Article {
        title: clean(title),
        published: Some(When::Instant(Timestamp(NOW.0 + after))),
        body: Document::plain([format!("The text of {title}.").as_str()]),
        ..Article::default()
    };
    Page { article, source: source("src"), discussions: Vec::new() }
}

fn comment(id: &str, parent: Parent, rank: Rank) -> Comment {
    Comment {
        id: id.into(),
        parent,
        rank,
        body: Document::plain([format!("words of {id}").as_str()]).into(),
        ..Comment::default()
    }
}

fn discussion(complete: bool, comments: Vec<Comment>) -> Discussion {
    Discussion { place: clean("page"), scale: Scale::Points, comments, complete, ..Discussion::default() }
}

fn with_discussion(title: &str, discussion: Discussion) -> Page {
    Page { discussions: vec![discussion], ..page(title, 0) }
}

fn points(net: i64) -> Rank {
    Rank::Points { net, split: None }
}

fn titles(store: &Store, section: &Section, filter: &str) -> Vec<String> {
    let filter = query::parse(filter).unwrap();
    let rows = store.headlines(section, &filter, Stretch::First, 1000).unwrap();
    rows.iter().map(|row| row.title.to_string()).collect()
}

fn mark_all(store: &mut Store, section: &Section, filter: &Query) -> Vec<ArticleId> {
    let newest = store.newest_id().unwrap();
    store.mark_all_read(&Marking { section, filter, newest, until: None }, None, NOW).unwrap()
}

fn only_discussion(store: &Store, id: ArticleId) -> StoredDiscussion {
    let heads = store.article(id).unwrap().unwrap().discussions;
    assert_eq!(heads.len(), 1);
    store.discussion(heads[0].id).unwrap().unwrap()
}

/// When each comment of the store came, in the order received.
fn first_seen(store: &Store) -> Vec<Timestamp> {
    let mut statement = store.conn.prepare("SELECT first_seen FROM comments ORDER BY discussion_id, ordinal").unwrap();
    statement.query_map([], |row| row.get(0).map(Timestamp)).unwrap().map(Result::unwrap).collect()
}

fn assert_whole(store: &Store) {
    let bad: Vec<Finding> = store.check().unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert_eq!(bad, []);
}

/// Changes since the last commit or ever, by this connection.
fn writes(store: &Store) -> u64 {
    store.conn.total_changes()
}

fn everything() -> Query {
    Query::default()
}
