//! Which bytes belong to a message's body, found in pieces of any size.

use super::head::is_token_byte;
use crate::proxy::limits::{CHUNK_LINE_BYTES, TRAILER_BYTES};

/// What is still to come of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing, or nothing any more.
    Done,
    /// So many bytes.
    Length(u64),
    Chunked(Chunked),
    /// Everything until the connection is closed; answers only.
    UntilClose,
}

/// The chunks of a body are not what RFC 9112 §7.1 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadChunk {
    #[error("a chunk's size is not a hexadecimal number")]
    Size,
    #[error("a chunk's size is too large")]
    Overflow,
    #[error("a chunk's extension is malformed or too long")]
    Extension,
    #[error("a chunk does not end where its size says")]
    End,
    #[error("a trailer field is malformed, forbidden or too long")]
    Trailer,
}

impl Body {
    /// A body of a stated length.
    pub fn of_length(length: u64) -> Body {
        if length == 0 {
            Body::Done
        } else {
            Body::Length(length)
        }
    }

    /// A chunked body at its beginning.
    pub fn chunked() -> Body {
        Body::Chunked(Chunked::default())
    }

    /// Whether the message has ended.
    pub fn is_done(&self) -> bool {
        *self == Body::Done
    }

    /// Takes the next bytes and says how many of them belong to the body; fewer than all only if it
    /// ends there.
    ///
    /// # Errors
    ///
    /// The chunks are malformed.
    pub fn admit(&mut self, bytes: &[u8]) -> Result<usize, BadChunk> {
        match self {
            Body::Done => Ok(0),
            Body::UntilClose => Ok(bytes.len()),
            Body::Length(left) => {
                let count = bytes
                    .len()
                    .min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= count as u64;
                if *left == 0 {
                    *self = Body::Done;
                }
                Ok(count)
            }
            Body::Chunked(chunks) => {
                let mut count = 0;
                while count < bytes.len() && !chunks.is_done() {
                    count += chunks.step(&bytes[count..])?.0;
                }
                if chunks.is_done() {
                    *self = Body::Done;
                }
                Ok(count)
            }
        }
    }

    /// Like [`Body::admit`], but moves a chunked body's data to the front, without sizes and
    /// trailers. Returns how many bytes belong to the body, and how many of data there are.
    ///
    /// # Errors
    ///
    /// The chunks are malformed.
    pub fn unchunk(&mut self, bytes: &mut [u8]) -> Result<(usize, usize), BadChunk> {
        let Body::Chunked(chunks) = self else {
            return self.admit(bytes).map(|count| (count, count));
        };
        let (mut count, mut data) = (0, 0);
        while count < bytes.len() && !chunks.is_done() {
            let (taken, is_data) = chunks.step(&bytes[count..])?;
            if is_data {
                bytes.copy_within(count..count + taken, data);
                data += taken;
            }
            count += taken;
        }
        if chunks.is_done() {
            *self = Body::Done;
        }
        Ok((count, data))
    }
}

/// Reads a chunked body as it passes: validates every byte of framing, skips over data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunked {
    state: State,
    /// The size being read, then the data still to come.
    size: u64,
    /// Bytes of the present size line, or of all trailers.
    line: usize,
    /// The beginning of a trailer's name, to know the forbidden ones.
    name: [u8; LONGEST_FORBIDDEN + 1],
    name_length: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the first digit, which there must be.
    #[default]
    FirstDigit,
    Size,
    Extension,
    /// In a quoted value of an extension, and behind a backslash there.
    Quoted,
    Escaped,
    SizeLineFeed,
    Data,
    DataReturn,
    DataLineFeed,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLineFeed,
    LastLineFeed,
    Done,
}

/// Trailers that would frame or address a message if a reader merged them into its head.
const FORBIDDEN_TRAILERS: [&[u8]; 3] = [b"content-length", b"transfer-encoding", b"host"];
const LONGEST_FORBIDDEN: usize = b"transfer-encoding".len();

/// A size beyond this many bits cannot be meant: 64 PiB in one chunk.
const SIZE_BITS: u32 = 56;

impl Chunked {
    fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Consumes a run of framing, or a run of data; says how long, and which it was.
    fn step(&mut self, bytes: &[u8]) -> Result<(usize, bool), BadChunk> {
        if self.state == State::Data {
            let count = bytes
                .len()
                .min(usize::try_from(self.size).unwrap_or(usize::MAX));
            self.size -= count as u64;
            if self.size == 0 {
                self.state = State::DataReturn;
            }
            return Ok((count, true));
        }
        for (at, byte) in bytes.iter().enumerate() {
            self.framing(*byte)?;
            if matches!(self.state, State::Data | State::Done) {
                return Ok((at + 1, false));
            }
        }
        Ok((bytes.len(), false))
    }

    fn framing(&mut self, byte: u8) -> Result<(), BadChunk> {
        self.line += 1;
        self.state = match self.state {
            State::FirstDigit | State::Size => match (byte, char::from(byte).to_digit(16)) {
                (_, Some(digit)) => {
                    if self.size >> (SIZE_BITS - 4) != 0 {
                        return Err(BadChunk::Overflow);
                    }
                    self.size = self.size << 4 | u64::from(digit);
                    if self.line > CHUNK_LINE_BYTES {
                        return Err(BadChunk::Overflow);
                    }
                    State::Size
                }
                (b'\r', _) if self.state == State::Size => State::SizeLineFeed,
                (b';', _) if self.state == State::Size => State::Extension,
                _ => return Err(BadChunk::Size),
            },
            // A quoted value cannot hold the end of a line (RFC 9110 §5.6.4); there are readers that
            // look for its end behind that all the same.
            State::Extension | State::Quoted | State::Escaped => match (self.state, byte) {
                _ if self.line > CHUNK_LINE_BYTES => return Err(BadChunk::Extension),
                (State::Extension, b'\r') => State::SizeLineFeed,
                (State::Extension, b'"') | (State::Escaped, _) if is_text(byte) => State::Quoted,
                (State::Quoted, b'"') => State::Extension,
                (State::Quoted, b'\\') => State::Escaped,
                (state, byte) if is_text(byte) => state,
                _ => return Err(BadChunk::Extension),
            },
            State::SizeLineFeed => {
                expect(byte, b'\n', BadChunk::Size)?;
                self.line = 0;
                if self.size == 0 {
                    State::TrailerStart
                } else {
                    State::Data
                }
            }
            State::DataReturn => {
                expect(byte, b'\r', BadChunk::End)?;
                State::DataLineFeed
            }
            State::DataLineFeed => {
                expect(byte, b'\n', BadChunk::End)?;
                self.line = 0;
                State::FirstDigit
            }
            // The rest are trailers, bounded together.
            _ if self.line > TRAILER_BYTES => return Err(BadChunk::Trailer),
            State::TrailerStart | State::TrailerName => match byte {
                b'\r' if self.state == State::TrailerStart => State::LastLineFeed,
                b':' if self.state == State::TrailerName => {
                    let name = &self.name[..self.name_length];
                    if FORBIDDEN_TRAILERS
                        .iter()
                        .any(|forbidden| name.eq_ignore_ascii_case(forbidden))
                    {
                        return Err(BadChunk::Trailer);
                    }
                    self.name_length = 0;
                    State::TrailerValue
                }
                byte if is_token_byte(byte) => {
                    if let Some(place) = self.name.get_mut(self.name_length) {
                        *place = byte;
                        self.name_length += 1;
                    }
                    State::TrailerName
                }
                _ => return Err(BadChunk::Trailer),
            },
            State::TrailerValue => match byte {
                b'\r' => State::TrailerLineFeed,
                byte if is_text(byte) => State::TrailerValue,
                _ => return Err(BadChunk::Trailer),
            },
            State::TrailerLineFeed => {
                expect(byte, b'\n', BadChunk::Trailer)?;
                State::TrailerStart
            }
            State::LastLineFeed => {
                expect(byte, b'\n', BadChunk::Trailer)?;
                State::Done
            }
            State::Data | State::Done => self.state,
        };
        Ok(())
    }
}

fn expect(byte: u8, expected: u8, otherwise: BadChunk) -> Result<(), BadChunk> {
    if byte == expected {
        Ok(())
    } else {
        Err(otherwise)
    }
}

/// Whether a byte may be in the value of a field: no control characters but the tab.
fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= 0x20 && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds a body in pieces; returns how many bytes belonged to it and whether it ended.
    fn admit_in_pieces(bytes: &[u8], piece: usize) -> Result<(usize, bool), BadChunk> {
        let mut body = Body::chunked();
        let mut total = 0;
        for part in bytes.chunks(piece) {
            let count = body.admit(part)?;
            total += count;
            if count < part.len() {
                break;
            }
        }
        Ok((total, body.is_done()))
    }

    #[test]
    fn chunks_are_read_the_same_wherever_they_are_split() {
        let long_extension = [
            b"3;",
            &[b'a'; CHUNK_LINE_BYTES][..],
            b"\r\nabc\r\n0\r\n\r\n",
        ]
        .concat();
        let long_size = [&[b'0'; CHUNK_LINE_BYTES + 1][..], b"\r\n\r\n"].concat();
        let long_trailer = [b"0\r\nA: ", &[b'a'; TRAILER_BYTES][..], b"\r\n\r\n"].concat();
        let cases: &[(&[u8], Result<(usize, bool), BadChunk>)] = &[
            (b"0\r\n\r\nnext", Ok((5, true))),
            (b"3\r\nabc\r\n0\r\n\r\n", Ok((13, true))),
            (b"3;a=b;c=\"d\"\r\nabc\r\n0;z\r\n\r\n", Ok((25, true))),
            (
                b"A\r\n0123456789\r\n00\r\nX: y\r\nZ:\r\n\r\nG",
                Ok((31, true)),
            ),
            (b"3\r\nab", Ok((5, false))),
            (b"3\nabc\n0\n\n", Err(BadChunk::Size)),
            (b"\r\n", Err(BadChunk::Size)),
            (b";a\r\n", Err(BadChunk::Size)),
            (b"0x3\r\nabc\r\n", Err(BadChunk::Size)),
            (b"+3\r\nabc\r\n", Err(BadChunk::Size)),
            (b" 3\r\nabc\r\n", Err(BadChunk::Size)),
            (b"3 \r\nabc\r\n", Err(BadChunk::Size)),
            (b"3\rabc\r\n", Err(BadChunk::Size)),
            (b"3\r\nabcd\r\n", Err(BadChunk::End)),
            (b"3\r\nabc\n", Err(BadChunk::End)),
            (b"3\r\nabc\rx", Err(BadChunk::End)),
            (b"100000000000000\r\n", Err(BadChunk::Overflow)),
            (b"ffffffffffffffff1\r\n", Err(BadChunk::Overflow)),
            (b"3;a\nb\r\n", Err(BadChunk::Extension)),
            (b"3;a\0b\r\n", Err(BadChunk::Extension)),
            (
                b"3;a=\"\\\"\\\\\";b=\"\"\r\nabc\r\n0\r\n\r\n",
                Ok((27, true)),
            ),
            (b"3;a=\"\r\nabc\r\n", Err(BadChunk::Extension)),
            (b"3;a=\"b\\\"\r\nabc\r\n", Err(BadChunk::Extension)),
            (b"3;a=\"b\\\r\nabc\r\n", Err(BadChunk::Extension)),
            (&long_extension, Err(BadChunk::Extension)),
            (&long_size, Err(BadChunk::Overflow)),
            (&long_trailer, Err(BadChunk::Trailer)),
            (b"0\r\nA b: c\r\n\r\n", Err(BadChunk::Trailer)),
            (b"0\r\n: c\r\n\r\n", Err(BadChunk::Trailer)),
            (b"0\r\n fold\r\n\r\n", Err(BadChunk::Trailer)),
            (b"0\r\nA: b\n\r\n", Err(BadChunk::Trailer)),
            (b"0\r\nContent-Length: 3\r\n\r\n", Err(BadChunk::Trailer)),
            (
                b"0\r\ntransfer-encoding: chunked\r\n\r\n",
                Err(BadChunk::Trailer),
            ),
            (b"0\r\nHost: x\r\n\r\n", Err(BadChunk::Trailer)),
            (b"0\r\nHosts: x\r\n\r\n", Ok((15, true))),
        ];
        for (bytes, expected) in cases {
            for piece in 1..=bytes.len().min(40) {
                let found = admit_in_pieces(bytes, piece);
                assert_eq!(
                    found,
                    *expected,
                    "{:?} by {piece}",
                    bytes.escape_ascii().to_string()
                );
            }
        }
    }

    #[test]
    fn a_length_is_exact() {
        for (length, offered, taken, done) in [
            (0, 5, 0, true),
            (3, 5, 3, true),
            (5, 5, 5, true),
            (6, 5, 5, false),
        ] {
            let mut body = Body::of_length(length);
            assert_eq!(body.admit(&vec![b'a'; offered]), Ok(taken));
            assert_eq!(body.is_done(), done);
        }
    }

    proptest! {
        #[test]
        fn unchunked_data_is_what_was_chunked(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..8),
            piece in 1_usize..70,
        ) {
            let mut encoded = Vec::new();
            for chunk in &chunks {
                encoded.extend(format!("{:x};e\r\n", chunk.len()).bytes());
                encoded.extend(chunk);
                encoded.extend(b"\r\n");
            }
            encoded.extend(b"0\r\nTrailer: t\r\n\r\n");
            let mut body = Body::chunked();
            let mut data: Vec<u8> = Vec::new();
            for part in encoded.chunks(piece) {
                let mut part = part.to_vec();
                let (taken, kept) = body.unchunk(&mut part).unwrap();
                prop_assert_eq!(taken, part.len());
                data.extend(&part[..kept]);
            }
            prop_assert!(body.is_done());
            prop_assert_eq!(data, chunks.concat());
        }

        #[test]
        fn any_bytes_are_judged_the_same_wherever_they_are_split(
            bytes in "[0-3a;\r\n:x]{0,40}", piece in 1_usize..40,
        ) {
            let bytes = bytes.as_bytes();
            prop_assert_eq!(admit_in_pieces(bytes, piece), admit_in_pieces(bytes, 1));
        }
    }
}
