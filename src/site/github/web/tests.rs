use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::read;
use crate::site::tests::live::facts;

const HEAD: &str = r#"<html><head><link rel="dns-prefetch" href="https://github.githubassets.com"><meta property="og:url" content="https://github.com/birds/owls/KIND/56"></head><body>"#;

fn read_facts(kind: &str, body: &str) -> String {
    let page = HEAD.replace("KIND", kind) + body;
    let parsed = read(page.as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
    let page = &parsed.pages[0];
    let (article, discussion) = (&page.article, &page.discussions[0]);
    let words: Vec<String> =
        discussion.comments.iter().map(|c| format!("{} {}", c.author.as_deref().unwrap_or("-"), c.body.text())).collect();
    format!(
        "{} by {} {} | {} | {} | {:?}",
        article.title,
        article.byline.as_deref().unwrap_or("-"),
        article.body.text(),
        facts(discussion),
        words.join(", "),
        parsed.notes
    )
}

#[test]
fn todays_pages_are_the_thread_that_the_interface_gives() {
    let comment = |id: u32| {
        format!(
            r#"<div data-timeline-event-id="x"><div data-testid="comment-viewer-outer-box-{id}"><div id="issuecomment-{id}" data-testid="comment-header"><a data-testid="avatar-link" href="/bob">bob</a>
            <relative-time datetime="2025-05-25T22:14:0{id}.000Z">on May 25</relative-time></div><div><div data-testid="markdown-body"><p>Words <code>{id}</code></p></div>
            <div role="toolbar" aria-label="Reactions"><button aria-label="👍 2">👍 2</button><button>👎 1</button></div></div></div></div>"#
        )
    };
    let page = format!(
        r#"<div data-testid="issue-viewer-container"><h1><bdi data-testid="issue-title">Owls &amp; mice</bdi></h1><div data-testid="issue-body"><a data-testid="issue-body-header-author" href="/ann">ann</a>
        <relative-time datetime="2025-05-25T20:00:00.000Z">x</relative-time><div data-testid="markdown-body"><p>Who?</p></div></div>{}<button>Load more… 12 remaining items</button>{}</div>"#,
        comment(1),
        comment(2)
    );
    insta::assert_snapshot!(read_facts("issues", &page), @r#"Owls & mice by ann Who? | lacks 0: 1<Root 2, 2<Root 2 | bob Words 1, bob Words 2 | ["12 further entries of the page, comments and events, not in this file"]"#);
}

#[test]
fn older_pages_and_discussions_are_read() {
    let comment = |id: &str, words: &str, inside: &str| {
        format!(
            r#"<div class="timeline-comment js-comment-container" id="{id}"><h3><a class="author" href="/bob">bob</a> commented <relative-time datetime="2020-01-01T00:00:00Z">x</relative-time></h3>
            <div class="comment-body js-comment-body"><p>{words}</p></div>{inside}</div>"#
        )
    };
    let first = comment("issue-1", "Who?", "");
    let issue = format!(r#"<h1><bdi class="js-issue-title">Owls</bdi></h1>{first}{}"#, comment("issuecomment-7", "You", ""));
    insta::assert_snapshot!(read_facts("issues", &issue), @"Owls by bob Who? | lacks 0: 7<Root 0 | bob You | []");
    let answered = comment("discussioncomment-8", "You", &comment("discussioncomment-9", "No", ""));
    let discussion = format!(r#"<h1><span class="js-issue-title">Owls</span></h1>{first}{answered}"#);
    insta::assert_snapshot!(read_facts("discussions", &discussion), @"Owls by bob Who? | lacks 0: 8<Root 0, 9<8 0 | bob You, bob No | []");
}
