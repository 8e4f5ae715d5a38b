//! `[[rules]]`, the reader's score rules, and `[[ignore]]`, which articles are not wanted: a table each.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::mistakes::or_rather;
use crate::domain::rules::{Conditions, IgnoreRule, Rule, Verdict};
use crate::domain::text::{CleanText, clean_line};

#[derive(Deserialize, Serialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTable {
    name: Spanned<String>,
    does: Does,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    #[serde(alias = "place", skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shorter: Option<u32>,
}

/// New articles to leave out, or to mark read.
#[derive(Deserialize, Serialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Ignore {
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shorter: Option<u32>,
    #[serde(rename = "mark-read", default, skip_serializing_if = "std::ops::Not::not")]
    mark_read: bool,
}

#[derive(Clone)]
struct Does(Verdict);

impl<'de> Deserialize<'de> for Does {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Does, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = Verdict::ALL.map(Verdict::name);
        Verdict::from_name(&name)
            .map(Does)
            .ok_or_else(|| serde::de::Error::custom(format!("a rule does not `{name}`; {}", or_rather(&name, known))))
    }
}

impl Serialize for Does {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// The rules; or what is wrong with one, and where.
pub(super) fn rules(tables: &[RuleTable]) -> Result<Vec<Rule>, (Range<usize>, String)> {
    let mut rules: Vec<Rule> = Vec::new();
    for table in tables {
        let rule = rule(table);
        let wrong = if rule.name.is_empty() {
            Some("a rule needs a name, for `w` to call it by".to_owned())
        } else if rules.iter().any(|known| known.name == rule.name) {
            Some(format!("there are two rules named `{}`", rule.name))
        } else if rule.conditions.is_empty() {
            Some("this rule matches nothing: give it an author, words, a site, longer or shorter".to_owned())
        } else {
            None
        };
        if let Some(wrong) = wrong {
            return Err((table.name.span(), wrong));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// The conditions of each; or what is wrong with one, and where.
pub(super) fn ignored(tables: &[Spanned<Ignore>]) -> Result<Vec<IgnoreRule>, (Range<usize>, String)> {
    let read = |spanned: &Spanned<Ignore>| {
        let table = spanned.get_ref();
        let read = conditions(table.author.as_ref(), &table.words, table.source.as_ref(), (table.longer, table.shorter));
        let wrong = || {
            (spanned.span(), "this ignores nothing: give it an author, words, a source, links, longer or shorter".to_owned())
        };
        let links: Vec<CleanText> = table.links.iter().map(|link| clean_line(link)).filter(|link| !link.is_empty()).collect();
        let says_something = !read.is_empty() || !links.is_empty();
        let rule = says_something.then_some(IgnoreRule { conditions: read, links, marks_read: table.mark_read });
        rule.ok_or_else(wrong)
    };
    tables.iter().map(read).collect()
}

fn rule(table: &RuleTable) -> Rule {
    let conditions = conditions(table.author.as_ref(), &table.words, table.site.as_ref(), (table.longer, table.shorter));
    Rule { name: clean_line(table.name.get_ref()), verdict: table.does.0, conditions }
}

fn conditions(
    author: Option<&String>,
    words: &[String],
    place: Option<&String>,
    (longer, shorter): (Option<u32>, Option<u32>),
) -> Conditions {
    let some = |text: Option<&String>| text.map(|text| clean_line(text)).filter(|text: &CleanText| !text.is_empty());
    let words = words.iter().map(|words| clean_line(words)).filter(|words| !words.is_empty()).collect();
    Conditions { author: some(author), words, place: some(place), longer, shorter }
}
