//! One table: a row for each item of a list of objects, or for each field of an object.
//!
//! A long table is made in pieces of the same widths, so that it costs the memory of one piece: the
//! first pass finds the widest text of each column, which is all that the layout depends on.

use super::Look;
use super::node::Node;
use super::scalar;
use crate::cli::color::{self, Style};
use comfy_table::{
    Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets,
};
use std::borrow::Cow;

/// Rows that are laid out at a time.
const PIECE: usize = 256;

pub(super) fn render(node: &Node, look: Look, out: &mut String) {
    let node = only_list(node);
    let single = [node];
    let (rows, is_list): (Vec<&Node>, bool) = match node {
        Node::List(items) => (items.iter().collect(), true),
        _ => (single.to_vec(), false),
    };
    let columns = names_of(&rows);
    match (columns.is_empty(), is_list, rows.first()) {
        (_, _, None) => {}
        (true, _, _) => lay_out(&[], rows.len(), |row| vec![cell(rows[row])], look, out),
        (false, true, _) => {
            let cells = |row: usize| {
                let found = columns.iter().map(|key| rows[row].get(key));
                found
                    .map(|found| found.map(cell).unwrap_or_default())
                    .collect()
            };
            lay_out(&columns, rows.len(), cells, look, out);
        }
        (false, false, Some(first)) => {
            let cells = |row: usize| {
                let key: &str = columns[row];
                vec![
                    Cow::Owned(key.to_owned()),
                    first.get(key).map(cell).unwrap_or_default(),
                ]
            };
            lay_out(&[], columns.len(), cells, look, out);
        }
    }
}

/// The fields of all rows, in the order in which they first appear.
fn names_of<'n>(rows: &[&'n Node]) -> Vec<&'n str> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if let Node::Fields(fields) = row {
            for (name, _) in fields {
                if !names.contains(&name.as_ref()) {
                    names.push(name);
                }
            }
        }
    }
    names
}

fn lay_out<'n>(
    header: &[&str],
    rows: usize,
    cells: impl Fn(usize) -> Vec<Cow<'n, str>>,
    look: Look,
    out: &mut String,
) {
    let mut widest: Vec<(usize, String)> = header
        .iter()
        .map(|name| (name.len(), String::new()))
        .collect();
    for row in 0..rows {
        for (column, text) in cells(row).into_iter().enumerate() {
            let (line, width) = text
                .split('\n')
                .map(|line| (line, line.chars().count()))
                .max_by_key(|(_, width)| *width)
                .unwrap_or_default();
            match widest.get_mut(column) {
                Some(held) if held.0 >= width => {}
                Some(held) => *held = (width, line.to_owned()),
                None => widest.push((width, line.to_owned())),
            }
        }
    }
    let mut ruler = table(look);
    if !header.is_empty() {
        ruler.set_header(header.iter().copied());
    }
    ruler.add_row(widest.iter().map(|(_, text)| text.as_str()));
    let ruled = ruler.to_string();
    let widths = ruled.lines().next().unwrap_or_default();
    let widths: Vec<u16> = widths
        .trim_matches(['┌', '┐'])
        .split('┬')
        .map(|run| u16::try_from(run.chars().count()).unwrap_or(u16::MAX))
        .collect();
    let mut begin = 0;
    while begin < rows {
        let end = rows.min(begin + PIECE);
        let mut piece = table(look);
        piece.set_content_arrangement(ContentArrangement::Disabled);
        if !header.is_empty() && begin == 0 {
            let bold = |name: &&str| match look.colour {
                true => Cell::new(name).add_attribute(Attribute::Bold),
                false => Cell::new(name),
            };
            piece.set_header(header.iter().map(bold));
        }
        for row in begin..end {
            piece.add_row(cells(row).into_iter().map(|text| painted(text, look)));
        }
        for (column, width) in piece.column_iter_mut().zip(&widths) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(*width)));
        }
        // Borders stand above the first piece and below the last.
        let text = piece.to_string();
        let mut text = text.as_str();
        if begin > 0 {
            text = text.split_once('\n').map_or("", |(_, rest)| rest);
        }
        if end < rows {
            text = text.rsplit_once('\n').map_or("", |(rest, _)| rest);
        }
        out.push_str(text);
        out.push('\n');
        begin = end;
    }
}

fn table(look: Look) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    match look.width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    match look.colour {
        true => table.enforce_styling(),
        false => table.force_no_tty(),
    };
    table
}

/// A cell in the colour of the word that it is.
fn painted(text: Cow<'_, str>, look: Look) -> Cell {
    let style = match look.colour {
        true => color::of_word(&text),
        false => None,
    };
    let cell = Cell::new(text);
    match style {
        Some(Style::Good) => cell.fg(Color::DarkGreen),
        Some(Style::Bad) => cell.fg(Color::DarkRed),
        Some(Style::Wary) => cell.fg(Color::DarkYellow),
        _ => cell,
    }
}

/// The list inside an answer that is nothing but a list: its name says no more than the command did.
fn only_list(node: &Node) -> &Node {
    match node {
        Node::Fields(fields) => match fields.as_slice() {
            [(_, list @ Node::List(_))] => list,
            _ => node,
        },
        _ => node,
    }
}

/// A value in one cell: scalars as they are, lists of scalars with commas, the rest as `name=value`.
fn cell(value: &Node) -> Cow<'_, str> {
    match value {
        Node::List(items) => {
            let has_fields = items.iter().any(|item| matches!(item, Node::Fields(_)));
            let separator = if has_fields { "\n" } else { ", " };
            let cells: Vec<Cow<'_, str>> = items.iter().map(cell).collect();
            Cow::Owned(cells.join(separator))
        }
        Node::Fields(fields) => {
            let mut pairs = String::new();
            for (key, value) in fields {
                let separator = if pairs.is_empty() { "" } else { " " };
                match value {
                    Node::List(items) if items.is_empty() => {}
                    Node::Fields(_) => match cell(value) {
                        inner if inner.is_empty() => {}
                        inner => {
                            pairs.push_str(separator);
                            pairs.push_str(&inner);
                        }
                    },
                    value => {
                        pairs.push_str(separator);
                        pairs.push_str(key);
                        pairs.push('=');
                        pairs.push_str(&cell(value));
                    }
                }
            }
            Cow::Owned(pairs)
        }
        Node::Absent | Node::Null => Cow::Borrowed(""),
        value => scalar(value).unwrap_or_default(),
    }
}
