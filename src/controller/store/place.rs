//! Whether the file of the state is still where it was opened.
//!
//! A file that was removed or replaced takes what is written to it as before, and all of that is lost
//! with the process. So its name is looked up before each write: a microsecond beside a flush.

use super::StoreError;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// An open file: its name, and what the name stood for when it was opened.
#[derive(Clone, Debug)]
pub struct Place {
    path: PathBuf,
    identity: Identity,
}

/// Device and inode, which no other file has while this one is open.
type Identity = (u64, u64);

fn identity(path: &Path) -> io::Result<Identity> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

impl Place {
    /// The place of a file that has just been opened.
    ///
    /// # Errors
    ///
    /// It is gone already, or may not be looked at.
    pub fn of(path: PathBuf) -> io::Result<Place> {
        let identity = identity(&path)?;
        Ok(Place { path, identity })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks whether the file is where it was.
    ///
    /// # Errors
    ///
    /// Its name stands for nothing, or for another file.
    pub fn check(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(found) if found == self.identity => Ok(()),
            // Whatever hides it, a restart would not find it either.
            _ => Err(StoreError::Gone {
                path: self.path.clone(),
            }),
        }
    }
}
