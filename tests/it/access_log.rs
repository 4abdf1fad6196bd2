//! The access log: every field of every kind of line, the objects that lines are in, and what becomes
//! of them when the disk is of no use or the process dies.

use crate::cloud::{Account, Cloud, HTTP_80, PATIENCE};
use crate::reading::latin1;
use crate::scripted::{Client, Down, Proxy, Recorder, Scripted, reply};
use rustix::process::Signal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Longer than anything here takes by itself, shorter than the patience of whoever waits.
const PAUSE: Duration = Duration::from_millis(60);

/// A line, taken apart.
#[derive(Clone, Debug)]
pub struct Line {
    at: OffsetDateTime,
    elb: String,
    pub client: String,
    pub backend: String,
    /// Seconds of request, backend and response, or -1.
    pub times: [f64; 3],
    statuses: [String; 2],
    pub received: u64,
    pub sent: u64,
    /// Nothing where the form has none.
    pub request: Option<String>,
    pub agent: Option<String>,
    pub tls: Option<[String; 2]>,
}

impl Line {
    fn parse(text: &str) -> Line {
        let mut quoted = text.split('"');
        let plain = quoted.next().unwrap();
        let request = quoted.next().map(str::to_owned);
        quoted.next();
        let agent = quoted.next().map(str::to_owned);
        let last: Vec<&str> = quoted.next().unwrap_or_default().split(' ').collect();
        assert_eq!(quoted.next(), None, "{text}");
        let fields: Vec<&str> = plain.trim_end().split(' ').collect();
        assert_eq!(fields.len(), 11, "{text}");
        let seconds = |field: &str| {
            assert!(
                field == "-1" || field.split_once('.').unwrap().1.len() == 6,
                "{text}"
            );
            field.parse().unwrap()
        };
        Line {
            at: OffsetDateTime::parse(fields[0], &Rfc3339).unwrap(),
            elb: fields[1].to_owned(),
            client: fields[2].to_owned(),
            backend: fields[3].to_owned(),
            times: [fields[4], fields[5], fields[6]].map(seconds),
            statuses: [fields[7], fields[8]].map(str::to_owned),
            received: fields[9].parse().unwrap(),
            sent: fields[10].parse().unwrap(),
            request,
            agent,
            tls: (last.len() == 3).then(|| [last[1], last[2]].map(str::to_owned)),
        }
    }

    pub fn statuses(&self) -> [&str; 2] {
        [&*self.statuses[0], &*self.statuses[1]]
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn is_finished(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "log")
}

/// What is in some files now. One that is renamed meanwhile is read the next time.
fn read(files: &[PathBuf]) -> Vec<Line> {
    let texts = files
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    let all: String = texts.collect();
    let whole = all.lines().filter(|line| !line.is_empty());
    whole.map(Line::parse).collect()
}

/// Waits until something is so.
fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Ends a proxy and returns the lines of its finished objects.
pub fn ended(mut proxy: Proxy, logs: &Path) -> Vec<Line> {
    proxy.terminate();
    assert!(proxy.ended().success());
    let files = files(logs);
    assert!(files.iter().all(|path| is_finished(path)), "{files:?}");
    read(&files)
}

fn logging(protocol: &str, instances: &[SocketAddr], logs: &Path) -> Proxy {
    let logs = logs.to_str().unwrap();
    let options = ["--threads", "1", "--access-log", logs];
    Proxy::start(&[protocol], instances, &options)
}

#[test]
fn every_field_of_a_request_is_true() {
    let logs = tempfile::tempdir().unwrap();
    let instance = Scripted::new();
    let proxy = logging("http", &[instance.address()], logs.path());
    let (before, port) = (SystemTime::now(), proxy.address().port());

    // A slow head, a slow instance: the times show whose. The proxy's clock begins with what it sees.
    let least = |pauses: f64| 0.8 * pauses * PAUSE.as_secs_f64();
    let mut client = proxy.client();
    let from = client.address();
    client
        .send("POST /cart?item=1 HTTP/1.1\r\nHost: shop.example:81\r\nUser-Agent: a \"b\" \\c\r\n");
    std::thread::sleep(PAUSE);
    client.send("Content-Length: 11\r\n\r\nhello world");
    let mut at = instance.accept();
    at.expect("POST /cart?item=1");
    std::thread::sleep(2 * PAUSE);
    at.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        .reply(201, "created");
    assert_eq!(client.answer().status(), 103);
    assert_eq!(client.answer().text(), "created");

    // The same client: HEAD, chunks both ways, an instance's error.
    client.send("HEAD / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    at.expect("HEAD /")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n");
    assert_eq!(client.answer_to("HEAD").status(), 200);
    client.send("PUT http://bank.example/x HTTP/1.1\r\nHost: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    let mut at = instance.accept();
    at.expect("PUT /x")
        .send("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n");
    assert_eq!(client.answer().status(), 404);
    drop(client);

    // Two pipelined requests are two lines, the first to arrive first.
    let mut client = proxy.client();
    client.send("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.0\r\n\r\n");
    at.expect("GET /one").reply(200, "1");
    at.expect("GET /two").reply(200, "22");
    assert_eq!(client.answer().text(), "1");
    assert_eq!(client.answer().text(), "22");
    drop(at);

    let lines = ended(proxy, logs.path());
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.request.as_deref().unwrap(),
                line.statuses(),
                line.received,
                line.sent,
            )
        })
        .collect();
    let url = |start: &str, rest: &str| format!("{start}:{port}{rest}");
    assert_eq!(
        told,
        [
            (
                &*url("POST http://shop.example", "/cart?item=1 HTTP/1.1"),
                ["201", "201"],
                11,
                7
            ),
            (
                &*url("HEAD http://shop.example", "/ HTTP/1.1"),
                ["200", "200"],
                0,
                0
            ),
            (
                &*url("PUT http://bank.example", "/x HTTP/1.1"),
                ["404", "404"],
                15,
                12
            ),
            (&*url("GET http://a", "/one HTTP/1.1"), ["200", "200"], 0, 1),
            (
                &*url("GET http://127.0.0.1", "/two HTTP/1.0"),
                ["200", "200"],
                0,
                2
            ),
        ]
    );
    let first = &lines[0];
    assert_eq!(first.agent.as_deref(), Some("a \\x22b\\x22 \\x5cc"));
    assert_eq!(lines[1].agent.as_deref(), Some("-"));
    assert!(first.times[0] >= least(1.0), "{first:?}");
    assert!(first.times[1] >= least(2.0), "{first:?}");
    for line in &lines {
        assert_eq!(line.elb, "proxy");
        assert_eq!(line.backend, instance.address().to_string());
        assert!(line.times.iter().all(|seconds| *seconds >= 0.0), "{line:?}");
        assert!(line.times[2] < 0.05 + line.times[1], "{line:?}");
        assert!((before.into()..=OffsetDateTime::now_utc()).contains(&line.at));
        assert_eq!(line.tls.as_ref().unwrap(), &["-", "-"]);
    }
    for line in &lines[..3] {
        assert_eq!(line.client, from.to_string());
    }
}

#[test]
fn what_no_instance_answered_is_logged_with_its_status() {
    let logs = tempfile::tempdir().unwrap();
    let (instance, down) = (Scripted::new(), Down::new());
    let proxy = logging("http", &[instance.address()], logs.path());
    let ask = |request: &str| {
        let mut client = proxy.client();
        client.send(request);
        client
    };
    let mut client = ask("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().status(), 400);
    let mut client = ask("\x16\x03\x01");
    assert_eq!(client.answer().status(), 400);
    let mut client = ask("CONNECT x:1 HTTP/1.1\r\nHost: x\r\nUser-Agent: y\r\n\r\n");
    assert_eq!(client.answer().status(), 405);
    // A client that leaves before its answer, and one that never says anything.
    let client = ask("POST /left HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
    let mut at = instance.accept();
    at.line.reader.some().unwrap();
    drop(client);
    assert!(at.line.reader.until_end().is_ok());
    drop(proxy.client());
    // An instance that answers nonsense.
    let mut client = ask("GET /nonsense HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut at = instance.accept();
    at.expect("GET /nonsense").send("nonsense\r\n\r\n");
    assert_eq!(client.answer().status(), 502);
    // An answer that is cut short was what it was.
    let mut client = ask("GET /short HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut at = instance.accept();
    at.expect("GET /short")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    drop(at);
    assert!(client.try_answer().is_err());
    let lines = ended(proxy, logs.path());
    let (reached, nobody) = (instance.address().to_string(), "-".to_owned());
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let asked = line.request.as_deref().unwrap();
            (
                asked.split('/').next_back().unwrap(),
                line.statuses(),
                &line.backend,
                line.sent,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("1.1", ["400", "0"], &nobody, 0),
            ("- - - ", ["400", "0"], &nobody, 0),
            ("1.1", ["405", "0"], &nobody, 0),
            ("1.1", ["408", "0"], &reached, 0),
            ("1.1", ["502", "0"], &reached, 0),
            ("1.1", ["200", "200"], &reached, 5),
        ]
    );
    assert!(lines[0].request.as_deref().unwrap().contains("/a b HTTP"));
    assert_eq!(lines[0].times, [-1.0; 3]);
    assert!(lines[3].times[0] >= 0.0 && lines[3].times[1..] == [-1.0; 2]);
    assert_eq!(lines[2].agent.as_deref(), Some("y"));

    let logs = tempfile::tempdir().unwrap();
    let proxy = logging("http", &[down.address()], logs.path());
    let mut client = proxy.client();
    client.get("/");
    assert_eq!(client.answer().status(), 503);
    let lines = ended(proxy, logs.path());
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(
        (line.statuses(), line.times, &*line.backend),
        (["503", "0"], [-1.0; 3], "-")
    );
}

#[test]
fn every_field_of_a_session_is_true() {
    let logs = tempfile::tempdir().unwrap();
    let instance = Scripted::new();
    let proxy = logging("tcp", &[instance.address()], logs.path());
    let mut client = proxy.client();
    let from = client.address();
    let mut at = instance.accept();
    std::thread::sleep(PAUSE);
    client.send("12345");
    assert_eq!(at.line.reader.exactly(5).unwrap(), b"12345");
    at.send("123456789");
    assert_eq!(client.line.reader.exactly(9).unwrap(), b"123456789");
    drop(client);
    drop(at);
    // One that says nothing: there is nothing to measure.
    let client = proxy.client();
    drop(instance.accept());
    drop(client);
    // And one that has spoken before it is accepted.
    proxy.signal(Signal::STOP);
    let mut client = proxy.client();
    client.send("1234567");
    proxy.signal(Signal::CONT);
    let mut at = instance.accept();
    assert_eq!(at.line.reader.exactly(7).unwrap(), b"1234567");
    drop(client);
    drop(at);
    let lines = ended(proxy, logs.path());
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.statuses(),
                line.received,
                line.sent,
                line.request.as_deref(),
                line.agent.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (["-", "-"], 5, 9, Some("- - - "), Some("-")),
            (["-", "-"], 0, 0, Some("- - - "), Some("-")),
            (["-", "-"], 7, 0, Some("- - - "), Some("-")),
        ]
    );
    let [first, second, _] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&first.client, &first.backend),
        (&from.to_string(), &instance.address().to_string())
    );
    assert!(
        first.times[0] >= 0.8 * PAUSE.as_secs_f64()
            && first.times[1] >= 0.0
            && first.times[2] >= 0.0
    );
    assert!(second.times[0] == -1.0 && second.times[1] >= 0.0 && second.times[2] == -1.0);
}

#[test]
fn lines_can_be_followed_and_survive_a_kill() {
    let logs = tempfile::tempdir().unwrap();
    let instance = Recorder::echoing();
    let mut proxy = logging("http", &[instance.address()], logs.path());
    let mut client = proxy.client();
    client.get("/followed");
    assert_eq!(client.answer().status(), 200);
    let partial = until("a line in an object in the making", || {
        let files = files(logs.path());
        (read(&files).len() == 1).then(|| files[0].clone())
    });
    assert!(!is_finished(&partial));
    proxy.stop();
    drop(proxy);
    assert!(partial.exists());
    let proxy = logging("http", &[instance.address()], logs.path());
    let mut client = proxy.client();
    client.get("/after");
    assert_eq!(client.answer().status(), 200);
    let lines = ended(proxy, logs.path());
    let mut paths: Vec<_> = lines
        .iter()
        .map(|line| line.request.as_deref().unwrap().split('/').nth(3).unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["after HTTP", "followed HTTP"]);
}

#[test]
fn a_directory_of_no_use_is_one_clear_line_at_the_start() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    let logs = file.join("logs").display().to_string();
    let data = place.path().join("data").display().to_string();
    let cases: [&[&str]; 2] = [
        &[
            "proxy",
            "--listen",
            "http:127.0.0.1:0",
            "--to",
            "127.0.0.1:9",
            "--access-log",
            &logs,
        ],
        &[
            "local",
            "start",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            &data,
            "--ephemeral",
            "--access-log",
            &logs,
        ],
    ];
    for arguments in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_eulb"))
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = latin1(&output.stderr);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.contains("cannot write the access log below") && said.contains(&logs),
            "{said}"
        );
    }
}

#[test]
fn a_directory_that_goes_away_costs_lines_and_no_request() {
    let place = tempfile::tempdir().unwrap();
    let logs = place.path().join("logs");
    let instance = Recorder::echoing();
    let mut proxy = logging("http", &[instance.address()], &logs);
    std::fs::remove_dir(&logs).unwrap();
    std::fs::write(&logs, "in the way").unwrap();
    let mut client = proxy.client();
    for _ in 0..3 {
        client.get("/");
        assert_eq!(client.answer().status(), 200);
    }
    drop(client);
    proxy.terminate();
    assert!(proxy.ended().success());
    let said = proxy.stop();
    assert_eq!(said.lines().count(), 1, "{said}");
    let expected = format!("cannot write the access log below {}", logs.display());
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn a_full_disk_costs_lines_and_no_request() {
    let place = tempfile::tempdir().unwrap();
    let logs = place.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let instance = Recorder::echoing();
    // A file system of four pages, which nobody outside sees.
    let script = format!(
        "mount -t tmpfs -o size=16k none {logs} && exec {eulb} proxy --threads 1 --listen http:127.0.0.1:0 --to {to} --access-log {logs}",
        logs = logs.display(),
        eulb = env!("CARGO_BIN_EXE_eulb"),
        to = instance.address(),
    );
    let mut child = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", &script])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    let Some(address) = line.trim_end().strip_prefix("listening http ") else {
        eprintln!(
            "SKIPPED: a_full_disk_costs_lines_and_no_request: no file system of one's own can be had here"
        );
        let _ = child.wait();
        return;
    };
    let mut client = Client::connect(address.parse().unwrap());
    // 600 lines of more than 100 bytes are more than four pages.
    for _ in 0..600 {
        client.get("/a/path/that/makes/the/line/longer");
        assert_eq!(client.answer().status(), 200);
    }
    let inside = PathBuf::from(format!("/proc/{}/root{}", child.id(), logs.display()));
    let written = until("a whole number of lines on the full disk", || {
        let text = std::fs::read_to_string(files(&inside).first()?).ok()?;
        (text.len() > 8_000).then_some(text)
    });
    assert!(written.ends_with('\n'), "a torn line: {written:?}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// The finished objects of a bucket, once there are so many.
fn objects(bucket: &Path, count: usize) -> Vec<PathBuf> {
    until("objects in the bucket", || {
        let files: Vec<_> = files(bucket)
            .into_iter()
            .filter(|path| is_finished(path))
            .collect();
        (files.len() >= count).then_some(files)
    })
}

#[test]
fn the_attribute_logs_into_a_bucket_in_objects_of_its_interval() {
    for (release, form) in [("4.4.2", 13), ("aws", 15)] {
        let target = format!("--release={release}");
        let cloud = Cloud::with(&["--ephemeral", &target]);
        cloud.web_with(1);
        let destination = cloud.listener("web");
        assert_eq!(cloud.get(&destination).0, 200);
        // With clocks fifty times as fast, five minutes are six seconds.
        cloud.ok(
            "eulb-modify-lb-attributes",
            [
                &*target,
                "web",
                "AccessLog.Enabled=true",
                "AccessLog.S3BucketName=my-logs",
                "AccessLog.S3BucketPrefix=team/web",
                "AccessLog.EmitInterval=5",
            ],
        );
        cloud.settle();
        assert_eq!(cloud.get(&destination).0, 200);
        let bucket = cloud.data_directory().join("buckets/my-logs");
        let first = objects(&bucket, 1);
        assert_eq!(cloud.get(&destination).0, 200);
        let both = objects(&bucket, 2);
        assert_eq!(both.len(), 2, "{both:?}");
        let account = &cloud.environment(Account::Tenant).account;
        let name = first[0].strip_prefix(&bucket).unwrap().to_str().unwrap();
        let address = destination.address.ip();
        let start = format!("team/web/AWSLogs/{account}/elasticloadbalancing/eucalyptus/");
        let inner = format!("/{account}_elasticloadbalancing_eucalyptus_web_");
        assert!(name.starts_with(&start) && name.contains(&inner), "{name}");
        assert!(name.contains(&format!("Z_{address}_")), "{name}");
        let lines = read(&both);
        assert_eq!(
            lines.len(),
            2,
            "what came before the attribute is not logged: {lines:?}"
        );
        for line in &lines {
            assert_eq!(
                (line.elb.as_str(), line.statuses()),
                ("web", ["200", "200"])
            );
            assert!(line.request.as_deref().unwrap().starts_with("GET http://"));
            assert_eq!(line.tls.is_some(), form == 15, "{line:?}");
        }
        cloud.ok(
            "eulb-modify-lb-attributes",
            [&*target, "web", "AccessLog.Enabled=false"],
        );
        cloud.settle();
        assert_eq!(cloud.get(&destination).0, 200);
        // The end of the cloud finishes whatever there is: nothing.
        cloud.ok("eulb", ["local", "stop"]);
        assert_eq!(read(&files(&bucket)).len(), 2);
    }
}

#[test]
fn every_release_can_log_all_load_balancers() {
    let logs = tempfile::tempdir().unwrap();
    let option = format!("--access-log={}", logs.path().display());
    let cloud = Cloud::with(&["--ephemeral", &option]);
    cloud.web_with(1);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "empty"]);
    cloud.settle();
    assert_eq!(cloud.get(&cloud.listener("web")).0, 200);
    assert_eq!(cloud.get(&cloud.listener("empty")).0, 503);
    cloud.ok("eulb", ["local", "stop"]);
    let files = files(logs.path());
    assert!(files.iter().all(|path| is_finished(path)), "{files:?}");
    let mut told: Vec<_> = read(&files)
        .into_iter()
        .map(|line| (line.elb, line.statuses[0].clone()))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [("empty".into(), "503".into()), ("web".into(), "200".into())] as [(String, String); 2]
    );
}

/// What was sent as one body is told as one: the page of an answer made here counts, its head does not.
#[test]
fn bodies_are_counted_without_heads() {
    let logs = tempfile::tempdir().unwrap();
    let body = "x".repeat(100_000);
    let instance = Recorder::answering(move |_| reply(200, &body).into());
    let proxy = logging("http", &[instance.address()], logs.path());
    let mut client = proxy.client();
    client.post("/", &"y".repeat(50_000));
    assert_eq!(client.answer().body.len(), 100_000);
    let lines = ended(proxy, logs.path());
    assert_eq!((lines[0].received, lines[0].sent), (50_000, 100_000));
}
