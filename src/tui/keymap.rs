//! Every action of the reader in one table, with its config name, keys and help line; help, palette, footer and README
//! come from it.

use super::geometry::Pane;
pub use super::key::Key;

/// The action of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    MoveDown,
    MoveUp,
    PageDown,
    PageUp,
    HalfDown,
    HalfUp,
    Top,
    Bottom,
    PaneLeft,
    PaneRight,
    PaneNext,
    PanePrevious,
    Enter,
    /// One step back, never out.
    Back,
    BackOrQuit,
    HistoryBack,
    HistoryForward,
    NextArticle,
    PreviousArticle,
    Next,
    Previous,
    GoComments,
    GoArticle,
    Changes,
    Spoilers,
    GoRelated,
    BarUp,
    BarDown,
    FloorUp,
    FloorDown,
    ToggleUnrated,
    MinVotes,
    OrderNext,
    OrderPrevious,
    ToggleFlat,
    NextSibling,
    PreviousSibling,
    GoParent,
    GoRoot,
    NextOpen,
    PreviousOpen,
    NextHigher,
    PreviousHigher,
    Fold,
    FoldAll,
    FoldRead,
    Hoist,
    Unhoist,
    Mute,
    Why,
    Statistics,
    ToggleStar,
    ToggleRead,
    ReadLater,
    Tags,
    Note,
    MarkAllRead,
    ListOrder,
    Undo,
    ToggleWatch,
    Rate,
    Links,
    Images,
    OpenBrowser,
    CopyLink,
    CopyComment,
    Search,
    FindInStore,
    SaveSearch,
    RemoveSearch,
    GoToDate,
    Palette,
    Help,
    Subscribe,
    EditSource,
    SourceUp,
    SourceDown,
    SourcesOrder,
    HideRead,
    CompactRows,
    Wider,
    Narrower,
    MarkAbove,
    MarkBelow,
    Fetch,
    RetryFailed,
    CancelFetch,
    Failures,
    FullText,
    Discussions,
    ToggleMouse,
    ToggleRecommended,
    Redraw,
    Suspend,
    Quit,
    Pipe,
    Pager,
    DeleteArticle,
    /// One of the reader's own commands, by its number.
    Own(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    Moving,
    Sources,
    Slider,
    Threads,
    Marks,
    Links,
    Fetching,
    Program,
}

impl Group {
    pub const ALL: [Group; 8] = [
        Group::Moving,
        Group::Sources,
        Group::Slider,
        Group::Threads,
        Group::Marks,
        Group::Links,
        Group::Fetching,
        Group::Program,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Group::Moving => "Moving",
            Group::Sources => "Sources and lists",
            Group::Slider => "The rank slider",
            Group::Threads => "Threads",
            Group::Marks => "Marks",
            Group::Links => "Links and copies",
            Group::Fetching => "Fetching",
            Group::Program => "The program",
        }
    }
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub action: Action,
    /// Its name in the config and the palette.
    pub name: &'static str,
    pub keys: &'static [&'static str],
    pub help: &'static str,
    pub group: Group,
}

const fn entry(action: Action, name: &'static str, keys: &'static [&'static str], help: &'static str, group: Group) -> Binding {
    Binding { action, name, keys, help, group }
}

#[rustfmt::skip]
pub const ACTIONS: &[Binding] = &[
    entry(Action::MoveDown, "move-down", &["j", "down"], "down a row or a paragraph", Group::Moving),
    entry(Action::MoveUp, "move-up", &["k", "up"], "up a row or a paragraph", Group::Moving),
    entry(Action::PageDown, "page-down", &["space", "pgdn"], "down a screen; at the end to the next unread", Group::Moving),
    entry(Action::PageUp, "page-up", &["b", "pgup"], "up a screen", Group::Moving),
    entry(Action::HalfDown, "half-page-down", &["ctrl-d"], "down half a screen", Group::Moving),
    entry(Action::HalfUp, "half-page-up", &["ctrl-u"], "up half a screen", Group::Moving),
    entry(Action::Top, "top", &["g", "home"], "to the beginning", Group::Moving),
    entry(Action::Bottom, "bottom", &["G", "end"], "to the end", Group::Moving),
    entry(Action::PaneLeft, "pane-left", &["h", "left"], "to the pane on the left", Group::Moving),
    entry(Action::PaneRight, "pane-right", &["l", "right"], "to the pane on the right", Group::Moving),
    entry(Action::PaneNext, "pane-next", &["tab"], "to the next pane", Group::Moving),
    entry(Action::PanePrevious, "pane-previous", &["backtab"], "to the pane before", Group::Moving),
    entry(Action::Enter, "enter", &["enter"], "open what is under the cursor; fold an open comment", Group::Moving),
    entry(Action::Back, "back", &["esc"], "back one step", Group::Moving),
    entry(Action::BackOrQuit, "quit-or-back", &["q"], "back one step; from the list or the sections, quit", Group::Moving),
    entry(Action::NextArticle, "next-article", &["J"], "the next article of the list", Group::Moving),
    entry(Action::PreviousArticle, "previous-article", &["K"], "the previous article", Group::Moving),
    entry(Action::Next, "next", &["n"], "the next hit, new comment or unread article", Group::Moving),
    entry(Action::Previous, "previous", &["N"], "the previous hit, new comment or unread article", Group::Moving),
    entry(Action::GoComments, "comments", &["c"], "to the comments; again: the next discussion", Group::Moving),
    entry(Action::GoArticle, "article", &["a"], "to the article's beginning", Group::Moving),
    entry(Action::Changes, "changes", &["e"], "what the last update of the article changed", Group::Moving),
    entry(Action::Spoilers, "spoilers", &["V"], "show or hide the spoilers of the paragraph or comment", Group::Moving),
    entry(Action::GoRelated, "related", &["r"], "to the related stories", Group::Moving),
    entry(Action::ListOrder, "list-order", &["L"], "the list's next order: newest, oldest, most discussed, best, most new, title, source", Group::Moving),
    entry(Action::Search, "search", &["/"], "search in the page, filter the list, find a source in the sections", Group::Moving),
    entry(Action::GoToDate, "date", &["d"], "the list from a date on: 2026-03-01, 2026-03, march, -30d, -6m", Group::Moving),
    entry(Action::FindInStore, "find", &["S"], "search the store: hits as you type; enter ranks them", Group::Moving),
    entry(Action::SaveSearch, "save-search", &["ctrl-s"], "save the search under a name, as a section", Group::Moving),
    entry(Action::Subscribe, "subscribe", &["+"], "in sections and list: add a feed by its address, a page, hn:top or a list file", Group::Sources),
    entry(Action::RemoveSearch, "remove", &["delete"], "unsubscribe from the source that the list shows, or remove the saved search", Group::Sources),
    entry(Action::EditSource, "edit-source", &["E"], "rename the source, move it, edit its address, full text, keep rules", Group::Sources),
    entry(Action::SourceUp, "source-up", &["alt-up"], "in the sections: the source one place up in your own order", Group::Sources),
    entry(Action::SourceDown, "source-down", &["alt-down"], "in the sections: one place down", Group::Sources),
    entry(Action::SourcesOrder, "sources-order", &["O"], "in the sections: your own order, by name, by unread", Group::Sources),
    entry(Action::HideRead, "hide-read", &["H"], "hide what is read, articles and sources, or show it again", Group::Sources),
    entry(Action::CompactRows, "compact-rows", &["C"], "one line an article, or two", Group::Sources),
    entry(Action::Wider, "wider", &[">"], "in sections and list: a wider pane", Group::Sources),
    entry(Action::Narrower, "narrower", &["<"], "in sections and list: a narrower pane", Group::Sources),
    entry(Action::BarUp, "bar-up", &["]", "+"], "raise the bar: fewer comments open", Group::Slider),
    entry(Action::BarDown, "bar-down", &["[", "-"], "lower the bar: more comments open", Group::Slider),
    entry(Action::FloorUp, "floor-up", &["}", "="], "raise the floor: more comments folded away", Group::Slider),
    entry(Action::FloorDown, "floor-down", &["{", "_"], "lower the floor: fewer comments folded away", Group::Slider),
    entry(Action::ToggleUnrated, "unrated", &["u"], "unrated comments: open, or as those below the bar", Group::Slider),
    entry(Action::MinVotes, "min-votes", &["v"], "the number of votes that a rank needs to count", Group::Slider),
    entry(Action::OrderNext, "order-next", &["o"], "the next order of the comments", Group::Slider),
    entry(Action::OrderPrevious, "order-previous", &["O"], "the previous order", Group::Slider),
    entry(Action::ToggleFlat, "flat", &["t"], "threads, or one flat list", Group::Slider),
    entry(Action::NextSibling, "next-sibling", &[")"], "the next comment on this level", Group::Threads),
    entry(Action::PreviousSibling, "previous-sibling", &["("], "the previous comment on this level", Group::Threads),
    entry(Action::GoParent, "parent", &["p"], "the comment that this one answers", Group::Threads),
    entry(Action::GoRoot, "root", &["P"], "the first comment of this thread", Group::Threads),
    entry(Action::NextOpen, "next-open", &["."], "the next open comment", Group::Threads),
    entry(Action::PreviousOpen, "previous-open", &[","], "the previous open comment", Group::Threads),
    entry(Action::NextHigher, "next-higher", &[], "the next open comment of higher rank", Group::Threads),
    entry(Action::PreviousHigher, "previous-higher", &[], "the previous open comment of higher rank", Group::Threads),
    entry(Action::Fold, "fold", &["z"], "fold or unfold the comment with its replies, or the folder", Group::Threads),
    entry(Action::FoldAll, "fold-all", &["Z"], "fold every thread to one line; again: all back to their ranks", Group::Threads),
    entry(Action::FoldRead, "fold-read", &["X"], "fold the threads that have no new comments", Group::Threads),
    entry(Action::Hoist, "hoist", &[">"], "show only the comment and its replies", Group::Threads),
    entry(Action::Unhoist, "unhoist", &["<"], "the whole page again", Group::Threads),
    entry(Action::Mute, "mute", &["M"], "mute or unmute the comment's author", Group::Threads),
    entry(Action::Why, "why", &["w"], "why this comment is open, a line or folded", Group::Threads),
    entry(Action::Statistics, "statistics", &["i"], "statistics of the discussion; in the sections, the source's health", Group::Threads),
    entry(Action::ToggleStar, "star", &["s"], "star or unstar the article", Group::Marks),
    entry(Action::ToggleRead, "read", &["m"], "mark the article read or unread", Group::Marks),
    entry(Action::ReadLater, "read-later", &["F"], "add the article to read later, or remove it", Group::Marks),
    entry(Action::Tags, "tags", &["T"], "type the article's tags; tab completes one", Group::Marks),
    entry(Action::Note, "note", &[";"], "write a note on the article", Group::Marks),
    entry(Action::MarkAllRead, "mark-all-read", &["A"], "mark all articles of the list read", Group::Marks),
    entry(Action::MarkAbove, "mark-above-read", &["("], "in the list: mark this article and those above read", Group::Marks),
    entry(Action::MarkBelow, "mark-below-read", &[")"], "in the list: mark this article and those below read", Group::Marks),
    entry(Action::DeleteArticle, "delete-article", &["#"], "delete the article for good, after a question", Group::Marks),
    entry(Action::ToggleWatch, "watch", &["W"], "watch the article's discussions", Group::Marks),
    entry(Action::Rate, "rate", &["*"], "then 0 to 5: your own rating of the comment or article", Group::Marks),
    entry(Action::Undo, "undo", &["U"], "undo the last mark, rating, edit or unsubscribing", Group::Marks),
    entry(Action::Links, "links", &["f"], "open a link on the screen by its number or letter; B before it: in the browser", Group::Links),
    entry(Action::HistoryBack, "history-back", &["alt-left", "ctrl-o"], "back to the page whose link led here, as q does", Group::Links),
    entry(Action::HistoryForward, "history-forward", &["alt-right"], "forward to the page that you came back from", Group::Links),
    entry(Action::Images, "images", &["I"], "show the images on the screen; again: only their captions", Group::Links),
    entry(Action::OpenBrowser, "browser", &["B"], "open the article or comment in the browser, or the link that could not be opened here", Group::Links),
    entry(Action::CopyLink, "copy-link", &["y"], "copy the address", Group::Links),
    entry(Action::CopyComment, "copy-comment", &["Y"], "copy the comment or paragraph as a Markdown quote", Group::Links),
    entry(Action::Pipe, "pipe", &["|"], "pipe the article or comment to a program: wc -w, json: jq .title", Group::Links),
    entry(Action::Pager, "pager", &["ctrl-p"], "show the article or comment in your pager", Group::Links),
    entry(Action::Fetch, "fetch", &["R"], "fetch the list's source or folder, or what is watched; else all", Group::Fetching),
    entry(Action::RetryFailed, "retry-failed", &["ctrl-r"], "fetch again what failed", Group::Fetching),
    entry(Action::CancelFetch, "cancel-fetch", &["ctrl-x"], "stop fetching", Group::Fetching),
    entry(Action::Discussions, "discussions", &["D"], "find the article's discussions and fetch them", Group::Fetching),
    entry(Action::Failures, "failures", &["!"], "what could not be fetched, why, and what to do", Group::Fetching),
    entry(Action::FullText, "full-text", &["x"], "the whole text from the article's own page", Group::Fetching),
    entry(Action::Palette, "palette", &[":"], "every action and source by name; also: rank 3.7, top 20", Group::Program),
    entry(Action::Help, "help", &["?"], "this help; / searches it", Group::Program),
    entry(Action::ToggleRecommended, "recommendations", &["F3"], "recommend articles, or stop", Group::Program),
    entry(Action::ToggleMouse, "mouse", &["F2"], "mouse on or off (off: the terminal's own selection)", Group::Program),
    entry(Action::Redraw, "redraw", &["ctrl-l"], "redraw the screen", Group::Program),
    entry(Action::Suspend, "suspend", &["ctrl-z"], "suspend to the shell (fg returns)", Group::Program),
    entry(Action::Quit, "quit", &["ctrl-c"], "quit from anywhere", Group::Program),
];

impl Action {
    pub fn entry(self) -> &'static Binding {
        // The table has every action (tested); the first line only stands in for the type.
        ACTIONS.iter().find(|entry| entry.action == self).unwrap_or(&ACTIONS[0])
    }

    pub fn from_name(name: &str) -> Option<Action> {
        ACTIONS.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }
}

/// In which panes an action has its keys. In these they come before those of an action that has them everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    Everywhere,
    /// In the sections and the list.
    Lists,
    Sections,
    List,
}

impl Scope {
    fn has(self, pane: Pane) -> bool {
        match self {
            Scope::Everywhere => true,
            Scope::Lists => pane != Pane::Page,
            Scope::Sections => pane == Pane::Sections,
            Scope::List => pane == Pane::List,
        }
    }
}

impl Action {
    pub fn scope(self) -> Scope {
        match self {
            Action::Subscribe
            | Action::EditSource
            | Action::HideRead
            | Action::CompactRows
            | Action::Wider
            | Action::Narrower => Scope::Lists,
            Action::SourceUp | Action::SourceDown | Action::SourcesOrder => Scope::Sections,
            Action::MarkAbove | Action::MarkBelow => Scope::List,
            _ => Scope::Everywhere,
        }
    }

    /// True if two actions may share a key: page actions leave their keys to the other panes.
    fn shares_keys_with(self, other: Action) -> bool {
        let is_of_page = |action: Action| {
            action.scope() == Scope::Everywhere && matches!(action.entry().group, Group::Slider | Group::Threads)
        };
        let (one, two) = (self.scope() != Scope::Everywhere, other.scope() != Scope::Everywhere);
        (one && is_of_page(other)) || (two && is_of_page(self))
    }
}

/// The keys and their actions.
#[derive(Clone, PartialEq, Debug)]
pub struct Keymap {
    bound: Vec<(Key, Action)>,
    /// The names of the reader's own commands.
    own: Vec<String>,
}

impl Default for Keymap {
    fn default() -> Keymap {
        let bound =
            ACTIONS.iter().flat_map(|entry| entry.keys.iter().filter_map(|key| Some((key.parse().ok()?, entry.action))));
        Keymap { bound: bound.collect(), own: Vec::new() }
    }
}

impl Keymap {
    /// The default with some actions given other keys. A key that two actions would get is an error naming both,
    /// unless the other action was given keys of its own; an action left without a key stays in the palette.
    pub fn with(changes: &[(Action, Vec<Key>)]) -> Result<Keymap, String> {
        let mut keymap = Keymap::default();
        keymap.bound.retain(|(_, action)| !changes.iter().any(|(changed, _)| changed == action));
        for (action, keys) in changes {
            for key in keys {
                let mut others = keymap.bound.iter().filter(|(bound, _)| bound == key).map(|(_, other)| *other);
                if let Some(other) = others.find(|other| other != action && !other.shares_keys_with(*action)) {
                    let (one, two) = (action.entry().name, other.entry().name);
                    return Err(format!("the key `{key}` is given to both `{one}` and `{two}`"));
                }
                keymap.bound.push((*key, *action));
            }
        }
        keymap.checked()
    }

    /// With the reader's own commands. Their keys are theirs: an action that had one keeps its others, and the palette.
    pub fn with_commands<'a>(mut self, commands: impl Iterator<Item = (&'a str, &'a [Key])>) -> Result<Keymap, String> {
        for (at, (name, keys)) in commands.enumerate() {
            let action = Action::Own(u8::try_from(at).unwrap_or(u8::MAX));
            for key in keys {
                let is_taken = |(bound, other): &(Key, Action)| bound == key && matches!(other, Action::Own(_));
                if let Some((_, Action::Own(other))) = self.bound.iter().find(|bound| is_taken(bound)) {
                    let other = self.own.get(usize::from(*other)).map_or("", String::as_str);
                    return Err(format!("the key `{key}` is given to both `{other}` and `{name}`"));
                }
                self.bound.retain(|(bound, _)| bound != key);
                self.bound.push((*key, action));
            }
            self.own.push(name.to_owned());
        }
        self.checked()
    }

    fn checked(self) -> Result<Keymap, String> {
        let quits = |action| self.keys(action).next().is_some();
        if !quits(Action::Quit) && !quits(Action::BackOrQuit) {
            return Err("neither `quit` nor `quit-or-back` has a key: there would be no way out".to_owned());
        }
        Ok(self)
    }

    fn name(&self, action: Action) -> &str {
        match action {
            Action::Own(at) => self.own.get(usize::from(at)).map_or("", String::as_str),
            action => action.entry().name,
        }
    }

    /// The reader's own commands by their names, with the action of each.
    pub fn own(&self) -> impl Iterator<Item = (&str, Action)> + '_ {
        self.own.iter().zip(0..).map(|(name, at)| (name.as_str(), Action::Own(at)))
    }

    /// The action of a key in a pane.
    pub fn look_up(&self, key: Key, pane: Pane) -> Option<Action> {
        let bound = self.bound.iter().filter(|(bound, _)| *bound == key).map(|(_, action)| *action);
        bound.filter(|action| action.scope().has(pane)).max_by_key(|action| action.scope() != Scope::Everywhere)
    }

    /// The action of a key as it was pressed: a letter of another script that is not bound itself stands for the Latin one
    /// on its key.
    pub fn action_of(&self, pressed: Key, pane: Pane) -> Option<Action> {
        self.look_up(pressed, pane).or_else(|| {
            let latin = super::keyboard::on_latin_keyboard(pressed.character()?)?;
            self.look_up(pressed.with_character(latin), pane)
        })
    }

    pub fn keys(&self, action: Action) -> impl Iterator<Item = Key> + '_ {
        self.bound.iter().filter(move |(_, bound)| *bound == action).map(|(key, _)| *key)
    }

    /// The first key of an action as text; its name where it has none.
    pub fn hint(&self, action: Action) -> String {
        self.keys(action).next().map_or_else(|| format!(":{}", self.name(action)), |key| key.to_string())
    }
}

#[cfg(test)]
mod tests;
