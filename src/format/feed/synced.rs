//! Entries that come out of a sync server's answers: the server read the feed, and tells of each item what a feed would.

use std::borrow::Cow;

use url::Url;

use super::entry::Draft;
use super::media::Media;
use super::parts::contact;
use super::text::{ElementText, address};
use super::{Comments, Entry, Feed, FeedSchedule, Kind};
use crate::domain::article::Enclosure;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::{Timestamp, When};
use crate::format::plausible::is_plausible;

/// An item as a server tells it. All of it is foreign.
#[derive(Clone, Debug, Default)]
pub struct GivenEntry<'a> {
    /// The server's id: unique in its feed.
    pub id: &'a str,
    /// Text with entities or tags.
    pub title: &'a str,
    pub link: Option<&'a str>,
    pub author: Option<&'a str>,
    pub html: &'a str,
    pub published: Option<Timestamp>,
    /// Address, media type, bytes.
    pub files: Vec<(&'a str, Option<&'a str>, Option<u64>)>,
    pub comments: Option<&'a str>,
    pub comments_count: Option<u32>,
}

/// A feed of such entries: a part of what the server has of it.
pub fn feed(title: CleanText, site: Option<CleanText>, own: CleanText, given: &[GivenEntry<'_>], now: Timestamp) -> Feed {
    let base = site.as_deref().and_then(|site| Url::parse(site).ok());
    Feed {
        kind: Kind::Json,
        title,
        subtitle: None,
        site,
        address: Some(own).filter(|own| !own.is_empty()),
        generator: None,
        schedule: FeedSchedule::default(),
        entries: given.iter().map(|one| entry(one, base.as_ref(), now)).collect(),
        breaks_off: true,
        notes: Vec::new(),
    }
}

fn entry(given: &GivenEntry<'_>, base: Option<&Url>, now: Timestamp) -> Entry {
    let url = given.link.and_then(|link| address(link, base));
    let when = given.published.map(When::Instant);
    let (published, odd) = match when {
        Some(when) if !is_plausible(when, now) => (None, given.published),
        when => (when, None),
    };
    let title = ElementText::Html(Cow::Borrowed(given.title)).line();
    let file = |(at, kind, length): &(&str, Option<&str>, Option<u64>)| {
        let media_type = kind.map(clean_line).filter(|kind| !kind.is_empty());
        Some(Enclosure { address: address(at, base)?, media_type, length: *length, ..Enclosure::default() })
    };
    let page = url.as_deref().and_then(|url| Url::parse(url).ok()).filter(Url::has_host);
    let draft = Draft {
        guid: Some(Cow::Borrowed(given.id)),
        title: Some(title).filter(|title| !title.is_empty()),
        names: given.author.map(|name| contact(&clean_line(name))).filter(|name| !name.is_empty()).into_iter().collect(),
        published,
        stated_date: odd.map(|Timestamp(seconds)| clean_line(&seconds.to_string())),
        content: Some(ElementText::Html(Cow::Borrowed(given.html))).filter(|html| !html.is_blank()),
        media: Media { enclosures: given.files.iter().filter_map(file).collect(), ..Media::default() },
        comments: Comments {
            address: given.comments.and_then(|at| address(at, base)),
            count: given.comments_count,
            ..Comments::default()
        },
        base: page.or_else(|| base.cloned()),
        url,
        ..Draft::default()
    };
    draft.finish()
}
