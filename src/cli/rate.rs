//! `gleaner rate`: the reader's own rating of an article or a comment.

use std::io::Write;

use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit};
use super::output::{stdout, write_json};
use super::setup::Setup;
use super::sheet::no_article;
use crate::store::{ArticleId, Store};

#[derive(Serialize)]
struct Rated<'a> {
    id: i64,
    comment: Option<&'a str>,
    rating: u8,
}

pub(super) fn run(setup: &Setup, what: &str, rating: u8, json: bool) -> anyhow::Result<Exit> {
    let (id, comment) = parse(what)?;
    let mut store = setup.store_to_ask()?;
    match comment {
        None => {
            store.headline(id)?.ok_or_else(|| no_article(id))?;
            store.rate_article(id, rating, clock::now())?;
        }
        Some(comment) => rate_comment(&mut store, id, comment, rating)?,
    }
    store.close()?;
    let mut out = stdout();
    if json {
        write_json(&Rated { id: id.0, comment, rating }, &mut out)?;
    } else if rating == 0 {
        writeln!(out, "your rating of {what} is removed")?;
    } else {
        writeln!(out, "you rated {what} {rating} of 5")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// `12` or `12#COMMENT`.
fn parse(what: &str) -> Result<(ArticleId, Option<&str>), CliError> {
    let (id, comment) = what.split_once('#').map_or((what, None), |(id, comment)| (id, Some(comment)));
    let id = id.parse().map_err(|_| {
        CliError::usage(format!("`{what}` names no article: it takes ID or ID#COMMENT"))
            .hint("`gleaner list` shows the ids, `gleaner show ID --json` those of comments")
    })?;
    Ok((ArticleId(id), comment))
}

fn rate_comment(store: &mut Store, id: ArticleId, comment: &str, rating: u8) -> anyhow::Result<()> {
    let article = store.article(id)?.ok_or_else(|| no_article(id))?;
    for discussion in &article.discussions {
        if store.rate_comment(discussion.id, comment, rating, clock::now())? {
            return Ok(());
        }
    }
    let complaint = CliError::failed(format!("article {} has no comment `{comment}`", id.0));
    Err(complaint.hint(format!("`gleaner show {} --json` shows the ids of its comments", id.0)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stands_behind_its_article() {
        assert_eq!(parse("12").unwrap(), (ArticleId(12), None));
        assert_eq!(parse("12#a#b").unwrap(), (ArticleId(12), Some("a#b")));
        assert!(parse("page.txt").is_err());
    }
}
