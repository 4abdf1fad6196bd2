//! What an administrator does to the cloud: JSON over HTTP below `/_eulb/admin/`, for `eulb admin`.
//!
//! The doors are those of [`local`](super::local): the Unix socket, and the public port for requests
//! that the cloud administrator signed.
//!
//! | route | takes | gives |
//! |---|---|---|
//! | `GET /_eulb/admin/properties` | | [`Properties`] |
//! | `POST /_eulb/admin/properties/set` | [`SetProperty`] | [`PropertyChange`] |
//! | `GET /_eulb/admin/lbs` | | [`Balancers`] |

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    pub properties: Vec<PropertyValue>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyValue {
    /// As the emulated release names it.
    pub name: String,
    pub value: String,
    pub default: String,
    /// What it does in the local cloud.
    pub effect: String,
}

/// Sets a property, or gives it its default back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetProperty {
    /// In full or without what all begin with, as any release names it.
    pub name: String,
    /// The default if absent.
    pub value: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChange {
    pub name: String,
    pub new: String,
    pub old: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancers {
    pub balancers: Vec<Balancer>,
}

/// A load balancer of some account, on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancer {
    pub name: String,
    pub dns_name: String,
    /// As DescribeLoadBalancers writes it.
    pub created: String,
    /// Number and alias of the account.
    pub account: String,
    pub alias: String,
    /// The enabled ones.
    pub zones: Vec<String>,
    /// `HTTP:80`
    pub listeners: Vec<String>,
    pub servos: usize,
    /// Registered instances, and how many of them are InService.
    pub registered: usize,
    pub in_service: usize,
}
