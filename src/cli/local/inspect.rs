//! `eulb local status`, `wait`, `hosts`, `logs`: what the local cloud is doing.

use super::super::exit::Failure;
use super::super::progress::Progress;
use super::super::report;
use super::{GLANCE, Place, ask, one_balancer};
use crate::model::timestamp::Timestamp;
use crate::wire::local::{BalancerStatus, Done, ListenerStatus, ServoStatus, Status, WebLink};
use clap::Args;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Show the local cloud: its load balancers, their servos, and what is not right
#[derive(Debug, Args)]
pub struct ShowStatus {
    #[command(flatten)]
    place: Place,
    /// Print everything as JSON
    #[arg(long, conflicts_with = "web")]
    json: bool,
    /// Print a link that opens the status page in a browser, once, within a minute
    #[arg(long)]
    web: bool,
}

impl ShowStatus {
    pub fn run(&self) -> Result<(), Failure> {
        if self.web {
            let client = self.place.client()?;
            let link: WebLink = ask(client.post("/_eulb/web", &Done {}))?;
            return report::print(&format!("{}\n", link.url));
        }
        let status = self.place.status()?;
        if self.json {
            let text = serde_json::to_string_pretty(&status).map_err(Failure::new)?;
            return report::print(&format!("{text}\n"));
        }
        report::print(&overview(&status))
    }
}

/// The state of the cloud for a person.
fn overview(status: &Status) -> String {
    let mut text = String::new();
    let force = match status.revision.saturating_sub(status.applied_revision) {
        0 => "all in force".to_owned(),
        _ => format!("{} in force", status.applied_revision),
    };
    let lines = [
        ("endpoint", status.endpoint.clone()),
        (
            "dns",
            match status.dns {
                Some(at) => format!("{at}, for names that end in {}", status.dns_domain),
                None => "off".to_owned(),
            },
        ),
        ("release", status.release.clone()),
        ("process", status.process_id.to_string()),
        ("since", moment(status.started_milliseconds)),
        (
            "data",
            match &status.data_directory {
                Some(path) => format!("{path}{}", reason(status.lost.as_deref())),
                None => "nothing is kept".to_owned(),
            },
        ),
        ("zones", status.zones.join(", ")),
        ("time scale", status.time_scale.to_string()),
        ("port offset", status.port_offset.to_string()),
        ("revision", format!("{} ({force})", status.revision)),
        ("instances", status.instances.to_string()),
        ("balancers", status.balancers.len().to_string()),
    ];
    for (name, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:12} {value}");
    }
    for balancer in &status.balancers {
        let _ = writeln!(
            text,
            "\n{} of account {}: {} of {} instances in service\n  {}",
            balancer.name,
            balancer.account,
            balancer.in_service,
            balancer.registered,
            balancer.dns_name
        );
        for servo in &balancer.servos {
            let _ = writeln!(
                text,
                "  servo {} in {} at {}: {}{}",
                servo.id,
                servo.zone,
                servo.address,
                servo.state,
                reason(servo.reason.as_deref())
            );
            for listener in &servo.listeners {
                let _ = writeln!(
                    text,
                    "    {} {} at {}{}",
                    listener.protocol,
                    listener.port,
                    listener.bound,
                    reason(listener.error.as_deref())
                );
            }
        }
    }
    text
}

fn reason(reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!(" ({reason})"),
        None => String::new(),
    }
}

/// `2013-05-15 23:31:32 UTC`, or the number if it is no moment of the calendar.
fn moment(milliseconds: i64) -> String {
    let Timestamp(milliseconds) = Timestamp(milliseconds);
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    time::OffsetDateTime::from_unix_timestamp(milliseconds / 1000)
        .ok()
        .and_then(|moment| moment.format(format).ok())
        .map_or_else(|| milliseconds.to_string(), |text| format!("{text} UTC"))
}

/// Wait until the local cloud does what it was told
///
/// Without a load balancer: until the newest change is in force in the data plane.
/// With load balancers: besides, until their listeners are bound and their instances are in service.
/// On a terminal, a line tells what is still missing.
#[derive(Debug, Args)]
pub struct Wait {
    #[command(flatten)]
    place: Place,
    /// Names or DNS names of load balancers
    #[arg(value_name = "ELB")]
    balancers: Vec<String>,
    /// Number of instances to be in service, exactly (default: all registered ones)
    #[arg(long, value_name = "N", requires = "balancers")]
    in_service: Option<usize>,
    /// Account of the load balancers, by number, if several have one of the name
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Longest wait
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    timeout: f64,
}

impl Wait {
    pub fn run(&self) -> Result<(), Failure> {
        let patience = Duration::try_from_secs_f64(self.timeout)
            .ok()
            .and_then(|patience| Instant::now().checked_add(patience))
            .ok_or_else(|| {
                Failure::usage(format!(
                    "argument --timeout: {} is not a number of seconds",
                    self.timeout
                ))
            })?;
        let mut progress = Progress::begin();
        let waited = self.until(patience, &mut progress);
        progress.end();
        waited
    }

    fn until(&self, patience: Instant, progress: &mut Progress) -> Result<(), Failure> {
        loop {
            let status = self.place.status()?;
            let Some(missing) = self.missing(&status)? else {
                return Ok(());
            };
            if Instant::now() >= patience {
                return Err(Failure::new(format!(
                    "still waiting after {} s: {missing}",
                    self.timeout
                )));
            }
            progress.show(&format!("waiting: {missing}"));
            std::thread::sleep(GLANCE);
        }
    }

    /// What is not yet as asked, or nothing.
    fn missing(&self, status: &Status) -> Result<Option<String>, Failure> {
        if status.applied_revision < status.revision {
            return Ok(Some(format!(
                "revision {} is not in force, {} is",
                status.revision, status.applied_revision
            )));
        }
        for name in &self.balancers {
            let balancer = one_balancer(status, name, self.account.as_deref())?;
            if let Some(listener) = unbound(balancer) {
                return Ok(Some(listener));
            }
            let wanted = self.in_service.unwrap_or(balancer.registered);
            if balancer.in_service != wanted {
                return Ok(Some(format!(
                    "{} of {} instances of '{name}' are in service, not {wanted}",
                    balancer.in_service, balancer.registered
                )));
            }
        }
        Ok(None)
    }
}

/// The first listener of a load balancer that is not bound, as a sentence.
fn unbound(balancer: &BalancerStatus) -> Option<String> {
    let listeners = balancer.servos.iter().flat_map(|servo| &servo.listeners);
    listeners
        .filter_map(|ListenerStatus { port, error, .. }| {
            let error = error.as_ref()?;
            Some(format!("port {port} of '{}': {error}", balancer.name))
        })
        .next()
}

/// Print lines for /etc/hosts: the addresses of all load balancers
#[derive(Debug, Args)]
pub struct Hosts {
    #[command(flatten)]
    place: Place,
}

impl Hosts {
    pub fn run(&self) -> Result<(), Failure> {
        let status = self.place.status()?;
        let mut text = String::new();
        for balancer in &status.balancers {
            for ServoStatus { address, .. } in &balancer.servos {
                let _ = writeln!(text, "{address}\t{}", balancer.dns_name);
            }
        }
        report::print(&text)
    }
}

/// Show what the local cloud has logged
#[derive(Debug, Args)]
pub struct Logs {
    #[command(flatten)]
    place: Place,
    /// Go on with what is logged from now on
    #[arg(short, long)]
    follow: bool,
    /// Show this many lines at most, the last ones
    #[arg(short = 'n', long, value_name = "N")]
    lines: Option<usize>,
}

impl Logs {
    pub fn run(&self) -> Result<(), Failure> {
        let directory = self.place.directory()?;
        let path = directory.log();
        let mut log = Log::open(&path)?;
        report::print(&last(log.file_to_end(&path)?, self.lines))?;
        if !self.follow {
            return Ok(());
        }
        loop {
            std::thread::sleep(GLANCE * 5);
            let more = log.more(&path)?;
            report::print(&more)?;
            if more.is_empty() && !directory.is_in_use() {
                return Ok(());
            }
        }
    }
}

/// A log that is being written, and may be replaced by a new one.
struct Log {
    reader: BufReader<File>,
    inode: u64,
}

impl Log {
    fn open(path: &Path) -> Result<Log, Failure> {
        let open = || {
            let file = File::open(path)?;
            let inode = file.metadata()?.ino();
            Ok(Log {
                reader: BufReader::new(file),
                inode,
            })
        };
        open().map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Failure::new(format!(
                "there is no log {}: no local cloud has run there, or it writes to its terminal \
                 (--ephemeral in the foreground)",
                path.display()
            )),
            _ => cannot_read(path, &error),
        })
    }

    /// Everything from the beginning; lines are bounded by the log's own rotation.
    fn file_to_end(&mut self, path: &Path) -> Result<String, Failure> {
        self.reader
            .seek(SeekFrom::Start(0))
            .map_err(|error| cannot_read(path, &error))?;
        self.rest(path)
    }

    fn rest(&mut self, path: &Path) -> Result<String, Failure> {
        let mut bytes = Vec::new();
        self.reader
            .read_to_end(&mut bytes)
            .map_err(|error| cannot_read(path, &error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What has been written since; a replaced log is read to its end and then the new one.
    fn more(&mut self, path: &Path) -> Result<String, Failure> {
        let mut text = self.rest(path)?;
        let replaced = std::fs::metadata(path).is_ok_and(|now| now.ino() != self.inode);
        if replaced {
            *self = Log::open(path)?;
            text.push_str(&self.rest(path)?);
        }
        Ok(text)
    }
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read {}: {error}", path.display()))
}

/// The last lines of a text.
fn last(text: String, lines: Option<usize>) -> String {
    let Some(lines) = lines else { return text };
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    all[all.len().saturating_sub(lines)..].concat()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{balancer, status};
    use super::*;
    use expect_test::expect;
    use std::io::Write as _;

    fn example(error: Option<&str>) -> BalancerStatus {
        BalancerStatus {
            registered: 3,
            in_service: 2,
            servos: vec![ServoStatus {
                id: "i-5EB0A1B2".to_owned(),
                zone: "PARTI00".to_owned(),
                address: "127.101.0.1".parse().unwrap(),
                state: "InService".to_owned(),
                reason: None,
                listeners: vec![ListenerStatus {
                    protocol: "HTTP".to_owned(),
                    port: 80,
                    bound: "127.101.0.1:8080".parse().unwrap(),
                    error: error.map(str::to_owned),
                }],
            }],
            ..balancer("000000000001", "web")
        }
    }

    #[test]
    fn a_person_sees_what_is_not_right() {
        let status = Status {
            applied_revision: 6,
            started_milliseconds: 1_368_660_692_806,
            ..status(vec![example(Some("the port is in use by another program"))])
        };
        expect![[r#"
            endpoint     http://127.0.0.1:8773/services/LoadBalancing
            dns          127.0.0.1:8753, for names that end in localhost
            release      3.3.0
            process      4711
            since        2013-05-15 23:31:32 UTC
            data         nothing is kept
            zones        PARTI00
            time scale   1
            port offset  0
            revision     7 (6 in force)
            instances    0
            balancers    1

            web of account 000000000001: 2 of 3 instances in service
              web-000000000001.lb.localhost
              servo i-5EB0A1B2 in PARTI00 at 127.101.0.1: InService
                HTTP 80 at 127.101.0.1:8080 (the port is in use by another program)
        "#]]
        .assert_eq(&overview(&status));
    }

    #[test]
    fn a_wait_says_what_it_is_waiting_for() {
        let wait = |balancers: &[&str], in_service| Wait {
            place: Place { data_dir: None },
            balancers: balancers.iter().map(|name| (*name).to_owned()).collect(),
            in_service,
            account: None,
            timeout: 1.0,
        };
        let good = status(vec![example(None)]);
        let late = Status {
            applied_revision: 6,
            ..good.clone()
        };
        let bad = status(vec![example(Some("taken"))]);
        #[rustfmt::skip]
        let cases = [
            (&good, wait(&[], None),        Ok(None)),
            (&late, wait(&[], None),        Ok(Some("revision 7 is not in force, 6 is".to_owned()))),
            (&good, wait(&["web"], Some(2)), Ok(None)),
            (&good, wait(&["web"], None),   Ok(Some("2 of 3 instances of 'web' are in service, not 3".to_owned()))),
            (&bad,  wait(&["web"], Some(2)), Ok(Some("port 80 of 'web': taken".to_owned()))),
            (&good, wait(&["db"], None),    Err("error: there is no load balancer 'db'; 'eulb local status' shows those there are".to_owned())),
        ];
        for (status, wait, expected) in cases {
            let missing = wait.missing(status).map_err(|failure| failure.to_string());
            assert_eq!(missing, expected);
        }
    }

    #[test]
    fn a_log_is_followed_beyond_its_end_and_its_replacement() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eulb.log");
        std::fs::write(&path, "one\ntwo\nthree\n").unwrap();
        let mut log = Log::open(&path).unwrap();
        let all = log.file_to_end(&path).unwrap();
        assert_eq!(last(all.clone(), None), "one\ntwo\nthree\n");
        assert_eq!(last(all.clone(), Some(2)), "two\nthree\n");
        assert_eq!(last(all, Some(9)), "one\ntwo\nthree\n");
        assert_eq!(log.more(&path).unwrap(), "");
        let mut writer = File::options().append(true).open(&path).unwrap();
        writer.write_all(b"four\n").unwrap();
        assert_eq!(log.more(&path).unwrap(), "four\n");
        writer.write_all(b"five\n").unwrap();
        std::fs::rename(&path, folder.path().join("eulb.log.1")).unwrap();
        std::fs::write(&path, "six\n").unwrap();
        assert_eq!(log.more(&path).unwrap(), "five\nsix\n");
    }
}
