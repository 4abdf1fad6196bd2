//! What request and response heads have in common: where they end, and the fields with a meaning here.

use crate::proxy::limits::HEAD_BYTES;
use std::ops::Range;

/// Names that one head may list in Connection. Real ones list two or three; each is compared with
/// every field.
pub const NOMINATIONS: usize = 16;

/// Finds the end of a head in bytes that arrive in any pieces, looking at each byte once.
#[derive(Clone, Debug, Default)]
pub struct HeadFinder {
    /// The next byte to look at.
    at: usize,
    /// Where the present line and the head begin.
    line: usize,
    begin: usize,
    empty_lines: usize,
}

/// Why bytes cannot be a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHead {
    #[error("a line ends without a carriage return")]
    BareLineFeed,
    #[error("a control character stands within a line")]
    Control,
    #[error("the head is longer than 64 KiB")]
    TooLong,
    #[error("the first byte is not one of HTTP/1's")]
    Foreign,
    #[error("empty lines instead of a head")]
    EmptyLines,
}

impl HeadFinder {
    /// Looks at what has arrived since the last call; `bytes` begin where they began then. Returns
    /// where the head is, its empty line included, once it is whole. Empty lines before it are
    /// passed over, up to `tolerated`. A head that is whole is left to whoever parses it; one that is
    /// not yet is refused for what no continuation mends, so that its sender need not be waited for.
    ///
    /// # Errors
    ///
    /// The bytes cannot become a head, whatever follows.
    pub fn advance(
        &mut self,
        bytes: &[u8],
        tolerated: usize,
    ) -> Result<Option<Range<usize>>, NoHead> {
        // What a carriage return at the end means is decided by what follows it.
        let unsettled = self.at.saturating_sub(1);
        while let Some(offset) = memchr::memchr(b'\n', &bytes[self.at..]) {
            let newline = self.at + offset;
            if newline == self.line || bytes[newline - 1] != b'\r' {
                return Err(NoHead::BareLineFeed);
            }
            self.at = newline + 1;
            let empty = newline - 1 == self.line;
            if empty && self.line > self.begin {
                return match self.at - self.begin {
                    0..=HEAD_BYTES => Ok(Some(self.begin..self.at)),
                    _ => Err(NoHead::TooLong),
                };
            }
            if empty {
                self.empty_lines += 1;
                self.begin = self.at;
                if self.empty_lines > tolerated {
                    return Err(NoHead::EmptyLines);
                }
            }
            self.line = self.at;
        }
        self.at = bytes.len();
        match bytes.get(self.begin) {
            Some(&first) if !is_token_byte(first) && first != b'\r' => Err(NoHead::Foreign),
            _ if bytes.len() - self.begin > HEAD_BYTES => Err(NoHead::TooLong),
            _ if has_control(&bytes[unsettled..]) => Err(NoHead::Control),
            _ => Ok(None),
        }
    }
}

/// Whether a control character other than a tab is within a line. Line feeds have been looked at; a
/// carriage return with nothing behind it yet may be the end of one.
fn has_control(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'\t' | b'\n' => false,
        b'\r' => bytes.get(at + 1).is_some_and(|next| *next != b'\n'),
        byte => byte.is_ascii_control(),
    })
}

/// Fields that the proxy reads, removes or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    Upgrade,
    /// Keep-Alive, Proxy-Connection, TE, HTTP2-Settings: of this connection only, always removed.
    HopByHop,
    ForwardedFor,
    /// X-Forwarded-Proto, X-Forwarded-Port.
    ForwardedProtoOrPort,
    MaxForwards,
    Expect,
    Other,
}

impl Field {
    /// Which field a name is, capitals or not.
    pub fn of(name: &str) -> Field {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            2 if is("te") => Field::HopByHop,
            4 if is("host") => Field::Host,
            6 if is("expect") => Field::Expect,
            7 if is("upgrade") => Field::Upgrade,
            10 if is("connection") => Field::Connection,
            10 if is("keep-alive") => Field::HopByHop,
            12 if is("max-forwards") => Field::MaxForwards,
            14 if is("content-length") => Field::ContentLength,
            14 if is("http2-settings") => Field::HopByHop,
            15 if is("x-forwarded-for") => Field::ForwardedFor,
            16 if is("x-forwarded-port") => Field::ForwardedProtoOrPort,
            16 if is("proxy-connection") => Field::HopByHop,
            17 if is("transfer-encoding") => Field::TransferEncoding,
            17 if is("x-forwarded-proto") => Field::ForwardedProtoOrPort,
            _ => Field::Other,
        }
    }
}

/// Whether a name only looks like one of the two that frame a message: `Content_Length`,
/// `Transfer---Encoding`. Some servers take them for the real ones, so they are not passed on.
pub fn imitates_framing(name: &str) -> bool {
    // Nearly all names end here: they begin with another letter or are of another length.
    let first = name.as_bytes().first();
    if name.len() < 13
        || first.is_some_and(|first| {
            first.is_ascii_alphanumeric() && !matches!(first, b'c' | b'C' | b't' | b'T')
        })
    {
        return false;
    }
    let letters = || {
        name.bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_lowercase())
    };
    (letters().eq(*b"contentlength") && Field::of(name) != Field::ContentLength)
        || (letters().eq(*b"transferencoding") && Field::of(name) != Field::TransferEncoding)
}

/// What the Connection fields of a head say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection<'a> {
    pub close: bool,
    pub keep_alive: bool,
    pub upgrade: bool,
    nominated: [&'a [u8]; NOMINATIONS],
    nominations: usize,
}

/// Connection lists more names than [`NOMINATIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyNominations;

impl<'a> Connection<'a> {
    /// Reads one more Connection field. What it lists that is not a name, as some servers do
    /// (`keep-alive; timeout=5`), names no field, and nobody behind us reads it.
    ///
    /// # Errors
    ///
    /// There are too many names.
    pub fn read(&mut self, value: &'a [u8]) -> Result<(), TooManyNominations> {
        for option in value.split(|byte| *byte == b',') {
            let option = option.trim_ascii();
            if option.is_empty() || !option.iter().all(|byte| is_token_byte(*byte)) {
                continue;
            }
            if option.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else if option.eq_ignore_ascii_case(b"upgrade") {
                self.upgrade = true;
            } else {
                if self.nominations == NOMINATIONS {
                    return Err(TooManyNominations);
                }
                self.nominated[self.nominations] = option;
                self.nominations += 1;
            }
        }
        Ok(())
    }

    /// Whether a field is removed because Connection names it. Never the fields that frame or
    /// address the message, nor those the proxy itself writes: [`Field::Other`] and
    /// [`Field::Expect`] only.
    pub fn nominates(&self, name: &str) -> bool {
        self.nominated[..self.nominations]
            .iter()
            .any(|nominated| nominated.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// Lines that stay, copied together.
#[derive(Default)]
pub struct Run {
    start: usize,
    end: usize,
}

impl Run {
    /// Adds a line that follows the last one included, or begins a new run.
    pub fn include(&mut self, start: usize, end: usize) {
        if self.start == self.end {
            self.start = start;
        }
        self.end = end;
    }

    /// Writes what was collected, before a line that does not stay.
    pub fn write(&mut self, head: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&head[self.start..self.end]);
        self.start = self.end;
    }

    /// Writes what was collected, and a line instead of the one that follows it.
    pub fn write_instead(&mut self, line: &[u8], head: &[u8], out: &mut Vec<u8>) {
        self.write(head, out);
        out.extend_from_slice(line);
    }

    /// Writes a Content-Length as every reader reads it: with zeros in front it is an octal number to
    /// some. Whether it was written; one without them stays as it is.
    pub fn write_unpadded(&mut self, value: &[u8], head: &[u8], out: &mut Vec<u8>) -> bool {
        let padded = value.len() > 1 && value.starts_with(b"0");
        if let Some(length) = content_length(value).filter(|_| padded) {
            self.write_instead(
                format!("Content-Length: {length}\r\n").as_bytes(),
                head,
                out,
            );
            return true;
        }
        false
    }
}

/// The coding as every reader knows it: some compare with capitals, or with the blank.
pub const CHUNKED_LINE: &[u8] = b"Transfer-Encoding: chunked\r\n";

/// Reads a Content-Length: digits only, small enough for every reader's signed 64 bits.
pub fn content_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length: u64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    (length <= i64::MAX.unsigned_abs()).then_some(length)
}

/// Whether a byte may be in a method or the name of a field (RFC 9110 §5.6.2).
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Where a part of a head, borrowed from it, begins within it. A line of the fields begins with the
/// field's name; the last ends two bytes before the end of the head.
pub fn offset_in(head: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr() - head.as_ptr().addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_found_wherever_it_is_split() {
        let cases: &[(&[u8], Result<Option<Range<usize>>, NoHead>)] = &[
            (b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest", Ok(Some(0..24))),
            (b"\r\n\r\nGET / HTTP/1.0\r\n\r\n", Ok(Some(4..22))),
            (b"\r\n\r\n\r\n\r\n\r\nG", Err(NoHead::EmptyLines)),
            (b"GET / HTTP/1.1\r\n", Ok(None)),
            (b"GET / HTTP/1.1\n", Err(NoHead::BareLineFeed)),
            (b"GET / HTTP/1.1\r\nA: b\n\r\n", Err(NoHead::BareLineFeed)),
            (b"GET / HTTP/1.1\r\n\n", Err(NoHead::BareLineFeed)),
            (b"\nGET", Err(NoHead::BareLineFeed)),
            (b"\x16\x03\x01", Err(NoHead::Foreign)),
            (b" GET / HTTP/1.1\r", Err(NoHead::Foreign)),
            (b"GET / HTTP/1.1\r\r", Err(NoHead::Control)),
            (b"GET / HTTP/1.1\r\nA\rb", Err(NoHead::Control)),
            (b"\rG", Err(NoHead::Control)),
            (b"GET /\x1b", Err(NoHead::Control)),
            (b"GET / HTTP/1.1\r\nA:\tb\r", Ok(None)),
        ];
        for (bytes, expected) in cases {
            for piece in 1..=bytes.len() {
                let mut finder = HeadFinder::default();
                let mut found = Ok(None);
                let mut arrived = 0;
                while arrived < bytes.len() && found == Ok(None) {
                    arrived = (arrived + piece).min(bytes.len());
                    found = finder.advance(&bytes[..arrived], 4);
                }
                assert_eq!(found, *expected, "{bytes:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_head_is_at_most_64_kib() {
        for (length, fits) in [(HEAD_BYTES, true), (HEAD_BYTES + 1, false)] {
            let mut head = b"GET / HTTP/1.1\r\nA: ".to_vec();
            head.resize(length - 4, b'a');
            head.extend(b"\r\n\r\n");
            let found = HeadFinder::default().advance(&head, 0);
            assert_eq!(found.is_ok(), fits, "{length}");
        }
        let endless = vec![b'a'; HEAD_BYTES + 1];
        assert_eq!(
            HeadFinder::default().advance(&endless, 0),
            Err(NoHead::TooLong)
        );
    }

    #[test]
    fn names_that_imitate_framing_are_seen() {
        let cases = [
            ("Content-Length", false),
            ("content-length", false),
            ("Content_Length", true),
            ("ContentLength", true),
            ("_Content-Length", true),
            ("Transfer---Encoding", true),
            ("Transfer_Encoding", true),
            ("Transfer-Encoding", false),
            ("Content-Lengths", false),
            ("Cookie", false),
        ];
        for (name, imitates) in cases {
            assert_eq!(imitates_framing(name), imitates, "{name}");
        }
    }

    #[test]
    fn lengths_are_digits_in_63_bits() {
        let cases = [
            ("0", Some(0)),
            ("0010", Some(10)),
            ("9223372036854775807", Some(9_223_372_036_854_775_807)),
            ("9223372036854775808", None),
            ("18446744073709551616", None),
            ("", None),
            ("+3", None),
            ("-3", None),
            ("3 ", None),
            ("3,3", None),
            ("0x3", None),
        ];
        for (text, expected) in cases {
            assert_eq!(content_length(text.as_bytes()), expected, "{text}");
        }
    }
}
