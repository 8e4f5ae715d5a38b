//! Saved pages of Hacker News: a thread as rows whose indentation tells the parents and whose order is the rank, in
//! the layouts of 2014 and of today. Of a long thread a page holds only a part.

mod ages;

use std::collections::HashMap;

use dom_query::{Document as Dom, NodeRef};
use url::Url;

use self::ages::{AgedItem, PageClock};
use super::{HOME, HackerNews, poll, source, thread_url};
use crate::domain::article::{Article, Page};
use crate::domain::completeness::SiteCount;
use crate::domain::plural::plural;
use crate::domain::rank::{Rank, Scale};
use crate::domain::text::{CleanText, Document, clean_line};
use crate::domain::thread::Comment;
use crate::domain::time::{Timestamp, When};
use crate::format::html::find::{all, around, first, first_text, saved_at, saved_from, within};
use crate::format::{Origin, Unreadable, html, identity, relative_time, stem};
use crate::site::page_builder::{Gathered, NOT_TOLD, missing};
use crate::site::quoting::quote_paragraphs;

/// So wide is one level of the answers, in pixels.
const LEVEL: i64 = 40;

/// The text in place of a removed comment.
const REMOVED: &[&str] = &["[deleted]", "[flagged]", "[dead]"];

/// True if a page is one of Hacker News, a thread or not.
pub(in crate::site) fn is_page(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(16 << 10)];
    head.contains("Hacker News") && (head.contains("id=\"hnmain\"") || (head.contains("pagetop") && head.contains("news.css")))
}

/// Reads a thread's page; a list of stories or of comments is named.
pub(in crate::site) fn read(text: &str, origin: &Origin<'_>) -> Result<(Page, Vec<CleanText>), Unreadable> {
    let dom = html::parse(text);
    let rows = rows(&dom);
    let heads = dom.select("td.subtext");
    if heads.length() > 1 || first(&dom, "span.rank").is_some_and(|rank| !rank.text().trim().is_empty()) {
        return Err(Unreadable::Unknown { found: "a list of Hacker News stories" });
    }
    if rows.iter().filter(|row| row.story().is_some()).count() > 1 {
        return Err(Unreadable::Unknown { found: "a list of Hacker News comments" });
    }
    let head = heads.nodes().first().copied();
    if rows.is_empty() && head.is_none() {
        return Err(Unreadable::Unknown { found: "a page of Hacker News without a thread" });
    }
    Ok(SavedThread::read(&dom, text, head, &rows, origin).into_page())
}

/// The rows of comments, by their words: the cell of what was deleted may bear no mark of its own. The options of a poll
/// are no comments.
fn rows(dom: &Dom) -> Vec<PageRow<'_>> {
    let texts = dom.select("span.comment, div.comment, .commtext");
    let mut cells: Vec<NodeRef<'_>> = texts.nodes().iter().filter_map(|text| around(text, "td")).collect();
    cells.dedup_by_key(|cell| cell.id);
    cells.iter().filter(|cell| !cell.has_class("comment")).filter_map(PageRow::new).collect()
}

/// A comment's cell and the table row that it stands in.
struct PageRow<'a> {
    cell: NodeRef<'a>,
    line: NodeRef<'a>,
    /// None for the comment that a page is about.
    depth: Option<i64>,
}

impl<'a> PageRow<'a> {
    fn new(cell: &NodeRef<'a>) -> Option<PageRow<'a>> {
        let row = around(cell, "tr")?;
        let number = |node: NodeRef<'_>, name: &str| node.attr(name).and_then(|value| value.trim().parse::<i64>().ok());
        let told = within(&row, "td.ind").and_then(|cell| number(cell, "indent"));
        let drawn = || within(&row, "td > img").and_then(|image| number(image, "width")).map(|width| width / LEVEL);
        Some(PageRow { cell: *cell, line: row, depth: told.or_else(drawn) })
    }

    fn head(&self) -> Option<NodeRef<'a>> {
        within(&self.cell, ".comhead")
    }

    fn id(&self) -> Option<String> {
        let outer = self.line.ancestors_it(None).chain([self.line]).filter(|above| above.has_class("athing"));
        let named = outer.filter_map(|row| row.id_attr()).find_map(|id| item_id(&id));
        let arrow = || within(&self.line, "a[id^=up_]").and_then(|arrow| item_id(arrow.id_attr()?.strip_prefix("up_")?));
        let link = || self.links().into_iter().find(|(text, _)| text == "link" || text.ends_with("ago")).map(|(_, id)| id);
        named.or_else(arrow).or_else(link)
    }

    /// The links to items in its head, by their words.
    fn links(&self) -> Vec<(String, String)> {
        let links = self.head().map(|head| all(&head, "a")).unwrap_or_default();
        links.iter().filter_map(|link| Some((link.text().trim().to_owned(), item_of(&link.attr("href")?)?))).collect()
    }

    fn parent(&self) -> Option<String> {
        self.links().into_iter().find(|(text, _)| text == "parent").map(|(_, id)| id)
    }

    /// The story that it names as its own: only a comment that stands alone does.
    fn story(&self) -> Option<(String, String)> {
        let head = self.head()?;
        let mut links = all(&head, "a");
        let at = if let Some(on) = within(&head, ".onstory a, .storyon a") {
            on
        } else {
            links.pop().filter(|_| head.text().contains("| on:"))?
        };
        Some((at.text().trim().to_owned(), item_of(&at.attr("href")?)?))
    }

    fn text(&self) -> Document {
        let text = [".commtext", ".comment"].iter().find_map(|part| within(&self.cell, part));
        let left_out = |node: &NodeRef<'_>| {
            node.has_class("reply") || (node.has_name("font") && node.attr("size").is_some_and(|size| &*size == "1"))
        };
        let words = |text| html::nodes_to_document(&[text], Url::parse(HOME).ok().as_ref(), &left_out);
        text.map_or_else(Document::default, |text| quote_paragraphs(words(text)))
    }

    /// True if its words are greyed: it has been voted down.
    fn is_faded(&self) -> bool {
        let shade = within(&self.cell, ".commtext").and_then(|text| text.class()).is_some_and(|class| {
            let mut shades = class.split_whitespace().filter(|name| name.len() == 3 && name.starts_with('c'));
            shades.any(|name| name != "c00")
        });
        let colour = within(&self.cell, ".comment font[color]").and_then(|font| font.attr("color"));
        shade || colour.is_some_and(|colour| !matches!(colour.trim_start_matches('#'), "000000" | "f6f6ef"))
    }

    fn read(&self, id: &str, clock: &PageClock) -> Comment {
        let head = self.head();
        let body = self.text();
        let words = body.text();
        let flags = head.map(|head| head.text().to_string()).unwrap_or_default();
        let is_gone = REMOVED.iter().any(|word| words.trim() == *word || flags.contains(word));
        Comment {
            id: id.into(),
            author: head.and_then(|head| first_text(&head, "a.hnuser, a[href*=\"user?id=\"]")),
            posted: head.and_then(|head| time(&head, clock)),
            rank: if is_gone { Rank::Removed } else { Rank::Unrated },
            url: Some(clean_line(&thread_url(id))).filter(|_| item_id(id).is_some()),
            body: body.into(),
            ..Comment::default()
        }
    }
}

struct FoundComment {
    comment: Comment,
    parent: Option<String>,
    is_root: bool,
    /// True if its siblings stand beside it.
    has_seat: bool,
}

struct SavedThread {
    id: Option<String>,
    article: Article,
    found: Vec<FoundComment>,
    /// Comments that the story's head tells.
    told: Option<usize>,
    is_whole: bool,
    is_first_page: bool,
    notes: Vec<String>,
}

impl SavedThread {
    fn read(dom: &Dom, text: &str, head: Option<NodeRef<'_>>, rows: &[PageRow<'_>], origin: &Origin<'_>) -> SavedThread {
        let addresses = [saved_from(text).unwrap_or(""), origin.name];
        let asked = |key: &str| addresses.iter().find_map(|address| parameter(address, key));
        let more = dom.select("a.morelink, td.title a").nodes().iter().find(|link| link.text().trim() == "More").copied();
        let next = more.and_then(|more| parameter(&more.attr("href")?, "p")?.parse::<u32>().ok());
        let page = asked("p").and_then(|page| page.parse().ok()).or_else(|| next.map(|next| next.saturating_sub(1)));
        let is_later = page.is_some_and(|page: u32| page > 1) || (head.is_none() && rows.iter().all(|row| row.depth.is_some()));
        let mut notes = Vec::new();
        let about = rows.iter().find(|row| row.depth.is_none());
        let story = about.and_then(PageRow::story);
        let shown = head.and_then(|head| story_id(&head)).or_else(|| asked("id").filter(|_| about.is_none()));
        let mut id = story.as_ref().map(|(_, id)| id.clone()).or(shown);
        if id.is_none() && about.is_none() {
            id = named_thread(origin.name, rows);
            notes.push(match &id {
                Some(id) => format!("the page does not tell its thread; its file name does: {id}"),
                None => "the page does not tell its thread".to_owned(),
            });
        }
        // A thread has an address to be known by; what has none needs a name.
        let unnamed = if id.is_some() { "" } else { stem(origin.name) };
        let untold = || Article {
            title: story.map_or_else(|| clean_line(unnamed), |(title, _)| clean_line(&title)),
            url: id.as_deref().map(|id| clean_line(&thread_url(id))),
            ..Article::default()
        };
        let (clock, told_of_clock) = page_clock(text, head, rows, id.as_deref(), origin);
        notes.extend(told_of_clock);
        let mut article = head.map_or_else(untold, |head| article(&head, id.as_deref(), &clock));
        let told = head.and_then(|head| told(&head));
        let options = options(dom);
        if !options.is_empty() {
            article.body.blocks.push(poll::list(options));
        }
        let is_whole = head.is_some() && more.is_none() && !is_later;
        let faded = rows.iter().filter(|row| row.is_faded()).count();
        let found = comments(rows, id.as_deref(), &clock);
        if faded > 0 {
            notes.push(format!("{} shown faded: voted down", plural(faded as u64, "comment")));
        }
        SavedThread { id, article, found, told, is_whole, is_first_page: !is_later, notes }
    }

    fn into_page(mut self) -> (Page, Vec<CleanText>) {
        let removed = self.found.iter().filter(|found| found.comment.rank == Rank::Removed).count();
        let is_lacking = self.told.is_some_and(|told| told + removed > self.found.len());
        if !self.is_whole && !is_lacking {
            self.notes.push("more of the thread is not in this file".to_owned());
        }
        let roots = self.found.iter().filter(|found| found.is_root).count();
        if !self.is_first_page && roots > 0 {
            self.notes
                .push(format!("{} beginning here unrated: those of other pages stand before", plural(roots as u64, "thread")));
        }
        self.rank();
        let mut gathered = Gathered::new(self.article);
        let mut twice = 0;
        for FoundComment { comment, parent, .. } in self.found {
            twice += usize::from(!gathered.push(comment, parent.map(Into::into)));
        }
        if twice > 0 {
            self.notes.push(format!("{} stood there twice; the first is kept", plural(twice as u64, "comment")));
        }
        let url = self.id.map(|id| thread_url(&id)).unwrap_or_default();
        let told = self.told.map_or(SiteCount::Unknown, SiteCount::Living);
        let page = gathered.into_page(source(), Some(&HackerNews), Scale::Position, &url, told);
        if missing(&page) > 0 {
            self.notes.insert(0, format!("{} more, not in this file", missing(&page)));
        }
        (page, self.notes.iter().map(|note| clean_line(note)).collect())
    }

    /// Gives each comment its place among its siblings, where the page tells it.
    fn rank(&mut self) {
        let mut siblings: HashMap<Option<String>, u32> = HashMap::new();
        let seats: Vec<u32> = self
            .found
            .iter()
            .map(|found| {
                let seat = siblings.entry(found.parent.clone()).or_default();
                *seat += 1;
                *seat
            })
            .collect();
        for (found, nth) in self.found.iter_mut().zip(seats) {
            let is_known = found.has_seat && (self.is_first_page || !found.is_root);
            if found.comment.rank == Rank::Unrated && is_known {
                found.comment.rank = Rank::Position { nth, of: siblings[&found.parent] };
            }
        }
    }
}

/// The options of a poll: each in a row like a comment's, and in the next row its points.
fn options(dom: &Dom) -> Vec<poll::CountedOption> {
    let cells = dom.select("td.comment");
    let option = |cell: &NodeRef<'_>| {
        let next = around(cell, "tr")
            .and_then(|row| std::iter::successors(row.next_sibling(), NodeRef::next_sibling).find(|row| row.has_name("tr")));
        let score = next.and_then(|row| first_text(&row, ".score"));
        let points = score.and_then(|score| score.split_whitespace().next()?.parse().ok());
        (clean_line(&cell.text()).to_string(), points)
    };
    cells.nodes().iter().map(option).collect()
}

/// Every row as a comment, below the last one before it that stands less far in.
fn comments(rows: &[PageRow<'_>], story: Option<&str>, clock: &PageClock) -> Vec<FoundComment> {
    let ids: Vec<Option<String>> = rows.iter().map(PageRow::id).collect();
    let mut above: Vec<(i64, String)> = Vec::new();
    let mut found = Vec::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate() {
        let id = ids[n].clone().unwrap_or_else(|| {
            // The layout of old leaves nothing of a deleted comment but that it had an answer.
            let answer = ids[n + 1..].iter().flatten().next();
            identity::comment_id(None, None, &format!("above {}", answer.map_or("", String::as_str)), 0).into()
        });
        let depth = row.depth.unwrap_or(-1);
        above.retain(|(other, _)| *other < depth);
        let parent = match (row.depth, above.last()) {
            (None, _) => row.parent().filter(|parent| Some(parent.as_str()) != story),
            (Some(_), Some((_, parent))) => Some(parent.clone()),
            (Some(0), None) => None,
            // Its parent stands on the page before.
            (Some(_), None) => Some(NOT_TOLD.to_owned()),
        };
        above.push((depth, id.clone()));
        let is_root = row.depth == Some(0) && parent.is_none();
        let has_seat = row.depth.is_some() && parent.as_deref() != Some(NOT_TOLD);
        found.push(FoundComment { comment: row.read(&id, clock), parent, is_root, has_seat });
    }
    found
}

fn article(head: &NodeRef<'_>, id: Option<&str>, clock: &PageClock) -> Article {
    let table = around(head, "table").unwrap_or(*head);
    let link = within(&table, ".titleline a").or_else(|| within(&table, "td.title a"));
    let linked = link.and_then(|link| link.attr("href")).filter(|href| href.starts_with("http") && item_of(href).is_none());
    let own = id.map(thread_url);
    // Its words stand in a row of their own below; the next row is the field for an answer.
    let rows = around(head, "tr").map(|row| row.next_sibling());
    let rows = std::iter::successors(rows.flatten(), NodeRef::next_sibling).filter(|row| row.has_name("tr"));
    let cells = rows.filter(|row| within(row, "form, td.comment, .score").is_none()).filter_map(|row| all(&row, "td").pop());
    let text: Vec<NodeRef<'_>> = cells.filter(|cell| !cell.text().trim().is_empty()).take(1).collect();
    Article {
        title: link.map(|link| clean_line(&link.text())).unwrap_or_default(),
        byline: first_text(head, "a.hnuser, a[href*=\"user?id=\"]"),
        published: time(head, clock),
        url: linked.map(|url| clean_line(&url)).or(own.map(|url| clean_line(&url))),
        body: quote_paragraphs(html::nodes_to_document(&text, Url::parse(HOME).ok().as_ref(), &|_| false)),
        ..Article::default()
    }
}

fn story_id(head: &NodeRef<'_>) -> Option<String> {
    let score = within(head, "span[id^=score_]").and_then(|score| item_id(score.id_attr()?.strip_prefix("score_")?));
    score.or_else(|| all(head, "a").iter().find_map(|link| item_of(&link.attr("href")?)))
}

/// "579 comments"
fn told(head: &NodeRef<'_>) -> Option<usize> {
    all(head, "a").iter().find_map(|link| {
        let text = link.text();
        let mut words = text.split_whitespace();
        let (number, what) = (words.next()?, words.next()?);
        number.parse().ok().filter(|_| what.starts_with("comment"))
    })
}

/// The time that the ages on a page count from, and the note on it.
fn page_clock(
    text: &str,
    head: Option<NodeRef<'_>>,
    rows: &[PageRow<'_>],
    story: Option<&str>,
    origin: &Origin<'_>,
) -> (PageClock, Option<String>) {
    let of_rows = rows.iter().map(|row| (row.id(), row.head()));
    let heads = std::iter::once((story.map(str::to_owned), head)).chain(of_rows);
    let aged = heads.filter_map(|(id, head)| {
        let head = head.filter(|head| exact_time(head).is_none())?;
        Some(AgedItem { id: id?.parse().ok()?, age: relative_time::age(&head.text())? })
    });
    PageClock::of(&aged.collect::<Vec<_>>(), saved_at(text), origin.now)
}

/// The time in a head: exact where it is told, else as it is told to people.
fn time(head: &NodeRef<'_>, clock: &PageClock) -> Option<When> {
    exact_time(head).or_else(|| clock.when(&head.text()))
}

fn exact_time(head: &NodeRef<'_>) -> Option<When> {
    within(head, ".age").and_then(|age| age.attr("title")).and_then(|title| {
        // "2007-04-04T19:16:40 1175714200", of old only the first of the two.
        let mut words = title.split_whitespace().map(str::to_owned);
        let text = words.next()?;
        let seconds = words.next().and_then(|seconds| seconds.parse().ok());
        seconds.map(|seconds| When::Instant(Timestamp(seconds))).or_else(|| crate::format::page::dated(&text))
    })
}

/// The item that an address leads to.
fn item_of(address: &str) -> Option<String> {
    let path = address.strip_prefix(HOME).map_or(address, |path| path.trim_start_matches('/'));
    item_id(&parameter(path.strip_prefix("item").map(|_| path)?, "id")?)
}

fn item_id(id: &str) -> Option<String> {
    Some(id.to_owned()).filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
}

/// A part of an address's query, or of a file name made of one.
fn parameter(address: &str, key: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let query = query.split('#').next()?;
    let mut pairs = query.split('&').filter_map(|pair| pair.trim_start_matches("amp;").split_once('='));
    let value = pairs.find(|(name, _)| *name == key)?.1;
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    item_id(&value[..digits])
}

/// The thread that a file is named after: "8863-2.html", "8863.html". Its comments are later items than itself.
fn named_thread(name: &str, rows: &[PageRow<'_>]) -> Option<String> {
    let (id, page) = stem(name).split_once(['-', '_']).unwrap_or((stem(name), "1"));
    let id: u64 = id.parse().ok().filter(|_| page.parse::<u16>().is_ok())?;
    let mut comments = rows.iter().filter_map(PageRow::id).filter_map(|id| id.parse::<u64>().ok());
    comments.all(|comment| id < comment).then(|| id.to_string())
}

#[cfg(test)]
mod tests;
