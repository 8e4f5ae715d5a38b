//! The operating system beside the terminal and the network: files written whole ([`files`]) and other
//! programs run apart from the reader's terminal ([`program`], [`browser`], [`clipboard`]).
//!
//! There is no other way to do either: `tests/architecture.rs` refuses `OpenOptions`, `File::create`, `fs::write`,
//! `fs::rename` and `Command::new` everywhere else. SQLite writes the store's own files.

pub mod browser;
pub mod clipboard;
pub mod files;
pub mod interrupt;
pub mod program;
pub mod terminal_program;
mod words;
