//! What the names of the cloud's domain stand for, read from the newest snapshot.
//!
//! A load balancer's name has the addresses of its servos in service: Eucalyptus' background job added
//! an address when a servo came into service and removed it when the servo failed or left; here the
//! answer is a function of the state, so there is nothing to keep in step.

use super::Shared;
use super::dns::{Found, Names};
use super::observed::{Reports, ServoReport};
use super::properties::{self, Property};
use super::registry::Snapshot;
use crate::model::balancer::LoadBalancer;
use crate::model::placement::ServoId;
use imbl::ordmap::DiffItem;
use std::net::IpAddr;
use std::sync::Arc;

/// The name of the endpoint below the domain. Source: 3.3.0, service names of the DNS service.
const ENDPOINT: &str = "loadbalancing";

/// Seconds that the endpoint's address may be kept. Source: 3.3.0, service names.
const ENDPOINT_TTL_SECONDS: u32 = 20;

/// The names of one running service.
pub struct CloudNames(pub Arc<Shared>);

impl Names for CloudNames {
    fn find(&self, name: &str) -> Found {
        if name == ENDPOINT {
            return Found::Addresses {
                addresses: vec![self.0.public_address().ip()],
                ttl_seconds: ENDPOINT_TTL_SECONDS,
            };
        }
        let snapshot = self.0.registry.snapshot();
        let (state, release) = (&snapshot.state, self.0.config.release);
        let mut named = state.dns_named(name).peekable();
        let leads_on =
            || state.property(Property::DnsSubdomain, release) == name || state.dns_leads_to(name);
        if !properties::names_are_answered(state, release)
            || (named.peek().is_none() && !leads_on())
        {
            return Found::Unknown;
        }
        Found::Addresses {
            addresses: named
                .flat_map(|balancer| in_service(balancer, &snapshot.reports))
                .collect(),
            ttl_seconds: properties::dns_ttl_seconds(state, release),
        }
    }
}

/// The addresses of a load balancer's servos in service.
pub fn in_service<'a>(
    balancer: &'a LoadBalancer,
    reports: &'a Reports,
) -> impl Iterator<Item = IpAddr> + 'a {
    balancer
        .servos
        .iter()
        .filter(|(id, _)| {
            let report = reports.servos.get(*id);
            report.is_some_and(ServoReport::is_in_service)
        })
        .map(|(_, place)| place.address)
}

/// Says in the log which addresses came to or left names between two snapshots; `cause` tells the
/// request that led to a servo's present version.
pub fn log_changes(
    before: &Snapshot,
    after: &Snapshot,
    domain: &str,
    cause: impl Fn(&ServoId) -> Arc<str>,
) {
    let is_in = |report: Option<&ServoReport>| report.is_some_and(ServoReport::is_in_service);
    for change in before.reports.servos.diff(&after.reports.servos) {
        let (id, was, is) = match change {
            DiffItem::Add(id, report) => (id, false, is_in(Some(report))),
            DiffItem::Update { old, new } => (new.0, is_in(Some(old.1)), is_in(Some(new.1))),
            DiffItem::Remove(id, report) => (id, is_in(Some(report)), false),
        };
        let snapshot = if is { after } else { before };
        let Some(balancer) = snapshot.state.carried_by(id) else {
            continue;
        };
        let Some(place) = balancer.servos.get(id).filter(|_| was != is) else {
            continue;
        };
        let (request, name) = (cause(id), balancer.dns_name(domain));
        if is {
            tracing::info!(
                target: "dns", %request, servo = %id, balancer = %balancer.name, name,
                address = %place.address,
                "registered new ipaddress with dns A record"
            );
        } else {
            tracing::info!(
                target: "dns", %request, servo = %id, balancer = %balancer.name, name,
                address = %place.address,
                "removed IP address from the dns A record"
            );
        }
    }
}
