//! A generic web page as an article, by the marks that pages carry: `og:` and `article:` properties, `<article>`.

use dom_query::{Document as Dom, NodeRef};
use url::Url;

use super::super::Origin;
use super::{nodes_to_document, parse};
use crate::domain::article::{Article, Page, Source};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::time::{Date, Timestamp, When};

/// Reads any page; gives notes on what it does not tell.
pub fn read_page(html: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let dom = parse(html);
    let mut notes = Vec::new();
    let url = address(&dom, origin);
    let title = title(&dom).unwrap_or_else(|| {
        notes.push(clean_line("it has no title; its file name stands in"));
        clean_line(super::super::stem(origin.name))
    });
    let body = body(&dom, base(&dom, url.as_ref()).as_ref(), &title);
    if body.blocks.is_empty() {
        notes.push(clean_line("no text was found on it"));
    }
    let host = url.as_ref().and_then(|url| url.host_str()).map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
    let source = match host {
        Some(host) => Source { key: clean_line(&host), title: clean_line(&meta(&dom, &["og:site_name"]).unwrap_or(host)) },
        None => Source { key: clean_line("pages"), title: clean_line("Saved pages") },
    };
    let article = Article {
        title,
        byline: byline(&dom),
        published: published(&dom),
        url: url.map(|url| clean_line(url.as_str())),
        body,
        ..Article::default()
    };
    (Page { article, source, discussions: Vec::new() }, notes)
}

/// The content of the first `<meta>` with one of these names or properties.
fn meta(dom: &Dom, names: &[&str]) -> Option<String> {
    let metas = dom.select("meta");
    names.iter().find_map(|name| {
        metas.iter().find_map(|meta| {
            let is = |key: &str| meta.attr(key).is_some_and(|value| value.trim().eq_ignore_ascii_case(name));
            if !(is("property") || is("name") || is("itemprop")) {
                return None;
            }
            meta.attr("content").map(|content| content.trim().to_owned()).filter(|content| !content.is_empty())
        })
    })
}

/// A machine's date: RFC 3339 with or without seconds and zone, or a day.
pub(in super::super) fn dated(text: &str) -> Option<When> {
    let text = text.trim();
    if text.len() > 10 {
        let instant = text.parse::<jiff::Timestamp>().or_else(|_| {
            let zoned =
                jiff::fmt::strtime::BrokenDownTime::parse("%Y-%m-%dT%H:%M%:z", text).and_then(|time| time.to_timestamp());
            zoned.or_else(|_| {
                text.parse::<jiff::civil::DateTime>()?.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
            })
        });
        if let Ok(instant) = instant {
            return Some(When::Instant(Timestamp(instant.as_second())));
        }
    }
    let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    Date::new(i32::from(day.year()), u32::from(day.month().unsigned_abs()), u32::from(day.day().unsigned_abs())).map(When::Day)
}

fn title(dom: &Dom) -> Option<CleanText> {
    let heading = || Some(dom.select("h1").iter().next()?.text().to_string());
    let tag = || Some(dom.select("title").iter().next()?.text().to_string());
    let found =
        meta(dom, &["og:title", "twitter:title"]).or_else(tag).filter(|title| !title.trim().is_empty()).or_else(heading)?;
    Some(clean_line(&found)).filter(|title| !title.is_empty())
}

fn byline(dom: &Dom) -> Option<CleanText> {
    let named = meta(dom, &["author", "article:author", "dc.creator", "byl", "parsely-author", "sailthru.author"]);
    let marked = || {
        let marks = dom.select("[rel=author], [itemprop=author], .byline, .author");
        marks.iter().map(|mark| mark.text().to_string()).find(|text| !text.trim().is_empty() && text.trim().len() < 100)
    };
    // The property may hold the address of the author's page instead of a name.
    let named = named.filter(|name| !name.contains("://")).or_else(marked)?;
    let line = clean_line(&named);
    let bare = line.get(..3).filter(|start| start.eq_ignore_ascii_case("by ")).map_or(&*line, |_| &line[3..]);
    Some(clean_line(bare)).filter(|name| !name.is_empty())
}

fn published(dom: &Dom) -> Option<When> {
    let names = [
        "article:published_time",
        "og:article:published_time",
        "datePublished",
        "dc.date",
        "dc.date.issued",
        "date",
        "pubdate",
        "sailthru.date",
        "parsely-pub-date",
    ];
    let marked = || dom.select("time[datetime]").iter().find_map(|time| dated(&time.attr("datetime")?));
    meta(dom, &names).and_then(|text| dated(&text)).or_else(marked)
}

/// The page's own address: what it calls canonical, else where it came from.
fn address(dom: &Dom, origin: &Origin<'_>) -> Option<Url> {
    let canonical = dom.select("link[rel=canonical]").iter().find_map(|link| link.attr("href")).map(|href| href.to_string());
    let web = |address: String| Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    canonical.and_then(web).or_else(|| meta(dom, &["og:url"]).and_then(web)).or_else(|| web(origin.name.to_owned()))
}

fn base(dom: &Dom, url: Option<&Url>) -> Option<Url> {
    let named = dom.select("base[href]").iter().find_map(|base| base.attr("href"));
    match (named, url) {
        (Some(href), Some(url)) => url.join(href.trim()).ok(),
        (Some(href), None) => Url::parse(href.trim()).ok(),
        (None, url) => url.cloned(),
    }
}

/// The `<article>` with most text, else `<main>`, else the body without what frames it.
fn body(dom: &Dom, base: Option<&Url>, title: &str) -> Document {
    let longest = |selector: &str| {
        let found = dom.select(selector);
        let sizes = || found.nodes().iter().map(NodeRef::normalized_char_count);
        let (size, node) = sizes().zip(found.nodes().iter().copied()).max_by_key(|(size, _)| *size)?;
        // One among many alike is an entry of a list, not the page.
        (size > 200 && size * 2 >= sizes().sum()).then_some(node)
    };
    let marked = longest("article").or_else(|| longest("main, [role=main]"));
    let whole = marked.is_none();
    let root = marked.or_else(|| dom.body()).unwrap_or_else(|| dom.root());
    let left_out = |node: &NodeRef<'_>| {
        let framing = node.has_name("nav") || (whole && ["header", "footer", "aside"].iter().any(|name| node.has_name(name)));
        // The headline stands above the body already.
        framing || (node.has_name("h1") && *clean_line(&node.text()) == *title)
    };
    nodes_to_document(&[root], base, &left_out)
}
