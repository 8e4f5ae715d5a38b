//! `n` and `N`: through the hits of a page, its new comments, and on to other articles.

use super::*;

const LONG: &str = "\
# A long article

October 3, 2026

First paragraph.

Second paragraph.

Third paragraph.

Fourth paragraph.

Fifth paragraph.

Sixth paragraph.

Seventh paragraph.

Eighth paragraph.

Here the heron
stands alone.

%% discussion page | points
%% comment a | editor | 2026-10-03T08:00:00Z | 12 points (14 up, 2 down)
Top.
%% comment b < a | sceptic | 2026-10-03T09:00:00Z | -3 points (1 up, 4 down)
One heron.
%% comment c < a | commuter | 2026-10-03T09:30:00Z | -3 points (1 up, 4 down)
No bird.
";

const SHORT: &str = "\
# A short article

October 2, 2026

A heron again.
";

fn title(play: &Play) -> String {
    play.model.page.as_ref().unwrap().article.article.title.to_string()
}

#[test]
fn n_says_that_nothing_new_is_left_and_then_goes_on_to_the_next_unread_article() {
    let mut play = open();
    play.play("n");
    assert_eq!(play.footer(), "no new comments below (n: next unread)");
    assert_eq!(title(&play), "Owls at noon");
    play.play("jn");
    assert_eq!((title(&play).as_str(), play.model.found_no_more), ("Owls at noon", Some(true)), "another key came between");
    play.play("n");
    assert_eq!(title(&play), "Second article");
    // From a text above the comments nothing is passed over.
    play.play("man");
    assert_eq!(play.footer(), "nothing unread in this list");
}

#[test]
fn n_goes_to_new_comments_in_folds_and_closes_them_again() {
    let mut play = open();
    play.play("]]]]]]]]}}}}}q");
    let grown = STARS.replace(
        "%% comment d |",
        "%% comment b2 < b | passer-by | 2026-10-05T10:30:00Z | 1 / 5 (2)\nToo late to matter.\n%% comment d |",
    );
    let mut play = play.reread(&grown);
    play.play("<enter>c");
    let before = play.pane(Pane::Page);
    assert!(!before.contains("Too late") && before.contains("1 new"), "{before}");
    play.play("n");
    assert_eq!(play.at_cursor(), "passer-by · 1 / 5 (2) · Oct 5 · new");
    assert!(play.pane(Pane::Page).contains("Too late to matter."));
    play.play("w");
    assert!(play.screen().contains("Shown for now"), "{}", play.screen());
    play.play("<esc>gc");
    assert!(!play.pane(Pane::Page).contains("Too late"), "{}", play.pane(Pane::Page));
    // The reader folded its thread: only the comment and the way to it are shown.
    play.play("Zn");
    let page = play.pane(Pane::Page);
    let lines: Vec<&str> = page.lines().skip_while(|line| !line.contains("[+3]")).take(7).collect();
    assert_eq!(
        lines,
        [
            "  [+3] ◆ editor · 4.5 / 5 (8) · Oct 5  A fine sight.",
            "  │ sceptic · 1 / 5 (4) · Oct 5  No owl was there.",
            "  │ │ ··· 1 folded",
            "▌ │ │ passer-by · 1 / 5 (2) · Oct 5 · new",
            "▌ │ │ Too late to matter.",
            "",
            "  commuter · 2 / 5 (1) · Oct 5  Trains were late.",
        ]
    );
    play.play("k");
    assert!(!play.pane(Pane::Page).contains("Too late"), "{}", play.pane(Pane::Page));
}

#[test]
fn a_hit_opens_the_page_at_it_and_n_goes_through_the_hits_of_all_pages() {
    let mut play = Play::new((60, 12), &[STARS, LONG, SHORT]);
    play.play("Sheron<enter>").play("g<enter>");
    let mut seen = Vec::new();
    for key in ["", "n", "n", "n", "N", "N", "N", "N"] {
        play.play(key);
        let footer = play.footer();
        let told = footer.split("  ").take(2).collect::<Vec<_>>().join(" ");
        seen.push(format!("{key:1} {} | {} | {} | {told}", title(&play), play.at_cursor(), play.reversed()));
    }
    assert_snapshot!(seen.join("\n"), @r"
          A short article | A heron again. | heron | /heron 1 of 1
        n A long article | Here the heron stands alone. | heron | /heron 1 of 2
        n A long article | sceptic · -3 points (1 up, 4 down) · Oct 3 | heron | /heron 2 of 2
        n A long article | sceptic · -3 points (1 up, 4 down) · Oct 3 | heron | this is the last hit of the search
        N A long article | Here the heron stands alone. | heron heron | /heron 1 of 2
        N A short article | A heron again. | heron | /heron 1 of 1
        N A short article | A heron again. | heron | this is the first hit of the search
        N A short article | A heron again. | heron | this is the first hit of the search
        ");
}

#[test]
fn esc_on_the_page_of_a_hit_goes_back_to_the_hits() {
    let mut play = Play::new((60, 12), &[STARS, LONG, SHORT]);
    play.play("Sheron<enter>j<enter><esc>");
    assert_eq!(play.model.focus, Pane::List);
    // A search typed on such a page ends before; the hits are marked again.
    play.play("<enter>/paragraph<enter>");
    assert!(play.footer().starts_with("/paragraph"), "{}", play.footer());
    play.play("<esc>");
    assert!(play.footer().starts_with("/heron"), "{}", play.footer());
    play.play("<esc><esc>");
    assert!(play.model.list.finding.is_none());
    play.play("<enter>");
    assert_eq!(play.reversed(), "");
}

#[test]
fn a_phrase_is_marked_across_the_end_of_a_line() {
    let mut play = Play::new((24, 20), &[LONG]);
    play.play("S\"heron stands\"<enter><enter>");
    assert_eq!(play.reversed(), "heron stands");
    play.play("<esc><esc><enter>/the heron st<enter>");
    assert_eq!(play.reversed(), "the heron st");
}

#[test]
fn a_hit_far_down_in_a_long_paragraph_is_on_the_screen() {
    let page = format!("# Long\n\nOctober 3, 2026\n\n{}needle {}\n", "some words of a text ".repeat(80), "more ".repeat(200));
    let mut play = Play::new((40, 12), &[&page]);
    play.play("Sneedle<enter><enter>");
    assert_eq!(play.reversed(), "needle");
    play.play("<esc><esc><enter>g/needle<enter>");
    assert_eq!(play.reversed(), "needle");
}

#[test]
fn a_search_in_a_folded_thread_shows_the_hit_alone_and_closes_it_again() {
    let mut play = open();
    play.play("Z");
    play.play("/bird<enter>");
    let shown = play.pane(Pane::Page);
    assert!(shown.contains("A bird.") && !shown.contains("No owl was there."), "{shown}");
    play.play("<esc>");
    let closed = play.pane(Pane::Page);
    assert!(!closed.contains("A bird."), "{closed}");
    assert_eq!(closed.lines().filter(|line| line.contains("[+")).count(), 2, "{closed}");
    // Comments that the reader opened in the fold stay open.
    play.play("g/saw<enter>");
    assert!(play.pane(Pane::Page).contains("I saw it.") && !play.pane(Pane::Page).contains("A bird."));
    play.play("gGk<esc>");
    assert!(!play.pane(Pane::Page).contains("I saw it."), "{}", play.pane(Pane::Page));
}
