//! The instances of a listener as one worker knows them: whose turn it is, and idle connections.

use super::deadline::{Deadline, ticks};
use super::limits::{POOLED_CONNECTIONS, POOLED_TIME};
use super::listener::Target;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

/// One instance in service, in one worker.
pub struct Instance {
    pub target: Target,
    /// Last in, first out: the warmest connection is used, the coldest ages.
    idle: RefCell<Vec<Idle>>,
    /// Set when the instance has left: its connections are not kept.
    left: Cell<bool>,
    /// Set when its time to finish is over as well.
    cut: Cell<bool>,
}

struct Idle {
    stream: TcpStream,
    since: u32,
}

impl Instance {
    fn new(target: Target) -> Rc<Instance> {
        Rc::new(Instance {
            target,
            idle: RefCell::default(),
            left: Cell::new(false),
            cut: Cell::new(false),
        })
    }

    /// An idle connection on which nothing has happened since its last exchange.
    ///
    /// The reactor's memory answers, without a system call, unless something did happen: then one
    /// read tells a closed connection, or one with bytes nobody asked for, from a false alarm.
    pub fn reuse(&self, context: &mut Context<'_>) -> Option<TcpStream> {
        loop {
            let mut stream = self.idle.borrow_mut().pop()?.stream;
            if is_quiet(&mut stream, context) {
                return Some(stream);
            }
        }
    }

    /// Keeps a connection for a later exchange, if there is room and the instance has not left.
    pub fn keep(&self, stream: TcpStream, now: u32) {
        let mut idle = self.idle.borrow_mut();
        if !self.left.get() && idle.len() < POOLED_CONNECTIONS {
            idle.push(Idle { stream, since: now });
        }
    }

    /// Whether exchanges with the instance must end now.
    pub fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// Ends the time an instance that left had to finish.
    pub fn cut(&self) {
        self.cut.set(true);
    }

    fn leave(&self) {
        self.left.set(true);
        self.idle.borrow_mut().clear();
    }

    /// Drops idle connections that are too old or that the instance has closed.
    fn sweep(&self, now: u32, longest: u32) {
        let mut nobody = Context::from_waker(Waker::noop());
        self.idle.borrow_mut().retain_mut(|idle| {
            now.wrapping_sub(idle.since) < longest && is_quiet(&mut idle.stream, &mut nobody)
        });
    }
}

/// Whether the peer has said nothing and closed nothing, as far as the reactor knows; the task is
/// woken when it does.
pub fn is_quiet(stream: &mut TcpStream, context: &mut Context<'_>) -> bool {
    if stream.poll_read_ready(context).is_pending() {
        return true;
    }
    let mut byte = [0];
    Pin::new(stream)
        .poll_read(context, &mut ReadBuf::new(&mut byte))
        .is_pending()
}

/// Whether the peer has said nothing and closed nothing, asked of the kernel.
///
/// The reactor learns of a close only when it next polls; before something that cannot be repeated
/// is sent on a kept connection, this one system call narrows the race to the network's own.
pub fn is_still_open(stream: &TcpStream) -> bool {
    let mut byte = [0];
    matches!(
        rustix::net::recv(
            stream,
            &mut byte,
            rustix::net::RecvFlags::PEEK | rustix::net::RecvFlags::DONTWAIT,
        ),
        Err(rustix::io::Errno::AGAIN)
    )
}

/// The instances in service of one listener, in one worker.
#[derive(Default)]
pub struct Instances {
    in_service: RefCell<Vec<Rc<Instance>>>,
    /// Whose turn is next. The workers of a listener share it, since whoever counts expects round
    /// robin of the listener, not of each worker: one relaxed addition for a request.
    turn: Arc<AtomicUsize>,
}

impl Instances {
    /// No instances yet; those to come take turns with those of the other workers.
    pub fn taking_turns(turn: Arc<AtomicUsize>) -> Instances {
        Instances {
            in_service: RefCell::default(),
            turn,
        }
    }

    /// Takes over a new list. Instances that stay keep their connections; those that leave keep
    /// their running exchanges, lose their idle connections, and are returned.
    pub fn replace(&self, targets: &[Target]) -> Vec<Rc<Instance>> {
        let mut held = self.in_service.take();
        let next = targets
            .iter()
            .map(
                |target| match held.iter().position(|instance| instance.target == *target) {
                    Some(at) => held.swap_remove(at),
                    None => Instance::new(target.clone()),
                },
            )
            .collect();
        self.in_service.replace(next);
        held.iter().for_each(|instance| instance.leave());
        held
    }

    /// The instance whose turn it is, but none of those already tried. Nothing if there is no other.
    pub fn choose(&self, tried: &[Rc<Instance>]) -> Option<Rc<Instance>> {
        let in_service = self.in_service.borrow();
        let count = in_service.len();
        for _ in 0..count {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let candidate = &in_service[turn % count];
            if !tried.iter().any(|tried| Rc::ptr_eq(tried, candidate)) {
                return Some(Rc::clone(candidate));
            }
        }
        None
    }

    /// Drops idle connections that are too old or closed.
    pub fn sweep(&self, now: u32, idle_timeout: Duration) {
        let longest = ticks(idle_timeout.min(POOLED_TIME));
        for instance in self.in_service.borrow().iter() {
            instance.sweep(now, longest);
        }
    }
}

/// Opens a connection to an instance within a limit, which the deadline is set to.
///
/// # Errors
///
/// The instance refuses, cannot be reached, or does not answer in time.
pub async fn connect(
    target: &Target,
    deadline: &Deadline,
    limit: Duration,
) -> io::Result<TcpStream> {
    deadline.set(limit);
    let mut connecting = std::pin::pin!(TcpStream::connect(target.address));
    let stream = poll_fn(|context| match connecting.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => deadline
            .poll_expired(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into())),
    })
    .await?;
    // Small answers and requests must not wait for acknowledgements of earlier ones.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether a connection has something to read or has been closed; the task is woken when it has.
pub fn poll_readable(stream: &TcpStream, context: &mut Context<'_>) -> Poll<io::Result<()>> {
    stream.poll_read_ready(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::instance::InstanceId;

    fn targets(names: &str) -> Vec<Target> {
        names
            .chars()
            .map(|name| Target {
                instance: InstanceId::new(name.to_string()),
                address: ([127, 0, 0, 1], name as u16).into(),
            })
            .collect()
    }

    fn turns(instances: &Instances, count: usize) -> String {
        (0..count)
            .map(|_| {
                instances
                    .choose(&[])
                    .map_or("-".to_owned(), |chosen| chosen.target.instance.to_string())
            })
            .collect()
    }

    #[test]
    fn instances_take_turns() {
        for (names, expected) in [("", "----"), ("a", "aaaa"), ("abc", "abca")] {
            let instances = Instances::default();
            instances.replace(&targets(names));
            assert_eq!(turns(&instances, 4), expected);
        }
    }

    #[test]
    fn workers_take_turns_together() {
        let turn = Arc::default();
        let workers = [(); 2].map(|()| Instances::taking_turns(Arc::clone(&turn)));
        workers.iter().for_each(|worker| {
            worker.replace(&targets("abc"));
        });
        let served = [0, 1, 1, 0, 0, 1].map(|worker| turns(&workers[worker], 1));
        assert_eq!(served.concat(), "abcabc");
    }

    #[test]
    fn a_tried_instance_is_not_chosen_again() {
        let instances = Instances::default();
        instances.replace(&targets("ab"));
        let first = instances.choose(&[]).unwrap();
        let second = instances.choose(&[Rc::clone(&first)]).unwrap();
        assert_ne!(first.target, second.target);
        assert!(instances.choose(&[first, second]).is_none());
    }

    #[test]
    fn an_instance_that_stays_is_the_same_one() {
        let instances = Instances::default();
        instances.replace(&targets("ab"));
        let before = instances.choose(&[]).unwrap();
        let left = instances.replace(&targets("ca"));
        assert_eq!(left.len(), 1);
        assert!(left[0].left.get() && !before.left.get());
        assert!(
            instances
                .in_service
                .borrow()
                .iter()
                .any(|instance| Rc::ptr_eq(instance, &before))
        );
    }
}
