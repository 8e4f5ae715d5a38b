//! Texts of other sources below an article's own: a link blog's commentary under the story that it links to.

use super::document_builder::DocumentBuilder;
use crate::domain::article::OtherText;
use crate::domain::text::{Block, Document, Span};

/// Headings of the texts of other sources.
const LEVEL: u8 = 2;

/// A text with those of other sources below it, each under its source's name and its own title.
pub fn below(body: Document, others: &[OtherText]) -> Document {
    if others.is_empty() {
        return body;
    }
    let mut flow = DocumentBuilder::new();
    flow.append(body);
    for other in others {
        let title = if other.title.is_empty() { String::new() } else { format!(": {}", other.title) };
        let heading = Block::Heading { level: LEVEL, spans: vec![Span::plain(&format!("{}{title}", other.source))] };
        let date = other.published.map(|when| when.to_string().chars().take_while(|c| *c != 'T').collect());
        let told: Vec<String> = other.byline.iter().map(ToString::to_string).chain(date).collect();
        let mut blocks = vec![heading];
        blocks.extend((!told.is_empty()).then(|| Block::Paragraph(vec![Span::plain(&told.join(" · "))])));
        flow.append(Document { blocks, links: Vec::new() });
        flow.append(other.body.clone());
    }
    flow.finish()
}

/// True if a text says nothing that another one does not say: it is empty, the same, or a part of it that breaks off.
pub fn is_within(text: &str, whole: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = words(text);
    let begun = text.trim_end_matches(['…', '.', ']', '[', ' ']);
    begun.is_empty() || words(whole).contains(begun)
}

/// True if a text only says where a story and its discussion are, and how many points and comments it has, as the feeds of
/// aggregators do.
pub fn is_stub(text: &str) -> bool {
    const LABELS: [&str; 9] = [
        "article url:",
        "comments url:",
        "points:",
        "# comments:",
        "comments",
        "[link]",
        "[comments]",
        "submitted by",
        "discussion:",
    ];
    text.lines().map(|line| line.trim().to_lowercase()).filter(|line| !line.is_empty()).all(|line| {
        LABELS.iter().any(|label| {
            line.strip_prefix(label).is_some_and(|rest| rest.split_whitespace().count() <= 4 || line.contains("[comments]"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;

    #[test]
    fn another_text_stands_under_its_source() {
        let other = OtherText {
            source: clean("My link blog"),
            title: clean("Why the owls came back"),
            byline: Some(clean("J. Wren")),
            body: Document::plain(["A commentary."]),
            ..OtherText::default()
        };
        let text = below(Document::plain(["The story."]), &[other]).text();
        assert_eq!(text, "The story.\nMy link blog: Why the owls came back\nJ. Wren\nA commentary.");
    }

    #[test]
    fn what_an_aggregator_says_of_a_story_is_a_stub() {
        for stub in [
            "",
            "Article URL: https://a.example\nComments URL: https://n.example/1\nPoints: 12\n# Comments: 3",
            "Comments",
            "submitted by /u/wren to r/owls\n[link] [comments]",
        ] {
            assert!(is_stub(stub), "{stub}");
        }
        assert!(!is_stub("Comments are closed, and the story goes on below the fold."));
        assert!(!is_stub("Comments URL: https://n.example/1\nAnd why it matters."));
    }

    #[test]
    fn a_teaser_is_within_its_text() {
        let whole = "The full  story of the owls, as told.";
        for text in ["", "  ", "The full story of\nthe owls…", "The full story [...]", whole] {
            assert!(is_within(text, whole), "{text}");
        }
        assert!(!is_within("The owls", whole));
    }
}
