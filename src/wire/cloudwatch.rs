//! CloudWatch, as far as the metrics of load balancers need it: shapes, and the three protocols that
//! clients speak. Source: CloudWatch API reference 2010-08-01, and botocore's service model.
//!
//! | protocol | who speaks it | where |
//! |---|---|---|
//! | Query, answered in XML | euwatch, older SDKs | parameters of a form |
//! | JSON 1.0 | some newer SDKs | the header `X-Amz-Target` |
//! | CBOR (Smithy RPC v2) | boto3 and the AWS CLI of today | the path `/service/…/operation/…` |
//!
//! All three carry the same structures, so a request is read into one tree of values and an answer is
//! written from one; what differs is only how lists, numbers and moments are spelt.

use super::query::Parameters;
use super::xml::Writer;
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::fmt;

/// The version of the API.
pub const VERSION: &str = "2010-08-01";
/// The namespace of its answers in XML.
pub const NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";
/// The name of the service in the newer protocols.
pub const TARGET: &str = "GraniteServiceVersion20100801";

/// Levels of a list or structure in a Query parameter's name: `MetricDataQueries.member.1.MetricStat
/// .Metric.Dimensions.member.1.Name` has nine.
const DEEPEST_NAME: usize = 16;
/// Items of a list in a request. Source: PutMetricData takes 1000 metrics.
const LONGEST_LIST: usize = 1000;

/// How a request is spelt, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Query,
    Json,
    Cbor,
}

/// The operation that a path of the CBOR protocol names.
pub fn operation_of_path(path: &str) -> Option<&str> {
    let (_, rest) = path.rsplit_once("/service/")?;
    rest.strip_prefix(TARGET)?.strip_prefix("/operation/")
}

/// A moment, in seconds since the epoch: a number, or a text such as `2013-05-15T23:31:00Z`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment(pub f64);

/// A number, which Query writes as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Number(pub f64);

struct Reads<T>(fn(f64) -> T, fn(&str) -> Option<f64>, &'static str);

impl<T> Visitor<'_> for Reads<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.2)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        Ok((self.0)(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        Ok((self.0)(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        Ok((self.0)(value as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let read = (self.1)(text).filter(|value| value.is_finite());
        read.map(self.0)
            .ok_or_else(|| E::custom(format!("'{text}' is not {}", self.2)))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        deserializer.deserialize_any(Reads(Moment, seconds, "a moment"))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        deserializer.deserialize_any(Reads(Number, |text| text.parse().ok(), "a number"))
    }
}

/// Whether something is so, which Query writes as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Flag, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(flag) => Ok(Flag(flag)),
            Value::String(text) => Ok(Flag(text.eq_ignore_ascii_case("true"))),
            _ => Err(de::Error::custom("not true or false")),
        }
    }
}

/// Seconds since the epoch of `2013-05-15T23:31:00Z`, with or without a fraction or an offset.
fn seconds(text: &str) -> Option<f64> {
    use time::format_description::well_known::Rfc3339;
    let text = text.trim();
    // Some write `2013-05-15T23:31:00.5`, `2013-05-15T23:31` or `2013-05-15`, and mean UTC.
    let fraction = text.get(19..).and_then(|rest| rest.strip_prefix('.'));
    let unzoned = |fraction: &str| fraction.bytes().all(|byte| byte.is_ascii_digit());
    let zoned = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ if fraction.is_some_and(unzoned) => format!("{text}Z"),
        _ => text.to_owned(),
    };
    let zoned = zoned.replacen(' ', "T", 1);
    let moment = time::OffsetDateTime::parse(&zoned, &Rfc3339).ok()?;
    Some(moment.unix_timestamp_nanos() as f64 / 1e9)
}

/// `2013-05-15T23:31:00Z`
fn iso(seconds: f64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds as i64)
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    format!(
        "{}T{:02}:{:02}:{:02}Z",
        moment.date(),
        moment.hour(),
        moment.minute(),
        moment.second()
    )
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub struct $name { $(pub $field: $type,)* })*
    };
}

shapes! {
    /// A name and a value that a metric goes by; a filter may lack the value.
    Dimension { name: String, value: Option<String>, }
    ListMetrics {
        namespace: Option<String>,
        metric_name: Option<String>,
        dimensions: Vec<Dimension>,
        next_token: Option<String>,
    }
    GetMetricStatistics {
        namespace: Option<String>,
        metric_name: Option<String>,
        dimensions: Vec<Dimension>,
        start_time: Option<Moment>,
        end_time: Option<Moment>,
        period: Option<Number>,
        statistics: Vec<String>,
        extended_statistics: Vec<String>,
        unit: Option<String>,
    }
    PutMetricData { namespace: Option<String>, metric_data: Vec<MetricDatum>, }
    MetricDatum {
        metric_name: Option<String>,
        dimensions: Vec<Dimension>,
        timestamp: Option<Moment>,
        value: Option<Number>,
        statistic_values: Option<StatisticSet>,
        values: Vec<Number>,
        counts: Vec<Number>,
        unit: Option<String>,
    }
    StatisticSet { sample_count: Number, sum: Number, minimum: Number, maximum: Number, }
    GetMetricData {
        metric_data_queries: Vec<MetricDataQuery>,
        start_time: Option<Moment>,
        end_time: Option<Moment>,
        scan_by: Option<String>,
    }
    MetricDataQuery {
        id: Option<String>,
        metric_stat: Option<MetricStat>,
        expression: Option<String>,
        label: Option<String>,
        return_data: Option<Flag>,
    }
    MetricStat {
        metric: Metric,
        period: Option<Number>,
        stat: Option<String>,
        unit: Option<String>,
    }
    Metric { namespace: Option<String>, metric_name: Option<String>, dimensions: Vec<Dimension>, }
}

/// A request cannot be read; the text says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

/// Reads a request's tree into its shape.
///
/// # Errors
///
/// A field has a value of another kind.
pub fn decode<T: DeserializeOwned>(tree: Value) -> Result<T, Unreadable> {
    serde_json::from_value(tree).map_err(|error| Unreadable(error.to_string()))
}

/// The tree of a body in JSON or CBOR; an empty one has no fields.
///
/// # Errors
///
/// The body is not what its protocol says, or no structure.
pub fn tree_of_body(protocol: Protocol, body: &[u8]) -> Result<Value, Unreadable> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let tree = match protocol {
        Protocol::Cbor => {
            let value: ciborium::Value = ciborium::from_reader(body)
                .map_err(|error| Unreadable(format!("the body is not CBOR: {error}")))?;
            from_cbor(value).ok_or_else(|| Unreadable("the body is not a structure".to_owned()))?
        }
        _ => serde_json::from_slice(body)
            .map_err(|error| Unreadable(format!("the body is not JSON: {error}")))?,
    };
    if tree.is_object() {
        Ok(tree)
    } else {
        Err(Unreadable("the body is not a structure".to_owned()))
    }
}

fn from_cbor(value: ciborium::Value) -> Option<Value> {
    use ciborium::Value as Cbor;
    Some(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(flag) => flag.into(),
        Cbor::Integer(number) => i64::try_from(number).ok()?.into(),
        Cbor::Float(number) => number.into(),
        Cbor::Text(text) => text.into(),
        // Moments are tag 1.
        Cbor::Tag(_, value) => from_cbor(*value)?,
        Cbor::Array(items) => items.into_iter().map(from_cbor).collect::<Option<_>>()?,
        Cbor::Map(entries) => {
            let entries = entries.into_iter().map(|(name, value)| match name {
                Cbor::Text(name) => Some((name, from_cbor(value)?)),
                _ => None,
            });
            Value::Object(entries.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// The tree of Query parameters: `Dimensions.member.1.Name=…` is a list of structures.
///
/// # Errors
///
/// A name makes no sense beside the others, or a list is too long.
pub fn tree_of_parameters(parameters: &Parameters<'_>) -> Result<Value, Unreadable> {
    let mut tree = Value::Object(Map::new());
    for (name, value) in parameters.iter() {
        if matches!(name, "Action" | "Version") || name.starts_with("X-Amz-") {
            continue;
        }
        let steps: Vec<&str> = name.split('.').filter(|step| *step != "member").collect();
        if steps.len() > DEEPEST_NAME {
            return Err(Unreadable(format!("{name} is nested too deeply")));
        }
        plant(&mut tree, &steps, value)
            .ok_or_else(|| Unreadable(format!("{name} makes no sense beside the others")))?;
    }
    Ok(tree)
}

fn plant(tree: &mut Value, steps: &[&str], value: &str) -> Option<()> {
    let Some((step, rest)) = steps.split_first() else {
        *tree = Value::from(value);
        return Some(());
    };
    let place = match step.parse::<usize>() {
        Ok(number) => {
            if tree.is_null() {
                *tree = Value::Array(Vec::new());
            }
            let items = tree.as_array_mut()?;
            let index = number.checked_sub(1).filter(|at| *at < LONGEST_LIST)?;
            if items.len() <= index {
                items.resize(index + 1, Value::Null);
            }
            &mut items[index]
        }
        Err(_) => {
            if tree.is_null() {
                *tree = Value::Object(Map::new());
            }
            tree.as_object_mut()?.entry(*step).or_insert(Value::Null)
        }
    };
    plant(place, rest, value)
}

/// Whether a field holds moments: numbers of seconds in an answer's tree.
fn is_moment(name: &str) -> bool {
    matches!(name, "Timestamp" | "Timestamps")
}

/// Writes an answer, in the spelling of its request. `Null` fields are left out.
pub fn encode(protocol: Protocol, operation: &str, answer: &Value, request_id: &str) -> Vec<u8> {
    match protocol {
        Protocol::Json => bytes_of_json(answer),
        Protocol::Cbor => bytes_of_cbor(answer),
        Protocol::Query => {
            let mut writer = Writer::new();
            writer.open_with(&format!("{operation}Response"), "xmlns", NAMESPACE);
            // An operation without an answer has no result either.
            if answer.as_object().is_some_and(|fields| !fields.is_empty()) {
                element(&mut writer, &format!("{operation}Result"), answer, false);
            }
            writer.open("ResponseMetadata");
            writer.text("RequestId", request_id);
            writer.close("ResponseMetadata");
            writer.close(&format!("{operation}Response"));
            writer.finish().into_bytes()
        }
    }
}

/// Writes the body of a refusal in one of the newer protocols.
pub fn encode_refusal(protocol: Protocol, code: &str, message: &str) -> Vec<u8> {
    let refusal = serde_json::json!({
        "__type": format!("com.amazonaws.cloudwatch.v2010_08_01#{code}"),
        "message": message,
    });
    match protocol {
        Protocol::Cbor => bytes_of_cbor(&refusal),
        _ => bytes_of_json(&refusal),
    }
}

fn bytes_of_json(value: &Value) -> Vec<u8> {
    fn strip(value: &Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), strip(value)))
                .collect::<Map<_, _>>()
                .into(),
            Value::Array(items) => items.iter().map(strip).collect::<Vec<_>>().into(),
            other => other.clone(),
        }
    }
    // Trees of values can always be written.
    serde_json::to_vec(&strip(value)).unwrap_or_default()
}

fn bytes_of_cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = ciborium::into_writer(&to_cbor(value, false), &mut bytes);
    bytes
}

fn to_cbor(value: &Value, moment: bool) -> ciborium::Value {
    use ciborium::Value as Cbor;
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::Number(number) => {
            let number = match number.as_i64() {
                Some(number) => Cbor::Integer(number.into()),
                None => Cbor::Float(number.as_f64().unwrap_or_default()),
            };
            if moment {
                Cbor::Tag(1, Box::new(number))
            } else {
                number
            }
        }
        Value::String(text) => Cbor::Text(text.clone()),
        Value::Array(items) => Cbor::Array(items.iter().map(|of| to_cbor(of, moment)).collect()),
        Value::Object(fields) => Cbor::Map(
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (Cbor::Text(name.clone()), to_cbor(value, is_moment(name))))
                .collect(),
        ),
    }
}

fn element(writer: &mut Writer, name: &str, value: &Value, moment: bool) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => writer.text(name, if *flag { "true" } else { "false" }),
        Value::Number(number) if moment => {
            writer.text(name, &iso(number.as_f64().unwrap_or_default()));
        }
        Value::Number(number) => writer.text(name, &number.to_string()),
        Value::String(text) => writer.text(name, text),
        Value::Array(items) => {
            writer.open(name);
            for item in items {
                element(writer, "member", item, moment);
            }
            writer.close(name);
        }
        // The one map among the structures: its names are the caller's.
        Value::Object(fields) if name == "ExtendedStatistics" => {
            writer.open(name);
            for (key, value) in fields {
                writer.open("entry");
                writer.text("key", key);
                element(writer, "value", value, false);
                writer.close("entry");
            }
            writer.close(name);
        }
        Value::Object(fields) => {
            writer.open(name);
            for (name, value) in fields {
                element(writer, name, value, is_moment(name));
            }
            writer.close(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use proptest::prelude::*;
    use serde_json::json;

    fn of_query(text: &str) -> Result<Value, Unreadable> {
        tree_of_parameters(&Parameters::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_three_spellings_say_the_same() {
        let query = of_query(
            "Action=GetMetricStatistics&Version=2010-08-01&Namespace=AWS%2FELB&MetricName=Latency\
             &Dimensions.member.1.Name=LoadBalancerName&Dimensions.member.1.Value=web&Period=60\
             &StartTime=2013-05-15T23%3A31%3A00Z&Statistics.member.1=Sum&Statistics.member.2=Average",
        );
        let tree = json!({
            "Namespace": "AWS/ELB", "MetricName": "Latency", "Period": 60,
            "Dimensions": [{"Name": "LoadBalancerName", "Value": "web"}],
            "StartTime": 1_368_660_660, "Statistics": ["Sum", "Average"],
        });
        let json = tree_of_body(Protocol::Json, tree.to_string().as_bytes());
        let mut cbor = bytes_of_cbor(&tree);
        let in_cbor = tree_of_body(Protocol::Cbor, &cbor);
        let read = |tree: Result<Value, Unreadable>| decode::<GetMetricStatistics>(tree.unwrap());
        let expected = read(query).unwrap();
        assert_eq!(expected.period, Some(Number(60.0)));
        assert_eq!(expected.start_time, Some(Moment(1_368_660_660.0)));
        assert_eq!(read(json), Ok(expected.clone()));
        assert_eq!(read(in_cbor), Ok(expected));
        cbor.pop();
        assert!(tree_of_body(Protocol::Cbor, &cbor).is_err());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "A.member.1=x&A.b=y",
            "A=x&A.member.1=y",
            "A.member.0=x",
            "A.member.100000=x",
            "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=x",
        ] {
            assert!(of_query(text).is_err(), "{text}");
        }
        let period = of_query("Period=often").unwrap();
        assert!(decode::<GetMetricStatistics>(period).is_err());
        let start = of_query("StartTime=yesterday").unwrap();
        assert!(decode::<GetMetricStatistics>(start).is_err());
        assert!(tree_of_body(Protocol::Json, b"[1]").is_err());
    }

    #[test]
    fn moments_are_read_as_clients_write_them() {
        for (text, expected) in [
            ("2013-05-15T23:31:00Z", Some(1_368_660_660.0)),
            ("2013-05-15T23:31:00.500Z", Some(1_368_660_660.5)),
            ("2013-05-16T01:31:00+02:00", Some(1_368_660_660.0)),
            ("2013-05-15T23:31:00", Some(1_368_660_660.0)),
            ("2013-05-15T23:31:00.500000", Some(1_368_660_660.5)),
            ("2013-05-15 23:31:00", Some(1_368_660_660.0)),
            ("2013-05-15 23:31:00Z", Some(1_368_660_660.0)),
            ("2013-05-15", Some(1_368_576_000.0)),
            ("soon", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn answers_are_written_three_ways() {
        let answer = json!({
            "Label": "Latency",
            "Datapoints": [{"Timestamp": 1_368_660_660, "Sum": 1.5, "Unit": "Seconds", "Average": null,
                            "ExtendedStatistics": {"p99": 0.25}}],
        });
        let text = |protocol| {
            let bytes = encode(protocol, "GetMetricStatistics", &answer, "5d2c");
            String::from_utf8(bytes).unwrap()
        };
        expect![[r#"<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><GetMetricStatisticsResult><Label>Latency</Label><Datapoints><member><Timestamp>2013-05-15T23:31:00Z</Timestamp><Sum>1.5</Sum><Unit>Seconds</Unit><ExtendedStatistics><entry><key>p99</key><value>0.25</value></entry></ExtendedStatistics></member></Datapoints></GetMetricStatisticsResult><ResponseMetadata><RequestId>5d2c</RequestId></ResponseMetadata></GetMetricStatisticsResponse>"#]].assert_eq(&text(Protocol::Query));
        expect![[r#"{"Label":"Latency","Datapoints":[{"Timestamp":1368660660,"Sum":1.5,"Unit":"Seconds","ExtendedStatistics":{"p99":0.25}}]}"#]].assert_eq(&text(Protocol::Json));
        let cbor = encode(Protocol::Cbor, "GetMetricStatistics", &answer, "5d2c");
        // c1: a moment.
        let tagged = b"iTimestamp\xc1\x1a";
        assert!(
            cbor.windows(tagged.len()).any(|window| window == tagged),
            "{cbor:?}"
        );
        let empty = encode(Protocol::Query, "PutMetricData", &json!({}), "5d2c");
        expect![[r#"<PutMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><ResponseMetadata><RequestId>5d2c</RequestId></ResponseMetadata></PutMetricDataResponse>"#]].assert_eq(std::str::from_utf8(&empty).unwrap());
    }

    #[test]
    fn paths_name_operations() {
        let operation = "/service/GraniteServiceVersion20100801/operation/ListMetrics";
        for (path, expected) in [
            (operation.to_owned(), Some("ListMetrics")),
            (
                format!("/services/CloudWatch{operation}"),
                Some("ListMetrics"),
            ),
            ("/service/Other/operation/ListMetrics".to_owned(), None),
            ("/".to_owned(), None),
        ] {
            assert_eq!(operation_of_path(&path), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_body_and_no_parameters_break_the_reader(body in proptest::collection::vec(any::<u8>(), 0..200), name in "[A-C.0-9member]{0,30}") {
            let _ = tree_of_body(Protocol::Cbor, &body);
            let _ = tree_of_body(Protocol::Json, &body);
            if let Ok(parameters) = Parameters::read(format!("{name}=x").as_bytes()) {
                let _ = tree_of_parameters(&parameters);
            }
        }
    }
}
