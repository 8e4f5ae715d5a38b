use super::*;
use crate::domain::time::Timestamp;
use crate::site::front_page::FrontPage;
use crate::site::tests::live::{facts, fetched, fetched_facts};
use crate::site::{read, thread_at};

/// A post of the interface; `more` are further members.
fn post(kind: &str, id: u32, more: &str) -> String {
    format!(
        r#"{{"{kind}":{id},"score":{},"creation_date":{},"owner":{{"display_name":"Ann &amp; Bo"}},"body":"<p>Text {id}</p>"{more}}}"#,
        i64::from(id) - 20,
        1_700_000_000 + id
    )
}

fn question(answers: u32, more: &str) -> String {
    let told = format!(
        r#","question_id":7,"title":"Why &quot;owls&quot;?","answer_count":{answers},"link":"https://birds.stackexchange.com/questions/7/owls"{more}"#
    );
    post("x", 7, &told)
}

fn answer(id: u32, more: &str) -> String {
    post("answer_id", id, &format!(",\"question_id\":7{more}"))
}

fn comment(id: u32, on: u32) -> String {
    post("comment_id", id, &format!(",\"post_id\":{on}"))
}

fn list(items: &[String], has_more: bool) -> String {
    format!(r#"{{"items":[{}],"has_more":{has_more},"quota_remaining":9}}"#, items.join(","))
}

fn saved(text: &str) -> (Vec<Page>, Vec<String>) {
    let parsed = read(text.as_bytes(), &Origin { name: "a.json", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.format.label(), "Stack Exchange question");
    (parsed.pages, parsed.notes.iter().map(ToString::to_string).collect())
}

#[test]
fn a_question_with_all_that_is_in_it_is_one_page() {
    let inside = answer(12, &format!(",\"is_accepted\":true,\"comment_count\":1,\"comments\":[{}]", comment(31, 12)));
    let more = format!(
        ",\"comment_count\":3,\"comments\":[{},{}],\"answers\":[{},{inside}],\"tags\":[\"owls\"]",
        comment(30, 7),
        comment(12, 7),
        answer(15, ",\"comment_count\":0")
    );
    let (pages, notes) = saved(&list(&[question(3, &more)], false));
    let page = &pages[0];
    assert_eq!((&*page.article.title, page.article.byline.as_deref()), ("Why \"owls\"?", Some("Ann & Bo")));
    assert_eq!(page.discussions[0].url.as_deref(), Some("https://birds.stackexchange.com/questions/7"));
    let wanted = "lacks 2: 12<Root -8, 15<Root -5, comment12<Root -8, comment30<Root 10, comment31<12 11";
    assert_eq!(facts(&page.discussions[0]), wanted);
    assert_eq!(notes, ["2 more, not in this file"]);
    assert!(page.discussions[0].comments[0].body.text().starts_with("Accepted answer"));
}

#[test]
fn lists_of_each_kind_are_put_together_and_nothing_is_lost() {
    let parts =
        [list(&[comment(31, 12), comment(40, 99)], false), list(&[answer(12, ""), answer(12, "")], false), question(1, "")];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let (pages, notes) = saved(&order.map(|at| parts[at].clone()).join("\n"));
        let told: Vec<String> = pages.iter().map(|page| facts(&page.discussions[0])).collect();
        assert_eq!(told, ["lacks 0: 12<Root -8, comment31<12 11", "lacks 0: comment40<Missing 20"]);
        assert_eq!(notes, ["1 comment stood there twice; the first is kept"]);
    }
    // Answers alone.
    let (pages, _) = saved(&list(&[answer(12, "")], true));
    assert_eq!(facts(&pages[0].discussions[0]), "lacks 0: 12<Root -8");
}

#[test]
fn addresses_of_the_network_lead_to_questions() {
    let bases = SiteBases::default();
    for (address, wanted) in [
        ("https://stackoverflow.com/questions/7/why-owls?rq=1", Some("https://stackoverflow.com/questions/7")),
        ("https://stackoverflow.com/questions/7/why-owls/12#12", Some("https://stackoverflow.com/questions/7")),
        ("https://stackoverflow.com/q/7/99", Some("https://stackoverflow.com/questions/7")),
        ("https://meta.stackexchange.com/a/12", Some("https://meta.stackexchange.com/a/12")),
        ("https://pt.stackoverflow.com/questions/7", Some("https://pt.stackoverflow.com/questions/7")),
        ("https://stackoverflow.com/questions/tagged/rust", None),
        ("https://notstackoverflow.com/questions/7", None),
        ("https://stackoverflow.com.example/questions/7", None),
    ] {
        let found = thread_at(address, &bases);
        assert_eq!(found.as_ref().map(|thread| thread.address(&bases)).as_deref(), wanted, "{address}");
        assert!(found.is_none_or(|found| found.site.name() == "Stack Exchange"));
    }
    let whole = |address: &str| crate::site::identity::canonical_address(address).unwrap();
    assert_eq!(whole("https://stackoverflow.com/q/7?x=1"), whole("https://stackoverflow.com/questions/7/why-owls"));
    assert_ne!(whole("https://stackoverflow.com/questions/7/why-owls#comment3_7"), whole("https://stackoverflow.com/q/7"));
}

/// A question with 150 answers and 120 comments on its first answer.
fn large(address: &str) -> Option<String> {
    let (path, query) = address.strip_prefix("https://api.stackexchange.com/2.3/")?.split_once('?')?;
    let page: u32 = query.rsplit_once("page=").and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
    let numbers = |last: u32| page * 100 - 99..=last.min(page * 100);
    Some(match path {
        "questions/7" => list(&[question(150, "")], false),
        "answers/1001" => list(&[answer(1001, "")], false),
        "questions/7/answers" => list(&numbers(150).map(|n| answer(1000 + n, "")).collect::<Vec<_>>(), page == 1),
        _ if path.split(['/', ';']).any(|post| post == "1001") => {
            list(&numbers(120).map(|n| comment(n, 1001)).collect::<Vec<_>>(), page == 1)
        }
        _ => list(&[], false),
    })
}

#[test]
fn all_pages_of_answers_and_comments_are_asked_for() {
    for (address, requests) in
        [("https://birds.stackexchange.com/questions/7/x", 7), ("https://birds.stackexchange.com/a/1001", 8)]
    {
        let (fetch, asked) = fetched(address, &large, false);
        let page = fetch.page(Timestamp(0)).unwrap();
        let discussion = &page.discussions[0];
        assert_eq!((asked.len(), discussion.comments.len(), discussion.complete), (requests, 270, true), "{asked:?}");
        assert_eq!(discussion.url.as_deref(), Some("https://birds.stackexchange.com/questions/7"));
    }
    // A list that does not come to its end is told, and so are answers that are not given.
    let address = "https://birds.stackexchange.com/questions/7";
    let without = |end: &'static str| move |address: &str| large(address).filter(|_| !address.ends_with(end));
    assert!(
        fetched_facts(
            address,
            &without("/answers?site=birds.stackexchange.com&filter=withbody&order=desc&sort=votes&pagesize=100&page=2")
        )
        .starts_with("lacks 50: ")
    );
    let few = |address: &str| large(address).map(|answer| answer.replace("\"answer_count\":150", "\"answer_count\":153"));
    assert!(fetched_facts(address, &few).starts_with("lacks 3: "));
    assert_eq!(fetched_facts(address, &|_| Some(list(&[], false))), "nothing");
}

#[test]
fn a_pause_that_is_asked_for_is_told() {
    let bases = SiteBases::default();
    let thread = thread_at("https://stackoverflow.com/questions/7", &bases).unwrap();
    let mut fetch = crate::site::fetch::ThreadFetch::new(thread, &bases);
    let (number, _) = fetch.begin()[0];
    fetch.take(number, Ok(list(&[question(0, "")], false).replace("\"quota", "\"backoff\":10,\"quota").into_bytes()));
    let wanted = ("api.stackexchange.com".to_owned(), std::time::Duration::from_secs(10));
    assert_eq!(fetch.pause(number), Some(wanted));
}

#[test]
fn lists_of_questions_are_front_pages() {
    let front = |typed: &str| FrontPage::parse(typed).unwrap().map(|front| front.address());
    for (typed, wanted) in [
        ("se:stackoverflow", "stackexchange:stackoverflow.com/hot"),
        ("stackexchange:math/tagged/set-theory", "stackexchange:math.stackexchange.com/tagged/set-theory"),
        ("stackexchange:https://superuser.com/week", "stackexchange:superuser.com/week"),
    ] {
        assert_eq!(front(typed).as_deref(), Ok(wanted));
    }
    for typed in ["se:", "se:example.org", "se:math/newest", "se:math/tagged/"] {
        assert!(front(typed).is_err(), "{typed}");
    }
    let at = |address: &str| FrontPage::at(address, &SiteBases::default()).map(|front| front.address());
    assert_eq!(
        at("https://stackoverflow.com/questions/tagged/rust").as_deref(),
        Some("stackexchange:stackoverflow.com/tagged/rust")
    );
    assert_eq!(at("https://stackoverflow.com/users/7"), None);
    let json = crate::format::json::Json::parse(&list(&[question(2, "")], false));
    let stories = json.roots().next().and_then(|root| StackExchange.stories(root, "")).unwrap();
    assert_eq!(
        (&*stories[0].article.title, stories[0].standing.points, stories[0].standing.comments),
        ("Why \"owls\"?", Some(-13), Some(2))
    );
}
