//! A reader that stays open for a month, time passed in: feeds bring news all day, a watched discussion grows, somebody
//! reads, stars and leaves, and the keep rules clean up. Nothing grows but what the keep rules leave, and no count drifts.
//!
//! `GLEANER_SOAK=1` takes a thousand sources.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};

use super::play::{NOW, Play};
use crate::domain::article::Article;
use crate::domain::text::{Document, clean};
use crate::domain::time::{DAY, Timestamp, When};
use crate::store::clean::{CleanRequest, Keeping};
use crate::store::entries::{FetchAttempt, FetchOutcome, FetchedFeed, Item};
use crate::store::subscriptions::{NewSubscription, NextFetch};
use crate::store::{SourceId, Store};
use crate::tui::message::Msg;

const DAYS: i64 = 30;
const ROUNDS: i64 = 4;

/// Items that a feed shows at once, and articles that the keep rule leaves of each source.
const SHOWN: i64 = 8;
const KEPT: u32 = 10;

static CLOCK: AtomicI64 = AtomicI64::new(NOW.0);

fn now() -> Timestamp {
    Timestamp(CLOCK.load(Ordering::SeqCst))
}

/// The actions of one sitting.
const SITTINGS: [&str; 8] = [
    "hgl<enter>jjj ccq",
    "n<enter>GcXq",
    "/is:unread<enter>j<enter>q<esc>",
    "s<enter>cnnq",
    "Sitem<enter>j<enter>q<esc><esc>",
    "mU<enter>]][[}{oOtq",
    "LLLLLLL",
    "hjjljjkH<enter>qH",
];

fn sources() -> i64 {
    if std::env::var_os("GLEANER_SOAK").is_some() { 1000 } else { 24 }
}

fn subscribe_all(store: &mut Store) -> Vec<SourceId> {
    let feed = |n| NewSubscription { address: format!("https://feed{n}.example/"), ..NewSubscription::default() };
    (0..sources()).map(|n| store.subscribe(&feed(n), NOW).unwrap().0).collect()
}

/// A feed's items at a round: the newest is new in it.
fn attempt(source: SourceId, round: i64) -> FetchAttempt {
    let item = |n: i64| {
        Item::new(Article {
            id: Some(clean(&n.to_string())),
            title: clean(&format!("Item {n} of {}", source.0)),
            url: Some(clean(&format!("https://feed{}.example/{n}", source.0))),
            published: Some(When::Instant(Timestamp(NOW.0 + n * DAY / ROUNDS))),
            body: Document::plain(["A text that is read."]),
            ..Article::default()
        })
    };
    let items = ((round - SHOWN).max(0)..=round).rev().map(item).collect();
    let feed = FetchedFeed { title: clean(&format!("Feed {}", source.0)), items, ..FetchedFeed::default() };
    let next = NextFetch { due_at: Some(Timestamp(now().0 + DAY)), due_reason: clean("as configured"), ..NextFetch::default() };
    FetchAttempt { source, at: now(), next, outcome: FetchOutcome::Feed(Box::new(feed)) }
}

fn discussion(comments: i64) -> String {
    let mut page = "# A watched page\n\nOctober 5, 2026\n\nText.\n\n%% discussion page | points\n".to_owned();
    for n in 0..comments {
        writeln!(page, "%% comment c{n} | owl {} | 2026-10-05T08:00:00Z | {n} points\nComment {n}.", n % 7).unwrap();
    }
    page
}

fn clean_up(store: &mut Store, sources: &[SourceId]) {
    let wishes = sources.iter().map(|&source| CleanRequest { source, days: None, newest: Some(KEPT) }).collect();
    let keeping = Keeping { now: now(), wishes, spared: None };
    let mut from = Some(SourceId(0));
    while let Some(source) = from {
        from = store.clean_some(&keeping, source, 50).unwrap().next;
    }
}

/// Collections of the reader that could grow.
fn held(play: &Play) -> usize {
    let model = &play.model;
    model.list.rows.len() + model.undo.len() + model.ordered.len() + model.discussed.len() + model.discussing.len()
}

#[test]
fn a_month_leaves_what_the_keep_rules_leave_and_right_counts() {
    let mut store = Store::in_memory().unwrap();
    let sources = subscribe_all(&mut store);
    let mut play = Play::with_clock((120, 40), store, now);
    play.save(&discussion(1)).send(Msg::StoreChanged);
    play.play("/watched<enter>W<esc>");
    let mut held_early = 0;
    for round in 0..DAYS * ROUNDS {
        CLOCK.store(NOW.0 + round * DAY / ROUNDS, Ordering::SeqCst);
        let due = sources.iter().zip(0..).filter(|(_, n)| (n + round) % ROUNDS == 0).map(|(source, _)| *source);
        let attempts: Vec<FetchAttempt> = due.map(|source| attempt(source, round)).collect();
        play.store().keep_tries(&attempts).unwrap();
        play.model.now = now();
        play.save(&discussion(1 + round));
        play.send(Msg::StoreChanged);
        play.play(SITTINGS[round as usize % SITTINGS.len()]);
        clean_up(play.store(), &sources);
        play.send(Msg::StoreChanged);
        assert!(play.store().are_counts_right().unwrap(), "round {round}");
        if round == 10 * ROUNDS {
            held_early = held(&play);
        }
    }
    let figures = play.store().figures().unwrap();
    let starred = play.store().sections().unwrap().iter().map(|row| row.total).max().unwrap_or(0);
    let kept = sources.len() as u64 * u64::from(KEPT) + DAYS as u64 * ROUNDS as u64 / SITTINGS.len() as u64 + 1;
    assert!(figures.articles <= kept, "{figures:?}, at most {kept}");
    assert!(starred <= kept);
    assert_eq!(figures.comments, (DAYS * ROUNDS) as u64);
    // Reading leaves only ids of articles behind while the reader is open.
    let most = held_early + 4 * SITTINGS.len() + DAYS as usize * ROUNDS as usize;
    assert!(held(&play) <= most, "{} held after ten days, {} in the end", held_early, held(&play));
    let wrong: Vec<_> = play.store().check().unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
