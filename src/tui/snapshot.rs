//! Pictures of the reader.

use ratatui::buffer::Buffer;

use super::Settings;
use super::keymap::Key;
use super::message::Msg;
use super::model::Model;
use super::screens::draw;
use super::shell::{Shell, Start};

/// The screen after some keys, drawn without a terminal: for pictures of the reader. What the keys do to the store is
/// done; what they would do to the terminal is left out.
pub fn snapshot(start: Start, settings: Settings, size: (u16, u16), keys: &[Key]) -> Buffer {
    let mut model = Model::new(settings, size, (start.now)(), start.zone);
    let mut shell = Shell::without_screen(start.store, start.now);
    shell.begin(&mut model, start.open);
    shell.catch_up(&mut model);
    for key in keys {
        shell.pass(&mut model, Msg::Key(*key));
        shell.catch_up(&mut model);
    }
    let mut buffer = Buffer::empty(model.geometry.screen);
    draw(&model, &mut buffer);
    buffer
}
