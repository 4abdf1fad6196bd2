//! Health checks: what is asked of an instance, and when its answers change the verdict.

use super::listener::{Port, Protocol};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What a health check contacts: `HTTP:80/index.html`, `TCP:22`.
///
/// The text is kept as it was given, since the API echoes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    text: Arc<str>,
    protocol: Protocol,
    port: Port,
    path: Arc<str>,
}

/// Whether the protocol of a target may be written in small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetCase {
    /// Capitals only: Eucalyptus before 4.1.1 (EUCA-9052).
    Sensitive,
    Insensitive,
}

/// Why a text is not a target. The messages are those of Eucalyptus 4.0 and later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("target must starts with one of HTTP, HTTPS, TCP, SSL")]
    UnknownProtocol,
    #[error("Port and Path must be specified for {0}")]
    MissingPath(Protocol),
    #[error("Invalid target specified")]
    Malformed,
}

impl Target {
    /// Reads `PROTOCOL:PORT` (TCP, SSL) or `PROTOCOL:PORT/PATH` (HTTP, HTTPS).
    ///
    /// # Errors
    ///
    /// The protocol is unknown, an HTTP target has no path, or the port is not 1..=65535.
    pub fn parse(text: &str, case: TargetCase) -> Result<Target, TargetError> {
        let (name, rest) = match text.split_once(':') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        let protocol: Protocol = name.parse().map_err(|_| TargetError::UnknownProtocol)?;
        if case == TargetCase::Sensitive && protocol.as_str() != name {
            return Err(TargetError::UnknownProtocol);
        }
        let missing = if protocol.is_http() {
            TargetError::MissingPath(protocol)
        } else {
            TargetError::Malformed
        };
        let rest = rest.ok_or(missing.clone())?;
        let (port, path) = if protocol.is_http() {
            let slash = rest.find('/').ok_or(missing)?;
            rest.split_at(slash)
        } else {
            (rest, "")
        };
        if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TargetError::Malformed);
        }
        // A path goes into a request line: white space or a control character would end it early.
        if path.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(TargetError::Malformed);
        }
        let port = port
            .parse()
            .ok()
            .and_then(Port::new)
            .ok_or(TargetError::Malformed)?;
        Ok(Target {
            text: text.into(),
            protocol,
            port,
            path: path.into(),
        })
    }

    /// A TCP target, as the default health check of a new load balancer has.
    pub fn tcp(port: Port) -> Target {
        Target {
            text: format!("TCP:{port}").into(),
            protocol: Protocol::Tcp,
            port,
            path: "".into(),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The port of the instance that is contacted; it need not be one of a listener.
    pub fn port(&self) -> Port {
        self.port
    }

    /// The path of an HTTP or HTTPS target, with its leading slash; empty for TCP and SSL.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Target, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Target::parse(&text, TargetCase::Insensitive).map_err(serde::de::Error::custom)
    }
}

/// How many consecutive results change the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Consecutive passes before an instance is in service.
    pub healthy: u32,
    /// Consecutive failures before an instance is out of service.
    pub unhealthy: u32,
}

/// The health check of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    pub target: Target,
    /// Seconds from the end of one check of an instance to the start of the next.
    pub interval_seconds: u32,
    /// Seconds within which a check must have passed.
    pub timeout_seconds: u32,
    pub thresholds: Thresholds,
}

impl HealthCheck {
    pub fn interval(&self) -> Duration {
        Duration::from_secs(self.interval_seconds.into())
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.into())
    }
}

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    /// It could not be made, for want of something on this side: no word on the instance.
    NotMade,
}

/// What a servo thinks of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    InService,
    OutOfService,
}

/// Counts the results of one servo's checks of one instance.
///
/// Starts without a verdict; the first threshold crossed, either way, gives one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracker {
    verdict: Option<Verdict>,
    passed: u32,
    failed: u32,
}

impl Tracker {
    /// A tracker that keeps a verdict until there is a new one: for a changed health check.
    pub fn resuming(verdict: Option<Verdict>) -> Tracker {
        Tracker {
            verdict,
            passed: 0,
            failed: 0,
        }
    }

    /// The verdict so far; nothing until a threshold has been crossed.
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }

    /// Counts one result and returns the new verdict if it changed one.
    ///
    /// `thresholds` count *consecutive* results (2..=10 at Amazon; Eucalyptus 3.3.0 sets no upper
    /// bound). A result against the run resets the count of the run; a check that was not made is
    /// no result. With `first_pass_suffices`
    /// (Eucalyptus from 4.3.0, EUCA-11608) an instance without a verdict needs one pass only.
    ///
    /// Source: ConfigureHealthCheck, Elastic Load Balancing API 2012-06-01; Eucalyptus servo 1.0.0.
    pub fn observe(
        &mut self,
        outcome: Outcome,
        thresholds: Thresholds,
        first_pass_suffices: bool,
    ) -> Option<Verdict> {
        let reached = match outcome {
            Outcome::Passed => {
                self.failed = 0;
                self.passed = self.passed.saturating_add(1);
                let first = first_pass_suffices && self.verdict.is_none();
                (first || self.passed >= thresholds.healthy).then_some(Verdict::InService)
            }
            Outcome::Failed => {
                self.passed = 0;
                self.failed = self.failed.saturating_add(1);
                (self.failed >= thresholds.unhealthy).then_some(Verdict::OutOfService)
            }
            Outcome::NotMade => None,
        };
        match reached {
            Some(verdict) if self.verdict != Some(verdict) => {
                self.verdict = Some(verdict);
                Some(verdict)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn targets_are_read_as_eucalyptus_reads_them() {
        use TargetCase::{Insensitive, Sensitive};
        let http = TargetError::MissingPath(Protocol::Http);
        #[rustfmt::skip]
        let cases = [
            ("HTTP:80/index.html",     Sensitive,   Ok((Protocol::Http, 80, "/index.html"))),
            ("HTTP:80/",               Sensitive,   Ok((Protocol::Http, 80, "/"))),
            ("HTTPS:8443/a:b?c=http",  Sensitive,   Ok((Protocol::Https, 8443, "/a:b?c=http"))),
            ("TCP:22",                 Sensitive,   Ok((Protocol::Tcp, 22, ""))),
            ("SSL:65535",              Sensitive,   Ok((Protocol::Ssl, 65535, ""))),
            ("tcp:22",                 Insensitive, Ok((Protocol::Tcp, 22, ""))),
            ("tcp:22",                 Sensitive,   Err(TargetError::UnknownProtocol)),
            ("UDP:22",                 Sensitive,   Err(TargetError::UnknownProtocol)),
            ("",                       Sensitive,   Err(TargetError::UnknownProtocol)),
            ("HTTP:80",                Sensitive,   Err(http.clone())),
            ("HTTP",                   Sensitive,   Err(http)),
            ("TCP",                    Sensitive,   Err(TargetError::Malformed)),
            ("TCP:0",                  Sensitive,   Err(TargetError::Malformed)),
            ("TCP:65536",              Sensitive,   Err(TargetError::Malformed)),
            ("TCP:+22",                Sensitive,   Err(TargetError::Malformed)),
            ("TCP:22/x",               Sensitive,   Err(TargetError::Malformed)),
            ("HTTP:/x",                Sensitive,   Err(TargetError::Malformed)),
            ("HTTP:80/a b",            Sensitive,   Err(TargetError::Malformed)),
            ("HTTP:80/a\r\nX: y",      Sensitive,   Err(TargetError::Malformed)),
        ];
        for (text, case, expected) in cases {
            let read = Target::parse(text, case);
            let read = read
                .as_ref()
                .map(|t| (t.protocol(), t.port().get(), t.path()))
                .map_err(Clone::clone);
            assert_eq!(read, expected, "{text:?}");
        }
    }

    const THRESHOLDS: Thresholds = Thresholds {
        healthy: 3,
        unhealthy: 2,
    };

    fn verdicts(results: &str, first_pass_suffices: bool) -> String {
        let mut tracker = Tracker::default();
        let step = |result| {
            let outcome = if result == '+' {
                Outcome::Passed
            } else {
                Outcome::Failed
            };
            match tracker.observe(outcome, THRESHOLDS, first_pass_suffices) {
                Some(Verdict::InService) => 'I',
                Some(Verdict::OutOfService) => 'O',
                None => '.',
            }
        };
        results.chars().map(step).collect()
    }

    #[test]
    fn thresholds_count_consecutive_results() {
        let cases = [
            ("+++++", false, "..I.."),
            ("++-+++", false, ".....I"),
            ("--", false, ".O"),
            ("-+-+-", false, "....."),
            ("+++--+++", false, "..I.O..I"),
            ("+++-+-+", false, "..I...."),
            ("+", true, "I"),
            ("-+", true, ".I"),
            ("--+++", true, ".O..I"),
        ];
        for (results, first, expected) in cases {
            assert_eq!(
                verdicts(results, first),
                expected,
                "{results} first={first}"
            );
        }
    }

    #[test]
    fn a_resumed_tracker_repeats_no_verdict() {
        let mut tracker = Tracker::resuming(Some(Verdict::InService));
        for _ in 0..5 {
            assert_eq!(tracker.observe(Outcome::Passed, THRESHOLDS, false), None);
        }
        assert_eq!(tracker.verdict(), Some(Verdict::InService));
    }

    proptest! {
        /// The verdict after any history is what the last sufficiently long run says.
        #[test]
        fn the_verdict_is_that_of_the_last_long_run(
            history in proptest::collection::vec(any::<bool>(), 0..60),
            healthy in 1u32..6,
            unhealthy in 1u32..6,
        ) {
            let thresholds = Thresholds { healthy, unhealthy };
            let mut tracker = Tracker::default();
            let mut expected = None;
            let mut run = 0;
            let mut previous = None;
            for &passed in &history {
                run = if previous == Some(passed) { run + 1 } else { 1 };
                previous = Some(passed);
                if passed && run >= healthy {
                    expected = Some(Verdict::InService);
                } else if !passed && run >= unhealthy {
                    expected = Some(Verdict::OutOfService);
                }
                let outcome = if passed { Outcome::Passed } else { Outcome::Failed };
                tracker.observe(outcome, thresholds, false);
                prop_assert_eq!(tracker.verdict(), expected);
            }
        }

        #[test]
        fn any_text_is_a_target_or_refused(text in "\\PC{0,40}") {
            if let Ok(target) = Target::parse(&text, TargetCase::Insensitive) {
                prop_assert_eq!(target.as_str(), text.as_str());
                prop_assert_eq!(target.path().is_empty(), !target.protocol().is_http());
            }
        }
    }
}
