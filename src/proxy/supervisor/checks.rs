//! The newest checks of every servo on every instance, for whoever asks why one is out of service.

use super::checker::Check;
use crate::model::health::Verdict;
use crate::model::instance::InstanceId;
use crate::model::instruments::{CheckSeen, Checked};
use crate::model::placement::ServoId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Checks kept of one servo on one instance: enough to see a pattern.
const KEPT: usize = 5;

/// The checks. A clone is the same log.
#[derive(Clone, Debug, Default)]
pub struct CheckLog(Arc<Mutex<Records>>);

/// By servo first: what one of them has changes without a look at the others'.
type Records = BTreeMap<ServoId, BTreeMap<InstanceId, Kept>>;

/// A mutex around it because it is held for one check, and never awaited under.
#[derive(Debug)]
struct Kept {
    check: Check,
    verdict: Option<Verdict>,
    in_a_row: u32,
    checks: VecDeque<CheckSeen>,
}

impl CheckLog {
    fn lock(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the record of a check; what was seen by another of the same instance is forgotten.
    pub fn begin(&self, check: &Check, verdict: Option<Verdict>) {
        let kept = Kept {
            check: check.clone(),
            verdict,
            in_a_row: 0,
            checks: VecDeque::new(),
        };
        let mut all = self.lock();
        let of_servo = all.entry(check.servo.clone()).or_default();
        of_servo.insert(check.instance.clone(), kept);
    }

    /// Notes one check and what its servo makes of it. One whose record has ended is passed over.
    pub fn note(&self, check: &Check, seen: CheckSeen, verdict: Option<Verdict>) {
        let mut all = self.lock();
        let of_servo = all.get_mut(&check.servo);
        let Some(kept) = of_servo.and_then(|kept| kept.get_mut(&check.instance)) else {
            return;
        };
        if kept.check != *check {
            return;
        }
        let as_before = kept
            .checks
            .back()
            .is_some_and(|last| last.passed == seen.passed);
        kept.in_a_row = if as_before {
            kept.in_a_row.saturating_add(1)
        } else {
            1
        };
        kept.verdict = verdict;
        if kept.checks.len() == KEPT {
            kept.checks.pop_front();
        }
        kept.checks.push_back(seen);
    }

    /// Ends the records of a servo but for those of these instances.
    pub fn keep(&self, servo: &ServoId, stays: impl Fn(&InstanceId) -> bool) {
        let mut all = self.lock();
        if let Some(of_servo) = all.get_mut(servo) {
            of_servo.retain(|instance, _| stays(instance));
            if of_servo.is_empty() {
                all.remove(servo);
            }
        }
    }

    /// Reads everything.
    pub fn read(&self) -> Vec<Checked> {
        let all = self.lock();
        all.values()
            .flat_map(BTreeMap::values)
            .map(|kept| Checked {
                servo: kept.check.servo.clone(),
                instance: kept.check.instance.clone(),
                address: kept.check.address,
                in_service: kept.verdict.map(|verdict| verdict == Verdict::InService),
                in_a_row: kept.in_a_row,
                checks: kept.checks.iter().cloned().collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::checker::tests::example;
    use super::*;
    use crate::model::timestamp::Timestamp;

    #[test]
    fn the_newest_checks_are_kept_and_equal_results_counted() {
        let log = CheckLog::default();
        let check = example(false);
        let seen = |passed| CheckSeen {
            at: Timestamp(1),
            passed,
            checked: "HTTP:80/ answered".to_owned(),
        };
        log.note(&check, seen(true), None);
        assert!(log.read().is_empty());
        log.begin(&check, None);
        for passed in [true, true, false, true, false, false, false] {
            log.note(&check, seen(passed), Some(Verdict::OutOfService));
        }
        let read = log.read();
        assert_eq!((read[0].in_a_row, read[0].in_service), (3, Some(false)));
        let passed: Vec<bool> = read[0].checks.iter().map(|check| check.passed).collect();
        assert_eq!(passed, [false, true, false, false, false]);
        log.keep(&check.servo, |_| true);
        log.keep(&ServoId::new("i-other"), |_| false);
        assert_eq!(log.read().len(), 1);
        log.keep(&check.servo, |_| false);
        assert!(log.read().is_empty());
    }
}
