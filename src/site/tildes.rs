//! Topics of Tildes with their comments, as a browser saves them.

use super::post_layout::{self, ListedPost, PageFacts, PostLayout, attr, line, time, words};
use super::{SavedPage, Site};
use crate::domain::rank::{Rank, Scale};
use crate::domain::site::SiteId;
use crate::domain::thread::Comment;
use crate::format::html::find::within;
use crate::format::html::lift::LiftedItem;
use crate::format::page::dated;
use crate::format::{Origin, Unreadable};

pub(super) struct Tildes;

impl Site for Tildes {
    fn id(&self) -> SiteId {
        SiteId::new("tildes")
    }

    fn name(&self) -> &'static str {
        "Tildes"
    }

    fn file_label(&self) -> &'static str {
        "Tildes topic"
    }

    /// They stand on the topic's own page.
    fn thread_key(&self) -> SiteId {
        SiteId::PAGE
    }

    fn read_html(&self, text: &str, origin: &Origin<'_>) -> Option<Result<SavedPage, Unreadable>> {
        post_layout::read(self, &LAYOUT, text, origin).map(Ok)
    }
}

static LAYOUT: PostLayout = PostLayout {
    marks: &["data-comment-id36"],
    is_post: |tag| tag.is("article") && tag.attr("data-comment-id36").is_some(),
    read,
    scale: Scale::Likes,
    begins_with_article: false,
    further: ".pagination a[rel=next]",
};

fn read(item: &LiftedItem<'_>, facts: &PageFacts) -> Option<ListedPost> {
    let id = item.node.attr("data-comment-id36")?.to_string();
    let is_gone = within(&item.frame, ".is-comment-removed, .is-comment-deleted").is_some();
    let (posted, lacks_zone) = time(item, &[("time.comment-posted-time", "datetime"), ("time", "datetime")], &[], facts.now);
    // "12 votes", "Vote (3)"; a comment that nobody has voted for shows none.
    let votes = line(item, &["button[name=vote]", ".comment-votes", "button[name=unvote]"]).unwrap_or_default();
    let votes = votes.split(|c: char| !c.is_ascii_digit()).find_map(|digits| digits.parse::<u32>().ok()).unwrap_or(0);
    let parent = attr(item, "[data-js-comment-parent-button]", "href");
    let comment = Comment {
        id: id.into(),
        author: line(item, &["header .link-user", ".link-user"]).filter(|_| !is_gone),
        posted,
        edited: attr(item, "time.comment-edited-time", "datetime").and_then(|time| dated(&time)),
        rank: if is_gone { Rank::Removed } else { Rank::Likes(votes) },
        body: words(item, &[".comment-text"], facts, &[]).into(),
        ..Comment::default()
    };
    let parent = parent.and_then(|href| Some(href.split_once("#comment-")?.1.to_owned()));
    Some(ListedPost { comment, parent, lacks_zone, ..ListedPost::default() })
}

#[cfg(test)]
mod tests {
    use crate::domain::time::Timestamp;
    use crate::format::Origin;
    use crate::site::read;
    use crate::site::tests::live::facts;

    #[test]
    fn a_topic_has_its_tree_of_comments_with_votes() {
        let comment = |id: &str, votes: &str, words: &str, inside: &str| {
            format!(
                r#"<li class="comment-tree-item"><article id="comment-{id}" class="comment" data-comment-id36="{id}"><div class="comment-itself"><header><a class="link-user" href="/user/ann">ann</a>
                <time class="comment-posted-time" datetime="2023-02-05T20:00:00Z">2h</time>{votes}</header>{words}</div><ol class="comment-tree comment-tree-replies">{inside}</ol></article></li>"#
            )
        };
        let words = "<div class=\"comment-text\"><p>Words</p></div>";
        let gone = comment(
            "b2",
            "",
            "<div class=\"is-comment-deleted\">Comment deleted by author</div>",
            &comment("c3", "", words, ""),
        );
        let list = comment("a1", "<div class=\"comment-votes\">12 votes</div>", words, &gone);
        let page = format!(
            r#"<html><head><title>Owls - ~birds - Tildes</title><link rel="canonical" href="https://tildes.net/~birds/1ab/owls"></head><body><main><h1>Owls</h1><div class="topic-text-full"><p>{}</p></div>
            <ol class="comment-tree" id="comments">{list}</ol></main></body></html>"#,
            "Words of the topic. ".repeat(20)
        );
        let parsed = read(page.as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
        let discussion = &parsed.pages[0].discussions[0];
        assert_eq!(
            (parsed.format.label(), facts(discussion)),
            ("Tildes topic", "lacks 0: a1<Root 12, b2<a1 Removed, c3<b2 0".to_owned())
        );
        assert_eq!(discussion.url.as_deref(), Some("https://tildes.net/~birds/1ab/owls"));
        assert_eq!(discussion.comments[0].posted.unwrap().to_string(), "2023-02-05T20:00:00Z");
    }
}
