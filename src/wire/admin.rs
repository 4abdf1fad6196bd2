//! What an administrator does to the cloud: JSON over HTTP below `/_eulb/admin/`, for `eulb admin`.
//!
//! The doors are those of [`local`](super::local): the Unix socket, and the public port for requests
//! that the cloud administrator signed.
//!
//! | route | takes | gives |
//! |---|---|---|
//! | `GET /_eulb/admin/properties?name=NAME` | | [`Properties`]: all, or the one of a name |
//! | `POST /_eulb/admin/properties/set` | [`SetProperty`] | [`PropertyChange`] |
//! | `GET /_eulb/admin/lbs` | | [`Balancers`] |
//! | `GET /_eulb/admin/services` | | [`Services`] |
//! | `GET /_eulb/admin/servos` | | [`Servos`] |
//! | `POST /_eulb/admin/servos/terminate` | [`TerminateServo`] | [`Done`](super::local::Done) |
//! | `GET /_eulb/admin/activities` | | [`Activities`], oldest first |
//! | `GET /_eulb/admin/export?secrets=true` | | the state as a document |
//! | `POST /_eulb/admin/import` | such a document | [`Imported`]; by the Unix socket only |
//! | `GET /_eulb/admin/accounts` | | [`Accounts`] |
//! | `POST /_eulb/admin/accounts/create` | [`CreateAccount`] | [`Accounts`], the new one |
//! | `POST /_eulb/admin/accounts/delete` | [`DeleteAccount`] | [`Done`](super::local::Done) |
//! | `GET /_eulb/admin/users` | | [`Users`] |
//! | `POST /_eulb/admin/users/create` | [`NamedUser`] | [`Users`], the new one |
//! | `POST /_eulb/admin/users/delete` | [`DeleteUser`] | [`Done`](super::local::Done) |
//! | `GET /_eulb/admin/groups` | | [`Groups`] |
//! | `POST /_eulb/admin/groups/create` | [`NamedGroup`] | [`Groups`], the new one |
//! | `POST /_eulb/admin/groups/delete` | [`DeleteGroup`] | [`Done`](super::local::Done) |
//! | `POST /_eulb/admin/groups/add-user` | [`GroupMember`] | [`Groups`], the one |
//! | `POST /_eulb/admin/groups/remove-user` | [`GroupMember`] | [`Groups`], the one |
//! | `GET /_eulb/admin/keys` | | [`Keys`], without secrets |
//! | `POST /_eulb/admin/keys/create` | [`NamedUser`] | [`NewKey`], with its secret |
//! | `POST /_eulb/admin/keys/change` | [`ChangeKey`] | [`Done`](super::local::Done) |
//! | `POST /_eulb/admin/keys/delete` | [`DeleteKey`] | [`Done`](super::local::Done) |
//! | `GET /_eulb/admin/certificates` | | [`Certificates`] |
//! | `POST /_eulb/admin/certificates/upload` | [`NewCertificate`], with its private key | [`Certificate`] |
//! | `POST /_eulb/admin/certificates/delete` | [`DeleteCertificate`] | [`Done`](super::local::Done) |
//! | `GET /_eulb/admin/policies` | | [`Policies`] |
//! | `POST /_eulb/admin/policies/create` | [`CreatePolicy`] | [`Policies`], the new one |
//! | `POST /_eulb/admin/policies/delete` | [`NamedPolicy`] | [`Done`](super::local::Done) |
//! | `POST /_eulb/admin/policies/attach` | [`AttachPolicy`] | [`Policies`], the one |
//! | `POST /_eulb/admin/policies/detach` | [`AttachPolicy`] | [`Policies`], the one |
//!
//! Accounts are named by alias or number; where one may be absent, `tenant` is meant.

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

/// The services of the cloud, as `euca-describe-services` told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    pub services: Vec<Service>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// `loadbalancing`
    pub kind: String,
    pub name: String,
    /// `ENABLED` or `NOTREADY`.
    pub state: String,
    pub endpoint: String,
    /// Why it is not ready, and what to do.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    pub accounts: Vec<Account>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// 12 digits.
    pub id: String,
    pub alias: String,
    pub users: usize,
    pub keys: usize,
    pub balancers: usize,
    pub instances: usize,
    /// Attached to the account as a whole.
    pub policies: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateAccount {
    pub alias: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteAccount {
    pub account: String,
    /// With everything in it.
    #[serde(default)]
    pub recursive: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    pub users: Vec<User>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Number and alias of the account.
    pub account: String,
    pub alias: String,
    pub name: String,
    pub id: String,
    pub created: String,
    pub keys: usize,
    pub policies: Vec<String>,
    /// That the user is in.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// A user; `admin` of `tenant` where nothing is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedUser {
    pub account: Option<String>,
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteUser {
    pub account: Option<String>,
    pub name: String,
    /// With the keys.
    #[serde(default)]
    pub recursive: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Number and alias of the account.
    pub account: String,
    pub alias: String,
    pub name: String,
    pub id: String,
    pub created: String,
    pub users: Vec<String>,
    pub policies: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedGroup {
    pub account: Option<String>,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteGroup {
    pub account: Option<String>,
    pub name: String,
    /// Even if there are users in it, or policies attached to it.
    #[serde(default)]
    pub recursive: bool,
}

/// A user to be put into a group, or taken out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    pub account: Option<String>,
    pub group: String,
    pub user: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub keys: Vec<Key>,
}

/// An access key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub id: String,
    pub account: String,
    pub alias: String,
    pub user: String,
    #[serde(default)]
    pub inactive: bool,
}

/// A key that was just made: the only time its secret is told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    pub id: String,
    pub secret: String,
    pub account: String,
    pub user: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteKey {
    pub id: String,
}

/// Makes a key good for nothing, or good again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeKey {
    pub id: String,
    pub inactive: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    pub certificates: Vec<Certificate>,
}

/// A server certificate, without its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// What listeners name it by.
    pub arn: String,
    pub name: String,
    pub account: String,
    pub alias: String,
    pub expires: String,
    /// The load balancers with a listener that has it.
    pub balancers: Vec<String>,
}

/// A certificate and its key, all in PEM. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCertificate {
    pub account: Option<String>,
    pub name: String,
    pub certificate: String,
    pub chain: Option<String>,
    pub key: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteCertificate {
    pub account: Option<String>,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    pub policies: Vec<Policy>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub account: String,
    pub alias: String,
    pub name: String,
    pub created: String,
    /// As it was written.
    pub document: String,
    /// Whether it is attached to the account as a whole.
    pub whole_account: bool,
    /// To which users it is attached.
    pub users: Vec<String>,
    /// To which groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Actions of load balancing that it names and that no operation is, in small letters. They are
    /// accepted, as at Amazon: a later service may have them.
    #[serde(default)]
    pub unknown_actions: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatePolicy {
    pub account: Option<String>,
    pub name: String,
    /// JSON.
    pub document: String,
}

impl CreatePolicy {
    /// Bytes of a document at most. Source: Eucalyptus and IAM limit policies to a few kilobytes.
    pub const MAXIMUM_DOCUMENT: usize = 16 << 10;
    /// What is said of a larger one.
    pub const TOO_LARGE: &str = "the policy is over 16 KiB; make several policies of it";
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPolicy {
    pub account: Option<String>,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachPolicy {
    pub account: Option<String>,
    pub name: String,
    /// The account as a whole if there is neither a user nor a group.
    pub user: Option<String>,
    #[serde(default)]
    pub group: Option<String>,
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servos {
    pub servos: Vec<Servo>,
}

/// Asks for the end of a servo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminateServo {
    pub servo: String,
}

/// A servo: where it runs, how it is, and what it has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servo {
    pub id: String,
    pub account: String,
    pub alias: String,
    pub balancer: String,
    pub zone: String,
    pub address: std::net::IpAddr,
    /// `Pending`, `InService` or `Error`.
    pub state: String,
    /// Why it is not InService, or why it was replaced last.
    pub reason: Option<String>,
    /// `HTTP:80`
    pub listeners: Vec<String>,
    /// Client connections that are open.
    pub connections: u64,
    /// Requests, and TCP sessions, since it was started.
    pub requests: u64,
    pub received_bytes: u64,
    pub sent_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activities {
    pub activities: Vec<Activity>,
}

/// What was done to a servo, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub number: u64,
    pub at: String,
    /// `Launch`, `Serve`, `Fail`, `Replace` or `Terminate`.
    pub kind: String,
    pub servo: String,
    pub zone: Option<String>,
    pub account: String,
    pub alias: String,
    pub balancer: String,
    pub why: String,
}

/// What was read in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    pub accounts: usize,
    pub balancers: usize,
    pub instances: usize,
    /// Access keys that got a new secret, as the document had none.
    pub new_secrets: usize,
    /// Server certificates that were left out, as the document had no key.
    pub left_out: usize,
}
