//! What was acknowledged is there after `kill -9` at any instant.
//!
//! The service runs in a child: this same test program, asked for the one test that serves.

use crate::controller_http::{Served, client, create, names};
use eulb::client::local::LocalClient;
use eulb::controller::{Config, Controller};
use eulb::wire::balancer::DeleteLoadBalancer;
use eulb::wire::local::Environment;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Names the data directory to the child, and makes it one.
const DIRECTORY: &str = "EULB_TEST_CRASH_DIRECTORY";
/// What the child prints when it serves.
const READY: &str = "crash: serving";

/// Rounds of start, changes and kill.
const ROUNDS: u32 = 8;

fn config(directory: &Path) -> Config {
    Config {
        data_directory: Some(directory.join("data")),
        ..Config::default()
    }
}

/// The child: serves until it is killed. Does nothing when it is run as a test of its own.
#[tokio::test]
async fn serves_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else {
        return;
    };
    let socket = directory.join("socket");
    let _ = std::fs::remove_file(&socket);
    let _served = Served::start(config(&directory), &socket).await;
    // Not through the test harness, which would keep it.
    writeln!(std::io::stdout(), "{READY}").unwrap();
    std::future::pending::<()>().await;
}

/// A child that is killed when the test ends, however it ends.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(directory: &Path) -> Killed {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::serves_until_it_is_killed", "--exact", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let child = Killed(child);
    let ready = output.lines().any(|line| line.unwrap().contains(READY));
    assert!(ready, "the child ended before it served");
    child
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledged_change_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    // Names that were acknowledged, and names whose fate nobody was told.
    let mut made = BTreeSet::new();
    let mut unknown = BTreeSet::new();
    let mut keys: Option<(String, String)> = None;
    for round in 0..ROUNDS {
        let mut child = start(directory.path());
        let local = LocalClient::at(directory.path().join("socket"));
        let environment: Environment = local.get("/_eulb/env?account=tenant").await.unwrap();
        let now = (
            environment.access_key.clone(),
            environment.secret_key.clone(),
        );
        assert_eq!(
            keys.get_or_insert_with(|| now.clone()),
            &now,
            "keys are kept"
        );
        let found: BTreeSet<String> = names(&client(&environment)).await.into_iter().collect();
        check(&made, &unknown, &found);
        made = found;
        unknown.clear();
        // Several write at once, so that the kill falls into somebody's transaction.
        let tasks: Vec<_> = (0..4)
            .map(|task| {
                let client = client(&environment);
                tokio::spawn(async move {
                    let (mut done, mut asked) = (Vec::new(), None);
                    for number in 0.. {
                        let name = format!("r{round}-{task}-{number}");
                        asked = Some(name.clone());
                        if client.call(&create(&name)).await.is_err() {
                            break;
                        }
                        done.push(name);
                        // Every third time one is deleted, too: deletions are changes like others.
                        if number % 3 == 2
                            && let Some(name) = done.pop()
                        {
                            asked = Some(name.clone());
                            let load_balancer_name = name;
                            let delete = DeleteLoadBalancer { load_balancer_name };
                            if client.call(&delete).await.is_err() {
                                break;
                            }
                        }
                    }
                    (done, asked)
                })
            })
            .collect();
        // The instant of the kill is that of some acknowledgement, a different one each round.
        let gone = made.iter().next().cloned();
        if let Some(name) = gone {
            let load_balancer_name = name.clone();
            let delete = DeleteLoadBalancer { load_balancer_name };
            client(&environment).call(&delete).await.unwrap();
            made.remove(&name);
        }
        for number in 0..=round {
            let name = format!("mark-{round}-{number}");
            client(&environment).call(&create(&name)).await.unwrap();
            made.insert(name);
        }
        child.0.kill().unwrap();
        child.0.wait().unwrap();
        for task in tasks {
            let (done, asked) = task.await.unwrap();
            made.extend(done);
            unknown.extend(asked);
        }
    }
    assert!(made.len() > ROUNDS as usize);
    let child = start(directory.path());
    let local = LocalClient::at(directory.path().join("socket"));
    let environment: Environment = local.get("/_eulb/env?account=tenant").await.unwrap();
    let found = names(&client(&environment)).await.into_iter().collect();
    check(&made, &unknown, &found);
    // A second process is told whose the directory is, and harms nothing.
    let refused = Controller::open(config(directory.path())).err().unwrap();
    let owner = format!("in use by process {}", child.0.id());
    assert!(refused.to_string().contains(&owner), "{refused}");
}

fn check(made: &BTreeSet<String>, unknown: &BTreeSet<String>, found: &BTreeSet<String>) {
    let lost: Vec<_> = made.difference(found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let invented: Vec<_> = found
        .difference(made)
        .filter(|name| !unknown.contains(*name))
        .collect();
    assert!(
        invented.is_empty(),
        "deleted or never asked for: {invented:?}"
    );
}
