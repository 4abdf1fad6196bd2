//! `eulb trace`: the story of a request, through every component it went.

use super::exit::Failure;
use super::local::{Place, ask};
use super::report;
use crate::model::journal::Event;
use crate::wire::local::Story;
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use std::fmt::Write as _;

/// Tell what a request led to, component by component
///
/// Every component of the local cloud notes what it does for a request under the request's id.
/// The id is in the answer of every call (RequestId, and the header x-amzn-RequestId).
/// A story is told from a journal of the newest 20,000 events, never from the log.
///
/// Each line has the milliseconds since the story began, the component, what it did, and its particulars.
/// The first verdict of the checks on an instance belongs to the request that registered it; a later one is the consequence of checks alone, and says so.
#[derive(Debug, Parser)]
#[command(name = "trace")]
struct Trace {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    what: What,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Id of the request, or the beginning of one; 'last' is the newest that changed something or was refused
    #[arg(value_name = "REQUEST-ID")]
    request: Option<String>,
    /// Name of a load balancer
    #[arg(long, value_name = "ELB")]
    lb: Option<String>,
    /// Id of an instance
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
}

/// The options of `eulb trace`.
pub fn describe() -> clap::Command {
    Trace::command()
}

/// Tells the story that the options ask for.
///
/// # Errors
///
/// The cloud does not run, or remembers nothing of it.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let trace = Trace::from_arg_matches(matches).map_err(Failure::usage)?;
    let What {
        request,
        lb,
        instance,
    } = &trace.what;
    let (name, value) = match (request, lb, instance) {
        (Some(id), ..) => ("request", id),
        (_, Some(name), _) => ("lb", name),
        (.., Some(id)) => ("instance", id),
        _ => return Err(Failure::usage("name a request, --lb or --instance")),
    };
    let route = format!("/_eulb/trace?{name}={}", report::in_url(value));
    let story: Story = ask(trace.place.client()?.get(&route))?;
    if trace.json {
        let text = serde_json::to_string_pretty(&story).map_err(Failure::new)?;
        return report::print(&format!("{text}\n"));
    }
    if story.events.is_empty() {
        return Err(Failure::new(match value.as_str() {
            "last" => "nothing has been changed yet".to_owned(),
            value => format!("nothing is remembered of '{value}'"),
        }));
    }
    report::print(&told(&story.events, name == "request"))
}

/// The story for a person. Of one request, the id is said once.
fn told(events: &[Event], of_one_request: bool) -> String {
    let mut text = String::new();
    let first = events.first();
    if let Some(first) = first {
        let id = first.request.as_deref().filter(|_| of_one_request);
        // Writing to a String cannot fail.
        let _ = match id {
            Some(id) => writeln!(
                text,
                "request {}, {}",
                report::visible(id),
                moment(first.at_microseconds)
            ),
            None => writeln!(text, "since {}", moment(first.at_microseconds)),
        };
    }
    let began = first.map_or(0, |first| first.at_microseconds);
    for event in events {
        let elapsed = event.at_microseconds.saturating_sub(began).max(0);
        let mark = match &*event.level {
            "warn" | "error" => "!",
            _ => " ",
        };
        let _ = write!(
            text,
            "{:>8}.{:03} ms {mark} {:<13} {}",
            elapsed / 1000,
            elapsed % 1000,
            event.component,
            report::visible(&event.message)
        );
        if event.request.is_none() {
            let _ = write!(text, "  ({})", unasked(event));
        }
        let request = event.request.iter().filter(|_| !of_one_request);
        let request = request.map(|id| ("request", id));
        let fields = event.fields.iter().map(|(name, value)| (&**name, value));
        for (name, value) in request.chain(fields).filter(|(_, value)| !value.is_empty()) {
            let _ = write!(text, "  {name}={}", report::visible(value));
        }
        text.push('\n');
    }
    // The first verdict on an instance is the last thing that its registration led to.
    let verdict = events.iter().find(|event| event.component == "health");
    let balancer = verdict.and_then(|verdict| verdict.fields.get("balancer"));
    if let Some(name) = balancer.filter(|_| of_one_request) {
        let _ = writeln!(
            text,
            "what checks find later is no request's doing; it is told by: eulb trace --lb {}",
            report::visible(name)
        );
    }
    text
}

/// Why an event names no request.
fn unasked(event: &Event) -> &'static str {
    // The only events of instances that have seen a check.
    if event.fields.contains_key("checked") {
        "its checks led to this, no request"
    } else {
        "no request led to this"
    }
}

/// `2026-11-25 22:48:00.123 UTC`
fn moment(at_microseconds: i64) -> String {
    let format = time::macros::format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]"
    );
    let at = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_microseconds) * 1000);
    at.ok()
        .and_then(|at| at.format(format).ok())
        .map_or_else(|| at_microseconds.to_string(), |text| format!("{text} UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_story_is_told_in_order_and_cannot_command_the_terminal() {
        let event =
            |at: i64, component: &str, level: &str, message: &str, fields: &[(&str, &str)]| Event {
                at_microseconds: 1_385_420_880_000_000 + at,
                component: component.to_owned().into(),
                level: level.to_owned().into(),
                message: message.to_owned(),
                request: Some("5d2c".to_owned()),
                fields: fields
                    .iter()
                    .map(|(name, value)| ((*name).to_owned().into(), (*value).to_owned()))
                    .collect(),
            };
        let events = [
            event(
                0,
                "loadbalancing",
                "debug",
                "received",
                &[("action", "CreateLoadBalancer"), ("balancer", "")],
            ),
            event(
                1_250,
                "servo",
                "warn",
                "port\u{1b}[2J taken",
                &[("port", "80")],
            ),
        ];
        expect![[r"
            request 5d2c, 2013-11-25 23:08:00.000 UTC
                   0.000 ms   loadbalancing received  action=CreateLoadBalancer
                   1.250 ms ! servo         port\u{1b}[2J taken  port=80
        "]]
        .assert_eq(&told(&events, true));
        expect![[r"
            since 2013-11-25 23:08:00.000 UTC
                   0.000 ms   loadbalancing received  request=5d2c  action=CreateLoadBalancer
                   1.250 ms ! servo         port\u{1b}[2J taken  request=5d2c  port=80
        "]]
        .assert_eq(&told(&events, false));

        // What checks find has a request behind it the first time only.
        let checked = [("balancer", "web"), ("checked", "TCP:80 accepted")];
        let first = event(2_000, "health", "info", "Reported i-1 InService", &checked);
        let mut later = first.clone();
        later.request = None;
        expect![[r"
            request 5d2c, 2013-11-25 23:08:00.002 UTC
                   0.000 ms   health        Reported i-1 InService  balancer=web  checked=TCP:80 accepted
            what checks find later is no request's doing; it is told by: eulb trace --lb web
        "]]
        .assert_eq(&told(std::slice::from_ref(&first), true));
        let mut replaced = event(3_000, "autoscaling", "warn", "a servo died", &[]);
        replaced.request = None;
        expect![[r"
            since 2013-11-25 23:08:00.002 UTC
                   0.000 ms   health        Reported i-1 InService  request=5d2c  balancer=web  checked=TCP:80 accepted
                   0.000 ms   health        Reported i-1 InService  (its checks led to this, no request)  balancer=web  checked=TCP:80 accepted
                   1.000 ms ! autoscaling   a servo died  (no request led to this)
        "]]
        .assert_eq(&told(&[first, later, replaced], false));
    }
}
