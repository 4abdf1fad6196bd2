//! Clients of a load balancer: one request, many in turn, or a steady load that counts every answer
//! and every failure.
//!
//! Strict on purpose: a refused connection, a broken exchange, a status other than 200 or silence is
//! a failure, and nothing is ever tried again. Only a connection that the other end closed *between*
//! two exchanges is opened anew, as every client does.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::Request;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Clients of a steady load that keep their connection, and as many that open one for each request.
const CLIENTS_OF_A_KIND: usize = 4;

/// How long a client of a steady load thinks between two requests.
const THINKING: Duration = Duration::from_millis(15);

/// Longest wait for an exchange, connecting included. The data plane gives up on an instance sooner.
const PATIENCE: Duration = Duration::from_secs(15);

/// Bytes of an answer that are read; the page of an instance has a few hundred.
const LONGEST_BODY: usize = 1 << 20;

/// The field in which the instances of the local cloud name themselves.
const INSTANCE: &str = "x-instance";

/// A listener, as the URL of `eulb resolve` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub address: SocketAddr,
    /// What goes into Host: the DNS name of the load balancer, as a browser would send it.
    pub host: String,
}

impl Destination {
    /// Reads `http://127.101.0.1:8080/`; port 80 may be left out. Absent if it is anything else.
    pub fn parse(url: &str) -> Option<Destination> {
        let authority = url.strip_prefix("http://")?.split('/').next()?;
        let address = match authority.parse() {
            Ok(address) => address,
            Err(_) => SocketAddr::new(authority.parse().ok()?, 80),
        };
        Some(Destination {
            address,
            host: authority.to_owned(),
        })
    }

    /// The same listener, asked for by another name.
    pub fn named(mut self, host: &str) -> Destination {
        host.clone_into(&mut self.host);
        self
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The instance that answered, if it said so.
    pub instance: Option<String>,
    pub body: String,
}

/// What has come back so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers with status 200 by instance.
    pub answered: BTreeMap<String, u64>,
    /// Everything else.
    pub failed: u64,
    /// What the first failure was.
    pub first_failure: Option<String>,
}

impl Counts {
    pub fn total(&self) -> u64 {
        self.answered.values().sum::<u64>() + self.failed
    }

    /// How often an instance answered.
    pub fn of(&self, instance: &str) -> u64 {
        self.answered.get(instance).copied().unwrap_or_default()
    }

    /// What has come since an earlier count.
    pub fn since(&self, earlier: &Counts) -> Counts {
        Counts {
            answered: self
                .answered
                .iter()
                .map(|(instance, count)| (instance.clone(), count - earlier.of(instance)))
                .collect(),
            failed: self.failed - earlier.failed,
            first_failure: self.first_failure.clone(),
        }
    }

    fn count(&mut self, outcome: Result<Answer, String>) {
        let failure = match outcome {
            Ok(Answer {
                status: 200,
                instance: Some(instance),
                ..
            }) => {
                *self.answered.entry(instance).or_default() += 1;
                return;
            }
            Ok(Answer { status: 200, .. }) => "an answer names no instance".to_owned(),
            Ok(answer) => format!("status {}", answer.status),
            Err(error) => error,
        };
        self.failed += 1;
        self.first_failure.get_or_insert(failure);
    }
}

/// A client's connection.
struct Connection {
    sender: http1::SendRequest<Empty<Bytes>>,
    _driver: AbortOnDropHandle<()>,
}

impl Connection {
    async fn open(destination: &Destination) -> Result<Connection, String> {
        let stream = TcpStream::connect(destination.address)
            .await
            .map_err(|error| format!("cannot connect to {}: {error}", destination.address))?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        let driver = tokio::spawn(async move {
            // What breaks the connection breaks an exchange, which tells.
            let _ = driver.await;
        });
        Ok(Connection {
            sender,
            _driver: AbortOnDropHandle::new(driver),
        })
    }

    async fn get(
        &mut self,
        destination: &Destination,
        path: &str,
        keep: bool,
    ) -> Result<Answer, String> {
        let mut request = Request::get(path)
            .header(HOST, &destination.host)
            .body(Empty::new())
            .map_err(|error| error.to_string())?;
        if !keep {
            let close = HeaderValue::from_static("close");
            request.headers_mut().insert(CONNECTION, close);
        }
        let (head, body) = self
            .sender
            .send_request(request)
            .await
            .map_err(|error| format!("no answer from {}: {error}", destination.address))?
            .into_parts();
        let body = Limited::new(body, LONGEST_BODY)
            .collect()
            .await
            .map_err(|error| format!("an answer broke off: {error}"))?
            .to_bytes();
        Ok(Answer {
            status: head.status.as_u16(),
            instance: head
                .headers
                .get(INSTANCE)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

/// The connection, if it can carry another exchange.
async fn open_still(kept: Option<Connection>) -> Option<Connection> {
    let mut kept = kept?;
    kept.sender.ready().await.ok().map(|()| kept)
}

async fn patiently<T>(exchange: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("silence for {} s", PATIENCE.as_secs())),
    }
}

/// Asks once, on a connection of its own.
///
/// # Errors
///
/// There is no whole answer; says why. Any status is an answer.
pub async fn get(destination: &Destination, path: &str) -> Result<Answer, String> {
    patiently(async {
        let mut connection = Connection::open(destination).await?;
        connection.get(destination, path, false).await
    })
    .await
}

/// Asks many times in turn, on one connection, and counts.
pub async fn ask(destination: &Destination, path: &str, times: u32) -> Counts {
    let mut counts = Counts::default();
    let mut client = Client::new(destination, path, true);
    for _ in 0..times {
        counts.count(client.exchange().await);
    }
    counts
}

/// One client: asks on one connection as long as it is kept, or on a new one each time.
struct Client {
    destination: Destination,
    path: String,
    keeps: bool,
    connection: Option<Connection>,
}

impl Client {
    fn new(destination: &Destination, path: &str, keeps: bool) -> Client {
        Client {
            destination: destination.clone(),
            path: path.to_owned(),
            keeps,
            connection: None,
        }
    }

    async fn exchange(&mut self) -> Result<Answer, String> {
        let kept = self.connection.take();
        let (answer, connection) = patiently(async {
            let mut connection = match open_still(kept).await {
                Some(kept) => kept,
                None => Connection::open(&self.destination).await?,
            };
            let answer = connection
                .get(&self.destination, &self.path, self.keeps)
                .await?;
            Ok((answer, connection))
        })
        .await?;
        if self.keeps {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

/// Clients that ask without pause until they are told to stop, half of them on connections they
/// keep, half on a new one for each request.
pub struct SteadyLoad {
    // A std mutex, because nothing waits while holding it.
    counts: Arc<Mutex<Counts>>,
    enough: CancellationToken,
    clients: JoinSet<()>,
}

impl SteadyLoad {
    /// Starts the clients on the present runtime.
    pub fn start(destination: &Destination, path: &str) -> SteadyLoad {
        let mut load = SteadyLoad {
            counts: Arc::default(),
            enough: CancellationToken::new(),
            clients: JoinSet::new(),
        };
        for number in 0..2 * CLIENTS_OF_A_KIND {
            let mut client = Client::new(destination, path, number % 2 == 0);
            let (counts, enough) = (load.counts.clone(), load.enough.clone());
            load.clients.spawn(async move {
                while !enough.is_cancelled() {
                    // An exchange that has begun is finished, and counted.
                    let outcome = client.exchange().await;
                    locked(&counts).count(outcome);
                    tokio::time::sleep(THINKING).await;
                }
            });
        }
        load
    }

    /// What has come back so far.
    pub fn counts(&self) -> Counts {
        locked(&self.counts).clone()
    }

    /// Lets each client finish its exchange, and gives what has come back in all.
    pub async fn stop(mut self) -> Counts {
        self.enough.cancel();
        while self.clients.join_next().await.is_some() {}
        self.counts()
    }
}

fn locked(counts: &Mutex<Counts>) -> std::sync::MutexGuard<'_, Counts> {
    // A count is whole between any two instructions that could panic.
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[test]
    fn destinations_are_urls_of_addresses() {
        let cases = [
            ("http://127.101.0.1/", Some("127.101.0.1:80")),
            ("http://127.101.0.1:8080/", Some("127.101.0.1:8080")),
            ("http://127.101.0.1:8080", Some("127.101.0.1:8080")),
            ("http://[::1]:81/", Some("[::1]:81")),
            ("tcp://127.101.0.1:22", None),
            ("http://web.example/", None),
            ("", None),
        ];
        for (url, address) in cases {
            let found = Destination::parse(url).map(|found| found.address.to_string());
            assert_eq!(found.as_deref(), address, "{url}");
        }
    }

    /// A server that answers each connection with the next of some texts, then closes it.
    async fn server(texts: &'static [&'static str]) -> (Destination, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut owner = JoinSet::new();
        owner.spawn(async move {
            for text in texts {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                stream.write_all(text.as_bytes()).await.unwrap();
            }
        });
        let host = "web".to_owned();
        (Destination { address, host }, owner)
    }

    #[tokio::test]
    async fn every_failure_is_counted_and_none_is_tried_again() {
        let (destination, _server) = server(&[
            "HTTP/1.1 200 OK\r\nx-instance: i-1\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
            "HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-instance: i-1\r\ncontent-length: 9\r\n\r\nbroken",
            "",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-instance: i-2\r\ncontent-length: 0\r\n\r\n",
        ])
        .await;
        let counts = ask(&destination, "/", 7).await;
        assert_eq!(
            counts.answered,
            BTreeMap::from([("i-1".into(), 1), ("i-2".into(), 1)])
        );
        // 503, broken off, closed, nameless, and nobody listening any more.
        assert_eq!(counts.failed, 5);
        assert_eq!(counts.first_failure.as_deref(), Some("status 503"));
        assert_eq!(counts.total(), 7);
    }

    #[tokio::test]
    async fn one_request_gives_status_instance_and_body() {
        let (destination, _server) =
            server(&["HTTP/1.1 404 No\r\nx-instance: i-1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"])
                .await;
        let answer = get(&destination, "/nothing").await.unwrap();
        assert_eq!(
            answer,
            Answer {
                status: 404,
                instance: Some("i-1".into()),
                body: "no".into()
            }
        );
        assert!(get(&destination, "/").await.is_err());
    }
}
