//! Discourse topics as their JSON gives them, whole or in pieces: posts in the order of their numbers, of which the
//! first is the article.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::json::{Json, Value};
use super::saved::{Gathered, count, iso, label};
use super::{Origin, html, stem};
use crate::domain::article::{Article, Page, Source};
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;

/// A note of the forum itself: closed, pinned, moved.
const SMALL_ACTION: i64 = 3;

/// The kind of action that is a like.
const LIKE: i64 = 2;

/// Whether a value is a topic or a piece of one.
pub(super) fn is_topic(value: Value<'_>) -> bool {
    value.at(&["post_stream", "posts"]).is_some_and(Value::is_array)
}

#[derive(Default)]
struct Topic<'a> {
    head: Option<Value<'a>>,
    posts: Vec<Value<'a>>,
    /// The ids of all posts that the topic has.
    stream: HashSet<&'a str>,
}

/// Reads every topic of a file; pieces of one are put together.
pub(super) fn read_pages(json: &Json, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut topics: BTreeMap<&str, Topic<'_>> = BTreeMap::new();
    let mut tally = Tally::default();
    let listed = json.roots().flat_map(|root| (!root.is_array()).then_some(root).into_iter().chain(root.items()));
    for piece in listed {
        if !is_topic(piece) {
            tally.foreign += 1;
            continue;
        }
        let topic = topics.entry(piece.get("id").and_then(Value::id).unwrap_or("")).or_default();
        topic.head = topic.head.or(Some(piece).filter(|piece| piece.text("title").is_some()));
        let stream = piece.get("post_stream");
        let part = |key: &str| stream.and_then(|stream| stream.get(key)).into_iter().flat_map(Value::items);
        topic.posts.extend(part("posts"));
        topic.stream.extend(part("stream").filter_map(Value::id));
    }
    let pages: Vec<Page> = topics.into_values().map(|topic| topic.into_page(origin, &mut tally)).collect();
    (pages, tally.notes())
}

#[derive(Default)]
struct Tally {
    foreign: usize,
    small: usize,
    twice: usize,
    nameless: usize,
    more: usize,
}

impl Tally {
    fn notes(&self) -> Vec<CleanText> {
        let told = [
            (self.small, "note", "of the forum itself left out"),
            (self.twice, "post", "stood there twice; the first is kept"),
            (self.nameless, "post", "without an id left out"),
            (self.foreign, "value", "that is no topic left out"),
        ];
        let more = (self.more > 0).then(|| format!("{} more, not in this file", self.more));
        let told = told.iter().filter(|(n, ..)| *n > 0).map(|(n, what, rest)| format!("{} {rest}", count(*n, what)));
        more.into_iter().chain(told).map(|note| clean_line(&note)).collect()
    }
}

impl Topic<'_> {
    fn into_page(self, origin: &Origin<'_>, tally: &mut Tally) -> Page {
        let number = |post: Value<'_>, key: &str| post.get(key).and_then(Value::i64);
        let mut posts = self.posts;
        posts.sort_by_key(|post| number(*post, "post_number"));
        let title = self.head.and_then(|head| head.text("title"));
        let slug = self.head.and_then(|head| head.text("slug"));
        let slug = slug.or_else(|| posts.iter().find_map(|post| post.text("topic_slug")));
        let named = title.map(str::to_owned).or_else(|| slug.map(|slug| slug.replace('-', " ")));
        let mut gathered = Gathered::new(Article {
            title: clean_line(named.as_deref().unwrap_or_else(|| stem(origin.name))),
            published: iso(self.head.and_then(|head| head.text("created_at"))),
            ..Article::default()
        });
        let ids: HashMap<i64, &str> =
            posts.iter().filter_map(|post| Some((number(*post, "post_number")?, post.get("id")?.id()?))).collect();
        let mut here = HashSet::new();
        for post in posts {
            let Some(post_id) = post.get("id").and_then(Value::id) else {
                tally.nameless += 1;
                continue;
            };
            if !here.insert(post_id) {
                tally.twice += 1;
            } else if number(post, "post_type") == Some(SMALL_ACTION) {
                tally.small += 1;
            } else if number(post, "post_number") == Some(1) {
                let article = &mut gathered.article;
                article.byline = author(post);
                article.published = article.published.or_else(|| iso(post.text("created_at")));
                article.body = words(post);
            } else {
                // An answer to the first post is an answer to the article.
                let parent = number(post, "reply_to_post_number").filter(|parent| *parent != 1);
                let parent = parent.map(|n| ids.get(&n).map_or_else(|| format!("post {n}").into(), |id| Box::from(*id)));
                gathered.push(comment(post, post_id), parent);
            }
        }
        let more = self.stream.iter().filter(|id| !here.contains(*id)).count();
        tally.more += more;
        let complete = more == 0 && !self.stream.is_empty();
        let source = Source { key: clean_line("discourse"), title: clean_line("Discourse") };
        // Saved topics do not name their forum: there is no address.
        gathered.into_page(source, "discourse", Scale::Likes, "", complete)
    }
}

fn comment(post: Value<'_>, id: &str) -> Comment {
    let is = |flag: &str| post.get(flag).is_some_and(|value| value.bool() == Some(true));
    let is_deleted = is("user_deleted") || post.text("deleted_at").is_some();
    let actions = || post.get("actions_summary").into_iter().flat_map(Value::items);
    let likes = actions().find(|action| action.get("id").and_then(Value::i64) == Some(LIKE));
    let likes = likes.and_then(|likes| likes.get("count")).and_then(Value::i64).unwrap_or(0);
    let posted = iso(post.text("created_at"));
    let is_edited = post.get("version").and_then(Value::i64).is_some_and(|version| version > 1);
    Comment {
        id: id.into(),
        author: author(post),
        posted,
        edited: iso(post.text("updated_at")).filter(|at| is_edited && Some(*at) != posted),
        rank: if is("hidden") || is_deleted { Rank::Removed } else { Rank::Likes(u32::try_from(likes).unwrap_or(0)) },
        body: words(post),
        ..Comment::default()
    }
}

fn author(post: Value<'_>) -> Option<CleanText> {
    label(post.text("username").or_else(|| post.text("name")))
}

fn words(post: Value<'_>) -> Document {
    post.text("cooked").map_or_else(Document::default, |text| html::to_document(text, None))
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::{Format, Origin, read};

    const PIECES: &str = r#"{"id": 8, "title": "A tale", "slug": "a-tale", "created_at": "2024-05-01T10:00:00.000Z", "post_stream": {
      "stream": [80, 81, 82, 83, 84, 85], "posts": [
      {"id": 80, "post_number": 1, "username": "ann", "cooked": "<p>Tale</p>", "post_type": 1},
      {"id": 81, "post_number": 2, "username": "bob", "cooked": "<p>One</p>", "created_at": "2024-05-01T10:00:01.000Z",
       "reply_to_post_number": null, "actions_summary": [{"id": 2, "count": 3}], "version": 1, "post_type": 1}]}}
{"id": 8, "post_stream": {"posts": [
      {"id": 81, "post_number": 2, "username": "bob", "cooked": "<p>One</p>"},
      {"id": 82, "post_number": 3, "username": "cyd", "cooked": "<p>Two</p>", "reply_to_post_number": 2, "hidden": true},
      {"id": 83, "post_number": 4, "cooked": "", "post_type": 3},
      {"id": 84, "post_number": 6, "username": "dan", "cooked": "<p>Three</p>", "reply_to_post_number": 5, "actions_summary": []}]}}"#;

    #[test]
    fn pieces_of_a_topic_are_put_together() {
        let parsed = read(PIECES.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
        assert_eq!((parsed.format, parsed.pages.len()), (Format::Discourse, 1));
        let page = &parsed.pages[0];
        let comments = &page.discussions[0].comments;
        let facts: Vec<String> = comments
            .iter()
            .map(|c| format!("{} {:?} {} {:?} {}", c.id, c.parent, c.author.as_deref().unwrap_or("-"), c.rank, c.body.text()))
            .collect();
        assert_eq!(
            facts,
            ["81 Root bob Likes(3) One", "82 Of(CommentIdx(0)) cyd Removed Two", "84 Missing dan Likes(0) Three"]
        );
        assert_eq!((page.article.title.as_str(), page.article.body.text().as_str()), ("A tale", "Tale"));
        let notes =
            ["1 more, not in this file", "1 note of the forum itself left out", "1 post stood there twice; the first is kept"];
        assert_eq!(parsed.notes, notes);
    }
}
