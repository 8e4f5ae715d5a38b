//! Takes the comments of a page out of each other before any tree is built: answers nest as deep as people answer, a tree of
//! elements does not.

use std::cell::RefCell;
use std::fmt::Write as _;

use dom_query::NodeRef;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::flatten::{OpenTags, close, is_void, state_after, tokenize, trim_attributes, write_tag};
use crate::format::feed::references::escape;

/// Elements open at once in one comment. What is deeper is flattened by the tree's own bound.
const MAX_OPEN: usize = 256;

/// The beginning of an element, as what may be a comment.
pub struct StartTag<'a>(&'a Tag);

impl StartTag<'_> {
    pub fn is(&self, name: &str) -> bool {
        &*self.0.name == name
    }

    pub fn attr(&self, name: &str) -> Option<&str> {
        self.0.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attr("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|own| own == class))
    }
}

/// A page, and the elements that were lifted out of it.
pub struct LiftedPage {
    /// The page without them.
    pub rest: String,
    dom: dom_query::Document,
    /// By element: the index of the one that it stood in.
    above: Vec<Option<usize>>,
}

/// An element lifted out of a page, without those that stood in it.
#[derive(Clone)]
pub struct LiftedItem<'a> {
    /// Holds the element and nothing else, so that a selector finds the element, too.
    pub frame: NodeRef<'a>,
    pub node: NodeRef<'a>,
    pub above: Option<usize>,
}

impl LiftedPage {
    /// The elements in the order in which they begin on the page.
    pub fn items(&self) -> Vec<LiftedItem<'_>> {
        let frames = self.dom.body().into_iter().flat_map(|body| body.children_it(false));
        let frames = frames.filter(|frame| frame.attr(INDEX).is_some());
        let mut items: Vec<(usize, LiftedItem<'_>)> = Vec::with_capacity(self.above.len());
        for frame in frames {
            let index = frame.attr(INDEX).and_then(|index| index.parse().ok()).unwrap_or(usize::MAX);
            let node = frame.descendants_it().find(|node| node.attr(ITEM).is_some());
            if let Some((above, node)) = self.above.get(index).zip(node) {
                items.push((index, LiftedItem { frame, node, above: *above }));
            }
        }
        items.sort_by_key(|(index, _)| *index);
        items.into_iter().map(|(_, item)| item).collect()
    }
}

const INDEX: &str = "data-lifted";
const ITEM: &str = "data-lifted-item";

/// Takes the elements that `is_item` names out of a page and out of each other.
pub fn lift(html: &str, is_item: &dyn Fn(&StartTag<'_>) -> bool) -> LiftedPage {
    let html = trim_attributes(html);
    let lifter = Lifter {
        is_item,
        frames: RefCell::new(vec![LiftFrame::default()]),
        finished: RefCell::default(),
        above: RefCell::default(),
        raw: RefCell::new(false),
    };
    let lifter = tokenize(&html, lifter);
    while lifter.frames.borrow().len() > 1 {
        lifter.end_item();
    }
    let mut rest = lifter.frames.into_inner().pop().unwrap_or_default();
    close(&std::mem::take(&mut rest.open.0), &mut rest.out);
    let dom = super::parse(&format!("<!DOCTYPE html><html><body>{}</body></html>", lifter.finished.into_inner()));
    LiftedPage { rest: rest.out, dom, above: lifter.above.into_inner() }
}

/// The open tags of one lifted element, or of the page around all of them.
#[derive(Default)]
struct LiftFrame {
    index: usize,
    /// The element's name.
    name: String,
    open: OpenTags,
    out: String,
}

struct Lifter<'a> {
    is_item: &'a dyn Fn(&StartTag<'_>) -> bool,
    /// The page, then each element in the one before it.
    frames: RefCell<Vec<LiftFrame>>,
    finished: RefCell<String>,
    above: RefCell<Vec<Option<usize>>>,
    raw: RefCell<bool>,
}

impl Lifter<'_> {
    fn start_item(&self, tag: &Tag) {
        let (mut frames, mut above) = (self.frames.borrow_mut(), self.above.borrow_mut());
        let index = above.len();
        above.push(frames.last().filter(|_| frames.len() > 1).map(|frame| frame.index));
        let mut frame = LiftFrame { index, name: tag.name.to_string(), ..LiftFrame::default() };
        let mut marked = tag.clone();
        let mark = html5ever::QualName::new(None, html5ever::ns!(), ITEM.into());
        marked.attrs.push(html5ever::Attribute { name: mark, value: "".into() });
        write_tag(&marked, &mut frame.out);
        frame.open.0.push(frame.name.clone());
        frames.push(frame);
    }

    fn end_item(&self) {
        let Some(mut frame) = self.frames.borrow_mut().pop() else { return };
        close(&std::mem::take(&mut frame.open.0), &mut frame.out);
        let mut finished = self.finished.borrow_mut();
        // A row stands nowhere but in a table.
        let (before, behind) = if frame.name == "tr" { ("<table><tbody>", "</tbody></table>") } else { ("", "") };
        let _ = write!(finished, "<section {INDEX}=\"{}\">{before}{}{behind}</section>", frame.index, frame.out);
    }

    fn start(&self, tag: &Tag) {
        let name: &str = &tag.name;
        let is_item = (self.is_item)(&StartTag(tag));
        let closes_open = {
            let mut frames = self.frames.borrow_mut();
            let Some(frame) = frames.last_mut() else { return };
            let ended = frame.open.start(name);
            close(&ended, &mut frame.out);
            frame.open.0.is_empty() && !frame.name.is_empty()
        };
        // The next of a list has begun without the end of the one before it.
        if closes_open {
            self.end_item();
        }
        if is_item {
            return self.start_item(tag);
        }
        let mut frames = self.frames.borrow_mut();
        let Some(frame) = frames.last_mut() else { return };
        write_tag(tag, &mut frame.out);
        if !is_void(name) && frame.open.0.len() < MAX_OPEN {
            frame.open.0.push(name.to_owned());
        }
    }

    fn end(&self, name: &str) {
        let has = |frame: &LiftFrame| frame.open.0.iter().any(|open| open == name);
        // An element may end with the list that it stands in, of which no end tag is its own.
        let ends_around = match self.frames.borrow().as_slice() {
            [.., outer, inner] => !has(inner) && has(outer),
            _ => false,
        };
        if ends_around && !matches!(name, "p" | "a" | "span" | "b" | "i" | "em" | "strong") {
            self.end_item();
        }
        self.end_open(name);
    }

    fn end_open(&self, name: &str) {
        let is_over = {
            let mut frames = self.frames.borrow_mut();
            let Some(frame) = frames.last_mut() else { return };
            let ended = frame.open.end(name);
            close(&ended, &mut frame.out);
            !frame.name.is_empty() && frame.open.0.is_empty()
        };
        if is_over {
            self.end_item();
        }
    }
}

impl TokenSink for Lifter<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => {
                if let Some(frame) = self.frames.borrow_mut().last_mut() {
                    if *self.raw.borrow() {
                        frame.out.push_str(&text);
                    } else {
                        escape(&text, &mut frame.out);
                    }
                }
                TokenSinkResult::Continue
            }
            Token::CommentToken(text) => {
                if let Some(frame) = self.frames.borrow_mut().first_mut().filter(|frame| frame.out.len() < 4096) {
                    // The address that a page was saved from stands in one.
                    let _ = write!(frame.out, "<!--{text}-->");
                }
                TokenSinkResult::Continue
            }
            Token::TagToken(tag) => {
                let after = state_after(&tag);
                *self.raw.borrow_mut() = matches!(after, TokenSinkResult::RawData(RawKind::Rawtext | RawKind::ScriptData));
                if tag.kind == TagKind::EndTag {
                    self.end(&tag.name);
                } else {
                    self.start(&tag);
                }
                after
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::html::find::first_text;

    fn told(html: &str) -> String {
        let page = lift(html, &|tag| tag.has_class("c"));
        let items = page.items();
        let one = |item: &LiftedItem<'_>| {
            let above = item.above.map_or("-".to_owned(), |above| above.to_string());
            format!("{}<{above} {}", item.node.id_attr().unwrap_or_default(), item.frame.text().trim())
        };
        items.iter().map(one).collect::<Vec<_>>().join(" | ") + " / " + &page.rest
    }

    #[test]
    fn items_stand_apart_with_the_one_that_they_stood_in() {
        for (html, wanted) in [
            (
                "<ol><li class=c id=1>a<ol><li class=c id=2>b</li></ol>z</li><li class=c id=3>d</li></ol>e",
                "1<- az | 2<0 b | 3<- d / <ol></ol>e",
            ),
            (
                "<ol><li class=c id=1>a<ol><li class=c id=2>b</ol>z<li class=c id=3>d</ol>e",
                "1<- az | 2<0 b | 3<- d / <ol></ol>e",
            ),
            ("<div class=c id=1><b>a<div class=c id=2>b</div></div>x", "1<- a | 2<0 b / x"),
            ("<table><tr class=c id=1><td>a<tr class=c id=2><td>b</table>x", "1<- a | 2<- b / <table></table>x"),
            ("<p>x</p><div class=c id=1><p>a", "1<- a / <p>x</p>"),
        ] {
            assert_eq!(told(html), wanted, "{html}");
        }
    }

    #[test]
    fn ten_thousand_levels_are_lifted() {
        let open = |n: usize| format!("<div class='c' id='{n}'><p>t{n}</p><div class='child'>");
        let open: Vec<String> = (0..10_000).map(open).collect();
        let page = lift(&(open.concat() + &"</div></div>".repeat(10_000)), &|tag| tag.has_class("c"));
        let items = page.items();
        assert_eq!(items.len(), 10_000);
        assert!(items.iter().enumerate().all(|(n, item)| item.above == n.checked_sub(1)));
        assert_eq!(first_text(&items[9_999].frame, "p").as_deref(), Some("t9999"));
    }
}
