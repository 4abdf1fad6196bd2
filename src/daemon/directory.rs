//! The data directory of a local cloud: where it is, who may read it, and who is using it.
//!
//! | file | holds |
//! |---|---|
//! | `eulb.pid` | the process id, locked for as long as the process lives |
//! | `eulb.sock` | the socket of its administration |
//! | `eulb.log`, `eulb.log.1` to `.4` | what it logged |
//! | `eulb.journal`, `eulb.journal.1` | what happened, for `eulb trace` |
//!
//! and whatever the controller's store keeps. The directory has mode 0700 and every file 0600, since
//! the store holds secret keys and the socket is the administrator's. The lock, not the presence of a
//! file, says that a cloud is running: a killed process leaves files behind, but no lock.

use rustix::fs::FlockOperation;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Names another data directory than the platform's usual one.
pub const VARIABLE: &str = "EULB_DATA_DIR";

/// How often a lock that is held is tried again before it counts as held: whoever only looks whether
/// a cloud is running holds it for an instant.
const LOCK_ATTEMPTS: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Bytes of a Unix socket's path, its final zero not counted (`sun_path` is 108 on Linux, 104
/// elsewhere).
const LONGEST_SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Why a data directory cannot be used, in one line with what to do.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error("there is no home directory to keep the data in: give --data-dir or set {VARIABLE}")]
    Nowhere,
    #[error(
        "a local cloud is already running (process {process}) in {}: \
         stop it with 'eulb local stop', or give this one its own --data-dir and --listen",
        path.display()
    )]
    AlreadyRunning { path: PathBuf, process: String },
    #[error("cannot use the data directory {}: {reason}; choose another with --data-dir", path.display())]
    Unusable { path: PathBuf, reason: String },
}

/// The data directory of one local cloud, which need not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory that was asked for, else the variable's, else the platform's
    /// (`~/.local/share/eulb` on Linux).
    ///
    /// # Errors
    ///
    /// Nothing was asked for and the user has no home.
    pub fn find(asked: Option<PathBuf>) -> Result<Directory, DirectoryError> {
        let path = asked
            .or_else(|| {
                std::env::var_os(VARIABLE)
                    .filter(|value| !value.is_empty())
                    .map(PathBuf::from)
            })
            .or_else(|| Some(dirs::data_local_dir()?.join("eulb")))
            .ok_or(DirectoryError::Nowhere)?;
        // Absolute, since a detached cloud does not stay where it was started.
        let path = std::path::absolute(&path).unwrap_or(path);
        Ok(Directory { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The socket of the administration.
    pub fn socket(&self) -> PathBuf {
        self.path.join("eulb.sock")
    }

    pub fn log(&self) -> PathBuf {
        self.path.join("eulb.log")
    }

    pub fn journal(&self) -> PathBuf {
        self.path.join("eulb.journal")
    }

    fn process_file(&self) -> PathBuf {
        self.path.join("eulb.pid")
    }

    fn unusable(&self, reason: impl ToString) -> DirectoryError {
        DirectoryError::Unusable {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }

    /// Makes the directory, closes it to others, and takes the lock.
    ///
    /// # Errors
    ///
    /// Another cloud has it, it cannot be made or written, or it is full of somebody else's files.
    pub fn claim(&self) -> Result<Claim, DirectoryError> {
        let length = self.socket().as_os_str().len();
        if length > LONGEST_SOCKET_PATH {
            return Err(self.unusable(format!(
                "the path of its socket has {length} bytes and the system allows {LONGEST_SOCKET_PATH}"
            )));
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)
            .map_err(|error| self.unusable(plain(&error)))?;
        self.close_to_others()?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.process_file())
            .map_err(|error| self.unusable(plain(&error)))?;
        if !locked(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|error| self.unusable(plain(&error)))?
        {
            let mut process = String::new();
            let _ = file.read_to_string(&mut process);
            return Err(DirectoryError::AlreadyRunning {
                path: self.path.clone(),
                process: match process.trim() {
                    "" => "unknown".to_owned(),
                    number => number.to_owned(),
                },
            });
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(|error| self.unusable(plain(&error)))?;
        // Left by a process that was killed; ours to remove since the lock is ours.
        match std::fs::remove_file(self.socket()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(self.unusable(plain(&error)));
            }
            _ => {}
        }
        Ok(Claim {
            directory: self.clone(),
            file,
        })
    }

    /// Takes group's and others' access away, unless that would lock them out of files of their own.
    fn close_to_others(&self) -> Result<(), DirectoryError> {
        let failed = |error: io::Error| self.unusable(plain(&error));
        let mode = std::fs::metadata(&self.path)
            .map_err(failed)?
            .permissions()
            .mode();
        if mode & 0o077 == 0 {
            return Ok(());
        }
        for entry in std::fs::read_dir(&self.path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if !name.as_encoded_bytes().starts_with(b"eulb.") {
                return Err(self.unusable(format!(
                    "it is open to other users and holds other files ({}), so it cannot be closed to them",
                    name.display()
                )));
            }
        }
        std::fs::set_permissions(&self.path, Permissions::from_mode(0o700)).map_err(failed)
    }

    /// Whether a cloud is running here.
    pub fn is_in_use(&self) -> bool {
        // Read and write: a lock may need either, and the file is the user's own.
        let Ok(file) = OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.process_file())
        else {
            return false;
        };
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared).is_err()
    }

    /// The process id that the cloud running here wrote down.
    pub fn process(&self) -> Option<i32> {
        let text = std::fs::read_to_string(self.process_file()).ok()?;
        text.trim().parse().ok().filter(|number| *number > 1)
    }
}

/// Tries to take a lock, a few times; false if somebody else holds it.
fn locked(file: &File, operation: FlockOperation) -> io::Result<bool> {
    for attempt in 1.. {
        match rustix::fs::flock(file, operation) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) if attempt >= LOCK_ATTEMPTS => return Ok(false),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => {
                std::thread::sleep(LOCK_PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// `permission denied` instead of `Permission denied (os error 13)`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => text.to_owned(),
    }
}

/// The right to run a cloud in a directory, for as long as it is kept.
#[derive(Debug)]
pub struct Claim {
    directory: Directory,
    /// Holds the lock.
    file: File,
}

impl Claim {
    /// Binds the socket of the administration, for the user alone.
    ///
    /// # Errors
    ///
    /// The file system has no sockets or no room.
    pub fn bind(&self) -> Result<std::os::unix::net::UnixListener, DirectoryError> {
        let path = self.directory.socket();
        let bind = || {
            // The directory lets nobody else in, so that the moment before the mode is set is safe.
            let listener = std::os::unix::net::UnixListener::bind(&path)?;
            std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        bind().map_err(|error: io::Error| self.directory.unusable(plain(&error)))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // The file itself stays: removing a lock file lets two processes lock two files of one name.
        let _ = std::fs::remove_file(self.directory.socket());
        let _ = self.file.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_directory_has_one_cloud_at_a_time_and_nobody_else_looks_in() {
        let parent = tempfile::tempdir().unwrap();
        let directory = Directory::find(Some(parent.path().join("a/b"))).unwrap();
        assert!(!directory.is_in_use());
        let claim = directory.claim().unwrap();
        let listener = claim.bind().unwrap();
        assert!(directory.is_in_use());
        assert_eq!(directory.process(), i32::try_from(std::process::id()).ok());
        assert_eq!(mode(directory.path()), 0o700);
        assert_eq!(mode(&directory.process_file()), 0o600);
        assert_eq!(mode(&directory.socket()), 0o600);

        let second = directory.claim().unwrap_err().to_string();
        let expected = format!(
            "a local cloud is already running (process {}) in {}: stop it with 'eulb local stop', \
             or give this one its own --data-dir and --listen",
            std::process::id(),
            directory.path().display()
        );
        assert_eq!(second, expected);

        drop((claim, listener));
        assert!(!directory.is_in_use());
        assert!(!directory.socket().exists());

        // What a killed process leaves behind is no obstacle.
        std::fs::write(directory.process_file(), "4194304\n").unwrap();
        drop(std::os::unix::net::UnixListener::bind(directory.socket()).unwrap());
        assert!(directory.socket().exists());
        let claim = directory.claim().unwrap();
        claim.bind().unwrap();
    }

    #[test]
    fn a_directory_that_cannot_be_used_says_why() {
        let parent = tempfile::tempdir().unwrap();
        let refusal = |path: PathBuf| {
            let directory = Directory::find(Some(path)).unwrap();
            directory.claim().unwrap_err().to_string()
        };
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        let expected = format!(
            "cannot use the data directory {}: not a directory; choose another with --data-dir",
            file.join("x").display()
        );
        assert_eq!(refusal(file.join("x")), expected);

        let open = parent.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        std::fs::write(open.join("letters.txt"), "").unwrap();
        assert!(refusal(open.clone()).contains("holds other files (letters.txt)"));
        assert_eq!(mode(&open), 0o755);

        // Open, but empty or its own: closed and used.
        std::fs::remove_file(open.join("letters.txt")).unwrap();
        drop(
            Directory::find(Some(open.clone()))
                .unwrap()
                .claim()
                .unwrap(),
        );
        assert_eq!(mode(&open), 0o700);

        let deep = parent.path().join("d".repeat(120));
        assert!(refusal(deep).contains("the path of its socket has "));
    }
}
