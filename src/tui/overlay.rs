//! Overlays above the panes, and their input.

use super::input::Input;
use super::page::Statistics;
use crate::domain::text::{CleanText, Link};
use crate::store::subscriptions::{Subscription, Try};
use crate::store::{ArticleId, SearchId, Section, SourceId};

/// The overlay above the panes, which takes keys first. At most one at a time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Overlay {
    #[default]
    None,
    Help {
        scroll: u16,
        /// Words that are looked for; none while they are not asked for.
        search: Option<Input>,
    },
    Palette {
        input: Input,
        selected: usize,
    },
    /// Narrowing the list, live.
    Filter(Input),
    /// Finding a source by its name, live.
    FindSource {
        input: Input,
        /// The section that was shown before.
        from: Section,
    },
    /// The editable fields of a source, with the one under the cursor.
    EditSource {
        subscription: Box<Subscription>,
        selected: usize,
    },
    /// Asks before so many articles are marked read.
    MarkingAll(u64),
    /// Words to look for in the page.
    Search(Input),
    Prompt {
        prompt: Prompt,
        input: Input,
    },
    /// Asks before a saved search is removed.
    Removing(SearchId),
    /// A choice of the feeds that a page offers.
    Choice {
        page: String,
        folder: Vec<CleanText>,
        /// Titles and addresses.
        offers: Vec<(CleanText, String)>,
        selected: usize,
    },
    /// The lines of a subscription list that were skipped, and why.
    Notes(Vec<String>),
    Why(Vec<String>),
    Statistics(Statistics),
    /// The sources whose last try failed; the one under the cursor.
    Failing {
        sources: Vec<Subscription>,
        selected: usize,
    },
    Health {
        subscription: Box<Subscription>,
        tries: Vec<Try>,
        scroll: usize,
    },
    /// The output of a program.
    Output {
        title: CleanText,
        lines: Vec<CleanText>,
        scroll: usize,
    },
    /// Asks before an article is deleted.
    Deleting(ArticleId),
    Links {
        links: Vec<Link>,
        /// The one that is chosen opens in the browser.
        outside: bool,
    },
    /// Waiting for a digit from 0 to 5.
    Rating,
}

impl Overlay {
    /// True if it uses only the last row of the screen.
    pub fn is_in_footer(&self) -> bool {
        use Overlay as O;
        matches!(
            self,
            O::None
                | O::Filter(_)
                | O::FindSource { .. }
                | O::MarkingAll(_)
                | O::Search(_)
                | O::Prompt { .. }
                | O::Removing(_)
                | O::Deleting(_)
                | O::Rating
        )
    }
}

/// The typed text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// A search of the store, live.
    Find,
    /// The name to save it under.
    Name,
    /// A date to go to.
    Date,
    /// The address to subscribe to.
    Subscribe,
    /// All tags of an article.
    Tags(ArticleId),
    Note(ArticleId),
    /// The program that is given an article or comment.
    Pipe,
    /// A field of a source.
    Edit(SourceId, Field),
}

/// The editable fields of a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Title,
    Folder,
    Address,
    FullText,
    UserAgent,
    KeepDays,
    Keep,
}
