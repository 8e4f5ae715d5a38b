//! `FreshRSS` through the Google Reader API.

use super::{Recorded, number, recordings, replay};
use crate::sync::greader::speak;
use crate::sync::state::{DEFAULT_FOLDER, FeedRecord, ItemRecord, ServerState};

const AUTH: &str = "bob1/4025f8a0b8ce05a9f57f2fbea90b726b55ea9098";
const TOKEN: &str = "4025f8a0b8ce05a9f57f2fbea90b726b55ea9098ZZZZZZZZZZZZZZZZZ";

/// The second before the recorded server fetched its feeds again.
const BEFORE_NEW_ITEMS: i64 = 1_795_782_994;
const AFTER_NEW_ITEMS: i64 = 1_795_783_006;

/// The recorded account before the exchange of this number.
fn arrange(state: &mut ServerState, number: u64) {
    match number {
        1 => {
            (state.user, state.password) = ("bob1".to_owned(), "apipass1".to_owned());
            state.items_of_new_feeds = 20;
        }
        // Its owner subscribed to all thirty feeds before the eleventh.
        11 => fill(state),
        // The server fetched two new items of each.
        44 => {
            for (n, id) in (1_795_783_006_256_870..1_795_783_006_256_930).enumerate() {
                let record = ItemRecord { feed: n as u64 % 30 + 1, ..item(id) };
                state.items.insert(id, record);
            }
        }
        _ => {}
    }
    state.clock = if number < 44 { BEFORE_NEW_ITEMS } else { AFTER_NEW_ITEMS };
}

fn item(id: u64) -> ItemRecord {
    let text = format!("text {id}");
    ItemRecord {
        title: text.clone(),
        link: "https://example.org/".to_owned(),
        author: text.clone(),
        html: text,
        ..ItemRecord::default()
    }
}

/// Thirty feeds in the recorded folders with twenty items each, whose ids are those of the recorded counts.
fn fill(state: &mut ServerState) {
    state.items.clear();
    state.feeds.clear();
    let folders = ["News & more", "Tech", "Ärger/猫"].map(|name| state.folder(name));
    let counts = recordings("freshrss-greader").into_iter().find(|recorded| recorded.name.starts_with("13-"));
    let json: serde_json::Value = serde_json::from_str(counts.unwrap().body()).unwrap();
    for count in json["unreadcounts"].as_array().unwrap() {
        let Some(feed) = count["id"].as_str().unwrap().strip_prefix("feed/") else { continue };
        let feed: u64 = feed.parse().unwrap();
        let folder = if feed == 1 { DEFAULT_FOLDER } else { folders[(feed as usize + 1) % 3] };
        let address = format!("http://127.0.0.1:18901/feed/{}.xml", feed - 1);
        let site = format!("https://example.org/f/{}", feed - 1);
        state.feeds.insert(feed, FeedRecord { title: format!("Feed {feed}"), address, site, folder });
        let newest: u64 = count["newestItemTimestampUsec"].as_str().unwrap().parse().unwrap();
        state.items.extend((newest - 19..=newest).map(|id| (id, ItemRecord { feed, ..item(id) })));
    }
}

#[test]
fn answers_of_the_google_reader_server_have_the_recorded_shapes() {
    let mut state = ServerState::new();
    let count = replay("freshrss-greader", speak, &mut state, |state: &mut ServerState, recorded: &mut Recorded| {
        arrange(state, number(&recorded.name));
        recorded.replace(AUTH, &format!("bob1/{}", state.session));
        recorded.replace(TOKEN, &state.token);
    });
    assert!(count == 0 || count >= 62, "{count} exchanges");
}
