//! A scripted service: gives prepared answers in order, records what it was sent, and checks
//! signatures with our own verification.

use eulb::model::timestamp::Timestamp;
use eulb::wire::query::Parameters;
use eulb::wire::{SERVICE, sigv4};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One prepared answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub reason: String,
    pub body: String,
    pub headers: Vec<(String, String)>,
    /// The connection is closed without an answer.
    pub dropped: bool,
}

impl Answer {
    pub fn ok(body: impl Into<String>) -> Answer {
        Answer::status(200, body)
    }

    pub fn status(status: u16, body: impl Into<String>) -> Answer {
        Answer {
            status,
            body: body.into(),
            ..Answer::default()
        }
    }

    /// The answer of an operation, around the inside of its result.
    pub fn result(action: &str, inside: &str) -> Answer {
        Answer::ok(format!(
            "<{action}Response xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/\">\
             <{action}Result>{inside}</{action}Result>\
             <ResponseMetadata><RequestId>1549581b-12b7-11e3-895e-1334aEXAMPLE</RequestId></ResponseMetadata>\
             </{action}Response>"
        ))
    }
}

/// One recorded request.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The form fields; a name given twice would be a fault of the tools.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let parameters = Parameters::read(&self.body).unwrap();
        let mut fields = BTreeMap::new();
        for (name, value) in parameters.iter() {
            let earlier = fields.insert(name.to_owned(), value.to_owned());
            assert_eq!(earlier, None, "{name} is sent twice");
        }
        fields
    }

    /// Checks the signature and returns what it claims.
    pub fn verified(&self, secret_key: &str) -> Result<sigv4::Claim, String> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let request = sigv4::Request {
            method: &self.method,
            path,
            query,
            headers: &headers,
            body: &self.body,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = Timestamp(i64::try_from(now.as_millis()).unwrap());
        let claim =
            sigv4::claim(&request, &[SERVICE], now).map_err(|refusal| refusal.to_string())?;
        claim
            .verify(&request, &claim.derive(secret_key))
            .map_err(|refusal| refusal.to_string())?;
        Ok(claim)
    }
}

/// The service; it ends when it is dropped.
pub struct Service {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A client that is silent for so long will never say anything.
const READ_TIMEOUT: Duration = Duration::from_secs(20);

impl Service {
    /// Gives the answers in order, the last one again and again.
    pub fn start(answers: Vec<Answer>) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let stopping = Arc::new(AtomicBool::new(false));
        let (records, stop) = (Arc::clone(&received), Arc::clone(&stopping));
        let thread = std::thread::spawn(move || {
            let mut given = 0;
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                let Some(request) = read(&stream) else {
                    continue;
                };
                records.lock().unwrap().push(request);
                let answer = answers[given.min(answers.len() - 1)].clone();
                given += 1;
                if !answer.dropped {
                    let _ = stream.write_all(&rendered(&answer));
                }
            }
        });
        Service {
            address,
            received,
            stopping,
            thread: Some(thread),
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads one request.
pub fn read(stream: &TcpStream) -> Option<Received> {
    stream.set_read_timeout(Some(READ_TIMEOUT)).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut request = Received {
        method,
        target,
        headers,
        body: Vec::new(),
    };
    let length = request
        .header("content-length")
        .unwrap_or("0")
        .parse()
        .ok()?;
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

fn rendered(answer: &Answer) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, answer.reason);
    let mut typed = false;
    for (name, value) in &answer.headers {
        typed |= name.eq_ignore_ascii_case("content-type");
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !typed {
        head.push_str("Content-Type: text/xml; charset=UTF-8\r\n");
    }
    head.push_str(&format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
        answer.body.len(),
        answer.body
    ));
    head.into_bytes()
}

/// An address at which connections are refused: the port is ours, but nobody listens.
pub struct Refusing {
    pub address: SocketAddr,
    _socket: socket2::Socket,
}

impl Refusing {
    pub fn new() -> Refusing {
        let socket =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        socket.bind(&any.into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        Refusing {
            address,
            _socket: socket,
        }
    }
}
