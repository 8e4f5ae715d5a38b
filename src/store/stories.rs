//! The stored form of the stories that an article's page points to; encoded as [`super::body`] says.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::body::{Broken, Encoded, JSON, to_json};
use super::columns::{seconds, when};
use crate::domain::article::{Article, Related};
use crate::domain::text::clean;

#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Stories {
    pub(super) explore_further: Option<Related>,
    pub(super) related: Vec<Related>,
    pub(super) recommended: Vec<Related>,
}

pub(super) fn encode(article: &Article) -> Encoded {
    to_json(&JsonStories {
        explore_further: article.explore_further.as_ref().map(to_row),
        related: article.related.iter().map(to_row).collect(),
        recommended: article.recommended.iter().map(to_row).collect(),
    })
}

pub(super) fn decode(encoding: i64, bytes: &[u8]) -> Result<Stories, Broken> {
    if encoding != JSON {
        return Err(Broken::Encoding(encoding));
    }
    let json: JsonStories<'_> = serde_json::from_slice(bytes).map_err(|_| Broken::Content)?;
    Ok(Stories {
        explore_further: json.explore_further.map(from_row),
        related: json.related.into_iter().map(from_row).collect(),
        recommended: json.recommended.into_iter().map(from_row).collect(),
    })
}

#[derive(Serialize, Deserialize)]
struct JsonStories<'a> {
    #[serde(rename = "x", default, borrow, skip_serializing_if = "Option::is_none")]
    explore_further: Option<JsonRelated<'a>>,
    #[serde(rename = "r", default, borrow, skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated<'a>>,
    #[serde(rename = "c", default, borrow, skip_serializing_if = "Vec::is_empty")]
    recommended: Vec<JsonRelated<'a>>,
}

#[derive(Serialize, Deserialize)]
struct JsonRelated<'a> {
    #[serde(rename = "t", default, borrow)]
    title: Cow<'a, str>,
    /// Seconds, and whether they stand for a day.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    published: Option<(i64, bool)>,
    #[serde(rename = "s", default, borrow, skip_serializing_if = "Option::is_none")]
    teaser: Option<Cow<'a, str>>,
    #[serde(rename = "u", default, borrow, skip_serializing_if = "Option::is_none")]
    url: Option<Cow<'a, str>>,
}

fn to_row(story: &Related) -> JsonRelated<'_> {
    JsonRelated {
        title: Cow::from(&*story.title),
        published: story.published.map(seconds),
        teaser: story.teaser.as_deref().map(Cow::from),
        url: story.url.as_deref().map(Cow::from),
    }
}

fn from_row(row: JsonRelated<'_>) -> Related {
    Related {
        title: clean(&row.title),
        published: row.published.map(|(seconds, is_day)| when(seconds, is_day)),
        teaser: row.teaser.map(|teaser| clean(&teaser)),
        url: row.url.map(|url| clean(&url)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{Date, Timestamp, When};

    #[test]
    fn what_is_stored_comes_back_and_its_form_stays() {
        let story = |title: &str, published| Related { title: clean(title), published, ..Related::default() };
        let article = Article {
            explore_further: Some(story("a", Date::new(2011, 1, 31).map(When::Day))),
            related: vec![Related { teaser: Some(clean("t")), url: Some(clean("u")), ..story("b", None) }],
            recommended: vec![story("c", Some(When::Instant(Timestamp(5))))],
            ..Article::default()
        };
        let Encoded { encoding, bytes } = encode(&article);
        let wanted = r#"{"x":{"t":"a","p":[1296432000,true]},"r":[{"t":"b","s":"t","u":"u"}],"c":[{"t":"c","p":[5,false]}]}"#;
        assert_eq!(std::str::from_utf8(&bytes), Ok(wanted));
        let Stories { explore_further, related, recommended } = decode(encoding, &bytes).unwrap();
        assert_eq!((explore_further, related, recommended), (article.explore_further, article.related, article.recommended));
    }
}
