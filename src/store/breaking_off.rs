//! Asking what may take long: looked at from inside now and then, and broken off when nobody waits for it any more.

use rusqlite::Connection;

use super::{Store, StoreError};

/// Steps of SQLite's machine between two looks at whether an answer is still wanted: some 50 µs.
const STEPS_BETWEEN: i32 = 2000;

impl Store {
    /// Asks until `stop` says that it takes too long, or that nobody waits any more; none if it did. It is asked now and
    /// then, on this thread.
    pub fn ask_until<T>(
        &mut self,
        stop: impl FnMut() -> bool + Send + 'static,
        ask: impl FnOnce(&Store) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.asking_inside(STEPS_BETWEEN, stop, ask) {
            Err(error) if error.is_interruption() => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Asks, with `inside` called after so many steps each, on this thread; if that gives true, SQLite breaks off.
    pub(super) fn asking_inside<T>(
        &mut self,
        steps: i32,
        inside: impl FnMut() -> bool + Send + 'static,
        ask: impl FnOnce(&Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let set = |conn: &mut Connection, handler: Option<_>| conn.progress_handler(steps, handler);
        let doing = "getting ready to ask";
        set(&mut self.conn, Some(inside)).map_err(|error| StoreError::sqlite(&self.path, doing, error))?;
        let answer = ask(self);
        set(&mut self.conn, None).map_err(|error| StoreError::sqlite(&self.path, doing, error))?;
        answer
    }

    /// Interrupts the running statement from another thread: it fails, and its change is rolled back.
    pub fn breaker(&self) -> impl Fn() + Send + 'static {
        let handle = self.conn.get_interrupt_handle();
        move || handle.interrupt()
    }
}
