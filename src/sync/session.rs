//! One query at a time through log-in, tokens and their renewal: a state machine without I/O.

use super::{Backend, SyncAnswer, SyncError, SyncLimits, SyncQuery, SyncReply, SyncRequest};

/// The next step of a query.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncTurn {
    Send(SyncRequest),
    Reply(SyncReply),
}

/// A backend with the query that is under way.
pub struct SyncSession {
    backend: Box<dyn Backend>,
    query: Option<SyncQuery>,
    /// The request that was given last prepares the query.
    is_preparing: bool,
    /// So many requests have prepared this query.
    preparations: usize,
    /// The session and the token that were renewed for this query: neither is renewed twice.
    renewed: [bool; 2],
    requests: u64,
}

/// A log-in and a token, and both once more.
const PREPARATIONS: usize = 4;

impl SyncSession {
    pub fn new(backend: Box<dyn Backend>) -> SyncSession {
        SyncSession { backend, query: None, is_preparing: false, preparations: 0, renewed: [false; 2], requests: 0 }
    }

    pub fn limits(&self) -> SyncLimits {
        self.backend.limits()
    }

    /// How many requests it has given.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Begins a query; one that was under way is forgotten.
    pub fn begin(&mut self, query: SyncQuery) -> Result<SyncRequest, SyncError> {
        self.query = Some(query);
        self.preparations = 0;
        self.renewed = [false; 2];
        self.next()
    }

    /// Takes the answer to the request that was given last.
    pub fn take(&mut self, answer: &SyncAnswer) -> Result<SyncTurn, SyncError> {
        let Some(query) = self.query.clone() else { return Err(SyncError::SessionLost) };
        let outcome = if self.is_preparing {
            self.backend.prepared(&query, answer).map(|()| None)
        } else {
            self.backend.read(&query, answer).map(Some)
        };
        match outcome {
            Ok(Some(reply)) => {
                self.query = None;
                Ok(SyncTurn::Reply(reply))
            }
            Ok(None) => self.next().map(SyncTurn::Send),
            Err(refused @ (SyncError::TokenRefused | SyncError::SessionLost)) => {
                self.backend.forget(&refused);
                let renewed = &mut self.renewed[usize::from(refused == SyncError::TokenRefused)];
                if std::mem::replace(renewed, true) {
                    self.query = None;
                    return Err(refused);
                }
                self.next().map(SyncTurn::Send)
            }
            Err(error) => {
                self.query = None;
                Err(error)
            }
        }
    }

    fn next(&mut self) -> Result<SyncRequest, SyncError> {
        let Some(query) = &self.query else { return Err(SyncError::SessionLost) };
        self.requests += 1;
        if let Some(request) = self.backend.prepare(query) {
            self.is_preparing = true;
            self.preparations += 1;
            if self.preparations > PREPARATIONS {
                return Err(SyncError::SessionLost);
            }
            return Ok(request);
        }
        self.is_preparing = false;
        self.backend.request(query)
    }
}
