//! Folders walked in order of name, numbers by their value (page 2 before page 10), to the files in them.

use std::io;
use std::path::{Path, PathBuf};

/// An item that a walk meets.
#[derive(Debug)]
pub(super) enum Met {
    File(PathBuf),
    /// Files that are read as one.
    Together(Vec<PathBuf>),
    /// Something that is not read, and why.
    Not(PathBuf, String),
}

/// Walks a path, giving each thing to `meet` as it is found: a file itself, a folder's files in order of name, those of
/// its folders after them in place. Links are followed; a folder that contains itself is met once and then named.
pub(super) fn walk<E>(path: &Path, meet: &mut impl FnMut(Met) -> Result<(), E>) -> Result<(), E> {
    // A file that was named is read whatever it is, a pipe too.
    if path.is_dir() { enter(path, &mut Vec::new(), meet) } else { meet(Met::File(path.to_owned())) }
}

fn enter<E>(folder: &Path, above: &mut Vec<PathBuf>, meet: &mut impl FnMut(Met) -> Result<(), E>) -> Result<(), E> {
    let not = |path: &Path, error: &io::Error| Met::Not(path.to_owned(), super::error::in_words(error));
    let real = match folder.canonicalize() {
        Ok(real) if above.contains(&real) => {
            return meet(Met::Not(folder.to_owned(), "it leads back to a folder above it".to_owned()));
        }
        Ok(real) => real,
        Err(error) => return meet(not(folder, &error)),
    };
    let entries = match std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return meet(not(folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort_by_cached_key(|path| natural(&path.to_string_lossy()));
    above.push(real);
    let groups = groups(&mut paths);
    for path in paths {
        if let Some(group) = groups.iter().find(|group| group[0] == path) {
            meet(Met::Together(group.clone()))?;
            continue;
        }
        match path.metadata() {
            Ok(facts) if facts.is_dir() => enter(&path, above, meet)?,
            Ok(facts) if facts.is_file() => meet(Met::File(path))?,
            Ok(_) => meet(Met::Not(path, "it is no regular file".to_owned()))?,
            Err(error) => meet(not(&path, &error))?,
        }
    }
    above.pop();
    Ok(())
}

/// Files that are read as one, the first of each among `paths` still. Mails that are still being delivered are left out.
fn groups(paths: &mut Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let has = |paths: &[PathBuf], name: &str| paths.iter().any(|path| path.file_name().is_some_and(|own| own == name));
    if has(paths, "cur") && has(paths, "new") && has(paths, "tmp") {
        paths.retain(|path| path.file_name().is_none_or(|name| name != "tmp"));
    }
    let mut groups = Vec::new();
    for first in paths.clone() {
        let name = first.file_name().unwrap_or_default().to_string_lossy();
        let beside = crate::site::files_beside(&name);
        let found: Vec<PathBuf> = beside.iter().map(|name| first.with_file_name(name)).filter(|path| path.is_file()).collect();
        if !found.is_empty() && first.is_file() {
            paths.retain(|path| !found.contains(path));
            groups.push([vec![first], found].concat());
        }
    }
    groups
}

/// A name as its texts and numbers, in turn. Numbers are compared by length, then by digits: no number is too long.
fn natural(name: &str) -> Vec<(String, usize, String)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(digits);
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let number = after[..end].trim_start_matches('0');
        parts.push((text.to_owned(), number.len(), number.to_owned()));
        rest = &after[end..];
    }
    // Names that differ in leading noughts only.
    parts.push((name.to_owned(), 0, String::new()));
    parts
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_of_a_dump_are_met_together_and_undelivered_mail_is_not() {
        use super::*;

        let folder = tempfile::tempdir().unwrap();
        for name in ["cur", "new", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        for name in ["Users.xml", "Posts.xml", "Tags.xml", "cur/1", "tmp/2"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let short = |path: &PathBuf| path.strip_prefix(folder.path()).unwrap().to_string_lossy().replace('\\', "/");
        let mut met = Vec::new();
        let walked: Result<(), ()> = walk(folder.path(), &mut |what| {
            met.push(match what {
                Met::File(path) | Met::Not(path, _) => short(&path),
                Met::Together(paths) => paths.iter().map(short).collect::<Vec<_>>().join("+"),
            });
            Ok(())
        });
        assert!(walked.is_ok());
        assert_eq!(met, ["Posts.xml+Users.xml", "Tags.xml", "cur/1"]);
    }

    #[test]
    fn pages_come_in_the_order_of_their_numbers() {
        let mut names = ["p-10.html", "p-2.html", "p-02.html", "p.html", "a", "p-1.html"];
        names.sort_by_cached_key(|name| super::natural(name));
        assert_eq!(names, ["a", "p-1.html", "p-02.html", "p-2.html", "p-10.html", "p.html"]);
    }

    #[cfg(unix)]
    #[test]
    fn files_come_in_order_and_loops_are_named() {
        use super::*;
        use std::convert::Infallible;
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("b/deeper")).unwrap();
        for name in ["c", "b/2", "b/deeper/x", "a", "b/1"] {
            std::fs::write(path(name), "").unwrap();
        }
        symlink(folder.path(), path("b/again")).unwrap();
        symlink(path("circle"), path("circle")).unwrap();
        symlink(path("a"), path("d")).unwrap();
        let mut met = Vec::new();
        let short = |path: &Path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned();
        let walked = walk(folder.path(), &mut |what| {
            met.push(match what {
                Met::File(path) => short(&path),
                Met::Together(paths) => paths.iter().map(|path| short(path)).collect::<Vec<_>>().join(" + "),
                Met::Not(path, why) => format!("{}: {why}", short(&path)),
            });
            Ok::<(), Infallible>(())
        });
        assert!(walked.is_ok());
        let (loops, files): (Vec<String>, Vec<String>) = met.into_iter().partition(|line| line.contains(": "));
        assert_eq!(files, ["a", "b/1", "b/2", "b/deeper/x", "c", "d"]);
        assert_eq!(loops[0], "b/again: it leads back to a folder above it");
        assert!(loops[1].starts_with("circle: too many levels of symbolic links"), "{loops:?}");
    }
}
