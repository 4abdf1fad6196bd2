//! Answers in the forms of `--output`: JSON, YAML, a table, the AWS CLI's text; and `--query`.
//!
//! Every form is made from one tree ([`Node`]), the answer with the API's names: complete, in the
//! order of the API reference, lists as lists. The default, euca2ools' lines, does not pass through
//! here.

mod lines;
mod node;
mod query;
mod table;
mod yaml;

use super::color;
use super::exit::Failure;
use super::report::{self, visible};
use node::Node;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::io;
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
        jmespath::compile(text).map_err(|error| in_our_words(text, &error))?;
        Ok(Query(text.to_owned()))
    }
}

/// What is wrong with an expression, and where: the library speaks of its tokens.
fn in_our_words(expression: &str, error: &jmespath::JmespathError) -> String {
    use jmespath::{ErrorReason, RuntimeError};
    let at = error.offset.min(expression.len());
    let rest = expression.get(at..).unwrap_or_default();
    let what = match &error.reason {
        ErrorReason::Parse(_) if rest.trim().is_empty() => "something is missing".to_owned(),
        ErrorReason::Parse(_) => format!("nobody can read it from '{rest}' on"),
        ErrorReason::Runtime(RuntimeError::UnknownFunction(name)) => {
            format!("there is no function {name}")
        }
        ErrorReason::Runtime(RuntimeError::InvalidType {
            expected,
            actual,
            position,
        }) => format!(
            "argument {} must be of type {expected}, not {actual}",
            position + 1
        ),
        ErrorReason::Runtime(RuntimeError::InvalidReturnType {
            expected, actual, ..
        }) => format!("what follows & must give a {expected}, not a {actual}"),
        ErrorReason::Runtime(
            RuntimeError::TooManyArguments { expected, actual }
            | RuntimeError::NotEnoughArguments { expected, actual },
        ) => format!("the function takes {expected} arguments, not {actual}"),
        ErrorReason::Runtime(RuntimeError::InvalidSlice) => {
            "a slice cannot go on by steps of 0".to_owned()
        }
    };
    let what = what.lines().next().unwrap_or_default();
    format!("{what} (column {})", error.column + 1)
}

/// How a text is laid out for whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; nothing in a pipe, where nothing is ever cut or wrapped.
    pub width: Option<u16>,
    pub colour: bool,
}

impl Look {
    /// As standard output is.
    pub fn of_output() -> Look {
        Look {
            width: report::terminal_width(),
            colour: color::is_on(&io::stdout()),
        }
    }
}

/// Renders an answer in a form other than [`Form::Tsv`], reduced to what `query` selects.
///
/// # Errors
///
/// The query does not fit the answer.
pub fn answer<T: Serialize>(
    answer: T,
    form: Form,
    query: Option<&Query>,
) -> Result<String, Failure> {
    let mut node = Node::of(&answer).map_err(Failure::new)?;
    // A long listing is not held twice.
    drop(answer);
    if let Some(query) = query {
        node = select(node, query).map_err(Failure::new)?;
    }
    Ok(render(&node, form, Look::of_output()))
}

/// A JSON value, for people.
pub fn pretty(value: &Value) -> String {
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{}\n", escaped(&json))
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
fn select(tree: Node, query: &Query) -> Result<Node, String> {
    let Query(expression) = query;
    query::evaluate(tree, expression).map_err(|error| {
        let what = in_our_words(expression, &error);
        format!("--query '{expression}': {what}")
    })
}

fn render(node: &Node, form: Form, look: Look) -> String {
    let mut out = String::new();
    match form {
        Form::Json => {
            let json = serde_json::to_string_pretty(node).unwrap_or_default();
            out = match escaped(&json) {
                Cow::Borrowed(_) => json,
                Cow::Owned(escaped) => escaped,
            };
            out.push('\n');
        }
        Form::Yaml => yaml::render(node, &mut out),
        Form::Table => table::render(node, look, &mut out),
        // A value has no lines of its own: the nearest to them.
        Form::Text | Form::Tsv => lines::render(node, None, None, &mut out),
    }
    out
}

/// A text as JSON writes it, with its quotes.
fn json_text(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// JSON whose texts cannot steer a terminal: the format leaves DEL and the control characters above
/// ASCII as they are, which can only be in texts, where they may be escaped.
fn escaped(json: &str) -> Cow<'_, str> {
    let control = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    // In UTF-8, those above ASCII begin with this byte, as few other characters do.
    if memchr::memchr2(0x7f, 0xc2, json.as_bytes()).is_none() || !json.contains(control) {
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

/// What stands for a value in text and tables, as the AWS CLI writes it.
fn scalar(node: &Node) -> Option<Cow<'_, str>> {
    match node {
        Node::Absent | Node::Null => Some(Cow::Borrowed("None")),
        Node::Bool(true) => Some(Cow::Borrowed("True")),
        Node::Bool(false) => Some(Cow::Borrowed("False")),
        Node::Number(number) => Some(Cow::Borrowed(number)),
        Node::Text(text) => Some(visible(text)),
        Node::List(_) | Node::Fields(_) => None,
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

    fn shown(value: &Value, form: Form, width: Option<u16>) -> String {
        let look = Look {
            width,
            colour: false,
        };
        render(&Node::of(value).unwrap(), form, look)
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
        .assert_eq(&shown(&answer(), Form::Json, None));
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
        .assert_eq(&shown(&answer(), Form::Yaml, None));
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
        .assert_eq(&shown(&odd, Form::Yaml, None));
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
        .assert_eq(&shown(&answer(), Form::Text, None));
        let names = selected("LoadBalancerDescriptions[].LoadBalancerName");
        assert_eq!(shown(&names, Form::Text, None), "web\tno\n");
        let pairs = selected("LoadBalancerDescriptions[].[LoadBalancerName, Scheme]");
        assert_eq!(shown(&pairs, Form::Text, None), "web\tNone\nno\tNone\n");
    }

    #[test]
    fn a_table_fits_the_terminal_and_is_whole_in_a_pipe() {
        let piped = shown(&answer(), Form::Table, None);
        assert!(piped.contains("web-000000000001.lb.localhost"), "{piped}");
        assert!(piped.contains("PARTI00, PARTI01"), "{piped}");
        let narrow = shown(&answer(), Form::Table, Some(60));
        assert!(
            narrow.lines().all(|line| line.chars().count() <= 60),
            "{narrow}"
        );
        assert_eq!(shown(&json!([]), Form::Table, None), "");
        let one = shown(&json!({"Name": "x", "Size": 3}), Form::Table, None);
        assert!(one.contains("Name") && one.contains("3"), "{one}");
    }

    #[test]
    fn a_long_table_is_one_table() {
        let rows: Vec<Value> = (0..600)
            .map(|number| json!({"Name": format!("lb-{number}"), "Note": "x".repeat(number % 70)}))
            .collect();
        for width in [None, Some(50)] {
            let table = shown(&json!(rows), Form::Table, width);
            let lines: Vec<&str> = table.lines().collect();
            let widths: std::collections::BTreeSet<usize> =
                lines.iter().map(|line| line.chars().count()).collect();
            assert_eq!(widths.len(), 1, "{widths:?}");
            let starting = |mark: char| lines.iter().filter(|line| line.starts_with(mark)).count();
            assert_eq!((starting('┌'), starting('╞'), starting('└')), (1, 1, 1));
            let names = lines.iter().filter(|line| line.contains(" lb-")).count();
            assert_eq!(names, 600);
        }
    }

    #[test]
    fn states_have_colour_in_a_table_if_asked_for() {
        let rows = Node::of(&json!([{"Id": "i-1", "State": "InService"}])).unwrap();
        let look = Look {
            width: None,
            colour: true,
        };
        let coloured = render(&rows, Form::Table, look);
        assert!(coloured.contains("\u{1b}[38;5;2m"), "{coloured:?}");
        assert!(!coloured.contains("\u{1b}[38;5;2m i-1"), "{coloured:?}");
    }

    fn selected(expression: &str) -> Value {
        let tree = Node::of(&answer()).unwrap();
        let found = select(tree, &expression.parse().unwrap()).unwrap();
        serde_json::to_value(&found).unwrap()
    }

    #[test]
    fn a_query_that_cannot_be_read_is_told_in_one_line() {
        #[rustfmt::skip]
        let unreadable = [
            ("LoadBalancerDescriptions[",  "something is missing (column 26)"),
            ("a[?b == `1`",                "something is missing (column 12)"),
            ("a]b",                        "nobody can read it from ']b' on (column 2)"),
            ("",                           "something is missing (column 1)"),
        ];
        for (expression, expected) in unreadable {
            let error = expression.parse::<Query>().unwrap_err();
            assert_eq!(error, expected, "{expression}");
        }
        #[rustfmt::skip]
        let misfits = [
            ("length(`1`)",  "--query 'length(`1`)': argument 1 must be of type "),
            ("length(@, @)", "--query 'length(@, @)': the function takes 1 arguments, not 2 (column"),
            ("abs('x')",     "--query 'abs('x')': argument 1 must be of type number, not string (column"),
            ("sort_by(LoadBalancerDescriptions, &@)", "--query 'sort_by(LoadBalancerDescriptions, &@)': what follows & must give a "),
            ("LoadBalancerDescriptions[::0]", "--query 'LoadBalancerDescriptions[::0]': a slice cannot go on by steps of 0"),
            ("nosuch(@)",    "--query 'nosuch(@)': there is no function nosuch (column"),
        ];
        for (expression, expected) in misfits {
            let tree = Node::of(&answer()).unwrap();
            let error = select(tree, &expression.parse().unwrap()).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
        assert_eq!(selected("Nothing"), Value::Null);
    }

    #[test]
    fn control_characters_cannot_steer_a_terminal() {
        let value = json!({"Name": "\u{1b}[2J\u{9b}"});
        for form in [Form::Table, Form::Text] {
            assert!(!shown(&value, form, None).contains(['\u{1b}', '\u{9b}']));
        }
    }
}
