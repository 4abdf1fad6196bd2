//! Taking connections: which worker takes the next, and what becomes of it.
//!
//! Every worker watches every listening socket, so that an idle one accepts at once; here is what keeps
//! one that is merely quicker from taking them all, and what is said to those for whom there is no
//! place or no descriptor.

use super::{Local, Open, Presence, spawn};
use crate::proxy::access_log::entry::Kind;
use crate::proxy::limits::{ACCEPT_BATCH, ACCEPT_PAUSE, COURTEOUS_BATCH, COURTESY};
use crate::proxy::listener::Carriage;
use crate::proxy::stream::Stream;
use crate::proxy::tls::server::ServerTls;
use crate::proxy::{client, tcp, tls};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::TcpStream;

/// How many client connections each worker has: written by itself, read by the others when they
/// accept.
#[derive(Clone)]
pub struct Shares {
    pub all: Arc<[AtomicUsize]>,
    pub own: usize,
}

impl Shares {
    pub fn note(&self, connections: usize) {
        self.all[self.own].store(connections, Ordering::Relaxed);
    }

    /// Whether there is no other worker.
    pub fn are_all(&self) -> bool {
        self.all.len() == 1
    }

    /// Whether another worker has clearly fewer.
    pub fn is_ahead(&self) -> bool {
        let count = |share: &AtomicUsize| share.load(Ordering::Relaxed);
        let least = self.all.iter().map(count).min().unwrap_or(0);
        count(&self.all[self.own]) >= least + COURTEOUS_BATCH
    }
}

/// Has a worker watch a listening socket; also, where it listens, as text.
#[expect(
    deprecated,
    reason = "its successor wants unsafe code, for types whose descriptor may change; a socket's does not"
)]
pub fn watch(socket: &Arc<TcpListener>) -> io::Result<(AsyncFd<Arc<TcpListener>>, Box<str>)> {
    let address = socket.local_addr()?.to_string().into();
    let socket = AsyncFd::with_interest(Arc::clone(socket), Interest::READABLE)?;
    Ok((socket, address))
}

/// Accepts what comes. A worker that has more connections than another lets that one take the next
/// first: both were woken by it, and who is quicker by chance would end up with all of them.
pub async fn accept(local: &Rc<Local>, opened: &Rc<Open>, socket: &AsyncFd<Arc<TcpListener>>) {
    // Connections that may be taken without asking how the others are.
    let mut granted = 0;
    loop {
        let mut ready = match socket.readable().await {
            Ok(ready) => ready,
            Err(error) => {
                tracing::error!(servo = %opened.key.servo, port = opened.key.port, %error, "cannot watch a listening socket");
                return;
            }
        };
        if granted == 0 {
            if local.shares.are_all() {
                // Nobody to let go first: the runtime's own turns are enough.
                granted = ACCEPT_BATCH;
            } else if local.shares.is_ahead() {
                tokio::time::sleep(COURTESY).await;
                // Whoever had the time has taken theirs.
                granted = ACCEPT_BATCH;
            } else {
                tokio::task::yield_now().await;
                granted = COURTEOUS_BATCH;
            }
        }
        granted -= 1;
        match ready.try_io(|socket| accept_one(socket.get_ref())) {
            Err(_nothing_there) => granted = 0,
            Ok(Ok((client, peer))) => admit(local, opened, client, peer),
            Ok(Err(error)) if is_one_connections_fault(&error) => {}
            Ok(Err(error)) => {
                tracing::warn!(servo = %opened.key.servo, port = opened.key.port, %error, "cannot accept");
                if !refuse(local, opened, socket.get_ref()) {
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

/// Accepts one connection, by one system call.
fn accept_one(socket: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    use rustix::net::SocketFlags;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (accepted, peer) = rustix::net::acceptfrom_with(socket, flags)?;
    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
    let peer = peer.ok_or(io::ErrorKind::ConnectionAborted)?;
    Ok((TcpStream::from_std(accepted.into())?, peer))
}

/// A descriptor kept for the time when there are no others.
pub fn reserve() -> Option<std::fs::File> {
    std::fs::File::open("/dev/null").ok()
}

/// Without a free descriptor: gives up the reserve to accept what waits, and tells it so instead of
/// letting it wait for nothing. Says whether that was possible.
fn refuse(local: &Local, opened: &Open, socket: &TcpListener) -> bool {
    let mut spare = local.reserve.borrow_mut();
    let mut refused = false;
    if spare.take().is_some()
        && let Ok((client, _)) = accept_one(socket)
    {
        opened.counters.connections.add(1);
        turn_away(opened, &client);
        refused = true;
    }
    *spare = reserve();
    refused
}

/// Tells a client that it is one too many.
fn turn_away(opened: &Open, client: &TcpStream) {
    opened.counters.spillover.add(1);
    let spec = opened.spec.borrow();
    // In the midst of no handshake there is no way to say it.
    if spec.carriage == Carriage::Http && spec.tls.is_none() {
        client::turn_away(opened, client);
    }
}

/// Errors that `accept` reports of a connection that died in the queue.
fn is_one_connections_fault(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Gives a connection a task of its own, or turns it away at once.
fn admit(local: &Rc<Local>, opened: &Rc<Open>, client: TcpStream, peer: SocketAddr) {
    opened.counters.connections.add(1);
    let presence = Presence::enter(local, opened);
    let carriage = opened.spec.borrow().carriage;
    let tls = opened.spec.borrow().tls.clone();
    if presence.number > local.limits.connections {
        turn_away(opened, &client);
        // Only a client that was told 503 is one whose request was answered.
        let told = carriage == Carriage::Http && tls.is_none();
        let kind = if told { Kind::Request } else { Kind::Session };
        if let Some(mut entry) = presence.note(kind, peer, None) {
            if told {
                entry.refused(503);
            }
            presence.tell(&entry);
        }
        return;
    }
    match (carriage, tls) {
        (Carriage::Http, None) => {
            spawn(opened, client::serve(presence, Stream::Plain(client), peer));
        }
        (Carriage::Tcp, None) => spawn(opened, tcp::serve(presence, Stream::Plain(client), peer)),
        (_, Some(tls)) => spawn(opened, welcome(presence, client, peer, carriage, tls)),
    }
}

/// Serves a client over TLS, once it has shaken hands.
async fn welcome(
    presence: Presence,
    client: TcpStream,
    peer: SocketAddr,
    carriage: Carriage,
    tls: ServerTls,
) {
    // Boxed: over in a moment, and large beside what the task keeps.
    let Some(stream) = Box::pin(tls::accept(&presence, client, peer, tls)).await else {
        return;
    };
    match carriage {
        Carriage::Http => client::serve(presence, stream, peer).await,
        Carriage::Tcp => tcp::serve(presence, stream, peer).await,
    }
}
