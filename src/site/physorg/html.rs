//! A saved page of phys.org. From 2019 on its comments are filled in by script, so a saved page holds none.

use dom_query::{Document as Dom, NodeRef};
use url::Url;

use super::source;
use crate::domain::article::{Article, Page, Related};
use crate::domain::text::{Block, CleanText, clean_line};
use crate::format::dateline::{Byline, Dateline, KINDS, byline, date, dateline};
use crate::format::html::find::{all, first, first_text, within};
use crate::format::{Origin, html};

/// True if a page is one of phys.org's, by what it calls itself.
pub(super) fn is_page(text: &str) -> bool {
    let names_itself = |tag: &str| {
        let tag = tag.to_ascii_lowercase();
        let canonical = tag.starts_with("<link") && tag.contains("canonical") || tag.contains("og:url");
        let address =
            ["//phys.org/", "//www.phys.org/", "//m.phys.org/", "//www.physorg.com/"].iter().any(|host| tag.contains(host));
        (canonical && address) || (tag.contains("og:site_name") && tag.contains("phys.org"))
    };
    let head = &text[..text.floor_char_boundary(64 << 10)];
    head.match_indices('<').any(|(at, _)| {
        let tag = &head[at..];
        let end = tag.find('>').unwrap_or(tag.len());
        let starts =
            |name: &str| tag.as_bytes().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
        (starts("<link") || starts("<meta")) && names_itself(&tag[..end])
    })
}

/// Reads a saved page; one whose layout is not known is read as a generic page.
pub(super) fn read_page(text: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let dom = html::parse(text);
    let (mut page, mut notes) = crate::format::page::read(text, origin);
    page.source = source();
    let article = first(&dom, "article.news-article").or_else(|| first(&dom, "section.article, article"));
    let Some((article, main)) = article.and_then(|article| Some((article, within(&article, ".article-main")?))) else {
        notes.push(clean_line("its layout is not one that phys.org is known to use"));
        return (page, notes);
    };
    let base = page.article.url.as_ref().and_then(|url| Url::parse(url).ok());
    let dateline = read_dateline(&article, origin);
    let byline = dateline.byline.unwrap_or_default();
    let provider = all(&main, "a").into_iter().find(|link| link.attr("href").is_some_and(|href| href.contains("/partners/")));
    let title = first_text(&article, "h1").unwrap_or_else(|| page.article.title.clone());
    let left_out = |node: &NodeRef<'_>| is_furniture(node);
    let mut body = html::nodes_to_document(&[main], base.as_ref(), &left_out);
    // The page's rules part the text from what was left out.
    body.blocks.retain(|block| *block != Block::Rule);
    page.article = Article {
        title,
        byline: Some(byline.author).filter(|author| !author.is_empty()).or(page.article.byline),
        organisation: byline
            .organisation
            .or_else(|| provider.map(|link| clean_line(&link.text())).filter(|name| !name.is_empty())),
        kind: dateline.kind,
        published: dateline.published.or(page.article.published),
        url: page.article.url,
        body,
        explore_further: within(&main, ".article-main__explore a").map(|link| story(&link, base.as_ref(), origin)),
        related: stories(&dom, "Related Stories", base.as_ref(), origin),
        recommended: stories(&dom, "Recommended for you", base.as_ref(), origin),
        ..Article::default()
    };
    notes.push(clean_line("a saved page of phys.org holds no comments"));
    (page, notes)
}

/// Foreign parts within the body: advertisements, "Explore further" (kept on its own), print-only legalese.
fn is_furniture(node: &NodeRef<'_>) -> bool {
    ["article-main__explore", "article-banner", "ads", "d-print-block", "adsbygoogle"].iter().any(|class| node.has_class(class))
}

fn read_dateline(article: &NodeRef<'_>, origin: &Origin<'_>) -> Dateline {
    let mut found = Dateline::default();
    for item in all(article, ".article__info p, .article__info-item") {
        let text = clean_line(&item.text());
        match dateline(&text, origin) {
            Some(line) if found.published.is_none() => {
                found = Dateline { byline: found.byline, kind: line.kind.or(found.kind), ..line }
            }
            None if KINDS.contains(&&*text.to_ascii_lowercase()) => found.kind = Some(text),
            _ => {}
        }
    }
    if let Some(line) = first_text(article, ".article-byline") {
        found.byline = byline(&line).or(Some(Byline { author: line, organisation: None }));
    }
    found
}

/// The stories under the heading with this text.
fn stories(dom: &Dom, heading: &str, base: Option<&Url>, origin: &Origin<'_>) -> Vec<Related> {
    let headings = dom.select("h2, h3, h4");
    let Some(heading) = headings.nodes().iter().find(|found| clean_line(&found.text()).eq_ignore_ascii_case(heading)) else {
        return Vec::new();
    };
    // The list is the nearest thing around the heading that holds links to news.
    let around = heading.ancestors_it(Some(3)).map(|above| all(&above, "a.news-link")).find(|links| !links.is_empty());
    around.unwrap_or_default().iter().map(|link| story(link, base, origin)).collect()
}

fn story(link: &NodeRef<'_>, base: Option<&Url>, origin: &Origin<'_>) -> Related {
    let title = first_text(link, "h2, h3, h4, h5").unwrap_or_else(|| clean_line(&link.text()));
    let lines: Vec<CleanText> =
        all(link, "p").iter().map(|line| clean_line(&line.text())).filter(|line| !line.is_empty()).collect();
    let published = lines.iter().find_map(|line| date(line, origin));
    let teaser = lines.into_iter().find(|line| date(line, origin).is_none() && *line != title);
    let href = link.attr("href").map(|href| href.trim().to_owned());
    let url = href.map(|href| base.and_then(|base| base.join(&href).ok()).map_or(href, String::from));
    Related { title, published, teaser, url: url.map(|url| clean_line(&url)) }
}
