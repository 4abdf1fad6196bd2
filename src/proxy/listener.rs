//! What a worker must know to serve one listener of one servo.

use super::access_log::Logging;
use super::http::request::Forwarding;
use super::sticky::Sticky;
use super::tls::instance::ClientTls;
use super::tls::server::ServerTls;
use crate::model::instance::InstanceId;
use crate::model::placement::{ServoId, ZoneName};
use crate::model::plane::{BalancerLabel, Behaviour, Choice};
use std::net::SocketAddr;
use std::sync::Arc;

/// Names a listener among all that are open: its servo and its port as the API knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerKey {
    pub servo: ServoId,
    pub port: u16,
}

/// How the bytes of a listener are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carriage {
    /// Request by request.
    Http,
    /// As two streams of bytes.
    Tcp,
}

impl Carriage {
    /// `http` or `tcp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Carriage::Http => "http",
            Carriage::Tcp => "tcp",
        }
    }
}

/// An instance that is in service for a servo, as one of its listeners reaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub instance: InstanceId,
    pub address: SocketAddr,
    /// How it is spoken to; nothing: plainly.
    pub tls: Option<ClientTls>,
}

/// One version of a listener: replaced whole, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerSpec {
    pub carriage: Carriage,
    /// The listener's port as clients know it, for X-Forwarded-Port.
    pub port: u16,
    /// The instances that receive traffic, in the order of their turns.
    pub in_service: Vec<Target>,
    /// Registered, but not in service: they get nothing new, and what they have may go on.
    pub out_of_service: Vec<Target>,
    pub behaviour: Behaviour,
    /// For logs.
    pub balancer: BalancerLabel,
    /// The servo's zone, for metrics.
    pub zone: ZoneName,
    /// How clients are spoken to; nothing: plainly.
    pub tls: Option<ServerTls>,
    /// Where its exchanges are told; nothing if they are not.
    pub access_log: Option<Logging>,
    /// How clients come back to the instance that answered them first; nothing: they do not.
    pub sticky: Option<Arc<Sticky>>,
    /// Each connection to an instance begins with a PROXY line, and carries one client only.
    pub proxy_protocol: bool,
}

impl ListenerSpec {
    /// Whether a connection to an instance may serve one client after the other.
    pub fn keeps_instance_connections(&self) -> bool {
        self.behaviour.reuse_instance_connections && !self.proxy_protocol
    }

    /// Whether clients speak first here: with a request or with a handshake. Who is carried as a stream
    /// may wait to be greeted.
    pub fn clients_begin(&self) -> bool {
        self.carriage == Carriage::Http || self.tls.is_some()
    }

    /// How an instance is chosen here.
    pub fn choice(&self) -> Choice {
        match self.carriage {
            Carriage::Http => self.behaviour.choice,
            Carriage::Tcp => Choice::RoundRobin,
        }
    }

    /// The scheme that clients use.
    pub fn scheme(&self) -> &'static str {
        match self.tls {
            None => "http",
            Some(_) => "https",
        }
    }

    /// What is written into every request that goes through this listener.
    pub fn forwarding(&self) -> Forwarding {
        Forwarding::new(
            self.behaviour
                .forwarded_proto_and_port
                .then_some((self.scheme(), self.port)),
            self.keeps_instance_connections(),
        )
    }
}
