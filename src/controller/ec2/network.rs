//! VPCs, subnets, internet gateways, and the network interfaces of load balancers.

use super::selection::{all_there, caller, matches, names, one, page};
use super::{
    dry_run, invalid, missing, needs_vpcs, put_new_tags, refused, region, tag_set, tags_for,
};
use crate::controller::identity;
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::instance::InstanceState;
use crate::model::network::{
    Block, Gateway, Network, Resource, RouteTable, Subnet, Vpc, main_table, prefix,
};
use crate::wire::ec2::instance::GroupItem;
use crate::wire::ec2::network::{
    AttachInternetGateway, AttributeBoolean, CidrBlockAssociation, CidrBlockState,
    CreateInternetGateway, CreateInternetGatewayResponse, CreateSubnet, CreateSubnetResponse,
    CreateVpc, CreateVpcResponse, DeleteInternetGateway, DeleteSubnet, DeleteVpc,
    DescribeInternetGateways, DescribeInternetGatewaysResponse, DescribeNetworkInterfaces,
    DescribeNetworkInterfacesResponse, DescribeSubnets, DescribeSubnetsResponse,
    DescribeVpcAttribute, DescribeVpcAttributeResponse, DescribeVpcs, DescribeVpcsResponse,
    DetachInternetGateway, GatewayAttachment, InterfaceAssociation, InterfaceAttachment,
    InternetGateway, ModifySubnetAttribute, ModifyVpcAttribute, NetworkInterface,
    Subnet as WireSubnet, Vpc as WireVpc,
};
use crate::wire::ec2::{Items, Return};
use crate::wire::fault::Fault;
use std::sync::Arc;
use std::time::Duration;

/// VPCs, subnets and gateways of an account at most, each. Source: Amazon's quotas, generously.
const MAXIMUM_EACH: usize = 200;
/// Bits of a network's prefix. Source: CreateVpc, CreateSubnet.
const PREFIX: std::ops::RangeInclusive<u8> = 16..=28;
/// Addresses of a subnet that instances never get. Source: Amazon VPC, subnet sizing.
const RESERVED_ADDRESSES: u64 = 5;
/// Who asks for the interfaces of load balancers. Source: DescribeNetworkInterfaces.
const REQUESTER: &str = "amazon-elb";

pub fn no_vpc(id: &str) -> Fault {
    refused(
        "InvalidVpcID.NotFound",
        format!("The vpc ID '{id}' does not exist"),
    )
}

fn no_subnet(id: &str) -> Fault {
    refused(
        "InvalidSubnetID.NotFound",
        format!("The subnet ID '{id}' does not exist"),
    )
}

fn no_gateway(id: &str) -> Fault {
    refused(
        "InvalidInternetGatewayID.NotFound",
        format!("The internetGateway ID '{id}' does not exist"),
    )
}

fn in_use(message: impl Into<String>) -> Fault {
    refused("DependencyViolation", message)
}

fn too_many(code: &'static str, what: &str) -> Fault {
    refused(
        code,
        format!("an account has {MAXIMUM_EACH} {what} at most"),
    )
}

fn block(text: Option<&String>) -> Result<Block, Fault> {
    let text = text.ok_or_else(|| missing("CidrBlock"))?;
    let block: Block = text
        .parse()
        .map_err(|error: crate::model::network::BadBlock| invalid(error.to_string()))?;
    if PREFIX.contains(&block.prefix()) {
        Ok(block)
    } else {
        Err(refused(
            "InvalidVpc.Range",
            format!("The CIDR '{block}' is invalid: a prefix is 16 to 28 bits."),
        ))
    }
}

/// The networks of the caller.
fn networks(context: &Context, state: &State) -> Network {
    state.network(caller(context), &context.config)
}

fn describe_vpc(vpc: &Vpc, state: &State) -> WireVpc {
    let unprefixed = vpc.id.trim_start_matches("vpc-");
    let association = CidrBlockAssociation {
        cidr_block: Some(vpc.block.to_string()),
        association_id: Some(format!("vpc-cidr-assoc-{unprefixed}")),
        cidr_block_state: Some(CidrBlockState {
            state: Some("associated".to_owned()),
        }),
    };
    WireVpc {
        vpc_id: Some(vpc.id.to_string()),
        owner_id: Some(vpc.account.to_string()),
        state: Some("available".to_owned()),
        cidr_block: Some(vpc.block.to_string()),
        // Ansible compares with this set, and would add the range once more.
        cidr_block_association_set: Some([association].into_iter().collect()),
        dhcp_options_id: Some("default".to_owned()),
        instance_tenancy: Some("default".to_owned()),
        is_default: Some(vpc.default),
        tag_set: Some(tag_set(state, &vpc.account, &vpc.id)),
    }
}

impl Read for DescribeVpcs {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeVpcsResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = networks(context, state);
        let known = |id: &str| network.vpcs.contains_key(id);
        all_there(
            self.vpc_id.as_ref(),
            "InvalidVpcID.NotFound",
            "vpc ID",
            known,
        )?;
        let mut found = Vec::new();
        for vpc in network.vpcs.values() {
            let of = (state, caller(context), vpc.id.as_ref());
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "vpc-id" => one(vpc.id.to_string()),
                "isDefault" | "is-default" => one(vpc.default.to_string()),
                "state" => one("available".to_owned()),
                "owner-id" => one(vpc.account.to_string()),
                "cidr" | "cidrBlock" | "cidr-block" => one(vpc.block.to_string()),
                "dhcp-options-id" | "dhcpOptionsId" => one("default".to_owned()),
                _ => None,
            })?;
            if fits && names(self.vpc_id.as_ref(), &vpc.id) {
                found.push((vpc.id.to_string(), describe_vpc(vpc, state)));
            }
        }
        let (vpcs, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeVpcsResponse {
            vpc_set: Some(vpcs.into_iter().collect()),
            next_token,
        })
    }
}

impl Write for CreateVpc {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<CreateVpcResponse, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        if network.vpcs.len() >= MAXIMUM_EACH {
            return Err(too_many("VpcLimitExceeded", "VPCs"));
        }
        if self.amazon_provided_ipv6_cidr_block == Some(true) {
            return Err(refused(
                "UnsupportedOperation",
                "The VPCs of this local cloud have IPv4 addresses only",
            ));
        }
        let tags = tags_for(self.tag_specification.as_ref(), &["vpc"])?;
        let vpc = Vpc {
            id: identity::resource_id(prefix::VPC),
            account: caller(context).clone(),
            block: block(self.cidr_block.as_ref())?,
            default: false,
            dns_support: None,
            dns_hostnames: None,
        };
        put_new_tags(draft, caller(context), &vpc.id, tags);
        draft.put_network(Resource::Vpc(vpc.clone()));
        dry_run(self.dry_run)?;
        Ok(CreateVpcResponse {
            vpc: Some(describe_vpc(&vpc, draft.state())),
        })
    }
}

impl Write for DeleteVpc {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let vpc = network.vpcs.get(self.vpc_id.as_str());
        let vpc = vpc.ok_or_else(|| no_vpc(&self.vpc_id))?;
        if vpc.default {
            return Err(refused(
                "OperationNotPermitted",
                "The default VPC of an account stays in this local cloud",
            ));
        }
        let inside = network.subnets.values().any(|subnet| subnet.vpc == vpc.id)
            || network.has_gateway(&vpc.id)
            || network
                .tables
                .values()
                .any(|table| table.vpc == vpc.id && !table.main)
            || network.groups.values().any(|group| {
                group.vpc.as_ref() == Some(&vpc.id)
                    && group.name != crate::model::network::SecurityGroup::DEFAULT
            });
        if inside {
            return Err(in_use(format!(
                "The vpc '{}' has dependencies and cannot be deleted.",
                vpc.id
            )));
        }
        // Its default group and its main table may have been changed, and then they are kept.
        draft.remove_network(caller(context), &main_table(vpc).id);
        let group = crate::model::network::default_group(caller(context), Some(&vpc.id));
        draft.remove_network(caller(context), &group.id);
        draft.remove_network(caller(context), &vpc.id);
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Read for DescribeVpcAttribute {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeVpcAttributeResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = networks(context, state);
        let vpc = network.vpcs.get(self.vpc_id.as_str());
        let vpc = vpc.ok_or_else(|| no_vpc(&self.vpc_id))?;
        let mut answer = DescribeVpcAttributeResponse {
            vpc_id: Some(vpc.id.to_string()),
            ..DescribeVpcAttributeResponse::default()
        };
        let value = |value| Some(AttributeBoolean { value: Some(value) });
        match self.attribute.as_str() {
            "enableDnsSupport" => answer.enable_dns_support = value(vpc.has_dns_support()),
            "enableDnsHostnames" => answer.enable_dns_hostnames = value(vpc.has_dns_hostnames()),
            "enableNetworkAddressUsageMetrics" => {
                answer.enable_network_address_usage_metrics = value(false);
            }
            other => {
                return Err(invalid(format!(
                    "Value ({other}) for parameter attribute is invalid. It is enableDnsSupport,                      enableDnsHostnames or enableNetworkAddressUsageMetrics"
                )));
            }
        }
        Ok(answer)
    }
}

impl Write for ModifyVpcAttribute {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let vpc = network.vpcs.get(self.vpc_id.as_str());
        let mut vpc = vpc.cloned().ok_or_else(|| no_vpc(&self.vpc_id))?;
        if let Some(wanted) = self.enable_dns_support {
            vpc.dns_support = wanted.value;
        }
        if let Some(wanted) = self.enable_dns_hostnames {
            vpc.dns_hostnames = wanted.value;
        }
        draft.put_network(Resource::Vpc(vpc));
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for ModifySubnetAttribute {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let subnet = network.subnets.get(self.subnet_id.as_str());
        let mut subnet = subnet.cloned().ok_or_else(|| no_subnet(&self.subnet_id))?;
        let six = self.assign_ipv6_address_on_creation;
        if six.is_some_and(|wanted| wanted.value == Some(true)) {
            return Err(refused(
                "UnsupportedOperation",
                "The subnets of this local cloud have IPv4 addresses only",
            ));
        }
        if let Some(wanted) = self.map_public_ip_on_launch {
            subnet.public_addresses = wanted.value;
        }
        draft.put_network(Resource::Subnet(subnet));
        Ok(Return::DONE)
    }
}

fn describe_subnet(subnet: &Subnet, context: &Context, state: &State) -> WireSubnet {
    let zones = &context.config.zones;
    let zone_id = zones
        .iter()
        .position(|zone| *zone == subnet.zone)
        .map(|index| format!("{}-az{}", region(context), index + 1));
    let used = state.instances.values().filter(|instance| {
        instance.state != InstanceState::Terminated
            && instance.launch.subnet.as_ref() == Some(&subnet.id)
    });
    let free = subnet
        .block
        .size()
        .saturating_sub(RESERVED_ADDRESSES + used.count() as u64);
    WireSubnet {
        subnet_id: Some(subnet.id.to_string()),
        subnet_arn: Some(format!(
            "arn:aws:ec2:{}:{}:subnet/{}",
            region(context),
            subnet.account,
            subnet.id
        )),
        owner_id: Some(subnet.account.to_string()),
        state: Some("available".to_owned()),
        vpc_id: Some(subnet.vpc.to_string()),
        cidr_block: Some(subnet.block.to_string()),
        available_ip_address_count: i64::try_from(free).ok(),
        availability_zone: Some(subnet.zone.to_string()),
        availability_zone_id: zone_id,
        default_for_az: Some(subnet.default),
        map_public_ip_on_launch: Some(subnet.gives_public_addresses()),
        assign_ipv6_address_on_creation: Some(false),
        tag_set: Some(tag_set(state, &subnet.account, &subnet.id)),
    }
}

impl Read for DescribeSubnets {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeSubnetsResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = networks(context, state);
        let known = |id: &str| network.subnets.contains_key(id);
        all_there(
            self.subnet_id.as_ref(),
            "InvalidSubnetID.NotFound",
            "subnet ID",
            known,
        )?;
        let mut found = Vec::new();
        for subnet in network.subnets.values() {
            let of = (state, caller(context), subnet.id.as_ref());
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "subnet-id" => one(subnet.id.to_string()),
                "vpc-id" => one(subnet.vpc.to_string()),
                "availability-zone" | "availabilityZone" => one(subnet.zone.to_string()),
                "default-for-az" | "defaultForAz" => one(subnet.default.to_string()),
                "map-public-ip-on-launch" => one(subnet.gives_public_addresses().to_string()),
                "cidr" | "cidrBlock" | "cidr-block" => one(subnet.block.to_string()),
                "state" => one("available".to_owned()),
                "owner-id" => one(subnet.account.to_string()),
                _ => None,
            })?;
            if fits && names(self.subnet_id.as_ref(), &subnet.id) {
                let told = describe_subnet(subnet, context, state);
                found.push((subnet.id.to_string(), told));
            }
        }
        let (subnets, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeSubnetsResponse {
            subnet_set: Some(subnets.into_iter().collect()),
            next_token,
        })
    }
}

impl Write for CreateSubnet {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<CreateSubnetResponse, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let vpc = network.vpcs.get(self.vpc_id.as_str());
        let vpc = vpc.ok_or_else(|| no_vpc(&self.vpc_id))?;
        let zones = &context.config.zones;
        let by_id = |id: &String| {
            let of = |index: usize| format!("{}-az{}", region(context), index + 1);
            zones
                .iter()
                .enumerate()
                .find(|(index, _)| of(*index) == *id)
                .map(|(_, zone)| zone)
        };
        let zone = match (&self.availability_zone, &self.availability_zone_id) {
            (Some(name), _) => zones.iter().find(|zone| zone.as_str() == name),
            (None, Some(id)) => by_id(id),
            (None, None) => zones.first(),
        };
        let zone = zone.ok_or_else(|| {
            let names: Vec<_> = zones.iter().map(|zone| zone.as_str()).collect();
            invalid(format!(
                "there is no such availability zone; there are {}",
                names.join(", ")
            ))
        })?;
        let block = block(self.cidr_block.as_ref())?;
        if !vpc.block.contains(block) {
            return Err(refused(
                "InvalidSubnet.Range",
                format!(
                    "The CIDR '{block}' is invalid: it is not in that of the VPC, {}",
                    vpc.block
                ),
            ));
        }
        let overlaps = |subnet: &&Subnet| subnet.vpc == vpc.id && subnet.block.overlaps(block);
        if let Some(other) = network.subnets.values().find(overlaps) {
            return Err(refused(
                "InvalidSubnet.Conflict",
                format!(
                    "The CIDR '{block}' conflicts with another subnet, {}",
                    other.id
                ),
            ));
        }
        if network.subnets.len() >= MAXIMUM_EACH {
            return Err(too_many("SubnetLimitExceeded", "subnets"));
        }
        let tags = tags_for(self.tag_specification.as_ref(), &["subnet"])?;
        let subnet = Subnet {
            id: identity::resource_id(prefix::SUBNET),
            account: caller(context).clone(),
            vpc: vpc.id.clone(),
            zone: zone.clone(),
            block,
            default: false,
            public_addresses: None,
        };
        put_new_tags(draft, caller(context), &subnet.id, tags);
        draft.put_network(Resource::Subnet(subnet.clone()));
        dry_run(self.dry_run)?;
        Ok(CreateSubnetResponse {
            subnet: Some(describe_subnet(&subnet, context, draft.state())),
        })
    }
}

impl Write for DeleteSubnet {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let state = draft.state();
        let network = networks(context, state);
        let subnet = network.subnets.get(self.subnet_id.as_str());
        let subnet = subnet.ok_or_else(|| no_subnet(&self.subnet_id))?;
        if subnet.default {
            return Err(refused(
                "OperationNotPermitted",
                "The default subnets of an account stay in this local cloud",
            ));
        }
        let balancer = state.balancers_of(caller(context)).find(|balancer| {
            let network = balancer.network.as_ref();
            network.is_some_and(|network| network.subnets.contains_key(&subnet.id))
        });
        let instance = state.instances.values().find(|instance| {
            instance.state != InstanceState::Terminated
                && instance.launch.subnet.as_ref() == Some(&subnet.id)
        });
        let user = match (balancer, instance) {
            (Some(balancer), _) => Some(format!("load balancer {}", balancer.name)),
            (None, Some(instance)) => Some(format!("instance {}", instance.id)),
            (None, None) => None,
        };
        if let Some(user) = user {
            return Err(in_use(format!(
                "The subnet '{}' has dependencies and cannot be deleted: {user} is in it",
                subnet.id
            )));
        }
        // Its association with a route table goes with it.
        let uses = |table: &&RouteTable| table.subnets.values().any(|one| *one == subnet.id);
        if let Some(table) = network.tables.values().find(uses) {
            let mut table = table.clone();
            table.subnets.retain(|_, one| *one != subnet.id);
            draft.put_network(Resource::Routes(table));
        }
        draft.remove_network(caller(context), &subnet.id);
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

fn describe_gateway(gateway: &Gateway, state: &State) -> InternetGateway {
    InternetGateway {
        internet_gateway_id: Some(gateway.id.to_string()),
        owner_id: Some(gateway.account.to_string()),
        attachment_set: Some(
            gateway
                .vpc
                .iter()
                .map(|vpc| GatewayAttachment {
                    vpc_id: Some(vpc.to_string()),
                    state: Some("available".to_owned()),
                })
                .collect(),
        ),
        tag_set: Some(tag_set(state, &gateway.account, &gateway.id)),
    }
}

impl Read for DescribeInternetGateways {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeInternetGatewaysResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = networks(context, state);
        let asked = self.internet_gateway_id.as_ref();
        let known = |id: &str| network.gateways.contains_key(id);
        all_there(
            asked,
            "InvalidInternetGatewayID.NotFound",
            "internetGateway ID",
            known,
        )?;
        let mut found = Vec::new();
        for gateway in network.gateways.values() {
            let of = (state, caller(context), gateway.id.as_ref());
            let vpc = gateway.vpc.as_ref().map(ToString::to_string);
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "internet-gateway-id" => one(gateway.id.to_string()),
                "attachment.vpc-id" => one(vpc.clone()),
                "attachment.state" => one(vpc.as_ref().map(|_| "available".to_owned())),
                "owner-id" => one(gateway.account.to_string()),
                _ => None,
            })?;
            if fits && names(asked, &gateway.id) {
                found.push((gateway.id.to_string(), describe_gateway(gateway, state)));
            }
        }
        let (gateways, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeInternetGatewaysResponse {
            internet_gateway_set: Some(gateways.into_iter().collect()),
            next_token,
        })
    }
}

impl Write for CreateInternetGateway {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateInternetGatewayResponse, Fault> {
        needs_vpcs(context)?;
        if networks(context, draft.state()).gateways.len() >= MAXIMUM_EACH {
            return Err(too_many(
                "InternetGatewayLimitExceeded",
                "internet gateways",
            ));
        }
        let tags = tags_for(self.tag_specification.as_ref(), &["internet-gateway"])?;
        let gateway = Gateway {
            id: identity::resource_id(prefix::GATEWAY),
            account: caller(context).clone(),
            vpc: None,
        };
        put_new_tags(draft, caller(context), &gateway.id, tags);
        draft.put_network(Resource::Gateway(gateway.clone()));
        dry_run(self.dry_run)?;
        Ok(CreateInternetGatewayResponse {
            internet_gateway: Some(describe_gateway(&gateway, draft.state())),
        })
    }
}

fn gateway(id: &str, network: &Network) -> Result<Gateway, Fault> {
    let gateway = network.gateways.get(id).cloned();
    gateway.ok_or_else(|| no_gateway(id))
}

impl Write for AttachInternetGateway {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let mut gateway = gateway(&self.internet_gateway_id, &network)?;
        let vpc = network.vpcs.get(self.vpc_id.as_str());
        let vpc = vpc.ok_or_else(|| no_vpc(&self.vpc_id))?;
        if gateway.vpc.is_some() || network.has_gateway(&vpc.id) {
            return Err(refused(
                "Resource.AlreadyAssociated",
                format!("resource {} is already attached to a network", gateway.id),
            ));
        }
        gateway.vpc = Some(vpc.id.clone());
        draft.put_network(Resource::Gateway(gateway));
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for DetachInternetGateway {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let mut gateway = gateway(&self.internet_gateway_id, &network)?;
        if gateway.vpc.as_deref() != Some(self.vpc_id.as_str()) {
            return Err(refused(
                "Gateway.NotAttached",
                format!(
                    "resource {} is not attached to network {}",
                    gateway.id, self.vpc_id
                ),
            ));
        }
        let default = network.vpcs.get(self.vpc_id.as_str());
        if default.is_some_and(|vpc| vpc.default) {
            return Err(refused(
                "OperationNotPermitted",
                "The default VPC of an account keeps its internet gateway in this local cloud",
            ));
        }
        gateway.vpc = None;
        draft.put_network(Resource::Gateway(gateway));
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for DeleteInternetGateway {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = networks(context, draft.state());
        let gateway = gateway(&self.internet_gateway_id, &network)?;
        if let Some(vpc) = &gateway.vpc {
            return Err(in_use(format!(
                "The internetGateway '{}' has dependencies and cannot be deleted: it is attached to \
                 {vpc}",
                gateway.id
            )));
        }
        draft.remove_network(caller(context), &gateway.id);
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

/// How long the interfaces of a new load balancer are there before they are attached. Ansible waits
/// until it sees them so (`network_interface_available`), and would wait in vain for later ones.
const ATTACHING: Duration = Duration::from_secs(60);

impl Read for DescribeNetworkInterfaces {
    /// The interfaces of load balancers: one for each servo, in the subnet of its zone.
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeNetworkInterfacesResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = networks(context, state);
        let mut found: Vec<(String, NetworkInterface)> = Vec::new();
        for balancer in state.balancers_of(caller(context)) {
            let Some(place) = &balancer.network else {
                continue;
            };
            let attaching = context.config.clock.real_duration(ATTACHING).as_millis();
            let age = context.now.0.saturating_sub(balancer.created.0);
            let attached = u128::try_from(age).is_ok_and(|age| age >= attaching);
            let status = if attached { "in-use" } else { "available" };
            for (servo, at) in &balancer.servos {
                let subnet = place.subnets.iter().find(|(_, zone)| **zone == at.zone);
                let Some((subnet, _)) = subnet else {
                    continue;
                };
                let id = servo.as_str().to_lowercase().replacen("i-", "eni-", 1);
                let description = format!("ELB {}", balancer.name);
                let of = (state, caller(context), id.as_str());
                let groups = || place.groups.iter().map(ToString::to_string).collect();
                let fits = matches(self.filter.as_ref(), of, |name| match name {
                    "network-interface-id" => one(id.clone()),
                    "description" => one(description.clone()),
                    "subnet-id" => one(subnet.to_string()),
                    "vpc-id" => one(place.vpc.to_string()),
                    "availability-zone" => one(at.zone.to_string()),
                    "group-id" => Some(groups()),
                    "requester-id" => one(REQUESTER.to_owned()),
                    "attachment.instance-owner-id" | "attachment.status" if !attached => {
                        Some(Vec::new())
                    }
                    "attachment.instance-owner-id" => one(REQUESTER.to_owned()),
                    "requester-managed" => one("true".to_owned()),
                    "owner-id" => one(balancer.account.to_string()),
                    "status" => one(status.to_owned()),
                    "private-ip-address" | "addresses.private-ip-address" => {
                        one(at.address.to_string())
                    }
                    "attachment.status" => one("attached".to_owned()),
                    "attachment.instance-id" => Some(Vec::new()),
                    "interface-type" => one("interface".to_owned()),
                    _ => None,
                })?;
                if fits {
                    let named = |id: &Arc<str>| GroupItem {
                        group_id: Some(id.to_string()),
                        group_name: network.groups.get(id).map(|group| group.name.clone()),
                    };
                    let interface = NetworkInterface {
                        network_interface_id: Some(id.clone()),
                        subnet_id: Some(subnet.to_string()),
                        vpc_id: Some(place.vpc.to_string()),
                        availability_zone: Some(at.zone.to_string()),
                        description: Some(description),
                        owner_id: Some(balancer.account.to_string()),
                        requester_id: Some(REQUESTER.to_owned()),
                        requester_managed: Some(true),
                        status: Some(status.to_owned()),
                        private_ip_address: Some(at.address.to_string()),
                        source_dest_check: Some(true),
                        group_set: Some(place.groups.iter().map(named).collect()),
                        attachment: attached.then(|| InterfaceAttachment {
                            attachment_id: Some(id.replacen("eni-", "eni-attach-", 1)),
                            instance_owner_id: Some(REQUESTER.to_owned()),
                            device_index: Some(1),
                            status: Some("attached".to_owned()),
                            delete_on_termination: Some(false),
                        }),
                        association: (!balancer.is_internal()).then(|| InterfaceAssociation {
                            public_ip: Some(at.address.to_string()),
                            ip_owner_id: Some(REQUESTER.to_owned()),
                        }),
                        interface_type: Some("interface".to_owned()),
                        tag_set: Some(Items::default()),
                    };
                    found.push((id, interface));
                }
            }
        }
        let asked = self.network_interface_id.as_ref();
        let known = |id: &str| found.iter().any(|(known, _)| known == id);
        all_there(
            asked,
            "InvalidNetworkInterfaceID.NotFound",
            "networkInterface ID",
            known,
        )?;
        found.retain(|(id, _)| names(asked, id));
        let (interfaces, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeNetworkInterfacesResponse {
            network_interface_set: Some(interfaces.into_iter().collect()),
            next_token,
        })
    }
}
