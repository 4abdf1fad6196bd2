//! Request heads: what is refused, how long the message is, and the head the instance is sent.

use super::body::Body;
use super::desync::Reason;
use super::head::{
    CHUNKED_LINE, Connection, Field, NoHead, Run, content_length, imitates_framing, offset_in,
};
use crate::proxy::limits::{HEAD_FIELDS, METHOD_BYTES};
use std::io::Write;
use std::mem::MaybeUninit;

/// What a listener writes into every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarding {
    /// X-Forwarded-Proto and X-Forwarded-Port, ready to be copied; empty if they are not added.
    proto_and_port: Box<[u8]>,
    /// Whether the instance is asked to keep the connection open.
    keep_instance_connection: bool,
}

impl Forwarding {
    /// With the scheme and port that clients see, if instances are told.
    pub fn new(proto_and_port: Option<(&str, u16)>, keep_instance_connection: bool) -> Forwarding {
        Forwarding {
            proto_and_port: proto_and_port.map_or_else(Box::default, |(proto, port)| {
                format!("X-Forwarded-Proto: {proto}\r\nX-Forwarded-Port: {port}\r\n")
                    .into_bytes()
                    .into()
            }),
            keep_instance_connection,
        }
    }
}

/// Who sent a request, and to which address: both as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends<'a> {
    /// The client's address, for X-Forwarded-For.
    pub client: &'a str,
    /// The address and port the client connected to, a Host for HTTP/1.0 requests that have none.
    pub local: &'a str,
}

/// A request that may be forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub body: Body,
    pub version: Version,
    /// HEAD: its answer has no body, whatever its fields say.
    pub is_head: bool,
    /// May be sent twice (RFC 9110 §9.2.2).
    pub idempotent: bool,
    /// The client wants the connection kept.
    pub keep_alive: bool,
    /// The client asks for another protocol on this connection.
    pub upgrade: bool,
    /// GET or HEAD with a body, or codings besides chunked: well-formed, but servers disagree where
    /// it ends, so nothing else may follow on either connection.
    pub last_on_connection: bool,
    /// The client's connection may go on all the same: how it is framed is certain here.
    pub client_may_go_on: bool,
    /// In which way it is not as everybody expects.
    pub deviation: Reason,
    /// Max-Forwards says that the request is for the proxy itself.
    pub for_the_proxy: Option<ForTheProxy>,
}

impl Request {
    /// A GET without a body and without wishes.
    pub fn get() -> Request {
        Request {
            body: Body::Done,
            version: Version::Http11,
            is_head: false,
            idempotent: true,
            keep_alive: true,
            upgrade: false,
            last_on_connection: false,
            client_may_go_on: false,
            deviation: Reason::Compliant,
            for_the_proxy: None,
        }
    }
}

/// A request whose Max-Forwards is used up; RFC 9110 §7.6.2 wants the proxy to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForTheProxy {
    Options,
    Trace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Http10,
    Http11,
}

/// Why a request is refused, before anything of it reaches an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    NoHead(#[from] NoHead),
    #[error("the head is malformed: {0}")]
    Malformed(httparse::Error),
    #[error("the method is longer than 127 bytes")]
    LongMethod,
    #[error("CONNECT is not for a load balancer")]
    Connect,
    #[error("the target is not a path, a URL, or * with OPTIONS")]
    Target,
    #[error("Host is missing, repeated or malformed")]
    Host,
    #[error("Content-Length is not one number")]
    ContentLength,
    #[error("Transfer-Encoding does not end with its only 'chunked', or is not for this version")]
    TransferEncoding,
    #[error("Content-Length and Transfer-Encoding contradict each other")]
    TwoLengths,
    #[error("a field imitates Content-Length or Transfer-Encoding")]
    Imitation,
    #[error("Connection lists too many names")]
    Connection,
    #[error("Max-Forwards is not one number")]
    MaxForwards,
    #[error("the desync mitigation mode is strictest")]
    Deviation(Reason),
    #[error(transparent)]
    Chunk(#[from] super::body::BadChunk),
}

impl Refused {
    /// The status of the answer.
    pub fn status(self) -> u16 {
        match self {
            Refused::LongMethod | Refused::Connect => 405,
            _ => 400,
        }
    }
}

/// Reads a whole head, its empty line included, and writes the head that the instance is sent.
///
/// # Errors
///
/// The request is refused; what has been written is of no use.
pub fn rewrite(
    head: &[u8],
    ends: Ends<'_>,
    forwarding: &Forwarding,
    out: &mut Vec<u8>,
) -> Result<Request, Refused> {
    let mut space = [const { MaybeUninit::uninit() }; HEAD_FIELDS];
    let mut parsed = httparse::Request::new(&mut []);
    // Anything but a whole head would be a disagreement about where it ends.
    match parsed.parse_with_uninit_headers(head, &mut space) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        Ok(_) => return Err(Refused::Malformed(httparse::Error::NewLine)),
        Err(error) => return Err(Refused::Malformed(error)),
    }
    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(Refused::Malformed(httparse::Error::Status));
    };
    let version = if minor == 0 {
        Version::Http10
    } else {
        Version::Http11
    };
    match method {
        "CONNECT" => return Err(Refused::Connect),
        _ if method.len() > METHOD_BYTES => return Err(Refused::LongMethod),
        _ => {}
    }
    let target = Target::parse(target.as_bytes(), method == "OPTIONS").ok_or(Refused::Target)?;
    let fields = Fields::read(parsed.headers, version)?;
    if let Target::Absolute { authority, .. } = target
        && !is_authority(authority)
    {
        return Err(Refused::Target);
    }
    let max_forwards = match method {
        "OPTIONS" | "TRACE" => fields.max_forwards,
        _ => None,
    };

    let keep_alive = match version {
        Version::Http10 => fields.connection.keep_alive && !fields.connection.close,
        Version::Http11 => !fields.connection.close,
    };
    let upgrade = fields.upgrade && fields.connection.upgrade && version == Version::Http11;
    let bodiless = matches!(method, "GET" | "HEAD");
    let request = Request {
        last_on_connection: fields.codings.others || bodiless && !fields.body.is_done(),
        client_may_go_on: false,
        deviation: match &fields.body {
            Body::Chunked(_) if bodiless => Reason::UndefinedTransferEncodingSemantics,
            Body::Length(_) if bodiless => Reason::UndefinedContentLengthSemantics,
            Body::Done if bodiless && fields.has_length => Reason::GetHeadZeroContentLength,
            _ => Reason::Compliant,
        },
        is_head: method == "HEAD",
        idempotent: matches!(
            method,
            "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE"
        ),
        version,
        keep_alive,
        upgrade,
        for_the_proxy: match (max_forwards, method) {
            (Some(0), "OPTIONS") => Some(ForTheProxy::Options),
            (Some(0), _) => Some(ForTheProxy::Trace),
            _ => None,
        },
        body: fields.body.clone(),
    };

    write_request_line(head, method, target, version, out);
    let host_written = write_host(target, &fields, ends, out);
    let last_forwarded_for = fields.last_forwarded_for;
    let drops_proto_and_port = !forwarding.proto_and_port.is_empty();
    let mut kept = Run::default();
    for (index, header) in parsed.headers.iter().enumerate() {
        let start = offset_in(head, header.name.as_bytes());
        let end = match parsed.headers.get(index + 1) {
            Some(next) => offset_in(head, next.name.as_bytes()),
            None => head.len() - 2,
        };
        let keep = match Field::of(header.name) {
            Field::Host => !host_written,
            Field::ContentLength => {
                if kept.write_unpadded(header.value, head, out) {
                    continue;
                }
                true
            }
            Field::TransferEncoding if fields.codings.others => false,
            Field::TransferEncoding => {
                kept.write_instead(CHUNKED_LINE, head, out);
                continue;
            }
            Field::Connection | Field::HopByHop => false,
            Field::Upgrade => upgrade,
            Field::ForwardedFor if Some(index) == last_forwarded_for => {
                kept.write(head, out);
                out.extend_from_slice(b"X-Forwarded-For: ");
                if !header.value.is_empty() {
                    out.extend_from_slice(header.value);
                    out.extend_from_slice(b", ");
                }
                out.extend_from_slice(ends.client.as_bytes());
                out.extend_from_slice(b"\r\n");
                continue;
            }
            Field::ForwardedFor => true,
            Field::ForwardedProtoOrPort => !drops_proto_and_port,
            Field::MaxForwards => match max_forwards {
                Some(left) => {
                    kept.write(head, out);
                    // Writing to a vector does not fail.
                    let _ = write!(out, "Max-Forwards: {}\r\n", left.saturating_sub(1));
                    continue;
                }
                None => true,
            },
            // A client of HTTP/1.0 waits for no 100: its expectation is ignored (RFC 9110 §10.1.1).
            Field::Expect => {
                version == Version::Http11 && !fields.connection.nominates(header.name)
            }
            Field::Other => !fields.connection.nominates(header.name),
        };
        if keep {
            kept.include(start, end);
        } else {
            kept.write(head, out);
        }
    }
    kept.write(head, out);
    if fields.codings.others {
        write_codings(parsed.headers, out);
    }
    if last_forwarded_for.is_none() {
        out.extend_from_slice(b"X-Forwarded-For: ");
        out.extend_from_slice(ends.client.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(&forwarding.proto_and_port);
    if upgrade {
        out.extend_from_slice(b"Connection: upgrade\r\n");
    } else if !forwarding.keep_instance_connection || request.last_on_connection {
        out.extend_from_slice(b"Connection: close\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Ok(request)
}

/// What the fields of a request say, checked.
struct Fields<'a> {
    body: Body,
    /// There is a Content-Length.
    has_length: bool,
    host: Option<&'a [u8]>,
    connection: Connection<'a>,
    /// Upgrade names a protocol that may be asked for.
    upgrade: bool,
    codings: Codings,
    last_forwarded_for: Option<usize>,
    max_forwards: Option<u64>,
}

impl<'a> Fields<'a> {
    fn read(headers: &[httparse::Header<'a>], version: Version) -> Result<Fields<'a>, Refused> {
        let mut fields = Fields {
            body: Body::Done,
            has_length: false,
            host: None,
            connection: Connection::default(),
            upgrade: false,
            codings: Codings::default(),
            last_forwarded_for: None,
            max_forwards: None,
        };
        let (mut length, mut h2c) = (None, false);
        for (index, header) in headers.iter().enumerate() {
            match Field::of(header.name) {
                Field::Host => {
                    if fields.host.is_some() || !is_authority(header.value) {
                        return Err(Refused::Host);
                    }
                    fields.host = Some(header.value);
                }
                Field::ContentLength => {
                    let value = content_length(header.value).ok_or(Refused::ContentLength)?;
                    if length.replace(value).is_some() {
                        return Err(Refused::ContentLength);
                    }
                }
                Field::TransferEncoding => {
                    if version == Version::Http10 {
                        return Err(Refused::TransferEncoding);
                    }
                    fields.codings.read(header.value)?;
                }
                Field::Connection => fields
                    .connection
                    .read(header.value)
                    .map_err(|_| Refused::Connection)?,
                // An upgrade to HTTP/2 in clear would open a connection nobody here reads.
                Field::Upgrade => {
                    fields.upgrade = true;
                    h2c |= lists_h2c(header.value);
                }
                Field::ForwardedFor => fields.last_forwarded_for = Some(index),
                Field::MaxForwards => {
                    let value = content_length(header.value).ok_or(Refused::MaxForwards)?;
                    if fields.max_forwards.replace(value).is_some() {
                        return Err(Refused::MaxForwards);
                    }
                }
                Field::Other if imitates_framing(header.name) => return Err(Refused::Imitation),
                Field::Other | Field::Expect | Field::HopByHop | Field::ForwardedProtoOrPort => {}
            }
        }
        fields.upgrade &= !h2c;
        if fields.codings.others && !fields.codings.chunked {
            return Err(Refused::TransferEncoding);
        }
        fields.has_length = length.is_some();
        fields.body = match (length, fields.codings.chunked) {
            (Some(_), true) => return Err(Refused::TwoLengths),
            (Some(length), false) => Body::of_length(length),
            (None, true) => Body::chunked(),
            (None, false) => Body::Done,
        };
        if fields.host.is_none() && version == Version::Http11 {
            return Err(Refused::Host);
        }
        Ok(fields)
    }
}

/// What the Transfer-Encoding fields of a request say, read as one list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Codings {
    chunked: bool,
    /// Codings before it. The body passes as it is; what servers make of such a list differs.
    others: bool,
}

impl Codings {
    /// Reads one more field: known codings, of which `chunked` is the last and comes once.
    fn read(&mut self, value: &[u8]) -> Result<(), Refused> {
        for coding in value.split(|byte| *byte == b',') {
            if self.chunked {
                return Err(Refused::TransferEncoding);
            }
            match known_coding(coding) {
                Some("chunked") => self.chunked = true,
                Some(_) => self.others = true,
                None => return Err(Refused::TransferEncoding),
            }
        }
        Ok(())
    }
}

/// Transfer codings of RFC 9112 §7, and `identity`, which older clients still list. Parameters are
/// not among them: chunked with one is to be treated as an error, and the others have none.
fn known_coding(coding: &[u8]) -> Option<&'static str> {
    ["chunked", "gzip", "deflate", "compress", "identity"]
        .into_iter()
        .find(|known| coding.trim_ascii().eq_ignore_ascii_case(known.as_bytes()))
}

/// Writes the codings of all Transfer-Encoding fields as one field that every reader sees whole.
fn write_codings(headers: &[httparse::Header<'_>], out: &mut Vec<u8>) {
    let mut separator = "Transfer-Encoding: ";
    for header in headers {
        if Field::of(header.name) != Field::TransferEncoding {
            continue;
        }
        for coding in header
            .value
            .split(|byte| *byte == b',')
            .filter_map(known_coding)
        {
            out.extend_from_slice(separator.as_bytes());
            out.extend_from_slice(coding.as_bytes());
            separator = ", ";
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn lists_h2c(value: &[u8]) -> bool {
    value
        .split(|byte| *byte == b',')
        .any(|protocol| protocol.trim_ascii().eq_ignore_ascii_case(b"h2c"))
}

/// The forms of a request target (RFC 9112 §3.2) that a load balancer accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target<'a> {
    Origin,
    Absolute {
        authority: &'a [u8],
        /// Empty, or from `/` or `?` on.
        rest: &'a [u8],
    },
    /// `*`
    Server,
}

impl<'a> Target<'a> {
    fn parse(target: &'a [u8], is_options: bool) -> Option<Target<'a>> {
        // A fragment is never sent; servers disagree whether it belongs to the path. What else has to
        // be escaped and is not, quotes for instance, nobody mistakes for an end.
        if target
            .iter()
            .any(|byte| matches!(byte, b'#' | 0x7f | 0..=b' '))
        {
            return None;
        }
        if target == b"*" {
            return is_options.then_some(Target::Server);
        }
        if target.first() == Some(&b'/') {
            return Some(Target::Origin);
        }
        let scheme = target.iter().position(|byte| *byte == b':')?;
        let (scheme, rest) = target.split_at(scheme);
        if !scheme.eq_ignore_ascii_case(b"http") && !scheme.eq_ignore_ascii_case(b"https") {
            return None;
        }
        let rest = rest.strip_prefix(b"://")?;
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?'))
            .unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        Some(Target::Absolute { authority, rest })
    }
}

fn write_request_line(
    head: &[u8],
    method: &str,
    target: Target<'_>,
    version: Version,
    out: &mut Vec<u8>,
) {
    match target {
        Target::Origin | Target::Server if version == Version::Http11 => {
            let line = memchr::memchr(b'\n', head).map_or(0, |newline| newline + 1);
            out.extend_from_slice(&head[..line]);
        }
        Target::Origin | Target::Server => {
            let line = memchr::memchr(b'\r', head).unwrap_or(0);
            out.extend_from_slice(&head[..line - "HTTP/1.0".len()]);
            out.extend_from_slice(b"HTTP/1.1\r\n");
        }
        Target::Absolute { rest, .. } => {
            out.extend_from_slice(method.as_bytes());
            out.push(b' ');
            match rest.first() {
                None if method == "OPTIONS" => out.push(b'*'),
                None | Some(b'?') => out.push(b'/'),
                Some(_) => {}
            }
            out.extend_from_slice(rest);
            out.extend_from_slice(b" HTTP/1.1\r\n");
        }
    }
}

/// Writes a Host where the client's does not count or is missing; says whether it did.
fn write_host(target: Target<'_>, fields: &Fields<'_>, ends: Ends<'_>, out: &mut Vec<u8>) -> bool {
    let host = match target {
        // RFC 9112 §3.2.2: the target's authority replaces what Host says.
        Target::Absolute { authority, .. } => authority,
        _ if fields.host.is_none() => ends.local.as_bytes(),
        _ => return false,
    };
    out.extend_from_slice(b"Host: ");
    out.extend_from_slice(host);
    out.extend_from_slice(b"\r\n");
    true
}

/// Whether a text is `host` or `host:port` (RFC 3986 §3.2.2), without a user and without the commas
/// of two hosts joined into one.
fn is_authority(text: &[u8]) -> bool {
    let (host_is_good, port) = match text.strip_prefix(b"[") {
        Some(rest) => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else {
                return false;
            };
            let address = &rest[..end];
            let good = std::str::from_utf8(address)
                .is_ok_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
            (good, &rest[end + 1..])
        }
        None => {
            let end = text
                .iter()
                .position(|byte| *byte == b':')
                .unwrap_or(text.len());
            let name = &text[..end];
            let good = !name.is_empty()
                && name.iter().all(|byte| is_host_byte(*byte))
                && escapes_are_whole(name);
            (good, &text[end..])
        }
    };
    let port_is_good = match port.split_first() {
        None => true,
        Some((b':', digits)) => {
            digits.is_empty()
                || (digits.iter().all(u8::is_ascii_digit)
                    && std::str::from_utf8(digits)
                        .is_ok_and(|digits| digits.parse::<u16>().is_ok()))
        }
        Some(_) => false,
    };
    host_is_good && port_is_good
}

/// Whether a byte may be in the name of a host (RFC 3986 §3.2.2), the comma left out.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=".contains(&byte)
}

/// Whether two hexadecimal digits follow every percent sign.
fn escapes_are_whole(name: &[u8]) -> bool {
    name.split(|byte| *byte == b'%').skip(1).all(|behind| {
        behind
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
