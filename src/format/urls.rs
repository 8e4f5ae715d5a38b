//! Newsboat's file of subscriptions, `urls`: an address a line, with tags behind it.
//!
//! Syntax: newsboat's manual, "Adding Feeds", "Tagging", "Query Feeds" and "Scripts and Filters (Snownews Extensions)".

use super::opml::Subscription;
use super::{Origin, encoding, stem};
use crate::domain::text::{CleanText, clean_line};

/// Reads it: the subscriptions in their order, and a note for each line that is not taken.
pub fn read(bytes: &[u8]) -> (Vec<Subscription>, Vec<CleanText>) {
    let decoded = encoding::decode(bytes, None);
    let mut notes: Vec<CleanText> = decoded.notes.iter().map(|note| clean_line(note)).collect();
    let mut found = Vec::new();
    for (line, words) in lines(&decoded.text) {
        match subscription(&words) {
            Ok(subscription) => found.push(subscription),
            Err(why) => notes.push(clean_line(&format!("line {line} not taken: {why}"))),
        }
    }
    (found, notes)
}

/// Whether a text is such a file: it looks like one, and is called so or has what no list of links has.
pub fn is_urls(text: &str, origin: &Origin<'_>) -> bool {
    let mut is_marked = stem(origin.name) == "urls";
    let mut some = false;
    for (_, words) in lines(text) {
        let Some((first, tags)) = words.split_first() else { continue };
        let is_special = ["query:", "exec:", "filter:"].iter().any(|start| first.starts_with(start));
        if !is_special && !is_feed(first) {
            return false;
        }
        some = true;
        is_marked |= is_special || tags.iter().any(|tag| tag.starts_with(['~', '!']));
    }
    some && is_marked
}

/// Each line that says something, by its number from 1, in words.
fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<String>)> {
    text.lines().enumerate().map(|(n, line)| (n + 1, words(line))).filter(|(_, words)| !words.is_empty())
}

/// What addresses of feeds begin with.
fn is_feed(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "file" | "gopher" | "ftp"))
}

fn subscription(words: &[String]) -> Result<Subscription, String> {
    let (first, tags) = words.split_first().ok_or("it is empty")?;
    if let Some(query) = first.strip_prefix("query:") {
        let (name, filter) = query.split_once(':').unwrap_or((query, ""));
        return Err(format!("a query feed, which is a saved search here: {name}: {filter}"));
    }
    if let Some(command) = first.strip_prefix("exec:") {
        return Err(format!("a program's output is no source: {command}"));
    }
    if let Some(command) = first.strip_prefix("filter:") {
        return Err(format!("a feed through a program is no source: {command}"));
    }
    if !is_feed(first) {
        return Err(format!("no address of a feed: {first}"));
    }
    let mut subscription = Subscription::new(first);
    for tag in tags {
        match tag.strip_prefix('~') {
            // The last one counts, and "~" alone gives no name.
            Some(title) if !clean_line(title).is_empty() => subscription.title = clean_line(title),
            Some(_) => {}
            None => subscription.tags.extend(Some(clean_line(tag)).filter(|tag| !tag.is_empty())),
        }
    }
    Ok(subscription)
}

/// A line's words, apart by blanks. A word in quotes may hold blanks and escapes; a `#` that begins a word begins a
/// comment.
fn words(line: &str) -> Vec<String> {
    const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];
    let mut words = Vec::new();
    let mut rest = line.trim_start_matches(BLANKS);
    while !rest.is_empty() && !rest.starts_with('#') {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (mut word, mut chars) = (String::new(), quoted.chars());
            while let Some(c) = chars.next() {
                match c {
                    '"' => break,
                    '\\' => word.extend(chars.next().map(|c| match c {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        c => c,
                    })),
                    c => word.push(c),
                }
            }
            words.push(word);
            rest = chars.as_str();
        } else {
            let end = rest.find(BLANKS).unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        rest = rest.trim_start_matches(BLANKS);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn addresses_titles_tags_and_what_is_not_taken() {
        let file = "# my feeds\n\nhttps://a.example/rss?x#y news \"cool stuff\" \"~A \\\"quoted\\\" title\" # why\n\
            \t http://user:pass@b.example/\n\"https://c.example/a b\" !hidden \"~\"\nfile:///var/log/x.xml tag\"s\n\
            \"query:Unread:unread = \\\"yes\\\" and tags # \\\"x\\\"\"\nexec:~/bin/feed tag\n\
            filter:~/bin/f:https://d.example/\nsomething else\n   # indented\nHTTPS://e.example \"open\r\n";
        let (found, notes) = read(file.as_bytes());
        let found: Vec<String> = found
            .iter()
            .map(|one| {
                let tags: Vec<&str> = one.tags.iter().map(CleanText::as_str).collect();
                format!("{}|{}|{}|{}", one.address, one.title, tags.join("+"), one.is_hidden())
            })
            .collect();
        assert_eq!(
            found,
            [
                "https://a.example/rss?x#y|A \"quoted\" title|news+cool stuff|false",
                "http://user:pass@b.example/|||false",
                "https://c.example/a b||!hidden|true",
                "file:///var/log/x.xml||tag\"s|false",
                "HTTPS://e.example||open|false",
            ]
        );
        assert_eq!(
            notes,
            [
                "line 7 not taken: a query feed, which is a saved search here: Unread: unread = \"yes\" and tags # \"x\"",
                "line 8 not taken: a program's output is no source: ~/bin/feed",
                "line 9 not taken: a feed through a program is no source: ~/bin/f:https://d.example/",
                "line 10 not taken: no address of a feed: something",
            ]
        );
    }

    #[test]
    fn such_a_file_is_told_from_prose_and_links() {
        let table = [
            ("urls", "https://a.example/", true),
            (".newsboat/urls", "# c\nhttps://a.example/ x\n", true),
            ("links.txt", "https://a.example/\n", false),
            ("links.txt", "https://a.example/ \"~A\"\n", true),
            ("-", "\"query:All:unread = \\\"yes\\\"\"\nhttps://a.example/\n", true),
            ("urls", "https://a.example/\nis where it stands\n", false),
            ("urls", "# nothing\n", false),
        ];
        for (name, text, expected) in table {
            assert_eq!(is_urls(text, &Origin { name, now: Timestamp(0) }), expected, "{name}: {text}");
        }
    }
}
