//! A new account: which API answers at a typed address, and whether user and password are right.

use std::sync::atomic::AtomicBool;

use url::Url;

use super::exchange::{Exchange, send};
use super::secrets;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::source::Failure;
use crate::source::http::{Client, PrivateOrigins, Secret, looks_private};
use crate::source::told;
use crate::store::{Account, NewAccount, Store};
use crate::sync::{APIS, SyncApi, SyncError, SyncLogin, SyncQuery, SyncReply, SyncSession};
use crate::work::fetch::FetchSettings;

/// A server that answers.
pub struct FoundServer {
    pub api: &'static dyn SyncApi,
    pub base: String,
    pub is_private: bool,
}

/// How the reader logs in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLogin {
    pub user: String,
    pub name: CleanText,
    /// None where the configuration has it.
    pub secret: Option<Secret>,
}

/// Finds out which API answers at an address, without sending a secret. `only` is the id of the one to look for.
pub fn find_server(typed: &str, only: Option<&str>, settings: &FetchSettings) -> Result<FoundServer, SyncError> {
    let typed = typed.trim();
    let with_scheme = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let not_web = || SyncError::Net(Failure::NotWeb { address: told(typed) });
    let mut url = Url::parse(&with_scheme).map_err(|_| not_web())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(not_web());
    }
    // Credentials are asked for, never part of an address.
    let _ = (url.set_username(""), url.set_password(None));
    let client = Client::new(settings.client.clone())?;
    let is_private = looks_private(url.as_str());
    let mut failure = None;
    for api in APIS.iter().filter(|api| only.is_none_or(|only| api.id() == only)) {
        for probe in api.probes(&url) {
            let private = if is_private { PrivateOrigins::of(&probe.base) } else { PrivateOrigins::default() };
            match send(&client, probe.request, &private) {
                Ok(answer) if api.is_recognized(&answer) => {
                    return Ok(FoundServer { api: *api, base: probe.base, is_private });
                }
                Ok(_) => {}
                // A host that cannot be had has no other API either.
                Err(SyncError::Net(error)) if error.is_about_the_host() => return Err(SyncError::Net(error)),
                Err(error) => failure = Some(error),
            }
        }
    }
    Err(failure.unwrap_or(SyncError::NotThisApi))
}

/// Advice for an address that shows a page to log in at: it may be a sync server's.
pub fn account_hint(typed: &str, settings: &FetchSettings) -> Option<String> {
    let found = find_server(typed, None, settings).ok()?;
    let address = clean_line(typed.trim());
    Some(format!("it is a sync server ({}): `gleaner account add {address}` adds an account there", found.api.name()))
}

/// Logs in, and stores the account if that works. A password that was typed is kept in a file of the owner's alone.
pub fn add(
    store: &mut Store,
    server: &FoundServer,
    login: &NewLogin,
    settings: &FetchSettings,
    now: Timestamp,
) -> Result<Account, SyncError> {
    let secret = match &login.secret {
        Some(secret) => secret.clone(),
        None => secrets::configured(&server.base, &login.name, settings).cloned().ok_or_else(no_secret)?,
    };
    let plain = secret.tell(settings.client.whole)?;
    check(server, &login.user, plain.clone(), settings)?;
    let secret_command = match &login.secret {
        Some(Secret::Command(argv)) => argv.clone(),
        _ => Vec::new(),
    };
    let new = NewAccount {
        api: server.api.id().to_owned(),
        base: server.base.clone(),
        user: login.user.clone(),
        name: login.name.clone(),
        secret_command,
        is_private: server.is_private,
    };
    let not_stored = |reason: String| SyncError::Refused { reason: clean_line(&reason) };
    let added = store.add_account(&new, now).map_err(|error| not_stored(error.to_string()))?;
    let taken = || not_stored(format!("there is an account `{}`, or one of this user at this server", login.name));
    let id = added.ok_or_else(taken)?;
    let all = store.accounts().map_err(|error| not_stored(error.to_string()))?;
    let account = all.into_iter().find(|one| one.id == id).ok_or_else(taken)?;
    if let Some(Secret::Plain(plain)) = &login.secret
        && let Err(error) = secrets::keep_secret(store.path(), &account, plain)
    {
        let _ = store.forget_account(id, true);
        return Err(error);
    }
    Ok(account)
}

fn no_secret() -> SyncError {
    SyncError::Net(Failure::NoSecret { reason: told("none was given") })
}

fn check(server: &FoundServer, user: &str, secret: String, settings: &FetchSettings) -> Result<(), SyncError> {
    let login = SyncLogin { base: server.base.clone(), user: user.to_owned(), secret };
    let session = SyncSession::new(server.api.open(&login));
    let stop = AtomicBool::new(false);
    let mut exchange = Exchange::new(session, &server.base, server.is_private, settings, &stop)?;
    match exchange.ask(SyncQuery::Check)? {
        SyncReply::Checked { .. } => Ok(()),
        _ => Err(SyncQuery::Check.bad_answer("it is something else")),
    }
}
