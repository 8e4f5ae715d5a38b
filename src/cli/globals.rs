//! The options that every command has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug, Default)]
pub(super) struct Globals {
    /// Directory of the store
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub(super) data_dir: Option<PathBuf>,
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub(super) config: Option<PathBuf>,
    /// Write a log into the state directory
    #[arg(long, global = true, value_name = "LEVEL", value_enum, help_heading = "Global options")]
    pub(super) log: Option<LogLevel>,
    /// When to use colours and bold type; `auto` obeys `NO_COLOR`
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, help_heading = "Global options")]
    pub(super) color: Colour,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}
