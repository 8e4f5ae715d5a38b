//! The reader for who hears the screen read.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::STARS;
use super::play::Play;
use crate::tui::geometry::Widths;
use crate::tui::{Settings, screens};

/// Where the terminal's cursor stands, and the text of its row.
fn cursor(play: &Play) -> Option<(Position, String)> {
    let mut buffer = Buffer::empty(play.model.geometry.screen);
    let at = screens::draw(&play.model, &mut buffer)?;
    let row = Rect { y: at.y, height: 1, ..buffer.area };
    let text: String = row.positions().filter_map(|at| buffer.cell(at)).map(ratatui::buffer::Cell::symbol).collect();
    Some((at, text))
}

#[test]
fn the_cursor_stands_where_one_reads() {
    let widths = Widths { one_pane: true, ..Widths::default() };
    let mut play = Play::with((160, 24), &[STARS], Settings { screen_reader: true, widths, ..Settings::default() });
    assert!(!play.screen().contains(['│', '┃', '┌']), "{}", play.screen());
    let title = play.model.list.selected().unwrap().title.to_string();
    assert!(cursor(&play).unwrap().1.contains(&title));
    play.play("<enter>");
    let (at, text) = cursor(&play).unwrap();
    assert!(text.contains(&title) && at.x == 2, "{text}");
    play.play("c");
    assert!(!play.slider().contains(['▁', '▂', '█']), "{}", play.slider());
    play.play(")");
    let text = cursor(&play).unwrap().1;
    assert!(text.starts_with('▌'), "{text}");
    // An input has the cursor while one types.
    play.play(":ab");
    assert!(cursor(&play).unwrap().1.contains(":ab"));
    let seen = Play::new((160, 24), &[STARS]);
    assert_eq!(cursor(&seen), None);
}
