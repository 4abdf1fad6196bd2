//! How far something is, for who waits at a terminal: silent in a pipe and in a file.

use super::report::{self, visible};
use std::io::{self, IsTerminal};

/// The width of a terminal that does not tell it: that of the terminals of old.
const UNTOLD_COLUMNS: usize = 80;

/// One line on a terminal that is written over; nothing elsewhere.
pub struct Progress {
    columns: Option<usize>,
}

impl Progress {
    /// Looks at what standard error is.
    pub fn begin() -> Progress {
        let error = io::stderr();
        let size = match error.is_terminal() {
            true => rustix::termios::tcgetwinsize(&error).ok(),
            false => None,
        };
        Progress {
            columns: size.map(|size| match size.ws_col {
                0 => UNTOLD_COLUMNS,
                columns => usize::from(columns),
            }),
        }
    }

    /// Says how far it is, in place of what was said before.
    pub fn show(&mut self, text: &str) {
        // A terminal that is not wide enough would keep a line of each.
        if let Some(columns) = self.columns {
            let shown: String = visible(text)
                .chars()
                .take(columns.saturating_sub(1))
                .collect();
            report::redraw(&shown);
        }
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if self.columns.is_some() {
            report::redraw("");
        }
    }
}
