//! Recorded threads, each told in the words of every place: its comments and who answers whom are those of a corpus file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use gleaner::domain::thread::{Discussion, Parent};
use gleaner::domain::time::Timestamp;
use gleaner::format::Origin;
use gleaner::site::read;
use serde_json::{Value, json};

pub(crate) struct Node {
    pub(crate) parent: Option<usize>,
    author: String,
    text: String,
    pub(crate) votes: u32,
    pub(crate) down: u32,
    pub(crate) is_gone: bool,
}

/// The content of all test sites: the comment `n` has the number `n + 2`, the story has 1.
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) nodes: Vec<Node>,
    /// By node, and for the story at the end: the nodes that answer it.
    answers: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    HackerNews,
    /// Comments that Algolia does not know yet.
    FirebaseAlone,
    Lobsters,
    Lemmy,
    /// With the interface of version 4 only.
    Lemmy4,
    Discourse,
    WordPress,
    /// Whose interface is shut.
    AtomFeed,
}

/// A site's answer.
pub(crate) enum Told {
    Json(Value),
    Text(String),
}

/// The parameters of a request.
struct Query(Vec<(String, String)>);

pub(crate) const PLACES: [Place; 8] = [
    Place::HackerNews,
    Place::FirebaseAlone,
    Place::Lobsters,
    Place::Lemmy,
    Place::Lemmy4,
    Place::Discourse,
    Place::WordPress,
    Place::AtomFeed,
];

pub(crate) fn id(n: usize) -> String {
    (n + 2).to_string()
}

fn date(n: usize) -> String {
    format!("2024-05-{:02}T{:02}:{:02}:{:02}Z", 1 + n / 86_400, n / 3_600 % 24, n / 60 % 60, n % 60)
}

pub(crate) fn corpus(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("GLEANER_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let path = folder.join(part);
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
    }
    path.exists().then_some(path)
}

/// The threads of the corpus with as many comments.
pub(crate) fn recorded(sizes: std::ops::Range<usize>) -> Vec<Recorded> {
    let Some(folder) = corpus("discussions") else { return Vec::new() };
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let files = index.lines().skip(1).filter_map(|line| line.split('\t').next());
    let mut all: BTreeMap<(usize, u64), Recorded> = BTreeMap::new();
    for file in files {
        let Ok(bytes) = std::fs::read(folder.join(file)) else { continue };
        let Ok(parsed) = read(&bytes, &Origin { name: file, now: Timestamp(0) }) else { continue };
        for discussion in parsed.pages.iter().flat_map(|page| &page.discussions) {
            let thread = Recorded::new(file, discussion);
            if sizes.contains(&thread.nodes.len()) {
                // The same thread stands in several files.
                all.entry(thread.shape()).or_insert(thread);
            }
        }
    }
    all.into_values().collect()
}

impl Recorded {
    fn new(name: &str, discussion: &Discussion) -> Recorded {
        let nodes: Vec<Node> = discussion
            .comments
            .iter()
            .enumerate()
            .map(|(n, comment)| Node {
                // Comments that stand before their parent count as roots: sites list older comments first.
                parent: Some(comment.parent).and_then(|parent| match parent {
                    Parent::Of(above) | Parent::Guessed(above) => Some(above.index()).filter(|above| *above < n),
                    Parent::Root | Parent::Missing => None,
                }),
                author: comment.author.as_deref().unwrap_or("nobody").to_owned(),
                text: format!("{n}: {}", comment.body.text().chars().take(300).collect::<String>()),
                votes: (n as u32 * 7) % 23,
                down: (n as u32 * 5) % 4,
                is_gone: n % 11 == 9,
            })
            .collect();
        let mut answers = vec![Vec::new(); nodes.len() + 1];
        for (n, node) in nodes.iter().enumerate() {
            answers[node.parent.unwrap_or(nodes.len())].push(n);
        }
        Recorded { name: name.to_owned(), nodes, answers }
    }

    fn shape(&self) -> (usize, u64) {
        let hash = |hash: u64, node: &Node| {
            node.parent.map_or(7, |parent| parent as u64).wrapping_add(hash.wrapping_mul(0x0100_0000_01b3))
                ^ node.text.len() as u64
        };
        (self.nodes.len(), self.nodes.iter().fold(1, hash))
    }

    /// The replies to a comment or to the story.
    pub(crate) fn answers(&self, n: Option<usize>) -> &[usize] {
        &self.answers[n.unwrap_or(self.nodes.len())]
    }

    /// The place of a comment among its siblings where the newest stands first: from 1, and of how many.
    pub(crate) fn seat(&self, n: usize) -> (u32, u32) {
        let siblings = self.answers(self.nodes[n].parent);
        let nth = siblings.iter().rev().position(|other| *other == n).unwrap();
        (nth as u32 + 1, siblings.len() as u32)
    }

    fn below(&self, n: usize) -> usize {
        self.answers(Some(n)).iter().map(|answer| 1 + self.below(*answer)).sum()
    }

    fn living(&self) -> usize {
        self.nodes.iter().filter(|node| !node.is_gone).count()
    }

    /// A site's answer to a path with its query; none if it has nothing. `base` is its address.
    pub(crate) fn answer(&self, place: Place, base: &str, path: &str) -> Option<Told> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = Query(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect());
        if place == Place::AtomFeed {
            return (path == "/2024/a/feed/atom/").then(|| Told::Text(self.atom(base)));
        }
        let told = match place {
            Place::HackerNews | Place::FirebaseAlone => self.hacker_news(place, path),
            Place::Lobsters => (path == "/s/abc.json").then(|| self.lobsters(base)),
            Place::Lemmy => self.lemmy(base, path.strip_prefix("/api/v3/")?, &query),
            Place::Lemmy4 => self.lemmy_4(base, path.strip_prefix("/api/v4/")?, &query),
            Place::Discourse => self.discourse(path, &query),
            Place::WordPress | Place::AtomFeed => self.wordpress(base, path, &query),
        };
        told.map(Told::Json)
    }

    fn hacker_news(&self, place: Place, path: &str) -> Option<Value> {
        if let Some(item) = path.strip_prefix("/v0/item/") {
            let number: usize = item.strip_suffix(".json")?.parse().ok()?;
            let kids = |n: Option<usize>| self.answers(n).iter().rev().map(|n| n + 2).collect::<Vec<_>>();
            let Some(n) = number.checked_sub(2) else {
                return Some(
                    json!({ "id": 1, "type": "story", "by": "bob", "time": 1_700_000_000, "title": "A tale", "score": 9,
                    "url": "https://example.org/a", "descendants": self.living(), "kids": kids(None) }),
                );
            };
            let node = self.nodes.get(n)?;
            let parent = node.parent.map_or(1, |parent| parent + 2);
            return Some(if node.is_gone {
                json!({ "id": number, "type": "comment", "deleted": true, "time": 1_700_000_000 + n, "parent": parent, "kids": kids(Some(n)) })
            } else {
                json!({ "id": number, "type": "comment", "by": node.author, "time": 1_700_000_000 + n, "text": node.text, "parent": parent,
                    "kids": kids(Some(n)) })
            });
        }
        let is_known = place == Place::HackerNews && path == "/api/v1/items/1";
        is_known.then(|| {
            let children: Vec<Value> = self.answers(None).iter().map(|n| self.algolia(*n)).collect();
            json!({ "id": 1, "type": "story", "author": "bob", "created_at": date(0), "created_at_i": 1_700_000_000, "title": "A tale",
                "url": "https://example.org/a", "text": null, "points": 9, "parent_id": null, "story_id": 1, "children": children, "options": [] })
        })
    }

    fn algolia(&self, n: usize) -> Value {
        let node = &self.nodes[n];
        let children: Vec<Value> = self.answers(Some(n)).iter().map(|n| self.algolia(*n)).collect();
        let told = |text: &str| if node.is_gone { Value::Null } else { json!(text) };
        json!({ "id": n + 2, "type": "comment", "author": told(&node.author), "created_at": date(n), "created_at_i": 1_700_000_000 + n,
            "text": told(&node.text), "title": null, "url": null, "points": null, "parent_id": node.parent.map_or(1, |parent| parent + 2),
            "story_id": 1, "children": children, "options": [] })
    }

    /// In the order of the page: each comment before those that answer it. The newer form tells the depth.
    fn lobsters(&self, base: &str) -> Value {
        let mut comments = Vec::new();
        let mut ahead: Vec<(usize, usize)> = self.answers(None).iter().rev().map(|n| (*n, 0)).collect();
        while let Some((n, depth)) = ahead.pop() {
            let node = &self.nodes[n];
            comments.push(json!({ "short_id": id(n), "created_at": date(n), "last_edited_at": date(n), "is_deleted": node.is_gone,
                "is_moderated": false, "score": i64::from(node.votes) - i64::from(node.down), "flags": node.down, "depth": depth,
                "parent_comment": node.parent.map(id), "comment": format!("<p>{}</p>", escaped(&node.text)), "comment_plain": node.text,
                "commenting_user": node.author }));
            ahead.extend(self.answers(Some(n)).iter().rev().map(|n| (*n, depth + 1)));
        }
        json!({ "short_id": "abc", "created_at": date(0), "title": "A tale", "url": "https://example.org/a", "score": 9,
            "comment_count": self.living(), "comments_url": format!("{base}/s/abc/a_tale"), "description": "", "submitter_user": "bob",
            "comments": comments })
    }

    fn path(&self, n: usize) -> String {
        let above = self.nodes[n].parent.map_or_else(|| "0".to_owned(), |parent| self.path(parent));
        format!("{above}.{}", id(n))
    }

    /// The comments that a list of either version holds, in the order asked for, without its pages.
    fn lemmy_list(&self, query: &Query) -> Vec<usize> {
        let under = query.number("parent_id").map_or_else(|| "0".to_owned(), |id| self.path(id - 2));
        let top = under.matches('.').count();
        let is_in = |n: &usize| {
            let own = self.path(*n);
            let depth = own.matches('.').count().saturating_sub(top);
            let is_under = own == under || own.starts_with(&format!("{under}."));
            is_under && query.number("max_depth").is_none_or(|most| depth <= most)
        };
        let mut list: Vec<usize> = (0..self.nodes.len()).filter(is_in).collect();
        if query.get("sort").is_some_and(|sort| sort.eq_ignore_ascii_case("new")) {
            list.reverse();
        }
        list
    }

    fn lemmy_post(base: &str, counts: &Value) -> Value {
        let mut post = json!({ "id": 1, "name": "A tale", "url": "https://example.org/a", "ap_id": format!("{base}/post/1"),
            "published": date(0), "local": true, "deleted": false, "removed": false });
        post.as_object_mut().unwrap().extend(counts.as_object().unwrap().clone());
        post
    }

    fn lemmy(&self, base: &str, path: &str, query: &Query) -> Option<Value> {
        let post = Self::lemmy_post(base, &json!({}));
        if path == "post" {
            return Some(json!({ "post_view": { "post": post, "creator": { "name": "bob" },
                "counts": { "post_id": 1, "comments": self.living(), "score": 9, "upvotes": 9, "downvotes": 0 } } }));
        }
        // A tree holds at most 300 and has no pages.
        let is_tree = query.number("max_depth").is_some();
        let limit = if is_tree { 300 } else { query.number("limit").unwrap_or(10).min(50) };
        let skipped = if is_tree { 0 } else { (query.number("page").unwrap_or(1).max(1) - 1) * limit };
        let views = self.lemmy_list(query).into_iter().skip(skipped).take(limit).map(|n| {
            let node = &self.nodes[n];
            json!({ "comment": { "id": n + 2, "creator_id": 5, "post_id": 1, "content": if node.is_gone { "" } else { &node.text }, "path": self.path(n),
                "published": date(n), "ap_id": format!("{base}/comment/{}", n + 2), "local": true, "language_id": 0, "deleted": node.is_gone,
                "removed": false, "distinguished": false }, "creator": { "id": 5, "name": node.author, "actor_id": format!("{base}/u/a") },
                "post": post, "counts": { "comment_id": n + 2, "score": i64::from(node.votes) - i64::from(node.down), "upvotes": node.votes,
                "downvotes": node.down, "published": date(n), "child_count": self.below(n) }, "creator_banned_from_community": false,
                "banned_from_community": false, "creator_is_moderator": false, "creator_is_admin": false, "subscribed": "NotSubscribed",
                "saved": false, "creator_blocked": false })
        });
        (path == "comment/list").then(|| json!({ "comments": views.collect::<Vec<_>>() }))
    }

    fn lemmy_4(&self, base: &str, path: &str, query: &Query) -> Option<Value> {
        let post = Self::lemmy_post(
            base,
            &json!({ "comments": self.living(), "score": 9, "published_at": date(0), "published": null }),
        );
        if path == "post" {
            return Some(
                json!({ "post_view": { "post": post, "creator": { "name": "bob" } }, "community_view": {}, "cross_posts": [] }),
            );
        }
        let limit = query.number("limit").unwrap_or(10).min(50);
        let skipped = query.get("page_cursor").map_or(0, |cursor| cursor.strip_prefix('p').unwrap().parse().unwrap());
        let list = self.lemmy_list(query);
        let items = list.iter().skip(skipped).take(limit).map(|n| {
            let node = &self.nodes[*n];
            json!({ "comment": { "id": n + 2, "creator_id": 5, "post_id": 1, "content": if node.is_gone { "" } else { &node.text },
                "path": self.path(*n), "published_at": date(*n), "ap_id": format!("{base}/comment/{}", n + 2), "local": true, "deleted": node.is_gone,
                "removed": false, "distinguished": false, "score": i64::from(node.votes) - i64::from(node.down), "upvotes": node.votes,
                "downvotes": node.down, "child_count": self.below(*n) }, "creator": { "id": 5, "name": node.author, "ap_id": format!("{base}/u/a") },
                "post": post, "community": { "name": "tales", "ap_id": format!("{base}/c/tales") }, "can_mod": false, "creator_is_admin": false })
        });
        let next = (skipped + limit < list.len()).then(|| format!("p{}", skipped + limit));
        (path == "comment/list").then(|| json!({ "items": items.collect::<Vec<_>>(), "next_page": next, "prev_page": null }))
    }

    fn discourse(&self, path: &str, query: &Query) -> Option<Value> {
        let post = |id: usize| {
            let node = id.checked_sub(2).and_then(|n| self.nodes.get(n));
            let mut post = json!({ "id": id, "topic_id": 7, "topic_slug": "a-tale", "post_number": id, "post_type": 1, "username": "bob", "cooked": "<p>It began.</p>",
                "created_at": date(id), "updated_at": date(id), "reply_to_post_number": null, "version": 1, "actions_summary": [], "user_deleted": false });
            if let Some(node) = node {
                let own = json!({ "username": node.author, "cooked": format!("<p>{}</p>", escaped(&node.text)), "user_deleted": node.is_gone,
                    "reply_to_post_number": node.parent.map(|parent| parent + 2), "actions_summary": [{ "id": 2, "count": node.votes }] });
                post.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
                if id.is_multiple_of(5) {
                    // With a choice of reactions likes are counted there.
                    post.as_object_mut().unwrap().remove("actions_summary");
                    post["reactions"] = json!([{ "id": "heart", "type": "emoji", "count": node.votes }]);
                    post["reaction_users_count"] = json!(node.votes);
                }
            }
            post
        };
        let last = self.nodes.len() + 1;
        match path {
            "/t/7.json" => Some(
                json!({ "id": 7, "title": "A tale", "slug": "a-tale", "posts_count": last, "created_at": date(0), "highest_post_number": last,
                "post_stream": { "posts": (1..=last.min(20)).map(post).collect::<Vec<_>>(), "stream": (1..=last).collect::<Vec<_>>() } }),
            ),
            "/t/7/posts.json" => Some(
                json!({ "id": 7, "post_stream": { "posts": query.all("post_ids[]").filter(|id| *id <= last).map(post).collect::<Vec<_>>() } }),
            ),
            _ => None,
        }
    }

    fn wordpress(&self, base: &str, path: &str, query: &Query) -> Option<Value> {
        if path == "/wp-json/wp/v2/posts" {
            return Some(json!([{ "id": 9, "link": format!("{base}/2024/a/") }]));
        }
        let (size, page) = (query.number("per_page")?.min(100), query.number("page").unwrap_or(1));
        let comments = self.nodes.iter().enumerate().skip((page - 1) * size).take(size).map(|(n, node)| {
            json!({ "id": n + 2, "post": 9, "parent": node.parent.map_or(0, |parent| parent + 2), "author": 0, "author_name": node.author,
                "date": date(n).trim_end_matches('Z'), "date_gmt": date(n).trim_end_matches('Z'), "status": "approved", "type": "comment",
                "content": { "rendered": format!("<p>{}</p>", escaped(&node.text)) }, "link": format!("{base}/2024/a/#comment-{}", n + 2) })
        });
        (path == "/wp-json/wp/v2/comments").then(|| json!(comments.collect::<Vec<_>>()))
    }

    fn atom(&self, base: &str) -> String {
        let mut feed = format!(
            "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:thr=\"http://purl.org/syndication/thread/1.0\">\
             <title>Comments on: A tale</title><link rel=\"alternate\" href=\"{base}/2024/a/\"/><id>{base}/2024/a/feed/atom/</id>"
        );
        for (n, node) in self.nodes.iter().enumerate().rev() {
            let above = node.parent.map(|above| {
                format!("<thr:in-reply-to ref=\"{base}/2024/a/#comment-{0}\" href=\"{base}/2024/a/#comment-{0}\"/>", above + 2)
            });
            let _ = write!(
                feed,
                "<entry><title>By: {author}</title><author><name>{author}</name></author><id>{base}/2024/a/#comment-{id}</id>\
                 <link rel=\"alternate\" href=\"{base}/2024/a/#comment-{id}\"/><published>{at}</published><updated>{at}</updated>\
                 <content type=\"html\">{text}</content>{}</entry>",
                above.unwrap_or_default(),
                author = escaped(&node.author),
                id = n + 2,
                at = date(n),
                text = escaped(&format!("<p>{}</p>", escaped(&node.text))),
            );
        }
        feed + "</feed>"
    }
}

impl Query {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| &**value)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = usize> {
        self.0.iter().filter(move |(own, _)| own == name).filter_map(|(_, value)| value.parse().ok())
    }
}

fn escaped(text: &str) -> String {
    let clean = text.chars().filter(|c| *c >= ' ' || matches!(c, '\n' | '\t')).collect::<String>();
    clean.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
