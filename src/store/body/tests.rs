use proptest::prelude::*;

use super::*;

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let emphasis = any::<[bool; 4]>().prop_map(|[strong, emphatic, code, struck]| Emphasis { strong, emphatic, code, struck });
    let text = prop_oneof!["[a-z \"\\\\]{0,12}", "[a-zé量́\n\t\u{202e}\u{7}]{0,6}"].prop_map(|text| clean_code(&text));
    let span = (text, prop_oneof![Just(Emphasis::NONE), emphasis], prop::option::weighted(0.1, (0..9_u32).prop_map(LinkId)));
    prop::collection::vec(span.prop_map(|(text, emphasis, link)| Span { text, emphasis, link }), 0..3)
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        4 => spans().prop_map(Block::Paragraph),
        1 => (1..=6_u8, spans()).prop_map(|(level, spans)| Block::Heading { level, spans }),
        1 => ("[a-z\n]{0,9}", prop::option::of("[a-z]{1,4}")).prop_map(|(text, language)| Block::Code {
            language: language.map(|name| clean(&name)),
            text: clean_code(&text)
        }),
        1 => (0..3_usize, prop::collection::vec(prop::collection::vec(spans(), 0..3), 0..3))
            .prop_map(|(header, rows)| Block::Table(Table { header, rows })),
        1 => (0..9_u32, "[a-z]{0,4}").prop_map(|(link, alt)| Block::Image { link: LinkId(link), alt: clean(&alt) }),
        1 => Just(Block::Rule),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        let blocks = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            blocks().prop_map(Block::Quote),
            (prop::option::of(any::<u64>()), prop::collection::vec(blocks(), 0..3))
                .prop_map(|(start, items)| Block::List { start, items }),
        ]
    })
}

fn document() -> impl Strategy<Value = Document> {
    let links = prop::collection::vec("[a-z:/]{0,8}".prop_map(|address| Link::new(&address)), 0..3);
    (prop::collection::vec(block(), 0..6), links).prop_map(|(blocks, links)| Document { blocks, links })
}

proptest! {
    #[test]
    fn what_is_stored_comes_back(document in document()) {
        let Encoded { encoding, bytes } = encode(&document);
        prop_assert_eq!(text(encoding, &bytes), document.text());
        prop_assert_eq!(decode(encoding, &bytes), Ok(document));
    }

    #[test]
    fn any_bytes_give_a_document_or_say_that_they_do_not(encoding in 0..3_i64, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = decode(encoding, &bytes);
    }

    #[test]
    fn pieces_in_any_order_give_blocks(pieces in prop::collection::vec(prop::sample::select(vec![r#""q""#, r#"{"l":null}"#, r#""*""#, r#"".""#, r#""-""#]), 0..300)) {
        let json = format!("{{\"b\":[{}]}}", pieces.join(","));
        let text = decode(JSON, json.as_bytes()).unwrap().text();
        prop_assert!(text.is_empty());
    }
}

#[test]
fn the_stored_form_stays_as_it_is() {
    let plain = Document::plain(["one", "two"]);
    assert_eq!(encode(&plain), Encoded { encoding: 0, bytes: b"one\ntwo".to_vec() });
    let strong = Span { text: clean("b"), emphasis: Emphasis { strong: true, ..Emphasis::NONE }, link: Some(LinkId(0)) };
    let rich = Document {
        blocks: vec![
            Block::Paragraph(vec![Span::plain("a"), strong]),
            Block::List { start: Some(3), items: vec![vec![Block::Quote(vec![Block::Rule])]] },
            Block::Code { language: Some(clean("rust")), text: clean_code("x\ny") },
            Block::Table(Table { header: 1, rows: vec![vec![vec![Span::plain("c")]]] }),
            Block::Image { link: LinkId(0), alt: clean("i") },
            Block::Heading { level: 2, spans: vec![] },
        ],
        links: vec![Link::new("https://example.org/")],
    };
    let json = String::from_utf8(encode(&rich).bytes).unwrap();
    let wanted = concat!(
        r#"{"b":[{"p":[{"t":"a"},{"t":"b","e":1,"l":0}]},{"l":3},"*","q","-",".",".",".",{"c":{"l":"rust","t":"x\ny"}},"#,
        r#"{"t":{"h":1,"r":[[[{"t":"c"}]]]}},{"i":[0,"i"]},{"h":[2,[]]}],"a":["https://example.org/"]}"#
    );
    assert_eq!(json, wanted);
}

#[test]
fn nesting_to_the_limit_comes_back_and_beyond_it_is_flattened() {
    let nest = |levels: usize| {
        let wrap = |inside: Vec<Block>, level| {
            vec![if level % 2 == 0 { Block::Quote(inside) } else { Block::List { start: None, items: vec![inside] } }]
        };
        let blocks = (0..levels).fold(vec![Block::Paragraph(vec![Span::plain("deep")])], wrap);
        Document { blocks, links: Vec::new() }
    };
    let deep = nest(MAX_NESTING);
    let Encoded { encoding, bytes } = encode(&deep);
    assert_eq!(decode(encoding, &bytes), Ok(deep));
    let bottomless = format!(r#"{{"b":[{}{{"p":[{{"t":"x"}}]}}]}}"#, r#""q","#.repeat(100_000));
    assert_eq!(decode(JSON, bottomless.as_bytes()).map(|document| document.text()), Ok("x".to_owned()));
}

#[test]
fn a_touched_file_cannot_act_on_the_terminal_and_an_unknown_form_is_told() {
    assert_eq!(decode(PLAIN, b"a\x1b[2Jb").unwrap().text(), "a[2Jb");
    assert_eq!(decode(JSON, br#"{"b":[{"p":[{"t":"\u001b[2J"}]}],"a":["\u0007x"]}"#).unwrap().links, [Link::new("x")]);
    assert_eq!(decode(7, b""), Err(Broken::Encoding(7)));
    assert_eq!(decode(PLAIN, b"\xff"), Err(Broken::Content));
}
