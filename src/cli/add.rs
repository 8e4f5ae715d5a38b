//! `gleaner add`: a subscription, from a feed's address or that of a page that has one.

use std::io::{self, BufRead, IsTerminal, Write};

use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit};
use super::net;
use super::output::{stderr, stdout, write_json};
use super::setup::Setup;
use crate::domain::article::Page;
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::format::discover::Offer;
use crate::site;
use crate::store::{SourceId, Store};
use crate::work::fetch::End;
use crate::work::subscribing::{self, Got, SubscribeRequest, Subscribed, Target, Trouble};

pub(super) const HELP: &str = "\
An address without a scheme gets https://. If a page offers several feeds, you are asked which one to add; without a \
terminal they are listed and nothing is added. A page without a feed is stored as an article. A discussion of a site \
that Gleaner knows is stored whole. If you already have the source, --folder moves it and --title renames it; its \
articles stay.

Front pages of discussion sites are sources, too: hn:top (new, best, ask, show, job), a search as hn:\"words\" or \
hn:search?query=words, lobsters:hottest (newest, active, t/TAG), lemmy:!community@instance or lemmy:instance \
(?sort=Hot and others), discourse:https://site (with /latest, /hot, /top, /c/category or /tag/name), \
stackexchange:SITE (with /hot, /active, /votes, /week, /tagged/name), github:owner/repository, bluesky:account. The \
web addresses of these pages work as well. Each story has its discussion attached, and `gleaner list --order front` \
keeps the site's order. Comments of a blog come from its comment feed. Reddit is read through its feeds only, without \
ranks, at one request a minute.

--json prints one object: source (its id), address, title, folder (a list), added (false if you had it already), \
articles (number of new ones), joined (number of articles that other sources had already), ignored (number of articles \
that your rules ignore), note (a remark about the site, or null). For a page without a feed: source (null), address, \
article (its id).";

#[derive(Serialize)]
struct KeptJson<'a> {
    source: Option<i64>,
    address: &'a str,
    article: Option<i64>,
}

#[derive(Serialize)]
struct Added<'a> {
    source: i64,
    address: &'a str,
    title: &'a str,
    folder: Vec<&'a str>,
    #[serde(rename = "added")]
    is_new: bool,
    articles: usize,
    joined: usize,
    ignored: u32,
    note: Option<&'a str>,
}

pub(super) fn run(setup: &Setup, typed: &str, title: Option<&str>, folder: Option<&str>, json: bool) -> anyhow::Result<Exit> {
    let folder = folder.unwrap_or_default().split('/').map(str::trim).filter(|name| !name.is_empty()).map(clean_line);
    let wish = SubscribeRequest { title: title.map(clean_line), folder: folder.collect() };
    if typed.trim_start().starts_with(['/', '.', '~']) {
        let no_address = CliError::usage(format!("`{}` is not an address", clean_line(typed)));
        return Err(no_address.hint("`gleaner import` takes files").into());
    }
    let (settings, now) = (&setup.settings.fetch, clock::now());
    let client = net::client(setup)?;
    let mut target = subscribing::find(settings, &client, typed, now).map_err(complaint)?;
    if let Target::Several(offers) = &target {
        let address = choose(offers)?.address.to_string();
        let page = subscribing::whole_address(typed);
        target = subscribing::chosen(settings, &client, &address, &page, now).map_err(complaint)?;
    }
    let mut store = setup.store_to_fill()?;
    let subscribed = match target {
        Target::Feed { address, got } => subscribing::subscribe(&mut store, settings, (address, got), wish, now),
        Target::Front(front) => subscribing::subscribe_to_front(&mut store, settings, &front, wish, clock::now),
        Target::List { listed, .. } => {
            let list = CliError::failed(format!("this is a list of {}", plural(listed.len() as u64, "feed")));
            return Err(list.hint("`gleaner import ADDRESS` subscribes to all of it").into());
        }
        Target::Page(got) => return keep_page(store, &got, json),
        Target::Discussion(page) => return keep_discussion(setup, store, &page, json),
        Target::Several(_) => return Err(CliError::failed("this page offers several feeds").into()),
    };
    let Subscribed { source, is_new, end } = subscribed.map_err(complaint)?;
    tell(store, source, is_new, end, json)
}

fn complaint(Trouble { message, hint, is_mistyped }: Trouble) -> anyhow::Error {
    let complaint = if is_mistyped { CliError::usage(message) } else { CliError::failed(message) };
    if hint.is_empty() { complaint.into() } else { complaint.hint(hint).into() }
}

fn gone() -> CliError {
    CliError::failed("it was removed again at once, by another copy of this program")
}

/// Says what came of it.
fn tell(store: Store, id: SourceId, added: bool, end: End, json: bool) -> anyhow::Result<Exit> {
    let (articles, joined, ignored) = match end {
        End::Fetched { changed, .. } => (changed.new.len(), changed.joined.len(), changed.ignored),
        End::Unchanged => (0, 0, 0),
        End::Failed { failure, hint } => return Err(CliError::failed(failure.to_string()).hint(hint.to_string()).into()),
    };
    let subscription = store.subscription(id)?.ok_or_else(gone)?;
    store.close()?;
    let shown = subscription.shown_address();
    let note = site::feed_note(&subscription.address);
    let mut out = stdout();
    if json {
        let folder = subscription.folder.iter().map(CleanText::as_str).collect();
        write_json(
            &Added {
                source: id.0,
                address: &shown,
                title: &subscription.title,
                folder,
                is_new: added,
                articles,
                joined,
                ignored,
                note,
            },
            &mut out,
        )?;
    } else {
        let what = if added { "added" } else { "there already:" };
        let mut parts = vec![plural(articles as u64, "new article")];
        parts.extend((joined > 0).then(|| format!("{joined} here already from other sources")));
        parts.extend((ignored > 0).then(|| format!("{ignored} ignored")));
        writeln!(out, "{what} {} ({shown}): {}", subscription.title, parts.join(", "))?;
        if let Some(note) = note {
            writeln!(out, "{note}")?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// The only offer, or the one that the reader names.
fn choose(offers: &[Offer]) -> anyhow::Result<&Offer> {
    if let [only] = offers {
        return Ok(only);
    }
    let list = offers.iter().enumerate().map(|(n, offer)| format!("{:>3} {} ({})", n + 1, offer.title, offer.address));
    let list = list.collect::<Vec<_>>().join("\n");
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        let several = CliError::failed(format!("this page offers {} feeds\n{list}", offers.len()));
        return Err(several.hint("add one of these addresses").into());
    }
    let mut err = stderr();
    write!(err, "{}", crate::domain::text::clean_code(&format!("{list}\nwhich one? [1] ")).as_str())?;
    err.flush()?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer)? == 0 {
        return Err(CliError::failed("nothing was chosen").into());
    }
    let answer = answer.trim();
    let at = if answer.is_empty() { Some(1) } else { answer.parse().ok() };
    let chosen = at.and_then(|at: usize| offers.get(at.checked_sub(1)?));
    chosen.ok_or_else(|| CliError::usage(format!("there is no feed `{}`", clean_line(answer))).into())
}

/// Stores a page that has no feed.
/// Stores a discussion that stands by itself, and says how much of it there is.
fn keep_discussion(setup: &Setup, mut store: Store, page: &Page, json: bool) -> anyhow::Result<Exit> {
    let kept = subscribing::keep_discussion(&mut store, &setup.settings.fetch, page, clock::now()).map_err(complaint)?;
    store.close()?;
    let (article, title) = kept;
    let (comments, missing) = page.discussions.first().map_or((0, 0), |one| (one.comments.len(), one.missing()));
    let address = page.discussions.first().and_then(|one| one.url.as_deref()).unwrap_or_default();
    let mut out = stdout();
    if json {
        write_json(&KeptJson { source: None, address, article: Some(article.0) }, &mut out)?;
    } else {
        let missing = if missing > 0 { format!(", {missing} more missing") } else { String::new() };
        let comments = plural(comments as u64, "comment");
        writeln!(out, "stored the discussion as article {}: {title} ({comments}{missing})", article.0)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn keep_page(mut store: Store, got: &Got, json: bool) -> anyhow::Result<Exit> {
    let name = net::shown(&got.1.address).to_string();
    let kept = subscribing::keep_page(&mut store, got, clock::now()).map_err(complaint)?;
    store.close()?;
    let mut out = stdout();
    let article = kept.as_ref().map(|(id, _)| id.0);
    if json {
        write_json(&KeptJson { source: None, address: &name, article }, &mut out)?;
    } else {
        let title = kept.as_ref().map_or("", |(_, title)| title);
        let id = article.map_or_else(String::new, |id| format!(" as article {id}"));
        writeln!(out, "{name} has no feed; the page itself was stored{id}: {title}")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
