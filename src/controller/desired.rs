//! What must be serving, worked out from the state; only for what changed.

use super::Config;
use super::properties::Property;
use super::state::State;
use crate::model::attribute::Attributes;
use crate::model::balancer::{BalancerKey, LoadBalancer, RegistrationState};
use crate::model::certificate::ServerCertificate;
use crate::model::instance::{InstanceId, InstanceKind, InstanceState};
use crate::model::listener::{Port, Protocol};
use crate::model::plane::{
    AccessLog, Backend, BalancerLabel, Behaviour, Choice, Departure, Desired, Identity,
    InstanceTls, ListenerTerms, ListenerTls, LogForm, Servo, Stickiness, Web,
};
use crate::model::policy::Terms;
use crate::wire::release::{Feature, Release};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Longest silence on a connection, before and from Eucalyptus 4.1.0. Source: servo 1.0.0 and 1.1.0.
const SHORT_IDLE_TIMEOUT: Duration = Duration::from_secs(10);
const LONG_IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest wait for a connection to an instance, likewise.
const SHORT_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const LONG_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The name of the local cloud's region at every release, as `eulb local env` has it.
const REGION: &str = "eucalyptus";

/// Minutes of one object of the log of all load balancers: the shorter of Amazon's two, since whoever
/// asks for that log wants to look at it.
const EVERYWHERE_INTERVAL_MINUTES: u32 = 5;

/// Hours for which an application's cookie is followed in Eucalyptus, if the property that says so is
/// not a number.
const APP_COOKIE_HOURS: u32 = 24;

/// How load balancers of a release carry traffic.
fn behaviour(attributes: &Attributes, release: Release) -> Behaviour {
    let long = release.has(Feature::LongTimeouts);
    Behaviour {
        forwarded_proto_and_port: release.has(Feature::ForwardedProtoAndPort),
        // No client can tell, and a connection per request costs instances dearly.
        reuse_instance_connections: true,
        unavailable_page: !release.has(Feature::EmptyUnavailable),
        first_pass_suffices: release.has(Feature::FirstPassSuffices),
        idle_timeout: if release.has(Feature::IdleTimeoutAttribute) {
            Duration::from_secs(attributes.idle_timeout_seconds.into())
        } else if long {
            LONG_IDLE_TIMEOUT
        } else {
            SHORT_IDLE_TIMEOUT
        },
        connect_timeout: if long {
            LONG_CONNECT_TIMEOUT
        } else {
            SHORT_CONNECT_TIMEOUT
        },
        // Defensive where the attribute cannot be set.
        desync_mode: attributes.desync_mode,
        departure: if !release.has(Feature::ConnectionDraining) {
            Departure::Finish
        } else if attributes.draining.enabled {
            Departure::Drain(Duration::from_secs(
                attributes.draining.timeout_seconds.into(),
            ))
        } else {
            Departure::Cut
        },
        choice: if release.has(Feature::LeastOutstanding) {
            Choice::LeastOutstanding
        } else {
            Choice::RoundRobin
        },
    }
}

/// Where a load balancer's exchanges are logged: in the bucket its attribute names, else where all
/// are logged, if they are.
fn access_log(attributes: &Attributes, config: &Config) -> Option<AccessLog> {
    let release = config.release;
    let wanted = &attributes.access_log;
    let by_attribute = wanted
        .bucket
        .as_ref()
        .filter(|_| wanted.enabled && release.has(Feature::AccessLogAttribute))
        .zip(config.buckets.as_ref())
        .map(|(bucket, buckets)| {
            let minutes = wanted.emit_interval_minutes;
            (
                buckets.join(bucket),
                wanted.prefix.as_deref().unwrap_or_default(),
                minutes,
            )
        });
    let everywhere = || {
        let directory = config.access_log.clone()?;
        Some((directory, "", EVERYWHERE_INTERVAL_MINUTES))
    };
    let (bucket, prefix, minutes) = by_attribute.or_else(everywhere)?;
    Some(AccessLog {
        bucket: bucket.into(),
        prefix: prefix.into(),
        region: REGION.into(),
        interval: Duration::from_secs(60 * u64::from(minutes)),
        form: if release.has(Feature::AccessLogTls) {
            LogForm::Amazon
        } else {
            LogForm::Eucalyptus
        },
    })
}

/// What certificates and policies ask of the listeners of a load balancer.
fn terms(
    balancer: &LoadBalancer,
    state: &State,
    release: Release,
) -> BTreeMap<Port, ListenerTerms> {
    let mut all = BTreeMap::new();
    for listener in balancer.listeners.values() {
        let policies = &balancer.policies;
        let mut terms = ListenerTerms::default();
        let mut negotiation = None;
        for policy in policies.terms_of_listener(listener.port) {
            match policy {
                Terms::SslNegotiation(switches) => negotiation = Some(switches.clone()),
                Terms::LbCookieStickiness { expiration_seconds } => {
                    // 0 is no expiry, like none: the browser's session.
                    let lifetime = expiration_seconds.filter(|seconds| *seconds > 0);
                    let lifetime = lifetime.map(Duration::from_secs);
                    terms.stickiness = Some(stickiness(release, None, lifetime));
                }
                Terms::AppCookieStickiness { cookie } => {
                    let hours = state.property(Property::AppCookieDuration, release);
                    let hours = hours.parse().unwrap_or(APP_COOKIE_HOURS);
                    let lifetime = Duration::from_secs(3600).saturating_mul(hours);
                    // At Amazon the application's cookie alone decides.
                    let lifetime = (!release.has(Feature::CookieMaxAge)).then_some(lifetime);
                    terms.stickiness = Some(stickiness(release, Some(cookie.clone()), lifetime));
                }
                Terms::BackendServerAuthentication { .. }
                | Terms::ProxyProtocol { .. }
                | Terms::PublicKey { .. } => {}
            }
        }
        if listener.protocol.is_tls() {
            let certificate = listener.certificate.as_deref();
            let certificate = certificate.and_then(|arn| state.certificates.get(arn));
            terms.tls = Some(ListenerTls {
                identity: certificate.map(|certificate| Arc::new(identity(certificate))),
                negotiation,
            });
        }
        if listener.instance_protocol.is_some_and(Protocol::is_tls) {
            let trusted = policies.trusted_keys(listener.instance_port);
            terms.instance_tls = Some(InstanceTls {
                trusted: trusted.into_iter().map(Arc::from).collect(),
            });
        }
        if terms != ListenerTerms::default() {
            all.insert(listener.port, terms);
        }
    }
    all
}

fn identity(certificate: &ServerCertificate) -> Identity {
    let mut certificates = certificate.certificate.clone();
    if let Some(authority) = &certificate.chain {
        certificates.push('\n');
        certificates.push_str(authority);
    }
    Identity {
        certificates: certificates.into(),
        key: certificate.key.reveal().into(),
    }
}

/// How a release's load balancers stick: by HAProxy's rules or by Amazon's.
fn stickiness(
    release: Release,
    follows: Option<Arc<str>>,
    lifetime: Option<Duration>,
) -> Stickiness {
    let amazon = release.has(Feature::CookieMaxAge);
    Stickiness {
        follows,
        lifetime,
        dated: !amazon,
        cache_control: if release.has(Feature::CookieCacheControl) {
            "no-cache=\"set-cookie\""
        } else {
            // HAProxy's `nocache`.
            "private"
        },
        cors: amazon,
        hidden: !amazon,
    }
}

/// The servos of a load balancer.
fn servos(balancer: &LoadBalancer, state: &State, config: &Config, cause: &Arc<str>) -> Vec<Servo> {
    let label = BalancerLabel {
        account: balancer.account.as_str().into(),
        name: balancer.name.shared(),
    };
    let access_log = access_log(&balancer.attributes, config);
    let proxy_protocol = match config.release.has(Feature::ProxyProtocol) {
        true => balancer.policies.proxy_protocol_ports().collect(),
        false => BTreeSet::new(),
    };
    let terms = terms(balancer, state, config.release);
    let cross_zone = config.release.has(Feature::CrossZone) && balancer.attributes.cross_zone;
    balancer
        .servos
        .iter()
        .map(|(id, place)| Servo {
            id: id.clone(),
            balancer: label.clone(),
            zone: place.zone.clone(),
            address: place.address,
            port_offset: config.port_offset,
            listeners: balancer.listeners.values().cloned().collect(),
            backends: balancer
                .instances
                .iter()
                .filter(|(_, registration)| {
                    let reachable = cross_zone && balancer.is_enabled(&registration.zone);
                    (reachable || registration.zone == place.zone)
                        && registration.state != RegistrationState::Error
                })
                .filter_map(|(id, _)| {
                    Some(Backend {
                        instance: id.clone(),
                        reach: state.instances.get(id)?.reach.clone(),
                    })
                })
                .collect(),
            health_check: balancer.health_check.clone(),
            behaviour: behaviour(&balancer.attributes, config.release),
            access_log: access_log.clone(),
            proxy_protocol: proxy_protocol.clone(),
            terms: terms.clone(),
            cause: cause.clone(),
        })
        .collect()
}

/// Whether two versions of a servo are to serve alike, whatever led to them.
fn alike(one: &Servo, other: &Servo) -> bool {
    let other = Servo {
        cause: one.cause.clone(),
        ..other.clone()
    };
    *one == other
}

/// Brings a load balancer's servos in `desired` from one state to another; returns whether that
/// changed anything. A servo that is to serve as before stays the same `Arc`.
pub fn update_balancer(
    desired: &mut Desired,
    key: &BalancerKey,
    (before, after): (&State, &State),
    config: &Config,
    cause: &Arc<str>,
) -> bool {
    let mut changed = false;
    let old = before.balancers.get(key);
    let new = after.balancers.get(key);
    for id in old.iter().flat_map(|balancer| balancer.servos.keys()) {
        if !new.is_some_and(|balancer| balancer.servos.contains_key(id)) {
            changed |= desired.servos.remove(id).is_some();
        }
    }
    for servo in new
        .iter()
        .flat_map(|balancer| servos(balancer, after, config, cause))
    {
        let held = desired.servos.get(&servo.id);
        if !held.is_some_and(|held| alike(held, &servo)) {
            desired.servos.insert(servo.id.clone(), Arc::new(servo));
            changed = true;
        }
    }
    changed
}

/// Brings an in-process web instance in `desired` to a state; returns whether that changed anything.
pub fn update_instance(desired: &mut Desired, id: &InstanceId, after: &State) -> bool {
    let web = after.instances.get(id).and_then(|instance| {
        let InstanceKind::Web(settings) = &instance.kind else {
            return None;
        };
        (instance.state == InstanceState::Running).then(|| Web {
            id: instance.id.clone(),
            reach: instance.reach.clone(),
            settings: settings.clone(),
        })
    });
    match web {
        Some(web)
            if desired
                .web_instances
                .get(id)
                .is_some_and(|held| **held == web) =>
        {
            false
        }
        Some(web) => {
            desired.web_instances.insert(id.clone(), Arc::new(web));
            true
        }
        None => desired.web_instances.remove(id).is_some(),
    }
}
