//! CreateTags, DeleteTags, DescribeTags.

use super::selection::{caller, matches, one, page};
use super::{add_tags, dry_run, missing, refused};
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::instance::InstanceId;
use crate::model::network::prefix;
use crate::wire::ec2::Return;
use crate::wire::ec2::tag::{
    CreateTags, DeleteTags, DescribeTags, DescribeTagsResponse, TagDescription,
};
use crate::wire::fault::Fault;
use std::sync::Arc;

/// Resources in one request. Source: CreateTags.
const MAXIMUM_RESOURCES: usize = 1000;

/// What an id is one of, if the caller has it.
fn kind(state: &State, context: &Context, id: &str) -> Result<&'static str, Fault> {
    let account = caller(context);
    let network = || state.network(account, &context.config);
    let (there, kind, code) = if id.starts_with("i-") {
        let instance = state.instances.get(&InstanceId::new(id));
        (
            instance.is_some_and(|instance| instance.owner == *account),
            "instance",
            "InvalidInstanceID.NotFound",
        )
    } else if id.starts_with(prefix::VPC) {
        (
            network().vpcs.contains_key(id),
            "vpc",
            "InvalidVpcID.NotFound",
        )
    } else if id.starts_with(prefix::SUBNET) {
        (
            network().subnets.contains_key(id),
            "subnet",
            "InvalidSubnetID.NotFound",
        )
    } else if id.starts_with(prefix::GROUP) {
        (
            network().groups.contains_key(id),
            "security-group",
            "InvalidGroup.NotFound",
        )
    } else if id.starts_with(prefix::GATEWAY) {
        (
            network().gateways.contains_key(id),
            "internet-gateway",
            "InvalidInternetGatewayID.NotFound",
        )
    } else if id.starts_with(prefix::ROUTES) {
        (
            network().tables.contains_key(id),
            "route-table",
            "InvalidRouteTableID.NotFound",
        )
    } else {
        return Err(refused(
            "InvalidID",
            format!(
                "The ID '{id}' is not valid; instances, VPCs, subnets, security groups, \
                 internet gateways and route tables have tags here"
            ),
        ));
    };
    if there {
        Ok(kind)
    } else {
        Err(refused(code, format!("The ID '{id}' does not exist")))
    }
}

/// The ids of a request, each of something that the caller has.
fn resources(
    asked: Option<Vec<String>>,
    context: &Context,
    state: &State,
) -> Result<Vec<Arc<str>>, Fault> {
    let asked = asked.ok_or_else(|| missing("ResourceId"))?;
    if asked.len() > MAXIMUM_RESOURCES {
        return Err(super::invalid(format!(
            "there may be {MAXIMUM_RESOURCES} resources in a request"
        )));
    }
    for id in &asked {
        kind(state, context, id)?;
    }
    Ok(asked.into_iter().map(Arc::from).collect())
}

impl Write for CreateTags {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        let added = self.tag.ok_or_else(|| missing("Tag"))?;
        for id in resources(self.resource_id, context, draft.state())? {
            let held = draft.state().tags_of(caller(context), &id);
            let mut tags = held.map(|tags| tags.as_ref().clone()).unwrap_or_default();
            add_tags(&mut tags, &added)?;
            draft.put_tags(caller(context), &id, tags);
        }
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Write for DeleteTags {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        for id in resources(self.resource_id, context, draft.state())? {
            let Some(held) = draft.state().tags_of(caller(context), &id) else {
                continue;
            };
            let mut tags = held.as_ref().clone();
            match &self.tag {
                None => tags.clear(),
                // A key without a value goes whatever it has; with one, only if it has that.
                Some(removed) => tags.retain(|key, value| {
                    !removed.iter().any(|tag| {
                        let same = tag.value.as_ref().is_none_or(|known| known == value);
                        tag.key.as_ref() == Some(key) && same
                    })
                }),
            }
            draft.put_tags(caller(context), &id, tags);
        }
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Read for DescribeTags {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeTagsResponse, Fault> {
        dry_run(self.dry_run)?;
        let mut found = Vec::new();
        for (id, tags) in state.tagged(caller(context)) {
            let Ok(kind) = kind(state, context, id) else {
                continue;
            };
            for (key, value) in tags.iter() {
                let fits =
                    matches(
                        self.filter.as_ref(),
                        (state, caller(context), id),
                        |name| match name {
                            "resource-id" => one(id.to_owned()),
                            "resource-type" => one(kind.to_owned()),
                            "key" => one(key.clone()),
                            "value" => one(value.clone()),
                            _ => None,
                        },
                    )?;
                if fits {
                    let tag = TagDescription {
                        resource_id: Some(id.to_owned()),
                        resource_type: Some(kind.to_owned()),
                        key: Some(key.clone()),
                        value: Some(value.clone()),
                    };
                    found.push((format!("{id}/{key}"), tag));
                }
            }
        }
        let (tags, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeTagsResponse {
            tag_set: Some(tags.into_iter().collect()),
            next_token,
        })
    }
}
