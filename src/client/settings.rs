//! What a call needs to know, each piece with where it came from.

use crate::wire::release::Release;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Where a setting came from, for people who wonder why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An option of the command line: `--url`.
    Flag(&'static str),
    /// An environment variable.
    Variable(String),
    /// An option in a section of a configuration file.
    File {
        path: String,
        section: String,
        option: String,
    },
    /// Part of another setting: the region in front of `REGION::URL`.
    Within(Box<Source>),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(name) => f.write_str(name),
            Source::Variable(name) => write!(f, "variable {name}"),
            Source::File {
                path,
                section,
                option,
            } => write!(f, "{path}, [{section}] {option}"),
            Source::Within(source) => source.fmt(f),
            Source::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Sourced<T> {
    pub fn new(value: T, source: Source) -> Sourced<T> {
        Sourced { value, source }
    }

    pub fn default(value: T) -> Sourced<T> {
        Sourced::new(value, Source::Default)
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced::new(change(self.value), self.source)
    }
}

/// Keys of one source; halves of two sources are never put together.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub access_key: String,
    pub secret_key: String,
    pub session_token: Option<String>,
    pub source: Source,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .field("secret_key", &"<redacted>")
            .field(
                "session_token",
                &self.session_token.as_ref().map(|_| "<redacted>"),
            )
            .field("source", &self.source)
            .finish()
    }
}

/// Whether the server's certificate is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// As euca2ools does unless a region says `verify-ssl = true`: clouds of one's own rarely have
    /// certificates that anybody else vouches for.
    Off,
    /// Against the system's roots.
    System,
    /// Against the certificates of this PEM file only.
    File(PathBuf),
}

/// Everything a [`super::Client`] needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The URL that is posted to, as given.
    pub endpoint: Sourced<String>,
    /// The region in the scope of the signature.
    pub signing_region: Sourced<String>,
    pub credentials: Credentials,
    pub release: Sourced<Release>,
    pub verification: Sourced<Verification>,
    /// Longest silence of a socket.
    pub timeout: Sourced<Duration>,
    /// Tries after the first.
    pub retries: Sourced<u32>,
    /// Whether the user's configuration asks for `--debug`.
    pub debug: Sourced<bool>,
    pub pauses: Pauses,
    /// Bytes of an answer that are read at most.
    pub maximum_answer_bytes: usize,
}

/// Seconds that a call takes at most without a byte arriving. Source: euca2ools 3.4.1.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Tries after the first. Source: euca2ools 3.4.1.
pub const DEFAULT_RETRIES: u32 = 2;

/// Bytes of an answer: 10,000 load balancers, fully described, are about 15 MB.
pub const DEFAULT_MAXIMUM_ANSWER_BYTES: usize = 64 << 20;

impl Settings {
    /// Settings for an endpoint and a pair of keys, everything else by default.
    pub fn new(
        endpoint: impl Into<String>,
        access_key: impl Into<String>,
        secret_key: impl Into<String>,
    ) -> Settings {
        Settings {
            endpoint: Sourced::default(endpoint.into()),
            signing_region: Sourced::default("eucalyptus".to_owned()),
            credentials: Credentials {
                access_key: access_key.into(),
                secret_key: secret_key.into(),
                session_token: None,
                source: Source::Default,
            },
            release: Sourced::default(Release::default()),
            verification: Sourced::default(Verification::Off),
            timeout: Sourced::default(DEFAULT_TIMEOUT),
            retries: Sourced::default(DEFAULT_RETRIES),
            debug: Sourced::default(false),
            pauses: Pauses::default(),
            maximum_answer_bytes: DEFAULT_MAXIMUM_ANSWER_BYTES,
        }
    }
}

/// How long to wait before another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// The least pause before the second try; it doubles with every further one.
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Pauses {
    /// 1 to 2 s, then twice that, 15 s at most. Source: euca2ools 3.4.1.
    fn default() -> Pauses {
        Pauses {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(15),
        }
    }
}

impl Pauses {
    /// No pauses, for tests.
    pub const NONE: Pauses = Pauses {
        first: Duration::ZERO,
        longest: Duration::ZERO,
    };

    /// The pause after so many failed tries; `spread` (0..=1) keeps callers from marching in step.
    pub fn after(&self, failed: u32, spread: f64) -> Duration {
        let doubled = 2f64.powi(
            i32::try_from(failed.saturating_sub(1))
                .unwrap_or(i32::MAX)
                .min(30),
        );
        self.first
            .mul_f64((1.0 + spread.clamp(0.0, 1.0)) * doubled)
            .min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound() {
        let pauses = Pauses::default();
        #[rustfmt::skip]
        let cases = [(1, 0.0, 1000), (1, 1.0, 2000), (2, 0.0, 2000), (2, 0.5, 3000), (3, 1.0, 8000), (4, 1.0, 15_000), (99, 0.0, 15_000)];
        for (failed, spread, milliseconds) in cases {
            assert_eq!(
                pauses.after(failed, spread),
                Duration::from_millis(milliseconds)
            );
        }
        assert_eq!(Pauses::NONE.after(2, 1.0), Duration::ZERO);
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let mut settings = Settings::new("http://x", "AKI", "s3cr3t");
        settings.credentials.session_token = Some("t0k3n".to_owned());
        let shown = format!("{settings:?}");
        assert!(shown.contains("AKI") && !shown.contains("s3cr3t") && !shown.contains("t0k3n"));
    }
}
