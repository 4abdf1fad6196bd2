//! `eulb local start`: becomes the cloud, or starts one in the background.
//!
//! In the background the cloud is this program once more, in a session of its own. The two speak over
//! a pipe, the child's standard output: one line once it is ready. If the pipe ends without it, what
//! the child wrote on standard error says why.

use super::super::exit::Failure;
use super::super::report;
use super::Place;
use crate::daemon::directory::Directory;
use crate::daemon::{self, Cidr, LISTEN, NAMES, NameService, Options, Ready, log};
use crate::model::placement::ZoneName;
use crate::wire::release::Release;
use clap::Args;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where release names come from when no option gives one.
const RELEASE_VARIABLE: &str = "EULB_RELEASE";

/// What a cloud in the background says when it is ready, before its endpoint and milliseconds.
const READY: &str = "ready";

/// Start a local cloud
///
/// It runs until it is interrupted or 'eulb local stop' ends it.
/// Load balancers, instances, accounts and keys are kept in the data directory and are there again after the next start.
#[derive(Debug, Args)]
pub struct Start {
    #[command(flatten)]
    place: Place,
    /// Run in the background; returns once the cloud is ready
    #[arg(short, long)]
    detach: bool,
    /// Keep nothing after the end
    #[arg(long)]
    ephemeral: bool,
    /// Address and port, or port, of the API (default: 127.0.0.1:8773; port 0: any)
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listen_address, default_value_t = LISTEN, hide_default_value = true)]
    listen: SocketAddr,
    /// Address and port where names of the cloud are answered, or off (default: 127.0.0.1:8753, or any port if that is taken)
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = name_service)]
    dns: Option<NameService>,
    /// Domain of the DNS names of load balancers (default: localhost, as in Eucalyptus)
    #[arg(long, value_name = "DOMAIN", value_parser = domain, default_value = "localhost", hide_default_value = true)]
    domain: String,
    /// Release to behave as: 3.3.0 to 4.4.2, or aws (default: EULB_RELEASE, else 3.3.0)
    #[arg(long, value_name = "RELEASE")]
    release: Option<Release>,
    /// Seconds that the cloud's clocks take for one: 0.1 is ten times faster (default: 1)
    #[arg(long, value_name = "FACTOR", value_parser = time_scale, default_value_t = 1.0, hide_default_value = true)]
    time_scale: f64,
    /// Addresses of servos, which carry the load balancers (default: 127.101.0.0/16)
    #[arg(long, value_name = "CIDR", default_value_t = Cidr::SERVOS, hide_default_value = true)]
    servo_cidr: Cidr,
    /// Addresses of instances that the cloud runs (default: 127.102.0.0/16)
    #[arg(long, value_name = "CIDR", default_value_t = Cidr::INSTANCES, hide_default_value = true)]
    instance_cidr: Cidr,
    /// Number to add to the port of every listener (default: 0)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..=64_511), default_value_t = 0, hide_default_value = true)]
    port_offset: u16,
    /// Availability zones (default: PARTI00,PARTI01)
    #[arg(long, value_name = "ZONE1,ZONE2,...", value_delimiter = ',', value_parser = zone, default_values = ["PARTI00", "PARTI01"], hide_default_value = true)]
    zones: Vec<ZoneName>,
    /// Threads that carry traffic (default: one per core)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Connections in use to one instance by one listener, beyond which requests wait in the surge queue (default: 8192)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=8192))]
    instance_connections: Option<u16>,
    /// Write the access log of all load balancers below a directory, laid out like a bucket; those whose attributes name a bucket have theirs in the data directory, below buckets/
    #[arg(long, value_name = "DIR")]
    access_log: Option<PathBuf>,
    /// How log lines are written: text or json (default: text)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_default_value = true
    )]
    log_format: log::Format,
    /// What is logged: LEVEL or COMPONENT=LEVEL, several with commas (default: EULB_LOG, else info)
    #[arg(long, value_name = "LEVELS")]
    log_level: Option<log::Levels>,
    /// This is the cloud in the background
    #[arg(long, hide = true)]
    detached_child: bool,
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    address(text, LISTEN)
}

fn name_service(text: &str) -> Result<NameService, String> {
    match text {
        "off" => Ok(NameService::Off),
        text => address(text, NAMES).map(NameService::At),
    }
}

/// Characters of a domain at most: a load balancer's name must fit before it. Source: RFC 1035, 2.3.4.
const LONGEST_DOMAIN: usize = 128;

/// Characters of a label at most. Source: RFC 1035, 2.3.4.
const LONGEST_LABEL: usize = 63;

fn domain(text: &str) -> Result<String, String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label =
        |label: &str| (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(is_part);
    let name = text.trim_end_matches('.');
    if name.len() > LONGEST_DOMAIN || !name.split('.').all(is_label) {
        return Err(format!("'{text}' is not a domain name such as cloud.test"));
    }
    Ok(name.to_ascii_lowercase())
}

/// An address and port, of which the usual ones need not be said.
fn address(text: &str, usual: SocketAddr) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::new(usual.ip(), port));
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, usual.port()));
    }
    text.replacen("localhost:", "127.0.0.1:", 1)
        .parse()
        .map_err(|_| format!("'{text}' is not an address and port such as {usual}"))
}

fn time_scale(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|scale| (0.001..=1000.0).contains(scale))
        .ok_or_else(|| format!("'{text}' is not a factor from 0.001 to 1000"))
}

fn zone(text: &str) -> Result<ZoneName, String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.is_empty() || !text.bytes().all(is_part) {
        return Err(format!(
            "'{text}' is not a name of a zone: letters, digits, '-', '_' and '.'"
        ));
    }
    Ok(ZoneName::new(text))
}

impl Start {
    pub fn run(self) -> Result<(), Failure> {
        let options = self.options()?;
        if self.detach && !self.detached_child {
            return self.detach(&options);
        }
        let directory = options.directory.clone();
        if self.detached_child {
            // A session of its own: neither Ctrl-C nor the end of the terminal is for it. It fails
            // only for who leads one already.
            let _ = rustix::process::setsid();
        }
        // The log is in the directory, so that is claimed first; and an ephemeral cloud in the
        // foreground keeps no log beside what it writes to standard error.
        let file = (!self.ephemeral || self.detached_child).then(|| directory.log());
        let (place, format, detached) = (self.place, self.log_format, self.detached_child);
        let journal = (!self.ephemeral).then(|| directory.journal());
        let levels = self.log_level;
        let zone = options.zones[0].clone();
        let start_log = move || {
            log::start(log::Settings {
                file: file.as_deref(),
                journal: journal.as_deref(),
                terminal: !detached,
                format,
                levels,
            })
        };
        let mut told = Ok(());
        let ended = daemon::run(options, start_log, |ready| {
            told = if detached {
                announce(&directory, ready)
            } else {
                report::print(&welcome(&place, &zone, ready))
            };
        });
        ended.map_err(Failure::new)?;
        told
    }

    fn options(&self) -> Result<Options, Failure> {
        let release = match (self.release, std::env::var(RELEASE_VARIABLE)) {
            (Some(release), _) => release,
            (None, Ok(text)) if !text.is_empty() => text
                .parse()
                .map_err(|error| Failure::usage(format!("{RELEASE_VARIABLE}: {error}")))?,
            _ => Release::default(),
        };
        let mut zones = self.zones.clone();
        zones.sort();
        zones.dedup();
        if zones.len() != self.zones.len() {
            return Err(Failure::usage(
                "argument --zones: a zone is named twice; each needs a name of its own",
            ));
        }
        Ok(Options {
            directory: self.place.directory()?,
            ephemeral: self.ephemeral,
            listen: self.listen,
            dns: self.dns.unwrap_or(NameService::Usual),
            domain: self.domain.clone(),
            release,
            time_scale: self.time_scale,
            servo_cidr: self.servo_cidr,
            instance_cidr: self.instance_cidr,
            port_offset: self.port_offset,
            zones: self.zones.clone(),
            threads: self.threads.map(usize::from),
            instance_connections: self.instance_connections.map(usize::from),
            access_log: self.access_log()?,
        })
    }

    /// The directory for access logs as an absolute path: a cloud in the background lives elsewhere.
    fn access_log(&self) -> Result<Option<PathBuf>, Failure> {
        let absolute = |directory| {
            std::path::absolute(directory)
                .map_err(|error| Failure::usage(format!("argument --access-log: {error}")))
        };
        self.access_log.as_ref().map(absolute).transpose()
    }

    /// The command line of the same cloud in the background.
    fn arguments(&self, options: &Options) -> Vec<OsString> {
        let zones: Vec<&str> = options.zones.iter().map(ZoneName::as_str).collect();
        let mut arguments: Vec<OsString> = [
            ("--listen", options.listen.to_string()),
            ("--domain", options.domain.clone()),
            ("--release", options.release.to_string()),
            ("--time-scale", options.time_scale.to_string()),
            ("--servo-cidr", options.servo_cidr.to_string()),
            ("--instance-cidr", options.instance_cidr.to_string()),
            ("--port-offset", options.port_offset.to_string()),
            ("--zones", zones.join(",")),
            ("--log-format", self.log_format.to_string()),
        ]
        .into_iter()
        .map(|(name, value)| format!("{name}={value}").into())
        .collect();
        let mut directory = OsString::from("--data-dir=");
        directory.push(options.directory.path());
        arguments.push(directory);
        match options.dns {
            NameService::Usual => {}
            NameService::Off => arguments.push("--dns=off".into()),
            NameService::At(address) => arguments.push(format!("--dns={address}").into()),
        }
        if let Some(log) = &options.access_log {
            let mut argument = OsString::from("--access-log=");
            argument.push(log);
            arguments.push(argument);
        }
        if let Some(threads) = options.threads {
            arguments.push(format!("--threads={threads}").into());
        }
        if let Some(connections) = options.instance_connections {
            arguments.push(format!("--instance-connections={connections}").into());
        }
        if let Some(levels) = &self.log_level {
            arguments.push(format!("--log-level={levels}").into());
        }
        if options.ephemeral {
            arguments.push("--ephemeral".into());
        }
        arguments.push("--detached-child".into());
        arguments
    }

    fn detach(&self, options: &Options) -> Result<(), Failure> {
        let cannot = |error| Failure::new(format!("cannot start in the background: {error}"));
        let program = std::env::current_exe().map_err(cannot)?;
        let mut child = Command::new(program)
            .args(["local", "start"])
            .args(self.arguments(options))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(cannot)?;
        }
        let mut words = line.split_whitespace();
        if let (Some(READY), Some(endpoint), Some(milliseconds), Some(low_ports)) =
            (words.next(), words.next(), words.next(), words.next())
        {
            let ready = Ready {
                endpoint: endpoint.to_owned(),
                took: std::time::Duration::from_millis(milliseconds.parse().unwrap_or_default()),
                low_ports: low_ports == "true",
            };
            return report::print(&welcome(&self.place, &options.zones[0], &ready));
        }
        let mut complaint = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            // What was read until an error is still worth showing.
            let _ = stderr.read_to_string(&mut complaint);
        }
        let _ = child.wait();
        let last = complaint.trim().lines().last().unwrap_or_default();
        let reason = last
            .split_once("error: ")
            .map_or(last, |(_, reason)| reason);
        Err(Failure::new(match reason {
            "" => "the cloud ended before it was ready, without a word",
            reason => reason,
        }))
    }
}

/// Tells the process that waits that the cloud is ready, then lets go of its terminal.
fn announce(directory: &Directory, ready: &Ready) -> Result<(), Failure> {
    report::print(&format!(
        "{READY} {} {} {}\n",
        ready.endpoint,
        ready.took.as_millis(),
        ready.low_ports
    ))?;
    let cannot =
        |error: std::io::Error| Failure::new(format!("cannot let go of the terminal: {error}"));
    // What a fault of the program would write is worth keeping.
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(directory.log())
        .map_err(cannot)?;
    rustix::stdio::dup2_stdout(&log).map_err(|error| cannot(error.into()))?;
    rustix::stdio::dup2_stderr(&log).map_err(|error| cannot(error.into()))?;
    // Not to keep the directory it was started in from being unmounted or removed.
    std::env::set_current_dir(directory.path()).map_err(cannot)
}

/// What a person may copy now.
fn welcome(place: &Place, zone: &ZoneName, ready: &Ready) -> String {
    let option = place.option();
    let mut text = format!(
        "The local cloud is ready after {} ms at {}\n\n  \
         eval \"$(eulb local env{option})\"\n  \
         eulb instance run --count 3\n  \
         eulb create-lb -z {zone} -l \"lb-port=80, protocol=HTTP, instance-port=80\" web\n  \
         eulb resolve web\n  \
         eulb local status\n",
        ready.took.as_millis(),
        ready.endpoint,
    );
    if !ready.low_ports {
        text.push_str(
            "\nThis user may not bind ports below 1024: start it with --port-offset 8000 for listeners \
             on such ports.\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, FromArgMatches, Parser};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        start: Start,
    }

    fn start(arguments: &[&str]) -> Result<Start, String> {
        let line = std::iter::once(&"start").chain(arguments);
        Line::command()
            .try_get_matches_from(line)
            .and_then(|matches| Line::from_arg_matches(&matches))
            .map(|line| line.start)
            .map_err(|error| {
                error
                    .to_string()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
    }

    #[test]
    fn options_are_read_with_their_defaults() {
        let plain = start(&["--release=3.3"]).unwrap().options().unwrap();
        assert_eq!(plain.listen, "127.0.0.1:8773".parse().unwrap());
        assert_eq!(
            plain.zones,
            [ZoneName::new("PARTI00"), ZoneName::new("PARTI01")]
        );
        assert_eq!(plain.servo_cidr.to_string(), "127.101.0.0/16");
        #[rustfmt::skip]
        let addresses = [
            ("8774", "127.0.0.1:8774"), ("0.0.0.0:0", "0.0.0.0:0"), ("127.0.0.2", "127.0.0.2:8773"),
            ("localhost:80", "127.0.0.1:80"), ("[::1]:8773", "[::1]:8773"),
        ];
        for (text, expected) in addresses {
            assert_eq!(listen_address(text), Ok(expected.parse().unwrap()));
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        #[rustfmt::skip]
        let cases: [(&[&str], &str); 8] = [
            (&["--domain", "a..b"], "error: invalid value 'a..b' for '--domain <DOMAIN>': 'a..b' is not a domain name such as cloud.test"),
            (&["--dns", "on"], "error: invalid value 'on' for '--dns <ADDRESS:PORT>': 'on' is not an address and port such as 127.0.0.1:8753"),
            (&["--listen", "x"], "error: invalid value 'x' for '--listen <ADDRESS:PORT>': 'x' is not an address and port such as 127.0.0.1:8773"),
            (&["--time-scale", "0"], "error: invalid value '0' for '--time-scale <FACTOR>': '0' is not a factor from 0.001 to 1000"),
            (&["--zones", "a,,b"], "error: invalid value '' for '--zones <ZONE1,ZONE2,...>': '' is not a name of a zone: letters, digits, '-', '_' and '.'"),
            (&["--servo-cidr", "127.0.0.1"], "error: invalid value '127.0.0.1' for '--servo-cidr <CIDR>': '127.0.0.1' is not a range of IPv4 addresses such as 127.101.0.0/16 (prefix 8 to 30)"),
            (&["--release", "2.0"], "error: invalid value '2.0' for '--release <RELEASE>': '2.0' is not a release; use 3.3.0 to 4.4.2, 4.4 for the newest 4.4.x, or aws"),
            (&["--threads", "0"], "error: invalid value '0' for '--threads <N>': 0 is not in 1..=1024"),
        ];
        for (arguments, expected) in cases {
            assert_eq!(start(arguments).unwrap_err(), expected);
        }
        let twice = start(&["--zones", "a,b,a"]).unwrap().options().unwrap_err();
        assert!(
            twice.to_string().contains("a zone is named twice"),
            "{twice}"
        );
    }

    #[test]
    fn a_cloud_in_the_background_gets_the_same_options() {
        let asked = [
            "--detach",
            "--ephemeral",
            "--listen=127.0.0.1:0",
            "--dns=127.0.0.2:0",
            "--domain=cloud.test",
            "--release=4.4",
            "--time-scale=0.1",
            "--servo-cidr=127.9.0.0/24",
            "--instance-cidr=127.10.0.0/24",
            "--port-offset=8000",
            "--zones=a,b,c",
            "--threads=3",
            "--instance-connections=40",
            "--access-log=/tmp",
            "--log-format=json",
            "--log-level=warn,servo=debug",
            "--data-dir=/nowhere/x y",
        ];
        let asked = start(&asked).unwrap();
        let wanted = asked.options().unwrap();
        let line: Vec<String> = asked
            .arguments(&wanted)
            .into_iter()
            .map(|argument| argument.into_string().unwrap())
            .collect();
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let child = start(&line).unwrap();
        assert!(child.detached_child && !child.detach);
        assert_eq!(child.log_format, log::Format::Json);
        assert_eq!(child.log_level, asked.log_level);
        assert_eq!(
            format!("{:?}", child.options().unwrap()),
            format!("{wanted:?}")
        );
    }
}
