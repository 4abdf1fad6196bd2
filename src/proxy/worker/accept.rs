//! Taking connections: which worker takes the next, and what becomes of it.
//!
//! Every worker watches every listening socket, so that an idle one accepts at once. One that is merely
//! quicker does not keep them all: what it has accepted it hands on while another has clearly fewer.
//! A connection comes with what its client has said by then, which is read before the reactor knows it.
//! Here is also what is said to those for whom there is no place or no descriptor.

use super::{Held, Local, Open, Presence, spawn};
use crate::proxy::access_log::entry::Kind;
use crate::proxy::buffer::Buffer;
use crate::proxy::limits::{
    ACCEPT_BATCH, ACCEPT_PAUSE, DEFERRED_TIME, HANDED_CONNECTIONS, UNEVEN_CONNECTIONS, UNEVEN_PART,
    UNSENT_BYTES,
};
use crate::proxy::listener::{Carriage, ListenerKey, ListenerSpec};
use crate::proxy::stream::Stream;
use crate::proxy::tls::server::ServerTls;
use crate::proxy::{client, tcp, tls};
use crate::socket::defer_accept;
use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// The workers as each of them sees them when it accepts.
#[derive(Clone)]
pub struct Shares {
    all: Arc<[Share]>,
    own: usize,
}

/// A worker as the others see it.
struct Share {
    /// Its client connections; written by itself.
    connections: AtomicUsize,
    /// Those on their way to it.
    coming: AtomicUsize,
    /// Unbounded, but short: who has [`HANDED_CONNECTIONS`] on the way is given no more.
    hand: mpsc::UnboundedSender<Handed>,
}

/// A connection that one worker has accepted and another is to serve.
pub struct Handed {
    key: ListenerKey,
    accepted: Accepted,
}

/// A connection that no worker's reactor knows yet, and who has made it.
struct Accepted {
    client: std::net::TcpStream,
    peer: SocketAddr,
}

impl Shares {
    /// Those of so many workers, each with what is handed to it.
    pub fn of(workers: usize) -> Vec<(Shares, mpsc::UnboundedReceiver<Handed>)> {
        let (all, received): (Vec<_>, Vec<_>) = (0..workers)
            .map(|_| {
                let (hand, received) = mpsc::unbounded_channel();
                let share = Share {
                    connections: AtomicUsize::new(0),
                    coming: AtomicUsize::new(0),
                    hand,
                };
                (share, received)
            })
            .unzip();
        let all: Arc<[Share]> = all.into();
        let shares = (0..workers).map(|own| Shares {
            all: Arc::clone(&all),
            own,
        });
        shares.zip(received).collect()
    }

    pub fn note(&self, connections: usize) {
        self.all[self.own]
            .connections
            .store(connections, Ordering::Relaxed);
    }

    /// Says whether this worker serves a listener.
    pub fn serve(&self, opened: &Open, serves: bool) {
        opened.served_by[self.own].store(serves, Ordering::Relaxed);
    }

    /// The worker that should have the next connection, if it is another: one that serves the listener
    /// and has clearly fewer.
    fn emptier(&self, served_by: &[AtomicBool]) -> Option<&Share> {
        let own = self.all[self.own].load();
        let others = self.all.iter().zip(served_by).enumerate();
        let (least, share) = others
            .filter(|(number, (_, serves))| *number != self.own && serves.load(Ordering::Relaxed))
            .map(|(_, (share, _))| (share.load(), share))
            .min_by_key(|(load, _)| *load)
            .filter(|(_, share)| share.coming.load(Ordering::Relaxed) < HANDED_CONNECTIONS)?;
        (own >= least + UNEVEN_CONNECTIONS.max(least / UNEVEN_PART)).then_some(share)
    }

    /// Gives a connection to the worker that should have it; gives it back if that is this one.
    fn hand(&self, opened: &Open, accepted: Accepted) -> Option<Accepted> {
        let Some(share) = self.emptier(&opened.served_by) else {
            return Some(accepted);
        };
        share.coming.fetch_add(1, Ordering::Relaxed);
        let key = opened.key.clone();
        match share.hand.send(Handed { key, accepted }) {
            Ok(()) => None,
            // It has ended; there is nobody to count for.
            Err(back) => Some(back.0.accepted),
        }
    }
}

impl Share {
    fn load(&self) -> usize {
        self.connections.load(Ordering::Relaxed) + self.coming.load(Ordering::Relaxed)
    }
}

/// Sets what accepted sockets inherit from a listening one, as it suits what the listener carries. A
/// system without one of these options serves as well, only slower.
pub fn prepare(socket: &TcpListener, spec: &ListenerSpec) {
    let options = socket2::SockRef::from(socket);
    let answers = spec.carriage == Carriage::Http;
    // Zero is the system's own. Of streams what is spliced would only come in smaller pieces.
    let _ = options.set_tcp_notsent_lowat(if answers { UNSENT_BYTES } else { 0 });
    // A request is acknowledged with its answer, which follows, and not by a packet of its own.
    let _ = options.set_tcp_quickack(!answers);
    let deferred = match spec.clients_begin() {
        true => DEFERRED_TIME,
        false => Duration::ZERO,
    };
    let _ = defer_accept(socket, deferred);
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

/// Accepts what comes, for this worker or for another.
pub async fn accept(local: &Rc<Local>, opened: &Rc<Open>, socket: &AsyncFd<Arc<TcpListener>>) {
    let mut in_a_row = 0;
    loop {
        // The reactor's answer is not counted against a task's turn.
        if in_a_row == ACCEPT_BATCH {
            tokio::task::yield_now().await;
            in_a_row = 0;
        }
        let mut ready = match socket.readable().await {
            Ok(ready) => ready,
            Err(error) => {
                tracing::error!(servo = %opened.key.servo, port = opened.key.port, %error, "cannot watch a listening socket");
                return;
            }
        };
        match ready.try_io(|socket| accept_one(socket.get_ref())) {
            Err(_nothing_there) => in_a_row = 0,
            Ok(Ok(accepted)) => {
                in_a_row += 1;
                if let Some(accepted) = local.shares.hand(opened, accepted) {
                    admit(local, opened, accepted);
                }
            }
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
fn accept_one(socket: &TcpListener) -> io::Result<Accepted> {
    use rustix::net::SocketFlags;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (accepted, peer) = rustix::net::acceptfrom_with(socket, flags)?;
    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
    let peer = peer.ok_or(io::ErrorKind::ConnectionAborted)?;
    let client = accepted.into();
    Ok(Accepted { client, peer })
}

/// Serves a connection that another worker has accepted. A listener that was closed meanwhile has none:
/// it is as if the connection had still been in its queue.
pub fn take(local: &Rc<Local>, held: &HashMap<ListenerKey, Held>, handed: Handed) {
    let share = &local.shares.all[local.shares.own];
    share.coming.fetch_sub(1, Ordering::Relaxed);
    if let Some(held) = held.get(&handed.key) {
        admit(local, &held.opened, handed.accepted);
    }
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
        && let Ok(accepted) = accept_one(socket)
    {
        opened.counters.connections.add(1);
        turn_away(opened, &accepted.client);
        refused = true;
    }
    *spare = reserve();
    refused
}

/// Tells a client that it is one too many.
fn turn_away(opened: &Open, client: &std::net::TcpStream) {
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
fn admit(local: &Rc<Local>, opened: &Rc<Open>, accepted: Accepted) {
    let Accepted { client, peer } = accepted;
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
    // Before the reactor knows the connection: it need not say that there is something to read.
    let said = match tls {
        None => local.buffers.lend_with(&client),
        Some(_) => Buffer::default(),
    };
    let client = match TcpStream::from_std(client) {
        Ok(client) => client,
        Err(error) => {
            tracing::warn!(servo = %opened.key.servo, port = opened.key.port, %error, "cannot watch a connection");
            return;
        }
    };
    match (carriage, tls) {
        (Carriage::Http, None) => {
            let client = Stream::Plain(client);
            spawn(opened, client::serve(presence, client, peer, said));
        }
        (Carriage::Tcp, None) => {
            let client = Stream::Plain(client);
            spawn(opened, tcp::serve(presence, client, peer, said));
        }
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
        Carriage::Http => client::serve(presence, stream, peer, Buffer::default()).await,
        Carriage::Tcp => tcp::serve(presence, stream, peer, Buffer::default()).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_goes_to_whoever_has_clearly_fewer_and_serves_the_listener() {
        type Case = (&'static [usize], &'static [bool], usize, Option<usize>);
        let cases: [Case; 12] = [
            (&[0], &[true], 0, None),
            (&[900], &[true], 0, None),
            (&[1, 0], &[true; 2], 0, None),
            (&[2, 0], &[true; 2], 0, Some(1)),
            (&[2, 0], &[true, false], 0, None),
            (&[2, 0], &[true; 2], 1, None),
            (&[900, 0], &[true; 2], HANDED_CONNECTIONS, None),
            (&[0, 90], &[true; 2], 0, None),
            (&[20, 90, 16], &[true; 3], 0, Some(2)),
            (&[20, 90, 17], &[true; 3], 0, None),
            (&[999, 800], &[true; 2], 0, None),
            (&[1000, 800], &[true; 2], 0, Some(1)),
        ];
        for (counts, serves, coming, expected) in cases {
            let all = Shares::of(counts.len());
            for ((shares, _), count) in all.iter().zip(counts) {
                shares.note(*count);
            }
            let shares = &all[0].0;
            for share in shares.all.iter().skip(1) {
                share.coming.store(coming, Ordering::Relaxed);
            }
            let served_by: Vec<_> = serves.iter().copied().map(AtomicBool::new).collect();
            let chosen = shares.emptier(&served_by).map(std::ptr::from_ref);
            let place = |chosen| {
                shares
                    .all
                    .iter()
                    .position(|share| std::ptr::eq(share, chosen))
            };
            assert_eq!(
                chosen.and_then(place),
                expected,
                "{counts:?} {serves:?} {coming}"
            );
        }
    }
}
