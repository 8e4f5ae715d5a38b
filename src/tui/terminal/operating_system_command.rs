//! Questions to the terminal by operating system commands (OSC), and its answers: the colours of its text and background.

use crate::tui::theme::Rgb;

/// Asks for the colours of text and background, then what the terminal is (DA1): all terminals answer the last, so that
/// one that does not know its colours is not waited for.
pub(super) const ASK_COLORS: &str = "\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c";

/// A colour that the terminal told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ColorReport {
    Text(Rgb),
    Background(Rgb),
}

/// Reads `10;rgb:…` or `11;rgb:…`; none for anything else.
pub(super) fn read_report(command: &[u8]) -> Option<ColorReport> {
    let (number, color) = std::str::from_utf8(command).ok()?.split_once(';')?;
    let color = Rgb::parse(color)?;
    match number {
        "10" => Some(ColorReport::Text(color)),
        "11" => Some(ColorReport::Background(color)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_colours_that_were_asked_for_are_read() {
        assert_eq!(read_report(b"11;rgb:0000/2b2b/3636"), Some(ColorReport::Background(Rgb(0, 0x2b, 0x36))));
        assert_eq!(read_report(b"10;#fff"), Some(ColorReport::Text(Rgb::WHITE)));
        for other in [&b"12;rgb:0/0/0"[..], b"11;?", b"11", b"52;c;aGk=", b"11;rgb:\xff"] {
            assert_eq!(read_report(other), None);
        }
    }
}
