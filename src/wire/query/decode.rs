//! Reading a request from parameters, strictly.

use super::Parameters;
use crate::wire::{Action, MEMBER};
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt::{self, Display};

/// Fields that one [`BindError`] lists; a hostile request does not deserve a long answer.
pub(super) const MAXIMUM_FAILURES: usize = 20;

/// Parameters whose values are never repeated.
const SECRETS: [&str; 1] = ["PrivateKey"];

/// Characters of a value that a [`BindError`] repeats.
const MAXIMUM_ECHO: usize = 256;
/// The parameters that do not make a request, with their values where they have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    pub fields: Vec<(String, Option<String>)>,
}

impl BindError {
    /// Whether nothing is wrong but what is not there.
    pub fn is_only_of_missing(&self) -> bool {
        self.fields.iter().all(|(_, value)| value.is_none())
    }
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
    read(parameters, None)
}

/// Reads a request from its parameters and passes over those that it does not know, whose names are
/// returned, as many as a [`BindError`] would list.
///
/// # Errors
///
/// As of [`decode`], but for what is unknown.
pub fn decode_known<A: Action>(parameters: &Parameters<'_>) -> Result<(A, Vec<String>), BindError> {
    let unknown = RefCell::new(Vec::new());
    let request = read(parameters, Some(&unknown))?;
    let names = unknown.into_inner().into_iter().map(|(name, _)| name);
    Ok((request, names.collect()))
}

fn read<A: Action>(
    parameters: &Parameters<'_>,
    unknown: Option<&Failures>,
) -> Result<A, BindError> {
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
        unknown,
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

/// As much of a text as is repeated.
fn cut(text: &str) -> String {
    text.chars().take(MAXIMUM_ECHO).collect()
}

/// The value of a parameter that says what the whole request is: `Action`, `Version`.
///
/// # Errors
///
/// It is given again with another value, and two readers could take the request for two.
pub fn stated<'p>(
    parameters: &'p Parameters<'_>,
    name: &str,
) -> Result<Option<&'p str>, BindError> {
    let mut values = parameters.iter().filter(|(known, _)| *known == name);
    let first = values.next().map(|(_, value)| value);
    match values.find(|(_, value)| Some(*value) != first) {
        Some((_, other)) => Err(BindError {
            fields: vec![(name.to_owned(), Some(cut(other)))],
        }),
        None => Ok(first),
    }
}

fn note(failures: &Failures, name: &str, value: Option<&str>) {
    // A message is shown and logged; a secret must be in neither.
    let value = if SECRETS.contains(&name) { None } else { value };
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
    /// Where the names of unknown parameters are put that are passed over; nothing: they are refused.
    unknown: Option<&'p Failures>,
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

    /// What a list has below it. One that is present but empty (`PolicyNames=`) has nothing; boto 2 says
    /// so even of the attributes of a policy that follow.
    fn items(self) -> Branch<'p> {
        match self.pairs {
            [(name, ""), pairs @ ..] if step(name, self.depth).is_none() => {
                Branch { pairs, ..self }
            }
            _ => self,
        }
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
                ..self.rest
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
        if fields != [MEMBER] {
            return visitor.visit_map(Branches::of(self));
        }
        let items = self.items();
        // What a list has beside its items is a mistake in writing it, and no newer parameter.
        for (name, value) in items.pairs {
            if step(name, self.depth) != Some(MEMBER) {
                note(self.failures, name, Some(value));
            }
        }
        visitor.visit_map(Branches::of(items))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_seq(Branches::of(self))
    }

    /// A parameter that the operation does not know.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.unknown {
            Some(unknown) => self
                .pairs
                .iter()
                .for_each(|(name, _)| note(unknown, name, None)),
            None => {
                self.refuse();
            }
        }
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map enum identifier
    }
}
