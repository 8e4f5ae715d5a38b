//! Keys typed into the whole reader but its terminal: model, update, effects on a store in memory, screens.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::domain::order::Order;
use crate::domain::time::{Timestamp, utc};
use crate::format::{Origin, edition};
use crate::store::Store;
use crate::tui::geometry::Pane;
use crate::tui::keymap::Key;
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::tui::shell::Shell;
use crate::tui::{Settings, screens};

/// 2026-11-01T00:00:00Z
pub(super) const NOW: Timestamp = Timestamp(1_793_491_200);

pub(super) struct Play {
    pub(super) shell: Shell,
    pub(super) model: Model,
    /// Tells of what the workers finish.
    wakes: Option<Receiver<()>>,
}

impl Play {
    /// A reader of pages in the edition's form, on a screen of a size.
    pub(super) fn new(size: (u16, u16), pages: &[&str]) -> Play {
        Play::with(size, pages, Settings::default())
    }

    pub(super) fn with(size: (u16, u16), pages: &[&str], settings: Settings) -> Play {
        let mut store = Store::in_memory().unwrap();
        for text in pages {
            save(&mut store, text);
        }
        Play::on(store, size, settings)
    }

    /// A reader whose time passes as the clock says.
    pub(super) fn with_clock(size: (u16, u16), store: Store, now: fn() -> Timestamp) -> Play {
        Play::at(store, size, Settings::default(), now)
    }

    fn on(store: Store, size: (u16, u16), settings: Settings) -> Play {
        Play::at(store, size, settings, || NOW)
    }

    /// The oldest comments first, as the tests are told, where the settings name no order.
    fn at(store: Store, size: (u16, u16), settings: Settings, now: fn() -> Timestamp) -> Play {
        let settings = Settings { order: settings.order.or(Some(Order::Oldest)), ..settings };
        let mut model = Model::new(settings, size, now(), utc);
        let mut shell = Shell::without_screen(store, now);
        shell.begin(&mut model, None);
        shell.catch_up(&mut model);
        Play { shell, model, wakes: None }
    }

    /// A reader of a store's file: what takes long is done beside it.
    pub(super) fn in_file(size: (u16, u16), path: &Path) -> Play {
        Play::with_workers(size, Store::open(path).unwrap(), Some(path))
    }

    pub(super) fn with_workers(size: (u16, u16), store: Store, path: Option<&Path>) -> Play {
        let (woken, wakes) = channel();
        let mut model = Model::new(Settings::default(), size, NOW, utc);
        let wake = move || {
            let _ = woken.send(());
        };
        let mut shell = Shell::with_workers(store, path.map(Path::to_owned), || NOW, wake);
        shell.begin(&mut model, None);
        shell.catch_up(&mut model);
        Play { shell, model, wakes: Some(wakes) }
    }

    /// Saves what had to wait; whether all is saved.
    pub(super) fn saves_all(&mut self) -> bool {
        self.shell.save_waiting(&mut self.model);
        !self.shell.is_saving()
    }

    /// Waits until the workers have finished so much that this is so.
    pub(super) fn until(&mut self, is_so: impl Fn(&Play) -> bool) -> &mut Play {
        while !is_so(self) {
            self.wakes.as_ref().unwrap().recv_timeout(Duration::from_mins(1)).expect("something is under way");
            self.shell.take_finished(&mut self.model);
            self.check();
        }
        self
    }

    /// The program is left and started again.
    pub(super) fn restart(self) -> Play {
        let size = self.model.geometry.screen;
        self.restart_on((size.width, size.height))
    }

    /// The program is left and started again on a screen of another size.
    pub(super) fn restart_on(self, size: (u16, u16)) -> Play {
        let Play { shell, mut model, .. } = self;
        let store = shell.end(&mut model);
        Play::on(store, size, model.settings)
    }

    /// The program is killed and started again.
    pub(super) fn kill(self) -> Play {
        let (size, settings) = (self.model.geometry.screen, self.model.settings.clone());
        Play::on(self.shell.killed(), (size.width, size.height), settings)
    }

    /// The program is left, the page comes in again as it is now, and the program is started again.
    pub(super) fn reread(self, page: &str) -> Play {
        let (size, settings) = (self.model.geometry.screen, self.model.settings.clone());
        let Play { shell, mut model, .. } = self;
        let mut store = shell.end(&mut model);
        save(&mut store, page);
        Play::on(store, (size.width, size.height), settings)
    }

    /// Types keys: characters, and names in angle brackets such as `<enter>` or `<ctrl-d>`.
    pub(super) fn play(&mut self, keys: &str) -> &mut Play {
        let mut rest = keys;
        while !rest.is_empty() {
            let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')).filter(|(name, _)| name.len() > 1);
            let (key, after) = match named {
                Some((name, after)) => (name.parse::<Key>().unwrap(), after),
                None => {
                    let end = rest.chars().next().map_or(0, char::len_utf8);
                    (rest[..end].parse().unwrap_or_else(|_| "space".parse().unwrap()), &rest[end..])
                }
            };
            self.send(Msg::Key(key));
            rest = after;
        }
        self
    }

    pub(super) fn send(&mut self, msg: Msg) -> &mut Play {
        self.shell.pass(&mut self.model, msg);
        self.check();
        self.shell.catch_up(&mut self.model);
        self.check();
        self
    }

    /// The screen as the message's first frame shows it, before what can wait for that.
    pub(super) fn first_frame(&mut self, msg: Msg) -> String {
        self.shell.pass(&mut self.model, msg);
        self.check();
        self.screen()
    }

    /// Something else puts a page into the store.
    pub(super) fn save(&mut self, text: &str) -> &mut Play {
        save(self.shell.store_mut(), text);
        self
    }

    pub(super) fn store(&mut self) -> &mut Store {
        self.shell.store_mut()
    }

    pub(super) fn ended(&self) -> bool {
        self.shell.ended()
    }

    pub(super) fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.model.geometry.screen);
        screens::draw(&self.model, &mut buffer);
        buffer
    }

    /// The screen as text, without the blanks at the ends of lines.
    pub(super) fn screen(&self) -> String {
        text(&self.buffer(), self.model.geometry.screen)
    }

    /// The inside of one pane as text.
    pub(super) fn pane(&self, pane: Pane) -> String {
        text(&self.buffer(), self.model.geometry.inner(pane))
    }

    /// The slider's row.
    pub(super) fn slider(&self) -> String {
        text(&self.buffer(), self.model.geometry.slider()).trim().to_owned()
    }

    pub(super) fn footer(&self) -> String {
        text(&self.buffer(), self.model.geometry.footer).trim().to_owned()
    }

    /// The text of all cells in reverse video: the row under the cursor, or hits.
    pub(super) fn reversed(&self) -> String {
        let buffer = self.buffer();
        let mut words = String::new();
        let mut inside = false;
        for cell in &buffer.content {
            let reversed = cell.modifier.contains(Modifier::REVERSED);
            if reversed && !inside {
                words.push(' ');
            }
            if reversed {
                words.push_str(cell.symbol());
            }
            inside = reversed;
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The line that the cursor's mark stands beside, without marks and guides.
    pub(super) fn at_cursor(&self) -> String {
        let page = self.pane(Pane::Page);
        let line = page.lines().find(|line| line.trim_start().starts_with('▌')).unwrap_or_default();
        line.trim_start_matches(['▌', ' ', '│', '≈', '◆', '▲', '■', '◇', '△', '□']).to_owned()
    }

    /// The row of the page that the cursor's mark begins on.
    pub(super) fn cursor_row(&self) -> Option<usize> {
        self.pane(Pane::Page).lines().position(|line| line.starts_with('▌'))
    }

    /// Invariants after every message.
    fn check(&self) {
        let Model { list, page, .. } = &self.model;
        assert!(list.cursor < list.rows.len() || list.rows.is_empty());
        if let Some(page) = page {
            assert!(page.cursor_is_on_the_page());
            for (at, line) in page.screen() {
                assert!(line < page.lines(at).len());
            }
        }
    }
}

pub(super) fn save(store: &mut Store, text: &str) {
    let (page, notes) = edition::read_page(text, &Origin { name: "page.md", now: NOW });
    assert!(notes.is_empty(), "the fixture is well-formed: {notes:?}");
    // One that the reader has deleted stays away.
    store.save_all([&page], NOW).unwrap();
}

fn text(buffer: &Buffer, area: Rect) -> String {
    let area = area.intersection(buffer.area);
    let line = |y| {
        let cells: String = (area.left()..area.right()).map(|x| buffer[(x, y)].symbol()).collect();
        cells.trim_end().to_owned()
    };
    let lines: Vec<String> = (area.top()..area.bottom()).map(line).collect();
    lines.join("\n")
}
