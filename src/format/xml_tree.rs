//! XML of exports as a tree: names with their prefixes, attributes, text and children. Tolerant: what is cut off is read up to
//! there, and what is odd is read as it was meant.
//!
//! Not for feeds, which have a reader of their own ([`super::feed`]).

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::feed::references::{character, named, unescape};

/// Elements open at once; the text of what is deeper stays.
const MAX_OPEN: usize = 64;
/// Attributes of one tag.
const MAX_ATTRIBUTES: usize = 100;

#[derive(Default, Debug)]
pub struct XmlElement {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Its own text, that of its children excluded.
    text: String,
    pub children: Vec<XmlElement>,
}

/// The outermost elements of documents that stand one behind the other.
pub struct XmlTrees {
    pub roots: Vec<XmlElement>,
    pub is_cut: bool,
}

/// A document's outermost element.
pub struct XmlTree {
    pub root: XmlElement,
    /// True if the document ends before its elements do.
    pub is_cut: bool,
}

impl XmlElement {
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn child(&self, name: &str) -> Option<&XmlElement> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a XmlElement> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// The text of a child; none where it is blank.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    pub fn is(&self, name: &str) -> bool {
        self.text_of(name) == Some("true")
    }
}

/// Reads a document.
pub fn parse(text: &str) -> XmlTree {
    let XmlTrees { roots, is_cut } = parse_all(text);
    XmlTree { root: roots.into_iter().next().unwrap_or_default(), is_cut }
}

/// Reads documents one behind the other.
pub fn parse_all(text: &str) -> XmlTrees {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut open: Vec<XmlElement> = vec![XmlElement::default()];
    // Elements beyond the cap that have not ended.
    let mut skipped = 0_usize;
    let is_cut = loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                if open.len() > MAX_OPEN {
                    skipped += 1;
                    continue;
                }
                open.push(element(&tag));
            }
            Ok(Event::Empty(tag)) => {
                if let Some(top) = open.last_mut() {
                    top.children.push(element(&tag));
                }
            }
            Ok(Event::End(tag)) => {
                let name = tag.name().0;
                if skipped > 0 {
                    skipped -= 1;
                } else if open.iter().skip(1).any(|element| element.name == name) {
                    while end(&mut open).is_some_and(|ended| ended != *name) {}
                }
            }
            Ok(Event::Text(text)) => append(&mut open, &text.into_inner()),
            Ok(Event::CData(text)) => append(&mut open, &text.into_inner()),
            Ok(Event::GeneralRef(name)) => {
                let meant = character(&name).map(String::from).or_else(|| named(&name).map(Into::into));
                append(&mut open, &meant.unwrap_or_else(|| format!("&{};", &*name)));
            }
            Ok(Event::Eof) => break open.len() > 1,
            Ok(_) => {}
            Err(_) => break true,
        }
    };
    while open.len() > 1 {
        let _ = end(&mut open);
    }
    XmlTrees { roots: open.pop().unwrap_or_default().children, is_cut }
}

/// Ends the innermost element; gives its name.
fn end(open: &mut Vec<XmlElement>) -> Option<String> {
    let ended = open.pop().filter(|_| !open.is_empty())?;
    let name = ended.name.clone();
    open.last_mut()?.children.push(ended);
    Some(name)
}

fn append(open: &mut [XmlElement], text: &str) {
    if let Some(top) = open.last_mut() {
        top.text.push_str(text);
    }
}

fn element(tag: &quick_xml::events::BytesStart<'_>) -> XmlElement {
    let mut attributes: Attributes<'_> = tag.attributes();
    attributes.with_checks(false);
    let read = attributes.take(MAX_ATTRIBUTES).flatten();
    let read = read.map(|one| (one.key.0.to_owned(), unescape(one.value).into_owned()));
    XmlElement { name: tag.name().0.to_owned(), attributes: read.collect(), ..XmlElement::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_attributes_text_and_children() {
        let tree = parse("<?xml version='1.0'?><a x='1 &lt; 2'>t&amp;<b:c>one <![CDATA[<two>]]></b:c><d/>u</a>");
        assert_eq!((tree.root.attr("x"), tree.root.text.as_str(), tree.is_cut), (Some("1 < 2"), "t&u", false));
        assert_eq!((tree.root.text_of("b:c"), tree.root.children.len()), (Some("one <two>"), 2));
    }

    #[test]
    fn what_is_cut_or_odd_is_read_up_to_there() {
        for text in ["<a><b>one</b><b>tw", "<a><b>one</b></x><b>tw</b>", "<a><b>one<i></b><b>tw</b>", "<a><b>one</b><b>tw</b><"]
        {
            let tree = parse(text);
            let words: Vec<&str> = tree.root.all("b").map(|b| b.text.as_str()).collect();
            assert_eq!((words, tree.is_cut), (vec!["one", "tw"], true), "{text}");
        }
        let deep = parse(&("<a>".repeat(100_000) + "x"));
        assert!(deep.is_cut && deep.root.name == "a");
        assert_eq!(parse("no XML").root.name, "");
    }
}
