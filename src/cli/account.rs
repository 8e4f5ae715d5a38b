//! `gleaner account`: accounts on sync servers.

mod moving;

use std::io::{self, IsTerminal, Write};

use clap::Subcommand;
use serde::Serialize;

use super::account_names::{named, pending};
use super::error::{CliError, Exit};
use super::output::{Ink, StatusLine, stderr, stdout, write_json};
use super::setup::Setup;
use super::{clock, password, stores};
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::os::interrupt::Interrupt;
use crate::source::http::Secret;
use crate::store::{Account, Store};
use crate::sync::{SyncError, api};
use crate::work::sync::{self, NewLogin};

#[derive(Subcommand, Debug)]
pub(super) enum AccountCommand {
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

pub(super) const HELP: &str = "\
With an account Gleaner is a client of your own server: FreshRSS or another server with the Google Reader API, \
Miniflux, Tiny Tiny RSS or Fever. Its feeds are in a folder with the account's name, beside your local feeds. `gleaner \
sync` and the reader sync it.

`add` takes the address of the server's home page and finds out which API it has. The password comes from \
--password-command, or from a `[[sources]]` section of the configuration whose `of` is the server's host; otherwise \
you type it, or it is read from standard input. A typed password is stored in the file `account-passwords` in the data \
directory, which only you can read, and never in the store. FreshRSS, Miniflux and Fever have a separate password for \
the API: set it in the server's settings.

`subscribe` and `export` change the server's subscriptions and sync. An article that is in a local feed and in the \
account is stored once, so its marks apply to both. `import` turns the account's feeds into local ones; afterwards you \
can `remove` the account.

`remove` moves what is starred, watched, rated, tagged or noted to the source Saved. Nothing changes on the server.

--json prints an object a line: account, api, address, user, feeds, synced (null before the first sync), pending \
(changes that are not on the server yet), failures (in a row), failure, hint, held_until. `subscribe` and `export` \
print what `gleaner sync` prints, `import` one object: account, feeds, new.";

#[derive(Serialize)]
struct AccountJson<'a> {
    account: &'a str,
    api: &'a str,
    address: &'a str,
    user: &'a str,
    feeds: u64,
    synced: Option<String>,
    pending: usize,
    failures: u32,
    failure: Option<&'a str>,
    hint: Option<&'a str>,
    held_until: Option<String>,
}

pub(super) fn run(setup: &Setup, command: &AccountCommand, json: bool) -> anyhow::Result<Exit> {
    match command {
        AccountCommand::Add { address, user, name, api, password_command } => {
            let wanted = Wanted { address, user: user.as_deref(), name: name.as_deref(), api: api.as_deref() };
            add(setup, &wanted, password_command.as_deref(), json)
        }
        AccountCommand::List => list(setup, json),
        AccountCommand::Subscribe { account, address, title, folder } => {
            moving::subscribe(setup, account, address, (title.as_deref(), folder.as_deref()), json)
        }
        AccountCommand::Export { account } => moving::export(setup, account, json),
        AccountCommand::Import { account } => moving::import(setup, account, json),
        AccountCommand::Remove { account, all } => remove(setup, account, *all, json),
    }
}

struct Wanted<'a> {
    address: &'a str,
    user: Option<&'a str>,
    name: Option<&'a str>,
    api: Option<&'a str>,
}

fn add(setup: &Setup, wanted: &Wanted<'_>, command: Option<&str>, json: bool) -> anyhow::Result<Exit> {
    let settings = &setup.settings.fetch;
    let mut store = setup.store()?;
    if let Some(id) = wanted.api.filter(|id| api(id).is_none()) {
        let known: Vec<&str> = crate::sync::APIS.iter().map(|api| api.id()).collect();
        let hint = format!("it is one of {}", known.join(", "));
        return Err(CliError::usage(format!("there is no API `{}`", clean_line(id))).hint(hint).into());
    }
    let server = sync::find_server(wanted.address, wanted.api, settings).map_err(|error| told(&error))?;
    let host = url::Url::parse(&server.base).ok().and_then(|url| url.host_str().map(clean_line)).unwrap_or_default();
    if !json {
        writeln!(stderr(), "found the {} at {}", server.api.name(), clean_line(&server.base))?;
    }
    let user = match wanted.user {
        Some(user) => user.to_owned(),
        None => password::ask_line(&format!("user at {host}: "))?,
    };
    let name = wanted.name.map_or(host.clone(), clean_line);
    if name.is_empty() || name.contains('/') {
        return Err(CliError::usage("an account needs a name without a slash").into());
    }
    let secret = match command {
        Some(command) => Some(Secret::Command(crate::os::program::words(command).map_err(CliError::usage)?)),
        None if sync::has_configured_secret(&server.base, &name, settings) => None,
        None => Some(Secret::Plain(password::ask_secret(&format!("password of {} at {host}: ", clean_line(&user)))?)),
    };
    let login = NewLogin { user, name, secret };
    let account = sync::add(&mut store, &server, &login, settings, clock::now()).map_err(|error| told(&error))?;
    let mut out = stdout();
    if json {
        write_json(&json_line(&store, &account)?, &mut out)?;
    } else {
        writeln!(out, "added the account {}; `gleaner sync` fetches its articles", account.name)?;
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

fn told(error: &SyncError) -> CliError {
    CliError::failed(error.to_string()).hint(error.hint())
}

fn list(setup: &Setup, json: bool) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let all = store.accounts()?;
    let mut out = stdout();
    for one in &all {
        if json {
            write_json(&json_line(&store, one)?, &mut out)?;
            continue;
        }
        let health = &one.health;
        let name = setup.look.paint(Ink::Bold, &one.name);
        let api = api(&one.api).map_or(one.api.as_str(), |api| api.name());
        writeln!(out, "{name}: {api}, {} at {}", clean_line(&one.user), clean_line(&one.base))?;
        let synced = health.answered_at.map_or("not synced yet".to_owned(), |at| format!("synced {at}"));
        let waits = match pending(&store, one)? {
            0 => "nothing to push".to_owned(),
            n => format!("{} to push", plural(n as u64, "change")),
        };
        writeln!(out, "  {} · {synced} · {waits}", plural(health.feeds, "feed"))?;
        if let Some(until) = health.held_until.filter(|until| *until > clock::now()) {
            writeln!(out, "  the server asked us to wait until {until}")?;
        }
        if let Some(failure) = &health.failure {
            writeln!(out, "  failed: {failure}")?;
            writeln!(out, "  {}", setup.look.paint(Ink::Dim, health.hint.as_deref().unwrap_or_default()))?;
        }
    }
    if all.is_empty() && !json && io::stdout().is_terminal() {
        writeln!(out, "no accounts yet; `gleaner account add URL` adds one")?;
    }
    out.flush()?;
    store.close()?;
    Ok(Exit::Done)
}

fn json_line<'a>(store: &Store, one: &'a Account) -> anyhow::Result<AccountJson<'a>> {
    let time = |at: Option<crate::domain::time::Timestamp>| at.map(|at| at.to_string());
    Ok(AccountJson {
        account: &one.name,
        api: &one.api,
        address: &one.base,
        user: &one.user,
        feeds: one.health.feeds,
        synced: time(one.health.answered_at),
        pending: pending(store, one)?,
        failures: one.health.failures,
        failure: one.health.failure.as_deref(),
        hint: one.health.hint.as_deref(),
        held_until: time(one.health.held_until),
    })
}

#[derive(Serialize)]
struct RemovedAccountJson<'a> {
    account: &'a str,
    feeds: usize,
    articles: u64,
    shared: u64,
    kept: u64,
}

fn remove(setup: &Setup, name: &str, all: bool, json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_change()?;
    let account = named(&store, name)?;
    let interrupt = Interrupt::listen(store.breaker());
    let mut status = StatusLine::new();
    sync::forget_secret(store.path(), &account).map_err(|error| told(&error))?;
    let sources = store.forget_account(account.id, all)?;
    sync::forget_lock(store.path(), account.id);
    let (mut articles, mut shared, mut kept) = (0, 0, 0);
    for source in &sources {
        status.tell(&format!("removing, {} so far", plural(articles + shared + kept, "article")));
        if let Some(removed) = store.remove_source_by_id(*source, all, clock::now(), &mut |_| !interrupt.is_heard())? {
            articles += removed.articles;
            shared += removed.shared;
            kept += removed.kept;
        }
    }
    status.end();
    stores::tidy_up(&mut store, &interrupt)?;
    store.close()?;
    let mut out = stdout();
    let name: &CleanText = &account.name;
    if json {
        write_json(&RemovedAccountJson { account: name, feeds: sources.len(), articles, shared, kept }, &mut out)?;
    } else {
        let mut parts = vec![plural(sources.len() as u64, "feed"), plural(articles, "article")];
        parts.extend((kept > 0).then(|| format!("{kept} starred, watched, rated, tagged or noted kept in Saved")));
        parts.extend((shared > 0).then(|| format!("{shared} stay in other sources")));
        writeln!(out, "removed the account {name}: {}", parts.join(", "))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
