//! Running text: one string, and what its stretches are.

use std::ops::Range;

use super::{Line, SpanTag, TagKind};
use crate::domain::text::{LinkId, Span};

/// The text of a paragraph, a heading, a cell.
#[derive(Default)]
pub(super) struct TextFlow {
    whole: Line,
}

impl TextFlow {
    pub(super) fn of_spans(spans: &[Span], kind: TagKind, link_numbers: bool) -> TextFlow {
        let mut flow = TextFlow::default();
        flow.push_spans(spans, kind, link_numbers);
        flow
    }

    pub(super) fn push(&mut self, text: &str, tag: SpanTag) {
        self.whole.push(text, tag);
    }

    pub(super) fn push_spans(&mut self, spans: &[Span], kind: TagKind, link_numbers: bool) {
        for (at, span) in spans.iter().enumerate() {
            self.push(&span.text, SpanTag { kind, emphasis: span.emphasis, link: span.link });
            let goes_on = spans.get(at + 1).is_some_and(|next| next.link == span.link);
            if let Some(link) = span.link.filter(|_| link_numbers && !goes_on) {
                self.push_link_number(link);
            }
        }
    }

    pub(super) fn push_link_number(&mut self, link: LinkId) {
        let tag = SpanTag { link: Some(link), ..SpanTag::of(TagKind::LinkNumber) };
        self.push(&format!("[{}]", u64::from(link.0) + 1), tag);
    }

    pub(super) fn append(&mut self, other: &TextFlow) {
        other.copy(0..other.text().len(), &mut self.whole);
    }

    pub(super) fn text(&self) -> &str {
        &self.whole.text
    }

    /// Adds a part of this to a line.
    pub(super) fn copy(&self, part: Range<usize>, to: &mut Line) {
        let runs = &self.whole.runs;
        let first = runs.partition_point(|(range, _)| range.end <= part.start);
        for (range, tag) in runs[first..].iter().take_while(|(range, _)| range.start < part.end) {
            to.push(&self.whole.text[range.start.max(part.start)..range.end.min(part.end)], *tag);
        }
    }
}
