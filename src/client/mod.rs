//! Calling a controller: encode, sign, send, decode; and how a user's settings are found.

pub mod local;
