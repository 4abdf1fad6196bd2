//! Pages of DescribeLoadBalancers.

use super::*;
use crate::wire::Members;
use crate::wire::balancer::{DescribeLoadBalancersResponse, LoadBalancerDescription};
use crate::wire::xml;

/// The names in an answer and its marker.
async fn page(desk: &Desk, form: &str) -> Result<(Vec<String>, Option<String>), String> {
    let question = format!("DescribeLoadBalancers {form}");
    let release = desk.controller.shared.config.release;
    let body = desk.ask(&question).await;
    let body = body.map_err(|fault| {
        let shown = fault.shown(release);
        format!("{} {}", shown.code, shown.message)
    })?;
    let document = xml::Document::read(body.as_bytes(), xml::Limits::bytes(1 << 20)).unwrap();
    let answer = document
        .answer::<crate::wire::balancer::DescribeLoadBalancers>()
        .unwrap()
        .result;
    let names = answer.load_balancer_descriptions.unwrap().member;
    let names = names.into_iter().filter_map(|one| one.load_balancer_name);
    Ok((names.collect(), answer.next_marker))
}

async fn with_balancers(release: Release, names: &[&str]) -> Desk {
    let desk = Desk::open(release);
    for name in names {
        let question = format!(
            "CreateLoadBalancer LoadBalancerName={name}&AvailabilityZones.member.1=PARTI00\
             &Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80\
             &Listeners.member.1.InstancePort=8080"
        );
        desk.ask(&question).await.unwrap();
    }
    desk
}

#[tokio::test]
async fn pages_follow_each_other_by_name_even_past_what_is_deleted() {
    let desk = with_balancers(Release::Aws, &["e", "d", "c", "b", "a"]).await;
    let (names, first) = page(&desk, "PageSize=2").await.unwrap();
    assert_eq!(names, ["a", "b"]);
    let marker = first.unwrap();
    desk.ask("DeleteLoadBalancer LoadBalancerName=b")
        .await
        .unwrap();
    let next = format!("PageSize=2&Marker={marker}");
    let (names, second) = page(&desk, &next).await.unwrap();
    assert_eq!(names, ["c", "d"]);
    let last = format!("PageSize=2&Marker={}", second.unwrap());
    assert_eq!(
        page(&desk, &last).await.unwrap(),
        (vec!["e".to_owned()], None)
    );
    // A page that is just full is the last one.
    assert_eq!(page(&desk, "PageSize=4").await.unwrap().1, None);
    let named = "PageSize=1&LoadBalancerNames.member.1=d&LoadBalancerNames.member.2=a";
    let (names, marker) = page(&desk, named).await.unwrap();
    assert_eq!(names, ["a"]);
    let rest = format!("{named}&Marker={}", marker.unwrap());
    assert_eq!(
        page(&desk, &rest).await.unwrap(),
        (vec!["d".to_owned()], None)
    );
    for (form, said) in [
        (
            "PageSize=0",
            "ValidationError PageSize must be between 1 and 400",
        ),
        (
            "PageSize=401",
            "ValidationError PageSize must be between 1 and 400",
        ),
        (
            "Marker=b",
            "ValidationError Marker is not one that was given",
        ),
        (
            "Marker=zz",
            "ValidationError Marker is not one that was given",
        ),
        (
            "Marker=ff",
            "ValidationError Marker is not one that was given",
        ),
    ] {
        assert_eq!(page(&desk, form).await.unwrap_err(), said);
    }
}

#[tokio::test]
async fn eucalyptus_answers_everything_in_one_page() {
    let desk = with_balancers(Release::V3_3_0, &["c", "b", "a"]).await;
    let (names, marker) = page(&desk, "Marker=b").await.unwrap();
    assert_eq!(
        (names, marker),
        (vec!["a".into(), "b".into(), "c".into()], None)
    );
}

/// What was written once and is copied into every answer is what the whole answer would be.
#[tokio::test]
async fn a_description_that_is_kept_is_the_one_that_would_be_written() {
    let desk = Desk::with_web(Release::V4_4_2).await;
    let first = desk.ask("DescribeLoadBalancers").await.unwrap();
    let document = xml::Document::read(first.as_bytes(), xml::Limits::bytes(1 << 20)).unwrap();
    let answer = document
        .answer::<crate::wire::balancer::DescribeLoadBalancers>()
        .unwrap()
        .result;
    let written = xml::response::<crate::wire::balancer::DescribeLoadBalancers>(&answer, "r-1");
    assert_eq!(written.unwrap(), first);
    // A change is seen in the next answer.
    let change = "DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=25";
    desk.ask(change).await.unwrap();
    let second = desk.ask("DescribeLoadBalancers").await.unwrap();
    assert!(first.contains("<LoadBalancerPort>25<") && !second.contains("<LoadBalancerPort>25<"));
    let empty = DescribeLoadBalancersResponse {
        load_balancer_descriptions: Some(Members::<LoadBalancerDescription> { member: Vec::new() }),
        next_marker: None,
    };
    desk.ask("DeleteLoadBalancer LoadBalancerName=web")
        .await
        .unwrap();
    let none = desk.ask("DescribeLoadBalancers").await.unwrap();
    let written = xml::response::<crate::wire::balancer::DescribeLoadBalancers>(&empty, "r-1");
    assert_eq!(written.unwrap(), none);
}
