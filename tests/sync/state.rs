//! The state of a sync server, and what its owner does to it through its web pages.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FeedRecord {
    pub(crate) title: String,
    pub(crate) address: String,
    pub(crate) site: String,
    /// The id of its folder.
    pub(crate) folder: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ItemRecord {
    pub(crate) feed: u64,
    pub(crate) title: String,
    pub(crate) link: String,
    pub(crate) author: String,
    pub(crate) html: String,
    /// Seconds since 1970.
    pub(crate) published: i64,
    pub(crate) comments: String,
    pub(crate) is_read: bool,
    pub(crate) is_starred: bool,
    pub(crate) labels: BTreeSet<String>,
    /// When its state or text last changed, by the server's clock.
    pub(crate) changed: i64,
}

/// How a list never ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Endless {
    /// The same page, with the same continuation, over and over.
    SamePage,
    /// Ever new ids.
    NewIds,
}

/// Everything that a server knows. A clone of it is a backup.
#[derive(Clone, Debug)]
pub(crate) struct ServerState {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) folders: BTreeMap<u64, String>,
    pub(crate) feeds: BTreeMap<u64, FeedRecord>,
    pub(crate) items: BTreeMap<u64, ItemRecord>,
    pub(crate) labels: BTreeSet<String>,
    /// The server's clock in seconds since 1970.
    pub(crate) clock: i64,
    /// How many items come with each feed that is subscribed to.
    pub(crate) items_of_new_feeds: usize,
    pub(crate) session: String,
    pub(crate) token: String,
    /// After a wrong password the right one is refused until this second.
    pub(crate) refuses_until: i64,
    /// The most items or ids in one answer, whatever is asked for.
    pub(crate) page_limit: usize,
    /// Item ids are JSON numbers where they are strings otherwise, and the other way round.
    pub(crate) swaps_id_types: bool,
    pub(crate) repeats_ids: bool,
    pub(crate) endless: Option<Endless>,
}

/// The folder of feeds that are in no other.
pub(crate) const DEFAULT_FOLDER: u64 = 1;

impl ServerState {
    pub(crate) fn new() -> ServerState {
        ServerState {
            user: "alice".to_owned(),
            password: "correct horse".to_owned(),
            folders: BTreeMap::from([(DEFAULT_FOLDER, "Uncategorized".to_owned())]),
            feeds: BTreeMap::new(),
            items: BTreeMap::new(),
            labels: BTreeSet::new(),
            clock: 1_795_000_000,
            items_of_new_feeds: 3,
            session: "session-1".to_owned(),
            token: "token-1".to_owned(),
            refuses_until: 0,
            page_limit: usize::MAX,
            swaps_id_types: false,
            repeats_ids: false,
            endless: None,
        }
    }

    /// So many feeds in two folders and outside of any, with so many items each.
    pub(crate) fn with_feeds(feeds: usize, items: usize) -> ServerState {
        let mut state = ServerState::new();
        for n in 0..feeds {
            let feed = state.add_feed(&format!("https://feeds.example/{n}.xml"), ["News & more", "Ärger/猫", ""][n % 3]);
            state.add_items(feed, items);
        }
        state
    }

    pub(crate) fn folder(&mut self, name: &str) -> u64 {
        if name.is_empty() {
            return DEFAULT_FOLDER;
        }
        if let Some((id, _)) = self.folders.iter().find(|(_, known)| *known == name) {
            return *id;
        }
        let id = self.folders.keys().max().map_or(DEFAULT_FOLDER, |id| id + 1);
        self.folders.insert(id, name.to_owned());
        id
    }

    pub(crate) fn add_feed(&mut self, address: &str, folder: &str) -> u64 {
        let id = self.feeds.keys().max().map_or(1, |id| id + 1);
        let folder = self.folder(folder);
        let site = format!("https://site-{id}.example/");
        self.feeds.insert(id, FeedRecord { title: format!("Feed {id}"), address: address.to_owned(), site, folder });
        id
    }

    /// The server fetches a feed and finds new items. Their ids are microseconds of its clock, ascending.
    pub(crate) fn add_items(&mut self, feed: u64, count: usize) -> Vec<u64> {
        self.clock += 1;
        let first = self.items.keys().max().map_or(0, |id| id + 1).max(self.clock as u64 * 1_000_000);
        let site = self.feeds[&feed].site.clone();
        for id in first..first + count as u64 {
            let n = self.items.len() + 1;
            let item = ItemRecord {
                feed,
                title: format!("Article {n}"),
                link: format!("{site}articles/{n}"),
                author: format!("Author {}", n % 7),
                html: format!("<p>Text of article {n}: a field that was sown late.</p>"),
                published: self.clock - 3_600,
                changed: self.clock,
                ..ItemRecord::default()
            };
            self.items.insert(id, item);
        }
        (first..first + count as u64).collect()
    }

    pub(crate) fn remove_feed(&mut self, feed: u64) -> bool {
        self.items.retain(|_, item| item.feed != feed);
        self.feeds.remove(&feed).is_some()
    }

    /// Changes an item as its owner does with the mouse; false if there is none of that id.
    pub(crate) fn change(&mut self, id: u64, change: impl FnOnce(&mut ItemRecord)) -> bool {
        self.clock += 1;
        let clock = self.clock;
        let Some(item) = self.items.get_mut(&id) else { return false };
        change(item);
        item.changed = clock;
        self.labels.extend(item.labels.iter().cloned());
        true
    }

    pub(crate) fn mark_read(&mut self, ids: &[u64]) {
        for id in ids {
            self.change(*id, |item| item.is_read = true);
        }
    }

    pub(crate) fn star(&mut self, ids: &[u64]) {
        for id in ids {
            self.change(*id, |item| item.is_starred = true);
        }
    }

    /// Everything that is chosen becomes read.
    pub(crate) fn mark_all(&mut self, is_chosen: impl Fn(u64, &ItemRecord) -> bool) {
        self.clock += 1;
        for (id, item) in &mut self.items {
            if is_chosen(*id, item) && !item.is_read {
                item.is_read = true;
                item.changed = self.clock;
            }
        }
    }

    pub(crate) fn ids(&self, is_wanted: impl Fn(&ItemRecord) -> bool) -> Vec<u64> {
        self.items.iter().filter(|(_, item)| is_wanted(item)).map(|(id, _)| *id).collect()
    }

    pub(crate) fn unread(&self) -> Vec<u64> {
        self.ids(|item| !item.is_read)
    }

    pub(crate) fn starred(&self) -> Vec<u64> {
        self.ids(|item| item.is_starred)
    }

    /// The server is set up anew with the same feeds: its items get other ids.
    pub(crate) fn renumber(&mut self) {
        let shift = 77_000_000;
        self.items = std::mem::take(&mut self.items).into_iter().map(|(id, item)| (id + shift, item)).collect();
    }

    /// The session ends: whoever was logged in has to do it again.
    pub(crate) fn end_session(&mut self) {
        let number = self.session.rsplit('-').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        self.session = format!("session-{}", number + 1);
    }

    /// The token for changes is refused from now on; another one is given.
    pub(crate) fn end_token(&mut self) {
        let number = self.token.rsplit('-').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        self.token = format!("token-{}", number + 1);
    }
}
