//! Clients that nobody here wrote: boto3 and the AWS CLI against the API, curl against the traffic.
//!
//! They are looked for in `EULB_TEST_PYTHON`, below `target/clients` (`.ci/run` puts them there), and
//! on PATH. A test whose client is absent says so on standard error and passes.

use crate::cloud::{Account, Cloud, HTTP_80, PATIENCE};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The first of these programs that runs with these arguments.
pub fn first_that_runs(
    candidates: impl IntoIterator<Item = PathBuf>,
    arguments: &[&str],
) -> Option<PathBuf> {
    candidates.into_iter().find(|candidate| {
        Command::new(candidate)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// Where a client may be: beside the named Python, in the folder of the gate, on PATH.
pub fn places(name: &str) -> Vec<PathBuf> {
    let named = std::env::var_os("EULB_TEST_PYTHON").map(PathBuf::from);
    let beside = named.and_then(|python| Some(python.parent()?.join(name)));
    let installed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/clients/bin")
        .join(name);
    beside.into_iter().chain([installed, name.into()]).collect()
}

/// A Python that has boto3.
pub fn find_python() -> Option<PathBuf> {
    first_that_runs(places("python3"), &["-c", "import boto3"])
}

/// The AWS CLI.
pub fn find_aws() -> Option<PathBuf> {
    first_that_runs(places("aws"), &["--version"])
}

pub fn skipped(what: &str) {
    eprintln!("SKIPPED: {what} is not here (.ci/run installs it below target/clients)");
}

/// A client's command as a person runs it, after `eval "$(eulb local env)"`, with nothing of the
/// user's own configuration.
pub fn client(cloud: &Cloud, program: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", cloud.data_directory())
        .env("EULB", env!("CARGO_BIN_EXE_eulb"))
        .env("EULB_DATA_DIR", cloud.data_directory())
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .args(["-c", r#"eval "$("$EULB" local env)"; exec "$0" "$@""#])
        .arg(program)
        .stdin(Stdio::null());
    command
}

/// Runs a client to its end; what it printed is JSON.
#[track_caller]
pub fn json(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    match output.stdout.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&output.stdout).unwrap(),
    }
}

const BOTO3: &str = r#"
import boto3, json, os, sys
from botocore.exceptions import ClientError
elb = boto3.client("elb")
instances = [{"InstanceId": id} for id in sys.argv[1:]]
ids = lambda answer: sorted(i["InstanceId"] for i in answer["Instances"])
told = {}
told["dns"] = elb.create_load_balancer(
    LoadBalancerName="boto", AvailabilityZones=["PARTI00"],
    Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}],
)["DNSName"]
told["check"] = elb.configure_health_check(LoadBalancerName="boto", HealthCheck={
    "Target": "HTTP:80/health", "Interval": 5, "Timeout": 5, "HealthyThreshold": 2, "UnhealthyThreshold": 2,
})["HealthCheck"]
told["registered"] = ids(elb.register_instances_with_load_balancer(LoadBalancerName="boto", Instances=instances))
elb.get_waiter("instance_in_service").wait(
    LoadBalancerName="boto", Instances=instances, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
told["health"] = elb.describe_instance_health(LoadBalancerName="boto")["InstanceStates"]
elb.create_load_balancer_listeners(LoadBalancerName="boto", Listeners=[
    {"Protocol": "TCP", "LoadBalancerPort": 81, "InstancePort": 80}])
told["enabled"] = sorted(elb.enable_availability_zones_for_load_balancer(
    LoadBalancerName="boto", AvailabilityZones=["PARTI01"])["AvailabilityZones"])
told["disabled"] = elb.disable_availability_zones_for_load_balancer(
    LoadBalancerName="boto", AvailabilityZones=["PARTI01"])["AvailabilityZones"]
[told["described"]] = elb.describe_load_balancers(LoadBalancerNames=["boto"])["LoadBalancerDescriptions"]
told["paginated"] = len([b for page in elb.get_paginator("describe_load_balancers").paginate()
    for b in page["LoadBalancerDescriptions"]])
elb.delete_load_balancer_listeners(LoadBalancerName="boto", LoadBalancerPorts=[81])
try:
    elb.create_load_balancer(LoadBalancerName="boto", AvailabilityZones=["PARTI00"],
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}])
except ClientError as error:
    told["duplicate"] = [error.response["Error"]["Code"], error.response["Error"]["Message"],
        error.response["ResponseMetadata"]["HTTPStatusCode"]]
told["left"] = ids(elb.deregister_instances_from_load_balancer(LoadBalancerName="boto", Instances=instances[:1]))
if os.environ.get("KEEP") != "1":
    elb.delete_load_balancer(LoadBalancerName="boto")
    told["deleted"] = elb.describe_load_balancers()["LoadBalancerDescriptions"]
print(json.dumps(told, default=str))
"#;

#[test]
fn boto3_does_the_whole_job() {
    let Some(python) = find_python() else {
        return skipped("boto3");
    };
    let cloud = Cloud::start();
    let mut instances = cloud.run_instances(2, "PARTI00");
    let mut command = client(&cloud, &python);
    command.args(["-c", BOTO3]).args(&instances);
    let told = json(&mut command);
    let (first, last) = (instances[0].clone(), instances[1].clone());
    instances.sort();

    let account = &cloud.environment(Account::Tenant).account;
    let dns_name = format!("boto-{account}.lb.localhost");
    assert_eq!(told["dns"], dns_name);
    assert_eq!(
        told["check"],
        serde_json::json!({
            "Target": "HTTP:80/health", "Interval": 5, "Timeout": 5,
            "HealthyThreshold": 2, "UnhealthyThreshold": 2,
        })
    );
    assert_eq!(told["registered"], serde_json::json!(instances));
    for state in told["health"].as_array().unwrap() {
        assert_eq!(state["State"], "InService", "{told:#}");
    }
    assert_eq!(told["enabled"], serde_json::json!(["PARTI00", "PARTI01"]));
    assert_eq!(told["disabled"], serde_json::json!(["PARTI00"]));
    let described = &told["described"];
    assert_eq!(described["LoadBalancerName"], "boto");
    assert_eq!(described["DNSName"], dns_name);
    assert_eq!(
        described["AvailabilityZones"],
        serde_json::json!(["PARTI00"])
    );
    let mut ports: Vec<_> = described["ListenerDescriptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|listener| listener["Listener"]["LoadBalancerPort"].as_u64().unwrap())
        .collect();
    ports.sort_unstable();
    assert_eq!(ports, [80, 81]);
    assert!(
        described["CreatedTime"].as_str().unwrap().starts_with("20"),
        "{described:#}"
    );
    assert_eq!(told["paginated"], 1);
    assert_eq!(
        told["duplicate"],
        serde_json::json!([
            "400",
            "LoadBalancer name already exists for this account. Please choose another name.",
            400
        ])
    );
    assert_eq!(told["left"], serde_json::json!([last]));
    assert_ne!(first, last);
    assert_eq!(told["deleted"], serde_json::json!([]));
}

#[test]
fn the_aws_cli_does_the_whole_job() {
    let Some(aws) = find_aws() else {
        return skipped("the AWS CLI");
    };
    let cloud = Cloud::start();
    let instances = cloud.run_instances(2, "PARTI00");
    let endpoint = cloud.environment(Account::Tenant).endpoint.clone();
    let elb = |operation: &str, arguments: &[&str]| {
        let name = ["--load-balancer-name", "cli"];
        json(
            client(&cloud, &aws)
                .args([
                    "--endpoint-url",
                    &endpoint,
                    "--output",
                    "json",
                    "elb",
                    operation,
                ])
                .args(name)
                .args(arguments),
        )
    };
    let listener = "Protocol=HTTP,LoadBalancerPort=80,InstanceProtocol=HTTP,InstancePort=80";
    let zones = ["--availability-zones", "PARTI00"];
    let created = elb(
        "create-load-balancer",
        &[&["--listeners", listener], &zones[..]].concat(),
    );
    assert!(created["DNSName"].as_str().unwrap().starts_with("cli-"));
    let check =
        "Target=HTTP:80/health,Interval=5,Timeout=5,UnhealthyThreshold=2,HealthyThreshold=2";
    elb("configure-health-check", &["--health-check", check]);
    let both = ["--instances", &instances[0], &instances[1]];
    let registered = elb("register-instances-with-load-balancer", &both);
    assert_eq!(registered["Instances"].as_array().unwrap().len(), 2);
    cloud.await_state("cli", &instances, "InService");
    let health = elb("describe-instance-health", &[]);
    assert_eq!(health["InstanceStates"][0]["State"], "InService");
    assert_eq!(cloud.ask(&cloud.listener("cli"), 10).failed, 0);
    elb("delete-load-balancer", &[]);
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

/// A web server of Python's that serves one file, ended with the test.
struct Server {
    process: Child,
    port: String,
    _files: tempfile::TempDir,
}

impl Server {
    fn start(page: &str) -> Option<Server> {
        let python = first_that_runs(places("python3"), &["-c", "import http.server"])?;
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("index.html"), page).unwrap();
        let mut process = Command::new(python)
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
            .current_dir(files.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        // Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ...
        let port = line
            .split_whitespace()
            .skip_while(|word| *word != "port")
            .nth(1);
        let port = port
            .unwrap_or_else(|| panic!("no port in {line:?}"))
            .to_owned();
        Some(Server {
            process,
            port,
            _files: files,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn curl_reaches_two_servers_of_ones_own_through_the_load_balancer() {
    if first_that_runs(["curl".into()], &["--version"]).is_none() {
        return skipped("curl");
    }
    let (Some(one), Some(two)) = (Server::start("one\n"), Server::start("two\n")) else {
        return skipped("python3");
    };
    let cloud = Cloud::start();
    let ids = ["i-0000000E", "i-0000000F"].map(String::from);
    for (id, server) in ids.iter().zip([&one, &two]) {
        let port = format!("80={}", server.port);
        let place = ["--address", "127.0.0.1", "--port", &port];
        cloud.ok("eulb", ["instance", "add", id].into_iter().chain(place));
    }
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.check_quickly("web", "HTTP:80/index.html");
    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");

    let listener = cloud.listener("web");
    let curl = |path: &str| {
        let patience = PATIENCE.as_secs().to_string();
        let output = Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--noproxy",
                "*",
                "--max-time",
                &patience,
            ])
            .args(["--write-out", "%{http_code}"])
            .arg(format!("http://{}{path}", listener.address))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let pages: Vec<String> = (0..4).map(|_| curl("/")).collect();
    for expected in ["one\n200", "two\n200"] {
        let count = pages.iter().filter(|page| *page == expected).count();
        assert!(count >= 1, "{expected:?} of {pages:?}");
    }
    // What the servers say is passed on as it is.
    assert!(curl("/nothing").ends_with("404"));

    // One of them is switched off: the other answers alone.
    drop(one);
    cloud.await_state("web", &ids[..1], "OutOfService");
    for _ in 0..4 {
        assert_eq!(curl("/"), "two\n200");
    }
}
