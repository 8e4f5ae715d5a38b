//! Lists of subscriptions that others made may name hosts inside this machine or its network. Gleaner requests those only
//! if the reader allows it.

use std::io::{self, BufRead, IsTerminal, Write};

use super::output::stderr;
use crate::domain::plural::plural;
use crate::domain::text::clean_code;
use crate::site::SiteBases;
use crate::store::Store;
use crate::store::subscriptions::NewSubscription;
use crate::work::subscribing::lists::{Login, Sorted, local_left_out, named, private_left_out, sort};

/// The feeds of a list that can be subscribed to.
pub(super) struct Vetted {
    pub(super) allowed: Vec<NewSubscription>,
    /// The note on the others.
    pub(super) notes: Vec<String>,
    /// Names and passwords that stood in addresses.
    pub(super) logins: Vec<Login>,
}

/// Sources of lists beside public feeds: private addresses, programs and files.
#[derive(Clone, Copy, Default)]
pub(super) struct Allowed {
    pub(super) private: bool,
    pub(super) programs: bool,
}

/// Leaves out of a list what can never be fetched, and what names a host inside this machine or its network, unless it is
/// subscribed to already, or `--allow-private` or an answer on the terminal allows it.
pub(super) fn vet(
    store: &Store,
    places: &SiteBases,
    list: &str,
    new: Vec<NewSubscription>,
    is_allowed: Allowed,
) -> anyhow::Result<Vetted> {
    let Sorted { mut allowed, private, local, logins, mut notes } = sort(store, places, new)?;
    if !local.is_empty() {
        let (named, what) = (named(&local), plural(local.len() as u64, "source"));
        let question = format!("{list} names {what} that run programs or read files of this machine");
        if is_allowed.programs || ask(&question, "Let Gleaner do that", &named)? {
            allowed.extend(local);
        } else {
            notes.extend(local_left_out(&local));
        }
    }
    let named = named(&private);
    let what = plural(private.len() as u64, "source");
    let question = format!("{list} names {what} inside this machine or its network");
    if private.is_empty() || is_allowed.private || ask(&question, "Let Gleaner request them", &named)? {
        allowed.extend(private.into_iter().map(|one| NewSubscription { is_private: true, ..one }));
        return Ok(Vetted { allowed, notes, logins });
    }
    notes.extend(private_left_out(&private));
    Ok(Vetted { allowed, notes, logins })
}

/// Asks on the terminal; without one the answer is no.
fn ask(what: &str, permission: &str, named: &[String]) -> anyhow::Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(false);
    }
    let question = format!("{what}:\n  {}\n{permission}? [y/N] ", named.join("\n  "));
    let mut err = stderr();
    write!(err, "{}", clean_code(&question).as_str())?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
