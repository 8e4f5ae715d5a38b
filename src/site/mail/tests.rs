use crate::domain::thread::Parent;
use crate::domain::time::Timestamp;
use crate::format::{Origin, Parsed};
use crate::site::read;

fn message(id: &str, subject: &str, fields: &str) -> String {
    format!(
        "From ann Fri Apr  1 09:00:00 2016\nFrom: Ann {id} <ann@a.example>\nSubject: {subject}\nDate: Fri, 1 Apr 2016 09:00:00 +0000\nMessage-ID: <{id}@a>\n{fields}\nText {id}\n\n"
    )
}

fn parsed(messages: &[String]) -> Parsed {
    read(messages.concat().as_bytes(), &Origin { name: "april.mbox", now: Timestamp(0) }).unwrap()
}

/// Each article with its comments, each comment below its parent.
fn told(parsed: &Parsed) -> Vec<String> {
    let mut lines = Vec::new();
    for page in &parsed.pages {
        let discussion = &page.discussions[0];
        lines.push(format!("{} | {} | {}", page.article.title, page.article.body.text().trim(), page.source.key));
        for comment in &discussion.comments {
            let above = match comment.parent {
                Parent::Of(parent) => discussion.comments[parent.index()].id.to_string(),
                other => format!("{other:?}"),
            };
            lines.push(format!("{} < {above}", comment.id));
        }
    }
    lines.extend(parsed.notes.iter().map(|note| format!("· {note}")));
    lines
}

#[test]
fn answers_hang_below_what_they_name_in_any_order() {
    let messages = [
        message("c", "Re: owls", "References: <a@a> <b@a>\n"),
        message("b", "Re: owls", "In-Reply-To: <a@a>\n"),
        message("a", "owls", "List-Id: Birds <birds.a.example>\n"),
        message("x", "cats", "List-Id: Birds <birds.a.example>\n"),
        message("b", "Re: owls", "In-Reply-To: <a@a>\n"),
    ];
    assert_eq!(
        told(&parsed(&messages)),
        [
            "owls | Text a | mail:birds.a.example",
            "c@a < b@a",
            "b@a < Root",
            "cats | Text x | mail:birds.a.example",
            "· 1 message stood there twice; the first is kept",
        ]
    );
}

#[test]
fn what_is_answered_and_not_here_is_counted() {
    let messages =
        [message("d", "Re: owls", "References: <a@a> <b@a> <c@a>\n"), message("b", "Re: owls", "References: <a@a>\n")];
    let parsed = parsed(&messages);
    assert_eq!(
        told(&parsed),
        ["owls |  | mail", "d@a < b@a", "b@a < Root", "· 2 messages that others answer not in this file"]
    );
    assert_eq!(parsed.pages[0].discussions[0].missing(), 1);
}

#[test]
fn a_subject_joins_only_what_names_nothing_above_it() {
    let messages = [
        message("a", "[birds] owls", ""),
        message("b", "Re: [birds] owls", ""),
        message("c", "[birds] owls", ""),
        message("d", "Re: owls", "In-Reply-To: message of Monday from <ann@a.example>\n"),
    ];
    assert_eq!(
        told(&parsed(&messages)),
        [
            "[birds] owls | Text a | mail",
            "b@a < Root",
            "d@a < Root",
            "[birds] owls | Text c | mail",
            "· 2 messages placed by the subject alone",
        ]
    );
}

#[test]
fn circles_and_shared_ids_lose_no_message() {
    let circle = [message("a", "owls", "References: <b@a>\n"), message("b", "owls", "References: <a@a>\n")];
    assert_eq!(told(&parsed(&circle)), ["owls | Text a | mail", "b@a < Root"]);
    let shared = [message("a", "owls", ""), message("a", "owls", "").replace("Text a", "Other")];
    let count: usize = parsed(&shared).pages.iter().map(|page| 1 + page.discussions[0].comments.len()).sum();
    assert_eq!(count, 2);
}

#[test]
fn a_thread_may_be_ten_thousand_levels_deep() {
    let above = |n: usize| if n == 0 { String::new() } else { format!("In-Reply-To: <{}@a>\n", n - 1) };
    let messages: Vec<String> = (0..10_000).map(|n| message(&n.to_string(), "Re: owls", &above(n))).collect();
    let parsed = parsed(&messages);
    assert_eq!((parsed.pages.len(), parsed.pages[0].discussions[0].comments.len()), (1, 9_999));
}
