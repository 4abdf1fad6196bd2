//! The domain of Elastic Load Balancing: values and rules.
//!
//! Nothing here reads a clock, opens a socket or a file, or knows how a name is spelt on the wire.
//! Time comes in as an argument. Everything else of the crate may import this room; it imports none.

pub mod account;
pub mod attribute;
pub mod balancer;
pub mod certificate;
pub mod health;
pub mod instance;
pub mod instruments;
pub mod journal;
pub mod listener;
pub mod memo;
pub mod network;
pub mod permission;
pub mod placement;
pub mod plane;
pub mod policy;
pub mod refusal;
pub mod session;
pub mod tag;
pub mod timestamp;
pub mod traffic;
