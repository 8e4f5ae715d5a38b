//! Whole pages: made from a model, written as a dump, and read back; cut and shuffled ones lose no line.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

use super::*;

/// A page by its parts, and how it is written.
#[derive(Clone, Debug)]
struct PageModel {
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

impl PageModel {
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

fn model(most_comments: usize) -> impl Strategy<Value = PageModel> {
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
            PageModel {
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
        comments
            .iter()
            .flat_map(|comment| [comment.body.text().into_owned(), comment.author.clone().unwrap_or_default().to_string()]),
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
            prop_assert_eq!((comment.body.document().blocks.len(), comment.body.text().into_owned()), (text.len(), text.join("\n")));
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
    let model = PageModel { comments: one, ..page };
    let (page, _) = dump(&model.write());
    assert_eq!(page.discussions[0].comments.len(), 800);
    let ranks: Vec<Rank> = page.discussions[0].comments.iter().map(|comment| comment.rank).collect();
    assert_eq!(ranks, model.comments.iter().map(|comment| comment.1).collect::<Vec<_>>());
}
