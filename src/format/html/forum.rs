//! Parts of forum posts that are several elements in HTML and one thing to a reader: quotations with their author, previews of
//! links, framed pictures, polls. The class names are Discourse's; other forums use them too.

use dom_query::NodeRef;

use super::super::document_builder::{Container, TextStyle};
use super::HtmlReader;
use super::find::{first_text, within};
use crate::domain::text::{Emphasis, clean_line};

impl HtmlReader<'_> {
    /// Reads an element if it is one of these. Whether it was.
    pub(super) fn forum_part(&mut self, node: &NodeRef<'_>, name: &str, style: TextStyle) -> bool {
        let Some(class) = node.class() else { return false };
        let is = |wanted: &str| class.split_whitespace().any(|word| word == wanted);
        match name {
            "span" | "div" if is("spoiler") || is("spoiled") || is("md-spoiler-text") => {
                self.contain(node, Container::Spoiler, style);
            }
            "aside" | "div" if is("quote") => self.quoted_post(node, style),
            "aside" if is("onebox") => self.preview(node, style),
            "div" if is("lightbox-wrapper") => self.framed_picture(node, style),
            "div" if is("poll") => self.poll(node, style),
            _ => return false,
        }
        true
    }

    /// Who said it, as the first line of what was said.
    fn quoted_post(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let told = first_text(node, ".title").map(|title| clean_line(title.trim_end_matches(':')));
        let author = told.or_else(|| node.attr("data-username").map(|name| clean_line(&name)));
        self.flow.open(Container::Quote);
        if let Some(author) = author.filter(|author| !author.is_empty()) {
            self.strong_line(&format!("{author}:"), style);
        }
        match within(node, "blockquote") {
            Some(words) => self.children(&words, style),
            None => self.children(node, style),
        }
        self.flow.close();
    }

    /// A link's title, site and description, as a quotation.
    fn preview(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let link = within(node, "h3 a, h4 a").or_else(|| within(node, "header a")).or_else(|| within(node, "a"));
        let own = node.attr("data-onebox-src");
        let address = own.or_else(|| link.as_ref().and_then(|link| link.attr("href"))).and_then(|href| self.address(&href));
        let site = first_text(node, "header a, header");
        let title = link.map(|link| clean_line(&link.text())).filter(|title| !title.is_empty()).or_else(|| site.clone());
        let id = address.map(|address| self.flow.link(&address)).or(style.link);
        self.flow.open(Container::Quote);
        if let Some(title) = &title {
            self.strong_line(title, TextStyle { link: id, ..style });
        }
        if let Some(site) = site.filter(|site| title.as_ref() != Some(site)) {
            self.flow.text(&site, style);
            self.flow.end_paragraph();
        }
        let body = within(node, "article, .onebox-body");
        for part in body.iter().flat_map(|body| super::find::all(body, "p, blockquote, pre")) {
            self.node(&part, style);
            self.flow.end_paragraph();
        }
        self.flow.close();
    }

    /// The picture alone: its name and measures stand beside it.
    fn framed_picture(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        match within(node, "img") {
            Some(picture) => self.image(&picture, style),
            None => self.children(node, style),
        }
    }

    /// The options; how many voted is told by the page's data, if at all.
    fn poll(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let title = first_text(node, ".poll-title");
        self.strong_line(&title.map_or_else(|| "Poll".to_owned(), |title| format!("Poll: {title}")), style);
        match within(node, "ul, ol") {
            Some(options) => self.node(&options, style),
            None => self.children(node, style),
        }
    }

    fn strong_line(&mut self, text: &str, style: TextStyle) {
        self.flow.end_paragraph();
        self.flow.text(text, TextStyle { emphasis: Emphasis { strong: true, ..style.emphasis }, ..style });
        self.flow.end_paragraph();
    }
}
