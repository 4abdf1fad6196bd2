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
use crate::model::placement::ServoId;
use crate::model::plane::{BalancerLabel, Behaviour, Choice, Departure};
use crate::proxy::listener::{Carriage, ListenerKey, ListenerSpec, Target};
use crate::proxy::supervisor::checker::{self, Check};
use crate::proxy::supervisor::checks::CheckLog;
use crate::proxy::worker::{Limits, Workers};
use crate::socket;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use std::collections::BTreeSet;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

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

/// More threads than any machine this is meant for has cores.
const THREADS_BOUNDS: std::ops::RangeInclusive<i64> = 1..=256;

/// Verdicts that wait to be acted on.
const REPORTS: usize = 64;

/// The options of `eulb proxy`.
pub fn describe() -> clap::Command {
    clap::Command::new("proxy")
        .about("Balance HTTP or TCP traffic in the foreground, without a controller")
        .long_about(
            "Balance HTTP or TCP traffic in the foreground, without a controller\n\n\
             Prints a line `listening PROTOCOL ADDRESS:PORT` for each listener once it accepts, and \
             serves until it is interrupted; exchanges that are running then may finish. HTTP \
             requests get X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Port.",
        )
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("PROTOCOL:ADDRESS:PORT")
                .required(true)
                .action(ArgAction::Append)
                .value_parser(parse_listener)
                .help("Where to listen, http:127.0.0.1:8080 or tcp:[::1]:0; port 0 is any free port (required) (can be repeated)"),
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
            Arg::new("check")
                .long("check")
                .value_name("TARGET")
                .value_parser(|text: &str| CheckTarget::parse(text, TargetCase::Insensitive))
                .help("Check the instances every 5 seconds, as HTTP:80/health or TCP:80; what is checked is each instance's own port, whatever the target's"),
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

fn parse_listener(text: &str) -> Result<(Carriage, SocketAddr), String> {
    let form = || format!("'{text}' is not PROTOCOL:ADDRESS:PORT, such as http:127.0.0.1:8080");
    let (protocol, address) = text.split_once(':').ok_or_else(form)?;
    let carriage = [Carriage::Http, Carriage::Tcp]
        .into_iter()
        .find(|carriage| carriage.as_str().eq_ignore_ascii_case(protocol))
        .ok_or_else(|| format!("'{protocol}' is not one of http, tcp"))?;
    let address = address.parse().map_err(|_| form())?;
    Ok((carriage, address))
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
    let balancer = Balancer::open(matches, threads)?;
    // Checks and signals are little work; the traffic has threads of its own.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?
        .block_on(balancer.serve(matches.get_one::<CheckTarget>("check")))
}

struct Balancer {
    workers: Workers,
    listeners: Vec<(ListenerKey, ListenerSpec)>,
    instances: Vec<Target>,
}

impl Balancer {
    /// Binds every listener, serves on all of them, and says where.
    fn open(matches: &ArgMatches, threads: usize) -> Result<Balancer, Failure> {
        let instances: Vec<Target> = matches
            .get_many::<SocketAddr>("to")
            .expect("instances are required")
            .map(|address| Target {
                instance: InstanceId::new(address.to_string()),
                address: *address,
            })
            .collect();
        let idle_timeout: u64 = *matches
            .get_one("idle-timeout")
            .expect("the idle timeout has a default");
        let behaviour = Behaviour {
            forwarded_proto_and_port: true,
            reuse_instance_connections: true,
            unavailable_page: false,
            first_pass_suffices: true,
            idle_timeout: Duration::from_secs(idle_timeout),
            connect_timeout: CONNECT_TIMEOUT,
            desync_mode: DesyncMode::default(),
            departure: Departure::Finish,
            choice: Choice::RoundRobin,
        };
        let wanted = matches
            .get_many::<(Carriage, SocketAddr)>("listen")
            .expect("a listener is required");
        let mut bound = Vec::new();
        for (carriage, address) in wanted {
            let socket = socket::listen(*address).map_err(|error| {
                Failure::new(format!("{error}; choose another address with --listen"))
            })?;
            bound.push((*carriage, socket));
        }
        let cannot = |error| Failure::new(format!("cannot start the workers: {error}"));
        let mut balancer = Balancer {
            workers: Workers::start(threads, Limits::default()).map_err(cannot)?,
            listeners: Vec::new(),
            instances,
        };
        for (index, (carriage, socket)) in bound.into_iter().enumerate() {
            let address = socket.local_addr().map_err(cannot)?;
            let key = ListenerKey {
                // Listeners on several addresses may have the same port.
                servo: ServoId::new(format!("proxy-{index}")),
                port: address.port(),
            };
            let spec = ListenerSpec {
                carriage,
                port: address.port(),
                in_service: balancer.instances.clone(),
                out_of_service: Vec::new(),
                behaviour: behaviour.clone(),
                balancer: BalancerLabel {
                    account: "-".into(),
                    name: "proxy".into(),
                },
            };
            balancer
                .workers
                .open(key.clone(), socket, Arc::new(spec.clone()))
                .map_err(cannot)?;
            balancer.listeners.push((key, spec));
            report::print(&format!("listening {} {address}\n", carriage.as_str()))?;
        }
        Ok(balancer)
    }

    /// Follows the checks until a signal to stop; then lets running exchanges finish, unless a
    /// second signal comes.
    async fn serve(self, check: Option<&CheckTarget>) -> Result<(), Failure> {
        let cannot = |error| Failure::new(format!("cannot watch for signals: {error}"));
        let kinds = tokio::signal::unix::SignalKind::terminate();
        let mut terminate = tokio::signal::unix::signal(kinds).map_err(cannot)?;
        let mut reports = check.map(|target| self.check(target));
        let mut out = BTreeSet::new();
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
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

    fn update(&self, out: &BTreeSet<InstanceId>) {
        for (key, spec) in &self.listeners {
            let mut spec = spec.clone();
            spec.in_service
                .retain(|target| !out.contains(&target.instance));
            self.workers.update(key, &Arc::new(spec));
        }
    }
}

async fn next(reports: &mut Option<mpsc::Receiver<checker::Report>>) -> Option<checker::Report> {
    reports.as_mut()?.recv().await
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
            ("http:127.0.0.1:80", Some((Carriage::Http, "127.0.0.1:80"))),
            ("TCP:[::1]:0", Some((Carriage::Tcp, "[::1]:0"))),
            ("https:127.0.0.1:443", None),
            ("http:80", None),
            ("127.0.0.1:80", None),
            ("http:localhost:80", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(carriage, address)| (carriage, address.parse().unwrap()));
            assert_eq!(parse_listener(text).ok(), expected, "{text}");
        }
    }
}
