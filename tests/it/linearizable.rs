//! Histories of many clients at once, checked against a model that does one thing after the other.
//!
//! An operation is noted with its answer and with when it was asked and answered, on a clock that only
//! counts. A history is linearizable if all of it fits into one order in which the model says the same,
//! and in which nothing that was answered comes after what was asked later. The order is searched for
//! (Wing and Gong), and what was in vain is remembered (Lowe).
//!
//! What concerns one load balancer is a history of its own: if each of those has an order, so has the
//! whole. Looking at all of them at once concerns several, so that a smaller history is searched whole.

use crate::controller_http::{Served, create};
use eulb::client::{CallError, Client, Settings};
use eulb::controller::Config;
use eulb::wire::balancer::{DeleteLoadBalancer, DescribeLoadBalancers, LoadBalancerDescription};
use eulb::wire::instance::{
    ConfigureHealthCheck, DeregisterInstancesFromLoadBalancer, DescribeInstanceHealth, HealthCheck,
    InstanceRef, RegisterInstancesWithLoadBalancer,
};
use eulb::wire::listener::{CreateLoadBalancerListeners, DeleteLoadBalancerListeners, Listener};
use eulb::wire::local::Environment;
use eulb::wire::{Members, members};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A load balancer as far as the operations here change it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Balancer {
    ports: BTreeSet<i64>,
    target: String,
    instances: BTreeSet<String>,
}

/// All load balancers, by name.
type State = BTreeMap<String, Balancer>;

#[derive(Clone, Debug)]
enum Asked {
    Create,
    Delete,
    Register(String),
    Deregister(String),
    Check(i64),
    Listen(i64),
    Unlisten(i64),
    Health,
    Describe,
    DescribeAll,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Done,
    NotFound,
    Duplicate,
    Target(String),
    Instances(BTreeSet<String>),
    Described(Option<Balancer>),
    All(State),
}

#[derive(Clone, Debug)]
struct Operation {
    asked_at: u64,
    answered_at: u64,
    name: String,
    asked: Asked,
    said: Said,
}

/// What the service would do if there were nobody else.
fn step(state: &mut State, name: &str, asked: &Asked) -> Said {
    match asked {
        Asked::DescribeAll => return Said::All(state.clone()),
        Asked::Describe => return Said::Described(state.get(name).cloned()),
        Asked::Create if state.contains_key(name) => return Said::Duplicate,
        Asked::Create => {
            let new = Balancer {
                ports: BTreeSet::from([80]),
                target: "TCP:80".to_owned(),
                instances: BTreeSet::new(),
            };
            state.insert(name.to_owned(), new);
            return Said::Done;
        }
        Asked::Delete => {
            state.remove(name);
            return Said::Done;
        }
        _ => {}
    }
    let Some(balancer) = state.get_mut(name) else {
        return Said::NotFound;
    };
    match asked {
        Asked::Register(id) => drop(balancer.instances.insert(id.clone())),
        Asked::Deregister(id) => drop(balancer.instances.remove(id)),
        Asked::Check(port) => {
            balancer.target = format!("TCP:{port}");
            return Said::Target(balancer.target.clone());
        }
        Asked::Listen(port) => {
            return match balancer.ports.insert(*port) {
                true => Said::Done,
                false => Said::Duplicate,
            };
        }
        Asked::Unlisten(port) => {
            balancer.ports.remove(port);
            return Said::Done;
        }
        _ => {}
    }
    Said::Instances(balancer.instances.clone())
}

/// Whether a history that began with nothing fits into one order.
fn is_linearizable(history: &[Operation]) -> bool {
    let mut sorted: Vec<&Operation> = history.iter().collect();
    sorted.sort_by_key(|operation| operation.asked_at);
    let mut search = Search {
        done: vec![0; sorted.len().div_ceil(64)],
        in_vain: HashSet::new(),
        history: sorted,
    };
    search.goes_on_from(&State::new())
}

struct Search<'h> {
    /// In the order in which they were asked.
    history: Vec<&'h Operation>,
    /// A bit for each that has its place.
    done: Vec<u64>,
    in_vain: HashSet<(Vec<u64>, State)>,
}

impl Search<'_> {
    fn is_done(&self, index: usize) -> bool {
        self.done[index / 64] >> (index % 64) & 1 == 1
    }

    fn goes_on_from(&mut self, state: &State) -> bool {
        let open: Vec<usize> = (0..self.history.len())
            .filter(|index| !self.is_done(*index))
            .collect();
        let answers = open.iter().map(|index| self.history[*index].answered_at);
        let Some(bound) = answers.min() else {
            return true;
        };
        if self.in_vain.contains(&(self.done.clone(), state.clone())) {
            return false;
        }
        for index in open {
            let operation = self.history[index];
            if operation.asked_at > bound {
                break;
            }
            let mut next = state.clone();
            if step(&mut next, &operation.name, &operation.asked) != operation.said {
                continue;
            }
            self.done[index / 64] |= 1 << (index % 64);
            if self.goes_on_from(&next) {
                return true;
            }
            self.done[index / 64] &= !(1 << (index % 64));
        }
        self.in_vain.insert((self.done.clone(), state.clone()));
        false
    }
}

/// What of a history concerns one load balancer.
fn concerning(name: &str, history: &[Operation]) -> Vec<Operation> {
    let of_all = |operation: &Operation| match &operation.said {
        Said::All(state) => Some(Operation {
            name: name.to_owned(),
            asked: Asked::Describe,
            said: Said::Described(state.get(name).cloned()),
            ..operation.clone()
        }),
        _ => (operation.name == name).then(|| operation.clone()),
    };
    history.iter().filter_map(of_all).collect()
}

#[track_caller]
fn assert_linearizable(history: &[Operation]) {
    if !is_linearizable(history) {
        let mut sorted: Vec<&Operation> = history.iter().collect();
        sorted.sort_by_key(|operation| operation.asked_at);
        let lines: Vec<String> = sorted.iter().map(|of| format!("{of:?}")).collect();
        panic!("no order explains this:\n{}", lines.join("\n"));
    }
}

fn called(description: &LoadBalancerDescription) -> (String, Balancer) {
    let listeners = members(&description.listener_descriptions).iter();
    let check = description.health_check.as_ref();
    let balancer = Balancer {
        ports: listeners
            .filter_map(|one| one.listener.as_ref()?.load_balancer_port)
            .collect(),
        target: check
            .and_then(|check| check.target.clone())
            .unwrap_or_default(),
        instances: ids(&description.instances),
    };
    (
        description.load_balancer_name.clone().unwrap_or_default(),
        balancer,
    )
}

fn ids(instances: &Option<Members<InstanceRef>>) -> BTreeSet<String> {
    let instances = members(instances).iter();
    instances
        .filter_map(|one| one.instance_id.clone())
        .collect()
}

/// Asks once, and says what the answer was.
async fn ask(client: &Client, name: &str, asked: &Asked) -> Said {
    let load_balancer_name = name.to_owned();
    let instances = |id: &str| Some(vec![InstanceRef::new(id)].into());
    let answer = match asked {
        Asked::Create => client.call(&create(name)).await.map(|_| Said::Done),
        Asked::Delete => {
            let request = DeleteLoadBalancer { load_balancer_name };
            client.call(&request).await.map(|_| Said::Done)
        }
        Asked::Register(id) => {
            let request = RegisterInstancesWithLoadBalancer {
                load_balancer_name,
                instances: instances(id),
            };
            let answer = client.call(&request).await;
            answer.map(|answer| Said::Instances(ids(&answer.instances)))
        }
        Asked::Deregister(id) => {
            let request = DeregisterInstancesFromLoadBalancer {
                load_balancer_name,
                instances: instances(id),
            };
            let answer = client.call(&request).await;
            answer.map(|answer| Said::Instances(ids(&answer.instances)))
        }
        Asked::Check(port) => {
            let request = ConfigureHealthCheck {
                load_balancer_name,
                health_check: Some(HealthCheck {
                    target: Some(format!("TCP:{port}")),
                    interval: Some(30),
                    timeout: Some(5),
                    unhealthy_threshold: Some(2),
                    healthy_threshold: Some(2),
                }),
            };
            let target = |check: HealthCheck| check.target.unwrap_or_default();
            let answer = client.call(&request).await;
            answer.map(|answer| Said::Target(answer.health_check.map(target).unwrap_or_default()))
        }
        Asked::Listen(port) => {
            let listener = Listener {
                protocol: Some("TCP".to_owned()),
                load_balancer_port: Some(*port),
                instance_port: Some(80),
                ..Listener::default()
            };
            let request = CreateLoadBalancerListeners {
                load_balancer_name,
                listeners: Some(vec![listener].into()),
            };
            client.call(&request).await.map(|_| Said::Done)
        }
        Asked::Unlisten(port) => {
            let request = DeleteLoadBalancerListeners {
                load_balancer_name,
                load_balancer_ports: Some(vec![*port].into()),
            };
            client.call(&request).await.map(|_| Said::Done)
        }
        Asked::Health => {
            let request = DescribeInstanceHealth {
                load_balancer_name,
                instances: None,
            };
            client.call(&request).await.map(|answer| {
                let states = members(&answer.instance_states).iter();
                Said::Instances(states.filter_map(|one| one.instance_id.clone()).collect())
            })
        }
        Asked::Describe | Asked::DescribeAll => {
            let one = matches!(asked, Asked::Describe);
            let request = DescribeLoadBalancers {
                load_balancer_names: one.then(|| vec![load_balancer_name].into()),
                ..DescribeLoadBalancers::default()
            };
            client.call(&request).await.map(|answer| {
                let told = members(&answer.load_balancer_descriptions);
                let mut all: State = told.iter().map(called).collect();
                match one {
                    true => Said::Described(all.remove(name)),
                    false => Said::All(all),
                }
            })
        }
    };
    answer.unwrap_or_else(|error| match &error {
        CallError::Service(refused) if refused.message.contains("could not be found") => {
            Said::NotFound
        }
        CallError::Service(refused) if refused.message.contains("already exists") => {
            Said::Duplicate
        }
        _ => panic!("{asked:?} of {name}: {error}"),
    })
}

/// The next of a row of numbers that look random and are always the same.
fn die(row: &mut u64) -> u64 {
    *row = row
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *row >> 33
}

/// What a client does next: mostly changes, and what lets many exist at a time.
fn next(row: &mut u64, ids: &[String]) -> Asked {
    let id = ids[usize::try_from(die(row)).unwrap() % ids.len()].clone();
    let port = 81 + i64::try_from(die(row) % 3).unwrap();
    match die(row) % 16 {
        0..=3 => Asked::Create,
        4 => Asked::Delete,
        5..=7 => Asked::Register(id),
        8 => Asked::Deregister(id),
        9 => Asked::Check(port),
        10 => Asked::Listen(port),
        11 => Asked::Unlisten(port),
        12 => Asked::Health,
        13 => Asked::DescribeAll,
        _ => Asked::Describe,
    }
}

/// So many clients do so much at once with so many names.
async fn history(clients: u64, operations: usize, names: u64) -> Vec<Operation> {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        data_directory: Some(directory.path().join("data")),
        ..Config::default()
    };
    let served = Served::start(config, &directory.path().join("socket")).await;
    let environment: Environment = served.environment("tenant").await;
    let ids: Arc<[String]> = served.run_instances(4).await.into();
    let clock = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..clients)
        .map(|number| {
            let mut settings = Settings::new(
                environment.endpoint.as_str(),
                environment.access_key.as_str(),
                environment.secret_key.as_str(),
            );
            // What was done twice would be two operations.
            settings.retries.value = 0;
            let client = Client::new(settings).unwrap();
            let (ids, clock) = (ids.clone(), clock.clone());
            tokio::spawn(async move {
                let mut row = number;
                let mut done = Vec::with_capacity(operations);
                for _ in 0..operations {
                    let name = format!("lb-{}", die(&mut row) % names);
                    let asked = next(&mut row, &ids);
                    let asked_at = clock.fetch_add(1, Ordering::SeqCst);
                    let said = ask(&client, &name, &asked).await;
                    let answered_at = clock.fetch_add(1, Ordering::SeqCst);
                    done.push(Operation {
                        asked_at,
                        answered_at,
                        name,
                        asked,
                        said,
                    });
                }
                done
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.append(&mut task.await.unwrap());
    }
    served.stop().await;
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_64_clients_are_told_of_each_load_balancer_fits_into_one_order() {
    const NAMES: u64 = 8;
    let all = history(64, 12, NAMES).await;
    let told = all.iter().map(|operation| &operation.said);
    let (mut refused, mut seen) = (0, 0);
    for said in told {
        refused += u32::from(matches!(said, Said::NotFound | Said::Duplicate));
        seen += u32::from(matches!(
            said,
            Said::Described(Some(_)) | Said::Instances(_)
        ));
    }
    assert!(
        refused > 50 && seen > 50,
        "{refused} refused, {seen} seen: too little happens"
    );
    for number in 0..NAMES {
        assert_linearizable(&concerning(&format!("lb-{number}"), &all));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_8_clients_are_told_of_all_load_balancers_fits_into_one_order() {
    assert_linearizable(&history(8, 40, 3).await);
}

/// A history from lines of when it was asked and answered, what, and the answer.
fn written(lines: &[(u64, u64, &str, Asked, Said)]) -> Vec<Operation> {
    let operation =
        |(asked_at, answered_at, name, asked, said): &(u64, u64, &str, Asked, Said)| Operation {
            asked_at: *asked_at,
            answered_at: *answered_at,
            name: (*name).to_owned(),
            asked: asked.clone(),
            said: said.clone(),
        };
    lines.iter().map(operation).collect()
}

#[test]
fn the_search_finds_an_order_where_there_is_one_and_none_where_there_is_none() {
    use Asked::{Create, Delete, Describe, DescribeAll, Register};
    use Said::{All, Described, Done, Duplicate, Instances};
    let new = || {
        let mut state = State::new();
        step(&mut state, "a", &Create);
        state.remove("a").unwrap()
    };
    let set = |ids: &[&str]| Instances(ids.iter().map(|id| (*id).to_owned()).collect());
    let register = |id: &str| Register(id.to_owned());
    let only = |name: &str| All(State::from([(name.to_owned(), new())]));
    let made = (0, 1, "a", Create, Done);
    #[rustfmt::skip]
    let cases = [
        ("one after the other", true, vec![made.clone(), (2, 3, "a", Describe, Described(Some(new())))]),
        ("a look into the past", false, vec![made.clone(), (2, 3, "a", Describe, Described(None))]),
        ("a look while it happens", true, vec![(0, 3, "a", Create, Done), (1, 2, "a", Describe, Described(None))]),
        ("the other way", true, vec![(0, 3, "a", Create, Done), (1, 2, "a", Describe, Described(Some(new())))]),
        ("there and back", false, vec![(0, 5, "a", Create, Done), (1, 2, "a", Describe, Described(Some(new()))), (3, 4, "a", Describe, Described(None))]),
        ("one wins", true, vec![(0, 2, "a", Create, Done), (1, 3, "a", Create, Duplicate)]),
        ("both win", false, vec![(0, 2, "a", Create, Done), (1, 3, "a", Create, Done)]),
        ("both win, with a deletion", true, vec![(0, 2, "a", Create, Done), (1, 3, "a", Create, Done), (1, 3, "a", Delete, Done)]),
        ("a lost change", false, vec![made.clone(), (2, 4, "a", register("x"), set(&["x"])), (3, 5, "a", register("y"), set(&["y"]))]),
        ("no lost change", true, vec![made.clone(), (2, 4, "a", register("x"), set(&["x", "y"])), (3, 5, "a", register("y"), set(&["y"]))]),
        ("a deletion undone", false, vec![made.clone(), (2, 3, "a", Delete, Done), (4, 5, "a", Describe, Described(Some(new())))]),
        ("half of all", false, vec![made.clone(), (2, 3, "b", Create, Done), (4, 5, "", DescribeAll, only("b"))]),
        ("all at some moment", true, vec![made, (2, 5, "b", Create, Done), (3, 4, "", DescribeAll, only("a"))]),
    ];
    for (what, expected, lines) in cases {
        assert_eq!(is_linearizable(&written(&lines)), expected, "{what}");
    }
}
