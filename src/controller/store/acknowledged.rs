//! The number of the newest transaction that was acknowledged, in a small file beside the store.
//!
//! It is written in the same place and with the same length each time, so that a full disk takes it, and
//! not flushed: a process that is killed loses nothing of it, and after a loss of power a lower number
//! refuses nothing. What cannot be read as a number says nothing.

use super::disk::private_file;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const FILE: &str = "eulb.acknowledged";

/// The file, open.
#[derive(Debug)]
pub struct Acknowledged {
    path: PathBuf,
    file: File,
}

impl Acknowledged {
    /// Opens the file in a directory; also, the number in it.
    ///
    /// # Errors
    ///
    /// It cannot be opened, made or read.
    pub fn open(directory: &Path) -> io::Result<(Acknowledged, u64)> {
        let path = directory.join(FILE);
        let file = private_file(&path)?;
        let mut text = Vec::new();
        (&file).take(64).read_to_end(&mut text)?;
        let number = std::str::from_utf8(&text).ok();
        let number = number.and_then(|number| number.trim().parse().ok());
        Ok((Acknowledged { path, file }, number.unwrap_or_default()))
    }

    /// Removes what a store left that is no more.
    ///
    /// # Errors
    ///
    /// It is there and cannot be removed.
    pub fn forget(directory: &Path) -> io::Result<()> {
        match fs::remove_file(directory.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Where it is.
    pub fn into_path(self) -> PathBuf {
        self.path
    }

    /// Writes the number of a transaction.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn note(&self, number: u64) -> io::Result<()> {
        self.file
            .write_all_at(format!("{number:020}\n").as_bytes(), 0)
    }
}
