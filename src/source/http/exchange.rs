//! Requests of any method with a body, and answers of any status: what APIs with a log-in need.
//!
//! The bounds are those of [`Client::get`]: time, size, redirects, and no way inside that the reader did not open. The
//! body and the headers may hold secrets, so that they go to the address's own host only: a redirect that leads to
//! another one ends the request.

use std::time::{Duration, Instant};

use ureq::http::{Request as HttpRequest, Response};
use ureq::{Agent, Body};

use super::accept::Excess;
use super::auth::{Credentials, is_header_value};
use super::private::PrivateOrigins;
use super::redirect::{RedirectChain, RedirectPolicy};
use super::trouble::TransportError;
use super::{Agents, Client, headers, now};
use crate::source::failure::told;
use crate::source::{Failure, RequestStage};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HttpMethod {
    Get,
    Post,
    Put,
    Delete,
}

/// A request to an API.
pub struct ApiRequest {
    pub method: HttpMethod,
    pub address: String,
    pub headers: Vec<(&'static str, String)>,
    /// The content type and the bytes.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// Addresses inside this machine or its network that it may reach.
    pub private: PrivateOrigins,
}

/// Its answer, whatever its status but a redirect.
pub struct ApiAnswer {
    pub status: u16,
    pub body: Vec<u8>,
    pub retry_after: Option<Duration>,
}

impl HttpMethod {
    fn name(self) -> &'static str {
        match self {
            HttpMethod::Get => "GET",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
            HttpMethod::Delete => "DELETE",
        }
    }
}

impl Client {
    /// Sends a request and reads its answer. [Hanging up](Client::hang_up) ends it.
    pub fn exchange(&self, request: &ApiRequest) -> Result<ApiAnswer, Failure> {
        let agents = self.agents();
        let answer = self.exchange_by(&agents, request);
        if self.agents().generation == agents.generation { answer } else { Err(Failure::CalledOff) }
    }

    fn exchange_by(&self, agents: &Agents, request: &ApiRequest) -> Result<ApiAnswer, Failure> {
        let deadline = Instant::now() + self.settings.whole;
        let policy = RedirectPolicy {
            redirects: self.settings.redirects,
            is_public: self.is_public,
            private: request.private.clone(),
            has_own_headers: true,
        };
        let mut chain = RedirectChain::begin(&request.address, &Credentials::None, policy)?;
        if let Some((name, _)) = request.headers.iter().find(|(_, value)| !is_header_value(value)) {
            let reason = told(&format!("the header `{name}` cannot be sent as it is"));
            return Err(Failure::Unsendable { host: chain.host(), reason });
        }
        loop {
            let mut response = self.first_answer(agents, request, &mut chain, deadline)?;
            match response.status().as_u16() {
                status @ (301 | 302 | 303 | 307 | 308) => {
                    let location = response.headers().get_all("location").iter().next_back();
                    chain.follow(status, location.map(ureq::http::HeaderValue::as_bytes))?;
                    if chain.has_left_its_host() {
                        return Err(Failure::RedirectAway { to: told(chain.url().as_str()) });
                    }
                }
                status => {
                    let retry_after = headers::retry_after(response.headers(), now());
                    let body = self.body(&chain, &mut response, Excess::Refused)?;
                    return Ok(ApiAnswer { status, body, retry_after });
                }
            }
        }
    }

    /// As [`Client::ask`], for these requests.
    fn first_answer(
        &self,
        agents: &Agents,
        request: &ApiRequest,
        chain: &mut RedirectChain,
        deadline: Instant,
    ) -> Result<Response<Body>, Failure> {
        let trouble = |error: TransportError| error.into_failure(chain.host(), &self.settings, false);
        if !chain.leads_inside_by_name() {
            match send_again_if_lost(&agents.outward, request, chain, deadline) {
                Err(TransportError::Inside) => {}
                Err(other) => return Err(trouble(other)),
                Ok(response) => {
                    chain.answered(false);
                    return Ok(response);
                }
            }
        }
        chain.may_go_inside()?;
        let response = send_again_if_lost(&agents.anywhere, request, chain, deadline).map_err(trouble)?;
        chain.answered(true);
        Ok(response)
    }
}

/// A kept connection may have been closed meanwhile. What is lost is sent once more: changes set a state, so that twice
/// is as good as once.
fn send_again_if_lost(
    agent: &Agent,
    request: &ApiRequest,
    chain: &RedirectChain,
    deadline: Instant,
) -> Result<Response<Body>, TransportError> {
    match send(agent, request, chain, deadline, agent.config().max_idle_age()) {
        Err(error) if error.is_loss() => send(agent, request, chain, deadline, Duration::ZERO),
        outcome => outcome,
    }
}

fn send(
    agent: &Agent,
    request: &ApiRequest,
    chain: &RedirectChain,
    deadline: Instant,
    max_idle_age: Duration,
) -> Result<Response<Body>, TransportError> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(TransportError::TimedOut(RequestStage::Whole));
    }
    let mut head = HttpRequest::builder().method(request.method.name()).uri(chain.url().as_str());
    head = head.header("accept", "application/json, text/plain, */*;q=0.5");
    for (name, value) in &request.headers {
        head = head.header(*name, value);
    }
    let answer = match &request.body {
        Some((kind, bytes)) => {
            let whole = head.header("content-type", *kind).body(&bytes[..]).map_err(ureq::Error::from)?;
            let whole = agent.configure_request(whole).timeout_global(Some(left)).max_idle_age(max_idle_age);
            agent.run(whole.build())
        }
        None => {
            let whole = head.body(()).map_err(ureq::Error::from)?;
            let whole = agent.configure_request(whole).timeout_global(Some(left)).max_idle_age(max_idle_age);
            agent.run(whole.build())
        }
    };
    Ok(answer?)
}
