//! Places as newspapers: the list in their own order, with points and comments; and what is watched of them.

use insta::assert_snapshot;

use super::play::{NOW, Play};
use crate::domain::article::Article;
use crate::domain::query::Query;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{Document, clean_line};
use crate::domain::thread::{Comment, CommentIdx, Discussion, Parent, VoteState};
use crate::domain::time::{Timestamp, When};
use crate::store::entries::{FetchAttempt, FetchOutcome, FetchedFeed, Item};
use crate::store::subscriptions::{NewSubscription, NextFetch};
use crate::store::{Headline, Section, Stretch};
use crate::tui::geometry::Pane;
use crate::tui::message::{Effect, Msg};
use crate::tui::update::update;

/// Stories by number, the first one first: each a day older than the one with the number before.
fn arrive(play: &mut Play, address: &str, title: &str, stories: &[i64]) {
    let store = play.store();
    let new = NewSubscription { address: address.to_owned(), ..NewSubscription::default() };
    let (source, _) = store.subscribe(&new, NOW).unwrap();
    let item = |n: &i64| {
        let article = Article {
            title: clean_line(&format!("Story {n}")),
            url: Some(clean_line(&format!("https://example.org/{n}"))),
            byline: (*n == 1).then(|| clean_line("ann")),
            published: Some(When::Instant(Timestamp(NOW.0 - n * 86_400))),
            ..Article::default()
        };
        let mut item = Item::new(Article { id: Some(clean_line(&format!("{address}/{n}"))), ..article });
        item.standing = Some(VoteState {
            place: clean_line(title),
            url: clean_line(&format!("https://{title}.example/{n}")),
            scale: Scale::Points,
            points: Some(n * 10),
            comments: Some(*n as u32),
        });
        item
    };
    let feed = FetchedFeed {
        title: clean_line(title),
        is_front: true,
        items: stories.iter().map(item).collect(),
        ..FetchedFeed::default()
    };
    store
        .keep_tries(&[FetchAttempt {
            source,
            at: NOW,
            next: NextFetch::default(),
            outcome: FetchOutcome::Feed(Box::new(feed)),
        }])
        .unwrap();
}

#[test]
fn a_places_section_opens_as_its_front_page_with_what_stands_there_whoever_brought_it() {
    let mut play = Play::new((100, 16), &[]);
    arrive(&mut play, "hn:top", "hn", &[3, 1, 2]);
    arrive(&mut play, "lobsters:hottest", "lobsters", &[2, 4]);
    let mut play = play.restart();
    play.play("hGk");
    assert_snapshot!(play.model.list.order_label(), @"front page");
    assert_snapshot!(play.pane(Pane::List), @r#"
    ▌●  Story 3
        example.org · 3 days ago · 30 points · 3 comments
     ●  Story 1
        example.org · ann · 1 day ago · 10 points · 1 comment
     ●  Story 2
        example.org · 2 days ago · 20 points · 4 comments
    "#);
    play.play("j");
    assert_snapshot!(play.pane(Pane::List), @r#"
    ▌●  Story 2
        example.org · 2 days ago · 20 points · 4 comments
     ●  Story 4
        example.org · 4 days ago · 40 points · 4 comments
    "#);
    play.play("lL");
    assert_eq!(play.footer(), "the list: newest first");
    play.play("LLLLLLL");
    assert_eq!(play.footer(), "the list: front page");
    play.play("hg");
    assert_eq!(play.model.list.order_label(), "newest first", "there is no front page of all");
    play.play("lLLLLLLL");
    assert_eq!(play.footer(), "the list: newest first");
}

#[test]
fn a_site_opens_as_its_front_page_when_it_is_chosen_by_name() {
    let mut play = Play::new((100, 16), &[]);
    arrive(&mut play, "hn:top", "hn", &[3, 1, 2]);
    let mut play = play.restart();
    play.play(":hn<enter>");
    assert_eq!(play.model.list.order_label(), "front page");
}

#[test]
fn a_discussion_that_is_not_here_yet_is_told_on_the_page() {
    let mut play = Play::new((100, 16), &[]);
    arrive(&mut play, "hn:top", "hn", &[3]);
    let mut play = play.restart();
    play.play("g<enter>");
    assert_snapshot!(play.pane(Pane::Page), @r#"
    ▌ Story 3
    ▌ October 29, 2026 00:00 · hn
    ▌ https://example.org/3

      ── Comments at hn 3 · 30 points · not here yet ────────






     no comments here yet
    "#);
}

#[test]
fn new_comments_on_what_is_watched_are_counted_in_its_section_and_in_the_windows_title() {
    let said = |n: usize| Comment { id: n.to_string().into(), body: Document::plain(["Hoo."]).into(), ..Comment::default() };
    let discussion = |comments: usize| Discussion {
        place: clean_line("hn"),
        url: Some(clean_line("https://hn.example/1")),
        scale: Scale::Points,
        comments: (0..comments).map(said).collect(),
        complete: true,
        ..Discussion::default()
    };
    let mut play = Play::new((140, 16), &[]);
    arrive(&mut play, "hn:top", "hn", &[1, 3]);
    let id = play.store().headlines(&Section::All, &Query::default(), Stretch::First, 1).unwrap()[0].id;
    play.store().save_fetched(id, &discussion(1), true, NOW).unwrap();
    let mut play = play.restart();
    play.play("g<enter>Whj");
    assert_eq!(play.model.title, "Story 1");
    play.store().save_fetched(id, &discussion(4), false, NOW).unwrap();
    play.send(Msg::StoreChanged);
    assert_eq!(play.model.title, "(3 new) Story 1");
    let watched = play.pane(Pane::Sections).lines().find(|line| line.contains("Watched")).unwrap().trim().to_owned();
    assert_eq!(watched.split_whitespace().collect::<Vec<_>>(), ["Watched", "+3", "1"]);
    play.play("k<enter>cGhj").send(Msg::StoreChanged);
    assert_eq!(play.model.title, "Story 1");
}

#[test]
fn a_narrow_list_keeps_room_for_what_is_new() {
    let mut play = Play::new((100, 16), &[]);
    arrive(&mut play, "hn:top", "hn", &[1]);
    let mut play = play.restart();
    play.model.list.rows[0] = Headline { new_comments: 12, watched: true, own_rating: 5, ..play.model.list.rows[0].clone() };
    let list = play.pane(Pane::List);
    assert!(list.contains("… · 12 new"), "{list}");
}

#[test]
fn the_whole_order_of_answers_is_asked_for_when_a_discussion_is_opened_and_once() {
    let comment = |n: u32| Comment {
        id: n.to_string().into(),
        // 0, 3, 6 … are roots with two answers each.
        parent: if n.is_multiple_of(3) { Parent::Root } else { Parent::Of(CommentIdx(n - n % 3)) },
        rank: if n.is_multiple_of(3) { Rank::Position { nth: n / 3 + 1, of: 10 } } else { Rank::Unrated },
        body: Document::plain(["Hoo."]).into(),
        ..Comment::default()
    };
    let discussion = Discussion {
        place: clean_line("hacker news"),
        url: Some(clean_line("https://news.ycombinator.com/item?id=9")),
        scale: Scale::Position,
        comments: (0..30).map(comment).collect(),
        complete: true,
        ..Discussion::default()
    };
    let mut play = Play::new((80, 16), &[]);
    arrive(&mut play, "hn:top", "hn", &[1]);
    let id = play.store().headlines(&Section::All, &Query::default(), Stretch::First, 1).unwrap()[0].id;
    play.store().save_fetched(id, &discussion, true, NOW).unwrap();
    let mut play = play.restart();
    play.play("g<enter>c");
    let asked = |play: &mut Play, key: &str| {
        let effects = update(&mut play.model, Msg::Key(key.parse().unwrap()));
        let orders = effects.into_iter().filter_map(|effect| match effect {
            Effect::FindOrder { comments, .. } => Some(comments),
            _ => None,
        });
        orders.flatten().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(play.model.ordered.len(), 10);
    for key in ["j", "pgdn", "pgup"] {
        assert_eq!(asked(&mut play, key), Vec::<String>::new());
    }
}
