//! Transcripts of README and manual: every command that is shown is run, and must print what is shown.
//!
//! The blocks marked `console` of a page are one session at a shell, in a cloud of its own. Names that
//! vary from run to run (ids, account numbers, addresses, moments, durations) are paired with the
//! page's as they come: what the page calls `i-1DF9440E` must be one and the same instance throughout.
//! A line of `...` stands for any number of lines.
//!
//! Every command, and every part of a pipeline, must end with status 0: a page that shows a failure
//! shows its status, too (`…; echo "status $?"`). No part of a list may fail unseen: but for such an
//! echo, commands of one line are joined by `&&`.
//!
//! `UPDATE=1 cargo test --test it transcripts` writes what was printed into the pages, unless a command
//! failed: a page is not made to show what went wrong.

use crate::cloud::{Addresses, EULB, PATIENCE, shell};
use eulb::cli::commands::COMMANDS;
use eulb::cli::generate::pages::PAGES;
use eulb::controller::explain::SIGNATURES;
use regex::Regex;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// The words that a shell says after each command, with the exit status.
const MARK: &str = "=== ended";

/// What varies, by kind. A name is paired for the rest of the page; the rest only has its form.
const NAMES: &str = r"\bi-[0-9A-F]{8}\b|\b\d{12}\b|\b127(?:\.\d{1,3}){3}(?::\d+)?\b";
const FORMS: &str = concat!(
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| UTC)?",
    r"| *\b\d+(?:\.\d+)? m?s\b|\bmicroseconds=\d+",
    r"|\bprocess +\d+",
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
    r"|\b(?:AGP|AKI|AID)[0-9A-Z]+|\bemi-[0-9A-F]{8}|\bASCA[0-9A-Z]+|/tmp/\S+",
);

/// Where every cloud is, at one port or another.
const HERE: &str = "127.0.0.1";

/// One command of a page, and what it is said to print.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The commands of a block.
fn steps(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                shown: Vec::new(),
            });
        } else if let Some(step) = steps.last_mut() {
            match line.strip_prefix("> ").filter(|_| step.shown.is_empty()) {
                Some(more) => {
                    step.command.push('\n');
                    step.command.push_str(more);
                }
                None => step.shown.push(line.to_owned()),
            }
        }
    }
    steps
}

/// The console blocks of a page: where each begins and ends, in bytes.
fn blocks(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("```console\n") {
        let begin = from + at + "```console\n".len();
        let end = begin + text[begin..].find("```").expect("a block has an end");
        found.push((begin, end));
        from = end + 3;
    }
    found
}

/// What the page's names stand for in this run.
#[derive(Default)]
struct Pairs {
    names: BTreeMap<String, String>,
}

impl Pairs {
    /// The command with this run's names.
    fn translate(&self, text: &str) -> String {
        let names = Regex::new(NAMES).unwrap();
        let translated = names.replace_all(text, |found: &regex::Captures| {
            let name = &found[0];
            self.names.get(name).map_or(name, |own| own).to_owned()
        });
        translated.into_owned()
    }

    /// What was printed, in the page's names; what has none yet is named on the page as in this run.
    fn adopt(&mut self, printed: &[String]) -> Vec<String> {
        let names = Regex::new(NAMES).unwrap();
        let mut own: BTreeMap<String, String> = self
            .names
            .iter()
            .map(|(page, run)| (run.clone(), page.clone()))
            .collect();
        for line in printed {
            for found in names.find_iter(line) {
                let name = found.as_str().to_owned();
                if !own.contains_key(&name) && !name.starts_with(HERE) {
                    self.names.insert(name.clone(), name.clone());
                    own.insert(name.clone(), name);
                }
            }
        }
        let line = |line: &String| {
            let named = names.replace_all(line, |found: &regex::Captures| {
                own.get(&found[0]).map_or(&found[0], |page| page).to_owned()
            });
            named.into_owned()
        };
        printed.iter().map(line).collect()
    }

    /// Whether a printed line is the shown one, pairing what is new.
    fn fits(&mut self, shown: &str, printed: &str) -> bool {
        let both = Regex::new(&format!("{NAMES}|{FORMS}")).unwrap();
        let skeleton = |line: &str| both.replace_all(line.trim_end(), "\0").into_owned();
        if skeleton(shown) != skeleton(printed) {
            return false;
        }
        let names = Regex::new(NAMES).unwrap();
        let list = |line: &str| -> Vec<String> {
            names
                .find_iter(line)
                .map(|found| found.as_str().to_owned())
                .filter(|name| !name.starts_with(HERE))
                .collect()
        };
        let (ours, theirs) = (list(shown), list(printed));
        let mut pairs = self.names.clone();
        for (page, run) in ours.iter().zip(&theirs) {
            pairs.entry(page.clone()).or_insert_with(|| run.clone());
            let twice = pairs.iter().any(|(other, own)| other != page && own == run);
            if pairs.get(page) != Some(run) || twice {
                return false;
            }
        }
        self.names = pairs;
        true
    }

    /// Whether all printed lines are those shown. Lists are in the order of ids, which vary: lines may
    /// change places.
    fn fit(&mut self, shown: &[String], printed: &[String]) -> bool {
        let mut rest: Vec<&String> = printed.iter().collect();
        let mut lines = shown.iter().peekable();
        while let Some(line) = lines.next() {
            if line == "..." {
                let Some(next) = lines.peek() else {
                    return true;
                };
                let at = rest.iter().position(|printed| {
                    Pairs {
                        names: self.names.clone(),
                    }
                    .fits(next, printed)
                });
                let Some(at) = at else { return false };
                rest.drain(..at);
                continue;
            }
            // A line whose names are all known finds its own; others take the first that fits.
            let Some(at) = rest.iter().position(|printed| self.fits(line, printed)) else {
                return false;
            };
            rest.remove(at);
        }
        rest.is_empty()
    }
}

/// A shell in which the eulb commands are on the path and clouds keep out of each other's way.
struct Session {
    shell: Child,
    input: ChildStdin,
    output: Receiver<String>,
    directory: tempfile::TempDir,
    _addresses: Addresses,
}

impl Session {
    fn start() -> Session {
        let directory = tempfile::tempdir().unwrap();
        let addresses = Addresses::claim();
        let bin = directory.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for row in COMMANDS {
            symlink(EULB, bin.join(row.name)).unwrap();
        }
        // What sets the cloud apart from others comes before what the page says.
        let apart = addresses.options().join(" ");
        let wrapper = format!(
            "#!/bin/sh\nif [ \"$1 $2\" = 'local start' ]; then\n  shift 2\n  \
             exec {EULB} local start --listen 127.0.0.1:0 {apart} \"$@\"\nfi\nexec {EULB} \"$@\"\n"
        );
        let program = bin.join("eulb");
        fs::write(&program, wrapper).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = shell(directory.path(), "bash");
        command = {
            let mut bash = std::process::Command::new("bash");
            bash.arg("--noprofile").arg("--norc").env_clear();
            for (name, value) in command.get_envs() {
                if let Some(value) = value {
                    bash.env(name, value);
                }
            }
            bash
        };
        let mut shell = command
            .env("PATH", format!("{}:{path}", bin.display()))
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (tell, output) = channel();
        let stdout = shell.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let mut session = Session {
            input: shell.stdin.take().unwrap(),
            shell,
            output,
            directory,
            _addresses: addresses,
        };
        session.run("exec 2>&1; set -o pipefail");
        session
    }

    /// Types a command; returns its lines and its exit status.
    fn run(&mut self, command: &str) -> (Vec<String>, i32) {
        writeln!(self.input, "{command}\necho \"{MARK} $?\"").unwrap();
        let mut lines = Vec::new();
        loop {
            // Some wait for a minute of the clock to end.
            let line = self.output.recv_timeout(PATIENCE * 5).unwrap_or_else(|_| {
                panic!("{command}: no end; so far {lines:?}");
            });
            match line.split_once(MARK) {
                Some((before, status)) => {
                    if !before.is_empty() {
                        lines.push(before.to_owned());
                    }
                    return (lines, status.trim().parse().unwrap());
                }
                None => lines.push(line),
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = shell(self.directory.path(), "eulb")
            .args(["local", "stop"])
            .output();
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn is_there(program: &str) -> bool {
    let asked = std::process::Command::new(program)
        .arg("--help")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok()
}

/// Runs the transcripts of a page; `UPDATE` writes what was printed into it.
fn check(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let found = blocks(&text);
    if found.is_empty() {
        return;
    }
    for program in ["curl", "openssl"] {
        let named = text.contains(&format!("{program} "));
        if named && !is_there(program) {
            let page = path.display();
            eprintln!("SKIPPED: the transcripts of {page}, which need {program}");
            return;
        }
    }
    let update = std::env::var_os("UPDATE").is_some();
    let mut session = Session::start();
    let mut pairs = Pairs::default();
    let mut renewed = String::new();
    let mut copied = 0;
    let mut faults = String::new();
    let mut failed = false;
    for (begin, end) in found {
        renewed.push_str(&text[copied..begin]);
        copied = end;
        for step in steps(&text[begin..end]) {
            let (printed, status) = session.run(&pairs.translate(&step.command));
            let fits = pairs.fit(&step.shown, &printed);
            let shown = match fits {
                true => step.shown.clone(),
                false => pairs.adopt(&printed),
            };
            let command = step.command.replace('\n', "\n> ");
            let _ = writeln!(renewed, "$ {command}");
            for line in shown {
                let _ = writeln!(renewed, "{}", line.trim_end());
            }
            failed |= status != 0;
            if !fits || status != 0 {
                let _ = writeln!(
                    faults,
                    "$ {} (exit status {status})\nshown:\n{}\nprinted:\n{}\n",
                    step.command,
                    step.shown.join("\n"),
                    printed.join("\n")
                );
            }
        }
    }
    renewed.push_str(&text[copied..]);
    let path = path.display();
    assert!(
        !failed,
        "{path}: commands failed, so that it cannot be renewed\n{faults}"
    );
    if update && renewed != text {
        fs::write(path.to_string(), renewed).unwrap();
    }
    assert!(
        faults.is_empty() || update,
        "{path}; renew it with UPDATE=1 cargo test --test it transcripts\n{faults}"
    );
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> PathBuf {
    root().join(format!("docs/manual/{name}.7.md"))
}

#[test]
fn readme_prints_what_it_shows() {
    check(&root().join("README.md"));
}

#[test]
fn the_use_cases_print_what_they_show() {
    check(&page("eulb-usecases"));
}

#[test]
fn the_page_of_debugging_prints_what_it_shows() {
    check(&page("eulb-debugging"));
}

#[test]
fn the_other_pages_print_what_they_show() {
    let apart = ["eulb-usecases", "eulb-debugging"];
    for (name, _) in PAGES.iter().filter(|(name, _)| !apart.contains(name)) {
        check(&page(name));
    }
}

/// Whether a command could fail without its status being seen.
fn hides_a_failure(command: &str) -> bool {
    let quoted = Regex::new(r#""[^"]*"|'[^']*'"#).unwrap();
    let told = Regex::new(r"; echo.*\$\?").unwrap().is_match(command);
    let bare = quoted.replace_all(command, "");
    let is_loop = bare.starts_with("for ") || bare.starts_with("until ");
    (bare.contains(';') && !told && !is_loop) || bare.contains("||")
}

#[test]
fn no_command_of_a_page_hides_its_failure() {
    let pages = PAGES.iter().map(|(name, _)| page(name));
    for path in pages.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&path).unwrap();
        for (begin, end) in blocks(&text) {
            for step in steps(&text[begin..end]) {
                let hides = hides_a_failure(&step.command);
                assert!(!hides, "{}: {}", path.display(), step.command);
            }
        }
    }
    for (command, hides) in [
        ("eulb local wait web", false),
        ("eulb wait web; sleep 2", true),
        ("eulb wait web || true", true),
        ("eulb-create-lb web; echo \"status $?\"", false),
        ("for turn in 1 2; do curl \"$url\"; done", false),
        ("echo 'a; b'", false),
    ] {
        assert_eq!(hides_a_failure(command), hides, "{command}");
    }
}

#[test]
fn no_command_line_is_without_a_test() {
    // A shell block that is not a transcript may only hold what a transcript cannot run.
    let apart = ["cargo ", "docker ", "dpkg", "rpm ", "man ", "#"];
    let pages = PAGES.iter().map(|(name, _)| page(name));
    for path in pages.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&path).unwrap();
        for block in text.split("```sh\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            for line in block.lines().filter(|line| !line.trim().is_empty()) {
                let known = apart.iter().any(|start| line.starts_with(start));
                assert!(known, "{}: no test runs: {line}", path.display());
            }
        }
    }
}

#[test]
fn names_are_paired_and_lines_may_change_places() {
    let fit = |shown: &[&str], printed: &[&str]| {
        let own = |lines: &[&str]| {
            lines
                .iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        let mut pairs = Pairs::default();
        let first = own(&["i-0000000A", "i-0000000B"]);
        assert!(pairs.fit(&first, &own(&["i-AAAAAAAA", "i-99999999"])));
        pairs.fit(&own(shown), &own(printed))
    };
    let cases: [(&[&str], &[&str], bool); 7] = [
        (&["x i-0000000A"], &["x i-AAAAAAAA"], true),
        (&["x i-0000000A"], &["x i-99999999"], false),
        (
            &["x i-0000000A", "x i-0000000B"],
            &["x i-99999999", "x i-AAAAAAAA"],
            true,
        ),
        (&["x i-0000000A y"], &["x i-AAAAAAAA z"], false),
        (&["after 3 ms"], &["after 12.5 ms"], true),
        (&["a", "...", "z"], &["a", "b", "c", "z"], true),
        (&["a", "...", "z"], &["a", "b", "c"], false),
    ];
    for (shown, printed, expected) in cases {
        assert_eq!(fit(shown, printed), expected, "{shown:?} {printed:?}");
    }
    let step = |command: &str, shown: &[&str]| Step {
        command: command.to_owned(),
        shown: shown.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(
        steps("$ a \\\n> b\nout\n> quoted\n$ c\n"),
        [step("a \\\nb", &["out", "> quoted"]), step("c", &[])]
    );
}

/// The components page has a row for every component that logs, and what it quotes is really said.
#[test]
fn what_components_say_in_trouble_is_what_the_page_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => sources.push_str(&fs::read_to_string(path).unwrap()),
            }
        }
    }
    // What goes well is found in a real log by tests/it/log_lines.rs.
    let rows = table("| Component |", 4);
    for row in &rows {
        let component = &row[0];
        for line in quoted(&row[3]) {
            assert!(
                sources.contains(&format!("\"{line}")),
                "{component}: nothing says {line}"
            );
        }
    }
}

/// The rows of a table of the page of components, by the beginning of its head.
pub fn table(head: &str, columns: usize) -> Vec<Vec<String>> {
    let text = fs::read_to_string(page("eulb-components")).unwrap();
    let (_, rest) = text.split_once(head).unwrap();
    let rows: Vec<Vec<String>> = rest
        .lines()
        .skip(2)
        .map_while(|line| line.strip_prefix("| ")?.strip_suffix('|'))
        .map(|line| line.split(" |").map(|cell| cell.trim().to_owned()))
        .map(|cells| cells.take(columns).collect())
        .collect();
    assert!(rows.iter().all(|row| row.len() == columns), "{rows:?}");
    rows
}

/// What stands between backticks.
pub fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_page_of_debugging_has_a_row_for_every_signature_and_for_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/manual/eulb-debugging.7.md")).unwrap();
    let (_, table) = page.split_once("| Signature |").unwrap();
    let named: std::collections::BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, SIGNATURES.into_iter().collect());
}
