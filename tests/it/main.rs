//! One integration crate: the real binary, the real sockets. One file per subject.

// Helpers of tests may unwrap, as tests may.
// A test that is skipped says so on standard error.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod access_log;
mod admin;
mod cases;
mod clients;
mod clients_amazon;
mod cloud;
mod cloudwatch;
mod commands;
mod completing;
mod controller_http;
mod crash;
mod demo;
mod desync;
mod dry_run;
mod examination;
mod examples;
mod generated;
mod health;
mod hostile;
mod house;
mod https;
mod input;
mod linear;
mod local;
mod many;
mod metrics;
mod misuse;
mod mutations;
mod names;
mod proxy_endurance;
mod proxy_faults;
mod proxy_http;
mod proxy_protocol;
mod proxy_tcp;
mod reaching;
mod reading;
mod recovery;
mod scripted;
mod selecting;
mod service;
mod sticky;
mod story;
mod strict;
mod tls;
mod tool;
mod traffic;
mod transcripts;
mod transfer;
mod views;
mod waiting;
mod watching;
mod wire_sigv4;
