use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::super::{LinkId, clean, clean_code, spans_text};
use super::*;

fn said(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.document.text()).collect::<String>().replace(['\n', '\t'], "")
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Span::plain(text)])
}

fn shapes(text: &str) -> Vec<Block> {
    let span = Span::plain(text);
    let row = vec![vec![span.clone()], Vec::new(), vec![span.clone()]];
    vec![
        paragraph(text),
        Block::Heading { level: 1, spans: vec![span.clone(), span] },
        Block::Quote(vec![Block::Quote(vec![paragraph(text), paragraph("end")])]),
        Block::List { start: Some(1), items: vec![vec![paragraph("a")], vec![paragraph(text)], vec![paragraph("z")]] },
        Block::Code { language: None, text: clean_code(text) },
        Block::Table(Table { header: 1, rows: vec![vec![vec![Span::plain("H")]], row] }),
        Block::Image { link: LinkId(0), alt: clean(text) },
    ]
}

#[test]
fn no_piece_is_large_and_none_of_the_text_is_lost() {
    let texts = [
        "word ".repeat(40_000),
        "é".repeat(100_000),
        "👩\u{200d}👩\u{200d}👧".repeat(20_000),
        "🇩🇪".repeat(20_000),
        "x\n".repeat(60_000),
        " ".repeat(200_000),
    ];
    for text in &texts {
        for block in shapes(text) {
            let wanted = Document { blocks: vec![block.clone()], links: Vec::new() }.text().replace(['\n', '\t'], "");
            let pieces = pieces(vec![block.clone()]);
            assert!(pieces.len() > 1, "{wanted:.40}");
            assert!(!pieces[0].continues);
            // The names of a table's columns stand over each of its pieces.
            let is_table = matches!(block, Block::Table(_));
            let told = said(&pieces);
            assert_eq!(if is_table { told.replace('H', "") } else { told }, wanted.replace('H', ""), "{wanted:.40}");
            for piece in &pieces {
                let mut left = 2 * LONGEST_BLOCK;
                assert!(spend_blocks(&piece.document.blocks, &mut left), "{wanted:.40}");
            }
        }
    }
}

#[test]
fn a_list_in_pieces_goes_on_counting() {
    let items = (0..6000).map(|_| vec![paragraph("an item of a long list")]).collect();
    let pieces = pieces(vec![Block::List { start: Some(1), items }]);
    let mut next = 1;
    for piece in &pieces {
        let Block::List { start, items } = &piece.document.blocks[0] else { panic!("{piece:?}") };
        assert_eq!(*start, Some(next));
        next += items.len() as u64;
    }
    assert_eq!(next, 6001);
    assert!(pieces[1..].iter().all(|piece| piece.continues));
}

#[test]
fn short_blocks_stay_whole() {
    let blocks: Vec<Block> = shapes("A text.").into_iter().chain([Block::Rule]).collect();
    let pieces = pieces(blocks.clone());
    assert_eq!(pieces.iter().flat_map(|piece| piece.document.blocks.clone()).collect::<Vec<_>>(), blocks);
    assert!(pieces.iter().all(|piece| !piece.continues));
}

#[test]
fn a_long_comment_has_a_beginning_and_says_how_much_is_left() {
    let short = Body::plain("One.\nTwo.");
    assert_eq!(short.beginning(100), (short.document(), 0));
    let long = "word ".repeat(1000);
    for body in
        [Body::plain(&long), Body::from(Document { blocks: vec![Block::Quote(vec![paragraph(&long)])], links: Vec::new() })]
    {
        let (beginning, left_out) = body.beginning(6000);
        assert_eq!((beginning.text().len(), left_out), (5000, 0));
    }
    let plain = Body::plain(&long);
    let (beginning, left_out) = plain.beginning(1000);
    assert_eq!((beginning.text().len(), left_out), (1000, 4000));
    let long = "word ".repeat(100_000);
    let rich = Body::from(Document { blocks: vec![Block::Rule, paragraph(&long)], links: Vec::new() });
    let (beginning, left_out) = rich.beginning(LONGEST_BLOCK);
    assert_eq!(beginning.text().len() + left_out, long.len());
    assert!((LONGEST_BLOCK / 4..=LONGEST_BLOCK).contains(&beginning.text().len()));
}

proptest! {
    #[test]
    fn a_cut_leaves_letters_whole(text in "[a é\u{301}🇩🇪👩\u{200d}क्ष]{1,40}", limit in 1_usize..30) {
        let text = clean(&text);
        let at = cut_at(&text, limit);
        prop_assert!(at > 0 || text.is_empty());
        prop_assert!(text.is_char_boundary(at));
        let mut cursor = GraphemeCursor::new(at, text.len(), true);
        let is_whole = cursor.is_boundary(&text, 0) == Ok(true);
        prop_assert!(is_whole || text.graphemes(true).next().is_some_and(|first| first.len() > limit));
        let halves = [text.slice(0, at), text.slice(at, text.len())].map(|text| Span { text, ..Span::default() });
        prop_assert_eq!(spans_text(&halves), text.as_str());
    }
}
