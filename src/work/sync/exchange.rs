//! One query after another over HTTP.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::source::Failure;
use crate::source::http::{ApiRequest, Client, PrivateOrigins};
use crate::sync::{ServerMark, SyncAnswer, SyncError, SyncLimits, SyncQuery, SyncReply, SyncRequest, SyncSession, SyncTurn};
use crate::work::fetch::FetchSettings;

pub(super) struct Exchange<'a> {
    session: SyncSession,
    client: Client,
    private: PrivateOrigins,
    stop: &'a AtomicBool,
}

impl<'a> Exchange<'a> {
    /// `is_private` lets it reach `base` inside this machine or its network, and nothing else there.
    pub(super) fn new(
        session: SyncSession,
        base: &str,
        is_private: bool,
        settings: &FetchSettings,
        stop: &'a AtomicBool,
    ) -> Result<Exchange<'a>, SyncError> {
        let client = Client::new(settings.client.clone()).map_err(SyncError::Net)?;
        let private = if is_private { PrivateOrigins::of(base) } else { PrivateOrigins::default() };
        Ok(Exchange { session, client, private, stop })
    }

    pub(super) fn limits(&self) -> SyncLimits {
        self.session.limits()
    }

    pub(super) fn requests(&self) -> u64 {
        self.session.requests()
    }

    pub(super) fn ask(&mut self, query: SyncQuery) -> Result<SyncReply, SyncError> {
        let mut request = self.session.begin(query)?;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(SyncError::Net(Failure::CalledOff));
            }
            let answer = send(&self.client, request, &self.private)?;
            match self.session.take(&answer)? {
                SyncTurn::Send(next) => request = next,
                SyncTurn::Reply(reply) => return Ok(reply),
            }
        }
    }
}

pub(super) fn send(client: &Client, request: SyncRequest, private: &PrivateOrigins) -> Result<SyncAnswer, SyncError> {
    let SyncRequest { method, address, headers, body } = request;
    let answer = client.exchange(&ApiRequest { method, address, headers, body, private: private.clone() })?;
    Ok(SyncAnswer { status: answer.status, body: answer.body, retry_after: answer.retry_after })
}

/// True if one mark is greater than the other: times and ids are numbers.
pub(super) fn is_later(one: Option<&ServerMark>, other: Option<&ServerMark>) -> bool {
    let number = |mark: Option<&ServerMark>| mark.and_then(|mark| mark.0.parse::<i128>().ok());
    number(one) > number(other)
}
