//! The rooms of the crate and their one direction of import, read from the `use` lines.

use std::fs;
use std::path::{Path, PathBuf};

/// What each room may import of ours. Anything else is an edge the house does not have.
const RULES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &["model"]),
    ("socket", &[]),
    ("wire", &["model"]),
    ("client", &["wire", "model", "clock"]),
    ("guest", &["model", "clock", "socket"]),
    ("proxy", &["model", "clock", "socket"]),
    ("controller", &["wire", "model", "clock"]),
    (
        "daemon",
        &[
            "controller",
            "proxy",
            "guest",
            "wire",
            "model",
            "clock",
            "socket",
        ],
    ),
    ("cli", &["client", "wire", "model", "clock"]),
    // The one place of the tools that may start the service.
    (
        "cli/local",
        &["cli", "client", "daemon", "wire", "model", "clock"],
    ),
    // A foreground balancer without a controller: `eulb proxy`.
    ("cli/proxy", &["cli", "proxy", "model", "clock", "socket"]),
];

/// What no file of a room may name, with the reason.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "model",
        &[
            "tokio",
            "std::net::Tcp",
            "std::fs",
            "SystemTime",
            "Instant",
            "quick_xml",
        ],
        "the model has no I/O and no clock",
    ),
    (
        "wire",
        &[
            "tokio",
            "std::fs",
            "std::net::Tcp",
            "clap",
            "hyper::",
            "hyper_util",
        ],
        "the wire is paper: no sockets, no files, no options",
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The room a file belongs to: its folder or file name below `src`, the longest that has a rule.
fn room_of(relative: &str) -> Option<&'static str> {
    let stem = relative.trim_end_matches(".rs");
    RULES
        .iter()
        .map(|(room, _)| *room)
        .filter(|room| stem == *room || stem.starts_with(&format!("{room}/")))
        .max_by_key(|room| room.len())
}

/// The rooms that a line of code names through `crate::`.
fn rooms_named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or("");
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| -> String {
            text.trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        };
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth > 0 => depth -= 1,
                    ',' | '}' if depth == 0 => {
                        rooms.push(word(&list[start..i]));
                        start = i + 1;
                        if c == '}' {
                            break;
                        }
                    }
                    _ => {}
                }
            }
        } else {
            rooms.push(word(rest));
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

/// The faults of one file's text, each naming file, line and rule.
fn faults(relative: &str, text: &str) -> Vec<String> {
    let Some(room) = room_of(relative) else {
        return Vec::new();
    };
    let own = room.split('/').next().unwrap_or(room);
    let allowed = RULES
        .iter()
        .find(|(name, _)| *name == room)
        .map_or(&[][..], |(_, allowed)| *allowed);
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.contains("#[cfg(test)]") {
            break; // The tests at the foot of a file may look around.
        }
        for named in rooms_named(line) {
            let known = RULES.iter().any(|(name, _)| *name == named);
            if known && named != own && !allowed.contains(&named.as_str()) {
                faults.push(format!(
                    "src/{relative}:{}: {room} may not import {named} (it may import: {})",
                    number + 1,
                    allowed.join(", ")
                ));
            }
        }
        for (_, words, why) in FORBIDDEN.iter().filter(|(name, ..)| *name == own) {
            let code = line.split("//").next().unwrap_or("");
            for word in words.iter().filter(|word| code.contains(*word)) {
                faults.push(format!(
                    "src/{relative}:{}: {own} may not use {word}: {why}",
                    number + 1
                ));
            }
        }
    }
    faults
}

#[test]
fn imports_point_in_one_direction() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&source, &mut files);
    assert!(files.len() > 10, "the house has rooms");
    let mut all = Vec::new();
    for path in files {
        let relative = path
            .strip_prefix(&source)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        all.extend(faults(&relative, &fs::read_to_string(&path).unwrap()));
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn a_forbidden_edge_is_named_with_file_line_and_rule() {
    let cases = [
        (
            "model/a.rs",
            "use crate::wire::x;",
            "src/model/a.rs:1: model may not import wire (it may import: )",
        ),
        (
            "proxy/http/b.rs",
            "\nuse crate::{model::x, controller::{y, z}, clock};",
            "src/proxy/http/b.rs:2: proxy may not import controller (it may import: model, clock, socket)",
        ),
        (
            "cli/commands/c.rs",
            "fn f() { crate::daemon::run() }",
            "src/cli/commands/c.rs:1: cli may not import daemon (it may import: client, wire, model, clock)",
        ),
        (
            "model/d.rs",
            "use tokio::time;",
            "src/model/d.rs:1: model may not use tokio: the model has no I/O and no clock",
        ),
    ];
    for (file, text, expected) in cases {
        assert_eq!(faults(file, text), [expected]);
    }
    let quiet = [
        ("cli/local/e.rs", "use crate::daemon::run;"),
        ("controller/f.rs", "use crate::wire::x; // crate::proxy"),
        (
            "proxy/g.rs",
            "use crate::proxy::http;\n#[cfg(test)]\nuse crate::controller;",
        ),
    ];
    for (file, text) in quiet {
        assert_eq!(faults(file, text), [] as [String; 0]);
    }
}
