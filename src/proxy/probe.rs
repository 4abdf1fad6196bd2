//! One health check of one instance: what is sent, what is seen, whether that passes.
//!
//! A probe has no memory; counting results is [`crate::model::health::Tracker`]'s. Rules, from the
//! ELB API's ConfigureHealthCheck and Eucalyptus servo 1.0.0:
//!
//! | target | passes when, within the timeout |
//! |---|---|
//! | `TCP:PORT` | the connection is accepted |
//! | `SSL:PORT` | a TLS handshake completes; the certificate is not verified |
//! | `HTTP:PORT/PATH` | `GET PATH` is answered with status 200 exactly |
//! | `HTTPS:PORT/PATH` | both |
//!
//! A check for which this process has no descriptor, port or memory left is not made, and does not
//! count: else whoever takes them all would take every instance out of service.
//!
//! An answer is read as traffic reads it: an instance whose answers all become 502 is not healthy.
//!
//! A redirect does not pass. Servo 1.0.0 followed redirects because its HTTP library did; Amazon
//! never did, a check that leaves the instance says nothing about it, and following would let an
//! instance send this process anywhere.

use super::http::head::HeadFinder;
use super::http::request::Request;
use super::http::response::{self, Response, Unusable};
use super::limits::INTERIM_ANSWERS;
use super::pool::NoConnection;
use super::tls::instance::FOR_CHECKS;
use crate::model::health::{Outcome, Target};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// How a check names itself to an instance, as Amazon's does: people filter their logs by it.
pub const USER_AGENT: &str = "ELB-HealthChecker/1.0";

/// Bytes of an answer's body that are read, so that an instance with a short page is not reset while
/// it writes and does not log an error for each check.
const BODY_LIMIT: usize = 64 << 10;

/// Longest wait for that body: the verdict is in the status, the rest is courtesy.
const BODY_PATIENCE: Duration = Duration::from_millis(200);

/// What one check saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub outcome: Outcome,
    /// For people: `HTTP:80/health answered 500 in 3 ms`.
    pub checked: String,
}

/// How a check failed, as the end of a sentence that began with the target.
type Failure = String;

/// Checks an instance once.
///
/// `address` stands for the target's port on that instance. The connection is always closed: a check
/// must not be answered by yesterday's.
pub async fn probe(target: &Target, address: SocketAddr, timeout: Duration) -> Seen {
    let started = Instant::now();
    let deadline = tokio::time::Instant::now() + timeout;
    let result = attempt(target, address, deadline).await;
    let taken = started.elapsed().as_millis();
    let (outcome, what) = match result {
        Ok(what) => (Outcome::Passed, format!("{what} in {taken} ms")),
        Err(Ended::Failed(what)) => (Outcome::Failed, format!("{what} in {taken} ms")),
        Err(Ended::NotMade(why)) => (Outcome::NotMade, format!("was not asked ({why})")),
        Err(Ended::TimedOut(what)) => (
            Outcome::Failed,
            format!("{what} within {} ms", timeout.as_millis()),
        ),
    };
    Seen {
        outcome,
        checked: format!("{target} {what}"),
    }
}

enum Ended {
    Failed(Failure),
    NotMade(String),
    TimedOut(&'static str),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Ended {
        Ended::Failed(failure)
    }
}

async fn attempt(
    target: &Target,
    address: SocketAddr,
    deadline: tokio::time::Instant,
) -> Result<String, Ended> {
    let stream = tokio::time::timeout_at(deadline, TcpStream::connect(address))
        .await
        .map_err(|_| Ended::TimedOut("did not accept the connection"))?
        .map_err(|error| connect_failure(&error))?;
    let protocol = target.protocol();
    if !protocol.is_tls() {
        if protocol.is_http() {
            return ask(target, address, stream, deadline).await;
        }
        return Ok("accepted the connection".to_owned());
    }
    let handshake = TlsConnector::from(Arc::clone(&FOR_CHECKS))
        .connect(ServerName::IpAddress(address.ip().into()), stream);
    // Boxed: a TLS session is kilobytes, and every waiting check would carry room for one.
    let handshake: Pin<Box<_>> = Box::pin(handshake);
    let stream = tokio::time::timeout_at(deadline, handshake)
        .await
        .map_err(|_| Ended::TimedOut("did not complete the TLS handshake"))?
        .map_err(|error| format!("failed the TLS handshake ({})", one_line(&error)))?;
    if protocol.is_http() {
        return Box::pin(ask(target, address, stream, deadline)).await;
    }
    Ok("completed the TLS handshake".to_owned())
}

/// Sends the request of an HTTP check and judges the status.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    target: &Target,
    address: SocketAddr,
    mut stream: S,
    deadline: tokio::time::Instant,
) -> Result<String, Ended> {
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {USER_AGENT}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        target.path()
    );
    let answer = async {
        stream
            .write_all(request.as_bytes())
            .await
            .map_err(|error| format!("broke off ({})", one_line(&error)))?;
        read_answer(&mut stream).await
    };
    let (mut answer, body) = tokio::time::timeout_at(deadline, answer)
        .await
        .map_err(|_| Ended::TimedOut("did not answer"))??;
    let patience = deadline.min(tokio::time::Instant::now() + BODY_PATIENCE);
    // Whatever comes of the body, the status has spoken.
    let _ = tokio::time::timeout_at(patience, skip_body(&mut stream, &mut answer, &body)).await;
    let answered = format!("answered {}", answer.status);
    if answer.status == 200 {
        Ok(answered)
    } else {
        Err(Ended::Failed(answered))
    }
}

/// Reads up to the end of the final head; interim answers (1xx) are passed over. Returns what came of
/// the body with it.
async fn read_answer<S: AsyncRead + Unpin>(stream: &mut S) -> Result<(Response, Vec<u8>), Failure> {
    let mut bytes = Vec::with_capacity(1024);
    let mut finder = HeadFinder::default();
    let mut interim_answers = 0;
    loop {
        if let Some(head) = response::find(&mut finder, &bytes).map_err(unusable)? {
            let mut forwarded = Vec::new();
            let answer = response::rewrite(&bytes[head.clone()], &Request::get(), &mut forwarded)
                .map_err(unusable)?;
            bytes.drain(..head.end);
            if !answer.interim {
                return Ok((answer, bytes));
            }
            finder = HeadFinder::default();
            interim_answers += 1;
            if interim_answers > INTERIM_ANSWERS {
                return Err(unusable(Unusable::Interim));
            }
            continue;
        }
        let read = stream
            .read_buf(&mut bytes)
            .await
            .map_err(|error| format!("broke off ({})", one_line(&error)))?;
        if read == 0 {
            return Err(match bytes.is_empty() {
                true => "closed the connection without an answer".to_owned(),
                false => "closed the connection amid its answer".to_owned(),
            });
        }
    }
}

fn unusable(reason: Unusable) -> Failure {
    format!("gave an answer that traffic refuses ({reason})")
}

/// Reads to the end of the body, of which some may have come with the head.
async fn skip_body<S: AsyncRead + Unpin>(stream: &mut S, answer: &mut Response, begun: &[u8]) {
    let mut scratch = [0; 4096];
    let mut admitted = answer.body.admit(begun);
    let mut read = begun.len();
    while admitted.is_ok() && !answer.body.is_done() && read < BODY_LIMIT {
        match stream.read(&mut scratch).await {
            Ok(0) | Err(_) => return,
            Ok(more) => {
                admitted = answer.body.admit(&scratch[..more]);
                read += more;
            }
        }
    }
}

fn connect_failure(error: &io::Error) -> Ended {
    if NoConnection::of(error) == NoConnection::Ours {
        return Ended::NotMade(one_line(error));
    }
    Ended::Failed(match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused the connection".to_owned(),
        io::ErrorKind::ConnectionReset => "reset the connection".to_owned(),
        _ => format!("could not be reached ({})", one_line(error)),
    })
}

/// A foreign error's text without the line breaks some of them have.
fn one_line(error: &io::Error) -> String {
    error.to_string().replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::TargetCase;
    use crate::proxy::limits::HEAD_BYTES;
    use tokio::net::TcpListener;
    use tokio_rustls::rustls;
    use tokio_rustls::rustls::crypto::aws_lc_rs;

    fn target(protocol: &str, address: SocketAddr, path: &str) -> Target {
        let text = format!("{protocol}:{}{path}", address.port());
        Target::parse(&text, TargetCase::Sensitive).unwrap()
    }

    /// Times and ports out, so that the rest can be compared whole.
    fn masked(seen: &Seen) -> (Outcome, String) {
        let words = seen.checked.split(' ').collect::<Vec<_>>();
        let end = match words.as_slice() {
            [_, middle @ .., "in", _, "ms"] => middle.join(" "),
            [_, middle @ .., "within", _, "ms"] => format!("{} in time", middle.join(" ")),
            _ => panic!("{seen:?}"),
        };
        (seen.outcome, end)
    }

    /// Runs one HTTP check against an instance that answers with these pieces, then closes or stays.
    async fn http(pieces: &'static [&'static [u8]], closes: bool) -> ((Outcome, String), String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let instance = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                assert_ne!(stream.read_buf(&mut asked).await.unwrap(), 0);
            }
            for piece in pieces {
                stream.write_all(piece).await.unwrap();
                stream.flush().await.unwrap();
            }
            if !closes {
                // Until the check gives up and closes.
                let _ = stream.read(&mut [0; 1]).await;
            }
            String::from_utf8(asked).unwrap()
        });
        let patience = if closes || !pieces.is_empty() {
            5_000
        } else {
            50
        };
        let target = target("HTTP", address, "/health?deep=1");
        let seen = probe(&target, address, Duration::from_millis(patience)).await;
        (
            masked(&seen),
            instance
                .await
                .unwrap()
                .replace(&address.to_string(), "ADDRESS"),
        )
    }

    /// One interim answer too many.
    const INTERIM: &[&[u8]] =
        &[b"HTTP/1.1 100 Continue\r\n\r\n" as &[u8]; INTERIM_ANSWERS as usize + 1];

    #[tokio::test]
    async fn only_200_passes_an_http_check() {
        use Outcome::{Failed, Passed};
        let long: &'static [u8] =
            Vec::leak([&b"HTTP/1.1 200 OK\r\nX: "[..], &[b'x'; HEAD_BYTES]].concat());
        let long: &'static [&'static [u8]] = Vec::leak(vec![long]);
        #[rustfmt::skip]
        let cases: &[(&'static [&'static [u8]], bool, Outcome, &str)] = &[
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"], true, Passed, "answered 200"),
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"], false, Passed, "answered 200"),
            (&[b"HTTP/1.0 200 Fine\r\n\r\n"], true, Passed, "answered 200"),
            (&[b"HTTP/1.1 20", b"0 OK\r", b"\n\r", b"\n"], true, Passed, "answered 200"),
            (&[b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"], true, Passed, "answered 200"),
            (&[b"HTTP/1.1 204 No Content\r\n\r\n"], true, Failed, "answered 204"),
            (&[b"HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n"], true, Failed, "answered 302"),
            (&[b"HTTP/1.1 500 Internal Server Error\r\n\r\n"], true, Failed, "answered 500"),
            (&[b"HTTP/1.1 103 Early Hints\r\n\r\n"], true, Failed, "closed the connection without an answer"),
            (&[b"HTTP/1.1 200 OK\r\n"], true, Failed, "closed the connection amid its answer"),
            (&[], true, Failed, "closed the connection without an answer"),
            (&[], false, Failed, "did not answer in time"),
            (&[b"SSH-2.0-OpenSSH_9.6\r\n"], false, Failed, "gave an answer that traffic refuses (it does not begin with HTTP/1)"),
            (&[b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"], false, Failed, "gave an answer that traffic refuses (a line ends without a carriage return)"),
            (&[b"HTTP/1.1 200 OK\r\n\n"], false, Failed, "gave an answer that traffic refuses (a line ends without a carriage return)"),
            (&[b"\r\nHTTP/1.1 200 OK\r\n\r\n"], false, Failed, "gave an answer that traffic refuses (it does not begin with HTTP/1)"),
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"], false, Failed, "gave an answer that traffic refuses (its Content-Length and Transfer-Encoding contradict each other)"),
            (&[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"], false, Failed, "gave an answer that traffic refuses (its Content-Length is not one number)"),
            (&[b"HTTP/1.1 101 Switching Protocols\r\n\r\n"], false, Failed, "gave an answer that traffic refuses (it switches protocols unasked)"),
            (INTERIM, false, Failed, "gave an answer that traffic refuses (it has too many interim answers)"),
            (long, false, Failed, "gave an answer that traffic refuses (the head is longer than 64 KiB)"),
        ];
        for (pieces, closes, outcome, what) in cases {
            let (seen, asked) = http(pieces, *closes).await;
            assert_eq!(seen, (*outcome, (*what).to_owned()));
            assert_eq!(
                asked,
                "GET /health?deep=1 HTTP/1.1\r\nHost: ADDRESS\r\nUser-Agent: ELB-HealthChecker/1.0\r\n\
                 Accept: */*\r\nConnection: close\r\n\r\n"
            );
        }
    }

    #[tokio::test]
    async fn a_tcp_check_asks_for_a_connection_and_no_more() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let patience = Duration::from_secs(5);
        let seen = probe(&target("TCP", address, ""), address, patience).await;
        assert_eq!(
            masked(&seen),
            (Outcome::Passed, "accepted the connection".to_owned())
        );
        drop(listener);
        for (protocol, path) in [("TCP", ""), ("SSL", ""), ("HTTP", "/"), ("HTTPS", "/")] {
            let seen = probe(&target(protocol, address, path), address, patience).await;
            assert_eq!(
                masked(&seen),
                (Outcome::Failed, "refused the connection".to_owned())
            );
        }
    }

    /// A TLS server with a certificate for a name that nobody asks for.
    async fn tls_instance(answer: &'static [u8]) -> SocketAddr {
        let made = rcgen::generate_simple_self_signed(["somebody.else".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![made.cert.der().clone()], key)
                .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        });
        address
    }

    #[tokio::test]
    async fn tls_checks_complete_a_handshake_with_any_certificate() {
        let patience = Duration::from_secs(5);
        let well = tls_instance(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let ill = tls_instance(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n").await;
        #[rustfmt::skip]
        let cases = [
            ("SSL",   "",  well, Outcome::Passed, "completed the TLS handshake"),
            ("HTTPS", "/", well, Outcome::Passed, "answered 200"),
            ("HTTPS", "/", ill,  Outcome::Failed, "answered 503"),
        ];
        for (protocol, path, address, outcome, what) in cases {
            let seen = probe(&target(protocol, address, path), address, patience).await;
            assert_eq!(masked(&seen), (outcome, what.to_owned()));
        }
        // A server that speaks, but not TLS.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
                let _ = stream.read(&mut [0; 1024]).await;
            }
        });
        let seen = probe(&target("SSL", address, ""), address, patience).await;
        assert_eq!(seen.outcome, Outcome::Failed);
        assert!(
            seen.checked.contains("failed the TLS handshake ("),
            "{seen:?}"
        );
    }
}
