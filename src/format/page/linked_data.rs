//! JSON-LD by schema.org: the article that a page says it holds.

use dom_query::Document as Dom;
use dom_smoothie::Metadata;

use super::super::json::{Json, Value};

/// The object for the page's article, told as readability tells what it finds.
pub(super) fn read(dom: &Dom, title: &str) -> Option<Metadata> {
    let scripts = dom.select("script[type=\"application/ld+json\"]");
    scripts.iter().find_map(|script| {
        let text = script.text();
        let json = Json::parse(text.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>"));
        let all: Vec<Value<'_>> = json.roots().flat_map(objects).collect();
        let article = all.iter().copied().find(|object| is_article(*object))?;
        let names = [article.text("headline"), article.text("name")];
        // A page may name itself and its headline: its title tells which is which.
        let [headline, name] = names.map(|name| name.map(str::trim));
        let told = match (headline, name) {
            (Some(headline), Some(name)) if headline != name && !title.contains(headline) => Some(name),
            (headline, name) => headline.or(name),
        };
        let publisher = article.get("publisher").map(|publisher| resolved(publisher, &all));
        Some(Metadata {
            // A quotation mark in a headline breaks it off, where nobody thought of that.
            title: told.filter(|_| json.faults().is_empty()).unwrap_or("").to_owned(),
            byline: article.get("author").map(|author| names_of(author, &all)).filter(|names| !names.is_empty()),
            site_name: publisher.and_then(|publisher| publisher.text("name")).map(str::to_owned),
            published_time: article.text("datePublished").map(str::to_owned),
            ..Metadata::default()
        })
    })
}

/// The text of the page's article, where the data hold it.
pub(super) fn text(dom: &Dom) -> Option<String> {
    dom.select("script[type=\"application/ld+json\"]").iter().find_map(|script| {
        let text = script.text();
        let json = Json::parse(text.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>"));
        let article = json.roots().flat_map(objects).find(|object| is_article(*object))?;
        article.text("articleBody").map(str::to_owned)
    })
}

/// The objects that stand side by side, of a list or a graph, each with what it says that it is about.
fn objects(value: Value<'_>) -> Vec<Value<'_>> {
    let list = if value.is_array() { Some(value) } else { value.get("@graph") };
    let side_by_side = match list {
        Some(list) => list.items().collect(),
        None => vec![value],
    };
    side_by_side.into_iter().flat_map(|object| [Some(object), object.get("mainEntity")]).flatten().collect()
}

/// True if schema.org counts it among the articles.
fn is_article(object: Value<'_>) -> bool {
    let is = |name: &str| ["Article", "Report", "Posting"].iter().any(|end| name.ends_with(end)) || name == "APIReference";
    let Some(kind) = object.get("@type") else { return false };
    kind.str().is_some_and(is) || kind.items().any(|kind| kind.str().is_some_and(is))
}

/// The object that a reference stands for.
fn resolved<'a>(value: Value<'a>, all: &[Value<'a>]) -> Value<'a> {
    let target = value.text("@id").filter(|_| value.text("name").is_none());
    target.and_then(|id| all.iter().copied().find(|other| other.text("@id") == Some(id))).unwrap_or(value)
}

/// Each of them once.
fn names_of(author: Value<'_>, all: &[Value<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let all_of_them: Vec<Value<'_>> = if author.is_array() { author.items().collect() } else { vec![author] };
    for one in all_of_them {
        let name = one.str().or_else(|| resolved(one, all).text("name")).unwrap_or("").trim();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}
