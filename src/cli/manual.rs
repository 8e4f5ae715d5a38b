//! The manual page's sections that clap knows nothing of: the keys, which come from the reader's own table, files,
//! environment, exit status and examples.

use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::args::Arguments;
use crate::tui::keymap::{ACTIONS, Group};

/// Files by the names that hold on Linux; `gleaner doctor` prints those of this machine.
const FILES: [(&str, &str); 5] = [
    ("~/.local/share/gleaner/store.db", "The store: one SQLite file. --data-dir names another directory."),
    (
        "~/.config/gleaner/config.toml",
        "The configuration. --config names another file; `gleaner config --default` prints all keys.",
    ),
    ("~/.config/gleaner/themes/", "Themes of your own."),
    ("~/.local/state/gleaner/gleaner.log", "The log, written only with --log."),
    ("~/Library/Application Support/gleaner/", "All of these on macOS."),
];

const ENVIRONMENT: [(&str, &str); 8] = [
    ("XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME", "Where the directories above are, on Linux."),
    ("NO_COLOR", "If it is set and not empty, no colours are used. --color overrides it."),
    ("TERM, COLORTERM, TERM_PROGRAM, KITTY_WINDOW_ID", "Which terminal this is, and which images it can show."),
    ("TMUX, STY, ZELLIJ", "A multiplexer stands between; images are drawn in half blocks."),
    ("LC_ALL, LC_CTYPE, LANG", "Where they name another encoding than UTF-8, lines are drawn in ASCII."),
    ("PAGER", "The program that shows a text on ctrl-p; `less` if it is not set."),
    ("TZ", "The time zone in which times are shown."),
    ("PATH", "Where the programs that the configuration names are found."),
];

const EXIT_STATUS: [(&str, &str); 4] = [
    ("0", "Done."),
    ("1", "Failed. `error:` and, where there is one, `hint:` are on standard error."),
    ("2", "Wrong usage or configuration."),
    ("130", "Stopped by Ctrl-C or a signal. Finished steps stay."),
];

const EXAMPLES: [(&str, &str); 7] = [
    ("gleaner", "Open the reader."),
    ("gleaner add hn:top", "Subscribe to the front page of Hacker News."),
    ("gleaner import ~/.newsboat/urls", "Take over the subscriptions of newsboat."),
    ("gleaner fetch", "Fetch what is due, for example from cron."),
    ("gleaner list is:unread comments:>50", "List unread articles with more than fifty comments."),
    ("gleaner show 12 --bar 20%", "Print an article; the best fifth of its comments is open."),
    ("gleaner backup ~/gleaner.db", "Back up the store, also while it is in use."),
];

/// The sections of the program's own page, to stand behind its commands.
pub(super) fn sections() -> Roff {
    let mut page = Roff::default();
    page.control("SH", ["KEYS"]);
    page.text([roman("Every key can be changed in the configuration, by the name in brackets.")]);
    for group in Group::ALL {
        page.control("SS", [group.title()]);
        for action in ACTIONS.iter().filter(|action| action.group == group) {
            let keys = if action.keys.is_empty() { "(no key)".to_owned() } else { action.keys.join(", ") };
            entry(&mut page, &keys, &format!("{} [{}]", action.help, action.name));
        }
    }
    section(&mut page, "FILES", &FILES);
    section(&mut page, "ENVIRONMENT", &ENVIRONMENT);
    section(&mut page, "EXIT STATUS", &EXIT_STATUS);
    section(&mut page, "EXAMPLES", &EXAMPLES);
    page
}

/// Named as pages are: `gleaner`, `gleaner-list`.
pub(super) fn page_names() -> Vec<Option<String>> {
    use clap::CommandFactory;
    let program = Arguments::command();
    let commands = program.get_subcommands().map(|command| Some(command.get_name().to_owned()));
    std::iter::once(None).chain(commands).collect()
}

fn section(page: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    page.control("SH", [title]);
    for (name, text) in entries {
        entry(page, name, text);
    }
}

fn entry(page: &mut Roff, name: &str, text: &str) {
    let lines: [Vec<Inline>; 2] = [vec![bold(name)], vec![roman(text)]];
    page.control("TP", []);
    for line in lines {
        page.text(line);
    }
}
