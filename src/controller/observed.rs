//! What the data plane saw, and what follows from it.

use super::state::Draft;
use crate::model::balancer::LoadBalancer;
use crate::model::instance::InstanceId;
use crate::model::placement::ServoId;
use crate::model::plane::Observation;
use crate::model::timestamp::Timestamp;
use imbl::OrdMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The newest word on every servo and web instance.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    /// The newest revision that the data plane has in force.
    pub applied: u64,
    pub servos: OrdMap<ServoId, ServoReport>,
    /// Why a web instance could not be started.
    pub failed_instances: OrdMap<InstanceId, String>,
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
        } else if self.serving {
            "InService"
        } else {
            "Pending"
        }
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

impl Reports {
    /// Forgets servos that a load balancer no longer has.
    pub fn forget_missing(
        &mut self,
        before: Option<&Arc<LoadBalancer>>,
        after: Option<&Arc<LoadBalancer>>,
    ) {
        for id in before.iter().flat_map(|balancer| balancer.servos.keys()) {
            if !after.is_some_and(|balancer| balancer.servos.contains_key(id)) {
                self.servos.remove(id);
            }
        }
    }

    fn servo(&mut self, id: &ServoId) -> &mut ServoReport {
        self.servos.entry(id.clone()).or_default()
    }
}

/// Takes one observation. Those about a servo that is gone come too late and change nothing.
pub fn take(observation: Observation, draft: &mut Draft, reports: &mut Reports, now: Timestamp) {
    match observation {
        Observation::Applied { revision } => reports.applied = reports.applied.max(revision),
        Observation::ServoServing { servo } => {
            if draft.state().carried_by(&servo).is_some() {
                let report = reports.servo(&servo);
                report.serving = true;
                report.failed_ports.clear();
            }
        }
        Observation::BindFailed {
            servo,
            port,
            reason,
        } => {
            if let Some(balancer) = draft.state().carried_by(&servo) {
                tracing::warn!(
                    target: "loadbalancing", %servo, balancer = %balancer.name, port, %reason,
                    "a listener could not be bound"
                );
                reports.servo(&servo).failed_ports.insert(port, reason);
            }
        }
        Observation::ServoReplaced { servo, reason } => {
            let Some(balancer) = draft.state().carried_by(&servo) else {
                return;
            };
            tracing::warn!(
                target: "loadbalancing", %servo, balancer = %balancer.name, %reason,
                "a servo died and was replaced"
            );
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
        } => {
            let Some(balancer) = draft.state().carried_by(&servo) else {
                return;
            };
            let mut balancer = LoadBalancer::clone(balancer);
            if balancer.observe(&instance, verdict) {
                tracing::info!(
                    target: "loadbalancing", %servo, balancer = %balancer.name, %instance,
                    ?verdict, %checked, "the state of an instance changed"
                );
                draft.note_balancer(balancer);
            }
        }
        Observation::WebServing { instance } => {
            reports.failed_instances.remove(&instance);
        }
        Observation::WebFailed { instance, reason } => {
            tracing::warn!(
                target: "loadbalancing", %instance, %reason,
                "a web instance could not be started"
            );
            reports.failed_instances.insert(instance, reason);
        }
    }
}
