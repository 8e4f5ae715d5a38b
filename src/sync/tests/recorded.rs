//! Recorded exchanges for the tests of the backends.

use std::path::PathBuf;

use crate::sync::{Backend, SyncAnswer, SyncError, SyncQuery, SyncReply, SyncRequest, SyncSession, SyncTurn};

/// One exchange.
pub(in crate::sync) struct Exchanged {
    /// Method and path with its query.
    pub(in crate::sync) line: String,
    pub(in crate::sync) body: String,
    pub(in crate::sync) answer: SyncAnswer,
}

/// None where there is no corpus.
pub(in crate::sync) fn recorded(folder: &str, name: &str) -> Option<Exchanged> {
    let named = std::env::var_os("GLEANER_CORPUS").map(PathBuf::from);
    let corpus = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    let path = corpus.join("sync").join(folder).join(format!("{name}.http"));
    if !corpus.join("sync").exists() {
        return None;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let (request, reply) = text.split_once("<<<<<<<< answer").unwrap();
    let (head, body) = request.split_once(">>>>>>>> request\n").unwrap().1.split_once("\n\n").unwrap();
    let (reply_head, reply_body) = reply.split_once('\n').unwrap().1.split_once("\n\n").unwrap();
    let status = reply_head.split(' ').nth(1).unwrap().parse().unwrap();
    let line = head.lines().next().unwrap().rsplit_once(' ').unwrap().0;
    Some(Exchanged { line: line.to_owned(), body: body.trim().to_owned(), answer: answer(status, &whole(reply_body)) })
}

/// A long list is cut in the recording; what is complete of it, with its end.
fn whole(body: &str) -> String {
    match body.split_once("\n[cut: ") {
        None => body.to_owned(),
        Some((beginning, _)) => match beginning.rsplit_once("},{") {
            Some((items, _)) => format!("{items}}}]}}"),
            // A list of ids in one string.
            None => format!("{}\"}}", beginning.rsplit_once(',').unwrap().0),
        },
    }
}

pub(in crate::sync) fn answer(status: u16, body: &str) -> SyncAnswer {
    SyncAnswer { status, body: body.as_bytes().to_vec(), retry_after: None }
}

/// Method, path with query, and body of a request to a server at this origin.
pub(in crate::sync) fn written(request: &SyncRequest, origin: &str) -> (String, String) {
    let method = format!("{:?}", request.method).to_uppercase();
    let path = request.address.strip_prefix(origin).unwrap();
    let body = request.body.as_ref().map(|(_, body)| String::from_utf8(body.clone()).unwrap());
    (format!("{method} {path}"), body.unwrap_or_default())
}

/// Lets a session make a query while the server says these answers one after another; the requests, and how it ends.
pub(in crate::sync) fn drive(
    backend: Box<dyn Backend>,
    query: &SyncQuery,
    answers: &[SyncAnswer],
) -> (Vec<SyncRequest>, Result<SyncReply, SyncError>) {
    let mut session = SyncSession::new(backend);
    let mut requests = Vec::new();
    let mut request = match session.begin(query.clone()) {
        Ok(request) => request,
        Err(error) => return (requests, Err(error)),
    };
    for answer in answers {
        requests.push(request);
        match session.take(answer) {
            Ok(SyncTurn::Send(next)) => request = next,
            Ok(SyncTurn::Reply(reply)) => return (requests, Ok(reply)),
            Err(error) => return (requests, Err(error)),
        }
    }
    panic!("{} answers are too few for {requests:?}", answers.len());
}
