//! The metrics of the cloud as Prometheus reads them: `GET /metrics`, answered on loopback only.
//!
//! [`METRICS`] names every one; `docs/metrics.md`, the dashboard and the lint of the tests are held
//! against it. Labels are numbers of accounts, names of load balancers and zones, and ports: nothing
//! a client of a load balancer sends becomes a label. A cloud with very many listeners tells the first
//! [`LISTENERS`] apart and adds the others up under the name `(others)`.

use super::Shared;
use crate::model::balancer::RegistrationState;
use crate::model::traffic::{Counts, Histogram};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

pub use prometheus_text::CONTENT_TYPE;

/// Listeners, by account, load balancer, zone and port, that are told apart.
const LISTENERS: usize = 1_000;
/// The name under which the others are added up.
const OTHERS: &str = "(others)";

/// The bounds of the latency histogram's buckets, in milliseconds.
const LATENCY_BOUNDS: [u64; 14] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000,
];

/// One metric: its name as it is written, and what it counts.
pub struct Metric {
    pub name: &'static str,
    kind: MetricType,
    pub help: &'static str,
}

const fn metric(name: &'static str, kind: MetricType, help: &'static str) -> Metric {
    Metric { name, kind, help }
}

/// Every metric, in the order they are written. A counter's name ends in `_total`.
pub const METRICS: [Metric; 19] = [
    metric(
        "eulb_build_info",
        MetricType::Gauge,
        "Always 1; the labels are the version and the emulated release",
    ),
    metric(
        "eulb_start_time_seconds",
        MetricType::Gauge,
        "When the cloud was started, in seconds since the epoch",
    ),
    metric(
        "eulb_revision",
        MetricType::Gauge,
        "Newest published revision of what must be serving",
    ),
    metric(
        "eulb_applied_revision",
        MetricType::Gauge,
        "Newest revision that the data plane has in force",
    ),
    metric("eulb_servos", MetricType::Gauge, "Servos by state"),
    metric(
        "eulb_registered_instances",
        MetricType::Gauge,
        "Registered instances by load balancer, zone and state",
    ),
    metric(
        "eulb_connections_total",
        MetricType::Counter,
        "Client connections accepted",
    ),
    metric(
        "eulb_open_connections",
        MetricType::Gauge,
        "Client connections that are open",
    ),
    metric(
        "eulb_requests_total",
        MetricType::Counter,
        "Requests and TCP sessions",
    ),
    metric(
        "eulb_responses_total",
        MetricType::Counter,
        "Answers by class of status, and by whether an instance or the load balancer made them",
    ),
    metric(
        "eulb_latency_seconds",
        MetricType::Histogram,
        "Time from sending a request to an instance to the first byte of its answer; of TCP sessions, to connect",
    ),
    metric(
        "eulb_received_bytes_total",
        MetricType::Counter,
        "Bytes read from clients",
    ),
    metric(
        "eulb_sent_bytes_total",
        MetricType::Counter,
        "Bytes sent to clients",
    ),
    metric(
        "eulb_instance_requests_total",
        MetricType::Counter,
        "Requests that an instance answered, and TCP sessions it took",
    ),
    metric(
        "eulb_instance_errors_total",
        MetricType::Counter,
        "Answers of 5xx, unusable answers, and connections that could not be opened, by instance",
    ),
    metric(
        "eulb_instance_connections_total",
        MetricType::Counter,
        "Connections to instances opened",
    ),
    metric(
        "eulb_instance_connection_errors_total",
        MetricType::Counter,
        "Connections to instances that could not be opened",
    ),
    metric(
        "eulb_spillover_total",
        MetricType::Counter,
        "Clients and requests turned away because there was no room",
    ),
    metric(
        "eulb_panics_total",
        MetricType::Counter,
        "Connections lost to a mistake of the program",
    ),
];

/// Account, load balancer, zone, port.
type Place = (String, String, String, String);

#[derive(Debug, Default)]
struct Listener {
    counts: Counts,
    latency: Histogram,
    open_connections: u64,
    /// Requests and errors by instance.
    instances: BTreeMap<String, (u64, u64)>,
}

/// Everything at the moment of a scrape.
#[derive(Debug)]
struct Scrape {
    version: &'static str,
    release: String,
    started_seconds: f64,
    revision: u64,
    applied: u64,
    /// By state.
    servos: BTreeMap<&'static str, u64>,
    /// By account, load balancer, zone, state.
    registered: BTreeMap<(String, String, String, &'static str), u64>,
    listeners: BTreeMap<Place, Listener>,
}

/// The text of a scrape.
pub fn text(shared: &Shared) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(scrape(shared)));
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

fn scrape(shared: &Shared) -> Scrape {
    let snapshot = shared.registry.snapshot();
    let mut scrape = Scrape {
        version: env!("CARGO_PKG_VERSION"),
        release: shared.config.release.to_string(),
        started_seconds: shared.started.0 as f64 / 1000.0,
        revision: snapshot.revision,
        applied: snapshot.reports.applied,
        servos: BTreeMap::new(),
        registered: BTreeMap::new(),
        listeners: BTreeMap::new(),
    };
    let mut zones = BTreeMap::new();
    for balancer in snapshot.state.balancers.values() {
        for (id, place) in &balancer.servos {
            let report = snapshot.reports.servos.get(id).cloned().unwrap_or_default();
            *scrape.servos.entry(report.state()).or_default() += 1;
            zones.insert(id.clone(), place.zone.to_string());
        }
        if scrape.registered.len() >= LISTENERS {
            continue;
        }
        for registration in balancer.instances.values() {
            let state = match registration.state {
                RegistrationState::InService => "InService",
                RegistrationState::OutOfService => "OutOfService",
                RegistrationState::Error => "Error",
            };
            let key = (
                balancer.account.to_string(),
                balancer.name.to_string(),
                registration.zone.to_string(),
                state,
            );
            *scrape.registered.entry(key).or_default() += 1;
        }
    }
    for listener in shared.traffic() {
        // Those that are closed would stand beside their successors under the same name.
        if listener.closed {
            continue;
        }
        let zone = zones.get(&listener.servo).cloned().unwrap_or_default();
        let mut place = (
            listener.balancer.account.to_string(),
            listener.balancer.name.to_string(),
            zone,
            listener.port.to_string(),
        );
        if scrape.listeners.len() >= LISTENERS && !scrape.listeners.contains_key(&place) {
            place = (
                String::new(),
                OTHERS.to_owned(),
                String::new(),
                String::new(),
            );
        }
        let is_other = place.1 == OTHERS;
        let known = scrape.listeners.entry(place).or_default();
        known.counts += listener.counts;
        known.latency += &listener.latency;
        known.open_connections += listener.open_connections();
        for instance in listener.instances.iter().filter(|_| !is_other) {
            let id = instance.instance.to_string();
            let (requests, errors) = known.instances.entry(id).or_default();
            *requests += instance.requests;
            *errors += instance.errors;
        }
    }
    scrape
}

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for metric in &METRICS {
            // The library adds the ending of a counter itself.
            let name = metric.name.trim_end_matches("_total");
            let encoder = encoder.encode_descriptor(name, metric.help, None, metric.kind)?;
            self.encode_metric(metric.name, encoder)?;
        }
        Ok(())
    }
}

impl Scrape {
    fn encode_metric(&self, name: &str, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        match name {
            "eulb_build_info" => {
                let labels = [("version", self.version), ("release", &*self.release)];
                encoder.encode_family(&labels)?.encode_gauge(&1_u64)
            }
            "eulb_start_time_seconds" => encoder.encode_gauge(&self.started_seconds),
            "eulb_revision" => encoder.encode_gauge(&self.revision),
            "eulb_applied_revision" => encoder.encode_gauge(&self.applied),
            "eulb_servos" => {
                for state in ["Pending", "InService", "Error"] {
                    let count = self.servos.get(state).copied().unwrap_or_default();
                    encoder
                        .encode_family(&[("state", state)])?
                        .encode_gauge(&count)?;
                }
                Ok(())
            }
            "eulb_registered_instances" => {
                for ((account, balancer, zone, state), count) in &self.registered {
                    let labels = [
                        ("account", account.as_str()),
                        ("balancer", balancer),
                        ("zone", zone),
                        ("state", state),
                    ];
                    encoder.encode_family(&labels)?.encode_gauge(count)?;
                }
                Ok(())
            }
            _ => {
                for (place, listener) in &self.listeners {
                    listener.encode(name, place, &mut encoder)?;
                }
                Ok(())
            }
        }
    }
}

impl Listener {
    fn encode(&self, name: &str, place: &Place, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        let (account, balancer, zone, port) = place;
        let labels = [
            ("account", account.as_str()),
            ("balancer", balancer),
            ("zone", zone),
            ("port", port),
        ];
        let with = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            let all = labels.iter().chain(more);
            all.map(|(name, value)| (*name, (*value).to_owned()))
                .collect()
        };
        let counts = &self.counts;
        let count = match name {
            "eulb_open_connections" => {
                return encoder
                    .encode_family(&labels)?
                    .encode_gauge(&self.open_connections);
            }
            "eulb_responses_total" => {
                for (made_by, class, count) in [
                    ("instance", "2xx", counts.instance_2xx),
                    ("instance", "3xx", counts.instance_3xx),
                    ("instance", "4xx", counts.instance_4xx),
                    ("instance", "5xx", counts.instance_5xx),
                    ("balancer", "4xx", counts.own_4xx),
                    ("balancer", "5xx", counts.own_5xx),
                ] {
                    let labels = with(&[("made_by", made_by), ("class", class)]);
                    let mut encoder = encoder.encode_family(&labels)?;
                    encoder.encode_counter::<NoLabelSet, _, u64>(&count, None)?;
                }
                return Ok(());
            }
            "eulb_instance_requests_total" | "eulb_instance_errors_total" => {
                for (id, (requests, errors)) in &self.instances {
                    let labels = with(&[("instance", id)]);
                    let count = if name.contains("errors") {
                        errors
                    } else {
                        requests
                    };
                    let mut encoder = encoder.encode_family(&labels)?;
                    encoder.encode_counter::<NoLabelSet, _, u64>(count, None)?;
                }
                return Ok(());
            }
            "eulb_latency_seconds" => {
                let sum = counts.latency_microseconds as f64 / 1e6;
                let (count, buckets) = self.buckets();
                let mut encoder = encoder.encode_family(&labels)?;
                return encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None);
            }
            "eulb_connections_total" => counts.connections,
            "eulb_requests_total" => counts.requests,
            "eulb_received_bytes_total" => counts.received_bytes,
            "eulb_sent_bytes_total" => counts.sent_bytes,
            "eulb_instance_connections_total" => counts.instance_connections,
            "eulb_instance_connection_errors_total" => counts.instance_connection_errors,
            "eulb_spillover_total" => counts.spillover,
            "eulb_panics_total" => counts.panics,
            _ => return Err(fmt::Error),
        };
        let mut encoder = encoder.encode_family(&labels)?;
        encoder.encode_counter::<NoLabelSet, _, u64>(&count, None)
    }

    /// How many latencies there are, and how many in each bucket, by its bound in seconds.
    fn buckets(&self) -> (u64, Vec<(f64, u64)>) {
        let count = self.latency.count();
        let mut below = 0;
        let mut buckets: Vec<(f64, u64)> = LATENCY_BOUNDS
            .iter()
            .map(|bound| {
                let bound = Duration::from_millis(*bound);
                let at_most = self.latency.at_most(bound);
                let own = at_most - below;
                below = at_most;
                (bound.as_secs_f64(), own)
            })
            .collect();
        buckets.push((f64::INFINITY, count - below));
        (count, buckets)
    }
}
