//! The document: all numbers as text, and a script that renews them.

use crate::model::traffic::{Counts, Histogram};
use crate::wire::local::{BalancerStatus, Status, Traffic};
use std::fmt::Write;
use std::time::Duration;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("live.js");

/// A text as HTML shows it, also between quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn page(nonce: &str, head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>eulb</title>\n{head}<style nonce=\"{nonce}\">\n{STYLE}</style>\n</head>\n\
         <body>\n{body}</body>\n</html>\n"
    )
}

/// A page with one sentence.
pub fn message(line: &str, nonce: &str) -> String {
    page(
        nonce,
        "",
        &format!("<h1>eulb</h1>\n<p>{}</p>\n", escaped(line)),
    )
}

/// What the link shows: the way to the page itself.
pub fn entrance(nonce: &str) -> String {
    let head = format!(
        "<meta http-equiv=\"refresh\" content=\"0; url={}\">\n",
        super::PATH
    );
    let body = format!(
        "<p><a href=\"{0}\">The status of the local cloud</a></p>\n",
        super::PATH
    );
    page(nonce, &head, &body)
}

/// `-`, `0.35 ms`
fn milliseconds(latency: Option<Duration>) -> String {
    match latency {
        Some(latency) => format!("{:.2} ms", latency.as_secs_f64() * 1e3),
        None => "-".to_owned(),
    }
}

/// What the listeners of a load balancer, or all, counted since they were opened.
fn sum<'t>(
    traffic: &'t Traffic,
    of: impl Fn(&crate::model::plane::BalancerLabel) -> bool + 't,
) -> (Counts, Histogram) {
    let mut counts = Counts::default();
    let mut latency = Histogram::default();
    for listener in traffic
        .listeners
        .iter()
        .filter(|listener| of(&listener.balancer))
    {
        counts += listener.counts;
        latency += &listener.latency;
    }
    (counts, latency)
}

/// The whole page.
pub fn whole(status: &Status, traffic: &Traffic, nonce: &str) -> String {
    let (counts, latency) = sum(traffic, |_| true);
    let head = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n";
    let mut body = format!(
        "<header><h1>eulb</h1><p>{} &middot; Eucalyptus release {} &middot; revision \
         <span id=\"revision\">{}</span> &middot; <span id=\"instances\">{}</span> instances \
         &middot; <span id=\"live\">as of when this page was loaded</span></p></header>\n\
         <section class=\"totals\">\n\
         <div><b id=\"requests\">{}</b><span>requests</span></div>\n\
         <div><b id=\"errors\">{}</b><span>answers of 5xx</span></div>\n\
         <div><b id=\"p50\">{}</b><span>p50 latency</span></div>\n\
         <div><b id=\"p99\">{}</b><span>p99 latency</span></div>\n\
         </section>\n<div id=\"balancers\">\n",
        escaped(&status.endpoint),
        escaped(&status.release),
        status.revision,
        status.instances,
        counts.requests,
        counts.own_5xx + counts.instance_5xx,
        milliseconds(latency.quantile(0.5)),
        milliseconds(latency.quantile(0.99)),
    );
    if status.balancers.is_empty() {
        body.push_str("<p>There is no load balancer.</p>\n");
    }
    for balancer in &status.balancers {
        section(balancer, traffic, &mut body);
    }
    // Writing to a String cannot fail.
    let _ = write!(
        body,
        "</div>\n<footer>Read-only. eulb {}; <code>eulb top</code> shows the same in a terminal.</footer>\n\
         <script nonce=\"{nonce}\">\n{SCRIPT}</script>\n",
        escaped(&status.version)
    );
    page(nonce, head, &body)
}

fn section(balancer: &BalancerStatus, traffic: &Traffic, body: &mut String) {
    let (counts, latency) = sum(traffic, |label| {
        *label.account == *balancer.account && *label.name == *balancer.name
    });
    let _ = write!(
        body,
        "<section class=\"balancer\" data-account=\"{account}\" data-name=\"{name}\">\n\
         <h2>{name}</h2>\n<p>account {account} &middot; {dns}</p>\n\
         <p><span class=\"service\">{} of {} instances in service</span> &middot; \
         <span class=\"counts\">{} requests, {} answers of 5xx, p50 {}, p99 {}</span></p>\n\
         <table>\n<tr><th>servo</th><th>zone</th><th>address</th><th>state</th><th>listeners</th></tr>\n",
        balancer.in_service,
        balancer.registered,
        counts.requests,
        counts.own_5xx + counts.instance_5xx,
        milliseconds(latency.quantile(0.5)),
        milliseconds(latency.quantile(0.99)),
        account = escaped(&balancer.account),
        name = escaped(&balancer.name),
        dns = escaped(&balancer.dns_name),
    );
    for servo in &balancer.servos {
        let listeners: Vec<String> = servo
            .listeners
            .iter()
            .map(|listener| match &listener.error {
                None => format!("{} {}", listener.protocol, listener.port),
                Some(error) => format!("{} {}: {error}", listener.protocol, listener.port),
            })
            .collect();
        let _ = writeln!(
            body,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{state}\">{state}</td><td>{}</td></tr>",
            escaped(&servo.id),
            escaped(&servo.zone),
            servo.address,
            escaped(&listeners.join(", ")),
            state = escaped(&servo.state),
        );
    }
    body.push_str(
        "</table>\n<table class=\"instances\">\n\
         <tr><th>instance</th><th>zone</th><th>state</th><th>last check</th></tr>\n",
    );
    for instance in &balancer.instances {
        let seen = instance
            .checked
            .as_deref()
            .or(instance.description.as_deref());
        let _ = writeln!(
            body,
            "<tr><td>{}</td><td>{}</td><td class=\"{state}\">{state}</td><td>{}</td></tr>",
            escaped(&instance.id),
            escaped(&instance.zone),
            escaped(seen.unwrap_or_default()),
            state = escaped(&instance.state),
        );
    }
    body.push_str("</table>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(
            escaped("<a href=\"x\">'&"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"
        );
        let page = message("<script>", "n");
        assert!(page.contains("<p>&lt;script&gt;</p>"));
        // What is inlined must not end its own element.
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
