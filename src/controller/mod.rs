//! The service: answers the Query API of Elastic Load Balancing and says what must be serving.
//!
//! A request goes through `http` (limits, framing), `auth` (who signed it), `operations` (which
//! handler, whether the release has it), a handler (one transition of a draft), the `registry` (one
//! writer: draft → store → publish) and back. Reads are answered from the published snapshot and never
//! wait for a writer. What must be serving leaves as [`Desired`] over a `watch`; what was seen comes
//! back as [`Observation`]s. Carrying traffic is the data plane's work; nothing here knows it.

mod activities;
mod administration;
mod auth;
mod cloudwatch;
mod desired;
pub mod dns;
mod draining;
mod ec2;
pub mod explain;
mod handlers;
mod health;
mod http;
mod iam;
mod identity;
mod instances;
mod names;
mod observed;
mod operations;
mod page;
mod permission;
mod pool;
mod prometheus;
mod properties;
mod refused;
mod registry;
mod seats;
mod state;
mod store;
mod sts;
mod transfer;

pub use transfer::{export_directory, import_directory};

use crate::clock::Clock;
use crate::model::account::{Account, User};
use crate::model::instruments::{Checked, Instruments};
use crate::model::journal::{Event, Selection};
use crate::model::placement::{ServoId, ZoneName};
use crate::model::plane::{Desired, Observation};
use crate::model::timestamp::Timestamp;
use crate::model::traffic::ListenerTraffic;
use crate::wire::release::Release;
use auth::Authenticator;
use cloudwatch::CloudWatch;
use properties::Property;
use registry::Registry;
use state::{Draft, State};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use store::{DiskStore, MemoryStore, Place, Store, StoreError};
use tokio::net::{TcpListener, UdpSocket, UnixListener};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// A range of IPv4 addresses, `127.101.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    network: Ipv4Addr,
    prefix: u8,
}

/// The text is not a range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a range of IPv4 addresses such as 127.101.0.0/16 (prefix 8 to 30)")]
pub struct BadCidr(pub String);

impl Cidr {
    /// Where servos live unless told otherwise: Linux answers on all of 127/8.
    pub const SERVOS: Cidr = Cidr {
        network: Ipv4Addr::new(127, 101, 0, 0),
        prefix: 16,
    };
    /// Where in-process web instances live unless told otherwise.
    pub const INSTANCES: Cidr = Cidr {
        network: Ipv4Addr::new(127, 102, 0, 0),
        prefix: 16,
    };

    /// How many addresses can be given: the first and the last of the range are not.
    pub fn capacity(self) -> u32 {
        (1u32 << (32 - self.prefix)) - 2
    }

    /// The address at an index, 0 to below [`Cidr::capacity`].
    pub fn at(self, index: u32) -> Option<Ipv4Addr> {
        (index < self.capacity()).then(|| Ipv4Addr::from(u32::from(self.network) + 1 + index))
    }

    /// Whether an address can be given.
    pub fn has(self, address: IpAddr) -> bool {
        matches!(address, IpAddr::V4(address) if self.index_of(address).is_some())
    }

    /// The index of an address, if it is one that can be given.
    pub fn index_of(self, address: Ipv4Addr) -> Option<u32> {
        let index = u32::from(address).checked_sub(u32::from(self.network) + 1)?;
        (index < self.capacity()).then_some(index)
    }
}

impl FromStr for Cidr {
    type Err = BadCidr;

    fn from_str(text: &str) -> Result<Cidr, BadCidr> {
        let bad = || BadCidr(text.to_owned());
        let (address, prefix) = text.split_once('/').ok_or_else(bad)?;
        let address: Ipv4Addr = address.parse().map_err(|_| bad())?;
        let prefix: u8 = prefix.parse().map_err(|_| bad())?;
        if !(8..=30).contains(&prefix) {
            return Err(bad());
        }
        let mask = u32::MAX << (32 - prefix);
        Ok(Cidr {
            network: Ipv4Addr::from(u32::from(address) & mask),
            prefix,
        })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

/// What the service is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the state is kept; nothing is kept if absent (`--ephemeral`).
    pub data_directory: Option<PathBuf>,
    pub release: Release,
    /// The zones of the cloud, at least one; the first is the default of new instances.
    pub zones: Vec<ZoneName>,
    pub servo_cidr: Cidr,
    pub instance_cidr: Cidr,
    /// Directory whose folders stand for buckets; without one, nothing is written to any.
    pub buckets: Option<PathBuf>,
    /// Directory for the access log of all load balancers that have none of their own.
    pub access_log: Option<PathBuf>,
    /// Added to the port of every listener when it is bound.
    pub port_offset: u16,
    /// Added to ports below 1024 of in-process web instances, where low ports cannot be bound.
    pub web_port_offset: u16,
    /// The domain behind `NAME-ACCOUNT.lb.`.
    pub dns_domain: String,
    pub clock: Clock,
    /// What [`Clock`] scales waits by, for people.
    pub time_scale: f64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data_directory: None,
            release: Release::default(),
            zones: vec![ZoneName::new("PARTI00"), ZoneName::new("PARTI01")],
            servo_cidr: Cidr::SERVOS,
            instance_cidr: Cidr::INSTANCES,
            buckets: None,
            access_log: None,
            port_offset: 0,
            web_port_offset: 0,
            dns_domain: "localhost".to_owned(),
            clock: Clock::real(),
            time_scale: 1.0,
        }
    }
}

/// Why the service cannot start: one line that says what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);

/// The running service. A clone is the same service.
#[derive(Clone)]
pub struct Controller {
    shared: Arc<Shared>,
}

/// What every request needs.
struct Shared {
    config: Arc<Config>,
    registry: Registry,
    /// Where the state is, unless nothing is kept.
    place: Option<Place>,
    authenticator: Authenticator,
    stop: CancellationToken,
    /// Who may see the status page.
    sessions: page::Sessions,
    started: Timestamp,
    /// Where the public port is, once it is served.
    public: OnceLock<SocketAddr>,
    /// Where names are answered, once they are.
    dns: OnceLock<SocketAddr>,
    cloudwatch: CloudWatch,
    /// What the process around answers, once somebody has composed it.
    instruments: OnceLock<Instruments>,
}

impl Shared {
    /// What the data plane has counted.
    fn traffic(&self) -> Vec<ListenerTraffic> {
        let instruments = self.instruments.get();
        instruments.map(|of| (of.traffic)()).unwrap_or_default()
    }

    /// What happened, as far as somebody remembers.
    fn story(&self, selection: &Selection) -> Vec<Event> {
        let instruments = self.instruments.get();
        instruments.map_or_else(Vec::new, |of| (of.journal)(selection))
    }

    /// The newest checks of the servos.
    fn checks(&self) -> Vec<Checked> {
        let instruments = self.instruments.get();
        instruments.map_or_else(Vec::new, |of| (of.checks)())
    }

    /// Ends a servo as if its machine had died; whether somebody took the order.
    fn terminate(&self, servo: ServoId) -> bool {
        let instruments = self.instruments.get();
        instruments.is_some_and(|of| (of.terminate)(servo))
    }

    /// Which lines are logged, after a change if there is one.
    fn log_levels(&self, change: Option<&str>) -> Result<String, String> {
        match self.instruments.get() {
            Some(instruments) => (instruments.levels)(change),
            None => Err("this process has no log".to_owned()),
        }
    }

    /// Why changes are refused, if the file of the state is not where it was.
    fn lost(&self) -> Option<String> {
        let checked = self.place.as_ref()?.check();
        checked.err().map(|error| error.to_string())
    }

    /// The URL of the Query API.
    fn endpoint(&self) -> String {
        format!("http://{}{}", self.public_address(), http::SERVICE_PATH)
    }

    /// Where the public port can be reached.
    fn public_address(&self) -> SocketAddr {
        let address = self.public.get().copied().unwrap_or(DEFAULT_ADDRESS);
        // Who listens everywhere is reached here.
        if address.ip().is_unspecified() {
            SocketAddr::new(DEFAULT_ADDRESS.ip(), address.port())
        } else {
            address
        }
    }
}

/// Where Eucalyptus' services listen, on this machine.
const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8773);

/// The alias of the account for everyday use, made at the first start beside the administrator's.
const TENANT: &str = "tenant";

impl Controller {
    /// Opens the state and works out what must be serving, before any request.
    ///
    /// # Errors
    ///
    /// The data directory is in use, cannot be written, is damaged or was written by a newer version.
    pub fn open(config: Config) -> Result<Controller, OpenError> {
        let line = |error: &dyn fmt::Display| OpenError(error.to_string());
        if config.zones.is_empty() {
            return Err(OpenError("the cloud needs at least one zone".to_owned()));
        }
        let mut store: Box<dyn Store> = match &config.data_directory {
            Some(path) => {
                Box::new(DiskStore::open(path, config.clock.now()).map_err(|error| line(&error))?)
            }
            None => Box::new(MemoryStore),
        };
        let rows = store.load().map_err(|error| line(&error))?;
        let mut state =
            State::restore(&rows, config.servo_cidr, config.instance_cidr).map_err(|error| {
                OpenError(match &config.data_directory {
                    Some(path) => format!(
                        "the state in {} is damaged: {error}; restore it from a copy, or move it \
                         away to start with nothing",
                        path.display()
                    ),
                    None => error.to_string(),
                })
            })?;
        if state.accounts.is_empty() {
            state = first_start(state, store.as_mut(), config.clock.now())
                .map_err(|error| line(&error))?;
        }
        tracing::info!(
            target: "store", balancers = state.balancers.len(), instances = state.instances.len(),
            "the state is open"
        );
        let cloudwatch = CloudWatch::open(config.data_directory.as_deref(), config.clock.now())
            .map_err(|error| OpenError(format!("cannot open the metrics: {error}")))?;
        let config = Arc::new(config);
        let place = store.place();
        let registry = Registry::start(store, state, config.clone())
            .map_err(|error| OpenError(format!("cannot start the registry: {error}")))?;
        Ok(Controller {
            shared: Arc::new(Shared {
                started: config.clock.now(),
                config,
                registry,
                place,
                authenticator: Authenticator::default(),
                stop: CancellationToken::new(),
                sessions: page::Sessions::default(),
                public: OnceLock::new(),
                dns: OnceLock::new(),
                cloudwatch,
                instruments: OnceLock::new(),
            }),
        })
    }

    /// What must be serving; the first value is there at once.
    pub fn desired(&self) -> watch::Receiver<Arc<Desired>> {
        self.shared.registry.desired()
    }

    /// Where the data plane tells what it saw.
    pub fn observer(&self) -> mpsc::Sender<Observation> {
        self.shared.registry.observer()
    }

    /// Takes what reads counters, checks and events; only the first is kept.
    pub fn attach(&self, instruments: Instruments) {
        let _ = self.shared.instruments.set(instruments);
    }

    /// Serves until the token is cancelled, then lets running requests finish.
    pub async fn serve(
        &self,
        public: TcpListener,
        local: Option<UnixListener>,
        shutdown: CancellationToken,
    ) {
        if let Ok(address) = public.local_addr() {
            // Only the first address is told; a second call serves the same state elsewhere.
            let _ = self.shared.public.set(address);
        }
        tokio::join!(
            http::serve(self.shared.clone(), public, local, shutdown.clone()),
            cloudwatch::report(&self.shared, shutdown),
        );
    }

    /// Answers names of the cloud's domain on both sockets until the token is cancelled.
    ///
    /// # Errors
    ///
    /// The domain of the configuration is not a domain name.
    pub async fn serve_names(
        &self,
        udp: UdpSocket,
        tcp: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<(), OpenError> {
        let domain = &self.shared.config.dns_domain;
        let names = Arc::new(names::CloudNames(self.shared.clone()));
        let domain = dns::Domain::new(domain, names)
            .map_err(|error| OpenError(format!("'{domain}' is not a domain name: {error}")))?;
        if let Ok(address) = udp.local_addr() {
            let _ = self.shared.dns.set(address);
        }
        dns::serve(Arc::new(domain), udp, tcp, shutdown).await;
        Ok(())
    }

    /// Is cancelled when `POST /_eulb/stop` asks the process to end.
    pub fn stop_requested(&self) -> CancellationToken {
        self.shared.stop.clone()
    }
}

/// Makes the two accounts, each with a user and a key, and gives the servos an image.
fn first_start(state: State, store: &mut dyn Store, now: Timestamp) -> Result<State, StoreError> {
    let mut draft = Draft::new(state);
    draft.put_property(Property::Image, Some(&identity::image_id()));
    for alias in [Account::ADMINISTRATOR, TENANT] {
        let id = identity::unused_account_id(draft.state());
        draft.put_user(identity::user(&id, User::ADMINISTRATOR, now));
        draft.put_key(identity::access_key(&id, User::ADMINISTRATOR));
        draft.put_account(Account::new(id, alias.to_owned()));
    }
    let finished = draft.finish();
    store.commit(&finished.changes)?;
    Ok(finished.state)
}

#[cfg(test)]
mod tests;
