//! Credentials: where they come from, and what is sent of them. A program that tells a secret runs when a request needs it,
//! on the thread of that request, so that one that hangs holds nothing else back; nothing of it is kept.

use std::fmt;
use std::time::Duration;

use crate::os::program::{ProgramLimits, run};
use crate::source::Failure;
use crate::source::failure::told;

/// Where a request's credentials come from.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Auth {
    #[default]
    None,
    Basic {
        user: String,
        password: Secret,
    },
    Bearer(Secret),
}

#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    Plain(String),
    /// The first line that this program, with its arguments, writes.
    Command(Vec<String>),
}

/// Tells the kind, never the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Secret::Plain(_) => "Plain(…)",
            Secret::Command(_) => "Command(…)",
        })
    }
}

/// Tells the kind, never the secret.
impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Auth::None => "None",
            Auth::Basic { .. } => "Basic { … }",
            Auth::Bearer(_) => "Bearer(…)",
        })
    }
}

/// The header's value.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Credentials {
    None,
    Basic { user: String, password: String },
    Bearer(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Bytes that a program may write to tell a secret.
const LONGEST: usize = 64 << 10;

impl Auth {
    /// The credentials, or why there are none: a request that should have some is not sent without them.
    pub(super) fn credentials(&self, limit: Duration) -> Result<Credentials, Failure> {
        Ok(match self {
            Auth::None => Credentials::None,
            Auth::Basic { user, password } => Credentials::Basic { user: user.clone(), password: password.tell(limit)? },
            Auth::Bearer(token) => Credentials::Bearer(token.tell(limit)?),
        })
    }
}

/// Headers of a source's own, as they are sent.
pub(super) type OwnHeaders = Vec<(String, String)>;

/// Headers with their values; one that cannot be sent is an error, since a request without it would be another.
pub(super) fn own_headers(headers: &[(String, Secret)], limit: Duration) -> Result<OwnHeaders, Failure> {
    let mut own = Vec::new();
    for (name, value) in headers {
        let value = value.tell(limit)?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !is_name || !is_header_value(&value) {
            return Err(Failure::NoSecret { reason: told(&format!("the header `{name}` cannot be sent as it is")) });
        }
        own.push((name.clone(), value));
    }
    Ok(own)
}

/// True for text that is valid in a header.
pub(super) fn is_header_value(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| matches!(c, ' '..='~'))
}

impl Secret {
    /// The secret; a command that tells it is run.
    pub fn tell(&self, limit: Duration) -> Result<String, Failure> {
        let argv = match self {
            Secret::Plain(secret) => return Ok(secret.clone()),
            Secret::Command(argv) => argv,
        };
        let failed = |reason: &str| Failure::NoSecret { reason: told(reason) };
        let limits = ProgramLimits { time: limit, output: LONGEST };
        let written = run(argv, None, limits).map_err(|error| failed(&error.to_string()))?;
        let program = argv.first().map_or("", String::as_str);
        let written = String::from_utf8(written).map_err(|_| failed(&format!("`{program}` did not write UTF-8")))?;
        let secret = written.lines().next().unwrap_or_default();
        if secret.is_empty() {
            return Err(failed(&format!("`{program}` wrote nothing on its first line")));
        }
        Ok(secret.to_owned())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn told_by(script: &str) -> Result<String, String> {
        let secret = Secret::Command(["sh", "-c", script].map(str::to_owned).to_vec());
        secret.tell(Duration::from_mins(5)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_command_tells_a_secret_or_why_there_is_none() {
        assert_eq!(told_by("printf 'p w\\nuser: reader7\\n'").as_deref(), Ok("p w"));
        for (script, wanted) in [
            ("exit 1", "no password: `sh` failed (exit status: 1)"),
            ("echo secret; exit 1", "no password: `sh` failed (exit status: 1)"),
            ("true", "no password: `sh` wrote nothing on its first line"),
            ("echo; echo secret", "no password: `sh` wrote nothing on its first line"),
            ("printf '\\377'", "no password: `sh` did not write UTF-8"),
        ] {
            assert_eq!(told_by(script), Err(wanted.to_owned()), "{script}");
        }
        let hanging = Secret::Command(["sleep", "1000"].map(str::to_owned).to_vec());
        let failure = hanging.tell(Duration::from_millis(50)).unwrap_err();
        assert_eq!(failure.to_string(), "no password: `sleep` took longer than 0.05 s and was ended");
    }
}
