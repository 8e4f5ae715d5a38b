//! `gleaner completions` and `gleaner man`: what a package of the program brings along, made from the arguments as clap
//! has them.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Arguments;
use super::error::{CliError, Exit};
use super::output::stdout;

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

/// First into memory: what makes them takes a closed output for a fault.
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
    let man = Man::new(page).source(concat!("gleaner ", env!("CARGO_PKG_VERSION")));
    Some(man.render(&mut text).map(|()| text))
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
}
