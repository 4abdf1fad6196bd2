//! What is noted of one exchange while it is under way, to be told in a line at its end.

use super::line::{HttpRecord, Phases, Record, quote};
use super::{Book, Logging};
use crate::proxy::tls::Negotiated;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// The notes of one exchange. A connection uses one for all its exchanges, so that nothing is
/// allocated for a request.
#[derive(Debug)]
pub struct Entry {
    client: SocketAddr,
    kind: Kind,
    /// What was negotiated, if the listener speaks TLS.
    tls: Option<Negotiated>,
    /// When the first byte of the request arrived; of a session, when it was accepted.
    at: OffsetDateTime,
    began: Instant,
    /// The request line and the user agent as they stand within quotes; empty if no head was read.
    request: String,
    agent: String,
    /// Of the answer that went to the client, and of the instance's.
    status: Option<u16>,
    instance_status: Option<u16>,
    /// The instance that was tried last, and when the request went to it.
    instance: Option<(SocketAddr, Instant)>,
    /// How long it took to reach the instance of a session.
    connected_after: Option<Duration>,
    /// The first byte of the instance's answer, and the first one sent to the client.
    answered: Option<Instant>,
    relayed: Option<Instant>,
    /// Bytes of bodies; of sessions, all.
    received: u64,
    sent: u64,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Request,
    Session,
}

/// Where a request arrived, for the URL in its line.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Host and port of the listening socket, for requests that name no host.
    pub address: &'a str,
    /// The listener's port.
    pub port: u16,
}

impl Entry {
    /// Notes that something arrived from a client: an exchange begins.
    pub fn begin(kind: Kind, client: SocketAddr, tls: Option<Negotiated>) -> Box<Entry> {
        Box::new(Entry {
            // An IPv4 address that reached an IPv6 socket is written as what it is.
            client: SocketAddr::new(client.ip().to_canonical(), client.port()),
            kind,
            tls,
            at: OffsetDateTime::now_utc(),
            began: Instant::now(),
            request: String::new(),
            agent: String::new(),
            status: None,
            instance_status: None,
            instance: None,
            connected_after: None,
            answered: None,
            relayed: None,
            received: 0,
            sent: 0,
        })
    }

    /// Begins the notes of the connection's next exchange.
    pub fn begin_again(&mut self) {
        let (mut request, mut agent) = (
            std::mem::take(&mut self.request),
            std::mem::take(&mut self.agent),
        );
        request.clear();
        agent.clear();
        *self = Entry {
            request,
            agent,
            ..*Entry::begin(self.kind, self.client, self.tls)
        };
    }

    /// Notes what the head of a request asks for, before it is judged: what is refused is logged, too.
    pub fn asks(&mut self, head: &[u8], site: Site<'_>) {
        let mut lines = head
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = lines.next().unwrap_or_default();
        let (mut host, mut agent): (&[u8], &[u8]) = (site.address.as_bytes(), &[]);
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"host") {
                host = value;
            } else if name.eq_ignore_ascii_case(b"user-agent") {
                agent = value;
            }
        }
        quote(agent, &mut self.agent);
        let first = line.iter().position(|byte| *byte == b' ');
        let last = line.iter().rposition(|byte| *byte == b' ');
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        if first == last {
            return;
        }
        HttpRecord {
            method: &line[..first],
            target: &line[first + 1..last],
            version: &line[last + 1..],
            scheme: if self.tls.is_some() { "https" } else { "http" },
            host,
            port: site.port,
        }
        .write(&mut self.request);
    }

    /// Notes that the request goes to an instance.
    pub fn dispatched(&mut self, instance: SocketAddr, at: Instant) {
        self.instance = Some((instance, at));
        self.answered = None;
    }

    /// Notes that a session has reached its instance, after so long.
    pub fn connected(&mut self, instance: SocketAddr, after: Duration) {
        self.instance = Some((instance, self.began));
        self.connected_after = Some(after);
    }

    /// Notes the status of the instance's answer, whose head arrived then.
    pub fn answered(&mut self, status: u16, at: Instant) {
        self.status = Some(status);
        self.instance_status = Some(status);
        self.answered = Some(at);
    }

    /// Notes the status of an answer made here.
    pub fn refused(&mut self, status: u16) {
        self.status = Some(status);
    }

    /// Notes bytes of the request's body, or of a session, from the client.
    pub fn received(&mut self, bytes: u64) {
        self.received += bytes;
    }

    /// Notes bytes of the answer's body, or of a session, to the client.
    pub fn sent(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// Notes that the answer has begun to go to the client.
    pub fn relays(&mut self) {
        if self.relayed.is_none() {
            self.relayed = Some(Instant::now());
        }
    }

    /// Notes bytes of a session that have gone to the instance and to the client; `before` is what
    /// [`Entry::listens`] said before they did.
    pub fn carried(&mut self, to_instance: u64, to_client: u64, before: Option<Instant>) {
        self.received += to_instance;
        self.sent += to_client;
        if to_instance > 0
            && let Some((_, at)) = &mut self.instance
            && *at == self.began
        {
            *at = Instant::now();
        }
        if to_client > 0 {
            self.answered = self.answered.or(before);
            self.relays();
        }
    }

    /// The present moment, as long as a session's instance has not spoken.
    pub fn listens(&self) -> Option<Instant> {
        self.answered.is_none().then(Instant::now)
    }

    /// Writes the line, unless there was nothing to tell.
    pub fn tell(&self, book: &Rc<Book>, logging: &Logging, balancer: &str) {
        match self.kind {
            Kind::Request => self.tell_request(book, logging, balancer),
            Kind::Session => self.tell_session(book, logging, balancer),
        }
    }

    fn tell_request(&self, book: &Rc<Book>, logging: &Logging, balancer: &str) {
        // A client that leaves before its answer is logged as one that did not finish its request.
        let client_left = (!self.request.is_empty()).then_some(CLIENT_LEFT);
        let Some(status) = self.status.or(client_left) else {
            return;
        };
        let since = |from: Option<Instant>, to: Option<Instant>| Some(to? - from?);
        let dispatched = self.instance.map(|(_, at)| at);
        let record = Record {
            phases: Phases {
                request: since(Some(self.began), dispatched),
                backend: since(dispatched, self.answered),
                response: since(self.answered, self.relayed),
            },
            statuses: Some((status, self.instance_status)),
            ..self.record(balancer)
        };
        book.write(logging, &record);
    }

    fn tell_session(&self, book: &Rc<Book>, logging: &Logging, balancer: &str) {
        let forwarded = self
            .instance
            .map(|(_, at)| at)
            .filter(|at| *at > self.began);
        let relayed = self.answered.zip(self.relayed);
        let record = Record {
            phases: Phases {
                request: forwarded.map(|at| at - self.began),
                backend: self.connected_after,
                response: relayed.map(|(answered, relayed)| relayed - answered),
            },
            ..self.record(balancer)
        };
        book.write(logging, &record);
    }

    fn record<'a>(&'a self, balancer: &'a str) -> Record<'a> {
        Record {
            at: self.at,
            balancer,
            client: self.client,
            instance: self.instance.map(|(address, _)| address),
            phases: Phases::default(),
            statuses: None,
            received_bytes: self.received,
            sent_bytes: self.sent,
            request: &self.request,
            agent: &self.agent,
            tls: self.tls,
        }
    }
}

/// The status in the line of a request whose client did not wait for the answer. Source: "HTTP 408:
/// Request Timeout" in the user guide, which names both causes.
const CLIENT_LEFT: u16 = 408;
