//! The command line: arguments, environment, directories, logging, and a file for each command. The only room that
//! prints; what it prints goes through one buffered writer.

mod account;
mod account_names;
mod add;
mod args;
mod backup;
mod clean;
mod clock;
mod config;
mod dirs;
mod discussions;
mod doctor;
mod edit;
mod edition;
mod error;
mod export;
mod fetch;
mod globals;
mod import;
mod input;
mod json;
mod list;
mod log;
mod manual;
mod mark;
mod net;
mod opml;
mod output;
mod packaging;
mod password;
mod piping;
mod private;
mod rate;
mod reader;
mod remove;
mod rules;
mod search;
mod searches;
mod setup;
mod sheet;
mod show;
mod sources;
mod stores;
mod sync;
mod tag;
mod thread_options;
mod walk;
mod words;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use self::args::{Arguments, Command};
use self::dirs::AppDirs;
use self::error::{CliError, Exit};
use self::globals::Globals;
use self::output::OutputStyle;
use self::setup::set_up;
use crate::os::program;
use crate::tui::Settings;
use crate::tui::commands::Renderer;

/// Runs the program with its arguments, its own name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    output::say_panics();
    let args: Vec<OsString> = args.into_iter().collect();
    // The description of all commands is large: the plain reader starts without it, and it is freed last.
    let mut command = None;
    let read = if args.len() > 1 { read(args, command.insert(Arguments::command())) } else { Ok(Arguments::default()) };
    let exit = match read {
        Ok(args) => start(&args).unwrap_or_else(|error| error::report(&error, &mut output::stderr())),
        Err(told) => tell(&told),
    };
    program::end_all();
    exit.into()
}

fn read(args: Vec<OsString>, command: &mut clap::Command) -> Result<Arguments, clap::Error> {
    let mut matches = command.try_get_matches_from_mut(args)?;
    Arguments::from_arg_matches_mut(&mut matches).map_err(|error| error.format(command))
}

/// Help, version, or what clap finds wrong.
fn tell(told: &clap::Error) -> Exit {
    let text = told.render().to_string();
    // Whoever closed the output does not want to be told.
    if told.use_stderr() {
        let _ = output::stderr().write_all(text.as_bytes());
        Exit::Usage
    } else {
        let mut out = output::stdout();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        Exit::Done
    }
}

fn start(args: &Arguments) -> anyhow::Result<Exit> {
    let places = AppDirs::find(&args.globals)?;
    if let Some(level) = args.globals.log {
        log::start(&places.log(), level)?;
    }
    if args.command.is_some() && !args.files.is_empty() {
        let wrong = CliError::usage("files stand before a command");
        return Err(wrong.hint("`gleaner FILE…` opens files; a file that is named as a command is opened as `./NAME`").into());
    }
    let ascii = !output::locale_is_utf8();
    let base = Settings {
        ascii,
        ascii_text: ascii,
        // Old kernels of Linux print them on the console.
        hyperlinks: std::env::var_os("TERM").is_none_or(|term| term != "linux"),
        renderer: Some(Renderer(piping::render)),
        pager: pager(std::env::var("PAGER").ok().as_deref()),
        ..Settings::default()
    };
    if matches!(
        args.command,
        Some(Command::Add { .. } | Command::Discussions { .. } | Command::Fetch { .. } | Command::Sync { .. })
    ) {
        program::end_all_on_signals();
    }
    match &args.command {
        None => reader::run(set_up(places, base, &args.globals)?, &args.files),
        Some(command) => run_command(command, &args.globals, &places, base),
    }
}

fn run_command(command: &Command, globals: &Globals, dirs: &AppDirs, base: Settings) -> anyhow::Result<Exit> {
    let set_up = || set_up(dirs.clone(), base.clone(), globals);
    match command {
        Command::Add { address, title, folder, json } => {
            add::run(&set_up()?, address, title.as_deref(), folder.as_deref(), json.json)
        }
        Command::Account { command, json } => account::run(&set_up()?, command, json.json),
        Command::Sync { accounts, json } => sync::run(&set_up()?, accounts, json.json),
        Command::Fetch { sources, all, json } => fetch::run(&set_up()?, sources, *all, json.json),
        Command::Discussions { id, json } => discussions::run(&set_up()?, *id, json.json),
        Command::Export { what, markdown, html, json: _ } => {
            let form = match (markdown, html) {
                (true, _) => export::Form::Markdown,
                (_, true) => export::Form::Html,
                _ => export::Form::Lines,
            };
            export::run(&set_up()?, what, form)
        }
        Command::Opml => opml::run(&set_up()?),
        Command::Sources { sources, json } => sources::run(&set_up()?, sources, json.json),
        Command::Import { paths, allow_private, allow_programs, json } => {
            let allowed = private::Allowed { private: *allow_private, programs: *allow_programs };
            import::run(&set_up()?, paths, allowed, json.json)
        }
        Command::List { query, order, recommended, limit, json } => {
            let wanted = if *recommended { list::ListOptions::Recommended } else { list::ListOptions::All(*order) };
            list::run(&set_up()?, &query.join(" "), wanted, *limit, json.json)
        }
        Command::Search { query, by, limit, json } => search::run(&set_up()?, &query.join(" "), *by, *limit, json.json),
        Command::Searches { command, json } => searches::run(&set_up()?, command.as_ref(), json.json),
        Command::Backup { file, json } => backup::backup(&set_up()?, file, json.json),
        Command::Restore { file, json } => backup::restore(&set_up()?, file, json.json),
        Command::Show { what, wish, json } => show::run(&set_up()?, what, wish, json.json),
        Command::Mark { mark, what, json } => mark::run(&set_up()?, *mark, what, json.json),
        Command::Delete { ids, json } => mark::delete(&set_up()?, ids, json.json),
        Command::Rate { what, rating, json } => rate::run(&set_up()?, what, *rating, json.json),
        Command::Tag { words, remove, json } => tag::tag(&set_up()?, words, *remove, json.json),
        Command::Note { id, text, remove, json } => tag::note(&set_up()?, *id, text, *remove, json.json),
        Command::Edit { source, options, json } => edit::run(&set_up()?, source, options, json.json),
        Command::Remove { source, all, json } => remove::run(&set_up()?, source, *all, json.json),
        Command::Clean { dry_run, json } => clean::run(&set_up()?, *dry_run, json.json),
        Command::Rules { command, json } => rules::run(&set_up()?, command.as_ref(), json.json),
        // These must work where the configuration does not.
        Command::Doctor { quick, json } => {
            doctor::run(dirs, base, OutputStyle::of_stdout(globals.color, false), *quick, json.json)
        }
        Command::Completions { shell } => packaging::completions(*shell),
        Command::Man { dir: Some(directory), .. } => packaging::man_pages(directory),
        Command::Man { command, dir: None } => packaging::man(command.as_deref()),
        Command::Config { path, default, json } => config::run(dirs, base, *path, *default, json.json),
    }
}

/// The words of `$PAGER`; `less` where it names no program.
fn pager(variable: Option<&str>) -> Vec<String> {
    variable.and_then(|command| program::words(command).ok()).unwrap_or_else(|| vec!["less".to_owned()])
}
