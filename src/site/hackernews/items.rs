//! Hacker News threads as its two interfaces give them: Firebase items, one by one, whose `kids` tell the order; and
//! Algolia's trees and search hits, which know no order. Both may stand in one file.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::poll::{self, PollOptions};
use super::{HOME, HackerNews, source, thread_url};
use crate::domain::article::{Article, Page};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::{Comment, VoteState};
use crate::format::fields::{instant, iso, label};
use crate::format::json::{JsonPieces, Value};
use crate::format::{Origin, html, stem};
use crate::site::page_builder::{Gathered, missing};
use crate::site::quoting::quote_paragraphs;
use crate::site::story::Story;

/// So many missing comments are named by their ids.
const NAMED: usize = 10;

const TYPES: &[&str] = &["story", "comment", "job", "poll", "pollopt"];

/// True if a value is an item of either interface, or a page of search hits.
pub(super) fn is_item(value: Value<'_>) -> bool {
    let has = |key: &str| value.get(key).is_some();
    if value.get("hits").is_some_and(|hits| hits.items().any(is_hit)) || is_hit(value) {
        return true;
    }
    let typed = value.text("type").is_some_and(|kind| TYPES.contains(&kind));
    let is_tree = has("created_at_i") && has("author") && has("children");
    let is_told = has("by") && has("time") && (has("descendants") || (has("text") && (has("parent") || has("title"))));
    has("id") && (is_tree || is_told || (typed && (has("time") || has("created_at_i") || has("deleted"))))
}

fn is_hit(value: Value<'_>) -> bool {
    value.get("objectID").is_some() && value.get("created_at_i").is_some() && value.get("author").is_some()
}

/// An item of either interface.
#[derive(Clone, Copy)]
struct HnItem<'a> {
    value: Value<'a>,
    id: &'a str,
    parent: Option<&'a str>,
}

impl HnItem<'_> {
    fn is_comment(self) -> bool {
        match self.value.text("type") {
            Some(kind) => kind == "comment",
            None => self.value.text("title").is_none() && self.parent.is_some(),
        }
    }

    fn author(self) -> Option<CleanText> {
        label(self.value.text("by").or_else(|| self.value.text("author")))
    }

    fn time(self) -> Option<crate::domain::time::When> {
        let seconds = ["time", "created_at_i"].iter().find_map(|key| instant(self.value.get(key)));
        seconds.or_else(|| iso(self.value.text("created_at")))
    }

    fn body(self) -> Document {
        let text = ["text", "comment_text", "story_text"].iter().find_map(|key| self.value.text(key));
        let words = text.map_or_else(Document::default, |text| html::to_document(text, Url::parse(HOME).ok().as_ref()));
        quote_paragraphs(words)
    }

    /// Firebase marks what was taken away; Algolia leaves neither a writer nor words.
    fn is_removed(self) -> bool {
        let is_blank = |keys: &[&str]| keys.iter().all(|key| self.value.text(key).is_none());
        let is_emptied = || is_blank(&["by", "author"]) && is_blank(&["text", "comment_text"]);
        self.value.is("deleted") || self.value.is("dead") || is_emptied()
    }

    /// Comments that a story is told to have.
    fn told(self) -> Option<usize> {
        let told = self.value.number("descendants").or_else(|| self.value.number("num_comments"));
        told.and_then(|told| usize::try_from(told).ok())
    }
}

/// All items of a file, by id and in the order received.
#[derive(Default)]
struct HnItems<'a> {
    all: Vec<HnItem<'a>>,
    by_id: HashMap<&'a str, usize>,
    /// By id: its place among its siblings, and how many they are.
    seats: HashMap<&'a str, (u32, u32)>,
    /// Ids that an item names as its kids.
    kids: Vec<(&'a str, &'a str)>,
    /// By story: the comments that it is told to have, by whichever interface tells.
    told: HashMap<&'a str, usize>,
    options: PollOptions<'a>,
    twice: usize,
    nameless: usize,
    empty: usize,
    /// Hits of a search beyond those in the file.
    unlisted: usize,
}

impl<'a> HnItems<'a> {
    fn gather(json: JsonPieces<'a>) -> HnItems<'a> {
        let mut items = HnItems::default();
        let mut ahead: Vec<(Value<'a>, Option<&'a str>)> = json.roots().map(|root| (root, None)).collect();
        ahead.reverse();
        while let Some((value, parent)) = ahead.pop() {
            let from = ahead.len();
            if value.is_array() {
                ahead.extend(value.items().map(|item| (item, parent)));
            } else if let Some(hits) = value.get("hits") {
                let told = value.number("nbHits").and_then(|told| usize::try_from(told).ok());
                items.unlisted += told.unwrap_or(0).saturating_sub(hits.items().count());
                ahead.extend(hits.items().map(|hit| (hit, None)));
            } else if value.is_object() {
                match value.get("id").or_else(|| value.get("objectID")).and_then(Value::id) {
                    Some(id) if value.text("type") == Some("pollopt") => items.options.take(value, id, parent),
                    Some(id) => {
                        items.take(value, id, parent);
                        items.options.take_all(value, id);
                        let children = value.get("children").into_iter().flat_map(Value::items);
                        // A search hit names its children by their ids only.
                        ahead.extend(children.filter(|child| child.is_object()).map(|child| (child, Some(id))));
                    }
                    None => items.nameless += 1,
                }
            } else {
                items.empty += 1;
            }
            ahead[from..].reverse();
        }
        items
    }

    fn take(&mut self, value: Value<'a>, id: &'a str, above: Option<&'a str>) {
        let named = ["parent", "parent_id"].iter().find_map(|key| value.get(key).and_then(Value::id));
        if let Some(kids) = value.get("kids").filter(|kids| kids.is_array()) {
            let of = kids.items().count() as u32;
            for (nth, kid) in (1..).zip(kids.items().filter_map(Value::id)) {
                self.seats.insert(kid, (nth, of));
                self.kids.push((id, kid));
            }
        }
        let item = HnItem { value, id, parent: named.or(above) };
        self.told.extend(item.told().map(|told| (id, told)));
        if self.by_id.contains_key(id) {
            self.twice += 1;
            return;
        }
        self.by_id.insert(id, self.all.len());
        self.all.push(item);
    }

    /// By item: the id of the story that it stands under, as far as the file tells.
    fn stories(&self) -> Vec<Option<&'a str>> {
        let mut stories: Vec<Option<Option<&'a str>>> = vec![None; self.all.len()];
        let mut path = Vec::new();
        for start in 0..self.all.len() {
            let (mut at, mut steps) = (start, 0);
            let story = loop {
                if let Some(known) = stories[at] {
                    break known;
                }
                let item = self.all[at];
                path.push(at);
                steps += 1;
                if !item.is_comment() {
                    break Some(item.id);
                }
                match item.parent.and_then(|parent| self.by_id.get(parent)) {
                    // Only a circle is longer than all items.
                    Some(&above) if steps <= self.all.len() => at = above,
                    _ => break item.value.get("story_id").and_then(Value::id),
                }
            };
            path.drain(..).for_each(|at| stories[at] = Some(story));
        }
        let mut stories: Vec<Option<&'a str>> = stories.into_iter().map(Option::flatten).collect();
        // Comments that all hang on one item are the thread of that item, whatever it is.
        let unknown_parent = |item: &HnItem<'a>| item.parent.filter(|parent| !self.by_id.contains_key(parent));
        let storyless = || self.all.iter().zip(&stories).filter(|(_, story)| story.is_none()).map(|(item, _)| item);
        let above: HashSet<&'a str> = storyless().filter_map(unknown_parent).collect();
        if let (1, Some(only)) = (above.len(), above.into_iter().next()) {
            stories = stories.into_iter().map(|story| story.or(Some(only))).collect();
        }
        stories
    }

    /// The stories that tell of no more comments than are here.
    fn whole(&self, stories: &[Option<&'a str>]) -> HashSet<Option<&'a str>> {
        let mut here: HashMap<&str, usize> = HashMap::new();
        let living = self.all.iter().zip(stories).filter(|(item, _)| item.is_comment() && !item.is_removed());
        for story in living.filter_map(|(_, story)| *story) {
            *here.entry(story).or_default() += 1;
        }
        let is_whole = |(story, here): &(&str, usize)| self.told.get(story).is_some_and(|told| here >= told);
        here.into_iter().filter(is_whole).map(|(story, _)| Some(story)).collect()
    }

    /// Says what was left out, and what stands for itself.
    fn notes(&self, storyless: usize, strays: usize) -> Vec<String> {
        let counts = [
            (storyless, "comment", "on stories that are not in this file"),
            (strays, "poll option", "of polls that are not in this file left out"),
            (self.twice, "item", "stood there twice; the first is kept"),
            (self.nameless, "object", "without an id left out"),
            (self.empty, "value", "without an item left out"),
            (self.unlisted, "more hit", "of the search not in this file"),
        ];
        let counted = counts.into_iter().filter(|(n, ..)| *n > 0);
        counted.map(|(n, what, rest)| format!("{} {rest}", plural(n as u64, what))).collect()
    }

    /// By id, the number of its answers that are here.
    fn answers(&self) -> HashMap<&'a str, usize> {
        let mut answers = HashMap::new();
        for parent in self.all.iter().filter_map(|item| item.parent) {
            *answers.entry(parent).or_default() += 1;
        }
        answers
    }
}

/// Reads every item, a page for each story; comments on stories that are not told share one.
pub(super) fn read_pages(json: JsonPieces<'_>, origin: &Origin<'_>) -> (Vec<Page>, Vec<CleanText>) {
    let items = HnItems::gather(json);
    let stories = items.stories();
    let whole = items.whole(&stories);
    let answers = items.answers();
    let mut threads: Vec<(Option<&str>, Gathered)> = Vec::new();
    let mut by_story: HashMap<Option<&str>, usize> = HashMap::new();
    let mut storyless = 0;
    for (item, story) in items.all.iter().zip(&stories) {
        let at = *by_story.entry(*story).or_insert_with(|| {
            threads.push((*story, Gathered::new(untold(*item, *story, origin))));
            threads.len() - 1
        });
        let gathered = &mut threads[at].1;
        if item.is_comment() {
            storyless += usize::from(story.is_none());
            let parent = item.parent.filter(|parent| Some(*parent) != *story).map(Into::into);
            let mut comment = comment(*item, &items);
            // A tree knows no order, but one answer needs none.
            let is_only = whole.contains(story) && item.parent.is_some_and(|parent| answers[parent] == 1);
            if is_only && comment.rank == Rank::Unrated {
                comment.rank = Rank::Position { nth: 1, of: 1 };
            }
            gathered.push(comment, parent);
        } else {
            gathered.article = article(*item);
        }
    }
    let mut strays = 0;
    for (poll, options) in items.options.by_poll(|poll| items.by_id.get(poll).map(|at| items.all[*at].value)) {
        let page = poll.filter(|poll| items.by_id.contains_key(poll)).and_then(|poll| by_story.get(&Some(poll)));
        match page {
            Some(at) => threads[*at].1.article.body.blocks.push(poll::list(options)),
            None => strays += options.len(),
        }
    }
    let absent: Vec<(&str, &str)> = items.kids.iter().filter(|(_, kid)| !items.by_id.contains_key(kid)).copied().collect();
    for (above, _) in &absent {
        let Some(at) = items.by_id.get(above) else { continue };
        threads[by_story[&stories[*at]]].1.lacks(Some(above), 1);
    }
    let unplaced = absent.iter().filter(|(above, _)| !items.by_id.contains_key(above)).count();
    let to_page = |(story, gathered): (Option<&str>, Gathered)| {
        let told = story.and_then(|id| items.told.get(id).copied()).map_or(SiteCount::Unknown, SiteCount::Living);
        let url = story.map(thread_url).unwrap_or_default();
        gathered.into_page(source(), Some(&HackerNews), Scale::Position, &url, told)
    };
    let pages: Vec<Page> = threads.into_iter().map(to_page).collect();
    let more = pages.iter().map(missing).sum::<usize>() + unplaced;
    let ids: Vec<&str> = absent.iter().take(NAMED).map(|(_, kid)| *kid).collect();
    let not_here = (more > 0).then(|| not_here(more, &ids));
    let notes = not_here.into_iter().chain(items.notes(storyless, strays));
    (pages, notes.map(|note| clean_line(&note)).collect())
}

/// Says how many items are not here, and the ids of the first.
fn not_here(count: usize, ids: &[&str]) -> String {
    if ids.is_empty() {
        return format!("{count} more, not in this file");
    }
    let others = match count.saturating_sub(ids.len()) {
        0 => String::new(),
        1 => " and another".to_owned(),
        others => format!(" and {others} others"),
    };
    format!("{count} more, not in this file: {}{others}", ids.join(", "))
}

fn comment(item: HnItem<'_>, items: &HnItems<'_>) -> Comment {
    let rank = match items.seats.get(item.id) {
        _ if item.is_removed() => Rank::Removed,
        Some(&(nth, of)) => Rank::Position { nth, of },
        None => Rank::Unrated,
    };
    Comment {
        id: item.id.into(),
        author: item.author(),
        posted: item.time(),
        rank,
        url: label(Some(&thread_url(item.id))),
        body: item.body().into(),
        ..Comment::default()
    }
}

fn article(item: HnItem<'_>) -> Article {
    let kind = item.value.text("type").filter(|kind| *kind != "story");
    let address = thread_url(item.id);
    Article {
        title: clean_line(item.value.text("title").unwrap_or_default()),
        byline: item.author(),
        kind: label(kind),
        published: item.time(),
        url: label(Some(item.value.text("url").unwrap_or(&address))),
        body: item.body(),
        ..Article::default()
    }
}

/// A story by itself, as either interface gives it; none for a comment, and for what was taken away.
pub(super) fn story(value: Value<'_>) -> Option<Story> {
    let id = value.get("id").or_else(|| value.get("objectID")).and_then(Value::id)?;
    let item = HnItem { value, id, parent: value.get("parent_id").or_else(|| value.get("parent")).and_then(Value::id) };
    let is_story = (is_item(value) || is_hit(value)) && value.text("title").is_some();
    if !is_story || item.is_comment() || value.is("deleted") || value.is("dead") {
        return None;
    }
    let points = value.number("score").or_else(|| value.number("points"));
    let comments = item.told().and_then(|told| u32::try_from(told).ok());
    let url = clean_line(&thread_url(id));
    let standing = VoteState { place: clean_line("hacker news"), url, scale: Scale::Position, points, comments };
    Some(Story { id: id.into(), article: article(item), standing })
}

/// An article whose story is not in the file, as one of its comments tells it.
fn untold(item: HnItem<'_>, story: Option<&str>, origin: &Origin<'_>) -> Article {
    let own = story.map(thread_url);
    // A thread has an address to be known by; what has none needs a name.
    let unnamed = if own.is_some() { "" } else { stem(origin.name) };
    Article {
        title: clean_line(item.value.text("story_title").unwrap_or(unnamed)),
        url: label(item.value.text("story_url").or(own.as_deref())),
        ..Article::default()
    }
}

#[cfg(test)]
mod tests;
