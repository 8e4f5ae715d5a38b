//! Pages of www.reddit.com from 2018 to 2023: a flat list whose indentation tells the parents. Times are told in words; some
//! pages carry Reddit's own data, which has them exactly.

use dom_query::{Document as Dom, NodeRef};
use url::Url;

use super::{RedditPage, points, shown_rank};
use crate::domain::article::Article;
use crate::domain::rank::Rank;
use crate::domain::text::{Document, clean_line};
use crate::domain::thread::{AuthorRole, Comment};
use crate::domain::time::{Timestamp, When};
use crate::format::fields::{instant, label};
use crate::format::html::find::{all, first, first_text, saved_at, within};
use crate::format::html::{self, nodes_to_document};
use crate::format::json::{Json, Value};
use crate::format::{Origin, Unreadable, relative_time};
use crate::site::SavedPage;
use crate::site::comment_list::LevelStack;
use crate::site::reddit::{HOME, absolute, bare, thread_at};

/// So wide is one level, in pixels; the first level stands at [`FIRST`].
const LEVEL: i64 = 21;
const FIRST: i64 = 16;

pub(super) fn read(text: &str, origin: &Origin<'_>) -> Result<SavedPage, Unreadable> {
    let dom = html::parse(text);
    let posts: Vec<NodeRef<'_>> = dom.select("div[id^='t3_']").nodes().to_vec();
    let rows: Vec<NodeRef<'_>> =
        dom.select("div[id]").nodes().iter().filter(|row| RedesignRow::of(row).is_some()).copied().collect();
    let has_comments = rows.iter().any(|row| matches!(RedesignRow::of(row), Some(RedesignRow::Comment(_))));
    if posts.len() > 1 && !has_comments {
        return Err(Unreadable::Unknown { found: "a list of Reddit posts" });
    }
    if posts.is_empty() && !has_comments {
        return Err(Unreadable::Unknown { found: "a page of Reddit without a thread" });
    }
    let mut page = RedditPage::default();
    let now = saved_at(text).unwrap_or(origin.now);
    if let Some(post) = posts.first() {
        page.id = post.id_attr().map(|id| bare(&id).to_owned());
        take_post(&mut page, post, &dom, now);
    }
    page.place(&dom, text, origin);
    let data = first(&dom, "script#data").map(|script| script.text().to_string());
    let data = data.as_deref().and_then(|script| script.find('{').map(|at| Json::parse(&script[at..])));
    let store = data.as_ref().and_then(|data| data.roots().next());
    take_store(&mut page, store);
    take_rows(&mut page, &rows, store, now);
    Ok(page.into_saved())
}

/// A row of the list by its id.
enum RedesignRow {
    Comment(String),
    /// "22 more replies"
    More,
    /// "Continue this thread", below the comment that it names.
    GoesOn(String),
}

impl RedesignRow {
    fn of(node: &NodeRef<'_>) -> Option<RedesignRow> {
        let id = node.id_attr()?;
        let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
        if let Some(id) = id.strip_prefix("moreComments-t1_") {
            return is_id(id).then_some(RedesignRow::More);
        }
        if let Some(id) = id.strip_prefix("continueThread-t1_") {
            return is_id(id).then(|| RedesignRow::GoesOn(id.to_owned()));
        }
        id.strip_prefix("t1_").filter(|id| is_id(id)).map(|id| RedesignRow::Comment(id.to_owned()))
    }
}

/// How far in a row stands, from 0.
fn level(node: &NodeRef<'_>) -> i64 {
    let style = node.attr("style").unwrap_or_default().replace(' ', "");
    let (_, rest) = style.split_once("padding-left:").unwrap_or(("", ""));
    let pixels = rest.split("px").next().and_then(|pixels| pixels.parse::<i64>().ok());
    let told = || {
        let words =
            all(node, "span").into_iter().find_map(|span| span.text().trim().strip_prefix("level ")?.parse::<i64>().ok());
        words.map(|level| level - 1)
    };
    pixels.map(|pixels| (pixels - FIRST).div_euclid(LEVEL)).or_else(told).unwrap_or(0).max(0)
}

fn take_post(page: &mut RedditPage, post: &NodeRef<'_>, dom: &Dom, now: Timestamp) {
    let title = first_text(post, "h1").or_else(|| first_text(post, "h2, h3"));
    let title = title.unwrap_or_else(|| first(dom, "title").map(|title| clean_line(&title.text())).unwrap_or_default());
    let time = within(post, "[data-click-id=timestamp], [data-testid=post_timestamp]");
    let author = within(post, "[data-testid=post_author_link], [data-click-id=user], a[href^='/user/']");
    let words =
        |link: &NodeRef<'_>| link.text().split_whitespace().next().and_then(points).filter(|_| link.text().contains("omment"));
    page.told =
        all(post, "[data-click-id=comments], [data-test-id=comments-page-link-num-comments], span").iter().find_map(words);
    let outside =
        all(post, "a[data-testid=outbound-link], a[data-click-id=body]").into_iter().filter_map(|link| link.attr("href"));
    let linked = outside.map(|href| href.to_string()).find(|href| href.starts_with("http") && thread_at(href).is_none());
    let text = within(post, "[data-click-id=text], [data-adclicklocation=media] .RichTextJSON-root");
    let author = author.and_then(|author| Some(author.attr("href")?.split("/user/").nth(1)?.trim_matches('/').to_owned()));
    page.list.gathered.article = Article {
        title,
        byline: label(author.as_deref()),
        published: time.and_then(|time| age(&time.text(), now)),
        url: label(linked.as_deref()),
        body: text.map(|text| words_of(&text)).unwrap_or_default(),
        ..Article::default()
    };
}

/// Facts about the post from Reddit's own data.
fn take_store(page: &mut RedditPage, store: Option<Value<'_>>) {
    let models = store.and_then(|store| store.at(&["posts", "models"]));
    let name = format!("t3_{}", page.id.as_deref().unwrap_or_default());
    let Some(post) = models.and_then(|models| models.get(&name)) else { return };
    page.told = post.number("numComments").or(page.told);
    let article = &mut page.list.gathered.article;
    article.published = millis(post.get("created")).or(article.published);
    article.byline = label(post.text("author")).filter(|name| &**name != "[deleted]").or(article.byline.take());
}

fn take_rows(page: &mut RedditPage, rows: &[NodeRef<'_>], store: Option<Value<'_>>, now: Timestamp) {
    let models = store.and_then(|store| store.at(&["comments", "models"]));
    let mut levels = LevelStack::default();
    let mut folded = 0;
    for row in rows {
        match RedesignRow::of(row) {
            Some(RedesignRow::Comment(id)) => {
                let model = models.and_then(|models| models.get(&format!("t1_{id}")));
                let named = model.and_then(|model| model.text("parentId")).filter(|parent| parent.starts_with("t1_"));
                let above = levels.parent(level(row), &id);
                let comment = comment(row, &id, model, now);
                folded += usize::from(comment.rank != Rank::Removed && comment.body.is_blank());
                page.push(comment, named.map(|parent| bare(parent).into()).or(above));
            }
            Some(RedesignRow::More) => {
                let below = levels.parent(level_of_more(row), "");
                let count = first_text(row, "p").unwrap_or_else(|| clean_line(&row.text()));
                page.list.lacks(below.as_deref(), count.split_whitespace().next().and_then(points).map_or(0, |n| n as usize));
            }
            Some(RedesignRow::GoesOn(id)) => page.list.lacks(Some(&id), 0),
            None => {}
        }
    }
    page.list.note(folded, "comment", "folded when the page was saved, without the text");
}

/// Rows that stand for comments have no bar for votes, and begin so much less far in.
fn level_of_more(row: &NodeRef<'_>) -> i64 {
    let style = row.attr("style").unwrap_or_default().replace(' ', "");
    let pixels = style.split_once("padding-left:").and_then(|(_, rest)| rest.split("px").next()?.parse::<i64>().ok());
    pixels.map_or(0, |pixels| pixels.div_euclid(LEVEL))
}

fn words_of(node: &NodeRef<'_>) -> Document {
    nodes_to_document(&[*node], Url::parse(HOME).ok().as_ref(), &|_| false)
}

/// "3 yr. ago", "5 mo. ago", "6 years ago", "just now"
fn age(text: &str, now: Timestamp) -> Option<When> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| match word.trim_end_matches('.') {
            "yr" => "years".to_owned(),
            "mo" => "months".to_owned(),
            "day" => "days".to_owned(),
            "hr" => "hours".to_owned(),
            "min" => "minutes".to_owned(),
            "sec" => "seconds".to_owned(),
            _ => word.to_owned(),
        })
        .collect();
    relative_time::when(&words.join(" "), now)
}

/// The data count in seconds for comments, in milliseconds for posts.
fn millis(value: Option<Value<'_>>) -> Option<When> {
    const YEAR_5000: i64 = 95_617_584_000;
    let number = value?.i64()?;
    Some(When::Instant(Timestamp(if number > YEAR_5000 { number / 1000 } else { number })))
}

fn comment(row: &NodeRef<'_>, id: &str, model: Option<Value<'_>>, now: Timestamp) -> Comment {
    let head = within(row, "[data-testid=post-comment-header], [data-testid=post-comment-header-deleted]");
    let text = within(row, "[data-testid=comment], [data-test-id=comment]");
    let head = head.or_else(|| within(row, &format!("#CommentTopMeta--Created--t1_{id}")).and_then(|link| link.parent()));
    let flags = head.map(|head| head.text().to_string()).unwrap_or_default();
    let removed = ["Comment deleted by user", "Comment removed by moderator", "Comment removed by Reddit"];
    let is_gone =
        removed.iter().any(|words| flags.contains(words)) || (text.is_none() && row.text().contains("Comment removed"));
    let link = within(
        row,
        "[data-testid=comment_author_link], [data-testid=comment_author_icon], a[href^='/user/'], a[href*='reddit.com/user/']",
    );
    let name = link.and_then(|link| link.attr("href")?.split("/user/").nth(1).map(|name| name.trim_matches('/').to_owned()));
    let time =
        within(row, &format!("#CommentTopMeta--Created--t1_{id}")).or_else(|| within(row, "[data-testid=comment_timestamp]"));
    let edited = flags.split_once("edited ").and_then(|(_, rest)| age(rest, now));
    let shown = || within(row, &format!("#vote-arrows-t1_{id}")).map(|arrows| shown_rank(&arrows.text()));
    let written = || {
        all(row, "span")
            .into_iter()
            .map(|span| span.text().to_string())
            .find(|text| is_points(text))
            .map(|text| shown_rank(&text))
    };
    let model_text = |key: &str| model.and_then(|model| model.text(key));
    let told = |key: &str| model.and_then(|model| model.get(key)).filter(|value| !value.is_null());
    let rank = match told("score").and_then(Value::i64) {
        _ if is_gone || model.is_some_and(|model| model.is("isDeleted")) => Rank::Removed,
        _ if model.is_some_and(|model| model.is("isScoreHidden")) => Rank::Withheld,
        Some(net) => Rank::Points { net, split: None },
        None => written().or_else(shown).unwrap_or(Rank::Unrated),
    };
    let own_name = model_text("author").map(str::to_owned).or(name).filter(|name| name != "[deleted]" && !is_gone);
    Comment {
        id: id.into(),
        author: label(own_name.as_deref()),
        role: match model_text("distinguishType") {
            Some("moderator") => AuthorRole::Moderator,
            Some("admin") => AuthorRole::Admin,
            _ => AuthorRole::Member,
        },
        posted: millis(told("created")).or_else(|| time.and_then(|time| age(&time.text(), now))),
        edited: instant(told("editedAt")).or(edited),
        rank,
        body: text.map(|text| words_of(&text)).unwrap_or_default().into(),
        url: label(Some(&absolute(model_text("permalink").unwrap_or_default()))),
        ..Comment::default()
    }
}

/// "39 points"
fn is_points(text: &str) -> bool {
    let text = text.trim();
    let number = text.strip_suffix(" points").or_else(|| text.strip_suffix(" point"));
    number.is_some_and(|number| points(number).is_some())
}
