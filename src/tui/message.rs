//! Messages to the reader, and effects that it asks for. Both are closed enums; effects are data that tests compare.

use std::sync::Arc;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::domain::article::Source;
use crate::domain::notch::NotchInput;
use crate::domain::query::Query;
use crate::domain::rules::Rule;
use crate::domain::tag::Tag;
use crate::domain::text::CleanText;
use crate::domain::thread::CommentIdx;
use crate::source::http::PrivateOrigins;
use crate::store::subscriptions::{Change, Subscription, Try};
use crate::store::{
    ArticleId, By, DiscussionHead, DiscussionId, Found, Headline, LastComment, ListKey, ListOrder, ReadingPosition,
    Recommended, RelatedHit, SearchId, Section, SectionRow, Session, SliderMemory, SourceId, Stretch,
};
use crate::tui::commands::{OwnCommand, PipedItem};
use crate::tui::keymap::Key;
use crate::tui::theme::Rgb;
use crate::work::background::{FetchTarget, Report};
use crate::work::loading::{JudgedDiscussion, PreparedArticle};
use crate::work::pictures::Picture;
use crate::work::subscribing::{Answered, Typed};
use crate::work::visit::{VisitOrigin, Visited};

#[derive(Debug)]
pub enum Msg {
    Key(Key),
    Click {
        column: u16,
        row: u16,
    },
    Drag {
        column: u16,
    },
    Released,
    Wheel {
        column: u16,
        row: u16,
        down: bool,
    },
    Paste(String),
    Resize(u16, u16),
    /// The terminal's own colours.
    Colors {
        background: Rgb,
        text: Option<Rgb>,
    },
    Sections(Vec<SectionRow>),
    Headlines {
        stretch: Stretch,
        rows: Vec<Headline>,
        /// There are no more beyond them.
        is_last: bool,
    },
    /// The list may have more rows in memory than the screen waited for.
    FillList,
    /// None: nothing in the list is unread.
    NextUnread(Option<Box<Headline>>),
    /// None: it is no longer in the store.
    Article {
        article: Option<Box<PreparedArticle>>,
        place: Option<ReadingPosition>,
    },
    Discussion {
        judged: Box<JudgedDiscussion>,
        memory: Option<SliderMemory>,
    },
    /// The hits of a search of the store; none if it was stopped.
    Found(Option<Box<Found>>),
    /// The parts of an article in the library.
    Related {
        id: ArticleId,
        related: RelatedHit,
    },
    /// Recommended articles, for the list or for its count.
    Recommended {
        recommended: Vec<Recommended>,
        listed: bool,
    },
    /// The list takes longer than a key may: it comes by itself.
    Listing,
    /// How many unread articles saved searches find.
    Counted(Vec<(SearchId, u64)>),
    /// A source as it is, to be edited; and where the cursor was.
    Editing(Option<Box<Subscription>>),
    /// The outcome of adding a source.
    Subscribed(Box<Answered>),
    /// An article is so large that it is read beside the keys.
    ReadingArticle(ArticleId),
    /// The search of the page goes on.
    SearchPage,
    /// Another process changed the store, or a fetch.
    StoreChanged,
    /// Progress of a fetch.
    Fetch(Report),
    /// The discussions of an article, as the store has them now.
    Heads {
        article: ArticleId,
        heads: Vec<DiscussionHead>,
    },
    /// The headlines of those articles that are still in the store.
    Marks {
        of: Vec<ArticleId>,
        rows: Vec<Headline>,
    },
    /// The sources whose last try failed.
    Failing(Vec<Subscription>),
    Health {
        subscription: Option<Box<Subscription>>,
        tries: Vec<Try>,
    },
    /// One headline as it is now.
    Headline(Box<Headline>),
    /// An article that is no longer in the store.
    Gone(ArticleId),
    MarkedRead(Vec<ArticleId>),
    MarkedUnread(usize),
    /// Many articles are being marked; so many are by now.
    Marking {
        marked: usize,
        read: bool,
    },
    /// The keep rules let articles go; so many by now.
    Cleaning {
        removed: u64,
        is_over: bool,
    },
    Picture(Box<Picture>),
    /// The target of a link, and the position that the slider was left at for the site of each discussion.
    Visited {
        visited: Box<Visited>,
        memories: Vec<Option<SliderMemory>>,
    },
    /// A page that was only visited is stored now, and starred.
    VisitKept {
        was: ArticleId,
        id: ArticleId,
        heads: Vec<DiscussionHead>,
    },
    /// A program has ended, with what it wrote where that is to be shown.
    CommandEnded {
        name: String,
        output: Option<Vec<u8>>,
    },
    /// The rules that the store holds.
    Rules(Vec<Rule>),
    /// The address of the article that was asked for; to be copied, or opened.
    Address {
        address: Option<String>,
        copies: bool,
    },
    /// Told in the footer until the next key.
    Said(String),
    Failed(String),
}

impl Msg {
    /// None for what no pane has a use for.
    pub(super) fn of_mouse(MouseEvent { kind, column, row, .. }: MouseEvent) -> Option<Msg> {
        Some(match kind {
            MouseEventKind::Down(MouseButton::Left) => Msg::Click { column, row },
            MouseEventKind::Drag(MouseButton::Left) => Msg::Drag { column },
            MouseEventKind::Up(_) => Msg::Released,
            MouseEventKind::ScrollDown => Msg::Wheel { column, row, down: true },
            MouseEventKind::ScrollUp => Msg::Wheel { column, row, down: false },
            _ => return None,
        })
    }
}

/// Changes that can be undone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mark {
    Read(bool),
    Starred(bool),
    Watched(bool),
    Rated(u8),
    /// All tags of an article, "read later" among them.
    Tags(Vec<Tag>),
    Note(Option<CleanText>),
}

/// Articles of a list by time that are marked as a whole.
#[derive(Clone, PartialEq, Debug)]
pub struct MarkRange {
    pub section: Section,
    pub filter: Query,
    /// As it was typed.
    pub filter_text: String,
    /// Only articles older than this, if any.
    pub after: Option<ListKey>,
    /// Only articles newer than this, if any.
    pub until: Option<ListKey>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Work that need not be done before the key's frame: done in this order once the frame is drawn.
    Afterwards(Vec<Effect>),
    LoadSections,
    /// The same if anything has changed since.
    RenewSections,
    LoadHeadlines {
        section: Section,
        filter: Query,
        order: ListOrder,
        stretch: Stretch,
        limit: usize,
    },
    /// Once the frame is drawn: comes back as a message, since what is wanted may be another thing by then.
    FillList,
    /// The first unread article beyond a row of the list, else around its end.
    LoadNextUnread {
        section: Section,
        filter: Query,
        key: ListKey,
        forward: bool,
    },
    Find {
        query: Query,
        by: By,
        limit: usize,
    },
    /// Nobody waits for hits any more.
    StopFinding,
    SaveSearch {
        name: CleanText,
        query: String,
    },
    RemoveSearch(SearchId),
    CountSearches,
    /// The parts of an article in the library.
    Relate(ArticleId),
    Recommend,
    /// The reader came to the end of its text.
    SetFinished(ArticleId),
    LoadHeadline(ArticleId),
    LoadMarks(Vec<ArticleId>),
    LoadArticle(ArticleId),
    LoadAddress {
        article: ArticleId,
        copies: bool,
    },
    /// `comments` tells whether it is worth a thread of its own.
    LoadDiscussion {
        id: DiscussionId,
        comments: u32,
        source: Source,
        place: String,
    },
    SetMark {
        ids: Vec<ArticleId>,
        mark: Mark,
    },
    /// Marks the unread articles of a range read, and those with these ids.
    MarkRange {
        range: Box<MarkRange>,
        ids: Vec<ArticleId>,
    },
    StopMarking,
    StopCleaning,
    RateComment {
        discussion: DiscussionId,
        comment: Box<str>,
        rating: u8,
    },
    /// The page was left: all of the discussion has been seen.
    MarkSeen(DiscussionId, LastComment),
    /// New comments that were scrolled past.
    MarkPassed {
        discussion: DiscussionId,
        comments: Vec<CommentIdx>,
    },
    LoadRules,
    SetRule(Rule),
    RemoveRule(CleanText),
    SaveSlider {
        source: Source,
        place: String,
        memory: SliderMemory,
    },
    SavePlace {
        article: ArticleId,
        place: ReadingPosition,
    },
    /// So that even a program that is killed comes back to the page.
    SaveSession(Box<Session>),
    /// Finds what an address leads to, and subscribes to it.
    Subscribe(Typed),
    LoadSource(SourceId),
    ChangeSource {
        source: SourceId,
        change: Change,
    },
    SwapSources(SourceId, SourceId),
    Unsubscribe(SourceId),
    SubscribeAgain(SourceId),
    Fetch(FetchTarget),
    CancelFetch,
    /// Fetch an article's discussions, with `find` also those that places know of.
    Discuss {
        article: ArticleId,
        find: bool,
    },
    LoadHeads(ArticleId),
    /// Asks for the order of the answers to these comments.
    FindOrder {
        article: ArticleId,
        discussion: DiscussionId,
        comments: Vec<Box<str>>,
    },
    /// An image, to be drawn in so much room.
    LoadPicture {
        address: String,
        columns: u16,
        rows: u16,
    },
    /// Gives an article or comment to a program.
    RunCommand {
        command: Box<OwnCommand>,
        item: PipedItem,
    },
    DeleteArticle(ArticleId),
    LoadFailing,
    LoadHealth(SourceId),
    OpenAddress(String),
    OpenRecording(String),
    /// `what` names the text in the message.
    Copy {
        text: String,
        what: String,
    },
    OpenDocument(String),
    /// Opens a link in place; `of` is the stored article that names it.
    Visit {
        address: String,
        of: Option<ArticleId>,
        private: PrivateOrigins,
    },
    StopVisit,
    /// Stores and stars a page that was only visited.
    KeepVisited {
        id: ArticleId,
        origin: Arc<VisitOrigin>,
    },
    SetMouse(bool),
    SetTitle(String),
    Redraw,
    Suspend,
    Quit,
}

/// A typed command that is not an action's name.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TypedCommand {
    Bar(NotchInput),
    Floor(NotchInput),
}

impl TypedCommand {
    /// `rank 3.7`, `floor 2`, `top 20`, `rank off`; none for what is no such command.
    pub fn parse(text: &str) -> Option<Result<TypedCommand, String>> {
        let (name, value) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        let value = value.trim();
        let notch = || value.parse::<NotchInput>().map_err(|error| format!("{name}: {error}"));
        Some(match name {
            "rank" | "bar" => notch().map(TypedCommand::Bar),
            "floor" => notch().map(TypedCommand::Floor),
            "top" => {
                let share = format!("{}%", value.trim_end_matches('%').trim_end()).parse();
                share.map(TypedCommand::Bar).map_err(|_| "top: not a percentage such as 20".to_owned())
            }
            _ => return None,
        })
    }
}
