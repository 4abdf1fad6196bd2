//! EC2, as far as clients of load balancing ask for it: instances, networks, security groups, tags.
//!
//! Its answers have no `Result` element, lists are `<item>`s, and in requests lists are numbered
//! without `member`. Every version of the API has these shapes; newer members of an answer do not
//! disturb older clients.
//!
//! Source: EC2 API reference 2016-11-15.

pub mod group;
pub mod instance;
pub mod network;
pub mod place;
pub mod route;
pub mod tag;

use super::Envelope;
use super::service::EC2_NAMESPACE;
use serde::{Deserialize, Serialize};

/// The version of the API that most clients send.
pub const VERSION: &str = "2016-11-15";

const ENVELOPE: Envelope = Envelope::Compute(EC2_NAMESPACE);

/// A list of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items<T> {
    #[serde(default = "Vec::new")]
    pub item: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Items<T> {
        Items { item: Vec::new() }
    }
}

impl<T> FromIterator<T> for Items<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Items<T> {
        Items {
            item: items.into_iter().collect(),
        }
    }
}

/// The answer to what has nothing else to tell: `<return>true</return>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    #[serde(rename = "return")]
    pub done: bool,
}

impl Return {
    pub const DONE: Return = Return { done: true };
}

/// What is wanted of a list: a name, and values of which one must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    pub name: Option<String>,
    pub value: Option<Vec<String>>,
}

/// Tags for what an operation makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagSpecification {
    pub resource_type: Option<String>,
    pub tag: Option<Vec<Tag>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}

/// A tag in an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagItem {
    pub key: Option<String>,
    pub value: Option<String>,
}
