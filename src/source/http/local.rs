//! Sources on this machine: `exec:` (what a program prints), `filter:` (a feed through a program) and `file:`.
//!
//! Only a subscription's own address makes one; nothing that content names does. Programs are run by their words, without
//! a shell, for as long as a request may take, and may print as much as a feed may hold.

use percent_encoding::percent_decode_str;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Answer, ResponseMeta};
use crate::domain::text::clean_line;
use crate::format::MAX_PAGE;
use crate::os::program::{ProgramLimits, in_home, run, words};
use crate::source::Failure;

/// The origin of the bytes of such a source, or of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LocalSource {
    Exec(Vec<String>),
    /// The program, and the address of the feed that it is given.
    Filter(Vec<String>, String),
    File(PathBuf),
}

impl LocalSource {
    /// None for an address of the net; an error for one of these kinds that says too little.
    pub fn parse(address: &str) -> Option<Result<LocalSource, String>> {
        let (scheme, rest) = address.split_once(':')?;
        match scheme.to_ascii_lowercase().as_str() {
            "exec" => Some(words(rest).map(LocalSource::Exec)),
            "filter" => Some(filter(rest)),
            "file" => Some(file(rest).map(LocalSource::File)),
            _ => None,
        }
    }

    /// The feed that a filter is given.
    pub fn feed(&self) -> Option<&str> {
        match self {
            LocalSource::Filter(_, address) => Some(address),
            LocalSource::Exec(_) | LocalSource::File(_) => None,
        }
    }

    /// Its own output; none for a filter, which needs an answer first.
    pub(super) fn read(&self, address: &str, time: Duration) -> Option<Result<Answer, Failure>> {
        let bytes = match self {
            LocalSource::Exec(argv) => output(argv, None, time),
            LocalSource::File(path) => contents(path),
            LocalSource::Filter(..) => return None,
        };
        Some(bytes.map(|bytes| Answer::Fresh { bytes, particulars: ResponseMeta::of_local(address) }))
    }

    /// An answer as the filter's program makes it.
    pub(super) fn pass(&self, answer: Answer, time: Duration) -> Result<Answer, Failure> {
        match (self, answer) {
            (LocalSource::Filter(argv, _), Answer::Fresh { bytes, particulars }) => {
                let bytes = output(argv, Some(bytes), time)?;
                // The program's output need not have the type that the server announced.
                Ok(Answer::Fresh { bytes, particulars: ResponseMeta { content_type: None, ..particulars } })
            }
            (_, answer) => Ok(answer),
        }
    }
}

fn output(argv: &[String], input: Option<Vec<u8>>, time: Duration) -> Result<Vec<u8>, Failure> {
    let limits = ProgramLimits { time, output: MAX_PAGE };
    run(argv, input, limits).map_err(|error| Failure::Local { reason: clean_line(&error.to_string()) })
}

fn contents(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |reason: &str| Failure::Local { reason: clean_line(&format!("{}: {reason}", path.display())) };
    if path.exists() && !path.is_file() {
        return Err(failed("not a file"));
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_PAGE as u64 + 1).read_to_end(&mut bytes));
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(failed("no such file")),
        Err(error) => Err(failed(&error.to_string())),
        Ok(_) if bytes.len() > MAX_PAGE => Err(failed("larger than 16 MiB")),
        Ok(_) => Ok(bytes),
    }
}

fn file(rest: &str) -> Result<PathBuf, String> {
    let path = rest.strip_prefix("//localhost").or_else(|| rest.strip_prefix("//")).unwrap_or(rest);
    let path = percent_decode_str(path).decode_utf8_lossy();
    if path.is_empty() || !(path.starts_with('/') || path.starts_with("~/")) {
        return Err("`file:` needs a whole path, such as file:///home/me/feed.xml".to_owned());
    }
    Ok(PathBuf::from(in_home(&path)))
}

/// `COMMAND:ADDRESS`, as newsboat writes it.
fn filter(rest: &str) -> Result<LocalSource, String> {
    let at = ["https://", "http://"].iter().filter_map(|scheme| rest.find(&format!(":{scheme}"))).min();
    let at = at.ok_or("`filter:` needs a program and an address: filter:PROGRAM:https://…")?;
    Ok(LocalSource::Filter(words(&rest[..at])?, rest[at + 1..].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(address: &str) -> String {
        match LocalSource::parse(address) {
            None => "of the net".to_owned(),
            Some(Err(error)) => error,
            Some(Ok(LocalSource::Exec(argv))) => format!("exec {argv:?}"),
            Some(Ok(LocalSource::Filter(argv, address))) => format!("filter {argv:?} {address}"),
            Some(Ok(LocalSource::File(path))) => format!("file {}", path.display()),
        }
    }

    #[test]
    fn addresses_on_this_machine_are_told_from_those_of_the_net() {
        for (address, wanted) in [
            ("https://a.example/exec:x", "of the net"),
            ("exec:/bin/feed a 'b c' \"d \\\" e\" f\\ g", r#"exec ["/bin/feed", "a", "b c", "d \" e", "f g"]"#),
            ("exec:feed; rm -r $HOME", r#"exec ["feed;", "rm", "-r", "$HOME"]"#),
            ("exec: ", "no program is named"),
            ("exec:feed 'open", "a quote is not closed"),
            ("filter:/bin/f -x:https://a.example/feed?a:b", r#"filter ["/bin/f", "-x"] https://a.example/feed?a:b"#),
            ("filter:/bin/f", "`filter:` needs a program and an address: filter:PROGRAM:https://…"),
            ("file:///tmp/a%20feed.xml", "file /tmp/a feed.xml"),
            ("file://localhost/tmp/a%zz", "file /tmp/a%zz"),
            ("file:feed.xml", "`file:` needs a whole path, such as file:///home/me/feed.xml"),
        ] {
            assert_eq!(shown(address), wanted, "{address}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_program_gives_bytes_or_says_why_not() {
        let time = Duration::from_mins(10);
        let read = |address: &str| match LocalSource::parse(address).unwrap().unwrap().read(address, time).unwrap() {
            Ok(Answer::Fresh { bytes, .. }) => String::from_utf8(bytes).unwrap(),
            Ok(Answer::Unchanged(_)) => "unchanged".to_owned(),
            Err(failure) => failure.to_string(),
        };
        assert_eq!(read("exec:echo 'a  b'"), "a  b\n");
        assert!(read("exec:false").contains("`false` failed"), "{}", read("exec:false"));
        assert!(read("exec:/no/such/program").contains("`/no/such/program` did not start"));
        assert!(read("file:///no/such/file").contains("no such file"));
        assert!(read("file:///dev/null").contains("not a file"));
        let filter = LocalSource::parse("filter:tr a b:https://a.example/").unwrap().unwrap();
        let answer = Answer::Fresh { bytes: b"banana".to_vec(), particulars: ResponseMeta::of_local("") };
        let Answer::Fresh { bytes, .. } = filter.pass(answer, time).unwrap() else { panic!("unchanged") };
        assert_eq!(bytes, b"bbnbnb");
    }
}
