//! The composition root of `eulb local`: binds, wires up, spawns, waits, drains.
//!
//! ```text
//! controller ──Desired──▶ guests ──Desired, once they listen──▶ supervisor ──▶ workers
//!     ▲                     │                                      │
//!     └──────────────────Observation───────────────────────────────┘
//! ```
//!
//! The controller, the supervisor, the checks and the web instances share one small runtime; each
//! worker has a runtime of its own. Everything is bound before anything is spawned, so that what
//! cannot be had is an error of the start and not a line in a log.

pub mod directory;
mod journal;
mod line;
pub mod log;
mod names;
pub mod offline;
mod rotate;

use crate::clock::Clock;
pub use crate::controller::Cidr;
use crate::controller::{Config, Controller, OpenError};
use crate::guest;
use crate::model::instruments::Instruments;
use crate::model::placement::{ServoId, ZoneName};
use crate::proxy::access_log;
use crate::proxy::supervisor::checks::CheckLog;
use crate::proxy::supervisor::{self, checker};
use crate::proxy::worker::{Limits, Workers, contained};
use crate::socket::{self, BindCause, BindError};
use crate::wire::release::Release;
use directory::{Claim, Directory, DirectoryError};
use log::Log;
pub use names::{NAMES, NameService};
use std::convert::Infallible;
use std::fmt::Display;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, UdpSocket, UnixListener};
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Where the controller listens unless told otherwise: Eucalyptus' port, on this machine only.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8773);

/// Where the Query API is on the controller; `/` answers too.
const PATH: &str = "/services/LoadBalancing";

/// Added to ports below 1024 of web instances if this user may not bind those.
const WEB_PORT_OFFSET: u16 = 8000;

/// Longest wait until what the store remembers is served, before the cloud calls itself ready.
const CONVERGENCE_PATIENCE: Duration = Duration::from_secs(10);

/// Longest wait for everything to end. The supervisor's drain is shorter.
const END_PATIENCE: Duration = Duration::from_secs(8);

/// The folder of the data directory whose folders stand for buckets.
const BUCKETS: &str = "buckets";

/// Servos that wait to be terminated: whoever does it by hand does not get so far.
const TERMINATIONS: usize = 64;

/// How a local cloud is to run.
#[derive(Clone, Debug)]
pub struct Options {
    pub directory: Directory,
    /// Keep nothing: the directory holds the socket and the log only.
    pub ephemeral: bool,
    pub listen: SocketAddr,
    pub dns: NameService,
    /// The domain behind `NAME-ACCOUNT.lb.`.
    pub domain: String,
    pub release: Release,
    pub time_scale: f64,
    pub servo_cidr: Cidr,
    pub instance_cidr: Cidr,
    pub port_offset: u16,
    pub zones: Vec<ZoneName>,
    /// Worker threads; one per core if absent.
    pub threads: Option<usize>,
    /// Connections in use to one instance by one listener; the data plane's own bound if absent.
    pub instance_connections: Option<usize>,
    /// Directory for the access log of all load balancers that have none of their own.
    pub access_log: Option<PathBuf>,
}

/// What a person wants to know of a cloud that has just become ready.
#[derive(Clone, Debug)]
pub struct Ready {
    /// `http://127.0.0.1:8773/services/LoadBalancing`
    pub endpoint: String,
    pub took: Duration,
    /// Whether this user may bind ports below 1024.
    pub low_ports: bool,
}

/// Why a local cloud did not start, or ended by itself: one line with what to do.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error("{}", listen_advice(.0))]
    Listen(#[from] BindError),
    #[error("{}", dns_advice(.0))]
    Names(BindError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("cannot write the access log below {}: {error}", directory.display())]
    AccessLog {
        directory: PathBuf,
        error: io::Error,
    },
    #[error("{0}")]
    Log(String),
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
    #[error("the {0} ended by a fault of the program; its log tells more")]
    Died(&'static str),
}

fn listen_advice(error: &BindError) -> String {
    advice(error, "--listen")
}

fn dns_advice(error: &BindError) -> String {
    advice(error, "--dns")
}

/// The error with what to do about it; `option` chose the address.
fn advice(error: &BindError, option: &str) -> String {
    let other = match error.cause {
        BindCause::InUse => "stop that program, or choose another port with",
        BindCause::NotAvailable => "choose one that is, with",
        BindCause::Denied => "choose a port from 1024 with",
        BindCause::TooManyFiles => return format!("{error}: raise the limit with 'ulimit -n'"),
        BindCause::Other(_) => return error.to_string(),
    };
    format!("{error}: {other} {option}")
}

/// Runs a local cloud until a signal or a request to stop.
///
/// `start_log` is called when the data directory is this process's own, `ready` once it serves.
///
/// # Errors
///
/// It cannot start, or a part of it died.
pub fn run(
    options: Options,
    start_log: impl FnOnce() -> Result<Log, String>,
    ready: impl FnOnce(&Ready),
) -> Result<(), DaemonError> {
    let started = Instant::now();
    let claim = options.directory.claim()?;
    let log = start_log().map_err(DaemonError::Log)?;
    allow_many_files();
    if let Some(directory) = &options.access_log {
        access_log::prepare(directory).map_err(|error| DaemonError::AccessLog {
            directory: directory.clone(),
            error,
        })?;
    }
    let public = socket::listen(options.listen)?;
    let names = options.dns.bind(options.listen);
    let names = names.map_err(DaemonError::Names)?;
    let usual = Limits::default();
    let limits = Limits {
        instance_connections: options
            .instance_connections
            .unwrap_or(usual.instance_connections),
        ..usual
    };
    let workers = Workers::start(options.threads.unwrap_or_else(cores), limits)?;
    let config = config(&options);
    let low_ports = config.web_port_offset == 0;
    let controller = Controller::open(config)?;
    let (lines, patience) = (log.clone(), log.patience());
    // One thread for the controller, which answers in microseconds and would spend more of them on
    // handing requests from thread to thread.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .on_thread_park(move || lines.write())
        .enable_all()
        .build()?;
    // And one so that neither health checks nor web instances wait for the controller.
    let machines = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("machines")
        .enable_all()
        .build()?;
    let bound = Bound {
        claim: &claim,
        public,
        names,
        controller,
        workers,
        log,
        machines: machines.handle().clone(),
    };
    let served = runtime.block_on(serve(&options, bound, |endpoint| {
        ready(&Ready {
            endpoint,
            took: started.elapsed(),
            low_ports,
        });
    }));
    // Whatever has not ended by now is not waited for: the process is about to end.
    machines.shutdown_background();
    runtime.shutdown_background();
    drop(patience);
    served
}

/// Everything that could be had before anything runs.
struct Bound<'a> {
    claim: &'a Claim,
    public: std::net::TcpListener,
    names: Option<names::Sockets>,
    controller: Controller,
    workers: Workers,
    log: Log,
    /// Where servos' supervisor and web instances run.
    machines: Handle,
}

async fn serve(
    options: &Options,
    bound: Bound<'_>,
    ready: impl FnOnce(String),
) -> Result<(), DaemonError> {
    let Bound {
        claim,
        public,
        names,
        controller,
        workers,
        log,
        machines,
    } = bound;
    let mut signals = Signals::listen()?;
    let public = TcpListener::from_std(public)?;
    let endpoint = format!("http://{}{PATH}", public.local_addr()?);
    let local = UnixListener::from_std(claim.bind()?)?;

    // Two tokens, because instances must outlive the exchanges that drain.
    let stop = CancellationToken::new();
    let stop_guests = CancellationToken::new();

    let (reached, after_guests) = watch::channel(Arc::default());
    let guests = guest::serve(
        controller.desired(),
        reached,
        controller.observer(),
        stop_guests.clone(),
    );
    let mut guests = machines.spawn(guests);

    let wanted = controller.desired().borrow().revision;
    let (applied, mut now_applied) = watch::channel(0);
    let (terminate, terminations) = mpsc::channel(TERMINATIONS);
    let links = supervisor::Links {
        desired: after_guests,
        observations: controller.observer(),
        applied,
        checks: CheckLog::default(),
        terminations,
    };
    controller.attach(instruments(&workers, &links.checks, log, terminate));
    let clock = Clock::scaled(options.time_scale);
    let supervising = supervisor::serve(links, workers, clock, checker::network(), stop.clone());
    let mut supervising = machines.spawn(supervising);

    let converged = now_applied.wait_for(|now| *now >= wanted);
    match tokio::time::timeout(CONVERGENCE_PATIENCE, converged).await {
        Ok(Ok(_)) => {}
        // The supervisor is gone: the watch below says so.
        Ok(Err(_)) => {}
        Err(_) => tracing::warn!(target: "daemon", "not everything is served yet"),
    }
    let names = match names {
        Some((udp, tcp)) => Some((UdpSocket::from_std(udp)?, TcpListener::from_std(tcp)?)),
        None => None,
    };
    let naming = {
        let (controller, stop) = (controller.clone(), stop.clone());
        async move {
            match names {
                Some((udp, tcp)) => controller.serve_names(udp, tcp, stop).await,
                None => {
                    stop.cancelled().await;
                    Ok(())
                }
            }
        }
    };
    let naming = tokio::spawn(outlived("name service", naming, stop.clone()));
    let answering = async {
        controller.serve(public, Some(local), stop.clone()).await;
        Ok::<(), Infallible>(())
    };
    let mut answering = std::pin::pin!(outlived("controller", answering, stop.clone()));
    tracing::info!(
        target: "daemon", %endpoint, release = %options.release, process = std::process::id(), "ready"
    );
    ready(endpoint);

    let stop_requested = controller.stop_requested();
    let outcome = tokio::select! {
        // It is outlived until all is to stop.
        () = &mut answering => Ok(()),
        name = signals.next() => {
            tracing::info!(target: "daemon", "stopping: {name}");
            Ok(())
        }
        () = stop_requested.cancelled() => {
            tracing::info!(target: "daemon", "stopping: asked to");
            Ok(())
        }
        _ = &mut supervising => Err(DaemonError::Died("supervisor")),
        _ = &mut guests => Err(DaemonError::Died("web instances")),
    };

    stop.cancel();
    let end = async {
        answering.await;
        // A task that has died has been told above.
        if !supervising.is_finished() {
            let _ = supervising.await;
        }
        if !naming.is_finished() {
            let _ = naming.await;
        }
        stop_guests.cancel();
        if !guests.is_finished() {
            let _ = guests.await;
        }
    };
    tokio::select! {
        ended = tokio::time::timeout(END_PATIENCE, end) => if ended.is_err() {
            tracing::warn!(target: "daemon", "some exchanges did not end in time");
        },
        // A second signal means that the first was not quick enough.
        name = signals.next() => tracing::warn!(target: "daemon", "stopping at once: {name} again"),
    }
    tracing::info!(target: "daemon", "stopped");
    outcome
}

/// Runs a part of the control plane, and outlives it: should it end before all is to stop, that is told
/// once, and traffic goes on with what was last known.
async fn outlived<E: Display>(
    part: &str,
    task: impl Future<Output = Result<(), E>>,
    stop: CancellationToken,
) {
    let ended = contained(task).await;
    if stop.is_cancelled() {
        return;
    }
    let cause = match ended {
        Ok(Ok(())) => "it stopped".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic,
    };
    tracing::error!(
        target: "daemon",
        "the {part} ended by a fault of the program ({cause}); traffic goes on, until it is started again"
    );
    stop.cancelled().await;
}

/// What the controller may ask of the rest of the process.
fn instruments(
    workers: &Workers,
    checks: &CheckLog,
    log: Log,
    terminate: mpsc::Sender<ServoId>,
) -> Instruments {
    let (register, checks) = (workers.register(), checks.clone());
    let journal = log.journal.clone();
    Instruments {
        traffic: Arc::new(move || register.read()),
        checks: Arc::new(move || checks.read()),
        journal: Arc::new(move |selection| journal.tell(selection)),
        levels: Arc::new(move |change| log.levels(change)),
        terminate: Arc::new(move |servo| terminate.try_send(servo).is_ok()),
    }
}

fn config(options: &Options) -> Config {
    Config {
        data_directory: (!options.ephemeral).then(|| options.directory.path().to_owned()),
        release: options.release,
        zones: options.zones.clone(),
        servo_cidr: options.servo_cidr,
        instance_cidr: options.instance_cidr,
        buckets: Some(options.directory.path().join(BUCKETS)),
        access_log: options.access_log.clone(),
        port_offset: options.port_offset,
        dns_domain: options.domain.clone(),
        web_port_offset: web_port_offset(options.instance_cidr),
        clock: Clock::scaled(options.time_scale),
        time_scale: options.time_scale,
    }
}

/// What web instances add to low ports: nothing where this user may bind port 80.
fn web_port_offset(instances: Cidr) -> u16 {
    // The last address of the range is the last to be given to an instance.
    let last = instances.at(instances.capacity() - 1);
    let Some(address) = last else { return 0 };
    match socket::listen(SocketAddr::new(address.into(), 80)) {
        Err(BindError {
            cause: BindCause::Denied,
            ..
        }) => WEB_PORT_OFFSET,
        _ => 0,
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Raises the soft limit of open files to the hard one: every connection is two of them, and the
/// usual soft limit of 1024 is for programs that use `select`.
fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(target: "daemon", "cannot raise the limit of open files: {error}");
    }
}

/// The signals that end a process, which here begin its end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> io::Result<Signals> {
        // A file at the limit of its size is a write that fails, like one on a full disk; unheard,
        // the signal would end the process. The handler stays when this is dropped.
        let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?;
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.hangup.recv() => "SIGHUP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_parts_of_the_control_plane_are_outlived() {
        let stop = CancellationToken::new();
        let parts: [Box<dyn Fn() -> Result<(), &'static str> + Send>; 3] = [
            Box::new(|| Ok(())),
            Box::new(|| Err("a reason")),
            Box::new(|| panic!("a fault")),
        ];
        let mut running: Vec<_> = parts
            .into_iter()
            .map(|part| tokio::spawn(outlived("part", async move { part() }, stop.clone())))
            .collect();
        tokio::task::yield_now().await;
        assert!(running.iter().all(|part| !part.is_finished()));
        stop.cancel();
        for part in &mut running {
            part.await.unwrap();
        }
    }
}
