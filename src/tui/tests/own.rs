//! Tests of the user's own data: rules, muted authors, seen comments, the order of the list.

use insta::assert_snapshot;

use super::play::{NOW, Play};
use super::{POINTS, STARS};
use crate::domain::article::{Article, Page, Source};
use crate::domain::rules::{Conditions, Rule, Verdict};
use crate::domain::text::{Document, clean_line};
use crate::domain::thread::{Comment, CommentIdx, Discussion};
use crate::store::Store;
use crate::tui::Settings;
use crate::tui::geometry::Pane;
use crate::tui::message::{Effect, Msg};
use crate::tui::update::update;

fn comments(play: &Play) -> String {
    let page = play.pane(Pane::Page);
    let at = page.find("── Comments").unwrap_or_default();
    page[at..].lines().filter(|line| !line.trim_matches([' ', '│', '▌']).is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_author_is_muted_by_a_key_and_heard_again() {
    let mut play = Play::new((60, 40), &[STARS]);
    play.play("<enter>c");
    let before = comments(&play);
    play.play("M");
    assert_eq!(play.footer(), "editor is muted (U undoes it)");
    assert_snapshot!(comments(&play), @r#"
        ── Comments 6 · oldest first · threaded ─────────────────
        ▌ ◆ editor · 4.5 / 5 (8) · Oct 5  muted
          │ sceptic · 1 / 5 (4) · Oct 5
          │ No owl was there.
          │ │ night reader · 3 / 5 (3) · Oct 5
          │ │ I saw it.
          commuter · 2 / 5 (1) · Oct 5
          Trains were late.
          not rated yet · Oct 5
          What is an owl?
          │ ··· 1 muted
         rank Off     █ █ █  ██ Off ●────────── 5  4 open of 6
        "#);
    play.play("w");
    assert_snapshot!(play.screen().lines().filter(|line| line.contains("muted")).collect::<Vec<_>>().join("\n"), @r#"
        ▌ ◆ editor · 4.5 / 5 (8) · Oct 5  muted
         ┃ A line, though muted: a comment under it is shown, and ┃
          │ ··· 1 muted
        "#);
    // It lasts, and is taken back by the same key or undone.
    let mut play = {
        play.play("<esc>");
        play.restart()
    };
    play.play("<enter>c");
    assert!(comments(&play).contains("1 muted"), "{}", comments(&play));
    play.play("M");
    assert_eq!(play.footer(), "editor is heard again (U undoes it)");
    assert_eq!(comments(&play), before);
    play.play("U");
    assert!(comments(&play).contains("1 muted"));
    play.play("U");
    assert_eq!(play.footer(), "undone: unread again", "the article was opened before the restart");
    play.play("U");
    assert_eq!(play.footer(), "nothing to undo");
}

#[test]
fn a_rule_lifts_or_shrinks_and_is_named() {
    let rule = |name: &str, verdict, conditions| Rule { conditions, ..Rule::new(clean_line(name), verdict) };
    let owls = Conditions { words: vec![clean_line("an OWL")], ..Conditions::default() };
    let lift = rule("owls", Verdict::Lift, owls);
    let shrink = rule("short ones", Verdict::Shrink, Conditions { shorter: Some(4), ..Conditions::default() });
    let settings = Settings { rules: vec![lift, shrink], ..Settings::default() };
    let mut play = Play::with((60, 30), &[STARS], settings);
    play.play("<enter>c]]]]]]]]]u");
    assert_snapshot!(comments(&play), @r#"
        ── Comments 6 · oldest first · threaded ─────────────────
        ▌ ◆ editor · 4.5 / 5 (8) · Oct 5  A fine sight.
          │ sceptic · 1 / 5 (4) · Oct 5  No owl was there.
          │ │ night reader · 3 / 5 (3) · Oct 5  I saw it.
          commuter · 2 / 5 (1) · Oct 5  Trains were late.
          not rated yet · Oct 5
          What is an owl?
          │ ◆ editor · 5 / 5 (2) · Oct 5  A bird.
         rank ≥ 4.5   █ █ █  ██ Off ─────────●─ 5  1 open of 6
        "#);
    play.play("G");
    play.play("w");
    assert_snapshot!(play.screen().lines().filter(|line| line.contains("rule")).collect::<Vec<_>>().join("\n"), @" ┃ A line, by your rule “short ones”: shrink if of fewer ┃─");
}

#[test]
fn new_comments_that_were_scrolled_past_are_seen_even_if_the_reader_is_killed() {
    let more =
        (0..30).map(|n| format!("%% comment n{n} | commuter | 2026-10-06T{:02}:00:00Z | not rated\nNumber {n}.\n", n % 24));
    let more = format!("{STARS}{}", more.collect::<String>());
    let mut play = Play::new((110, 20), &[STARS]);
    play.play("<enter>q");
    let mut play = play.reread(&more);
    assert!(play.pane(Pane::List).contains("30 new"), "{}", play.screen());
    play.play("<enter>cn   ");
    let left = play.pane(Pane::List);
    let left: u32 = left.split(" new").next().and_then(|text| text.rsplit(' ').next()).unwrap().parse().unwrap();
    assert!((1..28).contains(&left), "{left}");
    // They keep their marks for this visit.
    play.play("c");
    assert!(play.pane(Pane::Page).contains("30 new"));
    let mut killed = play.kill();
    killed.play("j");
    assert!(killed.pane(Pane::List).contains(&format!("{left} new")), "{}", killed.screen());
    killed.play("/is:new<enter>");
    assert_eq!(killed.model.list.rows.len(), 1);
    killed.play("<enter>q<esc>/is:new<enter>");
    assert_eq!(killed.model.list.rows.len(), 0);
}

#[test]
fn the_list_is_sorted_by_its_discussions() {
    let calm = "# Third article\n\nOctober 6, 2026\n\nText.\n";
    let mut play = Play::new((110, 16), &[STARS, POINTS, calm]);
    let mut told = Vec::new();
    for _ in 0..7 {
        let titles: Vec<String> = play.model.list.rows.iter().map(|row| row.title.to_string()).collect();
        told.push(format!("{}: {}", play.model.list.order_label(), titles.join(", ")));
        play.play("L");
    }
    assert_snapshot!(told.join("\n"), @r#"
        newest first: Third article, Owls at noon, Second article
        oldest first: Second article, Owls at noon, Third article
        most discussed first: Owls at noon, Second article, Third article
        best discussion first: Owls at noon, Second article, Third article
        most new comments first: Third article, Owls at noon, Second article
        by title: Owls at noon, Second article, Third article
        by source: Third article, Owls at noon, Second article
        "#);
    play.play("LL");
    assert!(play.screen().contains("most discussed first"));
    let play = play.restart();
    assert_snapshot!(play.pane(Pane::List), @r#"
        ▌●  Owls at noon
            Welcome edition · Oct 5 · 6 ▄▄▄ █
         ●  Second article
            Welcome edition · Oct 4 · 2 █   █
         ●  Third article
            Welcome edition · Oct 6
        "#);
}

#[test]
fn a_new_rule_on_long_texts_reads_them_beside_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path).unwrap();
    let comment = |id: &str, text: &str| Comment {
        id: id.into(),
        author: Some(clean_line(id)),
        body: Document::plain([text]).into(),
        ..Comment::default()
    };
    let long = format!("{}owl", "word ".repeat(300_000));
    let comments = vec![comment("short", "No bird."), comment("long", &long)];
    let discussion = Discussion { place: clean_line("page"), comments, ..Discussion::default() };
    let article = Article { title: clean_line("T"), body: Document::plain(["Text."]), ..Article::default() };
    let source = Source { key: clean_line("s"), title: clean_line("S") };
    store.save(&Page { article, source, discussions: vec![discussion] }, NOW).unwrap();
    store.close().unwrap();

    let mut play = Play::in_file((60, 30), &path);
    let loaded = |play: &Play| play.model.page.as_ref().is_some_and(|page| page.wants().next().is_none());
    play.play("<enter>").until(loaded);
    let words = Conditions { words: vec![clean_line("owl")], ..Conditions::default() };
    let rule = Rule { conditions: words, ..Rule::new(clean_line("owls"), Verdict::Mute) };
    let is_muted = |play: &Play| {
        let loaded = play.model.page.as_ref().and_then(|page| page.discussions[0].loaded.as_ref());
        loaded.is_some_and(|loaded| loaded.is_muted(CommentIdx(1)) && !loaded.is_muted(CommentIdx(0)))
    };
    let effects = update(&mut play.model, Msg::Rules(vec![rule.clone()]));
    assert!(matches!(effects[..], [Effect::LoadDiscussion { .. }]), "{effects:?}");
    assert!(!is_muted(&play));
    // It comes with the answer of the job, and an author is muted beside it without reading anything again.
    play.model.rules.clear();
    play.send(Msg::Rules(vec![rule.clone()])).until(is_muted);
    let effects = update(&mut play.model, Msg::Rules(vec![Rule::muting(&clean_line("short")), rule]));
    assert!(effects.is_empty(), "{effects:?}");
    let page = play.model.page.as_ref().unwrap();
    assert!(page.discussions[0].loaded.as_ref().unwrap().is_muted(CommentIdx(0)));
}
