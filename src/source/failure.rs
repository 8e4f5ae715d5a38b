//! Failures between an address and its bytes, as data, with advice for each.

use std::fmt;
use std::time::Duration;

use crate::domain::text::{CleanText, clean_line, prefix};

/// Why an address gave nothing. Every text in it that others wrote is clean and of bounded length; none holds a password.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    #[error("`{address}` is not an http or https address")]
    NotWeb { address: CleanText },
    /// The request could not be built: a token with a line break, say.
    #[error("this cannot be sent to {host}: {reason}")]
    Unsendable { host: CleanText, reason: CleanText },
    /// The program that should tell a password or token did not.
    #[error("no password: {reason}")]
    NoSecret { reason: CleanText },
    /// A source on this machine: a program or a file.
    #[error("{reason}")]
    Local { reason: CleanText },
    #[error("the proxy: {reason}")]
    Proxy { reason: CleanText },
    #[error("the name {host} cannot be looked up: {reason}")]
    Dns { host: CleanText, reason: CleanText },
    /// A public source has come to stand at an address inside this machine or its network.
    #[error("{host} is inside this machine or its network")]
    Private { host: CleanText },
    #[error("{host} refuses connections")]
    Refused { host: CleanText },
    #[error("{host} cannot be reached: {reason}")]
    Unreachable { host: CleanText, reason: CleanText },
    #[error("{host}: {stage} took longer than {} s", limit.as_secs_f32())]
    TimedOut { host: CleanText, stage: RequestStage, limit: Duration },
    /// `flaw` goes on from "the certificate of …".
    #[error("the certificate of {host} {flaw}")]
    Certificate { host: CleanText, flaw: CleanText },
    #[error("no secure connection to {host}: {reason}")]
    Tls { host: CleanText, reason: CleanText },
    #[error("{host} closed the connection before it answered")]
    Lost { host: CleanText },
    #[error("{host} closed the connection in the middle of the answer")]
    Truncated { host: CleanText },
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge { host: CleanText, limit: u64 },
    #[error("the answer of {host} is not readable as {encoding}: {reason}")]
    Encoding { host: CleanText, encoding: CleanText, reason: CleanText },
    #[error("{host} does not speak HTTP as it should: {reason}")]
    Protocol { host: CleanText, reason: CleanText },
    #[error("redirected in a loop, back to {to}")]
    RedirectLoop { to: CleanText },
    #[error("redirected more than {limit} times, at last to {to}")]
    TooManyRedirects { limit: usize, to: CleanText },
    #[error("redirected to {to}, which is inside this machine or its network")]
    RedirectInside { to: CleanText },
    #[error("redirected to {to}, which is not an http or https address")]
    RedirectScheme { to: CleanText },
    /// A request with a secret was sent on to another host.
    #[error("redirected to {to}, on another server, where no password is sent")]
    RedirectAway { to: CleanText },
    #[error("{host} redirects without saying where to (status {status})")]
    RedirectNowhere { host: CleanText, status: u16 },
    #[error("{host} requires a login or blocks this reader (status {status})")]
    LoginWanted { host: CleanText, status: u16 },
    #[error("{host}: not found (404)")]
    NotFound { host: CleanText },
    #[error("{host}: gone for good (410)")]
    Gone { host: CleanText },
    /// Also given without asking, while the host's wish to be left alone is in force: then no status has come.
    #[error("{host} was asked too often{}{}", StatusSuffix(*status), Wait(*retry_after))]
    TooManyRequests { host: CleanText, status: Option<u16>, retry_after: Option<Duration> },
    /// Given without asking: this address said before that it is to be asked later.
    #[error("{host} asked not to be requested at this address for now{}", Wait(Some(*retry_after)))]
    AddressHeld { host: CleanText, retry_after: Duration },
    /// Given without asking: the limit on requests that the host publishes is used up.
    #[error("{host} allows no more requests now; the next one in {}", WaitTime(*retry_after))]
    LimitUsedUp { host: CleanText, retry_after: Duration },
    #[error("{host}: server error ({status}){}", Wait(*retry_after))]
    ServerTrouble { host: CleanText, status: u16, retry_after: Option<Duration> },
    #[error("{host} answered with status {status}")]
    Status { host: CleanText, status: u16 },
    /// `found` says what came instead: "a web page".
    #[error("{host} answers with {found}, not with a feed")]
    NotFeed { host: CleanText, found: CleanText },
    /// As [`NotFeed`](Failure::NotFeed), of a place where people discuss.
    #[error("{host} answers with {found}, not with a discussion")]
    NotDiscussion { host: CleanText, found: CleanText },
    /// The answer came whole, but what is in it breaks off.
    #[error("the answer of {host} breaks off, or is broken")]
    CutOff { host: CleanText },
    #[error("{host} answers with a page to log in at")]
    LoginPage { host: CleanText },
    #[error("called off")]
    CalledOff,
    #[error("internal error: {reason}")]
    Fault { reason: CleanText },
}

/// The longest time for which a host is left alone because it asked for that. Many ask for years where they mean that they
/// do not know.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_hours(24);

/// The step during which time ran out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestStage {
    Lookup,
    /// Until the connection stands, its security included.
    Connecting,
    /// All of it: look-ups, redirects and the last byte of the body.
    Whole,
}

impl fmt::Display for RequestStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RequestStage::Lookup => "looking up the name",
            RequestStage::Connecting => "connecting",
            RequestStage::Whole => "the whole answer",
        })
    }
}

/// True if a new request may succeed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Recovery {
    /// It may pass by itself.
    Passing,
    /// It will be so again until somebody changes something, here or there.
    Lasting,
    /// The source has ended; it is not asked again.
    Ended,
}

impl Failure {
    pub fn recovery(&self) -> Recovery {
        match self {
            Failure::Gone { .. } => Recovery::Ended,
            Failure::NotWeb { .. }
            | Failure::Unsendable { .. }
            | Failure::NoSecret { .. }
            | Failure::Local { .. }
            | Failure::Proxy { .. }
            | Failure::Private { .. }
            | Failure::Certificate { .. }
            | Failure::Tls { .. }
            | Failure::TooLarge { .. }
            | Failure::Encoding { .. }
            | Failure::Protocol { .. }
            | Failure::RedirectLoop { .. }
            | Failure::TooManyRedirects { .. }
            | Failure::RedirectInside { .. }
            | Failure::RedirectScheme { .. }
            | Failure::RedirectNowhere { .. }
            | Failure::RedirectAway { .. }
            | Failure::LoginWanted { .. }
            | Failure::NotFeed { .. }
            | Failure::NotDiscussion { .. }
            | Failure::LoginPage { .. }
            | Failure::NotFound { .. } => Recovery::Lasting,
            // 408 and 425 ask for another try; what stands below 400 and is no answer is a proxy's mood.
            Failure::Status { status, .. } => match status {
                408 | 421 | 425 | ..400 => Recovery::Passing,
                _ => Recovery::Lasting,
            },
            Failure::Dns { .. }
            | Failure::Refused { .. }
            | Failure::Unreachable { .. }
            | Failure::TimedOut { .. }
            | Failure::Lost { .. }
            | Failure::Truncated { .. }
            | Failure::CutOff { .. }
            | Failure::TooManyRequests { .. }
            | Failure::AddressHeld { .. }
            | Failure::LimitUsedUp { .. }
            | Failure::ServerTrouble { .. }
            | Failure::CalledOff
            | Failure::Fault { .. } => Recovery::Passing,
        }
    }

    /// True if asking again will not help by itself.
    pub fn is_lasting(&self) -> bool {
        self.recovery() > Recovery::Passing
    }

    /// True if the host itself cannot be had, or not in time, so that its other pages cannot either.
    pub fn is_about_the_host(&self) -> bool {
        use Failure::{Certificate, Dns, Refused, TimedOut, Unreachable};
        matches!(self, Dns { .. } | Refused { .. } | Unreachable { .. } | Certificate { .. } | TimedOut { .. })
    }

    /// The host that failed; after redirects it may be another than the one that was asked for.
    pub fn host(&self) -> Option<&CleanText> {
        match self {
            Failure::Unsendable { host, .. }
            | Failure::Dns { host, .. }
            | Failure::Private { host }
            | Failure::Refused { host }
            | Failure::Unreachable { host, .. }
            | Failure::TimedOut { host, .. }
            | Failure::Certificate { host, .. }
            | Failure::Tls { host, .. }
            | Failure::Lost { host }
            | Failure::Truncated { host }
            | Failure::CutOff { host }
            | Failure::TooLarge { host, .. }
            | Failure::Encoding { host, .. }
            | Failure::Protocol { host, .. }
            | Failure::RedirectNowhere { host, .. }
            | Failure::LoginWanted { host, .. }
            | Failure::NotFound { host }
            | Failure::NotFeed { host, .. }
            | Failure::NotDiscussion { host, .. }
            | Failure::LoginPage { host }
            | Failure::Gone { host }
            | Failure::TooManyRequests { host, .. }
            | Failure::AddressHeld { host, .. }
            | Failure::LimitUsedUp { host, .. }
            | Failure::ServerTrouble { host, .. }
            | Failure::Status { host, .. } => Some(host),
            Failure::NotWeb { .. }
            | Failure::NoSecret { .. }
            | Failure::Local { .. }
            | Failure::Proxy { .. }
            | Failure::RedirectLoop { .. }
            | Failure::TooManyRedirects { .. }
            | Failure::RedirectInside { .. }
            | Failure::RedirectScheme { .. }
            | Failure::RedirectAway { .. }
            | Failure::CalledOff
            | Failure::Fault { .. } => None,
        }
    }

    /// The time that the host asked to be left alone, within bounds.
    pub fn hold(&self) -> Option<Duration> {
        self.retry_after().map(|time| time.min(LONGEST_HOLD))
    }

    /// How long the host asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Failure::TooManyRequests { retry_after, .. } | Failure::ServerTrouble { retry_after, .. } => *retry_after,
            Failure::AddressHeld { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// Advice to the reader.
    pub fn hint(&self) -> &'static str {
        match self {
            Failure::NotWeb { .. } => "give the address in full, with https:// before it",
            Failure::Unsendable { .. } => "check the address and the credentials of this source",
            Failure::NoSecret { .. } => {
                "run its password-command or token-command by hand: it must print the secret on its first line and cannot ask on a terminal"
            }
            Failure::Local { .. } => "check that the program or file of this source works: run it by hand",
            Failure::Proxy { .. } => "check the proxy in the configuration, or ALL_PROXY, HTTPS_PROXY and HTTP_PROXY",
            Failure::Dns { .. } => "check the spelling of the address, and that this machine is online",
            Failure::Private { .. } => "if it should be read from there, `gleaner add` with its address allows it",
            Failure::Refused { .. } => "the server may be down, or the port wrong; it may answer later",
            Failure::Unreachable { .. } => "check that this machine is online; it may answer later",
            Failure::TimedOut { .. } => "the server or the network is slow; it may answer later",
            Failure::Certificate { .. } => {
                "check this machine's clock; if it is right, only the site can fix this, and its answers cannot be trusted"
            }
            Failure::Tls { .. } => {
                "the server may not speak https on this port: check if the address should begin with http://"
            }
            Failure::Lost { .. } | Failure::Truncated { .. } | Failure::CutOff { .. } => {
                "try again later; if it keeps happening, the server is broken"
            }
            Failure::TooLarge { .. } => "check that this is the address of a feed or a page, not of a file",
            Failure::Encoding { .. } | Failure::Protocol { .. } => "the server is broken; tell the site's owner",
            Failure::RedirectLoop { .. } | Failure::TooManyRedirects { .. } => {
                "the site may need cookies or a login; open the address in a browser and add the one it leads to"
            }
            Failure::RedirectInside { .. } => {
                "the site is misconfigured or malicious; if the target is yours, add its own address"
            }
            Failure::RedirectAway { .. } => "give the address that it leads to, if that is yours",
            Failure::RedirectScheme { .. } | Failure::RedirectNowhere { .. } => {
                "open the address in a browser and add the one it leads to"
            }
            Failure::NotFeed { .. } => {
                "the site may have moved its feed: find the new address in a browser, then `gleaner edit SOURCE --url ADDRESS`"
            }
            Failure::LoginWanted { .. } | Failure::LoginPage { .. } => {
                "give credentials for this source in the configuration, or read it in the browser"
            }
            Failure::NotFound { .. } => "check the spelling of the address; the site may have moved its feed",
            Failure::Gone { .. } => "it is not fetched again; its articles stay",
            Failure::TooManyRequests { .. } => "Gleaner waits before the next request; fetch it less often",
            Failure::ServerTrouble { .. } | Failure::AddressHeld { .. } | Failure::LimitUsedUp { .. } => "it may answer later",
            Failure::Status { .. } | Failure::NotDiscussion { .. } => "open the address in a browser to see what it shows",
            Failure::CalledOff => "fetch it again at any time",
            Failure::Fault { .. } => "please report it, with the log",
        }
    }
}

/// " (status 429)", or nothing.
struct StatusSuffix(Option<u16>);

impl fmt::Display for StatusSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |status| write!(f, " (status {status})"))
    }
}

/// "; it asked us to wait 90 s", or nothing.
struct Wait(Option<Duration>);

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(time) = self.0 else { return Ok(()) };
        write!(f, "; it asked us to wait {}", WaitTime(time))?;
        if time > LONGEST_HOLD { f.write_str(", and is asked again after a day") } else { Ok(()) }
    }
}

/// "90 s", "5 min"
struct WaitTime(Duration);

impl fmt::Display for WaitTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds @ ..300 => write!(f, "{seconds} s"),
            seconds @ ..7200 => write!(f, "{} min", seconds / 60),
            seconds @ ..172_800 => write!(f, "{} h", seconds / 3600),
            seconds => write!(f, "{} days", seconds / 86_400),
        }
    }
}

/// Columns that one foreign text may take in a failure.
const LONGEST: usize = 200;

/// Foreign words, made fit for a failure.
pub fn told(raw: &str) -> CleanText {
    // Cut before it is cleaned, so that a long text costs little, and behind it, so that it shows as short.
    let end = raw.char_indices().nth(8 * LONGEST).map_or(raw.len(), |(at, _)| at);
    let clean = clean_line(&raw[..end]);
    match prefix(&clean, LONGEST) {
        (short, _) if short.len() < clean.len() => clean_line(&format!("{short}…")),
        _ => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_are_told_clean_and_short() {
        for (raw, wanted) in [("plain", "plain"), ("a\x1b]0;title\x07b\r\nc", "a]0;titleb c"), ("\u{202e}desrever", "desrever")]
        {
            assert_eq!(told(raw), wanted);
        }
        let long = told(&"漢".repeat(5000));
        assert_eq!(long.chars().count(), 101);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn failures_read_as_sentences() {
        let host = told("news.example");
        let retry_after = Some(Duration::from_secs(90));
        for (failure, wanted) in [
            (
                Failure::TooManyRequests { host: host.clone(), status: Some(429), retry_after },
                "news.example was asked too often (status 429); it asked us to wait 90 s",
            ),
            (
                Failure::TooManyRequests { host: host.clone(), status: None, retry_after },
                "news.example was asked too often; it asked us to wait 90 s",
            ),
            (
                Failure::TooManyRequests {
                    host: host.clone(),
                    status: Some(429),
                    retry_after: Some(Duration::from_secs(1_000_000)),
                },
                "news.example was asked too often (status 429); it asked us to wait 11 days, and is asked again after a day",
            ),
            (Failure::ServerTrouble { host: host.clone(), status: 503, retry_after: None }, "news.example: server error (503)"),
            (
                Failure::TimedOut { host: host.clone(), stage: RequestStage::Lookup, limit: Duration::from_millis(2500) },
                "news.example: looking up the name took longer than 2.5 s",
            ),
            (Failure::Certificate { host, flaw: told("has expired") }, "the certificate of news.example has expired"),
        ] {
            assert_eq!(failure.to_string(), wanted);
        }
    }

    #[test]
    fn only_what_asking_again_can_mend_passes() {
        let status = |status| Failure::Status { host: told("a"), status };
        for (failure, wanted) in [
            (Failure::Dns { host: told("a"), reason: told("b") }, Recovery::Passing),
            (Failure::NotFound { host: told("a") }, Recovery::Lasting),
            (Failure::Gone { host: told("a") }, Recovery::Ended),
            (status(408), Recovery::Passing),
            (status(206), Recovery::Passing),
            (status(451), Recovery::Lasting),
        ] {
            assert_eq!(failure.recovery(), wanted, "{failure}");
            assert_eq!(failure.is_lasting(), wanted != Recovery::Passing);
            assert!(!failure.hint().is_empty());
        }
    }
}
