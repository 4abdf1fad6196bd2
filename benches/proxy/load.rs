//! The loads that `wrk` does not know: exchanges and connections over TCP, long transfers, requests
//! at a fixed rate, connections that do nothing.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::HandshakeKind;
use tokio_rustls::rustls::pki_types::ServerName;

/// Bytes of one exchange over TCP.
const EXCHANGE: [u8; 100] = [b'm'; 100];

const GET: &[u8] = b"GET /100 HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n";

/// `KIND PORT CONNECTIONS [SECONDS [RATE [CERTIFICATE]]]`.
pub fn run(words: &[String]) -> ExitCode {
    let number = |at: usize| {
        words
            .get(at)
            .and_then(|word| word.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    let plan = Plan {
        address: ([127, 0, 0, 1], number(1) as u16).into(),
        connections: number(2) as usize,
        time: Duration::from_secs_f64(number(3)),
        rate: number(4),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(Default::default())
        .expect("one runtime can be built");
    runtime.block_on(async {
        let kind = words[0].as_str();
        if let Some(what) = kind.strip_prefix("hold-") {
            return hold(&plan, what == "http").await;
        }
        let begun = Instant::now();
        let mut seen = match kind {
            "exchanges" => exchanges(&plan, false).await,
            "connections" => exchanges(&plan, true).await,
            "bulk" => bulk(&plan).await,
            "tls-kept" | "tls-full" | "tls-resumed" => {
                let trusted = words.get(5).expect("the certificate is named");
                secure(&plan, kind, trusted).await
            }
            _ => rate(&plan).await,
        };
        seen.report(begun.elapsed());
    });
    ExitCode::SUCCESS
}

struct Plan {
    address: SocketAddr,
    connections: usize,
    time: Duration,
    rate: f64,
}

#[derive(Default)]
struct Seen {
    /// Of each exchange, microseconds.
    latencies: Vec<u32>,
    /// What was counted instead, if it was not exchanges.
    count: f64,
    errors: u64,
}

impl Seen {
    fn exchange(&mut self, since: Instant) {
        self.latencies.push(since.elapsed().as_micros() as u32);
        self.count += 1.0;
    }

    fn report(&mut self, time: Duration) {
        self.latencies.sort_unstable();
        let at = self.latencies.len() * 99 / 100;
        let p99 = self.latencies.get(at).copied().unwrap_or(0);
        super::say(&format!(
            "RESULT {} {} {p99} {}",
            self.count,
            time.as_secs_f64(),
            self.errors
        ));
    }
}

/// Runs one task for each connection and gathers what they saw.
async fn all<F>(plan: &Plan, task: impl Fn(Rc<RefCell<Seen>>) -> F) -> Seen
where
    F: Future<Output = std::io::Result<()>> + 'static,
{
    let seen = Rc::<RefCell<Seen>>::default();
    let tasks: Vec<_> = (0..plan.connections)
        .map(|_| tokio::task::spawn_local(task(Rc::clone(&seen))))
        .collect();
    for task in tasks {
        if !matches!(task.await, Ok(Ok(()))) {
            seen.borrow_mut().errors += 1;
        }
    }
    seen.take()
}

async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn exchanges(plan: &Plan, reconnect: bool) -> Seen {
    let (address, end) = (plan.address, Instant::now() + plan.time);
    all(plan, |seen| async move {
        let mut stream = connect(address).await?;
        let mut answer = [0; EXCHANGE.len()];
        while Instant::now() < end {
            let begun = Instant::now();
            if reconnect {
                stream = connect(address).await?;
            }
            stream.write_all(&EXCHANGE).await?;
            stream.read_exact(&mut answer).await?;
            seen.borrow_mut().exchange(begun);
        }
        Ok(())
    })
    .await
}

/// Requests over TLS, on connections that are kept or each on its own.
///
/// A handshake that is not of the kind asked for is an error.
async fn secure(plan: &Plan, kind: &str, trusted: &str) -> Seen {
    let (address, end) = (plan.address, Instant::now() + plan.time);
    let (kept, resumes) = (kind == "tls-kept", kind == "tls-resumed");
    all(plan, |seen| {
        // Its sessions are its own: a client resumes what it began.
        let client = super::secure::client(trusted, resumes);
        async move {
            let name = ServerName::try_from(super::secure::NAME).expect("it is a name");
            let open = async || client.connect(name.clone(), connect(address).await?).await;
            let mut answer = Vec::with_capacity(4096);
            let mut stream = open().await?;
            stream.write_all(GET).await?;
            read_answer(&mut stream, &mut answer).await?;
            while Instant::now() < end {
                let begun = Instant::now();
                if !kept {
                    stream = open().await?;
                }
                stream.write_all(GET).await?;
                read_answer(&mut stream, &mut answer).await?;
                seen.borrow_mut().exchange(begun);
                let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
                seen.borrow_mut().errors += u64::from(resumed != resumes);
            }
            Ok(())
        }
    })
    .await
}

/// Reads an answer to [`GET`]; its body is 100 bytes of one letter that ends no head.
async fn read_answer<S: AsyncRead + Unpin>(
    stream: &mut S,
    answer: &mut Vec<u8>,
) -> std::io::Result<()> {
    answer.clear();
    while !answer.ends_with(&[b'x'; 100]) {
        if stream.read_buf(answer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Downloads until the time is over; what counts is MiB.
async fn bulk(plan: &Plan) -> Seen {
    const EACH_BYTES: u64 = 64 << 20;
    let (address, end) = (plan.address, Instant::now() + plan.time);
    all(plan, |seen| async move {
        let mut block = vec![0; 256 * 1024];
        while Instant::now() < end {
            let mut stream = connect(address).await?;
            let mut order = vec![b'D'];
            order.extend_from_slice(&EACH_BYTES.to_le_bytes());
            stream.write_all(&order).await?;
            let mut left = EACH_BYTES;
            while left > 0 {
                let count = stream.read(&mut block).await?;
                if count == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                left -= count as u64;
            }
            seen.borrow_mut().count += (EACH_BYTES >> 20) as f64;
        }
        Ok(())
    })
    .await
}

/// Requests that are due at fixed times; the time of one counts from when it was due, so that a
/// proxy that stalls does not hide what it made others wait.
async fn rate(plan: &Plan) -> Seen {
    let due = Rc::new(RefCell::new(VecDeque::new()));
    let waiting = Rc::new(tokio::sync::Notify::new());
    let over = Rc::new(std::cell::Cell::new(false));
    let clock = {
        let (due, waiting, over) = (Rc::clone(&due), Rc::clone(&waiting), Rc::clone(&over));
        let (gap, time) = (Duration::from_secs_f64(1.0 / plan.rate), plan.time);
        tokio::task::spawn_local(async move {
            let begun = Instant::now();
            let mut next = begun;
            while begun.elapsed() < time {
                while next <= Instant::now() {
                    due.borrow_mut().push_back(next);
                    waiting.notify_one();
                    next += gap;
                }
                // The timer's grain is a millisecond: what became due meanwhile is sent in a burst.
                tokio::time::sleep_until(next.into()).await;
            }
            over.set(true);
            waiting.notify_waiters();
        })
    };
    let address = plan.address;
    let seen = all(plan, |seen| {
        let (due, waiting, over) = (Rc::clone(&due), Rc::clone(&waiting), Rc::clone(&over));
        async move {
            let mut stream = connect(address).await?;
            let mut answer = Vec::with_capacity(4096);
            while !over.get() {
                let next = due.borrow_mut().pop_front();
                let Some(begun) = next else {
                    waiting.notified().await;
                    continue;
                };
                stream.write_all(GET).await?;
                read_answer(&mut stream, &mut answer).await?;
                seen.borrow_mut().exchange(begun);
            }
            Ok(())
        }
    })
    .await;
    let _ = clock.await;
    seen
}

/// Opens connections, has one exchange on each, says so, and keeps them.
async fn hold(plan: &Plan, http: bool) {
    let mut held = Vec::new();
    let mut block = [0; 4096];
    for _ in 0..plan.connections {
        let mut stream = connect(plan.address)
            .await
            .expect("the proxy takes as many");
        let words = if http { GET } else { &EXCHANGE };
        stream.write_all(words).await.expect("it reads");
        assert_ne!(stream.read(&mut block).await.expect("it answers"), 0);
        held.push(stream);
    }
    super::say("held");
    std::future::pending().await
}
