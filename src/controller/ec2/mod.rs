//! EC2, as far as clients of load balancing ask for it.
//!
//! Instances are the local cloud's own: RunInstances starts web servers inside this process. Networks
//! and security groups are kept and described, and load balancers are placed by them; they carry and
//! keep out nothing. An account sees what is its own.
//!
//! What a client sends and this service does not know is refused (`UnknownParameter`), rather than
//! silently left out: who asks for two network interfaces should hear that there will be one. What an
//! instance here cannot have is taken where tools send it with every launch: credits of a processor,
//! access to metadata, protection from being ended.
//!
//! Source: EC2 API reference 2016-11-15.

mod attribute;
mod group;
mod instance;
mod network;
mod place;
mod route;
mod selection;
mod tag;

use super::operations::{Context, Operation, reads, writes};
use super::state::{Draft, ResourceTags, State};
use crate::model::account::AccountId;
use crate::wire::ec2::group::{
    AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress, CreateSecurityGroup,
    DeleteSecurityGroup, DescribeSecurityGroupRules, DescribeSecurityGroups,
    RevokeSecurityGroupEgress, RevokeSecurityGroupIngress,
};
use crate::wire::ec2::instance::{
    DescribeImages, DescribeInstanceAttribute, DescribeInstanceCreditSpecifications,
    DescribeInstanceStatus, DescribeInstanceTypes, DescribeInstances, DescribeKeyPairs,
    DescribeVolumes, ModifyInstanceAttribute, RebootInstances, RunInstances, StartInstances,
    StopInstances, TerminateInstances,
};
use crate::wire::ec2::network::{
    AttachInternetGateway, CreateInternetGateway, CreateSubnet, CreateVpc, DeleteInternetGateway,
    DeleteSubnet, DeleteVpc, DescribeInternetGateways, DescribeNetworkInterfaces, DescribeSubnets,
    DescribeVpcAttribute, DescribeVpcs, DetachInternetGateway, ModifySubnetAttribute,
    ModifyVpcAttribute,
};
use crate::wire::ec2::place::{
    DescribeAccountAttributes, DescribeAvailabilityZones, DescribeRegions,
};
use crate::wire::ec2::route::{
    AssociateRouteTable, CreateRoute, CreateRouteTable, DeleteRoute, DeleteRouteTable,
    DescribeNetworkAcls, DescribeRouteTables, DisassociateRouteTable,
};
use crate::wire::ec2::tag::{CreateTags, DeleteTags, DescribeTags};
use crate::wire::ec2::{Items, Tag, TagItem, TagSpecification};
use crate::wire::fault::Fault;
use crate::wire::release::{self, Feature};
use std::sync::Arc;

/// The operations that are here.
pub const OPERATIONS: &[Operation] = &[
    writes::<RunInstances>(),
    reads::<DescribeInstances>(),
    reads::<DescribeInstanceStatus>(),
    writes::<StartInstances>(),
    writes::<StopInstances>(),
    writes::<RebootInstances>(),
    writes::<TerminateInstances>(),
    reads::<DescribeInstanceAttribute>(),
    writes::<ModifyInstanceAttribute>(),
    reads::<DescribeInstanceTypes>(),
    reads::<DescribeInstanceCreditSpecifications>(),
    reads::<DescribeVolumes>(),
    reads::<DescribeImages>(),
    reads::<DescribeKeyPairs>(),
    reads::<DescribeAvailabilityZones>(),
    reads::<DescribeRegions>(),
    reads::<DescribeAccountAttributes>(),
    reads::<DescribeVpcs>(),
    writes::<CreateVpc>(),
    writes::<DeleteVpc>(),
    reads::<DescribeVpcAttribute>(),
    writes::<ModifyVpcAttribute>(),
    reads::<DescribeSubnets>(),
    writes::<ModifySubnetAttribute>(),
    writes::<CreateSubnet>(),
    writes::<DeleteSubnet>(),
    reads::<DescribeInternetGateways>(),
    writes::<CreateInternetGateway>(),
    writes::<AttachInternetGateway>(),
    writes::<DetachInternetGateway>(),
    writes::<DeleteInternetGateway>(),
    reads::<DescribeRouteTables>(),
    writes::<CreateRouteTable>(),
    writes::<DeleteRouteTable>(),
    writes::<CreateRoute>(),
    writes::<DeleteRoute>(),
    writes::<AssociateRouteTable>(),
    writes::<DisassociateRouteTable>(),
    reads::<DescribeNetworkAcls>(),
    reads::<DescribeNetworkInterfaces>(),
    reads::<DescribeSecurityGroups>(),
    reads::<DescribeSecurityGroupRules>(),
    writes::<CreateSecurityGroup>(),
    writes::<DeleteSecurityGroup>(),
    writes::<AuthorizeSecurityGroupIngress>(),
    writes::<RevokeSecurityGroupIngress>(),
    writes::<AuthorizeSecurityGroupEgress>(),
    writes::<RevokeSecurityGroupEgress>(),
    writes::<CreateTags>(),
    writes::<DeleteTags>(),
    reads::<DescribeTags>(),
];

/// The region, where the emulated service has its name in answers.
const REGION: &str = "eucalyptus";
const AMAZON_REGION: &str = "us-east-1";

fn region(context: &Context) -> &'static str {
    if context.has(Feature::AmazonRules) {
        AMAZON_REGION
    } else {
        REGION
    }
}

fn refused(code: &'static str, message: impl Into<String>) -> Fault {
    Fault::Service {
        status: 400,
        code,
        message: message.into(),
    }
}

fn missing(name: &str) -> Fault {
    refused(
        "MissingParameter",
        format!("The request must contain the parameter {name}"),
    )
}

fn invalid(message: impl Into<String>) -> Fault {
    refused("InvalidParameterValue", message)
}

/// What a request with `DryRun` is answered when it would have succeeded.
fn dry_run(asked: Option<bool>) -> Result<(), Fault> {
    if asked == Some(true) {
        return Err(Fault::Service {
            status: 412,
            code: "DryRunOperation",
            message: "Request would have succeeded, but DryRun flag is set.".to_owned(),
        });
    }
    Ok(())
}

/// Refuses what is about VPCs where the emulated release has none.
fn needs_vpcs(context: &Context) -> Result<(), Fault> {
    if context.has(Feature::Vpc) {
        return Ok(());
    }
    Err(refused(
        "UnsupportedOperation",
        format!(
            "VPCs do not work in {}; they are there from {}",
            context.config.release.title(),
            release::first(Feature::Vpc)
        ),
    ))
}

/// Tags of something, for its description.
fn tag_set(state: &State, account: &AccountId, id: &str) -> Items<TagItem> {
    let tags = state.tags_of(account, id);
    tag_items(tags.map(AsRef::as_ref))
}

fn tag_items(tags: Option<&ResourceTags>) -> Items<TagItem> {
    tags.into_iter()
        .flat_map(|tags| tags.iter())
        .map(|(key, value)| TagItem {
            key: Some(key.clone()),
            value: Some(value.clone()),
        })
        .collect()
}

/// Tags of one thing at most. Source: EC2, tag restrictions.
const MAXIMUM_TAGS: usize = 50;
/// Characters of a tag's key and value.
const MAXIMUM_KEY: usize = 127;
const MAXIMUM_VALUE: usize = 255;

/// Adds tags to those of something.
fn add_tags(tags: &mut ResourceTags, added: &[Tag]) -> Result<(), Fault> {
    for Tag { key, value } in added {
        let key = key.clone().filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| invalid("Tag keys must not be empty"))?;
        if key.starts_with("aws:") || key.starts_with("euca:") {
            return Err(invalid(
                "Tag keys starting with 'aws:' or 'euca:' are reserved for internal use",
            ));
        }
        let value = value.clone().unwrap_or_default();
        if key.chars().count() > MAXIMUM_KEY || value.chars().count() > MAXIMUM_VALUE {
            return Err(invalid(format!(
                "Tag keys have {MAXIMUM_KEY} characters at most, values {MAXIMUM_VALUE}"
            )));
        }
        tags.insert(key, value);
    }
    if tags.len() > MAXIMUM_TAGS {
        return Err(refused(
            "TagLimitExceeded",
            format!("The maximum number of tags for a resource is {MAXIMUM_TAGS}"),
        ));
    }
    Ok(())
}

/// The tags that a request has for one kind of what it makes.
fn tags_for(
    specifications: Option<&Vec<TagSpecification>>,
    kinds: &[&str],
) -> Result<ResourceTags, Fault> {
    let mut tags = ResourceTags::new();
    for specification in specifications.into_iter().flatten() {
        let kind = specification.resource_type.as_deref().unwrap_or_default();
        if !kinds.contains(&kind) {
            return Err(invalid(format!(
                "'{kind}' is not a valid taggable resource type for this operation."
            )));
        }
        // Volumes and the like: tagged where they exist, and here there are none.
        if kind == kinds[0] {
            add_tags(&mut tags, specification.tag.as_deref().unwrap_or_default())?;
        }
    }
    Ok(tags)
}

/// Puts the tags of something new.
fn put_new_tags(draft: &mut Draft, account: &AccountId, id: &Arc<str>, tags: ResourceTags) {
    if !tags.is_empty() {
        draft.put_tags(account, id, tags);
    }
}
