//! Deadlines of connections, looked at once per tick instead of one timer each.
//!
//! Moving a deadline is one store; a timer of the runtime would cost a lock and a place in its wheel
//! at every exchange. What is paid is that a deadline may be noticed a tick late, never early.

use super::limits::TICK;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Notify;

/// A moment that never comes.
const NEVER: u32 = u32::MAX;

/// All deadlines of one worker.
#[derive(Default)]
pub struct Deadlines {
    slots: RefCell<Vec<Rc<Slot>>>,
    now: Cell<u32>,
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
        for slot in self.slots.borrow().iter() {
            if slot.due.get() <= now
                && let Some(waker) = &*slot.waker.borrow()
            {
                waker.wake_by_ref();
            }
        }
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
        self.slot
            .due
            .set(self.deadlines.now().saturating_add(ticks(after)));
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
    let whole = duration.as_millis().div_ceil(TICK.as_millis());
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
