//! State that outlives a run: look-ups that are tried again, and requests to hosts with a limit.

use super::*;
use crate::domain::text::clean_line;
use crate::domain::time::HOUR;
use crate::store::hosts::HostHistory;
use crate::store::lookups::LookupEnd;

fn two_articles(store: &mut Store) -> Vec<ArticleId> {
    ["one", "two"].map(|title| store.save(&page(title, 0), NOW).unwrap().id).to_vec()
}

#[test]
fn a_look_up_that_fails_is_tried_again_ever_later_and_given_up_in_the_end() {
    let mut store = store();
    let ids = two_articles(&mut store);
    let mut now = Timestamp(1_000_000);
    store.want_lookups(&ids, now).unwrap();
    assert_eq!(store.due_lookups(9, now).unwrap(), ids);
    assert_eq!(store.due_lookups(1, now).unwrap(), ids[..1]);
    assert!(!store.end_lookup(ids[0], LookupEnd::Answered, now).unwrap());
    let mut waits = Vec::new();
    while !store.end_lookup(ids[1], LookupEnd::Failed, now).unwrap() {
        // A kill or a new article of the same name must not make it due at once.
        store.want_lookups(&ids[1..], now).unwrap();
        let begun = now;
        while store.due_lookups(9, now).unwrap().is_empty() {
            now.0 += HOUR;
        }
        waits.push((now.0 - begun.0) / HOUR);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 24, 24]);
    assert_eq!(store.waiting_lookups().unwrap(), 0);
}

#[test]
fn a_look_up_that_failed_while_the_clock_stood_ahead_is_due_when_it_is_right() {
    let mut store = store();
    let ids = two_articles(&mut store);
    let wrong = Timestamp(9_000_000_000);
    store.want_lookups(&ids, wrong).unwrap();
    store.end_lookup(ids[0], LookupEnd::Failed, wrong).unwrap();
    assert_eq!(store.due_lookups(9, Timestamp(1_000_000)).unwrap().len(), 2);
}

#[test]
fn what_hosts_were_asked_adds_up_and_is_forgotten() {
    let mut store = store();
    let history = |requests: &[(i64, u32)], held_until: Option<i64>| HostHistory {
        host: clean_line("a.example"),
        requests: requests.iter().map(|(at, count)| (Timestamp(*at), *count)).collect(),
        held_until: held_until.map(Timestamp),
    };
    store.remember_hosts(&[history(&[(100, 2), (101, 1)], None)], Timestamp(101)).unwrap();
    store.remember_hosts(&[history(&[(101, 1)], Some(160))], Timestamp(102)).unwrap();
    store.remember_hosts(&[history(&[], Some(150))], Timestamp(103)).unwrap();
    assert_eq!(store.host_histories(Timestamp(104)).unwrap(), [history(&[(100, 2), (101, 2)], Some(160))]);
    assert_eq!(store.host_histories(Timestamp(161)).unwrap(), [history(&[(100, 2), (101, 2)], None)]);
    assert_eq!(store.host_histories(Timestamp(101 + 2 * HOUR)).unwrap(), [history(&[(101, 2)], None)]);
    assert_eq!(store.host_histories(Timestamp(90)).unwrap(), [], "the clock stood ahead");
    store.remember_hosts(&[], Timestamp(101_000)).unwrap();
    assert_eq!(store.host_histories(Timestamp(161)).unwrap(), []);
}
