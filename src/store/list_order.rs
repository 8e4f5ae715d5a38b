//! The orders of a list of articles.

/// The orders of a list. All but the first and the last rank its newest [`RANKED`] articles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ListOrder {
    #[default]
    Newest,
    MostDiscussed,
    BestDiscussion,
    MostNew,
    /// The order of a place's front page, of what stands there now.
    Front,
}

/// So many of the newest articles are ranked by an order other than by time, so that a list of a million opens at once.
pub const RANKED: usize = 1000;

impl ListOrder {
    pub const ALL: [ListOrder; 5] =
        [ListOrder::Newest, ListOrder::MostDiscussed, ListOrder::BestDiscussion, ListOrder::MostNew, ListOrder::Front];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ListOrder::Newest => "newest",
            ListOrder::MostDiscussed => "discussed",
            ListOrder::BestDiscussion => "best",
            ListOrder::MostNew => "new",
            ListOrder::Front => "front",
        }
    }

    /// Its name on the screen.
    pub fn label(self) -> &'static str {
        match self {
            ListOrder::Newest => "newest first",
            ListOrder::MostDiscussed => "most discussed first",
            ListOrder::BestDiscussion => "best discussion first",
            ListOrder::MostNew => "most new comments first",
            ListOrder::Front => "front page",
        }
    }

    pub fn from_name(name: &str) -> Option<ListOrder> {
        ListOrder::ALL.into_iter().find(|order| order.name() == name)
    }
}
