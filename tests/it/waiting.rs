//! `eulb wait`, and `--wait` of the commands, before a service whose answers change.

use crate::service::{Answer, Service};
use crate::tool::{Desk, Run};

fn health(states: &[(&str, &str)]) -> Answer {
    let members: String = states
        .iter()
        .map(|(id, state)| {
            format!(
                "<member><InstanceId>{id}</InstanceId><State>{state}</State>\
                 <Description>as it is</Description></member>"
            )
        })
        .collect();
    Answer::result(
        "DescribeInstanceHealth",
        &format!("<InstanceStates>{members}</InstanceStates>"),
    )
}

fn refusal(code: &str, message: &str) -> Answer {
    Answer::status(
        400,
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error></ErrorResponse>"
        ),
    )
}

/// Runs a command line against prepared answers, and returns with it which actions were asked for.
fn run(answers: Vec<Answer>, line: &[&str]) -> (Run, Vec<String>) {
    let service = Service::start(answers);
    let run = Desk::calling(&service.endpoint()).run(line[0], &line[1..]);
    let actions = service.received().into_iter().map(|request| {
        let parameters = request.parameters();
        parameters["Action"].clone()
    });
    (run, actions.collect())
}

#[test]
fn a_wait_ends_when_it_is_so_and_not_before() {
    let (run, actions) = run(
        vec![
            health(&[("i-1", "OutOfService"), ("i-2", "OutOfService")]),
            health(&[("i-1", "OutOfService"), ("i-2", "InService")]),
            health(&[("i-1", "InService"), ("i-2", "InService")]),
        ],
        &[
            "eulb",
            "wait",
            "instances-in-service",
            "web",
            "--interval",
            "0.01",
        ],
    );
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""));
    // Nothing is drawn where there is no terminal.
    assert_eq!(run.stderr, "");
    assert_eq!(actions, ["DescribeInstanceHealth"; 3]);
}

#[test]
fn a_wait_that_takes_too_long_ends_with_the_last_states() {
    let (run, _) = run(
        vec![health(&[("i-1", "OutOfService"), ("i-2", "InService")])],
        &[
            "eulb",
            "wait",
            "instances-in-service",
            "web",
            "--instances=i-1",
            "--timeout=0",
        ],
    );
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        run.stderr,
        "INSTANCE\ti-1\tOutOfService\tas it is\n\
         eulb wait: error: instances-in-service is not so of 'web' after 0 seconds; its last states are above\n"
    );
}

#[test]
fn a_load_balancer_that_no_release_finds_is_deleted() {
    let there = Answer::result(
        "DescribeLoadBalancers",
        "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName></member></LoadBalancerDescriptions>",
    );
    let gone = [
        refusal("400", "The specified LoadBalancer could not be found"),
        refusal(
            "AccessPointNotFound",
            "The specified LoadBalancer could not be found",
        ),
        refusal(
            "LoadBalancerNotFound",
            "There is no ACTIVE Load Balancer named 'web'",
        ),
        Answer::result("DescribeLoadBalancers", "<LoadBalancerDescriptions/>"),
    ];
    for answer in gone {
        let answers = vec![there.clone(), answer];
        let (run, actions) = run(answers, &["eulb", "wait", "lb-deleted", "web"]);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
        assert_eq!(actions.len(), 2);
    }
    // Any other refusal is no proof.
    let answers = vec![refusal("400", "Access denied")];
    let (run, _) = run(answers, &["eulb", "wait", "lb-deleted", "web"]);
    assert_eq!(run.status, Some(1));
    assert_eq!(run.stderr, "eulb wait: error (400): Access denied\n");
}

#[test]
fn commands_report_and_then_wait_for_their_effect() {
    let registered = Answer::result(
        "RegisterInstancesWithLoadBalancer",
        "<Instances><member><InstanceId>i-1</InstanceId></member></Instances>",
    );
    let (run_in, actions) = run(
        vec![
            registered,
            health(&[("i-1", "OutOfService")]),
            health(&[("i-1", "InService")]),
        ],
        &[
            "eulb-register-instances-with-lb",
            "--wait",
            "--instances=i-1",
            "web",
        ],
    );
    assert_eq!(run_in.status, Some(0), "{}", run_in.stderr);
    assert_eq!(run_in.stdout, "INSTANCE\ti-1\n");
    assert_eq!(actions[1..], ["DescribeInstanceHealth"; 2]);

    let (run_out, actions) = run(
        vec![
            Answer::result("DeregisterInstancesFromLoadBalancer", "<Instances/>"),
            health(&[("i-1", "InService")]),
            health(&[]),
        ],
        &[
            "eulb-deregister-instances-from-lb",
            "--wait",
            "--instances=i-1",
            "web",
        ],
    );
    assert_eq!(run_out.status, Some(0), "{}", run_out.stderr);
    assert_eq!(actions.len(), 3);

    let (run_new, actions) = run(
        vec![
            Answer::result("CreateLoadBalancer", "<DNSName>web.lb</DNSName>"),
            refusal("400", "The specified LoadBalancer could not be found"),
            Answer::result(
                "DescribeLoadBalancers",
                "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName></member></LoadBalancerDescriptions>",
            ),
        ],
        &[
            "eulb-create-lb",
            "--wait",
            "-z",
            "A",
            "-l",
            "lb-port=80,protocol=tcp,instance-port=80",
            "web",
        ],
    );
    assert_eq!(run_new.status, Some(0), "{}", run_new.stderr);
    assert_eq!(run_new.stdout, "DNS_NAME\tweb.lb\n");
    assert_eq!(actions.len(), 3);
}

#[test]
fn a_wait_that_makes_no_sense_is_a_usage_error_and_asks_nothing() {
    let lines: [&[&str]; 4] = [
        &["eulb", "wait", "instance-deregistered", "web"],
        &[
            "eulb",
            "wait",
            "instances-in-service",
            "web",
            "--timeout",
            "soon",
        ],
        &["eulb", "wait", "for-godot", "web"],
        &[
            "eulb-register-instances-with-lb",
            "--instances=i-1",
            "--wait-timeout=5",
            "web",
        ],
    ];
    for line in lines {
        let (run, actions) = run(vec![health(&[])], line);
        assert_eq!(run.status, Some(2), "{line:?}: {}", run.stderr);
        assert!(actions.is_empty(), "{line:?}");
    }
}
