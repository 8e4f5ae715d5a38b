//! Comments on videos, as yt-dlp saves them (`--write-comments`: a `.info.json`, of `YouTube` and other sites) and as the Data
//! API of `YouTube` lists them. The video is the article, its description the text.

mod data_api;

use url::Url;

use super::{Site, ThreadAddress};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::{Date, Timestamp, When};
use crate::format::Origin;
use crate::format::fields::{instant, label};
use crate::format::json::{JsonPieces, Value};
use crate::site::page_builder::{Gathered, Tally, missing};

const ID: SiteId = SiteId::new("youtube");
const DAY: i64 = 86_400;

pub(super) struct YouTube;

impl Site for YouTube {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "YouTube"
    }

    fn file_label(&self) -> &'static str {
        "comments on a video"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_video(value) || data_api::is_list(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        let mut notes = VideoTally::default();
        let mut pages: Vec<Page> =
            json.each().filter(|value| is_video(*value)).map(|video| page_of_video(video, &mut notes)).collect();
        pages.extend(data_api::pages(json.each().filter(|value| data_api::is_list(*value)), &mut notes));
        let owned = |value: &Value<'_>| is_video(*value) || data_api::is_list(*value);
        notes.tally.foreign += json.each().filter(|value| !owned(value)).count();
        notes.tally.more = pages.iter().map(missing).sum();
        (pages, notes.told())
    }

    fn other_json(&self, value: Value<'_>) -> Option<&'static str> {
        let is_info = value.text("extractor").is_some() && value.text("webpage_url").is_some();
        is_info.then_some("a video's description without its comments, which yt-dlp saves with --write-comments")
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        let id = video_at(url)?;
        let is_whole = url.query_pairs().all(|(name, _)| name != "lc");
        Some(ThreadAddress { address: watch(&id), is_whole })
    }

    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        thread.starts_with(WATCH).then(|| format!("{thread}&lc={id}"))
    }
}

const WATCH: &str = "https://www.youtube.com/watch?v=";

/// Where a video and the discussion of it stand.
fn watch(id: &str) -> String {
    format!("{WATCH}{id}")
}

fn video_at(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(host);
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let id = match host {
        "youtu.be" => parts.next()?.to_owned(),
        "youtube.com" | "music.youtube.com" => match parts.next()? {
            "watch" => url.query_pairs().find(|(name, _)| name == "v")?.1.into_owned(),
            "shorts" | "live" | "embed" => parts.next()?.to_owned(),
            _ => return None,
        },
        _ => return None,
    };
    let is_id = |id: &String| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    Some(id).filter(is_id)
}

/// True if a value is what yt-dlp knows of a video, with comments.
fn is_video(value: Value<'_>) -> bool {
    let first = value.get("comments").filter(|list| list.is_array()).map(|list| list.items().next());
    let has_comments =
        first.is_some_and(|first| first.is_none_or(|first| first.get("parent").is_some() && first.get("text").is_some()));
    has_comments && value.text("extractor").or_else(|| value.text("webpage_url")).is_some()
}

/// Counts for the notes.
#[derive(Default)]
struct VideoTally {
    tally: Tally,
    edited: usize,
    estimated: usize,
    pinned: usize,
    hearted: usize,
    /// Lists that go on at a further request.
    goes_on: usize,
}

impl VideoTally {
    fn told(&self) -> Vec<CleanText> {
        use crate::domain::plural::plural;
        let told = [
            (self.goes_on, "list", "of comments goes on, not in this file"),
            (self.edited, "comment", "edited at a time that is not told"),
            (self.estimated, "time", "told as an age only, kept as a day"),
            (self.pinned, "comment", "pinned above the others"),
            (self.hearted, "comment", "marked by the uploader with a heart"),
        ];
        let told = told.iter().filter(|(n, ..)| *n > 0).map(|(n, what, rest)| format!("{} {rest}", plural(*n as u64, what)));
        self.tally.notes().into_iter().chain(told.map(|note| clean_line(&note))).collect()
    }
}

fn page_of_video(video: Value<'_>, notes: &mut VideoTally) -> Page {
    let told_url = video.text("webpage_url").or_else(|| video.text("original_url")).unwrap_or_default();
    let own = Url::parse(told_url).ok().and_then(|url| video_at(&url)).map(|id| watch(&id));
    let is_youtube = own.is_some();
    let url = own.unwrap_or_else(|| told_url.to_owned());
    let mut gathered = Gathered::new(Article {
        title: clean_line(video.text("title").or_else(|| video.text("fulltitle")).unwrap_or_default()),
        byline: label(video.text("channel").or_else(|| video.text("uploader"))),
        published: instant(video.get("timestamp").filter(|at| at.i64().is_some())).or_else(|| day(video.text("upload_date")?)),
        url: label(Some(&url)),
        body: lines(video.text("description").unwrap_or_default()),
        categories: video.get("tags").into_iter().flat_map(Value::items).filter_map(|tag| label(tag.str())).collect(),
        ..Article::default()
    });
    let mut listed = 0_usize;
    for value in video.get("comments").into_iter().flat_map(Value::items) {
        listed += 1;
        let Some(id) = value.get("id").and_then(Value::id) else {
            notes.tally.nameless += 1;
            continue;
        };
        let parent = value.get("parent").and_then(Value::id).filter(|parent| *parent != "root");
        let time = value.text("_time_text");
        notes.edited += usize::from(time.is_some_and(|time| time.contains("(edited)")));
        notes.pinned += usize::from(value.is("is_pinned"));
        notes.hearted += usize::from(value.is("is_favorited"));
        let posted = posted(value.get("timestamp"), time.is_some());
        notes.estimated += usize::from(matches!(posted, Some(When::Day(_))));
        let comment = Comment {
            id: id.into(),
            author: label(value.text("author")),
            posted,
            rank: likes(value.number("like_count")),
            body: body(value.text("text"), value.text("html")).into(),
            ..Comment::default()
        };
        notes.tally.twice += usize::from(!gathered.push(comment, parent.map(Into::into)));
    }
    // yt-dlp tells how many comments it saved, which may be fewer than there are.
    let told = video.number("comment_count").filter(|told| usize::try_from(*told).is_ok_and(|told| told > listed));
    let source = source(is_youtube, video.text("channel_id"), video.text("channel").or_else(|| video.text("uploader")), &url);
    let site: Option<&dyn Site> = if is_youtube { Some(&YouTube) } else { None };
    gathered.into_page(source, site, Scale::Likes, &url, SiteCount::new(told, SiteCount::All))
}

fn source(is_youtube: bool, channel: Option<&str>, title: Option<&str>, url: &str) -> Source {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned()));
    let host = host.filter(|host| !host.is_empty()).unwrap_or_else(|| "videos".to_owned());
    match channel.filter(|_| is_youtube) {
        Some(channel) => Source { key: clean_line(&format!("youtube:{channel}")), title: clean_line(title.unwrap_or(channel)) },
        None => Source { key: clean_line(&host), title: clean_line(title.unwrap_or(&host)) },
    }
}

fn likes(count: Option<i64>) -> Rank {
    count.and_then(|count| u32::try_from(count).ok()).map_or(Rank::Unrated, Rank::Likes)
}

/// A time that was made of an age ("4 years ago") is a day at the best.
fn posted(value: Option<Value<'_>>, is_age: bool) -> Option<When> {
    match instant(value)? {
        When::Instant(Timestamp(at)) if is_age && at.rem_euclid(DAY) == 0 => Some(When::Day(Timestamp(at).date(0))),
        exact => Some(exact),
    }
}

/// "20211212"
fn day(text: &str) -> Option<When> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(number(0..4)?).ok()?;
    Date::new(year, number(4..6)?, number(6..8)?).map(When::Day)
}

fn body(text: Option<&str>, rendered: Option<&str>) -> Document {
    match (text, rendered) {
        (Some(text), _) => lines(text),
        (None, Some(rendered)) => crate::format::html::to_document(rendered, None),
        (None, None) => Document::default(),
    }
}

/// Every line stays one: chapters and lists are written so.
fn lines(text: &str) -> Document {
    Document::plain(text.lines())
}

#[cfg(test)]
mod tests;
