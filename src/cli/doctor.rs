//! `eulb doctor`: what is wrong between this shell and its load balancers, and what mends it.
//!
//! The checks go along the way of a call: configuration, credentials, endpoint, clock, signature,
//! release, and then every listener of every load balancer. A check that makes the following ones
//! pointless ends the examination; those are told as skipped.

use super::args::Common;
use super::exit::Failure;
use super::output::{self, Form, Query};
use super::report::{self, visible};
use super::{local, session};
use crate::client::config::environment::System;
use crate::client::config::survey;
use crate::client::probe::{Probe, probe};
use crate::client::settings::{Settings, Source};
use crate::client::{CallError, Client, ServiceError, config};
use crate::wire::balancer::{DescribeLoadBalancers, LoadBalancerDescription};
use crate::wire::local::{Health, Status};
use crate::wire::members;
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use serde::Serialize;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// Longest wait for one answer or connection: a healthy endpoint needs a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait for a connection to a listener.
const CONNECT_PATIENCE: Duration = Duration::from_secs(2);

/// Longest wait for the local cloud to say what it has.
const LOCAL_PATIENCE: Duration = Duration::from_millis(300);

/// Seconds by which the clocks may differ. Source: Signature Version 4 accepts 15 minutes; warn at a
/// third of that, since a clock that drifts goes on drifting.
pub const TOLERATED_SKEW_SECONDS: i64 = 300;

/// The check that a permission is missing from, and the permission.
const PERMISSIONS: &str = "permissions";
const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";

/// Status if anything is wrong.
const ILL: u8 = 1;

/// Find out what is wrong with the configuration, the endpoint or its load balancers
///
/// Checks, in this order: configuration, credentials, reachability of the endpoint (with its certificate, if it is https), the difference of the clocks, whether the signature is accepted and the calls are permitted, whether the endpoint is of the targeted release, and for each load balancer whether its name can be resolved and its listeners accept connections.
/// Each line says what was found; a line of something that is wrong is followed by the command that mends it.
/// Nothing is changed.
/// The exit status is 1 if anything is wrong.
#[derive(Debug, Parser)]
#[command(name = "doctor")]
struct Doctor {
    /// Form of the output: tsv (the default, lines for people and scripts), table, json, yaml or text
    #[arg(long, value_name = "FORM")]
    output: Option<Form>,
    /// Print only what this JMESPath expression selects (as JSON, if --output does not say otherwise)
    #[arg(long, value_name = "JMESPATH")]
    query: Option<Query>,
}

/// The options of `eulb doctor`.
pub fn describe() -> clap::Command {
    let own = Doctor::command().next_help_heading("Common options");
    let about = own.get_about().cloned().unwrap_or_default();
    let long_about = own.get_long_about().cloned().unwrap_or_default();
    // The common options come with a sentence about themselves.
    Common::augment_args(own)
        .about(about)
        .long_about(long_about)
}

/// Examines, and prints what was found.
///
/// # Errors
///
/// Something is wrong, of which the output has told.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let doctor = Doctor::from_arg_matches(matches).map_err(Failure::usage)?;
    let common = Common::from_arg_matches(matches).map_err(Failure::usage)?;
    let findings = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))?
        .block_on(examine(&session::flags(&common)));
    let text = match (doctor.output, &doctor.query) {
        (None | Some(Form::Tsv), None) => lines(&findings),
        (form, query) => {
            let form = form.filter(|form| *form != Form::Tsv);
            let report = Report { checks: &findings };
            output::answer(report, form.unwrap_or(Form::Json), query.as_ref())?
        }
    };
    report::print(&text)?;
    match findings.iter().any(|found| found.state == State::Wrong) {
        true => Err(Failure::Told(ILL)),
        false => Ok(()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Wrong,
    Skipped,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Finding {
    check: String,
    state: State,
    found: String,
    /// The command that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Report<'f> {
    checks: &'f [Finding],
}

fn fine(check: &str, found: impl Into<String>) -> Finding {
    Finding {
        check: check.to_owned(),
        state: State::Ok,
        found: found.into(),
        mend: None,
    }
}

fn wrong(check: &str, found: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding {
        check: check.to_owned(),
        state: State::Wrong,
        found: found.into(),
        mend: Some(mend.into()),
    }
}

fn skipped(check: &str, found: impl Into<String>) -> Finding {
    Finding {
        state: State::Skipped,
        ..fine(check, found)
    }
}

fn lines(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let state = match finding.state {
            State::Ok => "ok",
            State::Wrong => "WRONG",
            State::Skipped => "skipped",
        };
        let (check, found) = (visible(&finding.check), visible(&finding.found));
        text.push_str(&format!("{state}\t{check}\t{found}\n"));
        if let Some(mend) = &finding.mend {
            text.push_str(&format!("\tmend\t{}\n", visible(mend)));
        }
    }
    report::aligned(&text)
}

async fn examine(flags: &config::Flags) -> Vec<Finding> {
    let mut findings = vec![configuration(flags)];
    let cloud = local::running(LOCAL_PATIENCE).await;
    let settings = match config::resolve(flags, &System) {
        Ok(settings) => settings,
        Err(error) => {
            let stated = flags.access_key.is_some()
                || flags.secret_key.is_some()
                || flags.security_token.is_some();
            findings.push(settings_missing(&error, cloud.is_some(), stated));
            findings.push(skipped(
                "endpoint",
                "there is none to call with these settings",
            ));
            return findings;
        }
    };
    let source = &settings.credentials.source;
    let key = &settings.credentials.access_key;
    findings.push(fine("credentials", format!("access key {key} ({source})")));
    // The examination does not try again: what has to be tried twice is worth telling.
    let settings = Settings {
        retries: settings.retries.map(|_| 0),
        timeout: settings.timeout.map(|timeout| timeout.min(PATIENCE)),
        ..settings
    };
    let probed = probe(&settings).await;
    findings.push(endpoint(&settings, &probed, cloud.is_some()));
    let Ok(probed) = probed else {
        findings.push(skipped("signature", "the endpoint cannot be reached"));
        return findings;
    };
    findings.push(clock(&probed));
    let answer = match Client::new(settings.clone()) {
        Ok(client) => client.call(&DescribeLoadBalancers::default()).await,
        Err(error) => Err(error),
    };
    // The local cloud says itself where its listeners are, and whose keys are whose.
    let cloud = cloud.filter(|cloud| is_at(&settings.endpoint.value, &cloud.endpoint));
    findings.extend(kept(&probed, cloud.as_ref()));
    findings.extend(verdict_of_call(
        &answer.as_ref().map(|_| ()),
        &settings,
        cloud.is_some(),
    ));
    if cloud.is_some() {
        permit(&mut findings, &settings.credentials.access_key).await;
    }
    findings.push(release(&settings, &probed));
    let Ok(answer) = answer else {
        findings.push(skipped("load balancers", "they cannot be described"));
        return findings;
    };
    let balancers = members(&answer.load_balancer_descriptions);
    if balancers.is_empty() {
        findings.push(fine("load balancers", "there are none"));
    }
    for balancer in balancers {
        findings.extend(reachability(balancer, cloud.as_ref()).await);
    }
    findings
}

fn configuration(flags: &config::Flags) -> Finding {
    let survey = survey::survey(flags, &System);
    let said = survey
        .rows
        .iter()
        .filter_map(|row| row.value.as_ref().ok()?.as_ref())
        .filter(|layer| layer.source != Source::Default)
        .count();
    match survey.faults.first() {
        None => fine(
            "configuration",
            format!("{said} of {} settings are set", survey.rows.len()),
        ),
        Some(fault) => wrong(
            "configuration",
            fault.to_string(),
            "correct the line in that file; 'eulb config' shows what is in force",
        ),
    }
}

/// What there is to do about settings that cannot be used.
fn settings_missing(error: &config::ConfigError, has_cloud: bool, stated: bool) -> Finding {
    use config::ConfigError;
    let (check, mend) = match error {
        // Half a pair on the command line hides all others, the local cloud's too.
        ConfigError::NoAccessKey | ConfigError::NoSecretKey | ConfigError::LoneToken if stated => (
            "credentials",
            "give both -I and -S, or neither, nor --security-token",
        ),
        ConfigError::NoEndpoint { .. } if has_cloud => ("endpoint", USE_CLOUD),
        ConfigError::NoEndpoint { .. } => ("endpoint", NO_ENDPOINT),
        ConfigError::NoAccessKey | ConfigError::NoSecretKey | ConfigError::LoneToken
            if has_cloud =>
        {
            ("credentials", USE_CLOUD)
        }
        ConfigError::NoAccessKey | ConfigError::NoSecretKey | ConfigError::LoneToken => (
            "credentials",
            "export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…",
        ),
        ConfigError::Expired if has_cloud => ("credentials", USE_CLOUD),
        ConfigError::Expired => (
            "credentials",
            "get new temporary credentials, or unset AWS_CREDENTIAL_EXPIRATION",
        ),
        _ => ("settings", "eulb config"),
    };
    wrong(check, error.to_string(), mend)
}

/// Whether a local cloud still keeps what it is told; nothing to say if it does.
fn kept(probed: &Probe, cloud: Option<&Status>) -> Option<Finding> {
    let local = probed.local.as_ref()?;
    if local.status == Health::OK {
        return None;
    }
    let found = cloud.and_then(|cloud| cloud.lost.clone());
    let found = found.unwrap_or_else(|| "changes are refused: the state is not kept".to_owned());
    // Where the whole directory is gone, so is the socket that the state could be asked for by.
    let mend = match cloud {
        Some(_) => SAVE_STATE,
        None => {
            "put its data directory back, or end its process and start another: eulb local start -d"
        }
    };
    Some(wrong("state", found, mend))
}

/// What makes a shell use the local cloud.
pub const USE_CLOUD: &str = "eval \"$(eulb local env)\"";
/// The same where an option leads elsewhere, which the variables would not beat.
const USE_CLOUD_INSTEAD: &str = "eval \"$(eulb local env)\" && eulb doctor";
/// What takes the state of a cloud that runs to one that keeps it.
const SAVE_STATE: &str = "eulb local export --secrets state.json && eulb local stop && eulb local start -d && eulb local import --replace state.json";
/// A new cloud is at an address of its own, which the shell must be told.
const START_CLOUD: &str = "eulb local start -d && eval \"$(eulb local env)\"";
const START_CLOUD_INSTEAD: &str =
    "eulb local start -d && eval \"$(eulb local env)\" && eulb doctor";
const NO_ENDPOINT: &str = "export AWS_ELB_URL=http://HOST:8773/services/LoadBalancing, or start one: eulb local start -d && eval \"$(eulb local env)\"";

fn endpoint(settings: &Settings, probed: &Result<Probe, CallError>, has_cloud: bool) -> Finding {
    let (url, source) = (&settings.endpoint.value, &settings.endpoint.source);
    let error = match probed {
        Ok(_) => return fine("endpoint", format!("{url} answers ({source})")),
        Err(error) => error,
    };
    let text = error.to_string();
    let reason = text.strip_prefix("error: ").unwrap_or(&text);
    let found = format!("{url} does not answer ({source}): {reason}");
    let option = matches!(source, Source::Flag(_));
    let mend = if text.contains("not valid for name") {
        "name the endpoint as its certificate does, or get it a certificate for this name"
    } else if text.contains("UnknownIssuer") {
        "export AWS_CA_BUNDLE=FILE, a PEM file with the certificate of its authority"
    } else if text.contains("certificate") {
        "get the endpoint another certificate; --no-verify-ssl goes on without looking at it"
    } else {
        match (has_cloud, is_loopback(url), option) {
            (true, _, false) => USE_CLOUD,
            (true, _, true) => USE_CLOUD_INSTEAD,
            (false, true, false) => START_CLOUD,
            (false, true, true) => START_CLOUD_INSTEAD,
            (false, false, _) => {
                "check the address, the network and any firewall; -U URL names another endpoint"
            }
        }
    };
    wrong("endpoint", found, mend)
}

/// Whether a URL leads to this machine.
pub fn is_loopback(url: &str) -> bool {
    let place = place(url);
    let host = match place.rsplit_once(':') {
        Some((host, _)) if !place.ends_with(']') => host,
        _ => place,
    };
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// `HOST:PORT` of a URL.
fn place(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = rest.split(['/', '?']).next().unwrap_or_default();
    place.rsplit_once('@').map_or(place, |(_, host)| host)
}

/// Whether a URL leads to the same server as an endpoint.
pub fn is_at(url: &str, endpoint: &str) -> bool {
    let port = |place: &str| place.rsplit_once(':').map(|(_, port)| port.to_owned());
    let (a, b) = (place(url), place(endpoint));
    a == b || (is_loopback(url) && is_loopback(endpoint) && port(a) == port(b))
}

fn clock(probed: &Probe) -> Finding {
    let Some(skew) = probed.skew_seconds else {
        return skipped("clock", "the endpoint does not tell its time");
    };
    let direction = if skew < 0 { "ahead of" } else { "behind" };
    let found = format!("this clock is {} s {direction} the endpoint's", skew.abs());
    match skew.abs() {
        0..=1 => fine("clock", "agrees with the endpoint's"),
        seconds if seconds <= TOLERATED_SKEW_SECONDS => fine("clock", found),
        _ => wrong("clock", found, "sudo timedatectl set-ntp true"),
    }
}

/// What the answer to a signed request says of signature and permissions; a local cloud has keys to
/// give.
fn verdict_of_call(
    answer: &Result<(), &CallError>,
    settings: &Settings,
    is_local: bool,
) -> Vec<Finding> {
    let accepted = || fine("signature", "accepted");
    let error = match answer {
        Ok(()) => {
            return vec![
                accepted(),
                fine(PERMISSIONS, "load balancers may be described"),
            ];
        }
        Err(CallError::Service(error)) => error,
        Err(error) => {
            return vec![wrong(
                "signature",
                error.to_string(),
                "eulb-describe-lbs --debug shows the exchange",
            )];
        }
    };
    let ServiceError { code, message, .. } = error;
    let found = format!("{code}: {message}");
    let (key, source) = (
        &settings.credentials.access_key,
        &settings.credentials.source,
    );
    let keys = |elsewhere: String| match (is_local, source) {
        (false, _) => elsewhere,
        (true, Source::Flag(_)) => USE_CLOUD_INSTEAD.to_owned(),
        (true, _) => USE_CLOUD.to_owned(),
    };
    match code.as_str() {
        "SignatureDoesNotMatch" | "IncompleteSignature" => vec![wrong(
            "signature",
            found,
            keys(format!("check the secret key of {key} ({source})")),
        )],
        "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "ExpiredToken"
        | "AuthFailure" => vec![wrong(
            "signature",
            found,
            keys(format!(
                "give keys that this endpoint knows: {key} comes from {source}"
            )),
        )],
        "RequestExpired" => vec![wrong("signature", found, "sudo timedatectl set-ntp true")],
        "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => vec![
            accepted(),
            wrong(
                PERMISSIONS,
                found,
                format!("ask the account's administrator to allow {DESCRIBE}"),
            ),
        ],
        _ => vec![wrong(
            "signature",
            found,
            "eulb-describe-lbs --debug shows the exchange",
        )],
    }
}

/// Makes of the advice to have something allowed the commands that allow it: whoever may examine a
/// local cloud is its administrator, too.
async fn permit(findings: &mut [Finding], access_key: &str) {
    let denied = findings
        .iter_mut()
        .find(|found| found.check == PERMISSIONS && found.state == State::Wrong);
    let Some(denied) = denied else { return };
    let Some(user) = local::owner_of_key(access_key, LOCAL_PATIENCE).await else {
        return;
    };
    let (account, user) = (report::quoted(&user.account), report::quoted(&user.user));
    let policy = "describe-load-balancers";
    denied.mend = Some(format!(
        "echo '{{\"Statement\": {{\"Effect\": \"Allow\", \"Action\": \"{DESCRIBE}\", \"Resource\": \"*\"}}}}' \
         | eulb admin policies create --account {account} {policy} - \
         && eulb admin policies attach --account {account} --user {user} {policy}"
    ));
}

fn release(settings: &Settings, probed: &Probe) -> Finding {
    let targeted = &settings.release;
    let Some(local) = &probed.local else {
        return skipped(
            "release",
            format!(
                "{} is targeted ({}); only a local cloud says which one it is",
                targeted.value, targeted.source
            ),
        );
    };
    if local.release == targeted.value.to_string() {
        return fine(
            "release",
            format!("{} is targeted and answers", local.release),
        );
    }
    wrong(
        "release",
        format!(
            "{} is targeted ({}), but {} answers",
            targeted.value, targeted.source, local.release
        ),
        match targeted.source {
            // A variable would not beat the option.
            Source::Flag(option) => format!("eulb doctor {option} {}", local.release),
            _ => format!("export EULB_RELEASE={}", local.release),
        },
    )
}

/// Whether each listener of a load balancer accepts connections.
async fn reachability(balancer: &LoadBalancerDescription, cloud: Option<&Status>) -> Vec<Finding> {
    let name = balancer.load_balancer_name.clone().unwrap_or_default();
    let dns_name = balancer.dns_name.clone().unwrap_or_default();
    let check = format!("load balancer {name}");
    let known = cloud.and_then(|cloud| {
        let mut all = cloud.balancers.iter();
        all.find(|known| known.dns_name.eq_ignore_ascii_case(&dns_name))
    });
    let mut findings = Vec::new();
    let mut places: Vec<(u16, SocketAddr)> = Vec::new();
    match known {
        Some(known) => {
            for listener in known.servos.iter().flat_map(|servo| &servo.listeners) {
                match &listener.error {
                    None => places.push((listener.port, listener.bound)),
                    Some(error) => findings.push(wrong(
                        &check,
                        format!("port {} is not bound: {error}", listener.port),
                        "free the port, or start the cloud with --port-offset 8000",
                    )),
                }
            }
        }
        None => {
            let ports = members(&balancer.listener_descriptions)
                .iter()
                .filter_map(|described| described.listener.as_ref()?.load_balancer_port)
                .filter_map(|port| u16::try_from(port).ok());
            for port in ports {
                match resolved(&dns_name, port).await {
                    Ok(found) => places.extend(found.into_iter().map(|place| (port, place))),
                    Err(reason) => {
                        findings.push(wrong(
                            &check,
                            format!("{dns_name} cannot be resolved: {reason}"),
                            format!("getent hosts {dns_name}, and check which name server /etc/resolv.conf names"),
                        ));
                        break;
                    }
                }
            }
        }
    }
    if places.is_empty() && findings.is_empty() {
        return vec![uncarried(balancer, cloud)];
    }
    for (port, place) in places {
        let attempt = tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(place)).await;
        findings.push(match attempt {
            Ok(Ok(_)) => fine(&check, format!("port {port} accepts at {place}")),
            Ok(Err(error)) => wrong(
                &check,
                format!("port {port} does not accept at {place}: {error}"),
                match known {
                    Some(_) => format!("eulb explain --lb {}", report::quoted(&name)),
                    None => "a new listener is there within a minute: eulb doctor; after that, ask the cloud's administrator for what carries this load balancer".to_owned(),
                },
            ),
            Err(_) => wrong(
                &check,
                format!(
                    "port {port} does not accept at {place} within {} s",
                    CONNECT_PATIENCE.as_secs()
                ),
                format!("check the security groups and any firewall before {place}"),
            ),
        });
    }
    findings
}

/// A load balancer that no servo listens for, and what it lacks.
fn uncarried(balancer: &LoadBalancerDescription, cloud: Option<&Status>) -> Finding {
    let name = balancer.load_balancer_name.clone().unwrap_or_default();
    let check = format!("load balancer {name}");
    let name = report::quoted(&name);
    if members(&balancer.listener_descriptions).is_empty() {
        let found = "nothing carries it: it has no listener";
        let mend = format!(
            "eulb-create-lb-listeners -l \"lb-port=80, protocol=HTTP, instance-port=80\" {name}"
        );
        return wrong(&check, found, mend);
    }
    if members(&balancer.availability_zones).is_empty() {
        let zone = cloud.and_then(|cloud| cloud.zones.first());
        let zone = zone.map_or("ZONE", String::as_str);
        let found = "nothing carries it: it is in no zone";
        return wrong(
            &check,
            found,
            format!("eulb-enable-zones-for-lb -z {zone} {name}"),
        );
    }
    let found = "nothing carries it: it has no servo";
    let mend = match cloud {
        Some(_) => format!("eulb explain --lb {name}"),
        None => format!("eulb-describe-lbs --show-long {name}"),
    };
    wrong(&check, found, mend)
}

async fn resolved(name: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let looked_up = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((name, port))).await;
    match looked_up {
        Ok(Ok(found)) => {
            let found: Vec<SocketAddr> = found.collect();
            match found.is_empty() {
                true => Err("it has no address".to_owned()),
                false => Ok(found),
            }
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probed(skew_seconds: Option<i64>, release: Option<&str>) -> Probe {
        Probe {
            status: 200,
            skew_seconds,
            local: release.map(|release| Health {
                status: Health::OK.to_owned(),
                version: "0".to_owned(),
                release: release.to_owned(),
            }),
        }
    }

    fn refused(code: &str) -> CallError {
        CallError::Service(ServiceError {
            status: 403,
            code: code.to_owned(),
            message: "no".to_owned(),
            request_id: None,
        })
    }

    #[test]
    fn a_clock_may_differ_by_five_minutes() {
        for (skew, state) in [
            (None, State::Skipped),
            (Some(0), State::Ok),
            (Some(-300), State::Ok),
            (Some(301), State::Wrong),
            (Some(-301), State::Wrong),
        ] {
            assert_eq!(clock(&probed(skew, None)).state, state, "{skew:?}");
        }
        let found = clock(&probed(Some(-900), None)).found;
        assert_eq!(found, "this clock is 900 s ahead of the endpoint's");
    }

    #[test]
    fn refusals_tell_signature_from_permission() {
        let settings = Settings::new("http://x", "AKI", "secret");
        for (code, states) in [
            ("SignatureDoesNotMatch", &[State::Wrong][..]),
            ("InvalidClientTokenId", &[State::Wrong]),
            ("RequestExpired", &[State::Wrong]),
            ("AccessDenied", &[State::Ok, State::Wrong]),
            ("Odd", &[State::Wrong]),
        ] {
            let findings = verdict_of_call(&Err(&refused(code)), &settings, false);
            let found: Vec<State> = findings.iter().map(|finding| finding.state).collect();
            assert_eq!(found, states, "{code}");
        }
        assert_eq!(verdict_of_call(&Ok(()), &settings, false).len(), 2);
        // A local cloud has keys to give.
        let refused = refused("SignatureDoesNotMatch");
        let mends = [false, true].map(|is_local| {
            let findings = verdict_of_call(&Err(&refused), &settings, is_local);
            findings[0].mend.clone().unwrap()
        });
        assert!(mends[0].starts_with("check the secret key of AKI ("));
        assert_eq!(mends[1], USE_CLOUD);
    }

    #[test]
    fn a_local_cloud_of_another_release_is_told_with_the_variable_that_targets_it() {
        let settings = Settings::new("http://x", "AKI", "secret");
        let finding = release(&settings, &probed(None, Some("4.2.0")));
        assert_eq!(finding.mend.as_deref(), Some("export EULB_RELEASE=4.2.0"));
        let same = release(&settings, &probed(None, Some("3.3.0")));
        assert_eq!(same.state, State::Ok);
        assert_eq!(
            release(&settings, &probed(None, None)).state,
            State::Skipped
        );
    }

    #[test]
    fn urls_of_this_machine_are_known() {
        for (url, expected) in [
            ("http://127.0.0.1:8773/services/LoadBalancing", true),
            ("http://localhost/", true),
            ("http://[::1]:80/", true),
            ("http://[::1]/", true),
            ("https://elb.example.com:8773/", false),
            ("http://127.example.com/", false),
        ] {
            assert_eq!(is_loopback(url), expected, "{url}");
        }
        assert!(is_at("http://localhost:8773/x", "http://127.0.0.1:8773/y"));
        assert!(!is_at("http://localhost:1/x", "http://127.0.0.1:8773/y"));
    }

    #[test]
    fn the_options_make_sense_to_the_parser() {
        describe().debug_assert();
    }
}
