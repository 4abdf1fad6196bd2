//! The access log: ELB's line for each request or TCP session, in files laid out like the bucket.
//!
//! A worker formats lines into a buffer of its own ([`Record::write`]) and hands full buffers to one
//! [`Sink`], whose thread alone touches the disk. The queue between them is bounded; what does not fit
//! is dropped and counted, so that a slow disk never slows a request.
//!
//! Source: "Access logs for your Classic Load Balancer", Elastic Load Balancing user guide;
//! Eucalyptus servo 1.2.0 to 1.4.0 for the shorter line.

use crate::model::plane::BalancerLabel;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use time::OffsetDateTime;

/// Buffers that may wait for the disk. With buffers of some 16 KiB: 16 MiB.
const WAITING_BUFFERS: usize = 1024;

/// How long the thread waits for lines before it looks whether an interval has ended.
const LOOK: Duration = Duration::from_secs(1);

/// Which line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Fifteen fields.
    Aws,
    /// Eucalyptus 4.2 and later: thirteen fields, without those of TLS.
    Eucalyptus,
}

/// Seconds spent in the three phases of an exchange; nothing where a phase was not reached (-1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Phases {
    /// From the first byte of the request to its dispatch to an instance.
    pub request: Option<Duration>,
    /// From the dispatch to the first byte of the instance's answer.
    pub backend: Option<Duration>,
    /// From there to the first byte sent to the client.
    pub response: Option<Duration>,
}

/// One request, or one TCP session.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// When the answer had been sent.
    pub at: OffsetDateTime,
    pub balancer: &'a str,
    pub client: SocketAddr,
    /// Nothing if the request was not dispatched.
    pub backend: Option<SocketAddr>,
    pub phases: Phases,
    pub received_bytes: u64,
    pub sent_bytes: u64,
    /// Nothing for TCP and SSL listeners.
    pub http: Option<HttpRecord<'a>>,
    pub tls: Option<TlsRecord<'a>>,
}

/// What only an HTTP exchange has.
#[derive(Clone, Copy, Debug)]
pub struct HttpRecord<'a> {
    pub status: u16,
    /// Nothing if no instance answered.
    pub backend_status: Option<u16>,
    pub method: &'a [u8],
    /// `http` or `https`
    pub scheme: &'a str,
    pub host: &'a [u8],
    pub port: u16,
    /// Path and query, with the leading slash.
    pub path: &'a [u8],
    /// `HTTP/1.1`
    pub version: &'a str,
    pub user_agent: &'a [u8],
}

/// What was negotiated with a client of an HTTPS or SSL listener.
#[derive(Clone, Copy, Debug)]
pub struct TlsRecord<'a> {
    pub cipher: &'a str,
    pub protocol: &'a str,
}

impl Record<'_> {
    /// Appends the line, with its end.
    pub fn write(&self, form: Form, out: &mut String) {
        moment(self.at, out);
        let _ = write!(out, " {} {} ", self.balancer, self.client);
        match self.backend {
            Some(backend) => {
                let _ = write!(out, "{backend}");
            }
            None => out.push('-'),
        }
        seconds(self.phases.request, out);
        seconds(self.phases.backend, out);
        seconds(self.phases.response, out);
        match &self.http {
            Some(http) => {
                let _ = write!(out, " {}", http.status);
                match http.backend_status {
                    Some(status) => {
                        let _ = write!(out, " {status}");
                    }
                    None => out.push_str(" -"),
                }
            }
            None => out.push_str(" - -"),
        }
        let _ = write!(out, " {} {} \"", self.received_bytes, self.sent_bytes);
        match &self.http {
            Some(http) => {
                quoted(http.method, out);
                let _ = write!(out, " {}://", http.scheme);
                // The Host field may name a port, which the line has once.
                let host = http
                    .host
                    .iter()
                    .rposition(|byte| *byte == b':')
                    .filter(|colon| {
                        let port = &http.host[colon + 1..];
                        !port.is_empty() && port.iter().all(u8::is_ascii_digit)
                    });
                quoted(host.map_or(http.host, |colon| &http.host[..colon]), out);
                let _ = write!(out, ":{}", http.port);
                quoted(http.path, out);
                let _ = write!(out, " {}\" \"", http.version);
                if http.user_agent.is_empty() {
                    out.push('-');
                } else {
                    quoted(http.user_agent, out);
                }
            }
            None => out.push_str("- - - \" \"-"),
        }
        out.push('"');
        if form == Form::Aws {
            match &self.tls {
                Some(tls) => {
                    let _ = write!(out, " {} {}", tls.cipher, tls.protocol);
                }
                None => out.push_str(" - -"),
            }
        }
        out.push('\n');
    }
}

/// `2015-05-13T23:39:43.945958Z`
fn moment(at: OffsetDateTime, out: &mut String) {
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, micro) = at.to_hms_micro();
    let month = u8::from(month);
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z"
    );
}

fn seconds(phase: Option<Duration>, out: &mut String) {
    match phase {
        Some(phase) => {
            let _ = write!(out, " {}.{:06}", phase.as_secs(), phase.subsec_micros());
        }
        None => out.push_str(" -1"),
    }
}

/// Writes what a client sent so that it stays inside its quotes and on its line.
fn quoted(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        match byte {
            b'"' | b'\\' | 0..=0x1f | 0x7f..=0xff => {
                let _ = write!(out, "\\x{byte:02x}");
            }
            byte => out.push(byte.into()),
        }
    }
}

/// Where the lines of one servo go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// The directory that stands for the bucket.
    pub bucket: PathBuf,
    /// Leads the names of all objects; may be empty.
    pub prefix: String,
    pub region: String,
    pub balancer: BalancerLabel,
    /// The servo's own address.
    pub address: IpAddr,
    /// Minutes of one object: 5 or 60.
    pub interval_minutes: u32,
}

impl Destination {
    /// When the interval ends in which a moment is, in seconds since the epoch.
    fn interval_end(&self, at: OffsetDateTime) -> i64 {
        let interval = i64::from(self.interval_minutes.max(1)) * 60;
        (at.unix_timestamp().div_euclid(interval) + 1) * interval
    }

    /// The object for the interval that ends then.
    ///
    /// `[prefix/]AWSLogs/ACCT/elasticloadbalancing/REGION/yyyy/mm/dd/ACCT_elasticloadbalancing_REGION_NAME_yyyymmddThhmmZ_IP_RANDOM.log`
    fn object(&self, end: i64, random: &str) -> PathBuf {
        let end = OffsetDateTime::from_unix_timestamp(end).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = end.to_calendar_date();
        let (month, account, region) = (u8::from(month), &self.balancer.account, &self.region);
        let mut path = self.bucket.clone();
        path.extend(
            self.prefix
                .split('/')
                .filter(|part| !part.is_empty() && *part != ".."),
        );
        path.extend(["AWSLogs", account, "elasticloadbalancing", region]);
        path.push(format!("{year:04}/{month:02}/{day:02}"));
        path.push(format!(
            "{account}_elasticloadbalancing_{region}_{}_{year:04}{month:02}{day:02}T{:02}{:02}Z_{}_{random}.log",
            self.balancer.name,
            end.hour(),
            end.minute(),
            self.address,
        ));
        path
    }
}

/// Lines on their way to the disk.
struct Lines {
    destination: Arc<Destination>,
    text: String,
    /// The moment of the newest line.
    at: OffsetDateTime,
}

/// Takes buffers of lines and writes them, on a thread of its own.
#[derive(Clone)]
pub struct Sink {
    queue: SyncSender<Lines>,
    dropped: Arc<AtomicU64>,
}

impl Sink {
    /// Starts the thread, which ends, its files complete, when the last clone of the sink is gone.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start() -> io::Result<(Sink, JoinHandle<()>)> {
        let (queue, lines) = sync_channel(WAITING_BUFFERS);
        let thread = std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || write(&lines))?;
        Ok((
            Sink {
                queue,
                dropped: Arc::default(),
            },
            thread,
        ))
    }

    /// Hands lines over, or drops and counts them if the disk is behind.
    pub fn take(&self, destination: &Arc<Destination>, text: String, at: OffsetDateTime) {
        let lines = Lines {
            destination: destination.clone(),
            text,
            at,
        };
        if let Err(TrySendError::Full(lines) | TrySendError::Disconnected(lines)) =
            self.queue.try_send(lines)
        {
            let count = lines.text.bytes().filter(|byte| *byte == b'\n').count();
            self.dropped.fetch_add(count as u64, Ordering::Relaxed);
        }
    }

    /// Lines that were dropped because the disk was behind.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// An object in the making: it has its name once its interval has ended.
struct Open {
    file: File,
    partial: PathBuf,
    object: PathBuf,
    end: i64,
}

fn write(lines: &Receiver<Lines>) {
    let mut open: HashMap<Arc<Destination>, Open> = HashMap::new();
    loop {
        let arrived = match lines.recv_timeout(LOOK) {
            Ok(arrived) => Some(arrived),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let now = arrived
            .as_ref()
            .map_or_else(OffsetDateTime::now_utc, |lines| lines.at);
        let ended: Vec<_> = open
            .iter()
            .filter(|(_, file)| file.end <= now.unix_timestamp())
            .map(|(key, _)| key.clone())
            .collect();
        for key in ended {
            if let Some(file) = open.remove(&key) {
                finish(file);
            }
        }
        if let Some(lines) = arrived
            && let Err(error) = append(&mut open, &lines)
        {
            let bucket = lines.destination.bucket.display();
            tracing::error!(target: "proxy", balancer = %lines.destination.balancer.name, "cannot write the access log below {bucket}: {error}");
            open.remove(&lines.destination);
        }
    }
    open.into_values().for_each(finish);
}

fn append(open: &mut HashMap<Arc<Destination>, Open>, lines: &Lines) -> io::Result<()> {
    let file = match open.get_mut(&lines.destination) {
        Some(file) => file,
        None => {
            let end = lines.destination.interval_end(lines.at);
            let object = lines.destination.object(end, &random());
            let partial = object.with_extension("log.partial");
            fs::create_dir_all(object.parent().unwrap_or(Path::new(".")))?;
            let file = File::options().create(true).append(true).open(&partial)?;
            open.entry(lines.destination.clone()).or_insert(Open {
                file,
                partial,
                object,
                end,
            })
        }
    };
    file.file.write_all(lines.text.as_bytes())
}

fn finish(file: Open) {
    drop(file.file);
    if let Err(error) = fs::rename(&file.partial, &file.object) {
        tracing::error!(target: "proxy", "cannot finish the access log {}: {error}", file.object.display());
    }
}

/// Eight characters that keep two objects of one interval apart.
fn random() -> String {
    let mut bytes = [0; 4];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = std::process::id().to_be_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use proptest::prelude::*;
    use time::macros::datetime;

    fn record() -> Record<'static> {
        Record {
            at: datetime!(2015-05-13 23:39:43.945958 UTC),
            balancer: "my-loadbalancer",
            client: "192.168.131.39:2817".parse().unwrap(),
            backend: Some("10.0.0.1:80".parse().unwrap()),
            phases: Phases {
                request: Some(Duration::from_micros(73)),
                backend: Some(Duration::from_micros(1_001_048)),
                response: Some(Duration::from_micros(57)),
            },
            received_bytes: 0,
            sent_bytes: 29,
            http: Some(HttpRecord {
                status: 200,
                backend_status: Some(200),
                method: b"GET",
                scheme: "http",
                host: b"www.example.com:8080",
                port: 80,
                path: b"/a?b=\"c\"",
                version: "HTTP/1.1",
                user_agent: b"curl/7.38.0\r\n\x1b[2J",
            }),
            tls: None,
        }
    }

    fn line(record: &Record<'_>, form: Form) -> String {
        let mut out = String::new();
        record.write(form, &mut out);
        out
    }

    #[test]
    fn lines_are_those_of_elb() {
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 1.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/a?b=\x22c\x22 HTTP/1.1" "curl/7.38.0\x0d\x0a\x1b[2J" - -
        "#]]
        .assert_eq(&line(&record(), Form::Aws));

        let mut refused = record();
        (refused.backend, refused.phases) = (None, Phases::default());
        let http = refused.http.as_mut().unwrap();
        (http.status, http.backend_status, http.user_agent, http.host) = (503, None, b"", b"[::1]");
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 - -1 -1 -1 503 - 0 29 "GET http://[::1]:80/a?b=\x22c\x22 HTTP/1.1" "-"
        "#]]
        .assert_eq(&line(&refused, Form::Eucalyptus));

        let mut session = record();
        session.http = None;
        session.tls = Some(TlsRecord {
            cipher: "ECDHE-RSA-AES128-GCM-SHA256",
            protocol: "TLSv1.2",
        });
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 1.001048 0.000057 - - 0 29 "- - - " "-" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2
        "#]]
        .assert_eq(&line(&session, Form::Aws));
    }

    fn destination(bucket: &Path) -> Arc<Destination> {
        Arc::new(Destination {
            bucket: bucket.to_owned(),
            prefix: "logs/../web".to_owned(),
            region: "eucalyptus".to_owned(),
            balancer: BalancerLabel {
                account: "000000000001".into(),
                name: "web".into(),
            },
            address: IpAddr::from([127, 101, 0, 1]),
            interval_minutes: 5,
        })
    }

    #[test]
    fn objects_are_named_for_the_end_of_their_interval() {
        let destination = destination(Path::new("/b"));
        let cases = [
            (
                datetime!(2015-05-13 23:39:43 UTC),
                "2015/05/13",
                "20150513T2340Z",
            ),
            (
                datetime!(2015-05-13 23:40:00 UTC),
                "2015/05/13",
                "20150513T2345Z",
            ),
            (
                datetime!(2015-12-31 23:59:59 UTC),
                "2016/01/01",
                "20160101T0000Z",
            ),
        ];
        for (at, day, end) in cases {
            let object = destination.object(destination.interval_end(at), "0a1b2c3d");
            let expected = format!(
                "/b/logs/web/AWSLogs/000000000001/elasticloadbalancing/eucalyptus/{day}/000000000001_elasticloadbalancing_eucalyptus_web_{end}_127.101.0.1_0a1b2c3d.log"
            );
            assert_eq!(object.to_string_lossy(), expected);
        }
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path))
            } else {
                found.push(path)
            }
        }
        found.sort();
        found
    }

    #[test]
    fn every_interval_has_an_object_of_its_own() {
        let bucket = tempfile::tempdir().unwrap();
        let destination = destination(bucket.path());
        let (sink, thread) = Sink::start().unwrap();
        for (minute, text) in [(1, "one\n"), (2, "two\n"), (7, "three\n")] {
            let at = datetime!(2015-05-13 10:00:00 UTC) + Duration::from_secs(60 * minute);
            sink.take(&destination, text.to_owned(), at);
        }
        drop(sink);
        thread.join().unwrap();
        let texts: Vec<_> = files(bucket.path())
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        assert_eq!(texts, ["one\ntwo\n", "three\n"]);
        assert!(
            files(bucket.path())
                .iter()
                .all(|path| path.extension().unwrap() == "log")
        );
    }

    #[test]
    fn what_the_disk_cannot_keep_up_with_is_dropped_and_counted() {
        let (queue, _held) = sync_channel(1);
        let sink = Sink {
            queue,
            dropped: Arc::default(),
        };
        let destination = destination(Path::new("/nowhere"));
        for _ in 0..3 {
            sink.take(
                &destination,
                "a\nb\n".to_owned(),
                datetime!(2015-05-13 10:00:00 UTC),
            );
        }
        assert_eq!(sink.dropped(), 4);
    }

    proptest! {
        #[test]
        fn a_client_cannot_break_its_line(path in proptest::collection::vec(any::<u8>(), 0..40), agent in proptest::collection::vec(any::<u8>(), 1..40)) {
            let mut record = record();
            let http = record.http.as_mut().unwrap();
            let (path, agent) = (path.leak(), agent.leak());
            (http.path, http.user_agent) = (path, agent);
            let line = line(&record, Form::Aws);
            prop_assert_eq!(line.matches('\n').count(), 1);
            prop_assert_eq!(line.matches('"').count(), 4);
            prop_assert!(line.trim_end().chars().all(|c| (' '..='~').contains(&c)));
        }
    }
}
