//! The binary: argv in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    eulb::cli::run(std::env::args_os().collect())
}
