//! Forty columns and twelve rows: nothing that is told there is cut where it could be wrapped.

use insta::assert_snapshot;

use super::STARS;
use super::play::Play;

fn narrow(keys: &str) -> String {
    let mut play = Play::new((40, 12), &[STARS]);
    play.play(keys);
    play.screen()
}

#[test]
fn the_help_wraps_what_an_action_does() {
    assert_snapshot!(narrow("?jj"), @r#"
        ┏ Help 3-12 of 237: j k scroll ━━━━━━━━┓
        ┃ k up       up a row or a paragraph   ┃
        ┃ space pgdn down a screen; at the end ┃
        ┃            to the next unread        ┃
        ┃ b pgup     up a screen               ┃
        ┃ ctrl-d     down half a screen        ┃
        ┃ ctrl-u     up half a screen          ┃
        ┃ g home     to the beginning          ┃
        ┃ G end      to the end                ┃
        ┃ h left     to the pane on the left   ┃
        ┃ l right    to the pane on the right  ┃
        ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
        "#);
}

#[test]
fn the_palette_keeps_its_columns_apart() {
    assert_snapshot!(narrow(":half"), @r#"
         Gleaner   Unread 1              ? help
        ┏ Command ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
        ┃ :half                                ┃
        ┃ ▌half-page-down ctrl-d  down half a… ┃
        ┃  half-page-up   ctrl-u  up half a s… ┃
        ┃                                      ┃
        ┃                                      ┃
        ┃                                      ┃
        ┃                                      ┃
        ┃                                      ┃
        ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
         + add your first feed  j k move
        "#);
}

#[test]
fn statistics_label_only_what_there_is_room_for() {
    assert_snapshot!(narrow("<enter>ci"), @r#"
        ┏ Statistics ━━━━━━━━━━━━━━━━━━━━━━━━━━┓
        ┃ 6 comments · 1 unrated               ┃
        ┃ 4 authors · 3 threads · depth 2      ┃
        ┃ stars: half ≥ 3 · tenth ≥ 5 · best 5 ┃
        ┃ half in 2 hours · 90 % in 5 hours    ┃
        ┃ comments by stars                    ┃
        ┃ 1┤      ██    ██    ██       ██ ██   ┃
        ┃  │      ██    ██    ██       ██ ██   ┃
        ┃  │      ██    ██    ██       ██ ██   ┃
        ┃ 0┤      ██    ██    ██       ██ ██   ┃
        ┃   0     1     2     3     4     5    ┃
        ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
        "#);
}

#[test]
fn the_headline_of_a_page_has_the_title_row() {
    assert_snapshot!(narrow("<enter>"), @r#"
         Owls at noon                     0 % ?
        ▌ Owls at noon
        ▌ October 5, 2026 · the editor
        ▌ Welcome edition · 1 min

          Owls were seen at noon. A link[1] and
          code.

          Second paragraph of the article.

         rank Off   ●────────── 6/6
         j k move  [ ] bar  c comments
        "#);
}

#[test]
fn an_empty_search_is_called_a_search() {
    assert_snapshot!(narrow("S"), @r#"
        Gleaner   search                ? help
        type what to look for

        words, "phrases", -not, OR, in:comments






        search:
        enter the best first  esc back
        "#);
}
