//! `gleaner account`: accounts on sync servers.

mod moving;

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use super::args::AccountCommand;
use super::error::{CliError, Exit};
use super::output::{Ink, StatusLine, stderr, stdout, write_json};
use super::{Setup, clock, password, stores};
use crate::config::nearest::nearest;
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::os::interrupt::Interrupt;
use crate::source::http::Secret;
use crate::store::{Account, Store};
use crate::sync::{SyncError, api};
use crate::work::sync::{self, NewLogin};

pub(super) const HELP: &str = "\
An account makes gleaner a client of your own server: FreshRSS and others that speak the Google Reader API, Miniflux, Tiny Tiny RSS, \
Fever. Its feeds stand beside local ones, in a folder with the account's name. `gleaner sync` and the reader sync it.

`add` takes the address of the server's page and finds out which API answers. The password comes from --password-command, else from a \
`[[sources]]` section of the configuration whose `of` is the server's host, else it is typed without being shown, or read from standard \
input. A typed password is kept in the file `account-passwords` in the data directory, which nobody else may read; never in the store. \
FreshRSS, Miniflux and Fever have a password of their own for the API: set it in the server's settings.

`subscribe` and `export` change the server's subscriptions and sync. What local feeds and the account have in common is one article, \
so that its marks follow by themselves. `import` makes local feeds of the account's, and `remove` then takes the account away.

`remove` keeps what is starred, watched, rated, tagged or noted in the source Saved; nothing changes at the server.

--json gives an object a line: account, api, address, user, feeds, synced (null before the first), pending (changes that the server does \
not know yet), failures (in a row), failure, hint, held_until. `subscribe` and `export` print what `gleaner sync` does, `import` one object: account, \
feeds, new.";

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

/// The account of this name; an error that names those that there are.
pub(super) fn named(store: &Store, name: &str) -> anyhow::Result<Account> {
    if let Some(account) = store.account_named(name)? {
        return Ok(account);
    }
    let all = store.accounts()?;
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names.is_empty() => "there are no accounts; `gleaner account add URL` adds one".to_owned(),
        None => format!("the accounts are {}", names.join(", ")),
    };
    Err(CliError::failed(format!("there is no account `{}`", clean_line(name))).hint(hint).into())
}

pub(super) fn pending(store: &Store, account: &Account) -> anyhow::Result<usize> {
    Ok(store.pending_marks(account.id)?.count() + store.pending_edits(account.id)?.len())
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
