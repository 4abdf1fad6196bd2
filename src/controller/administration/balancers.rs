//! `/_eulb/admin/lbs`: the load balancers of all accounts.

use super::in_service;
use crate::controller::Shared;
use crate::wire::admin::{Balancer, Balancers};
use crate::wire::balancer::created_time;

pub fn list(shared: &Shared) -> Balancers {
    let snapshot = shared.registry.snapshot();
    let balancers = snapshot.state.balancers.values().map(|balancer| Balancer {
        name: balancer.name.to_string(),
        dns_name: balancer.dns_name(&shared.config.dns_domain),
        created: created_time(balancer.created),
        account: balancer.account.to_string(),
        alias: snapshot
            .state
            .accounts
            .get(&balancer.account)
            .map(|account| account.alias.clone())
            .unwrap_or_default(),
        zones: balancer.enabled_zones().map(ToString::to_string).collect(),
        listeners: balancer
            .listeners
            .values()
            .map(|listener| format!("{}:{}", listener.protocol, listener.port))
            .collect(),
        servos: balancer.servos.len(),
        registered: balancer.instances.len(),
        in_service: in_service(balancer),
    });
    Balancers {
        balancers: balancers.collect(),
    }
}
