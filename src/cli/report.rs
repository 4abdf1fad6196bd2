//! What goes to standard output: euca2ools' lines, and texts for people.
//!
//! Nothing else of the crate writes there, so that one place knows what a closed pipe means.

use super::exit::Failure;
use std::io::{self, Write};

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
