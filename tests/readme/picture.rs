//! A screen as SVG. Letters are text; lines, blocks and dots are drawn, since fonts leave gaps between them.

use std::collections::BTreeMap;
use std::fmt::Write;

use gleaner::tui::theme::Rgb;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// A cell in units of the picture; most monospaced letters are 0.6 as wide as high.
const WIDTH: usize = 9;
const HEIGHT: usize = 20;
const FONT_SIZE: usize = 15;
/// From a cell's top to the line that letters stand on.
const BASELINE: usize = 15;
const MARGIN: usize = 16;

/// The picture's own background and colour of text, for which the default theme chooses its colours.
pub(super) const PAPER: Rgb = Rgb(0x0f, 0x14, 0x1b);
pub(super) const INK: Rgb = Rgb(0xd8, 0xdf, 0xe6);

pub(super) fn svg(screen: &Buffer) -> String {
    let (columns, rows) = (usize::from(screen.area.width), usize::from(screen.area.height));
    let mut picture = Picture::default();
    for (y, line) in screen.content.chunks(columns).enumerate() {
        picture.line(line, y * HEIGHT);
    }
    let (width, height) = (columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"{}\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\" xml:space=\"preserve\" font-size=\"{FONT_SIZE}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace\">\n\
         {}{}{}</g>\n</svg>\n",
        hex(PAPER),
        paths(&picture.papers),
        paths(&picture.shapes),
        picture.texts,
    )
}

/// A colour, and whether it is dimmed.
type Paint = (String, bool);

const DIM: &str = " opacity=\".55\"";

/// One path for each colour, so that what touches is drawn as one piece.
fn paths(by_colour: &BTreeMap<Paint, String>) -> String {
    let mut out = String::new();
    for ((colour, dim), path) in by_colour {
        let style = if *dim { DIM } else { "" };
        writeln!(out, "<path fill=\"{colour}\"{style} d=\"{path}\"/>").unwrap();
    }
    out
}

#[derive(Default)]
struct Picture {
    papers: BTreeMap<Paint, String>,
    shapes: BTreeMap<Paint, String>,
    texts: String,
}

impl Picture {
    fn line(&mut self, line: &[Cell], top: usize) {
        let mut run = Run::default();
        let mut x = 0;
        while let Some(cell) = line.get(x / WIDTH) {
            let look = Look::of(cell);
            let width = cell.symbol().width().max(1) * WIDTH;
            if let Some(paper) = look.paper {
                rectangle(self.papers.entry((hex(paper), false)).or_default(), x, top, width, HEIGHT);
            }
            // Drawn too: fonts disagree on where it is.
            if look.modifier.contains(Modifier::UNDERLINED) {
                rectangle(self.shapes.entry(look.paint()).or_default(), x, top + HEIGHT - 2, width, 1);
            }
            let shape = shape(cell.symbol(), x, top);
            if shape.is_some() || run.look != look {
                run.end(top, &mut self.texts);
            }
            match shape {
                Some(shape) => self.shapes.entry(look.paint()).or_default().push_str(&shape),
                None => run.add(cell.symbol(), look, x, width, top, &mut self.texts),
            }
            x += width;
        }
        run.end(top, &mut self.texts);
    }
}

/// Letters that follow each other in one style.
#[derive(Default)]
struct Run {
    text: String,
    look: Look,
    start: usize,
    width: usize,
}

impl Run {
    fn add(&mut self, symbol: &str, look: Look, x: usize, width: usize, top: usize, out: &mut String) {
        // A gap ends it, so that what follows stands where it should in any font.
        if symbol == " " && self.text.ends_with(' ') {
            self.end(top, out);
        }
        if self.text.is_empty() {
            (self.look, self.start) = (look, x);
        }
        self.text.push_str(symbol);
        self.width += width;
    }

    fn end(&mut self, top: usize, out: &mut String) {
        let Run { text, look, start, width } = std::mem::take(self);
        if text.trim().is_empty() {
            return;
        }
        let styles =
            [(Modifier::BOLD, " font-weight=\"bold\""), (Modifier::ITALIC, " font-style=\"italic\""), (Modifier::DIM, DIM)];
        let style: String = styles.iter().filter(|(set, _)| look.modifier.contains(*set)).map(|(_, style)| *style).collect();
        let (y, ink) = (top + BASELINE, hex(look.ink));
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        writeln!(out, "<text x=\"{start}\" y=\"{y}\" textLength=\"{width}\" fill=\"{ink}\"{style}>{text}</text>").unwrap();
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Look {
    ink: Rgb,
    paper: Option<Rgb>,
    modifier: Modifier,
}

impl Default for Look {
    fn default() -> Look {
        Look { ink: INK, paper: None, modifier: Modifier::empty() }
    }
}

impl Look {
    fn paint(&self) -> Paint {
        (hex(self.ink), self.modifier.contains(Modifier::DIM))
    }

    fn of(cell: &Cell) -> Look {
        let (ink, paper) = (colour(cell.fg), colour(cell.bg));
        if cell.modifier.contains(Modifier::REVERSED) {
            return Look { ink: paper.unwrap_or(PAPER), paper: ink.or(Some(INK)), modifier: cell.modifier };
        }
        Look { ink: ink.unwrap_or(INK), paper, modifier: cell.modifier }
    }
}

/// None for the terminal's own.
fn colour(colour: Color) -> Option<Rgb> {
    if colour == Color::Reset {
        return None;
    }
    Some(Rgb::of(colour).unwrap_or_else(|| panic!("{colour} depends on the palette")))
}

fn hex(Rgb(red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A symbol as a path; none for what is written.
fn shape(symbol: &str, x: usize, y: usize) -> Option<String> {
    let mut path = String::new();
    if let Some([up, right, down, left]) = arms(symbol) {
        let thick = up.max(right).max(down).max(left);
        let (middle, centre) = (WIDTH / 2, HEIGHT / 2);
        if up > 0 {
            rectangle(&mut path, x + middle, y, up, centre + thick);
        }
        if down > 0 {
            rectangle(&mut path, x + middle, y + centre, down, HEIGHT - centre);
        }
        if left > 0 {
            rectangle(&mut path, x, y + centre, middle + thick, left);
        }
        if right > 0 {
            rectangle(&mut path, x + middle, y + centre, WIDTH - middle, right);
        }
        return Some(path);
    }
    match symbol.chars().next()? {
        block @ '▁'..='█' => {
            let height = HEIGHT * (block as usize - '▁' as usize + 1) / 8;
            rectangle(&mut path, x, y + HEIGHT - height, WIDTH, height);
        }
        '▌' => rectangle(&mut path, x, y, WIDTH / 2, HEIGHT),
        '●' => circle(&mut path, x, y, 4.0, true),
        '○' => {
            circle(&mut path, x, y, 4.0, true);
            circle(&mut path, x, y, 2.8, false);
        }
        _ => return None,
    }
    Some(path)
}

/// How thick the lines of a box-drawing symbol are: up, right, down, left.
fn arms(symbol: &str) -> Option<[usize; 4]> {
    Some(match symbol {
        "─" => [0, 1, 0, 1],
        "│" => [1, 0, 1, 0],
        "┌" => [0, 1, 1, 0],
        "┐" => [0, 0, 1, 1],
        "└" => [1, 1, 0, 0],
        "┘" => [1, 0, 0, 1],
        "━" => [0, 2, 0, 2],
        "┃" => [2, 0, 2, 0],
        "┏" => [0, 2, 2, 0],
        "┓" => [0, 0, 2, 2],
        "┗" => [2, 2, 0, 0],
        "┛" => [2, 0, 0, 2],
        _ => return None,
    })
}

fn rectangle(path: &mut String, x: usize, y: usize, width: usize, height: usize) {
    write!(path, "M{x} {y}h{width}v{height}h-{width}z").unwrap();
}

/// Clockwise it is filled; the other way round it cuts a hole.
fn circle(path: &mut String, x: usize, y: usize, radius: f32, clockwise: bool) {
    let (left, middle, sweep) =
        (x as f32 + WIDTH as f32 / 2.0 - radius, y as f32 + HEIGHT as f32 / 2.0 + 0.5, u8::from(clockwise));
    let across = 2.0 * radius;
    write!(path, "M{left} {middle}a{radius} {radius} 0 1 {sweep} {across} 0a{radius} {radius} 0 1 {sweep} -{across} 0z")
        .unwrap();
}
