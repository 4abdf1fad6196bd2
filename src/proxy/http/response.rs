//! Response heads: what cannot be trusted, how long the message is, and the head the client is sent.

use super::body::Body;
use super::head::{
    CHUNKED_LINE, Connection, Field, HeadFinder, NoHead, Run, content_length, offset_in,
};
use super::request::{Request, Version};
use crate::proxy::limits::HEAD_FIELDS;
use std::mem::MaybeUninit;
use std::ops::Range;

/// An answer that may be forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub body: Body,
    /// 1xx but 101: the answer proper is still to come.
    pub interim: bool,
    /// 101, as the client asked: from here on bytes are carried unread.
    pub switches: bool,
    /// The instance will keep its connection open.
    pub instance_keeps: bool,
    /// The answer cannot have a body, but the head tells of one, or answers HEAD and does not tell
    /// that there is none. Some instances send it all the same.
    pub absent_body: bool,
    /// The client's connection stays open.
    pub client_keeps: bool,
    /// The body comes in chunks to a client who knows none.
    pub unchunk: bool,
}

/// Why an answer is not passed on: the client gets 502 and the connection is not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error(transparent)]
    NoHead(#[from] NoHead),
    #[error("it does not begin with HTTP/1")]
    Foreign,
    #[error("its head is malformed: {0}")]
    Malformed(httparse::Error),
    #[error("its status is not one of 100 to 599")]
    Status,
    #[error("its Content-Length is not one number")]
    ContentLength,
    #[error("its Transfer-Encoding is not exactly 'chunked', or not for its version")]
    TransferEncoding,
    #[error("its Content-Length and Transfer-Encoding contradict each other")]
    TwoLengths,
    #[error("its Connection lists too many names")]
    Connection,
    #[error("it switches protocols unasked")]
    Switch,
    #[error("it has too many interim answers")]
    Interim,
    #[error("it ended within its head")]
    Ended,
    #[error(transparent)]
    Chunk(#[from] super::body::BadChunk),
}

/// How every answer begins.
const VERSION: &[u8] = b"HTTP/1.";

/// Finds an answer's head as [`HeadFinder::advance`] does. No empty line goes before it, and what
/// speaks another protocol is known by its first bytes: it may wait for us to speak.
///
/// # Errors
///
/// The bytes cannot become an answer, whatever follows.
pub fn find(finder: &mut HeadFinder, bytes: &[u8]) -> Result<Option<Range<usize>>, Unusable> {
    let known = bytes.len().min(VERSION.len());
    if bytes[..known] != VERSION[..known] {
        return Err(Unusable::Foreign);
    }
    Ok(finder.advance(bytes, 0)?)
}

/// Reads a whole head, its empty line included, and writes the head that the client is sent.
///
/// # Errors
///
/// The answer is unusable; what has been written is of no use.
pub fn rewrite(head: &[u8], request: &Request, out: &mut Vec<u8>) -> Result<Response, Unusable> {
    let mut space = [const { MaybeUninit::uninit() }; HEAD_FIELDS];
    let mut parsed = httparse::Response::new(&mut []);
    let result = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut parsed,
        head,
        &mut space,
    );
    match result {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        Ok(_) => return Err(Unusable::Malformed(httparse::Error::NewLine)),
        Err(error) => return Err(Unusable::Malformed(error)),
    }
    let (Some(status), Some(minor)) = (parsed.code, parsed.version) else {
        return Err(Unusable::Malformed(httparse::Error::Status));
    };
    if !(100..=599).contains(&status) {
        return Err(Unusable::Status);
    }
    let switches = status == 101;
    if switches && !request.upgrade {
        return Err(Unusable::Switch);
    }
    let interim = status < 200 && !switches;
    let fields = Fields::read(parsed.headers, minor)?;

    let bodiless = status < 200 || status == 204;
    let body = match fields.framing {
        _ if bodiless || status == 304 || request.is_head => Body::Done,
        Framing::Length(length) => Body::of_length(length),
        Framing::Chunked => Body::chunked(),
        Framing::None => Body::UntilClose,
    };
    let unchunk = request.version == Version::Http10 && matches!(body, Body::Chunked(_));
    let client_keeps = request.keep_alive
        && (!request.last_on_connection || request.client_may_go_on)
        && body != Body::UntilClose
        && !unchunk
        && !switches;
    let response = Response {
        status,
        interim,
        switches,
        instance_keeps: body != Body::UntilClose
            && !switches
            && !request.last_on_connection
            && match minor {
                0 => fields.connection.keep_alive && !fields.connection.close,
                _ => !fields.connection.close,
            },
        absent_body: body == Body::Done
            && match fields.framing {
                Framing::None => request.is_head,
                Framing::Length(length) => length > 0,
                Framing::Chunked => true,
            },
        client_keeps,
        unchunk,
        body,
    };

    let line_end = memchr::memchr(b'\r', head).unwrap_or(0);
    out.extend_from_slice(b"HTTP/1.1");
    out.extend_from_slice(&head["HTTP/1.1".len()..line_end]);
    if line_end == "HTTP/1.1 200".len() {
        // The space before an absent reason is not optional.
        out.push(b' ');
    }
    out.extend_from_slice(b"\r\n");
    // 426 must say which protocol it wants (RFC 9110 §15.5.22).
    let upgrade = switches || status == 426;
    let mut kept = Run::default();
    for (index, header) in parsed.headers.iter().enumerate() {
        let start = offset_in(head, header.name.as_bytes());
        let end = match parsed.headers.get(index + 1) {
            Some(next) => offset_in(head, next.name.as_bytes()),
            None => head.len() - 2,
        };
        let keep = match Field::of(header.name) {
            Field::Connection | Field::HopByHop => false,
            Field::Upgrade => upgrade,
            Field::ContentLength => {
                if !bodiless && kept.write_unpadded(header.value, head, out) {
                    continue;
                }
                !bodiless
            }
            Field::TransferEncoding if !bodiless && request.version == Version::Http11 => {
                kept.write_instead(CHUNKED_LINE, head, out);
                continue;
            }
            Field::TransferEncoding => false,
            Field::Expect | Field::Other => !fields.connection.nominates(header.name),
            Field::Host
            | Field::ForwardedFor
            | Field::ForwardedProtoOrPort
            | Field::MaxForwards => true,
        };
        if keep {
            kept.include(start, end);
        } else {
            kept.write(head, out);
        }
    }
    kept.write(head, out);
    if upgrade {
        out.extend_from_slice(b"Connection: upgrade\r\n");
    }
    if !interim && !switches {
        if !client_keeps {
            out.extend_from_slice(b"Connection: close\r\n");
        } else if request.version == Version::Http10 {
            out.extend_from_slice(b"Connection: keep-alive\r\n");
        }
    }
    out.extend_from_slice(b"\r\n");
    Ok(response)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    None,
    Length(u64),
    Chunked,
}

struct Fields<'a> {
    framing: Framing,
    connection: Connection<'a>,
}

impl<'a> Fields<'a> {
    fn read(headers: &[httparse::Header<'a>], minor: u8) -> Result<Fields<'a>, Unusable> {
        let mut connection = Connection::default();
        let (mut length, mut chunked) = (None, false);
        for header in headers {
            match Field::of(header.name) {
                Field::ContentLength => {
                    let value = content_length(header.value).ok_or(Unusable::ContentLength)?;
                    if length.replace(value).is_some() {
                        return Err(Unusable::ContentLength);
                    }
                }
                Field::TransferEncoding => {
                    if chunked || minor == 0 || !header.value.eq_ignore_ascii_case(b"chunked") {
                        return Err(Unusable::TransferEncoding);
                    }
                    chunked = true;
                }
                Field::Connection => connection
                    .read(header.value)
                    .map_err(|_| Unusable::Connection)?,
                _ => {}
            }
        }
        let framing = match (length, chunked) {
            (Some(_), true) => return Err(Unusable::TwoLengths),
            (Some(length), false) => Framing::Length(length),
            (None, true) => Framing::Chunked,
            (None, false) => Framing::None,
        };
        Ok(Fields {
            framing,
            connection,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(head: &str, request: &Request) -> Result<(Response, String), Unusable> {
        let mut out = Vec::new();
        let head = format!("{head}\r\n");
        let response = rewrite(head.as_bytes(), request, &mut out)?;
        Ok((response, String::from_utf8_lossy(&out).into_owned()))
    }

    #[test]
    fn ambiguous_answers_are_unusable() {
        let ok = "HTTP/1.1 200 OK\r\n";
        let malformed = Unusable::Malformed(httparse::Error::Token);
        let cases = [
            (
                format!("{ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
                Unusable::TwoLengths,
            ),
            (
                format!("{ok}Content-Length: 3\r\nContent-Length: 4\r\n"),
                Unusable::ContentLength,
            ),
            (
                format!("{ok}Content-Length: 3\r\nContent-Length: 3\r\n"),
                Unusable::ContentLength,
            ),
            (
                format!("{ok}Content-Length: x\r\n"),
                Unusable::ContentLength,
            ),
            (
                format!("{ok}Transfer-Encoding: gzip, chunked\r\n"),
                Unusable::TransferEncoding,
            ),
            (
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n".into(),
                Unusable::TransferEncoding,
            ),
            (
                "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n".into(),
                Unusable::Switch,
            ),
            ("HTTP/1.1 099 Low\r\n".into(), Unusable::Status),
            ("HTTP/1.1 600 High\r\n".into(), Unusable::Status),
            ("HTTP/1.1 20 OK\r\n".into(), malformed),
            ("HTTP/1.1 2000 OK\r\n".into(), malformed),
            ("HTTP/1.1 OK\r\n".into(), malformed),
            ("HTTP/2 200 OK\r\n".into(), malformed),
            ("HTTP/1.2 200 OK\r\n".into(), malformed),
            ("HTTP/1.1200 OK\r\n".into(), malformed),
            ("ICY 200 OK\r\n".into(), malformed),
            (format!("{ok}A : b\r\n"), malformed),
            (format!("{ok}A: b\r\n c\r\n"), malformed),
            (format!("{ok}A: b\0\r\n"), malformed),
            (
                format!("{ok}{}", "A: b\r\n".repeat(HEAD_FIELDS + 1)),
                malformed,
            ),
        ];
        for (head, unusable) in cases {
            match (rewritten(&head, &Request::get()), unusable) {
                (Err(Unusable::Malformed(_)), Unusable::Malformed(_)) => {}
                (found, _) => assert_eq!(found.err(), Some(unusable), "{head:?}"),
            }
        }
    }

    #[test]
    fn the_length_of_an_answer_depends_on_its_request() {
        let head = || Request {
            is_head: true,
            ..Request::get()
        };
        let cases = [
            (
                "200 OK\r\nContent-Length: 3\r\n",
                Request::get(),
                Body::Length(3),
            ),
            ("200 OK\r\nContent-Length: 3\r\n", head(), Body::Done),
            (
                "200 OK\r\nTransfer-Encoding: chunked\r\n",
                Request::get(),
                Body::chunked(),
            ),
            (
                "200 OK\r\nTransfer-Encoding: chunked\r\n",
                head(),
                Body::Done,
            ),
            ("200 OK\r\n", Request::get(), Body::UntilClose),
            ("200 OK\r\n", head(), Body::Done),
            (
                "204 No\r\nContent-Length: 3\r\n",
                Request::get(),
                Body::Done,
            ),
            (
                "304 Not\r\nContent-Length: 3\r\n",
                Request::get(),
                Body::Done,
            ),
            ("100 Continue\r\n", Request::get(), Body::Done),
        ];
        for (rest, request, expected) in cases {
            let found = rewritten(&format!("HTTP/1.1 {rest}"), &request);
            assert_eq!(
                found.map(|(response, _)| response.body),
                Ok(expected),
                "{rest:?}"
            );
        }
    }

    #[test]
    fn a_body_that_might_follow_all_the_same_is_told() {
        let head = Request {
            is_head: true,
            ..Request::get()
        };
        let cases = [
            ("200 OK\r\nContent-Length: 3\r\n", Request::get(), false),
            ("200 OK\r\nContent-Length: 3\r\n", head.clone(), true),
            ("200 OK\r\nContent-Length: 0\r\n", head.clone(), false),
            ("200 OK\r\n", head, true),
            ("204 No\r\n", Request::get(), false),
            ("204 No\r\nContent-Length: 3\r\n", Request::get(), true),
            (
                "304 Not\r\nTransfer-Encoding: chunked\r\n",
                Request::get(),
                true,
            ),
        ];
        for (rest, request, expected) in cases {
            let (response, _) = rewritten(&format!("HTTP/1.1 {rest}"), &request).unwrap();
            assert_eq!(response.absent_body, expected, "{rest:?}");
        }
    }

    #[test]
    fn heads_are_patched_for_the_client() {
        let old = |keep_alive| Request {
            version: Version::Http10,
            keep_alive,
            ..Request::get()
        };
        let closing = Request {
            keep_alive: false,
            ..Request::get()
        };
        let asking = Request {
            upgrade: true,
            ..Request::get()
        };
        let cases = [
            (
                "HTTP/1.1 200 OK\r\nServer: x\r\nConnection: close, X-A\r\nKeep-Alive: 3\r\nX-A: 1\r\nContent-Length: 3\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 3\r\n\r\n",
                (false, true, false),
            ),
            (
                "HTTP/1.1 200 OK\r\nConnection: keep-alive; timeout=5\r\nContent-Length: 3\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.0 200\r\nContent-Length: 3\r\n",
                Request::get(),
                "HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\n",
                (false, true, false),
            ),
            (
                "HTTP/1.0 200 \r\nConnection: keep-alive\r\nContent-Length: 3\r\n",
                closing,
                "HTTP/1.1 200 \r\nContent-Length: 3\r\nConnection: close\r\n\r\n",
                (true, false, false),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 0012\r\nA: b\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nA: b\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding:Chunked\r\nA: b\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
                old(true),
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                (true, false, true),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                old(true),
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                old(false),
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n",
                (true, false, false),
            ),
            (
                "HTTP/1.1 200 OK\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                (false, false, false),
            ),
            (
                "HTTP/1.1 100 Continue\r\n",
                Request::get(),
                "HTTP/1.1 100 Continue\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.1 204 No\r\nContent-Length: 0\r\nTrailer: x\r\n",
                Request::get(),
                "HTTP/1.1 204 No\r\nTrailer: x\r\n\r\n",
                (true, true, false),
            ),
            (
                "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: a\r\n",
                asking,
                "HTTP/1.1 101 S\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
                (false, false, false),
            ),
            (
                "HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2\r\nContent-Length: 0\r\n",
                Request::get(),
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                (true, true, false),
            ),
        ];
        for (head, request, expected, (instance_keeps, client_keeps, unchunk)) in cases {
            let (response, found) = rewritten(head, &request).unwrap();
            assert_eq!(found, expected, "{head:?}");
            assert_eq!(
                (
                    response.instance_keeps,
                    response.client_keeps,
                    response.unchunk
                ),
                (instance_keeps, client_keeps, unchunk),
                "{head:?}"
            );
        }
    }
}
