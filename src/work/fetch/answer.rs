//! Reads answers: a feed, or the page of an article, or what came in place of these.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::article::Article;
use crate::domain::rules::{IgnoreRule, Ignored, Ignoring};
use crate::domain::text::{CleanText, clean_line};
use crate::domain::time::Timestamp;
use crate::format::discover::{self, WhatItIs};
use crate::format::{Origin, Unreadable, feed};
use crate::site::{self, comment_feed};
use crate::source::Failure;
use crate::source::http::{Answer, ResponseMeta};
use crate::source::throttle::{self, Schedule};
use crate::store::entries::{FetchAttempt, FetchOutcome, FetchedFeed, Item};
use crate::store::subscriptions::{FeedHints, NextFetch, Subscription, Validators};

/// The failure, and advice for it.
pub(super) type FailureText = (CleanText, CleanText);

/// The consequences of an answer or a failure.
pub(super) fn tried(
    subscription: &Subscription,
    answer: Result<Answer, Failure>,
    now: Timestamp,
    schedule: &Schedule,
    ignore: &[IgnoreRule],
) -> FetchAttempt {
    let read = answer.and_then(|answer| read_answer(subscription, answer, now));
    concluded(subscription, read, now, schedule, ignore)
}

/// The answer that was read: its content, the source's refresh hints, and its metadata.
pub(super) type ReadAnswer = (FetchOutcome, FeedHints, ResponseMeta);

/// The consequences of an answer that was read.
pub(super) fn concluded(
    subscription: &Subscription,
    read: Result<ReadAnswer, Failure>,
    now: Timestamp,
    schedule: &Schedule,
    ignore: &[IgnoreRule],
) -> FetchAttempt {
    let mut validators = None;
    let (plan, outcome) = match read {
        Ok((mut outcome, wishes, particulars)) => {
            if let FetchOutcome::Feed(feed) = &mut outcome {
                let ignoring = Ignoring::new(ignore, &[&feed.title, &subscription.title, &subscription.shown_address()]);
                if !ignoring.is_empty() {
                    for item in &mut feed.items {
                        let ignored = ignoring.ignored(&item.article());
                        item.is_ignored = ignored == Some(Ignored::LeftOut);
                        item.is_read = ignored == Some(Ignored::MarkedRead);
                    }
                }
            }
            let moved_to = particulars.moved_permanently_to.as_deref();
            let ended = throttle::AttemptOutcome::Answered { wishes: wished(wishes, &particulars), moved_to };
            let next = schedule.next(&subscription.address, now, &ended);
            if outcome == FetchOutcome::Unchanged {
                validators = renewed(&subscription.validators, &particulars);
            }
            (next, outcome)
        }
        Err(failure) => {
            let in_row = subscription.health.failures.saturating_add(1);
            let plan =
                schedule.next(&subscription.address, now, &throttle::AttemptOutcome::Failed { failure: &failure, in_row });
            let told = FetchOutcome::Failed { failure: clean_line(&failure.to_string()), hint: clean_line(failure.hint()) };
            (plan, told)
        }
    };
    let next =
        NextFetch { due_at: plan.due, due_reason: clean_line(plan.reason.in_words()), move_to: plan.move_to, validators };
    FetchAttempt { source: subscription.id, at: now, next, outcome }
}

/// The validators of an unchanged answer, if they differ from those that were sent.
fn renewed(sent: &Validators, particulars: &ResponseMeta) -> Option<Validators> {
    let ResponseMeta { etag, last_modified, .. } = particulars;
    let is_other = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
    (is_other(etag, &sent.etag) || is_other(last_modified, &sent.last_modified)).then(|| Validators {
        etag: etag.clone(),
        last_modified: last_modified.clone(),
        print: None,
    })
}

fn wished(wishes: FeedHints, particulars: &ResponseMeta) -> throttle::RefreshHints {
    let seconds = |seconds: Option<u32>| seconds.map(|seconds| Duration::from_secs(seconds.into()));
    throttle::RefreshHints { ttl: seconds(wishes.ttl), update: seconds(wishes.period), fresh_for: particulars.fresh_for }
}

fn read_answer(subscription: &Subscription, answer: Answer, now: Timestamp) -> Result<ReadAnswer, Failure> {
    let (bytes, particulars) = match answer {
        Answer::Unchanged(particulars) => return Ok((FetchOutcome::Unchanged, subscription.wishes, particulars)),
        Answer::Fresh { bytes, particulars } => (bytes, particulars),
    };
    let print = print_of(&bytes);
    let same =
        Validators { etag: particulars.etag.clone(), last_modified: particulars.last_modified.clone(), print: Some(print) };
    if same == subscription.validators {
        return Ok((FetchOutcome::Unchanged, subscription.wishes, particulars));
    }
    let origin = Origin { name: &particulars.address, now };
    let feed = feed::read(&bytes, particulars.charset(), &origin)
        .map_err(|unreadable| not_a_feed(&bytes, &particulars, &unreadable))?;
    let wishes = FeedHints { ttl: feed.schedule.ttl.map(|minutes| minutes.saturating_mul(60)), period: feed.schedule.period };
    let (title, site, is_cut) = (feed.title.clone(), feed.site.clone(), feed.breaks_off);
    // As import reads them.
    let (pages, notes) = comment_feed::into_pages(feed);
    let feed = FetchedFeed {
        title,
        site,
        is_private: particulars.is_private,
        validators: same,
        wishes,
        is_cut,
        notes,
        is_front: false,
        items: pages.into_iter().map(Item::of_feed).collect(),
    };
    Ok((FetchOutcome::Feed(Box::new(feed)), wishes, particulars))
}

pub(super) fn print_of(bytes: &[u8]) -> i64 {
    let digest = Sha256::digest(bytes);
    i64::from_le_bytes(std::array::from_fn(|at| digest[at]))
}

/// Names what came in place of a feed.
fn not_a_feed(bytes: &[u8], particulars: &ResponseMeta, unreadable: &Unreadable) -> Failure {
    let host = url::Url::parse(&particulars.address).ok().and_then(|url| url.host_str().map(clean_line));
    let host = host.unwrap_or_default();
    let answer = discover::what_it_is(bytes, None);
    if answer == WhatItIs::LoginPage {
        return Failure::LoginPage { host };
    }
    let found = match unreadable {
        _ if answer == WhatItIs::Page => "a web page",
        // Text in UTF-16 or UTF-32 would have been read as such.
        Unreadable::Unknown { .. } if bytes[..bytes.len().min(1024)].contains(&0) => "what is no text",
        Unreadable::Empty => "nothing",
        Unreadable::TooLarge { .. } => "more than a feed may hold",
        Unreadable::Binary { .. } => "what is no text",
        Unreadable::NoArticle => "a page without an article",
        Unreadable::Unknown { found } => found,
    };
    Failure::NotFeed { host, found: clean_line(found) }
}

/// The article on a page that was asked for its whole text.
pub(super) fn page(answer: Result<Answer, Failure>, now: Timestamp) -> Result<Box<Article>, FailureText> {
    let (bytes, particulars) = match answer {
        Ok(Answer::Fresh { bytes, particulars }) => (bytes, particulars),
        // Without validators there is no such answer.
        Ok(Answer::Unchanged(particulars)) => (Vec::new(), particulars),
        Err(failure) => return Err((clean_line(&failure.to_string()), clean_line(failure.hint()))),
    };
    let origin = Origin { name: &particulars.address, now };
    let read = site::full_text(&bytes, particulars.charset(), &origin);
    read.map(Box::new).map_err(|unreadable| {
        let hint = "`B` opens the page in the browser";
        (clean_line(&format!("no whole text: {unreadable}")), clean_line(hint))
    })
}
