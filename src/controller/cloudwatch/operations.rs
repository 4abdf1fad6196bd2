//! ListMetrics, GetMetricStatistics, GetMetricData, PutMetricData.
//!
//! Source: CloudWatch API reference 2010-08-01.

use super::sampler::NAMESPACE as ELB;
use super::store::{Dimensions, KEPT, Metrics, Point, SeriesKey};
use crate::model::account::AccountId;
use crate::model::timestamp::Timestamp;
use crate::wire::cloudwatch::{
    Dimension, GetMetricData, GetMetricStatistics, ListMetrics, MetricDataQuery, MetricDatum,
    Moment, Number, PutMetricData, Unreadable, decode,
};
use crate::wire::release::{Feature, Release};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Data points of one GetMetricStatistics, and of one GetMetricData.
const STATISTICS_POINTS: i64 = 1_440;
const DATA_POINTS: usize = 100_800;
/// Queries of one GetMetricData.
const QUERIES: usize = 500;
/// Metrics of a page of ListMetrics.
const PAGE: usize = 500;
/// Metrics of one PutMetricData, and values of one metric.
const DATA: usize = 1_000;
const VALUES: usize = 150;
/// Dimensions of a metric.
const DIMENSIONS: usize = 30;
/// Characters of a name.
const NAME: usize = 255;
/// How far in the future a value may be, in seconds.
const FUTURE_SECONDS: f64 = 2.0 * 3600.0;
/// Dimensions of a metric of the caller's own whose subsets are listed: each doubles their number.
const LISTED_SUBSETS: usize = 3;

const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// A refusal: code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub code: &'static str,
    pub message: String,
}

fn refused<T>(code: &'static str, message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused {
        code,
        message: message.into(),
    })
}

impl From<Unreadable> for Refused {
    fn from(Unreadable(message): Unreadable) -> Refused {
        Refused {
            code: "ValidationError",
            message,
        }
    }
}

fn invalid<T>(name: &str, value: &str) -> Result<T, Refused> {
    refused(
        "InvalidParameterValue",
        format!("The value {value} for parameter {name} is invalid."),
    )
}

fn required<T>(value: Option<T>, name: &str) -> Result<T, Refused> {
    value.ok_or_else(|| Refused {
        code: "MissingParameter",
        message: format!("The parameter {name} is required."),
    })
}

/// What an operation may know.
pub struct Desk<'d> {
    pub metrics: &'d mut Metrics,
    pub account: &'d AccountId,
    pub release: Release,
    pub now: Timestamp,
}

/// The operations that are here.
pub const OPERATIONS: [&str; 4] = [
    "GetMetricData",
    "GetMetricStatistics",
    "ListMetrics",
    "PutMetricData",
];

/// Answers an operation.
///
/// # Errors
///
/// It is none of those here, or its request makes no sense.
pub fn answer(operation: &str, request: Value, desk: &mut Desk<'_>) -> Result<Value, Refused> {
    match operation {
        "ListMetrics" => list(&decode(request)?, desk),
        "GetMetricStatistics" => statistics(&decode(request)?, desk),
        "GetMetricData" => data(&decode(request)?, desk),
        "PutMetricData" => put(&decode(request)?, desk),
        _ => refused(
            "InvalidAction",
            format!(
                "{operation} is not an operation of this local cloud's CloudWatch; there are {}",
                OPERATIONS.join(", ")
            ),
        ),
    }
}

/// Whether values of a metric are also those of every subset of its dimensions. Metrics of load
/// balancers always are; the caller's own were until Eucalyptus 4.2.
fn folds(namespace: &str, release: Release) -> bool {
    namespace == ELB || release.has(Feature::DimensionFolding)
}

/// Whether a series is meant by dimensions that are asked for.
fn is_meant(key: &SeriesKey, asked: &[Dimension], folds: bool) -> bool {
    let has = |dimension: &Dimension| {
        let value = dimension.value.as_deref().unwrap_or_default();
        let mut own = key.dimensions.iter();
        own.any(|(name, own)| **name == *dimension.name && **own == *value)
    };
    asked.iter().all(has) && (folds || asked.len() == key.dimensions.len())
}

fn list(request: &ListMetrics, desk: &mut Desk<'_>) -> Result<Value, Refused> {
    let mut found: BTreeSet<(Arc<str>, Arc<str>, Dimensions)> = BTreeSet::new();
    for (key, _) in desk
        .metrics
        .series(desk.account, request.namespace.as_deref())
    {
        if request
            .metric_name
            .as_ref()
            .is_some_and(|name| **name != *key.metric)
        {
            continue;
        }
        let folded = folds(&key.namespace, desk.release) && key.dimensions.len() <= LISTED_SUBSETS;
        let subsets = if folded {
            1_u32 << key.dimensions.len()
        } else {
            1
        };
        for subset in 0..subsets {
            let dimensions: Dimensions = key
                .dimensions
                .iter()
                .enumerate()
                .filter(|(at, _)| subset & (1 << at) == 0)
                .map(|(_, dimension)| dimension.clone())
                .collect();
            let passes = request.dimensions.iter().all(|wanted| {
                dimensions.iter().any(|(name, value)| {
                    **name == *wanted.name
                        && wanted
                            .value
                            .as_ref()
                            .is_none_or(|wanted| **wanted == **value)
                })
            });
            if passes {
                found.insert((key.namespace.clone(), key.metric.clone(), dimensions));
            }
        }
    }
    let from = match &request.next_token {
        Some(token) => match token.parse::<usize>() {
            Ok(from) if from <= found.len() => from,
            _ => return invalid("NextToken", token),
        },
        None => 0,
    };
    let more = found.len() > from + PAGE;
    let page = found.into_iter().skip(from).take(PAGE);
    let metrics: Vec<Value> = page
        .map(|(namespace, metric, dimensions)| {
            let dimensions: Vec<Value> = dimensions
                .iter()
                .map(|(name, value)| json!({"Name": **name, "Value": **value}))
                .collect();
            json!({"Namespace": *namespace, "MetricName": *metric, "Dimensions": dimensions})
        })
        .collect();
    Ok(json!({
        "Metrics": metrics,
        "NextToken": more.then(|| (from + PAGE).to_string()),
    }))
}

/// What a statistic is of a period's values.
fn statistic(name: &str, point: &Point) -> Result<Option<f64>, Refused> {
    Ok(Some(match name {
        "SampleCount" => point.count,
        "Sum" => point.sum,
        "Average" => point.average(),
        "Minimum" => point.minimum,
        "Maximum" => point.maximum,
        other => {
            let percent = other
                .strip_prefix('p')
                .and_then(|text| text.parse::<f64>().ok());
            match percent.filter(|percent| (0.0..=100.0).contains(percent)) {
                Some(percent) => return Ok(point.quantile(percent / 100.0)),
                None => return invalid("Statistic", other),
            }
        }
    }))
}

/// Whole minutes from one moment to another, and those of a period.
struct Range {
    start: i64,
    end: i64,
    period: i64,
}

impl Range {
    fn read(
        start: Option<Moment>,
        end: Option<Moment>,
        period: Option<Number>,
    ) -> Result<Range, Refused> {
        let Moment(start) = required(start, "StartTime")?;
        let Moment(end) = required(end, "EndTime")?;
        let Number(period) = required(period, "Period")?;
        let whole = period >= 60.0 && period % 60.0 == 0.0 && period <= 86_400.0 * 365.0;
        if !whole {
            return refused(
                "InvalidParameterValue",
                format!("The parameter Period must be a multiple of 60 (it is {period})"),
            );
        }
        if start >= end {
            return refused(
                "InvalidParameterValue",
                "The parameter StartTime must be less than the parameter EndTime.",
            );
        }
        Ok(Range {
            start: (start / 60.0).floor() as i64,
            end: (end / 60.0).ceil() as i64,
            period: (period / 60.0) as i64,
        })
    }

    fn points(&self) -> i64 {
        (self.end - self.start + self.period - 1) / self.period
    }
}

/// The values of a metric, by the seconds at which their period begins, and by unit.
fn gather<'m>(
    (namespace, metric, asked, unit): (&'m str, &str, &[Dimension], Option<&str>),
    range: &Range,
    desk: &'m Desk<'_>,
) -> BTreeMap<(&'m str, i64), Point> {
    let folds = folds(namespace, desk.release);
    let mut gathered: BTreeMap<(&str, i64), Point> = BTreeMap::new();
    for (key, points) in desk.metrics.series(desk.account, Some(namespace)) {
        let meant = *key.metric == *metric
            && unit.is_none_or(|unit| *key.unit == *unit)
            && is_meant(key, asked, folds);
        if !meant {
            continue;
        }
        for (minute, point) in points.range(range.start..range.end.max(range.start)) {
            let begins = minute - (minute - range.start) % range.period;
            gathered
                .entry((&key.unit, begins * 60))
                .and_modify(|known| known.add(point))
                .or_insert_with(|| point.clone());
        }
    }
    gathered
}

fn statistics(request: &GetMetricStatistics, desk: &mut Desk<'_>) -> Result<Value, Refused> {
    let namespace = required(request.namespace.as_deref(), "Namespace")?;
    let metric = required(request.metric_name.as_deref(), "MetricName")?;
    let range = Range::read(request.start_time, request.end_time, request.period)?;
    if request.statistics.is_empty() && request.extended_statistics.is_empty() {
        return refused("MissingParameter", "The parameter Statistics is required.");
    }
    if range.points() > STATISTICS_POINTS {
        return refused(
            "InvalidParameterCombination",
            format!(
                "You have requested up to {} datapoints, which exceeds the limit of {STATISTICS_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
                range.points()
            ),
        );
    }
    let what = (
        namespace,
        metric,
        &*request.dimensions,
        request.unit.as_deref(),
    );
    let mut datapoints = Vec::new();
    for ((unit, at), point) in gather(what, &range, desk) {
        let mut datapoint = Map::new();
        datapoint.insert("Timestamp".to_owned(), at.into());
        for name in &request.statistics {
            if name.starts_with('p') {
                return invalid("Statistics", name);
            }
            datapoint.insert(name.clone(), statistic(name, &point)?.into());
        }
        datapoint.insert("Unit".to_owned(), unit.into());
        if !request.extended_statistics.is_empty() {
            let mut extended = Map::new();
            for name in &request.extended_statistics {
                if let Some(value) = statistic(name, &point)? {
                    extended.insert(name.clone(), value.into());
                }
            }
            datapoint.insert("ExtendedStatistics".to_owned(), extended.into());
        }
        datapoints.push(Value::Object(datapoint));
    }
    Ok(json!({"Label": metric, "Datapoints": datapoints}))
}

fn data(request: &GetMetricData, desk: &mut Desk<'_>) -> Result<Value, Refused> {
    let queries = &request.metric_data_queries;
    if queries.is_empty() || queries.len() > QUERIES {
        return refused(
            "ValidationError",
            format!("The collection MetricDataQueries must have 1 to {QUERIES} items."),
        );
    }
    let ascending = match request.scan_by.as_deref() {
        None | Some("TimestampDescending") => false,
        Some("TimestampAscending") => true,
        Some(other) => return invalid("ScanBy", other),
    };
    let mut ids = BTreeSet::new();
    let mut results = Vec::new();
    let mut points = 0;
    for query in queries {
        let id = required(query.id.as_deref(), "Id")?;
        let fits = id.starts_with(|first: char| first.is_ascii_lowercase())
            && id.chars().all(|of| of.is_ascii_alphanumeric() || of == '_');
        if !fits || !ids.insert(id) {
            return invalid("Id", id);
        }
        let (label, mut values) = query_values(query, request, desk)?;
        points += values.len();
        if points > DATA_POINTS {
            return refused(
                "ValidationError",
                format!("more than {DATA_POINTS} data points are asked for"),
            );
        }
        if query.return_data.is_some_and(|flag| !flag.0) {
            continue;
        }
        if !ascending {
            values.reverse();
        }
        let (timestamps, values): (Vec<i64>, Vec<f64>) = values.into_iter().unzip();
        results.push(json!({
            "Id": id, "Label": label, "Timestamps": timestamps, "Values": values,
            "StatusCode": "Complete",
        }));
    }
    Ok(json!({"MetricDataResults": results, "Messages": []}))
}

fn query_values(
    query: &MetricDataQuery,
    request: &GetMetricData,
    desk: &Desk<'_>,
) -> Result<(String, Vec<(i64, f64)>), Refused> {
    let Some(wanted) = query
        .metric_stat
        .as_ref()
        .filter(|_| query.expression.is_none())
    else {
        return refused(
            "ValidationError",
            "this local cloud's CloudWatch evaluates no expressions: give a MetricStat",
        );
    };
    let namespace = required(
        wanted.metric.namespace.as_deref(),
        "MetricStat.Metric.Namespace",
    )?;
    let metric = required(
        wanted.metric.metric_name.as_deref(),
        "MetricStat.Metric.MetricName",
    )?;
    let stat = required(wanted.stat.as_deref(), "MetricStat.Stat")?;
    let range = Range::read(request.start_time, request.end_time, wanted.period)?;
    let what = (
        namespace,
        metric,
        &*wanted.metric.dimensions,
        wanted.unit.as_deref(),
    );
    let mut values = Vec::new();
    for ((_, at), point) in gather(what, &range, desk) {
        if let Some(value) = statistic(stat, &point)? {
            values.push((at, value));
        }
    }
    values.sort_unstable_by_key(|(at, _)| *at);
    let label = query.label.clone().unwrap_or_else(|| metric.to_owned());
    Ok((label, values))
}

fn put(request: &PutMetricData, desk: &mut Desk<'_>) -> Result<Value, Refused> {
    let namespace = required(request.namespace.as_deref(), "Namespace")?;
    // Those of the services are theirs.
    if namespace.starts_with("AWS/") || namespace.is_empty() || namespace.len() > NAME {
        return invalid("Namespace", namespace);
    }
    if request.metric_data.is_empty() || request.metric_data.len() > DATA {
        return refused(
            "MissingParameter",
            format!("The parameter MetricData must have 1 to {DATA} items."),
        );
    }
    // All or nothing: everything is looked at before anything is kept.
    let mut minutes: BTreeMap<i64, Vec<(SeriesKey, Point)>> = BTreeMap::new();
    for datum in &request.metric_data {
        let (minute, key, point) = read_datum(datum, namespace, desk)?;
        minutes.entry(minute).or_default().push((key, point));
    }
    let now = desk.now.0.div_euclid(60_000);
    for (minute, points) in minutes {
        match desk.metrics.put(minute, now, points) {
            Ok(0) => {}
            Ok(_) => return refused("LimitExceeded", "there are too many different metrics"),
            Err(error) => {
                tracing::error!(target: "cloudwatch", %error, "metrics cannot be written");
            }
        }
    }
    Ok(json!({}))
}

fn read_datum(
    datum: &MetricDatum,
    namespace: &str,
    desk: &Desk<'_>,
) -> Result<(i64, SeriesKey, Point), Refused> {
    let metric = required(datum.metric_name.as_deref(), "MetricData.MetricName")?;
    if metric.is_empty() || metric.len() > NAME {
        return invalid("MetricData.MetricName", metric);
    }
    let unit = datum.unit.as_deref().unwrap_or("None");
    if !UNITS.contains(&unit) {
        return invalid("MetricData.Unit", unit);
    }
    if datum.dimensions.len() > DIMENSIONS {
        return refused(
            "InvalidParameterValue",
            format!("a metric has {DIMENSIONS} dimensions at most"),
        );
    }
    let mut dimensions = Dimensions::new();
    for dimension in &datum.dimensions {
        let value = dimension.value.as_deref().unwrap_or_default();
        let fits = |text: &str| !text.is_empty() && text.len() <= NAME;
        if !fits(&dimension.name) || !fits(value) {
            return invalid("MetricData.Dimensions", &dimension.name);
        }
        dimensions.push((dimension.name.as_str().into(), value.into()));
    }
    dimensions.sort();
    let now = desk.now.0 as f64 / 1000.0;
    let Moment(at) = datum.timestamp.unwrap_or(Moment(now));
    if at < now - KEPT.as_secs_f64() || at > now + FUTURE_SECONDS {
        return refused(
            "InvalidParameterValue",
            "The parameter MetricData.Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.",
        );
    }
    let point = read_values(datum)?;
    let all = [point.count, point.sum, point.minimum, point.maximum];
    if !all.iter().all(|value| value.is_finite()) {
        return invalid("MetricData.Value", "that is no finite number");
    }
    let key = SeriesKey {
        account: desk.account.clone(),
        namespace: namespace.into(),
        metric: metric.into(),
        dimensions,
        unit: unit.into(),
    };
    Ok(((at / 60.0).floor() as i64, key, point))
}

fn read_values(datum: &MetricDatum) -> Result<Point, Refused> {
    match (&datum.value, &datum.statistic_values, &*datum.values) {
        (Some(Number(value)), None, []) => Ok(Point::of(*value)),
        (None, Some(set), []) => {
            let Number(count) = set.sample_count;
            if count <= 0.0 {
                return invalid("MetricData.StatisticValues.SampleCount", &count.to_string());
            }
            Ok(Point::set(count, set.sum.0, set.minimum.0, set.maximum.0))
        }
        (None, None, values @ [_, ..]) if values.len() <= VALUES => {
            let counts = &datum.counts;
            if !counts.is_empty() && counts.len() != values.len() {
                return refused(
                    "InvalidParameterValue",
                    "The parameters MetricData.Values and MetricData.Counts must be of the same size.",
                );
            }
            let mut whole: Option<Point> = None;
            for (at, Number(value)) in values.iter().enumerate() {
                let count = counts.get(at).map_or(1.0, |Number(count)| *count);
                if count <= 0.0 {
                    return invalid("MetricData.Counts", &count.to_string());
                }
                let point = Point::set(count, count * value, *value, *value);
                match &mut whole {
                    Some(whole) => whole.add(&point),
                    None => whole = Some(point),
                }
            }
            required(whole, "MetricData.Values")
        }
        (None, None, []) => required(None, "MetricData.Value"),
        _ => refused(
            "InvalidParameterCombination",
            "a metric has one of Value, StatisticValues and Values",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    const NOW: i64 = 1_385_420_880_000;

    fn filled() -> Metrics {
        let mut metrics = Metrics::default();
        let key = |zone: &str| SeriesKey {
            account: AccountId::new("000000000001"),
            namespace: ELB.into(),
            metric: "RequestCount".into(),
            dimensions: vec![
                ("AvailabilityZone".into(), zone.into()),
                ("LoadBalancerName".into(), "web".into()),
            ],
            unit: "Count".into(),
        };
        let now = NOW / 60_000;
        for (minute, zone, count) in [
            (-3, "PARTI00", 2.0),
            (-3, "PARTI01", 3.0),
            (-1, "PARTI00", 5.0),
        ] {
            let point = Point::set(count, count, 1.0, 1.0);
            metrics
                .put(now + minute, now, vec![(key(zone), point)])
                .unwrap();
        }
        metrics
    }

    fn ask(metrics: &mut Metrics, release: Release, operation: &str, request: Value) -> String {
        let mut desk = Desk {
            metrics,
            account: &AccountId::new("000000000001"),
            release,
            now: Timestamp(NOW),
        };
        match answer(operation, request, &mut desk) {
            Ok(answer) => answer.to_string(),
            Err(Refused { code, message }) => format!("{code}: {message}"),
        }
    }

    fn check(operation: &str, request: Value, expected: Expect) {
        expected.assert_eq(&ask(&mut filled(), Release::V3_3_0, operation, request));
    }

    fn statistics_of(dimensions: Value) -> Value {
        json!({
            "Namespace": "AWS/ELB", "MetricName": "RequestCount", "Dimensions": dimensions,
            "StartTime": NOW / 1000 - 240, "EndTime": NOW / 1000, "Period": 60,
            "Statistics": ["Sum", "SampleCount"],
        })
    }

    #[test]
    fn a_metric_is_added_up_over_the_dimensions_that_are_left_out() {
        check(
            "GetMetricStatistics",
            statistics_of(json!([{"Name": "LoadBalancerName", "Value": "web"}])),
            expect![[
                r#"{"Label":"RequestCount","Datapoints":[{"Timestamp":1385420700,"Sum":5.0,"SampleCount":5.0,"Unit":"Count"},{"Timestamp":1385420820,"Sum":5.0,"SampleCount":5.0,"Unit":"Count"}]}"#
            ]],
        );
        check(
            "GetMetricStatistics",
            statistics_of(json!([{"Name": "AvailabilityZone", "Value": "PARTI01"}])),
            expect![[
                r#"{"Label":"RequestCount","Datapoints":[{"Timestamp":1385420700,"Sum":3.0,"SampleCount":3.0,"Unit":"Count"}]}"#
            ]],
        );
        check(
            "GetMetricStatistics",
            statistics_of(json!([{"Name": "LoadBalancerName", "Value": "other"}])),
            expect![[r#"{"Label":"RequestCount","Datapoints":[]}"#]],
        );
        let mut whole = statistics_of(json!([]));
        whole["Period"] = json!("240");
        check(
            "GetMetricStatistics",
            whole,
            expect![[
                r#"{"Label":"RequestCount","Datapoints":[{"Timestamp":1385420640,"Sum":10.0,"SampleCount":10.0,"Unit":"Count"}]}"#
            ]],
        );
    }

    #[test]
    fn metrics_are_listed_with_every_subset_of_their_dimensions() {
        check(
            "ListMetrics",
            json!({"Namespace": "AWS/ELB", "Dimensions": [{"Name": "AvailabilityZone"}]}),
            expect![[
                r#"{"Metrics":[{"Namespace":"AWS/ELB","MetricName":"RequestCount","Dimensions":[{"Name":"AvailabilityZone","Value":"PARTI00"}]},{"Namespace":"AWS/ELB","MetricName":"RequestCount","Dimensions":[{"Name":"AvailabilityZone","Value":"PARTI00"},{"Name":"LoadBalancerName","Value":"web"}]},{"Namespace":"AWS/ELB","MetricName":"RequestCount","Dimensions":[{"Name":"AvailabilityZone","Value":"PARTI01"}]},{"Namespace":"AWS/ELB","MetricName":"RequestCount","Dimensions":[{"Name":"AvailabilityZone","Value":"PARTI01"},{"Name":"LoadBalancerName","Value":"web"}]}],"NextToken":null}"#
            ]],
        );
        check(
            "ListMetrics",
            json!({"MetricName": "Latency"}),
            expect![[r#"{"Metrics":[],"NextToken":null}"#]],
        );
    }

    #[test]
    fn data_are_newest_first_unless_told_otherwise() {
        let query = |scan: &str| {
            json!({
                "MetricDataQueries": [{"Id": "m1", "MetricStat": {"Period": 60, "Stat": "Sum",
                    "Metric": {"Namespace": "AWS/ELB", "MetricName": "RequestCount"}}}],
                "StartTime": NOW / 1000 - 240, "EndTime": NOW / 1000, "ScanBy": scan,
            })
        };
        check(
            "GetMetricData",
            query("TimestampDescending"),
            expect![[
                r#"{"MetricDataResults":[{"Id":"m1","Label":"RequestCount","Timestamps":[1385420820,1385420700],"Values":[5.0,5.0],"StatusCode":"Complete"}],"Messages":[]}"#
            ]],
        );
        check(
            "GetMetricData",
            query("Sideways"),
            expect!["InvalidParameterValue: The value Sideways for parameter ScanBy is invalid."],
        );
    }

    #[test]
    fn what_was_put_is_there_and_folds_as_the_release_does() {
        let put = json!({"Namespace": "Shop", "MetricData": [
            {"MetricName": "Sales", "Value": 3, "Unit": "Count", "Dimensions": [{"Name": "Till", "Value": "1"}]},
            {"MetricName": "Sales", "Values": [1, 2], "Counts": [2, 1], "Unit": "Count", "Dimensions": [{"Name": "Till", "Value": "2"}]},
        ]});
        let get = json!({
            "Namespace": "Shop", "MetricName": "Sales", "StartTime": NOW / 1000 - 60,
            "EndTime": NOW / 1000 + 60, "Period": 60, "Statistics": ["Sum", "Maximum"],
        });
        for (release, expected) in [
            (
                Release::V3_3_0,
                r#"[{"Timestamp":1385420880,"Sum":7.0,"Maximum":3.0,"Unit":"Count"}]"#,
            ),
            (Release::V4_2_0, "[]"),
            (Release::Aws, "[]"),
        ] {
            let mut metrics = Metrics::default();
            assert_eq!(
                ask(&mut metrics, release, "PutMetricData", put.clone()),
                "{}"
            );
            let told = ask(&mut metrics, release, "GetMetricStatistics", get.clone());
            assert_eq!(
                told,
                format!(r#"{{"Label":"Sales","Datapoints":{expected}}}"#),
                "{release}"
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_whole() {
        let datum = |datum: Value| json!({"Namespace": "Shop", "MetricData": [{"MetricName": "a", "Value": 1}, datum]});
        let changed = |name: &str, value: Value| {
            let mut request = statistics_of(json!([]));
            request[name] = value;
            request
        };
        for (operation, request, expected) in [
            (
                "PutMetricData",
                json!({"Namespace": "AWS/ELB"}),
                "InvalidParameterValue: The value AWS/ELB for parameter Namespace is invalid.",
            ),
            (
                "PutMetricData",
                datum(json!({"MetricName": "b"})),
                "MissingParameter: The parameter MetricData.Value is required.",
            ),
            (
                "PutMetricData",
                datum(json!({"MetricName": "b", "Value": 1, "Unit": "Furlongs"})),
                "InvalidParameterValue: The value Furlongs for parameter MetricData.Unit is invalid.",
            ),
            (
                "PutMetricData",
                datum(json!({"MetricName": "b", "Value": 1, "Timestamp": 0})),
                "InvalidParameterValue: The parameter MetricData.Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.",
            ),
            (
                "PutMetricData",
                datum(json!({"MetricName": "b", "Values": [1], "Counts": [1, 2]})),
                "InvalidParameterValue: The parameters MetricData.Values and MetricData.Counts must be of the same size.",
            ),
            (
                "GetMetricStatistics",
                changed("Period", json!(61)),
                "InvalidParameterValue: The parameter Period must be a multiple of 60 (it is 61)",
            ),
            (
                "GetMetricStatistics",
                changed("StartTime", json!(0)),
                "InvalidParameterCombination: You have requested up to 23090348 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
            ),
            (
                "GetMetricStatistics",
                changed("EndTime", json!(0)),
                "InvalidParameterValue: The parameter StartTime must be less than the parameter EndTime.",
            ),
            (
                "GetMetricStatistics",
                changed("Statistics", json!(["Mode"])),
                "InvalidParameterValue: The value Mode for parameter Statistic is invalid.",
            ),
            (
                "GetMetricStatistics",
                changed("Statistics", json!([])),
                "MissingParameter: The parameter Statistics is required.",
            ),
            (
                "PutMetricAlarm",
                json!({}),
                "InvalidAction: PutMetricAlarm is not an operation of this local cloud's CloudWatch; there are GetMetricData, GetMetricStatistics, ListMetrics, PutMetricData",
            ),
        ] {
            let mut metrics = filled();
            let told = ask(&mut metrics, Release::V3_3_0, operation, request);
            assert_eq!(told, expected);
            let listed = ask(
                &mut metrics,
                Release::V3_3_0,
                "ListMetrics",
                json!({"Namespace": "Shop"}),
            );
            assert_eq!(listed, r#"{"Metrics":[],"NextToken":null}"#);
        }
    }
}
