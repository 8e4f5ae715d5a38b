//! New articles of a fetch, for the programs of the configuration that are told of them.

use std::time::Duration;

use super::FetchSettings;
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::os::program::{ProgramError, ProgramLimits, run};
use crate::work::notice::Notices;

/// The bounds of the command that runs after a fetch.
const AFTER: ProgramLimits = ProgramLimits { time: Duration::from_mins(10), output: 1 << 24 };

/// The largest number of sources named in one message.
const NAMED: usize = 5;

/// The new articles of one source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceNews {
    pub title: CleanText,
    pub articles: usize,
    /// True if the configuration has `notify` for this source.
    pub notifies: bool,
}

/// Runs the command of `[fetch] after` to its end.
pub fn run_after(news: &[SourceNews], settings: &FetchSettings) -> Result<(), ProgramError> {
    if news.is_empty() || settings.after.is_empty() {
        return Ok(());
    }
    let argv: Vec<String> = settings.after.iter().cloned().chain([in_words(news)]).collect();
    run(&argv, None, AFTER).map(drop)
}

/// Runs the command of `[watch]` for each source with `notify`, or once for all of these if they are many.
pub fn notify(news: &[SourceNews], settings: &FetchSettings, notices: &Notices) {
    let notifying: Vec<SourceNews> = news.iter().filter(|source| source.notifies).cloned().collect();
    let at_once = if notifying.len() > NAMED { notifying.len() } else { 1 };
    for some in notifying.chunks(at_once) {
        notices.tell(&settings.watch, Vec::new(), &in_words(some));
    }
}

/// `3 new articles: Owls`, `5 new articles: Owls (3), Mice (2)`.
fn in_words(news: &[SourceNews]) -> String {
    if let [only] = news {
        return format!("{}: {}", plural(only.articles as u64, "new article"), only.title);
    }
    let all: usize = news.iter().map(|source| source.articles).sum();
    let mut parts: Vec<String> =
        news.iter().take(NAMED).map(|source| format!("{} ({})", source.title, source.articles)).collect();
    if let Some(more) = news.len().checked_sub(NAMED).filter(|more| *more > 0) {
        parts.push(plural(more as u64, "more source"));
    }
    format!("{}: {}", plural(all as u64, "new article"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean_line;

    #[test]
    fn news_are_counted_and_the_first_sources_named() {
        let news = |counts: &[usize]| {
            let source = |(n, articles): (usize, &usize)| SourceNews {
                title: clean_line(&format!("S{n}")),
                articles: *articles,
                notifies: false,
            };
            in_words(&counts.iter().enumerate().map(source).collect::<Vec<_>>())
        };
        assert_eq!(news(&[1]), "1 new article: S0");
        assert_eq!(news(&[3, 2]), "5 new articles: S0 (3), S1 (2)");
        assert_eq!(news(&[1; 7]), "7 new articles: S0 (1), S1 (1), S2 (1), S3 (1), S4 (1), 2 more sources");
    }
}
