//! What lies over the panes, and what is typed there.

use super::input::Input;
use super::page::Statistics;
use crate::domain::text::{CleanText, Link};
use crate::store::subscriptions::{Subscription, Try};
use crate::store::{SearchId, Section, SourceId};

/// What lies over the panes and takes the keys first. At most one at a time.
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
    /// What can be edited of a source; the field under the cursor.
    EditSource {
        subscription: Box<Subscription>,
        selected: usize,
    },
    /// Whether so many articles are to be marked read.
    MarkingAll(u64),
    /// Words to look for in the page.
    Search(Input),
    Prompt {
        prompt: Prompt,
        input: Input,
    },
    /// Whether a saved search is to be removed.
    Removing(SearchId),
    /// Which of the feeds that a page offers.
    Choice {
        page: String,
        folder: Vec<CleanText>,
        /// Titles and addresses.
        offers: Vec<(CleanText, String)>,
        selected: usize,
    },
    /// What a list of subscriptions left out, and why.
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
    Links(Vec<Link>),
    /// Waiting for a digit from 0 to 5.
    Rating,
}

impl Overlay {
    /// Whether it takes no more of the screen than its last row.
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
                | O::Rating
        )
    }
}

/// What is typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// A search of the store, live.
    Find,
    /// The name to save it under.
    Name,
    /// A date to go to.
    Date,
    /// What to subscribe to.
    Subscribe,
    /// A field of a source.
    Edit(SourceId, Field),
}

/// What can be edited of a source.
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
