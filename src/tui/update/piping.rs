//! The reader's own commands, and `|`: an article or comment given to a program, and what the program wrote.

use crossterm::event::KeyCode;

use crate::domain::text::{CleanText, clean_line};
use crate::tui::commands::{CommandOutput, OwnCommand, PipeForm, PipedItem, lines_of};
use crate::tui::geometry::Pane;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Key};
use crate::tui::layout::wrap;
use crate::tui::message::Effect;
use crate::tui::model::{Model, Overlay, Prompt};

/// So many lines of what a program wrote are shown.
const LINES: usize = 5000;

/// Runs the command with a number.
pub(super) fn own(model: &mut Model, at: u8) -> Vec<Effect> {
    let command = model.settings.commands.get(usize::from(at)).cloned();
    command.map_or_else(Vec::new, |command| run(model, command))
}

/// Shows the article or comment in the reader's pager.
pub(super) fn page(model: &mut Model) -> Vec<Effect> {
    let argv = model.settings.pager.clone();
    let command = OwnCommand {
        name: argv.first().cloned().unwrap_or_default(),
        argv,
        keys: Vec::new(),
        input: PipeForm::Text,
        output: CommandOutput::Terminal,
        wants_article: false,
        seconds: 0,
    };
    run(model, command)
}

pub(super) fn ask(model: &mut Model) -> Vec<Effect> {
    if item(model, true).is_none() {
        model.show_status("there is no article here");
        return Vec::new();
    }
    model.overlay = Overlay::Prompt { prompt: Prompt::Pipe, input: Input::of(&model.piped) };
    Vec::new()
}

/// A key while a program is typed.
pub(super) fn press(model: &mut Model, mut input: Input, key: Key) -> Vec<Effect> {
    match key.code {
        KeyCode::Esc => Vec::new(),
        KeyCode::Enter => match OwnCommand::typed(&input.text) {
            Ok(command) => {
                model.piped.clone_from(&input.text);
                run(model, command)
            }
            Err(error) => {
                model.show_error(error);
                Vec::new()
            }
        },
        _ => {
            input.edit(key);
            model.overlay = Overlay::Prompt { prompt: Prompt::Pipe, input };
            Vec::new()
        }
    }
}

fn run(model: &mut Model, command: OwnCommand) -> Vec<Effect> {
    let Some(item) = item(model, command.wants_article) else {
        model.show_status("there is no article here");
        return Vec::new();
    };
    model.show_status(format!("running {}", command.name));
    vec![Effect::RunCommand { command: Box::new(command), item }]
}

/// The article or comment under the cursor.
fn item(model: &Model, wants_article: bool) -> Option<PipedItem> {
    let article = super::marks::marked(model)?;
    let page = model.page.as_ref().filter(|_| model.focus == Pane::Page && !wants_article);
    let comment = page.and_then(|page| {
        let (discussion, _, comment) = page.comment_at_cursor()?;
        let view = page.discussions.get(discussion)?;
        let id = view.loaded.as_ref()?.discussion.comments.get(comment.index())?.id.clone();
        Some((view.head.id, id))
    });
    Some(PipedItem { article, comment })
}

/// A program has ended; none of its output is wanted where it is none.
pub(super) fn ended(model: &mut Model, name: &str, output: Option<&[u8]>) -> Vec<Effect> {
    let Some(output) = output else {
        model.show_status(format!("{name} is done"));
        return Vec::new();
    };
    let columns = usize::from(model.geometry.screen.width).saturating_sub(6).clamp(1, 100);
    let mut lines: Vec<CleanText> = Vec::new();
    for line in lines_of(output) {
        lines.extend(wrap(&line, columns).into_iter().map(clean_line));
    }
    if lines.is_empty() {
        model.show_status(format!("{name} is done, and wrote nothing"));
        return Vec::new();
    }
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    lines.extend((more > 0).then(|| clean_line(&format!("({more} more lines)"))));
    model.said = None;
    model.overlay = Overlay::Output { title: clean_line(name), lines, scroll: 0 };
    Vec::new()
}

/// A key while the output of a program is shown.
pub(super) fn in_output(model: &mut Model, shown: Overlay, action: Option<Action>) -> Vec<Effect> {
    let Overlay::Output { title, lines, scroll } = shown else { return Vec::new() };
    let rows = usize::from(model.geometry.screen.height).saturating_sub(3).max(1);
    let last = lines.len().saturating_sub(rows);
    let scroll = match action {
        Some(Action::MoveDown) => scroll + 1,
        Some(Action::MoveUp) => scroll.saturating_sub(1),
        Some(Action::PageDown) => scroll + rows,
        Some(Action::HalfDown) => scroll + rows / 2,
        Some(Action::PageUp) => scroll.saturating_sub(rows),
        Some(Action::HalfUp) => scroll.saturating_sub(rows / 2),
        Some(Action::Top) => 0,
        Some(Action::Bottom) => last,
        _ => return Vec::new(),
    };
    model.overlay = Overlay::Output { title, lines, scroll: scroll.min(last) };
    Vec::new()
}
