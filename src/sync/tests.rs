//! The session: log-ins and tokens are renewed once, never in a loop.

pub(super) mod recorded;

use super::*;

/// Needs a log-in; answers by status: 401 for a lost session, 402 for a refused token.
#[derive(Default)]
struct Fussy {
    is_logged_in: bool,
}

impl Backend for Fussy {
    fn limits(&self) -> SyncLimits {
        SyncLimits { items: 1, marks: 1, recent: RecentBy::Ids, has_labels: false, edits_feeds: false }
    }

    fn prepare(&self, _: &SyncQuery) -> Option<SyncRequest> {
        (!self.is_logged_in).then(|| SyncRequest::get("https://a.example/login".to_owned()))
    }

    fn prepared(&mut self, _: &SyncQuery, answer: &SyncAnswer) -> Result<(), SyncError> {
        self.is_logged_in = answer.is_ok();
        if answer.is_ok() { Ok(()) } else { Err(SyncError::WrongPassword) }
    }

    fn forget(&mut self, _: &SyncError) {
        self.is_logged_in = false;
    }

    fn request(&self, _: &SyncQuery) -> Result<SyncRequest, SyncError> {
        Ok(SyncRequest::get("https://a.example/feeds".to_owned()))
    }

    fn read(&self, query: &SyncQuery, answer: &SyncAnswer) -> Result<SyncReply, SyncError> {
        match answer.status {
            401 => Err(SyncError::SessionLost),
            200 => Ok(SyncReply::Feeds(Vec::new())),
            _ => Err(query.bad_answer("odd")),
        }
    }
}

fn answer(status: u16) -> SyncAnswer {
    SyncAnswer { status, body: Vec::new(), retry_after: None }
}

/// The requests made, and the outcome, when the server answers with these statuses.
fn play(statuses: &[u16]) -> (Vec<String>, Result<SyncReply, SyncError>) {
    let mut session = SyncSession::new(Box::new(Fussy::default()));
    let mut asked = vec![session.begin(SyncQuery::Feeds).unwrap()];
    for status in statuses {
        match session.take(&answer(*status)) {
            Ok(SyncTurn::Send(request)) => asked.push(request),
            Ok(SyncTurn::Reply(reply)) => return (paths(&asked), Ok(reply)),
            Err(error) => return (paths(&asked), Err(error)),
        }
    }
    panic!("it asks on: {asked:?}");
}

fn paths(asked: &[SyncRequest]) -> Vec<String> {
    asked.iter().map(|request| request.address.rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn a_lost_session_is_logged_in_once() {
    let (asked, end) = play(&[200, 401, 200, 200]);
    assert_eq!((asked.join(" "), end), ("login feeds login feeds".to_owned(), Ok(SyncReply::Feeds(Vec::new()))));
    let (asked, end) = play(&[200, 401, 200, 401]);
    assert_eq!((asked.join(" "), end), ("login feeds login feeds".to_owned(), Err(SyncError::SessionLost)));
}

#[test]
fn a_wrong_password_is_told_at_once() {
    let (asked, end) = play(&[401]);
    assert_eq!((asked.join(" "), end), ("login".to_owned(), Err(SyncError::WrongPassword)));
}

#[test]
fn nothing_shows_a_secret() {
    let login = SyncLogin { base: "https://a.example".to_owned(), user: "ada".to_owned(), secret: "hunter2".to_owned() };
    let request = SyncRequest::post_form("https://a.example/login?api_key=hunter2".to_owned(), [("Passwd", "hunter2")]);
    let request = request.with_header("authorization", "Bearer hunter2".to_owned());
    assert!(!format!("{login:?} {request:?}").contains("hunter2"));
}

#[test]
fn ten_thousand_marks_take_ten_requests_where_marks_come_in_batches() {
    let login = SyncLogin { base: "https://a.example".to_owned(), user: "ada".to_owned(), secret: "hunter2".to_owned() };
    for api in APIS {
        let limits = api.open(&login).limits();
        // Fever marks one item at a time.
        let expected = if api.id() == "fever" { 10_000 } else { 5 };
        assert_eq!(10_000_usize.div_ceil(limits.marks), expected, "{}", api.id());
    }
}
