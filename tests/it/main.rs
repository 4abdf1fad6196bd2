//! One integration crate: the real binary, the real sockets. One file per subject.

mod house;
mod wire_sigv4;
