//! CreateAppCookieStickinessPolicy, CreateLBCookieStickinessPolicy, CreateLoadBalancerPolicy,
//! DeleteLoadBalancerPolicy, DescribeLoadBalancerPolicies, DescribeLoadBalancerPolicyTypes,
//! SetLoadBalancerPoliciesForBackendServer, SetLoadBalancerPoliciesOfListener.
//!
//! The order of the checks is that of Eucalyptus: what the request itself lacks comes before the
//! look for the load balancer.

use super::{balancer_to_change, balancer_to_describe, dialect, missing};
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::balancer::LoadBalancer;
use crate::model::listener::Port;
use crate::model::policy::schema::{AttributeType, COOKIE_EXPIRATION, COOKIE_NAME};
use crate::model::policy::{
    Attribute, Catalogue, Dialect, Kind, Policy, PolicyName, PolicyRefusal, Predefined, Terms,
};
use crate::wire::fault::Fault;
use crate::wire::policy::{
    AppCookieStickinessPolicy, BackendServerDescription, CreateAppCookieStickinessPolicy,
    CreateAppCookieStickinessPolicyResponse, CreateLBCookieStickinessPolicy,
    CreateLBCookieStickinessPolicyResponse, CreateLoadBalancerPolicy,
    CreateLoadBalancerPolicyResponse, DeleteLoadBalancerPolicy, DeleteLoadBalancerPolicyResponse,
    DescribeLoadBalancerPolicies, DescribeLoadBalancerPoliciesResponse,
    DescribeLoadBalancerPolicyTypes, DescribeLoadBalancerPolicyTypesResponse,
    LbCookieStickinessPolicy, Policies, PolicyAttribute, PolicyAttributeTypeDescription,
    PolicyDescription, PolicyTypeDescription, SetLoadBalancerPoliciesForBackendServer,
    SetLoadBalancerPoliciesForBackendServerResponse, SetLoadBalancerPoliciesOfListener,
    SetLoadBalancerPoliciesOfListenerResponse,
};
use crate::wire::release::Feature;
use crate::wire::{Members, members};

/// What the emulated release offers of policies.
pub fn catalogue(context: &Context) -> Catalogue {
    let offered = |kind: &Kind| {
        context.has(match kind {
            Kind::AppCookieStickiness => Feature::CreateAppCookieStickinessPolicy,
            Kind::LbCookieStickiness => Feature::CreateLBCookieStickinessPolicy,
            Kind::SslNegotiation => Feature::SslNegotiationPolicies,
            Kind::BackendServerAuthentication | Kind::PublicKey => {
                Feature::BackendAuthenticationPolicies
            }
            Kind::ProxyProtocol => Feature::ProxyProtocolPolicies,
        })
    };
    let dialect = dialect(context);
    Catalogue {
        dialect,
        kinds: Kind::ALL.into_iter().filter(offered).collect(),
        predefined: if dialect == Dialect::Amazon {
            Predefined::To2017
        } else if context.has(Feature::SecurityPolicies2016) {
            Predefined::To2016
        } else if context.has(Feature::SecurityPolicies2015) {
            Predefined::To2015
        } else {
            Predefined::None
        },
    }
}

fn invalid(reason: &str) -> Fault {
    Fault::InvalidConfiguration {
        reason: Some(reason.to_owned()),
    }
}

/// Reads the name of a policy. Eucalyptus spells the refusal of none in two ways, so it comes in.
fn policy_name(text: &str, context: &Context, none: &str) -> Result<PolicyName, Fault> {
    if text.is_empty() {
        return Err(invalid(none));
    }
    PolicyName::parse(text, dialect(context)).map_err(|refusal| match dialect(context) {
        Dialect::Eucalyptus => refusal.into(),
        Dialect::Amazon => Fault::ValidationError {
            reason: refusal.to_string(),
        },
    })
}

fn create(
    context: &Context,
    draft: &mut Draft,
    load_balancer_name: &str,
    name: PolicyName,
    kind: &str,
    attributes: &[Attribute],
) -> Result<(), Fault> {
    let mut balancer = balancer_to_change(draft, context, load_balancer_name)?;
    balancer
        .policies
        .create(&catalogue(context), name, kind, attributes)?;
    draft.put_balancer(balancer);
    Ok(())
}

impl Write for CreateAppCookieStickinessPolicy {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateAppCookieStickinessPolicyResponse, Fault> {
        let name = policy_name(&self.policy_name, context, "Policy name must be specified")?;
        if self.cookie_name.is_empty() {
            return Err(invalid("Cookie name must be specified"));
        }
        let attributes = [Attribute::new(COOKIE_NAME, self.cookie_name)];
        let kind = Kind::AppCookieStickiness.as_str();
        create(
            context,
            draft,
            &self.load_balancer_name,
            name,
            kind,
            &attributes,
        )?;
        Ok(CreateAppCookieStickinessPolicyResponse {})
    }
}

impl Write for CreateLBCookieStickinessPolicy {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateLBCookieStickinessPolicyResponse, Fault> {
        let name = policy_name(&self.policy_name, context, "Policy name must be specified")?;
        // At Amazon the cookie of a policy without a period, or with 0, lasts as long as the
        // browser's session; Eucalyptus wants one.
        let least = match dialect(context) {
            Dialect::Eucalyptus => Some(1),
            Dialect::Amazon => None,
        };
        if least.is_some_and(|least| self.cookie_expiration_period.unwrap_or_default() < least) {
            return Err(invalid("Expiration period must be bigger than 0"));
        }
        let attributes: Vec<_> = self
            .cookie_expiration_period
            .iter()
            .map(|seconds| Attribute::new(COOKIE_EXPIRATION, seconds.to_string()))
            .collect();
        let kind = Kind::LbCookieStickiness.as_str();
        create(
            context,
            draft,
            &self.load_balancer_name,
            name,
            kind,
            &attributes,
        )?;
        Ok(CreateLBCookieStickinessPolicyResponse {})
    }
}

impl Write for CreateLoadBalancerPolicy {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateLoadBalancerPolicyResponse, Fault> {
        let name = policy_name(&self.policy_name, context, "policy name must be specified")?;
        if self.policy_type_name.is_empty() {
            return Err(invalid("policy type name must be specified"));
        }
        let attributes: Vec<_> = members(&self.policy_attributes)
            .iter()
            .map(|given| {
                let text = |part: &Option<String>| part.clone().unwrap_or_default();
                Attribute::new(text(&given.attribute_name), text(&given.attribute_value))
            })
            .collect();
        create(
            context,
            draft,
            &self.load_balancer_name,
            name,
            &self.policy_type_name,
            &attributes,
        )?;
        Ok(CreateLoadBalancerPolicyResponse {})
    }
}

impl Write for DeleteLoadBalancerPolicy {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DeleteLoadBalancerPolicyResponse, Fault> {
        if self.policy_name.is_empty() {
            return Err(invalid("policy name must be specified"));
        }
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        balancer.policies.delete(&self.policy_name)?;
        draft.put_balancer(balancer);
        Ok(DeleteLoadBalancerPolicyResponse {})
    }
}

impl Write for SetLoadBalancerPoliciesOfListener {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<SetLoadBalancerPoliciesOfListenerResponse, Fault> {
        let port = port(self.load_balancer_port)?;
        let names = self.policy_names.ok_or_else(|| missing("PolicyNames"))?;
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        let listener = port
            .and_then(|port| balancer.listeners.get(&port))
            .ok_or(Fault::ListenerNotFound)?;
        balancer
            .policies
            .set_of_listener(dialect(context), listener, &names.member)?;
        draft.put_balancer(balancer);
        Ok(SetLoadBalancerPoliciesOfListenerResponse {})
    }
}

impl Write for SetLoadBalancerPoliciesForBackendServer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<SetLoadBalancerPoliciesForBackendServerResponse, Fault> {
        let port = port(self.instance_port)?;
        let names = self.policy_names.ok_or_else(|| missing("PolicyNames"))?;
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        balancer.policies.set_for_backend(
            dialect(context),
            balancer.listeners.values(),
            port.ok_or(PolicyRefusal::NoListenerForBackend)?,
            &names.member,
        )?;
        draft.put_balancer(balancer);
        Ok(SetLoadBalancerPoliciesForBackendServerResponse {})
    }
}

/// Reads a port: nothing for 0, which Eucalyptus takes for a port that nothing is on.
fn port(number: i64) -> Result<Option<Port>, Fault> {
    match Port::new(number) {
        None if number != 0 => Err(invalid("Invalid port number specified")),
        port => Ok(port),
    }
}

impl Read for DescribeLoadBalancerPolicies {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeLoadBalancerPoliciesResponse, Fault> {
        let named = self
            .load_balancer_name
            .filter(|name| !name.is_empty())
            .map(|name| balancer_to_describe(state, context, &name))
            .transpose()?;
        let samples;
        let policies: Vec<&Policy> = match named {
            Some(balancer) => balancer.policies.iter().collect(),
            None => {
                samples = catalogue(context).samples();
                samples.iter().collect()
            }
        };
        let wanted = members(&self.policy_names);
        let amazon = dialect(context) == Dialect::Amazon;
        let has = |name: &String| policies.iter().any(|policy| policy.name().as_str() == name);
        if amazon && !wanted.iter().all(has) {
            return Err(Fault::PolicyNotFound);
        }
        // Eucalyptus describes every sample, whatever names are given.
        let all = wanted.is_empty() || (named.is_none() && !amazon);
        let chosen = policies
            .iter()
            .filter(|policy| all || wanted.iter().any(|name| policy.name().as_str() == name));
        Ok(DescribeLoadBalancerPoliciesResponse {
            policy_descriptions: Some(chosen.map(|policy| describe(policy, context)).collect()),
        })
    }
}

/// The period of a cookie as it is told, seconds. One without lasts as long as the browser's session,
/// which Amazon tells as 0, and clients look for it. Source: the acceptance tests of Terraform's
/// policies, fog's and Ansible's.
fn told_period(seconds: Option<u64>, context: &Context) -> Option<u64> {
    let session = (dialect(context) == Dialect::Amazon).then_some(0);
    seconds.or(session)
}

fn describe(policy: &Policy, context: &Context) -> PolicyDescription {
    let mut attributes = policy.attributes();
    if let Terms::LbCookieStickiness {
        expiration_seconds: None,
    } = policy.terms()
        && let Some(told) = told_period(None, context)
    {
        attributes.push(Attribute::new(COOKIE_EXPIRATION, told.to_string()));
    }
    let attributes = attributes.into_iter().map(|attribute| PolicyAttribute {
        attribute_name: Some(attribute.name),
        attribute_value: Some(attribute.value),
    });
    PolicyDescription {
        policy_name: Some(policy.name().to_string()),
        policy_type_name: Some(policy.kind().as_str().to_owned()),
        policy_attribute_descriptions: Some(attributes.collect()),
    }
}

impl Read for DescribeLoadBalancerPolicyTypes {
    fn answer(
        self,
        context: &Context,
        _state: &State,
    ) -> Result<DescribeLoadBalancerPolicyTypesResponse, Fault> {
        let catalogue = catalogue(context);
        let wanted = members(&self.policy_type_names);
        let known = |name: &String| catalogue.kind(name).is_some();
        if catalogue.dialect == Dialect::Amazon && !wanted.iter().all(known) {
            return Err(Fault::PolicyTypeNotFound);
        }
        let chosen = catalogue
            .kinds()
            .filter(|kind| wanted.is_empty() || wanted.iter().any(|name| name == kind.as_str()));
        let types = chosen.map(|kind| PolicyTypeDescription {
            policy_type_name: Some(kind.as_str().to_owned()),
            description: Some(kind.description().to_owned()),
            policy_attribute_type_descriptions: Some(
                kind.attributes(catalogue.dialect)
                    .into_iter()
                    .map(describe_attribute)
                    .collect(),
            ),
        });
        Ok(DescribeLoadBalancerPolicyTypesResponse {
            policy_type_descriptions: Some(types.collect()),
        })
    }
}

fn describe_attribute(attribute: AttributeType) -> PolicyAttributeTypeDescription {
    PolicyAttributeTypeDescription {
        attribute_name: Some(attribute.name.to_owned()),
        attribute_type: Some(attribute.value_type.as_str().to_owned()),
        description: attribute.description,
        default_value: None,
        cardinality: Some(attribute.cardinality.as_str().to_owned()),
    }
}

/// The policies of a load balancer as DescribeLoadBalancers tells them, if the release has policies.
pub fn policies(balancer: &LoadBalancer, context: &Context) -> Option<Policies> {
    if !context.has(Feature::CreateLoadBalancerPolicy) {
        return None;
    }
    let mut app = Vec::new();
    let mut lb = Vec::new();
    let mut other = Vec::new();
    for policy in balancer.policies.iter() {
        let policy_name = Some(policy.name().to_string());
        match policy.terms() {
            Terms::AppCookieStickiness { cookie } => app.push(AppCookieStickinessPolicy {
                policy_name,
                cookie_name: Some(cookie.to_string()),
            }),
            Terms::LbCookieStickiness { expiration_seconds } => {
                let told = told_period(*expiration_seconds, context);
                lb.push(LbCookieStickinessPolicy {
                    policy_name,
                    cookie_expiration_period: told.and_then(|told| i64::try_from(told).ok()),
                });
            }
            _ => other.push(policy.name().to_string()),
        }
    }
    Some(Policies {
        app_cookie_stickiness_policies: Some(app.into()),
        lb_cookie_stickiness_policies: Some(lb.into()),
        other_policies: Some(other.into()),
    })
}

/// The policies of a listener as DescribeLoadBalancers tells them, if the release has policies.
pub fn of_listener(
    balancer: &LoadBalancer,
    port: Port,
    context: &Context,
) -> Option<Members<String>> {
    context
        .has(Feature::SetLoadBalancerPoliciesOfListener)
        .then(|| names(balancer.policies.of_listener(port)))
}

/// The instance ports with policies as DescribeLoadBalancers tells them, if the release has them.
pub fn backends(
    balancer: &LoadBalancer,
    context: &Context,
) -> Option<Members<BackendServerDescription>> {
    let describe = |(port, policies): (Port, &[PolicyName])| BackendServerDescription {
        instance_port: Some(port.get().into()),
        policy_names: Some(names(policies)),
    };
    context
        .has(Feature::SetLoadBalancerPoliciesForBackendServer)
        .then(|| balancer.policies.backends().map(describe).collect())
}

fn names(policies: &[PolicyName]) -> Members<String> {
    policies.iter().map(ToString::to_string).collect()
}
