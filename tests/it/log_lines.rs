//! The log lines of the page of components, each found in the log of a real cloud.

use crate::cloud::{Account, Cloud, GLANCE, HTTP_80, PATIENCE, run};
use crate::transcripts::{quoted, table};
use eulb::daemon::log::COMPONENTS;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Instant;

/// What the page says is in the log, as `component: line`.
fn promised() -> Vec<String> {
    let mut lines = Vec::new();
    let components = table("| Component |", 4);
    let named: Vec<&str> = components.iter().map(|row| row[0].as_str()).collect();
    for (component, _) in COMPONENTS {
        assert!(named.contains(component), "there is no row of {component}");
    }
    for row in &components {
        let said = quoted(&row[2]);
        assert!(!said.is_empty() || row[2] == "none", "{row:?}");
        lines.extend(said.iter().map(|line| format!("{}: {line}", row[0])));
    }
    let activities = table("| Activity |", 4);
    for row in &activities {
        let said = quoted(&row[2]);
        assert!(!said.is_empty() || row[2] == "none", "{row:?}");
        lines.extend(said.iter().map(|line| (*line).to_owned()));
    }
    assert!(activities.len() > 10 && components.len() > 10);
    lines
}

/// Waits until the log has all of these lines.
#[track_caller]
fn await_lines(cloud: &Cloud, lines: &[String]) {
    let path = cloud.data_directory().join("eulb.log");
    let began = Instant::now();
    loop {
        let log = std::fs::read_to_string(&path).unwrap();
        let is_there = |line: &String| log.contains(&format!(" {line}"));
        let missing: Vec<&String> = lines.iter().filter(|line| !is_there(line)).collect();
        if missing.is_empty() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "not in the log: {missing:#?}");
        std::thread::sleep(GLANCE);
    }
}

/// Asks a neighbouring service with a signature by curl.
fn ask(cloud: &Cloud, service: &str, path: &str, action: &str) {
    let environment = cloud.environment(Account::Tenant);
    let root = environment.endpoint.split("/services/").next().unwrap();
    let keys = format!("{}:{}", environment.access_key, environment.secret_key);
    let asked = run(Command::new("curl")
        .args(["-sf", "-o", "/dev/null", "-u", &keys, "--aws-sigv4"])
        .args([&format!("aws:amz:eucalyptus:{service}"), "-d", action])
        .arg(format!("{root}/services/{path}")));
    assert_eq!(asked.status, 0, "{action}: {}", asked.stderr);
}

#[test]
fn every_line_that_the_page_of_components_promises_is_in_the_log_of_a_cloud() {
    let mut lines = promised();
    let cloud = Cloud::with(&["--log-level=debug"]);
    let ids = cloud.web_with(1);

    // loadbalancing, auth: a refusal, and somebody with a wrong key.
    let again = ["-z", "PARTI00", "-l", HTTP_80, "web"];
    assert_eq!(cloud.eulb("eulb-create-lb", again).status, 1);
    let mut stranger = cloud.command(Account::Tenant, "eulb-describe-lbs");
    assert_eq!(run(stranger.env("AWS_SECRET_ACCESS_KEY", "x")).status, 1);

    // proxy, desync: what is no request, an instance port that nobody serves, nobody in service.
    let web = cloud.listener("web");
    let mut client = TcpStream::connect(web.address).unwrap();
    let bad = b"GET / HTTP/1.1\r\nHost: web\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
    client.write_all(bad).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let unserved = "lb-port=82, protocol=HTTP, instance-port=9, instance-protocol=HTTP";
    cloud.ok("eulb-create-lb-listeners", ["-l", unserved, "web"]);
    let listeners = cloud.listeners("web");
    let unserved = listeners.iter().find(|of| of.address != web.address);
    assert_eq!(cloud.get(unserved.unwrap()).0, 503);
    cloud.ok("eulb", ["instance", "fail", &ids[0]]);
    cloud.await_state("web", &ids, "OutOfService");
    assert_eq!(cloud.get(&web).0, 503);

    // loadbalancing: a port that is taken.
    let mut taken = web.address;
    taken.set_port(taken.port() + 1);
    let squatter = TcpListener::bind(taken).unwrap();
    let second = "lb-port=81, protocol=HTTP, instance-port=80, instance-protocol=HTTP";
    cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);
    await_lines(
        &cloud,
        &["loadbalancing: a listener could not be bound".to_owned()],
    );
    drop(squatter);

    // autoscaling, instance, servo, dns: ends of all kinds.
    let servo = cloud.status().balancers[0].servos[0].id.clone();
    cloud.ok("eulb", ["admin", "servos", "--terminate", &servo]);
    cloud.ok("eulb-delete-lb-listeners", ["-l", "82", "web"]);
    cloud.deregister("web", &ids);
    cloud.ok("eulb", ["instance", "stop", &ids[0]]);
    cloud.ok("eulb-delete-lb", ["web"]);

    // daemon, and the neighbours.
    cloud.ok("eulb", ["admin", "log-level", "debug"]);
    let is_neighbour = |line: &String| {
        let names = ["ec2: ", "iam: ", "sts: ", "cloudwatch: done"];
        names.iter().any(|name| line.starts_with(name))
    };
    if Command::new("curl").arg("--version").output().is_ok() {
        ask(
            &cloud,
            "ec2",
            "compute",
            "Action=DescribeInstances&Version=2013-02-01",
        );
        ask(
            &cloud,
            "iam",
            "Euare",
            "Action=ListServerCertificates&Version=2010-05-08",
        );
        ask(
            &cloud,
            "sts",
            "Tokens",
            "Action=GetCallerIdentity&Version=2011-06-15",
        );
        ask(
            &cloud,
            "monitoring",
            "CloudWatch",
            "Action=ListMetrics&Version=2010-08-01",
        );
    } else {
        eprintln!(
            "SKIPPED: the log lines of ec2, iam, sts and of asking cloudwatch, which need curl"
        );
        lines.retain(|line| !is_neighbour(line));
    }

    // loadbalancing: a departure, which takes time at Amazon only.
    let is_amazon_s = |line: &String| line.starts_with("loadbalancing: nothing is left");
    let (amazon_s, mut lines): (Vec<String>, Vec<String>) =
        lines.into_iter().partition(is_amazon_s);
    assert_eq!(amazon_s.len(), 1);
    let other = Cloud::with(&["--release=aws"]);
    let ids = other.web_with(1);
    let drain = ["--release", "aws", "web", "ConnectionDraining.Enabled=true"];
    other.ok("eulb-modify-lb-attributes", drain);
    other.deregister("web", &ids);
    await_lines(&other, &amazon_s);
    drop(other);

    let is_of_the_end = |line: &String| line.starts_with("daemon: stop");
    let last: Vec<String> = lines
        .iter()
        .filter(|line| is_of_the_end(line))
        .cloned()
        .collect();
    assert_eq!(last.len(), 2);
    lines.retain(|line| !is_of_the_end(line));
    await_lines(&cloud, &lines);
    cloud.ok("eulb", ["local", "stop"]);
    await_lines(&cloud, &last);
}

#[test]
fn a_full_log_becomes_the_old_one_while_the_cloud_runs() {
    let cloud = Cloud::with(&[]);
    let log = cloud.data_directory().join("eulb.log");
    let old = cloud.data_directory().join("eulb.log.1");
    let remains = cloud.killed();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains(" daemon: ready"), "{text}");
    // As large as it may be: the next line does not fit.
    let line = format!("{}\n", "x".repeat((1 << 20) - 1));
    std::fs::write(&log, line.repeat(16)).unwrap();
    let _cloud = remains.restart();
    assert_eq!(std::fs::metadata(&old).unwrap().len(), 16 << 20);
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains(" daemon: ready"), "{text}");
    assert!(!text.contains("xxx"));
}
