//! `eulb`: the Elastic Load Balancing tools, a controller that answers them, and a data plane that
//! carries the traffic of the load balancers they create.
//!
//! # The rooms, and the one direction
//!
//! ```text
//! cli ──▶ client ──▶ wire ──▶ model ◀── proxy
//!  │                  ▲         ▲         ▲
//!  └─▶ daemon ──▶ controller ───┘         │
//!         └───────────────────────────────┘
//! ```
//!
//! `model` holds values and rules and imports nothing of ours; `wire` puts the Query API on paper;
//! `client` calls, `controller` answers; `proxy` carries traffic and knows only `model`; `daemon`
//! introduces the controller to the proxy; `cli` is what a person types. A test
//! (`tests/it/house.rs`) reads the `use` lines and fails on any other edge.
//!
//! # Reading order
//!
//! [`model::plane`] (what the two halves tell each other), then `wire`, then the room of interest.

pub mod cli;
pub mod client;
pub mod clock;
pub mod controller;
pub mod daemon;
pub mod guest;
pub mod model;
pub mod proxy;
pub mod socket;
pub mod wire;
