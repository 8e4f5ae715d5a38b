//! Lists of comments as the Data API of `YouTube` gives them: threads with a part of their answers, or answers alone.

use std::collections::BTreeMap;

use super::{VideoTally, YouTube, body, likes, source, watch};
use crate::domain::article::{Article, Page};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::clean_line;
use crate::domain::thread::Comment;
use crate::format::fields::{iso, label};
use crate::format::json::Value;
use crate::site::page_builder::Gathered;

const LISTS: &[&str] = &["youtube#commentThreadListResponse", "youtube#commentListResponse"];

pub(super) fn is_list(value: Value<'_>) -> bool {
    let kind = value.text("kind").unwrap_or_default();
    LISTS.contains(&kind) || matches!(kind, "youtube#commentThread" | "youtube#comment")
}

/// Reads lists, a page for each video.
pub(super) fn pages<'a>(lists: impl Iterator<Item = Value<'a>>, notes: &mut VideoTally) -> Vec<Page> {
    let mut videos: BTreeMap<&'a str, Gathered> = BTreeMap::new();
    for list in lists {
        notes.goes_on += usize::from(list.text("nextPageToken").is_some());
        let items = list.get("items").filter(|items| items.is_array());
        let own = Some(list).filter(|_| items.is_none());
        for item in own.into_iter().chain(items.into_iter().flat_map(Value::items)) {
            take(item, &mut videos, notes);
        }
    }
    let page = |(video, mut gathered): (&str, Gathered)| {
        let url = if video.is_empty() { String::new() } else { watch(video) };
        let title = if url.is_empty() { "Comments on a video that is not told" } else { "" };
        gathered.article = Article { title: clean_line(title), url: label(Some(&url)), ..Article::default() };
        gathered.into_page(source(true, None, None, &url), Some(&YouTube), Scale::Likes, &url, SiteCount::Unknown)
    };
    videos.into_iter().map(page).collect()
}

fn take<'a>(item: Value<'a>, videos: &mut BTreeMap<&'a str, Gathered>, notes: &mut VideoTally) {
    let snippet = item.get("snippet");
    let top = snippet.and_then(|snippet| snippet.get("topLevelComment"));
    let first = top.unwrap_or(item);
    let video = |of: Value<'a>| of.at(&["snippet", "videoId"]).and_then(Value::str);
    let gathered = videos.entry(video(first).or_else(|| video(item)).unwrap_or_default()).or_default();
    let own = push(gathered, first, None, notes);
    let replies = item.at(&["replies", "comments"]).into_iter().flat_map(Value::items);
    let mut here = 0;
    for reply in replies {
        here += usize::from(push(gathered, reply, own, notes).is_some());
    }
    let told = snippet.and_then(|snippet| snippet.number("totalReplyCount")).and_then(|told| usize::try_from(told).ok());
    let lacking = told.map_or(0, |told| told.saturating_sub(here));
    if lacking > 0 {
        gathered.lacks(own, lacking);
    }
}

/// Gives the id of a comment that was taken in.
fn push<'a>(gathered: &mut Gathered, value: Value<'a>, above: Option<&str>, notes: &mut VideoTally) -> Option<&'a str> {
    let Some(id) = value.get("id").and_then(Value::id) else {
        notes.tally.nameless += 1;
        return None;
    };
    let snippet = value.get("snippet");
    let text = |key: &str| snippet.and_then(|snippet| snippet.text(key));
    let (posted, changed) = (iso(text("publishedAt")), iso(text("updatedAt")));
    let comment = Comment {
        id: id.into(),
        author: label(text("authorDisplayName")),
        posted,
        edited: changed.filter(|changed| Some(*changed) != posted),
        rank: snippet.map_or(Rank::Unrated, |snippet| likes(snippet.number("likeCount"))),
        body: body(text("textOriginal"), text("textDisplay")).into(),
        ..Comment::default()
    };
    let parent = text("parentId").or(above).filter(|parent| *parent != id);
    let is_new = gathered.push(comment, parent.map(Into::into));
    notes.tally.twice += usize::from(!is_new);
    is_new.then_some(id)
}
