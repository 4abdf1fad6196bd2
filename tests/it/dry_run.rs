//! `--dry-run`: what would be sent is shown, nothing is; and what is shown as a curl command works.

use crate::cloud::{Account, Cloud, HTTP_80};
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
