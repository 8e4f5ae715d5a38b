//! `gleaner` alone, or with files: the reader itself.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::args::Arguments;
use super::dirs::{AppDirs, named};
use super::error::{CliError, Exit, InputError};
use super::setup::Setup;
use super::show::options::ShowOptions;
use super::{account_names, clock, edition, input, net};
use crate::config::nearest::nearest;
use crate::format::Parsed;
use crate::os::program;
use crate::store::{ArticleId, Store};
use crate::tui::images::Images;
use crate::tui::theme::background_by_variables;
use crate::tui::{self, Start};
use crate::work::pictures::Way;
use crate::work::visit::{self, TypedPages, VisitedPage};

pub(super) fn run(setup: Setup, files: &[OsString]) -> anyhow::Result<Exit> {
    if is_dumb() && !files.is_empty() {
        return print(&setup, files);
    }
    // Files are read first: what is wrong with them is told whether or not there is a terminal.
    let typed = visited(&setup, files)?;
    let start = if let OnlyAddress::Page(visit) = typed {
        terminal(false)?;
        Start { visit: Some(visit), ..own(&setup)? }
    } else if files.is_empty() {
        terminal(false)?;
        own(&setup)?
    } else {
        let fetched = if let OnlyAddress::Several(parsed) = typed { Some(parsed) } else { None };
        let (store, open) = opened(&setup, files, fetched)?;
        terminal(files.iter().any(|file| file == "-"))?;
        Start { store, path: None, open, visit: None, zone: clock::zone, now: clock::now }
    };
    tui::terminal::restore_on_panic(Some(setup.places.log()).filter(|log| log.exists()));
    let images = setup.settings.images.settled(|name| std::env::var(name).ok());
    // ASCII output has no half blocks.
    let images = if setup.settings.ascii && images == Images::As(Way::Halfblocks) { Images::Off } else { images };
    let theme = match background_by_variables(|name| std::env::var(name).ok()) {
        Some(background) => setup.settings.theme.on_background(background, None),
        None => setup.settings.theme,
    };
    let is_own = start.path.is_some();
    tui::run(start, tui::Settings { theme, images, ..setup.settings }).context("the terminal failed")?;
    if is_own && let Err(error) = send_changes(&setup.places) {
        tracing::error!(%error, "the changes to accounts could not be sent");
    }
    Ok(Exit::Done)
}

/// Has a `gleaner sync` that outlives the reader send the changes that the servers of accounts do not have yet, so that
/// quitting never waits for a server. Changes that cannot be sent stay in the store for the next sync.
fn send_changes(places: &AppDirs) -> anyhow::Result<()> {
    let store = Store::join(&places.store())?;
    let mut names = Vec::new();
    for account in store.accounts()? {
        if account_names::pending(&store, &account)? > 0 {
            names.push(account.name.to_string());
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let mut argv = vec![path(&std::env::current_exe()?), "--data-dir".to_owned(), path(&places.data)];
    if let Some(config) = places.config_to_read() {
        argv.extend(["--config".to_owned(), path(config)]);
    }
    argv.extend(["sync".to_owned(), "--".to_owned()]);
    argv.extend(names);
    Ok(program::launch(&argv, None)?)
}

/// The reader's own store.
fn own(setup: &Setup) -> anyhow::Result<Start> {
    let mut store = setup.store_to_use()?;
    if !store.is_read_only() {
        edition::lay_down(&mut store)?;
    }
    Ok(Start { store, path: Some(setup.places.store()), open: None, visit: None, zone: clock::zone, now: clock::now })
}

/// The content of the only address that is given.
enum OnlyAddress {
    /// It opens as a link does, above the reader's own store.
    Page(Box<VisitedPage>),
    /// It opens as a file does.
    Several(Parsed),
    /// There is no such address.
    Nothing,
}

fn visited(setup: &Setup, files: &[OsString]) -> anyhow::Result<OnlyAddress> {
    let [address] = files else { return Ok(OnlyAddress::Nothing) };
    let address = address.to_string_lossy();
    if !input::is_address(&address) {
        return Ok(OnlyAddress::Nothing);
    }
    let TypedPages { mut parsed, private, image } = net::read_typed(setup, &address)?;
    if parsed.pages.len() != 1 {
        return Ok(OnlyAddress::Several(parsed));
    }
    let Some(page) = parsed.pages.pop() else { return Ok(OnlyAddress::Nothing) };
    let visited = visit::prepared(page, image, private, (1, &setup.settings.rules), clock::now());
    Ok(OnlyAddress::Page(Box::new(visited.map_err(|trouble| CliError::failed(trouble.message).hint(trouble.hint))?)))
}

/// True if the terminal can only print lines.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The pages as text, for a terminal that can do no more.
fn print(setup: &Setup, files: &[OsString]) -> anyhow::Result<Exit> {
    for file in files {
        super::show::run(setup, file, &ShowOptions::default(), false)?;
    }
    Ok(Exit::Done)
}

/// The reader draws on a terminal and takes its keys from one: standard input, or where that is a page, /dev/tty.
fn terminal(input_is_page: bool) -> Result<(), CliError> {
    let missing = if !io::stdout().is_terminal() {
        "the output is not a terminal"
    } else if !input_is_page && !io::stdin().is_terminal() {
        "the input is not a terminal"
    } else if is_dumb() {
        "this one cannot move its cursor (TERM is `dumb`)"
    } else {
        return Ok(());
    };
    let hint = "`gleaner show ID|FILE|-` prints a page, `gleaner list` the articles";
    Err(CliError::failed(format!("the reader needs a terminal, and {missing}")).hint(hint))
}

/// The pages of some files in a store of their own, and the first of them.
fn opened(setup: &Setup, files: &[OsString], mut fetched: Option<Parsed>) -> anyhow::Result<(Store, Option<ArticleId>)> {
    let mut store = Store::shown()?;
    let mut first = None;
    for file in files {
        let text = file.to_string_lossy();
        let parsed = if let Some(parsed) = fetched.take() {
            parsed
        } else if input::is_address(&text) {
            net::read_address(setup, &text)?
        } else {
            input::read_pages(Path::new(file)).map_err(|error| perhaps_a_command(error, &text))?
        };
        for note in &parsed.notes {
            tracing::info!("{}: {note}", named(Path::new(file)));
        }
        for page in &parsed.pages {
            let saved = store.save(page, clock::now())?;
            first = first.or(Some(saved.id));
        }
    }
    Ok((store, first))
}

/// A mistyped command is taken for a file, which is then missing.
fn perhaps_a_command(error: InputError, argument: &str) -> anyhow::Error {
    let missing = matches!(&error, InputError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound);
    if !missing || argument.contains(['/', '\\', '.']) {
        return error.into();
    }
    let commands = Arguments::command();
    let hint = match nearest(argument, commands.get_subcommands().map(clap::Command::get_name)) {
        Some(command) => format!("did you mean the command `{command}`?"),
        None => "`gleaner --help` lists the commands".to_owned(),
    };
    CliError::usage(format!("there is no command and no file `{argument}`")).hint(hint).into()
}
