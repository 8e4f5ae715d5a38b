//! The stored form of documents, fixed for good.
//!
//! A stored text is bytes with an encoding:
//! - 0: paragraphs of plain text in UTF-8, separated by line breaks. Most comments are this.
//! - 1: JSON of the private types below. Missing fields have their defaults, so that fields can be added. Blocks stand flat, containers as an opening and a closing piece, so that nesting costs no depth in the JSON.
//! - 2 and 3: 0 and 1, compressed by deflate. Texts of articles above 1 KB are: of the real pages and feeds that
//!   `tests/bench/bulk.py` reads these leave 27 % of them, and are read in some 30 µs. Comments are too short for it.
//!
//! Somebody may have touched the file: what comes out is cleaned again, and nesting is bounded.

use std::borrow::Cow;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use crate::domain::text::{
    Block, Body, CleanText, Document, Emphasis, Link, LinkId, MAX_NESTING, Span, Table, clean, clean_code,
};

const PLAIN: i64 = 0;
pub(super) const JSON: i64 = 1;
/// Added to the encoding of what is compressed.
const DEFLATED: i64 = 2;

/// Shorter texts are not compressed, in bytes.
const COMPRESSED_FROM: usize = 1 << 10;

/// No text is larger than what one file may bring; a compressed one that claims to be is damaged.
const LARGEST: u64 = 64 << 20;

/// The format readers keep to [`MAX_NESTING`]; a file that somebody touched has to end somewhere, too.
const DEEPEST: usize = 2 * MAX_NESTING;

/// A text as it is stored.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Encoded {
    pub(super) encoding: i64,
    pub(super) bytes: Vec<u8>,
}

/// Why a stored text cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Broken {
    Encoding(i64),
    Content,
}

impl Broken {
    /// The placeholder of the text.
    pub(super) fn as_document(&self) -> Document {
        match self {
            Broken::Encoding(encoding) => {
                Document::plain([
                    format!("(This text is stored in a form, {encoding}, that this gleaner does not know.)").as_str()
                ])
            }
            Broken::Content => Document::plain(["(This text is damaged in the store and cannot be read.)"]),
        }
    }
}

/// For an article's text: compressed where it is long.
pub(super) fn encode(document: &Document) -> Encoded {
    let encoded = encode_body(&Body::from(document.clone()));
    if encoded.bytes.len() < COMPRESSED_FROM { encoded } else { deflated(&encoded).unwrap_or(encoded) }
}

/// None if it is not shorter so.
fn deflated(encoded: &Encoded) -> Option<Encoded> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(encoded.bytes.len() / 2), Compression::new(6));
    encoder.write_all(&encoded.bytes).ok()?;
    let bytes = encoder.finish().ok().filter(|bytes| bytes.len() < encoded.bytes.len())?;
    Some(Encoded { encoding: encoded.encoding + DEFLATED, bytes })
}

fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() * 4);
    let read = DeflateDecoder::new(bytes).take(LARGEST + 1).read_to_end(&mut out).ok()?;
    (read as u64 <= LARGEST).then_some(out)
}

/// About how large a text is of which so many bytes are stored.
pub(super) fn size_of_text(encoding: i64, stored: usize) -> usize {
    if encoding >= DEFLATED { stored * 4 } else { stored }
}

pub(super) fn encode_body(body: &Body) -> Encoded {
    if let Body::Plain(text) = body {
        return Encoded { encoding: PLAIN, bytes: text.as_bytes().to_vec() };
    }
    let document = body.document();
    let mut pieces = Vec::new();
    flatten(&document.blocks, &mut pieces);
    let links = document.links.iter().map(|link| Cow::from(&*link.address)).collect();
    to_json(&JsonDocument { pieces, links })
}

pub(super) fn decode(encoding: i64, bytes: &[u8]) -> Result<Document, Broken> {
    match encoding {
        PLAIN => std::str::from_utf8(bytes).map(|text| Body::plain(text).document().into_owned()).map_err(|_| Broken::Content),
        JSON => {
            let json: JsonDocument<'_> = serde_json::from_slice(bytes).map_err(|_| Broken::Content)?;
            let links = json.links.iter().map(|address| Link { address: clean(address) }).collect();
            Ok(Document { blocks: build(json.pieces), links })
        }
        2 | 3 => decode(encoding - DEFLATED, &inflated(bytes).ok_or(Broken::Content)?),
        other => Err(Broken::Encoding(other)),
    }
}

pub(super) fn is_deflated(encoding: i64) -> bool {
    encoding >= DEFLATED
}

/// A comment of more bytes is read at once: drawing it is done on the terminal's thread, reading it is not.
const LOOKED_AT_LATER: usize = 32 << 10;

/// For a comment: what is more than plain words is read, and cleaned, when it is looked at.
pub(super) fn decode_body(encoding: i64, bytes: &[u8]) -> Body {
    match (encoding, std::str::from_utf8(bytes)) {
        (PLAIN, Ok(text)) => Body::plain(text),
        (JSON, _) if bytes.len() <= LOOKED_AT_LATER => Body::Kept { bytes: bytes.into(), read: |bytes| shown(JSON, bytes) },
        _ => shown(encoding, bytes).into(),
    }
}

/// True if [`decode`] gives the text itself.
pub(super) fn is_readable(encoding: i64, bytes: &[u8]) -> bool {
    if encoding == PLAIN { std::str::from_utf8(bytes).is_ok() } else { decode(encoding, bytes).is_ok() }
}

/// The document, or in its place what is wrong with it.
pub(super) fn shown(encoding: i64, bytes: &[u8]) -> Document {
    decode(encoding, bytes).unwrap_or_else(|broken| broken.as_document())
}

/// The text alone, as [`Document::text`] gives it, for looking for words: nothing is built, and nothing is cleaned.
pub(super) fn text(encoding: i64, bytes: &[u8]) -> Cow<'_, str> {
    match encoding {
        PLAIN => Cow::Borrowed(std::str::from_utf8(bytes).unwrap_or("")),
        JSON => serde_json::from_slice(bytes).map_or(Cow::Borrowed(""), |json: JsonDocument<'_>| {
            let mut out = String::with_capacity(bytes.len());
            json.pieces.iter().for_each(|piece| push_text(piece, &mut out));
            Cow::Owned(out)
        }),
        2 | 3 => inflated(bytes).map_or(Cow::Borrowed(""), |bytes| Cow::Owned(text(encoding - DEFLATED, &bytes).into_owned())),
        _ => Cow::Borrowed(""),
    }
}

fn push_text(piece: &BodyPiece<'_>, out: &mut String) {
    let new_line = |out: &mut String| {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    };
    let push = |spans: &[JsonSpan<'_>], out: &mut String| out.extend(spans.iter().map(|span| &*span.text));
    if !matches!(piece, BodyPiece::Item | BodyPiece::End) {
        new_line(out);
    }
    match piece {
        BodyPiece::Paragraph(spans) | BodyPiece::Heading(_, spans) => push(spans, out),
        BodyPiece::Code { text, .. } | BodyPiece::Image(_, text) => out.push_str(text),
        BodyPiece::Table { rows, .. } => {
            for row in rows {
                new_line(out);
                for (n, cell) in row.iter().enumerate() {
                    out.extend((n > 0).then_some('\t'));
                    push(cell, out);
                }
            }
        }
        BodyPiece::Spoiler(title) => out.push_str(title),
        BodyPiece::Rule | BodyPiece::Quote | BodyPiece::List(_) | BodyPiece::Item | BodyPiece::End => {}
    }
}

#[derive(Serialize, Deserialize)]
struct JsonDocument<'a> {
    #[serde(rename = "b", default, borrow)]
    pieces: Vec<BodyPiece<'a>>,
    #[serde(rename = "a", default, borrow, skip_serializing_if = "Vec::is_empty")]
    links: Vec<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
enum BodyPiece<'a> {
    #[serde(rename = "p", borrow)]
    Paragraph(Vec<JsonSpan<'a>>),
    #[serde(rename = "h")]
    Heading(u8, #[serde(borrow)] Vec<JsonSpan<'a>>),
    #[serde(rename = "c")]
    Code {
        #[serde(rename = "l", default, borrow, skip_serializing_if = "Option::is_none")]
        language: Option<Cow<'a, str>>,
        #[serde(rename = "t", default, borrow)]
        text: Cow<'a, str>,
    },
    #[serde(rename = "t")]
    Table {
        #[serde(rename = "h", default)]
        header: usize,
        #[serde(rename = "r", default, borrow)]
        rows: Vec<Vec<Vec<JsonSpan<'a>>>>,
    },
    #[serde(rename = "i")]
    Image(u32, #[serde(borrow)] Cow<'a, str>),
    #[serde(rename = "-")]
    Rule,
    #[serde(rename = "q")]
    Quote,
    #[serde(rename = "s")]
    Spoiler(#[serde(borrow)] Cow<'a, str>),
    #[serde(rename = "l")]
    List(Option<u64>),
    /// An item of the list around it.
    #[serde(rename = "*")]
    Item,
    /// Closes the quote, spoiler, list or item opened last.
    #[serde(rename = ".")]
    End,
}

#[derive(Serialize, Deserialize)]
struct JsonSpan<'a> {
    #[serde(rename = "t", default, borrow)]
    text: Cow<'a, str>,
    /// 1 strong, 2 emphatic, 4 code, 8 struck.
    #[serde(rename = "e", default, skip_serializing_if = "is_zero")]
    emphasis: u8,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    link: Option<u32>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it so
fn is_zero(n: &u8) -> bool {
    *n == 0
}

pub(super) fn to_json(value: &impl Serialize) -> Encoded {
    // Numbers, texts and lists of them: there is nothing in it that JSON cannot hold.
    Encoded { encoding: JSON, bytes: serde_json::to_vec(value).unwrap_or_default() }
}

fn flatten<'a>(blocks: &'a [Block], into: &mut Vec<BodyPiece<'a>>) {
    for block in blocks {
        match block {
            Block::Paragraph(spans) => into.push(BodyPiece::Paragraph(json_spans(spans))),
            Block::Heading { level, spans } => into.push(BodyPiece::Heading(*level, json_spans(spans))),
            Block::Code { language, text } => {
                into.push(BodyPiece::Code { language: language.as_deref().map(Cow::from), text: Cow::from(&**text) });
            }
            Block::Table(Table { header, rows }) => {
                let rows = rows.iter().map(|row| row.iter().map(|cell| json_spans(cell)).collect()).collect();
                into.push(BodyPiece::Table { header: *header, rows });
            }
            Block::Image { link, alt } => into.push(BodyPiece::Image(link.0, Cow::from(&**alt))),
            Block::Rule => into.push(BodyPiece::Rule),
            Block::Quote(blocks) => {
                into.push(BodyPiece::Quote);
                flatten(blocks, into);
                into.push(BodyPiece::End);
            }
            Block::Spoiler { title, blocks } => {
                into.push(BodyPiece::Spoiler(Cow::from(&**title)));
                flatten(blocks, into);
                into.push(BodyPiece::End);
            }
            Block::List { start, items } => {
                into.push(BodyPiece::List(*start));
                for item in items {
                    into.push(BodyPiece::Item);
                    flatten(item, into);
                    into.push(BodyPiece::End);
                }
                into.push(BodyPiece::End);
            }
        }
    }
}

/// A container that is open while blocks are built, with the blocks that came before it.
enum OpenBlock {
    Quote {
        before: Vec<Block>,
    },
    Spoiler {
        before: Vec<Block>,
        title: CleanText,
    },
    List {
        before: Vec<Block>,
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Item,
    /// Nested too deep, or out of place: what is in it goes to the container around it.
    Nothing,
}

fn build(pieces: Vec<BodyPiece<'_>>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Vec<OpenBlock> = Vec::new();
    let mut depth = 0;
    for piece in pieces {
        match piece {
            BodyPiece::Paragraph(spans) => blocks.push(Block::Paragraph(domain_spans(spans))),
            BodyPiece::Heading(level, spans) => blocks.push(Block::Heading { level, spans: domain_spans(spans) }),
            BodyPiece::Code { language, text } => {
                blocks.push(Block::Code { language: language.map(|name| clean(&name)), text: clean_code(&text) });
            }
            BodyPiece::Table { header, rows } => {
                let rows = rows.into_iter().map(|row| row.into_iter().map(domain_spans).collect()).collect();
                blocks.push(Block::Table(Table { header, rows }));
            }
            BodyPiece::Image(link, alt) => blocks.push(Block::Image { link: LinkId(link), alt: clean_code(&alt) }),
            BodyPiece::Rule => blocks.push(Block::Rule),
            BodyPiece::Quote | BodyPiece::Spoiler(_) | BodyPiece::List(_) if depth >= DEEPEST => open.push(OpenBlock::Nothing),
            BodyPiece::Quote => {
                depth += 1;
                open.push(OpenBlock::Quote { before: std::mem::take(&mut blocks) });
            }
            BodyPiece::Spoiler(title) => {
                depth += 1;
                open.push(OpenBlock::Spoiler { before: std::mem::take(&mut blocks), title: clean(&title) });
            }
            BodyPiece::List(start) => {
                depth += 1;
                open.push(OpenBlock::List { before: std::mem::take(&mut blocks), start, items: Vec::new() });
            }
            BodyPiece::Item => open.push(if matches!(open.last(), Some(OpenBlock::List { .. })) {
                OpenBlock::Item
            } else {
                OpenBlock::Nothing
            }),
            BodyPiece::End => close(&mut open, &mut blocks, &mut depth),
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut blocks, &mut depth);
    }
    blocks.shrink_to_fit();
    blocks
}

fn close(open: &mut Vec<OpenBlock>, blocks: &mut Vec<Block>, depth: &mut usize) {
    match open.pop() {
        Some(OpenBlock::Quote { before }) => {
            let mut inside = std::mem::replace(blocks, before);
            inside.shrink_to_fit();
            blocks.push(Block::Quote(inside));
            *depth -= 1;
        }
        Some(OpenBlock::Spoiler { before, title }) => {
            let mut inside = std::mem::replace(blocks, before);
            inside.shrink_to_fit();
            blocks.push(Block::Spoiler { title, blocks: inside });
            *depth -= 1;
        }
        Some(OpenBlock::List { before, start, mut items }) => {
            let loose = std::mem::replace(blocks, before);
            if !loose.is_empty() {
                items.push(loose);
            }
            blocks.push(Block::List { start, items });
            *depth -= 1;
        }
        Some(OpenBlock::Item) => {
            if let Some(OpenBlock::List { items, .. }) = open.last_mut() {
                items.push(std::mem::take(blocks));
            }
        }
        Some(OpenBlock::Nothing) | None => {}
    }
}

fn json_spans(spans: &[Span]) -> Vec<JsonSpan<'_>> {
    let span = |span: &'_ Span| {
        let Emphasis { strong, emphatic, code, struck } = span.emphasis;
        u8::from(strong) | u8::from(emphatic) << 1 | u8::from(code) << 2 | u8::from(struck) << 3
    };
    spans.iter().map(|s| JsonSpan { text: Cow::from(&*s.text), emphasis: span(s), link: s.link.map(|link| link.0) }).collect()
}

fn domain_spans(spans: Vec<JsonSpan<'_>>) -> Vec<Span> {
    let emphasis =
        |bits: u8| Emphasis { strong: bits & 1 != 0, emphatic: bits & 2 != 0, code: bits & 4 != 0, struck: bits & 8 != 0 };
    // Allocated at its exact size: collecting would keep the larger buffer that was read into.
    let mut domain = Vec::with_capacity(spans.len());
    domain.extend(spans.into_iter().map(|span| Span {
        text: clean_code(&span.text),
        emphasis: emphasis(span.emphasis),
        link: span.link.map(LinkId),
    }));
    domain
}

#[cfg(test)]
mod tests;
