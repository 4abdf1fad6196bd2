//! Instances that leave, and when nothing is left of one that may finish.
//!
//! An instance that was deregistered may have exchanges in every worker and at every listener of its
//! servo, also at those that were closed or changed before. Each that has one holds the same [`Farewell`]; when the last lets go of it, by
//! whatever way an exchange can end, a worker's death included, the supervisor hears of it.

use crate::model::instance::InstanceId;
use crate::model::placement::ServoId;
use crate::model::plane::BalancerLabel;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// An instance that leaves a servo.
#[derive(Clone, Debug)]
pub struct Leaving {
    pub instance: InstanceId,
    /// To be held as long as something of the instance is under way; nothing if nobody asks.
    pub farewell: Option<Arc<Farewell>>,
}

/// The end of an instance's departure, held by whoever still carries something for it.
#[derive(Debug)]
pub struct Farewell {
    instance: InstanceId,
    servo: ServoId,
    balancer: BalancerLabel,
    /// The newest revision without the instance: it may come back and leave once more meanwhile.
    revision: AtomicU64,
    told: mpsc::UnboundedSender<Gone>,
}

/// Of an instance that left, nothing is under way any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    pub servo: ServoId,
    pub balancer: BalancerLabel,
    pub instance: InstanceId,
    /// The newest revision without it that the servo had in force.
    pub revision: u64,
}

impl Farewell {
    /// Begins the departure of an instance with a revision that lacks it. `told` hears its end:
    /// unbounded, because a worker must never wait, and one word for each departure is all there is.
    pub fn begin(
        (servo, balancer): (&ServoId, &BalancerLabel),
        instance: &InstanceId,
        revision: u64,
        told: &mpsc::UnboundedSender<Gone>,
    ) -> Arc<Farewell> {
        Arc::new(Farewell {
            instance: instance.clone(),
            servo: servo.clone(),
            balancer: balancer.clone(),
            revision: AtomicU64::new(revision),
            told: told.clone(),
        })
    }

    /// Notes that the instance came back and leaves again before its first departure has ended: both
    /// end together.
    pub fn again(&self, revision: u64) {
        self.revision.store(revision, Ordering::Relaxed);
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        // At the end of the process nobody listens.
        let _ = self.told.send(Gone {
            servo: self.servo.clone(),
            balancer: self.balancer.clone(),
            instance: self.instance.clone(),
            revision: *self.revision.get_mut(),
        });
    }
}
