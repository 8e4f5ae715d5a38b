//! Stories of Slashdot with their comments, as a browser saves them. Answers stand inside of what they answer; those below the
//! reader's threshold are there as one line, or not at all.

use super::post_layout::{self, ListedPost, PageFacts, PostLayout, line, number_behind, time, words};
use super::{SavedPage, Site};
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::text::{Block, Emphasis, Span, clean_line};
use crate::domain::thread::Comment;
use crate::format::html::lift::LiftedItem;
use crate::format::{Origin, Unreadable};

pub(super) struct Slashdot;

impl Site for Slashdot {
    fn id(&self) -> SiteId {
        SiteId::new("slashdot")
    }

    fn name(&self) -> &'static str {
        "Slashdot"
    }

    fn file_label(&self) -> &'static str {
        "Slashdot story"
    }

    /// They stand on the story's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        post_layout::read(self, &LAYOUT, text, origin).map(Ok)
    }
}

static LAYOUT: PostLayout = PostLayout {
    marks: &["comment_body_", "commentlisting"],
    is_post: |tag| tag.is("li") && tag.attr("id").is_some_and(|id| id.starts_with("tree_")),
    read,
    scale: Scale::Points,
    begins_with_article: false,
    further: "#d2act a.more, .paginate a.next",
};

fn read(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let id = number_behind(&item.node.id_attr()?, "tree_")?;
    // "(Score:5, Insightful)"
    let score = line(item, &[".score"]).and_then(|score| {
        let told = score.split_once("Score:")?.1;
        told.split([',', ')']).next()?.trim().parse::<i64>().ok()
    });
    let author = line(item, &[".details .by a", ".details a[href*='~']", ".by"]);
    let by = || line(item, &[".details"]).and_then(|line| Some(clean_line(line.strip_prefix("by ")?.split(" on ").next()?)));
    // "user ( 1234 )"
    let author = author.or_else(by).map(|name| clean_line(name.split(" (").next().unwrap_or(&name)));
    let (posted, lacks_zone) = time(item, &[], &[".otherdetails"], facts.now);
    let mut body = words(item, &[&format!("#comment_body_{id}"), ".commentBody"], facts, &["commentSub"]);
    let is_folded = body.blocks.is_empty();
    let title = line(item, &[".title h4 a", ".title a"]).filter(|title| !title.starts_with("Re:"));
    if let Some(title) = title.filter(|_| !is_folded) {
        let strong = Emphasis { strong: true, ..Emphasis::NONE };
        body.blocks.insert(0, Block::Paragraph(vec![Span { text: title, emphasis: strong, link: None }]));
    }
    let rank = score.map_or(Rank::Unrated, |net| Rank::Points { net, split: None });
    let comment = Comment { id: id.into(), author, posted, rank, body: body.into(), ..Comment::default() };
    Some(ListedPost { comment, lacks_zone, is_folded, ..ListedPost::default() })
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::Origin;
    use crate::site::read;
    use crate::site::tests::live::facts;

    #[test]
    fn a_story_has_its_tree_of_scored_comments() {
        let comment = |id: u32, title: &str, score: i32, inside: &str| {
            format!(
                r##"<li id="tree_{id}" class="comment full contain"><div id="comment_{id}" class="cid"><div class="commentTop"><div class="title"><h4><a name="{id}">{title}</a>
                <span id="comment_score_{id}" class="score">(Score:<a href="#">{score}</a>, Insightful)</span></h4></div><div class="details"><span class="by">by <a href="//slashdot.org/~ann">ann ( 12 )</a></span>
                <span class="otherdetails">on Saturday November 01, 2025 @10:23AM (<a href="#">#{id}</a>)</span></div></div><div id="comment_body_{id}" class="commentBody">Words <b>{id}</b></div></div>{inside}</li>"##
            )
        };
        let folded = r#"<li id="tree_4" class="comment oneline"><div id="comment_4"><div class="title"><h4><a>Re:Owls</a></h4></div></div></li>"#;
        let list = comment(1, "Owls", 5, &format!("<ul id=\"commtree_1\">{}{folded}</ul>", comment(2, "Re:Owls", -1, "")))
            + &comment(3, "Mice", 2, "");
        let page = format!(
            r#"<html><head><title>A story - Slashdot</title><link rel="canonical" href="https://news.slashdot.org/story/25/11/01/1/a-story"></head><body><article><h1>A story</h1>
            <p>{}</p></article><ul id="commentlisting" class="d2">{list}</ul></body></html>"#,
            "Words of the story. ".repeat(20)
        );
        let parsed = read(page.as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
        let discussion = &parsed.pages[0].discussions[0];
        assert_eq!(
            (parsed.format.label(), facts(discussion)),
            ("Slashdot story", "lacks 0: 1<Root 5, 2<1 -1, 4<1 Unrated, 3<Root 2".to_owned())
        );
        let first = &discussion.comments[0];
        assert_eq!((first.author.as_deref(), &*first.body.text()), (Some("ann"), "Owls\nWords 1"));
        assert_eq!(first.posted.unwrap().to_string(), "2025-11-01T10:23:00Z");
        assert_eq!(
            parsed.notes,
            ["3 times without a zone, read as UTC", "1 comment folded when the page was saved, without the text"]
        );
        assert!(!parsed.pages[0].article.body.text().contains("Words 1"));
    }
}
