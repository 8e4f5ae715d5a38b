//! Subscribing: what an address that somebody typed leads to, and a source made of it. Used by `gleaner add` and by the
//! reader alike.
//!
//! Not for fetching what is subscribed to already: that is [`super::fetch`].

mod keeping;
pub mod lists;

use std::path::Path;
use std::sync::mpsc::channel;

use url::Url;

pub use self::keeping::{keep_discussion, keep_page};
use super::Stop;
use super::address::AddressReader;
use super::fetch::{self, End, Event, FetchSettings, Fetcher};
use crate::domain::article::Page;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::format::discover::{self, Offer, Subject, WhatItIs};
use crate::format::opml::ListedFeed as Listed;
use crate::format::{Format, Origin, feed};
use crate::site;
use crate::site::front_page::FrontPage;
use crate::source::Failure;
use crate::source::http::local::LocalSource;
use crate::source::http::{Accept, Answer, Auth, Client, PrivateOrigins, Request, ResponseMeta};
use crate::store::subscriptions::{Details, FeedHints, Health, NewSubscription, Options, Subscription, Validators, shown};
use crate::store::{ArticleId, SourceId, Store, StoreError};

/// So many of the addresses where feeds usually are get tried.
const GUESSES: usize = 8;

/// Bytes and what came with them.
pub type Got = (Vec<u8>, ResponseMeta);

/// Why nothing was subscribed to, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trouble {
    pub message: String,
    pub hint: String,
    /// True if the input is wrong, not the answer.
    pub is_mistyped: bool,
}

impl Trouble {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Trouble {
        Trouble { message: message.into(), hint: hint.into(), is_mistyped: false }
    }

    fn mistyped(message: impl Into<String>, hint: impl Into<String>) -> Trouble {
        Trouble { is_mistyped: true, ..Trouble::new(message, hint) }
    }
}

impl From<&Failure> for Trouble {
    fn from(failure: &Failure) -> Trouble {
        Trouble::new(failure.to_string(), failure.hint())
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        Trouble::new(error.to_string(), "")
    }
}

/// The result of looking at an address.
pub enum Target {
    Feed {
        address: String,
        got: Got,
    },
    Front(FrontPage),
    /// A page that offers several feeds.
    Several(Vec<Offer>),
    /// A list of subscriptions.
    List {
        listed: Vec<Listed>,
        is_urls: bool,
    },
    /// A discussion at a site that is known: it can be kept by itself, as can a page without a feed.
    Discussion(Box<Page>),
    Page(Got),
}

/// The reader's choices for a new source.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SubscribeRequest {
    pub title: Option<CleanText>,
    pub folder: Vec<CleanText>,
}

/// A source that there is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscribed {
    pub source: SourceId,
    /// It was not there before.
    pub is_new: bool,
    pub end: End,
}

/// An edited address with the name and password of the one before, which the reader was not shown: at the same host only, and
/// not where another name stands in it.
pub fn with_login_of(before: &str, edited: &str) -> String {
    let (Ok(old), Ok(mut new)) = (Url::parse(before), Url::parse(edited)) else { return edited.to_owned() };
    let has_login = |url: &Url| !url.username().is_empty() || url.password().is_some();
    if !has_login(&old) || has_login(&new) || old.origin() != new.origin() {
        return edited.to_owned();
    }
    // Both can fail only for an address without a host.
    let _ = (new.set_username(old.username()), new.set_password(old.password()));
    new.to_string()
}

/// An address as it is typed, with the scheme that browsers take where there is none.
pub fn whole_address(typed: &str) -> String {
    let typed = typed.trim();
    let typed = lists::without_feed_scheme(typed);
    if is_address(typed) { typed.to_owned() } else { format!("https://{typed}") }
}

/// True if a text names a front page: `hn:top`.
pub fn is_front(text: &str) -> bool {
    matches!(FrontPage::parse(text), Some(Ok(_)))
}

/// True if a text is an address with its scheme.
pub fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
    })
}

/// The credentials that the configuration gives for an address.
pub fn login_at(settings: &FetchSettings, address: &str, now: Timestamp) -> Auth {
    settings.of(&unknown(address, now)).map(|one| one.login.clone()).unwrap_or_default()
}

/// Asks for an address. `typed` is the one that the reader has just given: it may lie inside this machine or its network,
/// and of what is found at it only what is at the same scheme, host and port.
pub fn get(
    settings: &FetchSettings,
    client: &Client,
    (address, typed): (&str, &str),
    accept: Accept,
    now: Timestamp,
) -> Result<Got, Failure> {
    let auth = login_at(settings, address, now);
    let private = PrivateOrigins::of(typed);
    let request = Request { address: address.to_owned(), auth, accept, private, ..Request::default() };
    match client.get(&request)? {
        Answer::Fresh { bytes, particulars } => Ok((bytes, particulars)),
        // Without validators there is no such answer.
        Answer::Unchanged(particulars) => Ok((Vec::new(), particulars)),
    }
}

/// A subscription of which only the address is known so far.
fn unknown(address: &str, now: Timestamp) -> Subscription {
    Subscription {
        id: SourceId(0),
        address: address.to_owned(),
        title: CleanText::default(),
        folder: Vec::new(),
        site: None,
        details: Details::default(),
        options: Options::default(),
        is_private: false,
        validators: Validators::default(),
        wishes: FeedHints::default(),
        health: Health { added_at: now, ..Health::default() },
        articles: 0,
        unread: 0,
        account: None,
    }
}

fn is_feed((bytes, particulars): &Got, now: Timestamp) -> bool {
    feed::read(bytes, particulars.charset(), &Origin { name: &particulars.address, now }).is_ok()
}

/// The content of the address that the reader typed: a feed, a front page, a list, or a page with feeds or without.
pub fn find(settings: &FetchSettings, client: &Client, typed: &str, now: Timestamp) -> Result<Target, Trouble> {
    if let Some(front) = FrontPage::parse(typed) {
        return front.map(Target::Front).map_err(|wrong| Trouble::mistyped(clean_line(&wrong).as_str(), ""));
    }
    if LocalSource::parse(typed.trim()).is_some() {
        return local(settings, client, typed.trim(), now);
    }
    let address = whole_address(typed);
    if let Some(reason) = lists::refusal(&address) {
        return Err(Trouble::mistyped(format!("{} cannot be fetched: {reason}", shown(&address)), ""));
    }
    if let Some(front) = FrontPage::at(&address, &settings.places) {
        return Ok(Target::Front(front));
    }
    let private = PrivateOrigins::of(&address);
    let never = Stop::default();
    let reader = AddressReader { settings, client, private, now, stop: never.flag() };
    if let Some(page) = reader.discussion(&address) {
        return page.map(|page| Target::Discussion(Box::new(page))).map_err(|failure| Trouble::from(&failure));
    }
    let got = get(settings, client, (&address, &address), Accept::Feed, now).map_err(|failure| Trouble::from(&failure))?;
    if is_feed(&got, now) {
        return Ok(Target::Feed { address, got });
    }
    if let Some(list) = list_in(&got, now) {
        return Ok(list);
    }
    let at = shown(&got.1.address);
    match discover::what_it_is(&got.0, got.1.charset()) {
        WhatItIs::Page => {}
        WhatItIs::LoginPage => {
            let server = super::sync::account_hint(&address, settings);
            let hint =
                server.unwrap_or_else(|| "give credentials for this source in the configuration ([[sources]])".to_owned());
            return Err(Trouble::new(format!("{at} asks for a login"), hint));
        }
        WhatItIs::Feed | WhatItIs::Other => {
            let hint = "see in a browser where the site's feed is, and add that";
            return Err(Trouble::new(format!("{at} is neither a feed nor a web page"), hint));
        }
    }
    Ok(in_page(settings, client, (address, got), now))
}

/// The feed that a program or file of this machine gives, which the reader typed.
fn local(settings: &FetchSettings, client: &Client, address: &str, now: Timestamp) -> Result<Target, Trouble> {
    if let Some(reason) = lists::refusal(address) {
        return Err(Trouble::mistyped(format!("{} cannot be fetched: {reason}", shown(address)), ""));
    }
    let request = settings.request(&unknown(address, now));
    let request = Request { private: PrivateOrigins::of(&request.address), ..request };
    let got = match client.get(&request).map_err(|failure| Trouble::from(&failure))? {
        Answer::Fresh { bytes, particulars } => (bytes, particulars),
        // Without validators there is no such answer.
        Answer::Unchanged(particulars) => (Vec::new(), particulars),
    };
    if !is_feed(&got, now) {
        let hint = "it has to be RSS, Atom or JSON Feed";
        return Err(Trouble::new(format!("what {} gives is not a feed", shown(address)), hint));
    }
    Ok(Target::Feed { address: address.to_owned(), got })
}

fn list_in((bytes, particulars): &Got, now: Timestamp) -> Option<Target> {
    let origin = Origin { name: &particulars.address, now };
    let parsed = site::read_told(bytes, particulars.charset(), &origin).ok()?;
    let is_list = matches!(parsed.format, Format::Opml | Format::Urls) && !parsed.subscriptions.is_empty();
    is_list.then_some(Target::List { is_urls: parsed.format == Format::Urls, listed: parsed.subscriptions })
}

/// The feeds of a page: those it names, else one at a usual address.
fn in_page(settings: &FetchSettings, client: &Client, (address, got): (String, Got), now: Timestamp) -> Target {
    let Ok(page) = Url::parse(&got.1.address) else { return Target::Page(got) };
    if let Some(front) = FrontPage::of_page(&got.0, &page) {
        return Target::Front(front);
    }
    let mut offers: Vec<Offer> = discover::offers(&got.0, got.1.charset(), &page);
    offers.retain(|offer| offer.subject == Subject::Articles);
    if !offers.is_empty() {
        return Target::Several(offers);
    }
    for guess in discover::guesses(&page).into_iter().take(GUESSES) {
        match get(settings, client, (guess.as_str(), &address), Accept::Feed, now) {
            Ok(got) if is_feed(&got, now) => return Target::Feed { address: guess.to_string(), got },
            Err(failure) if failure.is_about_the_host() => break,
            Ok(_) | Err(_) => {}
        }
    }
    Target::Page(got)
}

/// The feed that was chosen of those that the page at `typed` offers.
pub fn chosen(
    settings: &FetchSettings,
    client: &Client,
    address: &str,
    typed: &str,
    now: Timestamp,
) -> Result<Target, Trouble> {
    let got = get(settings, client, (address, typed), Accept::Feed, now).map_err(|failure| Trouble::from(&failure))?;
    Ok(Target::Feed { address: address.to_owned(), got })
}

/// Subscribes to a feed that has just been fetched, and stores what it brought.
pub fn subscribe(
    store: &mut Store,
    settings: &FetchSettings,
    (address, (bytes, particulars)): (String, Got),
    wish: SubscribeRequest,
    now: Timestamp,
) -> Result<Subscribed, Trouble> {
    let new = NewSubscription {
        address: particulars.moved_permanently_to.clone().unwrap_or(address),
        title: wish.title,
        folder: wish.folder,
        site: None,
        details: Details::default(),
        options: Options::default(),
        is_private: particulars.is_private,
    };
    let (source, is_new) = store.subscribe(&new, now)?;
    let subscription = store.subscription(source)?.ok_or_else(gone)?;
    let end = fetch::keep(store, &subscription, Answer::Fresh { bytes, particulars }, now, settings)?;
    Ok(Subscribed { source, is_new, end })
}

/// Subscribes to a front page and fetches it; where that fails at once, there is no subscription.
pub fn subscribe_to_front(
    store: &mut Store,
    settings: &FetchSettings,
    front: &FrontPage,
    wish: SubscribeRequest,
    now: fn() -> Timestamp,
) -> Result<Subscribed, Trouble> {
    let address = front.address();
    let new = NewSubscription { address: address.clone(), title: wish.title, folder: wish.folder, ..Default::default() };
    let (source, is_new) = store.subscribe(&new, now())?;
    let subscription = store.subscription(source)?.ok_or_else(gone)?;
    let (sender, events) = channel();
    let fetcher = Fetcher::new(store.path(), settings.clone(), now, move |event| {
        // Nobody may listen any more.
        let _ = sender.send(event);
    })
    .map_err(|error| Trouble::new(error, ""))?;
    // The reader has just given it, so that it may stand inside this machine or its network.
    fetcher.add(vec![Subscription { is_private: true, ..subscription }]);
    let mut end = End::Unchanged;
    for event in events {
        match event {
            Event::Ended { end: ended, .. } => end = ended,
            Event::Text { .. } | Event::Discuss(_) | Event::News(_) => {}
            Event::Idle => break,
        }
    }
    drop(fetcher);
    if matches!(end, End::Failed { .. }) && is_new {
        store.remove_source(&address, true, now())?;
    }
    Ok(Subscribed { source, is_new, end })
}

fn gone() -> Trouble {
    Trouble::new("it was removed again at once, by another copy of this program", "")
}

/// The address that the reader typed, or chose among the feeds of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    pub address: String,
    /// The page that offers it.
    pub page: Option<String>,
    pub folder: Vec<CleanText>,
}

/// The outcome of adding a source.
#[derive(Clone, PartialEq, Debug)]
pub enum Answered {
    Source {
        source: SourceId,
        title: CleanText,
        is_new: bool,
        articles: usize,
        joined: usize,
    },
    /// The page offers several feeds: one must be chosen.
    Choose {
        page: String,
        folder: Vec<CleanText>,
        offers: Vec<(CleanText, String)>,
    },
    /// A list: so many sources are new, and what is to be said of the others.
    List {
        added: u64,
        listed: usize,
        notes: Vec<String>,
    },
    /// The page has no feed, and was stored itself.
    Page {
        article: ArticleId,
        title: CleanText,
    },
    Failed(Trouble),
}

/// Does all of it, as the reader's `+` wants it: an address, a page, a front page, or a file with a list.
pub fn perform(path: &Path, settings: &FetchSettings, typed: &Typed, now: fn() -> Timestamp) -> Answered {
    attempt(path, settings, typed, now).unwrap_or_else(Answered::Failed)
}

fn attempt(path: &Path, settings: &FetchSettings, typed: &Typed, now: fn() -> Timestamp) -> Result<Answered, Trouble> {
    let mut store = Store::join(path)?;
    if let Some(file) = lists::file_named(&typed.address) {
        let (listed, is_urls) = lists::read_file(&file, now())?;
        return lists::subscribe(&mut store, settings, &listed, is_urls, now());
    }
    let client = Client::new(settings.client.clone()).map_err(|failure| Trouble::from(&failure))?;
    let wish = SubscribeRequest { title: None, folder: typed.folder.clone() };
    let mut target = match &typed.page {
        Some(page) => chosen(settings, &client, &typed.address, page, now())?,
        None => find(settings, &client, &typed.address, now())?,
    };
    if let Target::Several(offers) = &target {
        let page = whole_address(&typed.address);
        let [only] = &offers[..] else {
            let offers = offers.iter().map(|offer| (offer.title.clone(), offer.address.to_string())).collect();
            return Ok(Answered::Choose { page, folder: typed.folder.clone(), offers });
        };
        target = chosen(settings, &client, only.address.as_str(), &page, now())?;
    }
    let subscribed = match target {
        Target::Feed { address, got } => subscribe(&mut store, settings, (address, got), wish, now())?,
        Target::Front(front) => subscribe_to_front(&mut store, settings, &front, wish, now)?,
        Target::List { listed, is_urls } => return lists::subscribe(&mut store, settings, &listed, is_urls, now()),
        Target::Page(got) => return keep_page(&mut store, &got, now()).and_then(page_kept),
        Target::Discussion(page) => {
            return keep_discussion(&mut store, settings, &page, now()).map(Some).and_then(page_kept);
        }
        Target::Several(_) => return Err(Trouble::new("this page offers several feeds", "")),
    };
    answered(&store, subscribed)
}

fn page_kept(kept: Option<(ArticleId, CleanText)>) -> Result<Answered, Trouble> {
    let (article, title) = kept.ok_or_else(|| Trouble::new("this page has neither a feed nor a text to keep", ""))?;
    Ok(Answered::Page { article, title })
}

fn answered(store: &Store, Subscribed { source, is_new, end }: Subscribed) -> Result<Answered, Trouble> {
    let (articles, joined) = match end {
        End::Fetched { changed, .. } => (changed.new.len(), changed.joined.len()),
        End::Unchanged => (0, 0),
        End::Failed { failure, hint } => return Err(Trouble::new(failure.as_str(), hint.as_str())),
    };
    let title = store.subscription(source)?.ok_or_else(gone)?.title;
    Ok(Answered::Source { source, title, is_new, articles, joined })
}

#[cfg(test)]
mod tests;
