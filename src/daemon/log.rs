//! Where log lines go: files of bounded size in the data directory, and a terminal.
//!
//! Every component logs under a name of its own ([`COMPONENTS`]), at `info` unless `--log-level` or
//! the variable `EULB_LOG` says otherwise, for instance `warn,servo=debug`; `eulb admin log-level`
//! changes it while the cloud runs. An event that names the request behind it goes into the journal
//! as well, whatever its level: that is what `eulb trace` tells.
//!
//! A line is one line: control characters in whatever clients and instances said are escaped.

use super::journal::Journal;
use super::rotate::RotatingFile;
use crate::model::journal::{Event, NOBODY, REQUEST};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
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
    pub journal: Journal,
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
    let log = Log {
        levels: Arc::new(RwLock::new(levels)),
        journal: Journal::default(),
    };
    if let Some(path) = settings.journal {
        let kept = log.journal.keep_in(path);
        kept.map_err(|error| cannot(path, error))?;
    }
    let file = match settings.file {
        Some(path) => {
            let file = RotatingFile::open(path, LARGEST_FILE, FILES_KEPT);
            Some(Mutex::new(file.map_err(|error| cannot(path, error))?))
        }
        None => None,
    };
    let coloured = rustix::termios::isatty(io::stderr()) && std::env::var_os("NO_COLOR").is_none();
    let sink = Sink {
        log: log.clone(),
        file,
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
    /// A mutex because a line is written in one piece.
    file: Option<Mutex<RotatingFile>>,
    /// Whether standard error gets lines, and whether in colour.
    terminal: Option<bool>,
    format: Format,
}

impl<S: Subscriber> Layer<S> for Sink {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut read = Event {
            at_microseconds: now(),
            component: component_of(metadata.target()).into(),
            level: name_of(*metadata.level()).into(),
            message: String::new(),
            request: None,
            fields: BTreeMap::new(),
        };
        event.record(&mut Reading(&mut read));
        if self.log.is_logged(metadata) {
            self.write(&read);
        }
        if is_journalled(metadata) {
            self.log.journal.note(read);
        }
    }
}

impl Sink {
    fn write(&self, event: &Event) {
        let line = |coloured| match self.format {
            Format::Text => text(event, coloured),
            Format::Json => json(event),
        };
        if let Some(file) = &self.file {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            // There is nowhere to complain to that is not this file.
            let _ = file.append(line(false).as_bytes());
        }
        if let Some(coloured) = self.terminal {
            let _ = io::stderr().write_all(line(coloured).as_bytes());
        }
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

/// Takes the fields of an event apart.
struct Reading<'e>(&'e mut Event);

impl Reading<'_> {
    fn take(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.0.message = value,
            REQUEST => self.0.request = (!value.is_empty() && value != NOBODY).then_some(value),
            name => {
                self.0.fields.insert(name.into(), value);
            }
        }
    }
}

impl Visit for Reading<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.take(field, value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }
}

/// `2026-11-25T22:48:00.123456Z`
pub fn moment(at_microseconds: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at_microseconds.div_euclid(1_000_000))
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    format!(
        "{}T{:02}:{:02}:{:02}.{:06}Z",
        at.date(),
        at.hour(),
        at.minute(),
        at.second(),
        at_microseconds.rem_euclid(1_000_000)
    )
}

/// Characters that would end a line, or command a terminal, as `\n` or `\u{1b}`.
fn escape(text: &str, out: &mut String) {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
}

/// Room for an ordinary line: most are shorter.
const LINE_BYTES: usize = 256;

/// A line for people: `2026-11-25T22:48:00.123456Z  INFO servo: listening address=127.101.0.1:80`
fn text(event: &Event, coloured: bool) -> String {
    let (dim, plain) = if coloured {
        ("\x1b[2m", "\x1b[0m")
    } else {
        ("", "")
    };
    let colour = match &*event.level {
        _ if !coloured => "",
        "error" => "\x1b[31m",
        "warn" => "\x1b[33m",
        "info" => "\x1b[32m",
        _ => "\x1b[34m",
    };
    let mut line = String::with_capacity(LINE_BYTES);
    // Writing to a String cannot fail.
    let _ = write!(
        line,
        "{dim}{}{plain} {colour}{:>5}{plain} {}: ",
        moment(event.at_microseconds),
        event.level.to_ascii_uppercase(),
        event.component,
    );
    escape(&event.message, &mut line);
    let request = event.request.iter().map(|id| (REQUEST, id));
    let fields = event.fields.iter().map(|(name, value)| (&**name, value));
    for (name, value) in request.chain(fields) {
        for part in [" ", dim, name, "=", plain] {
            line.push_str(part);
        }
        let bare = !value.is_empty() && !value.contains([' ', '"', '=', '\\']);
        if bare {
            escape(value, &mut line);
        } else {
            line.push('"');
            escape(&value.replace('\\', "\\\\").replace('"', "\\\""), &mut line);
            line.push('"');
        }
    }
    line.push('\n');
    line
}

/// A line for programs: one JSON object, its fields beside the message.
fn json(event: &Event) -> String {
    let mut object = serde_json::Map::new();
    let mut put = |name: &str, value: &str| {
        object
            .entry(name)
            .or_insert_with(|| serde_json::Value::from(value));
    };
    put("timestamp", &moment(event.at_microseconds));
    put("level", &event.level);
    put("component", &event.component);
    put("message", &event.message);
    if let Some(request) = &event.request {
        put(REQUEST, request);
    }
    for (name, value) in &event.fields {
        put(name, value);
    }
    format!("{}\n", serde_json::Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn event() -> Event {
        Event {
            at_microseconds: 1_385_420_880_123_456,
            component: "servo".into(),
            level: "info".into(),
            message: "starting to check i-1\r\nforged line".to_owned(),
            request: Some("5d2c".to_owned()),
            fields: [
                ("balancer", "web"),
                ("checked", "said \"no\" \u{1b}[2J"),
                ("empty", ""),
            ]
            .map(|(name, value)| (name.into(), value.to_owned()))
            .into(),
        }
    }

    #[test]
    fn a_line_is_one_line_whatever_was_said() {
        expect![[r#"
            2013-11-25T23:08:00.123456Z  INFO servo: starting to check i-1\r\nforged line request=5d2c balancer=web checked="said \"no\" \u{1b}[2J" empty=""
        "#]]
        .assert_eq(&text(&event(), false));
        expect![[r#"
            {"timestamp":"2013-11-25T23:08:00.123456Z","level":"info","component":"servo","message":"starting to check i-1\r\nforged line","request":"5d2c","balancer":"web","checked":"said \"no\" \u001b[2J","empty":""}
        "#]]
        .assert_eq(&json(&event()));
        assert!(text(&event(), true).starts_with("\x1b[2m2013-"));
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
