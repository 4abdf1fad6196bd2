//! TCP listeners: two streams of bytes, each closed when its source is.

use super::buffer::Buffer;
use super::deadline::Deadline;
use super::limits::ATTEMPTS;
use super::pool::{self, Instance, Seat};
use super::stream::Stream;
use super::surge;
use super::worker::{Phase, Presence};
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

/// Carries one client connection to an instance and back, until both sides have ended or one is
/// silent for too long.
pub async fn serve(presence: Presence, mut client: Stream) {
    let deadline = presence.local.deadlines.register(presence.opened.group());
    presence.opened.counters.requests.add(1);
    let Some((seat, upstream)) = Box::pin(reach(&presence, &deadline, &mut client)).await else {
        // No instance: the connection is accepted, then closed, as HAProxy does.
        return;
    };
    let tunnel = Tunnel {
        seat,
        upstream,
        from_client: Buffer::default(),
        from_instance: Buffer::default(),
    };
    carry(&presence, &deadline, client, tunnel).await;
}

/// The instance's side of two streams, with what has been read of them already.
pub struct Tunnel {
    pub seat: Seat,
    pub upstream: Stream,
    pub from_client: Buffer,
    pub from_instance: Buffer,
}

/// Carries bytes both ways until both streams have ended or neither moves for the idle timeout.
pub async fn carry(presence: &Presence, deadline: &Deadline, client: Stream, tunnel: Tunnel) {
    let mut session = Session {
        client,
        upstream: tunnel.upstream,
        up: Half::starting_with(tunnel.from_client),
        down: Half::starting_with(tunnel.from_instance),
    };
    let seat = tunnel.seat;
    deadline.set(presence.opened.spec.borrow().behaviour.idle_timeout);
    let cut = poll_fn(|context| session.poll(presence, &seat, deadline, context)).await;
    presence.local.buffers.take_back(session.up.buffer);
    presence.local.buffers.take_back(session.down.buffer);
    if cut {
        // A stream that did not end must not look as if it had, to either side: reset instead of
        // close.
        session.client.reset();
        session.upstream.reset();
    }
}

/// Connects to the instance whose turn it is, or to another if that refuses.
async fn reach(
    presence: &Presence,
    deadline: &Deadline,
    client: &mut Stream,
) -> Option<(Seat, Stream)> {
    let mut tried = Vec::new();
    let mut failures = 0;
    while failures < ATTEMPTS {
        let seat = surge::seat(presence, deadline, client, &tried).await.ok()?;
        let began = Instant::now();
        match pool::connect(presence, deadline, &seat).await {
            Ok(stream) => {
                let counters = &presence.opened.counters;
                counters.connected(&seat.counters, began.elapsed());
                return Some((seat, stream));
            }
            Err(error) => {
                failures += usize::from(!error.is_refusal());
                tried.push(Rc::clone(&seat));
            }
        }
    }
    None
}

struct Session {
    client: Stream,
    upstream: Stream,
    up: Half,
    down: Half,
}

/// One direction.
#[derive(Default)]
struct Half {
    buffer: Buffer,
    /// The last read filled the buffer: lend a larger one.
    full: bool,
    source_ended: bool,
    finished: bool,
}

impl Session {
    /// Moves what can be moved. Ready with whether a stream was cut before its end.
    fn poll(
        &mut self,
        presence: &Presence,
        instance: &Instance,
        deadline: &Deadline,
        context: &mut Context<'_>,
    ) -> Poll<bool> {
        let counters = &presence.opened.counters;
        let up = self
            .up
            .poll(presence, &mut self.client, &mut self.upstream, context);
        let down = self
            .down
            .poll(presence, &mut self.upstream, &mut self.client, context);
        let (Ok(sent_up), Ok(sent_down)) = (up, down) else {
            return Poll::Ready(true);
        };
        counters.received_bytes.add(sent_up);
        counters.sent_bytes.add(sent_down);
        if self.up.finished && self.down.finished {
            return Poll::Ready(false);
        }
        if sent_up + sent_down > 0 {
            deadline.set(presence.opened.spec.borrow().behaviour.idle_timeout);
        }
        if instance.is_cut() || presence.opened.phase() == Phase::Cut {
            return Poll::Ready(true);
        }
        deadline.poll_expired(context).map(|()| true)
    }
}

impl Half {
    fn starting_with(buffer: Buffer) -> Half {
        Half {
            buffer,
            ..Half::default()
        }
    }

    /// Moves bytes until one side has to wait; returns how many were written.
    fn poll(
        &mut self,
        presence: &Presence,
        source: &mut Stream,
        sink: &mut Stream,
        context: &mut Context<'_>,
    ) -> io::Result<u64> {
        let buffers = &presence.local.buffers;
        let mut written = 0;
        while !self.finished {
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
                if sink.poll_shutdown(context)?.is_ready() {
                    self.finished = true;
                }
                break;
            }
            // Ask before borrowing: a silent connection holds no buffer.
            if source.poll_readable(context)?.is_pending() {
                break;
            }
            if !self.buffer.is_lent() {
                self.buffer = buffers.lend();
            } else if self.full {
                buffers.enlarge(&mut self.buffer);
            }
            self.buffer.clear(0);
            let Poll::Ready(count) = self.buffer.poll_fill(source, context)? else {
                break;
            };
            self.source_ended = count == 0;
            self.full = self.buffer.room() == 0;
        }
        if self.buffer.is_lent() && self.buffer.is_empty() {
            self.full = false;
            buffers.take_back(std::mem::take(&mut self.buffer));
        }
        Ok(written)
    }
}
