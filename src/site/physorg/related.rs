//! "Related Stories" and "Recommended for you": title, date, teaser, of which the last two may be missing.

use super::text::paragraphs;
use crate::domain::article::Related;
use crate::domain::text::{clean_line, width};
use crate::domain::time::When;
use crate::format::Origin;
use crate::format::dateline::date;

enum RelatedPiece {
    Date(When),
    Text(String),
}

/// `wrapped` tells that lines were broken at some width.
pub(super) fn stories(lines: &[&str], wrapped: bool, origin: &Origin<'_>) -> Vec<Related> {
    let pieces = pieces(lines, wrapped, origin);
    let text_at = |n: usize| match pieces.get(n) {
        Some(RelatedPiece::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let date_at = |n: usize| matches!(pieces.get(n), Some(RelatedPiece::Date(_)));
    let mut stories: Vec<Related> = Vec::new();
    for (n, piece) in pieces.iter().enumerate() {
        let open = stories.last_mut();
        match (piece, open) {
            (RelatedPiece::Date(when), Some(story)) if story.published.is_none() => story.published = Some(*when),
            (RelatedPiece::Date(when), _) => stories.push(Related { published: Some(*when), ..Related::default() }),
            (RelatedPiece::Text(text), Some(story))
                if !date_at(n + 1) && is_teaser_of(text, story, text_at(n + 1), date_at(n + 2)) =>
            {
                let teaser = story.teaser.as_ref().map_or_else(|| text.clone(), |teaser| format!("{teaser} {text}"));
                story.teaser = Some(clean_line(&teaser));
            }
            (RelatedPiece::Text(text), _) => stories.push(Related { title: clean_line(text), ..Related::default() }),
        }
    }
    stories
}

/// True if a text belongs to the story before it: no date follows it, so it is no dated title.
fn is_teaser_of(text: &str, story: &Related, next: Option<&str>, next_is_dated: bool) -> bool {
    if story.teaser.is_some() || story.published.is_none() {
        return reads_as_teaser(text);
    }
    // A short text before what reads as its own teaser is the title of a story without a date.
    reads_as_teaser(text) || next_is_dated || !next.is_some_and(reads_as_teaser)
}

fn reads_as_teaser(text: &str) -> bool {
    text.trim_end_matches(['"', '”', ')']).ends_with(['.', '…', '!']) || width(text) > 150
}

fn pieces(lines: &[&str], wrapped: bool, origin: &Origin<'_>) -> Vec<RelatedPiece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let text_between = |from: usize, to: usize, pieces: &mut Vec<RelatedPiece>| {
        pieces.extend(paragraphs(&lines[from..to], wrapped).into_iter().map(RelatedPiece::Text));
    };
    for (n, line) in lines.iter().enumerate() {
        if let Some(when) = date(line, origin) {
            text_between(from, n, &mut pieces);
            pieces.push(RelatedPiece::Date(when));
            from = n + 1;
        }
    }
    text_between(from, lines.len(), &mut pieces);
    pieces
}
