//! What the cloud tells of itself: `eulb trace`, `eulb explain`, and its log.

use crate::cloud::{Cloud, HTTP_80, Run, run};
use eulb::wire::local::{Explanation, Story};
use std::net::TcpListener;
use std::time::{Duration, Instant};

fn story(cloud: &Cloud, what: &[&str]) -> Story {
    let arguments = ["trace", "--json"].iter().chain(what);
    serde_json::from_str(&cloud.ok("eulb", arguments)).unwrap()
}

fn explain(cloud: &Cloud, option: &str, name: &str) -> Explanation {
    serde_json::from_str(&cloud.ok("eulb", ["explain", "--json", option, name])).unwrap()
}

/// The signatures of what is wrong, and the whole text a person sees.
fn signatures(cloud: &Cloud, option: &str, name: &str) -> (Vec<String>, String) {
    let findings = explain(cloud, option, name).findings.into_iter();
    let text = cloud.ok("eulb", ["explain", option, name]);
    (findings.map(|finding| finding.signature).collect(), text)
}

/// Looks again until the signature is there: checks take their time.
#[track_caller]
fn await_signature(cloud: &Cloud, option: &str, name: &str, wanted: &str) -> String {
    let began = Instant::now();
    loop {
        let (found, text) = signatures(cloud, option, name);
        if found.iter().any(|signature| signature == wanted) {
            return text;
        }
        assert!(began.elapsed() < crate::cloud::PATIENCE, "{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn one_request_is_followed_from_the_tool_to_the_health_of_its_instance() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(1);
    // The registration was the last change; its health came later and is part of its story.
    let story = story(&cloud, &["last"]).events;
    let request = story[0].request.clone().unwrap();
    assert!(
        story
            .iter()
            .all(|event| event.request.as_deref() == Some(&request))
    );
    assert!(story.is_sorted_by_key(|event| event.at_microseconds));
    let told: Vec<String> = story
        .iter()
        .map(|event| format!("{} {}", event.component, event.message))
        .collect();
    let id = &instances[0];
    let expected = [
        "loadbalancing received".to_owned(),
        "auth the signature is right".to_owned(),
        "store written".to_owned(),
        "loadbalancing published".to_owned(),
        "loadbalancing done".to_owned(),
        format!("servo starting to check {id}"),
        "servo in force".to_owned(),
        format!("health Reported {id} InService"),
        "loadbalancing the state of an instance changed".to_owned(),
    ];
    for step in &expected {
        assert!(told.contains(step), "{step} is not in {told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    let checked = story.iter().find_map(|event| event.fields.get("checked"));
    assert!(
        checked.unwrap().starts_with("HTTP:80/health answered 200"),
        "{checked:?}"
    );

    // The same, for a person, by the beginning of the id; by load balancer and by instance.
    let text = cloud.ok("eulb", ["trace", &request[..8]]);
    assert!(text.starts_with(&format!("request {request}, ")), "{text}");
    for option in ["--lb=web", &format!("--instance={id}")] {
        let text = cloud.ok("eulb", ["trace", option]);
        assert!(text.contains(&format!("Reported {id} InService")), "{text}");
    }
}

#[test]
fn a_later_verdict_is_told_as_the_doing_of_checks_and_of_no_request() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(1);
    cloud.ok("eulb", ["instance", "fail", &instances[0]]);
    cloud.await_state("web", &instances, "OutOfService");
    let told = cloud.ok("eulb", ["trace", "--instance", &instances[0]]);
    let mut verdicts = told
        .lines()
        .filter(|line| line.contains(" health "))
        .map(|line| (line.contains("request="), line.contains("(its checks led")));
    assert_eq!(verdicts.next(), Some((true, false)), "{told}");
    assert_eq!(verdicts.next(), Some((false, true)), "{told}");
    assert_eq!(verdicts.next(), None, "{told}");
}

#[test]
fn the_story_of_a_new_load_balancer_has_its_servo_and_its_address() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.settle();
    let began = Instant::now();
    loop {
        let events = story(&cloud, &["--lb", "web"]).events;
        let dns = events.iter().find(|event| event.component == "dns");
        if let Some(dns) = dns {
            let created = story(&cloud, &["last"]).events;
            let listening = created.iter().find(|event| event.message == "listening");
            assert_eq!(listening.unwrap().component, "servo");
            assert_eq!(dns.request, created[0].request);
            return;
        }
        assert!(began.elapsed() < crate::cloud::PATIENCE, "{events:#?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_refusal_is_a_story_too_and_explains_what_never_came_to_be() {
    let cloud = Cloud::start();
    let refused = cloud.eulb("eulb-create-lb", ["-z", "NOWHERE", "-l", HTTP_80, "web"]);
    assert_eq!(refused.status, 1);
    let last = story(&cloud, &["last"]).events;
    let end = last.last().unwrap();
    assert_eq!(end.message, "failed to handle new loadbalancer event");
    let (found, text) = signatures(&cloud, "--lb", "web");
    assert_eq!(found, ["refused-request"], "{text}");
    assert!(text.contains(end.request.as_deref().unwrap()), "{text}");
}

#[test]
fn a_story_survives_a_crash() {
    let cloud = Cloud::with(&[]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let request = story(&cloud, &["last"]).events[0].request.clone().unwrap();
    let cloud = cloud.killed_and_restarted();
    let told = cloud.ok("eulb", ["trace", &request]);
    assert!(told.contains("action=CreateLoadBalancer"), "{told}");
}

#[test]
fn nothing_to_tell_is_said_in_one_line() {
    let cloud = Cloud::start();
    #[rustfmt::skip]
    let cases: [(&[&str], i32, &str); 9] = [
        (&["trace", "last"], 1, "eulb trace: error: nothing has been changed yet\n"),
        (&["trace", "0000"], 1, "eulb trace: error: nothing is remembered of '0000'\n"),
        (&["explain", "--lb", "web"], 1, "eulb explain: error: there is no load balancer 'web'\n"),
        (&["explain", "--instance", "i-1"], 1, "eulb explain: error: there is no instance 'i-1'\n"),
        (&["admin", "log-level", "servo=loud"], 1, "eulb admin: error: 'loud' is not a level: error, warn, info, debug, trace or off\n"),
        (&["explain", "web"], 1, "eulb explain: error: there is no load balancer 'web'\n"),
        (&["explain", "i-1DF9440E"], 1, "eulb explain: error: there is no instance 'i-1DF9440E'\n"),
        (&["explain", "--account", "tenant", "i-1DF9440E"], 2, "eulb explain: error: --account is for load balancers\n"),
        (&["explain"], 2, "eulb explain: error: the following arguments are required: one of ELB INSTANCE --lb --instance\n"),
    ];
    for (arguments, status, line) in cases {
        let Run {
            stderr,
            status: ended,
            ..
        } = cloud.eulb("eulb", arguments);
        assert_eq!(ended, status, "{arguments:?}: {stderr}");
        assert!(stderr.ends_with(line), "{arguments:?}: {stderr}");
        assert!(status == 2 || stderr == line, "{arguments:?}: {stderr}");
    }
}

#[test]
fn every_signature_is_found_where_it_is_provoked() {
    let cloud = Cloud::start();
    // A load balancer with nothing behind it.
    cloud.create_web();
    cloud.settle();
    let (found, text) = signatures(&cloud, "--lb", "web");
    assert_eq!(found, ["no-instance-in-service"], "{text}");
    assert!(text.contains("no instance is registered"), "{text}");

    // An instance that fails its checks.
    let instances = cloud.run_instances(2, "PARTI00");
    cloud.ok("eulb", ["instance", "fail", &instances[0]]);
    cloud.register("web", &instances);
    let text = await_signature(&cloud, "--lb", "web", "failed-health-checks");
    assert!(text.contains("HTTP:80/health answered 500"), "{text}");
    assert!(text.contains("2 for OutOfService"), "{text}");
    cloud.await_state("web", &instances[1..], "InService");
    let (found, text) = signatures(&cloud, "--lb", "web");
    assert_eq!(found, ["failed-health-checks"], "{text}");

    // One that was stopped.
    cloud.ok("eulb", ["instance", "stop", &instances[1]]);
    let text = await_signature(&cloud, "--instance", &instances[1], "instance-stopped");
    let mend = format!("eulb instance start {}", instances[1]);
    assert!(text.contains(&mend), "{text}");

    // A zone that is disabled, while its addresses may be remembered for a day.
    cloud.ok("eulb-enable-zones-for-lb", ["-z", "PARTI01", "web"]);
    cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI00", "web"]);
    let text = await_signature(&cloud, "--lb", "web", "zone-disabled");
    assert!(
        text.contains("eulb-enable-zones-for-lb -z PARTI00 web"),
        "{text}"
    );
    assert!(text.contains("stale-addresses"), "{text}");
    cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI01", "web"]);
    await_signature(&cloud, "--lb", "web", "name-does-not-resolve");

    // No listener; the health check that came with the first one goes on.
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "bare"]);
    cloud.check_quickly("bare", "HTTP:80/health");
    cloud.ok("eulb-delete-lb-listeners", ["-l", "80", "bare"]);
    let bare = cloud.run_instances(1, "PARTI00");
    cloud.register("bare", &bare);
    cloud.await_state("bare", &bare, "InService");
    let (found, text) = signatures(&cloud, "--lb", "bare");
    assert_eq!(found, ["no-listener"], "{text}");
}

#[test]
fn a_service_without_an_image_is_not_ready() {
    let cloud = Cloud::start();
    cloud.create_web();
    let emi = "loadbalancing.loadbalancer_emi";
    cloud.ok(
        "eulb",
        ["admin", "properties", "set", &format!("{emi}=NULL")],
    );
    let (found, text) = signatures(&cloud, "--lb", "web");
    assert!(found.contains(&"service-not-ready".to_owned()), "{text}");
    cloud.ok("eulb", ["admin", "properties", "reset", emi]);
}

#[test]
fn a_registration_that_takes_long_says_how_far_it_is() {
    let cloud = Cloud::with(&["--ephemeral", "--time-scale=1"]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let instances = cloud.run_instances(1, "PARTI00");
    cloud.register("web", &instances);
    cloud.settle();
    // The default: a check every 30 s, and three must pass.
    let began = Instant::now();
    loop {
        let text = await_signature(
            &cloud,
            "--instance",
            &instances[0],
            "registration-in-progress",
        );
        if text.contains("1 of 3 checks in a row have passed, one every 30 s") {
            return;
        }
        assert!(began.elapsed() < crate::cloud::PATIENCE, "{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.settle();
    let mut taken = cloud.listener("web").address;
    taken.set_port(taken.port() + 1);
    let _squatter = TcpListener::bind(taken).unwrap();
    let second = "lb-port=81, protocol=HTTP, instance-port=80, instance-protocol=HTTP";
    cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);
    let text = await_signature(&cloud, "--lb", "web", "connection-refused");
    assert!(
        text.contains(&format!("connections to {taken} are refused")),
        "{text}"
    );
}

#[test]
fn levels_change_while_the_cloud_runs_and_json_lines_are_json() {
    let cloud = Cloud::with(&["--log-format=json", "--log-level=warn,servo=info"]);
    let levels =
        |arguments: &[&str]| cloud.ok("eulb", ["admin", "log-level"].iter().chain(arguments));
    assert_eq!(levels(&[]), "warn,servo=info\n");
    cloud.create_web();
    assert_eq!(
        levels(&["store=debug", "servo=off"]),
        "warn,servo=off,store=debug\n"
    );
    cloud.ok("eulb-delete-lb", ["web"]);
    cloud.settle();
    let log = std::fs::read_to_string(cloud.data_directory().join("eulb.log")).unwrap();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let said = |component: &str, message: &str| {
        let is = |line: &&serde_json::Value| {
            line["component"] == component && line["message"] == message
        };
        lines.iter().filter(is).count()
    };
    assert_eq!(said("loadbalancing", "done"), 0);
    assert_eq!(said("servo", "listening"), 1);
    // The servo no longer speaks when the load balancer goes, and the store now does.
    assert_eq!(said("servo", "retired"), 0);
    assert!(said("store", "written") >= 1, "{log}");
}

#[test]
fn a_level_that_makes_no_sense_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let start = |option: &str, variable: &str| {
        let mut command = crate::cloud::shell(folder.path(), "eulb");
        command
            .args(["local", "start", "--ephemeral", option])
            .env("EULB_LOG", variable);
        run(&mut command)
    };
    let refused = start("--log-level=motor=debug", "");
    assert_eq!(refused.status, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("'motor' is not a component"),
        "{}",
        refused.stderr
    );
    let refused = start("--threads=1", "loud");
    assert_eq!(refused.status, 1);
    assert!(
        refused
            .stderr
            .contains("cannot understand EULB_LOG: 'loud' is not a level"),
        "{}",
        refused.stderr
    );
}

#[test]
fn secrets_are_in_no_file_that_tells_a_story() {
    let cloud = Cloud::with(&["--log-level=trace"]);
    cloud.web_with(1);
    let secrets = [
        crate::cloud::Account::Tenant,
        crate::cloud::Account::Administrator,
    ]
    .map(|account| cloud.environment(account).secret_key.clone());
    for name in ["eulb.log", "eulb.journal"] {
        let text = std::fs::read_to_string(cloud.data_directory().join(name)).unwrap();
        assert!(text.len() > 1000, "{name}");
        assert!(
            secrets.iter().all(|secret| !text.contains(secret.as_str())),
            "{name}"
        );
    }
}
