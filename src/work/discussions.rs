//! The discussions of articles: found where they are, fetched, and stored as they come in.

mod mark;
mod order;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use self::mark::FetchMark;
pub use self::order::{MOST_ORDERED, order, unordered};
use super::fetch::FetchSettings;
use super::host_limits;
use super::private::private_origins;
use super::requests::{GLANCE, queue};
use crate::domain::article::Page;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::thread::Discussion;
use crate::domain::time::Timestamp;
use crate::site::fetch::{Brings, Since, ThreadFetch, ThreadRef};
use crate::site::identity::is_same_address;
use crate::site::look_up::{FoundThread, LookUp, look_up};
use crate::site::{self, SiteBases, SiteRequest};
use crate::source::Failure;
use crate::source::http::{Answer, Client, PrivateOrigins, Request};
use crate::source::queue::{Queue, RequestDone};
use crate::store::watches::Known;
use crate::store::{ArticleId, Store, StoredArticle};

/// Progress of fetching discussions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DiscussionReport {
    /// So many discussions are there to be fetched.
    Found(usize),
    /// A part of a discussion was stored, or all of it.
    Kept(Kept),
    /// A place could not be asked, or did not give all. What was kept of it before stays.
    Failed { place: CleanText, failure: CleanText, hint: CleanText },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    pub place: CleanText,
    /// The address at which people read it.
    pub address: CleanText,
    /// Comments that this part brought and that were not there before.
    pub new: u32,
    /// Comments of the site that are here by now.
    pub comments: usize,
    pub requests: usize,
    /// Comments that the site counts and that are not here.
    pub missing: usize,
    /// True if all comments that the place has are here.
    pub complete: bool,
    /// True if this was the last part.
    pub over: bool,
}

/// Parts are stored no more often than this, so that a large discussion is not read over and over.
const BETWEEN: Duration = Duration::from_millis(500);

/// The discussions that are known of an article by itself, before anybody is asked.
pub fn known(article: &StoredArticle, bases: &SiteBases) -> Vec<ThreadRef> {
    let own = &article.article;
    let stored = article.discussions.iter().filter_map(|head| site::stored_thread(&head.place, head.url.as_deref()?, bases));
    let told = [own.url.as_deref(), own.replies.address.as_deref()].into_iter().flatten();
    let mut threads: Vec<ThreadRef> = Vec::new();
    for thread in stored.chain(told.filter_map(|address| site::thread_at(address, bases))) {
        // If several servers have the whole thread, one is enough.
        let is_known = |known: &ThreadRef| *known == thread || (known.site == thread.site && thread.site.shares_threads());
        if !threads.iter().any(is_known) {
            threads.push(thread);
        }
    }
    // Hacker News and others tell feeds of their comments too; their own interfaces tell more.
    if let Some(feed) = own.replies.feed.as_deref().filter(|_| threads.is_empty()) {
        threads.push(site::comments_of_page(feed, own.url.as_deref()));
    }
    threads
}

/// Fetches the discussions of articles, with `find` also those that places know of by their addresses. Comes back when all
/// are stored, or soon after `stop` is set. Articles that have gone are passed over, unless only one is asked for.
pub fn gather(
    store: &mut Store,
    articles: &[ArticleId],
    find: bool,
    settings: &FetchSettings,
    now: fn() -> Timestamp,
    stop: &AtomicBool,
    tell: &dyn Fn(ArticleId, DiscussionReport),
) -> Result<(), String> {
    host_limits::share(store, &settings.limits.owed, now());
    let (queue, answers) = queue(client(settings)?, settings);
    let mut all = Gatherer {
        store,
        settings,
        bases: &settings.places,
        now,
        tell,
        queue,
        next: 0,
        asked: HashMap::new(),
        lookups: Vec::new(),
        shared: Vec::new(),
        under_way: Vec::new(),
    };
    for &article in articles {
        let stored = all.store.article(article).map_err(|error| error.to_string())?;
        match stored {
            Some(stored) => all.begin(&stored, find)?,
            None if articles.len() == 1 => return Err(GONE.to_owned()),
            None => {}
        }
    }
    let ended = all.serve(&answers, stop);
    host_limits::share(all.store, &settings.limits.owed, now());
    ended
}

fn client(settings: &FetchSettings) -> Result<Client, String> {
    Client::new(settings.client.clone()).map_err(|failure| format!("{failure} ({})", failure.hint()))
}

const GONE: &str = "this article is no longer in the store";

struct Gatherer<'a> {
    store: &'a mut Store,
    settings: &'a FetchSettings,
    bases: &'a SiteBases,
    now: fn() -> Timestamp,
    tell: &'a dyn Fn(ArticleId, DiscussionReport),
    queue: Queue,
    next: u64,
    /// By the queue's id: what it is about.
    asked: HashMap<u64, About>,
    lookups: Vec<(ArticleId, LookUp)>,
    /// Discussions that several instances may have, and which look-up found each.
    shared: Vec<(ArticleId, usize, FoundThread)>,
    under_way: Vec<UnderWay>,
}

#[derive(Clone, Copy)]
enum About {
    Lookup(usize),
    /// The discussion, and the number of the request in it.
    Thread(usize, u64),
}

struct UnderWay {
    article: ArticleId,
    gathering: ThreadFetch,
    /// As it was here before; none if it never was.
    before: Option<Known>,
    /// When its parts were last stored, and how long that took.
    kept: Option<(Instant, Duration)>,
}

impl Gatherer<'_> {
    fn begin(&mut self, stored: &StoredArticle, find: bool) -> Result<(), String> {
        let article = stored.id;
        for thread in known(stored, self.bases) {
            self.add(article, thread)?;
        }
        let own = stored.article.url.as_deref().filter(|url| find && site::thread_at(url, self.bases).is_none());
        let lookups = own.map(|url| look_up(url, self.bases)).unwrap_or_default();
        if lookups.is_empty() {
            self.tell_found(article);
        }
        for lookup in lookups {
            self.look_up(article, lookup);
        }
        Ok(())
    }

    fn add(&mut self, article: ArticleId, thread: ThreadRef) -> Result<(), String> {
        if self.under_way.iter().any(|one| one.article == article && *one.gathering.thread() == thread) {
            return Ok(());
        }
        let heads = self.store.known_discussions(article).map_err(|error| error.to_string())?;
        let is_it = |head: &&Known| {
            let own = head.url.as_deref().and_then(|url| site::stored_thread(&head.place, url, self.bases));
            let address = thread.address(self.bases);
            own.map_or(*head.place == *thread.place(), |own| own == thread)
                || head.url.as_deref().is_some_and(|url| is_same_address(url, &address))
        };
        let before = heads.iter().find(is_it).filter(|head| head.is_here()).cloned();
        let mark =
            before.as_ref().filter(|before| before.complete).and_then(|before| FetchMark::parse(before.mark.as_deref()?));
        let since = match (&before, mark.filter(|mark| mark.stands(&thread, (self.now)()))) {
            (Some(before), Some(FetchMark { told, .. })) => {
                let ids = self.store.comment_ids(before.id).map_err(|error| error.to_string())?;
                Some(Since { mark: told, ids })
            }
            _ => None,
        };
        let mut gathering = ThreadFetch::since(thread, self.bases, since);
        let asks = gathering.begin();
        self.under_way.push(UnderWay { article, gathering, before, kept: None });
        self.ask(self.under_way.len() - 1, asks);
        Ok(())
    }

    fn look_up(&mut self, article: ArticleId, lookup: LookUp) {
        let request = self.bases.request(lookup.site(), lookup.ask());
        self.lookups.push((article, lookup));
        self.asked.insert(self.next, About::Lookup(self.lookups.len() - 1));
        self.next += 1;
        self.queue.add([(self.next - 1, request)]);
    }

    /// An ask of a discussion as a request. The comments of a blog stand where content says, so that they are reached at
    /// no configured base either.
    fn request(&self, of: usize, ask: &SiteRequest) -> Request {
        let UnderWay { article, gathering, .. } = &self.under_way[of];
        let own = private_origins(self.store, self.settings, *article).unwrap_or_default();
        let request = self.bases.request(gathering.thread().site, ask);
        let is_named_by_content = gathering.thread().site.is_named_by_content(gathering.thread(), self.bases);
        let configured = if is_named_by_content { PrivateOrigins::default() } else { request.private };
        let auth = self.settings.login_at(&ask.address);
        Request { private: configured.and(own), auth, ..request }
    }

    /// Not of those that have ended by now: of each of them it has been told.
    fn tell_found(&self, article: ArticleId) {
        let its = || self.under_way.iter().filter(|one| one.article == article);
        let left = its().filter(|one| !one.gathering.is_over()).count();
        if left > 0 || its().next().is_none() {
            (self.tell)(article, DiscussionReport::Found(left));
        }
    }

    fn ask(&mut self, of: usize, asks: Vec<(u64, SiteRequest)>) {
        let mut requests = Vec::with_capacity(asks.len());
        for (number, ask) in asks {
            self.asked.insert(self.next, About::Thread(of, number));
            requests.push((self.next, self.request(of, &ask)));
            self.next += 1;
        }
        self.queue.add(requests);
    }

    fn serve(&mut self, answers: &Receiver<RequestDone>, stop: &AtomicBool) -> Result<(), String> {
        while !self.asked.is_empty() {
            if stop.load(Ordering::Relaxed) {
                self.queue.cancel_all();
                break;
            }
            let done = match answers.recv_timeout(GLANCE) {
                Ok(done) => done,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let answer = done.outcome;
            match self.asked.remove(&done.id) {
                Some(About::Lookup(of)) => self.looked_up(of, answer)?,
                Some(About::Thread(of, number)) => self.answered(of, number, answer)?,
                None => {}
            }
        }
        // Comments that came before a stop are stored.
        for of in 0..self.under_way.len() {
            if !self.under_way[of].gathering.is_over() {
                self.keep(of)?;
            }
        }
        Ok(())
    }

    fn looked_up(&mut self, of: usize, answer: Result<Answer, Failure>) -> Result<(), String> {
        let (article, lookup) = &self.lookups[of];
        let article = *article;
        let found = answer.and_then(|answer| match answer {
            Answer::Fresh { bytes, .. } => lookup.found(&bytes),
            // There is no such answer without validators.
            Answer::Unchanged(_) => Ok(Vec::new()),
        });
        match found {
            Ok(found) => {
                for one in found {
                    match one.name {
                        None => self.add(article, one.thread)?,
                        Some(_) => self.shared.push((article, of, one)),
                    }
                }
            }
            Err(failure) if let Some(instead) = lookup.instead(&failure) => self.look_up(article, instead),
            // "No discussion of this address" is an answer, too.
            Err(Failure::NotFound { .. }) => {}
            Err(failure) => self.fail(article, self.lookups[of].1.site().id().key(), &failure),
        }
        let is_its = |about: &About| matches!(about, About::Lookup(of) if self.lookups[*of].0 == article);
        if !self.asked.values().any(is_its) {
            self.add_shared(article)?;
            self.tell_found(article);
        }
        Ok(())
    }

    /// A discussion that several instances share is fetched from one: the one that is here already, else the first asked.
    fn add_shared(&mut self, article: ArticleId) -> Result<(), String> {
        let (mut its, others) = std::mem::take(&mut self.shared).into_iter().partition::<Vec<_>, _>(|one| one.0 == article);
        self.shared = others;
        let is_here = |found: &FoundThread| self.under_way.iter().any(|one| *one.gathering.thread() == found.thread);
        its.sort_by_key(|(_, of, found)| (!is_here(found), *of));
        let mut names = HashSet::new();
        for (_, _, found) in its {
            if names.insert(found.name) {
                self.add(article, found.thread)?;
            }
        }
        Ok(())
    }

    fn fail(&self, article: ArticleId, place: &str, failure: &Failure) {
        let (failure, hint) = (clean_line(&failure.to_string()), clean_line(failure.hint()));
        (self.tell)(article, DiscussionReport::Failed { place: clean_line(place), failure, hint });
    }

    fn answered(&mut self, of: usize, number: u64, answer: Result<Answer, Failure>) -> Result<(), String> {
        let asks = self.under_way[of].gathering.hear(number, answer);
        if let Some((host, time)) = self.under_way[of].gathering.pause(number) {
            let owed = &self.settings.limits.owed;
            owed.hold(&host, time, owed.now());
        }
        self.ask(of, asks);
        let one = &self.under_way[of];
        let is_time = one.kept.is_none_or(|(at, took)| at.elapsed() >= BETWEEN.max(4 * took));
        if one.gathering.is_over() || is_time { self.keep(of) } else { Ok(()) }
    }

    /// Stores what there is of a discussion by now, and tells of that, and then of what failed.
    fn keep(&mut self, of: usize) -> Result<(), String> {
        let one = &self.under_way[of];
        let page = one.gathering.page((self.now)());
        // One after the other they would mostly say the same.
        let failure = one.gathering.failures().first().cloned();
        let is_nothing = page.is_none() && one.gathering.brings() != Brings::Nothing;
        let failure = failure.or_else(|| is_nothing.then(|| one.gathering.nothing()).flatten());
        self.keep_page(of, page)?;
        let UnderWay { article, gathering, .. } = &self.under_way[of];
        match failure.filter(|_| gathering.is_over()) {
            Some(failure) => self.fail(*article, gathering.thread().place(), &failure),
            None if is_nothing && gathering.is_over() => self.tell_unchanged(of, clean_line(gathering.thread().place()), 0),
            None => {}
        }
        Ok(())
    }

    fn keep_page(&mut self, of: usize, page: Option<Page>) -> Result<(), String> {
        let began = Instant::now();
        let one = &self.under_way[of];
        let over = one.gathering.is_over();
        if over && let (Brings::Nothing, Some(before)) = (one.gathering.brings(), &one.before) {
            return self.nothing_new(of, &before.clone());
        }
        let Some(page) = page else { return Ok(()) };
        let discussion = &page.discussions[0];
        let (article, is_first) = (one.article, one.before.is_none());
        let kept = self.store.save_fetched(article, discussion, is_first, (self.now)());
        let Some(saved) = kept.map_err(|error| error.to_string())? else {
            let is_alone = self.under_way.iter().all(|one| one.article == article);
            return if is_alone { Err(GONE.to_owned()) } else { Ok(()) };
        };
        // The options of a poll are its text, and only its thread's own interface tells them.
        if over && page.article.kind.as_deref() == Some("poll") && !page.article.body.blocks.is_empty() {
            self.store.set_full_text(article, &page.article, (self.now)()).map_err(|error| error.to_string())?;
        }
        let address = discussion.url.clone();
        let address = address.unwrap_or_else(|| clean_line(&self.under_way[of].gathering.thread().address(self.bases)));
        let is_addition = self.under_way[of].gathering.brings() == Brings::Additions;
        let (mut comments, mut complete) = (discussion.comments.len(), discussion.complete);
        if over && (complete || is_addition) {
            let now = self.settled(of, discussion, is_addition)?;
            (comments, complete) = now.map_or((comments, complete), |now| (now.comments as usize, now.complete));
        }
        let one = &self.under_way[of];
        let kept = Kept {
            place: discussion.place.clone(),
            address,
            new: saved.new_comments,
            comments,
            requests: one.gathering.asked(),
            missing: if complete { 0 } else { discussion.missing() },
            complete,
            over,
        };
        (self.tell)(article, DiscussionReport::Kept(kept));
        host_limits::share(self.store, &self.settings.limits.owed, (self.now)());
        self.under_way[of].kept = Some((Instant::now(), began.elapsed()));
        Ok(())
    }

    /// All is here: what the place told of it is kept, so that the next asking is short. Gives the discussion as it is now.
    fn settled(&mut self, of: usize, discussion: &Discussion, is_addition: bool) -> Result<Option<Known>, String> {
        let failed = |error: crate::store::StoreError| error.to_string();
        let UnderWay { article, gathering, .. } = &self.under_way[of];
        let heads = self.store.known_discussions(*article).map_err(failed)?;
        let Some(head) = heads.into_iter().find(|head| head.place == discussion.place && head.url == discussion.url) else {
            return Ok(None);
        };
        let is_whole = !is_addition || gathering.failures().is_empty();
        let before = head.mark.as_deref().and_then(FetchMark::parse).filter(|_| is_addition);
        let whole_at = before.map_or((self.now)(), |before| before.whole_at);
        let mark = gathering.mark().filter(|_| is_whole).map(|told| FetchMark { whole_at, told });
        if let Some(mark) = &mark {
            self.store.set_mark(head.id, &mark.to_string()).map_err(failed)?;
        }
        Ok(Some(Known { complete: head.complete || mark.is_some(), ..head }))
    }

    /// The place has told that all is here; perhaps in another order.
    fn nothing_new(&mut self, of: usize, before: &Known) -> Result<(), String> {
        let order = self.under_way[of].gathering.order();
        if !order.is_empty() {
            self.store.save_order(before.id, &order).map_err(|error| error.to_string())?;
        }
        self.tell_unchanged(of, before.place.clone(), before.comments as usize);
        Ok(())
    }

    /// So many comments of the place are here, as they were before.
    fn tell_unchanged(&self, of: usize, place: CleanText, comments: usize) {
        let UnderWay { article, gathering, before, .. } = &self.under_way[of];
        let told = before.as_ref().and_then(|before| before.url.clone());
        let address = told.unwrap_or_else(|| clean_line(&gathering.thread().address(self.bases)));
        let requests = gathering.asked();
        let kept = Kept { place, address, new: 0, comments, requests, missing: 0, complete: true, over: true };
        (self.tell)(*article, DiscussionReport::Kept(kept));
    }
}
