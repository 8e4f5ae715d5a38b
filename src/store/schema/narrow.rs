//! Version 15: rows that are written often stand close together, so that few pages of the file are written for many.

/// - `host` is a hash of the host of an entry's address ([`super::super::ingest::Fingerprint`]), 0 where it is not known:
///   entries of versions before, until another entry comes to their address. The hashes of addresses are scattered over
///   all of their index; behind the host, those of one feed are neighbours.
/// - `polls` holds what every answer of a subscription changes, though it brings nothing new.
pub(super) const VERSION_15: &str = "
ALTER TABLE entries ADD COLUMN host INTEGER NOT NULL DEFAULT 0;
DROP INDEX entries_address;
CREATE INDEX entries_address ON entries (host, address, source_id) WHERE address IS NOT NULL;
CREATE TABLE polls (
    source_id INTEGER PRIMARY KEY REFERENCES subscriptions (source_id) ON DELETE CASCADE,
    asked_at INTEGER,
    answered_at INTEGER,
    due_at INTEGER
) STRICT;
INSERT INTO polls SELECT source_id, asked_at, answered_at, due_at FROM subscriptions;
ALTER TABLE subscriptions DROP COLUMN asked_at;
ALTER TABLE subscriptions DROP COLUMN answered_at;
ALTER TABLE subscriptions DROP COLUMN due_at;
";
