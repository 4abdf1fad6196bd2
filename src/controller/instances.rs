//! The instances of the cloud: run, enrolled, started, stopped, terminated, made to fail.
//!
//! Load balancers hear of it: an instance that is stopped or terminated is in error with all of them.

use super::Config;
use super::identity;
use super::state::{Draft, State};
use crate::model::account::AccountId;
use crate::model::balancer::LoadBalancer;
use crate::model::instance::{
    Instance, InstanceId, InstanceKind, InstanceState, Launch, Reach, WebInstance,
};
use crate::model::listener::Port;
use crate::model::placement::ZoneName;
use crate::wire::local::{AddInstance, ChangeInstances, InstanceChange, RunInstances};
use crate::wire::release::Feature;
use std::collections::BTreeMap;

/// Instances that one request may start.
const MAXIMUM_RUN: u32 = 256;
/// Instance ports of one web instance.
const MAXIMUM_PORTS: usize = 32;
/// Longest wait of a web instance before an answer, in milliseconds: an hour.
const MAXIMUM_DELAY_MILLISECONDS: u64 = 3_600_000;
/// Ports below this may be denied to ordinary users.
const FIRST_UNPRIVILEGED_PORT: u16 = 1024;
const HTTP_PORT: u16 = 80;
/// The account that owns an instance unless the request says otherwise.
const DEFAULT_OWNER: &str = "tenant";
/// Characters of an instance id that a user chooses.
const MAXIMUM_ID: usize = 64;

/// Why instances are not changed, in one line.
pub type Refused = String;

fn zone(name: Option<&str>, config: &Config) -> Result<ZoneName, Refused> {
    let known = || {
        let names: Vec<_> = config.zones.iter().map(ZoneName::as_str).collect();
        names.join(", ")
    };
    match name {
        None => config.zones.first(),
        Some(name) => config.zones.iter().find(|zone| zone.as_str() == name),
    }
    .cloned()
    .ok_or_else(|| {
        format!(
            "there is no zone {}; there are {}",
            name.unwrap_or(""),
            known()
        )
    })
}

fn owner(name: Option<&str>, state: &State) -> Result<AccountId, Refused> {
    let name = name.unwrap_or(DEFAULT_OWNER);
    match state.account(name) {
        Some(account) => Ok(account.id.clone()),
        None => Err(format!("there is no account '{name}'")),
    }
}

fn port(number: u16) -> Result<Port, Refused> {
    Port::new(number.into()).ok_or_else(|| "0 is not a port".to_owned())
}

fn delay(milliseconds: u64) -> Result<u64, Refused> {
    if milliseconds > MAXIMUM_DELAY_MILLISECONDS {
        return Err(format!(
            "a delay of {milliseconds} ms is too long; at most {MAXIMUM_DELAY_MILLISECONDS} ms"
        ));
    }
    Ok(milliseconds)
}

fn unused_id(state: &State) -> InstanceId {
    loop {
        let id = identity::instance_id();
        let known = state.instances.contains_key(&InstanceId::new(id.as_str()));
        if !known && !state.is_servo(&id) {
            return InstanceId::new(id);
        }
    }
}

/// Starts in-process web instances, each on an address of its own.
///
/// # Errors
///
/// The zone or the account is unknown, a number is out of bounds, or there are no addresses left.
pub fn run(
    request: &RunInstances,
    draft: &mut Draft,
    config: &Config,
) -> Result<Vec<Instance>, Refused> {
    if request.count == 0 || request.count > MAXIMUM_RUN {
        return Err(format!(
            "cannot run {} instances at once; 1 to {MAXIMUM_RUN}",
            request.count
        ));
    }
    if request.ports.len() > MAXIMUM_PORTS {
        return Err(format!("an instance has {MAXIMUM_PORTS} ports at most"));
    }
    let zone = zone(request.zone.as_deref(), config)?;
    let owner = owner(request.account.as_deref(), draft.state())?;
    let numbers: &[u16] = if request.ports.is_empty() {
        &[HTTP_PORT]
    } else {
        &request.ports
    };
    let mut ports = Vec::with_capacity(numbers.len());
    let mut map = BTreeMap::new();
    for number in numbers {
        let at = port(*number)?;
        if !ports.contains(&at) {
            ports.push(at);
        }
        if *number < FIRST_UNPRIVILEGED_PORT && config.web_port_offset > 0 {
            map.insert(at, port(number.saturating_add(config.web_port_offset))?);
        }
    }
    let mut started = Vec::new();
    for _ in 0..request.count {
        let address = draft.take_instance_address().ok_or_else(|| {
            format!(
                "there are no addresses left for instances in {}",
                config.instance_cidr
            )
        })?;
        let instance = Instance {
            id: unused_id(draft.state()),
            owner: owner.clone(),
            zone: zone.clone(),
            state: InstanceState::Running,
            reach: Reach {
                address,
                ports: map.clone(),
            },
            kind: InstanceKind::Web(WebInstance {
                failing: false,
                delay_milliseconds: delay(request.delay_milliseconds)?,
                ports: ports.clone(),
            }),
            launch: Launch {
                at: Some(config.clock.now()),
                ..Launch::default()
            },
        };
        draft.put_instance(instance.clone());
        started.push(instance);
    }
    Ok(started)
}

/// Enrols a server that the user runs.
///
/// # Errors
///
/// The id is no id or is taken, or the zone or the account is unknown.
pub fn add(request: &AddInstance, draft: &mut Draft, config: &Config) -> Result<Instance, Refused> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let rest = request.id.strip_prefix("i-").unwrap_or_default();
    if rest.is_empty() || request.id.len() > MAXIMUM_ID || !rest.chars().all(plain) {
        return Err(format!(
            "'{}' is not an instance id; use i- and letters or digits, such as i-1DF9440E",
            request.id
        ));
    }
    let id = InstanceId::new(request.id.as_str());
    let known = draft.state().instances.get(&id);
    let taken = known.is_some_and(|instance| instance.state != InstanceState::Terminated);
    if taken || draft.state().is_servo(&request.id) {
        return Err(format!("there is an instance {id} already"));
    }
    let mut ports = BTreeMap::new();
    for (instance_port, local_port) in &request.ports {
        ports.insert(port(*instance_port)?, port(*local_port)?);
    }
    let instance = Instance {
        id,
        owner: owner(request.account.as_deref(), draft.state())?,
        zone: zone(request.zone.as_deref(), config)?,
        state: InstanceState::Running,
        reach: Reach {
            address: request.address,
            ports,
        },
        kind: InstanceKind::External,
        launch: Launch {
            at: Some(config.clock.now()),
            ..Launch::default()
        },
    };
    draft.put_instance(instance.clone());
    Ok(instance)
}

/// Changes instances, all of them or none.
///
/// # Errors
///
/// An instance does not exist, or is not in a state for the change.
pub fn change(
    request: &ChangeInstances,
    draft: &mut Draft,
    config: &Config,
) -> Result<Vec<Instance>, Refused> {
    let mut changed = Vec::with_capacity(request.ids.len());
    for id in &request.ids {
        let known = draft.state().instances.get(&InstanceId::new(id.as_str()));
        let mut instance = known
            .map(|instance| Instance::clone(instance))
            .ok_or_else(|| format!("there is no instance {id}"))?;
        change_one(&mut instance, request.change, draft, config)?;
        draft.put_instance(instance.clone());
        changed.push(instance);
    }
    Ok(changed)
}

fn change_one(
    instance: &mut Instance,
    change: InstanceChange,
    draft: &mut Draft,
    config: &Config,
) -> Result<(), Refused> {
    let id = instance.id.clone();
    if instance.state == InstanceState::Terminated {
        // Terminating twice is no mistake, as in EC2.
        return match change {
            InstanceChange::Terminate => Ok(()),
            _ => Err(format!("instance {id} is terminated")),
        };
    }
    match change {
        InstanceChange::Start => {
            instance.state = InstanceState::Running;
            if config.release.has(Feature::StoppedInstancesReturn) {
                each_balancer(&id, draft, |balancer| balancer.instance_back(&id));
            }
        }
        InstanceChange::Stop => {
            instance.state = InstanceState::Stopped;
            each_balancer(&id, draft, |balancer| balancer.instance_gone(&id));
        }
        InstanceChange::Terminate => {
            instance.state = InstanceState::Terminated;
            if matches!(instance.kind, InstanceKind::Web(_)) {
                draft.give_back_instance_address(instance.reach.address);
            }
            if config.release.has(Feature::TerminatedInstancesLeave) {
                each_balancer(&id, draft, |balancer| balancer.deregister(&id));
            } else {
                each_balancer(&id, draft, |balancer| balancer.instance_gone(&id));
            }
        }
        InstanceChange::Fail | InstanceChange::Restore | InstanceChange::Delay { .. } => {
            let InstanceKind::Web(web) = &mut instance.kind else {
                return Err(format!(
                    "instance {id} is a server of yours; only web instances that this cloud runs \
                     can be told how to behave"
                ));
            };
            match change {
                InstanceChange::Fail => web.failing = true,
                InstanceChange::Restore => web.failing = false,
                InstanceChange::Delay { milliseconds } => {
                    web.delay_milliseconds = delay(milliseconds)?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Changes every load balancer an instance is registered with.
fn each_balancer(
    id: &InstanceId,
    draft: &mut Draft,
    mut change: impl FnMut(&mut LoadBalancer) -> bool,
) {
    for key in draft.state().registered_with(id) {
        let Some(balancer) = draft.state().balancers.get(&key) else {
            continue;
        };
        let mut balancer = LoadBalancer::clone(balancer);
        if change(&mut balancer) {
            draft.put_balancer(balancer);
        }
    }
}

/// Forgets every load balancer and every instance; accounts and keys stay.
pub fn reset(draft: &mut Draft) {
    clear(draft, None);
}

/// Forgets the load balancers and instances of an account, or of all.
pub fn clear(draft: &mut Draft, account: Option<&AccountId>) {
    let concerned = |owner: &AccountId| account.is_none_or(|account| account == owner);
    let balancers: Vec<_> = draft
        .state()
        .balancers
        .keys()
        .filter(|key| concerned(&key.account))
        .cloned()
        .collect();
    for key in balancers {
        draft.remove_balancer(&key);
    }
    let instances: Vec<_> = draft.state().instances.values().cloned().collect();
    for instance in instances.iter().filter(|one| concerned(&one.owner)) {
        if matches!(instance.kind, InstanceKind::Web(_))
            && instance.state != InstanceState::Terminated
        {
            draft.give_back_instance_address(instance.reach.address);
        }
        draft.remove_instance(&instance.id);
    }
}
