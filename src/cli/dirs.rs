//! The places of the store, the configuration and the log on this machine.

use std::path::{Path, PathBuf};

use anyhow::Context;
use directories::ProjectDirs;

use super::error::CliError;
use super::globals::Globals;
use crate::domain::text::clean;

#[derive(Clone, Debug)]
pub(super) struct AppDirs {
    pub(super) data: PathBuf,
    pub(super) config: PathBuf,
    /// True if the configuration file was named, so that it has to be there.
    pub(super) config_named: bool,
    pub(super) state: PathBuf,
}

impl AppDirs {
    pub(super) fn find(globals: &Globals) -> Result<AppDirs, CliError> {
        let project = ProjectDirs::from("", "", "gleaner");
        let homeless = || {
            CliError::failed("this user has no home directory to keep a store and a configuration in")
                .hint("name them with --data-dir DIR and --config FILE")
        };
        let of_project = |path: fn(&ProjectDirs) -> &Path| project.as_ref().map(|dirs| path(dirs).to_owned());
        let data = globals.data_dir.clone().or_else(|| of_project(ProjectDirs::data_dir)).ok_or_else(homeless)?;
        let config = of_project(ProjectDirs::config_dir).map(|dir| dir.join("config.toml"));
        let config = globals.config.clone().or(config).ok_or_else(homeless)?;
        // Not every system has a directory for state.
        let state = project.as_ref().and_then(|dirs| dirs.state_dir().map(Path::to_owned)).unwrap_or_else(|| data.clone());
        Ok(AppDirs { data, config, config_named: globals.config.is_some(), state })
    }

    pub(super) fn store(&self) -> PathBuf {
        self.data.join("store.db")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.state.join("gleaner.log")
    }

    /// The configuration file, if there is one or there has to be.
    pub(super) fn config_to_read(&self) -> Option<&Path> {
        (self.config_named || self.config.exists()).then_some(&*self.config)
    }
}

/// Makes a folder and those above it, for this user alone.
pub(super) fn make_folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("cannot make the folder {}", named(path)))
}

/// A path as text for people.
pub(super) fn named(path: &Path) -> String {
    clean(&path.to_string_lossy()).to_string()
}
