//! Single lines and single parts; whole pages are in [`whole`].

#![allow(clippy::type_complexity)]

mod whole;

use super::head::{DumpHead, head};
use super::text::read_dump;
use super::*;
use crate::domain::article::{Page, Related};
use crate::domain::rank::Rank;
use crate::domain::text::Block;
use crate::domain::text::CleanText;
use crate::domain::thread::Parent;
use crate::domain::time::{DAY, Date, HOUR, MINUTE, Timestamp, When};
use crate::format::dateline::{byline, date, dateline};

const NOW: i64 = 1_574_208_000;

fn origin() -> Origin<'static> {
    Origin { name: "dump.txt", now: Timestamp(NOW) }
}

fn day(year: i32, month: u32, day: u32) -> Option<When> {
    Date::new(year, month, day).map(When::Day)
}

fn stars(hundredths: u16, votes: u32) -> Rank {
    Rank::Stars { mean: Hundredths(hundredths), votes }
}

#[test]
fn every_form_of_dateline_is_read() {
    let cases: &[(&str, Option<(i32, u32, u32)>, &str, &str, &str)] = &[
        ("June 4, 2011", Some((2011, 6, 4)), "", "", ""),
        ("June 4, 2011 by the editor", Some((2011, 6, 4)), "", "the editor", ""),
        ("September 1, 2014 report", Some((2014, 9, 1)), "report", "", ""),
        ("May 29, 2013 weblog by the editor", Some((2013, 5, 29)), "weblog", "the editor", ""),
        (
            "May 9, 2013 feature by the editor, Example Agency, Paris",
            Some((2013, 5, 9)),
            "feature",
            "the editor",
            "Example Agency, Paris",
        ),
        ("May 9, 2013 by the editor , Phys.org", Some((2013, 5, 9)), "", "the editor", "Phys.org"),
        ("June 4, 2011 was a fine day", None, "", "", ""),
        ("June 31, 2011", None, "", "", ""),
        ("June 4, 2011 bystanders saw it", None, "", "", ""),
        ("June 4 2011", None, "", "", ""),
    ];
    for (line, date, kind, author, organisation) in cases {
        let found = dateline(line, &origin());
        assert_eq!(found.is_some(), date.is_some(), "{line}");
        let Some(found) = found else { continue };
        let byline = found.byline.unwrap_or_default();
        let told = (found.kind.unwrap_or_default(), byline.author, byline.organisation.unwrap_or_default());
        assert_eq!(found.published, date.and_then(|(y, m, d)| day(y, m, d)));
        assert_eq!((&*told.0, &*told.1, &*told.2), (*kind, *author, *organisation), "{line}");
    }
}

#[test]
fn every_form_of_head_is_read() {
    let june = day(2011, 6, 4);
    let ago = |seconds: i64| Some(When::Instant(Timestamp(NOW - seconds)));
    let cases: &[(&[&str], Option<&str>, Rank, Option<When>, usize)] = &[
        (&["not rated yet Jun 04, 2011"], None, Rank::Unrated, june, 1),
        (&["Not rated yet. Jun 04, 2011"], None, Rank::Unrated, june, 1),
        (&["4.5 / 5 (8) Jun 04, 2011"], None, stars(450, 8), june, 1),
        (&["1 / 5 (1) 20 hours ago"], None, stars(100, 1), ago(20 * HOUR), 1),
        (&["5 / 5 (1,204) 1 minute ago"], None, stars(500, 1204), ago(60), 1),
        (&["2.3 / 5 (3) 3 days ago"], None, stars(230, 3), ago(3 * DAY), 1),
        (&["Rank: 3.7/5 after 3 votes Jun 04, 2011"], None, stars(370, 3), june, 1),
        (&["Rank: 5/5 after 1 vote Jun 04, 2011"], None, stars(500, 1), june, 1),
        (&["Rank: 4.5 / 5 (8) Jun 04, 2011"], None, stars(450, 8), june, 1),
        (&["night_reader 4.5 / 5 (8) Jun 04, 2011"], Some("night_reader"), stars(450, 8), june, 1),
        (&["Night Reader not rated yet Jun 04, 2011"], Some("Night Reader"), Rank::Unrated, june, 1),
        (&["night_reader - Jun 04, 2011", "Rank: 4.5 / 5 (8)"], Some("night_reader"), stars(450, 8), june, 2),
        (&["not rated yet", "Jun 04, 2011"], None, Rank::Unrated, june, 2),
        (&["Jun 04, 2011", head::REMOVED], None, Rank::Removed, june, 1),
        (&["night_reader Jun 04, 2011", "", head::REMOVED], Some("night_reader"), Rank::Removed, june, 1),
    ];
    for (lines, author, rank, posted, taken) in cases {
        let expected = DumpHead { author: *author, rank: *rank, posted: *posted, lines: *taken, odd: false };
        assert_eq!(head(lines, &origin()), Some(expected), "{lines:?}");
    }
    for odd in ["4.5 / 5 (8) Feb 31, 2011", "7 / 5 (2) Jun 04, 2011", "1 / 5 (0) Jun 04, 2011"] {
        assert!(head(&[odd], &origin()).is_some_and(|head| head.odd), "{odd}");
    }
    for text in [
        "Jun 04, 2011",
        "I wrote that on Jun 04, 2011",
        "It is not rated yet, I said, and it will not be before Jun 04, 2011",
        "4.5 / 5 (8)",
        "4.5 / 5 Jun 04, 2011",
        "x4.5 / 5 (8) Jun 04, 2011",
        "",
        "20 hours ago",
    ] {
        assert_eq!(head(&[text, "text"], &origin()), None, "{text}");
    }
}

fn dump(text: &str) -> (Page, Vec<CleanText>) {
    read_dump(text, &origin())
}

fn story(story: &Related) -> String {
    let date = story.published.map(|when| when.to_string()).unwrap_or_default();
    format!("{} / {date} / {}", story.title, story.teaser.as_deref().unwrap_or(""))
}

#[test]
fn stories_may_lack_date_or_teaser() {
    let read = |text: &str| {
        let (page, _) = dump(&format!("Headline\n\nJune 4, 2011\n\nBody.\n\nRelated Stories\n\n{text}"));
        page.article.related.iter().map(story).collect::<Vec<_>>()
    };
    assert_eq!(
        read("A\n\nMay 4, 2009\n\nOne.\n\nB\n\nMay 5, 2009\n\nTwo ..."),
        ["A / 2009-05-04 / One.", "B / 2009-05-05 / Two ..."]
    );
    assert_eq!(read("A\n\nMay 4, 2009\n\nB\n\nMay 5, 2009\n\nTwo."), ["A / 2009-05-04 / ", "B / 2009-05-05 / Two."]);
    assert_eq!(read("A\n\nOne.\n\nB\n\nMay 5, 2009\n\nTwo."), ["A /  / One.", "B / 2009-05-05 / Two."]);
    assert_eq!(read("A\n\nMay 4, 2009\n\nOne.\n\nB\n\nTwo."), ["A / 2009-05-04 / One.", "B /  / Two."]);
    assert_eq!(read("A\n\nB\n\nMay 5, 2009\n\nTwo."), ["A /  / ", "B / 2009-05-05 / Two."]);
    assert_eq!(read("A\nMay 4, 2009\nOne.\nB\nMay 5, 2009\nTwo."), ["A / 2009-05-04 / One.", "B / 2009-05-05 / Two."]);
}

#[test]
fn parts_of_a_page_are_pages_too() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "Only a headline",
            "Only a headline",
            &["it has no date line", "it has no text under its headline", "it holds no comments"],
        ),
        ("Headline\n\nJune 4, 2011", "Headline", &["it has no text under its headline", "it holds no comments"]),
        ("Headline\r\nJune 4, 2011\r\nBody.".trim_end(), "Headline", &["it holds no comments"]),
        ("June 4, 2011 report\n\nHeadline\n\nby the editor , Phys.org\n\nBody.", "Headline", &["it holds no comments"]),
        ("Headline\n\nJune 4, 2011\n\nBody.\n\nDisplay comments: newest first\n", "Headline", &["it has no comments yet"]),
        (
            "not rated yet Jun 04, 2011\nText",
            "dump",
            &["it has no headline; its file name stands in", "it has no date line", "it has no text under its headline"],
        ),
        (
            "Headline\n\nJune 4, 2011\n\nBody.\n5 / 5 (1) Jun 04, 2011\nA\n4.5 / 5 (",
            "Headline",
            &["the page is cut off in: 4.5 / 5 ("],
        ),
        (
            "Headline\n\nJune 4, 2011\n\nBody.\n5 / 5 (1) Jun 04, 2011\nA\nPlease sign in",
            "Headline",
            &["the page is cut off in: Please sign in"],
        ),
    ];
    for (text, title, notes) in cases {
        let (page, found) = dump(text);
        assert_eq!((&*page.article.title, found.iter().map(|note| &**note).collect::<Vec<_>>()), (*title, notes.to_vec()));
    }
}

#[test]
fn explore_further_has_two_forms() {
    for text in [
        "Explore further: Other title\n\nMore.",
        "Explore further\n\nOther title\n\nMore.",
        "Explore further:\nOther title\n\nMore.",
    ] {
        let (page, _) = dump(&format!("Headline\n\nJune 4, 2011\n\nBody.\n\n{text}"));
        assert_eq!(page.article.explore_further.unwrap().title, "Other title");
        assert_eq!(page.article.body.text(), "Body.\nMore.");
    }
    let (page, _) = dump("Headline\n\nJune 4, 2011\n\nExplore further afield than ever.");
    assert_eq!(page.article.body.text(), "Explore further afield than ever.");
}

#[test]
fn quotes_are_blocks_and_guide_the_guess() {
    let (page, _) = dump(
        "Headline\n\nJune 4, 2011\n\nBody.\nnot rated yet Jun 04, 2011\nThe sea is blue.\n5 / 5 (1) Jun 04, 2011\n[q]The sea\n\nis blue.[/q] No. [q]open\n",
    );
    let comments = &page.discussions[0].comments;
    assert_eq!(comments[1].parent, Parent::Guessed(crate::domain::thread::CommentIdx(0)));
    let body = comments[1].body.document();
    let Block::Quote(quote) = &body.blocks[0] else { panic!("{:?}", comments[1].body) };
    assert_eq!((quote.len(), &*comments[1].body.text()), (2, "The sea\nis blue.\nNo. [q]open"));
    let deep = "[q]".repeat(5000) + "x" + &"[/q]".repeat(5000);
    let (page, _) = dump(&format!("Headline\n\nJune 4, 2011\n\nBody.\nnot rated yet Jun 04, 2011\n{deep}"));
    assert!(page.discussions[0].comments[0].body.text().contains('x'));
}

#[test]
fn names_may_stand_above_the_heads() {
    let (page, _) = dump(
        "Headline\n\nJune 4, 2011\n\nBody.\n\nDisplay comments: newest first\n\nnight_reader\nnot rated yet Jun 04, 2011\nOne.\nSceptic 9\n1 / 5 (1) Jun 04, 2011\nTwo.\n",
    );
    let told: Vec<_> =
        page.discussions[0].comments.iter().map(|c| (c.author.as_deref().unwrap_or(""), c.body.text().into_owned())).collect();
    assert_eq!(told, [("night_reader", "One.".to_owned()), ("Sceptic 9", "Two.".to_owned())]);
}

#[test]
fn only_a_page_with_its_end_has_all_its_comments() {
    const TAIL: &str = "Please sign in to add a comment. Registration is free, and takes less than a minute. Read more";
    let is_complete = |text: &str| dump(text).0.discussions[0].complete;
    let start = "Headline\n\nJune 4, 2011\n\nBody.\n\nDisplay comments: newest first\n\n";
    let comments = "5 / 5 (1) Jun 04, 2011\nA\n4.5 / 5 (8) Jun 05, 2011\nB\n\n";
    assert!(is_complete(&format!("{start}{comments}{TAIL}\n\nClick here to reset your password.\n")));
    assert!(is_complete(&format!("Headline\n\nJune 4, 2011\n\n{comments}{TAIL}")));
    for cut in [
        format!("{start}{comments}"),
        format!("{start}5 / 5 (1) Jun 04, 2011\nA\n4.5 / 5 ("),
        format!("{start}{comments}Please sign"),
        format!("{comments}{TAIL}"),
        format!("{start}The end of a comment whose head was cut off, as long as a line is.\n\n{comments}{TAIL}"),
        format!("{start}{comments}{TAIL}\n{comments}"),
    ] {
        assert!(!is_complete(&cut), "{cut}");
    }
}

#[test]
fn a_comment_keeps_its_id_when_ranks_change_and_comments_are_added() {
    let ids = |text: &str| -> Vec<Box<str>> {
        let (page, _) = dump(&format!("Headline\n\nJune 4, 2011\n\nBody.\n{text}"));
        page.discussions[0].comments.iter().map(|comment| comment.id.clone()).collect()
    };
    let before = ids("not rated yet 20 hours ago\nOne\nnot rated yet Jun 04, 2011\nSame\nnot rated yet Jun 04, 2011\nSame");
    let after = ids(
        "5 / 5 (1) Jun 03, 2011\nOne\n1 / 5 (2) Jun 04, 2011\nSame\nnot rated yet Jun 04, 2011\nSame\n5 / 5 (1) 1 hour ago\nNew",
    );
    assert_eq!(before[..], after[..3]);
    assert_eq!(after.iter().collect::<std::collections::HashSet<_>>().len(), 4);
}
