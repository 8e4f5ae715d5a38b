//! Recorded threads, told by every place over a server on loopback that delays, drops, reorders, cuts off and refuses: all
//! comments come, each once, with their parents, and their ranks or honestly none; what fails is named, what was kept stays.

mod threads;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex};

use gleaner::domain::rank::Rank;
use gleaner::domain::site::SiteId;
use gleaner::domain::text::clean_line;
use gleaner::domain::thread::{Discussion, Parent};
use gleaner::domain::time::Timestamp;
use gleaner::format::Origin;
use gleaner::site::SiteBases;
use gleaner::site::identity::canonical_address;
use gleaner::site::read;
use gleaner::source::http;
use gleaner::store::subscriptions::NewSubscription;
use gleaner::store::{ArticleId, Store};
use gleaner::work::discussions::{DiscussionReport as Said, Kept, gather, order, unordered};
use gleaner::work::fetch::FetchSettings;
use serde_json::Value;
use threads::{PLACES, Place, Recorded, Told, id, recorded};

use crate::server::{Server, answer, say, unmeasured};

/// The fate of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Well,
    /// It is held back until another has been given, or nothing else is asked for.
    Late,
    /// The connection ends before it, or in the middle of it.
    Dropped,
    Torn,
    /// It says that it is whole, and is not.
    Cut,
    /// The place is busy, and is to be asked again at once.
    Busy,
    Down,
    Refused,
    /// For an hour.
    Overrun,
    /// A page to log in at, in place of it.
    Wall,
}

use Fate::{Busy, Cut, Down, Dropped, Late, Overrun, Refused, Torn, Wall, Well};

const NOW: Timestamp = Timestamp(1_800_000_000);

/// Faults that pass when the request is repeated, and those that do not.
const PASSING: &[Fate] = &[Well, Late, Late, Dropped, Torn, Cut, Busy, Down];
const LASTING: &[Fate] = &[Well, Well, Late, Refused, Wall, Overrun];

#[derive(Default)]
struct Line {
    /// The requests that wait for another's answer, in the order in which they came.
    held: Vec<u64>,
    open: usize,
    next: u64,
    given: u64,
    /// By address: how often it was asked for.
    asked: HashMap<String, usize>,
}

/// A place that tells one thread, and what it does with each answer: by its address, and how often that was asked for.
struct Scene {
    server: Server,
    line: Arc<(Mutex<Line>, Condvar)>,
    thread: Arc<Recorded>,
    place: Place,
    is_warped: bool,
}

/// Placeholders for an unknown rank, author or text.
fn is_untold(rank: Rank) -> bool {
    matches!(rank, Rank::Unrated | Rank::Removed | Rank::Points { split: None, .. })
}

impl Scene {
    fn new(
        thread: &Arc<Recorded>,
        place: Place,
        fate: impl Fn(&str, usize) -> Fate + Send + Sync + 'static,
        change: impl Fn(&mut Value) + Send + Sync + 'static,
    ) -> Scene {
        let line: Arc<(Mutex<Line>, Condvar)> = Arc::default();
        let (held, told) = (Arc::clone(&line), Arc::clone(thread));
        let server = Server::new(move |head, stream| {
            let path = head.split_whitespace().nth(1).unwrap_or_default();
            let host = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned));
            let base = format!("http://{}", host.unwrap_or_default());
            let (lock, changed) = &*held;
            let mut line = lock.lock().unwrap();
            let times = line.asked.entry(path.to_owned()).or_default();
            *times += 1;
            let fate = fate(path, *times);
            line.open += 1;
            if fate == Late {
                let (own, given) = (line.next, line.given);
                line.next += 1;
                line.held.push(own);
                // Where all wait for each other, the last is served first.
                while line.given == given && !(line.held.len() == line.open && line.held.last() == Some(&own)) {
                    line = changed.wait(line).unwrap();
                }
                line.held.retain(|other| *other != own);
            }
            line.open -= 1;
            line.given += 1;
            changed.notify_all();
            drop(line);
            let found = told.answer(place, &base, path).map(|found| match found {
                Told::Text(text) => text,
                Told::Json(mut value) => {
                    change(&mut value);
                    value.to_string()
                }
            });
            let Some(body) = found else { return say(stream, &answer("404 Not Found", &[], b"")) };
            let half = body.floor_char_boundary(body.len() / 2);
            let length = format!("content-length: {}", body.len());
            let bytes = match fate {
                Well | Late => answer("200 OK", &[], body.as_bytes()),
                Dropped => return,
                Torn => unmeasured("200 OK", &[&length], &body.as_bytes()[..half]),
                Cut => answer("200 OK", &[], &body.as_bytes()[..half]),
                Busy => answer("429 Too Many Requests", &["retry-after: 0"], b""),
                Down => answer("502 Bad Gateway", &[], b"<!doctype html><p>Down."),
                Refused => answer("403 Forbidden", &[], b"<!doctype html><p>No."),
                Overrun => answer("503 Service Unavailable", &["retry-after: 3600"], b""),
                Wall => answer("200 OK", &[], b"<!doctype html><title>Log in</title><form><input type=password></form>"),
            };
            say(stream, &bytes);
        });
        Scene { server, line, thread: Arc::clone(thread), place, is_warped: false }
    }

    fn settings(&self) -> FetchSettings {
        let base = self.server.url("127.0.0.1", "");
        let base = || base.clone();
        // Lobsters is asked once a second wherever it stands, and the others as quickly as they answer.
        let lobsters = if self.place == Place::Lobsters { base() } else { "https://lobste.rs".to_owned() };
        let hacker_news = SiteId::new("hacker news");
        let places = SiteBases::default()
            .with(hacker_news, "firebase", &[base()])
            .with(hacker_news, "algolia", &[base()])
            .with(SiteId::new("lobsters"), "base", &[lobsters])
            .with(SiteId::new("lemmy"), "instances", &[base()])
            .with(SiteId::new("discourse"), "sites", &[base()]);
        let client = http::HttpSettings { proxy: http::Proxy::None, ..http::HttpSettings::default() };
        FetchSettings { places, client, ..FetchSettings::default() }
    }

    /// A store with the article that the place's thread belongs to.
    fn store(&self) -> Store {
        let own = match self.place {
            Place::HackerNews | Place::FirebaseAlone => "https://news.ycombinator.com/item?id=1".to_owned(),
            Place::Lobsters => self.server.url("127.0.0.1", "/s/abc/a_tale"),
            Place::Lemmy | Place::Lemmy4 => self.server.url("127.0.0.1", "/post/1"),
            Place::Discourse => self.server.url("127.0.0.1", "/t/a-tale/7"),
            Place::WordPress | Place::AtomFeed => self.server.url("127.0.0.1", "/2024/a/feed/"),
        };
        let told = match self.place {
            Place::WordPress | Place::AtomFeed => format!("<wfw:commentRss>{own}</wfw:commentRss>"),
            _ => format!("<comments>{own}</comments>"),
        };
        // A blog's comments stand where its pages do.
        let link = match self.place {
            Place::WordPress | Place::AtomFeed => self.server.url("127.0.0.1", "/2024/a/"),
            _ => "https://example.org/a".to_owned(),
        };
        let feed = format!(
            "<rss version=\"2.0\" xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"><channel><title>News</title><link>https://example.org/</link>\
             <item><title>A tale</title><link>{link}</link><guid>a</guid><description>x</description>{told}</item></channel></rss>"
        );
        let parsed = read(feed.as_bytes(), &Origin { name: "feed.xml", now: Timestamp(0) }).unwrap();
        // The comments of a blog on loopback are reached because its feed is subscribed to there.
        let mut store = Store::in_memory().unwrap();
        let address = self.server.url("127.0.0.1", "/feed");
        let mut page = parsed.pages[0].clone();
        page.source.key = clean_line(&canonical_address(&address).unwrap());
        let feed = NewSubscription { address, is_private: true, ..NewSubscription::default() };
        store.subscribe(&feed, Timestamp(0)).unwrap();
        store.save(&page, Timestamp(0)).unwrap();
        store
    }

    /// Fetches the thread; gives what is kept of it at the end and the failures that were told.
    fn gather(&self, store: &mut Store) -> (Option<Kept>, Vec<String>) {
        self.gather_at(store, || NOW)
    }

    fn gather_at(&self, store: &mut Store, now: fn() -> Timestamp) -> (Option<Kept>, Vec<String>) {
        let said = RefCell::new((None, Vec::new()));
        let tell = |_, told| match told {
            Said::Kept(kept) if kept.over => {
                assert!(said.borrow().1.is_empty(), "what failed is said behind what came");
                said.borrow_mut().0 = Some(kept);
            }
            Said::Failed { failure, hint, .. } => {
                assert!(!hint.is_empty());
                said.borrow_mut().1.push(failure.to_string());
            }
            Said::Kept(_) | Said::Found(_) => {}
        };
        gather(store, &[ArticleId(1)], false, &self.settings(), now, &AtomicBool::new(false), &tell).unwrap();
        said.into_inner()
    }

    /// The stored comments; checks that each is there once, under the right parent.
    fn stored(&self, store: &Store, what: &str) -> Discussion {
        let known = store.known_discussions(ArticleId(1)).unwrap();
        assert!(known.len() <= 1, "{what}: one discussion, {known:?}");
        let Some(known) = known.first() else { return Discussion::default() };
        let stored = store.discussion(known.id).unwrap().unwrap();
        assert!(stored.states.iter().all(|state| !state.vanished), "{what}: nothing vanished");
        let found = stored.discussion;
        let ids: HashSet<&str> = found.comments.iter().map(|comment| &*comment.id).collect();
        assert_eq!(ids.len(), found.comments.len(), "{what}: each once");
        for comment in &found.comments {
            let n = comment.id.parse::<usize>().unwrap_or_else(|_| panic!("{what}: {}", comment.id)) - 2;
            let wanted = self.thread.nodes[n].parent.map(id);
            let parent = match comment.parent {
                Parent::Of(idx) => Some(found.comments[idx.index()].id.to_string()),
                Parent::Missing => comment.awaits.as_deref().map(str::to_owned),
                Parent::Root => None,
                Parent::Guessed(_) => panic!("{what}: {} has a guessed parent", comment.id),
            };
            assert_eq!(parent, wanted, "{what}: the parent of {}", comment.id);
        }
        found
    }

    fn is_right(&self, n: usize, rank: Rank) -> bool {
        let node = &self.thread.nodes[n];
        let (nth, of) = self.thread.seat(n);
        match self.place {
            Place::WordPress | Place::AtomFeed => rank == Rank::Unrated,
            _ if node.is_gone => rank == Rank::Removed,
            Place::HackerNews | Place::FirebaseAlone => matches!(rank, Rank::Unrated) || rank == Rank::Position { nth, of },
            Place::Discourse => rank == Rank::Likes(node.votes),
            Place::Lobsters | Place::Lemmy | Place::Lemmy4 => {
                let net = i64::from(node.votes) - i64::from(node.down);
                rank == Rank::Points { net, split: Some((node.votes, node.down)) }
            }
        }
    }

    /// All is here, and rightly ranked.
    fn is_whole(&self, store: &Store, what: &str) {
        let found = self.stored(store, what);
        let here: BTreeMap<&str, Rank> = found.comments.iter().map(|comment| (&*comment.id, comment.rank)).collect();
        // A removed comment counts nowhere: null values do not tell that it is there.
        let may_lack = |n: &usize| self.is_warped && self.thread.nodes[*n].is_gone;
        let lacking = (0..self.thread.nodes.len()).filter(|n| !here.contains_key(&*id(*n)));
        let lacking: Vec<String> = lacking.filter(|n| !may_lack(n)).map(id).collect();
        assert!(lacking.is_empty(), "{what}: {} of {} are missing: {lacking:?}", lacking.len(), self.thread.nodes.len());
        for n in 0..self.thread.nodes.len() {
            let rank = here.get(&*id(n)).copied().unwrap_or_default();
            assert!(
                self.is_right(n, rank) || (self.is_warped && (is_untold(rank) || self.thread.nodes[n].is_gone)),
                "{what}: the rank of {}: {rank:?}",
                id(n)
            );
        }
        // Feeds hold the newest, and cannot tell.
        assert!(found.complete == (self.place != Place::AtomFeed) || self.is_warped, "{what}: complete");
        assert_eq!(found.stubs, Vec::new(), "{what}");
    }

    /// Asks for the order of all answers: one request for each comment that has several, and then none.
    fn find_order(&self, store: &mut Store, what: &str) -> Discussion {
        let before = self.asked().len();
        let id = store.known_discussions(ArticleId(1)).unwrap()[0].id;
        let thread = &self.thread;
        let has_several = |n: &usize| {
            let answers = thread.answers(Some(*n));
            answers.len() > 1 && answers.iter().any(|n| !thread.nodes[*n].is_gone)
        };
        let several = (0..thread.nodes.len()).filter(has_several).count();
        let wanted = unordered(&self.stored(store, what), usize::MAX);
        assert_eq!(wanted.len(), several, "{what}");
        order(store, id, &wanted, &self.settings(), &AtomicBool::new(false)).unwrap();
        assert_eq!(self.asked().len() - before, several, "{what}");
        let found = self.stored(store, what);
        assert!(unordered(&found, usize::MAX).is_empty(), "{what}");
        assert!(found.comments.iter().all(|comment| comment.rank != Rank::Unrated), "{what}");
        self.is_whole(store, what);
        found
    }

    fn asked(&self) -> HashMap<String, usize> {
        self.line.0.lock().unwrap().asked.clone()
    }
}

fn chance(seed: u64, of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, of).hash(&mut hasher);
    hasher.finish()
}

fn pick(seed: u64, of: &str, fates: &[Fate]) -> Fate {
    fates[(chance(seed, of) % fates.len() as u64) as usize]
}

/// Items that tell neither their id nor their parent.
const BESIDE: &[&str] = &[
    "author",
    "by",
    "text",
    "time",
    "created_at",
    "created_at_i",
    "score",
    "flags",
    "commenting_user",
    "comment",
    "comment_plain",
    "last_edited_at",
    "is_moderated",
    "content",
    "username",
    "cooked",
    "author_name",
    "date",
    "date_gmt",
    "actions_summary",
    "updated_at",
    "version",
    "creator",
    "counts",
    "published",
    "published_at",
    "upvotes",
    "downvotes",
    "distinguished",
    "points",
    "title",
    "story_id",
    "status",
    "post_type",
    "user_deleted",
];

/// Makes some values null, some numbers words, some words numbers, and has some comments stand there twice.
fn warp(value: &mut Value, seed: u64, count: &mut u64) {
    match value {
        Value::Array(items) => {
            for item in items.iter_mut() {
                warp(item, seed, count);
            }
            *count += 1;
            if items.len() > 1 && items.iter().all(Value::is_object) && chance(seed, *count).is_multiple_of(3) {
                let again = items[0].clone();
                items.push(again);
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                *count += 1;
                let is_beside = BESIDE.contains(&&**name) && !(name == "comment" && member.is_object());
                match (chance(seed, *count) % 9, &*member) {
                    (0, _) if is_beside => *member = Value::Null,
                    (1, Value::String(_)) if is_beside => *member = Value::from(7),
                    (2, Value::Number(number)) if name != "post_type" => *member = Value::from(number.to_string()),
                    _ => warp(member, seed, count),
                }
            }
        }
        _ => {}
    }
}

/// Each thread at some of the places, or with `GLEANER_SOAK=1` at all and often, with 2 and so on under other numbers;
/// `check` is given a number of its own.
fn each(sizes: std::ops::Range<usize>, check: impl Fn(&Arc<Recorded>, Place, u64)) {
    let threads: Vec<Arc<Recorded>> = recorded(sizes).into_iter().map(Arc::new).collect();
    let soak: u64 = std::env::var("GLEANER_SOAK").ok().and_then(|value| value.parse().ok()).unwrap_or(0);
    let is_soak = soak > 0;
    let first = soak.saturating_sub(1) * 5;
    for round in first..first + if is_soak { 5 } else { 1 } {
        for (n, thread) in (0_u64..).zip(&threads) {
            for (m, place) in (0_u64..).zip(PLACES) {
                if is_soak || (n + m).is_multiple_of(4) {
                    check(thread, place, (round * 1000 + n) * PLACES.len() as u64 + m);
                }
            }
        }
    }
    println!(
        "recorded: {} threads, {} comments",
        threads.len(),
        threads.iter().map(|thread| thread.nodes.len()).sum::<usize>()
    );
}

#[test]
fn recorded_threads_come_whole_from_a_place_that_delays_drops_and_reorders() {
    each(2..450, |thread, place, seed| {
        let what = format!("{}, {place:?}, {seed}", thread.name);
        // Misbehaviour passes: the second time an answer comes as it should, perhaps late.
        let fate = move |path: &str, times: usize| pick(seed, path, if times == 1 { PASSING } else { &[Well, Late] });
        let scene = Scene::new(thread, place, fate, |_| {});
        let mut store = scene.store();
        let (kept, failures) = scene.gather(&mut store);
        assert_eq!(failures, Vec::<String>::new(), "{what}");
        scene.is_whole(&store, &what);
        assert_eq!(kept.map(|kept| kept.comments), Some(thread.nodes.len()), "{what}");
        assert!(scene.asked().values().all(|times| *times <= 3), "{what}: {:?}", scene.asked());
    });
}

#[test]
fn what_a_place_refuses_is_named_and_what_was_kept_of_a_recorded_thread_stays() {
    each(2..120, |thread, place, seed| {
        let what = format!("{}, {place:?}, {seed}", thread.name);
        let is_shut = Arc::new(AtomicBool::new(true));
        let shut = Arc::clone(&is_shut);
        let fate = move |path: &str, _| {
            if shut.load(std::sync::atomic::Ordering::SeqCst) { pick(seed, path, LASTING) } else { Well }
        };
        let scene = Scene::new(thread, place, fate, |_| {});
        let mut store = scene.store();
        let (_, failures) = scene.gather(&mut store);
        let failed: Vec<String> =
            scene.asked().into_keys().filter(|path| !matches!(pick(seed, path, LASTING), Well | Late)).collect();
        let found = scene.stored(&store, &what);
        let is_all = found.comments.len() == thread.nodes.len();
        // A place may have another way to what one way does not give.
        assert!(
            !failures.is_empty() || is_all,
            "{what}: {failed:?} failed, and nothing was said; {} comments",
            found.comments.len()
        );
        assert!(failed.is_empty() || !found.complete || is_all, "{what}: not all is here");
        // Two hours later, when no hold is in force, it lets everybody in, and at last nobody.
        is_shut.store(false, std::sync::atomic::Ordering::SeqCst);
        let (_, failures) = scene.gather_at(&mut store, || Timestamp(NOW.0 + 7200));
        assert_eq!(failures, Vec::<String>::new(), "{what}");
        scene.is_whole(&store, &what);
        let before = scene.stored(&store, &what);
        is_shut.store(true, std::sync::atomic::Ordering::SeqCst);
        scene.gather_at(&mut store, || Timestamp(NOW.0 + 14_400));
        assert_eq!(scene.stored(&store, &what), before, "{what}: what was kept stays");
    });
}

#[test]
fn recorded_threads_with_values_that_are_null_or_of_another_type_or_twice_come_whole() {
    each(2..120, |thread, place, seed| {
        let what = format!("{}, {place:?}, {seed}", thread.name);
        let change = move |value: &mut Value| warp(value, seed, &mut 0);
        let scene = Scene { is_warped: true, ..Scene::new(thread, place, |_, _| Well, change) };
        let mut store = scene.store();
        let (_, failures) = scene.gather(&mut store);
        assert_eq!(failures, Vec::<String>::new(), "{what}");
        scene.is_whole(&store, &what);
    });
}

#[test]
fn a_recorded_thread_takes_no_more_requests_than_it_has_to() {
    each(2..450, |thread, place, seed| {
        let what = format!("{}, {place:?}, {seed}", thread.name);
        let scene = Scene::new(thread, place, |_, _| Late, |_| {});
        let mut store = scene.store();
        scene.gather(&mut store);
        let asked = scene.asked();
        let found = scene.stored(&store, &what);
        let comments = thread.nodes.len();
        let wanted = match place {
            // The tree and the story, the order of answers when they are seen; what the interface says, and the feed.
            Place::HackerNews => 2,
            Place::AtomFeed => 3,
            // Algolia's answer, the story, and all items.
            Place::FirebaseAlone => 2 + comments,
            Place::Lobsters => 1,
            // The version that does not answer, the post, and pages of fifty.
            Place::Lemmy => 2 + comments.max(1).div_ceil(50),
            Place::Lemmy4 => 1 + comments.max(1).div_ceil(50),
            Place::Discourse => 1 + (comments + 1).saturating_sub(20).div_ceil(20),
            // Its two feeds and the page, which are not there, and the search; what may not be the last page is asked on.
            Place::WordPress => 5 + comments / 100 + usize::from(comments % 100 > 0 && comments.is_multiple_of(10)),
        };
        assert!(asked.values().all(|times| *times == 1), "{what}: each once: {asked:?}");
        if place == Place::Lemmy {
            assert!(asked.len() <= wanted, "{what}: {} requests, {wanted} wanted: {asked:?}", asked.len());
        } else {
            assert_eq!(asked.len(), wanted, "{what}: {asked:?}");
        }
        if place == Place::HackerNews {
            let is_told = |n: usize| thread.nodes[n].parent.is_none() || thread.answers(thread.nodes[n].parent).len() == 1;
            let unrated =
                found.comments.iter().filter(|one| one.rank == Rank::Unrated).map(|one| one.id.parse::<usize>().unwrap() - 2);
            let unrated: Vec<usize> = unrated.filter(|n| is_told(*n)).collect();
            assert!(unrated.is_empty(), "{what}: {unrated:?} have no place");
        }
        let found = if place == Place::HackerNews { scene.find_order(&mut store, &what) } else { found };
        let asked = scene.asked();
        // Nothing is new: one request that says so, where the place can tell.
        scene.gather(&mut store);
        let again = scene.asked().values().sum::<usize>() - asked.len();
        match place {
            Place::HackerNews | Place::FirebaseAlone | Place::Lobsters | Place::Lemmy | Place::Lemmy4 => {
                assert_eq!(again, 1, "{what}");
            }
            Place::Discourse => assert!(again == 1, "{what}: {again}"),
            Place::WordPress | Place::AtomFeed => assert_eq!(again, asked.len(), "{what}"),
        }
        assert_eq!(scene.stored(&store, &what), found, "{what}");
    });
}

#[test]
fn an_imported_thread_and_the_fetched_one_are_one_discussion() {
    let pieces = |place: Place| match place {
        Place::HackerNews => vec!["/api/v1/items/1", "/v0/item/1.json"],
        Place::Lobsters => vec!["/s/abc.json"],
        Place::Lemmy => vec!["/api/v3/post?id=1", "/api/v3/comment/list?post_id=1&max_depth=300"],
        Place::Discourse => vec!["/t/7.json"],
        Place::WordPress => vec!["/wp-json/wp/v2/comments?post=9&per_page=100"],
        Place::FirebaseAlone | Place::Lemmy4 | Place::AtomFeed => Vec::new(),
    };
    each(2..40, |thread, place, seed| {
        let what = format!("{}, {place:?}, {seed}", thread.name);
        // A post that was written at another instance, where it has another number.
        let far = |value: &mut Value| {
            let far = value.to_string().replace("/post/1\"", "/post/far\"");
            *value = serde_json::from_str(&far).unwrap();
        };
        let scene = Scene::new(thread, place, |_, _| Well, far);
        let base = scene.server.url("127.0.0.1", "");
        let told = pieces(place).into_iter().filter_map(|path| thread.answer(place, &base, path)).map(|told| match told {
            Told::Text(text) => text,
            Told::Json(mut value) => {
                far(&mut value);
                value.to_string()
            }
        });
        let told = told.collect::<Vec<_>>().join("\n");
        let mut store = scene.store();
        if !told.is_empty() {
            let parsed = read(told.as_bytes(), &Origin { name: "thread.json", now: Timestamp(0) }).unwrap();
            store.save_discussions(ArticleId(1), &parsed.pages[0].discussions, Timestamp(1)).unwrap();
        }
        let (_, failures) = scene.gather(&mut store);
        assert_eq!(failures, Vec::<String>::new(), "{what}");
        scene.is_whole(&store, &what);
        scene.gather(&mut store);
        scene.is_whole(&store, &what);
    });
}

#[test]
fn an_edit_that_changes_no_count_is_seen_when_all_is_fetched_again() {
    for place in [Place::HackerNews, Place::Lemmy, Place::Discourse, Place::Lobsters] {
        let Some(thread) = recorded(3..40).into_iter().next().map(Arc::new) else { return };
        let is_edited = Arc::new(AtomicBool::new(false));
        let edited = Arc::clone(&is_edited);
        let change = move |value: &mut Value| {
            if edited.load(std::sync::atomic::Ordering::SeqCst) {
                *value = serde_json::from_str(&value.to_string().replace("0: ", "Edited: ")).unwrap();
            }
        };
        let scene = Scene::new(&thread, place, |_, _| Well, change);
        let mut store = scene.store();
        scene.gather(&mut store);
        is_edited.store(true, std::sync::atomic::Ordering::SeqCst);
        let mut has_seen = |now: fn() -> Timestamp| {
            scene.gather_at(&mut store, now);
            scene.stored(&store, "").comments.iter().any(|comment| comment.body.text().starts_with("Edited: "))
        };
        // These answer with all of it, or with its beginning, in any case.
        let comes_anyway = matches!(place, Place::Lobsters | Place::Discourse);
        assert_eq!(has_seen(|| Timestamp(NOW.0 + 5 * 3600)), comes_anyway, "{place:?}");
        assert!(has_seen(|| Timestamp(NOW.0 + 7 * 3600)), "{place:?}");
        let asked = scene.asked().values().sum::<usize>();
        has_seen(|| Timestamp(NOW.0 + 8 * 3600));
        assert_eq!(scene.asked().values().sum::<usize>(), asked + 1, "{place:?}");
    }
}
