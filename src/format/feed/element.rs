//! One element of a feed.

use std::borrow::Cow;

/// One element whose name is known.
#[derive(Clone, Debug, Default)]
pub(super) struct FeedElement<'t> {
    /// "title", "atom:link", "dc:date": see [`names`].
    pub(super) name: &'static str,
    /// By local name in lower case.
    pub(super) attributes: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    /// All text in it, with references resolved, that of tags inside included.
    pub(super) text: Cow<'t, str>,
    /// Its content as HTML, if there are tags in it.
    pub(super) markup: Option<String>,
    pub(super) children: Vec<FeedElement<'t>>,
    /// The `xml:base` in force, an index into [`Tree::bases`].
    pub(super) base: Option<u32>,
}

impl<'t> FeedElement<'t> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name)?;
        Some(found.1.trim())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a FeedElement<'t>> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&FeedElement<'t>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of the first name that has one with text.
    pub(super) fn first(&self, names: &[&str]) -> Option<&FeedElement<'t>> {
        names.iter().find_map(|name| self.children.iter().find(|child| child.name == *name && !child.text.trim().is_empty()))
    }

    /// CDATA that was escaped once more is meant as CDATA still.
    pub(super) fn unwrap_cdata(&mut self) {
        let inside = self.text.trim().strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
        if let Some(inside) = inside {
            self.text = Cow::Owned(inside.to_owned());
        }
    }

    /// Its text without space at the ends, where it has any.
    pub(super) fn words(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }
}
