//! The local cloud's own administration: JSON over HTTP below `/_eulb/`.
//!
//! Served on a Unix socket of mode 0600 in the data directory, and on the public port to requests
//! signed by the cloud administrator. `GET /_eulb/health` alone is answered to anyone.
//!
//! | route | takes | gives |
//! |---|---|---|
//! | `GET /_eulb/health` | | [`Health`] |
//! | `GET /_eulb/status` | | [`Status`] |
//! | `GET /_eulb/traffic` | | [`Traffic`] |
//! | `GET /_eulb/stats?lb=NAME&since=SECONDS&period=SECONDS` | | [`Stats`]; `account`, `zone` if named |
//! | `GET /_eulb/trace?request=ID`, `?lb=NAME`, `?instance=ID` | | [`Story`]; `request=last` is the newest change |
//! | `GET /_eulb/explain?lb=NAME`, `?instance=ID` | | [`Explanation`] |
//! | `GET`, `POST /_eulb/admin/log-level` | [`LogLevels`] | [`LogLevels`] |
//! | `GET /_eulb/env?account=tenant` | | [`Environment`] |
//! | `GET /_eulb/instances` | | [`Instances`] |
//! | `POST /_eulb/instances/run` | [`RunInstances`] | [`Instances`], the new ones |
//! | `POST /_eulb/instances/add` | [`AddInstance`] | [`Instances`], the new one |
//! | `POST /_eulb/instances/change` | [`ChangeInstances`] | [`Instances`], the changed ones |
//! | `POST /_eulb/web` | | [`WebLink`]; the page itself is for browsers, at the link |
//! | `POST /_eulb/reset` | | [`Done`] |
//! | `POST /_eulb/stop` | | [`Done`] |
//!
//! A refusal is a status of 400 or above with an [`Error`].

use crate::model::instance::Instance;
use crate::model::instruments::Checked;
use crate::model::journal::Event;
use crate::model::traffic::ListenerTraffic;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Bytes of a request's body at most, but for a state that is read in. The largest real request
/// registers a few thousand instances.
pub const MAXIMUM_BODY: usize = 1 << 20;

/// Liveness, to anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`, or `read-only` while the file of the state is not where it was.
    pub status: String,
    /// Version of eulb.
    pub version: String,
    /// The emulated release, `3.3.0`.
    pub release: String,
}

impl Health {
    pub const OK: &str = "ok";
    pub const READ_ONLY: &str = "read-only";
}

/// The whole local cloud at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    pub release: String,
    pub process_id: u32,
    /// `http://127.0.0.1:8773/services/LoadBalancing`
    pub endpoint: String,
    /// Where names are answered, by UDP and TCP; absent if they are not.
    #[serde(default)]
    pub dns: Option<std::net::SocketAddr>,
    /// The domain whose names are answered.
    #[serde(default)]
    pub dns_domain: String,
    /// Absent when nothing is kept.
    pub data_directory: Option<String>,
    /// Why changes are refused: the file of the state was removed or replaced.
    #[serde(default)]
    pub lost: Option<String>,
    pub started_milliseconds: i64,
    pub time_scale: f64,
    pub port_offset: u16,
    pub zones: Vec<String>,
    /// The newest published revision, and the newest the data plane has in force.
    pub revision: u64,
    pub applied_revision: u64,
    pub balancers: Vec<BalancerStatus>,
    pub instances: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalancerStatus {
    pub account: String,
    pub name: String,
    pub dns_name: String,
    pub servos: Vec<ServoStatus>,
    /// Registered instances, and how many of them are InService.
    pub registered: usize,
    pub in_service: usize,
    #[serde(default)]
    pub instances: Vec<RegisteredInstance>,
}

/// An instance as a load balancer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredInstance {
    pub id: String,
    pub zone: String,
    /// `InService`, `OutOfService`, `Error` or `Unknown`.
    pub state: String,
    /// Why, as DescribeInstanceHealth has it.
    pub description: Option<String>,
    /// What the newest check sent and saw.
    pub checked: Option<String>,
    /// It is an in-process instance whose `/health` was told to answer 500.
    pub failing: bool,
}

/// A link to the status page. Holds a secret that is good for one use.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebLink {
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServoStatus {
    pub id: String,
    pub zone: String,
    pub address: IpAddr,
    /// `Pending`, `InService` or `Error`.
    pub state: String,
    /// Why a listener could not be bound, or the servo was replaced.
    pub reason: Option<String>,
    pub listeners: Vec<ListenerStatus>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerStatus {
    pub protocol: String,
    /// The listener's port as the API knows it.
    pub port: u16,
    /// Where it really is: address and port with the offset.
    pub bound: std::net::SocketAddr,
    /// Why it is not, if it is not.
    pub error: Option<String>,
}

/// What every listener has counted since it was opened. Whoever wants a rate asks twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// When it was read.
    pub at_milliseconds: i64,
    pub listeners: Vec<ListenerTraffic>,
}

/// The metrics of a load balancer, as CloudWatch has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    pub balancer: String,
    pub account: String,
    /// From when to when, and in what steps, in seconds.
    pub from_seconds: i64,
    pub to_seconds: i64,
    pub period_seconds: i64,
    pub metrics: Vec<StatSeries>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatSeries {
    pub metric: String,
    pub unit: String,
    pub points: Vec<StatPoint>,
}

/// The values of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatPoint {
    /// When the period begins.
    pub at_seconds: i64,
    pub count: f64,
    pub sum: f64,
    pub average: f64,
    pub minimum: f64,
    pub maximum: f64,
    pub p50: Option<f64>,
    pub p99: Option<f64>,
}

/// What happened, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    pub events: Vec<Event>,
}

/// Which lines are logged: `info,servo=debug`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLevels {
    pub levels: String,
}

/// Why something is as it is, from the present state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// `load balancer web of account 972528928292`
    pub subject: String,
    /// What is wrong, or worth knowing; empty if all is well.
    pub findings: Vec<Finding>,
    /// What is negotiated by the listeners that clients reach by TLS.
    #[serde(default)]
    pub listeners: Vec<ExplainedListener>,
    /// The registrations that were looked at.
    pub instances: Vec<ExplainedInstance>,
}

/// What a listener that clients reach by TLS negotiates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedListener {
    pub protocol: String,
    pub port: u16,
    /// The security policy that is in force; absent if there is none.
    pub policy: Option<String>,
    /// Versions and ciphers that it enables and that are served.
    pub served: Vec<String>,
    /// Those that it enables and that nobody is served with.
    pub unserved: Vec<String>,
}

/// One thing that is not as a user would have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its name, the same wherever it is found: `no-instance-in-service`.
    pub signature: String,
    /// What a user sees.
    pub symptom: String,
    /// Why.
    pub cause: String,
    /// The command that mends it, or what to do, if there is something to be done.
    pub mend: Option<String>,
}

/// An instance as one load balancer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedInstance {
    pub balancer: String,
    pub instance: String,
    pub zone: String,
    /// As DescribeInstanceHealth shows it.
    pub state: String,
    pub description: String,
    /// `HTTP:80/health every 30 s, within 5 s; 3 in a row for InService, 2 for OutOfService`
    pub health_check: Option<String>,
    /// By servo: where the checks go, what was sent and seen.
    pub checks: Vec<Checked>,
}

/// What a shell needs to use the local cloud as one of its accounts. Holds a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub endpoint: String,
    pub release: String,
    /// 12-digit number and alias.
    pub account: String,
    pub alias: String,
    pub access_key: String,
    pub secret_key: String,
    /// Where names are answered; absent if they are not.
    #[serde(default)]
    pub dns: Option<std::net::SocketAddr>,
    /// Whether load balancing lacks the image of its servos.
    #[serde(default)]
    pub not_ready: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instances {
    pub instances: Vec<Instance>,
}

/// Starts in-process web instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInstances {
    pub count: u32,
    /// The first zone if absent.
    #[serde(default)]
    pub zone: Option<String>,
    /// Alias or number of the owning account; `tenant` if absent.
    #[serde(default)]
    pub account: Option<String>,
    /// Instance ports it answers on; 80 if empty.
    #[serde(default)]
    pub ports: Vec<u16>,
    #[serde(default)]
    pub delay_milliseconds: u64,
}

/// Enrols a server that the user runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddInstance {
    pub id: String,
    pub address: IpAddr,
    #[serde(default)]
    pub zone: Option<String>,
    #[serde(default)]
    pub account: Option<String>,
    /// Instance port to local port.
    #[serde(default)]
    pub ports: Vec<(u16, u16)>,
}

/// Changes the state or the behaviour of instances; all of them or, if one cannot be, none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeInstances {
    pub ids: Vec<String>,
    pub change: InstanceChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceChange {
    Start,
    Stop,
    Terminate,
    /// `/health` of a web instance answers 500 from now on.
    Fail,
    /// Undoes `Fail`.
    Restore,
    /// Waits so long before each answer.
    Delay {
        milliseconds: u64,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// Why an administrative request was refused, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    pub error: String,
}
