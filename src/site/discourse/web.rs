//! Pages of Discourse topics as a browser or an archive saves them. Three kinds: the topic's JSON that the server puts into a
//! page, the plain list of posts for programs that run no scripts, and what the scripts make of both. Each becomes the JSON
//! that the interface would give, so that a topic is one whatever file tells of it.

use dom_query::{Document as Dom, NodeRef};
use serde_json::{Value as Written, json};

use super::{Discourse, read_pages};
use crate::format::html::find::{all, first, first_text, saved_from, within};
use crate::format::json::{Json, JsonPieces};
use crate::format::{Origin, Unreadable, html};
use crate::site::{SavedPage, Site, file_format};

/// Reads a topic's page; none for any other page.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
    let is_made_by_it = Discourse.made_page(&text[..text.floor_char_boundary(64 << 10)].to_ascii_lowercase());
    let has_posts = ["crawler-post", "data-preloaded", "topic-post"].iter().any(|mark| text.contains(mark));
    if !has_posts || !(is_made_by_it || text.contains("crawler-post") || text.contains("data-topic-id")) {
        return None;
    }
    // The plain list stands where scripts do not run.
    let dom = html::parse(&text.replace("<noscript", "<div").replace("</noscript", "</div"));
    let canonical = first(&dom, "link[rel=canonical]").and_then(|link| Some(link.attr("href")?.to_string()));
    let address = canonical.or_else(|| saved_from(text).map(str::to_owned)).unwrap_or_else(|| origin.name.to_owned());
    let Some((id, slug)) = topic_of(&address).or_else(|| topic_of_posts(&dom)) else {
        return is_made_by_it.then_some(Err(Unreadable::Unknown { found: "a page of Discourse without a topic" }));
    };
    let plain = posts(&dom, "div.crawler-post", &crawler_post);
    let shown = posts(&dom, "article[data-post-id]", &shown_post);
    let listed = if plain.len() > shown.len() { plain } else { shown };
    let stored = preloaded(&dom, &id).filter(|json| posts_in(json) >= listed.len());
    let json = match stored {
        Some(json) => json,
        None if listed.is_empty() => return Some(Err(Unreadable::Unknown { found: "a page of Discourse without a topic" })),
        None => Json::parse(&written(&dom, &id, &slug, &listed).to_string()),
    };
    let name = if address.starts_with("http") { &address } else { origin.name };
    let (pages, mut notes) = read_pages(JsonPieces(&[&json]), &Origin { name, ..origin.clone() });
    let page = pages.into_iter().next()?;
    if first(&dom, "link[rel=next], a[rel=next]").is_some() {
        notes.push(crate::domain::text::clean_line("the topic has further pages, not in this file"));
    }
    Some(Ok(SavedPage { format: file_format(&Discourse), page, notes }))
}

/// A topic's number and the words before it.
fn topic_of(address: &str) -> Option<(String, String)> {
    let path = address.split(['?', '#']).next()?;
    let (_, rest) = path.split_once("/t/").or_else(|| path.split_once("/n/"))?;
    let mut parts = rest.split('/').filter(|part| !part.is_empty());
    let (one, other) = (parts.next()?, parts.next());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match other.filter(|other| is_number(other) && !is_number(one)) {
        Some(id) => Some((id.to_owned(), one.to_owned())),
        None => is_number(one).then(|| (one.to_owned(), String::new())),
    }
}

fn topic_of_posts(dom: &Dom) -> Option<(String, String)> {
    let id = first(dom, "[data-topic-id]")?.attr("data-topic-id")?.to_string();
    Some((id, String::new())).filter(|(id, _)| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
}

/// The topic's JSON inside of the page, which archives sometimes cut.
fn preloaded(dom: &Dom, id: &str) -> Option<Json> {
    let data = first(dom, "[data-preloaded]")?.attr("data-preloaded")?.to_string();
    let all = Json::parse(&data);
    let topic = all.roots().next()?.text(&format!("topic_{id}")).map(Json::parse)?;
    (all.faults().is_empty() && topic.faults().is_empty()).then_some(topic)
}

fn posts_in(topic: &Json) -> usize {
    let posts = topic.roots().next().and_then(|topic| topic.at(&["post_stream", "posts"]));
    posts.map_or(0, |posts| posts.items().count())
}

fn posts(dom: &Dom, selector: &str, read: &dyn Fn(&NodeRef<'_>) -> Option<Written>) -> Vec<Written> {
    dom.select(selector).nodes().iter().filter_map(read).collect()
}

fn written(dom: &Dom, id: &str, slug: &str, posts: &[Written]) -> Written {
    let title = first(dom, ".crawler-topic-title, .fancy-title, h1[data-topic-id]").map(|title| title.text().trim().to_owned());
    let title = title.or_else(|| Some(first(dom, "meta[property='og:title']")?.attr("content")?.trim().to_owned()));
    json!({"id": id, "title": title, "slug": slug, "post_stream": {"posts": posts}})
}

/// A number in words such as "8 Likes"; none where there is no number.
fn number(text: &str) -> Option<u64> {
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}

/// One post of the plain list.
fn crawler_post(post: &NodeRef<'_>) -> Option<Written> {
    let nth = first_text(post, "[itemprop=position]")
        .and_then(|nth| number(&nth))
        .or_else(|| number(&within(post, "[itemprop=position]")?.attr("content")?))
        .or_else(|| number(post.id_attr()?.strip_prefix("post_")?))?;
    let time = |selector: &str, name: &str| Some(within(post, selector)?.attr(name)?.to_string());
    let posted = time("meta[itemprop=datePublished]", "content")
        .or_else(|| time("time[itemprop=datePublished]", "datetime"))
        .or_else(|| time("time.post-time", "datetime"));
    let changed = time("meta[itemprop=dateModified]", "content").or_else(|| time("time[itemprop=dateModified]", "datetime"));
    let likes = all(post, "[itemprop=interactionStatistic]").into_iter().find_map(|counter| {
        let kind = within(&counter, "[itemprop=interactionType]")?.attr("content")?.to_string();
        let count = within(&counter, "[itemprop=userInteractionCount]")?.attr("content")?.to_string();
        kind.ends_with("LikeAction").then(|| number(&count)).flatten()
    });
    let likes = likes.or_else(|| number(&first_text(post, ".post-likes")?)).unwrap_or(0);
    Some(json!({
        "post_number": nth,
        "username": first_text(post, "[itemprop=author] [itemprop=name], .creator").map(|name| name.to_string()),
        "created_at": posted,
        "updated_at": changed,
        "version": if changed.is_some() && changed != posted { 2 } else { 1 },
        "cooked": within(post, ".post[itemprop], .post").map(|words| words.inner_html().to_string()),
        "actions_summary": [{"id": super::LIKE, "count": likes}],
    }))
}

/// One post as the scripts draw it.
fn shown_post(post: &NodeRef<'_>) -> Option<Written> {
    let nth = post.id_attr().and_then(|id| number(id.strip_prefix("post_")?))?;
    let millis =
        within(post, ".post-date .relative-date, .relative-date").and_then(|time| time.attr("data-time")?.parse::<i64>().ok());
    let posted = millis.and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok()).map(|time| time.to_string());
    let author = within(post, ".names [data-user-card], .names a")
        .map(|link| link.attr("data-user-card").map_or_else(|| link.text().trim().to_owned(), |name| name.to_string()));
    let likes = first_text(post, ".reactions-counter, .like-count").and_then(|likes| number(&likes)).unwrap_or(0);
    let class = post.class().unwrap_or_default();
    let is = |name: &str| {
        class.split_whitespace().any(|class| class == name) || post.ancestors_it(Some(1)).any(|above| above.has_class(name))
    };
    Some(json!({
        "post_number": nth,
        "username": author,
        "created_at": posted,
        "cooked": within(post, ".cooked").map(|words| words.inner_html().to_string()),
        "actions_summary": [{"id": super::LIKE, "count": likes}],
        "hidden": is("post-hidden"),
        "deleted_at": is("deleted").then_some("deleted"),
        "moderator": is("moderator"),
    }))
}

#[cfg(test)]
mod tests;
