//! `/_eulb/admin/servos` and `activities`: what carries the load balancers, what was done to it, and
//! its end.

use crate::controller::Shared;
use crate::controller::state::State;
use crate::model::placement::ServoId;
use crate::wire::admin::{Activities, Activity, Servo, Servos, TerminateServo};
use crate::wire::balancer::created_time;
use crate::wire::local::Done;
use std::collections::BTreeMap;

/// What the counters of a servo's listeners add up to.
#[derive(Default)]
struct Load {
    connections: u64,
    requests: u64,
    received_bytes: u64,
    sent_bytes: u64,
}

fn alias(state: &State, account: &str) -> String {
    state
        .account(account)
        .map(|account| account.alias.clone())
        .unwrap_or_default()
}

pub fn list(shared: &Shared) -> Servos {
    let snapshot = shared.registry.snapshot();
    let mut loads: BTreeMap<ServoId, Load> = BTreeMap::new();
    for listener in shared.traffic() {
        let load = loads.entry(listener.servo.clone()).or_default();
        load.connections += listener.open_connections();
        load.requests += listener.counts.requests;
        load.received_bytes += listener.counts.received_bytes;
        load.sent_bytes += listener.counts.sent_bytes;
    }
    let mut servos = Vec::new();
    for balancer in snapshot.state.balancers.values() {
        for (id, place) in &balancer.servos {
            let report = snapshot.reports.servos.get(id).cloned().unwrap_or_default();
            let load = loads.remove(id).unwrap_or_default();
            servos.push(Servo {
                id: id.to_string(),
                account: balancer.account.to_string(),
                alias: alias(&snapshot.state, balancer.account.as_str()),
                balancer: balancer.name.to_string(),
                zone: place.zone.to_string(),
                address: place.address,
                state: report.state().to_owned(),
                reason: report.reason(),
                listeners: balancer
                    .listeners
                    .values()
                    .map(|listener| format!("{}:{}", listener.protocol, listener.port))
                    .collect(),
                connections: load.connections,
                requests: load.requests,
                received_bytes: load.received_bytes,
                sent_bytes: load.sent_bytes,
            });
        }
    }
    Servos { servos }
}

/// Ends a servo as if its machine had died.
///
/// # Errors
///
/// There is no such servo, or the data plane does not listen.
pub fn terminate(shared: &Shared, request: &TerminateServo) -> Result<Done, String> {
    let id = ServoId::new(request.servo.as_str());
    let snapshot = shared.registry.snapshot();
    if snapshot.state.carried_by(&id).is_none() {
        return Err(format!("there is no servo '{}'", request.servo));
    }
    match shared.terminate(id) {
        true => Ok(Done {}),
        false => Err("too many servos are being terminated".to_owned()),
    }
}

pub fn activities(shared: &Shared) -> Activities {
    let snapshot = shared.registry.snapshot();
    let activities = snapshot.reports.activities.iter().map(|one| Activity {
        number: one.number,
        at: created_time(one.at),
        kind: one.kind.as_str().to_owned(),
        servo: one.servo.to_string(),
        zone: one.zone.as_ref().map(ToString::to_string),
        account: one.account.clone(),
        alias: alias(&snapshot.state, &one.account),
        balancer: one.balancer.clone(),
        why: one.why.clone(),
    });
    Activities {
        activities: activities.collect(),
    }
}
