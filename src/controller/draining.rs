//! Instances that were deregistered, or whose zone was disabled, and may finish what they have under
//! way.
//!
//! One drains from the revision in which a servo has it no longer until the data plane says that
//! nothing of it is left, or its time is over, whichever comes first: an observation may be lost, and
//! then time tells. None of it is kept: exchanges do not survive the process either.
//!
//! Source: connection draining, and InstanceState of DescribeInstanceHealth, API reference 2012-06-01.

use crate::clock::Clock;
use crate::model::balancer::{BalancerKey, LoadBalancer, RegistrationState};
use crate::model::instance::InstanceId;
use crate::model::placement::ServoId;
use crate::model::plane::{Departure, Desired};
use crate::model::timestamp::Timestamp;
use imbl::OrdMap;
use std::collections::BTreeSet;

/// Which instances still finish, of which load balancers and in which of their servos.
#[derive(Clone, Debug, Default)]
pub struct Drainings(OrdMap<Key, Draining>);

type Key = (BalancerKey, InstanceId, ServoId);

#[derive(Clone, Copy, Debug)]
struct Draining {
    /// The first revision in which the servo lacks the instance.
    revision: u64,
    /// When the data plane cuts what is left.
    until: Timestamp,
}

impl Drainings {
    /// Follows a load balancer from one version to the next, and what its servos must serve likewise.
    /// An instance that was in service and has left begins to drain, where the servo lets it.
    pub fn follow(
        &mut self,
        key: &BalancerKey,
        (before, after): (Option<&LoadBalancer>, Option<&LoadBalancer>),
        (held, next): (&Desired, &Desired),
        (clock, now): (Clock, Timestamp),
    ) {
        let Some(after) = after else {
            self.retain(key, |_, _| false);
            return;
        };
        let has_left = |id: &InstanceId| {
            let registration = after.instances.get(id);
            registration.is_none_or(|of| !after.is_enabled(&of.zone))
        };
        self.retain(key, |instance, draining| {
            now <= draining.until && has_left(instance)
        });
        let Some(before) = before else { return };
        let left: BTreeSet<&InstanceId> = before
            .instances
            .iter()
            .filter(|(_, registration)| registration.state == RegistrationState::InService)
            .map(|(id, _)| id)
            .filter(|id| has_left(id))
            .collect();
        if left.is_empty() {
            return;
        }
        for id in before.servos.keys() {
            let Some(was) = held.servos.get(id) else {
                continue;
            };
            // A servo that is retired with its zone goes by the last that was said to it.
            let last = next.servos.get(id).unwrap_or(was);
            let Departure::Drain(time) = last.behaviour.departure else {
                continue;
            };
            let time = clock.real_duration(time).as_millis();
            let until = Timestamp(
                now.0
                    .saturating_add(i64::try_from(time).unwrap_or(i64::MAX)),
            );
            for backend in &was.backends {
                if left.contains(&backend.instance) {
                    let draining = Draining {
                        revision: next.revision + 1,
                        until,
                    };
                    let at = (key.clone(), backend.instance.clone(), id.clone());
                    self.0.insert(at, draining);
                }
            }
        }
    }

    /// Takes the data plane's word that nothing is left of an instance, as of a revision. One that
    /// came back and left again after that revision goes on. Returns whether one has ended.
    pub fn ended(&mut self, at: &Key, revision: u64) -> bool {
        let draining = self.0.get(at);
        let over = draining.is_some_and(|draining| draining.revision <= revision);
        if over {
            self.0.remove(at);
        }
        over
    }

    /// The instances of a load balancer that drain at a moment.
    pub fn of(&self, key: &BalancerKey, now: Timestamp) -> BTreeSet<&InstanceId> {
        self.all_of(key)
            .filter(|(_, draining)| now <= draining.until)
            .map(|((_, id, _), _)| id)
            .collect()
    }

    /// The load balancers that an instance still finishes something for at a moment.
    pub fn left_by(&self, instance: &InstanceId, now: Timestamp) -> BTreeSet<&BalancerKey> {
        self.0
            .iter()
            .filter(|((_, id, _), draining)| id == instance && now <= draining.until)
            .map(|((key, ..), _)| key)
            .collect()
    }

    fn all_of(&self, key: &BalancerKey) -> impl Iterator<Item = (&Key, &Draining)> {
        let first = (key.clone(), InstanceId::new(""), ServoId::new(""));
        let key = key.clone();
        self.0
            .range(first..)
            .take_while(move |((of, ..), _)| *of == key)
    }

    fn retain(&mut self, key: &BalancerKey, keep: impl Fn(&InstanceId, &Draining) -> bool) {
        let over: Vec<Key> = self
            .all_of(key)
            .filter(|((_, id, _), draining)| !keep(id, draining))
            .map(|(at, _)| at.clone())
            .collect();
        for at in over {
            self.0.remove(&at);
        }
    }
}
