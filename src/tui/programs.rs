//! Other programs: what opens an address, what takes a copy.

use std::io;
use std::process::{Command, Stdio};

/// Opens an address by argv, never through a shell, as one argument that cannot be an option: the caller has made sure
/// that it begins with a scheme.
pub(super) fn open(address: &str, command: Option<&[String]>) -> Result<(), String> {
    match command {
        Some([program, arguments @ ..]) => {
            let spawned = Command::new(program)
                .args(arguments)
                .arg(address)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            let mut child = spawned.map_err(|error| format!("{program} did not start: {error} (see [open] in the config)"))?;
            // Waited for on the side, so that it leaves no zombie.
            std::thread::spawn(move || child.wait());
            Ok(())
        }
        _ => webbrowser::open(address)
            .map_err(|error| format!("no browser opened {address}: {error} (set [open] browser in the config)")),
    }
}

pub(super) fn feed(program: &str, arguments: &[String], text: &str) -> Result<(), String> {
    use std::io::Write;
    let failed = |error: io::Error| format!("{program} took no copy: {error} (see [open] copy in the config)");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let text = text.to_owned();
    std::thread::spawn(move || {
        if let Some(mut input) = child.stdin.take() {
            let _ = input.write_all(text.as_bytes());
        }
        let _ = child.wait();
    });
    Ok(())
}
