//! Version 16: accounts on sync servers.

/// - `accounts` has one row for each account. `secret` is the program that tells the password, as JSON; empty where it is
///   kept in a file or the configuration: the store never holds one. `mark` is the server's own mark of what has come,
///   `mark_item` the item that it is of.
///   `held_until` is until when the server asked to be left alone.
/// - `account_feeds` tells which source a server's feed is. The source's subscription has an `address` that no local one can
///   have, and in `feed_address` where the server fetches it.
/// - `account_items` tells which entry an item of the server is, and what the server last said of it. Where an article is
///   read or starred otherwise, the reader changed it, and that is to be pushed: the difference is the queue. `doubt` has a bit for what was sent and not confirmed
///   (1 for read, 2 for starred): the server may have it or not, so that it is sent again as it is then.
/// - `account_edits` holds changes of subscriptions until the server has confirmed them.
pub(super) const VERSION_16: &str = "
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    api TEXT NOT NULL,
    base TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL DEFAULT '',
    is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    mark TEXT,
    mark_item TEXT,
    added_at INTEGER NOT NULL,
    asked_at INTEGER,
    answered_at INTEGER,
    held_until INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    hint TEXT,
    UNIQUE (api, base, user)
) STRICT;
CREATE TABLE account_feeds (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    feed TEXT NOT NULL,
    source_id INTEGER NOT NULL UNIQUE REFERENCES sources (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, feed)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_items (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    item TEXT NOT NULL,
    entry_id INTEGER REFERENCES entries (id) ON DELETE SET NULL,
    read INTEGER NOT NULL CHECK (read IN (0, 1)),
    starred INTEGER NOT NULL CHECK (starred IN (0, 1)),
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt BETWEEN 0 AND 3),
    PRIMARY KEY (account_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_items_entry ON account_items (entry_id, account_id) WHERE entry_id IS NOT NULL;
CREATE INDEX account_items_doubt ON account_items (account_id) WHERE doubt > 0;
CREATE INDEX account_items_starred ON account_items (account_id) WHERE starred = 1;
CREATE TABLE account_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    feed TEXT NOT NULL,
    first TEXT,
    second TEXT
) STRICT;
ALTER TABLE subscriptions ADD COLUMN account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL;
ALTER TABLE subscriptions ADD COLUMN feed_address TEXT;
";
