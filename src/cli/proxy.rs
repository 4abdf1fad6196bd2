//! `eulb proxy`: a load balancer in the foreground, without a controller.
//!
//! The same workers that carry the load balancers of the local cloud, given their listeners and
//! instances on the command line.

use super::exit::Failure;
use super::report;
use crate::clock::Clock;
use crate::model::attribute::DesyncMode;
use crate::model::health::{HealthCheck, Thresholds, Tracker, Verdict};
use crate::model::health::{Target as CheckTarget, TargetCase};
use crate::model::instance::InstanceId;
use crate::model::listener::Protocol;
use crate::model::placement::{ServoId, ZoneName};
use crate::model::plane::{
    BalancerLabel, Behaviour, Choice, Departure, Identity, InstanceTls, ListenerTls, LogForm,
};
use crate::model::policy::Negotiation;
use crate::model::policy::negotiation::{SECURITY_POLICIES, security_policy};
use crate::proxy::access_log::{self, Destination, Logging};
use crate::proxy::listener::{Carriage, ListenerKey, ListenerSpec, Target};
use crate::proxy::supervisor::checker::{self, Check};
use crate::proxy::supervisor::checks::CheckLog;
use crate::proxy::tls::instance::ClientTls;
use crate::proxy::tls::server::ServerTls;
use crate::proxy::worker::{Limits, Workers};
use crate::socket;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use std::collections::BTreeSet;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, reload};

/// How long running exchanges may take to finish after a signal to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// Seconds between two checks of an instance, seconds one may take, and results in a row that count.
const CHECK_INTERVAL_SECONDS: u32 = 5;
const CHECK_TIMEOUT_SECONDS: u32 = 3;
const CHECK_THRESHOLDS: Thresholds = Thresholds {
    healthy: 2,
    unhealthy: 2,
};

/// Longest wait for a connection to an instance, as in Eucalyptus from 4.1.0.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Seconds of silence before a connection is closed: ConnectionSettings.IdleTimeout's default, and
/// its bounds.
const IDLE_TIMEOUT_SECONDS: &str = "60";
const IDLE_TIMEOUT_BOUNDS: std::ops::RangeInclusive<u64> = 1..=3600;

/// How long lines of the access log go into one object: the shorter of Elastic Load Balancing's two.
const LOG_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// The account and region in the names of objects: there is neither, but the layout has a place.
const LOG_ACCOUNT: &str = "000000000000";
const LOG_REGION: &str = "local";

/// More threads than any machine this is meant for has cores.
const THREADS_BOUNDS: std::ops::RangeInclusive<i64> = 1..=256;

/// Verdicts that wait to be acted on.
const REPORTS: usize = 64;

/// The options of `eulb proxy`.
pub fn describe() -> clap::Command {
    clap::Command::new("proxy")
        .about("Balance HTTP, HTTPS, SSL or TCP traffic in the foreground, without a controller")
        .long_about(
            "Balance HTTP, HTTPS, SSL or TCP traffic in the foreground, without a controller\n\n\
             Prints a line `listening PROTOCOL ADDRESS:PORT` for each listener once it accepts, and \
             serves until it is interrupted; exchanges that are running then may finish. HTTP \
             requests get X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Port.\n\n\
             HTTPS and SSL listeners end TLS 1.2 and 1.3 with the certificate and key given. After \
             SIGHUP both files are read again: connections that are open keep what they agreed on, \
             new ones get the new certificate. SIGUSR1 lets it tell on standard error what it does with \
             each request that fails and with each check, and another SIGUSR1 ends that.",
        )
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("PROTOCOL:ADDRESS:PORT")
                .required(true)
                .action(ArgAction::Append)
                .value_parser(parse_listener)
                .help("Where to listen, http:127.0.0.1:8080, https:127.0.0.1:8443, ssl:127.0.0.1:993 or tcp:[::1]:0; port 0 is any free port (required) (can be repeated)"),
        )
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("HOST:PORT")
                .required(true)
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(parse_instance)
                .help("The instances, in the order of their turns (required) (can be repeated)"),
        )
        .arg(
            Arg::new("certificate")
                .long("certificate")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .requires("key")
                .help("Certificate of HTTPS and SSL listeners in PEM, followed by its chain"),
        )
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .requires("certificate")
                .help("Private key of the certificate in PEM: PKCS#8, PKCS#1 or SEC 1"),
        )
        .arg(
            Arg::new("security-policy")
                .long("security-policy")
                .value_name("POLICY")
                .value_parser(parse_policy)
                .requires("certificate")
                .help("Negotiate what this predefined policy enables, as ELBSecurityPolicy-2016-08, and the data plane speaks; without it all that is sound, TLS 1.3 included"),
        )
        .arg(
            Arg::new("instance-tls")
                .long("instance-tls")
                .action(ArgAction::SetTrue)
                .help("Speak TLS to the instances; their certificates are not verified unless --instance-key is given"),
        )
        .arg(
            Arg::new("instance-key")
                .long("instance-key")
                .value_name("FILE")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .requires("instance-tls")
                .help("Trust only instances with this public key, a certificate or public key in PEM (can be repeated)"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .value_name("TARGET")
                .value_parser(|text: &str| CheckTarget::parse(text, TargetCase::Insensitive))
                .help("Check the instances every 5 seconds, as HTTP:80/health or TCP:80; what is checked is each instance's own port, whatever the target's"),
        )
        .arg(
            Arg::new("access-log")
                .long("access-log")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Write a line for each request and each TCP session below a directory, in Elastic Load Balancing's format and layout, a new file every 5 minutes"),
        )
        .arg(
            Arg::new("desync-mode")
                .long("desync-mode")
                .value_name("MODE")
                .default_value("defensive")
                .value_parser(["monitor", "defensive", "strictest"])
                .hide_possible_values(true)
                .help("What to do about HTTP requests that are legal but could be understood in two ways: monitor counts them, defensive closes the connections behind them, strictest refuses them and whatever else is not as the standard says"),
        )
        .arg(
            Arg::new("proxy-protocol")
                .long("proxy-protocol")
                .action(ArgAction::SetTrue)
                .help("Begin each connection to an instance with a PROXY line (version 1) that names the client; no connection then carries two clients"),
        )
        .arg(
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(value_parser!(u16).range(THREADS_BOUNDS))
                .help("Number of worker threads; one for each core if absent"),
        )
        .arg(
            Arg::new("idle-timeout")
                .long("idle-timeout")
                .value_name("SECONDS")
                .default_value(IDLE_TIMEOUT_SECONDS)
                .value_parser(value_parser!(u64).range(IDLE_TIMEOUT_BOUNDS))
                .help("Close a connection on which nothing has moved for so long, 1 to 3600"),
        )
}

fn parse_listener(text: &str) -> Result<(Protocol, SocketAddr), String> {
    let form = || format!("'{text}' is not PROTOCOL:ADDRESS:PORT, such as http:127.0.0.1:8080");
    let (protocol, address) = text.split_once(':').ok_or_else(form)?;
    let protocol = Protocol::ALL
        .into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(protocol))
        .ok_or_else(|| format!("'{protocol}' is not one of http, https, ssl, tcp"))?;
    let address = address.parse().map_err(|_| form())?;
    Ok((protocol, address))
}

fn parse_policy(text: &str) -> Result<Negotiation, String> {
    security_policy(text).map(Negotiation::from).ok_or_else(|| {
        let known: Vec<_> = SECURITY_POLICIES.iter().map(|policy| policy.name).collect();
        format!("'{text}' is not one of {}", known.join(", "))
    })
}

/// The files that make up the listeners' TLS, read when the program starts and after SIGHUP.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    negotiation: Option<Negotiation>,
}

impl Files {
    fn of(matches: &ArgMatches) -> Option<Files> {
        Some(Files {
            certificate: matches.get_one::<PathBuf>("certificate")?.clone(),
            key: matches.get_one::<PathBuf>("key")?.clone(),
            negotiation: matches.get_one("security-policy").cloned(),
        })
    }

    /// Reads the files; sessions begun under the settings before may be resumed if the certificate
    /// was renewed.
    fn read(&self, before: Option<&ServerTls>) -> Result<ServerTls, Failure> {
        let terms = ListenerTls {
            identity: Some(Arc::new(Identity {
                certificates: read(&self.certificate)?.into(),
                key: read(&self.key)?.into(),
            })),
            negotiation: self.negotiation.clone(),
        };
        ServerTls::new(&terms, before).map_err(|error| {
            let (certificate, key) = (self.certificate.display(), self.key.display());
            Failure::new(format!(
                "cannot serve TLS with {certificate} and {key}: {error}"
            ))
        })
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

/// How instances are spoken to.
fn instance_tls(matches: &ArgMatches) -> Result<Option<ClientTls>, Failure> {
    if !matches.get_flag("instance-tls") {
        return Ok(None);
    }
    let paths = matches.get_many::<PathBuf>("instance-key");
    let trusted = paths.into_iter().flatten();
    let terms = InstanceTls {
        trusted: trusted
            .map(|path| read(path).map(Arc::from))
            .collect::<Result<_, _>>()?,
    };
    let tls = ClientTls::new(&terms).map_err(|error| Failure::new(error.to_string()))?;
    Ok(Some(tls))
}

fn parse_instance(text: &str) -> Result<SocketAddr, String> {
    text.to_socket_addrs()
        .map_err(|error| format!("'{text}' is not HOST:PORT of a known host: {error}"))?
        .next()
        .ok_or_else(|| format!("'{text}' has no address"))
}

/// Serves until interrupted.
///
/// # Errors
///
/// A listener cannot be bound, or the system has no threads left.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let threads = match matches.get_one::<u16>("threads") {
        Some(threads) => usize::from(*threads),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    raise_open_files();
    let told = say_what_happens();
    // Checks and signals are little work; the traffic has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?;
    // Before the lines that say where it listens: whoever reads them may send a signal.
    let signals = {
        let _inside = runtime.enter();
        Signals::listen()
            .map_err(|error| Failure::new(format!("cannot watch for signals: {error}")))?
    };
    let balancer = Balancer::open(matches, threads)?;
    let check = matches.get_one::<CheckTarget>("check");
    runtime.block_on(balancer.serve(check, signals, &told))
}

/// The signals that mean something here, beside that of the keyboard.
struct Signals {
    terminate: Signal,
    /// Reads the certificate again.
    hangup: Signal,
    /// Tells more, or again less.
    more: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            more: signal(SignalKind::user_defined1())?,
        })
    }
}

struct Balancer {
    workers: Workers,
    listeners: Vec<(ListenerKey, ListenerSpec)>,
    instances: Vec<Target>,
    files: Option<Files>,
}

impl Balancer {
    /// Binds every listener, serves on all of them, and says where.
    fn open(matches: &ArgMatches, threads: usize) -> Result<Balancer, Failure> {
        let instance_tls = instance_tls(matches)?;
        let instances: Vec<Target> = matches
            .get_many::<SocketAddr>("to")
            .expect("instances are required")
            .map(|address| Target {
                instance: InstanceId::new(address.to_string()),
                address: *address,
                tls: instance_tls.clone(),
            })
            .collect();
        let idle_timeout: u64 = *matches
            .get_one("idle-timeout")
            .expect("the idle timeout has a default");
        let desync_mode = matches.get_one::<String>("desync-mode");
        let desync_mode = desync_mode.map(String::as_str);
        let behaviour = Behaviour {
            forwarded_proto_and_port: true,
            reuse_instance_connections: true,
            unavailable_page: false,
            first_pass_suffices: true,
            idle_timeout: Duration::from_secs(idle_timeout),
            connect_timeout: CONNECT_TIMEOUT,
            desync_mode: DesyncMode::ALL
                .into_iter()
                .find(|mode| Some(mode.as_str()) == desync_mode)
                .unwrap_or_default(),
            departure: Departure::Finish,
            choice: Choice::RoundRobin,
        };
        let access_log = matches.get_one::<PathBuf>("access-log");
        if let Some(directory) = access_log {
            access_log::prepare(directory).map_err(|error| {
                let directory = directory.display();
                Failure::new(format!(
                    "cannot write the access log below {directory}: {error}"
                ))
            })?;
        }
        let wanted = matches
            .get_many::<(Protocol, SocketAddr)>("listen")
            .expect("a listener is required");
        let files = Files::of(matches);
        let tls = files.as_ref().map(|files| files.read(None)).transpose()?;
        let mut bound = Vec::new();
        for (protocol, address) in wanted {
            if protocol.is_tls() && tls.is_none() {
                return Err(Failure::usage(format!(
                    "a listener for {} needs --certificate and --key",
                    protocol.as_str().to_ascii_lowercase()
                )));
            }
            let socket = socket::listen(*address).map_err(|error| {
                Failure::new(format!("{error}; choose another address with --listen"))
            })?;
            bound.push((*protocol, socket));
        }
        let cannot = |error| Failure::new(format!("cannot start the workers: {error}"));
        let mut balancer = Balancer {
            workers: Workers::start(threads, Limits::default()).map_err(cannot)?,
            listeners: Vec::new(),
            instances,
            files,
        };
        for (index, (protocol, socket)) in bound.into_iter().enumerate() {
            let address = socket.local_addr().map_err(cannot)?;
            let key = ListenerKey {
                // Listeners on several addresses may have the same port.
                servo: ServoId::new(format!("proxy-{index}")),
                port: address.port(),
            };
            let spec = ListenerSpec {
                carriage: if protocol.is_http() {
                    Carriage::Http
                } else {
                    Carriage::Tcp
                },
                port: address.port(),
                in_service: balancer.instances.clone(),
                out_of_service: Vec::new(),
                behaviour: behaviour.clone(),
                balancer: BalancerLabel {
                    account: "-".into(),
                    name: "proxy".into(),
                },
                zone: ZoneName::new("-"),
                tls: tls.clone().filter(|_| protocol.is_tls()),
                access_log: access_log.map(|bucket| logging(bucket, address)),
                sticky: None,
                proxy_protocol: matches.get_flag("proxy-protocol"),
            };
            balancer
                .workers
                .open(key.clone(), socket, Arc::new(spec.clone()))
                .map_err(cannot)?;
            balancer.listeners.push((key, spec));
            let name = protocol.as_str().to_ascii_lowercase();
            report::print(&format!("listening {name} {address}\n"))?;
        }
        Ok(balancer)
    }

    /// Follows the checks until a signal to stop; then lets running exchanges finish, unless a
    /// second signal comes.
    async fn serve(
        mut self,
        check: Option<&CheckTarget>,
        signals: Signals,
        told: &Told,
    ) -> Result<(), Failure> {
        let cannot = |error| Failure::new(format!("cannot watch for signals: {error}"));
        let Signals {
            mut terminate,
            mut hangup,
            mut more,
        } = signals;
        let mut everything = false;
        let mut reports = check.map(|target| self.check(target));
        let mut out = BTreeSet::new();
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = hangup.recv() => {
                    self.renew();
                    self.update(&out);
                }
                _ = more.recv() => {
                    everything = !everything;
                    let level = if everything { "debug" } else { "as at the start" };
                    // There is no log where another subscriber was there before, in a test.
                    if told.reload(lines(everything)).is_ok() {
                        report::note(&format!("log level: {level}"));
                    }
                }
                result = tokio::signal::ctrl_c() => {
                    result.map_err(cannot)?;
                    break;
                }
                Some(report) = next(&mut reports) => {
                    if !report.changed {
                        continue;
                    }
                    let (known, state) = match report.verdict {
                        Verdict::InService => (out.remove(&report.instance), "InService"),
                        Verdict::OutOfService => (out.insert(report.instance.clone()), "OutOfService"),
                    };
                    if known {
                        report::note(&format!("{} is {state}: {}", report.instance, report.checked));
                    }
                    self.update(&out);
                }
            }
        }
        tokio::select! {
            () = self.workers.shutdown(DRAIN) => {}
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        Ok(())
    }

    /// Starts to check every instance. They serve until there is a verdict.
    fn check(&self, target: &CheckTarget) -> mpsc::Receiver<checker::Report> {
        let (reports, received) = mpsc::channel(REPORTS);
        for instance in &self.instances {
            let check = Check {
                servo: ServoId::new("proxy"),
                instance: instance.instance.clone(),
                address: instance.address,
                health_check: HealthCheck {
                    target: target.clone(),
                    interval_seconds: CHECK_INTERVAL_SECONDS,
                    timeout_seconds: CHECK_TIMEOUT_SECONDS,
                    thresholds: CHECK_THRESHOLDS,
                },
                first_pass_suffices: true,
            };
            // Ends with the process: it checks for as long as anybody wants to know.
            tokio::spawn(checker::check(
                check,
                0,
                Tracker::resuming(Some(Verdict::InService)),
                Clock::real(),
                checker::network(),
                reports.clone(),
                CheckLog::default(),
            ));
        }
        received
    }

    /// Reads the certificate again; what cannot be read leaves the one in use in force.
    fn renew(&mut self) {
        let Some(files) = &self.files else {
            return;
        };
        let mut specs = self.listeners.iter_mut().map(|(_, spec)| spec);
        let before = specs.find_map(|spec| spec.tls.clone());
        match files.read(before.as_ref()) {
            Ok(tls) => {
                for (_, spec) in &mut self.listeners {
                    if spec.tls.is_some() {
                        spec.tls = Some(tls.clone());
                    }
                }
                report::note("the certificate was read again");
            }
            Err(failure) => report::note(&format!("the certificate stays: {failure}")),
        }
    }

    fn update(&self, out: &BTreeSet<InstanceId>) {
        for (key, spec) in &self.listeners {
            let mut spec = spec.clone();
            spec.in_service
                .retain(|target| !out.contains(&target.instance));
            self.workers.update(key, &Arc::new(spec));
        }
    }
}

/// Where a listener's requests and sessions are logged.
fn logging(bucket: &Path, address: SocketAddr) -> Logging {
    Logging {
        destination: Arc::new(Destination {
            bucket: bucket.to_owned(),
            prefix: String::new(),
            region: LOG_REGION.to_owned(),
            balancer: BalancerLabel {
                account: LOG_ACCOUNT.into(),
                name: "proxy".into(),
            },
            address: address.ip(),
            interval: LOG_INTERVAL,
        }),
        form: LogForm::Amazon,
    }
}

async fn next(reports: &mut Option<mpsc::Receiver<checker::Report>>) -> Option<checker::Report> {
    reports.as_mut()?.recv().await
}

/// What standard error tells of, which can be changed.
type Told = reload::Handle<Targets, Registry>;

/// Lost lines of the access log and suspicious requests, one in a second; nobody would know of them
/// otherwise. Or everything that the data plane has to say.
fn lines(everything: bool) -> Targets {
    let told = Targets::new()
        .with_target("access-log", LevelFilter::WARN)
        .with_target("desync", LevelFilter::INFO);
    match everything {
        true => told
            .with_target("eulb::proxy", LevelFilter::DEBUG)
            .with_target("health", LevelFilter::DEBUG),
        false => told,
    }
}

/// Lets standard error tell what happens.
fn say_what_happens() -> Told {
    let (filter, told) = reload::Layer::new(lines(false));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_filter(filter);
    // A second start in one process keeps the first; there is nothing to tell anyone.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    told
}

/// Raises the limit of open files as far as this user may: each HTTP connection needs one or two. A
/// refusal is not an error: what is possible is served.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_a_protocol_and_an_address() {
        let cases = [
            ("http:127.0.0.1:80", Some((Protocol::Http, "127.0.0.1:80"))),
            ("TCP:[::1]:0", Some((Protocol::Tcp, "[::1]:0"))),
            (
                "https:127.0.0.1:443",
                Some((Protocol::Https, "127.0.0.1:443")),
            ),
            ("ssl:[::1]:993", Some((Protocol::Ssl, "[::1]:993"))),
            ("udp:127.0.0.1:53", None),
            ("http:80", None),
            ("127.0.0.1:80", None),
            ("http:localhost:80", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(protocol, address)| (protocol, address.parse().unwrap()));
            assert_eq!(parse_listener(text).ok(), expected, "{text}");
        }
    }
}
