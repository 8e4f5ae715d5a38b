//! The stored form of what stands beside an article's text: the stories that its page points to, the files that go with
//! it, where it is discussed; encoded as [`super::body`] says.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::body::{Broken, Encoded, JSON, to_json};
use super::columns::{seconds, when};
use crate::domain::article::{Article, Audience, Chapter, Enclosure, EnclosureRole, Related, Replies, StarRating};
use crate::domain::rank::Hundredths;
use crate::domain::text::{CleanText, clean_label};

#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Beside {
    pub(super) explore_further: Option<Related>,
    pub(super) related: Vec<Related>,
    pub(super) recommended: Vec<Related>,
    pub(super) enclosures: Vec<Enclosure>,
    pub(super) chapters: Vec<Chapter>,
    pub(super) audience: Audience,
    pub(super) stated_date: Option<CleanText>,
    pub(super) categories: Vec<CleanText>,
    pub(super) replies: Replies,
    pub(super) is_full: bool,
}

impl Beside {
    /// The article with this beside its text.
    pub(super) fn on(self, article: Article) -> Article {
        Article {
            is_full: self.is_full,
            enclosures: self.enclosures,
            chapters: self.chapters,
            audience: self.audience,
            stated_date: self.stated_date,
            categories: self.categories,
            replies: self.replies,
            explore_further: self.explore_further,
            related: self.related,
            recommended: self.recommended,
            ..article
        }
    }
}

pub(super) fn encode(article: &Article) -> Encoded {
    let Replies { address, feed, count } = &article.replies;
    to_json(&JsonBeside {
        explore_further: article.explore_further.as_ref().map(to_row),
        related: article.related.iter().map(to_row).collect(),
        recommended: article.recommended.iter().map(to_row).collect(),
        enclosures: article.enclosures.iter().map(to_file).collect(),
        chapters: article.chapters.iter().map(to_chapter).collect(),
        audience: to_audience(article.audience),
        stated_date: article.stated_date.as_deref().map(Cow::from),
        categories: article.categories.iter().map(|category| Cow::from(&**category)).collect(),
        is_full: article.is_full,
        replies: (address.as_deref().map(Cow::from), feed.as_deref().map(Cow::from), *count),
    })
}

pub(super) fn decode(encoding: i64, bytes: &[u8]) -> Result<Beside, Broken> {
    if encoding != JSON {
        return Err(Broken::Encoding(encoding));
    }
    let json: JsonBeside<'_> = serde_json::from_slice(bytes).map_err(|_| Broken::Content)?;
    let (address, feed, count) = json.replies;
    let cleaned = |text: Option<Cow<'_, str>>| text.map(|text| clean_label(&text));
    Ok(Beside {
        explore_further: json.explore_further.map(from_row),
        related: json.related.into_iter().map(from_row).collect(),
        recommended: json.recommended.into_iter().map(from_row).collect(),
        enclosures: json.enclosures.into_iter().map(from_file).collect(),
        chapters: json.chapters.into_iter().map(from_chapter).collect(),
        audience: from_audience(json.audience),
        stated_date: cleaned(json.stated_date),
        categories: json.categories.iter().map(|category| clean_label(category)).collect(),
        replies: Replies { address: cleaned(address), feed: cleaned(feed), count },
        is_full: json.is_full,
    })
}

#[derive(Serialize, Deserialize)]
struct JsonBeside<'a> {
    #[serde(rename = "x", default, borrow, skip_serializing_if = "Option::is_none")]
    explore_further: Option<JsonRelated<'a>>,
    #[serde(rename = "r", default, borrow, skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated<'a>>,
    #[serde(rename = "c", default, borrow, skip_serializing_if = "Vec::is_empty")]
    recommended: Vec<JsonRelated<'a>>,
    #[serde(rename = "e", default, borrow, skip_serializing_if = "Vec::is_empty")]
    enclosures: Vec<JsonFile<'a>>,
    /// Start in seconds, title, address.
    #[serde(rename = "h", default, borrow, skip_serializing_if = "Vec::is_empty")]
    chapters: Vec<JsonChapter<'a>>,
    #[serde(rename = "v", default, skip_serializing_if = "is_unseen")]
    audience: JsonAudience,
    #[serde(rename = "w", default, borrow, skip_serializing_if = "Option::is_none")]
    stated_date: Option<Cow<'a, str>>,
    #[serde(rename = "k", default, borrow, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Cow<'a, str>>,
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    is_full: bool,
    /// Page, feed, count.
    #[serde(rename = "d", default, borrow, skip_serializing_if = "is_untold")]
    replies: JsonReplies<'a>,
}

type JsonReplies<'a> = (Option<Cow<'a, str>>, Option<Cow<'a, str>>, Option<u32>);

fn is_untold(replies: &JsonReplies<'_>) -> bool {
    *replies == (None, None, None)
}

type JsonChapter<'a> = (u32, Cow<'a, str>, Option<Cow<'a, str>>);

/// Views, favorites; mean and highest number of stars in hundredths, and votes.
type JsonAudience = (Option<u64>, Option<u64>, Option<(u16, u16, u64)>);

fn is_unseen(audience: &JsonAudience) -> bool {
    *audience == (None, None, None)
}

#[derive(Serialize, Deserialize)]
struct JsonFile<'a> {
    #[serde(rename = "u", default, borrow)]
    address: Cow<'a, str>,
    #[serde(rename = "m", default, borrow, skip_serializing_if = "Option::is_none")]
    media_type: Option<Cow<'a, str>>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
    #[serde(rename = "r", default, borrow, skip_serializing_if = "Option::is_none")]
    role: Option<Cow<'a, str>>,
    #[serde(rename = "t", default, borrow, skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'a, str>>,
    #[serde(rename = "l", default, borrow, skip_serializing_if = "Option::is_none")]
    language: Option<Cow<'a, str>>,
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

fn to_file(file: &Enclosure) -> JsonFile<'_> {
    let Enclosure { address, role, title, media_type, language, length, duration } = file;
    JsonFile {
        address: Cow::from(&**address),
        media_type: media_type.as_deref().map(Cow::from),
        length: *length,
        duration: *duration,
        role: (*role != EnclosureRole::File).then(|| Cow::from(role.name())),
        title: title.as_deref().map(Cow::from),
        language: language.as_deref().map(Cow::from),
    }
}

fn from_file(file: JsonFile<'_>) -> Enclosure {
    let cleaned = |text: Option<Cow<'_, str>>| text.map(|text| clean_label(&text));
    Enclosure {
        address: clean_label(&file.address),
        role: file.role.map(|name| EnclosureRole::from_name(&name)).unwrap_or_default(),
        title: cleaned(file.title),
        media_type: cleaned(file.media_type),
        language: cleaned(file.language),
        length: file.length,
        duration: file.duration,
    }
}

fn to_chapter(chapter: &Chapter) -> JsonChapter<'_> {
    (chapter.start, Cow::from(&*chapter.title), chapter.url.as_deref().map(Cow::from))
}

fn from_chapter((start, title, url): JsonChapter<'_>) -> Chapter {
    Chapter { start, title: clean_label(&title), url: url.map(|url| clean_label(&url)) }
}

fn to_audience(audience: Audience) -> JsonAudience {
    let stars = audience.stars.map(|stars| (stars.mean.0, stars.max.0, stars.votes));
    (audience.views, audience.favorites, stars)
}

fn from_audience((views, favorites, stars): JsonAudience) -> Audience {
    let stars = stars.map(|(mean, max, votes)| StarRating { mean: Hundredths(mean), max: Hundredths(max), votes });
    Audience { views, favorites, stars }
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
        title: clean_label(&row.title),
        published: row.published.map(|(seconds, is_day)| when(seconds, is_day)),
        teaser: row.teaser.map(|teaser| clean_label(&teaser)),
        url: row.url.map(|url| clean_label(&url)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean;
    use crate::domain::time::{Date, Timestamp, When};

    #[test]
    fn what_is_stored_comes_back_and_its_form_stays() {
        let story = |title: &str, published| Related { title: clean(title), published, ..Related::default() };
        let article = Article {
            explore_further: Some(story("a", Date::new(2011, 1, 31).map(When::Day))),
            related: vec![Related { teaser: Some(clean("t")), url: Some(clean("u")), ..story("b", None) }],
            recommended: vec![story("c", Some(When::Instant(Timestamp(5))))],
            enclosures: vec![
                Enclosure {
                    address: clean("f"),
                    media_type: Some(clean("audio/ogg")),
                    length: Some(9),
                    ..Enclosure::default()
                },
                Enclosure {
                    address: clean("g"),
                    role: EnclosureRole::Transcript,
                    title: Some(clean("n")),
                    language: Some(clean("en")),
                    duration: Some(7),
                    ..Enclosure::default()
                },
            ],
            chapters: vec![Chapter { start: 5, title: clean("c"), url: None }],
            audience: Audience {
                views: Some(8),
                favorites: None,
                stars: Some(StarRating { mean: Hundredths(450), max: Hundredths(500), votes: 2 }),
            },
            stated_date: Some(clean("0001")),
            categories: vec![clean("k")],
            is_full: true,
            replies: Replies { address: Some(clean("p")), feed: None, count: Some(3) },
            ..Article::default()
        };
        let Encoded { encoding, bytes } = encode(&article);
        let wanted = r#"{"x":{"t":"a","p":[1296432000,true]},"r":[{"t":"b","s":"t","u":"u"}],"c":[{"t":"c","p":[5,false]}],"e":[{"u":"f","m":"audio/ogg","b":9},{"u":"g","s":7,"r":"transcript","t":"n","l":"en"}],"h":[[5,"c",null]],"v":[8,null,[450,500,2]],"w":"0001","k":["k"],"f":true,"d":["p",null,3]}"#;
        assert_eq!(std::str::from_utf8(&bytes), Ok(wanted));
        let back = decode(encoding, &bytes).unwrap().on(Article::default());
        assert_eq!(back, article);
    }
}
