//! `eulb local` in the background, as a person uses it: one cloud per data directory, found by it.

use crate::tool::{Desk, Run};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A desk whose local cloud is ended with it.
struct Person {
    desk: Desk,
    /// Ranges of addresses that no other test uses: claimed by a listener in the servos' one.
    ranges: [String; 2],
    _claim: TcpListener,
}

impl Person {
    fn new() -> Person {
        let desk = Desk::new();
        let data = desk.folder.path().join("cloud");
        let (network, claim) = loop {
            let mut die = [0; 2];
            getrandom::fill(&mut die).unwrap();
            let network = Ipv4Addr::new(127, 220 + die[0] % 30, die[1], 0);
            let last = Ipv4Addr::from(u32::from(network) + 127);
            if let Ok(claim) = TcpListener::bind((last, 28_774)) {
                break (network, claim);
            }
        };
        let instances = Ipv4Addr::from(u32::from(network) + 128);
        Person {
            desk: desk.with("EULB_DATA_DIR", data.to_str().unwrap()),
            ranges: [
                format!("--servo-cidr={network}/25"),
                format!("--instance-cidr={instances}/25"),
            ],
            _claim: claim,
        }
    }

    fn data(&self) -> PathBuf {
        self.desk.folder.path().join("cloud")
    }

    fn start(&self, options: &[&str]) -> Run {
        let mut line = vec!["local", "start", "--detach", "--time-scale=0.02"];
        line.extend(self.ranges.iter().map(String::as_str));
        line.extend(options);
        self.eulb(&line)
    }

    fn eulb(&self, line: &[&str]) -> Run {
        self.desk.run("eulb", line)
    }

    /// What a command that must succeed prints.
    #[track_caller]
    fn ok(&self, line: &[&str]) -> String {
        let run = self.eulb(line);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{line:?}");
        run.stdout
    }

    /// The line with which a command refuses.
    #[track_caller]
    fn refusal(&self, line: &[&str]) -> String {
        let run = self.eulb(line);
        assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""), "{line:?}");
        run.stderr
    }

    /// Runs a shell script in which this cloud is the one to use.
    #[track_caller]
    fn script(&self, text: &str) -> String {
        let exports = self.ok(&["local", "env"]);
        let program = env!("CARGO_BIN_EXE_eulb");
        let script = format!("{exports}eulb() {{ {program} \"$@\"; }}\nset -e\n{text}");
        let desk = self.desk.command("eulb", &[""; 0]);
        let variables = desk
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        let output = std::process::Command::new("sh")
            .env_clear()
            .envs(variables)
            .args(["-c", &script])
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn endpoint(&self) -> SocketAddr {
        let status = self.ok(&["local", "status", "--json"]);
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        let url = status["endpoint"].as_str().unwrap();
        let place = url.trim_start_matches("http://").split('/').next().unwrap();
        place.parse().unwrap()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.eulb(&["local", "stop"]);
    }
}

#[test]
fn a_cloud_in_the_background_is_ready_when_the_command_returns_and_gone_when_it_is_stopped() {
    let person = Person::new();
    let run = person.start(&["--listen=127.0.0.1:0", "--zones=north,south"]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    assert!(
        run.stdout.starts_with("The local cloud is ready after "),
        "{}",
        run.stdout
    );
    let endpoint = person.endpoint();
    TcpStream::connect(endpoint).unwrap();
    let status = person.ok(&["local", "status"]);
    for line in [
        "release      3.3.0",
        "zones        north, south",
        "time scale   0.02",
    ] {
        assert!(status.lines().any(|told| told == line), "{status}");
    }

    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(person.data()), 0o700);
    for entry in fs::read_dir(person.data()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(path.clone()), 0o600, "{}", path.display());
    }
    assert!(person.ok(&["local", "logs"]).contains("daemon: ready"));

    // A second one on the same data, in either way.
    for line in [
        ["local", "start", "--detach"].as_slice(),
        &["local", "start"],
    ] {
        let refusal = person.refusal(line);
        let begins = "eulb local: error: a local cloud is already running (process ";
        assert!(refusal.starts_with(begins), "{refusal}");
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
    }

    assert_eq!(person.ok(&["local", "stop"]), "stopped\n");
    assert!(TcpStream::connect(endpoint).is_err());
    assert!(!person.data().join("eulb.sock").exists());
    let refusal = person.refusal(&["local", "stop"]);
    let socket = person.data().join("eulb.sock");
    assert_eq!(
        refusal,
        format!(
            "eulb local: error: no local cloud is running at {} (start one with 'eulb local start')\n",
            socket.display()
        )
    );
}

#[test]
fn a_cloud_that_cannot_start_in_the_background_says_why() {
    let person = Person::new();
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = held.local_addr().unwrap();
    let run = person.start(&[&format!("--listen={taken}")]);
    assert_eq!(run.status, Some(1));
    assert_eq!(
        run.stderr,
        format!(
            "eulb local: error: cannot listen on {taken}: the port is in use by another program: \
             stop that program, or choose another port with --listen\n"
        )
    );
    // It left nothing that keeps the next one from starting.
    drop(held);
    assert_eq!(
        person.start(&[&format!("--listen={taken}")]).status,
        Some(0)
    );
}

#[test]
fn a_killed_cloud_is_no_obstacle_to_the_next() {
    let person = Person::new();
    person.start(&["--listen=127.0.0.1:0"]);
    let process = fs::read_to_string(person.data().join("eulb.pid")).unwrap();
    let process = rustix::process::Pid::from_raw(process.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    // Its socket is left and nobody answers there; the lock went with the process.
    let gone = || {
        person
            .eulb(&["local", "status"])
            .stderr
            .contains("no local cloud is running")
    };
    while !gone() {
        std::thread::yield_now();
    }
    assert!(person.data().join("eulb.sock").exists());
    let run = person.start(&["--listen=127.0.0.1:0"]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_shell_uses_the_cloud_it_is_told_of() {
    let person = Person::new();
    person.start(&["--listen=127.0.0.1:0", "--port-offset=8000"]);
    let told = person.script(
        r#"eulb instance run --count 2 --port 8080 >/dev/null
           eulb create-lb -z PARTI00 -l "lb-port=80, protocol=HTTP, instance-port=8080, instance-protocol=HTTP" web >/dev/null
           eulb configure-healthcheck -t HTTP:8080/health --interval 5 --timeout 5 --healthy-threshold 2 --unhealthy-threshold 2 web >/dev/null
           eulb register-instances-with-lb --instances "$(eulb instance list | cut -f2 | paste -sd, -)" web >/dev/null
           eulb local wait web
           eulb resolve web
           eulb local hosts
           eulb describe-instance-health web | cut -f3"#,
    );
    let lines: Vec<&str> = told.lines().collect();
    let [url, host, health @ ..] = lines.as_slice() else {
        panic!("{told}");
    };
    let address: SocketAddr = url
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/")?.parse().ok())
        .unwrap();
    assert_eq!(address.port(), 8080, "the offset moves port 80");
    TcpStream::connect(address).unwrap();
    assert!(
        host.starts_with(&format!("{}\tweb-", address.ip())),
        "{host}"
    );
    assert_eq!(health, ["InService", "InService"]);

    // A wait that cannot succeed says what is missing.
    let refusal = person.refusal(&["local", "wait", "--in-service=3", "--timeout=0.1", "web"]);
    assert_eq!(
        refusal,
        "eulb local: error: still waiting after 0.1 s: 2 of 2 instances of 'web' are in service, not 3\n"
    );

    // Another account sees none of it; afterwards the shell is as before.
    let exports = person.ok(&["local", "env", "--account", "eucalyptus"]);
    assert_ne!(exports, person.ok(&["local", "env"]));
    let left = person.script(
        "eval \"$(eulb local env --account eucalyptus)\"; eulb describe-lbs; \
         eval \"$(eulb local env --unset)\"; env | grep -c '^AWS_\\|^EULB_' || true",
    );
    assert_eq!(left, "0\n");
}

#[test]
fn instances_are_switched_off_and_on() {
    let person = Person::new();
    person.start(&["--listen=127.0.0.1:0", "--ephemeral"]);
    let line = person.ok(&["instance", "run", "--port=8080", "--zone=PARTI01"]);
    let fields: Vec<&str> = line.trim_end().split('\t').collect();
    let [_, id, "running", "PARTI01", address, "8080", _, "web"] = fields.as_slice() else {
        panic!("{line}");
    };
    let address = SocketAddr::new(address.parse().unwrap(), 8080);
    let settled = || person.ok(&["local", "wait"]);
    settled();
    TcpStream::connect(address).unwrap();
    assert!(person.ok(&["instance", "stop", id]).contains("\tstopped\t"));
    settled();
    let refused = TcpStream::connect(address).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    person.ok(&["instance", "start", id]);
    settled();
    TcpStream::connect(address).unwrap();
    assert!(
        person
            .ok(&["instance", "fail", id])
            .ends_with("\tweb,failing\n")
    );

    let added = person.ok(&[
        "instance",
        "add",
        "i-1DF9440E",
        "--address=127.0.0.1",
        "--port=80=8081",
    ]);
    assert!(
        added.contains("\ti-1DF9440E\trunning\tPARTI00\t127.0.0.1\t80=8081\t"),
        "{added}"
    );
    let refusal = person.refusal(&["instance", "stop", id, "i-00000000"]);
    assert!(refusal.contains("i-00000000"), "{refusal}");
    assert!(
        person.ok(&["instance", "list"]).contains("\trunning\t"),
        "none was stopped"
    );

    person.ok(&["local", "reset"]);
    assert_eq!(person.ok(&["instance", "list"]), "");
}
