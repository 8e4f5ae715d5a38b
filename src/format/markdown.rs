//! Markdown to documents: `CommonMark` with tables, strikethrough and task lists. Raw HTML in it is read as HTML.

mod scripts;
mod spoilers;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::document_builder::{Container, DocumentBuilder, TextStyle};
use super::{Origin, files, html, stem};
use crate::domain::article::{Article, Page};
use crate::domain::text::{Block, CleanText, Document, Span, Table, clean_code, clean_line, spans_text};

/// A text as a document; no Markdown is wrong.
pub fn to_document(text: &str) -> Document {
    read(text, Dialect::Common)
}

/// A text as a document, with what a site adds to Markdown.
pub fn to_document_of(text: &str, dialect: Dialect) -> Document {
    let mut flow = DocumentBuilder::new();
    for part in spoilers::parts(text, dialect) {
        match part {
            spoilers::SpoilerPart::Text(text) => flow.append(read(text, dialect)),
            spoilers::SpoilerPart::Begin(title) => {
                flow.open(Container::Spoiler);
                flow.text(title, TextStyle::default());
                flow.title();
            }
            spoilers::SpoilerPart::End => flow.close(),
        }
    }
    flow.finish()
}

fn read(text: &str, dialect: Dialect) -> Document {
    let mut options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    if dialect == Dialect::Lemmy {
        options |= Options::ENABLE_SUPERSCRIPT | Options::ENABLE_SUBSCRIPT;
    }
    let mut reader = MarkdownReader {
        flow: DocumentBuilder::new(),
        styles: Vec::new(),
        style: TextStyle::default(),
        held: Held::Nothing,
        script: None,
        dialect,
    };
    // Marks that begin nothing come as texts of their own.
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        reader.event(event);
    }
    reader.end_held();
    reader.flow.finish()
}

/// Reads a file: its first heading is its title, wherever it stands; without one the file's name is.
pub fn read_page(text: &str, origin: &Origin<'_>) -> (Page, Vec<CleanText>) {
    let mut body = to_document(text);
    let mut notes = Vec::new();
    let first = body.blocks.iter().position(|block| matches!(block, Block::Heading { .. }));
    let title = if let Some(Block::Heading { spans, .. }) = first.map(|at| body.blocks.remove(at)) {
        clean_line(&spans_text(&spans))
    } else {
        notes.push(clean_line("it has no heading; its file name is the title"));
        clean_line(stem(origin.name))
    };
    let article = Article { title, body, ..Article::default() };
    (Page { article, source: files(), discussions: Vec::new() }, notes)
}

/// Whose Markdown a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Common,
    /// `::: spoiler Title`, `x^2^`, `H~2~O`, `{漢字|かんじ}`: <https://join-lemmy.org/docs/users/02-media.html>.
    Lemmy,
    /// `>!spoiler!<`, `x^2`, `x^(n+1)`: <https://support.reddithelp.com/hc/en-us/articles/360043033952>.
    Reddit,
}

/// A part that is read to its end before it becomes a block.
enum Held {
    Nothing,
    Code { language: Option<CleanText>, text: String },
    Html(String),
    Image { address: String, alt: String, depth: usize },
    Table(Table),
}

struct MarkdownReader {
    flow: DocumentBuilder,
    /// The styles around the present one.
    styles: Vec<TextStyle>,
    style: TextStyle,
    held: Held,
    /// How words are written that stand above or below the line.
    script: Option<fn(&str) -> String>,
    dialect: Dialect,
}

impl MarkdownReader {
    fn event(&mut self, event: Event<'_>) {
        match (&mut self.held, event) {
            (Held::Image { depth, .. }, Event::Start(_)) => *depth += 1,
            (Held::Image { depth, .. }, Event::End(_)) if *depth > 0 => *depth -= 1,
            (Held::Image { alt, .. }, Event::Text(text) | Event::Code(text) | Event::InlineHtml(text)) => alt.push_str(&text),
            (Held::Image { alt, .. }, Event::SoftBreak | Event::HardBreak) => alt.push(' '),
            (Held::Code { text, .. } | Held::Html(text), Event::Text(more) | Event::Html(more)) => text.push_str(&more),
            (_, Event::Start(tag)) => self.start(tag),
            (_, Event::End(tag)) => self.end(tag),
            (_, Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text)) => {
                let text = self.script.map_or_else(|| scripts::in_text(&text, self.dialect), |written| written(&text).into());
                self.flow.text(&text, self.style);
            }
            (_, Event::Code(text)) => {
                let mut style = self.style;
                style.emphasis.code = true;
                self.flow.text(&text, style);
            }
            (_, Event::Html(text)) => self.held = Held::Html(text.into_string()),
            (_, Event::InlineHtml(tag)) => self.inline_html(&tag),
            (_, Event::SoftBreak) | (Held::Table(_), Event::HardBreak) => self.flow.text(" ", self.style),
            (_, Event::HardBreak) => self.flow.end_paragraph(),
            (_, Event::Rule) => self.flow.push(Block::Rule),
            (_, Event::TaskListMarker(done)) => self.flow.text(if done { "☑ " } else { "☐ " }, self.style),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::DefinitionListTitle | Tag::FootnoteDefinition(_) => {
                self.flow.end_paragraph();
            }
            Tag::BlockQuote(_) | Tag::DefinitionListDefinition => self.flow.open(Container::Quote),
            Tag::List(start) => self.flow.open(Container::List { start }),
            Tag::Item => self.flow.open(Container::Item),
            Tag::CodeBlock(kind) => {
                self.flow.end_paragraph();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split([' ', ',', '{']).next().map(clean_line).filter(|name| !name.is_empty())
                    }
                    CodeBlockKind::Indented => None,
                };
                self.held = Held::Code { language, text: String::new() };
            }
            Tag::HtmlBlock => {
                self.flow.end_paragraph();
                self.held = Held::Html(String::new());
            }
            Tag::Table(_) => {
                self.flow.end_paragraph();
                self.held = Held::Table(Table::default());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Held::Table(table) = &mut self.held {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis => self.nest(|style| style.emphasis.emphatic = true),
            Tag::Strong => self.nest(|style| style.emphasis.strong = true),
            Tag::Strikethrough => self.nest(|style| style.emphasis.struck = true),
            Tag::Link { dest_url, .. } => {
                let link = Some(self.flow.link(&dest_url)).filter(|_| !dest_url.is_empty());
                self.nest(|style| style.link = link);
            }
            // A cell cannot hold a block: there an image is its words, and they lead to it.
            Tag::Image { dest_url, .. } if matches!(self.held, Held::Table(_)) => {
                let link = Some(self.flow.link(&dest_url));
                self.nest(|style| style.link = link);
            }
            Tag::Image { dest_url, .. } => {
                self.held = Held::Image { address: dest_url.into_string(), alt: String::new(), depth: 0 };
            }
            Tag::Superscript => self.script = Some(html::raised),
            Tag::Subscript => self.script = Some(html::lowered),
            Tag::DefinitionList | Tag::TableCell | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.flow.end_heading(level as u8),
            TagEnd::BlockQuote(_) | TagEnd::DefinitionListDefinition | TagEnd::List(_) | TagEnd::Item => self.flow.close(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.style = self.styles.pop().unwrap_or_default();
            }
            TagEnd::Image if matches!(self.held, Held::Table(_)) => self.style = self.styles.pop().unwrap_or_default(),
            TagEnd::TableCell => {
                let spans: Vec<Span> = self.flow.take_spans();
                if let Held::Table(Table { rows, .. }) = &mut self.held {
                    rows.last_mut().into_iter().for_each(|row| row.push(spans.clone()));
                }
            }
            TagEnd::TableHead => {
                if let Held::Table(table) = &mut self.held {
                    table.header = 1;
                }
            }
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image | TagEnd::Table => self.end_held(),
            TagEnd::Paragraph | TagEnd::FootnoteDefinition | TagEnd::DefinitionListTitle => self.flow.end_paragraph(),
            TagEnd::Superscript | TagEnd::Subscript => self.script = None,
            TagEnd::DefinitionList | TagEnd::TableRow | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn end_held(&mut self) {
        match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::Nothing => {}
            Held::Code { language, text } => {
                let text = clean_code(text.strip_suffix('\n').unwrap_or(&text));
                self.flow.push(Block::Code { language, text });
            }
            Held::Html(text) => {
                let document = html::to_document(&text, None);
                if document.blocks.is_empty() && !html::is_bare(&text) {
                    self.flow.push(Block::Code { language: None, text: clean_code(text.trim_end()) });
                } else {
                    self.flow.append(document);
                }
            }
            Held::Image { address, alt, .. } => {
                self.flow.end_paragraph();
                let link = self.flow.link(&address);
                self.flow.push(Block::Image { link, alt: clean_line(&alt) });
            }
            Held::Table(table) => self.flow.push(Block::Table(table)),
        }
    }

    /// A lone tag within a paragraph: those that mean emphasis do so, others are shown as they are written.
    fn inline_html(&mut self, tag: &str) {
        let name = tag.trim_start_matches(['<', '/']).trim_end_matches(['>', '/', ' ']).to_ascii_lowercase();
        let ends = tag.starts_with("</");
        let set = |style: &mut TextStyle| match name.as_str() {
            "b" | "strong" => style.emphasis.strong = !ends,
            "i" | "em" => style.emphasis.emphatic = !ends,
            "code" | "kbd" => style.emphasis.code = !ends,
            "s" | "del" => style.emphasis.struck = !ends,
            _ => {}
        };
        match name.as_str() {
            "b" | "strong" | "i" | "em" | "code" | "kbd" | "s" | "del" => set(&mut self.style),
            "br" if matches!(self.held, Held::Table(_)) => self.flow.text(" ", self.style),
            "br" => self.flow.end_paragraph(),
            _ if tag.starts_with("<!--") => {}
            _ => {
                let mut style = self.style;
                style.emphasis.code = true;
                self.flow.text(tag, style);
            }
        }
    }

    fn nest(&mut self, change: impl FnOnce(&mut TextStyle)) {
        self.styles.push(self.style);
        change(&mut self.style);
    }
}

#[cfg(test)]
mod tests;
