//! What was seen while a step was played: what the claims are judged by, and what is shown.

use super::load::{Answer, Counts};
use std::net::SocketAddr;
use std::time::Duration;

/// Whether a claim is true: what shows it, or what came instead of what was expected.
pub type Claim = Result<String, Mismatch>;

/// A claim that is not true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub expected: String,
    pub came: String,
}

impl Mismatch {
    pub fn new(expected: impl Into<String>, came: impl Into<String>) -> Mismatch {
        Mismatch {
            expected: expected.into(),
            came: came.into(),
        }
    }
}

/// A command that has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// As a person would type it.
    pub typed: String,
    /// Nothing if a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The fields of each line of standard output.
    pub fn records(&self) -> impl Iterator<Item = Vec<&str>> {
        self.stdout.lines().map(|line| line.split('\t').collect())
    }
}

/// Who answered in one part of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    pub title: String,
    pub counts: Counts,
}

/// How the cloud came up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cloud {
    pub endpoint: String,
    pub release: String,
    /// From the start of the process until it was ready.
    pub ready: Duration,
    /// Access keys of the tenant and of the administrator.
    pub access_keys: [String; 2],
}

/// What was seen. What belongs to one step begins anew with each ([`Evidence::turn_page`]).
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub cloud: Option<Cloud>,
    /// The instances in the order they were started.
    pub instances: Vec<String>,
    /// The listeners as `eulb resolve` last told them.
    pub listeners: Vec<String>,
    /// Every address that a listener ever had.
    pub addresses: Vec<SocketAddr>,
    /// The DNS name of the load balancer.
    pub dns_name: Option<String>,

    // Of this step:
    pub runs: Vec<Run>,
    pub answers: Vec<Answer>,
    pub charts: Vec<Chart>,
    /// How long each wait took that came to its end.
    pub waits: Vec<(String, Duration)>,
    /// Those of [`Evidence::addresses`] that accepted a connection.
    pub accepted: Vec<SocketAddr>,
    /// How the cloud's process ended, and whether its directory is gone.
    pub ended: Option<(Option<i32>, bool)>,
}

impl Evidence {
    /// Forgets what belonged to the step before.
    pub fn turn_page(&mut self) {
        self.runs.clear();
        self.answers.clear();
        self.charts.clear();
        self.waits.clear();
        self.accepted.clear();
        self.ended = None;
    }

    /// Takes in a command that has ended, with the names it gave to things.
    pub fn take(&mut self, run: Run) {
        if run.status == Some(0) {
            if run.typed.starts_with("eulb instance run") {
                self.instances.extend(instance_ids(&run.stdout));
            }
            if run.typed.starts_with("eulb resolve") {
                self.know_listeners(&run.stdout);
            }
            if run.typed.starts_with("eulb-create-lb ") {
                self.dns_name = run.records().find_map(|record| match record[..] {
                    ["DNS_NAME", name, ..] => Some(name.to_owned()),
                    _ => None,
                });
            }
        }
        self.runs.push(run);
    }

    /// Takes over the listeners that are told, those that were known before first: what the story
    /// calls the second listener is the one that came second.
    fn know_listeners(&mut self, told: &str) {
        let told: Vec<String> = told
            .split_whitespace()
            .filter(|word| word.contains("://"))
            .map(str::to_owned)
            .collect();
        self.listeners.retain(|known| told.contains(known));
        for url in told {
            if !self.listeners.contains(&url) {
                self.listeners.push(url);
            }
        }
    }

    /// Puts the instances' ids where a text says `{1}`.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (index, id) in self.instances.iter().enumerate() {
            filled = filled.replace(&format!("{{{}}}", index + 1), id);
        }
        filled
    }
}

/// The words of a text that are ids of instances, once each.
fn instance_ids(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_id = word.strip_prefix("i-").is_some_and(|digits| {
            digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if is_id && !ids.iter().any(|id| id == word) {
            ids.push(word.to_owned());
        }
    }
    ids
}

/// Cuts a command line into words as a shell does, as far as the story needs it: blanks part words,
/// double quotes keep them together.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_as_a_shell_cuts_them() {
        let cases: [(&str, &[&str]); 5] = [
            ("eulb-describe-lbs", &["eulb-describe-lbs"]),
            ("a  b ", &["a", "b"]),
            (
                "c -l \"lb-port=80, protocol=HTTP\" web",
                &["c", "-l", "lb-port=80, protocol=HTTP", "web"],
            ),
            ("a \"\" b", &["a", "", "b"]),
            ("", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(words(line), expected, "{line}");
        }
    }

    #[test]
    fn names_are_learnt_from_what_commands_print() {
        let run = |typed: &str, stdout: &str| Run {
            typed: typed.into(),
            status: Some(0),
            stdout: stdout.into(),
            stderr: String::new(),
        };
        let mut seen = Evidence::default();
        seen.take(run(
            "eulb instance run --count 2",
            "i-1DF9440E\trunning\ni-00AAbb11\trunning\nnot i-an id\n",
        ));
        seen.take(run(
            "eulb-create-lb web",
            "DNS_NAME\tweb-000000000001.lb.localhost\n",
        ));
        seen.take(run(
            "eulb resolve web",
            "http://127.101.0.1/\ntcp://127.101.0.1:22\n",
        ));
        // A command that failed teaches nothing.
        seen.take(Run {
            status: Some(1),
            ..run("eulb instance run", "i-FFFFFFFF")
        });
        seen.take(run(
            "eulb resolve web",
            "http://127.101.0.9/\ntcp://127.101.0.1:22\n",
        ));
        assert_eq!(seen.fill("x {1},{2} {3}"), "x i-1DF9440E,i-00AAbb11 {3}");
        assert_eq!(
            seen.listeners,
            ["tcp://127.101.0.1:22", "http://127.101.0.9/"]
        );
        assert_eq!(
            seen.dns_name.as_deref(),
            Some("web-000000000001.lb.localhost")
        );
        seen.turn_page();
        assert!(seen.runs.is_empty());
        assert_eq!(seen.instances.len(), 2);
    }
}
