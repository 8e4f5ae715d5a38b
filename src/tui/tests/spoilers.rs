//! Spoilers, shown by a key.

use super::play::Play;

const FILM: &str = "# A film\n\nOctober 5, 2026\n\nIt is good.\n\n<details><summary>The ending</summary>\nThe butler was the owl.\n</details>\n";

#[test]
fn a_spoiler_is_its_title_until_the_reader_asks() {
    let mut play = Play::new((60, 16), &[FILM]);
    let hidden = play.play("<enter>").screen();
    assert!(hidden.contains("▸ The ending (hidden)") && !hidden.contains("butler"), "{hidden}");
    let shown = play.play("jjV").screen();
    assert!(shown.contains("▾ The ending") && shown.contains("▎ The butler was the owl."), "{shown}");
    assert!(!play.play("V").screen().contains("butler"));
    assert!(play.play("gV").screen().contains("there is no spoiler here"));
}
