//! The orders of a list of articles.

/// The orders of a list. All but the newest first and a front page rank its newest [`RANKED`] articles, or its oldest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ListOrder {
    #[default]
    Newest,
    Oldest,
    Title,
    Source,
    MostDiscussed,
    BestDiscussion,
    MostNew,
    /// The order of a place's front page, of what stands there now.
    Front,
}

/// So many of the newest articles are ranked by an order other than by time, so that a list of a million opens at once.
pub const RANKED: usize = 1000;

impl ListOrder {
    pub const ALL: [ListOrder; 8] = [
        ListOrder::Newest,
        ListOrder::Oldest,
        ListOrder::MostDiscussed,
        ListOrder::BestDiscussion,
        ListOrder::MostNew,
        ListOrder::Title,
        ListOrder::Source,
        ListOrder::Front,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ListOrder::Newest => "newest",
            ListOrder::Oldest => "oldest",
            ListOrder::Title => "title",
            ListOrder::Source => "source",
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
            ListOrder::Oldest => "oldest first",
            ListOrder::Title => "by title",
            ListOrder::Source => "by source",
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
