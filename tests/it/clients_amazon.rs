//! Clients made for Amazon, against a cloud that behaves as Amazon does: boto3 with every operation,
//! Terraform and its calls, the AWS CLI and its neighbours, Ansible, the JavaScript SDK. A client that is run
//! twice with one wish must change nothing the second time.
//!
//! Their scripts are in the folder beside this file; where they are looked for is told in `clients`.

use crate::clients::{client, first_that_runs, json, places, skipped};
use crate::cloud::{Account, Cloud};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A cloud of release aws whose checks are five times as fast.
fn cloud() -> Cloud {
    Cloud::with(&["--release", "aws", "--time-scale", "0.2"])
}

/// The Python that has boto3.
fn python() -> Option<PathBuf> {
    first_that_runs(places("python3"), &["-c", "import boto3"])
}

/// A folder of what `.ci/run` installs.
fn installed(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/clients")
        .join(name);
    path.exists().then_some(path)
}

/// A script from the folder beside this file.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/clients")
        .join(name)
}

#[test]
fn boto3_has_every_operation_every_waiter_and_every_paginator() {
    let Some(python) = python() else {
        return skipped("boto3");
    };
    let cloud = cloud();
    let pair = rcgen::generate_simple_self_signed(["boto.example.org".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    std::fs::write(&certificate, pair.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let mut command = client(&cloud, &python);
    command.arg(script("boto.py")).args([&certificate, &key]);
    let mut told = json(&mut command);
    let policies = told["policies"].take();
    assert!(
        policies.to_string().contains("ELBSecurityPolicy-2016-08"),
        "{policies}"
    );
    let instance = json!(["running", "PARTI00", [{"Key": "Name", "Value": "web"}]]);
    assert_eq!(
        told,
        json!({
            "arn": "arn:aws:iam::ACCOUNT:user/admin",
            "user": "admin",
            "zones": ["PARTI00", "PARTI01"],
            "subnets": ["PARTI00", "PARTI01"],
            "launched": [instance, instance],
            "certificates": ["web"],
            "same": true,
            "other": "DuplicateLoadBalancerName",
            "attached": 2,
            "detached": 1,
            "groups": true,
            "enabled": ["PARTI00", "PARTI01"],
            "disabled": ["PARTI00"],
            "health": ["InService"],
            "policies": null,
            "types": 6,
            "attributes": [{"Enabled": true}, {"Enabled": true, "Timeout": 5}],
            "tags": [{"Key": "b", "Value": "2"}],
            "limits": ["classic-load-balancers", "classic-listeners", "classic-registered-instances"],
            "pages": [["boto", "page-0"], ["page-1", "page-2"], ["page-3"]],
            "described": {
                "vpc": true, "subnets": true, "scheme": "internet-facing", "ports": [80, 81, 443],
                "policy": [["ELBSecurityPolicy-2016-08"]], "group": "web",
            },
            "interfaces": 1,
            "role": "arn:aws:sts::ACCOUNT:assumed-role/admin/tests",
            "lent": 5,
            "stale": "InvalidClientTokenId",
            "root": [true, "admin", 2, 5, "AuthFailure"],
            "in use": ["DeleteConflict", "DependencyViolation", "InvalidAction"],
            "left": [],
            "never called": [],
            "waiters": ["any_instance_in_service", "instance_deregistered", "instance_in_service"],
        })
    );
}

#[test]
fn what_other_peoples_suites_expect_of_amazon_holds() {
    let Some(python) = python() else {
        return skipped("boto3");
    };
    let cloud = cloud();
    let told = json(client(&cloud, &python).arg(script("suites.py")));
    assert_eq!(told["differences"], json!([]));
    assert!(told["asked"].as_u64().unwrap() > 30, "{told}");
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

#[test]
fn terraform_finds_no_difference_after_an_apply() {
    let Some(python) = python() else {
        return skipped("boto3");
    };
    let cloud = cloud();
    let instances = cloud.run_instances(2, "PARTI00");
    let mut command = client(&cloud, &python);
    command.arg(script("terraform.py")).args(&instances);
    let told = json(&mut command);
    assert_eq!(told["no difference"], true, "{told:#}");
    let mut sorted = instances.clone();
    sorted.sort();
    let (applied, changed) = (&told["applied"], &told["changed"]);
    let expected: [(&str, Value, Value); 9] = [
        ("internal", json!(false), json!(false)),
        ("availability_zones", json!(["PARTI00"]), json!(["PARTI01"])),
        ("instances", json!(sorted), json!([instances[1]])),
        (
            "listeners",
            json!([[80, "http", 80, "http"]]),
            json!([[81, "tcp", 81, "tcp"], [8080, "http", 8080, "http"]]),
        ),
        (
            "health_check",
            json!(["HTTP:80/", 30, 3, 2, 2]),
            json!(["HTTP:80/", 30, 3, 2, 2]),
        ),
        ("cross_zone", json!(true), json!(true)),
        ("idle_timeout", json!(60), json!(60)),
        ("desync", json!(["defensive"]), json!(["defensive"])),
        (
            "tags",
            json!({"Name": "terraform"}),
            json!({"Stage": "test"}),
        ),
    ];
    for (name, at_first, at_last) in expected {
        assert_eq!(applied[name], at_first, "{name}: {told:#}");
        assert_eq!(changed[name], at_last, "{name}: {told:#}");
    }
    assert_eq!(applied["draining"], json!([true, 400]), "{told:#}");
    assert_eq!(changed["draining"][0], false, "{told:#}");
    assert_eq!(applied["computed"], true);
    assert_eq!(told["left"], json!([]));
}

/// Where Terraform's provider for Amazon may be, laid out as a mirror: a folder that the environment
/// names, or one of those in which Terraform itself looks. Nothing is downloaded for a test.
fn provider_mirror() -> Option<PathBuf> {
    let named = std::env::var_os("EULB_TEST_TERRAFORM_PLUGINS").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".terraform.d/plugins"));
    let usual = [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ];
    let places = named.into_iter().chain(home);
    places
        .chain(usual.map(PathBuf::from))
        .find(|place| place.join("registry.terraform.io/hashicorp/aws").is_dir())
}

#[test]
fn terraform_itself_applies_changes_and_destroys() {
    let terraform = first_that_runs([PathBuf::from("terraform")], &["version"]);
    let (Some(terraform), Some(mirror)) = (terraform, provider_mirror()) else {
        return skipped("Terraform with a mirror of hashicorp/aws (EULB_TEST_TERRAFORM_PLUGINS)");
    };
    let cloud = cloud();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(script("terraform/main.tf"), folder.path().join("main.tf")).unwrap();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let made = rcgen::CertificateParams::new(["web.example.org".to_owned()]).unwrap();
    let certificate = made.self_signed(&key).unwrap();
    let public_key = key.public_key_pem();
    let public_key: String = public_key
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let endpoint = &cloud.environment(Account::Tenant).endpoint;
    let (origin, _) = endpoint.split_once("/services/").unwrap();
    let run = |arguments: &[&str], idle_timeout: &str| {
        let output = client(&cloud, &terraform)
            .current_dir(folder.path())
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .env("TF_VAR_endpoint", origin)
            .env("TF_VAR_certificate", certificate.pem())
            .env("TF_VAR_key", key.serialize_pem())
            .env("TF_VAR_public_key", &public_key)
            .env("TF_VAR_idle_timeout", idle_timeout)
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (
            output.status.code(),
            said + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let plugins = format!("-plugin-dir={}", mirror.display());
    let (status, said) = run(&["init", "-no-color", &plugins], "60");
    assert_eq!(status, Some(0), "{said}");
    let apply = ["apply", "-no-color", "-auto-approve"];
    // The status of a plan is 2 if there is a difference.
    let plan = ["plan", "-no-color", "-detailed-exitcode"];
    for (idle_timeout, expected) in [("60", "22 added, 0 changed"), ("90", "0 added, 1 changed")] {
        let (status, said) = run(&apply, idle_timeout);
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains(expected), "{said}");
        let (status, said) = run(&plan, idle_timeout);
        assert_eq!(status, Some(0), "{said}");
    }
    let (status, said) = run(&["destroy", "-no-color", "-auto-approve"], "90");
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

#[test]
fn the_aws_cli_asks_the_neighbours() {
    let Some(aws) = first_that_runs(places("aws"), &["--version"]) else {
        return skipped("the AWS CLI");
    };
    let cloud = cloud();
    let ask = |line: &str| {
        let arguments = line.split_whitespace();
        json(
            client(&cloud, &aws)
                .args(["--output", "json"])
                .args(arguments),
        )
    };
    let user = ask("iam get-user");
    assert_eq!(user["User"]["UserName"], "admin");
    let identity = ask("sts get-caller-identity");
    assert_eq!(identity["Arn"], user["User"]["Arn"]);
    let image = ask("ec2 describe-images")["Images"][0]["ImageId"].take();
    let run = format!(
        "ec2 run-instances --image-id {} --count 1",
        image.as_str().unwrap()
    );
    let id = ask(&run)["Instances"][0]["InstanceId"].take();
    let listed = cloud.ok("eulb", ["instance", "list"]);
    assert!(listed.contains(id.as_str().unwrap()), "{listed}");
}

#[test]
fn ansible_reports_no_change_when_there_is_none() {
    let Some(playbook) = first_that_runs(places("ansible-playbook"), &["--version"]) else {
        return skipped("Ansible");
    };
    let (Some(collections), Some(python)) = (installed("collections"), python()) else {
        return skipped("Ansible's collection amazon.aws");
    };
    let cloud = cloud();
    let folder = tempfile::tempdir().unwrap();
    let output = client(&cloud, &playbook)
        .env("ANSIBLE_COLLECTIONS_PATH", collections)
        .env("ANSIBLE_LOCALHOST_WARNING", "false")
        .env("ANSIBLE_NOCOLOR", "1")
        .env("ANSIBLE_LOCAL_TEMP", folder.path())
        .env("ANSIBLE_REMOTE_TEMP", folder.path())
        .env("LC_ALL", "C.UTF-8")
        .args([
            "--inventory",
            "localhost,",
            "--connection",
            "local",
            "--extra-vars",
        ])
        .arg(format!("ansible_python_interpreter={}", python.display()))
        .arg(script("playbook.yml"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("All assertions passed"), "{said}");
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

#[test]
fn the_javascript_sdk_does_the_whole_job() {
    let module = "node_modules/@aws-sdk/client-elastic-load-balancing";
    let (Some(node), Some(_)) = (
        first_that_runs([PathBuf::from("node")], &["--version"]),
        installed(module),
    ) else {
        return skipped("node with the SDK's client-elastic-load-balancing");
    };
    let cloud = cloud();
    let instances = cloud.run_instances(2, "PARTI00");
    let mut command: Command = client(&cloud, &node);
    // A bare name of a module is looked for from the folder in which a script from standard input runs.
    command
        .current_dir(installed(".").unwrap())
        .args(["--input-type=module", "-"])
        .args(&instances)
        .stdin(Stdio::from(std::fs::File::open(script("sdk.mjs")).unwrap()));
    assert_eq!(
        json(&mut command),
        json!({
            "same": true,
            "registered": 2,
            "waited": "SUCCESS",
            "idle": 90,
            "tags": [{"Key": "a", "Value": "b and c"}],
            "names": ["js"],
            "created": true,
            "error": "DuplicateAccessPointNameException",
        })
    );
}
