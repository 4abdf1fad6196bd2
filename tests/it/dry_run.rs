//! `--dry-run`: what would be sent is shown, nothing is; and what is shown as a curl command works.

use crate::cloud::{Account, Cloud, HTTP_80};
use crate::service::{Answer, Service};
use crate::tool::Desk;
use std::process::Command;

#[test]
fn a_dry_run_needs_no_service_and_tells_no_secret() {
    let cloud = Cloud::start();
    let secret = cloud.environment(Account::Tenant).secret_key.clone();
    let arguments = ["--dry-run", "-U", "http://127.0.0.1:1/x", "web"];
    let run = cloud.eulb("eulb-delete-lb", arguments);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.starts_with("POST http://127.0.0.1:1/x\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("\nauthorization: AWS4-HMAC-SHA256 Credential=")
    );
    assert!(
        run.stdout
            .ends_with("\n\nAction=DeleteLoadBalancer\nVersion=2012-06-01\nLoadBalancerName=web\n"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains(&secret));
}

#[test]
fn gates_and_usage_errors_come_before_a_dry_run() {
    let cloud = Cloud::start();
    let gated = cloud.eulb("eulb-delete-lb-policy", ["--dry-run", "-p", "x", "web"]);
    assert_eq!((gated.status, gated.stdout.as_str()), (69, ""));
    let unknown = cloud.eulb("eulb-delete-lb", ["--dry-run=wget", "web"]);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.stderr.contains("--dry-run") && unknown.stderr.contains("wget"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn the_curl_command_does_what_the_command_would() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("SKIPPED: curl is not here");
        return;
    }
    let cloud = Cloud::start();
    let arguments = ["--dry-run=curl", "-z", "PARTI00", "-l", HTTP_80, "it"];
    let shown = cloud.ok("eulb-create-lb", arguments);
    let secret = &cloud.environment(Account::Tenant).secret_key;
    assert!(!shown.contains(secret.as_str()));
    assert_eq!(
        cloud.ok("eulb-describe-lbs", ["it"]),
        "",
        "a dry run sends nothing"
    );
    let curl = Command::new("sh").args(["-c", &shown]).output().unwrap();
    let answer = String::from_utf8_lossy(&curl.stdout);
    assert!(answer.contains("<DNSName>it-"), "{answer}");
    assert!(
        cloud
            .ok("eulb-describe-lbs", ["it"])
            .starts_with("LOAD_BALANCER\tit\t")
    );
}

#[test]
fn curl_sends_what_the_commands_would_send() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("SKIPPED: curl is not here");
        return;
    }
    let lines: [&[&str]; 7] = [
        &[
            "eulb-delete-lb",
            "b\u{e4}h & <b>=%+ '\u{1F4A9}' \"$HOME\" `id`",
        ],
        &[
            "eulb-create-tags",
            "-t",
            "k=it's, $x=\\",
            "-t",
            "empty",
            "web",
        ],
        &["eulb-enable-zones-for-lb", "-z", "", "web"],
        &[
            "eulb-set-lb-policies-of-listener",
            "-l",
            "80",
            "-p",
            "",
            "web",
        ],
        &[
            "eulb-modify-lb-attributes",
            "web",
            "AccessLog.S3BucketPrefix=",
        ],
        &[
            "eulb-describe-lbs",
            "@web",
            "--security-token=t'k",
            "-I",
            "A",
            "-S",
            "B/+=",
        ],
        &[
            "eulb-create-lb",
            "-z",
            "a,b",
            "-l",
            HTTP_80,
            "-t",
            "a=\u{2603}\n",
            "web",
        ],
    ];
    for line in lines {
        let service = Service::start(vec![Answer::ok("<R/>")]);
        let url = format!("{}/a%20b/?x=1&y=it's", service.endpoint());
        let desk = Desk::calling(&url).with("EULB_RELEASE", "aws");
        let own = desk.run(line[0], &line[1..]);
        assert_eq!(own.status, Some(0), "{own:?}");
        let arguments = [&["--dry-run=curl"], &line[1..]].concat();
        let shown = desk.run(line[0], &arguments);
        assert_eq!((shown.status, service.received().len()), (Some(0), 1));
        let curl = Command::new("sh").args(["-c", &shown.stdout]).output();
        assert!(curl.unwrap().status.success(), "{shown:?}");
        let received = service.received();
        let [by_us, by_curl] = received.as_slice() else {
            panic!("{line:?}: {} requests", received.len());
        };
        assert_eq!(by_us.target, by_curl.target, "{line:?}");
        assert_eq!(by_us.parameters(), by_curl.parameters(), "{line:?}");
        let secret = if line.contains(&"-S") {
            "B/+="
        } else {
            "sample-secret"
        };
        for request in received {
            request
                .verified(secret)
                .unwrap_or_else(|refusal| panic!("{line:?}: {refusal}"));
        }
    }
}
