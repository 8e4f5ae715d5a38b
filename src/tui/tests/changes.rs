//! An article that was updated, with what changed shown in its place.

use insta::assert_snapshot;

use super::play::Play;

const BEFORE: &str = "# Owls at noon\n\nOctober 5, 2026\n\nOwls were seen at noon.\n\nThere were three.\n\nNobody knows why.\n";
const AFTER: &str = "# Owls at noon\n\nOctober 5, 2026\n\nOwls were seen at noon.\n\nThere were four of them.\n\nNobody knows why.\n\nUpdate: it was dark.\n";

#[test]
fn what_changed_is_shown_by_a_key_and_gone_by_the_next() {
    let mut play = Play::new((60, 16), &[BEFORE]).reread(AFTER);
    let plain = play.play("<enter>").screen();
    assert_snapshot!(play.play("e").screen(), @r"
     Gleaner   Owls at noon                              ? help
      Owls at noon
      October 5, 2026 · Welcome edition · updated 0 seconds ago
      1 min

        Owls were seen at noon.

    ▌ - There were three.

      + There were four of them.

        Nobody knows why.

      + Update: it was dark.

     what the update changed: 1 gone (-), 2 new (+)
    ");
    // The place that is kept is that of the page without its changes.
    play.play("j");
    let mut play = play.restart();
    assert_snapshot!(play.screen(), @r"
     Gleaner   Owls at noon                              ? help
      Owls at noon
      October 5, 2026 · Welcome edition · updated 0 seconds ago
      1 min

      Owls were seen at noon.

    ▌ There were four of them.

      Nobody knows why.

      Update: it was dark.



     j k move  [ ] bar  c comments  enter open/fold  o order
    ");
    play.play("ee");
    assert_eq!(play.play("g").screen(), plain);
}

#[test]
fn an_article_that_was_never_updated_says_so() {
    let mut play = Play::new((60, 16), &[BEFORE]);
    assert!(play.play("<enter>e").screen().contains("it is as it came"));
}
