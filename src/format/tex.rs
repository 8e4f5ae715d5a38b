//! TeX formulas as a line of text, where Unicode says exactly the same; else none, and the TeX itself is what is shown.
//!
//! The commands and their characters are those of `unicode-math` (<https://ctan.org/pkg/unicode-math>).

use std::borrow::Cow;

use super::html::{lowered, raised};

/// The longest formula that is looked at, in bytes.
const LONGEST: usize = 2_000;

/// Groups in groups, at most.
const DEEPEST: usize = 16;

#[rustfmt::skip]
const SIGNS: &[(&str, &str)] = &[
    ("alpha", "α"), ("beta", "β"), ("gamma", "γ"), ("delta", "δ"), ("epsilon", "ϵ"), ("varepsilon", "ε"), ("zeta", "ζ"),
    ("eta", "η"), ("theta", "θ"), ("vartheta", "ϑ"), ("iota", "ι"), ("kappa", "κ"), ("lambda", "λ"), ("mu", "μ"), ("nu", "ν"),
    ("xi", "ξ"), ("pi", "π"), ("rho", "ρ"), ("sigma", "σ"), ("tau", "τ"), ("upsilon", "υ"), ("phi", "ϕ"), ("varphi", "φ"),
    ("chi", "χ"), ("psi", "ψ"), ("omega", "ω"), ("Gamma", "Γ"), ("Delta", "Δ"), ("Theta", "Θ"), ("Lambda", "Λ"), ("Xi", "Ξ"),
    ("Pi", "Π"), ("Sigma", "Σ"), ("Upsilon", "Υ"), ("Phi", "Φ"), ("Psi", "Ψ"), ("Omega", "Ω"),
    ("hbar", "ℏ"), ("ell", "ℓ"), ("infty", "∞"), ("partial", "∂"), ("nabla", "∇"), ("emptyset", "∅"), ("varnothing", "∅"),
    ("aleph", "ℵ"), ("prime", "′"), ("degree", "°"), ("angle", "∠"), ("dagger", "†"), ("ldots", "…"), ("dots", "…"),
    ("cdots", "⋯"), ("forall", "∀"), ("exists", "∃"), ("neg", "¬"), ("lnot", "¬"), ("sum", "∑"), ("prod", "∏"), ("int", "∫"),
    ("oint", "∮"), ("iint", "∬"), ("langle", "⟨"), ("rangle", "⟩"), ("lfloor", "⌊"), ("rfloor", "⌋"), ("lceil", "⌈"),
    ("rceil", "⌉"), ("lbrace", "{"), ("rbrace", "}"), ("vert", "|"), ("mid", "|"), ("Vert", "‖"), ("colon", ":"),
    ("backslash", "\\"), ("circ", "∘"), ("bullet", "∙"), ("star", "⋆"), ("ast", "∗"), ("triangle", "△"), ("square", "□"),
    ("{", "{"), ("}", "}"), ("%", "%"), ("$", "$"), ("&", "&"), ("#", "#"), ("_", "_"), ("|", "‖"),
    (",", " "), (";", " "), (":", " "), (" ", " "), ("!", ""), ("quad", "  "), ("qquad", "    "), ("displaystyle", ""),
    ("textstyle", ""), ("limits", ""), ("nolimits", ""), ("left", ""), ("right", ""), ("big", ""), ("Big", ""), ("bigl", ""),
    ("bigr", ""), ("Bigl", ""), ("Bigr", ""),
];

/// Signs between two values: a space stands on both sides.
#[rustfmt::skip]
const BETWEEN: &[(&str, &str)] = &[
    ("times", "×"), ("cdot", "·"), ("div", "÷"), ("pm", "±"), ("mp", "∓"), ("le", "≤"), ("leq", "≤"), ("leqslant", "⩽"),
    ("ge", "≥"), ("geq", "≥"), ("geqslant", "⩾"), ("ne", "≠"), ("neq", "≠"), ("ll", "≪"), ("gg", "≫"), ("approx", "≈"),
    ("equiv", "≡"), ("sim", "∼"), ("simeq", "≃"), ("cong", "≅"), ("propto", "∝"), ("to", "→"), ("rightarrow", "→"),
    ("leftarrow", "←"), ("leftrightarrow", "↔"), ("longrightarrow", "⟶"), ("Rightarrow", "⇒"), ("implies", "⟹"),
    ("Leftarrow", "⇐"), ("Leftrightarrow", "⇔"), ("iff", "⟺"), ("mapsto", "↦"), ("in", "∈"), ("notin", "∉"), ("ni", "∋"),
    ("subset", "⊂"), ("subseteq", "⊆"), ("supset", "⊃"), ("supseteq", "⊇"), ("cup", "∪"), ("cap", "∩"), ("setminus", "∖"),
    ("land", "∧"), ("wedge", "∧"), ("lor", "∨"), ("vee", "∨"), ("oplus", "⊕"), ("otimes", "⊗"), ("perp", "⊥"),
    ("parallel", "∥"), ("vdash", "⊢"), ("models", "⊨"), ("mod", "mod"), ("bmod", "mod"),
];

/// Functions that are written by their names.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd", "hom", "inf",
    "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "sec", "sin", "sinh", "sup", "tan", "tanh",
];

/// Marks above a letter.
const ACCENTS: &[(&str, char)] = &[
    ("hat", '\u{302}'),
    ("bar", '\u{304}'),
    ("overline", '\u{304}'),
    ("tilde", '\u{303}'),
    ("dot", '\u{307}'),
    ("ddot", '\u{308}'),
    ("vec", '\u{20d7}'),
];

/// The letters that `\mathbb` makes of others.
const DOUBLE_STRUCK: &[(char, char)] = &[('C', 'ℂ'), ('H', 'ℍ'), ('N', 'ℕ'), ('P', 'ℙ'), ('Q', 'ℚ'), ('R', 'ℝ'), ('Z', 'ℤ')];

/// A formula as a line, if that says exactly what it does.
pub(super) fn formula(tex: &str) -> Option<String> {
    let tex = tex.trim();
    if tex.len() > LONGEST {
        return None;
    }
    let mut reader = TexReader { rest: tex, depth: 0 };
    let line = reader.group(None)?;
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty() && reader.rest.is_empty()).then_some(line)
}

/// A formula as it is shown.
pub(super) fn shown(tex: &str) -> String {
    formula(tex).unwrap_or_else(|| {
        let tex = tex.trim();
        let inner = tex.strip_prefix("{\\displaystyle").and_then(|inner| inner.strip_suffix('}'));
        inner.unwrap_or(tex).trim().to_owned()
    })
}

/// A text with its formulas, `\(…\)`, `\[…\]`, `$$…$$` and `$…$`, as they are shown. What stands between two dollars is a formula
/// only if it has a sign of TeX: prices have dollars, too.
pub(super) fn in_text(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '$']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, tex, behind)) = next(rest) {
        out.push_str(&rest[..at]);
        match formula(tex) {
            Some(line) => out.push_str(&line),
            None => out.push_str(&rest[at..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    if out.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(out + rest) }
}

/// The next formula: where it begins, what it says, and what stands behind it.
fn next(text: &str) -> Option<(usize, &str, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find(['\\', '$']) {
        let at = from + found;
        let rest = &text[at..];
        let end = text.floor_char_boundary(at + LONGEST);
        let within = |open: &str, close: &str| {
            let inner = text.get(at + open.len()..end)?;
            let long = inner.find(close)?;
            Some((at, &inner[..long], &text[at + open.len() + long + close.len()..]))
        };
        let found = match rest {
            _ if rest.starts_with("\\(") => within("\\(", "\\)"),
            _ if rest.starts_with("\\[") => within("\\[", "\\]"),
            _ if rest.starts_with("$$") => within("$$", "$$"),
            _ if rest.starts_with('$') => within("$", "$").filter(|(_, tex, _)| is_formula(tex)),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        from = at + 1;
    }
    None
}

fn is_formula(tex: &str) -> bool {
    let is_tight = !tex.is_empty() && !tex.starts_with(char::is_whitespace) && !tex.ends_with(char::is_whitespace);
    is_tight && !tex.contains('\n') && tex.contains(['\\', '^', '_'])
}

struct TexReader<'t> {
    rest: &'t str,
    depth: usize,
}

impl TexReader<'_> {
    /// Reads up to a closing bracket or the end; none if a part has no exact form.
    fn group(&mut self, close: Option<char>) -> Option<String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut out = String::new();
        loop {
            let Some(c) = self.rest.chars().next() else {
                self.depth -= 1;
                return close.is_none().then_some(out);
            };
            if close == Some(c) {
                self.rest = &self.rest[c.len_utf8()..];
                self.depth -= 1;
                return Some(out);
            }
            match c {
                '}' | '&' | '#' | '%' | '$' => return None,
                '^' | '_' => {
                    self.rest = &self.rest[1..];
                    let part = self.argument()?;
                    let part = part.trim();
                    let written = if c == '^' { raised(part) } else { lowered(part) };
                    out.truncate(out.trim_end().len());
                    out.push_str(&written);
                }
                '\'' => {
                    self.rest = &self.rest[1..];
                    out.push('′');
                }
                '=' | '+' | '<' | '>' => {
                    self.rest = &self.rest[1..];
                    out.extend([' ', c, ' ']);
                }
                '~' => {
                    self.rest = &self.rest[1..];
                    out.push(' ');
                }
                _ => out.push_str(&self.atom()?),
            }
        }
    }

    /// One letter, group or command.
    fn atom(&mut self) -> Option<String> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        match c {
            '{' => self.group(Some('}')),
            '\\' => self.command(),
            c => Some(c.to_string()),
        }
    }

    fn argument(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        self.atom()
    }

    fn command(&mut self) -> Option<String> {
        let letters = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let long = if letters > 0 { letters } else { self.rest.chars().next()?.len_utf8() };
        let (name, rest) = self.rest.split_at(long);
        self.rest = if letters > 0 { rest.trim_start() } else { rest };
        let found = |table: &[(&str, &'static str)]| table.iter().find(|(own, _)| *own == name).map(|(_, sign)| *sign);
        if let Some(sign) = found(BETWEEN) {
            return Some(format!(" {sign} "));
        }
        if let Some(sign) = found(SIGNS) {
            // `\left.` is a bracket that is not drawn.
            if matches!(name, "left" | "right") {
                self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
            }
            return Some(sign.to_owned());
        }
        if FUNCTIONS.contains(&name) {
            let is_applied = self.rest.starts_with(|c: char| c.is_alphanumeric() || c == '\\');
            return Some(if is_applied { format!("{name} ") } else { name.to_owned() });
        }
        if let Some((_, mark)) = ACCENTS.iter().find(|(own, _)| *own == name) {
            let letter = self.argument()?;
            return (letter.chars().count() == 1).then(|| format!("{letter}{mark}"));
        }
        match name {
            "frac" | "dfrac" | "tfrac" => {
                let (over, under) = (self.argument()?, self.argument()?);
                Some(format!("{}/{}", grouped(over.trim()), grouped(under.trim())))
            }
            "sqrt" if self.rest.starts_with('[') => {
                self.rest = &self.rest[1..];
                let degree = self.group(Some(']'))?;
                let inner = self.argument()?;
                Some(format!("{}√{}", raised(degree.trim()), grouped(inner.trim())))
            }
            "sqrt" => self.argument().map(|inner| format!("√{}", grouped(inner.trim()))),
            "text" | "mathrm" | "textrm" | "operatorname" | "mbox" | "mathit" | "mathsf" | "mathbf" | "boldsymbol" | "bm" => {
                self.argument()
            }
            "mathbb" => {
                let letters = self.argument()?;
                letters.chars().map(|c| DOUBLE_STRUCK.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)).collect()
            }
            _ => None,
        }
    }
}

/// A part that something is done to, in brackets unless it is one number or name.
fn grouped(text: &str) -> String {
    if text.chars().all(|c| c.is_alphanumeric() || c == '.') { text.to_owned() } else { format!("({text})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unicode_says_exactly_is_written_so() {
        for (tex, line) in [
            ("x_1", "x₁"),
            (r"\frac{1}{2}", "1/2"),
            (r"\frac{a+b}{c}", "(a + b)/c"),
            (r"E = mc^2", "E = mc²"),
            (r"10^{-6}", "10⁻⁶"),
            (r"\alpha \leq \beta", "α ≤ β"),
            (r"\sum_{i=1}^n i", "∑_(i = 1)ⁿ i"),
            (r"\sqrt{x^2+y^2}", "√(x² + y²)"),
            (r"\sqrt[3]{8}", "³√8"),
            (r"f\left(x\right) \in \mathbb{R}", "f(x) ∈ ℝ"),
            (r"O(n \log n)", "O(n log n)"),
            (r"\hat{x}", "x\u{302}"),
            (r"{\displaystyle a\times b}", "a × b"),
            (r"f'(x)", "f′(x)"),
            (r"\{1, 2\}", "{1, 2}"),
        ] {
            assert_eq!(formula(tex).as_deref(), Some(line), "{tex}");
        }
    }

    #[test]
    fn what_has_no_exact_form_stays_tex() {
        let deep = format!("{}x{}", "{".repeat(40), "}".repeat(40));
        for tex in [
            r"\begin{matrix}a & b\end{matrix}",
            r"\binom{n}{k}",
            r"\unknown x",
            r"\frac{1}",
            "{a",
            "a}",
            r"\mathcal{L}",
            "",
            &deep,
        ] {
            assert_eq!(formula(tex), None, "{tex}");
        }
        assert_eq!(shown(r"{\displaystyle \binom{n}{k}}"), r"\binom{n}{k}");
    }

    #[test]
    fn formulas_are_found_in_text() {
        for (text, read) in [
            (r"And \(x_1\) or \[\frac{1}{2}\] too.", "And x₁ or 1/2 too."),
            ("It costs $5, not $6_000.", "It costs $5, not $6_000."),
            ("Between $5 and $6_x$ lies", "Between $5 and 6ₓ lies"),
            (r"$$a^2$$ and $b_2$", "a² and b₂"),
            (r"a \(broken", r"a \(broken"),
            (r"\(\binom{n}{k}\)", r"\(\binom{n}{k}\)"),
            ("C:\\dir", "C:\\dir"),
        ] {
            assert_eq!(in_text(text), read, "{text}");
        }
    }
}
