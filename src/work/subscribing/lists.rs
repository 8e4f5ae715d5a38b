//! Lists of subscriptions: which of their lines can be subscribed to, and which cannot, with the reason.

use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Answered, Trouble};
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean, clean_line};
use crate::domain::time::Timestamp;
use crate::format::feed::Kind;
use crate::format::opml::ListedFeed as Listed;
use crate::format::{Format, MAX_RECORD, Origin};
use crate::site;
use crate::site::SiteBases;
use crate::site::front_page::FrontPage;
use crate::source::http::local::LocalSource;
use crate::source::http::looks_private;
use crate::store::Store;
use crate::store::subscriptions::{Details, NewSubscription, Options, shown};
use crate::work::fetch::FetchSettings;

/// So many of those left out are named; the others are counted.
const NAMED: usize = 5;

/// A line of a list as what is to be subscribed to. A `urls` file has tags in place of folders: the first one that is not
/// a command to newsboat becomes the folder.
pub fn subscription(listed: &Listed, is_urls: bool) -> NewSubscription {
    let tag = listed.tags.iter().find(|tag| !tag.starts_with(['!', '~'])).filter(|_| is_urls);
    let text = |text: &Option<CleanText>| text.as_deref().map(str::to_owned);
    NewSubscription {
        address: without_feed_scheme(&listed.address).to_owned(),
        title: Some(listed.title.clone()).filter(|title| !title.is_empty()),
        folder: if listed.folder.is_empty() { tag.cloned().into_iter().collect() } else { listed.folder.clone() },
        site: listed.site.clone(),
        details: Details {
            kind: kind_name(listed.kind).to_owned(),
            tags: listed.tags.iter().map(ToString::to_string).collect(),
            description: text(&listed.description),
            language: text(&listed.language),
        },
        // newsboat hides what has a tag that begins with `!`.
        options: Options { is_hidden: is_urls && listed.is_hidden(), ..Options::default() },
        is_private: false,
    }
}

/// The name of a feed's kind in lists.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Rss => "rss",
        Kind::Atom => "atom",
        Kind::Json => "json",
    }
}

/// `feed://host/` and `feed:https://host/` are ways to write the address of a feed.
pub fn without_feed_scheme(address: &str) -> &str {
    let scheme = address.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("feed:"));
    if scheme.is_none() {
        return address;
    }
    let rest = &address[5..];
    let bare = rest.trim_start_matches("//");
    if rest.starts_with("//") && !bare.contains("://") { bare } else { rest.trim_start_matches("//") }
}

/// Why an address can never be fetched; none if it perhaps can.
pub fn refusal(address: &str) -> Option<String> {
    if let Some(front) = FrontPage::parse(address) {
        return front.err().map(|wrong| clean_line(&wrong).to_string());
    }
    if let Some(local) = LocalSource::parse(address) {
        return match local {
            Ok(LocalSource::Filter(_, feed)) => refusal(&feed),
            local => local.err(),
        };
    }
    let url = match url::Url::parse(address) {
        Ok(url) => url,
        Err(error) => return Some(format!("not an address ({error})")),
    };
    match url.scheme() {
        "http" | "https" => {
            let has_host = url.host_str().is_some_and(|host| !host.is_empty());
            (!has_host).then(|| "it names no host".to_owned())
        }
        "query" => Some("a query is a saved search, not a feed".to_owned()),
        scheme => Some(format!("`{scheme}:` is not fetched, only http and https")),
    }
}

/// The valid subscriptions of a list, and messages about the rest.
#[derive(Default)]
pub struct Sorted {
    pub allowed: Vec<NewSubscription>,
    /// Inside this machine or its network.
    pub private: Vec<NewSubscription>,
    /// Programs to run, and files of this machine.
    pub local: Vec<NewSubscription>,
    /// Names and passwords that stand in addresses; they are in `allowed` and `private` without them.
    pub logins: Vec<Login>,
    pub notes: Vec<String>,
}

/// A name and a password for a source.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub address: String,
    pub user: String,
    pub password: String,
}

/// Takes the name and password out of an address; none where it has no password.
fn take_login(address: &mut String) -> Option<Login> {
    let mut url = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (user, password) = (decoded(url.username()), decoded(url.password()?));
    // Both can fail only for an address without a host.
    let _ = (url.set_username(""), url.set_password(None));
    *address = url.to_string();
    Some(Login { address: address.clone(), user, password })
}

/// Leaves out what can never be fetched, and sets apart what names a host inside this machine or its network, unless it is
/// subscribed to already.
pub fn sort(store: &Store, places: &SiteBases, new: Vec<NewSubscription>) -> Result<Sorted, crate::store::StoreError> {
    let known: HashSet<String> = store.subscriptions()?.into_iter().map(|one| one.address).collect();
    let mut sorted = Sorted::default();
    let mut refused: Vec<String> = Vec::new();
    for mut one in new {
        if !known.contains(&one.address) {
            // A list may leave the scheme out, as people do.
            if FrontPage::parse(&one.address).is_none() && !one.address.contains(':') {
                one.address = format!("https://{}", one.address);
            }
            if LocalSource::parse(&one.address).is_some_and(|local| local.is_ok()) && refusal(&one.address).is_none() {
                sorted.local.push(one);
                continue;
            }
            if let Some(reason) = refusal(&one.address) {
                refused.push(format!("left out {}: {reason}", shown(&one.address)));
                continue;
            }
            let login = take_login(&mut one.address);
            if login.is_some() && known.contains(&one.address) {
                continue;
            }
            sorted.logins.extend(login);
            if is_private(&one, places) {
                sorted.private.push(one);
                continue;
            }
        }
        sorted.allowed.push(one);
    }
    let more = refused.len().saturating_sub(NAMED * 4);
    refused.truncate(NAMED * 4);
    sorted.notes.extend(refused);
    sorted.notes.extend((more > 0).then(|| format!("left out {more} more that cannot be fetched")));
    Ok(sorted)
}

fn is_private(one: &NewSubscription, places: &SiteBases) -> bool {
    match FrontPage::parse(&one.address) {
        Some(Ok(front)) => {
            // A base that is configured is the reader's own choice.
            let base = front.base(places);
            looks_private(&base) && !places.is_configured(&base)
        }
        _ => looks_private(&one.address),
    }
}

/// The addresses of some, at most a few of them named.
pub fn named(some: &[NewSubscription]) -> Vec<String> {
    let mut named: Vec<String> = some.iter().take(NAMED).map(|one| shown(&one.address).to_string()).collect();
    if some.len() > NAMED {
        named.push(format!("and {} more", some.len() - NAMED));
    }
    named
}

/// The note on sources of a list inside this machine or its network that were not subscribed to; none for an empty list.
pub fn private_left_out(some: &[NewSubscription]) -> Option<String> {
    let what = plural(some.len() as u64, "source");
    let named = named(some).join(", ");
    let note = || format!("{what} inside this machine or its network left out: {named} ({} adds them)", import_with("private"));
    (!some.is_empty()).then(note)
}

/// The same for sources that are programs to run or files of this machine.
pub fn local_left_out(some: &[NewSubscription]) -> Option<String> {
    let what = plural(some.len() as u64, "source");
    let named = named(some).join(", ");
    let note = || format!("{what} that run programs or read files left out: {named} ({} adds them)", import_with("programs"));
    (!some.is_empty()).then(note)
}

fn import_with(allowed: &str) -> String {
    format!("`gleaner import --allow-{allowed} LIST`")
}

/// Subscribes to the sources of a list, except those inside this machine or its network.
pub(super) fn subscribe(
    store: &mut Store,
    settings: &FetchSettings,
    listed: &[Listed],
    is_urls: bool,
    now: Timestamp,
) -> Result<Answered, Trouble> {
    let new = listed.iter().map(|one| subscription(one, is_urls)).collect();
    let Sorted { allowed, private, local, logins, mut notes } = sort(store, &settings.places, new)?;
    notes.extend(local_left_out(&local));
    let of = logins.iter().map(|login| shown(&login.address).to_string());
    notes
        .extend(of.map(|address| format!("{address}: its name and password belong into the configuration, under [[sources]]")));
    notes.extend(private_left_out(&private));
    Ok(Answered::List { added: store.subscribe_all(&allowed, now)?, listed: listed.len(), notes })
}

/// The file that somebody means who types a path; none where it is an address.
pub(super) fn file_named(typed: &str) -> Option<PathBuf> {
    let typed = typed.trim();
    if let Some(rest) = typed.strip_prefix("~/") {
        return Some(directories::BaseDirs::new()?.home_dir().join(rest));
    }
    let looks_so = typed.starts_with('/') || typed.starts_with("./") || typed.starts_with("../");
    let is_there = !super::is_address(typed) && Path::new(typed).is_file();
    (looks_so || is_there).then(|| PathBuf::from(typed))
}

pub(super) fn read_file(path: &Path, now: Timestamp) -> Result<(Vec<Listed>, bool), Trouble> {
    let name = clean(&path.to_string_lossy()).to_string();
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| Trouble::mistyped(format!("{name}: {error}"), ""))?;
    let parsed =
        site::read(&bytes, &Origin { name: &name, now }).map_err(|error| Trouble::mistyped(format!("{name}: {error}"), ""))?;
    if !matches!(parsed.format, Format::Opml | Format::Urls) {
        return Err(Trouble::mistyped(format!("{name} is not a list of feeds"), "`gleaner import` takes pages and folders"));
    }
    Ok((parsed.subscriptions, parsed.format == Format::Urls))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_never_be_fetched_is_refused_with_its_reason() {
        for (address, reason) in [
            ("https://example.org/feed", None),
            ("hn:top", None),
            ("exec:/bin/feed", None),
            ("file:///tmp/feed.xml", None),
            ("filter:/bin/f:https://example.org/", None),
            ("exec:", Some("no program is named")),
            ("file:feed.xml", Some("`file:` needs a whole path, such as file:///home/me/feed.xml")),
            ("gopher://example.org/", Some("`gopher:` is not fetched, only http and https")),
            ("ftp://example.org/feed", Some("`ftp:` is not fetched, only http and https")),
            ("query:Unread:unread = \"yes\"", Some("a query is a saved search, not a feed")),
            ("not an address", Some("not an address (relative URL without a base)")),
        ] {
            assert_eq!(refusal(address).as_deref(), reason, "{address}");
        }
    }

    #[test]
    fn a_password_is_taken_out_of_an_address() {
        let mut address = "https://me%40x:p%3Aw@a.example/feed?x".to_owned();
        let login = take_login(&mut address).unwrap();
        assert_eq!(
            (address.as_str(), login.user.as_str(), login.password.as_str()),
            ("https://a.example/feed?x", "me@x", "p:w")
        );
        assert!(take_login(&mut address).is_none());
        assert!(take_login(&mut "https://me@a.example/".to_owned()).is_none());
    }

    #[test]
    fn the_feed_scheme_is_taken_away() {
        for (written, meant) in [
            ("feed://example.org/rss", "example.org/rss"),
            ("feed:https://example.org/rss", "https://example.org/rss"),
            ("FEED://https://example.org/rss", "https://example.org/rss"),
            ("https://example.org/feed:x", "https://example.org/feed:x"),
        ] {
            assert_eq!(without_feed_scheme(written), meant);
        }
    }
}
