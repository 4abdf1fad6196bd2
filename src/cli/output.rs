//! Answers in the forms of `--output`: JSON, YAML, a table, the AWS CLI's text; and `--query`.
//!
//! Every form is made from one JSON value, the answer with the API's names: complete, in the order of
//! the API reference, lists as lists. The default, euca2ools' lines, does not pass through here.

use super::exit::Failure;
use super::report::{self, visible};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::str::FromStr;

/// The forms of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// euca2ools' own lines, which each command writes itself.
    Tsv,
    Json,
    Yaml,
    /// Boxes for people, as wide as the terminal at most; never cut short in a pipe.
    Table,
    /// Tab-separated, as `aws --output text` prints.
    Text,
}

/// The text is none of the forms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not one of tsv, table, json, yaml, text")]
pub struct UnknownForm(String);

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Form, UnknownForm> {
        match text {
            "tsv" => Ok(Form::Tsv),
            "table" => Ok(Form::Table),
            "json" => Ok(Form::Json),
            "yaml" => Ok(Form::Yaml),
            "text" => Ok(Form::Text),
            other => Err(UnknownForm(other.to_owned())),
        }
    }
}

/// A JMESPath expression that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(String);

impl FromStr for Query {
    type Err = String;

    fn from_str(text: &str) -> Result<Query, String> {
        jmespath::compile(text).map_err(|error| one_line(&error))?;
        Ok(Query(text.to_owned()))
    }
}

fn one_line(error: &jmespath::JmespathError) -> String {
    let reason = error.reason.to_string();
    let reason = reason.lines().next().unwrap_or_default();
    format!("{reason} at column {}", error.column + 1)
}

/// Renders an answer in a form other than [`Form::Tsv`], reduced to what `query` selects.
///
/// # Errors
///
/// The query does not fit the answer.
pub fn answer<T: Serialize>(
    answer: &T,
    form: Form,
    query: Option<&Query>,
) -> Result<String, Failure> {
    let mut value = shape(answer).map_err(Failure::new)?;
    if let Some(query) = query {
        value = select(&value, query).map_err(Failure::new)?;
    }
    Ok(render(&value, form, report::terminal_width()))
}

/// An answer or a request as a JSON value, absent fields left out.
///
/// # Errors
///
/// The answer has something JSON has not (no shape of the wire does).
pub fn shape<T: Serialize>(answer: &T) -> Result<Value, serde_json::Error> {
    serde_json::to_value(answer).map(present)
}

/// A value without what is null in it.
pub fn present(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let held = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(held.map(|(key, value)| (key, present(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(present).collect()),
        other => other,
    }
}

/// Applies a JMESPath expression.
///
/// # Errors
///
/// It asks of a value what it has not; in one line with the position.
fn select(value: &Value, query: &Query) -> Result<Value, String> {
    let Query(expression) = query;
    let told = |error| format!("--query '{expression}': {}", one_line(&error));
    let found = jmespath::compile(expression)
        .and_then(|expression| expression.search(value))
        .map_err(told)?;
    serde_json::to_value(&*found).map_err(|error| format!("--query '{expression}': {error}"))
}

/// Renders a value. `width` is that of the terminal in columns, nothing in a pipe.
pub fn render(value: &Value, form: Form, width: Option<u16>) -> String {
    let mut out = String::new();
    match form {
        Form::Json => {
            let json = serde_json::to_string_pretty(value).unwrap_or_default();
            out.push_str(&escaped(&json));
            out.push('\n');
        }
        Form::Yaml => match value {
            Value::Object(fields) if !fields.is_empty() => yaml_fields(fields, 0, &mut out),
            Value::Array(items) if !items.is_empty() => yaml_items(items, 0, &mut out),
            other => {
                yaml_scalar(other, &mut out);
                out.push('\n');
            }
        },
        Form::Table => table(value, width, &mut out),
        // A value has no lines of its own: the nearest to them.
        Form::Text | Form::Tsv => text(value, None, None, &mut out),
    }
    out
}

fn yaml_fields(fields: &Map<String, Value>, indent: usize, out: &mut String) {
    for (index, (key, value)) in fields.iter().enumerate() {
        // The first field of a list item stands behind the item's dash.
        if index > 0 || indent == 0 || out.ends_with('\n') {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        yaml_text(key, out);
        out.push(':');
        yaml_value(value, indent, out);
    }
}

/// What follows a key: on the same line, or below it.
fn yaml_value(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            yaml_fields(fields, indent + 2, out);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            yaml_items(items, indent, out);
        }
        other => {
            out.push(' ');
            yaml_scalar(other, out);
            out.push('\n');
        }
    }
}

fn yaml_items(items: &[Value], indent: usize, out: &mut String) {
    for item in items {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push('-');
        match item {
            Value::Object(fields) if !fields.is_empty() => {
                out.push(' ');
                yaml_fields(fields, indent + 2, out);
            }
            Value::Array(inner) if !inner.is_empty() => {
                out.push('\n');
                yaml_items(inner, indent + 2, out);
            }
            other => {
                out.push(' ');
                yaml_scalar(other, out);
                out.push('\n');
            }
        }
    }
}

fn yaml_scalar(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => yaml_text(text, out),
        other => out.push_str(&other.to_string()),
    }
}

/// Plain where no reader of YAML 1.1 or 1.2 can take it for anything but this text, else quoted as in
/// JSON, which is YAML too.
fn yaml_text(text: &str, out: &mut String) {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
    );
    if starts && !word && text.chars().all(plain) {
        out.push_str(text);
    } else {
        out.push_str(&escaped(&Value::from(text).to_string()));
    }
}

/// JSON whose texts cannot steer a terminal: the format leaves DEL and the control characters above
/// ASCII as they are, which can only be in texts, where they may be escaped.
fn escaped(json: &str) -> Cow<'_, str> {
    let control = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !json.contains(control) {
        return Cow::Borrowed(json);
    }
    let mut written = String::with_capacity(json.len() + 8);
    for character in json.chars() {
        match control(character) {
            true => written.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => written.push(character),
        }
    }
    Cow::Owned(written)
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => Some(Cow::Borrowed("None")),
        Value::Bool(true) => Some(Cow::Borrowed("True")),
        Value::Bool(false) => Some(Cow::Borrowed("False")),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::String(text) => Some(visible(text)),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// The AWS CLI's text form: scalars of an object on one line in the order of their names, led by the
/// name of the list they are in; what is nested follows on lines of its own.
fn text(value: &Value, name: Option<&str>, columns: Option<&[&str]>, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&str> = fields.keys().map(String::as_str).collect();
            keys.sort_unstable();
            let cell = |key: &&str| fields.get(*key).and_then(scalar);
            let cells: Vec<Cow<'_, str>> = match columns {
                Some(columns) => columns
                    .iter()
                    .map(|key| cell(key).unwrap_or_default())
                    .collect(),
                None => keys.iter().filter_map(cell).collect(),
            };
            if !cells.is_empty() {
                line(name, &cells, out);
            }
            for key in keys {
                if scalar(&fields[key]).is_none() {
                    text(&fields[key], Some(key), None, out);
                }
            }
        }
        Value::Array(items) if items.iter().any(|item| scalar(item).is_none()) => {
            let mut columns: Vec<&str> = Vec::new();
            for fields in items.iter().filter_map(Value::as_object) {
                let scalars = fields.iter().filter(|(_, value)| scalar(value).is_some());
                columns.extend(scalars.map(|(key, _)| key.as_str()));
            }
            columns.sort_unstable();
            columns.dedup();
            for item in items {
                text(item, name, Some(&columns), out);
            }
        }
        Value::Array(items) => {
            let cells: Vec<Cow<'_, str>> = items.iter().filter_map(scalar).collect();
            match name {
                Some(_) => cells
                    .iter()
                    .for_each(|cell| line(name, std::slice::from_ref(cell), out)),
                None if cells.is_empty() => {}
                None => line(None, &cells, out),
            }
        }
        value => line(name, &[scalar(value).unwrap_or_default()], out),
    }
}

fn line(name: Option<&str>, cells: &[Cow<'_, str>], out: &mut String) {
    if let Some(name) = name {
        let _ = write!(out, "{}\t", name.to_uppercase());
    }
    out.push_str(&cells.join("\t"));
    out.push('\n');
}

/// One table: a row per item of a list of objects, or a row per field of an object.
fn table(value: &Value, width: Option<u16>, out: &mut String) {
    let value = only_list(value);
    let rows: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    if rows.is_empty() {
        return;
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED);
    match width {
        Some(width) => {
            table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
            table.set_width(width);
        }
        None => {
            table.set_content_arrangement(comfy_table::ContentArrangement::Disabled);
        }
    }
    let is_list = value.is_array();
    let mut columns: Vec<&str> = Vec::new();
    for key in rows
        .iter()
        .filter_map(|row| row.as_object())
        .flat_map(Map::keys)
    {
        if !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    match (columns.is_empty(), is_list) {
        (true, _) => {
            for row in rows {
                table.add_row([cell(row)]);
            }
        }
        (false, true) => {
            table.set_header(columns.iter().copied());
            for row in rows {
                table.add_row(
                    columns
                        .iter()
                        .map(|key| row.get(*key).map(cell).unwrap_or_default()),
                );
            }
        }
        (false, false) => {
            for key in columns {
                table.add_row([
                    key.to_owned(),
                    rows[0].get(key).map(cell).unwrap_or_default(),
                ]);
            }
        }
    }
    let _ = writeln!(out, "{table}");
}

/// The list inside an answer that is nothing but a list: its name says no more than the command did.
fn only_list(value: &Value) -> &Value {
    match value.as_object() {
        Some(fields) if fields.len() == 1 => match fields.values().next() {
            Some(list @ Value::Array(_)) => list,
            _ => value,
        },
        _ => value,
    }
}

/// A value in one cell: scalars as they are, lists of scalars with commas, the rest as `name=value`.
fn cell(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let separator = if items.iter().any(Value::is_object) {
                "\n"
            } else {
                ", "
            };
            items.iter().map(cell).collect::<Vec<_>>().join(separator)
        }
        Value::Object(fields) => {
            let pair = |(key, value): (&String, &Value)| match value {
                Value::Object(_) => cell(value),
                Value::Array(items) if items.is_empty() => String::new(),
                value => format!("{key}={}", cell(value)),
            };
            let pairs = fields.iter().map(pair).filter(|pair| !pair.is_empty());
            pairs.collect::<Vec<_>>().join(" ")
        }
        Value::Null => String::new(),
        scalar_value => scalar(scalar_value).unwrap_or_default().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::balancer::{
        DescribeLoadBalancersResponse, InstanceRef, LoadBalancerDescription,
    };
    use expect_test::expect;
    use serde_json::json;

    fn answer() -> Value {
        let one = |name: &str, instances: &[&str]| LoadBalancerDescription {
            load_balancer_name: Some(name.to_owned()),
            dns_name: Some(format!("{name}-000000000001.lb.localhost")),
            availability_zones: Some(vec!["PARTI00".to_owned(), "PARTI01".to_owned()].into()),
            instances: Some(
                instances
                    .iter()
                    .map(|id| InstanceRef {
                        instance_id: Some((*id).to_owned()),
                    })
                    .collect(),
            ),
            ..LoadBalancerDescription::default()
        };
        let answer = DescribeLoadBalancersResponse {
            load_balancer_descriptions: Some(
                vec![one("web", &["i-1", "i-2"]), one("no", &[])].into(),
            ),
            next_marker: None,
        };
        shape(&answer).unwrap()
    }

    #[test]
    fn json_has_the_names_of_the_api_in_their_order() {
        expect![[r#"
            {
              "LoadBalancerDescriptions": [
                {
                  "LoadBalancerName": "web",
                  "DNSName": "web-000000000001.lb.localhost",
                  "AvailabilityZones": [
                    "PARTI00",
                    "PARTI01"
                  ],
                  "Instances": [
                    {
                      "InstanceId": "i-1"
                    },
                    {
                      "InstanceId": "i-2"
                    }
                  ]
                },
                {
                  "LoadBalancerName": "no",
                  "DNSName": "no-000000000001.lb.localhost",
                  "AvailabilityZones": [
                    "PARTI00",
                    "PARTI01"
                  ],
                  "Instances": []
                }
              ]
            }
        "#]]
        .assert_eq(&render(&answer(), Form::Json, None));
    }

    #[test]
    fn yaml_quotes_what_could_be_read_as_something_else() {
        expect![[r#"
            LoadBalancerDescriptions:
            - LoadBalancerName: web
              DNSName: web-000000000001.lb.localhost
              AvailabilityZones:
              - PARTI00
              - PARTI01
              Instances:
              - InstanceId: i-1
              - InstanceId: i-2
            - LoadBalancerName: "no"
              DNSName: no-000000000001.lb.localhost
              AvailabilityZones:
              - PARTI00
              - PARTI01
              Instances: []
        "#]]
        .assert_eq(&render(&answer(), Form::Yaml, None));
        let odd = json!({"a": ["1", 1, true, "true", "x: y", "- z", "", "\u{1b}[31m"], "b": {}, "c": [[1, 2], []]});
        expect![[r#"
            a:
            - "1"
            - 1
            - true
            - "true"
            - "x: y"
            - "- z"
            - ""
            - "\u001b[31m"
            b: {}
            c:
            -
              - 1
              - 2
            - []
        "#]]
        .assert_eq(&render(&odd, Form::Yaml, None));
    }

    #[test]
    fn text_is_what_the_aws_cli_prints() {
        expect![[r#"
            LOADBALANCERDESCRIPTIONS	web-000000000001.lb.localhost	web
            AVAILABILITYZONES	PARTI00
            AVAILABILITYZONES	PARTI01
            INSTANCES	i-1
            INSTANCES	i-2
            LOADBALANCERDESCRIPTIONS	no-000000000001.lb.localhost	no
            AVAILABILITYZONES	PARTI00
            AVAILABILITYZONES	PARTI01
        "#]]
        .assert_eq(&render(&answer(), Form::Text, None));
        let names = selected("LoadBalancerDescriptions[].LoadBalancerName");
        assert_eq!(render(&names, Form::Text, None), "web\tno\n");
        let pairs = selected("LoadBalancerDescriptions[].[LoadBalancerName, Scheme]");
        assert_eq!(render(&pairs, Form::Text, None), "web\tNone\nno\tNone\n");
    }

    #[test]
    fn a_table_fits_the_terminal_and_is_whole_in_a_pipe() {
        let piped = render(&answer(), Form::Table, None);
        assert!(piped.contains("web-000000000001.lb.localhost"), "{piped}");
        assert!(piped.contains("PARTI00, PARTI01"), "{piped}");
        let narrow = render(&answer(), Form::Table, Some(60));
        assert!(
            narrow.lines().all(|line| line.chars().count() <= 60),
            "{narrow}"
        );
        assert_eq!(render(&json!([]), Form::Table, None), "");
        let one = render(&json!({"Name": "x", "Size": 3}), Form::Table, None);
        assert!(one.contains("Name") && one.contains("3"), "{one}");
    }

    fn selected(expression: &str) -> Value {
        select(&answer(), &expression.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_query_that_cannot_be_read_is_told_in_one_line() {
        let error = "LoadBalancerDescriptions[".parse::<Query>().unwrap_err();
        assert!(error.contains("at column"), "{error}");
        assert!(!error.contains('\n'), "{error}");
        assert_eq!(selected("Nothing"), Value::Null);
        let misfit = select(&answer(), &"length(`1`)".parse().unwrap()).unwrap_err();
        assert!(
            misfit.starts_with("--query 'length(`1`)': ") && !misfit.contains('\n'),
            "{misfit}"
        );
    }

    #[test]
    fn control_characters_cannot_steer_a_terminal() {
        let value = json!({"Name": "\u{1b}[2J\u{9b}"});
        for form in [Form::Table, Form::Text] {
            assert!(!render(&value, form, None).contains(['\u{1b}', '\u{9b}']));
        }
    }
}
