//! Bounds on what comes in, kept where what a format's reader found becomes values of the domain: pages of files and
//! feeds, answers of sites, lines of JSON. What is cut or left out is counted, see [`Bounds::notes`].
//!
//! Not for the size of whole files and answers, see [`MAX_RECORD`](super::MAX_RECORD) and [`MAX_PAGE`], nor for the
//! number of a feed's items, which depends on their dates.

use super::MAX_PAGE;
use super::opml::ListedFeed;
use crate::domain::article::{Article, Enclosure, Page, Related, Source};
use crate::domain::plural::plural;
use crate::domain::text::{Body, CleanText, Document, Link, clean_id, clean_line, cut_line};
use crate::domain::thread::{Comment, Discussion, Parent};

/// The longest title, name or label, in bytes. Lists compare and sort them whole.
const MAX_LINE: usize = 2 << 10;
/// The longest address, in bytes. One that is longer is left out: half an address leads somewhere else.
const MAX_ADDRESS: usize = 8 << 10;
/// The longest text of one comment, in bytes.
pub const MAX_COMMENT: usize = 1 << 20;
/// The most comments of one discussion: several times the largest that are known.
pub const MAX_COMMENTS: usize = 100_000;
/// The most tags, files, chapters or related articles of one article.
pub const MAX_LISTED: usize = 1_000;
/// The most notes on one file or answer, and the most things of a kind that are named one by one in them.
pub(super) const MAX_NOTES: usize = 100;

/// Counts of the text and items that exceeded a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    lines: usize,
    addresses: usize,
    listed: usize,
    texts: usize,
    comment_texts: usize,
    comments: usize,
}

impl Bounds {
    /// Keeps pages within the bounds. Ids are made fit to be stored and shown, too: they are foreign text like any other.
    pub fn keep_pages(&mut self, pages: &mut [Page]) {
        for page in pages {
            self.keep_page(page);
        }
    }

    pub fn keep_page(&mut self, page: &mut Page) {
        self.keep_article(&mut page.article);
        self.keep_source(&mut page.source);
        page.discussions.iter_mut().for_each(|discussion| self.keep_discussion(discussion));
    }

    pub fn keep_article(&mut self, article: &mut Article) {
        if let Some(id) = article.id.as_mut().filter(|id| id.len() > MAX_LINE) {
            *id = clean_line(&clean_id(id));
        }
        self.keep_line(&mut article.title);
        let Article { byline, organisation, kind, stated_date, .. } = article;
        [byline, organisation, kind, stated_date].into_iter().flatten().for_each(|line| self.keep_line(line));
        for address in [&mut article.url, &mut article.replies.address, &mut article.replies.feed] {
            self.keep_address(address);
        }
        self.texts += usize::from(self.cut_text(&mut article.body, MAX_PAGE));
        self.keep_list(&mut article.categories, Bounds::keep_line);
        self.keep_list(&mut article.enclosures, Bounds::keep_enclosure);
        article.enclosures.retain(|file| !file.address.is_empty());
        self.keep_list(&mut article.chapters, |bounds, chapter| {
            bounds.keep_line(&mut chapter.title);
            bounds.keep_address(&mut chapter.url);
        });
        self.keep_list(&mut article.related, Bounds::keep_related);
        self.keep_list(&mut article.recommended, Bounds::keep_related);
        article.explore_further.iter_mut().for_each(|further| self.keep_related(further));
    }

    /// A subscription whose address is too long is left out.
    pub fn keep_subscriptions(&mut self, subscriptions: &mut Vec<ListedFeed>) {
        let before = subscriptions.len();
        subscriptions.retain(|one| one.address.len() <= MAX_ADDRESS);
        self.addresses += before - subscriptions.len();
        for one in subscriptions {
            self.keep_line(&mut one.title);
            self.keep_address(&mut one.site);
            self.keep_list(&mut one.folder, Bounds::keep_line);
            self.keep_list(&mut one.tags, Bounds::keep_line);
            [&mut one.description, &mut one.language].into_iter().flatten().for_each(|line| self.keep_line(line));
        }
    }

    fn keep_source(&mut self, source: &mut Source) {
        self.keep_line(&mut source.title);
        if source.key.len() > MAX_LINE {
            source.key = clean_line(&clean_id(&source.key));
        }
    }

    fn keep_enclosure(&mut self, file: &mut Enclosure) {
        if file.address.len() > MAX_ADDRESS {
            self.addresses += 1;
            file.address = CleanText::default();
        }
        [&mut file.title, &mut file.media_type, &mut file.language].into_iter().flatten().for_each(|line| self.keep_line(line));
    }

    fn keep_related(&mut self, related: &mut Related) {
        self.keep_line(&mut related.title);
        related.teaser.iter_mut().for_each(|teaser| self.keep_line(teaser));
        self.keep_address(&mut related.url);
    }

    fn keep_discussion(&mut self, discussion: &mut Discussion) {
        self.keep_line(&mut discussion.place);
        self.keep_address(&mut discussion.url);
        self.keep_first_comments(discussion);
        for comment in &mut discussion.comments {
            self.keep_comment(comment);
        }
        discussion.stubs.truncate(MAX_COMMENTS);
        let below = discussion.stubs.iter_mut().filter_map(|stub| stub.below.as_mut());
        below.for_each(|id| *id = clean_id(id));
    }

    /// Comments beyond the bound count as missing, like those that a site does not give.
    fn keep_first_comments(&mut self, discussion: &mut Discussion) {
        let Some(beyond) = discussion.comments.len().checked_sub(MAX_COMMENTS).filter(|beyond| *beyond > 0) else { return };
        self.comments += beyond;
        let left_out = discussion.comments.split_off(MAX_COMMENTS);
        for comment in &mut discussion.comments {
            if let Parent::Of(parent) | Parent::Guessed(parent) = comment.parent
                && let Some(parent) = parent.index().checked_sub(MAX_COMMENTS)
            {
                comment.parent = Parent::Missing;
                comment.awaits = Some(left_out[parent].id.clone());
            }
        }
        discussion.complete = false;
        discussion.add_missing(beyond);
    }

    fn keep_comment(&mut self, comment: &mut Comment) {
        [Some(&mut comment.id), comment.awaits.as_mut()].into_iter().flatten().for_each(|id| *id = clean_id(id));
        comment.author.iter_mut().for_each(|author| self.keep_line(author));
        self.keep_address(&mut comment.url);
        let is_rich = matches!(comment.body, Body::Rich(_));
        let is_long = matches!(&comment.body, Body::Plain(text) if text.len() > MAX_COMMENT);
        if is_rich || is_long {
            let mut document = std::mem::take(&mut comment.body).document().into_owned();
            self.comment_texts += usize::from(self.cut_text(&mut document, MAX_COMMENT));
            comment.body = document.into();
        }
    }

    /// Cuts a text to `most` bytes; true if it was longer.
    fn cut_text(&mut self, text: &mut Document, most: usize) -> bool {
        for link in text.links.iter_mut().filter(|link| link.address.len() > MAX_ADDRESS) {
            self.addresses += 1;
            *link = Link::new(&format!("an address of {} KiB", link.address.len().div_ceil(1024)));
        }
        text.cut(most) > 0
    }

    pub fn keep_line(&mut self, line: &mut CleanText) {
        if line.len() > MAX_LINE {
            self.lines += 1;
            *line = cut_line(line, MAX_LINE);
        }
    }

    pub fn keep_address(&mut self, address: &mut Option<CleanText>) {
        if address.as_ref().is_some_and(|address| address.len() > MAX_ADDRESS) {
            self.addresses += 1;
            *address = None;
        }
    }

    fn keep_list<T>(&mut self, list: &mut Vec<T>, mut keep: impl FnMut(&mut Bounds, &mut T)) {
        self.listed += list.len().saturating_sub(MAX_LISTED);
        list.truncate(MAX_LISTED);
        for one in list {
            keep(self, one);
        }
    }

    /// A line for each kind of thing that was too long or too many.
    pub fn notes(&self) -> Vec<CleanText> {
        let mib = |bytes: usize| bytes >> 20;
        let told = [
            (self.lines, "line", format!("longer than {} KiB cut (titles, names, labels)", MAX_LINE >> 10)),
            (self.addresses, "address", format!("longer than {} KiB left out", MAX_ADDRESS >> 10)),
            (self.listed, "entry", format!("of long lists left out: {MAX_LISTED} are kept")),
            (self.texts, "text", format!("longer than {} MiB cut", mib(MAX_PAGE))),
            (self.comment_texts, "comment", format!("longer than {} MiB cut", mib(MAX_COMMENT))),
            (self.comments, "comment", format!("left out: {MAX_COMMENTS} of a discussion are kept")),
        ];
        let some = told.into_iter().filter(|(n, ..)| *n > 0);
        some.map(|(n, what, why)| clean_line(&format!("{} {why}", plural(n as u64, what)))).collect()
    }
}

/// Cuts a list of notes to `MAX_NOTES`, and counts the rest.
pub fn keep_notes(notes: &mut Vec<CleanText>) {
    let beyond = notes.len().saturating_sub(MAX_NOTES);
    if beyond > 0 {
        notes.truncate(MAX_NOTES);
        notes.push(clean_line(&format!("and {beyond} more notes")));
    }
}
