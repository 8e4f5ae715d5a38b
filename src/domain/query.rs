//! The search language: words and "phrases", `-not`, `OR`, `cyber*`, `is:unread`, `source:`, `after:2026-01-01`, …

use super::tag::Tag;
use super::time::Date;

/// A query in disjunctive form: it matches when all clauses of one of the alternatives match. Empty: everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    pub any_of: Vec<Vec<Clause>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clause {
    pub negated: bool,
    pub term: Term,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Term {
    /// In title, byline or text, without regard to case and accents; `prefix` for `cyber*`.
    Word {
        text: String,
        prefix: bool,
    },
    Phrase(String),
    Title {
        text: String,
        prefix: bool,
    },
    Author {
        text: String,
        prefix: bool,
    },
    /// Anywhere in its title or key.
    Source(String),
    /// In the folder of its source, or among the tags that the list of sources gives it.
    Folder(String),
    Is(MarkCondition),
    /// The reader's own tag; `prefix` for `tag:li*`.
    Tag {
        text: String,
        prefix: bool,
    },
    /// Anywhere in the reader's own note.
    Note(String),
    HasTag,
    HasNote,
    HasComments,
    Comments(Compare, u64),
    /// In hundredths of stars, points or likes.
    Rank(Compare, i64),
    After(Date),
    Before(Date),
    In(HitKind),
}

impl Term {
    /// To be read later, which is a tag.
    fn later() -> Term {
        Term::Tag { text: Tag::later().to_string(), prefix: false }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkCondition {
    Unread,
    Read,
    Starred,
    Watched,
    /// It has comments that came after its page was last left.
    New,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    Below,
    AtMost,
    Equal,
    AtLeast,
    Above,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HitKind {
    Articles,
    Comments,
}

/// An error in a query. `at` is its byte offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryError {
    pub at: usize,
    pub message: String,
}

impl Query {
    /// True if it asks for nothing, so that everything matches.
    pub fn is_empty(&self) -> bool {
        self.any_of.is_empty() || self.any_of.iter().any(Vec::is_empty)
    }

    /// Finds nothing, whatever there is.
    pub fn nothing() -> Query {
        let both = [false, true].map(|negated| Clause { negated, term: Term::Is(MarkCondition::Read) });
        Query { any_of: vec![both.to_vec()] }
    }

    /// Articles with a mark.
    pub fn is(mark: MarkCondition) -> Query {
        Query { any_of: vec![vec![Clause { negated: false, term: Term::Is(mark) }]] }
    }

    /// True if any words are looked for.
    pub fn asks_words(&self) -> bool {
        let is_text = |clause: &Clause| {
            matches!(clause.term, Term::Word { .. } | Term::Phrase(_) | Term::Title { .. } | Term::Author { .. })
        };
        self.any_of.iter().flatten().any(is_text)
    }

    /// As it is while its last word is being typed: the beginning of a word. A single letter begins too many.
    #[must_use]
    pub fn unfinished(mut self) -> Query {
        if let Some(Clause { negated: false, term: Term::Word { text, prefix } | Term::Title { text, prefix } }) =
            self.any_of.last_mut().and_then(|clauses| clauses.last_mut())
        {
            *prefix |= text.chars().nth(1).is_some();
        }
        self
    }

    /// The query that asks for both.
    #[must_use]
    pub fn and(&self, other: &Query) -> Query {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            _ => {
                let both = |left: &Vec<Clause>| other.any_of.iter().map(|right| [&**left, right].concat()).collect::<Vec<_>>();
                Query { any_of: self.any_of.iter().flat_map(both).collect() }
            }
        }
    }

    /// The kind of its hits: comments if each alternative says so.
    pub fn kind(&self) -> HitKind {
        let is_of_comments =
            |clauses: &Vec<Clause>| clauses.iter().any(|clause| clause.term == Term::In(HitKind::Comments) && !clause.negated);
        if !self.any_of.is_empty() && self.any_of.iter().all(is_of_comments) { HitKind::Comments } else { HitKind::Articles }
    }
}

const KEYS: &str = "from, source, folder, author, title, tag, note, later, is, has, comments, rank, after, before, in";

/// Reads a query. Blank text is the empty query; a wrong one says where it is wrong and what would be right.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    let mut query = Query::default();
    let mut clauses = Vec::new();
    let mut open_or = None;
    for piece in split(text)? {
        if piece.text == "OR" {
            if clauses.is_empty() {
                return wrong(piece.at, "OR wants something to look for on both sides");
            }
            query.any_of.push(std::mem::take(&mut clauses));
            open_or = Some(piece.at);
        } else {
            clauses.push(clause(&piece)?);
            open_or = None;
        }
    }
    if let Some(at) = open_or {
        return wrong(at, "OR wants something to look for on both sides");
    }
    if !clauses.is_empty() {
        query.any_of.push(clauses);
    }
    Ok(query)
}

/// A word between two blanks; blanks in quotes do not count. `at` is its byte offset in the query.
#[derive(Clone, Copy)]
struct QueryPiece<'a> {
    at: usize,
    text: &'a str,
}

impl<'a> QueryPiece<'a> {
    fn from(self, start: usize) -> QueryPiece<'a> {
        QueryPiece { at: self.at + start, text: &self.text[start..] }
    }
}

fn split(text: &str) -> Result<Vec<QueryPiece<'_>>, QueryError> {
    let mut pieces = Vec::new();
    let mut start = None;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        if quote.is_some() {
            if c == '"' {
                quote = None;
                pieces.extend(start.take().map(|start| QueryPiece { at: start, text: &text[start..=at] }));
            }
        } else if c.is_whitespace() {
            pieces.extend(start.take().map(|start| QueryPiece { at: start, text: &text[start..at] }));
        } else {
            // A quote counts where a phrase or a value can begin; inside a word (5"-disk) it is a sign like others.
            let before = start.map_or("", |start| &text[start..at]);
            if c == '"' && (before.is_empty() || before == "-" || before.ends_with(':')) {
                quote = Some(at);
            }
            start.get_or_insert(at);
        }
    }
    if let Some(at) = quote {
        return wrong(at, "this quote is not closed: put another \" at the end of the phrase");
    }
    pieces.extend(start.map(|start| QueryPiece { at: start, text: &text[start..] }));
    Ok(pieces)
}

fn clause(piece: &QueryPiece<'_>) -> Result<Clause, QueryError> {
    let negated = piece.text.starts_with('-');
    let rest = if negated { piece.from(1) } else { *piece };
    if rest.text.is_empty() {
        return wrong(piece.at, "- wants right behind it what is not to be there, such as -sports");
    }
    Ok(Clause { negated, term: term(rest)? })
}

fn term(piece: QueryPiece<'_>) -> Result<Term, QueryError> {
    if let Some(phrase) = unquoted(piece.text) {
        return Ok(Term::Phrase(filled(&phrase, piece.at, "there is nothing between these quotes")?));
    }
    if let Some((key, value)) = piece.text.split_once(':')
        && !key.is_empty()
        && key.bytes().all(|b| b.is_ascii_alphabetic())
        && !value.starts_with("//")
    {
        return keyed(key, piece.at, piece.from(key.len() + 1));
    }
    let (text, prefix) = piece.text.strip_suffix('*').map_or((piece.text, false), |text| (text, true));
    Ok(Term::Word { text: filled(text, piece.at, "* wants the beginning of a word before it, such as cyber*")?, prefix })
}

fn keyed(key: &str, key_at: usize, value: QueryPiece<'_>) -> Result<Term, QueryError> {
    let lower = key.to_ascii_lowercase();
    let name = lower.as_str();
    let one_of = |wanted: &str| wrong(value.at, &format!("{name}: wants {wanted}"));
    let words = || {
        let text = unquoted(value.text).unwrap_or_else(|| value.text.trim_end_matches('*').to_owned());
        let text = filled(&text, value.at, &format!("{name}: wants a word or a \"phrase\" right behind it"))?;
        Ok((text, value.text.ends_with('*')))
    };
    match name {
        "from" | "source" => words().map(|(text, _)| Term::Source(text)),
        "folder" => words().map(|(text, _)| Term::Folder(text)),
        "author" => words().map(|(text, prefix)| Term::Author { text, prefix }),
        "title" => words().map(|(text, prefix)| Term::Title { text, prefix }),
        "tag" => words().map(|(text, prefix)| Term::Tag { text: text.trim_start_matches('#').to_lowercase(), prefix }),
        "note" => words().map(|(text, _)| Term::Note(text)),
        "later" if matches!(value.text, "" | "yes") => Ok(Term::later()),
        "later" => one_of("nothing behind it; `-later:` finds the others"),
        "is" => match value.text {
            "unread" => Ok(Term::Is(MarkCondition::Unread)),
            "read" => Ok(Term::Is(MarkCondition::Read)),
            "starred" => Ok(Term::Is(MarkCondition::Starred)),
            "watched" => Ok(Term::Is(MarkCondition::Watched)),
            "new" => Ok(Term::Is(MarkCondition::New)),
            "later" => Ok(Term::later()),
            _ => one_of("unread, read, starred, watched, new or later"),
        },
        "has" if value.text == "comments" => Ok(Term::HasComments),
        "has" if matches!(value.text, "tag" | "tags") => Ok(Term::HasTag),
        "has" if matches!(value.text, "note" | "notes") => Ok(Term::HasNote),
        "has" => one_of("comments, tags or a note: has:comments, has:tags, has:note"),
        "in" => match value.text {
            "articles" => Ok(Term::In(HitKind::Articles)),
            "comments" => Ok(Term::In(HitKind::Comments)),
            _ => one_of("articles or comments"),
        },
        "comments" => {
            let (compare, number) = comparison(value.text);
            let count = number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()));
            count.map_or_else(|| one_of("a number, such as comments:>50"), |count| Ok(Term::Comments(compare, count)))
        }
        "rank" => {
            let (compare, number) = comparison(value.text);
            hundredths(number).map_or_else(|| one_of("a number, such as rank:>=4"), |rank| Ok(Term::Rank(compare, rank)))
        }
        "after" => date(value.text).map_or_else(|| one_of("a date such as 2026-01-01"), |date| Ok(Term::After(date))),
        "before" => date(value.text).map_or_else(|| one_of("a date such as 2026-01-01"), |date| Ok(Term::Before(date))),
        _ => wrong(
            key_at,
            &format!("there is no {key}: to look for; there are {KEYS} (to find these very signs, put them in quotes)"),
        ),
    }
}

/// The inside of a piece in quotes, its blanks folded.
fn unquoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(inside.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn filled(text: &str, at: usize, message: &str) -> Result<String, QueryError> {
    if text.is_empty() { wrong(at, message) } else { Ok(text.to_owned()) }
}

fn wrong<T>(at: usize, message: &str) -> Result<T, QueryError> {
    Err(QueryError { at, message: message.to_owned() })
}

fn comparison(text: &str) -> (Compare, &str) {
    let signs = [
        (">=", Compare::AtLeast),
        ("<=", Compare::AtMost),
        (">", Compare::Above),
        ("<", Compare::Below),
        ("=", Compare::Equal),
    ];
    let found = signs.into_iter().find_map(|(sign, compare)| Some((compare, text.strip_prefix(sign)?)));
    found.unwrap_or((Compare::Equal, text))
}

/// `4`, `4.5`, `-3` as hundredths; none for what is no such number or has more than two decimals.
fn hundredths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(decimals) || decimals.len() > 2 {
        return None;
    }
    let tenths: i64 = decimals.parse().ok()?;
    let part = if decimals.len() == 1 { tenths * 10 } else { tenths };
    Some(sign * whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part)?)
}

fn date(text: &str) -> Option<Date> {
    let mut numbers = text.split('-').map(|part| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?);
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() {
        return None;
    }
    Date::new(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A query as one line: clauses by blank, alternatives by `|`.
    fn told(text: &str) -> String {
        let query = match parse(text) {
            Ok(query) => query,
            Err(error) => return format!("{}: {}", error.at, error.message),
        };
        let clause = |clause: &Clause| format!("{}{:?}", if clause.negated { "not " } else { "" }, clause.term);
        let all = |clauses: &Vec<Clause>| clauses.iter().map(clause).collect::<Vec<_>>().join(" & ");
        query.any_of.iter().map(all).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_right_query_is_read() {
        for (text, wanted) in [
            ("", ""),
            (" \t ", ""),
            ("cyber", r#"Word { text: "cyber", prefix: false }"#),
            ("cyber*", r#"Word { text: "cyber", prefix: true }"#),
            ("a b", r#"Word { text: "a", prefix: false } & Word { text: "b", prefix: false }"#),
            ("a OR -b", r#"Word { text: "a", prefix: false } | not Word { text: "b", prefix: false }"#),
            ("or", r#"Word { text: "or", prefix: false }"#),
            (r#""OR""#, r#"Phrase("OR")"#),
            (r#"-"one  two""#, r#"not Phrase("one two")"#),
            (
                r#"title:"one two" author:Lim*"#,
                r#"Title { text: "one two", prefix: false } & Author { text: "Lim", prefix: true }"#,
            ),
            ("from:phys source:phys.org SOURCE:x", r#"Source("phys") & Source("phys.org") & Source("x")"#),
            ("is:unread is:read is:starred -is:watched", "Is(Unread) & Is(Read) & Is(Starred) & not Is(Watched)"),
            ("folder:news folder:\"a b\"", r#"Folder("news") & Folder("a b")"#),
            ("is:new", "Is(New)"),
            ("has:comments has:tags has:note", "HasComments & HasTag & HasNote"),
            ("tag:#Rust", r#"Tag { text: "rust", prefix: false }"#),
            ("-tag:li* note:\"to do\"", r#"not Tag { text: "li", prefix: true } & Note("to do")"#),
            (
                "is:later later: -later:",
                r#"Tag { text: "later", prefix: false } & Tag { text: "later", prefix: false } & not Tag { text: "later", prefix: false }"#,
            ),
            ("comments:>50 comments:<=3 comments:0", "Comments(Above, 50) & Comments(AtMost, 3) & Comments(Equal, 0)"),
            ("rank:>=4 rank:4 rank:<4.5", "Rank(AtLeast, 400) & Rank(Equal, 400) & Rank(Below, 450)"),
            ("rank:>-3 rank:=0.25", "Rank(Above, -300) & Rank(Equal, 25)"),
            (
                "after:2026-01-01 before:2026-2-28",
                "After(Date { year: 2026, month: 1, day: 1 }) & Before(Date { year: 2026, month: 2, day: 28 })",
            ),
            ("in:comments", "In(Comments)"),
            ("https://example.org/a", r#"Word { text: "https://example.org/a", prefix: false }"#),
            ("12:30 c++:", r#"Word { text: "12:30", prefix: false } & Word { text: "c++:", prefix: false }"#),
            ("5\"-disk", r#"Word { text: "5\"-disk", prefix: false }"#),
            ("量子* é", r#"Word { text: "量子", prefix: true } & Word { text: "é", prefix: false }"#),
        ] {
            assert_eq!(told(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_wrong_query_says_where_and_what_would_be_right() {
        for (text, wanted) in [
            (r#"a "b c"#, "2: this quote is not closed: put another \" at the end of the phrase"),
            ("OR a", "0: OR wants something to look for on both sides"),
            ("é OR", "3: OR wants something to look for on both sides"),
            ("a OR OR b", "5: OR wants something to look for on both sides"),
            ("a -", "2: - wants right behind it what is not to be there, such as -sports"),
            ("*", "0: * wants the beginning of a word before it, such as cyber*"),
            (r#"x """#, "2: there is nothing between these quotes"),
            ("title:", "6: title: wants a word or a \"phrase\" right behind it"),
            ("is:old", "3: is: wants unread, read, starred, watched, new or later"),
            ("has:links", "4: has: wants comments, tags or a note: has:comments, has:tags, has:note"),
            ("in:titles", "3: in: wants articles or comments"),
            ("a comments:>many", "11: comments: wants a number, such as comments:>50"),
            ("comments:+5", "9: comments: wants a number, such as comments:>50"),
            ("rank:4.255", "5: rank: wants a number, such as rank:>=4"),
            ("-after:yesterday", "7: after: wants a date such as 2026-01-01"),
            ("before:2026-02-30", "7: before: wants a date such as 2026-01-01"),
        ] {
            assert_eq!(told(text), wanted, "{text}");
        }
        assert!(told("é colour:red").starts_with("3: there is no colour: to look for; there are from, source, folder,"));
    }

    #[test]
    fn only_a_query_without_conditions_is_empty() {
        assert!(Query::default().is_empty());
        assert!(parse(" ").unwrap().is_empty());
        assert!(!parse("a OR b").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn any_text_gives_a_query_or_a_place_in_it(text in r#"(\PC|[ "*:-]|OR|is:|rank:>|after:20){0,12}"#) {
            if let Err(error) = parse(&text) {
                prop_assert!(text.is_char_boundary(error.at));
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}
