//! Faults between a server and its clients.

use std::sync::{Condvar, Mutex};

use crate::sync::wire::{ServerReply, ServerRequest};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The connection ends without an answer, and nothing was done.
    Dropped,
    /// The request is carried out, and the connection ends without an answer.
    AnswerLost,
    /// The connection ends in the middle of the answer.
    Torn,
    /// The answer is whole by its length and lacks its second half.
    Cut,
    /// A page to log in at, with a good status.
    Html,
    /// An answer of this status with these headers and this body, and nothing was done.
    Says { status: u16, headers: Vec<String>, body: String },
    /// The answer comes when the faults are cleared.
    Held,
}

impl Fault {
    pub(crate) fn too_many(seconds: u64) -> Fault {
        Fault::Says { status: 429, headers: vec![format!("retry-after: {seconds}")], body: "Too Many Requests".to_owned() }
    }

    pub(crate) fn trouble() -> Fault {
        Fault::Says { status: 503, headers: Vec::new(), body: "Service Unavailable".to_owned() }
    }

    /// A good status with an error inside.
    pub(crate) fn error_inside(body: &str) -> Fault {
        Fault::Says { status: 200, headers: Vec::new(), body: body.to_owned() }
    }
}

/// The faults that are asked for: words of the request's line, and how often each is still due.
#[derive(Default)]
pub(crate) struct Faults {
    due: Mutex<Vec<(String, Fault, Option<usize>)>>,
    changed: Condvar,
}

impl Faults {
    pub(crate) fn add(&self, words: &str, fault: Fault, times: Option<usize>) {
        self.due.lock().unwrap().push((words.to_owned(), fault, times));
    }

    pub(crate) fn clear(&self) {
        self.due.lock().unwrap().clear();
        self.changed.notify_all();
    }

    fn take(&self, request: &ServerRequest) -> Option<Fault> {
        let mut due = self.due.lock().unwrap();
        let line = format!("{} {}", request.line(), String::from_utf8_lossy(&request.body));
        let at = due.iter().position(|(words, _, times)| *times != Some(0) && line.contains(words))?;
        if let Some(times) = &mut due[at].2 {
            *times -= 1;
        }
        Some(due[at].1.clone())
    }

    /// The bytes of the answer after the fault that is due, if any.
    pub(crate) fn answer(&self, request: &ServerRequest, speak: impl FnOnce() -> ServerReply) -> Vec<u8> {
        match self.take(request) {
            None => speak().bytes(),
            Some(Fault::Dropped) => Vec::new(),
            Some(Fault::AnswerLost) => {
                speak();
                Vec::new()
            }
            Some(Fault::Torn) => {
                let mut bytes = speak().bytes();
                bytes.truncate(bytes.len() - 2);
                bytes
            }
            Some(Fault::Cut) => {
                let mut reply = speak();
                reply.body.truncate(reply.body.len() / 2);
                reply.bytes()
            }
            Some(Fault::Html) => {
                let page = "<!DOCTYPE html><html><head><title>Log in</title></head><body><form></form></body></html>";
                ServerReply { status: 200, headers: vec!["content-type: text/html".to_owned()], body: page.into() }.bytes()
            }
            Some(Fault::Says { status, headers, body }) => ServerReply { status, headers, body: body.into() }.bytes(),
            Some(Fault::Held) => {
                let due = self.due.lock().unwrap();
                drop(self.changed.wait_while(due, |due| !due.is_empty()).unwrap());
                speak().bytes()
            }
        }
    }
}
