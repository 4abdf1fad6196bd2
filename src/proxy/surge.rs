//! ELB's surge queue: requests, and TCP connections, that wait because every instance in service has
//! all the connections it may have.
//!
//! The queue of a servo holds [`SURGE_QUEUE`] of them over all its listeners and workers; one more is
//! answered 503 at once and counted as spillover. Each worker calls its own in the order they came; a
//! seat at an instance is no use to those who have tried it, so they keep nobody else from it.

use super::deadline::Deadline;
use super::limits::SURGE_QUEUE;
use super::pool::{Instance, NoSeat, Seat};
use super::stream::Stream;
use super::worker::{Phase, Presence};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

/// What one servo carries at the moment, over all its listeners and workers.
#[derive(Debug, Default)]
pub struct Load {
    /// Open client connections.
    pub connections: AtomicUsize,
    /// Requests and TCP connections in the surge queue.
    pub waiting: AtomicUsize,
}

/// The part of a servo's queue that waits at one listener in one worker.
#[derive(Default)]
pub struct Surge {
    places: RefCell<VecDeque<Rc<Place>>>,
}

#[derive(Default)]
struct Place {
    /// Where it has been already.
    tried: Box<[Rc<Instance>]>,
    waker: RefCell<Option<Waker>>,
    called: Cell<bool>,
    /// The instance with the free seat for which it was called.
    offered: RefCell<Option<Rc<Instance>>>,
}

/// A place in the queue, given up when it is dropped.
pub struct Waiting {
    place: Rc<Place>,
    surge: Rc<Surge>,
    load: Arc<Load>,
}

impl Surge {
    /// A place at the end of the queue for whoever has tried these instances, unless the servo's queue
    /// is full.
    pub fn enter(self: &Rc<Surge>, load: &Arc<Load>, tried: &[Rc<Instance>]) -> Option<Waiting> {
        if load.waiting.fetch_add(1, Ordering::Relaxed) >= SURGE_QUEUE {
            load.waiting.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let place = Rc::new(Place {
            tried: tried.into(),
            ..Place::default()
        });
        self.places.borrow_mut().push_back(Rc::clone(&place));
        Some(Waiting {
            place,
            surge: Rc::clone(self),
            load: Arc::clone(load),
        })
    }

    /// Whether somebody who waits here could use a seat at the instance.
    pub fn wants(&self, instance: &Rc<Instance>) -> bool {
        let places = self.places.borrow();
        places.iter().any(|place| place.wants(instance))
    }

    /// Calls the one that has waited longest of those who could use it: a seat at the instance is free.
    pub fn call_next(&self, instance: &Rc<Instance>) {
        let mut places = self.places.borrow_mut();
        let next = places.iter().position(|place| place.wants(instance));
        let Some(place) = next.and_then(|at| places.remove(at)) else {
            return;
        };
        drop(places);
        place.offered.replace(Some(Rc::clone(instance)));
        place.call();
    }

    /// Calls everybody: the instances are others now.
    pub fn call_all(&self) {
        let all = self.places.take();
        all.iter().for_each(|place| place.call());
    }
}

impl Place {
    fn wants(&self, instance: &Rc<Instance>) -> bool {
        !self.tried.iter().any(|tried| Rc::ptr_eq(tried, instance))
    }

    fn call(&self) {
        self.called.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Waiting {
    /// Ready once called; then it is worth looking for a seat again.
    pub fn poll_called(&self, context: &Context<'_>) -> Poll<()> {
        if self.place.called.get() {
            return Poll::Ready(());
        }
        self.place.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }

    /// Goes back to the head of the queue: somebody else was quicker.
    pub fn again(&self) {
        self.place.called.set(false);
        self.place.offered.take();
        let place = Rc::clone(&self.place);
        self.surge.places.borrow_mut().push_front(place);
    }

    /// Leaves the queue with a seat at the instance in hand: the call is used up, unless it was for
    /// another one.
    pub fn seated(self, instance: &Rc<Instance>) {
        let mut offered = self.place.offered.borrow_mut();
        offered.take_if(|offered| Rc::ptr_eq(offered, instance));
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.load.waiting.fetch_sub(1, Ordering::Relaxed);
        if self.place.called.get() {
            // Called and gone without that seat: it is the next one's.
            if let Some(instance) = self.place.offered.take() {
                self.surge.call_next(&instance);
            }
        } else {
            let mut places = self.surge.places.borrow_mut();
            places.retain(|place| !Rc::ptr_eq(place, &self.place));
        }
    }
}

/// Why a request or a TCP connection has no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseated {
    /// No instance in service is left to try.
    Nobody,
    /// The queue is full, or no seat became free within the idle timeout.
    Spilled,
    /// The listener's time to finish is over.
    Cut,
    /// The client has left.
    Gone,
}

/// A seat at an instance that was not tried yet, waited for if need be.
pub async fn seat(
    presence: &Presence,
    deadline: &Deadline,
    client: &mut Stream,
    tried: &[Rc<Instance>],
) -> Result<Seat, Unseated> {
    match find(presence, tried) {
        // Nobody overtakes those who wait for the same.
        Ok(seat) if !presence.opened.instances.surge().wants(&seat) => return Ok(seat),
        Ok(_) | Err(NoSeat::Full) => {}
        Err(NoSeat::Nobody) => return Err(Unseated::Nobody),
    }
    // Boxed: rare, and large beside everything else the task keeps.
    Box::pin(wait(presence, deadline, client, tried)).await
}

fn find(presence: &Presence, tried: &[Rc<Instance>]) -> Result<Seat, NoSeat> {
    let opened = &presence.opened;
    let choice = opened.spec.borrow().choice();
    opened
        .instances
        .seat(choice, tried, presence.local.deadlines.now())
}

async fn wait(
    presence: &Presence,
    deadline: &Deadline,
    client: &mut Stream,
    tried: &[Rc<Instance>],
) -> Result<Seat, Unseated> {
    let opened = &presence.opened;
    let surge = opened.instances.surge();
    let Some(waiting) = surge.enter(&opened.load, tried) else {
        opened.counters.spillover.add(1);
        return Err(Unseated::Spilled);
    };
    deadline.set(opened.spec.borrow().behaviour.idle_timeout);
    // A client that sends on has not left, and cannot be asked twice.
    let mut speaks = false;
    poll_fn(|context| {
        // Before a seat that is free because who had it was cut: no instance is asked any more.
        if opened.phase() == Phase::Cut {
            return Poll::Ready(Err(Unseated::Cut));
        }
        while waiting.poll_called(context).is_ready() {
            match find(presence, tried) {
                Ok(seat) => return Poll::Ready(Ok(seat)),
                Err(NoSeat::Nobody) => return Poll::Ready(Err(Unseated::Nobody)),
                Err(NoSeat::Full) => waiting.again(),
            }
        }
        if !speaks && client.poll_readable(context).is_ready() {
            if client.has_left() {
                return Poll::Ready(Err(Unseated::Gone));
            }
            speaks = true;
        }
        deadline.poll_expired(context).map(|()| {
            opened.counters.spillover.add(1);
            Err(Unseated::Spilled)
        })
    })
    .await
    .inspect(|seat| waiting.seated(seat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plane::Choice;
    use crate::proxy::pool::tests::instances;

    fn called(waiting: &Waiting) -> bool {
        let context = Context::from_waker(Waker::noop());
        waiting.poll_called(&context).is_ready()
    }

    fn pair() -> [Rc<Instance>; 2] {
        let instances = instances("ab", 9);
        [(); 2].map(|()| Rc::clone(&instances.seat(Choice::RoundRobin, &[], 0).unwrap()))
    }

    #[test]
    fn who_came_first_is_called_first_and_a_call_is_never_lost() {
        let (surge, load, [a, _]) = (Rc::<Surge>::default(), Arc::default(), pair());
        let mut queue: Vec<Waiting> = (0..4).map(|_| surge.enter(&load, &[]).unwrap()).collect();
        surge.call_next(&a);
        assert_eq!(
            queue.iter().map(called).collect::<Vec<_>>(),
            [true, false, false, false]
        );
        // Called, but it leaves: the call goes to the next.
        drop(queue.remove(0));
        assert_eq!(
            queue.iter().map(called).collect::<Vec<_>>(),
            [true, false, false]
        );
        // Called too late: it stays the first.
        queue[0].again();
        assert!(!called(&queue[0]));
        surge.call_next(&a);
        assert!(called(&queue[0]));
        queue.remove(0).seated(&a);
        assert_eq!(queue.iter().map(called).collect::<Vec<_>>(), [false, false]);
        // One leaves from the middle, uncalled.
        drop(queue.remove(0));
        surge.call_all();
        assert!(called(&queue[0]) && !surge.wants(&a));
        drop(queue);
        assert_eq!(load.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_seat_is_for_the_first_who_has_not_tried_its_instance() {
        let (surge, load, [a, b]) = (Rc::<Surge>::default(), Arc::default(), pair());
        let tried_a = [Rc::clone(&a)];
        let mut queue: Vec<Waiting> = [&tried_a[..], &[], &[]]
            .map(|tried| surge.enter(&load, tried).unwrap())
            .into();
        surge.call_next(&a);
        assert_eq!(
            queue.iter().map(called).collect::<Vec<_>>(),
            [false, true, false]
        );
        // It found another one free: the next is called for this.
        queue.remove(1).seated(&b);
        assert_eq!(queue.iter().map(called).collect::<Vec<_>>(), [false, true]);
        queue.remove(1).seated(&a);
        assert!(surge.wants(&b) && !surge.wants(&a));
        surge.call_next(&a);
        assert!(!called(&queue[0]));
        surge.call_next(&b);
        assert!(called(&queue[0]));
    }

    #[test]
    fn the_queue_of_a_servo_is_bounded_over_its_workers() {
        let (workers, load) = ([(); 2].map(|()| Rc::<Surge>::default()), Arc::default());
        let full: Vec<Waiting> = (0..SURGE_QUEUE)
            .map(|number| workers[number % 2].enter(&load, &[]).unwrap())
            .collect();
        assert!(
            workers
                .iter()
                .all(|worker| worker.enter(&load, &[]).is_none())
        );
        drop(full);
        assert!(workers[0].enter(&load, &[]).is_some());
    }
}
