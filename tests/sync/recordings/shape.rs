//! The shape of an answer: which keys an object has, what kind of value each holds, how long each list is.

use std::collections::BTreeMap;
use std::path::Path;

use gleaner::format::json::{Json, Value};

use crate::sync::wire::ServerReply;

/// One recorded exchange.
pub(super) struct Recorded {
    pub(super) name: String,
    /// The request up to its empty line.
    pub(super) head: String,
    pub(super) request_body: String,
    status: u16,
    body: String,
    /// The recording has only the beginning of the answer.
    is_cut: bool,
}

impl Recorded {
    pub(super) fn parse(path: &Path) -> Recorded {
        let text = std::fs::read_to_string(path).unwrap();
        let (_, rest) = text.split_once(">>>>>>>> request\n").unwrap();
        let (request, answer) = rest.split_once("\n<<<<<<<< answer").unwrap();
        let (head, request_body) = request.split_once("\n\n").unwrap_or((request, ""));
        let (status, body) = answer.split_once('\n').unwrap().1.split_once("\n\n").unwrap();
        let (body, cut) = body.split_once("\n[cut: ").map_or((body, None), |(body, cut)| (body, Some(cut)));
        Recorded {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            head: head.to_owned(),
            request_body: request_body.trim_end().to_owned(),
            status: status.split_whitespace().nth(1).unwrap().parse().unwrap(),
            body: body.trim_end().to_owned(),
            is_cut: cut.is_some(),
        }
    }

    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// Replaces a recorded secret by one of the state.
    pub(super) fn replace(&mut self, recorded: &str, own: &str) {
        self.head = self.head.replace(recorded, own);
        self.request_body = self.request_body.replace(recorded, own);
    }
}

/// The kinds of value at each path, and the lengths of the lists. A list's items share one path.
#[derive(Default)]
struct Shape {
    kinds: BTreeMap<String, Vec<&'static str>>,
    lengths: BTreeMap<String, usize>,
}

impl Shape {
    fn of(text: &str) -> Shape {
        let json = Json::parse(text);
        let mut shape = Shape::default();
        json.roots().for_each(|root| shape.add("$", root));
        shape
    }

    fn add(&mut self, path: &str, value: Value<'_>) {
        let kind = kind(value);
        let kinds = self.kinds.entry(path.to_owned()).or_default();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
        if value.is_array() {
            *self.lengths.entry(path.to_owned()).or_default() += value.items().count();
            value.items().for_each(|item| self.add(&format!("{path}[]"), item));
        }
        value.members().for_each(|(key, member)| self.add(&format!("{path}.{key}"), member));
    }
}

fn kind(value: Value<'_>) -> &'static str {
    if value.is_null() {
        "null"
    } else if value.is_object() {
        "object"
    } else if value.is_array() {
        "array"
    } else if value.bool().is_some() {
        "boolean"
    } else if value.str().is_some() {
        "string"
    } else {
        "number"
    }
}

/// How a reply differs from the recorded answer.
pub(super) fn compare(recorded: &Recorded, reply: &ServerReply) -> Vec<String> {
    let body = String::from_utf8_lossy(&reply.body);
    let mut wrong = Vec::new();
    if reply.status != recorded.status {
        wrong.push(format!("status {} in place of {}: {}", reply.status, recorded.status, beginning(&body)));
    }
    if !recorded.body.starts_with(['{', '[']) {
        let line = |text: &str| text.lines().next().unwrap_or_default().split('=').next().unwrap_or_default().len();
        if (recorded.body.contains('=') || recorded.body.contains(' ')) && line(&recorded.body) != line(&body) {
            wrong.push(format!("{:?} in place of {:?}", beginning(&body), beginning(&recorded.body)));
        }
        return wrong;
    }
    let (theirs, ours) = (Shape::of(&recorded.body), Shape::of(&body));
    for (path, kinds) in &theirs.kinds {
        let got = ours.kinds.get(path);
        // The cut part may be anything.
        let is_same = got.is_some_and(|got| kinds.iter().any(|kind| got.contains(kind)));
        if !is_same {
            wrong.push(format!("{path} is {got:?} in place of {kinds:?}"));
        }
    }
    if !recorded.is_cut {
        let added = ours.kinds.keys().filter(|path| !theirs.kinds.contains_key(*path));
        wrong.extend(added.map(|path| format!("{path} was not recorded")));
        for (path, length) in &theirs.lengths {
            let got = ours.lengths.get(path).copied().unwrap_or_default();
            if got != *length {
                wrong.push(format!("{path} has {got} in place of {length}"));
            }
        }
    }
    wrong
}

fn beginning(text: &str) -> String {
    text.chars().take(80).collect()
}

#[test]
fn a_difference_of_shape_is_found() {
    let body = r#"{"items":[{"id":"1"},{"id":"2"}],"count":2}"#;
    let recorded = |is_cut: bool| Recorded {
        name: String::new(),
        head: String::new(),
        request_body: String::new(),
        status: 200,
        body: body.to_owned(),
        is_cut,
    };
    let wrong = |is_cut: bool, body: &str| compare(&recorded(is_cut), &ServerReply::text(200, body)).join("; ");
    assert_eq!(wrong(false, body), "");
    assert_eq!(wrong(false, r#"{"items":[{"id":"1"},{"id":2}],"count":2}"#), "");
    for (body, words) in [
        (r#"{"items":[{"id":1},{"id":2}],"count":2}"#, "$.items[].id is"),
        (r#"{"items":[{"id":"1"},{"id":"2"}]}"#, "$.count is None"),
        (r#"{"items":[{"id":"1"}],"count":2}"#, "$.items has 1 in place of 2"),
        (r#"{"items":[{"id":"1"},{"id":"2","x":0}],"count":2}"#, "$.items[].x was not recorded"),
    ] {
        assert!(wrong(false, body).contains(words), "{}", wrong(false, body));
    }
    assert_eq!(wrong(true, r#"{"items":[{"id":"1","x":0}],"count":2}"#), "");
    assert!(compare(&recorded(false), &ServerReply::text(404, "")).join("; ").contains("status 404"));
}
