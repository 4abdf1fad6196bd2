//! The demonstration runs to its end, tells the truth, and leaves nothing behind.

use crate::cloud::{EULB, PATIENCE};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The demonstration, with its scratch directory below this one.
fn demo(scratch: &Path) -> Command {
    let mut command = Command::new(EULB);
    command
        .arg("demo")
        .env("TMPDIR", scratch)
        .stdin(Stdio::null());
    command
}

fn is_empty(directory: &Path) -> bool {
    std::fs::read_dir(directory).unwrap().next().is_none()
}

#[test]
fn every_claim_holds_and_nothing_is_left() {
    let scratch = tempfile::tempdir().unwrap();
    // A cloud that a user's shell names must not be touched: nobody is there.
    let output = demo(scratch.path())
        .arg("--json")
        .env("AWS_ELB_URL", "http://127.0.0.1:9/")
        .env("EULB_RELEASE", "aws")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let objects: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (summary, steps) = objects.split_last().expect("a summary");
    for (index, step) in steps.iter().enumerate() {
        assert_eq!(step["step"], index + 1);
        assert_eq!(step["held"], true, "{step:#}");
    }
    assert_eq!(summary["summary"]["ok"], true, "{summary:#}");
    assert_eq!(summary["summary"]["steps"], steps.len());
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""));
    assert!(is_empty(scratch.path()));

    // The claims rest on traffic: hundreds of requests while an instance was out, none failed.
    let step = |title: &str| {
        let found = steps.iter().find(|step| step["title"] == title);
        found.unwrap_or_else(|| panic!("no step '{title}'"))
    };
    let whole = &step("It recovers")["traffic"][1];
    let answered = whole["answered"].as_object().unwrap();
    let total: u64 = answered.values().filter_map(Value::as_u64).sum();
    assert!(answered.len() == 3 && total > 200, "{whole:#}");
    assert_eq!(whole["failed"], 0);
    // No secret is told.
    assert!(!stdout.contains("SECRET"), "{stdout}");
}

/// Lines without what varies: ids, numbers, and bars that stand for them, in any order.
fn masked<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<String> {
    let varies = regex::Regex::new(r"i-[0-9A-F]{8}|[█▏▎▍▌▋▊▉]*\s*\b\d+").unwrap();
    let masked = lines.map(|line| varies.replace_all(line.trim_end(), "~").into_owned());
    let mut masked: Vec<String> = masked.filter(|line| !line.is_empty()).collect();
    masked.sort();
    masked
}

#[test]
fn the_extract_in_readme_is_what_it_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, extract) = readme.split_once("An extract:\n\n```text\n").unwrap();
    let (extract, _) = extract.split_once("```").unwrap();
    let title = extract.lines().next().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let output = demo(scratch.path()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{printed}");
    let begun = printed.lines().skip_while(|line| *line != title);
    let next = regex::Regex::new(r"^\d+\. ").unwrap();
    let mut step = vec![title];
    step.extend(begun.skip(1).take_while(|line| !next.is_match(line)));
    assert_eq!(
        masked(extract.lines()),
        masked(step.into_iter()),
        "{printed}"
    );
}

#[test]
fn a_signal_ends_it_at_once_and_leaves_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let mut child = demo(scratch.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The cloud is up and being used.
    while !lines.next().unwrap().unwrap().contains("eulb-create-lb") {}
    assert!(!is_empty(scratch.path()));
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let began = Instant::now();
    let status = child.wait().unwrap();
    assert!(began.elapsed() < PATIENCE);
    assert_eq!(status.code(), Some(130));
    assert!(is_empty(scratch.path()));
    // What it printed has no colour, since it went into a pipe.
    assert!(
        lines
            .map_while(Result::ok)
            .all(|line| !line.contains('\x1b'))
    );
}

#[test]
fn a_claim_that_is_not_true_is_told_and_the_log_is_kept() {
    let scratch = tempfile::tempdir().unwrap();
    // A path too long for a Unix socket: the cloud cannot start there.
    let long = scratch.path().join("x".repeat(100));
    std::fs::create_dir(&long).unwrap();
    let output = demo(&long).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let objects: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 2, "{stdout}");
    assert_eq!(objects[0]["held"], false);
    let came = objects[0]["came"].as_str().unwrap();
    assert!(came.contains("socket"), "{came}");
    assert_eq!(objects[1]["summary"]["ok"], false);
    let log = objects[1]["summary"]["log"].as_str().unwrap();
    assert!(Path::new(log).exists(), "{log}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("eulb demo: error: step 1 ") && stderr.contains(log),
        "{stderr}"
    );
}

#[test]
fn a_reader_that_goes_away_gets_no_status_of_success() {
    let scratch = tempfile::tempdir().unwrap();
    let mut child = demo(scratch.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().contains("eulb local start") {}
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(141));
    assert!(is_empty(scratch.path()));
}
