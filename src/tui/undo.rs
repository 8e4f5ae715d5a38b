//! Undo: the changes that can be undone, and their messages.

use super::message::Mark;
use crate::domain::rules::Rule;
use crate::domain::tag::{parse_tags, shown_tags};
use crate::domain::text::{CleanText, clean_line};
use crate::store::subscriptions::Change;
use crate::store::{ArticleId, DiscussionId, KeptMark, KeptUndo, SourceId};

/// How to take a mark back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Undo {
    Marks {
        ids: Vec<ArticleId>,
        back: Mark,
    },
    CommentRating {
        discussion: DiscussionId,
        comment: Box<str>,
        back: u8,
    },
    /// A source was edited; this takes it back.
    Source {
        source: SourceId,
        back: Box<Change>,
    },
    Unsubscribing {
        source: SourceId,
        title: CleanText,
    },
    /// An author was muted, or heard again.
    Mute {
        rule: Rule,
        muted: bool,
    },
}

impl Undo {
    /// How things are once it is done: `unread again`, `4 articles unread again`.
    pub(super) fn label(&self) -> String {
        let rated = |rating: u8| if rating == 0 { "no longer rated".to_owned() } else { format!("rated {rating} again") };
        match self {
            Undo::Marks { ids, back } => {
                let now = match back {
                    Mark::Read(true) => "read again".to_owned(),
                    Mark::Read(false) => "unread again".to_owned(),
                    Mark::Starred(true) => "starred again".to_owned(),
                    Mark::Starred(false) => "no longer starred".to_owned(),
                    Mark::Watched(true) => "watched again".to_owned(),
                    Mark::Watched(false) => "no longer watched".to_owned(),
                    Mark::Rated(rating) => rated(*rating),
                    Mark::Tags(tags) if tags.is_empty() => "no tags again".to_owned(),
                    Mark::Tags(tags) => format!("{} again", shown_tags(tags)),
                    Mark::Note(None) => "no note again".to_owned(),
                    Mark::Note(Some(_)) => "the note as it was".to_owned(),
                };
                if ids.len() == 1 { now } else { format!("{} articles {now}", ids.len()) }
            }
            Undo::Source { .. } => "the source is as it was".to_owned(),
            Undo::Unsubscribing { title, .. } => format!("{title} is subscribed to again"),
            Undo::CommentRating { back, .. } => format!("the comment is {}", rated(*back)),
            Undo::Mute { rule, muted } => {
                let author = rule.conditions.author.as_ref().unwrap_or(&rule.name);
                format!("{author} is {} again", if *muted { "heard" } else { "muted" })
            }
        }
    }
}

/// So many marks can be taken back after a restart, each on so many articles.
const KEPT: usize = 20;
const KEPT_ARTICLES: usize = 1000;

/// The marks that can be taken back after a restart.
pub(super) fn kept(undo: &[Undo]) -> Vec<KeptUndo> {
    let marks = undo.iter().filter_map(|one| match one {
        Undo::Marks { ids, back } if ids.len() <= KEPT_ARTICLES => {
            Some(KeptUndo { articles: ids.iter().map(|id| id.0).collect(), back: to_kept(back) })
        }
        _ => None,
    });
    let marks: Vec<KeptUndo> = marks.collect();
    marks[marks.len().saturating_sub(KEPT)..].to_vec()
}

pub(super) fn from_kept(kept: &[KeptUndo]) -> Vec<Undo> {
    let ids = |one: &KeptUndo| one.articles.iter().copied().map(ArticleId).collect();
    kept.iter().filter_map(|one| Some(Undo::Marks { ids: ids(one), back: of_kept(&one.back)? })).collect()
}

fn to_kept(mark: &Mark) -> KeptMark {
    match mark {
        Mark::Read(read) => KeptMark::Read(*read),
        Mark::Starred(starred) => KeptMark::Starred(*starred),
        Mark::Watched(watched) => KeptMark::Watched(*watched),
        Mark::Rated(rating) => KeptMark::Rated(*rating),
        Mark::Tags(tags) => KeptMark::Tags(tags.iter().map(|tag| &**tag).collect::<Vec<_>>().join(" ")),
        Mark::Note(note) => KeptMark::Note(note.as_ref().map(ToString::to_string)),
    }
}

fn of_kept(mark: &KeptMark) -> Option<Mark> {
    Some(match mark {
        KeptMark::Read(read) => Mark::Read(*read),
        KeptMark::Starred(starred) => Mark::Starred(*starred),
        KeptMark::Watched(watched) => Mark::Watched(*watched),
        KeptMark::Rated(rating) => Mark::Rated(*rating),
        KeptMark::Tags(tags) => Mark::Tags(parse_tags(tags).ok()?),
        KeptMark::Note(note) => Mark::Note(note.as_deref().map(clean_line)),
    })
}
