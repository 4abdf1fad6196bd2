//! Places for connections, and who must leave when all are taken.
//!
//! A connection that only waits (between requests, within a head or a body that does not come) keeps
//! its place for as long as nobody needs it: when all are taken, the one that has waited longest
//! leaves for the newcomer. One whose request is being answered is never sent away. So thousands of
//! idle connections cost no more than [the places there are](Seats::new), and keep nobody out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;
use tokio::sync::Notify;

/// A request is being answered.
const BUSY: u64 = 0;
/// The place is another's.
const GONE: u64 = u64::MAX;

/// The places of a server's socket.
pub struct Seats {
    most: usize,
    began: Instant,
    /// A `std` mutex: nothing awaits while holding it, and requests do not take it.
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    seats: HashMap<u64, Arc<State>>,
}

/// What a connection does: [`BUSY`], [`GONE`], or since when it waits.
struct State {
    waits: AtomicU64,
    leave: Notify,
}

/// The place of one connection, free again when this is dropped.
pub struct Seat {
    seats: Arc<Seats>,
    number: u64,
    state: Arc<State>,
}

impl Seats {
    pub fn new(most: usize) -> Arc<Seats> {
        Arc::new(Seats {
            most,
            began: Instant::now(),
            taken: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Whoever panicked while holding it cannot have left the map half changed.
        self.taken.lock().unwrap_or_else(|error| error.into_inner())
    }

    /// Microseconds since the beginning, at least one.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(GONE - 1) + 1
    }

    /// Takes a place, if need be that of the connection that has waited longest; nothing if all are
    /// busy.
    pub fn take(self: &Arc<Seats>) -> Option<Seat> {
        let mut taken = self.lock();
        if taken.seats.len() >= self.most {
            let number = taken.longest_waiting()?;
            taken.seats.remove(&number);
        }
        let number = taken.next;
        taken.next += 1;
        let state = Arc::new(State {
            waits: AtomicU64::new(self.now()),
            leave: Notify::new(),
        });
        taken.seats.insert(number, state.clone());
        Some(Seat {
            seats: self.clone(),
            number,
            state,
        })
    }
}

impl Taken {
    /// Sends away whoever has waited longest.
    fn longest_waiting(&self) -> Option<u64> {
        loop {
            let waiting = |(number, state): (&u64, &Arc<State>)| {
                let since = state.waits.load(Acquire);
                (since != BUSY && since != GONE).then_some((since, *number))
            };
            let (since, number) = self.seats.iter().filter_map(waiting).min()?;
            let state = self.seats.get(&number)?;
            // It may have begun to work just now; then it stays.
            if state
                .waits
                .compare_exchange(since, GONE, AcqRel, Acquire)
                .is_ok()
            {
                state.leave.notify_one();
                return Some(number);
            }
        }
    }
}

impl Seat {
    /// Resolves when the connection must leave.
    pub async fn sent_away(&self) {
        self.state.leave.notified().await;
    }

    /// Says that a request has arrived and is being answered until the guard is dropped; nothing if
    /// the place is another's by now.
    pub fn work(&self) -> Option<Work<'_>> {
        let begin = |waits| (waits != GONE).then_some(BUSY);
        let begun = self.state.waits.fetch_update(AcqRel, Acquire, begin);
        begun.is_ok().then_some(Work(self))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.lock().seats.remove(&self.number);
    }
}

/// A request that is being answered.
pub struct Work<'s>(&'s Seat);

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.state.waits.store(self.0.seats.now(), Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(seat: &Seat) -> bool {
        seat.state.waits.load(Acquire) == GONE
    }

    #[test]
    fn whoever_has_waited_longest_leaves_and_nobody_who_works() {
        let seats = Seats::new(3);
        let take = || seats.take();
        let (first, second, third) = (take().unwrap(), take().unwrap(), take().unwrap());
        for (seat, since) in [(&first, 10), (&second, 20), (&third, 30)] {
            seat.state.waits.store(since, Release);
        }
        let first_works = first.work().unwrap();
        let fourth = take().unwrap();
        assert!(gone(&second) && !gone(&first) && !gone(&third));
        assert!(second.work().is_none(), "the place is another's");
        // What it leaves behind is not the newcomer's.
        drop(second);
        assert_eq!(seats.lock().seats.len(), 3);
        let works = (third.work().unwrap(), fourth.work().unwrap());
        assert!(take().is_none(), "all are busy");
        drop(first_works);
        drop(works);
        drop(third);
        assert!(take().is_some() && !gone(&first), "there was a free place");
    }

    #[tokio::test]
    async fn who_is_sent_away_hears_it_even_before_listening() {
        let seats = Seats::new(1);
        let first = seats.take().unwrap();
        let _second = seats.take().unwrap();
        first.sent_away().await;
    }
}
