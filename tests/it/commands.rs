//! The commands at their edges: marks and refusals, odd command lines, services that misbehave.

use crate::service::{Answer, Refusing, Service};
use crate::tool::{Desk, Run, interrupt};
use eulb::cli::commands::COMMANDS;
use eulb::wire::release::Release;
use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;

/// The marks, to the letter.
const MARKS: [(&str, &str); 11] = [
    ("eulb-attach-lb-to-subnets", "NA, VPC only"),
    (
        "eulb-create-app-cookie-stickiness-policy",
        "NA, not supported in 3.3.0",
    ),
    (
        "eulb-create-lb-cookie-stickiness-policy",
        "NA, not supported in 3.3.0",
    ),
    ("eulb-create-lb-policy", "NA, not supported in 3.3.0"),
    ("eulb-delete-lb-policy", "NA, not supported in 3.3.0"),
    ("eulb-describe-lb-policies", "NA, not supported in 3.3.0"),
    (
        "eulb-describe-lb-policy-types",
        "NA, not supported in 3.3.0",
    ),
    (
        "eulb-detach-lb-from-subnets",
        "NA, VPC only, not supported in 3.3.0",
    ),
    (
        "eulb-set-lb-listener-ssl-cert",
        "NA, no SSL support in 3.3.0",
    ),
    (
        "eulb-set-lb-policies-for-backend-server",
        "NA, not supported in 3.3.0",
    ),
    (
        "eulb-set-lb-policies-of-listener",
        "NA, not supported in 3.3.0",
    ),
];

/// A correct command line for each of the seventeen commands that 3.3.0 lacks.
const LACKED: [&[&str]; 17] = [
    &["eulb-attach-lb-to-subnets", "-s", "subnet-1", "web"],
    &[
        "eulb-create-app-cookie-stickiness-policy",
        "-c",
        "C",
        "-p",
        "p",
        "web",
    ],
    &[
        "eulb-create-lb-cookie-stickiness-policy",
        "-e",
        "60",
        "-p",
        "p",
        "web",
    ],
    &["eulb-create-lb-policy", "-n", "p", "-t", "T", "web"],
    &["eulb-delete-lb-policy", "-p", "p", "web"],
    &["eulb-describe-lb-policies", "web"],
    &["eulb-describe-lb-policy-types"],
    &["eulb-detach-lb-from-subnets", "-s", "subnet-1", "web"],
    &[
        "eulb-set-lb-listener-ssl-cert",
        "-l",
        "443",
        "-c",
        "arn",
        "web",
    ],
    &[
        "eulb-set-lb-policies-for-backend-server",
        "-i",
        "80",
        "-p",
        "p",
        "web",
    ],
    &[
        "eulb-set-lb-policies-of-listener",
        "-l",
        "80",
        "-p",
        "p",
        "web",
    ],
    &["eulb-apply-security-groups-to-lb", "-g", "sg-1", "web"],
    &["eulb-create-tags", "-t", "a=b", "web"],
    &["eulb-delete-tags", "-t", "a", "web"],
    &["eulb-describe-tags", "web"],
    &["eulb-describe-lb-attributes", "web"],
    &[
        "eulb-modify-lb-attributes",
        "web",
        "ConnectionSettings.IdleTimeout=9",
    ],
];

const HTTP_80: &str = "lb-port=80,protocol=http,instance-port=80";

/// Runs a command line against a service that would say yes to anything.
fn declined(line: &[&str]) -> Run {
    let service = Service::start(vec![Answer::ok("<R/>")]);
    let run = Desk::calling(&service.endpoint()).run(line[0], &line[1..]);
    assert_eq!(service.received().len(), 0, "{line:?} must send nothing");
    run
}

#[test]
fn what_3_3_0_lacks_is_declined_before_anything_is_sent() {
    for line in LACKED {
        let run = declined(line);
        let (name, row) = (
            line[0],
            COMMANDS.iter().find(|row| row.name == line[0]).unwrap(),
        );
        let first = eulb::wire::release::first(row.operation());
        let mark = row.mark(Release::default()).unwrap();
        assert_eq!((run.status, run.stdout.as_str()), (Some(69), ""), "{name}");
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(
            run.stderr.starts_with(&format!("{name}: {mark}: ")),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains(&format!("--release {first}")),
            "{}",
            run.stderr
        );
    }
    let with_options: [(&[&str], &str); 8] = [
        (&["-s", "subnet-1", "-l", HTTP_80], "NA, VPC only"),
        (
            &["-z", "a", "-i", "internal", "-l", HTTP_80],
            "NA, VPC only",
        ),
        (&["-z", "a", "-g", "sg-1", "-l", HTTP_80], "NA, VPC only"),
        (
            &["-z", "a", "-t", "a=b", "-l", HTTP_80],
            "NA, not supported in 3.3.0",
        ),
        (
            &["-z", "a", "-l", "lb-port=1,protocol=https,instance-port=1"],
            "NA, no SSL support in 3.3.0",
        ),
        (
            &["-z", "a", "-l", "lb-port=1,protocol=SSL,instance-port=1"],
            "NA, no SSL support in 3.3.0",
        ),
        (
            &[
                "-z",
                "a",
                "-l",
                "lb-port=1,protocol=http,instance-port=1,instance-protocol=https",
            ],
            "NA, no SSL support in 3.3.0",
        ),
        (
            &[
                "-z",
                "a",
                "-l",
                "lb-port=1,protocol=http,instance-port=1,cert-id=arn",
            ],
            "NA, no SSL support in 3.3.0",
        ),
    ];
    for (options, mark) in with_options {
        let line: Vec<&str> = ["eulb-create-lb"]
            .iter()
            .chain(options)
            .chain(&["web"])
            .copied()
            .collect();
        let run = declined(&line);
        assert_eq!(run.status, Some(69), "{options:?}");
        assert!(
            run.stderr.starts_with(&format!("eulb-create-lb: {mark}: ")),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn the_eleven_marks_are_shown_to_the_letter() {
    let desk = Desk::new();
    let listed = desk.run("eulb", &["--list"]).stdout;
    for (name, mark) in MARKS {
        let shown = format!("({mark})");
        let line = listed
            .lines()
            .find(|line| line.split(' ').next() == Some(name))
            .unwrap();
        assert!(line.ends_with(&shown), "{line}");
        let help = desk.run(name, &["--help"]);
        assert_eq!((help.status, help.stderr.as_str()), (Some(0), ""));
        assert_eq!(help.stdout.lines().next(), Some(mark), "{name}");
    }
    assert_eq!(listed.lines().count(), 28);
    assert_eq!(listed.matches("(NA, ").count(), 17);
    let later = Desk::new()
        .with("EULB_RELEASE", "aws")
        .run("eulb", &["--list"]);
    assert!(!later.stdout.contains("NA"), "{}", later.stdout);
}

#[test]
fn a_later_target_sends_what_3_3_0_lacks() {
    for line in LACKED {
        let service = Service::start(vec![Answer::ok("<R><X/></R>")]);
        let desk = Desk::calling(&service.endpoint());
        let mut arguments = vec!["--release", "4.4"];
        arguments.extend(&line[1..]);
        let run = desk.run(line[0], &arguments);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{line:?}");
        let row = COMMANDS.iter().find(|row| row.name == line[0]).unwrap();
        let sent = service.received()[0].parameters();
        assert_eq!(sent["Action"], row.action);
    }
    // A region of the configuration may say it, too.
    let service = Service::start(vec![Answer::ok("<R/>")]);
    let desk = Desk::new();
    let url = service.endpoint();
    desk.write("home/.euca/a.ini", &format!("[user u]\nkey-id = A\nsecret-key = B\n[region r]\nelasticloadbalancing-url = {url}\neulb-release = 4.1.0\n"));
    let run = desk.run("eulb-describe-tags", &["--region", "u@r", "web"]);
    assert_eq!(
        (run.status, service.received().len()),
        (Some(0), 1),
        "{}",
        run.stderr
    );
    let run = desk.run(
        "eulb-describe-tags",
        &["--region", "u@r", "--release=3.3.0", "web"],
    );
    assert_eq!((run.status, service.received().len()), (Some(69), 1));
}

#[test]
fn attributes_and_policy_types_that_came_later_are_declined_at_earlier_targets() {
    let cases: [(&str, &str, i32); 6] = [
        ("4.1.0", "ConnectionSettings.IdleTimeout=9", 0),
        ("4.1.0", "CrossZoneLoadBalancing.Enabled=true", 69),
        ("4.2.0", "CrossZoneLoadBalancing.Enabled=true", 0),
        ("4.2.0", "AccessLog.Enabled=true", 0),
        ("4.4.2", "ConnectionDraining.Enabled=true", 69),
        ("aws", "ConnectionDraining.Enabled=true", 0),
    ];
    for (release, attribute, status) in cases {
        let service = Service::start(vec![Answer::ok("<R/>")]);
        let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", release);
        let run = desk.run("eulb-modify-lb-attributes", &["web", attribute]);
        assert_eq!(
            run.status,
            Some(status),
            "{release} {attribute}: {}",
            run.stderr
        );
        assert_eq!(service.received().len(), usize::from(status == 0));
    }
    for (release, status) in [("4.0.0", 69), ("4.2.0", 0)] {
        let service = Service::start(vec![Answer::ok("<R/>")]);
        let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", release);
        let arguments = ["-n", "p", "-t", "SSLNegotiationPolicyType", "web"];
        assert_eq!(
            desk.run("eulb-create-lb-policy", &arguments).status,
            Some(status)
        );
    }
}

#[test]
fn usage_errors_name_what_is_wrong_and_send_nothing() {
    let cases: [(&[&str], &str); 24] = [
        (&["eulb-delete-lb"], "ELB"),
        (&["eulb-delete-lb", "a", "b"], "unrecognized arguments: b"),
        (
            &["eulb-delete-lb", "--show-empty-fields", "a"],
            "--show-empty-fields",
        ),
        (
            &["eulb-delete-lb", "--url"],
            "argument -U/--url: expected one argument",
        ),
        (
            &["eulb-delete-lb", "--release", "2.0", "a"],
            "'2.0' is not a release",
        ),
        (
            &["eulb-describe-lbs", "--show-"],
            "ambiguous option: --show- could match --show-empty-fields, --show-long",
        ),
        (&["eulb-describe-lbs", "--bogus"], "--bogus"),
        (&["eulb-describe-lbs", "-x"], "-x"),
        (&["eulb-create-lb", "-l", HTTP_80, "web"], "one of"),
        (
            &["eulb-create-lb", "-z", "a", "-s", "b", "-l", HTTP_80, "web"],
            "not allowed with argument -s/--subnets",
        ),
        (&["eulb-create-lb", "-z", "a", "web"], "-l/--listener"),
        (
            &[
                "eulb-create-lb",
                "-z",
                "a",
                "-l",
                "protocol=http,lb-port=80",
                "web",
            ],
            "argument -l/--listener: instance-port",
        ),
        (
            &[
                "eulb-create-lb",
                "-z",
                "a",
                "-l",
                "protocol=http,port=80",
                "web",
            ],
            "unknown key 'port'",
        ),
        (
            &[
                "eulb-create-lb",
                "-z",
                "a",
                "-l",
                HTTP_80,
                "-i",
                "open",
                "web",
            ],
            "'open'",
        ),
        (
            &[
                "eulb-create-lb",
                "-z",
                "a",
                "-l",
                HTTP_80,
                "-t",
                "=x",
                "web",
            ],
            "'=x'",
        ),
        (&["eulb-register-instances-with-lb", "web"], "--instances"),
        (
            &["eulb-configure-healthcheck", "-t", "TCP:1", "web"],
            "--healthy-threshold",
        ),
        (
            &["eulb-delete-lb-listeners", "-l", "80,x", "web"],
            "argument -l/--lb-ports: invalid int value: 'x'",
        ),
        (&["eulb-create-tags", "web"], "-t/--tag"),
        (&["eulb-describe-tags"], "ELB"),
        (&["eulb-modify-lb-attributes", "web"], "ATTR=VALUE"),
        (
            &["eulb-modify-lb-attributes", "web", "IdleTimeout"],
            "invalid ATTR=VALUE pair: IdleTimeout",
        ),
        (
            &[
                "eulb-create-lb-policy",
                "-n",
                "p",
                "-t",
                "T",
                "-a",
                "name=x",
                "web",
            ],
            "value is required in 'name=x'",
        ),
        (
            &["eulb-set-lb-policies-of-listener", "-l", "80", "web"],
            "-p/--policy-names",
        ),
    ];
    for (line, expected) in cases {
        let run = declined(line);
        assert_eq!((run.status, run.stdout.as_str()), (Some(2), ""), "{line:?}");
        assert!(
            run.stderr.starts_with(&format!("usage: {}", line[0])),
            "{}",
            run.stderr
        );
        let last = run.stderr.lines().last().unwrap();
        assert!(last.starts_with(&format!("{}: error: ", line[0])), "{last}");
        assert!(last.contains(expected), "{last} lacks {expected}");
    }
}

/// What a command line sends, besides action and version.
fn sent(line: &[&str]) -> BTreeMap<String, String> {
    let service = Service::start(vec![Answer::ok("<R/>")]);
    let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", "aws");
    let run = desk.run(line[0], &line[1..]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{line:?}");
    let mut parameters = service.received()[0].parameters();
    parameters.remove("Action");
    parameters.remove("Version");
    parameters
}

#[test]
fn command_lines_are_read_as_argparse_reads_them() {
    let name = ("LoadBalancerName", "web");
    let first = ("LoadBalancerNames.member.1", "a");
    let zone = ("AvailabilityZones.member.1", "one");
    let cases: [(&[&str], &[(&str, &str)]); 22] = [
        // Abbreviations, `=`, attached values, `--`, options after names.
        (
            &["eulb-enable-zones-for-lb", "--avail", "one", "web"],
            &[name, zone],
        ),
        (
            &["eulb-enable-zones-for-lb", "--avail=one", "web"],
            &[name, zone],
        ),
        (
            &["eulb-enable-zones-for-lb", "web", "-zone"],
            &[name, ("AvailabilityZones.member.1", "one")],
        ),
        (
            &["eulb-enable-zones-for-lb", "-z=one", "--", "web"],
            &[name, zone],
        ),
        (
            &["eulb-delete-lb", "--", "--url"],
            &[("LoadBalancerName", "--url")],
        ),
        (
            &["eulb-describe-lbs", "a", "--show-long", "b"],
            &[first, ("LoadBalancerNames.member.2", "b")],
        ),
        (
            &["eulb-describe-lbs", "--show-l", "--re", "x", "a"],
            &[first],
        ),
        (
            &["eulb-describe-lbs", "--show-long", "--show-long", "a"],
            &[first],
        ),
        (&["eulb-delete-lb", "--force", "web"], &[name]),
        // The last one wins, or all count.
        (
            &["eulb-enable-zones-for-lb", "-z", "two", "-z", "one", "web"],
            &[name, zone],
        ),
        (
            &["eulb-delete-tags", "-t", "a", "-t", "b=c", "web"],
            &[
                ("LoadBalancerNames.member.1", "web"),
                ("Tags.member.1.Key", "a"),
                ("Tags.member.2.Key", "b=c"),
            ],
        ),
        // Lists, and lists of nothing.
        (
            &["eulb-enable-zones-for-lb", "-z", " one ,, ", "web"],
            &[name, zone],
        ),
        (&["eulb-enable-zones-for-lb", "-z", "", "web"], &[name]),
        (
            &["eulb-register-instances-with-lb", "--instances=", "web"],
            &[name],
        ),
        (
            &[
                "eulb-set-lb-policies-of-listener",
                "-l",
                "80",
                "-p",
                ",",
                "web",
            ],
            &[name, ("LoadBalancerPort", "80"), ("PolicyNames", "")],
        ),
        (&["eulb-describe-lb-policies", "-p", "", ""], &[]),
        // Integers, and negative ones.
        (
            &["eulb-delete-lb-listeners", "-l", " 0080,+1,1_000", "web"],
            &[
                name,
                ("LoadBalancerPorts.member.1", "80"),
                ("LoadBalancerPorts.member.2", "1"),
                ("LoadBalancerPorts.member.3", "1000"),
            ],
        ),
        (
            &[
                "eulb-create-lb-cookie-stickiness-policy",
                "-e",
                "-5",
                "-p",
                "p",
                "web",
            ],
            &[name, ("CookieExpirationPeriod", "-5"), ("PolicyName", "p")],
        ),
        // Empty texts are not sent, but the value of a tag and of an attribute is.
        (&["eulb-delete-lb", ""], &[]),
        (
            &["eulb-create-tags", "-t", "k=", ""],
            &[("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "")],
        ),
        (
            &[
                "eulb-modify-lb-attributes",
                "web",
                "AccessLog.S3BucketPrefix=",
                "X.Y=a=b",
            ],
            &[
                name,
                ("LoadBalancerAttributes.AccessLog.S3BucketPrefix", ""),
                ("LoadBalancerAttributes.X.Y", "a=b"),
            ],
        ),
        // Names are not ours to judge.
        (
            &["eulb-delete-lb", "bäh & <b>=%+\u{1F4A9}"],
            &[("LoadBalancerName", "bäh & <b>=%+\u{1F4A9}")],
        ),
    ];
    for (line, expected) in cases {
        let expected: BTreeMap<String, String> = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(sent(line), expected, "{line:?}");
    }
}

#[test]
fn policy_attributes_come_from_options_file_and_standard_input_in_order() {
    let service = Service::start(vec![Answer::ok("<R/>")]);
    let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", "aws");
    let arguments = |file: &'static str| {
        [
            "-n",
            "p",
            "-t",
            "T",
            "--attributes-from-file",
            file,
            "-A",
            "b=2,c=",
            "-a",
            "name=a, value=1",
            "web",
        ]
    };
    let run = desk.run_with_input(
        "eulb-create-lb-policy",
        &arguments("-"),
        "# no\n\n d = 4=5 \n",
    );
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let sent = service.received()[0].parameters();
    let attributes: Vec<(&str, &str)> = sent
        .iter()
        .filter_map(|(name, value)| {
            Some((
                name.strip_prefix("PolicyAttributes.member.")?,
                value.as_str(),
            ))
        })
        .collect();
    assert_eq!(
        attributes,
        [
            ("1.AttributeName", "a"),
            ("1.AttributeValue", "1"),
            ("2.AttributeName", "b"),
            ("2.AttributeValue", "2"),
            // An empty value is dropped while its name keeps its number.
            ("3.AttributeName", "c"),
            ("4.AttributeName", "d"),
            ("4.AttributeValue", "4=5"),
        ]
    );
    desk.write("bad.txt", "ok=1\nnonsense\n");
    for (file, message) in [
        (
            "bad.txt",
            "error on bad.txt line 2: 'nonsense' must have form NAME=VALUE",
        ),
        ("absent.txt", "No such file or directory: absent.txt"),
    ] {
        let run = desk.run("eulb-create-lb-policy", &arguments(file));
        let expected = format!("eulb-create-lb-policy: error: {message}\n");
        assert_eq!((run.status, run.stderr), (Some(1), expected));
    }
    assert_eq!(service.received().len(), 1);
}

#[test]
fn a_misbehaving_service_is_told_in_one_line() {
    let error = |code: &str, message: &str| {
        format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )
    };
    let unclosed = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult>";
    let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><R>&a;</R>";
    let cases = [
        (Answer::ok("It works!"), "error: XML parse error"),
        (Answer::ok(unclosed), "error: XML parse error"),
        (Answer::ok(entity), "error: XML parse error"),
        (Answer::ok(""), "error: XML parse error"),
        (
            Answer::ok(error("Odd", "with status 200")),
            "error (Odd): with status 200",
        ),
        (Answer::status(400, error("400", "Bäh")), "error (400): Bäh"),
        (
            Answer::status(
                403,
                "<Response><Errors><Error><Code>C</Code><Message>M</Message></Error></Errors></Response>",
            ),
            "error (C): M",
        ),
        (
            Answer::status(404, "nothing here"),
            "error (404): nothing here",
        ),
        (
            Answer {
                reason: "Gone Away".to_owned(),
                ..Answer::status(410, "")
            },
            "error (410): Gone Away",
        ),
        (
            Answer {
                dropped: true,
                ..Answer::default()
            },
            "error: connection error (",
        ),
    ];
    for (answer, expected) in cases {
        let shown = format!("{answer:?}");
        let service = Service::start(vec![answer]);
        let run = Desk::calling(&service.endpoint()).run::<&str>("eulb-describe-lbs", &[]);
        assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""), "{shown}");
        let line = run.stderr.strip_prefix("eulb-describe-lbs: ").unwrap();
        assert!(line.starts_with(expected), "{shown}: {line}");
        assert_eq!(line.lines().count(), 1, "{shown}: {line}");
    }
}

#[test]
fn settings_that_are_missing_or_wrong_are_told_in_one_line() {
    let refusing = Refusing::new();
    let closed = format!("http://{}", refusing.address);
    let keys = |desk: Desk| desk.with("AWS_ACCESS_KEY", "A").with("AWS_SECRET_KEY", "B");
    let cases = [
        (
            Desk::new(),
            "error: No elasticloadbalancing endpoint to connect to was given.",
        ),
        (
            Desk::new().with("AWS_ELB_URL", &closed),
            "error: missing access key ID; please supply one with -I",
        ),
        (
            keys(Desk::new()).with("AWS_ELB_URL", &closed),
            "error: connection error (",
        ),
        (keys(Desk::new()).with("AWS_ELB_URL", "ftp://x/"), "error: "),
        (keys(Desk::new()).with("AWS_ELB_URL", "nonsense"), "error: "),
        (
            keys(Desk::new()).with("EULB_RELEASE", "x"),
            "error: variable EULB_RELEASE: 'x' is not a release",
        ),
    ];
    for (desk, expected) in cases {
        let run = desk.run::<&str>("eulb-describe-lbs", &[]);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (Some(1), ""),
            "{expected}"
        );
        assert!(
            run.stderr
                .starts_with(&format!("eulb-describe-lbs: {expected}")),
            "{}",
            run.stderr
        );
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
    let broken = Desk::new();
    broken.write("home/.euca/x.ini", "[region r]\nno equals sign\n");
    let run = broken.run::<&str>("eulb-describe-lbs", &[]);
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("x.ini, line 2"), "{}", run.stderr);
    let help = broken.run("eulb-describe-lbs", &["--help"]);
    assert_eq!((help.status, help.stderr.as_str()), (Some(0), ""));
}

#[test]
fn empty_fields_are_empty_or_nil() {
    let balancer = "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName><BackendServerDescriptions><member><InstancePort>80</InstancePort><PolicyNames/></member></BackendServerDescriptions><Policies><LBCookieStickinessPolicies><member><PolicyName>p</PolicyName></member></LBCookieStickinessPolicies><OtherPolicies><member>a</member><member>b</member></OtherPolicies></Policies><SecurityGroups><member>sg-1</member></SecurityGroups></member></LoadBalancerDescriptions>";
    let service = Service::start(vec![Answer::result("DescribeLoadBalancers", balancer)]);
    let desk = Desk::calling(&service.endpoint());
    let run = desk.run("eulb-describe-lbs", &["--show-long", "--show-empty-fields"]);
    let nil = "(nil)";
    let backends = "{instance-port=80,policies={}}";
    let cookies = "{policy-name=p,expiration-period=}";
    let fields = [
        "LOAD_BALANCER",
        "web",
        nil,
        nil,
        nil,
        nil,
        nil,
        nil,
        nil,
        nil,
        nil,
        backends,
        nil,
        cookies,
        "{a,b}",
        nil,
        "{sg-1}",
        nil,
        nil,
    ];
    assert_eq!(run.stdout, fields.join("\t") + "\n");
    let run = desk.run::<&str>("eulb-describe-lbs", &[]);
    assert_eq!(run.stdout, "LOAD_BALANCER\tweb\t\t\t\n");
}

#[test]
fn every_additional_attribute_is_shown() {
    let attributes = "<LoadBalancerAttributes><AdditionalAttributes><member><Key>k</Key><Value>v</Value></member><member><Key>l</Key><Value>w</Value></member></AdditionalAttributes></LoadBalancerAttributes>";
    let service = Service::start(vec![Answer::result(
        "DescribeLoadBalancerAttributes",
        attributes,
    )]);
    let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", "aws");
    let run = desk.run("eulb-describe-lb-attributes", &["web"]);
    let expected = "AdditionalAttributes.member.1.Key\tk\nAdditionalAttributes.member.1.Value\tv\nAdditionalAttributes.member.2.Key\tl\nAdditionalAttributes.member.2.Value\tw\n";
    assert_eq!(run.stdout, expected);
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let many = "<member><LoadBalancerName>web</LoadBalancerName></member>".repeat(20_000);
    let answer = format!("<LoadBalancerDescriptions>{many}</LoadBalancerDescriptions>");
    let service = Service::start(vec![Answer::result("DescribeLoadBalancers", &answer)]);
    let mut child = Desk::calling(&service.endpoint())
        .command::<&str>("eulb-describe-lbs", &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut beginning = [0; 13];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut beginning).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(&beginning, b"LOAD_BALANCER");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn debugging_output_goes_to_standard_error_and_holds_no_secret() {
    let service = Service::start(vec![Answer::result("DescribeLoadBalancers", "")]);
    let desk = Desk::calling(&service.endpoint());
    let arguments = [
        "--debug",
        "-I",
        "AKDEMO",
        "-S",
        "s3cr3t-k3y",
        "--security-token",
        "t0k3n",
    ];
    let run = desk.run("eulb-describe-lbs", &arguments);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""));
    for shown in ["AKDEMO", "DescribeLoadBalancers", "POST", "200"] {
        assert!(run.stderr.contains(shown), "{} lacks {shown}", run.stderr);
    }
    for secret in ["s3cr3t-k3y", "t0k3n"] {
        assert!(
            !run.stderr.contains(secret),
            "{} shows {secret}",
            run.stderr
        );
    }
}

#[test]
fn the_umbrella_finds_commands_with_and_without_their_prefix() {
    let service = Service::start(vec![Answer::ok("<R/>")]);
    let desk = Desk::calling(&service.endpoint());
    for word in ["delete-lb", "eulb-delete-lb"] {
        let run = desk.run("/somewhere/eulb", &[word, "web"]);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    }
    assert_eq!(service.received().len(), 2);
    let run = desk.run("eulb", &["delete-lb"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains("eulb-delete-lb: error: "),
        "{}",
        run.stderr
    );
    let run = desk.run("eulb", &["delet-lb"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains("did you mean delete-lb"),
        "{}",
        run.stderr
    );
    for arguments in [
        &["--help"][..],
        &[],
        &["help"],
        &["help", "delete-lb"],
        &["help", "links"],
        &["links", "-h"],
    ] {
        let run = desk.run("eulb", arguments);
        assert_eq!(
            (run.status, run.stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        assert!(!run.stdout.is_empty());
    }
    let version = desk.run("eulb", &["--version"]);
    let own = env!("CARGO_PKG_VERSION");
    let expected = format!("eulb {own} (commands as in euca2ools 3.4.1)\n");
    assert_eq!((version.status, version.stdout), (Some(0), expected));
    // A command needs nothing else for it, and says it where scripts look for euca2ools.
    for (name, arguments) in [
        ("eulb-create-lb", &["--version"][..]),
        ("eulb", &["delete-lb", "--version"]),
    ] {
        let run = desk.run(name, arguments);
        let first = run.stdout.lines().next().unwrap_or_default();
        assert_eq!(first, format!("euca2ools 3.4.1 (compatible; eulb {own})"));
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    }
}

/// Python has no largest integer: what no port can be goes out as it was given, and the service says
/// so.
#[test]
fn integers_of_any_size_are_sent_in_their_place() {
    const HUGE: &str = "99999999999999999999";
    let huge = |text: &str| text.replace("N", HUGE);
    #[rustfmt::skip]
    let cases: &[(&str, &[&str], &[(&str, &str)])] = &[
        ("eulb-configure-healthcheck", &["--interval= +00N", "--timeout=5", "--healthy-threshold=-N", "--unhealthy-threshold=2", "-tTCP:1", "web"],
            &[("HealthCheck.Interval", HUGE), ("HealthCheck.Timeout", "5"), ("HealthCheck.HealthyThreshold", "-99999999999999999999"), ("HealthCheck.UnhealthyThreshold", "2")]),
        ("eulb-create-lb-listeners", &["-l", "lb-port=1,protocol=tcp,instance-port=2", "-l", "lb-port=N,protocol=tcp,instance-port=3", "web"],
            &[("Listeners.member.1.LoadBalancerPort", "1"), ("Listeners.member.2.LoadBalancerPort", HUGE), ("Listeners.member.2.InstancePort", "3")]),
        ("eulb-delete-lb-listeners", &["-l", "80,N", "web"],
            &[("LoadBalancerPorts.member.1", "80"), ("LoadBalancerPorts.member.2", HUGE)]),
        ("eulb-set-lb-policies-of-listener", &["--release=aws", "-lN", "-p", "", "web"], &[("LoadBalancerPort", HUGE)]),
        ("eulb-set-lb-policies-for-backend-server", &["--release=aws", "-iN", "-p", "", "web"], &[("InstancePort", HUGE)]),
        ("eulb-set-lb-listener-ssl-cert", &["--release=aws", "-lN", "-c", "arn", "web"], &[("LoadBalancerPort", HUGE)]),
        ("eulb-create-lb-cookie-stickiness-policy", &["--release=aws", "-eN", "-p", "p", "web"], &[("CookieExpirationPeriod", HUGE)]),
    ];
    for (name, arguments, expected) in cases {
        let service = Service::start(vec![Answer::ok("<R/>")]);
        let arguments: Vec<String> = arguments.iter().map(|text| huge(text)).collect();
        let run = Desk::calling(&service.endpoint()).run(name, &arguments);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{name}");
        let sent = service.received()[0].parameters();
        for (parameter, value) in *expected {
            let held = sent.get(*parameter).map(String::as_str);
            assert_eq!(held, Some(*value), "{name}: {sent:?}");
        }
    }
    // A skeleton is one for our own service, which has a largest number.
    let arguments = ["--generate-cli-skeleton", "-l", HUGE, "web"];
    let run = Desk::new().run("eulb-delete-lb-listeners", &arguments);
    assert_eq!((run.status, run.stdout.as_str()), (Some(2), ""));
    assert!(
        run.stderr
            .contains(&format!("LoadBalancerPorts.member.1 = {HUGE}")),
        "{run:?}"
    );
}

/// Source: euca2ools 3.4.1; a target is looked at after endpoint and credentials.
#[test]
fn a_fault_of_a_target_is_a_usage_error_unless_debugging() {
    let line = [
        "--healthy-threshold=2",
        "--unhealthy-threshold=2",
        "--interval=30",
        "--timeout=5",
        "-tHTTP:80",
        "web",
    ];
    let fault = "eulb-configure-healthcheck: error: argument -t/--target: path is required for protocol 'HTTP'";
    let cases: [(&[&str], &str, i32); 4] = [
        (&[], "", 2),
        (&["--debug"], "", 1),
        (&["--debugger"], "", 1),
        (&[], "[global]\ndebug = true\n", 1),
    ];
    for (more, configuration, status) in cases {
        let desk = Desk::calling("http://127.0.0.1:1/");
        desk.write("home/.euca/a.ini", configuration);
        let run = desk.run("eulb-configure-healthcheck", &[more, &line].concat());
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (Some(status), ""),
            "{run:?}"
        );
        assert_eq!(run.stderr.lines().last(), Some(fault));
        assert_eq!(run.stderr.contains("usage: "), status == 2, "{run:?}");
    }
    // What the parser sees itself is a usage error all the same.
    let run = Desk::new().run("eulb-delete-lb-listeners", &["--debug", "-l", "all", "web"]);
    assert_eq!(run.status, Some(2));
}

#[test]
fn links_are_made_used_and_removed_and_nothing_else_is_touched() {
    let service = Service::start(vec![Answer::ok("<R/>")]);
    for relative in [false, true] {
        let desk = Desk::calling(&service.endpoint());
        let folder = desk.path().join("bin");
        let option = if relative { vec!["--relative"] } else { vec![] };
        let links = |more: &[&str]| {
            let arguments: Vec<&str> = ["links"]
                .iter()
                .chain(more)
                .chain(&["bin"])
                .copied()
                .collect();
            desk.run("eulb", &arguments)
        };
        assert_eq!(links(&option).status, Some(0));
        assert_eq!(links(&option).status, Some(0), "again does no harm");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 28);
        let status = std::process::Command::new(folder.join("eulb-delete-lb"))
            .args(["-U", &service.endpoint(), "-I", "A", "-S", "B", "web"])
            .status();
        assert!(status.unwrap().success());
        // A name that is somebody else's stays, and nothing is made beside it.
        let foreign = folder.join("eulb-delete-lb");
        std::fs::remove_file(&foreign).unwrap();
        std::fs::remove_file(folder.join("eulb-create-lb")).unwrap();
        std::fs::write(&foreign, "mine").unwrap();
        let run = links(&option);
        assert_eq!(run.status, Some(1));
        assert!(
            run.stderr.contains("eulb-delete-lb exists"),
            "{}",
            run.stderr
        );
        assert!(!folder.join("eulb-create-lb").exists());
        assert_eq!(links(&["--remove"]).stdout, "removed 26 links from bin\n");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "mine");
    }
}

#[test]
fn an_interrupt_ends_a_waiting_command_as_an_interrupt() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let mut child = Desk::calling(&endpoint)
        .command::<&str>("eulb-describe-lbs", &[])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let connection = silent.accept().unwrap();
    interrupt(&mut child);
    drop(connection);
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        eprintln!("SKIPPED: there is no /dev/full");
        return;
    };
    let output = Desk::new()
        .command("eulb", &["--list"])
        .stdout(full)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr.starts_with("eulb: error: cannot write to standard output: "),
        "{stderr}"
    );
}
