//! Two clients and the web on one account, with connections that break: all come to the same state, and nothing that
//! somebody changed last is taken back.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use gleaner::domain::time::Timestamp;
use gleaner::store::{ArticleId, Store};
use gleaner::work::fetch::FetchSettings;
use gleaner::work::sync::{self, NewLogin, SyncOutcome};

use crate::sync::{Fault, ServerState, SyncServer};

/// A small generator of our own, so that a failure is played again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn now() -> Timestamp {
    Timestamp(1_795_000_100)
}

struct Client {
    _folder: tempfile::TempDir,
    store: Store,
}

impl Client {
    fn new(server: &SyncServer) -> Client {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("store.db")).unwrap();
        let settings = FetchSettings::default();
        let found = sync::find_server(&server.url("/"), None, &settings).unwrap();
        let login = NewLogin {
            user: "alice".to_owned(),
            name: gleaner::domain::text::clean_line("mine"),
            secret: Some(gleaner::source::http::Secret::Plain("correct horse".to_owned())),
        };
        sync::add(&mut store, &found, &login, &settings, now()).unwrap();
        Client { _folder: folder, store }
    }

    fn sync(&mut self) -> bool {
        let account = self.store.accounts().unwrap().remove(0);
        let stop = AtomicBool::new(false);
        let settings = FetchSettings::default();
        let outcome = sync::sync(&mut self.store, &account, &settings, now, &stop, &|_| {}).unwrap();
        matches!(outcome, SyncOutcome::Synced(_))
    }

    /// Every article by its title: read, starred.
    fn state(&self) -> BTreeMap<String, (bool, bool)> {
        self.articles().into_iter().map(|(_, title, read, starred)| (title, (read, starred))).collect()
    }

    fn articles(&self) -> Vec<(ArticleId, String, bool, bool)> {
        use gleaner::domain::query::Query;
        use gleaner::store::{Section, Stretch};
        let rows = self.store.headlines(&Section::All, &Query::default(), Stretch::First, 1000).unwrap();
        rows.into_iter().map(|row| (row.id, row.title.to_string(), row.read, row.starred)).collect()
    }

    /// Changes a random article; gives its title and its state after that.
    fn read_at_random(&mut self, dice: &mut Dice) -> Option<(String, Mark)> {
        let all = self.articles();
        if all.is_empty() {
            return None;
        }
        let (id, title, read, starred) = all[dice.roll(all.len())].clone();
        let mark = if dice.roll(3) > 0 { Mark::Read(!read) } else { Mark::Starred(!starred) };
        match mark {
            Mark::Read(on) => self.store.set_read(&[id], on, now()).unwrap(),
            Mark::Starred(on) => self.store.set_starred(&[id], on, now()).unwrap(),
        };
        Some((title, mark))
    }
}

#[derive(Clone, Copy, Debug)]
enum Mark {
    Read(bool),
    Starred(bool),
}

fn state_of(server: &SyncServer) -> BTreeMap<String, (bool, bool)> {
    server.web().items.values().map(|item| (item.title.clone(), (item.is_read, item.is_starred))).collect()
}

/// Changes on the web, but not of articles that a client has changed and not pushed: there the client's counts.
fn change_on_the_web(server: &SyncServer, dice: &mut Dice, untouched: impl Fn(&str) -> bool) -> Option<(String, Mark)> {
    let ids: Vec<u64> = server.web().items.keys().copied().collect();
    let id = ids[dice.roll(ids.len())];
    let item = server.web().items[&id].clone();
    if !untouched(&item.title) {
        return None;
    }
    let mark = if dice.roll(2) == 0 { Mark::Read(!item.is_read) } else { Mark::Starred(!item.is_starred) };
    server.web().change(id, |item| match mark {
        Mark::Read(on) => item.is_read = on,
        Mark::Starred(on) => item.is_starred = on,
    });
    Some((item.title, mark))
}

/// Words of the requests of every API, some of which meet a fault.
const WORDS: [&str; 14] = [
    "edit-tag",
    "xt=",
    "starred",
    "contents",
    "subscription",
    "unread",
    "saved",
    "items",
    "as=",
    "entries",
    "getHeadlines",
    "updateArticle",
    "feeds",
    "ogin",
];

fn play(seed: u64, start: fn(ServerState) -> SyncServer) {
    let mut dice = Dice(seed);
    let server = start(ServerState::with_feeds(3, 5));
    let mut clients = [Client::new(&server), Client::new(&server)];
    for client in &mut clients {
        assert!(client.sync());
    }
    // The last change of each article, where only one side made one since all agreed.
    let mut last: BTreeMap<String, Vec<(usize, Mark)>> = BTreeMap::new();
    for _ in 0..30 {
        match dice.roll(6) {
            0..=2 => {
                let who = dice.roll(2);
                if let Some((title, mark)) = clients[who].read_at_random(&mut dice) {
                    last.entry(title).or_default().push((who, mark));
                }
            }
            3 => {
                let is_untouched = |title: &str| !last.contains_key(title);
                if let Some((title, mark)) = change_on_the_web(&server, &mut dice, is_untouched) {
                    last.entry(title).or_default().push((2, mark));
                }
            }
            4 => {
                let feed = 1 + dice.roll(3) as u64;
                server.web().add_items(feed, 1);
            }
            _ => {
                let words = WORDS[dice.roll(WORDS.len())];
                let fault = [Fault::Dropped, Fault::AnswerLost, Fault::Torn, Fault::Cut][dice.roll(4)].clone();
                server.fail_always(words, fault);
                clients[dice.roll(2)].sync();
                server.heal();
            }
        }
    }
    for round in 0..2 {
        for client in &mut clients {
            // The first request may meet a connection that the last fault broke.
            assert!(client.sync() || client.sync(), "seed {seed}, round {round}");
        }
    }
    let at_server = state_of(&server);
    for client in &clients {
        assert_eq!(client.state(), at_server, "seed {seed}");
    }
    for (title, marks) in &last {
        let who = marks[0].0;
        if marks.iter().any(|(other, _)| *other != who) {
            continue;
        }
        for (_, mark) in marks.iter().rev().take(1) {
            let (read, starred) = at_server[title];
            match mark {
                Mark::Read(on) => assert_eq!(read, *on, "seed {seed}: {title} {marks:?}"),
                Mark::Starred(on) => assert_eq!(starred, *on, "seed {seed}: {title} {marks:?}"),
            }
        }
    }
}

#[test]
fn two_clients_and_the_web_converge_over_a_broken_network() {
    let rounds = if std::env::var_os("GLEANER_SOAK").is_some() { 200 } else { 6 };
    for seed in 0..rounds {
        for start in [SyncServer::greader, SyncServer::fever, SyncServer::coldsweat, SyncServer::ttrss, SyncServer::miniflux] {
            play(seed, start);
        }
    }
}
