//! Texts too large to read between a key and its frame. Content decides how large a text is.

use std::io::Read;

use flate2::read::DeflateDecoder;
use rusqlite::Result;

use super::body;
use super::columns::{ReadColumn as _, read_bytes};
use super::{ArticleId, DiscussionId, Store, StoreError};

/// Texts of more bytes than this are read beside the reader.
const LARGE: usize = 256 << 10;

impl Store {
    /// True if an article's texts and extras are large. The check takes the same time for any size.
    pub fn is_large_article(&self, id: ArticleId) -> Result<bool, StoreError> {
        self.ask("looking at an article's size", |conn| {
            let mut statement = conn.prepare_cached(
                "WITH texts (encoding, body) AS (
                     SELECT encoding, body FROM article_bodies WHERE article_id = ?1
                     UNION ALL SELECT related_encoding, related FROM article_bodies WHERE article_id = ?1
                     UNION ALL SELECT encoding, body FROM previous_texts WHERE article_id = ?1
                     UNION ALL SELECT c.encoding, c.body FROM entries e CROSS JOIN entry_contents c ON c.entry_id = e.id
                               WHERE e.article_id = ?1)
                 SELECT encoding, octet_length(body), CASE WHEN octet_length(body) <= ?2 THEN body ELSE x'' END FROM texts",
            )?;
            let mut texts = statement.query((id.0, LARGE as i64))?;
            let mut left = LARGE;
            while let Some(row) = texts.next()? {
                let stored = row.read::<i64>(1).map(|bytes| usize::try_from(bytes).unwrap_or(0))?;
                let size = if stored <= left && body::is_deflated(row.read(0)?) {
                    unfolded(read_bytes(row, 2)?, left)
                } else {
                    stored
                };
                if size > left {
                    return Ok(true);
                }
                left -= size;
            }
            Ok(false)
        })
    }

    /// True if a discussion's comments are large in total.
    pub fn is_large_discussion(&self, id: DiscussionId) -> Result<bool, StoreError> {
        self.ask("looking at a discussion's size", |conn| {
            let sum = "SELECT total(octet_length(body)) > ?2 FROM comments WHERE discussion_id = ?1";
            conn.prepare_cached(sum)?.query_row((id.0, 4 * LARGE as i64), |row| row.read(0))
        })
    }
}

/// How many bytes are packed here; somewhat more than `limit` stands for all that is more.
fn unfolded(packed: &[u8], limit: usize) -> usize {
    let mut bytes = DeflateDecoder::new(packed).take(limit as u64 + 1);
    // Unreadable text is replaced by a short notice.
    std::io::copy(&mut bytes, &mut std::io::sink()).map_or(0, |read| read as usize)
}

#[cfg(test)]
mod tests {
    use super::super::{Store, StoredArticle};
    use crate::domain::article::{Article, Page, Source};
    use crate::domain::text::{Document, clean_line};
    use crate::domain::thread::{Comment, Discussion};
    use crate::domain::time::Timestamp;

    fn saved(store: &mut Store, text: &str, comment: &str) -> StoredArticle {
        let source = Source { key: clean_line("s"), title: clean_line("S") };
        let article = Article { title: clean_line(&text[..4]), body: Document::plain([text]), ..Article::default() };
        let comment = Comment { id: "1".into(), body: Document::plain([comment]).into(), ..Comment::default() };
        let discussion = Discussion { comments: vec![comment], ..Discussion::default() };
        let page = Page { article, source, discussions: vec![discussion] };
        let id = store.save(&page, Timestamp(0)).unwrap().id;
        store.article(id).unwrap().unwrap()
    }

    #[test]
    fn a_text_is_large_however_well_it_packs() {
        let mut store = Store::in_memory().unwrap();
        let cases = [("word ".repeat(100_000), true), ("a text ".to_owned(), false)];
        for (text, is_large) in cases {
            let article = saved(&mut store, &text, "short");
            assert_eq!(store.is_large_article(article.id).unwrap(), is_large);
            assert!(!store.is_large_discussion(article.discussions[0].id).unwrap());
        }
        let article = saved(&mut store, "other text", &"word ".repeat(400_000));
        assert!(store.is_large_discussion(article.discussions[0].id).unwrap());
        assert!(!store.is_large_article(article.id).unwrap());
    }
}
