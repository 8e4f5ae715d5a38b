//! `[fetch]` and `[[sources]]`: how sources are fetched, and what single ones have otherwise.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::source::http::{Auth, Proxy, Secret};
use crate::work::fetch::{FetchSettings, SourceSettings};

#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Fetch {
    every: Option<Spanned<String>>,
    at_once: Option<usize>,
    per_host: Option<usize>,
    timeout: Option<Spanned<String>>,
    proxy: Option<String>,
    keep_days: Option<u32>,
    keep: Option<u32>,
    /// Empty: none is run.
    after: Option<Vec<String>>,
    pub(super) images: Option<bool>,
}

/// `[watch]`.
#[derive(Deserialize, Serialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WatchTable {
    /// Empty: none is run.
    pub(super) command: Option<Vec<String>>,
}

/// A source is named by its address, its title or its host.
#[derive(Deserialize, Serialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SourceTable {
    of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<Spanned<String>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    full_text: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    discussions: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    notify: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing)]
    cookie: Option<Spanned<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cookie_command: Option<Vec<String>>,
    // Values may be keys to an interface.
    #[serde(skip_serializing)]
    headers: Option<Spanned<std::collections::BTreeMap<String, String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    // Secrets are read and never written.
    #[serde(skip_serializing)]
    password: Option<Spanned<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_command: Option<Vec<String>>,
    #[serde(skip_serializing)]
    token: Option<Spanned<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_command: Option<Vec<String>>,
}

type SettingFault = (Range<usize>, String);

/// The settings that the file gives; or what is wrong in it, and where.
pub(super) fn settings(
    fetch: &Fetch,
    sources: &[SourceTable],
    path: &Path,
    base: FetchSettings,
) -> Result<FetchSettings, SettingFault> {
    let mut settings = base;
    if let Some(every) = &fetch.every {
        settings.schedule.every = time(every)?;
    }
    if let Some(timeout) = &fetch.timeout {
        let never = || (timeout.span(), "a request needs an end: \"30s\"".to_owned());
        settings.client.whole = time(timeout)?.ok_or_else(never)?;
    }
    settings.limits.at_once = fetch.at_once.unwrap_or(settings.limits.at_once);
    settings.limits.per_host = fetch.per_host.unwrap_or(settings.limits.per_host);
    settings.client.proxy = match fetch.proxy.as_deref() {
        None => settings.client.proxy,
        Some("auto") => Proxy::FromEnvironment,
        Some("none") => Proxy::None,
        Some(address) => Proxy::At(address.to_owned()),
    };
    settings.keep.days = fetch.keep_days.unwrap_or(settings.keep.days);
    settings.keep.newest = fetch.keep.unwrap_or(settings.keep.newest);
    if let Some(after) = &fetch.after {
        settings.after.clone_from(after);
    }
    if !sources.is_empty() {
        settings.sources = sources.iter().map(|source| source.settings(path)).collect::<Result<_, _>>()?;
    }
    Ok(settings)
}

/// The same section with every key, as it is in force.
pub(super) fn filled(settings: &FetchSettings, images: bool) -> Fetch {
    let spanned = |text| Some(Spanned::new(0..0, text));
    Fetch {
        every: spanned(settings.schedule.every.map_or("never".to_owned(), in_words)),
        at_once: Some(settings.limits.at_once),
        per_host: Some(settings.limits.per_host),
        timeout: spanned(in_words(settings.client.whole)),
        proxy: Some(match &settings.client.proxy {
            Proxy::FromEnvironment => "auto".to_owned(),
            Proxy::None => "none".to_owned(),
            Proxy::At(address) => crate::store::subscriptions::shown(address).to_string(),
        }),
        keep_days: Some(settings.keep.days),
        keep: Some(settings.keep.newest),
        after: Some(settings.after.clone()),
        images: Some(images),
    }
}

impl SourceTable {
    fn settings(&self, path: &Path) -> Result<SourceSettings, SettingFault> {
        let every = self.every.as_ref().map(time).transpose()?;
        let every = every.map(|every| every.map_or(0, |every| every.as_secs()));
        let secret = |plain: &Option<Spanned<String>>, command: &Option<Vec<String>>| match (plain, command) {
            (Some(plain), None) => private(path, plain).map(|()| Some(Secret::Plain(plain.get_ref().clone()))),
            (_, Some(argv)) => Ok(Some(Secret::Command(argv.clone()))),
            (None, None) => Ok(None),
        };
        let token = secret(&self.token, &self.token_command)?;
        let password = secret(&self.password, &self.password_command)?;
        let login = match (token, &self.user, password) {
            (Some(token), ..) => Auth::Bearer(token),
            (None, Some(user), password) => {
                let password = password.unwrap_or(Secret::Plain(String::new()));
                Auth::Basic { user: user.clone(), password }
            }
            (None, None, _) => Auth::None,
        };
        let mut headers: Vec<(String, Secret)> =
            secret(&self.cookie, &self.cookie_command)?.into_iter().map(|cookie| ("cookie".to_owned(), cookie)).collect();
        if let Some(given) = &self.headers {
            private(path, given)?;
            headers.extend(given.get_ref().iter().map(|(name, value)| (name.clone(), Secret::Plain(value.clone()))));
        }
        Ok(SourceSettings {
            user_agent: self.user_agent.clone(),
            headers,
            of: self.of.clone(),
            every,
            full_text: self.full_text,
            discussions: self.discussions,
            notify: self.notify,
            keep_days: self.keep_days,
            keep: self.keep,
            login,
        })
    }
}

/// A secret may stand only in a file that nobody else can read.
#[cfg(unix)]
fn private<T>(path: &Path, secret: &Spanned<T>) -> Result<(), SettingFault> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0o600, |facts| facts.permissions().mode());
    if mode & 0o077 != 0 {
        let told = "others can read this file, so that no secret may stand in it: `chmod 600` it, or give a command";
        return Err((secret.span(), told.to_owned()));
    }
    Ok(())
}

/// Elsewhere the rights of a file are not looked at.
#[cfg(not(unix))]
fn private<T>(_: &Path, _: &Spanned<T>) -> Result<(), SettingFault> {
    Ok(())
}

/// "90s", "30m", "1h", "2d"; none for "never".
fn time(text: &Spanned<String>) -> Result<Option<Duration>, SettingFault> {
    let word = text.get_ref().trim();
    if word == "never" {
        return Ok(None);
    }
    let wrong = || (text.span(), format!("`{word}` is not a time: \"90s\", \"30m\", \"1h\", \"2d\" or \"never\""));
    let (number, unit) = word.split_at(word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len()));
    let seconds = match unit.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).filter(|seconds| *seconds > 0).map(|s| Some(Duration::from_secs(s))).ok_or_else(wrong)
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let unit = [(86_400, 'd'), (3600, 'h'), (60, 'm')].into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{seconds}s"), |(unit, name)| format!("{}{name}", seconds / unit))
}
