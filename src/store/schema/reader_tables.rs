//! The reader's own: an order of the sources, options for single ones, tags and notes.

pub(super) const VERSION_12: &str = "
ALTER TABLE subscriptions ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE subscriptions ADD COLUMN removed_at INTEGER;
UPDATE subscriptions SET position = source_id;
CREATE TABLE tags (
    tag TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    tagged_at INTEGER NOT NULL,
    PRIMARY KEY (tag, article_id)
) STRICT;
CREATE INDEX tags_article ON tags (article_id);
CREATE TABLE notes (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    note TEXT NOT NULL,
    noted_at INTEGER NOT NULL
) STRICT;
";
