//! Translates errors of ureq, rustls and the system into the failures that the reader is shown.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use rustls::{CertificateError, Error as Secure};
use ureq::http::{HeaderMap, Response};
use ureq::{Body, Timeout};

use super::ip_filter::Unresolved;
use super::{HttpSettings, Proxy};
use crate::domain::text::CleanText;
use crate::source::failure::told;
use crate::source::{Failure, RequestStage};

/// Some servers say in the text of a 400 what status 429 is for: Lemmy before 1.0, and Stack Exchange, which says there how
/// long to wait.
pub(super) fn too_often(response: &mut Response<Body>, host: CleanText, retry_after: Option<Duration>) -> Option<Failure> {
    const LONGEST: u64 = 4096;
    const MARKS: [&str; 2] = ["\"rate_limit_error\"", "\"throttle_violation\""];
    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec().ok()?;
    let body = String::from_utf8_lossy(&body);
    let seconds = || body.split_once("available in ")?.1.split(' ').next()?.parse().ok().map(Duration::from_secs);
    let failure = || Failure::TooManyRequests { host, status: Some(400), retry_after: retry_after.or_else(seconds) };
    MARKS.iter().any(|mark| body.contains(mark)).then(failure)
}

/// The status of an answer that says by its headers that the limit on requests is used up, as GitHub does with a 403.
pub(super) fn is_limit(status: u16, headers: &HeaderMap) -> bool {
    matches!(status, 403 | 429) && super::headers::text(headers, "x-ratelimit-remaining") == Some("0")
}

/// Why no answer, or not all of it, came from a place.
#[derive(Debug)]
pub(super) enum TransportError {
    /// The place is inside and was not to be entered.
    Inside,
    TimedOut(RequestStage),
    Other(ureq::Error),
}

impl From<ureq::Error> for TransportError {
    fn from(error: ureq::Error) -> TransportError {
        match error {
            ureq::Error::Other(other) if matches!(other.downcast_ref(), Some(Unresolved::Inside)) => TransportError::Inside,
            ureq::Error::Timeout(Timeout::Resolve) => TransportError::TimedOut(RequestStage::Lookup),
            ureq::Error::Timeout(Timeout::Connect) => TransportError::TimedOut(RequestStage::Connecting),
            ureq::Error::Timeout(_) => TransportError::TimedOut(RequestStage::Whole),
            error => TransportError::Other(error),
        }
    }
}

impl TransportError {
    /// True if the connection ended without an answer.
    pub(super) fn is_loss(&self) -> bool {
        matches!(self, TransportError::Other(ureq::Error::Io(error)) if is_loss(error.kind()))
    }

    /// The failure, with whom; `in_body` if the answer had begun.
    pub(super) fn into_failure(self, host: CleanText, settings: &HttpSettings, in_body: bool) -> Failure {
        let error = match self {
            TransportError::Inside => return Failure::Private { host },
            TransportError::TimedOut(stage) => {
                let limit = if stage == RequestStage::Whole { settings.whole } else { settings.connect };
                return Failure::TimedOut { host, stage, limit };
            }
            TransportError::Other(error) => error,
        };
        let reason = told(&error.to_string());
        match error {
            ureq::Error::Io(error) => of_io(&error, host, settings, in_body),
            ureq::Error::Rustls(error) => of_tls(&error, host),
            ureq::Error::Tls(what) => Failure::Tls { host, reason: told(what) },
            ureq::Error::Protocol(error) => {
                Failure::Protocol { host, reason: told(error.to_string().trim_start_matches("http parse fail: ")) }
            }
            ureq::Error::LargeResponseHeader(..) => Failure::Protocol { host, reason: told("its headers do not end") },
            ureq::Error::BodyExceedsLimit(limit) => Failure::TooLarge { host, limit },
            ureq::Error::Decompress(encoding, error) => {
                Failure::Encoding { host, encoding: told(encoding), reason: told(&error.to_string()) }
            }
            ureq::Error::HostNotFound => Failure::Dns { host, reason: told("it has no address") },
            ureq::Error::ConnectProxyFailed(what) => Failure::Proxy { reason: told(&what) },
            ureq::Error::InvalidProxyUrl => Failure::Proxy { reason: told("its address cannot be understood") },
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::Unsendable { host, reason },
            ureq::Error::Other(error) if error.is::<Unresolved>() => Failure::Dns { host, reason: told(&error.to_string()) },
            _ => Failure::Protocol { host, reason },
        }
    }
}

fn of_io(error: &io::Error, host: CleanText, settings: &HttpSettings, in_body: bool) -> Failure {
    if let Some(error) = inside::<Secure>(error) {
        return of_tls(error, host);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::Refused { host },
        ErrorKind::TimedOut => Failure::TimedOut { host, stage: RequestStage::Connecting, limit: settings.connect },
        kind if is_loss(kind) && in_body => Failure::Truncated { host },
        kind if is_loss(kind) => Failure::Lost { host },
        _ => Failure::Unreachable { host, reason: in_words(error) },
    }
}

fn is_loss(kind: ErrorKind) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(kind, UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

/// The error of some kind that is packed into another one.
fn inside<E: Error + 'static>(error: &io::Error) -> Option<&E> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// The system's error text without its number.
fn in_words(error: &io::Error) -> CleanText {
    let said = error.to_string();
    told(&said.split(" (os error").next().unwrap_or_default().to_lowercase())
}

fn of_tls(error: &Secure, host: CleanText) -> Failure {
    let Secure::InvalidCertificate(flaw) = error else {
        return Failure::Tls { host, reason: told(&error.to_string()) };
    };
    let flaw = match flaw {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "is for another name".to_owned(),
        CertificateError::UnknownIssuer => "is not signed by a known authority".to_owned(),
        CertificateError::Revoked => "was revoked".to_owned(),
        other => format!("is not good: {other}"),
    };
    Failure::Certificate { host, flaw: told(&flaw) }
}

/// The failure that a status without usable content is.
pub(super) fn of_status(status: u16, host: CleanText, retry_after: Option<Duration>) -> Failure {
    match status {
        401 | 403 => Failure::LoginWanted { host, status },
        404 => Failure::NotFound { host },
        407 => Failure::Proxy { reason: told("it wants a login (status 407)") },
        410 => Failure::Gone { host },
        429 => Failure::TooManyRequests { host, status: Some(status), retry_after },
        500..600 => Failure::ServerTrouble { host, status, retry_after },
        _ => Failure::Status { host, status },
    }
}

/// The proxy to go through, if any.
pub(super) fn proxy(wanted: &Proxy) -> Result<Option<ureq::Proxy>, Failure> {
    let parse = |address: &str, whence: &str| {
        let failure = |_| Failure::Proxy { reason: told(&format!("the address in {whence} cannot be understood")) };
        ureq::Proxy::new(address).map_err(failure)
    };
    match wanted {
        Proxy::None => Ok(None),
        Proxy::At(address) => parse(address, "the configuration").map(Some),
        Proxy::FromEnvironment => {
            // ureq passes over those that it cannot read.
            for name in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
                match std::env::var(name) {
                    Ok(address) if !address.is_empty() => {
                        parse(&address, name)?;
                        break;
                    }
                    _ => {}
                }
            }
            Ok(ureq::Proxy::try_from_env())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(error: ureq::Error, in_body: bool) -> String {
        TransportError::from(error).into_failure(told("a.example"), &HttpSettings::default(), in_body).to_string()
    }

    #[test]
    fn what_the_system_says_gets_a_name() {
        let io = |kind: ErrorKind| ureq::Error::Io(io::Error::from(kind));
        let certificate = |flaw| ureq::Error::Io(io::Error::new(ErrorKind::InvalidData, Secure::InvalidCertificate(flaw)));
        for (error, in_body, wanted) in [
            (io(ErrorKind::ConnectionRefused), false, "a.example refuses connections"),
            (io(ErrorKind::NetworkUnreachable), false, "a.example cannot be reached: network unreachable"),
            (ureq::Error::Io(io::Error::other("No Route (os error 113)")), false, "a.example cannot be reached: no route"),
            (io(ErrorKind::ConnectionReset), false, "a.example closed the connection before it answered"),
            (io(ErrorKind::ConnectionReset), true, "a.example closed the connection in the middle of the answer"),
            (io(ErrorKind::TimedOut), false, "a.example: connecting took longer than 10 s"),
            (ureq::Error::Timeout(Timeout::Resolve), false, "a.example: looking up the name took longer than 10 s"),
            (ureq::Error::Timeout(Timeout::RecvBody), true, "a.example: the whole answer took longer than 30 s"),
            (certificate(CertificateError::Expired), false, "the certificate of a.example has expired"),
            (certificate(CertificateError::NotValidForName), false, "the certificate of a.example is for another name"),
            (ureq::Error::ConnectProxyFailed("503 \x1b[31mno".to_owned()), false, "the proxy: 503 [31mno"),
        ] {
            assert_eq!(named(error, in_body), wanted);
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_understood_is_not_gone_past() {
        let at = |address: &str| proxy(&Proxy::At(address.to_owned()));
        assert_eq!(at("socks5h://reader7:p@proxy.example").unwrap().unwrap().port(), 1080);
        for address in ["", "gopher://proxy.example", "http://"] {
            let reason = told("the address in the configuration cannot be understood");
            assert_eq!(at(address).unwrap_err(), Failure::Proxy { reason }, "{address}");
        }
        assert_eq!(proxy(&Proxy::None), Ok(None));
    }
}
