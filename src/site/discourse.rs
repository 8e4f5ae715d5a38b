//! Discourse topics as their JSON gives them, whole or in pieces: posts in the order of their numbers, of which the
//! first is the article. A number is a post's id: answers name it, addresses and feeds too.

mod feed;
mod fetch;
mod front;
mod web;

use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::FrontDetails;
use super::look_up::{self, Candidate, CandidateAbout, LookUpRequest, LookedUp};
use super::{BaseSetting, SiteBases};
use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::{SavedPage, Site};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::order::Order;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{Block, CleanText, Document, Emphasis, Span, clean_line};
use crate::domain::thread::{AuthorRole, Comment, VoteState};
use crate::format::feed::Feed;
use crate::format::fields::{iso, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, Unreadable, html, markdown, slug, stem};
use crate::site::comment_feed::FeedThreads;
use crate::site::page_builder::{Gathered, Tally, missing};
use crate::site::story::Story;

const ID: SiteId = SiteId::new("discourse");

pub(super) struct Discourse;

impl Site for Discourse {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Discourse"
    }

    fn file_label(&self) -> &'static str {
        "Discourse topic"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_topic(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json, origin)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        web::read(text, origin)
    }

    fn other_json(&self, value: Value<'_>) -> Option<&'static str> {
        value.at(&["topic_list", "topics"]).map(|_| "a list of Discourse topics")
    }

    fn threads_of_feed<'a>(&self, feed: &'a Feed) -> Option<FeedThreads<'a>> {
        feed::threads(feed)
    }

    /// The posts of a topic are numbered.
    fn comment_address(&self, thread: &str, id: &str) -> Option<String> {
        thread.contains("/t/").then(|| format!("{thread}/{id}"))
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::list("sites")];
        SETTINGS
    }

    /// An unconfigured forum may be anywhere, so a topic is known only by a name before its number.
    fn thread_at(&self, url: &Url, bases: &SiteBases) -> Option<ThreadRef> {
        let whole = url.as_str().split(['?', '#']).next()?;
        let is_below = |known: &&String| whole.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/'));
        let known = bases.list(ID, "sites").iter().find(is_below);
        let site = known.cloned().unwrap_or_else(|| url.origin().ascii_serialization());
        let parts: Vec<&str> = whole.strip_prefix(&site)?.split('/').filter(|part| !part.is_empty()).collect();
        let number = |part: &str| part.parse::<u64>().ok();
        let topic = match parts[..] {
            ["t", topic] | ["t", topic, _] if known.is_some() && number(topic).is_some() => number(topic),
            // The nested view has the same numbers.
            ["t" | "n", slug, topic, ..] if number(slug).is_none() => number(topic),
            _ => None,
        };
        topic.map(|topic| ThreadRef::new(&Discourse, site, topic.to_string()))
    }

    fn stored_thread_at(&self, url: &Url) -> Option<ThreadRef> {
        let (above, topic) = url.as_str().rsplit_once('/')?;
        let (base, topic) = (above.strip_suffix("/t")?, topic.parse::<u64>().ok()?);
        Some(ThreadRef::new(&Discourse, base, topic.to_string()))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        format!("{}/t/{}", thread.base, thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, since: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::TopicFetch::new(&thread.base, &thread.id, since.map(|since| since.mark)))
    }

    /// A forum does not name its own address.
    fn keeps_asked_address(&self, _: &ThreadRef, _: Option<&str>) -> bool {
        true
    }

    fn look_ups(&self, article: &LookedUp, bases: &SiteBases) -> Vec<LookUpRequest> {
        let ask = |base: &String| LookUpRequest::new(base, format!("{base}/search.json?q={}", article.words));
        bases.list(ID, "sites").iter().map(ask).collect()
    }

    /// Each hit contains the address somewhere; only one that shows it counts as a discussion of it.
    fn candidates(&self, request: &LookUpRequest, root: Value<'_>) -> Vec<Candidate> {
        let candidate = |post: Value<'_>| {
            let topic = look_up::number(post.get("topic_id"))?.to_string();
            let about = CandidateAbout::Words(post.text("blurb")?.to_owned());
            Some(Candidate { found: ThreadRef::new(&Discourse, &request.base, topic).into(), about })
        };
        look_up::items(root, "posts").filter_map(candidate).collect()
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["discourse"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        front::parse(typed)
    }

    fn front_at(&self, url: &Url, bases: &SiteBases) -> Option<String> {
        front::at(url, bases)
    }

    fn made_page(&self, head: &str) -> bool {
        let is_its = |tag: &str| tag.contains("generator") && tag.contains("content=\"discourse");
        head.split("<meta").any(|tag| is_its(tag.split('>').next().unwrap_or_default()))
    }

    fn front_of_page(&self, url: &Url) -> Option<String> {
        front::of_page(url)
    }

    fn front(&self, written: &str, _: &SiteBases) -> Option<FrontDetails> {
        front::details(written)
    }

    fn stories(&self, root: Value<'_>, base: &str) -> Option<Vec<Story>> {
        root.get("topic_list").map(|_| stories(root, base).collect())
    }

    /// Likes do not make an order: people answer whoever spoke last.
    fn default_order(&self) -> Option<Order> {
        Some(Order::Oldest)
    }
}

/// A note of the forum itself: closed, pinned, moved.
const SMALL_ACTION: i64 = 3;

/// The kind of action that is a like.
const LIKE: i64 = 2;

/// True if a value is a topic, a piece of one, or posts of several.
pub(super) fn is_topic(value: Value<'_>) -> bool {
    is_piece(value) || value.get("latest_posts").is_some_and(Value::is_array) || is_post(value)
}

fn is_piece(value: Value<'_>) -> bool {
    value.at(&["post_stream", "posts"]).is_some_and(Value::is_array)
}

fn is_post(value: Value<'_>) -> bool {
    value.get("post_number").is_some() && (value.get("cooked").is_some() || value.get("raw").is_some())
}

#[derive(Default)]
struct Topic<'a> {
    head: Option<Value<'a>>,
    posts: Vec<Value<'a>>,
    /// The ids of all posts that the topic has.
    stream: HashSet<&'a str>,
}

/// Reads every topic of a file; pieces of one are put together.
fn read_pages(json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut topics: BTreeMap<&str, Topic<'_>> = BTreeMap::new();
    let mut tally = Tally::default();
    for piece in json.each() {
        let own = piece.get("id").and_then(Value::id).filter(|_| is_piece(piece));
        if let Some(id) = own {
            let topic = topics.entry(id).or_default();
            topic.head = topic.head.or(Some(piece).filter(|piece| piece.text("title").is_some()));
            let stream = piece.at(&["post_stream", "stream"]).into_iter().flat_map(Value::items);
            topic.stream.extend(stream.filter_map(Value::id));
        }
        let lists = [piece.at(&["post_stream", "posts"]), piece.get("latest_posts")];
        let posts = lists.into_iter().flatten().flat_map(Value::items).chain(Some(piece).filter(|piece| is_post(*piece)));
        let mut is_other = !is_topic(piece);
        for post in posts {
            let id = own.or_else(|| post.get("topic_id").and_then(Value::id)).unwrap_or("");
            topics.entry(id).or_default().posts.push(post);
            is_other = false;
        }
        tally.foreign += usize::from(is_other);
    }
    let pages: Vec<Page> = topics.into_iter().map(|(id, topic)| topic.into_page(id, origin, &mut tally)).collect();
    (pages, tally.notes())
}

impl Topic<'_> {
    fn into_page(self, id: &str, origin: &Origin<'_>, tally: &mut Tally) -> Page {
        let mut posts = self.posts;
        posts.sort_by_key(|post| post.number("post_number"));
        let site = posts.iter().find_map(|post| site(*post)).or_else(|| web(origin.name));
        let url = site.filter(|_| !id.is_empty()).map(|site| format!("{site}/t/{id}")).unwrap_or_default();
        let title = self.head.and_then(|head| head.text("title")).map(str::to_owned);
        let title = title.or_else(|| posts.iter().find_map(|post| post.text("topic_title")).map(str::to_owned));
        let slug = self.head.and_then(|head| head.text("slug")).filter(|slug| *slug != "-");
        let slug = slug.or_else(|| posts.iter().find_map(|post| post.text("topic_slug"))).map(str::to_owned);
        let unnamed = || {
            let title = slug.as_deref().map(slug::title).filter(|title| !title.is_empty());
            // An item without an address to identify it needs a name.
            title.unwrap_or_else(|| if url.is_empty() { stem(origin.name).to_owned() } else { String::new() })
        };
        // As feeds and front pages have it, so that the topic is one article.
        let page = match (url.rsplit_once('/'), &slug) {
            (Some((site, id)), Some(slug)) => format!("{site}/{slug}/{id}"),
            _ => url.clone(),
        };
        let mut gathered = Gathered::new(Article {
            title: clean_line(&title.unwrap_or_else(unnamed)),
            published: iso(self.head.and_then(|head| head.text("created_at"))),
            url: label(Some(&page)),
            ..Article::default()
        });
        let told = self.head.into_iter().chain(posts.iter().copied()).filter_map(|told| told.number("posts_count")).max();
        let told = told.and_then(|told| usize::try_from(told).ok());
        let mut seen = HashSet::new();
        for post in posts {
            let Some(nth) = post.number("post_number") else {
                tally.nameless += 1;
                continue;
            };
            if !seen.insert(nth) {
                tally.twice += 1;
            } else if post.number("post_type") == Some(SMALL_ACTION) {
                tally.small += 1;
            } else if nth == 1 {
                let article = &mut gathered.article;
                article.byline = author(post);
                article.published = article.published.or_else(|| iso(post.text("created_at")));
                article.body = words(post);
            } else {
                // An answer to the first post is an answer to the article.
                let parent = post.number("reply_to_post_number").filter(|parent| *parent != 1);
                let address = if url.is_empty() { String::new() } else { format!("{url}/{nth}") };
                gathered.push(comment(post, nth, &address), parent.map(|parent| parent.to_string().into()));
            }
        }
        // The stream names all posts; a piece without one tells their number. The first post is the article, and what the
        // forum itself noted is left out.
        let posts = Some(self.stream.len()).filter(|posts| *posts > 0).or(told);
        let here = seen.len() + usize::from(!seen.contains(&1));
        let unread = posts.and_then(|posts| posts.checked_sub(here));
        let told = unread.map_or(SiteCount::Unknown, |unread| SiteCount::All(gathered.comments.len() + unread));
        let page = gathered.into_page(source_of(&url), Some(&Discourse), Scale::Likes, &url, told);
        tally.more += missing(&page);
        page
    }
}

/// The forum of a topic's address.
fn source_of(url: &str) -> Source {
    match url.strip_prefix("https://").and_then(|rest| rest.split('/').next()) {
        Some(host) => Source { key: clean_line(&format!("discourse:{host}")), title: clean_line(host) },
        None => Source { key: clean_line("discourse"), title: clean_line("Discourse") },
    }
}

/// The topics of a list, with their addresses at the site that was asked.
pub(super) fn stories<'a>(list: Value<'a>, base: &'a str) -> impl Iterator<Item = Story> + 'a {
    let topics = list.at(&["topic_list", "topics"]).into_iter().flat_map(Value::items);
    let user = move |wanted: &str| {
        let users = list.get("users").into_iter().flat_map(Value::items);
        users.filter(|user| user.get("id").and_then(Value::id) == Some(wanted)).find_map(|user| label(user.text("username")))
    };
    topics.filter_map(move |topic| {
        let id = topic.get("id")?.id()?;
        let slug = topic.text("slug").unwrap_or("-");
        // The first of them began it.
        let poster = topic.get("posters").and_then(|posters| posters.items().next());
        let article = Article {
            title: clean_line(topic.text("title").unwrap_or_default()),
            byline: poster.and_then(|poster| poster.get("user_id")?.id()).and_then(user),
            published: iso(topic.text("created_at")),
            url: label(Some(&format!("{base}/t/{slug}/{id}"))),
            body: topic.text("excerpt").map(|text| html::to_document(text, None)).unwrap_or_default(),
            ..Article::default()
        };
        let standing = VoteState {
            place: clean_line("discourse"),
            url: clean_line(&format!("{base}/t/{id}")),
            scale: Scale::Likes,
            points: topic.number("like_count"),
            comments: topic.number("posts_count").and_then(|posts| u32::try_from(posts.saturating_sub(1)).ok()),
        };
        Some(Story { id: id.into(), article, standing })
    })
}

/// The site of a post: saved topics do not name it, but the addresses of pictures of users do, and links that the forum
/// counts as its own.
fn site(post: Value<'_>) -> Option<String> {
    let picture = post.text("avatar_template").and_then(|picture| {
        let (_, rest) = picture.split_once("/user_avatar/")?;
        rest.split('/').next().filter(|host| host.contains('.'))
    });
    let own = || {
        let counts = post.get("link_counts").into_iter().flat_map(Value::items);
        let own = counts.filter(|link| link.is("internal"));
        own.filter_map(|link| link.text("url")).find_map(web)
    };
    picture.map(|host| format!("https://{host}")).or_else(own)
}

/// The site of an address.
fn web(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(format!("https://{}", url.host_str()?))
}

fn comment(post: Value<'_>, nth: i64, address: &str) -> Comment {
    let is_deleted = post.is("user_deleted") || post.text("deleted_at").is_some();
    let posted = iso(post.text("created_at"));
    let is_edited = post.number("version").is_some_and(|version| version > 1);
    Comment {
        id: nth.to_string().into(),
        author: author(post),
        role: match (post.is("admin"), post.is("moderator") || post.is("staff")) {
            (true, _) => AuthorRole::Admin,
            (_, true) => AuthorRole::Moderator,
            _ => AuthorRole::Member,
        },
        posted,
        edited: iso(post.text("updated_at")).filter(|at| is_edited && Some(*at) != posted),
        rank: if post.is("hidden") || is_deleted { Rank::Removed } else { likes(post).map_or(Rank::Unrated, Rank::Likes) },
        url: label(Some(address)),
        body: words(post).into(),
        ..Comment::default()
    }
}

/// Some sites have several reactions in place of likes. None where a post does not tell.
fn likes(post: Value<'_>) -> Option<u32> {
    let actions = post.get("actions_summary").filter(|actions| actions.is_array());
    let like = actions.and_then(|actions| actions.items().find(|action| action.number("id") == Some(LIKE)));
    let reactions = post.get("reactions").filter(|reactions| reactions.is_array());
    let reacted = || Some(reactions?.items().filter_map(|one| one.number("count")).sum());
    let told = like.and_then(|like| like.number("count")).or_else(|| post.number("reaction_users_count")).or_else(reacted);
    let told = told.or_else(|| post.number("like_count")).or(actions.map(|_| 0))?;
    u32::try_from(told).ok()
}

fn author(post: Value<'_>) -> Option<CleanText> {
    label(post.text("username").or_else(|| post.text("name")))
}

fn words(post: Value<'_>) -> Document {
    let polls: Vec<Block> = post.get("polls").into_iter().flat_map(Value::items).flat_map(poll).collect();
    let Some(cooked) = post.text("cooked") else {
        return post.text("raw").map(markdown::to_document).unwrap_or_default();
    };
    if polls.is_empty() {
        return html::to_document(cooked, None);
    }
    // In the text a poll has its options only.
    let dom = html::parse(cooked);
    let root = dom.body().unwrap_or_else(|| dom.root());
    let mut document = html::nodes_to_document(&[root], None, &|node| node.has_class("poll"));
    document.blocks.extend(polls);
    document
}

/// A poll with its votes, as a list under its title.
fn poll(poll: Value<'_>) -> Vec<Block> {
    let items = poll.get("options").into_iter().flat_map(Value::items).map(|option| {
        let text = html::to_document(option.text("html").unwrap_or_default(), None).text();
        let votes =
            option.number("votes").map_or(String::new(), |votes| format!(" · {}", plural(votes.unsigned_abs(), "vote")));
        vec![Block::Paragraph(vec![Span::plain(&format!("{text}{votes}"))])]
    });
    let items: Vec<Vec<Block>> = items.collect();
    if items.is_empty() {
        return Vec::new();
    }
    let title =
        poll.text("title").filter(|title| !title.is_empty()).map_or("Poll".to_owned(), |title| format!("Poll: {title}"));
    let voters = poll.number("voters").map_or(String::new(), |voters| format!(" · {}", plural(voters.unsigned_abs(), "voter")));
    let strong = Emphasis { strong: true, ..Emphasis::NONE };
    let head = vec![Span { text: clean_line(&title), emphasis: strong, link: None }, Span::plain(&voters)];
    vec![Block::Paragraph(head), Block::List { start: None, items }]
}

#[cfg(test)]
mod tests;
