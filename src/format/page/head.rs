//! A page's metadata: JSON-LD first, then `<meta>`, then marks that people see.

use dom_query::Document as Dom;
use dom_smoothie::{Metadata, Readability};
use url::Url;

use super::super::Origin;
use super::super::feed::date;
use super::{linked_data, tidy};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::When;

/// A page's metadata. All of it may be missing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PageHead {
    pub title: Option<CleanText>,
    pub byline: Option<CleanText>,
    /// The name of the site that it stands on.
    pub site: Option<CleanText>,
    pub published: Option<When>,
    /// As the page names it: "en-US".
    pub language: Option<CleanText>,
    /// The address that it states, else the one it came from.
    pub address: Option<Url>,
    /// The base of its relative links.
    pub base: Option<Url>,
}

pub(super) fn read(page: &Readability, origin: &Origin<'_>) -> PageHead {
    let dom = &page.doc;
    let told = linked_data::read(dom, &page.get_article_title());
    let meta = page.get_article_metadata(told);
    let address = address(dom, origin);
    let line = |text: &str| Some(clean_line(text)).filter(|line| !line.is_empty());
    PageHead {
        title: line(&meta.title).or_else(|| ["h1", "h2"].iter().find_map(|name| line(&dom.select_single(name).text()))),
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
    names.iter().find_map(|name| metas(dom, name).into_iter().next())
}

/// The contents of all `<meta>` with this name or property.
fn metas(dom: &Dom, name: &str) -> Vec<String> {
    let of = |meta: dom_query::Selection<'_>| {
        let is = |key: &str| meta.attr(key).is_some_and(|value| value.trim().eq_ignore_ascii_case(name));
        let content = meta.attr("content").filter(|_| is("property") || is("name") || is("itemprop"))?;
        Some(content.trim().to_owned()).filter(|content| !content.is_empty())
    };
    dom.select("meta").iter().filter_map(of).collect()
}

/// The authors named by the page's structured data.
fn byline(dom: &Dom, found: &Metadata) -> Option<CleanText> {
    // Journals name each author by itself.
    let of_journal = || Some(metas(dom, "citation_author").join(", ")).filter(|names| !names.is_empty());
    let named = found.byline.clone().or_else(|| meta(dom, &["byl", "sailthru.author", "dc.creator"])).or_else(of_journal);
    // The property may hold the address of the author's page instead of a name.
    named.filter(|name| !name.contains("://")).and_then(|name| author(&name))
}

/// The authors named by a line of the page, for a page whose data names nobody.
pub(super) fn marked_byline(dom: &Dom) -> Option<CleanText> {
    let marks = dom.select("[rel=author], [itemprop=author], .byline, .author");
    let line = marks.iter().map(|mark| mark.text().to_string()).find(|text| !text.trim().is_empty() && text.trim().len() < 100);
    line.and_then(|line| author(&line))
}

/// The names in a byline: "By A. Author - Apr 16, 2015 8:02 pm" is "A. Author".
pub(super) fn author(line: &str) -> Option<CleanText> {
    let line = clean_line(line);
    let starts = ["written by ", "posted by ", "by ", "by: "];
    let start = starts.iter().find(|start| line.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)));
    let names = &line[start.map_or(0, |start| start.len())..];
    let of_date = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) || tidy::DATELINE.contains(&&*word)
    };
    let words: Vec<&str> = names.split_whitespace().collect();
    let end = words.iter().rposition(|word| !of_date(word)).map_or(0, |last| last + 1);
    let is_dated = words[end..].iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
    let names = if is_dated { words[..end].join(" ") } else { names.to_owned() };
    let names =
        names.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | '·' | ',' | '/' | ':'));
    Some(clean_line(names)).filter(|name| !name.is_empty())
}

fn published(dom: &Dom, found: &Metadata) -> Option<When> {
    const NAMES: [&str; 9] = [
        "og:article:published_time",
        "datePublished",
        "dc.date",
        "dc.date.issued",
        "date",
        "pubdate",
        "sailthru.date",
        "citation_publication_date",
        "citation_online_date",
    ];
    let dated = |text: &str| super::dated(text).or_else(|| date::read(text));
    let marked = || dom.select("time[datetime]").iter().find_map(|time| dated(&time.attr("datetime")?));
    let shown = || {
        let marks = dom.select("[itemprop=datePublished], .entry-date, .post-date, .published");
        marks.iter().find_map(|mark| date::read(&mark.text()))
    };
    let named = found.published_time.clone();
    let named = named.and_then(|text| dated(&text)).or_else(|| meta(dom, &NAMES).and_then(|text| dated(&text)));
    named.or_else(marked).or_else(shown)
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
