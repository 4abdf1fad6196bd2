//! Security groups and their rules.

use super::selection::{caller, matches, matches_with, names, one, page};
use super::{dry_run, invalid, missing, put_new_tags, refused, tag_items, tag_set, tags_for};
use crate::controller::identity;
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, ResourceTags, State};
use crate::model::account::AccountId;
use crate::model::balancer::LoadBalancer;
use crate::model::network::{
    Block, Network, Peer, Resource, Rule, SecurityGroup, prefix, servo_group,
};
use crate::wire::ec2::TagSpecification;
use crate::wire::ec2::group::{
    AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupEgressResponse,
    AuthorizeSecurityGroupIngress, AuthorizeSecurityGroupIngressResponse, CreateSecurityGroup,
    CreateSecurityGroupResponse, DeleteSecurityGroup, DescribeSecurityGroupRules,
    DescribeSecurityGroupRulesResponse, DescribeSecurityGroups, DescribeSecurityGroupsResponse,
    IpPermission, IpPermissionItem, IpRangeItem, Ipv6RangeItem, ReferencedGroup,
    RevokeSecurityGroupEgress, RevokeSecurityGroupEgressResponse, RevokeSecurityGroupIngress,
    RevokeSecurityGroupIngressResponse, SecurityGroup as WireSecurityGroup, SecurityGroupRule,
    UserIdGroupPair,
};
use crate::wire::ec2::{Items, Return};
use crate::wire::fault::Fault;
use crate::wire::release::Feature;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Security groups of an account, and rules of a group, at most. Source: Amazon's quotas of a VPC.
const MAXIMUM_GROUPS: usize = 500;
const MAXIMUM_RULES: usize = 250;
/// Characters of a name and of a description.
const MAXIMUM_TEXT: usize = 255;

fn no_group(id: &str) -> Fault {
    refused(
        "InvalidGroup.NotFound",
        format!("The security group '{id}' does not exist"),
    )
}

/// The ids of groups that are given by id, or by name within a VPC (or without one).
///
/// # Errors
///
/// One of them is not there, or is of another VPC.
pub fn find_groups(
    ids: Option<&Vec<String>>,
    by_name: Option<&Vec<String>>,
    vpc: Option<&Arc<str>>,
    network: &Network,
) -> Result<Vec<Arc<str>>, Fault> {
    let mut found = Vec::new();
    for id in ids.into_iter().flatten() {
        let group = network.groups.get(id.as_str());
        let group = group.filter(|group| group.vpc.as_ref() == vpc);
        found.push(group.ok_or_else(|| no_group(id))?.id.clone());
    }
    for name in by_name.into_iter().flatten() {
        let group = named(name, vpc, network).ok_or_else(|| no_group(name))?;
        found.push(group.id.clone());
    }
    Ok(found)
}

fn named<'n>(
    name: &str,
    vpc: Option<&Arc<str>>,
    network: &'n Network,
) -> Option<&'n SecurityGroup> {
    let mut groups = network.groups.values();
    groups.find(|group| group.name == name && group.vpc.as_ref() == vpc)
}

/// The VPC of groups that are given by their names alone.
fn usual_vpc(network: &Network) -> Option<&Arc<str>> {
    let mut vpcs = network.vpcs.values();
    vpcs.find(|vpc| vpc.default).map(|vpc| &vpc.id)
}

/// The group that a request is about.
fn one_group(
    id: Option<&String>,
    name: Option<&String>,
    network: &Network,
) -> Result<SecurityGroup, Fault> {
    let group = match (id, name) {
        (Some(id), _) => network
            .groups
            .get(id.as_str())
            .ok_or_else(|| no_group(id))?,
        (None, Some(name)) => {
            named(name, usual_vpc(network), network).ok_or_else(|| no_group(name))?
        }
        (None, None) => return Err(missing("GroupId")),
    };
    Ok(group.clone())
}

/// The groups of the load balancers' servos, of all accounts, if they are the caller's: they belong to
/// whoever runs the servos. From 4.2.0 on that is an account of the system, which nobody is.
fn servo_groups(context: &Context, state: &State) -> Vec<SecurityGroup> {
    let Some(owner) = servos_owner(context, state) else {
        return Vec::new();
    };
    let all = state.balancers.values();
    all.filter(|balancer| has_servo_group(balancer))
        .map(|balancer| servo_group(owner, balancer))
        .collect()
}

/// The caller's account, if servos are its own.
fn servos_owner<'c>(context: &'c Context, state: &State) -> Option<&'c AccountId> {
    let administrator = state.administrator()?;
    let owns = context.has(Feature::AdministratorsServoGroups)
        && administrator.id == context.caller.account;
    owns.then_some(&context.caller.account)
}

/// A load balancer that was given groups of its account in a VPC has none made for it.
fn has_servo_group(balancer: &LoadBalancer) -> bool {
    let network = balancer.network.as_ref();
    network.is_none_or(|network| network.groups.is_empty())
}

/// Refuses to change a group that follows its load balancer.
fn refuse_servo_group(
    id: Option<&String>,
    name: Option<&String>,
    context: &Context,
    state: &State,
) -> Result<(), Fault> {
    let meant = |group: &SecurityGroup| match (id, name) {
        (Some(id), _) => *id == *group.id,
        (None, Some(name)) => *name == group.name,
        (None, None) => false,
    };
    let groups = servo_groups(context, state);
    match groups.iter().find(|group| meant(group)) {
        None => Ok(()),
        Some(group) => Err(refused(
            "UnsupportedOperation",
            format!(
                "The security group {} is of a load balancer's servos and follows its listeners; \
                 local servos are no machines that anything else could reach",
                group.name
            ),
        )),
    }
}

/// The tag of the servos' groups. Source: Eucalyptus 3.3.0, TagCreator.
fn servo_tags() -> ResourceTags {
    ResourceTags::from([("Name".to_owned(), "loadbalancer-resources".to_owned())])
}

fn describe(group: &SecurityGroup, tags: Option<&ResourceTags>) -> WireSecurityGroup {
    WireSecurityGroup {
        owner_id: Some(group.account.to_string()),
        group_id: Some(group.id.to_string()),
        group_name: Some(group.name.clone()),
        group_description: Some(group.description.clone()),
        vpc_id: group.vpc.as_ref().map(ToString::to_string),
        ip_permissions: Some(permissions(&group.ingress)),
        ip_permissions_egress: Some(permissions(&group.egress)),
        tag_set: Some(tag_items(tags)),
    }
}

/// Rules as EC2 tells them: those with one protocol and range of ports together.
fn permissions(rules: &BTreeSet<Rule>) -> Items<IpPermissionItem> {
    let mut together: BTreeMap<(&str, Option<i64>, Option<i64>), Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        let ports = (rule.protocol.as_str(), rule.from_port, rule.to_port);
        together.entry(ports).or_default().push(rule);
    }
    let item = |((protocol, from, to), rules): ((&str, Option<i64>, Option<i64>), Vec<&Rule>)| {
        let mut item = IpPermissionItem {
            ip_protocol: Some(protocol.to_owned()),
            from_port: from,
            to_port: to,
            groups: Some(Items::default()),
            ip_ranges: Some(Items::default()),
            ipv6_ranges: Some(Items::default()),
            prefix_list_ids: Some(Items::default()),
        };
        for rule in rules {
            let description = rule.description.clone();
            match &rule.peer {
                Peer::Range(range) => {
                    item.ip_ranges
                        .get_or_insert_default()
                        .item
                        .push(IpRangeItem {
                            cidr_ip: Some(range.clone()),
                            description,
                        })
                }
                Peer::Range6(range) => {
                    item.ipv6_ranges
                        .get_or_insert_default()
                        .item
                        .push(Ipv6RangeItem {
                            cidr_ipv6: Some(range.clone()),
                            description,
                        })
                }
                Peer::Group { account, group } => {
                    let by_id = group.starts_with(prefix::GROUP);
                    item.groups
                        .get_or_insert_default()
                        .item
                        .push(UserIdGroupPair {
                            user_id: Some(account.clone()),
                            group_id: by_id.then(|| group.clone()),
                            group_name: (!by_id).then(|| group.clone()),
                            description,
                        });
                }
            }
        }
        item
    };
    together.into_iter().map(item).collect()
}

/// Every value that some of a group's rules have.
fn rule_values(rules: &BTreeSet<Rule>, of: impl Fn(&Rule) -> Option<String>) -> Vec<String> {
    rules.iter().filter_map(of).collect()
}

impl Read for DescribeSecurityGroups {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeSecurityGroupsResponse, Fault> {
        dry_run(self.dry_run)?;
        let network = state.network(caller(context), &context.config);
        let servo_groups = servo_groups(context, state);
        let servo_tags = servo_tags();
        for id in self.group_id.iter().flatten() {
            let of_servos = || servo_groups.iter().any(|group| *group.id == **id);
            if !network.groups.contains_key(id.as_str()) && !of_servos() {
                return Err(no_group(id));
            }
        }
        for name in self.group_name.iter().flatten() {
            let of_servos = || servo_groups.iter().any(|group| group.name == *name);
            if named(name, usual_vpc(&network), &network).is_none() && !of_servos() {
                return Err(no_group(name));
            }
        }
        let own = network.groups.values().map(|group| {
            let tags = state.tags_of(caller(context), &group.id);
            (group, tags.map(AsRef::as_ref))
        });
        let of_servos = servo_groups.iter().map(|group| (group, Some(&servo_tags)));
        let mut all: Vec<(&SecurityGroup, Option<&ResourceTags>)> = own.chain(of_servos).collect();
        all.sort_unstable_by_key(|(group, _)| &group.id);
        let mut found = Vec::new();
        for (group, tags) in all {
            let port = |port: Option<i64>| port.map(|port| port.to_string());
            let fits = matches_with(self.filter.as_ref(), tags, |name| match name {
                "group-id" => one(group.id.to_string()),
                "group-name" => one(group.name.clone()),
                "description" => one(group.description.clone()),
                "owner-id" => one(group.account.to_string()),
                "vpc-id" => one(group.vpc.as_ref().map(ToString::to_string)),
                "ip-permission.protocol" => Some(rule_values(&group.ingress, |rule| {
                    Some(rule.protocol.clone())
                })),
                "ip-permission.from-port" => {
                    Some(rule_values(&group.ingress, |rule| port(rule.from_port)))
                }
                "ip-permission.to-port" => {
                    Some(rule_values(&group.ingress, |rule| port(rule.to_port)))
                }
                "ip-permission.cidr" => {
                    Some(rule_values(&group.ingress, |rule| match &rule.peer {
                        Peer::Range(range) => Some(range.clone()),
                        _ => None,
                    }))
                }
                "ip-permission.group-id" | "ip-permission.group-name" => {
                    Some(rule_values(&group.ingress, |rule| match &rule.peer {
                        Peer::Group { group, .. } => Some(group.clone()),
                        _ => None,
                    }))
                }
                _ => None,
            })?;
            let wanted = names(self.group_id.as_ref(), &group.id)
                && names(self.group_name.as_ref(), &group.name);
            if fits && wanted {
                found.push((group.id.to_string(), describe(group, tags)));
            }
        }
        let (groups, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeSecurityGroupsResponse {
            security_group_info: Some(groups.into_iter().collect()),
            next_token,
        })
    }
}

impl Write for CreateSecurityGroup {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateSecurityGroupResponse, Fault> {
        let account = caller(context);
        let network = draft.state().network(account, &context.config);
        let name = self.group_name.ok_or_else(|| missing("GroupName"))?;
        let description = self
            .group_description
            .ok_or_else(|| missing("GroupDescription"))?;
        if name.is_empty() || name.len() > MAXIMUM_TEXT || name.starts_with(prefix::GROUP) {
            return Err(invalid(format!(
                "Group names have 1 to {MAXIMUM_TEXT} characters and do not begin with sg-"
            )));
        }
        if description.is_empty() || description.len() > MAXIMUM_TEXT {
            return Err(invalid(format!(
                "Group descriptions have 1 to {MAXIMUM_TEXT} characters"
            )));
        }
        let vpc = match &self.vpc_id {
            None => usual_vpc(&network).cloned(),
            Some(id) => {
                super::needs_vpcs(context)?;
                let vpc = network.vpcs.get(id.as_str());
                Some(vpc.ok_or_else(|| super::network::no_vpc(id))?.id.clone())
            }
        };
        let of_servos = servo_groups(context, draft.state());
        if named(&name, vpc.as_ref(), &network).is_some()
            || of_servos.iter().any(|group| group.name == name)
        {
            return Err(refused(
                "InvalidGroup.Duplicate",
                format!("The security group '{name}' already exists"),
            ));
        }
        if network.groups.len() >= MAXIMUM_GROUPS {
            return Err(refused(
                "SecurityGroupLimitExceeded",
                format!("an account has {MAXIMUM_GROUPS} security groups at most"),
            ));
        }
        let tags = tags_for(self.tag_specification.as_ref(), &["security-group"])?;
        let mut group = SecurityGroup {
            id: identity::resource_id(prefix::GROUP),
            account: account.clone(),
            vpc: vpc.clone(),
            name,
            description,
            ingress: BTreeSet::new(),
            egress: BTreeSet::new(),
        };
        if vpc.is_some() {
            group.egress = crate::model::network::default_group(account, vpc.as_ref()).egress;
        }
        let id = group.id.clone();
        put_new_tags(draft, account, &id, tags);
        draft.put_network(Resource::Group(group));
        dry_run(self.dry_run)?;
        Ok(CreateSecurityGroupResponse {
            done: Some(true),
            group_id: Some(id.to_string()),
        })
    }
}

/// What still needs a group: a load balancer, an instance, or a rule of another group.
fn user_of(group: &SecurityGroup, context: &Context, state: &State) -> Option<String> {
    let has = |groups: &BTreeSet<Arc<str>>| groups.contains(&group.id);
    let balancer = state.balancers_of(caller(context)).find(|balancer| {
        let network = balancer.network.as_ref();
        network.is_some_and(|network| has(&network.groups))
    });
    if let Some(balancer) = balancer {
        return Some(format!("the load balancer {}", balancer.name));
    }
    let instance = state.instances.values().find(|instance| {
        instance.state != crate::model::instance::InstanceState::Terminated
            && instance.launch.groups.contains(&group.id)
    });
    instance.map(|instance| format!("the instance {}", instance.id))
}

impl Write for DeleteSecurityGroup {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        let network = draft.state().network(caller(context), &context.config);
        let (id, name) = (self.group_id.as_ref(), self.group_name.as_ref());
        refuse_servo_group(id, name, context, draft.state())?;
        let group = one_group(id, name, &network)?;
        if group.name == SecurityGroup::DEFAULT {
            return Err(refused(
                "CannotDelete",
                format!(
                    "the specified group: \"{}\" name: \"default\" cannot be deleted by a user",
                    group.id
                ),
            ));
        }
        if let Some(user) = user_of(&group, context, draft.state()) {
            let code = if context.has(Feature::Vpc) {
                "DependencyViolation"
            } else {
                "InvalidGroup.InUse"
            };
            return Err(refused(
                code,
                format!("The security group {} is used by {user}", group.id),
            ));
        }
        draft.remove_network(caller(context), &group.id);
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

/// A change of a group's rules, in the two forms of a request.
struct Change {
    group_id: Option<String>,
    group_name: Option<String>,
    permissions: Option<Vec<IpPermission>>,
    /// The ids of rules that are revoked.
    ids: Option<Vec<String>>,
    /// Tags of rules that are authorized.
    tags: Option<Vec<TagSpecification>>,
    flat: Flat,
    dry_run: Option<bool>,
}

/// The older form: one rule in the request itself.
struct Flat {
    protocol: Option<String>,
    from_port: Option<i64>,
    to_port: Option<i64>,
    range: Option<String>,
    group_name: Option<String>,
    group_owner: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    const BOTH: [Direction; 2] = [Direction::Ingress, Direction::Egress];

    fn rules(self, group: &SecurityGroup) -> &BTreeSet<Rule> {
        match self {
            Direction::Ingress => &group.ingress,
            Direction::Egress => &group.egress,
        }
    }

    fn is_egress(self) -> bool {
        self == Direction::Egress
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Authorize,
    Revoke,
}

/// `tcp` for `6`, `-1` for `all`, and so on, in small letters.
fn protocol(text: Option<&String>) -> Result<String, Fault> {
    let text = text.ok_or_else(|| missing("IpProtocol"))?.to_lowercase();
    let known = match text.as_str() {
        "tcp" | "6" => "tcp",
        "udp" | "17" => "udp",
        "icmp" | "1" => "icmp",
        "-1" | "all" => "-1",
        number if number.parse::<u8>().is_ok() => number,
        _ => return Err(invalid(format!("Invalid value '{text}' for IP protocol."))),
    };
    Ok(known.to_owned())
}

fn ports(
    protocol: &str,
    from: Option<i64>,
    to: Option<i64>,
) -> Result<(Option<i64>, Option<i64>), Fault> {
    if !matches!(protocol, "tcp" | "udp" | "icmp") {
        return Ok((None, None));
    }
    let (Some(from), Some(to)) = (from, to) else {
        return Err(invalid(format!(
            "Invalid value for portRange. Must specify both from and to ports with {protocol}."
        )));
    };
    let bounds = if protocol == "icmp" {
        -1..=255
    } else {
        0..=65_535
    };
    let ordered = from <= to || protocol == "icmp";
    if !bounds.contains(&from) || !bounds.contains(&to) || !ordered {
        return Err(invalid(format!(
            "Invalid value for portRange: {from} to {to}"
        )));
    }
    Ok((Some(from), Some(to)))
}

fn range(text: &str) -> Result<Peer, Fault> {
    text.parse::<Block>()
        .map(|block| Peer::Range(block.to_string()))
        .map_err(|_| {
            invalid(format!(
                "CIDR block {text} is malformed; use one such as 10.0.0.0/16"
            ))
        })
}

fn range6(text: &str) -> Result<Peer, Fault> {
    let good = text.split_once('/').is_some_and(|(address, prefix)| {
        let length = prefix.parse::<u8>();
        address.parse::<std::net::Ipv6Addr>().is_ok() && length.is_ok_and(|length| length <= 128)
    });
    if good {
        Ok(Peer::Range6(text.to_owned()))
    } else {
        Err(invalid(format!("CIDR block {text} is malformed")))
    }
}

impl Change {
    /// The rules of the request.
    fn rules(&self, context: &Context, network: &Network) -> Result<BTreeSet<Rule>, Fault> {
        let mut rules = BTreeSet::new();
        let owner = |id: Option<&String>| match id {
            Some(id) => id.clone(),
            None => caller(context).to_string(),
        };
        // A name of one's own group becomes its id; another account's is taken as it is.
        let group = |id: Option<&String>, name: Option<&String>, account: String| {
            let own = account == caller(context).as_str();
            let text = id.or(name).ok_or_else(|| missing("GroupId"))?;
            let known = if own {
                one_group(id, name, network)?.id.to_string()
            } else {
                text.clone()
            };
            Ok::<_, Fault>(Peer::Group {
                account,
                group: known,
            })
        };
        for permission in self.permissions.iter().flatten() {
            let protocol = protocol(permission.ip_protocol.as_ref())?;
            let (from_port, to_port) = ports(&protocol, permission.from_port, permission.to_port)?;
            let mut add = |peer, description: Option<String>| {
                rules.insert(Rule {
                    protocol: protocol.clone(),
                    from_port,
                    to_port,
                    peer,
                    description,
                })
            };
            for source in permission.ip_ranges.iter().flatten() {
                let text = source.cidr_ip.as_deref().unwrap_or_default();
                add(range(text)?, source.description.clone());
            }
            for source in permission.ipv6_ranges.iter().flatten() {
                let text = source.cidr_ipv6.as_deref().unwrap_or_default();
                add(range6(text)?, source.description.clone());
            }
            for source in permission.groups.iter().flatten() {
                let account = owner(source.user_id.as_ref());
                let peer = group(
                    source.group_id.as_ref(),
                    source.group_name.as_ref(),
                    account,
                )?;
                add(peer, source.description.clone());
            }
        }
        let Flat {
            protocol: flat_protocol,
            from_port,
            to_port,
            range: flat_range,
            group_name,
            group_owner,
        } = &self.flat;
        if flat_range.is_some() || group_name.is_some() {
            let protocol = match (flat_protocol, group_name) {
                // All traffic of a group, in the oldest form.
                (None, Some(_)) => "-1".to_owned(),
                (given, _) => protocol(given.as_ref())?,
            };
            let (from_port, to_port) = ports(&protocol, *from_port, *to_port)?;
            let peer = match (flat_range, group_name) {
                (Some(text), _) => range(text)?,
                (None, name) => group(None, name.as_ref(), owner(group_owner.as_ref()))?,
            };
            rules.insert(Rule {
                protocol,
                from_port,
                to_port,
                peer,
                description: None,
            });
        }
        Ok(rules)
    }

    /// The rules of a group that the request names by their ids.
    fn by_id(&self, group: &SecurityGroup, direction: Direction) -> Result<Vec<Rule>, Fault> {
        let find = |id: &String| {
            let egress = direction.is_egress();
            let mut held = direction.rules(group).iter();
            let found = held.find(|rule| rule.id(&group.id, egress) == *id);
            found.cloned().ok_or_else(|| no_rule(id))
        };
        self.ids.iter().flatten().map(find).collect()
    }

    fn make(
        &self,
        direction: Direction,
        deed: Deed,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<Items<SecurityGroupRule>, Fault> {
        let network = draft.state().network(caller(context), &context.config);
        let (id, name) = (self.group_id.as_ref(), self.group_name.as_ref());
        refuse_servo_group(id, name, context, draft.state())?;
        let mut group = one_group(id, name, &network)?;
        let mut rules = self.rules(context, &network)?;
        rules.extend(self.by_id(&group, direction)?);
        if rules.is_empty() {
            return Err(missing("IpPermissions"));
        }
        let tags = tags_for(self.tags.as_ref(), &["security-group-rule"])?;
        let held = match direction {
            Direction::Ingress => &mut group.ingress,
            Direction::Egress => &mut group.egress,
        };
        let same = |one: &Rule, other: &Rule| one.plain() == other.plain();
        let egress = direction.is_egress();
        for rule in rules.clone() {
            let id: Arc<str> = rule.id(&group.id, egress).into();
            let there = held.iter().any(|known| same(known, &rule));
            match deed {
                Deed::Authorize if there => {
                    return Err(refused(
                        "InvalidPermission.Duplicate",
                        "the specified rule already exists",
                    ));
                }
                Deed::Authorize => {
                    put_new_tags(draft, caller(context), &id, tags.clone());
                    held.insert(rule);
                }
                Deed::Revoke if there => {
                    draft.put_tags(caller(context), &id, ResourceTags::new());
                    held.retain(|known| !same(known, &rule));
                }
                Deed::Revoke if group.vpc.is_some() => {
                    return Err(refused(
                        "InvalidPermission.NotFound",
                        "The specified rule does not exist in this security group.",
                    ));
                }
                // Without a VPC, revoking what is not there succeeds.
                Deed::Revoke => {}
            }
        }
        if held.len() > MAXIMUM_RULES {
            return Err(refused(
                "RulesPerSecurityGroupLimitExceeded",
                format!("a security group has {MAXIMUM_RULES} rules at most"),
            ));
        }
        draft.put_network(Resource::Group(group.clone()));
        dry_run(self.dry_run)?;
        let told = |rule| describe_rule(rule, &group, direction, draft.state());
        Ok(rules.iter().map(told).collect())
    }
}

fn no_rule(id: &str) -> Fault {
    refused(
        "InvalidSecurityGroupRuleId.NotFound",
        format!("The security group rule ID '{id}' does not exist"),
    )
}

fn describe_rule(
    rule: &Rule,
    group: &SecurityGroup,
    direction: Direction,
    state: &State,
) -> SecurityGroupRule {
    let id = rule.id(&group.id, direction.is_egress());
    let mut told = SecurityGroupRule {
        group_id: Some(group.id.to_string()),
        group_owner_id: Some(group.account.to_string()),
        is_egress: Some(direction.is_egress()),
        ip_protocol: Some(rule.protocol.clone()),
        from_port: Some(rule.from_port.unwrap_or(-1)),
        to_port: Some(rule.to_port.unwrap_or(-1)),
        description: rule.description.clone(),
        tag_set: Some(tag_set(state, &group.account, &id)),
        security_group_rule_id: Some(id),
        ..SecurityGroupRule::default()
    };
    match &rule.peer {
        Peer::Range(range) => told.cidr_ipv4 = Some(range.clone()),
        Peer::Range6(range) => told.cidr_ipv6 = Some(range.clone()),
        Peer::Group { account, group } => {
            told.referenced_group_info = Some(ReferencedGroup {
                group_id: Some(group.clone()),
                user_id: Some(account.clone()),
            });
        }
    }
    told
}

impl Read for DescribeSecurityGroupRules {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeSecurityGroupRulesResponse, Fault> {
        dry_run(self.dry_run)?;
        let network = state.network(caller(context), &context.config);
        let asked = self.security_group_rule_id.as_ref();
        let mut found = Vec::new();
        let servo_groups = servo_groups(context, state);
        let groups = network.groups.values().chain(&servo_groups);
        let directed = groups.flat_map(|group| Direction::BOTH.map(|direction| (group, direction)));
        for (group, direction) in directed {
            for rule in direction.rules(group) {
                let id = rule.id(&group.id, direction.is_egress());
                let of = (state, caller(context), id.as_str());
                let fits = matches(self.filter.as_ref(), of, |name| match name {
                    "group-id" => one(group.id.to_string()),
                    "security-group-rule-id" => one(id.clone()),
                    _ => None,
                })?;
                if fits && names(asked, &id) {
                    let told = describe_rule(rule, group, direction, state);
                    found.push((id, told));
                }
            }
        }
        let there = |id: &&String| !found.iter().any(|(known, _)| known == *id);
        if let Some(id) = asked.into_iter().flatten().find(there) {
            return Err(no_rule(id));
        }
        let (rules, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeSecurityGroupRulesResponse {
            security_group_rule_set: Some(rules.into_iter().collect()),
            next_token,
        })
    }
}

/// The four operations that change rules differ in nothing but direction and deed.
macro_rules! rule_changes {
    ($($request:ident => $response:ident: $direction:ident $deed:ident),* $(,)?) => {
        $(impl Write for $request {
            fn handle(self, context: &Context, draft: &mut Draft) -> Result<$response, Fault> {
                let change = Change {
                    group_id: self.group_id,
                    group_name: self.group_name,
                    permissions: self.ip_permissions,
                    ids: self.security_group_rule_id,
                    tags: self.tag_specification,
                    flat: Flat {
                        protocol: self.ip_protocol,
                        from_port: self.from_port,
                        to_port: self.to_port,
                        range: self.cidr_ip,
                        group_name: self.source_security_group_name,
                        group_owner: self.source_security_group_owner_id,
                    },
                    dry_run: self.dry_run,
                };
                let rules = change.make(Direction::$direction, Deed::$deed, context, draft)?;
                let authorized = Deed::$deed == Deed::Authorize;
                Ok($response {
                    done: Some(true),
                    security_group_rule_set: authorized.then_some(rules),
                })
            }
        })*
    };
}

rule_changes! {
    AuthorizeSecurityGroupIngress => AuthorizeSecurityGroupIngressResponse: Ingress Authorize,
    RevokeSecurityGroupIngress => RevokeSecurityGroupIngressResponse: Ingress Revoke,
    AuthorizeSecurityGroupEgress => AuthorizeSecurityGroupEgressResponse: Egress Authorize,
    RevokeSecurityGroupEgress => RevokeSecurityGroupEgressResponse: Egress Revoke,
}
