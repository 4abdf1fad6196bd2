//! Calling a controller: encode, sign, send, decode; and how a user's settings are found.
//!
//! [`Client`] knows the operations through [`Action`]; `transport` knows HTTP, signatures, tries and
//! redirects and nothing of load balancing. [`local`] is another, unsigned way in: the administration
//! of a local cloud. Everything runs on a current-thread runtime.

pub mod config;
mod encoding;
pub mod error;
pub mod local;
pub mod probe;
pub mod settings;
mod tls;
mod transport;

use crate::wire::balancer::{
    CreateLoadBalancer, CreateLoadBalancerResponse, DescribeLoadBalancers, LoadBalancerDescription,
};
use crate::wire::xml::{self, Answer, Document, Limits};
use crate::wire::{Action, Members, members, query};
pub use error::{CallError, ServiceError};
pub use settings::Settings;
use transport::{Success, Transport};

/// A caller of one controller, on behalf of one user.
#[derive(Debug)]
pub struct Client {
    transport: Transport,
}

/// A request that could be sent: everything but the secret it was signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub url: String,
    /// In the order of their names.
    pub headers: Vec<(String, String)>,
    pub form: String,
}

impl Client {
    /// Prepares calls; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The endpoint is no http or https URL, or certificates cannot be loaded.
    pub fn new(settings: Settings) -> Result<Client, CallError> {
        Ok(Client {
            transport: Transport::new(settings)?,
        })
    }

    /// Whether the endpoint is at a loopback address, where questions cost nobody anything.
    pub fn is_on_this_machine(&self) -> bool {
        self.transport.is_on_this_machine()
    }

    /// Calls an operation.
    ///
    /// # Errors
    ///
    /// The service refused, could not be reached, was silent, or answered something else.
    pub async fn call<A: Action>(&self, request: &A) -> Result<A::Response, CallError> {
        let parameters =
            query::parameters(request).map_err(|error| CallError::Settings(error.to_string()))?;
        Ok(self.call_parameters::<A>(&parameters).await?.result)
    }

    /// The request that a call would send, signed now. Nothing is sent.
    ///
    /// # Errors
    ///
    /// It cannot be signed.
    pub fn prepare(&self, parameters: &[(String, String)]) -> Result<Prepared, CallError> {
        let form = query::form(parameters.iter().map(|(name, value)| (name, value)));
        self.transport.prepared(form)
    }

    /// Calls an operation with parameters that its shape may not know, and returns the request id
    /// with the answer.
    ///
    /// # Errors
    ///
    /// As of [`Client::call`].
    pub async fn call_parameters<A: Action>(
        &self,
        parameters: &[(String, String)],
    ) -> Result<Answer<A::Response>, CallError> {
        let form = query::form(parameters.iter().map(|(name, value)| (name, value)));
        let body = match self.transport.post(&form).await {
            Ok(Success { body }) => body,
            Err(failure) if failure.perhaps_done && is_duplicate(&failure.error) => {
                let created = self.own_creation(&form).await;
                created.ok_or(failure.error)?
            }
            Err(failure) => return Err(failure.error),
        };
        answer::<A>(&body)
    }

    /// The answer of a CreateLoadBalancer whose earlier try did what a later one calls a duplicate:
    /// the service failed or fell silent after it had created the load balancer.
    ///
    /// Only a load balancer that is exactly what was asked for is taken for our own.
    async fn own_creation(&self, form: &str) -> Option<Vec<u8>> {
        let parameters = query::Parameters::read(form.as_bytes()).ok()?;
        if parameters.get("Action") != Some(CreateLoadBalancer::NAME) {
            return None;
        }
        let asked: CreateLoadBalancer = query::decode(&parameters).ok()?;
        let question = DescribeLoadBalancers {
            load_balancer_names: Some(Members::from(vec![asked.load_balancer_name.clone()])),
            ..DescribeLoadBalancers::default()
        };
        let form = query::encode(&question).ok()?;
        let found = self.transport.post(&form).await.ok()?;
        let found = answer::<DescribeLoadBalancers>(&found.body).ok()?.result;
        let found = members(&found.load_balancer_descriptions)
            .iter()
            .find(|found| is_as_asked(&asked, found))?;
        let response = CreateLoadBalancerResponse {
            dns_name: found.dns_name.clone(),
        };
        let text = xml::response::<CreateLoadBalancer>(&response, "").ok()?;
        Some(text.into_bytes())
    }
}

fn answer<A: Action>(body: &[u8]) -> Result<Answer<A::Response>, CallError> {
    Document::read(body, Limits::bytes(body.len()))
        .and_then(|document| document.answer::<A>())
        .map_err(|error| CallError::Xml(error.to_string()))
}

/// Whether the service says that the name is taken, in the words of any release.
fn is_duplicate(error: &CallError) -> bool {
    let CallError::Service(error) = error else {
        return false;
    };
    match error.code.as_str() {
        "DuplicateLoadBalancerName" | "DuplicateAccessPointName" => true,
        // Eucalyptus before 4.0.0 gives no other hint than its message.
        "400" => error
            .message
            .starts_with("LoadBalancer name already exists"),
        _ => false,
    }
}

/// Whether a load balancer has the listeners, zones, subnets and groups that were asked for.
fn is_as_asked(asked: &CreateLoadBalancer, found: &LoadBalancerDescription) -> bool {
    let sorted = |list: &Option<Members<String>>| {
        let mut items = members(list).to_vec();
        items.sort();
        items
    };
    let mut listeners: Vec<_> = members(&found.listener_descriptions)
        .iter()
        .filter_map(|described| described.listener.clone())
        .collect();
    let mut wanted = members(&asked.listeners).to_vec();
    for listener in &mut wanted {
        let capitals = |protocol: &mut Option<String>| {
            *protocol = protocol.take().map(|text| text.to_ascii_uppercase());
        };
        capitals(&mut listener.protocol);
        capitals(&mut listener.instance_protocol);
        // A service may fill in what was left open.
        let same = listeners
            .iter_mut()
            .find(|found| found.load_balancer_port == listener.load_balancer_port);
        if let Some(found) = same
            && listener.instance_protocol.is_none()
        {
            found.instance_protocol = None;
        }
    }
    wanted.sort_by_key(|listener| listener.load_balancer_port);
    listeners.sort_by_key(|listener| listener.load_balancer_port);
    Some(&asked.load_balancer_name) == found.load_balancer_name.as_ref()
        && wanted == listeners
        && sorted(&asked.availability_zones) == sorted(&found.availability_zones)
        && (asked.subnets.is_none() || sorted(&asked.subnets) == sorted(&found.subnets))
        && (asked.security_groups.is_none()
            || sorted(&asked.security_groups) == sorted(&found.security_groups))
        && (asked.scheme.is_none() || asked.scheme == found.scheme)
        && members(&found.instances).is_empty()
}

#[cfg(test)]
mod tests;
