//! Pages that are kept by themselves: a discussion at an address that the reader typed, fetched whole by its site's own
//! interface, and a web page without a feed. Not for the discussions of stored articles: those are fetched by
//! [`discussions`](crate::work::discussions).

use std::sync::mpsc::channel;

use super::{Got, Trouble};
use crate::domain::article::Page;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::format::Origin;
use crate::site::fetch::ThreadFetch;
use crate::site::{self, SiteRequest};
use crate::source::Failure;
use crate::source::http::{Client, PrivateOrigins, Request};
use crate::source::queue::Queue;
use crate::source::throttle::Limits;
use crate::store::subscriptions::shown;
use crate::store::{ArticleId, Store};
use crate::work::fetch::FetchSettings;
use crate::work::host_limits;

/// A request whose answer was lost is made so often again.
const AGAIN: u32 = 2;

/// The discussion at an address; none where no site is known by it, or where that site has no discussion there: many
/// addresses only look like those of a site's program.
pub fn at(settings: &FetchSettings, client: &Client, typed: &str, now: Timestamp) -> Option<Result<Page, Failure>> {
    let thread = site::thread_at(typed, &settings.places)?;
    let its_site = thread.site;
    let mut fetch = ThreadFetch::new(thread, &settings.places);
    let (sender, answers) = channel();
    let limits = Limits { again: AGAIN, ..settings.limits.clone() };
    let queue = Queue::new(client.clone(), limits, move |done| {
        // Nobody may listen any more.
        let _ = sender.send(done);
    });
    let request = |(number, ask): (u64, SiteRequest)| {
        let request = settings.places.request(its_site, &ask);
        let private = request.private.clone().and(PrivateOrigins::of(typed));
        (number, Request { private, auth: settings.login_at(&ask.address), ..request })
    };
    queue.add(fetch.begin().into_iter().map(request));
    while !fetch.is_over() {
        let done = answers.recv().ok()?;
        let asks = fetch.hear(done.id, done.outcome);
        if let Some((host, time)) = fetch.pause(done.id) {
            let owed = &settings.limits.owed;
            owed.hold(&host, time, owed.now());
        }
        queue.add(asks.into_iter().map(request));
    }
    if let Some(page) = fetch.page(now) {
        return Some(Ok(page));
    }
    // "Not found" means that this site's program does not know it; other failures do not tell whose address it is.
    let failed = fetch.failures().iter().find(|failure| !is_of_none(failure)).cloned();
    failed.map(Err)
}

/// True if a failure says that there is no such discussion.
fn is_of_none(failure: &Failure) -> bool {
    use Failure::{Gone, NotDiscussion, NotFound, Status};
    matches!(failure, NotFound { .. } | NotDiscussion { .. } | Gone { .. } | Status { .. })
}

/// Stores a discussion that was fetched by its address; its article's id and title.
pub fn keep_discussion(
    store: &mut Store,
    settings: &FetchSettings,
    page: &Page,
    now: Timestamp,
) -> Result<(ArticleId, CleanText), Trouble> {
    host_limits::share(store, &settings.limits.owed, now);
    let saved = store.save(page, now)?;
    Ok((saved.id, page.article.title.clone()))
}

/// Stores a page that has no feed; its id and title.
pub fn keep_page(
    store: &mut Store,
    (bytes, particulars): &Got,
    now: Timestamp,
) -> Result<Option<(ArticleId, CleanText)>, Trouble> {
    let origin = Origin { name: &particulars.address, now };
    let parsed = site::read_told(bytes, particulars.charset(), &origin)
        .map_err(|error| Trouble::new(format!("{} cannot be read: {error}", shown(&particulars.address)), ""))?;
    let saved = store.save_all(&parsed.pages, now)?;
    Ok(saved.first().zip(parsed.pages.first()).map(|(saved, page)| (saved.id, page.article.title.clone())))
}
