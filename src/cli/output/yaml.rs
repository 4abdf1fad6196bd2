//! YAML, plain where no reader can take a text for anything else.

use super::node::Node;
use super::{escaped, json_text};
use std::borrow::Cow;

pub(super) fn render(node: &Node, out: &mut String) {
    match node {
        Node::Fields(entries) if !entries.is_empty() => fields(entries, 0, out),
        Node::List(entries) if !entries.is_empty() => items(entries, 0, out),
        other => {
            scalar(other, out);
            out.push('\n');
        }
    }
}

fn fields(entries: &[(Cow<'static, str>, Node)], indent: usize, out: &mut String) {
    for (index, (key, value)) in entries.iter().enumerate() {
        // The first field of a list item stands behind the item's dash.
        if index > 0 || indent == 0 || out.ends_with('\n') {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        text(key, out);
        out.push(':');
        under_key(value, indent, out);
    }
}

/// What follows a key: on the same line, or below it.
fn under_key(value: &Node, indent: usize, out: &mut String) {
    match value {
        Node::Fields(entries) if !entries.is_empty() => {
            out.push('\n');
            fields(entries, indent + 2, out);
        }
        Node::List(entries) if !entries.is_empty() => {
            out.push('\n');
            items(entries, indent, out);
        }
        other => {
            out.push(' ');
            scalar(other, out);
            out.push('\n');
        }
    }
}

fn items(entries: &[Node], indent: usize, out: &mut String) {
    for item in entries {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push('-');
        match item {
            Node::Fields(entries) if !entries.is_empty() => {
                out.push(' ');
                fields(entries, indent + 2, out);
            }
            Node::List(inner) if !inner.is_empty() => {
                out.push('\n');
                items(inner, indent + 2, out);
            }
            other => {
                out.push(' ');
                scalar(other, out);
                out.push('\n');
            }
        }
    }
}

fn scalar(value: &Node, out: &mut String) {
    match value {
        Node::Text(value) => text(value, out),
        Node::Absent | Node::Null => out.push_str("null"),
        Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Node::Number(number) => out.push_str(number),
        Node::List(_) => out.push_str("[]"),
        Node::Fields(_) => out.push_str("{}"),
    }
}

/// Plain where no reader of YAML 1.1 or 1.2 can take it for anything but this text, else quoted as in
/// JSON, which is YAML too.
fn text(text: &str, out: &mut String) {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b'/');
    let word = || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if starts && text.bytes().all(plain) && !word() {
        out.push_str(text);
    } else {
        out.push_str(&escaped(&json_text(text)));
    }
}
