#![allow(clippy::type_complexity)]

use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

use super::head::{Head, head};
use super::*;
use crate::domain::article::{Page, Related};
use crate::domain::rank::Rank;
use crate::domain::text::Block;
use crate::domain::thread::Parent;

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
        let expected = Head { author: *author, rank: *rank, posted: *posted, lines: *taken, odd: false };
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
    let Block::Quote(quote) = &comments[1].body.blocks[0] else { panic!("{:?}", comments[1].body) };
    assert_eq!((quote.len(), comments[1].body.text().as_str()), (2, "The sea\nis blue.\nNo. [q]open"));
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
        page.discussions[0].comments.iter().map(|c| (c.author.as_deref().unwrap_or(""), c.body.text())).collect();
    assert_eq!(told, [("night_reader", "One.".to_owned()), ("Sceptic 9", "Two.".to_owned())]);
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

/// A page by its parts, and how it is written.
#[derive(Clone, Debug)]
struct Model {
    headline: String,
    dated_first: bool,
    date: (u32, u32, i32),
    kind: Option<&'static str>,
    author: Option<String>,
    organisation: Option<String>,
    body: Vec<String>,
    explore: Option<String>,
    related: Vec<(String, (u32, u32, i32), String)>,
    recommended: Vec<(String, (u32, u32, i32), String)>,
    comments: Vec<(String, Rank, String, Option<When>, Vec<String>)>,
    signed: bool,
    ended: bool,
}

fn long_date((month, day, year): (u32, u32, i32)) -> String {
    format!("{} {day}, {year}", Date::new(year, month, day).unwrap().month_name())
}

impl Model {
    fn write(&self) -> String {
        let by = self.author.as_ref().map_or(String::new(), |author| {
            format!("by {author}{}", self.organisation.as_ref().map_or(String::new(), |o| format!(", {o}")))
        });
        let kind = self.kind.map_or(String::new(), |kind| format!(" {kind}"));
        let mut parts = if self.dated_first {
            let byline = Some(by).filter(|by| !by.is_empty());
            [Some(format!("{}{kind}", long_date(self.date))), Some(self.headline.clone()), byline]
                .into_iter()
                .flatten()
                .collect()
        } else {
            vec![self.headline.clone(), format!("{}{kind} {by}", long_date(self.date)).trim_end().to_owned()]
        };
        parts.extend(self.body.iter().cloned());
        parts.extend(self.explore.iter().map(|title| format!("Explore further: {title}")));
        for (heading, stories) in [("Related Stories", &self.related), ("Recommended for you", &self.recommended)] {
            if !stories.is_empty() {
                parts.push(heading.to_owned());
                parts
                    .extend(stories.iter().flat_map(|(title, date, teaser)| [title.clone(), long_date(*date), teaser.clone()]));
            }
        }
        let mut text =
            parts.join("\n\n") + "\n\n\nAdjust slider to filter visible comments by rank\n\nDisplay comments: newest first\n\n";
        for (head, _, date, _, paragraphs) in &self.comments {
            writeln!(text, "{head} {date}\n{}", paragraphs.join("\n\n")).unwrap();
        }
        if self.signed {
            text.push_str("\nPlease sign in to add a comment. Registration is free, and takes less than a minute. Read more\n\nClick here to reset your password.\nSign in to get notified via email when new comments are made.\n");
        }
        if !self.ended {
            text.truncate(text.trim_end().len());
        }
        text
    }
}

fn words(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec("[a-zé]{1,9}", 1..most).prop_map(|words| words.join(" "))
}

fn sentence() -> impl Strategy<Value = String> {
    (words(24), select(vec![".", "?", " ...", "!\""])).prop_map(|(words, end)| format!("The {words}{end}"))
}

fn a_date() -> impl Strategy<Value = (u32, u32, i32)> {
    (1..=12_u32, 1..=28_u32, 2003..2020_i32)
}

fn a_story() -> impl Strategy<Value = (String, (u32, u32, i32), String)> {
    (words(9).prop_map(|words| format!("On {words}")), a_date(), words(30).prop_map(|words| format!("Teaser {words} ...")))
}

fn a_comment() -> impl Strategy<Value = (String, Rank, String, Option<When>, Vec<String>)> {
    let rank = prop_oneof![
        2 => Just(("not rated yet".to_owned(), Rank::Unrated)),
        1 => Just(("Not rated yet.".to_owned(), Rank::Unrated)),
        5 => (10..=50_u16, 1..900_u32).prop_map(|(tenths, votes)| {
            let mean = Hundredths(tenths * 10);
            (format!("{mean} / 5 ({votes})"), Rank::Stars { mean, votes })
        }),
        2 => (10..=50_u16, 1..9_u32).prop_map(|(tenths, votes)| {
            let mean = Hundredths(tenths * 10);
            (format!("Rank: {mean}/5 after {votes} vote{}", if votes == 1 { "" } else { "s" }), Rank::Stars { mean, votes })
        }),
    ];
    let date = prop_oneof![
        3 => a_date().prop_map(|(month, day_, year)| {
            let date = Date::new(year, month, day_).unwrap();
            (format!("{} {day_:02}, {year}", &date.month_name()[..3]), Some(When::Day(date)))
        }),
        1 => (1..60_i64, select(vec![("minute", MINUTE), ("hour", HOUR), ("day", DAY)])).prop_map(|(n, (unit, seconds))| {
            (format!("{n} {unit}{} ago", if n == 1 { "" } else { "s" }), Some(When::Instant(Timestamp(NOW - n * seconds))))
        }),
    ];
    (rank, date, prop::collection::vec(sentence(), 1..4))
        .prop_map(|((head, rank), (date, when), text)| (head, rank, date, when, text))
}

fn model(most_comments: usize) -> impl Strategy<Value = Model> {
    let article = (
        words(12).prop_map(|words| format!("Why {words}")),
        any::<bool>(),
        a_date(),
        prop::option::of(select(vec!["report", "weblog", "feature"])),
        prop::option::of(words(4)),
        prop::option::of(words(4)),
        prop::collection::vec(sentence(), 1..12),
        prop::option::of(words(8)),
    );
    let rest = (
        prop::collection::vec(a_story(), 0..4),
        prop::collection::vec(a_story(), 0..3),
        prop::collection::vec(a_comment(), 0..most_comments),
        any::<bool>(),
        any::<bool>(),
    );
    (article, rest).prop_map(
        |(
            (headline, dated_first, date, kind, author, organisation, body, explore),
            (related, recommended, comments, signed, ended),
        )| {
            Model {
                headline,
                dated_first,
                date,
                kind,
                author,
                organisation,
                body,
                explore,
                related,
                recommended,
                comments,
                signed,
                ended,
            }
        },
    )
}

/// Each line that is neither furniture nor a heading is in the page's text or in a note, or is a head or a date that
/// the page has as such.
fn lost_lines(text: &str) -> Vec<String> {
    let (page, notes) = dump(text);
    let article = &page.article;
    let mut kept: Vec<String> = vec![article.title.to_string(), article.body.text()];
    kept.extend([&article.byline, &article.organisation, &article.kind].into_iter().flatten().map(ToString::to_string));
    let stories = || article.explore_further.iter().chain(&article.related).chain(&article.recommended);
    kept.extend(stories().flat_map(|story| [story.title.to_string(), story.teaser.clone().unwrap_or_default().to_string()]));
    let comments: Vec<_> = page.discussions.iter().flat_map(|discussion| &discussion.comments).collect();
    kept.extend(
        comments.iter().flat_map(|comment| [comment.body.text(), comment.author.clone().unwrap_or_default().to_string()]),
    );
    kept.extend(notes.iter().map(ToString::to_string));
    let kept = kept.join("\n");

    let (mut heads, mut dates, mut datelines, mut bylines) =
        (comments.len(), stories().filter(|story| story.published.is_some()).count(), 1, 1);
    let spend = |left: &mut usize| left.checked_sub(1).map(|less| *left = less).is_some();
    let furniture = [
        "Adjust slider to filter",
        "Display comments:",
        "Please sign in to add a comment",
        "Click here to reset your password",
        "Sign in to get notified via email",
        "Related Stories",
        "Recommended for you",
        "Explore further",
    ];
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut lost = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let plain = clean_line(&line.replace("[q]", " ").replace("[/q]", " "));
        let is_furniture =
            furniture.iter().any(|form| line.starts_with(form)) && (!line.starts_with("Explore") || line.len() < 18);
        let explored = line.strip_prefix("Explore further: ").is_some_and(|title| kept.contains(&*clean_line(title)));
        let is_kept = line.is_empty() || is_furniture || explored || kept.contains(&*plain);
        let is_kept = is_kept
            || (head(&lines[n..], &origin()).is_some() && spend(&mut heads))
            || (date(line, &origin()).is_some() && spend(&mut dates))
            || (dateline(line, &origin()).is_some() && spend(&mut datelines))
            || (byline(line).is_some() && spend(&mut bylines));
        if !is_kept {
            lost.push((*line).to_owned());
        }
    }
    lost
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_is_read(model in model(40)) {
        let (page, _) = dump(&model.write());
        let article = &page.article;
        prop_assert_eq!(&*article.title, &model.headline);
        prop_assert_eq!(article.published, day(model.date.2, model.date.0, model.date.1));
        prop_assert_eq!(article.kind.as_deref(), model.kind);
        prop_assert_eq!(article.byline.as_deref(), model.author.as_deref());
        prop_assert_eq!(article.organisation.as_deref(), model.author.as_ref().and(model.organisation.as_deref()));
        let paragraphs: Vec<&str> = model.body.iter().map(String::as_str).collect();
        prop_assert_eq!(&article.body, &crate::domain::text::Document::plain(paragraphs));
        prop_assert_eq!(article.explore_further.as_ref().map(|story| story.title.as_str()), model.explore.as_deref());
        let told = |stories: &[(String, (u32, u32, i32), String)]| -> Vec<String> {
            stories.iter().map(|(title, (m, d, y), teaser)| format!("{title} / {} / {teaser}", Date::new(*y, *m, *d).unwrap())).collect()
        };
        prop_assert_eq!(article.related.iter().map(story).collect::<Vec<_>>(), told(&model.related));
        prop_assert_eq!(article.recommended.iter().map(story).collect::<Vec<_>>(), told(&model.recommended));
        let comments = page.discussions.first().map_or(&[][..], |discussion| &discussion.comments);
        prop_assert_eq!(comments.len(), model.comments.len());
        for (comment, (_, rank, _, when, text)) in comments.iter().zip(&model.comments) {
            prop_assert_eq!((comment.rank, comment.posted), (*rank, *when));
            prop_assert_eq!((comment.body.blocks.len(), comment.body.text()), (text.len(), text.join("\n")));
        }
        prop_assert!(lost_lines(&model.write()).is_empty());
    }

    #[test]
    fn a_cut_page_loses_no_line(model in model(12), at in 0.0..1.0_f64) {
        let text = model.write();
        let cut = text.floor_char_boundary((text.len() as f64 * at) as usize);
        prop_assert_eq!(lost_lines(&text[..cut]), Vec::<String>::new());
    }

    #[test]
    fn a_shuffled_page_loses_no_line(model in model(8), order in prop::collection::vec(any::<u16>(), 200), gone in prop::collection::vec(any::<bool>(), 200)) {
        let text = model.write();
        let mut lines: Vec<(usize, &str)> = text.lines().enumerate().filter(|(n, _)| *gone.get(*n).unwrap_or(&true)).collect();
        let kept: Vec<&str> = lines.iter().map(|(_, line)| *line).collect();
        prop_assert_eq!(lost_lines(&kept.join("\n")), Vec::<String>::new());
        lines.sort_by_key(|(n, _)| order.get(*n).copied().unwrap_or(0));
        let shuffled: Vec<&str> = lines.iter().map(|(_, line)| *line).collect();
        prop_assert_eq!(lost_lines(&shuffled.join("\n")), Vec::<String>::new());
    }
}

#[test]
fn hundreds_of_comments_are_read() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let one = prop::collection::vec(a_comment(), 800).new_tree(&mut runner).unwrap().current();
    let page = model(1).new_tree(&mut runner).unwrap().current();
    let model = Model { comments: one, ..page };
    let (page, _) = dump(&model.write());
    assert_eq!(page.discussions[0].comments.len(), 800);
    let ranks: Vec<Rank> = page.discussions[0].comments.iter().map(|comment| comment.rank).collect();
    assert_eq!(ranks, model.comments.iter().map(|comment| comment.1).collect::<Vec<_>>());
}
