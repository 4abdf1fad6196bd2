//! CloudWatch, as far as load balancers need it: their metrics, and the caller's own beside them.
//!
//! | file | question it answers |
//! |---|---|
//! | [`sampler`] | which metrics a load balancer has at this release, in what form |
//! | [`store`] | where they are kept, and for how long |
//! | [`operations`] | what a client may ask |

mod operations;
mod sampler;
mod store;

use super::Shared;
use crate::model::account::{AccountId, Caller};
use crate::model::timestamp::Timestamp;
use crate::model::traffic::ListenerTraffic;
use crate::wire::local::{StatPoint, StatSeries, Stats};
use operations::{Desk, Refused};
use sampler::{SAMPLE, SAMPLES_OF_A_REPORT, Sampler};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Metrics, Point};
use tokio_util::sync::CancellationToken;

/// The metrics of all accounts.
#[derive(Default)]
pub struct CloudWatch {
    /// A mutex because it is held for one question or one report, and never awaited under.
    metrics: Arc<Mutex<Metrics>>,
}

/// Bytes of metrics that are read before the service is ready; more are read while it serves.
const PROMPT_BYTES: u64 = 4 << 20;

fn minute(at: Timestamp) -> i64 {
    at.0.div_euclid(60_000)
}

impl CloudWatch {
    /// Metrics that are kept in a directory, with those that are there already; without one, nothing
    /// is kept.
    ///
    /// # Errors
    ///
    /// The directory cannot be read or written.
    pub fn open(directory: Option<&Path>, now: Timestamp) -> io::Result<CloudWatch> {
        let mut metrics = Metrics::default();
        let backlog = match directory {
            Some(directory) => Some(metrics.keep_in(directory, minute(now))?),
            None => None,
        };
        let metrics = Arc::new(Mutex::new(metrics));
        match backlog {
            Some(backlog) if backlog.bytes() > PROMPT_BYTES => {
                let metrics = Arc::clone(&metrics);
                std::thread::Builder::new()
                    .name("metrics".to_owned())
                    .spawn(move || Metrics::take_back(&metrics, backlog))?;
            }
            Some(backlog) => Metrics::take_back(&metrics, backlog),
            None => {}
        }
        Ok(CloudWatch { metrics })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Metrics> {
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports the metrics of load balancers until the token is cancelled, and once more then.
pub async fn report(shared: &Shared, shutdown: CancellationToken) {
    let mut sampler = Sampler::default();
    let mut samples = 0;
    loop {
        let ends = tokio::select! {
            () = shutdown.cancelled() => true,
            () = shared.config.clock.sleep(SAMPLE) => false,
        };
        let snapshot = shared.registry.snapshot();
        let traffic: Vec<ListenerTraffic> = shared.traffic();
        sampler.sample(&traffic);
        samples += 1;
        if !ends && samples < SAMPLES_OF_A_REPORT {
            continue;
        }
        samples = 0;
        let points = sampler.report(&snapshot.state, shared.config.release);
        let now = minute(shared.config.clock.now());
        tracing::debug!(target: "cloudwatch", values = points.len(), "reported the metrics");
        match shared.cloudwatch.lock().put(now, now, points) {
            Ok(0) => {}
            Ok(lost) => {
                tracing::warn!(target: "cloudwatch", lost, "Failed to report cloudwatch metrics: there are too many");
            }
            Err(error) => {
                tracing::error!(target: "cloudwatch", %error, "Failed to report cloudwatch metrics");
            }
        }
        if ends {
            return;
        }
    }
}

/// Answers an operation of a caller: a tree, or a code and a message.
///
/// # Errors
///
/// There is no such operation, or its request makes no sense.
pub fn answer(
    shared: &Shared,
    caller: &Caller,
    operation: &str,
    request: Value,
) -> Result<Value, (&'static str, String)> {
    let mut metrics = shared.cloudwatch.lock();
    let mut desk = Desk {
        metrics: &mut metrics,
        account: &caller.account,
        release: shared.config.release,
        now: shared.config.clock.now(),
    };
    operations::answer(operation, request, &mut desk)
        .map_err(|Refused { code, message }| (code, message))
}

/// The metrics of one load balancer: the last `since` seconds, `period` seconds each.
pub fn stats(
    shared: &Shared,
    (account, name): (&AccountId, &str),
    zone: Option<&str>,
    (since, period): (i64, i64),
) -> Stats {
    let period = (period / 60).max(1);
    let to = minute(shared.config.clock.now()) + 1;
    // Whole periods, at least as long as was asked.
    let from = to - (since + 60 * period - 1) / (60 * period) * period;
    let metrics = shared.cloudwatch.lock();
    let mut gathered: BTreeMap<(&str, &str), BTreeMap<i64, Point>> = BTreeMap::new();
    for (key, points) in metrics.series(account, Some(sampler::NAMESPACE)) {
        let has = |wanted: &str, value: &str| {
            let mut own = key.dimensions.iter();
            own.any(|(name, own)| **name == *wanted && **own == *value)
        };
        if !has(sampler::BALANCER, name) || !zone.is_none_or(|zone| has(sampler::ZONE, zone)) {
            continue;
        }
        let series = gathered.entry((&key.metric, &key.unit)).or_default();
        for (minute, point) in points.range(from..to) {
            let begins = minute - (minute - from) % period;
            series
                .entry(begins)
                .and_modify(|known| known.add(point))
                .or_insert_with(|| point.clone());
        }
    }
    gathered.retain(|_, points| !points.is_empty());
    let series = gathered
        .into_iter()
        .map(|((metric, unit), points)| StatSeries {
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            points: points
                .into_iter()
                .map(|(minute, point)| StatPoint {
                    at_seconds: minute * 60,
                    count: point.count,
                    sum: point.sum,
                    average: point.average(),
                    minimum: point.minimum,
                    maximum: point.maximum,
                    p50: point.quantile(0.5),
                    p99: point.quantile(0.99),
                })
                .collect(),
        });
    Stats {
        balancer: name.to_owned(),
        account: account.to_string(),
        from_seconds: from * 60,
        to_seconds: to * 60,
        period_seconds: period * 60,
        metrics: series.collect(),
    }
}
