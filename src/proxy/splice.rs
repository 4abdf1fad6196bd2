//! Bytes moved from socket to socket within the kernel, through a pipe: splice(2).
//!
//! Nothing is copied, so that a MiB costs a third of what it costs through a buffer. A small exchange
//! would cost more: two calls and a pipe where a read and a write are enough. It is for transfers that
//! have proved to be bulk ([`BULK_READS`](super::limits::BULK_READS)), and is given up when they pause.

use super::limits::{BUFFER_BYTES, PIPE_BYTES, PIPES, SPARE_PIPES};
use super::stream::Stream;
use rustix::pipe::{
    PipeFlags, SpliceFlags, fcntl_getpipe_size, fcntl_setpipe_size, pipe_with, splice,
};
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// A pipe, and how many bytes are in it.
pub struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
    held: usize,
    bytes: usize,
    /// How many bytes it was last filled with.
    last: usize,
}

/// Whether bytes can pass between two streams without being looked at.
pub fn is_possible(source: &Stream, sink: &Stream) -> bool {
    source.plain().is_some() && sink.plain().is_some()
}

impl Pipe {
    fn new() -> io::Result<Pipe> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        // The system may grant less; what it has is used.
        let bytes =
            fcntl_setpipe_size(&write, PIPE_BYTES).or_else(|_| fcntl_getpipe_size(&write))?;
        Ok(Pipe {
            read,
            write,
            held: 0,
            bytes,
            last: 0,
        })
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Whether what it was last filled with was little: the bulk is over.
    pub fn was_little(&self) -> bool {
        self.last < BUFFER_BYTES / 2
    }

    /// Takes bytes of a socket into the empty pipe. Zero is the end of the stream.
    pub fn poll_fill(
        &mut self,
        source: &TcpStream,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(source.poll_read_ready(context))?;
            let moved = source.try_io(Interest::READABLE, || pass(source, &self.write, self.bytes));
            match moved {
                Ok(count) => {
                    self.held += count;
                    self.last = count;
                    return Poll::Ready(Ok(count));
                }
                // Readiness is forgotten; the next question waits for it.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Lets a socket take all that is in the pipe, and adds to `written` what it takes.
    pub fn poll_drain(
        &mut self,
        sink: &TcpStream,
        written: &mut u64,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.held > 0 {
            ready!(sink.poll_write_ready(context))?;
            let moved = sink.try_io(Interest::WRITABLE, || pass(&self.read, sink, self.held));
            match moved {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(count) => {
                    self.held -= count;
                    *written += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn pass(
    from: &impl std::os::fd::AsFd,
    to: &impl std::os::fd::AsFd,
    bytes: usize,
) -> io::Result<usize> {
    let flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
    Ok(splice(from, None, to, None, bytes, flags)?)
}

/// The pipes of one worker.
#[derive(Default)]
#[expect(
    clippy::vec_box,
    reason = "a pipe stays where it is, and its borrower is small"
)]
pub struct Pipes {
    spare: RefCell<Vec<Box<Pipe>>>,
    lent: Cell<usize>,
}

impl Pipes {
    /// Lends an empty pipe. Nothing if too many are lent, or no descriptors are left for another:
    /// then bytes go through buffers as before.
    pub fn lend(&self) -> Option<Box<Pipe>> {
        if self.lent.get() == PIPES {
            return None;
        }
        let spare = self.spare.borrow_mut().pop();
        let pipe = spare.or_else(|| Pipe::new().ok().map(Box::new))?;
        self.lent.set(self.lent.get() + 1);
        Some(pipe)
    }

    /// Takes a pipe back. One with bytes in it is closed: they were somebody's.
    pub fn take_back(&self, mut pipe: Box<Pipe>) {
        self.lent.set(self.lent.get() - 1);
        let mut spare = self.spare.borrow_mut();
        if pipe.is_empty() && spare.len() < SPARE_PIPES {
            pipe.last = 0;
            spare.push(pipe);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_are_bounded_and_used_again_only_when_empty() {
        let pipes = Pipes::default();
        let mut lent: Vec<Box<Pipe>> = (0..PIPES).map_while(|_| pipes.lend()).collect();
        assert_eq!(lent.len(), PIPES);
        assert!(pipes.lend().is_none());
        let mut full = lent.pop().unwrap();
        full.held = 1;
        pipes.take_back(full);
        assert!(pipes.spare.borrow().is_empty());
        lent.into_iter().for_each(|pipe| pipes.take_back(pipe));
        assert_eq!(pipes.spare.borrow().len(), SPARE_PIPES);
        assert!(pipes.lend().is_some());
    }
}
