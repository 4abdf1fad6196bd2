//! What the data plane saw, and what follows from it.

use super::activities::{Activities, Kind};
use super::state::Draft;
use crate::model::account::AccountId;
use crate::model::balancer::{
    BalancerKey, BalancerName, LoadBalancer, Registration, RegistrationState, ServoPlace,
    description,
};
use crate::model::health::Verdict;
use crate::model::instance::InstanceId;
use crate::model::journal::NOBODY;
use crate::model::placement::ServoId;
use crate::model::plane::{Desired, Observation};
use crate::model::timestamp::Timestamp;
use imbl::OrdMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The newest word on every servo and web instance.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    /// The newest revision that the data plane has in force.
    pub applied: u64,
    pub servos: OrdMap<ServoId, ServoReport>,
    /// What was done to servos.
    pub activities: Activities,
    /// Why a web instance could not be started.
    pub failed_instances: OrdMap<InstanceId, String>,
    /// The newest verdict of each servo on each of its instances.
    verdicts: OrdMap<Pair, Verdict>,
    /// Verdicts on instances that left and may have come back before the data plane looked.
    left: OrdMap<Pair, Left>,
}

type Pair = (ServoId, InstanceId);

/// An instance that left a servo: the verdict on it, the revision without it, and the revision that
/// has it again, if there is one.
#[derive(Clone, Copy, Debug)]
struct Left {
    verdict: Verdict,
    without: u64,
    again: Option<u64>,
}

/// What is known of one servo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServoReport {
    /// It has reported that it serves.
    pub serving: bool,
    /// Why a port could not be bound.
    pub failed_ports: BTreeMap<u16, String>,
    /// Why it was replaced last.
    pub replaced: Option<String>,
}

impl ServoReport {
    /// The state of the servo, as Eucalyptus names it.
    pub fn state(&self) -> &'static str {
        if !self.failed_ports.is_empty() {
            "Error"
        } else if self.is_in_service() {
            "InService"
        } else {
            "Pending"
        }
    }

    pub fn is_in_service(&self) -> bool {
        self.serving && self.failed_ports.is_empty()
    }

    /// The reason for a state that is not InService, for people.
    pub fn reason(&self) -> Option<String> {
        let failed = self
            .failed_ports
            .iter()
            .next()
            .map(|(port, reason)| format!("port {port}: {reason}"));
        failed.or_else(|| self.replaced.clone())
    }
}

/// Whether a servo at a place speaks for an instance: for those of its own zone, even where with
/// cross-zone on it checks and serves others too. Source: Eucalyptus 4.2.
fn is_backend(place: Option<&ServoPlace>, registration: &Registration) -> bool {
    place.is_some_and(|place| place.zone == registration.zone)
        && registration.state != RegistrationState::Error
}

/// The instances of a load balancer that a servo speaks for.
fn backends<'b>(
    balancer: Option<&'b Arc<LoadBalancer>>,
    servo: &ServoId,
) -> impl Iterator<Item = &'b InstanceId> {
    let place = balancer.and_then(|balancer| balancer.servos.get(servo));
    balancer
        .into_iter()
        .flat_map(|balancer| &balancer.instances)
        .filter(move |(_, registration)| is_backend(place, registration))
        .map(|(id, _)| id)
}

impl Reports {
    /// Follows a load balancer from one published version to the next, of `revision`.
    pub fn follow(
        &mut self,
        before: Option<&Arc<LoadBalancer>>,
        after: Option<&Arc<LoadBalancer>>,
        revision: u64,
    ) {
        for servo in before.iter().flat_map(|balancer| balancer.servos.keys()) {
            let gone = !after.is_some_and(|balancer| balancer.servos.contains_key(servo));
            if gone {
                self.servos.remove(servo);
            }
            let stay: BTreeSet<_> = backends(after, servo).collect();
            for id in backends(before, servo).filter(|id| !stay.contains(id)) {
                let pair = (servo.clone(), id.clone());
                let verdict = self.verdicts.remove(&pair);
                let known = self.left.get(&pair).copied();
                match verdict.filter(|_| !gone) {
                    Some(verdict) => {
                        let left = Left {
                            verdict,
                            without: revision,
                            again: None,
                        };
                        self.left.insert(pair, left);
                    }
                    // It came and went again before the data plane looked, or the servo is gone.
                    None => match known.filter(|_| !gone) {
                        Some(left) => {
                            self.left.insert(
                                pair,
                                Left {
                                    again: None,
                                    ..left
                                },
                            );
                        }
                        None => {
                            self.left.remove(&pair);
                        }
                    },
                }
            }
            let were: BTreeSet<_> = backends(before, servo).collect();
            for id in stay.into_iter().filter(|id| !were.contains(id)) {
                if let Some(left) = self.left.get_mut(&(servo.clone(), id.clone())) {
                    left.again = Some(revision);
                }
            }
        }
    }

    /// Takes a revision that is in force, and returns verdicts that still hold: those on instances
    /// that were deregistered and registered again so quickly that the data plane, which looks at
    /// the newest revision only, never saw them gone, and therefore will not report anew.
    fn applied(&mut self, revision: u64) -> Vec<(Pair, Verdict)> {
        let previous = self.applied;
        self.applied = previous.max(revision);
        let mut held = Vec::new();
        for (pair, left) in self.left.clone() {
            if previous >= left.without {
                // The data plane had a revision without the instance, and began anew.
                self.left.remove(&pair);
            } else if left.again.is_some_and(|again| again <= revision) {
                self.left.remove(&pair);
                held.push((pair, left.verdict));
            } else if revision >= left.without && left.again.is_none() {
                self.left.remove(&pair);
            }
        }
        held
    }

    fn servo(&mut self, id: &ServoId) -> &mut ServoReport {
        self.servos.entry(id.clone()).or_default()
    }
}

/// Takes one observation. Those about a servo that is gone come too late and change nothing.
///
/// `desired` is what was published last: it knows which request led to a servo's present version.
pub fn take(
    observation: Observation,
    draft: &mut Draft,
    reports: &mut Reports,
    desired: &Desired,
    now: Timestamp,
) {
    let cause_of = |servo: &ServoId| {
        let servo = desired.servos.get(servo);
        servo.map_or_else(|| NOBODY.into(), |servo| servo.cause.clone())
    };
    match observation {
        Observation::Applied { revision } => {
            for ((servo, instance), verdict) in reports.applied(revision) {
                let checked = "its verdict from before it was registered again".to_owned();
                judge(
                    &servo,
                    &instance,
                    verdict,
                    (&checked, &cause_of(&servo)),
                    draft,
                    reports,
                );
            }
        }
        Observation::ServoServing { servo } => {
            if let Some(balancer) = draft.state().carried_by(&servo) {
                let report = reports.servo(&servo);
                let news = !report.serving || !report.failed_ports.is_empty();
                report.serving = true;
                report.failed_ports.clear();
                if news {
                    let why = "all its ports are bound".to_owned();
                    reports
                        .activities
                        .note(now, Kind::Serve, &servo, balancer, why);
                }
            }
        }
        Observation::BindFailed {
            servo,
            port,
            reason,
        } => {
            if let Some(balancer) = draft.state().carried_by(&servo) {
                tracing::warn!(
                    target: "loadbalancing", request = &*cause_of(&servo), %servo,
                    balancer = %balancer.name, port, %reason, "a listener could not be bound"
                );
                let why = format!("port {port}: {reason}");
                let before = reports.servo(&servo).failed_ports.insert(port, reason);
                // It is tried again and again; the first failure is the news.
                if before.is_none() {
                    reports
                        .activities
                        .note(now, Kind::Fail, &servo, balancer, why);
                }
            }
        }
        Observation::ServoReplaced { servo, reason } => {
            let Some(balancer) = draft.state().carried_by(&servo) else {
                return;
            };
            tracing::warn!(
                target: "autoscaling", request = NOBODY, %servo, balancer = %balancer.name, %reason,
                "a servo died and was replaced"
            );
            reports
                .activities
                .note(now, Kind::Replace, &servo, balancer, reason.clone());
            let mut balancer = LoadBalancer::clone(balancer);
            if let Some(zone) = balancer.servos.get(&servo).map(|place| place.zone.clone()) {
                balancer.servo_lost(&zone, now);
                draft.note_balancer(balancer);
            }
            let report = reports.servo(&servo);
            report.serving = false;
            report.replaced = Some(reason);
        }
        Observation::Health {
            servo,
            instance,
            verdict,
            checked,
        } => judge(
            &servo,
            &instance,
            verdict,
            (&checked, &cause_of(&servo)),
            draft,
            reports,
        ),
        Observation::Drained {
            balancer,
            servo,
            instance,
            revision,
        } => {
            let key = BalancerKey {
                account: AccountId::new(balancer.account),
                name: BalancerName::new(balancer.name),
            };
            let name = key.name.clone();
            let at = (key, instance, servo);
            // Of a load balancer that is gone, or a servo too many, nobody asks.
            if draft.note_drained(&at, revision) {
                let (_, instance, servo) = at;
                tracing::info!(
                    target: "loadbalancing", request = NOBODY, %servo, balancer = %name, %instance,
                    "nothing is left of an instance that left"
                );
            }
        }
        Observation::WebServing { instance } => {
            reports.failed_instances.remove(&instance);
        }
        Observation::WebFailed { instance, reason } => {
            tracing::warn!(
                target: "instance", request = NOBODY, %instance, %reason,
                "a web instance could not be started"
            );
            reports.failed_instances.insert(instance, reason);
        }
    }
}

/// Takes a servo's verdict on an instance.
fn judge(
    servo: &ServoId,
    instance: &InstanceId,
    verdict: Verdict,
    (checked, cause): (&str, &str),
    draft: &mut Draft,
    reports: &mut Reports,
) {
    let Some(balancer) = draft.state().carried_by(servo) else {
        return;
    };
    let place = balancer.servos.get(servo);
    let registration = balancer.instances.get(instance);
    let Some(registration) = registration.filter(|of| is_backend(place, of)) else {
        return;
    };
    // Only the first state is the doing of whoever registered the instance.
    let first = registration.description == description::IN_PROGRESS;
    let request = if first { cause } else { NOBODY };
    let name = balancer.name.clone();
    let pair = (servo.clone(), instance.clone());
    reports.left.remove(&pair);
    reports.verdicts.insert(pair, verdict);
    if draft.observe(servo, instance, verdict) {
        tracing::info!(
            target: "loadbalancing", request, %servo, balancer = %name, %instance,
            ?verdict, checked, "the state of an instance changed"
        );
    }
}
