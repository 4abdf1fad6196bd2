//! DescribeLoadBalancerAttributes, ModifyLoadBalancerAttributes.

use super::{balancer_to_change, balancer_to_describe, dialect, missing, required};
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::attribute::{Attributes, Change, DESYNC_MODE_KEY, Offered};
use crate::model::policy::Dialect;
use crate::wire::attribute::{
    AccessLog, AdditionalAttribute, ConnectionDraining, ConnectionSettings, CrossZoneLoadBalancing,
    DescribeLoadBalancerAttributes, DescribeLoadBalancerAttributesResponse, LoadBalancerAttributes,
    ModifyLoadBalancerAttributes, ModifyLoadBalancerAttributesResponse,
};
use crate::wire::fault::Fault;
use crate::wire::members;
use crate::wire::release::Feature;

/// What the emulated release honours of attributes.
fn offered(context: &Context) -> Offered {
    Offered {
        dialect: dialect(context),
        cross_zone: context.has(Feature::CrossZoneAttribute),
        draining: context.has(Feature::ConnectionDrainingAttribute),
        idle_timeout: context.has(Feature::IdleTimeoutAttribute),
        access_log: context.has(Feature::AccessLogAttribute),
        additional: context.has(Feature::AdditionalAttributes),
    }
}

impl Read for DescribeLoadBalancerAttributes {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeLoadBalancerAttributesResponse, Fault> {
        let balancer = balancer_to_describe(state, context, &self.load_balancer_name)?;
        Ok(DescribeLoadBalancerAttributesResponse {
            load_balancer_attributes: Some(describe(&balancer.attributes, context)),
        })
    }
}

impl Write for ModifyLoadBalancerAttributes {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<ModifyLoadBalancerAttributesResponse, Fault> {
        let mut balancer = balancer_to_change(draft, context, &self.load_balancer_name)?;
        if dialect(context) == Dialect::Amazon {
            refuse_parts(self.load_balancer_attributes.as_ref())?;
        }
        let given = self.load_balancer_attributes.unwrap_or_default();
        let change = change(&given)?;
        balancer.attributes = balancer.attributes.merged(&change, offered(context))?;
        let all = describe(&balancer.attributes, context);
        draft.put_balancer(balancer);
        Ok(match dialect(context) {
            // Every attribute, and no name.
            Dialect::Eucalyptus => ModifyLoadBalancerAttributesResponse {
                load_balancer_name: None,
                load_balancer_attributes: Some(all),
            },
            // Those that the request was about, as they are now.
            Dialect::Amazon => ModifyLoadBalancerAttributesResponse {
                load_balancer_name: Some(self.load_balancer_name),
                load_balancer_attributes: Some(LoadBalancerAttributes {
                    cross_zone_load_balancing: given
                        .cross_zone_load_balancing
                        .and(all.cross_zone_load_balancing),
                    access_log: given.access_log.and(all.access_log),
                    connection_draining: given.connection_draining.and(all.connection_draining),
                    connection_settings: given.connection_settings.and(all.connection_settings),
                    additional_attributes: given
                        .additional_attributes
                        .and(all.additional_attributes),
                }),
            },
        })
    }
}

/// Refuses attributes without what Amazon requires of each: Eucalyptus takes any part of one.
fn refuse_parts(given: Option<&LoadBalancerAttributes>) -> Result<(), Fault> {
    let given = given.ok_or_else(|| missing("LoadBalancerAttributes"))?;
    let cross_zone = given.cross_zone_load_balancing.as_ref();
    let settings = given.connection_settings.as_ref();
    let draining = given.connection_draining.as_ref();
    let log = given.access_log.as_ref();
    required([
        (
            "LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled",
            cross_zone.is_none_or(|one| one.enabled.is_some()),
        ),
        (
            "LoadBalancerAttributes.AccessLog.Enabled",
            log.is_none_or(|one| one.enabled.is_some()),
        ),
        (
            "LoadBalancerAttributes.ConnectionDraining.Enabled",
            draining.is_none_or(|one| one.enabled.is_some()),
        ),
        (
            "LoadBalancerAttributes.ConnectionSettings.IdleTimeout",
            settings.is_none_or(|one| one.idle_timeout.is_some()),
        ),
    ])
}

fn change(given: &LoadBalancerAttributes) -> Result<Change, Fault> {
    let additional = members(&given.additional_attributes)
        .iter()
        .map(|one| {
            let key = one.key.clone();
            let key = key.ok_or_else(|| {
                missing("LoadBalancerAttributes.AdditionalAttributes.member.N.Key")
            })?;
            Ok((key, one.value.clone().unwrap_or_default()))
        })
        .collect::<Result<_, Fault>>()?;
    let draining = given.connection_draining.clone().unwrap_or_default();
    let log = given.access_log.clone().unwrap_or_default();
    Ok(Change {
        cross_zone: given
            .cross_zone_load_balancing
            .as_ref()
            .and_then(|one| one.enabled),
        draining_enabled: draining.enabled,
        draining_timeout_seconds: draining.timeout,
        idle_timeout_seconds: given
            .connection_settings
            .as_ref()
            .and_then(|one| one.idle_timeout),
        access_log_enabled: log.enabled,
        access_log_bucket: log.s3_bucket_name,
        access_log_emit_interval_minutes: log.emit_interval,
        access_log_prefix: log.s3_bucket_prefix,
        additional,
    })
}

fn describe(attributes: &Attributes, context: &Context) -> LoadBalancerAttributes {
    let amazon = dialect(context) == Dialect::Amazon;
    // Where the log goes is told only while there is one; at Amazon from when it was first said, or
    // clients would see a difference to what they asked for. Source: Terraform's acceptance tests.
    let log = Some(&attributes.access_log);
    let log = log.filter(|log| log.enabled || (amazon && log.bucket.is_some()));
    LoadBalancerAttributes {
        cross_zone_load_balancing: Some(CrossZoneLoadBalancing {
            enabled: Some(attributes.cross_zone),
        }),
        access_log: Some(AccessLog {
            enabled: Some(attributes.access_log.enabled),
            s3_bucket_name: log.and_then(|log| log.bucket.clone()),
            emit_interval: log.map(|log| log.emit_interval_minutes.into()),
            s3_bucket_prefix: log.map(|log| log.prefix.clone().unwrap_or_default()),
        }),
        connection_draining: Some(ConnectionDraining {
            enabled: Some(attributes.draining.enabled),
            timeout: amazon.then(|| attributes.draining.timeout_seconds.into()),
        }),
        connection_settings: Some(ConnectionSettings {
            idle_timeout: Some(attributes.idle_timeout_seconds.into()),
        }),
        additional_attributes: context.has(Feature::AdditionalAttributes).then(|| {
            let mode = AdditionalAttribute {
                key: Some(DESYNC_MODE_KEY.to_owned()),
                value: Some(attributes.desync_mode.as_str().to_owned()),
            };
            vec![mode].into()
        }),
    }
}
