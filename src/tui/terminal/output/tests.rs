use std::num::NonZero;

use ratatui::style::{Style, Stylize};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::*;

/// The bytes that a frame writes, made readable.
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
fn a_terminal_of_ascii_gets_ascii_in_the_same_columns() {
    let mut output = output().in_ascii(true);
    assert_eq!(written(&mut output, |buffer| "é漢–👩‍🌾b".render(buffer.area, buffer)), "␛[1;1He??-??b");
    output.set_size((10, 2));
    assert!(
        composed(&mut output, |buffer| {
            "ü".render(buffer.area, buffer);
            None
        })
        .contains('u')
    );
}

#[test]
fn what_follows_a_letter_of_unsure_width_is_placed() {
    let mut output = output();
    let all = written(&mut output, |buffer| "a👩‍🌾b漢c".render(buffer.area, buffer));
    assert_eq!(all, "␛[1;1Ha  ␛[1;2H👩‍🌾␛[1;4Hb漢c   ");
    assert_eq!(written(&mut output, |buffer| "a漢b漢c".render(buffer.area, buffer)), "␛[1;2H漢b漢c   ");
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

/// How a terminal takes letters of several characters.
#[derive(Clone, Copy, Debug)]
enum Measure {
    /// Each character takes its own columns; what takes none joins the one before: xterm, older tmux.
    Characters,
    /// As `Characters`, but what a joiner stands before joins, and a selector makes a picture wide: tmux.
    Joined,
    /// A letter takes the columns of its first character, two with the picture selector: kitty, foot.
    Letters,
}

/// A terminal's rows of letters, by that measure; none for the second half of a wide one. Just what the output uses.
struct Emulator {
    measure: Measure,
    columns: usize,
    cells: Vec<Option<String>>,
    at: usize,
}

impl Emulator {
    fn new(measure: Measure, (columns, rows): (u16, u16)) -> Emulator {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Emulator { measure, columns, cells: vec![Some(" ".to_owned()); columns * rows], at: 0 }
    }

    fn process(&mut self, frame: &[u8]) {
        let text = std::str::from_utf8(frame).unwrap();
        let mut parts = text.split('\x1b');
        self.print(parts.next().unwrap_or_default());
        for part in parts {
            let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap();
            match (&part[1..end], &part[end..=end]) {
                (place, "H") => {
                    let (row, column) = place.split_once(';').unwrap();
                    self.at = (row.parse::<usize>().unwrap() - 1) * self.columns + column.parse::<usize>().unwrap() - 1;
                }
                (_, "J") => self.cells.fill(Some(" ".to_owned())),
                _ => {}
            }
            self.print(&part[end + 1..]);
        }
    }

    fn print(&mut self, text: &str) {
        use unicode_segmentation::UnicodeSegmentation;
        use unicode_width::UnicodeWidthChar;
        for letter in text.graphemes(true) {
            let mut joins = false;
            for (n, c) in letter.chars().enumerate() {
                let is_selector = c == '\u{fe0f}';
                let wide = c.width().unwrap_or(0);
                let is_part = match self.measure {
                    Measure::Characters => wide == 0,
                    Measure::Joined => wide == 0 || joins,
                    Measure::Letters => n > 0,
                };
                joins = c == '\u{200d}';
                if is_part {
                    self.join(c, is_selector && !matches!(self.measure, Measure::Characters));
                } else {
                    self.put(c, wide);
                }
            }
        }
    }

    /// True if the next letter still fits in the row.
    fn row_end(&self) -> usize {
        (self.at / self.columns + 1) * self.columns
    }

    fn put(&mut self, c: char, wide: usize) {
        // Without wrapping the last column is written over and over.
        let at = self.at.min(self.cells.len() - wide);
        let end = (at / self.columns + 1) * self.columns;
        let at = at.min(end - wide);
        for cell in at..at + wide {
            self.blank(cell);
        }
        self.cells[at] = Some(c.to_string());
        if wide == 2 {
            self.cells[at + 1] = None;
        }
        self.at = (at + wide).min(end - 1);
    }

    fn join(&mut self, c: char, widens: bool) {
        let row = self.at / self.columns * self.columns;
        let Some(base) = (row..self.at).rev().find(|cell| self.cells[*cell].is_some()) else { return };
        if let Some(letter) = &mut self.cells[base] {
            letter.push(c);
        }
        if widens && base + 1 == self.at && self.at + 1 < self.row_end() {
            self.blank(self.at);
            self.cells[self.at] = None;
            self.at += 1;
        }
    }

    /// Half of a wide letter takes the other half with it.
    fn blank(&mut self, cell: usize) {
        if self.cells[cell].is_none() {
            self.cells[cell - 1] = Some(" ".to_owned());
        }
        if !(cell + 1).is_multiple_of(self.columns) && self.cells[cell + 1].is_none() {
            self.cells[cell + 1] = Some(" ".to_owned());
        }
        self.cells[cell] = Some(" ".to_owned());
    }
}

proptest::proptest! {
    /// However a terminal measures letters: a frame that follows others shows what it shows by itself.
    #[test]
    fn nothing_of_an_earlier_frame_stays(frames in proptest::collection::vec(("(a|b| |漢|🇩🇪|👩\u{200d}🌾|❤\u{fe0f}|क्षि|กำ|e\u{301}|☺){0,9}", 0_u16..4), 2..6)) {
        let size = (14, 2);
        for measure in [Measure::Characters, Measure::Joined, Measure::Letters] {
            let (mut output, mut terminal) = (Output::new(size), Emulator::new(measure, size));
            for (text, x) in &frames {
                let view = |buffer: &mut Buffer| {
                    text.as_str().render(Rect { x: *x, width: 14 - x, height: 1, ..buffer.area }, buffer);
                    None
                };
                output.compose(view);
                output.turn();
                terminal.process(&output.frame);
                let (mut anew, mut fresh) = (Output::new(size), Emulator::new(measure, size));
                anew.compose(view);
                fresh.process(&anew.frame);
                proptest::prop_assert_eq!(&terminal.cells, &fresh.cells, "{:?}", measure);
            }
        }
    }
}

/// Pictures come as cells that hold whole sequences, by every way that terminals have.
#[test]
fn a_picture_is_written_once_and_blanks_nothing_beside_it() {
    use crate::work::pictures::{PictureRoom, Way, draw};
    use ratatui_image::sliced::SlicedImage;
    let mut file = io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(20, 20).write_to(&mut file, image::ImageFormat::Png).unwrap();
    for (way, sequence) in [(Way::Kitty, "␛_Gq=2,"), (Way::Iterm2, "␛[2X␛]1337;File"), (Way::Sixel, "␛[2X␛P")] {
        let drawn = draw(file.get_ref(), PictureRoom { way, columns: 8, rows: 2, cell: Some((10, 20)) }).unwrap();
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

fn link(row: u16, columns: std::ops::Range<u16>, address: &str) -> ScreenLink {
    ScreenLink { row, columns, number: 1, address: crate::domain::text::clean(address) }
}

#[test]
fn a_hyperlink_is_opened_and_closed_within_its_row() {
    let mut output = output();
    let view = |text: &'static str| move |buffer: &mut Buffer| Line::raw(text).render(buffer.area, buffer);
    let links = || vec![link(0, 2..6, "https://e.org")];
    output.set_links(links());
    let all = "␛[1;1Ha␛[1;3H␛]8;id=1;https://e.org␛\\link␛[1;8H␛]8;;␛\\b";
    assert_eq!(written(&mut output, view("a link b")), all);
    // Unchanged parts are not written again.
    output.set_links(links());
    assert_eq!(written(&mut output, view("a link b")), "");
    output.set_links(links());
    assert_eq!(written(&mut output, view("a link c")), "␛[1;8Hc");
    output.set_links(links());
    assert_eq!(written(&mut output, view("a lint c")), "␛[1;6H␛]8;id=1;https://e.org␛\\t␛]8;;␛\\");
}

#[test]
fn letters_that_lead_elsewhere_are_written_again() {
    let mut output = output();
    let view = |buffer: &mut Buffer| Line::raw("abcdef").render(buffer.area, buffer);
    written(&mut output, view);
    output.set_links(vec![link(0, 1..3, "https://e.org")]);
    assert_eq!(written(&mut output, view), "␛[1;2H␛]8;id=1;https://e.org␛\\bc␛]8;;␛\\");
    output.set_links(vec![link(0, 2..4, "https://e.org")]);
    assert_eq!(written(&mut output, view), "␛[1;2Hb␛[1;4H␛]8;id=1;https://e.org␛\\d␛]8;;␛\\");
    output.set_links(vec![link(0, 2..4, "file:///etc/passwd")]);
    assert_eq!(written(&mut output, view), "␛[1;3Hcd");
    assert_eq!(written(&mut output, view), "␛[1;3Hcd");
    output.set_links(vec![link(0, 1..3, "https://e.org"), link(0, 3..4, "https://e.com")]);
    let both = "␛[1;2H␛]8;id=1;https://e.org␛\\bc␛]8;id=1;https://e.com␛\\d␛]8;;␛\\";
    assert_eq!(written(&mut output, view), both);
}
