//! Settings for fetching sources, and exceptions for single ones.

use std::time::Duration;

use crate::domain::rules::IgnoreRule;
use crate::site::front_page::FrontPage;
use crate::site::{self, SiteBases};
use crate::source::http;
use crate::source::http::local::LocalSource;
use crate::source::http::{Accept, Auth, PrivateOrigins, Request, Secret};
use crate::source::throttle::{Limits, Schedule};
use crate::store::subscriptions::Subscription;

/// Settings for fetching sources.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FetchSettings {
    pub client: http::HttpSettings,
    pub limits: Limits,
    pub schedule: Schedule,
    /// The discussion sites.
    pub places: SiteBases,
    pub keep: Keep,
    /// Program and arguments to be run when new comments came on what is watched.
    pub watch: Vec<String>,
    /// Program and arguments to be run after a fetch that brought new articles.
    pub after: Vec<String>,
    /// New articles to leave out, or to mark read.
    pub ignore: Vec<IgnoreRule>,
    /// Options of single sources; if several fit, the first.
    pub sources: Vec<SourceSettings>,
}

impl Default for FetchSettings {
    fn default() -> FetchSettings {
        FetchSettings {
            client: http::HttpSettings::default(),
            limits: Limits { windows: site::host_windows(), ..Limits::default() },
            schedule: Schedule::default(),
            places: SiteBases::default(),
            keep: Keep::default(),
            watch: Vec::new(),
            after: Vec::new(),
            ignore: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// The options of one source.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SourceSettings {
    /// Its address, its title, or the host that it is fetched from.
    pub of: String,
    /// Seconds between two tries; 0 for by hand only.
    pub every: Option<u64>,
    /// True if the pages of its articles are fetched for their whole text.
    pub full_text: bool,
    /// True if places are asked where its new articles are discussed.
    pub discussions: bool,
    /// True if the command of `[watch]` is told of its new articles.
    pub notify: bool,
    /// In place of what [`FetchSettings::keep`] says.
    pub keep_days: Option<u32>,
    pub keep: Option<u32>,
    pub login: Auth,
    pub user_agent: Option<String>,
    /// Sent with each request to its own host, cookies too.
    pub headers: Vec<(String, Secret)>,
}

/// The number of articles a source keeps; 0 keeps all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Keep {
    pub days: u32,
    pub newest: u32,
}

impl FetchSettings {
    /// The options of a source.
    pub fn of(&self, subscription: &Subscription) -> Option<&SourceSettings> {
        let host = url::Url::parse(&subscription.address).ok().and_then(|url| url.host_str().map(str::to_owned));
        self.sources.iter().find(|one| {
            one.of == subscription.address
                || one.of == subscription.shown_address().as_str()
                || one.of.eq_ignore_ascii_case(&subscription.title)
                || host.as_deref() == Some(&one.of)
        })
    }

    /// The login that the reader gave for the host of an address: a token of a site's interface, say.
    pub fn login_at(&self, address: &str) -> Auth {
        let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
        let its = self.sources.iter().find(|one| host.as_deref() == Some(&one.of));
        its.map(|one| one.login.clone()).unwrap_or_default()
    }

    pub(super) fn schedule(&self, subscription: &Subscription) -> Schedule {
        let every = subscription.options.every.or_else(|| self.of(subscription).and_then(|one| one.every));
        let every = every.map(|seconds| (seconds > 0).then(|| Duration::from_secs(seconds)));
        Schedule { every: every.unwrap_or(self.schedule.every), ..self.schedule.clone() }
    }

    /// The most that a subscription is put off, in seconds.
    pub fn longest_wait(&self, subscription: &Subscription) -> i64 {
        i64::try_from(self.schedule(subscription).longest().as_secs()).unwrap_or(i64::MAX)
    }

    /// The most that any subscription is put off, in seconds.
    pub fn longest_wait_of_all(&self) -> i64 {
        let own = self.sources.iter().filter_map(|one| one.every).filter(|every| *every > 0);
        let longest = |every| Schedule { every: Some(Duration::from_secs(every)), ..self.schedule.clone() }.longest();
        let longest = own.map(longest).fold(self.schedule.longest(), Duration::max);
        i64::try_from(longest.as_secs()).unwrap_or(i64::MAX)
    }

    /// True if the pages of its articles are fetched.
    pub fn full_text(&self, subscription: &Subscription) -> bool {
        let configured = || self.of(subscription).is_some_and(|one| one.full_text);
        subscription.options.full_text.unwrap_or_else(configured)
    }

    /// The keep rule of a source.
    pub fn keep_of(&self, subscription: &Subscription) -> Keep {
        let (own, options) = (self.of(subscription), &subscription.options);
        Keep {
            days: options.keep_days.or(own.and_then(|own| own.keep_days)).unwrap_or(self.keep.days),
            newest: options.keep.or(own.and_then(|own| own.keep)).unwrap_or(self.keep.newest),
        }
    }

    /// The place of a subscription that the reader put inside this machine or its network.
    pub(in crate::work) fn private_origins(&self, subscription: &Subscription) -> PrivateOrigins {
        match FrontPage::parse(&subscription.address) {
            _ if !subscription.is_private => PrivateOrigins::default(),
            Some(Ok(front)) => PrivateOrigins::of(&front.base(&self.places)),
            _ => PrivateOrigins::of(&subscription.address),
        }
    }

    pub(in crate::work) fn request(&self, subscription: &Subscription) -> Request {
        let local = LocalSource::parse(&subscription.address).and_then(Result::ok);
        let feed = local.as_ref().and_then(LocalSource::feed).unwrap_or(&subscription.address);
        Request {
            address: feed.to_owned(),
            etag: subscription.validators.etag.clone(),
            last_modified: subscription.validators.last_modified.clone(),
            auth: self.of(subscription).map_or(Auth::None, |one| one.login.clone()),
            user_agent: subscription.options.user_agent.clone().or_else(|| self.of(subscription)?.user_agent.clone()),
            headers: self.of(subscription).map(|one| one.headers.clone()).unwrap_or_default(),
            accept: Accept::Feed,
            local: local.clone(),
            private: self.private_origins(subscription),
            ..Request::default()
        }
    }
}
