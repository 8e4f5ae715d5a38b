mod agreement;

use super::*;
use crate::cli::json;
use crate::cli::thread_options::ViewArgs;
use crate::domain::article::{Page, Source};
use crate::domain::order::Order;
use crate::domain::rank::{Hundredths, Rank, Scale};
use crate::domain::text::{Block, Link, LinkId, Span, clean, clean_line};
use crate::domain::thread::{Comment, CommentIdx, Discussion};
use crate::domain::time::{Date, utc};
use crate::store::{ArticleId, CommentState};

fn day(year: i32, month: u32, day: u32) -> Option<When> {
    Date::new(year, month, day).map(When::Day)
}

fn comment(id: &str, parent: Parent, rank: Rank, text: &str) -> Comment {
    Comment { id: id.into(), parent, rank, posted: day(2011, 6, 4), body: Document::plain([text]).into(), ..Comment::default() }
}

fn stars(mean: u16, votes: u32) -> Rank {
    Rank::Stars { mean: Hundredths(mean), votes }
}

fn sheet() -> Sheet {
    let linked = Span { text: clean("the report"), link: Some(LinkId(0)), ..Span::default() };
    let body = Document {
        blocks: vec![
            Block::Paragraph(vec![Span::plain("They read "), linked, Span::plain(".")]),
            Block::Heading { level: 2, spans: vec![Span::plain("After that")] },
            Block::Quote(vec![Block::Paragraph(vec![Span::plain("Said once.")])]),
            Block::List { start: Some(3), items: vec![vec![Block::Paragraph(vec![Span::plain("third")])]] },
            Block::Code { language: Some(clean_line("rust")), text: clean("let x = 1;") },
            Block::Image { link: LinkId(1), alt: clean_line("A field") },
            Block::Rule,
        ],
        links: vec![Link::new("https://example.org/report"), Link::new("https://example.org/field.png")],
    };
    let story = |title: &str, teaser: Option<&str>| Related {
        title: clean_line(title),
        published: day(2010, 9, 15),
        teaser: teaser.map(clean_line),
        url: None,
    };
    let first = |at| Parent::Of(CommentIdx(at));
    let page = Discussion {
        place: clean_line("page"),
        scale: Scale::Stars { max: Hundredths(500) },
        comments: vec![
            Comment { author: Some(clean_line("reader7")), ..comment("a", Parent::Root, stars(100, 4), "A poor root.") },
            comment("b", first(0), stars(450, 8), "A good reply."),
            comment("c", Parent::Guessed(CommentIdx(1)), Rank::Unrated, "Perhaps a reply."),
            comment("d", Parent::Root, stars(150, 2), "Below."),
            comment("e", first(3), stars(100, 1), "Below that."),
            comment("f", Parent::Missing, Rank::Removed, "Gone."),
            comment("g", Parent::Root, stars(330, 3), "In the middle, and a little too long for one line of this width."),
        ],
        ..Discussion::default()
    };
    let places = Discussion {
        place: clean_line("hacker news"),
        url: Some(clean_line("https://example.org/item")),
        scale: Scale::Position,
        comments: vec![
            comment("1", Parent::Root, Rank::Position { nth: 2, of: 2 }, "Second."),
            comment("2", Parent::Root, Rank::Position { nth: 1, of: 2 }, "First."),
        ],
        ..Discussion::default()
    };
    let states = vec![CommentState { own_rating: 5, seen: true, ..CommentState::default() }; 7];
    Sheet {
        id: Some(ArticleId(1)),
        article: Article {
            title: clean_line("A headline"),
            byline: Some(clean_line("Field Desk")),
            published: day(2011, 6, 4),
            url: Some(clean_line("https://example.org/")),
            body,
            explore_further: Some(story("What came before", None)),
            related: vec![story("A related story", Some("Its teaser says a little more than the title does, and wraps."))],
            ..Article::default()
        },
        source: Source { key: clean_line("example"), title: clean_line("Example") },
        read: false,
        starred: true,
        edited_at: None,
        previous: None,
        own_rating: 0,
        tags: Vec::new(),
        note: None,
        texts: Vec::new(),
        sources: Vec::new(),
        discussions: vec![(page, states), (places, Vec::new())],
    }
}

fn wish(bar: &str, floor: &str) -> ViewArgs {
    let order = Some(Order::Oldest);
    ViewArgs { bar: bar.parse().unwrap(), floor: floor.parse().unwrap(), order, ..ViewArgs::default() }
}

fn text(look: OutputStyle, wish: &ViewArgs) -> String {
    let sheet = sheet();
    let discussions = arranged(sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..])), wish).unwrap();
    let mut out = Vec::new();
    Writer { out: &mut out, look, columns: 50, zone: utc, now: Timestamp(1_310_000_000) }.sheet(&sheet, &discussions).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_page_stands_in_reading_order() {
    insta::assert_snapshot!(text(OutputStyle::default(), &wish("3", "2")), @r#"
    A headline
    June 4, 2011 · Field Desk · Example · 1 min ·
    starred
    https://example.org/

    They read the report[1].

    After that

    ▎ Said once.

    3. third

      let x = 1;

    [image: A field][2]

    ──────────────────────────────────────────────────

    [1] https://example.org/report
    [2] https://example.org/field.png

    Explore further: What came before

    Related stories
      A related story · September 15, 2010
        Its teaser says a little more than the title
        does, and wraps.

    Comments 7 · page · stars to 5 · oldest first ·
    threaded · bar 3 · floor 2
    3 open · 1 line · 3 folded of 7 · 1 unrated

    reader7 · 1 / 5 (4) · Jun 4 · yours 5  A poor roo…

      reply to reader7 · 4.5 / 5 (8) · June 4, 2011 ·
      yours 5 · level 2
      A good reply.

        ≈ perhaps a reply · not rated yet · June 4,
        2011 · yours 5 · level 3
        Perhaps a reply.

    ··· 3 below 2

    3.3 / 5 (3) · June 4, 2011 · yours 5
    In the middle, and a little too long for one line
    of this width.

    Comments 2 · hacker news · ranked by position ·
    oldest first · threaded · bar off
    2 open · 0 lines · 0 folded of 2 · 0 unrated
    https://example.org/item

    place 2 of 2 · June 4, 2011
    Second.

    place 1 of 2 · June 4, 2011
    First.
    "#);
}

#[test]
fn ascii_and_flat_need_no_other_letters() {
    let text = text(OutputStyle { ascii: true, ..OutputStyle::default() }, &ViewArgs { flat: true, ..wish("20%", "off") });
    assert!(text.is_ascii(), "{text}");
    assert!(!text.contains('~'), "flat shows no guesses: {text}");
}

#[test]
fn every_comment_is_there_or_counted() {
    let text = text(OutputStyle::default(), &wish("off", "off"));
    for opening in ["A poor root.", "A good reply.", "Perhaps", "Below.", "Below that.", "Gone.", "of this width.", "Second."] {
        assert!(text.contains(opening), "{opening}: {text}");
    }
}

#[test]
fn json_is_as_promised() {
    let sheet = sheet();
    let wish = wish("3", "2");
    let discussions = arranged(sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..])), &wish).unwrap();
    let json = serde_json::to_string_pretty(&json::PageJson::new(&sheet, &discussions)).unwrap();
    let compact = json.replace("\n          ", " ").replace("  ", " ");
    insta::assert_snapshot!(compact, @r#"
    {
     "id": 1,
     "title": "A headline",
     "byline": "Field Desk",
     "published": "2011-06-04",
     "url": "https://example.org/",
     "source": "Example",
     "read": false,
     "starred": true,
     "body": [
      {
       "kind": "paragraph",
       "text": "They read the report."
      },
      {
       "kind": "heading",
       "level": 2,
       "text": "After that"
      },
      {
       "kind": "quote",
       "blocks": [
        { "kind": "paragraph", "text": "Said once."
        }
       ]
      },
      {
       "kind": "list",
       "start": 3,
       "items": [
        [ {  "kind": "paragraph",  "text": "third" }
        ]
       ]
      },
      {
       "kind": "code",
       "language": "rust",
       "text": "let x = 1;"
      },
      {
       "kind": "image",
       "alt": "A field",
       "url": "https://example.org/field.png"
      },
      {
       "kind": "rule"
      }
     ],
     "enclosures": [],
     "explore_further": {
      "title": "What came before",
      "url": null
     },
     "related": [
      {
       "title": "A related story",
       "published": "2010-09-15",
       "teaser": "Its teaser says a little more than the title does, and wraps.",
       "url": null
      }
     ],
     "recommended": [],
     "texts": [],
     "sources": [
      "Example"
     ],
     "discussions": [
      {
       "place": "page",
       "url": null,
       "scale": {
        "kind": "stars",
        "max": 5
       },
       "order": "oldest",
       "bar": 3,
       "floor": 2,
       "complete": false,
       "missing": 0,
       "counts": {
        "total": 7,
        "open": 3,
        "lines": 1,
        "folded": 3,
        "unrated": 1
       },
       "comments": [
        { "id": "a", "parent": null, "guessed_parent": false, "depth": 0, "author": "reader7", "posted": "2011-06-04", "rank": {  "stars": 1,  "votes": 4 }, "shown": "line", "text": "A poor root."
        },
        { "id": "b", "parent": "a", "guessed_parent": false, "depth": 1, "author": null, "posted": "2011-06-04", "rank": {  "stars": 4.5,  "votes": 8 }, "shown": "open", "text": "A good reply."
        },
        { "id": "c", "parent": "b", "guessed_parent": true, "depth": 2, "author": null, "posted": "2011-06-04", "rank": null, "shown": "open", "text": "Perhaps a reply."
        },
        { "id": "d", "parent": null, "guessed_parent": false, "depth": 0, "author": null, "posted": "2011-06-04", "rank": {  "stars": 1.5,  "votes": 2 }, "shown": "folded", "text": "Below."
        },
        { "id": "e", "parent": "d", "guessed_parent": false, "depth": 1, "author": null, "posted": "2011-06-04", "rank": {  "stars": 1,  "votes": 1 }, "shown": "folded", "text": "Below that."
        },
        { "id": "f", "parent": null, "guessed_parent": false, "depth": 0, "author": null, "posted": "2011-06-04", "rank": {  "removed": true }, "shown": "folded", "text": "Gone."
        },
        { "id": "g", "parent": null, "guessed_parent": false, "depth": 0, "author": null, "posted": "2011-06-04", "rank": {  "stars": 3.3,  "votes": 3 }, "shown": "open", "text": "In the middle, and a little too long for one line of this width."
        }
       ]
      },
      {
       "place": "hacker news",
       "url": "https://example.org/item",
       "scale": {
        "kind": "place"
       },
       "order": "oldest",
       "bar": null,
       "floor": null,
       "complete": false,
       "missing": 0,
       "counts": {
        "total": 2,
        "open": 2,
        "lines": 0,
        "folded": 0,
        "unrated": 0
       },
       "comments": [
        { "id": "1", "parent": null, "guessed_parent": false, "depth": 0, "author": null, "posted": "2011-06-04", "rank": {  "place": 2,  "of": 2 }, "shown": "open", "text": "Second."
        },
        { "id": "2", "parent": null, "guessed_parent": false, "depth": 0, "author": null, "posted": "2011-06-04", "rank": {  "place": 1,  "of": 2 }, "shown": "open", "text": "First."
        }
       ]
      }
     ]
    }
    "#);
}

#[test]
fn json_of_every_rank() {
    let ranks =
        [Rank::Points { net: 12, split: Some((14, 2)) }, Rank::Points { net: -3, split: None }, Rank::Likes(3), Rank::Withheld];
    let comments = ranks.map(|rank| comment("x", Parent::Root, rank, ""));
    let discussion = Discussion { scale: Scale::Points, comments: comments.into(), ..Discussion::default() };
    let page = Page { article: Article::default(), source: sheet().source, discussions: vec![discussion] };
    let sheet = Sheet::from(page);
    let discussions =
        arranged(sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..])), &wish("off", "off")).unwrap();
    let json = serde_json::to_value(json::PageJson::new(&sheet, &discussions)).unwrap();
    let ranks: Vec<String> =
        json["discussions"][0]["comments"].as_array().unwrap().iter().map(|comment| comment["rank"].to_string()).collect();
    insta::assert_snapshot!(ranks.join("\n"), @r#"
    {"down":2,"points":12,"up":14}
    {"points":-3}
    {"likes":3}
    {"withheld":true}
    "#);
    assert!(json["id"].is_null());
}
