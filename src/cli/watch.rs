//! `--watch`: a report again and again, in its place, with what changed standing out.
//!
//! What changed is a pure function of two reports ([`compare`]). On a terminal the report is redrawn
//! where it stands, as far as it fits; elsewhere it is written again, as a whole and after an empty
//! line, whenever something in it has changed.

use super::color::{self, Style};
use super::exit::Failure;
use super::report::{self, visible};
use super::session::Caller;
use super::wait::Seconds;
use crate::client::CallError;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// The option's name.
pub const OPTION: &str = "watch";

/// The shortest pause between two reports: no eye is quicker, and the service is not to be flooded.
const SHORTEST: Duration = Duration::from_millis(100);

/// Seconds between two reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval(Duration);

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Interval, String> {
        let Seconds(pause) = text.parse()?;
        Ok(Interval(pause.max(SHORTEST)))
    }
}

/// The option of the commands that describe.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(skip)]
pub struct Watching {
    /// Report again every SECONDS (2, if not given) until interrupted, showing what has changed
    ///
    /// On a terminal the report is redrawn in its place, and what has changed stands out. Elsewhere
    /// it is written again as a whole, after an empty line, whenever something has changed.
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "2",
        display_order = 903
    )]
    watch: Option<Interval>,
}

impl Watching {
    /// The pause between two reports, if there is to be more than one.
    pub fn interval(&self) -> Option<Interval> {
        self.watch
    }
}

/// Reports until interrupted.
///
/// # Errors
///
/// The first report cannot be made, or a later one for a reason that time does not mend.
pub fn watch(
    caller: &Caller,
    name: &str,
    Interval(pause): Interval,
    mut report: impl FnMut() -> Result<String, Failure>,
) -> Result<(), Failure> {
    let mut before: Option<String> = None;
    let mut view = View::begin(format!("{name}, every {} s", pause.as_secs_f64()));
    loop {
        match report() {
            Ok(now) => {
                view.show(before.as_deref(), &now)?;
                before = Some(now);
            }
            Err(failure) => match &before {
                Some(before) if may_pass(&failure) => view.tell(before, &failure)?,
                _ => return Err(failure),
            },
        }
        caller.pause(pause);
    }
}

/// Whether a failure is of the moment: a service that restarts is watched on.
fn may_pass(failure: &Failure) -> bool {
    match failure {
        Failure::Call(CallError::Connection(_) | CallError::Timeout) => true,
        Failure::Call(CallError::Service(error)) => error.status >= 500,
        _ => false,
    }
}

/// What became of a line, or of a field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    None,
    /// These fields differ from those of the same line before.
    Fields(Vec<bool>),
    New,
    Gone,
}

/// The lines of a report, each with what changed in it, and at the end those that are gone.
///
/// A line of tab-separated fields is known by the first two, label and name.
fn compare<'t>(before: &'t str, now: &'t str) -> Vec<(&'t str, Change)> {
    let key = |line: &'t str| -> Option<(&'t str, &'t str)> {
        let mut fields = line.split('\t');
        Some((fields.next()?, fields.next()?))
    };
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for line in before.lines() {
        *held.entry(line).or_default() += 1;
    }
    let mut known: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for line in before.lines() {
        if let Some(key) = key(line) {
            known.entry(key).or_insert(line);
        }
    }
    let mut lines = Vec::new();
    for line in now.lines() {
        let change = match held.get_mut(line) {
            Some(count) if *count > 0 => {
                *count -= 1;
                Change::None
            }
            _ => match key(line).and_then(|key| known.get(&key)) {
                Some(old) => {
                    if let Some(count) = held.get_mut(old) {
                        *count = count.saturating_sub(1);
                    }
                    let mut old = old.split('\t');
                    let differ = line.split('\t').map(|field| old.next() != Some(field));
                    Change::Fields(differ.collect())
                }
                None => Change::New,
            },
        };
        lines.push((line, change));
    }
    // What has no key cannot be told from what has merely changed.
    for line in before.lines().filter(|line| key(line).is_some()) {
        if let Some(count) = held.get_mut(line).filter(|count| **count > 0) {
            *count -= 1;
            lines.push((line, Change::Gone));
        }
    }
    lines
}

/// Where reports are shown.
struct View {
    title: String,
    terminal: bool,
    /// Lines of the terminal that the last report took.
    drawn: usize,
    asked: u64,
    changed: Option<Instant>,
    /// What was said of a failure since the last report.
    told: Option<String>,
}

impl View {
    fn begin(title: String) -> View {
        View {
            title,
            terminal: io::stdout().is_terminal(),
            drawn: 0,
            asked: 0,
            changed: None,
            told: None,
        }
    }

    fn show(&mut self, before: Option<&str>, now: &str) -> Result<(), Failure> {
        self.asked += 1;
        self.told = None;
        let is_new = before.is_some_and(|before| before != now);
        if is_new {
            self.changed = Some(Instant::now());
        }
        match (self.terminal, before) {
            (true, before) => self.draw(before.unwrap_or(now), now, &self.note()),
            (false, None) => report::print(now),
            (false, Some(_)) if is_new => report::print(&format!("\n{now}")),
            (false, Some(_)) => Ok(()),
        }
    }

    fn tell(&mut self, before: &str, failure: &Failure) -> Result<(), Failure> {
        self.asked += 1;
        let failure = failure.to_string();
        if self.terminal {
            return self.draw(before, before, &failure);
        }
        if self.told.as_ref() != Some(&failure) {
            report::note(&format!("{}: {failure}", self.title));
            self.told = Some(failure);
        }
        Ok(())
    }

    fn note(&self) -> String {
        let changed = match self.changed {
            None => "no change yet".to_owned(),
            Some(at) => format!("last change {} s ago", at.elapsed().as_secs()),
        };
        format!("asked {} times, {changed}", self.asked)
    }

    fn draw(&mut self, before: &str, now: &str, note: &str) -> Result<(), Failure> {
        let out = io::stdout();
        let size = rustix::termios::tcgetwinsize(&out).ok();
        let sized = |cells: fn(&rustix::termios::Winsize) -> u16, usual: usize| {
            let cells = size.as_ref().map(cells).filter(|cells| *cells > 0);
            cells.map_or(usual, usize::from)
        };
        let frame = Frame {
            columns: sized(|size| size.ws_col, 80),
            rows: sized(|size| size.ws_row, 24),
            colour: color::is_on(&out),
        };
        let title = format!("{}: {}", self.title, visible(note));
        let lines = frame.lines(&title, &compare(before, now));
        let mut text = String::new();
        if self.drawn > 0 {
            // Up to the first line of the last report, and nothing below.
            let _ = write!(text, "\u{1b}[{}A\u{1b}[J", self.drawn);
        }
        for line in &lines {
            text.push_str(line);
            text.push('\n');
        }
        self.drawn = lines.len();
        report::print(&text)
    }
}

/// What a terminal can hold.
struct Frame {
    columns: usize,
    rows: usize,
    colour: bool,
}

impl Frame {
    /// A title and a report, cut to what the terminal can hold.
    fn lines(&self, title: &str, report: &[(&str, Change)]) -> Vec<String> {
        // The cursor stands in a line of its own below.
        let room = self.rows.saturating_sub(3).max(1);
        let shown = &report[..report.len().min(room)];
        let split =
            |line: &'_ str| -> Vec<String> { line.split('\t').map(str::to_owned).collect() };
        let cells: Vec<Vec<String>> = shown.iter().map(|(line, _)| split(line)).collect();
        let widths = report::widths(&cells);
        let title: String = title.chars().take(self.columns.saturating_sub(1)).collect();
        let mut lines = vec![match self.colour {
            true => color::painted(&title, &[Style::Strong]),
            false => title,
        }];
        for ((_, change), cells) in shown.iter().zip(&cells) {
            lines.push(self.line(change, cells, &widths));
        }
        if report.len() > room {
            lines.push(format!("… {} more lines", report.len() - room));
        }
        lines
    }

    fn line(&self, change: &Change, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        let mut left = self.columns.saturating_sub(1);
        if !self.colour {
            // What would stand out by colour is marked in the margin.
            line.push_str(match change {
                Change::None => "  ",
                Change::Gone => "- ",
                Change::New | Change::Fields(_) => "* ",
            });
            left = left.saturating_sub(2);
        }
        for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let text: String = cell.chars().take(left).collect();
            let length = text.chars().count();
            left -= length;
            let mut styles: Vec<Style> = color::of_word(cell).into_iter().collect();
            match change {
                Change::New => styles.push(Style::Changed),
                Change::Fields(fields) if fields.get(index) == Some(&true) => {
                    styles.push(Style::Changed);
                }
                Change::Gone => styles = vec![Style::Gone],
                _ => {}
            }
            match self.colour && !text.is_empty() {
                true => line.push_str(&color::painted(&text, &styles)),
                false => line.push_str(&text),
            }
            if index + 1 < cells.len() {
                let gap = (width + 2 - cell.chars().count().min(*width)).min(left);
                line.extend(std::iter::repeat_n(' ', gap));
                left -= gap;
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_label_and_name() {
        let before =
            "INSTANCE\ti-1\tInService\nINSTANCE\ti-2\tOutOfService\nINSTANCE\ti-3\tInService\n";
        let now =
            "INSTANCE\ti-0\tInService\nINSTANCE\ti-1\tOutOfService\nINSTANCE\ti-3\tInService\n";
        assert_eq!(
            compare(before, now),
            [
                ("INSTANCE\ti-0\tInService", Change::New),
                (
                    "INSTANCE\ti-1\tOutOfService",
                    Change::Fields(vec![false, false, true])
                ),
                ("INSTANCE\ti-3\tInService", Change::None),
                ("INSTANCE\ti-2\tOutOfService", Change::Gone),
            ]
        );
        // Lines without fields: of JSON, of a table.
        let lines = compare("{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n");
        let changes: Vec<Change> = lines.into_iter().map(|(_, change)| change).collect();
        assert_eq!(changes, [Change::None, Change::New, Change::None]);
        assert!(
            compare("a\tb\na\tb\n", "a\tb\na\tb\n")
                .iter()
                .all(|(_, change)| *change == Change::None)
        );
        assert_eq!(compare("", ""), []);
    }

    #[test]
    fn a_frame_holds_what_fits_and_says_what_does_not() {
        let report = [
            (
                "INSTANCE\ti-1\tInService",
                Change::Fields(vec![false, false, true]),
            ),
            ("INSTANCE\ti-10\tOutOfService", Change::Gone),
            ("INSTANCE\ti-2\tInService", Change::None),
        ];
        let plain = Frame {
            columns: 30,
            rows: 5,
            colour: false,
        };
        assert_eq!(
            plain.lines("a title that is far too long for it", &report),
            [
                "a title that is far too long ",
                "* INSTANCE  i-1   InService",
                "- INSTANCE  i-10  OutOfService".get(..29).unwrap(),
                "… 1 more lines",
            ]
        );
        let coloured = Frame {
            columns: 80,
            rows: 24,
            colour: true,
        };
        assert_eq!(
            coloured.lines("t", &report)[1..],
            [
                "INSTANCE  i-1   \u{1b}[32;7mInService\u{1b}[0m",
                "\u{1b}[2;9mINSTANCE\u{1b}[0m  \u{1b}[2;9mi-10\u{1b}[0m  \u{1b}[2;9mOutOfService\u{1b}[0m",
                "INSTANCE  i-2   \u{1b}[32mInService\u{1b}[0m",
            ]
        );
        let tiny = Frame {
            columns: 1,
            rows: 1,
            colour: false,
        };
        assert!(
            tiny.lines("t", &report)
                .iter()
                .skip(1)
                .take(1)
                .all(|line| line.len() <= 2)
        );
    }
}
