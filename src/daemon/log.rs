//! Where log lines go: files of bounded size in the data directory, and a terminal.
//!
//! Every component logs under a name of its own ([`COMPONENTS`]), at `info` unless `--log-level` or
//! the variable `EULB_LOG` says otherwise, for instance `warn,servo=debug`; `eulb admin log-level`
//! changes it while the cloud runs. An event that names the request behind it goes into the journal
//! as well, whatever its level: that is what `eulb trace` tells.
//!
//! The controller's thread has its lines written when it has nothing else to do, at once if one warns;
//! all others write theirs as they come.

use super::journal::Journal;
use super::line::{self, Journalled, Record};
use super::rotate::RotatingFile;
use crate::model::journal::REQUEST;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};

/// Says what is logged: `warn`, `info,servo=debug`.
pub const VARIABLE: &str = "EULB_LOG";

/// Bytes of `eulb.log` before it becomes `eulb.log.1`: a day of a busy local cloud, and all of them
/// still open in an editor.
const LARGEST_FILE: u64 = 16 << 20;
/// Full files kept beside the present one.
const FILES_KEPT: usize = 4;
/// Bytes that wait to be written at most, however busy the process is.
const LARGEST_DELAY: usize = 64 << 10;
/// Bytes that a thread keeps for its next event.
const DESK_BYTES: usize = 16 << 10;

/// The components, each with the beginnings of the module paths that are its own where an event does
/// not name it.
pub const COMPONENTS: &[(&str, &[&str])] = &[
    ("loadbalancing", &["eulb::controller"]),
    ("auth", &["eulb::controller::auth"]),
    ("store", &["eulb::controller::store"]),
    ("iam", &["eulb::controller::iam"]),
    ("sts", &["eulb::controller::sts"]),
    ("ec2", &["eulb::controller::ec2"]),
    ("cloudwatch", &["eulb::controller::cloudwatch"]),
    ("dns", &["eulb::controller::dns", "eulb::controller::names"]),
    ("autoscaling", &[]),
    ("servo", &["eulb::proxy::supervisor"]),
    ("health", &["eulb::proxy::probe"]),
    ("proxy", &["eulb::proxy"]),
    ("desync", &[]),
    ("access-log", &["eulb::proxy::access_log"]),
    ("instance", &["eulb::guest"]),
    ("daemon", &["eulb::daemon"]),
];

/// The component that an event is from, by its target.
fn component_of(target: &str) -> &str {
    if let Some((name, _)) = COMPONENTS.iter().find(|(name, _)| *name == target) {
        return name;
    }
    let own = COMPONENTS.iter().flat_map(|(name, paths)| {
        let paths = paths.iter().copied();
        paths
            .chain([*name])
            .filter(|path| {
                let rest = target.strip_prefix(path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            })
            .map(move |path| (path.len(), *name))
    });
    match own.max() {
        Some((_, name)) => name,
        // Of a library: its name.
        None => target.split("::").next().unwrap_or(target),
    }
}

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

/// From which level on each component logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels {
    all: LevelFilter,
    /// Those that differ.
    components: BTreeMap<&'static str, LevelFilter>,
}

impl Default for Levels {
    fn default() -> Levels {
        Levels {
            all: LevelFilter::INFO,
            components: BTreeMap::new(),
        }
    }
}

impl Levels {
    /// Changes what a text such as `servo=debug,auth=warn` names; a level alone is for all.
    ///
    /// # Errors
    ///
    /// A level or a component is unknown; then nothing is changed.
    pub fn change(&mut self, text: &str) -> Result<(), String> {
        let mut changed = self.clone();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, level) = match part.split_once('=') {
                Some((name, level)) => (Some(name.trim()), level.trim()),
                None => (None, part),
            };
            let named = match level.to_ascii_lowercase().as_str() {
                "off" => LevelFilter::OFF,
                "error" => LevelFilter::ERROR,
                "warn" => LevelFilter::WARN,
                "info" => LevelFilter::INFO,
                "debug" => LevelFilter::DEBUG,
                "trace" => LevelFilter::TRACE,
                _ => {
                    return Err(format!(
                        "'{level}' is not a level: error, warn, info, debug, trace or off"
                    ));
                }
            };
            match name {
                None => {
                    changed.all = named;
                    changed.components.clear();
                }
                Some(name) => {
                    let known = COMPONENTS.iter().find(|(component, _)| *component == name);
                    let Some((component, _)) = known else {
                        let names: Vec<_> = COMPONENTS.iter().map(|(name, _)| *name).collect();
                        return Err(format!(
                            "'{name}' is not a component; there are {}",
                            names.join(", ")
                        ));
                    };
                    changed.components.insert(component, named);
                }
            }
        }
        *self = changed;
        Ok(())
    }

    fn of(&self, component: &str) -> LevelFilter {
        self.components.get(component).copied().unwrap_or(self.all)
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.all)?;
        for (name, level) in &self.components {
            write!(f, ",{name}={level}")?;
        }
        Ok(())
    }
}

impl FromStr for Levels {
    type Err = String;

    fn from_str(text: &str) -> Result<Levels, String> {
        let mut levels = Levels::default();
        levels.change(text)?;
        Ok(levels)
    }
}

/// A running log: what it records can be changed, and what happened can be asked.
#[derive(Clone, Default)]
pub struct Log {
    levels: Arc<RwLock<Levels>>,
    /// A mutex because a line is written in one piece.
    file: Option<Arc<Mutex<Lines>>>,
    pub journal: Journal,
}

/// The file, and the lines that it does not have yet.
struct Lines {
    file: RotatingFile,
    unwritten: Vec<u8>,
}

impl Lines {
    fn write(&mut self) {
        if !self.unwritten.is_empty() {
            // There is nowhere to complain to that is not this file.
            let _ = self.file.append(&self.unwritten);
            self.unwritten.clear();
        }
    }
}

impl Log {
    /// Changes the levels, if told to, and says what they are.
    ///
    /// # Errors
    ///
    /// The text names no levels of components.
    pub fn levels(&self, change: Option<&str>) -> Result<String, String> {
        let mut levels = self.levels.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = change {
            levels.change(text)?;
        }
        let told = levels.to_string();
        drop(levels);
        if change.is_some() {
            // What was decided for each place that logs is decided anew.
            tracing::callsite::rebuild_interest_cache();
            tracing::info!(target: "daemon", levels = told, "log levels changed");
        }
        Ok(told)
    }

    /// Lets the lines of this thread wait.
    pub fn patience(&self) -> Patience {
        PATIENT.set(true);
        Patience(self.clone())
    }

    /// Writes what waits to be written, to the log and to the journal; cheap if nothing does.
    pub fn write(&self) {
        if let Some(lines) = &self.file {
            lines.lock().unwrap_or_else(PoisonError::into_inner).write();
        }
        self.journal.write();
    }

    fn is_logged(&self, metadata: &Metadata<'_>) -> bool {
        let levels = self.levels.read().unwrap_or_else(PoisonError::into_inner);
        *metadata.level() <= levels.of(component_of(metadata.target()))
    }
}

/// Whether an event names the request behind it.
fn is_journalled(metadata: &Metadata<'_>) -> bool {
    metadata.fields().field(REQUEST).is_some()
}

/// The log of this process: the first that was started.
static STARTED: OnceLock<Log> = OnceLock::new();

/// What is to be logged, and where.
pub struct Settings<'a> {
    /// The log, and the journal beside it.
    pub file: Option<&'a Path>,
    pub journal: Option<&'a Path>,
    pub terminal: bool,
    pub format: Format,
    /// Absent: what the variable says, else `info`.
    pub levels: Option<Levels>,
}

/// Sends the process's log lines to a file, to standard error, or to both. A second start in one
/// process returns the first log.
///
/// # Errors
///
/// A file cannot be opened, or the variable makes no sense.
pub fn start(settings: Settings<'_>) -> Result<Log, String> {
    let levels = match settings.levels {
        Some(levels) => levels,
        None => std::env::var(VARIABLE)
            .unwrap_or_default()
            .parse()
            .map_err(|error| format!("cannot understand {VARIABLE}: {error}"))?,
    };
    if let Some(log) = STARTED.get() {
        return Ok(log.clone());
    }
    let cannot =
        |path: &Path, error: io::Error| format!("cannot write the log {}: {error}", path.display());
    let file = match settings.file {
        Some(path) => {
            let file = RotatingFile::open(path, LARGEST_FILE, FILES_KEPT);
            let file = file.map_err(|error| cannot(path, error))?;
            let unwritten = Vec::new();
            Some(Arc::new(Mutex::new(Lines { file, unwritten })))
        }
        None => None,
    };
    let log = Log {
        levels: Arc::new(RwLock::new(levels)),
        file,
        journal: Journal::default(),
    };
    if let Some(path) = settings.journal {
        let kept = log.journal.keep_in(path);
        kept.map_err(|error| cannot(path, error))?;
    }
    let coloured = rustix::termios::isatty(io::stderr()) && std::env::var_os("NO_COLOR").is_none();
    let sink = Sink {
        log: log.clone(),
        terminal: settings.terminal.then_some(coloured),
        format: settings.format,
    };
    let subscriber = tracing_subscriber::registry().with(sink.with_filter(Wanted(log.clone())));
    // Somebody else's subscriber, in a test, keeps the lines; the journal stays empty then.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(STARTED.get_or_init(|| log).clone())
}

/// Lets through what is logged or journalled. Asked once for each place in the code that logs, and
/// again when the levels change.
struct Wanted(Log);

impl<S> Filter<S> for Wanted {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        is_journalled(metadata) || self.0.is_logged(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_journalled(metadata) || self.0.is_logged(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }
}

struct Sink {
    log: Log,
    /// Whether standard error gets lines, and whether in colour.
    terminal: Option<bool>,
    format: Format,
}

thread_local! {
    /// What the events of this thread are taken apart and written in, one after the other.
    static DESK: Cell<Option<Box<Desk>>> = const { Cell::new(None) };
    /// Whether somebody writes the log when this thread has nothing else to do.
    static PATIENT: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, the lines of its thread wait for [`Log::write`], which its holder has called whenever
/// the thread has nothing else to do.
pub struct Patience(Log);

impl Drop for Patience {
    fn drop(&mut self) {
        PATIENT.set(false);
        self.0.write();
    }
}

/// Memory for one event and one line of it.
#[derive(Default)]
struct Desk {
    record: Record,
    line: Vec<u8>,
}

impl<S: Subscriber> Layer<S> for Sink {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        // Not there while it is in use: what is recorded may log, too.
        let mut desk = DESK.take().unwrap_or_default();
        let Desk { record, line } = &mut *desk;
        record.read(component_of(metadata.target()), event);
        if self.log.is_logged(metadata) {
            self.write(*metadata.level(), record, line);
        }
        if is_journalled(metadata) {
            line.clear();
            if serde_json::to_writer(&mut *line, &Journalled(record)).is_ok() {
                line.push(b'\n');
                self.log.journal.note(line);
            }
        }
        if record.capacity() + line.capacity() <= DESK_BYTES {
            DESK.set(Some(desk));
        }
    }
}

impl Sink {
    fn write(&self, level: Level, record: &Record, line: &mut Vec<u8>) {
        if let Some(lines) = &self.log.file {
            self.compose(record, false, line);
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.unwritten.extend_from_slice(line);
            let waits = PATIENT.get() && level > Level::WARN;
            if !waits || lines.unwritten.len() > LARGEST_DELAY {
                lines.write();
            }
        }
        if let Some(coloured) = self.terminal {
            self.compose(record, coloured, line);
            let _ = io::stderr().write_all(line);
        }
    }

    fn compose(&self, record: &Record, coloured: bool, line: &mut Vec<u8>) {
        line.clear();
        // Memory takes what is written.
        let _ = match self.format {
            Format::Text => line::text(record, coloured, line),
            Format::Json => line::json(record, line),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::journal::Selection;

    /// Logs something; says what the file has of it at once, and how many events the journal has.
    fn logged(patient: bool, say: impl FnOnce()) -> (Vec<String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eulb.log");
        let file = RotatingFile::open(&path, LARGEST_FILE, FILES_KEPT).unwrap();
        let unwritten = Vec::new();
        let log = Log {
            file: Some(Arc::new(Mutex::new(Lines { file, unwritten }))),
            ..Log::default()
        };
        let sink = Sink {
            log: log.clone(),
            terminal: None,
            format: Format::Text,
        };
        let subscriber = tracing_subscriber::registry().with(sink.with_filter(Wanted(log.clone())));
        let lines = || -> Vec<String> {
            let text = std::fs::read_to_string(&path).unwrap();
            text.lines().map(str::to_owned).collect()
        };
        let patience = patient.then(|| log.patience());
        tracing::subscriber::with_default(subscriber, say);
        let written = lines();
        drop(patience);
        assert_eq!(lines().len(), 3, "all are there in the end");
        let journalled = log.journal.tell(&Selection::Request(String::new()));
        (written, journalled.len())
    }

    fn say() {
        tracing::info!(target: "servo", request = "5d2c", balancer = "web", "one");
        tracing::warn!(target: "servo", request = "-", "two");
        tracing::debug!(target: "servo", request = "5d2c", "heard by the journal alone");
        tracing::info!(target: "servo", "three");
    }

    #[test]
    fn lines_and_events_go_where_they_belong() {
        let (lines, journalled) = logged(false, say);
        let told: Vec<_> = lines
            .iter()
            .map(|line| line.split_once('Z').unwrap().1)
            .collect();
        let one = "  INFO servo: one request=5d2c balancer=web";
        assert_eq!(told, [one, "  WARN servo: two", "  INFO servo: three"]);
        assert_eq!(journalled, 2);
    }

    #[test]
    fn a_patient_thread_has_its_lines_written_later_but_a_warning_at_once() {
        assert_eq!(logged(true, say).0.len(), 2);
    }

    #[test]
    fn every_event_has_a_component() {
        let cases = [
            ("servo", "servo"),
            ("eulb::proxy::supervisor::checker", "servo"),
            ("eulb::proxy::worker", "proxy"),
            ("eulb::controller::http", "loadbalancing"),
            ("eulb::controller::store::disk", "store"),
            ("eulb::controller::cloudwatch", "cloudwatch"),
            ("eulb::guest", "instance"),
            ("hyper::proto::h1", "hyper"),
            ("servomotor", "servomotor"),
        ];
        for (target, expected) in cases {
            assert_eq!(component_of(target), expected, "{target}");
        }
    }

    #[test]
    fn levels_are_changed_by_name_or_not_at_all() {
        let cases = [
            ("", Ok("info")),
            ("debug", Ok("debug")),
            ("servo=debug", Ok("info,servo=debug")),
            (
                "warn, servo=DEBUG,auth=off",
                Ok("warn,auth=off,servo=debug"),
            ),
            ("servo=debug,error", Ok("error")),
            (
                "servo=loud",
                Err("'loud' is not a level: error, warn, info, debug, trace or off"),
            ),
            (
                "motor=info",
                Err(
                    "'motor' is not a component; there are loadbalancing, auth, store, iam, sts, ec2, \
                     cloudwatch, dns, autoscaling, servo, health, proxy, desync, access-log, instance, daemon",
                ),
            ),
        ];
        for (text, expected) in cases {
            let read = text.parse::<Levels>().map(|levels| levels.to_string());
            assert_eq!(read.as_deref().map_err(String::as_str), expected, "{text}");
        }
        let mut levels: Levels = "servo=debug".parse().unwrap();
        levels.change("auth=warn,servo=x").unwrap_err();
        assert_eq!(levels.to_string(), "info,servo=debug");
        assert_eq!(levels.of("servo"), LevelFilter::DEBUG);
        assert_eq!(levels.of("hyper"), LevelFilter::INFO);
    }
}
