//! An independent, strict reading of HTTP/1 messages, for the far ends of a conversation.
//!
//! It shares no code with the data plane: what the balancer wrote is judged by what RFC 9112 says a
//! recipient may rely on, so that two readings that must agree are two readings. It repairs nothing:
//! whatever a lenient recipient would have to guess about is a [`Fault::Broken`].

use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Far above every head of these tests: the reader must not be what refuses them.
const HEAD_BYTES_MAX: usize = 1 << 20;

/// Why there is no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The peer closed between messages.
    Closed,
    /// The peer closed inside a message: whoever reads it can tell that something is missing.
    Cut,
    /// The peer reset the connection.
    Reset,
    /// Nothing came for as long as a test waits.
    Silent,
    /// The bytes are not one unambiguous message.
    Broken(String),
}

/// A request line or status line with its fields, in order, each byte one `char`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub line: String,
    pub fields: Vec<(String, String)>,
}

impl Head {
    /// All values of a field, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields
            .iter()
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The one value of a field; fails on two.
    pub fn one(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} is repeated in {self:?}");
        all.first().copied()
    }

    /// The values of a field as the one list they mean.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.all(name)
            .iter()
            .flat_map(|value| value.split(','))
            .map(|item| item.trim_matches([' ', '\t']).to_owned())
            .filter(|item| !item.is_empty())
            .collect()
    }
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    None,
    Length(u64),
    Chunked,
    /// Only of an answer: the end of the connection is the end of the body.
    UntilClose,
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub head: Head,
    pub framing: Framing,
    /// Without the chunks around it.
    pub body: Vec<u8>,
    pub trailers: Vec<(String, String)>,
}

impl Message {
    pub fn text(&self) -> String {
        latin1(&self.body)
    }

    /// The status of an answer.
    pub fn status(&self) -> u16 {
        status_of(&self.head).unwrap()
    }

    /// `GET /path` of a request.
    pub fn asked(&self) -> &str {
        self.head
            .line
            .rsplit_once(' ')
            .map_or(&self.head.line, |(asked, _)| asked)
    }
}

/// Each byte as the character of that number, so that nothing is lost or merged.
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| *byte as char).collect()
}

/// Each character of a text below 0x100 as that byte: the way back.
#[track_caller]
pub fn from_latin1(text: &str) -> Vec<u8> {
    let byte = |character: char| u8::try_from(u32::from(character)).unwrap();
    text.chars().map(byte).collect()
}

/// Reads messages one after another from one side of a connection, keeping every byte it saw.
pub struct Reader<S> {
    source: S,
    /// Every byte that arrived, read or not.
    pub raw: Vec<u8>,
    /// How many of them belong to messages already returned.
    at: usize,
}

impl<S: Read> Reader<S> {
    pub fn new(source: S) -> Self {
        Self {
            source,
            raw: Vec::new(),
            at: 0,
        }
    }

    /// What arrived behind the last message.
    pub fn unread(&self) -> &[u8] {
        &self.raw[self.at..]
    }

    /// The next request.
    pub fn request(&mut self) -> Result<Message, Fault> {
        let head = self.head()?;
        let framing = request_framing(&head)?;
        self.rest(head, framing)
    }

    /// The next answer to a request of this method; interim ones (1xx, but 101) come singly too.
    pub fn answer(&mut self, method: &str) -> Result<Message, Fault> {
        let answer = self.answer_as_it_came(method)?;
        let bodiless = answer.status() < 200 || answer.status() == 204;
        let framed = ["content-length", "transfer-encoding"]
            .iter()
            .any(|name| !answer.head.all(name).is_empty());
        if answer.head.line.splitn(3, ' ').count() < 3 {
            return Err(broken("status line", &answer.head.line));
        }
        if bodiless && framed {
            return Err(broken(
                "framing of an answer that has no body",
                &answer.head,
            ));
        }
        Ok(answer)
    }

    /// The same without minding two things that whoever passes an answer on puts right, and on which
    /// its end does not depend: the blank before an absent reason, and fields that frame a body which
    /// such an answer does not have.
    pub fn answer_as_it_came(&mut self, method: &str) -> Result<Message, Fault> {
        let head = self.head()?;
        let framing = answer_framing(&head, method)?;
        self.rest(head, framing)
    }

    /// Bytes up to and including `end`.
    fn until(&mut self, end: &[u8], max: usize) -> Result<Vec<u8>, Fault> {
        loop {
            let unread = self.unread();
            if let Some(found) = unread.windows(end.len()).position(|window| window == end) {
                let taken = unread[..found + end.len()].to_vec();
                self.at += taken.len();
                return Ok(taken);
            }
            if unread.len() > max {
                return Err(Fault::Broken(format!("no {end:?} in {max} bytes")));
            }
            let began = !unread.is_empty();
            if self.more()? == 0 {
                return Err(if began { Fault::Cut } else { Fault::Closed });
            }
        }
    }

    /// Exactly `count` bytes.
    pub fn exactly(&mut self, count: usize) -> Result<Vec<u8>, Fault> {
        while self.unread().len() < count {
            if self.more()? == 0 {
                return Err(Fault::Cut);
            }
        }
        let taken = self.unread()[..count].to_vec();
        self.at += count;
        Ok(taken)
    }

    /// Waits until something has arrived that no message has taken yet.
    pub fn some(&mut self) -> Result<(), Fault> {
        while self.unread().is_empty() {
            if self.more()? == 0 {
                return Err(Fault::Closed);
            }
        }
        Ok(())
    }

    /// Everything up to the end of the connection.
    pub fn until_end(&mut self) -> Result<Vec<u8>, Fault> {
        while self.more()? > 0 {}
        let taken = self.unread().to_vec();
        self.at = self.raw.len();
        Ok(taken)
    }

    fn more(&mut self) -> Result<usize, Fault> {
        let mut buffer = [0; 64 << 10];
        match self.source.read(&mut buffer) {
            Ok(count) => {
                self.raw.extend_from_slice(&buffer[..count]);
                Ok(count)
            }
            Err(error) => Err(match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Fault::Silent,
                _ => Fault::Reset,
            }),
        }
    }

    fn head(&mut self) -> Result<Head, Fault> {
        let bytes = self.until(b"\r\n\r\n", HEAD_BYTES_MAX)?;
        read_head(&bytes)
    }

    fn rest(&mut self, head: Head, framing: Framing) -> Result<Message, Fault> {
        let mut trailers = Vec::new();
        let body = match framing {
            Framing::None => Vec::new(),
            Framing::Length(length) => {
                self.exactly(usize::try_from(length).map_err(|_| broken("length", &length))?)?
            }
            Framing::UntilClose => self.until_end()?,
            Framing::Chunked => self.chunks(&mut trailers)?,
        };
        Ok(Message {
            head,
            framing,
            body,
            trailers,
        })
    }

    fn chunks(&mut self, trailers: &mut Vec<(String, String)>) -> Result<Vec<u8>, Fault> {
        let inside = |fault| match fault {
            Fault::Closed => Fault::Cut,
            other => other,
        };
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n", HEAD_BYTES_MAX).map_err(inside)?;
            let line = latin1(&line[..line.len() - 2]);
            let size = match line.split_once(';') {
                Some((size, extension)) if !extension.contains(|c: char| c < ' ' && c != '\t') => {
                    size
                }
                Some(_) => return Err(broken("chunk extension", &line)),
                None => &line,
            };
            if !(1..=16).contains(&size.len()) || !size.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(broken("chunk size", &line));
            }
            let size = usize::from_str_radix(size, 16).map_err(|_| broken("chunk size", &line))?;
            if size == 0 {
                break;
            }
            body.extend(self.exactly(size)?);
            if self.exactly(2)? != b"\r\n" {
                return Err(broken("end of chunk", &line));
            }
        }
        loop {
            let line = self.until(b"\r\n", HEAD_BYTES_MAX).map_err(inside)?;
            if line == b"\r\n" {
                return Ok(body);
            }
            trailers.push(read_field(&line[..line.len() - 2])?);
        }
    }
}

fn broken(what: &str, seen: &(impl std::fmt::Debug + ?Sized)) -> Fault {
    Fault::Broken(format!("{what}: {seen:?}"))
}

fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// Reads a head that ends with its empty line.
pub fn read_head(bytes: &[u8]) -> Result<Head, Fault> {
    let inner = bytes
        .strip_suffix(b"\r\n\r\n")
        .ok_or_else(|| broken("head", &latin1(bytes)))?;
    let mut lines = Vec::new();
    let mut start = 0;
    while let Some(end) = inner[start..].windows(2).position(|pair| pair == b"\r\n") {
        lines.push(&inner[start..start + end]);
        start += end + 2;
    }
    lines.push(&inner[start..]);
    let mut head = Head::default();
    for (number, line) in lines.into_iter().enumerate() {
        if number == 0 {
            // A reason may contain a tab, a request line nothing of the kind.
            let tab = line.starts_with(b"HTTP/");
            let odd = |byte: &u8| byte.is_ascii_control() && !(tab && *byte == b'\t');
            if line.iter().any(odd) {
                return Err(broken("first line", &latin1(line)));
            }
            head.line = latin1(line);
        } else {
            head.fields.push(read_field(line)?);
        }
    }
    Ok(head)
}

fn read_field(line: &[u8]) -> Result<(String, String), Fault> {
    let colon = line.iter().position(|byte| *byte == b':');
    let colon = colon.ok_or_else(|| broken("field without colon", &latin1(line)))?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if !is_token(name) {
        return Err(broken("field name", &latin1(line)));
    }
    if value
        .iter()
        .any(|byte| byte.is_ascii_control() && *byte != b'\t')
    {
        return Err(broken("field value", &latin1(line)));
    }
    let value = latin1(value);
    let value = value.trim_matches([' ', '\t']);
    Ok((latin1(name), value.to_owned()))
}

fn length_of(head: &Head) -> Result<Option<u64>, Fault> {
    match head.all("content-length")[..] {
        [] => Ok(None),
        [digits] if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => digits
            .parse()
            .map(Some)
            .map_err(|_| broken("Content-Length", &digits)),
        ref other => Err(broken("Content-Length", other)),
    }
}

/// Whether the message says that it is chunked; any other coding, or `chunked` anywhere but once at
/// the end of one field, is broken.
fn chunked(head: &Head) -> Result<bool, Fault> {
    let fields = head.all("transfer-encoding");
    let codings = head.list("transfer-encoding");
    let Some((last, others)) = codings.split_last() else {
        return if fields.is_empty() {
            Ok(false)
        } else {
            Err(broken("Transfer-Encoding", &fields))
        };
    };
    let known = |coding: &String| {
        ["gzip", "deflate", "compress", "identity"]
            .iter()
            .any(|name| coding.eq_ignore_ascii_case(name))
    };
    if fields.len() == 1 && last.eq_ignore_ascii_case("chunked") && others.iter().all(known) {
        Ok(true)
    } else {
        Err(broken("Transfer-Encoding", &fields))
    }
}

/// Checks the request line, `Host` and the framing fields of a request.
pub fn request_framing(head: &Head) -> Result<Framing, Fault> {
    let words: Vec<&str> = head.line.split(' ').collect();
    let [method, target, version] = words[..] else {
        return Err(broken("request line", &head.line));
    };
    if !is_token(method.as_bytes()) || target.is_empty() {
        return Err(broken("request line", &head.line));
    }
    let hosts = head.all("host");
    match version {
        "HTTP/1.1" if hosts.len() == 1 => {}
        "HTTP/1.0" if hosts.len() <= 1 => {}
        "HTTP/1.1" | "HTTP/1.0" => return Err(broken("Host", &hosts)),
        _ => return Err(broken("version", &version)),
    }
    match (length_of(head)?, chunked(head)?) {
        (None, false) => Ok(Framing::None),
        (Some(length), false) => Ok(Framing::Length(length)),
        (None, true) if version == "HTTP/1.1" => Ok(Framing::Chunked),
        _ => Err(broken("framing", head)),
    }
}

fn status_of(head: &Head) -> Result<u16, Fault> {
    let mut words = head.line.splitn(3, ' ');
    match (words.next(), words.next()) {
        (Some("HTTP/1.1" | "HTTP/1.0"), Some(digits))
            if digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            digits.parse().map_err(|_| broken("status", &head.line))
        }
        _ => Err(broken("status line", &head.line)),
    }
}

fn answer_framing(head: &Head, method: &str) -> Result<Framing, Fault> {
    let status = status_of(head)?;
    let (length, chunked) = (length_of(head)?, chunked(head)?);
    if length.is_some() && chunked {
        return Err(broken("framing", head));
    }
    let bodiless = method == "HEAD" || status < 200 || status == 204 || status == 304;
    Ok(match (bodiless, length, chunked) {
        (true, ..) => Framing::None,
        (false, Some(length), _) => Framing::Length(length),
        (false, None, true) => Framing::Chunked,
        (false, None, false) => Framing::UntilClose,
    })
}

#[test]
fn the_strict_reading_repairs_nothing() {
    let ends = |text: &str| {
        let mut reader = Reader::new(text.as_bytes());
        let read = reader.request();
        (read.map(|request| request.text()), reader.at)
    };
    let whole = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET";
    assert_eq!(ends(whole), (Ok("abc".into()), whole.len() - 3));
    let chunks = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\nGET";
    assert_eq!(ends(chunks), (Ok("abc".into()), chunks.len() - 3));
    let broken = [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ];
    for text in broken {
        assert!(matches!(ends(text).0, Err(Fault::Broken(_))), "{text:?}");
    }
    assert_eq!(ends("GET / HTTP/1.1\r\nHost").0, Err(Fault::Cut));
    assert_eq!(ends("").0, Err(Fault::Closed));
}

// ---- bodies --------------------------------------------------------------------------------------

/// Bytes that repeat at no power of two, so that a lost, doubled or moved block changes the digest.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 + n / 251) as u8).collect()
}

/// What a body is told by when it is too long to be shown.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
