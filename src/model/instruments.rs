//! What the control plane may ask of the process around it: counters, checks, events, log levels,
//! and the end of a servo.
//!
//! All are questions that whoever composes the process answers; the control plane knows neither the
//! data plane nor the log.

use super::instance::InstanceId;
use super::journal::{Event, Selection};
use super::placement::ServoId;
use super::timestamp::Timestamp;
use super::traffic::Meters;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// One check of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSeen {
    /// When it ended.
    pub at: Timestamp,
    pub passed: bool,
    /// What was sent and what was seen: `HTTP:80/health answered 500 in 3 ms`.
    pub checked: String,
}

/// The newest checks of one servo on one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub servo: ServoId,
    pub instance: InstanceId,
    /// Where the checks go.
    pub address: std::net::SocketAddr,
    /// What the servo makes of them: nothing before the first verdict.
    pub in_service: Option<bool>,
    /// How many results in a row were as the newest.
    pub in_a_row: u32,
    /// Oldest first.
    pub checks: Vec<CheckSeen>,
}

/// The questions.
#[derive(Clone)]
pub struct Instruments {
    /// What every listener has counted.
    pub traffic: Meters,
    /// The newest checks of every servo.
    pub checks: Arc<dyn Fn() -> Vec<Checked> + Send + Sync>,
    /// What happened.
    pub journal: Arc<dyn Fn(&Selection) -> Vec<Event> + Send + Sync>,
    /// Changes which lines are logged, by `servo=debug,info`, if told to, and says what is.
    pub levels: Arc<dyn Fn(Option<&str>) -> Result<String, String> + Send + Sync>,
    /// Ends a servo as if its machine had died, and says whether somebody took the order.
    pub terminate: Arc<dyn Fn(ServoId) -> bool + Send + Sync>,
}

impl fmt::Debug for Instruments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instruments")
    }
}
