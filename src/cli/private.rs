//! Lists of subscriptions that others made may name hosts inside this machine or its network. Gleaner requests those only
//! if the reader allows it.

use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal, Write};

use super::output::{plural, stderr};
use crate::domain::text::clean_code;
use crate::source::http::looks_private;
use crate::source::places::{Front, Places};
use crate::store::Store;
use crate::store::subscriptions::{NewSubscription, shown};

/// So many addresses are named; the others are counted.
const NAMED: usize = 5;

/// What of a list may be subscribed to.
pub(super) struct Vetted {
    pub(super) allowed: Vec<NewSubscription>,
    /// What is to be said of the others.
    pub(super) note: Option<String>,
}

/// Leaves out of a list what names a host inside this machine or its network, unless it is subscribed to already, or
/// `--allow-private` or an answer on the terminal allows it.
pub(super) fn vet(
    store: &Store,
    places: &Places,
    list: &str,
    new: Vec<NewSubscription>,
    is_allowed: bool,
) -> anyhow::Result<Vetted> {
    let (mut private, mut allowed): (Vec<_>, Vec<_>) = new.into_iter().partition(|one| is_private(one, places));
    if private.is_empty() {
        return Ok(Vetted { allowed, note: None });
    }
    let known: HashSet<String> = store.subscriptions()?.into_iter().map(|one| one.address).collect();
    let is_known = |one: &NewSubscription| known.contains(&one.address);
    let (there, unknown): (Vec<_>, Vec<_>) = private.into_iter().partition(is_known);
    allowed.extend(there);
    private = unknown;
    let named = named(&private);
    let what = plural(private.len() as u64, "source");
    if private.is_empty() || is_allowed || ask(list, &what, &named)? {
        allowed.extend(private.into_iter().map(|one| NewSubscription { is_private: true, ..one }));
        return Ok(Vetted { allowed, note: None });
    }
    let named = named.join(", ");
    let note =
        format!("{what} inside this machine or its network left out: {named} (`gleaner import --allow-private` takes them)");
    Ok(Vetted { allowed, note: Some(note) })
}

fn is_private(one: &NewSubscription, places: &Places) -> bool {
    match Front::parse(&one.address) {
        Some(Ok(front)) => {
            // A base that is configured is the reader's own choice.
            let base = front.base(places);
            looks_private(&base) && !places.is_configured(&base)
        }
        _ => looks_private(&one.address),
    }
}

fn named(private: &[NewSubscription]) -> Vec<String> {
    let mut named: Vec<String> = private.iter().take(NAMED).map(|one| shown(&one.address).to_string()).collect();
    if private.len() > NAMED {
        named.push(format!("and {} more", private.len() - NAMED));
    }
    named
}

/// Asks on the terminal; without one the answer is no.
fn ask(list: &str, what: &str, named: &[String]) -> anyhow::Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(false);
    }
    let question = format!(
        "{list} names {what} inside this machine or its network:\n  {}\nLet Gleaner request them? [y/N] ",
        named.join("\n  ")
    );
    let mut err = stderr();
    write!(err, "{}", clean_code(&question).as_str())?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
