use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::read;
use crate::site::tests::live::facts;

fn post(id: u32, kind: &str, class: &str, votes: i32, comments: &str, remaining: u32) -> String {
    format!(
        r#"<div id="{kind}-{id}" class="{class}" data-{kind}id="{id}"><div class="js-vote-count" data-value="{votes}">{votes}</div><div class="s-prose js-post-body"><p>Words {id}</p></div>
        <div class="post-signature"><div class="user-action-time">edited <span title="2015-01-01 00:00:00Z" class="relativetime">x</span></div><div class="user-details"><a href="/users/1/ed">Editor</a></div></div>
        <div class="post-signature owner"><div class="user-action-time">asked <span title="2014-02-01 10:20:3{id}Z" class="relativetime">x</span></div>
        <div class="user-details" itemprop="author"><a href="/users/{id}/u">User &lt;{id}&gt;</a></div></div>
        <div id="comments-{id}" class="comments" data-remaining-comments-count="{remaining}"><ul class="comments-list">{comments}</ul></div></div>"#
    )
}

fn page() -> String {
    let comment = r#"<li id="comment-9" class="comment" data-comment-id="9" data-comment-score="3"><span class="comment-copy">Is <i>this</i> so?</span> <a class="comment-user">Cyd</a>
        <span class="comment-date"><span title="2014-02-02 10:00:00Z, License: CC BY-SA 3.0" class="relativetime-clean">x</span></span></li>"#;
    let question = post(1, "question", "question", 7, "", 2).replace("id=\"question-1\"", "id=\"question\"");
    let answers = post(2, "answer", "answer", -1, comment, 0) + &post(3, "answer", "answer accepted-answer", 4, "", 0);
    format!(
        r#"<html><head><link rel="canonical" href="https://stackoverflow.com/questions/1/owls"></head><body><div id="question-header"><h1><a href="/questions/1/owls">Owls &amp; mice</a></h1></div>
        {question}<div id="answers"><div id="answers-header"><h2 data-answercount="5">5 Answers</h2></div>{answers}</div></body></html>"#
    )
}

#[test]
fn a_page_is_the_question_that_the_interface_gives() {
    let parsed = read(page().as_bytes(), &Origin { name: "a.html", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.format.label(), "Stack Exchange question");
    let (article, discussion) = (&parsed.pages[0].article, &parsed.pages[0].discussions[0]);
    assert_eq!((&*article.title, article.byline.as_deref()), ("Owls & mice", Some("User <1>")));
    assert_eq!(article.published.unwrap().to_string(), "2014-02-01T10:20:31Z");
    assert_eq!(discussion.url.as_deref(), Some("https://stackoverflow.com/questions/1"));
    assert_eq!(facts(discussion), "lacks 5: 3<Root 4, 2<Root -1, comment9<2 3");
    let comment = &discussion.comments[2];
    assert_eq!((comment.author.as_deref(), &*comment.body.text()), (Some("Cyd"), "Is this so?"));
    assert_eq!(comment.posted.unwrap().to_string(), "2014-02-02T10:00:00Z");
    assert_eq!(parsed.notes, ["5 more, not in this file"]);
}
