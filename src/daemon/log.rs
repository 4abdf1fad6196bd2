//! Where log lines go: a file of bounded size in the data directory, and a terminal.
//!
//! Every component logs under a name of its own (`loadbalancing`, `auth`, `store`, `servo`,
//! `instance`, `daemon`), at `info` unless the variable `EULB_LOG` says otherwise, for instance
//! `EULB_LOG=warn,servo=debug`.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Says what is logged: `warn`, `info,servo=debug`.
pub const VARIABLE: &str = "EULB_LOG";

/// Bytes of `eulb.log` before it becomes `eulb.log.1`: a day of a busy local cloud, and two of them
/// still open in an editor.
const LARGEST_FILE: u64 = 16 << 20;

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Json,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Text => "text",
            Format::Json => "json",
        })
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Format, String> {
        match text {
            "text" => Ok(Format::Text),
            "json" => Ok(Format::Json),
            _ => Err(format!("'{text}' is not one of text, json")),
        }
    }
}

/// Sends the process's log lines to a file, to standard error, or to both.
///
/// # Errors
///
/// The file cannot be opened, or the variable makes no sense.
pub fn start(file: Option<&Path>, terminal: bool, format: Format) -> Result<(), String> {
    let filter = filter()?;
    let mut layers = Vec::new();
    if let Some(path) = file {
        let file = RotatingFile::open(path, LARGEST_FILE)
            .map_err(|error| format!("cannot write the log {}: {error}", path.display()))?;
        layers.push(layer(file, false, format));
    }
    if terminal {
        let coloured =
            rustix::termios::isatty(io::stderr()) && std::env::var_os("NO_COLOR").is_none();
        layers.push(layer(io::stderr, coloured, format));
    }
    let subscriber = Registry::default().with(layers).with(filter);
    // A second start in one process keeps the first log; there is nothing to tell anyone.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn filter() -> Result<EnvFilter, String> {
    let asked = std::env::var(VARIABLE).unwrap_or_default();
    let asked = match asked.trim() {
        "" => "info",
        asked => asked,
    };
    EnvFilter::try_new(asked)
        .map_err(|error| format!("cannot understand {VARIABLE}={asked}: {error}"))
}

fn layer<W>(writer: W, coloured: bool, format: Format) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        Format::Text => layer.with_ansi(coloured).boxed(),
        Format::Json => layer.json().flatten_event(true).boxed(),
    }
}

/// A log file that starts anew when it is full, keeping one predecessor.
struct RotatingFile {
    path: PathBuf,
    largest: u64,
    /// A `std` lock: nothing awaits while a line is written.
    current: Mutex<Current>,
}

struct Current {
    file: File,
    written: u64,
}

impl Current {
    fn open(path: &Path) -> io::Result<Current> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        let written = file.metadata()?.len();
        Ok(Current { file, written })
    }
}

impl RotatingFile {
    fn open(path: &Path, largest: u64) -> io::Result<RotatingFile> {
        Ok(RotatingFile {
            path: path.to_owned(),
            largest,
            current: Mutex::new(Current::open(path)?),
        })
    }

    fn append(&self, line: &[u8]) -> io::Result<()> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.written > 0 && current.written + line.len() as u64 > self.largest {
            let mut old = self.path.clone().into_os_string();
            old.push(".1");
            std::fs::rename(&self.path, old)?;
            *current = Current::open(&self.path)?;
        }
        current.file.write_all(line)?;
        current.written += line.len() as u64;
        Ok(())
    }
}

/// One event's line; the subscriber writes it in one piece.
struct Line<'a>(&'a RotatingFile);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.append(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for RotatingFile {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_full_log_becomes_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eulb.log");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let log = RotatingFile::open(&path, 10).unwrap();
        for line in ["12345\n", "678\n", "abcdef\n"] {
            log.append(line.as_bytes()).unwrap();
        }
        assert_eq!(read("eulb.log.1"), "12345\n678\n");
        assert_eq!(read("eulb.log"), "abcdef\n");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);

        // Continued after a restart, and a line longer than the file is written all the same.
        drop(log);
        let log = RotatingFile::open(&path, 10).unwrap();
        log.append(b"gh\n").unwrap();
        log.append(b"a line of its own\n").unwrap();
        assert_eq!(read("eulb.log.1"), "abcdef\ngh\n");
        assert_eq!(read("eulb.log"), "a line of its own\n");
    }
}
