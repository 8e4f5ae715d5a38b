//! Code as it is laid out by those who number, fold and colour its lines.

use dom_query::NodeRef;

use super::flatten::is_block;

/// Classes of what stands beside the lines of code: their numbers, and buttons.
const GUTTERS: &[&str] = &[
    "gutter",
    "rouge-gutter",
    "ln",
    "lineno",
    "linenos",
    "linenumber",
    "line-number",
    "line-numbers",
    "hljs-ln-numbers",
    "copy",
    "copy-button",
];

/// Text with its own line breaks: those of `<br>` and between lines that are elements of their own, without their numbers.
pub(super) fn verbatim(node: &NodeRef<'_>) -> String {
    let mut text = String::new();
    write(node, &mut text);
    text
}

fn write(node: &NodeRef<'_>, text: &mut String) {
    for part in node.children_it(false) {
        if part.is_text() {
            text.push_str(&part.text());
            continue;
        }
        let name = part.node_name().unwrap_or_default();
        if &*name == "br" {
            text.push('\n');
        } else if is_gutter(&part) || matches!(&*name, "button" | "script" | "style" | "template") {
            // Not what was written.
        } else if is_block(&name) || matches!(&*name, "li" | "tr" | "p" | "div") {
            end_line(text);
            let before = text.len();
            write(&part, text);
            // An empty line is a line, but not the element around others.
            if text.len() == before && part.children_it(false).all(|child| !child.is_element()) {
                text.push('\n');
            }
            end_line(text);
        } else {
            write(&part, text);
        }
    }
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn is_gutter(node: &NodeRef<'_>) -> bool {
    node.class().is_some_and(|class| class.split_whitespace().any(|word| GUTTERS.contains(&word)))
}

/// The cell with the code in a table that numbers its lines.
pub(super) fn numbered_code<'a>(table: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let cells: Vec<NodeRef<'a>> = table.descendants_it().filter(|part| part.has_name("td") || part.has_name("th")).collect();
    let [numbers, code] = &*cells else { return None };
    let is_numbers =
        is_gutter(numbers) || numbers.text().split_whitespace().all(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let has_code = code.descendants_it().any(|part| part.has_name("pre") || part.has_name("code"));
    (is_numbers && has_code && !numbers.text().trim().is_empty()).then_some(*code)
}
