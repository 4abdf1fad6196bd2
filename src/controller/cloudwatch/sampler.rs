//! The metrics of load balancers: what Eucalyptus' servos pushed, and AWS' nodes report.
//!
//! Counters are read every ten seconds, as the servos pushed theirs; every sixty, what was counted
//! since is put as metrics of the load balancer's owner, under its name and zone. Both intervals are
//! of the cloud's clock; the minute they are put under is the real one.
//!
//! Which metrics there are, and in what form, depends on the release (facts of Eucalyptus 3.3.0:
//! `LoadBalancerCwatchMetrics`; of Amazon: the list of CloudWatch metrics for Classic Load Balancers).
//! One defect of 3.3.0 is not reproduced: its Latency was divided by the requests twice.

use super::store::{Point, SeriesKey};
use crate::controller::state::State;
use crate::model::account::AccountId;
use crate::model::balancer::{BalancerKey, BalancerName, RegistrationState};
use crate::model::placement::ZoneName;
use crate::model::traffic::{Counts, Histogram, ListenerTraffic};
use crate::wire::release::{Feature, Release};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often counters are read. Source: servo 1.0.0, CWATCH_REPORT_PERIOD_SEC.
pub const SAMPLE: Duration = Duration::from_secs(10);
/// Samples between two reports: a minute. Source: Eucalyptus 3.3.0, LoadBalancerCwatchMetrics.
pub const SAMPLES_OF_A_REPORT: u32 = 6;

pub const NAMESPACE: &str = "AWS/ELB";
pub const BALANCER: &str = "LoadBalancerName";
pub const ZONE: &str = "AvailabilityZone";

/// A load balancer in one zone.
type Place = (BalancerKey, ZoneName);

/// What was counted of a place since the last report.
#[derive(Debug, Default)]
struct Tally {
    counts: Counts,
    latency: Histogram,
    http: bool,
    /// The longest the surge queue was seen to be.
    surge_queue: u64,
}

/// Remembers what was read last.
#[derive(Debug, Default)]
pub struct Sampler {
    /// By the listener's opening: what it had counted, and where it belongs.
    read: BTreeMap<u64, (Counts, Histogram)>,
    tallies: BTreeMap<Place, Tally>,
}

impl Sampler {
    /// Takes a reading of every listener.
    pub fn sample(&mut self, traffic: &[ListenerTraffic]) {
        let mut read = BTreeMap::new();
        for listener in traffic {
            let before = self.read.get(&listener.opening);
            let (counts, latency) = match before {
                Some((counts, latency)) => (
                    listener.counts.since(counts),
                    listener.latency.since(latency),
                ),
                None => (listener.counts, listener.latency.clone()),
            };
            read.insert(
                listener.opening,
                (listener.counts, listener.latency.clone()),
            );
            // The listener says whose it was: the load balancer may be gone by now.
            let key = BalancerKey {
                account: AccountId::new(listener.balancer.account.clone()),
                name: BalancerName::new(listener.balancer.name.clone()),
            };
            let tally = self.tallies.entry((key, listener.zone.clone()));
            let tally = tally.or_default();
            tally.counts += counts;
            tally.latency += &latency;
            tally.http |= listener.http;
            tally.surge_queue = tally.surge_queue.max(listener.surge_queue);
        }
        self.read = read;
    }

    /// What is to be reported, and begins anew.
    pub fn report(&mut self, state: &State, release: Release) -> Vec<(SeriesKey, Point)> {
        let mut points = Vec::new();
        for (place, tally) in std::mem::take(&mut self.tallies) {
            let mut put = |metric: &str, unit: &str, point: Point| {
                points.push((series(&place, metric, unit), point));
            };
            traffic_points(&tally, release, &mut put);
        }
        host_points(state, release, &mut points);
        points
    }
}

fn series((key, zone): &Place, metric: &str, unit: &str) -> SeriesKey {
    SeriesKey {
        account: key.account.clone(),
        namespace: NAMESPACE.into(),
        metric: metric.into(),
        dimensions: vec![
            (ZONE.into(), zone.as_str().into()),
            (BALANCER.into(), key.name.shared()),
        ],
        unit: unit.into(),
    }
}

/// A number of events as a set of values that are all one: the form of both services, but that
/// Eucalyptus' extremes of HTTP codes are zero.
fn events(count: u64, extreme: f64) -> Point {
    let count = count as f64;
    Point::set(count, count, extreme, extreme)
}

fn traffic_points(tally: &Tally, release: Release, put: &mut impl FnMut(&str, &str, Point)) {
    let counts = &tally.counts;
    if let Some(mut point) = latency(counts, &tally.latency, release) {
        point.spread.clone_from(&tally.latency);
        put("Latency", "Seconds", point);
    }
    if counts.requests > 0 {
        put("RequestCount", "Count", events(counts.requests, 1.0));
    }
    let extreme = if release.has(Feature::MetricExtremes) {
        1.0
    } else {
        0.0
    };
    let codes = [
        ("HTTPCode_ELB_4XX", counts.own_4xx),
        ("HTTPCode_ELB_5XX", counts.own_5xx),
        ("HTTPCode_Backend_2XX", counts.instance_2xx),
        ("HTTPCode_Backend_3XX", counts.instance_3xx),
        ("HTTPCode_Backend_4XX", counts.instance_4xx),
        ("HTTPCode_Backend_5XX", counts.instance_5xx),
    ];
    for (metric, count) in codes {
        if tally.http && count > 0 {
            put(metric, "Count", events(count, extreme));
        }
    }
    if !release.has(Feature::ConnectionMetrics) {
        return;
    }
    let errors = counts.instance_connection_errors;
    if errors > 0 {
        put("BackendConnectionErrors", "Count", events(errors, 1.0));
    }
    let non_compliant = counts.non_compliant_requests();
    if tally.http && non_compliant > 0 {
        let metric = "DesyncMitigationMode_NonCompliant_Request_Count";
        put(metric, "Count", events(non_compliant, 1.0));
    }
    if counts.spillover > 0 {
        put("SpilloverCount", "Count", events(counts.spillover, 1.0));
    }
    if counts.requests > 0 {
        put(
            "SurgeQueueLength",
            "Count",
            Point::of(tally.surge_queue as f64),
        );
    }
}

/// Eucalyptus: the average as one value; Amazon: every request.
fn latency(counts: &Counts, latency: &Histogram, release: Release) -> Option<Point> {
    let count = latency.count();
    if count == 0 {
        return None;
    }
    let sum = counts.latency_microseconds as f64 / 1e6;
    let average = sum / count as f64;
    if !release.has(Feature::MetricExtremes) {
        return (sum > 0.0).then(|| Point::of(average));
    }
    // The buckets tell the extremes to 3 %; the average is exact and between them.
    let extreme = |share| {
        latency
            .quantile(share)
            .map_or(average, |at| at.as_secs_f64())
    };
    let (minimum, maximum) = (extreme(0.0).min(average), extreme(1.0).max(average));
    Some(Point::set(count as f64, sum, minimum, maximum))
}

/// How many instances are in service and out of it, by zone; an instance in Error is neither.
fn host_points(state: &State, release: Release, points: &mut Vec<(SeriesKey, Point)>) {
    let zeros = release.has(Feature::ZeroHostCounts);
    for balancer in state.balancers.values() {
        for zone in balancer.enabled_zones() {
            let count = |wanted| {
                let of_zone = balancer.instances.values();
                of_zone
                    .filter(|of| of.zone == *zone && of.state == wanted)
                    .count()
            };
            let place = (balancer.key(), zone.clone());
            for (metric, count) in [
                ("HealthyHostCount", count(RegistrationState::InService)),
                ("UnHealthyHostCount", count(RegistrationState::OutOfService)),
            ] {
                if count > 0 || zeros {
                    points.push((series(&place, metric, "Count"), Point::of(count as f64)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::traffic::bucket_of;
    use expect_test::{Expect, expect};

    fn tally() -> Tally {
        let mut latency = Histogram::default();
        latency.add(bucket_of(Duration::from_millis(1)), 3);
        latency.add(bucket_of(Duration::from_millis(5)), 1);
        Tally {
            counts: Counts {
                requests: 5,
                own_5xx: 1,
                instance_2xx: 4,
                latency_microseconds: 8_000,
                instance_connection_errors: 2,
                ..Counts::default()
            },
            latency,
            http: true,
            surge_queue: 7,
        }
    }

    fn check(tally: &Tally, release: Release, expected: Expect) {
        let mut told = String::new();
        traffic_points(tally, release, &mut |metric, unit, point| {
            use std::fmt::Write;
            let Point {
                count,
                sum,
                minimum,
                maximum,
                ..
            } = point;
            writeln!(
                told,
                "{metric} {unit} n={count} sum={sum} {minimum:.4}..{maximum:.4}"
            )
            .unwrap();
        });
        expected.assert_eq(&told);
    }

    #[test]
    fn the_form_of_a_metric_is_the_releases() {
        check(
            &tally(),
            Release::V3_3_0,
            expect![[r"
            Latency Seconds n=1 sum=0.002 0.0020..0.0020
            RequestCount Count n=5 sum=5 1.0000..1.0000
            HTTPCode_ELB_5XX Count n=1 sum=1 0.0000..0.0000
            HTTPCode_Backend_2XX Count n=4 sum=4 0.0000..0.0000
        "]],
        );
        check(
            &tally(),
            Release::Aws,
            expect![[r"
            Latency Seconds n=4 sum=0.008 0.0010..0.0050
            RequestCount Count n=5 sum=5 1.0000..1.0000
            HTTPCode_ELB_5XX Count n=1 sum=1 1.0000..1.0000
            HTTPCode_Backend_2XX Count n=4 sum=4 1.0000..1.0000
            BackendConnectionErrors Count n=2 sum=2 1.0000..1.0000
            SurgeQueueLength Count n=1 sum=7 7.0000..7.0000
        "]],
        );
        // TCP has no codes, and without traffic there is nothing.
        let tcp = Tally {
            http: false,
            ..tally()
        };
        check(
            &tcp,
            Release::V3_3_0,
            expect![[r"
            Latency Seconds n=1 sum=0.002 0.0020..0.0020
            RequestCount Count n=5 sum=5 1.0000..1.0000
        "]],
        );
        check(&Tally::default(), Release::Aws, expect![""]);
    }
}
