//! AddTags, RemoveTags, DescribeTags.

use super::{balancer, balancer_to_change, balancer_to_describe, dialect, missing};
use crate::controller::operations::{Context, Read, Write};
use crate::controller::permission;
use crate::controller::state::{Draft, State};
use crate::model::balancer::LoadBalancer;
use crate::model::policy::Dialect;
use crate::model::tag::{Rules, TagRefusal, Tags};
use crate::wire::fault::Fault;
use crate::wire::release::Feature;
use crate::wire::tag::{
    AddTags, AddTagsResponse, DescribeTags, DescribeTagsResponse, RemoveTags, RemoveTagsResponse,
    Tag, TagDescription,
};
use crate::wire::{Action, Members, members};
use std::sync::Arc;

/// Load balancers that one DescribeTags may be about. Source: DescribeTags; Eucalyptus 4.1.
const DESCRIBED_AT_MOST: usize = 20;

/// The name that stands for every load balancer of every account, to the administrator.
const VERBOSE: &str = "verbose";

fn rules(context: &Context) -> Rules {
    Rules {
        dialect: dialect(context),
        privileged: context.caller.administrator,
    }
}

fn too_many() -> Fault {
    Fault::InvalidParameterValue {
        reason: "Too many load balancers".to_owned(),
    }
}

/// The one load balancer that tags are put on or taken from.
fn only(names: &Option<Members<String>>) -> Result<&str, Fault> {
    let (first, rest) = members(names)
        .split_first()
        .ok_or_else(|| missing("LoadBalancerNames"))?;
    if rest.iter().any(|name| name != first) {
        return Err(too_many());
    }
    Ok(first)
}

/// The fault of a refusal. A reserved key is an invalid configuration to Eucalyptus, and to Amazon an
/// argument that is not valid.
fn fault(refusal: TagRefusal, context: &Context) -> Fault {
    match (refusal, dialect(context)) {
        (TagRefusal::Reserved, Dialect::Amazon) => Fault::ValidationError {
            reason: TagRefusal::Reserved.to_string(),
        },
        (refusal, _) => refusal.into(),
    }
}

/// Adds the tags of a request.
pub fn add(tags: &mut Tags, given: &[Tag], context: &Context) -> Result<(), Fault> {
    let pairs = given.iter().map(|tag| {
        (
            tag.key.as_deref().unwrap_or_default(),
            tag.value.as_deref().unwrap_or_default(),
        )
    });
    tags.add(pairs, rules(context))
        .map_err(|refusal| fault(refusal, context))
}

impl Write for AddTags {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<AddTagsResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, only(&self.load_balancer_names)?)?;
        add(&mut balancer.tags, members(&self.tags), context)?;
        draft.put_balancer(balancer);
        Ok(AddTagsResponse {})
    }
}

impl Write for RemoveTags {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<RemoveTagsResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, only(&self.load_balancer_names)?)?;
        let keys = members(&self.tags)
            .iter()
            .map(|tag| tag.key.as_deref().unwrap_or_default());
        balancer
            .tags
            .remove(keys, rules(context))
            .map_err(|refusal| fault(refusal, context))?;
        draft.put_balancer(balancer);
        Ok(RemoveTagsResponse {})
    }
}

impl Read for DescribeTags {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeTagsResponse, Fault> {
        let mut names: Vec<&String> = members(&self.load_balancer_names).iter().collect();
        names.sort_unstable();
        names.dedup();
        let account = &context.caller.account;
        let mut found: Vec<&Arc<LoadBalancer>> = Vec::new();
        match dialect(context) {
            Dialect::Amazon => {
                if names.is_empty() {
                    return Err(missing("LoadBalancerNames"));
                }
                if names.len() > DESCRIBED_AT_MOST {
                    return Err(too_many());
                }
                for name in names {
                    found.push(balancer(state, context, name)?);
                }
            }
            // Without names, all of the account; unknown ones are left out.
            Dialect::Eucalyptus => {
                let before = names.len();
                names.retain(|name| *name != VERBOSE);
                let everything = names.len() < before
                    && context.caller.administrator
                    && context.has(Feature::AdministratorLookups);
                if names.len() > DESCRIBED_AT_MOST {
                    return Err(too_many());
                }
                let wanted = |balancer: &&Arc<LoadBalancer>| {
                    names.is_empty() || names.iter().any(|name| *name == balancer.name.as_str())
                };
                if everything {
                    found.extend(state.balancers.values().filter(wanted));
                } else if names.is_empty() {
                    found.extend(state.balancers_of(account));
                } else {
                    found.extend(
                        names
                            .iter()
                            .filter_map(|name| balancer_to_describe(state, context, name).ok()),
                    );
                }
                // Whoever names none is told of those that may be seen.
                let may_see = permission::may_see(DescribeTags::NAME, state, context);
                found.retain(|balancer| may_see(&balancer.account, balancer.name.as_str()));
            }
        }
        let amazon = dialect(context) == Dialect::Amazon;
        let describe = |balancer: &Arc<LoadBalancer>| {
            let tags = balancer.tags.iter().map(|(key, value)| Tag {
                key: Some(key.to_owned()),
                // Eucalyptus leaves an empty value out.
                value: (amazon || !value.is_empty()).then(|| value.to_owned()),
            });
            TagDescription {
                load_balancer_name: Some(balancer.name.to_string()),
                tags: Some(tags.collect()),
            }
        };
        Ok(DescribeTagsResponse {
            tag_descriptions: Some(found.into_iter().map(describe).collect()),
        })
    }
}
