//! `--cli-input-json` and `--generate-cli-skeleton`.

use crate::service::{Answer, Service};
use crate::tool::{Desk, Run};
use eulb::cli::commands::COMMANDS;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Runs a command at the release `aws` with a file `input.json` beside it.
fn run(json: &str, line: &[&str]) -> (Run, Option<BTreeMap<String, String>>) {
    let service = Service::start(vec![Answer::ok("<R/>")]);
    let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", "aws");
    desk.write("input.json", json);
    let run = desk.run(line[0], &line[1..]);
    let sent = service.received().pop().map(|request| {
        let mut parameters = request.parameters();
        parameters.remove("Action");
        parameters.remove("Version");
        parameters.into_iter().collect()
    });
    (run, sent)
}

#[track_caller]
fn sends(json: &str, line: &[&str], expected: &[(&str, &str)]) {
    let (run, sent) = run(json, line);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{line:?}");
    let expected = expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    assert_eq!(sent, Some(expected.collect()), "{line:?}");
}

const CREATE: &str = r#"{
    "LoadBalancerName": "web",
    "Listeners": [{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}],
    "AvailabilityZones": ["one", "two"],
    "Scheme": null
}"#;

#[test]
fn a_file_says_what_the_command_line_does_not() {
    let listener = [
        ("Listeners.member.1.InstancePort", "8080"),
        ("Listeners.member.1.LoadBalancerPort", "80"),
        ("Listeners.member.1.Protocol", "HTTP"),
    ];
    let zones = [
        ("AvailabilityZones.member.1", "one"),
        ("AvailabilityZones.member.2", "two"),
    ];
    let file = ["eulb-create-lb", "--cli-input-json", "input.json"];
    let name = [("LoadBalancerName", "web")];
    sends(CREATE, &file, &[&zones[..], &listener, &name].concat());

    // A name and an option take the place of what the file has there, as a whole.
    let line = [&file[..], &["-z", "three", "mail"]].concat();
    let zone = [("AvailabilityZones.member.1", "three")];
    let name = [("LoadBalancerName", "mail")];
    sends(CREATE, &line, &[&zone[..], &listener, &name].concat());

    // Who gives subnets does not mean the zones of the file.
    let line = [&file[..], &["-s", "subnet-1"]].concat();
    let name = [("LoadBalancerName", "web")];
    let subnet = [("Subnets.member.1", "subnet-1")];
    sends(CREATE, &line, &[&listener[..], &name, &subnet].concat());

    let check = r#"{"HealthCheck": {"HealthyThreshold": 2, "UnhealthyThreshold": 3, "Interval": 30, "Timeout": 5, "Target": "TCP:80"}}"#;
    let line = "eulb-configure-healthcheck --cli-input-j=input.json --interval 7 web";
    let line: Vec<&str> = line.split(' ').collect();
    sends(
        check,
        &line,
        &[
            ("HealthCheck.HealthyThreshold", "2"),
            ("HealthCheck.Interval", "7"),
            ("HealthCheck.Target", "TCP:80"),
            ("HealthCheck.Timeout", "5"),
            ("HealthCheck.UnhealthyThreshold", "3"),
            ("LoadBalancerName", "web"),
        ],
    );

    let attributes = r#"{"LoadBalancerName": "web", "LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": true}, "AdditionalAttributes": [{"Key": "k", "Value": "v"}]}}"#;
    let line = "eulb-modify-lb-attributes --cli-input-json input.json";
    let line: Vec<&str> = line.split(' ').collect();
    let of_file = [
        (
            "LoadBalancerAttributes.AdditionalAttributes.member.1.Key",
            "k",
        ),
        (
            "LoadBalancerAttributes.AdditionalAttributes.member.1.Value",
            "v",
        ),
        (
            "LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled",
            "true",
        ),
        ("LoadBalancerName", "web"),
    ];
    sends(attributes, &line, &of_file);
    let line = [&line[..], &["mail", "ConnectionSettings.IdleTimeout=9"]].concat();
    let given = [
        ("LoadBalancerAttributes.ConnectionSettings.IdleTimeout", "9"),
        ("LoadBalancerName", "mail"),
    ];
    sends(attributes, &line, &given);

    // An empty list of policies clears them.
    let policies = r#"{"LoadBalancerName": "web", "LoadBalancerPort": 80, "PolicyNames": []}"#;
    let line = "eulb-set-lb-policies-of-listener --cli-input-json input.json";
    let line: Vec<&str> = line.split(' ').collect();
    let cleared = [
        ("LoadBalancerName", "web"),
        ("LoadBalancerPort", "80"),
        ("PolicyNames", ""),
    ];
    sends(policies, &line, &cleared);
}

#[test]
fn a_file_that_is_no_such_request_is_told_and_nothing_is_sent() {
    let create: &[&str] = &["eulb-create-lb", "--cli-input-json", "input.json"];
    #[rustfmt::skip]
    let cases: [(&str, &[&str], i32, &str); 7] = [
        ("{", create, 2, "eulb-create-lb: error: argument --cli-input-json: input.json: EOF while parsing an object at line 1 column 1\n"),
        (r#"{"Zones": ["a"]}"#, create, 2, "input.json: Zones: there is no such name here (choose from LoadBalancerName, "),
        (r#"{"Listeners": [{"LoadBalancerPort": "80"}]}"#, create, 2, "input.json: Listeners[0].LoadBalancerPort: a whole number is expected, not \"80\"\n"),
        // What neither has is asked for as ever.
        (r#"{"AvailabilityZones": ["a"], "LoadBalancerName": "x"}"#, create, 2, "the following arguments are required: -l/--listener\n"),
        ("", &["eulb-create-lb", "--cli-input-json", "none.json"], 1, "eulb-create-lb: error: No such file or directory: none.json\n"),
        ("", &["eulb-create-lb", "--cli-input-json", "."], 1, "eulb-create-lb: error: cannot read .: Is a directory"),
        (CREATE, &["eulb-create-lb", "--cli-input-json", "input.json", "--generate-cli-skeleton"], 2, "not allowed with argument"),
    ];
    for (json, line, status, message) in cases {
        let (run, sent) = run(json, line);
        assert_eq!((run.status, sent), (Some(status), None), "{run:?}");
        assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
    }
}

#[test]
fn what_the_release_lacks_is_declined_in_a_file_too() {
    let secure = CREATE.replace("\"HTTP\"", "\"https\"");
    let subnets = CREATE.replace("AvailabilityZones", "Subnets");
    for (json, mark) in [
        (secure.as_str(), "NA, no SSL support in 3.3.0"),
        (&subnets, "NA, VPC only"),
    ] {
        let (run, sent) = run(
            json,
            &[
                "eulb-create-lb",
                "--release=3.3.0",
                "--cli-input-json=input.json",
            ],
        );
        assert_eq!((run.status, sent), (Some(69), None), "{run:?}");
        assert!(run.stderr.contains(mark), "{}", run.stderr);
    }
}

#[test]
fn skeletons_of_all_commands_are_read_again() {
    let desk = Desk::calling("http://127.0.0.1:1/").with("EULB_RELEASE", "aws");
    for row in COMMANDS {
        let skeleton = desk.run(row.name, &["--generate-cli-skeleton"]);
        assert_eq!(
            (skeleton.status, skeleton.stderr.as_str()),
            (Some(0), ""),
            "{}",
            row.name
        );
        let value: Value = serde_json::from_str(&skeleton.stdout).unwrap();
        assert!(value.is_object(), "{}", row.name);
        let line = ["--cli-input-json", "-", "--dry-run"];
        let read = desk.run_with_input(row.name, &line, &skeleton.stdout);
        assert_eq!(
            (read.status, read.stderr.as_str()),
            (Some(0), ""),
            "{}",
            row.name
        );
        let action = format!("\nAction={}\n", row.action);
        assert!(read.stdout.contains(&action), "{}", read.stdout);
    }
}

/// What the command line says goes into the skeleton, and from there into the same request.
#[test]
fn a_skeleton_that_is_fed_back_makes_the_same_request() {
    #[rustfmt::skip]
    let lines: [&[&str]; 28] = [
        &["eulb-apply-security-groups-to-lb", "-g", "sg-1,sg-2", "web"],
        &["eulb-attach-lb-to-subnets", "-s", "a,b", "web"],
        &["eulb-configure-healthcheck", "--healthy-threshold=2", "--interval=9", "-t", "http:80/x", "--timeout=3", "--unhealthy-threshold=4", "web"],
        &["eulb-create-app-cookie-stickiness-policy", "-c", "C", "-p", "p", "web"],
        &["eulb-create-lb", "-z", "a,b", "-l", "lb-port=80,protocol=http,instance-port=8080", "-l", "lb-port=443,protocol=https,instance-port=80,instance-protocol=http,cert-id=arn", "-t", "k=v", "-t", "e", "-g", "sg", "-i", "internal", "web"],
        &["eulb-create-lb-cookie-stickiness-policy", "-e", "60", "-p", "p", "web"],
        &["eulb-create-lb-listeners", "-l", "lb-port=25,protocol=tcp,instance-port=2525", "web"],
        &["eulb-create-lb-policy", "-n", "p", "-t", "T", "-A", "a=1,b=2", "web"],
        &["eulb-create-tags", "-t", "k=v", "web"],
        &["eulb-delete-lb", "web"],
        &["eulb-delete-lb-listeners", "-l", "80,443", "web"],
        &["eulb-delete-lb-policy", "-p", "p", "web"],
        &["eulb-delete-tags", "-t", "k", "web"],
        &["eulb-deregister-instances-from-lb", "--instances", "i-1,i-2", "web"],
        &["eulb-describe-instance-health", "--instances", "i-1", "web"],
        &["eulb-describe-lb-attributes", "web"],
        &["eulb-describe-lb-policies", "-p", "a,b", "web"],
        &["eulb-describe-lb-policy-types", "A", "B"],
        &["eulb-describe-lbs", "a", "b"],
        &["eulb-describe-tags", "a", "b"],
        &["eulb-detach-lb-from-subnets", "-s", "a", "web"],
        &["eulb-disable-zones-for-lb", "-z", "a", "web"],
        &["eulb-enable-zones-for-lb", "-z", "b\u{e4}h", "web"],
        &["eulb-modify-lb-attributes", "web", "ConnectionSettings.IdleTimeout=9", "CrossZoneLoadBalancing.Enabled=true"],
        &["eulb-register-instances-with-lb", "--instances", "i-1", "web"],
        &["eulb-set-lb-listener-ssl-cert", "-l", "443", "-c", "arn", "web"],
        &["eulb-set-lb-policies-for-backend-server", "-i", "80", "-p", "a,b", "web"],
        &["eulb-set-lb-policies-of-listener", "-l", "80", "-p", "a", "web"],
    ];
    let names: BTreeSet<&str> = lines.iter().map(|line| line[0]).collect();
    assert_eq!(names, COMMANDS.iter().map(|row| row.name).collect());
    for line in lines {
        let desk = Desk::calling("http://127.0.0.1:1/").with("EULB_RELEASE", "aws");
        let parameters = |run: &Run| {
            assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{line:?}");
            let (_, parameters) = run.stdout.split_once("\n\n").unwrap();
            let parameters: BTreeSet<String> = parameters.lines().map(str::to_owned).collect();
            parameters
        };
        let dry = [&["--dry-run"], &line[1..]].concat();
        let plain = parameters(&desk.run(line[0], &dry));
        let skeleton = [&["--generate-cli-skeleton"], &line[1..]].concat();
        let skeleton = desk.run(line[0], &skeleton).stdout;
        let back = ["--dry-run", "--cli-input-json", "-"];
        let back = parameters(&desk.run_with_input(line[0], &back, &skeleton));
        assert!(plain.len() > 2, "{line:?}");
        // What the command line does not say stays a sample; texts and lists of them send nothing.
        assert!(plain.is_subset(&back), "{line:?}: {plain:?} {back:?}");
        for more in back.difference(&plain) {
            let is_sample = more.ends_with("=0") || more.ends_with("=true");
            assert!(is_sample, "{line:?}: {more}");
        }
    }
}

#[test]
fn a_skeleton_has_what_the_command_line_says() {
    // No endpoint, no keys, and a release that lacks the command: nothing is sent.
    let desk = Desk::new();
    let line = ["--generate-cli-skeleton", "web", "AccessLog.Enabled=false"];
    let run = desk.run("eulb-modify-lb-attributes", &line);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["LoadBalancerName"], "web");
    assert_eq!(
        value["LoadBalancerAttributes"]["AccessLog"]["Enabled"],
        false
    );
    let line = "--generate-cli-sk -z a,b -l lb-port=80,protocol=tcp,instance-port=1 web";
    let line: Vec<&str> = line.split(' ').collect();
    let run = desk.run("eulb-create-lb", &line);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["AvailabilityZones"], serde_json::json!(["a", "b"]));
    assert_eq!(value["Listeners"][0]["Protocol"], "TCP");
    assert_eq!(value["Scheme"], "");
}
