//! "Related Stories" and "Recommended for you": title, date, teaser, of which the last two may be missing.

use super::text::paragraphs;
use crate::domain::article::Related;
use crate::domain::text::{clean_line, width};
use crate::domain::time::When;
use crate::format::Origin;
use crate::format::dateline::date;

enum Piece {
    Date(When),
    Text(String),
}

/// `wrapped` tells that lines were broken at some width.
pub(super) fn stories(lines: &[&str], wrapped: bool, origin: &Origin<'_>) -> Vec<Related> {
    let pieces = pieces(lines, wrapped, origin);
    let text_at = |n: usize| match pieces.get(n) {
        Some(Piece::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let date_at = |n: usize| matches!(pieces.get(n), Some(Piece::Date(_)));
    let mut stories: Vec<Related> = Vec::new();
    for (n, piece) in pieces.iter().enumerate() {
        let open = stories.last_mut();
        match (piece, open) {
            (Piece::Date(when), Some(story)) if story.published.is_none() => story.published = Some(*when),
            (Piece::Date(when), _) => stories.push(Related { published: Some(*when), ..Related::default() }),
            (Piece::Text(text), Some(story))
                if !date_at(n + 1) && is_teaser_of(text, story, text_at(n + 1), date_at(n + 2)) =>
            {
                let teaser = story.teaser.as_ref().map_or_else(|| text.clone(), |teaser| format!("{teaser} {text}"));
                story.teaser = Some(clean_line(&teaser));
            }
            (Piece::Text(text), _) => stories.push(Related { title: clean_line(text), ..Related::default() }),
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

fn pieces(lines: &[&str], wrapped: bool, origin: &Origin<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let text_between = |from: usize, to: usize, pieces: &mut Vec<Piece>| {
        pieces.extend(paragraphs(&lines[from..to], wrapped).into_iter().map(Piece::Text));
    };
    for (n, line) in lines.iter().enumerate() {
        if let Some(when) = date(line, origin) {
            text_between(from, n, &mut pieces);
            pieces.push(Piece::Date(when));
            from = n + 1;
        }
    }
    text_between(from, lines.len(), &mut pieces);
    pieces
}
