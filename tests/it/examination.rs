//! `eulb config` and `eulb doctor`: what is in force, and what is wrong.

use super::cloud::{Account, Cloud, GLANCE, HTTP_80, PATIENCE};
use super::service::{Answer, Refusing, Service};
use super::tool::Desk;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

/// How often something is tried that gives up within 300 ms.
const TRIES: u32 = 20;

const NO_ARGUMENTS: [&str; 0] = [];

fn find<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines()
        .find(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("no line '{start}' in {text}"))
}

#[test]
fn config_tells_values_sources_and_what_they_overrode_without_secrets() {
    let desk = Desk::calling("http://variable.example/x").with("EULB_RELEASE", "4.1.0");
    let file = "[global]\ndefault-region = west\n[region west]\nelasticloadbalancing-url = http://file.example/\n";
    desk.write("home/.euca/a.ini", file);
    let run = desk.run("eulb", &["config", "--release", "aws"]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(
        find(&run.stdout, "endpoint"),
        "endpoint\thttp://variable.example/x\tvariable AWS_ELB_URL"
    );
    let overrode = "  overrode\thttp://file.example/\t";
    assert!(find(&run.stdout, overrode).ends_with("[region west] elasticloadbalancing-url"));
    assert_eq!(find(&run.stdout, "release"), "release\taws\t--release");
    let beaten = "  overrode\t4.1.0\tvariable EULB_RELEASE";
    assert_eq!(find(&run.stdout, "  overrode\t4.1.0"), beaten);
    let secret = "secret-key\t<redacted>\tvariable AWS_ACCESS_KEY";
    assert_eq!(find(&run.stdout, "secret-key"), secret);
    assert!(!run.stdout.contains("sample-secret"), "{run:?}");
    let query = "Settings[?Setting=='access-key-id'].Value | [0]";
    let run = desk.run("eulb", &["config", "--query", query]);
    assert_eq!(run.stdout, "\"AKIDSAMPLE\"\n");
}

#[test]
fn config_prints_what_can_be_read_beside_a_broken_file() {
    let desk = Desk::calling("http://variable.example/");
    desk.write("home/.euca/a.ini", "[global]\ntimeout = 9\n");
    desk.write("home/.euca/b.ini", "[global]\n\nnonsense\n");
    let run = desk.run("eulb", &["config"]);
    assert_eq!(run.status, Some(1));
    assert!(find(&run.stdout, "timeout").starts_with("timeout\t9 s\t"));
    let path = desk.path().join("home/.euca/b.ini");
    let complaint = format!(
        "eulb config: error: {}, line 3: neither a [section] nor 'key = value'\n",
        path.display()
    );
    assert_eq!(run.stderr, complaint);
}

#[test]
fn doctor_finds_a_healthy_local_cloud_healthy() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.settle();
    let run = cloud.eulb("eulb", ["doctor"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    for check in [
        "configuration",
        "credentials",
        "endpoint",
        "clock",
        "signature",
        "permissions",
        "release",
        "load balancer web",
    ] {
        find(&run.stdout, &format!("ok\t{check}\t"));
    }
    assert!(run.stdout.contains("port 80 accepts at 127."), "{run:?}");
    let query = "Checks[?State!='ok'] | length(@)";
    assert_eq!(
        cloud.eulb("eulb", ["doctor", "--query", query]).stdout,
        "0\n"
    );
}

#[test]
fn doctor_names_what_is_wrong_and_what_mends_it() {
    let cloud = Cloud::start();
    let command = |name: &str, value: &str| {
        let mut command = cloud.command(Account::Tenant, "eulb");
        command.arg("doctor").env(name, value);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    };
    let (status, text) = command("AWS_SECRET_ACCESS_KEY", "other");
    assert_eq!(status, Some(1));
    assert!(find(&text, "WRONG\tsignature").contains("SignatureDoesNotMatch"));
    assert_eq!(find(&text, "\tmend"), "\tmend\teval \"$(eulb local env)\"");

    let (status, text) = command("EULB_RELEASE", "4.2.0");
    assert_eq!(status, Some(1));
    let line = "WRONG\trelease\t4.2.0 is targeted (variable EULB_RELEASE), but 3.3.0 answers";
    assert_eq!(find(&text, "WRONG"), line);
    assert_eq!(find(&text, "\tmend"), "\tmend\texport EULB_RELEASE=3.3.0");

    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (status, text) = command("AWS_ELB_URL", &format!("http://{free}/"));
    assert_eq!(status, Some(1));
    assert!(find(&text, "WRONG\tendpoint").contains("Connection refused"));
    assert_eq!(find(&text, "\tmend"), "\tmend\teval \"$(eulb local env)\"");
}

/// Each trouble is made in a shell, the first remedy that is printed is carried out there, and the
/// next examination must find nothing.
#[test]
fn what_doctor_prints_mends_what_it_found() {
    let cloud = Cloud::start();
    let refusing = Refusing::new();
    let closed = format!("http://{}/", refusing.address);
    // A name that no name server is asked for: its first part is longer than any may be.
    let nowhere = format!("http://{}.invalid/", "x".repeat(64));
    let cases = [
        (format!("export AWS_ELB_URL={nowhere}"), "", "endpoint"),
        (
            "export AWS_ACCESS_KEY_ID=AKINOBODYS AWS_SECRET_ACCESS_KEY=secret".to_owned(),
            "",
            "signature",
        ),
        (
            "export AWS_SECRET_ACCESS_KEY=other".to_owned(),
            "",
            "signature",
        ),
        (String::new(), "-I AKINOBODYS -S secret", "signature"),
        (format!("export AWS_ELB_URL={closed}"), "", "endpoint"),
        (
            "unset AWS_ELB_URL AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING".to_owned(),
            "",
            "endpoint",
        ),
        (
            "unset AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_KEY AWS_SECRET_ACCESS_KEY"
                .to_owned(),
            "",
            "credentials",
        ),
        (
            "export AWS_CREDENTIAL_EXPIRATION=2013-06-14T12:00:00Z".to_owned(),
            "",
            "credentials",
        ),
        ("export EULB_RELEASE=4.2.0".to_owned(), "", "release"),
        (String::new(), "--release 4.2.0", "release"),
        (String::new(), &format!("-U {closed}"), "endpoint"),
    ];
    for (trouble, options, check) in cases {
        let (status, found, next) = mended(
            cloud.command(Account::Tenant, "eulb"),
            &trouble,
            options,
            "",
            &[],
        );
        assert!(
            found.contains(&format!("WRONG\t{check}\t")),
            "{trouble}: {found}"
        );
        assert_eq!(status, Some(0), "{trouble}: {found}{next}");
        assert!(next.contains("ok\tsignature\t"), "{trouble}: {found}{next}");
    }
}

/// Has a shell make some trouble, examine, carry out the first remedy that is printed, and examine
/// again: the last status, and what was said before and after. The commands of the toolset are there
/// under their names, and stand-ins of others. `then` is what else is done before the second look.
fn mended(
    user: std::process::Command,
    trouble: &str,
    options: &str,
    then: &str,
    stand_ins: &[(&str, &str)],
) -> (Option<i32>, String, String) {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let links = tempfile::TempDir::new().unwrap();
    symlink(super::cloud::EULB, links.path().join("eulb")).unwrap();
    for row in eulb::cli::commands::COMMANDS {
        symlink(super::cloud::EULB, links.path().join(row.name)).unwrap();
    }
    for (name, script) in stand_ins {
        let path = links.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let script = format!(
        "{trouble}\nfound=$(eulb doctor {options}) && exit 3\nprintf '%s\\n' \"$found\"\n\
         mend=$(printf '%s\\n' \"$found\" | sed -n 's/^\tmend\t//p' | head -n 1)\n\
         eval \"$mend\" >/dev/null || exit 4\n{then}\necho NEXT\neulb doctor"
    );
    let mut command = std::process::Command::new("sh");
    let set = user
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    command.env_clear().envs(set).args(["-c", &script]);
    command.env("PATH", format!("{}:/usr/bin:/bin", links.path().display()));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let (found, next) = text.split_once("NEXT").unwrap_or((&text, ""));
    (
        output.status.code(),
        found.to_owned(),
        format!("{next}{said}"),
    )
}

#[test]
fn a_missing_permission_is_given_by_what_doctor_prints() {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    cloud.ok("eulb", ["admin", "users", "create", "ann"]);
    let arguments = ["admin", "keys", "create", "--user=ann", "--json"];
    let key: serde_json::Value = serde_json::from_str(&cloud.ok("eulb", arguments)).unwrap();
    let mut user = cloud.command(Account::Tenant, "eulb");
    user.env("AWS_ACCESS_KEY_ID", key["id"].as_str().unwrap())
        .env("AWS_SECRET_ACCESS_KEY", key["secret"].as_str().unwrap())
        .env("EULB_RELEASE", "aws");
    let (status, found, next) = mended(user, "", "", "", &[]);
    assert!(
        find(&found, "WRONG\tpermissions").contains("AccessDenied"),
        "{found}"
    );
    assert_eq!(status, Some(0), "{found}{next}");
    find(&next, "ok\tpermissions\t");
}

#[test]
fn a_load_balancer_that_nothing_carries_is_carried_after_what_doctor_prints() {
    let cloud = Cloud::start();
    let wait = "eulb local wait >&2";
    for (trouble, reason) in [
        ("eulb-delete-lb-listeners -l 80 web", "it has no listener"),
        (
            "eulb-disable-zones-for-lb -z PARTI00 web >&2",
            "it is in no zone",
        ),
    ] {
        cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
        let trouble = format!("{trouble}; {wait}");
        let (status, found, next) = mended(
            cloud.command(Account::Tenant, "eulb"),
            &trouble,
            "",
            wait,
            &[],
        );
        let line = find(&found, "WRONG\tload balancer web");
        assert!(line.ends_with(reason), "{found}");
        assert_eq!(status, Some(0), "{found}{next}");
        assert!(find(&next, "ok\tload balancer web").contains("port 80 accepts"));
        cloud.ok("eulb-delete-lb", ["web"]);
        cloud.settle();
    }
}

/// Nobody's clock is set here: `sudo` is a stand-in that notes what it was to do, and the endpoint
/// has another time when it is asked again.
#[test]
fn a_wrong_clock_is_set_by_what_doctor_prints() {
    let at = |date: &str| Answer {
        headers: vec![("Date".to_owned(), date.to_owned())],
        ..Answer::result("DescribeLoadBalancers", "")
    };
    let now = String::from_utf8(
        std::process::Command::new("date")
            .args(["-u", "+%a, %d %b %Y %H:%M:%S GMT"])
            .env("LC_ALL", "C")
            .output()
            .unwrap()
            .stdout,
    );
    let then = at("Fri, 14 Jun 2013 12:00:00 GMT");
    let service = Service::start(vec![then.clone(), then, at(now.unwrap().trim())]);
    let desk = Desk::calling(&service.endpoint());
    let noted = desk.path().join("noted");
    let sudo = format!("echo \"$@\" >> {}", noted.display());
    let user = desk.command::<&str>("eulb", &[]);
    let (status, found, next) = mended(user, "", "", "", &[("sudo", &sudo)]);
    find(&found, "WRONG\tclock\t");
    assert_eq!(status, Some(0), "{found}{next}");
    find(&next, "ok\tclock\tagrees");
    let noted = std::fs::read_to_string(noted).unwrap();
    assert_eq!(noted, "timedatectl set-ntp true\n");
}

/// The remedy is to free the port; the local cloud tries again every two seconds.
#[test]
fn a_port_that_was_freed_as_doctor_says_is_bound() {
    let cloud = Cloud::start();
    cloud.create_web();
    let mut taken = cloud.listener("web").address;
    taken.set_port(taken.port() + 1);
    let holder = TcpListener::bind(taken).unwrap();
    let second = "lb-port=81, protocol=HTTP, instance-port=80, instance-protocol=HTTP";
    cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);
    cloud.settle();
    let run = cloud.eulb("eulb", ["doctor"]);
    assert_eq!(run.status, 1, "{run:?}");
    let line = find(&run.stdout, "WRONG\tload balancer web\t");
    assert!(line.contains("port 81 is not bound: "), "{line}");
    assert!(find(&run.stdout, "\tmend").starts_with("\tmend\tfree the port"));
    drop(holder);
    let began = Instant::now();
    while format!("{:?}", cloud.status()).contains("error: Some(") {
        assert!(began.elapsed() < PATIENCE, "{:?}", cloud.status());
        std::thread::sleep(GLANCE);
    }
    assert_eq!(cloud.eulb("eulb", ["doctor"]).status, 0);
}

/// What the doctor says of a service that gives these answers, the first of them to a question that
/// is not signed.
fn examined(answers: Vec<Answer>) -> String {
    let service = Service::start(answers);
    let run = Desk::calling(&service.endpoint()).run("eulb", &["doctor"]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(1), ""), "{run:?}");
    run.stdout
}

#[test]
fn doctor_tells_a_wrong_clock_a_missing_permission_a_name_and_a_port() {
    let dated = Answer {
        headers: vec![(
            "Date".to_owned(),
            "Fri, 14 Jun 2013 12:00:00 GMT".to_owned(),
        )],
        ..Answer::ok("<R/>")
    };
    let text = examined(vec![dated]);
    assert!(find(&text, "WRONG\tclock").contains(" s ahead of the endpoint's"));
    assert_eq!(
        find(&text, "\tmend"),
        "\tmend\tsudo timedatectl set-ntp true"
    );

    let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>";
    let text = examined(vec![Answer::ok(""), Answer::status(403, denied)]);
    find(&text, "ok\tsignature\t");
    assert!(find(&text, "WRONG\tpermissions").ends_with("AccessDenied: not for you"));
    assert!(find(&text, "\tmend").contains("elasticloadbalancing:DescribeLoadBalancers"));

    let described = |name: &str, port: u16| {
        let inside = format!(
            "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName><DNSName>{name}</DNSName>\
             <ListenerDescriptions><member><Listener><Protocol>TCP</Protocol><LoadBalancerPort>{port}</LoadBalancerPort>\
             </Listener></member></ListenerDescriptions></member></LoadBalancerDescriptions>"
        );
        Answer::result("DescribeLoadBalancers", &inside)
    };
    // A label of more than 63 characters is no name, whatever a name server would say.
    let name = format!("{}.invalid", "x".repeat(64));
    let text = examined(vec![described(&name, 80)]);
    let found = find(&text, "WRONG\tload balancer web");
    assert!(
        found.contains(&format!("{name} cannot be resolved: ")),
        "{found}"
    );
    assert!(find(&text, "\tmend").contains(&format!("getent hosts {name}")));

    let refusing = Refusing::new();
    let port = refusing.address.port();
    let text = examined(vec![described("127.0.0.1", port)]);
    let found = find(&text, "WRONG\tload balancer web");
    assert!(
        found.contains(&format!("port {port} does not accept at 127.0.0.1:{port}")),
        "{found}"
    );
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = Service::start(vec![described(
        "127.0.0.1",
        open.local_addr().unwrap().port(),
    )]);
    let run = Desk::calling(&service.endpoint()).run("eulb", &["doctor"]);
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[test]
fn half_a_pair_of_keys_on_the_command_line_is_not_mended_by_variables() {
    let cloud = Cloud::start();
    let run = cloud.eulb("eulb", ["doctor", "-I", "AKI"]);
    assert_eq!(run.status, 1);
    let mend = "\tmend\tgive both -I and -S, or neither, nor --security-token";
    assert_eq!(find(&run.stdout, "\tmend"), mend);
}

#[test]
fn doctor_without_anything_says_how_to_begin() {
    let run = Desk::new().run("eulb", &["doctor"]);
    assert_eq!(run.status, Some(1));
    assert!(find(&run.stdout, "WRONG\tendpoint").contains("No elasticloadbalancing endpoint"));
    let start = "eulb local start -d && eval \"$(eulb local env)\"";
    assert!(find(&run.stdout, "\tmend").ends_with(start));
    let help = Desk::new().run("eulb", &["doctor", "--help"]);
    assert_eq!(help.status, Some(0));
    assert_eq!(Desk::new().run("eulb", &NO_ARGUMENTS).status, Some(0));
}

/// Runs a command of a cloud's tenant at a terminal; nothing if there is no `script` to make one.
pub fn at_a_terminal(cloud: &Cloud, line: &str) -> Option<String> {
    let mut command = cloud.command(Account::Tenant, "eulb");
    let variables: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let folder = command.get_current_dir().map(std::path::Path::to_owned);
    command = std::process::Command::new("script");
    command
        .args(["-qec", line, "/dev/null"])
        .env_clear()
        .envs(variables)
        .current_dir(folder.unwrap_or_else(std::env::temp_dir))
        .stdin(std::process::Stdio::null());
    match command.output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).replace('\r', "")),
        Err(error) => {
            eprintln!("SKIPPED: script cannot be run: {error}");
            None
        }
    }
}

/// Checks that a command says something at a terminal; false if there is none. Advice that would
/// come late is not given, so a busy machine may need several tries.
#[track_caller]
fn says_at_a_terminal(cloud: &Cloud, line: &str, expected: &str) -> bool {
    let mut said = String::new();
    for _ in 0..TRIES {
        match at_a_terminal(cloud, line) {
            Some(text) if text.contains(expected) => return true,
            Some(text) => said = text,
            None => return false,
        }
    }
    panic!("'{expected}' is not in {said}");
}

#[test]
fn advice_is_given_at_a_terminal_and_not_in_a_pipe() {
    let cloud = Cloud::start();
    cloud.ok(
        "eulb-create-lb",
        ["-z", "PARTI00", "-l", HTTP_80, "web-front"],
    );
    let run = cloud.eulb("eulb-describe-instance-health", ["web-fornt"]);
    assert_eq!(run.status, 1);
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    let eulb = super::cloud::EULB;
    let advice = "advice: did you mean 'web-front' instead of 'web-fornt'?";
    for line in [
        format!("{eulb} describe-instance-health web-fornt"),
        format!("{eulb} delete-lb-listeners -l 80 web-fornt"),
    ] {
        if !says_at_a_terminal(&cloud, &line, advice) {
            return;
        }
    }
    let unset = format!("unset AWS_ELB_URL; {eulb} describe-lbs");
    let advice = "advice: a local cloud is running; use it with: eval";
    says_at_a_terminal(&cloud, &unset, advice);
    let other = format!("AWS_SECRET_ACCESS_KEY=other {eulb} describe-lbs");
    let advice = "advice: the keys come from variable AWS_ACCESS_KEY_ID;";
    says_at_a_terminal(&cloud, &other, advice);

    // Amazon has a code of its own for it.
    let amazon = Cloud::with(&["--release", "aws"]);
    amazon.ok(
        "eulb-create-lb",
        ["-z", "PARTI00", "-l", HTTP_80, "web-front"],
    );
    let line = format!("{eulb} describe-instance-health web-fornt");
    let run = amazon.eulb("eulb-describe-instance-health", ["web-fornt"]);
    assert!(
        run.stderr.contains("error (LoadBalancerNotFound): "),
        "{run:?}"
    );
    let advice = "advice: did you mean 'web-front' instead of 'web-fornt'?";
    says_at_a_terminal(&amazon, &line, advice);
}

#[test]
fn a_wait_for_the_local_cloud_shows_at_a_terminal_what_it_waits_for() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.settle();
    // One instance, which there is not: the wait ends with its time.
    let eulb = super::cloud::EULB;
    let line = format!("{eulb} local wait web --in-service 1 --timeout 0.5");
    let expected = "waiting: 0 of 0 instances of 'web' are in service, not 1";
    if says_at_a_terminal(&cloud, &line, expected) {
        let run = cloud.eulb(
            "eulb",
            ["local", "wait", "web", "--in-service=1", "--timeout=0"],
        );
        assert_eq!(run.status, 1);
        assert!(
            run.stderr.starts_with("eulb local: error: still waiting"),
            "{run:?}"
        );
    }
}

/// A service with a certificate of its own for a name, and the certificate as PEM.
fn secure(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let configuration = Arc::new(configuration);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://{}/", listener.local_addr().unwrap());
    // It ends with the tests: nothing tells it how often it will be asked.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&configuration)).unwrap();
            let mut tls = rustls::Stream::new(&mut tls, &mut stream);
            let mut piece = [0; 4096];
            if tls.read(&mut piece).is_ok() {
                let empty = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = tls.write_all(empty);
            }
        }
    });
    (endpoint, made.cert.pem())
}

#[test]
fn doctor_tells_an_unknown_authority_from_a_certificate_of_another_name() {
    let (endpoint, certificate) = secure("127.0.0.1");
    let desk = Desk::calling(&endpoint);
    desk.write("ca.pem", &certificate);
    let run = desk.run("eulb", &["doctor", "--verify-ssl"]);
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(
        find(&run.stdout, "WRONG\tendpoint").contains("UnknownIssuer"),
        "{run:?}"
    );
    let mend = find(&run.stdout, "\tmend\texport AWS_CA_BUNDLE=");
    assert!(mend.contains("the certificate of its authority"), "{mend}");
    let mended = desk
        .with("AWS_CA_BUNDLE", "ca.pem")
        .run("eulb", &["doctor", "--verify-ssl"]);
    find(&mended.stdout, &format!("ok\tendpoint\t{endpoint} answers"));

    let (endpoint, certificate) = secure("somebody.else");
    let desk = Desk::calling(&endpoint).with("AWS_CA_BUNDLE", "ca.pem");
    desk.write("ca.pem", &certificate);
    let run = desk.run("eulb", &["doctor", "--verify-ssl"]);
    assert!(
        find(&run.stdout, "WRONG\tendpoint").contains("not valid for name"),
        "{run:?}"
    );
    assert!(find(&run.stdout, "\tmend").contains("name the endpoint as its certificate does"));
}

/// Who says something: an option with its value, a variable with its value, or a file with its text.
#[derive(Clone, Copy, Debug)]
enum Layer {
    Flag(&'static [&'static str]),
    Variable(&'static [(&'static str, &'static str)]),
    File(&'static str, &'static str),
}

/// Each row of the table of precedence: with all layers the first one counts and beats the others in
/// order; without it the second does, and so on. A request that would be sent says the same.
#[test]
fn config_has_the_precedence_by_which_commands_go() {
    use Layer::{File, Flag, Variable};
    const AWS: &str = ".aws/credentials";
    #[rustfmt::skip]
    let rows: [(&str, &[(Layer, &str)]); 4] = [
        ("release", &[
            (Flag(&["--release", "aws"]), "aws"),
            (Variable(&[("EULB_RELEASE", "4.1.0")]), "4.1.0"),
            (File(".euca/r.ini", "[region g]\neulb-release = 4.4.2\n"), "4.4.2"),
        ]),
        ("region", &[
            (Flag(&["--region", "f"]), "f"),
            (Variable(&[("EUCA_DEFAULT_REGION", "e")]), "e"),
            (Variable(&[("AWS_DEFAULT_REGION", "a")]), "a"),
            (File(".euca/r.ini", "[global]\ndefault-region = g\n"), "g"),
        ]),
        ("endpoint", &[
            (Flag(&["-U", "http://flag/"]), "http://flag/"),
            (Variable(&[("AWS_ELB_URL", "http://variable/")]), "http://variable/"),
            (File(".euca/r.ini", "[region g]\nelasticloadbalancing-url = http://file/\n"), "http://file/"),
            (Variable(&[("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING", "http://special/")]), "http://special/"),
            (Variable(&[("AWS_ENDPOINT_URL", "http://general/")]), "http://general/"),
        ]),
        ("access-key-id", &[
            (Flag(&["-I", "FK", "-S", "FS"]), "FK"),
            (Variable(&[("AWS_ACCESS_KEY_ID", "EK"), ("AWS_SECRET_ACCESS_KEY", "ES")]), "EK"),
            (File("keys", "AWSAccessKeyId=CK\nAWSSecretKey=CS\n"), "CK"),
            (File(".euca/r.ini", "[user u]\nkey-id = UK\nsecret-key = US\n"), "UK"),
            (File(AWS, "[default]\naws_access_key_id = DK\naws_secret_access_key = DS\n"), "DK"),
        ]),
    ];
    for (setting, layers) in rows {
        for first in 0..layers.len() {
            let mut desk = Desk::new();
            let mut options = Vec::new();
            for (layer, _) in &layers[first..] {
                match *layer {
                    Flag(words) => options.extend(words),
                    Variable(pairs) => {
                        for (name, value) in pairs {
                            desk = desk.with(name, value);
                        }
                    }
                    File(path, text) => {
                        desk.write(&format!("home/{path}"), text);
                        if path == "keys" {
                            desk = desk.with("AWS_CREDENTIAL_FILE", "~/keys");
                        }
                    }
                }
            }
            let names_region = setting == "region";
            if !names_region {
                let base = "[global]\ndefault-region = g\n[region g]\nuser = u\n";
                desk.write("home/.euca/base.ini", base);
            }
            let arguments = [&["config"], options.as_slice()].concat();
            let run = desk.run("eulb", &arguments);
            let shown: Vec<&str> = run
                .stdout
                .lines()
                .skip_while(|line| !line.starts_with(&format!("{setting}\t")))
                .enumerate()
                .take_while(|(at, line)| *at == 0 || line.starts_with("  overrode\t"))
                .filter_map(|(_, line)| line.split('\t').nth(1))
                .collect();
            let expected: Vec<&str> = layers[first..].iter().map(|(_, value)| *value).collect();
            // Of two variables for the region only the first that is set is looked at.
            assert_eq!(shown.first(), expected.first(), "{setting}: {run:?}");
            if !names_region {
                assert_eq!(shown, expected, "{setting}: {run:?}");
            }
            if setting == "endpoint" {
                let keys = ["--dry-run", "-I", "A", "-S", "B", "web"];
                let line = [options.as_slice(), &keys].concat();
                let dry = desk.run("eulb-delete-lb", &line);
                let posted = format!("POST {}\n", expected[0]);
                assert!(dry.stdout.starts_with(&posted), "{dry:?}");
            }
        }
    }
}
