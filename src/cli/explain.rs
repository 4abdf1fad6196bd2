//! `eulb explain`: why something is out of service, unreachable, or answered 503.

use super::exit::Failure;
use super::local::{Place, ask};
use super::report;
use crate::wire::local::Explanation;
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use std::fmt::Write as _;

/// Explain why a load balancer does not answer, or an instance is not in service
///
/// The answer comes from the present state: servos and their ports, zones, registrations, the thresholds, and the last checks with what was sent and what was seen.
/// Everything that is wrong has a name, the same here and in the manual, and the command that mends it.
/// Of a listener of HTTPS or SSL it is told what its security policy enables, and which of that is served.
/// The exit status is 0 whether or not something is wrong.
#[derive(Debug, Parser)]
#[command(name = "explain")]
struct Explain {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    what: What,
    /// Number or alias of the load balancer's account, where several have one of that name
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "instance")]
    account: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// A load balancer, by its name or DNS name, or an instance, by its id
    #[arg(value_name = "ELB|INSTANCE")]
    subject: Option<String>,
    /// Name or DNS name of a load balancer
    #[arg(long, value_name = "ELB")]
    lb: Option<String>,
    /// Id of an instance
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
}

/// The options of `eulb explain`.
pub fn describe() -> clap::Command {
    Explain::command()
}

/// Explains what the options ask for.
///
/// # Errors
///
/// The cloud does not run, or knows neither.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let explain = Explain::from_arg_matches(matches).map_err(Failure::usage)?;
    let What {
        subject,
        lb,
        instance,
    } = &explain.what;
    let (kind, name) = match (subject, lb, instance) {
        (Some(id), ..) if is_instance_id(id) => ("instance", id),
        (Some(name), ..) | (_, Some(name), _) => ("lb", name),
        (.., Some(id)) => ("instance", id),
        _ => return Err(Failure::usage("name a load balancer or an instance")),
    };
    let mut route = format!("/_eulb/explain?{kind}={}", report::in_url(name));
    if let Some(account) = &explain.account {
        if kind == "instance" {
            return Err(Failure::usage("--account is for load balancers"));
        }
        let _ = write!(route, "&account={}", report::in_url(account));
    }
    let explanation: Explanation = ask(explain.place.client()?.get(&route))?;
    if explain.json {
        let text = serde_json::to_string_pretty(&explanation).map_err(Failure::new)?;
        return report::print(&format!("{text}\n"));
    }
    report::print(&told(&explanation))
}

/// Whether a word is an id as EC2 gives them, of either length; a load balancer with such a name is
/// asked for with `--lb`.
fn is_instance_id(word: &str) -> bool {
    let digits = word.strip_prefix("i-");
    digits.is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_hexdigit())
    })
}

fn told(explanation: &Explanation) -> String {
    let mut text = format!("{}\n", report::visible(&explanation.subject));
    // Writing to a String cannot fail.
    if explanation.findings.is_empty() {
        text.push_str("nothing is wrong\n");
    }
    for finding in &explanation.findings {
        let _ = write!(
            text,
            "\n{}\n  what   {}\n  why    {}\n",
            finding.signature,
            report::visible(&finding.symptom),
            report::visible(&finding.cause)
        );
        if let Some(mend) = &finding.mend {
            let _ = writeln!(text, "  mend   {}", report::visible(mend));
        }
    }
    for listener in &explanation.listeners {
        let _ = write!(text, "\n{} on port {}: ", listener.protocol, listener.port);
        let Some(policy) = &listener.policy else {
            text.push_str("no security policy; TLS 1.2 and 1.3 with every cipher that there is\n");
            continue;
        };
        let _ = writeln!(text, "security policy {}", report::visible(policy));
        for (words, names) in [
            ("serves        ", &listener.served),
            ("does not serve", &listener.unserved),
        ] {
            if !names.is_empty() {
                let _ = writeln!(text, "  {words}  {}", names.join(", "));
            }
        }
        if !listener.unserved.is_empty() {
            text.push_str("  clients that have nothing but what is not served are refused\n");
        }
    }
    for instance in &explanation.instances {
        let _ = writeln!(
            text,
            "\n{} in {} for {}: {}{}",
            report::visible(&instance.instance),
            report::visible(&instance.zone),
            report::visible(&instance.balancer),
            instance.state,
            match instance.description.as_str() {
                "" => String::new(),
                description => format!(" ({})", report::visible(description)),
            }
        );
        if let Some(check) = &instance.health_check {
            let _ = writeln!(text, "  checked by {}", report::visible(check));
        }
        for of in &instance.checks {
            let verdict = match of.in_service {
                Some(true) => "in service",
                Some(false) => "out of service",
                None => "no verdict yet",
            };
            let _ = writeln!(
                text,
                "  servo {} at {}: {verdict}, {} equal results in a row",
                of.servo, of.address, of.in_a_row
            );
            for seen in &of.checks {
                let mark = if seen.passed { "passed" } else { "failed" };
                let _ = writeln!(text, "    {mark}  {}", report::visible(&seen.checked));
            }
        }
    }
    text
}
