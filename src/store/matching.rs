//! The words of a query in the language of FTS5.

use super::words::{self, Needle};
use crate::domain::query::{Clause, Kind, Query, Term};

/// A query whose hits are read off the index of words.
pub(super) struct Led {
    /// What the index is asked.
    pub(super) expression: String,
    /// What else a hit has to fulfil.
    pub(super) rest: Query,
}

/// None if an alternative asks for no word that has to be there: the index of words cannot find what fits it.
pub(super) fn led(query: &Query, of: Kind) -> Option<Led> {
    let mut expressions = Vec::new();
    for clauses in &query.any_of {
        // Such a query is answered article by article, see `filter::one_comment`.
        if of == Kind::Articles && asks_comments(clauses) {
            return None;
        }
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for clause in clauses {
            if !is_text(&clause.term, of) {
                continue;
            }
            match expression(&clause.term) {
                Some(found) if clause.negated => unwanted.push(found),
                Some(found) => wanted.push(found),
                None if clause.negated => {}
                None => return None,
            }
        }
        if wanted.is_empty() {
            return None;
        }
        let mut expression = wanted.join(" AND ");
        if !unwanted.is_empty() {
            expression = format!("({expression}) NOT ({})", unwanted.join(" OR "));
        }
        expressions.push(format!("({expression})"));
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
    Some(Led { expression: expressions.join(" OR "), rest })
}

/// Whether an alternative is about one and the same comment.
pub(super) fn asks_comments(clauses: &[Clause]) -> bool {
    clauses.iter().any(|clause| match clause.term {
        Term::In(kind) => (kind == Kind::Comments) != clause.negated,
        _ => false,
    })
}

pub(super) fn is_text(term: &Term, of: Kind) -> bool {
    match term {
        Term::Word { .. } | Term::Phrase(_) | Term::Author { .. } => true,
        Term::Title { .. } => of == Kind::Articles,
        _ => false,
    }
}

/// A term about words as the index is asked for it; none where there is no word in it.
pub(super) fn expression(term: &Term) -> Option<String> {
    let in_column = |name: &str, text: &str, prefix| words::phrase(text, prefix).map(|found| format!("{name} : {found}"));
    match term {
        Term::Word { text, prefix } => words::phrase(text, *prefix),
        Term::Phrase(text) => words::phrase(text, false),
        Term::Title { text, prefix } => in_column("title", text, *prefix),
        Term::Author { text, prefix } => in_column("author", text, *prefix),
        _ => None,
    }
}

/// What is marked in the hits: in the title, and in the text.
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

/// What is marked for one term; none for one that asks for no words of a text or title.
pub(super) fn needle(term: &Term) -> Option<Needle> {
    match term {
        Term::Word { text, prefix } | Term::Title { text, prefix } => Needle::new(text, *prefix),
        Term::Phrase(words) => Needle::new(words, false),
        _ => None,
    }
}
