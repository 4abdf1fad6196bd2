//! Both ends of a conversation through the real `eulb proxy`, scripted: raw clients, and instances
//! that say what a test tells them to and keep every byte they receive.
//!
//! Two kinds of instance. A [`Scripted`] one is played by the test itself, which accepts, reads,
//! answers, closes and resets in the order it writes down, so that nothing depends on time:
//! `instance.accept().expect("GET /index.html").reply(200, "hello")`. A [`Recorder`] answers by a
//! function on threads of its own; once the proxy has ended, what it recorded is all that was ever
//! sent to it, so that "nothing was forwarded" is a fact and not a pause.

use crate::reading::{Fault, Message, Reader, digest, latin1};
use rustix::process::Signal;
use socket2::{Domain, SockRef, Socket, Type};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a test waits for an event before it fails: long enough for a loaded machine, and for
/// every limit of the proxy that a test provokes.
const PATIENCE: Duration = Duration::from_secs(30);

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

// ---- the proxy ---------------------------------------------------------------------------------

/// A running `eulb proxy`; ended with the value.
pub struct Proxy {
    child: Child,
    /// Where each `--listen` is really listening, in order.
    pub addresses: Vec<SocketAddr>,
    complaints: Option<JoinHandle<String>>,
}

impl Proxy {
    /// One HTTP listener in front of these instances.
    pub fn http(instances: &[SocketAddr]) -> Self {
        Self::start(&["http"], instances, &[])
    }

    /// The same with one worker, so that all clients share one pool of connections to instances.
    pub fn with_one_worker(instances: &[SocketAddr]) -> Self {
        Self::start(&["http"], instances, &["--threads", "1"])
    }

    /// One TCP listener in front of these instances.
    pub fn tcp(instances: &[SocketAddr]) -> Self {
        Self::start(&["tcp"], instances, &[])
    }

    /// A listener for each protocol, and further options.
    pub fn start(protocols: &[&str], instances: &[SocketAddr], options: &[&str]) -> Self {
        let listen: Vec<String> = protocols
            .iter()
            .map(|protocol| format!("{protocol}:127.0.0.1:0"))
            .collect();
        let listen: Vec<&str> = listen.iter().map(String::as_str).collect();
        Self::start_at(&listen, instances, options)
    }

    /// Listeners as `--listen` names them, and further options.
    pub fn start_at(listen: &[&str], instances: &[SocketAddr], options: &[&str]) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_eulb"));
        Self::run(command, listen, instances, options)
    }

    /// One HTTP listener and one worker in a process that may have so many files open.
    pub fn with_open_files(count: usize, instances: &[SocketAddr]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {count}; exec \"$0\" \"$@\"")]);
        command.arg(env!("CARGO_BIN_EXE_eulb"));
        let listen = ["http:127.0.0.1:0"];
        Self::run(command, &listen, instances, &["--threads", "1"])
    }

    fn run(
        mut command: Command,
        listen: &[&str],
        instances: &[SocketAddr],
        options: &[&str],
    ) -> Self {
        let instances: Vec<String> = instances.iter().map(ToString::to_string).collect();
        command.arg("proxy");
        for listener in listen {
            command.args(["--listen", listener]);
        }
        command.args(["--to", &instances.join(",")]).args(options);
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut errors = child.stderr.take().unwrap();
        let complaints = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text);
            latin1(&text)
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut proxy = Self {
            child,
            addresses: Vec::new(),
            complaints: Some(complaints),
        };
        for listener in listen {
            let protocol = listener.split(':').next().unwrap_or_default();
            let line = lines.next().and_then(Result::ok).unwrap_or_default();
            let address = line
                .strip_prefix(&format!("listening {protocol} "))
                .and_then(|address| address.parse().ok());
            match address {
                Some(address) => proxy.addresses.push(address),
                None => panic!("not a listening line: {line:?}\n{}", proxy.stop()),
            }
        }
        // Later lines must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        proxy
    }

    pub fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address())
    }

    /// Memory it holds now.
    pub fn resident_kib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let count = line.unwrap().split_whitespace().next().unwrap();
        count.parse().unwrap()
    }

    /// Bytes that the system holds for a client of it: sent and not acknowledged, or not sent.
    pub fn held_for(&self, client: SocketAddr) -> usize {
        let port = |address: &str| u16::from_str_radix(&address[address.len() - 4..], 16).unwrap();
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let queues = table.lines().skip(1).find_map(|line| {
            let [_, local, remote, _, queues, ..] = line.split_whitespace().collect::<Vec<_>>()[..]
            else {
                return None;
            };
            (port(local) == self.address().port() && port(remote) == client.port())
                .then_some(queues)
        });
        let (held, _) = queues.unwrap().split_once(':').unwrap();
        usize::from_str_radix(held, 16).unwrap()
    }

    /// Ends of pipes it has open, in the process.
    pub fn pipes(&self) -> usize {
        let descriptors = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        descriptors
            .flatten()
            .filter_map(|entry| std::fs::read_link(entry.path()).ok())
            .filter(|target| target.to_string_lossy().starts_with("pipe:"))
            .count()
    }

    /// Asks it to end (SIGTERM).
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub fn signal(&self, signal: Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Asks it to read its certificate again (SIGHUP).
    pub fn hang_up(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, Signal::HUP).unwrap();
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it at once; returns what it said on stderr. No byte leaves it afterwards.
    pub fn stop(&mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let complaints = self.complaints.take();
        complaints.map_or_else(String::new, |thread| thread.join().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let complaints = self.stop();
        // A panic inside a task is contained by the proxy; it must not go unnoticed here.
        if !std::thread::panicking() {
            assert!(!complaints.contains("panicked"), "{complaints}");
        }
    }
}

// ---- one connection ----------------------------------------------------------------------------

/// One end of one TCP connection, spoken raw.
pub struct Line {
    stream: TcpStream,
    pub reader: Reader<TcpStream>,
}

impl Line {
    fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let reader = Reader::new(stream.try_clone().unwrap());
        Self { stream, reader }
    }

    /// Sends bytes; the peer must take them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Sends bytes to a peer that may already have closed.
    pub fn offer(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Sends bytes from another thread, for a peer that may answer before it takes them all.
    pub fn send_meanwhile(&self, bytes: Vec<u8>) -> JoinHandle<bool> {
        let mut stream = self.stream.try_clone().unwrap();
        std::thread::spawn(move || stream.write_all(&bytes).is_ok())
    }

    /// Sends bytes in pieces with a pause between them, as a slow peer does.
    pub fn send_in_pieces<'a>(&mut self, pieces: impl IntoIterator<Item = &'a [u8]>) -> &mut Self {
        for piece in pieces {
            self.send(piece);
            std::thread::sleep(Duration::from_micros(300));
        }
        self
    }

    /// The sending half once more, for another thread.
    pub fn second_hand(&self) -> TcpStream {
        self.stream.try_clone().unwrap()
    }

    /// Closes the direction to the peer; what it sends can still be read.
    pub fn finish(&mut self) -> &mut Self {
        let _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// Makes the coming close a reset.
    fn make_close_abrupt(&self) {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }

    /// Ends the connection with a reset while others hold it, too.
    pub fn finish_abruptly(&self) {
        self.make_close_abrupt();
        // Connecting a socket to nothing resets it.
        let _ = rustix::net::connect_unspec(&self.stream);
    }

    /// Ends the connection with a reset, as a killed process does.
    pub fn reset(self) {
        self.make_close_abrupt();
    }

    /// Waits for the peer to end the connection, cleanly or not; it must send nothing more.
    pub fn closed(&mut self) {
        match self.reader.until_end() {
            Ok(rest) => assert_eq!(latin1(&rest), "", "sent before the close"),
            Err(Fault::Reset) => assert_eq!(latin1(self.reader.unread()), "", "before the reset"),
            Err(fault) => panic!("not closed: {fault:?}"),
        }
    }
}

// ---- the client --------------------------------------------------------------------------------

/// A raw HTTP client.
pub struct Client {
    pub line: Line,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        Self {
            line: Line::new(TcpStream::connect(address).unwrap()),
        }
    }

    /// Where it connected from.
    pub fn address(&self) -> SocketAddr {
        self.line.stream.local_addr().unwrap()
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.line.send(bytes);
        self
    }

    /// Sends `GET path` and nothing special.
    pub fn get(&mut self, path: &str) -> &mut Self {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: shop.example\r\n\r\n"))
    }

    /// Sends a POST with a length.
    pub fn post(&mut self, path: &str, body: &str) -> &mut Self {
        self.send(format!(
            "POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// The next answer to a GET or POST.
    pub fn answer(&mut self) -> Message {
        self.answer_to("GET")
    }

    pub fn answer_to(&mut self, method: &str) -> Message {
        match self.line.reader.answer(method) {
            Ok(answer) => answer,
            Err(fault) => panic!("no answer: {fault:?}; got {:?}", self.seen()),
        }
    }

    /// The next answer, or why there is none.
    pub fn try_answer(&mut self) -> Result<Message, Fault> {
        self.line.reader.answer("GET")
    }

    /// Everything the proxy sent on this connection.
    pub fn seen(&self) -> String {
        let raw = &self.line.reader.raw;
        latin1(&raw[..raw.len().min(4096)])
    }
}

// ---- instances played by the test --------------------------------------------------------------

/// An instance whose every word the test writes down.
pub struct Scripted {
    listener: TcpListener,
}

impl Scripted {
    pub fn new() -> Self {
        Self::at(loopback())
    }

    /// At an address that was somebody else's a moment ago.
    pub fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        // On Linux the receive timeout bounds accept too.
        SockRef::from(&listener)
            .set_read_timeout(Some(PATIENCE))
            .unwrap();
        Self { listener }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// Lets connections to come hold as little as may be of what was not read.
    pub fn receive_little(&self) {
        SockRef::from(&self.listener)
            .set_recv_buffer_size(4096)
            .unwrap();
    }

    /// The next connection of the proxy.
    pub fn accept(&self) -> Conversation {
        match self.listener.accept() {
            Ok((stream, _)) => Conversation {
                line: Line::new(stream),
            },
            Err(error) => panic!("the proxy does not connect: {error}"),
        }
    }

    /// The connections that wait to be accepted. Exact once the proxy has ended.
    pub fn waiting(&self) -> Vec<Conversation> {
        self.listener.set_nonblocking(true).unwrap();
        let mut all = Vec::new();
        while let Ok((stream, _)) = self.listener.accept() {
            stream.set_nonblocking(false).unwrap();
            all.push(Conversation {
                line: Line::new(stream),
            });
        }
        self.listener.set_nonblocking(false).unwrap();
        all
    }
}

/// One connection of the proxy to an instance.
pub struct Conversation {
    pub line: Line,
}

impl Conversation {
    /// Reads a whole request.
    pub fn request(&mut self) -> Message {
        match self.line.reader.request() {
            Ok(request) => request,
            Err(fault) => panic!(
                "no request: {fault:?}; got {:?}",
                latin1(&self.line.reader.raw)
            ),
        }
    }

    /// Reads a whole request and checks its method and target.
    pub fn expect(&mut self, asked: &str) -> &mut Self {
        assert_eq!(self.request().asked(), asked);
        self
    }

    /// Answers with a length, keeping the connection.
    pub fn reply(&mut self, status: u16, body: &str) -> &mut Self {
        self.send(reply(status, body))
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.line.send(bytes);
        self
    }

    /// Ends the connection cleanly.
    pub fn close(self) {}

    pub fn reset(self) {
        self.line.reset();
    }
}

/// An answer with a length.
pub fn reply(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// An address that refuses connections for as long as this lives: bound, so that nobody else gets
/// the port, and not listening.
pub struct Down {
    socket: Socket,
}

impl Down {
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&loopback().into()).unwrap();
        Self { socket }
    }

    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap().as_socket().unwrap()
    }
}

// ---- instances that record ---------------------------------------------------------------------

/// What an instance does about a request.
pub enum Act {
    /// Sends these bytes and waits for the next request.
    Send(Vec<u8>),
    /// Sends these bytes and closes.
    SendAndClose(Vec<u8>),
    /// Sends these bytes and resets.
    SendAndReset(Vec<u8>),
}

impl From<String> for Act {
    fn from(text: String) -> Self {
        Self::Send(text.into_bytes())
    }
}

/// All that one connection of the proxy brought.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Every byte received.
    pub raw: Vec<u8>,
    /// What the strict reading makes of them.
    pub requests: Vec<Message>,
    /// How it ended.
    pub end: Option<Fault>,
}

type Answering = dyn Fn(&Message) -> Act + Send + Sync;
/// A plain mutex: nothing waits while holding it.
type Records = Arc<Mutex<Log>>;

#[derive(Default)]
struct Log {
    connections: Vec<Recorded>,
    /// The whole requests of all connections, as they came.
    requests: Vec<Message>,
}

/// An instance that answers by a function and keeps what it received.
pub struct Recorder {
    address: SocketAddr,
    records: Records,
    ended: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<Vec<JoinHandle<()>>>>,
}

impl Recorder {
    /// Answers every request with 200 and its target.
    pub fn echoing() -> Self {
        Self::answering(|request| reply(200, request.asked()).into())
    }

    pub fn answering(answer: impl Fn(&Message) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(loopback()).unwrap();
        let address = listener.local_addr().unwrap();
        let records = Records::default();
        let ended = Arc::new(AtomicBool::new(false));
        let answer: Arc<Answering> = Arc::new(answer);
        let acceptor = {
            let (records, ended) = (records.clone(), ended.clone());
            std::thread::spawn(move || {
                let mut connections = Vec::new();
                loop {
                    let (stream, _) = listener.accept().unwrap();
                    if ended.load(Ordering::SeqCst) {
                        return connections;
                    }
                    let number = {
                        let mut records = records.lock().unwrap();
                        records.connections.push(Recorded::default());
                        records.connections.len() - 1
                    };
                    let (records, answer) = (records.clone(), answer.clone());
                    connections.push(std::thread::spawn(move || {
                        serve(Line::new(stream), number, &records, &*answer);
                    }));
                }
            })
        };
        Self {
            address,
            records,
            ended,
            acceptor: Some(acceptor),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The whole requests so far, as they came.
    pub fn requests(&self) -> Vec<Message> {
        self.requests_from(0)
    }

    /// The same without the first so many.
    pub fn requests_from(&self, first: usize) -> Vec<Message> {
        self.records.lock().unwrap().requests[first..].to_vec()
    }

    /// How many whole requests there have been.
    pub fn count(&self) -> usize {
        self.records.lock().unwrap().requests.len()
    }

    /// The one request so far that asked for this (`GET /path`).
    pub fn request(&self, asked: &str) -> Message {
        let requests = self.requests();
        let mut found = requests.iter().filter(|request| request.asked() == asked);
        let first = found.next();
        assert!(found.next().is_none(), "{asked} arrived twice");
        let first = first.unwrap_or_else(|| panic!("{asked} did not arrive: {requests:?}"));
        first.clone()
    }

    /// Everything that was ever received, connection by connection. The proxy must have ended.
    pub fn finish(mut self, mut proxy: Proxy) -> Vec<Recorded> {
        proxy.stop();
        self.end();
        let records = self.records.lock().unwrap();
        records.connections.clone()
    }

    fn end(&mut self) {
        if let Some(acceptor) = self.acceptor.take() {
            self.ended.store(true, Ordering::SeqCst);
            // Wakes the acceptor; whatever waited before it in the queue is served first.
            let _wake = TcpStream::connect(self.address);
            for connection in acceptor.join().unwrap() {
                connection.join().unwrap();
            }
        }
    }
}

fn serve(mut line: Line, number: usize, records: &Records, answer: &Answering) {
    loop {
        let read = line.reader.request();
        {
            let mut records = records.lock().unwrap();
            if let Ok(request) = &read {
                records.requests.push(request.clone());
            }
            let record = &mut records.connections[number];
            let known = record.raw.len();
            record.raw.extend_from_slice(&line.reader.raw[known..]);
            match &read {
                Ok(request) => record.requests.push(request.clone()),
                Err(fault) => record.end = Some(fault.clone()),
            }
        }
        match read.as_ref().map(answer) {
            Ok(Act::Send(bytes)) => {
                line.offer(bytes);
            }
            Ok(Act::SendAndClose(bytes)) => {
                line.offer(bytes);
                return;
            }
            Ok(Act::SendAndReset(bytes)) => {
                line.offer(bytes);
                return line.reset();
            }
            Err(_) => return,
        }
    }
}

/// A proxy in front of one instance that the test plays.
pub fn one() -> (Scripted, Proxy) {
    let instance = Scripted::new();
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    (instance, proxy)
}

/// An instance that answers with what it received: the target, a digest of the body, its length.
pub fn digesting() -> Recorder {
    Recorder::answering(|request| {
        let seen = format!(
            "{} {} {}",
            request.asked(),
            request.body.len(),
            digest(&request.body)
        );
        reply(200, &seen).into()
    })
}

pub fn digested(asked: &str, body: &[u8]) -> String {
    format!("{asked} {} {}", body.len(), digest(body))
}

/// Sends one request with these lines behind `Host` and returns what the instance received.
pub fn forwarded(lines: &str) -> Message {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send(format!(
        "GET /case HTTP/1.1\r\nHost: shop.example\r\n{lines}\r\n"
    ));
    let mut at = instance.accept();
    let request = at.request();
    at.reply(200, "");
    assert_eq!(client.answer().status(), 200);
    request
}
