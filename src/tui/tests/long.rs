//! A list much longer than what of it is in memory.

use super::play::{NOW, Play};
use crate::domain::article::{Article, Page, Source};
use crate::domain::text::clean;
use crate::domain::time::{Timestamp, When};
use crate::store::ArticleId;
use crate::tui::message::Msg;

const COUNT: i64 = 2000;

/// All of so many articles, the newest on the first row; those with these numbers are unread.
fn list(unread: &[i64]) -> Play {
    let mut play = Play::new((120, 40), &[]);
    let page = |n: i64| Page {
        article: Article {
            title: clean(&format!("Article {n}.")),
            published: Some(When::Instant(Timestamp(NOW.0 - n * 60))),
            ..Article::default()
        },
        source: Source { key: clean("s"), title: clean("S") },
        discussions: Vec::new(),
    };
    let pages: Vec<Page> = (0..COUNT).map(page).collect();
    let saved = play.store().save_all(&pages, NOW).unwrap();
    let read = saved.iter().zip(0..).filter(|(_, n)| !unread.contains(n));
    let read: Vec<ArticleId> = read.map(|(saved, _)| saved.id).collect();
    play.store().set_read(&read, true, NOW).unwrap();
    let mut play = play.restart();
    play.play("hklg");
    play
}

fn selected(play: &Play) -> &str {
    play.model.list.selected().map_or("", |row| row.title.as_str())
}

#[test]
fn the_next_unread_article_is_found_however_many_are_read_before_it() {
    let mut play = list(&[3, 1200, 1990]);
    for (key, wanted) in [("n", 3), ("n", 1200), ("n", 1990), ("n", 3), ("N", 1990), ("N", 1200), ("N", 3), ("N", 1990)] {
        play.play(key);
        assert_eq!(selected(&play), format!("Article {wanted}."), "{key}");
        assert!(play.screen().contains(&format!("Article {wanted}.")));
    }
    // On the page the reading goes on with it.
    play.play("<enter>n");
    assert_eq!(play.model.page.as_ref().unwrap().article.article.title, "Article 3.");
    play.play("nn");
    assert_eq!(selected(&play), "Article 1200.");
    assert!(play.footer().contains("nothing unread in this list"), "{}", play.footer());
}

#[test]
fn a_key_waits_for_no_more_rows_than_its_frame_shows() {
    for (before, key) in [("", "n"), ("n", "n"), ("", "G"), ("G", "g")] {
        let mut play = list(&[1200, 1998]);
        play.play(before);
        let first = play.first_frame(Msg::Key(key.parse().unwrap()));
        let asked = play.model.list.rows.len();
        assert!(asked <= play.model.visible_headlines() + 4, "{before}{key}: {asked}");
        play.send(Msg::FillList);
        assert!(play.model.list.rows.len() > asked, "{before}{key}");
        assert_eq!(play.screen(), first, "{before}{key}: the rest moves nothing");
    }
}
