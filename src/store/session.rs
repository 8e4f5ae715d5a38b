//! Where the reader was: written as JSON, read back leniently, since a lost place is no reason not to start.

use serde::{Deserialize, Serialize};

use crate::domain::slider::Override;

/// The reader as it was left.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// `all`, `unread`, `starred`, `watched`, `recommended`, a source's number, `search ` and a saved search's number, or
    /// `folder:` and the names of folders, one a line.
    pub section: String,
    /// The folders whose sources are not shown: their names, one a line.
    pub folded: Vec<String>,
    /// The list's, by name.
    pub order: String,
    pub article: Option<i64>,
    /// `sections`, `list` or `page`.
    pub focus: String,
    pub page: Option<ReadingPosition>,
    /// Nothing is recommended.
    pub hides_recommended: bool,
    /// Neither read articles nor sources without unread ones are shown.
    pub hides_read: bool,
    pub is_compact: Option<bool>,
    /// `own`, `name` or `unread`.
    pub sources_order: String,
    pub sections_width: Option<u16>,
    pub list_width: Option<u16>,
    /// The marks that can be taken back, the last one last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<KeptUndo>,
}

/// How to take a mark back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptUndo {
    pub articles: Vec<i64>,
    pub back: KeptMark,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptMark {
    Read(bool),
    Starred(bool),
    Watched(bool),
    Rated(u8),
    /// Between blanks.
    Tags(String),
    Note(Option<String>),
}

/// A place on a page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReadingPosition {
    pub cursor: CursorPosition,
    /// The screen row of the cursor's first line; negative above the screen.
    pub row: i32,
    /// By discussion, the comments that the reader's hand opened or shut, by id. Kept over a restart only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hands: Vec<Vec<(Box<str>, StoredOverride)>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CursorPosition {
    Header,
    Body(usize),
    ExploreFurther,
    RelatedHead,
    Related(usize),
    RecommendedHead,
    Recommended(usize),
    Discussion(usize),
    Comment(usize, Box<str>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredOverride {
    Folded,
    Open,
    Line,
}

impl StoredOverride {
    pub fn of(hand: Override) -> Option<StoredOverride> {
        match hand {
            Override::Folded => Some(StoredOverride::Folded),
            Override::Open => Some(StoredOverride::Open),
            Override::Line => Some(StoredOverride::Line),
            Override::None | Override::StayOpen | Override::Shown | Override::Hidden => None,
        }
    }

    pub fn hand(self) -> Override {
        match self {
            StoredOverride::Folded => Override::Folded,
            StoredOverride::Open => Override::Open,
            StoredOverride::Line => Override::Line,
        }
    }
}

macro_rules! as_json {
    ($($kind:ty),*) => {$(
        impl $kind {
            pub fn to_json(&self) -> String {
                serde_json::to_string(self).unwrap_or_default()
            }

            /// None for what is no longer understood.
            pub fn from_json(text: &str) -> Option<$kind> {
                serde_json::from_str(text).ok()
            }
        }
    )*};
}

as_json!(Session, ReadingPosition);

/// A marking of many articles that is under way, as it is kept: after a kill the next start goes on with it.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub enum KeptMarking {
    Read {
        section: String,
        filter: String,
        newest: i64,
        /// Times and ids of the articles between which it goes on, newest first.
        #[serde(default)]
        after: Option<(i64, i64)>,
        #[serde(default)]
        until: Option<(i64, i64)>,
    },
    UnreadOf {
        read_at: i64,
    },
}

impl KeptMarking {
    pub fn to_json(&self) -> String {
        // There is nothing in it that JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn from_json(json: &str) -> Option<KeptMarking> {
        serde_json::from_str(json).ok()
    }
}
