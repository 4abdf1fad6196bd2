//! What euca2ools does by its reference, where no recorded case says it: command lines and what they
//! send, answers and what is printed of them, failures and their order.

use crate::service::{Answer, Service};
use crate::tool::{Desk, Run};
use std::collections::BTreeMap;

/// The parameters that a command line would send, without action and version, in one line.
fn sent(line: &[&str]) -> Result<String, Run> {
    let desk = Desk::calling("http://127.0.0.1:1/").with("EULB_RELEASE", "aws");
    let arguments = [&["--dry-run"], &line[1..]].concat();
    let run = desk.run(line[0], &arguments);
    if run.status != Some(0) {
        return Err(run);
    }
    let (_, parameters) = run.stdout.split_once("\n\n").unwrap();
    let parameters: BTreeMap<&str, &str> = parameters
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .filter(|(name, _)| !matches!(*name, "Action" | "Version" | "LoadBalancerName"))
        .collect();
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    Ok(pairs.collect::<Vec<_>>().join(" "))
}

#[test]
fn command_lines_send_what_the_reference_says() {
    const CHECK: &str = "HealthCheck.HealthyThreshold=1 HealthCheck.Interval=-3 HealthCheck.Target=TCP:80 HealthCheck.Timeout=7 HealthCheck.UnhealthyThreshold=0";
    #[rustfmt::skip]
    let cases: &[(&[&str], &str)] = &[
        // Short values attached, negative numbers after a blank, blanks and signs in integers.
        (&["eulb-configure-healthcheck", "--heal", "1", "--int", "-3", "-tTCP:80", "--timeo", " 7 ", "--unh", "+0", "web"], CHECK),
        (&["eulb-configure-healthcheck", "--heal=1", "--int=-3", "-ttcp:80", "--timeout=007", "--unh=-0", "web"], CHECK),
        // A value that begins with a dash is attached.
        (&["eulb-enable-zones-for-lb", "--availability-zones=-x", "web"], "AvailabilityZones.member.1=-x"),
        (&["eulb-enable-zones-for-lb", "-z-x", "web"], "AvailabilityZones.member.1=-x"),
        (&["eulb-describe-lbs", "a", "--", "--show-long"], "LoadBalancerNames.member.1=a LoadBalancerNames.member.2=--show-long"),
        (&["eulb-describe-lbs", "-5"], "LoadBalancerNames.member.1=-5"),
        // An exact name wins over a longer one.
        (&["eulb-create-lb-policy", "-n", "p", "-t", "T", "--attributes", "a=b", "--attribute", "name=c,value=d", "web"],
            "PolicyAttributes.member.1.AttributeName=c PolicyAttributes.member.1.AttributeValue=d PolicyAttributes.member.2.AttributeName=a PolicyAttributes.member.2.AttributeValue=b PolicyName=p PolicyTypeName=T"),
        (&["eulb-create-lb-policy", "-n", "p", "-t", "T", "-A", "", "web"], "PolicyName=p PolicyTypeName=T"),
        // Empty texts and empty lists are not sent.
        (&["eulb-create-lb", "-z", "", "-g", ",", "-l", "lb-port=1,protocol=tcp,instance-port=2,cert-id=", "web"],
            "Listeners.member.1.InstancePort=2 Listeners.member.1.LoadBalancerPort=1 Listeners.member.1.Protocol=TCP"),
        (&["eulb-create-app-cookie-stickiness-policy", "-c", "", "-p", "", "web"], ""),
        (&["eulb-set-lb-listener-ssl-cert", "-l", "443", "-c", "", "web"], "LoadBalancerPort=443"),
        (&["eulb-delete-lb-listeners", "-l", "", "web"], ""),
        (&["eulb-describe-instance-health", "--inst", "", "web"], ""),
        (&["eulb-apply-security-groups-to-lb", "-g", "", "web"], ""),
        (&["eulb-attach-lb-to-subnets", "-s", "", "web"], ""),
        (&["eulb-detach-lb-from-subnets", "-s", "", "web"], ""),
        (&["eulb-disable-zones-for-lb", "-z", "", "web"], ""),
        (&["eulb-deregister-instances-from-lb", "--instances", "", "web"], ""),
        // But an empty list of policies clears them, and a tag's value is sent.
        (&["eulb-set-lb-policies-for-backend-server", "-i", "80", "-p", "", "web"], "InstancePort=80 PolicyNames="),
        (&["eulb-create-tags", "-t", "k", "-t", "a, b=c=d ", "web"],
            "LoadBalancerNames.member.1=web Tags.member.1.Key=k Tags.member.1.Value= Tags.member.2.Key=a, b Tags.member.2.Value=c=d "),
        // Zero is a number.
        (&["eulb-create-lb-cookie-stickiness-policy", "-e", "0", "-p", "p", "web"], "CookieExpirationPeriod=0 PolicyName=p"),
        // Optional names, and the administrator's word for everybody's.
        (&["eulb-describe-lb-policies", "-p", "a, b"], "PolicyNames.member.1=a PolicyNames.member.2=b"),
        (&["eulb-describe-lb-policy-types", "A", "B"], "PolicyTypeNames.member.1=A PolicyTypeNames.member.2=B"),
        (&["eulb-describe-lbs", "verbose", "--show-long"], "LoadBalancerNames.member.1=verbose"),
        (&["eulb-create-lb", "-z", "b", "-l", "lb-port=1,protocol=tcp,instance-port=2", "-l", "lb-port=3,protocol=Ssl,instance-port=4", "-i", "internal", "web"],
            "AvailabilityZones.member.1=b Listeners.member.1.InstancePort=2 Listeners.member.1.LoadBalancerPort=1 Listeners.member.1.Protocol=TCP Listeners.member.2.InstancePort=4 Listeners.member.2.LoadBalancerPort=3 Listeners.member.2.Protocol=SSL Scheme=internal"),
    ];
    for (line, expected) in cases {
        assert_eq!(sent(line).as_deref().unwrap(), *expected, "{line:?}");
    }
}

#[test]
fn command_lines_are_refused_as_the_reference_says() {
    const LISTENER: &str = "lb-port=1,protocol=tcp,instance-port=2";
    #[rustfmt::skip]
    let cases: &[(&[&str], &str)] = &[
        (&["eulb-describe-lbs", "--deb"], "ambiguous option: --deb could match --debug, --debugger"),
        (&["eulb-create-lb-policy", "-n", "p", "-t", "T", "--attr", "x", "web"], "ambiguous option: --attr could match --attribute, --attributes, --attributes-from-file"),
        (&["eulb-enable-zones-for-lb", "-z", "-x", "web"], "-x"),
        (&["eulb-delete-lb-listeners", "-l", "-5,3", "web"], "-5"),
        (&["eulb-describe-lbs", "--show-headers"], "--show-headers"),
        (&["eulb-delete-lb-listeners", "-l", "80", "--show-empty-fields", "web"], "--show-empty-fields"),
        (&["eulb-create-lb", "-z", "a", "-s", "", "-l", LISTENER, "web"], "not allowed with argument"),
        (&["eulb-create-lb", "-z", "a", "-i", "internet-facing", "-l", LISTENER, "web"], "'internet-facing'"),
        (&["eulb-create-tags", "-t", "", "web"], "''"),
        (&["eulb-modify-lb-attributes", "web", "=x"], "invalid ATTR=VALUE pair: =x"),
        (&["eulb-modify-lb-attributes", "a=1"], "ATTR=VALUE"),
        (&["eulb-create-lb-policy", "-n", "p", "-t", "T", "-a", "name=a,value=b,x=y", "web"], "unknown key 'x'"),
        (&["eulb-create-lb-policy", "-n", "p", "-t", "T", "-A", "=b", "web"], "NAME=VALUE"),
        (&["eulb-register-instances-with-lb", "-i", "i-1", "web"], "-i"),
    ];
    for (line, expected) in cases {
        let run = sent(line).unwrap_err();
        assert_eq!((run.status, run.stdout.as_str()), (Some(2), ""), "{line:?}");
        let last = run.stderr.lines().last().unwrap();
        assert!(last.starts_with(&format!("{}: error: ", line[0])), "{last}");
        assert!(last.contains(expected), "{last} lacks {expected}");
    }
}

fn members(inside: &[&str]) -> String {
    inside
        .iter()
        .map(|one| format!("<member>{one}</member>"))
        .collect()
}

#[test]
fn answers_are_printed_as_the_reference_says() {
    let list = |name: &str, inside: &[&str]| format!("<{name}>{}</{name}>", members(inside));
    let zones = list("AvailabilityZones", &["a", "b"]);
    let groups = list("SecurityGroups", &["a", "b"]);
    let subnets = list("Subnets", &["a", "b"]);
    let instances = list("Instances", &["<InstanceId>i-1</InstanceId>", ""]);
    let states = list(
        "InstanceStates",
        &["<InstanceId>i-1</InstanceId><State>InService</State><ReasonCode>N/A</ReasonCode>"],
    );
    let check = "<HealthCheck><Target>TCP:1</Target><Interval>5</Interval><HealthyThreshold>2</HealthyThreshold></HealthCheck>";
    let values = list(
        "PolicyAttributeDescriptions",
        &[
            "<AttributeName>a</AttributeName><AttributeValue>1</AttributeValue>",
            "<AttributeName>b</AttributeName>",
            "<AttributeName>c</AttributeName><AttributeValue/>",
        ],
    );
    let policy = format!("<PolicyName>p</PolicyName><PolicyTypeName>T</PolicyTypeName>{values}");
    let policies = list(
        "PolicyDescriptions",
        &[&policy, "<PolicyName>q</PolicyName>"],
    );
    let value_types = list(
        "PolicyAttributeTypeDescriptions",
        &[
            "<AttributeName>a</AttributeName><AttributeType>Boolean</AttributeType><DefaultValue>true</DefaultValue><Cardinality>ONE</Cardinality>",
        ],
    );
    let policy_type =
        format!("<PolicyTypeName>T</PolicyTypeName><Description>d</Description>{value_types}");
    let types = list("PolicyTypeDescriptions", &[&policy_type]);
    let tags = list(
        "TagDescriptions",
        &[
            "<LoadBalancerName>w</LoadBalancerName><Tags><member><Key>k</Key><Value>v</Value></member><member><Key>l</Key></member></Tags>",
        ],
    );
    let attributes = "<LoadBalancerAttributes><ConnectionSettings><IdleTimeout>60</IdleTimeout></ConnectionSettings><AccessLog><S3BucketPrefix/><Enabled>false</Enabled></AccessLog></LoadBalancerAttributes>";
    const HEALTH: &str = "-t tcp:1 --interval 5 --timeout 1 --healthy 2 --unhealthy 3 w";
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &str)] = &[
        ("eulb-enable-zones-for-lb", "-z a w", &zones, "AVAILABILITY_ZONES\ta, b\n"),
        ("eulb-disable-zones-for-lb", "-z a w", &zones, "AVAILABILITY_ZONES\ta, b\n"),
        ("eulb-disable-zones-for-lb", "-z a w", "", "AVAILABILITY_ZONES\t\n"),
        ("eulb-apply-security-groups-to-lb", "-g a w", &groups, "SECURITY_GROUPS\ta, b\n"),
        ("eulb-apply-security-groups-to-lb", "-g a --show-empty w", "", "SECURITY_GROUPS\t(nil)\n"),
        ("eulb-attach-lb-to-subnets", "-s a w", &subnets, "SUBNETS\ta, b\n"),
        ("eulb-detach-lb-from-subnets", "-s a w", &subnets, "SUBNETS\ta,b\n"),
        ("eulb-configure-healthcheck", HEALTH, check, "HEALTH_CHECK\tTCP:1\t5\t\t2\t\n"),
        ("eulb-create-lb", "-z a -l protocol=tcp,lb-port=1,instance-port=1 --show-e w", "", "DNS_NAME\t(nil)\n"),
        ("eulb-register-instances-with-lb", "--instances a w", &instances, "INSTANCE\ti-1\nINSTANCE\t\n"),
        ("eulb-deregister-instances-from-lb", "--instances a w", &instances, "INSTANCE\ti-1\nINSTANCE\t\n"),
        ("eulb-describe-instance-health", "w", &states, "INSTANCE\ti-1\tInService\n"),
        ("eulb-describe-instance-health", "w --show-l --show-e", &states, "INSTANCE\ti-1\tInService\t(nil)\tN/A\n"),
        ("eulb-describe-lb-attributes", "w", attributes, "AccessLog.Enabled\tfalse\nAccessLog.S3BucketPrefix\t\nConnectionSettings.IdleTimeout\t60\n"),
        ("eulb-describe-lb-policies", "", &policies, "POLICY\tp\tT\nPOLICY\tq\t\n"),
        ("eulb-describe-lb-policies", "--show-l", &policies, "POLICY\tp\tT\t{name=a,value=1},{name=b,value=},{name=c,value=}\nPOLICY\tq\t\t\n"),
        ("eulb-describe-lb-policy-types", "", &types, "POLICY_TYPE\tT\td\n"),
        ("eulb-describe-lb-policy-types", "--show-l", &types, "POLICY_TYPE\tT\td\t{name=a,description=,type=Boolean,default-value=true,cardinality=ONE}\n"),
        ("eulb-describe-tags", "w", &tags, "TAG\tload-balancer\tw\tk\tv\nTAG\tload-balancer\tw\tl\t\n"),
        ("eulb-describe-tags", "w --show-h --show-e", &tags, "TAG\tTYPE\tNAME\tKEY\tVALUE\nTAG\tload-balancer\tw\tk\tv\nTAG\tload-balancer\tw\tl\t(nil)\n"),
        ("eulb-describe-tags", "w", "", ""),
        ("eulb-describe-lbs", "", "", ""),
        // These print nothing, whatever comes back.
        ("eulb-create-tags", "-t a=b w", "<Y>z</Y>", ""),
        ("eulb-delete-tags", "-t a w", "<Y>z</Y>", ""),
        ("eulb-delete-lb", "w", "<Y>z</Y>", ""),
        ("eulb-modify-lb-attributes", "w a=b", attributes, ""),
        ("eulb-create-lb-listeners", "-l protocol=tcp,lb-port=1,instance-port=1 w", "<Y>z</Y>", ""),
    ];
    for (name, arguments, inside, expected) in cases {
        let service = Service::start(vec![Answer::result("Any", inside)]);
        let desk = Desk::calling(&service.endpoint()).with("EULB_RELEASE", "aws");
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let run = desk.run(name, &arguments);
        let printed = (run.status, run.stdout.as_str(), run.stderr.as_str());
        assert_eq!(printed, (Some(0), *expected, ""), "{name} {arguments:?}");
    }
}

#[test]
fn shapes_of_answers_are_taken_as_the_reference_says() {
    let balancers = "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName><New><x/></New></member></LoadBalancerDescriptions>";
    let web = (Some(0), "LOAD_BALANCER\tweb\t\t\t\n", "");
    let nothing = (Some(0), "", "");
    let failed = |text| (Some(1), "", text);
    #[rustfmt::skip]
    let cases: &[(u16, String, (Option<i32>, &str, &str))] = &[
        (201, format!("<A><B>{balancers}</B><ResponseMetadata/></A>"), web),
        (299, format!("<A>{balancers}<Other/><ResponseMetadata/></A>"), web),
        (200, format!("<a:A xmlns:a='urn:x'><a:B>{balancers}</a:B><a:ResponseMetadata/></a:A>"), web),
        (200, "<A><ResponseMetadata/></A>".to_owned(), nothing),
        (200, "<A><B>  </B><ResponseMetadata/></A>".to_owned(), nothing),
        (200, "<A> </A>".to_owned(), nothing),
        (204, String::new(), failed("eulb-describe-lbs: error: XML parse error\n")),
        (303, String::new(), failed("eulb-describe-lbs: error (303): See Other\n")),
        (302, String::new(), failed("eulb-describe-lbs: error (302): Found\n")),
        (502, String::new(), failed("eulb-describe-lbs: error (502): Bad Gateway\n")),
        (429, String::new(), failed("eulb-describe-lbs: error (429): Too Many Requests\n")),
        (400, "<ErrorResponse><Error><Code>C</Code></Error></ErrorResponse>".to_owned(), failed("eulb-describe-lbs: error (C): Bad Request\n")),
        (400, "<ErrorResponse><Error><Message>M</Message></Error></ErrorResponse>".to_owned(), failed("eulb-describe-lbs: error (400): M\n")),
        (400, "<Error><Code>C</Code><Message>M</Message></Error>".to_owned(), failed("eulb-describe-lbs: error (C): M\n")),
        (400, "<Error>words</Error>".to_owned(), failed("eulb-describe-lbs: error (400): Bad Request\n")),
        (404, "<html><body>x</body></html>".to_owned(), failed("eulb-describe-lbs: error (404): Not Found\n")),
        // As Amazon answers through some gateways: an error with the status of a success.
        (200, "<ErrorResponse><Error><Code>LoadBalancerNotFound</Code><Message>no web</Message></Error></ErrorResponse>".to_owned(), failed("eulb-describe-lbs: error (LoadBalancerNotFound): no web\n")),
    ];
    for (status, body, expected) in cases {
        let service = Service::start(vec![Answer::status(*status, body.as_str())]);
        let run = Desk::calling(&service.endpoint()).run::<&str>("eulb-describe-lbs", &[]);
        let printed = (run.status, run.stdout.as_str(), run.stderr.as_str());
        assert_eq!(printed, *expected, "{status} {body}");
        assert_eq!(service.received().len(), 1, "{status} {body}");
    }
}

#[test]
fn a_path_and_a_proxy_are_used_as_given() {
    let answer = || vec![Answer::result("DescribeLoadBalancers", "")];
    let service = Service::start(answer());
    let url = format!("{}/a%20b//c/?x=1&y", service.endpoint());
    assert_eq!(
        Desk::calling(&url)
            .run::<&str>("eulb-describe-lbs", &[])
            .status,
        Some(0)
    );
    let received = service.received();
    assert_eq!(received[0].target, "/a%20b//c/?x=1&y");
    received[0].verified("sample-secret").unwrap();

    let proxy = Service::start(answer());
    for variable in ["http_proxy", "all_proxy"] {
        let desk = Desk::calling("http://elb.invalid/x").with(variable, &proxy.endpoint());
        let run = desk.run::<&str>("eulb-describe-lbs", &[]);
        assert_eq!(run.status, Some(0), "{variable}: {}", run.stderr);
    }
    assert_eq!(proxy.received()[1].target, "http://elb.invalid/x");
    let desk = Desk::calling(&service.endpoint())
        .with("http_proxy", &proxy.endpoint())
        .with("no_proxy", "127.0.0.1");
    assert_eq!(desk.run::<&str>("eulb-describe-lbs", &[]).status, Some(0));
    assert_eq!((service.received().len(), proxy.received().len()), (2, 2));
}

#[test]
fn endpoint_credentials_and_target_are_missed_in_this_order() {
    const LINE: &str = "-t http:80 --healthy 1 --unhealthy 1 --interval 1 --timeout 1 w";
    let line: Vec<&str> = LINE.split(' ').collect();
    let endpoint = ("AWS_ELB_URL", "http://127.0.0.1:1/");
    let keys = [("AWS_ACCESS_KEY", "A"), ("AWS_SECRET_KEY", "B")];
    let cases: [(&[(&str, &str)], i32, &str); 3] = [
        (
            &keys,
            1,
            "error: No elasticloadbalancing endpoint to connect to was given.",
        ),
        (
            &[endpoint],
            1,
            "error: missing access key ID; please supply one with -I",
        ),
        (
            &[endpoint, keys[0], keys[1]],
            2,
            "error: argument -t/--target: path is required for protocol 'http'",
        ),
    ];
    for (variables, status, expected) in cases {
        let desk = variables
            .iter()
            .fold(Desk::new(), |desk, (name, value)| desk.with(name, value));
        let run = desk.run("eulb-configure-healthcheck", &line);
        assert_eq!(run.status, Some(status), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}
