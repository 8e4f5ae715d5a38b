//! Lemmy threads as its interface gives them, of version 3 and of version 4: views of posts and of comments, alone or
//! in lists, several answers in one file.

mod fetch;
mod front;
mod web;

use super::bases::is_at;
use super::fetch::{FetchPlan, Since, ThreadRef};
use super::front_page::FrontDetails;
use super::look_up::{self, Candidate, CandidateAbout, FoundThread, LookUpRequest, LookedUp};
use super::{BaseSetting, SiteBases};
use crate::source::throttle::Window;
use std::collections::HashMap;

use url::Url;

use super::{SavedPage, Site};
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::{AuthorRole, Comment, VoteState};
use crate::domain::time::When;
use crate::format::fields::label;
use crate::format::json::{JsonPieces, Value};
use crate::format::markdown::{self, Dialect};
use crate::format::{Origin, Unreadable, page};
use crate::site::page_builder::{Gathered, Tally, missing};
use crate::site::story::Story;

const ID: SiteId = SiteId::new("lemmy");

/// Instances that are known without being configured. Others may have `lemmy` in their names and be something else.
const INSTANCES: &[&str] = &[
    "aussie.zone",
    "beehaw.org",
    "discuss.tchncs.de",
    "feddit.org",
    "feddit.uk",
    "infosec.pub",
    "lemmy.blahaj.zone",
    "lemmy.ca",
    "lemmy.dbzer0.com",
    "lemmy.ml",
    "lemmy.world",
    "lemmy.zip",
    "midwest.social",
    "programming.dev",
    "sh.itjust.works",
    "slrpnk.net",
    "sopuli.xyz",
];

fn is_known(url: &Url, bases: &SiteBases) -> bool {
    let origin = url.origin().ascii_serialization();
    let is_listed =
        url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| INSTANCES.contains(&host));
    is_listed || bases.list(ID, "instances").iter().any(|known| is_at(known, &origin))
}

/// Lemmy allows each address 180 requests in a minute where nobody has set it otherwise; some of them are left to others.
const WINDOWS: &[Window] = &[Window::new(150, 61)];

pub(super) struct Lemmy;

impl Site for Lemmy {
    fn id(&self) -> SiteId {
        ID
    }

    fn name(&self) -> &'static str {
        "Lemmy"
    }

    fn file_label(&self) -> &'static str {
        "Lemmy thread"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        is_answer(value)
    }

    fn read_json(&self, json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json, origin)
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        web::read(text, origin)
    }

    fn base_settings(&self) -> &'static [BaseSetting] {
        const SETTINGS: &[BaseSetting] = &[BaseSetting::list("instances")];
        SETTINGS
    }

    fn windows(&self) -> &'static [Window] {
        WINDOWS
    }

    fn thread_at(&self, url: &Url, bases: &SiteBases) -> Option<ThreadRef> {
        let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
        let is_its = parts.next() == Some("post") && is_known(url, bases);
        let post: u64 = parts.next().filter(|_| is_its)?.parse().ok()?;
        Some(ThreadRef::new(&Lemmy, url.origin().ascii_serialization(), post.to_string()))
    }

    fn stored_thread_at(&self, url: &Url) -> Option<ThreadRef> {
        let (above, post) = url.as_str().rsplit_once('/')?;
        let (base, post) = (above.strip_suffix("/post")?, post.parse::<u64>().ok()?);
        Some(ThreadRef::new(&Lemmy, base, post.to_string()))
    }

    fn page_of_thread(&self, thread: &ThreadRef, _: &SiteBases) -> String {
        format!("{}/post/{}", thread.base, thread.id)
    }

    fn fetch_plan(&self, thread: &ThreadRef, _: &SiteBases, since: Option<Since>) -> Box<dyn FetchPlan> {
        Box::new(fetch::PostFetch::new(&thread.base, &thread.id, since))
    }

    /// Each instance has a number of its own for a post.
    fn keeps_asked_address(&self, _: &ThreadRef, _: Option<&str>) -> bool {
        true
    }

    fn shares_threads(&self) -> bool {
        true
    }

    fn look_ups(&self, article: &LookedUp, bases: &SiteBases) -> Vec<LookUpRequest> {
        let ask =
            |base: &String| LookUpRequest::new(base, format!("{base}/api/v3/search?q={}&type_=Url&limit=50", article.whole));
        bases.list(ID, "instances").iter().map(ask).collect()
    }

    /// The newer interface.
    fn look_up_instead(&self, request: &LookUpRequest) -> Option<LookUpRequest> {
        let (_, query) = request.ask.address.split_once("/api/v3/search?q=")?;
        let (base, term) = (&request.base, query.split('&').next()?);
        let which = "search_url_only=true&type_=all&time_range_seconds=0&limit=50";
        Some(LookUpRequest::new(base, format!("{base}/api/v4/post/list?search_term={term}&{which}")))
    }

    fn candidates(&self, request: &LookUpRequest, root: Value<'_>) -> Vec<Candidate> {
        let views = look_up::items(root, "posts").chain(look_up::items(root, "items"));
        let has_comments = |view: &Value<'_>| {
            [["counts", "comments"], ["post", "comments"]].iter().all(|path| look_up::has_comments(*view, path))
        };
        let candidate = |view: Value<'_>| {
            let post = look_up::number(view.at(&["post", "id"]))?.to_string();
            let name = view.at(&["post", "ap_id"]).and_then(Value::str).map(str::to_owned);
            let about = CandidateAbout::Address(view.at(&["post", "url"])?.str()?.to_owned());
            let thread = ThreadRef::new(&Lemmy, &request.base, post);
            Some(Candidate { found: FoundThread { thread, name }, about })
        };
        views.filter(has_comments).filter_map(candidate).collect()
    }

    fn front_words(&self) -> &'static [&'static str] {
        &["lemmy"]
    }

    fn parse_front(&self, typed: &str) -> Result<String, String> {
        front::parse(typed)
    }

    fn front_at(&self, url: &Url, bases: &SiteBases) -> Option<String> {
        front::at(url, bases)
    }

    fn made_page(&self, head: &str) -> bool {
        head.contains("window.isodata") || head.contains("lemmy-ui")
    }

    fn front_of_page(&self, url: &Url) -> Option<String> {
        front::of_page(url)
    }

    fn front(&self, written: &str, bases: &SiteBases) -> Option<FrontDetails> {
        front::details(written, bases)
    }

    fn stories(&self, root: Value<'_>, base: &str) -> Option<Vec<Story>> {
        let views = root.get("posts").or_else(|| root.get("items"))?;
        Some(views.items().filter_map(|view| story(view, base)).collect())
    }
}

/// The text in place of a comment whose author is gone.
const GONE: &str = "*Permanently Deleted*";

/// True if a value is a view, or an answer that holds views.
pub(super) fn is_answer(value: Value<'_>) -> bool {
    is_view(value) || views(value).any(is_view)
}

fn is_view(value: Value<'_>) -> bool {
    is_comment(value) || is_post(value)
}

fn is_comment(value: Value<'_>) -> bool {
    let has = |key: &str| value.at(&["comment", key]).is_some();
    has("post_id") && (has("path") || has("content"))
}

fn is_post(value: Value<'_>) -> bool {
    value.at(&["post", "name"]).is_some() && value.at(&["post", "ap_id"]).is_some()
}

/// The content of an answer: one view, or lists of them.
fn views(value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let single = ["post_view", "comment_view"].into_iter().filter_map(move |key| value.get(key));
    let lists = ["comments", "posts", "items"].into_iter().filter_map(move |key| value.get(key));
    single.chain(lists.flat_map(Value::items))
}

#[derive(Default)]
struct LemmyThread {
    gathered: Gathered,
    /// The post's address where it was first written.
    url: String,
    /// Its address at the instance that was asked, whose numbers comments have.
    asked: String,
    community: Option<CleanText>,
    /// Comments that the place says there are; those taken away are not counted.
    told: Option<i64>,
    /// Comments that those of the first level tell of, themselves among them.
    counted: i64,
    has_post: bool,
}

/// Reads every post and comment, a page for each post.
fn read_pages(json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut threads: Vec<LemmyThread> = Vec::new();
    let mut by_post: HashMap<&str, usize> = HashMap::new();
    let mut tally = Tally::default();
    let found = json.each().flat_map(|root| {
        // Other values come through as well, to be counted.
        let is_one = is_view(root) || !is_answer(root);
        is_one.then_some(root).into_iter().chain(views(root).filter(move |_| !is_one))
    });
    for view in found {
        let post = view.at(&["comment", "post_id"]).or_else(|| view.at(&["post", "id"])).and_then(Value::id);
        let Some(post) = post.filter(|_| is_view(view)) else {
            tally.foreign += 1;
            continue;
        };
        let at = *by_post.entry(post).or_insert_with(|| {
            threads.push(LemmyThread::default());
            threads.len() - 1
        });
        let thread = &mut threads[at];
        thread.tell(view, post, origin);
        if !is_comment(view) {
            continue;
        }
        match view.at(&["comment", "id"]).and_then(Value::id) {
            Some(id) => {
                let is_new = thread.gathered.push(comment(view, id), parent(view).map(Into::into));
                let below = view.at(&["counts", "child_count"]).or_else(|| view.at(&["comment", "child_count"]));
                let is_counted = is_new && parent(view).is_none();
                thread.counted += if is_counted { below.and_then(Value::i64).unwrap_or(0).saturating_add(1) } else { 0 };
                tally.twice += usize::from(!is_new);
            }
            None => tally.nameless += 1,
        }
    }
    let pages = threads.into_iter().map(|thread| thread.into_page(&mut tally)).collect();
    (pages, tally.notes())
}

impl LemmyThread {
    /// Takes in what a view tells of the post.
    fn tell(&mut self, view: Value<'_>, id: &str, origin: &Origin<'_>) {
        let post = view.get("post");
        if self.asked.is_empty() {
            self.asked = local(view, id, origin);
        }
        if self.url.is_empty() {
            self.url = post.and_then(|post| post.text("ap_id")).map_or_else(|| self.asked.clone(), str::to_owned);
        }
        self.community = self.community.take().or_else(|| community(view.get("community")?));
        let is_own = !is_comment(view);
        if self.has_post || (!is_own && !self.gathered.article.title.is_empty()) {
            return;
        }
        self.has_post = is_own;
        self.told = self.told.or_else(|| {
            let told = view.at(&["counts", "comments"]).or_else(|| view.at(&["post", "comments"]));
            told.filter(|_| is_own).and_then(Value::i64)
        });
        let text = |key: &str| post.and_then(|post| post.text(key));
        self.gathered.article = Article {
            title: label(text("name")).unwrap_or_default(),
            byline: view.get("creator").filter(|_| is_own).and_then(name),
            published: time(post, &["published", "published_at"]),
            url: label(Some(text("url").unwrap_or(&self.url))),
            body: text("body").map(|text| markdown::to_document_of(text, Dialect::Lemmy)).unwrap_or_default(),
            ..Article::default()
        };
    }

    fn into_page(mut self, tally: &mut Tally) -> Page {
        // If a thread's post is missing, its first-level comments tell how many are below.
        let below = usize::try_from(self.counted).unwrap_or(0).saturating_sub(self.gathered.comments.len());
        if self.told.is_none() && below > 0 {
            self.gathered.lacks(None, below);
        }
        let source = self.community.map_or_else(
            || Source { key: clean_line("lemmy"), title: clean_line("Lemmy") },
            |name| Source { key: clean_line(&format!("lemmy:{name}")), title: name },
        );
        let url = if self.asked.is_empty() { &self.url } else { &self.asked };
        let told = SiteCount::new(self.told, SiteCount::Living);
        let page = self.gathered.into_page(source, Some(&Lemmy), Scale::Points, url, told);
        tally.more += missing(&page);
        page
    }
}

/// A post of a list, with its address at the instance that was asked; none if it was taken away.
pub(super) fn story(view: Value<'_>, base: &str) -> Option<Story> {
    let post = view.get("post").filter(|_| is_post(view))?;
    let id = post.get("id")?.id()?;
    if post.is("deleted") || post.is("removed") {
        return None;
    }
    let url = clean_line(&format!("{base}/post/{id}"));
    let number = |key: &str| view.at(&["counts", key]).or_else(|| post.get(key)).and_then(Value::i64);
    let article = Article {
        title: label(post.text("name")).unwrap_or_default(),
        byline: view.get("creator").and_then(name),
        published: time(Some(post), &["published", "published_at"]),
        url: label(post.text("url")).or_else(|| Some(url.clone())),
        body: post.text("body").map(|text| markdown::to_document_of(text, Dialect::Lemmy)).unwrap_or_default(),
        ..Article::default()
    };
    let comments = number("comments").and_then(|count| u32::try_from(count).ok());
    let standing = VoteState { place: clean_line("lemmy"), url, scale: Scale::Points, points: number("score"), comments };
    Some(Story { id: id.into(), article, standing })
}

/// The address of a post at the instance that a comment or the file itself names.
fn local(view: Value<'_>, post: &str, origin: &Origin<'_>) -> String {
    let comment = view.get("comment").filter(|comment| comment.is("local"));
    let told = [comment.and_then(|comment| comment.text("ap_id")), Some(origin.name)];
    let at = told.into_iter().flatten().find_map(|address| Url::parse(address).ok().filter(Url::has_host));
    at.map(|at| format!("{}/post/{post}", at.origin().ascii_serialization())).unwrap_or_default()
}

/// `name@host`
fn community(community: Value<'_>) -> Option<CleanText> {
    let name = community.text("name")?;
    let own = community.text("actor_id").or_else(|| community.text("ap_id"));
    let host = own.and_then(|own| Url::parse(own).ok()?.host_str().map(str::to_owned));
    label(Some(&host.map_or_else(|| name.to_owned(), |host| format!("{name}@{host}"))))
}

/// The comment above, by the path of ids that leads to this one from the root, which is 0; of old it was named.
fn parent(view: Value<'_>) -> Option<&str> {
    let Some(path) = view.at(&["comment", "path"]).and_then(Value::str) else {
        return view.at(&["comment", "parent_id"]).and_then(Value::id);
    };
    path.rsplit('.').nth(1).filter(|parent| *parent != "0" && !parent.is_empty())
}

fn comment(view: Value<'_>, id: &str) -> Comment {
    let comment = view.get("comment");
    let is = |key: &str| comment.is_some_and(|comment| comment.is(key));
    let text = comment.and_then(|comment| comment.text("content"));
    // Version 4 has the counts in the comment itself.
    let number = |key: &str| {
        let counted = view.at(&["counts", key]).or_else(|| view.at(&["comment", key]));
        counted.and_then(Value::i64)
    };
    let votes = |key: &str| number(key).and_then(|votes| u32::try_from(votes).ok());
    let rank = match number("score") {
        _ if is("deleted") || is("removed") || text == Some(GONE) => Rank::Removed,
        Some(net) => Rank::Points { net, split: votes("upvotes").zip(votes("downvotes")) },
        None => Rank::Unrated,
    };
    let role = if view.is("creator_is_admin") || view.get("creator").is_some_and(|creator| creator.is("admin")) {
        AuthorRole::Admin
    } else if view.is("creator_is_moderator") || is("distinguished") {
        AuthorRole::Moderator
    } else {
        AuthorRole::Member
    };
    Comment {
        id: id.into(),
        author: view.get("creator").and_then(name),
        role,
        posted: time(comment, &["published", "published_at"]),
        edited: time(comment, &["updated", "updated_at"]),
        rank,
        url: label(comment.and_then(|comment| comment.text("ap_id"))),
        body: text.map(|text| markdown::to_document_of(text, Dialect::Lemmy)).unwrap_or_default().into(),
        ..Comment::default()
    }
}

fn name(creator: Value<'_>) -> Option<CleanText> {
    label(creator.text("display_name")).or_else(|| label(creator.text("name")))
}

/// The first of these times; older versions leave the zone out, which is UTC.
fn time(value: Option<Value<'_>>, keys: &[&str]) -> Option<When> {
    keys.iter().find_map(|key| page::dated(value?.text(key)?))
}

#[cfg(test)]
mod tests;
