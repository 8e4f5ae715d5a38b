//! Tiny Tiny RSS.

use super::{Recorded, number, replay};
use crate::sync::state::{DEFAULT_FOLDER, FeedRecord, ItemRecord, ServerState};
use crate::sync::ttrss::speak;

const SESSION: &str = "edmv9aqdk0i2f528dqjm64l7vt";

fn add(state: &mut ServerState, id: u64, feed: u64) {
    let published = 1_793_000_000 + id as i64;
    let title = format!("Item {id}");
    state.items.insert(id, ItemRecord { feed, title, published, ..ItemRecord::default() });
}

/// The recorded account before the exchange of this number.
fn arrange(state: &mut ServerState, number: u64) {
    match number {
        1 => (state.user, state.password) = ("alice".to_owned(), "alicealice1".to_owned()),
        // The owner waited for more than the five seconds.
        5 => state.clock += 6,
        // Feeds have been numbered from 31 before.
        10 => {
            state.feeds.insert(30, feed(999));
            state.items_of_new_feeds = 0;
        }
        13 => {
            state.feeds = (31..=60).map(|id| (id, feed(id - 31))).collect();
            for id in 601..=1_200 {
                add(state, id, 31 + (id - 601) / 20);
            }
        }
        35 => (1_201..=1_260).for_each(|id| add(state, id, 31 + id % 30)),
        _ => {}
    }
}

fn feed(n: u64) -> FeedRecord {
    let address = format!("http://127.0.0.1:18901/feed/{n}.xml");
    FeedRecord { title: format!("Feed {n}"), address, site: String::new(), folder: DEFAULT_FOLDER }
}

#[test]
fn answers_of_the_tiny_tiny_rss_server_have_the_recorded_shapes() {
    let mut state = ServerState::new();
    let count = replay("ttrss-2026", speak, &mut state, |state: &mut ServerState, recorded: &mut Recorded| {
        arrange(state, number(&recorded.name));
        if number(&recorded.name) < 44 {
            recorded.replace(SESSION, &state.session);
        }
    });
    assert!(count == 0 || count >= 44, "{count} exchanges");
}
