//! Running the reader's own commands: beside the keys, or with the terminal.

use std::time::Duration;

use super::Shell;
use crate::os::program::ProgramLimits;
use crate::tui::commands::{CommandOutput, OwnCommand, PipeForm, PipedItem};
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::work::{Job, RunJob};

/// A program may write so many bytes to be shown.
const OUTPUT: usize = 4 << 20;

impl Shell {
    pub(super) fn run_command(&mut self, model: &Model, command: &OwnCommand, item: &PipedItem) -> Option<Msg> {
        self.started(model, command, item).unwrap_or_else(|error| Some(Msg::Failed(error)))
    }

    fn started(&mut self, model: &Model, command: &OwnCommand, item: &PipedItem) -> Result<Option<Msg>, String> {
        let renderer = model.settings.renderer.ok_or("nothing can be given to programs here")?;
        let visited = Shell::store_of_visit(model, item).map_err(|error| error.to_string())?;
        let (store, item) = visited.as_ref().map_or((&self.store, item), |(store, item)| (store, item));
        let rendered = (renderer.0)(store, item, command.input)?;
        let argv = command.argv_for(item, rendered.address.as_deref())?;
        let input = (command.input != PipeForm::Nothing).then(|| rendered.text.into_bytes());
        if command.output == CommandOutput::Terminal {
            return self.lend_terminal(&argv, input).map(|()| None);
        }
        let limits = ProgramLimits { time: Duration::from_secs(command.seconds.into()), output: OUTPUT };
        let (name, shows) = (command.name.clone(), command.output == CommandOutput::Page);
        let ticket = self.tickets.issue();
        self.programs.add(ticket);
        self.workers.submit(ticket, Job::Run(Box::new(RunJob { name, argv, input, limits, shows })));
        Ok(None)
    }

    /// Runs a program with the terminal, which is drawn anew once it has ended.
    pub(super) fn lend_terminal(&mut self, argv: &[String], input: Option<Vec<u8>>) -> Result<(), String> {
        let Some(screen) = &mut self.screen else { return Err("there is no terminal to lend".to_owned()) };
        screen.lend(argv, input).map_err(|error| error.to_string())
    }
}
