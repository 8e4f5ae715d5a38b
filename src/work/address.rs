//! The content of an address that the reader typed or followed: a whole discussion by its site's own interface, or the
//! server's answer. Not for the discussions of stored articles: those are fetched by [`super::discussions`].

use std::sync::atomic::AtomicBool;

use super::fetch::FetchSettings;
use super::requests::make_all;
use crate::domain::article::Page;
use crate::domain::time::Timestamp;
use crate::site::fetch::ThreadFetch;
use crate::site::{self, SiteRequest};
use crate::source::Failure;
use crate::source::http::{Accept, Answer, Auth, Client, PrivateOrigins, Request, ResponseMeta};

/// The way to read addresses.
pub(super) struct AddressReader<'a> {
    pub settings: &'a FetchSettings,
    pub client: &'a Client,
    /// Origins inside this machine or its network that may be reached.
    pub private: PrivateOrigins,
    pub now: Timestamp,
    pub stop: &'a AtomicBool,
}

impl AddressReader<'_> {
    /// The discussion at an address; none where no site is known by it, or where that site has no discussion there: many
    /// addresses only look like those of a site's program.
    pub(super) fn discussion(&self, address: &str) -> Option<Result<Page, Failure>> {
        let bases = &self.settings.places;
        let thread = site::thread_at(address, bases)?;
        let its_site = thread.site;
        let is_named_by_content = its_site.is_named_by_content(&thread, bases);
        let mut fetch = ThreadFetch::new(thread, bases);
        let request = |(number, ask): (u64, SiteRequest)| {
            let request = bases.request(its_site, &ask);
            let configured = if is_named_by_content { PrivateOrigins::default() } else { request.private };
            let auth = self.settings.login_at(&ask.address);
            (number, Request { private: configured.and(self.private.clone()), auth, ..request })
        };
        let first: Vec<_> = fetch.begin().into_iter().map(request).collect();
        let owed = &self.settings.limits.owed;
        let made = make_all(self.client, self.settings, first, self.stop, |number, outcome| {
            let asks = fetch.hear(number, outcome);
            if let Some((host, time)) = fetch.pause(number) {
                owed.hold(&host, time, owed.now());
            }
            asks.into_iter().map(request).collect()
        });
        if let Err(failure) = made {
            return Some(Err(failure));
        }
        if let Some(page) = fetch.page(self.now) {
            return Some(Ok(page));
        }
        // "Not found" means that this site's program does not know it; other failures do not tell whose address it is.
        fetch.failures().iter().find(|failure| !is_of_none(failure)).cloned().map(Err)
    }

    /// The server's answer.
    pub(super) fn body(&self, address: &str, auth: Auth, accept: Accept) -> Result<(Vec<u8>, ResponseMeta), Failure> {
        let private = self.private.clone();
        let request = Request { address: address.to_owned(), auth, accept, private, ..Request::default() };
        let mut answer = Err(Failure::CalledOff);
        make_all(self.client, self.settings, [(0, request)], self.stop, |_, outcome| {
            answer = outcome;
            Vec::new()
        })?;
        match answer? {
            Answer::Fresh { bytes, particulars } => Ok((bytes, particulars)),
            // Without validators there is no such answer.
            Answer::Unchanged(particulars) => Ok((Vec::new(), particulars)),
        }
    }
}

/// True if a failure says that there is no such discussion.
fn is_of_none(failure: &Failure) -> bool {
    use Failure::{Gone, NotDiscussion, NotFound, Status};
    matches!(failure, NotFound { .. } | NotDiscussion { .. } | Gone { .. } | Status { .. })
}
