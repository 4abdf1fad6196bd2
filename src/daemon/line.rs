//! An event as one line: for people, for programs, and in the journal.
//!
//! Every request logs some, so an event is taken apart in memory that is there, and nothing of it is
//! copied that need not be.

use crate::model::journal::{NOBODY, REQUEST};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::Level;
use tracing::field::{Field, Visit};

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

/// An event, taken apart in memory that the next one uses again; [`crate::model::journal::Event`] is one
/// that was read back.
pub struct Record {
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

impl Default for Record {
    fn default() -> Record {
        Record {
            at_microseconds: 0,
            component: "",
            level: Level::INFO,
            words: String::new(),
            message: 0..0,
            request: None,
            fields: Vec::new(),
        }
    }
}

impl Record {
    /// Takes an event of a component apart, and forgets the one before.
    pub fn read(&mut self, component: &'static str, event: &tracing::Event<'_>) {
        self.at_microseconds = now();
        self.component = component;
        self.level = *event.metadata().level();
        self.words.clear();
        self.message = 0..0;
        self.request = None;
        self.fields.clear();
        event.record(self);
        self.fields.sort_by_key(|(name, _)| *name);
    }

    /// Bytes that it keeps.
    pub fn capacity(&self) -> usize {
        self.words.capacity()
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

impl Visit for Record {
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

/// A record as [`crate::model::journal::Event`] is read.
pub struct Journalled<'r>(pub &'r Record);

impl Serialize for Journalled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("at_microseconds", &record.at_microseconds)?;
        row.serialize_entry("component", record.component)?;
        row.serialize_entry("level", name_of(record.level))?;
        row.serialize_entry("message", record.message())?;
        if let Some(request) = record.request() {
            row.serialize_entry(REQUEST, request)?;
        }
        row.serialize_entry("fields", &Fields(record))?;
        row.end()
    }
}

struct Fields<'r>(&'r Record);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.fields())
    }
}

/// `2026-11-25T22:48:00.123456Z`
fn moment(at_microseconds: i64) -> impl fmt::Display {
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

/// Whether a byte of a value asks for no quotes around it.
fn is_bare(byte: u8) -> bool {
    !matches!(byte, b' ' | b'"' | b'=' | b'\\')
}

/// Writes a line for people: `2026-11-25T22:48:00.123456Z  INFO servo: listening address=127.101.0.1:80`
///
/// # Errors
///
/// None: memory takes what is written.
pub fn text(record: &Record, coloured: bool, line: &mut Vec<u8>) -> io::Result<()> {
    let (dim, plain) = if coloured {
        ("\x1b[2m", "\x1b[0m")
    } else {
        ("", "")
    };
    let colour = match record.level {
        _ if !coloured => "",
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        _ => "\x1b[34m",
    };
    write!(
        line,
        "{dim}{}{plain} {colour}{:>5}{plain} {}: ",
        moment(record.at_microseconds),
        record.level.as_str(),
        record.component,
    )?;
    escape(record.message(), line)?;
    let request = record.request().map(|id| (REQUEST, id));
    for (name, value) in request.into_iter().chain(record.fields()) {
        for part in [" ", dim, name, "=", plain] {
            line.extend_from_slice(part.as_bytes());
        }
        if !value.is_empty() && value.bytes().all(is_bare) {
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

/// Writes a line for programs: one JSON object, its fields beside the message.
///
/// # Errors
///
/// None: memory takes what is written.
pub fn json(record: &Record, line: &mut Vec<u8>) -> io::Result<()> {
    let own = [
        ("level", name_of(record.level)),
        ("component", record.component),
        ("message", record.message()),
    ];
    let request = record.request().map(|id| (REQUEST, id));
    let is_taken = |name: &str| own.iter().any(|(taken, _)| *taken == name);
    let fields = record.fields().filter(|(name, _)| !is_taken(name));
    let mut serializer = serde_json::Serializer::new(&mut *line);
    let mut object = serializer.serialize_map(None)?;
    object.serialize_entry(
        "timestamp",
        &format_args!("{}", moment(record.at_microseconds)),
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
    use crate::model::journal::Event;
    use expect_test::expect;

    /// What was said: fields, of which `message` and `request` have places of their own.
    fn record(said: &[(&'static str, &str)]) -> Record {
        let mut record = Record {
            at_microseconds: 1_385_420_880_123_456,
            component: "servo",
            ..Record::default()
        };
        for (name, value) in said {
            let begun = record.words.len();
            record.words.push_str(value);
            let range = begun..record.words.len();
            match *name {
                "message" => record.message = range,
                REQUEST => record.request = Some(range),
                name => record.fields.push((name, range)),
            }
        }
        record
    }

    fn forged() -> Record {
        record(&[
            ("message", "starting to check i-1\r\nforged line"),
            ("request", "5d2c"),
            ("balancer", "web"),
            ("checked", "said \"no\" \u{1b}[2J"),
            ("empty", ""),
        ])
    }

    fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut line = Vec::new();
        write(&mut line).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_line_is_one_line_whatever_was_said() {
        expect![[r#"
            2013-11-25T23:08:00.123456Z  INFO servo: starting to check i-1\r\nforged line request=5d2c balancer=web checked="said \"no\" \u{1b}[2J" empty=""
        "#]]
        .assert_eq(&written(|line| text(&forged(), false, line)));
        expect![[r#"
            {"timestamp":"2013-11-25T23:08:00.123456Z","level":"info","component":"servo","message":"starting to check i-1\r\nforged line","request":"5d2c","balancer":"web","checked":"said \"no\" \u001b[2J","empty":""}
        "#]]
        .assert_eq(&written(|line| json(&forged(), line)));
        let coloured = written(|line| text(&forged(), true, line));
        assert!(coloured.starts_with("\x1b[2m2013-11-25T23:08:00.123456Z\x1b[0m \x1b[32m INFO"));
    }

    #[test]
    fn values_are_quoted_only_where_they_must_be() {
        let cases = [
            ("web", "web"),
            ("wéb", "wéb"),
            ("\n", "\\n"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("a=b", "\"a=b\""),
            ("\\", "\"\\\\\""),
        ];
        for (value, expected) in cases {
            let line = written(|line| text(&record(&[("name", value)]), false, line));
            let (_, shown) = line.trim_end_matches('\n').split_once("name=").unwrap();
            assert_eq!(shown, expected, "{value:?}");
        }
    }

    #[test]
    fn a_field_does_not_pass_for_a_part_of_the_line() {
        let line = written(|line| json(&record(&[("message", "m"), ("level", "off")]), line));
        assert_eq!(line.matches("\"level\"").count(), 1);
    }

    #[test]
    fn the_journal_reads_what_was_written() {
        let line = serde_json::to_vec(&Journalled(&forged())).unwrap();
        let fields = [
            ("balancer", "web"),
            ("checked", "said \"no\" \u{1b}[2J"),
            ("empty", ""),
        ];
        let expected = Event {
            at_microseconds: 1_385_420_880_123_456,
            component: "servo".into(),
            level: "info".into(),
            message: "starting to check i-1\r\nforged line".to_owned(),
            request: Some("5d2c".to_owned()),
            fields: fields
                .map(|(name, value)| (name.into(), value.to_owned()))
                .into(),
        };
        assert_eq!(serde_json::from_slice::<Event>(&line).unwrap(), expected);
    }
}
