//! Ends, wanted or not: the terminal as it was found, the reader's place kept, nothing left running.

use std::path::PathBuf;

use rustix::process::Signal;

use super::{FRAME, NARROW, WIDE, at_comments, at_list, leave, wait_for_open};
use crate::escapes;
use crate::fixtures;
use crate::home::Home;
use crate::pty::Terminal;

#[test]
fn a_signal_saves_restores_and_ends() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT, Signal::USR1, Signal::ALARM] {
        let home = Home::with_pages(&[fixtures::page()]);
        let mut reader = at_comments(&home, WIDE);
        reader.type_keys("]]]");
        wait_for_open(&mut reader, fixtures::open_at(40));
        let code = reader.signal(signal).exit_code();
        assert!([0, 128 + signal.as_raw()].contains(&code), "{signal:?} gives {code}");
        reader.assert_restored();
        place_was_kept(&home);
    }
}

#[test]
fn a_pipe_signal_leaves_the_reader_alone() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    reader.signal(Signal::PIPE).type_keys("]]]");
    wait_for_open(&mut reader, fixtures::open_at(40));
    leave(reader);
}

#[test]
fn a_window_of_any_size_is_drawn() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    reader.report_size((u16::MAX, u16::MAX)).settle(FRAME);
    reader.resize(WIDE).wait_until("the page again", |screen| screen.contains("Dry fields keep"));
    leave(reader);
}

#[test]
fn a_dumb_terminal_gets_a_page_and_no_reader() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut told = home.open_in(&[], WIDE, &[("TERM", "dumb")]);
    told.wait_for("TERM is `dumb`").wait_for("gleaner show");
    assert_eq!(told.exit_code(), 1);
    let page = home.write("page.txt", b"A title\n\nA text.\n");
    let mut printed = home.open_in(&[&page], WIDE, &[("TERM", "dumb")]);
    printed.wait_for("A text.");
    assert_eq!(printed.exit_code(), 0);
    assert!(!printed.raw().contains(&0x1b), "plain lines");
}

#[test]
fn a_lost_terminal_ends_the_program_with_its_state_saved() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    reader.type_keys("]]]");
    wait_for_open(&mut reader, fixtures::open_at(40));
    reader.hang_up();
    reader.exit_code();
    place_was_kept(&home);
}

/// The next start is at the comments again, with the slider at 4.
fn place_was_kept(home: &Home) {
    let mut again = home.open(&[], WIDE);
    again.wait_for("What became of the");
    wait_for_open(&mut again, fixtures::open_at(40));
    leave(again);
    let doctor = home.run(&["doctor"]).succeeded();
    assert!(!doctor.out.contains("damaged"), "{}", doctor.out);
}

#[test]
fn ctrl_z_gives_the_shell_back_and_fg_the_page() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut env = home.env();
    env.push(("PS1".to_owned(), PathBuf::from("ready> ")));
    let mut shell = Terminal::spawn(&["/bin/sh", "-i"], NARROW, &env);
    let prompts = |count: usize| move |screen: &str| screen.matches("ready>").count() == count;
    shell.wait_until("a prompt", prompts(1));
    shell.type_keys(&home.argv(&[]).join(" ")).type_keys("<Enter>").wait_for("Dry fields keep");
    for round in 2..5 {
        shell.type_keys("<C-z>").wait_until("the shell again", prompts(round));
        let left = escapes::modes_left(shell.raw());
        // Some shells ask for bracketed paste at their own prompt.
        assert!(left.iter().all(|mode| mode.contains("2004")), "{left:?}");
        shell.type_keys("fg<Enter>").wait_for("Dry fields keep");
    }
    shell.type_keys("<C-c>").wait_until("the shell again", prompts(5));
    shell.type_keys("exit<Enter>");
    assert!(shell.exit_code() < 128);
}

#[test]
fn stopped_resized_and_continued_it_draws_again() {
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_list(&home, NARROW);
    reader.signal(Signal::STOP).resize((100, 30)).settle(FRAME);
    let written = reader.raw().len();
    reader.signal(Signal::CONT).wait_until("a new frame", |screen| screen.contains("Dry fields keep"));
    reader.settle(FRAME);
    assert!(reader.raw().len() > written, "nothing was drawn");
    leave(reader);
}

/// With nothing due the program does not wake up, write or compute.
#[cfg(target_os = "linux")]
#[test]
fn idle_means_idle() {
    let wakings = |pid: i32| -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        let count = |status: String| -> u64 {
            let lines = status.lines().filter_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            lines.map(|number| number.trim().parse::<u64>().unwrap()).sum()
        };
        tasks.map(|task| count(std::fs::read_to_string(task.unwrap().path().join("status")).unwrap())).sum()
    };
    let home = Home::with_pages(&[fixtures::page()]);
    let mut reader = at_comments(&home, WIDE);
    reader.type_keys("jj]").settle(FRAME * 5);
    let (written, before) = (reader.raw().len(), wakings(reader.pid()));
    reader.settle(FRAME * 14);
    assert_eq!((reader.raw().len(), wakings(reader.pid())), (written, before));
    leave(reader);
}
