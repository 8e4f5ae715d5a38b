//! A reader's home of its own for each test: the program run in it, with pipes or in a terminal.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::pty::{Size, Terminal};

pub(crate) struct Home {
    root: tempfile::TempDir,
}

/// The result of a run of the program.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Run {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Exit `code`, and on standard error a line `error: …` and all of the words.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, words: &[&str]) -> Run {
        let told = format!("stdout: {}\nstderr: {}", self.out, self.err);
        assert_eq!(self.code, code, "{told}");
        assert!(self.err.lines().any(|line| line.starts_with("error: ")), "no error line; {told}");
        for word in words {
            assert!(self.err.to_lowercase().contains(&word.to_lowercase()), "no {word:?}; {told}");
        }
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {}", self.out))
    }
}

/// The binary under test.
pub(crate) fn gleaner() -> PathBuf {
    std::env::var_os("GLEANER_BIN").map_or_else(|| env!("CARGO_BIN_EXE_gleaner").into(), Into::into)
}

impl Home {
    pub(crate) fn new() -> Home {
        let root = tempfile::tempdir().unwrap();
        for folder in ["home", "data", "config", "state", "cache", "run"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        std::fs::write(root.path().join("config.toml"), "").unwrap();
        Home { root }
    }

    /// A home in which these pages are stored, numbered from 1.
    pub(crate) fn with_pages(pages: &[String]) -> Home {
        let home = Home::new();
        for (n, page) in pages.iter().enumerate() {
            let file = home.write(&format!("page-{n}.txt"), page.as_bytes());
            home.run(&["import", &file]).succeeded();
        }
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a file and gives its path.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The store's file, found by what it is.
    pub(crate) fn store_file(&self) -> PathBuf {
        let is_store = |path: &PathBuf| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
        let files = std::fs::read_dir(self.path("data")).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().find(is_store).expect("a store in the data directory")
    }

    /// The whole environment that the program gets.
    pub(crate) fn env(&self) -> Vec<(String, PathBuf)> {
        let fixed = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("TZ", "UTC"), ("LANG", "C.UTF-8")];
        let folders = [
            ("HOME", "home"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ];
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::iter::once(("PATH".to_owned(), path.into()))
            .chain(fixed.map(|(name, value)| (name.to_owned(), value.into())))
            .chain(folders.map(|(name, folder)| (name.to_owned(), self.path(folder))))
            .collect()
    }

    /// The program's name and the options that keep it in this home, before `args`.
    pub(crate) fn argv(&self, args: &[&str]) -> Vec<String> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let mut argv = vec![text(&gleaner()), "--data-dir".to_owned(), text(&self.path("data"))];
        if !args.contains(&"--config") {
            argv.extend(["--config".to_owned(), text(&self.path("config.toml"))]);
        }
        argv.extend(args.iter().map(|arg| (*arg).to_owned()));
        argv
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let argv = self.argv(args);
        let mut command = Command::new(&argv[0]);
        command.args(&argv[1..]).env_clear().envs(self.env()).current_dir(self.root.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(self.command(args).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &[u8]) -> Run {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that fails early does not read all of it.
        let _ = stdin.write_all(input);
        drop(stdin);
        finish(child.wait_with_output().unwrap())
    }

    /// The program in a terminal.
    pub(crate) fn open(&self, args: &[&str], size: Size) -> Terminal {
        self.open_in(args, size, &[])
    }

    /// The program in a terminal, with some of its environment otherwise.
    pub(crate) fn open_in(&self, args: &[&str], size: Size, other: &[(&str, &str)]) -> Terminal {
        let argv = self.argv(args);
        let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
        let mut env = self.env();
        env.retain(|(name, _)| other.iter().all(|(changed, _)| changed != name));
        env.extend(other.iter().map(|(name, value)| ((*name).to_owned(), value.into())));
        Terminal::spawn(&argv, size, &env)
    }
}

fn finish(output: Output) -> Run {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("all output is UTF-8");
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}
