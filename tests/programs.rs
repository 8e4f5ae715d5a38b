//! The programs that Gleaner runs: what they can do to it, and what they cannot.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::home::Home;
use crate::server::Server;

/// A server with one feed, and the heads of the requests that it got.
fn serve() -> (Server, Arc<Mutex<Vec<String>>>) {
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let asked = Arc::clone(&heads);
    let server = Server::new(move |head: &str, stream: &mut TcpStream| {
        asked.lock().unwrap().push(head.to_owned());
        let body = "<rss version=\"2.0\"><channel><title>Grain</title><item><title>Oats</title></item></channel></rss>";
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    });
    (server, heads)
}

/// A home with two sources, the first of which has a program for its password.
fn subscribed(command: &str) -> (Home, Server, Arc<Mutex<Vec<String>>>) {
    let (server, heads) = serve();
    let home = Home::new();
    let addresses = ["/secret", "/open"].map(|path| server.url("127.0.0.1", path));
    for address in &addresses {
        home.run(&["add", address]).succeeded();
    }
    heads.lock().unwrap().clear();
    let source = format!("of = \"{}\"\nuser = \"reader7\"\npassword-command = {command}\n", addresses[0]);
    home.write("config.toml", format!("[fetch]\ntimeout = \"1s\"\n[[sources]]\n{source}").as_bytes());
    (home, server, heads)
}

#[test]
fn a_password_command_that_fails_or_hangs_is_that_sources_failure_and_nothing_is_sent() {
    for (command, words) in [
        (r#"["sh", "-c", "echo secret; exit 3"]"#, "`sh` failed (exit status: 3)"),
        (r#"["no-such-program"]"#, "`no-such-program` did not start"),
        (r#"["true"]"#, "`true` wrote nothing"),
        (r#"["sleep", "1000"]"#, "`sleep` took longer than 1 s"),
    ] {
        let (home, _server, heads) = subscribed(command);
        let told = home.run(&["fetch", "--all", "--json"]).succeeded().out;
        let ends: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let failed: Vec<&serde_json::Value> = ends.iter().filter(|end| end["outcome"] == "failed").collect();
        assert!(failed.len() == 1 && failed[0]["failure"].as_str().unwrap().contains(words), "{command}: {told}");
        assert_eq!(ends.len(), 2, "the other source was asked: {told}");
        assert!(heads.lock().unwrap().iter().all(|head| head.starts_with("GET /open ")), "{command}");
    }
}

/// The command waits for a key of the terminal, then for ever: the reader goes on, hears its keys, and ends it.
#[test]
fn a_password_command_in_the_reader_takes_no_key_and_ends_with_it() {
    let script = r#"["sh", "-c", "(head -c 1 /dev/tty > ROOT/stolen) 2>/dev/null; echo $$ > ROOT/pid; exec sleep 1000"]"#;
    let (home, _server, heads) = subscribed(script);
    let config = std::fs::read_to_string(home.path("config.toml")).unwrap();
    let config = config.replace("ROOT", home.path("").to_str().unwrap()).replace("\"1s\"", "\"1000s\"");
    home.write("config.toml", config.as_bytes());
    let mut reader = home.open(&[], (120, 40));
    reader.wait_for("Oats").type_keys("R");
    while !heads.lock().unwrap().iter().any(|head| head.starts_with("GET /open ")) {
        reader.type_keys("j");
    }
    reader.type_keys("?").wait_for("Moving");
    reader.type_keys("<C-c>").ends_well();
    assert!(std::fs::read(home.path("stolen")).unwrap_or_default().is_empty());
    if let Ok(pid) = std::fs::read_to_string(home.path("pid")) {
        // It may be a zombie for a moment that nobody is left to wait for.
        let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");
    }
}

#[test]
fn a_password_command_has_no_terminal_and_its_answer_is_sent() {
    let script = r#"["sh", "-c", "echo noise >&2; (: < /dev/tty) 2>/dev/null && echo terminal || echo none"]"#;
    let (home, _server, heads) = subscribed(script);
    let run = home.run(&["fetch", "--all"]).succeeded();
    assert!(!run.err.contains("noise") && !run.out.contains("noise"), "{}{}", run.out, run.err);
    let sent = heads.lock().unwrap().iter().find(|head| head.starts_with("GET /secret ")).cloned().unwrap();
    // "reader7:none"
    assert!(sent.to_lowercase().contains("authorization: basic cmvhzgvynzpub25l"), "{sent}");
}

/// An article goes to programs by a key of the configuration, by `|`, and with the terminal, which comes back as it was.
#[test]
fn an_article_is_given_to_programs_and_the_terminal_comes_back() {
    let home = Home::with_pages(&["# Owls at noon\n\nThey were seen.\n".to_owned()]);
    let config = r#"
        [commands.count]
        run = ["sh", "-c", "echo words: $(wc -w); echo {id}"]
        keys = ["ctrl-t"]
        input = "text"
        [commands.ask]
        run = ["sh", "-c", "echo the terminal is mine; read answer < /dev/tty; echo $answer > ROOT/answer"]
        keys = ["ctrl-a"]
        output = "terminal"
    "#;
    home.write("config.toml", config.replace("ROOT", home.path("").to_str().unwrap()).as_bytes());
    let mut terminal = home.open(&[], (80, 24));
    terminal.wait_for("Owls at noon");
    terminal.type_keys("<C-t>").wait_for("words: ").wait_for("any other key closes");
    terminal.type_keys("x|grep -c seen<Enter>").wait_for("grep").wait_for("any other key closes");
    terminal.type_keys("x<C-a>").wait_for("the terminal is mine");
    terminal.type_keys("yes<Enter>").wait_for("Owls at noon");
    assert_eq!(std::fs::read_to_string(home.path("answer")).unwrap(), "yes\n");
    terminal.type_keys("|<C-u>no-such-program<Enter>").wait_for("did not start");
    terminal.type_keys("q").ends_well();
}

/// A home with one article, whose address is known.
fn with_an_address() -> Home {
    let home = Home::new();
    let item = "<item><title>Owls at noon</title><link>https://owls.example/noon</link></item>";
    let feed = format!("<rss version=\"2.0\"><channel><title>Owls</title>{item}</channel></rss>");
    let file = home.write("feed.xml", feed.as_bytes());
    home.run(&["import", &file]).succeeded();
    home
}

/// A text browser that `BROWSER` names draws on the reader's terminal, and the reader comes back behind it.
#[test]
fn a_text_browser_has_the_terminal_until_it_ends() {
    use std::os::unix::fs::PermissionsExt;
    let home = with_an_address();
    let browser = home.write("w3m", b"#!/bin/sh\necho \"w3m shows $1\"; read key < /dev/tty\n");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let named = format!("no-such-browser:{browser}");
    let mut terminal = home.open_in(&[], (80, 24), &[("BROWSER", &named)]);
    terminal.wait_for("Owls at noon");
    terminal.type_keys("B").wait_for("w3m shows https://owls.example/noon");
    terminal.type_keys("<Enter>").wait_for("Owls at noon");
    terminal.type_keys("q").ends_well();
}

/// A terminal does not confirm a copy: a message says "copied" only if more than a request was made.
#[test]
fn a_copy_by_the_terminal_is_sent_and_one_by_a_program_is_copied() {
    let home = with_an_address();
    let mut terminal = home.open(&[], (80, 24));
    terminal.wait_for("Owls at noon");
    terminal.type_keys("y").wait_for("sent https://owls.example/noon to the terminal's clipboard");
    terminal.type_keys("q").ends_well();
    home.write("config.toml", b"[open]\ncopy = [\"cat\"]\n");
    let mut terminal = home.open(&[], (80, 24));
    terminal.wait_for("Owls at noon");
    terminal.type_keys("y").wait_for("copied https://owls.example/noon with cat");
    terminal.type_keys("q").ends_well();
}
