//! TLS towards clients and towards instances. rustls is the protocol, aws-lc-rs the arithmetic.
//!
//! | file | question it answers |
//! |---|---|
//! | [`session`] | how records become bytes and bytes records, on one socket |
//! | [`server`] | what a listener proves who it is with, and what it negotiates |
//! | [`instance`] | which certificates of an instance are good enough |

pub mod instance;
pub mod server;
pub mod session;

use super::access_log::entry::Kind;
use super::deadline::Deadline;
use super::limits::PRESSED_HANDSHAKE_TIMEOUT;
use super::listener::{Carriage, Target};
use super::stream::Stream;
use super::worker::{Phase, Presence};
use rustls::pki_types::ServerName;
use rustls::{CipherSuite, ProtocolVersion};
use session::Session;
use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;
use tokio::net::TcpStream;

/// What two sides agreed on, in OpenSSL's words, as the access log has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// `ECDHE-RSA-AES128-GCM-SHA256`
    pub cipher: &'static str,
    /// `TLSv1.2`
    pub protocol: &'static str,
}

impl Negotiated {
    fn of(suite: CipherSuite, version: ProtocolVersion) -> Negotiated {
        Negotiated {
            cipher: cipher_name(suite),
            protocol: match version {
                ProtocolVersion::TLSv1_2 => "TLSv1.2",
                ProtocolVersion::TLSv1_3 => "TLSv1.3",
                _ => "-",
            },
        }
    }
}

/// OpenSSL's name of a suite that rustls offers; `-` for others.
pub fn cipher_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            "ECDHE-ECDSA-CHACHA20-POLY1305"
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => "-",
    }
}

/// Handshakes with clients that are under way in one worker.
#[derive(Default)]
pub struct Handshakes(Cell<usize>);

struct UnderWay<'a>(&'a Handshakes);

impl Handshakes {
    /// A place among them, unless there are too many.
    fn begin(&self, limit: usize) -> Option<UnderWay<'_>> {
        let count = self.0.get();
        if count >= limit {
            return None;
        }
        self.0.set(count + 1);
        Some(UnderWay(self))
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.0.set(self.0.0.get() - 1);
    }
}

/// Answers a client's handshake. Nothing if it came to nothing; then the socket is closed.
///
/// In the access log such a connection is a session that reached nobody, with no cipher and no
/// protocol, whatever the listener would have spoken. A client that left an HTTPS listener without a
/// word has asked for nothing there, as on an HTTP one.
pub async fn accept(
    presence: &Presence,
    socket: TcpStream,
    peer: SocketAddr,
    tls: server::ServerTls,
) -> Option<Stream> {
    let note = presence.note(Kind::Session, peer, None);
    let failed = match negotiate(presence, socket, &tls).await {
        Ok(session) => return Some(Stream::Tls(Box::new(session))),
        Err(failed) => failed,
    };
    let is_session = presence.opened.spec.borrow().carriage == Carriage::Tcp;
    if let Some(entry) = note
        && (is_session || failed != Failed::Silence)
    {
        presence.tell(&entry);
    }
    None
}

/// What a handshake that failed had come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    /// There was no room for it.
    Unheard,
    /// The client said nothing at all.
    Silence,
    /// It said something.
    Heard,
}

async fn negotiate(
    presence: &Presence,
    socket: TcpStream,
    tls: &server::ServerTls,
) -> Result<Session, Failed> {
    let local = &presence.local;
    let deadline = local.deadlines.register(presence.opened.group());
    let Some(_place) = local.handshakes.begin(local.limits.handshakes) else {
        presence.opened.counters.spillover.add(1);
        return Err(Failed::Unheard);
    };
    // Who is slow on purpose keeps places from others: when half are taken, less time for each.
    let pressed = local.handshakes.0.get() > local.limits.handshakes / 2;
    let timeout = local.limits.handshake_timeout;
    deadline.set(if pressed {
        timeout.min(PRESSED_HANDSHAKE_TIMEOUT)
    } else {
        timeout
    });
    let session = Session::server(socket, tls.config(), Rc::clone(&local.buffers));
    let mut session = session.map_err(|_| Failed::Unheard)?;
    let result = poll_fn(|context| {
        if let Poll::Ready(result) = session.poll_handshake(context) {
            return Poll::Ready(result);
        }
        if presence.opened.phase() == Phase::Cut {
            return Poll::Ready(Err(io::ErrorKind::Interrupted.into()));
        }
        deadline
            .poll_expired(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    })
    .await;
    match result {
        Ok(()) => Ok(session),
        Err(error) => {
            tracing::debug!(servo = %presence.opened.key.servo, port = presence.opened.key.port, %error, "a client's TLS handshake failed");
            Err(if session.has_heard() {
                Failed::Heard
            } else {
                Failed::Silence
            })
        }
    }
}

/// Asks an instance for a handshake, until the deadline that its connection has.
///
/// # Errors
///
/// The instance does not speak TLS, is not the one that is trusted, or is too slow.
pub async fn connect(
    socket: TcpStream,
    target: &Target,
    tls: &instance::ClientTls,
    presence: &Presence,
    deadline: &Deadline,
) -> io::Result<Stream> {
    let name = ServerName::IpAddress(target.address.ip().into());
    let buffers = Rc::clone(&presence.local.buffers);
    let mut session =
        Session::client(socket, tls.config(), name, buffers).map_err(io::Error::other)?;
    poll_fn(|context| match session.poll_handshake(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => deadline
            .poll_expired(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into())),
    })
    .await?;
    Ok(Stream::Tls(Box::new(session)))
}
