//! `gleaner import`: files and folders into the store, with a line for each file.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use self::batch::{Import, OutcomeTally, WaitingFiles, skipped};
use self::lines::Begun;
use super::dirs::named;
use super::error::{CliError, Exit};
use super::output::{stderr, stdout};
use super::private::Allowed;
use super::setup::Setup;
use super::walk::{Met, walk};
use super::{clock, input, net};
use crate::format::Parsed;
use crate::os::interrupt::Interrupt;
use crate::store::newsboat::NewsboatCache;

pub(super) fn run(setup: &Setup, paths: &[OsString], allowed: Allowed, json: bool) -> anyhow::Result<Exit> {
    let (store, out, look) = (setup.store_to_fill()?, stdout(), setup.look);
    let (batch, since, tally, reasons) = (Vec::new(), Instant::now(), OutcomeTally::default(), Vec::new());
    let places = setup.settings.fetch.places.clone();
    let config = setup.places.config.clone();
    let interrupt = Interrupt::listen(store.breaker());
    let mut import = Import { store, out, look, json, batch, since, tally, reasons, places, allowed, config, interrupt };
    let taken = import.take_all(&|address| net::read_address(setup, address), paths);
    if taken.is_ok() || import.tally.total() > 0 {
        import.sum_up()?;
    }
    if !import.interrupt.is_heard() {
        taken?;
        import.index()?;
    }
    import.store.close()?;
    if import.interrupt.is_heard() {
        writeln!(stderr(), "stopped: what is told above is stored; the rest can be imported again")?;
        return Ok(Exit::Stopped);
    }
    import.tally.exit(import.reasons)
}

impl<W: Write> Import<W> {
    fn take_all(&mut self, get: &dyn Fn(&str) -> anyhow::Result<Parsed>, paths: &[OsString]) -> anyhow::Result<()> {
        for path in paths {
            let text = path.to_string_lossy();
            if input::is_address(&text) {
                self.settle()?;
                let read = get(&text);
                self.put(text.into_owned(), read)?;
            } else {
                walk(Path::new(path), &mut |met| self.take(met))?;
            }
        }
        self.settle()
    }

    fn take(&mut self, met: Met) -> anyhow::Result<()> {
        self.go_on()?;
        let waiting = match met {
            Met::File(path) => {
                // A pipe may keep us waiting for as long as it likes.
                if !path.is_file() {
                    self.settle()?;
                }
                if let Some(cache) = NewsboatCache::open(&path)? {
                    return self.take_newsboat(&path, &cache);
                }
                let begun = lines::begin(&path, &self.interrupt);
                self.go_on()?;
                let read = match begun {
                    Ok(Begun::Lines(lines)) => return self.take_lines(lines),
                    Ok(Begun::Other(Some(begun))) => input::read(begun, shown(&path), clock::now()),
                    Ok(Begun::Other(None)) | Err(_) => input::read_path(&path),
                };
                return self.put(shown(&path), read.map_err(anyhow::Error::from));
            }
            Met::Together(paths) => {
                let read = input::read_together(&paths);
                return self.put(shown(&paths[0]), read.map_err(anyhow::Error::from));
            }
            Met::Not(path, why) => {
                let hint = "check the name and the permission to read it";
                self.reasons.push(CliError::failed(format!("{}: {why}", named(&path))).hint(hint).into());
                WaitingFiles::Skipped(skipped(shown(&path), why))
            }
        };
        self.queue(waiting)
    }

    /// An error once a signal has come; it is never shown.
    fn go_on(&self) -> anyhow::Result<()> {
        if self.interrupt.is_heard() { Err(anyhow::anyhow!("stopped")) } else { Ok(()) }
    }
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { named(path) }
}

mod batch;
mod lines;
mod lists;
mod newsboat;
#[cfg(test)]
mod tests;
