//! The policies of one load balancer, and the places where they are in force.

use super::{
    Attribute, Catalogue, Dialect, Kind, POLICIES_AT_MOST, Policy, PolicyName, PolicyRefusal, Terms,
};
use crate::model::listener::{Listener, Port};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The policies of one load balancer, and where they are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// In the order of their creation.
    held: Vec<Policy>,
    /// By the port of the listener.
    #[serde(default)]
    listeners: BTreeMap<Port, Vec<PolicyName>>,
    /// By the port of the instance.
    #[serde(default)]
    backends: BTreeMap<Port, Vec<PolicyName>>,
}

impl Policies {
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.held.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Policy> {
        self.held.iter().find(|policy| policy.name.as_str() == name)
    }

    /// The policies of a listener, in the order in which they were set.
    pub fn of_listener(&self, port: Port) -> &[PolicyName] {
        self.listeners.get(&port).map_or(&[], Vec::as_slice)
    }

    /// The instance ports that carry policies, with their policies.
    pub fn backends(&self) -> impl Iterator<Item = (Port, &[PolicyName])> {
        self.backends
            .iter()
            .map(|(port, names)| (*port, names.as_slice()))
    }

    /// What the policies in force on a listener say.
    pub fn terms_of_listener(&self, port: Port) -> impl Iterator<Item = &Terms> {
        let names = self.of_listener(port);
        names
            .iter()
            .filter_map(|name| self.get(name.as_str()).map(Policy::terms))
    }

    /// The instance ports at which instances are told the client's address.
    pub fn proxy_protocol_ports(&self) -> impl Iterator<Item = Port> {
        self.backends().filter_map(|(port, names)| {
            let enabled = names.iter().any(|name| {
                matches!(
                    self.get(name.as_str()).map(Policy::terms),
                    Some(Terms::ProxyProtocol { enabled: true })
                )
            });
            enabled.then_some(port)
        })
    }

    /// The keys of which instances at a port must prove to have one; empty: they need prove nothing.
    pub fn trusted_keys(&self, instance_port: Port) -> Vec<&str> {
        let names = self.backends.get(&instance_port);
        names
            .into_iter()
            .flatten()
            .filter_map(|name| match self.get(name.as_str())?.terms() {
                Terms::BackendServerAuthentication { public_keys } => Some(public_keys),
                _ => None,
            })
            .flatten()
            .filter_map(|name| match self.get(name.as_str())?.terms() {
                Terms::PublicKey { key } => Some(&**key),
                _ => None,
            })
            .collect()
    }

    /// Creates a policy. At Amazon the same one of the PROXY protocol may be created again: Kubernetes
    /// does so at each of its rounds, and is not refused.
    ///
    /// # Errors
    ///
    /// The name is taken, or one of [`Policy::new`]'s; a policy that a new one refers to does not
    /// exist.
    pub fn create(
        &mut self,
        catalogue: &Catalogue,
        name: PolicyName,
        type_name: &str,
        attributes: &[Attribute],
    ) -> Result<(), PolicyRefusal> {
        if let Some(held) = self.get(name.as_str()) {
            let again = Policy::new(catalogue, name, type_name, attributes);
            let same = again.is_ok_and(|policy| policy == *held);
            return match (catalogue.dialect, held.kind()) {
                (Dialect::Amazon, Kind::ProxyProtocol) if same => Ok(()),
                _ => Err(PolicyRefusal::Duplicate),
            };
        }
        let policy = Policy::new(catalogue, name, type_name, attributes)?;
        if let Terms::BackendServerAuthentication { public_keys } = &policy.terms {
            let is_key = |name: &PolicyName| {
                let found = self.get(name.as_str());
                found.is_some_and(|policy| policy.kind() == Kind::PublicKey)
            };
            if !public_keys.iter().all(is_key) {
                return Err(PolicyRefusal::NotFound);
            }
        }
        self.insert(policy)
    }

    /// Puts the predefined policy of a new HTTPS or SSL listener on it, if the release has one.
    pub fn secure(
        &mut self,
        catalogue: &Catalogue,
        listener: &Listener,
    ) -> Result<(), PolicyRefusal> {
        if !listener.protocol.is_tls() {
            return Ok(());
        }
        let Some(predefined) = catalogue.default_security_policy() else {
            return Ok(());
        };
        let policy = Policy::predefined(catalogue, predefined);
        let name = policy.name.clone();
        if self.get(name.as_str()).is_none() {
            self.insert(policy)?;
        }
        self.listeners.insert(listener.port, vec![name]);
        Ok(())
    }

    fn insert(&mut self, policy: Policy) -> Result<(), PolicyRefusal> {
        if self.held.len() >= POLICIES_AT_MOST {
            return Err(PolicyRefusal::TooMany);
        }
        self.held.push(policy);
        Ok(())
    }

    /// Deletes a policy. Deleting an absent one succeeds at Eucalyptus, and so it does here.
    ///
    /// # Errors
    ///
    /// It is in force on a listener or an instance port, or another policy refers to it.
    pub fn delete(&mut self, name: &str) -> Result<(), PolicyRefusal> {
        let in_force = |places: &BTreeMap<Port, Vec<PolicyName>>| {
            let mut names = places.values().flatten();
            names.any(|one| one.as_str() == name)
        };
        if in_force(&self.listeners) {
            return Err(PolicyRefusal::UsedByListeners);
        }
        if in_force(&self.backends) {
            return Err(PolicyRefusal::UsedByBackends);
        }
        let refers = |policy: &&Policy| match &policy.terms {
            Terms::BackendServerAuthentication { public_keys } => {
                public_keys.iter().any(|one| one.as_str() == name)
            }
            _ => false,
        };
        if let Some(policy) = self.held.iter().find(refers) {
            return Err(PolicyRefusal::UsedByPolicy(policy.name.clone()));
        }
        self.held.retain(|policy| policy.name.as_str() != name);
        Ok(())
    }

    /// Replaces the policies of a listener; none clears them.
    ///
    /// # Errors
    ///
    /// A name is unknown, or the policies do not suit a listener, this one, or each other.
    pub fn set_of_listener(
        &mut self,
        dialect: Dialect,
        listener: &Listener,
        names: &[String],
    ) -> Result<(), PolicyRefusal> {
        let mut wanted: Vec<&Policy> = Vec::new();
        for name in names {
            let policy = self.get(name).ok_or(PolicyRefusal::NotFound)?;
            if !policy.kind().is_stickiness() && policy.kind() != Kind::SslNegotiation {
                return Err(PolicyRefusal::NotForListeners(policy.kind()));
            }
            if !wanted.iter().any(|one| one.name == policy.name) {
                wanted.push(policy);
            }
        }
        let stickiness = |policy: &&&Policy| policy.kind().is_stickiness();
        let negotiation = |policy: &&&Policy| policy.kind() == Kind::SslNegotiation;
        if wanted.iter().any(|policy| stickiness(&policy)) && !listener.protocol.is_http() {
            return Err(PolicyRefusal::StickinessNeedsHttp);
        }
        if wanted.iter().filter(stickiness).count() > 1 {
            return Err(PolicyRefusal::OneStickiness);
        }
        // Eucalyptus takes any number of them anywhere, and ignores what makes no sense.
        if dialect == Dialect::Amazon {
            let count = wanted.iter().filter(negotiation).count();
            if count > 0 && !listener.protocol.is_tls() {
                return Err(PolicyRefusal::NegotiationNeedsTls);
            }
            if count > 1 {
                return Err(PolicyRefusal::OneNegotiation);
            }
        }
        let names: Vec<_> = wanted.iter().map(|policy| policy.name.clone()).collect();
        place(&mut self.listeners, listener.port, names);
        Ok(())
    }

    /// Replaces the policies of an instance port; none clears them.
    ///
    /// # Errors
    ///
    /// A name is unknown, no listener forwards to the port (which Amazon does not mind), or the policies
    /// do not suit an instance port or its protocol.
    pub fn set_for_backend<'a>(
        &mut self,
        dialect: Dialect,
        listeners: impl IntoIterator<Item = &'a Listener>,
        port: Port,
        names: &[String],
    ) -> Result<(), PolicyRefusal> {
        let mut wanted: Vec<&Policy> = Vec::new();
        for name in names {
            let policy = self.get(name).ok_or(PolicyRefusal::NotFound)?;
            match (policy.kind(), dialect) {
                (Kind::BackendServerAuthentication, _) => {}
                // No release of Eucalyptus ever sent the PROXY line; all refuse the policy here.
                // Amazon takes it at a port of HTTP, where it has no effect, as clients' tests do.
                (Kind::ProxyProtocol, Dialect::Amazon) => {}
                (_, Dialect::Eucalyptus) => {
                    return Err(PolicyRefusal::OnlyAuthenticationForBackends);
                }
                (_, Dialect::Amazon) => {
                    return Err(PolicyRefusal::NotForBackends(policy.name.clone()));
                }
            }
            if !wanted.iter().any(|one| one.name == policy.name) {
                wanted.push(policy);
            }
        }
        let listener = listeners
            .into_iter()
            .find(|listener| listener.instance_port == port);
        // Amazon takes policies for a port before there is a listener. Source: boto's integration tests.
        if listener.is_none() && dialect == Dialect::Eucalyptus {
            return Err(PolicyRefusal::NoListenerForBackend);
        }
        let plain = listener.is_some_and(|listener| {
            let protocol = listener.instance_protocol.unwrap_or(listener.protocol);
            !protocol.is_tls()
        });
        let authentication = |policy: &&Policy| policy.kind() == Kind::BackendServerAuthentication;
        if plain && wanted.iter().any(authentication) {
            return Err(PolicyRefusal::AuthenticationNeedsTls);
        }
        let names: Vec<_> = wanted.iter().map(|policy| policy.name.clone()).collect();
        place(&mut self.backends, port, names);
        Ok(())
    }

    /// Forgets the places that went with listeners: their own ports, and instance ports to which
    /// none of the `remaining` forwards. The policies themselves stay.
    ///
    /// At Amazon an instance port keeps its policies, for whatever listener comes next: Kubernetes
    /// clears them by itself, since "these old policies will stick around".
    pub fn prune<'a>(
        &mut self,
        dialect: Dialect,
        remaining: impl Iterator<Item = &'a Listener> + Clone,
    ) {
        self.listeners
            .retain(|port, _| remaining.clone().any(|listener| listener.port == *port));
        self.backends.retain(|port, _| {
            dialect == Dialect::Amazon
                || remaining
                    .clone()
                    .any(|listener| listener.instance_port == *port)
        });
    }
}

fn place(places: &mut BTreeMap<Port, Vec<PolicyName>>, port: Port, names: Vec<PolicyName>) {
    if names.is_empty() {
        places.remove(&port);
    } else {
        places.insert(port, names);
    }
}
