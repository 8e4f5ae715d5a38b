use super::*;
use crate::domain::thread::{CommentIdx, Parent};
use crate::domain::time::Timestamp;

const PAGE: &str = "\
# How to *read*

October 5, 2026 by the editor

First paragraph.

- a list

```text
%% comment this is code
```

%% explore Elsewhere | https://example.org/e
%% related One | 2026-10-01 | A teaser. | https://example.org/r
%% related Two | - | Another | with a bar
%% recommended Three | 2026-09-30
%% discussion page | stars 5
%% comment a | - | 2026-10-01T10:00:00Z | 4.5 / 5 (8)
The tide turns twice a day in every harbour.

Two paragraphs.
%% comment b < a | sceptic | 2026-10-02 | not rated
No.
%% comment c | night reader | - | 1 / 5 (2)
> The tide turns twice a day

Yes.
%% guess
%% discussion hacker news | points | https://example.org/d
%% comment a | editor | - | 12 points (14 up, 2 down)
%% comment b < gone | editor | - | withheld
Text.
";

fn read(text: &str) -> (Page, Vec<String>) {
    let (page, notes) = read_page(text, &Origin { name: "page.md", now: Timestamp(0) });
    (page, notes.iter().map(ToString::to_string).collect())
}

#[test]
fn a_page_is_read_whole() {
    let (page, notes) = read(PAGE);
    let article = &page.article;
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(
        (&*article.title, article.byline.as_deref(), &*page.source.key),
        ("How to read", Some("the editor"), "edition:welcome")
    );
    assert_eq!(article.published.unwrap().to_string(), "2026-10-05");
    assert_eq!(article.body.text(), "First paragraph.\na list\n%% comment this is code");
    assert_eq!(article.explore_further.as_ref().unwrap().url.as_deref(), Some("https://example.org/e"));
    let story = |story: &Related| {
        (
            story.title.to_string(),
            story.published.is_some(),
            story.teaser.clone().unwrap_or_default().to_string(),
            story.url.is_some(),
        )
    };
    assert_eq!(story(&article.related[0]), ("One".into(), true, "A teaser.".into(), true));
    assert_eq!(story(&article.related[1]), ("Two".into(), false, "Another | with a bar".into(), false));
    assert_eq!(story(&article.recommended[0]), ("Three".into(), true, String::new(), false));
    let told = |n: usize| -> Vec<String> {
        page.discussions[n]
            .comments
            .iter()
            .map(|c| format!("{} {:?} {:?} {:?} {}", c.id, c.parent, c.author, c.rank, c.body.document().blocks.len()))
            .collect()
    };
    assert_eq!(
        told(0),
        [
            "a Root None Stars { mean: Hundredths(450), votes: 8 } 2",
            "b Of(CommentIdx(0)) Some(\"sceptic\") Unrated 1",
            "c Guessed(CommentIdx(0)) Some(\"night reader\") Stars { mean: Hundredths(100), votes: 2 } 2"
        ]
    );
    assert_eq!(
        told(1),
        ["a Root Some(\"editor\") Points { net: 12, split: Some((14, 2)) } 0", "b Missing Some(\"editor\") Withheld 1"]
    );
    assert_eq!(page.discussions[1].url.as_deref(), Some("https://example.org/d"));
    assert_eq!(page.discussions[0].comments[1].parent, Parent::Of(CommentIdx(0)));
}

#[test]
fn every_rank_and_scale_is_read() {
    let ranks = [
        "not rated",
        "4.5 / 5 (8)",
        "12 points",
        "-3 points",
        "1 point",
        "12 points (14 up, 2 down)",
        "3 likes",
        "place 1 of 4",
        "withheld",
        "removed",
    ];
    for rank in ranks {
        assert!(read_rank(rank).is_some(), "{rank}");
    }
    for rank in ["", "five", "4.5 / 5", "x / 5 (8)", "points", "place 1"] {
        assert_eq!(read_rank(rank), None, "{rank}");
    }
    assert_eq!(read_scale("stars 5"), Some(Scale::Stars { max: Hundredths(500) }));
    for scale in ["points", "likes", "place", "none"] {
        assert!(read_scale(scale).is_some());
    }
    assert_eq!(read_scale("stars"), None);
}

#[test]
fn a_wrong_directive_is_noted_and_its_text_stays() {
    let (page, notes) = read(
        "%% source only-key\ntext\n%% nonsense x\nmore\n%% comment a | - | never | 3 stars\nsaid\n%% guess\nlost?\n%% discussion p | stars\n%% comment b | - | - | 3 likes\n",
    );
    assert_eq!(page.article.body.text(), "text\nmore");
    assert_eq!((&*page.article.title, &*page.discussions[0].comments[0].body.text()), ("page", "said"));
    insta::assert_snapshot!(notes.join("\n"), @r##"
    "%% source only-key": a source is KEY | TITLE
    "%% nonsense x": there is no such directive
    "%% comment a | - | never | 3 stars": no discussion stands before it
    "%% comment a | - | never | 3 stars": its time is not valid
    "%% comment a | - | never | 3 stars": its rank is not valid
    this stands in no comment: lost?
    "%% discussion p | stars": its scale is none of stars N, points, likes, place, none
    "%% comment b | - | - | 3 likes": its rank is not of its discussion's scale
    it has no "# " title; its file name stands in
    "##);
}
