//! Why a load balancer does not answer, or an instance is not in service: from the present state.
//!
//! Each thing that can be wrong has a signature, a name that is the same wherever it is found, in the
//! manual and in the tests. They are the failure signatures of Eucalyptus' own documentation, as far
//! as they can occur here, and what only a local cloud can get wrong.
//!
//! | signature | what a user sees |
//! |---|---|
//! | `service-not-ready` | every request is refused: the servos have no image |
//! | `name-does-not-resolve` | no address is published: there is no servo, or none is in service yet |
//! | `connection-refused` | the name resolves, and a listener is not bound |
//! | `no-listener` | the load balancer has none |
//! | `no-instance-in-service` | 503, or a closed connection |
//! | `registration-in-progress` | OutOfService since it was registered: no verdict yet |
//! | `failed-health-checks` | OutOfService: the checks fail |
//! | `health-not-updated` | OutOfService or Unknown: the servo is lost |
//! | `deregistration-in-progress` | InService though it was deregistered: it finishes what it has |
//! | `instance-stopped` | Error: the instance was stopped or terminated |
//! | `zone-disabled` | OutOfService: its zone is disabled |
//! | `stale-addresses` | addresses are kept for a day by whoever asked |
//! | `refused-request` | the last request was refused |
//! | `not-in-force-yet` | the newest change is still being carried out |
//! | `instance-not-running` | nothing answers: its address or port is taken |
//! | `not-registered` | an instance that no load balancer has |

use super::Config;
use super::health::{Health, health, is_unheard};
use super::observed::{Reports, ServoReport};
use super::properties::{self, Property};
use super::state::State;
use crate::model::balancer::{LoadBalancer, Reason, Registration, RegistrationState, description};
use crate::model::health::HealthCheck;
use crate::model::instance::{Instance, InstanceId, InstanceKind, InstanceState};
use crate::model::instruments::Checked;
use crate::model::journal::Event;
use crate::model::placement::{ServoId, ZoneName};
use crate::model::policy::Terms;
use crate::model::timestamp::Timestamp;
use crate::wire::local::{ExplainedInstance, ExplainedListener, Explanation, Finding};
use crate::wire::release::Feature;
use std::sync::Arc;

/// Addresses that are kept for longer than this are worth a word, in seconds.
const LONG_TTL_SECONDS: u32 = 3600;

/// The names of all signatures; `eulb-debugging(7)` has a row for each.
pub const SIGNATURES: [&str; 16] = [
    "service-not-ready",
    "name-does-not-resolve",
    "connection-refused",
    "no-listener",
    "no-instance-in-service",
    "registration-in-progress",
    "failed-health-checks",
    "health-not-updated",
    "deregistration-in-progress",
    "instance-stopped",
    "zone-disabled",
    "stale-addresses",
    "refused-request",
    "not-in-force-yet",
    "instance-not-running",
    "not-registered",
];

/// Everything there is to look at.
pub struct Scene<'s> {
    pub state: &'s State,
    pub reports: &'s Reports,
    /// Of what was published last.
    pub revision: u64,
    pub config: &'s Config,
    pub checks: Vec<Checked>,
    pub now: Timestamp,
}

fn finding(
    signature: &str,
    symptom: impl Into<String>,
    cause: impl Into<String>,
    mend: impl Into<Option<String>>,
) -> Finding {
    debug_assert!(SIGNATURES.contains(&signature), "{signature}");
    Finding {
        signature: signature.to_owned(),
        symptom: symptom.into(),
        cause: cause.into(),
        mend: mend.into(),
    }
}

/// `HTTP:80/health every 30 s, within 5 s; 3 in a row for InService, 2 for OutOfService`
fn described(check: &HealthCheck) -> String {
    format!(
        "{} every {} s, within {} s; {} in a row for InService, {} for OutOfService",
        check.target,
        check.interval_seconds,
        check.timeout_seconds,
        check.thresholds.healthy,
        check.thresholds.unhealthy
    )
}

/// What the listeners that clients reach by TLS negotiate: a policy is kept in full, and served as
/// far as the data plane speaks what it enables.
fn negotiated(balancer: &LoadBalancer) -> Vec<ExplainedListener> {
    let listeners = balancer.listeners.values();
    let secure = listeners.filter(|listener| listener.protocol.is_tls());
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let explained = secure.map(|listener| {
        let names = balancer.policies.of_listener(listener.port).iter();
        let policies = names.filter_map(|name| balancer.policies.get(name.as_str()));
        let policy = policies
            .filter_map(|policy| match policy.terms() {
                Terms::SslNegotiation(negotiation) => Some((policy.name(), negotiation)),
                _ => None,
            })
            .next();
        let enabled = policy.map(|(_, negotiation)| negotiation.enabled());
        let (served, unserved) = enabled.unwrap_or_default();
        ExplainedListener {
            protocol: listener.protocol.to_string(),
            port: listener.port.get(),
            policy: policy.map(|(name, _)| name.as_str().to_owned()),
            served: owned(served),
            unserved: owned(unserved),
        }
    });
    explained.collect()
}

impl Scene<'_> {
    /// Explains the load balancer of a name, or of a DNS name.
    ///
    /// # Errors
    ///
    /// There is none, or several accounts have one and none is named.
    pub fn balancer(
        &self,
        name: &str,
        account: Option<&str>,
        recent: &[Event],
    ) -> Result<Explanation, String> {
        let account = match account {
            Some(named) => {
                let found = self.state.account(named);
                Some(
                    &found
                        .ok_or_else(|| format!("there is no account '{named}'"))?
                        .id,
                )
            }
            None => None,
        };
        let found: Vec<&Arc<LoadBalancer>> = self
            .state
            .balancers
            .values()
            .filter(|balancer| account.is_none_or(|account| balancer.account == *account))
            .filter(|balancer| {
                balancer.name.as_str() == name
                    || balancer
                        .dns_name(&self.config.dns_domain)
                        .eq_ignore_ascii_case(name)
            })
            .collect();
        let refused = refused(recent);
        match &found[..] {
            [] => match refused {
                // It may never have come to be.
                Some(finding) => Ok(Explanation {
                    subject: format!("there is no load balancer {name}"),
                    findings: vec![finding],
                    listeners: Vec::new(),
                    instances: Vec::new(),
                }),
                None => Err(format!("there is no load balancer '{name}'")),
            },
            [balancer] => Ok(self.explain(balancer, refused)),
            several => {
                let accounts: Vec<_> = several.iter().map(|of| of.account.as_str()).collect();
                Err(format!(
                    "several accounts have a load balancer '{name}': name one of {} with --account",
                    accounts.join(", ")
                ))
            }
        }
    }

    fn explain(&self, balancer: &LoadBalancer, refused: Option<Finding>) -> Explanation {
        let mut findings = Vec::new();
        let applied = self.reports.applied;
        findings.extend(self.look_at_service());
        self.look_at_servos(balancer, &mut findings);
        self.look_at_pools(balancer, &mut findings);
        let mut instances = Vec::new();
        for (id, registration) in &balancer.instances {
            findings.extend(self.look_at_registration(balancer, id, registration));
            instances.push(self.explained(balancer, id, registration));
        }
        for id in self.state.draining_of(&balancer.key(), self.now) {
            findings.extend(leaving(balancer, id));
        }
        let ttl = properties::dns_ttl_seconds(self.state, self.config.release);
        if ttl > LONG_TTL_SECONDS
            && balancer.zones.values().count() > balancer.enabled_zones().count()
        {
            findings.push(finding(
                "stale-addresses",
                "clients still go to addresses of a zone that was disabled",
                format!(
                    "whoever asked for the name may keep its addresses for {ttl} s at this release"
                ),
                "flush the client's cache, or resolve the name anew".to_owned(),
            ));
        }
        findings.extend(refused);
        if applied < self.revision {
            findings.push(finding(
                "not-in-force-yet",
                "the newest change shows no effect yet",
                format!(
                    "revision {} is being carried out, {applied} is in force",
                    self.revision
                ),
                "eulb local wait".to_owned(),
            ));
        }
        Explanation {
            subject: format!(
                "load balancer {} of account {}",
                balancer.name, balancer.account
            ),
            findings,
            listeners: negotiated(balancer),
            instances,
        }
    }

    /// Whether the service as a whole is ready. Source: Eucalyptus 3.3.0, LoadBalancerASGroupCreator.
    fn look_at_service(&self) -> Option<Finding> {
        let ready = properties::is_ready(self.state, self.config.release);
        (!ready).then(|| {
            finding(
                "service-not-ready",
                "every request to load balancing is refused, and traffic goes on",
                "the service is NOTREADY: the property that names the image of the servos is not set",
                format!("eulb admin properties set {}=emi-12345678", Property::Image.name(self.config.release)),
            )
        })
    }

    /// Addresses and listeners.
    fn look_at_servos(&self, balancer: &LoadBalancer, findings: &mut Vec<Finding>) {
        let name = &balancer.name;
        if balancer.listeners.is_empty() {
            findings.push(finding(
                "no-listener",
                "connections are refused on every port",
                "the load balancer has no listener",
                format!(
                    "eulb-create-lb-listeners -l \"lb-port=80, protocol=HTTP, instance-port=80\" {name}"
                ),
            ));
        }
        let report = |id: &ServoId| self.reports.servos.get(id).cloned().unwrap_or_default();
        let serving = balancer
            .servos
            .keys()
            .filter(|id| report(id).serving)
            .count();
        if serving == 0 {
            let (cause, mend) = match balancer.enabled_zones().next() {
                None => (
                    "no availability zone is enabled, so that there is no servo".to_owned(),
                    Some(format!(
                        "eulb-enable-zones-for-lb -z {} {name}",
                        self.config.zones.first().map_or("ZONE", ZoneName::as_str)
                    )),
                ),
                Some(_) if balancer.servos.is_empty() => (
                    "the property loadbalancer_num_vm, or the range of addresses, left it without a servo"
                        .to_owned(),
                    Some("eulb admin properties list".to_owned()),
                ),
                Some(_) => (
                    "its servos are not in service".to_owned(),
                    Some("eulb local status".to_owned()),
                ),
            };
            findings.push(finding(
                "name-does-not-resolve",
                format!(
                    "{} has no address",
                    balancer.dns_name(&self.config.dns_domain)
                ),
                cause,
                mend,
            ));
        }
        for (id, place) in &balancer.servos {
            let ServoReport { failed_ports, .. } = report(id);
            for (port, reason) in failed_ports {
                let real = port.saturating_add(self.config.port_offset);
                findings.push(finding(
                    "connection-refused",
                    format!("connections to {}:{real} are refused", place.address),
                    format!("servo {id} in {} could not listen: {reason}", place.zone),
                    "free the port, or start the cloud with --port-offset; it is tried again every two seconds"
                        .to_owned(),
                ));
            }
        }
    }

    /// Whether every servo has somebody to forward to.
    fn look_at_pools(&self, balancer: &LoadBalancer, findings: &mut Vec<Finding>) {
        let cross_zone =
            balancer.attributes.cross_zone && self.config.release.has(Feature::CrossZone);
        for zone in balancer.enabled_zones() {
            let mine = |registration: &&Registration| cross_zone || registration.zone == *zone;
            let all = balancer.instances.values().filter(mine);
            let serving = all
                .clone()
                .filter(|of| of.state == RegistrationState::InService)
                .count();
            if serving > 0 || balancer.listeners.is_empty() {
                continue;
            }
            let elsewhere = balancer.instances.len() - all.clone().count();
            let (cause, mend) = match (all.count(), elsewhere) {
                (0, 0) => (
                    "no instance is registered".to_owned(),
                    format!(
                        "eulb-register-instances-with-lb --instances ID {}",
                        balancer.name
                    ),
                ),
                (0, _) => (
                    format!(
                        "no instance of {zone} is registered, and a servo forwards to its own zone only"
                    ),
                    format!(
                        "eulb-disable-zones-for-lb -z {zone} {}, or register an instance of {zone}",
                        balancer.name
                    ),
                ),
                (count, _) => (
                    format!("none of its {count} instances is in service; each is explained below"),
                    format!("eulb-describe-instance-health {}", balancer.name),
                ),
            };
            findings.push(finding(
                "no-instance-in-service",
                format!("HTTP is answered 503 in {zone}, and TCP connections are closed"),
                cause,
                mend,
            ));
        }
    }

    fn look_at_registration(
        &self,
        balancer: &LoadBalancer,
        id: &InstanceId,
        registration: &Registration,
    ) -> Option<Finding> {
        let name = &balancer.name;
        let text = registration.description.as_str();
        let anew = format!(
            "eulb-deregister-instances-from-lb --instances {id} {name} && eulb-register-instances-with-lb --instances {id} {name}"
        );
        if is_unheard(balancer, registration, self.config, self.now) {
            return Some(finding(
                "health-not-updated",
                format!("{id} is {}", self.health(balancer, id, registration).state),
                format!("the servo of {} that checked it is gone, and no other has reported yet", registration.zone),
                "wait for the next checks of the servo that replaced it; 'eulb local status' shows it".to_owned(),
            ));
        }
        match registration.state {
            RegistrationState::InService => None,
            RegistrationState::Error => {
                let state = self.state.instances.get(id).map(|of| of.state);
                let started = match state {
                    Some(InstanceState::Running) => String::new(),
                    Some(InstanceState::Stopped | InstanceState::Stopping) => {
                        format!("eulb instance start {id} && ")
                    }
                    _ => {
                        return Some(finding(
                            "instance-stopped",
                            format!("{id} is in state Error"),
                            "the instance was terminated".to_owned(),
                            format!("eulb-deregister-instances-from-lb --instances {id} {name}"),
                        ));
                    }
                };
                if self.config.release.has(Feature::StoppedInstancesReturn) {
                    let mend = started.trim_end_matches(" && ").to_owned();
                    return Some(finding(
                        "instance-stopped",
                        format!("{id} is out of service: {}", description::STOPPED),
                        "the instance was stopped; it is checked again as soon as it runs",
                        Some(mend).filter(|mend| !mend.is_empty()),
                    ));
                }
                Some(finding(
                    "instance-stopped",
                    format!("{id} is in state Error"),
                    "the instance was stopped, and Error ends only when it is registered anew",
                    format!("{started}{anew}"),
                ))
            }
            RegistrationState::OutOfService
                if text == description::ZONE_DISABLED
                    || !balancer.is_enabled(&registration.zone) =>
            {
                Some(self.zone_disabled(balancer, id, registration))
            }
            RegistrationState::OutOfService if registration.reason == Reason::Instance => {
                Some(self.failing(balancer, id))
            }
            RegistrationState::OutOfService => Some(self.in_progress(balancer, id, registration)),
        }
    }

    fn zone_disabled(
        &self,
        balancer: &LoadBalancer,
        id: &InstanceId,
        registration: &Registration,
    ) -> Finding {
        let draining = self.state.draining_of(&balancer.key(), self.now);
        let rest = match draining.contains(&id) {
            true => "; it finishes what it has under way",
            false => "",
        };
        let zone = &registration.zone;
        finding(
            "zone-disabled",
            format!("{id} is out of service"),
            format!("its zone {zone} is disabled for this load balancer{rest}"),
            format!("eulb-enable-zones-for-lb -z {zone} {}", balancer.name),
        )
    }

    fn failing(&self, balancer: &LoadBalancer, id: &InstanceId) -> Finding {
        let last = self.last_check(id, balancer);
        let said = last
            .as_ref()
            .map_or("no check has been seen since the start", |last| {
                last.as_str()
            });
        let told_to_fail = |instance: &Instance| match &instance.kind {
            InstanceKind::Web(web) => web.failing,
            InstanceKind::External => false,
        };
        let instance = self.state.instances.get(id);
        let mend = match &balancer.health_check {
            Some(_) if instance.is_some_and(|instance| told_to_fail(instance)) => {
                format!("eulb instance restore {id}")
            }
            Some(check) if said.contains("refused") || said.contains("did not accept") => format!(
                "start the server of {id} on port {}, or let its security group admit the servo",
                check.target.port()
            ),
            Some(check) if check.target.protocol().is_http() => format!(
                "make {} answer 200, or check something else: eulb-configure-healthcheck -t TCP:{} --interval {} --timeout {} --healthy-threshold {} --unhealthy-threshold {} {}",
                check.target.path(),
                check.target.port(),
                check.interval_seconds,
                check.timeout_seconds,
                check.thresholds.healthy,
                check.thresholds.unhealthy,
                balancer.name
            ),
            _ => format!("look at the server of {id}"),
        };
        finding(
            "failed-health-checks",
            format!("{id} is out of service: {}", description::FAILED_CHECKS),
            said,
            mend,
        )
    }

    fn in_progress(
        &self,
        balancer: &LoadBalancer,
        id: &InstanceId,
        registration: &Registration,
    ) -> Finding {
        let symptom = format!("{id} is out of service: {}", description::IN_PROGRESS);
        // The first listener brings a health check along, which stays when the listener goes.
        let Some(check) = &balancer.health_check else {
            return finding(
                "registration-in-progress",
                symptom,
                "the load balancer never had a listener, so that it has no health check",
                format!(
                    "eulb-create-lb-listeners -l \"lb-port=80, protocol=HTTP, instance-port=80\" {}",
                    balancer.name
                ),
            );
        };
        let mine: Vec<_> = self.checks_of(id, balancer).collect();
        let state = self.state.instances.get(id).map(|of| of.state);
        let (cause, mend) = match (mine.first(), state) {
            (_, None) => ("there is no such instance any more".to_owned(), None),
            (_, Some(InstanceState::Pending)) => ("the instance is pending".to_owned(), None),
            (None, _) => (
                format!("no servo in {} checks it yet", registration.zone),
                Some("eulb local status".to_owned()),
            ),
            (Some(checked), _) => {
                let passing = checked.checks.last().is_some_and(|last| last.passed);
                let (needed, what) = if passing {
                    (check.thresholds.healthy, "passed")
                } else {
                    (check.thresholds.unhealthy, "failed")
                };
                let last = self.last_check(id, balancer);
                (
                    format!(
                        "{} of {needed} checks in a row have {what}, one every {} s{}",
                        checked.in_a_row.min(needed),
                        check.interval_seconds,
                        last.map(|last| format!("; the last: {last}"))
                            .unwrap_or_default()
                    ),
                    Some(format!(
                        "eulb wait instances-in-service {} --instances {id}",
                        balancer.name
                    )),
                )
            }
        };
        finding("registration-in-progress", symptom, cause, mend)
    }

    fn checks_of<'c>(
        &'c self,
        id: &'c InstanceId,
        balancer: &'c LoadBalancer,
    ) -> impl Iterator<Item = &'c Checked> {
        self.checks
            .iter()
            .filter(move |of| of.instance == *id && balancer.servos.contains_key(&of.servo))
    }

    /// `HTTP:80/health answered 500 in 3 ms (servo i-…, to 127.102.0.1:80)`
    fn last_check(&self, id: &InstanceId, balancer: &LoadBalancer) -> Option<String> {
        let newest = self
            .checks_of(id, balancer)
            .filter_map(|of| Some((of, of.checks.last()?)))
            .max_by_key(|(_, last)| last.at);
        newest.map(|(of, last)| format!("{} (servo {}, to {})", last.checked, of.servo, of.address))
    }

    /// As DescribeInstanceHealth shows it.
    fn health<'r>(
        &self,
        balancer: &LoadBalancer,
        id: &InstanceId,
        registration: &'r Registration,
    ) -> Health<'r> {
        let of = (id, registration);
        health(of, balancer, self.state, self.config, self.now)
    }

    fn explained(
        &self,
        balancer: &LoadBalancer,
        id: &InstanceId,
        registration: &Registration,
    ) -> ExplainedInstance {
        let health = self.health(balancer, id, registration);
        ExplainedInstance {
            balancer: balancer.name.to_string(),
            instance: id.to_string(),
            zone: registration.zone.to_string(),
            state: health.state.to_owned(),
            description: health.description.to_owned(),
            health_check: balancer.health_check.as_ref().map(described),
            checks: self.checks_of(id, balancer).cloned().collect(),
        }
    }

    /// Explains an instance in every load balancer it is registered with.
    ///
    /// # Errors
    ///
    /// Nobody knows the instance.
    pub fn instance(&self, text: &str) -> Result<Explanation, String> {
        let id = InstanceId::new(text);
        let keys = self.state.registered_with(&id);
        let known = self.state.instances.get(&id);
        if keys.is_empty() && known.is_none() {
            return Err(format!("there is no instance '{text}'"));
        }
        let mut findings = Vec::new();
        let mut instances = Vec::new();
        if let Some(reason) = self.reports.failed_instances.get(&id) {
            findings.push(finding(
                "instance-not-running",
                format!("nothing answers at {id}"),
                reason.clone(),
                "free its address and port; it is tried again".to_owned(),
            ));
        }
        let draining = self.state.draining.left_by(&id, self.now).into_iter();
        let left = draining.filter_map(|key| self.state.balancers.get(key));
        let departures: Vec<Finding> = left.filter_map(|balancer| leaving(balancer, &id)).collect();
        if keys.is_empty() && departures.is_empty() {
            findings.push(finding(
                "not-registered",
                format!("{id} receives no traffic"),
                "it is registered with no load balancer",
                format!("eulb-register-instances-with-lb --instances {id} NAME"),
            ));
        }
        findings.extend(departures);
        for key in keys {
            let Some(balancer) = self.state.balancers.get(&key) else {
                continue;
            };
            if let Some(registration) = balancer.instances.get(&id) {
                findings.extend(self.look_at_registration(balancer, &id, registration));
                instances.push(self.explained(balancer, &id, registration));
            }
        }
        Ok(Explanation {
            subject: match known {
                Some(instance) => format!(
                    "instance {id} in {}, {}",
                    instance.zone,
                    instance.state.as_str()
                ),
                None => format!("instance {id}, which is gone"),
            },
            findings,
            listeners: Vec::new(),
            instances,
        })
    }
}

/// That an instance was deregistered and still has exchanges. Of one that left with its zone,
/// [`Scene::zone_disabled`] tells.
fn leaving(balancer: &LoadBalancer, id: &InstanceId) -> Option<Finding> {
    if balancer.instances.contains_key(id) {
        return None;
    }
    let name = &balancer.name;
    Some(finding(
        "deregistration-in-progress",
        format!("{id} is InService though it was deregistered from {name}"),
        format!(
            "it gets nothing new and finishes what it has under way, within {} s of its deregistration",
            balancer.attributes.draining.timeout_seconds
        ),
        format!("eulb wait instance-deregistered {name} --instances {id}"),
    ))
}

/// The newest change of a load balancer, if it was refused.
fn refused(recent: &[Event]) -> Option<Finding> {
    let ended =
        |event: &&Event| event.component == "loadbalancing" && event.fields.contains_key("account");
    let last = recent.iter().rev().find(ended)?;
    let action = last.fields.get("action")?;
    if last.level != "warn" {
        return None;
    }
    Some(finding(
        "refused-request",
        format!("the last request, {action}, changed nothing"),
        last.fields
            .get("reason")
            .cloned()
            .unwrap_or_else(|| last.message.clone()),
        last.request.as_ref().map(|id| format!("eulb trace {id}")),
    ))
}
