//! What `eulb top` knows: two readings of the cloud, the rates between them, and what is selected.

use crate::model::traffic::{Counts, Histogram, ListenerTraffic};
use crate::wire::local::{BalancerStatus, InstanceChange, RegisteredInstance, Status, Traffic};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Readings kept for the curves: two minutes of seconds, as wide as a wide terminal.
const HISTORY: usize = 120;

/// One reading of the cloud.
#[derive(Clone, Debug)]
pub struct Look {
    pub at: Instant,
    pub status: Status,
    pub traffic: Traffic,
}

/// What a key asks the caller to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Quit,
    Change(String, InstanceChange),
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Name,
    Requests,
    Errors,
    Latency,
}

impl Order {
    fn next(self) -> Order {
        match self {
            Order::Name => Order::Requests,
            Order::Requests => Order::Errors,
            Order::Errors => Order::Latency,
            Order::Latency => Order::Name,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Order::Name => "name",
            Order::Requests => "requests",
            Order::Errors => "errors",
            Order::Latency => "latency",
        }
    }
}

/// An account's number and a name: names are unique within an account only.
pub type Key = (String, String);

/// What happened in one interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    pub requests: f64,
    /// Answers of 5xx, own and instances'.
    pub errors: f64,
    pub latency: Histogram,
    pub received_bytes: f64,
    pub sent_bytes: f64,
    pub open_connections: u64,
    pub surge_queue: u64,
}

impl Rates {
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        self.latency.quantile(share)
    }
}

/// One load balancer as it is shown.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: Key,
    pub status: BalancerStatus,
    pub rates: Rates,
    /// Requests per second, the newest last.
    pub history: Vec<f64>,
    pub listeners: Vec<(String, Rates)>,
    /// Each instance with its requests and errors per second.
    pub instances: Vec<(RegisteredInstance, f64, f64)>,
}

/// Everything behind the screen.
#[derive(Debug, Default)]
pub struct App {
    newest: Option<Look>,
    rows: Vec<Row>,
    history: BTreeMap<Key, VecDeque<f64>>,
    order: Order,
    reversed: bool,
    selected: Option<Key>,
    /// The load balancer that is shown in detail, and the instance selected there.
    detail: Option<(Key, usize)>,
    help: bool,
    paused: bool,
    message: Option<String>,
    lost: Option<String>,
}

/// What was counted in a listener since it was read before; everything if it was opened since.
fn difference(now: &ListenerTraffic, before: Option<&ListenerTraffic>) -> (Counts, Histogram) {
    match before {
        Some(before) => (
            now.counts.since(&before.counts),
            now.latency.since(&before.latency),
        ),
        None => (now.counts, now.latency.clone()),
    }
}

fn same(one: &ListenerTraffic, other: &ListenerTraffic) -> bool {
    one.servo == other.servo && one.port == other.port && one.opening == other.opening
}

impl Rates {
    fn add(&mut self, listener: &ListenerTraffic, before: Option<&ListenerTraffic>, seconds: f64) {
        let (counts, latency) = difference(listener, before);
        let per_second = |count: u64| count as f64 / seconds;
        self.requests += per_second(counts.requests);
        self.errors += per_second(counts.own_5xx + counts.instance_5xx);
        self.received_bytes += per_second(counts.received_bytes);
        self.sent_bytes += per_second(counts.sent_bytes);
        self.latency += &latency;
        if !listener.closed {
            self.open_connections += listener.open_connections();
            self.surge_queue = self.surge_queue.max(listener.surge_queue);
        }
    }
}

impl App {
    /// Takes a reading; rates are those since the one before.
    pub fn take(&mut self, look: Look) {
        self.lost = None;
        let before = self.newest.take();
        let rows = look
            .status
            .balancers
            .iter()
            .map(|status| self.row(status, &look, before.as_ref()))
            .collect();
        self.rows = rows;
        let known: Vec<Key> = self.rows.iter().map(|row| row.key.clone()).collect();
        self.history.retain(|key, _| known.contains(key));
        self.newest = Some(look);
        self.sort();
    }

    fn row(&mut self, status: &BalancerStatus, look: &Look, before: Option<&Look>) -> Row {
        let key = (status.account.clone(), status.name.clone());
        let seconds = before.map_or(1.0, |before| {
            look.at.duration_since(before.at).as_secs_f64().max(0.001)
        });
        let mut rates = Rates::default();
        let mut listeners: BTreeMap<u16, (String, Rates)> = BTreeMap::new();
        for listener in status.servos.iter().flat_map(|servo| &servo.listeners) {
            let title = format!("{} {}", listener.protocol, listener.port);
            listeners
                .entry(listener.port)
                .or_insert((title, Rates::default()));
        }
        let mut per_instance: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        let own = look.traffic.listeners.iter().filter(|listener| {
            *listener.balancer.account == *status.account && *listener.balancer.name == *status.name
        });
        for listener in own {
            let earlier = before.and_then(|before| {
                let mut all = before.traffic.listeners.iter();
                all.find(|earlier| same(earlier, listener))
            });
            // Without a reading before there is no rate, only what was counted in all.
            let earlier = if before.is_none() {
                Some(listener)
            } else {
                earlier
            };
            rates.add(listener, earlier, seconds);
            if let Some((_, rates)) = listeners.get_mut(&listener.port) {
                rates.add(listener, earlier, seconds);
            }
            for instance in &listener.instances {
                let id = instance.instance.to_string();
                let earlier = earlier.and_then(|earlier| {
                    let mut all = earlier.instances.iter();
                    all.find(|earlier| earlier.instance == instance.instance)
                });
                let since = |now: u64, before: u64| now.saturating_sub(before) as f64 / seconds;
                let entry = per_instance.entry(id).or_default();
                entry.0 += since(
                    instance.requests,
                    earlier.map_or(0, |earlier| earlier.requests),
                );
                entry.1 += since(instance.errors, earlier.map_or(0, |earlier| earlier.errors));
            }
        }
        let history = self.history.entry(key.clone()).or_default();
        if before.is_some() {
            history.push_back(rates.requests);
            if history.len() > HISTORY {
                history.pop_front();
            }
        }
        Row {
            key,
            rates,
            history: history.iter().copied().collect(),
            listeners: listeners.into_values().collect(),
            instances: status
                .instances
                .iter()
                .map(|instance| {
                    let (requests, errors) =
                        per_instance.get(&instance.id).copied().unwrap_or_default();
                    (instance.clone(), requests, errors)
                })
                .collect(),
            status: status.clone(),
        }
    }

    fn sort(&mut self) {
        let order = self.order;
        let descending = |one: f64, other: f64| other.total_cmp(&one);
        self.rows.sort_by(|one, other| {
            let by = match order {
                Order::Name => std::cmp::Ordering::Equal,
                Order::Requests => descending(one.rates.requests, other.rates.requests),
                Order::Errors => descending(one.rates.errors, other.rates.errors),
                Order::Latency => other.rates.quantile(0.99).cmp(&one.rates.quantile(0.99)),
            };
            by.then_with(|| (&one.key.1, &one.key.0).cmp(&(&other.key.1, &other.key.0)))
        });
        if self.reversed {
            self.rows.reverse();
        }
    }

    /// The cloud does not answer; what was seen last stays on the screen.
    pub fn lost(&mut self, why: &str) {
        self.lost = Some(why.to_owned());
    }

    pub fn say(&mut self, line: String) {
        self.message = Some(line);
    }

    pub fn is_paused(&self) -> bool {
        self.paused
    }

    pub fn status(&self) -> Option<&Status> {
        self.newest.as_ref().map(|look| &look.status)
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn order(&self) -> (Order, bool) {
        (self.order, self.reversed)
    }

    pub fn help(&self) -> bool {
        self.help
    }

    /// The line at the foot: what is wrong, else what was said last, else nothing.
    pub fn line(&self) -> Option<&str> {
        self.lost.as_deref().or(self.message.as_deref())
    }

    /// The place of the selected load balancer in the list.
    pub fn selected(&self) -> Option<usize> {
        let key = self.selected.as_ref();
        let found = key.and_then(|key| self.rows.iter().position(|row| row.key == *key));
        found.or_else(|| (!self.rows.is_empty()).then_some(0))
    }

    /// The load balancer in detail, and which of its instances is selected.
    pub fn detail(&self) -> Option<(&Row, usize)> {
        let (key, instance) = self.detail.as_ref()?;
        let row = self.rows.iter().find(|row| row.key == *key)?;
        Some((row, (*instance).min(row.instances.len().saturating_sub(1))))
    }

    /// Shows a load balancer in detail; whether there is one of the name.
    pub fn open(&mut self, name: &str) -> bool {
        let mut rows = self.rows.iter();
        let found = rows.find(|row| row.key.1 == name || row.status.dns_name == name);
        let Some(row) = found else { return false };
        self.selected = Some(row.key.clone());
        self.detail = Some((row.key.clone(), 0));
        true
    }

    /// Moves the selection.
    pub fn step(&mut self, by: isize) -> Option<Action> {
        self.message = None;
        let moved = |at: usize, count: usize| {
            let last = count.saturating_sub(1);
            at.saturating_add_signed(by).min(last)
        };
        if let Some((row, at)) = self.detail() {
            let at = moved(at, row.instances.len());
            let key = row.key.clone();
            self.detail = Some((key, at));
        } else if let Some(at) = self.selected() {
            let at = moved(at, self.rows.len());
            self.selected = self.rows.get(at).map(|row| row.key.clone());
        }
        None
    }

    pub fn enter(&mut self) -> Option<Action> {
        if self.detail().is_none() {
            let row = self.selected().and_then(|at| self.rows.get(at));
            self.detail = row.map(|row| (row.key.clone(), 0));
        }
        None
    }

    pub fn leave(&mut self) -> Option<Action> {
        self.message = None;
        if self.help {
            self.help = false;
        } else if self.detail.is_some() {
            self.detail = None;
        }
        None
    }

    pub fn letter(&mut self, letter: char) -> Option<Action> {
        match letter {
            'q' => return Some(Action::Quit),
            'k' => return self.step(-1),
            'j' => return self.step(1),
            'h' | '?' => self.help = !self.help,
            ' ' => self.paused = !self.paused,
            's' => {
                self.order = self.order.next();
                self.sort();
            }
            'S' => {
                self.reversed = !self.reversed;
                self.sort();
            }
            'f' | 'r' => return self.change(letter == 'f'),
            _ => {}
        }
        None
    }

    /// Lets the selected instance fail, or restores it.
    fn change(&mut self, fail: bool) -> Option<Action> {
        let Some((row, at)) = self.detail() else {
            self.say("Enter shows a load balancer's instances; select one there".to_owned());
            return None;
        };
        let Some((instance, ..)) = row.instances.get(at) else {
            self.say("it has no instance".to_owned());
            return None;
        };
        let change = match fail {
            true => InstanceChange::Fail,
            false => InstanceChange::Restore,
        };
        Some(Action::Change(instance.id.clone(), change))
    }
}
