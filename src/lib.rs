//! Gleaner.
pub mod cli;
pub mod config;
pub mod domain;
pub mod format;
pub mod store;
pub mod tui;
pub mod work;
