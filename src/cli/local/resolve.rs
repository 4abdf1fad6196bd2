//! `eulb resolve`: where a load balancer of the local cloud can be reached.

use super::super::exit::Failure;
use super::super::report;
use super::{Place, one_balancer, parse};
use crate::wire::local::{BalancerStatus, ListenerStatus, ServoStatus};
use clap::{CommandFactory, Parser};
use std::net::SocketAddr;

/// Print the URLs of a load balancer of the local cloud
///
/// One line for each listener of each servo: what its DNS name and port lead to.
/// A listener that is not bound is told on standard error instead, with the reason, and so is a servo that is not in service, whose address the DNS name therefore does not have.
#[derive(Debug, Parser)]
#[command(name = "resolve")]
struct Resolve {
    #[command(flatten)]
    place: Place,
    /// Name or DNS name of the load balancer (required)
    #[arg(value_name = "ELB")]
    balancer: String,
    /// Account of the load balancer, by number, if several have one of the name
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print only the URLs of the listener on this port
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Print the addresses of the DNS name instead: those of the servos in service
    #[arg(long, conflicts_with = "port")]
    addresses: bool,
}

/// The options of `eulb resolve`.
pub fn describe() -> clap::Command {
    Resolve::command()
}

/// Prints the URLs of a load balancer.
///
/// # Errors
///
/// The cloud does not run, there is no such load balancer, or none of its listeners is bound.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let resolve: Resolve = parse(matches)?;
    let status = resolve.place.status()?;
    let balancer = one_balancer(&status, &resolve.balancer, resolve.account.as_deref())?;
    let missing = missing_addresses(balancer);
    for line in &missing {
        report::note(&format!("eulb resolve: {line}"));
    }
    if resolve.addresses {
        let lines: String = servos_in_service(balancer)
            .map(|servo| format!("{}\n", servo.address))
            .collect();
        if lines.is_empty() {
            return Err(Failure::new(format!(
                "'{}' has no address: no servo is in service",
                balancer.dns_name
            )));
        }
        return report::print(&lines);
    }
    let (urls, failures) = urls(balancer, resolve.port);
    for failure in &failures {
        report::note(&format!("eulb resolve: {failure}"));
    }
    if urls.is_empty() {
        let reason = match (balancer.servos.is_empty(), failures.is_empty()) {
            (true, _) => "it is in no zone, so that nothing carries it",
            (false, true) => "it has no such listener",
            (false, false) => "none of its listeners is bound",
        };
        return Err(Failure::new(format!(
            "'{}' cannot be reached: {reason}",
            balancer.name
        )));
    }
    report::print(
        &urls
            .iter()
            .map(|url| format!("{url}\n"))
            .collect::<String>(),
    )
}

fn servos_in_service(balancer: &BalancerStatus) -> impl Iterator<Item = &ServoStatus> {
    let servos = balancer.servos.iter();
    servos.filter(|servo| servo.state == "InService")
}

/// A line for each servo whose address the DNS name does not have.
fn missing_addresses(balancer: &BalancerStatus) -> Vec<String> {
    let servos = balancer.servos.iter();
    let missing = servos.filter(|servo| servo.state != "InService");
    missing
        .map(|servo| {
            format!(
                "{} does not have {}: servo {} is {}",
                balancer.dns_name, servo.address, servo.id, servo.state
            )
        })
        .collect()
}

/// The URLs of the listeners that are bound, and a line for each that is not.
fn urls(balancer: &BalancerStatus, port: Option<u16>) -> (Vec<String>, Vec<String>) {
    let (mut urls, mut failures) = (Vec::new(), Vec::new());
    let listeners = balancer.servos.iter().flat_map(|servo| &servo.listeners);
    for listener in listeners.filter(|listener| port.is_none_or(|port| listener.port == port)) {
        let url = url(listener);
        match &listener.error {
            None => urls.push(url),
            Some(error) => failures.push(format!("{url} is not bound: {error}")),
        }
    }
    (urls, failures)
}

fn url(listener: &ListenerStatus) -> String {
    let scheme = listener.protocol.to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    let place = if usual == Some(listener.bound.port()) {
        match listener.bound {
            SocketAddr::V4(bound) => bound.ip().to_string(),
            SocketAddr::V6(bound) => format!("[{}]", bound.ip()),
        }
    } else {
        listener.bound.to_string()
    };
    match usual {
        Some(_) => format!("{scheme}://{place}/"),
        None => format!("{scheme}://{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::balancer;
    use super::*;
    use crate::wire::local::ServoStatus;

    fn listener(protocol: &str, port: u16, bound: &str, error: Option<&str>) -> ListenerStatus {
        ListenerStatus {
            protocol: protocol.to_owned(),
            port,
            bound: bound.parse().unwrap(),
            error: error.map(str::to_owned),
        }
    }

    #[test]
    fn each_listener_of_each_servo_has_a_url() {
        let servo = |listeners| ServoStatus {
            id: "i-5EB0A1B2".to_owned(),
            zone: "PARTI00".to_owned(),
            address: "127.101.0.1".parse().unwrap(),
            state: "InService".to_owned(),
            reason: None,
            listeners,
        };
        let balancer = BalancerStatus {
            servos: vec![
                servo(vec![
                    listener("HTTP", 80, "127.101.0.1:80", None),
                    listener("TCP", 22, "127.101.0.1:22", Some("taken")),
                ]),
                servo(vec![
                    listener("HTTP", 80, "127.101.0.2:8080", None),
                    listener("TCP", 22, "[::1]:22", None),
                ]),
            ],
            ..balancer("1", "web")
        };
        assert_eq!(missing_addresses(&balancer), [""; 0]);
        let mut failed = balancer.clone();
        failed.servos[0].state = "Error".to_owned();
        assert_eq!(
            missing_addresses(&failed),
            ["web-1.lb.localhost does not have 127.101.0.1: servo i-5EB0A1B2 is Error"]
        );
        assert_eq!(servos_in_service(&failed).count(), 1);
        let (all, failures) = urls(&balancer, None);
        assert_eq!(
            all,
            [
                "http://127.101.0.1/",
                "http://127.101.0.2:8080/",
                "tcp://[::1]:22"
            ]
        );
        assert_eq!(failures, ["tcp://127.101.0.1:22 is not bound: taken"]);
        let (one, failures) = urls(&balancer, Some(80));
        assert_eq!(one, ["http://127.101.0.1/", "http://127.101.0.2:8080/"]);
        assert_eq!(failures, [""; 0]);
    }
}
