//! Buffers: lent to a connection while bytes pass through it, returned when it falls silent.

use super::limits::{
    BUFFER_BYTES, HEADROOM_BYTES, LARGE_BUFFER_BYTES, SPARE_BUFFERS, SPARE_LARGE_BUFFERS,
};
use super::stream::Stream;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use std::cell::RefCell;
use std::io;
use std::os::fd::AsFd;
use std::task::{Context, Poll, ready};
use tokio::io::ReadBuf;

/// A stretch of memory of which `start..end` is in use.
#[derive(Debug, Default)]
pub struct Buffer {
    memory: Box<[u8]>,
    pub start: usize,
    pub end: usize,
}

impl Buffer {
    /// The bytes in use.
    pub fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    /// The bytes in use, to change them in place.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.end]
    }

    /// The bytes between two places.
    pub fn between(&self, start: usize, end: usize) -> &[u8] {
        &self.memory[start..end]
    }

    /// Whether nothing is in use.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the buffer has been lent at all.
    pub fn is_lent(&self) -> bool {
        !self.memory.is_empty()
    }

    /// Bytes that can still be read into it.
    pub fn room(&self) -> usize {
        self.memory.len() - self.end
    }

    /// The place behind what is in use, to write into; the writer moves `end`.
    pub fn room_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.end..]
    }

    /// Forgets all bytes, keeping `front` free before what is read next.
    pub fn clear(&mut self, front: usize) {
        self.start = front;
        self.end = front;
    }

    /// Replaces the first `length` bytes in use by `head`, which may be longer by the headroom.
    /// Says whether it fitted.
    pub fn replace_head(&mut self, length: usize, head: &[u8]) -> bool {
        let body = self.start + length;
        let Some(start) = body.checked_sub(head.len()) else {
            return false;
        };
        self.memory[start..body].copy_from_slice(head);
        self.start = start;
        true
    }

    /// Adds bytes of our own at the end. Says whether they fitted.
    pub fn append(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.room() {
            return false;
        }
        self.memory[self.end..self.end + bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
        true
    }

    /// Writes once as much of what is in use as a socket takes without waiting. Says whether the socket
    /// was ready for any.
    pub fn drain_into(&mut self, socket: impl AsFd) -> io::Result<bool> {
        match send(
            socket,
            self.bytes(),
            SendFlags::DONTWAIT | SendFlags::NOSIGNAL,
        ) {
            Ok(count) => {
                self.start += count;
                Ok(true)
            }
            Err(Errno::AGAIN) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads once from a stream to the end of what is in use. Zero is the end of the stream.
    pub fn poll_fill(
        &mut self,
        stream: &mut Stream,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut space = ReadBuf::new(&mut self.memory[self.end..]);
        ready!(stream.poll_read(context, &mut space))?;
        let count = space.filled().len();
        self.end += count;
        Poll::Ready(Ok(count))
    }
}

/// The spare buffers of one worker.
#[derive(Default)]
pub struct Buffers {
    ordinary: RefCell<Vec<Box<[u8]>>>,
    large: RefCell<Vec<Box<[u8]>>>,
}

impl Buffers {
    /// Lends an ordinary buffer, empty, with headroom.
    pub fn lend(&self) -> Buffer {
        Self::wrap(self.ordinary.borrow_mut().pop(), BUFFER_BYTES)
    }

    /// Lends a buffer with what has arrived at a socket, read once and without waiting; none if that is
    /// nothing. An end or an error stays to be met.
    pub fn lend_with(&self, socket: impl AsFd) -> Buffer {
        let mut buffer = self.lend();
        match recv(socket, buffer.room_mut(), RecvFlags::DONTWAIT) {
            Ok((count, _)) if count > 0 => {
                buffer.end += count;
                buffer
            }
            _ => {
                self.take_back(buffer);
                Buffer::default()
            }
        }
    }

    /// Lends a large buffer, empty, with headroom.
    pub fn lend_large(&self) -> Buffer {
        Self::wrap(self.large.borrow_mut().pop(), LARGE_BUFFER_BYTES)
    }

    fn wrap(spare: Option<Box<[u8]>>, bytes: usize) -> Buffer {
        Buffer {
            memory: spare.unwrap_or_else(|| vec![0; bytes + HEADROOM_BYTES].into_boxed_slice()),
            start: HEADROOM_BYTES,
            end: HEADROOM_BYTES,
        }
    }

    /// Exchanges a buffer for a large one, keeping what is in use. Large ones stay as they are.
    pub fn enlarge(&self, buffer: &mut Buffer) {
        if buffer.memory.len() > BUFFER_BYTES + HEADROOM_BYTES {
            return;
        }
        let mut large = self.lend_large();
        large.append(buffer.bytes());
        self.take_back(std::mem::replace(buffer, large));
    }

    /// Makes room behind what is in use: by moving it to the front if something before it is no
    /// longer in use, else by lending a large buffer.
    pub fn make_room(&self, buffer: &mut Buffer) {
        if buffer.start > HEADROOM_BYTES {
            buffer
                .memory
                .copy_within(buffer.start..buffer.end, HEADROOM_BYTES);
            buffer.end -= buffer.start - HEADROOM_BYTES;
            buffer.start = HEADROOM_BYTES;
        } else {
            self.enlarge(buffer);
        }
    }

    /// Takes a buffer back, if one had been lent.
    pub fn take_back(&self, buffer: Buffer) {
        let (spares, bound) = match buffer.memory.len() {
            0 => return,
            length if length > BUFFER_BYTES + HEADROOM_BYTES => (&self.large, SPARE_LARGE_BUFFERS),
            _ => (&self.ordinary, SPARE_BUFFERS),
        };
        let mut spares = spares.borrow_mut();
        if spares.len() < bound {
            spares.push(buffer.memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_grows_into_the_headroom_and_no_further() {
        for (grown, fits) in [
            (0, true),
            (HEADROOM_BYTES, true),
            (HEADROOM_BYTES + 1, false),
        ] {
            let mut buffer = Buffers::default().lend();
            assert!(buffer.append(b"HEADbody"));
            let head = vec![b'h'; 4 + grown];
            assert_eq!(buffer.replace_head(4, &head), fits);
            if fits {
                assert_eq!(buffer.bytes(), [&head[..], b"body"].concat());
            }
        }
    }

    #[test]
    fn an_enlarged_buffer_keeps_its_bytes() {
        let buffers = Buffers::default();
        let mut buffer = buffers.lend();
        assert!(buffer.append(b"kept"));
        buffers.enlarge(&mut buffer);
        assert_eq!(buffer.bytes(), b"kept");
        assert_eq!(buffer.room(), LARGE_BUFFER_BYTES - b"kept".len());
        assert_eq!(buffers.ordinary.borrow().len(), 1);
    }

    #[test]
    fn there_is_always_room_for_the_rest_of_a_head() {
        let buffers = Buffers::default();
        let mut buffer = buffers.lend_large();
        assert!(buffer.append(&vec![b'a'; LARGE_BUFFER_BYTES]));
        buffer.start = buffer.end - 3;
        buffers.make_room(&mut buffer);
        assert_eq!(buffer.bytes(), b"aaa");
        assert_eq!(buffer.room(), LARGE_BUFFER_BYTES - 3);
    }
}
