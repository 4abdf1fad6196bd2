//! `--watch`: reports again and again, until interrupted; and interrupts of other waits.

use crate::cloud::{Account, Cloud, HTTP_80};
use crate::service::{Answer, Service};
use crate::tool::{Desk, interrupt};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

fn health(state: &str) -> Answer {
    Answer::result(
        "DescribeInstanceHealth",
        &format!(
            "<InstanceStates><member><InstanceId>i-1</InstanceId><State>{state}</State></member></InstanceStates>"
        ),
    )
}

#[test]
fn a_pipe_gets_a_report_whenever_something_has_changed() {
    let broken = Answer::status(502, "<h1>Bad Gateway</h1>");
    let service = Service::start(vec![
        health("OutOfService"),
        health("OutOfService"),
        broken.clone(),
        broken,
        health("OutOfService"),
        health("InService"),
    ]);
    let mut child = Desk::calling(&service.endpoint())
        .command("eulb-describe-instance-health", &["--watch", "0.1", "web"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = || lines.next().unwrap().unwrap();
    assert_eq!(line(), "INSTANCE\ti-1\tOutOfService");
    assert_eq!(
        (line(), line()),
        (String::new(), "INSTANCE\ti-1\tInService".to_owned())
    );
    interrupt(&mut child);
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    // A failure of the moment is told once, and watched on.
    let expected = "eulb-describe-instance-health, every 0.1 s: error (502): Bad Gateway\n";
    assert_eq!(told, expected);
}

#[test]
fn a_failure_that_time_does_not_mend_ends_a_watch() {
    let gone = Answer::status(
        400,
        "<ErrorResponse><Error><Code>AccessPointNotFound</Code><Message>gone</Message></Error></ErrorResponse>",
    );
    let service = Service::start(vec![health("InService"), gone]);
    let run = Desk::calling(&service.endpoint())
        .run("eulb-describe-instance-health", &["--watch=0.1", "web"]);
    assert_eq!(run.status, Some(1));
    assert_eq!(run.stdout, "INSTANCE\ti-1\tInService\n");
    let expected = "eulb-describe-instance-health: error (AccessPointNotFound): gone\n";
    assert_eq!(run.stderr, expected);
}

#[test]
fn a_watch_that_makes_no_sense_is_a_usage_error() {
    for (name, option) in [
        ("eulb-describe-lbs", "--watch=soon"),
        ("eulb-describe-lbs", "--watch=-1"),
        ("eulb-delete-lb", "--watch"),
    ] {
        let run = Desk::calling("http://127.0.0.1:1/").run(name, &[option, "web"]);
        assert_eq!(run.status, Some(2), "{option}: {run:?}");
        assert!(run.stderr.contains("--watch"), "{run:?}");
    }
}

#[test]
fn an_interrupt_ends_a_wait_as_an_interrupt() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let silent = Service::start(vec![health("OutOfService")]);
    let mut child = cloud
        .command(Account::Tenant, "eulb")
        .args(["wait", "any-instance-in-service", "web", "--interval=0.1"])
        .env("AWS_ELB_URL", silent.endpoint())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while silent.received().len() < 2 {
        std::thread::yield_now();
    }
    interrupt(&mut child);
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert_eq!(told, "");
}

#[test]
fn colour_is_for_those_who_want_it() {
    let state = |desk: Desk, arguments: &[&str]| {
        let line = [arguments, &["web"]].concat();
        desk.run("eulb-describe-instance-health", &line).stdout
    };
    let service = Service::start(vec![health("InService")]);
    let desk = || Desk::calling(&service.endpoint());
    let plain = "INSTANCE\ti-1\tInService\n";
    let coloured = "INSTANCE\ti-1\t\u{1b}[32mInService\u{1b}[0m\n";
    assert_eq!(state(desk(), &[]), plain);
    assert_eq!(state(desk(), &["--color=always"]), coloured);
    assert_eq!(state(desk(), &["--col", "always"]), coloured);
    assert_eq!(state(desk().with("CLICOLOR_FORCE", "1"), &[]), coloured);
    let never = ["--color", "never"];
    assert_eq!(state(desk().with("CLICOLOR_FORCE", "1"), &never), plain);
    let both = desk().with("CLICOLOR_FORCE", "1").with("NO_COLOR", "1");
    assert_eq!(state(both, &[]), plain);
    let run = desk().run("eulb-describe-lbs", &["--color=red"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr
            .contains("'red' is not one of auto, always, never"),
        "{run:?}"
    );
    let run = desk().run(
        "eulb",
        &["local", "start", "--color=always", "--listen", "x"],
    );
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr
            .starts_with("usage: eulb local start [OPTIONS]\n"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("\u{1b}[1;31merror:\u{1b}[0m argument --listen: "),
        "{run:?}"
    );
}
