//! Deadlines of connections, looked at once per tick instead of one timer each.
//!
//! Moving a deadline is one store; a timer of the runtime would cost a lock and a place in its wheel
//! at every exchange. What is paid is that a deadline may be noticed a tick late, never early. A tick
//! looks at the deadlines only if one of them may have come, so that ten thousand idle connections
//! cost no more than one.

use super::limits::TICK;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Notify;

/// A moment that never comes.
const NEVER: u32 = u32::MAX;

/// All deadlines of one worker.
pub struct Deadlines {
    slots: RefCell<Vec<Rc<Slot>>>,
    now: Cell<u32>,
    /// No deadline that was not looked at is before this one. Moving a deadline away leaves it too
    /// early, which costs one look.
    earliest: Cell<u32>,
    /// Wakes the ticker when the first slot appears, so that a worker without connections sleeps.
    occupied: Notify,
}

struct Slot {
    due: Cell<u32>,
    /// Where the slot is in the worker's list.
    index: Cell<usize>,
    /// Groups slots that are woken together: the address of their listener.
    group: usize,
    waker: RefCell<Option<Waker>>,
}

impl Default for Deadlines {
    fn default() -> Deadlines {
        Deadlines {
            slots: RefCell::default(),
            now: Cell::new(0),
            earliest: Cell::new(NEVER),
            occupied: Notify::new(),
        }
    }
}

impl Deadlines {
    /// A new deadline that is not set, in a group that can be woken as one.
    pub fn register(self: &Rc<Self>, group: usize) -> Deadline {
        let mut slots = self.slots.borrow_mut();
        let slot = Rc::new(Slot {
            due: Cell::new(NEVER),
            index: Cell::new(slots.len()),
            group,
            waker: RefCell::new(None),
        });
        slots.push(Rc::clone(&slot));
        if slots.len() == 1 {
            self.occupied.notify_one();
        }
        Deadline {
            slot,
            deadlines: Rc::clone(self),
        }
    }

    /// The number of ticks since the worker began.
    pub fn now(&self) -> u32 {
        self.now.get()
    }

    /// Wakes every task of a group, so that it looks at what has changed.
    pub fn wake(&self, group: usize) {
        for slot in self
            .slots
            .borrow()
            .iter()
            .filter(|slot| slot.group == group)
        {
            if let Some(waker) = &*slot.waker.borrow() {
                waker.wake_by_ref();
            }
        }
    }

    /// Advances to the next tick and wakes every task whose deadline has come.
    pub fn tick(&self) {
        let now = self.now.get() + 1;
        self.now.set(now);
        if self.earliest.get() > now {
            return;
        }
        let mut earliest = NEVER;
        for slot in self.slots.borrow().iter() {
            let due = slot.due.get();
            if due > now {
                earliest = earliest.min(due);
            } else if let Some(waker) = &*slot.waker.borrow() {
                // Until its task does something about it, once a tick.
                earliest = now;
                waker.wake_by_ref();
            }
        }
        self.earliest.set(earliest);
    }

    /// Waits until there is a deadline to look after.
    pub async fn occupied(&self) {
        while self.slots.borrow().is_empty() {
            self.occupied.notified().await;
        }
    }
}

/// A task's own deadline, forgotten when dropped.
pub struct Deadline {
    slot: Rc<Slot>,
    deadlines: Rc<Deadlines>,
}

impl Deadline {
    /// Sets the deadline to `after` from now, rounded up to ticks.
    pub fn set(&self, after: Duration) {
        let due = self.deadlines.now().saturating_add(ticks(after));
        self.slot.due.set(due);
        if due < self.deadlines.earliest.get() {
            self.deadlines.earliest.set(due);
        }
    }

    /// Whether the deadline has come; if not, the task is woken when it does.
    pub fn poll_expired(&self, context: &mut Context<'_>) -> Poll<()> {
        if self.expired() {
            return Poll::Ready(());
        }
        let mut waker = self.slot.waker.borrow_mut();
        // A connection is one task all its life: the waker is stored once.
        if !waker
            .as_ref()
            .is_some_and(|known| known.will_wake(context.waker()))
        {
            *waker = Some(context.waker().clone());
        }
        Poll::Pending
    }

    /// Whether the deadline has come.
    pub fn expired(&self) -> bool {
        self.slot.due.get() <= self.deadlines.now()
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        let mut slots = self.deadlines.slots.borrow_mut();
        let index = self.slot.index.get();
        slots.swap_remove(index);
        if let Some(moved) = slots.get(index) {
            moved.index.set(index);
        }
    }
}

/// Ticks that are certainly not shorter than the duration: the present tick has partly gone by.
pub fn ticks(duration: Duration) -> u32 {
    // In parts, because a division of 128 bits at every exchange would be noticed.
    const TICK_NANOSECONDS: u32 = TICK.as_nanos() as u32;
    const TICKS_PER_SECOND: u64 = (1_000_000_000 / TICK_NANOSECONDS) as u64;
    let parts = duration.subsec_nanos().div_ceil(TICK_NANOSECONDS);
    let whole = duration
        .as_secs()
        .saturating_mul(TICKS_PER_SECOND)
        .saturating_add(parts.into());
    u32::try_from(whole).unwrap_or(NEVER - 1).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_never_early_and_at_most_a_tick_late() {
        for (milliseconds, expected) in [(0, 1), (1, 2), (100, 2), (101, 3), (60_000, 601)] {
            let deadlines = Rc::new(Deadlines::default());
            let deadline = deadlines.register(0);
            deadline.set(Duration::from_millis(milliseconds));
            let mut passed = 0;
            while !deadline.expired() {
                deadlines.tick();
                passed += 1;
            }
            assert_eq!(passed, expected, "{milliseconds} ms");
        }
    }

    #[test]
    fn a_deadline_is_kept_however_it_and_others_were_moved() {
        let deadlines = Rc::new(Deadlines::default());
        let [one, two] = [(); 2].map(|()| deadlines.register(0));
        let pass = |count: u32| (0..count).for_each(|_| deadlines.tick());
        one.set(TICK * 50);
        two.set(TICK * 10);
        // Moved away: the look at its old place finds the other's.
        two.set(TICK * 90);
        pass(50);
        assert!(!one.expired() && !two.expired());
        pass(1);
        assert!(one.expired() && !two.expired());
        // Moved near, after a look had gone far.
        two.set(TICK * 3);
        pass(3);
        assert!(!two.expired());
        pass(1);
        assert!(two.expired());
    }

    #[test]
    fn a_deadline_wakes_its_task() {
        let woken = std::sync::Arc::new(Counting::default());
        let waker = Waker::from(std::sync::Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let deadlines = Rc::new(Deadlines::default());
        let deadline = deadlines.register(0);
        deadline.set(TICK * 5);
        assert!(deadline.poll_expired(&mut context).is_pending());
        (0..5).for_each(|_| deadlines.tick());
        assert_eq!(woken.0.load(std::sync::atomic::Ordering::Relaxed), 0);
        deadlines.tick();
        assert_eq!(woken.0.load(std::sync::atomic::Ordering::Relaxed), 1);
        assert!(deadline.poll_expired(&mut context).is_ready());
    }

    #[derive(Default)]
    struct Counting(std::sync::atomic::AtomicUsize);

    impl std::task::Wake for Counting {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    #[test]
    fn a_dropped_deadline_leaves_the_others_in_place() {
        let deadlines = Rc::new(Deadlines::default());
        let mut held: Vec<Deadline> = (0..5).map(|_| deadlines.register(0)).collect();
        for at in [1, 0, 2, 1, 0] {
            drop(held.remove(at));
            assert_eq!(deadlines.slots.borrow().len(), held.len());
            for (index, slot) in deadlines.slots.borrow().iter().enumerate() {
                assert_eq!(slot.index.get(), index);
            }
        }
    }
}
