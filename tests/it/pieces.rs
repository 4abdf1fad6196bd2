//! Who sends in pieces, and sends the next only when the one before was acknowledged (Nagle's
//! algorithm), is not made to wait: neither a client nor an instance.

use crate::scripted::Proxy;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

/// Set for the test that runs by itself on a network of its own.
const ALONE: &str = "EULB_TEST_NETWORK_OF_ITS_OWN";

const HEAD: [&str; 2] = [
    "POST / HTTP/1.1\r\nHost: in.pieces\r\n",
    "Content-Length: 6\r\n\r\n",
];
const EXPECTING_HEAD: [&str; 2] = [HEAD[0], "Expect: 100-continue\r\nContent-Length: 6\r\n\r\n"];
const BODY: [&str; 2] = ["abc", "def"];
const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const ANSWER: [&str; 4] = [
    "HTTP/1.1 200 OK\r\n",
    "Content-Length: 6\r\n\r\n",
    "uvw",
    "xyz",
];

const EXCHANGES: u64 = 40;

/// Counted, not timed: acknowledgements that the system sends because time is up are everybody's, so
/// the exchanges are made where there is nobody else.
#[test]
fn no_acknowledgement_is_waited_for() {
    if std::env::var_os(ALONE).is_some() {
        return count_acknowledgements();
    }
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-c"])
        .arg("ip link set lo up && echo ready && exec \"$0\" --exact --nocapture pieces::no_acknowledgement_is_waited_for")
        .arg(std::env::current_exe().unwrap())
        .env(ALONE, "1")
        .output();
    match output {
        Ok(output) if output.stdout.starts_with(b"ready\n") => {
            assert!(output.status.success(), "{output:?}");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(said.contains("1 passed"), "{said}");
        }
        why => eprintln!(
            "SKIPPED: no_acknowledgement_is_waited_for: no network of one's own can be had here: {why:?}"
        ),
    }
}

fn count_acknowledgements() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let instance = listener.local_addr().unwrap();
    let answering = std::thread::spawn(move || {
        let (mut proxy, _) = listener.accept().unwrap();
        for number in 0..EXCHANGES {
            if is_expecting(number) {
                read_to(&mut proxy, "\r\n\r\n");
                send(&mut proxy, &[INTERIM]);
            }
            read_to(&mut proxy, "abcdef");
            send(&mut proxy, &ANSWER);
        }
    });
    let proxy = Proxy::with_one_worker(&[instance]);
    let mut client = TcpStream::connect(proxy.address()).unwrap();
    let before = overdue_acknowledgements();
    for number in 0..EXCHANGES {
        if is_expecting(number) {
            send(&mut client, &EXPECTING_HEAD);
            read_to(&mut client, INTERIM);
        } else {
            send(&mut client, &HEAD);
        }
        send(&mut client, &BODY);
        read_to(&mut client, "uvwxyz");
    }
    let overdue = overdue_acknowledgements() - before;
    answering.join().unwrap();
    // A busy machine may be late now and then; what is waited for is waited for every time.
    assert!(
        overdue < EXCHANGES / 4,
        "{overdue} in {EXCHANGES} exchanges"
    );
}

/// Every other client waits to be asked for its body.
fn is_expecting(number: u64) -> bool {
    number % 2 == 1
}

fn send(stream: &mut TcpStream, pieces: &[&str]) {
    for piece in pieces {
        stream.write_all(piece.as_bytes()).unwrap();
    }
}

fn read_to(stream: &mut TcpStream, end: &str) {
    let mut read = Vec::new();
    let mut piece = [0; 1024];
    while !read.ends_with(end.as_bytes()) {
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "ended within a message");
        read.extend_from_slice(&piece[..count]);
    }
}

/// How often this network has sent an acknowledgement only because time was up.
fn overdue_acknowledgements() -> u64 {
    let text = std::fs::read_to_string("/proc/self/net/netstat").unwrap();
    let mut lines = text.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
    let mut counts = names.split(' ').zip(values.split(' '));
    let (_, count) = counts.find(|(name, _)| *name == "DelayedACKs").unwrap();
    count.parse().unwrap()
}
