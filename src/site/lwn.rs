//! Articles of LWN.net with their comments, as a browser saves them.

use super::post_layout::{self, ListedPost, PageFacts, PostLayout, attr, line, number_behind, time, words};
use super::{SavedPage, Site};
use crate::domain::rank::Scale;
use crate::domain::site::SiteId;
use crate::domain::text::{Block, Emphasis, Span};
use crate::domain::thread::Comment;
use crate::format::html::lift::LiftedItem;
use crate::format::{Origin, Unreadable};

pub(super) struct Lwn;

impl Site for Lwn {
    fn id(&self) -> SiteId {
        SiteId::new("lwn")
    }

    fn name(&self) -> &'static str {
        "LWN"
    }

    fn file_label(&self) -> &'static str {
        "LWN article"
    }

    /// They stand on the article's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        post_layout::read(self, &LAYOUT, text, origin).map(Ok)
    }
}

static LAYOUT: PostLayout = PostLayout {
    marks: &["CommentBox", "CommentPoster"],
    is_post: |tag| tag.has_class("CommentBox"),
    read,
    scale: Scale::None,
    begins_with_article: false,
    further: "a[rel=next]",
};

fn read(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let id = attr(item, ".CommentPoster a[href*='/Articles/']", "href").and_then(|href| number_behind(&href, "/Articles/"))?;
    // "Posted Nov 1, 2025 12:50 UTC (Sat) by ann (subscriber, #1234)"
    let (posted, _) = time(item, &[], &[".CommentPoster"], facts.now);
    let mut body = words(item, &[".FormattedComment", ".CommentBody"], facts, &["CommentReplyButton"]);
    let title = line(item, &[".CommentTitle"]);
    if let Some(title) = title {
        let strong = Emphasis { strong: true, ..Emphasis::NONE };
        body.blocks.insert(0, Block::Paragraph(vec![Span { text: title, emphasis: strong, link: None }]));
    }
    let comment =
        Comment { id: id.into(), author: line(item, &[".CommentPoster b"]), posted, body: body.into(), ..Comment::default() };
    Some(ListedPost { comment, ..ListedPost::default() })
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::Origin;
    use crate::site::read;
    use crate::site::tests::live::facts;

    #[test]
    fn an_article_has_its_tree_of_comments() {
        let comment = |id: u32, inside: &str| {
            format!(
                r#"<a name="CommAnchor{id}"></a><details class="CommentBox" open><summary><h3 class="CommentTitle">Owls</h3><p class="CommentPoster">Posted Nov 1, 2025 12:50 UTC (Sat) by <b>ann</b> (subscriber, #12)
                [<a href="/Articles/{id}/">Link</a>]</p></summary><div class="FormattedComment"><p>Words {id}</p></div>{inside}</details>"#
            )
        };
        let page = format!(
            r#"<html><head><title>Owls [LWN.net]</title><link rel="canonical" href="https://lwn.net/Articles/900/"></head><body><h1>Owls at night</h1><div class="ArticleText"><p>{}</p></div>{}</body></html>"#,
            "Words of the article. ".repeat(20),
            comment(901, &comment(902, "")) + &comment(903, "")
        );
        let parsed = read(page.as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
        let discussion = &parsed.pages[0].discussions[0];
        assert_eq!(
            (parsed.format.label(), facts(discussion)),
            ("LWN article", "lacks 0: 901<Root Unrated, 902<901 Unrated, 903<Root Unrated".to_owned())
        );
        assert_eq!(
            (discussion.comments[0].author.as_deref(), discussion.comments[0].posted.unwrap().to_string()),
            (Some("ann"), "2025-11-01T12:50:00Z".to_owned())
        );
    }
}
