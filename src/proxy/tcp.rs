//! TCP listeners: two streams of bytes, each closed when its source is.
//!
//! Bytes pass through a buffer that is borrowed while there are any. A direction that has proved to
//! carry bulk is moved by [`splice`](super::splice) instead, which costs nothing for each byte but
//! more for each exchange.

use super::access_log::Entry;
use super::access_log::entry::Kind;
use super::buffer::Buffer;
use super::deadline::Deadline;
use super::limits::{ATTEMPTS, BULK_READS};
use super::pool::{self, Seat};
use super::splice::{Carried, Pipe};
use super::stream::Stream;
use super::surge;
use super::worker::{Phase, Presence};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

/// Carries one client connection to an instance and back, until both sides have ended or one is
/// silent for too long.
///
/// A future of its own making: it is as large as what an idle connection needs, and no larger. The
/// search for an instance is boxed, since it is over soon.
#[expect(
    clippy::large_enum_variant,
    reason = "a connection spends its life in the largest"
)]
pub enum Serve {
    Reaching(Pin<Box<dyn Future<Output = Option<Session>>>>),
    Carrying(Session),
    Over,
}

/// Serves one client connection, of which something may have been read.
pub fn serve(presence: Presence, client: Stream, peer: SocketAddr, said: Buffer) -> Serve {
    presence.opened.counters.requests.add(1);
    Serve::Reaching(Box::pin(reach(presence, client, peer, said)))
}

impl Future for Serve {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            *self = match &mut *self {
                Serve::Reaching(reaching) => match ready!(reaching.as_mut().poll(context)) {
                    Some(session) => Serve::Carrying(session),
                    // No instance: the connection is accepted, then closed, as HAProxy does.
                    None => Serve::Over,
                },
                Serve::Carrying(session) => {
                    ready!(Pin::new(session).poll(context));
                    Serve::Over
                }
                Serve::Over => return Poll::Ready(()),
            };
        }
    }
}

/// Connects to the instance whose turn it is, or to another if that refuses.
async fn reach(
    presence: Presence,
    mut client: Stream,
    peer: SocketAddr,
    mut said: Buffer,
) -> Option<Session> {
    let mut entry = presence.note(Kind::Session, peer, client.tls());
    let deadline = presence.local.deadlines.register(presence.opened.group());
    let mut tried = Vec::new();
    let mut failures = 0;
    while failures < ATTEMPTS {
        let seat = surge::seat(&presence, &deadline, &mut client, &tried).await;
        let Ok(seat) = seat else { break };
        let began = Instant::now();
        let preamble = presence.preamble(&client);
        let (preamble, unsent) = (preamble.as_bytes(), said.bytes().len());
        match pool::connect(&presence, &deadline, &seat, preamble, Some(&mut said)).await {
            Ok(upstream) => {
                let counters = &presence.opened.counters;
                let took = began.elapsed();
                let sent = (unsent - said.bytes().len()) as u64;
                counters.connected(&seat.counters, took);
                counters.received_bytes.add(sent);
                if let Some(entry) = &mut entry {
                    entry.connected(seat.target.address, took);
                    entry.carried(sent, 0, None);
                }
                let tunnel = Tunnel {
                    seat,
                    upstream,
                    from_client: said,
                    from_instance: Buffer::default(),
                    entry,
                };
                return Some(Session::new(presence, deadline, client, tunnel));
            }
            Err(error) => {
                failures += usize::from(!error.is_refusal());
                tried.push(Rc::clone(&seat));
            }
        }
    }
    if let Some(entry) = entry {
        presence.tell(&entry);
    }
    presence.local.buffers.take_back(said);
    None
}

/// The instance's side of two streams, with what has been read of them already.
pub struct Tunnel {
    pub seat: Seat,
    pub upstream: Stream,
    pub from_client: Buffer,
    pub from_instance: Buffer,
    /// What is noted for the access log, if there is one.
    pub entry: Option<Box<Entry>>,
}

/// Two streams joined: a future that is ready when both have ended, or when neither has moved for
/// the idle timeout.
pub struct Session {
    presence: Presence,
    deadline: Deadline,
    seat: Seat,
    client: Stream,
    upstream: Stream,
    up: Half,
    down: Half,
    entry: Option<Box<Entry>>,
}

/// One direction.
#[derive(Default)]
struct Half {
    buffer: Buffer,
    /// What the bytes go through instead of the buffer while they are many.
    pipe: Option<Box<Pipe>>,
    /// Reads in a row that filled the buffer.
    full: u8,
    source_ended: bool,
    finished: bool,
}

impl Session {
    /// Joins a client and an instance.
    pub fn new(presence: Presence, deadline: Deadline, client: Stream, tunnel: Tunnel) -> Session {
        deadline.set(presence.opened.spec.borrow().behaviour.idle_timeout);
        Session {
            presence,
            deadline,
            seat: tunnel.seat,
            client,
            upstream: tunnel.upstream,
            up: Half::starting_with(tunnel.from_client),
            down: Half::starting_with(tunnel.from_instance),
            entry: tunnel.entry,
        }
    }

    /// Moves what can be moved. Ready when both streams have ended, or are cut before.
    fn poll_moved(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let presence = &self.presence;
        let alone = self.down.finished;
        let up = self.up.poll(
            presence,
            &mut self.client,
            &mut self.upstream,
            alone,
            context,
        );
        let before = self.entry.as_ref().and_then(|entry| entry.listens());
        let alone = self.up.finished;
        let down = self.down.poll(
            presence,
            &mut self.upstream,
            &mut self.client,
            alone,
            context,
        );
        let (Ok(sent_up), Ok(sent_down)) = (up, down) else {
            return Poll::Ready(());
        };
        let counters = &presence.opened.counters;
        counters.received_bytes.add(sent_up);
        counters.sent_bytes.add(sent_down);
        if let Some(entry) = &mut self.entry {
            entry.carried(sent_up, sent_down, before);
        }
        if self.has_ended() {
            return Poll::Ready(());
        }
        if sent_up + sent_down > 0 {
            self.deadline
                .set(presence.opened.spec.borrow().behaviour.idle_timeout);
        }
        if self.seat.is_cut() || presence.opened.phase() == Phase::Cut {
            return Poll::Ready(());
        }
        self.deadline.poll_expired(context)
    }

    fn has_ended(&self) -> bool {
        self.up.finished && self.down.finished
    }
}

impl Future for Session {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        ready!(self.poll_moved(context));
        if let Some(entry) = self.entry.take() {
            self.presence.tell(&entry);
        }
        Poll::Ready(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.has_ended() {
            // A stream that did not end must not look as if it had, to either side, whoever is to
            // blame, a panic of ours included: reset instead of close.
            self.client.reset();
            self.upstream.reset();
        }
        for half in [&mut self.up, &mut self.down] {
            half.give_back(&self.presence);
        }
    }
}

impl Half {
    fn starting_with(buffer: Buffer) -> Half {
        Half {
            buffer,
            ..Half::default()
        }
    }

    /// Returns what was borrowed.
    fn give_back(&mut self, presence: &Presence) {
        presence
            .local
            .buffers
            .take_back(std::mem::take(&mut self.buffer));
        self.pipe = None;
    }

    /// Moves bytes until one side has to wait; returns how many were written. `alone` says that the
    /// other direction has finished: then both connections are closed after this one.
    fn poll(
        &mut self,
        presence: &Presence,
        source: &mut Stream,
        sink: &mut Stream,
        alone: bool,
        context: &mut Context<'_>,
    ) -> io::Result<u64> {
        let buffers = &presence.local.buffers;
        let mut written = 0;
        while !self.finished {
            // Only plain connections can be joined without looking at what passes.
            let plain = source.plain().zip(sink.plain());
            let may_be_spliced = plain.is_some();
            if let (Some(pipe), Some((source, sink))) = (&mut self.pipe, plain) {
                match pipe.carry(source, sink, &mut written, context)? {
                    Carried::SinkWaits => return Ok(written),
                    Carried::SourceWaits { bulk } => {
                        // What comes next is bulk, too, unless it was no longer.
                        self.full = if bulk { BULK_READS } else { 0 };
                        break;
                    }
                    Carried::SourceEnded => {
                        self.source_ended = true;
                        self.give_back(presence);
                        continue;
                    }
                }
            }
            if !self.buffer.is_empty() {
                match sink.poll_write(context, self.buffer.bytes())? {
                    Poll::Ready(count) => {
                        self.buffer.start += count;
                        written += count as u64;
                        continue;
                    }
                    Poll::Pending => return Ok(written),
                }
            }
            if self.source_ended {
                // A plain connection's close says the same, and comes now.
                let close_will_do = alone && sink.plain().is_some();
                if close_will_do || sink.poll_shutdown(context)?.is_ready() {
                    self.finished = true;
                }
                break;
            }
            // Ask before borrowing: a silent connection holds no buffer.
            if source.poll_readable(context)?.is_pending() {
                break;
            }
            if self.full >= BULK_READS && may_be_spliced {
                // What the buffer held has been written.
                self.full = 0;
                self.pipe = presence.local.pipes.lend();
                if self.pipe.is_some() {
                    buffers.take_back(std::mem::take(&mut self.buffer));
                    continue;
                }
            }
            if !self.buffer.is_lent() {
                self.buffer = buffers.lend();
            } else if self.full > 0 {
                buffers.enlarge(&mut self.buffer);
            }
            self.buffer.clear(0);
            let Poll::Ready(count) = self.buffer.poll_fill(source, context)? else {
                break;
            };
            self.source_ended = count == 0;
            self.full = match self.buffer.room() {
                0 => self.full.saturating_add(1),
                _ => 0,
            };
        }
        if self.buffer.is_lent() && self.buffer.is_empty() {
            buffers.take_back(std::mem::take(&mut self.buffer));
        }
        // The bulk pauses, or is over: a silent connection holds no pipe either.
        self.pipe = None;
        Ok(written)
    }
}
