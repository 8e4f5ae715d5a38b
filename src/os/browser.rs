//! The system's browser: it gets an address without a shell. One with a window runs in a session of its own and without a
//! terminal; one that draws on a terminal needs the reader's, which only its owner can lend.

/// Browsers that draw on a terminal.
const TEXT: [&str; 12] =
    ["browsh", "carbonyl", "cha", "edbrowse", "elinks", "links", "links2", "lynx", "netrik", "retawq", "w3m", "www-browser"];

/// True if a program is known to draw on a terminal.
pub fn draws_on_terminal(program: &str) -> bool {
    TEXT.contains(&program.rsplit('/').next().unwrap_or_default())
}

/// The commands that open an address, which begins with a scheme: the first that starts is to be used.
pub fn commands(address: &str) -> Vec<Vec<String>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    candidates(address, std::env::consts::OS, variable)
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
    if let Some(named) = variable("BROWSER") {
        return named.split(':').filter(|command| !command.trim().is_empty()).map(with_address).collect();
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
                &[("BROWSER", "w3m:/usr/bin/lynx %s:firefox --new-tab %s"), ("DISPLAY", ":0")],
                vec![vec!["w3m", address], vec!["/usr/bin/lynx", address], vec!["firefox", "--new-tab", address]],
            ),
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
    #[test]
    fn browsers_that_draw_on_a_terminal_are_known_by_name() {
        for (program, draws) in [("w3m", true), ("/usr/bin/lynx", true), ("firefox", false), ("", false)] {
            assert_eq!(draws_on_terminal(program), draws, "{program}");
        }
    }
}
