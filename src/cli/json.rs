//! The JSON of `show`: names and order are promised (see `gleaner show --help`).

use serde::{Serialize, Serializer};
use serde_json::Number;

use super::sheet::Sheet;
use super::thread_options::Arranged;
use crate::domain::article::{self, EnclosureRole, Related};
use crate::domain::order::Order;
use crate::domain::rank::{Hundredths, Rank, Scale};
use crate::domain::slider::{Counts, Notch, Shown};
use crate::domain::text::{self, CleanText, Document, spans_text};
use crate::domain::thread::Parent;

#[derive(Serialize)]
pub(super) struct PageJson<'a> {
    id: Option<i64>,
    title: &'a str,
    byline: Option<&'a str>,
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    url: Option<&'a str>,
    source: &'a str,
    read: bool,
    starred: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    body: Vec<BlockJson<'a>>,
    enclosures: Vec<EnclosureJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chapters: Vec<ChapterJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<AudienceJson>,
    explore_further: Option<Further<'a>>,
    related: Vec<StoryJson<'a>>,
    recommended: Vec<StoryJson<'a>>,
    texts: Vec<TextJson<'a>>,
    sources: Vec<&'a str>,
    discussions: Vec<DiscussionJson<'a>>,
}

#[derive(Serialize)]
struct TextJson<'a> {
    source: &'a str,
    title: &'a str,
    byline: Option<&'a str>,
    published: Option<String>,
    body: Vec<BlockJson<'a>>,
}

#[derive(Serialize)]
struct EnclosureJson<'a> {
    url: &'a str,
    media_type: Option<&'a str>,
    bytes: Option<u64>,
    /// "thumbnail", "transcript" or "chapters"; none for the file itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
}

#[derive(Serialize)]
struct ChapterJson<'a> {
    /// Seconds.
    start: u32,
    title: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct AudienceJson {
    views: Option<u64>,
    favorites: Option<u64>,
    stars: Option<Decimal>,
    max: Option<Decimal>,
    votes: Option<u64>,
}

#[derive(Serialize)]
struct Further<'a> {
    title: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct StoryJson<'a> {
    title: &'a str,
    published: Option<String>,
    teaser: Option<&'a str>,
    url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum BlockJson<'a> {
    Paragraph { text: String },
    Heading { level: u8, text: String },
    Quote { blocks: Vec<BlockJson<'a>> },
    Spoiler { title: &'a str, blocks: Vec<BlockJson<'a>> },
    List { start: Option<u64>, items: Vec<Vec<BlockJson<'a>>> },
    Code { language: Option<&'a str>, text: &'a str },
    Table { rows: Vec<Vec<String>> },
    Image { alt: &'a str, url: Option<&'a str> },
    Rule,
}

#[derive(Serialize)]
struct DiscussionJson<'a> {
    place: &'a str,
    url: Option<&'a str>,
    scale: ScaleKind,
    order: &'static str,
    bar: NotchValue,
    floor: NotchValue,
    /// True if the site's count of its comments is all here.
    complete: bool,
    missing: usize,
    counts: Totals,
    comments: Vec<CommentJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<More<'a>>,
}

#[derive(Serialize)]
struct More<'a> {
    below: Option<&'a str>,
    count: u32,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum ScaleKind {
    Stars { max: Decimal },
    Points,
    Likes,
    Place,
    None,
}

#[derive(Serialize)]
struct Totals {
    total: u32,
    open: u32,
    lines: u32,
    folded: u32,
    unrated: u32,
    #[serde(skip_serializing_if = "is_zero")]
    estimated: u32,
}

#[derive(Serialize)]
struct CommentJson<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    guessed_parent: bool,
    depth: u16,
    author: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    posted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<String>,
    rank: Option<RankValue>,
    shown: &'static str,
    text: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum RankValue {
    Withheld {
        withheld: bool,
    },
    Stars {
        stars: Decimal,
        votes: u32,
    },
    Points {
        points: i64,
        #[serde(flatten)]
        split: Option<Split>,
    },
    Likes {
        likes: u32,
    },
    Place {
        place: u32,
        of: u32,
    },
    Estimate {
        place: (),
        of: u32,
        estimated: bool,
    },
    Removed {
        removed: bool,
    },
}

#[derive(Serialize)]
struct Split {
    up: u32,
    down: u32,
}

/// `5` and `4.5`, never `5.0`.
struct Decimal(Hundredths);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0.0.is_multiple_of(100).then(|| Number::from(self.0.0 / 100));
        whole.or_else(|| Number::from_f64(self.0.value())).serialize(serializer)
    }
}

/// As it is spelled on the command line: a number, or a share as `"20%"`; null for off.
struct NotchValue(Notch);

impl Serialize for NotchValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Notch::Off => serializer.serialize_none(),
            Notch::Stars(stars) => Decimal(stars).serialize(serializer),
            Notch::Points(points) => serializer.serialize_i64(points),
            Notch::Likes(likes) => serializer.serialize_u32(likes),
            Notch::Share(share) => serializer.collect_str(&format_args!("{}%", (share * 10_000.0).round() / 100.0)),
        }
    }
}

impl<'a> PageJson<'a> {
    pub(super) fn new(sheet: &'a Sheet, discussions: &'a [Arranged<'a>]) -> PageJson<'a> {
        let article = &sheet.article;
        PageJson {
            id: sheet.id.map(|id| id.0),
            title: &article.title,
            byline: article.byline.as_deref(),
            published: article.published.map(|when| when.to_string()),
            stated_date: article.stated_date.as_deref(),
            updated: sheet.edited_at.map(|at| at.to_string()),
            url: article.url.as_deref(),
            source: &sheet.source.title,
            read: sheet.read,
            starred: sheet.starred,
            tags: sheet.tags.iter().map(|tag| &**tag).collect(),
            note: sheet.note.as_deref(),
            body: blocks(&article.body.blocks, &article.body),
            enclosures: article.enclosures.iter().map(EnclosureJson::new).collect(),
            chapters: article.chapters.iter().map(ChapterJson::new).collect(),
            audience: AudienceJson::new(article.audience),
            explore_further: article
                .explore_further
                .as_ref()
                .map(|further| Further { title: &further.title, url: further.url.as_deref() }),
            related: article.related.iter().map(StoryJson::new).collect(),
            recommended: article.recommended.iter().map(StoryJson::new).collect(),
            texts: sheet.texts.iter().map(TextJson::new).collect(),
            sources: if sheet.sources.is_empty() {
                vec![&*sheet.source.title]
            } else {
                sheet.sources.iter().map(CleanText::as_str).collect()
            },
            discussions: discussions.iter().map(DiscussionJson::new).collect(),
        }
    }
}

impl<'a> TextJson<'a> {
    fn new(text: &'a article::OtherText) -> TextJson<'a> {
        TextJson {
            source: &text.source,
            title: &text.title,
            byline: text.byline.as_deref(),
            published: text.published.map(|when| when.to_string()),
            body: blocks(&text.body.blocks, &text.body),
        }
    }
}

impl<'a> EnclosureJson<'a> {
    fn new(file: &'a article::Enclosure) -> EnclosureJson<'a> {
        EnclosureJson {
            url: &file.address,
            media_type: file.media_type.as_deref(),
            bytes: file.length,
            role: (file.role != EnclosureRole::File).then(|| file.role.name()),
            title: file.title.as_deref(),
            language: file.language.as_deref(),
            duration: file.duration,
        }
    }
}

impl<'a> ChapterJson<'a> {
    fn new(chapter: &'a article::Chapter) -> ChapterJson<'a> {
        ChapterJson { start: chapter.start, title: &chapter.title, url: chapter.url.as_deref() }
    }
}

impl AudienceJson {
    fn new(audience: article::Audience) -> Option<AudienceJson> {
        (audience != article::Audience::default()).then(|| AudienceJson {
            views: audience.views,
            favorites: audience.favorites,
            stars: audience.stars.map(|stars| Decimal(stars.mean)),
            max: audience.stars.map(|stars| Decimal(stars.max)),
            votes: audience.stars.map(|stars| stars.votes),
        })
    }
}

impl<'a> StoryJson<'a> {
    fn new(related: &'a Related) -> StoryJson<'a> {
        StoryJson {
            title: &related.title,
            published: related.published.map(|when| when.to_string()),
            teaser: related.teaser.as_deref(),
            url: related.url.as_deref(),
        }
    }
}

fn blocks<'a>(found: &'a [text::Block], document: &'a Document) -> Vec<BlockJson<'a>> {
    let one = |found: &'a text::Block| match found {
        text::Block::Paragraph(spans) => BlockJson::Paragraph { text: spans_text(spans) },
        text::Block::Heading { level, spans } => BlockJson::Heading { level: *level, text: spans_text(spans) },
        text::Block::Quote(quoted) => BlockJson::Quote { blocks: blocks(quoted, document) },
        text::Block::Spoiler { title, blocks: inside } => BlockJson::Spoiler { title, blocks: blocks(inside, document) },
        text::Block::List { start, items } => {
            BlockJson::List { start: *start, items: items.iter().map(|item| blocks(item, document)).collect() }
        }
        text::Block::Code { language, text } => BlockJson::Code { language: language.as_deref(), text },
        text::Block::Table(table) => {
            let row = |row: &Vec<Vec<text::Span>>| row.iter().map(|cell| spans_text(cell)).collect();
            BlockJson::Table { rows: table.rows.iter().map(row).collect() }
        }
        text::Block::Image { link, alt } => BlockJson::Image { alt, url: document.link(*link).map(|link| &*link.address) },
        text::Block::Rule => BlockJson::Rule,
    };
    found.iter().map(one).collect()
}

impl<'a> DiscussionJson<'a> {
    fn new(shown: &'a Arranged<'a>) -> DiscussionJson<'a> {
        let Counts { total, open, lines, folded, unrated, estimated } = shown.view.counts;
        DiscussionJson {
            place: &shown.view.discussion.place,
            url: shown.view.discussion.url.as_deref(),
            scale: match shown.view.discussion.scale {
                Scale::Stars { max } => ScaleKind::Stars { max: Decimal(max) },
                Scale::Points => ScaleKind::Points,
                Scale::Likes => ScaleKind::Likes,
                Scale::Position => ScaleKind::Place,
                Scale::None => ScaleKind::None,
            },
            order: order_name(shown.view.order),
            bar: NotchValue(shown.view.threshold.bar),
            floor: NotchValue(shown.view.floor()),
            complete: shown.view.discussion.complete,
            missing: shown.view.discussion.missing(),
            counts: Totals { total, open, lines, folded, unrated, estimated },
            comments: comments(shown),
            more: shown
                .view
                .discussion
                .stubs
                .iter()
                .map(|stub| More { below: stub.below.as_deref(), count: stub.count })
                .collect(),
        }
    }
}

/// Every comment in reading order, the folded ones too.
fn comments<'a>(shown: &'a Arranged<'a>) -> Vec<CommentJson<'a>> {
    let view = &shown.view;
    let mut state = vec!["folded"; view.thread.places().len()];
    for row in &view.rows {
        state[row.place as usize] = match row.shown {
            Shown::Open => "open",
            Shown::Line => "line",
            Shown::Folded { .. } => "folded",
        };
    }
    let all = &view.discussion.comments;
    let one = |(place, shown): (&crate::domain::thread::Place, &'static str)| {
        let comment = &all[place.comment.index()];
        let (parent, guessed_parent) = match comment.parent {
            Parent::Of(parent) => (Some(&*all[parent.index()].id), false),
            Parent::Guessed(parent) => (Some(&*all[parent.index()].id), true),
            Parent::Root | Parent::Missing => (None, false),
        };
        CommentJson {
            id: &comment.id,
            parent,
            guessed_parent,
            depth: place.depth,
            author: comment.author.as_deref(),
            role: comment.role.label(),
            posted: comment.posted.map(|when| when.to_string()),
            edited: comment.edited.map(|when| when.to_string()),
            rank: rank(comment.rank, view.ranks.estimate(place.comment.index())),
            shown,
            text: comment.body.text_with_list_marks().into_owned(),
        }
    };
    view.thread.places().iter().zip(state).map(one).collect()
}

// serde hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Scripts know the site's order by the name that it had first.
fn order_name(order: Order) -> &'static str {
    if order == Order::Place { "place" } else { order.name() }
}

fn rank(rank: Rank, estimated_of: Option<u32>) -> Option<RankValue> {
    if let Some(of) = estimated_of {
        return Some(RankValue::Estimate { place: (), of, estimated: true });
    }
    Some(match rank {
        Rank::Unrated => return None,
        Rank::Withheld => RankValue::Withheld { withheld: true },
        Rank::Removed => RankValue::Removed { removed: true },
        Rank::Stars { mean, votes } => RankValue::Stars { stars: Decimal(mean), votes },
        Rank::Points { net, split } => RankValue::Points { points: net, split: split.map(|(up, down)| Split { up, down }) },
        Rank::Likes(likes) => RankValue::Likes { likes },
        Rank::Position { nth, of } => RankValue::Place { place: nth, of },
    })
}
