use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::domain::text::Span;

/// A document in one line a block, so that a test shows its whole structure.
pub(crate) fn outline(document: &Document) -> String {
    let mut out = String::new();
    blocks(&document.blocks, 0, &mut out);
    for (n, link) in document.links.iter().enumerate() {
        let _ = writeln!(out, "[{n}] {}", link.address);
    }
    out
}

fn blocks(list: &[Block], depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    for block in list {
        let _ = match block {
            Block::Paragraph(words) => writeln!(out, "{pad}p {}", spans(words)),
            Block::Heading { level, spans: words } => writeln!(out, "{pad}h{level} {}", spans(words)),
            Block::Quote(inner) => {
                let _ = writeln!(out, "{pad}quote");
                blocks(inner, depth + 1, out);
                Ok(())
            }
            Block::Spoiler { title, blocks: inner } => {
                let _ = writeln!(out, "{pad}spoiler {title}");
                blocks(inner, depth + 1, out);
                Ok(())
            }
            Block::List { start, items } => {
                let _ = writeln!(out, "{pad}list {start:?}");
                for item in items {
                    let _ = writeln!(out, "{pad}- ");
                    blocks(item, depth + 1, out);
                }
                Ok(())
            }
            Block::Code { language, text } => writeln!(out, "{pad}code {} {text:?}", language.as_deref().unwrap_or("-")),
            Block::Table(table) => {
                let _ = writeln!(out, "{pad}table {}", table.header);
                for row in &table.rows {
                    let _ = writeln!(out, "{pad}  {}", row.iter().map(|cell| spans(cell)).collect::<Vec<_>>().join(" | "));
                }
                Ok(())
            }
            Block::Image { link, alt } => writeln!(out, "{pad}image {alt} [{}]", link.0),
            Block::Rule => writeln!(out, "{pad}rule"),
        };
    }
}

fn spans(list: &[Span]) -> String {
    let mark = |span: &Span| {
        let e = span.emphasis;
        let marks: String = [(e.strong, '*'), (e.emphatic, '/'), (e.code, '`'), (e.struck, '~')]
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, c)| *c)
            .collect();
        let link = span.link.map_or(String::new(), |id| format!("[{}]", id.0));
        format!("{marks}{}{}{link}", span.text, marks.chars().rev().collect::<String>())
    };
    list.iter().map(mark).collect()
}

fn read(html: &str) -> String {
    outline(&to_document(html, None))
}

#[test]
fn blocks_are_blocks() {
    insta::assert_snapshot!(read("<h2>A <em>b</em></h2> loose  text<p>one\n two<p>three<br>four<hr><blockquote>q1<blockquote><p>q2</blockquote></blockquote>"), @"
    h2 A /b/
    p loose text
    p one two
    p three
    p four
    rule
    quote
      p q1
      quote
        p q2
    ");
    insta::assert_snapshot!(read("<ol start=3><li>a<li>b<ul><li>c</ul></ol><dl><dt>term<dd>meaning</dl>"), @"
    list Some(3)
    - 
      p a
    - 
      p b
      list None
      - 
        p c
    p *term*
    list None
    - 
      p meaning
    ");
    insta::assert_snapshot!(read("<pre><code class='hljs language-rust'>fn a() {\n\tb();\n}\n</code></pre><pre>x &lt; y<br>z</pre>"), @r#"
    code rust "fn a() {\n\tb();\n}"
    code - "x < y\nz"
    "#);
    insta::assert_snapshot!(read("<table><caption>Cap</caption><tr><th>a<th>b<tr><td>1<td><a href=http://x.org/>2</a> <b>3</b></table><table><tr><td><p>lay</p><p>out</p></table>"), @"
    p Cap
    table 1
      a | b
      1 | 2[0] *3*
    p lay
    p out
    [0] http://x.org/
    ");
}

#[test]
fn words_keep_their_spaces_and_looks() {
    insta::assert_snapshot!(read("<p> a<b>b</b> <i>c <code>d</code></i><del>e</del> <a href='http://x.org'>f </a>g, <a href='#top'>h</a><a href='javascript:x'>i</a> &amp;&#x1b;[0m"), @"
    p a*b* /c //`d`/~e~ f[0] g, hi &[0m
    [0] http://x.org/
    ");
    assert_eq!(
        read(
            "<p>x<script>alert(1)</script><style>p{}</style><template>t</template><noscript><img src=n></noscript><svg><text>s</text></svg>y"
        ),
        "p xy\n"
    );
}

#[test]
fn recordings_are_links_and_what_stands_in_for_an_object_is_read() {
    insta::assert_snapshot!(read("a<video><source src=/v.mp4>Your browser cannot.</video><audio src=http://x.org/a.mp3></audio><audio>none</audio><object data=x><embed src=x>b</object>"), @"
    p a
    p [video][0]
    p [audio][1]
    p noneb
    [0] /v.mp4
    [1] http://x.org/a.mp3
    ");
}

#[test]
fn frames_that_tell_what_they_show_are_links() {
    insta::assert_snapshot!(read("a<iframe src='https://tube.example/embed/1' title=' A  film '></iframe><iframe data-src=https://maps.example/x title=Map>none</iframe><iframe src=https://count.example></iframe><iframe src='javascript:x' title=x></iframe>b"), @"
    p a
    p [A film][0]
    p [Map][1]
    p b
    [0] https://tube.example/embed/1
    [1] https://maps.example/x
    ");
}

#[test]
fn images_are_captions_and_links() {
    insta::assert_snapshot!(read("<p>a<img src='/i.png' alt='Alt'>b</p><figure><img src=data:image/png;base64,AAAA data-src=j.jpg alt=x><figcaption>The <i>caption</i></figcaption></figure><img src=p.gif width=1 height=1><img src='data:image/png;base64,AAAA'><img class=emoji alt=':)' src=e>"), @"
    p a
    image Alt [0]
    p b
    image The caption [1]
    image  [2]
    p :)
    [0] /i.png
    [1] j.jpg
    [2] data:image/png
    ");
    let base = Url::parse("https://example.org/a/b.html").unwrap();
    let document =
        to_document("<img src=i.png><a href='../c'>c</a><a href='//other.org/d'>d</a><a href='../c'>again</a>", Some(&base));
    let links: Vec<&str> = document.links.iter().map(|link| &*link.address).collect();
    assert_eq!(links, ["https://example.org/a/i.png", "https://example.org/c", "https://other.org/d"]);
}

#[test]
fn endless_nesting_is_flattened_and_keeps_its_words() {
    let start = std::time::Instant::now();
    let nest = |open: &str, close: &str| open.repeat(10_000) + "deep" + &close.repeat(10_000) + "after";
    let attributes: String = (0..200_000).map(|n| format!("a{n}=1 ")).collect::<Vec<_>>().concat();
    let fonts: String = (0..5_000).map(|n| format!("<font color={n}><p>w{n}")).collect::<Vec<_>>().concat();
    let cases = [
        nest("<div>", "</div>"),
        nest("<blockquote>", "</blockquote>"),
        nest("<ul><li>", "</li></ul>"),
        nest("<table><tr><td>", "</td></tr></table>"),
        nest("<b><i>", ""),
        nest("<p><span>", "</p>"),
        nest("<a href=x>", "</a>"),
        format!("<p {attributes}>deep</p>after"),
        format!("{fonts} deep after"),
    ];
    for html in cases {
        let began = std::time::Instant::now();
        let document = to_document(&html, None);
        println!("{:?} {}", began.elapsed(), &html[..20]);
        let text = document.text();
        assert!(text.contains("deep") && text.contains("after"), "{}", &html[..40]);
        drop(document);
    }
    println!("endless nesting: {:?}", start.elapsed());
    // Flattened text stays apart and in order, and what needs no flattening is left as it is.
    let html = "<div>".repeat(100)
        + "<p>one <b>two</b></p><p>three &lt;four&gt;</p><pre>a &amp; b</pre>"
        + &"</div>".repeat(100)
        + "<p>five";
    assert_eq!(
        to_document(&html, None).text().split_whitespace().collect::<Vec<_>>().join(" "),
        "one two three <four> a & b five"
    );
    assert!(matches!(flatten("<div><p>a</p></div>"), std::borrow::Cow::Borrowed(_)));
}

const SOUP: &[&str] = &[
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<i>",
    "<ul>",
    "</ul>",
    "<li>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<th>",
    "<blockquote>",
    "</blockquote>",
    "<a href=x>",
    "</a>",
    "<br>",
    "<hr>",
    "<h2>",
    "</h2>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<img alt=k src=s>",
    "<figure>",
    "<figcaption>",
    "</figcaption>",
    "</figure>",
    "<dl>",
    "<dt>",
    "<dd>",
    "<span>",
    "</span>",
    "<caption>",
    "<thead>",
    "<!-- c -->",
    "</body>",
    "&lt;",
    " ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the tags, every word is there, and the rewritten HTML has the same words as the given.
    #[test]
    fn tag_soup_keeps_its_words(soup in prop::collection::vec(any::<prop::sample::Index>(), 0..60), deep in any::<bool>()) {
        let mut html = if deep { "<section>".repeat(80) } else { String::new() };
        for (n, index) in soup.iter().enumerate() {
            let _ = write!(html, "{}w{n}. ", SOUP[index.index(SOUP.len())]);
        }
        let text = to_document(&html, None).text();
        for n in 0..soup.len() {
            prop_assert!(text.contains(&format!("w{n}.")), "w{n} of {html}\n{text}");
        }
    }
}

#[test]
fn values_boxes_numbers_and_meanings_are_kept() {
    let table = [
        ("<p>10<sup>-6</sup> m, H<sub>2</sub>O, x<sup>n+1</sup>, 1<sup>st</sup></p>", "p 10⁻⁶ m, H₂O, xⁿ⁺¹, 1st\n"),
        ("<p>A note<sup><a href=\"#fn1\">1</a></sup> and <sup>1</sup>&frasl;<sub>2</sub></p>", "p A note¹ and ¹⁄₂\n"),
        (
            r"<p>And \(x_1\), <code>\(x_1\)</code>, <script type='math/tex'>\alpha</script><span class=MathJax>a</span>.</p>",
            "p And x₁, `\\(x_1\\)`, α.\n",
        ),
        ("<p>Half: <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>", "p Half: 1/2\n"),
        (
            "<ul><li><input type=\"checkbox\" checked> done</li><li><input type=checkbox>open</li></ul>",
            "list None\n- \n  p ☑ done\n- \n  p ☐ open\n",
        ),
        ("<ol><li>a</li><li value=\"7\">b</li></ol>", "list Some(1)\n- \n  p a\nlist Some(7)\n- \n  p b\n"),
        ("<ol reversed><li>a</li><li>b</li></ol>", "list Some(2)\n- \n  p a\nlist Some(1)\n- \n  p b\n"),
        (
            "<dl><dt>Owl</dt><dd>A bird</dd><dd>A word</dd><dt>Cat</dt><dd>A beast</dd></dl>",
            "p *Owl*\nlist None\n- \n  p A bird\n- \n  p A word\np *Cat*\nlist None\n- \n  p A beast\n",
        ),
        ("<details><summary>Spoiler</summary><p>The butler.</p></details>", "spoiler Spoiler\n  p The butler.\n"),
        (
            "<p>Seen.</p><p hidden>No</p><p style=\"display: none\">No</p><span style=\"visibility:hidden\">No</span><p>Too.</p>",
            "p Seen.\np Too.\n",
        ),
        ("<p>Let <img src=\"https://s0.wp.com/latex.php?latex=x%5E2\" alt=\"x^2\"> be</p>", "p Let x² be\n"),
    ];
    for (html, expected) in table {
        assert_eq!(outline(&to_document(html, None)), expected, "{html}");
    }
}

#[test]
fn code_whose_lines_are_elements_keeps_them_without_their_numbers() {
    let table = [
        (
            "<pre><code><div class=\"line\"><div class=\"gutter\"><div class=\"ln\">1</div></div><div class=\"code\"><span>let owl = 1;</span></div></div>\
             <div class=\"line\"><div class=\"gutter\"><div class=\"ln\">2</div></div><div class=\"code\"><span>  feed(owl);</span></div></div></code></pre>",
            "let owl = 1;\n  feed(owl);",
        ),
        ("<pre><code>a\n\n<span>b</span>\n</code></pre>", "a\n\nb"),
        ("<pre><div>a</div><div></div><div>b</div></pre>", "a\n\nb"),
        ("<table><tr><td class=\"gutter\"><pre>1\n2</pre></td><td class=\"code\"><pre>a\nb</pre></td></tr></table>", "a\nb"),
    ];
    for (html, expected) in table {
        let document = to_document(html, None);
        let [Block::Code { text, .. }] = &*document.blocks else { panic!("{html}: {document:?}") };
        assert_eq!(&**text, expected, "{html}");
    }
}

#[test]
fn cells_that_span_leave_their_room() {
    let html = "<table><tr><th>a</th><th colspan=\"2\">b</th></tr><tr><td rowspan=\"2\">c</td><td>d</td><td>e</td></tr><tr><td>f</td><td>g</td></tr></table>";
    let document = to_document(html, None);
    let [Block::Table(table)] = &*document.blocks else { panic!("{document:?}") };
    let rows: Vec<String> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| crate::domain::text::spans_text(cell)).collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(rows, ["a|b|", "c|d|e", "|f|g"]);
}

#[test]
fn what_a_forum_builds_of_several_elements_is_read_as_one() {
    let table = [
        (
            r#"<aside class="quote no-group" data-username="ann"><div class="title"><img class="avatar" width="24" height="24" alt="" src="a.png"> ann:</div>
               <blockquote><p>I said this.</p></blockquote></aside><p>No.</p>"#,
            "quote\n  p *ann:*\n  p I said this.\np No.\n",
        ),
        (
            r#"<aside class="onebox" data-onebox-src="https://news.example/a"><header class="source"><img src="f.png" class="site-icon"><a href="https://news.example/a">News</a></header>
               <article class="onebox-body"><div class="aspect-image"><img src="t.png"></div><h3><a href="https://news.example/a">The headline</a></h3><p>What it says.</p></article></aside>"#,
            "quote\n  p *The headline*[0]\n  p News\n  p What it says.\n[0] https://news.example/a\n",
        ),
        (
            r#"<div class="lightbox-wrapper"><a class="lightbox" href="o.png"><img src="https://x.example/s.png" alt="A screen" width="690" height="400"><div class="meta"><span>screen</span><span>1920×1080 120 KB</span></div></a></div>"#,
            "image A screen [0]\n[0] https://x.example/s.png\n",
        ),
        (
            r#"<div class="poll"><div class="poll-container"><ul><li>Yes</li><li>No</li></ul></div><div class="poll-info"><span>0</span><span>voters</span></div></div>"#,
            "p *Poll*\nlist None\n- \n  p Yes\n- \n  p No\n",
        ),
    ];
    for (html, expected) in table {
        assert_eq!(outline(&to_document(html, None)), expected, "{html}");
    }
}
