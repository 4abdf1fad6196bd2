//! HTTP clients: one task for each, which reads its requests, finds instances for them, and decides
//! what follows. The bytes in between are moved by [`super::exchange`], in the same task.
//!
//! What bytes mean is decided in [`super::http`]; here they are read, written, waited for. An
//! ordinary exchange costs one read and one write on each side: reads that fill less than their
//! buffer tell the reactor that nothing is left, deadlines are looked at by the worker's tick, and a
//! connection to an instance that is used again is asked nothing.
//!
//! Whoever is at fault is told apart: the client (400, 408), the instance (502, 504), nobody to send
//! to (503). Once an answer has begun to go to the client, a failure can only be shown by ending the
//! connection before the answer's end.

use super::access_log::Entry;
use super::access_log::entry::{Kind, Site};
use super::buffer::Buffer;
use super::deadline::Deadline;
use super::exchange::{End, Exchange};
use super::http::answer;
use super::http::body::Body;
use super::http::desync::{self, Reason, Tier, Treatment};
use super::http::head::HeadFinder;
use super::http::request::{self, Ends, ForTheProxy, Refused, Request};
use super::http::response::Response;
use super::limits::{
    ATTEMPTS, DEFERRED_TIME, DEVIATION_PAUSE, EMPTY_LINES, LINGER_BYTES, LINGER_TIME,
    TURNED_AWAY_BYTES,
};
use super::pool::{self, Instance, Seat};
use super::sticky::{self, Visit};
use super::stream::Stream;
use super::surge::{self, Unseated};
use super::tcp;
use super::worker::{Open, Phase, Presence};
use crate::model::attribute::DesyncMode;
use rustix::net::RecvFlags;
use std::future::poll_fn;
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// Serves one client, of which something may have been read, until either side, or the time, ends the
/// connection.
///
/// What the connection keeps is boxed: a future holds its arguments twice, and the task would be as
/// much larger for as long as the client stays.
pub fn serve(
    presence: Presence,
    client: Stream,
    peer: SocketAddr,
    said: Buffer,
) -> impl Future<Output = ()> {
    let received = said.bytes().len() as u64;
    presence.opened.counters.received_bytes.add(received);
    run(Box::new(Connection {
        deadline: presence.local.deadlines.register(presence.opened.group()),
        peer: peer.ip().to_canonical().to_string().into(),
        address: peer,
        entry: None,
        presence,
        was_silent: client.plain().is_some() && said.is_empty(),
        client,
        inbound: said,
    }))
}

/// Futures of [`exchange`], which connections lend from their worker.
pub type Carriers = super::carrier::Carriers<Box<Connection>, (Box<Connection>, Next)>;

async fn exchange(mut connection: Box<Connection>) -> (Box<Connection>, Next) {
    let under_way = UnderWay(&mut connection);
    let next = under_way.0.exchange().await;
    std::mem::forget(under_way);
    (connection, next)
}

/// Dropped only with an exchange that never ends, by a panic or with its worker: what was sent of its
/// answer must not look whole.
struct UnderWay<'c>(&'c mut Connection);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.client.reset();
    }
}

async fn run(mut connection: Box<Connection>) {
    let next = loop {
        if !connection.wait_for_bytes().await {
            break Next::Close;
        }
        match &mut connection.entry {
            Some(entry) => entry.begin_again(),
            None => {
                let tls = connection.client.tls();
                connection.entry = connection
                    .presence
                    .note(Kind::Request, connection.address, tls);
            }
        }
        let local = Rc::clone(&connection.presence.local);
        let next;
        (connection, next) = local.carriers.carry(connection, exchange).await;
        if let Some(entry) = &connection.entry {
            connection.presence.tell(entry);
        }
        match next {
            Next::Request => {}
            next => break next,
        }
    };
    let inbound = std::mem::take(&mut connection.inbound);
    connection.presence.local.buffers.take_back(inbound);
    // Boxed: rare, and large beside everything else the task keeps.
    match next {
        Next::Request | Next::Close => connection.client.finish(),
        Next::Broken => {}
        Next::Linger => Box::pin(connection.linger()).await,
        Next::Reset => connection.client.reset(),
        Next::Tunnel(tunnel) => {
            let Connection {
                presence,
                client,
                deadline,
                ..
            } = *connection;
            Box::new(tcp::Session::new(presence, deadline, client, *tunnel)).await;
        }
    }
}

/// Answers 503 to a client that is one too many. It was not asked what it wants, so there is nothing to
/// wait for; what it has said is read, lest the close become a reset that destroys the answer.
pub fn turn_away(opened: &Open, client: &TcpStream) {
    let _ = rustix::net::recv(client, &mut [0; TURNED_AWAY_BYTES], RecvFlags::DONTWAIT);
    let mut bytes = Vec::new();
    let page = opened.spec.borrow().behaviour.unavailable_page;
    answer::write(503, page, false, &mut bytes);
    opened.counters.answered(503);
    // Whether the answer fits into an empty send buffer is the only question, and it does.
    let _ = socket2::SockRef::from(client).send(&bytes);
}

/// What becomes of a client's connection after an exchange.
pub enum Next {
    /// Another request may follow, or has already arrived.
    Request,
    Close,
    /// Close, but let the client read the answer first, though it may still be sending.
    Linger,
    /// Close, though the client sees that its answer is not whole.
    Broken,
    /// The answer is not whole, and must not look as if it were.
    Reset,
    /// The two sides speak something else from here on.
    Tunnel(Box<tcp::Tunnel>),
}

pub struct Connection {
    presence: Presence,
    client: Stream,
    deadline: Deadline,
    /// The client's address as text.
    peer: Box<str>,
    address: SocketAddr,
    /// What is noted of the present exchange, if the listener has an access log.
    entry: Option<Box<Entry>>,
    /// Bytes of the client that no exchange has taken yet. Lent only while there are any.
    inbound: Buffer,
    /// The system has waited [`DEFERRED_TIME`] for the client's first word, in vain.
    was_silent: bool,
}

/// Why there is no request head.
enum NoRequest {
    /// The client closed, or was silent too long between requests.
    Gone,
    /// It began a head and did not finish it.
    Slow,
    Refused(Refused),
}

impl Connection {
    /// Waits, without a buffer, until the client has sent something; says whether to go on.
    async fn wait_for_bytes(&mut self) -> bool {
        if !self.inbound.is_empty() {
            return true;
        }
        let local = &self.presence.local;
        local.buffers.take_back(std::mem::take(&mut self.inbound));
        let mut timeout = self.idle_timeout();
        if std::mem::take(&mut self.was_silent) {
            timeout -= DEFERRED_TIME.min(timeout / 2);
        }
        self.deadline.set(timeout);
        let readable = poll_fn(|context| {
            if let Poll::Ready(result) = self.client.poll_readable(context) {
                return Poll::Ready(result.is_ok());
            }
            if self.presence.opened.phase() != Phase::Serving {
                return Poll::Ready(false);
            }
            self.deadline.poll_expired(context).map(|()| false)
        })
        .await;
        if readable {
            self.inbound = local.buffers.lend();
        }
        readable
    }

    fn desync_mode(&self) -> DesyncMode {
        self.presence.opened.spec.borrow().behaviour.desync_mode
    }

    /// Counts a request that is not as the standard says, and tells of it: of one in a second, since
    /// there may be thousands.
    fn deviates(&self, reason: Reason, treatment: Treatment) {
        let opened = &self.presence.opened;
        let counters = &opened.counters;
        match reason.tier() {
            Tier::Compliant => return,
            Tier::Acceptable => counters.acceptable_requests.add(1),
            Tier::Ambiguous => counters.ambiguous_requests.add(1),
            Tier::Severe => counters.severe_requests.add(1),
        }
        let now = Instant::now();
        let last = opened.told_deviation.get();
        if last.is_some_and(|last| now - last < DEVIATION_PAUSE) {
            return;
        }
        opened.told_deviation.set(Some(now));
        let (tier, mode) = (reason.tier(), self.desync_mode());
        // Whoever only watches wants to know what the default would have done.
        let defensive = desync::treatment(DesyncMode::Defensive, tier);
        let balancer = &*opened.spec.borrow().balancer.name;
        tracing::info!(
            target: "desync", servo = %opened.key.servo, balancer, port = opened.key.port,
            client = %self.peer, tier = ?tier, %reason, mode = mode.as_str(), done = ?treatment,
            defensive = ?defensive, "a request is not as the standard says"
        );
    }

    fn idle_timeout(&self) -> Duration {
        self.presence.opened.spec.borrow().behaviour.idle_timeout
    }

    /// Carries one request to an instance and its answer back.
    async fn exchange(&mut self) -> Next {
        let mut visit = None;
        let taken = match self.read_request().await {
            Ok(head_length) => {
                visit = self.visit(head_length);
                self.take(head_length, visit.as_deref())
            }
            Err(NoRequest::Gone) => return Next::Close,
            Err(NoRequest::Slow) => return self.answer(408, false).await,
            Err(NoRequest::Refused(refused)) => Err(refused),
        };
        let (request, ready) = match taken {
            Ok(taken) => taken,
            Err(refused) => {
                tracing::debug!(client = %self.peer, reason = %refused, "request refused");
                let deviation = match refused {
                    Refused::Deviation(reason) => reason,
                    _ => desync::classify(self.inbound.bytes()),
                };
                self.deviates(deviation, Treatment::Refused);
                return self.answer(refused.status(), false).await;
            }
        };
        if request.deviation != Reason::Compliant {
            let mode = self.desync_mode();
            self.deviates(
                request.deviation,
                desync::treatment(mode, request.deviation.tier()),
            );
        }
        self.presence.opened.counters.requests.add(1);
        match request.for_the_proxy {
            Some(ForTheProxy::Options) => return self.answer(200, false).await,
            Some(ForTheProxy::Trace) => return self.answer(405, false).await,
            None => {}
        }
        let inbound = std::mem::take(&mut self.inbound);
        let mut exchange = Exchange::new(request, inbound, ready, self.entry.take());
        exchange.visit = visit;
        let next = self.dispatch(&mut exchange).await;
        self.entry = exchange.entry.take();
        let local = &self.presence.local;
        let outbound = std::mem::take(&mut exchange.outbound);
        local.buffers.take_back(outbound);
        self.inbound = std::mem::take(&mut exchange.inbound);
        self.inbound.start = exchange.ready;
        let head_only = exchange.request.is_head;
        drop(exchange);
        match next {
            Ok(next) => next,
            Err(status) => self.answer(status, head_only).await,
        }
    }

    /// Reads until there is a whole head at the start of the inbound buffer; returns its length.
    async fn read_request(&mut self) -> Result<usize, NoRequest> {
        // For the head as a whole: a byte now and then does not prolong it.
        self.deadline.set(self.idle_timeout());
        let mut finder = HeadFinder::default();
        loop {
            match finder.advance(self.inbound.bytes(), EMPTY_LINES) {
                Ok(Some(head)) => {
                    self.inbound.start += head.start;
                    return Ok(head.len());
                }
                Ok(None) => {}
                Err(reason) => return Err(NoRequest::Refused(reason.into())),
            }
            if self.inbound.room() == 0 {
                // A large buffer holds more than the longest head.
                self.presence.local.buffers.make_room(&mut self.inbound);
            } else if !self.inbound.is_empty() {
                self.client.acknowledge();
            }
            let begun = !self.inbound.is_empty();
            let read = poll_fn(|context| {
                if let Poll::Ready(read) = self.inbound.poll_fill(&mut self.client, context) {
                    return Poll::Ready(read.map_err(|_| NoRequest::Gone));
                }
                if self.presence.opened.phase() == Phase::Cut {
                    return Poll::Ready(Err(NoRequest::Gone));
                }
                self.deadline.poll_expired(context).map(|()| {
                    Err(if begun {
                        NoRequest::Slow
                    } else {
                        NoRequest::Gone
                    })
                })
            })
            .await?;
            if read == 0 {
                return Err(NoRequest::Gone);
            }
            self.presence
                .opened
                .counters
                .received_bytes
                .add(read as u64);
        }
    }

    /// Replaces the received head by the one for the instance, and looks at what has arrived of the
    /// body. Returns the request and where the bytes that may be sent end.
    fn take(
        &mut self,
        head_length: usize,
        visit: Option<&Visit>,
    ) -> Result<(Request, usize), Refused> {
        let Connection {
            presence,
            inbound,
            peer,
            entry,
            ..
        } = self;
        let opened = &presence.opened;
        let mut scratch = presence.local.scratch.borrow_mut();
        scratch.clear();
        let ends = Ends {
            client: peer,
            local: &opened.address,
        };
        let head = &inbound.bytes()[..head_length];
        if let Some(entry) = entry {
            let site = Site {
                address: &opened.address,
                port: opened.spec.borrow().port,
            };
            entry.asks(head, site);
        }
        let mut request = request::rewrite(head, ends, &opened.forwarding.borrow(), &mut scratch)?;
        if request.deviation != Reason::Compliant {
            let mode = opened.spec.borrow().behaviour.desync_mode;
            match desync::treatment(mode, request.deviation.tier()) {
                Treatment::Refused => return Err(Refused::Deviation(request.deviation)),
                Treatment::InstanceClosed => request.client_may_go_on = true,
                Treatment::Served | Treatment::BothClosed => {}
            }
        }
        if let Some(visit) = visit {
            visit.hide(&mut scratch);
        }
        let body = request.body.admit(&inbound.bytes()[head_length..])?;
        if let Some(entry) = entry {
            entry.received(body as u64);
        }
        let body_start = inbound.start + head_length;
        if !inbound.replace_head(head_length, &scratch) {
            // The additions are a few hundred bytes and the headroom is larger.
            return Err(Refused::Malformed(httparse::Error::TooManyHeaders));
        }
        Ok((request, body_start + body))
    }

    /// What a received head says of stickiness, on a listener that sticks. Boxed: others carry no more
    /// than the room for a pointer.
    fn visit(&self, head_length: usize) -> Option<Box<Visit>> {
        let spec = self.presence.opened.spec.borrow();
        let sticky = Arc::clone(spec.sticky.as_ref()?);
        let head = &self.inbound.bytes()[..head_length];
        Some(Box::new(Visit::new(sticky, head, sticky::now())))
    }

    /// A seat at the instance that the client's cookie names, if it can be had at once: whoever had
    /// to wait, or is not there, does not keep a client from being served.
    fn seat_by_cookie(&self, exchange: &Exchange, tried: &[Rc<Instance>]) -> Option<Seat> {
        let wanted = exchange.visit.as_ref()?.wanted()?;
        let now = self.presence.local.deadlines.now();
        let instances = &self.presence.opened.instances;
        instances.seat_at(wanted, tried, now)
    }

    /// Finds an instance and drives the exchange with it, or with another where that is safe. An
    /// error is the status of the answer to make.
    async fn dispatch(&mut self, exchange: &mut Exchange) -> Result<Next, u16> {
        let mut tried = Vec::new();
        let mut fresh = false;
        let mut failures = 0;
        let mut status = 503;
        while failures < ATTEMPTS {
            let seat = match self.seat_by_cookie(exchange, &tried) {
                Some(seat) => Ok(seat),
                None => surge::seat(&self.presence, &self.deadline, &mut self.client, &tried).await,
            };
            let seat = match seat {
                Ok(seat) => seat,
                Err(Unseated::Nobody) => {
                    let key = &self.presence.opened.key;
                    tracing::debug!(servo = %key.servo, port = key.port, client = %self.peer, tried = tried.len(), "no instance in service takes a request");
                    break;
                }
                Err(Unseated::Spilled) => {
                    let key = &self.presence.opened.key;
                    tracing::debug!(servo = %key.servo, port = key.port, client = %self.peer, "the surge queue is full");
                    return Err(503);
                }
                // Nobody was asked.
                Err(Unseated::Cut) => return Err(503),
                Err(Unseated::Gone) => return Ok(Next::Close),
            };
            let once_only = !(exchange.request.idempotent && exchange.replayable);
            exchange.upstream = match fresh || self.presence.opened.spec.borrow().proxy_protocol {
                true => None,
                false => reuse(&seat, once_only, self.presence.local.deadlines.now()),
            };
            let was_reused = exchange.upstream.is_some();
            exchange.answered_unasked = false;
            if !was_reused {
                // Boxed: rare, and large beside everything else the task keeps.
                let connecting = async {
                    let preamble = self.presence.preamble(&self.client);
                    let preamble = preamble.as_bytes();
                    pool::connect(&self.presence, &self.deadline, &seat, preamble, None).await
                };
                match Box::pin(connecting).await {
                    Ok(mut stream) => {
                        let mut nobody = Context::from_waker(Waker::noop());
                        exchange.answered_unasked = stream.poll_readable(&mut nobody).is_ready();
                        exchange.upstream = Some(stream);
                    }
                    Err(error) => {
                        failures += usize::from(!error.is_refusal());
                        tried.push(Rc::clone(&seat));
                        continue;
                    }
                }
            }
            exchange.dispatched = Instant::now();
            if let Some(entry) = &mut exchange.entry {
                entry.dispatched(seat.target.address, exchange.dispatched);
            }
            self.deadline.set(self.idle_timeout());
            let end = poll_fn(|context| {
                exchange.poll(
                    &self.presence,
                    &seat,
                    &self.deadline,
                    &mut self.client,
                    context,
                )
            })
            .await;
            if end == End::NoAnswer && exchange.may_be_repeated() {
                exchange.rewind(&self.presence);
                // A kept connection that had been closed says nothing about its instance.
                fresh = true;
                status = 502;
                failures += 1;
                if !was_reused {
                    tried.push(Rc::clone(&seat));
                }
                continue;
            }
            if end == End::Finished && exchange.request_goes_on() {
                // Boxed: rare, and large beside everything else the task keeps.
                Box::pin(self.finish_request(exchange, &seat)).await;
            }
            return self.conclude(end, exchange, seat);
        }
        Err(status)
    }

    /// Carries the rest of a request whose answer was whole before it, as long as both sides go on:
    /// an echo, or an instance that answers early and reads all the same, is not cut short. Our side
    /// of the client's connection is closed first, so that who reads to the end has the answer; unless
    /// the answer said that the connection is kept, since all of the request had arrived here.
    async fn finish_request(&mut self, exchange: &mut Exchange, instance: &Instance) {
        let Some(mut upstream) = exchange.upstream.take() else {
            return;
        };
        let kept = |response: &Response| response.client_keeps;
        let mut closed = exchange.response.as_ref().is_some_and(kept);
        self.deadline.set(self.idle_timeout());
        poll_fn(|context| {
            closed = closed || self.client.poll_shutdown(context).is_ready();
            exchange.poll_rest(
                &self.presence,
                instance,
                &self.deadline,
                &mut self.client,
                &mut upstream,
                context,
            )
        })
        .await;
        exchange.upstream = Some(upstream);
    }

    /// Whether the client has sent more than its request, as far as the reactor knows: a request that
    /// will not be answered, or the empty line that some send after a body.
    fn client_speaks_on(&mut self, exchange: &Exchange) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        exchange.inbound.end > exchange.ready || self.client.poll_readable(&mut nobody).is_ready()
    }

    /// Says what follows the end of an exchange. An error is the status of the answer to make.
    fn conclude(&mut self, end: End, exchange: &mut Exchange, seat: Seat) -> Result<Next, u16> {
        let Some(upstream) = exchange.upstream.take() else {
            return Err(502);
        };
        let status = match end {
            End::Finished => {
                let whole = exchange.request_is_whole();
                let Some(response) = &exchange.response else {
                    return Ok(Next::Close);
                };
                if whole
                    && response.instance_keeps
                    && !exchange.answered_unasked
                    && exchange.outbound.end == exchange.passed
                    && self
                        .presence
                        .opened
                        .spec
                        .borrow()
                        .keeps_instance_connections()
                {
                    let now = self.presence.local.deadlines.now();
                    seat.keep(upstream, now, response.absent_body);
                }
                return Ok(match (whole, response.client_keeps) {
                    (true, true) => Next::Request,
                    (true, false) if self.client_speaks_on(exchange) => Next::Linger,
                    (true, false) => Next::Close,
                    // What still comes is not wanted.
                    (false, _) => Next::Linger,
                });
            }
            End::Switched => {
                // With what the instance has not taken yet of a body that came with the request.
                let inbound = std::mem::take(&mut exchange.inbound);
                exchange.ready = 0;
                return Ok(Next::Tunnel(Box::new(tcp::Tunnel {
                    seat,
                    upstream,
                    from_client: inbound,
                    from_instance: std::mem::take(&mut exchange.outbound),
                    entry: exchange.entry.take(),
                })));
            }
            End::ClientGone => return Ok(Next::Broken),
            End::Cut if exchange.response.is_some() => return Ok(Next::Reset),
            // It was asked, and its time is over before it has spoken.
            End::Cut => 504,
            End::Refused(refused) => {
                tracing::debug!(client = %self.peer, reason = %refused, "request refused in its body");
                refused.status()
            }
            End::NoAnswer | End::Unusable(_) => {
                seat.counters.errors.add(1);
                let reason = match end {
                    End::Unusable(reason) => reason.to_string(),
                    _ => "it closed the connection without one".to_owned(),
                };
                tracing::debug!(instance = %seat.target.instance, address = %seat.target.address, reason, "an instance's answer is unusable");
                502
            }
            End::Timeout if exchange.waits_for_the_client() || exchange.is_not_read() => 408,
            End::Timeout => {
                seat.counters.errors.add(1);
                504
            }
        };
        match &exchange.response {
            None if exchange.outbound.start == exchange.passed => Err(status),
            // Its end is known to the client, who sees that it is missing, and keeps what arrived.
            Some(response) if !response.unchunk && response.body != Body::UntilClose => {
                Ok(Next::Broken)
            }
            _ => Ok(Next::Reset),
        }
    }

    /// Sends an answer of our own, after which the connection ends. Boxed: rare, and large beside
    /// everything else the task keeps.
    fn answer(&mut self, status: u16, head_only: bool) -> Pin<Box<dyn Future<Output = Next> + '_>> {
        Box::pin(self.send_answer(status, head_only))
    }

    async fn send_answer(&mut self, status: u16, head_only: bool) -> Next {
        let opened = Rc::clone(&self.presence.opened);
        if status >= 400 {
            opened.counters.answered(status);
        }
        if let Some(entry) = &mut self.entry {
            entry.refused(status);
        }
        let mut bytes = Vec::new();
        let page = opened.spec.borrow().behaviour.unavailable_page;
        answer::write(status, page, head_only, &mut bytes);
        self.deadline.set(LINGER_TIME);
        let mut sent = 0;
        poll_fn(|context| {
            while sent < bytes.len() {
                match self.client.poll_write(context, &bytes[sent..]) {
                    Poll::Ready(Ok(count)) if count > 0 => sent += count,
                    Poll::Ready(_) => return Poll::Ready(()),
                    Poll::Pending => return self.deadline.poll_expired(context),
                }
            }
            Poll::Ready(())
        })
        .await;
        opened.counters.sent_bytes.add(sent as u64);
        if let Some(entry) = &mut self.entry {
            let head = memchr::memmem::find(&bytes, b"\r\n\r\n").map_or(0, |at| at + 4);
            entry.sent(sent.saturating_sub(head) as u64);
        }
        Next::Linger
    }

    /// Closes our side and reads what the client still sends, for a while: closing with unread bytes
    /// would reset the connection and could destroy the answer before the client has read it.
    async fn linger(&mut self) {
        self.deadline.set(LINGER_TIME);
        let mut buffer = self.presence.local.buffers.lend();
        let mut left = LINGER_BYTES;
        poll_fn(|context| {
            if self.client.poll_shutdown(context).is_ready() {
                loop {
                    buffer.clear(0);
                    match buffer.poll_fill(&mut self.client, context) {
                        Poll::Ready(Ok(count)) if count > 0 && count <= left => left -= count,
                        Poll::Ready(_) => return Poll::Ready(()),
                        Poll::Pending => break,
                    }
                }
            }
            self.deadline.poll_expired(context)
        })
        .await;
        self.presence.local.buffers.take_back(buffer);
    }
}

/// An idle connection to an instance, if there is one. For what must not be sent twice, the kernel
/// is asked whether it is still open.
fn reuse(instance: &Instance, once_only: bool, now: u32) -> Option<Stream> {
    // Whoever uses the connection next will say whom to wake.
    let mut nobody = Context::from_waker(Waker::noop());
    loop {
        let stream = instance.reuse(&mut nobody, now)?;
        if !once_only || stream.is_still_open() {
            return Some(stream);
        }
    }
}
