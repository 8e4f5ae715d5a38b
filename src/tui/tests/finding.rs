use super::*;
use crate::store::{RelatedHit, Section};

fn searching(size: (u16, u16)) -> Play {
    let mut play = Play::new(size, &[STARS, POINTS]);
    play.play("S");
    play
}

#[test]
fn hits_come_as_one_types_and_esc_goes_back() {
    let mut play = searching((60, 14));
    play.play("owl");
    assert_snapshot!(play.screen(), @r#"
         Gleaner   owl · 1 hit                               ? help
        ▌●  Owls at noon
            Owls were seen at noon. A link and code. Second paragra…
            Welcome edition · Oct 5 · 6 ▄▄▄ █








         search: owl
         enter the best first  esc back  ctrl-s save  ↓ ↑ move
        "#);
    play.play("<enter>");
    assert_snapshot!(play.screen(), @r#"
         Gleaner   owl · 1 hit                               ? help
        ▌●  Owls at noon
            Owls were seen at noon. A link and code. Second paragra…
            Welcome edition · Oct 5 · 6 ▄▄▄ █









         esc end the search  ctrl-s save  j k move  enter read
        "#);
    play.play("<esc>");
    assert_snapshot!(play.screen(), @r#"
         Gleaner   Unread 2 · newest first                   ? help
        ▌●  Owls at noon
            Welcome edition · Oct 5 · 6 ▄▄▄ █
         ●  Second article
            Welcome edition · Oct 4 · 2 █   █








         + add your first feed  j k move  enter read  c comments
        "#);
}

#[test]
fn a_wrong_query_has_a_caret_under_the_place() {
    let mut play = searching((60, 9));
    play.play("owls is:old");
    assert_snapshot!(play.screen(), @r#"
        Gleaner   owls is:old · nothing found               ? help






        search: owls is:old
                        ^ is: wants unread, read, starred, watched…
        "#);
    // The earlier hits stay until the query is valid again.
    play.play("<backspace><backspace><backspace>unread");
    assert_eq!(play.model.list.rows.len(), 1);
    play.play(" in:").play("<enter>");
    assert_snapshot!(play.footer(), @"^ in: wants articles or comments");
}

#[test]
fn a_comment_that_was_found_is_gone_to_though_the_bar_shuts_it() {
    let mut play = Play::new((60, 20), &[STARS, POINTS]);
    play.play("<enter>]]]]]]q").play("Sin:comments owl").play("<enter>");
    assert_snapshot!(play.pane(Pane::List), @r#"
        ▌   Owls at noon
            somebody: What is an owl?
            Welcome edition · Oct 5 · 6 ▄▄▄ █
            Owls at noon
            sceptic: No owl was there.
            Welcome edition · Oct 5 · 6 ▄▄▄ █
        "#);
    play.play("G<enter>");
    assert_eq!(play.at_cursor(), "sceptic · 1 / 5 (4) · Oct 5");
    assert!(play.pane(Pane::Page).contains("No owl was there."));
    // Back to the hits, then to where the search began.
    play.play("<esc>");
    assert!(play.model.list.finding.is_some());
    play.play("<esc>");
    assert!(play.model.list.finding.is_none() && play.model.list.rows.len() == 2);
}

#[test]
fn a_search_from_the_page_goes_back_to_the_page() {
    let mut play = Play::new((60, 12), &[STARS, POINTS]);
    play.play("<enter>c))");
    let (screen, at) = (play.screen(), play.at_cursor());
    play.play("Stext<esc>");
    assert_eq!((play.screen(), play.at_cursor()), (screen.clone(), at.clone()));
    play.play("Stext<enter><enter>");
    assert_eq!(play.model.page.as_ref().unwrap().article.article.title, *"Second article");
    play.play("<esc><esc>");
    assert_eq!((play.screen(), play.at_cursor()), (screen, at));
}

#[test]
fn marks_made_on_hits_are_kept_and_shown_on_all_hits_of_the_article() {
    let mut play = searching((60, 20));
    play.play("in:comments has:comments<enter>");
    let hits = play.model.list.rows.len();
    assert!(hits > 2);
    play.play("s");
    let starred = |play: &Play| play.model.list.rows.iter().filter(|row| row.starred).count();
    let of_article = play.model.list.rows.iter().filter(|row| row.id == play.model.list.rows[0].id).count();
    assert_eq!(starred(&play), of_article);
    play.play("A");
    assert!(play.model.list.rows.iter().all(|row| row.read));
    play.play("<esc>");
    assert_eq!(play.model.list.rows.iter().filter(|row| row.starred).count(), 1);
}

#[test]
fn a_search_is_saved_counted_and_removed() {
    let mut play = searching((150, 16));
    play.play("owls<ctrl-s><ctrl-u>Birds<enter>");
    assert_eq!(play.footer(), "saved: Birds is a section");
    let line = |play: &Play| play.pane(Pane::Sections).lines().find(|line| line.contains("Birds")).map(str::to_owned);
    assert_eq!(line(&play).as_deref(), Some(" Birds            1"));
    play.play("m");
    assert_eq!(line(&play).as_deref(), Some(" Birds"));
    play.play("U");
    assert_eq!(line(&play).as_deref(), Some(" Birds            1"));
    play.play("<esc>h<down><down><down>");
    assert!(matches!(play.model.list.section, Section::Search(_)));
    assert_eq!(play.model.list.rows.len(), 1);
    play.play("<delete>");
    assert_eq!(play.footer(), "remove the saved search Birds? y removes it, any other key keeps it");
    play.play("n");
    assert!(line(&play).is_some());
    play.play("<delete>y");
    assert_eq!((line(&play), play.model.list.section.clone()), (None, Section::Unread));
}

#[test]
fn what_cannot_be_saved_or_removed_says_so() {
    let mut play = searching((80, 16));
    play.play("<ctrl-s>");
    assert_eq!(play.footer(), "not saved: this is not a search yet");
    play.play("<esc><ctrl-s>");
    assert_eq!(play.footer(), "there is no search to save (S searches)");
    play.play("<delete>");
    assert_eq!(play.footer(), "this section is neither a source nor a saved search");
}

#[test]
fn the_list_goes_to_a_date() {
    let day = |n: u32| format!("# Of day {n}\n\nOctober {n}, 2026\n\nText.\n");
    let pages: Vec<String> = (1..=28).map(day).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let mut play = Play::new((60, 12), &pages);
    for (typed, wanted) in [
        ("2026-10-05", "Of day 5"),
        ("-20d", "Of day 12"),
        ("october", "Of day 28"),
        ("2020", "Of day 1"),
        ("2026-10-20", "Of day 20"),
    ] {
        play.play("d").play(typed).play("<enter>");
        assert_eq!(play.model.list.selected().unwrap().title, *wanted, "{typed}");
    }
    play.play("k");
    assert_eq!(play.model.list.selected().unwrap().title, *"Of day 21");
    play.play("dsoon<enter>");
    assert_eq!(play.footer(), "no date is called `soon`; try 2026-03-01, 2026-03, march, …");
    play.play("Ld");
    assert_eq!(play.footer(), "dates are for the list by date (L changes its order)");
}

#[test]
fn related_articles_of_the_library_stand_behind_those_of_the_page() {
    let mut play = Play::new((60, 40), &[STARS, POINTS]);
    let other = play.model.list.rows[1].clone();
    play.play("<enter>c");
    let (id, at) = (play.model.page.as_ref().unwrap().article.id, play.at_cursor());
    let related = || RelatedHit { own: vec![None], alike: vec![other.clone()] };
    play.send(Msg::Related { id, related: related() });
    assert_eq!(play.at_cursor(), at);
    play.play("r<down><down>");
    assert_eq!(play.at_cursor(), "Second article");
    play.play("<enter>");
    assert_eq!(play.model.page.as_ref().unwrap().article.id, other.id);
    // An answer for a page that was left changes nothing.
    play.send(Msg::Related { id, related: related() });
    assert!(play.model.page.as_ref().unwrap().article.article.related.is_empty());
}
