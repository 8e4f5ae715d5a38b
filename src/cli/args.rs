//! The arguments, as clap reads them. What they mean is in the file of each command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::store::{By, ListOrder, RANKED};

use super::account::AccountCommand;
use super::globals::Globals;
use super::mark::MarkAs;
use super::rules::RulesCommand;
use super::searches::SearchesCommand;
use super::show::options::{self as show_options, ShowOptions};

/// A terminal reader for news and the discussion under it.
///
/// Alone it opens the reader on the store; with files it opens them without storing them (`-` reads standard input).
#[derive(Parser, Debug, Default)]
#[command(
    name = "gleaner",
    version,
    disable_help_subcommand = true,
    after_help = "\
Exit: 0 done, 1 failed, 2 wrong usage or configuration, 130 stopped by a signal.
`gleaner COMMAND --help` has the details, with the names in its JSON. An empty list prints nothing, also with --json."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Pages to open without storing them
    #[arg(value_name = "FILE|-")]
    pub(super) files: Vec<OsString>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Subscribe to a feed, or to the feed of a page
    #[command(after_help = super::add::HELP)]
    Add {
        /// A feed's address, or that of a page that has one
        #[arg(value_name = "URL")]
        address: String,
        /// Title to show instead of the feed's own
        #[arg(long, value_name = "TITLE")]
        title: Option<String>,
        /// Folder; a slash separates nested folders: `Science/Physics`
        #[arg(long, value_name = "FOLDER")]
        folder: Option<String>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Fetch the sources that are due, or the ones named
    #[command(after_help = super::fetch::HELP)]
    Fetch {
        /// A title, an address, a folder or an id
        #[arg(value_name = "SOURCE")]
        sources: Vec<String>,
        /// Fetch all sources, due or not
        #[arg(long, conflicts_with = "sources")]
        all: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// List, add and remove accounts on sync servers
    #[command(after_help = super::account::HELP)]
    Account {
        #[command(subcommand)]
        command: AccountCommand,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Sync accounts with their servers
    #[command(after_help = super::sync::HELP)]
    Sync {
        /// Names of accounts
        #[arg(value_name = "ACCOUNT")]
        accounts: Vec<String>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Find and fetch the discussions of an article
    #[command(after_help = super::discussions::HELP)]
    Discussions {
        /// An article's id
        #[arg(value_name = "ID")]
        id: i64,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Print the subscriptions as OPML, for other readers
    #[command(after_help = super::opml::HELP)]
    Opml,
    /// Print articles with all that the store knows about them, as JSON lines for `import`, or as text
    #[command(after_help = super::export::HELP)]
    Export {
        /// Ids, or a query as for `list` [default: all articles]
        #[arg(value_name = "ID|QUERY")]
        what: Vec<String>,
        /// Print each page with its comments as Markdown
        #[arg(long, conflicts_with_all = ["html", "json"])]
        markdown: bool,
        /// Print all of them as one HTML page
        #[arg(long, conflicts_with = "json")]
        html: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// List the subscriptions and their state
    #[command(after_help = super::sources::HELP)]
    Sources {
        /// A title, an address, a folder or an id
        #[arg(value_name = "SOURCE")]
        sources: Vec<String>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Store pages from files: page dumps, HTML, Markdown, text, feeds, saved discussions, JSON lines, subscriptions, folders
    #[command(after_help = "\
JSON lines are articles, an object a line with any number of: id, title, url, author, date (seconds since 1970 or RFC \
3339), html or text, source, tags. Output of `gleaner export` is restored exactly; for an article that you already \
have, only marks that were made later than yours are applied.
Importing a file again only updates ranks, new comments and edits.
Lists of subscriptions: sources on this machine or its network (http://127.0.0.1/, http://nas.local/) need a \
confirmation on the terminal or --allow-private, programs and files (`exec:`, `filter:`, `file:`) a confirmation or \
--allow-programs; otherwise they are left out and listed. Passwords in addresses move to the configuration. Query \
feeds of newsboat become saved searches. newsboat's `cache.db` is imported with what was read, deleted and flagged (a \
star; of several letters each is also a tag).
Exit is 0 if anything could be read, 1 otherwise.

--json prints an object a line for each file: path, outcome (\"imported\", \"updated\", \"unchanged\" or \"skipped\"), \
format, articles (ids), subscriptions (new ones of a list), comments, new_comments, changed_ranks, edits, reason (for \
a skipped file), notes; for JSON lines stored (a number of articles) instead of the ids.")]
    Import {
        /// Files and folders, or `-` for standard input
        #[arg(required = true, value_name = "PATH|-")]
        paths: Vec<OsString>,
        /// Also subscribe to addresses in lists that are inside this machine or its network
        #[arg(long)]
        allow_private: bool,
        /// Also subscribe to programs (`exec:`, `filter:`) and files in lists
        #[arg(long)]
        allow_programs: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// List articles, newest first
    #[command(after_help = "\
A query has words and \"phrases\", -not, OR, cyber*, source: (or from:), author:, title:, \
is:unread|read|starred|watched|new|later, tag:, note:, has:comments|tags|note, comments:>50, rank:>=4, \
after:2026-01-01, before:, in:comments. Put `--` before a query that begins with a dash.
Columns: id, unread (●) and starred (★), date, source, comments (+ new ones), title. An article without a date has the \
date when it was first stored.

--json prints an object a line: id, title, source, published, read, starred, watched, own_rating, comments (number \
stored), new_comments, tags, note (null without one), points (the highest on any site, or null), told (number of \
comments by the sites' own count); with --recommended also because.")]
    List {
        /// Words to search for; without them all articles
        #[arg(value_name = "QUERY")]
        query: Vec<String>,
        #[arg(long, value_name = "ORDER", default_value = "newest", value_parser = list_order, help = list_orders())]
        order: ListOrder,
        /// List unread articles similar to those you starred, rated 4 or 5, or read to the end: best first, with the reason
        #[arg(long, conflicts_with = "order")]
        recommended: bool,
        /// Maximum number; 0 for all [default: 50 on a terminal, else all]
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Search the articles, or with `in:comments` the comments
    #[command(after_help = "\
The query language is that of `gleaner list`: words match as a whole, ignoring case and accents, `cyber*` matches the \
beginning of a word, \"two words\" a phrase; in Chinese, Japanese and Korean any part of a sentence matches. Put `--` \
before a query that begins with a dash.
The best hits come first: words in the title count most, and newer articles count more. If a word is too common, only \
the newest thousand hits are ranked, and the last line says so.

--json prints an object a line: as `list`, and title_marks, excerpt, marks ([from, to] in characters), comment (null, \
or id, author, posted).")]
    Search {
        /// Words to search for
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
        /// Order: fit, the best first; date, the newest first
        #[arg(long, value_name = "ORDER", default_value = "fit", value_parser = search_order)]
        by: By,
        /// Maximum number; 0 for all
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// List, add, edit and remove your saved searches
    #[command(after_help = "\
A saved search is a section in the reader. Put `--` before a query that begins with a dash.

--json prints an object a line: name, query; the same for one that was added, edited or removed.")]
    Searches {
        #[command(subcommand)]
        command: Option<SearchesCommand>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Remove articles by the keep rules of the configuration
    #[command(after_help = super::clean::HELP)]
    Clean {
        /// Only show what would be removed
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Back up the store to a file, even while it is in use
    #[command(
        after_help = "`gleaner restore FILE` restores it.\n\nThe file gets its name once it is complete and checked. An existing file is never replaced.\n\n--json prints one object: file, bytes, articles."
    )]
    Backup {
        /// New file to write
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Replace the store with a backup; the old store is kept beside it
    #[command(
        after_help = "No other gleaner may have the store open.\n\n--json prints one object: file, articles, kept (the path of the old store, or null)."
    )]
    Restore {
        /// A file that `gleaner backup` wrote
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Print a page in reading order: article, related stories, comments
    #[command(after_help = show_options::HELP)]
    Show {
        /// An article's id, a file, or `-` for standard input
        #[arg(value_name = "ID|FILE|-")]
        what: OsString,
        #[command(flatten)]
        wish: ShowOptions,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Mark articles, by id or by query
    #[command(after_help = "--json prints one object: mark, matched, changed.")]
    Mark {
        /// Their new state
        #[arg(value_enum)]
        mark: MarkAs,
        /// Ids, or a query as for `list`
        #[arg(required = true, value_name = "ID|QUERY")]
        what: Vec<String>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Delete articles for good, by id; fetches do not bring them back
    #[command(after_help = "--json prints one object: deleted.")]
    Delete {
        /// Ids of articles
        #[arg(required = true, value_name = "ID")]
        ids: Vec<i64>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Give an article or a comment your own rating
    #[command(after_help = "\
`gleaner show ID --json` prints the ids of comments. Your rating does not change the site's ranks.

--json prints one object: id, comment (null for the article), rating.")]
    Rate {
        /// An article, or a comment of it as `ID#COMMENT`
        #[arg(value_name = "ID[#COMMENT]")]
        what: String,
        /// 1 to 5; 0 removes the rating
        #[arg(value_parser = clap::value_parser!(u8).range(0..=5))]
        rating: u8,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Tag articles, remove tags, or list them
    #[command(after_help = super::tag::TAG_HELP)]
    Tag {
        /// Ids of articles, then tags
        #[arg(value_name = "ID|TAG")]
        words: Vec<String>,
        /// Remove these tags
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Write a note on an article, or print it
    #[command(after_help = super::tag::NOTE_HELP)]
    Note {
        /// An article's id
        #[arg(value_name = "ID")]
        id: i64,
        /// The note, or `-` for standard input
        #[arg(value_name = "TEXT|-")]
        text: Vec<String>,
        /// Remove the note
        #[arg(long, conflicts_with = "text")]
        remove: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Change a subscription: title, folder, address, full text, user agent, keep rules
    #[command(after_help = super::edit::HELP)]
    Edit {
        /// A title, an address or an id
        #[arg(value_name = "SOURCE")]
        source: String,
        #[command(flatten)]
        options: super::edit::EditOptions,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Remove a source and the articles that only it has
    #[command(after_help = "\
Articles that are starred, watched, rated, tagged or noted, or have a rated comment, move to the source Saved; --all \
removes them, too. Articles that another source has stay there. `gleaner remove welcome` removes the welcome edition \
for good.

--json prints one object: source, articles (number removed), shared (number that stay in other sources), kept (number \
moved to Saved).")]
    Remove {
        /// A title, an address or an id
        #[arg(value_name = "SOURCE")]
        source: String,
        /// Remove starred, watched, rated, tagged and noted articles, too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// List, add, edit and remove your score rules
    #[command(after_help = super::rules::HELP)]
    Rules {
        #[command(subcommand)]
        command: Option<RulesCommand>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Check the store, the configuration and the terminal
    #[command(after_help = "\
Exit is 1 if something is wrong.

--json prints an object a line: ok (null for plain information), about, text.")]
    Doctor {
        /// Check only the store's tables, not the search index or the counts
        #[arg(long)]
        quick: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Print the settings in use
    #[command(
        after_help = "--json prints one object with the sections and keys of the file; with --path one with: path, exists."
    )]
    Config {
        /// Print only the path of the file
        #[arg(long, conflicts_with = "default")]
        path: bool,
        /// Print the commented default file
        #[arg(long, conflicts_with = "json")]
        default: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Print a completion script for a shell
    Completions {
        /// Shell to write it for
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a man page
    #[command(after_help = "`gleaner man | man -l -` shows the page; `gleaner man COMMAND` prints the page of a command.")]
    Man {
        /// Command to describe [default: the program]
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
        /// Write all pages into this directory, for packages
        #[arg(long, value_name = "DIR", conflicts_with = "command")]
        dir: Option<PathBuf>,
    },
}

#[derive(Args, Debug)]
pub(super) struct JsonFlag {
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
}

fn search_order(name: &str) -> Result<By, String> {
    match name {
        "fit" => Ok(By::Fit),
        "date" => Ok(By::Date),
        _ => Err("known: fit, date".to_owned()),
    }
}

fn list_orders() -> String {
    let names = ListOrder::ALL.map(ListOrder::name).join(", ");
    format!("{names}; all but newest and oldest sort the newest {RANKED}")
}

fn list_order(name: &str) -> Result<ListOrder, String> {
    let known: Vec<&str> = ListOrder::ALL.into_iter().map(ListOrder::name).collect();
    ListOrder::from_name(name).ok_or_else(|| format!("known: {}", known.join(", ")))
}

#[cfg(test)]
mod tests;
