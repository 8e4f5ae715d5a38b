//! The ends of a command: exit codes and messages of failures.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::domain::text::clean;
use crate::format::Unreadable;
use crate::store::StoreError;
pub(super) use crate::store::in_words;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    Done = 0,
    Failed = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Stopped by a signal, between two steps of its work. As shells tell of SIGINT.
    Stopped = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// An error of the command line's own, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct CliError {
    message: String,
    hint: Option<String>,
    exit: Exit,
}

impl CliError {
    pub(super) fn failed(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), hint: None, exit: Exit::Failed }
    }

    pub(super) fn usage(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), hint: None, exit: Exit::Usage }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> CliError {
        CliError { hint: Some(hint.into()), ..self }
    }
}

/// A file or standard input that could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    #[error("{name}: {}", in_words(source))]
    Io { name: String, source: io::Error },
    #[error("{name}: {source}")]
    Unreadable { name: String, source: Unreadable },
    /// Subscriptions where pages were asked for: what it is, and how many.
    #[error("{name}: it is {what}, and holds no articles")]
    List { name: String, what: String },
}

/// Says on `err` what went wrong, why, and what to do. An output that was closed early is no failure: nobody is there
/// to be told.
pub(super) fn report(error: &anyhow::Error, err: &mut impl Write) -> Exit {
    if error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)) {
        return Exit::Done;
    }
    // Whoever breaks something off knows why.
    if is_interruption(error) {
        let _ = writeln!(err, "stopped");
        return Exit::Stopped;
    }
    let mut lines = vec![format!("error: {error}")];
    for cause in error.chain().skip(1) {
        // Many errors name their cause themselves.
        let cause = cause.downcast_ref::<io::Error>().map_or_else(|| cause.to_string(), in_words);
        if !lines.iter().any(|line| line.contains(&cause)) {
            lines.push(format!("  {cause}"));
        }
    }
    lines.extend(hint(error).map(|hint| format!("hint: {hint}")));
    for line in lines.iter().flat_map(|text| text.lines()) {
        // Nothing more can be done where standard error is closed too.
        let _ = writeln!(err, "{}", clean(line));
    }
    exit(error)
}

/// True if a signal stopped it.
pub(super) fn is_interruption(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_interruption))
}

fn exit(error: &anyhow::Error) -> Exit {
    let of = |cause: &(dyn std::error::Error + 'static)| {
        let config = cause.is::<ConfigError>().then_some(Exit::Usage);
        config.or_else(|| cause.downcast_ref::<CliError>().map(|complaint| complaint.exit))
    };
    error.chain().find_map(of).unwrap_or(Exit::Failed)
}

/// Advice for an error. Every message takes it from here.
fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(complaint) = cause.downcast_ref::<CliError>() {
            return complaint.hint.clone();
        }
        if let Some(error) = cause.downcast_ref::<StoreError>() {
            return Some(error.hint());
        }
        let hint = if let Some(error) = cause.downcast_ref::<ConfigError>() {
            error.hint()
        } else if let Some(error) = cause.downcast_ref::<Unreadable>() {
            unreadable_hint(error)
        } else {
            io_hint(cause.downcast_ref::<io::Error>()?.kind())
        };
        Some(hint.to_owned())
    })
}

fn unreadable_hint(error: &Unreadable) -> &'static str {
    match error {
        Unreadable::Empty => "save the page again",
        Unreadable::TooLarge { .. } => "split it into smaller files",
        Unreadable::NoArticle => "open it in the browser",
        Unreadable::Binary { .. } | Unreadable::Unknown { .. } => {
            "gleaner reads page dumps, HTML, Markdown, plain text, mail, and discussions of the sites in the README: save the page as one of these"
        }
    }
}

fn io_hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "check the name",
        ErrorKind::PermissionDenied => "change its permissions, or name another",
        ErrorKind::AlreadyExists => "there is a file with the folder's name: name another folder, as with --data-dir DIR",
        ErrorKind::ReadOnlyFilesystem => "choose a folder that can be written: --data-dir DIR",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk and try again",
        ErrorKind::IsADirectory => "`gleaner import` takes folders; the others take files",
        _ => "check the path",
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    fn told(error: impl Into<anyhow::Error>) -> (String, Exit) {
        let mut err = Vec::new();
        let exit = report(&error.into(), &mut err);
        (String::from_utf8(err).unwrap(), exit)
    }

    #[test]
    fn errors_name_the_thing_its_cause_and_what_to_do() {
        let absent = || io::Error::from_raw_os_error(2);
        let unreadable = InputError::Unreadable { name: "page.txt".into(), source: Unreadable::Empty };
        for (error, text, exit) in [
            (anyhow::Error::from(unreadable), "error: page.txt: it is empty\nhint: save the page again\n", Exit::Failed),
            (
                InputError::Io { name: "page.txt".into(), source: absent() }.into(),
                "error: page.txt: no such file or directory\nhint: check the name\n",
                Exit::Failed,
            ),
            (
                Err::<(), _>(absent()).context("cannot make the folder").unwrap_err(),
                "error: cannot make the folder\n  no such file or directory\nhint: check the name\n",
                Exit::Failed,
            ),
            (CliError::usage("no").hint("yes").into(), "error: no\nhint: yes\n", Exit::Usage),
            (CliError::failed("evil \x1b[2J\nname").into(), "error: evil [2J\nname\n", Exit::Failed),
        ] {
            assert_eq!(told(error), (text.to_owned(), exit));
        }
    }

    #[test]
    fn a_closed_output_is_success() {
        assert_eq!(told(io::Error::from(ErrorKind::BrokenPipe)), (String::new(), Exit::Done));
    }
}
