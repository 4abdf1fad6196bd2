//! Where log lines go: files of bounded size in the data directory, and a terminal.
//!
//! Every component logs under a name of its own ([`COMPONENTS`]), at `info` unless `--log-level` or
//! the variable `EULB_LOG` says otherwise, for instance `warn,servo=debug`; `eulb admin log-level`
//! changes it while the cloud runs. An event that names the request behind it goes into the journal
//! as well, whatever its level: that is what `eulb trace` tells.
//!
//! A line is one line: control characters in whatever clients and instances said are escaped.
//!
//! The controller's thread has its lines written when it has nothing else to do, at once if one warns;
//! all others write theirs as they come.

use super::journal::Journal;
use super::rotate::RotatingFile;
use crate::model::journal::{NOBODY, REQUEST};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::field::{Field, Visit};
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
struct Desk {
    event: Event,
    line: Vec<u8>,
}

impl<S: Subscriber> Layer<S> for Sink {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        // Not there while it is in use: what is recorded may log, too.
        let mut desk = DESK.take().unwrap_or_else(|| Box::new(Desk::new(metadata)));
        let Desk { event: read, line } = &mut *desk;
        read.begin(metadata);
        event.record(read);
        read.fields.sort_by_key(|(name, _)| *name);
        if self.log.is_logged(metadata) {
            self.write(read, line);
        }
        if is_journalled(metadata) {
            line.clear();
            if serde_json::to_writer(&mut *line, &Journalled(read)).is_ok() {
                line.push(b'\n');
                self.log.journal.note(line);
            }
        }
        if read.words.capacity() + line.capacity() <= DESK_BYTES {
            DESK.set(Some(desk));
        }
    }
}

impl Sink {
    fn write(&self, event: &Event, line: &mut Vec<u8>) {
        if let Some(lines) = &self.log.file {
            self.compose(event, false, line);
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.unwritten.extend_from_slice(line);
            let waits = PATIENT.get() && event.level > Level::WARN;
            if !waits || lines.unwritten.len() > LARGEST_DELAY {
                lines.write();
            }
        }
        if let Some(coloured) = self.terminal {
            self.compose(event, coloured, line);
            let _ = io::stderr().write_all(line);
        }
    }

    fn compose(&self, event: &Event, coloured: bool, line: &mut Vec<u8>) {
        line.clear();
        // Writing to memory does not fail.
        let _ = match self.format {
            Format::Text => text(event, coloured, line),
            Format::Json => json(event, line),
        };
    }
}

fn name_of(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
}

/// An event as it is written; [`crate::model::journal::Event`] is one that was read.
struct Event {
    at_microseconds: i64,
    component: &'static str,
    level: Level,
    /// All that was said, piece after piece.
    words: String,
    message: Range<usize>,
    request: Option<Range<usize>>,
    /// By name.
    fields: Vec<(&'static str, Range<usize>)>,
}

impl Desk {
    fn new(metadata: &'static Metadata<'static>) -> Desk {
        Desk {
            event: Event {
                at_microseconds: 0,
                component: "",
                level: *metadata.level(),
                words: String::new(),
                message: 0..0,
                request: None,
                fields: Vec::new(),
            },
            line: Vec::with_capacity(LINE_BYTES),
        }
    }
}

impl Event {
    fn begin(&mut self, metadata: &'static Metadata<'static>) {
        self.at_microseconds = now();
        self.component = component_of(metadata.target());
        self.level = *metadata.level();
        self.words.clear();
        self.message = 0..0;
        self.request = None;
        self.fields.clear();
    }

    fn message(&self) -> &str {
        &self.words[self.message.clone()]
    }

    fn request(&self) -> Option<&str> {
        Some(&self.words[self.request.clone()?])
    }

    fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fields = self.fields.iter();
        fields.map(|(name, words)| (*name, &self.words[words.clone()]))
    }

    /// Takes what was said since there were so many bytes of words.
    fn take(&mut self, field: &Field, begun: usize) {
        let said = begun..self.words.len();
        match field.name() {
            "message" => self.message = said,
            REQUEST => {
                let id = &self.words[said.clone()];
                self.request = (!id.is_empty() && id != NOBODY).then_some(said);
            }
            name => self.fields.push((name, said)),
        }
    }
}

impl Visit for Event {
    fn record_str(&mut self, field: &Field, value: &str) {
        let begun = self.words.len();
        self.words.push_str(value);
        self.take(field, begun);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let begun = self.words.len();
        // Writing to a String does not fail.
        let _ = write!(self.words, "{value}");
        self.take(field, begun);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let begun = self.words.len();
        let _ = write!(self.words, "{value:?}");
        self.take(field, begun);
    }
}

/// An event as [`crate::model::journal::Event`] is read.
struct Journalled<'e>(&'e Event);

impl Serialize for Journalled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("at_microseconds", &event.at_microseconds)?;
        row.serialize_entry("component", event.component)?;
        row.serialize_entry("level", name_of(event.level))?;
        row.serialize_entry("message", event.message())?;
        if let Some(request) = event.request() {
            row.serialize_entry(REQUEST, request)?;
        }
        row.serialize_entry("fields", &Fields(event))?;
        row.end()
    }
}

struct Fields<'e>(&'e Event);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.fields())
    }
}

/// `2026-11-25T22:48:00.123456Z`
pub fn moment(at_microseconds: i64) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        let at = time::OffsetDateTime::from_unix_timestamp(at_microseconds.div_euclid(1_000_000))
            .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second) = at.to_hms();
        let microsecond = at_microseconds.rem_euclid(1_000_000);
        write!(
            f,
            "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{microsecond:06}Z",
            u8::from(month)
        )
    })
}

/// Characters that would end a line, or command a terminal, as `\n` or `\u{1b}`.
fn escape(text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return out.write_all(text.as_bytes());
    }
    for character in text.chars() {
        if character.is_control() {
            write!(out, "{}", character.escape_default())?;
        } else {
            write!(out, "{character}")?;
        }
    }
    Ok(())
}

/// Whether a byte stands in a value as it is, and asks for no quotes around it.
fn is_bare(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'=' | b'\\')
}

/// Room for an ordinary line: most are shorter.
const LINE_BYTES: usize = 256;

/// A line for people: `2026-11-25T22:48:00.123456Z  INFO servo: listening address=127.101.0.1:80`
fn text(event: &Event, coloured: bool, line: &mut Vec<u8>) -> io::Result<()> {
    let (dim, plain) = if coloured {
        ("\x1b[2m", "\x1b[0m")
    } else {
        ("", "")
    };
    let colour = match event.level {
        _ if !coloured => "",
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        _ => "\x1b[34m",
    };
    write!(
        line,
        "{dim}{}{plain} {colour}{:>5}{plain} {}: ",
        moment(event.at_microseconds),
        event.level.as_str(),
        event.component,
    )?;
    escape(event.message(), line)?;
    let request = event.request().map(|id| (REQUEST, id));
    for (name, value) in request.into_iter().chain(event.fields()) {
        for part in [" ", dim, name, "=", plain] {
            line.extend_from_slice(part.as_bytes());
        }
        if !value.is_empty() && value.bytes().all(is_bare) {
            line.extend_from_slice(value.as_bytes());
        } else if !value.is_empty() && !value.contains([' ', '"', '=', '\\']) {
            escape(value, line)?;
        } else {
            line.push(b'"');
            escape(&value.replace('\\', "\\\\").replace('"', "\\\""), line)?;
            line.push(b'"');
        }
    }
    line.push(b'\n');
    Ok(())
}

/// A line for programs: one JSON object, its fields beside the message.
fn json(event: &Event, line: &mut Vec<u8>) -> io::Result<()> {
    let own = [
        ("level", name_of(event.level)),
        ("component", event.component),
        ("message", event.message()),
    ];
    let request = event.request().map(|id| (REQUEST, id));
    let is_taken = |name: &str| own.iter().any(|(taken, _)| *taken == name);
    let fields = event.fields().filter(|(name, _)| !is_taken(name));
    let mut serializer = serde_json::Serializer::new(&mut *line);
    let mut object = serializer.serialize_map(None)?;
    object.serialize_entry(
        "timestamp",
        &format_args!("{}", moment(event.at_microseconds)),
    )?;
    for (name, value) in own.into_iter().chain(request).chain(fields) {
        object.serialize_entry(name, value)?;
    }
    object.end()?;
    line.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::journal::{self, Selection};
    use expect_test::expect;

    /// Logs something, and says what the file and the journal have of it.
    fn logged(format: Format, patient: bool, say: impl FnOnce()) -> (String, Vec<journal::Event>) {
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
            format,
        };
        let subscriber = tracing_subscriber::registry().with(sink.with_filter(Wanted(log.clone())));
        let patience = patient.then(|| log.patience());
        tracing::subscriber::with_default(subscriber, say);
        let written = std::fs::read_to_string(&path).unwrap();
        drop(patience);
        assert!(std::fs::metadata(&path).unwrap().len() > 0);
        let story = log.journal.tell(&Selection::Request(String::new()));
        (written, story)
    }

    fn say() {
        tracing::info!(
            target: "servo", request = "5d2c", empty = "", checked = "said \"no\" \u{1b}[2J", balancer = "web",
            "starting to check i-1\r\nforged line"
        );
    }

    #[test]
    fn a_line_is_one_line_whatever_was_said() {
        let (text, story) = logged(Format::Text, false, say);
        let (moment, text) = text.split_once("  ").unwrap();
        assert_eq!(moment.len(), "2013-11-25T23:08:00.123456Z".len());
        expect![[r#"
            INFO servo: starting to check i-1\r\nforged line request=5d2c balancer=web checked="said \"no\" \u{1b}[2J" empty=""
        "#]]
        .assert_eq(text);

        let (text, _) = logged(Format::Json, false, say);
        let (_, text) = text.split_once(',').unwrap();
        expect![[r#"
            "level":"info","component":"servo","message":"starting to check i-1\r\nforged line","request":"5d2c","balancer":"web","checked":"said \"no\" \u001b[2J","empty":""}
        "#]]
        .assert_eq(text);

        let fields = [
            ("balancer", "web"),
            ("checked", "said \"no\" \u{1b}[2J"),
            ("empty", ""),
        ];
        let told = journal::Event {
            at_microseconds: story[0].at_microseconds,
            component: "servo".into(),
            level: "info".into(),
            message: "starting to check i-1\r\nforged line".to_owned(),
            request: Some("5d2c".to_owned()),
            fields: fields
                .map(|(name, value)| (name.into(), value.to_owned()))
                .into(),
        };
        assert_eq!(story, [told]);
    }

    #[test]
    fn a_patient_thread_has_its_lines_written_later_but_a_warning_at_once() {
        let lines = |say: fn()| logged(Format::Text, true, say).0.lines().count();
        assert_eq!(lines(|| tracing::info!(target: "servo", "one")), 0);
        let warned = || {
            tracing::info!(target: "servo", "one");
            tracing::warn!(target: "servo", "two");
            tracing::info!(target: "servo", "three");
        };
        assert_eq!(lines(warned), 2);
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
