//! Passwords of accounts: from a command, from the configuration, or from a file beside the store that its owner alone can
//! read. The store holds none, so that neither a backup nor an export does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::os::files::{Existing, atomic_write};
use crate::source::Failure;
use crate::source::http::{Auth, Secret};
use crate::source::told;
use crate::store::Account;
use crate::sync::SyncError;
use crate::work::fetch::FetchSettings;

/// Beside the store.
const FILE: &str = "account-passwords";

/// A command may ask an agent, which may ask the reader.
const PATIENCE: Duration = Duration::from_mins(1);

/// The password of an account: its own command, else the configuration's, else the file's.
pub(super) fn secret_of(store: &Path, account: &Account, settings: &FetchSettings) -> Result<String, SyncError> {
    if !account.secret_command.is_empty() {
        return Ok(Secret::Command(account.secret_command.clone()).tell(PATIENCE)?);
    }
    if let Some(secret) = configured(&account.base, &account.name, settings) {
        return Ok(secret.tell(PATIENCE)?);
    }
    let kept = read(&file(store)).map_err(SyncError::Net)?;
    let line = kept.iter().find(|(id, _)| *id == key(account));
    line.map(|(_, secret)| secret.clone()).ok_or_else(|| missing("it is not kept here; `gleaner account add` asks for it"))
}

fn missing(reason: &str) -> SyncError {
    SyncError::Net(Failure::NoSecret { reason: told(reason) })
}

/// The password that a `[[sources]]` section gives: `of` names the account, its address or its host.
pub(super) fn configured<'a>(base: &str, name: &str, settings: &'a FetchSettings) -> Option<&'a Secret> {
    let host = Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned));
    let is_of = |of: &str| of == name || of.trim_end_matches('/') == base || Some(of) == host.as_deref();
    settings.sources.iter().filter(|one| is_of(&one.of)).find_map(|one| match &one.login {
        Auth::Basic { password, .. } | Auth::Bearer(password) => Some(password),
        Auth::None => None,
    })
}

/// True if the configuration gives the password of an account at this address, or of this name.
pub fn has_configured_secret(base: &str, name: &str, settings: &FetchSettings) -> bool {
    configured(base, name, settings).is_some()
}

fn key(account: &Account) -> String {
    format!("{} {}", account.user, account.base)
}

fn file(store: &Path) -> PathBuf {
    store.with_file_name(FILE)
}

/// Keeps a typed password.
pub(super) fn keep_secret(store: &Path, account: &Account, secret: &str) -> Result<(), SyncError> {
    if secret.contains(['\n', '\r', '\t']) {
        return Err(missing("a password with a line break or a tab cannot be kept; give a command that tells it"));
    }
    let mut kept = read(&file(store)).map_err(SyncError::Net)?;
    kept.retain(|(id, _)| *id != key(account));
    kept.push((key(account), secret.to_owned()));
    write(&file(store), &kept)
}

/// Forgets the password of an account that is removed.
pub fn forget_secret(store: &Path, account: &Account) -> Result<(), SyncError> {
    let mut kept = read(&file(store)).map_err(SyncError::Net)?;
    let before = kept.len();
    kept.retain(|(id, _)| *id != key(account));
    if kept.len() == before { Ok(()) } else { write(&file(store), &kept) }
}

/// One account a line: user, address, a tab, the password.
fn read(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::NoSecret { reason: told(&format!("{}: {error}", path.display())) }),
    };
    if is_open_to_others(path) {
        let reason = format!("others can read {}; run `chmod 600` on it", path.display());
        return Err(Failure::NoSecret { reason: told(&reason) });
    }
    let line = |line: &str| line.split_once('\t').map(|(id, secret)| (id.to_owned(), secret.to_owned()));
    Ok(text.lines().filter_map(line).collect())
}

fn write(path: &Path, kept: &[(String, String)]) -> Result<(), SyncError> {
    let lines: Vec<String> = kept.iter().map(|(id, secret)| format!("{id}\t{secret}")).collect();
    let text = lines.join("\n") + "\n";
    let failed = |error: std::io::Error| missing(&format!("{}: {error}", path.display()));
    atomic_write(path, Existing::Replace, text.as_bytes()).map_err(failed)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}
