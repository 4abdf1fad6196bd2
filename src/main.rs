//! The binary: argv in, exit status out.
fn main() {}
