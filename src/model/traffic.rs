//! What the data plane has counted, as it hands it to whoever asks.
//!
//! The numbers only grow for as long as a listener is open; whoever wants a rate keeps the reading
//! before and subtracts. A listener that was closed and opened again begins anew, under another
//! [`ListenerTraffic::opening`].

use super::instance::InstanceId;
use super::placement::{ServoId, ZoneName};
use super::plane::BalancerLabel;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// The names of all counters of a listener, given to another macro: the one list of them.
macro_rules! for_each_count {
    ($apply:ident) => {
        $apply! {
            /// Client connections accepted.
            connections,
            /// Client connections that have ended since.
            ended_connections,
            /// Requests whose head was read and not refused; TCP sessions.
            requests,
            /// Answers of the load balancer itself, 4xx.
            own_4xx,
            /// Answers of the load balancer itself, 5xx.
            own_5xx,
            /// Answers of instances, 2xx and the few of no other class.
            instance_2xx,
            /// Answers of instances, 3xx.
            instance_3xx,
            /// Answers of instances, 4xx.
            instance_4xx,
            /// Answers of instances, 5xx.
            instance_5xx,
            /// Connections to instances that were opened.
            instance_connections,
            /// Connections to instances that could not be opened.
            instance_connection_errors,
            /// Bytes read from clients.
            received_bytes,
            /// Bytes sent to clients.
            sent_bytes,
            /// Sum of all latencies, in microseconds.
            latency_microseconds,
            /// Clients and requests turned away because the servo had all it may have.
            spillover,
            /// Requests not as the standard says, and no danger known. Source: the tiers of desync
            /// mitigation.
            acceptable_requests,
            /// Requests whose readers may disagree where they end.
            ambiguous_requests,
            /// Requests that no innocent client sends.
            severe_requests,
            /// Connection tasks that panicked: our mistake, contained.
            panics,
        }
    };
}
pub(crate) use for_each_count;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What the counters of a listener held when they were read.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Counts { $($(#[$doc])* pub $name: u64,)* }

        impl Counts {
            /// Requests that do not comply with the standard. Source: CloudWatch's description of
            /// `DesyncMitigationMode_NonCompliant_Request_Count`.
            pub fn non_compliant_requests(&self) -> u64 {
                self.acceptable_requests + self.ambiguous_requests + self.severe_requests
            }

            /// What was counted since an earlier reading of the same opening.
            pub fn since(&self, earlier: &Counts) -> Counts {
                Counts { $($name: self.$name.saturating_sub(earlier.$name),)* }
            }
        }

        impl std::ops::AddAssign for Counts {
            fn add_assign(&mut self, other: Counts) {
                $(self.$name += other.$name;)*
            }
        }
    };
}
for_each_count!(counts);

/// One listener of one servo as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerTraffic {
    pub servo: ServoId,
    /// The listener's port as the API knows it.
    pub port: u16,
    pub balancer: BalancerLabel,
    /// The servo's zone.
    pub zone: ZoneName,
    /// Whether its traffic is read as requests, or as bytes.
    pub http: bool,
    /// Tells two lives of one port apart.
    pub opening: u64,
    /// It has been closed since; kept for a while so that its last requests are not lost.
    pub closed: bool,
    /// Requests that wait for an instance now, over all listeners of the servo.
    pub surge_queue: u64,
    pub counts: Counts,
    /// From a request's dispatch to the first byte of the instance's answer; of TCP sessions, the
    /// time it took to connect to the instance. Source: CloudWatch's description of `Latency`.
    pub latency: Histogram,
    pub instances: Vec<InstanceTraffic>,
}

impl ListenerTraffic {
    /// Client connections that are open now.
    pub fn open_connections(&self) -> u64 {
        // The two are read one after the other.
        self.counts
            .connections
            .saturating_sub(self.counts.ended_connections)
    }
}

/// What one listener sent to one of its instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceTraffic {
    pub instance: InstanceId,
    /// Requests it answered; TCP sessions it took.
    pub requests: u64,
    /// Answers of 5xx, none, or unusable ones; connections that could not be opened.
    pub errors: u64,
}

/// Reads everything that is counted at this moment.
pub type Meters = Arc<dyn Fn() -> Vec<ListenerTraffic> + Send + Sync>;

/// Bits of a latency below its leading one that choose its bucket: a bucket is at most a sixteenth
/// of its values wide, so a quantile is off by 3 % at most.
const PRECISION_BITS: u32 = 4;
const PER_POWER: u32 = 1 << PRECISION_BITS;

/// Longest latency told apart, in microseconds: 71 minutes, more than the longest idle timeout.
const LONGEST_MICROSECONDS: u32 = u32::MAX;

/// Buckets of a histogram.
pub const BUCKETS: usize = (32 - PRECISION_BITS as usize + 1) << PRECISION_BITS;

/// The bucket of a latency, below [`BUCKETS`]. On the path of every request.
pub fn bucket_of(latency: Duration) -> usize {
    let micros = u32::try_from(latency.as_micros()).unwrap_or(LONGEST_MICROSECONDS);
    if micros < PER_POWER {
        return micros as usize;
    }
    let shift = micros.ilog2() - PRECISION_BITS;
    (((shift + 1) << PRECISION_BITS) + ((micros >> shift) & (PER_POWER - 1))) as usize
}

/// The smallest latency of a bucket, in microseconds.
fn floor_of(bucket: usize) -> u64 {
    let power = (bucket >> PRECISION_BITS) as u64;
    let rest = bucket as u64 & u64::from(PER_POWER - 1);
    match power.checked_sub(1) {
        None => rest,
        Some(shift) => (u64::from(PER_POWER) + rest) << shift,
    }
}

/// How many latencies fell into which bucket.
///
/// Written as pairs: the microseconds a bucket ends before, and how many are in it; empty buckets are
/// left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct Histogram {
    /// By bucket, as far as the last that is not empty.
    counts: Vec<u64>,
}

impl Histogram {
    /// Adds to a bucket; one beyond the last counts as the last.
    pub fn add(&mut self, bucket: usize, count: u64) {
        if count == 0 {
            return;
        }
        let bucket = bucket.min(BUCKETS - 1);
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += count;
    }

    /// How many latencies it holds.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// What was added since an earlier reading.
    pub fn since(&self, earlier: &Histogram) -> Histogram {
        let mut difference = Histogram::default();
        for (bucket, count) in self.counts.iter().enumerate() {
            let before = earlier.counts.get(bucket).copied().unwrap_or_default();
            difference.add(bucket, count.saturating_sub(before));
        }
        difference
    }

    /// The latency that this share (0 to 1) of all did not exceed: the middle of its bucket.
    /// Nothing if none was measured.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let count = self.count();
        // Between two whole numbers the higher rank: the median of two is the second.
        let rank = ((share.clamp(0.0, 1.0) * count as f64).ceil() as u64).max(1);
        let mut passed = 0;
        let bucket = self.counts.iter().position(|count| {
            passed += count;
            passed >= rank
        })?;
        let (floor, end) = (floor_of(bucket), floor_of(bucket + 1));
        Some(Duration::from_micros(floor + (end - floor) / 2))
    }

    /// How many latencies were at most so long, as far as the buckets tell: one that straddles the
    /// bound counts as longer.
    pub fn at_most(&self, bound: Duration) -> u64 {
        let bound = u64::try_from(bound.as_micros()).unwrap_or(u64::MAX);
        let fits = |(bucket, _): &(usize, &u64)| floor_of(bucket + 1) <= bound.saturating_add(1);
        let below = self.counts.iter().enumerate().take_while(fits);
        below.map(|(_, count)| count).sum()
    }
}

impl std::ops::AddAssign<&Histogram> for Histogram {
    fn add_assign(&mut self, other: &Histogram) {
        for (bucket, count) in other.counts.iter().enumerate() {
            self.add(bucket, *count);
        }
    }
}

impl From<Histogram> for Vec<(u64, u64)> {
    fn from(histogram: Histogram) -> Self {
        let filled = histogram.counts.into_iter().enumerate();
        filled
            .filter(|(_, count)| *count > 0)
            .map(|(bucket, count)| (floor_of(bucket + 1), count))
            .collect()
    }
}

impl From<Vec<(u64, u64)>> for Histogram {
    fn from(pairs: Vec<(u64, u64)>) -> Self {
        let mut histogram = Histogram::default();
        for (end, count) in pairs {
            let last = Duration::from_micros(end.saturating_sub(1));
            histogram.add(bucket_of(last), count);
        }
        histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn histogram(micros: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        for micros in micros {
            histogram.add(bucket_of(Duration::from_micros(*micros)), 1);
        }
        histogram
    }

    #[test]
    fn quantiles_are_the_middle_of_their_bucket() {
        let cases: &[(&[u64], f64, Option<u64>)] = &[
            (&[], 0.5, None),
            (&[7], 0.5, Some(7)),
            (&[7], 0.0, Some(7)),
            (&[3, 9], 0.5, Some(3)),
            (&[3, 9], 0.51, Some(9)),
            (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, Some(9)),
            // 1000 is in 992..1024.
            (&[1000], 0.99, Some(1008)),
        ];
        for (micros, share, expected) in cases {
            let found = histogram(micros).quantile(*share);
            assert_eq!(
                found,
                expected.map(Duration::from_micros),
                "{micros:?} {share}"
            );
        }
    }

    #[test]
    fn counts_below_a_bound_are_cumulative() {
        let histogram = histogram(&[1, 5, 500, 70_000, u64::MAX]);
        let cases = [(0, 0), (1, 1), (5, 2), (1000, 3), (100_000, 4)];
        for (bound, expected) in cases {
            let bound = Duration::from_micros(bound);
            assert_eq!(histogram.at_most(bound), expected, "{bound:?}");
        }
        assert_eq!(histogram.count(), 5);
        assert_eq!(histogram.at_most(Duration::MAX), 5);
    }

    #[test]
    fn a_reading_minus_an_earlier_one_is_what_came_between() {
        let earlier = histogram(&[5, 700]);
        let mut later = earlier.clone();
        later += &histogram(&[5, 9_000]);
        assert_eq!(later.since(&earlier), histogram(&[5, 9_000]));
        assert_eq!(earlier.since(&earlier), Histogram::default());
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_latency_and_is_narrow(micros in 0..=u64::from(u32::MAX)) {
            let bucket = bucket_of(Duration::from_micros(micros));
            prop_assert!(bucket < BUCKETS);
            let (floor, end) = (floor_of(bucket), floor_of(bucket + 1));
            prop_assert!(floor <= micros && micros < end);
            prop_assert!((end - floor) * 16 <= floor.max(16));
        }

        #[test]
        fn a_histogram_survives_being_written(micros in proptest::collection::vec(0..u64::MAX, 0..50)) {
            let written = histogram(&micros);
            let text = serde_json::to_string(&written).unwrap();
            prop_assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), written);
        }
    }
}
