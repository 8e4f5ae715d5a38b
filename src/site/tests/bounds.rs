//! Input is bounded where it comes in, in every format; cuts and omissions are counted in the notes.

use super::*;
use crate::domain::article::Article;
use crate::domain::text::clean_line;
use crate::domain::thread::Parent;
use crate::format::bounds::{Bounds, MAX_COMMENTS, MAX_LISTED};
use crate::format::jsonl;

fn origin() -> Origin<'static> {
    Origin { name: "https://a.example/feed", now: Timestamp(1_700_000_000) }
}

fn told(notes: &[CleanText], part: &str) -> bool {
    notes.iter().any(|note| note.contains(part))
}

/// Text and lists of a page that are longer than any of an article should be.
fn check(pages: &[Page], notes: &[CleanText], what: &str) {
    let article = &pages[0].article;
    assert!(article.title.len() <= 2048 && article.title.ends_with('…'), "{what}: title of {} bytes", article.title.len());
    assert!(article.byline.as_ref().is_none_or(|byline| byline.len() <= 2048), "{what}: byline");
    assert!(article.url.as_ref().is_none_or(|url| url.len() <= 8192), "{what}: address");
    for listed in [article.categories.len(), article.enclosures.len(), article.chapters.len(), article.related.len()] {
        assert!(listed <= MAX_LISTED, "{what}: {listed} entries");
    }
    assert!(article.body.links.iter().all(|link| link.address.len() <= 8192), "{what}: a link");
    assert!(told(notes, "longer than 2 KiB cut"), "{what}: {notes:?}");
}

#[test]
fn titles_names_addresses_and_lists_of_every_format_have_a_bound() {
    let (long, far) = ("word ".repeat(2000), format!("https://a.example/{}", "p".repeat(9000)));
    let tags: String = (0..3000).map(|n| format!("<category>t{n}</category>")).collect::<Vec<_>>().concat();
    let files: String = (0..3000)
        .map(|n| format!("<enclosure url='https://a.example/{n}' type='audio/mpeg' length='1'/>"))
        .collect::<Vec<_>>()
        .concat();
    let json_tags: Vec<String> = (0..3000).map(|n| format!("\"t{n}\"")).collect();
    let json_tags = json_tags.join(",");
    let rss = format!(
        "<rss><channel><title>{long}</title><item><title>{long}</title><link>{far}</link><author>{long}</author>{tags}{files}\
         <description>&lt;a href='{far}'&gt;x&lt;/a&gt;</description></item></channel></rss>"
    );
    let json_feed = format!(
        r#"{{"version":"https://jsonfeed.org/version/1.1","title":"f","items":[{{"id":"1","title":"{long}","url":"{far}",
            "authors":[{{"name":"{long}"}}],"tags":[{json_tags}],"content_html":"<a href='{far}'>x</a>"}}]}}"#
    );
    let page = format!(
        "<html><head><title>{long}</title></head><body><article><h1>{long}</h1><p>{long}<a href='{far}'>x</a></p></article></body></html>"
    );
    let hacker_news =
        format!(r#"{{"id":1,"type":"story","title":"{long}","url":"{far}","author":"{long}","created_at_i":1,"children":[]}}"#);
    for (what, text) in [("RSS", rss), ("JSON Feed", json_feed), ("HTML", page), ("Hacker News", hacker_news)] {
        let parsed = read(text.as_bytes(), &origin()).unwrap();
        check(&parsed.pages, &parsed.notes, what);
        let lists = what == "RSS" || what == "JSON Feed";
        assert_eq!(told(&parsed.notes, "of long lists left out"), lists, "{what}: {:?}", parsed.notes);
        assert!(told(&parsed.notes, "longer than 8 KiB left out"), "{what}: {:?}", parsed.notes);
    }
    let mut bounds = Bounds::default();
    let line = format!(r#"{{"title":"{long}","url":"{far}","author":"{long}","tags":[{json_tags}],"text":"x"}}"#);
    let page = jsonl::read(&line, &mut bounds).unwrap();
    check(&[page], &bounds.notes(), "JSON lines");
}

#[test]
fn a_list_of_many_names_takes_linear_time() {
    // With a look through all names for each, these would be thousands of millions of comparisons.
    let keywords: String = (0..120_000).map(|n| format!("k{n},")).collect::<Vec<_>>().concat();
    let authors: String = (0..60_000).map(|n| format!("<dc:creator>a{n}</dc:creator>")).collect::<Vec<_>>().concat();
    let rss = format!(
        "<rss><channel><item><title>t</title>{authors}<itunes:keywords>{keywords}</itunes:keywords></item></channel></rss>"
    );
    let parsed = read(rss.as_bytes(), &origin()).unwrap();
    assert_eq!(parsed.pages[0].article.categories.len(), MAX_LISTED);
    assert!(told(&parsed.notes, "119000 entries of long lists left out"), "{:?}", parsed.notes);
}

/// A thread of Hacker News with so many comments, each answering the one before it in the list that `order` gives.
fn thread(comments: usize, text: &str) -> String {
    let all: Vec<String> = (0..comments)
        .map(|n| format!(r#"{{"id":{},"type":"comment","author":"a","text":"{text}","parent_id":1,"children":[]}}"#, n + 2))
        .collect();
    format!(r#"{{"id":1,"type":"story","title":"T","author":"b","created_at_i":1,"children":[{}]}}"#, all.join(","))
}

#[test]
fn the_text_of_a_comment_has_a_bound_and_says_where_it_was_cut() {
    let text = thread(1, &"words ".repeat(400_000));
    let check = |pages: &[Page]| {
        let body = pages[0].discussions[0].comments[0].body.text().into_owned();
        assert!(body.len() <= 1 << 20, "{} bytes", body.len());
        assert!(body.ends_with("of this text were left out: it is longer than Gleaner keeps]"));
    };
    let parsed = read(text.as_bytes(), &origin()).unwrap();
    check(&parsed.pages);
    assert!(told(&parsed.notes, "1 comment longer than 1 MiB cut"), "{:?}", parsed.notes);
}

#[test]
fn comments_beyond_the_bound_count_as_missing() {
    let parsed = read(thread(MAX_COMMENTS + 5, "x").as_bytes(), &origin()).unwrap();
    let discussion = &parsed.pages[0].discussions[0];
    assert_eq!((discussion.comments.len(), discussion.missing(), discussion.complete), (MAX_COMMENTS, 5, false));
    assert!(told(&parsed.notes, "5 comments left out"), "{:?}", parsed.notes);
}

#[test]
fn a_comment_whose_parent_was_left_out_awaits_it() {
    use crate::domain::thread::{Comment, CommentIdx, Discussion};
    let comment = |n: usize| Comment { id: n.to_string().into(), ..Comment::default() };
    let mut comments: Vec<Comment> = (0..=MAX_COMMENTS).map(comment).collect();
    comments[3].parent = Parent::Of(CommentIdx(MAX_COMMENTS as u32));
    let discussion = Discussion { comments, ..Discussion::default() };
    let source = crate::domain::article::Source { key: clean_line("s"), title: clean_line("S") };
    let mut pages = [Page { article: Article::default(), source, discussions: vec![discussion] }];
    Bounds::default().keep_pages(&mut pages);
    let answer = &pages[0].discussions[0].comments[3];
    assert_eq!((answer.parent, answer.awaits.as_deref()), (Parent::Missing, Some("100000")));
}

#[test]
fn a_list_of_subscriptions_is_read_up_to_a_number_and_the_rest_is_counted() {
    const MORE: usize = 200_007;
    let outlines: String = (0..MORE).map(|n| format!("<outline xmlUrl='http://a/{n}'/>")).collect::<Vec<_>>().concat();
    let opml = format!("<opml><body>{outlines}</body></opml>");
    // The `opml` and its `body` are elements, too.
    let parsed = read(opml.as_bytes(), &origin()).unwrap();
    assert_eq!(parsed.subscriptions.len(), 200_000 - 2);
    assert!(told(&parsed.notes, "9 elements left out: the first 200000 of a list are read"), "{:?}", parsed.notes);
    let urls: String = (0..MORE).map(|n| format!("http://a/{n}\n")).collect::<Vec<_>>().concat();
    let parsed = read(urls.as_bytes(), &Origin { name: "urls", ..origin() }).unwrap();
    assert_eq!(parsed.subscriptions.len(), 200_000);
    assert!(told(&parsed.notes, "7 lines left out: the first 200000 of a list are read"), "{:?}", parsed.notes);
}

#[test]
fn notes_on_one_file_have_a_bound() {
    let queries: String = (0..5000).map(|n| format!("\"query:Q{n}:nothing\"\n")).collect::<Vec<_>>().concat();
    let parsed = read(queries.as_bytes(), &Origin { name: "urls", ..origin() }).unwrap();
    assert!(parsed.notes.len() <= 101, "{} notes", parsed.notes.len());
    assert!(told(&parsed.notes, "4950 more lines not taken"), "{:?}", parsed.notes.last());
}
