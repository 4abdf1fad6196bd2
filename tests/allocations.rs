//! In the steady state a request costs the data plane no allocation.
//!
//! A test of its own process, because what is counted is every allocation of it: the two ends of the
//! conversation are threads that allocate nothing once they run.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use eulb::model::attribute::DesyncMode;
use eulb::model::instance::InstanceId;
use eulb::model::placement::{ServoId, ZoneName};
use eulb::model::plane::{BalancerLabel, Behaviour, Choice, Departure};
use eulb::proxy::listener::{Carriage, ListenerKey, ListenerSpec, Target};
use eulb::proxy::worker::{Limits, Workers};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

#[global_allocator]
static COUNTING: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

const REQUESTS: usize = 2000;

/// What lasts may allocate now and then, such as a tick that finds a longer list; nothing may for
/// each request.
const FEW: usize = REQUESTS / 100;

const ASKED: [&[u8]; 2] = [
    b"GET /page HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n",
    b"POST /order HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 8\r\n\r\none book",
];
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

/// Answers whatever arrives, connection by connection.
fn instance() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                // A request of this test arrives whole: it is far smaller than a segment.
                while stream.read(&mut bytes).is_ok_and(|count| count > 0) {
                    stream.write_all(ANSWER).unwrap();
                }
            });
        }
    });
    address
}

fn ask(client: &mut TcpStream, times: usize) {
    let mut bytes = [0; ANSWER.len() + 64];
    for turn in 0..times {
        client.write_all(ASKED[turn % 2]).unwrap();
        let mut read = 0;
        while !bytes[..read].ends_with(b"hello") {
            let count = client.read(&mut bytes[read..]).unwrap();
            assert_ne!(count, 0, "closed");
            read += count;
        }
    }
}

#[test]
fn a_request_allocates_nothing_in_the_steady_state() {
    let workers = Workers::start(1, Limits::default()).unwrap();
    let targets = [instance(), instance()].map(|address| Target {
        instance: InstanceId::new(address.to_string()),
        address,
        tls: None,
    });
    for choice in [Choice::RoundRobin, Choice::LeastOutstanding] {
        let key = ListenerKey {
            servo: ServoId::new(format!("{choice:?}")),
            port: 80,
        };
        let spec = ListenerSpec {
            carriage: Carriage::Http,
            port: 80,
            in_service: targets.to_vec(),
            out_of_service: Vec::new(),
            tls: None,
            access_log: None,
            sticky: None,
            proxy_protocol: false,
            behaviour: Behaviour {
                forwarded_proto_and_port: true,
                reuse_instance_connections: true,
                unavailable_page: true,
                first_pass_suffices: false,
                idle_timeout: Duration::from_secs(60),
                connect_timeout: Duration::from_secs(5),
                desync_mode: DesyncMode::default(),
                departure: Departure::Finish,
                choice,
            },
            balancer: BalancerLabel {
                account: "000000000001".into(),
                name: "web".into(),
            },
            zone: ZoneName::new("PARTI00"),
        };
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        workers.open(key, socket, Arc::new(spec)).unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        ask(&mut client, 100);
        let region = Region::new(COUNTING);
        ask(&mut client, REQUESTS);
        let allocations = region.change().allocations;
        assert!(
            allocations <= FEW,
            "{allocations} allocations for {REQUESTS} requests"
        );
    }
}
