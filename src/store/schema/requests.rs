//! Requests that outlive a run: look-ups to be tried again, and what hosts with a limit were sent.

pub(super) const VERSION_14: &str = "
CREATE TABLE lookups (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE host_requests (
    host TEXT NOT NULL,
    at INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (host, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE host_holds (
    host TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";
