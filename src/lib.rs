//! Gleaner: a terminal reader for news *and the discussion under it*.
//!
//! It keeps articles and their comments in a local store, shows a list pane and a reading pane, draws comments as
//! threads, and has a rank slider that leaves the comments worth reading open and shrinks the rest, live, with counts.
//!
//! # The map of the house
//!
//! | room | what it knows | what it does not |
//! |---|---|---|
//! | [`domain`] | what news *is*: text, time, articles, threads, ranks, the slider, queries | files, clocks, terminals, serde |
//! | [`format`](mod@format) | foreign formats to the domain: bytes in, domain out | I/O; it never fails on content |
//! | [`source`] | addresses to bytes or named failures: HTTP, redirects, rate limits | what the bytes mean, where they are kept |
//! | [`site`] | the sites where people discuss, a module for each: their addresses, files and feeds, what is asked to have a discussion whole | I/O, terminals, how anything is stored |
//! | [`sync`] | the APIs of sync servers: their requests, answers, sessions and limits | I/O, what is stored, when to sync |
//! | [`store`] | one SQLite file: articles, discussions, the reader's state | where pages come from, how they look |
//! | [`os`] | files written whole, other programs run apart from the terminal | what they are for |
//! | [`work`] | jobs off the terminal thread | what their results are for |
//! | [`tui`] | the reader: model, update, effects, screens, terminal | argv, TOML, the environment |
//! | [`config`] | TOML to each room's settings | the rest of the program |
//! | `fuzz` | the entry points of fuzzers; a part of tests only | how they are run |
//! | [`cli`] | argv, environment, directories, wiring; a file per command | how anything is stored or drawn |
//!
//! A page takes one way: bytes → [`site::read`] → [`domain::article::Page`] → [`store::Store::save`]; and out again
//! [`store::Store::article`] and [`store::Store::discussion`] → the reading pane's elements → the screen.
//! A key takes one way: terminal → [`tui::message::Msg`] → [`tui::update::update`] → [`tui::message::Effect`] → the
//! shell, which asks the store and passes its answers back as messages, then draws once; what it saves it saves then.
//!
//! # Invariants
//!
//! `tests/architecture.rs` enforces those that can be read off the source.
//!
//! 1. Arrows point down and may skip levels: main → cli → {config, tui} → work → store → {site, sync} → source → {format, os} → domain. No
//!    circle. Only `main` imports `cli`, only `cli` imports `config`.
//! 2. `domain` imports only `std` and the crates that measure text. A clock, a zone come in as values. `format` does no
//!    I/O; odd input gives odd values and a note, and only what cannot be read at all is an error.
//! 3. One thread owns the terminal, for reading and for drawing. [`tui::update::update`] alone changes the model; what
//!    draws only reads. Messages, actions, effects and jobs are closed enums, and effects can be compared. No lock
//!    stands around the state.
//! 4. Each job carries a ticket; an answer that nobody waits for is dropped in one place, [`work::Awaited`].
//! 5. serde derives stand where a wire or disk format is, never in `domain`.
//! 6. Every foreign word passes [`domain::text::clean`] or a sibling of it, after entities are decoded. There is no
//!    other way to make a [`domain::text::CleanText`].
//! 7. Waiting is one `poll` over the terminal, a wake pipe and the next deadline. With nothing due the program sleeps.
//!    Workers and signals write to the pipe; the bytes of the keyboard are read and decoded by
//!    [`tui::terminal`] itself, since a reader that waits by itself spins on a dead terminal and blocks inside a
//!    sequence that was cut in two. A hang-up saves, restores and ends. An answer of the store shows in the frame of
//!    the key that asked for it; what a key only saves, what it has no more use for, and the rows of a list beyond the
//!    screen's wait until that frame is drawn; changes by other copies of the program are looked for at each event.
//!    All that a key asks of the store is asked of one moment of it.
//! 8. `unwrap` is denied outside tests. A panic restores the terminal and says where the log is.
//!
//! # Where simple things were chosen
//!
//! - The cursor of the reading pane goes by paragraphs and comments; what is taller than the screen scrolls by lines.
//! - A comment folded by hand is a line that tells how many it hides; it gets no row of its own for them.
//! - A comment is new if it came after its page was last left; on a first visit nothing is.
//! - Bare words in the list's filter are looked for in titles, so that each key is answered at once.
//! - Frames are compared with what the terminal shows, and written, by [`tui::terminal`] itself: that is most of a key's
//!   time, and ratatui's own way takes twice as long.
//! - The slider is remembered, and comments count as seen, when the page is left, however it is left.
//! - What came while a list is shown is a count, `▴ 17 new`, and in the list once the reader goes to its top or asks for
//!   it anew (another section, order or filter). An empty list fills by itself until the next key.
//! - While a fetch is under way its changes are shown four times a second; the terminal thread only sends orders to it.
//! - A search of the store takes the place of the list and is not kept over a restart; the section under it is. While a
//!   word is typed it is the beginning of one; on Enter it is whole, if it is anywhere.
//! - With `in:comments`, `after:` and `before:` are about the comment, by when it was posted, else when it came.
//! - Articles of the library are related by two or more of the rarest words of title and beginning, and stand behind the
//!   related stories that the page tells itself; these lead to the stored article where there is one.
//! - Recommended is what is like the last ten starred, rated with 4 or 5, and read to their end, of each kind; none of it has
//!   been read. It is looked for when the section is gone to, and counted after each such mark. Who steps to the last paragraph
//!   of a text of eighty words or more has read it to its end.
//! - A filter that has no answer within a hundredth of a second is answered beside the keys, the list staying as it is meanwhile.
//! - Of words in more than ten thousand texts the newest three hundred hits are ranked, by what their texts say: FTS5 would count
//!   them all before it ranks the first.
//! - What is exported is the store's own rows by their columns, so that nothing is lost between two stores; an article
//!   that is there already gets only marks when lines are taken back, of each the one that was made later.
//! - What failed is what the store says failed at the last try, however long ago; retrying asks for all of it.
//! - A front page is a source whose address names it (`hn:top`), also in lists of subscriptions: no feed tells its order and
//!   figures. What has left it stays an article of the source; its order is of what stands there now, wherever it came from.
//! - A watched article is refreshed after an eighth of the time since its last comment, see [`work::watch`]; none that has no
//!   discussion yet is looked up for that. A discussion that comes for the first time has no new comments.
//! - Where a place can tell that nothing came since all was fetched, that is all it is asked ([`site::fetch::Since`]). An
//!   edit or a vote that changes no count is seen when six hours have passed since, and all is fetched again.
//! - What is lost or cut off on its way is asked for again, twice at the most, and what did not come in time or met trouble
//!   at its place, once; what a place refuses is not. Four such waits in a row are enough of a host. When a host may be asked
//!   again is known to all that ask.
//! - Of a post that several instances of Lemmy share one discussion is fetched: where it was before, else at the first of them.
//! - The whole order of answers at Hacker News is asked for in the background when a discussion is opened, once in a session,
//!   and by `gleaner discussions`; until it is here, places are estimates.
//! - The command that is told of new comments is told of an article once more only when it has ended.
//! - The reader fetches what is due by itself, and says nothing of that but what it brought.
//! - Of an article one earlier form is kept, the one before its last edit; what changed is told by paragraphs.
//! - What was ignored or cleaned away is known by its entry in the feed, and stays away when the rules change.
//! - A page that a link led to is kept in memory with all that is on it, up to fifty of them: going back needs no reading.
//!   It has an id below zero, and nothing about it is asked of the store. Starring it stores it.
//! - Pages opened from files without storing live in a store in memory; nothing else knows the difference.
//! - The terminal is known by its variables and never asked what images it can show: its answers would come between the
//!   keys. Images of comments are captions; files of images are kept in memory for the session.
//! - The welcome edition is laid into a store that is empty on the reader's first run, and never again.
//! - The terminal is waited for with Unix means; the rest keeps no system out.
pub mod cli;
pub mod config;
pub mod domain;
pub mod format;
#[cfg(all(unix, any(test, fuzzing)))]
pub mod fuzz;
pub mod os;
pub mod site;
pub mod source;
pub mod store;
pub mod sync;
pub mod tui;
pub mod work;
