//! The checks of one servo on one instance: a probe, a pause, a probe, until aborted.
//!
//! The pause begins when a probe ends, as in servo 1.0.0, so that a slow instance is asked less
//! often. Thousands of checks that begin together do not stay together: the first pause
//! ends anywhere in the second half of an interval, and no later one is quite like another. A verdict is reported when it changes, and again every `healthy` checks: the
//! control plane takes silence of three times that long for a dead servo
//! ("instance health not updated for extended period of time").

use super::checks::CheckLog;
use crate::clock::Clock;
use crate::model::health::{HealthCheck, Outcome, Target, Tracker, Verdict};
use crate::model::instance::InstanceId;
use crate::model::instruments::CheckSeen;
use crate::model::placement::ServoId;
use crate::proxy::probe::Seen;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Longest pause before the first check of an instance. Spreads the checks of many instances that
/// come at once; a person who waits for the first should not notice.
const LONGEST_START: Duration = Duration::from_secs(1);

/// The part of an interval by which a pause may be shorter. So much wandering keeps checks apart that
/// a busy machine has pushed together, and nobody notices it in a verdict.
const JITTER: f64 = 0.05;

/// Shortest real time a check is given, whatever the time scale: a tutorial's clock runs ten times
/// faster, the machine under it does not.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(500);

/// Probes an instance. A value, so that a test can answer in an instance's place.
pub type Probe = Arc<dyn Fn(Target, SocketAddr, Duration) -> PendingProbe + Send + Sync>;

/// Boxed: a checker sleeps most of its life, and need not carry the room for a probe meanwhile.
pub type PendingProbe = Pin<Box<dyn Future<Output = Seen> + Send>>;

/// The probe of [`crate::proxy::probe`], over the network.
pub fn network() -> Probe {
    Arc::new(|target, address, timeout| {
        Box::pin(async move { crate::proxy::probe::probe(&target, address, timeout).await })
    })
}

/// What a checker needs to know. It never changes: for another check there is another checker, which
/// resumes the tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub servo: ServoId,
    pub instance: InstanceId,
    /// Where the target's port of the instance is.
    pub address: SocketAddr,
    pub health_check: HealthCheck,
    pub first_pass_suffices: bool,
}

/// What a checker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub servo: ServoId,
    pub instance: InstanceId,
    /// Which of the supervisor's checkers of this instance speaks.
    pub checker: u64,
    pub verdict: Verdict,
    /// False for the repetition that shows that the servo is alive.
    pub changed: bool,
    /// What was sent and seen last.
    pub checked: String,
}

/// Checks an instance for as long as somebody listens.
pub async fn check(
    check: Check,
    checker: u64,
    mut tracker: Tracker,
    clock: Clock,
    probe: Probe,
    reports: mpsc::Sender<Report>,
    log: CheckLog,
) {
    let HealthCheck {
        target, thresholds, ..
    } = &check.health_check;
    let timeout = clock
        .real_duration(check.health_check.timeout())
        .max(SHORTEST_TIMEOUT);
    let interval = check.health_check.interval();
    let dice = dice(&check);
    clock.sleep(start(dice, interval)).await;
    let (mut since_report, mut was_made) = (0, true);
    for turn in 0_u32.. {
        let seen = probe(target.clone(), check.address, timeout).await;
        let changed = tracker.observe(seen.outcome, *thresholds, check.first_pass_suffices);
        let passed = seen.outcome == Outcome::Passed;
        tracing::debug!(
            target: "health", servo = %check.servo, instance = %check.instance, passed,
            "{}", seen.checked
        );
        let made = seen.outcome != Outcome::NotMade;
        // Told once: as long as it is so, it is so for every instance.
        if !made && was_made {
            tracing::warn!(
                target: "health", servo = %check.servo, instance = %check.instance,
                checked = seen.checked, "a check could not be made; the instance stays as it was"
            );
        }
        was_made = made;
        // The record is of results, in the runs that the tracker counts.
        if made {
            let noted = CheckSeen {
                at: clock.now(),
                passed,
                checked: seen.checked.clone(),
            };
            log.note(&check, noted, tracker.verdict());
        }
        since_report += 1;
        let due = changed.is_some() || since_report >= thresholds.healthy;
        if due && let Some(verdict) = tracker.verdict() {
            since_report = 0;
            let report = Report {
                servo: check.servo.clone(),
                instance: check.instance.clone(),
                checker,
                verdict,
                changed: changed.is_some(),
                checked: seen.checked,
            };
            if reports.send(report).await.is_err() {
                return;
            }
        }
        clock.sleep(pause(dice, turn, interval)).await;
    }
}

/// Numbers that differ between servos and instances, and are always the same for both of them, so
/// that what was seen once can be seen again.
fn dice(check: &Check) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&check.servo, &check.instance).hash(&mut hasher);
    hasher.finish()
}

/// A number in 0..1 of the dice, another one for each turn. Sixteen bits are fine enough for a second.
fn share(dice: u64, turn: u32) -> f64 {
    let mixed = (dice ^ u64::from(turn)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    f64::from((mixed >> 48) as u16) / 65_536.0
}

/// When the first check is made: somewhere in the first tenth of an interval.
fn start(dice: u64, interval: Duration) -> Duration {
    (interval / 10).min(LONGEST_START).mul_f64(share(dice, 0))
}

/// How long to pause after a check: an interval, or up to a [`JITTER`] less. The first pause is
/// anything from half of one, which spreads what began together for good.
fn pause(dice: u64, turn: u32, interval: Duration) -> Duration {
    let less = if turn == 0 { 0.5 } else { JITTER };
    interval.mul_f64(1.0 - less * share(dice, turn.wrapping_add(1)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::health::Thresholds;
    use crate::proxy::supervisor::plan::tests::port;
    use std::sync::Mutex;
    use tokio::time::Instant;

    /// The answers of a scripted instance, `+` or `-`, or `0` for a check that is not made, each taking
    /// so long; the last repeats.
    fn scripted(results: &'static str, taking: Duration) -> (Probe, Arc<Mutex<Vec<Duration>>>) {
        let asked: Arc<Mutex<Vec<Duration>>> = Arc::default();
        let (times, started) = (Arc::clone(&asked), Instant::now());
        let probe: Probe = Arc::new(move |target, address, _| {
            assert_eq!(address, "127.102.0.1:80".parse().unwrap());
            let number = {
                let mut times = times.lock().unwrap();
                times.push(started.elapsed());
                times.len()
            };
            let result = results.as_bytes()[number.min(results.len()) - 1];
            Box::pin(async move {
                tokio::time::sleep(taking).await;
                Seen {
                    outcome: match result {
                        b'+' => Outcome::Passed,
                        b'0' => Outcome::NotMade,
                        _ => Outcome::Failed,
                    },
                    checked: format!("{target} check {number}"),
                }
            })
        });
        (probe, asked)
    }

    pub fn example(first_pass_suffices: bool) -> Check {
        Check {
            servo: ServoId::new("i-00000001"),
            instance: InstanceId::new("i-1DF9440E"),
            address: "127.102.0.1:80".parse().unwrap(),
            health_check: HealthCheck {
                target: Target::tcp(port(80)),
                interval_seconds: 30,
                timeout_seconds: 5,
                thresholds: Thresholds {
                    healthy: 3,
                    unhealthy: 2,
                },
            },
            first_pass_suffices,
        }
    }

    /// Runs a checker until it has reported so often; a report as `check:verdict`, `*` if repeated.
    async fn reports(
        results: &'static str,
        tracker: Tracker,
        first_pass_suffices: bool,
        wanted: usize,
    ) -> Vec<String> {
        let (probe, _) = scripted(results, Duration::ZERO);
        let (send, mut receive) = mpsc::channel(1);
        let check = check(
            example(first_pass_suffices),
            7,
            tracker,
            Clock::real(),
            probe,
            send,
            CheckLog::default(),
        );
        let task = tokio::spawn(check);
        let mut told = Vec::new();
        while told.len() < wanted {
            let report = receive.recv().await.unwrap();
            assert_eq!(report.checker, 7);
            let number = report.checked.rsplit(' ').next().unwrap();
            let mark = if report.changed { "" } else { "*" };
            told.push(format!("{number}:{:?}{mark}", report.verdict));
        }
        task.abort();
        told
    }

    #[tokio::test(start_paused = true)]
    async fn verdicts_are_reported_when_they_change_and_as_a_sign_of_life() {
        let fresh = Tracker::default;
        let resumed = || Tracker::resuming(Some(Verdict::InService));
        #[rustfmt::skip]
        let cases: [(&str, Tracker, bool, &[&str]); 8] = [
            ("+++++++++",  fresh(),   false, &["3:InService", "6:InService*", "9:InService*"]),
            ("+",          fresh(),   true,  &["1:InService", "4:InService*"]),
            ("+-+-++++-",  fresh(),   false, &["7:InService", "10:OutOfService"]),
            ("---",        fresh(),   false, &["2:OutOfService", "5:OutOfService*"]),
            ("+++--++++",  fresh(),   false, &["3:InService", "5:OutOfService", "8:InService"]),
            // What was not made neither counts nor breaks a run.
            ("+0+0+-00-",  fresh(),   false, &["5:InService", "8:InService*", "9:OutOfService"]),
            ("000",        resumed(), false, &["3:InService*", "6:InService*"]),
            ("-+--",       resumed(), false, &["3:InService*", "4:OutOfService"]),
        ];
        for (results, tracker, first_pass_suffices, expected) in cases {
            let told = reports(results, tracker, first_pass_suffices, expected.len()).await;
            assert_eq!(told, expected, "{results}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_record_is_of_results_and_not_of_checks_that_were_not_made() {
        let (probe, _) = scripted("+0+00+", Duration::ZERO);
        let (send, mut receive) = mpsc::channel(1);
        let (log, example) = (CheckLog::default(), example(false));
        log.begin(&example, None);
        let task = tokio::spawn(check(
            example,
            7,
            Tracker::default(),
            Clock::real(),
            probe,
            send,
            log.clone(),
        ));
        assert!(receive.recv().await.unwrap().changed);
        task.abort();
        let kept = log.read().remove(0);
        assert_eq!(kept.in_a_row, 3);
        let seen: Vec<_> = kept
            .checks
            .iter()
            .map(|seen| (seen.passed, seen.checked.rsplit(' ').next().unwrap()))
            .collect();
        assert_eq!(seen, [(true, "1"), (true, "3"), (true, "6")]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_interval_runs_from_the_end_of_a_check_and_is_scaled() {
        let cases = [(1.0, 4.0, 34.0), (0.1, 0.4, 3.4), (0.1, 4.0, 7.0)];
        for (scale, taking, period) in cases {
            let (probe, asked) = scripted("+", Duration::from_secs_f64(taking));
            let (send, mut receive) = mpsc::channel(1);
            let clock = Clock::scaled(scale);
            let task = tokio::spawn(check(
                example(true),
                1,
                Tracker::default(),
                clock,
                probe,
                send,
                CheckLog::default(),
            ));
            for _ in 0..3 {
                receive.recv().await.unwrap();
            }
            task.abort();
            let asked = asked.lock().unwrap();
            assert!(asked[0] < LONGEST_START, "{asked:?}");
            for (turn, pair) in asked.windows(2).enumerate() {
                let gap = (pair[1] - pair[0]).as_secs_f64();
                let interval = period - taking;
                let less = interval * if turn == 0 { 0.5 } else { JITTER };
                // The timer ticks in milliseconds.
                assert!(gap < period + 0.003, "{gap} is over {period}");
                assert!(gap > period - less - 0.003, "{gap} is far under {period}");
            }
        }
    }

    #[test]
    fn checks_that_begin_together_are_spread_in_the_same_way_each_time() {
        const INTERVAL: Duration = Duration::from_secs(30);
        let rolled: Vec<u64> = (0..400)
            .map(|number| {
                let check = Check {
                    instance: InstanceId::new(format!("i-{number:08X}")),
                    ..example(false)
                };
                assert_eq!(dice(&check), dice(&check.clone()));
                dice(&check)
            })
            .collect();
        let cases: [(&str, &dyn Fn(u64) -> Duration, Duration, Duration); 3] = [
            (
                "first checks",
                &|dice| start(dice, INTERVAL),
                Duration::ZERO,
                LONGEST_START,
            ),
            (
                "first pauses",
                &|dice| pause(dice, 0, INTERVAL),
                INTERVAL / 2,
                INTERVAL,
            ),
            (
                "later pauses",
                &|dice| pause(dice, 7, INTERVAL),
                INTERVAL.mul_f64(1.0 - JITTER),
                INTERVAL,
            ),
        ];
        for (name, time, from, to) in cases {
            let times: Vec<Duration> = rolled.iter().map(|dice| time(*dice)).collect();
            assert!(
                times.iter().all(|time| (from..=to).contains(time)),
                "{name}"
            );
            for quarter in 0..4 {
                let bound = |quarter| from + (to - from) / 4 * quarter;
                let range = bound(quarter)..bound(quarter + 1);
                let within = times.iter().filter(|time| range.contains(*time)).count();
                assert!(within > 60, "{name}: {within} of 400 in quarter {quarter}");
            }
        }
        // The pauses of one check differ, too.
        let pauses: std::collections::BTreeSet<Duration> = (1..50)
            .map(|turn| pause(rolled[0], turn, INTERVAL))
            .collect();
        assert!(pauses.len() > 40, "{}", pauses.len());
    }
}
