use std::path::{Path, PathBuf};

use super::*;
use crate::domain::site::SiteId;
use crate::domain::text::CleanText;
use crate::domain::text::{Block, Document};
use crate::domain::time::Timestamp;
use crate::format::{MAX_PAGE, MAX_RECORD, edition, encoding, html, markdown, page, plain, stem};

fn origin(name: &str) -> Origin<'_> {
    Origin { name, now: Timestamp(1_574_208_000) }
}

fn format_of(text: &str, name: &str) -> Result<Format, Unreadable> {
    read(text.as_bytes(), &origin(name)).map(|parsed| parsed.format)
}

#[test]
fn a_format_is_known_by_its_content() {
    use Format::{Edition, Html, Markdown, Plain};
    let [physorg_text, physorg_html] =
        ["phys.org text dump", "phys.org page"].map(|label| Format::Saved { site: SiteId::new("phys.org"), label });
    let cases: &[(&str, &str, Format)] = &[
        ("Headline\n\nJune 4, 2011 by the editor\n\nBody.", "a.txt", physorg_text),
        ("September 1, 2014 report\nHeadline\nby the editor , Phys.org", "a.txt", physorg_text),
        ("Display comments: newest first\nnot rated yet Jun 04, 2011\nYes.", "a", physorg_text),
        ("4.5 / 5 (8) Jun 04, 2011\nYes.", "a", physorg_text),
        ("Headline\n\nRelated Stories\n\nOther\n\nMay 4, 2009\n\nTeaser.", "a", physorg_text),
        ("June 4, 2011 was a fine day for science, I think.\n\nIt was.", "a.txt", Plain),
        ("Some words.\n\nMore words.", "a.txt", Plain),
        ("Some words.\n\nMore words.", "a.md", Markdown),
        ("## Heading\ntext", "a", Markdown),
        ("#hashtag is no heading", "a", Plain),
        ("<!DOCTYPE html><p>Hi", "a.txt", Html),
        ("<!-- x --><p>Hi</p>", "a", Html),
        ("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html xmlns='y'><body>z", "a", Html),
        ("<html><link href='https://phys.org/news/1.html' rel=canonical><p>Hi", "a", physorg_html),
        ("<html><meta property='og:site_name' content='Phys.org'><p>Hi", "a", physorg_html),
        ("# Title\n\nText\n\n%% discussion page | none\n", "a.md", Edition),
        ("<not a tag I know> is how it begins", "a", Plain),
        ("{curly} words", "a", Plain),
        ("[1] a note", "a", Plain),
    ];
    for (text, name, format) in cases {
        assert_eq!(format_of(text, name), Ok(*format), "{text}");
    }
}

#[test]
fn what_holds_nothing_to_read_is_an_error() {
    let read = |bytes: &[u8]| read(bytes, &origin("a")).map(|parsed| parsed.format);
    assert_eq!(read(b""), Err(Unreadable::Empty));
    assert_eq!(read(b"\xef\xbb\xbf \r\n"), Err(Unreadable::Empty));
    assert_eq!(read(b"ab\0c"), Err(Unreadable::Binary { at: 2 }));
    assert_eq!(read(&vec![b'a'; MAX_RECORD + 1]), Err(Unreadable::record_too_large(MAX_RECORD + 1)));
    let text = "owls ".repeat(MAX_PAGE / 5 + 1);
    let too_large = Unreadable::TooLarge { bytes: text.len(), most: MAX_PAGE, what: "one page" };
    assert_eq!(read(text.as_bytes()), Err(too_large));
    let machine: &[(&[u8], &str)] = &[
        (b"{\"a\": 1", "JSON"),
        (b" [ {} ] ", "JSON"),
        (b"[1, 2]", "JSON"),
        (b"{\"type\": \"Note\", \"attributedTo\": \"x\"}", "an ActivityPub note"),
        (b"[{\"type\": \"Page\", \"attributedTo\": \"x\"}]", "an ActivityPub page"),
        (b"{\"type\": \"Like\", \"actor\": \"x\"}", "an ActivityPub activity"),
        (b"{\"@context\": \"x\", \"orderedItems\": []}", "an ActivityPub collection"),
        (b"{\"ok\": true, \"result\": [{\"update_id\": 1, \"message\": {}}]}", "messages of a chat"),
        (b"{\"total\": 1, \"data\": [{\"threadId\": 1, \"inReplyToCommentId\": null}]}", "comments of PeerTube"),
        (b"{\"request\": {\"url\": \"x\"}, \"response\": {\"responseBody\": \"y\"}}", "a recording of a request to a server"),
        (b"{\"topic_list\": {\"topics\": []}}", "a list of Discourse topics"),
        (b"interactions:\n- request:\n    body: null\n", "a recording of requests to a server"),
        (b"<?xml version=\"1.0\"?>\n<!-- c -->\n<rss version='2.0'>", "a feed with nothing in it"),
        (b"<rdf:RDF xmlns='x'>", "a feed with nothing in it"),
        (b"<feed xmlns='x'>", "a feed with nothing in it"),
        (b"<?xml version='1.0'?><thing/>", "XML"),
        (b"<!-- c -->\n<Channel xmlns='x'>\n<title>t</title>\n</Channel>\n", "XML"),
        (b"<!DOCTYPE rss [ <!ENTITY e \"x\"> ]>\n<rss version='2.0'>", "a feed with nothing in it"),
        (b"<svg xmlns='x'/>", "an image"),
        (b"\x89PNG\r\n\0", "an image"),
        (b"%PDF-1.7", "a PDF"),
    ];
    for (bytes, found) in machine {
        assert_eq!(read(bytes), Err(Unreadable::Unknown { found }), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn full_text_is_an_article_or_a_reason() {
    let origin = origin("https://example.org/a");
    let page = b"<meta charset=utf-8><title>T</title><p>caf\xe9 words";
    let article = full_text(page, Some("iso-8859-1"), &origin).unwrap();
    assert_eq!(
        (&*article.title, &*article.body.text(), article.url.as_deref()),
        ("T", "café words", Some("https://example.org/a"))
    );
    let refused: &[(&[u8], &str)] = &[
        (b"<title>T</title><script>run()</script>", "no article was found on the page"),
        (
            b"<rss version='2.0'><channel><item><title>x</title></item></channel></rss>",
            "it is of no format that gleaner reads (a feed, not a page)",
        ),
        (b"%PDF-1.7", "it is of no format that gleaner reads (a PDF)"),
    ];
    for (bytes, reason) in refused {
        assert_eq!(full_text(bytes, None, &origin).unwrap_err().to_string(), *reason);
    }
}

#[test]
fn utf16_with_its_mark_is_text() {
    let bytes: Vec<u8> = [0xfe, 0xff].into_iter().chain("Title\n\nGrüße".encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let parsed = read(&bytes, &origin("a")).unwrap();
    assert_eq!(parsed.pages[0].article.body.text(), "Grüße");
    assert_eq!(parsed.notes, ["it is in UTF-16BE, not UTF-8"]);
}

#[test]
fn a_name_gives_its_stem() {
    let cases =
        [("a/b/notes.txt", "notes"), ("https://example.org/x/", "x"), ("notes", "notes"), ("C:\\x\\y.html", "y"), ("-", "-")];
    for (name, expected) in cases {
        assert_eq!(stem(name), expected);
    }
}

/// The folder of real files, if it is there.
pub(super) fn corpus(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GLEANER_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let folder = root.join(part);
    if !folder.exists() {
        println!("skipped: no corpus at {}", folder.display());
        return None;
    }
    Some(folder)
}

pub(super) fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// Every text of a page, code by itself.
fn texts(page: &Page) -> String {
    let mut texts = format!("{:?} {:?}", page.article, page.source);
    for discussion in &page.discussions {
        texts.push_str(&discussion.place);
        for comment in &discussion.comments {
            texts.push_str(comment.author.as_deref().unwrap_or(""));
            texts.push_str(&comment.body.text());
        }
    }
    texts + &page.article.body.text()
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

#[test]
fn nasty_text_comes_in_harmless() {
    let Some(folder) = corpus("nasty-text") else { return };
    let (mut read_files, mut refused) = (0, 0);
    for path in files_under(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let text = encoding::decode(&bytes, None).text;
        let origin = origin("nasty");
        let wrapped = format!("Headline\n\nJune 4, 2011\n\n{text}\nnot rated yet Jun 04, 2011\n{text}");
        let pages = [
            plain::read_page(&text, &origin).0,
            page::read(&text, &origin).0,
            page::read(&format!("<pre>{text}</pre><p>{text}"), &origin).0,
            markdown::read_page(&text, &origin).0,
            physorg::PhysOrg.read_text(&wrapped, &origin).unwrap().page,
            edition::read_page(&format!("# {text}\n%% discussion page | none\n%% comment a | {text}\n{text}"), &origin).0,
        ];
        for page in &pages {
            let bad = texts(page).chars().find(|c| is_harmful(*c));
            assert_eq!(bad, None, "{}", path.display());
        }
        match read(&bytes, &origin) {
            Ok(_) => read_files += 1,
            Err(_) => refused += 1,
        }
    }
    println!("nasty text: {read_files} files read, {refused} refused, none harmful");
}

#[test]
fn pages_keep_their_words() {
    let Some(folder) = corpus("articles") else { return };
    let (mut pages, mut kept, mut all, mut slowest) = (0, 0, 0, std::time::Duration::ZERO);
    for path in files_under(&folder) {
        let name = path.to_string_lossy();
        let bytes = if name.ends_with(".html") {
            std::fs::read(&path).unwrap()
        } else if name.ends_with(".html.gz") {
            match std::process::Command::new("gzip").arg("-dc").arg(&path).output() {
                Ok(output) => output.stdout,
                Err(_) => continue,
            }
        } else {
            continue;
        };
        let text = encoding::decode(&bytes, None).text;
        let start = std::time::Instant::now();
        let document = html::to_document(&text, None);
        let (page, _) = page::read(&text, &origin(&name));
        slowest = slowest.max(start.elapsed());
        assert!(!page.article.title.is_empty(), "{name}");
        let dom = dom_query::Document::from(text.as_str());
        dom.select("script, style, template, noscript, svg, iframe, object, title, head").remove();
        let words = dom.text().split_whitespace().map(str::len).sum::<usize>();
        let found: usize = words_of(&document);
        let share = found as f64 / words.max(1) as f64;
        if share < 0.97 {
            println!("{share:.3} {name}");
        }
        kept += found.min(words);
        all += words;
        pages += 1;
    }
    println!(
        "{pages} pages, {:.2} % of their letters kept, the slowest in {slowest:?}",
        100.0 * kept as f64 / all.max(1) as f64
    );
    assert!(kept * 100 >= all * 98);
}

fn words_of(document: &Document) -> usize {
    document.text().split_whitespace().map(str::len).sum()
}

#[test]
fn the_page_it_is_modelled_on_is_read_whole() {
    let Some(path) = corpus("physorg/2011-06-04-cyber-threats.txt") else { return };
    let parsed = read(&std::fs::read(path).unwrap(), &origin("2011-06-04-cyber-threats.txt")).unwrap();
    let article = &parsed.pages[0].article;
    assert_eq!(parsed.format.label(), "phys.org text dump");
    assert_eq!(parsed.notes, Vec::<CleanText>::new());
    assert_eq!(article.title, "US, Britain urge cooperation on cyber threats");
    assert_eq!(article.byline.as_deref(), Some("Philip Lim"));
    assert_eq!(article.published.unwrap().to_string(), "2011-06-04");
    assert_eq!(article.body.blocks.len(), 18);
    assert_eq!(article.explore_further.as_ref().unwrap().title, "SKorea military networks under growing cyber attack");
    let dates = |stories: &[crate::domain::article::Related]| -> Vec<String> {
        stories.iter().filter(|story| story.teaser.is_some()).filter_map(|story| Some(story.published?.to_string())).collect()
    };
    assert_eq!(dates(&article.related), ["2011-01-31", "2010-09-15", "2009-05-04"]);
    assert_eq!(dates(&article.recommended), ["2017-11-24"]);
    let comments = &parsed.pages[0].discussions[0].comments;
    let facts: Vec<String> = comments
        .iter()
        .map(|c| format!("{} {:?} {:?} {}", c.posted.unwrap(), c.rank, c.parent, c.body.document().blocks.len()))
        .collect();
    assert_eq!(
        facts,
        ["2011-06-04 Unrated Root 1", "2011-06-04 Unrated Root 2", "2011-06-05 Unrated Guessed(CommentIdx(1)) 1"]
    );
}

#[test]
fn a_saved_page_of_the_site_is_read_whole() {
    let Some(path) = corpus("physorg/2019-11-18-hibernating-astronauts.html") else { return };
    let parsed = read(&std::fs::read(path).unwrap(), &origin("a.html")).unwrap();
    let article = &parsed.pages[0].article;
    assert_eq!(parsed.format.label(), "phys.org page");
    assert_eq!(article.title, "Hibernating astronauts would need smaller spacecraft");
    assert_eq!(article.byline.as_deref(), Some("European Space Agency"));
    assert_eq!(article.organisation.as_deref(), Some("European Space Agency"));
    assert_eq!(article.published.unwrap().to_string(), "2019-11-18");
    assert_eq!(article.url.as_deref(), Some("https://phys.org/news/2019-11-hibernating-astronauts-smaller-spacecraft.html"));
    assert_eq!(article.explore_further.as_ref().unwrap().title, "Unravelling the neural network of torpor");
    assert_eq!((article.related.len(), article.recommended.len()), (6, 6));
    assert_eq!(article.related[0].published.unwrap().to_string(), "2019-10-29");
    assert_eq!(
        article.recommended[0].published.unwrap(),
        crate::domain::time::When::Instant(Timestamp(1_574_208_000 - 20 * 3600))
    );
    let images = article.body.blocks.iter().filter(|block| matches!(block, Block::Image { .. })).count();
    let paragraphs = article.body.blocks.iter().filter(|block| matches!(block, Block::Paragraph(_))).count();
    println!("{images} images, {paragraphs} paragraphs");
    assert!(paragraphs >= 14 && article.body.text().ends_with("European Space Agency"));
    assert!(parsed.pages[0].discussions.is_empty());
}

#[test]
fn the_welcome_edition_is_read_without_notes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/edition");
    if !folder.exists() {
        println!("skipped: no edition yet");
        return;
    }
    for path in files_under(&folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let parsed = read(&std::fs::read(&path).unwrap(), &origin(&path.to_string_lossy())).unwrap();
        assert_eq!((parsed.format, parsed.notes), (Format::Edition, Vec::new()), "{}", path.display());
    }
}

mod bounds;
mod completeness;
mod discussions;
pub(super) mod live;
mod pages;
mod truth;
