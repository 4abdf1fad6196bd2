//! Time for everything outside the model: the wall clock, and waits that `--time-scale` shortens.
//!
//! Waits go through tokio's timer, so a test may pause time. Rules take moments and durations as
//! arguments and never ask a clock.

use crate::model::timestamp::Timestamp;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reads the wall clock and scales waits.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Seconds of waiting per nominal second: 0.1 makes the local cloud ten times faster.
    scale: f64,
}

impl Clock {
    /// A clock whose waits are as long as they say.
    pub fn real() -> Clock {
        Clock { scale: 1.0 }
    }

    /// A clock whose waits are multiplied by `scale`, which is clamped to 0.001..=1000.
    pub fn scaled(scale: f64) -> Clock {
        Clock {
            scale: if scale.is_finite() {
                scale.clamp(0.001, 1000.0)
            } else {
                1.0
            },
        }
    }

    /// The present moment. Moments are never scaled: signatures and records need real ones.
    pub fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// How long a nominal duration really takes; at least a millisecond unless it is zero.
    pub fn real_duration(&self, nominal: Duration) -> Duration {
        if nominal.is_zero() {
            return nominal;
        }
        nominal.mul_f64(self.scale).max(Duration::from_millis(1))
    }

    /// Waits for a nominal duration.
    pub async fn sleep(&self, nominal: Duration) {
        tokio::time::sleep(self.real_duration(nominal)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_scaled_and_never_vanish() {
        let cases = [
            (1.0, 30_000, 30_000),
            (0.1, 30_000, 3_000),
            (0.001, 10, 1),
            (0.1, 0, 0),
        ];
        for (scale, nominal, real) in cases {
            let nominal = Duration::from_millis(nominal);
            assert_eq!(
                Clock::scaled(scale).real_duration(nominal),
                Duration::from_millis(real)
            );
        }
    }
}
