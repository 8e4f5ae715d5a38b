//! Parts of a page outside its article, which must neither replace a short article nor name its author: banners that ask
//! for consent, words for screen readers only, what the page's own style hides, lists in the margin.

use std::collections::HashSet;

use dom_query::{Document as Dom, NodeRef};

use super::super::html::find::{all, first};
use crate::domain::text::fold;

/// Words of classes and ids, as [`super::furniture`] parts them, of banners that ask for consent. The first five are names of
/// such banners' makers.
const CONSENT: &[&str] = &[
    "onetrust",
    "didomi",
    "usercentrics",
    "cookiebot",
    "truste",
    "cookie",
    "cookies",
    "cookieconsent",
    "consent",
    "gdpr",
    "ccpa",
    "cmp",
    "qc-cmp2",
    "cookielaw",
    "cookie-notice",
    "cookiebanner",
];

/// The same of text that is there for screen readers.
const UNSEEN: &[&str] =
    &["screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden", "skip-link", "screenreader-only"];

/// Names of classes of lists in the margin.
const MARGIN: &[&str] = &["widget", "widget-area", "sidebar", "latest-comments", "wp-block-latest-comments", "recentcomments"];

/// Words with which a banner begins that asks for consent.
const ASKS: &[&str] = &["cookie", "consent", "privacy", "datenschutz", "confidentialité", "privacidad", "partners", "gdpr"];

/// Selectors for the article of a page.
const ARTICLE: &str = "article, main, h1, [role=main], [itemprop=articleBody]";

/// Takes it out. What holds the page's headline or its article stays, whatever it is called.
pub(super) fn remove(dom: &Dom) {
    let hidden = hidden_classes(dom);
    let Some(body) = first(dom, "body") else { return };
    for part in all(&body, "[class], [id]") {
        // It went with what stood around it.
        if !part.ancestors_it(None).any(|above| above.id == body.id) {
            continue;
        }
        let words = super::furniture::words(&part);
        let is = |names: &[&str]| names.iter().any(|name| words.contains(&format!("-{name}-")));
        let has_class = |is: &dyn Fn(&str) -> bool| part.class().is_some_and(|class| class.split_whitespace().any(is));
        // A list in the margin may mark each of its lines as an article.
        let is_in_margin = has_class(&|name| MARGIN.contains(&name)) && !holds(&part, "main, h1, [itemprop=articleBody]");
        let is_hidden = is(UNSEEN) || has_class(&|name| hidden.contains(name));
        let is_elsewhere = (is_hidden && !holds(&part, ARTICLE) || is_in_margin) && !holds_prose(&part);
        if is_elsewhere || (is(CONSENT) && asks_for_consent(&part) && !holds(&part, ARTICLE)) {
            part.remove_from_parent();
        }
    }
}

fn asks_for_consent(part: &NodeRef<'_>) -> bool {
    const BEGINNING: usize = 400;
    let text = part.text();
    let begins = text.trim_start();
    let begins = fold(&begins[..begins.floor_char_boundary(BEGINNING.min(begins.len()))]);
    ASKS.iter().any(|word| begins.contains(word))
}

/// True if it has as much text as an article, not counting links.
fn holds_prose(part: &NodeRef<'_>) -> bool {
    const LETTERS: usize = 600;
    let all_letters = part.normalized_char_count();
    all_letters > LETTERS
        && all_letters - all(part, "a").iter().map(NodeRef::normalized_char_count).sum::<usize>().min(all_letters) > LETTERS
}

/// True if it is or contains one of these, or is part of the headline.
fn holds(part: &NodeRef<'_>, marks: &str) -> bool {
    let is_marked = marks.split(", ").any(|name| part.has_name(name));
    is_marked || !all(part, marks).is_empty() || part.ancestors_it(None).any(|above| above.has_name("h1"))
}

/// The classes that the page's own style hides on every screen: rules of one class alone, outside of conditions.
fn hidden_classes(dom: &Dom) -> HashSet<String> {
    /// So much of a page's styles is looked at, in bytes.
    const MOST: usize = 256 << 10;
    let mut hidden = HashSet::new();
    let mut left = MOST;
    for style in dom.select("style").nodes() {
        let css = style.text();
        let css = &css[..css.floor_char_boundary(left.min(css.len()))];
        left -= css.len();
        rules(css, &mut hidden);
    }
    hidden
}

/// Reads `.name { … display: none … }`; what stands in `@…{ … }` is passed over.
fn rules(css: &str, hidden: &mut HashSet<String>) {
    let mut depth = 0_usize;
    let mut start = 0;
    let mut selector = "";
    for (at, c) in css.char_indices() {
        match c {
            '{' => {
                if depth == 0 {
                    selector = css[start..at].trim();
                    start = at + 1;
                }
                depth += 1;
            }
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    if !selector.starts_with('@') && hides(&css[start..at]) {
                        hidden.extend(selector.split(',').filter_map(class_alone).map(str::to_owned));
                    }
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
}

fn hides(declarations: &str) -> bool {
    declarations.split(';').any(|one| {
        let (name, value) = one.split_once(':').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("display") && value.trim().to_ascii_lowercase().starts_with("none")
    })
}

fn class_alone(selector: &str) -> Option<&str> {
    let name = selector.trim().strip_prefix('.')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_one_class_that_hide_are_read() {
        let mut hidden = HashSet::new();
        let css = ".a{display:none} .b, .c-d { color: red; DISPLAY : none !important } .e .f{display:none}
                   @media print { .g { display: none } } p{display:none} .h:hover{display:none} .i{display:block}";
        rules(css, &mut hidden);
        let mut hidden: Vec<_> = hidden.into_iter().collect();
        hidden.sort();
        assert_eq!(hidden, ["a", "b", "c-d"]);
    }
}
