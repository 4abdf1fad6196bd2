//! Instances: the servers behind a load balancer.

use super::listener::Port;
use super::placement::ZoneName;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The id of an instance, `i-` and hexadecimal digits, as it was given. Ids differ by case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstanceId(Arc<str>);

impl InstanceId {
    /// Takes the text as it is; whether such an instance exists is the registry's to say.
    pub fn new(text: impl Into<Arc<str>>) -> InstanceId {
        InstanceId(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The states of an instance in its own life (EC2's, not the load balancer's opinion of it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

impl InstanceState {
    /// EC2's name of the state.
    pub fn as_str(self) -> &'static str {
        match self {
            InstanceState::Pending => "pending",
            InstanceState::Running => "running",
            InstanceState::ShuttingDown => "shutting-down",
            InstanceState::Terminated => "terminated",
            InstanceState::Stopping => "stopping",
            InstanceState::Stopped => "stopped",
        }
    }
}

/// Where an instance can be reached: its address, and where some of its ports really are.
///
/// A port map lets a server on `127.0.0.1:8080` stand for port 80 of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub address: IpAddr,
    /// Instance port to local port, for those that differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<Port, Port>,
}

impl Reach {
    /// The socket address that stands for a port of the instance.
    pub fn at(&self, port: Port) -> SocketAddr {
        let local = self.ports.get(&port).copied().unwrap_or(port);
        SocketAddr::new(self.address, local.get())
    }
}

/// An instance that load balancers can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    pub id: InstanceId,
    /// The account that owns it.
    pub owner: super::account::AccountId,
    pub zone: ZoneName,
    pub state: InstanceState,
    pub reach: Reach,
    /// What stands behind it.
    pub kind: InstanceKind,
    /// How it was launched, if that was asked of EC2.
    #[serde(default, skip_serializing_if = "Launch::is_default")]
    pub launch: Launch,
}

/// What EC2 remembers of a launch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The id of the launch, which its instances share.
    pub reservation: Option<Arc<str>>,
    pub at: Option<Timestamp>,
    /// The id of its subnet; absent: the default one of its zone, where there is any.
    pub subnet: Option<Arc<str>>,
    /// The ids of its security groups.
    #[serde(default)]
    pub groups: Vec<Arc<str>>,
    /// The size and the key pair, as they were asked for.
    pub size: Option<String>,
    pub key_name: Option<String>,
    /// What makes a repeated launch the same.
    pub client_token: Option<String>,
}

impl Launch {
    fn is_default(&self) -> bool {
        *self == Launch::default()
    }
}

/// Who answers on the address of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceKind {
    /// A web server inside this process, which the local cloud starts and stops.
    Web(WebInstance),
    /// A server the user runs.
    External,
}

/// How an in-process web instance behaves. Changes take effect on the next request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebInstance {
    /// `/health` answers 500 instead of 200.
    pub failing: bool,
    /// Milliseconds before each answer.
    pub delay_milliseconds: u64,
    /// The instance ports it listens on (through [`Reach::ports`] where those differ locally).
    pub ports: Vec<Port>,
}
