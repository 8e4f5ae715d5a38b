//! The system's browser: it gets an address without a shell, in a session of its own and without a terminal.

use super::program::{ProgramError, launch};

/// Browsers that draw on a terminal, which they do not get.
const TEXT: [&str; 6] = ["elinks", "links", "links2", "lynx", "w3m", "www-browser"];

/// Opens an address, which begins with a scheme, with the first program that starts.
pub fn open(address: &str) -> Result<(), ProgramError> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut failure = ProgramError::NoBrowser;
    for argv in candidates(address, std::env::consts::OS, variable) {
        match launch(&argv, None) {
            Ok(()) => return Ok(()),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The commands to try: what `BROWSER` names (several with `:` between them, `%s` standing for the address), else what the
/// system has for this.
fn candidates(address: &str, system: &str, variable: impl Fn(&str) -> Option<String>) -> Vec<Vec<String>> {
    let with_address = |command: &str| {
        let mut argv: Vec<String> = command.split_whitespace().map(|word| word.replace("%s", address)).collect();
        if !command.contains("%s") {
            argv.push(address.to_owned());
        }
        argv
    };
    let is_text = |argv: &[String]| {
        let name = argv.first().and_then(|program| program.rsplit('/').next()).unwrap_or_default();
        TEXT.contains(&name)
    };
    if let Some(named) = variable("BROWSER") {
        let named = named.split(':').filter(|command| !command.trim().is_empty()).map(with_address);
        return named.filter(|argv| !is_text(argv)).collect();
    }
    let own: &[&str] = match system {
        "macos" => &["open"],
        "windows" => &["explorer"],
        _ if variable("WSL_DISTRO_NAME").is_some() => &["wslview", "xdg-open"],
        _ if variable("TERMUX_VERSION").is_some() => &["termux-open-url"],
        _ => &["xdg-open", "gio open", "x-www-browser"],
    };
    own.iter().map(|command| with_address(command)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_the_one_that_is_named_or_the_systems() {
        let address = "https://a.example/?b=c d&e;f";
        for (system, set, wanted) in [
            ("linux", &[("BROWSER", "firefox")][..], vec![vec!["firefox", address]]),
            (
                "linux",
                &[("BROWSER", "w3m:/usr/bin/lynx %s:firefox --new-tab %s:chromium"), ("DISPLAY", ":0")],
                vec![vec!["firefox", "--new-tab", address], vec!["chromium", address]],
            ),
            ("linux", &[("BROWSER", "w3m")], vec![]),
            (
                "linux",
                &[("BROWSER", "")],
                vec![vec!["xdg-open", address], vec!["gio", "open", address], vec!["x-www-browser", address]],
            ),
            ("macos", &[], vec![vec!["open", address]]),
        ] {
            let variable = |name: &str| {
                let value = set.iter().find(|(known, value)| *known == name && !value.is_empty());
                value.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(candidates(address, system, variable), wanted, "{system} {set:?}");
        }
    }
}
