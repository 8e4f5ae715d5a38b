//! Accounts in the reader: it never waits for a server, and says what failed.

use super::{WIDE, leave};
use crate::home::Home;
use crate::sync::{Fault, ServerState, SyncServer};

fn synced(server: &SyncServer) -> Home {
    let home = Home::new();
    home.run(&["remove", "welcome"]);
    let args = ["account", "add", &server.url("/"), "--user", "alice", "--name", "mine"];
    home.run_with_input(&args, b"correct horse\n").succeeded();
    home.run(&["sync"]).succeeded();
    home
}

#[test]
fn a_server_that_does_not_answer_delays_nothing() {
    let server = SyncServer::greader(ServerState::with_feeds(2, 3));
    let home = synced(&server);
    server.fail_always("ClientLogin", Fault::Held);
    let mut reader = home.open(&[], WIDE);
    reader.wait_for("Article 6").type_keys("R").wait_for("syncing mine");
    reader.type_keys("<Enter>").wait_for("Text of article 6");
    leave(reader);
    server.heal();
}

#[test]
fn what_is_read_in_the_reader_reaches_the_server_and_a_failure_is_told() {
    let server = SyncServer::greader(ServerState::with_feeds(2, 3));
    let home = synced(&server);
    let mut reader = home.open(&[], WIDE);
    reader.wait_for("Article 6").type_keys("<Enter>").wait_for("Text of article 6");
    reader.type_keys("qR").wait_for("synced mine");
    assert_eq!(server.web().unread().len(), 5);
    server.web().add_items(1, 1);
    reader.type_keys("R").wait_for("synced mine: 1 new");
    server.web().password = "another".to_owned();
    server.web().end_session();
    reader.type_keys("R").wait_for("wrong user or password");
    leave(reader);
}
