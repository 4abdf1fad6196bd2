//! A connection to a client or to an instance, as the paths of HTTP and TCP see it: bytes in, bytes
//! out, whatever lies between them and the wire.
//!
//! A plain connection passes straight through: the one comparison that tells it from others is all
//! it pays.

use super::tls::Negotiated;
use super::tls::session::Session;
use rustix::net::RecvFlags;
use socket2::SockRef;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Looks at what has arrived, and leaves it.
const PEEK: RecvFlags = RecvFlags::PEEK.union(RecvFlags::DONTWAIT);

/// A connection.
pub enum Stream {
    Plain(TcpStream),
    /// Boxed: a session is large, and plain connections are not to carry room for one.
    Tls(Box<Session>),
}

impl Stream {
    /// Reads what is there. Nothing read is the end of the stream.
    #[inline]
    pub fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, space),
            Stream::Tls(session) => session.poll_read(context, space),
        }
    }

    /// Writes some of the bytes, and says how many are on their way. A caller that had to wait comes
    /// back with the same bytes.
    #[inline]
    pub fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(session) => session.poll_write(context, bytes),
        }
    }

    /// Ends our side of the stream: the peer reads to the end of what was written.
    pub fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(session) => session.poll_shutdown(context),
        }
    }

    /// Whether there is something to read, or the stream has ended; the task is woken when it has.
    #[inline]
    pub fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(stream) => stream.poll_read_ready(context),
            Stream::Tls(session) => session.poll_readable(context),
        }
    }

    /// Whether the peer has said nothing and closed nothing, as far as the reactor knows; the task is
    /// woken when it does.
    #[inline]
    pub fn is_quiet(&mut self, context: &mut Context<'_>) -> bool {
        if self.poll_readable(context).is_pending() {
            return true;
        }
        let mut byte = [0];
        self.poll_read(context, &mut ReadBuf::new(&mut byte))
            .is_pending()
    }

    /// Whether the peer has said nothing and closed nothing, asked of the kernel.
    ///
    /// The reactor learns of a close only when it next polls; before something that cannot be
    /// repeated is sent on a kept connection, this one system call narrows the race to the network's
    /// own.
    pub fn is_still_open(&self) -> bool {
        matches!(
            rustix::net::recv(self.socket(), &mut [0], PEEK),
            Err(rustix::io::Errno::AGAIN)
        )
    }

    /// Whether the peer has closed or broken the connection, asked of the kernel. Bytes that wait to
    /// be read hide it.
    pub fn has_left(&self) -> bool {
        match rustix::net::recv(self.socket(), &mut [0], PEEK) {
            Ok((count, _)) => count == 0,
            Err(error) => error != rustix::io::Errno::AGAIN,
        }
    }

    /// Waits for the peer to send something, to end its side, or to break the connection, which is the
    /// error. What was sent stays to be read.
    pub fn poll_heard(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            // The reactor may think that there is something: the last read may have met its bound.
            Stream::Plain(stream) => stream
                .poll_peek(context, &mut ReadBuf::new(&mut [0]))
                .map_ok(drop),
            Stream::Tls(session) => {
                ready!(session.poll_readable(context))?;
                match rustix::net::recv(session.socket(), &mut [0], PEEK) {
                    Err(error) if error != rustix::io::Errno::AGAIN => {
                        Poll::Ready(Err(error.into()))
                    }
                    _ => Poll::Ready(Ok(())),
                }
            }
        }
    }

    /// Has the system acknowledge at once what it has received. The error is of no use: it does so in
    /// its own time.
    pub fn acknowledge(&self) {
        let _ = SockRef::from(self.socket()).set_tcp_quickack(true);
    }

    /// Makes the coming close a reset. The error is of no use: the socket is closed either way.
    pub fn reset(&self) {
        let _ = SockRef::from(self.socket()).set_linger(Some(Duration::ZERO));
    }

    /// Says that the stream ended where it should, before it is dropped: nothing for a plain one,
    /// whose close says so.
    pub fn finish(&mut self) {
        if let Stream::Tls(session) = self {
            session.finish();
        }
    }

    /// What was agreed on, if it is TLS.
    pub fn tls(&self) -> Option<Negotiated> {
        match self {
            Stream::Plain(_) => None,
            Stream::Tls(session) => session.negotiated(),
        }
    }

    /// The peer's address, and the one it connected to. Asked of the system.
    pub fn ends(&self) -> io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.socket().peer_addr()?, self.socket().local_addr()?))
    }

    /// The socket, if its bytes are those of the stream.
    pub fn plain(&self) -> Option<&TcpStream> {
        match self {
            Stream::Plain(stream) => Some(stream),
            Stream::Tls(_) => None,
        }
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Stream::Plain(stream) => stream,
            Stream::Tls(session) => session.socket(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_whose_acknowledgements_wait_can_be_told_not_to() {
        let listener = crate::socket::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        SockRef::from(&socket).set_tcp_quickack(false).unwrap();
        let stream = Stream::Plain(socket);
        stream.acknowledge();
        assert!(SockRef::from(stream.socket()).tcp_quickack().unwrap());
    }
}
