//! Listeners: the port clients connect to and the instance port behind it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// A TCP port, 1..=65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Port(NonZeroU16);

impl Port {
    /// Returns the port, or nothing for 0 and for numbers over 65535.
    pub fn new(number: i64) -> Option<Port> {
        u16::try_from(number)
            .ok()
            .and_then(NonZeroU16::new)
            .map(Port)
    }

    /// The number of the port.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The protocol of either side of a listener, and of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Protocol {
    Http,
    Https,
    Tcp,
    Ssl,
}

impl Protocol {
    /// All protocols, in the order in which help and messages list them.
    pub const ALL: [Protocol; 4] = [
        Protocol::Http,
        Protocol::Https,
        Protocol::Ssl,
        Protocol::Tcp,
    ];

    /// The name in capitals, as the API returns it.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Http => "HTTP",
            Protocol::Https => "HTTPS",
            Protocol::Tcp => "TCP",
            Protocol::Ssl => "SSL",
        }
    }

    /// Whether the protocol is read as HTTP (as against forwarded as a stream of bytes).
    pub fn is_http(self) -> bool {
        matches!(self, Protocol::Http | Protocol::Https)
    }

    /// What the instance side speaks when a listener of this protocol does not say.
    /// Source: Listener, API reference 2012-06-01.
    pub fn plain(self) -> Protocol {
        if self.is_http() {
            Protocol::Http
        } else {
            Protocol::Tcp
        }
    }

    /// Whether the protocol is carried over TLS.
    pub fn is_tls(self) -> bool {
        matches!(self, Protocol::Https | Protocol::Ssl)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of HTTP, HTTPS, SSL, TCP.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not one of HTTP, HTTPS, SSL, TCP")]
pub struct UnknownProtocol(pub String);

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    /// Reads a protocol in capitals or small letters.
    fn from_str(text: &str) -> Result<Protocol, UnknownProtocol> {
        Protocol::ALL
            .into_iter()
            .find(|protocol| protocol.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownProtocol(text.to_owned()))
    }
}

/// One listener of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// What clients speak.
    pub protocol: Protocol,
    /// The port clients connect to.
    pub port: Port,
    /// What the instance speaks; absent when the creator did not say (Eucalyptus 3.3.0 keeps it absent).
    pub instance_protocol: Option<Protocol>,
    /// The port of the instance.
    pub instance_port: Port,
    /// The server certificate of an HTTPS or SSL listener, an IAM ARN.
    pub certificate: Option<String>,
}
