//! Pages of Lemmy as a browser saves them: its web interface puts what it asked for into a script of the page.

use serde_json::Value as Written;

use super::Lemmy;
use crate::format::json::{Json, JsonPieces};
use crate::format::{Origin, Unreadable};
use crate::site::{SavedPage, Site, file_format};

const STORE: &str = "window.isoData";

/// Reads a post's page; none for any other page.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
    let (_, rest) = text.split_once(STORE)?;
    let json = rest.trim_start().strip_prefix('=')?.trim_start();
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Written>();
    let Some(Ok(store)) = values.next() else {
        return text.contains("lemmy").then_some(Err(Unreadable::Unknown { found: "a page of Lemmy whose data is cut" }));
    };
    let parts = store.get("routeData")?.as_object()?;
    // Since 0.19 each answer says how asking went.
    let answers = parts.values().map(|part| part.get("data").unwrap_or(part)).filter(|answer| answer.is_object());
    let text: Vec<String> = answers.map(ToString::to_string).collect();
    let json = Json::parse(&text.join("\n"));
    if !json.roots().any(|root| Lemmy.owns_json(root)) {
        return None;
    }
    let (pages, notes) = Lemmy.read_json(JsonPieces(&[&json]), origin);
    let page = pages.into_iter().find(|page| page.discussions.iter().any(|one| one.url.is_some()))?;
    Some(Ok(SavedPage { format: file_format(&Lemmy), page, notes }))
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::Origin;
    use crate::site::read;
    use crate::site::tests::live::facts;

    #[test]
    fn the_data_of_a_page_is_the_post_with_its_comments() {
        let post = r#"{"post": {"id": 5, "name": "Owls", "ap_id": "https://near.example/post/5", "published": "2026-01-01T00:00:00Z"}, "creator": {"name": "eva"}, "counts": {"score": 3, "comments": 2}}"#;
        let comment = |id: u32, path: &str| {
            format!(
                r#"{{"comment": {{"id": {id}, "post_id": 5, "content": "Words", "path": "{path}", "published": "2026-01-01T00:00:00Z", "ap_id": "https://near.example/comment/{id}"}},
                "creator": {{"name": "bob"}}, "post": {{"id": 5, "name": "Owls", "ap_id": "https://near.example/post/5"}}, "counts": {{"score": {id}, "upvotes": {id}, "downvotes": 0, "child_count": 0}}}}"#
            )
        };
        let comments = format!(r#"{{"comments": [{}, {}]}}"#, comment(7, "0.7"), comment(8, "0.7.8"));
        for routes in [
            format!(
                r#"{{"postRes": {{"state": "success", "data": {{"post_view": {post}}}}}, "commentsRes": {{"state": "success", "data": {comments}}}}}"#
            ),
            format!(r#"{{"postResponse": {{"post_view": {post}}}, "commentsResponse": {comments}}}"#),
        ] {
            let page = format!(
                r#"<!DOCTYPE html><html><head><title>Owls</title><script nonce="x">window.isoData = {{"path": "/post/5", "routeData": {routes}}}</script></head><body><div id="root">x</div></body></html>"#
            );
            let parsed = read(page.as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
            assert_eq!((parsed.format.label(), &*parsed.pages[0].article.title), ("Lemmy thread", "Owls"));
            assert_eq!(facts(&parsed.pages[0].discussions[0]), "whole: 7<Root 7, 8<7 8");
        }
    }
}
