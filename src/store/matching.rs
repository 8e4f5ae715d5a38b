//! The words of a query: in the language of FTS5 for the index, and compared with a text for what is not indexed.

use crate::domain::query::{Clause, HitKind, Query, Term};
use crate::domain::text::FoldedWord;
use crate::domain::text::words::Needle;

/// A query whose hits are read off the index of words.
pub(super) struct Led {
    /// The index's query.
    pub(super) expression: String,
    /// The same for a text: one of these holds.
    alternatives: Vec<Vec<TextClause>>,
    /// Further conditions of a hit.
    pub(super) rest: Query,
}

struct TextClause {
    negated: bool,
    wanted: ColumnNeedle,
}

/// Words that are looked for in some columns; none where a term has no word in it.
pub(super) struct ColumnNeedle(Option<(MatchColumn, Needle)>);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MatchColumn {
    Any,
    Title,
    Author,
}

impl Led {
    /// True if a text has the words.
    pub(super) fn fits(&self, title: &str, author: &str, body: &str) -> bool {
        let holds = |clause: &TextClause| clause.wanted.is_in(title, author, body) != clause.negated;
        self.alternatives.iter().any(|clauses| clauses.iter().all(holds))
    }

    /// The letters of the shortest beginning of a word that is looked for.
    pub(super) fn shortest_prefix(&self) -> usize {
        let needles = self.alternatives.iter().flatten().filter_map(|clause| clause.wanted.needle());
        needles.filter_map(prefix_length).min().unwrap_or(usize::MAX)
    }
}

impl ColumnNeedle {
    pub(super) fn new(term: &Term) -> ColumnNeedle {
        let some = |column, needle: Option<Needle>| needle.map(|needle| (column, needle));
        ColumnNeedle(match term {
            Term::Word { text, prefix } => some(MatchColumn::Any, Needle::new(text, *prefix)),
            Term::Phrase(text) => some(MatchColumn::Any, Needle::new(text, false)),
            Term::Title { text, prefix } => some(MatchColumn::Title, Needle::new(text, *prefix)),
            Term::Author { text, prefix } => some(MatchColumn::Author, Needle::new(text, *prefix)),
            _ => None,
        })
    }

    pub(super) fn needle(&self) -> Option<&Needle> {
        self.0.as_ref().map(|(_, needle)| needle)
    }

    pub(super) fn is_in(&self, title: &str, author: &str, body: &str) -> bool {
        self.0.as_ref().is_some_and(|(column, needle)| {
            (*column != MatchColumn::Author && needle.is_in(title))
                || (*column != MatchColumn::Title && needle.is_in(author))
                || (*column == MatchColumn::Any && needle.is_in(body))
        })
    }

    /// As the index is asked for it.
    pub(super) fn expression(&self) -> Option<String> {
        let (column, needle) = self.0.as_ref()?;
        let found = needle_expression(needle);
        Some(match column {
            MatchColumn::Any => found,
            MatchColumn::Title => format!("title : {found}"),
            MatchColumn::Author => format!("author : {found}"),
        })
    }
}

/// For a needle that is one prefix of a word.
pub(super) fn prefix_length(needle: &Needle) -> Option<usize> {
    let [word] = needle.words() else { return None };
    needle.prefix.then(|| word.main.chars().count())
}

/// None if an alternative asks for no word that has to be there: the index of words cannot find what fits it.
pub(super) fn led(query: &Query, of: HitKind) -> Option<Led> {
    let (mut expressions, mut alternatives) = (Vec::new(), Vec::new());
    for clauses in &query.any_of {
        // Such a query is answered by the comments, see `filter::one_comment`.
        if of == HitKind::Articles && asks_comments(clauses) {
            return None;
        }
        let (mut wanted, mut unwanted, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for Clause { negated, term } in clauses.iter().filter(|clause| is_text(&clause.term, of)) {
            let words = ColumnNeedle::new(term);
            match words.expression() {
                Some(found) if *negated => unwanted.push(found),
                Some(found) => wanted.push(found),
                None if *negated => continue,
                None => return None,
            }
            texts.push(TextClause { negated: *negated, wanted: words });
        }
        if wanted.is_empty() {
            return None;
        }
        let mut expression = wanted.join(" AND ");
        if !unwanted.is_empty() {
            expression = format!("({expression}) NOT ({})", unwanted.join(" OR "));
        }
        expressions.push(format!("({expression})"));
        alternatives.push(texts);
    }
    if expressions.is_empty() {
        return None;
    }
    let is_word = |clause: &Clause| is_text(&clause.term, of) || matches!(clause.term, Term::In(_));
    let rest = match query.any_of.as_slice() {
        [clauses] => Query { any_of: vec![clauses.iter().filter(|clause| !is_word(clause)).cloned().collect()] },
        all if all.iter().flatten().all(is_word) => Query::default(),
        _ => query.clone(),
    };
    Some(Led { expression: expressions.join(" OR "), alternatives, rest })
}

/// True if an alternative is about one and the same comment.
pub(super) fn asks_comments(clauses: &[Clause]) -> bool {
    clauses.iter().any(|clause| match clause.term {
        Term::In(kind) => (kind == HitKind::Comments) != clause.negated,
        _ => false,
    })
}

pub(super) fn is_text(term: &Term, of: HitKind) -> bool {
    match term {
        Term::Word { .. } | Term::Phrase(_) | Term::Author { .. } => true,
        Term::Title { .. } => of == HitKind::Articles,
        _ => false,
    }
}

/// The search terms in the index's query language.
pub(super) fn needle_expression(needle: &Needle) -> String {
    let star = if needle.prefix { " *" } else { "" };
    let phrase = |form: &dyn Fn(&FoldedWord) -> String| {
        let words: Vec<String> = needle.words().iter().map(form).collect();
        format!("\"{}\"{star}", words.join(" "))
    };
    let main = phrase(&|word| word.main.clone());
    if needle.words().iter().all(|word| word.spelled_out.is_none()) {
        return main;
    }
    let spelled_out = phrase(&|word| word.spelled_out.as_ref().unwrap_or(&word.main).clone());
    format!("({main} OR {spelled_out})")
}

/// The words to highlight in hits: those in the title, and those in the text.
pub(super) fn needles(query: &Query) -> (Vec<Needle>, Vec<Needle>) {
    let (mut title, mut text) = (Vec::new(), Vec::new());
    for Clause { term, .. } in query.any_of.iter().flatten().filter(|clause| !clause.negated) {
        let needle = needle(term);
        if !matches!(term, Term::Title { .. }) {
            text.extend(needle.clone());
        }
        title.extend(needle);
    }
    (title, text)
}

/// The words to highlight for one term; none for a term about other things than words of text or title.
pub(super) fn needle(term: &Term) -> Option<Needle> {
    ColumnNeedle::new(term).0.filter(|(column, _)| *column != MatchColumn::Author).map(|(_, needle)| needle)
}
