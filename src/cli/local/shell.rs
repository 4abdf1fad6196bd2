//! `eulb local env`: the local cloud's endpoint and keys for a shell.

use super::super::exit::Failure;
use super::super::report::{self, quoted};
use super::{Place, ask};
use crate::wire::local::Environment;
use crate::wire::service::Service;
use clap::Args;

/// What a shell must know, in the order it is printed. The same key has two names, since euca2ools and
/// the AWS tools read different ones; so has the endpoint.
const VARIABLES: [&str; 19] = [
    "AWS_ELB_URL",
    "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING",
    "EC2_URL",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_IAM_URL",
    "AWS_ENDPOINT_URL_IAM",
    "TOKEN_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CLOUDWATCH_URL",
    "AWS_ENDPOINT_URL_CLOUDWATCH",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "EULB_RELEASE",
    "EULB_DNS",
    crate::daemon::directory::VARIABLE,
];

/// Variables that would send another account's session along with these keys.
const IN_THE_WAY: [&str; 4] = [
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_PROFILE",
];

/// The AWS tools insist on a region, in one variable or the other; the local cloud takes any. The
/// eulb commands look such a section up, but the endpoint and the keys above come first.
const REGION: &str = "eucalyptus";

/// What a eucarc said instead of a URL while the service had no image. Source: Eucalyptus 3.3.0,
/// X509Download.
const NOT_READY: &str = "WARN:  Load Balancing service URL is not configured.";

/// Print shell commands that make the local cloud the one to use
///
/// Use it as: eval "$(eulb local env)"
/// The output holds a secret key.
#[derive(Debug, Args)]
pub struct Env {
    #[command(flatten)]
    place: Place,
    /// Account to be: tenant, eucalyptus (the administrator's) or another (default: tenant)
    #[arg(
        long,
        value_name = "ACCOUNT",
        default_value = "tenant",
        hide_default_value = true
    )]
    account: String,
    /// User of the account to be (default: admin)
    #[arg(
        long,
        value_name = "USER",
        default_value = "admin",
        hide_default_value = true
    )]
    user: String,
    /// Print commands that undo it instead
    #[arg(long)]
    unset: bool,
}

impl Env {
    pub fn run(&self) -> Result<(), Failure> {
        if self.unset {
            return report::print(&format!("unset {}\n", VARIABLES.join(" ")));
        }
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !self.account.bytes().all(is_part) {
            return Err(Failure::usage(format!(
                "argument --account: '{}' is not the name or number of an account",
                self.account
            )));
        }
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
        if !self.user.bytes().all(is_part) {
            return Err(Failure::usage(format!(
                "argument --user: '{}' is not the name of a user",
                self.user
            )));
        }
        // A plus sign is a space in a query.
        let user = self.user.replace('+', "%2B");
        let client = self.place.client()?;
        let route = format!("/_eulb/env?account={}&user={user}", self.account);
        let environment: Environment = ask(client.get(&route))?;
        if environment.not_ready {
            report::note(NOT_READY);
        }
        report::print(&exports(&environment, self.place.variable()?))
    }
}

fn exports(environment: &Environment, place: Option<(&'static str, String)>) -> String {
    let dns = environment.dns.map(|address| address.to_string());
    // The neighbours answer on the same port, each under a path of its own.
    let [balancing, compute, iam, tokens, metrics] = [
        Service::LoadBalancing,
        Service::Compute,
        Service::Iam,
        Service::Tokens,
        Service::CloudWatch,
    ]
    .map(|service| service.paths()[0]);
    let origin = environment.endpoint.trim_end_matches(balancing);
    let [compute, iam, tokens, metrics] =
        [compute, iam, tokens, metrics].map(|path| format!("{origin}{path}"));
    let value = |name: &str| match name {
        "AWS_ELB_URL" | "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING" if environment.not_ready => None,
        "AWS_ELB_URL" | "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING" => Some(&*environment.endpoint),
        "EC2_URL" | "AWS_ENDPOINT_URL_EC2" => Some(&*compute),
        "AWS_IAM_URL" | "AWS_ENDPOINT_URL_IAM" => Some(&*iam),
        "TOKEN_URL" | "AWS_ENDPOINT_URL_STS" => Some(&*tokens),
        "AWS_CLOUDWATCH_URL" | "AWS_ENDPOINT_URL_CLOUDWATCH" => Some(&*metrics),
        "AWS_ACCESS_KEY" | "AWS_ACCESS_KEY_ID" => Some(&*environment.access_key),
        "AWS_SECRET_KEY" | "AWS_SECRET_ACCESS_KEY" => Some(&*environment.secret_key),
        "AWS_REGION" | "AWS_DEFAULT_REGION" => Some(REGION),
        "EULB_RELEASE" => Some(&*environment.release),
        "EULB_DNS" => dns.as_deref(),
        name => place
            .as_ref()
            .filter(|(variable, _)| *variable == name)
            .map(|(_, path)| path.as_str()),
    };
    let mut text = format!("unset {}\n", IN_THE_WAY.join(" "));
    for name in VARIABLES {
        if let Some(value) = value(name) {
            text.push_str(&format!("export {name}={}\n", quoted(value)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_what_is_printed() {
        let environment = Environment {
            endpoint: "http://127.0.0.1:8773/services/LoadBalancing".to_owned(),
            release: "3.3.0".to_owned(),
            account: "000000000001".to_owned(),
            alias: "tenant".to_owned(),
            access_key: "AKI0".to_owned(),
            secret_key: "a/b+c'd".to_owned(),
            dns: Some("127.0.0.1:8753".parse().unwrap()),
            not_ready: false,
        };
        let place = Some((crate::daemon::directory::VARIABLE, "/tmp/x y".to_owned()));
        let text = exports(&environment, place);
        assert_eq!(
            text,
            r"unset AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_PROFILE
export AWS_ELB_URL='http://127.0.0.1:8773/services/LoadBalancing'
export AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING='http://127.0.0.1:8773/services/LoadBalancing'
export EC2_URL='http://127.0.0.1:8773/services/compute'
export AWS_ENDPOINT_URL_EC2='http://127.0.0.1:8773/services/compute'
export AWS_IAM_URL='http://127.0.0.1:8773/services/Euare'
export AWS_ENDPOINT_URL_IAM='http://127.0.0.1:8773/services/Euare'
export TOKEN_URL='http://127.0.0.1:8773/services/Tokens'
export AWS_ENDPOINT_URL_STS='http://127.0.0.1:8773/services/Tokens'
export AWS_CLOUDWATCH_URL='http://127.0.0.1:8773/services/CloudWatch'
export AWS_ENDPOINT_URL_CLOUDWATCH='http://127.0.0.1:8773/services/CloudWatch'
export AWS_ACCESS_KEY='AKI0'
export AWS_ACCESS_KEY_ID='AKI0'
export AWS_SECRET_KEY='a/b+c'\''d'
export AWS_SECRET_ACCESS_KEY='a/b+c'\''d'
export AWS_REGION='eucalyptus'
export AWS_DEFAULT_REGION='eucalyptus'
export EULB_RELEASE='3.3.0'
export EULB_DNS='127.0.0.1:8753'
export EULB_DATA_DIR='/tmp/x y'
"
        );
        let not_ready = Environment {
            not_ready: true,
            ..environment
        };
        let without: Vec<&str> = text
            .lines()
            .filter(|line| !line.contains("ELB_URL") && !line.contains("ELASTIC"))
            .collect();
        let place = Some((crate::daemon::directory::VARIABLE, "/tmp/x y".to_owned()));
        assert_eq!(exports(&not_ready, place).trim_end(), without.join("\n"));
        let script = format!("{text}printf %s \"$AWS_SECRET_KEY|$EULB_DATA_DIR\"");
        let shell = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&shell.stdout), "a/b+c'd|/tmp/x y");
    }
}
