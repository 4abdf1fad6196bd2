//! DescribeAvailabilityZones, DescribeRegions, DescribeAccountAttributes.

use super::selection::{all_there, caller, matches, names, one};
use super::{dry_run, region};
use crate::controller::operations::{Context, Read};
use crate::controller::state::State;
use crate::model::network::default_vpc;
use crate::wire::ec2::Items;
use crate::wire::ec2::place::{
    AccountAttribute, AttributeValue, DescribeAccountAttributes, DescribeAccountAttributesResponse,
    DescribeAvailabilityZones, DescribeAvailabilityZonesResponse, DescribeRegions,
    DescribeRegionsResponse, Region, Zone,
};
use crate::wire::fault::Fault;
use crate::wire::release::Feature;

/// The host of the one region: this machine. The port is the one that the client has asked.
const ENDPOINT: &str = "localhost";

impl Read for DescribeAvailabilityZones {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeAvailabilityZonesResponse, Fault> {
        dry_run(self.dry_run)?;
        let zones = &context.config.zones;
        all_there(
            self.zone_name.as_ref(),
            "InvalidParameterValue",
            "availability zone",
            |name| zones.iter().any(|zone| zone.as_str() == name),
        )?;
        let mut found = Items::default();
        for (index, zone) in zones.iter().enumerate() {
            let id = format!("{}-az{}", region(context), index + 1);
            let fits = matches(
                self.filter.as_ref(),
                (state, caller(context), zone.as_str()),
                |name| match name {
                    "zone-name" => one(zone.to_string()),
                    "zone-id" => one(id.clone()),
                    "state" => one("available".to_owned()),
                    "region-name" => one(region(context).to_owned()),
                    "zone-type" => one("availability-zone".to_owned()),
                    "opt-in-status" => one("opt-in-not-required".to_owned()),
                    "group-name" => one(region(context).to_owned()),
                    _ => None,
                },
            )?;
            let named =
                names(self.zone_name.as_ref(), zone.as_str()) && names(self.zone_id.as_ref(), &id);
            if fits && named {
                found.item.push(Zone {
                    zone_name: Some(zone.to_string()),
                    zone_state: Some("available".to_owned()),
                    region_name: Some(region(context).to_owned()),
                    message_set: Items::default(),
                    zone_id: Some(id),
                    zone_type: Some("availability-zone".to_owned()),
                    group_name: Some(region(context).to_owned()),
                    opt_in_status: Some("opt-in-not-required".to_owned()),
                });
            }
        }
        Ok(DescribeAvailabilityZonesResponse {
            availability_zone_info: Some(found),
        })
    }
}

impl Read for DescribeRegions {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeRegionsResponse, Fault> {
        dry_run(self.dry_run)?;
        let name = region(context);
        let wanted = names(self.region_name.as_ref(), name);
        let fits = matches(
            self.filter.as_ref(),
            (state, caller(context), name),
            |filter| match filter {
                "region-name" => one(name.to_owned()),
                "opt-in-status" => one("opt-in-not-required".to_owned()),
                "endpoint" => one(ENDPOINT.to_owned()),
                _ => None,
            },
        )?;
        let regions = (wanted && fits).then(|| Region {
            region_name: Some(name.to_owned()),
            region_endpoint: Some(ENDPOINT.to_owned()),
            opt_in_status: Some("opt-in-not-required".to_owned()),
        });
        Ok(DescribeRegionsResponse {
            region_info: Some(regions.into_iter().collect()),
        })
    }
}

impl Read for DescribeAccountAttributes {
    fn answer(
        self,
        context: &Context,
        _state: &State,
    ) -> Result<DescribeAccountAttributesResponse, Fault> {
        dry_run(self.dry_run)?;
        let (platform, vpc) = if context.has(Feature::Vpc) {
            ("VPC", default_vpc(caller(context)).to_string())
        } else {
            ("EC2", "none".to_owned())
        };
        let attributes = [
            ("supported-platforms", platform.to_owned()),
            ("default-vpc", vpc),
            ("vpc-max-security-groups-per-interface", "5".to_owned()),
        ];
        let found = attributes
            .into_iter()
            .filter(|(name, _)| names(self.attribute_name.as_ref(), name));
        Ok(DescribeAccountAttributesResponse {
            account_attribute_set: Some(
                found
                    .map(|(name, value)| AccountAttribute {
                        attribute_name: Some(name.to_owned()),
                        attribute_value_set: Some(Items::from_iter([AttributeValue {
                            attribute_value: Some(value),
                        }])),
                    })
                    .collect(),
            ),
        })
    }
}
