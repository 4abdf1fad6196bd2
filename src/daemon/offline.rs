//! The state of a cloud that does not run.

use crate::clock::Clock;
use crate::controller;
use crate::wire::admin::Imported;
use std::path::Path;

/// Writes the state in a data directory as a document.
///
/// # Errors
///
/// There is none, it is damaged, or a cloud has the directory.
pub fn export(directory: &Path, secrets: bool) -> Result<String, String> {
    controller::export_directory(directory, secrets, Clock::real().now())
}

/// Reads a document into a data directory.
///
/// # Errors
///
/// The document is refused, the directory cannot be written, or a cloud has it.
pub fn import(directory: &Path, text: &[u8], replace: bool) -> Result<Imported, String> {
    controller::import_directory(directory, text, replace, Clock::real().now())
}
