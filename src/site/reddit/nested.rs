//! Reddit threads as collectors of texts store them: objects by id, without votes and times.

use super::{ListingReader, bare, is_taken_away, thread_at, words};
use crate::domain::article::Article;
use crate::domain::rank::Rank;
use crate::domain::text::clean_line;
use crate::domain::thread::Comment;
use crate::format::fields::label;
use crate::format::json::Value;

/// True if a value holds threads by their ids.
pub(super) fn is_nested(value: Value<'_>) -> bool {
    value.is_object() && value.members().next().is_some_and(|(_, first)| is_thread(first))
}

fn is_thread(value: Value<'_>) -> bool {
    let address = value.text("url").and_then(thread_at);
    value.get("comments").is_some_and(Value::is_object) && address.is_some()
}

/// Takes in every thread that stands in a value.
pub(super) fn read(reader: &mut ListingReader, value: Value<'_>) {
    for (key, post) in value.members() {
        if !is_thread(post) {
            *reader.foreign.entry("none".to_owned()).or_default() += 1;
            continue;
        }
        let url = post.text("url").unwrap_or_default();
        let short = thread_at(url).unwrap_or_default();
        let at = reader.thread(Some(short.rsplit('/').next().unwrap_or(bare(key))));
        let subreddit = url.split_once("/r/").and_then(|(_, rest)| rest.split('/').next());
        let thread = &mut reader.threads[at];
        thread.subreddit = label(subreddit);
        thread.gathered.article = Article {
            title: clean_line(&words::unescaped(post.text("title").unwrap_or_default())),
            byline: author(post),
            url: Some(clean_line(&short)),
            body: words::document(post.text("body"), None),
            ..Article::default()
        };
        thread.url = short;
        let mut ahead: Vec<(&str, Value<'_>, Option<&str>)> = Vec::new();
        ahead.extend(below(post).map(|(id, comment)| (id, comment, None)));
        ahead.reverse();
        while let Some((id, value, parent)) = ahead.pop() {
            let from = ahead.len();
            ahead.extend(below(value).map(|(own, answer)| (own, answer, Some(id))));
            ahead[from..].reverse();
            let text = value.text("body");
            let is_gone = text.is_some_and(is_taken_away);
            let comment = Comment {
                id: bare(id).into(),
                author: author(value),
                rank: if is_gone { Rank::Removed } else { Rank::Unrated },
                url: label(Some(&format!("{}/_/{}", thread.url, bare(id)))),
                body: words::document(text, None).into(),
                ..Comment::default()
            };
            reader.twice += usize::from(!thread.gathered.push(comment, parent.map(|parent| bare(parent).into())));
        }
    }
}

fn below(value: Value<'_>) -> impl Iterator<Item = (&str, Value<'_>)> {
    value.get("comments").or_else(|| value.get("replies")).into_iter().flat_map(Value::members)
}

/// Collectors write "None" where there is no author.
fn author(value: Value<'_>) -> Option<crate::domain::text::CleanText> {
    label(value.text("author").filter(|name| !matches!(*name, "[deleted]" | "None")))
}
