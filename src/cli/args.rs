//! Values of options and arguments, read as euca2ools reads them, and the options of every command.
//!
//! Every reader here answers with a message that repeats the value it could not read; the name of
//! the option is added by [`super::exit`].

use super::color::When;
use super::dry_run::Shape;
use super::output::{Form, Query};
use crate::wire::Members;
use crate::wire::instance::InstanceRef;
use crate::wire::listener::Listener;
use crate::wire::policy::PolicyAttribute;
use crate::wire::release::Release;
use crate::wire::tag::Tag;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The options that every command has.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Common {
    /// Load balancing service endpoint URL; REGION::URL signs for REGION
    #[arg(short = 'U', long, value_name = "URL")]
    pub url: Option<String>,
    /// Region and/or user names to search when looking up configuration file data
    #[arg(long, value_name = "USER@REGION")]
    pub region: Option<String>,
    /// Access key ID
    #[arg(short = 'I', long, value_name = "KEY_ID")]
    pub access_key_id: Option<String>,
    /// Secret key
    #[arg(short = 'S', long, value_name = "KEY")]
    pub secret_key: Option<Secret>,
    /// Security token of temporary credentials
    #[arg(long, value_name = "TOKEN")]
    pub security_token: Option<Secret>,
    /// Release to target: 3.3.0 (the default) to 4.4.2, or aws
    #[arg(long, value_name = "RELEASE")]
    pub release: Option<Release>,
    /// Verify the certificate of an https endpoint
    #[arg(long, overrides_with = "no_verify_ssl")]
    pub verify_ssl: bool,
    /// Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true
    #[arg(long, overrides_with = "verify_ssl")]
    pub no_verify_ssl: bool,
    /// Verify the certificate of an https endpoint with the authorities of this PEM file
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Whether to use colour: auto (the default: on a terminal), always or never
    ///
    /// With auto, the variables NO_COLOR, CLICOLOR_FORCE and CLICOLOR are heeded.
    #[arg(long, value_name = "WHEN")]
    pub color: Option<When>,
    /// Show debugging output on standard error
    #[arg(long)]
    pub debug: bool,
    /// Show debugging output; accepted for compatibility, there is no debugger
    #[arg(long)]
    pub debugger: bool,
}

/// The option of every command of euca2ools, but not of what the umbrella has besides.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Sending {
    /// Print the request that would be sent, or a curl command that sends it, and send nothing
    ///
    /// The request is signed, for fifteen minutes; the secret key is not shown. Without a value,
    /// --dry-run prints the request.
    #[arg(
        long,
        value_name = "request|curl",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "request",
        display_order = 903
    )]
    pub dry_run: Option<Shape>,
    /// Read from a JSON file what the command line does not say; "-" reads standard input
    ///
    /// The names are those of the API, as --generate-cli-skeleton prints them. What the command line
    /// says takes the place of what the file has there; what the file has is not required of the
    /// command line.
    #[arg(long, value_name = "FILE", display_order = 904)]
    pub cli_input_json: Option<String>,
    /// Print a JSON file for --cli-input-json, with what the command line says filled in, and send
    /// nothing
    #[arg(long, conflicts_with = "cli_input_json", display_order = 905)]
    pub generate_cli_skeleton: bool,
}

/// Options which euca2ools does not have. A prefix of a long option means one of these only if it
/// means no other, so that `--re` is still `--region`.
pub const ADDED: &[&str] = &[
    "release",
    "verify-ssl",
    "no-verify-ssl",
    "ca-file",
    "color",
    "dry-run",
    "cli-input-json",
    "generate-cli-skeleton",
    "output",
    "query",
    "filter",
    "watch",
    "wait",
    "wait-timeout",
];

/// A value that no output of ours shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Secret, Self::Err> {
        Ok(Secret(text.to_owned()))
    }
}

/// The options of every command that prints.
// After the options of the command, which come later in the declaration.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Printing {
    /// Show empty values as "(nil)"
    #[arg(long, display_order = 900)]
    pub show_empty_fields: bool,
    /// Form of the output: tsv (the default, lines for scripts), table, json, yaml or text
    ///
    /// tsv prints the lines of euca2ools. The other forms tell all that the service answered, under
    /// the names of the API; text is that of the AWS CLI.
    #[arg(long, value_name = "FORM", display_order = 901)]
    pub output: Option<Form>,
    /// Print only what this JMESPath expression selects from the answer (as JSON, if --output does
    /// not say otherwise)
    #[arg(long, value_name = "JMESPATH", display_order = 902)]
    pub query: Option<Query>,
}

impl Printing {
    /// A query selects from the whole answer, which the lines do not tell.
    pub fn form(&self) -> Form {
        match (self.output, &self.query) {
            // A selection has no lines of its own.
            (Some(Form::Tsv), Some(_)) => Form::Text,
            (Some(form), _) => form,
            (None, Some(_)) => Form::Json,
            (None, None) => Form::Tsv,
        }
    }
}

/// A list: split at commas, items trimmed, empty items dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<String>);

impl List {
    /// What goes on the wire: an empty list is valid, and sends nothing.
    pub fn members(&self) -> Option<Members<String>> {
        (!self.0.is_empty()).then(|| self.0.clone().into())
    }

    /// The same for instance ids.
    pub fn instances(&self) -> Option<Members<InstanceRef>> {
        (!self.0.is_empty()).then(|| self.0.iter().map(InstanceRef::new).collect())
    }
}

impl FromStr for List {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<List, Self::Err> {
        let items = text.split(',').map(str::trim);
        Ok(List(
            items
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
        ))
    }
}

/// What names on the command line become on the wire. None: nothing is sent.
pub fn names(names: &[String]) -> Option<Members<String>> {
    (!names.is_empty()).then(|| names.to_vec().into())
}

/// An integer as Python reads it: blanks around it, a sign, leading zeros, underscores between
/// digits, as many as there are. Ranges are the service's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integer {
    /// The number, or the nearest to it that a field of a request has room for.
    pub nearest: i64,
    /// All of it, if there is no room for it.
    beyond: Option<String>,
}

/// The text is no integer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid int value: '{0}'")]
pub struct NotAnInteger(String);

impl FromStr for Integer {
    type Err = NotAnInteger;

    fn from_str(text: &str) -> Result<Integer, NotAnInteger> {
        let refused = || NotAnInteger(text.to_owned());
        let trimmed = text.trim();
        let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
        let well_formed = digits
            .split('_')
            .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
        if !well_formed {
            return Err(refused());
        }
        let plain: String = trimmed.chars().filter(|c| *c != '_').collect();
        if let Ok(nearest) = plain.parse() {
            let beyond = None;
            return Ok(Integer { nearest, beyond });
        }
        let zeros: &[char] = &['+', '-', '0'];
        let digits = plain.trim_start_matches(zeros);
        Ok(match plain.starts_with('-') {
            true => Integer {
                nearest: i64::MIN,
                beyond: Some(format!("-{digits}")),
            },
            false => Integer {
                nearest: i64::MAX,
                beyond: Some(digits.to_owned()),
            },
        })
    }
}

/// A list of integers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Integers(pub Vec<Integer>);

impl FromStr for Integers {
    type Err = NotAnInteger;

    fn from_str(text: &str) -> Result<Integers, NotAnInteger> {
        let Ok(List(items)) = text.parse();
        let numbers = items
            .iter()
            .map(|item| item.parse())
            .collect::<Result<_, _>>()?;
        Ok(Integers(numbers))
    }
}

/// A listener: `lb-port=80, protocol=HTTP, instance-port=8080, instance-protocol=HTTP, cert-id=ARN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerArgument {
    pub listener: Listener,
    /// Ports for which it has no room.
    beyond: Vec<(&'static str, String)>,
}

/// Why a text is no listener. Each message repeats what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenerError {
    #[error("'{0}' must have form KEY=VALUE")]
    NotAPair(String),
    #[error("unknown key '{0}' (choose from {keys})", keys = LISTENER_KEYS.join(", "))]
    UnknownKey(String),
    #[error("{0} is required in '{1}'")]
    Missing(&'static str, String),
    #[error("{0} '{1}' is not one of HTTP, HTTPS, SSL, TCP")]
    UnknownProtocol(&'static str, String),
    #[error("{0}: {1}")]
    Port(&'static str, NotAnInteger),
    #[error(
        "instance-protocol {1} does not go with protocol {0}: both must be HTTP or HTTPS, or both TCP or SSL"
    )]
    Layers(String, String),
}

const LISTENER_KEYS: [&str; 5] = [
    "lb-port",
    "protocol",
    "instance-port",
    "instance-protocol",
    "cert-id",
];

const PROTOCOLS: [&str; 4] = ["HTTP", "HTTPS", "SSL", "TCP"];

impl FromStr for ListenerArgument {
    type Err = ListenerError;

    fn from_str(text: &str) -> Result<ListenerArgument, ListenerError> {
        // In the order of LISTENER_KEYS; a later duplicate wins.
        let mut given: [Option<&str>; LISTENER_KEYS.len()] = [None; LISTENER_KEYS.len()];
        // Only a truly empty element is skipped: `a=b,,c=d`, but not `a=b, ,c=d`.
        for element in text.trim().split(',').filter(|element| !element.is_empty()) {
            let mut halves = element.split('=').map(str::trim);
            let (Some(key), Some(value), None) = (halves.next(), halves.next(), halves.next())
            else {
                return Err(ListenerError::NotAPair(element.to_owned()));
            };
            let known = LISTENER_KEYS.iter().position(|known| *known == key);
            let known = known.ok_or_else(|| ListenerError::UnknownKey(key.to_owned()))?;
            given[known] = Some(value);
        }
        let [
            lb_port,
            protocol,
            instance_port,
            instance_protocol,
            certificate,
        ] = given;
        let protocol = protocol
            .ok_or_else(|| ListenerError::Missing("protocol", text.to_owned()))
            .and_then(|name| capital_protocol("protocol", name))?;
        let load_balancer_port = port("lb-port", lb_port, text)?;
        let instance_port = port("instance-port", instance_port, text)?;
        let instance_protocol = instance_protocol
            .map(|name| capital_protocol("instance-protocol", name))
            .transpose()?;
        if let Some(instance) = &instance_protocol
            && protocol.starts_with("HTTP") != instance.starts_with("HTTP")
        {
            return Err(ListenerError::Layers(protocol, instance.clone()));
        }
        let listener = Listener {
            protocol: Some(protocol),
            load_balancer_port: Some(load_balancer_port.nearest),
            instance_protocol,
            instance_port: Some(instance_port.nearest),
            // `cert-id=` sends nothing.
            ssl_certificate_id: certificate.filter(|arn| !arn.is_empty()).map(str::to_owned),
        };
        let ports = [
            ("LoadBalancerPort", load_balancer_port.beyond),
            ("InstancePort", instance_port.beyond),
        ];
        let beyond = ports
            .into_iter()
            .filter_map(|(name, digits)| Some((name, digits?)))
            .collect();
        Ok(ListenerArgument { listener, beyond })
    }
}

fn capital_protocol(key: &'static str, name: &str) -> Result<String, ListenerError> {
    PROTOCOLS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .map(str::to_owned)
        .ok_or_else(|| ListenerError::UnknownProtocol(key, name.to_owned()))
}

fn port(key: &'static str, value: Option<&str>, text: &str) -> Result<Integer, ListenerError> {
    let value = value.ok_or_else(|| ListenerError::Missing(key, text.to_owned()))?;
    value
        .parse()
        .map_err(|error| ListenerError::Port(key, error))
}

/// The listeners of a request.
pub fn listeners(arguments: &[ListenerArgument]) -> Option<Members<Listener>> {
    (!arguments.is_empty()).then(|| {
        arguments
            .iter()
            .map(|argument| argument.listener.clone())
            .collect()
    })
}

/// The numbers for which the fields of a request have no room, with the names of their parameters.
/// Python has no such limit: they are sent, and refused by whom they concern.
///
/// `path` tells where in a request an argument goes.
pub fn beyond(
    matches: &clap::ArgMatches,
    path: impl Fn(&str) -> Option<&'static str>,
) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for id in matches.ids().map(clap::Id::as_str) {
        let Some(path) = path(id) else { continue };
        let mut add = |name: String, digits: &Option<String>| {
            all.extend(digits.clone().map(|digits| (name, digits)));
        };
        // What the argument is of is known by which of them succeeds.
        if let Ok(Some(integer)) = matches.try_get_one::<Integer>(id) {
            add(path.to_owned(), &integer.beyond);
        }
        if let Ok(Some(Integers(integers))) = matches.try_get_one::<Integers>(id) {
            for (number, integer) in (1..).zip(integers) {
                add(format!("{path}.member.{number}"), &integer.beyond);
            }
        }
        if let Ok(Some(listeners)) = matches.try_get_many::<ListenerArgument>(id) {
            for (number, listener) in (1..).zip(listeners) {
                for (name, digits) in &listener.beyond {
                    let name = format!("{path}.member.{number}.{name}");
                    add(name, &Some(digits.clone()));
                }
            }
        }
    }
    all
}

/// A tag: `KEY`, `KEY=` or `KEY=VALUE`. Blanks and commas belong to key and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagArgument(pub Tag);

/// The text has no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' has no key; a tag has the form KEY=VALUE")]
pub struct NoTagKey(String);

impl FromStr for TagArgument {
    type Err = NoTagKey;

    fn from_str(text: &str) -> Result<TagArgument, NoTagKey> {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        if key.is_empty() {
            return Err(NoTagKey(text.to_owned()));
        }
        Ok(TagArgument(Tag {
            key: Some(key.to_owned()),
            value: Some(value.to_owned()),
        }))
    }
}

/// The tags of a request.
pub fn tags(arguments: &[TagArgument]) -> Option<Members<Tag>> {
    (!arguments.is_empty()).then(|| {
        arguments
            .iter()
            .map(|argument| argument.0.clone())
            .collect()
    })
}

/// A policy attribute in the long form: `name=NAME, value=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongAttribute(pub PolicyAttribute);

/// Why a text is no policy attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    #[error("'{0}' must have form KEY=VALUE")]
    NotAPair(String),
    #[error("unknown key '{0}' (choose from name, value)")]
    UnknownKey(String),
    #[error("{0} is required in '{1}'")]
    Missing(&'static str, String),
    #[error("'{0}' must have form NAME=VALUE")]
    NotNamed(String),
}

impl FromStr for LongAttribute {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<LongAttribute, AttributeError> {
        let (mut name, mut value) = (None, None);
        for element in text.trim().split(',').filter(|element| !element.is_empty()) {
            let (key, given) = element
                .split_once('=')
                .ok_or_else(|| AttributeError::NotAPair(element.to_owned()))?;
            let slot = match key.trim() {
                "name" => &mut name,
                "value" => &mut value,
                other => return Err(AttributeError::UnknownKey(other.to_owned())),
            };
            *slot = Some(given.trim().to_owned());
        }
        let missing = |key| AttributeError::Missing(key, text.to_owned());
        Ok(LongAttribute(PolicyAttribute {
            attribute_name: Some(
                name.filter(|name| !name.is_empty())
                    .ok_or_else(|| missing("name"))?,
            ),
            attribute_value: Some(value.ok_or_else(|| missing("value"))?),
        }))
    }
}

/// Policy attributes in the short form: `NAME=VALUE,NAME=VALUE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShortAttributes(pub Vec<PolicyAttribute>);

impl FromStr for ShortAttributes {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<ShortAttributes, AttributeError> {
        let Ok(List(items)) = text.parse();
        let attributes = items
            .iter()
            .map(|item| short_attribute(item))
            .collect::<Result<_, _>>()?;
        Ok(ShortAttributes(attributes))
    }
}

/// One `NAME=VALUE`, split at the first `=`, both halves trimmed.
pub fn short_attribute(text: &str) -> Result<PolicyAttribute, AttributeError> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok(PolicyAttribute {
            attribute_name: Some(name.trim().to_owned()),
            attribute_value: Some(value.trim().to_owned()),
        }),
        _ => Err(AttributeError::NotNamed(text.to_owned())),
    }
}

/// An attribute of a load balancer: `ATTR=VALUE`, split at the first `=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributePair {
    pub name: String,
    pub value: String,
}

/// The text is no `ATTR=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid ATTR=VALUE pair: {0}")]
pub struct NotAnAttribute(String);

impl FromStr for AttributePair {
    type Err = NotAnAttribute;

    fn from_str(text: &str) -> Result<AttributePair, NotAnAttribute> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(AttributePair {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(NotAnAttribute(text.to_owned())),
        }
    }
}

/// Why a text is no health check target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    #[error("argument -t/--target: '{0}' must have form PROTOCOL:PORT[/PATH]")]
    Form(String),
    #[error("argument -t/--target: path is required for protocol '{0}'")]
    NoPath(String),
}

/// A health check target as it is sent: the protocols that are known in capitals, others untouched.
///
/// Not a value parser: euca2ools finds these faults only after it has looked for an endpoint and
/// credentials, whose absence is told first.
///
/// # Errors
///
/// Nothing follows the colon, or an HTTP target has no path.
pub fn target(text: &str) -> Result<String, TargetFault> {
    let (protocol, rest) = match text.split_once(':') {
        Some((protocol, rest)) if !rest.is_empty() => (protocol, rest),
        _ => return Err(TargetFault::Form(text.to_owned())),
    };
    let capitals = protocol.to_ascii_uppercase();
    if capitals.starts_with("HTTP") && PROTOCOLS.contains(&capitals.as_str()) && !rest.contains('/')
    {
        return Err(TargetFault::NoPath(protocol.to_owned()));
    }
    match PROTOCOLS.contains(&capitals.as_str()) {
        true => Ok(format!("{capitals}:{rest}")),
        false => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_are_split_trimmed_and_thinned() {
        let cases: &[(&str, &[&str])] = &[
            ("a", &["a"]),
            ("a,b", &["a", "b"]),
            (" a , b ,", &["a", "b"]),
            (",,a", &["a"]),
            ("a b", &["a b"]),
            ("", &[]),
            (" , ", &[]),
        ];
        for (text, expected) in cases {
            let Ok(List(items)) = text.parse();
            assert_eq!(items, *expected, "{text:?}");
        }
        assert_eq!(List::default().members(), None);
        assert_eq!(List::default().instances(), None);
    }

    #[test]
    fn integers_are_read_as_python_reads_them() {
        let cases = [
            ("80", Some(80)),
            (" 80\t", Some(80)),
            ("+80", Some(80)),
            ("-80", Some(-80)),
            ("0080", Some(80)),
            ("1_000", Some(1000)),
            ("0", Some(0)),
            ("", None),
            (" ", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("+-1", None),
            ("+ 1", None),
            ("1.0", None),
            ("0x50", None),
            ("soon", None),
        ];
        for (text, expected) in cases {
            let read = text.parse::<Integer>().ok();
            let plain = expected.map(|nearest| Integer {
                nearest,
                beyond: None,
            });
            assert_eq!(read, plain, "{text:?}");
        }
        let cases = [
            ("9223372036854775807", i64::MAX, None),
            ("9223372036854775808", i64::MAX, Some("9223372036854775808")),
            (
                " +0099_999999999999999999 ",
                i64::MAX,
                Some("99999999999999999999"),
            ),
            ("-9223372036854775808", i64::MIN, None),
            (
                "-009223372036854775809",
                i64::MIN,
                Some("-9223372036854775809"),
            ),
        ];
        for (text, nearest, beyond) in cases {
            let beyond = beyond.map(str::to_owned);
            assert_eq!(text.parse(), Ok(Integer { nearest, beyond }), "{text:?}");
        }
        let error = "soon".parse::<Integer>().unwrap_err();
        assert_eq!(error.to_string(), "invalid int value: 'soon'");
        let Integers(two) = "1, 2,".parse().unwrap();
        assert_eq!([two[0].nearest, two[1].nearest], [1, 2]);
        assert_eq!("".parse(), Ok(Integers(vec![])));
        assert_eq!("1,all".parse::<Integers>(), Err(NotAnInteger("all".into())));
    }

    #[test]
    fn listeners_are_read_and_refused() {
        let read = |text: &str| {
            text.parse::<ListenerArgument>()
                .map(|argument| {
                    let Listener {
                        protocol,
                        load_balancer_port,
                        instance_protocol,
                        instance_port,
                        ssl_certificate_id,
                    } = argument.listener;
                    format!(
                        "{} {} {} {} {}",
                        protocol.unwrap_or_default(),
                        load_balancer_port.unwrap_or_default(),
                        instance_protocol.unwrap_or_else(|| "-".to_owned()),
                        instance_port.unwrap_or_default(),
                        ssl_certificate_id.unwrap_or_else(|| "-".to_owned())
                    )
                })
                .map_err(|error| error.to_string())
        };
        #[rustfmt::skip]
        let cases: &[(&str, Result<&str, &str>)] = &[
            ("lb-port=80, protocol=HTTP, instance-port=8080, instance-protocol=HTTP", Ok("HTTP 80 HTTP 8080 -")),
            (" protocol=tcp,lb-port=25,,instance-port=2525 ", Ok("TCP 25 - 2525 -")),
            ("protocol=https,lb-port=443,instance-port=80,instance-protocol=http,cert-id=arn:x", Ok("HTTPS 443 HTTP 80 arn:x")),
            ("protocol=ssl,lb-port=1,instance-port=0,cert-id=", Ok("SSL 1 - 0 -")),
            ("protocol=ssl,protocol=tcp,lb-port=1,instance-port=2", Ok("TCP 1 - 2 -")),
            ("protocol=http,lb-port=1_0,instance-port= 007", Ok("HTTP 10 - 7 -")),
            ("protocol=http,lb-port=1, ,instance-port=2", Err("' ' must have form KEY=VALUE")),
            ("protocol=http=x,lb-port=1,instance-port=2", Err("'protocol=http=x' must have form KEY=VALUE")),
            ("protocol,lb-port=1,instance-port=2", Err("'protocol' must have form KEY=VALUE")),
            ("Protocol=http,lb-port=1,instance-port=2", Err("unknown key 'Protocol' (choose from lb-port, protocol, instance-port, instance-protocol, cert-id)")),
            ("lb-port=1,instance-port=2", Err("protocol is required in 'lb-port=1,instance-port=2'")),
            ("", Err("protocol is required in ''")),
            ("protocol=sctp,lb-port=1,instance-port=1", Err("protocol 'sctp' is not one of HTTP, HTTPS, SSL, TCP")),
            ("protocol=tcp,instance-port=1", Err("lb-port is required in 'protocol=tcp,instance-port=1'")),
            ("protocol=tcp,lb-port=x,instance-port=1", Err("lb-port: invalid int value: 'x'")),
            ("protocol=tcp,lb-port=1", Err("instance-port is required in 'protocol=tcp,lb-port=1'")),
            ("protocol=tcp,lb-port=1,instance-port=", Err("instance-port: invalid int value: ''")),
            ("protocol=tcp,lb-port=1,instance-port=1,instance-protocol=udp", Err("instance-protocol 'udp' is not one of HTTP, HTTPS, SSL, TCP")),
            ("protocol=ssl,lb-port=1,instance-port=1,instance-protocol=http", Err("instance-protocol HTTP does not go with protocol SSL: both must be HTTP or HTTPS, or both TCP or SSL")),
        ];
        for (text, expected) in cases {
            let read = read(text);
            assert_eq!(
                read.as_deref().map_err(String::as_str),
                *expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn tags_keep_blanks_commas_and_later_equals_signs() {
        let cases = [
            ("team=mail", Ok(("team", "mail"))),
            ("urgent", Ok(("urgent", ""))),
            ("urgent=", Ok(("urgent", ""))),
            (" a, b = c=d ", Ok((" a, b ", " c=d "))),
            ("=v", Err(NoTagKey("=v".to_owned()))),
            ("", Err(NoTagKey(String::new()))),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(key, value): (&str, &str)| {
                TagArgument(Tag {
                    key: Some(key.to_owned()),
                    value: Some(value.to_owned()),
                })
            });
            assert_eq!(text.parse::<TagArgument>(), expected, "{text:?}");
        }
    }

    #[test]
    fn policy_attributes_have_two_forms() {
        let attribute = |name: &str, value: &str| PolicyAttribute {
            attribute_name: Some(name.to_owned()),
            attribute_value: Some(value.to_owned()),
        };
        assert_eq!(
            "name=ProxyProtocol, value=true".parse(),
            Ok(LongAttribute(attribute("ProxyProtocol", "true")))
        );
        let wrong = [
            ("name=a", "value is required in 'name=a'"),
            ("value=a", "name is required in 'value=a'"),
            ("name=,value=a", "name is required in 'name=,value=a'"),
            ("a=b", "unknown key 'a' (choose from name, value)"),
            ("name", "'name' must have form KEY=VALUE"),
        ];
        for (text, expected) in wrong {
            let error = text.parse::<LongAttribute>().unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        assert_eq!(
            "a = b=c , d=".parse(),
            Ok(ShortAttributes(vec![
                attribute("a", "b=c"),
                attribute("d", "")
            ]))
        );
        for text in ["a", "=b"] {
            assert_eq!(
                text.parse::<ShortAttributes>(),
                Err(AttributeError::NotNamed(text.to_owned()))
            );
        }
    }

    #[test]
    fn targets_are_capitalised_if_known() {
        let cases = [
            ("https:443/status", Ok("HTTPS:443/status")),
            ("http:80/", Ok("HTTP:80/")),
            ("Tcp:81", Ok("TCP:81")),
            ("ssl:x", Ok("SSL:x")),
            ("udp:53", Ok("udp:53")),
            ("httpx:80", Ok("httpx:80")),
            ("HTTP:81", Err(TargetFault::NoPath("HTTP".to_owned()))),
            ("http:", Err(TargetFault::Form("http:".to_owned()))),
            ("tcp", Err(TargetFault::Form("tcp".to_owned()))),
            ("", Err(TargetFault::Form(String::new()))),
        ];
        for (text, expected) in cases {
            assert_eq!(target(text), expected.map(str::to_owned), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = text.parse::<ListenerArgument>();
            let _ = text.parse::<LongAttribute>();
            let _ = text.parse::<ShortAttributes>();
            let _ = target(&text);
            let Ok(List(items)) = text.parse();
            prop_assert!(items.iter().all(|item| !item.is_empty() && item.trim() == item));
            // What was read from a list is read again from its joined text.
            let Ok(again) = items.join(",").parse::<List>();
            prop_assert_eq!(again, List(items));
        }

        #[test]
        fn any_integer_is_read_back(number in any::<i64>(), blanks in " {0,3}", zeros in "0{0,3}") {
            let sign = if number < 0 { "-" } else { "" };
            let text = format!("{blanks}{sign}{zeros}{}{blanks}", number.unsigned_abs());
            prop_assert_eq!(text.parse(), Ok(Integer { nearest: number, beyond: None }));
        }
    }
}
