//! The title of the page that comments are on, out of what a feed of comments says around it in any language.

use url::Url;

use super::PlacedEntry;
use super::address::page_of;
use crate::domain::text::{CleanText, clean_line};
use crate::format::feed::{Entry, Feed};
use crate::format::slug;
use crate::site::identity::is_same_address;

/// Prefixes that programs put before a title, longest first where one begins like another.
const BEFORE: &[&str] = &[
    "Comments on:",
    "Comments on",
    "Comments for:",
    "Comments for",
    "Comment on",
    "Latest comments for",
    "Re:",
    "Kommentare zu:",
    "Kommentare zu",
    "Kommentar zu",
    "Kommentare für",
    "Commentaires sur :",
    "Commentaires sur:",
    "Commentaires sur",
    "Commentaire sur",
    "Commentaires pour",
    "Comentarios en:",
    "Comentarios en",
    "Comentario en",
    "Comentarios sobre:",
    "Comentarios sobre",
    "Comentario sobre",
    "Commenti a:",
    "Commenti a",
    "Commenti su:",
    "Commenti su",
    "Commento su",
    "Reacties op:",
    "Reacties op",
    "Reactie op",
    "Comentários sobre:",
    "Comentários sobre",
    "Comentários em:",
    "Comentários em",
    "Comentário sobre",
    "Comentário em",
    "Kommentarer på:",
    "Kommentarer på",
    "Kommentarer til:",
    "Kommentarer til",
    "Kommentar til",
    "Kommentar till",
    "Komentarze do:",
    "Komentarze do",
    "Komentarz do",
    "Komentáře:",
    "Комментарии к записи",
    "Комментарий к записи",
    "Комментарии:",
    "Комментарии на:",
];

/// And what they put behind it.
const BEHIND: &[&str] = &["へのコメント", "的评论", "的留言", "에 대한 댓글"];

/// The title of an entry's page, by words that are the same in all languages.
pub(super) fn told(entry: &Entry) -> Option<CleanText> {
    let title = entry.article.title.as_str();
    let name = entry.article.byline.as_deref().filter(|name| !name.is_empty())?;
    // remark42: `alice > bob, "The post"`. TypePad: `alice commented on 'The post'`.
    let quoted = title.strip_prefix(name).and_then(|rest| {
        let (open, close) = [('"', '"'), ('\'', '\''), ('“', '”'), ('«', '»')]
            .into_iter()
            .find(|(open, close)| rest.contains(*open) && rest.trim_end().ends_with(*close))?;
        let inner = rest.split_once(open)?.1.trim_end().strip_suffix(close)?;
        Some(inner).filter(|inner| !inner.is_empty())
    });
    if let Some(quoted) = quoted {
        return Some(clean_line(quoted));
    }
    // "Comment on TITLE by NAME", in any language that puts a word or two before the name.
    let before = title.strip_suffix(name).map(str::trim_end)?;
    let rest = before.rsplit_once(' ').map_or("", |(rest, _)| rest);
    Some(clean_line(rest)).filter(|rest| !rest.is_empty())
}

/// The title of the page of some comments.
pub(super) fn of_page(feed: &Feed, entries: &[PlacedEntry<'_>], address: &str, is_one: bool) -> CleanText {
    // The feed of an article's comments belongs to the article's page; one of a whole site may have comments on one page.
    let is_its = |site: &CleanText| page_of(site).is_some_and(|site| is_same_address(&site, address));
    let is_of_page = is_one && feed.site.as_ref().is_some_and(is_its);
    let told = entries.iter().find_map(|placed| placed.title.as_ref()).filter(|_| !is_of_page);
    let named = match told {
        Some(title) => Some(bare(title, address)),
        None if is_of_page || (is_one && feed.site.is_none()) => Some(bare(&feed.title, address)),
        None => shared_subject(entries),
    };
    named.filter(|title| !title.is_empty()).unwrap_or_else(|| of_address(address, feed, is_one))
}

/// "Re: The post" above all comments of a page.
fn shared_subject(entries: &[PlacedEntry<'_>]) -> Option<CleanText> {
    let subject = entries[0].entry.article.title.strip_prefix("Re: ")?;
    let is_shared = entries.iter().all(|placed| placed.entry.article.title.strip_prefix("Re: ") == Some(subject));
    is_shared.then(|| clean_line(subject))
}

fn of_address(address: &str, feed: &Feed, is_one: bool) -> CleanText {
    let told = clean_line(&slug::title_of(address));
    if told.is_empty() && is_one { feed.title.clone() } else { told }
}

/// The article's own title in a feed's "Comments on: TITLE": what its address repeats of it, else what stands behind such
/// words, else what follows a colon.
pub(super) fn bare(around: &CleanText, address: &str) -> CleanText {
    let path = Url::parse(address).map(|url| url.path().to_owned()).unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let last = last.strip_suffix(".html").unwrap_or(last);
    let starts = around.char_indices().filter(|(at, _)| *at == 0 || around[..*at].ends_with([' ', '“', '"', '«', '»', ':']));
    let words = |text: &str| -> String {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    };
    let repeats = |text: &str| last.contains('-') && (words(text) == last || words(text).starts_with(last));
    let found = starts.map(|(at, _)| &around[at..]).take(64).find(|text| repeats(text));
    let after_words = || BEFORE.iter().find_map(|before| around.strip_prefix(before)?.strip_prefix([' ', '\u{a0}']));
    let before_words = || BEHIND.iter().find_map(|behind| around.strip_suffix(behind));
    let after_colon =
        || around.split_once(':').filter(|(before, after)| before.chars().count() <= 40 && after.starts_with(' '));
    let title = found.or_else(after_words).or_else(before_words).or_else(|| after_colon().map(|(_, after)| after));
    let title = title.unwrap_or(around).trim();
    let title = title.trim_start_matches(['「', '《', '“', '«']).trim_end_matches(['」', '》', '”', '»']).trim();
    // "Comments for example.org/page.html" names no title.
    if is_bare_address(title) { CleanText::default() } else { clean_line(title) }
}

fn is_bare_address(title: &str) -> bool {
    let host = title.split('/').next().unwrap_or_default();
    title.contains('/') && !title.contains(' ') && (host.contains('.') || host.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_loses_the_words_around_it() {
        for (of_feed, address, expected) in [
            ("Comments on: A Tale of Two Feeds", "https://example.org/2024/05/a-tale-of-two-feeds/", "A Tale of Two Feeds"),
            ("Comments on A Tale: of Two Feeds", "https://example.org/a-tale-of-two-feeds/", "A Tale: of Two Feeds"),
            ("Comments on: Part 2: Owls", "https://example.org/?p=12", "Part 2: Owls"),
            ("Comments on Owl notes", "https://example.org/?p=12", "Owl notes"),
            ("Kommentare zu: Grüße", "https://example.org/?p=12", "Grüße"),
            ("Commentaires sur : Hiboux", "https://example.org/?p=12", "Hiboux"),
            ("「ふくろう」へのコメント", "https://example.org/?p=12", "ふくろう"),
            ("Comments on Some Site: A long title, cut", "https://example.org/2024/a-long-title.html", "A long title, cut"),
            ("Comments for example.org:8080/page.html", "https://example.org:8080/page.html", ""),
            ("A title", "https://example.org/?p=1", "A title"),
        ] {
            assert_eq!(bare(&clean_line(of_feed), address), expected, "{of_feed}");
        }
    }
}
