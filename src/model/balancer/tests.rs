use super::*;
use crate::model::listener::Protocol;
use proptest::prelude::*;

const THRESHOLDS: Thresholds = Thresholds {
    healthy: 3,
    unhealthy: 2,
};

fn balancer() -> LoadBalancer {
    LoadBalancer::new(
        AccountId::new("123456789012"),
        BalancerName::new("web"),
        "lb".to_owned(),
        Timestamp(0),
    )
}

fn listener(port: i64, instance_port: i64) -> Listener {
    Listener {
        protocol: Protocol::Http,
        port: Port::new(port).unwrap(),
        instance_protocol: None,
        instance_port: Port::new(instance_port).unwrap(),
        certificate: None,
    }
}

#[test]
fn names_follow_the_rule_of_the_release() {
    use NameRule::{HostName, Label, ShortHostName};
    let long = "a".repeat(63);
    let longer = "a".repeat(64);
    let longest = std::array::from_fn::<_, 4, _>(|_| "a".repeat(60)).join(".") + ".12345";
    let too_long = std::array::from_fn::<_, 4, _>(|_| "a".repeat(60)).join(".") + ".123456";
    let (bad, short) = (Err(Refusal::InvalidName), Err(Refusal::NameTooLong));
    #[rustfmt::skip]
    let cases = [
        ("web",             [Ok(()),      Ok(()),        Ok(())]),
        ("My-Web1",         [Ok(()),      Ok(()),        Ok(())]),
        ("1",               [Ok(()),      Ok(()),        Ok(())]),
        ("a.b_c",           [Ok(()),      Ok(()),        bad.clone()]),
        (&long[..32],       [Ok(()),      Ok(()),        Ok(())]),
        (&long[..33],       [Ok(()),      short.clone(), short.clone()]),
        (&long,             [Ok(()),      short.clone(), short.clone()]),
        (&longer,           [bad.clone(), bad.clone(),   bad.clone()]),
        (&longest,          [Ok(()),      short.clone(), short.clone()]),
        (&too_long,         [bad.clone(), bad.clone(),   bad.clone()]),
        ("",                [bad.clone(), bad.clone(),   bad.clone()]),
        ("-web",            [bad.clone(), bad.clone(),   bad.clone()]),
        ("web_",            [bad.clone(), bad.clone(),   bad.clone()]),
        ("a..b",            [bad.clone(), bad.clone(),   bad.clone()]),
        ("a.",              [bad.clone(), bad.clone(),   bad.clone()]),
        ("we b",            [bad.clone(), bad.clone(),   bad.clone()]),
        ("wéb",             [bad.clone(), bad.clone(),   bad.clone()]),
        ("web/../x",        [bad.clone(), bad.clone(),   bad.clone()]),
        ("web\n",           [bad.clone(), bad.clone(),   bad.clone()]),
    ];
    for (name, expected) in cases {
        for (rule, expected) in [HostName, ShortHostName, Label].into_iter().zip(expected) {
            let parsed = BalancerName::parse(name, rule);
            assert_eq!(parsed.map(|_| ()), expected, "{name:?} by {rule:?}");
        }
    }
}

#[test]
fn dns_names_replace_dots_and_end_in_the_domain() {
    let mut web = balancer();
    assert_eq!(web.dns_name("localhost"), "web-123456789012.lb.localhost");
    web.name = BalancerName::new("My.web_1");
    assert_eq!(
        web.dns_name("localhost"),
        "My_web_1-123456789012.lb.localhost"
    );
    web.name = BalancerName::new("a".repeat(300));
    assert_eq!(web.dns_name("localhost").len(), 253);
    assert!(web.dns_name("localhost").ends_with("a.lb.localhost"));
}

#[test]
fn the_first_listener_brings_the_default_health_check() {
    let mut web = balancer();
    assert_eq!(web.add_listener(listener(80, 8080), THRESHOLDS), Ok(()));
    let check = web.health_check.clone().unwrap();
    assert_eq!(check.target.as_str(), "TCP:8080");
    assert_eq!((check.interval_seconds, check.timeout_seconds), (30, 5));
    assert_eq!(check.thresholds, THRESHOLDS);
    assert_eq!(web.add_listener(listener(81, 9090), THRESHOLDS), Ok(()));
    assert_eq!(web.health_check, Some(check));
    assert_eq!(
        web.add_listener(listener(80, 8080), THRESHOLDS),
        Err(Refusal::ListenerExists {
            name: "web".to_owned(),
            port: Port::new(80).unwrap()
        })
    );
}

fn seen(web: &LoadBalancer, id: &str) -> (RegistrationState, &'static str, String) {
    let registration = &web.instances[&InstanceId::new(id)];
    (
        registration.state,
        registration.reason.as_str(),
        registration.description.clone(),
    )
}

#[test]
fn registrations_go_through_the_states_of_eucalyptus() {
    use RegistrationState::{Error, InService, OutOfService};
    let id = InstanceId::new("i-1");
    let zone = ZoneName::new("PARTI00");
    let mut web = balancer();
    assert_eq!(
        web.register(&id, &zone),
        Err(Refusal::InstanceZone { id: id.clone() })
    );
    assert!(web.enable_zone(&zone));
    assert!(!web.enable_zone(&zone));
    assert_eq!(web.register(&id, &zone), Ok(()));
    let expect = |web: &LoadBalancer, state, reason, text: &str| {
        assert_eq!(seen(web, "i-1"), (state, reason, text.to_owned()));
    };
    expect(&web, OutOfService, "ELB", description::IN_PROGRESS);
    assert!(web.observe(&id, Verdict::InService));
    assert!(!web.observe(&id, Verdict::InService));
    expect(&web, InService, "", "");
    assert!(web.observe(&id, Verdict::OutOfService));
    expect(&web, OutOfService, "Instance", description::FAILED_CHECKS);
    web.disable_zone(&zone, |_| false);
    expect(&web, OutOfService, "ELB", description::ZONE_DISABLED);
    assert!(!web.observe(&id, Verdict::InService));
    expect(&web, OutOfService, "ELB", description::ZONE_DISABLED);
    web.enable_zone(&zone);
    expect(&web, OutOfService, "", "");
    web.observe(&id, Verdict::InService);
    assert!(web.instance_gone(&id));
    expect(&web, Error, "", "");
    assert!(!web.observe(&id, Verdict::InService));
    // Registering again does not help: it must be deregistered first.
    assert_eq!(web.register(&id, &zone), Ok(()));
    expect(&web, Error, "", "");
    // A disabled zone leaves an instance that is still gone in error, and forgives one that is back.
    web.disable_zone(&zone, |_| true);
    expect(&web, Error, "", "");
    web.enable_zone(&zone);
    web.disable_zone(&zone, |_| false);
    expect(&web, OutOfService, "ELB", description::ZONE_DISABLED);
    assert!(web.deregister(&id));
    assert!(!web.deregister(&id));
}

#[test]
fn verdicts_grow_old_only_when_their_servo_is_lost() {
    let id = InstanceId::new("i-1");
    let zone = ZoneName::new("PARTI00");
    let mut web = balancer();
    web.add_listener(listener(80, 80), THRESHOLDS).unwrap();
    web.enable_zone(&zone);
    web.register(&id, &zone).unwrap();
    web.observe(&id, Verdict::InService);
    // 3 intervals of 30 s times a healthy threshold of 3.
    let staleness = web.staleness(false).unwrap();
    assert_eq!(staleness, Duration::from_secs(270));
    assert_eq!(web.staleness(true), Some(Duration::from_secs(150)));
    let old = |web: &LoadBalancer, at| is_stale(&web.instances[&id], staleness, Timestamp(at));
    assert!(!old(&web, i64::MAX));
    web.servo_lost(&zone, Timestamp(1_000));
    web.servo_lost(&zone, Timestamp(2_000));
    assert!(!old(&web, 271_000));
    assert!(old(&web, 271_001));
    web.observe(&id, Verdict::InService);
    assert!(!old(&web, i64::MAX));
}

#[test]
fn health_checks_are_refused_in_eucalyptus_order_and_words() {
    let whole = HealthCheckRequest {
        target: Some("HTTP:80/".to_owned()),
        interval: Some(5),
        timeout: Some(120),
        healthy_threshold: Some(2),
        unhealthy_threshold: Some(360),
    };
    let without = |change: fn(&mut HealthCheckRequest)| {
        let mut request = whole.clone();
        change(&mut request);
        request
    };
    let nothing = HealthCheckRequest::default();
    #[rustfmt::skip]
    let cases = [
        (nothing,                                         Some("Healthy tresholds must be specified")),
        (without(|r| r.healthy_threshold = None),         Some("Healthy tresholds must be specified")),
        (without(|r| r.interval = None),                  Some("Interval must be specified")),
        (without(|r| r.target = None),                    Some("Target must be specified")),
        (without(|r| r.timeout = None),                   Some("Timeout must be specified")),
        (without(|r| r.unhealthy_threshold = None),       Some("Unhealthy tresholds must be specified")),
        (without(|r| r.interval = Some(4)),               Some("Interval must be longer than 5 seconds")),
        (without(|r| r.healthy_threshold = Some(1)),      Some("Healthy thresholds must be larger than 2")),
        (without(|r| r.unhealthy_threshold = Some(1)),    Some("Unhealthy thresholds must be larger than 2")),
        (without(|r| r.timeout = Some(-1)),               Some("Timeout must not be negative")),
        (without(|r| r.interval = Some(1 << 31)),         Some("Numbers must not exceed 2147483647")),
        (without(|r| r.timeout = Some(0)),                None),
        (whole.clone(),                                   None),
    ];
    for (request, expected) in cases {
        let expected = expected.map(Refusal::InvalidHealthCheck);
        assert_eq!(request.numbers(false).err(), expected, "{request:?}");
    }
    let amazon = |interval, timeout, threshold| {
        HealthCheckRequest {
            interval: Some(interval),
            timeout: Some(timeout),
            healthy_threshold: Some(threshold),
            unhealthy_threshold: Some(2),
            ..whole.clone()
        }
        .numbers(true)
        .is_ok()
    };
    assert!(amazon(300, 60, 10) && amazon(5, 4, 2));
    assert!(!amazon(301, 60, 10) && !amazon(5, 5, 2) && !amazon(30, 1, 2) && !amazon(30, 5, 11));
    assert!(!amazon(100, 61, 2));
    // Amazon tells both ends of a range.
    let refused = |request: HealthCheckRequest| request.numbers(true).unwrap_err().to_string();
    let usual = HealthCheckRequest {
        interval: Some(30),
        timeout: Some(5),
        unhealthy_threshold: Some(2),
        ..whole.clone()
    };
    for (request, expected) in [
        (
            HealthCheckRequest {
                interval: Some(4),
                ..usual.clone()
            },
            "HealthCheck Interval must be between 5 and 300 seconds",
        ),
        (
            HealthCheckRequest {
                unhealthy_threshold: Some(1),
                ..usual.clone()
            },
            "HealthCheck thresholds must be between 2 and 10",
        ),
    ] {
        assert_eq!(refused(request), expected);
    }
    let long = |length: usize| HealthCheckRequest {
        target: Some(format!("HTTP:80/{}", "a".repeat(length - 8))),
        ..usual.clone()
    };
    assert!(long(1024).numbers(true).is_ok());
    assert!(long(1025).numbers(true).is_err() && long(1025).numbers(false).is_ok());
}

/// Anything that can happen to a registration.
#[derive(Clone, Copy, Debug)]
enum Event {
    Register,
    Deregister,
    Enable,
    Disable,
    Verdict(bool),
    Gone,
    Restart,
    Lost,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(
        prop_oneof![
            Just(Event::Register),
            Just(Event::Deregister),
            Just(Event::Enable),
            Just(Event::Disable),
            any::<bool>().prop_map(Event::Verdict),
            Just(Event::Gone),
            Just(Event::Restart),
            Just(Event::Lost),
        ],
        0..40,
    )
}

proptest! {
    #[test]
    fn whatever_happens_states_and_reasons_agree(events in events()) {
        let id = InstanceId::new("i-1");
        let zone = ZoneName::new("PARTI00");
        let mut web = balancer();
        for event in events {
            let before = web.instances.get(&id).cloned();
            match event {
                Event::Register => { let _ = web.register(&id, &zone); }
                Event::Deregister => { web.deregister(&id); }
                Event::Enable => { web.enable_zone(&zone); }
                Event::Disable => { web.disable_zone(&zone, |_| true); }
                Event::Verdict(passed) => {
                    let verdict = if passed { Verdict::InService } else { Verdict::OutOfService };
                    web.observe(&id, verdict);
                }
                Event::Gone => { web.instance_gone(&id); }
                Event::Restart => web.restarted(),
                Event::Lost => web.servo_lost(&zone, Timestamp(1)),
            }
            let after = web.instances.get(&id);
            if let Some(after) = after {
                if after.state == RegistrationState::InService {
                    prop_assert_eq!(after.reason, Reason::None);
                    prop_assert_eq!(after.description.as_str(), "");
                    prop_assert!(web.is_enabled(&zone), "in service in a disabled zone");
                }
                // Error is left by deregistering only.
                if before.as_ref().is_some_and(|b| b.state == RegistrationState::Error) {
                    prop_assert_eq!(after.state, RegistrationState::Error);
                }
                // Only a passed check brings an instance into service.
                if before.is_none_or(|b| b.state != RegistrationState::InService)
                    && after.state == RegistrationState::InService {
                    prop_assert!(matches!(event, Event::Verdict(true)));
                }
            }
            let text = serde_json::to_string(&web).unwrap();
            let mut kept: LoadBalancer = serde_json::from_str(&text).unwrap();
            for (id, registration) in &mut kept.instances {
                registration.unheard_since = web.instances[id].unheard_since;
            }
            prop_assert_eq!(&kept, &web);
        }
    }
}
