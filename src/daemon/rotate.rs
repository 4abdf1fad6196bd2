//! A file of lines of bounded size, with a bounded number of predecessors.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file that starts anew when it is full: `NAME` becomes `NAME.1`, that `NAME.2`, and so on.
pub struct RotatingFile {
    path: PathBuf,
    largest: u64,
    kept: usize,
    file: File,
    written: u64,
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    let written = file.metadata()?.len();
    Ok((file, written))
}

/// `NAME.2`; the file itself is number 0.
pub fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

impl RotatingFile {
    /// Opens a file of so many bytes at most, with so many full ones kept beside it.
    ///
    /// # Errors
    ///
    /// It cannot be opened for writing.
    pub fn open(path: &Path, largest: u64, kept: usize) -> io::Result<RotatingFile> {
        let (file, written) = open(path)?;
        Ok(RotatingFile {
            path: path.to_owned(),
            largest,
            kept,
            file,
            written,
        })
    }

    /// Appends a line, in one piece.
    ///
    /// # Errors
    ///
    /// The disk is full, or the directory is gone.
    pub fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.written > 0 && self.written + line.len() as u64 > self.largest {
            for number in (0..self.kept).rev() {
                let newer = numbered(&self.path, number);
                if newer.exists() {
                    std::fs::rename(newer, numbered(&self.path, number + 1))?;
                }
            }
            (self.file, self.written) = open(&self.path)?;
        }
        self.file.write_all(line)?;
        self.written += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_full_file_becomes_the_old_one_and_few_old_ones_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eulb.log");
        let read = |number| std::fs::read_to_string(numbered(&path, number)).unwrap();
        let mut log = RotatingFile::open(&path, 10, 2).unwrap();
        for line in ["12345\n", "678\n", "abcdef\n"] {
            log.append(line.as_bytes()).unwrap();
        }
        assert_eq!((&*read(0), &*read(1)), ("abcdef\n", "12345\n678\n"));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);

        // Continued after a restart, and a line longer than the file is written all the same.
        drop(log);
        let mut log = RotatingFile::open(&path, 10, 2).unwrap();
        for line in ["gh\n", "a line of its own\n", "x\n"] {
            log.append(line.as_bytes()).unwrap();
        }
        assert_eq!((&*read(0), &*read(1)), ("x\n", "a line of its own\n"));
        assert_eq!(read(2), "abcdef\ngh\n");
        assert!(!numbered(&path, 3).exists());
    }
}
