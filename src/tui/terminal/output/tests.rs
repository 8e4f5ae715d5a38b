use std::num::NonZero;

use ratatui::style::{Style, Stylize};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::*;

/// What a frame writes, made readable.
fn written(output: &mut Output, view: impl FnOnce(&mut Buffer)) -> String {
    composed(output, |buffer| {
        view(buffer);
        None
    })
}

fn composed(output: &mut Output, view: impl FnOnce(&mut Buffer) -> Option<Position>) -> String {
    output.compose(view);
    output.turn();
    String::from_utf8_lossy(&output.frame[BEGIN.len()..]).replace('\x1b', "␛")
}

/// A terminal that shows an empty screen.
fn output() -> Output {
    let mut output = Output::new((10, 3));
    assert_eq!(written(&mut output, |_| {}), "␛[0m␛[2J␛[?25l");
    output
}

#[test]
fn an_unchanged_frame_writes_nothing() {
    let mut output = output();
    let view = |buffer: &mut Buffer| "gleaner".render(buffer.area, buffer);
    assert_eq!(written(&mut output, view), "␛[1;1Hgleaner");
    assert_eq!(written(&mut output, view), "");
    output.forget();
    assert_eq!(written(&mut output, view), "␛[0m␛[2J␛[?25l␛[1;1Hgleaner");
}

#[test]
fn only_what_changed_is_written() {
    let mut output = output();
    let view = |text: &'static str| move |buffer: &mut Buffer| Line::raw(text).render(buffer.area, buffer);
    written(&mut output, view("a grain  x"));
    assert_eq!(written(&mut output, view("a plain  y")), "␛[1;3Hpl␛[1;10Hy");
    assert_eq!(written(&mut output, view("a")), "␛[1;3H     ␛[1;10H ");
}

#[test]
fn a_look_is_written_where_it_begins() {
    let mut output = output();
    let spans = vec!["a".bold().red(), "b".bold().red(), "c".on_light_blue().crossed_out(), "d".into()];
    let all = written(&mut output, |buffer| Line::from(spans).render(buffer.area, buffer));
    assert_eq!(all, "␛[1;1H␛[0;1;38;5;1mab␛[0;9;48;5;12mc␛[0md");
    let style = Style::new().fg(Color::Rgb(1, 20, 255)).underline_color(Color::Indexed(99)).underlined();
    let all = written(&mut output, |buffer| Line::styled("abcd", style).render(buffer.area, buffer));
    assert_eq!(all, "␛[1;1H␛[0;4;38;2;1;20;255;58;5;99mabcd      ␛[0m");
}

#[test]
fn a_blank_takes_no_look_that_nobody_sees() {
    let mut output = output();
    let view =
        |style: Style| move |buffer: &mut Buffer| Line::styled("a b", style).render(Rect { width: 3, ..buffer.area }, buffer);
    assert_eq!(written(&mut output, view(Style::new().dim())), "␛[1;1H␛[0;2ma␛[1;3Hb␛[0m");
    assert_eq!(written(&mut output, view(Style::new())), "␛[1;1Ha␛[1;3Hb");
    assert_eq!(written(&mut output, view(Style::new().reversed())), "␛[1;1H␛[0;7ma b␛[0m");
    assert_eq!(written(&mut output, view(Style::new())), "␛[1;1Ha b");
    let spans = vec!["a".bold(), "  ".into(), "b".bold()];
    written(&mut output, |buffer| "xxxx".render(buffer.area, buffer));
    assert_eq!(written(&mut output, |buffer| Line::from(spans).render(buffer.area, buffer)), "␛[1;1H␛[0;1ma  b␛[0m");
}

#[test]
fn the_cursor_is_written_when_it_changes_only() {
    let mut output = output();
    assert_eq!(composed(&mut output, |_| Some(Position::new(3, 1))), "␛[2;4H␛[?25h");
    assert_eq!(composed(&mut output, |_| Some(Position::new(3, 1))), "");
    let view = |buffer: &mut Buffer| {
        "a".render(buffer.area, buffer);
        Some(Position::new(3, 1))
    };
    assert_eq!(composed(&mut output, view), "␛[1;1Ha␛[2;4H");
    assert_eq!(written(&mut output, |_| {}), "␛[1;1H ␛[?25l");
    assert_eq!(written(&mut output, |_| {}), "");
}

#[test]
fn what_follows_a_letter_of_unsure_width_is_placed() {
    let mut output = output();
    let all = written(&mut output, |buffer| "a👩‍🌾b漢c".render(buffer.area, buffer));
    assert_eq!(all, "␛[1;1Ha  ␛[1;2H👩‍🌾␛[1;4Hb漢c");
    assert_eq!(written(&mut output, |buffer| "a漢b漢c".render(buffer.area, buffer)), "␛[1;2H漢");
    assert_eq!(written(&mut output, |buffer| "abcdefghij".render(buffer.area, buffer)), "␛[1;2Hbcdefghij");
}

proptest::proptest! {
    /// Whatever frame follows which: the terminal shows what was drawn.
    #[test]
    fn a_terminal_shows_each_frame(frames in proptest::collection::vec(("[ab漢é●─ 字]{0,14}", 0_u16..4, 0_u8..4), 1..8)) {
        let mut output = Output::new((10, 3));
        let mut terminal = vt100::Parser::new(NonZero::new(3).unwrap(), NonZero::new(10).unwrap(), 0);
        for (text, x, look) in frames {
            let style = [Style::new(), Style::new().red(), Style::new().bold().on_blue(), Style::new().reversed()][usize::from(look)];
            output.compose(|buffer| {
                let area = Rect { x, y: 1, width: 10 - x, height: 1 };
                Line::styled(text.as_str(), style).render(area, buffer);
                None
            });
            output.turn();
            terminal.process(&output.frame);
            for (n, wanted) in output.shown.as_ref().unwrap().content.iter().enumerate() {
                let cell = terminal.screen().cell(n as u16 / 10, n as u16 % 10).unwrap();
                if !cell.is_wide_continuation() {
                    let shown = if cell.has_contents() { cell.contents() } else { " " };
                    proptest::prop_assert_eq!((n, shown, cell.bold() && shown != " "), (n, wanted.symbol(), wanted.modifier.contains(Modifier::BOLD) && shown != " "));
                    proptest::prop_assert_eq!(cell.inverse(), wanted.modifier.contains(Modifier::REVERSED));
                    proptest::prop_assert_eq!(cell.bgcolor() == vt100::Color::Idx(4), wanted.bg == Color::Blue);
                }
            }
        }
    }
}

/// Pictures come as cells that hold whole sequences, by every way that terminals have.
#[test]
fn a_picture_is_written_once_and_blanks_nothing_beside_it() {
    use crate::work::pictures::{Room, Way, draw};
    use ratatui_image::sliced::SlicedImage;
    let mut file = io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(20, 20).write_to(&mut file, image::ImageFormat::Png).unwrap();
    for (way, sequence) in [(Way::Kitty, "␛_Gq=2,"), (Way::Iterm2, "␛[2X␛]1337;File"), (Way::Sixel, "␛[2X␛P")] {
        let drawn = draw(file.get_ref(), Room { way, columns: 8, rows: 2, cell: Some((10, 20)) }).unwrap();
        let view = |buffer: &mut Buffer| {
            "a".render(buffer.area, buffer);
            let area = Rect { x: 1, width: 8, ..buffer.area };
            SlicedImage::new(drawn.protocol(), (0, 0).into()).render(area, buffer);
            "b".render(Rect { x: 9, ..buffer.area }, buffer);
        };
        let mut output = output();
        let first = written(&mut output, view);
        assert!(first.contains(sequence) && first.contains("␛[1;10H"), "{way:?}: {first}");
        let again = written(&mut output, view);
        assert!(again.len() < 200, "{way:?}: {again}");
        assert!(written(&mut output, |buffer| "a".render(buffer.area, buffer)).contains("  "), "{way:?}: it goes");
    }
}
