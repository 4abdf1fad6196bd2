//! One TLS session: records on a socket, bytes to its user.
//!
//! rustls decides what records mean and keeps nothing of what passes through: records arrive in a
//! buffer lent by the worker, are opened one at a time, and leave through another. A session that is
//! idle holds no buffer, unless its peer stopped in the middle of a record.
//!
//! What a user can rely on:
//!
//! - A write is done when all of its records are with the kernel; until then it is the same write,
//!   and no more than one buffer of it is under way.
//! - The end of the stream is the peer's close_notify. A socket that ends without one is an error:
//!   whoever cut it off must not decide where a message ends.
//! - close_notify is sent by [`Session::poll_shutdown`] and [`Session::finish`] alone, so that a
//!   stream that is given up never looks complete.

use super::Negotiated;
use crate::proxy::buffer::{Buffer, Buffers};
use crate::proxy::limits::BUFFER_BYTES;
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::ServerName;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, UnbufferedStatus};
use rustls::{ClientConfig, ProtocolVersion, ServerConfig};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes a record may be longer than what it carries: header, explicit nonce, tag, rounded up.
const RECORD_OVERHEAD: usize = 64;

/// Bytes of what one record carries (RFC 8446 §5.1).
const RECORD_BYTES: usize = 16 * 1024;

/// Bytes that messages of rustls' own, queued before data, may take: a key update, tickets.
const MESSAGE_RESERVE: usize = 512;

/// A TLS session on a socket.
pub struct Session {
    socket: TcpStream,
    side: Side,
    buffers: Rc<Buffers>,
    /// Records as they arrived, from the first that was not opened.
    sealed: Buffer,
    /// The last read filled `sealed`: lend a larger one.
    full: bool,
    /// What an opened record held and the user has not taken yet. While there is any, no further
    /// record is opened.
    opened: Buffer,
    /// Records on their way to the socket.
    outgoing: Buffer,
    /// Bytes of the user's present write that are in `outgoing`.
    accepted: usize,
    peer: Peer,
    /// Something has come from the peer, whatever it was.
    heard: bool,
    phase: Phase,
}

/// The two roles differ in a type parameter of rustls only.
enum Side {
    Server(UnbufferedServerConnection),
    Client(UnbufferedClientConnection),
}

/// What is known of the peer's end of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    Speaks,
    /// It sent close_notify.
    Finished,
    /// Its socket ended without.
    Gone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Handshake,
    Traffic,
    /// close_notify was sealed: nothing more is written.
    Closing,
    /// The peer broke the protocol: nothing more is read or written.
    Failed,
}

/// What a look at the records came to.
enum Turn {
    /// There may be more to do without more bytes.
    Again,
    /// A record was opened.
    Opened,
    /// More bytes are needed.
    Wait,
}

impl Session {
    /// A session that answers a client's handshake.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn server(
        socket: TcpStream,
        config: Arc<ServerConfig>,
        buffers: Rc<Buffers>,
    ) -> Result<Session, rustls::Error> {
        let connection = UnbufferedServerConnection::new(config)?;
        Ok(Session::new(socket, Side::Server(connection), buffers))
    }

    /// A session that asks an instance for a handshake. Instances have no names; their address
    /// stands for one, and is not sent.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn client(
        socket: TcpStream,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
        buffers: Rc<Buffers>,
    ) -> Result<Session, rustls::Error> {
        let connection = UnbufferedClientConnection::new(config, name)?;
        Ok(Session::new(socket, Side::Client(connection), buffers))
    }

    fn new(socket: TcpStream, side: Side, buffers: Rc<Buffers>) -> Session {
        Session {
            socket,
            side,
            buffers,
            sealed: Buffer::default(),
            full: false,
            opened: Buffer::default(),
            outgoing: Buffer::default(),
            accepted: 0,
            peer: Peer::Speaks,
            heard: false,
            phase: Phase::Handshake,
        }
    }

    /// The socket beneath.
    pub fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Whether the peer has sent anything at all.
    pub fn has_heard(&self) -> bool {
        self.heard
    }

    /// What was agreed on, once it was.
    pub fn negotiated(&self) -> Option<Negotiated> {
        let (suite, version) = match &self.side {
            Side::Server(side) => (side.negotiated_cipher_suite(), side.protocol_version()),
            Side::Client(side) => (side.negotiated_cipher_suite(), side.protocol_version()),
        };
        Some(Negotiated::of(suite?.suite(), version?))
    }

    /// Drives the handshake to its end.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol, has nothing in common with us, or went away. An alert that says
    /// so is sent if the socket takes it.
    pub fn poll_handshake(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.turn(None)? {
                Turn::Again => continue,
                Turn::Opened => {}
                Turn::Wait if self.phase != Phase::Handshake => {}
                Turn::Wait => {
                    ready!(self.poll_flush(context))?;
                    ready!(self.poll_fill(context))?;
                    if self.peer == Peer::Gone {
                        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                    }
                    continue;
                }
            }
            // A Finished must not wait for what its sender will say next. Tickets may, and are all
            // that a server of TLS 1.3 says last: they go with its first answer, or when it has
            // nothing else to do.
            let tickets_alone = match &self.side {
                Side::Server(side) => side.protocol_version() == Some(ProtocolVersion::TLSv1_3),
                Side::Client(_) => false,
            };
            if tickets_alone {
                return Poll::Ready(Ok(()));
            }
            return self.poll_flush(context);
        }
    }

    /// Reads what is there. Nothing read is the peer's close_notify.
    pub fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = space.filled().len();
        loop {
            if !self.opened.is_empty() {
                let count = space.remaining().min(self.opened.bytes().len());
                space.put_slice(&self.opened.bytes()[..count]);
                self.opened.start += count;
                if !self.opened.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                self.buffers.take_back(std::mem::take(&mut self.opened));
            }
            if space.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            // What was read before an error is not lost: the error is met again.
            let read = space.filled().len() > before;
            match self.turn(Some(space)) {
                Ok(Turn::Again | Turn::Opened) => continue,
                Ok(Turn::Wait) => {}
                Err(error) if !read => return Poll::Ready(Err(error)),
                Err(_) => return Poll::Ready(Ok(())),
            }
            if space.filled().len() > before || self.peer == Peer::Finished {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_more(context))?;
        }
    }

    /// Whether there is something to read, or the stream has ended; the task is woken when it has.
    pub fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if !self.opened.is_empty() || self.peer == Peer::Finished {
                return Poll::Ready(Ok(()));
            }
            match self.turn(None)? {
                Turn::Again | Turn::Opened => {}
                Turn::Wait if self.peer == Peer::Finished => return Poll::Ready(Ok(())),
                Turn::Wait => ready!(self.poll_more(context))?,
            }
        }
    }

    /// Writes some of the bytes; ready when they are with the kernel. A caller that had to wait comes
    /// back with the same bytes.
    pub fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.accepted == 0 {
            if bytes.is_empty() {
                return Poll::Ready(Ok(0));
            }
            self.accepted = self.seal(bytes)?;
        }
        ready!(self.poll_flush(context))?;
        Poll::Ready(Ok(std::mem::take(&mut self.accepted)))
    }

    /// Sends close_notify and ends our side of the socket.
    pub fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.seal_close_notify();
        ready!(self.poll_flush(context))?;
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    /// Sends close_notify if the socket takes it at once: a courtesy before the connection is
    /// dropped, for which nobody waits. Not after a write that was given up.
    pub fn finish(&mut self) {
        if self.accepted == 0 && self.phase == Phase::Traffic {
            self.seal_close_notify();
            let _ = self.socket.try_write(self.outgoing.bytes());
        }
    }

    /// Receives more records; waits with everything of ours sent.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.peer == Peer::Gone {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        if self.poll_fill(context)?.is_ready() {
            return Poll::Ready(Ok(()));
        }
        // Nobody waits for it to be sent, only for what may come.
        let _ = self.poll_flush(context)?;
        Poll::Pending
    }

    /// Reads from the socket once.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.sealed.is_empty() {
            // Ask before borrowing: a silent connection holds no buffer.
            ready!(self.socket.poll_read_ready(context))?;
        }
        if !self.sealed.is_lent() {
            self.sealed = self.buffers.lend();
        } else if self.sealed.room() == 0 {
            self.buffers.make_room(&mut self.sealed);
        }
        if std::mem::take(&mut self.full) {
            self.buffers.enlarge(&mut self.sealed);
        }
        let mut space = ReadBuf::new(self.sealed.room_mut());
        let read = Pin::new(&mut self.socket).poll_read(context, &mut space);
        let count = space.filled().len();
        self.sealed.end += count;
        self.full = self.sealed.room() == 0;
        self.return_empty();
        ready!(read)?;
        if count == 0 {
            self.peer = Peer::Gone;
        } else {
            self.heard = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Gives back buffers that hold nothing.
    fn return_empty(&mut self) {
        if self.sealed.is_empty() {
            self.buffers.take_back(std::mem::take(&mut self.sealed));
        }
    }

    /// Sends what is to be sent.
    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let bytes = self.outgoing.bytes();
            let count = ready!(Pin::new(&mut self.socket).poll_write(context, bytes))?;
            self.outgoing.start += count;
        }
        self.buffers.take_back(std::mem::take(&mut self.outgoing));
        Poll::Ready(Ok(()))
    }

    /// Looks at the records that have arrived. What the next of them holds goes to the space, as far
    /// as it fits, and the rest is kept.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol; the alert has been sent, if the socket took it.
    fn turn(&mut self, space: Option<&mut ReadBuf<'_>>) -> io::Result<Turn> {
        if self.phase == Phase::Failed {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // With nothing to look at there is nothing to learn, but for who speaks first.
        if self.sealed.is_empty() && self.phase != Phase::Handshake {
            return Ok(Turn::Wait);
        }
        let Session {
            side,
            sealed,
            opened,
            outgoing,
            buffers,
            ..
        } = self;
        let store = Store {
            space,
            opened,
            outgoing,
            buffers,
        };
        let (discard, heard) = match side {
            Side::Server(side) => hear(side.process_tls_records(sealed.bytes_mut()), store),
            Side::Client(side) => hear(side.process_tls_records(sealed.bytes_mut()), store),
        };
        self.sealed.start += discard;
        if heard.is_ok() {
            self.return_empty();
        }
        let turn = match heard {
            Ok(Heard::More) => Turn::Again,
            Ok(Heard::Nothing) => Turn::Wait,
            Ok(heard @ (Heard::Data | Heard::Established)) => {
                if self.phase == Phase::Handshake {
                    self.phase = Phase::Traffic;
                }
                match heard {
                    Heard::Data => Turn::Opened,
                    _ => Turn::Wait,
                }
            }
            Ok(Heard::Finished) => {
                self.peer = Peer::Finished;
                Turn::Wait
            }
            Err(error) => {
                self.fail();
                return Err(error);
            }
        };
        Ok(turn)
    }

    /// Ends the session after an error, with the alert that rustls has queued.
    fn fail(&mut self) {
        let Session {
            side,
            sealed,
            opened,
            outgoing,
            buffers,
            ..
        } = self;
        let store = Store {
            space: None,
            opened,
            outgoing,
            buffers,
        };
        // Once: what is queued is handed out before records are looked at, and rustls must not be
        // shown the same mistake again. Whatever comes of it, the session is over.
        let _ = match side {
            Side::Server(side) => hear(side.process_tls_records(sealed.bytes_mut()), store),
            Side::Client(side) => hear(side.process_tls_records(sealed.bytes_mut()), store),
        };
        self.phase = Phase::Failed;
        let _ = self.socket.try_write(self.outgoing.bytes());
        for buffer in [&mut self.sealed, &mut self.opened, &mut self.outgoing] {
            self.buffers.take_back(std::mem::take(buffer));
        }
    }

    /// Makes records of some of the bytes; says of how many.
    fn seal(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.phase != Phase::Traffic {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if !self.outgoing.is_lent() {
            self.outgoing = if bytes.len() > BUFFER_BYTES {
                self.buffers.lend_large()
            } else {
                self.buffers.lend()
            };
        }
        let room = self.outgoing.room().saturating_sub(MESSAGE_RESERVE);
        let records = room / RECORD_BYTES + 1;
        let count = bytes
            .len()
            .min(room.saturating_sub(records * RECORD_OVERHEAD));
        if count == 0 {
            // Only messages of rustls' own can have filled it: the peer asks and does not read.
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let sealed = self.with_traffic(Sealing::Data(&bytes[..count]))?;
        self.outgoing.end += sealed;
        Ok(count)
    }

    fn seal_close_notify(&mut self) {
        if self.phase != Phase::Traffic {
            return;
        }
        if !self.outgoing.is_lent() {
            self.outgoing = self.buffers.lend();
        }
        // A session that cannot even say that it ends is ended by its socket.
        if let Ok(sealed) = self.with_traffic(Sealing::CloseNotify) {
            self.outgoing.end += sealed;
        }
        self.phase = Phase::Closing;
    }

    /// Seals something behind what is in `outgoing`; says how many bytes of records it became.
    fn with_traffic(&mut self, sealing: Sealing<'_>) -> io::Result<usize> {
        loop {
            let Session {
                side,
                sealed,
                opened,
                outgoing,
                buffers,
                ..
            } = self;
            // rustls wants to see records it has begun to read, or none at all directly after
            // application data: then it has begun nothing.
            let seen: &mut [u8] = if opened.is_empty() {
                sealed.bytes_mut()
            } else {
                &mut []
            };
            let store = Store {
                space: None,
                opened,
                outgoing,
                buffers,
            };
            let (discard, result) = match side {
                Side::Server(side) => seal_or_hear(side.process_tls_records(seen), store, sealing),
                Side::Client(side) => seal_or_hear(side.process_tls_records(seen), store, sealing),
            };
            self.sealed.start += discard;
            match result {
                Ok(Sealed::Done(count)) => return Ok(count),
                Ok(Sealed::Heard(Heard::Finished)) => self.peer = Peer::Finished,
                Ok(Sealed::Heard(Heard::Nothing)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Ok(Sealed::Heard(_)) => {}
                Err(error) => {
                    self.fail();
                    return Err(error);
                }
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for buffer in [&mut self.sealed, &mut self.opened, &mut self.outgoing] {
            self.buffers.take_back(std::mem::take(buffer));
        }
    }
}

/// Where what rustls has to say goes.
struct Store<'a, 'b> {
    space: Option<&'a mut ReadBuf<'b>>,
    opened: &'a mut Buffer,
    outgoing: &'a mut Buffer,
    buffers: &'a Buffers,
}

/// What rustls had to say.
enum Heard {
    /// Something that may be followed by more.
    More,
    /// Data, now in the store.
    Data,
    /// The peer's close_notify.
    Finished,
    /// Nothing, and data may be sent.
    Established,
    /// Nothing.
    Nothing,
}

#[derive(Clone, Copy)]
enum Sealing<'a> {
    Data(&'a [u8]),
    CloseNotify,
}

enum Sealed {
    Done(usize),
    Heard(Heard),
}

fn protocol(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Takes what rustls has to say; returns how many bytes of records it has done with.
fn hear<D>(
    status: UnbufferedStatus<'_, '_, D>,
    store: Store<'_, '_>,
) -> (usize, io::Result<Heard>) {
    let UnbufferedStatus { discard, state } = status;
    match state {
        Ok(state) => (discard, take(state, store)),
        Err(error) => (discard, Err(protocol(error))),
    }
}

fn seal_or_hear<D>(
    status: UnbufferedStatus<'_, '_, D>,
    store: Store<'_, '_>,
    sealing: Sealing<'_>,
) -> (usize, io::Result<Sealed>) {
    let UnbufferedStatus { discard, state } = status;
    let result = match state {
        Ok(ConnectionState::WriteTraffic(mut traffic)) => {
            let space = store.outgoing.room_mut();
            match sealing {
                Sealing::Data(bytes) => traffic.encrypt(bytes, space),
                Sealing::CloseNotify => traffic.queue_close_notify(space),
            }
            .map(Sealed::Done)
            .map_err(|error: EncryptError| io::Error::other(error))
        }
        Ok(state) => take(state, store).map(Sealed::Heard),
        Err(error) => Err(protocol(error)),
    };
    (discard, result)
}

fn take<D>(state: ConnectionState<'_, '_, D>, store: Store<'_, '_>) -> io::Result<Heard> {
    let Store {
        mut space,
        opened,
        outgoing,
        buffers,
    } = store;
    match state {
        ConnectionState::ReadTraffic(mut traffic) => {
            while let Some(record) = traffic.next_record() {
                let mut payload = record.map_err(protocol)?.payload;
                if let Some(space) = &mut space
                    && opened.is_empty()
                {
                    let (fits, rest) = payload.split_at(payload.len().min(space.remaining()));
                    space.put_slice(fits);
                    payload = rest;
                }
                keep(payload, opened, buffers)?;
            }
            Ok(Heard::Data)
        }
        ConnectionState::EncodeTlsData(mut message) => {
            if !outgoing.is_lent() {
                *outgoing = buffers.lend();
            }
            let mut encoded = message.encode(outgoing.room_mut());
            if matches!(encoded, Err(EncodeError::InsufficientSize(_))) {
                buffers.make_room(outgoing);
                encoded = message.encode(outgoing.room_mut());
            }
            outgoing.end += encoded.map_err(io::Error::other)?;
            Ok(Heard::More)
        }
        ConnectionState::TransmitTlsData(transmitted) => {
            // It is in our hands now, in order.
            transmitted.done();
            Ok(Heard::More)
        }
        ConnectionState::PeerClosed => Ok(Heard::Finished),
        ConnectionState::WriteTraffic(_) => Ok(Heard::Established),
        // No early data is offered or accepted.
        _ => Ok(Heard::Nothing),
    }
}

fn keep(payload: &[u8], opened: &mut Buffer, buffers: &Buffers) -> io::Result<()> {
    if payload.is_empty() {
        return Ok(());
    }
    if !opened.is_lent() {
        *opened = buffers.lend();
    }
    // One record is at most half a buffer, and nothing is opened on top of it.
    if opened.append(payload) {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}
