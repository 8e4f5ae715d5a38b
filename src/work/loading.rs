//! Articles and discussions as the reading pane takes them.

use crate::domain::rules::{Rule, RuleMatches};
use crate::format::prepared::{PreparedBody, prepare};
use crate::store::{StoredArticle, StoredDiscussion};

/// An article and its text, ready to be laid out piece by piece.
#[derive(Clone, PartialEq, Debug)]
pub struct PreparedArticle {
    /// Without its text, but for the links of it.
    pub stored: StoredArticle,
    pub body: PreparedBody,
}

impl From<StoredArticle> for PreparedArticle {
    fn from(mut stored: StoredArticle) -> PreparedArticle {
        let previous = stored.previous.as_mut().map(|previous| &mut previous.body);
        let body = prepare(&mut stored.article, previous, &stored.texts);
        PreparedArticle { stored, body }
    }
}

/// A discussion, and what the reader's rules say of its comments.
#[derive(Clone, PartialEq, Debug)]
pub struct JudgedDiscussion {
    pub stored: StoredDiscussion,
    pub rulings: RuleMatches,
    /// The rules that say so.
    pub rules: Vec<Rule>,
}

impl JudgedDiscussion {
    pub fn new(stored: StoredDiscussion, rules: &[Rule]) -> JudgedDiscussion {
        let rulings = RuleMatches::new(rules, &stored.discussion);
        JudgedDiscussion { stored, rulings, rules: rules.to_vec() }
    }
}
