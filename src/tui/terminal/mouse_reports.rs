//! Mouse reports, in both their forms.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// A report of mode 1006: the parameters of `CSI < button ; column ; row` and whether it ends with `m` (released).
pub(super) fn sgr(parameters: &[u8], released: bool) -> Option<MouseEvent> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut numbers = text.split(';').map(str::parse::<u16>);
    let (Some(Ok(code)), Some(Ok(column)), Some(Ok(row)), None) =
        (numbers.next(), numbers.next(), numbers.next(), numbers.next())
    else {
        return None;
    };
    report(code, released, column, row)
}

/// A report of a terminal that does not know mode 1006: three bytes, each 32 more than what it means.
pub(super) fn legacy([code, column, row]: [u8; 3]) -> Option<MouseEvent> {
    let plain = |byte: u8| u16::from(byte.saturating_sub(32));
    report(plain(code), false, plain(column), plain(row))
}

fn report(code: u16, released: bool, column: u16, row: u16) -> Option<MouseEvent> {
    const MOVED: u16 = 32;
    let number = (code & 0b11) | (code & 0b1100_0000) >> 4;
    let kind = match (number, code & MOVED != 0) {
        (0..=2, false) if released => MouseEventKind::Up(button(number)),
        (0..=2, false) => MouseEventKind::Down(button(number)),
        (0..=2, true) => MouseEventKind::Drag(button(number)),
        // The legacy form does not say which button was released.
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let held = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers = held.into_iter().filter(|(bit, _)| code & bit != 0).map(|(_, modifier)| modifier).collect();
    Some(MouseEvent { kind, column: column.saturating_sub(1), row: row.saturating_sub(1), modifiers })
}

fn button(number: u16) -> MouseButton {
    match number {
        1 => MouseButton::Middle,
        2 => MouseButton::Right,
        _ => MouseButton::Left,
    }
}
