//! `[places]`: where the places stand at which people discuss.

use serde::{Deserialize, Serialize};

use crate::source::places::Places;

#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Tables {
    hacker_news: HackerNews,
    lobsters: Lobsters,
    lemmy: Lemmy,
    discourse: Discourse,
}

#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct HackerNews {
    firebase: Option<String>,
    algolia: Option<String>,
}

#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct Lobsters {
    base: Option<String>,
}

#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct Lemmy {
    instances: Option<Vec<String>>,
}

#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct Discourse {
    sites: Option<Vec<String>>,
}

pub(super) fn settings(tables: &Tables, base: Places) -> Places {
    let one = |given: &Option<String>, base: String| given.as_ref().map_or(base, |address| with_scheme(address));
    let list = |given: &Option<Vec<String>>, base: Vec<String>| {
        given.as_ref().map_or(base, |addresses| addresses.iter().map(|address| with_scheme(address)).collect())
    };
    Places {
        firebase: one(&tables.hacker_news.firebase, base.firebase),
        algolia: one(&tables.hacker_news.algolia, base.algolia),
        lobsters: one(&tables.lobsters.base, base.lobsters),
        lemmy: list(&tables.lemmy.instances, base.lemmy),
        discourse: list(&tables.discourse.sites, base.discourse),
    }
}

/// The same tables with every key, as they are in force.
pub(super) fn filled(places: &Places) -> Tables {
    Tables {
        hacker_news: HackerNews { firebase: Some(places.firebase.clone()), algolia: Some(places.algolia.clone()) },
        lobsters: Lobsters { base: Some(places.lobsters.clone()) },
        lemmy: Lemmy { instances: Some(places.lemmy.clone()) },
        discourse: Discourse { sites: Some(places.discourse.clone()) },
    }
}

/// A host's name alone is taken for its address.
fn with_scheme(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    if address.contains("://") { address.to_owned() } else { format!("https://{address}") }
}
