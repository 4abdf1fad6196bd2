//! Connection draining at `aws`, with exchanges that really are under way: what
//! DescribeInstanceHealth and `eulb wait` say until the last of them has ended.

use crate::cloud::{Cloud, GLANCE, PATIENCE, Reader, Slow};
use std::time::Instant;

const LEAVING: [&str; 3] = [
    "InService",
    "Instance deregistration currently in progress.",
    "N/A",
];
const GONE: [&str; 3] = [
    "OutOfService",
    "Instance is not currently registered with the LoadBalancer.",
    "Instance",
];

const ID: &str = "i-1DF9440E";

const ZONE_LEAVING: [&str; 3] = [
    "OutOfService",
    "Disable Availability Zone is currently in progress.",
    "ELB",
];
const ZONE_GONE: [&str; 3] = [
    "OutOfService",
    "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.",
    "ELB",
];

/// A cloud of Amazon's whose load balancer `web` has a slow instance, and attributes.
fn slow_web(attributes: &[&str]) -> (Cloud, Slow, [String; 1]) {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    let slow = Slow::start();
    slow.enrol(&cloud, ID);
    cloud.create_web();
    cloud.check_quickly("web", "TCP:80");
    if !attributes.is_empty() {
        let target = ["--release", "aws", "web"];
        let arguments = target.into_iter().chain(attributes.iter().copied());
        cloud.ok("eulb-modify-lb-attributes", arguments);
    }
    let ids = [ID.to_owned()];
    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");
    (cloud, slow, ids)
}

const WAIT: [&str; 5] = ["wait", "instance-deregistered", "web", "--instances", ID];

#[test]
fn an_instance_is_in_service_until_its_last_exchange_has_ended() {
    let on = [
        "ConnectionDraining.Enabled=true",
        "ConnectionDraining.Timeout=3600",
    ];
    let (cloud, slow, ids) = slow_web(&on);
    let listener = cloud.listener("web");
    let mut readers = [Reader::ask(&listener), Reader::ask(&listener)];
    readers.iter_mut().for_each(|reader| reader.until("first"));
    let finish = [slow.begun(), slow.begun()];
    cloud.deregister("web", &ids);

    let leaving = |cloud: &Cloud| {
        assert_eq!(cloud.health("web", ID), LEAVING);
        let all = cloud.ok("eulb-describe-instance-health", ["web"]);
        assert_eq!(all, format!("INSTANCE\t{ID}\tInService\n"));
        let waited = cloud.eulb("eulb", WAIT.into_iter().chain(["--timeout", "0"]));
        assert_eq!(waited.status, 1);
        let last = format!("INSTANCE\t{ID}\tInService\t{}", LEAVING[1]);
        assert!(waited.stderr.contains(&last), "{}", waited.stderr);
        // It is no longer one of the load balancer's.
        let described = cloud.ok("eulb-describe-lbs", ["--show-long", "web"]);
        assert!(!described.contains(ID), "{described}");
    };
    leaving(&cloud);
    let [one, other] = readers;
    finish[0].send(()).unwrap();
    finish[1].send(()).unwrap();
    for reader in [one, other] {
        assert!(reader.whole().ends_with("0\r\n\r\n"));
    }
    cloud.ok("eulb", WAIT);
    assert_eq!(cloud.health("web", ID), GONE);
    assert_eq!(cloud.ok("eulb-describe-instance-health", ["web"]), "");
}

#[test]
fn one_exchange_of_two_is_enough_to_stay_and_its_time_is_the_last_word() {
    // 300 s are 6 s at fifty times the speed.
    let on = [
        "ConnectionDraining.Enabled=true",
        "ConnectionDraining.Timeout=300",
    ];
    let (cloud, slow, ids) = slow_web(&on);
    let listener = cloud.listener("web");
    let mut quick = Reader::ask(&listener);
    quick.until("first");
    let finish = slow.begun();
    let mut endless = Reader::ask(&listener);
    endless.until("first");
    let _never = slow.begun();
    cloud.deregister("web", &ids);
    finish.send(()).unwrap();
    assert!(quick.whole().ends_with("0\r\n\r\n"));
    assert_eq!(cloud.health("web", ID), LEAVING);
    cloud.ok("eulb", WAIT);
    assert_eq!(cloud.health("web", ID), GONE);
    // It was cut, and a truncated answer has no end.
    assert!(!endless.cut().ends_with("0\r\n\r\n"));
}

/// What happens to the listener before its instance is deregistered.
#[derive(Clone, Copy, Debug)]
enum Before {
    Deleted,
    /// Deleted, and made anew for another port of the instance.
    Changed,
}

/// A reader of a listener that is no more, at a cloud whose instance was deregistered after that.
fn listener_gone_first(before: Before, attributes: &[&str]) -> (Cloud, Slow, Reader) {
    let (cloud, slow, ids) = slow_web(attributes);
    let mut reader = Reader::ask(&cloud.listener("web"));
    reader.until("first");
    cloud.ok("eulb-delete-lb-listeners", ["-l", "80", "web"]);
    if let Before::Changed = before {
        let other = "lb-port=80, protocol=HTTP, instance-port=8080, instance-protocol=HTTP";
        cloud.ok("eulb-create-lb-listeners", ["-l", other, "web"]);
    }
    cloud.settle();
    cloud.deregister("web", &ids);
    (cloud, slow, reader)
}

#[test]
fn an_exchange_of_a_listener_that_is_no_more_is_still_under_way() {
    for before in [Before::Deleted, Before::Changed] {
        let on = [
            "ConnectionDraining.Enabled=true",
            "ConnectionDraining.Timeout=3600",
        ];
        let (cloud, slow, reader) = listener_gone_first(before, &on);
        let finish = slow.begun();
        assert_eq!(cloud.health("web", ID), LEAVING, "{before:?}");
        finish.send(()).unwrap();
        assert!(reader.whole().ends_with("0\r\n\r\n"));
        cloud.ok("eulb", WAIT);
        assert_eq!(cloud.health("web", ID), GONE, "{before:?}");
    }
}

#[test]
fn an_exchange_of_a_listener_that_is_no_more_is_cut_when_its_time_is_over() {
    // Draining that is switched on after the listener has gone bounds what that left behind, too;
    // 50 s are 1 s at fifty times the speed. Without draining nothing is left to wait for.
    for before in [Before::Deleted, Before::Changed] {
        for drains in [false, true] {
            let (cloud, slow, ids) = slow_web(&[]);
            let mut reader = Reader::ask(&cloud.listener("web"));
            reader.until("first");
            let _never = slow.begun();
            cloud.ok("eulb-delete-lb-listeners", ["-l", "80", "web"]);
            if let Before::Changed = before {
                let other = "lb-port=80, protocol=TCP, instance-port=8080";
                cloud.ok("eulb-create-lb-listeners", ["-l", other, "web"]);
            }
            cloud.settle();
            if drains {
                let on = [
                    "--release",
                    "aws",
                    "web",
                    "ConnectionDraining.Enabled=true",
                    "ConnectionDraining.Timeout=50",
                ];
                cloud.ok("eulb-modify-lb-attributes", on);
            }
            cloud.deregister("web", &ids);
            assert!(!reader.cut().ends_with("0\r\n\r\n"));
            cloud.ok("eulb", WAIT);
            assert_eq!(cloud.health("web", ID), GONE, "{before:?}");
        }
    }
}

/// A reader of a load balancer's only instance, whose zone is disabled meanwhile.
fn zone_disabled(attributes: &[&str]) -> (Cloud, Slow, Reader) {
    let (cloud, slow, _) = slow_web(attributes);
    let mut reader = Reader::ask(&cloud.listener("web"));
    reader.until("first");
    cloud.ok("eulb-enable-zones-for-lb", ["-z", "PARTI01", "web"]);
    cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI00", "web"]);
    cloud.settle();
    (cloud, slow, reader)
}

/// Waits until nothing is left of the instance in the zone that was disabled.
fn until_zone_gone(cloud: &Cloud) {
    let began = Instant::now();
    while cloud.health("web", ID) != ZONE_GONE {
        assert_eq!(cloud.health("web", ID), ZONE_LEAVING);
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(GLANCE);
    }
}

#[test]
fn an_exchange_of_a_zone_that_is_disabled_finishes() {
    let on = [
        "ConnectionDraining.Enabled=true",
        "ConnectionDraining.Timeout=3600",
    ];
    let (cloud, slow, reader) = zone_disabled(&on);
    let finish = slow.begun();
    assert_eq!(cloud.health("web", ID), ZONE_LEAVING);
    let all = cloud.ok("eulb-describe-instance-health", ["web"]);
    assert_eq!(all, format!("INSTANCE\t{ID}\tOutOfService\n"));
    let explained = cloud.ok("eulb", ["explain", "--lb", "web"]);
    assert!(
        explained.contains("it finishes what it has under way"),
        "{explained}"
    );
    assert!(
        !explained.contains("deregistration-in-progress"),
        "{explained}"
    );
    finish.send(()).unwrap();
    assert!(reader.whole().ends_with("0\r\n\r\n"));
    until_zone_gone(&cloud);

    // Deregistered while it finishes, it leaves like any other.
    let (cloud, slow, reader) = zone_disabled(&on);
    let finish = slow.begun();
    cloud.deregister("web", &[ID.to_owned()]);
    assert_eq!(cloud.health("web", ID), LEAVING);
    finish.send(()).unwrap();
    assert!(reader.whole().ends_with("0\r\n\r\n"));
    cloud.ok("eulb", WAIT);
    assert_eq!(cloud.health("web", ID), GONE);
}

#[test]
fn an_exchange_of_a_zone_that_is_disabled_is_cut_when_its_time_is_over() {
    // 50 s are 1 s at fifty times the speed.
    let on = [
        "ConnectionDraining.Enabled=true",
        "ConnectionDraining.Timeout=50",
    ];
    let (cloud, slow, reader) = zone_disabled(&on);
    let _never = slow.begun();
    assert!(!reader.cut().ends_with("0\r\n\r\n"));
    until_zone_gone(&cloud);

    // Without draining there is nothing to tell.
    let (cloud, slow, reader) = zone_disabled(&[]);
    assert_eq!(cloud.health("web", ID), ZONE_GONE);
    slow.begun().send(()).unwrap();
    assert!(reader.whole().ends_with("0\r\n\r\n"));
}

#[test]
fn who_comes_back_is_registered_and_who_has_nothing_or_may_not_drain_is_gone() {
    let on = [
        "ConnectionDraining.Enabled=true",
        "ConnectionDraining.Timeout=3600",
    ];
    let (cloud, slow, ids) = slow_web(&on);
    // Nothing under way: over as soon as the workers have said so.
    cloud.deregister("web", &ids);
    cloud.ok("eulb", WAIT);
    assert_eq!(cloud.health("web", ID), GONE);

    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");
    let mut reader = Reader::ask(&cloud.listener("web"));
    reader.until("first");
    let finish = slow.begun();
    cloud.deregister("web", &ids);
    assert_eq!(cloud.health("web", ID), LEAVING);
    cloud.register("web", &ids);
    assert_ne!(cloud.health("web", ID), LEAVING);
    cloud.await_state("web", &ids, "InService");
    // Away once more, with the exchange of the first time still under way.
    cloud.deregister("web", &ids);
    assert_eq!(cloud.health("web", ID), LEAVING);
    finish.send(()).unwrap();
    assert!(reader.whole().ends_with("0\r\n\r\n"));
    cloud.ok("eulb", WAIT);
    assert_eq!(cloud.health("web", ID), GONE);

    // Without draining, its exchanges are cut at once.
    let (cloud, slow, ids) = slow_web(&[]);
    let mut reader = Reader::ask(&cloud.listener("web"));
    reader.until("first");
    let _never = slow.begun();
    cloud.deregister("web", &ids);
    assert_eq!(cloud.health("web", ID), GONE);
    assert!(!reader.cut().ends_with("0\r\n\r\n"));
}
