//! The headers of an answer: how long it stays fresh, when to ask again, its validators. No clock in here:
//! the time now comes in, and only stands in for an answer that does not tell when it was sent.

use std::time::Duration;

use ureq::http::HeaderMap;
use url::Url;

use super::LinkTarget;
use crate::domain::time::{Date, HOUR, MINUTE, Timestamp};

/// Longer values are no validators but an attempt on the store; the longest seen in the wild take about 200 bytes.
const LONGEST_VALIDATOR: usize = 2048;

/// A value to be kept and sent back as it came: an entity tag or a date. None if it could not be sent again.
pub(super) fn validator(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = text(headers, name)?;
    is_validator(value).then(|| value.to_owned())
}

pub(super) fn is_validator(value: &str) -> bool {
    !value.is_empty() && value.len() <= LONGEST_VALIDATOR && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The time to wait that `Retry-After` asks for, given in seconds or as a date (RFC 9110 §10.2.3); else the time until
/// `RateLimit-Reset`.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let asked = text(headers, "retry-after")
        .and_then(|value| seconds(value).or_else(|| Some(between(sent(headers, now), http_date(value)?).unwrap_or_default())));
    asked.or_else(|| rate_limit_reset(headers, now))
}

/// When a limit on requests ends: in seconds from now, as the draft of the header has it, or since 1970, as many servers do.
fn rate_limit_reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    /// No limit lasts as long, and no clock shows less.
    const LONGEST_WAIT: Duration = Duration::from_secs(1_000_000_000);
    let value = ["ratelimit-reset", "x-ratelimit-reset"].iter().find_map(|name| text(headers, name))?;
    // Some tell fractions of seconds.
    let reset = seconds(value.split('.').next().unwrap_or_default())?;
    if reset < LONGEST_WAIT {
        return Some(reset);
    }
    Some(between(sent(headers, now), Timestamp(reset.as_secs() as i64)).unwrap_or_default())
}

/// A whole number.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<usize> {
    text(headers, name)?.parse().ok()
}

/// The targets of `Link` headers (RFC 8288), a bounded number of them. Relative addresses count from where the answer came
/// from.
pub(super) fn links(headers: &HeaderMap, base: &Url) -> Vec<LinkTarget> {
    const MOST: usize = 40;
    let values = headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    let links = values.flat_map(|value| value.split('<').skip(1)).filter_map(|part| {
        let (address, rest) = part.split_once('>')?;
        let mut link = LinkTarget { address: base.join(address.trim()).ok()?.to_string(), rel: String::new(), kind: None };
        for parameter in rest.trim_end_matches([',', ' ']).split(';') {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            match name.trim().to_ascii_lowercase().as_str() {
                "rel" => link.rel = value,
                "type" => link.kind = Some(value),
                _ => {}
            }
        }
        (!link.rel.is_empty()).then_some(link)
    });
    links.take(MOST).collect()
}

/// The time for which the answer is fresh from now on: `max-age` less the age it came with, else until `Expires`
/// (RFC 9111 §4.2). None if nothing is said, or it is not to be kept at all.
pub(super) fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let mut max_age = None;
    let values = headers.get_all("cache-control").iter().filter_map(|value| value.to_str().ok());
    for directive in values.flat_map(|value| value.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" | "no-store" => return None,
            "max-age" => max_age = max_age.or_else(|| seconds(value.trim().trim_matches('"'))),
            _ => {}
        }
    }
    let fresh = match max_age {
        Some(max_age) => max_age.saturating_sub(text(headers, "age").and_then(seconds).unwrap_or_default()),
        None => between(sent(headers, now), http_date(text(headers, "expires")?)?)?,
    };
    (!fresh.is_zero()).then_some(fresh)
}

/// The time of sending by the server's clock, which its other dates use too.
fn sent(headers: &HeaderMap, now: Timestamp) -> Timestamp {
    text(headers, "date").and_then(http_date).unwrap_or(now)
}

fn between(earlier: Timestamp, later: Timestamp) -> Option<Duration> {
    u64::try_from(later.0.saturating_sub(earlier.0)).ok().map(Duration::from_secs)
}

/// Whole seconds. Greater numbers than fit mean forever (RFC 9111 §1.2.2).
fn seconds(value: &str) -> Option<Duration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX)).min(u64::from(u32::MAX))))
}

/// A date in any of the three forms that HTTP has had (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. Always in Greenwich.
fn http_date(value: &str) -> Option<Timestamp> {
    let parts: Vec<&str> = value.split([' ', ',', '-', ':']).filter(|part| !part.is_empty()).collect();
    let ([_, day, month, year, clock @ .., "GMT" | "UTC"] | [_, month, day, clock @ .., year]) = parts.as_slice() else {
        return None;
    };
    let [hour, minute, second] = clock else { return None };
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?;
    let year = match (number(year)?, year.len()) {
        (year @ 0..70, 2) => 2000 + year,
        (year, 2) => 1900 + year,
        (year, _) => year,
    };
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    // The last second of a day may be its 61st.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let day = Date::new(i32::try_from(year).ok()?, Date::month_number(month)?, number(day)?)?;
    Some(Timestamp(day.start().0 + i64::from(hour) * HOUR + i64::from(minute) * MINUTE + i64::from(second)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ureq::http::{HeaderName, HeaderValue};

    use super::*;

    /// Headers as they stand in an answer, a line each.
    fn headers(lines: &str) -> HeaderMap {
        let pairs = lines.lines().map(|line| line.split_once(": ").unwrap());
        let named = |name: &str| name.parse::<HeaderName>().unwrap();
        pairs.map(|(name, value)| (named(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())).collect()
    }

    const NOW: Timestamp = Timestamp(784_111_777);

    #[test]
    fn dates_are_read_in_all_forms_that_http_has_had() {
        for (value, wanted) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("Sun, 06 Nov 1994 08:49:37 UTC", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Wednesday, 01-Jan-69 00:00:00 GMT", Some(3_124_224_000)),
            ("Sun, 31 Feb 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 +0200", None),
            ("0", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(http_date(value), wanted.map(Timestamp), "{value}");
        }
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        for (lines, wanted) in [
            ("retry-after: 120", Some(120)),
            ("retry-after: 0", Some(0)),
            ("retry-after: 99999999999999999999", Some(u64::from(u32::MAX))),
            ("retry-after: Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            // By a server's clock that is an hour late.
            ("date: Sun, 06 Nov 1994 07:49:37 GMT\nretry-after: Sun, 06 Nov 1994 07:51:37 GMT", Some(120)),
            ("retry-after: Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("retry-after: -5", None),
            ("retry-after: +5", None),
            ("retry-after: soon", None),
            // Lobsters tells a time since 1970, others seconds from now.
            ("ratelimit-reset: 784111837", Some(784_111_837)),
            ("date: Sun, 06 Nov 2033 08:49:37 GMT\nratelimit-reset: 2014879867", Some(90)),
            ("x-ratelimit-reset: 7.5", Some(7)),
            ("retry-after: 5\nratelimit-reset: 60", Some(5)),
            ("date: Sun, 06 Nov 1994 08:00:00 GMT", None),
        ] {
            assert_eq!(retry_after(&headers(lines), NOW), wanted.map(Duration::from_secs), "{lines}");
        }
    }

    #[test]
    fn links_are_read_with_their_relations() {
        let base = Url::parse("https://a.example/b/").unwrap();
        let lines = "link: <https://a.example/wp-json/>; rel=\"https://api.w.org/\"\n\
                     link: </p/10>; rel=\"alternate\"; type=\"application/json\", <?p=10>; rel=shortlink\nlink: nonsense, <x>";
        let told: Vec<String> = links(&headers(lines), &base)
            .iter()
            .map(|link| format!("{} {} {}", link.rel, link.kind.as_deref().unwrap_or("-"), link.address))
            .collect();
        assert_eq!(
            told,
            [
                "https://api.w.org/ - https://a.example/wp-json/",
                "alternate application/json https://a.example/p/10",
                "shortlink - https://a.example/b/?p=10",
            ]
        );
    }

    #[test]
    fn freshness_is_what_is_left_of_it() {
        for (lines, wanted) in [
            ("cache-control: max-age=600", Some(600)),
            ("cache-control: public, Max-Age=\"600\"", Some(600)),
            ("cache-control: public\ncache-control: max-age=600", Some(600)),
            ("cache-control: max-age=600\nage: 100", Some(500)),
            ("cache-control: max-age=600\nage: 700", None),
            ("cache-control: max-age=600, no-cache", None),
            ("cache-control: no-store", None),
            ("cache-control: s-maxage=600", None),
            ("cache-control: max-age=soon\nexpires: Sun, 06 Nov 1994 08:59:37 GMT", Some(600)),
            ("cache-control: max-age=60\nexpires: Sun, 06 Nov 1994 08:59:37 GMT", Some(60)),
            ("expires: Sun, 06 Nov 1994 08:59:37 GMT\ndate: Sun, 06 Nov 1994 08:58:37 GMT", Some(60)),
            ("expires: Sun, 06 Nov 1994 08:00:00 GMT", None),
            ("expires: 0", None),
            ("x: y", None),
        ] {
            assert_eq!(fresh_for(&headers(lines), NOW), wanted.map(Duration::from_secs), "{lines}");
        }
    }

    #[test]
    fn what_could_not_be_sent_again_is_no_validator() {
        let long = format!("etag: {}", "a".repeat(LONGEST_VALIDATOR + 1));
        for (lines, wanted) in
            [("etag: W/\"a b\"", Some("W/\"a b\"")), ("etag: \u{e9}", None), ("etag: ", None), (long.as_str(), None)]
        {
            assert_eq!(validator(&headers(lines), "etag").as_deref(), wanted, "{lines}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_header_is_read_without_fault(value in "[ -~]{0,60}", expires in "[ -~]{0,40}") {
            let mut headers = HeaderMap::new();
            for name in ["retry-after", "cache-control", "age", "date"] {
                headers.insert(name, HeaderValue::from_str(&value).unwrap());
            }
            headers.insert("expires", HeaderValue::from_str(&expires).unwrap());
            let _ = (retry_after(&headers, NOW), fresh_for(&headers, NOW), validator(&headers, "date"));
        }
    }
}
