//! Bytes of any known format as pages, found by content: what `import`, `show` and the reader take from a file or a server.

use url::Url;

use super::{SITES, Site, comment_feed, file_format};
use crate::domain::article::{Article, Page};
use crate::domain::text::{CleanText, clean_line};
use crate::format::bounds::{Bounds, keep_notes};
use crate::format::feed::Kind;
use crate::format::json::{Json, JsonPieces, Value};
use crate::format::{
    Format, MAX_PAGE, MAX_RECORD, Origin, Parsed, Unreadable, edition, encoding, feed, gunzip, html, markdown, opml, page,
    plain, sniff, urls,
};

/// Reads bytes of any known format, found by content.
pub fn read(bytes: &[u8], origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    read_told(bytes, None, origin)
}

/// The article on a web page, for an entry that carries only its teaser. `charset` is what the server's answer names,
/// the origin's name the page's address.
pub fn full_text(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Article, Unreadable> {
    let parsed = read_told(bytes, charset, origin)?;
    let page = parsed.pages.into_iter().next().filter(|page| !page.article.body.is_blank());
    match parsed.format {
        Format::Rss | Format::Atom | Format::JsonFeed => Err(Unreadable::Unknown { found: "a feed, not a page" }),
        _ => page.map(|page| page.article).ok_or(Unreadable::NoArticle),
    }
}

/// As [`read`], where the server's answer names an encoding.
pub fn read_told(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    let (bytes, note) = gunzip::gunzip(bytes);
    let mut parsed = read_plain(&bytes, charset, origin)?;
    parsed.notes.extend(note.map(clean_line));
    let mut bounds = Bounds::default();
    bounds.keep_pages(&mut parsed.pages);
    bounds.keep_subscriptions(&mut parsed.subscriptions);
    keep_notes(&mut parsed.notes);
    parsed.notes.extend(bounds.notes());
    Ok(parsed)
}

/// Reads what is not compressed.
fn read_plain(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    if let Some(found) = sniff::foreign_bytes(bytes) {
        return Err(Unreadable::Unknown { found });
    }
    if bytes.len() <= MAX_RECORD
        && let Some(file) = SITES.iter().find_map(|site| site.read_file(bytes, origin))
    {
        return file.map(|file| Parsed::of_pages(file.format, file.pages, file.notes));
    }
    if feed::is_feed(bytes) {
        return read_feed(bytes, charset, origin);
    }
    if bytes.len() > MAX_PAGE
        && feed::begins_json_feed(bytes)
        && let Ok(parsed) = read_feed(bytes, charset, origin)
    {
        return Ok(parsed);
    }
    if bytes.len() > MAX_RECORD {
        return Err(Unreadable::record_too_large(bytes.len()));
    }
    if opml::is_opml(bytes) {
        let list = opml::read(bytes)?;
        let (subscriptions, more) = list.subscriptions();
        let notes = list.notes.into_iter().chain(more).collect();
        return Ok(Parsed::list(Format::Opml, subscriptions, notes));
    }
    if let Some(at) = bytes.iter().position(|&b| b == 0).filter(|_| !encoding::is_utf16(bytes)) {
        return Err(Unreadable::Binary { at });
    }
    let decoded = encoding::decode(bytes, charset);
    let text = &decoded.text;
    // UTF-16 of NUL characters, and a file of nothing but white space and marks.
    if let Some(at) = text.find('\0') {
        return Err(Unreadable::Binary { at });
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if sniff::is_json(text) && feed::is_json_feed(text) {
        return read_feed(bytes, charset, origin);
    }
    let decoded_notes = decoded.notes.iter().map(|note| clean_line(note));
    if let Some(read) = read_as_json(text, origin) {
        let (format, pages, more) = read?;
        return Ok(Parsed::of_pages(format, pages, decoded_notes.chain(more).collect()));
    }
    if let Some(found) = sniff::foreign_text(text) {
        return Err(Unreadable::Unknown { found });
    }
    if urls::is_urls(text, origin) {
        let urls::Urls { subscriptions, searches, notes } = urls::read(bytes);
        return Ok(Parsed { searches, ..Parsed::list(Format::Urls, subscriptions, notes) });
    }
    let (format, page, notes) = read_page(text, bytes.len(), origin)?;
    Ok(Parsed::of_pages(format, vec![page], decoded_notes.chain(notes).collect()))
}

/// Reads a text that is JSON, or a script that gives JSON a name; none for any other.
fn read_as_json(text: &str, origin: &Origin<'_>) -> Option<Result<ReadJson, Unreadable>> {
    if sniff::is_json(text) {
        return Some(read_json(text, origin));
    }
    let named = sniff::named_json(text)?;
    let read = read_json(named.json, origin);
    // Prose may begin as a script does.
    (read.is_ok() || named.is_script).then_some(read)
}

/// Reads a text of `bytes` bytes that is one page.
fn read_page(text: &str, bytes: usize, origin: &Origin<'_>) -> Result<(Format, Page, Vec<CleanText>), Unreadable> {
    let format = sniff::format(text, origin);
    let saved = SITES.iter().filter(|_| format == Format::Plain).find_map(|site| site.read_text(text, origin));
    if let Some(saved) = saved {
        return Ok((saved.format, saved.page, saved.notes));
    }
    if bytes > MAX_PAGE {
        return Err(Unreadable::TooLarge { bytes, most: MAX_PAGE, what: "one page" });
    }
    let saved = SITES.iter().filter(|_| format == Format::Html).find_map(|site| site.read_html(text, origin));
    if let Some(saved) = saved {
        return saved.map(|saved| (saved.format, saved.page, saved.notes));
    }
    let (mut page, notes) = match format {
        Format::Edition => edition::read_page(text, origin),
        Format::Html => page::read(text, &html::find::at_saving(text, origin)),
        Format::Markdown => markdown::read_page(text, origin),
        _ => plain::read_page(text, origin),
    };
    if format == Format::Html {
        find_comment_feed(&mut page.article, text);
    }
    Ok((format, page, notes))
}

/// Notes where the comments on an article are told, where a script on its page shows them.
fn find_comment_feed(article: &mut Article, text: &str) {
    let address = article.url.as_deref().and_then(|url| Url::parse(url).ok());
    let found = address.and_then(|address| SITES.iter().find_map(|site| site.comment_feed_on(text, &address)));
    article.replies.feed = article.replies.feed.take().or_else(|| found.map(|feed| clean_line(&feed)));
}

/// Reads a feed as pages.
fn read_feed(bytes: &[u8], charset: Option<&str>, origin: &Origin<'_>) -> Result<Parsed, Unreadable> {
    let feed = feed::read(bytes, charset, origin)?;
    let format = match feed.kind {
        Kind::Rss => Format::Rss,
        Kind::Atom => Format::Atom,
        Kind::Json => Format::JsonFeed,
    };
    let (pages, mut notes) = comment_feed::into_pages(feed);
    if pages.is_empty() {
        notes.push(clean_line("there is nothing in it"));
    }
    Ok(Parsed::of_pages(format, pages, notes))
}

/// Reads a site's answers to several requests for one discussion as the pages that they make together; none if it is not
/// what that site's discussions look like.
pub(super) fn read_json_of(site: &dyn Site, json: JsonPieces<'_>, origin: &Origin<'_>) -> Option<Vec<Page>> {
    if !firsts(json).any(|value| site.owns_json(value)) {
        return None;
    }
    let (pages, _) = site.read_json(json, origin);
    Some(pages).filter(|pages| !pages.is_empty())
}

/// The first values of a file, those of lists for the lists.
fn firsts(json: JsonPieces<'_>) -> impl Iterator<Item = Value<'_>> {
    const SEEN: usize = 20;
    let inside = json.roots().filter(|root| root.is_array()).flat_map(Value::items);
    json.roots().filter(|root| !root.is_array()).take(SEEN).chain(inside.take(SEEN))
}

/// Pages out of JSON, and the notes on them.
type ReadJson = (Format, Vec<Page>, Vec<CleanText>);

/// Discussions saved as JSON, as a site gives them.
fn read_json(text: &str, origin: &Origin<'_>) -> Result<ReadJson, Unreadable> {
    let whole = Json::parse(text);
    let pieces = [&whole];
    let json = JsonPieces(&pieces);
    let is_its = |site: &&&'static dyn Site| firsts(json).any(|value| site.owns_json(value));
    let Some(site) = SITES.iter().find(is_its) else {
        return Err(Unreadable::Unknown { found: firsts(json).find_map(other).unwrap_or("JSON") });
    };
    let (pages, mut notes) = site.read_json(json, origin);
    if pages.is_empty() {
        return Err(Unreadable::Unknown { found: "JSON" });
    }
    if let Some(first) = whole.faults().first() {
        let more = whole.faults().len() - 1;
        let more = if more > 0 { format!(", and {more} more such") } else { String::new() };
        notes.push(clean_line(&format!("not all of it is JSON: {first}{more}; what stands before is read")));
    }
    Ok((file_format(*site), pages, notes))
}

/// The name of a value without a discussion, if it is known.
fn other(value: Value<'_>) -> Option<&'static str> {
    let has = |key: &str| value.get(key).is_some();
    if has("attributedTo") || has("actor") {
        return match value.text("type")? {
            "Note" => Some("an ActivityPub note"),
            "Page" | "Article" => Some("an ActivityPub page"),
            _ => Some("an ActivityPub activity"),
        };
    }
    let first_has = |list: &str, key: &str| {
        let first = value.get(list).and_then(|list| list.items().next());
        first.is_some_and(|first| first.get(key).is_some())
    };
    if first_has("result", "update_id") || (has("messages") && has("has_more")) {
        return Some("messages of a chat");
    }
    if first_has("data", "inReplyToCommentId") || value.at(&["comment", "inReplyToCommentId"]).is_some() {
        return Some("comments of PeerTube");
    }
    if value.at(&["request", "url"]).is_some() && value.at(&["response", "responseBody"]).is_some() {
        return Some("a recording of a request to a server");
    }
    if has("@context") && (has("orderedItems") || has("items") || has("first")) {
        return Some("an ActivityPub collection");
    }
    SITES.iter().find_map(|site| site.other_json(value))
}
