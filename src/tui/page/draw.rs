//! Draws each element of the page as lines.

use std::rc::Rc;

use super::changes::ChangeMark;
use super::lines::{DrawnLine, guides};
use super::spoilers::Revealed;
use super::{Element, Laid, PageThread, PageView, is_guess, rank_label};
use crate::domain::article::{Related, reading_minutes};
use crate::domain::slider::{Override, Shown};
use crate::domain::tag::shown_tags;
use crate::domain::text::{CleanText, Document, prefix, width};
use crate::domain::thread::{Comment, CommentIdx, Parent, Place, Stub};
use crate::domain::time::{DAY, When};
use crate::store::DiscussionHead;
use crate::tui::layout::{self, lay_out, wrap};
use crate::tui::theme::Role;

/// The marks before the names of authors with several comments, so that each is recognised at a glance.
pub const AUTHOR_MARKS: [char; Role::VOICES.len()] = ['◆', '▲', '■', '◇', '△', '□'];
pub const AUTHOR_MARKS_ASCII: [char; Role::VOICES.len()] = ['#', '*', '+', '=', '%', '&'];

/// A comment that is one line tells at least so many columns of its words before it tells a time.
const FEWEST_WORDS: usize = 16;

/// All that the lines of an element depend on, as long as [`PageView::changing_text`] brings about the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum DrawKey {
    Element(Element),
    Comment { discussion: usize, comment: CommentIdx, depth: u16, below: u16, open: bool },
}

impl PageView {
    /// The lines of an element, at least one; wrapped when first asked for.
    pub fn lines(&self, at: usize) -> Laid {
        let element = self.element(at);
        let key = self.key(element);
        if let Some(laid) = key.and_then(|key| self.laid.borrow().get(&key).map(Rc::clone)) {
            return laid;
        }
        let laid: Laid = self.draw(element).into();
        if let Some(key) = key {
            let mut cache = self.laid.borrow_mut();
            if cache.len() >= super::CACHE {
                cache.clear();
            }
            cache.insert(key, Rc::clone(&laid));
        }
        laid
    }

    /// None for what is drawn anew each time: it is short and says what changes.
    fn key(&self, element: Element) -> Option<DrawKey> {
        match element {
            Element::Discussion(_) => None,
            Element::Row(discussion, row) => {
                let loaded = self.discussions[discussion].loaded.as_ref()?;
                let place = loaded.thread.places()[loaded.rows[row].place as usize];
                let open = match loaded.rows[row].shown {
                    Shown::Open => true,
                    Shown::Line if loaded.hand.get(place.comment) != Override::Folded => false,
                    _ => return None,
                };
                let depth = loaded.depth_of_row(row);
                let below = loaded.depth_of_row(row + 1).min(depth);
                Some(DrawKey::Comment { discussion, comment: place.comment, depth, below, open })
            }
            other => Some(DrawKey::Element(other)),
        }
    }

    pub(super) fn columns(&self) -> usize {
        usize::from(self.frame.columns.min(self.frame.text_width)).max(1)
    }

    fn draw(&self, element: Element) -> Vec<DrawnLine> {
        let article = &self.article.article;
        let mut lines = match element {
            Element::Header => self.draw_header(),
            Element::Body(n) => {
                let (sign, base) = match self.marks.get(n) {
                    Some(ChangeMark::Removed) => ("- ", Role::Dim),
                    Some(ChangeMark::Added) => ("+ ", Role::Text),
                    Some(ChangeMark::Kept) => ("  ", Role::Text),
                    None => ("", Role::Text),
                };
                self.with_pictures(self.draw_document(
                    &self.blocks[n].document,
                    sign,
                    self.columns(),
                    base,
                    self.is_revealed(Revealed::Body(n)),
                ))
            }
            Element::ExploreFurther => match &article.explore_further {
                Some(story) => {
                    let mut lines = self.draw_text(&format!("Explore further: {}", story.title), Role::Link);
                    lines.extend(self.draw_stored(None, element));
                    lines
                }
                None => Vec::new(),
            },
            Element::RelatedHead => self.draw_text("Related stories", Role::Heading),
            Element::RecommendedHead => self.draw_text("Recommended for you", Role::Heading),
            Element::Related(n) => self.draw_story(&article.related[n], element),
            Element::Recommended(n) => self.draw_story(&article.recommended[n], element),
            Element::Discussion(n) => vec![self.draw_discussion_head(n)],
            Element::Row(n, row) => return self.draw_row(n, row),
        };
        let goes_on = matches!(element, Element::Body(n) if self.blocks.get(n + 1).is_some_and(|next| next.continues));
        if !goes_on || lines.is_empty() {
            lines.push(DrawnLine::default());
        }
        lines
    }

    pub(super) fn draw_text(&self, text: &str, role: Role) -> Vec<DrawnLine> {
        let line = |line: &str| {
            let mut drawn = DrawnLine::default();
            drawn.push(line, role);
            drawn
        };
        wrap(text, self.columns()).into_iter().map(line).collect()
    }

    fn draw_document(&self, document: &Document, guides: &str, columns: usize, base: Role, spoilers: bool) -> Vec<DrawnLine> {
        let style = layout::Style {
            width: columns.saturating_sub(width(guides)).max(1),
            ascii: self.frame.ascii,
            link_numbers: true,
            spoilers,
        };
        lay_out(document, style).iter().map(|line| DrawnLine::of(guides, line, base)).collect()
    }

    fn draw_header(&self) -> Vec<DrawnLine> {
        let article = &self.article.article;
        let title = if article.title.is_empty() { "(no title)" } else { &article.title };
        let mut lines = self.draw_text(title, Role::Title);
        let was = self.article.previous.as_ref().filter(|was| self.shows_changes() && was.title != article.title);
        lines.extend(was.into_iter().flat_map(|was| self.draw_text(&format!("- {}", was.title), Role::Dim)));
        let meta = [
            article.published.map(|when| when.long(self.frame.zone)),
            article.stated_date.as_ref().map(|stated| format!("dated {stated} by its source")),
            article.byline.as_ref().map(CleanText::to_string),
            article.organisation.as_ref().map(CleanText::to_string),
            article.kind.as_ref().map(CleanText::to_string),
            Some(self.article.source.title.to_string()),
            self.article.edited_at.map(|at| format!("updated {}", When::Instant(at).short(self.frame.now, self.frame.zone))),
            (self.words > 0).then(|| format!("{} min", reading_minutes(self.words))),
            self.article.starred.then(|| if self.frame.ascii { "starred".to_owned() } else { "★".to_owned() }),
            self.article.watched.then(|| "watched".to_owned()),
            self.origin.is_some().then(|| "not stored".to_owned()),
            (self.article.own_rating > 0).then(|| format!("yours {}", self.article.own_rating)),
            (!self.article.tags.is_empty()).then(|| shown_tags(&self.article.tags)),
        ];
        let meta: Vec<String> = meta.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        lines.extend(self.draw_parts(&meta));
        lines.extend(article.url.as_deref().filter(|url| url.starts_with("http")).map(|url| self.draw_address(url)));
        lines.extend(self.article.note.iter().flat_map(|note| self.draw_text(&format!("Note: {note}"), Role::Text)));
        lines
    }

    /// An address on one line: the keys open and copy all of it.
    fn draw_address(&self, address: &str) -> DrawnLine {
        let mut line = DrawnLine::default();
        if width(address) <= self.columns() {
            line.push(address, Role::Dim);
        } else {
            let dots = if self.frame.ascii { "..." } else { "…" };
            line.push(prefix(address, self.columns().saturating_sub(width(dots))).0, Role::Dim);
            line.push(dots, Role::Dim);
        }
        line
    }

    /// Parts with dots between them; a line ends between two parts, if a part is not too long for a line.
    fn draw_parts(&self, parts: &[String]) -> Vec<DrawnLine> {
        let dot = self.dot();
        let mut rows: Vec<String> = Vec::new();
        for part in parts {
            match rows.last_mut() {
                Some(row) if width(row) + width(dot) + width(part) <= self.columns() => row.extend([dot, part]),
                _ => rows.push(part.clone()),
            }
        }
        rows.iter().flat_map(|row| self.draw_text(row, Role::Dim)).collect()
    }

    fn dot(&self) -> &'static str {
        super::dot(self.frame.ascii)
    }

    fn draw_story(&self, story: &Related, element: Element) -> Vec<DrawnLine> {
        let mut lines = self.draw_text(&story.title, Role::Title);
        lines.extend(self.draw_stored(story.published.map(|when| when.long(self.frame.zone)), element));
        if let Some(teaser) = &story.teaser {
            lines.extend(self.draw_text(teaser, Role::Text));
        }
        lines
    }

    /// When a story is from, and whether it is in the library.
    fn draw_stored(&self, when: Option<String>, element: Element) -> Vec<DrawnLine> {
        let stored = self.stored(element).map(|_| "in your library".to_owned());
        let told: Vec<String> = when.into_iter().chain(stored).collect();
        if told.is_empty() { Vec::new() } else { self.draw_text(&told.join(self.dot()), Role::Dim) }
    }

    fn draw_discussion_head(&self, n: usize) -> DrawnLine {
        let view = &self.discussions[n];
        let dot = self.dot();
        let DiscussionHead { place, comments, new_comments, told, points, .. } = &view.head;
        let is_here = *comments > 0 || *told == 0;
        let where_ = if *place == "page" { "Comments".to_owned() } else { format!("Comments at {place}") };
        let new = if *new_comments > 0 { format!("{dot}{new_comments} new") } else { String::new() };
        let (order, form) = match &view.loaded {
            Some(loaded) if comments > &0 => {
                let form = if loaded.flat { "flat" } else { "threaded" };
                (format!("{dot}{}", loaded.order.label()), format!("{dot}{form}"))
            }
            _ if !is_here && self.coming => (format!("{dot}on their way"), String::new()),
            _ if !is_here => (format!("{dot}not here yet"), String::new()),
            None if self.opened => (format!("{dot}loading"), String::new()),
            Some(_) | None => (String::new(), String::new()),
        };
        let rule = if self.frame.ascii { "-" } else { "─" };
        let mut text = format!("{rule}{rule} {where_} {}", if is_here { comments } else { told });
        let points = points.map_or_else(String::new, |points| format!("{dot}{points} points"));
        let came = match view.came() {
            0 => String::new(),
            n => format!("{dot}{n} more came"),
        };
        // The latest part tells best what is still missing.
        let waiting = view.waiting.as_ref().map(|judged| &judged.stored.discussion);
        let newest = waiting.or(view.loaded.as_ref().map(|loaded| &loaded.discussion));
        let stub = newest.and_then(|discussion| discussion.stub(None));
        let absent = match stub {
            Some(Stub { count, .. }) if self.coming && *count > 0 => format!("{dot}{count} more on their way"),
            Some(stub) => format!("{dot}{}", stub.label()),
            None => String::new(),
        };
        for part in [came, new, points, absent, order, form] {
            if width(&text) + width(&part) >= self.columns() {
                break;
            }
            text.push_str(&part);
        }
        text.push(' ');
        let text = prefix(&text, self.columns()).0;
        let mut line = DrawnLine::default();
        line.push(text, Role::Heading);
        line.push(&rule.repeat(self.columns() - width(text)), Role::Border);
        line
    }

    fn guides(&self, depth: u16) -> String {
        let columns = self.columns();
        let guides = guides(depth, columns, self.frame.ascii);
        prefix(&guides, columns.saturating_sub(1)).0.to_owned()
    }

    fn draw_row(&self, n: usize, n_row: usize) -> Vec<DrawnLine> {
        let Some(loaded) = &self.discussions[n].loaded else { return vec![DrawnLine::default()] };
        let row = loaded.rows[n_row];
        let place = loaded.thread.places()[row.place as usize];
        let columns = self.columns();
        let depth = loaded.depth_of_row(n_row);
        let guides = &self.guides(depth);
        let mut head = DrawnLine::default();
        head.push(guides, Role::Border);
        match row.shown {
            Shown::Folded { comments } => {
                let dots = if self.frame.ascii { "..." } else { "···" };
                let text = format!("{dots} {}", loaded.run_label(row.place as usize, comments as usize));
                head.push(prefix(&text, columns.saturating_sub(head.width())).0, Role::Dim);
                vec![head]
            }
            Shown::Line => vec![self.draw_comment_line(loaded, place, head)],
            Shown::Open => {
                let comment = loaded.comment(place.comment);
                let room = columns.saturating_sub(head.width());
                self.push_header(&mut head, loaded, place.comment, Role::Author, room);
                let mut lines = vec![cut(head, columns)];
                let (beginning, left_out) = comment.body.beginning(super::LONGEST_COMMENT);
                let spoilers = self.is_revealed(Revealed::Comment(n, place.comment));
                lines.extend(self.draw_document(&beginning, guides, columns, Role::Text, spoilers));
                if left_out > 0 {
                    lines.push(self.draw_left_out(left_out, guides));
                }
                if let Some(stub) = loaded.discussion.stub(Some(&comment.id)) {
                    let mut line = DrawnLine::default();
                    line.push(guides, Role::Border);
                    let dots = if self.frame.ascii { "..." } else { "…" };
                    line.push(&format!("{dots} {}", stub.label()), Role::Dim);
                    lines.push(cut(line, columns));
                }
                // The guides go on below only as far as the next comment has them too.
                let below = self.guides(loaded.depth_of_row(n_row + 1).min(depth));
                let mut blank = DrawnLine::default();
                blank.push(below.trim_end(), Role::Border);
                lines.push(blank);
                lines
            }
        }
    }

    /// A comment below the bar: who wrote it when, and its first words.
    fn draw_comment_line(&self, loaded: &PageThread, place: Place, mut head: DrawnLine) -> DrawnLine {
        let columns = self.columns();
        let comment = loaded.comment(place.comment);
        if loaded.hand.get(place.comment) == Override::Folded && place.descendants > 0 {
            head.push(&format!("[+{}] ", place.descendants), Role::Handle);
        }
        let is_muted = loaded.is_muted(place.comment);
        let opening = if is_muted { "muted".to_owned() } else { comment.body.opening(columns) };
        let words = width(&opening).min(FEWEST_WORDS) + 2;
        let room = columns.saturating_sub(head.width() + words);
        self.push_header(&mut head, loaded, place.comment, Role::Dim, room);
        let room = columns.saturating_sub(head.width() + 2);
        if room > 3 {
            let cut = width(&opening) > room;
            let dots = if self.frame.ascii { "..." } else { "…" };
            head.push(&format!("  {}", prefix(&opening, if cut { room - width(dots) } else { room }).0), Role::Dim);
            head.push(if cut { dots } else { "" }, Role::Dim);
        }
        cut(head, columns)
    }

    /// Says that a comment is too long to be shown here.
    fn draw_left_out(&self, bytes: usize, guides: &str) -> DrawnLine {
        let mut line = DrawnLine::default();
        line.push(guides, Role::Border);
        let dots = if self.frame.ascii { "..." } else { "…" };
        let id = self.article.id.0;
        line.push(&format!("{dots} {} KiB more of this comment: gleaner show {id}", bytes.div_ceil(1024)), Role::Warning);
        cut(line, self.columns())
    }

    /// `≈ Nik_2213 · 4.5 / 5 (8) · 20 hours ago · new`; times give way where all does not fit in `room`.
    fn push_header(&self, head: &mut DrawnLine, loaded: &PageThread, idx: CommentIdx, author_role: Role, room: usize) {
        let ascii = self.frame.ascii;
        let comment = loaded.comment(idx);
        let start = head.width();
        let dot = self.dot();
        if is_guess(comment) && !loaded.flat {
            head.push(if ascii { "~ " } else { "≈ " }, Role::Border);
        }
        if comment.parent == Parent::Missing {
            head.push(if ascii { "^? " } else { "↑? " }, Role::Warning);
        }
        let state = loaded.states.get(idx.index()).copied().unwrap_or_default();
        let rank = rank_label(comment.rank, loaded.discussion.scale, loaded.ranks.estimate(idx.index()));
        let marks = if ascii { AUTHOR_MARKS_ASCII } else { AUTHOR_MARKS };
        let mark = loaded.author_mark(idx);
        let author = comment.author.as_ref().map(|author| match mark {
            Some(mark) => format!("{} {author}", marks[mark]),
            None => author.to_string(),
        });
        let spoken = if author_role == Role::Dim { author_role } else { mark.map_or(author_role, |mark| Role::VOICES[mark]) };
        let parts = [
            (author, spoken),
            (comment.role.label().map(str::to_owned), Role::Key),
            (self.is_posters(comment).then(|| "OP".to_owned()), Role::Key),
            ((!rank.is_empty()).then_some(rank), if author_role == Role::Dim { Role::Dim } else { Role::Rank }),
            (comment.posted.map(|when| self.comment_time(loaded, when)), Role::Dim),
            (comment.edited.map(|_| "edited".to_owned()), Role::Dim),
            (state.vanished.then(|| "gone at the place".to_owned()), Role::Warning),
            ((state.own_rating > 0).then(|| format!("yours {}", state.own_rating)), Role::Star),
            (loaded.is_new(idx).then(|| "new".to_owned()), Role::New),
        ];
        // Behind the rank.
        let times = 4..6;
        let shown = parts.into_iter().enumerate().filter_map(|(n, (text, role))| Some((n, text?, role)));
        let mut shown: Vec<(usize, String, Role)> = shown.filter(|(_, text, _)| !text.is_empty()).collect();
        let columns = |shown: &[(usize, String, Role)]| {
            let texts: usize = shown.iter().map(|(_, text, _)| width(text)).sum();
            head.width() - start + texts + width(dot) * shown.len().saturating_sub(1)
        };
        while columns(&shown) > room
            && let Some(last) = shown.iter().rposition(|(n, ..)| times.contains(n)).filter(|_| shown.len() > 1)
        {
            shown.remove(last);
        }
        for (n, (_, text, role)) in shown.iter().enumerate() {
            head.push(if n > 0 { dot } else { "" }, Role::Dim);
            head.push(text, *role);
        }
        if shown.is_empty() {
            head.push("comment", Role::Dim);
        }
    }

    /// When a comment was posted: with the clock where many of a day stand together.
    fn comment_time(&self, loaded: &PageThread, when: When) -> String {
        let (now, zone) = (self.frame.now, self.frame.zone);
        match when {
            When::Instant(at) if now.0.saturating_sub(at.0) >= DAY && loaded.is_busy_day(at) => {
                let offset = zone(at);
                let (hour, minute) = at.clock(offset);
                let day = When::Day(at.date(offset)).short(now, zone);
                format!("{day} {hour:02}:{minute:02}")
            }
            _ => when.short(now, zone),
        }
    }

    /// True if the comment is by whom the article is by.
    fn is_posters(&self, comment: &Comment) -> bool {
        comment.author.is_some() && comment.author == self.article.article.byline
    }

    /// The text of an element that is not a comment, for searching.
    pub(super) fn text_of(&self, at: usize) -> String {
        let article = &self.article.article;
        let story = |story: &Related| format!("{}\n{}", story.title, story.teaser.as_deref().unwrap_or_default());
        match self.element(at) {
            Element::Header => format!("{}\n{}", article.title, article.byline.as_deref().unwrap_or_default()),
            Element::Body(n) => self.blocks[n].document.text(),
            Element::ExploreFurther => article.explore_further.as_ref().map(story).unwrap_or_default(),
            Element::Related(n) => story(&article.related[n]),
            Element::Recommended(n) => story(&article.recommended[n]),
            _ => String::new(),
        }
    }
}

/// A line of several stretches, cut to a width.
fn cut(line: DrawnLine, columns: usize) -> DrawnLine {
    if line.width() <= columns {
        return line;
    }
    let mut left = columns;
    let mut short = DrawnLine::default();
    for (text, look) in line.spans {
        let (kept, used) = prefix(&text, left);
        short.push(kept, look);
        left -= used;
    }
    short
}
