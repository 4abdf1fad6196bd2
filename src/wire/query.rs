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

use super::{Action, VERSION};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, forward_to_deserialize_any, ser};
use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt::{self, Display, Write};

/// Parameters in one request: far more than the largest registration, little enough to sort.
pub const MAXIMUM_PARAMETERS: usize = 20_000;

/// Fields that one [`BindError`] lists; a hostile request does not deserve a long answer.
const MAXIMUM_FAILURES: usize = 20;

/// Characters of a value that a [`BindError`] repeats.
const MAXIMUM_ECHO: usize = 256;

/// What AWS leaves as it is: letters, digits, `-_.~`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

// ---------------------------------------------------------------------------------------------
// Forms

/// The body or query string is not a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("parameter {0} is not UTF-8")]
    NotUtf8(usize),
    #[error("parameter {0} has a percent sign without two hexadecimal digits")]
    BadEscape(usize),
    #[error("there are more than {MAXIMUM_PARAMETERS} parameters")]
    TooMany,
}

/// Parameters as they were sent: names and values, decoded, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Parameters<'a> {
    /// Reads `application/x-www-form-urlencoded`, the body of a POST or the query of a GET.
    ///
    /// # Errors
    ///
    /// A name or value is not UTF-8, a percent sign stands alone, or there are too many parameters.
    pub fn read(form: &'a [u8]) -> Result<Parameters<'a>, FormError> {
        let mut parameters = Parameters::default();
        parameters.add(form)?;
        Ok(parameters)
    }

    /// Adds another form: a POST may have parameters in its query too.
    ///
    /// # Errors
    ///
    /// As of [`Parameters::read`].
    pub fn add(&mut self, form: &'a [u8]) -> Result<(), FormError> {
        for part in form.split(|byte| *byte == b'&') {
            if part.is_empty() {
                continue;
            }
            let number = self.pairs.len() + 1;
            if number > MAXIMUM_PARAMETERS {
                return Err(FormError::TooMany);
            }
            let middle = part.iter().position(|byte| *byte == b'=');
            let (name, value) = match middle {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &part[part.len()..]),
            };
            self.pairs
                .push((unescape(name, number)?, unescape(value, number)?));
        }
        Ok(())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

fn unescape(text: &[u8], number: usize) -> Result<Cow<'_, str>, FormError> {
    let not_utf8 = FormError::NotUtf8(number);
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return std::str::from_utf8(text)
            .map(Cow::Borrowed)
            .map_err(|_| not_utf8);
    }
    let digit = |at: usize| {
        text.get(at)
            .and_then(|byte| char::from(*byte).to_digit(16))
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(FormError::BadEscape(number))
    };
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'+' => plain.push(b' '),
            b'%' => {
                plain.push(digit(at + 1)? << 4 | digit(at + 2)?);
                at += 2;
            }
            other => plain.push(*other),
        }
        at += 1;
    }
    String::from_utf8(plain)
        .map(Cow::Owned)
        .map_err(|_| not_utf8)
}

/// Writes pairs as a form.
pub fn form<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name.as_ref(), ESCAPED));
        text.push('=');
        text.extend(utf8_percent_encode(value.as_ref(), ESCAPED));
    }
    text
}

// ---------------------------------------------------------------------------------------------
// Encoding

/// A request cannot be written as parameters; a fault of the shape, not of its values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot write the request as parameters: {0}")]
pub struct EncodeError(String);

impl ser::Error for EncodeError {
    fn custom<T: Display>(message: T) -> EncodeError {
        EncodeError(message.to_string())
    }
}

/// The parameters of a request, `Action` and `Version` first.
///
/// # Errors
///
/// The shape holds something that parameters cannot express.
pub fn parameters<A: Action>(request: &A) -> Result<Vec<(String, String)>, EncodeError> {
    let mut writer = Writer {
        pairs: vec![
            ("Action".to_owned(), A::NAME.to_owned()),
            ("Version".to_owned(), VERSION.to_owned()),
        ],
        path: String::new(),
    };
    request.serialize(&mut writer)?;
    Ok(writer.pairs)
}

/// The body of a request.
///
/// # Errors
///
/// As of [`parameters`].
pub fn encode<A: Action>(request: &A) -> Result<String, EncodeError> {
    Ok(form(parameters(request)?))
}

struct Writer {
    pairs: Vec<(String, String)>,
    path: String,
}

impl Writer {
    fn value(&mut self, value: String) -> Result<(), EncodeError> {
        if self.path.is_empty() {
            return Err(EncodeError("a request is a structure".to_owned()));
        }
        self.pairs.push((self.path.clone(), value));
        Ok(())
    }

    fn within<T: Serialize + ?Sized>(
        &mut self,
        step: impl Display,
        value: &T,
    ) -> Result<(), EncodeError> {
        let length = self.path.len();
        let dot = if length == 0 { "" } else { "." };
        // Writing to a String cannot fail.
        let _ = write!(self.path, "{dot}{step}");
        let written = value.serialize(&mut *self);
        self.path.truncate(length);
        written
    }
}

/// A list being written; it knows how many items it has so far.
struct ListWriter<'w> {
    writer: &'w mut Writer,
    written: usize,
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.value(value.to_string())
        })*
    };
}

fn inexpressible<T>(what: &str) -> Result<T, EncodeError> {
    Err(EncodeError(format!("{what} cannot be a parameter")))
}

impl<'w> ser::Serializer for &'w mut Writer {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = ListWriter<'w>;
    type SerializeTuple = ser::Impossible<(), EncodeError>;
    type SerializeTupleStruct = ser::Impossible<(), EncodeError>;
    type SerializeTupleVariant = ser::Impossible<(), EncodeError>;
    type SerializeMap = ser::Impossible<(), EncodeError>;
    type SerializeStruct = &'w mut Writer;
    type SerializeStructVariant = ser::Impossible<(), EncodeError>;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_char: char, serialize_str: &str
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.value(variant.to_owned())
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<&'w mut Writer, EncodeError> {
        Ok(self)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<ListWriter<'w>, EncodeError> {
        Ok(ListWriter {
            writer: self,
            written: 0,
        })
    }

    fn serialize_f32(self, _value: f32) -> Result<(), EncodeError> {
        inexpressible("a fraction")
    }

    fn serialize_f64(self, _value: f64) -> Result<(), EncodeError> {
        inexpressible("a fraction")
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), EncodeError> {
        inexpressible("a run of bytes")
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        inexpressible("nothing")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), EncodeError> {
        inexpressible("nothing")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), EncodeError> {
        inexpressible("a choice")
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, EncodeError> {
        inexpressible("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleStruct, EncodeError> {
        inexpressible("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        inexpressible("a choice")
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
        inexpressible("a map")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        inexpressible("a choice")
    }
}

impl ser::SerializeStruct for &mut Writer {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.within(key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl ser::SerializeSeq for ListWriter<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.written += 1;
        self.writer.within(self.written, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        // An empty list is `PolicyNames=`, without the `.member` of the items it does not have.
        if self.written == 0 {
            let path = &self.writer.path;
            let name = path.strip_suffix(".member").unwrap_or(path).to_owned();
            self.writer.pairs.push((name, String::new()));
        }
        Ok(())
    }
}

// ---------------------------------------------------------------------------------------------
// Decoding

/// The parameters that do not make a request, with their values where they have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    pub fields: Vec<(String, Option<String>)>,
}

impl Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failed to bind the following fields:")?;
        for (name, value) in &self.fields {
            match value {
                Some(value) => write!(f, "\n{name} = {value}")?,
                None => write!(f, "\n{name}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for BindError {}

/// Whether a parameter belongs to the protocol and not to an operation.
fn is_protocol(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "Action",
        "Version",
        // Signature version 2, which some clients still send beside nothing else.
        "AWSAccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "Timestamp",
        "Expires",
        "SecurityToken",
    ];
    NAMES.contains(&name)
        || name
            .get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("X-Amz-"))
}

/// Reads a request from its parameters; those of the protocol itself are passed over.
///
/// # Errors
///
/// A [`BindError`] that names every parameter which is unknown, given twice, out of sequence, no
/// number where one is due, or missing.
pub fn decode<A: Action>(parameters: &Parameters<'_>) -> Result<A, BindError> {
    let mut pairs: Vec<(&str, &str)> = parameters
        .iter()
        .filter(|(name, _)| !is_protocol(name))
        .collect();
    pairs.sort_by(|(one, _), (other, _)| compare(one, other));

    let failures = RefCell::new(Vec::new());
    for twice in pairs.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        note(&failures, twice[1].0, Some(twice[1].1));
    }
    let whole = Branch {
        pairs: &pairs,
        depth: 0,
        failures: &failures,
    };
    let request = A::deserialize(whole);
    let mut fields = failures.into_inner();
    match request {
        Ok(request) if fields.is_empty() => Ok(request),
        Ok(_) => Err(BindError { fields }),
        Err(failure) => {
            // What stopped the reading comes last; what was noticed on the way was noticed first.
            if let Some(name) = failure.0.filter(|_| fields.len() < MAXIMUM_FAILURES) {
                fields.push((name, None));
            }
            Err(BindError { fields })
        }
    }
}

type Failures = RefCell<Vec<(String, Option<String>)>>;

fn note(failures: &Failures, name: &str, value: Option<&str>) {
    let cut = |text: &str| text.chars().take(MAXIMUM_ECHO).collect::<String>();
    let failure = (cut(name), value.map(cut));
    let mut failures = failures.borrow_mut();
    if failures.len() < MAXIMUM_FAILURES && !failures.contains(&failure) {
        failures.push(failure);
    }
}

/// Orders names step by step, steps that are numbers by their size.
fn compare(one: &str, other: &str) -> Ordering {
    let mut others = other.split('.');
    for step in one.split('.') {
        let Some(counterpart) = others.next() else {
            return Ordering::Greater;
        };
        let number = |step: &str| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
        let order = if number(step) && number(counterpart) {
            (step.len(), step).cmp(&(counterpart.len(), counterpart))
        } else {
            step.cmp(counterpart)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    match others.next() {
        Some(_) => Ordering::Less,
        None => Ordering::Equal,
    }
}

/// Why reading stopped: the name of a missing field, if it was that. Everything else is noted where
/// it is found.
#[derive(Debug)]
struct Stop(Option<String>);

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parameters are not such a request")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: Display>(_message: T) -> Stop {
        Stop(None)
    }

    fn missing_field(field: &'static str) -> Stop {
        Stop(Some(field.to_owned()))
    }
}

/// The parameters below one path: sorted, not empty, alike in their first `depth` steps.
#[derive(Clone, Copy)]
struct Branch<'p> {
    pairs: &'p [(&'p str, &'p str)],
    depth: usize,
    failures: &'p Failures,
}

/// The step of a name at a depth; nothing beyond its end.
fn step(name: &str, depth: usize) -> Option<&str> {
    name.split('.').nth(depth)
}

impl<'p> Branch<'p> {
    /// Notes everything in the branch as not understood.
    fn refuse(&self) -> Stop {
        for (name, value) in self.pairs {
            note(self.failures, name, Some(value));
        }
        Stop(None)
    }

    /// The value, if the branch is one parameter and no structure.
    fn leaf(&self) -> Result<&'p str, Stop> {
        match self.pairs {
            [(name, value)] if step(name, self.depth).is_none() => Ok(value),
            _ => Err(self.refuse()),
        }
    }

    fn number<T: std::str::FromStr>(&self) -> Result<T, Stop> {
        self.leaf()?.trim().parse().map_err(|_| self.refuse())
    }

    /// Whether the branch is a list that is present but empty: `PolicyNames=`.
    fn is_empty_list(&self) -> bool {
        matches!(self.pairs, [(name, "")] if step(name, self.depth).is_none())
    }
}

/// Walks the branches below a branch, one per distinct next step.
struct Branches<'p> {
    rest: Branch<'p>,
    /// The branch whose key was given out last.
    current: Branch<'p>,
    /// Branches given out so far.
    given: usize,
}

impl<'p> Branches<'p> {
    fn of(branch: Branch<'p>) -> Branches<'p> {
        Branches {
            rest: branch,
            current: Branch {
                pairs: &[],
                ..branch
            },
            given: 0,
        }
    }

    /// The next step and the branch below it. A value where a structure is due is noted and skipped.
    fn next(&mut self) -> Option<(&'p str, Branch<'p>)> {
        loop {
            let (name, value) = *self.rest.pairs.first()?;
            let Some(key) = step(name, self.rest.depth) else {
                note(self.rest.failures, name, Some(value));
                self.rest.pairs = &self.rest.pairs[1..];
                continue;
            };
            let length = self
                .rest
                .pairs
                .partition_point(|(name, _)| step(name, self.rest.depth) == Some(key));
            let (pairs, rest) = self.rest.pairs.split_at(length.max(1));
            self.rest.pairs = rest;
            self.given += 1;
            self.current = Branch {
                pairs,
                depth: self.rest.depth + 1,
                failures: self.rest.failures,
            };
            return Some((key, self.current));
        }
    }
}

impl<'de, 'p: 'de> MapAccess<'de> for Branches<'p> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        match self.next() {
            Some((key, _)) => seed.deserialize(key.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        seed.deserialize(self.current)
    }
}

impl<'de, 'p: 'de> SeqAccess<'de> for Branches<'p> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        match self.next() {
            // Items are numbered 1, 2, 3; a gap, a zero or a leading zero is not a list.
            Some((key, branch))
                if key.parse() == Ok(self.given) && !key.starts_with(['0', '+']) =>
            {
                seed.deserialize(branch).map(Some)
            }
            Some((_, branch)) => Err(branch.refuse()),
            None => Ok(None),
        }
    }
}

macro_rules! numbers {
    ($($method:ident => $visit:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            visitor.$visit(self.number()?)
        })*
    };
}

impl<'de, 'p: 'de> de::Deserializer<'de> for Branch<'p> {
    type Error = Stop;

    numbers! {
        deserialize_i8 => visit_i8, deserialize_i16 => visit_i16, deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64, deserialize_u8 => visit_u8, deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32, deserialize_u64 => visit_u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.leaf()? {
            text if text.eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            text if text.eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            _ => Err(self.refuse()),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_borrowed_str(self.leaf()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        if fields == ["member"] && self.is_empty_list() {
            let nothing = Branch { pairs: &[], ..self };
            return visitor.visit_map(Branches::of(nothing));
        }
        visitor.visit_map(Branches::of(self))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_seq(Branches::of(self))
    }

    /// A parameter that the operation does not know.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.refuse();
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map enum identifier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Members;
    use crate::wire::attribute::{
        AccessLog, CrossZoneLoadBalancing, LoadBalancerAttributes, ModifyLoadBalancerAttributes,
    };
    use crate::wire::balancer::{CreateLoadBalancer, DescribeLoadBalancers};
    use crate::wire::instance::{
        ConfigureHealthCheck, HealthCheck, RegisterInstancesWithLoadBalancer,
    };
    use crate::wire::listener::{DeleteLoadBalancerListeners, Listener};
    use crate::wire::policy::SetLoadBalancerPoliciesOfListener;
    use crate::wire::tag::Tag;
    use proptest::prelude::*;

    fn decoded<A: Action>(form: &str) -> Result<A, String> {
        let parameters = Parameters::read(form.as_bytes()).map_err(|error| error.to_string())?;
        decode(&parameters).map_err(|error| error.to_string())
    }

    #[test]
    fn structures_are_dotted_and_lists_are_numbered() {
        let request = CreateLoadBalancer {
            load_balancer_name: "Load Star".to_owned(),
            listeners: Some(Members::from(vec![Listener {
                protocol: Some("HTTP".to_owned()),
                load_balancer_port: Some(80),
                instance_port: Some(8080),
                ssl_certificate_id: Some("arn:x".to_owned()),
                ..Listener::default()
            }])),
            availability_zones: Some(Members::from(vec!["PARTI00".to_owned(), "ö".to_owned()])),
            tags: Some(Members::from(vec![Tag {
                key: Some("k".to_owned()),
                value: Some(String::new()),
            }])),
            ..CreateLoadBalancer::default()
        };
        let form = encode(&request).unwrap();
        assert_eq!(
            form,
            "Action=CreateLoadBalancer&Version=2012-06-01&LoadBalancerName=Load%20Star\
             &Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80\
             &Listeners.member.1.InstancePort=8080&Listeners.member.1.SSLCertificateId=arn%3Ax\
             &AvailabilityZones.member.1=PARTI00&AvailabilityZones.member.2=%C3%B6\
             &Tags.member.1.Key=k&Tags.member.1.Value="
        );
        assert_eq!(decoded(&form), Ok(request));
    }

    #[test]
    fn an_empty_list_is_sent_and_an_absent_one_is_not() {
        let mut request = SetLoadBalancerPoliciesOfListener {
            load_balancer_name: "a".to_owned(),
            load_balancer_port: 80,
            policy_names: None,
        };
        let start = "Action=SetLoadBalancerPoliciesOfListener&Version=2012-06-01\
                     &LoadBalancerName=a&LoadBalancerPort=80";
        assert_eq!(encode(&request).unwrap(), start);
        assert_eq!(decoded(start), Ok(request.clone()));
        request.policy_names = Some(Members::default());
        let cleared = format!("{start}&PolicyNames=");
        assert_eq!(encode(&request).unwrap(), cleared);
        assert_eq!(decoded(&cleared), Ok(request));
    }

    #[test]
    fn members_are_taken_in_the_order_of_their_numbers() {
        let form: Vec<String> = (1..=12)
            .rev()
            .map(|n| format!("LoadBalancerPorts.member.{n}={}", n * 10))
            .collect();
        let request: DeleteLoadBalancerListeners =
            decoded(&format!("LoadBalancerName=a&{}", form.join("&"))).unwrap();
        let ports = request.load_balancer_ports.unwrap().member;
        assert_eq!(ports, (1..=12).map(|n| n * 10).collect::<Vec<i64>>());
    }

    #[test]
    fn whatever_does_not_bind_is_named() {
        #[rustfmt::skip]
        let cases = [
            ("LoadBalancerName=a&Colour=red",                   "Colour = red"),
            ("LoadBalancerName=a&B.c=1&A=2",                    "A = 2\nB.c = 1"),
            ("",                                                "LoadBalancerName"),
            ("Colour=red",                                      "Colour = red\nLoadBalancerName"),
            ("LoadBalancerName=a&LoadBalancerName=b",           "LoadBalancerName = b\nLoadBalancerName = a"),
            ("LoadBalancerName=a&HealthCheck.Interval=soon",    "HealthCheck.Interval = soon"),
            ("LoadBalancerName=a&HealthCheck.Interval=",        "HealthCheck.Interval = "),
            ("LoadBalancerName=a&HealthCheck.Interval=1.5",     "HealthCheck.Interval = 1.5"),
            ("LoadBalancerName=a&HealthCheck.Interval=99999999999999999999", "HealthCheck.Interval = 99999999999999999999"),
            ("LoadBalancerName=a&HealthCheck.Interval.X=1",     "HealthCheck.Interval.X = 1"),
            ("LoadBalancerName=a&HealthCheck=1",                "HealthCheck = 1"),
            ("LoadBalancerName=a&healthCheck.Interval=1",       "healthCheck.Interval = 1"),
            ("LoadBalancerName.x=a",                            "LoadBalancerName.x = a"),
        ];
        for (form, fields) in cases {
            let expected = format!("Failed to bind the following fields:\n{fields}");
            assert_eq!(
                decoded::<ConfigureHealthCheck>(form),
                Err(expected),
                "{form}"
            );
        }
        #[rustfmt::skip]
        let cases = [
            ("Instances.member.2.InstanceId=i",                 "Instances.member.2.InstanceId = i"),
            ("Instances.member.1.InstanceId=i&Instances.member.3.InstanceId=j", "Instances.member.3.InstanceId = j"),
            ("Instances.member.0.InstanceId=i",                 "Instances.member.0.InstanceId = i"),
            ("Instances.member.01.InstanceId=i",                "Instances.member.01.InstanceId = i"),
            ("Instances.member.+1.InstanceId=i",                "Instances.member. 1.InstanceId = i"),
            ("Instances.member.18446744073709551617.InstanceId=i", "Instances.member.18446744073709551617.InstanceId = i"),
            ("Instances.member.999999999999.InstanceId=i",      "Instances.member.999999999999.InstanceId = i"),
            ("Instances.member.x.InstanceId=i",                 "Instances.member.x.InstanceId = i"),
            ("Instances.member=i",                              "Instances.member = i"),
            ("Instances.member.1=i",                            "Instances.member.1 = i"),
            ("Instances=i",                                     "Instances = i"),
            ("Instances=&Instances.member.1.InstanceId=i",      "Instances = "),
            ("Instances.1.InstanceId=i",                        "Instances.1.InstanceId = i"),
            ("Instances.member.1.InstanceId=i&Instances.member.1.Colour=red", "Instances.member.1.Colour = red"),
        ];
        for (form, fields) in cases {
            let expected = format!("Failed to bind the following fields:\n{fields}");
            let form = format!("LoadBalancerName=a&{form}");
            let outcome = decoded::<RegisterInstancesWithLoadBalancer>(&form);
            assert_eq!(outcome, Err(expected), "{form}");
        }
    }

    #[test]
    fn a_hostile_request_gets_a_short_answer() {
        let names: Vec<String> = (0..5000)
            .map(|n| format!("X{n}={}", "y".repeat(40)))
            .collect();
        let refused = decoded::<DescribeLoadBalancers>(&names.join("&")).unwrap_err();
        assert_eq!(refused.lines().count(), 1 + MAXIMUM_FAILURES);
        let long = format!("X={}", "y".repeat(100_000));
        let refused = decoded::<DescribeLoadBalancers>(&long).unwrap_err();
        assert!(refused.len() < 400);
        let many = "a=&".repeat(MAXIMUM_PARAMETERS + 1);
        assert_eq!(Parameters::read(many.as_bytes()), Err(FormError::TooMany));
    }

    #[test]
    fn parameters_of_the_protocol_are_passed_over() {
        let form = "Action=DescribeLoadBalancers&Version=2012-06-01&X-Amz-Signature=x&x-amz-date=y\
                    &AWSAccessKeyId=k&Timestamp=t&PageSize=5";
        let request: DescribeLoadBalancers = decoded(form).unwrap();
        assert_eq!(request.page_size, Some(5));
        // Characters that are wider than a byte must not be cut in the middle.
        assert!(decoded::<DescribeLoadBalancers>("ÄÖÜ=1").is_err());
    }

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let pairs = |form: &str| -> Result<Vec<(String, String)>, FormError> {
            let read = Parameters::read(form.as_bytes())?;
            Ok(read
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect())
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        #[rustfmt::skip]
        let cases = [
            ("a=1&b=2",        Ok(vec![pair("a", "1"), pair("b", "2")])),
            ("&&a=1&",         Ok(vec![pair("a", "1")])),
            ("a",              Ok(vec![pair("a", "")])),
            ("a=b=c",          Ok(vec![pair("a", "b=c")])),
            ("a+b=%2B+%20%c3%A4", Ok(vec![pair("a b", "+  ä")])),
            ("",               Ok(vec![])),
            ("a=%",            Err(FormError::BadEscape(1))),
            ("a=1&b=%4",       Err(FormError::BadEscape(2))),
            ("a=%zz",          Err(FormError::BadEscape(1))),
            ("a=%ff",          Err(FormError::NotUtf8(1))),
        ];
        for (form, expected) in cases {
            assert_eq!(pairs(form), expected, "{form}");
        }
        assert_eq!(Parameters::read(b"a=\xff"), Err(FormError::NotUtf8(1)));
    }

    fn some_text() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("\\PC{0,6}|[a-z.&=%+ \u{0}-\u{1f}]{0,6}")
    }

    fn some_listener() -> impl Strategy<Value = Listener> {
        // A member without a single field would leave a gap: the encoding cannot say that it is there.
        (
            some_text(),
            any::<i64>(),
            some_text(),
            proptest::option::of(any::<i64>()),
            some_text(),
        )
            .prop_map(
                |(protocol, port, instance_protocol, instance_port, certificate)| Listener {
                    protocol,
                    load_balancer_port: Some(port),
                    instance_protocol,
                    instance_port,
                    ssl_certificate_id: certificate,
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            load_balancer_name in "\\PC*",
            listeners in proptest::option::of(proptest::collection::vec(some_listener(), 0..13)),
            zones in proptest::option::of(proptest::collection::vec("\\PC{0,5}", 0..13)),
            scheme in some_text(),
        ) {
            let request = CreateLoadBalancer {
                load_balancer_name,
                listeners: listeners.map(Members::from),
                availability_zones: zones.map(Members::from),
                scheme,
                ..CreateLoadBalancer::default()
            };
            let form = encode(&request).unwrap();
            prop_assert_eq!(decoded(&form), Ok(request));
        }

        #[test]
        fn nested_structures_survive(
            load_balancer_name in "[a-z]{1,5}",
            enabled in proptest::option::of(any::<bool>()),
            bucket in some_text(),
            interval in any::<i64>(),
        ) {
            let attributes = LoadBalancerAttributes {
                cross_zone_load_balancing: enabled.map(|on| CrossZoneLoadBalancing { enabled: Some(on) }),
                access_log: Some(AccessLog {
                    enabled,
                    s3_bucket_name: bucket,
                    emit_interval: Some(interval),
                    s3_bucket_prefix: None,
                }),
                ..LoadBalancerAttributes::default()
            };
            let request = ModifyLoadBalancerAttributes {
                load_balancer_name,
                load_balancer_attributes: Some(attributes),
            };
            prop_assert_eq!(decoded(&encode(&request).unwrap()), Ok(request));
        }

        #[test]
        fn nothing_makes_the_decoder_panic(form in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(parameters) = Parameters::read(&form) {
                let _ = decode::<CreateLoadBalancer>(&parameters);
            }
        }

        #[test]
        fn nothing_dotted_makes_the_decoder_panic(
            form in "((Listeners|HealthCheck|member|[0-9]{1,3}|Key|)[.=&]){0,12}",
        ) {
            if let Ok(parameters) = Parameters::read(form.as_bytes()) {
                let _ = decode::<CreateLoadBalancer>(&parameters);
            }
        }
    }

    #[test]
    fn health_checks_bind_member_by_member() {
        let request: ConfigureHealthCheck =
            decoded("LoadBalancerName=a&HealthCheck.Target=HTTP%3A80%2F&HealthCheck.Timeout=+5")
                .unwrap();
        let expected = HealthCheck {
            target: Some("HTTP:80/".to_owned()),
            timeout: Some(5),
            ..HealthCheck::default()
        };
        assert_eq!(request.health_check, Some(expected));
    }
}
