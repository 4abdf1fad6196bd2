//! CreateLoadBalancerListeners, DeleteLoadBalancerListeners,
//! SetLoadBalancerListenerSSLCertificate.

use super::{balancer_to_change, dialect, given, policy};
use crate::controller::operations::{Context, Write};
use crate::controller::properties;
use crate::controller::state::{Draft, State};
use crate::model::balancer::LoadBalancer;
use crate::model::health::Thresholds;
use crate::model::listener::{Listener, Port, Protocol};
use crate::model::refusal::Refusal;
use crate::wire::fault::Fault;
use crate::wire::listener::{
    CreateLoadBalancerListeners, CreateLoadBalancerListenersResponse, DeleteLoadBalancerListeners,
    DeleteLoadBalancerListenersResponse, Listener as WireListener,
    SetLoadBalancerListenerSSLCertificate, SetLoadBalancerListenerSSLCertificateResponse,
};
use crate::wire::members;
use crate::wire::release::Feature;

/// The thresholds of the default health check.
fn default_thresholds(context: &Context) -> Thresholds {
    Thresholds {
        healthy: if context.has(Feature::HealthyThresholdTen) {
            10
        } else {
            3
        },
        unhealthy: if context.has(Feature::UnhealthyThresholdThree) {
            3
        } else {
            2
        },
    }
}

/// Reads listeners by the rules of the release, which looks at each of them in the order below.
///
/// # Errors
///
/// The first rule that a listener breaks.
pub fn read(
    listeners: &[WireListener],
    context: &Context,
    state: &State,
) -> Result<Vec<Listener>, Refusal> {
    // Eucalyptus makes a load balancer without listeners, and listeners of none.
    if listeners.is_empty() && context.has(Feature::AmazonRules) {
        return Err(Refusal::NoListeners);
    }
    listeners
        .iter()
        .map(|listener| read_one(listener, context, state))
        .collect()
}

fn read_one(
    listener: &WireListener,
    context: &Context,
    state: &State,
) -> Result<Listener, Refusal> {
    let text = listener
        .protocol
        .as_deref()
        .ok_or(Refusal::InvalidListener)?;
    let protocol: Protocol = text.parse().map_err(|_| Refusal::ProtocolUnsupported)?;
    if protocol.is_tls() && !context.has(Feature::SecureListeners) {
        return Err(Refusal::ProtocolUnsupported);
    }
    let number = |port: Option<i64>| {
        port.filter(|port| *port > 0)
            .ok_or(Refusal::InvalidListener)
    };
    let port = number(listener.load_balancer_port)?;
    let instance_port = number(listener.instance_port)?;
    // Small letters are accepted, unlike at 3.3.0, which then silently makes no listener.
    let instance_protocol = match listener.instance_protocol.as_deref() {
        None => None,
        Some(none) if none.eq_ignore_ascii_case("NONE") => None,
        Some(text) => Some(
            text.parse::<Protocol>()
                .map_err(|_| Refusal::InvalidListener)?,
        ),
    };
    let port = Port::new(port).ok_or(Refusal::InvalidPort)?;
    let instance_port = Port::new(instance_port).ok_or(Refusal::InvalidPort)?;
    let pair = instance_protocol.unwrap_or(protocol.plain());
    if context.has(Feature::LayerPairs) && pair.is_http() != protocol.is_http() {
        return Err(Refusal::InvalidListener);
    }
    let certificate = listener
        .ssl_certificate_id
        .as_deref()
        .filter(|arn| !arn.is_empty());
    let certificate = match (protocol.is_tls(), certificate) {
        (true, None) => return Err(Refusal::CertificateRequired),
        (true, Some(arn)) => Some(own_certificate(arn, context, state)?),
        (false, Some(_)) if context.has(Feature::AmazonRules) => {
            return Err(Refusal::CertificateUnwanted);
        }
        // Eucalyptus ignores it, and tools send it for every listener of a list.
        (false, _) => None,
    };
    Ok(Listener {
        protocol,
        port,
        instance_protocol: if context.has(Feature::InstanceProtocolDefault) {
            Some(pair)
        } else {
            instance_protocol
        },
        instance_port,
        certificate,
    })
}

/// Refuses listeners on ports that the administrator has restricted.
///
/// # Errors
///
/// A port is restricted. Eucalyptus 3.4.0 to 4.4.2 answer it as an internal failure.
pub fn refuse_restricted(
    listeners: &[Listener],
    context: &Context,
    state: &State,
) -> Result<(), Fault> {
    let release = context.config.release;
    let restricting =
        |listener: &Listener| properties::restricting(state, release, listener.port.get());
    let Some(ports) = listeners.iter().find_map(restricting) else {
        return Ok(());
    };
    Err(Fault::Internal {
        message: if context.has(Feature::RestrictedPortsListed) {
            format!("The specified port(s) {ports}, are restricted for use as a loadbalancer port.")
        } else {
            "The specified port is restricted for use as a loadbalancer port".to_owned()
        },
    })
}

/// The ARN of a server certificate of the caller's account.
fn own_certificate(arn: &str, context: &Context, state: &State) -> Result<String, Refusal> {
    state
        .certificates
        .get(arn)
        .filter(|certificate| certificate.account == context.caller.account)
        .map(|certificate| certificate.arn())
        .ok_or_else(|| Refusal::CertificateNotFound {
            arn: arn.to_owned(),
        })
}

/// Puts listeners on a load balancer, each with the policy that a release gives to secure ones.
///
/// # Errors
///
/// A port is taken, or an instance port would be spoken to in two ways.
pub fn add(
    balancer: &mut LoadBalancer,
    listeners: Vec<Listener>,
    context: &Context,
) -> Result<(), Fault> {
    let secure = |listener: &Listener| {
        let protocol = listener.instance_protocol;
        protocol.is_some_and(Protocol::is_tls)
    };
    for listener in listeners {
        let identical = balancer.listeners.get(&listener.port) == Some(&listener);
        // Eucalyptus takes the same listener twice only if it has a certificate.
        let may_repeat =
            context.has(Feature::IdenticalListenerSucceeds) || listener.certificate.is_some();
        if identical && may_repeat {
            continue;
        }
        let mixed = |other: &Listener| {
            other.instance_port == listener.instance_port && secure(other) != secure(&listener)
        };
        if context.has(Feature::AmazonRules) && balancer.listeners.values().any(mixed) {
            let port = listener.instance_port;
            return Err(Refusal::InstancePortMixed { port }.into());
        }
        balancer.add_listener(listener.clone(), default_thresholds(context))?;
        balancer
            .policies
            .secure(&policy::catalogue(context), &listener)?;
    }
    Ok(())
}

impl Write for CreateLoadBalancerListeners {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateLoadBalancerListenersResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        let listeners = read(members(&self.listeners), context, draft.state())?;
        refuse_restricted(&listeners, context, draft.state())?;
        add(&mut balancer, listeners, context)?;
        draft.put_balancer(balancer);
        Ok(CreateLoadBalancerListenersResponse {})
    }
}

impl Write for DeleteLoadBalancerListeners {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DeleteLoadBalancerListenersResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        given("LoadBalancerPorts", &self.load_balancer_ports)?;
        // A port without a listener, or that is no port, is none to delete.
        let ports = members(&self.load_balancer_ports).iter();
        let ports = ports.filter_map(|port| Port::new(*port));
        balancer.remove_listeners(dialect(context), ports);
        draft.put_balancer(balancer);
        Ok(DeleteLoadBalancerListenersResponse {})
    }
}

impl Write for SetLoadBalancerListenerSSLCertificate {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<SetLoadBalancerListenerSSLCertificateResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        if self.ssl_certificate_id.is_empty() {
            return Err(Refusal::CertificateUnspecified.into());
        }
        let port = Port::new(self.load_balancer_port).ok_or(Fault::ListenerNotFound)?;
        let arn = own_certificate(&self.ssl_certificate_id, context, draft.state());
        balancer.set_certificate(port, &arn?)?;
        draft.put_balancer(balancer);
        Ok(SetLoadBalancerListenerSSLCertificateResponse {})
    }
}
