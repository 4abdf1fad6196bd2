//! Desynchronisation tried on servers that nobody here wrote: a table of payloads, sent through a real
//! listener to Python's http.server, to a server that repairs what it reads, and to nginx.
//!
//! Each payload hides a request for a marker where one reader sees a body and another sees the next
//! request. What an instance read as requests is compared with what the access log counted: never the
//! marker, never one more than was counted. A victim follows each payload over the same connections to
//! the instance and must get its own answer.
//!
//! A server that is not installed is said to be skipped on standard error.

use crate::access_log::{Line, ended};
use crate::clients::{first_that_runs, places, skipped};
use crate::cloud::{Addresses, GLANCE, PATIENCE};
use crate::reading::{Fault, from_latin1, latin1};
use crate::scripted::{Client, Proxy};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Instant;

/// What must never be served: a whole request for it.
const MARKER: &str = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n";

/// The two modes that let through what is ambiguous.
const MODES: [&str; 2] = ["monitor", "defensive"];

// ---- the servers -------------------------------------------------------------------------------

/// A server that notes the first line of whatever it takes for a request.
enum Server {
    /// Says the lines on standard output, and ends when its standard input does.
    Python {
        child: Child,
        input: Option<ChildStdin>,
        lines: Option<JoinHandle<Vec<String>>>,
        address: SocketAddr,
    },
    /// Writes them into a file, and ends on SIGQUIT.
    Nginx {
        child: Child,
        directory: tempfile::TempDir,
        address: SocketAddr,
        _claim: Addresses,
    },
}

impl Server {
    fn python(script: &str, arguments: &[&str]) -> Option<Server> {
        let python = first_that_runs(places("python3"), &["-c", "import http.server, asyncio"])?;
        let mut child = Command::new(python)
            .args(["-c", script])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().parse().unwrap();
        Some(Server::Python {
            input: child.stdin.take(),
            child,
            lines: Some(std::thread::spawn(move || {
                lines.map_while(Result::ok).collect()
            })),
            address: SocketAddr::from(([127, 0, 0, 1], port)),
        })
    }

    fn nginx() -> Option<Server> {
        let known = ["nginx", "/usr/sbin/nginx"].map(Into::into);
        let nginx = first_that_runs(known, &["-v"])?;
        let directory = tempfile::tempdir().unwrap();
        let claim = Addresses::claim();
        let address = SocketAddr::from((claim.first_of_instances(), 8080));
        let below = directory.path().display();
        let mut configuration = format!(
            "daemon off; worker_processes 1; pid {below}/pid; error_log {below}/error;\n\
             events {{}}\n\
             http {{ log_format line \"$request\"; access_log {below}/seen line;\n"
        );
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            let _ = writeln!(configuration, "{kind}_temp_path {below}/{kind};");
        }
        let _ = writeln!(
            configuration,
            "server {{ listen {address}; location / {{ return 200 \"$request_method $request_uri\"; }} }} }}"
        );
        let path = directory.path().join("configuration");
        std::fs::write(&path, configuration).unwrap();
        let child = Command::new(nginx)
            .args(["-e", "stderr", "-p"])
            .arg(directory.path())
            .arg("-c")
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            let error = std::fs::read_to_string(directory.path().join("error"));
            assert!(began.elapsed() < PATIENCE, "no nginx: {error:?}");
            std::thread::sleep(GLANCE);
        }
        Some(Server::Nginx {
            child,
            directory,
            address,
            _claim: claim,
        })
    }

    fn address(&self) -> SocketAddr {
        match self {
            Server::Python { address, .. } | Server::Nginx { address, .. } => *address,
        }
    }

    /// Ends it once it has read all that it was sent: what it took for requests, `METHOD /path`. The
    /// proxy must have ended.
    fn end(mut self) -> Vec<String> {
        let lines = match &mut self {
            Server::Python {
                child,
                input,
                lines,
                ..
            } => {
                drop(input.take());
                let lines = lines.take().unwrap().join().unwrap();
                assert!(child.wait().unwrap().success());
                lines
            }
            Server::Nginx {
                child, directory, ..
            } => {
                let pid = rustix::process::Pid::from_child(child);
                rustix::process::kill_process(pid, Signal::QUIT).unwrap();
                assert!(child.wait().unwrap().success());
                let seen = std::fs::read(directory.path().join("seen")).unwrap();
                latin1(&seen).lines().map(str::to_owned).collect()
            }
        };
        let without_version = |line: String| match line.rsplit_once(" HTTP/") {
            Some((asked, _)) => asked.to_owned(),
            None => line,
        };
        lines.into_iter().map(without_version).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let (Server::Python { child, .. } | Server::Nginx { child, .. }) = self;
        // A master process of nginx that is killed leaves its worker behind.
        let pid = rustix::process::Pid::from_child(child);
        if matches!(child.try_wait(), Ok(None)) {
            let _ = rustix::process::kill_process(pid, Signal::TERM);
        }
        let _ = child.wait();
    }
}

// ---- the payloads ------------------------------------------------------------------------------

/// Lines that mean `Transfer-Encoding: chunked` to some readers.
const CODINGS: &[&str] = &[
    "Transfer-Encoding: chunked",
    "transfer-encoding: CHUNKED",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunkedx",
    "Transfer-Encoding: cow, chunked",
    "Transfer-Encoding: chunked, cow",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: \u{b}chunked",
    "Transfer-Encoding: chunked\u{c}",
    "Transfer-Encoding: \u{a0}chunked",
    "Transfer-Encoding: chunked\0",
    "Transfer-Encoding\0: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding\t: chunked",
    " Transfer-Encoding: chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding:\n chunked",
    "Transfer-Encoding\r\n: chunked",
    "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer Encoding: chunked",
    "Transfer-Encoding; chunked",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    "\u{7f}Transfer-Encoding: chunked",
];

/// Lines that say `Content-Length: N` to some readers, and nothing or something else to others.
const LENGTHS: &[&str] = &[
    "Content-Length: N",
    "Content-Length: 0\r\nContent-Length: N",
    "Content-Length: N\r\nContent-Length: 0",
    "Content-Length: N\r\nContent-Length: N",
    "Content-Length: 0, N",
    "Content-Length: N, 0",
    "Content-Length: +N",
    "Content-Length: -N",
    "Content-Length: 0 N",
    "Content-Length: N;",
    "Content-Length: 0N",
    "Content-Length: \t N \t",
    "Content-Length: \u{b}N",
    "Content-Length: N\0",
    "Content-Length\0: N",
    "Content-Length : N",
    " Content-Length: N",
    "X: y\r\n Content-Length: N",
    "X: y\nContent-Length: N",
    "X: y\rContent-Length: N",
    "Content-Length:\r\n N",
    "Content-Length: 0\r\n N",
    "Content_Length: N",
    "Content-Length; N",
    "Connection: Content-Length\r\nContent-Length: N",
    "Connection: close, content-length\r\nContent-Length: N",
    "Content-Length: 18446744073709551616\r\nX: N",
    "Content-Length: N\r\nExpect: 100-continue",
    "Content-Length: N\r\nExpect: y 100-continue",
    "Expect:\r\n 100-continue\r\nContent-Length: N",
    "Content-Length: N\r\nConnection: Upgrade\r\nUpgrade: websocket",
    "Content-Length: N\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Content-Length: N\r\nContent-Encoding: chunked",
    "Content-Length: N\r\nMax-Forwards: 0",
    "Content-Length: N\r\nHost: bank.example",
];

/// Bodies behind `Transfer-Encoding: chunked`: `M` is the marker, `N` its length in hexadecimal.
const CHUNKS: &[&str] = &[
    "N\r\nM\r\n0\r\n\r\n",
    "N;a=b\r\nM\r\n0\r\n\r\n",
    "N;a=\"b;c\"\r\nM\r\n0;d\r\nX: y\r\n\r\n",
    "00000N\r\nM\r\n0\r\n\r\n",
    "0xN\r\nM\r\n0\r\n\r\n",
    "+N\r\nM\r\n0\r\n\r\n",
    "-N\r\nM\r\n0\r\n\r\n",
    " N\r\nM\r\n0\r\n\r\n",
    "N \r\nM\r\n0\r\n\r\n",
    "N\t;a\r\nM\r\n0\r\n\r\n",
    "N_\r\nM\r\n0\r\n\r\n",
    "N,\r\nM\r\n0\r\n\r\n",
    "N\0\r\nM\r\n0\r\n\r\n",
    "10000000000000000N\r\nM\r\n0\r\n\r\n",
    "100000000000000N\r\nM\r\n0\r\n\r\n",
    "g\r\nM\r\n0\r\n\r\n",
    "\r\nM\r\n0\r\n\r\n",
    ";a\r\nM\r\n0\r\n\r\n",
    "N\nM\n0\n\n",
    "N\nM\r\n0\r\n\r\n",
    "N\rM\r\n0\r\n\r\n",
    "N;a\nM\r\n0\r\n\r\n",
    "5;a\nhello\r\n0\r\n\r\nM",
    "5;a\rhello\r\n0\r\n\r\nM",
    "5\r\nhello0\r\n\r\nM",
    "5\r\nhello\n0\r\n\r\nM",
    "5\r\nhello\r0\r\n\r\nM",
    "5\r\nhelloXX0\r\n\r\nM",
    "4\r\nhello\r\n0\r\n\r\nM",
    "6\r\nhello\r\n0\r\n\r\nM",
    "5\r\nhello\r\n0\n\r\nM",
    "5\r\nhello\r\n0\r\n\nM",
    "5\r\nhello\r\n0\r\n\rM",
    "5\r\nhello\r\n0\r\nX: y\n\nM",
    "5\r\nhello\r\n0\r\nX: y\n\r\nM",
    "5\r\nhello\r\n0\r\n X: y\r\n\r\nM",
    "5\r\nhello\r\n0\r\nX : y\r\n\r\nM",
    "5\r\nhello\r\n0\r\nX\r\n\r\nM",
    "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\nM",
    "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\nM",
    "5\r\nhello\r\n0\r\nM",
    "5\r\nhello\r\n-1\r\n\r\nM",
];

/// Whole messages: `M` is the marker, `N` its length.
const MESSAGES: &[&str] = &[
    "GET /case HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "HEAD /case HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "DELETE /case HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "OPTIONS /case HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "TRACE /case HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "TRACE /case HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\nContent-Length: N\r\n\r\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: N\r\n\r\nM",
    "GET http://x/case HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "POST /case HTTP/1.0\r\nContent-Length: N\r\nConnection: keep-alive\r\n\r\nM",
    "POST /case HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\nM",
    "GET /case HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: N\r\n\r\nM",
    "POST /case HTTP/1.1\nHost: x\nContent-Length: N\n\nM",
    "POST /case HTTP/1.1\rHost: x\rContent-Length: N\r\rM",
    "GET /case HTTP/1.1\r\nHost: x\r\nX: y\n\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\nX: y\r\n\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\nX: y\n\r\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\nX: y\r\r\n\r\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\n \r\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\n\0\r\n\r\nM",
    "GET /case HTTP/1.1\r\nHost: x\r\n: y\r\n\r\nM",
    "GET /case HTTP/1.1\r\nM",
    "GET /case\r\n\r\nM",
    "GET /case HTTP/0.9\r\n\r\nM",
    "GET /case HTTP/1.2\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "GET /case HTTP/1.1\r\n\r\nM",
    "GET /case HTTP/1.1\nM",
    "GET /case HTTP/1.1 \r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "GET /case x HTTP/1.1\r\nHost: x\r\nContent-Length: N\r\n\r\nM",
    "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\nM",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nM",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nM",
];

/// All payloads: a path of its own in each, so that whatever is served twice is seen.
fn payloads() -> Vec<String> {
    let head = |lines: &str| format!("POST /case HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n");
    let length = MARKER.len();
    let in_chunks = format!("{length:x}\r\n{MARKER}\r\n0\r\n\r\n");
    let behind_chunks = format!("0\r\n\r\n{MARKER}");
    let mut all = Vec::new();
    for coding in CODINGS {
        let behind = behind_chunks.len();
        // Who counts bytes reads all of it, who reads chunks finds the marker behind them.
        for lines in [
            format!("Content-Length: {behind}\r\n{coding}"),
            format!("{coding}\r\nContent-Length: {behind}"),
        ] {
            all.push(head(&lines) + &behind_chunks);
        }
        // The other way: the bytes counted end before the marker, in the chunk's data.
        for lines in [
            format!("Content-Length: 4\r\n{coding}"),
            format!("{coding}\r\nContent-Length: 4"),
            (*coding).to_owned(),
        ] {
            all.push(head(&lines) + &in_chunks);
        }
    }
    for lines in LENGTHS {
        all.push(head(&lines.replace('N', &length.to_string())) + MARKER);
    }
    for chunks in CHUNKS {
        let size = format!("{length:x}");
        let body = chunks.replace('N', &size).replace('M', MARKER);
        all.push(head("Transfer-Encoding: chunked") + &body);
    }
    for message in MESSAGES {
        // Names and methods have capitals of these kinds, too: the placeholders stand alone.
        let text = message
            .replace(": N\r\n", &format!(": {length}\r\n"))
            .replace(": N\n", &format!(": {length}\n"))
            .replace(": N\r", &format!(": {length}\r"));
        let text = text.strip_suffix('M').map(|text| text.to_owned() + MARKER);
        all.push(text.unwrap());
    }
    all
}

// ---- the test ----------------------------------------------------------------------------------

fn play(server: impl Fn() -> Option<Server>, what: &str) {
    for mode in MODES {
        let Some(server) = server() else {
            return skipped(what);
        };
        play_in(mode, server);
    }
}

fn play_in(mode: &str, server: Server) {
    // That the marker is seen when it is served: asked for once, in the open.
    let mut open = Client::connect(server.address());
    open.send(MARKER);
    assert_eq!(open.answer().text(), "GET /smuggled");
    drop(open);

    let logs = tempfile::tempdir().unwrap();
    let path = logs.path().to_str().unwrap();
    let options = [
        "--threads",
        "1",
        "--desync-mode",
        mode,
        "--access-log",
        path,
    ];
    let proxy = Proxy::start(&["http"], &[server.address()], &options);
    let mut faults = Vec::new();
    for (number, payload) in payloads().iter().enumerate() {
        let sent = payload.replacen("/case", &format!("/case-{number}"), 1);
        let mut client = proxy.client();
        client.line.offer(from_latin1(&sent)).finish();
        let answered = match client.line.reader.until_end() {
            Ok(answered) => latin1(&answered),
            Err(Fault::Reset) => latin1(client.line.reader.unread()),
            Err(fault) => format!("{fault:?}"),
        };
        if answered.contains("smuggled") || answered.starts_with("Silent") {
            faults.push(format!("{sent:?} was answered {answered:?}"));
        }
        let mut victim = proxy.client();
        victim.get(&format!("/victim-{number}"));
        let answer = victim.try_answer().map(|answer| answer.text());
        if answer != Ok(format!("GET /victim-{number}")) {
            faults.push(format!("{sent:?}: its victim got {answer:?}"));
        }
    }
    let counted = counts(ended(proxy, logs.path()).iter().filter_map(asked));
    let seen = counts(server.end().into_iter());
    for (asked, times) in &seen {
        let control = usize::from(asked == "GET /smuggled");
        let allowed = counted.get(asked).copied().unwrap_or_default() + control;
        if *times > allowed {
            faults.push(format!("seen {times} times, counted {allowed}: {asked}"));
        }
    }
    assert_eq!(seen.get("GET /smuggled"), Some(&1), "{faults:#?}");
    assert!(faults.is_empty(), "{mode}: {faults:#?}");
    let served = seen.keys().filter(|asked| asked.contains("/case-"));
    assert!(served.count() > 5, "nearly nothing was passed on: {seen:?}");
    let victims = seen.keys().filter(|asked| asked.contains("/victim-"));
    assert_eq!(victims.count(), payloads().len());
}

/// Method and path of a line of the access log.
fn asked(line: &Line) -> Option<String> {
    let request = line.request.as_deref()?;
    let (method, rest) = request.split_once(' ')?;
    let (_, authority) = rest.split_once("://")?;
    let path = authority.find('/')?;
    let (target, _) = authority[path..].split_once(' ')?;
    Some(format!("{method} {target}"))
}

fn counts(all: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

const LIBRARY: &str = include_str!("../fixtures/backends/library.py");
const LENIENT: &str = include_str!("../fixtures/backends/lenient.py");

#[test]
fn pythons_http_server_never_sees_a_second_request() {
    play(|| Server::python(LIBRARY, &[]), "python3");
}

#[test]
fn a_server_that_believes_codings_never_sees_a_second_request() {
    play(|| Server::python(LENIENT, &["coding", "first"]), "python3");
}

#[test]
fn a_server_that_believes_lengths_never_sees_a_second_request() {
    let arguments = ["length", "last", "bodiless"];
    play(|| Server::python(LENIENT, &arguments), "python3");
}

#[test]
fn nginx_never_sees_a_second_request() {
    play(Server::nginx, "nginx");
}

/// The payloads are not blanks: sent to a server that repairs them, many do have the marker served.
#[test]
fn without_a_proxy_in_between_the_payloads_smuggle() {
    let mut smuggled = 0;
    for arguments in [&["coding", "first"][..], &["length", "last", "bodiless"]] {
        let Some(server) = Server::python(LENIENT, arguments) else {
            return skipped("python3");
        };
        for payload in payloads() {
            let mut client = Client::connect(server.address());
            client.line.offer(from_latin1(&payload)).finish();
            let _ = client.line.reader.until_end();
        }
        let seen = server.end();
        smuggled += seen
            .iter()
            .filter(|asked| asked.contains("/smuggled"))
            .count();
    }
    assert!(smuggled > payloads().len() / 2, "{smuggled}");
}
