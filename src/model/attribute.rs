//! Attributes: the settings of a load balancer that are neither listeners nor policies.
//!
//! A [`Change`] names what is to be different and is merged with what is held; what it does not name
//! stays. Which attributes a release honours comes in as [`Offered`]. Where one is not honoured, a
//! change may repeat its present value (clients that send every attribute do), but may not alter it:
//! Eucalyptus took such changes and ignored them, and silence is a trap.
//!
//! Sources: ModifyLoadBalancerAttributes, API reference 2012-06-01; Eucalyptus 4.1–4.4,
//! `LoadBalancingService`.

use super::policy::Dialect;
use serde::{Deserialize, Serialize};

/// Seconds of silence before a connection is closed, by default. Source: ConnectionSettings.
pub const IDLE_TIMEOUT_DEFAULT_SECONDS: u32 = 60;

/// Longest idle timeout of Eucalyptus, in seconds. Source: message binding of 4.1, botocore's model.
pub const IDLE_TIMEOUT_MAX_SECONDS: u32 = 3600;

/// Longest idle timeout of Amazon, in seconds: raised from 3600 after the model was written. Source:
/// "Configure the idle connection timeout for your Classic Load Balancer".
pub const IDLE_TIMEOUT_MAX_SECONDS_AMAZON: u32 = 4000;

/// Seconds for which a leaving instance may finish, by default. Source: ConnectionDraining.
pub const DRAINING_DEFAULT_SECONDS: u32 = 300;

/// Longest draining, in seconds. Source: ConnectionDraining.
pub const DRAINING_MAX_SECONDS: u32 = 3600;

/// Minutes between two files of an access log, by default. Source: AccessLog.EmitInterval.
pub const EMIT_INTERVAL_DEFAULT_MINUTES: u32 = 60;

/// Longest bucket prefix, in bytes: an object's key has 1024, and the rest of it needs about 200.
pub const PREFIX_MAX_BYTES: usize = 800;

/// Additional attributes in one request. Source: AdditionalAttributes, API reference 2012-06-01.
pub const ADDITIONAL_AT_MOST: usize = 10;

/// The key of the only additional attribute.
pub const DESYNC_MODE_KEY: &str = "elb.http.desyncmitigationmode";

/// The attributes of one load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// Whether instances of other zones may be forwarded to.
    pub cross_zone: bool,
    pub draining: Draining,
    /// Seconds of silence, on either side, before a connection is closed.
    pub idle_timeout_seconds: u32,
    pub access_log: AccessLog,
    pub desync_mode: DesyncMode,
}

impl Default for Attributes {
    fn default() -> Attributes {
        Attributes {
            cross_zone: false,
            draining: Draining::default(),
            idle_timeout_seconds: IDLE_TIMEOUT_DEFAULT_SECONDS,
            access_log: AccessLog::default(),
            desync_mode: DesyncMode::default(),
        }
    }
}

/// How an instance leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draining {
    pub enabled: bool,
    /// Kept, and described by Amazon, while draining is off.
    pub timeout_seconds: u32,
}

impl Default for Draining {
    fn default() -> Draining {
        Draining {
            enabled: false,
            timeout_seconds: DRAINING_DEFAULT_SECONDS,
        }
    }
}

/// Where requests are logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccessLog {
    pub enabled: bool,
    pub bucket: Option<String>,
    pub emit_interval_minutes: u32,
    pub prefix: Option<String>,
}

impl Default for AccessLog {
    fn default() -> AccessLog {
        AccessLog {
            enabled: false,
            bucket: None,
            emit_interval_minutes: EMIT_INTERVAL_DEFAULT_MINUTES,
            prefix: None,
        }
    }
}

/// What happens to requests that are legal but could be understood in two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DesyncMode {
    Monitor,
    #[default]
    Defensive,
    Strictest,
}

impl DesyncMode {
    pub const ALL: [DesyncMode; 3] = [
        DesyncMode::Monitor,
        DesyncMode::Defensive,
        DesyncMode::Strictest,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            DesyncMode::Monitor => "monitor",
            DesyncMode::Defensive => "defensive",
            DesyncMode::Strictest => "strictest",
        }
    }

    fn named(text: &str) -> Option<DesyncMode> {
        DesyncMode::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// What is to be different. Numbers are as wide as the API's, so that every one of them can be refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub cross_zone: Option<bool>,
    pub draining_enabled: Option<bool>,
    pub draining_timeout_seconds: Option<i64>,
    pub idle_timeout_seconds: Option<i64>,
    pub access_log_enabled: Option<bool>,
    pub access_log_bucket: Option<String>,
    pub access_log_emit_interval_minutes: Option<i64>,
    /// An empty prefix clears the one that is held.
    pub access_log_prefix: Option<String>,
    /// Keys and values of additional attributes.
    pub additional: Vec<(String, String)>,
}

/// An attribute, as far as releases differ about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeName {
    CrossZone,
    Draining,
    IdleTimeout,
    AccessLog,
    Additional,
}

/// What a release honours of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    pub dialect: Dialect,
    pub cross_zone: bool,
    pub draining: bool,
    pub idle_timeout: bool,
    pub access_log: bool,
    pub additional: bool,
}

/// Why attributes are not modified. The texts about access logs are Eucalyptus'.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeRefusal {
    #[error("at least one attribute must be specified")]
    Nothing,
    /// The release would ignore the change.
    #[error("the attribute is not supported")]
    NotOffered(AttributeName),
    #[error("ConnectionSettings.IdleTimeout must be between 1 and {0} seconds")]
    IdleTimeout(u32),
    #[error("ConnectionDraining.Timeout must be between 1 and {DRAINING_MAX_SECONDS} seconds")]
    DrainingTimeout,
    #[error("AccessLog.S3BucketName must be specified when the access log is enabled")]
    BucketMissing,
    #[error("AccessLog.S3BucketName: {0} is not the name of a bucket")]
    BucketInvalid(String),
    #[error("Access log's emit interval must be between 5 and 60 minutes")]
    EmitInterval,
    #[error("Access log's emit interval must be 5 or 60 minutes")]
    EmitIntervalAmazon,
    #[error("Invalid characters in bucket prefix text string")]
    Prefix,
    #[error("there are more than {ADDITIONAL_AT_MOST} additional attributes")]
    TooManyAdditional,
    /// No attribute has this key.
    #[error("The load balancer attribute {0} does not exist")]
    Unknown(String),
    #[error("{DESYNC_MODE_KEY} must be monitor, defensive or strictest")]
    DesyncMode,
}

impl Attributes {
    /// The attributes after a change.
    ///
    /// # Errors
    ///
    /// The change names nothing, alters what the release does not honour, or sets a value out of
    /// its range. Nothing is changed then.
    pub fn merged(
        &self,
        change: &Change,
        offered: Offered,
    ) -> Result<Attributes, AttributeRefusal> {
        if *change == Change::default() {
            return Err(AttributeRefusal::Nothing);
        }
        let mut merged = self.clone();
        if let Some(enabled) = change.cross_zone {
            merged.cross_zone = enabled;
        }
        if let Some(enabled) = change.draining_enabled {
            merged.draining.enabled = enabled;
        }
        if let Some(seconds) = change.draining_timeout_seconds {
            merged.draining.timeout_seconds =
                within(seconds, DRAINING_MAX_SECONDS).ok_or(AttributeRefusal::DrainingTimeout)?;
        }
        if let Some(seconds) = change.idle_timeout_seconds {
            let limit = match offered.dialect {
                Dialect::Eucalyptus => IDLE_TIMEOUT_MAX_SECONDS,
                Dialect::Amazon => IDLE_TIMEOUT_MAX_SECONDS_AMAZON,
            };
            merged.idle_timeout_seconds =
                within(seconds, limit).ok_or(AttributeRefusal::IdleTimeout(limit))?;
        }
        merged.access_log = self.access_log.merged(change, offered.dialect)?;
        if change.additional.len() > ADDITIONAL_AT_MOST {
            return Err(AttributeRefusal::TooManyAdditional);
        }
        for (key, value) in &change.additional {
            if key != DESYNC_MODE_KEY {
                return Err(AttributeRefusal::Unknown(key.clone()));
            }
            merged.desync_mode = DesyncMode::named(value).ok_or(AttributeRefusal::DesyncMode)?;
        }
        let ignored = self.altered(&merged).find(|name| !offered.has(*name));
        ignored.map_or(Ok(merged), |name| Err(AttributeRefusal::NotOffered(name)))
    }

    /// What has another effect in `other` than here.
    fn altered(&self, other: &Attributes) -> impl Iterator<Item = AttributeName> + use<> {
        let same = [
            (
                AttributeName::CrossZone,
                self.cross_zone == other.cross_zone,
            ),
            // A timeout of a draining that is off both before and after has no effect.
            (
                AttributeName::Draining,
                self.draining == other.draining
                    || !(self.draining.enabled || other.draining.enabled),
            ),
            (
                AttributeName::IdleTimeout,
                self.idle_timeout_seconds == other.idle_timeout_seconds,
            ),
            (
                AttributeName::AccessLog,
                self.access_log == other.access_log
                    || !(self.access_log.enabled || other.access_log.enabled),
            ),
            (
                AttributeName::Additional,
                self.desync_mode == other.desync_mode,
            ),
        ];
        same.into_iter()
            .filter(|(_, same)| !same)
            .map(|(name, _)| name)
    }
}

impl Offered {
    fn has(&self, name: AttributeName) -> bool {
        match name {
            AttributeName::CrossZone => self.cross_zone,
            AttributeName::Draining => self.draining,
            AttributeName::IdleTimeout => self.idle_timeout,
            AttributeName::AccessLog => self.access_log,
            AttributeName::Additional => self.additional,
        }
    }
}

/// Whether a text may be a bucket's name: buckets become folders and parts of addresses. Source: S3's
/// rules for bucket names.
fn is_bucket(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    (3..=255).contains(&text.len())
        && text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_prefix(text: &str) -> bool {
    let climbs = text.split('/').any(|part| part == "..");
    !climbs && !text.chars().any(char::is_control) && text.len() <= PREFIX_MAX_BYTES
}

impl AccessLog {
    /// Whether bucket and prefix stand for a place among the buckets.
    pub fn has_place(&self) -> bool {
        self.bucket.as_deref().is_none_or(is_bucket) && self.prefix.as_deref().is_none_or(is_prefix)
    }

    fn merged(&self, change: &Change, dialect: Dialect) -> Result<AccessLog, AttributeRefusal> {
        let mut merged = self.clone();
        if let Some(enabled) = change.access_log_enabled {
            merged.enabled = enabled;
        }
        if let Some(bucket) = &change.access_log_bucket {
            if !is_bucket(bucket) {
                return Err(AttributeRefusal::BucketInvalid(bucket.clone()));
            }
            merged.bucket = Some(bucket.clone());
        }
        if let Some(minutes) = change.access_log_emit_interval_minutes {
            let (allowed, refusal) = match dialect {
                Dialect::Eucalyptus => {
                    ((5..=60).contains(&minutes), AttributeRefusal::EmitInterval)
                }
                Dialect::Amazon => (
                    [5, 60].contains(&minutes),
                    AttributeRefusal::EmitIntervalAmazon,
                ),
            };
            merged.emit_interval_minutes = u32::try_from(minutes)
                .ok()
                .filter(|_| allowed)
                .ok_or(refusal)?;
        }
        if let Some(prefix) = &change.access_log_prefix {
            if !is_prefix(prefix) {
                return Err(AttributeRefusal::Prefix);
            }
            merged.prefix = Some(prefix.clone()).filter(|prefix| !prefix.is_empty());
        }
        if merged.enabled && merged.bucket.is_none() {
            return Err(AttributeRefusal::BucketMissing);
        }
        Ok(merged)
    }
}

fn within(seconds: i64, limit: u32) -> Option<u32> {
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| (1..=limit).contains(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AMAZON: Offered = Offered {
        dialect: Dialect::Amazon,
        cross_zone: true,
        draining: true,
        idle_timeout: true,
        access_log: true,
        additional: true,
    };

    /// Eucalyptus 4.2 to 4.4.
    const EUCALYPTUS: Offered = Offered {
        dialect: Dialect::Eucalyptus,
        draining: false,
        additional: false,
        ..AMAZON
    };

    /// Eucalyptus 4.1.
    const EARLY: Offered = Offered {
        cross_zone: false,
        access_log: false,
        ..EUCALYPTUS
    };

    fn change(edit: impl FnOnce(&mut Change)) -> Change {
        let mut change = Change::default();
        edit(&mut change);
        change
    }

    fn log(edit: impl FnOnce(&mut Change)) -> Change {
        let mut change = change(|c| {
            c.access_log_enabled = Some(true);
            c.access_log_bucket = Some("my-logs".to_owned());
        });
        edit(&mut change);
        change
    }

    #[test]
    fn values_are_held_to_their_ranges() {
        use AttributeRefusal as R;
        let idle = |seconds| change(|c| c.idle_timeout_seconds = Some(seconds));
        let drain = |seconds| change(|c| c.draining_timeout_seconds = Some(seconds));
        let emit = |minutes| log(|c| c.access_log_emit_interval_minutes = Some(minutes));
        let prefix = |text: &str| log(|c| c.access_log_prefix = Some(text.to_owned()));
        let bucket = |text: &str| change(|c| c.access_log_bucket = Some(text.to_owned()));
        let extra = |key: &str, value: &str| {
            change(|c| c.additional = vec![(key.to_owned(), value.to_owned())])
        };
        #[rustfmt::skip]
        let cases = [
            (Change::default(), AMAZON, Some(R::Nothing)),
            (idle(1), EUCALYPTUS, None),
            (idle(3600), EUCALYPTUS, None),
            (idle(0), EUCALYPTUS, Some(R::IdleTimeout(3600))),
            (idle(3601), EUCALYPTUS, Some(R::IdleTimeout(3600))),
            (idle(4000), AMAZON, None),
            (idle(4001), AMAZON, Some(R::IdleTimeout(4000))),
            (idle(-1), AMAZON, Some(R::IdleTimeout(4000))),
            (idle(i64::MAX), AMAZON, Some(R::IdleTimeout(4000))),
            (drain(1), AMAZON, None),
            (drain(3600), AMAZON, None),
            (drain(0), AMAZON, Some(R::DrainingTimeout)),
            (drain(3601), AMAZON, Some(R::DrainingTimeout)),
            (emit(5), AMAZON, None),
            (emit(6), AMAZON, Some(R::EmitIntervalAmazon)),
            (emit(6), EUCALYPTUS, None),
            (emit(4), EUCALYPTUS, Some(R::EmitInterval)),
            (emit(61), EUCALYPTUS, Some(R::EmitInterval)),
            (emit(-5), EUCALYPTUS, Some(R::EmitInterval)),
            (change(|c| c.access_log_enabled = Some(true)), AMAZON, Some(R::BucketMissing)),
            (bucket("b"), AMAZON, Some(R::BucketInvalid("b".to_owned()))),
            (bucket("../logs"), AMAZON, Some(R::BucketInvalid("../logs".to_owned()))),
            (prefix("web/prod"), AMAZON, None),
            (prefix("a\u{7}b"), AMAZON, Some(R::Prefix)),
            (prefix("../../etc"), AMAZON, Some(R::Prefix)),
            (extra(DESYNC_MODE_KEY, "strictest"), AMAZON, None),
            (extra(DESYNC_MODE_KEY, "Strictest"), AMAZON, Some(R::DesyncMode)),
            (extra("elb.http.colour", "red"), AMAZON, Some(R::Unknown("elb.http.colour".to_owned()))),
            (change(|c| c.additional = vec![(DESYNC_MODE_KEY.to_owned(), "monitor".to_owned()); 11]), AMAZON, Some(R::TooManyAdditional)),
        ];
        for (change, offered, expected) in cases {
            let merged = Attributes::default().merged(&change, offered);
            assert_eq!(merged.err(), expected, "{change:?}");
        }
    }

    #[test]
    fn what_a_release_ignores_may_be_repeated_but_not_altered() {
        use AttributeName::*;
        let cross = |on| change(|c| c.cross_zone = Some(on));
        let drain = |on, seconds| {
            change(|c| {
                c.draining_enabled = Some(on);
                c.draining_timeout_seconds = seconds;
            })
        };
        let desync = |mode: &str| {
            change(|c| c.additional = vec![(DESYNC_MODE_KEY.to_owned(), mode.to_owned())])
        };
        let no_log = change(|c| c.access_log_enabled = Some(false));
        #[rustfmt::skip]
        let cases = [
            (cross(true), EARLY, Some(CrossZone)),
            (cross(false), EARLY, None),
            (cross(true), EUCALYPTUS, None),
            (log(|_| ()), EARLY, Some(AccessLog)),
            (no_log, EARLY, None),
            (drain(true, None), EUCALYPTUS, Some(Draining)),
            (drain(false, None), EUCALYPTUS, None),
            (drain(false, Some(60)), EUCALYPTUS, None),
            (drain(true, None), AMAZON, None),
            (desync("defensive"), EUCALYPTUS, None),
            (desync("monitor"), EUCALYPTUS, Some(Additional)),
            (change(|c| c.idle_timeout_seconds = Some(30)), Offered { idle_timeout: false, ..EARLY }, Some(IdleTimeout)),
        ];
        for (change, offered, expected) in cases {
            let merged = Attributes::default().merged(&change, offered);
            let expected = expected.map(AttributeRefusal::NotOffered);
            assert_eq!(merged.err(), expected, "{change:?}");
        }
    }

    #[test]
    fn a_change_leaves_alone_what_it_does_not_name() {
        let held = Attributes::default()
            .merged(
                &log(|c| {
                    c.cross_zone = Some(true);
                    c.draining_enabled = Some(true);
                    c.draining_timeout_seconds = Some(20);
                    c.idle_timeout_seconds = Some(90);
                    c.access_log_emit_interval_minutes = Some(5);
                    c.access_log_prefix = Some("web".to_owned());
                    c.additional = vec![(DESYNC_MODE_KEY.to_owned(), "monitor".to_owned())];
                }),
                AMAZON,
            )
            .expect("all of it is in range");
        let off = change(|c| c.access_log_enabled = Some(false));
        let merged = held.merged(&off, AMAZON).expect("it may be turned off");
        let mut expected = held.clone();
        expected.access_log.enabled = false;
        assert_eq!(merged, expected);
        let clear = change(|c| c.access_log_prefix = Some(String::new()));
        let merged = held.merged(&clear, AMAZON).expect("a prefix may go");
        assert_eq!(merged.access_log.prefix, None);
        assert_eq!(merged.access_log.bucket.as_deref(), Some("my-logs"));
    }

    #[test]
    fn attributes_stored_by_an_older_version_have_defaults() {
        let read: Attributes = serde_json::from_str("{\"cross_zone\":true}").expect("it is enough");
        let expected = Attributes {
            cross_zone: true,
            ..Attributes::default()
        };
        assert_eq!(read, expected);
    }

    proptest! {
        /// A change that is accepted is accepted again and changes nothing then.
        #[test]
        fn changes_are_idempotent(
            cross_zone in proptest::option::of(any::<bool>()),
            draining in proptest::option::of(any::<bool>()),
            timeout in proptest::option::of(-1i64..4002),
            idle in proptest::option::of(-1i64..4002),
            interval in proptest::option::of(0i64..70),
            amazon in any::<bool>(),
        ) {
            let change = log(|c| {
                c.cross_zone = cross_zone;
                c.draining_enabled = draining;
                c.draining_timeout_seconds = timeout;
                c.idle_timeout_seconds = idle;
                c.access_log_emit_interval_minutes = interval;
            });
            let offered = if amazon { AMAZON } else { EUCALYPTUS };
            if let Ok(once) = Attributes::default().merged(&change, offered) {
                prop_assert_eq!(once.merged(&change, offered), Ok(once.clone()));
            }
        }
    }
}
