//! `--cli-input-json` and `--generate-cli-skeleton`: a request as JSON, with the names of the API.
//!
//! A file says what the command line does not. What the options of a command become in its request
//! is said in [`PLACES`]; an option that is given takes the place of what the file has there. An
//! option that is required and not given is not asked for if the file has it: it gets a default that
//! the option parser accepts ([`Input::relaxed`]), and that is taken out of the request again before
//! the file goes in ([`Input::merged`]).

mod skeleton;

use super::exit::Failure;
use super::{output, umbrella};
use crate::wire::{Action, query};
use clap::ArgMatches;
use clap::parser::ValueSource;
use serde_json::{Map, Value};
pub use skeleton::skeleton;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};

/// The option that names a file.
pub const FROM_FILE: &str = "cli-input-json";
/// The option that asks for the skeleton.
pub const SKELETON: &str = "generate-cli-skeleton";

/// Bytes of a file: far beyond any request, so that a wrong path is told and not read.
const MAXIMUM_FILE_BYTES: u64 = 4 << 20;

/// What an option or a name becomes in a request.
struct Place {
    /// The field of the command's arguments.
    argument: &'static str,
    /// Where in the request, names with dots between them.
    path: &'static str,
    /// A value that the parser of the argument accepts, and that never gets anywhere.
    stand_in: &'static str,
}

const fn place(argument: &'static str, path: &'static str, stand_in: &'static str) -> Place {
    Place {
        argument,
        path,
        stand_in,
    }
}

/// What the arguments of the 28 commands become. Of several rows for one argument, that counts whose
/// path the request of the command has.
const PLACES: &[Place] = &[
    place("name", "LoadBalancerName", "-"),
    place("name", "LoadBalancerNames", "-"),
    place("names", "LoadBalancerNames", "-"),
    place("names", "PolicyTypeNames", "-"),
    place(
        "listeners",
        "Listeners",
        "lb-port=1,protocol=TCP,instance-port=1",
    ),
    place("availability_zones", "AvailabilityZones", "-"),
    place("subnets", "Subnets", "-"),
    place("security_groups", "SecurityGroups", "-"),
    place("scheme", "Scheme", "internal"),
    place("tags", "Tags", "-"),
    place("lb_ports", "LoadBalancerPorts", "1"),
    place("instances", "Instances", "-"),
    place("healthy_threshold", "HealthCheck.HealthyThreshold", "1"),
    place("interval", "HealthCheck.Interval", "1"),
    place("target", "HealthCheck.Target", "TCP:1"),
    place("timeout", "HealthCheck.Timeout", "1"),
    place("unhealthy_threshold", "HealthCheck.UnhealthyThreshold", "1"),
    place("attributes", "LoadBalancerAttributes", "-=-"),
    place("attribute", "PolicyAttributes", "name=-,value=-"),
    place("attributes", "PolicyAttributes", "-=-"),
    place("attributes_from_file", "PolicyAttributes", "-"),
    place("cookie_name", "CookieName", "-"),
    place("policy_name", "PolicyName", "-"),
    place("policy_type", "PolicyTypeName", "-"),
    place("expiration_period", "CookieExpirationPeriod", "1"),
    place("policy_names", "PolicyNames", "-"),
    place("lb_port", "LoadBalancerPort", "1"),
    place("cert_id", "SSLCertificateId", "-"),
    place("instance_port", "InstancePort", "1"),
];

/// Where in a request an argument goes that has one place in all of them.
pub fn path(argument: &str) -> Option<&'static str> {
    let mut places = PLACES.iter().filter(|place| place.argument == argument);
    match (places.next(), places.next()) {
        (Some(place), None) => Some(place.path),
        _ => None,
    }
}

/// Places of which a request has one: who gives one does not mean the other.
const EITHER: [&str; 2] = ["AvailabilityZones", "Subnets"];

/// What becomes of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is sent.
    Send,
    /// It is printed, as a skeleton to be filled in.
    Print,
}

/// What a file says of a request, or the skeleton that stands in for a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub purpose: Purpose,
    said: Value,
    skeleton: Value,
}

impl Input {
    /// What the arguments ask for, if they ask for a file or the skeleton: looked for before they
    /// are parsed, since what is required of them depends on it.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or it does not say such a request.
    pub fn asked_for(
        arguments: &[OsString],
        skeleton: fn() -> Result<Value, serde_json::Error>,
    ) -> Result<Option<Input>, Failure> {
        let texts: Vec<&str> = arguments
            .iter()
            .map_while(|argument| (argument != "--").then(|| argument.to_str().unwrap_or_default()))
            .collect();
        let is = |text: &str, name: &str| text.strip_prefix("--") == Some(name);
        let attached = |text: &'_ str| -> Option<String> {
            let value = text.strip_prefix("--")?.strip_prefix(FROM_FILE)?;
            value.strip_prefix('=').map(str::to_owned)
        };
        let following = |index: usize| texts.get(index + 1).map(|path| (*path).to_owned());
        let path = texts.iter().enumerate().rev().find_map(|(index, text)| {
            attached(text).or_else(|| is(text, FROM_FILE).then(|| following(index)).flatten())
        });
        let asks_for_skeleton = texts.iter().any(|text| is(text, SKELETON));
        if path.is_none() && !asks_for_skeleton {
            return Ok(None);
        }
        let skeleton = skeleton().map_err(Failure::new)?;
        let (purpose, said) = match path {
            Some(path) if !asks_for_skeleton => (Purpose::Send, read(&path, &skeleton)?),
            _ => (Purpose::Print, skeleton.clone()),
        };
        Ok(Some(Input {
            purpose,
            said,
            skeleton,
        }))
    }

    /// The place of an argument in the request of this command.
    fn place(&self, argument: &str) -> Option<&'static Place> {
        PLACES
            .iter()
            .filter(|place| place.argument == argument)
            .find(|place| at(&self.skeleton, place.path).is_some())
    }

    /// What the file has of what an argument would say.
    fn value(&self, argument: &str) -> Option<&Value> {
        at(&self.said, self.place(argument)?.path)
    }

    /// Whether the file has what an argument would say.
    fn has(&self, argument: &str) -> bool {
        self.value(argument).is_some()
    }

    /// Whether the file has for an argument what would be sent: an empty list sends nothing.
    pub fn sends(&self, argument: &str) -> bool {
        self.value(argument)
            .is_some_and(|value| *value != Value::Array(Vec::new()))
    }

    /// The command, with what the file has no longer required.
    pub fn relaxed(&self, mut command: clap::Command) -> clap::Command {
        // The only group of which one is required is that of EITHER.
        if EITHER.iter().any(|path| at(&self.said, path).is_some()) {
            let groups = command.get_groups().filter(|group| group.is_required_set());
            let groups: Vec<clap::Id> = groups.map(|group| group.get_id().clone()).collect();
            for group in groups {
                command = command.mut_group(group, |group| group.required(false));
            }
        }
        // The parser fills names from the first on: one can only be left out if those after it are.
        let positionals: Vec<&clap::Arg> = command.get_positionals().collect();
        let has = |argument: &&clap::Arg| self.has(argument.get_id().as_str());
        let kept = positionals.iter().rposition(|argument| !has(argument));
        let names = positionals[kept.map_or(0, |last| last + 1)..]
            .iter()
            .copied();
        let options = command
            .get_opts()
            .filter(|option| self.has(option.get_id().as_str()));
        let spared: Vec<clap::Id> = names
            .chain(options)
            .filter(|argument| argument.is_required_set())
            .map(|argument| argument.get_id().clone())
            .collect();
        for id in spared {
            let stand_in = self.place(id.as_str()).map_or("", |place| place.stand_in);
            command = command.mut_arg(id, |argument| {
                argument.required(false).default_value(stand_in)
            });
        }
        command
    }

    /// The request: what the command line says, and where it says nothing, what the file says.
    ///
    /// # Errors
    ///
    /// What the file says is no such request (`read` has checked it).
    pub fn merged<A: Action>(&self, given: &A, matches: &ArgMatches) -> Result<A, Failure> {
        let merged = self.overlaid(output::shape(given).map_err(Failure::new)?, matches);
        serde_json::from_value(merged)
            .map_err(|error| Failure::usage(format!("argument --{FROM_FILE}: {error}")))
    }

    /// What is given beyond the shape of the request, `LoadBalancerAttributes.AccessLog.Enabled`,
    /// written into a skeleton.
    ///
    /// # Errors
    ///
    /// The API has no such field.
    pub fn filled<A: Action>(
        request: &A,
        parameters: &[(String, String)],
    ) -> Result<Value, Failure> {
        let mut skeleton = output::shape(request).map_err(Failure::new)?;
        if !parameters.is_empty() {
            let mut all = query::parameters(request).map_err(Failure::new)?;
            all.retain(|(name, _)| !name.starts_with("LoadBalancerAttributes"));
            all.extend_from_slice(parameters);
            let form = query::form(all.iter().map(|(name, value)| (name, value)));
            let read = query::Parameters::read(form.as_bytes()).map_err(Failure::usage)?;
            let decoded: A = query::decode(&read)
                .map_err(|error| Failure::usage(error.to_string().replace('\n', " ")))?;
            overlay(
                &mut skeleton,
                output::shape(&decoded).map_err(Failure::new)?,
            );
        }
        Ok(skeleton)
    }

    /// Parameters beyond the request's shape that were given, without those of stand-ins.
    pub fn without_stand_ins(
        &self,
        parameters: Vec<(String, String)>,
        matches: &ArgMatches,
    ) -> Vec<(String, String)> {
        let mut kept = parameters;
        for (place, source) in self.sources(matches) {
            if source != ValueSource::CommandLine {
                kept.retain(|(name, _)| !name.starts_with(place.path));
            }
        }
        kept
    }

    fn sources(&self, matches: &ArgMatches) -> Vec<(&'static Place, ValueSource)> {
        let ids = matches.ids();
        ids.filter_map(|id| {
            let place = self.place(id.as_str())?;
            Some((place, matches.value_source(id.as_str())?))
        })
        .collect()
    }

    fn overlaid(&self, mut given: Value, matches: &ArgMatches) -> Value {
        let mut said = self.said.clone();
        for (place, source) in self.sources(matches) {
            match source {
                ValueSource::CommandLine if EITHER.contains(&place.path) => {
                    EITHER.iter().for_each(|path| take(&mut said, path));
                }
                ValueSource::CommandLine => take(&mut said, place.path),
                _ => take(&mut given, place.path),
            }
        }
        overlay(&mut said, given);
        said
    }
}

/// The value at a path, if there is one.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get(name))
}

/// Takes out what is at a path.
fn take(value: &mut Value, path: &str) {
    let (outer, name) = match path.rsplit_once('.') {
        Some((outer, name)) => (format!("/{}", outer.replace('.', "/")), name),
        None => (String::new(), path),
    };
    if let Some(Value::Object(fields)) = value.pointer_mut(&outer) {
        fields.shift_remove(name);
    }
}

/// Writes one value over another: structures field by field, everything else as a whole.
fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                overlay(below.entry(name).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

fn read(path: &str, skeleton: &Value) -> Result<Value, Failure> {
    let text = text_of(path)?;
    let refused =
        |reason: String| Failure::usage(format!("argument --{FROM_FILE}: {path}: {reason}"));
    let said: Value = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    let said = output::present(said);
    check(&said, skeleton, "").map_err(refused)?;
    Ok(said)
}

/// The text of a file that an option names; "-" is standard input.
///
/// # Errors
///
/// It cannot be read, or is larger than any request.
pub fn text_of(path: &str) -> Result<String, Failure> {
    let read = || {
        let mut source: Box<dyn Read> = match path {
            "-" => Box::new(io::stdin().lock()),
            path => Box::new(File::open(path)?),
        };
        let mut text = String::new();
        let mut limited = source.by_ref().take(MAXIMUM_FILE_BYTES);
        match limited.read_to_string(&mut text)? as u64 {
            MAXIMUM_FILE_BYTES => Err(io::Error::other("the file is too large")),
            _ => Ok(text),
        }
    };
    read().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::new(format!("No such file or directory: {path}")),
        _ => Failure::new(format!("cannot read {path}: {error}")),
    })
}

/// Compares what is said with what could be, and names the place of the first difference.
fn check(said: &Value, known: &Value, path: &str) -> Result<(), String> {
    let told = || match path {
        "" => "the whole".to_owned(),
        path => path.to_owned(),
    };
    let misfit = |expected: &str| {
        Err(format!(
            "{}: {expected} is expected, not {}",
            told(),
            kind(said)
        ))
    };
    match (said, known) {
        (Value::Object(fields), Value::Object(known)) => {
            for (name, value) in fields {
                let inner = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                let known = known
                    .get(name)
                    .ok_or_else(|| unknown(&inner, name, known))?;
                check(value, known, &inner)?;
            }
            Ok(())
        }
        (Value::Array(items), Value::Array(known)) => {
            let known = known.first().unwrap_or(&Value::Null);
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| check(item, known, &format!("{path}[{index}]")))
        }
        (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Number(number), Value::Number(_)) if number.is_i64() => Ok(()),
        (_, Value::Object(_)) => misfit("an object"),
        (_, Value::Array(_)) => misfit("a list"),
        (_, Value::String(_)) => misfit("a text"),
        (_, Value::Bool(_)) => misfit("true or false"),
        _ => misfit("a whole number"),
    }
}

fn unknown(path: &str, name: &str, known: &Map<String, Value>) -> String {
    let nearest = known
        .keys()
        .map(|known| {
            (
                umbrella::distance(&name.to_lowercase(), &known.to_lowercase()),
                known,
            )
        })
        .min()
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4);
    let advice = match nearest {
        Some((_, nearest)) => format!("did you mean {nearest}?"),
        None => {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            format!("choose from {}", names.join(", "))
        }
    };
    format!("{path}: there is no such name here ({advice})")
}

/// A value in an error message.
fn kind(value: &Value) -> String {
    /// Characters of a text that a message repeats.
    const MAXIMUM_ECHO: usize = 60;
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        scalar => {
            let text = scalar.to_string();
            match text.chars().count() > MAXIMUM_ECHO {
                true => format!("{}…", text.chars().take(MAXIMUM_ECHO).collect::<String>()),
                false => text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands::COMMANDS;
    use crate::wire::balancer::CreateLoadBalancer;
    use crate::wire::release::Release;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_skeleton_has_every_field_under_its_name_in_the_api() {
        let skeleton = skeleton::<CreateLoadBalancer>().unwrap();
        expect![[r#"
            {
              "LoadBalancerName": "",
              "Listeners": [
                {
                  "Protocol": "",
                  "LoadBalancerPort": 0,
                  "InstanceProtocol": "",
                  "InstancePort": 0,
                  "SSLCertificateId": ""
                }
              ],
              "AvailabilityZones": [
                ""
              ],
              "Subnets": [
                ""
              ],
              "SecurityGroups": [
                ""
              ],
              "Scheme": "",
              "Tags": [
                {
                  "Key": "",
                  "Value": ""
                }
              ]
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&skeleton).unwrap());
    }

    /// Options that say nothing of the request.
    const ASIDE: [&str; 9] = [
        "show_long",
        "show_headers",
        "force",
        "filters",
        "wait",
        "wait_timeout",
        "watch",
        "version",
        "help",
    ];

    #[test]
    fn every_argument_of_every_command_has_its_place() {
        for row in COMMANDS {
            let said = (row.skeleton)().unwrap();
            let input = Input {
                purpose: Purpose::Send,
                skeleton: said.clone(),
                said,
            };
            let command = row.describe(Release::default());
            let own = command.get_arguments().filter(|argument| {
                let id = argument.get_id().as_str();
                !row.is_shared(id) && !ASIDE.contains(&id)
            });
            for argument in own {
                let id = argument.get_id();
                assert!(input.has(id.as_str()), "{} {id}", row.name);
            }
            // With everything in the file, nothing is left to ask for, and stand-ins are accepted.
            let matches = input.relaxed(command).try_get_matches_from([row.name]);
            assert!(matches.is_ok(), "{}: {:?}", row.name, matches.err());
        }
    }

    #[test]
    fn what_a_request_cannot_say_is_named_by_its_path() {
        let skeleton = skeleton::<CreateLoadBalancer>().unwrap();
        #[rustfmt::skip]
        let cases = [
            (json!({}), None),
            (json!({"Listeners": [], "Scheme": "x"}), None),
            (json!([]), Some("the whole: an object is expected, not a list")),
            (json!({"Listener": []}), Some("Listener: there is no such name here (did you mean Listeners?)")),
            (json!({"Wings": 2}), Some("Wings: there is no such name here (choose from LoadBalancerName, ")),
            (json!({"Listeners": [{"InstancePort": 1}, {"Protokol": "x"}]}), Some("Listeners[1].Protokol: there is no such name here (did you mean Protocol?)")),
            (json!({"Listeners": [{"InstancePort": "80"}]}), Some("Listeners[0].InstancePort: a whole number is expected, not \"80\"")),
            (json!({"Listeners": [{"InstancePort": 80.5}]}), Some("Listeners[0].InstancePort: a whole number is expected, not 80.5")),
            (json!({"Listeners": {"InstancePort": 80}}), Some("Listeners: a list is expected, not an object")),
            (json!({"AvailabilityZones": ["a", 1]}), Some("AvailabilityZones[1]: a text is expected, not 1")),
        ];
        for (said, expected) in cases {
            let error = check(&said, &skeleton, "").err();
            match (expected, &error) {
                (None, None) => {}
                (Some(start), Some(error)) if error.starts_with(start) => {}
                _ => panic!("{said}: {error:?}"),
            }
        }
    }
}
