//! Times stored while this machine's clock was wrong.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::home::Home;
use crate::server::Server;

/// Runs a statement on the store.
fn change(home: &Home, sql: &str) {
    let conn = rusqlite::Connection::open(home.store_file()).unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn marks_and_articles_of_a_clock_ahead_are_set_to_now_and_that_is_said() {
    let home = Home::with_pages(&[crate::fixtures::page()]);
    home.run(&["mark", "star", "1"]).succeeded();
    change(&home, "UPDATE articles SET starred_at = starred_at + 315360000, read_at = 9000000000, sort_at = 9000000000");
    let told = home.run(&["doctor"]).out;
    assert!(told.contains("3 stored times ahead of this machine's clock set to now"), "{told}");
    assert!(!home.run(&["doctor"]).out.contains("set to now"));
}

#[test]
fn a_source_that_was_asked_by_a_clock_ahead_is_asked_again_once_it_is_right() {
    let asked: Arc<Mutex<u32>> = Arc::default();
    let heard = Arc::clone(&asked);
    let server = Server::new(move |_: &str, stream: &mut TcpStream| {
        *heard.lock().unwrap() += 1;
        let body = "<rss version=\"2.0\"><channel><title>Grain</title><item><title>Oats</title></item></channel></rss>";
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    });
    let home = Home::new();
    home.run(&["add", &server.url("127.0.0.1", "/feed")]).succeeded();
    let ahead = 315_360_000;
    for wrong in [
        // Asked ten years on, and due an hour later.
        format!("asked_at = asked_at + {ahead}, due_at = due_at + {ahead}"),
        // Asked just now, and due later than anything is put off.
        format!("due_at = due_at + {ahead}"),
        "due_at = 9223372036854775807".to_owned(),
    ] {
        home.run(&["fetch"]).succeeded();
        let before = *asked.lock().unwrap();
        change(&home, &format!("UPDATE polls SET {wrong}"));
        let told = home.run(&["sources", "Grain"]).succeeded().out;
        assert!(told.contains("now: this machine's clock was wrong"), "{told}");
        home.run(&["fetch"]).succeeded();
        assert_eq!(*asked.lock().unwrap(), before + 1, "{wrong}");
        home.run(&["fetch"]).succeeded();
        assert_eq!(*asked.lock().unwrap(), before + 1, "and no more often: {wrong}");
    }
}
