//! Documents written out as Markdown (`CommonMark` with tables and strikethrough) and as HTML, so that [`super::markdown`]
//! and a browser read what the reader has read.

use std::fmt::Write;

use pulldown_cmark::{Event, Options, Parser};

use crate::domain::text::{Block, Document, Span, Table, may_open};

/// Characters that have a meaning anywhere in Markdown.
const SPECIAL: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '#', '&', '~', '|', '!', '$'];

pub fn markdown(document: &Document) -> String {
    blocks(document, &document.blocks)
}

/// Markdown of one's own as HTML: no HTML that may stand in it is kept as such.
pub fn html(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut out = String::new();
    pulldown_cmark::html::push_html(
        &mut out,
        events.map(|event| match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            event => event,
        }),
    );
    out
}

/// A word or a line as it is, whatever it looks like.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if SPECIAL.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    let rest = out.trim_start();
    // Marks of lists, rules and headings count only at the beginning of a line.
    let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let begins = rest.starts_with(['-', '+', '=']) || number > 0 && rest[number..].starts_with(['.', ')']);
    let at = out.len() - rest.len() + number;
    if begins {
        out.insert(at, '\\');
    }
    out
}

/// Every line behind a mark, as a quotation or a list has it; the first may have another.
pub fn indented(text: &str, first: &str, others: &str) -> String {
    let mut out = String::new();
    for (n, line) in text.lines().enumerate() {
        let lead = if n == 0 { first } else { others };
        let _ = writeln!(out, "{}", if line.is_empty() { lead.trim_end().to_owned() } else { format!("{lead}{line}") });
    }
    out
}

fn blocks(document: &Document, all: &[Block]) -> String {
    let written: Vec<String> = all.iter().map(|one| block(document, one)).filter(|text| !text.trim().is_empty()).collect();
    written.join("\n")
}

fn block(document: &Document, block: &Block) -> String {
    match block {
        Block::Paragraph(words) => spans(document, words) + "\n",
        Block::Heading { level, spans: words } => {
            format!("{} {}\n", "#".repeat(usize::from((*level).clamp(1, 6))), spans(document, words))
        }
        Block::Quote(inner) => indented(&blocks(document, inner), "> ", "> "),
        // As HTML, which Markdown takes.
        Block::Spoiler { title, blocks: inside } => {
            let title = title.replace('&', "&amp;").replace('<', "&lt;");
            format!("<details><summary>{title}</summary>\n\n{}\n</details>\n", blocks(document, inside))
        }
        Block::List { start, items } => {
            let mut out = String::new();
            for (n, item) in items.iter().enumerate() {
                let mark = start.map_or("- ".to_owned(), |start| format!("{}. ", start.saturating_add(n as u64)));
                let text = blocks(document, item);
                let text = if text.is_empty() { "\n".to_owned() } else { text };
                out.push_str(&indented(&text, &mark, &" ".repeat(mark.len())));
            }
            out
        }
        Block::Code { language, text } => {
            let fence = "`".repeat(longest_run(text).max(2) + 1);
            let language: String = language.iter().flat_map(|name| name.chars()).filter(|c| c.is_alphanumeric()).collect();
            format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
        }
        Block::Table(table) => self::table(document, table),
        Block::Image { link, alt } => match document.link(*link).filter(|link| link.may_open()) {
            Some(link) => format!("![{}](<{}>)\n", escaped(alt), address(&link.address)),
            None => format!("{}\n", escaped(alt)),
        },
        Block::Rule => "* * *\n".to_owned(),
    }
}

fn table(document: &Document, table: &Table) -> String {
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let blank = Vec::new();
    let line = |cells: &[Vec<Span>]| {
        let cells = (0..columns).map(|n| spans(document, cells.get(n).unwrap_or(&blank)));
        format!("|{}|\n", cells.map(|cell| format!(" {cell} ")).collect::<Vec<_>>().join("|"))
    };
    // A table has one row of headings; it may be empty.
    let (head, rest) = table.rows.split_at(table.header.min(1).min(table.rows.len()));
    let head = line(head.first().map_or(&[][..], Vec::as_slice));
    let rule = format!("|{}\n", " --- |".repeat(columns));
    if columns == 0 { String::new() } else { head + &rule + &rest.iter().map(|row| line(row)).collect::<String>() }
}

fn spans(document: &Document, spans: &[Span]) -> String {
    spans.iter().map(|one| span(document, one)).collect::<String>().trim().to_owned()
}

fn span(document: &Document, span: &Span) -> String {
    let text = span.text.as_str();
    // A mark does not hold beside a blank.
    let inner = text.trim();
    let (before, after) = (&text[..text.len() - text.trim_start().len()], &text[text.trim_end().len()..]);
    if inner.is_empty() {
        return text.to_owned();
    }
    let emphasis = span.emphasis;
    let mut out = if emphasis.code {
        let fence = "`".repeat(longest_run(inner) + 1);
        let pad = if inner.starts_with('`') || inner.ends_with('`') { " " } else { "" };
        format!("{fence}{pad}{inner}{pad}{fence}")
    } else {
        escaped(inner)
    };
    for (is_so, mark) in [(emphasis.struck, "~~"), (emphasis.emphatic, "*"), (emphasis.strong, "**")] {
        if is_so {
            out = format!("{mark}{out}{mark}");
        }
    }
    if let Some(link) = span.link.and_then(|id| document.link(id)).filter(|link| link.may_open()) {
        out = format!("[{out}](<{}>)", address(&link.address));
    }
    format!("{before}{out}{after}")
}

/// An address as it stands between `<` and `>`; nothing for one that is not opened.
pub fn address(address: &str) -> String {
    let is_safe = |c: char| !c.is_whitespace() && !matches!(c, '<' | '>' | '\\' | '"');
    if may_open(address) { address.chars().filter(|c| is_safe(*c)).collect() } else { String::new() }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::markdown::to_document;

    #[test]
    fn a_document_is_written_as_it_is_read() {
        let text = "\
# Owls *at* noon

A [link](<https://owls.example/a?b=1>) and `co``de`, **strong** and ~~struck~~ words.

> Quoted.
>
> 1. one
> 2. two

- a bullet
- another

```rust
let fence = \"``\";
```

| bird | heard |
| --- | --- |
| owl | *yes* |

* * *

![A barn](<https://owls.example/barn.png>)
";
        let document = to_document(text);
        assert_eq!(to_document(&markdown(&document)), document, "{}", markdown(&document));
        insta::assert_snapshot!(html(&markdown(&document)), @r#"
        <h1>Owls <em>at</em> noon</h1>
        <p>A <a href="https://owls.example/a?b=1">link</a> and <code>co``de</code>, <strong>strong</strong> and <del>struck</del> words.</p>
        <blockquote>
        <p>Quoted.</p>
        <ol>
        <li>one</li>
        <li>two</li>
        </ol>
        </blockquote>
        <ul>
        <li>a bullet</li>
        <li>another</li>
        </ul>
        <pre><code class="language-rust">let fence = "``";
        </code></pre>
        <table><thead><tr><th>bird</th><th>heard</th></tr></thead><tbody>
        <tr><td>owl</td><td><em>yes</em></td></tr>
        </tbody></table>
        <hr />
        <p><img src="https://owls.example/barn.png" alt="A barn" /></p>
        "#);
    }

    #[test]
    fn only_what_would_begin_something_is_escaped() {
        for (text, wanted) in [
            ("2026-10-11 was", "2026-10-11 was"),
            ("3. It", r"3\. It"),
            ("12) it", r"12\) it"),
            ("- it", r"\- it"),
            (" + it", r" \+ it"),
            ("a - b", "a - b"),
        ] {
            assert_eq!(escaped(text), wanted);
        }
    }

    proptest! {
        #[test]
        fn words_stay_words(text in "[ -~]{0,40}|\\PC{0,30}") {
            let document = Document::plain([text.as_str()]);
            let read = to_document(&markdown(&document));
            let words = |document: &Document| document.text().split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(&read), words(&document), "{}", markdown(&document));
            prop_assert!(read.blocks.iter().all(|block| matches!(block, Block::Paragraph(_))));
            prop_assert!(!html(&text).contains("<script"));
        }
    }
}
