//! Files that are there whole or not at all: written under a temporary name beside their own, then renamed.
//!
//! A program that is killed at any moment leaves nothing under the final name. What it leaves under the temporary one is
//! taken away by the next write of the same file: the writer holds a lock on it, which ends with the process.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The treatment of a file that already has the name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Existing {
    /// It stays, and nothing is written.
    Keep,
    /// It is replaced at once, and its permissions stay.
    Replace,
}

/// A file on its way to its name, readable by its owner only. Dropped before it is [published](AtomicFile::publish), it
/// is removed.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    path: PathBuf,
    file: File,
    existing: Existing,
    is_published: bool,
}

/// Bytes that a file's name may have in the temporary name; longer names are hashed. Most systems allow 255.
const LONGEST_NAME: usize = 200;

impl AtomicFile {
    /// Begins a file; fails if its name cannot be given to a file, or is taken and [`Existing::Keep`] is wanted.
    pub fn begin(target: &Path, existing: Existing) -> io::Result<AtomicFile> {
        let target = absolute(target)?;
        if existing == Existing::Keep {
            vacant(&target)?;
        }
        let path = target.with_file_name(temporary_name(target.file_name().unwrap_or_default()));
        let file = create_temporary(&path)?;
        Ok(AtomicFile { target, path, file, existing, is_published: false })
    }

    /// The temporary name: an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name, once all of it is on the disk.
    pub fn publish(mut self) -> io::Result<()> {
        if let (Existing::Replace, Ok(facts)) = (self.existing, self.target.metadata()) {
            self.file.set_permissions(facts.permissions())?;
        }
        self.file.sync_all()?;
        match self.existing {
            Existing::Keep => rename_new(&self.path, &self.target)?,
            Existing::Replace => std::fs::rename(&self.path, &self.target)?,
        }
        self.is_published = true;
        sync_folder(&self.target);
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.is_published {
            // If it cannot be removed now, the next write of the same file does it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Writes a file whole.
pub fn atomic_write(target: &Path, existing: Existing, bytes: &[u8]) -> io::Result<()> {
    let file = AtomicFile::begin(target, existing)?;
    file.file().write_all(bytes)?;
    file.publish()
}

/// Opens a file that only grows, such as a log, making it if it is not there.
pub fn append(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().read(true).append(true).create(true)).open(path)
}

/// Makes an empty file; fails if the name is taken.
pub fn create_empty(path: &Path) -> io::Result<()> {
    private(OpenOptions::new().write(true).create_new(true)).open(path).map(drop)
}

/// Renames a file within its folder, over one that has the name.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_folder(to);
    Ok(())
}

/// Gives a file a second name, so that the first can be taken over by another file without a moment in which there is
/// none; on file systems without second names it is moved.
pub fn keep_as(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
        Err(_) => rename_new(from, to)?,
    }
    sync_folder(to);
    Ok(())
}

/// Makes a rename last beyond a loss of power. Not every file system can, and none needs it to stay whole.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// The path from the root, so that no part of it can be taken for something else than a name; fails for what names no file.
pub fn absolute(path: &Path) -> io::Result<PathBuf> {
    let text = path.as_os_str();
    if text.is_empty() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the name is empty"));
    }
    let ends_in_folder = text.as_encoded_bytes().last().is_some_and(|last| std::path::is_separator(char::from(*last)));
    if ends_in_folder || path.file_name().is_none() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "this names a folder, not a file"));
    }
    std::path::absolute(path)
}

/// Fails if anything has the name, be it a link to nothing.
fn vacant(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::new(ErrorKind::AlreadyExists, "a file of this name exists already")),
    }
}

fn temporary_name(name: &OsStr) -> OsString {
    let mut temporary = OsString::from(".");
    if name.len() <= LONGEST_NAME {
        temporary.push(name);
    } else {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = name.as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, step);
        temporary.push(format!("gleaner-{hash:016x}"));
    }
    temporary.push(".part");
    temporary
}

fn create_temporary(path: &Path) -> io::Result<File> {
    let create = || private(OpenOptions::new().read(true).write(true).create_new(true)).open(path);
    let file = match create() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            remove_leftover(path)?;
            create()?
        }
        created => created?,
    };
    // If files cannot be locked, the next write takes a leftover for one of these.
    let _ = file.try_lock();
    Ok(file)
}

/// Removes what a write of a file that was killed left behind; gives its name if there was any.
pub fn remove_leftover_of(target: &Path) -> io::Result<Option<PathBuf>> {
    let path = target.with_file_name(temporary_name(target.file_name().unwrap_or_default()));
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        _ => remove_leftover(&path).map(|()| Some(path)),
    }
}

/// Removes a leftover that nobody is writing any more.
fn remove_leftover(path: &Path) -> io::Result<()> {
    // Gleaner makes only regular files; opening a pipe or a device could block.
    if !path.symlink_metadata()?.is_file() {
        return Err(io::Error::new(ErrorKind::AlreadyExists, format!("{} is in the way", path.display())));
    }
    match File::open(path)?.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::Error::new(ErrorKind::ResourceBusy, "another gleaner is writing this file")),
        _ => std::fs::remove_file(path),
    }
}

/// Renames a file to a name that nothing has.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(()),
            Err(error) if error == rustix::io::Errno::EXIST => return Err(error.into()),
            // The file system does not know how.
            Err(_) => {}
        }
    }
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Without links, between the look and the rename another program may take the name.
        Err(_) => {
            vacant(to)?;
            std::fs::rename(from, to)
        }
    }
}

/// For the owner's eyes only.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Takes a file from all but its owner. Gives the permissions that it had; none where it is not there.
pub fn for_owner_alone(path: &Path) -> io::Result<Option<std::fs::Permissions>> {
    let Ok(facts) = path.metadata() else { return Ok(None) };
    let before = facts.permissions();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mut own = before.clone();
        own.set_mode(before.mode() & 0o700);
        std::fs::set_permissions(path, own)?;
    }
    Ok(Some(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let unfinished = AtomicFile::begin(&target, Existing::Keep).unwrap();
        unfinished.file().write_all(b"half").unwrap();
        assert_eq!(names(folder.path()), [".a.part"]);
        drop(unfinished);
        assert!(names(folder.path()).is_empty());
        atomic_write(&target, Existing::Keep, b"whole").unwrap();
        assert_eq!((names(folder.path()), std::fs::read(&target).unwrap()), (vec!["a".to_owned()], b"whole".to_vec()));
    }

    #[test]
    fn nothing_is_written_over_what_is_to_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let late = AtomicFile::begin(&target, Existing::Keep).unwrap();
        std::fs::write(&target, "theirs").unwrap();
        assert_eq!(late.publish().unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(atomic_write(&target, Existing::Keep, b"mine").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!((names(folder.path()), std::fs::read(&target).unwrap()), (vec!["a".to_owned()], b"theirs".to_vec()));
        atomic_write(&target, Existing::Replace, b"mine").unwrap();
        assert_eq!((names(folder.path()), std::fs::read(&target).unwrap()), (vec!["a".to_owned()], b"mine".to_vec()));
    }

    #[test]
    fn what_a_killed_write_left_is_taken_away_by_the_next_but_not_from_one_at_work() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        std::fs::write(folder.path().join(".a.part"), "left behind").unwrap();
        let at_work = AtomicFile::begin(&target, Existing::Keep).unwrap();
        assert_eq!(atomic_write(&target, Existing::Keep, b"other").unwrap_err().kind(), ErrorKind::ResourceBusy);
        at_work.publish().unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"");
    }

    #[test]
    fn names_that_name_no_file_are_refused() {
        for name in ["", ".", "..", "/", "a/", "a/.."] {
            assert!(absolute(Path::new(name)).is_err(), "{name}");
        }
        for name in [":memory:", "file:b.db", "-", "a b"] {
            assert!(absolute(Path::new(name)).unwrap().is_absolute(), "{name}");
        }
        assert_eq!(temporary_name(OsStr::new(&"ä".repeat(126))).len(), 30);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_not_followed_and_files_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("nothing"), &link).unwrap();
        assert_eq!(atomic_write(&link, Existing::Keep, b"x").unwrap_err().kind(), ErrorKind::AlreadyExists);
        let target = folder.path().join("a");
        atomic_write(&target, Existing::Keep, b"x").unwrap();
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
        atomic_write(&target, Existing::Replace, b"y").unwrap();
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }
}
