//! The servers of these tests over real connections: state, faults and the log of requests.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::sync::{Fault, ServerState, SyncServer};

/// The bytes that a server answers with; none if the connection ends first.
fn send(server: &SyncServer, method: &str, path: &str, auth: &str, body: &str) -> String {
    let address = server.url("");
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: server.example\r\nAuthorization: GoogleLogin auth={auth}");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_server_keeps_what_it_is_told_and_fails_as_it_is_asked_to() {
    let server = SyncServer::greader(ServerState::with_feeds(3, 4));
    let unread = server.web().unread();
    let api = |path: &str| format!("/api/greader.php{path}");
    let login = send(&server, "POST", &api("/accounts/ClientLogin"), "", "Email=alice&Passwd=correct+horse");
    let auth = login.lines().find_map(|line| line.strip_prefix("Auth=")).unwrap().to_owned();
    let mark = |id: u64, token: &str| {
        let body = format!("i={id}&a=user/-/state/com.google/read&T={token}");
        send(&server, "POST", &api("/reader/api/0/edit-tag"), &auth, &body)
    };
    assert!(mark(unread[0], "token-1").ends_with("OK"));
    server.web().end_token();
    assert!(mark(unread[1], "token-1").starts_with("HTTP/1.1 401"));
    assert_eq!(server.web().unread().len(), 11);

    server.fail_once("edit-tag", Fault::AnswerLost);
    assert_eq!(mark(unread[1], "token-2"), "");
    server.fail_once("edit-tag", Fault::Dropped);
    assert_eq!(mark(unread[2], "token-2"), "");
    assert_eq!(server.web().unread(), unread[2..], "the first was done, the second not");

    let list = || send(&server, "GET", &api("/reader/api/0/subscription/list?output=json"), &auth, "");
    let whole = list();
    assert!(whole.contains("Ärger/猫"));
    for fault in [Fault::Torn, Fault::Cut, Fault::Html, Fault::too_many(9), Fault::trouble(), Fault::error_inside("{}")] {
        server.fail_once("subscription/list", fault.clone());
        assert_ne!(list(), whole, "{fault:?}");
        assert_eq!(list(), whole, "only once: {fault:?}");
    }
    server.fail_always("subscription", Fault::trouble());
    assert!(list().starts_with("HTTP/1.1 503") && list().starts_with("HTTP/1.1 503"));
    server.heal();

    let backup = server.web().clone();
    server.web().star(&unread[5..7]);
    assert_eq!(server.web().starred().len(), 2);
    *server.web() = backup;
    assert!(server.web().starred().is_empty());
    server.web().end_session();
    assert!(list().starts_with("HTTP/1.1 401"));
    assert_eq!(
        server.take_requests().last().unwrap().line(),
        "GET /api/greader.php/reader/api/0/subscription/list?output=json"
    );
}
