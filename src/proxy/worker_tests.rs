//! Workers between real sockets: what a change does to connections that are open.

use super::*;
use crate::model::attribute::DesyncMode;
use crate::model::instance::InstanceId;
use crate::model::placement::{ServoId, ZoneName};
use crate::model::plane::{BalancerLabel, Behaviour, Choice, Identity, ListenerTls, LogForm};
use crate::proxy::access_log::Logging;
use crate::proxy::access_log::object::tests::destination;
use crate::proxy::limits::{ACCEPT_BATCH, UNEVEN_PART};
use crate::proxy::listener::{Carriage, Target};
use crate::proxy::tcp;
use crate::proxy::tls::server::ServerTls;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// An instance that the test plays itself.
struct Scripted(tokio::net::TcpListener);

impl Scripted {
    async fn start() -> Scripted {
        Scripted(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn target(&self) -> Target {
        let address = self.0.local_addr().unwrap();
        Target {
            instance: InstanceId::new(address.to_string()),
            address,
            tls: None,
        }
    }

    /// Accepts a connection and reads one request head from it.
    async fn asked(&self) -> TcpStream {
        let (mut stream, _) = self.0.accept().await.unwrap();
        read_head(&mut stream).await;
        stream
    }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

async fn reply(stream: &mut TcpStream, body: &str) {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
}

/// Reads an answer with one byte of body.
async fn answered(client: &mut TcpStream) -> (String, char) {
    let head = read_head(client).await;
    (head, client.read_u8().await.unwrap().into())
}

/// What an HTTP listener in front of some instances is to be.
fn spec(instances: &[&Scripted], tls: Option<ServerTls>) -> ListenerSpec {
    ListenerSpec {
        carriage: Carriage::Http,
        port: 80,
        in_service: instances.iter().map(|instance| instance.target()).collect(),
        out_of_service: Vec::new(),
        behaviour: Behaviour {
            forwarded_proto_and_port: true,
            reuse_instance_connections: true,
            unavailable_page: true,
            first_pass_suffices: false,
            idle_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(5),
            desync_mode: DesyncMode::default(),
            departure: Departure::Finish,
            choice: Choice::RoundRobin,
        },
        balancer: BalancerLabel {
            account: "000000000001".into(),
            name: "web".into(),
        },
        zone: ZoneName::new("PARTI00"),
        tls,
        access_log: None,
        sticky: None,
        proxy_protocol: false,
    }
}

struct Stage {
    workers: Workers,
    key: ListenerKey,
    address: SocketAddr,
    spec: ListenerSpec,
}

impl Stage {
    /// Opens an HTTP listener in front of some instances.
    fn open(instances: &[&Scripted], limits: Limits) -> Stage {
        Stage::with_workers(2, instances, limits)
    }

    fn with_workers(count: usize, instances: &[&Scripted], limits: Limits) -> Stage {
        Stage::new(count, instances, limits, None)
    }

    fn new(count: usize, instances: &[&Scripted], limits: Limits, tls: Option<ServerTls>) -> Stage {
        let workers = Workers::start(count, limits).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let key = ListenerKey {
            servo: ServoId::new("i-00000001"),
            port: 80,
        };
        let spec = spec(instances, tls);
        workers
            .open(key.clone(), socket, Arc::new(spec.clone()))
            .unwrap();
        Stage {
            workers,
            key,
            address,
            spec,
        }
    }

    async fn update(&mut self, instances: &[&Scripted], departure: Departure) {
        self.spec.in_service = instances.iter().map(|instance| instance.target()).collect();
        self.spec.behaviour.departure = departure;
        self.workers.update(&self.key, &Arc::new(self.spec.clone()));
    }

    async fn client(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn asking(&self) -> TcpStream {
        let mut client = self.client().await;
        client.write_all(GET).await.unwrap();
        client
    }
}

#[tokio::test]
async fn a_new_list_of_instances_touches_no_running_exchange() {
    let (old, new) = (Scripted::start().await, Scripted::start().await);
    let mut stage = Stage::open(&[&old], Limits::default());
    let mut client = stage.asking().await;
    let mut running = old.asked().await;
    stage.update(&[&new], Departure::Finish).await;
    // A second client is answered by the new instance: the change is in force.
    let mut second = stage.asking().await;
    reply(&mut new.asked().await, "n").await;
    assert_eq!(answered(&mut second).await.1, 'n');
    reply(&mut running, "o").await;
    assert_eq!(answered(&mut client).await.1, 'o');
    // The same client connection goes on, and the one to the instance that left does not.
    client.write_all(GET).await.unwrap();
    assert_eq!(running.read(&mut [0]).await.unwrap(), 0);
    drop(stage);
}

#[tokio::test]
async fn an_instance_that_left_has_its_draining_time_and_no_more() {
    let instance = Scripted::start().await;
    let mut stage = Stage::open(&[&instance], Limits::default());
    let mut client = stage.asking().await;
    let running = instance.asked().await;
    stage
        .update(&[], Departure::Drain(Duration::from_millis(50)))
        .await;
    // The instance never answers.
    let head = read_head(&mut client).await;
    assert!(head.starts_with("HTTP/1.1 504 "), "{head}");
    drop(running);
}

#[tokio::test]
async fn closing_finishes_exchanges_closes_idle_clients_and_frees_the_address() {
    let instance = Scripted::start().await;
    let stage = Stage::open(&[&instance], Limits::default());
    let mut idle = stage.asking().await;
    reply(&mut instance.asked().await, "i").await;
    answered(&mut idle).await;
    let mut busy = stage.asking().await;
    let mut running = instance.asked().await;
    stage.workers.close(&stage.key, None).await;
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    assert!(TcpListener::bind(stage.address).is_ok());
    reply(&mut running, "b").await;
    let (head, body) = answered(&mut busy).await;
    assert!(head.contains("\r\nConnection: close\r\n"), "{head}");
    assert_eq!(body, 'b');
    assert_eq!(busy.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn one_client_too_many_is_told_at_once() {
    let instance = Scripted::start().await;
    let stage = Stage::open(
        &[&instance],
        Limits {
            connections: 1,
            ..Limits::default()
        },
    );
    let mut first = stage.asking().await;
    let mut running = instance.asked().await;
    let mut second = stage.asking().await;
    let mut told = String::new();
    // To its end: what it has asked is no reason for a reset.
    second.read_to_string(&mut told).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 503 "), "{told}");
    reply(&mut running, "f").await;
    assert_eq!(answered(&mut first).await.1, 'f');
    let counts = stage.workers.register().read()[0].counts;
    assert_eq!(
        (counts.connections, counts.spillover, counts.requests),
        (2, 1, 1)
    );
    assert_eq!((counts.instance_2xx, counts.own_5xx), (1, 1));
}

/// What is in the files of a folder and of those in it.
fn all_below(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| match path.is_dir() {
            true => all_below(&path),
            false => std::fs::read_to_string(path).unwrap(),
        })
        .collect()
}

/// Only who was told 503 has it in the log: a client of TLS was told nothing.
#[tokio::test]
async fn one_client_too_many_is_logged_as_what_it_was_told() {
    let limits = Limits {
        connections: 0,
        ..Limits::default()
    };
    let cases = [
        (Stage::new(1, &[], limits, None), " 503 0 "),
        (secured(limits), " - - "),
    ];
    for (mut stage, statuses) in cases {
        let bucket = tempfile::tempdir().unwrap();
        stage.spec.access_log = Some(Logging {
            destination: destination(bucket.path()),
            form: LogForm::Amazon,
        });
        stage.update(&[], Departure::Finish).await;
        stage.workers.settle().await;
        let mut client = stage.client().await;
        // However it ends: what was told is in the log.
        let _ = client.read_to_end(&mut Vec::new()).await;
        stage.workers.shutdown(Duration::ZERO).await;
        let lines = all_below(bucket.path());
        assert_eq!(lines.lines().count(), 1, "{lines}");
        assert!(lines.contains(statuses), "{lines}");
    }
}

/// Who is carried as a stream may wait for a greeting, also where requests were answered before.
#[tokio::test]
async fn only_who_is_to_speak_first_is_waited_for() {
    let stage = Stage::open(&[], Limits::default());
    let tls = secured(Limits::default()).spec.tls;
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let same = socket.try_clone().unwrap();
    let options = socket2::SockRef::from(&same);
    let key = ListenerKey {
        port: 81,
        ..stage.key.clone()
    };
    stage
        .workers
        .open(key.clone(), socket, Arc::new(stage.spec.clone()))
        .unwrap();
    let cases = [
        (Carriage::Tcp, &None, false),
        (Carriage::Http, &None, true),
        (Carriage::Tcp, &tls, true),
        (Carriage::Http, &tls, true),
    ];
    for (carriage, tls, waits) in cases {
        let changed = ListenerSpec {
            carriage,
            tls: tls.clone(),
            ..stage.spec.clone()
        };
        stage.workers.update(&key, &Arc::new(changed));
        stage.workers.settle().await;
        let deferral = crate::socket::deferral(&same).unwrap();
        assert_eq!(!deferral.is_zero(), waits, "{carriage:?}");
        assert_eq!(options.tcp_quickack().unwrap(), carriage == Carriage::Tcp);
    }
}

#[tokio::test]
async fn shutting_down_waits_for_what_runs() {
    let instance = Scripted::start().await;
    let stage = Stage::open(&[&instance], Limits::default());
    let mut client = stage.asking().await;
    let mut running = instance.asked().await;
    let down = tokio::spawn(stage.workers.shutdown(Duration::from_secs(60)));
    reply(&mut running, "l").await;
    assert_eq!(answered(&mut client).await.1, 'l');
    down.await.unwrap();
}

#[tokio::test]
async fn what_is_cut_when_shutting_down_does_not_look_whole() {
    for closed_before in [false, true] {
        let instance = Scripted::start().await;
        let stage = Stage::open(&[&instance], Limits::default());
        let mut client = stage.asking().await;
        let mut running = instance.asked().await;
        // Whole once the connection ends.
        let answer = b"HTTP/1.1 200 OK\r\n\r\nw";
        running.write_all(answer).await.unwrap();
        assert_eq!(answered(&mut client).await.1, 'w');
        if closed_before {
            stage.workers.close(&stage.key, None).await;
        }
        stage.workers.shutdown(Duration::ZERO).await;
        let end = client.read(&mut [0]).await.map_err(|error| error.kind());
        assert_eq!(end, Err(io::ErrorKind::ConnectionReset));
    }
}

#[tokio::test]
async fn a_worker_that_panics_begins_anew_with_its_listeners() {
    let (first, second) = (Scripted::start().await, Scripted::start().await);
    let mut stage = Stage::open(&[&first], Limits::default());
    stage.update(&[&second], Departure::Finish).await;
    for thread in &stage.workers.threads {
        thread.send(Command::Panic);
    }
    // All of them have died, and come back with what they were told last.
    stage.workers.settle().await;
    let mut client = stage.asking().await;
    reply(&mut second.asked().await, "s").await;
    assert_eq!(answered(&mut client).await.1, 's');
    // They still obey.
    stage.update(&[&first], Departure::Finish).await;
    stage.workers.settle().await;
    let mut client = stage.asking().await;
    reply(&mut first.asked().await, "f").await;
    assert_eq!(answered(&mut client).await.1, 'f');
    stage.workers.close(&stage.key, None).await;
    assert!(TcpListener::bind(stage.address).is_ok());
}

#[tokio::test]
async fn what_a_worker_that_panics_had_under_way_does_not_look_whole() {
    let instance = Scripted::start().await;
    for carriage in [Carriage::Http, Carriage::Tcp] {
        let mut stage = Stage::open(&[&instance], Limits::default());
        stage.spec.carriage = carriage;
        stage.update(&[&instance], Departure::Finish).await;
        stage.workers.settle().await;
        let mut client = stage.asking().await;
        let mut running = instance.asked().await;
        // Whole once the connection ends.
        let answer = b"HTTP/1.1 200 OK\r\n\r\nw";
        running.write_all(answer).await.unwrap();
        assert_eq!(answered(&mut client).await.1, 'w');
        for thread in &stage.workers.threads {
            thread.send(Command::Panic);
        }
        let end = client.read(&mut [0]).await.map_err(|error| error.kind());
        assert_eq!(end, Err(io::ErrorKind::ConnectionReset), "{carriage:?}");
    }
}

#[tokio::test]
async fn a_panic_in_one_connection_is_nobody_elses() {
    let instance = Scripted::start().await;
    let limits = Limits {
        connections: 3,
        ..Limits::default()
    };
    let stage = Stage::with_workers(1, &[&instance], limits);
    let mut client = stage.asking().await;
    let mut running = instance.asked().await;
    // More of them than there may be connections: each gives its place back.
    for _ in 0..5 {
        let key = stage.key.clone();
        stage.workers.threads[0].send(Command::PanicInConnection { key });
        stage.workers.settle().await;
    }
    while stage.workers.register().read()[0].counts.panics < 5 {
        tokio::task::yield_now().await;
    }
    reply(&mut running, "r").await;
    assert_eq!(answered(&mut client).await.1, 'r');
    let mut next = stage.asking().await;
    read_head(&mut running).await;
    reply(&mut running, "n").await;
    assert_eq!(answered(&mut next).await.1, 'n');
    let counts = stage.workers.register().read()[0].counts;
    assert_eq!((counts.panics, counts.spillover), (5, 0));
}

#[tokio::test]
async fn a_panic_in_one_exchange_is_nobody_elses_and_looks_like_no_end() {
    let instance = Scripted::start().await;
    let stage = Stage::with_workers(1, &[&instance], Limits::default());
    // Again: what one has left behind must not serve the next.
    for _ in 0..3 {
        let mut other = stage.asking().await;
        let mut others = instance.asked().await;
        let mut client = stage.asking().await;
        let mut running = instance.asked().await;
        // Whole once the connection ends.
        running
            .write_all(b"HTTP/1.1 200 OK\r\n\r\nw")
            .await
            .unwrap();
        assert_eq!(answered(&mut client).await.1, 'w');
        stage.workers.threads[0].send(Command::PanicInExchange);
        stage.workers.settle().await;
        running.write_all(b"x").await.unwrap();
        let end = client.read(&mut [0; 2]).await.map_err(|error| error.kind());
        assert_eq!(end, Err(io::ErrorKind::ConnectionReset));
        // Its instance is not asked anything more on that connection.
        assert!(matches!(running.read(&mut [0]).await, Ok(0) | Err(_)));
        reply(&mut others, "o").await;
        assert_eq!(answered(&mut other).await.1, 'o');
        other.write_all(GET).await.unwrap();
        read_head(&mut others).await;
        // So that the next turn's clients find no kept connection.
        others
            .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nn")
            .await
            .unwrap();
        assert_eq!(answered(&mut other).await.1, 'n');
    }
    let counts = stage.workers.register().read()[0].counts;
    assert_eq!((counts.panics, counts.spillover), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_lasting_task_that_panics_is_begun_anew() {
    let begun = Cell::new(0);
    lasting("the test", || async {
        begun.set(begun.get() + 1);
        assert!(begun.get() == 3, "not yet");
    })
    .await;
    assert_eq!(begun.get(), 3);
}

#[tokio::test]
async fn what_a_panic_said_is_known() {
    let said = contained(async { panic!("{}", "a reason") }).await;
    assert_eq!(said, Err::<(), _>("a reason".to_owned()));
    let said = contained(async { panic!("a plain reason") }).await;
    assert_eq!(said, Err::<(), _>("a plain reason".to_owned()));
    assert_eq!(contained(async { 7 }).await, Ok(7));
}

// ---- handshakes --------------------------------------------------------------------------------

/// Far beyond what a test waits for: what happens sooner has another reason.
const HOURS: Duration = Duration::from_secs(10_000);

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls/");

/// One worker and an HTTPS listener without an instance, which answers 503.
fn secured(limits: Limits) -> Stage {
    let read = |name: &str| std::fs::read_to_string(format!("{FIXTURES}{name}")).unwrap();
    let terms = ListenerTls {
        identity: Some(Arc::new(Identity {
            certificates: read("ec.pem").into(),
            key: read("ec-pkcs8.key").into(),
        })),
        negotiation: None,
    };
    let tls = ServerTls::new(&terms, None).unwrap();
    Stage::new(1, &[], limits, Some(tls))
}

/// Shakes hands and asks; whether the listener answered.
async fn is_served(stage: &Stage) -> bool {
    use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    let mut roots = rustls::RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(format!("{FIXTURES}ec.pem")).unwrap();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("lb.example").unwrap();
    let Ok(mut client) = connector.connect(name, stage.client().await).await else {
        return false;
    };
    client.write_all(GET).await.unwrap();
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.is_ok() && answer == *b"HTTP/1.1 503"
}

/// Waits until the listener closes a connection on which nobody has said anything whole.
async fn let_go(client: &mut TcpStream) {
    let end = tokio::time::timeout(Duration::from_secs(30), client.read(&mut [0])).await;
    assert!(matches!(end.unwrap(), Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_given_up() {
    let stage = secured(Limits {
        handshake_timeout: Duration::from_millis(200),
        ..Limits::default()
    });
    let mut silent = stage.client().await;
    let mut begun = stage.client().await;
    begun.write_all(&[22, 3, 1, 2, 0]).await.unwrap();
    let mut trickling = stage.client().await;
    trickling.write_all(&[22, 3, 1, 0x10, 0]).await.unwrap();
    let (mut reads, mut writes) = trickling.into_split();
    let trickle = tokio::spawn(async move {
        // Never silent for as long as the limit: it is a limit of the whole handshake.
        while writes.write_all(&[0]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let_go(&mut silent).await;
    let_go(&mut begun).await;
    let end = tokio::time::timeout(Duration::from_secs(30), reads.read(&mut [0])).await;
    assert!(matches!(end.unwrap(), Ok(0) | Err(_)));
    trickle.await.unwrap();
    assert!(is_served(&stage).await);
}

#[tokio::test]
async fn one_handshake_too_many_is_let_go_and_half_of_them_hurry() {
    let stage = secured(Limits {
        handshakes: 4,
        handshake_timeout: HOURS,
        ..Limits::default()
    });
    let begun = async || {
        let mut client = stage.client().await;
        // Of one that says nothing the system does not tell at once.
        client.write_all(&[22]).await.unwrap();
        client
    };
    let mut patient = [begun().await, begun().await];
    let mut pressed = [begun().await, begun().await];
    let mut fifth = begun().await;
    let_go(&mut fifth).await;
    let count = || stage.workers.register().read()[0].counts.spillover;
    assert_eq!(count(), 1);
    // Two hold half of the places and may take their time; the others may not.
    for client in &mut pressed {
        let_go(client).await;
    }
    assert!(is_served(&stage).await, "there are places again");
    for client in &mut patient {
        let read = client.try_read(&mut [0]);
        let waits = read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        assert!(waits, "nobody has let them go");
    }
    assert_eq!(count(), 1);
}

/// One worker, which may use one connection to an instance.
fn narrow(instances: &[&Scripted]) -> Stage {
    let limits = Limits {
        instance_connections: 1,
        ..Limits::default()
    };
    Stage::with_workers(1, instances, limits)
}

#[tokio::test]
async fn requests_wait_for_an_instance_that_has_all_it_may_have() {
    let instance = Scripted::start().await;
    let stage = narrow(&[&instance]);
    let mut clients = [
        stage.asking().await,
        stage.asking().await,
        stage.asking().await,
    ];
    let mut busy = instance.asked().await;
    for turn in 0..clients.len() {
        // On the same connection: nobody opens a second one.
        if turn > 0 {
            read_head(&mut busy).await;
        }
        reply(&mut busy, "w").await;
    }
    for client in &mut clients {
        assert_eq!(answered(client).await.1, 'w');
    }
    let counts = stage.workers.register().read()[0].counts;
    assert_eq!((counts.requests, counts.spillover), (3, 0));
    assert_eq!(counts.instance_connections, 1);
}

#[tokio::test]
async fn a_client_that_leaves_the_queue_is_not_served() {
    let instance = Scripted::start().await;
    let stage = narrow(&[&instance]);
    let mut first = stage.asking().await;
    let mut busy = instance.asked().await;
    let mut leaving = stage.asking().await;
    leaving.shutdown().await.unwrap();
    // It has left once the proxy closes its side.
    assert_eq!(leaving.read(&mut [0]).await.unwrap(), 0);
    let mut staying = stage.asking().await;
    reply(&mut busy, "1").await;
    assert_eq!(answered(&mut first).await.1, '1');
    read_head(&mut busy).await;
    reply(&mut busy, "s").await;
    assert_eq!(answered(&mut staying).await.1, 's');
}

/// Returns when so many requests wait for an instance.
async fn in_queue(stage: &Stage, count: u64) {
    while stage.workers.register().read()[0].surge_queue < count {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn who_waits_for_one_instance_keeps_nobody_from_another() {
    let (busy, other) = (Scripted::start().await, Scripted::start().await);
    let stage = narrow(&[&busy, &other]);
    let mut first = stage.asking().await;
    let mut running = busy.asked().await;
    // It has asked the other, in vain: there is only the busy one left for it.
    let mut second = stage.asking().await;
    drop(other.asked().await);
    in_queue(&stage, 1).await;
    let mut third = stage.asking().await;
    let mut free = tokio::select! {
        free = other.asked() => free,
        () = in_queue(&stage, 2) => panic!("it waits, though an instance is free"),
    };
    reply(&mut free, "3").await;
    assert_eq!(answered(&mut third).await.1, '3');
    reply(&mut running, "1").await;
    assert_eq!(answered(&mut first).await.1, '1');
    reply(&mut busy.asked().await, "2").await;
    assert_eq!(answered(&mut second).await.1, '2');
}

#[tokio::test]
async fn the_queue_is_left_when_no_instance_is() {
    let instance = Scripted::start().await;
    let mut stage = narrow(&[&instance]);
    let mut first = stage.asking().await;
    let mut busy = instance.asked().await;
    let mut waiting = stage.asking().await;
    stage.update(&[], Departure::Finish).await;
    let head = read_head(&mut waiting).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    reply(&mut busy, "1").await;
    assert_eq!(answered(&mut first).await.1, '1');
}

/// Cut with its listener, or at the end of the process.
#[tokio::test]
async fn who_still_waits_when_the_time_to_finish_is_over_is_told() {
    for closed_before in [true, false] {
        let instance = Scripted::start().await;
        let stage = narrow(&[&instance]);
        let _first = stage.asking().await;
        let _busy = instance.asked().await;
        let mut waiting = stage.asking().await;
        in_queue(&stage, 1).await;
        if closed_before {
            stage.workers.close(&stage.key, Some(Duration::ZERO)).await;
        } else {
            stage.workers.shutdown(Duration::ZERO).await;
        }
        let head = read_head(&mut waiting).await;
        assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    }
}

#[tokio::test]
async fn with_amazon_s_departure_exchanges_with_an_instance_that_leaves_are_cut() {
    let (instance, other) = (Scripted::start().await, Scripted::start().await);
    let mut stage = Stage::open(&[&instance], Limits::default());
    let mut client = stage.asking().await;
    let mut running = instance.asked().await;
    // Out of service is not gone: its exchange goes on.
    stage.spec.out_of_service = vec![instance.target()];
    stage.update(&[&other], Departure::Cut).await;
    stage.workers.settle().await;
    reply(&mut running, "r").await;
    assert_eq!(answered(&mut client).await.1, 'r');

    // Whoever was not answered yet is told, and so is who reads the log.
    let bucket = tempfile::tempdir().unwrap();
    stage.spec.access_log = Some(Logging {
        destination: destination(bucket.path()),
        form: LogForm::Amazon,
    });
    stage.update(&[&other], Departure::Cut).await;
    stage.workers.settle().await;
    let mut begun = stage.asking().await;
    let mut running = other.asked().await;
    running
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nb")
        .await
        .unwrap();
    assert_eq!(answered(&mut begun).await.1, 'b');
    let mut waiting = stage.asking().await;
    let _silent = other.asked().await;
    stage.update(&[&instance], Departure::Cut).await;
    let head = read_head(&mut waiting).await;
    assert!(head.starts_with("HTTP/1.1 504 "), "{head}");
    assert!(!matches!(begun.read(&mut [0]).await, Ok(1)));
    stage.workers.shutdown(Duration::ZERO).await;
    let lines = all_below(bucket.path());
    for (statuses, count) in [(" 200 200 ", 1), (" 504 0 ", 1), ("\n", 2)] {
        assert_eq!(lines.matches(statuses).count(), count, "{lines}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_no_error_of_the_instance() {
    let instance = Scripted::start().await;
    let mut stage = Stage::open(&[&instance], Limits::default());
    stage.spec.behaviour.idle_timeout = Duration::from_millis(200);
    stage.update(&[&instance], Departure::Finish).await;
    stage.workers.settle().await;
    let _client = stage.asking().await;
    let mut running = instance.asked().await;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1 << 30);
    running.write_all(head.as_bytes()).await.unwrap();
    // Until the listener gives up, which it tells by breaking the connection.
    while running.write_all(&[b'x'; 1 << 16]).await.is_ok() {}
    let listener = stage.workers.register().read().remove(0);
    let of = &listener.instances[0];
    assert_eq!((of.requests, of.errors), (1, 0));
}

#[tokio::test]
async fn an_instance_that_stops_amid_its_answer_is_an_error_of_its_own() {
    let instance = Scripted::start().await;
    let mut stage = Stage::open(&[&instance], Limits::default());
    stage.spec.behaviour.idle_timeout = Duration::from_millis(200);
    stage.update(&[&instance], Departure::Finish).await;
    stage.workers.settle().await;
    let mut client = stage.asking().await;
    let mut running = instance.asked().await;
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx";
    running.write_all(head).await.unwrap();
    // The end that is none.
    let _ = client.read_to_end(&mut Vec::new()).await;
    assert_eq!(running.read(&mut [0]).await.unwrap_or(0), 0);
    let listener = stage.workers.register().read().remove(0);
    let of = &listener.instances[0];
    assert_eq!((of.requests, of.errors), (1, 1));
}

#[tokio::test]
async fn connections_to_instances_age_without_clients() {
    let instance = Scripted::start().await;
    let mut stage = Stage::open(&[&instance], Limits::default());
    stage.spec.behaviour.idle_timeout = Duration::from_millis(1);
    let mut client = stage.asking().await;
    let mut kept = instance.asked().await;
    reply(&mut kept, "k").await;
    answered(&mut client).await;
    stage.update(&[&instance], Departure::Finish).await;
    drop(client);
    assert_eq!(kept.read(&mut [0]).await.unwrap(), 0);
}

/// An instance that answers each request with its target, and counts how often each was executed.
struct Echoing {
    target: Target,
    executed: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Echoing {
    async fn start() -> Echoing {
        let Scripted(listener) = Scripted::start().await;
        let address = listener.local_addr().unwrap();
        let executed = Arc::<Mutex<BTreeMap<String, usize>>>::default();
        let counted = Arc::clone(&executed);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(echo(stream, Arc::clone(&counted)));
            }
        });
        Echoing {
            target: Target {
                instance: InstanceId::new(address.to_string()),
                address,
                tls: None,
            },
            executed,
        }
    }
}

async fn echo(mut stream: TcpStream, executed: Arc<Mutex<BTreeMap<String, usize>>>) {
    let mut bytes = Vec::new();
    loop {
        match stream.read_buf(&mut bytes).await {
            Ok(count) if count > 0 => {}
            _ => return,
        }
        // A request of the test ends with its body, or with its head if it has none.
        let text = String::from_utf8_lossy(&bytes);
        let end = if text.starts_with("POST") {
            "\r\n\r\nbody"
        } else {
            "\r\n\r\n"
        };
        if !text.ends_with(end) {
            continue;
        }
        let asked = text.split(" HTTP/").next().unwrap().to_owned();
        *executed.lock().unwrap().entry(asked.clone()).or_default() += 1;
        bytes.clear();
        reply(&mut stream, &asked).await;
    }
}

/// Asks so many things one after the other; each must be answered, with what was asked.
async fn ask_steadily(address: SocketAddr, name: usize, count: usize) {
    let mut client = TcpStream::connect(address).await.unwrap();
    for turn in 0..count {
        let (asked, rest) = match turn % 2 {
            0 => (format!("GET /{name}/{turn}"), "\r\n"),
            _ => (
                format!("POST /{name}/{turn}"),
                "Content-Length: 4\r\n\r\nbody",
            ),
        };
        let request = format!("{asked} HTTP/1.1\r\nHost: x\r\n{rest}");
        client.write_all(request.as_bytes()).await.unwrap();
        let head = read_head(&mut client).await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{asked}: {head}");
        let mut body = vec![0; asked.len()];
        client.read_exact(&mut body).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&body), asked, "crossed");
    }
}

#[tokio::test]
async fn under_steady_load_an_instance_leaves_and_returns_and_no_request_is_lost_or_repeated() {
    const CLIENTS: usize = 8;
    const REQUESTS: usize = 150;
    let instances = [
        Echoing::start().await,
        Echoing::start().await,
        Echoing::start().await,
    ];
    let mut stage = Stage::open(&[], Limits::default());
    let targets = || instances.iter().map(|instance| instance.target.clone());
    stage.spec.in_service = targets().collect();
    stage.spec.behaviour.departure = Departure::Drain(Duration::from_secs(60));
    stage
        .workers
        .update(&stage.key, &Arc::new(stage.spec.clone()));
    stage.workers.settle().await;
    let mut clients = tokio::task::JoinSet::new();
    for name in 0..CLIENTS {
        clients.spawn(ask_steadily(stage.address, name, REQUESTS));
    }
    let mut changes = 0;
    while !clients.is_empty() {
        // It leaves, it returns, and in between it is only out of service.
        stage.spec.in_service = targets().take(2 + changes % 2).collect();
        stage.spec.out_of_service = targets()
            .skip(2)
            .take(usize::from(changes % 4 == 0))
            .collect();
        stage
            .workers
            .update(&stage.key, &Arc::new(stage.spec.clone()));
        stage.workers.settle().await;
        changes += 1;
        while let Some(ended) = clients.try_join_next() {
            ended.unwrap();
        }
        tokio::task::yield_now().await;
    }
    assert!(changes > 10, "{changes} changes while the load lasted");
    let mut executed = BTreeMap::new();
    for (number, instance) in instances.iter().enumerate() {
        let counted = instance.executed.lock().unwrap();
        assert!(!counted.is_empty(), "instance {number} was never asked");
        for (asked, times) in &*counted {
            *executed.entry(asked.clone()).or_insert(0) += times;
        }
    }
    assert_eq!(executed.len(), CLIENTS * REQUESTS);
    assert!(executed.values().all(|times| *times == 1));
}

/// Bytes of a connection's task beside its sockets: what ten thousand idle clients cost.
#[test]
fn the_task_of_a_connection_is_small() {
    fn bytes_of<A, B, C, D, F>(_: impl Fn(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }
    let http = bytes_of(client::serve);
    let tcp = size_of::<tcp::Serve>();
    assert!(http <= 192, "{http} bytes for HTTP");
    assert!(tcp <= 256, "{tcp} bytes for TCP");
}

/// Those that are slow to wake must not end up with nothing, for as long as the clients stay.
#[tokio::test]
async fn connections_are_shared_evenly_even_if_only_one_worker_is_awake_to_accept_them() {
    const CLIENTS: usize = 60;
    let instance = Scripted::start().await;
    let stage = Stage::with_workers(3, &[&instance], Limits::default());
    stage.workers.settle().await;
    let (wake, sleeps): (Vec<_>, Vec<_>) = (0..2).map(|_| std::sync::mpsc::channel::<()>()).unzip();
    for (thread, until) in stage.workers.threads[1..].iter().zip(sleeps) {
        thread.send(Command::Sleep { until });
    }
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(stage.asking().await);
    }
    let count = async |number: usize| {
        let (told, wait) = oneshot::channel();
        stage.workers.threads[number].send(Command::Count { told });
        wait.await.unwrap()
    };
    // Its part, and no more: the others are on their way to those that sleep.
    let slack = CLIENTS / 3 / UNEVEN_PART;
    let part = CLIENTS / 3..=CLIENTS / 3 + slack;
    while !part.contains(&count(0).await) {
        tokio::task::yield_now().await;
    }
    drop(wake);
    let mut all = [0; 3];
    while all.iter().sum::<usize>() < CLIENTS {
        for (number, has) in all.iter_mut().enumerate() {
            *has = count(number).await;
        }
    }
    assert!(all.iter().all(|has| *has >= CLIENTS / 3 - slack), "{all:?}");
    // Whoever was handed on is served like everybody else.
    for client in &mut clients {
        client.write_all(GET).await.unwrap();
    }
    let answering = tokio::spawn(async move {
        for _ in 0..CLIENTS {
            reply(&mut instance.asked().await, "h").await;
        }
    });
    for client in &mut clients {
        assert_eq!(answered(client).await.1, 'h');
    }
    answering.await.unwrap();
}

/// Whoever has a connection must be served however many are waiting to be accepted.
#[test]
fn a_queue_that_is_never_empty_leaves_the_worker_its_turns() {
    const WAITING: usize = 3 * ACCEPT_BATCH;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(Default::default());
    runtime.unwrap().block_on(async {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let place = socket.local_addr().unwrap();
        let opening = Opening {
            socket: Arc::new(socket),
            spec: Arc::new(spec(&[], None)),
            counters: Arc::default(),
            load: Arc::default(),
            turn: Arc::default(),
            served_by: [AtomicBool::new(true)].into(),
        };
        let key = ListenerKey {
            servo: ServoId::new("i-00000001"),
            port: 80,
        };
        let (sink, _ending) = Sink::start().unwrap();
        let (shares, _handed) = Shares::of(1).remove(0);
        let limits = Limits::default();
        let local = Rc::new(Local::new(limits, shares, sink));
        let (socket, address) = watch(&opening.socket).unwrap();
        let opened = Rc::new(Open::new(&key, &opening, limits, address));
        let clients: Vec<_> = (0..WAITING)
            .map(|_| std::net::TcpStream::connect(place).unwrap())
            .collect();
        drop(socket.readable().await.unwrap());
        let mut accepting = pin!(accept(&local, &opened, &socket));
        let mut turn = async || {
            poll_fn(|context| {
                assert!(accepting.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            local.connections.get()
        };
        // The tasks of those that are accepted have not had their turn yet.
        assert_eq!(turn().await, ACCEPT_BATCH);
        assert_eq!(turn().await, 2 * ACCEPT_BATCH);
        assert_eq!(turn().await, WAITING);
        drop(clients);
    });
}
