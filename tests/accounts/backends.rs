//! The same journeys on a server of every API.

use gleaner::store::{ArticleId, Store};

use super::{Home, PASSWORD, add_account, agree, starred_at, sync, titles, unread_at, with_account};
use crate::sync::{Fault, ServerState, SyncServer};

/// A server of each API with this state, and the API's name.
fn servers(state: &ServerState) -> Vec<(&'static str, SyncServer)> {
    vec![
        ("google-reader", SyncServer::greader(state.clone())),
        ("miniflux", SyncServer::miniflux(state.clone())),
        ("tt-rss", SyncServer::ttrss(state.clone())),
        ("fever", SyncServer::fever(state.clone())),
        ("fever", SyncServer::coldsweat(state.clone())),
    ]
}

#[test]
fn every_api_is_found_and_synced_both_ways() {
    for (api, server) in servers(&ServerState::with_feeds(3, 4)) {
        let first = server.web().unread();
        server.web().mark_read(&first[..2]);
        server.web().star(&first[1..3]);
        let home = with_account(&server);
        let listed = home.run(&["account", "list", "--json"]).succeeded().json();
        assert_eq!(listed["api"], api);
        let told = sync(&home);
        assert_eq!((&told["outcome"], told["new"].as_array().unwrap().len()), (&"synced".into(), 12), "{api}: {told}");
        agree(&home, &server);
        let sources = home.run(&["sources", "--json"]).succeeded().out;
        assert!(sources.contains("https://feeds.example/1.xml") && sources.contains(r#"["mine","Ärger/猫"]"#), "{sources}");

        home.run(&["mark", "read", "Article", "7"]).succeeded();
        home.run(&["mark", "star", "Article", "8"]).succeeded();
        home.run(&["mark", "unread", "Article", "1"]).succeeded();
        home.run(&["mark", "unstar", "Article", "2"]).succeeded();
        server.web().mark_read(&first[8..9]);
        server.web().change(first[2], |item| item.is_starred = false);
        // Also the newest one, which is sent again to show that the server still has it.
        server.web().mark_read(&first[11..12]);
        server.web().add_items(1, 2);
        let told = sync(&home);
        assert_eq!((&told["pushed"], &told["pending"]), (&4.into(), &0.into()), "{api}: {told}");
        assert_eq!(told["new"].as_array().unwrap().len(), 2, "{api}: {told}");
        agree(&home, &server);

        server.take_requests();
        let told = sync(&home);
        let asked = server.take_requests().len();
        assert!(asked <= 8 && told["requests"] == asked, "{api}: {asked}: {told}");
        assert_eq!((&told["pushed"], &told["read"], &told["updated"]), (&0.into(), &0.into(), &0.into()), "{api}");
        agree(&home, &server);
    }
}

#[test]
fn no_api_tries_a_wrong_password_twice() {
    for (api, server) in servers(&ServerState::with_feeds(1, 1)) {
        let home = Home::new();
        let args = ["account", "add", &server.url("/"), "--user", "alice"];
        home.run_with_input(&args, b"not this one\n").failed(1, &["wrong user or password", "hint:"]);
        let secrets = |request: &crate::sync::ServerRequest| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            ["not this one", "not+this+one", "api_key="].iter().any(|word| body.contains(word))
                || request.header("authorization").is_some()
                || request.header("x-auth-token").is_some()
        };
        let tried = server.take_requests().iter().filter(|request| secrets(request)).count();
        // One as a key and one as a password.
        assert_eq!(tried, if api == "miniflux" { 2 } else { 1 }, "{api}");
        assert_eq!(home.run(&["account", "list"]).succeeded().out, "");
    }
}

#[test]
fn a_session_of_tiny_tiny_rss_that_ends_is_renewed_once() {
    let server = SyncServer::ttrss(ServerState::with_feeds(1, 3));
    let home = with_account(&server);
    let lost = || Fault::error_inside(r#"{"seq":0,"status":1,"content":{"error":"NOT_LOGGED_IN"}}"#);
    server.fail_once("getHeadlines", lost());
    sync(&home);
    agree(&home, &server);
    server.fail_always("getHeadlines", lost());
    server.take_requests();
    let told = home.run(&["sync", "--json"]);
    assert_eq!((told.code, told.json()["failure"].as_str()), (1, Some("the session has ended")));
    let logins =
        server.take_requests().iter().filter(|request| request.body.windows(7).any(|part| part == b"\"login\"")).count();
    assert_eq!(logins, 2);
}

/// Words of the requests that push marks.
fn push_words(api: &str) -> &'static str {
    match api {
        "google-reader" => "edit-tag",
        "miniflux" => "PUT",
        "tt-rss" => "updateArticle",
        _ => "mark=item",
    }
}

#[test]
fn faults_of_no_api_lose_or_revert_anything() {
    let everywhere = [Fault::Cut, Fault::Torn, Fault::error_inside("[]"), Fault::error_inside("{}")];
    let at_pushes = [Fault::Html, Fault::AnswerLost, Fault::Dropped, Fault::trouble()];
    let state = ServerState::with_feeds(2, 3);
    for (api, server) in servers(&state) {
        let home = with_account(&server);
        sync(&home);
        let faults = everywhere.iter().map(|fault| ("", fault)).chain(at_pushes.iter().map(|fault| (push_words(api), fault)));
        for (n, (words, fault)) in faults.enumerate() {
            let (read, starred) = (format!("{}", n % 6 + 1), format!("{}", (n + 3) % 6 + 1));
            let verb = if n < 6 { "read" } else { "unread" };
            home.run(&["mark", verb, "Article", &read]).succeeded();
            home.run(&["mark", "star", "Article", &starred]).succeeded();
            server.fail_always(words, fault.clone());
            let told = home.run(&["sync", "--json"]);
            assert_eq!((told.code, &told.json()["outcome"]), (1, &"failed".into()), "{api} {fault:?}: {}", told.out);
            server.heal();
            sync(&home);
            agree(&home, &server);
            let is_unread = unread_at(&server).contains(&format!("Article {read}"));
            assert!(is_unread == (verb == "unread"), "{api} {fault:?}");
            assert!(starred_at(&server).contains(&format!("Article {starred}")), "{api} {fault:?}");
        }
    }
}

#[test]
fn ids_of_the_other_type_twice_and_in_small_pages_are_the_same_items() {
    let mut state = ServerState::with_feeds(3, 20);
    state.swaps_id_types = true;
    state.repeats_ids = true;
    for (api, server) in servers(&state) {
        let home = with_account(&server);
        assert_eq!(sync(&home)["new"].as_array().unwrap().len(), 60, "{api}");
        agree(&home, &server);
    }
}

#[test]
fn a_server_that_was_restored_or_renumbered_reverts_nothing() {
    for ((api, server), loses_an_older_one) in [false, true]
        .into_iter()
        .flat_map(|loses| servers(&ServerState::with_feeds(2, 4)).into_iter().map(move |one| (one, loses)))
    {
        let home = with_account(&server);
        let agrees = |moment: &str| {
            let words = format!("{api}, {moment}, loses an older one: {loses_an_older_one}");
            assert_eq!(titles(&home, "").len(), 9, "{words}");
            let here = (titles(&home, "is:unread"), titles(&home, "is:starred"));
            for (unread, starred) in [here, (unread_at(&server), starred_at(&server))] {
                assert!(!unread.contains("Article 1") && starred.contains("Article 2"), "{words}");
            }
        };
        sync(&home);
        let backup = server.web().clone();
        home.run(&["mark", "read", "Article", "1"]).succeeded();
        home.run(&["mark", "star", "Article", "2"]).succeeded();
        server.web().add_items(1, 1);
        sync(&home);
        // It has been down for long, and comes back without what it sent last.
        let later = server.web().clock + 1_000_000;
        *server.web() = backup;
        server.web().clock = later;
        if loses_an_older_one {
            server.web().items.retain(|_, item| item.title != "Article 8");
        }
        sync(&home);
        sync(&home);
        agrees("restored");
        server.web().renumber();
        sync(&home);
        sync(&home);
        agrees("renumbered");
    }
}

#[test]
fn an_article_of_accounts_with_different_apis_is_one() {
    let state = ServerState::with_feeds(1, 3);
    let (one, two) = (SyncServer::miniflux(state.clone()), SyncServer::fever(state));
    let home = with_account(&one);
    add_account(&home, &two, "other");
    let both = || {
        home.run(&["sync"]).succeeded();
        home.run(&["sync"]).succeeded();
    };
    both();
    assert_eq!(titles(&home, "").len(), 3);
    home.run(&["mark", "star", "Article", "2"]).succeeded();
    let first = two.web().unread()[0];
    two.web().mark_read(&[first]);
    both();
    agree(&home, &one);
    agree(&home, &two);
    assert!(PASSWORD == one.web().password && unread_at(&one).len() == 2);
}

#[test]
fn comments_pages_that_a_server_tells_are_kept() {
    let state = ServerState::with_feeds(1, 2);
    for server in [SyncServer::miniflux(state.clone()), SyncServer::ttrss(state.clone())] {
        let first = server.web().unread()[0];
        server.web().change(first, |item| item.comments = "https://news.ycombinator.com/item?id=123".to_owned());
        let home = with_account(&server);
        sync(&home);
        let listed = home.run(&["list", "--json", "title:\"Article 1\""]).succeeded().json();
        let store = Store::open(&home.store_file()).unwrap();
        let article = store.article(ArticleId(listed["id"].as_i64().unwrap())).unwrap().unwrap().article;
        assert_eq!(article.replies.address.as_deref(), Some("https://news.ycombinator.com/item?id=123"));
    }
}

#[test]
fn items_without_a_title_a_link_or_good_manners_are_kept_as_they_are() {
    let mut state = ServerState::with_feeds(1, 4);
    let ids = state.unread();
    state.change(ids[0], |item| item.title.clear());
    state.change(ids[1], |item| item.link.clear());
    state.change(ids[2], |item| {
        (item.title, item.author) = ("\u{1b}[31mRed\u{202e}".to_owned(), "A\u{7}da".to_owned());
        item.link = "javascript:alert(1)".to_owned();
    });
    state.change(ids[3], |item| {
        (item.title, item.link, item.published) = Default::default();
    });
    for (api, server) in servers(&state) {
        let home = with_account(&server);
        let told = sync(&home);
        assert_eq!(told["new"].as_array().unwrap().len(), 4, "{api}: {told}");
        let listed = home.run(&["list"]).succeeded().out;
        assert!(!listed.contains(['\u{1b}', '\u{202e}', '\u{7}']) && listed.contains("Red"), "{api}: {listed}");
        let ids = server.web().unread();
        server.web().mark_read(&ids);
        sync(&home);
        assert!(titles(&home, "is:unread").is_empty(), "{api}");
        sync(&home);
        assert!(server.web().unread().is_empty(), "{api}");
    }
}
