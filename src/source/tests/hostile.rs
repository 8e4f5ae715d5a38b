//! Servers that mean harm, or are broken.

use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::{Server, answer, is_gone_within, say, unmeasured};
use super::{client, request, settings};
use crate::source::http::{Answer, HttpSettings};
use crate::source::{Failure, RequestStage};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// "hello" as an uncompressed block, and 10,000 zero bytes (RFC 7932).
const BROTLI_HELLO: &[u8] = b"\x0b\x02\x80hello\x03";
const BROTLI_ZEROS: &[u8] = &[31, 15, 39, 248, 39, 0, 226, 177, 64, 32, 217, 3, 0];

/// The bytes or the failure that a server's answer comes to, with at most 1,000 bytes allowed.
fn outcome(said: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let server = Server::saying(said);
    let settings = HttpSettings { largest: 1000, ..settings() };
    match client(settings).get(&request(&server.url("a.test", "/")))? {
        Answer::Fresh { bytes, .. } => Ok(bytes),
        Answer::Unchanged(_) => panic!("nothing was known of it"),
    }
}

#[test]
fn bodies_are_decoded_up_to_their_cap() {
    let gz = ["content-encoding: gzip"];
    let br = ["content-encoding: br"];
    let full = vec![b'a'; 1000];
    for (said, wanted) in [
        (answer("200 OK", &gz, &gzip(b"hello")), Some(&b"hello"[..])),
        (answer("200 OK", &br, BROTLI_HELLO), Some(b"hello")),
        (answer("200 OK", &gz, &[gzip(b"hel"), gzip(b"lo")].concat()), Some(b"hello")),
        (answer("200 OK", &["content-encoding: identity"], b"hello"), Some(b"hello")),
        // Packed under another name, without a word, and twice; and a charset where none belongs.
        (answer("200 OK", &["content-encoding: GZIP"], &gzip(b"hello")), Some(b"hello")),
        (answer("200 OK", &["content-encoding: x-gzip"], &gzip(b"hello")), Some(b"hello")),
        (answer("200 OK", &[], &gzip(b"hello")), Some(b"hello")),
        (answer("200 OK", &gz, &gzip(&gzip(b"hello"))), Some(b"hello")),
        (answer("200 OK", &["content-encoding: gzip, gzip"], &gzip(&gzip(b"hello"))), Some(b"hello")),
        (answer("200 OK", &["content-encoding: utf-8"], b"hello"), Some(b"hello")),
        (answer("200 OK", &[], &full), Some(&full)),
        (answer("200 OK", &gz, &gzip(&full)), Some(&full)),
        (answer("200 OK", &[], &[b'a'; 1001]), None),
        (answer("200 OK", &gz, &gzip(&vec![0; 10_000_000])), None),
        (answer("200 OK", &gz, &gzip(&[0; 1001])), None),
        (answer("200 OK", &[], &gzip(&vec![0; 100_000])), None),
        (answer("200 OK", &br, BROTLI_ZEROS), None),
        (answer("204 No Content", &[], b""), Some(b"")),
    ] {
        match wanted {
            Some(wanted) => assert_eq!(outcome(said).unwrap(), wanted),
            None => assert!(matches!(outcome(said), Err(Failure::TooLarge { limit: 1000, .. }))),
        }
    }
}

#[test]
fn bodies_that_are_not_what_they_claim_are_named() {
    let whole = gzip(&(0..200).collect::<Vec<u8>>());
    let mut damaged = whole.clone();
    let end = damaged.len() - 6;
    damaged[end] ^= 0xff;
    for (encoding, body, wanted) in [
        ("gzip", &b"plain text"[..], "gzip"),
        ("gzip", &whole[..whole.len() / 2], "gzip"),
        ("gzip", &damaged, "gzip"),
        ("br", b"\xff\xff\xff\xff plain text", "brotli"),
        ("br", &BROTLI_HELLO[..4], "brotli"),
        ("zstd", b"(\xb5/\xfd", "zstd"),
        ("gzip, gzip", b"", "gzip, gzip"),
    ] {
        let failure = outcome(answer("200 OK", &[&format!("content-encoding: {encoding}")], body)).unwrap_err();
        assert!(matches!(&failure, Failure::Encoding { encoding, .. } if *encoding == wanted), "{failure}");
    }
}

#[test]
fn lengths_that_lie_are_named() {
    let chunked = ["transfer-encoding: chunked"];
    for (said, wanted) in [
        // Longer than said: the answer is as long as its headers say.
        (unmeasured("200 OK", &["content-length: 4"], b"news and more"), Ok(&b"news"[..])),
        (unmeasured("200 OK", &[], b"news"), Ok(b"news")),
        (unmeasured("200 OK", &chunked, b"4;x=y\r\nnews\r\n0\r\nx: y\r\n\r\n"), Ok(b"news")),
        (unmeasured("200 OK", &["content-length: 400"], b"news"), Err("a.test closed the connection in the middle")),
        (unmeasured("200 OK", &chunked, b"40\r\nnews"), Err("a.test closed the connection in the middle")),
        (unmeasured("200 OK", &chunked, b"4\r\nnews\r\n"), Err("a.test closed the connection in the middle")),
        (unmeasured("200 OK", &chunked, b"zz\r\nnews\r\n"), Err("a.test does not speak HTTP as it should")),
        (unmeasured("200 OK", &chunked, b"4\r\nnewsnews\r\n0\r\n\r\n"), Err("a.test does not speak HTTP as it should")),
        (unmeasured("200 OK", &["content-length: 4", "content-length: 5"], b"news"), Err("a.test does not speak HTTP")),
        (unmeasured("200 OK", &["content-length: -4"], b"news"), Err("a.test does not speak HTTP as it should")),
        (unmeasured("200 OK", &["content-length: 99999999999999999999999"], b""), Err("a.test does not speak HTTP")),
        (unmeasured("200 OK", &["content-length: 18446744073709551615"], b"news"), Err("a.test closed the connection")),
    ] {
        let outcome = outcome(said).map_err(|failure| failure.to_string());
        match wanted {
            Ok(wanted) => assert_eq!(outcome.as_deref(), Ok(wanted)),
            Err(wanted) => assert!(outcome.as_ref().is_err_and(|told| told.starts_with(wanted)), "{wanted}: {outcome:?}"),
        }
    }
}

#[test]
fn rubbish_is_named_and_told_clean() {
    let mut many = b"HTTP/1.1 200 OK\r\n".to_vec();
    for number in 0..5000 {
        many.extend_from_slice(format!("x-{number}: y\r\n").as_bytes());
    }
    let long = [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'y'; 1 << 20]].concat();
    for said in [
        b"\x1b[2J\x1b]0;owned\x07\r\n\r\n".to_vec(),
        b"<html>not http</html>\r\n\r\n".to_vec(),
        b"HTTP/9.9 200 OK\r\n\r\n".to_vec(),
        b"HTTP/1.1 20 OK\r\n\r\n".to_vec(),
        b"HTTP/1.1 2000 OK\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nx\x1b[31m: y\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\netag: \x1b[31m\"y\"\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\n folded: y\r\n\r\n".to_vec(),
        many,
        long,
    ] {
        let begins = String::from_utf8_lossy(&said[..said.len().min(40)]).into_owned();
        let failure = outcome(said).unwrap_err();
        assert!(matches!(failure, Failure::Protocol { .. }), "{begins:?}: {failure}");
        let told = failure.to_string();
        assert!(!told.contains(char::is_control) && told.len() < 400, "{told:?}");
    }
    for said in [&b""[..], b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\netag: "] {
        assert!(matches!(outcome(said.to_vec()), Err(Failure::Lost { .. })), "{said:?}");
    }
}

#[test]
fn an_address_with_escapes_is_told_without_them() {
    let located = |location: &str| outcome(unmeasured("302 Found", &[&format!("location: {location}")], b""));
    let told = located("ftp://\u{9b}31m\u{202e}evil/").unwrap_err().to_string();
    assert!(told.starts_with("redirected to ftp://"), "{told}");
    assert!(!told.contains(['\u{9b}', '\u{202e}']), "{told:?}");
}

#[test]
fn redirects_in_circles_and_without_end_are_named() {
    let circle = Server::new(|head, stream| {
        let to = if head.starts_with("GET /a") { "location: /b" } else { "location: /a" };
        say(stream, &answer("302 Found", &[to], b""));
    });
    let client = client(settings());
    assert!(matches!(client.get(&request(&circle.url("a.test", "/a"))), Err(Failure::RedirectLoop { .. })));
    assert_eq!(circle.heard().len(), 2);
    let endless = Server::new(|head, stream| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        say(stream, &answer("307 Temporary Redirect", &[&format!("location: {path}x")], b""));
    });
    let failure = client.get(&request(&endless.url("a.test", "/")));
    assert!(matches!(failure, Err(Failure::TooManyRedirects { limit: 5, .. })));
    assert_eq!(endless.heard().len(), 6);
}

/// The outcome for a server that writes the same for ever.
fn endless(head: &'static str, more: Vec<u8>, settings: HttpSettings) -> Failure {
    let server = Server::new(move |_, stream| {
        say(stream, head.as_bytes());
        while stream.write_all(&more).is_ok() {}
    });
    client(settings).get(&request(&server.url("a.test", "/"))).unwrap_err()
}

#[test]
fn what_does_not_end_is_ended() {
    let plain = "HTTP/1.1 200 OK\r\n\r\n";
    assert!(matches!(endless(plain, vec![b'a'; 8192], settings()), Failure::TooLarge { limit: 100_000, .. }));
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    assert!(matches!(endless(chunked, b"1\r\na\r\n".repeat(500), settings()), Failure::TooLarge { .. }));
    let headers = endless("HTTP/1.1 200 OK\r\n", b"x: y\r\n".repeat(500), settings());
    assert!(matches!(headers, Failure::Protocol { .. }), "{headers}");
    let early = endless("", b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50), short());
    assert!(matches!(early, Failure::Protocol { .. } | Failure::TimedOut { stage: RequestStage::Whole, .. }), "{early}");
    // Gzip members that hold nothing: they never come to the cap, but to the end of the time.
    let gzip = endless("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n", gzip(b"").repeat(100), short());
    assert!(matches!(gzip, Failure::TimedOut { stage: RequestStage::Whole, .. }), "{gzip}");
}

fn short() -> HttpSettings {
    HttpSettings { whole: Duration::from_millis(150), ..settings() }
}

#[test]
fn what_drips_is_ended() {
    for head in ["", "HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n"] {
        let server = Server::new(move |_, stream| {
            say(stream, head.as_bytes());
            while !is_gone_within(stream, Duration::from_millis(10)) {
                say(stream, b"H");
            }
        });
        let failure = client(short()).get(&request(&server.url("a.test", "/"))).unwrap_err();
        // Rubbish is seen as such before the time is over.
        let is_rubbish = head.is_empty() && matches!(failure, Failure::Protocol { .. });
        assert!(is_rubbish || matches!(failure, Failure::TimedOut { stage: RequestStage::Whole, .. }), "{head:?}: {failure}");
    }
}

#[test]
fn redirects_share_one_deadline() {
    // Each answer comes in time by itself, all of them do not.
    let server = Server::new(|head, stream| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        if is_gone_within(stream, Duration::from_millis(60)) {
            return;
        }
        say(stream, &answer("302 Found", &[&format!("location: {path}x")], b""));
    });
    let failure = client(short()).get(&request(&server.url("a.test", "/"))).unwrap_err();
    assert!(matches!(failure, Failure::TimedOut { stage: RequestStage::Whole, .. }), "{failure}");
}

#[test]
fn silence_is_ended() {
    let server = Server::of_connections(|stream| {
        // Until the other side has had enough.
        while matches!(stream.read(&mut [0; 100]), Ok(1..)) {}
    });
    let failure = client(short()).get(&request(&server.url("a.test", "/"))).unwrap_err();
    assert!(matches!(failure, Failure::TimedOut { stage: RequestStage::Whole, .. }), "{failure}");
}
