//! The language between terminal and program: keys to bytes, answers to questions, modes that are still on.

/// Answers of a plain terminal to a program's queries, so that no program waits in vain.
#[derive(Default)]
pub(crate) struct Answers(Vec<String>);

impl Answers {
    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0)
    }
}

impl vt100::Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, i1: Option<u8>, _i2: Option<u8>, params: &[&[u16]], c: char) {
        let first = params.first().and_then(|param| param.first()).copied().unwrap_or(0);
        match (i1, first, c) {
            (None, _, 'c') => self.0.push("\x1b[?62;22c".to_owned()),
            (None, 6, 'n') => {
                let (row, column) = screen.cursor_position();
                self.0.push(format!("\x1b[{};{}R", row + 1, column + 1));
            }
            (None, 5, 'n') => self.0.push("\x1b[0n".to_owned()),
            _ => {}
        }
    }
}

/// Keys in a readable form to the bytes that a terminal sends for them.
pub(crate) fn keys(spec: &str, application_cursor: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = spec;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').expect("a key name ends with >");
        bytes.extend_from_slice(&rest.as_bytes()[..start]);
        bytes.extend(named_key(&rest[start + 1..end], application_cursor));
        rest = &rest[end + 1..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn named_key(name: &str, application_cursor: bool) -> Vec<u8> {
    let cursor = |c: char| format!("\x1b{}{c}", if application_cursor { 'O' } else { '[' }).into_bytes();
    match name {
        "Enter" => b"\r".to_vec(),
        "Esc" => b"\x1b".to_vec(),
        "Tab" => b"\t".to_vec(),
        "BackTab" => b"\x1b[Z".to_vec(),
        "Space" => b" ".to_vec(),
        "Backspace" => b"\x7f".to_vec(),
        "Delete" => b"\x1b[3~".to_vec(),
        "PgUp" => b"\x1b[5~".to_vec(),
        "PgDn" => b"\x1b[6~".to_vec(),
        "Up" => cursor('A'),
        "Down" => cursor('B'),
        "Right" => cursor('C'),
        "Left" => cursor('D'),
        "Home" => cursor('H'),
        "End" => cursor('F'),
        "lt" => b"<".to_vec(),
        _ => match name.as_bytes() {
            [b'C', b'-', letter] => vec![letter.to_ascii_uppercase() ^ 0x40],
            _ => panic!("no key is named <{name}>"),
        },
    }
}

/// The modes that a program switched and did not switch back, read from everything it wrote: DEC private modes against
/// their usual state (autowrap and cursor on, all others off), the kitty keyboard's stack, and a title or style stack.
pub(crate) fn modes_left(raw: &[u8]) -> Vec<String> {
    let mut switched = std::collections::BTreeMap::new();
    let mut keyboards = 0_i32;
    for sequence in raw.split(|&byte| byte == 0x1b).skip(1) {
        let Some(body) = sequence.strip_prefix(b"[") else { continue };
        let Some(end) = body.iter().position(|byte| (0x40..=0x7e).contains(byte)) else { continue };
        let params = String::from_utf8_lossy(&body[..end]).into_owned();
        match (params.as_bytes().first(), body[end]) {
            (Some(b'?'), set @ (b'h' | b'l')) => {
                for mode in params[1..].split(';') {
                    switched.insert(mode.to_owned(), set == b'h');
                }
            }
            (Some(b'>'), b'u') => keyboards += 1,
            (Some(b'<'), b'u') => keyboards -= params[1..].parse().unwrap_or(1),
            _ => {}
        }
    }
    let on_by_default = |mode: &str| matches!(mode, "7" | "25");
    let mut left: Vec<String> = switched
        .into_iter()
        .filter(|(mode, on)| *on != on_by_default(mode))
        .map(|(mode, on)| format!("mode {mode} is {}", if on { "on" } else { "off" }))
        .collect();
    if keyboards > 0 {
        left.push(format!("{keyboards} keyboard modes are still pushed"));
    }
    left
}

mod tests {
    use super::*;

    #[test]
    fn keys_become_bytes() {
        let table: [(&str, &[u8]); 5] = [
            ("jj", b"jj"),
            ("/corn<Enter>", b"/corn\r"),
            ("<Up><C-z>x", b"\x1b[A\x1ax"),
            ("<lt>", b"<"),
            ("<C-l>é", b"\x0c\xc3\xa9"),
        ];
        for (spec, bytes) in table {
            assert_eq!(keys(spec, false), bytes, "{spec}");
        }
        assert_eq!(keys("<Down>", true), b"\x1bOB");
    }

    #[test]
    fn modes_are_told_by_what_was_written() {
        let table: [(&[u8], &[&str]); 5] = [
            (b"plain", &[]),
            (b"\x1b[?1049h\x1b[?25lx\x1b[?25h\x1b[?1049l", &[]),
            (b"\x1b[?1049h\x1b[?25l", &["mode 1049 is on", "mode 25 is off"]),
            (b"\x1b[?1000;1006h\x1b[?1000l", &["mode 1006 is on"]),
            (b"\x1b[>1u\x1b[>1u\x1b[<1u", &["1 keyboard modes are still pushed"]),
        ];
        for (raw, left) in table {
            assert_eq!(modes_left(raw), left, "{}", raw.escape_ascii());
        }
    }
}
