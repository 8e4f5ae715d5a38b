//! Parts inside an article that their class names as none of it: newsletters, share buttons, related stories.

use dom_query::NodeRef;
use url::Url;

use super::super::html::find::all;
use crate::domain::article::Related;
use crate::domain::text::clean_line;

/// Words of classes and ids, `-` between them. Only parts of less than a fifth of the article go by such a name.
const FURNITURE: &[&str] = &[
    "about-author",
    "about-the-author",
    "ad-slot",
    "adsbygoogle",
    "advert",
    "advertisement",
    "author-bio",
    "author-box",
    "author-info",
    "breadcrumb",
    "breadcrumbs",
    "cookie",
    "cookies",
    "copyright",
    "editsection",
    "newsletter",
    "nocontent",
    "outbrain",
    "paywall",
    "popover",
    "post-author",
    "promo",
    "rollover",
    "share",
    "sharedaddy",
    "sharing",
    "sign-up",
    "signup",
    "subscribe",
    "taboola",
    "tooltip",
];

/// The same for lists of other articles.
const RELATED: &[&str] = &[
    "also-like",
    "also-read",
    "more-stories",
    "most-popular",
    "most-read",
    "read-also",
    "read-more",
    "read-next",
    "readmore",
    "recirc",
    "recirculation",
    "recommendations",
    "recommended",
    "related",
    "trending",
];

/// Takes them out of an article; gives the other articles that they pointed to.
pub(super) fn remove(article: &NodeRef<'_>, base: Option<&Url>) -> Vec<Related> {
    let most = article.normalized_char_count() / 5;
    let mut related = Vec::new();
    for part in all(article, "[class], [id]") {
        // It went with what stood around it.
        if !part.ancestors_it(None).any(|above| above.id == article.id) {
            continue;
        }
        let words = words(&part);
        let is = |names: &[&str]| names.iter().any(|name| words.contains(&format!("-{name}-")));
        let points = is(RELATED);
        if (points || is(FURNITURE)) && part.normalized_char_count() <= most {
            if points {
                related.extend(all(&part, "a[href]").iter().filter_map(|link| story(link, base)));
            }
            part.remove_from_parent();
        }
    }
    related
}

/// "-sdc-article-related-stories-" of class and id: camel case and signs part words.
pub(super) fn words(node: &NodeRef<'_>) -> String {
    let (class, id) = (node.attr("class").unwrap_or_default(), node.attr("id").unwrap_or_default());
    let mut words = String::from("-");
    let mut low = false;
    for c in class.chars().chain([' ']).chain(id.chars()).chain([' ']) {
        if (!c.is_alphanumeric() || (c.is_uppercase() && low)) && !words.ends_with('-') {
            words.push('-');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        low = c.is_lowercase();
    }
    words
}

fn story(link: &NodeRef<'_>, base: Option<&Url>) -> Option<Related> {
    let title = clean_line(&link.text());
    let href = link.attr("href")?;
    let address = base.map_or_else(|| Url::parse(&href), |base| base.join(href.trim())).ok()?;
    // A picture, a button, a section's name are no headline.
    let is_headline = title.split_whitespace().count() >= 3 && matches!(address.scheme(), "http" | "https");
    is_headline.then(|| Related { title, url: Some(clean_line(address.as_str())), ..Related::default() })
}
