use super::*;
use crate::format::render::markdown;

fn subjects(text: &[u8]) -> Vec<String> {
    messages(text).map(|one| Mail::read(&one.bytes, Some(&one.envelope)).subject.to_string()).collect()
}

#[test]
fn a_mailbox_is_parted_where_messages_begin() {
    let one = "From ann@a.example Fri Apr  1 09:00:00 2016\nFrom: ann@a.example\nSubject: one\n\n";
    let two = "From bob at a.example  Fri Apr  1 09:01:00 2016\nFrom: bob at a.example (Bob)\nSubject: two\n\nb\n";
    for (body, wanted) in [
        ("a\n\n", vec!["one", "two"]),
        ("From the beginning\nof 2016: words\n\n", vec!["one", "two"]),
        ("a\n\nFrom the year 2016 on\nall was well\n\n", vec!["one", "two"]),
        (">From here\n\n", vec!["one", "two"]),
        ("", vec!["one", "two"]),
        ("no line is empty\n", vec!["one", "two"]),
    ] {
        assert_eq!(subjects(format!("{one}{body}{two}").as_bytes()), wanted, "{body}");
    }
    assert_eq!(subjects(format!("\n\n{one}").replace('\n', "\r\n").as_bytes()), ["one"]);
    let counted = one.replace("Subject", "Content-Length: 60\nSubject");
    let inner = "From x Fri Apr  1 09:00:00 2016\nSubject: three\n\nFrom here.\n\n";
    assert_eq!(subjects(format!("{counted}{inner}{two}").as_bytes()), ["one", "two"]);
}

#[test]
fn a_sign_that_the_mailbox_put_is_taken_off() {
    let text = "From a Fri Apr  1 09:00:00 2016\nFrom: a@a.example\n\n>From here\n>>From there\n> From\n";
    let bytes = messages(text.as_bytes()).next().unwrap().bytes;
    assert!(String::from_utf8(bytes).unwrap().ends_with("\n\nFrom here\n>From there\n> From\n"));
}

#[test]
fn a_message_is_known_by_its_fields() {
    for (text, wanted) in [
        ("From: a@a.example\nSubject: owls\n\nHi", true),
        ("Path: a\r\nFrom: a@a.example\r\nNewsgroups: a.b\r\n\r\nHi", true),
        ("Received: x\n by y\nFrom: a@a.example\nTo: b", true),
        ("From: a@a.example\n\nHi", false),
        ("Subject: owls\nDate: today\n\nHi", false),
        ("From: a\nThe owls came.\n", false),
        ("Owls: a story\n\nFrom: the beginning", false),
        ("", false),
    ] {
        assert_eq!(is_mail(text.as_bytes()), wanted, "{text}");
    }
}

#[test]
fn names_and_times_come_in_every_form() {
    for (fields, author, date) in [
        ("From: Ann Owl <ann@a.example>\nDate: Fri, 1 Apr 2016 09:00:00 +0200", "Ann Owl", "2016-04-01T07:00:00Z true"),
        ("From: ann at a.example (Ann Owl)\nDate: Fri Apr  1 09:00:00 2016", "Ann Owl", "2016-04-01T09:00:00Z false"),
        ("From: =?iso-8859-1?Q?Ann_=C4?= <ann@a.example>\nDate: 1 Apr 2016 09:00:00 EST", "Ann Ä", "2016-04-01T14:00:00Z true"),
        (
            "From: ann@a.example\nDate: never\nReceived: by a.example; 1 Apr 2016 09:00:00 +0000",
            "ann@a.example",
            "2016-04-01T09:00:00Z true",
        ),
        ("From: ann@a.example", "ann@a.example", "2015-04-01T09:00:00Z false"),
    ] {
        let mail = Mail::read(format!("{fields}\n\nHi").as_bytes(), Some(b"From ann@a.example Wed Apr  1 09:00:00 2015"));
        let told = mail.date.map(|date| format!("{} {}", date.when, date.has_zone)).unwrap_or_default();
        assert_eq!((mail.author.as_deref(), told.as_str()), (Some(author), date), "{fields}");
    }
}

#[test]
fn charsets_that_are_not_told_or_wrong_are_tried() {
    for (fields, body) in [
        ("Content-Type: text/plain; charset=iso-8859-1", &b"caf\xe9"[..]),
        ("Content-Type: text/plain; charset=none-such", b"caf\xe9"),
        ("Content-Type: text/plain; charset=us-ascii", b"caf\xc3\xa9"),
        ("Content-Type: text/plain; charset=utf-8", b"caf\xe9"),
        ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"caf=C3=\n=A9"),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"Y2Fmw6k="),
        ("X-Nothing: told", b"caf\xe9"),
        ("Content-Type: text/html; charset=utf-8", b"<p>caf&eacute;</p>"),
    ] {
        let text = [b"From: a@a.example\nSubject: b\n", fields.as_bytes(), b"\n\n", body].concat();
        assert_eq!(Mail::read(&text, None).body.text().trim(), "café", "{fields}");
    }
    let raw = Mail::read(b"From: Caf\xe9 <a@a.example>\nSubject: caf\xe9\n\nHi", None);
    assert_eq!((raw.author.as_deref(), &*raw.subject), (Some("Café"), "café"));
}

#[test]
fn attachments_are_named() {
    let text = "From: a@a.example\nSubject: b\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nWords.\n\
        --x\nContent-Type: image/png; name=owl.png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\nAAAA\n--x--\n";
    let mail = Mail::read(text.as_bytes(), None);
    assert_eq!(mail.attachments, 1);
    assert_eq!(mail.body.text().trim(), "Words.\nattachment: owl.png (image/png, 3 bytes)");
}

fn shown(text: &str, flowed: Option<bool>) -> String {
    let read = PlainMailText::read(text, flowed);
    format!("{}{}", markdown(&read.document).trim_end(), read.files.concat())
}

#[test]
fn quotations_patches_and_paragraphs_are_told_apart() {
    let full = "a line of sixty letters that a mail program ended for itself,";
    for (text, wanted) in [
        (format!("{full}\nand more\n\nNext"), format!("{full} and more\n\nNext")),
        ("Ann wrote:\n> one\n> > two\n\nNo.".to_owned(), "Ann wrote:\n\n> one\n>\n> > two\n\nNo.".to_owned()),
        (
            "diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y".to_owned(),
            "```diff\ndiff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n```".to_owned(),
        ),
        ("begin 644 owl.png\n#AAAA\n`\nend\n".to_owned(), "attachment: owl.png (uuencoded, 3 bytes)".to_owned()),
        ("begin 644 words\nand no end".to_owned(), "begin 644 words\n\nand no end".to_owned()),
    ] {
        assert_eq!(shown(&text, None), wanted, "{text}");
    }
    assert!(shown(&"> line\n".repeat(20), None).contains("quotation of 20 lines"));
    assert_eq!(shown("soft \nend \nhere\nhard", Some(false)), "soft end here\n\nhard");
}
