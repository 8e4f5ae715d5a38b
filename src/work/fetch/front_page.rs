//! Front pages of places: several requests that make one answer.

use super::FetchSettings;
use super::answer::{self, ReadAnswer};
use crate::domain::article::Article;
use crate::domain::text::clean_line;
use crate::domain::time::Timestamp;
use crate::format::bounds::Bounds;
use crate::site::front_page::{FrontPage, FrontPageFetch};
use crate::site::story::Story;
use crate::site::{SiteBases, SiteRequest};
use crate::source::Failure;
use crate::source::http::{Answer, Auth, Request, ResponseMeta};
use crate::store::entries::{FetchAttempt, FetchOutcome, FetchedFeed, Item};
use crate::store::subscriptions::{Subscription, Validators};

/// A subscription to a front page, while it is asked for.
pub(super) struct FrontPageJob {
    pub(super) subscription: Subscription,
    front: FrontPage,
    leafing: FrontPageFetch,
    /// Taken from the first answer.
    particulars: Option<ResponseMeta>,
    is_unchanged: bool,
}

impl FrontPageJob {
    /// None for the subscription to a feed.
    pub(super) fn new(subscription: &Subscription, bases: &SiteBases) -> Option<FrontPageJob> {
        let front = FrontPage::parse(&subscription.address)?.ok()?;
        let leafing = FrontPageFetch::new(&front, bases);
        Some(FrontPageJob { subscription: subscription.clone(), front, leafing, particulars: None, is_unchanged: false })
    }

    pub(super) fn begin(&mut self) -> Vec<(u64, SiteRequest)> {
        self.leafing.begin()
    }

    /// An ask as a request: `asked` is that of the subscription, of which it takes what goes with every request.
    pub(super) fn request(&self, ask: &SiteRequest, asked: &Request, settings: &FetchSettings) -> Request {
        let bases = &settings.places;
        let request = bases.request(self.front.site, ask);
        let validator = |told: &Option<String>| told.clone().filter(|_| self.front.details(bases).takes_one);
        Request {
            etag: validator(&asked.etag),
            last_modified: validator(&asked.last_modified),
            // Else the token that the reader gave for the interface's host.
            auth: if asked.auth == Auth::None { settings.login_at(&ask.address) } else { asked.auth.clone() },
            private: request.private.and(asked.private.clone()),
            ..request
        }
    }

    pub(super) fn take(&mut self, number: u64, answer: Result<Answer, Failure>) -> Vec<(u64, SiteRequest)> {
        if let (Ok(answer), None) = (&answer, &self.particulars) {
            self.particulars = Some(answer.particulars().clone());
        }
        let bytes = answer.map(|answer| match answer {
            Answer::Fresh { bytes, .. } => bytes,
            Answer::Unchanged(_) => {
                self.is_unchanged = true;
                b"null".to_vec()
            }
        });
        self.leafing.take(number, bytes)
    }

    pub(super) fn is_over(&self) -> bool {
        self.leafing.is_over()
    }

    /// The outcome of all answers.
    pub(super) fn tried(&self, settings: &FetchSettings, now: Timestamp) -> FetchAttempt {
        let schedule = settings.schedule(&self.subscription);
        answer::concluded(&self.subscription, self.read(&settings.places), now, &schedule, &settings.ignore)
    }

    fn read(&self, bases: &SiteBases) -> Result<ReadAnswer, Failure> {
        let failed = self.leafing.failures().first();
        let Some(particulars) = self.particulars.clone() else {
            return Err(failed.cloned().unwrap_or(Failure::CalledOff));
        };
        let known = &self.subscription;
        // The address that it moved to is not that of a front page.
        let particulars = ResponseMeta { moved_permanently_to: None, ..particulars };
        let pieces: String = self.leafing.texts().collect();
        let print = Some(answer::print_of(pieces.as_bytes()));
        if self.is_unchanged || (print == known.validators.print && failed.is_none()) {
            return Ok((FetchOutcome::Unchanged, known.wishes, particulars));
        }
        let host = || url::Url::parse(&particulars.address).ok().and_then(|url| url.host_str().map(clean_line));
        let stories = self.leafing.stories();
        let stories = stories.filter(|stories| !stories.is_empty() || failed.is_none()).ok_or_else(|| {
            let other = Failure::NotFeed { host: host().unwrap_or_default(), found: clean_line("no list of stories") };
            failed.cloned().unwrap_or(other)
        })?;
        let (mut stories, mut bounds) = (stories, Bounds::default());
        for story in &mut stories {
            bounds.keep_article(&mut story.article);
        }
        let missing = self.leafing.failures().len();
        let note = failed.map(|failure| clean_line(&format!("{missing} of the requests failed: {failure}")));
        let front = self.front.details(bases);
        let feed = FetchedFeed {
            title: clean_line(&front.title),
            site: Some(clean_line(&front.page)),
            is_private: particulars.is_private,
            validators: Validators {
                etag: particulars.etag.clone(),
                last_modified: particulars.last_modified.clone(),
                // A failed part may arrive the next time, even if the rest is unchanged.
                print: print.filter(|_| failed.is_none()),
            },
            is_front: true,
            items: stories.into_iter().map(item).collect(),
            notes: note.into_iter().chain(bounds.notes()).collect(),
            ..FetchedFeed::default()
        };
        Ok((FetchOutcome::Feed(Box::new(feed)), known.wishes, particulars))
    }
}

fn item(story: Story) -> Item {
    let id = Some(story.standing.url.clone());
    let mut item = Item::new(Article { id, ..story.article });
    item.standing = Some(story.standing);
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::http::Secret;
    use crate::store::Store;
    use crate::store::subscriptions::NewSubscription;
    use crate::work::fetch::settings::SourceSettings;

    #[test]
    fn the_token_for_the_interfaces_host_goes_with_its_requests_only() {
        let mut store = Store::in_memory().unwrap();
        let new = |address: &str| NewSubscription { address: address.to_owned(), ..NewSubscription::default() };
        store.subscribe_all(&[new("github:birds/owls"), new("lobsters:hottest")], Timestamp(0)).unwrap();
        let token = Auth::Bearer(Secret::Plain("t".to_owned()));
        let of = SourceSettings { of: "api.github.com".to_owned(), login: token.clone(), ..SourceSettings::default() };
        let settings = FetchSettings { sources: vec![of], ..FetchSettings::default() };
        let auths: Vec<Auth> = store
            .subscriptions()
            .unwrap()
            .iter()
            .map(|one| {
                let mut job = FrontPageJob::new(one, &settings.places).unwrap();
                let (_, ask) = job.begin().remove(0);
                job.request(&ask, &settings.request(one), &settings).auth
            })
            .collect();
        assert!(auths == [token, Auth::None]);
    }
}
