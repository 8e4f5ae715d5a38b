use super::super::html::tests::outline;
use super::*;
use crate::domain::time::Timestamp;

fn read(text: &str) -> String {
    outline(&to_document(text))
}

#[test]
fn markdown_becomes_blocks() {
    insta::assert_snapshot!(read("# A *b*\n\none\ntwo  \nthree **bold `code`** ~~gone~~ [link](http://x.org) <http://y.org>\n\n---\n\n> q1\n>\n> > q2\n"), @"
    h1 A /b/
    p one two
    p three *bold **`code`* ~gone~ link[0] http://y.org[1]
    rule
    quote
      p q1
      quote
        p q2
    [0] http://x.org
    [1] http://y.org
    ");
    insta::assert_snapshot!(read("3. a\n4. b\n   - c\n   - [x] d\n\n```rust,ignore\nfn a() {\n\tb\n```\n\n    indented\n"), @r#"
    list Some(3)
    - 
      p a
    - 
      p b
      list None
      - 
        p c
      - 
        p ☑ d
    code rust "fn a() {\n\tb"
    code - "indented"
    "#);
    insta::assert_snapshot!(read("| a | b |\n|---|---|\n| 1 | [2](x) ![i](j) |\n\n![The *alt*](i.png)\n\n[![badge](b.svg)](l)"), @"
    table 1
      a | b
      1 | 2[0] i[1]
    image The alt [2]
    image badge [4]
    [0] x
    [1] j
    [2] i.png
    [3] l
    [4] b.svg
    ");
    insta::assert_snapshot!(read("<div><b>raw</b> html</div>\n\nin <b>line</b> and <thing> <!-- no -->\n\n<script>alert(1)</script>\n\nend"), @r#"
    p *raw* html
    p in *line* and `<thing>`
    code - "<script>alert(1)</script>"
    p end
    "#);
}

#[test]
fn endless_nesting_is_flattened() {
    for text in
        [">".repeat(10_000) + " deep", "- ".repeat(10_000) + "deep", "*_".repeat(10_000) + "deep" + &"_*".repeat(10_000)]
    {
        assert!(to_document(&text).text().contains("deep"));
    }
}

#[test]
fn the_first_heading_is_the_title() {
    let origin = Origin { name: "notes.md", now: Timestamp(0) };
    let (page, notes) = read_page("intro\n\n# The `title`\n\ntext", &origin);
    assert_eq!((&*page.article.title, page.article.body.text().as_str(), notes.len()), ("The title", "intro\ntext", 0));
    let (page, notes) = read_page("text", &origin);
    assert_eq!((&*page.article.title, notes.len()), ("notes", 1));
}

#[test]
fn what_sites_add_to_markdown_is_read() {
    let of = |text: &str, dialect| outline(&to_document_of(text, dialect));
    for (text, read) in [
        (
            "A\n::: spoiler The ending\nThe *butler*.\n\n- x\n:::\nB",
            "p A\nspoiler The ending\n  p The /butler/.\n  list None\n  - \n    p x\np B\n",
        ),
        ("::: spoiler a\none\n::: spoiler b\ntwo\n:::\n:::", "spoiler a\n  p one\n  spoiler b\n    p two\n"),
        ("::: spoiler a\nnever ended", "spoiler a\n  p never ended\n"),
        ("```\n::: spoiler a\n```\n:::", "code - \"::: spoiler a\"\np :::\n"),
        (
            "Fahrenheit^451^, H~2~O, ~~gone~~, {東京|とうきょう}, {a|}",
            "p Fahrenheit⁴⁵¹, H₂O, ~gone~, 東京 (とうきょう), {a|}\n",
        ),
    ] {
        assert_eq!(of(text, Dialect::Lemmy), read, "{text}");
    }
    for (text, read) in [
        (">!The butler!< did it", "spoiler \n  p The butler\np did it\n"),
        ("He was >!the butler!<.", "p He was\nspoiler \n  p the butler\np .\n"),
        ("`>!code!<` and >!open\n\nnot!<", "p `>!code!<` and >!open\np not!<\n"),
        ("x^2 and 10^(-6), ^_^, a ^ b", "p x² and 10⁻⁶, ^_^, a ^ b\n"),
    ] {
        assert_eq!(of(text, Dialect::Reddit), read, "{text}");
    }
    assert_eq!(of("::: spoiler a\nx^2^", Dialect::Common), "p ::: spoiler a x^2^\n");
}
