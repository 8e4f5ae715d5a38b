//! What a page tells of itself beside its text: JSON-LD first, then `<meta>`, then marks that people see.

use dom_query::Document as Dom;
use dom_smoothie::{Metadata, Readability};
use url::Url;

use super::super::Origin;
use super::super::feed::date;
use super::linked_data;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::When;

/// What a page tells of itself. All of it may be missing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Head {
    pub title: Option<CleanText>,
    pub byline: Option<CleanText>,
    /// The name of the site that it stands on.
    pub site: Option<CleanText>,
    pub published: Option<When>,
    /// As the page names it: "en-US".
    pub language: Option<CleanText>,
    /// What it calls its own address, else where it came from.
    pub address: Option<Url>,
    /// What its links count from.
    pub base: Option<Url>,
}

pub(super) fn read(page: &Readability, origin: &Origin<'_>) -> Head {
    let dom = &page.doc;
    let told = linked_data::read(dom, &page.get_article_title());
    let meta = page.get_article_metadata(told);
    let address = address(dom, origin);
    let line = |text: &str| Some(clean_line(text)).filter(|line| !line.is_empty());
    Head {
        title: line(&meta.title).or_else(|| line(&dom.select_single("h1").text())),
        byline: byline(dom, &meta),
        site: meta.site_name.as_deref().and_then(line),
        published: published(dom, &meta),
        language: meta.lang.as_deref().and_then(line),
        base: base(dom, address.as_ref()),
        address,
    }
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

fn byline(dom: &Dom, found: &Metadata) -> Option<CleanText> {
    // The property may hold the address of the author's page instead of a name.
    let named = found.byline.clone().or_else(|| meta(dom, &["byl", "sailthru.author", "dc.creator"]));
    let marked = || {
        let marks = dom.select("[rel=author], [itemprop=author], .byline, .author");
        marks.iter().map(|mark| mark.text().to_string()).find(|text| !text.trim().is_empty() && text.trim().len() < 100)
    };
    let named = named.filter(|name| !name.contains("://")).or_else(marked)?;
    let line = clean_line(&named);
    let bare = line.get(..3).filter(|start| start.eq_ignore_ascii_case("by ")).map_or(&*line, |_| &line[3..]);
    Some(clean_line(bare)).filter(|name| !name.is_empty())
}

fn published(dom: &Dom, found: &Metadata) -> Option<When> {
    let names = [
        "og:article:published_time",
        "datePublished",
        "dc.date",
        "dc.date.issued",
        "date",
        "pubdate",
        "sailthru.date",
    ];
    let dated = |text: &str| super::dated(text).or_else(|| date::read(text));
    let marked = || dom.select("time[datetime]").iter().find_map(|time| dated(&time.attr("datetime")?));
    let named = found.published_time.clone();
    named.and_then(|text| dated(&text)).or_else(|| meta(dom, &names).and_then(|text| dated(&text))).or_else(marked)
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
