//! Titles in addresses: `…/kpop-demon-hunters/2144` says "Kpop demon hunters" where nothing else tells a title.

use percent_encoding::percent_decode_str;
use url::Url;

/// The words of a slug as a title; empty where it is only a number or an id.
pub fn title(slug: &str) -> String {
    let decoded = percent_decode_str(slug).decode_utf8_lossy();
    let stem = decoded.split_once('.').map_or(&*decoded, |(stem, _)| stem);
    let words: Vec<&str> = stem.split(['-', '_', '+', ' ']).filter(|word| !word.is_empty()).collect();
    if !words.iter().any(|word| word.chars().any(char::is_alphabetic)) {
        return String::new();
    }
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The title that an address tells: that of its last part, or of several words before a number (`/t/some-words/12`). A
/// single word there is no title (`/node/12`).
pub fn title_of(address: &str) -> String {
    let url = Url::parse(address).ok();
    let parts = url.as_ref().and_then(Url::path_segments).into_iter().flatten().filter(|part| !part.is_empty());
    let mut last_first = parts.rev().map(title);
    let last = last_first.next().filter(|title| !title.is_empty());
    last.or_else(|| last_first.next().filter(|title| title.contains(' '))).unwrap_or_default()
}

/// True if a title was made of the address: it must not take the place of a real one.
pub fn is_title_of(title: &str, address: &str) -> bool {
    !title.is_empty() && title_of(address) == title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_title_where_it_has_words() {
        for (slug, wanted) in [
            ("kpop-demon-hunters", "Kpop demon hunters"),
            ("a_tale.html", "A tale"),
            ("gr%C3%BC%C3%9Fe-aus", "Grüße aus"),
            ("2144", ""),
            ("2011-06", ""),
            ("", ""),
        ] {
            assert_eq!(title(slug), wanted);
        }
    }

    #[test]
    fn an_address_tells_the_title_of_its_last_words() {
        for (address, wanted) in [
            ("https://a.example/t/kpop-demon-hunters/2144", "Kpop demon hunters"),
            ("https://a.example/2026/11/owl-note-number-7/", "Owl note number 7"),
            ("https://a.example/?p=10", ""),
            ("https://a.example/node/12", ""),
            ("not an address", ""),
        ] {
            assert_eq!(title_of(address), wanted);
        }
        assert!(is_title_of("Owl note", "https://a.example/owl-note/"));
        assert!(!is_title_of("Owl Note", "https://a.example/owl-note/"));
        assert!(!is_title_of("", "https://a.example/?p=10"));
    }
}
