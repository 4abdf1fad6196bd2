//! The one writer, and the snapshots it publishes.
//!
//! Changes queue for a thread that owns the store. It takes what is queued, makes each change on a
//! draft on top of the one before, writes all of them in one transaction, then publishes the new
//! snapshot and what must be serving, and only then answers. A change that is refused leaves nothing;
//! a transaction that fails fails every change in it, and the state stays as it was published.
//! Whoever reads takes the newest snapshot and never waits for the writer.

use super::Config;
use super::desired::{update_balancer, update_instance};
use super::names;
use super::observed::{self, Reports};
use super::state::{Draft, Finished, State};
use super::store::{Change, Store, StoreError};
use crate::model::balancer::BalancerKey;
use crate::model::instance::InstanceId;
use crate::model::journal::NOBODY;
use crate::model::plane::{Desired, Observation};
use crate::wire::fault::Fault;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot, watch};

/// Changes that may wait for the writer. At a few hundred microseconds each, the last waits well
/// under a second; more than that is better told than hidden.
const CHANGE_QUEUE: usize = 1024;

/// Changes in one transaction at most: enough to share a disk flush, few enough to answer soon.
const BATCH: usize = 128;

/// Observations that may wait for the writer: a burst is one per servo and instance.
const OBSERVATION_QUEUE: usize = 4096;

/// Stack of the writer's thread in bytes; handlers do not recurse.
const STACK: usize = 512 << 10;

/// The state as published, and what the data plane reported of it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub state: State,
    /// Of the newest [`Desired`].
    pub revision: u64,
    pub reports: Reports,
}

/// A change and whom to tell.
struct Job {
    cause: Arc<str>,
    change: Box<dyn FnOnce(State) -> Outcome + Send>,
}

/// What a change came to: a finished draft or a refusal, and how to answer.
struct Outcome {
    finished: Option<Finished>,
    answer: Box<dyn FnOnce(Result<(), Fault>) + Send>,
}

/// The front of the writer. Dropping it ends the writer, after what is queued.
#[derive(Debug)]
pub struct Registry {
    jobs: Option<mpsc::Sender<Job>>,
    observations: mpsc::Sender<Observation>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
    desired: watch::Receiver<Arc<Desired>>,
    writer: Option<JoinHandle<()>>,
}

impl Registry {
    /// Starts the writer on a state that came out of its store.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(
        store: Box<dyn Store>,
        state: State,
        config: Arc<Config>,
    ) -> std::io::Result<Registry> {
        let desired = first_desired(&state, &config);
        let mut reports = Reports::default();
        let now = config.clock.now();
        for balancer in state.balancers.values() {
            reports
                .activities
                .follow(None, Some(balancer), "start", now);
        }
        let snapshot = Snapshot {
            state,
            revision: desired.revision,
            reports,
        };
        let (snapshot, read_snapshot) = watch::channel(Arc::new(snapshot));
        let (desired, read_desired) = watch::channel(Arc::new(desired));
        let (jobs, queue) = mpsc::channel(CHANGE_QUEUE);
        let (observations, observed) = mpsc::channel(OBSERVATION_QUEUE);
        let writer = Writer {
            store,
            doubtful: false,
            config,
            snapshot,
            desired,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let writer = std::thread::Builder::new()
            .name("registry".to_owned())
            .stack_size(STACK)
            .spawn(move || runtime.block_on(writer.run(queue, observed)))?;
        Ok(Registry {
            jobs: Some(jobs),
            observations,
            snapshot: read_snapshot,
            desired: read_desired,
            writer: Some(writer),
        })
    }

    /// The newest published state.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// The snapshots as they are published, for those who wait for one.
    #[cfg(test)]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.clone()
    }

    pub fn desired(&self) -> watch::Receiver<Arc<Desired>> {
        self.desired.clone()
    }

    pub fn observer(&self) -> mpsc::Sender<Observation> {
        self.observations.clone()
    }

    /// Makes a change; it is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// The change's own refusal; too many are waiting; the state cannot be written.
    pub async fn change<T: Send + 'static>(
        &self,
        cause: Arc<str>,
        change: impl FnOnce(&mut Draft) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answered) = oneshot::channel();
        let change = move |state| {
            let mut draft = Draft::new(state);
            match change(&mut draft) {
                Ok(value) => Outcome {
                    finished: Some(draft.finish()),
                    answer: Box::new(move |written| {
                        // Whoever asked may have gone.
                        let _ = answer.send(written.map(|()| value));
                    }),
                },
                Err(refusal) => Outcome {
                    finished: None,
                    answer: Box::new(move |written| {
                        // A refusal rests on the changes before it: if those failed, so did it.
                        let _ = answer.send(written.and(Err(refusal)));
                    }),
                },
            }
        };
        let ended = || Fault::Internal {
            message:
                "the writer of changes has ended; its log says why, and a restart begins it anew"
                    .to_owned(),
        };
        let job = Job {
            cause,
            change: Box::new(change),
        };
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Fault::Unavailable {
                message: "too many changes are waiting; try again".to_owned(),
            },
            mpsc::error::TrySendError::Closed(_) => ended(),
        })?;
        answered.await.unwrap_or_else(|_| {
            Err(Fault::Internal {
                message: "the change could not be made".to_owned(),
            })
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so; there is nothing to add here.
            let _ = writer.join();
        }
    }
}

/// What must be serving after a start.
fn first_desired(state: &State, config: &Config) -> Desired {
    let mut desired = Desired {
        revision: 1,
        ..Desired::default()
    };
    // Nobody asked for it but whoever started the cloud.
    let cause: Arc<str> = NOBODY.into();
    let nothing = {
        let mut nothing = state.clone();
        nothing.balancers.clear();
        nothing
    };
    for key in state.balancers.keys() {
        update_balancer(&mut desired, key, (&nothing, state), config, &cause);
    }
    for id in state.instances.keys() {
        update_instance(&mut desired, id, state);
    }
    desired
}

struct Writer {
    store: Box<dyn Store>,
    /// The last write failed, so the store must recover before the next.
    doubtful: bool,
    config: Arc<Config>,
    snapshot: watch::Sender<Arc<Snapshot>>,
    desired: watch::Sender<Arc<Desired>>,
}

/// What changed since the last publication, with the request that caused it.
#[derive(Default)]
struct Touched {
    balancers: BTreeMap<BalancerKey, Arc<str>>,
    instances: BTreeMap<InstanceId, Arc<str>>,
}

impl Writer {
    async fn run(
        mut self,
        mut queue: mpsc::Receiver<Job>,
        mut observed: mpsc::Receiver<Observation>,
    ) {
        let mut jobs = Vec::with_capacity(BATCH);
        let mut observations = Vec::new();
        loop {
            // Both ends are kept by the registry, so neither closes before it is dropped.
            tokio::select! {
                count = queue.recv_many(&mut jobs, BATCH) => {
                    if count == 0 {
                        return;
                    }
                    self.commit(&mut jobs);
                }
                _ = observed.recv_many(&mut observations, OBSERVATION_QUEUE) => {
                    self.observe(&mut observations);
                }
            }
        }
    }

    fn commit(&mut self, jobs: &mut Vec<Job>) {
        let published = self.snapshot.borrow().clone();
        let mut state = published.state.clone();
        let mut changes = Vec::new();
        let mut touched = Touched::default();
        let mut causes = Vec::with_capacity(jobs.len());
        let mut answers = Vec::with_capacity(jobs.len());
        for Job { cause, change } in jobs.drain(..) {
            // The draft is a clone, so a handler that panics leaves nothing half done here.
            let before = state.clone();
            let Ok(outcome) = catch_unwind(AssertUnwindSafe(move || change(before))) else {
                tracing::error!(target: "loadbalancing", request = %cause, "a handler panicked");
                continue;
            };
            answers.push(outcome.answer);
            if let Some(finished) = outcome.finished {
                causes.push((cause.clone(), finished.changes.len()));
                state = finished.state;
                changes.extend(finished.changes);
                for key in finished.touched {
                    touched.balancers.insert(key, cause.clone());
                }
                for id in finished.touched_instances {
                    touched.instances.insert(id, cause.clone());
                }
            }
        }
        let began = std::time::Instant::now();
        let written = self.keep(&changes, &published.state);
        let took = began.elapsed();
        if let Err(error) = &written {
            tracing::error!(target: "store", %error, changes = changes.len(), "the state cannot be written");
        } else {
            for (cause, rows) in causes {
                tracing::debug!(
                    target: "store", request = &*cause, rows, shared_by = answers.len(),
                    microseconds = took.as_micros(), "written"
                );
            }
            self.publish(&published, state, published.reports.clone(), &touched);
        }
        for answer in answers {
            answer(match &written {
                Ok(()) => Ok(()),
                Err(error) => Err(Fault::Internal {
                    message: error.to_string(),
                }),
            });
        }
    }

    /// Writes changes on top of what was acknowledged.
    fn keep(&mut self, changes: &[Change], acknowledged: &State) -> Result<(), StoreError> {
        if self.doubtful && !changes.is_empty() {
            self.store.recover(&|| acknowledged.rows())?;
        }
        let written = self.store.commit(changes);
        // A commit of nothing asks nothing of the disk, and tells nothing of it.
        self.doubtful = written.is_err() || (self.doubtful && changes.is_empty());
        written
    }

    /// Takes what the data plane saw. Nothing is written: it is seen anew after a start.
    fn observe(&mut self, observations: &mut Vec<Observation>) {
        let published = self.snapshot.borrow().clone();
        let mut draft = Draft::new(published.state.clone());
        let mut reports = published.reports.clone();
        let now = self.config.clock.now();
        let desired = self.desired.borrow().clone();
        for observation in observations.drain(..) {
            observed::take(observation, &mut draft, &mut reports, &desired, now);
        }
        let finished = draft.finish();
        let cause: Arc<str> = NOBODY.into();
        let mut touched = Touched::default();
        for key in finished.touched {
            touched.balancers.insert(key, cause.clone());
        }
        self.publish(&published, finished.state, reports, &touched);
    }

    fn publish(
        &self,
        before: &Snapshot,
        mut state: State,
        mut reports: Reports,
        touched: &Touched,
    ) {
        let mut desired = Desired::clone(&self.desired.borrow());
        let mut changed = false;
        for (key, cause) in &touched.balancers {
            let states = (&before.state, &state);
            changed |= update_balancer(&mut desired, key, states, &self.config, cause);
            let old = before.state.balancers.get(key).map(|one| &**one);
            let new = state.balancers.get(key).map(|one| &**one);
            let now = self.config.clock.now();
            reports.activities.follow(old, new, cause, now);
            let held = self.desired.borrow();
            let plans = (&**held, &desired);
            let mut draining = std::mem::take(&mut state.draining);
            draining.follow(key, (old, new), plans, (self.config.clock, now));
            state.draining = draining;
            let next = desired.revision + 1;
            reports.follow(
                before.state.balancers.get(key),
                state.balancers.get(key),
                next,
            );
        }
        for id in touched.instances.keys() {
            changed |= update_instance(&mut desired, id, &state);
        }
        if changed {
            desired.revision += 1;
            let balancers = touched.balancers.values();
            if let Some(cause) = balancers.chain(touched.instances.values()).next_back() {
                desired.cause = cause.clone();
            }
            for (key, cause) in &touched.balancers {
                tracing::debug!(
                    target: "loadbalancing", request = &**cause, balancer = %key.name,
                    account = %key.account, revision = desired.revision, "published"
                );
            }
        }
        let after = Snapshot {
            state,
            revision: desired.revision,
            reports,
        };
        names::log_changes(before, &after, &self.config.dns_domain, |servo| {
            let present = desired.servos.get(servo);
            let held = self.desired.borrow();
            let past = held.servos.get(servo);
            let carried = before
                .state
                .carried_by(servo)
                .map(|balancer| balancer.key());
            // A servo that left: the request that removed it is known by its load balancer.
            let removed = carried.filter(|_| present.is_none());
            let request = removed.and_then(|key| touched.balancers.get(&key));
            let version = present.or(past).map(|servo| &servo.cause);
            request
                .or(version)
                .cloned()
                .unwrap_or_else(|| "observed".into())
        });
        self.snapshot.send_replace(Arc::new(after));
        if changed {
            self.desired.send_replace(Arc::new(desired));
        }
    }
}
