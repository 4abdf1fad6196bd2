//! What people get wrong: one clear line, the right exit status, and nothing lost.

use crate::cloud::{Account, Cloud, EULB, HTTP_80, Run, run, shell};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

/// One line on standard error that begins with the program's name and holds all these words.
#[track_caller]
fn says(run: &Run, status: i32, begins: &str, words: &[&str]) {
    assert_eq!(run.status, status, "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert_eq!(run.stderr.trim_end().lines().count(), 1, "{run:?}");
    assert!(run.stderr.starts_with(begins), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "no '{word}': {run:?}");
    }
}

#[test]
fn a_wrong_key_is_refused_by_name() {
    let cloud = Cloud::start();
    cloud.create_web();
    let with = |name: &str, value: &str| {
        run(cloud
            .command(Account::Tenant, "eulb-delete-lb")
            .env(name, value)
            .arg("web"))
    };
    let secret = with("AWS_SECRET_ACCESS_KEY", "not-the-secret");
    says(
        &secret,
        1,
        "eulb-delete-lb: error (SignatureDoesNotMatch): ",
        &[],
    );
    let unknown = with("AWS_ACCESS_KEY_ID", "AKIDOFNOBODYATALLXXX");
    says(
        &unknown,
        1,
        "eulb-delete-lb: error (InvalidClientTokenId): ",
        &[],
    );
    // Nothing was deleted, and no secret was told.
    assert_eq!(cloud.listeners("web").len(), 1);
    let real = &cloud.environment(Account::Tenant).secret_key;
    assert!(!secret.stderr.contains(real.as_str()));
}

#[test]
fn a_clock_that_is_an_hour_off_is_named() {
    let cloud = Cloud::start();
    let hour = Duration::from_secs(3600);
    let now = SystemTime::now();
    assert!(signed_at(&cloud, now).starts_with("HTTP/1.1 200 "));
    for wrong in [now - hour, now + hour] {
        let answer = signed_at(&cloud, wrong);
        assert!(!answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("<Code>RequestExpired</Code>"), "{answer}");
    }
}

/// The answer to a DescribeLoadBalancers of the tenant, signed as of a moment.
fn signed_at(cloud: &Cloud, moment: SystemTime) -> String {
    let environment = cloud.environment(Account::Tenant);
    let identity = aws_credential_types::Credentials::new(
        &environment.access_key,
        &environment.secret_key,
        None,
        None,
        "test",
    )
    .into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("eucalyptus")
        .name("elasticloadbalancing")
        .time(moment)
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let body = "Action=DescribeLoadBalancers&Version=2012-06-01";
    let address_and_path = environment.endpoint.strip_prefix("http://").unwrap();
    let (address, path) = address_and_path.split_once('/').unwrap();
    let form = "application/x-www-form-urlencoded";
    let headers = [("host", address), ("content-type", form)];
    let signable = SignableRequest::new(
        "POST",
        environment.endpoint.clone(),
        headers.into_iter(),
        SignableBody::Bytes(body.as_bytes()),
    )
    .unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {form}\r\n\
         Connection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in instructions.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request}\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn nobody_at_the_endpoint_is_a_connection_error() {
    let directory = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let run = run(shell(directory.path(), "eulb-describe-lbs")
        .env(
            "AWS_ELB_URL",
            format!("http://127.0.0.1:{port}/services/LoadBalancing"),
        )
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "SECRET"));
    says(
        &run,
        1,
        "eulb-describe-lbs: error: connection error (",
        &["refused"],
    );
}

#[test]
fn without_a_local_cloud_its_commands_say_how_to_start_one() {
    let directory = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 5] = [
        &["local", "status"],
        &["local", "env"],
        &["instance", "list"],
        &["instance", "run"],
        &["resolve", "web"],
    ];
    for arguments in cases {
        let run = run(shell(directory.path(), "eulb").args(arguments));
        says(&run, 1, "eulb ", &["eulb local start"]);
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let start = |listen: &str| {
        run(shell(directory.path(), "eulb").args([
            "local",
            "start",
            "--ephemeral",
            "--listen",
            listen,
        ]))
    };
    says(&start(&address), 1, "eulb local: ", &[&address, "in use"]);
    // 192.0.2.0/24 is documentation's: no machine has it.
    let run = start("192.0.2.1:8773");
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stderr.contains("192.0.2.1"), "{run:?}");
}

#[test]
fn a_data_directory_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    let start = |data: &std::path::Path| {
        run(shell(directory.path(), "eulb")
            .args(["local", "start", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data))
    };
    let below = file.join("cloud");
    let name = below.display().to_string();
    says(&start(&below), 1, "eulb local: ", &[&name, "--data-dir"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a directory");

    // Somebody else's files, open to all: not closed to them, not mixed with ours.
    let shared = directory.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(shared.join("letters.txt"), "").unwrap();
    says(&start(&shared), 1, "eulb local: ", &["letters.txt"]);
}

#[test]
fn a_port_of_a_listener_that_is_taken_spoils_no_other() {
    let cloud = Cloud::start();
    cloud.web_with(1);
    let listener = cloud.listener("web");
    let mut wanted = listener.address;
    wanted.set_port(wanted.port() + 1);
    let _holder = TcpListener::bind(wanted).unwrap();
    let second = "lb-port=81, protocol=HTTP, instance-port=80";
    cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);

    let status = cloud.settle();
    let servo = &status.balancers[0].servos[0];
    let failed = servo.listeners.iter().find(|listener| listener.port == 81);
    let error = failed.unwrap().error.clone().unwrap_or_default();
    assert!(error.contains("in use"), "{status:?}");
    assert_eq!(cloud.get(&listener).0, 200);
    let said = cloud.ok("eulb", ["local", "status"]);
    assert!(said.contains("in use"), "{said}");
}

#[test]
fn names_with_strange_characters_harm_nothing() {
    let cloud = Cloud::start();
    for name in [
        "a b", "a/b", "ä", "a\nb", "<script>", "%00", "-", "../x", "a'b\"",
    ] {
        let run = cloud.eulb(
            "eulb-create-lb",
            ["-z", "PARTI00", "-l", HTTP_80, "--", name],
        );
        assert_eq!(run.status, 1, "{name:?}: {run:?}");
        assert!(
            run.stderr.starts_with("eulb-create-lb: error (400): Requested configuration change is invalid: Invalid character found in the loadbalancer name"),
            "{name:?}: {run:?}"
        );
        // Asking for it, or deleting it, finds nothing.
        assert_eq!(cloud.ok("eulb-describe-lbs", ["--", name]), "");
        assert_eq!(cloud.ok("eulb-delete-lb", ["--", name]), "");
    }
    assert_eq!(cloud.ok("eulb-describe-lbs", [] as [&str; 0]), "");
}

#[test]
fn what_the_rules_refuse_leaves_nothing_behind() {
    let cloud = Cloud::start();
    let instances = cloud.run_instances(1, "PARTI01");
    cloud.create_web();
    let before = cloud.ok("eulb-describe-lbs", ["--show-long"]);
    let cases: [(&str, &[&str], &str); 5] = [
        (
            "eulb-create-lb",
            &["-z", "PARTI00", "-l", HTTP_80, "web"],
            "LoadBalancer name already exists for this account. Please choose another name.",
        ),
        (
            "eulb-create-lb-listeners",
            &["-l", HTTP_80, "web"],
            "A Listener already exists",
        ),
        (
            "eulb-create-lb",
            &["-z", "NOWHERE", "-l", HTTP_80, "other"],
            "Requested configuration change is invalid: No cluster named NOWHERE is available",
        ),
        (
            "eulb-register-instances-with-lb",
            &["--instances", "i-FFFFFFFF", "web"],
            "The specified EndPoint (instance) is not valid",
        ),
        (
            "eulb-register-instances-with-lb",
            &["--instances", &instances[0], "web"],
            "unable to find the instance's zone",
        ),
    ];
    for (command, arguments, message) in cases {
        let run = cloud.eulb(command, arguments);
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stderr.contains(message), "{command}: {run:?}");
    }
    assert_eq!(cloud.ok("eulb-describe-lbs", ["--show-long"]), before);
}

#[test]
fn gated_commands_send_nothing_and_exit_69() {
    let directory = tempfile::tempdir().unwrap();
    // Were anything sent, the refusal would be a connection error.
    let run = run(shell(directory.path(), "eulb-describe-lb-policies")
        .env("AWS_ELB_URL", "http://127.0.0.1:9/")
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "SECRET")
        .arg("web"));
    says(
        &run,
        69,
        "eulb-describe-lb-policies: ",
        &["NA", "--release"],
    );
    assert!(std::path::Path::new(EULB).exists());
}
