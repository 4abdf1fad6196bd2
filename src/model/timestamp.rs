//! A moment, as the model keeps it.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC. How it is written is the wire's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);
