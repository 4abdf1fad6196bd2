//! CreateLoadBalancerListeners, DeleteLoadBalancerListeners.

use super::balancer_to_change;
use crate::controller::operations::{Context, Write};
use crate::controller::properties;
use crate::controller::state::{Draft, State};
use crate::model::health::Thresholds;
use crate::model::listener::{Listener, Port, Protocol};
use crate::model::refusal::Refusal;
use crate::wire::fault::Fault;
use crate::wire::listener::{
    CreateLoadBalancerListeners, CreateLoadBalancerListenersResponse, DeleteLoadBalancerListeners,
    DeleteLoadBalancerListenersResponse, Listener as WireListener,
};
use crate::wire::members;
use crate::wire::release::Feature;

/// The thresholds of the default health check.
pub fn default_thresholds(context: &Context) -> Thresholds {
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
/// TLS ends nowhere in this service yet, so HTTPS and SSL are refused in every release.
///
/// # Errors
///
/// The first rule that a listener breaks.
pub fn read(listeners: &[WireListener], context: &Context) -> Result<Vec<Listener>, Refusal> {
    listeners
        .iter()
        .map(|listener| read_one(listener, context))
        .collect()
}

fn read_one(listener: &WireListener, context: &Context) -> Result<Listener, Refusal> {
    let text = listener
        .protocol
        .as_deref()
        .ok_or(Refusal::InvalidListener)?;
    let protocol: Protocol = text.parse().map_err(|_| Refusal::ProtocolUnsupported)?;
    if protocol.is_tls() {
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
    let pair = instance_protocol.unwrap_or(protocol);
    if context.has(Feature::LayerPairs) && pair.is_http() != protocol.is_http() {
        return Err(Refusal::InvalidListener);
    }
    Ok(Listener {
        protocol,
        port,
        instance_protocol: if context.has(Feature::InstanceProtocolDefault) {
            Some(pair)
        } else {
            instance_protocol
        },
        instance_port,
        certificate: None,
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

impl Write for CreateLoadBalancerListeners {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateLoadBalancerListenersResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        let listeners = read(members(&self.listeners), context)?;
        refuse_restricted(&listeners, context, draft.state())?;
        for listener in listeners {
            let identical = balancer.listeners.get(&listener.port) == Some(&listener);
            if identical && context.has(Feature::IdenticalListenerSucceeds) {
                continue;
            }
            balancer.add_listener(listener, default_thresholds(context))?;
        }
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
        // A port without a listener, or that is no port, is none to delete.
        let ports = members(&self.load_balancer_ports).iter();
        balancer.remove_listeners(ports.filter_map(|port| Port::new(*port)));
        draft.put_balancer(balancer);
        Ok(DeleteLoadBalancerListenersResponse {})
    }
}
