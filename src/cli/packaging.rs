//! `gleaner completions` and `gleaner man`: the files that a package of the program installs, made from the arguments as
//! clap has them and from [`manual`].

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Arguments;
use super::dirs::{make_folder, named};
use super::error::{CliError, Exit};
use super::manual;
use super::output::stdout;
use crate::os::files::{Existing, atomic_write};

pub(super) fn completions(shell: Shell) -> anyhow::Result<Exit> {
    print(&completions_of(shell))
}

/// The page of the program, or of one of its commands.
pub(super) fn man(command: Option<&str>) -> anyhow::Result<Exit> {
    let Some(page) = page_of(command) else {
        let wrong = format!("there is no command `{}`", command.unwrap_or_default());
        return Err(CliError::usage(wrong).hint("`gleaner --help` lists the commands").into());
    };
    print(&page?)
}

/// Writes the pages of the program and of each command into a directory, as packages install them.
pub(super) fn man_pages(directory: &Path) -> anyhow::Result<Exit> {
    make_folder(directory)?;
    for command in manual::page_names() {
        let Some(page) = page_of(command.as_deref()) else { continue };
        let name = command.map_or_else(|| "gleaner.1".to_owned(), |command| format!("gleaner-{command}.1"));
        let file = directory.join(name);
        atomic_write(&file, Existing::Replace, &page?).with_context(|| format!("cannot write {}", named(&file)))?;
    }
    Ok(Exit::Done)
}

/// First into memory: clap panics where the output is closed.
fn completions_of(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gleaner", &mut text);
    text
}

fn page_of(command: Option<&str>) -> Option<io::Result<Vec<u8>>> {
    let mut page = Arguments::command();
    page.build();
    if let Some(name) = command {
        page = page.find_subcommand(name)?.clone();
    }
    let mut text = Vec::new();
    let man = Man::new(page).source(concat!("gleaner ", env!("CARGO_PKG_VERSION"))).manual("Gleaner manual");
    let is_program = command.is_none();
    let rendered =
        man.render(&mut text).and_then(|()| if is_program { manual::sections().to_writer(&mut text) } else { Ok(()) });
    Some(rendered.map(|()| text))
}

fn print(text: &[u8]) -> anyhow::Result<Exit> {
    let mut out = stdout();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_command_can_be_completed_and_has_its_page() {
        let names: Vec<String> = Arguments::command().get_subcommands().map(|known| known.get_name().to_owned()).collect();
        for shell in Shell::value_variants() {
            let text = String::from_utf8(completions_of(*shell)).unwrap();
            assert!(names.iter().all(|name| text.contains(name.as_str())), "{shell}");
        }
        let program = String::from_utf8(page_of(None).unwrap().unwrap()).unwrap();
        for name in &names {
            assert!(program.contains(&format!("gleaner\\-{name}")), "{name}");
            let page = String::from_utf8(page_of(Some(name)).unwrap().unwrap()).unwrap();
            assert!(page.contains(&format!(".TH gleaner-{name}")), "{name}: {page}");
        }
        assert!(page_of(Some("nosuch")).is_none());
    }

    #[test]
    fn the_page_of_the_program_has_keys_files_environment_status_and_examples() {
        let page = String::from_utf8(page_of(None).unwrap().unwrap()).unwrap();
        for title in ["KEYS", "FILES", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES"] {
            assert!(page.lines().any(|line| line.trim_start_matches(".SH ").trim_matches('"') == title), "{title}");
        }
        for action in crate::tui::keymap::ACTIONS {
            assert!(page.contains(&action.name.replace('-', "\\-")), "{}", action.name);
        }
        // The rest would be set in the font of the last name.
        assert!(!page.contains("\\fB\n"));
    }

    #[test]
    fn pages_are_written_for_the_program_and_each_command() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("man1");
        man_pages(&pages).unwrap();
        let count = std::fs::read_dir(&pages).unwrap().count();
        assert_eq!(count, 1 + Arguments::command().get_subcommands().count());
        assert!(pages.join("gleaner.1").exists() && pages.join("gleaner-list.1").exists());
    }
}
