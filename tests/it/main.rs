//! One integration crate: the real binary, the real sockets. One file per subject.

mod house;
mod proxy_faults;
mod proxy_http;
mod proxy_tcp;
mod reading;
mod scripted;
mod strict;
mod wire_sigv4;
