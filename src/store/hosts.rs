//! Requests to hosts with a limit, and until when each asked us to wait: kept so that a limit holds over runs, and for
//! all copies of the program that use the store.

use rusqlite::params;

use super::columns::{ReadColumn as _, read_text};
use super::{Store, StoreResult};
use crate::domain::text::CleanText;
use crate::domain::time::{DAY, HOUR, Timestamp};

/// No limit counts further back than this, in seconds.
const LONGEST_WINDOW: i64 = 2 * HOUR;

/// No host is left alone for longer because of one answer, in seconds.
const LONGEST_HOLD: i64 = DAY;

/// Requests and holds of one host.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostHistory {
    pub host: CleanText,
    /// The seconds in which requests were sent, and how many in each, in their order.
    pub requests: Vec<(Timestamp, u32)>,
    /// Until when it asked us to wait.
    pub held_until: Option<Timestamp>,
}

impl Store {
    /// Adds requests and holds to what is remembered, and forgets what is too old to count.
    pub fn remember_hosts(&mut self, histories: &[HostHistory], now: Timestamp) -> StoreResult<()> {
        self.change("remembering what hosts were asked", |conn| {
            conn.prepare_cached("DELETE FROM host_requests WHERE at NOT BETWEEN ?1 AND ?2")?
                .execute([now.0.saturating_sub(LONGEST_WINDOW), now.0.saturating_add(1)])?;
            conn.prepare_cached("DELETE FROM host_holds WHERE until <= ?1 OR asked_at > ?1")?.execute([now.0])?;
            for history in histories {
                for (at, requests) in &history.requests {
                    let sql = "INSERT INTO host_requests (host, at, requests) VALUES (?1, ?2, ?3)
                               ON CONFLICT (host, at) DO UPDATE SET requests = requests + excluded.requests";
                    conn.prepare_cached(sql)?.execute(params![&*history.host, at.0, requests])?;
                }
                if let Some(until) = history.held_until {
                    let sql = "INSERT INTO host_holds (host, asked_at, until) VALUES (?1, ?2, ?3)
                               ON CONFLICT (host) DO UPDATE SET until = max(until, excluded.until)";
                    conn.prepare_cached(sql)?.execute(params![&*history.host, now.0, until.0])?;
                }
            }
            Ok(())
        })
    }

    /// Requests and holds of all hosts that still count. Times ahead of now, which a wrong clock wrote, do not.
    pub fn host_histories(&self, now: Timestamp) -> StoreResult<Vec<HostHistory>> {
        self.ask("reading what hosts were asked", |conn| {
            let mut histories: Vec<HostHistory> = Vec::new();
            let sql = "SELECT host, at, requests FROM host_requests WHERE at BETWEEN ?1 AND ?2 ORDER BY host, at";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([now.0.saturating_sub(LONGEST_WINDOW), now.0.saturating_add(1)])?;
            while let Some(row) = rows.next()? {
                let (host, at, requests) = (read_text(row, 0)?, Timestamp(row.read(1)?), row.read::<u32>(2)?);
                match histories.last_mut().filter(|last| last.host == host) {
                    Some(last) => last.requests.push((at, requests)),
                    None => histories.push(HostHistory { host, requests: vec![(at, requests)], held_until: None }),
                }
            }
            let sql = "SELECT host, until FROM host_holds WHERE until > ?1 AND asked_at <= ?1 ORDER BY host";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([now.0])?;
            while let Some(row) = rows.next()? {
                let (host, until) = (read_text(row, 0)?, row.read::<i64>(1)?.min(now.0.saturating_add(LONGEST_HOLD)));
                let held_until = Some(Timestamp(until));
                match histories.iter_mut().find(|history| history.host == host) {
                    Some(history) => history.held_until = held_until,
                    None => histories.push(HostHistory { host, held_until, ..HostHistory::default() }),
                }
            }
            Ok(histories)
        })
    }
}
