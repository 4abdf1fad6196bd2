//! The instances of a listener as one worker knows them: whose turn it is, and idle connections.

use super::buffer::Buffer;
use super::counters::{Counters, InstanceCounters};
use super::deadline::{Deadline, ticks};
use super::farewell::Farewell;
use super::limits::{AVOIDED_TIME, DOUBTFUL_TIME, POOLED_CONNECTIONS, POOLED_TIME};
use super::listener::Target;
use super::stream::Stream;
use super::surge::Surge;
use super::tls;
use super::worker::Presence;
use crate::model::instance::InstanceId;
use crate::model::plane::Choice;
use crate::socket::speak_first;
use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// One instance in service, in one worker.
pub struct Instance {
    pub target: Target,
    pub counters: Arc<InstanceCounters>,
    /// Last in, first out: the warmest connection is used, the coldest ages.
    idle: RefCell<Vec<Idle>>,
    /// Idle connections that are not used again yet, the oldest first. See [`DOUBTFUL_TIME`].
    doubtful: RefCell<VecDeque<Idle>>,
    /// Connections in use or being opened; each has a [`Seat`].
    busy: Cell<usize>,
    /// The tick until which others are asked first, because the last connection failed.
    avoided_until: Cell<u32>,
    /// Set while the instance is not in service: its connections are not kept.
    resting: Cell<bool>,
    /// Set when its time to finish is over as well.
    cut: Cell<bool>,
    /// Held from its departure to the end of its last exchange here, if somebody wants to know.
    farewell: Cell<Option<Arc<Farewell>>>,
    /// Whoever waits for a seat at this or another instance of the listener.
    surge: Rc<Surge>,
}

struct Idle {
    stream: Stream,
    since: u32,
}

impl Idle {
    fn age(&self, now: u32) -> u32 {
        now.wrapping_sub(self.since)
    }
}

/// A connection to an instance that is in use or being opened, counted among those it may have.
pub struct Seat {
    instance: Rc<Instance>,
}

impl Deref for Seat {
    type Target = Rc<Instance>;

    fn deref(&self) -> &Rc<Instance> {
        &self.instance
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let busy = self.instance.busy.get() - 1;
        self.instance.busy.set(busy);
        if busy == 0 && self.instance.resting.get() {
            self.instance.farewell.take();
        }
        self.instance.surge.call_next(&self.instance);
    }
}

impl Instance {
    fn new(target: Target, surge: &Rc<Surge>, counters: &Counters) -> Rc<Instance> {
        Rc::new(Instance {
            counters: counters.instance(&target.instance),
            target,
            idle: RefCell::default(),
            doubtful: RefCell::default(),
            busy: Cell::new(0),
            avoided_until: Cell::new(0),
            resting: Cell::new(false),
            cut: Cell::new(false),
            farewell: Cell::new(None),
            surge: Rc::clone(surge),
        })
    }

    fn seat(self: &Rc<Instance>) -> Seat {
        self.busy.set(self.busy.get() + 1);
        Seat {
            instance: Rc::clone(self),
        }
    }

    /// An idle connection on which nothing has happened since its last exchange.
    ///
    /// The reactor's memory answers, without a system call, unless something did happen: then one
    /// read tells a closed connection, or one with bytes nobody asked for, from a false alarm.
    pub fn reuse(&self, context: &mut Context<'_>, now: u32) -> Option<Stream> {
        let mut doubtful = self.doubtful.borrow_mut();
        let settled = |idle: &mut Idle| idle.age(now) >= ticks(DOUBTFUL_TIME);
        while let Some(idle) = doubtful.pop_front_if(settled) {
            // Below those that are warmer.
            self.idle.borrow_mut().insert(0, idle);
        }
        loop {
            let mut stream = self.idle.borrow_mut().pop()?.stream;
            if stream.is_quiet(context) {
                return Some(stream);
            }
        }
    }

    /// Keeps a connection for a later exchange, if there is room and the instance is in service; for
    /// one that is not the next if it is doubtful what may still come of the last.
    pub fn keep(&self, stream: Stream, now: u32, doubtful: bool) {
        let (mut settled, mut unsettled) = (self.idle.borrow_mut(), self.doubtful.borrow_mut());
        if self.resting.get() || settled.len() + unsettled.len() >= POOLED_CONNECTIONS {
            return;
        }
        let idle = Idle { stream, since: now };
        match doubtful {
            true => unsettled.push_back(idle),
            false => settled.push(idle),
        }
    }

    /// Prefers the others for a while: a connection to this one has just failed, and its checks may
    /// take a minute to say so.
    pub fn avoid(&self, now: u32) {
        self.avoided_until
            .set(now.saturating_add(ticks(AVOIDED_TIME)));
    }

    /// Whether exchanges with the instance must end now.
    pub fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// Ends the time an instance that left had to finish.
    pub fn cut(&self) {
        self.cut.set(true);
    }

    /// Keeps a farewell until its last exchange has ended; nothing is kept if it has none.
    pub fn part(&self, farewell: &Arc<Farewell>) {
        if self.busy.get() > 0 {
            self.rest();
            self.farewell.set(Some(Arc::clone(farewell)));
        }
    }

    fn rest(&self) {
        self.resting.set(true);
        self.idle.borrow_mut().clear();
        self.doubtful.borrow_mut().clear();
    }

    fn has_idle(&self) -> bool {
        !self.idle.borrow().is_empty() || !self.doubtful.borrow().is_empty()
    }

    /// Drops idle connections that are too old or that the instance has closed.
    fn sweep(&self, now: u32, longest: u32) {
        let mut nobody = Context::from_waker(Waker::noop());
        let mut stays =
            |idle: &mut Idle| idle.age(now) < longest && idle.stream.is_quiet(&mut nobody);
        self.idle.borrow_mut().retain_mut(&mut stays);
        self.doubtful.borrow_mut().retain_mut(&mut stays);
    }
}

/// The instances of one listener, in one worker.
pub struct Instances {
    in_service: RefCell<Vec<Rc<Instance>>>,
    /// Registered, but not in service: they get nothing new and finish what they have.
    resting: RefCell<Vec<Rc<Instance>>>,
    /// In neither list any more, but perhaps with something under way.
    former: RefCell<Vec<Weak<Instance>>>,
    /// Whose turn is next. The workers of a listener share it, since whoever counts expects round
    /// robin of the listener, not of each worker: one relaxed addition for a request.
    turn: Arc<AtomicUsize>,
    /// Connections in use to one instance, at most.
    bound: usize,
    surge: Rc<Surge>,
    /// Where what is sent to them is counted.
    counters: Arc<Counters>,
}

/// Why there is no seat at an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSeat {
    /// There is no instance in service that was not tried.
    Nobody,
    /// Each of them has all the connections it may have.
    Full,
}

impl Instances {
    /// No instances yet; those to come take turns with those of the other workers, and each has
    /// `bound` connections in use at most.
    pub fn new(turn: Arc<AtomicUsize>, bound: usize, counters: Arc<Counters>) -> Instances {
        Instances {
            in_service: RefCell::default(),
            resting: RefCell::default(),
            former: RefCell::default(),
            turn,
            bound,
            surge: Rc::default(),
            counters,
        }
    }

    /// Takes over new lists: those in service, and those that are registered but are not. Instances
    /// that stay in service keep their connections; the others keep their running exchanges and lose
    /// their idle connections. Those that are in neither list are returned.
    pub fn replace(&self, in_service: &[Target], resting: &[Target]) -> Vec<Rc<Instance>> {
        // Listeners have thousands of instances: none is looked for among all of them.
        let mut held: HashMap<InstanceId, Vec<Rc<Instance>>> = HashMap::new();
        for instance in self
            .in_service
            .take()
            .into_iter()
            .chain(self.resting.take())
        {
            let id = instance.target.instance.clone();
            held.entry(id).or_default().push(instance);
        }
        let mut find = |target: &Target| {
            let held = held.get_mut(&target.instance)?;
            let at = held.iter().position(|held| held.target == *target)?;
            Some(held.remove(at))
        };
        let next = in_service.iter().map(|target| {
            let instance = find(target)
                .unwrap_or_else(|| Instance::new(target.clone(), &self.surge, &self.counters));
            instance.resting.set(false);
            instance
        });
        self.in_service.replace(next.collect());
        // One that nothing was ever sent to has nothing to finish.
        self.resting
            .replace(resting.iter().filter_map(&mut find).collect());
        let left: Vec<_> = held.into_values().flatten().collect();
        for instance in self.resting.borrow().iter().chain(&left) {
            instance.rest();
        }
        // One that only moved to another address is still counted.
        let listed = in_service.iter().chain(resting);
        let listed: HashSet<&InstanceId> = listed.map(|target| &target.instance).collect();
        for instance in &left {
            let id = &instance.target.instance;
            if !listed.contains(id) {
                self.counters.forget(id);
            }
        }
        self.remember(&left);
        self.surge.call_all();
        left
    }

    /// Takes an instance out of the lists, and returns all that may have something of it under way:
    /// it may have left before, under another address. What waits for a seat gets none of its.
    pub fn depart(&self, id: &InstanceId) -> Vec<Rc<Instance>> {
        let leaves = |instance: &mut Rc<Instance>| instance.target.instance == *id;
        let mut left = Vec::new();
        left.extend(self.in_service.borrow_mut().extract_if(.., leaves));
        left.extend(self.resting.borrow_mut().extract_if(.., leaves));
        if !left.is_empty() {
            left.iter().for_each(|instance| instance.rest());
            self.counters.forget(id);
            self.surge.call_all();
        }
        let before = self.former.take();
        self.remember(&left);
        let of = |instance: &Rc<Instance>| instance.target.instance == *id;
        left.extend(before.iter().filter_map(Weak::upgrade).filter(of));
        self.former.borrow_mut().extend(before);
        left
    }

    /// Whatever has something of an instance under way. It stays in the lists: a request that is on
    /// its way through a listener that was closed is served.
    pub fn under_way(&self, id: &InstanceId) -> Vec<Rc<Instance>> {
        let (in_service, resting) = (self.in_service.borrow(), self.resting.borrow());
        let former = self.former.borrow();
        let former = former.iter().filter_map(Weak::upgrade);
        let all = in_service.iter().chain(&*resting).cloned().chain(former);
        all.filter(|one| one.target.instance == *id && one.busy.get() > 0)
            .collect()
    }

    /// Keeps in sight what those that left have under way.
    fn remember(&self, left: &[Rc<Instance>]) {
        let mut former = self.former.borrow_mut();
        former.retain(|instance| instance.strong_count() > 0);
        let busy = left.iter().filter(|instance| instance.busy.get() > 0);
        former.extend(busy.map(Rc::downgrade));
    }

    /// A seat at the instance whose turn it is, or, with [`Choice::LeastOutstanding`], at the one
    /// with the fewest connections in use; at none of those already tried.
    ///
    /// One that could not be connected to a moment ago is left out as long as there are others.
    pub fn seat(&self, choice: Choice, tried: &[Rc<Instance>], now: u32) -> Result<Seat, NoSeat> {
        let in_service = self.in_service.borrow();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut best: Option<(bool, usize, &Rc<Instance>)> = None;
        let mut refusal = NoSeat::Nobody;
        for step in 0..in_service.len() {
            let candidate = &in_service[turn.wrapping_add(step) % in_service.len()];
            if tried.iter().any(|tried| Rc::ptr_eq(tried, candidate)) {
                continue;
            }
            let busy = candidate.busy.get();
            if busy >= self.bound {
                refusal = NoSeat::Full;
                continue;
            }
            let avoided = candidate.avoided_until.get() > now;
            if choice == Choice::RoundRobin && !avoided {
                if step > 0 {
                    // Whoever was passed over loses a turn; the next one keeps its own.
                    self.turn.fetch_add(step, Ordering::Relaxed);
                }
                return Ok(candidate.seat());
            }
            let weight = if choice == Choice::RoundRobin {
                0
            } else {
                busy
            };
            if best.is_none_or(|(a, w, _)| (avoided, weight) < (a, w)) {
                best = Some((avoided, weight, candidate));
            }
        }
        best.map(|(_, _, instance)| instance.seat()).ok_or(refusal)
    }

    /// A seat at one instance; nothing if it is not in service, has all it may have, was tried, or could
    /// not be connected to a moment ago.
    pub fn seat_at(&self, instance: &InstanceId, tried: &[Rc<Instance>], now: u32) -> Option<Seat> {
        let in_service = self.in_service.borrow();
        let at = in_service
            .iter()
            .find(|candidate| candidate.target.instance == *instance)?;
        let free = at.busy.get() < self.bound && at.avoided_until.get() <= now;
        (free && !tried.iter().any(|tried| Rc::ptr_eq(tried, at))).then(|| at.seat())
    }

    /// Where whoever found no seat waits for one.
    pub fn surge(&self) -> &Rc<Surge> {
        &self.surge
    }

    /// Whether there are idle connections, which age.
    pub fn have_idle(&self) -> bool {
        let in_service = self.in_service.borrow();
        in_service.iter().any(|instance| instance.has_idle())
    }

    /// Drops idle connections that are too old or closed.
    pub fn sweep(&self, now: u32, idle_timeout: Duration) {
        let longest = ticks(idle_timeout.min(POOLED_TIME));
        for instance in self.in_service.borrow().iter() {
            instance.sweep(now, longest);
        }
    }
}

/// Why a connection to an instance was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoConnection {
    /// The instance said no, at once.
    Refused,
    /// It did not answer in time, or cannot be reached.
    Unreachable,
    /// This process has no descriptor, port or memory left: no word on the instance.
    Ours,
}

impl NoConnection {
    /// Whether it cost no time worth counting.
    pub fn is_refusal(self) -> bool {
        self == NoConnection::Refused
    }

    /// What an error of the system says of it.
    pub fn of(error: &io::Error) -> NoConnection {
        match Errno::from_io_error(error) {
            Some(Errno::CONNREFUSED | Errno::CONNRESET) => NoConnection::Refused,
            Some(
                Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::NOBUFS | Errno::ADDRNOTAVAIL,
            ) => NoConnection::Ours,
            _ => NoConnection::Unreachable,
        }
    }
}

/// Opens a connection to an instance within its listener's limit, which the deadline is set to. An
/// instance that cannot be connected to is avoided for a while.
///
/// The connection begins with `preamble`. What follows is `said`, of which as much is written as an
/// instance takes that has agreed at once; nothing, if the caller has yet to compose it.
///
/// # Errors
///
/// The instance refuses, cannot be reached, or does not answer in time.
pub async fn connect(
    presence: &Presence,
    deadline: &Deadline,
    seat: &Seat,
    preamble: &[u8],
    said: Option<&mut Buffer>,
) -> Result<Stream, NoConnection> {
    let opened = &presence.opened;
    deadline.set(opened.spec.borrow().behaviour.connect_timeout);
    let target = &seat.target;
    let tls = target.tls.is_some();
    let speaks = tls || !preamble.is_empty() || said.as_ref().is_none_or(|said| !said.is_empty());
    let asks = said.is_none();
    let first = said.filter(|_| !tls && preamble.is_empty());
    let dialling = async {
        let socket = socket(target.address, speaks, asks)?;
        dial(socket, target.address, first).await
    };
    let mut dialling = std::pin::pin!(dialling);
    let connected = poll_fn(|context| match dialling.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => deadline
            .poll_expired(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into())),
    });
    let connected = match connected.await {
        // An empty send buffer takes such a line whole, so there is nothing to wait for.
        Ok(mut stream) => stream.write_all(preamble).await.map(|()| stream),
        Err(error) => Err(error),
    };
    let connected = match (connected, &target.tls) {
        (Ok(socket), None) => Ok(Stream::Plain(socket)),
        (Ok(socket), Some(tls)) => tls::connect(socket, target, tls, presence, deadline).await,
        (Err(error), _) => Err(error),
    };
    match connected {
        Ok(stream) => {
            opened.counters.instance_connections.add(1);
            Ok(stream)
        }
        Err(error) => {
            opened.counters.instance_connection_errors.add(1);
            seat.counters.errors.add(1);
            tracing::debug!(instance = %target.instance, address = %target.address, %error, "cannot connect to an instance");
            let why = NoConnection::of(&error);
            if why != NoConnection::Ours {
                seat.avoid(presence.local.deadlines.now());
            }
            Err(why)
        }
    }
}

/// A congestion control that every system has and lets everybody choose, and that does not pace. Where
/// the system's own does (BBR), its timers are a fifth of what an upload costs, and within one machine
/// they gain nothing.
const UNPACED: &[u8] = b"reno";

/// A socket for a connection to an instance. A system without the options that may be missing serves as
/// well.
fn socket(address: SocketAddr, speaks: bool, asks: bool) -> io::Result<Socket> {
    let kind = Type::STREAM.nonblocking();
    let socket = Socket::new(Domain::for_address(address), kind, Some(Protocol::TCP))?;
    // Small answers and requests must not wait for acknowledgements of earlier ones.
    socket.set_tcp_nodelay(true)?;
    if speaks {
        let _ = speak_first(&socket);
    }
    // A stream may be over before it has paid for this.
    if asks && address.ip().to_canonical().is_loopback() {
        let _ = socket.set_tcp_congestion(UNPACED);
    }
    Ok(socket)
}

/// Connects. Of `first` is written what can be without waiting: within this machine an instance has
/// agreed by then.
async fn dial(
    socket: Socket,
    address: SocketAddr,
    first: Option<&mut Buffer>,
) -> io::Result<TcpStream> {
    match socket.connect(&address.into()) {
        Err(error) if Errno::from_io_error(&error) != Some(Errno::INPROGRESS) => return Err(error),
        _ => {}
    }
    let has_agreed = match first {
        Some(first) if !first.is_empty() => first.drain_into(&socket)?,
        _ => false,
    };
    let stream = TcpStream::from_std(socket.into())?;
    if !has_agreed {
        stream.writable().await?;
        if let Some(error) = stream.take_error()? {
            return Err(error);
        }
    }
    Ok(stream)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    fn targets(names: &str) -> Vec<Target> {
        names
            .chars()
            .map(|name| Target {
                instance: InstanceId::new(name.to_string()),
                address: ([127, 0, 0, 1], name as u16).into(),
                tls: None,
            })
            .collect()
    }

    fn turns(instances: &Instances, count: usize) -> String {
        (0..count)
            .map(|_| {
                instances
                    .seat(Choice::RoundRobin, &[], 0)
                    .map_or("-".to_owned(), |seat| seat.target.instance.to_string())
            })
            .collect()
    }

    pub fn instances(names: &str, bound: usize) -> Instances {
        let instances = Instances::new(Arc::default(), bound, Arc::default());
        instances.replace(&targets(names), &[]);
        instances
    }

    fn seat(instances: &Instances, choice: Choice, tried: &[Rc<Instance>]) -> Result<Seat, NoSeat> {
        instances.seat(choice, tried, 0)
    }

    fn name(seat: &Seat) -> &str {
        seat.target.instance.as_str()
    }

    #[test]
    fn instances_take_turns() {
        for (names, expected) in [("", "----"), ("a", "aaaa"), ("abc", "abca")] {
            assert_eq!(turns(&instances(names, 9), 4), expected);
        }
    }

    #[test]
    fn workers_take_turns_together() {
        let turn = Arc::default();
        let workers = [(); 2].map(|()| Instances::new(Arc::clone(&turn), 9, Arc::default()));
        workers.iter().for_each(|worker| {
            worker.replace(&targets("abc"), &[]);
        });
        let served = [0, 1, 1, 0, 0, 1].map(|worker| turns(&workers[worker], 1));
        assert_eq!(served.concat(), "abcabc");
    }

    #[test]
    fn a_tried_instance_is_not_chosen_again() {
        for choice in [Choice::RoundRobin, Choice::LeastOutstanding] {
            let instances = instances("ab", 9);
            let first = Rc::clone(&seat(&instances, choice, &[]).unwrap());
            let tried = [Rc::clone(&first)];
            let second = Rc::clone(&seat(&instances, choice, &tried).unwrap());
            assert_ne!(first.target, second.target);
            let none = seat(&instances, choice, &[first, second]);
            assert_eq!(none.err(), Some(NoSeat::Nobody));
        }
    }

    #[test]
    fn the_least_busy_instance_is_chosen_and_equals_take_turns() {
        let instances = instances("abc", 9);
        let mut seats = Vec::new();
        for _ in 0..6 {
            seats.push(seat(&instances, Choice::LeastOutstanding, &[]).unwrap());
        }
        let mut chosen: Vec<&str> = seats.iter().map(name).collect();
        chosen.sort_unstable();
        assert_eq!(chosen.concat(), "aabbcc");
        // Whoever finishes first gets the next, whosever turn it is.
        for finished in ["b", "a", "c", "b"] {
            let at = seats.iter().position(|seat| name(seat) == finished);
            seats.remove(at.unwrap());
            let next = seat(&instances, Choice::LeastOutstanding, &[]).unwrap();
            assert_eq!(name(&next), finished);
            seats.push(next);
        }
    }

    #[test]
    fn an_instance_with_all_its_connections_is_passed_over() {
        for choice in [Choice::RoundRobin, Choice::LeastOutstanding] {
            let instances = instances("ab", 2);
            let mut seats: Vec<Seat> = (0..4)
                .map(|_| seat(&instances, choice, &[]).unwrap())
                .collect();
            assert_eq!(seat(&instances, choice, &[]).err(), Some(NoSeat::Full));
            let freed = name(&seats.remove(1)).to_owned();
            assert_eq!(name(&seat(&instances, choice, &[]).unwrap()), freed);
        }
    }

    #[test]
    fn an_instance_that_refused_is_asked_again_later_or_if_there_is_no_other() {
        let instances = instances("ab", 9);
        seat(&instances, Choice::RoundRobin, &[]).unwrap().avoid(7);
        let until = 7 + ticks(AVOIDED_TIME);
        for choice in [Choice::RoundRobin, Choice::LeastOutstanding] {
            for now in [7, until - 1] {
                let avoided = instances.seat(choice, &[], now).unwrap();
                assert_eq!(name(&avoided), "b");
                let tried = [Rc::clone(&avoided)];
                assert_eq!(name(&instances.seat(choice, &tried, now).unwrap()), "a");
            }
            let later: Vec<Seat> = (0..2)
                .map(|_| instances.seat(choice, &[], until).unwrap())
                .collect();
            assert!(later.iter().any(|seat| name(seat) == "a"));
        }
    }

    #[tokio::test]
    async fn a_doubtful_connection_is_not_used_at_once() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut nobody = Context::from_waker(Waker::noop());
        for doubtful in [false, true] {
            let instances = instances("a", 9);
            let seat = seat(&instances, Choice::RoundRobin, &[]).unwrap();
            let stream = TcpStream::connect(address).await.unwrap();
            let _peer = listener.accept().await.unwrap();
            seat.keep(Stream::Plain(stream), 7, doubtful);
            assert!(instances.have_idle());
            let mut reused = |now| seat.reuse(&mut nobody, now);
            let until = 7 + ticks(DOUBTFUL_TIME);
            if doubtful {
                assert!(reused(7).is_none() && reused(until - 1).is_none());
            }
            assert!(reused(until).is_some() && reused(until).is_none());
        }
    }

    #[test]
    fn an_instance_that_stays_is_the_same_one() {
        let instances = instances("ab", 9);
        let [a, b] =
            [(); 2].map(|()| Rc::clone(&seat(&instances, Choice::RoundRobin, &[]).unwrap()));
        let left = instances.replace(&targets("cb"), &[]);
        assert_eq!(left.len(), 1);
        assert!(Rc::ptr_eq(&left[0], &a) && a.resting.get() && !b.resting.get());
        // Out of service, then back: still the same, with what it has under way.
        assert!(instances.replace(&targets("c"), &targets("b")).is_empty());
        assert!(b.resting.get());
        assert!(instances.replace(&targets("bc"), &[]).is_empty());
        assert!(!b.resting.get());
        assert!(Rc::ptr_eq(&instances.in_service.borrow()[0], &b));
        // Deregistered while out of service: it leaves like any other.
        instances.replace(&targets("c"), &targets("b"));
        assert_eq!(instances.replace(&targets("c"), &[]).len(), 1);
    }

    /// Every change between small lists, against the plain rule: who is in both, at the same address,
    /// stays. A capital is the same instance at another address; one may be listed twice.
    #[test]
    fn in_every_change_of_the_lists_who_is_in_both_stays_and_the_others_leave() {
        let lists = |longest: usize| -> Vec<Vec<Target>> {
            let names = [
                "", "a", "A", "b", "aa", "aA", "Aa", "ab", "ba", "Ab", "bb", "AA",
            ];
            let names = names.iter().filter(|names| names.len() <= longest);
            names
                .map(|names| {
                    let mut targets = targets(names);
                    for target in &mut targets {
                        let name = target.instance.as_str().to_lowercase();
                        target.instance = InstanceId::new(name);
                    }
                    targets
                })
                .collect()
        };
        let sides = || {
            let in_service = lists(2).into_iter();
            in_service.flat_map(|one| lists(1).into_iter().map(move |other| (one.clone(), other)))
        };
        let same = |ours: &[Rc<Instance>], theirs: &[Rc<Instance>]| {
            let pointers = |of: &[Rc<Instance>]| of.iter().map(Rc::as_ptr).collect::<HashSet<_>>();
            pointers(ours) == pointers(theirs)
        };
        for (first, first_resting) in sides() {
            for (next, next_resting) in sides() {
                let instances = instances("", 9);
                instances.replace(&[&first[..], &first_resting].concat(), &[]);
                instances.replace(&first, &first_resting);
                let mut held = instances.in_service.borrow().clone();
                held.extend_from_slice(&instances.resting.borrow());
                assert_eq!(held.len(), first.len() + first_resting.len());
                let left = instances.replace(&next, &next_resting);

                let what = format!("{first:?} {first_resting:?} to {next:?} {next_resting:?}");
                let mut find = |target: &Target| {
                    let at = held.iter().position(|held| held.target == *target)?;
                    Some(held.remove(at))
                };
                let in_service = instances.in_service.borrow();
                let at = |of: &[Rc<Instance>]| -> Vec<Target> {
                    of.iter().map(|instance| instance.target.clone()).collect()
                };
                assert_eq!(at(&in_service), next, "{what}");
                for instance in in_service.iter() {
                    assert!(!instance.resting.get(), "{what}");
                    if let Some(stays) = find(&instance.target) {
                        assert!(Rc::ptr_eq(instance, &stays), "{what}");
                    }
                }
                let rest: Vec<_> = next_resting.iter().filter_map(&mut find).collect();
                let resting = instances.resting.borrow();
                assert!(resting.iter().all(|one| one.resting.get()), "{what}");
                assert!(same(&resting, &rest), "{what}");
                assert!(left.iter().all(|one| one.resting.get()), "{what}");
                assert!(same(&left, &held) && left.len() == held.len(), "{what}");
            }
        }
    }

    #[test]
    fn sockets_suit_who_is_asked_and_how() {
        let untouched = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let name = |bytes: Vec<u8>| bytes.split(|byte| *byte == 0).next().unwrap().to_vec();
        let system = name(untouched.tcp_congestion().unwrap());
        for (address, within) in [
            ("127.0.0.1:80", true),
            ("127.9.9.9:80", true),
            ("[::1]:80", true),
            ("[::ffff:127.0.0.1]:80", true),
            ("192.0.2.1:80", false),
            ("[2001:db8::1]:80", false),
        ] {
            let address = address.parse().unwrap();
            for (speaks, asks) in [(false, false), (true, false), (true, true)] {
                let socket = socket(address, speaks, asks).unwrap();
                assert!(socket.tcp_nodelay().unwrap());
                let deferral = crate::socket::deferral(&socket).unwrap();
                assert_eq!(!deferral.is_zero(), speaks, "{address}");
                let congestion = name(socket.tcp_congestion().unwrap());
                let expected = if within && asks { UNPACED } else { &system };
                assert_eq!(congestion, expected, "{address}");
            }
        }
    }

    #[test]
    fn who_departs_is_found_wherever_it_has_something_under_way() {
        let instances = instances("ab", 9);
        let names = |left: &[Rc<Instance>]| -> Vec<SocketAddr> {
            left.iter()
                .map(|instance| instance.target.address)
                .collect()
        };
        // One exchange at an address that the listener has left, one at its present address.
        let mut moved = targets("ab");
        moved[0].address = ([127, 0, 0, 1], 1).into();
        let before = instances.seat_at(&InstanceId::new("a"), &[], 0).unwrap();
        instances.replace(&moved, &[]);
        let after = instances.seat_at(&InstanceId::new("a"), &[], 0).unwrap();
        let left = instances.depart(&InstanceId::new("a"));
        assert_eq!(names(&left), [after.target.address, before.target.address]);
        assert!(left.iter().all(|instance| instance.resting.get()));
        // It gets nothing new, and what it has is found again as long as it has it.
        assert_eq!(turns(&instances, 2), "bb");
        drop((before, left));
        let again = instances.depart(&InstanceId::new("a"));
        assert_eq!(names(&again), [after.target.address]);
        drop((after, again));
        assert!(instances.depart(&InstanceId::new("a")).is_empty());
    }
}
