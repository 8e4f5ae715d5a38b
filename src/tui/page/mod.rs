//! The reading pane as one page: header, body, Explore further, related stories, recommendations, then each discussion.
//!
//! The page is a row of *elements*, counted but not made: a hundred thousand comments are as many elements and only
//! those on the screen are wrapped. Where the reader is, is kept as the element under the cursor and the line at the
//! top of the screen; both survive every change of width, order, bar and floor.

mod author_marks;
mod breadcrumbs;
mod changes;
mod discussion;
mod draw;
mod hit_marks;
mod judging;
mod lines;
mod links;
mod pictures;
mod place;
mod scroll;
mod search;
mod slider_row;
mod spoilers;
mod statistics;
mod stories;
mod stream;
mod words;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

pub use breadcrumbs::speaker;
pub use discussion::{Defaults, DiscussionView, PageThread, is_guess};
pub use draw::{AUTHOR_MARKS, AUTHOR_MARKS_ASCII};
pub use lines::{DrawnLine, SpanLook};
pub use pictures::PictureRow;
pub use search::{HitMove, HitTarget, PageSearch, SearchTerms};
use spoilers::Revealed;

pub use slider_row::{RowMarks, SliderRow, bars, slider_row};
pub use statistics::{Bin, Statistics, TIME_BINS, Times};
pub use words::{dot, notch_label, percent, rank_label};

use crate::domain::article::Article;
use crate::domain::text::{Document, LONGEST_BLOCK, Piece};
use crate::domain::thread::CommentIdx;
use crate::domain::time::{Timestamp, Zone};
use crate::format::changes::TextChange;
use crate::format::prepared::PreparedBody;
use crate::format::render::markdown;
use crate::site::identity::comment_address;
use crate::store::{DiscussionId, SliderMemory, StoredArticle};
use crate::work::loading::{JudgedDiscussion, PreparedArticle};
use crate::work::visit::VisitOrigin;

/// An element of the page. The cursor is always on one of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Element {
    Header,
    /// A block of the body, by index.
    Body(usize),
    ExploreFurther,
    RelatedHead,
    Related(usize),
    RecommendedHead,
    Recommended(usize),
    /// The line that opens a discussion.
    Discussion(usize),
    /// A row of a discussion.
    Row(usize, usize),
}

/// Element and line inside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Anchor {
    pub element: usize,
    pub line: usize,
}

/// The inputs of layout besides the page itself.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Columns and rows of the pane's text, its slider row not among them.
    pub columns: u16,
    pub rows: u16,
    pub text_width: u16,
    pub ascii: bool,
    pub now: Timestamp,
    pub zone: Zone,
}

/// Laid-out elements are kept until there are this many; the screen never shows near as many.
const CACHE: usize = 600;

/// The most of a comment that is shown, in bytes, since a comment is laid out whole.
const LONGEST_COMMENT: usize = 2 * LONGEST_BLOCK;

type Laid = Rc<[DrawnLine]>;

#[derive(Debug)]
pub struct PageView {
    pub article: StoredArticle,
    pub discussions: Vec<DiscussionView>,
    pub search: Option<PageSearch>,
    /// True if the reader went into it, rather than passing over it in the list.
    pub opened: bool,
    /// Where a page that is not stored came from.
    pub origin: Option<Arc<VisitOrigin>>,
    /// Its discussions are being fetched: what is not here may be on its way.
    coming: bool,
    /// The reader came to the last paragraph of a text that is more than a teaser, step by step.
    pub finished: bool,
    /// The stored articles that its stories are.
    stories: stories::Stories,
    /// The body, a document a block or a part of one, so that each is wrapped when it comes on the screen.
    blocks: Vec<Piece>,
    /// How the body came about from the text before.
    changes: Vec<TextChange>,
    /// Where the reader asked for what is in spoilers.
    revealed: HashSet<Revealed>,
    /// By block, while that is shown; else empty.
    marks: Vec<changes::ChangeMark>,
    pictures: pictures::PageImages,
    /// The room that they were last drawn for.
    pictures_room: (u16, u16),
    words: usize,
    frame: Frame,
    /// Runs of elements of one kind: where each starts, how many there are.
    segments: Vec<(usize, usize, Segment)>,
    cursor: usize,
    top: Anchor,
    /// After a resize, the cursor's row before it: good as long as cursor and top are what they were then.
    held: Option<(usize, Anchor, isize)>,
    laid: RefCell<HashMap<draw::DrawKey, Laid>>,
}

impl PageView {
    pub fn new(article: impl Into<PreparedArticle>, frame: Frame) -> PageView {
        let PreparedArticle { stored: article, body } = article.into();
        let PreparedBody { pieces: blocks, changes, words } = body;
        let discussions = article.discussions.iter().map(DiscussionView::new).collect();
        let mut page = PageView {
            article,
            discussions,
            search: None,
            opened: false,
            origin: None,
            coming: false,
            finished: false,
            stories: stories::Stories::default(),
            blocks,
            changes,
            revealed: HashSet::new(),
            marks: Vec::new(),
            pictures: HashMap::new(),
            pictures_room: (0, 0),
            words,
            frame,
            segments: Vec::new(),
            cursor: 0,
            top: Anchor::default(),
            held: None,
            laid: RefCell::default(),
        };
        page.count();
        page
    }

    /// Puts a discussion's comments on the page; what the reader sees stays where it is.
    pub fn load(&mut self, judged: JudgedDiscussion, memory: Option<SliderMemory>, defaults: Defaults) {
        let id = judged.stored.id;
        let there = self.discussions.iter().position(|view| view.head.id == id && view.loaded.is_some());
        if let Some(n) = there {
            self.take_rulings(n, &judged);
            return self.renew(n, judged);
        }
        self.changing_text(|page| {
            if let Some(view) = page.discussions.iter_mut().find(|view| view.head.id == id) {
                view.loaded = Some(PageThread::new(judged, &view.head, memory, defaults));
            }
        });
        self.search_again();
    }

    /// Moves over the page. Gives the new comments that were on the screen and are above it now, each once.
    pub fn moving<T>(&mut self, go: impl FnOnce(&mut PageView) -> T) -> (T, Vec<(DiscussionId, Vec<CommentIdx>)>) {
        let shown =
            if self.opened && self.discussions.iter().any(DiscussionView::has_new) { self.screen() } else { Vec::new() };
        let before = self.cursor;
        let gone = go(self);
        self.finish(before);
        let mut passed: Vec<(DiscussionId, Vec<CommentIdx>)> = Vec::new();
        for (at, _) in shown.into_iter().filter(|(at, _)| *at < self.top.element) {
            let Element::Row(n, row) = self.element(at) else { continue };
            let view = &mut self.discussions[n];
            let Some(comment) = view.loaded.as_mut().and_then(|loaded| loaded.pass(row)) else { continue };
            match passed.last_mut() {
                Some((id, comments)) if *id == view.head.id => comments.push(comment),
                _ => passed.push((view.head.id, vec![comment])),
            }
        }
        (gone, passed)
    }

    pub fn wants(&self) -> impl Iterator<Item = (DiscussionId, u32)> + '_ {
        self.discussions.iter().filter(|view| view.loaded.is_none()).map(|view| (view.head.id, view.head.comments))
    }

    /// The number of elements: at least the header.
    #[allow(clippy::len_without_is_empty, reason = "a page is never empty")]
    pub fn len(&self) -> usize {
        self.segments.last().map_or(0, |(start, count, _)| start + count)
    }

    /// Counts the elements anew, after rows came or went.
    fn count(&mut self) {
        let article = &self.article.article;
        let heading = |n: usize| usize::from(n > 0);
        let mut runs = vec![
            (1, Segment::Header),
            (self.blocks.len(), Segment::Body),
            (usize::from(article.explore_further.is_some()), Segment::Explore),
            (heading(article.related.len()), Segment::RelatedHead),
            (article.related.len(), Segment::Related),
            (heading(article.recommended.len()), Segment::RecommendedHead),
            (article.recommended.len(), Segment::Recommended),
        ];
        let hoisted = self.discussions.iter().position(|view| view.loaded.as_ref().is_some_and(|l| l.hoisted().is_some()));
        if hoisted.is_some() {
            runs.truncate(1);
        }
        for (n, view) in self.discussions.iter().enumerate().filter(|(n, _)| hoisted.is_none_or(|hoisted| hoisted == *n)) {
            runs.push((1, Segment::Discussion(n)));
            runs.push((view.loaded.as_ref().map_or(0, |loaded| loaded.rows.len()), Segment::Rows(n)));
        }
        let mut start = 0;
        self.segments.clear();
        for (count, segment) in runs {
            self.segments.push((start, count, segment));
            start += count;
        }
    }

    pub fn element(&self, at: usize) -> Element {
        let run = self.segments.iter().rev().find(|(start, count, _)| *count > 0 && *start <= at);
        let (start, count, segment) = run.copied().unwrap_or((0, 1, Segment::Header));
        let nth = (at - start).min(count - 1);
        match segment {
            Segment::Header => Element::Header,
            Segment::Body => Element::Body(nth),
            Segment::Explore => Element::ExploreFurther,
            Segment::RelatedHead => Element::RelatedHead,
            Segment::Related => Element::Related(nth),
            Segment::RecommendedHead => Element::RecommendedHead,
            Segment::Recommended => Element::Recommended(nth),
            Segment::Discussion(n) => Element::Discussion(n),
            Segment::Rows(n) => Element::Row(n, nth),
        }
    }

    /// Where an element stands; for one that is not there (any more), where it would.
    pub fn position(&self, element: Element) -> usize {
        let (segment, nth) = match element {
            Element::Header => (Segment::Header, 0),
            Element::Body(n) => (Segment::Body, n),
            Element::ExploreFurther => (Segment::Explore, 0),
            Element::RelatedHead => (Segment::RelatedHead, 0),
            Element::Related(n) => (Segment::Related, n),
            Element::RecommendedHead => (Segment::RecommendedHead, 0),
            Element::Recommended(n) => (Segment::Recommended, n),
            Element::Discussion(n) => (Segment::Discussion(n), 0),
            Element::Row(n, row) => (Segment::Rows(n), row),
        };
        let found = self.segments.iter().find(|(_, _, other)| *other == segment);
        found.map_or(0, |(start, count, _)| start + nth.min(count.saturating_sub(1))).min(self.len() - 1)
    }

    pub fn cursor(&self) -> Element {
        self.element(self.cursor)
    }

    #[cfg(test)]
    pub(super) fn cursor_is_on_the_page(&self) -> bool {
        self.cursor < self.len() && self.top.element < self.len() && self.screen().iter().any(|(at, _)| *at == self.cursor)
    }

    /// The comment under the cursor: its discussion, row and index. A folded run counts as its first comment.
    pub fn comment_at_cursor(&self) -> Option<(usize, usize, CommentIdx)> {
        let Element::Row(discussion, row) = self.cursor() else { return None };
        let loaded = self.discussions[discussion].loaded.as_ref()?;
        Some((discussion, row, loaded.row_comment(row)))
    }

    /// True if the cursor is on a folded run.
    pub fn is_on_run(&self) -> bool {
        let Element::Row(n, row) = self.cursor() else { return false };
        self.discussions[n].loaded.as_ref().is_some_and(|loaded| loaded.is_run(row))
    }

    /// The discussion that the slider row governs: the one under the cursor, else the first on the screen, else the first.
    pub fn governed(&self) -> Option<usize> {
        let of = |element| match element {
            Element::Discussion(n) | Element::Row(n, _) => Some(n),
            _ => None,
        };
        let on_screen = || self.screen().into_iter().find_map(|(at, _)| of(self.element(at)));
        of(self.cursor()).or_else(on_screen).or((!self.discussions.is_empty()).then_some(0))
    }

    /// New measures: a resize, another text width. What is under the cursor keeps its screen row as far as there is
    /// room, and gets it back when the room comes back.
    pub fn resize(&mut self, frame: Frame) {
        let Frame { columns, rows, text_width, ascii, .. } = self.frame;
        let rewrapped = (columns, text_width, ascii) != (frame.columns, frame.text_width, frame.ascii);
        if !rewrapped && rows == frame.rows {
            return;
        }
        let inside = self.share_above_screen();
        let row = match self.held {
            Some((cursor, top, row)) if (cursor, top) == (self.cursor, self.top) => row,
            _ => self.cursor_row(),
        };
        self.frame = frame;
        if rewrapped {
            self.laid.get_mut().clear();
        }
        match inside {
            Some(share) => {
                self.put_share_above_screen(share);
                self.fill_screen();
            }
            None => {
                self.put_cursor_on_row(row);
                self.reveal_cursor();
                self.fill_screen();
                self.held = Some((self.cursor, self.top, row));
            }
        }
    }

    /// `>`: the subtree under the cursor as a page of its own. `<`: the whole page again. Whether there was one to take.
    pub fn hoist(&mut self, down: bool) -> bool {
        let whole = self.discussions.iter().position(|view| view.loaded.as_ref().is_some_and(|l| l.hoisted().is_some()));
        let (n, comment) = match (down, self.comment_at_cursor(), whole) {
            (true, Some((n, _, comment)), _) => (n, Some(comment)),
            (false, _, Some(n)) => (n, None),
            _ => return false,
        };
        self.changing_text(|page| {
            if let Some(loaded) = &mut page.discussions[n].loaded {
                loaded.hoist(comment);
            }
        });
        true
    }

    /// An address that the element under the cursor leads to by itself.
    pub fn address(&self) -> Option<String> {
        let article = &self.article.article;
        let related = |list: &[crate::domain::article::Related], n: usize| list.get(n).and_then(|story| story.url.clone());
        let page = || article.url.as_ref().map(ToString::to_string);
        let own = match self.cursor() {
            Element::Related(n) => related(&article.related, n),
            Element::Recommended(n) => related(&article.recommended, n),
            Element::ExploreFurther => article.explore_further.as_ref().and_then(|story| story.url.clone()),
            Element::Discussion(n) => self.discussions[n].head.url.clone(),
            Element::Row(n, row) => {
                let loaded = self.discussions[n].loaded.as_ref();
                let (site, thread) = (&self.discussions[n].head.place, self.discussions[n].head.url.as_deref());
                let comment = loaded.map(|loaded| loaded.comment(loaded.row_comment(row)));
                let own = comment.and_then(|comment| comment.url.as_deref().map(str::to_owned));
                return own
                    .or_else(|| comment_address(site, thread?, &comment?.id))
                    .or_else(|| thread.map(str::to_owned))
                    .or_else(page);
            }
            _ => None,
        };
        own.map(|url| url.to_string()).or_else(page)
    }

    /// The text under the cursor as a Markdown quote, with who said it.
    pub fn quote(&self) -> Option<String> {
        let Article { byline, body, .. } = &self.article.article;
        let (text, author) = match self.cursor() {
            Element::Body(n) => {
                let block = Document { links: body.links.clone(), ..self.blocks[n].document.clone() };
                (markdown(&block), byline.as_ref())
            }
            Element::Row(n, row) => {
                let loaded = self.discussions[n].loaded.as_ref()?;
                let comment = loaded.comment(loaded.row_comment(row));
                (markdown(&comment.body.document()), comment.author.as_ref())
            }
            _ => return None,
        };
        let author = author.map_or(String::new(), |author| format!("\n\n— {author}"));
        let quoted = format!("{}{author}", text.trim_end());
        Some(quoted.lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect())
    }

    /// A change of what the lines themselves say or of their measures: they are laid out anew.
    pub fn changing_text(&mut self, change: impl FnOnce(&mut PageView)) {
        self.keeping_place(|page| {
            change(page);
            page.laid.get_mut().clear();
        });
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Segment {
    Header,
    Body,
    Explore,
    RelatedHead,
    Related,
    RecommendedHead,
    Recommended,
    Discussion(usize),
    Rows(usize),
}
