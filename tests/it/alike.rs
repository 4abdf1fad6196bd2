//! Two readings of the same bytes: whatever head the data plane accepts, it writes a head that it would
//! accept again and write the same, and [`crate::reading`], which shares no code with it, finds the same
//! end of the message before and after.
//!
//! Messages are made of plausible lines, then damaged in a few places, so that both what is accepted
//! and what is nearly accepted come often.

use crate::reading::{Fault, Message, Reader, latin1};
use eulb::proxy::http::body::Body;
use eulb::proxy::http::head::HeadFinder;
use eulb::proxy::http::request::{self, Ends, Forwarding, Request, Version};
use eulb::proxy::http::response;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

const CASES: u32 = 6000;

const ENDS: Ends<'_> = Ends {
    client: "192.0.2.7",
    local: "127.101.0.1:80",
};

/// What a byte is replaced with, or gets in front of it: whatever readers have disagreed about.
const NASTY: &[u8] = b"\r\n\0\t :;,\"\x0b\x0c\x7f\x80\xff015AfgZ";

#[derive(Clone, Copy, Debug)]
enum Damage {
    Insert(prop::sample::Index, u8),
    Replace(prop::sample::Index, u8),
    Remove(prop::sample::Index),
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let one = (
        any::<prop::sample::Index>(),
        prop::sample::select(NASTY),
        0..3,
    )
        .prop_map(|(at, byte, kind)| match kind {
            0 => Damage::Insert(at, byte),
            1 => Damage::Replace(at, byte),
            _ => Damage::Remove(at),
        });
    prop_oneof![3 => Just(Vec::new()), 4 => prop::collection::vec(one, 1..3)]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let length = bytes.len();
        match damage {
            Damage::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Damage::Replace(at, byte) => bytes[at.index(length)] = *byte,
            Damage::Remove(at) => {
                bytes.remove(at.index(length));
            }
        }
    }
    bytes
}

/// Lines of fields, those that frame and route among them, and some that nearly do.
fn fields() -> impl Strategy<Value = Vec<String>> {
    let line = prop_oneof![
        6 => prop::sample::select(&[
            "Content-Length: 5", "content-length:0", "Content-Length: 0005", "Content-Length: 5 ",
            "Transfer-Encoding: chunked", "transfer-encoding:CHUNKED\t",
            "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip",
            "Connection: close", "Connection: keep-alive, x-a", "Connection: Upgrade",
            "Upgrade: websocket", "Host: x", "TE: trailers", "Keep-Alive: 5",
            "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "Expect: 100-continue",
            "Max-Forwards: 3", "Trailer: X-Sum",
        ][..]).prop_map(str::to_owned),
        2 => "[a-zA-Z-]{1,6}:[ \t]{0,2}[!-~\u{e9} ]{0,12}",
        1 => Just("X-A: 1".to_owned()),
    ];
    prop::collection::vec(line, 0..6)
}

/// What follows a head: bodies of either framing, and what may come behind them.
fn tails() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &[
            "",
            "hello",
            "helloGET /next HTTP/1.1\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
            "5;a=\"b\"\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            "0\r\n\r\n5\r\nhello\r\n",
            "005\r\nhello\r\n",
        ][..],
    )
}

/// Where the data plane finds the head, looking at pieces as they come.
fn head_of(bytes: &[u8], piece: usize) -> Option<std::ops::Range<usize>> {
    let mut finder = HeadFinder::default();
    let mut arrived = 0;
    loop {
        arrived = (arrived + piece).min(bytes.len());
        match finder.advance(&bytes[..arrived], 0) {
            Ok(Some(range)) => return Some(range),
            Ok(None) if arrived < bytes.len() => {}
            _ => return None,
        }
    }
}

/// How many bytes belong to a body, given in pieces, and whether it ended; nothing if they are refused.
fn taken(body: &Body, bytes: &[u8], piece: usize) -> Option<(usize, bool)> {
    let mut body = body.clone();
    let mut count = 0;
    for part in bytes.chunks(piece) {
        let admitted = body.admit(part).ok()?;
        count += admitted;
        if admitted < part.len() {
            break;
        }
    }
    Some((count, body.is_done() || body == Body::UntilClose))
}

/// What the other reading makes of some bytes: the message, and how many bytes of them it is.
fn other<'a>(
    bytes: &'a [u8],
    read: impl Fn(&mut Reader<&'a [u8]>) -> Result<Message, Fault>,
) -> (Result<Message, Fault>, usize) {
    let mut reader = Reader::new(bytes);
    let message = read(&mut reader);
    // A reader takes all there is at once, so what is left is what it did not use.
    (message, bytes.len() - reader.unread().len())
}

/// Compares where two readings see the end of a message.
fn same_end(
    ours: Option<(usize, bool)>,
    head: usize,
    (theirs, end): &(Result<Message, Fault>, usize),
) -> Result<(), TestCaseError> {
    match (ours, theirs) {
        (Some((count, true)), Ok(_)) => prop_assert_eq!(head + count, *end),
        // The body is not whole, to either.
        (Some((_, false)), Err(Fault::Cut | Fault::Closed)) => {}
        // Refused within the body: no reading of it counts any more.
        (None, _) => {}
        (ours, theirs) => prop_assert!(false, "ours {:?}, theirs {:?}", ours, theirs),
    }
    Ok(())
}

/// A run that counts how many of its cases were accepted: enough, or it has shown nothing.
fn run<S: Strategy>(strategy: &S, check: impl Fn(S::Value) -> Result<bool, TestCaseError>) {
    let accepted = Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(strategy, |case| {
        accepted.set(accepted.get() + u32::from(check(case)?));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let part = CASES / 10;
    assert!(
        (part..CASES - part).contains(&accepted.get()),
        "{} of {CASES} accepted",
        accepted.get()
    );
}

#[test]
fn an_answer_that_is_accepted_is_read_alike_before_and_after() {
    let lines = prop_oneof![
        6 => prop::sample::select(&[
            "HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 204 No Content",
            "HTTP/1.1 304 Not Modified", "HTTP/1.1 100 Continue", "HTTP/1.1 101 Switching Protocols",
            "HTTP/1.1 200", "HTTP/1.1 426 Upgrade Required", "HTTP/1.1 599 \t!",
        ][..]).prop_map(str::to_owned),
        1 => "HTTP/1\\.[0-2] ?[0-9]{2,4} [a-z]{0,3}",
    ];
    let strategy = (
        (lines, fields(), tails(), damages()),
        (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        1_usize..90,
    );
    run(
        &strategy,
        |((line, fields, tail, damages), asked, piece)| {
            let (is_head, old, upgrade, keep_alive) = asked;
            let asked = Request {
                version: if old {
                    Version::Http10
                } else {
                    Version::Http11
                },
                is_head,
                keep_alive,
                upgrade: upgrade && !old,
                ..Request::get()
            };
            let method = if is_head { "HEAD" } else { "GET" };
            let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
            let sent = damaged(
                format!("{line}\r\n{fields}\r\n{tail}").into_bytes(),
                &damages,
            );
            let Some(range) = head_of(&sent, piece) else {
                return Ok(false);
            };
            let mut written = Vec::new();
            let Ok(first) = response::rewrite(&sent[range.clone()], &asked, &mut written) else {
                return Ok(false);
            };

            prop_assert_eq!(Some(range.clone()), head_of(&sent, 1));
            let rest = &sent[range.end..];
            let ours = taken(&first.body, rest, piece);
            let before = other(&sent, |reader| reader.answer_as_it_came(method));
            same_end(ours, range.end, &before)?;

            // Once more through the data plane: nothing changes any more.
            let mut again = Vec::new();
            let second = response::rewrite(&written, &asked, &mut again);
            let second = second.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(latin1(&written), latin1(&again));
            prop_assert_eq!(first.status, second.status);
            prop_assert_eq!(
                (first.interim, first.switches),
                (second.interim, second.switches)
            );
            prop_assert_eq!(first.client_keeps, second.client_keeps);
            if !first.unchunk {
                prop_assert_eq!(&first.body, &second.body);
            }

            // And the other reading, of what the client gets.
            let head = written.len();
            let mut data = rest.to_vec();
            let mut end = ours;
            if first.unchunk {
                let mut body = first.body.clone();
                let kept = body.unchunk(&mut data).ok().filter(|_| body.is_done());
                data.truncate(kept.map_or(0, |(_, kept)| kept));
                end = kept.map(|(_, kept)| (kept, true));
            }
            written.extend(&data);
            let after = other(&written, |reader| reader.answer(method));
            same_end(end, head, &after)?;
            if let (Some((_, true)), Ok(before), Ok(after)) = (end, &before.0, &after.0) {
                prop_assert_eq!(&before.body, &after.body);
                prop_assert!(old || before.trailers == after.trailers);
            }
            Ok(true)
        },
    );
}

#[test]
fn a_request_that_is_accepted_is_read_alike_before_and_after() {
    let lines = prop_oneof![
        6 => prop::sample::select(&[
            "GET / HTTP/1.1", "POST /a?b=c HTTP/1.1", "POST / HTTP/1.0", "HEAD / HTTP/1.1",
            "PUT http://y:80/a HTTP/1.1", "OPTIONS * HTTP/1.1", "TRACE / HTTP/1.1",
        ][..]).prop_map(str::to_owned),
        1 => "[A-Z]{1,4} ?/?[a-z?*:]{0,3} HTTP/1\\.[0-2]",
    ];
    let strategy = (
        (lines, any::<bool>(), fields(), tails(), damages()),
        1_usize..90,
    );
    let forwarding = Forwarding::new(Some(("http", 80)), true);
    run(&strategy, |((line, host, fields, tail, damages), piece)| {
        let host = if host { "Host: shop.example\r\n" } else { "" };
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        let sent = format!("{line}\r\n{host}{fields}\r\n{tail}");
        let sent = damaged(sent.into_bytes(), &damages);
        let Some(range) = head_of(&sent, piece) else {
            return Ok(false);
        };
        let mut written = Vec::new();
        let Ok(first) = request::rewrite(&sent[range.clone()], ENDS, &forwarding, &mut written)
        else {
            return Ok(false);
        };

        prop_assert_eq!(Some(range.clone()), head_of(&sent, 1));
        let rest = &sent[range.end..];
        let ours = taken(&first.body, rest, piece);
        let before = other(&sent, Reader::request);
        // Codings in two fields are refused by the other reading and joined by ours.
        if !matches!(&before.0, Err(Fault::Broken(what)) if what.starts_with("Transfer-Encoding")) {
            same_end(ours, range.end, &before)?;
        }

        let mut again = Vec::new();
        let second = request::rewrite(&written, ENDS, &forwarding, &mut again);
        let second = second.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&first.body, &second.body);
        prop_assert_eq!(
            (first.is_head, first.idempotent, first.upgrade),
            (second.is_head, second.idempotent, second.upgrade)
        );
        prop_assert_eq!(lines_of(&written), lines_of(&again));

        let head = written.len();
        written.extend(rest);
        let after = other(&written, Reader::request);
        same_end(ours, head, &after)?;
        if let (Some((_, true)), Ok(before), Ok(after)) = (ours, &before.0, &after.0) {
            prop_assert_eq!(
                (&before.body, &before.trailers),
                (&after.body, &after.trailers)
            );
        }
        Ok(true)
    });
}

/// The lines of a request's head, but for what grows with each hop, the fields in any order.
fn lines_of(head: &[u8]) -> Vec<String> {
    let text = latin1(head).replace(", 192.0.2.7", "");
    let mut lines: Vec<String> = text
        .split("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("max-forwards"))
        .map(|line| line.replace("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: "))
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines[1..].sort();
    lines
}
