//! Many clients change the same and different load balancers at once: every answer fits into one order
//! of all changes, and nobody ever sees half of one.

use crate::controller_http::{Served, client, create, names};
use eulb::client::{CallError, Client};
use eulb::controller::Config;
use eulb::wire::balancer::{DeleteLoadBalancer, DescribeLoadBalancers};
use eulb::wire::instance::{
    DeregisterInstancesFromLoadBalancer, InstanceRef, RegisterInstancesWithLoadBalancer,
};
use eulb::wire::local::Status;
use eulb::wire::members;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const CLIENTS: usize = 64;

/// What one change answered: the instances registered afterwards; and when it was asked and answered,
/// on a clock that only counts.
struct Seen {
    asked: u64,
    answered: u64,
    registered: BTreeSet<String>,
}

/// Every two answers of changes in one direction must be comparable, and one that was answered before
/// another was asked must not come after it.
fn is_one_order(seen: &[Seen], earlier: impl Fn(&Seen, &Seen) -> bool) {
    for (index, one) in seen.iter().enumerate() {
        for other in &seen[index + 1..] {
            assert!(
                earlier(one, other) || earlier(other, one),
                "{:?} and {:?} fit into no order",
                one.registered,
                other.registered
            );
            if one.answered < other.asked {
                assert!(earlier(one, other), "an answer came before its time");
            }
            if other.answered < one.asked {
                assert!(earlier(other, one), "an answer came before its time");
            }
        }
    }
}

async fn all_at_once<T, F>(count: usize, make: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..count)
        .map(|number| tokio::spawn(make(number)))
        .collect();
    let mut done = Vec::with_capacity(count);
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

async fn change_registration(
    client: Client,
    clock: Arc<AtomicU64>,
    id: String,
    register: bool,
) -> Seen {
    let load_balancer_name = "shared".to_owned();
    let instances = Some(vec![InstanceRef::new(id)].into());
    let asked = clock.fetch_add(1, Ordering::SeqCst);
    let answer = if register {
        let request = RegisterInstancesWithLoadBalancer {
            load_balancer_name,
            instances,
        };
        client.call(&request).await.unwrap().instances
    } else {
        let request = DeregisterInstancesFromLoadBalancer {
            load_balancer_name,
            instances,
        };
        client.call(&request).await.unwrap().instances
    };
    let answered = clock.fetch_add(1, Ordering::SeqCst);
    let registered = members(&answer)
        .iter()
        .filter_map(|one| one.instance_id.clone());
    Seen {
        asked,
        answered,
        registered: registered.collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_64_clients_fit_into_one_order() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        data_directory: Some(directory.path().join("data")),
        ..Config::default()
    };
    let served = Served::start(config, &directory.path().join("socket")).await;
    let environment = served.environment("tenant").await;
    let tenant = client(&environment);
    tenant.call(&create("shared")).await.unwrap();
    let ids: Vec<String> = served.run_instances(u32::try_from(CLIENTS).unwrap()).await;

    let clock = Arc::new(AtomicU64::new(0));
    let change = |register: bool| {
        let (ids, clock, environment) = (ids.clone(), clock.clone(), environment.clone());
        all_at_once(CLIENTS, move |number| {
            let id = ids[number].clone();
            change_registration(client(&environment), clock.clone(), id, register)
        })
    };
    let grown = change(true).await;
    is_one_order(&grown, |one, other| {
        one.registered.is_subset(&other.registered)
    });
    for (seen, id) in grown.iter().zip(&ids) {
        assert!(seen.registered.contains(id), "{id} does not see itself");
    }
    let shrunk = change(false).await;
    is_one_order(&shrunk, |one, other| {
        one.registered.is_superset(&other.registered)
    });
    assert!(shrunk.iter().any(|seen| seen.registered.is_empty()));

    // Everybody creates and deletes the same and an own load balancer; somebody looks on.
    let done = Arc::new(AtomicBool::new(false));
    let onlooker = tokio::spawn({
        let (client, done) = (client(&environment), done.clone());
        async move {
            let mut looks = 0;
            while !done.load(Ordering::SeqCst) {
                let all = client
                    .call(&DescribeLoadBalancers::default())
                    .await
                    .unwrap();
                for one in members(&all.load_balancer_descriptions) {
                    let name = one.load_balancer_name.as_deref().unwrap_or_default();
                    let parts = (
                        members(&one.listener_descriptions).len(),
                        members(&one.availability_zones).len(),
                        one.health_check.is_some(),
                    );
                    assert_eq!(parts, (1, 1, true), "half of {name}");
                }
                looks += 1;
            }
            looks
        }
    });
    all_at_once(CLIENTS, |number| {
        let client = client(&environment);
        async move {
            for round in 0..3 {
                let own = format!("own-{number}");
                client.call(&create(&own)).await.unwrap();
                match client.call(&create("contended")).await {
                    Ok(_) | Err(CallError::Service(_)) => {}
                    Err(other) => panic!("{other}"),
                }
                let delete = |name: &str| DeleteLoadBalancer {
                    load_balancer_name: name.to_owned(),
                };
                client.call(&delete("contended")).await.unwrap();
                if round < 2 || number % 2 == 0 {
                    client.call(&delete(&own)).await.unwrap();
                }
            }
        }
    })
    .await;
    done.store(true, Ordering::SeqCst);
    assert!(onlooker.await.unwrap() > 0);
    let left: BTreeSet<String> = names(&tenant).await.into_iter().collect();
    let expected = (0..CLIENTS)
        .filter(|number| number % 2 == 1)
        .map(|number| format!("own-{number}"))
        .chain(["shared".to_owned()]);
    assert_eq!(left, expected.collect());
    // Each has one servo, no two have the same address, and none is left of what is gone.
    let status: Status = served.local.get("/_eulb/status").await.unwrap();
    let addresses: BTreeSet<_> = status
        .balancers
        .iter()
        .flat_map(|balancer| &balancer.servos)
        .map(|servo| servo.address)
        .collect();
    assert_eq!(addresses.len(), left.len());
    served.stop().await;
}
