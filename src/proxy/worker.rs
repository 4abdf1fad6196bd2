//! Worker threads: each a runtime of its own, with its own connections, pools, buffers, counters.
//!
//! Nothing is shared between workers on the path of a request. A listening socket is duplicated
//! into each of them, so that whichever is idle accepts: a port per worker (`SO_REUSEPORT`) would
//! hand half the clients to a busy worker and lose those queued at one that ends.
//!
//! Commands come from the supervisor and take effect at once: a new [`ListenerSpec`] touches neither
//! the socket nor a running exchange.
//!
//! A panic is contained in the connection it happened in. One in a lasting task, such as accepting,
//! costs nobody anything: the task is begun anew. Should a worker itself die, it loses its own
//! connections and begins anew with the listeners it had, whose sockets never close meanwhile.

mod accept;

use super::access_log::entry::Kind;
use super::access_log::{Book, Ending, Entry, Sink};
use super::buffer::Buffers;
use super::counters::{Counters, Register};
use super::deadline::Deadlines;
use super::farewell::Leaving;
use super::http::request::Forwarding;
use super::limits::{
    CONNECTIONS, CUT_TIME, HANDSHAKE_TIMEOUT, HANDSHAKES, INSTANCE_CONNECTIONS, RESTART_PAUSE,
    TICK, WORKER_STACK_BYTES,
};
use super::listener::{ListenerKey, ListenerSpec};
use super::pool::{Instance, Instances};
use super::splice::Pipes;
use super::stream::Stream;
use super::surge::Load;
use super::tls::{Handshakes, Negotiated};
use super::{client, proxy_protocol};
use crate::model::placement::ServoId;
use crate::model::plane::Departure;
use accept::{Handed, Shares, accept, prepare, reserve, take, watch};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::{self, Rc};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, oneshot};

/// The bounds that whoever starts the workers may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open client connections of one servo, over all listeners and workers.
    pub connections: usize,
    /// Connections in use to one instance by one listener, over all workers, each of which has an
    /// equal share of them. Who finds no instance with one left waits in the surge queue.
    pub instance_connections: usize,
    /// TLS handshakes under way in one worker, and the longest of them.
    pub handshakes: usize,
    pub handshake_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: CONNECTIONS,
            instance_connections: INSTANCE_CONNECTIONS,
            handshakes: HANDSHAKES,
            handshake_timeout: HANDSHAKE_TIMEOUT,
        }
    }
}

/// All worker threads, as the supervisor sees them.
pub struct Workers {
    threads: Vec<Thread>,
    limits: Limits,
    register: Register,
    sink: Sink,
    sink_ending: Ending,
    /// What each servo with an open listener carries; held by its listeners.
    loads: Mutex<BTreeMap<ServoId, Weak<Load>>>,
}

struct Thread {
    /// Unbounded, because the supervisor must never wait for a worker and sends no more than its
    /// plan has steps.
    commands: mpsc::UnboundedSender<Command>,
    handle: JoinHandle<()>,
}

enum Command {
    Open {
        key: ListenerKey,
        opening: Opening,
    },
    Update {
        key: ListenerKey,
        spec: Arc<ListenerSpec>,
    },
    Depart {
        servo: ServoId,
        ports: Vec<u16>,
        leaving: Vec<Leaving>,
        departure: Departure,
    },
    Retire {
        servo: ServoId,
        leaving: Vec<Leaving>,
        departure: Departure,
    },
    Close {
        key: ListenerKey,
        drain: Option<Duration>,
        closed: oneshot::Sender<()>,
    },
    Settle {
        settled: oneshot::Sender<()>,
    },
    Shutdown {
        drain: Duration,
        finished: oneshot::Sender<()>,
    },
    /// A mistake of ours in the worker itself.
    #[cfg(test)]
    Panic,
    /// And one in the task of a connection.
    #[cfg(test)]
    PanicInConnection {
        key: ListenerKey,
    },
    /// And one in the exchange that moves next.
    #[cfg(test)]
    PanicInExchange,
    /// A worker that the system does not let run.
    #[cfg(test)]
    Sleep {
        until: std::sync::mpsc::Receiver<()>,
    },
    /// How many connections it has.
    #[cfg(test)]
    Count {
        told: oneshot::Sender<usize>,
    },
}

/// All that is needed to serve a listener, again if need be.
#[derive(Clone)]
struct Opening {
    /// Shared by the workers, each of which watches it: one descriptor, however many they are.
    socket: Arc<TcpListener>,
    spec: Arc<ListenerSpec>,
    counters: Arc<Counters>,
    load: Arc<Load>,
    /// Whose turn it is, over all workers.
    turn: Arc<AtomicUsize>,
    /// Which workers serve it now.
    served_by: Arc<[AtomicBool]>,
}

impl Workers {
    /// Starts worker threads, at least one; they sleep until something is opened.
    ///
    /// # Errors
    ///
    /// The system has no thread or no epoll descriptor left.
    pub fn start(threads: usize, limits: Limits) -> io::Result<Workers> {
        let (sink, sink_ending) = Sink::start()?;
        let count = threads.max(1);
        let share = Limits {
            instance_connections: limits.instance_connections.div_ceil(count),
            ..limits
        };
        let threads = Shares::of(count)
            .into_iter()
            .enumerate()
            .map(|(number, (shares, handed))| {
                let runtime_ready = std::sync::mpsc::sync_channel(1);
                let (commands, received) = mpsc::unbounded_channel();
                let sink = sink.clone();
                let handle = std::thread::Builder::new()
                    .name(format!("worker-{number}"))
                    .stack_size(WORKER_STACK_BYTES)
                    .spawn(move || {
                        run(received, handed, share, &shares, &sink, &runtime_ready.0)
                    })?;
                // The other end is dropped without a word only if the thread panicked.
                match runtime_ready.1.recv() {
                    Ok(result) => result?,
                    Err(_) => return Err(io::Error::other("a worker thread ended at its start")),
                }
                Ok(Thread { commands, handle })
            })
            .collect::<io::Result<Vec<_>>>()?;
        Ok(Workers {
            threads,
            limits,
            register: Register::default(),
            sink,
            sink_ending,
            loads: Mutex::default(),
        })
    }

    /// Begins to accept on a bound, listening socket. A key is open at most once.
    ///
    /// # Errors
    ///
    /// The socket cannot be set up.
    pub fn open(
        &self,
        key: ListenerKey,
        socket: TcpListener,
        spec: Arc<ListenerSpec>,
    ) -> io::Result<()> {
        socket.set_nonblocking(true)?;
        // Accepted sockets inherit this and the others, which spares system calls for each of them.
        socket2::SockRef::from(&socket).set_tcp_nodelay(true)?;
        prepare(&socket, &spec);
        let load = self.load(&key.servo);
        let counters = self.register.open(
            &key,
            (&spec.balancer, &spec.zone, spec.carriage),
            &load,
            self.threads.len(),
        );
        let shared = Opening {
            socket: Arc::new(socket),
            spec,
            counters: Arc::default(),
            load,
            turn: Arc::default(),
            served_by: self.threads.iter().map(|_| AtomicBool::default()).collect(),
        };
        for (thread, counters) in self.threads.iter().zip(&counters) {
            thread.send(Command::Open {
                key: key.clone(),
                opening: Opening {
                    counters: Arc::clone(counters),
                    ..shared.clone()
                },
            });
        }
        Ok(())
    }

    /// Replaces what is known of an open listener: instances, behaviour. Running exchanges go on, as
    /// long as `Behaviour::departure` lets those with an instance that it reaches no longer.
    pub fn update(&self, key: &ListenerKey, spec: &Arc<ListenerSpec>) {
        for thread in &self.threads {
            thread.send(Command::Update {
                key: key.clone(),
                spec: Arc::clone(spec),
            });
        }
    }

    /// Takes instances out of a servo's open listeners, which are named, and out of those that were
    /// closed and still carry something. What is under way with them goes on as long as `departure`
    /// lets it, and their farewells are held as long.
    pub fn depart(
        &self,
        servo: &ServoId,
        ports: &[u16],
        leaving: &[Leaving],
        departure: Departure,
    ) {
        for thread in &self.threads {
            thread.send(Command::Depart {
                servo: servo.clone(),
                ports: ports.to_vec(),
                leaving: leaving.to_vec(),
                departure,
            });
        }
    }

    /// Lets instances leave with their servo, whose listeners are all closed: what is under way with
    /// them is as after [`Workers::depart`].
    pub fn retire(&self, servo: &ServoId, leaving: &[Leaving], departure: Departure) {
        for thread in &self.threads {
            thread.send(Command::Retire {
                servo: servo.clone(),
                leaving: leaving.to_vec(),
                departure,
            });
        }
    }

    /// Returns when every worker has carried out what it was told before, so that whoever is told of
    /// a change sees its effect.
    pub async fn settle(&self) {
        let mut waits = Vec::with_capacity(self.threads.len());
        for thread in &self.threads {
            let (settled, wait) = oneshot::channel();
            thread.send(Command::Settle { settled });
            waits.push(wait);
        }
        for wait in waits {
            // An error means that the worker has ended: it serves no old state either.
            let _ = wait.await;
        }
    }

    /// Stops accepting and closes the socket; returns when every worker has, so that the address is
    /// free again. Running exchanges finish, within `drain` if it is given; idle clients are closed.
    pub async fn close(&self, key: &ListenerKey, drain: Option<Duration>) {
        let mut waits = Vec::with_capacity(self.threads.len());
        for thread in &self.threads {
            let (closed, wait) = oneshot::channel();
            thread.send(Command::Close {
                key: key.clone(),
                drain,
                closed,
            });
            waits.push(wait);
        }
        for wait in waits {
            // An error means that the worker has ended, and its sockets with it.
            let _ = wait.await;
        }
        self.register.close(key);
    }

    /// What every listener counts; a clone may be read from anywhere.
    pub fn register(&self) -> Register {
        self.register.clone()
    }

    /// Lines of access logs that are lost.
    pub fn dropped_lines(&self) -> u64 {
        self.sink.dropped()
    }

    /// Number of worker threads.
    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    /// The bounds chosen at the start.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Closes every listener, lets running exchanges finish for at most `drain`, cuts the others, ends
    /// the threads.
    pub async fn shutdown(self, drain: Duration) {
        let mut waits = Vec::with_capacity(self.threads.len());
        for thread in &self.threads {
            let (finished, wait) = oneshot::channel();
            thread.send(Command::Shutdown { drain, finished });
            waits.push(wait);
        }
        for wait in waits {
            let _ = wait.await;
        }
        for thread in self.threads {
            // Joining takes no time: a worker reports that it has finished as its last act.
            let _ = thread.handle.join();
        }
        drop(self.sink);
        self.sink_ending.wait().await;
    }

    /// What a servo carries: one value for all its listeners.
    fn load(&self, servo: &ServoId) -> Arc<Load> {
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of servos that are gone go with them; looking for them costs no more than they do.
        if loads.len().is_power_of_two() {
            loads.retain(|_, load| load.strong_count() > 0);
        }
        let load = loads.get(servo).and_then(Weak::upgrade).unwrap_or_default();
        loads.insert(servo.clone(), Arc::downgrade(&load));
        load
    }
}

impl Thread {
    fn send(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::error!(thread = self.handle.thread().name(), "a worker has ended");
        }
    }
}

/// What the connections of one worker share.
pub struct Local {
    pub deadlines: Rc<Deadlines>,
    /// Shared with TLS sessions, which lend and return by themselves.
    pub buffers: Rc<Buffers>,
    pub handshakes: Handshakes,
    pub pipes: Pipes,
    pub carriers: client::Carriers,
    /// Where heads are composed before they replace the received ones.
    pub scratch: RefCell<Vec<u8>>,
    /// The lines of access logs.
    pub book: Rc<Book>,
    pub limits: Limits,
    connections: Cell<usize>,
    shares: Shares,
    /// Told when the last connection has ended.
    empty: Notify,
    /// See [`reserve`].
    reserve: RefCell<Option<std::fs::File>>,
    /// The exchange that moves next makes a mistake of ours.
    #[cfg(test)]
    pub panics: Cell<bool>,
}

/// A listener as one worker has it.
pub struct Open {
    pub key: ListenerKey,
    pub spec: RefCell<Arc<ListenerSpec>>,
    pub forwarding: RefCell<Rc<Forwarding>>,
    pub instances: Instances,
    pub counters: Arc<Counters>,
    /// Where it listens, as text.
    pub address: Box<str>,
    /// What its servo carries.
    pub load: Arc<Load>,
    /// Which workers serve it now.
    served_by: Arc<[AtomicBool]>,
    phase: Cell<Phase>,
    /// When the log last told of a request that is not as the standard says.
    pub told_deviation: Cell<Option<Instant>>,
}

/// The life of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Serving,
    /// The socket is closed; what runs may finish.
    Draining,
    /// What still runs must end.
    Cut,
}

impl Open {
    fn new(key: &ListenerKey, opening: &Opening, limits: Limits, address: Box<str>) -> Open {
        let spec = &opening.spec;
        let opened = Open {
            key: key.clone(),
            forwarding: RefCell::new(Rc::new(spec.forwarding())),
            instances: Instances::new(
                Arc::clone(&opening.turn),
                limits.instance_connections,
                Arc::clone(&opening.counters),
            ),
            spec: RefCell::new(Arc::clone(spec)),
            counters: Arc::clone(&opening.counters),
            address,
            load: Arc::clone(&opening.load),
            served_by: Arc::clone(&opening.served_by),
            phase: Cell::new(Phase::Serving),
            told_deviation: Cell::new(None),
        };
        opened
            .instances
            .replace(&spec.in_service, &spec.out_of_service);
        opened
    }

    /// Where the listener is in its life.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Ends what is still under way.
    fn cut(&self, local: &Local) {
        self.phase.set(Phase::Cut);
        local.deadlines.wake(self.group());
    }

    /// The name under which its connections are woken together.
    pub fn group(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

fn run(
    mut commands: mpsc::UnboundedReceiver<Command>,
    mut handed: mpsc::UnboundedReceiver<Handed>,
    limits: Limits,
    shares: &Shares,
    sink: &Sink,
    ready: &std::sync::mpsc::SyncSender<io::Result<()>>,
) {
    let build = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build_local(Default::default())
    };
    let mut runtime = match build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    let mut openings = BTreeMap::new();
    loop {
        let obeyed = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(obey(
                (&mut commands, &mut handed),
                &mut openings,
                limits,
                shares.clone(),
                sink.clone(),
            ))
        }));
        // Whatever still runs is dropped here, its connections with it.
        drop(runtime);
        match obeyed {
            Ok(finished) => {
                // Nobody waits if nobody can command any more.
                finished.map(|finished| finished.send(()));
                return;
            }
            Err(panic) => {
                let cause = cause(&*panic);
                tracing::error!(
                    cause,
                    listeners = openings.len(),
                    "a worker panicked and is started anew"
                );
            }
        }
        runtime = loop {
            std::thread::sleep(RESTART_PAUSE);
            match build() {
                Ok(runtime) => break runtime,
                Err(error) => tracing::error!(%error, "cannot start a worker anew"),
            }
        };
    }
}

/// What a panic said.
fn cause(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say")
}

/// Runs a task so that a panic in it ends no more than the task; an error is what the panic said.
pub async fn contained<T>(task: impl Future<Output = T>) -> Result<T, String> {
    let mut task = pin!(task);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(cause(&*panic).to_owned())),
        },
    )
    .await
}

/// Runs a task that is never to end by itself, and begins it anew if it panics.
async fn lasting<F: Future<Output = ()>>(name: &str, task: impl Fn() -> F) {
    while let Err(cause) = contained(task()).await {
        tracing::error!(cause, "{name} panicked and is begun anew");
        tokio::time::sleep(RESTART_PAUSE).await;
    }
}

/// Carries out commands, and serves the connections that other workers hand on, until told to shut
/// down, or until nobody can command any more.
///
/// `openings` is what has to be served, whatever happens in here: it is brought up to date before a
/// command is carried out, and all of it is opened at the start.
async fn obey(
    (commands, handed): (
        &mut mpsc::UnboundedReceiver<Command>,
        &mut mpsc::UnboundedReceiver<Handed>,
    ),
    openings: &mut BTreeMap<ListenerKey, Opening>,
    limits: Limits,
    shares: Shares,
    sink: Sink,
) -> Option<oneshot::Sender<()>> {
    shares.note(0);
    let local = Rc::new(Local::new(limits, shares, sink));
    let held: Rc<RefCell<HashMap<ListenerKey, Held>>> = Rc::default();
    let mut closed_before = Closed::default();
    let keeper = (Rc::clone(&local), Rc::clone(&held));
    tokio::task::spawn_local(async move {
        let keep = || keep_time(&keeper.0, &keeper.1);
        lasting("the keeper of time", keep).await;
    });
    for (key, opening) in openings.iter() {
        serve(key, opening, &local, &held);
    }
    loop {
        let command = tokio::select! {
            biased;
            command = commands.recv() => command?,
            Some(handed) = handed.recv() => {
                take(&local, &held.borrow(), handed);
                continue;
            }
        };
        match command {
            Command::Open { key, opening } => {
                let opening = openings.entry(key.clone()).insert_entry(opening);
                serve(&key, opening.get(), &local, &held);
            }
            Command::Update { key, spec } => {
                if let Some(opening) = openings.get_mut(&key) {
                    let before = std::mem::replace(&mut opening.spec, Arc::clone(&spec));
                    if spec.carriage != before.carriage
                        || spec.clients_begin() != before.clients_begin()
                    {
                        prepare(&opening.socket, &spec);
                    }
                }
                if let Some(held) = held.borrow().get(&key) {
                    held.update(&local, spec);
                }
            }
            Command::Depart {
                servo,
                ports,
                leaving,
                departure,
            } => {
                let mut concerned = closed_before.of(&servo);
                for port in ports {
                    let servo = servo.clone();
                    let open = held.borrow();
                    let open = open.get(&ListenerKey { servo, port });
                    concerned.extend(open.map(|held| Rc::clone(&held.opened)));
                }
                for opened in &concerned {
                    for of in &leaving {
                        let left = opened.instances.depart(&of.instance);
                        part(&left, of);
                        let_go(&local, opened, left, departure);
                    }
                }
            }
            Command::Retire {
                servo,
                leaving,
                departure,
            } => {
                for opened in &closed_before.of(&servo) {
                    for of in &leaving {
                        let left = opened.instances.under_way(&of.instance);
                        part(&left, of);
                        let_go(&local, opened, left, departure);
                    }
                }
            }
            Command::Close { key, drain, closed } => {
                openings.remove(&key);
                let held = held.borrow_mut().remove(&key);
                if let Some(held) = held {
                    closed_before.note(&held.opened);
                    held.close(&local, drain).await;
                }
                let _ = closed.send(());
            }
            Command::Settle { settled } => {
                let _ = settled.send(());
            }
            Command::Shutdown { drain, finished } => {
                openings.clear();
                let all: Vec<Held> = held.borrow_mut().drain().map(|(_, held)| held).collect();
                for held in all {
                    closed_before.note(&held.opened);
                    held.close(&local, None).await;
                }
                if tokio::time::timeout(drain, local.drained()).await.is_err() {
                    // Merely dropped, an answer that ends with its connection would look whole.
                    closed_before.all().for_each(|opened| opened.cut(&local));
                    let _ = tokio::time::timeout(CUT_TIME, local.drained()).await;
                }
                return Some(finished);
            }
            #[cfg(test)]
            Command::Panic => panic!("as the test asked"),
            #[cfg(test)]
            Command::PanicInConnection { key } => {
                let presence = Presence::enter(&local, &held.borrow()[&key].opened);
                spawn(&Rc::clone(&presence.opened), async move {
                    let _presence = presence;
                    tokio::task::yield_now().await;
                    panic!("as the test asked");
                });
            }
            #[cfg(test)]
            Command::PanicInExchange => local.panics.set(true),
            #[cfg(test)]
            Command::Sleep { until } => drop(until.recv()),
            #[cfg(test)]
            Command::Count { told } => drop(told.send(local.connections.get())),
        }
    }
}

/// Serves a listener from now on.
fn serve(
    key: &ListenerKey,
    opening: &Opening,
    local: &Rc<Local>,
    held: &RefCell<HashMap<ListenerKey, Held>>,
) {
    let (socket, address) = match watch(&opening.socket) {
        Ok(watched) => watched,
        Err(error) => {
            tracing::error!(servo = %key.servo, port = key.port, %error, "cannot watch a listening socket");
            return;
        }
    };
    let opened = Rc::new(Open::new(key, opening, local.limits, address));
    local.shares.serve(&opened, true);
    let (local, opened_too) = (Rc::clone(local), Rc::clone(&opened));
    let accepting = tokio::task::spawn_local(async move {
        lasting("accepting", || accept(&local, &opened_too, &socket)).await;
    });
    held.borrow_mut()
        .insert(key.clone(), Held { opened, accepting });
}

struct Held {
    opened: Rc<Open>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Held {
    fn update(&self, local: &Rc<Local>, spec: Arc<ListenerSpec>) {
        let left = self
            .opened
            .instances
            .replace(&spec.in_service, &spec.out_of_service);
        let_go(local, &self.opened, left, spec.behaviour.departure);
        self.opened.forwarding.replace(Rc::new(spec.forwarding()));
        self.opened.spec.replace(spec);
    }

    async fn close(self, local: &Rc<Local>, drain: Option<Duration>) {
        local.shares.serve(&self.opened, false);
        self.accepting.abort();
        // Waits until the task is dropped, and the socket with it.
        let _ = self.accepting.await;
        self.opened.phase.set(Phase::Draining);
        // The instances stay: a request that is on its way is served. The pool goes with the last
        // connection.
        local.deadlines.wake(self.opened.group());
        if let Some(drain) = drain {
            let local = Rc::clone(local);
            let opened = Rc::downgrade(&self.opened);
            tokio::task::spawn_local(async move {
                tokio::time::sleep(drain).await;
                if let Some(opened) = opened.upgrade() {
                    opened.cut(&local);
                }
            });
        }
    }
}

/// Listeners that were closed and may still carry something: their connections hold them.
#[derive(Default)]
struct Closed(HashMap<ServoId, Vec<rc::Weak<Open>>>);

impl Closed {
    fn note(&mut self, opened: &Rc<Open>) {
        // Looking for those that have ended costs no more than they do.
        if self.0.len().is_power_of_two() {
            self.0.retain(|_, closed| {
                closed.retain(|opened| opened.strong_count() > 0);
                !closed.is_empty()
            });
        }
        let closed = self.0.entry(opened.key.servo.clone()).or_default();
        closed.retain(|opened| opened.strong_count() > 0);
        closed.push(Rc::downgrade(opened));
    }

    fn of(&self, servo: &ServoId) -> Vec<Rc<Open>> {
        let closed = self.0.get(servo).into_iter().flatten();
        closed.filter_map(rc::Weak::upgrade).collect()
    }

    fn all(&self) -> impl Iterator<Item = Rc<Open>> {
        let closed = self.0.values().flatten();
        closed.filter_map(rc::Weak::upgrade)
    }
}

/// Lets whoever still carries something of an instance that leaves hold its farewell.
fn part(left: &[Rc<Instance>], leaving: &Leaving) {
    if let Some(farewell) = &leaving.farewell {
        left.iter().for_each(|instance| instance.part(farewell));
    }
}

/// Gives what is under way with instances that a listener has no longer as much time as there is.
fn let_go(local: &Rc<Local>, opened: &Rc<Open>, left: Vec<Rc<Instance>>, departure: Departure) {
    let group = opened.group();
    match departure {
        _ if left.is_empty() => {}
        Departure::Finish => {}
        Departure::Cut => {
            left.iter().for_each(|instance| instance.cut());
            local.deadlines.wake(group);
        }
        Departure::Drain(time) => {
            let local = Rc::clone(local);
            // Ends by itself, at most an hour later by the API's rules.
            tokio::task::spawn_local(async move {
                tokio::time::sleep(time).await;
                left.iter().for_each(|instance| instance.cut());
                local.deadlines.wake(group);
            });
        }
    }
}

impl Local {
    fn new(limits: Limits, shares: Shares, sink: Sink) -> Local {
        Local {
            deadlines: Rc::default(),
            buffers: Rc::default(),
            handshakes: Handshakes::default(),
            pipes: Pipes::default(),
            carriers: client::Carriers::default(),
            scratch: RefCell::default(),
            book: Book::new(sink),
            limits,
            connections: Cell::new(0),
            shares,
            empty: Notify::new(),
            reserve: RefCell::new(reserve()),
            #[cfg(test)]
            panics: Cell::default(),
        }
    }

    async fn drained(&self) {
        while self.connections.get() > 0 {
            self.empty.notified().await;
        }
    }
}

/// Moves the worker's time on while there are connections, and sweeps the pools once a second.
async fn keep_time(local: &Local, held: &RefCell<HashMap<ListenerKey, Held>>) {
    const SWEEP_TICKS: u32 = 10;
    loop {
        // Connections to instances age also when no client is left.
        let idle = held
            .borrow()
            .values()
            .any(|held| held.opened.instances.have_idle());
        if !idle {
            local.deadlines.occupied().await;
        }
        tokio::time::sleep(TICK).await;
        local.deadlines.tick();
        let now = local.deadlines.now();
        if now.is_multiple_of(SWEEP_TICKS) {
            for held in held.borrow().values() {
                let idle_timeout = held.opened.spec.borrow().behaviour.idle_timeout;
                held.opened.instances.sweep(now, idle_timeout);
            }
        }
    }
}

/// Begins the task of one connection, which nobody waits for: it ends with its sockets, its
/// deadline, or the worker.
fn spawn(opened: &Rc<Open>, task: impl Future<Output = ()> + 'static) {
    tokio::task::spawn_local(Alone {
        task,
        opened: Rc::clone(opened),
    });
}

pin_project_lite::pin_project! {
    /// The task of one connection: what goes wrong in it is its own affair. Not an `async fn` around
    /// [`contained`], which would hold the task three times.
    struct Alone<T> {
        #[pin]
        task: T,
        opened: Rc<Open>,
    }
}

impl<T: Future<Output = ()>> Future for Alone<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        catch_unwind(AssertUnwindSafe(|| this.task.poll(context))).unwrap_or_else(|panic| {
            // Our mistake; whoever else is served does not notice.
            let opened = this.opened;
            opened.counters.panics.add(1);
            tracing::error!(cause = cause(&*panic), servo = %opened.key.servo, port = opened.key.port, "a connection's task panicked");
            Poll::Ready(())
        })
    }
}

/// A connection's place among the open ones, given up when it is dropped.
pub struct Presence {
    pub local: Rc<Local>,
    pub opened: Rc<Open>,
    /// How many there were, this one included.
    number: usize,
}

impl Presence {
    fn enter(local: &Rc<Local>, opened: &Rc<Open>) -> Presence {
        local.connections.set(local.connections.get() + 1);
        local.shares.note(local.connections.get());
        Presence {
            local: Rc::clone(local),
            opened: Rc::clone(opened),
            number: opened.load.connections.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}

impl Presence {
    /// What a new connection to an instance begins with: a PROXY line, or nothing.
    pub fn preamble(&self, client: &Stream) -> String {
        if !self.opened.spec.borrow().proxy_protocol {
            return String::new();
        }
        // A client that has just left is nobody.
        let ends = client.ends();
        ends.map_or_else(
            |_| proxy_protocol::UNKNOWN.to_owned(),
            |(peer, local)| proxy_protocol::line(peer, local),
        )
    }

    /// Begins notes for the access log, if the listener has one.
    pub fn note(
        &self,
        kind: Kind,
        client: SocketAddr,
        tls: Option<Negotiated>,
    ) -> Option<Box<Entry>> {
        let logs = self.opened.spec.borrow().access_log.is_some();
        logs.then(|| Entry::begin(kind, client, tls))
    }

    /// Writes what was noted into the access log, unless that has been switched off meanwhile.
    pub fn tell(&self, entry: &Entry) {
        let spec = self.opened.spec.borrow();
        if let Some(logging) = &spec.access_log {
            entry.tell(&self.local.book, logging, &spec.balancer.name);
        }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.opened.load.connections.fetch_sub(1, Ordering::Relaxed);
        self.opened.counters.ended_connections.add(1);
        let left = self.local.connections.get() - 1;
        self.local.connections.set(left);
        self.local.shares.note(left);
        if left == 0 {
            self.local.empty.notify_one();
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
