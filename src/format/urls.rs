//! Newsboat's file of subscriptions, `urls`: an address a line, with tags behind it.
//!
//! Syntax: newsboat's manual, "Adding Feeds", "Tagging", "Query Feeds" and "Scripts and Filters (Snownews Extensions)".

use super::bounds::MAX_NOTES;
use super::opml::{ListedFeed, MAX_ELEMENTS};
use super::{Origin, encoding, newsboat, stem};
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};

/// A query feed as a saved search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedSearch {
    pub name: CleanText,
    pub query: String,
}

/// The content of such a file, in its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Urls {
    pub subscriptions: Vec<ListedFeed>,
    pub searches: Vec<ListedSearch>,
    /// A note for each line that is not taken.
    pub notes: Vec<CleanText>,
}

/// The kind of a line.
enum UrlsLine {
    Subscription(ListedFeed),
    Search(ListedSearch),
}

pub fn read(bytes: &[u8]) -> Urls {
    let decoded = encoding::decode(bytes, None);
    let mut urls = Urls { notes: decoded.notes.iter().map(|note| clean_line(note)).collect(), ..Urls::default() };
    let (mut not_taken, mut left_out) = (0, 0);
    for (line, words) in lines(&decoded.text) {
        match read_line(&words) {
            Ok(_) if urls.subscriptions.len() + urls.searches.len() >= MAX_ELEMENTS => left_out += 1,
            Ok(UrlsLine::Subscription(subscription)) => urls.subscriptions.push(subscription),
            Ok(UrlsLine::Search(search)) => urls.searches.push(search),
            Err(why) => {
                not_taken += 1;
                if not_taken <= MAX_NOTES / 2 {
                    urls.notes.push(clean_line(&format!("line {line} not taken: {why}")));
                }
            }
        }
    }
    if not_taken > MAX_NOTES / 2 {
        urls.notes.push(clean_line(&format!("{} more lines not taken", not_taken - MAX_NOTES / 2)));
    }
    if left_out > 0 {
        let what = plural(left_out as u64, "line");
        urls.notes.push(clean_line(&format!("{what} left out: the first {MAX_ELEMENTS} of a list are read")));
    }
    urls
}

/// True if a text is such a file: it looks like one, and is called so or has what no list of links has.
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

/// The prefixes of feed addresses.
fn is_feed(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "file" | "gopher" | "ftp"))
}

fn read_line(words: &[String]) -> Result<UrlsLine, String> {
    let (first, tags) = words.split_first().ok_or("it is empty")?;
    if let Some(query) = first.strip_prefix("query:") {
        let (name, filter) = query.split_once(':').unwrap_or((query, ""));
        let query = newsboat::filter::to_query(filter).map_err(|why| format!("the query feed {name}: {why}"))?;
        return Ok(UrlsLine::Search(ListedSearch { name: clean_line(name), query }));
    }
    let is_program = first.starts_with("exec:") || first.starts_with("filter:");
    if !is_program && !is_feed(first) {
        return Err(format!("not the address of a feed: {first}"));
    }
    Ok(UrlsLine::Subscription(subscription(first, tags)))
}

fn subscription(first: &str, tags: &[String]) -> ListedFeed {
    let mut subscription = ListedFeed::new(first);
    for tag in tags {
        match tag.strip_prefix('~') {
            // The last one counts, and "~" alone gives no name.
            Some(title) if !clean_line(title).is_empty() => subscription.title = clean_line(title),
            Some(_) => {}
            None => subscription.tags.extend(Some(clean_line(tag)).filter(|tag| !tag.is_empty())),
        }
    }
    subscription
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
        let Urls { subscriptions, searches, notes } = read(file.as_bytes());
        let found: Vec<String> = subscriptions
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
                "exec:~/bin/feed||tag|false",
                "filter:~/bin/f:https://d.example/|||false",
                "HTTPS://e.example||open|false",
            ]
        );
        assert_eq!(
            searches.iter().map(|one| format!("{}: {}", one.name, one.query)).collect::<Vec<_>>(),
            ["Unread: is:unread folder:\"x\"",]
        );
        assert_eq!(notes, ["line 10 not taken: not the address of a feed: something",]);
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
