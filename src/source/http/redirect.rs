//! The way of one request through its redirects: pure, so that every turn of it can be tried without a net.

use percent_encoding::percent_decode_str;
use url::Url;

use super::auth::Credentials;
use super::ip_filter::{IsPublic, is_inside_by_name};
use super::private::PrivateOrigins;
use crate::domain::text::CleanText;
use crate::source::Failure;
use crate::source::failure::told;

/// The terms on which a journey goes.
#[derive(Clone, Debug)]
pub(super) struct RedirectPolicy {
    pub redirects: usize,
    pub is_public: IsPublic,
    /// Addresses inside this machine or its network that it may reach.
    pub private: PrivateOrigins,
    /// True if the request carries the source's own headers, such as cookies.
    pub has_own_headers: bool,
}

#[derive(Debug)]
pub(super) struct RedirectChain {
    terms: RedirectPolicy,
    /// The address to request now; the earlier ones, in order.
    url: Url,
    passed: Vec<Url>,
    credentials: Credentials,
    left_credentials: bool,
    left_host: bool,
    /// True if all redirects so far were for good.
    is_permanent: bool,
    /// True if an answer has come from the open net, from where no way leads inside any more.
    was_outside: bool,
    began_inside: bool,
}

impl RedirectChain {
    /// Credentials in the address count where no others are given; they are never part of an address from here on.
    pub(super) fn begin(address: &str, auth: &Credentials, terms: RedirectPolicy) -> Result<RedirectChain, Failure> {
        let not_web = || Failure::NotWeb { address: told(address) };
        let mut url = Url::parse(address.trim()).map_err(|_| not_web())?;
        if !is_web(&url) {
            return Err(not_web());
        }
        let credentials = match auth {
            Credentials::None if !url.username().is_empty() || url.password().is_some() => Credentials::Basic {
                user: percent_decode_str(url.username()).decode_utf8_lossy().into_owned(),
                password: percent_decode_str(url.password().unwrap_or_default()).decode_utf8_lossy().into_owned(),
            },
            given => given.clone(),
        };
        plain(&mut url);
        Ok(RedirectChain {
            terms,
            url,
            passed: Vec::new(),
            credentials,
            left_credentials: false,
            left_host: false,
            is_permanent: true,
            was_outside: false,
            began_inside: false,
        })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn host(&self) -> CleanText {
        told(self.url.host_str().unwrap_or_default())
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// True once a redirect left the host, after which no secrets are sent.
    pub(super) fn has_left_its_host(&self) -> bool {
        self.left_host
    }

    pub(super) fn is_redirected(&self) -> bool {
        !self.passed.is_empty()
    }

    /// True if the place to ask is inside as far as its name tells, without a look-up.
    pub(super) fn leads_inside_by_name(&self) -> bool {
        is_inside_by_name(&self.url, self.terms.is_public)
    }

    /// Fails if the next address is a private one that may not be asked.
    pub(super) fn may_go_inside(&self) -> Result<(), Failure> {
        match (self.terms.private.covers(&self.url) && !self.was_outside, self.is_redirected()) {
            (true, _) => Ok(()),
            (false, false) => Err(Failure::Private { host: self.host() }),
            (false, true) => Err(Failure::RedirectInside { to: told(self.url.as_str()) }),
        }
    }

    /// An answer has come, from inside or from the open net.
    pub(super) fn answered(&mut self, from_inside: bool) {
        self.began_inside |= from_inside && !self.is_redirected();
        self.was_outside |= !from_inside;
    }

    /// Goes on to where an answer with `status` points.
    pub(super) fn follow(&mut self, status: u16, location: Option<&[u8]>) -> Result<(), Failure> {
        let nowhere = || Failure::RedirectNowhere { host: self.host(), status };
        let location = String::from_utf8_lossy(location.ok_or_else(nowhere)?).trim().to_owned();
        if location.is_empty() {
            return Err(nowhere());
        }
        let to = self.url.join(&location).ok().filter(is_web);
        let mut to = to.ok_or_else(|| Failure::RedirectScheme { to: told(&location) })?;
        plain(&mut to);
        if to == self.url || self.passed.contains(&to) {
            return Err(Failure::RedirectLoop { to: told(to.as_str()) });
        }
        if self.passed.len() >= self.terms.redirects {
            return Err(Failure::TooManyRedirects { limit: self.terms.redirects, to: told(to.as_str()) });
        }
        if !keeps_credentials(&self.url, &to) {
            self.left_host = true;
            self.left_credentials |= self.credentials != Credentials::None || self.terms.has_own_headers;
            self.credentials = Credentials::None;
        }
        self.is_permanent &= matches!(status, 301 | 308) && !(self.url.scheme() == "https" && to.scheme() == "http");
        self.passed.push(std::mem::replace(&mut self.url, to));
        Ok(())
    }

    /// The address to be asked from now on, if every redirect said so. A way that gives up https, or on which
    /// credentials had to stay behind, is not for good whatever it says: that is for the reader to decide.
    pub(super) fn moved_permanently_to(&self) -> Option<String> {
        (self.is_redirected() && self.is_permanent && !self.left_credentials).then(|| self.url.to_string())
    }

    /// True if the address to be asked from now on is inside. No way leads out and in again.
    pub(super) fn stands_inside(&self) -> bool {
        self.began_inside && !(self.was_outside && self.moved_permanently_to().is_some())
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

/// Takes off what is not sent: credentials and the place within the page.
fn plain(url: &mut Url) {
    url.set_fragment(None);
    // Can fail only for addresses without a host, which are none of ours.
    let _ = (url.set_username(""), url.set_password(None));
}

/// True if credentials for one address may be shown to the other: the same host and port, or the same host turned from
/// http to https on their usual ports.
fn keeps_credentials(from: &Url, to: &Url) -> bool {
    let ports = (from.port_or_known_default(), to.port_or_known_default());
    let same = from.scheme() == to.scheme() && ports.0 == ports.1;
    let secured = from.scheme() == "http" && to.scheme() == "https" && ports == (Some(80), Some(443));
    from.host() == to.host() && (same || secured)
}

#[cfg(test)]
mod tests {
    use super::super::ip_filter::is_public;
    use super::*;

    fn terms() -> RedirectPolicy {
        RedirectPolicy { redirects: 5, is_public, private: PrivateOrigins::default(), has_own_headers: false }
    }

    /// Status and location.
    type Redirect = (u16, &'static str);

    fn basic(user: &str, password: &str) -> Credentials {
        Credentials::Basic { user: user.to_owned(), password: password.to_owned() }
    }

    /// A journey over some redirects, or the words of the failure that ends it.
    fn journey(address: &str, auth: &Credentials, redirects: &[(u16, &str)]) -> Result<RedirectChain, String> {
        let mut journey = RedirectChain::begin(address, auth, terms()).map_err(|failure| failure.to_string())?;
        for (status, location) in redirects {
            journey.answered(false);
            journey.follow(*status, Some(location.as_bytes())).map_err(|failure| failure.to_string())?;
        }
        Ok(journey)
    }

    #[test]
    fn redirects_lead_on_and_only_lasting_ones_move_a_source() {
        let cases: &[(&[Redirect], &str, bool)] = &[
            (&[], "https://a.example/feed?x=1", false),
            (&[(301, "/new")], "https://a.example/new", true),
            (&[(308, "?y#part")], "https://a.example/feed?y", true),
            (&[(302, "/new")], "https://a.example/new", false),
            (&[(301, "//b.example/"), (308, "c")], "https://b.example/c", true),
            (&[(301, "/b"), (307, "/c"), (301, "/d")], "https://a.example/d", false),
            (&[(303, "/b"), (301, "/c")], "https://a.example/c", false),
            (&[(301, "http://a.example/")], "http://a.example/", false),
            (&[(301, " /f\u{fc}r alle ")], "https://a.example/f%C3%BCr%20alle", true),
            (&[(301, "https://eve:secret@a.example/")], "https://a.example/", true),
        ];
        for (redirects, wanted, moves) in cases {
            let journey = journey("https://a.example/feed?x=1#top", &Credentials::None, redirects).unwrap();
            assert_eq!(journey.url().as_str(), *wanted);
            assert_eq!(journey.moved_permanently_to(), moves.then(|| (*wanted).to_owned()), "{redirects:?}");
        }
    }

    #[test]
    fn redirects_that_lead_nowhere_are_named() {
        let chain: Vec<(u16, String)> = (1..=6).map(|n| (302, format!("/{n}"))).collect();
        let chain: Vec<(u16, &str)> = chain.iter().map(|(status, to)| (*status, to.as_str())).collect();
        for (redirects, wanted) in [
            (&[(302, "/a")][..], "redirected in a loop, back to http://a.example/a"),
            (&[(302, "/a#other")], "redirected in a loop, back to http://a.example/a"),
            (&[(302, "/b"), (302, "/c"), (302, "/b")], "redirected in a loop, back to http://a.example/b"),
            (&[(302, "/0"), (302, "http://a.example/a")], "redirected in a loop, back to http://a.example/a"),
            (&chain, "redirected more than 5 times, at last to http://a.example/6"),
            (&[(302, "file:///etc/passwd")], "redirected to file:///etc/passwd, which is not an http or https address"),
            (&[(302, "javascript:a\x1b[2J")], "redirected to javascript:a[2J, which is not an http or https address"),
            (&[(302, "")], "a.example redirects without saying where to (status 302)"),
            (&[(302, "http://:80/")], "redirected to http://:80/, which is not an http or https address"),
        ] {
            let ended = journey("http://a.example/a", &Credentials::None, redirects).unwrap_err();
            assert_eq!(ended, wanted);
        }
        let mut start = RedirectChain::begin("http://a.example/", &Credentials::None, terms()).unwrap();
        assert!(matches!(start.follow(301, None), Err(Failure::RedirectNowhere { status: 301, .. })));
    }

    #[test]
    fn only_web_addresses_are_asked() {
        for address in ["", "a.example", "ftp://a.example/", "file:///etc/passwd", "mailto:a@b.example", "http://", "-o x"] {
            let wanted = format!("`{address}` is not an http or https address");
            assert_eq!(journey(address, &Credentials::None, &[]).unwrap_err(), wanted);
        }
    }

    #[test]
    fn credentials_stay_with_their_host() {
        let given = basic("reader7", "p");
        for (address, to, keeps) in [
            ("https://a.example/", "/b", true),
            ("https://a.example/", "https://a.example:443/b", true),
            ("http://a.example/", "https://a.example/b", true),
            ("https://a.example/", "http://a.example/b", false),
            ("https://a.example/", "https://a.example:8443/b", false),
            ("http://a.example:8080/", "https://a.example:8443/b", false),
            ("https://a.example/", "https://b.a.example/", false),
            ("https://a.example/", "https://b.example/", false),
        ] {
            let journey = journey(address, &given, &[(301, to)]).unwrap();
            assert_eq!(*journey.credentials() == given, keeps, "{address} to {to}");
            assert_eq!(journey.moved_permanently_to().is_some(), keeps, "{address} to {to}");
        }
        let mut with_cookie =
            RedirectChain::begin("https://a.example/", &Credentials::None, RedirectPolicy { has_own_headers: true, ..terms() })
                .unwrap();
        with_cookie.answered(false);
        with_cookie.follow(301, Some(b"https://b.example/")).unwrap();
        assert!(with_cookie.has_left_its_host() && with_cookie.moved_permanently_to().is_none());
        let back = journey("https://a.example/", &given, &[(301, "https://b.example/"), (301, "https://a.example/c")]);
        assert_eq!(*back.unwrap().credentials(), Credentials::None, "once left behind, they are not taken up again");
    }

    #[test]
    fn credentials_in_an_address_are_taken_out_of_it() {
        for (address, wanted) in [
            ("https://reader7:p%20w%3D%26%2B+%25@a.example/x", basic("reader7", "p w=&++%")),
            ("https://reader7@a.example/x", basic("reader7", "")),
            ("https://:a=b&c@a.example/x", basic("", "a=b&c")),
            ("https://a.example/x", Credentials::None),
        ] {
            let journey = journey(address, &Credentials::None, &[]).unwrap();
            assert_eq!((journey.url().as_str(), journey.credentials()), ("https://a.example/x", &wanted));
        }
        let token = Credentials::Bearer("t".to_owned());
        assert_eq!(*journey("https://u:p@a.example/", &token, &[]).unwrap().credentials(), token);
    }

    #[test]
    fn the_way_inside_is_open_only_from_inside() {
        let begin = |private: &str| {
            let terms = RedirectPolicy { private: PrivateOrigins::of(private), ..terms() };
            RedirectChain::begin("http://a.example/", &Credentials::None, terms).unwrap()
        };
        let stranger = begin("http://b.example/");
        assert!(matches!(stranger.may_go_inside(), Err(Failure::Private { .. })));

        let mut neighbour = begin("http://a.example/");
        assert_eq!(neighbour.may_go_inside(), Ok(()));
        neighbour.answered(true);
        neighbour.follow(301, Some(b"/b")).unwrap();
        assert_eq!(neighbour.may_go_inside(), Ok(()));
        neighbour.answered(true);
        assert!(neighbour.stands_inside());
        neighbour.follow(301, Some(b"https://b.example/")).unwrap();
        neighbour.answered(false);
        assert!(!neighbour.stands_inside(), "it has moved out");
        neighbour.follow(301, Some(b"http://a.example/c")).unwrap();
        assert!(matches!(neighbour.may_go_inside(), Err(Failure::RedirectInside { .. })), "and does not come in again");
        for other in ["http://a.example:631/", "https://a.example/", "http://localhost/", "http://10.0.0.1/"] {
            let mut neighbour = begin("http://a.example/");
            neighbour.answered(true);
            neighbour.follow(302, Some(other.as_bytes())).unwrap();
            assert!(matches!(neighbour.may_go_inside(), Err(Failure::RedirectInside { .. })), "{other}");
        }
    }
}
