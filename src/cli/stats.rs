//! `eulb stats`: the metrics of a load balancer, as CloudWatch has them.

use super::exit::Failure;
use super::local::{Place, ask};
use super::report;
use crate::wire::local::{StatPoint, StatSeries, Stats};
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use std::fmt::Write as _;
use std::io::IsTerminal as _;

/// Characters of a sparkline, from the lowest to the highest.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Widest sparkline, in characters; the period is chosen to fit, unless one is given.
const WIDEST: i64 = 60;

/// Show the metrics of a load balancer: requests, latency, errors, instances in service
///
/// The figures are those that CloudWatch has in namespace AWS/ELB, added up over all zones unless one is named.
/// They are put once a minute (of the cloud's clock), so that the newest minute may be missing, and kept for two weeks.
/// On a terminal each metric has a sparkline.
#[derive(Debug, Parser)]
#[command(name = "stats")]
struct ShowStats {
    #[command(flatten)]
    place: Place,
    /// Name of the load balancer (required)
    #[arg(value_name = "ELB")]
    balancer: String,
    /// Number or alias of its account, where several have one of that name
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Show these metrics only, such as Latency or RequestCount (can be repeated)
    #[arg(long, value_name = "METRIC")]
    metric: Vec<String>,
    /// Look at one availability zone only
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// How far to look back: 90s, 30m, 1h, 2d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = span)]
    since: Span,
    /// Seconds that make one value, a multiple of 60 (default: what makes at most 60 values)
    #[arg(long, value_name = "SECONDS", value_parser = period)]
    period: Option<i64>,
    /// How to print: text, json or csv
    #[arg(
        long,
        value_name = "FORM",
        default_value = "text",
        hide_possible_values = true
    )]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
    Csv,
}

/// Seconds to look back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span(i64);

/// Longest look back, in seconds: what is kept.
const LONGEST: i64 = 14 * 86_400;

fn span(text: &str) -> Result<Span, String> {
    let bad = || format!("'{text}' is not a time from 1s to 14d, such as 30m or 1h");
    let (number, unit) = match text.char_indices().last() {
        Some((at, unit)) if !unit.is_ascii_digit() => (&text[..at], unit),
        _ => (text, 's'),
    };
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(bad()),
    };
    let number: i64 = number.parse().map_err(|_| bad())?;
    let all = number.checked_mul(seconds).ok_or_else(bad)?;
    if (1..=LONGEST).contains(&all) {
        Ok(Span(all))
    } else {
        Err(bad())
    }
}

fn period(text: &str) -> Result<i64, String> {
    text.parse()
        .ok()
        .filter(|seconds: &i64| *seconds > 0 && seconds % 60 == 0 && *seconds <= LONGEST)
        .ok_or_else(|| format!("'{text}' is not a multiple of 60 seconds"))
}

/// The options of `eulb stats`.
pub fn describe() -> clap::Command {
    ShowStats::command()
}

/// Shows what the options ask for.
///
/// # Errors
///
/// The cloud does not run, or has no such load balancer, or no such metric of it.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let show = ShowStats::from_arg_matches(matches).map_err(Failure::usage)?;
    let Span(since) = show.since;
    // Whole minutes, and as few as make one line.
    let fitting = (since + 60 * WIDEST - 1) / (60 * WIDEST) * 60;
    let period = show.period.unwrap_or(fitting);
    let mut route = format!(
        "/_eulb/stats?lb={}&since={since}&period={period}",
        report::in_url(&show.balancer)
    );
    for (name, value) in [("account", &show.account), ("zone", &show.zone)] {
        if let Some(value) = value {
            let _ = write!(route, "&{name}={}", report::in_url(value));
        }
    }
    let mut stats: Stats = ask(show.place.client()?.get(&route))?;
    if !show.metric.is_empty() {
        let known: Vec<String> = stats.metrics.iter().map(|of| of.metric.clone()).collect();
        if let Some(unknown) = show.metric.iter().find(|wanted| !known.contains(wanted)) {
            return Err(Failure::new(match known.is_empty() {
                true => format!(
                    "there are no values of {unknown} yet; they are put once a minute of the cloud's clock"
                ),
                false => format!(
                    "there are no values of {unknown}; there are some of {}",
                    known.join(", ")
                ),
            }));
        }
        stats.metrics.retain(|of| show.metric.contains(&of.metric));
    }
    match show.output {
        Form::Json => {
            let text = serde_json::to_string_pretty(&stats).map_err(Failure::new)?;
            report::print(&format!("{text}\n"))
        }
        Form::Csv => report::print(&csv(&stats)),
        Form::Text => report::print(&table(&stats, std::io::stdout().is_terminal())),
    }
}

fn csv(stats: &Stats) -> String {
    let mut text = "metric,unit,time,samples,sum,average,minimum,maximum,p50,p99\n".to_owned();
    for series in &stats.metrics {
        for point in &series.points {
            let optional =
                |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            // Names of metrics and units are ours, or the caller's without commas: quoted all the same.
            let _ = writeln!(
                text,
                "{},{},{},{},{},{},{},{},{},{}",
                quoted(&series.metric),
                quoted(&series.unit),
                moment(point.at_seconds),
                point.count,
                point.sum,
                point.average,
                point.minimum,
                point.maximum,
                optional(point.p50),
                optional(point.p99),
            );
        }
    }
    text
}

/// A field of CSV (RFC 4180).
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The statistic that says most of a metric: its name, the whole, and what one period has.
fn telling(series: &StatSeries) -> (&'static str, f64, fn(&StatPoint) -> f64) {
    let points = &series.points;
    let all = |of: fn(&StatPoint) -> f64| points.iter().map(of).sum::<f64>();
    match series.metric.as_str() {
        "Latency" => {
            let count = all(|point| point.count);
            let average = if count == 0.0 {
                0.0
            } else {
                all(|point| point.sum) / count
            };
            ("average", average, |point| point.average)
        }
        "HealthyHostCount" | "UnHealthyHostCount" => {
            let last = points.last().map_or(0.0, |point| point.average);
            ("last", last, |point| point.average)
        }
        "SurgeQueueLength" => {
            let most = points.iter().map(|point| point.maximum).fold(0.0, f64::max);
            ("maximum", most, |point| point.maximum)
        }
        _ => ("sum", all(|point| point.sum), |point| point.sum),
    }
}

fn table(stats: &Stats, terminal: bool) -> String {
    let mut text = format!(
        "{} of account {}, since {}, {} s each\n",
        report::visible(&stats.balancer),
        report::visible(&stats.account),
        moment(stats.from_seconds),
        stats.period_seconds
    );
    if stats.metrics.is_empty() {
        text.push_str("no values yet; they are put once a minute\n");
    }
    for series in &stats.metrics {
        let (statistic, whole, of) = telling(series);
        let shown = if whole.fract() == 0.0 {
            format!("{whole}")
        } else {
            format!("{whole:.6}")
        };
        let mut line = format!(
            "{:<26} {statistic:<8} {shown:>12} {:<8}",
            report::visible(&series.metric),
            report::visible(&series.unit)
        );
        if let Some(slowest) = series
            .points
            .iter()
            .filter_map(|point| point.p99)
            .reduce(f64::max)
            && series.metric == "Latency"
        {
            let _ = write!(line, " p99 {slowest:.6}");
        }
        if terminal {
            let _ = write!(line, " {}", sparkline(stats, series, of));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// One character for each period; a period without a value is blank.
fn sparkline(stats: &Stats, series: &StatSeries, of: fn(&StatPoint) -> f64) -> String {
    let most = series.points.iter().map(of).fold(0.0, f64::max);
    let periods = (stats.to_seconds - stats.from_seconds) / stats.period_seconds.max(1);
    (0..periods)
        .map(|period| {
            let at = stats.from_seconds + period * stats.period_seconds;
            let point = series.points.iter().find(|point| point.at_seconds == at);
            point.map_or(' ', |point| {
                let share = if most > 0.0 { of(point) / most } else { 0.0 };
                BARS[((share * 7.0).round() as usize).min(7)]
            })
        })
        .collect()
}

/// `2026-11-25T22:48:00Z`
fn moment(seconds: i64) -> String {
    let format =
        time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    time::OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_else(|| seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn stats() -> Stats {
        let point = |at: i64, count: f64, sum: f64| StatPoint {
            at_seconds: 1_385_420_880 + at,
            count,
            sum,
            average: sum / count,
            minimum: 0.001,
            maximum: sum,
            p50: Some(0.002),
            p99: None,
        };
        let series = |metric: &str, unit: &str, points| StatSeries {
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            points,
        };
        Stats {
            balancer: "web".to_owned(),
            account: "000000000001".to_owned(),
            from_seconds: 1_385_420_880,
            to_seconds: 1_385_421_120,
            period_seconds: 60,
            metrics: vec![
                series(
                    "HealthyHostCount",
                    "Count",
                    vec![point(0, 1.0, 2.0), point(180, 2.0, 2.0)],
                ),
                series("Latency", "Seconds", vec![point(60, 4.0, 0.008)]),
                series(
                    "RequestCount",
                    "Count",
                    vec![
                        point(0, 1.0, 1.0),
                        point(60, 8.0, 8.0),
                        point(180, 4.0, 4.0),
                    ],
                ),
            ],
        }
    }

    #[test]
    fn figures_have_the_statistic_that_says_most() {
        expect![[r"
            web of account 000000000001, since 2013-11-25T23:08:00Z, 60 s each
            HealthyHostCount           last                1 Count    █  ▅
            Latency                    average      0.002000 Seconds   █
            RequestCount               sum                13 Count    ▂█ ▅
        "]]
        .assert_eq(&table(&stats(), true));
        let piped = table(&stats(), false);
        assert!(
            !piped.contains('█')
                && piped.contains("RequestCount               sum                13 Count\n"),
            "{piped}"
        );
        let csv = csv(&stats());
        assert_eq!(csv.lines().count(), 7);
        assert!(
            csv.contains("Latency,Seconds,2013-11-25T23:09:00Z,4,0.008,0.002,0.001,0.008,0.002,\n"),
            "{csv}"
        );
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn times_and_periods_are_read() {
        for (text, expected) in [
            ("90", Some(90)),
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("1h", Some(3600)),
            ("14d", Some(1_209_600)),
            ("15d", None),
            ("0", None),
            ("-1h", None),
            ("h", None),
            ("1y", None),
            ("", None),
        ] {
            assert_eq!(span(text).ok(), expected.map(Span), "{text}");
        }
        for (text, expected) in [
            ("60", Some(60)),
            ("3600", Some(3600)),
            ("61", None),
            ("0", None),
            ("x", None),
        ] {
            assert_eq!(period(text).ok(), expected, "{text}");
        }
    }
}
