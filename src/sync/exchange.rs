//! A request to a sync server and its answer, as values.

use std::fmt;
use std::time::Duration;

use url::form_urlencoded::Serializer;

use super::{SyncError, SyncQuery};
use crate::format::json::{Json, Value};
pub use crate::source::http::HttpMethod;

/// One request. Its headers and body may hold secrets, so that neither is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SyncRequest {
    pub method: HttpMethod,
    pub address: String,
    pub headers: Vec<(&'static str, String)>,
    /// The content type and the bytes.
    pub body: Option<(&'static str, Vec<u8>)>,
}

impl SyncRequest {
    pub fn get(address: String) -> SyncRequest {
        SyncRequest { method: HttpMethod::Get, address, headers: Vec::new(), body: None }
    }

    /// A request with the fields of a form, in their order; a name may stand several times.
    pub fn post_form<'a>(address: String, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> SyncRequest {
        let body = Some(("application/x-www-form-urlencoded", form(fields).into_bytes()));
        SyncRequest { method: HttpMethod::Post, address, headers: Vec::new(), body }
    }

    pub fn json(method: HttpMethod, address: String, body: String) -> SyncRequest {
        SyncRequest { method, address, headers: Vec::new(), body: Some(("application/json", body.into_bytes())) }
    }

    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: String) -> SyncRequest {
        self.headers.push((name, value));
        self
    }
}

/// Shows where it goes without its query, headers and body: each may hold a secret.
impl fmt::Debug for SyncRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.address.split('?').next().unwrap_or_default();
        write!(f, "{:?} {plain}", self.method)
    }
}

/// Fields as a form or a query writes them.
pub fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// An answer of any status, redirects followed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyncAnswer {
    pub status: u16,
    pub body: Vec<u8>,
    pub retry_after: Option<Duration>,
}

impl SyncAnswer {
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The errors that all servers tell alike, by the status: too many requests, trouble. 401 and 403 mean something else
    /// at each API, and pass, as does every other status.
    pub fn check(&self) -> Result<(), SyncError> {
        match self.status {
            429 => Err(SyncError::RateLimited { retry_after: self.retry_after }),
            403 | 503 if self.retry_after.is_some() => Err(SyncError::RateLimited { retry_after: self.retry_after }),
            status @ 500.. => Err(SyncError::ServerTrouble { status }),
            _ => Ok(()),
        }
    }

    /// The JSON of a good answer, whole; HTML, a cut text and a status that is not good are errors.
    pub fn json(&self, query: &SyncQuery) -> Result<Json, SyncError> {
        self.check()?;
        if !self.is_ok() {
            return Err(query.bad_answer(&format!("status {}", self.status)));
        }
        let text = self.text();
        if text.trim().is_empty() {
            return Err(query.bad_answer("it is empty"));
        }
        if text.trim_start().starts_with('<') {
            return Err(query.bad_answer("it is a web page"));
        }
        let json = Json::parse(&text);
        if let Some(fault) = json.faults().first() {
            return Err(query.bad_answer(&format!("it breaks off or is not JSON: {fault}")));
        }
        Ok(json)
    }
}

/// The items of an array that must be there.
pub fn list<'a>(of: Value<'a>, key: &str, query: &SyncQuery) -> Result<Vec<Value<'a>>, SyncError> {
    let list = of.get(key).filter(|list| list.is_array());
    let list = list.ok_or_else(|| query.bad_answer(&format!("`{key}` is missing")))?;
    Ok(list.items().collect())
}
