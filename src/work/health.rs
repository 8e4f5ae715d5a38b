//! A source's health in words: for the screen and for the command line.

use super::fetch::FetchSettings;
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::source::throttle::DueReason;
use crate::store::subscriptions::Subscription;

/// The known facts about a source, each with its name. `time` writes a past time.
pub fn in_words(
    one: &Subscription,
    settings: &FetchSettings,
    now: Timestamp,
    time: impl Fn(Timestamp) -> String,
) -> Vec<(&'static str, String)> {
    let health = &one.health;
    let ago = |at: Option<Timestamp>| at.map_or("never".to_owned(), &time);
    let is_due = one.is_due(settings.longest_wait(one), now);
    let due = match (health.due_at, &health.due_reason) {
        (Some(at), _) if is_due && at > now => "now: this machine's clock was wrong when it was last asked".to_owned(),
        (Some(at), Some(reason)) => format!("{}, {reason}", in_time(at, now)),
        (Some(at), None) => in_time(at, now),
        (None, Some(reason)) => format!("not by itself: {reason}"),
        (None, None) => "not by itself".to_owned(),
    };
    let folder = one.folder.iter().map(CleanText::as_str).collect::<Vec<_>>().join(" / ");
    let mut rows = vec![("address", one.shown_address().to_string())];
    rows.extend(one.site.as_ref().map(|site| ("site", site.to_string())));
    rows.extend((!folder.is_empty()).then_some(("folder", folder)));
    let options = &one.options;
    let mut own: Vec<String> = Vec::new();
    own.extend(options.full_text.map(|on| if on { "full text" } else { "no full text" }.to_owned()));
    own.extend(options.user_agent.as_ref().map(|agent| format!("user agent {}", clean_line(agent))));
    own.extend(options.keep_days.map(|days| format!("keeps {days} days")));
    own.extend(options.keep.map(|newest| format!("keeps the newest {newest}")));
    own.extend(options.is_hidden.then(|| "hidden from the sections".to_owned()));
    rows.extend((!own.is_empty()).then(|| ("own settings", own.join(", "))));
    rows.push(("articles", format!("{}, {} unread", one.articles, one.unread)));
    rows.push(("answered", ago(health.answered_at)));
    rows.push(("asked", ago(health.asked_at)));
    rows.push(("next", due));
    if let Some(failure) = &health.failure {
        rows.push(("failing", format!("{failure} ({} in a row)", health.failures)));
    }
    rows.extend(health.hint.as_ref().map(|hint| ("hint", hint.to_string())));
    rows
}

/// True if its place said that it is gone for good. Then it is asked only if it alone is meant.
pub fn has_ended(one: &Subscription) -> bool {
    one.health.failure.is_some() && one.health.due_reason.as_deref() == Some(DueReason::Gone.in_words())
}

/// "in 3 min", "in 2 h", "in 4 days".
pub fn in_time(then: Timestamp, now: Timestamp) -> String {
    let seconds = then.0.saturating_sub(now.0).max(0);
    match (seconds + 59) / 60 {
        minutes if minutes < 60 => format!("in {minutes} min"),
        minutes if minutes < 48 * 60 => format!("in {} h", minutes / 60),
        minutes => format!("in {} days", minutes / (24 * 60)),
    }
}
