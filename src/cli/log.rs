//! The log: a file in the state directory, written only when asked for. Never bodies, never secrets.

use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use tracing::Level;

use super::dirs::{make_folder, named};
use super::globals::LogLevel;
use super::output::SafeWriter;
use crate::os::files::append;

pub(super) fn start(path: &Path, level: LogLevel) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let file = append(path).with_context(|| format!("cannot write the log {}", named(path)))?;
    let level = match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    };
    tracing_subscriber::fmt().with_ansi(false).with_max_level(level).with_writer(Mutex::new(SafeWriter::new(file))).init();
    tracing::info!("gleaner {}", env!("CARGO_PKG_VERSION"));
    Ok(())
}
