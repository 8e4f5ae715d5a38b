//! Questions on the terminal: a line, and a password that is not shown while it is typed.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use super::error::CliError;
use super::output::stderr;
use crate::domain::text::clean_code;

/// A line of standard input; on a terminal it is asked for.
pub(super) fn ask_line(question: &str) -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        ask(question)?;
    }
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim_end_matches(['\r', '\n']);
    if answer.is_empty() {
        return Err(CliError::usage("no user was given").hint("name it with --user").into());
    }
    Ok(answer.to_owned())
}

/// A password: typed on a terminal without being shown, else the next line of standard input.
pub(super) fn ask_secret(question: &str) -> anyhow::Result<String> {
    let secret = if io::stdin().is_terminal() {
        ask(question)?;
        let typed = typed_unseen();
        writeln!(stderr())?;
        typed?
    } else {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        answer.trim_end_matches(['\r', '\n']).to_owned()
    };
    if secret.is_empty() {
        let none = CliError::usage("no password was given");
        return Err(none.hint("type it, write it to standard input, or give --password-command").into());
    }
    Ok(secret)
}

fn ask(question: &str) -> anyhow::Result<()> {
    let mut err = stderr();
    write!(err, "{}", clean_code(question).as_str())?;
    Ok(err.flush()?)
}

/// Reads keys up to Enter. The terminal neither shows them nor makes signals of them, so that Ctrl-C ends this with the
/// terminal as it was.
#[cfg(unix)]
fn typed_unseen() -> anyhow::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    let stdin = io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut unseen = before.clone();
    unseen.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    tcsetattr(&stdin, OptionalActions::Flush, &unseen)?;
    let typed = keys(&mut stdin.lock().bytes());
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    typed
}

#[cfg(not(unix))]
fn typed_unseen() -> anyhow::Result<String> {
    Err(CliError::failed("a password cannot be typed unseen here").hint("give --password-command").into())
}

fn keys(bytes: &mut dyn Iterator<Item = io::Result<u8>>) -> anyhow::Result<String> {
    let mut typed = Vec::new();
    for byte in bytes {
        match byte? {
            b'\n' | b'\r' => return Ok(String::from_utf8(typed)?),
            // Ctrl-C, Ctrl-D
            3 | 4 => return Err(CliError::failed("stopped").into()),
            // Backspace takes a whole letter.
            8 | 127 => while typed.pop().is_some_and(|byte: u8| byte & 0xc0 == 0x80) {},
            21 => typed.clear(),
            byte => typed.push(byte),
        }
    }
    Ok(String::from_utf8(typed)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_become_a_password() {
        let typed = |keys: &[u8]| match super::keys(&mut keys.iter().map(|key| Ok(*key))) {
            Ok(typed) => typed,
            Err(error) => format!("({error})"),
        };
        assert_eq!(typed(b"geheim\nrest"), "geheim");
        assert_eq!(typed("gr\u{fc}\u{fc}\u{7f}n\r".as_bytes()), "gr\u{fc}n");
        assert_eq!(typed(b"wrong\x15right\n"), "right");
        assert_eq!(typed(b"wro\x03"), "(stopped)");
    }
}
