//! Discussions that come while their article is read.

use insta::assert_snapshot;

use super::play::{NOW, Play};
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{Document, clean_line};
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent, Stub};
use crate::store::ArticleId;
use crate::tui::geometry::Pane;
use crate::tui::message::{Effect, Msg};
use crate::tui::update::update;
use crate::work::background::Report;
use crate::work::discussions::{DiscussionReport, Kept};

const PAGE: &str = "# Owls at noon\n\nOctober 5, 2026\n\nOwls were seen at noon.\n";

/// The comments with these numbers, each below the one with a tenth of its number if that is there.
fn part(numbers: &[u32], complete: bool) -> Discussion {
    let comment = |n: &u32| Comment {
        id: n.to_string().into(),
        parent: numbers.iter().position(|other| *other == n / 10).map_or(Parent::Root, |at| Parent::Of(CommentIdx(at as u32))),
        author: Some(clean_line(&format!("author{n}"))),
        rank: Rank::Points { net: i64::from(*n), split: None },
        body: Document::plain([format!("Comment {n}.").as_str()]).into(),
        ..Comment::default()
    };
    Discussion {
        place: clean_line("lemmy"),
        url: Some(clean_line("https://lemmy.example/post/1")),
        scale: Scale::Points,
        comments: numbers.iter().map(comment).collect(),
        complete,
        stubs: Vec::new(),
    }
}

/// A part is stored, and told of.
fn comes(play: &mut Play, numbers: &[u32], complete: bool) {
    play.store().save_discussions(ArticleId(1), &[part(numbers, complete)], NOW).unwrap();
    let kept = Kept {
        missing: 0,
        place: clean_line("lemmy"),
        address: clean_line("https://lemmy.example/post/1"),
        new: 0,
        comments: numbers.len(),
        requests: 1,
        complete,
        over: complete,
    };
    play.send(Msg::Fetch(Report::Discussions { article: ArticleId(1), told: DiscussionReport::Kept(kept) }));
}

fn page(play: &Play) -> String {
    play.pane(Pane::Page)
}

#[test]
fn a_key_looks_for_discussions_once_at_a_time() {
    let mut play = Play::new((80, 12), &[PAGE]);
    let ask = |play: &mut Play| update(&mut play.model, Msg::Key("D".parse().unwrap()));
    assert_eq!(ask(&mut play), [Effect::Discuss { article: ArticleId(1), find: true }]);
    assert_eq!(ask(&mut play), []);
    assert_eq!(play.footer(), "its discussions are being fetched");
    play.send(Msg::Fetch(Report::Discussions { article: ArticleId(1), told: DiscussionReport::Found(0) }));
    assert_eq!(play.footer(), "no discussion of this was found");
    play.send(Msg::Fetch(Report::DiscussionsOver { article: ArticleId(1), error: None }));
    assert_eq!(ask(&mut play).len(), 1);
}

#[test]
fn an_article_that_is_known_to_be_discussed_brings_its_discussion_when_it_is_opened() {
    let mut play = Play::new((80, 12), &["# Owls\n\nhttps://news.ycombinator.com/item?id=8863\n\nText.\n", PAGE]);
    let known = play.model.list.rows.iter().position(|row| row.title == "Owls").unwrap();
    play.model.list.put(known);
    let id = play.model.list.rows[known].id;
    let address = clean_line("https://news.ycombinator.com/item?id=8863");
    let mut article = play.store().article(id).unwrap().unwrap().article;
    article.url = Some(address);
    let source = crate::domain::article::Source { key: clean_line("x"), title: clean_line("x") };
    let saved = play.store().save(&crate::domain::article::Page { article, source, discussions: Vec::new() }, NOW).unwrap();
    let stored = play.store().article(saved.id).unwrap().unwrap();
    play.model.awaited = Some((saved.id, crate::tui::model::Arrival::Open));
    let arrived = |play: &mut Play| {
        let msg = Msg::Article { article: Some(Box::new(stored.clone().into())), place: None };
        let later = |effect| if let Effect::Afterwards(effects) = effect { effects } else { vec![effect] };
        update(&mut play.model, msg).into_iter().flat_map(later).collect::<Vec<_>>()
    };
    let begun = Effect::Discuss { article: saved.id, find: false };
    assert!(arrived(&mut play).contains(&begun));
    play.model.awaited = Some((saved.id, crate::tui::model::Arrival::Open));
    assert!(!arrived(&mut play).contains(&begun), "once");
}

#[test]
fn what_comes_below_the_screen_is_there_at_once() {
    let mut play = Play::new((40, 24), &[PAGE]);
    play.play("<enter>");
    comes(&mut play, &[1, 2], false);
    assert!(page(&play).contains("Comments at lemmy 2"), "{}", page(&play));
    assert_eq!(play.slider().split_whitespace().last(), Some("2/2"));
}

#[test]
fn what_would_move_rows_waits_for_a_key_that_makes_them_anew() {
    let mut play = Play::new((40, 40), &[PAGE]);
    play.play("<enter>");
    comes(&mut play, &[1, 2, 3], false);
    play.play("cjj");
    let (before, cursor) = (page(&play), play.at_cursor());
    comes(&mut play, &[1, 2, 3, 11, 12, 21], false);
    comes(&mut play, &[1, 2, 3, 11, 12, 21, 31], true);
    let told: Vec<(String, String)> = before
        .lines()
        .map(str::to_owned)
        .zip(page(&play).lines().map(str::to_owned))
        .filter(|(before, after)| before != after)
        .collect();
    assert_eq!(told.len(), 2, "only the line above them and the slider's row tell that they came: {told:?}");
    assert!(told[0].1.contains("4 more came") && told[1].1.ends_with(" +4"), "{told:?}");
    play.play("][");
    assert_eq!(play.at_cursor(), cursor);
    let authors: Vec<String> = page(&play).lines().filter(|line| line.contains("author")).map(str::to_owned).collect();
    assert_snapshot!(authors.join("\n"), @r"
      author1 · 1 point
      │ author11 · 11 points · new
      │ author12 · 12 points · new
      author2 · 2 points
      │ author21 · 21 points · new
    ▌ author3 · 3 points
      │ author31 · 31 points · new
    ");
}

#[test]
fn the_keys_for_the_next_new_comment_and_for_the_comments_take_in_what_came_meanwhile() {
    let mut play = Play::new((80, 24), &[PAGE]);
    play.play("<enter>");
    comes(&mut play, &[1, 2], false);
    play.play("c");
    comes(&mut play, &[1, 2, 11], false);
    assert!(play.slider().ends_with("2 open of 2 · 1 more came"), "{}", play.slider());
    play.play("n");
    assert!(play.at_cursor().contains("author11"), "{}", play.at_cursor());
    play.play("a");
    comes(&mut play, &[1, 2, 11, 12], false);
    assert!(play.slider().ends_with("3 open of 3 · 1 more came"), "{}", play.slider());
    play.play("c");
    assert!(play.slider().contains("4 open"), "{}", play.slider());
}

#[test]
fn ranks_that_move_no_row_show_at_once() {
    let mut play = Play::new((40, 24), &[PAGE]);
    play.play("<enter>");
    comes(&mut play, &[1, 2], false);
    play.play("c");
    let mut other = part(&[1, 2], true);
    other.comments[0].rank = Rank::Points { net: 77, split: None };
    play.store().save_discussions(ArticleId(1), &[other], NOW).unwrap();
    comes(&mut play, &[], false);
    assert!(page(&play).contains("77"), "{}", page(&play));
}

#[test]
fn what_the_place_counts_and_is_not_here_is_told_where_it_belongs() {
    let mut play = Play::new((60, 16), &[PAGE]);
    let mut lacking = part(&[1, 11, 2], false);
    let stub = |below: Option<&str>, count| Stub { below: below.map(Into::into), count };
    lacking.stubs = vec![stub(None, 1660), stub(Some("11"), 3), stub(Some("2"), 0)];
    play.store().save_discussions(ArticleId(1), &[lacking], NOW).unwrap();
    play.play("<enter>c");
    assert_snapshot!(page(&play), @r"
      ── Comments at lemmy 3 · 1660 more, not here ────────────

    ▌ author1 · 1 point
    ▌ Comment 1.

      │ author11 · 11 points
      │ Comment 11.
      │ … 3 more, not here

      author2 · 2 points
      Comment 2.
      … more, not here

     rank Off               Off ●────────── 11  3 open of 3
    ");
}
