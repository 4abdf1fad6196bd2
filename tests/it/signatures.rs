//! Every failure signature of `eulb explain`, provoked in a real cloud.
//!
//! [`provoke`] has a way to each; the first test walks [`SIGNATURES`] and fails at one that has none.

use crate::cloud::{Cloud, GLANCE, HTTP_80, PATIENCE, Reader as Exchange, Slow, run, shell};
use crate::controller_http::{Served, create};
use crate::inline::Reader;
use eulb::controller::Config;
use eulb::controller::explain::SIGNATURES;
use eulb::wire::local::Explanation;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Instant;

const EMI: &str = "loadbalancing.loadbalancer_emi";

/// What is explained: `--lb web`, `--instance i-1DF9440E`.
type Subject = [String; 2];

fn balancer() -> Subject {
    ["--lb", "web"].map(str::to_owned)
}

fn instance(id: &str) -> Subject {
    ["--instance", id].map(str::to_owned)
}

fn found(explained: &str) -> Vec<String> {
    let explanation: Explanation = serde_json::from_str(explained).unwrap();
    let findings = explanation.findings.into_iter();
    findings.map(|finding| finding.signature).collect()
}

/// Explains again and again until the signature is there.
#[track_caller]
fn await_signature(cloud: &Cloud, [option, name]: &Subject, signature: &str) -> Explanation {
    let began = Instant::now();
    loop {
        let explained = cloud.ok("eulb", ["explain", "--json", option, name]);
        if found(&explained).iter().any(|one| one == signature) {
            return serde_json::from_str(&explained).unwrap();
        }
        assert!(began.elapsed() < PATIENCE, "{signature}: {explained}");
        std::thread::sleep(GLANCE);
    }
}

fn set(cloud: &Cloud, property: &str, value: &str) {
    let setting = format!("{property}={value}");
    cloud.ok("eulb", ["admin", "properties", "set", &setting]);
}

/// Takes a port once nobody has it; one that this user may not have is nobody's.
fn take(address: &str, port: u16) -> Option<TcpListener> {
    let began = Instant::now();
    loop {
        match TcpListener::bind((address, port)) {
            Ok(listener) => return Some(listener),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return None,
            Err(error) => assert!(began.elapsed() < PATIENCE, "{address}:{port}: {error}"),
        }
        std::thread::sleep(GLANCE);
    }
}

/// Does what has the signature, and says what is to be explained; nothing where no way is known.
fn provoke(signature: &str, cloud: &Cloud) -> Option<Subject> {
    let subject = match signature {
        "service-not-ready" => {
            cloud.create_web();
            set(cloud, EMI, "NULL");
            balancer()
        }
        "name-does-not-resolve" => {
            cloud.create_web();
            cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI00", "web"]);
            balancer()
        }
        "connection-refused" => {
            cloud.create_web();
            let mut taken = cloud.listener("web").address;
            taken.set_port(taken.port() + 1);
            // It is held for as long as the cloud of this provocation runs.
            std::mem::forget(TcpListener::bind(taken).unwrap());
            let second = "lb-port=81, protocol=HTTP, instance-port=80, instance-protocol=HTTP";
            cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);
            balancer()
        }
        "no-listener" => {
            cloud.create_web();
            cloud.ok("eulb-delete-lb-listeners", ["-l", "80", "web"]);
            balancer()
        }
        "no-instance-in-service" => {
            cloud.create_web();
            balancer()
        }
        "registration-in-progress" => {
            // Ten checks that are five minutes apart, at fifty times the speed: a minute.
            cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
            let slow = "--interval 300 --timeout 5 --healthy-threshold 10 --unhealthy-threshold 10";
            let check = slow.split(' ').chain(["-t", "HTTP:80/health", "web"]);
            cloud.ok("eulb-configure-healthcheck", check);
            let ids = cloud.run_instances(1, "PARTI00");
            cloud.register("web", &ids);
            instance(&ids[0])
        }
        "failed-health-checks" => {
            let ids = cloud.web_with(1);
            cloud.ok("eulb", ["instance", "fail", &ids[0]]);
            instance(&ids[0])
        }
        "health-not-updated" => {
            // The servo dies, and the checks of the next take so long that nothing is heard of the
            // instance for three intervals times the healthy threshold.
            let ids = cloud.run_instances(1, "PARTI00");
            cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
            let slow = "--interval 5 --timeout 60 --healthy-threshold 5 --unhealthy-threshold 10";
            let check = slow.split(' ').chain(["-t", "HTTP:80/health", "web"]);
            cloud.ok("eulb-configure-healthcheck", check);
            cloud.register("web", &ids);
            cloud.await_state("web", &ids, "InService");
            cloud.ok("eulb", ["instance", "delay", "60000", &ids[0]]);
            let servo = cloud.status().balancers[0].servos[0].id.clone();
            cloud.ok("eulb", ["admin", "servos", "--terminate", &servo]);
            instance(&ids[0])
        }
        "deregistration-in-progress" => {
            let slow = Slow::start();
            let id = "i-1DF9440E".to_owned();
            slow.enrol(cloud, &id);
            cloud.create_web();
            cloud.check_quickly("web", "TCP:80");
            let long = [
                "ConnectionDraining.Enabled=true",
                "ConnectionDraining.Timeout=3600",
            ];
            let target = ["--release", "aws", "web"];
            cloud.ok("eulb-modify-lb-attributes", target.into_iter().chain(long));
            cloud.register("web", std::slice::from_ref(&id));
            cloud.await_state("web", std::slice::from_ref(&id), "InService");
            // Both ends stay as they are for as long as the cloud of this provocation runs.
            std::mem::forget(Exchange::ask(&cloud.listener("web")));
            std::mem::forget(slow.begun());
            cloud.deregister("web", std::slice::from_ref(&id));
            instance(&id)
        }
        "instance-stopped" => {
            let ids = cloud.web_with(1);
            cloud.ok("eulb", ["instance", "stop", &ids[0]]);
            instance(&ids[0])
        }
        "zone-disabled" => {
            let ids = cloud.web_with(1);
            cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI00", "web"]);
            instance(&ids[0])
        }
        "stale-addresses" => {
            let zones = ["-z", "PARTI00,PARTI01", "-l", HTTP_80, "web"];
            cloud.ok("eulb-create-lb", zones);
            cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI01", "web"]);
            balancer()
        }
        "refused-request" => {
            let nowhere = ["-z", "NOWHERE", "-l", HTTP_80, "web"];
            assert_eq!(cloud.eulb("eulb-create-lb", nowhere).status, 1);
            balancer()
        }
        "instance-not-running" => {
            let ids = cloud.run_instances(1, "PARTI00");
            let listed = cloud.ok("eulb", ["instance", "stop", &ids[0]]);
            let address = listed.split('\t').nth(4).unwrap().to_owned();
            // Whether the cloud may bind port 80 or adds an offset: both are taken, as soon as the
            // server of the instance has let go.
            std::mem::forget([80, 8080].map(|port| take(&address, port)));
            cloud.ok("eulb", ["instance", "start", &ids[0]]);
            instance(&ids[0])
        }
        "not-registered" => instance(&cloud.run_instances(1, "PARTI00")[0]),
        _ => return None,
    };
    Some(subject)
}

#[test]
fn every_signature_is_provoked() {
    let reader = Reader::new();
    for signature in SIGNATURES {
        if signature == "not-in-force-yet" {
            // In a whole cloud this lasts for milliseconds; see below.
            continue;
        }
        let cloud = match signature {
            "deregistration-in-progress" => Cloud::with(&["--ephemeral", "--release=aws"]),
            _ => Cloud::start(),
        };
        let subject = provoke(signature, &cloud);
        let subject = subject.unwrap_or_else(|| panic!("nothing provokes {signature}"));
        let explanation = await_signature(&cloud, &subject, signature);
        let findings = explanation.findings.iter();
        let own = findings.clone().find(|of| of.signature == signature);
        assert!(!own.unwrap().cause.is_empty(), "{signature}");
        // What is said to mend it is a command, or several.
        let mends = findings.filter_map(|of| of.mend.as_deref());
        for mend in mends.filter(|mend| mend.starts_with("eulb")) {
            let commands = mend.split(", or ").next().unwrap_or_default();
            for command in commands.split(" && ") {
                reader.must_read(command, signature);
            }
        }
    }
}

#[tokio::test]
async fn a_change_that_no_data_plane_has_taken_up_is_not_in_force_yet() {
    // A controller alone: nothing is ever in force.
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("cloud");
    std::fs::create_dir(&data).unwrap();
    let served = Served::start(Config::default(), &data.join("eulb.sock")).await;
    let client = served.client("tenant").await;
    client.call(&create("web")).await.unwrap();
    let path = folder.path().to_owned();
    let explain = move || {
        let mut command = shell(&path, "eulb");
        run(command.args(["explain", "--json", "--lb", "web"]))
    };
    let explained = tokio::task::spawn_blocking(explain).await.unwrap();
    assert_eq!(explained.status, 0, "{}", explained.stderr);
    let signatures = found(&explained.stdout);
    assert!(
        signatures.contains(&"not-in-force-yet".to_owned()),
        "{signatures:?}"
    );
    assert!(
        SIGNATURES.contains(&"not-in-force-yet"),
        "it was renamed, and so must this test be"
    );
    served.stop().await;
}

#[test]
fn each_cause_of_a_refused_request_is_explained_by_the_words_of_the_refusal() {
    /// What is to be done first, what is typed then, what it says, and what is explained.
    type Case = (fn(&Cloud), &'static str, &'static str);
    let cases: [Case; 3] = [
        (
            // More machines than the range of servos has addresses.
            |cloud| {
                set(cloud, "loadbalancing.loadbalancer_num_vm", "64");
                cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "other"]);
            },
            "error (InternalFailure): Failed to create the loadbalancer: Not enough resources in PARTI00",
            "Not enough resources in PARTI00",
        ),
        (
            |cloud| set(cloud, EMI, "NULL"),
            "error (InternalFailure): Failed to create the loadbalancer: No loadbalancer EMI is found",
            "No loadbalancer EMI is found",
        ),
        (
            |cloud| cloud.create_web(),
            "error (400): ",
            "LoadBalancer name already exists for this account",
        ),
    ];
    for (prepare, said, explained) in cases {
        let cloud = Cloud::start();
        prepare(&cloud);
        let refused = cloud.eulb("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
        assert_eq!(refused.status, 1, "{said}");
        assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
        let explanation = await_signature(&cloud, &balancer(), "refused-request");
        let finding = explanation
            .findings
            .iter()
            .find(|of| of.signature == "refused-request")
            .unwrap();
        assert!(finding.cause.contains(explained), "{}", finding.cause);
        let mend = finding.mend.as_deref().unwrap_or_default();
        let trace: Vec<&str> = mend.split(' ').skip(1).collect();
        let story = cloud.ok("eulb", trace);
        assert!(story.contains("action=CreateLoadBalancer"), "{story}");
    }
}
