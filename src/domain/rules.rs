//! The reader's own score rules: what they say of a comment stands above its rank, and below the reader's hand.

use super::text::{CleanText, fold};
use super::thread::{Comment, Discussion};

/// What a rule does with the comments that it fits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// Open, whatever the rank.
    Lift,
    /// A line, whatever the rank.
    Shrink,
    /// Folded away, as below every floor; a line without its words where a comment under it is shown.
    Mute,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Lift, Verdict::Shrink, Verdict::Mute];

    /// Its name on the command line, in the config and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Lift => "lift",
            Verdict::Shrink => "shrink",
            Verdict::Mute => "mute",
        }
    }

    pub fn from_name(name: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// A rule fits a comment that meets all of its conditions; one without any fits none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// What `w` calls it; no two have the same.
    pub name: CleanText,
    pub verdict: Verdict,
    /// The whole name, in any case.
    pub author: Option<CleanText>,
    /// Any of these words or phrases, whole words in any case.
    pub words: Vec<CleanText>,
    /// A part of the place's name, in any case.
    pub place: Option<CleanText>,
    /// More words than this.
    pub longer: Option<u32>,
    /// Fewer words than this.
    pub shorter: Option<u32>,
}

impl Rule {
    /// A rule without conditions.
    pub fn new(name: CleanText, verdict: Verdict) -> Rule {
        Rule { name, verdict, author: None, words: Vec::new(), place: None, longer: None, shorter: None }
    }

    /// What mutes an author, as the reader's key makes it.
    pub fn muting(author: &CleanText) -> Rule {
        let name = super::text::clean_line(&format!("mute {author}"));
        Rule { author: Some(author.clone()), ..Rule::new(name, Verdict::Mute) }
    }

    pub fn has_conditions(&self) -> bool {
        let length = self.longer.is_some() || self.shorter.is_some();
        self.author.is_some() || !self.words.is_empty() || self.place.is_some() || length
    }
}

/// The rules as they are read: `mute if by reader7 at lobsters`.
impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.words.iter().map(|words| format!("“{words}”")).collect();
        let conditions = [
            self.author.as_ref().map(|author| format!("by {author}")),
            (!words.is_empty()).then(|| format!("with {}", words.join(" or "))),
            self.place.as_ref().map(|place| format!("at {place}")),
            self.longer.map(|longer| format!("of more than {longer} words")),
            self.shorter.map(|shorter| format!("of fewer than {shorter} words")),
        ];
        let conditions: Vec<String> = conditions.into_iter().flatten().collect();
        write!(f, "{} if {}", self.verdict.name(), conditions.join(" and "))
    }
}

/// The configuration's rules and behind them those that were made by key or command; of one name the first stands.
pub fn merged(configured: &[Rule], made: Vec<Rule>) -> Vec<Rule> {
    let is_hidden = |rule: &Rule| configured.iter().any(|known| known.name == rule.name);
    configured.iter().cloned().chain(made.into_iter().filter(|rule| !is_hidden(rule))).collect()
}

/// What the rules say of the comments of one discussion.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rulings {
    /// By comment: the rule, by index, and its verdict. Empty where no rule fits any.
    by_comment: Vec<Option<(u16, Verdict)>>,
}

impl Rulings {
    /// The first rule that fits a comment decides.
    pub fn new(rules: &[Rule], discussion: &Discussion) -> Rulings {
        let here: Vec<(u16, Condition)> = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.has_conditions())
            .filter(|(_, rule)| rule.place.as_ref().is_none_or(|place| fold(&discussion.place).contains(&fold(place))))
            .map(|(n, rule)| (n as u16, Condition::new(rule)))
            .collect();
        if here.is_empty() {
            return Rulings::default();
        }
        let judge = |comment: &Comment| {
            let mut facts = Facts::default();
            let fits = here.iter().find(|(_, condition)| condition.fits(comment, &mut facts));
            fits.map(|(n, _)| (*n, rules[usize::from(*n)].verdict))
        };
        let by_comment: Vec<_> = discussion.comments.iter().map(judge).collect();
        if by_comment.iter().all(Option::is_none) { Rulings::default() } else { Rulings { by_comment } }
    }

    pub fn is_empty(&self) -> bool {
        self.by_comment.is_empty()
    }

    pub fn get(&self, comment: usize) -> Option<(u16, Verdict)> {
        self.by_comment.get(comment).copied().flatten()
    }
}

/// A rule made ready: its words folded once.
struct Condition {
    author: Option<String>,
    words: Vec<String>,
    longer: Option<u32>,
    shorter: Option<u32>,
}

/// What of a comment is worked out only when a rule asks for it, and then once.
#[derive(Default)]
struct Facts {
    author: Option<String>,
    text: Option<String>,
    words: Option<usize>,
}

impl Condition {
    fn new(rule: &Rule) -> Condition {
        Condition {
            author: rule.author.as_ref().map(|author| fold(author)),
            words: rule.words.iter().map(|words| fold(words)).collect(),
            longer: rule.longer,
            shorter: rule.shorter,
        }
    }

    fn fits(&self, comment: &Comment, facts: &mut Facts) -> bool {
        if let Some(author) = &self.author {
            let own =
                facts.author.get_or_insert_with(|| comment.author.as_ref().map(|author| fold(author)).unwrap_or_default());
            if own != author {
                return false;
            }
        }
        if self.longer.is_some() || self.shorter.is_some() {
            let words = *facts.words.get_or_insert_with(|| comment.body.words());
            if self.longer.is_some_and(|longer| words <= longer as usize)
                || self.shorter.is_some_and(|shorter| words >= shorter as usize)
            {
                return false;
            }
        }
        self.words.is_empty() || {
            let text = facts.text.get_or_insert_with(|| fold(&comment.body.text()));
            self.words.iter().any(|words| holds(text, words))
        }
    }
}

/// Whether a text has the words with no letter or digit on either side.
fn holds(text: &str, words: &str) -> bool {
    let is_free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let whole =
        |(at, _): (usize, &str)| is_free(text[..at].chars().next_back()) && is_free(text[at + words.len()..].chars().next());
    !words.is_empty() && text.match_indices(words).any(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::{Document, clean, clean_line};

    fn comment(author: &str, text: &str) -> Comment {
        Comment { author: Some(clean_line(author)), body: Document::plain([text]).into(), ..Comment::default() }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rule = |verdict| Rule::new(clean(""), verdict);
        let rules = [
            Rule { words: vec![clean("grain price"), clean("OATS")], ..rule(Verdict::Shrink) },
            Rule { author: Some(clean("Reader7")), ..rule(Verdict::Mute) },
            Rule { longer: Some(3), place: Some(clean("lob")), ..rule(Verdict::Lift) },
            Rule { shorter: Some(2), ..rule(Verdict::Shrink) },
            rule(Verdict::Mute),
        ];
        let discussion = Discussion {
            place: clean("Lobsters"),
            comments: vec![
                comment("reader7", "Oats, again."),
                comment("reader7", "No goats."),
                comment("b", "The grain prices of four"),
                comment("b", "Yes."),
                comment("b", "Three words here"),
            ],
            ..Discussion::default()
        };
        let told = |discussion: &Discussion| -> Vec<Option<u16>> {
            let rulings = Rulings::new(&rules, discussion);
            (0..discussion.comments.len()).map(|n| rulings.get(n).map(|(rule, _)| rule)).collect()
        };
        assert_eq!(told(&discussion), [Some(0), Some(1), Some(2), Some(3), None]);
        let elsewhere = Discussion { place: clean("page"), ..discussion };
        assert_eq!(told(&elsewhere), [Some(0), Some(1), None, Some(3), None]);
    }

    #[test]
    fn a_rule_is_told_in_words() {
        let author = clean("reader7");
        assert_eq!(Rule::muting(&author).to_string(), "mute if by reader7");
        let rule = Rule {
            words: vec![clean("oats"), clean("rye")],
            place: Some(clean("lobsters")),
            longer: Some(300),
            ..Rule::new(clean("essays on grain"), Verdict::Lift)
        };
        assert_eq!(rule.to_string(), "lift if with “oats” or “rye” and at lobsters and of more than 300 words");
    }
}
