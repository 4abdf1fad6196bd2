//! Bytes moved from socket to socket within the kernel, through a pipe: splice(2).
//!
//! Nothing is copied, so that a MiB costs a third of what it costs through a buffer. A small exchange
//! would cost more: two calls and a pipe where a read and a write are enough. It is for TCP that has
//! proved to be bulk ([`BULK_READS`](super::limits::BULK_READS)), and is given up when that pauses. HTTP
//! bodies pass through buffers: spliced, they cost the other ends more than it saves here
//! (`benches/README.md`).

use super::limits::{BUFFER_BYTES, LEAST_PIPE_BYTES, PIPE_BYTES, PIPES, SPARE_PIPES};
use rustix::pipe::{
    PipeFlags, SpliceFlags, fcntl_getpipe_size, fcntl_setpipe_size, pipe_with, splice,
};
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// A pipe that is lent, and how many bytes are in it. Dropped, it goes back to its worker.
pub struct Pipe {
    ends: Rc<Ends>,
    home: Rc<Home>,
    held: usize,
    /// How many bytes it was last filled with.
    last: usize,
}

/// The two ends of a pipe of so many bytes.
struct Ends {
    read: OwnedFd,
    write: OwnedFd,
    bytes: usize,
}

/// Why a pipe has stopped moving bytes.
#[derive(Debug)]
pub enum Carried {
    /// The pipe is empty, and the source has nothing for now. It is bulk no longer if the last piece
    /// was little.
    SourceWaits { bulk: bool },
    /// There are bytes in the pipe that the sink does not take for now.
    SinkWaits,
    /// The pipe is empty, and the source has ended.
    SourceEnded,
}

impl Ends {
    /// Nothing if no descriptors are left, or if the system has given this user so many pipes already
    /// that another would be too small to be of use.
    fn new() -> Option<Ends> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).ok()?;
        let size = fcntl_setpipe_size(&write, PIPE_BYTES);
        let bytes = size.or_else(|_| fcntl_getpipe_size(&write)).ok()?;
        (bytes >= LEAST_PIPE_BYTES).then_some(Ends { read, write, bytes })
    }
}

impl Pipe {
    /// Moves bytes from one socket to another until one side has to wait, and adds to `sent` what the
    /// other took.
    ///
    /// # Errors
    ///
    /// One of the connections is broken.
    pub fn carry(
        &mut self,
        source: &TcpStream,
        sink: &TcpStream,
        sent: &mut u64,
        context: &mut Context<'_>,
    ) -> io::Result<Carried> {
        loop {
            if self.poll_drain(sink, sent, context)?.is_pending() {
                return Ok(Carried::SinkWaits);
            }
            match self.poll_fill(source, context)? {
                Poll::Ready(0) => return Ok(Carried::SourceEnded),
                Poll::Ready(_) => {}
                Poll::Pending => {
                    let bulk = self.last >= BUFFER_BYTES / 2;
                    return Ok(Carried::SourceWaits { bulk });
                }
            }
        }
    }

    /// Takes bytes of a socket into the empty pipe. Zero is the end of the stream.
    fn poll_fill(
        &mut self,
        source: &TcpStream,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(source.poll_read_ready(context))?;
            let moved = source.try_io(Interest::READABLE, || {
                pass(source, &self.ends.write, self.ends.bytes)
            });
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

    /// Lets a socket take all that is in the pipe, and adds to `sent` what it takes.
    fn poll_drain(
        &mut self,
        sink: &TcpStream,
        sent: &mut u64,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.held > 0 {
            ready!(sink.poll_write_ready(context))?;
            let moved = sink.try_io(Interest::WRITABLE, || {
                pass(&self.ends.read, sink, self.held)
            });
            match moved {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(count) => {
                    self.held -= count;
                    *sent += count as u64;
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

impl Drop for Pipe {
    fn drop(&mut self) {
        self.home.lent.set(self.home.lent.get() - 1);
        let mut spare = self.home.spare.borrow_mut();
        // One with bytes in it is closed: they were somebody's.
        if self.held == 0 && spare.len() < SPARE_PIPES {
            spare.push(Rc::clone(&self.ends));
        }
    }
}

/// The pipes of one worker.
#[derive(Default)]
pub struct Pipes(Rc<Home>);

/// Where pipes are when they are not lent.
#[derive(Default)]
struct Home {
    spare: RefCell<Vec<Rc<Ends>>>,
    lent: Cell<usize>,
}

impl Pipes {
    /// Lends an empty pipe. Nothing if too many are lent, or another cannot be had: then bytes go
    /// through buffers as before. Boxed: its borrower is small.
    pub fn lend(&self) -> Option<Box<Pipe>> {
        let home = &self.0;
        if home.lent.get() == PIPES {
            return None;
        }
        let spare = home.spare.borrow_mut().pop();
        let ends = spare.or_else(|| Ends::new().map(Rc::new))?;
        home.lent.set(home.lent.get() + 1);
        Some(Box::new(Pipe {
            ends,
            home: Rc::clone(home),
            held: 0,
            last: 0,
        }))
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
        drop(full);
        assert!(pipes.0.spare.borrow().is_empty());
        drop(lent);
        assert_eq!(pipes.0.spare.borrow().len(), SPARE_PIPES);
        assert!(pipes.lend().is_some());
    }
}
