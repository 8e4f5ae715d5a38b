//! The verdicts of the reader's score rules on the comments of one discussion. Texts may be long, so each is read once.

use std::sync::Arc;

use super::{Conditions, PreparedRule, Rule, RuleFacts, Verdict};
use crate::domain::thread::{Comment, Discussion};

/// The rules' verdicts on the comments of one discussion.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RuleMatches {
    /// By comment: the rule, by index, and its verdict. Empty where no rule fits any.
    by_comment: Vec<Option<(u16, Verdict)>>,
    /// By conditions that look into texts: which comments they fit. Texts may be long, so each is read once.
    texts: Vec<(Conditions, Arc<[bool]>)>,
}

impl RuleMatches {
    /// The first rule that fits a comment decides. Reads all texts where a rule is about them.
    pub fn new(rules: &[Rule], discussion: &Discussion) -> RuleMatches {
        RuleMatches::default().judge(rules, discussion)
    }

    /// These rules in place of those before. None where a rule looks into texts that were not read for these rulings, and
    /// that take more than `most` bytes together.
    pub fn renewed(&self, rules: &[Rule], discussion: &Discussion, most: usize) -> Option<RuleMatches> {
        let is_known = |conditions: &Conditions| self.texts.iter().any(|(known, _)| known == conditions);
        let must_read = about(rules, discussion).any(|(_, rule)| rule.conditions.are_of_text() && !is_known(&rule.conditions));
        (!must_read || is_within(discussion, most)).then(|| self.judge(rules, discussion))
    }

    fn judge(&self, rules: &[Rule], discussion: &Discussion) -> RuleMatches {
        let mut here: Vec<InForce> = about(rules, discussion).map(|(n, rule)| self.in_force(n, rule, discussion)).collect();
        let of_comment = |comment: (usize, &Comment)| -> Option<(u16, Verdict)> {
            let (mut facts, mut ruling) = (RuleFacts::default(), None);
            for rule in &mut here {
                // A rule about texts is asked of each comment, so that what it says can be kept.
                if ruling.is_none() || rule.reads {
                    let fits = rule.fits(comment, &mut facts);
                    ruling = ruling.or(fits.then_some((rule.number, rule.verdict)));
                }
            }
            ruling
        };
        let mut by_comment: Vec<_> = discussion.comments.iter().enumerate().map(of_comment).collect();
        if by_comment.iter().all(Option::is_none) {
            by_comment.clear();
        }
        RuleMatches { by_comment, texts: here.into_iter().filter_map(InForce::kept).collect() }
    }

    fn in_force(&self, number: usize, rule: &Rule, discussion: &Discussion) -> InForce {
        let known = self.texts.iter().find(|(known, _)| *known == rule.conditions).map(|(_, fits)| Arc::clone(fits));
        let known = known.filter(|fits| fits.len() == discussion.comments.len());
        InForce {
            number: u16::try_from(number).unwrap_or(u16::MAX),
            verdict: rule.verdict,
            ready: PreparedRule::new(&rule.conditions),
            reads: known.is_none() && rule.conditions.are_of_text(),
            conditions: rule.conditions.clone(),
            known,
            read: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_comment.is_empty()
    }

    pub fn get(&self, comment: usize) -> Option<(u16, Verdict)> {
        self.by_comment.get(comment).copied().flatten()
    }
}

/// A rule while comments are judged by it.
struct InForce {
    number: u16,
    verdict: Verdict,
    conditions: Conditions,
    ready: PreparedRule,
    /// By comment, from before.
    known: Option<Arc<[bool]>>,
    /// True if it looks into texts that were not read for it before.
    reads: bool,
    /// The words found there, by comment.
    read: Vec<bool>,
}

impl InForce {
    fn fits(&mut self, (at, comment): (usize, &Comment), facts: &mut RuleFacts) -> bool {
        let fits = self.known.as_ref().map_or_else(|| self.ready.fits(comment, facts), |known| known[at]);
        if self.reads {
            self.read.push(fits);
        }
        fits
    }

    fn kept(self) -> Option<(Conditions, Arc<[bool]>)> {
        let fits = if self.reads { Some(self.read.into()) } else { self.known };
        fits.map(|fits| (self.conditions, fits))
    }
}

/// The rules that may fit comments of a discussion, with their places among all.
fn about<'r>(rules: &'r [Rule], discussion: &Discussion) -> impl Iterator<Item = (usize, &'r Rule)> {
    rules.iter().enumerate().filter(|(_, rule)| rule.conditions.are_about([&*discussion.place]))
}

/// True if the texts of all comments take at most `most` bytes.
fn is_within(discussion: &Discussion, most: usize) -> bool {
    let mut left = Some(most);
    discussion.comments.iter().all(|comment| {
        left = left.and_then(|left| left.checked_sub(comment.body.size()));
        left.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::{Body, Document, clean, clean_line};

    #[test]
    fn a_rule_that_looks_into_no_text_reads_none_and_texts_are_read_once() {
        thread_local!(static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });
        fn read(bytes: &[u8]) -> Document {
            READ.set(READ.get() + 1);
            Document::plain([String::from_utf8_lossy(bytes).as_ref()])
        }
        let kept = |author: &str, text: &str| {
            let body = Body::Kept { bytes: text.as_bytes().into(), read };
            Comment { author: Some(clean_line(author)), body, ..Comment::default() }
        };
        let comments = vec![kept("a", "oats and rye"), kept("b", "oats"), kept("c", "nothing")];
        let discussion = Discussion { comments, ..Discussion::default() };
        let words = Conditions { words: vec![clean("oats")], ..Conditions::default() };
        let shrink = Rule { conditions: words, ..Rule::new(clean("oats"), Verdict::Shrink) };
        let told = |rulings: &RuleMatches| [0, 1, 2].map(|n| rulings.get(n).map(|(_, verdict)| verdict));

        let first = RuleMatches::new(std::slice::from_ref(&shrink), &discussion);
        assert_eq!(told(&first), [Some(Verdict::Shrink), Some(Verdict::Shrink), None]);
        assert_eq!(READ.get(), 3);
        let rules = [Rule::muting(&clean_line("b")), shrink.clone()];
        let muted = first.renewed(&rules, &discussion, 0).expect("no text has to be read");
        assert_eq!(told(&muted), [Some(Verdict::Shrink), Some(Verdict::Mute), None]);
        assert_eq!(
            (READ.get(), &muted),
            (3, &RuleMatches { by_comment: muted.by_comment.clone(), texts: first.texts.clone() })
        );

        let longer = Rule {
            conditions: Conditions { longer: Some(2), ..Conditions::default() },
            ..Rule::new(clean("long"), Verdict::Lift)
        };
        let rules = [longer, shrink];
        assert_eq!(muted.renewed(&rules, &discussion, 10), None, "23 bytes are too many");
        assert_eq!(READ.get(), 3);
        let lifted = muted.renewed(&rules, &discussion, 23).expect("few enough bytes");
        assert_eq!(told(&lifted), [Some(Verdict::Lift), Some(Verdict::Shrink), None]);
        assert_eq!(lifted, RuleMatches::new(&rules, &discussion));
    }
}
