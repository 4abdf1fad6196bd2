//! The event journal: what `eulb trace` reads.
//!
//! The newest events are in memory, bounded by number, each as the line that is in `eulb.journal`, too,
//! bounded by size, from which they come back after a start. A story is therefore told without looking
//! at the log, however large that is. Every request leaves some events, and few are ever asked for: a
//! line is read when it is, not taken apart when it is kept. Lines are not written one by one but when
//! the process has nothing else to do: what a crash loses is the end of a story, not the state.

use super::rotate::{RotatingFile, numbered};
use crate::model::journal::{Event, Selection, newest_change, story};
use memchr::memmem;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Events in memory: at a few hundred bytes each, some megabytes; hours of a busy cloud.
const EVENTS: usize = 20_000;

/// Bytes of the file, of which one predecessor is kept: about as many events as fit into memory.
const LARGEST_FILE: u64 = 4 << 20;
const FILES_KEPT: usize = 1;

/// Bytes that wait to be written at most, however busy the process is.
const LARGEST_DELAY: usize = 64 << 10;

/// Bytes of one line that is read back; a longer one is not ours.
const LONGEST_LINE: usize = 64 << 10;

/// The journal. A clone is the same one.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Kept>>);

/// A mutex around it because it is held for one event, or for one story, and never awaited under.
#[derive(Default)]
struct Kept {
    lines: VecDeque<Arc<[u8]>>,
    file: Option<RotatingFile>,
    /// Lines that the file does not have yet.
    unwritten: Vec<u8>,
}

impl Journal {
    /// Keeps the events in a file as well, and takes back those that are there.
    ///
    /// # Errors
    ///
    /// The file cannot be opened.
    pub fn keep_in(&self, path: &Path) -> io::Result<()> {
        let mut kept = self.lock();
        for number in (0..=FILES_KEPT).rev() {
            match File::open(numbered(path, number)) {
                Ok(file) => take_back(BufReader::new(file), &mut kept.lines),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        kept.file = Some(RotatingFile::open(path, LARGEST_FILE, FILES_KEPT)?);
        Ok(())
    }

    /// Takes an event, written as a line that ends.
    pub fn note(&self, line: &[u8]) {
        let mut kept = self.lock();
        if kept.file.is_some() {
            kept.unwritten.extend_from_slice(line);
            if kept.unwritten.len() > LARGEST_DELAY {
                kept.write();
            }
        }
        push(&mut kept.lines, line);
    }

    /// Writes what waits to be written; cheap if nothing does.
    pub fn write(&self) {
        self.lock().write();
    }

    /// Tells a story.
    pub fn tell(&self, selection: &Selection) -> Vec<Event> {
        // Read without the lock: whoever has something to note does not wait for it.
        let lines: Vec<_> = self.lock().lines.iter().cloned().collect();
        let newest = match selection {
            Selection::Last => newest_change(events(&lines, "")).map(Selection::Request),
            _ => Some(selection.clone()),
        };
        let Some(selection) = newest else {
            return Vec::new();
        };
        let named = match &selection {
            Selection::Last => "",
            Selection::Request(named) | Selection::Balancer(named) | Selection::Instance(named) => {
                named
            }
        };
        story(events(&lines, named), &selection)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn write(&mut self) {
        if let Some(file) = &mut self.file
            && !self.unwritten.is_empty()
        {
            // A full disk costs the story after a restart, and must not cost the request.
            let _ = file.append(&self.unwritten);
            self.unwritten.clear();
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.write();
    }
}

fn push(lines: &mut VecDeque<Arc<[u8]>>, line: &[u8]) {
    if lines.len() == EVENTS {
        lines.pop_front();
    }
    lines.push_back(line.into());
}

/// The events whose lines have a text somewhere, which only those can have that name it.
fn events<'l>(
    lines: &'l [Arc<[u8]>],
    named: &str,
) -> impl DoubleEndedIterator<Item = Event> + Clone + 'l {
    // As it stands in a line, without its quotes.
    let written = serde_json::Value::from(named).to_string();
    let finder = memmem::Finder::new(written.trim_matches('"')).into_owned();
    lines
        .iter()
        .filter(move |line| finder.find(line).is_some())
        .filter_map(|line| serde_json::from_slice(line).ok())
}

/// Reads lines back; one that was cut by the end of a process is passed over.
fn take_back(mut lines: impl BufRead, kept: &mut VecDeque<Arc<[u8]>>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = io::Read::take(&mut lines, LONGEST_LINE as u64).read_until(b'\n', &mut line);
        if !read.is_ok_and(|count| count > 0) {
            return;
        }
        if serde_json::from_slice::<Event>(&line).is_ok() {
            push(kept, &line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(request: &str, message: &str) -> Vec<u8> {
        let event = Event {
            at_microseconds: 1,
            component: "servo".into(),
            level: "info".into(),
            message: message.to_owned(),
            request: Some(request.to_owned()),
            fields: [("balancer".into(), "web\u{1b}[2J".to_owned())].into(),
        };
        [&serde_json::to_vec(&event).unwrap()[..], b"\n"].concat()
    }

    #[test]
    fn events_are_there_again_after_a_start_but_for_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eulb.journal");
        let journal = Journal::default();
        journal.keep_in(&path).unwrap();
        journal.note(&line("r1", "one"));
        journal.note(&line("r2", "two\nlines"));
        drop(journal);
        let text = std::fs::read(&path).unwrap();
        assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 2);
        std::fs::write(&path, [&text[..], b"{\"at_micro"].concat()).unwrap();

        let journal = Journal::default();
        journal.keep_in(&path).unwrap();
        journal.note(&line("r1", "three"));
        let told = journal.tell(&Selection::Request("r1".to_owned()));
        let messages: Vec<_> = told.iter().map(|event| event.message.as_str()).collect();
        // The torn line swallows the one that follows it in the file, not in memory.
        assert_eq!(messages, ["one", "three"]);
    }

    #[test]
    fn the_oldest_events_go_first() {
        let journal = Journal::default();
        for number in 0..EVENTS + 2 {
            journal.note(&line(&format!("r{number}."), "m"));
        }
        assert!(
            journal
                .tell(&Selection::Request("r1.".to_owned()))
                .is_empty()
        );
        let second = Selection::Request("r2.".to_owned());
        assert_eq!(journal.tell(&second).len(), 1);
        assert!(journal.tell(&Selection::Last).is_empty());
    }

    #[test]
    fn what_is_written_with_escapes_is_found_by_its_name() {
        let journal = Journal::default();
        for name in ["\"", "a\"b\\", "web\u{1b}[2J", "wéb"] {
            let text = format!(
                r#"{{"at_microseconds":1,"component":"ec2","level":"info","message":"m","fields":{{"balancer":{}}}}}"#,
                serde_json::Value::from(name)
            );
            journal.note(text.as_bytes());
            let told = journal.tell(&Selection::Balancer(name.to_owned()));
            assert_eq!(told.len(), 1, "{name}");
        }
    }
}
