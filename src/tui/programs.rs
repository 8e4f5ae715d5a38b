//! Other programs: what opens an address, what takes a copy.

use crate::os::browser;
use crate::os::program::launch;

/// Opens an address by argv, never through a shell, as one argument that cannot be an option: the caller has made sure
/// that it begins with a scheme.
pub(super) fn open(address: &str, command: Option<&[String]>) -> Result<(), String> {
    match command {
        Some(command @ [_, ..]) => {
            let argv: Vec<String> = command.iter().cloned().chain([address.to_owned()]).collect();
            launch(&argv, None).map_err(|error| format!("{error} (see [open] in the config)"))
        }
        _ => browser::open(address).map_err(|error| format!("not opened: {error} (set [open] browser in the config)")),
    }
}

/// Gives a text to a program that takes it on its standard input.
pub(super) fn feed(program: &str, arguments: &[String], text: &str) -> Result<(), String> {
    let argv: Vec<String> = std::iter::once(program.to_owned()).chain(arguments.iter().cloned()).collect();
    launch(&argv, Some(text.as_bytes().to_vec()))
        .map_err(|error| format!("not copied: {error} (see [open] copy in the config)"))
}
