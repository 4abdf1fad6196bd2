//! The AWS CLI's text form: scalars of an object on one line in the order of their names, led by the
//! name of the list they are in; what is nested follows on lines of its own.

use super::node::Node;
use super::scalar;
use std::borrow::Cow;
use std::fmt::Write;

pub(super) fn render(value: &Node, name: Option<&str>, columns: Option<&[&str]>, out: &mut String) {
    match value {
        Node::Fields(fields) => {
            let mut sorted: Vec<&(Cow<'static, str>, Node)> = fields.iter().collect();
            sorted.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            let cells: Vec<Cow<'_, str>> = match columns {
                Some(columns) => columns
                    .iter()
                    .map(|key| value.get(key).and_then(scalar).unwrap_or_default())
                    .collect(),
                None => sorted.iter().filter_map(|(_, node)| scalar(node)).collect(),
            };
            if !cells.is_empty() {
                line(name, &cells, out);
            }
            for (key, node) in sorted {
                if !node.is_scalar() {
                    render(node, Some(key), None, out);
                }
            }
        }
        Node::List(items) if items.iter().any(|item| !item.is_scalar()) => {
            let mut columns: Vec<&str> = Vec::new();
            for item in items {
                if let Node::Fields(fields) = item {
                    for (key, node) in fields {
                        if node.is_scalar() && !columns.contains(&key.as_ref()) {
                            columns.push(key);
                        }
                    }
                }
            }
            columns.sort_unstable();
            for item in items {
                render(item, name, Some(&columns), out);
            }
        }
        Node::List(items) => {
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
        // Writing to a String cannot fail.
        let _ = write!(out, "{}\t", name.to_uppercase());
    }
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        out.push_str(cell);
    }
    out.push('\n');
}
