//! One line of advice after an error, for a person at a terminal: what would probably mend it.
//!
//! Advice is never needed to understand the error, never in a pipe, and never late: what has to be
//! asked of an endpoint is asked once, within [`PATIENCE`], or there is no advice.

use super::args::Common;
use super::doctor::{TOLERATED_SKEW_SECONDS, USE_CLOUD, is_loopback};
use super::exit::Failure;
use super::report::visible;
use super::{local, session, umbrella};
use crate::client::config::environment::System;
use crate::client::config::{self, ConfigError};
use crate::client::probe::probe;
use crate::client::{CallError, Client, ServiceError, Settings};
use crate::wire::balancer::{DescribeLoadBalancers, DescribeLoadBalancersResponse};
use crate::wire::members;
use clap::{ArgMatches, FromArgMatches};
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::time::Duration;

/// Longest wait for anything that advice is made from: a person should not notice it.
const PATIENCE: Duration = Duration::from_millis(300);

/// The failure of a command with a line of advice, if there is any to give and a person to read it.
pub fn advised(failure: Failure, command: &clap::Command, matches: &ArgMatches) -> Failure {
    if !std::io::stderr().is_terminal() || !may_be_advised(&failure) {
        return failure;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return failure;
    };
    match runtime.block_on(advice(&failure, command, matches)) {
        Some(advice) => Failure::Advised {
            failure: Box::new(failure),
            advice,
        },
        None => failure,
    }
}

fn may_be_advised(failure: &Failure) -> bool {
    matches!(failure, Failure::Configuration(_) | Failure::Call(_))
}

async fn advice(
    failure: &Failure,
    command: &clap::Command,
    matches: &ArgMatches,
) -> Option<String> {
    match failure {
        Failure::Configuration(error) => {
            local::running(PATIENCE).await?;
            of_settings(error)
        }
        Failure::Call(error) => {
            let common = Common::from_arg_matches(matches).ok()?;
            let settings = config::resolve(&session::flags(&common), &System).ok()?;
            let settings = Settings {
                retries: settings.retries.map(|_| 0),
                ..settings
            };
            let given = given(command, matches);
            let asked = of_call(error, &settings, &given);
            tokio::time::timeout(PATIENCE, asked).await.ok()?
        }
        _ => None,
    }
}

/// Advice where settings are missing and a local cloud is running.
fn of_settings(error: &ConfigError) -> Option<String> {
    let missing = matches!(
        error,
        ConfigError::NoEndpoint { .. } | ConfigError::NoAccessKey | ConfigError::NoSecretKey
    );
    missing.then(|| format!("a local cloud is running; use it with: {USE_CLOUD}"))
}

async fn of_call(error: &CallError, settings: &Settings, given: &Given) -> Option<String> {
    match error {
        CallError::Connection(reason) => {
            let refused = reason.contains("refused") && is_loopback(&settings.endpoint.value);
            refused.then(|| {
                format!(
                    "nothing listens at {}; start a local cloud with: eulb local start -d",
                    visible(&settings.endpoint.value)
                )
            })
        }
        CallError::Service(error) if is_about_signature(error) => {
            let skew = probe(settings).await.ok()?.skew_seconds.unwrap_or(0);
            Some(of_signature(skew, settings))
        }
        CallError::Service(error) if (400..500).contains(&error.status) => {
            let client = Client::new(settings.clone()).ok()?;
            let answer = client.call(&DescribeLoadBalancers::default()).await.ok()?;
            let zones = local::running(PATIENCE).await.map(|cloud| cloud.zones);
            of_names(given, &answer, zones.unwrap_or_default())
        }
        _ => None,
    }
}

fn is_about_signature(error: &ServiceError) -> bool {
    matches!(
        error.code.as_str(),
        "SignatureDoesNotMatch" | "RequestExpired" | "InvalidClientTokenId"
    )
}

fn of_signature(skew_seconds: i64, settings: &Settings) -> String {
    if skew_seconds.abs() > TOLERATED_SKEW_SECONDS {
        let direction = if skew_seconds < 0 { "ahead" } else { "behind" };
        return format!(
            "this machine's clock is {} s {direction}; set it, or signatures are refused",
            skew_seconds.abs()
        );
    }
    format!(
        "the keys come from {}; 'eulb config' shows what they overrode",
        visible(&settings.credentials.source.to_string())
    )
}

/// The names on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Given {
    balancers: Vec<String>,
    zones: Vec<String>,
}

/// Names are known by what the manual calls their places.
fn given(command: &clap::Command, matches: &ArgMatches) -> Given {
    let of = |value_name: &str| -> Vec<String> {
        let arguments = command.get_arguments().filter(|argument| {
            let names = argument.get_value_names().unwrap_or_default();
            names.iter().any(|name| name.as_str() == value_name)
        });
        let values = arguments.filter_map(|argument| {
            let raw = matches.try_get_raw(argument.get_id().as_str());
            raw.ok().flatten()
        });
        let texts = values.flatten().map(|value| value.to_string_lossy());
        texts
            .flat_map(|text| {
                text.split(',')
                    .map(|name| name.trim().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    Given {
        balancers: of("ELB"),
        zones: of("ZONE1,ZONE2,..."),
    }
}

/// The name that was probably meant, for the first one that is not known.
fn of_names(
    given: &Given,
    answer: &DescribeLoadBalancersResponse,
    mut zones: Vec<String>,
) -> Option<String> {
    let known = members(&answer.load_balancer_descriptions);
    let balancers: Vec<String> = known
        .iter()
        .filter_map(|known| known.load_balancer_name.clone())
        .collect();
    for known in known {
        zones.extend(members(&known.availability_zones).iter().cloned());
    }
    let similar = |given: &[String], known: &[String]| {
        given
            .iter()
            .find_map(|name| Some((name.clone(), nearest(name, known)?)))
    };
    let (name, meant) =
        similar(&given.balancers, &balancers).or_else(|| similar(&given.zones, &zones))?;
    Some(format!(
        "did you mean '{}' instead of '{}'?",
        visible(&meant),
        visible(&name)
    ))
}

/// The known name that resembles another most; nothing if that one is known, or none is near.
fn nearest(name: &str, known: &[String]) -> Option<String> {
    let known: BTreeSet<&String> = known.iter().collect();
    let distances = known.into_iter().map(|candidate| {
        let distance = umbrella::distance(&name.to_lowercase(), &candidate.to_lowercase());
        (distance, candidate)
    });
    let exact = |candidate: &str| candidate == name;
    let mut near: Vec<(usize, &String)> = distances.collect();
    if near.iter().any(|(_, candidate)| exact(candidate)) {
        return None;
    }
    near.sort();
    let (distance, candidate) = near.first()?;
    (*distance <= 1 + name.chars().count() / 4).then(|| (*candidate).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands;
    use crate::wire::balancer::LoadBalancerDescription;
    use crate::wire::release::Release;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_that_is_nearly_right_is_found_and_a_right_one_left_alone() {
        let known = names(&["web", "web-internal", "database"]);
        for (name, expected) in [
            ("wbe-internal", Some("web-internal")),
            ("databse", Some("database")),
            ("Web", Some("web")),
            ("webb", Some("web")),
            ("web", None),
            ("mail", None),
        ] {
            assert_eq!(nearest(name, &known).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn balancers_and_zones_of_the_command_line_are_compared_with_the_known() {
        let command = commands::find("enable-zones-for-lb")
            .unwrap()
            .describe(Release::default());
        let words = ["eulb-enable-zones-for-lb", "-z", "PARTI00,PARTI0l", "web"];
        let matches = command.clone().try_get_matches_from(words).unwrap();
        let given = given(&command, &matches);
        assert_eq!(given.balancers, ["web"]);
        assert_eq!(given.zones, ["PARTI00", "PARTI0l"]);
        let answer = DescribeLoadBalancersResponse {
            load_balancer_descriptions: Some(
                vec![LoadBalancerDescription {
                    load_balancer_name: Some("web".to_owned()),
                    availability_zones: Some(names(&["PARTI00"]).into()),
                    ..LoadBalancerDescription::default()
                }]
                .into(),
            ),
            next_marker: None,
        };
        let advice = of_names(&given, &answer, names(&["PARTI01"]));
        let expected = "did you mean 'PARTI00' instead of 'PARTI0l'?";
        assert_eq!(advice.as_deref(), Some(expected));
    }

    #[tokio::test]
    async fn a_refused_connection_is_advised_only_for_this_machine() {
        let refused = CallError::Connection("x: Connection refused (os error 111)".to_owned());
        for (url, advised) in [
            ("http://127.0.0.1:1/", true),
            ("http://elb.example.com/", false),
        ] {
            let settings = Settings::new(url, "AKI", "secret");
            let advice = of_call(&refused, &settings, &Given::default()).await;
            assert_eq!(advice.is_some(), advised, "{url}");
        }
    }

    #[test]
    fn missing_settings_and_signatures_have_advice() {
        let settings = Settings::new("http://x", "AKI", "secret");
        assert!(
            of_settings(&ConfigError::NoAccessKey).is_some_and(|line| line.contains("local env"))
        );
        assert_eq!(of_settings(&ConfigError::Expired), None);
        assert!(of_signature(-900, &settings).contains("900 s ahead"));
        assert!(of_signature(10, &settings).contains("'eulb config'"));
    }
}
