//! `eulb config` and `eulb doctor`: what is in force, and what is wrong.

use super::cloud::{Account, Cloud, HTTP_80};
use super::tool::Desk;
use std::net::TcpListener;

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
    assert!(find(&text, "\tmend").contains("check the secret key of"));

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

#[test]
fn doctor_without_anything_says_how_to_begin() {
    let run = Desk::new().run("eulb", &["doctor"]);
    assert_eq!(run.status, Some(1));
    assert!(find(&run.stdout, "WRONG\tendpoint").contains("No elasticloadbalancing endpoint"));
    assert!(find(&run.stdout, "\tmend").ends_with("eulb local start -d"));
    let help = Desk::new().run("eulb", &["doctor", "--help"]);
    assert_eq!(help.status, Some(0));
    assert_eq!(Desk::new().run("eulb", &NO_ARGUMENTS).status, Some(0));
}

/// Runs a command of a cloud's tenant at a terminal; nothing if there is no `script` to make one.
fn at_a_terminal(cloud: &Cloud, line: &str) -> Option<String> {
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
}
