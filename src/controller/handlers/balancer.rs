//! CreateLoadBalancer, DescribeLoadBalancers, DeleteLoadBalancer.

use super::placement::{enable, unattached};
use super::{absent, listener, policy, tag};
use crate::controller::operations::{Context, Prepared, Write};
use crate::controller::permission;
use crate::controller::properties::Property;
use crate::controller::refused::failed;
use crate::controller::state::{Draft, State};
use crate::model::balancer::{BalancerName, LoadBalancer, NameRule};
use crate::model::listener::Listener;
use crate::model::network::{
    Attachment, Resource, Scheme, SecurityGroup, Wanted, default_group, default_vpc,
    servo_group_name, shared_group, shared_group_id, shared_group_name,
};
use crate::model::placement::ZoneName;
use crate::model::refusal::Refusal;
use crate::wire::balancer::{
    CreateLoadBalancer, CreateLoadBalancerResponse, DeleteLoadBalancer, DeleteLoadBalancerResponse,
    DescribeLoadBalancers, DescribeLoadBalancersResponse, HealthCheck, InstanceRef,
    LoadBalancerDescription, created_time,
};
use crate::wire::fault::Fault;
use crate::wire::listener::{Listener as WireListener, ListenerDescription};
use crate::wire::query::BindError;
use crate::wire::release::Feature;
use crate::wire::security_group::SourceSecurityGroup;
use crate::wire::{Action, Members, members, xml};
use std::sync::Arc;

/// The zone of DNS names at Amazon's name service. There is none here, and clients want an id.
const HOSTED_ZONE: &str = "ZEULBLOCALHOST";

/// Security groups of a load balancer. Source: Eucalyptus 4.1.0, CreateLoadBalancer; Amazon's quota
/// of groups of a network interface.
pub const MAXIMUM_GROUPS: usize = 5;

fn name_rule(context: &Context) -> NameRule {
    if context.has(Feature::NamePattern) {
        NameRule::Label
    } else if context.has(Feature::NameLengthLimit) {
        NameRule::ShortHostName
    } else {
        NameRule::HostName
    }
}

/// Options of later releases: unknown to the release, or ignored by it, which here is a refusal.
fn refuse_options(request: &CreateLoadBalancer, context: &Context) -> Result<(), Fault> {
    let tags = members(&request.tags);
    if !tags.is_empty() && !context.has(Feature::TagsOption) {
        let fields = tags.iter().enumerate().map(|(index, tag)| {
            let field = format!("Tags.member.{}.Key", index + 1);
            (field, Some(tag.key.clone().unwrap_or_default()))
        });
        return Err(Fault::Bind(BindError {
            fields: fields.collect(),
        }));
    }
    // Eucalyptus accepts and ignores these before 4.1.0. A load balancer that was to be internal and
    // is not would be a trap; one that is as was asked for anyway may be made.
    let usual = Scheme::InternetFacing.as_str();
    let other_scheme = request.scheme.as_deref().is_some_and(|text| text != usual);
    let given = [
        (
            !members(&request.subnets).is_empty(),
            Feature::SubnetsOption,
        ),
        (
            !members(&request.security_groups).is_empty(),
            Feature::SecurityGroupsOption,
        ),
        (other_scheme, Feature::SchemeOption),
    ];
    let lacking = given
        .into_iter()
        .find(|(given, option)| *given && !context.has(*option));
    match lacking {
        Some((_, feature)) => Err(Fault::NotInRelease { feature }),
        None => Ok(()),
    }
}

/// Where a new load balancer will be: its zones, and its place in a VPC where there is one.
fn place(
    request: &CreateLoadBalancer,
    context: &Context,
    state: &State,
) -> Result<(Vec<ZoneName>, Option<Attachment>), Fault> {
    let zones: Vec<ZoneName> = members(&request.availability_zones)
        .iter()
        .map(|zone| ZoneName::new(zone.as_str()))
        .collect();
    for zone in &zones {
        if !context.config.zones.contains(zone) {
            return Err(Fault::InvalidArgument {
                reason: format!("No cluster named {zone} is available"),
            });
        }
    }
    if !context.has(Feature::Vpc) {
        return Ok((zones, None));
    }
    let subnets = members(&request.subnets);
    if zones.is_empty() && subnets.is_empty() && context.has(Feature::ZonesRequired) {
        return Err(Fault::InvalidArgument {
            reason: "Either AvailabilityZones or SubnetIds must be specified".to_owned(),
        });
    }
    if !zones.is_empty() && !subnets.is_empty() && context.has(Feature::AmazonRules) {
        return Err(Fault::ValidationError {
            reason: "Only one of SubnetIds or AvailabilityZones may be specified".to_owned(),
        });
    }
    let groups = members(&request.security_groups);
    if groups.len() > MAXIMUM_GROUPS {
        return Err(Fault::InvalidSecurityGroup);
    }
    let network = state.network(&context.caller.account, &context.config);
    let wanted = Wanted {
        zones: &zones,
        subnets,
        groups,
        scheme: request.scheme.as_deref(),
    };
    let mut place = network
        .place(&wanted)
        .map_err(|refusal| unattached(refusal, context))?;
    if place.groups.is_empty() && context.has(Feature::AmazonRules) {
        let account = &context.caller.account;
        let usual = match place.vpc == default_vpc(account) {
            true => shared_group_id(account, &place.vpc),
            false => default_group(account, Some(&place.vpc)).id,
        };
        place.groups.insert(usual);
    }
    Ok((place.subnets.values().cloned().collect(), Some(place)))
}

/// Makes the group of load balancers that name none, if it is the first of them.
fn make_shared_group(balancer: &LoadBalancer, context: &Context, draft: &mut Draft) {
    let Some(place) = &balancer.network else {
        return;
    };
    let id = shared_group_id(&balancer.account, &place.vpc);
    let network = draft.state().network(&balancer.account, &context.config);
    if place.groups.contains(&id) && !network.groups.contains_key(&id) {
        let group = shared_group(&place.vpc, balancer);
        draft.put_network(Resource::Group(group));
    }
}

/// Whether a load balancer is as a request for a new one would make it, its tags aside.
fn identical(existing: &LoadBalancer, wanted: &LoadBalancer, listeners: &[Listener]) -> bool {
    let same_listeners = listeners.len() == existing.listeners.len()
        && listeners
            .iter()
            .all(|listener| existing.listeners.get(&listener.port) == Some(listener));
    same_listeners
        && existing.network == wanted.network
        && existing.enabled_zones().eq(wanted.enabled_zones())
}

impl Write for CreateLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateLoadBalancerResponse, Fault> {
        refuse_options(&self, context)?;
        let domain = &context.config.dns_domain;
        let name = BalancerName::parse(&self.load_balancer_name, name_rule(context))?;
        let listeners = listener::read(members(&self.listeners), context, draft.state())?;
        listener::refuse_restricted(&listeners, context, draft.state())?;
        let account = context.caller.account.clone();
        let mut balancer = LoadBalancer::new(
            account.clone(),
            name,
            draft
                .state()
                .property(Property::DnsSubdomain, context.config.release)
                .to_owned(),
            context.now,
        );
        let tags = members(&self.tags);
        if !tags.is_empty() {
            tag::add(&mut balancer.tags, tags, context)?;
        }
        let placed = place(&self, context, draft.state());
        if let Some(existing) = draft.state().balancer(&account, balancer.name.as_str()) {
            let mut wanted = balancer.clone();
            if let Ok((zones, network)) = &placed {
                wanted.network = network.clone();
                for zone in zones {
                    wanted.enable_zone(zone);
                }
            }
            let same = placed.is_ok() && identical(existing, &wanted, &listeners);
            if !same || !context.has(Feature::IdenticalCreateSucceeds) {
                return Err(Fault::from(Refusal::BalancerExists {
                    name: self.load_balancer_name,
                }));
            }
            if existing.tags != wanted.tags {
                return Err(Fault::DuplicateLoadBalancerName {
                    name: self.load_balancer_name,
                    differing: "tags",
                });
            }
            return Ok(CreateLoadBalancerResponse {
                dns_name: Some(existing.dns_name(domain)),
            });
        }
        permission::within_quota(draft.state(), context, balancer.name.as_str())?;
        balancer.creator = Some(context.caller.user.clone());
        let (zones, network) = placed?;
        balancer.network = network;
        for zone in &zones {
            enable(&mut balancer, zone, draft, context)
                .map_err(|refusal| failed("Failed to create the loadbalancer", &refusal))?;
        }
        listener::add(&mut balancer, listeners, context)?;
        make_shared_group(&balancer, context, draft);
        let dns_name = balancer.dns_name(domain);
        draft.put_balancer(balancer);
        Ok(CreateLoadBalancerResponse {
            dns_name: Some(dns_name),
        })
    }
}

/// The name that stands for every load balancer of every account, to the administrator.
const VERBOSE: &str = "verbose";

/// Load balancers on one page at most, and by default. Source: PageSize of DescribeLoadBalancers.
const PAGE_AT_MOST: i64 = 400;

/// Which load balancers to begin after, and how many to answer.
struct Page {
    after: Option<BalancerName>,
    size: usize,
}

impl Page {
    /// Reads the parameters of paging; nothing where the release answers everything in one page.
    fn read(request: &DescribeLoadBalancers, context: &Context) -> Result<Option<Page>, Fault> {
        if !context.has(Feature::Paging) {
            return Ok(None);
        }
        let invalid = |reason: &str| Fault::ValidationError {
            reason: reason.to_owned(),
        };
        let size = request.page_size.unwrap_or(PAGE_AT_MOST);
        let size = usize::try_from(size)
            .ok()
            .filter(|_| (1..=PAGE_AT_MOST).contains(&size))
            .ok_or_else(|| invalid("PageSize must be between 1 and 400"))?;
        let after = request
            .marker
            .as_deref()
            .filter(|marker| !marker.is_empty());
        let after = after
            .map(|marker| unmark(marker).ok_or_else(|| invalid("Marker is not one that was given")))
            .transpose()?;
        Ok(Some(Page { after, size }))
    }
}

/// The marker of the page after a load balancer: its name, so that a page begins right even if that
/// one was deleted meanwhile; in hexadecimal digits, so that nobody takes it for one.
fn mark(name: &BalancerName) -> String {
    hex::encode(name.as_str())
}

fn unmark(marker: &str) -> Option<BalancerName> {
    let name = String::from_utf8(hex::decode(marker).ok()?).ok()?;
    Some(BalancerName::new(name))
}

impl Prepared for DescribeLoadBalancers {
    fn answer(self, context: &Context, state: &State) -> Result<String, Fault> {
        let page = Page::read(&self, context)?;
        let mut names: Vec<&String> = members(&self.load_balancer_names).iter().collect();
        let account = &context.caller.account;
        let mut everything = false;
        if context.has(Feature::CloudAdministrator) {
            let before = names.len();
            names.retain(|name| *name != VERBOSE);
            everything = context.caller.administrator && names.len() < before;
        }
        let may_see = permission::may_see(DescribeLoadBalancers::NAME, state, context);
        let visible =
            |balancer: &&Arc<LoadBalancer>| may_see(&balancer.account, balancer.name.as_str());
        let mut found: Vec<&Arc<LoadBalancer>> = Vec::new();
        if everything {
            found.extend(state.balancers.values().filter(visible));
        } else if names.is_empty() {
            // One more than a page tells whether there is another.
            let most = page.as_ref().map_or(usize::MAX, |page| page.size + 1);
            let after = page.as_ref().and_then(|page| page.after.as_ref());
            let all = state.balancers_after(account, after);
            found.extend(all.filter(visible).take(most));
        } else {
            names.sort_unstable();
            names.dedup();
            for name in names {
                match state.balancer(account, name) {
                    Some(balancer) => found.push(balancer),
                    None if context.has(Feature::DescribeUnknownFails) => {
                        return Err(absent(context, name).into());
                    }
                    None => {}
                }
            }
            found.retain(visible);
            if let Some(after) = page.as_ref().and_then(|page| page.after.as_ref()) {
                found.retain(|balancer| balancer.name > *after);
            }
        }
        let mut next_marker = None;
        if let Some(page) = page.filter(|page| found.len() > page.size) {
            found.truncate(page.size);
            next_marker = found.last().map(|last| mark(&last.name));
        }
        let result = DescribeLoadBalancersResponse {
            load_balancer_descriptions: Some(Vec::new().into()),
            next_marker,
        };
        let internal = |error: xml::EncodeError| Fault::Internal {
            message: error.to_string(),
        };
        let mut written = Vec::with_capacity(found.len());
        for balancer in found {
            written.push(described(balancer, context, state).map_err(internal)?);
        }
        xml::response_with_members::<DescribeLoadBalancers>(
            &result,
            &context.request_id,
            "LoadBalancerDescriptions",
            written.into_iter(),
        )
        .map_err(internal)
    }
}

/// The description of a load balancer as it is written. It follows from the load balancer, the
/// settings of the service and who the administrator is, none of which changes while this version of
/// it is published, so it is worked out once.
fn described<'b>(
    balancer: &'b LoadBalancer,
    context: &Context,
    state: &State,
) -> Result<&'b str, xml::EncodeError> {
    let mut failed = None;
    let text = balancer.described.get_or_make(|| {
        let description = describe(balancer, context, state);
        xml::fragment("member", &description).unwrap_or_else(|error| {
            failed = Some(error);
            String::new()
        })
    });
    failed.map_or(Ok(text), Err)
}

fn describe(balancer: &LoadBalancer, context: &Context, state: &State) -> LoadBalancerDescription {
    let listeners = balancer.listeners.values().map(|listener| {
        let policy_names = policy::of_listener(balancer, listener.port, context);
        let listener = WireListener {
            protocol: Some(listener.protocol.to_string()),
            load_balancer_port: Some(listener.port.get().into()),
            instance_protocol: listener
                .instance_protocol
                .map(|protocol| protocol.to_string()),
            instance_port: Some(listener.instance_port.get().into()),
            ssl_certificate_id: listener.certificate.clone(),
        };
        ListenerDescription {
            listener: Some(listener),
            policy_names,
        }
    });
    // The element is absent if there never was a zone, and empty if all were disabled.
    let zones = (!balancer.zones.is_empty())
        .then(|| balancer.enabled_zones().map(ToString::to_string).collect());
    let network = balancer
        .network
        .as_ref()
        .filter(|_| context.has(Feature::Vpc));
    LoadBalancerDescription {
        load_balancer_name: Some(balancer.name.to_string()),
        dns_name: Some(balancer.dns_name(&context.config.dns_domain)),
        listener_descriptions: Some(listeners.collect()),
        policies: policy::policies(balancer, context),
        backend_server_descriptions: policy::backends(balancer, context),
        availability_zones: zones,
        instances: Some(instances(balancer)),
        health_check: balancer.health_check.as_ref().map(health_check),
        source_security_group: Some(source_group(balancer, context, state)),
        created_time: Some(created_time(balancer.created)),
        scheme: context.has(Feature::SchemeReturned).then(|| {
            let network = balancer.network.as_ref();
            let scheme = network.map_or(Scheme::InternetFacing, |network| network.scheme);
            scheme.as_str().to_owned()
        }),
        canonical_hosted_zone_name: (context.has(Feature::AmazonRules) && !balancer.is_internal())
            .then(|| balancer.dns_name(&context.config.dns_domain)),
        canonical_hosted_zone_name_id: context
            .has(Feature::AmazonRules)
            .then(|| HOSTED_ZONE.to_owned()),
        subnets: network.map(|network| network.subnets.keys().map(ToString::to_string).collect()),
        vpc_id: network.map(|network| network.vpc.to_string()),
        security_groups: network
            .map(|network| network.groups.iter().map(ToString::to_string).collect()),
    }
}

/// The group that instances must admit.
fn source_group(balancer: &LoadBalancer, context: &Context, state: &State) -> SourceSecurityGroup {
    let group = balancer.network.as_ref().and_then(|network| {
        let id = network.groups.first()?;
        // The usual ones need no look at all the networks of the account.
        if *id == shared_group_id(&balancer.account, &network.vpc) {
            return Some(shared_group_name(&network.vpc));
        }
        if *id == default_group(&balancer.account, Some(&network.vpc)).id {
            return Some(SecurityGroup::DEFAULT.to_owned());
        }
        let groups = state.network(&balancer.account, &context.config).groups;
        groups.get(id).map(|group| group.name.clone())
    });
    match group {
        Some(name) => SourceSecurityGroup {
            owner_alias: Some(balancer.account.to_string()),
            group_name: Some(name),
        },
        // One made for the load balancer belongs to whoever runs the servos: the administrator.
        None => SourceSecurityGroup {
            owner_alias: state
                .administrator()
                .map(|administrator| administrator.id.to_string()),
            group_name: Some(servo_group_name(balancer)),
        },
    }
}

/// The registered instances, in any state.
pub fn instances(balancer: &LoadBalancer) -> Members<InstanceRef> {
    balancer
        .instances
        .keys()
        .map(|id| InstanceRef::new(id.as_str()))
        .collect()
}

/// A health check on the wire.
pub fn health_check(check: &crate::model::health::HealthCheck) -> HealthCheck {
    HealthCheck {
        target: Some(check.target.to_string()),
        interval: Some(check.interval_seconds.into()),
        timeout: Some(check.timeout_seconds.into()),
        unhealthy_threshold: Some(check.thresholds.unhealthy.into()),
        healthy_threshold: Some(check.thresholds.healthy.into()),
    }
}

impl Write for DeleteLoadBalancer {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DeleteLoadBalancerResponse, Fault> {
        let name = &self.load_balancer_name;
        let state = draft.state();
        let own = state
            .balancer(&context.caller.account, name)
            .map(|balancer| balancer.key());
        if let Some(key) = own {
            draft.remove_balancer(&key);
            return Ok(DeleteLoadBalancerResponse {});
        }
        // Deleting what is absent succeeds, but an administrator may have meant a DNS name.
        if context.caller.administrator && context.has(Feature::CloudAdministrator) {
            let domain = format!(".{}", context.config.dns_domain);
            let small = name.to_ascii_lowercase();
            let within = small.strip_suffix(&*domain.to_ascii_lowercase());
            let of_dns_name = within
                .and_then(|within| state.dns_named(within).next())
                .map(|balancer| balancer.key());
            match of_dns_name {
                Some(key) => draft.remove_balancer(&key),
                None if context.has(Feature::AdministratorDeleteIdempotent) => {}
                None => {
                    return Err(Fault::Failure {
                        message:
                            "Unable to find the loadbalancer (use DNS name if you are Cloud admin)"
                                .to_owned(),
                    });
                }
            }
        }
        match absent(context, name) {
            Refusal::BalancerNotFound { .. } => Ok(DeleteLoadBalancerResponse {}),
            malformed => Err(malformed.into()),
        }
    }
}
