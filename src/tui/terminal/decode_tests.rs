use proptest::prelude::*;

use super::*;

/// Bytes read at once, and the millisecond.
type TimedRead<'a> = (u64, &'a [u8]);

/// Reads come at the given milliseconds; what came out, a word each, with `|` where time had to pass for it.
fn play(reads: &[TimedRead<'_>]) -> String {
    play_on(Decoder::default(), reads)
}

fn play_on(mut decoder: Decoder, reads: &[TimedRead<'_>]) -> String {
    let start = Instant::now();
    let mut said = Vec::new();
    for (at, bytes) in reads {
        let now = start + Duration::from_millis(*at);
        let mut inputs = Vec::new();
        decoder.expire(now, &mut inputs);
        said.extend(inputs.drain(..).map(|input| format!("|{}", word(&input))));
        decoder.feed(bytes, now, &mut inputs);
        said.extend(inputs.iter().map(word));
    }
    while let Some(deadline) = decoder.deadline() {
        let mut inputs = Vec::new();
        decoder.expire(deadline, &mut inputs);
        said.extend(inputs.iter().map(|input| format!("|{}", word(input))));
    }
    said.join(" ")
}

fn word(input: &TerminalInput) -> String {
    match input {
        TerminalInput::Key(key) => {
            let held: Vec<&str> = key.modifiers.iter_names().flat_map(|(name, _)| [name, "-"]).collect();
            let code = match key.code {
                KeyCode::Char(c) => c.to_string(),
                other => format!("{other:?}"),
            };
            held.concat() + &code
        }
        TerminalInput::Mouse(mouse) => format!("{:?}@{},{}", mouse.kind, mouse.column, mouse.row),
        TerminalInput::Paste(text) => format!("paste{text:?}"),
        TerminalInput::Colors { background, text } => format!("{background:?}/{:?}", text.unwrap_or(*background)),
        other => format!("{other:?}"),
    }
}

/// As [`play`], after the terminal was asked for its colours.
fn play_asked(reads: &[TimedRead<'_>]) -> String {
    let mut decoder = Decoder::default();
    decoder.await_colors();
    play_on(decoder, reads)
}

/// As [`play`], of one read.
fn read(bytes: &[u8]) -> String {
    play(&[(0, bytes)])
}

#[test]
fn keys() {
    let cases: &[(&[u8], &str)] = &[
        (b"jG", "j SHIFT-G"),
        ("éЖ漢🎈".as_bytes(), "é SHIFT-Ж 漢 🎈"),
        (b"\r\n\t\x7f", "Enter CONTROL-j Tab Backspace"),
        (b"\x00\x03\x1a\x1c", "CONTROL-  CONTROL-c CONTROL-z CONTROL-4"),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "Up Down Right Left Home End"),
        (b"\x1bOA\x1bOP\x1bOS", "Up F(1) F(4)"),
        (b"\x1b[5~\x1b[6~\x1b[3~\x1b[1~\x1b[4~", "PageUp PageDown Delete Home End"),
        (b"\x1b[15~\x1b[24~\x1b[[B", "F(5) F(12) F(2)"),
        (b"\x1b[1;5C\x1b[1;2A\x1b[3;3~", "CONTROL-Right SHIFT-Up ALT-Delete"),
        (b"\x1b[Z", "SHIFT-BackTab"),
        (b"\x1ba\x1b\xc3\xa9\x1b\r", "ALT-a ALT-é ALT-Enter"),
        (b"\x1b\x1b[A", "Esc Up"),
        (b"\x1b[27u\x1b[99;5u\x1b[97;3u\x1b[97;4u", "Esc CONTROL-c ALT-a SHIFT-ALT-A"),
        (b"\x1b[9;2u\x1b[57414u\x1b[57441;2u", "SHIFT-BackTab Enter"),
        // A Russian and a Greek keyboard, with and without the base layout's key; a French one keeps its own.
        (b"\x1b[1089::99;5u\x1b[1089;5u\x1b[968::99;5u\x1b[968;5u", "CONTROL-c CONTROL-c CONTROL-c CONTROL-c"),
        (b"\x1b[1092::97;3u\x1b[1089:1057:99;6u", "ALT-a SHIFT-CONTROL-C"),
        // Thai, whose tone marks are no letters; caps lock; xterm's older form.
        (
            b"\x1b[3657::104;5u\x1b[3649;5u\x1b[99;69u\x1b[27;5;1089~\x1b[27;5;99~",
            "CONTROL-h CONTROL-c CONTROL-c CONTROL-c CONTROL-c",
        ),
        (b"\x1b[1089::99u\x1b[97::113;5u", "\u{441} CONTROL-a"),
        (b"\x1b[97;1:2u\x1b[97;1:3u\x1b[1;1:3A", "a"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(bytes), *expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn mice() {
    let cases: &[(&[u8], &str)] = &[
        (b"\x1b[<0;300;20M\x1b[<0;300;20m", "Down(Left)@299,19 Up(Left)@299,19"),
        (b"\x1b[<32;2;1M\x1b[<64;1;1M\x1b[<65;1;1M", "Drag(Left)@1,0 ScrollUp@0,0 ScrollDown@0,0"),
        (b"\x1b[<35;2;1Mj", "j"),
        (b"\x1b[M !!\x1b[M#!!", "Down(Left)@0,0 Up(Left)@0,0"),
        (b"\x1b[<0;0;0M\x1b[<9999999;1;1M\x1b[<;M", "Down(Left)@0,0"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(bytes), *expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_lone_esc_is_held_and_rejoined() {
    let cases: &[(&[TimedRead<'_>], &str)] = &[
        (&[(0, b"\x1b")], "|Esc"),
        (&[(0, b"\x1b"), (20, b"[A")], "Up"),
        (&[(0, b"\x1b"), (40, b"["), (80, b"A")], "Up"),
        (&[(0, b"\x1b"), (40, b"OB")], "Down"),
        (&[(0, b"\x1b"), (49, b"[1;"), (400, b"5C")], "CONTROL-Right"),
        (&[(0, b"\x1b"), (50, b"[A")], "|Esc [ SHIFT-A"),
        (&[(0, b"\x1b"), (10, b"j")], "Esc j"),
        (&[(0, b"\x1b"), (10, b"\x1b"), (20, b"[A")], "Esc Up"),
        (&[(0, b"\x1b"), (10, b"\x1b")], "Esc |Esc"),
        // Esc and the key for the bar, typed as one.
        (&[(0, b"\x1b["), (600, b"j")], "|Esc |[ j"),
        (&[(0, b"\x1b[1;"), (600, b"j")], "j"),
    ];
    for (reads, expected) in cases {
        assert_eq!(play(reads), *expected, "{reads:?}");
    }
}

#[test]
fn colours_are_told_at_any_time_and_are_no_keys() {
    let dark = "Rgb(0, 0, 0)/Rgb(0, 0, 0)";
    let cases: &[(&[TimedRead<'_>], &str)] = &[
        (&[(0, b"\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;4cj")], &format!("{dark} j")),
        (&[(0, b"\x1b]10;rgb:ff/ff/ff\x07\x1b]11;rgb:0/0/0\x07")], "Rgb(0, 0, 0)/Rgb(255, 255, 255)"),
        (&[(0, b"j\x1b]11;rgb:0000/00"), (400, b"00/0000\x1b"), (800, b"\\j")], &format!("j {dark} j")),
        (&[(0, b"\x1b"), (40, b"]"), (400, b"11;#000\x07")], dark),
        // Minutes later, without having been asked, cut anywhere or of another kind.
        (&[(0, b"\x1b[?1;2cj"), (90_000, b"\x1b]11;#000\x07")], &format!("j {dark}")),
        (&[(0, b"\x1b]11;rgb:00"), (9_000, b"j")], "j"),
        (&[(0, b"\x1b]52;c;ZWNobyBoaQ==\x07\x1b]4;1;rgb:0/0/0\x1b\\j")], "j"),
        (&[(0, b"\x1b]11;rgb:\x1b[Aj")], "Up j"),
    ];
    for (reads, expected) in cases {
        assert_eq!(play_asked(reads), *expected, "{reads:?}");
    }
    assert_eq!(read(b"\x1b]11;#000\x07j"), format!("{dark} j"));
    // Alt and the key for the bar.
    assert_eq!(play(&[(0, b"\x1b]"), (60, b"j")]), "|ALT-] j");
    assert_eq!(read(b"\x1b]j"), "ALT-] j");
}

#[test]
fn what_is_no_key_is_skipped_whole() {
    let cases: &[(&[u8], &str)] = &[
        (b"\x1b[?1;2cj\x1b[>0;276;0cj\x1b[12;40Rj\x1b[I\x1b[Oj", "j j j j"),
        (b"\x1b[12\x1b[Aj", "Up j"),
        (b"\x1b[12\xffj", "j"),
        (b"\xff\xfe\xc3(j", "( j"),
        (b"\x1b[201~j", "j"),
        ("\u{85}j".as_bytes(), "j"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(bytes), *expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn pastes_are_whole_however_they_come() {
    assert_eq!(read(b"\x1b[200~a\rb\x1b[201~j"), r#"paste"a\rb" j"#);
    assert_eq!(read(b"\x1b[200~\x1b[201~"), r#"paste"""#);
    assert_eq!(read(b"\x1b[200~a\x1b[Ab\xff\x1b[201~"), "paste\"a\\u{1b}[Ab\u{fffd}\"");
    assert_eq!(play(&[(0, b"\x1b[200~a\x1b[2"), (9000, b"01"), (9900, b"~j")]), r#"paste"a" j"#);
}

#[test]
fn a_megabyte_is_one_paste() {
    let text = "mémoire ".repeat(1 << 17);
    let bytes = [b"\x1b[200~", text.as_bytes(), PASTE_END].concat();
    let (mut decoder, mut inputs) = (Decoder::default(), Vec::new());
    for chunk in bytes.chunks(4095) {
        decoder.feed(chunk, Instant::now(), &mut inputs);
    }
    assert_eq!(inputs, [TerminalInput::Paste(text)]);
}

#[test]
fn a_paste_without_an_end_fills_no_memory() {
    let (mut decoder, mut inputs) = (Decoder::default(), Vec::new());
    decoder.feed(b"\x1b[200~", Instant::now(), &mut inputs);
    for _ in 0..1 << 12 {
        decoder.feed(&[b'x'; 4096], Instant::now(), &mut inputs);
        assert!(decoder.paste.as_ref().is_some_and(|paste| paste.len() <= MAX_PASTE + 4096));
    }
    for part in [&PASTE_END[..3], &PASTE_END[3..], b"j"] {
        decoder.feed(part, Instant::now(), &mut inputs);
    }
    assert!(matches!(&inputs[..], [TerminalInput::Paste(text), TerminalInput::Key(_)] if text.len() == MAX_PASTE));
}

const UNCUT: &[&str] = &[
    "\x1b[A",
    "\x1b[1;5C",
    "\x1bOP",
    "é",
    "🎈",
    "j",
    "\r",
    "\x1b[<64;10;10M",
    "\x1b[M !!",
    "\x1b[200~paste\x1b[201~",
    "\x1b[97;3u",
    "\x1b[?1;2c",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Where a burst is cut makes no difference, so long as Esc is not cut from what makes Alt of it.
    #[test]
    fn cuts_make_no_difference(
        keys in proptest::collection::vec(proptest::sample::select(UNCUT), 0..20),
        size in 1usize..7,
    ) {
        let bytes = keys.concat();
        let cut: Vec<TimedRead<'_>> = bytes.as_bytes().chunks(size).map(|chunk| (0, chunk)).collect();
        prop_assert_eq!(play(&cut), read(bytes.as_bytes()));
    }

    /// Noise is survived, and what follows it after a while is understood.
    #[test]
    fn noise_is_survived(noise in proptest::collection::vec(proptest::collection::vec(prop_oneof![any::<u8>(), Just(ESC), Just(b'['), Just(b'O')], 0..40), 0..6)) {
        let mut reads: Vec<TimedRead<'_>> = noise.iter().enumerate().map(|(n, bytes)| (n as u64 * 30, bytes.as_slice())).collect();
        reads.push((10_000, PASTE_END));
        reads.push((20_000, b"\x1b[A"));
        prop_assert!(play(&reads).ends_with("Up"));
    }
}
