//! The reader's own programs that are told of new comments and articles. Such a program is never waited for: one that
//! hangs, or shows a window until somebody shuts it, holds nothing back.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::os::program::{Running as Program, start};
use crate::store::ArticleId;

/// So long a program may run.
const LONGEST: Duration = Duration::from_mins(10);

/// The interval at which the end of a program is checked for, when Gleaner quits.
const GLANCE: Duration = Duration::from_millis(20);

/// The programs that run. What still does is ended with it.
#[derive(Default)]
pub struct Notices(Mutex<NoticeState>);

#[derive(Default)]
struct NoticeState {
    all: Vec<Notice>,
    is_closed: bool,
}

struct Notice {
    name: String,
    program: Program,
    began: Instant,
    /// The articles that it was told of.
    articles: Vec<ArticleId>,
}

impl Notices {
    /// True if a program that was told of an article still runs: it is told of no more of it meanwhile.
    pub(super) fn is_told_of(&self, article: ArticleId) -> bool {
        self.running().all.iter().any(|one| one.articles.contains(&article))
    }

    /// Runs a command by its words, never through a shell, with what it is to say as one more of them.
    pub(super) fn tell(&self, command: &[String], articles: Vec<ArticleId>, words: &str) {
        let [name, ..] = command else { return };
        let mut running = self.running();
        if running.is_closed {
            return;
        }
        let argv: Vec<String> = command.iter().cloned().chain([words.to_owned()]).collect();
        match start(&argv) {
            Ok(program) => running.all.push(Notice { name: name.clone(), program, began: Instant::now(), articles }),
            Err(error) => tracing::warn!(%error, "a command of the configuration did not start"),
        }
    }

    /// Ends all that still runs after such a time.
    pub fn end(&self, after: Duration) {
        let end = Instant::now() + after;
        while !self.running().all.is_empty() && Instant::now() < end {
            thread::park_timeout(GLANCE);
        }
        let mut running = self.running();
        running.is_closed = true;
        running.all.retain_mut(|one| {
            one.program.end();
            false
        });
    }

    /// The programs that run now: without ended ones and those that ran for too long.
    fn running(&self) -> std::sync::MutexGuard<'_, NoticeState> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.all.retain_mut(Notice::goes_on);
        running
    }
}

impl Notice {
    fn goes_on(&mut self) -> bool {
        let program = &self.name;
        match self.program.ended() {
            Ok(Some(status)) if status.success() => false,
            Ok(Some(status)) => {
                tracing::warn!(program, %status, "a command of the configuration failed");
                false
            }
            Ok(None) if self.began.elapsed() < LONGEST => true,
            _ => {
                tracing::warn!(program, "a command of the configuration took too long and was ended");
                self.program.end();
                false
            }
        }
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hanging command is waited for by a test for ever, and told of its article no second time.
    #[test]
    fn a_command_that_hangs_holds_nothing_back_and_is_ended_at_the_end() {
        let notices = Notices::default();
        let command = |program: &[&str]| program.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let hanging = command(&["sh", "-c", "exec sleep 1000"]);
        notices.tell(&hanging, vec![ArticleId(1), ArticleId(2)], "3 new comments");
        assert!(notices.is_told_of(ArticleId(1)) && notices.is_told_of(ArticleId(2)) && !notices.is_told_of(ArticleId(3)));
        notices.tell(&command(&["no-such-program"]), vec![ArticleId(3)], "1 new comment");
        assert!(!notices.is_told_of(ArticleId(3)));
        notices.end(Duration::ZERO);
        assert!(!notices.is_told_of(ArticleId(1)));
        notices.tell(&hanging, vec![ArticleId(1)], "3 new comments");
        assert!(!notices.is_told_of(ArticleId(1)), "nothing begins behind the end");
    }

    #[test]
    fn a_command_that_ends_is_waited_for_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let notices = Notices::default();
        let file = folder.path().join("told").to_str().unwrap().to_owned();
        notices.tell(&["touch".to_owned(), file.clone()], vec![ArticleId(1)], folder.path().join("b").to_str().unwrap());
        notices.end(Duration::from_mins(1));
        assert!(std::path::Path::new(&file).exists() && folder.path().join("b").exists());
    }
}
