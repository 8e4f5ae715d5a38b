//! The reader, `show` and `export` show the same: over random threads and settings.

use proptest::prelude::*;

use crate::cli::json;
use crate::cli::show::Sheet;
use crate::cli::thread_options::{ViewArgs, arranged};
use crate::domain::article::{Article, Page, Source};
use crate::domain::notch::NotchInput;
use crate::domain::order::Order;
use crate::domain::rank::{Hundredths, Rank, Scale};
use crate::domain::slider::{Counts, Shown, Unrated};
use crate::domain::text::clean_line;
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent};
use crate::store::{DiscussionHead, DiscussionId, LastComment, SliderMemory, StoredDiscussion};
use crate::tui::page::{Defaults, PageThread};
use crate::work::loading::JudgedDiscussion;

const SCALES: [Scale; 4] = [Scale::Stars { max: Hundredths(500) }, Scale::Points, Scale::Likes, Scale::Position];

/// A rank of few values, so that there are ties.
fn rank(scale: Scale, kind: u8, n: u32) -> Rank {
    match (kind, scale) {
        (0, _) => Rank::Unrated,
        (1, _) => Rank::Removed,
        (2, _) => Rank::Withheld,
        (_, Scale::Stars { .. }) => Rank::Stars { mean: Hundredths(50 * (n % 11) as u16), votes: n % 7 + 1 },
        (_, Scale::Points) => Rank::Points { net: i64::from(n % 9) - 2, split: None },
        (_, Scale::Likes) => Rank::Likes(n % 6),
        _ => Rank::Position { nth: n % 3 + 1, of: 3 },
    }
}

fn discussion() -> impl Strategy<Value = Discussion> {
    let drawn = prop::collection::vec((0..10_u8, any::<u32>(), prop::option::of(any::<prop::sample::Index>())), 0..50);
    (prop::sample::select(SCALES.to_vec()), drawn).prop_map(|(scale, drawn)| {
        let comment = |(n, (kind, number, above)): (usize, (u8, u32, Option<prop::sample::Index>))| Comment {
            id: n.to_string().into(),
            parent: above.filter(|_| n > 0).map_or(Parent::Root, |above| Parent::Of(CommentIdx(above.index(n.max(1)) as u32))),
            rank: rank(scale, kind, number),
            ..Comment::default()
        };
        let comments = drawn.into_iter().enumerate().map(comment).collect();
        Discussion { place: clean_line("page"), scale, comments, ..Discussion::default() }
    })
}

fn notch() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("off".to_owned()),
        (0..=100_u32).prop_map(|share| format!("{share}%")),
        (-2..6_i32).prop_map(|n| n.to_string())
    ]
}

/// By comment in the order shown: its id and how it is shown.
type ShownComments = Vec<(String, String)>;

/// The rows of the reader's pane, under the remembered settings.
fn in_the_reader(discussion: &Discussion, wish: &ViewArgs) -> (Counts, ShownComments) {
    let scale = discussion.scale;
    let stored = StoredDiscussion {
        id: DiscussionId(1),
        discussion: discussion.clone(),
        last: LastComment::default(),
        states: Vec::new(),
    };
    let head = DiscussionHead {
        id: DiscussionId(1),
        place: discussion.place.clone(),
        url: None,
        scale,
        comments: discussion.comments.len() as u32,
        new_comments: 0,
        told: 0,
        points: None,
    };
    let memory = SliderMemory {
        bar: wish.bar.on(scale).unwrap(),
        floor: wish.floor.on(scale).unwrap(),
        min_votes: wish.min_votes,
        unrated: wish.unrated,
        order: wish.order,
        flat: wish.flat,
    };
    let defaults = Defaults { bar: NotchInput::Off, order: None, flat: false, new_stay_open: false };
    let loaded = PageThread::new(JudgedDiscussion::new(stored, &[]), &head, Some(memory), defaults);
    let mut told: ShownComments = Vec::new();
    for row in &loaded.rows {
        let (shown, comments) = match row.shown {
            Shown::Open => ("open", 1),
            Shown::Line => ("line", 1),
            Shown::Folded { comments } => ("folded", comments),
        };
        let seats = &loaded.thread.places()[row.place as usize..(row.place + comments) as usize];
        told.extend(seats.iter().map(|place| (loaded.comment(place.comment).id.to_string(), shown.to_owned())));
    }
    (loaded.counts, told)
}

proptest! {
    #[test]
    fn the_reader_and_show_agree(
        discussion in discussion(),
        bar in notch(),
        floor in notch(),
        order in prop::option::of(prop::sample::select(Order::ALL.to_vec())),
        flat in any::<bool>(),
        min_votes in 0..5_u32,
        unrated in any::<bool>(),
    ) {
        let order = order.filter(|order| order.suits(&discussion));
        let on_scale = |text: &str| text.parse::<NotchInput>().ok().filter(|notch| notch.on(discussion.scale).is_ok());
        let wish = ViewArgs {
            bar: on_scale(&bar).unwrap_or_default(),
            floor: on_scale(&floor).unwrap_or_default(),
            order,
            flat,
            min_votes,
            unrated: if unrated { Unrated::Open } else { Unrated::AsBelow },
            rules: Vec::new(),
        };
        let (counts, told) = in_the_reader(&discussion, &wish);
        let page = Page {
            source: Source { key: clean_line("s"), title: clean_line("S") },
            article: Article::default(),
            discussions: vec![discussion.clone()],
        };
        let sheet = Sheet::from(page);
        let shown = arranged([(&discussion, &[][..])], &wish).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut written = Vec::new();
        serde_json::to_writer(&mut written, &json::PageJson::new(&sheet, &shown)).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&written).unwrap();
        let json = &json["discussions"][0];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let in_json: ShownComments =
            json["comments"].as_array().unwrap().iter().map(|one| (text(&one["id"]), text(&one["shown"]))).collect();
        prop_assert_eq!(&told, &in_json);
        let count = |name: &str| json["counts"][name].as_u64().unwrap_or_default() as u32;
        let Counts { total, open, lines, folded, unrated, estimated } = counts;
        prop_assert_eq!(
            [total, open, lines, folded, unrated, estimated],
            ["total", "open", "lines", "folded", "unrated", "estimated"].map(count)
        );
        let as_shown = |wanted: &str| in_json.iter().filter(|(_, shown)| shown == wanted).count() as u32;
        prop_assert_eq!([open, lines, folded], ["open", "line", "folded"].map(as_shown));
    }

    #[test]
    fn a_share_of_an_order_opens_that_share_of_the_comments(
        discussion in discussion().prop_filter("an order", |discussion| discussion.scale == Scale::Position),
        share in 1..=100_u32,
    ) {
        let wish = ViewArgs { bar: format!("{share}%").parse().unwrap(), ..ViewArgs::default() };
        let (counts, _) = in_the_reader(&discussion, &wish);
        let placed = discussion.comments.iter().filter(|comment| matches!(comment.rank, Rank::Position { .. } | Rank::Unrated));
        let placed = placed.count() as f64;
        // Withheld comments pass every bar.
        let withheld = discussion.comments.iter().filter(|comment| comment.rank == Rank::Withheld).count() as f64;
        let open = f64::from(counts.open) - withheld;
        prop_assert!((open - placed * f64::from(share) / 100.0).abs() <= 1.0 || placed == 0.0, "{open} of {placed} at {share} %");
    }
}
