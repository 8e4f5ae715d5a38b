//! HTTP on loopback: requests read whole, answers written, with the faults that a test asked for.

use std::io::Read;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::server::{Server, say};
use crate::sync::faults::{Fault, Faults};
use crate::sync::state::ServerState;

/// A request with its parts taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerRequest {
    pub(crate) method: String,
    /// Percent-decoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    head: String,
    pub(crate) body: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct ServerReply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

/// How an API answers.
pub(crate) type Speak = fn(&mut ServerState, &ServerRequest) -> ServerReply;

/// A server with its state. It listens until it is dropped.
pub(crate) struct SyncServer {
    server: Server,
    state: Arc<Mutex<ServerState>>,
    faults: Arc<Faults>,
    heard: Arc<Mutex<Vec<ServerRequest>>>,
}

impl ServerRequest {
    pub(crate) fn parse(head: &str, body: Vec<u8>) -> ServerRequest {
        let mut words = head.split_whitespace();
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = decoded(&path.replace('+', "%2B"));
        ServerRequest { method: method.to_owned(), path, query: pairs(query.as_bytes()), head: head.to_owned(), body }
    }

    fn read(head: &str, stream: &mut TcpStream) -> ServerRequest {
        let mut request = ServerRequest::parse(head, Vec::new());
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let _ = stream.take(length).read_to_end(&mut request.body);
        request
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The fields of the query and of a form.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        [self.query.clone(), pairs(&self.body)].concat()
    }

    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.fields().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.fields().into_iter().filter(|(known, _)| known == name).map(|(_, value)| value).collect()
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.field(name)?.parse().ok()
    }

    /// Method, path and query as a test names them.
    pub(crate) fn line(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{} {}{mark}{}", self.method, self.path, query.join("&"))
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn decoded(path: &str) -> String {
    pairs(format!("p={path}").as_bytes()).into_iter().next().map_or_else(String::new, |(_, value)| value)
}

impl ServerReply {
    pub(crate) fn text(status: u16, text: &str) -> ServerReply {
        let headers = vec!["content-type: text/plain; charset=UTF-8".to_owned()];
        ServerReply { status, headers, body: text.as_bytes().to_vec() }
    }

    /// No words, as where a change is confirmed.
    pub(crate) fn empty(status: u16) -> ServerReply {
        ServerReply { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(value: &serde_json::Value) -> ServerReply {
        let headers = vec!["content-type: application/json; charset=UTF-8".to_owned()];
        ServerReply { status: 200, headers, body: value.to_string().into_bytes() }
    }

    pub(crate) fn with_header(mut self, header: &str) -> ServerReply {
        self.headers.push(header.to_owned());
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let headers: Vec<&str> = self.headers.iter().map(String::as_str).chain(["connection: close"]).collect();
        crate::server::answer(&format!("{} Answer", self.status), &headers, &self.body)
    }
}

impl SyncServer {
    pub(crate) fn start(speak: Speak, state: ServerState) -> SyncServer {
        let (state, faults) = (Arc::new(Mutex::new(state)), Arc::new(Faults::default()));
        let heard: Arc<Mutex<Vec<ServerRequest>>> = Arc::default();
        let (its_state, its_faults, log) = (Arc::clone(&state), Arc::clone(&faults), Arc::clone(&heard));
        let server = Server::new(move |head: &str, stream: &mut TcpStream| {
            let request = ServerRequest::read(head, stream);
            log.lock().unwrap().push(request.clone());
            let bytes = its_faults.answer(&request, || speak(&mut its_state.lock().unwrap(), &request));
            say(stream, &bytes);
        });
        SyncServer { server, state, faults, heard }
    }

    pub(crate) fn greader(state: ServerState) -> SyncServer {
        SyncServer::start(super::greader::speak, state)
    }

    pub(crate) fn fever(state: ServerState) -> SyncServer {
        SyncServer::start(super::fever::freshrss, state)
    }

    /// Fever's API where items have small ids.
    pub(crate) fn coldsweat(state: ServerState) -> SyncServer {
        SyncServer::start(super::fever::coldsweat, state)
    }

    pub(crate) fn ttrss(state: ServerState) -> SyncServer {
        SyncServer::start(super::ttrss::speak, state)
    }

    pub(crate) fn miniflux(state: ServerState) -> SyncServer {
        SyncServer::start(super::miniflux::speak, state)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url("127.0.0.1", path)
    }

    /// The state, to look at and to change as its owner does on the web.
    pub(crate) fn web(&self) -> MutexGuard<'_, ServerState> {
        self.state.lock().unwrap()
    }

    /// Every request so far; the next call begins anew.
    pub(crate) fn take_requests(&self) -> Vec<ServerRequest> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    /// The next request whose line contains these words meets this fault.
    pub(crate) fn fail_once(&self, words: &str, fault: Fault) {
        self.faults.add(words, fault, Some(1));
    }

    /// Every request whose line contains these words meets this fault, until [`heal`](SyncServer::heal).
    pub(crate) fn fail_always(&self, words: &str, fault: Fault) {
        self.faults.add(words, fault, None);
    }

    pub(crate) fn heal(&self) {
        self.faults.clear();
    }
}
