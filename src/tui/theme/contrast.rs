//! Colours as numbers, and how well one can be read on another.

use ratatui::style::Color;

/// A colour of 24 bits, as terminals report their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// The least contrast at which text is easy to read (WCAG 2.2, level AA).
pub const LEGIBLE: f64 = 4.5;

impl Rgb {
    pub const BLACK: Rgb = Rgb(0, 0, 0);
    pub const WHITE: Rgb = Rgb(255, 255, 255);

    /// Reads X11's forms, which terminals answer in: `rgb:1e1e/1e1e/2e2e`, `rgba:…`, `#1e1e2e`.
    pub fn parse(text: &str) -> Option<Rgb> {
        if let Some(digits) = text.strip_prefix('#').filter(|digits| digits.is_ascii() && digits.len() % 3 == 0) {
            let size = digits.len() / 3;
            let part = |n: usize| scaled(digits.get(n * size..(n + 1) * size)?);
            return Some(Rgb(part(0)?, part(1)?, part(2)?));
        }
        let parts = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
        let mut parts = parts.split('/').map(scaled);
        Some(Rgb(parts.next()??, parts.next()??, parts.next()??))
    }

    /// The colour that xterm's numbers from 16 on stand for, on every palette.
    pub fn of_index(index: u8) -> Option<Rgb> {
        const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
        let level = |n: u8| LEVELS[usize::from(n % 6)];
        match index {
            0..=15 => None,
            16..=231 => Some(Rgb(level((index - 16) / 36), level((index - 16) / 6), level(index - 16))),
            232..=255 => {
                let grey = 8 + (index - 232) * 10;
                Some(Rgb(grey, grey, grey))
            }
        }
    }

    /// None: the colour depends on the terminal's palette.
    pub fn of(color: Color) -> Option<Rgb> {
        match color {
            Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
            Color::Indexed(index) => Rgb::of_index(index),
            _ => None,
        }
    }

    /// From 1 (the same) to 21 (black on white), as WCAG 2.2 measures it.
    pub fn contrast(self, other: Rgb) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    pub fn is_legible_on(self, background: Rgb) -> bool {
        self.contrast(background) >= LEGIBLE
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// One to four hexadecimal digits as a share of the most that so many can say.
fn scaled(digits: &str) -> Option<u8> {
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let most = (1_u32 << (4 * digits.len())) - 1;
    let value = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from((value * 255 + most / 2) / most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_write_colours_in_several_forms() {
        for (text, color) in [
            ("rgb:1e1e/1e1e/2e2e", Some(Rgb(0x1e, 0x1e, 0x2e))),
            ("rgb:ff/f/0", Some(Rgb(255, 255, 0))),
            ("rgba:0000/2b2b/3636/ffff", Some(Rgb(0, 0x2b, 0x36))),
            ("#fdf6e3", Some(Rgb(0xfd, 0xf6, 0xe3))),
            ("#fff", Some(Rgb::WHITE)),
            ("rgb:1e1e/1e1e", None),
            ("rgb:12345/0/0", None),
            ("rgb:+1/0/0", None),
            ("#\u{e9}\u{e9}\u{e9}", None),
            ("black", None),
        ] {
            assert_eq!(Rgb::parse(text), color, "{text}");
        }
    }

    #[test]
    fn numbers_from_16_on_are_the_cube_and_the_greys() {
        let colors = [15, 16, 231, 111, 232, 255].map(Rgb::of_index);
        let expected = [
            None,
            Some(Rgb::BLACK),
            Some(Rgb::WHITE),
            Some(Rgb(0x87, 0xaf, 0xff)),
            Some(Rgb(8, 8, 8)),
            Some(Rgb(0xee, 0xee, 0xee)),
        ];
        assert_eq!(colors, expected);
    }

    #[test]
    fn contrast_is_the_standards() {
        assert!((Rgb::BLACK.contrast(Rgb::WHITE) - 21.0).abs() < 1e-9);
        assert!((Rgb(0x77, 0x77, 0x77).contrast(Rgb::WHITE) - 4.48).abs() < 0.01);
    }
}
