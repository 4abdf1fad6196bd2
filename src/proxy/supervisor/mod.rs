//! Keeps in the workers what is desired: the part that Auto Scaling, the servo's main loop and its
//! health checkers played in Eucalyptus.
//!
//! One task compares what it holds with the newest [`Desired`] ([`mod@plan`]: pure) and carries the steps
//! out: binds and closes listeners, hands the workers a new pool when an instance's verdict changes
//! ([`checker`]), and tells what it saw. It never relies on having heard every snapshot, and goes on
//! with the last one when the control plane is gone.
//!
//! A change of instances reaches the workers as a new [`ListenerSpec`]; no socket is touched, no
//! exchange is broken.

pub mod checker;
pub mod checks;
pub mod plan;

use super::access_log::{Destination, Logging};
use super::farewell::{Farewell, Gone, Leaving};
use super::listener::{Carriage, ListenerKey, ListenerSpec, Target};
use super::sticky::Sticky;
use super::tls::instance::ClientTls;
use super::tls::server::{ServerTls, Unservable};
use super::worker::Workers;
use crate::clock::Clock;
use crate::model::health::{HealthCheck, Tracker, Verdict};
use crate::model::instance::InstanceId;
use crate::model::listener::{Listener, Port, Protocol};
use crate::model::placement::ServoId;
use crate::model::plane::{
    Backend, Behaviour, Departure, Desired, ListenerTls, Observation, Servo,
};
use crate::model::policy::Negotiation;
use crate::socket::{self, BindCause, BindError};
use checker::{Check, Probe, Report};
use checks::CheckLog;
use plan::{Held, Step, plan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Pause before a listener that could not be bound is tried again. Real time: what keeps the port
/// does not know the local cloud's clock.
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// Longest wait for the control plane to take an observation. Nobody relies on hearing every one,
/// and a control plane that has stopped must not stop the data plane.
const TELL_PATIENCE: Duration = Duration::from_secs(1);

/// Reports that may wait while the supervisor carries out steps; beyond, checkers wait. So many are
/// taken at a time.
const REPORT_QUEUE: usize = 1024;

/// How long running exchanges may take to finish when the process ends: longer than an ordinary
/// request, shorter than the patience of whoever stops it.
const SHUTDOWN_DRAIN: Duration = Duration::from_secs(5);

/// Whom the supervisor listens and talks to.
pub struct Links {
    pub desired: watch::Receiver<Arc<Desired>>,
    pub observations: mpsc::Sender<Observation>,
    /// The newest revision that is in force, for whoever waits for one.
    pub applied: watch::Sender<u64>,
    /// Where the newest checks may be read.
    pub checks: CheckLog,
    /// Servos that are to end as if their machines had died.
    pub terminations: mpsc::Receiver<ServoId>,
}

/// Supervises until `stop` is cancelled, then lets running exchanges finish and ends the workers.
pub async fn serve(
    links: Links,
    workers: Workers,
    clock: Clock,
    probe: Probe,
    stop: CancellationToken,
) {
    let (reports, mut reported) = mpsc::channel(REPORT_QUEUE);
    let (farewells, mut gone) = mpsc::unbounded_channel();
    let Links {
        mut desired,
        observations,
        applied,
        checks: check_log,
        mut terminations,
    } = links;
    let mut supervisor = Supervisor {
        workers,
        observations,
        unheard: AtomicBool::new(false),
        clock,
        probe,
        reports,
        farewells,
        held: Held::default(),
        carried: BTreeMap::new(),
        checks: JoinSet::new(),
        check_log,
        checked_by: BTreeMap::new(),
        last_checker: 0,
    };
    let mut control_plane_lives = true;
    let mut heard = Vec::with_capacity(REPORT_QUEUE);
    let mut newest = Arc::clone(&desired.borrow_and_update());
    let mut retry = supervisor.reconcile(&newest, &applied).await;
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            changed = desired.changed(), if control_plane_lives => match changed {
                Ok(()) => {
                    newest = Arc::clone(&desired.borrow_and_update());
                    retry = supervisor.reconcile(&newest, &applied).await;
                }
                Err(_) => control_plane_lives = false,
            },
            1.. = reported.recv_many(&mut heard, REPORT_QUEUE) => supervisor.judge(&mut heard).await,
            Some(ended) = supervisor.checks.join_next_with_id() => supervisor.bury(ended).await,
            Some(gone) = gone.recv() => supervisor.tell(drained(gone)).await,
            Some(servo) = terminations.recv() => {
                supervisor.replace(&servo, "it was terminated by the administrator".to_owned()).await;
            }
            () = tokio::time::sleep_until(retry.unwrap_or_else(Instant::now)), if retry.is_some() => {
                retry = supervisor.reconcile(&newest, &applied).await;
            }
        }
    }
    supervisor.checks.shutdown().await;
    supervisor.workers.shutdown(SHUTDOWN_DRAIN).await;
}

struct Supervisor {
    workers: Workers,
    observations: mpsc::Sender<Observation>,
    /// The last observation was not taken in time: until one is, none is waited for, or each report
    /// of a check would hold up what the next ones say of the pool. Atomic because the task moves
    /// between threads; nobody else looks.
    unheard: AtomicBool,
    clock: Clock,
    probe: Probe,
    reports: mpsc::Sender<Report>,
    /// Where the end of an instance's departure is told.
    farewells: mpsc::UnboundedSender<Gone>,
    held: Held,
    carried: BTreeMap<ServoId, Carried>,
    checks: JoinSet<()>,
    check_log: CheckLog,
    /// Whose checks a task makes, to find the servo of one that died.
    checked_by: BTreeMap<Id, ServoId>,
    last_checker: u64,
}

/// What the supervisor keeps of a servo beside what [`Held`] says of it.
#[derive(Default)]
struct Carried {
    checkers: BTreeMap<InstanceId, Checker>,
    /// As it was logged last.
    health_check: Option<HealthCheck>,
    /// What the workers were told last, by listener port.
    specs: BTreeMap<Port, Arc<ListenerSpec>>,
    /// Why a listener is not bound, as told last.
    failures: BTreeMap<Port, String>,
    /// TLS settings as the workers have them, by listener port: made anew only when what they were
    /// made from has changed, since making them costs more than a comparison.
    tls: BTreeMap<Port, ServerTls>,
    instance_tls: BTreeMap<Port, ClientTls>,
    /// Instances that leave with the version that is being taken up.
    leaving: Vec<Leaving>,
    /// Those that left before and may still have something to finish.
    parting: BTreeMap<InstanceId, Weak<Farewell>>,
}

impl Carried {
    /// Begins the departure of an instance, or renews one that has not ended.
    fn part(
        &mut self,
        servo: &Servo,
        instance: &InstanceId,
        revision: u64,
        told: &mpsc::UnboundedSender<Gone>,
    ) -> Arc<Farewell> {
        self.parting.retain(|_, known| known.strong_count() > 0);
        let farewell = match self.parting.get(instance).and_then(Weak::upgrade) {
            Some(known) => {
                known.again(revision);
                known
            }
            None => Farewell::begin((&servo.id, &servo.balancer), instance, revision, told),
        };
        self.parting
            .insert(instance.clone(), Arc::downgrade(&farewell));
        farewell
    }

    /// The TLS settings of a listener, towards clients and towards instances.
    fn secure(
        &mut self,
        servo: &Servo,
        listener: &Listener,
    ) -> Result<(Option<ServerTls>, Option<ClientTls>), String> {
        let port = listener.port;
        let terms = servo.terms.get(&port);
        let tls = match terms.and_then(|terms| terms.tls.as_ref()) {
            None if listener.protocol.is_tls() => {
                return Err(Unservable::CertificateMissing.to_string());
            }
            None => None,
            Some(wanted) => {
                let held = self.tls.get(&port);
                let made = match held.filter(|held| held.terms() == wanted) {
                    Some(held) => held.clone(),
                    None => {
                        let made = ServerTls::new(wanted, held).map_err(|error| {
                            format!(
                                "the {} listener cannot be served: {error}",
                                listener.protocol
                            )
                        })?;
                        note_unserved(servo, port, wanted);
                        made
                    }
                };
                self.tls.insert(port, made.clone());
                Some(made)
            }
        };
        let instance_tls = match terms.and_then(|terms| terms.instance_tls.as_ref()) {
            None => None,
            Some(wanted) => {
                let held = self.instance_tls.get(&port);
                let made = match held.filter(|held| held.terms() == wanted) {
                    Some(held) => held.clone(),
                    None => ClientTls::new(wanted).map_err(|error| error.to_string())?,
                };
                self.instance_tls.insert(port, made.clone());
                Some(made)
            }
        };
        Ok((tls, instance_tls))
    }
}

/// Says once what of a security policy is not served, since nobody is refused silently.
fn note_unserved(servo: &Servo, port: Port, tls: &ListenerTls) {
    let enabled = tls.negotiation.as_ref().map(Negotiation::enabled);
    let (_, unserved) = enabled.unwrap_or_default();
    if !unserved.is_empty() {
        let unserved = unserved.join(", ");
        tracing::info!(
            target: "servo", servo = %servo.id, %port,
            "the security policy enables what is not served (clients that have nothing else are refused): {unserved}"
        );
    }
}

/// One instance's checks.
struct Checker {
    number: u64,
    backend: Backend,
    check: Check,
    verdict: Option<Verdict>,
    /// The request that led to the check, until the first verdict has been told.
    cause: Option<Arc<str>>,
    task: AbortHandle,
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Supervisor {
    /// Makes what is held what is desired; returns when to try again what could not be done.
    async fn reconcile(
        &mut self,
        desired: &Desired,
        applied: &watch::Sender<u64>,
    ) -> Option<Instant> {
        let mut touched = BTreeSet::new();
        for step in plan(&self.held, desired) {
            match &step {
                Step::Retire(id) => self.retire(id, desired).await,
                Step::Close(id, port) => self.close(id, *port, &desired.cause).await,
                Step::Adopt(servo) => {
                    self.held.note(&step);
                    self.adopt(servo, desired.revision);
                    touched.insert(servo.id.clone());
                    continue;
                }
                Step::Open(id, port) => {
                    touched.insert(id.clone());
                    if let Err(reason) = self.open(id, *port) {
                        self.report_failure(id, *port, reason).await;
                        continue;
                    }
                }
            }
            self.held.note(&step);
        }
        self.held.settle(desired);
        for id in &touched {
            self.refresh(id).await;
        }
        if !touched.is_empty() {
            // Nothing is said to be in force before the workers have it.
            self.workers.settle().await;
        }
        for id in touched {
            let Some(held) = self.held.servos.get(&id) else {
                continue;
            };
            tracing::debug!(
                target: "servo", request = &*held.servo.cause, servo = %id,
                balancer = &*held.servo.balancer.name, revision = desired.revision, "in force"
            );
            if held.is_serving() {
                self.tell(Observation::ServoServing { servo: id }).await;
            }
        }
        if *applied.borrow() != desired.revision {
            let revision = desired.revision;
            tracing::debug!(target: "servo", revision, "everything is in force");
            self.tell(Observation::Applied { revision }).await;
            applied.send_replace(revision);
        }
        (!self.held.is_serving()).then(|| Instant::now() + RETRY_PAUSE)
    }

    async fn tell(&self, observation: Observation) {
        let patience = match self.unheard.load(Ordering::Relaxed) {
            false => TELL_PATIENCE,
            true => Duration::ZERO,
        };
        let told = self.observations.send_timeout(observation, patience).await;
        self.unheard.store(told.is_err(), Ordering::Relaxed);
        if let Err(error) = told {
            tracing::debug!(target: "servo", "nobody takes observations: {error}");
        }
    }

    async fn retire(&mut self, id: &ServoId, desired: &Desired) {
        let carried = self.carried.remove(id);
        self.check_log.keep(id, |_| false);
        let Some(held) = self.held.servos.get(id) else {
            return;
        };
        let drain = closing_time(&held.servo, self.clock);
        for port in held.bound.keys() {
            self.workers.close(&key(id, *port), drain).await;
        }
        if drain.is_some() {
            // Its instances leave with it, and somebody may wait for their last exchange.
            let mut carried = carried.unwrap_or_default();
            let instances = held.servo.backends.iter().map(|backend| &backend.instance);
            let (servo, told) = (&held.servo, &self.farewells);
            let leaving: Vec<Leaving> = instances
                .map(|id| Leaving {
                    instance: id.clone(),
                    farewell: Some(carried.part(servo, id, desired.revision, told)),
                })
                .collect();
            self.workers
                .retire(id, &leaving, departure(&held.servo, self.clock));
        }
        tracing::info!(target: "servo", request = &*desired.cause, servo = %id, balancer = &*held.servo.balancer.name, "retired");
    }

    async fn close(&mut self, id: &ServoId, port: Port, cause: &str) {
        if let Some(carried) = self.carried.get_mut(id) {
            carried.specs.remove(&port);
        }
        let drain = self
            .held
            .servos
            .get(id)
            .and_then(|held| closing_time(&held.servo, self.clock));
        self.workers.close(&key(id, port), drain).await;
        tracing::info!(target: "servo", request = cause, servo = %id, %port, "listener closed");
    }

    /// Takes up a version of a servo: begins, ends and renews checks.
    fn adopt(&mut self, servo: &Arc<Servo>, revision: u64) {
        let carried = self.carried.entry(servo.id.clone()).or_default();
        carried.failures.clear();
        let mut before = std::mem::take(&mut carried.checkers);
        let mut checkers = BTreeMap::new();
        let told = std::mem::replace(&mut carried.health_check, servo.health_check.clone());
        if let Some(new) = servo
            .health_check
            .as_ref()
            .filter(|new| told.as_ref() != Some(*new))
        {
            tracing::info!(
                target: "servo", request = &*servo.cause, servo = %servo.id,
                balancer = &*servo.balancer.name,
                // The words of load-balancer-servo.
                "new health check config: healthcheck-config: interval={}, healthy_threshold={}, unhealthy_threshold={}, timeout={}, target={}",
                new.interval_seconds, new.thresholds.healthy, new.thresholds.unhealthy,
                new.timeout_seconds, new.target
            );
        }
        for backend in &servo.backends {
            let Some(check) = check_of(servo, backend) else {
                continue;
            };
            let previous = before.remove(&backend.instance);
            let checker = match previous {
                Some(same) if same.check == check && same.backend == *backend => same,
                // Another check of the same machine: it serves until the new check says otherwise.
                Some(other) if other.backend == *backend => {
                    self.begin(backend, check, other.verdict, &servo.cause)
                }
                _ => {
                    tracing::info!(
                        target: "servo", request = &*servo.cause, servo = %servo.id,
                        balancer = &*servo.balancer.name, instance = %backend.instance,
                        address = %check.address, "starting to check {}", backend.instance
                    );
                    self.begin(backend, check, None, &servo.cause)
                }
            };
            checkers.insert(backend.instance.clone(), checker);
        }
        for id in before.keys() {
            tracing::info!(
                target: "servo", request = &*servo.cause, servo = %servo.id,
                balancer = &*servo.balancer.name, instance = %id, "stop checking {id}"
            );
        }
        self.check_log
            .keep(&servo.id, |id| checkers.contains_key(id));
        if let Some(carried) = self.carried.get_mut(&servo.id) {
            carried.checkers = checkers;
            let drains = matches!(servo.behaviour.departure, Departure::Drain(_));
            let stays = |id: &InstanceId| servo.backends.iter().any(|of| of.instance == *id);
            for id in before.keys().filter(|id| !stays(id)) {
                let farewell = drains.then(|| carried.part(servo, id, revision, &self.farewells));
                carried.leaving.push(Leaving {
                    instance: id.clone(),
                    farewell,
                });
            }
        }
    }

    fn begin(
        &mut self,
        backend: &Backend,
        check: Check,
        verdict: Option<Verdict>,
        cause: &Arc<str>,
    ) -> Checker {
        self.check_log.begin(&check, verdict);
        self.last_checker += 1;
        let number = self.last_checker;
        let task = self.checks.spawn(checker::check(
            check.clone(),
            number,
            Tracker::resuming(verdict),
            self.clock,
            Arc::clone(&self.probe),
            self.reports.clone(),
            self.check_log.clone(),
        ));
        self.checked_by.insert(task.id(), check.servo.clone());
        Checker {
            number,
            backend: backend.clone(),
            check,
            verdict,
            cause: Some(Arc::clone(cause)),
            task,
        }
    }

    /// Binds a listener and hands it to the workers.
    fn open(&mut self, id: &ServoId, port: Port) -> Result<(), String> {
        let missing = || format!("the servo has no listener on port {port}");
        let held = self.held.servos.get(id).ok_or_else(missing)?;
        let carried = self.carried.entry(id.clone()).or_default();
        let spec = spec(&held.servo, port, carried, self.clock)?;
        let socket = held
            .socket(port)
            .ok_or_else(|| format!("port {port} with the port offset is over 65535"))?;
        let listener = socket::listen_sparingly(socket.address).map_err(|error| advice(&error))?;
        let spec = Arc::new(spec);
        self.workers
            .open(key(id, port), listener, Arc::clone(&spec))
            .map_err(|error| format!("cannot serve {}: {error}", socket.address))?;
        carried.specs.insert(port, spec);
        carried.failures.remove(&port);
        tracing::info!(
            target: "servo", servo = %id, balancer = &*held.servo.balancer.name,
            address = %socket.address, protocol = %socket.protocol, request = &*held.servo.cause,
            "listening"
        );
        Ok(())
    }

    /// Tells that a listener is not bound; once per reason and version of the servo.
    async fn report_failure(&mut self, id: &ServoId, port: Port, reason: String) {
        let carried = self.carried.entry(id.clone()).or_default();
        if carried.failures.get(&port) == Some(&reason) {
            return;
        }
        let held = self.held.servos.get(id);
        let cause = held.map_or("-", |held| &held.servo.cause);
        let balancer = held.map_or("", |held| &held.servo.balancer.name);
        tracing::warn!(target: "servo", request = cause, servo = %id, balancer, %port, "{reason}");
        carried.failures.insert(port, reason.clone());
        self.tell(Observation::BindFailed {
            servo: id.clone(),
            port: port.get(),
            reason,
        })
        .await;
    }

    /// Tells the workers what has changed of a servo's listeners.
    async fn refresh(&mut self, id: &ServoId) {
        let (Some(held), Some(carried)) = (self.held.servos.get(id), self.carried.get_mut(id))
        else {
            return;
        };
        let cause = Arc::clone(&held.servo.cause);
        let departure = departure(&held.servo, self.clock);
        let mut withdrawn = Vec::new();
        let mut changed = Vec::new();
        for port in held.bound.keys() {
            let spec = match spec(&held.servo, *port, carried, self.clock) {
                Ok(spec) => spec,
                Err(reason) => {
                    withdrawn.push((*port, reason));
                    continue;
                }
            };
            if carried.specs.get(port).is_some_and(|told| **told == spec) {
                continue;
            }
            let spec = Arc::new(spec);
            carried.specs.insert(*port, Arc::clone(&spec));
            changed.push((*port, spec));
        }
        let leaving = std::mem::take(&mut carried.leaving);
        if !leaving.is_empty() {
            let ports: Vec<u16> = held.bound.keys().map(|port| port.get()).collect();
            self.workers.depart(id, &ports, &leaving, departure);
        }
        for (port, spec) in changed {
            self.workers.update(&key(id, port), &spec);
        }
        for (port, reason) in withdrawn {
            // What it may no longer be is not served on: a policy that was narrowed to nothing must
            // not leave the wider one in force.
            self.close(id, port, &cause).await;
            self.held.note(&Step::Close(id.clone(), port));
            self.report_failure(id, port, reason).await;
        }
    }

    /// Takes what checkers said since: the pools follow at once. A servo is refreshed once, and the
    /// workers are waited for once, however many verdicts have come together.
    async fn judge(&mut self, reports: &mut Vec<Report>) {
        // What a checker said before it was replaced is no longer of interest.
        reports.retain(|report| self.note_verdict(report));
        let changed = reports.iter().filter(|report| report.changed);
        let touched: BTreeSet<ServoId> = changed.map(|report| report.servo.clone()).collect();
        for id in &touched {
            self.refresh(id).await;
        }
        if !touched.is_empty() {
            self.workers.settle().await;
        }
        for report in reports.drain(..) {
            self.log_verdict(&report);
            self.tell(Observation::Health {
                servo: report.servo,
                instance: report.instance,
                verdict: report.verdict,
                checked: report.checked,
            })
            .await;
        }
    }

    fn checker(&mut self, report: &Report) -> Option<&mut Checker> {
        let carried = self.carried.get_mut(&report.servo)?;
        let checker = carried.checkers.get_mut(&report.instance)?;
        (checker.number == report.checker).then_some(checker)
    }

    /// Whether the report is of the present checker, whose verdict it then becomes.
    fn note_verdict(&mut self, report: &Report) -> bool {
        let Some(checker) = self.checker(report) else {
            return false;
        };
        checker.verdict = Some(report.verdict);
        true
    }

    /// Logs a verdict that differs from the one before, the first with the request that led to it.
    fn log_verdict(&mut self, report: &Report) {
        let cause = self
            .checker(report)
            .and_then(|checker| checker.cause.take());
        if !report.changed {
            return;
        }
        let held = self.held.servos.get(&report.servo);
        tracing::info!(
            target: "health", request = cause.as_deref().unwrap_or("-"),
            servo = %report.servo,
            balancer = held.map_or("", |held| &held.servo.balancer.name),
            instance = %report.instance, checked = report.checked,
            "Reported {} {:?}", report.instance, report.verdict
        );
    }

    /// Looks at a check task that has ended, and starts the checks of its servo anew if it died.
    ///
    /// The sockets of such a servo stay: carrying traffic needs no checks, and whoever is in service
    /// remains so until the new checks say otherwise.
    async fn bury(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match &ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        let owner = self.checked_by.remove(&id);
        let (Err(error), Some(servo)) = (ended, owner) else {
            return;
        };
        if error.is_panic() {
            let reason = "a health check ended by a fault of the program".to_owned();
            tracing::error!(target: "autoscaling", servo = %servo, "{reason}: {error}");
            self.replace(&servo, reason).await;
        }
    }

    /// Starts the checks of a servo anew, and tells that it was lost; nothing if it is not carried.
    async fn replace(&mut self, servo: &ServoId, reason: String) {
        let Some(carried) = self.carried.get_mut(servo) else {
            return;
        };
        let nobody: Arc<str> = "-".into();
        let mut checkers = std::mem::take(&mut carried.checkers);
        for checker in checkers.values_mut() {
            let renewed = self.begin(
                &checker.backend,
                checker.check.clone(),
                checker.verdict,
                &nobody,
            );
            *checker = renewed;
        }
        if let Some(carried) = self.carried.get_mut(servo) {
            carried.checkers = checkers;
        }
        let serves = self
            .held
            .servos
            .get(servo)
            .is_some_and(|held| held.is_serving());
        let servo = servo.clone();
        let replaced = Observation::ServoReplaced {
            servo: servo.clone(),
            reason,
        };
        self.tell(replaced).await;
        // Its sockets were there all the time, and nothing else would say so: without this its
        // address would be out of the name until the load balancer is changed.
        if serves {
            self.tell(Observation::ServoServing { servo }).await;
        }
    }
}

/// What the control plane is told of a departure that has ended.
fn drained(gone: Gone) -> Observation {
    let Gone {
        servo,
        balancer,
        instance,
        revision,
    } = gone;
    Observation::Drained {
        balancer,
        servo,
        instance,
        revision,
    }
}

fn key(servo: &ServoId, port: Port) -> ListenerKey {
    ListenerKey {
        servo: servo.clone(),
        port: port.get(),
    }
}

/// How long exchanges of a listener that is closed may go on; without a time, for as long as they
/// take. Nothing is cut that could finish, unless there is a bound to waiting for it.
fn closing_time(servo: &Servo, clock: Clock) -> Option<Duration> {
    match departure(servo, clock) {
        Departure::Drain(time) => Some(time),
        Departure::Finish | Departure::Cut => None,
    }
}

/// What becomes of exchanges with an instance that leaves. Their time to finish is the cloud's, which
/// may be faster than ours.
fn departure(servo: &Servo, clock: Clock) -> Departure {
    match servo.behaviour.departure {
        Departure::Drain(time) => Departure::Drain(clock.real_duration(time)),
        other => other,
    }
}

/// What is to be checked of an instance, unless the servo checks nothing.
fn check_of(servo: &Servo, backend: &Backend) -> Option<Check> {
    let health_check = servo.health_check.clone()?;
    Some(Check {
        servo: servo.id.clone(),
        instance: backend.instance.clone(),
        address: backend.reach.at(health_check.target.port()),
        health_check,
        first_pass_suffices: servo.behaviour.first_pass_suffices,
    })
}

/// What the workers must know of a listener now: those instances that its servo's checks have found
/// in service.
fn spec(
    servo: &Servo,
    port: Port,
    carried: &mut Carried,
    clock: Clock,
) -> Result<ListenerSpec, String> {
    let listener = servo
        .listeners
        .iter()
        .find(|listener| listener.port == port)
        .ok_or_else(|| format!("the servo has no listener on port {port}"))?;
    let carriage = match listener.protocol {
        Protocol::Http | Protocol::Https => Carriage::Http,
        Protocol::Tcp | Protocol::Ssl => Carriage::Tcp,
    };
    let (tls, instance_tls) = carried.secure(servo, listener)?;
    let (in_service, out_of_service): (Vec<_>, Vec<_>) =
        servo.backends.iter().partition(|backend| {
            let checker = carried.checkers.get(&backend.instance);
            checker.and_then(|checker| checker.verdict) == Some(Verdict::InService)
        });
    let target = |backend: &Backend| Target {
        instance: backend.instance.clone(),
        address: backend.reach.at(listener.instance_port),
        tls: instance_tls.clone(),
    };
    let in_service: Vec<Target> = in_service.into_iter().map(target).collect();
    let rules = servo.terms.get(&port);
    let rules = rules.and_then(|terms| terms.stickiness.as_ref());
    let sticky = rules.map(|rules| Arc::new(Sticky::new(rules, &servo.balancer, &in_service)));
    Ok(ListenerSpec {
        carriage,
        port: port.get(),
        in_service,
        out_of_service: out_of_service.into_iter().map(target).collect(),
        behaviour: Behaviour {
            departure: departure(servo, clock),
            ..servo.behaviour.clone()
        },
        balancer: servo.balancer.clone(),
        zone: servo.zone.clone(),
        tls,
        access_log: logging(servo, clock),
        sticky,
        // The policy is for streams; an HTTP listener may share their instance port.
        proxy_protocol: carriage == Carriage::Tcp
            && servo.proxy_protocol.contains(&listener.instance_port),
    })
}

/// Where a servo's exchanges are logged. Its intervals are the cloud's, which may be faster than ours.
fn logging(servo: &Servo, clock: Clock) -> Option<Logging> {
    let log = servo.access_log.as_ref()?;
    Some(Logging {
        destination: Arc::new(Destination {
            bucket: log.bucket.to_path_buf(),
            prefix: log.prefix.to_string(),
            region: log.region.to_string(),
            balancer: servo.balancer.clone(),
            address: servo.address,
            interval: clock.real_duration(log.interval),
        }),
        form: log.form,
    })
}

/// A bind failure with what to do about it.
fn advice(error: &BindError) -> String {
    match error.cause {
        BindCause::InUse => format!(
            "{error}: stop that program, or start the local cloud with --port-offset or another --servo-cidr"
        ),
        BindCause::NotAvailable => format!(
            "{error}: add it to the loopback interface, or start the local cloud with another --servo-cidr"
        ),
        BindCause::Denied => format!(
            "{error}: start the local cloud with --port-offset 8000, or lower \
             net.ipv4.ip_unprivileged_port_start"
        ),
        BindCause::TooManyFiles => format!("{error}: raise the limit with 'ulimit -n'"),
        BindCause::Other(_) => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
