//! `gleaner doctor`: whether store, configuration and terminal are well.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use serde::Serialize;

use super::clock;
use super::dirs::{AppDirs, named};
use super::error::Exit;
use super::output::{Ink, OutputStyle, StatusLine, bytes, stdout, write_json};
use crate::config::load_over;
use crate::domain::plural::plural;
use crate::domain::text::clean;
use crate::store::{Finding, Mended, OddRows, Store, StoreError, StoreFigures, sqlite_version};
use crate::tui::Settings;

#[derive(Serialize)]
struct DoctorLine {
    /// None for a mere fact.
    ok: Option<bool>,
    about: &'static str,
    text: String,
}

fn fact(about: &'static str, text: impl Into<String>) -> DoctorLine {
    DoctorLine { ok: None, about, text: text.into() }
}

fn finding(about: &'static str, ok: bool, text: impl Into<String>) -> DoctorLine {
    DoctorLine { ok: Some(ok), about, text: text.into() }
}

pub(super) fn run(places: &AppDirs, base: Settings, look: OutputStyle, quick: bool, json: bool) -> anyhow::Result<Exit> {
    let program = format!("gleaner {}, SQLite {}", env!("CARGO_PKG_VERSION"), sqlite_version());
    let mut lines = vec![fact("program", program), fact("system", system())];
    lines.extend(store(places, quick));
    lines.push(config(places, base));
    lines.extend(directories(places));
    lines.extend(terminal());
    let mut out = stdout();
    for line in &lines {
        if json { write_json(line, &mut out)? } else { render(line, look, &mut out)? }
    }
    out.flush()?;
    Ok(if lines.iter().any(|line| line.ok == Some(false)) { Exit::Failed } else { Exit::Done })
}

fn render(line: &DoctorLine, look: OutputStyle, out: &mut impl Write) -> io::Result<()> {
    let mark = match line.ok {
        None => "    ".to_owned(),
        Some(true) => "ok  ".to_owned(),
        Some(false) => look.paint(Ink::Bold, "BAD "),
    };
    let mut parts = line.text.lines();
    writeln!(out, "{mark}{:<10} {}", line.about, clean(parts.next().unwrap_or_default()))?;
    parts.try_for_each(|part| writeln!(out, "{:15}{}", "", clean(part)))
}

/// Looks only: a store that is not there is not made.
fn store(places: &AppDirs, quick: bool) -> Vec<DoctorLine> {
    let path = places.store();
    let name = named(&path);
    let size = match path.metadata() {
        Ok(facts) => facts.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return vec![fact("store", format!("{name}: none yet; the first import or the reader makes it"))];
        }
        Err(error) => return vec![finding("store", false, format!("{name}: {}", super::error::in_words(&error)))],
    };
    let version = version(&path).map(|version| format!(", version {version}")).unwrap_or_default();
    let mut lines = vec![fact("store", format!("{name}, {}{version}", bytes(size)))];
    let checked = Store::open(&path).and_then(|mut store| {
        let unclean = store.is_check_due()?;
        let mut notes = store.notes().to_vec();
        if !store.is_read_only() && store.has_times_ahead(clock::now())? {
            let corrected = store.correct_times(clock::now())?;
            notes.push(format!("{} ahead of this machine's clock set to now", plural(corrected, "stored time")));
        }
        let left = if quick { Vec::new() } else { mend(&mut store, &mut notes)? };
        let mut progress = StatusLine::new();
        let tell = move |what: &str| progress.tell(&format!("checking {what}"));
        let mut findings = if quick { store.check_tables(tell)? } else { store.check_telling(tell)? };
        StatusLine::erase();
        findings.extend(left);
        if !quick && !store.is_read_only() {
            store.set_check_due(false)?;
        }
        let figures = store.figures()?;
        store.close()?;
        Ok((unclean, notes, findings, figures))
    });
    match checked {
        Ok((unclean, notes, findings, figures)) => {
            lines.push(fact("store", holding(figures)));
            lines.extend(notes.into_iter().map(|note| fact("store", note)));
            lines.extend(unclean.then(|| fact("store", "a gleaner that wrote to it did not end cleanly, so it was checked")));
            lines.extend(findings.into_iter().map(|found| finding("store", found.ok, found.text)));
        }
        Err(error) => lines.push(finding("store", false, format!("{error}\nhint: {}", error.hint()))),
    }
    lines
}

/// `2 articles of 1 source (1 subscription), 3 comments in 1 discussion, 0 saved searches, 0 rules`.
fn holding(figures: StoreFigures) -> String {
    let StoreFigures { articles, sources, subscriptions, discussions, comments, saved_searches, rules } = figures;
    let saved = if saved_searches == 1 { "saved search" } else { "saved searches" };
    format!(
        "{} of {} ({}), {} in {}, {saved_searches} {saved}, {}",
        plural(articles, "article"),
        plural(sources, "source"),
        plural(subscriptions, "subscription"),
        plural(comments, "comment"),
        plural(discussions, "discussion"),
        plural(rules, "rule")
    )
}

/// The system and its version, where it has files that tell: `linux x86_64, Debian GNU/Linux 12 (bookworm), kernel 6.1.0`.
fn system() -> String {
    let name = std::fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(value.trim_matches('"').to_owned())
    });
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|text| format!("kernel {}", text.trim()));
    let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    [Some(machine), name, kernel].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Mends values that no version writes, and counts, and tells it. Gives what stays as it is.
fn mend(store: &mut Store, notes: &mut Vec<String>) -> Result<Vec<Finding>, StoreError> {
    let is_odd = |odd: &OddRows| Finding {
        ok: false,
        text: format!(
            "{} in {}: cannot be mended; it is shown as well as it can be",
            plural(odd.rows, "odd value"),
            odd.column
        ),
    };
    let odd = store.odd_rows()?;
    let bad = !store.are_counts_right()?;
    if odd.is_empty() && !bad {
        return Ok(vec![Finding { ok: true, text: "every row can be read".to_owned() }]);
    }
    if store.is_read_only() || store.is_file_damaged()? {
        return Ok(odd.iter().map(is_odd).collect());
    }
    let Mended { mended, left } = store.mend()?;
    notes.extend(mended.iter().map(|one| format!("mended {} in {}", plural(one.rows, "odd value"), one.column)));
    Ok(left.iter().map(is_odd).collect())
}

/// The store's version as it stands in the file's header (<https://www.sqlite.org/fileformat.html>, `user_version`), so
/// that it is told of a store too new to be opened.
fn version(path: &Path) -> Option<u32> {
    let mut header = [0; 64];
    File::open(path).and_then(|mut file| file.read_exact(&mut header)).ok()?;
    header.starts_with(b"SQLite format 3\0").then(|| u32::from_be_bytes([header[60], header[61], header[62], header[63]]))
}

fn config(places: &AppDirs, base: Settings) -> DoctorLine {
    let name = named(&places.config);
    match places.config_to_read().map(|path| load_over(path, base)) {
        None => fact("config", format!("{name}: none; every setting has its default")),
        Some(Ok(_)) => finding("config", true, name),
        Some(Err(error)) => finding("config", false, format!("{error}\nhint: {}", error.hint())),
    }
}

fn directories(places: &AppDirs) -> Vec<DoctorLine> {
    let themes = places.config.with_file_name("themes");
    let mut lines =
        vec![fact("data", named(&places.data)), fact("log", format!("{} (with --log LEVEL)", named(&places.log())))];
    lines.extend(themes.is_dir().then(|| fact("themes", named(&themes))));
    lines
}

fn terminal() -> Vec<DoctorLine> {
    let set =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned());
    let mut facts: Vec<String> =
        ["TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(|name| set(name).map(|value| format!("{name}={value}")))
            .collect();
    // Their values name sockets, windows and other machines, which say nothing of the terminal.
    let present = ["KITTY_WINDOW_ID", "WEZTERM_PANE", "TMUX", "STY", "ZELLIJ", "SSH_TTY", "WT_SESSION"];
    facts.extend(present.into_iter().filter(|name| set(name).is_some()).map(|name| format!("{name} is set")));
    if !io::stdout().is_terminal() {
        facts.push("the output is not a terminal".to_owned());
    }
    let columns = OutputStyle::of_stdout(super::globals::Colour::Auto, false).columns;
    facts.extend(columns.map(|columns| format!("{columns} columns")));
    let mut lines = vec![fact("terminal", facts.join(", "))];
    if set("TERM").is_none_or(|term| term == "dumb") {
        lines.push(finding("terminal", true, "TERM names none that the reader can draw on; `gleaner show` works everywhere"));
    }
    lines
}
