//! Lobsters stories as their JSON gives them: the story with its comments as a flat list that names parents.

mod feed;
mod fetch;
mod front;
mod page;

use super::bases::is_at;
use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::FrontDetails;
use super::look_up::{self, Candidate, CandidateAbout, LookUpRequest, LookedUp};
use super::{BaseSetting, SiteBases};
use crate::domain::plural::plural;
use crate::source::throttle::Window;
use std::collections::HashMap;

use url::Url;

use super::identity::is_name;
use super::{SavedPage, Site, ThreadAddress, file_format};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::{AuthorRole, Comment, VoteState};
use crate::format::feed::Feed;
use crate::format::fields::{iso, label};
use crate::format::html;
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, Unreadable};
use crate::site::comment_feed::FeedThreads;
use crate::site::page_builder::{Gathered, missing};
use crate::site::story::Story;

const ID: SiteId = SiteId::new("lobsters");

/// The site counts four in a second, thirty in a minute, a hundred in ten and four hundred in an hour. What was asked may
/// have been on its way for a second.
const WINDOWS: &[Window] = &[Window::new(1, 1), Window::new(30, 61), Window::new(100, 601), Window::new(400, 3601)];

pub(super) struct Lobsters;

impl Site for Lobsters {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Lobsters"
    }

    fn file_label(&self) -> &'static str {
        "Lobsters story"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_story(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        page::is_page(text).then(|| {
            let (page, notes) = page::read(text, &html::find::at_saving(text, origin))?;
            Ok(SavedPage { format: file_format(self), page, notes })
        })
    }

    fn threads_of_feed<'a>(&self, feed: &'a Feed) -> Option<FeedThreads<'a>> {
        feed::threads(feed)
    }

    fn thread_address(&self, url: &Url) -> Option<ThreadAddress> {
        thread_of(url)
    }

    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        thread.starts_with("https://lobste.rs/s/").then(|| format!("{HOME}/c/{id}"))
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::one("base", &[HOME])];
        SETTINGS
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn thread_at(&self, url: &Url, bases: &SiteBases) -> Option<ThreadRef> {
        let site = url.origin().ascii_serialization();
        let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
        let is_its = (site == HOME || is_at(bases.one(ID, "base"), &site)) && parts.next() == Some("s");
        let id = parts.next().filter(|id| is_its && id.bytes().all(|b| b.is_ascii_alphanumeric()))?;
        Some(ThreadRef::new(&Lobsters, "", id))
    }

    fn page_of_thread(&self, thread: &ThreadRef, bases: &SiteBases) -> String {
        thread_url(bases.one(ID, "base"), &thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, bases: &SiteBases, since: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::LobstersFetch::new(&thread.id, bases, since.map(|since| since.mark)))
    }

    /// A story may have been merged into another.
    fn keeps_asked_address(&self, thread: &ThreadRef, given: Option<&str>) -> bool {
        !given.is_some_and(|url| url.ends_with(&format!("/s/{}", thread.id)))
    }

    fn tells_every_change(&self) -> bool {
        true
    }

    fn look_ups(&self, article: &LookedUp, bases: &SiteBases) -> Vec<LookUpRequest> {
        let (base, whole) = (bases.one(ID, "base"), &article.whole);
        vec![LookUpRequest::new("", format!("{base}/stories/url/all.json?url={whole}"))]
    }

    fn candidates(&self, _: &LookUpRequest, root: Value<'_>) -> Vec<Candidate> {
        let stories = root.items().chain(Some(root).filter(|root| root.is_object()));
        let candidate = |story: Value<'_>| {
            let found = ThreadRef::new(&Lobsters, "", story.text("short_id")?).into();
            Some(Candidate { found, about: CandidateAbout::Address(story.text("url")?.to_owned()) })
        };
        stories.filter(|story| look_up::has_comments(*story, &["comment_count"])).filter_map(candidate).collect()
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["lobsters"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        front::parse(typed)
    }

    fn front_at(&self, url: &Url, bases: &SiteBases) -> Option<String> {
        front::at(url, bases)
    }

    fn front(&self, written: &str, bases: &SiteBases) -> Option<FrontDetails> {
        Some(front::details(written, bases))
    }

    fn stories(&self, root: Value<'_>, _: &str) -> Option<Vec<Story>> {
        root.is_array().then(|| root.items().filter_map(story).collect())
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["lobste.rs"]
    }
}

const HOME: &str = "https://lobste.rs";

fn thread_url(home: &str, id: &str) -> String {
    format!("{home}/s/{id}")
}

fn thread_of(url: &Url) -> Option<ThreadAddress> {
    let host = url.host_str()?.trim_start_matches("www.");
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let id = parts.next().filter(|part| host == "lobste.rs" && *part == "s").and_then(|_| parts.next()).filter(is_name)?;
    Some(ThreadAddress { address: thread_url(HOME, id), is_whole: true })
}

/// The thread that an address leads into, in its short form.
fn thread_at(address: &str) -> Option<String> {
    thread_of(&Url::parse(address.trim()).ok()?).map(|thread| thread.address)
}

fn source() -> Source {
    Source { key: clean_line("lobsters"), title: clean_line("Lobsters") }
}

/// True if a value is a story, with or without its comments; what it is called may not be told.
pub(super) fn is_story(value: Value<'_>) -> bool {
    let has = |key: &str| value.get(key).is_some();
    short_id(value).is_some() && has("title") && (has("comments") || has("comment_count"))
}

fn short_id(value: Value<'_>) -> Option<&str> {
    value.get("short_id")?.id()
}

/// Reads every story of a file.
fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut notes = Vec::new();
    let (mut pages, mut twice, mut nameless, mut foreign) = (Vec::new(), 0, 0, 0);
    for story in json.each() {
        if !is_story(story) {
            foreign += 1;
            continue;
        }
        let mut gathered = Gathered::new(article(story));
        // Without names of parents, they are told by how far each comment stands in.
        let mut above: HashMap<i64, &str> = HashMap::new();
        for value in story.get("comments").into_iter().flat_map(Value::items) {
            let Some(id) = short_id(value) else {
                nameless += 1;
                continue;
            };
            let indent = value.number("depth").or_else(|| value.number("indent_level"));
            let named = value.get("parent_comment").and_then(|parent| parent.id().or_else(|| short_id(parent)));
            let parent = named.or_else(|| above.get(&indent?.checked_sub(1)?).copied());
            above.extend(indent.map(|indent| (indent, id)));
            twice += usize::from(!gathered.push(comment(value, id), parent.map(Into::into)));
        }
        let told = SiteCount::new(story.number("comment_count"), SiteCount::Living);
        let page = gathered.into_page(source(), Some(&Lobsters), Scale::Points, &own_address(story), told);
        if missing(&page) > 0 {
            notes.push(format!("{} more, not in this file", missing(&page)));
        }
        pages.push(page);
    }
    let mut tell = |n: usize, what: &str, rest: &str| {
        if n > 0 {
            notes.push(format!("{} {rest}", plural(n as u64, what)));
        }
    };
    tell(twice, "comment", "stood there twice; the first is kept");
    tell(nameless, "comment", "without an id left out");
    tell(foreign, "value", "that is no story left out");
    (pages, notes.iter().map(|note| clean_line(note)).collect())
}

/// A story of a list.
pub(super) fn story(value: Value<'_>) -> Option<Story> {
    let id = short_id(value).filter(|_| is_story(value))?;
    let standing = VoteState {
        place: clean_line("lobsters"),
        url: clean_line(&own_address(value)),
        scale: Scale::Points,
        points: value.number("score"),
        comments: value.number("comment_count").and_then(|count| u32::try_from(count).ok()),
    };
    Some(Story { id: id.into(), article: article(value), standing })
}

fn article(story: Value<'_>) -> Article {
    let own = own_address(story);
    Article {
        title: clean_line(story.text("title").unwrap_or_default()),
        byline: user(story, "submitter_user"),
        published: iso(story.text("created_at")),
        url: label(Some(story.text("url").unwrap_or(&own))),
        body: words(story.text("description").or_else(|| story.text("description_plain"))),
        ..Article::default()
    }
}

/// Its short address at its own site: other sites run the same program.
fn own_address(story: Value<'_>) -> String {
    thread_url(&home(story), short_id(story).unwrap_or_default())
}

fn home(value: Value<'_>) -> String {
    let told = ["comments_url", "short_id_url"].iter().filter_map(|key| Url::parse(value.text(key)?).ok()).find(Url::has_host);
    told.map_or_else(|| HOME.to_owned(), |url| url.origin().ascii_serialization())
}

fn comment(value: Value<'_>, id: &str) -> Comment {
    let posted = iso(value.text("created_at"));
    let rank = match value.number("score") {
        _ if value.is("is_deleted") || value.is("is_moderated") => Rank::Removed,
        Some(net) => {
            // The score is what is left of the votes for it when the flags are taken off.
            let flags = value.number("flags").or_else(|| value.number("downvotes")).and_then(|flags| u32::try_from(flags).ok());
            let split = flags.and_then(|flags| Some((u32::try_from(net.checked_add(i64::from(flags))?).ok()?, flags)));
            Rank::Points { net, split }
        }
        None => Rank::Unrated,
    };
    let address = value.text("url").or_else(|| value.text("short_id_url")).map(str::to_owned);
    Comment {
        id: id.into(),
        author: user(value, "commenting_user"),
        role: role(value),
        posted,
        // Every comment bears a time of change, most of them that of their making.
        edited: iso(value.text("last_edited_at").or_else(|| value.text("updated_at"))).filter(|at| Some(*at) != posted),
        rank,
        url: label(Some(address.as_deref().unwrap_or(&format!("{HOME}/c/{id}")))),
        body: match (value.text("comment"), value.text("comment_plain")) {
            (None, Some(plain)) => crate::format::markdown::to_document(plain),
            (html, _) => words(html),
        }
        .into(),
        ..Comment::default()
    }
}

/// A name, by itself or within a description of its bearer.
fn user(value: Value<'_>, key: &str) -> Option<CleanText> {
    let user = value.get(key)?;
    label(user.str().or_else(|| user.text("username")))
}

/// The role in the description of a commenter; newer ones have none.
fn role(value: Value<'_>) -> AuthorRole {
    let is = |flag: &str| value.get("commenting_user").is_some_and(|user| user.is(flag));
    match (is("is_admin"), is("is_moderator")) {
        (true, _) => AuthorRole::Admin,
        (_, true) => AuthorRole::Moderator,
        _ => AuthorRole::Member,
    }
}

fn words(text: Option<&str>) -> Document {
    let words = text.map_or_else(Document::default, |text| html::to_document(text, Url::parse(HOME).ok().as_ref()));
    super::quoting::quote_paragraphs(words)
}

#[cfg(test)]
mod tests {
    use super::AuthorRole;
    use crate::domain::time::Timestamp;
    use crate::format::Origin;
    use crate::site::read;

    const STORY: &str = r#"{"short_id": "abc", "created_at": "2024-05-01T10:00:00.000-05:00", "title": "A tale", "url": "https://example.org/a",
      "comment_count": 5, "description": "", "comments_url": "https://lobste.rs/s/abc/a_tale", "submitter_user": "ann", "comments": [
      {"short_id": "c1", "created_at": "2024-05-01T11:00:00.000-05:00", "last_edited_at": "2024-05-01T12:00:00.000-05:00", "score": 4,
       "flags": 1, "parent_comment": null, "comment": "<p>One</p>", "commenting_user": {"username": "bob", "is_admin": false, "is_moderator": true}},
      {"short_id": "c2", "created_at": "2024-05-01T11:30:00.000-05:00", "score": -1, "parent_comment": "c1", "comment_plain": "*Two*",
       "commenting_user": "cyd"},
      {"short_id": "c3", "score": 1, "is_deleted": true, "parent_comment": "zz", "comment": "", "commenting_user": "dan"},
      {"short_id": "c1", "comment": "again"}]}"#;

    #[test]
    fn a_story_is_read_whole() {
        let parsed = read(STORY.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
        assert_eq!(parsed.format.label(), "Lobsters story");
        let page = &parsed.pages[0];
        let facts: Vec<String> = page.discussions[0]
            .comments
            .iter()
            .map(|c| {
                let author = c.author.as_deref().unwrap_or("-");
                let edited = c.edited.map_or("-".to_owned(), |when| when.to_string());
                format!("{} {:?} {author} {edited} {:?} {}", c.id, c.parent, c.rank, c.body.text())
            })
            .collect();
        let expected = [
            "c1 Root bob 2024-05-01T17:00:00Z Points { net: 4, split: Some((5, 1)) } One",
            "c2 Of(CommentIdx(0)) cyd - Points { net: -1, split: None } Two",
            "c3 Missing dan - Removed ",
        ];
        assert_eq!(facts, expected);
        let roles: Vec<AuthorRole> = page.discussions[0].comments.iter().map(|comment| comment.role).collect();
        assert_eq!(roles, [AuthorRole::Moderator, AuthorRole::Member, AuthorRole::Member]);
        assert_eq!(page.article.published.unwrap().to_string(), "2024-05-01T15:00:00Z");
        assert_eq!(page.discussions[0].url.as_deref(), Some("https://lobste.rs/s/abc"));
        assert_eq!(parsed.notes, ["3 more, not in this file", "1 comment stood there twice; the first is kept"]);
    }

    #[test]
    fn how_far_a_comment_stands_in_tells_its_parent_where_nothing_else_does() {
        for (key, from) in [("indent_level", 1), ("depth", 0)] {
            let comment =
                |id: &str, depth: i32| format!(r#"{{"short_id": "{id}", "{key}": {}, "parent_comment": null}}"#, from + depth);
            let comments = [comment("a", 0), comment("b", 1), comment("c", 2), comment("d", 1), comment("e", 0)].join(",");
            let story = format!(r#"{{"short_id": "abc", "title": null, "comments": [{comments}]}}"#);
            let parsed = read(story.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
            let comments = &parsed.pages[0].discussions[0].comments;
            let parents: Vec<String> = comments.iter().map(|comment| format!("{:?}", comment.parent)).collect();
            assert_eq!(parents, ["Root", "Of(CommentIdx(0))", "Of(CommentIdx(1))", "Of(CommentIdx(0))", "Root"], "{key}");
        }
    }
}
