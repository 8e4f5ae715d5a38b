//! The options of `gleaner show`.

use clap::{Args, ValueEnum};

use crate::cli::output::show_note;
use crate::cli::thread_options::ViewArgs;
use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::domain::slider::Unrated;

pub(in crate::cli) const HELP: &str = "\
Bar and floor take `off`, a number on the site's scale (stars: 2.5, points: 12 or -3, likes: 3), or a share such as \
`20%` for the best fifth. A number applies only to discussions with such a scale. A comment at or above the bar is \
open, one at or above the floor is a line, the others are folded; without a floor nothing is folded. The comments \
above an open reply are at least lines.

--json prints one object (one a line for a file with several pages): id (null if not stored), title, byline, \
published, stated_date (as written, if it cannot be true), updated, url, source, read, starred, tags and note (if \
any), body (blocks), enclosures, chapters and audience (if any), explore_further, related, recommended, texts (of \
other sources, if they differ: source, title, byline, published, body), sources (all titles), discussions.
Enclosure: url, media_type, bytes; if known role (\"thumbnail\", \"transcript\" or \"chapters\"), title, language, \
duration (seconds).
Chapter: start (seconds), title, url. Audience: views, favorites, stars, max, votes.
Discussion: place, url, scale, order, bar and floor (null when off), counts (total, open, lines, folded, unrated, \
estimated), comments, more (of a discussion with missing comments: below, null or the id of the comment that they \
belong to, and count).
Comment: id, parent, guessed_parent, depth, author, role (of a moderator or admin), posted, edited (if it was), rank, \
shown (\"open\", \"line\" or \"folded\"), text.
Block: kind, which is paragraph, heading (level), quote (blocks), list (start, items), code (language), table (rows), \
image (alt, url) or rule; and text if it has any.
With --changes: id, title, previous_title (null if it is the same), updated, changes (change, \"removed\" or \
\"added\", and text).
Rank: null (unrated), {\"withheld\"}, {\"stars\", \"votes\"}, {\"points\", \"up\", \"down\"}, {\"likes\"}, {\"place\", \
\"of\"} (place null and \"estimated\" true until the site's order is known) or {\"removed\"}.";

#[derive(Args, Debug)]
pub(in crate::cli) struct ShowOptions {
    /// Show comments at or above this rank in full
    #[arg(long, value_name = "X", default_value = "off", allow_negative_numbers = true)]
    bar: NotchInput,
    /// Fold comments below this rank
    #[arg(long, value_name = "X", default_value = "off", allow_negative_numbers = true)]
    floor: NotchInput,
    /// The order of the comments [default: the site's own, else best where readers vote, else oldest]
    #[arg(long, value_name = "ORDER", value_parser = order)]
    order: Option<Order>,
    /// Show only what the last update of the article changed: `-` removed, `+` added
    #[arg(long)]
    pub(in crate::cli) changes: bool,
    /// Show one list without threads, in the order of --order
    #[arg(long)]
    flat: bool,
    /// Columns of the text [default: 80, or the terminal's if it has fewer]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(in crate::cli) width: Option<u16>,
    /// Treatment of comments without a rank
    #[arg(long, value_name = "HOW", value_enum, default_value_t)]
    unrated: UnratedIs,
    /// Treat ranks with fewer votes as no rank
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_votes: u32,
}

impl Default for ShowOptions {
    fn default() -> ShowOptions {
        ShowOptions {
            bar: NotchInput::Off,
            floor: NotchInput::Off,
            order: None,
            changes: false,
            flat: false,
            width: None,
            unrated: UnratedIs::default(),
            min_votes: 0,
        }
    }
}

impl ShowOptions {
    pub(in crate::cli) fn wish(&self) -> ViewArgs {
        let unrated = match self.unrated {
            UnratedIs::Open => Unrated::Open,
            UnratedIs::Below => Unrated::AsBelow,
        };
        ViewArgs {
            bar: self.bar,
            floor: self.floor,
            order: self.order,
            flat: self.flat,
            min_votes: self.min_votes,
            unrated,
            rules: Vec::new(),
        }
    }
}

fn order(name: &str) -> Result<Order, String> {
    if name == "place" {
        show_note("warning: the order `place` is now called `site`");
    }
    Order::from_name(name).ok_or_else(|| format!("the orders are {}", Order::ALL.map(Order::name).join(", ")))
}

#[derive(ValueEnum, Clone, Copy, Debug, Default)]
enum UnratedIs {
    /// They pass every bar
    #[default]
    Open,
    /// They are single lines, like those below the bar
    Below,
}
