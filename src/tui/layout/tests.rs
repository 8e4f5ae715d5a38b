use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::domain::text::{Block, CleanText, Link, LinkId, Span, Table, clean, clean_code, grapheme_width, spans_text, width};

fn style(width: usize) -> Style {
    Style { width, ascii: false, link_numbers: true, spoilers: true }
}

/// The laid-out blocks; white space at the end of a line shows as `·`.
fn show(blocks: Vec<Block>, style: Style) -> String {
    let lines = lay_out(&Document { blocks, links: Vec::new() }, style);
    let shown = lines.iter().map(|line| {
        let text = line.text.trim_end();
        [text, &"·".repeat(line.text.len() - text.len()), "\n"].concat()
    });
    shown.collect()
}

fn text(text: &str) -> Block {
    Block::Paragraph(vec![Span::plain(text)])
}

fn link(text: &str, id: u32) -> Span {
    Span { link: Some(LinkId(id)), ..Span::plain(text) }
}

fn table(header: usize, rows: &[&[&str]]) -> Block {
    let rows = rows.iter().map(|row| row.iter().map(|cell| vec![Span::plain(cell)]).collect()).collect();
    Block::Table(Table { header, rows })
}

#[test]
fn words_cross_spans() {
    let strong = Span { emphasis: Emphasis { strong: true, ..Emphasis::NONE }, ..Span::plain("lean") };
    let block = Block::Paragraph(vec![Span::plain("to g"), strong.clone(), link("er", 0), link("s", 0), Span::plain(" we go")]);
    let lines = lay_out(&Document { blocks: vec![block], links: Vec::new() }, style(11));
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["to", "gleaners[1]", "we go"]);
    let kinds: Vec<_> = lines[1].runs.iter().map(|(range, tag)| (&lines[1].text[range.clone()], *tag)).collect();
    let er = SpanTag { link: Some(LinkId(0)), ..SpanTag::default() };
    assert_eq!(
        kinds,
        [
            ("g", SpanTag::default()),
            ("lean", SpanTag { emphasis: strong.emphasis, ..SpanTag::default() }),
            ("ers", er),
            ("[1]", SpanTag { kind: TagKind::LinkNumber, ..er })
        ]
    );
}

#[test]
fn wrapping() {
    let cases: &[(&str, usize, &[&str])] = &[
        ("", 5, &[""]),
        ("  two words  ", 20, &["two words"]),
        ("one two three", 7, &["one two", "three"]),
        ("a well-known-fact", 9, &["a well-", "known-", "fact"]),
        ("extraordinary", 5, &["extra", "ordin", "ary"]),
        ("so extraordinary it is", 5, &["so", "extra", "ordin", "ary", "it is"]),
        ("one\ntwo", 20, &["one", "two"]),
        ("漢字仮名交じり文", 6, &["漢字仮", "名交じ", "り文"]),
        ("“quoted” — “twice”", 8, &["“quoted”", "—", "“twice”"]),
        ("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 4, &["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"]),
        ("漢字", 1, &["漢", "字"]),
        ("e\u{301}e\u{301}e\u{301}", 2, &["e\u{301}e\u{301}", "e\u{301}"]),
        ("10\u{a0}km", 3, &["10\u{a0}", "km"]),
    ];
    for (text, width, expected) in cases {
        assert_eq!(wrap(text, *width), *expected, "{text} at {width}");
    }
}

#[test]
fn blocks_and_their_margins() {
    let blocks = vec![
        Block::Heading { level: 2, spans: vec![Span::plain("On gleaning")] },
        text("What is left in the field belongs to those who come after."),
        Block::Quote(vec![text("When ye reap the harvest"), Block::Quote(vec![text("of your land")])]),
        Block::List {
            start: None,
            items: vec![vec![text("barley")], vec![text("wheat"), list(9, &["rye", "oats and other grain"])], vec![]],
        },
        Block::Rule,
        Block::List { start: Some(1), items: vec![vec![text("first"), text("and more")], vec![text("second")]] },
        Block::Code { language: None, text: clean_code("if grain {\n\tgather();\n\n}\n") },
        Block::Image { link: LinkId(6), alt: clean("Three women in a field") },
        text(" "),
    ];
    insta::assert_snapshot!(show(blocks.clone(), style(24)), @r"
    On gleaning

    What is left in the
    field belongs to those
    who come after.

    ▎ When ye reap the
    ▎ harvest
    ▎
    ▎ ▎ of your land

    • barley
    • wheat
       9. rye
      10. oats and other
          grain
    •

    ────────────────────────

    1. first

       and more

    2. second

      if grain {
          gather();

      }

    [image: Three women in a
    field][7]
    ");
    insta::assert_snapshot!(show(blocks, Style { width: 9, ascii: true, link_numbers: false, spoilers: false }), @r"
    On
    gleaning

    What is
    left in
    the field
    belongs
    to those
    who come
    after.

    > When ye
    > reap
    > the
    > harvest
    >
    > > of
    > > your
    > > land

    * barley
    * wheat
      9. rye
      10.
      oats
      and
      other
      grain
    *

    ---------

    1. first

       and
       more

    2. second

      if grai
      n {
          gat
      her();

      }

    [image:
    Three
    women in
    a field]
    ");
}

fn list(start: u64, items: &[&str]) -> Block {
    Block::List { start: Some(start), items: items.iter().map(|item| vec![text(item)]).collect() }
}

#[test]
fn tables_stand_side_by_side_or_below_each_other() {
    let rows: &[&[&str]] = &[&["grain", "yield"], &["barley", "4"], &["漢", "many more"], &["", "1"]];
    insta::assert_snapshot!(show(vec![table(1, rows), text("end")], style(20)), @r"
    grain  │ yield
    ───────┼──────────
    barley │ 4
    漢     │ many more
           │ 1

    end
    ");
    insta::assert_snapshot!(show(vec![table(1, rows)], style(15)), @r"
    grain: barley
    yield: 4

    grain: 漢
    yield: many
    more

    yield: 1
    ");
    insta::assert_snapshot!(show(vec![table(0, &[&["a long cell", "another"], &["x"]])], style(12)), @r"
    a long cell
    another

    x
    ");
    assert_eq!(show(vec![table(1, &[&["only a", "header"]])], style(8)), "only a\nheader\n");
}

#[test]
fn every_width_shows_deep_nesting() {
    let mut deep = vec![text("in the deep")];
    for level in 0..64 {
        deep = if level % 2 == 0 { vec![Block::Quote(deep)] } else { vec![Block::List { start: Some(98), items: vec![deep] }] };
    }
    for columns in 1..40 {
        let lines = lay_out(&Document { blocks: deep.clone(), links: Vec::new() }, style(columns));
        let words: String = lines.iter().map(body).collect();
        assert_eq!(words, "inthedeep");
        assert!(lines.iter().all(|line| width(&line.text) <= columns), "{columns}: {lines:#?}");
    }
}

/// The text without white space and without the borders drawn around it.
fn body(line: &Line) -> String {
    let drawn = |tag: &SpanTag| matches!(tag.kind, TagKind::Ornament | TagKind::LinkNumber);
    let kept = line.runs.iter().filter(|(_, tag)| !drawn(tag)).map(|(range, _)| &line.text[range.clone()]);
    kept.flat_map(|text| text.chars().filter(|c| !c.is_whitespace())).collect()
}

/// All of the text, tables left out.
fn expected(blocks: &[Block]) -> String {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let parts = blocks.iter().map(|block| match block {
        Block::Paragraph(spans) | Block::Heading { spans, .. } => bare(&spans_text(spans)),
        Block::Code { text, .. } => bare(text),
        Block::Image { alt, .. } if alt.trim().is_empty() => "[image]".to_owned(),
        Block::Image { alt, .. } => bare(&format!("[image:{alt}]")),
        Block::Rule | Block::Table(_) => String::new(),
        Block::Quote(blocks) => expected(blocks),
        Block::Spoiler { title, blocks } if title.trim().is_empty() => format!("Spoiler{}", expected(blocks)),
        Block::Spoiler { title, blocks } => bare(title) + &expected(blocks),
        Block::List { items, .. } => items.iter().map(|item| expected(item)).collect(),
    });
    parts.collect()
}

const WORDS: &[&str] = &[
    "grain",
    "of",
    "a",
    "well-known",
    "field,",
    "—",
    "“harvest”",
    "漢字仮名",
    "ひらがな。",
    "한국어",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈🏳️‍🌈",
    "❤️",
    "e\u{301}\u{301}",
    "עברית",
    "العربية",
    "لا",
    "क्षत्रिय",
    "ไทยไม่มีช่องว่าง",
    "https://example.org/a/very/long/address?with=query&and=more#end",
    "\u{a0}",
    "  ",
    "\u{3000}",
    "\u{301}",
    "🇩🇪🇫🇷",
    "-",
    "--",
    "[",
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "\u{1F3FB}",
    "x\u{200d}",
    "ᄀᄀᄀ각ᆨᆨ",
];

fn words() -> impl Strategy<Value = CleanText> {
    let known = proptest::collection::vec((proptest::sample::select(WORDS), proptest::bool::weighted(0.8)), 0..12)
        .prop_map(|words| words.into_iter().flat_map(|(word, space)| [word, if space { " " } else { "" }]).collect::<String>());
    prop_oneof![4 => known, 1 => any::<String>()].prop_map(|text| clean(&text))
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let span = (words(), any::<bool>(), proptest::option::weighted(0.2, 0..3_u32)).prop_map(|(text, strong, link)| Span {
        text,
        emphasis: Emphasis { strong, ..Emphasis::NONE },
        link: link.map(LinkId),
    });
    proptest::collection::vec(span, 0..5)
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let leaf = prop_oneof![
        6 => spans().prop_map(Block::Paragraph),
        1 => spans().prop_map(|spans| Block::Heading { level: 2, spans }),
        1 => proptest::collection::vec(words(), 0..4).prop_map(|rows| {
            let rows: Vec<_> = rows.iter().map(CleanText::as_str).collect();
            Block::Code { language: None, text: clean_code(&rows.join("\n\t")) }
        }),
        1 => words().prop_map(|alt| Block::Image { link: LinkId(1), alt }),
        1 => Just(Block::Rule),
        1 => (0..3_usize, proptest::collection::vec(proptest::collection::vec(spans(), 0..4), 0..4))
            .prop_map(|(header, rows)| Block::Table(Table { header, rows })),
    ];
    let block = leaf.prop_recursive(6, 40, 4, |inner| {
        let some = proptest::collection::vec(inner, 0..4);
        prop_oneof![
            some.clone().prop_map(Block::Quote),
            (words(), some.clone()).prop_map(|(title, blocks)| Block::Spoiler { title, blocks }),
            (proptest::option::of(any::<u64>()), proptest::collection::vec(some, 0..4))
                .prop_map(|(start, items)| Block::List { start, items }),
        ]
    });
    proptest::collection::vec(block, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_fits_any_width(blocks in blocks(), columns in prop_oneof![1..12_usize, 1..120_usize], ascii: bool, link_numbers: bool) {
        let document = Document { blocks, links: vec![Link::new("https://example.org"); 3] };
        let lines = lay_out(&document, Style { width: columns, ascii, link_numbers, spoilers: true });
        for line in &lines {
            let wide = width(&line.text);
            let one_wide_letter = columns == 1 && is_one_letter(&line.text);
            prop_assert!(wide <= columns || one_wide_letter, "{} columns: {:?}", wide, line.text);
            let ends: Vec<usize> = line.runs.iter().map(|(range, _)| range.end).collect();
            let starts: Vec<usize> = line.runs.iter().map(|(range, _)| range.start).collect();
            prop_assert_eq!(starts, [0].into_iter().chain(ends.iter().copied()).take(ends.len()).collect::<Vec<_>>());
            prop_assert_eq!(ends.last().copied().unwrap_or(0), line.text.len());
            prop_assert!(line.runs.iter().all(|(range, _)| !range.is_empty() && line.text.get(range.clone()).is_some()));
        }
        if !document.blocks.iter().any(has_table) {
            prop_assert_eq!(lines.iter().map(body).collect::<String>(), expected(&document.blocks));
        }
    }

    #[test]
    fn no_cell_is_lost(rows in proptest::collection::vec(proptest::collection::vec("[a-z]{1,9}", 0..4), 0..5), header in 0..3_usize, columns in 1..60_usize) {
        let cells = rows.iter().map(|row| row.iter().map(|cell| vec![Span::plain(cell)]).collect()).collect();
        let document = Document { blocks: vec![Block::Table(Table { header, rows: cells })], links: Vec::new() };
        let all: String = lay_out(&document, style(columns)).iter().map(body).collect();
        for cell in rows.iter().flatten() {
            prop_assert!(all.contains(cell.as_str()), "{cell} in {all}");
        }
    }

    #[test]
    fn wrapping_only_takes_spaces(text in words(), columns in 1..40_usize) {
        let lines = wrap(&text, columns);
        prop_assert!(!lines.is_empty());
        let bare = |text: &str| text.replace(' ', "");
        prop_assert_eq!(bare(&lines.concat()), bare(&text));
    }
}

fn has_table(block: &Block) -> bool {
    match block {
        Block::Table(_) => true,
        Block::Quote(blocks) | Block::Spoiler { blocks, .. } => blocks.iter().any(has_table),
        Block::List { items, .. } => items.iter().flatten().any(has_table),
        _ => false,
    }
}

/// True if only one grapheme takes room.
fn is_one_letter(text: &str) -> bool {
    text.graphemes(true).filter(|grapheme| grapheme_width(grapheme) > 0).count() == 1
}
