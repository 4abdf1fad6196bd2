//! Requests as forms, whole forms beside whole values.

use super::decode::MAXIMUM_FAILURES;
use super::*;
use crate::wire::Action;
use crate::wire::Members;
use crate::wire::attribute::{
    AccessLog, CrossZoneLoadBalancing, LoadBalancerAttributes, ModifyLoadBalancerAttributes,
};
use crate::wire::balancer::{CreateLoadBalancer, DescribeLoadBalancers};
use crate::wire::instance::{ConfigureHealthCheck, HealthCheck, RegisterInstancesWithLoadBalancer};
use crate::wire::listener::{DeleteLoadBalancerListeners, Listener};
use crate::wire::policy::SetLoadBalancerPoliciesOfListener;
use crate::wire::tag::Tag;
use proptest::prelude::*;

fn decoded<A: Action>(form: &str) -> Result<A, String> {
    let parameters = Parameters::read(form.as_bytes()).map_err(|error| error.to_string())?;
    decode(&parameters).map_err(|error| error.to_string())
}

#[test]
fn structures_are_dotted_and_lists_are_numbered() {
    let request = CreateLoadBalancer {
        load_balancer_name: "Load Star".to_owned(),
        listeners: Some(Members::from(vec![Listener {
            protocol: Some("HTTP".to_owned()),
            load_balancer_port: Some(80),
            instance_port: Some(8080),
            ssl_certificate_id: Some("arn:x".to_owned()),
            ..Listener::default()
        }])),
        availability_zones: Some(Members::from(vec!["PARTI00".to_owned(), "ö".to_owned()])),
        tags: Some(Members::from(vec![Tag {
            key: Some("k".to_owned()),
            value: Some(String::new()),
        }])),
        ..CreateLoadBalancer::default()
    };
    let form = encode(&request).unwrap();
    assert_eq!(
        form,
        "Action=CreateLoadBalancer&Version=2012-06-01&LoadBalancerName=Load%20Star\
         &Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80\
         &Listeners.member.1.InstancePort=8080&Listeners.member.1.SSLCertificateId=arn%3Ax\
         &AvailabilityZones.member.1=PARTI00&AvailabilityZones.member.2=%C3%B6\
         &Tags.member.1.Key=k&Tags.member.1.Value="
    );
    assert_eq!(decoded(&form), Ok(request));
}

#[test]
fn an_empty_list_is_sent_and_an_absent_one_is_not() {
    let mut request = SetLoadBalancerPoliciesOfListener {
        load_balancer_name: "a".to_owned(),
        load_balancer_port: 80,
        policy_names: None,
    };
    let start = "Action=SetLoadBalancerPoliciesOfListener&Version=2012-06-01\
                 &LoadBalancerName=a&LoadBalancerPort=80";
    assert_eq!(encode(&request).unwrap(), start);
    assert_eq!(decoded(start), Ok(request.clone()));
    request.policy_names = Some(Members::default());
    let cleared = format!("{start}&PolicyNames=");
    assert_eq!(encode(&request).unwrap(), cleared);
    assert_eq!(decoded(&cleared), Ok(request.clone()));
    // boto 2 clears the list that it then fills: create_lb_policy.
    request.policy_names = Some(Members::from(vec!["p".to_owned()]));
    let filled = format!("{start}&PolicyNames.member.1=p&PolicyNames=");
    assert_eq!(decoded(&filled), Ok(request));
    let value = decoded::<SetLoadBalancerPoliciesOfListener>(&format!("{filled}x"));
    assert!(value.unwrap_err().ends_with("PolicyNames = x"));
}

#[test]
fn members_are_taken_in_the_order_of_their_numbers() {
    let form: Vec<String> = (1..=12)
        .rev()
        .map(|n| format!("LoadBalancerPorts.member.{n}={}", n * 10))
        .collect();
    let request: DeleteLoadBalancerListeners =
        decoded(&format!("LoadBalancerName=a&{}", form.join("&"))).unwrap();
    let ports = request.load_balancer_ports.unwrap().member;
    assert_eq!(ports, (1..=12).map(|n| n * 10).collect::<Vec<i64>>());
}

#[test]
fn whatever_does_not_bind_is_named() {
    #[rustfmt::skip]
    let cases = [
        ("LoadBalancerName=a&Colour=red",                   "Colour = red"),
        ("LoadBalancerName=a&B.c=1&A=2",                    "A = 2\nB.c = 1"),
        ("",                                                "LoadBalancerName"),
        ("Colour=red",                                      "Colour = red\nLoadBalancerName"),
        ("LoadBalancerName=a&LoadBalancerName=b",           "LoadBalancerName = b\nLoadBalancerName = a"),
        ("LoadBalancerName=a&HealthCheck.Interval=soon",    "HealthCheck.Interval = soon"),
        ("LoadBalancerName=a&HealthCheck.Interval=",        "HealthCheck.Interval = "),
        ("LoadBalancerName=a&HealthCheck.Interval=1.5",     "HealthCheck.Interval = 1.5"),
        ("LoadBalancerName=a&HealthCheck.Interval=99999999999999999999", "HealthCheck.Interval = 99999999999999999999"),
        ("LoadBalancerName=a&HealthCheck.Interval.X=1",     "HealthCheck.Interval.X = 1"),
        ("LoadBalancerName=a&HealthCheck=1",                "HealthCheck = 1"),
        ("LoadBalancerName=a&healthCheck.Interval=1",       "healthCheck.Interval = 1"),
        ("LoadBalancerName.x=a",                            "LoadBalancerName.x = a"),
    ];
    for (form, fields) in cases {
        let expected = format!("Failed to bind the following fields:\n{fields}");
        assert_eq!(
            decoded::<ConfigureHealthCheck>(form),
            Err(expected),
            "{form}"
        );
    }
    #[rustfmt::skip]
    let cases = [
        ("Instances.member.2.InstanceId=i",                 "Instances.member.2.InstanceId = i"),
        ("Instances.member.1.InstanceId=i&Instances.member.3.InstanceId=j", "Instances.member.3.InstanceId = j"),
        ("Instances.member.0.InstanceId=i",                 "Instances.member.0.InstanceId = i"),
        ("Instances.member.01.InstanceId=i",                "Instances.member.01.InstanceId = i"),
        ("Instances.member.+1.InstanceId=i",                "Instances.member. 1.InstanceId = i"),
        ("Instances.member.18446744073709551617.InstanceId=i", "Instances.member.18446744073709551617.InstanceId = i"),
        ("Instances.member.999999999999.InstanceId=i",      "Instances.member.999999999999.InstanceId = i"),
        ("Instances.member.x.InstanceId=i",                 "Instances.member.x.InstanceId = i"),
        ("Instances.member=i",                              "Instances.member = i"),
        ("Instances.member.1=i",                            "Instances.member.1 = i"),
        ("Instances=i",                                     "Instances = i"),
        ("Instances=j&Instances.member.1.InstanceId=i",     "Instances = j"),
        ("Instances.1.InstanceId=i",                        "Instances.1.InstanceId = i"),
        ("Instances.member.1.InstanceId=i&Instances.member.1.Colour=red", "Instances.member.1.Colour = red"),
    ];
    for (form, fields) in cases {
        let expected = format!("Failed to bind the following fields:\n{fields}");
        let form = format!("LoadBalancerName=a&{form}");
        let outcome = decoded::<RegisterInstancesWithLoadBalancer>(&form);
        assert_eq!(outcome, Err(expected), "{form}");
    }
}

#[test]
fn what_is_unknown_may_be_passed_over_and_nothing_else() {
    fn known(form: &str) -> Result<(RegisterInstancesWithLoadBalancer, Vec<String>), String> {
        let form = format!("LoadBalancerName=a&{form}");
        let parameters = Parameters::read(form.as_bytes()).unwrap();
        decode_known(&parameters).map_err(|error| error.to_string())
    }
    let one = "Instances.member.1.InstanceId=i";
    let (request, unknown) = known(one).unwrap();
    assert_eq!(unknown, [""; 0]);
    for (form, names) in [
        ("Colour=red", vec!["Colour"]),
        ("DryRun=true&Colour=red", vec!["Colour", "DryRun"]),
        ("Colour.member.1.Shade=red", vec!["Colour.member.1.Shade"]),
        (
            "Instances.member.1.Colour=red",
            vec!["Instances.member.1.Colour"],
        ),
    ] {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let read = known(&format!("{one}&{form}"));
        assert_eq!(read, Ok((request.clone(), names)), "{form}");
    }
    for (form, fields) in [
        ("Colour=red&Colour=blue", "Colour = blue"),
        ("Instances.2.InstanceId=j", "Instances.2.InstanceId = j"),
        (
            "Instances.members.1.InstanceId=j",
            "Instances.members.1.InstanceId = j",
        ),
        (
            "Instances.member.3.InstanceId=j",
            "Instances.member.3.InstanceId = j",
        ),
        (
            "Instances.member.1.InstanceId.X=j",
            "Instances.member.1.InstanceId = i\nInstances.member.1.InstanceId.X = j",
        ),
    ] {
        let expected = format!("Failed to bind the following fields:\n{fields}");
        assert_eq!(known(&format!("{one}&{form}")), Err(expected), "{form}");
    }
    assert!(known("Colour=red").is_ok_and(|(request, _)| request.instances.is_none()));
}

#[test]
fn a_hostile_request_gets_a_short_answer() {
    let names: Vec<String> = (0..5000)
        .map(|n| format!("X{n}={}", "y".repeat(40)))
        .collect();
    let refused = decoded::<DescribeLoadBalancers>(&names.join("&")).unwrap_err();
    assert_eq!(refused.lines().count(), 1 + MAXIMUM_FAILURES);
    let long = format!("X={}", "y".repeat(100_000));
    let refused = decoded::<DescribeLoadBalancers>(&long).unwrap_err();
    assert!(refused.len() < 400);
    let many = "a=&".repeat(MAXIMUM_PARAMETERS + 1);
    assert_eq!(Parameters::read(many.as_bytes()), Err(FormError::TooMany));
}

#[test]
fn parameters_of_the_protocol_are_passed_over() {
    let form = "Action=DescribeLoadBalancers&Version=2012-06-01&X-Amz-Signature=x&x-amz-date=y\
                &AWSAccessKeyId=k&Timestamp=t&PageSize=5";
    let request: DescribeLoadBalancers = decoded(form).unwrap();
    assert_eq!(request.page_size, Some(5));
    // Characters that are wider than a byte must not be cut in the middle.
    assert!(decoded::<DescribeLoadBalancers>("ÄÖÜ=1").is_err());
}

#[test]
fn forms_are_read_as_browsers_write_them() {
    let pairs = |form: &str| -> Result<Vec<(String, String)>, FormError> {
        let read = Parameters::read(form.as_bytes())?;
        Ok(read
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect())
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    #[rustfmt::skip]
    let cases = [
        ("a=1&b=2",        Ok(vec![pair("a", "1"), pair("b", "2")])),
        ("&&a=1&",         Ok(vec![pair("a", "1")])),
        ("a",              Ok(vec![pair("a", "")])),
        ("a=b=c",          Ok(vec![pair("a", "b=c")])),
        ("a+b=%2B+%20%c3%A4", Ok(vec![pair("a b", "+  ä")])),
        ("",               Ok(vec![])),
        ("a=%",            Err(FormError::BadEscape(1))),
        ("a=1&b=%4",       Err(FormError::BadEscape(2))),
        ("a=%zz",          Err(FormError::BadEscape(1))),
        ("a=%ff",          Err(FormError::NotUtf8(1))),
    ];
    for (form, expected) in cases {
        assert_eq!(pairs(form), expected, "{form}");
    }
    assert_eq!(Parameters::read(b"a=\xff"), Err(FormError::NotUtf8(1)));
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("\\PC{0,6}|[a-z.&=%+ \u{0}-\u{1f}]{0,6}")
}

fn some_listener() -> impl Strategy<Value = Listener> {
    // A member without a single field would leave a gap: the encoding cannot say that it is there.
    (
        some_text(),
        any::<i64>(),
        some_text(),
        proptest::option::of(any::<i64>()),
        some_text(),
    )
        .prop_map(
            |(protocol, port, instance_protocol, instance_port, certificate)| Listener {
                protocol,
                load_balancer_port: Some(port),
                instance_protocol,
                instance_port,
                ssl_certificate_id: certificate,
            },
        )
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        load_balancer_name in "\\PC*",
        listeners in proptest::option::of(proptest::collection::vec(some_listener(), 0..13)),
        zones in proptest::option::of(proptest::collection::vec("\\PC{0,5}", 0..13)),
        scheme in some_text(),
    ) {
        let request = CreateLoadBalancer {
            load_balancer_name,
            listeners: listeners.map(Members::from),
            availability_zones: zones.map(Members::from),
            scheme,
            ..CreateLoadBalancer::default()
        };
        let form = encode(&request).unwrap();
        prop_assert_eq!(decoded(&form), Ok(request));
    }

    #[test]
    fn nested_structures_survive(
        load_balancer_name in "[a-z]{1,5}",
        enabled in proptest::option::of(any::<bool>()),
        bucket in some_text(),
        interval in any::<i64>(),
    ) {
        let attributes = LoadBalancerAttributes {
            cross_zone_load_balancing: enabled.map(|on| CrossZoneLoadBalancing { enabled: Some(on) }),
            access_log: Some(AccessLog {
                enabled,
                s3_bucket_name: bucket,
                emit_interval: Some(interval),
                s3_bucket_prefix: None,
            }),
            ..LoadBalancerAttributes::default()
        };
        let request = ModifyLoadBalancerAttributes {
            load_balancer_name,
            load_balancer_attributes: Some(attributes),
        };
        prop_assert_eq!(decoded(&encode(&request).unwrap()), Ok(request));
    }

    #[test]
    fn nothing_makes_the_decoder_panic(form in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parameters) = Parameters::read(&form) {
            let _ = decode::<CreateLoadBalancer>(&parameters);
        }
    }

    #[test]
    fn nothing_dotted_makes_the_decoder_panic(
        form in "((Listeners|HealthCheck|member|[0-9]{1,3}|Key|)[.=&]){0,12}",
    ) {
        if let Ok(parameters) = Parameters::read(form.as_bytes()) {
            let _ = decode::<CreateLoadBalancer>(&parameters);
        }
    }
}

#[test]
fn health_checks_bind_member_by_member() {
    let request: ConfigureHealthCheck =
        decoded("LoadBalancerName=a&HealthCheck.Target=HTTP%3A80%2F&HealthCheck.Timeout=+5")
            .unwrap();
    let expected = HealthCheck {
        target: Some("HTTP:80/".to_owned()),
        timeout: Some(5),
        ..HealthCheck::default()
    };
    assert_eq!(request.health_check, Some(expected));
}
