//! Which instance a request goes to, with real traffic on the whole cloud: zones and what crosses them,
//! the least busy one at Amazon, and one that comes and goes.

use crate::cloud::{Cloud, GLANCE, HTTP_80, PATIENCE, Reader, Slow};
use crate::scripted::Client;
use eulb::cli::demo::load::Destination;
use std::time::Instant;

/// Waits until all of these instances, and no others, answer at a listener.
#[track_caller]
pub fn await_share(cloud: &Cloud, listener: &Destination, instances: &[&str]) {
    let began = Instant::now();
    loop {
        let counts = cloud.ask(listener, 12);
        let seen: Vec<&str> = counts.answered.keys().map(String::as_str).collect();
        let mut wanted = instances.to_vec();
        wanted.sort_unstable();
        if counts.failed == 0 && seen == wanted {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{wanted:?}: {counts:?}");
        std::thread::sleep(GLANCE);
    }
}

/// Puts crossing zones on or off.
pub fn cross(cloud: &Cloud, on: bool) {
    let attribute = format!("CrossZoneLoadBalancing.Enabled={on}");
    let modify = "eulb-modify-lb-attributes";
    cloud.ok(modify, ["--release=aws", "web", &attribute]);
    cloud.settle();
}

#[test]
fn a_servo_keeps_to_its_zone_until_crossing_is_on() {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    let here = cloud.run_instances(1, "PARTI00");
    let there = cloud.run_instances(3, "PARTI01");
    let zones = "PARTI00,PARTI01";
    cloud.ok("eulb-create-lb", ["-z", zones, "-l", HTTP_80, "web"]);
    cloud.check_quickly("web", "HTTP:80/health");
    let all = [here.clone(), there.clone()].concat();
    cloud.register("web", &all);
    cloud.await_state("web", &all, "InService");
    let mut listeners = cloud.listeners("web");
    assert_eq!(listeners.len(), 2, "a servo in each zone");
    // Addresses come in rotation.
    if cloud.ask(&listeners[0], 1).of(&here[0]) == 0 {
        listeners.swap(0, 1);
    }
    let share = |listener: &Destination, instances: &[String]| {
        let ids: Vec<&str> = instances.iter().map(String::as_str).collect();
        await_share(&cloud, listener, &ids);
    };

    share(&listeners[0], &here);
    share(&listeners[1], &there);
    cross(&cloud, true);
    for listener in &listeners {
        share(listener, &all);
        let counts = cloud.ask(listener, 80);
        assert_eq!(counts.failed, 0, "{counts:?}");
        // Nobody is busy, so they take turns, at each worker for itself.
        for id in &all {
            assert!((10..=30).contains(&counts.of(id)), "{counts:?}");
        }
    }
    cross(&cloud, false);
    share(&listeners[0], &here);
    share(&listeners[1], &there);
    // A zone that has lost its instances does not borrow: 503, while the other serves.
    cloud.ok("eulb", ["instance", "fail", &here[0]]);
    cloud.await_state("web", &here, "OutOfService");
    assert_eq!(cloud.get(&listeners[0]).0, 503);
    share(&listeners[1], &there);
    cross(&cloud, true);
    share(&listeners[0], &there);
}

#[test]
fn at_amazon_the_instance_with_the_fewest_requests_is_asked() {
    for (release, waits) in [("aws", false), ("3.3.0", true)] {
        let release_option = format!("--release={release}");
        let cloud = Cloud::with(&["--ephemeral", "--threads=1", &release_option]);
        let slow = Slow::start();
        slow.enrol(&cloud, "i-51000000");
        let mut instances = cloud.run_instances(1, "PARTI00");
        let quick = instances[0].clone();
        instances.push("i-51000000".to_owned());
        cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
        cloud.check_quickly("web", "TCP:80");
        cloud.register("web", &instances);
        cloud.await_state("web", &instances, "InService");
        let listener = cloud.listener("web");

        // One of the first two meets the slow one, and stays there.
        let mut held = None;
        for _ in 0..2 {
            let mut client = Client::connect(listener.address);
            client.get("/").line.reader.some().unwrap();
            if client.seen().contains("chunked") {
                held = Some((client, slow.begun()));
            }
        }
        let (mut client, finish) = held.expect("they take turns while nobody is busy");
        if waits {
            // In turns, the next or the one after it goes there as well.
            let mut waiting: Vec<Reader> = (0..2).map(|_| Reader::ask(&listener)).collect();
            slow.begun().send(()).unwrap();
            for reader in waiting.drain(..) {
                assert!(reader.whole().starts_with("HTTP/1.1 200"));
            }
        } else {
            let counts = cloud.ask(&listener, 30);
            assert_eq!((counts.of(&quick), counts.failed), (30, 0), "{counts:?}");
        }
        finish.send(()).unwrap();
        assert_eq!(client.answer().text(), "first last");
    }
}

#[test]
fn an_instance_that_comes_and_goes_costs_no_request() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(3);
    let listener = cloud.listener("web");
    let load = cloud.load(&listener);
    for turn in 0..6 {
        let flapping = &instances[turn % 2..=turn % 2];
        cloud.ok("eulb", ["instance", "fail", &flapping[0]]);
        cloud.await_state("web", flapping, "OutOfService");
        cloud.await_answers(&load, 20);
        cloud.ok("eulb", ["instance", "restore", &flapping[0]]);
        cloud.await_state("web", flapping, "InService");
        cloud.await_answers(&load, 20);
    }
    // Stopped and started it refuses connections, which the checks notice later than clients.
    for _ in 0..2 {
        cloud.ok("eulb", ["instance", "stop", &instances[2]]);
        cloud.await_answers(&load, 60);
        cloud.ok("eulb", ["instance", "start", &instances[2]]);
        cloud.await_answers(&load, 60);
    }
    let all = cloud.end(load);
    assert_eq!((all.failed, &all.first_failure), (0, &None), "{all:?}");
    assert!(instances.iter().all(|id| all.of(id) > 0), "{all:?}");
}
