//! What the Query API costs on paper: `cargo bench --bench wire`.
//!
//! Prints the median time of each codec, for one request and for a listing of 10,000 load balancers,
//! and the peak memory of the process after it has read that listing.

use eulb::model::timestamp::Timestamp;
use eulb::wire::Members;
use eulb::wire::balancer::{
    CreateLoadBalancer, DescribeLoadBalancers, DescribeLoadBalancersResponse,
    LoadBalancerDescription, created_time,
};
use eulb::wire::instance::{HealthCheck, InstanceRef};
use eulb::wire::listener::{Listener, ListenerDescription};
use eulb::wire::query::{self, Parameters};
use eulb::wire::security_group::SourceSecurityGroup;
use eulb::wire::sigv4;
use eulb::wire::xml::{self, Document, Limits};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The median duration of one call, over as many calls as fit into half a second.
fn median(mut call: impl FnMut()) -> Duration {
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < Duration::from_millis(500) || times.len() < 3 {
        let start = Instant::now();
        call();
        times.push(start.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

fn listener() -> Listener {
    Listener {
        protocol: Some("HTTP".to_owned()),
        load_balancer_port: Some(80),
        instance_protocol: Some("HTTP".to_owned()),
        instance_port: Some(8080),
        ssl_certificate_id: None,
    }
}

fn described(number: usize) -> LoadBalancerDescription {
    LoadBalancerDescription {
        load_balancer_name: Some(format!("balancer-{number}")),
        dns_name: Some(format!("balancer-{number}-972528928292.lb.localhost")),
        listener_descriptions: Some(Members::from(vec![ListenerDescription {
            listener: Some(listener()),
            policy_names: None,
        }])),
        availability_zones: Some(Members::from(vec![
            "PARTI00".to_owned(),
            "PARTI01".to_owned(),
        ])),
        instances: Some(
            (0..4)
                .map(|n| InstanceRef::new(format!("i-{number:07X}{n}")))
                .collect(),
        ),
        health_check: Some(HealthCheck {
            target: Some("HTTP:80/index.html".to_owned()),
            interval: Some(30),
            timeout: Some(5),
            unhealthy_threshold: Some(2),
            healthy_threshold: Some(3),
        }),
        source_security_group: Some(SourceSecurityGroup {
            owner_alias: Some("972528928292".to_owned()),
            group_name: Some(format!("euca-internal-972528928292-balancer-{number}")),
        }),
        created_time: Some(created_time(Timestamp(1_368_660_692_806))),
        ..LoadBalancerDescription::default()
    }
}

fn listing(size: usize) -> DescribeLoadBalancersResponse {
    DescribeLoadBalancersResponse {
        load_balancer_descriptions: Some((0..size).map(described).collect()),
        next_marker: None,
    }
}

/// Kilobytes of memory that the process held at most, where the system tells.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[allow(clippy::print_stdout)] // A bench is for reading.
fn report(name: &str, time: Duration) {
    println!("{name:<50} {time:>12.2?}");
}

#[allow(clippy::print_stdout, clippy::expect_used)] // A bench is for reading.
fn main() {
    let one = DescribeLoadBalancers {
        load_balancer_names: Some(Members::from(vec!["balancer-1".to_owned()])),
        ..DescribeLoadBalancers::default()
    };
    let form = query::encode(&one).expect("it has been encoded before");
    report(
        "query: encode DescribeLoadBalancers",
        median(|| {
            black_box(query::encode(black_box(&one)).is_ok());
        }),
    );
    report(
        "query: decode DescribeLoadBalancers",
        median(|| {
            let parameters = Parameters::read(black_box(form.as_bytes())).expect("it is a form");
            black_box(query::decode::<DescribeLoadBalancers>(&parameters).is_ok());
        }),
    );
    let create = CreateLoadBalancer {
        load_balancer_name: "balancer".to_owned(),
        listeners: Some(Members::from(vec![listener(), listener()])),
        availability_zones: Some(Members::from(vec!["PARTI00".to_owned()])),
        ..CreateLoadBalancer::default()
    };
    let form = query::encode(&create).expect("it has been encoded before");
    report(
        "query: decode CreateLoadBalancer, 2 listeners",
        median(|| {
            let parameters = Parameters::read(black_box(form.as_bytes())).expect("it is a form");
            black_box(query::decode::<CreateLoadBalancer>(&parameters).is_ok());
        }),
    );

    let now = Timestamp(1_371_211_200_000);
    let digest = "0".repeat(64);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKI/20130614/eucalyptus/elasticloadbalancing/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, Signature={digest}"
    );
    let headers: [(&str, &[u8]); 4] = [
        ("host", b"127.0.0.1:8773"),
        ("content-type", b"application/x-www-form-urlencoded"),
        ("x-amz-date", b"20130614T120000Z"),
        ("authorization", authorization.as_bytes()),
    ];
    let request = sigv4::Request {
        method: "POST",
        path: "/services/LoadBalancing",
        query: "",
        headers: &headers,
        body: form.as_bytes(),
    };
    let claim = sigv4::claim(&request, &["elasticloadbalancing"], now).expect("it is well formed");
    let key = claim.derive("secret");
    report(
        "sigv4: verify with a derived key",
        median(|| {
            let claim = sigv4::claim(black_box(&request), &["elasticloadbalancing"], now);
            let claim = claim.expect("it is well formed");
            black_box(claim.verify(&request, &key).is_err());
        }),
    );

    for size in [1, 10_000] {
        let result = listing(size);
        let text = xml::response::<DescribeLoadBalancers>(&result, "r").expect("it has a shape");
        report(
            &format!("xml: encode {size} load balancers"),
            median(|| {
                black_box(xml::response::<DescribeLoadBalancers>(black_box(&result), "r").is_ok());
            }),
        );
        drop(result);
        let before = peak_kilobytes();
        report(
            &format!("xml: decode {size} load balancers"),
            median(|| {
                let document = Document::read(black_box(text.as_bytes()), Limits::bytes(64 << 20));
                black_box(document.is_ok_and(|it| it.answer::<DescribeLoadBalancers>().is_ok()));
            }),
        );
        println!(
            "{} bytes; peak memory {before:?} -> {:?} kB",
            text.len(),
            peak_kilobytes()
        );
    }
}
