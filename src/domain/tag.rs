//! Tags that the reader gives to articles: one word each, lower case.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use super::text::{CleanText, clean_line};

/// A tag's name: without blanks and commas, which stand between tags.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tag(CleanText);

/// The longest name, in characters.
const LONGEST: usize = 50;

impl Tag {
    /// The tag of the articles to read later.
    pub fn later() -> Tag {
        Tag(clean_line("later"))
    }

    pub fn is_later(&self) -> bool {
        &*self.0 == "later"
    }
}

impl FromStr for Tag {
    type Err = String;

    /// A `#` before it is left out.
    fn from_str(text: &str) -> Result<Tag, String> {
        let name = clean_line(&text.trim().to_lowercase());
        let name = clean_line(name.strip_prefix('#').unwrap_or(&name));
        if name.is_empty() {
            return Err("a tag needs a name".to_owned());
        }
        if name.chars().any(|c| c.is_whitespace() || c == ',' || c == '"') {
            return Err(format!("`{name}` is not a tag: a tag has no blanks, commas or quotes"));
        }
        if name.chars().count() > LONGEST {
            let beginning: String = name.chars().take(20).collect();
            return Err(format!("the tag `{beginning}…` is longer than {LONGEST} characters"));
        }
        Ok(Tag(name))
    }
}

impl Deref for Tag {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Reads tags between blanks or commas, each once, in alphabetical order.
pub fn parse_tags(text: &str) -> Result<Vec<Tag>, String> {
    let names = text.split(|c: char| c.is_whitespace() || c == ',').filter(|name| !name.is_empty());
    let mut tags = names.map(str::parse).collect::<Result<Vec<Tag>, String>>()?;
    tags.sort();
    tags.dedup();
    Ok(tags)
}

/// Tags as they are shown: `#linux #rust`.
pub fn shown_tags(tags: &[Tag]) -> String {
    tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_between_blanks_and_commas() {
        let shown = |text: &str| parse_tags(text).map_or_else(|error| error, |tags| shown_tags(&tags));
        for (text, wanted) in [
            ("", ""),
            ("rust", "#rust"),
            ("#Rust, linux rust  C++", "#c++ #linux #rust"),
            ("ÄRGER 量子", "#ärger #量子"),
            ("a\u{1b}[31mb", "#a[31mb"),
            ("#", "a tag needs a name"),
            ("say\"it", "`say\"it` is not a tag: a tag has no blanks, commas or quotes"),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
        assert_eq!(shown(&"x".repeat(51)), "the tag `xxxxxxxxxxxxxxxxxxxx…` is longer than 50 characters");
    }
}
