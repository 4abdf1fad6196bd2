//! The data plane beside HAProxy, on whatever machine this is: `cargo bench --bench proxy`.
//!
//! Each round measures every proxy once, in turn, in each scenario; what is compared is the CPU time
//! of the proxy process for one request, connection or MiB, as the median of the rounds' own ratios.
//! Load and back ends are other processes ([`back`], [`load`], `wrk`) on the other core and are not
//! counted. What is missing on this machine is said, and the rest is measured.
//!
//! ```sh
//! cargo bench --bench proxy -- --rounds 5 --seconds 4 --scenarios small,close,idle-http
//! cargo bench --bench proxy -- --workers 2                  # two workers, nothing pinned
//! cargo bench --bench proxy -- --scaling 5                  # what the second worker adds
//! cargo bench --bench proxy -- --peer 'before=/tmp/eulb-before proxy'   # another build of eulb
//! ```

mod back;
mod load;
mod process;
mod scaling;
mod secure;

use process::{Contender, Place, Running};
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

/// What one measurement gave; times in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Requests, exchanges, connections or MiB.
    pub count: f64,
    pub per_second: f64,
    pub p99: f64,
    pub errors: u64,
    /// CPU time of the proxy for one.
    pub cpu: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Http,
    Tcp,
    /// HTTP over TLS to the client, plain to the back ends.
    Tls,
}

/// How a scenario loads a proxy.
#[derive(Clone, Copy)]
enum Kind {
    /// `wrk` with a script, that many connections, to a path.
    Wrk(&'static str, u32, &'static str),
    Rate,
    PingPong,
    Connections,
    Bulk,
    /// Requests over TLS: `kept` connections, `full` handshakes or `resumed` ones.
    Secure(&'static str),
    Idle,
}

impl Kind {
    /// Bytes of the bodies it has carried.
    fn body(self) -> usize {
        match self {
            Kind::Wrk(UPLOAD, ..) => 1 << 20,
            Kind::Wrk(_, _, path) => path.trim_start_matches('/').parse().unwrap_or(0),
            _ => 0,
        }
    }
}

struct Scenario {
    name: &'static str,
    what: &'static str,
    layer: Layer,
    kind: Kind,
    /// The ratio to HAProxy that the project holds itself to; for idle connections, bytes.
    target: f64,
}

const fn scenario(
    name: &'static str,
    what: &'static str,
    layer: Layer,
    kind: Kind,
    target: f64,
) -> Scenario {
    Scenario {
        name,
        what,
        layer,
        kind,
        target,
    }
}

#[rustfmt::skip]
const SCENARIOS: [Scenario; 15] = [
    scenario("small", "GET, 100 B, keep-alive", Layer::Http, Kind::Wrk("", 64, "/100"), 0.90),
    scenario("browser", "the same with a browser's fields", Layer::Http, Kind::Wrk(BROWSER, 64, "/100"), 0.86),
    scenario("16k", "GET, 16 KiB", Layer::Http, Kind::Wrk("", 64, "/16384"), 0.74),
    scenario("1m", "GET, 1 MiB", Layer::Http, Kind::Wrk("", 16, "/1048576"), 0.68),
    scenario("post1m", "POST, 1 MiB", Layer::Http, Kind::Wrk(UPLOAD, 16, "/"), 0.55),
    scenario("close", "a connection for each request", Layer::Http, Kind::Wrk(CLOSE, 64, "/100"), 0.97),
    scenario("rate", "an open loop, 5000 requests a second", Layer::Http, Kind::Rate, 0.85),
    scenario("tcp-pp", "TCP, 100 B back and forth", Layer::Tcp, Kind::PingPong, 0.97),
    scenario("tcp-conn", "TCP, a connection for each exchange", Layer::Tcp, Kind::Connections, 0.97),
    scenario("tcp-bulk", "TCP, downloads; per MiB", Layer::Tcp, Kind::Bulk, 0.40),
    scenario("tls", "HTTPS, GET, 100 B, keep-alive", Layer::Tls, Kind::Secure("kept"), 1.00),
    scenario("tls-full", "HTTPS, a full handshake for each request", Layer::Tls, Kind::Secure("full"), 1.00),
    scenario("tls-resumed", "HTTPS, a resumed session for each request", Layer::Tls, Kind::Secure("resumed"), 1.00),
    scenario("idle-http", "idle HTTP connections", Layer::Http, Kind::Idle, 1100.0),
    scenario("idle-tcp", "idle TCP connections", Layer::Tcp, Kind::Idle, 1500.0),
];

/// Requests a second of the open loop: what every contender can serve on half a core.
const RATE: f64 = 5000.0;

const CLOSE: &str = "wrk.headers['Connection']='close'\n";
const UPLOAD: &str = "wrk.method='POST'\nwrk.body=string.rep('x',1048576)\n";
const BROWSER: &str = "
local fields = {
  ['User-Agent']='Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  ['Accept']='text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  ['Accept-Language']='de-CH,de;q=0.7,en;q=0.3', ['Accept-Encoding']='gzip, deflate, br, zstd',
  ['Cookie']='session=5f2c7b1e9a604d1f8e33; theme=light; seen=2026-11-01', ['DNT']='1',
  ['Referer']='http://shop.example/list?page=3', ['Upgrade-Insecure-Requests']='1',
  ['Sec-Fetch-Dest']='document', ['Sec-Fetch-Mode']='navigate', ['Sec-Fetch-Site']='same-origin',
  ['Cache-Control']='max-age=0', ['Priority']='u=1' }
for name, value in pairs(fields) do wrk.headers[name]=value end
";

/// What `wrk` says at the end, on one line.
const DONE: &str = "
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT %d %d %f %d\\n', summary.requests, summary.duration,
    latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
";

struct Options {
    rounds: usize,
    seconds: u64,
    workers: usize,
    idle: usize,
    scenarios: Vec<&'static Scenario>,
    peers: Vec<(String, String)>,
    /// Rounds of one worker against two; then nothing is compared.
    scaling: Option<usize>,
}

impl Options {
    fn has(&self, layer: Layer) -> bool {
        self.scenarios
            .iter()
            .any(|scenario| scenario.layer == layer)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    process::raise_open_files();
    match arguments.first().map(String::as_str) {
        // The other roles of this program, each in a process of its own.
        Some("pinned") => return process::become_pinned(&arguments[1..]),
        Some("backend") => return back::serve(),
        Some("load") => return load::run(&arguments[1..]),
        _ => {}
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        // `cargo test --all-targets` runs benches, too; this one takes minutes.
        say("run it with: cargo bench --bench proxy");
        return ExitCode::SUCCESS;
    }
    let outcome = read(&arguments).and_then(|options| compare(&options));
    if let Err(reason) = outcome {
        warn(&reason);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// A line of the report.
#[expect(clippy::print_stdout, reason = "a report is what this program is for")]
fn say(line: &str) {
    println!("{line}");
    let _ = std::io::stdout().flush();
}

#[expect(clippy::print_stderr, reason = "a skip must be loud")]
fn warn(line: &str) {
    eprintln!("{line}");
}

fn read(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        rounds: 3,
        seconds: 2,
        workers: 1,
        idle: 4000,
        scenarios: SCENARIOS.iter().collect(),
        peers: Vec::new(),
        scaling: None,
    };
    let mut rest = arguments.iter().filter(|argument| *argument != "--bench");
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || {
            value
                .parse::<usize>()
                .map_err(|_| format!("{name}: '{value}' is not a number"))
        };
        match name.as_str() {
            "--rounds" => options.rounds = number()?.max(1),
            "--seconds" => options.seconds = number()?.max(1) as u64,
            "--workers" => options.workers = number()?.max(1),
            "--idle" => options.idle = number()?,
            "--scaling" => options.scaling = Some(number()?.max(1)),
            "--scenarios" => {
                options.scenarios = value
                    .split(',')
                    .map(|name| {
                        let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
                        found.ok_or_else(|| format!("no scenario '{name}'"))
                    })
                    .collect::<Result<_, _>>()?;
            }
            "--peer" => {
                let form = || format!("--peer: '{value}' is not NAME=COMMAND");
                let (name, command) = value.split_once('=').ok_or_else(form)?;
                options.peers.push((name.to_owned(), command.to_owned()));
            }
            _ => {
                return Err(format!(
                    "{name} is not one of --rounds --seconds --workers --idle --scenarios --scaling --peer"
                ));
            }
        }
    }
    Ok(options)
}

fn compare(options: &Options) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| format!("no directory: {error}"))?;
    if let Some(rounds) = options.scaling {
        let program = env!("CARGO_BIN_EXE_eulb");
        return scaling::measure(rounds, options.seconds, directory.path(), program);
    }
    let place = Place::new(directory.path().to_owned(), options.workers);
    let mut contenders = Vec::new();
    match process::version("haproxy", "-v") {
        Some(version) => {
            say(&format!("Baseline: {version}"));
            contenders.push(Contender::haproxy());
            contenders.push(Contender::haproxy_large());
        }
        None => warn(
            "SKIPPED: haproxy is not on PATH: there is nothing to compare with, the ratios are eulb's own",
        ),
    }
    let wrk = process::version("wrk", "-v").is_some();
    if !wrk {
        warn("SKIPPED: wrk is not on PATH: small, browser, 16k, 1m, post1m, close");
    }
    if options.has(Layer::Tls) {
        match process::version("nginx", "-v") {
            Some(version) => {
                say(&format!("For TLS, too: {version}"));
                contenders.push(Contender::nginx());
            }
            None => warn("SKIPPED: nginx is not on PATH: TLS is compared with haproxy alone"),
        }
    }
    contenders.push(Contender::eulb(
        "eulb",
        env!("CARGO_BIN_EXE_eulb"),
        &["proxy"],
    )?);
    for (name, command) in &options.peers {
        let words: Vec<&str> = command.split_whitespace().collect();
        let (program, words) = words.split_first().ok_or("--peer: the command is empty")?;
        contenders.push(Contender::eulb(name, program, words)?);
    }
    say(&format!(
        "{} rounds of {} s, {} worker(s), {}; health checks on, access logs off.\n",
        options.rounds,
        options.seconds,
        options.workers,
        if place.pinned() {
            "the proxy on core 0, load and back ends on core 1"
        } else {
            "nothing pinned"
        },
    ));
    let back = place.backends()?;
    for layer in [Layer::Http, Layer::Tcp, Layer::Tls] {
        let chosen = |idle: bool| {
            let scenarios = options.scenarios.iter().copied();
            scenarios.filter(move |scenario| {
                scenario.layer == layer && matches!(scenario.kind, Kind::Idle) == idle
            })
        };
        let loaded: Vec<&Scenario> = chosen(false)
            .filter(|scenario| wrk || !matches!(scenario.kind, Kind::Wrk(..)))
            .collect();
        if !loaded.is_empty() {
            let contenders = contenders
                .iter()
                .filter(|contender| contender.speaks(layer));
            let mut running = Vec::new();
            for contender in contenders {
                running.push((contender, place.start(contender, layer, &back)?));
            }
            for (_, proxy) in &running {
                // A first connection pays for pages and tables that the others find.
                measure(&place, options, loaded[0], proxy)?;
            }
            for scenario in loaded {
                let body = scenario.kind.body();
                let entrants = running.iter().filter(|(one, _)| one.enters(body));
                let mut samples: Vec<(&Contender, &Running, Vec<Sample>)> = entrants
                    .map(|(one, proxy)| (*one, proxy, Vec::new()))
                    .collect();
                for _ in 0..options.rounds {
                    for (_, proxy, samples) in &mut samples {
                        samples.push(measure(&place, options, scenario, proxy)?);
                    }
                }
                table(scenario, &samples);
            }
        }
        for scenario in chosen(true) {
            let contenders = contenders
                .iter()
                .filter(|contender| contender.speaks(layer) && contender.enters(0));
            idle(&place, options, scenario, contenders, &back)?;
        }
    }
    Ok(())
}

fn measure(
    place: &Place,
    options: &Options,
    scenario: &Scenario,
    proxy: &Running,
) -> Result<Sample, String> {
    let port = proxy.address.port().to_string();
    let seconds = options.seconds.to_string();
    let before = proxy.cpu();
    let mut sample = match scenario.kind {
        Kind::Wrk(script, connections, path) => place.wrk(
            &format!("{script}{DONE}"),
            connections,
            options.seconds,
            proxy.address,
            path,
        )?,
        Kind::Rate => place.load(&["rate", &port, "64", &seconds, &RATE.to_string()])?,
        Kind::PingPong => place.load(&["exchanges", &port, "64", &seconds])?,
        Kind::Connections => place.load(&["connections", &port, "64", &seconds])?,
        Kind::Bulk => place.load(&["bulk", &port, "4", &seconds])?,
        Kind::Secure(how) => {
            let certificate = place.certificate().display().to_string();
            place.load(&[
                &format!("tls-{how}"),
                &port,
                "16",
                &seconds,
                "0",
                &certificate,
            ])?
        }
        Kind::Idle => return Err("idle connections are not measured by load".to_owned()),
    };
    sample.cpu = (proxy.cpu() - before) * 1e6 / sample.count.max(1.0);
    Ok(sample)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

/// One scenario's table; the first contender is the baseline.
fn table(scenario: &Scenario, samples: &[(&Contender, &Running, Vec<Sample>)]) {
    say(&format!("### {}: {}\n", scenario.name, scenario.what));
    say(
        "| proxy | CPU µs | min..max | ratio | target | per second | ratio | p99 µs | ratio | errors |",
    );
    say("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (contender, _, own) in samples {
        let of = |value: fn(&Sample) -> f64| own.iter().map(value).collect::<Vec<f64>>();
        let ratio = |value: fn(&Sample) -> f64| {
            let pairs = own.iter().zip(&samples[0].2);
            median(pairs.map(|(own, base)| value(own) / value(base)).collect())
        };
        let cpus = of(|sample| sample.cpu);
        say(&format!(
            "| {} | {:.1} | {:.1}..{:.1} | {:.2} | {:.2} | {:.0} | {:.2} | {:.0} | {:.2} | {} |",
            contender.name,
            median(cpus.clone()),
            cpus.iter().copied().fold(f64::INFINITY, f64::min),
            cpus.iter().copied().fold(0.0, f64::max),
            ratio(|sample| sample.cpu),
            scenario.target,
            median(of(|sample| sample.per_second)),
            ratio(|sample| sample.per_second),
            median(of(|sample| sample.p99)),
            ratio(|sample| sample.p99),
            own.iter().map(|sample| sample.errors).sum::<u64>(),
        ));
    }
    say("");
}

/// Memory and CPU time of connections that do nothing, in a fresh process each.
fn idle<'a>(
    place: &Place,
    options: &Options,
    scenario: &Scenario,
    contenders: impl Iterator<Item = &'a Contender>,
    back: &[SocketAddr],
) -> Result<(), String> {
    say(&format!(
        "### {}: {} of them\n",
        scenario.name, options.idle
    ));
    say("| proxy | bytes for each | target | process KiB before | CPU ms a second |");
    say("|---|---:|---:|---:|---:|");
    for contender in contenders {
        let proxy = place.start(contender, scenario.layer, back)?;
        let before = proxy.memory();
        let port = proxy.address.port().to_string();
        let kind = match scenario.layer {
            Layer::Http | Layer::Tls => "hold-http",
            Layer::Tcp => "hold-tcp",
        };
        let held = place.hold(&[kind, &port, &options.idle.to_string()])?;
        let after = proxy.memory();
        let spent = proxy.cpu();
        std::thread::sleep(std::time::Duration::from_secs(2));
        let spent = proxy.cpu() - spent;
        drop(held);
        say(&format!(
            "| {} | {:.0} | {:.0} | {} | {:.2} |",
            contender.name,
            after.saturating_sub(before) as f64 * 1024.0 / options.idle as f64,
            scenario.target,
            before,
            spent * 500.0,
        ));
    }
    say("");
    Ok(())
}
