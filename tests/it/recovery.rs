//! What survives: a cloud that is killed at any moment comes back as it was.

use crate::cloud::{Account, Cloud, HTTP_80};
use crate::controller_http::{create, names};
use eulb::client::{Client, Settings};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_killed_cloud_comes_back_with_everything_it_acknowledged() {
    let cloud = Cloud::with(&[]);
    let instances = cloud.web_with(2);
    cloud.ok("eulb-enable-zones-for-lb", ["-z", "PARTI01", "web"]);
    let second = "lb-port=81, protocol=TCP, instance-port=80";
    cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);
    let described = cloud.ok("eulb-describe-lbs", ["--show-long"]);
    let listeners = cloud.listeners("web");
    assert_eq!(listeners.len(), 4, "{listeners:?}");
    let keys = cloud.environment(Account::Tenant).secret_key.clone();

    let cloud = cloud.killed_and_restarted();
    assert_eq!(cloud.environment(Account::Tenant).secret_key, keys);
    assert_eq!(cloud.ok("eulb-describe-lbs", ["--show-long"]), described);
    assert_eq!(cloud.listeners("web"), listeners);
    cloud.await_state("web", &instances, "InService");
    let here = listeners
        .iter()
        .find(|listener| cloud.answers(listener))
        .unwrap();
    let counts = cloud.ask(here, 10);
    assert_eq!(
        (counts.of(&instances[0]), counts.of(&instances[1])),
        (5, 5),
        "{counts:?}"
    );
}

#[test]
fn traffic_flows_again_without_a_request_to_the_api() {
    let cloud = Cloud::with(&[]);
    cloud.web_with(1);
    let listener = cloud.listener("web");
    let cloud = cloud.killed_and_restarted();
    // Nothing but the load balancer's own port is asked until it answers.
    let began = std::time::Instant::now();
    while !cloud.answers(&listener) {
        assert!(began.elapsed() < crate::cloud::PATIENCE);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn a_deleted_load_balancer_stays_deleted() {
    let cloud = Cloud::with(&[]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "a"]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "b"]);
    cloud.ok("eulb-delete-lb", ["a"]);
    let cloud = cloud.killed_and_restarted();
    let described = cloud.ok("eulb-describe-lbs", [] as [&str; 0]);
    assert_eq!(described.lines().count(), 1, "{described}");
    assert!(described.starts_with("LOAD_BALANCER\tb\t"), "{described}");
    assert_eq!(cloud.listeners("b").len(), 1);
}

#[test]
fn an_ephemeral_cloud_keeps_nothing() {
    let cloud = Cloud::start();
    cloud.create_web();
    let cloud = cloud.killed_and_restarted();
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

#[test]
fn a_second_cloud_on_the_same_data_says_so() {
    let cloud = Cloud::with(&[]);
    cloud.create_web();
    let run = crate::cloud::run(cloud.command(Account::Tenant, "eulb").args([
        "local",
        "start",
        "--listen",
        "127.0.0.1:0",
    ]));
    assert_eq!(run.status, 1, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    let process = format!("process {}", cloud.process_id());
    assert!(
        run.stderr.contains("already running") && run.stderr.contains(&process),
        "{run:?}"
    );
    // The first is none the worse.
    assert_eq!(cloud.get(&cloud.listener("web")).0, 503);
}

#[test]
fn a_damaged_store_is_refused_and_left_as_it_is() {
    let cloud = Cloud::with(&[]);
    cloud.create_web();
    let remains = cloud.killed();
    let store = remains.data_directory().join("eulb.redb");
    let whole = fs::read(&store).unwrap();
    let mut damaged = whole.clone();
    // The head of the file, where it says what it is.
    damaged[..64].fill(0xff);
    fs::write(&store, &damaged).unwrap();

    let run = remains.start();
    assert_eq!(run.status, 1, "{run:?}");
    let last = run.stderr.trim_end().lines().last().unwrap_or_default();
    assert!(last.contains("eulb.redb"), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    assert_eq!(fs::read(&store).unwrap(), damaged);

    fs::write(&store, &whole).unwrap();
    let cloud = remains.restart();
    assert_eq!(cloud.listeners("web").len(), 1);
}

/// Limits the size of files that a cloud may write, or lifts the limit again.
fn limit_files(cloud: &Cloud, size: Option<u64>) {
    let process = Pid::from_raw(cloud.process_id().cast_signed()).unwrap();
    let limit = Rlimit {
        current: size,
        maximum: None,
    };
    prlimit(Some(process), Resource::Fsize, limit).unwrap();
}

/// A client that asks once.
fn client(cloud: &Cloud) -> Client {
    let environment = cloud.environment(Account::Tenant);
    let mut settings = Settings::new(
        environment.endpoint.as_str(),
        environment.access_key.as_str(),
        environment.secret_key.as_str(),
    );
    settings.retries.value = 0;
    Client::new(settings).unwrap()
}

#[test]
fn a_full_disk_refuses_changes_until_there_is_room_again() {
    let cloud = Cloud::with(&[]);
    cloud.create_web();
    let store = cloud.data_directory().join("eulb.redb");
    limit_files(&cloud, Some(fs::metadata(&store).unwrap().len()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = client(&cloud);
    let mut made = BTreeSet::from(["web".to_owned()]);
    // The file has pages to spare, but not for all of these.
    let refusal = runtime.block_on(async {
        for number in 0..5000 {
            let name = format!("n{number}");
            match client.call(&create(&name)).await {
                Ok(_) => made.insert(name),
                Err(error) => return error.to_string(),
            };
        }
        panic!("the disk was never full");
    });
    assert!(refusal.contains("cannot write"), "{refusal}");
    // Still full: still refused, by the same name; reading and traffic go on.
    let again = runtime.block_on(client.call(&create("late"))).unwrap_err();
    assert!(again.to_string().contains("eulb.redb"), "{again}");
    let found = |client: &Client| runtime.block_on(names(client)).into_iter().collect();
    assert_eq!(made, found(&client));
    assert_eq!(cloud.get(&cloud.listener("web")).0, 503);

    // With room again the next change is made, without a restart.
    limit_files(&cloud, None);
    runtime.block_on(client.call(&create("late"))).unwrap();
    made.insert("late".to_owned());
    assert_eq!(made, found(&client));
    let cloud = cloud.killed_and_restarted();
    let client = self::client(&cloud);
    assert_eq!(made, found(&client));
}

#[test]
fn a_state_that_was_taken_away_is_not_written_and_comes_back() {
    let cloud = Cloud::with(&[]);
    cloud.create_web();
    let (directory, away) = (cloud.data_directory(), cloud.data_directory().join("away"));
    let store = directory.join("eulb.redb");
    let create = |name: &str| {
        let arguments = ["-z", "PARTI00", "-l", HTTP_80, name];
        cloud.eulb("eulb-create-lb", arguments)
    };
    let told = |command: &str| cloud.eulb("eulb", command.split(' ')).stdout;
    let data = format!("data         {}", directory.display());
    assert!(told("local status").contains(&format!("{data}\n")));

    fs::rename(&store, &away).unwrap();
    let refused = create("late");
    let line = format!("{} was removed or replaced", store.display());
    assert_eq!(refused.status, 1, "{refused:?}");
    let said = format!("error (InternalFailure): {line} while the cloud runs");
    assert!(refused.stderr.contains(&said), "{refused:?}");
    assert!(cloud.said().contains(&line), "{}", cloud.said());
    let status = told("local status");
    assert!(status.contains(&format!("{data} ({line}")), "{status}");
    let found = told("doctor");
    assert!(found.contains(&format!("WRONG\tstate\t{line}")), "{found}");
    // Reading and traffic go on, and nothing was made of the refused one.
    let described = cloud.ok("eulb-describe-lbs", [] as [&str; 0]);
    assert_eq!(described.lines().count(), 1, "{described}");
    assert_eq!(cloud.get(&cloud.listener("web")).0, 503);

    fs::rename(&away, &store).unwrap();
    assert_eq!(create("late").status, 0);
    assert!(!told("doctor").contains("\tstate\t"));

    // The whole directory: nobody finds the socket, but the endpoint is asked.
    fs::rename(&directory, directory.with_extension("away")).unwrap();
    let refused = create("later");
    assert!(refused.stderr.contains(&line), "{refused:?}");
    let found = told("doctor");
    let wrong = "WRONG\tstate\tchanges are refused: the state is not kept\n";
    assert!(found.contains(wrong), "{found}");
    fs::rename(directory.with_extension("away"), &directory).unwrap();
    let cloud = cloud.killed_and_restarted();
    let described = cloud.ok("eulb-describe-lbs", [] as [&str; 0]);
    assert_eq!(described.lines().count(), 2, "{described}");
}

#[test]
fn a_directory_that_cannot_be_written_is_refused() {
    let remains = Cloud::with(&[]).killed();
    let directory = remains.data_directory();
    let of_root = rustix::process::geteuid().is_root();
    if of_root {
        eprintln!("SKIPPED: root may write everywhere; a read-only directory cannot be shown");
        return;
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o500)).unwrap();
    for name in ["eulb.redb", "eulb.lock"] {
        fs::set_permissions(directory.join(name), fs::Permissions::from_mode(0o400)).unwrap();
    }
    let run = remains.start();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(run.status, 1, "{run:?}");
    let line = run.stderr.trim_end();
    assert!(line.contains("cannot use the data directory"), "{run:?}");
    assert_eq!(line.lines().count(), 1, "{run:?}");
}
