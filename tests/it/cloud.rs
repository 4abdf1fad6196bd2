//! The fixture: a local cloud of the real binary in a process of its own, and a person at its shell.
//!
//! Every cloud has a temporary data directory, an API on a port the system chose, and two ranges of
//! loopback addresses that no other test has, in this process or another: they are claimed by binding
//! a UDP port in the range for as long as the cloud lives. Clocks run fifty times as fast. Waiting is
//! looking at what the cloud says of itself, with an upper bound; nothing sleeps and hopes.

use eulb::cli::demo::load::{Counts, Destination, SteadyLoad, ask, get};
use eulb::client::local::LocalClient;
use eulb::wire::local::{Environment, Health, Status, Traffic};
use std::ffi::OsStr;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Longest wait for anything that should happen: the machine may be busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Pause between two looks at something that is waited for.
pub const GLANCE: Duration = Duration::from_millis(10);

/// The UDP port whose holder owns a range of addresses.
const CLAIM_PORT: u16 = 28_773;

/// Added to listeners' ports where this user may not bind low ones.
const PORT_OFFSET: u16 = 8000;

/// What is typed to have a listener on port 80 for instances that listen on port 80.
pub const HTTP_80: &str = "lb-port=80, protocol=HTTP, instance-port=80, instance-protocol=HTTP";

/// The binary under test.
pub const EULB: &str = env!("CARGO_BIN_EXE_eulb");

/// A command that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Who is at the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    Tenant,
    Administrator,
}

/// A range of loopback addresses, claimed: x.0 to x.127 for servos, x.128 to x.255 for instances.
pub struct Addresses {
    network: Ipv4Addr,
    _claim: UdpSocket,
}

impl Addresses {
    pub fn claim() -> Addresses {
        loop {
            // A new RandomState is as good as a die. 127.16 to 127.99: neither the local cloud's
            // default ranges nor those of a demonstration.
            let die = RandomState::new().hash_one(0u8).to_le_bytes();
            let network = Ipv4Addr::new(127, 16 + die[0] % 84, die[1], 0);
            let holder = Ipv4Addr::from(u32::from(network) + 127);
            if let Ok(claim) = UdpSocket::bind((holder, CLAIM_PORT)) {
                return Addresses {
                    network,
                    _claim: claim,
                };
            }
        }
    }

    /// The first address that may be an instance's.
    pub fn first_of_instances(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network) + 128)
    }

    pub fn options(&self) -> Vec<String> {
        let instances = self.first_of_instances();
        let mut options = vec![
            format!("--servo-cidr={}/25", self.network),
            format!("--instance-cidr={instances}/25"),
        ];
        let first = Ipv4Addr::from(u32::from(self.network) + 126);
        if TcpListener::bind((first, 80)).is_err() {
            options.push(format!("--port-offset={PORT_OFFSET}"));
        }
        options
    }
}

/// A running local cloud.
pub struct Cloud {
    process: Child,
    directory: Arc<tempfile::TempDir>,
    addresses: Arc<Addresses>,
    options: Vec<String>,
    runtime: Runtime,
    tenant: Environment,
    administrator: Environment,
}

impl Cloud {
    /// A cloud that keeps nothing.
    pub fn start() -> Cloud {
        Cloud::with(&["--ephemeral"])
    }

    /// A cloud with these options besides those that set it apart from other tests'.
    pub fn with(options: &[&str]) -> Cloud {
        let addresses = Arc::new(Addresses::claim());
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let mut all: Vec<String> = addresses.options();
        for default in ["--listen=127.0.0.1:0", "--time-scale=0.02"] {
            let name = default.split('=').next().unwrap_or_default();
            if !options.iter().any(|option| option.starts_with(name)) {
                all.push(default.to_owned());
            }
        }
        all.extend(options.iter().map(|option| (*option).to_owned()));
        Cloud::in_directory(directory, addresses, all)
    }

    fn in_directory(
        directory: Arc<tempfile::TempDir>,
        addresses: Arc<Addresses>,
        options: Vec<String>,
    ) -> Cloud {
        let log = File::options()
            .append(true)
            .create(true)
            .open(directory.path().join("said"))
            .unwrap();
        let mut process = shell(directory.path(), "eulb")
            .args(["local", "start"])
            .args(&options)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let local = LocalClient::at(data_directory(directory.path()).join("eulb.sock"));
        let began = Instant::now();
        while runtime
            .block_on(local.get::<Health>("/_eulb/health"))
            .is_err()
        {
            let ended = process.try_wait().unwrap();
            if ended.is_some() || began.elapsed() > PATIENCE {
                let _ = process.kill();
                let said = std::fs::read_to_string(directory.path().join("said"));
                panic!(
                    "the cloud did not start ({ended:?}): {}",
                    said.unwrap_or_default()
                );
            }
            std::thread::sleep(GLANCE);
        }
        let environment = |account: &str| {
            runtime
                .block_on(local.get(&format!("/_eulb/env?account={account}")))
                .unwrap()
        };
        let (tenant, administrator) = (environment("tenant"), environment("eucalyptus"));
        Cloud {
            process,
            directory,
            addresses,
            options,
            runtime,
            tenant,
            administrator,
        }
    }

    /// Kills the process without warning and starts another on the same directory.
    pub fn killed_and_restarted(mut self) -> Cloud {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let (directory, addresses) = (self.directory.clone(), self.addresses.clone());
        Cloud::in_directory(directory, addresses, self.options.clone())
    }

    /// Kills the process without warning; what it kept stays until the directory is dropped.
    pub fn killed(mut self) -> Remains {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        Remains {
            directory: self.directory.clone(),
            addresses: self.addresses.clone(),
            options: self.options.clone(),
        }
    }

    /// The directory of the cloud's state.
    pub fn data_directory(&self) -> PathBuf {
        data_directory(self.directory.path())
    }

    /// What the cloud has logged.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("said")).unwrap()
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Endpoint and keys of an account.
    pub fn environment(&self, account: Account) -> &Environment {
        match account {
            Account::Tenant => &self.tenant,
            Account::Administrator => &self.administrator,
        }
    }

    /// A command of this cloud's user, not yet run: `eulb-describe-lbs`, `eulb`.
    pub fn command(&self, account: Account, name: &str) -> Command {
        let environment = self.environment(account);
        let mut command = shell(self.directory.path(), name);
        command
            .env("AWS_ELB_URL", &environment.endpoint)
            .env("AWS_ACCESS_KEY_ID", &environment.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &environment.secret_key);
        command
    }

    /// Runs a command as the tenant.
    pub fn eulb<S: AsRef<OsStr>>(&self, name: &str, arguments: impl IntoIterator<Item = S>) -> Run {
        self.eulb_as(Account::Tenant, name, arguments)
    }

    /// Runs a command as one of the accounts.
    pub fn eulb_as<S: AsRef<OsStr>>(
        &self,
        account: Account,
        name: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Run {
        run(self.command(account, name).args(arguments))
    }

    /// Runs a command that must succeed, and returns what it printed.
    #[track_caller]
    pub fn ok<S: AsRef<OsStr>>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> String {
        let run = self.eulb(name, arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}");
        run.stdout
    }

    /// Runs web instances in a zone and returns their ids.
    #[track_caller]
    pub fn run_instances(&self, count: usize, zone: &str) -> Vec<String> {
        let count = count.to_string();
        let arguments = ["instance", "run", "--count", &count, "--zone", zone];
        let said = self.ok("eulb", arguments);
        let ids: Vec<String> = said
            .split_whitespace()
            .filter(|word| word.starts_with("i-"))
            .map(str::to_owned)
            .collect();
        assert_eq!(ids.len().to_string(), count, "{said}");
        ids
    }

    /// A load balancer `web` on port 80 in PARTI00 whose instances are checked by `/health`.
    #[track_caller]
    pub fn create_web(&self) {
        self.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
        self.check_quickly("web", "HTTP:80/health");
    }

    /// Sets the quickest health check there is, two results deciding.
    #[track_caller]
    pub fn check_quickly(&self, name: &str, target: &str) {
        let quick = "--interval 5 --timeout 4 --healthy-threshold 2 --unhealthy-threshold 2 -t";
        let arguments = quick.split(' ').chain([target, name]);
        self.ok("eulb-configure-healthcheck", arguments);
    }

    #[track_caller]
    pub fn register(&self, name: &str, instances: &[String]) {
        let list = instances.join(",");
        self.ok(
            "eulb-register-instances-with-lb",
            ["--instances", &list, name],
        );
    }

    #[track_caller]
    pub fn deregister(&self, name: &str, instances: &[String]) {
        let list = instances.join(",");
        self.ok(
            "eulb-deregister-instances-from-lb",
            ["--instances", &list, name],
        );
        self.settle();
    }

    /// A load balancer `web` with running instances in service.
    #[track_caller]
    pub fn web_with(&self, count: usize) -> Vec<String> {
        let instances = self.run_instances(count, "PARTI00");
        self.create_web();
        self.register("web", &instances);
        self.await_state("web", &instances, "InService");
        instances
    }

    pub fn local(&self) -> LocalClient {
        LocalClient::at(self.data_directory().join("eulb.sock"))
    }

    pub fn status(&self) -> Status {
        let local = self.local();
        self.runtime.block_on(local.get("/_eulb/status")).unwrap()
    }

    /// What the data plane has counted.
    pub fn traffic(&self) -> Traffic {
        let local = self.local();
        self.runtime.block_on(local.get("/_eulb/traffic")).unwrap()
    }

    /// Waits until the data plane has in force what the controller last published.
    #[track_caller]
    pub fn settle(&self) -> Status {
        let began = Instant::now();
        loop {
            let status = self.status();
            if status.applied_revision >= status.revision {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "not in force: {status:?}");
            std::thread::sleep(GLANCE);
        }
    }

    /// State, description and reason code of an instance, as printed.
    #[track_caller]
    pub fn health(&self, name: &str, instance: &str) -> [String; 3] {
        let arguments = ["--show-long", "--instances", instance, name];
        let line = self.ok("eulb-describe-instance-health", arguments);
        let fields: Vec<&str> = line.trim_end_matches('\n').split('\t').collect();
        assert_eq!(fields.len(), 5, "{line}");
        [2, 3, 4].map(|field| fields[field].to_owned())
    }

    /// Waits until each of these instances is in a state.
    #[track_caller]
    pub fn await_state(&self, name: &str, instances: &[String], state: &str) {
        let began = Instant::now();
        loop {
            let said = self.ok("eulb-describe-instance-health", [name]);
            let waiting = instances
                .iter()
                .any(|id| !said.contains(&format!("INSTANCE\t{id}\t{state}\n")));
            if !waiting {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{} should be {state}: {said}",
                instances.join(", ")
            );
            std::thread::sleep(GLANCE);
        }
    }

    /// The listeners of a load balancer as `eulb resolve` tells them.
    #[track_caller]
    pub fn listeners(&self, name: &str) -> Vec<Destination> {
        self.settle();
        let said = self.ok("eulb", ["resolve", name]);
        said.split_whitespace()
            .filter(|word| word.contains("://"))
            .map(|url| {
                Destination::parse(&url.replacen("tcp://", "http://", 1)).expect("a URL of ours")
            })
            .collect()
    }

    /// The only listener of a load balancer.
    #[track_caller]
    pub fn listener(&self, name: &str) -> Destination {
        let listeners = self.listeners(name);
        assert_eq!(listeners.len(), 1, "{listeners:?}");
        listeners.into_iter().next().unwrap()
    }

    /// Asks many times in turn.
    pub fn ask(&self, destination: &Destination, times: u32) -> Counts {
        self.runtime.block_on(ask(destination, "/", times))
    }

    /// Asks once, on a connection of its own: the status, and the page.
    #[track_caller]
    pub fn get(&self, destination: &Destination) -> (u16, String) {
        let answer = self.runtime.block_on(get(destination, "/")).unwrap();
        (answer.status, answer.body)
    }

    /// Whether an instance answers there.
    pub fn answers(&self, destination: &Destination) -> bool {
        let answer = self.runtime.block_on(get(destination, "/"));
        answer.is_ok_and(|answer| answer.status == 200)
    }

    /// Clients that ask all the time from now on, in the background.
    pub fn load(&self, destination: &Destination) -> SteadyLoad {
        let _inside = self.runtime.enter();
        SteadyLoad::start(destination, "/")
    }

    /// Ends a load: what came back in all.
    pub fn end(&self, load: SteadyLoad) -> Counts {
        self.runtime.block_on(load.stop())
    }

    /// Waits until a load has had this many further answers.
    #[track_caller]
    pub fn await_answers(&self, load: &SteadyLoad, further: u64) -> Counts {
        let before = load.counts();
        let began = Instant::now();
        loop {
            let since = load.counts().since(&before);
            if since.total() >= further {
                return since;
            }
            assert!(began.elapsed() < PATIENCE, "few answers: {since:?}");
            std::thread::sleep(GLANCE);
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking()
            && let Ok(said) = std::fs::read_to_string(self.directory.path().join("said"))
        {
            eprintln!("the cloud said:\n{said}");
        }
    }
}

/// What a killed cloud leaves behind.
pub struct Remains {
    directory: Arc<tempfile::TempDir>,
    addresses: Arc<Addresses>,
    options: Vec<String>,
}

impl Remains {
    pub fn data_directory(&self) -> PathBuf {
        data_directory(self.directory.path())
    }

    /// Tries to start a cloud that is not expected to start.
    pub fn start(&self) -> Run {
        run(shell(self.directory.path(), "eulb")
            .args(["local", "start"])
            .args(&self.options))
    }

    /// Starts a cloud on what is there.
    pub fn restart(&self) -> Cloud {
        let (directory, addresses) = (self.directory.clone(), self.addresses.clone());
        Cloud::in_directory(directory, addresses, self.options.clone())
    }
}

fn data_directory(directory: &Path) -> PathBuf {
    directory.join("cloud")
}

/// A command under the name that is typed, in an environment that names no cloud but the one whose
/// data is below the directory.
pub fn shell(directory: &Path, name: &str) -> Command {
    let mut command = Command::new(EULB);
    command
        .arg0(name)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .env("EULB_DATA_DIR", data_directory(directory))
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server of the test's own that answers when it is told to: the head and a first chunk at once,
/// the rest on [`Slow::finish`]. Connections that send nothing are health checks and get nothing.
pub struct Slow {
    address: SocketAddr,
    /// An exchange that has begun, and what ends it.
    begun: mpsc::Receiver<mpsc::Sender<()>>,
}

impl Slow {
    pub fn start() -> Slow {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, begun) = mpsc::channel();
        // The thread ends with the process; it holds nothing but its sockets.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let tell = tell.clone();
                std::thread::spawn(move || exchange(stream, &tell));
            }
        });
        Slow { address, begun }
    }

    /// Enrols it as an instance of PARTI00.
    #[track_caller]
    pub fn enrol(&self, cloud: &Cloud, id: &str) {
        let port = format!("80={}", self.address.port());
        let address = self.address.ip().to_string();
        let zone = ["--zone", "PARTI00"];
        let arguments = [
            "instance",
            "add",
            id,
            "--address",
            &address,
            "--port",
            &port,
        ];
        cloud.ok("eulb", arguments.into_iter().chain(zone));
    }

    /// Waits for an exchange to begin; what is returned ends it.
    #[track_caller]
    pub fn begun(&self) -> mpsc::Sender<()> {
        self.begun.recv_timeout(PATIENCE).expect("an exchange")
    }
}

fn exchange(mut stream: TcpStream, begun: &mpsc::Sender<mpsc::Sender<()>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let first = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n";
    let (finish, told) = mpsc::channel();
    let sent = stream.write_all(first).is_ok() && begun.send(finish).is_ok();
    if sent && told.recv().is_ok() {
        let _ = stream.write_all(b"4\r\nlast\r\n0\r\n\r\n");
    }
}

/// A client that asks, and reads to the end of the answer in its own time.
pub struct Reader {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Reader {
    #[track_caller]
    pub fn ask(destination: &Destination) -> Reader {
        let mut stream = TcpStream::connect(destination.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
            .unwrap();
        Reader {
            stream,
            read: Vec::new(),
        }
    }

    /// Reads until a text has come.
    #[track_caller]
    pub fn until(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        while !self.text().contains(text) {
            let count = self.stream.read(&mut buffer).unwrap();
            assert!(count > 0, "the end came before {text:?}: {}", self.text());
            self.read.extend_from_slice(&buffer[..count]);
        }
    }

    /// Reads to the end and returns all that came.
    #[track_caller]
    pub fn whole(mut self) -> String {
        self.stream.read_to_end(&mut self.read).unwrap();
        self.text()
    }

    /// Reads to where the connection is cut, which may be by a reset, and returns all that came.
    pub fn cut(mut self) -> String {
        let _ = self.stream.read_to_end(&mut self.read);
        self.text()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.read).into_owned()
    }
}
