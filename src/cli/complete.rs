//! `eulb complete`: the words that a shell may offer, from the endpoint in use.
//!
//! Hidden: the completions call it. It says nothing rather than something late or wrong: without an
//! endpoint, without keys, or after [`PATIENCE`], there are no words, no error, and status 0.

use super::doctor::is_at;
use super::exit::Failure;
use super::{local, report};
use crate::client::config::environment::System;
use crate::client::config::{self, Flags};
use crate::client::{Client, Settings};
use crate::wire::balancer::{DescribeLoadBalancers, LoadBalancerDescription};
use crate::wire::members;
use clap::{Arg, ArgMatches};
use std::collections::BTreeSet;
use std::time::Duration;

/// Longest wait for the words: who presses a key will not wait longer.
const PATIENCE: Duration = Duration::from_millis(300);

/// Kinds of words, by what the manual calls the places where they stand.
pub const KINDS: &[(&str, &str)] = &[
    ("ELB", "balancers"),
    ("INSTANCE1,INSTANCE2,...", "instances"),
    ("ZONE1,ZONE2,...", "zones"),
    ("POLICY", "policies"),
    ("POLICY1,POLICY2,...", "policies"),
    ("LISTENER", "listeners"),
];

/// Listeners as most people want them; the syntax is the point.
const LISTENERS: &[&str] = &[
    "lb-port=80,protocol=HTTP,instance-port=80",
    "lb-port=443,protocol=HTTPS,instance-port=80,cert-id=ARN",
    "lb-port=22,protocol=TCP,instance-port=22",
];

/// The options of `eulb complete`.
pub fn describe() -> clap::Command {
    let mut kinds: Vec<&str> = KINDS.iter().map(|(_, kind)| *kind).collect();
    kinds.dedup();
    clap::Command::new("complete")
        .about("Print the words that a shell may offer")
        .hide(true)
        .arg(
            Arg::new("kind")
                .value_name("KIND")
                .required(true)
                .value_parser(kinds)
                .help("What to print (required)"),
        )
}

/// Prints the words, one in a line.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let kind: &String = matches.get_one("kind").expect("the kind is required");
    let mut words = BTreeSet::new();
    if kind == "listeners" {
        words.extend(LISTENERS.iter().map(|listener| (*listener).to_owned()));
    } else if let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        let asked = async { tokio::time::timeout(PATIENCE, words_of(kind)).await.ok()? };
        words.extend(runtime.block_on(asked).unwrap_or_default());
    }
    // A word that would need quoting is not worth a broken command line.
    let plain = |word: &&String| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:,=/".contains(c);
        !word.is_empty() && word.chars().all(allowed)
    };
    let lines: String = words
        .iter()
        .filter(plain)
        .map(|word| format!("{word}\n"))
        .collect();
    report::print(&lines)
}

async fn words_of(kind: &str) -> Option<Vec<String>> {
    let settings = config::resolve(&Flags::default(), &System).ok()?;
    let settings = Settings {
        retries: settings.retries.map(|_| 0),
        ..settings
    };
    let endpoint = settings.endpoint.value.clone();
    let client = Client::new(settings).ok()?;
    let answer = client.call(&DescribeLoadBalancers::default()).await.ok()?;
    let balancers = members(&answer.load_balancer_descriptions);
    let mut words: Vec<String> = balancers
        .iter()
        .flat_map(|one| words_in(one, kind))
        .collect();
    // The local cloud also knows what no load balancer uses yet.
    if kind == "zones"
        && let Some(cloud) = local::running(PATIENCE).await
        && is_at(&endpoint, &cloud.endpoint)
    {
        words.extend(cloud.zones);
    }
    Some(words)
}

fn words_in(balancer: &LoadBalancerDescription, kind: &str) -> Vec<String> {
    match kind {
        "balancers" => balancer.load_balancer_name.iter().cloned().collect(),
        "zones" => members(&balancer.availability_zones).to_vec(),
        "instances" => members(&balancer.instances)
            .iter()
            .filter_map(|instance| instance.instance_id.clone())
            .collect(),
        "policies" => {
            let Some(policies) = &balancer.policies else {
                return Vec::new();
            };
            let app = members(&policies.app_cookie_stickiness_policies)
                .iter()
                .filter_map(|policy| policy.policy_name.clone());
            let cookie = members(&policies.lb_cookie_stickiness_policies)
                .iter()
                .filter_map(|policy| policy.policy_name.clone());
            let other = members(&policies.other_policies).iter().cloned();
            app.chain(cookie).chain(other).collect()
        }
        _ => Vec::new(),
    }
}
