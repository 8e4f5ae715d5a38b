//! Accounts through the real program, against servers on loopback that behave as the recorded ones do.

mod backends;
mod converge;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::home::{Home, Run};
use crate::sync::{Fault, ServerState, SyncServer};

type StartServer = fn(ServerState) -> SyncServer;

const PASSWORD: &str = "correct horse";

/// A home with an account on a server, called `mine`.
fn with_account(server: &SyncServer) -> Home {
    let home = Home::new();
    add_account(&home, server, "mine");
    home
}

fn add_account(home: &Home, server: &SyncServer, name: &str) {
    let args = ["account", "add", &server.url("/"), "--user", "alice", "--name", name];
    home.run_with_input(&args, format!("{PASSWORD}\n").as_bytes()).succeeded();
}

fn sync(home: &Home) -> Value {
    home.run(&["sync", "--json"]).succeeded().json()
}

/// The titles of the articles that a query finds.
fn titles(home: &Home, query: &str) -> BTreeSet<String> {
    let words = std::iter::once("list").chain(query.split_whitespace()).chain(["--json"]);
    let listed = home.run(&words.collect::<Vec<_>>()).succeeded().out;
    listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["title"].as_str().unwrap().to_owned()).collect()
}

/// The titles of items at a server.
fn at_server(server: &SyncServer, ids: &[u64]) -> BTreeSet<String> {
    let state = server.web();
    ids.iter().map(|id| state.items[id].title.clone()).collect()
}

fn unread_at(server: &SyncServer) -> BTreeSet<String> {
    let ids = server.web().unread();
    at_server(server, &ids)
}

fn starred_at(server: &SyncServer) -> BTreeSet<String> {
    let ids = server.web().starred();
    at_server(server, &ids)
}

#[track_caller]
fn agree(home: &Home, server: &SyncServer) {
    assert_eq!(titles(home, "is:unread"), unread_at(server), "unread");
    assert_eq!(titles(home, "is:starred"), starred_at(server), "starred");
}

#[test]
fn an_account_is_added_by_the_address_of_its_page_and_synced_both_ways() {
    let server = SyncServer::greader(ServerState::with_feeds(3, 4));
    let first = server.web().unread();
    server.web().mark_read(&first[..2]);
    server.web().star(&first[1..3]);
    let home = with_account(&server);
    let told = sync(&home);
    assert_eq!((&told["outcome"], told["new"].as_array().unwrap().len()), (&"synced".into(), 12), "{told}");
    agree(&home, &server);
    let sources = home.run(&["sources", "--json"]).succeeded().out;
    assert!(sources.contains("https://feeds.example/1.xml") && sources.contains(r#"["mine","Ärger/猫"]"#), "{sources}");
    assert_eq!(home.run(&["fetch", "--all"]).succeeded().err, "");

    // Here something is read, on the web something else.
    home.run(&["mark", "read", "Article", "7"]).succeeded();
    home.run(&["mark", "star", "Article", "8"]).succeeded();
    server.web().mark_read(&first[8..9]);
    let feed = *server.web().feeds.keys().next().unwrap();
    server.web().add_items(feed, 2);
    let told = sync(&home);
    assert_eq!((&told["pushed"], &told["read"], &told["pending"]), (&2.into(), &1.into(), &0.into()), "{told}");
    assert_eq!(told["new"].as_array().unwrap().len(), 2);
    agree(&home, &server);

    server.take_requests();
    let told = sync(&home);
    let asked = server.take_requests().len();
    assert!(asked <= 8 && told["requests"] == asked, "{asked}: {told}");
    assert_eq!((&told["pushed"], &told["read"], &told["updated"]), (&0.into(), &0.into(), &0.into()));
}

#[test]
fn every_api_is_found_and_synced_both_ways() {
    let servers: [(&str, StartServer); 4] = [
        ("fever", SyncServer::fever),
        ("fever", SyncServer::coldsweat),
        ("tt-rss", SyncServer::ttrss),
        ("miniflux", SyncServer::miniflux),
    ];
    for (api, start) in servers {
        let server = start(ServerState::with_feeds(3, 40));
        let first = server.web().unread();
        server.web().mark_read(&first[..50]);
        server.web().star(&first[40..45]);
        let home = with_account(&server);
        let listed = home.run(&["account", "list", "--json"]).succeeded().json();
        assert_eq!(listed["api"], api);
        let told = sync(&home);
        assert_eq!(titles(&home, "").len(), 120, "{api}: {told}");
        agree(&home, &server);
        home.run(&["mark", "read", "Article", "77"]).succeeded();
        home.run(&["mark", "star", "Article", "78"]).succeeded();
        server.web().mark_read(&first[90..91]);
        server.web().change(first[41], |item| item.is_starred = false);
        server.web().add_items(2, 3);
        let told = sync(&home);
        assert_eq!((&told["pushed"], told["new"].as_array().unwrap().len()), (&2.into(), 3), "{api}: {told}");
        agree(&home, &server);
        server.take_requests();
        let told = sync(&home);
        let asked = server.take_requests().len();
        assert!(asked <= 8 && told["pushed"] == 0 && told["updated"] == 0, "{api}: {asked} {told}");
    }
}

#[test]
fn read_articles_come_up_to_a_bound_and_later_syncs_ask_little() {
    let mut state = ServerState::with_feeds(3, 500);
    let all = state.unread();
    state.mark_read(&all[..1400]);
    state.mark_read(&all[1450..]);
    let server = SyncServer::greader(state);
    let home = with_account(&server);
    let told = sync(&home);
    assert_eq!(told["new"].as_array().unwrap().len(), 1000, "{told}");
    server.web().add_items(2, 2);
    server.take_requests();
    let told = sync(&home);
    assert_eq!(told["new"].as_array().unwrap().len(), 2, "{told}");
    assert!(server.take_requests().len() <= 8);
    agree(&home, &server);
}

#[test]
fn a_wrong_password_is_told_once_and_nothing_is_stored() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 1));
    let home = Home::new();
    let args = ["account", "add", &server.url("/"), "--user", "alice"];
    home.run_with_input(&args, b"wrong\n").failed(1, &["wrong user or password", "hint:"]);
    let logins = server.take_requests().iter().filter(|request| request.path.ends_with("ClientLogin")).count();
    assert_eq!(logins, 1);
    assert_eq!(home.run(&["account", "list"]).succeeded().out, "");
    // One that is changed later is told by the sync, once.
    add_account(&home, &server, "mine");
    sync(&home);
    server.web().password = "another".to_owned();
    server.web().end_session();
    server.take_requests();
    let told = home.run(&["sync", "--json"]);
    assert_eq!((told.code, told.json()["failure"].as_str()), (1, Some("wrong user or password")));
    assert_eq!(server.take_requests().len(), 1);
    let listed = home.run(&["account", "list"]).succeeded().out;
    assert!(listed.contains("wrong user or password"), "{listed}");
}

#[test]
fn a_password_stands_in_no_file_but_its_own_and_comes_from_a_command_too() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 1));
    let home = with_account(&server);
    home.run(&["--log", "trace", "sync"]).succeeded();
    let mut holders = Vec::new();
    let mut folders = vec![home.path("data"), home.path("state"), home.path("config"), home.path("cache")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if std::fs::read(&entry).unwrap().windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()) {
                holders.push(entry);
            }
        }
    }
    assert_eq!(holders, [home.path("data/account-passwords")]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&holders[0]).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&holders[0], std::fs::Permissions::from_mode(0o644)).unwrap();
        let told = home.run(&["sync", "--json"]);
        assert!(told.code == 1 && told.json()["failure"].as_str().unwrap().contains("chmod 600"), "{}", told.out);
        std::fs::set_permissions(&holders[0], std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    home.run(&["account", "remove", "mine"]).succeeded();
    let command = format!("printf '{PASSWORD}'");
    let args = ["account", "add", &server.url("/"), "--user", "alice", "--password-command", &command, "--json"];
    assert_eq!(home.run(&args).succeeded().json()["api"], "google-reader");
    sync(&home);
}

#[test]
fn faults_lose_and_revert_nothing() {
    let faults = [
        ("subscription/list", Fault::Html),
        ("subscription/list", Fault::error_inside("{\"error\":\"down\"}")),
        ("xt=", Fault::Cut),
        ("xt=", Fault::Torn),
        ("xt=", Fault::error_inside("{}")),
        ("com.google/starred", Fault::trouble()),
        ("items/contents", Fault::Dropped),
        ("edit-tag", Fault::AnswerLost),
        ("edit-tag", Fault::Html),
        ("/token", Fault::Html),
    ];
    for (words, fault) in faults {
        let server = SyncServer::greader(ServerState::with_feeds(2, 3));
        let home = with_account(&server);
        sync(&home);
        home.run(&["mark", "read", "Article", "2"]).succeeded();
        home.run(&["mark", "star", "Article", "3"]).succeeded();
        server.web().add_items(1, 1);
        server.fail_always(words, fault.clone());
        let told: Run = home.run(&["sync", "--json"]);
        assert_eq!((told.code, &told.json()["outcome"]), (1, &"failed".into()), "{words} {fault:?}: {}", told.out);
        server.heal();
        assert!(!titles(&home, "is:unread").contains("Article 2"), "{words} {fault:?}");
        sync(&home);
        agree(&home, &server);
        assert!(starred_at(&server).contains("Article 3") && !unread_at(&server).contains("Article 2"), "{words} {fault:?}");
    }
}

#[test]
fn a_mark_that_was_taken_back_after_a_lost_answer_stays_taken_back() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 3));
    let home = with_account(&server);
    sync(&home);
    home.run(&["mark", "read", "Article", "2"]).succeeded();
    server.fail_always("edit-tag", Fault::AnswerLost);
    assert_eq!(home.run(&["sync"]).code, 1);
    server.heal();
    assert_eq!(server.web().unread().len(), 2, "the server has it");
    home.run(&["mark", "unread", "Article", "2"]).succeeded();
    sync(&home);
    agree(&home, &server);
    assert_eq!(server.web().unread().len(), 3);
}

#[test]
fn a_server_that_asks_to_wait_is_left_alone() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 1));
    let home = with_account(&server);
    server.fail_once("subscription/list", Fault::too_many(900));
    let told = home.run(&["sync", "--json"]);
    assert_eq!((told.code, &told.json()["outcome"]), (1, &"failed".into()));
    server.take_requests();
    assert_eq!(sync(&home)["outcome"], "held");
    assert!(server.take_requests().is_empty());
}

#[test]
fn a_session_and_a_token_that_ended_are_renewed() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 3));
    let home = with_account(&server);
    sync(&home);
    home.run(&["mark", "read", "Article", "1"]).succeeded();
    server.web().end_token();
    server.web().end_session();
    sync(&home);
    agree(&home, &server);
}

#[test]
fn lists_that_never_end_stop_the_sync_and_mark_nothing() {
    for endless in [crate::sync::Endless::SamePage, crate::sync::Endless::NewIds] {
        let server = SyncServer::greader(ServerState::with_feeds(1, 5));
        let home = with_account(&server);
        sync(&home);
        server.web().endless = Some(endless);
        let told = home.run(&["sync", "--json"]);
        let failure = told.json()["failure"].as_str().unwrap().to_owned();
        assert!(told.code == 1 && failure.contains("does not end"), "{failure}");
        server.web().endless = None;
        assert_eq!(titles(&home, "is:unread").len(), 5);
    }
}

#[test]
fn ids_come_as_numbers_twice_and_in_small_pages() {
    let mut state = ServerState::with_feeds(3, 20);
    state.swaps_id_types = true;
    state.repeats_ids = true;
    state.page_limit = 7;
    let server = SyncServer::greader(state);
    let home = with_account(&server);
    assert_eq!(sync(&home)["new"].as_array().unwrap().len(), 60);
    agree(&home, &server);
}

#[test]
fn the_server_owns_its_feeds_and_starred_articles_survive_their_removal() {
    let server = SyncServer::greader(ServerState::with_feeds(3, 2));
    let home = with_account(&server);
    sync(&home);
    home.run(&["mark", "star", "Article", "1"]).succeeded();
    home.run(&["edit", "Feed 2", "--title", "Mine"]).succeeded();
    home.run(&["remove", "Feed 3"]).succeeded();
    let told = sync(&home);
    assert_eq!(told["notes"].as_array().unwrap().len(), 0, "{told}");
    let feeds: Vec<String> = server.web().feeds.values().map(|feed| feed.title.clone()).collect();
    assert_eq!(feeds, ["Feed 1", "Mine"]);
    server.web().remove_feed(1);
    assert_eq!(sync(&home)["feeds_removed"], 1);
    assert!(titles(&home, "is:starred").contains("Article 1"));
    let told = home.run(&["account", "remove", "mine", "--json"]).succeeded().json();
    assert_eq!((&told["feeds"], &told["articles"]), (&1.into(), &2.into()));
    assert_eq!(titles(&home, "").len(), 1);
    assert!(server.web().feeds.len() == 1, "nothing changes at the server");
}

#[test]
fn opml_lists_the_feeds_of_accounts_and_nothing_without_an_address() {
    let server = SyncServer::greader(ServerState::with_feeds(2, 1));
    let starred = server.web().unread()[0];
    server.web().star(&[starred]);
    server.web().feeds.remove(&1);
    let home = with_account(&server);
    sync(&home);
    assert!(home.run(&["sources"]).succeeded().out.contains("other articles"));
    let listed = home.run(&["opml"]).succeeded().out;
    assert!(listed.contains(r#"xmlUrl="https://feeds.example/1.xml""#) && listed.contains("mine"), "{listed}");
    assert!(!listed.contains("other articles") && !listed.contains(r#"xmlUrl="""#), "{listed}");
}

#[test]
fn an_article_of_two_accounts_is_one_and_its_marks_go_to_both() {
    let state = ServerState::with_feeds(1, 3);
    let (one, two) = (SyncServer::greader(state.clone()), SyncServer::greader(state));
    let home = with_account(&one);
    add_account(&home, &two, "other");
    let ids = one.web().unread();
    two.web().mark_read(&ids[..1]);
    let both = || {
        home.run(&["sync"]).succeeded();
        home.run(&["sync"]).succeeded();
    };
    both();
    assert_eq!(titles(&home, "").len(), 3);
    assert_eq!((unread_at(&one), titles(&home, "is:unread").len()), (unread_at(&two), 2));
    home.run(&["mark", "star", "Article", "2"]).succeeded();
    one.web().mark_read(&ids[2..3]);
    both();
    agree(&home, &one);
    agree(&home, &two);
    assert_eq!(unread_at(&one).len(), 1);
}

#[test]
fn a_sync_that_is_killed_loses_nothing_and_goes_on() {
    for words in ["subscription/list", "xt=", "starred&n", "items/contents", "/token", "edit-tag"] {
        let server = SyncServer::greader(ServerState::with_feeds(2, 3));
        let home = with_account(&server);
        sync(&home);
        home.run(&["mark", "read", "Article", "2"]).succeeded();
        home.run(&["mark", "star", "Article", "3"]).succeeded();
        server.web().add_items(1, 2);
        server.take_requests();
        server.fail_once(words, Fault::Held);
        let mut child = home.command(&["sync"]).spawn().unwrap();
        let is_there = |request: &crate::sync::ServerRequest| request_says(request, words);
        while !server.take_requests().iter().any(is_there) {
            assert!(child.try_wait().unwrap().is_none(), "{words}: it ended");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        server.heal();
        let told = sync(&home);
        assert_eq!(told["outcome"], "synced", "{words}: {told}");
        agree(&home, &server);
        assert!(starred_at(&server).contains("Article 3") && !unread_at(&server).contains("Article 2"), "{words}");
    }
}

fn request_says(request: &crate::sync::ServerRequest, words: &str) -> bool {
    request.line().contains(words)
}

#[test]
fn local_feeds_move_to_a_server_and_back_with_their_marks() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 2));
    let home = with_account(&server);
    let list = home.write(
        "list.opml",
        br#"<opml version="2.0"><body><outline text="Fields"><outline text="Grain" type="rss" xmlUrl="https://grain.example/feed.xml"/></outline>
            <outline text="One" type="rss" xmlUrl="https://feeds.example/0.xml"/></body></opml>"#,
    );
    home.run(&["import", &list]).succeeded();
    sync(&home);
    home.run(&["account", "export", "mine", "--json"]).succeeded();
    let state = server.web().clone();
    let addresses: Vec<&str> = state.feeds.values().map(|feed| feed.address.as_str()).collect();
    assert_eq!(addresses, ["https://feeds.example/0.xml", "https://grain.example/feed.xml"], "one was there");
    assert!(state.folders.values().any(|name| name == "Fields"));
    let told = home.run(&["account", "subscribe", "mine", "https://oats.example/feed.xml", "--folder", "Fields", "--json"]);
    assert_eq!(told.succeeded().json()["feeds_added"], 1);
    let told = home.run(&["account", "subscribe", "mine", "https://oats.example/page", "--json"]).succeeded().json();
    assert!(told["notes"][0].as_str().unwrap().starts_with("subscribing to https://oats.example/page: "), "{told}");
    let told = home.run(&["account", "import", "mine", "--json"]).succeeded().json();
    assert_eq!((&told["feeds"], &told["new"]), (&3.into(), &1.into()), "{told}");
}

#[test]
fn what_was_read_before_quitting_goes_to_the_server_and_quitting_does_not_wait_for_it() {
    let server = SyncServer::greader(ServerState::with_feeds(1, 3));
    let home = with_account(&server);
    sync(&home);
    server.fail_always("", Fault::Held);
    let mut reader = home.open(&[], (100, 30));
    reader.wait_for("▌●").type_keys("m").wait_until("the mark", |screen| !screen.contains("▌●"));
    reader.type_keys("q").ends_well();
    assert_eq!(server.web().unread().len(), 3, "it ended before the server answered anything");
    server.heal();
    let deadline = Instant::now() + Duration::from_mins(1);
    while server.web().unread().len() == 3 {
        assert!(Instant::now() < deadline, "the mark was never sent");
        std::thread::yield_now();
    }
}
