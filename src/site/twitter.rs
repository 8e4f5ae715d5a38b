//! Archives of Twitter (X), as it gives them to their owners: scripts that hold the owner's own posts. A post is an article,
//! the owner's answers to it are its comments; what others answered is in no archive.

use std::collections::HashMap;

use super::Site;
use crate::domain::article::{Article, Page, Source};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::When;
use crate::format::Origin;
use crate::format::fields::{iso, label, written_date};
use crate::format::html::{self, escaped};
use crate::format::json::{JsonPieces, Value};
use crate::site::page_builder::{Gathered, Tally};

pub(super) struct Twitter;

impl Site for Twitter {
    fn id(&self) -> SiteId {
        SiteId::new("twitter")
    }

    fn name(&self) -> &'static str {
        "Twitter"
    }

    fn file_label(&self) -> &'static str {
        "Twitter archive"
    }

    fn owns_json(&self, value: Value<'_>) -> bool {
        post_of(value).is_some()
    }

    fn read_json(&self, json: JsonPieces<'_>, _: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
        read_pages(json)
    }

    fn other_json(&self, value: Value<'_>) -> Option<&'static str> {
        const PARTS: &[&str] = &["account", "like", "follower", "following", "dmConversation", "profile", "deletedTweet"];
        let is_part = |key: &&str| value.get(key).is_some_and(Value::is_object) && value.members().count() == 1;
        PARTS.iter().any(is_part).then_some("a part of a Twitter archive that holds no posts")
    }

    fn comment_address(&self, _: &str, id: &str) -> Option<String> {
        Some(address(id))
    }
}

fn address(id: &str) -> String {
    format!("https://twitter.com/i/status/{id}")
}

/// A post, alone or in its frame.
fn post_of(value: Value<'_>) -> Option<Value<'_>> {
    let post = value.get("tweet").unwrap_or(value);
    let text = post.get("full_text").or_else(|| post.get("text"));
    (post.get("id_str").is_some() && text.is_some() && post.get("created_at").is_some()).then_some(post)
}

fn read_pages(json: JsonPieces<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let mut tally = Tally::default();
    let mut posts: Vec<(&str, Value<'_>)> = Vec::new();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for value in json.each() {
        let Some((post, id)) = post_of(value).and_then(|post| Some((post, post.text("id_str")?))) else {
            tally.foreign += 1;
            continue;
        };
        if by_id.insert(id, posts.len()).is_some() {
            tally.twice += 1;
            continue;
        }
        posts.push((id, post));
    }
    // Archives begin with what is newest, and ids grow.
    posts.sort_by_key(|(id, _)| (id.len(), *id));
    let known: HashMap<&str, usize> = posts.iter().enumerate().map(|(n, (id, _))| (*id, n)).collect();
    let mut threads: Vec<(&str, Gathered)> = Vec::new();
    // By post: the thread that it stands in. A post comes after the one that it answers.
    let mut thread_of: Vec<usize> = Vec::with_capacity(posts.len());
    let mut to_others = 0;
    for (n, (id, post)) in posts.iter().enumerate() {
        let answered = post.text("in_reply_to_status_id_str");
        match answered.and_then(|above| known.get(above)).filter(|above| **above < n) {
            Some(above) => {
                let at = thread_of[*above];
                let parent = answered.filter(|answered| *answered != threads[at].0);
                threads[at].1.push(comment(*post, id), parent.map(Into::into));
                thread_of.push(at);
            }
            None => {
                to_others += usize::from(answered.is_some());
                thread_of.push(threads.len());
                threads.push((id, Gathered::new(article(*post, id))));
            }
        }
    }
    let source = || Source { key: clean_line("twitter"), title: clean_line("Twitter") };
    let page = |(id, gathered): (&str, Gathered)| {
        gathered.into_page(source(), Some(&Twitter), Scale::Likes, &address(id), SiteCount::Unknown)
    };
    let pages = threads.into_iter().map(page).collect();
    let mut notes = tally.notes();
    if to_others > 0 {
        notes.push(clean_line(&format!("{} to posts that are not in this file", plural(to_others as u64, "answer"))));
    }
    (pages, notes)
}

fn posted(post: Value<'_>) -> Option<When> {
    let text = post.text("created_at")?;
    iso(Some(text)).or_else(|| written_date(text))
}

fn author(post: Value<'_>) -> Option<CleanText> {
    label(post.at(&["user", "screen_name"]).and_then(Value::str))
}

/// The words, with the addresses that the short ones in them lead to.
fn words(post: Value<'_>) -> Document {
    let text = post.text("full_text").or_else(|| post.text("text")).unwrap_or_default();
    // The three characters that come escaped.
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let mut source = escaped(&text).replace('\n', "<br>");
    for link in post.at(&["entities", "urls"]).into_iter().flat_map(Value::items) {
        if let (Some(short), Some(long)) = (link.text("url"), link.text("expanded_url")) {
            let shown = link.text("display_url").unwrap_or(long);
            source = source.replace(&escaped(short), &format!("<a href=\"{}\">{}</a>", escaped(long), escaped(shown)));
        }
    }
    html::to_document(&format!("<p>{source}</p>"), None)
}

fn article(post: Value<'_>, id: &str) -> Article {
    let body = words(post);
    Article {
        title: body.first_words(),
        byline: author(post),
        published: posted(post),
        url: label(Some(&address(id))),
        body,
        ..Article::default()
    }
}

fn comment(post: Value<'_>, id: &str) -> Comment {
    // The numbers are texts.
    let count = |key: &str| post.get(key).and_then(Value::i64).and_then(|count| u32::try_from(count).ok());
    Comment {
        id: id.into(),
        author: author(post),
        posted: posted(post),
        rank: count("favorite_count")
            .map_or(Rank::Unrated, |likes| Rank::Likes(likes.saturating_add(count("retweet_count").unwrap_or(0)))),
        body: words(post).into(),
        ..Comment::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::{Origin, Unreadable};
    use crate::site::read;
    use crate::site::tests::live::facts;

    fn post(id: u32, more: &str) -> String {
        format!(
            r#"{{"tweet": {{"id_str": "{id}", "full_text": "Post {id} &amp; https://t.co/x", "created_at": "Wed Nov 04 10:00:{id} +0000 2020", "favorite_count": "3", "retweet_count": "1"{more},
            "entities": {{"urls": [{{"url": "https://t.co/x", "expanded_url": "https://owls.example/a", "display_url": "owls.example/a"}}]}}}}}}"#
        )
    }

    #[test]
    fn the_owners_answers_are_comments_on_what_they_answer() {
        let to = |id: &str| format!(r#", "in_reply_to_status_id_str": "{id}""#);
        let posts = [post(14, &to("13")), post(13, &to("11")), post(12, &to("99")), post(11, "")].join(",");
        for text in
            [format!("window.YTD.tweets.part0 = [ {posts} ]"), format!("var tweets = [{posts}];\n"), format!("[{posts}]")]
        {
            let parsed = read(text.as_bytes(), &Origin { name: "tweets.js", now: Timestamp(0) }).unwrap();
            assert_eq!((parsed.format.label(), parsed.pages.len()), ("Twitter archive", 2));
            let page = &parsed.pages[0];
            assert_eq!(
                (&*page.article.title, page.article.url.as_deref()),
                ("Post 11 & owls.example/a", Some("https://twitter.com/i/status/11"))
            );
            assert_eq!(page.article.body.links[0].address, "https://owls.example/a");
            assert_eq!(facts(&page.discussions[0]), "lacks 0: 13<Root 4, 14<13 4");
            assert_eq!(page.discussions[0].comments[0].posted.unwrap().to_string(), "2020-11-04T10:00:13Z");
            assert_eq!(parsed.notes, ["1 answer to posts that are not in this file"]);
        }
    }

    #[test]
    fn other_scripts_are_named_and_prose_stays_prose() {
        let read = |text: &str| read(text.as_bytes(), &Origin { name: "a.txt", now: Timestamp(0) });
        let found = |text: &str| read(text).err();
        let part = "a part of a Twitter archive that holds no posts";
        assert_eq!(found(r#"window.YTD.like.part0 = [{"like": {"tweetId": "1"}}]"#), Some(Unreadable::Unknown { found: part }));
        assert_eq!(found(r#"var x = {"a": 1};"#), Some(Unreadable::Unknown { found: "JSON" }));
        assert!(read("x = [1, 2] is how a list begins").is_ok());
        assert!(read("x = [1, 2]").is_ok());
    }
}
