//! The keys, tested on the whole reader.

mod changes;
mod discussions;
mod faults;
mod fetching;
mod finding;
mod fronts;
mod growth;
mod hits;
mod long;
mod marking;
mod month;
mod mouse;
mod narrow;
mod own;
mod pictures;
mod play;
mod positions;
mod random;
mod recommended;
mod screen_reader;
mod spoilers;
mod subscribing;
mod tags;
mod told;
mod visits;

use insta::assert_snapshot;

use super::geometry::Pane;
use play::Play;

use super::Settings;
use super::message::Msg;

const STARS: &str = "\
# Owls at noon

October 5, 2026 by the editor

Owls were seen at noon. A [link](https://owls.example/) and `code`.

Second paragraph of the article.

%% related Barn doors | 2026-09-01 | They creak.
%% discussion page | stars 5
%% comment a | editor | 2026-10-05T08:00:00Z | 4.5 / 5 (8)
A fine sight.
%% comment b < a | sceptic | 2026-10-05T09:00:00Z | 1 / 5 (4)
No owl was there.
%% comment c < b | night reader | 2026-10-05T10:00:00Z | 3 / 5 (3)
I saw it.
%% comment d | commuter | 2026-10-05T11:00:00Z | 2 / 5 (1)
Trains were late.
%% comment e | - | 2026-10-05T12:00:00Z | not rated
What is an owl?
%% comment f < e | editor | 2026-10-05T13:00:00Z | 5 / 5 (2)
A bird.
";

const POINTS: &str = "\
# Second article

October 4, 2026

Text.

%% discussion page | points
%% comment a | editor | 2026-10-04T08:00:00Z | 12 points (14 up, 2 down)
High.
%% comment b | sceptic | 2026-10-04T09:00:00Z | -3 points (1 up, 4 down)
Low.
";

fn open() -> Play {
    let mut play = Play::new((60, 30), &[STARS, POINTS]);
    play.play("<enter>c");
    play
}

#[test]
fn the_page_is_one_from_headline_to_comments() {
    let mut play = Play::new((60, 44), &[STARS]);
    play.play("<enter>");
    assert_snapshot!(play.screen(), @r#"
         Gleaner   Owls at noon                              ? help
        ▌ Owls at noon
        ▌ October 5, 2026 · the editor · Welcome edition · 1 min

          Owls were seen at noon. A link[1] and code.

          Second paragraph of the article.

          Related stories

          Barn doors
          September 1, 2026
          They creak.

          ── Comments 6 · oldest first · threaded ─────────────────

          ◆ editor · 4.5 / 5 (8) · Oct 5
          A fine sight.

          │ sceptic · 1 / 5 (4) · Oct 5
          │ No owl was there.
          │
          │ │ night reader · 3 / 5 (3) · Oct 5
          │ │ I saw it.

          commuter · 2 / 5 (1) · Oct 5
          Trains were late.

          not rated yet · Oct 5
          What is an owl?

          │ ◆ editor · 5 / 5 (2) · Oct 5
          │ A bird.









         rank Off     █ █ █  ██ Off ●────────── 5  6 open of 6
         j k move  [ ] bar  c comments  enter open/fold  o order
        "#);
}

#[test]
fn the_bar_opens_and_shrinks_what_is_on_the_screen() {
    let mut play = open();
    let mut sliders = vec![play.slider()];
    for keys in ["]", "]]]]", "]", "}}}}", "u", "[[[[[[["] {
        play.play(keys);
        sliders.push(play.slider());
    }
    assert_snapshot!(sliders.join("\n"), @r#"
        rank Off     █ █ █  ██ Off ●────────── 5  6 open of 6
        rank ≥ 0.5   █ █ █  ██ Off ─●───────── 5  6 open of 6
        rank ≥ 2.5   █ █ █  ██ Off ─────●───── 5  4 open of 6
        rank ≥ 3     █ █ █  ██ Off ──────●──── 5  4 open of 6
        rank ≥ 3     █ █ █  ██ Off ────○─●──── 5  4 open of 6
        rank ≥ 3     █ █ █  ██ Off ────○─●──── 5  3 open of 6
        rank Off     █ █ █  ██ Off ●────────── 5  6 open of 6
        "#);
}

#[test]
fn three_panes_on_a_wide_screen() {
    let play = Play::new((150, 24), &[STARS, POINTS]);
    assert_snapshot!(play.screen(), @r#"
         Gleaner   Unread 2 · newest first                                                                                                             ? help
        ┌ Sections ──────────┲ Articles ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┱ Owls at noon ──────────────────────────────────────────────────────── 0 % ─┐
        │ All              2 ┃▌●  Owls at noon                                  ┃▌ Owls at noon                                                              │
        │▌Unread           2 ┃    Welcome edition · Oct 5 · 6 ▄▄▄ █             ┃▌ October 5, 2026 · the editor · Welcome edition · 1 min                    │
        │ Starred            ┃ ●  Second article                                ┃                                                                            │
        │ Watched            ┃    Welcome edition · Oct 4 · 2 █   █             ┃  Owls were seen at noon. A link[1] and code.                               │
        │  Welcome edition 2 ┃                                                  ┃                                                                            │
        │                    ┃                                                  ┃  Second paragraph of the article.                                          │
        │                    ┃                                                  ┃                                                                            │
        │                    ┃                                                  ┃  Related stories                                                           │
        │                    ┃                                                  ┃                                                                            │
        │                    ┃                                                  ┃  Barn doors                                                                │
        │                    ┃                                                  ┃  September 1, 2026                                                         │
        │                    ┃                                                  ┃  They creak.                                                               │
        │                    ┃                                                  ┃                                                                            │
        │                    ┃                                                  ┃  ── Comments 6 · oldest first · threaded ───────────────────────────────── │
        │                    ┃                                                  ┃                                                                            │
        │                    ┃                                                  ┃  ◆ editor · 4.5 / 5 (8) · Oct 5                                            │
        │                    ┃                                                  ┃  A fine sight.                                                             │
        │                    ┃                                                  ┃                                                                            │
        │                    ┃                                                  ┃  │ sceptic · 1 / 5 (4) · Oct 5                                             │
        │                    ┃                                                  ┃ rank Off     █ █ █  ██ Off ●────────── 5  6 open · 0 lines · 0 folded of 6 │
        └────────────────────┺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┹────────────────────────────────────────────────────────────────────────────┘
         + add your first feed  j k move  enter read  c comments  [ ] bar  h sections  S find  s star  / filter  q quit  : command  ? help
        "#);
}

#[test]
fn a_folded_run_opens_to_lines_and_a_line_opens() {
    let mut play = open();
    play.play("]]]]]]]]}}}}}");
    assert_snapshot!(play.pane(Pane::Page), @r#"
          Related stories

          Barn doors
          September 1, 2026
          They creak.

          ── Comments 6 · oldest first · threaded ─────────────────

        ▌ ◆ editor · 4.5 / 5 (8) · Oct 5
        ▌ A fine sight.

          │ sceptic · 1 / 5 (4) · Oct 5  No owl was there.
          │ │ night reader · 3 / 5 (3) · Oct 5  I saw it.
          ··· 1 below 2.5
          not rated yet · Oct 5
          What is an owl?

          │ ◆ editor · 5 / 5 (2) · Oct 5
          │ A bird.







         rank ≥ 4     █ █ █  ██ Off ─────○──●── 5  3 open of 6
        "#);
}

#[test]
fn why_tells_the_rule() {
    let mut play = open();
    let mut told = Vec::new();
    for keys in ["w", "]]]]]]]w", "jw", "}}}}}w"] {
        play.play(keys);
        told.push(
            play.screen().lines().skip_while(|line| !line.contains("Why")).skip(1).take(3).collect::<Vec<_>>().join("\n"),
        );
        play.play("<esc>");
    }
    assert_snapshot!(told.join("\n--\n"), @r#"
          │ No ┃ editor: 4.5 / 5 (8)                        ┃
          │    ┃ Open: the bar is Off, so every comment is. ┃
          │ │ n┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
        --
          │ │ ┃ editor: 4.5 / 5 (8)                          ┃
          comm┃ Open: its rank is at or above the bar (3.5). ┃
          not ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
        --
          │ │ ni┃ sceptic: 1 / 5 (4)                       ┃
          commut┃ A line: its rank is below the bar (3.5). ┃
          not ra┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
        --
        ▌┃ sceptic: 1 / 5 (4)                                    ┃
         ┃ A line, though below the floor (2.5): a comment under ┃
         ┃ it is shown, and keeps its context.                   ┃
        "#);
}

#[test]
fn the_comment_under_the_cursor_keeps_its_row() {
    let mut play = open();
    play.play("jjj");
    let (before, text) = (play.cursor_row(), play.at_cursor());
    for keys in ["]", "]]", "o", "O", "t", "t", "[[["] {
        play.play(keys);
        assert_eq!((play.cursor_row(), play.at_cursor()), (before, text.clone()), "after {keys}");
    }
    play.send(Msg::Resize(58, 30));
    assert_eq!(play.cursor_row(), before);
}

#[test]
fn marks_and_ratings_are_undone() {
    let mut play = Play::new((60, 20), &[STARS, POINTS]);
    let row = |play: &Play| play.screen().lines().nth(1).unwrap_or_default().to_owned();
    let first = row(&play);
    play.play("s");
    assert!(row(&play).contains('★'));
    play.play("m*4");
    assert!(!row(&play).contains('●') && play.screen().contains("yours 4"));
    play.play("UUU");
    assert_eq!(row(&play), first);
    play.play("U");
    assert_eq!(play.footer(), "nothing to undo");
}

#[test]
fn a_comment_is_rated_for_oneself() {
    let mut play = open();
    play.play("*5");
    assert_eq!(play.at_cursor(), "editor · 4.5 / 5 (8) · Oct 5 · yours 5");
    play.play("*0");
    assert_eq!(play.at_cursor(), "editor · 4.5 / 5 (8) · Oct 5");
}

#[test]
fn a_search_opens_what_it_finds_and_closes_it_again() {
    let mut play = open();
    play.play("]]]]]]]]]]}}}}}}}}}}g/OWL<enter>nn");
    assert_eq!(play.footer().split("  ").take(2).collect::<Vec<_>>(), ["/owl", "3 of 4"]);
    assert!(play.pane(Pane::Page).contains("No owl was there."));
    assert_eq!(play.reversed(), "Owl Owl owl owl");
    play.play("n");
    assert!(!play.pane(Pane::Page).contains("No owl was there."), "{}", play.screen());
    play.play("<esc>");
    assert_eq!(play.reversed(), "");
    play.play("/zebra<enter>");
    assert_eq!(play.footer(), "not found on this page: zebra");
}

#[test]
fn the_list_is_narrowed_live() {
    let mut play = Play::new((60, 20), &[STARS, POINTS]);
    play.play("/second");
    assert!(play.screen().contains("Second article") && !play.screen().contains("Owls"));
    play.play("<enter>q");
    assert!(play.screen().contains("Owls"));
    play.play("/zzz");
    assert!(play.screen().contains("nothing matches the filter"));
}

#[test]
fn the_palette_runs_actions_and_sets_the_bar() {
    let mut play = open();
    play.play(":rank 3.7<enter>");
    assert!(play.slider().starts_with("rank ≥ 3.7"), "{}", play.slider());
    play.play(":rank off<enter>");
    assert!(play.slider().starts_with("rank Off"));
    play.play(":top 20<enter>");
    assert!(play.slider().starts_with("rank ≥ 5"), "{}", play.slider());
    play.play(":rank 9<enter>");
    assert_eq!(play.footer(), "stars go from 0 to 5, not 9");
    play.play(":star<enter>");
    assert_eq!(play.footer(), "starred");
    play.play(":wwwww<enter>");
    assert_eq!(play.footer(), "no action is called `wwwww`");
}

#[test]
fn threads_are_walked() {
    let mut play = open();
    let mut steps = Vec::new();
    for keys in ["", ")", ")", "(", "P", "(", "jj", "p", "jP", ".", ","] {
        play.play(keys);
        steps.push(format!("{keys:3} {} [{}]", play.at_cursor(), play.footer().split("  ").next().unwrap_or_default()));
    }
    assert_snapshot!(steps.join("\n"), @r#"
            editor · 4.5 / 5 (8) · Oct 5 [j k move]
        )   commuter · 2 / 5 (1) · Oct 5 [j k move]
        )   not rated yet · Oct 5 [j k move]
        (   commuter · 2 / 5 (1) · Oct 5 [j k move]
        P   commuter · 2 / 5 (1) · Oct 5 [this comment begins its thread]
        (   editor · 4.5 / 5 (8) · Oct 5 [j k move]
        jj  night reader · 3 / 5 (3) · Oct 5 [j k move]
        p   sceptic · 1 / 5 (4) · Oct 5 [j k move]
        jP  editor · 4.5 / 5 (8) · Oct 5 [j k move]
        .   sceptic · 1 / 5 (4) · Oct 5 [j k move]
        ,   editor · 4.5 / 5 (8) · Oct 5 [j k move]
        "#);
}

#[test]
fn a_restart_restores_the_place() {
    let mut play = open();
    play.play("jj]]]]<enter>z");
    let before = play.screen();
    let mut play = play.restart();
    assert_eq!(play.screen().lines().skip(1).collect::<Vec<_>>()[..28], before.lines().skip(1).collect::<Vec<_>>()[..28]);
    play.play("q");
    let play = play.restart();
    assert_eq!(play.model.focus, Pane::List);
}

#[test]
fn back_goes_one_step_and_out_only_by_q() {
    let mut play = open();
    play.play("?q<esc><esc>");
    assert_eq!((play.model.focus, play.footer().as_str()), (Pane::List, "q quits"));
    assert!(!play.ended());
    play.play("q");
    assert!(play.ended());
}

#[test]
fn the_slider_is_dragged() {
    let mut play = open();
    let area = play.model.geometry.slider();
    let track = play.slider().chars().position(|c| c == '─').unwrap() as u16 + area.x;
    play.send(Msg::Click { column: track + 10, row: area.y });
    assert!(play.slider().starts_with("rank ≥ 5"), "{}", play.slider());
    play.send(Msg::Drag { column: track + 4 }).send(Msg::Released);
    assert!(play.slider().starts_with("rank ≥ 2"), "{}", play.slider());
    play.send(Msg::Drag { column: track });
    assert!(play.slider().starts_with("rank ≥ 2"));
}

#[test]
fn every_size_is_drawn_and_every_key_answers() {
    let keys = "jkGg bhl\tnNcar][}{uvoOt)(pP.,zZwsmAU*3Wf1ByY/x<enter>:<esc>?<esc>JK<ctrl-d><ctrl-u>";
    for size in [(200, 60), (100, 30), (80, 24), (40, 12), (20, 5), (1, 1), (300, 5), (20, 100)] {
        let mut play = Play::new(size, &[STARS, POINTS]);
        play.play("<enter>").play(keys).play("<esc>").play(keys);
        play.screen();
    }
}

#[test]
fn every_line_of_the_page_fits_its_pane() {
    for width in 20..90 {
        let mut play = Play::new((width, 24), &[STARS]);
        play.play("<enter>");
        let page = play.model.page.as_ref().unwrap();
        let columns = usize::from(play.model.geometry.page_text(true).width);
        for at in 0..page.len() {
            assert!(page.lines(at).iter().all(|line| line.width() <= columns), "{width}: {:?}", page.lines(at));
        }
    }
}

#[test]
fn the_discussion_is_told_in_figures() {
    let mut play = Play::new((70, 26), &[STARS]);
    play.play("<enter>i");
    assert_snapshot!(play.screen(), @r#"
         Gleaner   Owls at noon                                   0 %  ? help
        ┏ Statistics ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
        ┃ 6 comments · 1 unrated                                             ┃
        ┃ 4 authors · 3 threads · depth 2                                    ┃
        ┃ stars: half ≥ 3 · tenth ≥ 5 · best 5                               ┃
        ┃ half in 2 hours · 90 % in 5 hours                                  ┃
        ┃                                                                    ┃
        ┃ comments by stars                                                  ┃
        ┃ 1┤          ████      ████      ████           ████ ████           ┃
        ┃  │          ████      ████      ████           ████ ████           ┃
        ┃  │          ████      ████      ████           ████ ████           ┃
        ┃  │          ████      ████      ████           ████ ████           ┃
        ┃  │          ████      ████      ████           ████ ████           ┃
        ┃  │          ████      ████      ████           ████ ████           ┃
        ┃  │          ████      ████      ████           ████ ████           ┃
        ┃ 0┤          ████      ████      ████           ████ ████           ┃
        ┃   0    0.5  1    1.5  2    2.5  3    3.5  4    4.5  5              ┃
        ┃                                                                    ┃
        ┃ comments each 5 minutes                                            ┃
        ┃ 1┤█           █           █           █           █          █     ┃
        ┃  │█           █           █           █           █          █     ┃
        ┃  │█           █           █           █           █          █     ┃
        ┃ 0┤█           █           █           █           █          █     ┃
        ┃   Oct 5 08:00         Oct 5 09:40         Oct 5 11:20              ┃
        ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
         j k move  [ ] bar  c comments  enter open/fold  o order  / search
        "#);
}
