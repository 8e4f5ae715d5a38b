//! The loop and the shell: waits, passes messages, performs effects, draws once.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Settings;
use super::fetches::Fetches;
use super::message::{Effect, Msg};
use super::model::{Left, Model};
use super::screens;
use super::steps::Steps;
use super::terminal::{self, Screen, TerminalInput};
use super::update::{leave, update};
use crate::domain::time::{Timestamp, Zone};
use crate::store::{ArticleId, Store};
use crate::work::fetch::Event;
use crate::work::visit::VisitedPage;
use crate::work::{Awaited, Done, Outcome, Tickets, Workers, background::FetchTarget, background::Report, clean};
use clean::Stage;

mod beside;
mod command_runs;
mod image_jobs;
mod marking;
mod page_effects;
mod perform;
mod saving;
mod search_jobs;
mod session_start;
mod source_effects;
mod terminal_effects;
mod visit_jobs;

/// While a fetch is under way its changes are shown no more often than this, so that keys need not wait for them.
const REFRESH: Duration = Duration::from_millis(250);

/// Where the session is kept in the store.
const SESSION: &str = "session";

/// The reader's environment.
pub struct Start {
    pub store: Store,
    /// The store's file, for jobs on threads of their own; none for a store in memory (pages shown without storing).
    pub path: Option<PathBuf>,
    /// The page to open with; none: where the reader was.
    pub open: Option<ArticleId>,
    /// A page to open above that, without storing it.
    pub visit: Option<Box<VisitedPage>>,
    pub zone: Zone,
    pub now: fn() -> Timestamp,
}

/// Runs the reader until it is quit or its terminal is gone; the session is saved either way.
pub fn run(start: Start, settings: Settings) -> io::Result<()> {
    let colors = settings.theme.follows_background();
    let modes = terminal::TerminalSettings { mouse: settings.mouse, colors, ascii_text: settings.ascii_text };
    let mut screen = Screen::enter(modes)?;
    let waker = screen.waker();
    let drawing = waker.clone();
    let workers = Workers::new(3, move || waker.wake());
    let pictures = image_jobs::ImageJobs::new(move || drawing.wake());
    let mut model = Model::new(settings, screen.size(), (start.now)(), start.zone);
    let note = start.store.notes().first().cloned();
    let mut shell = Shell::new(start.store, start.path, start.now, workers, pictures);
    shell.begin(&mut model, start.open);
    if let Some(page) = start.visit {
        shell.begin_visit(&mut model, *page);
    }
    if let Some(note) = note {
        shell.pass(&mut model, Msg::Failed(note));
    }
    // The store was read meanwhile; what was typed by now comes after the first frame.
    let mut typed = Vec::new();
    screen.await_colors(&mut typed)?;
    for colors in typed.extract_if(.., |input| matches!(input, TerminalInput::Colors { .. })) {
        shell.take(&mut model, colors);
    }
    shell.screen = Some(screen);
    shell.draw(&mut model);
    shell.check_after_an_unclean_end();
    shell.index_beside();
    shell.clean_beside(&model, Stage::FIRST);
    let result = shell.serve(&mut model, typed);
    // The terminal goes back before anything is said.
    let store = shell.end(&mut model);
    if let Err(error) = store.close() {
        tracing::error!(%error, "the store could not be closed");
    }
    result
}

/// Everything that is not the model: the store, the workers, the terminal.
pub(super) struct Shell {
    store: Store,
    path: Option<PathBuf>,
    version: i64,
    now: fn() -> Timestamp,
    workers: Workers,
    tickets: Tickets,
    /// The comments of the page that is open.
    comments: Awaited,
    /// The article that is being read, where that takes long.
    reading: search_jobs::Newest,
    check: Awaited,
    subscribing: Awaited,
    programs: Awaited,
    indexing: Steps,
    cleaning: beside::Cleaning,
    marking: marking::MarkingMany,
    waiting: saving::Waiting,
    finding: search_jobs::Newest,
    counting: search_jobs::Newest,
    relating: search_jobs::Newest,
    pictures: image_jobs::ImageJobs,
    listing: search_jobs::Newest,
    recommending: search_jobs::Newest,
    visiting: search_jobs::Newest,
    /// How many links were followed, so that each page has its own number.
    visited: i64,
    fetches: Fetches,
    /// The store was changed by others, which is not shown yet; and when that was last done.
    is_stale: bool,
    refreshed: Instant,
    /// The version of the store whose sections the model has.
    sections_of: Option<(i64, u64)>,
    /// Work after the frame is drawn.
    afterwards: Vec<Effect>,
    /// None in tests and snapshots.
    screen: Option<Screen>,
    ended: bool,
}

impl Shell {
    fn new(
        store: Store,
        path: Option<PathBuf>,
        now: fn() -> Timestamp,
        workers: Workers,
        pictures: image_jobs::ImageJobs,
    ) -> Shell {
        let version = store.data_version().unwrap_or_default();
        let fetches = Fetches::new(path.clone(), now);
        Shell {
            store,
            path,
            version,
            now,
            workers,
            tickets: Tickets::default(),
            comments: Awaited::default(),
            reading: search_jobs::Newest::default(),
            check: Awaited::default(),
            subscribing: Awaited::default(),
            programs: Awaited::default(),
            indexing: Steps::default(),
            cleaning: beside::Cleaning::default(),
            marking: marking::MarkingMany::default(),
            waiting: saving::Waiting::default(),
            finding: search_jobs::Newest::default(),
            counting: search_jobs::Newest::default(),
            relating: search_jobs::Newest::default(),
            pictures,
            listing: search_jobs::Newest::default(),
            recommending: search_jobs::Newest::default(),
            visiting: search_jobs::Newest::default(),
            visited: 0,
            fetches,
            is_stale: false,
            refreshed: Instant::now(),
            sections_of: None,
            afterwards: Vec::new(),
            screen: None,
            ended: false,
        }
    }

    pub(super) fn without_screen(store: Store, now: fn() -> Timestamp) -> Shell {
        Shell::new(store, None, now, Workers::new(1, || {}), image_jobs::ImageJobs::new(|| {}))
    }

    /// True if something still waits to be saved.
    #[cfg(test)]
    pub(super) fn is_saving(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes what the workers have finished.
    #[cfg(test)]
    pub(super) fn take_finished(&mut self, model: &mut Model) {
        for done in self.workers.finished() {
            self.finished(model, done);
        }
    }

    #[cfg(test)]
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    #[cfg(test)]
    pub(super) fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    fn serve(&mut self, model: &mut Model, mut inputs: Vec<TerminalInput>) -> io::Result<()> {
        self.fetches.plan(&self.store, &model.settings.fetch);
        while !self.ended {
            let Some(screen) = &mut self.screen else { return Ok(()) };
            let refresh = self.is_stale.then(|| self.refreshed + REFRESH);
            let due = self.fetches.deadline((self.now)()).filter(|_| !model.fetching.is_under_way());
            let at_once = (model.is_searching_page() || !inputs.is_empty()).then(Instant::now);
            let again = (!self.waiting.is_empty()).then(|| Instant::now() + saving::AGAIN);
            screen.wait([refresh, due, at_once, again].into_iter().flatten().min(), &mut inputs)?;
            model.now = (self.now)();
            for report in self.fetches.reports() {
                self.reported(model, report);
            }
            self.save_waiting(model);
            self.look_for_others(model);
            if !model.fetching.is_under_way() && self.fetches.is_due(model.now) {
                self.perform_all(model, vec![Effect::Fetch(FetchTarget::Due)]);
            }
            for input in inputs.drain(..) {
                self.take(model, input);
                if self.ended {
                    return Ok(());
                }
            }
            if model.is_searching_page() {
                self.pass(model, Msg::SearchPage);
            }
            let done = self.workers.finished();
            for done in done {
                self.finished(model, done);
            }
            for done in self.pictures.finished() {
                if let Some(picture) = self.pictures.accept(done) {
                    self.pass(model, Msg::Picture(Box::new(picture)));
                }
            }
            self.draw(model);
        }
        Ok(())
    }

    /// Draws what is known, then does what could wait for that, and draws what came of it.
    fn draw(&mut self, model: &mut Model) {
        loop {
            if let Some(screen) = &mut self.screen {
                screen.set_links(screens::links(model));
                screen.draw(|buffer| screens::draw(model, buffer));
            }
            model.left = Left::default();
            if self.afterwards.is_empty() {
                return;
            }
            self.catch_up(model);
        }
    }

    /// Does what could wait for the frame.
    pub(super) fn catch_up(&mut self, model: &mut Model) {
        while !self.afterwards.is_empty() {
            let effects = std::mem::take(&mut self.afterwards);
            self.perform_all(model, effects);
        }
    }

    fn take(&mut self, model: &mut Model, input: TerminalInput) {
        self.catch_up(model);
        let msg = match input {
            TerminalInput::Key(key) => Msg::Key(key.into()),
            TerminalInput::Mouse(event) => match Msg::of_mouse(event) {
                Some(msg) => msg,
                None => return,
            },
            TerminalInput::Paste(text) => Msg::Paste(text),
            TerminalInput::Resize(columns, rows) => Msg::Resize(columns, rows),
            TerminalInput::Colors { background, text } => Msg::Colors { background, text },
            TerminalInput::Woken | TerminalInput::Continued => return,
            TerminalInput::Hangup | TerminalInput::Terminate => {
                self.ended = true;
                return;
            }
        };
        // Even if it cannot be held, it can be read.
        let _ = self.store.hold();
        self.pass(model, msg);
        let _ = self.store.let_go();
    }

    /// Passes a message and all that follows from it: an answer of the store shows in the frame of the key.
    pub(super) fn pass(&mut self, model: &mut Model, msg: Msg) {
        let effects = update(model, msg);
        self.perform_all(model, effects);
    }

    fn perform_all(&mut self, model: &mut Model, effects: Vec<Effect>) {
        for effect in effects {
            if effect.is_about_unstored() {
                continue;
            }
            if effect.only_saves() {
                self.save(model, effect);
                continue;
            }
            match self.perform(model, effect) {
                Ok(Some(msg)) => self.pass(model, msg),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "the store failed");
                    self.pass(model, Msg::Failed(error.to_string()));
                }
            }
        }
    }

    fn look_for_others(&mut self, model: &mut Model) {
        let Ok(version) = self.store.data_version() else { return };
        self.is_stale |= std::mem::replace(&mut self.version, version) != version;
        if self.is_stale && (!model.fetching.is_under_way() || self.refreshed.elapsed() >= REFRESH) {
            self.is_stale = false;
            self.refreshed = Instant::now();
            // Even if it cannot be held, it can be read.
            let _ = self.store.hold();
            self.fetches.plan(&self.store, &model.settings.fetch);
            self.pass(model, Msg::StoreChanged);
            self.index_beside();
            let _ = self.store.let_go();
        }
    }

    fn reported(&mut self, model: &mut Model, report: Report) {
        let is_over = report == Report::Of(Event::Idle);
        self.pass(model, Msg::Fetch(report));
        if is_over {
            self.fetches.plan(&self.store, &model.settings.fetch);
            self.clean_beside(model, Stage::FIRST);
        }
    }

    /// A worker's answer; one that nobody waits for any more is dropped here and nowhere else.
    fn finished(&mut self, model: &mut Model, done: Done) {
        if self.indexing.is_step(&done) {
            if done.outcome.is_ok() {
                self.index_beside();
            }
            return;
        }
        if self.is_marking_step(&done) {
            self.marked_some(model, done);
            return;
        }
        if self.cleaning.is_step(&done) {
            return self.cleaned_some(model, &done);
        }
        let (tickets, workers) = (&mut self.tickets, &mut self.workers);
        let is_awaited = [&mut self.comments, &mut self.check, &mut self.subscribing, &mut self.programs]
            .into_iter()
            .any(|jobs| jobs.accept(done.ticket));
        let newest = [
            &mut self.reading,
            &mut self.finding,
            &mut self.counting,
            &mut self.relating,
            &mut self.listing,
            &mut self.recommending,
            &mut self.visiting,
        ];
        if is_awaited || newest.into_iter().any(|newest| newest.accept(&done, tickets, workers)) {
            self.answered(model, done.outcome);
        }
    }

    fn answered(&mut self, model: &mut Model, outcome: Result<Outcome, String>) {
        match outcome {
            Ok(Outcome::Article(article)) => {
                let place = article.as_ref().and_then(|article| self.position(article.stored.id));
                self.pass(model, Msg::Article { article, place });
            }
            Ok(Outcome::Discussion(judged)) => {
                let memory = self.memory(model, judged.stored.id);
                self.pass(model, Msg::Discussion { judged, memory });
            }
            Ok(Outcome::Checked(findings)) => {
                if let Err(error) = self.store.set_check_due(false) {
                    tracing::warn!(%error, "that a check was made could not be kept");
                }
                if let Some(finding) = findings.iter().find(|finding| !finding.ok) {
                    self.pass(model, Msg::Failed(format!("{} (gleaner doctor tells more)", finding.text)));
                }
            }
            Ok(Outcome::Copied(told)) => self.pass(model, Msg::Said(told)),
            Ok(Outcome::Ran { name, output }) => self.pass(model, Msg::CommandEnded { name, output }),
            Ok(Outcome::Subscribed(answered)) => self.pass(model, Msg::Subscribed(answered)),
            Ok(Outcome::Visited(visited)) => {
                let msg = self.visited(*visited);
                self.pass(model, msg);
            }
            Ok(Outcome::Found(found)) => self.pass(model, Msg::Found(found)),
            Ok(Outcome::Listed(listed)) => {
                if let Some(listed) = listed {
                    self.pass(model, Shell::listed(listed));
                }
            }
            Ok(Outcome::Recommended(recommended)) => self.pass(model, Msg::Recommended { recommended, listed: false }),
            Ok(Outcome::Related(id, related)) => self.pass(model, Msg::Related { id, related }),
            Ok(Outcome::Counted(counts)) => self.pass(model, Msg::Counted(counts)),
            Ok(Outcome::Indexed | Outcome::Marked(_) | Outcome::Cleaned(_) | Outcome::Picture(_)) => {}
            Err(error) => self.pass(model, Msg::Failed(error)),
        }
    }

    /// The store as a reader leaves it that could save nothing.
    #[cfg(test)]
    pub(super) fn killed(self) -> Store {
        self.store
    }

    /// Saves where the reader is, whatever the end was: a key, a signal, a terminal that is gone.
    pub(super) fn end(mut self, model: &mut Model) -> Store {
        self.screen = None;
        self.fetches.end();
        let session = model.session().to_json();
        self.catch_up(model);
        let effects = leave(model);
        self.perform_all(model, effects);
        self.catch_up(model);
        self.save_at_last(model);
        if let Err(error) = self.store.finish_unsubscribing((self.now)()) {
            tracing::error!(%error, "what was unsubscribed from could not be removed");
        }
        if let Err(error) = self.store.set_setting(SESSION, &session) {
            tracing::error!(%error, "the session could not be saved");
        }
        self.store
    }
}
