//! The options of a poll, each with its points, at the end of the poll's own text.

use std::collections::{HashMap, HashSet};

use crate::domain::plural::plural;
use crate::domain::text::{Block, Span};
use crate::format::html;
use crate::format::json::Value;

/// The options in a file, in the order received, each once.
#[derive(Default)]
pub(super) struct PollOptions<'a> {
    all: Vec<PollOption<'a>>,
    ids: HashSet<&'a str>,
}

/// An option as either interface gives it.
struct PollOption<'a> {
    id: &'a str,
    poll: Option<&'a str>,
    value: Value<'a>,
}

/// An option in words: what can be chosen, and how many points it has.
pub(super) type CountedOption = (String, Option<i64>);

impl<'a> PollOptions<'a> {
    /// `above` is the item that the option stands in.
    pub(super) fn take(&mut self, value: Value<'a>, id: &'a str, above: Option<&'a str>) {
        let named = ["poll", "parent", "parent_id"].iter().find_map(|key| value.get(key).and_then(Value::id));
        if self.ids.insert(id) {
            self.all.push(PollOption { id, poll: named.or(above), value });
        }
    }

    /// The options that the poll item itself contains.
    pub(super) fn take_all(&mut self, poll: Value<'a>, id: &'a str) {
        for option in poll.get("options").into_iter().flat_map(Value::items) {
            if let Some(own) = option.get("id").and_then(Value::id) {
                self.take(option, own, Some(id));
            }
        }
    }

    /// The options of each poll, in the order that its `parts` tell.
    pub(super) fn by_poll(&self, poll: impl Fn(&str) -> Option<Value<'a>>) -> Vec<(Option<&'a str>, Vec<CountedOption>)> {
        let mut polls: Vec<(Option<&'a str>, Vec<&PollOption<'a>>)> = Vec::new();
        let mut known: HashMap<Option<&str>, usize> = HashMap::new();
        for option in &self.all {
            let at = *known.entry(option.poll).or_insert(polls.len());
            if at == polls.len() {
                polls.push((option.poll, Vec::new()));
            }
            polls[at].1.push(option);
        }
        let counted = |(id, mut options): (Option<&'a str>, Vec<&PollOption<'a>>)| {
            let parts = id.and_then(&poll).and_then(|poll| poll.get("parts"));
            let parts = parts.into_iter().flat_map(Value::items).filter_map(Value::id);
            let order: HashMap<&str, usize> = parts.zip(0..).collect();
            options.sort_by_key(|option| order.get(option.id).copied().unwrap_or(usize::MAX));
            (id, options.into_iter().map(PollOption::counted).collect())
        };
        polls.into_iter().map(counted).collect()
    }
}

impl PollOption<'_> {
    fn counted(&self) -> CountedOption {
        let text = html::to_document(self.value.text("text").unwrap_or("(removed)"), None).text();
        (text, self.value.number("score").or_else(|| self.value.number("points")))
    }
}

/// `Owl · 30 points`
pub(super) fn list(options: Vec<CountedOption>) -> Block {
    let item = |(text, points): CountedOption| {
        let points = points.map_or_else(String::new, |n| format!(" · {}", plural(n.unsigned_abs(), "point")));
        vec![Block::Paragraph(vec![Span::plain(&format!("{text}{points}"))])]
    };
    Block::List { start: None, items: options.into_iter().map(item).collect() }
}
