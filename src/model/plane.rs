//! What the control plane and the data plane tell each other.
//!
//! State flows down as whole snapshots ([`Desired`]); what was seen flows up as events
//! ([`Observation`]). Neither side relies on having heard every message: the data plane compares what
//! it holds with the newest snapshot, and a control plane that dies leaves it serving what it last knew.
//! Nothing here assumes which engine carries the traffic.

use super::attribute::DesyncMode;
use super::health::{HealthCheck, Verdict};
use super::instance::{InstanceId, Reach, WebInstance};
use super::listener::{Listener, Port};
use super::placement::{ServoId, ZoneName};
use super::policy::Negotiation;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Everything that must be serving, as of one revision.
///
/// A clone costs two pointers; unchanged servos are the same `Arc` in two revisions, so a comparison
/// costs a pointer each.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// Grows with every published change.
    pub revision: u64,
    pub servos: imbl::OrdMap<ServoId, Arc<Servo>>,
    /// The in-process web instances that must be running.
    pub web_instances: imbl::OrdMap<InstanceId, Arc<Web>>,
    /// The request id of the newest change, for logs.
    pub cause: Arc<str>,
}

/// One carrier of one load balancer in one zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servo {
    pub id: ServoId,
    /// The load balancer it carries, for logs, metrics and the access log.
    pub balancer: BalancerLabel,
    pub zone: ZoneName,
    /// The address of its own on which all listeners are bound.
    pub address: IpAddr,
    /// Added to each listener's port when binding.
    pub port_offset: u16,
    pub listeners: Vec<Listener>,
    /// The instances this servo may forward to (its own zone's, unless cross-zone is on). Which of
    /// them receive traffic is its checks' decision.
    pub backends: Vec<Backend>,
    /// Absent while there is no listener: then nothing is checked.
    pub health_check: Option<HealthCheck>,
    pub behaviour: Behaviour,
    /// Where each exchange is told in a line; nothing if it is not.
    pub access_log: Option<AccessLog>,
    /// The instance ports at which instances are told the client's address in a PROXY line.
    pub proxy_protocol: BTreeSet<Port>,
    /// What certificates and policies ask, by the listener's port; only where they ask something.
    pub terms: BTreeMap<Port, ListenerTerms>,
    /// The request id of the change that led to this version of the servo.
    pub cause: Arc<str>,
}

/// Where the lines of an access log go, and how they look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLog {
    /// The directory that stands for the bucket.
    pub bucket: Arc<Path>,
    /// Leads the names of all objects; may be empty.
    pub prefix: Arc<str>,
    /// The region's name, which is part of the names.
    pub region: Arc<str>,
    /// How long lines go into one object, by the clock of the cloud: 5 to 60 minutes.
    pub interval: Duration,
    pub form: LogForm,
}

/// Which fields a line of the access log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogForm {
    /// Fifteen, the last two of TLS.
    Amazon,
    /// Eucalyptus from 4.2.0: without those of TLS, and for TCP without the quoted ones.
    Eucalyptus,
}

/// How a client's requests find the instance that answered its first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stickiness {
    /// The application's cookie that the load balancer's own follows: set when that is set, for as
    /// long. Nothing: the load balancer's own cookie stands for itself.
    pub follows: Option<Arc<str>>,
    /// How long the load balancer's own cookie is good; nothing: as long as the browser's session.
    pub lifetime: Option<Duration>,
    /// Who minds the lifetime: the load balancer by a date in the cookie (HAProxy's `maxlife`, in
    /// Eucalyptus), or the client by Max-Age (Amazon, which never looks at the age of a cookie).
    pub dated: bool,
    /// What answers that set the cookie tell caches; nothing at Eucalyptus before 4.1.0 but `private`.
    pub cache_control: &'static str,
    /// Requests from other origins get a second cookie, AWSELBCORS, with SameSite=None (Amazon).
    pub cors: bool,
    /// The cookie is taken out of requests (HAProxy's `indirect`, in Eucalyptus).
    pub hidden: bool,
}

/// What a listener's certificate and policies ask of the data plane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListenerTerms {
    /// How clients are served over TLS; HTTPS and SSL listeners have it.
    pub tls: Option<ListenerTls>,
    /// How instances are reached over TLS; listeners whose instance protocol is HTTPS or SSL have it.
    pub instance_tls: Option<InstanceTls>,
    /// How a client's requests find the instance that answered it first.
    pub stickiness: Option<Stickiness>,
}

/// TLS towards clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerTls {
    /// Nothing: the certificate that the listener names does not exist.
    pub identity: Option<Arc<Identity>>,
    /// The protocols and ciphers of the listener's policy. Without a policy: all that are sound.
    pub negotiation: Option<Negotiation>,
}

/// What a listener proves who it is with.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Certificates in PEM, the listener's own first.
    pub certificates: Arc<str>,
    /// The private key of the first, in PEM.
    pub key: Arc<str>,
}

impl std::fmt::Debug for Identity {
    /// Keeps the key out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("certificates", &self.certificates)
            .finish_non_exhaustive()
    }
}

/// TLS towards instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceTls {
    /// Certificates or public keys, in PEM or its base64 alone. An instance must prove to have the
    /// key of one of them; if there are none, any certificate will do.
    pub trusted: Vec<Arc<str>>,
}

/// Names a load balancer to people.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct BalancerLabel {
    /// The account's number.
    pub account: Arc<str>,
    pub name: Arc<str>,
}

/// An instance as a servo sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    pub instance: InstanceId,
    pub reach: Reach,
}

/// What differs between releases on the path of a request, spelt out so that the data plane need not
/// know any release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// Add X-Forwarded-Proto and X-Forwarded-Port (Eucalyptus from 4.1.0, AWS).
    pub forwarded_proto_and_port: bool,
    /// Keep connections to instances open between exchanges (not in Eucalyptus before 4.1.0, whose
    /// HAProxy ran with `http-server-close`; allowed here always since no client can tell, other than
    /// by the instance's own log).
    pub reuse_instance_connections: bool,
    /// Whether the 503 for an empty pool has HAProxy's page (before 4.2.0) or no body.
    pub unavailable_page: bool,
    /// One passing check puts an instance without a verdict in service (Eucalyptus from 4.3.0).
    pub first_pass_suffices: bool,
    /// Longest silence on an open connection, either side. 10 s before 4.1.0, then 60 s or the
    /// attribute ConnectionSettings.IdleTimeout (1..=3600 s).
    pub idle_timeout: Duration,
    /// Longest wait for a connection to an instance. 1 s before 4.1.0, then 5 s.
    pub connect_timeout: Duration,
    /// What happens to requests that are legal but could be understood in two ways.
    pub desync_mode: DesyncMode,
    /// What becomes of the exchanges with an instance that is deregistered.
    pub departure: Departure,
    /// Which instance in service gets the next HTTP request. TCP takes turns always.
    pub choice: Choice,
}

/// What becomes of the exchanges with an instance that is deregistered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// They take as long as they take: the idle timeout bounds them (Eucalyptus, whose HAProxy was
    /// reloaded softly).
    Finish,
    /// They have so long, then they are cut (AWS, ConnectionDraining.Enabled).
    Drain(Duration),
    /// They are cut at once (AWS without draining).
    Cut,
}

/// How an instance is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    RoundRobin,
    /// The one with the fewest requests under way; those that are equal take turns (AWS, for HTTP).
    LeastOutstanding,
}

/// An in-process web instance that must be running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    pub id: InstanceId,
    pub reach: Reach,
    pub settings: WebInstance,
}

/// What the data plane saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// Everything up to this revision is in force (or has been reported as failed below).
    Applied { revision: u64 },
    /// A servo's listeners are bound; each revision of a servo reports again.
    ServoServing { servo: ServoId },
    /// A listener of a servo could not be bound; the others serve. Retried with a pause.
    BindFailed {
        servo: ServoId,
        port: u16,
        reason: String,
    },
    /// A servo died and was started anew.
    ServoReplaced { servo: ServoId, reason: String },
    /// A servo's checks changed their verdict on an instance. `checked` says what was sent and seen
    /// last, for people: `HTTP:80/health answered 500 in 3 ms`.
    Health {
        servo: ServoId,
        instance: InstanceId,
        verdict: Verdict,
        checked: String,
    },
    /// An instance that left a servo, and might finish what it had under way, has nothing left: its
    /// exchanges have ended or were cut. `revision` is the newest without it that was in force.
    Drained {
        balancer: BalancerLabel,
        servo: ServoId,
        instance: InstanceId,
        revision: u64,
    },
    /// An in-process web instance accepts connections.
    WebServing { instance: InstanceId },
    /// An in-process web instance could not be started.
    WebFailed {
        instance: InstanceId,
        reason: String,
    },
}
