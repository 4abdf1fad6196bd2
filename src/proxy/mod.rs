//! The data plane: listeners, connections, health checks. Imports the model and nothing else of ours.
//!
//! | file | question it answers |
//! |---|---|
//! | [`worker`] | which threads serve which listeners, and how they are told |
//! | [`listener`] | what a worker must know to serve one |
//! | [`client`] | how one client's requests find instances, and what follows each |
//! | [`exchange`] | how the bytes of one request and its answer are moved |
//! | [`http`] | what a request or an answer means and becomes: no sockets, no clock |
//! | [`stream`] | what lies between bytes and the wire |
//! | [`tls`] | who proves what to whom, and how records become bytes |
//! | [`tcp`], [`splice`] | how bytes are carried that nobody reads |
//! | [`pool`] | which instance is next, and which connections to it are idle |
//! | [`farewell`] | when nothing is left of an instance that left |
//! | [`sticky`] | which instance a client's cookie names, and when it gets one |
//! | [`surge`] | who waits while every instance has all it may have |
//! | [`deadline`], [`buffer`], [`counters`], [`limits`] | time, memory, numbers, bounds |
//! | [`supervisor`] | what must be opened, changed, closed to make the desired state true |
//! | [`probe`] | what a health check sends and sees |
//! | [`access_log`] | how an exchange is told in a line |
//! | [`proxy_protocol`] | how an instance is told whose connection it carries |

pub mod access_log;
pub mod buffer;
pub mod carrier;
pub mod client;
pub mod counters;
pub mod deadline;
pub mod exchange;
pub mod farewell;
pub mod http;
pub mod limits;
pub mod listener;
pub mod pool;
pub mod probe;
pub mod proxy_protocol;
pub mod splice;
pub mod sticky;
pub mod stream;
pub mod supervisor;
pub mod surge;
pub mod tcp;
pub mod tls;
pub mod worker;
