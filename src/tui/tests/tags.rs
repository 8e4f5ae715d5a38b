//! Tags, notes and "read later" by keys.

use super::play::Play;
use super::{POINTS, STARS};
use crate::domain::tag::shown_tags;
use crate::domain::text::clean;
use crate::store::Section;

fn titles_of_tags(play: &Play) -> Vec<String> {
    let rows = play.model.all_sections.iter().filter(|row| matches!(row.section, Section::Tag(_)));
    rows.map(|row| format!("{} {}", row.title, row.total)).collect()
}

#[test]
fn tags_are_typed_shown_completed_and_undone() {
    let mut play = Play::new((80, 24), &[STARS, POINTS]);
    play.play("TRust #linux<enter>");
    assert_eq!(play.footer(), "#linux #rust");
    assert!(play.screen().contains("#linux #rust"), "{}", play.screen());
    assert_eq!(titles_of_tags(&play), ["#linux 1", "#rust 1"]);
    // Tab completes a tag in use; the page shows the tags at once.
    play.play("j<enter>Tru<tab><enter>");
    assert!(play.screen().contains("min · #rust"), "{}", play.screen());
    assert_eq!(titles_of_tags(&play), ["#linux 1", "#rust 2"]);
    play.play("U");
    assert_eq!(play.footer(), "undone: no tags again");
    play.play("qTx\"y<enter>");
    assert!(play.footer().contains("`x\"y` is not a tag"), "{}", play.footer());
    play.play("kT<esc>");
    assert_eq!(shown_tags(&play.model.list.rows[0].tags), "#linux #rust");
}

#[test]
fn an_article_is_put_among_those_to_read_later_and_taken_out() {
    let mut play = Play::new((80, 24), &[STARS, POINTS]);
    play.play("F");
    assert_eq!(play.footer(), "to be read later");
    assert_eq!(titles_of_tags(&play), ["Read later 1"]);
    play.play("F");
    assert_eq!((play.footer().as_str(), titles_of_tags(&play)), ("no longer to be read later", Vec::<String>::new()));
    play.play("Uhjjj");
    assert_eq!(play.model.section_row().unwrap().title, clean("Read later"));
    assert_eq!(play.model.list.rows.len(), 1);
}

#[test]
fn a_note_is_written_shown_and_undone() {
    let mut play = Play::new((80, 24), &[STARS]);
    play.play("<enter>;check the figures<enter>");
    assert_eq!(play.footer(), "noted");
    assert!(play.screen().contains("Note: check the figures"), "{}", play.screen());
    play.play(";<ctrl-u>other<enter>");
    assert!(play.screen().contains("Note: other"), "{}", play.screen());
    play.play("U");
    assert!(play.screen().contains("Note: check the figures"), "{}", play.screen());
    let id = play.model.list.rows[0].id;
    let row = play.store().headline(id).unwrap().unwrap();
    assert_eq!(row.note.as_deref(), Some("check the figures"));
    play.play("q");
    assert!(play.screen().contains("· note"), "{}", play.screen());
}

#[test]
fn the_section_of_a_tag_stays_while_it_is_open_though_nothing_has_the_tag() {
    let mut play = Play::new((80, 24), &[STARS]);
    play.play("Trust<enter>:#rust<enter>");
    assert_eq!(play.model.list.rows.len(), 1);
    play.play("T<ctrl-u><enter>");
    assert_eq!(play.model.section_row().map(|row| row.title.to_string()).as_deref(), Some("#rust"));
}

#[test]
fn an_article_is_deleted_after_a_question() {
    let mut play = Play::new((80, 24), &[STARS, POINTS]);
    play.play("#n");
    assert_eq!((play.footer().as_str(), play.model.list.rows.len()), ("nothing deleted", 2));
    play.play("<enter>#y");
    assert_eq!(play.footer(), "deleted; fetches do not bring it back");
    assert_eq!(play.model.list.rows.len(), 1);
}

#[test]
fn marks_are_taken_back_after_a_restart() {
    let mut play = Play::new((80, 24), &[STARS, POINTS]);
    play.play("sTrust<enter>;a note<enter>jm");
    let session = play.model.session();
    let kept = crate::store::Session::from_json(&session.to_json()).unwrap();
    play.model.undo.clear();
    play.model.take_session(&kept);
    let mut said = Vec::new();
    for _ in 0..5 {
        said.push(play.play("U").footer());
    }
    assert_eq!(
        said,
        [
            "undone: unread again",
            "undone: no note again",
            "undone: no tags again",
            "undone: no longer starred",
            "nothing to undo",
        ]
    );
}
