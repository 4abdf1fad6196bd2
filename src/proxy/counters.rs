//! What is counted: one set per listener and worker, written by that worker alone, summed when read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// The counters of one listener in one worker.
        #[derive(Debug, Default)]
        pub struct Counters { $($(#[$doc])* pub $name: Counter,)* }

        /// What the counters of a listener held when they were read.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts { $($(#[$doc])* pub $name: u64,)* }

        impl Counters {
            /// Reads all of them; they go on counting.
            pub fn read(&self) -> Counts {
                Counts { $($name: self.$name.get(),)* }
            }
        }

        impl std::ops::AddAssign for Counts {
            fn add_assign(&mut self, other: Counts) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

counters! {
    /// Client connections accepted.
    connections,
    /// Requests whose head was read and not refused; TCP sessions.
    requests,
    /// Answers made here, by class.
    own_4xx,
    own_5xx,
    /// Answers of instances, by class.
    instance_2xx,
    instance_3xx,
    instance_4xx,
    instance_5xx,
    /// Connections to instances opened, and those that could not be.
    instance_connections,
    instance_connection_errors,
    /// Bytes read from clients and sent to clients.
    received_bytes,
    sent_bytes,
    /// Time from a request's dispatch to the first byte of its answer, and how many were measured.
    latency_microseconds,
    latencies,
    /// Clients turned away because the listener had all the connections it may have.
    spillover,
    /// Connection tasks that panicked: our mistake, contained.
    panics,
}

/// A number that one thread writes and any thread reads.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds, by a load and a store: the worker that owns the counter is its only writer, and a
    /// locked addition would cost more than everything else that is counted.
    pub fn add(&self, amount: u64) {
        let now = self.0.load(Ordering::Relaxed);
        self.0.store(now.wrapping_add(amount), Ordering::Relaxed);
    }

    /// The present value.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    /// Counts an answer made here.
    pub fn answered(&self, status: u16) {
        if status >= 500 {
            self.own_5xx.add(1);
        } else {
            self.own_4xx.add(1);
        }
    }

    /// Counts an instance's answer and the time it took.
    pub fn relayed(&self, status: u16, latency: Duration) {
        match status / 100 {
            3 => self.instance_3xx.add(1),
            4 => self.instance_4xx.add(1),
            5 => self.instance_5xx.add(1),
            _ => self.instance_2xx.add(1),
        }
        self.latency_microseconds
            .add(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
        self.latencies.add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_workers_are_summed_by_class() {
        let workers = [Counters::default(), Counters::default()];
        for (status, worker) in [(200, 0), (204, 1), (304, 0), (404, 1), (503, 1)] {
            workers[worker].relayed(status, Duration::from_micros(10));
        }
        workers[0].answered(400);
        workers[1].answered(503);
        let mut sum = Counts::default();
        workers.iter().for_each(|worker| sum += worker.read());
        let expected = Counts {
            instance_2xx: 2,
            instance_3xx: 1,
            instance_4xx: 1,
            instance_5xx: 1,
            own_4xx: 1,
            own_5xx: 1,
            latency_microseconds: 50,
            latencies: 5,
            ..Counts::default()
        };
        assert_eq!(sum, expected);
    }
}
