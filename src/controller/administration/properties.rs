//! `/_eulb/admin/properties`: reading and setting the cloud's properties.

use crate::controller::properties::Property;
use crate::controller::state::{Draft, State};
use crate::model::balancer::{BalancerKey, LoadBalancer};
use crate::model::placement::ZoneName;
use crate::wire::admin::{Properties, PropertyChange, PropertyValue, SetProperty};
use crate::wire::release::{Feature, Release};

/// The properties of the release, with their values.
pub fn list(state: &State, release: Release) -> Properties {
    Properties {
        properties: Property::of(release)
            .map(|property| shown(property, state, release))
            .collect(),
    }
}

/// The property of a name, by whichever of its names.
///
/// # Errors
///
/// There is none.
pub fn one(name: &str, state: &State, release: Release) -> Result<Properties, String> {
    let property = Property::find(name, release).map_err(|error| error.to_string())?;
    Ok(Properties {
        properties: vec![shown(property, state, release)],
    })
}

fn shown(property: Property, state: &State, release: Release) -> PropertyValue {
    PropertyValue {
        name: property.name(release),
        value: state.property(property, release).to_owned(),
        default: property.default(release).to_owned(),
        effect: property.effect().to_owned(),
    }
}

/// Sets a property, and brings what exists to it where the release does.
///
/// # Errors
///
/// There is no such property, it does not take the value, or what exists cannot be brought to it.
pub fn set(
    request: &SetProperty,
    draft: &mut Draft,
    release: Release,
) -> Result<PropertyChange, String> {
    let property = Property::find(&request.name, release).map_err(|error| error.to_string())?;
    let old = draft.state().property(property, release).to_owned();
    let value = match &request.value {
        Some(value) => Some(
            property
                .check(value, release)
                .map_err(|error| error.to_string())?,
        ),
        None => None,
    };
    draft.put_property(property, value.as_deref());
    if property == Property::ServosPerZone && release.has(Feature::PropertiesReachExisting) {
        scale_all(draft, release)?;
    }
    Ok(PropertyChange {
        name: property.name(release),
        new: draft.state().property(property, release).to_owned(),
        old,
    })
}

fn scale_all(draft: &mut Draft, release: Release) -> Result<(), String> {
    let keys: Vec<BalancerKey> = draft.state().balancers.keys().cloned().collect();
    for key in keys {
        let Some(held) = draft.state().balancers.get(&key).cloned() else {
            continue;
        };
        let mut balancer = LoadBalancer::clone(&held);
        let zones: Vec<ZoneName> = balancer.enabled_zones().cloned().collect();
        for zone in zones {
            draft
                .scale_servos(&mut balancer, &zone, release)
                .map_err(|refusal| format!("cannot scale {}: {refusal}", key.name))?;
        }
        if balancer != *held {
            draft.put_balancer(balancer);
        }
    }
    Ok(())
}
