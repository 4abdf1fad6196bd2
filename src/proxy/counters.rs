//! What is counted: one set per listener and worker, written by that worker alone, summed when read.

use super::listener::{Carriage, ListenerKey};
use super::surge::Load;
use crate::model::instance::InstanceId;
use crate::model::placement::ZoneName;
use crate::model::plane::BalancerLabel;
use crate::model::traffic::{
    BUCKETS, Counts, Histogram, InstanceTraffic, ListenerTraffic, bucket_of, for_each_count,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Closed listeners whose numbers are kept, so that who reads now and then misses none of the last
/// requests. The newest; a reader that comes every few seconds has seen the older ones.
const CLOSED_KEPT: usize = 256;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The counters of one listener in one worker.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[$doc])* pub $name: Counter,)*
            /// Made at the first answer: most listeners of a large cloud never have one.
            latencies: OnceLock<Box<[Counter; BUCKETS]>>,
            /// A mutex because it is held when the instances change, and to read.
            instances: Mutex<BTreeMap<InstanceId, Arc<InstanceCounters>>>,
        }

        impl Counters {
            /// Reads all counters; they go on counting.
            pub fn read(&self) -> Counts {
                Counts { $($name: self.$name.get(),)* }
            }
        }
    };
}
for_each_count!(counters);

/// What one worker sent to one instance for one listener.
#[derive(Debug, Default)]
pub struct InstanceCounters {
    /// Requests it answered; TCP sessions it took.
    pub requests: Counter,
    /// Answers of 5xx, none, or unusable ones; connections that could not be opened.
    pub errors: Counter,
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
    pub fn relayed(&self, instance: &InstanceCounters, status: u16, latency: Duration) {
        match status / 100 {
            3 => self.instance_3xx.add(1),
            4 => self.instance_4xx.add(1),
            5 => {
                self.instance_5xx.add(1);
                instance.errors.add(1);
            }
            _ => self.instance_2xx.add(1),
        }
        instance.requests.add(1);
        self.took(latency);
    }

    /// Counts a TCP session that an instance took, and how long it took to connect.
    pub fn connected(&self, instance: &InstanceCounters, latency: Duration) {
        instance.requests.add(1);
        self.took(latency);
    }

    fn took(&self, latency: Duration) {
        self.latency_microseconds
            .add(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
        let latencies = self
            .latencies
            .get_or_init(|| Box::new([const { Counter(AtomicU64::new(0)) }; BUCKETS]));
        latencies[bucket_of(latency)].add(1);
    }

    /// The counters of an instance, new ones if it has just come.
    pub fn instance(&self, id: &InstanceId) -> Arc<InstanceCounters> {
        let mut instances = self
            .instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(instances.entry(id.clone()).or_default())
    }

    /// Forgets an instance that has left: its numbers are those of nobody.
    pub fn forget(&self, id: &InstanceId) {
        let mut instances = self
            .instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        instances.remove(id);
    }

    fn add_latencies_to(&self, sum: &mut Histogram) {
        for (bucket, counter) in self
            .latencies
            .get()
            .into_iter()
            .flat_map(|all| all.iter().enumerate())
        {
            sum.add(bucket, counter.get());
        }
    }

    fn add_instances_to(&self, sum: &mut BTreeMap<InstanceId, (u64, u64)>) {
        let instances = self
            .instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (id, counters) in instances.iter() {
            let (requests, errors) = sum.entry(id.clone()).or_default();
            *requests += counters.requests.get();
            *errors += counters.errors.get();
        }
    }
}

/// A listener's counters in all workers.
#[derive(Debug)]
struct Registered {
    key: ListenerKey,
    balancer: BalancerLabel,
    zone: ZoneName,
    carriage: Carriage,
    opening: u64,
    workers: Vec<Arc<Counters>>,
    load: Arc<Load>,
}

impl Registered {
    fn read(&self, closed: bool) -> ListenerTraffic {
        let mut counts = Counts::default();
        let mut latency = Histogram::default();
        let mut instances = BTreeMap::new();
        for worker in &self.workers {
            counts += worker.read();
            worker.add_latencies_to(&mut latency);
            worker.add_instances_to(&mut instances);
        }
        let instances = instances.into_iter();
        ListenerTraffic {
            servo: self.key.servo.clone(),
            port: self.key.port,
            balancer: self.balancer.clone(),
            zone: self.zone.clone(),
            http: self.carriage == Carriage::Http,
            opening: self.opening,
            closed,
            surge_queue: self.load.waiting.load(Ordering::Relaxed) as u64,
            counts,
            latency,
            instances: instances
                .map(|(instance, (requests, errors))| InstanceTraffic {
                    instance,
                    requests,
                    errors,
                })
                .collect(),
        }
    }
}

/// Every listener that is counted. A clone is the same register.
#[derive(Clone, Debug, Default)]
pub struct Register(Arc<Mutex<Listeners>>);

/// A mutex around it because it is held for lookups and readings only, never by a worker.
#[derive(Debug, Default)]
struct Listeners {
    open: BTreeMap<ListenerKey, Registered>,
    closed: VecDeque<Registered>,
    openings: u64,
}

impl Register {
    fn lock(&self) -> std::sync::MutexGuard<'_, Listeners> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the counters of a listener, a set for each worker.
    pub fn open(
        &self,
        key: &ListenerKey,
        (balancer, zone, carriage): (&BalancerLabel, &ZoneName, Carriage),
        load: &Arc<Load>,
        workers: usize,
    ) -> Vec<Arc<Counters>> {
        let mut listeners = self.lock();
        listeners.openings += 1;
        let registered = Registered {
            key: key.clone(),
            balancer: balancer.clone(),
            zone: zone.clone(),
            carriage,
            opening: listeners.openings,
            workers: (0..workers).map(|_| Arc::default()).collect(),
            load: Arc::clone(load),
        };
        let made = registered.workers.clone();
        listeners.open.insert(key.clone(), registered);
        made
    }

    /// Notes that a listener is closed. What drains goes on counting.
    pub fn close(&self, key: &ListenerKey) {
        let mut listeners = self.lock();
        if let Some(registered) = listeners.open.remove(key) {
            if listeners.closed.len() == CLOSED_KEPT {
                listeners.closed.pop_front();
            }
            listeners.closed.push_back(registered);
        }
    }

    /// Reads everything, closed listeners first.
    pub fn read(&self) -> Vec<ListenerTraffic> {
        let listeners = self.lock();
        let closed = listeners.closed.iter().map(|gone| gone.read(true));
        let open = listeners.open.values().map(|open| open.read(false));
        closed.chain(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::placement::ServoId;

    fn key(port: u16) -> ListenerKey {
        ListenerKey {
            servo: ServoId::new("i-00000001"),
            port,
        }
    }

    fn open(register: &Register, port: u16, workers: usize) -> Vec<Arc<Counters>> {
        let balancer = BalancerLabel {
            account: "000000000001".into(),
            name: "web".into(),
        };
        let zone = ZoneName::new("PARTI00");
        let named = (&balancer, &zone, Carriage::Http);
        register.open(&key(port), named, &Arc::default(), workers)
    }

    #[test]
    fn counts_of_workers_are_summed_by_class() {
        let register = Register::default();
        let workers = open(&register, 80, 2);
        for (status, worker, instance) in [
            (200, 0, "a"),
            (204, 1, "b"),
            (304, 0, "a"),
            (404, 1, "a"),
            (503, 1, "b"),
        ] {
            let counters = &workers[worker];
            let instance = counters.instance(&InstanceId::new(instance));
            counters.relayed(&instance, status, Duration::from_micros(10));
        }
        workers[0].answered(400);
        workers[1].answered(503);
        workers[0].connections.add(4);
        workers[1].ended_connections.add(1);
        let read = register.read();
        let expected = Counts {
            instance_2xx: 2,
            instance_3xx: 1,
            instance_4xx: 1,
            instance_5xx: 1,
            own_4xx: 1,
            own_5xx: 1,
            latency_microseconds: 50,
            connections: 4,
            ended_connections: 1,
            ..Counts::default()
        };
        assert_eq!(read[0].counts, expected);
        assert_eq!(read[0].open_connections(), 3);
        assert_eq!(read[0].latency.count(), 5);
        let instances: Vec<_> = read[0]
            .instances
            .iter()
            .map(|of| (of.instance.as_str(), of.requests, of.errors))
            .collect();
        assert_eq!(instances, [("a", 3, 0), ("b", 2, 1)]);
        workers[0].forget(&InstanceId::new("a"));
        assert_eq!(register.read()[0].instances[0].requests, 1);
    }

    #[test]
    fn a_closed_listener_is_read_for_a_while_under_its_own_number() {
        let register = Register::default();
        let seen = || -> Vec<(u64, bool, u64)> {
            let all = register.read().into_iter();
            all.map(|read| (read.opening, read.closed, read.counts.requests))
                .collect()
        };
        let workers = open(&register, 80, 1);
        register.close(&key(80));
        // What drains still counts.
        workers[0].requests.add(1);
        open(&register, 80, 1);
        assert_eq!(seen(), [(1, true, 1), (2, false, 0)]);
        for _ in 0..CLOSED_KEPT {
            open(&register, 81, 1);
            register.close(&key(81));
        }
        assert_eq!(seen().len(), CLOSED_KEPT + 1);
        assert!(seen().iter().all(|(opening, ..)| *opening != 1));
    }
}
