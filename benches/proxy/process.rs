//! The processes of a comparison: proxies, back ends and load, where they run and what they cost.

use super::{Layer, Sample, secure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::cell::Cell;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Bytes of a body from which on the size of buffers matters.
const LARGE_BODY: usize = 1 << 20;
/// Bytes of a large buffer of HAProxy's.
const LARGE_BUFFER: usize = 256 << 10;

/// Longest wait for a process to begin its work.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process that ends with the value.
pub struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A proxy program and how it is told what to do.
pub struct Contender {
    pub name: String,
    program: PathBuf,
    words: Vec<String>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Haproxy,
    /// With buffers as large as those that eulb lends while a transfer is large.
    HaproxyLarge,
    /// Beside the others where it ends TLS.
    Nginx,
    Eulb,
}

impl Contender {
    pub fn haproxy() -> Contender {
        Contender {
            name: "haproxy".to_owned(),
            program: "haproxy".into(),
            words: Vec::new(),
            kind: Kind::Haproxy,
        }
    }

    pub fn haproxy_large() -> Contender {
        Contender {
            name: "haproxy, 256 KiB".to_owned(),
            kind: Kind::HaproxyLarge,
            ..Contender::haproxy()
        }
    }

    pub fn nginx() -> Contender {
        Contender {
            name: "nginx".to_owned(),
            program: "nginx".into(),
            words: Vec::new(),
            kind: Kind::Nginx,
        }
    }

    pub fn speaks(&self, layer: Layer) -> bool {
        match self.kind {
            Kind::Nginx => layer == Layer::Tls,
            Kind::HaproxyLarge => layer == Layer::Http,
            Kind::Haproxy | Kind::Eulb => true,
        }
    }

    /// Whether it is measured with bodies of so many bytes.
    pub fn enters(&self, body: usize) -> bool {
        self.kind != Kind::HaproxyLarge || body >= LARGE_BODY
    }

    /// Something with the options of `eulb proxy`.
    pub fn eulb(name: &str, program: &str, words: &[&str]) -> Result<Contender, String> {
        Ok(Contender {
            name: name.to_owned(),
            program: std::fs::canonicalize(program)
                .map_err(|error| format!("cannot find {program}: {error}"))?,
            words: words.iter().map(ToString::to_string).collect(),
            kind: Kind::Eulb,
        })
    }
}

/// A proxy that serves.
pub struct Running {
    process: Process,
    pub address: SocketAddr,
}

impl Running {
    /// Seconds of CPU time that all its threads have used.
    pub fn cpu(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.0.id()));
        let nanoseconds = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        });
        nanoseconds.sum::<f64>() / 1e9
    }

    /// Its threads whose names begin so, by number, in the order of their start.
    pub fn threads(&self, name: &str) -> Vec<i32> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.0.id()));
        let named = tasks.into_iter().flatten().flatten().filter(|task| {
            let own = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            own.starts_with(name)
        });
        let mut numbers: Vec<i32> = named
            .filter_map(|task| task.file_name().to_str()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers
    }

    /// KiB of memory that are its own, shared pages by share.
    pub fn memory(&self) -> u64 {
        // Whatever it gives back, it gives back now.
        std::thread::sleep(Duration::from_millis(500));
        let path = format!("/proc/{}/smaps_rollup", self.process.0.id());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }
}

/// Where processes run.
pub struct Place {
    directory: PathBuf,
    workers: usize,
    pin: bool,
    /// The back ends, which live as long as the place.
    back: Cell<Option<Process>>,
}

impl Place {
    pub fn new(directory: PathBuf, workers: usize) -> Place {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Place {
            directory,
            workers,
            pin: workers == 1 && cores > 1,
            back: Cell::new(None),
        }
    }

    /// With nothing pinned by it, whatever the number of workers.
    pub fn unpinned(self) -> Place {
        Place { pin: false, ..self }
    }

    pub fn pinned(&self) -> bool {
        self.pin
    }

    /// The certificate that everybody shows, in PEM; [`secure::issue`] writes it with its key.
    pub fn certificate(&self) -> PathBuf {
        self.directory.join(secure::CERTIFICATE)
    }

    /// A command that runs on a core, if anything is pinned at all.
    fn on(&self, core: usize, program: &std::ffi::OsStr) -> Command {
        if !self.pin {
            return Command::new(program);
        }
        let mut command = Command::new(own_program());
        command.arg("pinned").arg(core.to_string()).arg(program);
        command
    }

    fn on_load_core(&self, words: &[&str]) -> Command {
        let mut command = self.on(1, own_program().as_os_str());
        command.args(words);
        command
    }

    /// Starts the back ends; two speak HTTP, two TCP.
    pub fn backends(&self) -> Result<Vec<SocketAddr>, String> {
        let mut command = self.on_load_core(&["backend"]);
        let (process, lines) = begin(&mut command, 4)?;
        self.back.set(Some(process));
        lines
            .iter()
            .map(|line| line.parse().map_err(|_| format!("not an address: {line}")))
            .collect()
    }

    pub fn start(
        &self,
        contender: &Contender,
        layer: Layer,
        back: &[SocketAddr],
    ) -> Result<Running, String> {
        let back: Vec<String> = match layer {
            Layer::Http | Layer::Tls => &back[..2],
            Layer::Tcp => &back[2..],
        }
        .iter()
        .map(ToString::to_string)
        .collect();
        if layer == Layer::Tls {
            secure::issue(&self.directory)?;
        }
        match contender.kind {
            Kind::Haproxy => return self.start_haproxy(layer, &back, None),
            Kind::HaproxyLarge => return self.start_haproxy(layer, &back, Some(LARGE_BUFFER)),
            Kind::Nginx => return self.start_nginx(&back),
            Kind::Eulb => {}
        }
        let mut command = self.on(0, contender.program.as_os_str());
        let (protocol, check) = match layer {
            Layer::Http => ("http", "HTTP:80/100"),
            Layer::Tcp => ("tcp", "TCP:80"),
            Layer::Tls => ("https", "HTTP:80/100"),
        };
        command.args(&contender.words);
        if layer == Layer::Tls {
            command.arg("--certificate").arg(self.certificate());
            command.arg("--key").arg(self.directory.join(secure::KEY));
        }
        command.args(["--listen", &format!("{protocol}:127.0.0.1:0")]);
        command.args(["--to", &back.join(","), "--check", check]);
        command.args(["--threads", &self.workers.to_string()]);
        let (process, lines) = begin(&mut command, 1)?;
        let address = lines[0]
            .rsplit(' ')
            .next()
            .and_then(|text| text.parse().ok());
        let address = address.ok_or_else(|| format!("not a listening line: {}", lines[0]))?;
        Ok(Running { process, address })
    }

    fn start_haproxy(
        &self,
        layer: Layer,
        back: &[String],
        buffer: Option<usize>,
    ) -> Result<Running, String> {
        let port = free_port()?;
        let secured = layer == Layer::Tls;
        let scheme = if secured { "https" } else { "http" };
        let bind = match secured {
            true => format!(" ssl crt {}", self.directory.join(secure::BOTH).display()),
            false => String::new(),
        };
        let (mode, check, fields) = match layer {
            Layer::Tcp => ("tcp", "", String::new()),
            Layer::Http | Layer::Tls => (
                "http",
                "    option httpchk GET /100\n",
                format!(
                    "    option forwardfor\n    http-request set-header X-Forwarded-Proto {scheme}\n    http-request set-header X-Forwarded-Port {port}\n"
                ),
            ),
        };
        let keep = if layer != Layer::Tcp {
            "    option http-keep-alive\n    http-reuse always\n    timeout http-keep-alive 60s\n"
        } else {
            ""
        };
        let servers: String = back
            .iter()
            .enumerate()
            .map(|(number, address)| format!("    server s{number} {address} check inter 5s\n"))
            .collect();
        // Two descriptors for each connection, and some for itself; over the limit it does not start.
        let files = getrlimit(Resource::Nofile).maximum.unwrap_or(1 << 20);
        let connections = (files * 2 / 5).min(20_000);
        let tune = buffer.map_or_else(String::new, |bytes| format!("    tune.bufsize {bytes}\n"));
        let configuration = format!(
            "global\n    nbthread {}\n    maxconn {connections}\n{tune}defaults\n    mode {mode}\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n{keep}frontend f\n    bind 127.0.0.1:{port}{bind}\n{fields}    default_backend b\nbackend b\n    balance roundrobin\n{check}{servers}",
            self.workers
        );
        let path = self.directory.join(format!("haproxy-{port}.cfg"));
        std::fs::write(&path, configuration).map_err(|error| error.to_string())?;
        let mut command = self.on(0, "haproxy".as_ref());
        command.arg("-f").arg(&path);
        listening(command, port)
    }

    /// nginx with one process for each worker and, where there is one, no master beside it.
    fn start_nginx(&self, back: &[String]) -> Result<Running, String> {
        let port = free_port()?;
        if self.workers != 1 {
            return Err("nginx is compared with one worker only".to_owned());
        }
        let at = self.directory.display();
        let servers: String = back
            .iter()
            .map(|address| format!("server {address}; "))
            .collect();
        let configuration = format!(
            "daemon off; master_process off; pid {at}/nginx.pid; error_log {at}/nginx.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{\n access_log off; client_body_temp_path {at}; proxy_temp_path {at}; \
             fastcgi_temp_path {at}; uwsgi_temp_path {at}; scgi_temp_path {at};\n \
             keepalive_requests 1000000000; ssl_session_cache shared:s:20m; ssl_protocols TLSv1.2 TLSv1.3;\n \
             upstream b {{ {servers} keepalive 128; keepalive_requests 1000000000; }}\n \
             server {{\n  listen 127.0.0.1:{port} ssl; ssl_certificate {at}/{}; ssl_certificate_key {at}/{};\n  \
             location / {{ proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ''; \
             proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; \
             proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-Port {port}; }}\n }}\n}}\n",
            secure::CERTIFICATE,
            secure::KEY
        );
        let path = self.directory.join("nginx.conf");
        std::fs::write(&path, configuration).map_err(|error| error.to_string())?;
        let mut command = self.on(0, "nginx".as_ref());
        command.arg("-c").arg(&path);
        listening(command, port)
    }

    /// Runs a load of this program and reads its result.
    pub fn load(&self, words: &[&str]) -> Result<Sample, String> {
        let mut command = self.on_load_core(&["load"]);
        let output = command
            .args(words)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot start the load: {error}"))?;
        result(&String::from_utf8_lossy(&output.stdout), 1.0)
    }

    /// Opens connections that do nothing until the value is dropped.
    pub fn hold(&self, words: &[&str]) -> Result<Process, String> {
        let mut command = self.on_load_core(&["load"]);
        let (process, _) = begin(command.args(words), 1)?;
        Ok(process)
    }

    pub fn wrk(
        &self,
        script: &str,
        connections: u32,
        seconds: u64,
        address: SocketAddr,
        path: &str,
    ) -> Result<Sample, String> {
        let file = self.directory.join("wrk.lua");
        std::fs::write(&file, script).map_err(|error| error.to_string())?;
        let mut command = self.on(1, "wrk".as_ref());
        command.args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s")]);
        command.args(["--timeout", "5s", "-s"]).arg(&file);
        let output = command
            .arg(format!("http://{address}{path}"))
            .output()
            .map_err(|error| format!("cannot start wrk: {error}"))?;
        // Its durations are in microseconds.
        result(&String::from_utf8_lossy(&output.stdout), 1e6)
    }
}

/// Reads `RESULT count duration p99 errors`.
fn result(text: &str, per_second: f64) -> Result<Sample, String> {
    let line = text.lines().find_map(|line| line.strip_prefix("RESULT "));
    let numbers: Vec<f64> = line
        .unwrap_or_default()
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let [count, duration, p99, errors] = numbers[..] else {
        return Err(format!("the load gave no result: {text}"));
    };
    Ok(Sample {
        count,
        per_second: count / duration * per_second,
        p99,
        errors: errors as u64,
        cpu: 0.0,
    })
}

/// A port that is free now, for programs that cannot tell which one they took; nobody else takes one
/// that was just given up.
fn free_port() -> Result<u16, String> {
    let socket = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let address = socket.map_err(|error| format!("no free port: {error}"))?;
    Ok(address.port())
}

/// Starts a proxy that says nothing, and waits until it accepts.
fn listening(mut command: Command, port: u16) -> Result<Running, String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let name = format!("{command:?}");
    let child = command
        .spawn()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    let running = Running {
        process: Process(child),
        address: ([127, 0, 0, 1], port).into(),
    };
    let begun = Instant::now();
    while TcpStream::connect(running.address).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("{name} does not listen"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(running)
}

/// Starts a process and waits for its first lines.
fn begin(command: &mut Command, lines: usize) -> Result<(Process, Vec<String>), String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let name = format!("{command:?}");
    let mut child = command
        .spawn()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    let out = child.stdout.take();
    let process = Process(child);
    let mut reader = BufReader::new(out.ok_or("no output")?);
    let mut read = Vec::new();
    for _ in 0..lines {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(count) if count > 0 => read.push(line.trim().to_owned()),
            _ => return Err(format!("{name} ended before it began")),
        }
    }
    // Later lines must not fill the pipe.
    std::thread::spawn(move || reader.lines().for_each(drop));
    Ok((process, read))
}

fn own_program() -> PathBuf {
    std::env::current_exe().expect("the system knows which program this is")
}

/// The first line of what a program says of its version, or nothing if there is no such program.
pub fn version(program: &str, option: &str) -> Option<String> {
    let output = Command::new(program).arg(option).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    Some(text.lines().next().unwrap_or(program).to_owned())
}

/// Takes another program's place on one core: `CORE PROGRAM [ARGUMENT...]`.
pub fn become_pinned(words: &[String]) -> ExitCode {
    let mut cores = rustix::thread::CpuSet::new();
    cores.set(words[0].parse().unwrap_or(0));
    // A core this process may not use leaves it where it is.
    let _ = rustix::thread::sched_setaffinity(None, &cores);
    let error = Command::new(&words[1]).args(&words[2..]).exec();
    let _ = writeln!(std::io::stderr(), "cannot run {}: {error}", words[1]);
    ExitCode::FAILURE
}

/// Raises the limit of open files, here and in what is started, as far as allowed.
pub fn raise_open_files() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}
