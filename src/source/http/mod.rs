//! One address at a time to its bytes: HTTP with bounds on time, size and redirects, and with no way from the open net
//! into this machine or its network.
//!
//! Whoever asks sees one call, [`Client::get`]; it may be made from many threads at once. Not for when to ask: that is
//! [`manners`](super::throttle).

mod accept;
mod auth;
mod decompress;
mod exchange;
mod headers;
mod ip_filter;
pub mod local;
mod private;
mod redirect;
mod trouble;

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::Response;
use ureq::typestate::WithoutBody;
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, RequestBuilder};

pub use self::accept::Accept;
use self::accept::Excess;
pub use self::auth::{Auth, Secret};
use self::auth::{Credentials, OwnHeaders};
pub use self::exchange::{ApiAnswer, ApiRequest, HttpMethod};
use self::ip_filter::{IsPublic, Vetting, is_public};
use self::local::LocalSource;
pub use self::private::{PrivateOrigins, looks_private};
use self::redirect::{RedirectChain, RedirectPolicy};
use self::trouble::{TransportError, is_limit, of_status, too_often};
use super::failure::told;
use super::throttle::Window;
use super::{Failure, RequestStage};
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::format::MAX_PAGE;

/// The bounds of every request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpSettings {
    pub user_agent: String,
    /// For the connection to stand, its security included; and the same again for looking its name up.
    pub connect: Duration,
    /// For all of it: look-ups, redirects, the body's last byte.
    pub whole: Duration,
    pub redirects: usize,
    /// Bytes of a body, as decoded.
    pub largest: u64,
    pub proxy: Proxy,
}

impl Default for HttpSettings {
    fn default() -> HttpSettings {
        HttpSettings {
            user_agent: concat!("gleaner/", env!("CARGO_PKG_VERSION"), " (feed reader in a terminal)").to_owned(),
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            redirects: 5,
            largest: MAX_PAGE as u64,
            proxy: Proxy::FromEnvironment,
        }
    }
}

/// Through whom to ask. A proxy looks names up by itself, so that only addresses given as numbers can be kept from
/// leading inside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Proxy {
    /// The first of `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, but not for the hosts of `NO_PROXY`.
    #[default]
    FromEnvironment,
    None,
    /// An address such as `http://user:password@host:8080` or `socks5h://host`.
    At(String),
}

/// A request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    pub address: String,
    /// As the last answer gave them: with them, an answer may be that nothing has changed.
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// Sent to the address's own host only. Credentials inside the address count if there are none here.
    pub auth: Auth,
    /// In place of the client's.
    pub user_agent: Option<String>,
    /// Sent to the address's own host only, as credentials are.
    pub headers: Vec<(String, Secret)>,
    pub accept: Accept,
    /// Addresses inside this machine or its network that the request may reach: only those that the reader configured.
    pub private: PrivateOrigins,
    /// The rate limit of the site, whatever its host is called.
    pub windows: &'static [Window],
    /// The source is on this machine. Only a subscription's own address may say so.
    pub local: Option<LocalSource>,
}

/// The answer to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The content of the request's validators is still current.
    Unchanged(ResponseMeta),
    Fresh {
        bytes: Vec<u8>,
        particulars: ResponseMeta,
    },
}

impl Answer {
    pub fn particulars(&self) -> &ResponseMeta {
        match self {
            Answer::Unchanged(particulars) | Answer::Fresh { particulars, .. } => particulars,
        }
    }
}

/// An answer's metadata.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ResponseMeta {
    /// Where the answer came from in the end, without credentials: the base of relative links.
    pub address: String,
    /// The address to ask from now on, if all redirects on the way were for good.
    pub moved_permanently_to: Option<String>,
    /// True if the address to ask from now on is inside this machine or its network.
    pub is_private: bool,
    /// To be sent with the next request, as they are; not to be shown. None in [`Answer::Unchanged`] means that those
    /// sent still hold.
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub content_type: Option<CleanText>,
    /// How long the answer asks to be taken for fresh, from `Cache-Control` or `Expires`.
    pub fresh_for: Option<Duration>,
    /// The targets of `Link` headers.
    pub links: Vec<LinkTarget>,
    /// The number of items in a list that comes in several pages (`X-WP-Total`), and of its pages.
    pub total: Option<usize>,
    pub total_pages: Option<usize>,
}

/// A `Link` header: `<https://a.example/wp-json/>; rel="https://api.w.org/"`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkTarget {
    pub address: String,
    pub rel: String,
    pub kind: Option<String>,
}

impl ResponseMeta {
    /// The metadata of a local source.
    fn of_local(address: &str) -> ResponseMeta {
        ResponseMeta { address: address.to_owned(), is_private: true, ..ResponseMeta::default() }
    }

    /// The encoding that the content type names.
    pub fn charset(&self) -> Option<&str> {
        let parameters = self.content_type.as_deref()?.split(';').skip(1);
        let mut named =
            parameters.filter_map(|one| one.split_once('=')).filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
        named.next().map(|(_, charset)| charset.trim().trim_matches(['"', '\'']))
    }
}

const FOREVER: Duration = Duration::from_hours(24);

/// Bytes of an answer's headers. The largest in the wild, with long security policies and cookies, take about 12,000.
const LONGEST_HEAD: usize = 32 << 10;

/// Asks the net. Copies share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    settings: HttpSettings,
    proxy: Option<ureq::Proxy>,
    lookup: Arc<dyn Resolver>,
    is_public: IsPublic,
    agents: Arc<Mutex<Agents>>,
}

/// Connections to the open net, and those to any place.
#[derive(Clone, Debug)]
struct Agents {
    outward: Agent,
    anywhere: Agent,
    /// The number of times that all connections were closed before these.
    generation: u64,
}

impl Client {
    /// Fails if there is a proxy that cannot be understood: going past it would show what it is there to hide.
    pub fn new(settings: HttpSettings) -> Result<Client, Failure> {
        Client::with_places(settings, Arc::new(DefaultResolver::default()), is_public)
    }

    /// With another way to look names up and another idea of what is public.
    pub(super) fn with_places(
        settings: HttpSettings,
        lookup: Arc<dyn Resolver>,
        is_public: IsPublic,
    ) -> Result<Client, Failure> {
        let proxy = trouble::proxy(&settings.proxy)?;
        let settings = HttpSettings {
            // Characters that a header cannot hold are left out; a time beyond the clock's range is cut to it.
            user_agent: settings.user_agent.chars().filter(|c| matches!(c, ' '..='~')).collect(),
            connect: settings.connect.min(FOREVER),
            whole: settings.whole.min(FOREVER),
            ..settings
        };
        let agents = Agents::new(&settings, proxy.as_ref(), &lookup, is_public, 0);
        Ok(Client { settings, proxy, lookup, is_public, agents: Arc::new(Mutex::new(agents)) })
    }

    /// The proxy in use, without its credentials.
    pub fn proxy(&self) -> Option<CleanText> {
        self.proxy.as_ref().map(|proxy| told(&format!("{}:{}", proxy.host(), proxy.port())))
    }

    /// Asks for an address, follows its redirects, reads the answer. Takes no longer than [`HttpSettings::whole`], and the same
    /// again for a program that tells a secret.
    pub fn get(&self, request: &Request) -> Result<Answer, Failure> {
        let Some(local) = &request.local else { return self.get_remote(request) };
        match local.read(&request.address, self.settings.whole) {
            Some(read) => read,
            None => local.pass(self.get_remote(request)?, self.settings.whole),
        }
    }

    fn get_remote(&self, request: &Request) -> Result<Answer, Failure> {
        let agents = self.agents();
        let answer = self.get_by(&agents, request);
        // Connections that are hung up end as if the other side had done so.
        if self.agents().generation == agents.generation { answer } else { Err(Failure::CalledOff) }
    }

    /// Breaks off all that is under way; what was asked for ends as [`Failure::CalledOff`]. A name being looked up and a
    /// connection being opened run into their own limits. The client can be used again at once.
    pub fn hang_up(&self) {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Agents::new(&self.settings, self.proxy.as_ref(), &self.lookup, self.is_public, agents.generation + 1);
        let old = std::mem::replace(&mut *agents, fresh);
        drop(agents);
        old.outward.shutdown();
        old.anywhere.shutdown();
    }

    fn agents(&self) -> Agents {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn get_by(&self, agents: &Agents, request: &Request) -> Result<Answer, Failure> {
        let credentials = request.auth.credentials(self.settings.whole)?;
        let own = auth::own_headers(&request.headers, self.settings.whole)?;
        let deadline = Instant::now() + self.settings.whole;
        let terms = RedirectPolicy {
            redirects: self.settings.redirects,
            is_public: self.is_public,
            private: request.private.clone(),
            has_own_headers: !own.is_empty(),
        };
        let mut journey = RedirectChain::begin(&request.address, &credentials, terms)?;
        loop {
            let mut response = self.ask(agents, (request, &own), &mut journey, deadline)?;
            let sent = |validator: &Option<String>| validator.as_deref().is_some_and(headers::is_validator);
            let is_conditional = sent(&request.etag) || sent(&request.last_modified);
            match response.status().as_u16() {
                status @ (301 | 302 | 303 | 307 | 308) => {
                    let location = response.headers().get_all("location").iter().next_back();
                    journey.follow(status, location.map(ureq::http::HeaderValue::as_bytes))?;
                }
                304 if is_conditional => return Ok(Answer::Unchanged(particulars(&journey, &response))),
                206 => return Err(Failure::Status { host: journey.host(), status: 206 }),
                200..=299 => {
                    let kind = headers::text(response.headers(), "content-type");
                    let bytes = if request.accept.leaves_body(kind) {
                        Vec::new()
                    } else {
                        self.body(&journey, &mut response, request.accept.excess())?
                    };
                    return Ok(Answer::Fresh { bytes, particulars: particulars(&journey, &response) });
                }
                status => {
                    let (host, wait) = (journey.host(), headers::retry_after(response.headers(), now()));
                    if is_limit(status, response.headers()) {
                        return Err(Failure::TooManyRequests { host, status: Some(status), retry_after: wait });
                    }
                    let limited = (status == 400).then(|| too_often(&mut response, host.clone(), wait)).flatten();
                    return Err(limited.unwrap_or_else(|| of_status(status, host, wait)));
                }
            }
        }
    }

    /// One answer's head, from where the journey stands. Whether that is inside is found by trying with a resolver that
    /// leads nowhere else than out.
    fn ask(
        &self,
        agents: &Agents,
        request: (&Request, &OwnHeaders),
        journey: &mut RedirectChain,
        deadline: Instant,
    ) -> Result<Response<Body>, Failure> {
        let trouble = |trouble: TransportError| trouble.into_failure(journey.host(), &self.settings, false);
        if !journey.leads_inside_by_name() {
            match send(&agents.outward, request, journey, deadline) {
                Err(TransportError::Inside) => {}
                Err(other) => return Err(trouble(other)),
                Ok(response) => {
                    journey.answered(false);
                    return Ok(response);
                }
            }
        }
        journey.may_go_inside()?;
        let response = send(&agents.anywhere, request, journey, deadline).map_err(trouble)?;
        journey.answered(true);
        Ok(response)
    }

    fn body(&self, journey: &RedirectChain, response: &mut Response<Body>, excess: Excess) -> Result<Vec<u8>, Failure> {
        let (host, largest) = (journey.host(), self.settings.largest);
        // ureq removes the encoding that it unpacks from the headers.
        let coding = headers::text(response.headers(), "content-encoding").unwrap_or_default().to_ascii_lowercase();
        let mut bytes = Vec::new();
        // One byte beyond the cap tells that there is more.
        let body = response.body_mut().with_config().limit(u64::MAX).reader();
        let read = body.take(largest.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| TransportError::from(ureq::Error::from(error)).into_failure(host.clone(), &self.settings, true))?;
        if bytes.len() as u64 > largest && excess == Excess::Refused {
            return Err(Failure::TooLarge { host, limit: largest });
        }
        decompress::unpacked(bytes, &coding, largest, excess).map_err(|unpackable| unpackable.into_failure(host))
    }
}

impl Agents {
    fn new(
        settings: &HttpSettings,
        proxy: Option<&ureq::Proxy>,
        lookup: &Arc<dyn Resolver>,
        is_public: IsPublic,
        generation: u64,
    ) -> Agents {
        let agent = |admits| {
            let config = Agent::config_builder()
                .user_agent(&settings.user_agent)
                .proxy(proxy.cloned())
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_global(Some(settings.whole))
                .timeout_resolve(Some(settings.connect))
                .timeout_connect(Some(settings.connect))
                .max_response_header_size(LONGEST_HEAD)
                // Headers are read as one piece, so that all of them must have room.
                .input_buffer_size(2 * LONGEST_HEAD)
                .output_buffer_size(8 << 10)
                .max_idle_connections(16)
                .max_idle_connections_per_host(2)
                .build();
            Agent::with_parts(config, DefaultConnector::default(), Vetting { lookup: Arc::clone(lookup), admits })
        };
        Agents { outward: agent(Some(is_public)), anywhere: agent(None), generation }
    }
}

/// Sends a request. A connection kept from before may have been closed by the other side in this very moment; that is
/// seen only by trying, so that what is lost is asked for once more, on a new one.
fn send(
    agent: &Agent,
    (request, own): (&Request, &OwnHeaders),
    journey: &RedirectChain,
    deadline: Instant,
) -> Result<Response<Body>, TransportError> {
    let head = |asking: RequestBuilder<WithoutBody>| {
        let mut asking = asking.header("accept", request.accept.header());
        for (name, value) in [("if-none-match", &request.etag), ("if-modified-since", &request.last_modified)] {
            if let Some(value) = value.as_deref().filter(|value| headers::is_validator(value)) {
                asking = asking.header(name, value);
            }
        }
        if let Some(agent) = request.user_agent.as_deref().filter(|agent| auth::is_header_value(agent)) {
            asking = asking.header("user-agent", agent);
        }
        for (name, value) in own.iter().filter(|_| !journey.has_left_its_host()) {
            asking = asking.header(name, value);
        }
        match journey.credentials() {
            Credentials::None => asking,
            Credentials::Basic { user, password } => {
                let both = BASE64_STANDARD.encode(format!("{user}:{password}"));
                asking.header("authorization", format!("Basic {both}"))
            }
            Credentials::Bearer(token) => asking.header("authorization", format!("Bearer {token}")),
        }
    };
    let in_time = |asking: RequestBuilder<WithoutBody>, max_idle_age| {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(TransportError::TimedOut(RequestStage::Whole));
        }
        Ok(asking.config().timeout_global(Some(left)).max_idle_age(max_idle_age).build())
    };
    let asking = || head(agent.get(journey.url().as_str()));
    // The agent's own limit does for the first request. One of a request's own costs it the ready-made TLS settings.
    let first = if journey.is_redirected() { in_time(asking(), agent.config().max_idle_age())? } else { asking() };
    match first.call().map_err(TransportError::from) {
        Err(trouble) if trouble.is_loss() => Ok(in_time(asking(), Duration::ZERO)?.call()?),
        outcome => Ok(outcome?),
    }
}

fn particulars(journey: &RedirectChain, response: &Response<Body>) -> ResponseMeta {
    let headers = response.headers();
    ResponseMeta {
        address: journey.url().to_string(),
        moved_permanently_to: journey.moved_permanently_to(),
        is_private: journey.stands_inside(),
        etag: headers::validator(headers, "etag"),
        last_modified: headers::validator(headers, "last-modified"),
        content_type: headers::text(headers, "content-type").map(told).filter(|kind| !kind.is_empty()),
        fresh_for: headers::fresh_for(headers, now()),
        links: headers::links(headers, journey.url()),
        total: headers::number(headers, "x-wp-total"),
        total_pages: headers::number(headers, "x-wp-totalpages"),
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_secs() as i64)
}
