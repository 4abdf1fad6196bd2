//! The XML of answers, whole documents beside whole values.

use super::*;
use crate::wire::Members;
use crate::wire::attribute::{
    AccessLog, ConnectionSettings, DescribeLoadBalancerAttributes,
    DescribeLoadBalancerAttributesResponse, LoadBalancerAttributes,
};
use crate::wire::balancer::{
    CreateLoadBalancer, DeleteLoadBalancer, DeleteLoadBalancerResponse, DescribeLoadBalancers,
    DescribeLoadBalancersResponse, LoadBalancerDescription,
};
use crate::wire::instance::{HealthCheck, InstanceRef};
use crate::wire::listener::{Listener, ListenerDescription};
use proptest::prelude::*;

const LIMITS: Limits = Limits::bytes(1 << 20);

fn read<A: Action>(text: &str) -> Result<Answer<A::Response>, XmlError> {
    Document::read(text.as_bytes(), LIMITS)?.answer::<A>()
}

fn described() -> LoadBalancerDescription {
    let listener = Listener {
        protocol: Some("HTTP".to_owned()),
        load_balancer_port: Some(80),
        instance_port: Some(8080),
        ..Listener::default()
    };
    LoadBalancerDescription {
        load_balancer_name: Some("Load<Star>".to_owned()),
        dns_name: Some("LoadStar-1.lb.localhost".to_owned()),
        listener_descriptions: Some(Members::from(vec![ListenerDescription {
            listener: Some(listener),
            policy_names: None,
        }])),
        availability_zones: Some(Members::default()),
        instances: Some(["i-1", "i-2"].into_iter().map(InstanceRef::new).collect()),
        health_check: Some(HealthCheck {
            target: Some("HTTP:80/?a&b".to_owned()),
            interval: Some(30),
            ..HealthCheck::default()
        }),
        ..LoadBalancerDescription::default()
    }
}

fn answer_of(descriptions: Vec<LoadBalancerDescription>) -> DescribeLoadBalancersResponse {
    DescribeLoadBalancersResponse {
        load_balancer_descriptions: Some(Members::from(descriptions)),
        next_marker: None,
    }
}

#[test]
fn an_answer_is_written_in_the_order_of_the_shape_and_read_back() {
    let result = answer_of(vec![described()]);
    let text = response::<DescribeLoadBalancers>(&result, "r-1").unwrap();
    assert_eq!(
        text,
        "<DescribeLoadBalancersResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/\">\
         <DescribeLoadBalancersResult><LoadBalancerDescriptions><member>\
         <LoadBalancerName>Load&lt;Star&gt;</LoadBalancerName><DNSName>LoadStar-1.lb.localhost</DNSName>\
         <ListenerDescriptions><member><Listener><Protocol>HTTP</Protocol><LoadBalancerPort>80</LoadBalancerPort>\
         <InstancePort>8080</InstancePort></Listener></member></ListenerDescriptions><AvailabilityZones/>\
         <Instances><member><InstanceId>i-1</InstanceId></member><member><InstanceId>i-2</InstanceId></member></Instances>\
         <HealthCheck><Target>HTTP:80/?a&amp;b</Target><Interval>30</Interval></HealthCheck>\
         </member></LoadBalancerDescriptions></DescribeLoadBalancersResult>\
         <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></DescribeLoadBalancersResponse>"
    );
    let read = read::<DescribeLoadBalancers>(&text).unwrap();
    assert_eq!(read.result, result);
    assert_eq!(read.request_id.as_deref(), Some("r-1"));
}

#[test]
fn an_empty_result_is_still_an_element() {
    let text = response::<DeleteLoadBalancer>(&DeleteLoadBalancerResponse {}, "r").unwrap();
    assert!(
        text.contains("<DeleteLoadBalancerResult/><ResponseMetadata>"),
        "{text}"
    );
    assert!(read::<DeleteLoadBalancer>(&text).is_ok());
    let attributes = DescribeLoadBalancerAttributesResponse {
        load_balancer_attributes: Some(LoadBalancerAttributes {
            access_log: Some(AccessLog {
                enabled: Some(false),
                ..AccessLog::default()
            }),
            connection_settings: Some(ConnectionSettings {
                idle_timeout: Some(60),
            }),
            ..LoadBalancerAttributes::default()
        }),
    };
    let text = response::<DescribeLoadBalancerAttributes>(&attributes, "r").unwrap();
    assert_eq!(
        read::<DescribeLoadBalancerAttributes>(&text)
            .unwrap()
            .result,
        attributes
    );
}

#[test]
fn outer_names_namespaces_and_unknown_elements_do_not_matter() {
    let name = |text: &str| {
        read::<CreateLoadBalancer>(text).map(|answer| answer.result.dns_name.unwrap_or_default())
    };
    #[rustfmt::skip]
    let cases = [
        "<CreateLoadBalancerResponse><CreateLoadBalancerResult><DNSName>x</DNSName></CreateLoadBalancerResult><ResponseMetadata/></CreateLoadBalancerResponse>",
        "<a><b><DNSName>x</DNSName></b><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></a>",
        "<a><ResponseMetadata/><b><DNSName>x</DNSName></b></a>",
        "<a><DNSName>x</DNSName></a>",
        "<n:a xmlns:n='u' q=\"1\"><n:DNSName z='&#x41;'>x</n:DNSName></n:a>",
        "\u{feff}<?xml version='1.0'?>\n<!-- c --><a>\n <New>1</New> <DNSName>x</DNSName>\n<Deep><DNSName>y</DNSName></Deep></a>\n<!-- d -->\n",
        "<a><DNSName><![CDATA[x]]></DNSName></a>",
        "<a><DNSName>&#120;</DNSName></a>",
        "<a><DNSName>&#x78;</DNSName><DNSName>y</DNSName></a>",
        "<a><DNSName><!-- c -->x</DNSName></a>",
    ];
    for text in cases {
        assert_eq!(name(text), Ok("x".to_owned()), "{text}");
    }
    let pieces = "<a><DNSName>a&lt;b&gt;&amp;&quot;&apos;<![CDATA[<c>]]> d\r\ne</DNSName></a>";
    assert_eq!(name(pieces), Ok("a<b>&\"'<c> d\ne".to_owned()));
    for nothing in [
        "<a/>",
        "<a> </a>",
        "<a>text</a>",
        "<a><b/><ResponseMetadata/></a>",
        "<a><DNSName/></a>",
    ] {
        assert_eq!(name(nothing), Ok(String::new()), "{nothing}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><a>&b;</a>";
    #[rustfmt::skip]
    let cases = [
        "", " ", "It works!", "<a>", "<a></b>", "<a></a></a>", "<a/><b/>", "<a/>tail", "head<a/>", "<a/>&amp;",
        "<a><b></a></b>", "<a>&nbsp;</a>", "<a>&;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a b></a>", "<a b='1' b='2'/>", "<a b=1/>",
        "<a", "<a>x", "<a><![CDATA[x</a>", "<a>a & b</a>", laughs, "<!DOCTYPE html><a/>", "< a/>", "<></>",
    ];
    for text in cases {
        assert!(Document::read(text.as_bytes(), LIMITS).is_err(), "{text}");
    }
    assert!(matches!(
        Document::read(b"<a>\xff</a>", LIMITS),
        Err(XmlError::NotUtf8)
    ));
    // Every truncation of a good answer is bad.
    let whole = response::<DescribeLoadBalancers>(&answer_of(vec![described()]), "r").unwrap();
    for end in 0..whole.len() {
        assert!(
            Document::read(&whole.as_bytes()[..end], LIMITS).is_err(),
            "{end}"
        );
    }
}

#[test]
fn a_small_text_cannot_cost_much() {
    let limits = Limits {
        bytes: 1000,
        depth: 4,
        elements: 5,
    };
    let outcome = |text: &str| Document::read(text.as_bytes(), limits).map(|_| ());
    assert_eq!(outcome("<a><a><a><a/></a></a></a>"), Ok(()));
    assert_eq!(outcome("<a><a><a><a></a></a></a></a>"), Ok(()));
    assert_eq!(
        outcome("<a><a><a><a><a></a></a></a></a></a>"),
        Err(XmlError::TooDeep(4))
    );
    assert_eq!(outcome("<a><b/><b/><b/><b/></a>"), Ok(()));
    assert_eq!(
        outcome("<a><b/><b/><b/><b/><b/></a>"),
        Err(XmlError::TooManyElements(5))
    );
    assert_eq!(
        outcome(&format!("<a>{}</a>", "x".repeat(1000))),
        Err(XmlError::TooLong(1000))
    );
}

#[test]
fn a_number_that_is_none_is_named() {
    let text = "<a><LoadBalancerDescriptions><member><HealthCheck><Interval>soon</Interval></HealthCheck></member></LoadBalancerDescriptions></a>";
    assert_eq!(
        read::<DescribeLoadBalancers>(text),
        Err(XmlError::Shape("Interval is no number: 'soon'".to_owned()))
    );
}

#[test]
fn errors_are_found_in_every_form() {
    let error = |text: &str| Document::read(text.as_bytes(), LIMITS).unwrap().error();
    let full = Some(ErrorDocument {
        code: Some("400".to_owned()),
        message: Some("no & never".to_owned()),
        request_id: Some("r".to_owned()),
    });
    #[rustfmt::skip]
    let cases = [
        "<ErrorResponse xmlns='u'><Error><Type>Sender</Type><Code>400</Code><Message>no &amp; never</Message><Detail/></Error><RequestId>r</RequestId></ErrorResponse>",
        "<Response><Errors><Error><Code>400</Code><Message>no &amp; never</Message></Error></Errors><RequestID>r</RequestID></Response>",
        "<Error><Code>400</Code><Message>no &amp; never</Message><RequestId>r</RequestId></Error>",
    ];
    for text in cases {
        assert_eq!(error(text), full, "{text}");
    }
    assert_eq!(
        error("<ErrorResponse><Error/></ErrorResponse>"),
        Some(ErrorDocument::default())
    );
    assert_eq!(
        error(
            "<CreateLoadBalancerResponse><CreateLoadBalancerResult/></CreateLoadBalancerResponse>"
        ),
        None
    );
}

#[test]
fn control_characters_never_leave_raw() {
    let mut writer = Writer::new();
    writer.text("a", "\u{0}\u{1}\u{b}\u{1f}\u{fffe}\t\n\r]]>\"'");
    assert_eq!(
        writer.finish(),
        "<a>\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\t\n&#13;]]&gt;&quot;'</a>"
    );
    let mut writer = Writer::new();
    writer.open("b");
    writer.text("a", "");
    writer.text("a", "<b");
    writer.close("b");
    assert_eq!(writer.finish(), "<b><a/><a>&lt;b</a></b>");
}

proptest! {
    #[test]
    fn every_text_that_xml_can_hold_survives(
        names in proptest::collection::vec("[\\PC\t\n\r<>&\"']{0,12}", 0..4),
        ports in proptest::collection::vec(any::<i64>(), 0..4),
    ) {
        let listeners = ports.into_iter().map(|port| ListenerDescription {
            listener: Some(Listener { instance_port: Some(port), ..Listener::default() }),
            policy_names: Some(names.iter().cloned().collect()),
        });
        let description = LoadBalancerDescription {
            load_balancer_name: names.first().cloned(),
            listener_descriptions: Some(listeners.collect()),
            subnets: Some(names.into_iter().collect()),
            ..LoadBalancerDescription::default()
        };
        let result = answer_of(vec![description.clone(), description]);
        let text = response::<DescribeLoadBalancers>(&result, "r").unwrap();
        prop_assert_eq!(read::<DescribeLoadBalancers>(&text).unwrap().result, result);
    }

    #[test]
    fn nothing_makes_the_reader_panic(text in "[<>/a&;#x!\\[\\]\\-CDATA'\" =?]{0,60}") {
        if let Ok(document) = Document::read(text.as_bytes(), LIMITS) {
            let _ = document.answer::<DescribeLoadBalancers>();
            let _ = document.error();
        }
    }
}
