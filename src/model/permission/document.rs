//! An IAM policy document: how it is read, and what its statements cover.

use super::Resource;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Versions of the policy language. Eucalyptus reads both alike.
const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];

/// The one operator of a quota. Source: Eucalyptus, quota keys of `elasticloadbalancing`.
const QUOTA_OPERATOR: &str = "NumericLessThanEquals";

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    statements: Vec<Statement>,
}

/// One statement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    sid: Option<String>,
    effect: Effect,
    actions: Selection<ActionPattern>,
    resources: Selection<ResourcePattern>,
    /// By condition key, in small letters; of `Limit` only.
    limits: BTreeMap<String, u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
    /// Sets quotas; grants and forbids nothing. Eucalyptus only.
    Limit,
}

/// What is selected: everything that a pattern matches, or everything that none does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Selection<P> {
    These(Vec<P>),
    AllBut(Vec<P>),
}

impl<P> Selection<P> {
    fn covers(&self, matches: impl FnMut(&P) -> bool) -> bool {
        match self {
            Selection::These(patterns) => patterns.iter().any(matches),
            Selection::AllBut(patterns) => !patterns.iter().any(matches),
        }
    }

    fn patterns(&self) -> &[P] {
        match self {
            Selection::These(patterns) | Selection::AllBut(patterns) => patterns,
        }
    }
}

/// `SERVICE:ACTION` with wildcards, in small letters, or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ActionPattern(String);

/// An ARN with wildcards, by its parts, or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ResourcePattern {
    Any,
    Arn {
        partition: String,
        service: String,
        /// Empty for any.
        region: String,
        /// Empty for any.
        account: String,
        path: String,
    },
}

/// Why a document is not one, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The number of the statement, from 1; nothing if it is the whole document.
    pub statement: Option<usize>,
    /// The statement's `Sid`, if it has one.
    pub sid: Option<String>,
    pub problem: Problem,
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("Version '{0}' is neither 2008-10-17 nor 2012-10-17")]
    Version(String),
    #[error("there is no statement")]
    NoStatement,
    #[error("Effect '{0}' is not Allow, Deny or Limit")]
    Effect(String),
    #[error("there is neither {0} nor Not{0}")]
    Missing(&'static str),
    #[error("there are both {0} and Not{0}")]
    Both(&'static str),
    #[error("{0} is an empty list")]
    Empty(&'static str),
    #[error("Action '{0}' is not SERVICE:ACTION or *")]
    Action(String),
    #[error("Resource '{0}' is not an ARN or *")]
    Resource(String),
    #[error("Resource '{0}' has a variable, which is not supported")]
    Variable(String),
    #[error("Condition is supported in Limit statements only")]
    ConditionNotOnLimit,
    #[error("Limit needs a Condition with a quota key")]
    LimitWithoutCondition,
    #[error("Condition operator '{0}' is not {QUOTA_OPERATOR}")]
    Operator(String),
    #[error("Condition '{key}': '{value}' is not one whole number")]
    Quota { key: String, value: String },
    #[error("Limit is not supported by this release")]
    LimitNotOffered,
    #[error("Resource must be *: ARNs are not supported by this release")]
    ArnNotOffered,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.statement {
            write!(f, "statement {number}")?;
            if let Some(sid) = &self.sid {
                write!(f, " ({sid})")?;
            }
            f.write_str(": ")?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for Malformed {}

impl Document {
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether it sets a quota.
    pub fn limits(&self) -> bool {
        let mut statements = self.statements.iter();
        statements.any(|statement| statement.effect == Effect::Limit)
    }

    /// The actions of a service that it names, in small letters, and that cover none of its operations.
    pub fn unknown_actions(&self, service: &str, operations: &[&str]) -> Vec<&str> {
        let known: Vec<String> = operations
            .iter()
            .map(|operation| format!("{service}:{operation}").to_ascii_lowercase())
            .collect();
        let statements = self.statements.iter();
        let named = statements.flat_map(|statement| statement.actions.patterns());
        named
            .map(|pattern| pattern.0.as_str())
            .filter(|pattern| pattern.split(':').next() == Some(service))
            .filter(|pattern| !known.iter().any(|one| glob(pattern, one.as_bytes())))
            .collect()
    }

    /// Checks that a release understands the document.
    ///
    /// # Errors
    ///
    /// It sets quotas where there are none (`limits` is false: Amazon), or names resources where only
    /// `*` is accepted (`arns` is false: Eucalyptus before 4.1.0).
    pub fn check(&self, limits: bool, arns: bool) -> Result<(), Malformed> {
        for (index, statement) in self.statements.iter().enumerate() {
            let patterns = statement.resources.patterns();
            let any_only = patterns.iter().all(|one| *one == ResourcePattern::Any);
            let problem = if !limits && statement.effect == Effect::Limit {
                Problem::LimitNotOffered
            } else if !arns && !any_only {
                Problem::ArnNotOffered
            } else {
                continue;
            };
            return Err(Malformed {
                statement: Some(index + 1),
                sid: statement.sid.clone(),
                problem,
            });
        }
        Ok(())
    }
}

impl Statement {
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether the statement is about an action; actions do not differ by case.
    pub fn covers_action(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions
            .covers(|pattern| glob(&pattern.0, action.as_bytes()))
    }

    /// Whether the statement is about a resource, or about everything if there is none in particular.
    pub fn covers_resource(&self, resource: Option<&Resource<'_>>) -> bool {
        self.resources.covers(|pattern| match (pattern, resource) {
            (ResourcePattern::Any, _) => true,
            (ResourcePattern::Arn { .. }, None) => false,
            (
                ResourcePattern::Arn {
                    partition,
                    service,
                    region,
                    account,
                    path,
                },
                Some(resource),
            ) => {
                let matches = |pattern: &str, text: &str| glob(pattern, text.as_bytes());
                let open = |pattern: &str, text: &str| pattern.is_empty() || matches(pattern, text);
                // Eucalyptus writes `aws` into its ARNs too.
                matches(partition, "aws")
                    && matches(service, resource.service)
                    && open(region, resource.region)
                    && open(account, resource.account)
                    && matches(path, &resource.path)
            }
        })
    }

    /// The quota that the statement sets with a condition key; keys do not differ by case.
    pub fn limit(&self, key: &str) -> Option<u64> {
        self.limits.get(&key.to_ascii_lowercase()).copied()
    }
}

/// Whether a text matches a pattern in which `*` stands for any bytes and `?` for any one.
///
/// Linear in all but contrived cases, and never worse than the product of the two lengths: on a
/// mismatch only the last `*` takes one byte more.
pub(super) fn glob(pattern: &str, text: &[u8]) -> bool {
    let pattern = pattern.as_bytes();
    let (mut p, mut t) = (0, 0);
    let mut last_star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                last_star = Some((p, t));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match last_star {
                Some((star, taken)) => {
                    last_star = Some((star, taken + 1));
                    p = star + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

// The document as it is written.

#[derive(serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "PascalCase",
    expecting = "a policy document"
)]
struct WrittenDocument {
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<WrittenStatement>,
}

#[derive(serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "PascalCase",
    expecting = "a statement"
)]
struct WrittenStatement {
    sid: Option<String>,
    effect: String,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
    resource: Option<OneOrMany<String>>,
    not_resource: Option<OneOrMany<String>>,
    condition: Option<BTreeMap<String, BTreeMap<String, OneOrMany<Scalar>>>>,
}

/// A list, or its only item without the list.
struct OneOrMany<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OneOrMany<T>, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an item or a list of items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(OneOrMany(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|item| OneOrMany(vec![item]))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany<T>, E> {
                T::deserialize(StrDeserializer::new(text)).map(|item| OneOrMany(vec![item]))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<OneOrMany<T>, E> {
                T::deserialize(number.into_deserializer()).map(|item| OneOrMany(vec![item]))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<OneOrMany<T>, E> {
                T::deserialize(number.into_deserializer()).map(|item| OneOrMany(vec![item]))
            }

            fn visit_bool<E: de::Error>(self, truth: bool) -> Result<OneOrMany<T>, E> {
                T::deserialize(truth.into_deserializer()).map(|item| OneOrMany(vec![item]))
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// The value of a condition: a text, or a number or truth value without its quotes.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        struct Value;

        impl Visitor<'_> for Value {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a number or a truth value")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Scalar, E> {
                Ok(Scalar(truth.to_string()))
            }
        }

        deserializer.deserialize_any(Value)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Document, D::Error> {
        WrittenDocument::deserialize(deserializer)?
            .read()
            .map_err(de::Error::custom)
    }
}

impl WrittenDocument {
    fn read(self) -> Result<Document, Malformed> {
        let whole = |problem| Malformed {
            statement: None,
            sid: None,
            problem,
        };
        if let Some(version) = self.version
            && !VERSIONS.contains(&version.as_str())
        {
            return Err(whole(Problem::Version(version)));
        }
        let OneOrMany(written) = self.statement;
        if written.is_empty() {
            return Err(whole(Problem::NoStatement));
        }
        let mut statements = Vec::new();
        for (index, statement) in written.into_iter().enumerate() {
            let sid = statement.sid.clone();
            statements.push(statement.read().map_err(|problem| Malformed {
                statement: Some(index + 1),
                sid,
                problem,
            })?);
        }
        Ok(Document { statements })
    }
}

impl WrittenStatement {
    fn read(self) -> Result<Statement, Problem> {
        let effect = match self.effect.as_str() {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            "Limit" => Effect::Limit,
            _ => return Err(Problem::Effect(self.effect)),
        };
        let actions = selection("Action", self.action, self.not_action, action_pattern)?;
        let resources = selection(
            "Resource",
            self.resource,
            self.not_resource,
            resource_pattern,
        )?;
        let conditions = self.condition.unwrap_or_default();
        let limits = match effect {
            Effect::Limit => limits(conditions)?,
            _ if conditions.is_empty() => BTreeMap::new(),
            _ => return Err(Problem::ConditionNotOnLimit),
        };
        Ok(Statement {
            sid: self.sid,
            effect,
            actions,
            resources,
            limits,
        })
    }
}

fn selection<P>(
    name: &'static str,
    these: Option<OneOrMany<String>>,
    all_but: Option<OneOrMany<String>>,
    pattern: impl Fn(String) -> Result<P, Problem>,
) -> Result<Selection<P>, Problem> {
    let read = |OneOrMany(written): OneOrMany<String>| {
        if written.is_empty() {
            return Err(Problem::Empty(name));
        }
        written
            .into_iter()
            .map(&pattern)
            .collect::<Result<Vec<P>, _>>()
    };
    match (these, all_but) {
        (Some(these), None) => Ok(Selection::These(read(these)?)),
        (None, Some(all_but)) => Ok(Selection::AllBut(read(all_but)?)),
        (None, None) => Err(Problem::Missing(name)),
        (Some(_), Some(_)) => Err(Problem::Both(name)),
    }
}

fn action_pattern(text: String) -> Result<ActionPattern, Problem> {
    let part = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"*?-".contains(&byte);
        !part.is_empty() && part.bytes().all(allowed)
    };
    let sound = match text.split_once(':') {
        Some((service, action)) => part(service) && part(action),
        None => text == "*",
    };
    if sound {
        Ok(ActionPattern(text.to_ascii_lowercase()))
    } else {
        Err(Problem::Action(text))
    }
}

fn resource_pattern(text: String) -> Result<ResourcePattern, Problem> {
    if text == "*" {
        return Ok(ResourcePattern::Any);
    }
    if text.contains("${") {
        return Err(Problem::Variable(text));
    }
    let mut parts = text.splitn(6, ':').map(str::to_owned);
    let mut next = || parts.next();
    match (next(), next(), next(), next(), next(), next()) {
        (Some(arn), Some(partition), Some(service), Some(region), Some(account), Some(path))
            if arn == "arn" && !partition.is_empty() && !service.is_empty() && !path.is_empty() =>
        {
            Ok(ResourcePattern::Arn {
                partition,
                service,
                region,
                account,
                path,
            })
        }
        _ => Err(Problem::Resource(text)),
    }
}

fn limits(
    conditions: BTreeMap<String, BTreeMap<String, OneOrMany<Scalar>>>,
) -> Result<BTreeMap<String, u64>, Problem> {
    let mut limits = BTreeMap::new();
    for (operator, keys) in conditions {
        if !operator.eq_ignore_ascii_case(QUOTA_OPERATOR) {
            return Err(Problem::Operator(operator));
        }
        for (key, OneOrMany(values)) in keys {
            let whole = match values.as_slice() {
                [Scalar(value)] => value.parse().ok(),
                _ => None,
            };
            let limit: u64 = whole.ok_or_else(|| Problem::Quota {
                key: key.clone(),
                value: values
                    .iter()
                    .map(|Scalar(value)| value.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })?;
            // The same key in two spellings: the stricter holds.
            let held = limits.entry(key.to_ascii_lowercase()).or_insert(limit);
            *held = limit.min(*held);
        }
    }
    if limits.is_empty() {
        return Err(Problem::LimitWithoutCondition);
    }
    Ok(limits)
}
