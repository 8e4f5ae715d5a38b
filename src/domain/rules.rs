//! The reader's own score rules: what they say of a comment stands above its rank, and below the reader's hand. And in the
//! same words, which articles are not wanted at all.

mod matches;

pub use self::matches::RuleMatches;
use super::article::Article;
use super::text::{CleanText, fold};
use super::thread::Comment;

/// The effect of a rule on the comments that it matches.
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

/// A rule fits the comments that its conditions fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its name for `w`; unique.
    pub name: CleanText,
    pub verdict: Verdict,
    pub conditions: Conditions,
}

/// They fit a comment or an article that meets all of them; none fit nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conditions {
    /// The whole name, in any case.
    pub author: Option<CleanText>,
    /// Any of these words or phrases, whole words in any case.
    pub words: Vec<CleanText>,
    /// A part of the name of the place or source, in any case.
    pub place: Option<CleanText>,
    /// More words than this.
    pub longer: Option<u32>,
    /// Fewer words than this.
    pub shorter: Option<u32>,
}

/// The effect on new articles that meet the conditions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IgnoreRule {
    pub conditions: Conditions,
    /// Any of these is a part of the article's address, in any case; none: whatever the address is.
    pub links: Vec<CleanText>,
    /// They are stored and marked read, in place of being left out.
    pub marks_read: bool,
}

impl Rule {
    /// A rule without conditions.
    pub fn new(name: CleanText, verdict: Verdict) -> Rule {
        Rule { name, verdict, conditions: Conditions::default() }
    }

    /// A rule that mutes an author, as the reader's key makes it.
    pub fn muting(author: &CleanText) -> Rule {
        let name = super::text::clean_line(&format!("mute {author}"));
        let conditions = Conditions { author: Some(author.clone()), ..Conditions::default() };
        Rule { name, verdict: Verdict::Mute, conditions }
    }
}

impl Conditions {
    pub fn is_empty(&self) -> bool {
        *self == Conditions::default()
    }

    /// True if the text has to be read to know whether they fit.
    fn are_of_text(&self) -> bool {
        !self.words.is_empty() || self.longer.is_some() || self.shorter.is_some()
    }

    /// True if they can fit what is called by one of these names.
    fn are_about<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> bool {
        let part = self.place.as_ref().map(|place| fold(place));
        !self.is_empty() && part.is_none_or(|part| names.into_iter().any(|name| fold(name).contains(&part)))
    }
}

/// A rule as it is read: `mute if by reader7 and at lobsters`.
impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} if {}", self.verdict.name(), self.conditions)
    }
}

impl std::fmt::Display for Conditions {
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
        f.write_str(&conditions.join(" and "))
    }
}

/// The configuration's rules and behind them those that were made by key or command; of one name the first stands.
pub fn merged(configured: &[Rule], made: Vec<Rule>) -> Vec<Rule> {
    let is_hidden = |rule: &Rule| configured.iter().any(|known| known.name == rule.name);
    configured.iter().cloned().chain(made.into_iter().filter(|rule| !is_hidden(rule))).collect()
}

/// Selects articles of one source to leave out.
#[derive(Default)]
pub struct Ignoring(Vec<(PreparedRule, Vec<String>, bool)>);

impl Ignoring {
    /// The rules for a source with these names.
    pub fn new(rules: &[IgnoreRule], names: &[&str]) -> Ignoring {
        let about = rules.iter().filter(|rule| {
            let is_of_links = rule.conditions.is_empty() && !rule.links.is_empty();
            is_of_links || rule.conditions.are_about(names.iter().copied())
        });
        let links = |rule: &IgnoreRule| rule.links.iter().map(|link| link.to_lowercase()).collect();
        Ignoring(about.map(|rule| (PreparedRule::new(&rule.conditions), links(rule), rule.marks_read)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The effect of the first rule that matches an article; none if no rule does.
    pub fn ignored(&self, article: &Article) -> Option<Ignored> {
        let mut facts = RuleFacts::default();
        let address = article.url.as_ref().map(|url| url.to_lowercase()).unwrap_or_default();
        let is_linked = |links: &[String]| links.is_empty() || links.iter().any(|link| address.contains(link));
        let fitting = self.0.iter().find(|(ready, links, _)| is_linked(links) && ready.fits(article, &mut facts));
        fitting.map(|(.., marks_read)| if *marks_read { Ignored::MarkedRead } else { Ignored::LeftOut })
    }
}

/// The effect of an ignore rule on an article.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ignored {
    LeftOut,
    MarkedRead,
}

/// The text that conditions are tested on.
trait Judged {
    fn author(&self) -> Option<&CleanText>;
    fn text(&self) -> String;
    /// How many.
    fn words(&self) -> usize;
}

impl Judged for Comment {
    fn author(&self) -> Option<&CleanText> {
        self.author.as_ref()
    }

    fn text(&self) -> String {
        self.body.text().into_owned()
    }

    fn words(&self) -> usize {
        self.body.words()
    }
}

/// An article's words are those of its title too, its length is that of its text.
impl Judged for Article {
    fn author(&self) -> Option<&CleanText> {
        self.byline.as_ref()
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.title, self.body.text())
    }

    fn words(&self) -> usize {
        self.body.words()
    }
}

/// Conditions made ready: their words folded once.
struct PreparedRule {
    author: Option<String>,
    words: Vec<String>,
    longer: Option<u32>,
    shorter: Option<u32>,
}

/// Parts of a comment or article that are computed only when a rule needs them, and then once.
#[derive(Default)]
struct RuleFacts {
    author: Option<String>,
    text: Option<String>,
    words: Option<usize>,
}

impl PreparedRule {
    fn new(rule: &Conditions) -> PreparedRule {
        PreparedRule {
            author: rule.author.as_ref().map(|author| fold(author)),
            words: rule.words.iter().map(|words| fold(words)).collect(),
            longer: rule.longer,
            shorter: rule.shorter,
        }
    }

    fn fits(&self, judged: &impl Judged, facts: &mut RuleFacts) -> bool {
        if let Some(author) = &self.author {
            let own = facts.author.get_or_insert_with(|| judged.author().map(|author| fold(author)).unwrap_or_default());
            if own != author {
                return false;
            }
        }
        if self.longer.is_some() || self.shorter.is_some() {
            let words = *facts.words.get_or_insert_with(|| judged.words());
            if self.longer.is_some_and(|longer| words <= longer as usize)
                || self.shorter.is_some_and(|shorter| words >= shorter as usize)
            {
                return false;
            }
        }
        self.words.is_empty() || {
            let text = facts.text.get_or_insert_with(|| fold(&judged.text()));
            self.words.iter().any(|words| holds(text, words))
        }
    }
}

/// True if a text has the words with no letter or digit on either side.
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
    use crate::domain::thread::Discussion;

    fn comment(author: &str, text: &str) -> Comment {
        Comment { author: Some(clean_line(author)), body: Document::plain([text]).into(), ..Comment::default() }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rule = |verdict, conditions| Rule { conditions, ..Rule::new(clean(""), verdict) };
        let any = Conditions::default;
        let rules = [
            rule(Verdict::Shrink, Conditions { words: vec![clean("grain price"), clean("OATS")], ..any() }),
            rule(Verdict::Mute, Conditions { author: Some(clean("Reader7")), ..any() }),
            rule(Verdict::Lift, Conditions { longer: Some(3), place: Some(clean("lob")), ..any() }),
            rule(Verdict::Shrink, Conditions { shorter: Some(2), ..any() }),
            rule(Verdict::Mute, any()),
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
            let rulings = RuleMatches::new(&rules, discussion);
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
        let conditions = Conditions {
            words: vec![clean("oats"), clean("rye")],
            place: Some(clean("lobsters")),
            longer: Some(300),
            ..Conditions::default()
        };
        let rule = Rule { conditions, ..Rule::new(clean("essays on grain"), Verdict::Lift) };
        assert_eq!(rule.to_string(), "lift if with “oats” or “rye” and at lobsters and of more than 300 words");
    }

    #[test]
    fn articles_are_ignored_by_title_text_author_source_and_length() {
        let any = Conditions::default;
        let article = Article {
            title: clean("Oats: sponsored"),
            byline: Some(clean("A. Grower")),
            body: Document::plain(["Four words of text."]),
            ..Article::default()
        };
        let words = |words: &[&str]| Conditions { words: words.iter().map(|words| clean(words)).collect(), ..any() };
        for (rule, fits) in [
            (any(), false),
            (words(&["SPONSORED"]), true),
            (words(&["sponsor"]), false),
            (words(&["rye", "words of text"]), true),
            (Conditions { author: Some(clean("a. grower")), ..any() }, true),
            (Conditions { author: Some(clean("grower")), ..any() }, false),
            (Conditions { place: Some(clean("GRAIN")), ..any() }, true),
            (Conditions { place: Some(clean("field.example")), ..any() }, true),
            (Conditions { place: Some(clean("stone")), ..words(&["oats"]) }, false),
            (Conditions { shorter: Some(5), ..any() }, true),
            (Conditions { shorter: Some(4), ..any() }, false),
            (Conditions { longer: Some(4), ..any() }, false),
        ] {
            let names = ["Grain news", "https://field.example/feed"];
            for (marks_read, ignored) in [(false, Ignored::LeftOut), (true, Ignored::MarkedRead)] {
                let rules = [IgnoreRule { conditions: rule.clone(), links: Vec::new(), marks_read }];
                let wanted = fits.then_some(ignored);
                assert_eq!(Ignoring::new(&rules, &names).ignored(&article), wanted, "{rule}");
            }
        }
    }

    #[test]
    fn articles_are_ignored_by_parts_of_their_addresses() {
        let links = vec![clean("youtube.com/shorts/"), clean("/live/")];
        let rules = [IgnoreRule { links, ..IgnoreRule::default() }];
        for (url, wanted) in [
            (Some("https://www.YouTube.com/shorts/x"), Some(Ignored::LeftOut)),
            (Some("https://a.example/live/1"), Some(Ignored::LeftOut)),
            (Some("https://www.youtube.com/watch?v=x"), None),
            (None, None),
        ] {
            let article = Article { url: url.map(clean_line), ..Article::default() };
            assert_eq!(Ignoring::new(&rules, &["Any"]).ignored(&article), wanted, "{url:?}");
        }
    }
}
