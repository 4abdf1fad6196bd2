//! The Query encoding: structs as flat, dotted parameters, both directions.
//!
//! A structure is `HealthCheck.Interval=30`, a list `Instances.member.1.InstanceId=i-1`, numbered
//! from 1 without gaps, and a list that is present but empty `PolicyNames=`.
//!
//! Decoding is strict, as Eucalyptus' binding is: a parameter that means nothing to the operation, a
//! number that is none, a required one that is missing, a gap in a list or a name given twice is a
//! [`BindError`] which names it. Nothing is allocated by a number that a client wrote: lists are as
//! long as the parameters that are really there.
//!
//! Sources: Query API of Elastic Load Balancing 2012-06-01; Eucalyptus 3.3.0 BaseQueryBinding;
//! application/x-www-form-urlencoded of the URL standard.

mod decode;
mod encode;
mod form;

pub use decode::{BindError, decode, decode_known, stated};
pub use encode::{EncodeError, encode, parameters};
pub use form::{FormError, MAXIMUM_PARAMETERS, Parameters, form};

#[cfg(test)]
mod tests;
