//! What goes to standard output: euca2ools' lines, and texts for people.
//!
//! Nothing else of the crate writes there, so that one place knows what a closed pipe means.

use super::color;
use super::exit::Failure;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// The lines of one command, collected so that a failure half-way leaves nothing half-printed.
///
/// A record is a label and fields, separated by tabs. Labels and columns are an interface: scripts
/// grep for `LOAD` and cut the third field.
#[derive(Clone, Debug, Default)]
pub struct Report {
    text: String,
    show_empty_fields: bool,
}

impl Report {
    /// An empty report; with `show_empty_fields`, empty fields will read `(nil)`.
    pub fn new(show_empty_fields: bool) -> Report {
        Report {
            text: String::new(),
            show_empty_fields,
        }
    }

    /// Adds one line.
    pub fn record(&mut self, label: &str, fields: impl IntoIterator<Item = String>) {
        self.text.push_str(label);
        for field in fields {
            self.text.push('\t');
            match field.is_empty() && self.show_empty_fields {
                true => self.text.push_str("(nil)"),
                false => self.text.push_str(&visible(&field)),
            }
        }
        self.text.push('\n');
    }

    /// The lines.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A field: the value, or nothing if the service did not send it.
pub fn text<T: Display>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

/// `{name=K,value=V}`, every part shown.
pub fn structure<const N: usize>(parts: [(&str, String); N]) -> String {
    group(&parts.map(|(name, value)| format!("{name}={value}")))
}

/// `name=value` of those parts that have a value.
pub fn present<const N: usize>(parts: [(&str, Option<String>); N]) -> Vec<String> {
    parts
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value?)))
        .collect()
}

/// `{a,b}`.
pub fn group(parts: &[String]) -> String {
    format!("{{{}}}", parts.join(","))
}

/// A text that cannot steer a terminal: control characters are written as Rust and C write them.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Lines of tab-separated columns: aligned, and states in their colours, for a person at a terminal;
/// as they are for a program.
pub fn aligned(text: &str) -> String {
    let out = io::stdout();
    match (out.is_terminal(), color::is_on(&out)) {
        (true, colour) => align(text, colour),
        (false, true) => color::of_lines(text).into_owned(),
        (false, false) => text.to_owned(),
    }
}

/// The widest cell of each column, in characters.
pub fn widths<S: AsRef<str>>(lines: &[Vec<S>]) -> Vec<usize> {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    (0..columns)
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            let widths = cells.map(|cell| cell.as_ref().chars().count());
            widths.max().unwrap_or(0)
        })
        .collect()
}

fn align(text: &str, colour: bool) -> String {
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let widths = widths(&lines);
    let mut aligned = String::with_capacity(text.len() * 2);
    for line in &lines {
        let mut blanks = 0;
        for (cell, width) in line.iter().zip(&widths) {
            if !cell.is_empty() {
                aligned.extend(std::iter::repeat_n(' ', blanks));
                blanks = 0;
            }
            let styles = color::of_word(cell).filter(|_| colour);
            aligned.push_str(&color::painted(cell, styles.as_slice()));
            blanks += width + 2 - cell.chars().count();
        }
        aligned.push('\n');
    }
    aligned
}

/// A text as the value of a parameter in a URL.
pub fn in_url(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A word that a POSIX shell takes as it is.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Columns of the terminal that standard output is; nothing if it is none.
pub fn terminal_width() -> Option<u16> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(&out).ok()?;
    (size.ws_col > 0).then_some(size.ws_col)
}

/// Writes a text to standard output, as it is, at once.
///
/// # Errors
///
/// Standard output cannot be written. A reader that has gone away (`eulb-describe-lbs | head -1`)
/// ends the program without a word: it has read what it wanted.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Told(0),
            _ => Failure::Failed(format!("cannot write to standard output: {error}")),
        })
}

/// Writes a line for people to standard error: progress, advice. A failure to do so is ignored,
/// since there is nobody to tell.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes a line for people over the one that the terminal at standard error is at, and stays in it.
pub fn redraw(line: &str) {
    /// Back to the first column, and nothing to the right of it.
    const CLEAR: &str = "\r\x1b[K";
    let mut error = io::stderr().lock();
    let _ = write!(error, "{CLEAR}{line}");
    let _ = error.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_a_label_and_fields_between_tabs() {
        let fields = || [text(&Some("a")), text(&None::<i64>), text(&Some(7))];
        for (show_empty_fields, expected) in [(false, "X\ta\t\t7\n"), (true, "X\ta\t(nil)\t7\n")] {
            let mut report = Report::new(show_empty_fields);
            report.record("X", fields());
            assert_eq!(report.into_text(), expected);
        }
    }

    #[test]
    fn control_characters_cannot_steer_a_terminal_nor_break_a_line() {
        assert_eq!(visible("plain – text"), "plain – text");
        let escaped = "a\\u{1b}]0;x\\u{7}b\\n";
        assert_eq!(visible("a\u{1b}]0;x\u{7}b\n"), escaped);
        let mut report = Report::new(false);
        report.record("X", ["a\tb\u{9b}".to_owned()]);
        assert_eq!(report.into_text(), "X\ta\\tb\\u{9b}\n");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        assert_eq!(align("a\tbcd\te\nfg\th\n", false), "a   bcd  e\nfg  h\n");
        let coloured = align("ok\tx\t\nskip\t\tz\n", true);
        assert_eq!(coloured, "\u{1b}[32mok\u{1b}[0m    x\nskip     z\n");
    }

    #[test]
    fn structures_show_all_or_what_is_present() {
        let a_b = || ("a".to_owned(), String::new());
        let (a, b) = a_b();
        assert_eq!(structure([("k", a), ("l", b)]), "{k=a,l=}");
        let some = present([("k", Some("a".to_owned())), ("l", None)]);
        assert_eq!(group(&some), "{k=a}");
        assert_eq!(group(&[]), "{}");
    }
}
