//! One integration crate: the real binary, the real sockets. One file per subject.

// Helpers of tests may unwrap, as tests may.
#![allow(clippy::unwrap_used)]

mod house;
mod wire_sigv4;
