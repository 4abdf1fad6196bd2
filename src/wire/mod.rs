//! The Query API on paper: shapes and codecs, both directions.
//!
//! Every request and every response of Elastic Load Balancing 2012-06-01 is one struct, written once
//! in the file of its resource. The client encodes a request with [`query`], the controller decodes
//! it with the same module; the controller encodes the answer with [`xml`], the client decodes it.
//! [`fault`] says what a refusal looks like, [`release`] what works since when, [`sigv4`] and
//! [`sigv2`] whether a request is from whom it claims to be. Nothing here opens a socket, reads a file or asks a clock.
//!
//! Field names are ours; Amazon's are in the serde attributes. An absent list is `None` and is not
//! sent; `Some` of an empty list is sent as `Name=`, which clears.

pub mod admin;
pub mod attribute;
pub mod balancer;
pub mod cloudwatch;
pub mod ec2;
pub mod fault;
pub mod iam;
pub mod instance;
pub mod listener;
pub mod local;
pub mod placement;
pub mod policy;
pub mod query;
pub mod release;
pub mod security_group;
pub mod service;
pub mod sigv2;
pub mod sigv4;
pub mod sts;
pub mod tag;
pub mod xml;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// The version of the API, a parameter of every request.
pub const VERSION: &str = "2012-06-01";

/// The XML namespace of every answer.
pub const NAMESPACE: &str = "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/";

/// The service name in the scope of a signature.
pub const SERVICE: &str = "elasticloadbalancing";

/// How an answer is wrapped, and its XML namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// `<XResponse><XResult>…</XResult><ResponseMetadata><RequestId>`.
    Query(&'static str),
    /// `<XResponse><requestId>…` and the members of the answer beside it: EC2.
    Compute(&'static str),
}

/// One operation of the API: a request that knows its name and its answer.
pub trait Action: Serialize + DeserializeOwned {
    /// The value of the `Action` parameter.
    const NAME: &'static str;
    /// How its answer is wrapped.
    const ENVELOPE: Envelope = Envelope::Query(NAMESPACE);
    /// What is inside `<{NAME}Result>`.
    type Response: Serialize + DeserializeOwned + Default;
}

/// A list: `X.member.N` in a request, `<X><member>` in an answer, an array in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members<T> {
    pub member: Vec<T>,
}

/// What the formats know a [`Members`] by: those of the wire give its items a level of their own,
/// named [`MEMBER`], the others write the items and nothing else.
const MEMBERS: &str = "Members";
/// What items of lists are called on the wire.
const MEMBER: &str = "member";

impl<T: Serialize> Serialize for Members<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(MEMBERS, &self.member)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<T>, D::Error> {
        deserializer.deserialize_struct(MEMBERS, &[MEMBER], MembersVisitor(PhantomData))
    }
}

/// Reads a list with or without the level of its items.
struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = Members<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Members<T>, A::Error> {
        let mut members = Members::default();
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                MEMBER => members.member = fields.next_value()?,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(members)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Members<T>, A::Error> {
        let mut members = Members::default();
        while let Some(item) = items.next_element()? {
            members.member.push(item);
        }
        Ok(members)
    }
}

impl<T> Default for Members<T> {
    fn default() -> Members<T> {
        Members { member: Vec::new() }
    }
}

impl<T> FromIterator<T> for Members<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Members<T> {
        Members {
            member: items.into_iter().collect(),
        }
    }
}

impl<T> From<Vec<T>> for Members<T> {
    fn from(member: Vec<T>) -> Members<T> {
        Members { member }
    }
}

/// The items of a list that may be absent.
pub fn members<T>(list: &Option<Members<T>>) -> &[T] {
    list.as_ref().map_or(&[], |list| &list.member)
}

/// Declares that a request is an operation, with its name and its answer.
macro_rules! action {
    ($($request:ident => $response:ident),* $(,)?) => {
        $(impl $crate::wire::Action for $request {
            const NAME: &'static str = stringify!($request);
            type Response = $response;
        })*
    };
    // Of another service: its envelope first.
    ($envelope:expr; $($request:ident => $response:ident),* $(,)?) => {
        $(impl $crate::wire::Action for $request {
            const NAME: &'static str = stringify!($request);
            const ENVELOPE: $crate::wire::Envelope = $envelope;
            type Response = $response;
        })*
    };
}
use action;
