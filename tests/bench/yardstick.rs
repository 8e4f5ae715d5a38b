//! The yardstick: the least that a ratatui program can do for the same picture. A lazy list of 100,000 rows beside a
//! text pane, plain blocking reads, one buffered write a frame. `compare.py` measures the reader beside it.
//!
//! Keys: `j` `k` move the row, and the pane shows that row's text (`v` turns this off). `p`: the page, where `j` `k`
//! shift the pane's text by a line and space by a pane. `s`: the slider, where `[` `]` redraw its row and a pane of
//! other text. `l` goes back to the list, `q` ends.

use std::io::{BufWriter, Stdout, stdout};

use crossterm::event::{Event, KeyCode, KeyEventKind, read};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use ratatui::Frame;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Style, Stylize};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders};

const ROWS: usize = 100_000;
/// A row of the list takes two lines, as in the reader.
const LINES_A_ROW: usize = 2;
const STOPS: usize = 11;

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    List,
    Page,
    Slider,
}

struct Model {
    mode: Mode,
    row: usize,
    /// The list's first visible row.
    top: usize,
    /// The page's first visible line.
    line: usize,
    /// The slider's stop.
    stop: usize,
    preview: bool,
    pane_height: usize,
}

fn main() -> std::io::Result<()> {
    enable_raw_mode()?;
    let mut writer = BufWriter::with_capacity(64 << 10, stdout());
    execute!(writer, EnterAlternateScreen, cursor::Hide)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(writer))?;
    let ended = run(&mut terminal);
    execute!(terminal.backend_mut(), LeaveAlternateScreen, cursor::Show)?;
    disable_raw_mode()?;
    ended
}

fn run(terminal: &mut Terminal<CrosstermBackend<BufWriter<Stdout>>>) -> std::io::Result<()> {
    let mut model = Model { mode: Mode::List, row: 0, top: 0, line: 0, stop: 5, preview: true, pane_height: 1 };
    loop {
        terminal.draw(|frame| view(&mut model, frame))?;
        if let Event::Key(key) = read()?
            && key.kind == KeyEventKind::Press
        {
            if key.code == KeyCode::Char('q') {
                return Ok(());
            }
            update(&mut model, key.code);
        }
    }
}

fn update(model: &mut Model, key: KeyCode) {
    match (model.mode, key) {
        (_, KeyCode::Char('l')) => model.mode = Mode::List,
        (_, KeyCode::Char('p')) => model.mode = Mode::Page,
        (_, KeyCode::Char('s')) => model.mode = Mode::Slider,
        (_, KeyCode::Char('v')) => model.preview = !model.preview,
        (Mode::List, KeyCode::Char('j')) => model.row = (model.row + 1).min(ROWS - 1),
        (Mode::List, KeyCode::Char('k')) => model.row = model.row.saturating_sub(1),
        (_, KeyCode::Char('j')) => model.line += 1,
        (_, KeyCode::Char('k')) => model.line = model.line.saturating_sub(1),
        (_, KeyCode::Char(' ')) => model.line += model.pane_height.saturating_sub(1),
        (Mode::Slider, KeyCode::Char(']')) => model.stop = (model.stop + 1).min(STOPS - 1),
        (Mode::Slider, KeyCode::Char('[')) => model.stop = model.stop.saturating_sub(1),
        _ => {}
    }
}

fn view(model: &mut Model, frame: &mut Frame<'_>) {
    let [top, middle, bottom] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]).areas(frame.area());
    let [list, page] = Layout::horizontal([Constraint::Percentage(40), Constraint::Percentage(60)]).areas(middle);
    frame.render_widget(Line::from(" Yardstick   100,000 rows").bold(), top);
    frame.render_widget(Line::from(" j/k move  p page  s slider  l list  q quit"), bottom);
    let (list, page) = (framed(frame, list, " Articles "), framed(frame, page, " Page "));
    draw_list(model, frame, list);
    draw_page(model, frame, page);
}

fn framed(frame: &mut Frame<'_>, area: Rect, title: &'static str) -> Rect {
    let block = Block::new().borders(Borders::ALL).title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

fn draw_list(model: &mut Model, frame: &mut Frame<'_>, area: Rect) {
    let fit = (usize::from(area.height) / LINES_A_ROW).max(1);
    model.top = model.top.clamp((model.row + 1).saturating_sub(fit), model.row);
    for (n, row) in (model.top..ROWS).take(fit).enumerate() {
        let at = |line: usize| Rect { y: area.y + (n * LINES_A_ROW + line) as u16, height: 1, ..area }.intersection(area);
        let chosen = row == model.row;
        let style = if chosen { Style::new().reversed() } else { Style::new() };
        let mark = if chosen { '▌' } else { ' ' };
        frame.render_widget(Line::styled(format!("{mark}● Row {row} {}", prose(row, 60)), style), at(0));
        frame.render_widget(Line::styled(format!("{mark}  example.org · {} comments", row % 97), style.dim()), at(1));
    }
}

fn draw_page(model: &mut Model, frame: &mut Frame<'_>, area: Rect) {
    let [text, slider] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    model.pane_height = text.height.into();
    let first = match model.mode {
        Mode::List if model.preview => model.row * 131,
        Mode::List => 0,
        Mode::Page => model.line,
        Mode::Slider => model.line + model.stop * 977,
    };
    for (n, line) in (first..).take(text.height.into()).enumerate() {
        let at = Rect { y: text.y + n as u16, height: 1, ..text };
        frame.render_widget(Line::raw(prose(line, text.width.into())), at);
    }
    let handle: String = (0..STOPS).map(|stop| if stop == model.stop { '●' } else { '─' }).collect();
    let row =
        format!("rank ≥ {:.1} ▁▁▃▂▇ Off {handle} 5  {} open of 10000", model.stop as f64 / 2.0, 10_000 - model.stop * 700);
    frame.render_widget(Line::from(row), slider);
}

/// A line of words, another for each number, cut at `columns`.
fn prose(number: usize, columns: usize) -> String {
    const WORDS: [&str; 16] = [
        "grain", "of", "the", "harvest", "winnow", "a", "field", "lies", "under", "stubble", "and", "sheaf", "after", "sheaf",
        "is", "counted",
    ];
    let mut line = String::with_capacity(columns + 8);
    let mut seed = number as u64 + 1;
    while line.len() < columns {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        line.push_str(WORDS[(seed >> 60) as usize]);
        line.push(' ');
    }
    line.truncate(columns);
    line
}
