//! Health from end to end: the states of instances, why they are in them, and what traffic does
//! meanwhile. Texts and codes are those of Eucalyptus 3.3.0.

use crate::cloud::{Account, Cloud, GLANCE, HTTP_80, PATIENCE};
use crate::scripted::{Client, Recorder};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use std::time::Instant;

const NOTHING: &str = "";

#[test]
fn an_instance_fails_and_returns_and_no_request_is_lost() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(3);
    let listener = cloud.listener("web");
    assert_eq!(
        cloud.health("web", &instances[1]),
        ["InService", NOTHING, NOTHING]
    );

    let load = cloud.load(&listener);
    cloud.await_answers(&load, 50);
    cloud.ok("eulb", ["instance", "fail", &instances[1]]);
    cloud.await_state("web", &instances[1..2], "OutOfService");
    assert_eq!(
        cloud.health("web", &instances[1]),
        [
            "OutOfService",
            "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
            "Instance",
        ]
    );
    // Exchanges that had begun are over after as many answers as there are clients; then none comes
    // from the instance that is out.
    cloud.await_answers(&load, 50);
    let without = cloud.await_answers(&load, 100);
    assert_eq!(without.of(&instances[1]), 0, "{without:?}");
    assert!(without.of(&instances[0]) > 0 && without.of(&instances[2]) > 0);

    cloud.ok("eulb", ["instance", "restore", &instances[1]]);
    cloud.await_state("web", &instances, "InService");
    let with = cloud.await_answers(&load, 100);
    assert!(with.of(&instances[1]) > 0, "{with:?}");
    let all = cloud.end(load);
    assert_eq!((all.failed, all.first_failure), (0, None));
}

#[test]
fn a_registered_instance_waits_for_its_checks() {
    let cloud = Cloud::with(&["--ephemeral", "--time-scale=1"]);
    let instances = cloud.run_instances(1, "PARTI00");
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.register("web", &instances);
    // The default check needs three passes, 30 seconds apart: there is time to look.
    assert_eq!(
        cloud.health("web", &instances[0]),
        [
            "OutOfService",
            "Instance registration is still in progress.",
            "ELB"
        ]
    );
    assert_eq!(cloud.get(&cloud.listener("web")).0, 503);
}

#[test]
fn a_stopped_instance_is_in_error_until_it_is_registered_again() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(2);
    let listener = cloud.listener("web");
    cloud.ok("eulb", ["instance", "stop", &instances[0]]);
    cloud.await_state("web", &instances[..1], "Error");
    let counts = cloud.ask(&listener, 20);
    assert_eq!((counts.of(&instances[1]), counts.failed), (20, 0));

    // Error is terminal at 3.3.0: starting the instance is not enough.
    cloud.ok("eulb", ["instance", "start", &instances[0]]);
    cloud.settle();
    assert_eq!(cloud.health("web", &instances[0])[0], "Error");
    cloud.deregister("web", &instances[..1]);
    cloud.register("web", &instances[..1]);
    cloud.await_state("web", &instances, "InService");
    let counts = cloud.ask(&listener, 20);
    assert!(counts.of(&instances[0]) > 0, "{counts:?}");
}

#[test]
fn a_terminated_instance_stays_listed_in_error() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(1);
    cloud.ok("eulb", ["instance", "terminate", &instances[0]]);
    cloud.await_state("web", &instances, "Error");
    assert_eq!(cloud.get(&cloud.listener("web")).0, 503);
    cloud.deregister("web", &instances);
    let left = cloud.ok("eulb-describe-instance-health", ["web"]);
    assert_eq!(left, "");
}

#[test]
fn a_disabled_zone_takes_its_instances_out_and_its_listener_away() {
    let cloud = Cloud::start();
    let here = cloud.web_with(1);
    let there = cloud.run_instances(1, "PARTI01");
    let one = cloud.listener("web");
    let zones = cloud.ok("eulb-enable-zones-for-lb", ["-z", "PARTI01", "web"]);
    assert!(zones.starts_with("AVAILABILITY_ZONES\t"), "{zones}");
    cloud.register("web", &there);
    cloud.await_state("web", &there, "InService");

    // Each zone has a listener of its own, which asks the instances of its zone only.
    let both = cloud.listeners("web");
    assert_eq!(both.len(), 2, "{both:?}");
    let two = both.iter().find(|listener| **listener != one).unwrap();
    assert_eq!(cloud.ask(&one, 6).of(&here[0]), 6);
    assert_eq!(cloud.ask(two, 6).of(&there[0]), 6);

    let load = cloud.load(&one);
    let zones = cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI01", "web"]);
    assert_eq!(zones, "AVAILABILITY_ZONES\tPARTI00\n");
    assert_eq!(
        cloud.health("web", &there[0]),
        ["OutOfService", "Zone disabled", "ELB"]
    );
    cloud.settle();
    assert_eq!(cloud.listeners("web"), [one]);
    assert!(std::net::TcpStream::connect(two.address).is_err());
    cloud.await_answers(&load, 20);
    assert_eq!(cloud.end(load).failed, 0);

    cloud.ok("eulb-enable-zones-for-lb", ["-z", "PARTI01", "web"]);
    cloud.await_state("web", &there, "InService");
    assert_eq!(cloud.listeners("web").len(), 2);
}

#[test]
fn a_changed_health_check_keeps_what_serves_in_service() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(2);
    let load = cloud.load(&cloud.listener("web"));
    cloud.check_quickly("web", "TCP:80");
    cloud.settle();
    cloud.check_quickly("web", "HTTP:80/");
    cloud.settle();
    cloud.await_answers(&load, 50);
    // /health is not asked any more.
    cloud.ok("eulb", ["instance", "fail", &instances[0]]);
    cloud.await_answers(&load, 50);
    assert_eq!(cloud.health("web", &instances[0])[0], "InService");
    assert_eq!(cloud.end(load).failed, 0);

    cloud.check_quickly("web", "HTTP:80/health");
    cloud.await_state("web", &instances[..1], "OutOfService");
}

#[test]
fn accounts_neither_see_nor_touch_each_other() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(1);
    let administrator = |name: &str, arguments: &[&str]| {
        cloud.eulb_as(Account::Administrator, name, arguments.iter().copied())
    };

    assert_eq!(administrator("eulb-describe-lbs", &[]).stdout, "");
    assert_eq!(administrator("eulb-describe-lbs", &["web"]).stdout, "");
    let run = administrator("eulb-describe-instance-health", &["web"]);
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (
            1,
            "eulb-describe-instance-health: error (400): The specified LoadBalancer could not be found\n"
        )
    );

    // The same name in another account is another load balancer, and instances have owners.
    let create = ["-z", "PARTI00", "-l", HTTP_80, "web"];
    assert_eq!(administrator("eulb-create-lb", &create).status, 0);
    let run = administrator(
        "eulb-register-instances-with-lb",
        &["--instances", &instances[0], "web"],
    );
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (
            1,
            "eulb-register-instances-with-lb: error (400): The specified EndPoint (instance) is not valid\n"
        )
    );
    assert_eq!(administrator("eulb-delete-lb", &["web"]).status, 0);
    assert_eq!(cloud.ask(&cloud.listener("web"), 3).of(&instances[0]), 3);

    // The administrator sees all by asking, and deletes by DNS name.
    let all = administrator("eulb-describe-lbs", &["verbose"]).stdout;
    let dns_name = all.split('\t').nth(2).unwrap().to_owned();
    assert!(dns_name.starts_with("web-"), "{all}");
    assert_eq!(cloud.eulb("eulb-delete-lb", [&dns_name]).status, 0);
    assert_ne!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
    assert_eq!(administrator("eulb-delete-lb", &[&dns_name]).status, 0);
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

/// Whoever takes all descriptors, or finds them taken, takes no instance out of service: checks that
/// this process cannot make say nothing of the instances.
#[test]
fn checks_that_cannot_be_made_for_want_of_descriptors_do_not_count() {
    let instance = Recorder::echoing();
    let cloud = Cloud::with(&["--ephemeral", "--log-level=health=debug"]);
    let ids = ["i-00000001".to_owned()];
    let port = format!("--port=80={}", instance.address().port());
    let place = ["--address=127.0.0.1", &port, "--zone=PARTI00"];
    cloud.ok(
        "eulb",
        ["instance", "add", &ids[0]].into_iter().chain(place),
    );
    cloud.create_web();
    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");
    let mut client = Client::connect(cloud.listener("web").address);
    client.get("/before");
    assert_eq!(client.answer().status(), 200);

    let process = Pid::from_raw(cloud.process_id().cast_signed()).unwrap();
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limited =
        |current| prlimit(Some(process), Resource::Nofile, Rlimit { current, maximum }).unwrap();
    let before = cloud.said().len();
    let usual = limited(Some(0));
    let said = || cloud.said()[before..].to_owned();
    let began = Instant::now();
    // More of them than any threshold.
    while said().matches("was not asked (Too many open files").count() < 7 {
        assert!(began.elapsed() < PATIENCE, "{}", said());
        // Who is there is served all the while.
        client.get("/meanwhile");
        assert_eq!(client.answer().status(), 200);
        std::thread::sleep(GLANCE);
    }
    let told = said().matches("a check could not be made").count();
    assert_eq!(told, 1, "{}", said());
    limited(usual.current);
    cloud.await_state("web", &ids, "InService");
    assert!(!said().contains("OutOfService"), "{}", said());
}
