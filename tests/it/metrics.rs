//! What is counted of the traffic, and where it can be read.

use crate::cloud::{Cloud, HTTP_80};
use eulb::model::traffic::{Counts, ListenerTraffic};
use std::time::Duration;

/// What the open listeners of a load balancer have counted, by port.
fn listeners(cloud: &Cloud, name: &str) -> Vec<ListenerTraffic> {
    let mut found = cloud.traffic().listeners;
    found.retain(|listener| &*listener.balancer.name == name && !listener.closed);
    found.sort_by_key(|listener| listener.port);
    found
}

#[test]
fn every_request_is_counted_once_and_under_its_instance() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(2);
    let destination = cloud.listener("web");
    let load = cloud.ask(&destination, 40);
    assert_eq!(load.failed, 0, "{load:?}");
    let listeners = listeners(&cloud, "web");
    let [listener] = &listeners[..] else {
        panic!("{listeners:?}")
    };
    let counts = listener.counts;
    assert_eq!((counts.requests, counts.instance_2xx), (40, 40));
    assert_eq!((counts.own_4xx, counts.own_5xx), (0, 0));
    assert_eq!(listener.latency.count(), 40);
    assert!(listener.latency.quantile(0.5) > Some(Duration::ZERO));
    assert!(counts.received_bytes > 40 * 20 && counts.sent_bytes > 40 * 100);
    let by_instance: Vec<(&str, u64, u64)> = listener
        .instances
        .iter()
        .map(|of| (of.instance.as_str(), of.requests, of.errors))
        .collect();
    let mut expected: Vec<_> = instances.iter().map(|id| (id.as_str(), 20, 0)).collect();
    expected.sort_unstable();
    assert_eq!(by_instance, expected);
}

#[test]
fn answers_of_the_load_balancer_and_tcp_sessions_are_counted_apart() {
    let cloud = Cloud::start();
    let tcp = "lb-port=81, protocol=TCP, instance-port=80, instance-protocol=TCP";
    cloud.ok(
        "eulb-create-lb",
        ["-z", "PARTI00", "-l", HTTP_80, "-l", tcp, "web"],
    );
    cloud.settle();
    let both = cloud.listeners("web");
    let (status, _) = cloud.get(&both[0]);
    assert_eq!(status, 503);
    let seen = listeners(&cloud, "web");
    let expected = |port| seen.iter().find(|listener| listener.port == port).unwrap();
    assert_eq!((expected(80).http, expected(81).http), (true, false));
    let counts = expected(80).counts;
    assert_eq!(
        (counts.requests, counts.own_5xx, counts.instance_5xx),
        (1, 1, 0)
    );
    assert_eq!(expected(81).counts, Counts::default());

    // What was counted outlives the listener for a while.
    cloud.ok("eulb-delete-lb", ["web"]);
    cloud.settle();
    let gone = cloud.traffic().listeners;
    let last = gone.iter().find(|listener| listener.port == 80).unwrap();
    assert!(last.closed && last.counts.own_5xx == 1, "{last:?}");
}
