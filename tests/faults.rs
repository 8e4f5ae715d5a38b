//! Faults of a store: a kill at work, a full disk, a damaged page, two programs at once. Whatever it is, what the
//! program said was stored is there, and the message says what to do.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use crate::home::Home;

/// Articles as JSON lines, by number.
fn lines(numbers: std::ops::Range<usize>) -> String {
    let text = "What the wind has left is counted by those who come late. ".repeat(12);
    let line = |n: usize| {
        let date = 1_700_000_000 + n * 60;
        serde_json::json!({ "title": format!("Report {n}"), "url": format!("https://example.org/{n}"), "date": date, "text": text })
    };
    numbers.map(|n| line(n).to_string() + "\n").collect()
}

fn count(home: &Home, query: &str) -> usize {
    let args: Vec<&str> = ["list", "--json", "--limit", "0"].into_iter().chain(query.split_whitespace()).collect();
    home.run(&args).succeeded().out.lines().count()
}

/// The import of some lines from a pipe that stays open; all of them are in the pipe or taken.
fn importing(home: &Home, text: &str) -> Child {
    let mut child = home.command(&["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    child
}

/// Until the store's log has so many bytes, or the program is done.
fn wait_for_log(home: &Home, child: &mut Child, bytes: u64) {
    let log = home.path("data").join("store.db-wal");
    while child.try_wait().unwrap().is_none() && std::fs::metadata(&log).map_or(0, |facts| facts.len()) < bytes {
        std::thread::yield_now();
    }
}

fn rounds() -> usize {
    if std::env::var_os("GLEANER_SOAK").is_some() { 200 } else { 6 }
}

#[test]
fn a_killed_program_loses_nothing_that_it_had_confirmed() {
    let home = Home::new();
    let (mut confirmed, mut next) = (0, 0);
    for round in 0..rounds() {
        home.run_with_input(&["import", "-"], lines(next..next + 20).as_bytes()).succeeded();
        home.run(&["mark", "star", &(confirmed + 1).to_string()]).succeeded();
        (confirmed, next) = (confirmed + 20, next + 20);
        let starred = count(&home, "is:starred");
        // Killed within a bulk of lines, while it indexes them, or while it marks: at any moment of that.
        let mut child = match round % 3 {
            0 => importing(&home, &lines(next..next + 400 + round * 37 % 700)),
            1 => {
                let mut child = importing(&home, &lines(next..next + 700));
                drop(child.stdin.take());
                child
            }
            _ => {
                let ids: Vec<String> = (1..=confirmed).map(|id| id.to_string()).collect();
                let args: Vec<&str> = ["mark", "read"].into_iter().chain(ids.iter().map(String::as_str)).collect();
                home.command(&args).stdout(Stdio::null()).spawn().unwrap()
            }
        };
        // One whose lines have not ended waits for more; the others go on to some moment, or their end.
        if round % 3 > 0 {
            wait_for_log(&home, &mut child, round as u64 * 37_000 % 700_000);
        }
        let _ = child.kill();
        child.wait().unwrap();
        next += 1100;
        let there = count(&home, "");
        assert!(there >= confirmed, "round {round}: {there} of {confirmed}");
        assert_eq!(count(&home, "is:starred"), starred, "round {round}");
        home.run(&["doctor"]).succeeded();
        // Ids are given in order: what the killed one stored has the ids after those confirmed.
        confirmed = there;
    }
    home.run_with_input(&["import", "-"], lines(next..next + 1).as_bytes()).succeeded();
    assert_eq!(count(&home, "late"), confirmed + 1, "all is indexed in the end");
}

#[test]
fn a_full_disk_is_told_and_what_was_stored_stays() {
    let home = Home::new();
    home.run_with_input(&["import", "-"], lines(0..100).as_bytes()).succeeded();
    // No file may grow beyond 2 MiB; the signal that goes with it is left out, as on a full disk.
    let argv = home.argv(&["import", &home.write("more.jsonl", lines(100..9000).as_bytes())]);
    let limited = "trap '' XFSZ; ulimit -f 4096; exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, "sh"]).args(&argv).env_clear().envs(home.env());
    let out = command.output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing that was stored is lost"), "{said}");
    assert!(count(&home, "") >= 100);
    home.run(&["doctor"]).succeeded();
    home.run(&["import", home.path("more.jsonl").to_str().unwrap()]).succeeded();
    assert_eq!(count(&home, ""), 9000);
}

#[test]
fn a_damaged_page_is_told_by_whatever_meets_it() {
    let home = Home::new();
    home.run_with_input(&["import", "-"], lines(0..150).as_bytes()).succeeded();
    let file = home.store_file();
    let whole = std::fs::read(&file).unwrap();
    let pages = whole.len() / 4096;
    let mut told = 0;
    for page in (1..pages).step_by(pages / rounds().min(pages / 2)) {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0x5a);
        std::fs::write(&file, &bytes).unwrap();
        for args in [&["list", "--limit", "0"][..], &["search", "wind"], &["show", "70"], &["mark", "read", "70"], &["doctor"]]
        {
            let run = home.run(args);
            let is_told = run.code == 1 && format!("{}{}", run.err, run.out).contains("damaged");
            assert!(run.code == 0 || is_told, "page {page}: {args:?}: {} {}{}", run.code, run.out, run.err);
            told += usize::from(is_told);
        }
    }
    assert!(told > 0);
}

#[test]
fn one_imports_while_another_reads_and_marks() {
    let home = Home::new();
    home.run_with_input(&["import", "-"], lines(0..10).as_bytes()).succeeded();
    let (first, second) = (lines(10..1200), lines(1200..2400));
    let mut child = importing(&home, &first);
    let mut seen = 10;
    for id in 1..=10 {
        home.run(&["mark", "read", &id.to_string()]).succeeded();
        let now = count(&home, "");
        assert!(now >= seen, "{now} after {seen}");
        seen = now;
    }
    child.stdin.as_mut().unwrap().write_all(second.as_bytes()).unwrap();
    drop(child.stdin.take());
    home.run(&["mark", "star", "3"]).succeeded();
    assert!(child.wait().unwrap().success());
    assert_eq!((count(&home, ""), count(&home, "is:read"), count(&home, "is:starred")), (2400, 10, 1));
    home.run(&["doctor"]).succeeded();
}

/// Sends SIGINT, and gives the exit code and what was said.
#[cfg(unix)]
fn interrupted(child: Child) -> (Option<i32>, String) {
    let id = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    // It may have come to its end.
    let _ = rustix::process::kill_process(id, rustix::process::Signal::INT);
    let out = child.wait_with_output().unwrap();
    (out.status.code(), String::from_utf8(out.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn an_import_that_is_interrupted_keeps_what_it_stored_and_says_so() {
    let home = Home::new();
    home.run_with_input(&["import", "-"], lines(0..20).as_bytes()).succeeded();
    let mut child = home.command(&["import", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines(20..1500).as_bytes()).unwrap();
    // It waits for more, which never comes: the signal is heard all the same.
    wait_for_log(&home, &mut child, 200_000);
    let (code, said) = interrupted(child);
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("stopped"), "{said}");
    drop(input);
    assert!(count(&home, "") > 20);
    let doctor = home.run(&["doctor"]).succeeded();
    assert!(!doctor.out.contains("did not end cleanly"), "{}", doctor.out);
    home.run_with_input(&["import", "-"], lines(0..1500).as_bytes()).succeeded();
    assert_eq!(count(&home, "late"), 1500);
}

/// Each of these is killed, interrupted, or runs into a full disk at moments spread over its work; the store is whole after
/// each, and the next time does the rest.
#[cfg(unix)]
#[test]
fn bulk_work_that_is_cut_off_leaves_a_whole_store_and_is_finished_the_next_time() {
    let home = Home::new();
    home.run_with_input(&["import", "-"], lines(0..1500).as_bytes()).succeeded();
    let source = "Imported files";
    let works: [&[&str]; 3] = [&["mark", "read", "is:unread"], &["mark", "star", "is:read"], &["remove", "--all", source]];
    for (n, work) in works.into_iter().enumerate() {
        for round in 0..rounds() {
            let mut child = home.command(work).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            wait_for_log(&home, &mut child, (round * 90_000) as u64 + 1);
            if round % 2 == 0 {
                let _ = child.kill();
                child.wait().unwrap();
            } else {
                let (code, said) = interrupted(child);
                assert!(matches!(code, Some(0 | 1 | 130) | None), "{code:?} {said}");
            }
            home.run(&["doctor"]).succeeded();
        }
        home.run(work);
        home.run(&["doctor"]).succeeded();
        let left = [count(&home, "is:unread"), count(&home, "") - count(&home, "is:starred"), count(&home, "")][n];
        assert_eq!(left, 0, "{work:?}");
    }
}

#[cfg(unix)]
#[test]
fn bulk_work_on_a_full_disk_says_so_and_goes_on_once_there_is_room() {
    let home = Home::new();
    home.run_with_input(&["import", "-"], lines(0..1500).as_bytes()).succeeded();
    for work in [&["mark", "read", "is:unread"][..], &["remove", "--all", "Imported files"]] {
        for blocks in [64, 512, 2048] {
            let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
            let mut command = Command::new("sh");
            command.args(["-c", &limited, "sh"]).args(home.argv(work)).env_clear().envs(home.env());
            let out = command.output().unwrap();
            let said = String::from_utf8(out.stderr).unwrap();
            assert!(out.status.success() || said.contains("nothing that was stored is lost"), "{work:?} {blocks}: {said}");
            home.run(&["doctor"]).succeeded();
        }
        home.run(work);
    }
    assert_eq!(count(&home, ""), 0);
    home.run(&["doctor"]).succeeded();
}
