//! `gleaner add`: a subscription, from a feed's address or that of a page that has one.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::mpsc::channel;

use serde::Serialize;
use url::Url;

use super::error::{Complaint, Exit, InputError};
use super::net::{self, Got};
use super::output::{plural, stderr, stdout, write_json};
use super::{Setup, clock};
use crate::domain::text::{CleanText, clean_line};
use crate::format::discover::{self, Offer, Software, Subject, WhatItIs};
use crate::format::{self, Origin, feed};
use crate::source::http::{Accept, Answer, Client};
use crate::source::places::Front;
use crate::store::subscriptions::{Details, NewSubscription, Subscription};
use crate::store::{SourceId, Store};
use crate::work::fetch::{self, End, Event, Fetcher};

pub(super) const HELP: &str = "\
An address without a scheme is taken for https://. Where a page offers several feeds you are asked which, if this is a terminal; \
otherwise they are listed, and nothing is done. A page that has none, where feeds usually are neither, is stored as an article. \
A source that is there already is moved by --folder and renamed by --title; its articles stay.

The front pages of places where people discuss are sources too: hn:top (new, best, ask, show, job), a search as hn:\"words\" or \
hn:search?query=words, lobsters:hottest (newest, active, t/TAG), lemmy:!community@instance or lemmy:instance (?sort=Hot and others), \
discourse:https://site (with /latest, /hot, /top, /c/category or /tag/name). Their own web addresses are known as these. Each story comes with its \
discussion attached, and `gleaner list --order front` keeps the place's order. A blog's comments come by its feed; Reddit is read by its \
feeds only: no ranks, and one request a minute.

--json gives one object: source (its id), address, title, folder (a list), added (false if it was there already), articles \
(how many are new), joined (how many other sources brought before), ignored (how many are not wanted), note (what is good to know of the place, or null). Of a page without a feed: \
source (null), address, article (its id).";

/// So many of the places where feeds usually are get tried.
const GUESSES: usize = 8;

#[derive(Serialize)]
struct Kept<'a> {
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

/// What is told of Reddit.
const REDDIT: &str = "Reddit tells no ranks in its feeds, and is asked once a minute at the most";

pub(super) fn run(setup: &Setup, typed: &str, title: Option<&str>, folder: Option<&str>, json: bool) -> anyhow::Result<Exit> {
    let folder = folder.unwrap_or_default().split('/').map(str::trim).filter(|name| !name.is_empty()).map(clean_line);
    let wanted = Wanted { title: title.map(clean_line), folder: folder.collect() };
    if typed.trim_start().starts_with(['/', '.', '~']) {
        let no_address = Complaint::usage(format!("`{}` is no address", clean_line(typed)));
        return Err(no_address.hint("`gleaner import` takes files").into());
    }
    if let Some(front) = Front::parse(typed) {
        let front = front.map_err(|wrong| Complaint::usage(clean_line(&wrong).to_string()))?;
        return add_front(setup, &front, wanted, json);
    }
    let address = net::whole_address(typed);
    if let Some(front) = setup.settings.fetch.places.front_at(&address) {
        return add_front(setup, &front, wanted, json);
    }
    let client = net::client(setup)?;
    let (address, got) = match find(setup, &client, address)? {
        Found::Feed { address, got } => (address, got),
        Found::Front(front) => return add_front(setup, &front, wanted, json),
        Found::Page(got) => return keep_page(setup, &got, json),
    };
    let mut store = setup.store_to_fill()?;
    let new = NewSubscription {
        address: got.1.moved_permanently_to.clone().unwrap_or(address),
        title: wanted.title,
        folder: wanted.folder,
        site: None,
        details: Details::default(),
        is_private: got.1.is_private,
    };
    let (id, added) = store.subscribe(&new, clock::now())?;
    let subscription = store.subscription(id)?.ok_or_else(gone)?;
    let (bytes, particulars) = got;
    let end =
        fetch::keep(&mut store, &subscription, Answer::Fresh { bytes, particulars }, clock::now(), &setup.settings.fetch)?;
    tell(store, id, added, end, json)
}

/// What the reader wants of a new source.
struct Wanted {
    title: Option<CleanText>,
    folder: Vec<CleanText>,
}

fn gone() -> Complaint {
    Complaint::failed("it was removed again at once, by another copy of this program")
}

/// Subscribes to a front page and fetches it; where that fails at once, there is no subscription.
fn add_front(setup: &Setup, front: &Front, wanted: Wanted, json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_fill()?;
    let address = front.address();
    let new = NewSubscription { address: address.clone(), title: wanted.title, folder: wanted.folder, ..Default::default() };
    let (id, added) = store.subscribe(&new, clock::now())?;
    let subscription = store.subscription(id)?.ok_or_else(gone)?;
    let (sender, events) = channel();
    let fetcher = Fetcher::new(store.path(), setup.settings.fetch.clone(), clock::now, move |event| {
        // Whoever no longer listens does not want to know.
        let _ = sender.send(event);
    })
    .map_err(Complaint::failed)?;
    // The reader has just given it, so that it may stand inside this machine or its network.
    fetcher.add(vec![Subscription { is_private: true, ..subscription }]);
    let mut ended = End::Unchanged;
    for event in events {
        match event {
            Event::Ended { end, .. } => ended = end,
            Event::Text { .. } | Event::Discuss(_) => {}
            Event::Idle => break,
        }
    }
    drop(fetcher);
    if matches!(ended, End::Failed { .. }) && added {
        store.remove_source(&address, true, clock::now())?;
    }
    tell(store, id, added, ended, json)
}

/// Says what came of it.
fn tell(store: Store, id: SourceId, added: bool, end: End, json: bool) -> anyhow::Result<Exit> {
    let (articles, joined, ignored) = match end {
        End::Fetched { changed, .. } => (changed.new.len(), changed.joined.len(), changed.ignored),
        End::Unchanged => (0, 0, 0),
        End::Failed { failure, hint } => return Err(Complaint::failed(failure.to_string()).hint(hint.to_string()).into()),
    };
    let subscription = store.subscription(id)?.ok_or_else(gone)?;
    store.close()?;
    let shown = subscription.shown_address();
    let host = Url::parse(&subscription.address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let note = host.filter(|host| host == "reddit.com" || host.ends_with(".reddit.com")).map(|_| REDDIT);
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

/// What is found at an address.
enum Found {
    Feed {
        address: String,
        got: Got,
    },
    Front(Front),
    /// A page that has no feed: it can be kept by itself.
    Page(Got),
}

/// The feed at an address, or the one of those of the page there that the reader chooses.
fn find(setup: &Setup, client: &Client, address: String) -> anyhow::Result<Found> {
    let got = net::get(setup, client, &address, &address, Accept::Feed).map_err(|failure| net::complaint(&failure))?;
    if feed::read(&got.0, got.1.charset(), &Origin { name: &got.1.address, now: clock::now() }).is_ok() {
        return Ok(Found::Feed { address, got });
    }
    match discover::what_it_is(&got.0, got.1.charset()) {
        WhatItIs::Page => {}
        WhatItIs::LoginPage => {
            let wanted = Complaint::failed(format!("{} asks for a login", net::shown(&got.1.address)));
            return Err(wanted.hint("give credentials for this source in the configuration ([[sources]])").into());
        }
        WhatItIs::Feed | WhatItIs::Other => {
            let neither = Complaint::failed(format!("{} is neither a feed nor a web page", net::shown(&got.1.address)));
            return Err(neither.hint("see in a browser where the site's feed is, and add that").into());
        }
    }
    let Ok(page) = Url::parse(&got.1.address) else { return Ok(Found::Page(got)) };
    let front = match discover::software(&got.0) {
        Some(Software::Lemmy) => Front::at_lemmy(&page),
        Some(Software::Discourse) => Front::at_discourse(&page),
        None => None,
    };
    if let Some(front) = front {
        return Ok(Found::Front(front));
    }
    let offers: Vec<Offer> = discover::offers(&got.0, got.1.charset(), &page);
    let offers: Vec<Offer> = offers.into_iter().filter(|offer| offer.subject == Subject::Articles).collect();
    if let Some(chosen) = choose(&offers)? {
        let typed = address;
        let address = chosen.address.to_string();
        let got = net::get(setup, client, &address, &typed, Accept::Feed).map_err(|failure| net::complaint(&failure))?;
        return Ok(Found::Feed { address, got });
    }
    // Where feeds usually are, as far as it is polite to try.
    for guess in discover::guesses(&page).into_iter().take(GUESSES) {
        match net::get(setup, client, guess.as_str(), &address, Accept::Feed) {
            Ok(got) if feed::read(&got.0, got.1.charset(), &Origin { name: &got.1.address, now: clock::now() }).is_ok() => {
                return Ok(Found::Feed { address: guess.to_string(), got });
            }
            Err(failure) if failure.is_about_the_host() => break,
            Ok(_) | Err(_) => {}
        }
    }
    Ok(Found::Page(got))
}

/// The only offer, or the one that the reader names; none where there is none.
fn choose(offers: &[Offer]) -> anyhow::Result<Option<&Offer>> {
    let [_, _, ..] = offers else { return Ok(offers.first()) };
    let list = offers.iter().enumerate().map(|(n, offer)| format!("{:>3} {} ({})", n + 1, offer.title, offer.address));
    let list = list.collect::<Vec<_>>().join("\n");
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        let several = Complaint::failed(format!("this page offers {} feeds\n{list}", offers.len()));
        return Err(several.hint("add one of these addresses").into());
    }
    let mut err = stderr();
    write!(err, "{}", crate::domain::text::clean_code(&format!("{list}\nwhich one? [1] ")).as_str())?;
    err.flush()?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer)? == 0 {
        return Err(Complaint::failed("nothing was chosen").into());
    }
    let answer = answer.trim();
    let at = if answer.is_empty() { Some(1) } else { answer.parse().ok() };
    let chosen = at.and_then(|at: usize| offers.get(at.checked_sub(1)?));
    chosen.map(Some).ok_or_else(|| Complaint::usage(format!("there is no feed `{}`", clean_line(answer))).into())
}

/// Stores a page that has no feed.
fn keep_page(setup: &Setup, (bytes, particulars): &Got, json: bool) -> anyhow::Result<Exit> {
    let origin = Origin { name: &particulars.address, now: clock::now() };
    let name = net::shown(&particulars.address).to_string();
    let parsed = format::read_told(bytes, particulars.charset(), &origin)
        .map_err(|source| InputError::Unreadable { name: name.clone(), source })?;
    let mut store = setup.store_to_fill()?;
    let saved = store.save_all(&parsed.pages, clock::now())?;
    store.close()?;
    let mut out = stdout();
    let article = saved.first().map(|saved| saved.id.0);
    if json {
        write_json(&Kept { source: None, address: &name, article }, &mut out)?;
    } else {
        let title = parsed.pages.first().map_or("", |page| &page.article.title);
        let id = article.map_or_else(String::new, |id| format!(" as article {id}"));
        writeln!(out, "{name} has no feed; the page itself was stored{id}: {title}")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
