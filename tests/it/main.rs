//! One integration crate: the real binary, the real sockets. One file per subject.

// Helpers of tests may unwrap, as tests may.
#![allow(clippy::unwrap_used)]

mod cases;
mod commands;
mod controller_http;
mod crash;
mod generated;
mod house;
mod proxy_faults;
mod proxy_http;
mod proxy_tcp;
mod reading;
mod scripted;
mod service;
mod strict;
mod tool;
mod wire_sigv4;
