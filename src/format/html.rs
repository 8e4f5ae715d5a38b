//! HTML to documents. What is text stays; what is behaviour or looks goes.
//!
//! Not for finding the article on a page: [`super::page`] does.

mod code;
pub mod find;
mod flatten;
mod forum;
pub mod lift;
mod notation;
mod table;

use dom_query::NodeRef;
use url::Url;

use self::code::verbatim;
use self::flatten::{flatten, is_block, is_void};
pub(super) use self::notation::{lowered, raised};
use super::document_builder::{Container, DocumentBuilder, TextStyle};
use super::tex;
use crate::domain::text::{Block, CleanText, Document, clean_code, clean_line, fold, may_open};

/// A fragment of HTML, or the body of a whole page, as a document. Addresses are made absolute where `base` is known.
pub fn to_document(html: &str, base: Option<&Url>) -> Document {
    let dom = parse(html);
    let root = dom.body().unwrap_or_else(|| dom.root());
    nodes_to_document(&[root], base, &|_| false)
}

/// A text as it stands in HTML, also inside of attributes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The tree of a whole page, of bounded depth.
pub fn parse(html: &str) -> dom_query::Document {
    dom_query::Document::from(flatten(html).as_ref())
}

/// Some nodes of a tree made by [`parse`], without what `left_out` names.
pub fn nodes_to_document(nodes: &[NodeRef<'_>], base: Option<&Url>, left_out: &dyn Fn(&NodeRef<'_>) -> bool) -> Document {
    let mut reader = HtmlReader { flow: DocumentBuilder::new(), base, left_out };
    for node in nodes {
        reader.children(node, TextStyle::default());
        reader.flow.end_paragraph();
    }
    reader.flow.finish()
}

struct HtmlReader<'a> {
    flow: DocumentBuilder,
    base: Option<&'a Url>,
    left_out: &'a dyn Fn(&NodeRef<'_>) -> bool,
}

impl HtmlReader<'_> {
    fn children(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        for child in node.children_it(false) {
            self.node(&child, style);
        }
    }

    fn node(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        if node.is_text() {
            let text = node.text();
            let text = if style.emphasis.code { text.as_ref().into() } else { tex::in_text(&text) };
            self.flow.text(&text, style);
            return;
        }
        let Some(name) = node.node_name() else { return };
        if (self.left_out)(node) || is_hidden(node) {
            return;
        }
        if self.forum_part(node, &name, style) {
            return;
        }
        let styled = styled(&name, style);
        match &*name {
            "script" if is_formula(node) => self.flow.text(&tex::shown(&node.text()), style),
            name if is_hidden_element(name) => {}
            "video" | "audio" => self.recording(node, &name, style),
            "iframe" => self.frame(node, style),
            "br" => self.flow.end_paragraph(),
            "hr" => {
                self.flow.end_paragraph();
                self.flow.push(Block::Rule);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flow.end_paragraph();
                let level = name.as_bytes()[1] - b'0';
                self.heading(node, level, style);
                self.flow.end_heading(level);
            }
            "blockquote" => self.contain(node, Container::Quote, style),
            "details" => self.contain(node, Container::Spoiler, style),
            "ul" | "menu" | "dir" => self.contain(node, Container::List { start: None }, style),
            "ol" => self.numbered(node, style),
            "dl" => self.definitions(node, style),
            "summary" => self.summary(node, style),
            "sup" | "sub" => self.script(node, &name, style),
            "input" => self.check_box(node, style),
            "li" => self.contain(node, Container::Item, style),
            "pre" | "listing" | "xmp" | "plaintext" => self.code(node),
            "table" => self.table(node, style),
            "img" => self.image(node, style),
            "figure" => self.figure(node, style),
            "a" => self.anchor(node, style),
            "math" => self.formula(node, style),
            "q" => {
                self.flow.text("“", style);
                self.children(node, style);
                self.flow.text("”", style);
            }
            name if is_block(name) => {
                self.flow.end_paragraph();
                self.children(node, styled);
                self.flow.end_paragraph();
            }
            _ => self.children(node, styled),
        }
    }

    fn summary(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        self.flow.end_paragraph();
        self.heading(node, 0, style);
        self.flow.title();
    }

    fn code(&mut self, node: &NodeRef<'_>) {
        self.flow.end_paragraph();
        let text = clean_code(verbatim(node).trim_end_matches('\n'));
        if !text.trim().is_empty() {
            self.flow.push(Block::Code { language: language(node), text });
        }
    }

    fn anchor(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let link = node.attr("href").and_then(|href| self.address(&href)).map(|address| self.flow.link(&address));
        self.children(node, TextStyle { link: link.or(style.link), ..style });
    }

    fn formula(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        match node.attr("alttext") {
            Some(formula) => self.flow.text(&tex::shown(&formula), style),
            None => self.flow.text(&notation::formula(node), style),
        }
    }

    /// A list with the numbers that it shows: where one is not the next, another list begins with it.
    fn numbered(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let number = |node: &NodeRef<'_>, name: &str| node.attr(name).and_then(|value| value.trim().parse::<i64>().ok());
        let is_item = |child: &NodeRef<'_>| child.has_name("li");
        let step = if node.attr("reversed").is_some() { -1 } else { 1 };
        let count = node.children_it(false).filter(is_item).count() as i64;
        let mut next = number(node, "start").unwrap_or(if step < 0 { count } else { 1 });
        let open =
            |flow: &mut DocumentBuilder, at: i64| flow.open(Container::List { start: u64::try_from(at).ok().or(Some(1)) });
        open(&mut self.flow, next);
        let mut follows = next;
        for child in node.children_it(false) {
            if is_item(&child) {
                next = number(&child, "value").unwrap_or(next);
                if next != follows {
                    self.flow.close();
                    open(&mut self.flow, next);
                }
                follows = next.saturating_add(1);
                next = next.saturating_add(step);
            }
            self.node(&child, style);
        }
        self.flow.close();
    }

    /// Terms, and below each what it means as a list.
    fn definitions(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        self.flow.end_paragraph();
        let mut in_list = false;
        for child in node.children_it(false) {
            let is_meaning = child.has_name("dd");
            if is_meaning != in_list && (child.is_element() || !child.text().trim().is_empty()) {
                if is_meaning {
                    self.flow.open(Container::List { start: None });
                } else {
                    self.flow.close();
                }
                in_list = is_meaning;
            }
            if is_meaning {
                self.contain(&child, Container::Item, style);
            } else if child.has_name("div") {
                self.definitions(&child, style);
            } else {
                self.node(&child, style);
            }
        }
        if in_list {
            self.flow.close();
        }
        self.flow.end_paragraph();
    }

    /// A superscript or subscript, written so that it keeps its value.
    fn script(&mut self, node: &NodeRef<'_>, name: &str, style: TextStyle) {
        let is_inline = |part: &NodeRef<'_>| part.node_name().is_none_or(|name| !(is_block(&name) || &*name == "img"));
        if !node.descendants_it().all(|part| is_inline(&part)) {
            return self.children(node, style);
        }
        let link = node.descendants_it().find_map(|part| part.attr("href")).and_then(|href| self.address(&href));
        let link = link.map(|address| self.flow.link(&address)).or(style.link);
        let text = node.text();
        let text = if name == "sup" { notation::raised(&text) } else { notation::lowered(&text) };
        self.flow.text(&text, TextStyle { link, ..style });
    }

    /// The box of a task; any other field says nothing.
    fn check_box(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let is_box = node.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
        if is_box && node.ancestors_it(None).any(|above| above.has_name("li")) {
            self.flow.text(if node.attr("checked").is_some() { "☑ " } else { "☐ " }, style);
        }
    }

    fn contain(&mut self, node: &NodeRef<'_>, container: Container, style: TextStyle) {
        self.flow.open(container);
        self.children(node, style);
        self.flow.close();
    }

    /// A heading's words run on through what else stands in it.
    fn heading(&mut self, node: &NodeRef<'_>, level: u8, style: TextStyle) {
        for child in node.children_it(false) {
            let name = child.node_name().unwrap_or_default();
            match &*name {
                "br" => self.flow.text(" ", style),
                "img" | "figure" | "picture" => {
                    self.flow.end_heading(level);
                    self.node(&child, style);
                }
                name if matches!(name, "div" | "p" | "span") && !(self.left_out)(&child) => {
                    self.flow.text(" ", style);
                    self.heading(&child, level, style);
                }
                _ => self.node(&child, style),
            }
        }
    }

    fn image(&mut self, image: &NodeRef<'_>, style: TextStyle) {
        let alt = clean_line(&image.attr("alt").unwrap_or_default());
        let side = |name: &str| image.attr(name).and_then(|value| value.trim().trim_end_matches("px").parse::<u32>().ok());
        let (width, height) = (side("width").unwrap_or(u32::MAX), side("height").unwrap_or(u32::MAX));
        // A smiley or a formula is a word of its sentence; a counting pixel is nothing.
        if (width.min(height) <= 2 && alt.is_empty()) || image.attr("aria-hidden").is_some_and(|hidden| &*hidden == "true") {
            return;
        }
        let in_line = |class: &str| ["emoji", "smil", "math", "latex", "tex-"].iter().any(|word| class.contains(word));
        let is_formula = || !alt.is_empty() && image.attr("src").is_some_and(|src| draws_formulas(&src));
        if image.attr("class").is_some_and(|class| in_line(&class)) || width.max(height) <= 24 || is_formula() {
            let text = if alt.contains(['\\', '^', '_']) { tex::shown(&alt) } else { alt.to_string() };
            self.flow.text(&text, style);
            return;
        }
        self.captioned(image, with_hover_text(image, alt));
    }

    fn captioned(&mut self, image: &NodeRef<'_>, alt: CleanText) {
        self.flow.end_paragraph();
        let lazy = ["data-src", "data-original", "data-lazy-src", "src"];
        let sources = || lazy.iter().filter_map(|name| image.attr(name)).filter(|src| !src.trim().is_empty());
        let source = sources().find(|src| !src.trim_start().starts_with("data:")).or_else(|| sources().next());
        let address = match source {
            // The picture itself stands in the address: its kind is all there is to show.
            Some(src) if src.trim_start().starts_with("data:") => {
                src.trim_start().chars().take_while(|c| !matches!(c, ';' | ',')).take(60).collect()
            }
            Some(src) => self.address(&src).unwrap_or_default(),
            None if alt.is_empty() => return,
            None => String::new(),
        };
        let link = self.flow.link(&address);
        self.flow.push(Block::Image { link, alt });
    }

    /// A recording is a link; what stands in for it says but that it cannot be played.
    fn recording(&mut self, node: &NodeRef<'_>, name: &str, style: TextStyle) {
        let source = || node.descendants_it().find_map(|part| part.attr("src"));
        let address = node.attr("src").or_else(source).and_then(|source| self.address(&source));
        let Some(address) = address else { return self.children(node, style) };
        self.elsewhere(name, &address, style);
    }

    /// A frame that tells by its title what it shows, as films do, is a link; others are advertisements and counters.
    fn frame(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        let source = ["src", "data-src"].iter().find_map(|name| node.attr(name)).and_then(|source| self.address(&source));
        let title = node.attr("title").map(|title| clean_line(&title)).filter(|title| !title.is_empty());
        if let (Some(address), Some(title)) = (source.filter(|address| may_open(address)), title) {
            self.elsewhere(&title, &address, style);
        }
    }

    /// A line of its own that leads to what a terminal cannot show.
    fn elsewhere(&mut self, what: &str, address: &str, style: TextStyle) {
        let link = self.flow.link(address);
        self.flow.end_paragraph();
        self.flow.text(&format!("[{what}]"), TextStyle { link: Some(link), ..style });
        self.flow.end_paragraph();
    }

    /// A picture with its caption is one block; a figure of anything else is what stands in it.
    fn figure(&mut self, node: &NodeRef<'_>, style: TextStyle) {
        self.flow.end_paragraph();
        // Up to this figure only: it may itself stand in the caption of another.
        let inside = |part: &NodeRef<'_>, name: &str| {
            part.ancestors_it(None).take_while(|above| above.id != node.id).any(|above| above.has_name(name))
        };
        let (mut images, mut captions, mut loose_text) = (Vec::new(), Vec::new(), false);
        for part in node.descendants_it() {
            if part.has_name("img") && !inside(&part, "noscript") {
                images.push(part);
            } else if part.has_name("figcaption") {
                captions.push(part);
            } else if part.is_text() && !loose_text && !part.text().trim().is_empty() {
                loose_text = !inside(&part, "figcaption") && !inside(&part, "noscript");
            }
        }
        match (images.as_slice(), captions.as_slice()) {
            ([image], [caption]) if !loose_text => {
                let text = nodes_to_document(std::slice::from_ref(caption), self.base, self.left_out).text();
                let alt = if text.trim().is_empty() { image.attr("alt").unwrap_or_default().to_string() } else { text };
                self.captioned(image, with_hover_text(image, clean_line(&alt)));
            }
            _ => {
                self.children(node, style);
                self.flow.end_paragraph();
            }
        }
    }

    /// An address as it is kept: absolute if possible, none for a place on this page and for scripts.
    fn address(&self, href: &str) -> Option<String> {
        let href = href.trim();
        let scheme = href.split(':').next().unwrap_or("").to_ascii_lowercase();
        if href.is_empty() || href.starts_with('#') || matches!(scheme.as_str(), "javascript" | "data" | "vbscript") {
            return None;
        }
        match self.base {
            Some(base) => Some(base.join(href).map_or_else(|_| href.to_owned(), String::from)),
            None => Some(Url::parse(href).map_or_else(|_| href.to_owned(), String::from)),
        }
    }
}

/// A picture's caption with what is shown while the pointer is on it, which is half of many a comic; not where the caption
/// says as much, or where it is the name of a file.
fn with_hover_text(image: &NodeRef<'_>, caption: CleanText) -> CleanText {
    let hover = clean_line(&image.attr("title").unwrap_or_default());
    let is_file_name = !hover.contains(' ') && hover.contains(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | '.'));
    let (told, known) = (fold(&hover), fold(&caption));
    // If it is shorter, it is a keyword of the caption, as photographs have.
    if hover.len() <= caption.len() || is_file_name || known.contains(&told) {
        caption
    } else if told.contains(&known) {
        hover
    } else {
        clean_line(&format!("{caption} · {hover}"))
    }
}

/// True if an address is of a service that draws the formula given in it.
fn draws_formulas(src: &str) -> bool {
    ["latex.php", "latex.codecogs.com", "/latex?", "chart?cht=tx", "/math/render/", "mathtex.cgi", "mimetex.cgi"]
        .iter()
        .any(|mark| src.contains(mark))
}

/// True if an element is hidden from its readers. A formula is hidden where its picture is shown instead, of which only the
/// formula can be read; what the page itself stands in is shown by a script.
fn is_hidden(node: &NodeRef<'_>) -> bool {
    let by_style = |style: &str| {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    };
    let is_drawn_formula = |class: &str| class.split_whitespace().any(|word| DRAWN_FORMULAS.contains(&word));
    let is_second_formula = || node.class().is_some_and(|class| is_drawn_formula(&class));
    let hidden = node.attr("hidden").is_some_and(|value| !value.eq_ignore_ascii_case("until-found"))
        || node.attr("style").is_some_and(|style| by_style(&style))
        || is_second_formula();
    let holds_page = || ["body", "main", "article"].iter().any(|name| node.has_name(name));
    hidden && !holds_page() && !node.descendants_it().any(|part| part.has_name("math") || part.has_name("article"))
}

/// The classes of what is drawn beside a formula's own text.
const DRAWN_FORMULAS: &[&str] = &["katex-html", "MathJax", "MathJax_Display", "MathJax_Preview", "MathJax_SVG"];

/// True for a script that holds a formula's text, as on pages that use `MathJax`.
fn is_formula(node: &NodeRef<'_>) -> bool {
    node.attr("type").is_some_and(|kind| kind.starts_with("math/tex"))
}

/// True if what stands in an element is never shown.
pub(super) fn is_hidden_element(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "template" | "noscript" | "svg" | "head" | "title" | "embed" | "annotation" | "annotation-xml"
    )
}

/// True if HTML is nothing but tags that mean no text, such as `</div>` alone.
pub(super) fn is_bare(html: &str) -> bool {
    html.split('<').skip(1).all(|piece| {
        let name = piece.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        name.is_empty()
            || is_block(&name)
            || is_void(&name)
            || matches!(name.as_str(), "a" | "span" | "picture" | "sub" | "sup" | "b" | "i" | "em" | "strong")
    })
}

fn styled(name: &str, mut style: TextStyle) -> TextStyle {
    match name {
        "strong" | "b" | "dt" => style.emphasis.strong = true,
        "em" | "i" | "cite" | "dfn" | "var" => style.emphasis.emphatic = true,
        "code" | "kbd" | "samp" | "tt" => style.emphasis.code = true,
        "del" | "s" | "strike" => style.emphasis.struck = true,
        _ => {}
    }
    style
}

/// The language that the class of a `pre` or the `code` in it names.
fn language(node: &NodeRef<'_>) -> Option<CleanText> {
    let code = node.descendants_it().find(|part| part.has_name("code"));
    let classes = [node.class(), code.and_then(|code| code.class())];
    let named = classes.iter().flatten().find_map(|class| {
        let mut words = class.split_whitespace();
        words.find_map(|word| ["language-", "lang-", "highlight-source-"].iter().find_map(|prefix| word.strip_prefix(prefix)))
    })?;
    Some(clean_line(named)).filter(|name| !name.is_empty())
}

#[cfg(test)]
pub(super) mod tests;
