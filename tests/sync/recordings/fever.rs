//! `FreshRSS` and Coldsweat through the Fever API.

use super::{Recorded, replay};
use crate::sync::fever::{coldsweat, freshrss, key};
use crate::sync::state::{FeedRecord, ItemRecord, ServerState};

/// Eight feeds with twenty items each.
fn account(first_ids: &[u64; 8], folders: &[&str]) -> ServerState {
    let mut state = ServerState::new();
    let folders: Vec<u64> = folders.iter().map(|name| state.folder(name)).collect();
    for (n, first) in first_ids.iter().enumerate() {
        let feed = n as u64 + 1;
        let address = format!("http://127.0.0.1:18901/feed/{n}.xml");
        let site = format!("https://example.org/f/{n}");
        state.feeds.insert(feed, FeedRecord { title: format!("Feed {n}"), address, site, folder: folders[n % folders.len()] });
        let item = |id: u64| ItemRecord { feed, title: format!("Item {id}"), ..ItemRecord::default() };
        state.items.extend((*first..first + 20).map(|id| (id, item(id))));
    }
    state
}

#[test]
fn answers_of_both_fever_servers_have_the_recorded_shapes() {
    // The ids of the recorded lists: microseconds in one, 1 to 160 in the other.
    let micros = [36_467_341, 37_026_719, 37_474_700, 37_905_000, 38_350_000, 38_790_000, 39_300_000, 40_090_749];
    let micros = micros.map(|id: u64| 1_795_783_000_000_000 + id);
    let ordinals = [1, 21, 41, 61, 81, 101, 121, 141];
    let mut fresh = account(&micros, &["One", "Two"]);
    let mut cold = account(&ordinals, &[""]);
    cold.folder("Two");
    let with_key = |recorded_key: &'static str| {
        move |state: &mut ServerState, recorded: &mut Recorded| recorded.replace(recorded_key, &key(state))
    };
    let one = replay("freshrss-fever", freshrss, &mut fresh, with_key("4ed9a8213db838cab795c1350536b000"));
    let two = replay("coldsweat-fever", coldsweat, &mut cold, with_key("df8778a4de8af561c63d33ca5836b07b"));
    assert!([one, two].iter().all(|count| *count == 0 || *count >= 22), "{one} and {two} exchanges");
    if one > 0 {
        assert_eq!(fresh.unread(), (micros[7]..micros[7] + 20).collect::<Vec<_>>(), "as recorded: what came later is left");
        assert!(cold.unread().is_empty());
    }
}
