//! Superscripts, subscripts, fractions and formulas as a line of text that keeps their value.

use dom_query::NodeRef;

/// Characters and what they are above and below the line, where Unicode has them.
#[rustfmt::skip]
const RAISED: &[(char, char)] = &[
    ('0', '⁰'), ('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('5', '⁵'), ('6', '⁶'), ('7', '⁷'), ('8', '⁸'), ('9', '⁹'),
    ('+', '⁺'), ('-', '⁻'), ('−', '⁻'), ('–', '⁻'), ('=', '⁼'), ('(', '⁽'), (')', '⁾'), ('n', 'ⁿ'), ('i', 'ⁱ'),
];
#[rustfmt::skip]
const LOWERED: &[(char, char)] = &[
    ('0', '₀'), ('1', '₁'), ('2', '₂'), ('3', '₃'), ('4', '₄'), ('5', '₅'), ('6', '₆'), ('7', '₇'), ('8', '₈'), ('9', '₉'),
    ('+', '₊'), ('-', '₋'), ('−', '₋'), ('–', '₋'), ('=', '₌'), ('(', '₍'), (')', '₎'), ('a', 'ₐ'), ('e', 'ₑ'), ('i', 'ᵢ'), ('j', 'ⱼ'), ('k', 'ₖ'),
    ('m', 'ₘ'), ('n', 'ₙ'), ('o', 'ₒ'), ('p', 'ₚ'), ('t', 'ₜ'), ('x', 'ₓ'),
];

/// Endings of numbers and marks that are raised for their looks: "1st", "20th", "™".
const ORNAMENTS: &[&str] =
    &["st", "nd", "rd", "th", "er", "re", "e", "ème", "eme", "o", "a", "º", "ª", "°", "tm", "sm", "™", "®", "©", "*", "†", "‡"];

/// Superscripts, written on the line.
pub(in crate::format) fn raised(text: &str) -> String {
    let text = text.trim();
    let is_note = text.starts_with('[') && text.ends_with(']');
    if text.is_empty() || is_note || ORNAMENTS.contains(&text.to_lowercase().as_str()) {
        return text.to_owned();
    }
    mapped(text, RAISED).unwrap_or_else(|| marked('^', text))
}

/// Subscripts, written on the line.
pub(in crate::format) fn lowered(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    mapped(text, LOWERED).unwrap_or_else(|| marked('_', text))
}

fn mapped(text: &str, table: &[(char, char)]) -> Option<String> {
    text.chars().map(|c| table.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)).collect()
}

fn marked(mark: char, text: &str) -> String {
    if text.chars().nth(1).is_none() { format!("{mark}{text}") } else { format!("{mark}({text})") }
}

/// A formula of `MathML`.
pub(super) fn formula(node: &NodeRef<'_>) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn write(node: &NodeRef<'_>, out: &mut String) {
    if node.is_text() {
        out.push_str(node.text().trim());
        return;
    }
    let name = node.node_name().unwrap_or_default();
    let name = name.rsplit(':').next().unwrap_or_default();
    let parts: Vec<NodeRef<'_>> = node.children_it(false).filter(NodeRef::is_element).collect();
    match (name, &*parts) {
        ("annotation" | "annotation-xml", _) => {}
        ("mfrac", [over, under]) => *out += &(operand(over) + "/" + &operand(under)),
        ("msup" | "mover", [base, above]) => *out += &(operand(base) + &raised(&formula(above))),
        ("msub" | "munder", [base, below]) => *out += &(operand(base) + &lowered(&formula(below))),
        ("msubsup" | "munderover", [base, below, above]) => {
            *out += &(operand(base) + &lowered(&formula(below)) + &raised(&formula(above)));
        }
        ("mroot", [base, degree]) => *out += &(raised(&formula(degree)) + "√" + &operand(base)),
        ("msqrt", _) => {
            let inside: Vec<String> = parts.iter().map(formula).collect();
            out.push('√');
            out.push_str(&grouped(&inside.join(" ")));
        }
        ("mtr", _) => {
            let cells: Vec<String> = parts.iter().map(formula).collect();
            *out += &(cells.join(" ") + "; ");
        }
        ("mo", _) => {
            let sign = node.text();
            let sign = sign.trim();
            // Signs between two values stand apart; brackets and invisible ones do not.
            let stands_apart =
                matches!(sign, "=" | "+" | "-" | "−" | "±" | "<" | ">" | "≤" | "≥" | "≈" | "≠" | "→" | "∈" | "×" | "·" | "∝");
            let space = if stands_apart { " " } else { "" };
            out.extend([space, sign, space]);
        }
        _ => node.children_it(false).for_each(|child| write(&child, out)),
    }
}

/// A part of a formula that something is done to.
fn operand(node: &NodeRef<'_>) -> String {
    grouped(&formula(node))
}

fn grouped(text: &str) -> String {
    if text.chars().all(|c| c.is_alphanumeric() || c == '.') { text.to_owned() } else { format!("({text})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_and_below_keeps_its_value() {
        for (text, above, below) in [
            ("2", "²", "₂"),
            ("-6", "⁻⁶", "₋₆"),
            ("a+b", "^(a+b)", "_(a+b)"),
            ("x", "^x", "ₓ"),
            ("[3]", "[3]", "_([3])"),
            ("th", "th", "_(th)"),
            (" ", "", ""),
        ] {
            assert_eq!((raised(text).as_str(), lowered(text).as_str()), (above, below), "{text}");
        }
    }

    #[test]
    fn formulas_are_written_on_a_line() {
        let read = |math: &str| {
            let dom = crate::format::html::parse(&format!("<p><math>{math}</math></p>"));
            formula(&dom.select("math").nodes()[0])
        };
        for (math, line) in [
            ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
            ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a + b)/c"),
            ("<msup><mi>x</mi><mn>2</mn></msup>", "x²"),
            ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
            ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x + 1)"),
            (
                "<semantics><mrow><mi>a</mi><mo>=</mo><mi>b</mi></mrow><annotation encoding='application/x-tex'>a=b</annotation></semantics>",
                "a = b",
            ),
        ] {
            assert_eq!(read(math), line, "{math}");
        }
    }
}
