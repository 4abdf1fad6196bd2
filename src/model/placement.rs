//! Zones and servos: where a load balancer is, and what carries it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The name of an availability zone, such as `PARTI00`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ZoneName(Arc<str>);

impl ZoneName {
    pub fn new(text: impl Into<Arc<str>>) -> ZoneName {
        ZoneName(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a servo: `i-` and eight hexadecimal digits, like the instance it was in Eucalyptus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServoId(Arc<str>);

impl ServoId {
    pub fn new(text: impl Into<Arc<str>>) -> ServoId {
        ServoId(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
