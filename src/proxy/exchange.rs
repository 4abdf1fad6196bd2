//! One request and its answer under way: bytes moved between a client and an instance, both
//! directions in one task, each only as fast as its reader reads.

use super::access_log::Entry;
use super::buffer::Buffer;
use super::deadline::{Deadline, ticks};
use super::http::body::{BadChunk, Body};
use super::http::head::HeadFinder;
use super::http::request::{Refused, Request, Version};
use super::http::response::{self, Response, Unusable};
use super::limits::{
    BUFFER_BYTES, HEADROOM_BYTES, INTERIM_ANSWERS, SLOW_BODY_BYTES, SLOW_BODY_TIMEOUTS,
};
use super::pool::Instance;
use super::sticky::{self, Visit};
use super::stream::Stream;
use super::worker::{Phase, Presence};
use std::task::{Context, Poll};
use std::time::Instant;

/// How driving an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The answer has been sent, whole.
    Finished,
    /// 101 has been sent.
    Switched,
    /// The client closed or broke the connection.
    ClientGone,
    /// The request's body turned out malformed.
    Refused(Refused),
    /// The instance closed the connection before the first byte of an answer.
    NoAnswer,
    Unusable(Unusable),
    /// Nothing moved for the idle timeout.
    Timeout,
    /// The listener or the instance may serve no longer.
    Cut,
}

/// One request and its answer under way.
pub struct Exchange {
    pub request: Request,
    /// The connection to the instance, while there is one.
    pub upstream: Option<Stream>,
    /// Client bytes: `start..ready` go to the instance, what follows is the next request's.
    pub inbound: Buffer,
    pub ready: usize,
    /// Where the request begins in `inbound`, for sending it again.
    origin: usize,
    /// The whole request, as far as it was read, is still in `inbound`.
    pub replayable: bool,
    /// The instance takes no more of the request; its answer may still come.
    request_broken: bool,
    /// The last read of the request's body filled its buffer.
    request_full: bool,
    /// Whether one side or the other, which sends in pieces, may be waiting for an acknowledgement
    /// before it sends the next: since something was sent to it, with which the system would rather
    /// acknowledge. Bulk is acknowledged as it comes.
    client_may_wait: bool,
    instance_may_wait: bool,
    /// What the client has sent of the body since `slow_since`, a tick at which it was waited for.
    body_bytes: u32,
    slow_since: Option<u32>,
    /// The client has sent more than its request, or ended its side: it cannot be asked again whether
    /// it is still there.
    client_speaks: bool,
    /// The instance spoke before a byte of the request was sent on this connection. Some say so that
    /// they are too busy; others answer once more when they have read the request.
    pub answered_unasked: bool,
    /// A byte of the request was sent on this connection.
    sent: bool,
    /// Instance bytes: `start..passed` go to the client, what follows is not looked at yet.
    pub outbound: Buffer,
    pub passed: usize,
    finder: HeadFinder,
    pub response: Option<Response>,
    interim_answers: u8,
    /// A byte of an answer was received on this connection.
    received: bool,
    pub dispatched: Instant,
    /// What is noted for the access log, if there is one.
    pub entry: Option<Box<Entry>>,
    /// Bytes of the answer's heads that are still to be sent: they are not counted as its body.
    head_bytes: usize,
    /// What the request has to do with stickiness, on a listener that sticks.
    pub visit: Option<Box<Visit>>,
}

impl Exchange {
    /// A request whose head, and what had arrived of its body, is `ready` in the client's bytes.
    pub fn new(
        request: Request,
        inbound: Buffer,
        ready: usize,
        entry: Option<Box<Entry>>,
    ) -> Exchange {
        Exchange {
            origin: inbound.start,
            client_may_wait: inbound.room() > 0,
            instance_may_wait: true,
            inbound,
            ready,
            request,
            upstream: None,
            replayable: true,
            request_broken: false,
            request_full: false,
            body_bytes: 0,
            slow_since: None,
            client_speaks: false,
            answered_unasked: false,
            sent: false,
            outbound: Buffer::default(),
            passed: 0,
            finder: HeadFinder::default(),
            response: None,
            interim_answers: 0,
            received: false,
            dispatched: Instant::now(),
            entry,
            head_bytes: 0,
            visit: None,
        }
    }

    /// Whether the request may be sent again, to this or another instance: none of it was sent, or
    /// sending it twice does no harm; no answer has begun; and all of it is still here.
    pub fn may_be_repeated(&self) -> bool {
        !self.received && self.replayable && (self.request.idempotent || !self.sent)
    }

    /// Makes ready for another attempt.
    pub fn rewind(&mut self, presence: &Presence) {
        let outbound = std::mem::take(&mut self.outbound);
        presence.local.buffers.take_back(outbound);
        self.inbound.start = self.origin;
        self.request_broken = false;
        self.sent = false;
        self.passed = 0;
        self.head_bytes = 0;
        self.finder = HeadFinder::default();
        self.interim_answers = 0;
    }

    /// Whether all of the request was read and sent.
    pub fn request_is_whole(&self) -> bool {
        self.request.body.is_done() && self.inbound.start == self.ready && !self.request_broken
    }

    /// Whether it is the client that has to send something now.
    pub fn waits_for_the_client(&self) -> bool {
        !self.request.body.is_done() && self.inbound.start == self.ready && !self.request_broken
    }

    /// Whether it is the client that has to read something now.
    pub fn is_not_read(&self) -> bool {
        self.outbound.start < self.passed
    }

    /// Moves what can be moved, in both directions.
    pub fn poll(
        &mut self,
        presence: &Presence,
        instance: &Instance,
        deadline: &Deadline,
        client: &mut Stream,
        context: &mut Context<'_>,
    ) -> Poll<End> {
        let Some(mut upstream) = self.upstream.take() else {
            return Poll::Ready(End::NoAnswer);
        };
        let end = self.poll_with(presence, instance, deadline, client, &mut upstream, context);
        self.upstream = Some(upstream);
        end
    }

    fn poll_with(
        &mut self,
        presence: &Presence,
        instance: &Instance,
        deadline: &Deadline,
        client: &mut Stream,
        upstream: &mut Stream,
        context: &mut Context<'_>,
    ) -> Poll<End> {
        #[cfg(test)]
        assert!(!presence.local.panics.take(), "as the test asked");
        let up = self.poll_up(presence, client, upstream, context);
        let down = match up {
            Ok(moved) => self
                .poll_down(presence, instance, client, upstream, context)
                .map(|also_moved| moved || also_moved),
            Err(end) => Err(end),
        };
        match down {
            Err(end) => return Poll::Ready(end),
            Ok(true) => deadline.set(presence.opened.spec.borrow().behaviour.idle_timeout),
            Ok(false) => {}
        }
        if instance.is_cut() || presence.opened.phase() == Phase::Cut {
            return Poll::Ready(End::Cut);
        }
        if self.request.body.is_done() {
            if self.client_broke_off(client, context) {
                return Poll::Ready(End::ClientGone);
            }
        } else if self.is_slow(presence) {
            return Poll::Ready(End::Timeout);
        }
        deadline.poll_expired(context).map(|()| End::Timeout)
    }

    /// Whether the client has broken the connection while it has nothing to do but wait; the task is
    /// woken if it does. One that ends its side may still read.
    fn client_broke_off(&mut self, client: &mut Stream, context: &mut Context<'_>) -> bool {
        if self.client_speaks {
            return false;
        }
        match client.poll_heard(context) {
            Poll::Pending => false,
            Poll::Ready(heard) => {
                self.client_speaks = true;
                heard.is_err()
            }
        }
    }

    /// Whether the client has sent too little of its body for too long, though never silent for the
    /// idle timeout. Asked at each of its bytes.
    fn is_slow(&mut self, presence: &Presence) -> bool {
        if !self.waits_for_the_client() || self.response.is_some() {
            self.slow_since = None;
            return false;
        }
        let now = presence.local.deadlines.now();
        let since = *self.slow_since.get_or_insert_with(|| {
            self.body_bytes = 0;
            now
        });
        let idle_timeout = presence.opened.spec.borrow().behaviour.idle_timeout;
        if now.saturating_sub(since) < ticks(idle_timeout * SLOW_BODY_TIMEOUTS) {
            return false;
        }
        self.slow_since = None;
        self.body_bytes < SLOW_BODY_BYTES
    }

    /// Whether the answer has ended and the instance may still want the rest of the request.
    pub fn request_goes_on(&self) -> bool {
        self.response.is_some() && !self.request_broken && !self.request_is_whole()
    }

    /// Moves what is left of a request whose answer is complete; ready when all of it was sent, when
    /// either side has ended, or when nothing moves for the idle timeout.
    pub fn poll_rest(
        &mut self,
        presence: &Presence,
        instance: &Instance,
        deadline: &Deadline,
        client: &mut Stream,
        upstream: &mut Stream,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        match self.poll_up(presence, client, upstream, context) {
            Ok(true) => deadline.set(presence.opened.spec.borrow().behaviour.idle_timeout),
            Ok(false) => {}
            // The client has ended, or its chunks are malformed: the instance sees it cut short.
            Err(_) => return Poll::Ready(()),
        }
        let ended = self.request_is_whole()
            || self.request_broken
            // The answer is complete: whatever arrives now, its end included, ends this.
            || !upstream.is_quiet(context)
            || instance.is_cut()
            || presence.opened.phase() == Phase::Cut;
        if ended {
            return Poll::Ready(());
        }
        deadline.poll_expired(context)
    }

    /// Client to instance. Says whether anything moved.
    fn poll_up(
        &mut self,
        presence: &Presence,
        client: &mut Stream,
        upstream: &mut Stream,
        context: &mut Context<'_>,
    ) -> Result<bool, End> {
        let mut moved = false;
        while !self.request_broken {
            if self.inbound.start < self.ready {
                let bytes = self.inbound.between(self.inbound.start, self.ready);
                match upstream.poll_write(context, bytes) {
                    Poll::Ready(Ok(count)) => {
                        self.inbound.start += count;
                        self.sent = true;
                        self.instance_may_wait = true;
                        moved = true;
                        continue;
                    }
                    // It may have answered before it closed.
                    Poll::Ready(Err(_)) => self.request_broken = true,
                    Poll::Pending => {}
                }
                break;
            }
            if self.request.body.is_done() {
                break;
            }
            // All that was read belongs to this body and has been sent.
            if client
                .poll_readable(context)
                .map_err(|_| End::ClientGone)?
                .is_pending()
            {
                if std::mem::take(&mut self.client_may_wait) {
                    client.acknowledge();
                }
                break;
            }
            let buffers = &presence.local.buffers;
            if self.request_full {
                buffers.enlarge(&mut self.inbound);
            }
            self.replayable = false;
            // What follows the body is the next head, which grows into the room before it.
            self.inbound.clear(HEADROOM_BYTES);
            self.ready = self.inbound.start;
            match self.inbound.poll_fill(client, context) {
                Poll::Ready(Ok(count)) if count > 0 => {
                    presence.opened.counters.received_bytes.add(count as u64);
                    self.body_bytes = self.body_bytes.saturating_add(count as u32);
                    let admitted = self
                        .request
                        .body
                        .admit(self.inbound.bytes())
                        .map_err(|reason| End::Refused(reason.into()))?;
                    self.ready = self.inbound.start + admitted;
                    if let Some(entry) = &mut self.entry {
                        entry.received(admitted as u64);
                    }
                    self.request_full = self.inbound.room() == 0;
                    moved = true;
                }
                Poll::Ready(_) => return Err(End::ClientGone),
                Poll::Pending => break,
            }
        }
        Ok(moved)
    }

    /// Instance to client. Says whether anything moved.
    fn poll_down(
        &mut self,
        presence: &Presence,
        instance: &Instance,
        client: &mut Stream,
        upstream: &mut Stream,
        context: &mut Context<'_>,
    ) -> Result<bool, End> {
        let counters = &presence.opened.counters;
        let mut moved = false;
        loop {
            if self.outbound.start < self.passed {
                let bytes = self.outbound.between(self.outbound.start, self.passed);
                match client.poll_write(context, bytes) {
                    Poll::Ready(Ok(count)) => {
                        counters.sent_bytes.add(count as u64);
                        self.outbound.start += count;
                        self.client_may_wait = true;
                        let of_head = count.min(self.head_bytes);
                        self.head_bytes -= of_head;
                        if let Some(entry) = &mut self.entry {
                            entry.sent((count - of_head) as u64);
                            if self.response.is_some() {
                                entry.relays();
                            }
                        }
                        moved = true;
                        continue;
                    }
                    Poll::Ready(Err(_)) => return Err(End::ClientGone),
                    Poll::Pending => return Ok(moved),
                }
            }
            match &self.response {
                Some(response) if response.switches => return Err(End::Switched),
                Some(response) if response.body.is_done() => return Err(End::Finished),
                Some(_) => {}
                None => {
                    if self.take_head(presence, instance)? {
                        continue;
                    }
                }
            }
            // Ask before borrowing: an instance that thinks holds no buffer.
            match upstream.poll_readable(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Err(self.instance_ended()),
                Poll::Pending => {
                    if self.received && std::mem::take(&mut self.instance_may_wait) {
                        upstream.acknowledge();
                    }
                    return Ok(moved);
                }
            }
            let full = self.outbound.is_lent() && self.outbound.room() == 0;
            if !self.outbound.is_lent() {
                self.outbound = presence.local.buffers.lend();
                self.passed = self.outbound.start;
            } else if full && self.response.is_none() {
                presence.local.buffers.make_room(&mut self.outbound);
                self.passed = self.outbound.start;
            } else if full && self.much_is_left() {
                presence.local.buffers.enlarge(&mut self.outbound);
            }
            if self.response.is_some() {
                self.outbound.clear(0);
                self.passed = 0;
            }
            match self.outbound.poll_fill(upstream, context) {
                Poll::Ready(Ok(count)) if count > 0 => {
                    self.received = true;
                    self.instance_may_wait &= self.outbound.room() > 0;
                    moved = true;
                    self.admit()?;
                }
                Poll::Ready(Ok(_)) => {
                    let Some(response) = &mut self.response else {
                        return Err(self.instance_ended());
                    };
                    if response.body != Body::UntilClose {
                        return Err(End::Unusable(Unusable::Ended));
                    }
                    return Err(End::Finished);
                }
                Poll::Ready(Err(_)) => return Err(self.instance_ended()),
                Poll::Pending => return Ok(moved),
            }
        }
    }

    /// What it means that the instance closed or broke the connection before the answer's end.
    fn instance_ended(&self) -> End {
        if self.received {
            End::Unusable(Unusable::Ended)
        } else {
            End::NoAnswer
        }
    }

    fn much_is_left(&self) -> bool {
        match self.response.as_ref().map(|response| &response.body) {
            Some(Body::Length(left)) => *left > BUFFER_BYTES as u64,
            _ => true,
        }
    }

    /// Lets what was just read of the body pass.
    fn admit(&mut self) -> Result<(), End> {
        let Some(response) = &mut self.response else {
            return Ok(());
        };
        let bad = |reason: BadChunk| End::Unusable(reason.into());
        if response.unchunk {
            let (taken, data) = response
                .body
                .unchunk(self.outbound.bytes_mut())
                .map_err(bad)?;
            // Bytes after the end of the body are nobody's; the connection is not used again.
            let excess = self.outbound.end - self.outbound.start - taken;
            self.passed = self.outbound.start + data;
            self.outbound.end = self.passed + excess;
        } else {
            let taken = response.body.admit(self.outbound.bytes()).map_err(bad)?;
            self.passed = self.outbound.start + taken;
        }
        Ok(())
    }

    /// Replaces a response head by the one for the client, once it is whole; says whether it was.
    fn take_head(&mut self, presence: &Presence, instance: &Instance) -> Result<bool, End> {
        if !self.outbound.is_lent() {
            return Ok(false);
        }
        let bytes = self.outbound.bytes();
        let found = response::find(&mut self.finder, bytes);
        let Some(head) = found.map_err(End::Unusable)? else {
            return Ok(false);
        };
        self.finder = HeadFinder::default();
        let wanted = self.request.keep_alive;
        // A client that is answered before it has sent everything may or may not send the rest, for
        // instance after `Expect: 100-continue`: nothing can follow on such a connection.
        self.request.keep_alive &=
            presence.opened.phase() == Phase::Serving && self.request.body.is_done();
        let mut scratch = presence.local.scratch.borrow_mut();
        scratch.clear();
        let response = response::rewrite(&bytes[head.clone()], &self.request, &mut scratch)
            .map_err(End::Unusable)?;
        if response.interim {
            self.request.keep_alive = wanted;
            self.interim_answers += 1;
            if self.interim_answers > INTERIM_ANSWERS {
                return Err(End::Unusable(Unusable::Interim));
            }
            if self.request.version == Version::Http10 {
                // HTTP/1.0 has no interim answers.
                self.outbound.start += head.len();
                self.passed = self.outbound.start;
                return Ok(true);
            }
        } else {
            let now = Instant::now();
            if let Some(visit) = &self.visit {
                let served = &instance.target.instance;
                visit.answer(&bytes[head.clone()], served, sticky::now(), &mut scratch);
            }
            let counters = &presence.opened.counters;
            counters.relayed(&instance.counters, response.status, now - self.dispatched);
            if let Some(entry) = &mut self.entry {
                entry.answered(response.status, now);
            }
        }
        let body = self.outbound.start + head.len();
        if !self.outbound.replace_head(head.len(), &scratch) {
            // Heads towards clients grow by a Connection and our cookies at most, and the headroom is
            // larger.
            return Err(End::Unusable(Unusable::Ended));
        }
        self.passed = body;
        self.head_bytes += body - self.outbound.start;
        if !response.interim {
            let head_start = self.outbound.start;
            let switches = response.switches;
            self.response = Some(response);
            if !switches {
                self.outbound.start = body;
                let admitted = self.admit();
                self.outbound.start = head_start;
                if admitted.is_err() {
                    // Nothing of this answer has been sent: it can still be a 502.
                    self.response = None;
                    self.passed = head_start;
                }
                admitted?;
            }
        }
        Ok(true)
    }
}
