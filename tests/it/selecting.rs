//! `eulb-describe-lbs` with wildcards, filters and answers in pages.

use crate::service::{Answer, Service};
use crate::tool::{Desk, Run};

/// A load balancer with one TCP listener, in a zone.
fn balancer(name: &str, zone: &str) -> String {
    format!(
        "<member><LoadBalancerName>{name}</LoadBalancerName><DNSName>{name}.lb</DNSName>\
         <AvailabilityZones><member>{zone}</member></AvailabilityZones>\
         <ListenerDescriptions><member><Listener><Protocol>TCP</Protocol>\
         <LoadBalancerPort>25</LoadBalancerPort><InstancePort>2525</InstancePort></Listener>\
         </member></ListenerDescriptions>\
         <CreatedTime>2013-05-15T23:31:32Z</CreatedTime></member>"
    )
}

fn page(balancers: &[(&str, &str)], marker: Option<&str>) -> Answer {
    let members: String = balancers
        .iter()
        .map(|(name, zone)| balancer(name, zone))
        .collect();
    let marker = marker.map(|marker| format!("<NextMarker>{marker}</NextMarker>"));
    Answer::result(
        "DescribeLoadBalancers",
        &format!(
            "<LoadBalancerDescriptions>{members}</LoadBalancerDescriptions>{}",
            marker.unwrap_or_default()
        ),
    )
}

/// The names in the second field of the lines.
fn names(run: &Run) -> Vec<&str> {
    let lines = run.stdout.lines();
    lines.filter_map(|line| line.split('\t').nth(1)).collect()
}

#[test]
fn an_answer_in_pages_is_reported_as_one() {
    let service = Service::start(vec![
        page(&[("web-1", "A")], Some("first")),
        page(&[], Some("second&amp;more")),
        page(&[("web-2", "A")], None),
    ]);
    let run = Desk::calling(&service.endpoint()).run("eulb-describe-lbs", &["--output", "json"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let told: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let listed = told["LoadBalancerDescriptions"].as_array().unwrap();
    let listed: Vec<_> = listed.iter().map(|one| &one["LoadBalancerName"]).collect();
    assert_eq!(listed, ["web-1", "web-2"]);
    let markers: Vec<Option<String>> = service
        .received()
        .iter()
        .map(|request| request.parameters().get("Marker").cloned())
        .collect();
    let expected = [
        None,
        Some("first".to_owned()),
        Some("second&more".to_owned()),
    ];
    assert_eq!(markers, expected);
}

#[test]
fn pages_that_lead_in_circles_are_an_error_and_nothing_is_printed() {
    let service = Service::start(vec![
        page(&[("web-1", "A")], Some("there")),
        page(&[("web-2", "A")], Some("back")),
        page(&[("web-1", "A")], Some("there")),
    ]);
    let run = Desk::calling(&service.endpoint()).run::<&str>("eulb-describe-lbs", &[]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("leads in circles"), "{}", run.stderr);
    assert_eq!(
        (run.stderr.lines().count(), service.received().len()),
        (1, 3)
    );
}

#[test]
fn wildcards_and_filters_select_from_what_the_service_answers() {
    let all = [("web-1", "A"), ("web-2", "B"), ("mail", "A")];
    let cases: [(&[&str], &[&str]); 7] = [
        (&["web-*"], &["web-1", "web-2"]),
        (&["web-?", "mail"], &["web-1", "web-2", "mail"]),
        (&["*.lb", "verbose"], &["web-1", "web-2", "mail"]),
        (&["nothing*"], &[]),
        (&["--filter", "zone=A"], &["web-1", "mail"]),
        (&["--filter=zone=A", "--filter=name=web*"], &["web-1"]),
        (&["--filter=protocol=tcp", "--filter=zone=B,C"], &["web-2"]),
    ];
    for (arguments, expected) in cases {
        let service = Service::start(vec![page(&all, None)]);
        let run = Desk::calling(&service.endpoint()).run("eulb-describe-lbs", arguments);
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        assert_eq!(names(&run), expected, "{arguments:?}");
        // What the service does not know is not sent to it.
        let asked = service.received()[0].parameters();
        let first = asked.get("LoadBalancerNames.member.1").map(String::as_str);
        let verbose = arguments.contains(&"verbose").then_some("verbose");
        assert_eq!(
            (first, asked.get("LoadBalancerNames.member.2")),
            (verbose, None)
        );
    }
}

#[test]
fn a_plain_name_beside_a_wildcard_must_exist() {
    let service = Service::start(vec![page(&[("web-1", "A")], None)]);
    let run = Desk::calling(&service.endpoint()).run("eulb-describe-lbs", &["web-*", "mail"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        run.stderr,
        "eulb-describe-lbs: error: there is no load balancer 'mail'\n"
    );
}

#[test]
fn a_filter_that_is_none_is_a_usage_error() {
    let run = Desk::new().run("eulb-describe-lbs", &["--filter", "colour=red"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr
            .contains("argument --filter: unknown key 'colour'"),
        "{}",
        run.stderr
    );
}
