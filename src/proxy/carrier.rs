//! Futures that take turns.
//!
//! The future of an exchange is several times as large as what a connection keeps between exchanges.
//! It is therefore not a part of the connection's task but lent to it, by its worker, for as long as
//! there is an exchange: an idle connection holds none, and a busy one allocates none.

use super::limits::SPARE_CARRIERS;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

/// A future that does one job after another, whoever has one.
struct Carrier<J, R> {
    desk: Rc<Desk<J, R>>,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

/// Where the job is laid down and its result is picked up.
struct Desk<J, R> {
    job: Cell<Option<J>>,
    result: Cell<Option<R>>,
}

/// The carriers that nobody uses at the moment.
pub struct Carriers<J, R>(RefCell<Vec<Carrier<J, R>>>);

impl<J, R> Default for Carriers<J, R> {
    fn default() -> Carriers<J, R> {
        Carriers(RefCell::default())
    }
}

impl<J: 'static, R: 'static> Carriers<J, R> {
    /// Does a job in a future that was used before, if one is free.
    ///
    /// A carrier whose job is given up, or panics, is not used again. Every call must name the same
    /// `work`: a carrier does what it was made for.
    pub async fn carry(&self, job: J, work: impl AsyncFn(J) -> R + 'static) -> R {
        let spare = self.0.borrow_mut().pop();
        let mut carrier = spare.unwrap_or_else(|| Carrier::new(work));
        carrier.desk.job.set(Some(job));
        let result = poll_fn(|context| {
            // It never ends: it has a result, or waits for something.
            let _ = carrier.future.as_mut().poll(context);
            carrier
                .desk
                .result
                .take()
                .map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        let mut spare = self.0.borrow_mut();
        if spare.len() < SPARE_CARRIERS {
            spare.push(carrier);
        }
        result
    }
}

impl<J: 'static, R: 'static> Carrier<J, R> {
    fn new(work: impl AsyncFn(J) -> R + 'static) -> Carrier<J, R> {
        let desk = Rc::new(Desk {
            job: Cell::new(None),
            result: Cell::new(None),
        });
        let own = Rc::clone(&desk);
        let future = Box::pin(async move {
            loop {
                let job = poll_fn(|_| own.job.take().map_or(Poll::Pending, Poll::Ready)).await;
                own.result.set(Some(work(job).await));
            }
        });
        Carrier { desk, future }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    async fn double(wait: oneshot::Receiver<u32>) -> u32 {
        wait.await.expect("somebody says a number") * 2
    }

    async fn carried(carriers: &Carriers<oneshot::Receiver<u32>, u32>, number: u32) -> u32 {
        let (say, wait) = oneshot::channel();
        say.send(number).expect("somebody waits");
        carriers.carry(wait, double).await
    }

    #[tokio::test]
    async fn a_carrier_is_used_again() {
        let carriers = Carriers::default();
        for number in 0..5 {
            assert_eq!(carried(&carriers, number).await, number * 2);
            assert_eq!(carriers.0.borrow().len(), 1);
        }
    }

    #[tokio::test]
    async fn jobs_at_the_same_time_have_a_carrier_each() {
        let carriers = Carriers::default();
        let (say, wait) = oneshot::channel();
        let slow = carriers.carry(wait, double);
        let fast = async {
            assert_eq!(carried(&carriers, 7).await, 14);
            say.send(1).expect("it still waits");
        };
        assert_eq!(tokio::join!(slow, fast).0, 2);
        assert_eq!(carriers.0.borrow().len(), 2);
    }

    #[tokio::test]
    async fn a_job_that_is_given_up_takes_its_carrier_with_it() {
        let carriers = Carriers::default();
        let (mut say, wait) = oneshot::channel::<u32>();
        {
            let mut slow = std::pin::pin!(carriers.carry(wait, double));
            assert!(futures_are_pending(slow.as_mut()).await);
        }
        say.closed().await;
        assert_eq!(carriers.0.borrow().len(), 0);
        assert_eq!(carried(&carriers, 3).await, 6);
    }

    async fn futures_are_pending<F: Future>(mut future: Pin<&mut F>) -> bool {
        poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
    }
}
