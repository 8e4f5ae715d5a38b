//! The product's main promise: no content can act on the terminal. One library of payloads goes into every field of every
//! format, into arguments, names of files, the configuration and answers of a server; nothing of it comes out of any
//! command, of the log or of the reader.

mod formats;

use std::io::Write;
use std::time::Duration;

use crate::fixtures;
use crate::home::{Home, Run};
use crate::server::{Server, answer};

const PAYLOADS: [&str; 44] = [
    "\x1b[2J",
    "\x1b[99;31m",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1b[21t",
    "\x1b]0;PWN\x07",
    "\x1b]2;PWN\x1b\\",
    "\x1b]52;c;UFdO\x07",
    "\x1b]8;;http://evil.example/\x1b\\X\x1b]8;;\x1b\\",
    "\x1b]1337;File=:PWN\x07",
    "\x1bP+q544e\x1b\\",
    "\x1b_Ga=d\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bXsos\x1b\\",
    "\x1bc",
    "\x1b(0",
    "\x1b#8",
    "\x1b",
    "\x1b\x1b[A",
    "\u{9b}2J",
    "\u{9d}0;PWN\u{9c}",
    "\u{90}q\u{9c}",
    "\u{9f}PWN\u{9c}",
    "\u{85}next\u{8d}",
    "\u{7f}\u{7f}",
    "\x07",
    "\x08\x08\x08PWN",
    "safe\rPWN",
    "\x0b\x0c",
    "\x0e\x0f",
    "\x05\x11\x13\x1a",
    "\u{202e}NWP\u{202c}",
    "\u{202a}\u{202b}\u{202d}",
    "\u{2066}iso\u{2069}\u{2067}\u{2068}",
    "\u{200e}\u{200f}\u{61c}",
    "\u{200b}\u{2060}\u{feff}\u{180e}",
    "\u{e0041}\u{e0042}\u{e007f}",
    "\u{2028}L\u{2029}P",
    "\u{ad}\u{34f}\u{115f}\u{3164}\u{ffa0}",
    "\u{fff9}a\u{fffa}b\u{fffb}",
    "x\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}",
    "\u{fdd1}\u{fdd4}\u{fdd0}\u{ffff}",
    "&#27;[2J&#x9b;2J&#155;&#x202e;&amp;#27;[2J",
    "%1b[2J%9b%C2%9b2J%E2%80%AE",
];

/// True if a character acts on a terminal, or hides or reorders what is around it: told apart from the program's own
/// knowledge of it.
fn acts(c: char) -> bool {
    matches!(u32::from(c),
        0..=8 | 0xb..=0x1f | 0x7f..=0x9f | 0xad | 0x34f | 0x61c | 0x115f | 0x180e | 0x200b | 0x200e | 0x200f
        | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfdd0..=0xfdef | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0xffff
        | 0xe0000..=0xe007f)
}

#[track_caller]
fn assert_calm(what: &str, text: &str) {
    if let Some((at, c)) = text.char_indices().find(|(_, c)| acts(*c)) {
        let around: String = text[text.floor_char_boundary(at.saturating_sub(80))..].chars().take(160).collect();
        panic!("{what} gives {c:?}: {}", around.escape_default());
    }
}

/// Runs a command, whatever comes of it, and looks at all that it says.
#[track_caller]
fn calm(home: &Home, args: &[&str]) -> Run {
    let run = home.run(args);
    let shown: Vec<String> = args.iter().map(|arg| arg.escape_default().to_string()).collect();
    let what = format!("`gleaner {}`", shown.join(" "));
    assert_calm(&what, &run.out);
    assert_calm(&what, &run.err);
    assert!((0..=2).contains(&run.code), "{what} ends with {}: {}", run.code, run.err);
    if run.code == 0 && args.contains(&"--json") {
        run.out.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).expect(&what)));
    }
    run
}

/// A home in which the files lie in the folder `hostile`, imported.
fn imported(files: &[formats::File], args: &[&str]) -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path("hostile")).unwrap();
    for (name, content) in files {
        home.write(&format!("hostile/{name}"), content.as_bytes());
    }
    calm(&home, &[args, &["import", home.path("hostile").to_str().unwrap()]].concat());
    home
}

#[test]
fn no_field_of_any_format_reaches_the_terminal() {
    let files = formats::files(&PAYLOADS, &fixtures::page());
    let home = imported(&files, &["--log", "trace"]);
    let list = calm(&home, &["list", "--json", "--limit", "0"]);
    let articles: Vec<serde_json::Value> = list.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(articles.len() > 200, "{} of {} files are here", articles.len(), files.len());
    for args in [
        &["import", home.path("hostile").to_str().unwrap(), "--json"][..],
        &["list", "--limit", "0"],
        &["search", "quokka"],
        &["search", "in:comments quokka"],
        &["search", "in:comments quokka", "--json"],
        &["search", "PWN", "--json"],
        &["sources"],
        &["sources", "--json"],
        &["opml"],
        &["export", "--markdown"],
        &["export", "--html"],
        &["doctor"],
        &["doctor", "--json"],
        &["clean", "--dry-run"],
    ] {
        calm(&home, args);
    }
    // Each by itself takes a start of the program: one in a few, and others in each field's turn.
    for article in articles.iter().step_by(9) {
        let id = article["id"].to_string();
        calm(&home, &["show", &id]);
        calm(&home, &["show", &id, "--json"]);
    }
    for (name, _) in files.iter().step_by(23) {
        calm(&home, &["show", home.path("hostile").join(name).to_str().unwrap()]);
    }
    let log =
        std::fs::read_dir(home.path("state")).unwrap().flat_map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap());
    for file in log {
        assert_calm("the log", &String::from_utf8(std::fs::read(file.unwrap().path()).unwrap()).unwrap());
    }
    let out = calm(&home, &["export"]).out;
    out.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap()));
    let other = Home::new();
    other.run(&["import", &other.write("all.jsonl", out.as_bytes())]).succeeded();
    let again = calm(&other, &["export"]).out;
    for (line, back) in out.lines().zip(again.lines()) {
        assert_eq!(back, line, "what is exported comes back as it was");
    }
    assert_eq!(again.lines().count(), out.lines().count());
}

#[test]
fn no_argument_reaches_the_terminal() {
    let home = Home::with_pages(&[fixtures::page()]);
    let arguments = PAYLOADS.iter().filter(|payload| !payload.contains('\0'));
    for payload in arguments.step_by(3).chain([&PAYLOADS.concat().as_str()]) {
        let of = |before: &str, after: &str| format!("{before}{payload}{after}");
        let (comment, unknown, name) = (of("1#", ""), of("--", ""), of("owl", ""));
        for args in [
            &["rate", &comment, "3"][..],
            &["rate", payload, "3", "--json"],
            &["show", payload],
            &["show", "1", "--bar", payload],
            &["list", payload],
            &["search", payload, "--json"],
            &["search", "\"", payload],
            &["import", payload],
            &["import", "--json", payload],
            &["add", payload],
            &["remove", payload],
            &["sources", payload],
            &["mark", "read", payload],
            &["mark", payload, "1"],
            &["export", payload],
            &["discussions", payload],
            &["searches", "add", payload, "owls", "--json"],
            &["searches", "add", &name, payload],
            &["searches"],
            &["rules", "add", &name, "--author", payload],
            &["rules"],
            &["rules", "--json"],
            &["rules", "remove", payload],
            &["config", "--config", payload],
            &["restore", payload],
            &["man", payload],
            &["completions", payload],
            &[unknown.as_str()],
            &["list", unknown.as_str()],
            &[payload, "list"],
        ] {
            calm(&home, args);
        }
    }
}

#[test]
fn no_name_of_a_file_and_nothing_in_the_configuration_reaches_the_terminal() {
    let home = Home::new();
    std::fs::create_dir(home.path("odd")).unwrap();
    for (n, payload) in PAYLOADS.iter().enumerate() {
        let name = payload.replace('/', "_");
        home.write(&format!("odd/{n}{name}.txt"), b"Owls\n\nA short text of owls, and no more than that.\n");
        home.write(&format!("odd/{n}{name}.bin"), b"\0\x01\x02");
    }
    let folder = home.path("odd").to_str().unwrap().to_owned();
    for args in [&["import", &folder][..], &["import", "--json", &folder], &["list"], &["export"], &["sources", "--json"]] {
        calm(&home, args);
    }
    let all = PAYLOADS.concat();
    for payload in PAYLOADS.iter().chain([&all.as_str()]) {
        let spelled: String = payload.chars().flat_map(|c| ["\\U".to_owned(), format!("{:08x}", u32::from(c))]).collect();
        let raw: String = payload.replace(['"', '\\', '\n', '\r'], " ");
        for value in [&spelled, &raw] {
            for text in [
                format!("[[rules]]\nname = \"{value}\"\nverdict = \"mute\"\nauthor = \"{value}\"\n"),
                format!("[open]\nbrowser = [\"{value}\"]\n[watch]\ncommand = [\"{value}\"]\n[[sources]]\nof = \"{value}\"\nuser = \"{value}\"\n"),
                format!("[display]\ntheme = \"{value}\"\n"),
                format!("[fetch]\nproxy = \"{value}\"\nevery = \"{value}\"\n"),
                format!("\"{value}\" = 1\n"),
                format!("[keys]\nwhy = [\"{value}\"]\n"),
            ]
            .iter()
            .step_by(if payload.len() > 200 { 1 } else { 4 })
            {
                home.write("config.toml", text.as_bytes());
                for args in [&["config"][..], &["config", "--json"], &["doctor"], &["rules"]].iter().take(if payload.len() > 200 { 4 } else { 1 }) {
                    calm(&home, args);
                }
            }
        }
    }
}

#[test]
fn no_answer_of_a_server_reaches_the_terminal() {
    let raw = PAYLOADS.concat().replace(['\r', '\n'], "");
    let item = format!(
        "<rss version='2.0'><channel><title>Owl server</title><item><title>Owls</title><guid>1</guid></item></channel></rss><!-- {raw} -->"
    );
    let told = raw.clone();
    let server = Server::new(move |head, stream| {
        let path = head.split_whitespace().nth(1).unwrap_or("/");
        let header = |name: &str| format!("{name}: {told}");
        let bytes = match path {
            "/etag" => answer("200 OK", &[&format!("etag: \"{told}\""), &header("last-modified"), &header("content-type")], item.as_bytes()),
            "/status" => answer(&format!("500 {told}"), &[&header("retry-after")], told.as_bytes()),
            "/moved" => answer(&format!("301 {told}"), &[&format!("location: http://127.0.0.1:9/{told}")], b""),
            "/host" => answer("302 Found", &[&format!("location: http://{told}.example/")], b""),
            "/error" => answer("404 Not Found", &["content-type: application/json"], format!("{{\"error\": \"{}\"}}", told.escape_default()).as_bytes()),
            "/login" => answer("401 No", &[&format!("www-authenticate: Basic realm=\"{told}\"")], told.as_bytes()),
            "/packed" => answer("200 OK", &[&format!("content-encoding: {told}")], item.as_bytes()),
            "/page" => answer("200 OK", &["content-type: text/html"], format!("<!doctype html><html><head><title>{told}</title>\
                <link rel=alternate type=application/rss+xml title=\"a {told}\" href=\"/a{told}\"><link rel=alternate type=application/rss+xml title=\"b {told}\" href=\"/b\"></head><p>Hoo").as_bytes()),
            _ => told.clone().into_bytes(),
        };
        let _ = stream.write_all(&bytes);
    });
    let home = Home::new();
    for path in ["etag", "status", "moved", "host", "error", "login", "packed", "page", "raw"] {
        let address = server.url("127.0.0.1", &format!("/{path}"));
        calm(&home, &["add", &address, "--log", "trace"]);
        calm(&home, &["show", &address]);
    }
    // Subscribed to all the same, so that they fail as sources do.
    let outlines: String = ["etag", "status", "moved", "host", "error", "login", "packed", "page", "raw"]
        .map(|path| format!("<outline type='rss' text='{path}' xmlUrl='{}'/>", server.url("127.0.0.1", &format!("/{path}"))))
        .concat();
    let list = home.write("list.opml", format!("<opml version='2.0'><body>{outlines}</body></opml>").as_bytes());
    calm(&home, &["import", &list]);
    for args in [
        &["fetch", "--all", "--log", "trace"][..],
        &["fetch", "--all", "--json"],
        &["sources"],
        &["sources", "--json"],
        &["opml"],
        &["list"],
    ] {
        calm(&home, args);
    }
    let log = home.path("state").join("gleaner/gleaner.log");
    assert_calm("the log", &String::from_utf8(std::fs::read(log).unwrap()).unwrap());
}

#[test]
fn nothing_of_it_reaches_the_terminal_from_the_reader() {
    let files = formats::files(&PAYLOADS, &fixtures::page());
    // For each format, the file with payloads in all its fields.
    let all: Vec<formats::File> = files
        .windows(2)
        .filter(|pair| pair[0].0.split('-').next() != pair[1].0.split('-').next())
        .map(|pair| pair[0].clone())
        .collect();
    let home = imported(&all, &[]);
    let mut reader = home.open(&[], (160, 50));
    reader.wait_for("Unread").type_keys("<Enter>");
    for _ in 0..all.len() {
        reader.settle(Duration::from_millis(80)).type_keys("<End>").settle(Duration::from_millis(80)).type_keys("J");
    }
    reader
        .paste(&PAYLOADS.concat().replace('\x1b', ""))
        .settle(Duration::from_millis(80))
        .type_keys("<Esc>/")
        .paste("\u{9b}2J\u{202e}PWN")
        .type_keys("<Enter>");
    reader.settle(Duration::from_millis(150)).type_keys("<Esc><Esc><C-c>").ends_well();
    let raw = String::from_utf8_lossy(reader.raw()).into_owned();
    for payload in PAYLOADS.iter().filter(|payload| payload.starts_with('\x1b') && payload.len() > 2) {
        let own = ["\x1b[2J", "\x1b[?1049h"].contains(payload);
        assert!(own || !raw.contains(payload), "{} is written", payload.escape_default());
    }
    let odd = raw.chars().find(|c| acts(*c) && !matches!(c, '\x1b' | '\x07' | '\r'));
    assert_eq!(
        odd,
        None,
        "{}",
        odd.map_or(String::new(), |c| raw[raw.find(c).unwrap() - 40..].chars().take(120).collect::<String>()).escape_default()
    );
}
