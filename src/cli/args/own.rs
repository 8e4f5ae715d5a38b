//! Commands for the reader's saved searches, score rules and accounts, and the marks of articles.

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::rules::verdict;
use crate::domain::rules::Verdict;

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum SearchesCommand {
    /// Save a search
    Add {
        name: String,
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
    },
    /// Change the query of a saved search
    Edit {
        name: String,
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
    },
    /// Remove a saved search
    Remove { name: String },
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum RulesCommand {
    /// Make a rule
    Add {
        name: String,
        /// lift, shrink or mute
        #[arg(value_name = "DOES", value_parser = verdict)]
        does: Verdict,
        #[command(flatten)]
        conditions: ConditionArgs,
    },
    /// Change a rule: given options replace its own; an empty word or a 0 removes a condition
    Edit {
        name: String,
        /// lift, shrink or mute
        #[arg(long, value_name = "DOES", value_parser = verdict)]
        does: Option<Verdict>,
        #[command(flatten)]
        conditions: ConditionArgs,
    },
    /// Remove a rule
    Remove { name: String },
}

/// All given conditions must hold.
#[derive(Args, Debug)]
pub(in crate::cli) struct ConditionArgs {
    /// The author's whole name, in any case
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) author: Option<String>,
    /// A word or phrase of the text; repeat the option to match any of several
    #[arg(long, value_name = "WORDS")]
    pub(in crate::cli) words: Vec<String>,
    /// A part of the site's name, such as `lobsters`
    #[arg(long, value_name = "SITE")]
    pub(in crate::cli) site: Option<String>,
    /// The name of `--site` in earlier versions
    #[arg(long, value_name = "SITE", hide = true, conflicts_with = "site")]
    pub(in crate::cli) place: Option<String>,
    /// More words than this
    #[arg(long, value_name = "N")]
    pub(in crate::cli) longer: Option<u32>,
    /// Fewer words than this
    #[arg(long, value_name = "N")]
    pub(in crate::cli) shorter: Option<u32>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum MarkAs {
    Read,
    Unread,
    Star,
    Unstar,
    Watch,
    Unwatch,
    /// To be read later
    Later,
    /// No longer to be read later
    NotLater,
}

#[derive(Subcommand, Debug)]
pub(in crate::cli) enum AccountCommand {
    /// Add an account
    Add {
        /// The address of the server
        #[arg(value_name = "URL")]
        address: String,
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// Name to show, and to call it by [default: the server's host]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Look only for this API: miniflux, google-reader, tt-rss, fever
        #[arg(long, value_name = "API")]
        api: Option<String>,
        /// A command that prints the password on its first line: `pass show reader`
        #[arg(long, value_name = "COMMAND")]
        password_command: Option<String>,
    },
    /// List the accounts and their state
    List,
    /// Subscribe to a feed at the server of an account
    Subscribe {
        /// Its name
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// The address of the feed
        #[arg(value_name = "URL")]
        address: String,
        /// Title to show instead of the feed's own
        #[arg(long, value_name = "TITLE")]
        title: Option<String>,
        /// Folder at the server
        #[arg(long, value_name = "FOLDER")]
        folder: Option<String>,
    },
    /// Subscribe at the server to all local feeds; what is read and starred follows
    Export {
        /// Its name
        #[arg(value_name = "ACCOUNT")]
        account: String,
    },
    /// Make local feeds of all feeds of an account
    Import {
        /// Its name
        #[arg(value_name = "ACCOUNT")]
        account: String,
    },
    /// Remove an account with its feeds, here only
    Remove {
        /// Its name
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// Remove starred, watched, rated, tagged and noted articles, too
        #[arg(long)]
        all: bool,
    },
}
