//! Route tables, and the network access list that every VPC has.
//!
//! Like all of a network here they are on paper: traffic goes through loopback addresses.

use super::selection::{all_there, caller, matches, names, one, page};
use super::{dry_run, invalid, missing, needs_vpcs, put_new_tags, refused, tag_set, tags_for};
use crate::controller::identity;
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::network::{Block, Network, Resource, RouteTable, prefix};
use crate::wire::ec2::route::{
    AclAssociation, AclEntry, AssociateRouteTable, AssociateRouteTableResponse, AssociationState,
    CreateRoute, CreateRouteTable, CreateRouteTableResponse, DeleteRoute, DeleteRouteTable,
    DescribeNetworkAcls, DescribeNetworkAclsResponse, DescribeRouteTables,
    DescribeRouteTablesResponse, DisassociateRouteTable, NetworkAcl, Route, RouteAssociation,
    RouteTable as WireTable,
};
use crate::wire::ec2::{Items, Return};
use crate::wire::fault::Fault;
use std::sync::Arc;

/// Route tables of an account and routes of a table at most. Source: Amazon VPC quotas, generously.
const MAXIMUM_TABLES: usize = 200;
const MAXIMUM_ROUTES: usize = 50;

/// The target of the route that every table has: the VPC itself.
const LOCAL: &str = "local";

/// The number of a network access list's last rule, which refuses. Source: network ACL basics.
const LAST_RULE: i64 = 32_767;
const FIRST_RULE: i64 = 100;

fn no_table(id: &str) -> Fault {
    refused(
        "InvalidRouteTableID.NotFound",
        format!("The routeTable ID '{id}' does not exist"),
    )
}

fn table(id: &str, network: &Network) -> Result<RouteTable, Fault> {
    let table = network.tables.get(id).cloned();
    table.ok_or_else(|| no_table(id))
}

fn destination(text: Option<&String>) -> Result<Block, Fault> {
    let text = text.ok_or_else(|| missing("DestinationCidrBlock"))?;
    text.parse()
        .map_err(|error: crate::model::network::BadBlock| invalid(error.to_string()))
}

fn associated() -> Option<AssociationState> {
    Some(AssociationState {
        state: Some("associated".to_owned()),
    })
}

fn describe(table: &RouteTable, network: &Network, state: &State) -> WireTable {
    let leads_out = |target: &str| {
        let gateway = network.gateways.get(target);
        target == LOCAL || gateway.is_some_and(|gateway| gateway.vpc.as_ref() == Some(&table.vpc))
    };
    let route = |block: String, target: &str, origin: &str| Route {
        destination_cidr_block: Some(block),
        gateway_id: Some(target.to_owned()),
        state: Some(
            if leads_out(target) {
                "active"
            } else {
                "blackhole"
            }
            .to_owned(),
        ),
        origin: Some(origin.to_owned()),
    };
    let local = network.vpcs.get(&table.vpc).map(|vpc| {
        let block = vpc.block.to_string();
        route(block, LOCAL, "CreateRouteTable")
    });
    let made = table
        .routes
        .iter()
        .map(|(block, target)| route(block.to_string(), target, "CreateRoute"));
    let association = |id: String, subnet: Option<String>| RouteAssociation {
        route_table_association_id: Some(id),
        route_table_id: Some(table.id.to_string()),
        main: Some(subnet.is_none()),
        subnet_id: subnet,
        association_state: associated(),
    };
    let main = table.main.then(|| {
        let id = table.id.replacen(prefix::ROUTES, prefix::ASSOCIATION, 1);
        association(id, None)
    });
    let subnets = table
        .subnets
        .iter()
        .map(|(id, subnet)| association(id.to_string(), Some(subnet.to_string())));
    WireTable {
        route_table_id: Some(table.id.to_string()),
        vpc_id: Some(table.vpc.to_string()),
        owner_id: Some(table.account.to_string()),
        route_set: Some(local.into_iter().chain(made).collect()),
        association_set: Some(main.into_iter().chain(subnets).collect()),
        propagating_vgw_set: Some(Items::default()),
        tag_set: Some(tag_set(state, &table.account, &table.id)),
    }
}

impl Read for DescribeRouteTables {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeRouteTablesResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = state.network(caller(context), &context.config);
        let asked = self.route_table_id.as_ref();
        let known = |id: &str| network.tables.contains_key(id);
        all_there(
            asked,
            "InvalidRouteTableID.NotFound",
            "routeTable ID",
            known,
        )?;
        let mut found = Vec::new();
        for table in network.tables.values() {
            let told = describe(table, &network, state);
            let of = (state, caller(context), table.id.as_ref());
            let associations = || told.association_set.iter().flat_map(|set| &set.item);
            let routes = || told.route_set.iter().flat_map(|set| &set.item);
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "route-table-id" | "association.route-table-id" => one(table.id.to_string()),
                "vpc-id" => one(table.vpc.to_string()),
                "owner-id" => one(table.account.to_string()),
                "association.main" => one(table.main.to_string()),
                "association.subnet-id" => {
                    Some(table.subnets.values().map(ToString::to_string).collect())
                }
                "association.route-table-association-id" => Some(
                    associations()
                        .filter_map(|one| one.route_table_association_id.clone())
                        .collect(),
                ),
                "route.destination-cidr-block" => Some(
                    routes()
                        .filter_map(|one| one.destination_cidr_block.clone())
                        .collect(),
                ),
                "route.gateway-id" => {
                    Some(routes().filter_map(|one| one.gateway_id.clone()).collect())
                }
                "route.state" => Some(routes().filter_map(|one| one.state.clone()).collect()),
                _ => None,
            })?;
            if fits && names(asked, &table.id) {
                found.push((table.id.to_string(), told));
            }
        }
        let (tables, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeRouteTablesResponse {
            route_table_set: Some(tables.into_iter().collect()),
            next_token,
        })
    }
}

impl Write for CreateRouteTable {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<CreateRouteTableResponse, Fault> {
        needs_vpcs(context)?;
        let network = draft.state().network(caller(context), &context.config);
        let vpc = network.vpcs.get(self.vpc_id.as_str());
        let vpc = vpc.ok_or_else(|| super::network::no_vpc(&self.vpc_id))?;
        if network.tables.len() >= MAXIMUM_TABLES {
            return Err(refused(
                "RouteTableLimitExceeded",
                format!("an account has {MAXIMUM_TABLES} route tables at most"),
            ));
        }
        let tags = tags_for(self.tag_specification.as_ref(), &["route-table"])?;
        let table = RouteTable::new(
            identity::resource_id(prefix::ROUTES),
            caller(context).clone(),
            vpc.id.clone(),
        );
        put_new_tags(draft, caller(context), &table.id, tags);
        draft.put_network(Resource::Routes(table.clone()));
        dry_run(self.dry_run)?;
        Ok(CreateRouteTableResponse {
            route_table: Some(describe(&table, &network, draft.state())),
        })
    }
}

impl Write for DeleteRouteTable {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = draft.state().network(caller(context), &context.config);
        let table = table(&self.route_table_id, &network)?;
        if table.main || !table.subnets.is_empty() {
            return Err(refused(
                "DependencyViolation",
                format!(
                    "The routeTable '{}' has dependencies and cannot be deleted.",
                    table.id
                ),
            ));
        }
        draft.remove_network(caller(context), &table.id);
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for CreateRoute {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = draft.state().network(caller(context), &context.config);
        let mut table = table(&self.route_table_id, &network)?;
        let block = destination(self.destination_cidr_block.as_ref())?;
        let target = self.gateway_id.ok_or_else(|| missing("GatewayId"))?;
        let gateway = network.gateways.get(target.as_str()).ok_or_else(|| {
            refused(
                "InvalidGatewayID.NotFound",
                format!("The gateway ID '{target}' does not exist"),
            )
        })?;
        if gateway.vpc.as_ref() != Some(&table.vpc) {
            return Err(invalid(format!(
                "route table {} and network gateway {target} belong to different networks",
                table.id
            )));
        }
        if table.routes.contains_key(&block) {
            return Err(refused(
                "RouteAlreadyExists",
                format!("The route identified by {block} already exists."),
            ));
        }
        if table.routes.len() >= MAXIMUM_ROUTES {
            return Err(refused(
                "RouteLimitExceeded",
                format!("a route table has {MAXIMUM_ROUTES} routes at most"),
            ));
        }
        table.routes.insert(block, gateway.id.clone());
        draft.put_network(Resource::Routes(table));
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for DeleteRoute {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = draft.state().network(caller(context), &context.config);
        let mut table = table(&self.route_table_id, &network)?;
        let block = destination(self.destination_cidr_block.as_ref())?;
        if table.routes.remove(&block).is_none() {
            return Err(refused(
                "InvalidRoute.NotFound",
                format!(
                    "no route with destination-cidr-block {block} in route table {}",
                    table.id
                ),
            ));
        }
        draft.put_network(Resource::Routes(table));
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for AssociateRouteTable {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<AssociateRouteTableResponse, Fault> {
        needs_vpcs(context)?;
        let network = draft.state().network(caller(context), &context.config);
        let mut table = table(&self.route_table_id, &network)?;
        let subnet = self.subnet_id.ok_or_else(|| missing("SubnetId"))?;
        let subnet = network.subnets.get(subnet.as_str()).ok_or_else(|| {
            refused(
                "InvalidSubnetID.NotFound",
                format!("The subnet ID '{subnet}' does not exist"),
            )
        })?;
        if subnet.vpc != table.vpc {
            return Err(invalid(format!(
                "route table {} and subnet {} belong to different networks",
                table.id, subnet.id
            )));
        }
        let mut tables = network.tables.values();
        let other = tables.find(|other| other.subnets.values().any(|one| *one == subnet.id));
        if let Some(other) = other {
            return Err(refused(
                "Resource.AlreadyAssociated",
                format!(
                    "the specified subnet {} is already associated with the route table {}",
                    subnet.id, other.id
                ),
            ));
        }
        let id = identity::resource_id(prefix::ASSOCIATION);
        table.subnets.insert(id.clone(), subnet.id.clone());
        draft.put_network(Resource::Routes(table));
        dry_run(self.dry_run)?;
        Ok(AssociateRouteTableResponse {
            association_id: Some(id.to_string()),
            association_state: associated(),
        })
    }
}

impl Write for DisassociateRouteTable {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        needs_vpcs(context)?;
        let network = draft.state().network(caller(context), &context.config);
        let mut tables = network.tables.values();
        let with = tables.find(|table| table.subnets.contains_key(self.association_id.as_str()));
        let mut table = with.cloned().ok_or_else(|| {
            refused(
                "InvalidAssociationID.NotFound",
                format!(
                    "The association ID '{}' does not exist",
                    self.association_id
                ),
            )
        })?;
        table.subnets.remove(self.association_id.as_str());
        draft.put_network(Resource::Routes(table));
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

/// The rules of a list that lets everything through, in and out.
fn open_entries() -> Items<AclEntry> {
    let rules = [(FIRST_RULE, "allow"), (LAST_RULE, "deny")];
    let both = rules
        .into_iter()
        .flat_map(|rule| [false, true].map(|egress| (rule, egress)));
    both.map(|((number, action), egress)| AclEntry {
        rule_number: Some(number),
        protocol: Some("-1".to_owned()),
        rule_action: Some(action.to_owned()),
        egress: Some(egress),
        cidr_block: Some("0.0.0.0/0".to_owned()),
    })
    .collect()
}

impl Read for DescribeNetworkAcls {
    /// Each VPC has one list, which lets everything through; there are no others.
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeNetworkAclsResponse, Fault> {
        needs_vpcs(context)?;
        dry_run(self.dry_run)?;
        let network = state.network(caller(context), &context.config);
        let list = |vpc: &str| vpc.replacen(prefix::VPC, "acl-", 1);
        let asked = self.network_acl_id.as_ref();
        let known = |id: &str| network.vpcs.keys().any(|vpc| list(vpc) == id);
        all_there(
            asked,
            "InvalidNetworkAclID.NotFound",
            "networkAcl ID",
            known,
        )?;
        let mut found = Vec::new();
        for vpc in network.vpcs.values() {
            let id = list(&vpc.id);
            let subnets = || {
                let all = network.subnets.values();
                all.filter(|subnet| subnet.vpc == vpc.id)
            };
            let of = (state, caller(context), id.as_str());
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "network-acl-id" | "association.network-acl-id" => one(id.clone()),
                "vpc-id" => one(vpc.id.to_string()),
                "owner-id" => one(vpc.account.to_string()),
                "default" => one("true".to_owned()),
                "association.subnet-id" => {
                    Some(subnets().map(|subnet| subnet.id.to_string()).collect())
                }
                _ => None,
            })?;
            if fits && names(asked, &id) {
                let association = |subnet: &Arc<str>| AclAssociation {
                    network_acl_association_id: Some(subnet.replacen(
                        prefix::SUBNET,
                        "aclassoc-",
                        1,
                    )),
                    network_acl_id: Some(id.clone()),
                    subnet_id: Some(subnet.to_string()),
                };
                let told = NetworkAcl {
                    network_acl_id: Some(id.clone()),
                    vpc_id: Some(vpc.id.to_string()),
                    owner_id: Some(vpc.account.to_string()),
                    is_default: Some(true),
                    entry_set: Some(open_entries()),
                    association_set: Some(
                        subnets().map(|subnet| association(&subnet.id)).collect(),
                    ),
                    tag_set: Some(Items::default()),
                };
                found.push((id, told));
            }
        }
        let (lists, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeNetworkAclsResponse {
            network_acl_set: Some(lists.into_iter().collect()),
            next_token,
        })
    }
}
