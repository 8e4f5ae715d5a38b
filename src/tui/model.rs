//! The reader's state: orthogonal facts, no clock, no terminal, no store.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ratatui::layout::Rect;

use super::Settings;
use super::fetching::Fetching;
use super::geometry::{Geometry, Pane, Widths};
use super::list::{ListPane, scrolled};
pub use super::overlay::{Field, Overlay, Prompt};
use super::page::{Defaults, Element, Frame, PageView};
pub(super) use super::section_names::{folded_in, folder_name, section_name, section_of};
use super::sections::{self, SourcesOrder};
pub(super) use super::undo::Undo;
use super::visits::Visits;
use crate::domain::article::Source;
use crate::domain::rules::Rule;
use crate::domain::text::{CleanText, fold};
use crate::domain::time::{Timestamp, Zone};
use crate::site;
use crate::store::subscriptions::Subscription;
use crate::store::{ArticleId, DiscussionId, Headline, ReadingPosition, SearchId, Section, SectionRow, Session};
use crate::work::visit::is_unstored;

/// The last thing told in the footer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub text: String,
    pub error: bool,
}

/// So many marks can be taken back.
const UNDO: usize = 100;

#[derive(Debug)]
pub struct Model {
    pub settings: Settings,
    pub geometry: Geometry,
    pub now: Timestamp,
    pub zone: Zone,
    pub focus: Pane,
    /// The sections shown, and all sections.
    pub sections: Vec<SectionRow>,
    pub(super) all_sections: Vec<SectionRow>,
    /// The folders whose sources are not shown.
    pub(super) folded: BTreeSet<Vec<CleanText>>,
    pub section_cursor: usize,
    pub(super) sources_order: SourcesOrder,
    /// Neither read articles nor sources without unread ones are shown.
    pub hides_read: bool,
    pub is_compact: bool,
    pub(super) widths: Widths,
    /// The number before a key: `5j`.
    pub count: Option<u32>,
    /// The first section on the screen.
    pub section_top: usize,
    pub list: ListPane,
    pub page: Option<PageView>,
    pub overlay: Overlay,
    pub fetching: Fetching,
    pub said: Option<Said>,
    pub mouse: bool,
    /// Comments whose answers' order was asked for.
    pub(super) ordered: HashSet<(DiscussionId, Box<str>)>,
    /// The title of the article that was gone into last, and the window's title as it was set last.
    pub(super) reading: Option<String>,
    pub(super) title: String,
    /// The reader's score rules: the configuration's, then the store's.
    pub rules: Vec<Rule>,
    /// The slider's handle that is being dragged.
    pub(super) dragging: Option<SliderHandle>,
    pub(super) undo: Vec<Undo>,
    /// The program that was typed last.
    pub(super) piped: String,
    /// The source of which a field is being typed, and which.
    pub(super) edited: Option<(Box<Subscription>, usize)>,
    /// Many articles are being marked, which can be stopped.
    pub(super) is_marking: bool,
    /// The keep rules are removing articles.
    pub(super) is_cleaning: bool,
    /// The article asked for, and whether to go into it when it comes.
    pub(super) awaited: Option<(ArticleId, Arrival)>,
    /// Where to go back to on the page once its comments are there.
    pub(super) place: Option<ReadingPosition>,
    /// The part of the page that the reader asked for last: comments that come later leave it at the top, until the next key.
    pub(super) spot: Option<Element>,
    /// The hit to go to once it is on the page, until the next key.
    pub(super) hit: Option<SoughtHit>,
    /// `n` (true) or `N` found nothing more on the page and said so: the same key again goes on to another article.
    pub(super) found_no_more: Option<bool>,
    /// True if articles are recommended; which, and whether these are all that are by now.
    pub recommends: bool,
    pub(super) recommended: Vec<ArticleId>,
    pub(super) is_recommended_known: bool,
    /// How many unread articles the saved searches find, as far as they were counted.
    pub(super) unread_found: BTreeMap<SearchId, u64>,
    /// After a reload of the list the cursor goes back to this article.
    pub(super) keep: Option<(ArticleId, usize)>,
    /// The articles whose discussions are being fetched, and those for which that began by itself.
    pub(super) discussing: Vec<ArticleId>,
    pub(super) discussed: BTreeSet<ArticleId>,
    /// The row under the cursor stays in the list over a reload, even if it is no longer part of the section.
    pub(super) stay: Option<Headline>,
    pub(super) left: Left,
    /// The pages that links led to.
    pub visits: Visits,
}

/// Values no longer shown. They are freed once the frame is drawn: their memory has not been touched for long, and that
/// takes a good part of a key's time.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub(super) rows: Vec<Headline>,
    pub(super) page: Option<PageView>,
}

/// The use of an article when it comes from the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Arrival {
    Preview,
    Open,
    /// Open, and go to the comments or the related stories.
    OpenAt(Spot),
    /// Open, since the page shown leads to it; that page is one step back.
    Follow,
}

/// The handle of the slider that the mouse drags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SliderHandle {
    Bar,
    Floor,
}

/// Where on the page a hit of the list's search is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum SoughtHit {
    Comment(DiscussionId, Box<str>),
    First,
    /// Coming back from the hit below it in the list.
    Last,
}

/// A part of the page with a key of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Spot {
    Article,
    Comments,
    Related,
}

impl Model {
    /// True if a search of the page continues between keys.
    pub(super) fn is_searching_page(&self) -> bool {
        self.page.as_ref().is_some_and(PageView::is_searching)
    }

    pub fn new(settings: Settings, size: (u16, u16), now: Timestamp, zone: Zone) -> Model {
        let (mouse, recommends) = (settings.mouse, settings.recommendations);
        let (is_compact, widths) = (settings.list.is_compact, settings.widths);
        Model {
            settings,
            geometry: Geometry::with(size.0, size.1, Pane::List, widths),
            now,
            zone,
            focus: Pane::List,
            sections: Vec::new(),
            all_sections: Vec::new(),
            folded: BTreeSet::new(),
            section_cursor: 0,
            sources_order: SourcesOrder::default(),
            hides_read: false,
            is_compact,
            widths,
            count: None,
            section_top: 0,
            list: ListPane::default(),
            page: None,
            overlay: Overlay::None,
            fetching: Fetching::default(),
            said: None,
            mouse,
            ordered: HashSet::new(),
            reading: None,
            title: String::new(),
            rules: Vec::new(),
            dragging: None,
            undo: Vec::new(),
            piped: String::new(),
            edited: None,
            is_marking: false,
            is_cleaning: false,
            awaited: None,
            place: None,
            spot: None,
            hit: None,
            found_no_more: None,
            recommends,
            recommended: Vec::new(),
            is_recommended_known: false,
            unread_found: BTreeMap::new(),
            keep: None,
            discussing: Vec::new(),
            discussed: BTreeSet::new(),
            stay: None,
            left: Left::default(),
            visits: Visits::default(),
        }
    }

    /// The layout settings of the reading pane. The slider's row is there whenever the page has a discussion.
    pub fn frame(&self, has_discussion: bool) -> Frame {
        let text = self.geometry.page_text(has_discussion);
        Frame {
            columns: text.width,
            rows: text.height,
            text_width: self.settings.text_width,
            ascii: self.settings.ascii,
            now: self.now,
            zone: self.zone,
        }
    }

    /// Rows of the screen that an article takes in the list.
    pub fn row_height(&self) -> usize {
        if self.is_compact && self.list.finding.is_none() && !self.list.is_recommended() { 1 } else { self.list.row_height() }
    }

    /// How many headlines the list pane shows at once.
    pub fn visible_headlines(&self) -> usize {
        let prompt = matches!(self.overlay, Overlay::Prompt { prompt: Prompt::Find, .. }) && !self.geometry.borders;
        let rows = usize::from(self.list_area().height).saturating_sub(usize::from(prompt));
        (rows / self.row_height()).max(1)
    }

    /// Puts the sections' cursor on a row that is on the screen.
    pub(super) fn put_section_cursor(&mut self, at: usize) {
        self.section_cursor = at.min(self.sections.len().saturating_sub(1));
        let visible = usize::from(self.geometry.inner(Pane::Sections).height);
        self.section_top = scrolled(self.section_top, self.section_cursor, self.sections.len(), visible);
    }

    /// Brings geometry and all that hangs on it in line with the screen's size and the focus.
    pub(super) fn arrange(&mut self, columns: u16, rows: u16) {
        self.geometry = Geometry::with(columns, rows, self.focus, self.widths);
        self.measure();
    }

    pub(super) fn measure(&mut self) {
        let visible = self.visible_headlines();
        self.list.keep_in_view(visible);
        self.put_section_cursor(self.section_cursor);
        let frame = self.frame(self.page.as_ref().is_some_and(|page| !page.discussions.is_empty()));
        if let Some(page) = &mut self.page {
            page.resize(frame);
        }
    }

    pub(super) fn set_focus(&mut self, focus: Pane) {
        self.focus = focus;
        self.arrange(self.geometry.screen.width, self.geometry.screen.height);
    }

    /// Where the slider starts when nothing is remembered.
    pub(super) fn defaults(&self, source: &Source) -> Defaults {
        let own = site::default_bar(&source.key).into();
        Defaults {
            bar: self.settings.bar.unwrap_or(own),
            order: self.settings.order,
            flat: self.settings.flat,
            new_stay_open: self.settings.new_stay_open,
        }
    }

    /// How the list and the sections looked in the last session.
    pub(super) fn take_session(&mut self, session: &Session) {
        self.hides_read = session.hides_read;
        self.undo = super::undo::from_kept(&session.undo);
        self.is_compact = session.is_compact.unwrap_or(self.settings.list.is_compact);
        self.sources_order = SourcesOrder::from_name(&session.sources_order);
        self.widths = Widths {
            sections: session.sections_width.or(self.settings.widths.sections),
            list: session.list_width.or(self.settings.widths.list),
            ..self.settings.widths
        };
        self.arrange(self.geometry.screen.width, self.geometry.screen.height);
    }

    pub(super) fn show_status(&mut self, text: impl Into<String>) {
        self.said = Some(Said { text: text.into(), error: false });
    }

    pub(super) fn show_error(&mut self, text: impl Into<String>) {
        self.said = Some(Said { text: text.into(), error: true });
    }

    pub(super) fn can_undo(&mut self, undo: Undo) {
        if self.undo.len() >= UNDO {
            self.undo.remove(0);
        }
        self.undo.push(undo);
    }

    /// The section that the list shows, as a row of the sections pane.
    pub fn section_row(&self) -> Option<&SectionRow> {
        self.all_sections.iter().find(|row| row.section == self.list.section)
    }

    /// True if there are subscriptions, or if that is not known yet.
    pub fn has_subscriptions(&self) -> bool {
        self.all_sections.is_empty() || self.all_sections.iter().any(|row| row.is_subscribed)
    }

    /// `12 of 577`, where the list is longer than its pane.
    pub fn list_position(&self) -> Option<String> {
        let list = &self.list;
        if list.at_start && list.at_end && list.rows.len() <= self.visible_headlines() {
            return None;
        }
        let number = list.number()?;
        let is_all = list.at_start && list.at_end;
        let is_counted = list.finding.is_none() && list.filter.is_empty() && !self.hides_read;
        let counted = || self.section_row().filter(|_| is_counted).map(|row| row.total as usize);
        match if is_all { Some(list.rows.len()) } else { counted() } {
            // Rows that were just marked read stay in the list of unread ones, and do not count.
            Some(total) if total < number => None,
            Some(total) => Some(format!("{number} of {total}")),
            None => Some(number.to_string()),
        }
    }

    /// Why the source that the list shows could not be fetched.
    pub fn failure(&self) -> Option<&CleanText> {
        self.section_row().filter(|_| self.list.finding.is_none())?.failure.as_ref()
    }

    /// Where the list's rows are: below what is told of its source.
    pub fn list_area(&self) -> Rect {
        let inner = self.geometry.inner(Pane::List);
        let told = u16::from(self.failure().is_some() && !self.list.rows.is_empty()).min(inner.height);
        Rect { y: inner.y + told, height: inner.height - told, ..inner }
    }

    pub fn is_folded(&self, section: &Section) -> bool {
        matches!(section, Section::Folder(folder) if self.folded.contains(folder))
    }

    /// Shows what is in no folded folder, with the cursor on the list's section, or on the folder that hides it.
    pub(super) fn show_sections(&mut self) {
        for row in &mut self.all_sections {
            match row.section {
                Section::Search(id) => row.unread = self.unread_found.get(&id).copied().unwrap_or(0),
                Section::Recommended => {
                    row.unread = self.recommended.len() as u64;
                    row.total = row.unread;
                }
                _ => {}
            }
        }
        let wanted = match &self.overlay {
            Overlay::FindSource { input, .. } => fold(input.text.trim()),
            _ => String::new(),
        };
        if !wanted.is_empty() {
            self.sections = sections::named(&self.all_sections, &wanted);
            let cursor = self.sections.iter().position(|row| row.section == self.list.section);
            self.put_section_cursor(cursor.unwrap_or(0));
            return;
        }
        let mut shown: Vec<SectionRow> = Vec::new();
        let mut cursor = None;
        // How deep the folder lies whose inside is not shown.
        let mut hidden: Option<usize> = None;
        let rows = sections::ordered(&self.all_sections, self.sources_order);
        for row in &rows {
            if self.hides_read && sections::is_all_read(row) && row.section != self.list.section {
                continue;
            }
            if hidden.is_none_or(|depth| row.depth <= depth) {
                hidden = self.is_folded(&row.section).then_some(row.depth);
                shown.push(row.clone());
            }
            if row.section == self.list.section {
                cursor = Some(shown.len() - 1);
            }
        }
        self.sections = shown;
        self.put_section_cursor(cursor.unwrap_or(self.section_cursor));
    }

    /// The page of the store that is open, or that the visited ones lead back to.
    pub(super) fn stored_page(&self) -> Option<&PageView> {
        self.visits.back.first().or(self.page.as_ref()).filter(|page| !is_unstored(page.article.id))
    }

    /// The reader as it should come back after a restart.
    pub fn session(&self) -> Session {
        // A search that is live is not kept, but where the reader was before it.
        let list = self.list.finding.as_ref().map_or(&self.list, |finding| &finding.before.list);
        let section = section_name(&list.section);
        let page = self.stored_page();
        let focus = match self.focus {
            Pane::Sections => "sections",
            Pane::List => "list",
            Pane::Page if page.is_none() => "list",
            Pane::Page => "page",
        };
        let selected = list.selected().map(|row| row.id.0);
        Session {
            section,
            folded: self.folded.iter().map(|folder| folder_name(folder)).collect(),
            order: list.order.name().to_owned(),
            article: page.map(|page| page.article.id.0).or(selected),
            focus: focus.to_owned(),
            page: page.filter(|page| page.opened).map(|page| page.place(true)),
            hides_recommended: !self.recommends,
            hides_read: self.hides_read,
            is_compact: Some(self.is_compact),
            sources_order: self.sources_order.name().to_owned(),
            sections_width: self.widths.sections,
            list_width: self.widths.list,
            undo: super::undo::kept(&self.undo),
        }
    }
}
