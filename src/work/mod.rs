//! Jobs off the terminal thread: what takes longer than a frame may is done here and comes back as a [`Done`].
//!
//! Not for what the reader waits on with the eyes: an answer of the store to a key is asked for on the terminal thread,
//! so that it shows in the frame of that key.

mod address;
pub mod background;
pub mod clean;
pub mod discussions;
pub mod fetch;
pub mod health;
mod host_limits;
mod kept;
pub mod listing;
pub mod loading;
pub mod lookups;
pub mod marking;
pub mod notice;
pub mod pictures;
mod private;
mod requests;
mod stop;
pub mod subscribing;
pub mod sync;
mod ticket;
pub mod visit;
pub mod watch;
mod workers;

use std::path::{Path, PathBuf};

pub use stop::Stop;
pub use ticket::{Awaited, Ticket, Tickets};
pub use workers::Workers;

use crate::domain::query::Query;
use crate::domain::rules::Rule;
use crate::domain::time::Timestamp;
use crate::os::clipboard::{self, ClipboardRoute};
use crate::os::program::{ProgramLimits, run};
use crate::store::{
    ArticleId, By, DiscussionId, Finding, Found, INDEX_STEP, MarkedSome, Recommended, RelatedHit, SearchId, Store, StoreError,
};
use kept::KeptStore;
use listing::{Listed, Listing};
use loading::{JudgedDiscussion, PreparedArticle};

/// So many related articles are shown.
const RELATED: usize = 5;

/// The clock. There is one in a program, so that all are equal.
#[derive(Clone, Copy, Debug)]
pub struct Clock(pub fn() -> Timestamp);

impl PartialEq for Clock {
    fn eq(&self, _: &Clock) -> bool {
        true
    }
}

impl Eq for Clock {}

/// A worker's job. Each worker has its own connection to the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Job {
    CheckStore {
        path: PathBuf,
    },
    /// An article whose text is large.
    LoadArticle {
        path: PathBuf,
        id: ArticleId,
    },
    LoadDiscussion {
        path: PathBuf,
        id: DiscussionId,
        rules: Vec<Rule>,
    },
    /// One step of finishing a removal that was cut off, of indexing what is not indexed yet, or of giving free room back.
    Index {
        path: PathBuf,
        now: Timestamp,
    },
    Search {
        path: PathBuf,
        query: Query,
        by: By,
        limit: usize,
        now: Timestamp,
        stop: Stop,
    },
    /// A list whose filter may lead over the whole store.
    List {
        path: PathBuf,
        listing: Listing,
        stop: Stop,
    },
    /// Recommended articles.
    Recommend {
        path: PathBuf,
        now: Timestamp,
    },
    /// The parts of an article in the library.
    Relate {
        path: PathBuf,
        id: ArticleId,
    },
    /// How many unread articles the saved searches find.
    CountSearches {
        path: PathBuf,
    },
    /// One step of taking away what the keep rules let go, but for the article that is being read.
    Clean {
        path: PathBuf,
        settings: Box<fetch::FetchSettings>,
        spared: Option<ArticleId>,
        now: Timestamp,
        stage: clean::Stage,
    },
    /// One step of marking many articles.
    Mark {
        path: PathBuf,
        step: marking::MarkStep,
        now: Timestamp,
    },
    Picture(Box<pictures::WantedPicture>),
    /// Runs a program to its end.
    Run(Box<RunJob>),
    /// Copies a text by another program; `what` names it in the answer.
    Copy {
        route: ClipboardRoute,
        text: String,
        what: String,
    },
    /// Follows a link.
    Visit(Box<visit::VisitJob>),
    /// Finds what an address leads to, and subscribes to it.
    Subscribe {
        path: PathBuf,
        settings: Box<fetch::FetchSettings>,
        typed: subscribing::Typed,
        now: Clock,
    },
}

impl Job {
    /// True if nobody waits for it, so that what somebody waits for goes first.
    fn stands_back(&self) -> bool {
        match self {
            Job::CheckStore { .. }
            | Job::Index { .. }
            | Job::Recommend { .. }
            | Job::CountSearches { .. }
            | Job::Clean { .. } => true,
            Job::LoadArticle { .. }
            | Job::LoadDiscussion { .. }
            | Job::Search { .. }
            | Job::List { .. }
            | Job::Relate { .. }
            | Job::Mark { .. }
            | Job::Picture(_)
            | Job::Run(_)
            | Job::Copy { .. }
            | Job::Visit(_)
            | Job::Subscribe { .. } => false,
        }
    }
}

/// The result of a job.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Checked(Vec<Finding>),
    /// None: it is no longer in the store.
    Article(Option<Box<PreparedArticle>>),
    Discussion(Box<JudgedDiscussion>),
    Indexed,
    /// None: it was stopped.
    Found(Option<Box<Found>>),
    Counted(Vec<(SearchId, u64)>),
    /// None: it was stopped.
    Listed(Option<Listed>),
    Recommended(Vec<Recommended>),
    Related(ArticleId, RelatedHit),
    Marked(MarkedSome),
    Cleaned(clean::CleanedSome),
    Picture(Box<pictures::Picture>),
    Visited(Box<visit::Visited>),
    Subscribed(Box<subscribing::Answered>),
    /// The copied thing, and its target.
    Copied(String),
    /// A program came to its end; none of its output is wanted where it is none.
    Ran {
        name: String,
        output: Option<Vec<u8>>,
    },
}

/// A program to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunJob {
    pub name: String,
    pub argv: Vec<String>,
    pub input: Option<Vec<u8>>,
    pub limits: ProgramLimits,
    /// Its output is to be shown.
    pub shows: bool,
}

/// A finished job; `outcome` is an error's text if it failed, or panicked.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    pub ticket: Ticket,
    pub outcome: Result<Outcome, String>,
}

/// Does one job; on a worker's thread.
fn perform(job: &Job, kept: &KeptStore) -> Result<Outcome, String> {
    match job {
        Job::CheckStore { path } => with_store(path, Store::check).map(Outcome::Checked),
        Job::Index { path, now } => {
            let step = |mut store: Store| store.tidy_some(INDEX_STEP, *now);
            Store::join(path).and_then(step).map(|_| Outcome::Indexed).map_err(|error| error.to_string())
        }
        Job::Search { path, query, by, limit, now, stop } => {
            let stop = stop.clone();
            let search =
                |mut store: Store| store.ask_until(move || stop.is_wanted(), |store| store.search(query, *by, *limit, *now));
            let found = Store::join(path).and_then(search).map_err(|error| error.to_string())?;
            Ok(Outcome::Found(found.map(Box::new)))
        }
        Job::Relate { path, id } => {
            let related = kept.ask(path, |store| store.related(*id, RELATED)).map_err(|error| error.to_string());
            related.map(|related| Outcome::Related(*id, related))
        }
        Job::List { path, listing, stop } => {
            let stop = stop.clone();
            let ask = |mut store: Store| store.ask_until(move || stop.is_wanted(), |store| listing.ask(store));
            Store::join(path).and_then(ask).map(Outcome::Listed).map_err(|error| error.to_string())
        }
        Job::Recommend { path, now } => {
            with_store(path, |store| store.recommended(&Query::default(), *now)).map(Outcome::Recommended)
        }
        Job::CountSearches { path } => with_store(path, Store::unread_of_searches).map(Outcome::Counted),
        Job::Clean { path, settings, spared, now, stage } => {
            let step = |mut store: Store| clean::step(&mut store, settings, *spared, *now, *stage);
            Store::join(path).and_then(step).map(Outcome::Cleaned).map_err(|error| error.to_string())
        }
        Job::Mark { path, step, now } => {
            let act = |mut store: Store| marking::step(&mut store, step, *now);
            Store::join(path).and_then(act).map(Outcome::Marked).map_err(|error| error.to_string())
        }
        Job::Subscribe { path, settings, typed, now } => {
            Ok(Outcome::Subscribed(Box::new(subscribing::perform(path, settings, typed, now.0))))
        }
        Job::Run(job) => {
            let RunJob { name, argv, input, limits, shows } = &**job;
            let output = run(argv, input.clone(), *limits).map_err(|error| error.to_string())?;
            Ok(Outcome::Ran { name: name.clone(), output: shows.then_some(output) })
        }
        Job::Copy { route, text, what } => {
            let copied = match route {
                ClipboardRoute::Program(argv) => clipboard::copy_with_program(argv, text, what),
                _ => clipboard::copy_with_tmux(text, what),
            };
            copied.map(Outcome::Copied).map_err(|error| format!("not copied: {error} (see [open] copy in the config)"))
        }
        Job::Visit(job) => Ok(Outcome::Visited(Box::new(visit::perform(job)))),
        Job::Picture(wanted) => Ok(Outcome::Picture(Box::new(pictures::perform(wanted)))),
        Job::LoadArticle { path, id } => with_store(path, |store| store.article(*id))
            .map(|stored| Outcome::Article(stored.map(|stored| Box::new(stored.into())))),
        Job::LoadDiscussion { path, id, rules } => with_store(path, |store| store.discussion(*id))?
            .map(|discussion| Outcome::Discussion(Box::new(JudgedDiscussion::new(discussion, rules))))
            .ok_or_else(|| "this discussion is no longer in the store".to_owned()),
    }
}

fn with_store<T>(path: &Path, ask: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, String> {
    Store::join(path).and_then(|store| ask(&store)).map_err(|error| error.to_string())
}
