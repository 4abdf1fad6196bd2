//! Workers between real sockets: what a change does to connections that are open.

use super::*;
use crate::model::attribute::DesyncMode;
use crate::model::instance::InstanceId;
use crate::model::placement::ServoId;
use crate::model::plane::{BalancerLabel, Behaviour};
use crate::proxy::listener::Target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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

struct Stage {
    workers: Workers,
    key: ListenerKey,
    address: SocketAddr,
    spec: ListenerSpec,
}

impl Stage {
    /// Opens an HTTP listener in front of some instances.
    fn open(instances: &[&Scripted], limits: Limits) -> Stage {
        let workers = Workers::start(2, limits).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let key = ListenerKey {
            servo: ServoId::new("i-00000001"),
            port: 80,
        };
        let spec = ListenerSpec {
            carriage: Carriage::Http,
            port: 80,
            in_service: instances.iter().map(|instance| instance.target()).collect(),
            behaviour: Behaviour {
                forwarded_proto_and_port: true,
                reuse_instance_connections: true,
                unavailable_page: true,
                first_pass_suffices: false,
                idle_timeout: Duration::from_secs(60),
                connect_timeout: Duration::from_secs(5),
                draining: None,
                desync_mode: DesyncMode::default(),
            },
            balancer: BalancerLabel {
                account: "000000000001".into(),
                name: "web".into(),
            },
        };
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

    async fn update(&mut self, instances: &[&Scripted], draining: Option<Duration>) {
        self.spec.in_service = instances.iter().map(|instance| instance.target()).collect();
        self.spec.behaviour.draining = draining;
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
    stage.update(&[&new], None).await;
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
    stage.update(&[], Some(Duration::from_millis(50))).await;
    // The instance never answers; the client sees the connection end, without an answer.
    assert!(!matches!(client.read(&mut [0]).await, Ok(1)));
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
    let stage = Stage::open(&[&instance], Limits { connections: 1 });
    let mut first = stage.asking().await;
    let mut running = instance.asked().await;
    let mut second = stage.client().await;
    let head = read_head(&mut second).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    reply(&mut running, "f").await;
    assert_eq!(answered(&mut first).await.1, 'f');
    let counts = stage.workers.counters()[&stage.key];
    assert_eq!(
        (counts.connections, counts.spillover, counts.requests),
        (2, 1, 1)
    );
    assert_eq!((counts.instance_2xx, counts.own_5xx), (1, 1));
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
