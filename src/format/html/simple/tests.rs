use proptest::prelude::*;

use super::*;
use crate::format::html::{by_tree, tests::corpus_fragments};

fn base() -> Url {
    Url::parse("https://example.org/a/").unwrap()
}

/// Both ways, where the short one is sure.
fn agrees(html: &str) -> bool {
    let Some(short) = read(html, Some(&base())) else { return false };
    assert_eq!(short, by_tree(html, Some(&base())), "{html}");
    true
}

#[test]
fn what_is_simple_goes_the_short_way() {
    for html in [
        "",
        "words &amp; more &#8217; &hellip; AT & T",
        "<p>one</p>\n<p>two <b>bold <i>both</i></b><a href=/x title='a > b'>there</a></p>",
        "<DIV CLASS=a><P>one<BR/>two</P></DIV>",
        "<blockquote><p>said</p><blockquote>and said</blockquote></blockquote>",
        "<ul><li>one</li> <li><p>two</p><ol start=7><li>three</li></ol></li></ul>",
        "<h2>A <span>heading</span><br>of <em>two</em> lines</h2>text",
        "<pre class='language-rust'>\n<code>fn <b>f</b>() {}\n\n</code></pre><hr>",
        "<p>a<!-- not this -->b<img src=x.png alt='A picture' width=300>c<img class=emoji alt=':)'></p>",
        "<p>he said <q>so</q> <code>x &lt; y</code><wbr></p>",
        "<a href='mailto:a@b.c'><p>a block in a link</p></a>",
        "<p>H<b>2</b>O</p >",
    ] {
        assert!(agrees(html), "{html}");
    }
}

#[test]
fn what_is_not_sure_goes_the_long_way() {
    for html in [
        "<p>one<p>two",
        "<b>a<i>b</b>c</i>",
        "a < b",
        "&copy 2011",
        "&#128;&#0;",
        "<p><div>x</div></p>",
        "<table><tr><td>x</td></tr></table>",
        "<a href=x><a href=y>z</a></a>",
        "<li>x</li>",
        "</p>",
        "<h1><p>x</p></h1>",
        "<!-->x-->",
        "<!doctype html>x",
        "<img src='a'b>",
        "<a href=\"x?a=1&copy=2\">y</a>",
        "x\0y",
    ] {
        assert_eq!(read(html, None), None, "{html}");
    }
}

/// The pieces of which the random HTML is made.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href='/x'>",
    "<a href=#y>",
    "</a>",
    "<ul>",
    "</ul>",
    "<ol start=3>",
    "</ol>",
    "<li>",
    "</li>",
    "<blockquote>",
    "</blockquote>",
    "<h3>",
    "</h3>",
    "<span>",
    "</span>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<br>",
    "<hr/>",
    "<div class=x>",
    "</div>",
    "<img alt=z src=y>",
    "<q>",
    "</q>",
    "<!-- c -->",
    "<em>",
    "</em>",
    " ",
    "\n",
    "word",
    "two words ",
    "&amp;",
    "&nbsp;",
    "&#8217;",
    "é漢",
    "<center>",
    "</center>",
    "<font color=red>",
    "</font>",
    "<td>",
    "&",
    "<",
    ">",
];

/// Random HTML, most of which is well nested.
fn html() -> impl Strategy<Value = String> {
    let loose = prop::collection::vec(0..PIECES.len(), 0..14).prop_map(|at| at.iter().map(|at| PIECES[*at]).collect());
    let text =
        prop::sample::select(vec!["word", " ", "a b ", "&amp;", "\n", "<br>", "<img alt=z src=y>", "<hr>", "é", "<wbr>"]);
    let nested = text.prop_map(str::to_owned).prop_recursive(6, 40, 5, |inner| {
        let names = vec![
            "p",
            "b",
            "i",
            "a href='/x'",
            "ul",
            "ol",
            "li",
            "blockquote",
            "h2",
            "span",
            "pre",
            "code",
            "div",
            "q",
            "em",
            "strong",
            "section",
        ];
        (prop::sample::select(names), prop::collection::vec(inner, 0..5))
            .prop_map(|(name, inner)| format!("<{name}>{}</{}>", inner.concat(), name.split(' ').next().unwrap()))
    });
    prop_oneof![1 => loose, 4 => prop::collection::vec(nested, 0..5).prop_map(|parts| parts.concat())]
}

proptest! {
    #[test]
    fn the_short_way_leads_where_the_tree_does(html in html()) {
        agrees(&html);
    }
}

#[test]
fn both_ways_agree_on_real_fragments() {
    let fragments = corpus_fragments();
    let short = fragments.iter().filter(|html| agrees(html)).count();
    if !fragments.is_empty() {
        println!("{short} of {} real fragments went the short way", fragments.len());
        assert!(short * 2 > fragments.len());
    }
}
