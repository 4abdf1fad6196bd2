//! Messages spoilt at random, sent through the data plane; an independent strict reading of the same
//! bytes says what may have come of them.
//!
//! The proxy may refuse more than that reading does, never less: no request reaches an instance, and
//! no answer a client, that it does not find in the bytes, in that order and with that body. The
//! seeds are fixed; `EULB_MUTATIONS=100000` tries more of them.

use crate::reading::{Fault, Message, Reader, from_latin1, latin1};
use crate::scripted::{Act, Proxy, Recorder, reply};
use std::sync::{Arc, Mutex};

/// Cases of an ordinary run: a few seconds.
const CASES: u64 = 1500;

const REQUESTS: &[&str] = &[
    "GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n",
    "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET http://shop.example/abs HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n",
    "HEAD /head HTTP/1.1\r\nHost: x\r\nConnection: close, X-A\r\nX-A: b\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 3\r\n\r\n",
    "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world",
    "POST /q HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
    "POST /t HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n",
    "POST /n HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nGET /inner HTTP/1.1\r\nHost: inner\r\n\r\n12345",
];

const ANSWERS: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
    "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 7\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno!",
];

/// What smuggling is made of.
const SPICE: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "0",
    "1",
    "9",
    "-",
    "+",
    "_",
    "x",
    "\u{b}",
    "\u{7f}",
    "\u{a0}",
    "\u{e9}",
    "#",
    "*",
    "/",
    "?",
    "@",
    "\r\n ",
    "\r\n\r\n",
    "0\r\n\r\n",
    "5\r\n",
    "Host: y\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length:5,5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding:\tchunked\r\n",
    "Transfer-Encoding: x\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Connection: close\r\n",
    "Connection: Content-Length\r\n",
    "Connection: Transfer-Encoding, Host\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: h2c\r\n",
    " HTTP/1.1",
    " HTTP/1.0\r\n",
    "GET /inserted HTTP/1.1\r\nHost: z\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "ffffffffffffffff",
    "18446744073709551616",
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*: the same cases in every run, on every machine.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// One of the messages, or two of them, with up to four changes.
fn spoil(dice: &mut Dice, messages: &[&str]) -> Vec<u8> {
    let mut bytes = from_latin1(dice.pick(messages));
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(6) {
            0 => drop(bytes.splice(at..at, from_latin1(dice.pick(SPICE)))),
            1 => drop(bytes.splice(at..(at + 1 + dice.roll(3)).min(bytes.len()), [])),
            2 => {
                let end = (at + 1).min(bytes.len());
                bytes.splice(at..end, [dice.roll(256) as u8]);
            }
            3 => {
                // A line once more, somewhere else.
                let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                if !lines.is_empty() {
                    let line = lines[dice.roll(lines.len())].to_vec();
                    let start: usize = lines[..dice.roll(lines.len())]
                        .iter()
                        .map(|l| l.len())
                        .sum();
                    bytes.splice(start..start, line);
                }
            }
            4 => {
                // At the start of a line, where fields are made.
                let starts: Vec<usize> = (0..bytes.len())
                    .filter(|at| *at > 0 && bytes[at - 1] == b'\n')
                    .collect();
                if !starts.is_empty() {
                    let start = starts[dice.roll(starts.len())];
                    bytes.splice(start..start, from_latin1(dice.pick(SPICE)));
                }
            }
            _ => {
                let case = bytes.get(at).map_or(b'x', |byte| byte ^ 0x20);
                bytes.splice(at..(at + 1).min(bytes.len()), [case]);
            }
        }
    }
    bytes
}

fn cases() -> u64 {
    std::env::var("EULB_MUTATIONS").map_or(CASES, |count| count.parse().unwrap())
}

/// The requests that a strict reader finds before the first fault. Empty lines before one are no
/// part of it (RFC 9112, 2.2).
fn strictly(bytes: &[u8]) -> (Vec<Message>, Fault) {
    let mut found = Vec::new();
    let mut rest = bytes;
    loop {
        while let Some(behind) = rest.strip_prefix(b"\r\n") {
            rest = behind;
        }
        let mut reader = Reader::new(rest);
        match reader.request() {
            Ok(request) => found.push(request),
            Err(fault) => return (found, fault),
        }
        let left = reader.unread().len();
        rest = &rest[rest.len() - left..];
    }
}

#[test]
fn no_instance_sees_a_request_that_a_strict_reading_does_not() {
    let instance = Recorder::echoing();
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    let (mut forwarded, mut refused) = (0, 0);
    for seed in 1..=cases() {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut bytes = spoil(&mut dice, REQUESTS);
        bytes.extend(b"GET /next HTTP/1.1\r\nHost: next\r\n\r\n");
        let told = || format!("seed {seed}: {:?}", latin1(&bytes));
        let (expected, _) = strictly(&bytes);
        let before = instance.count();
        let mut client = proxy.client();
        client.line.offer(&bytes).finish();
        let said = match client.line.reader.until_end() {
            Ok(said) => said,
            Err(Fault::Reset) => client.line.reader.raw.clone(),
            Err(fault) => panic!("{fault:?}, {}", told()),
        };
        let got = instance.requests_from(before);
        assert!(
            got.len() <= expected.len(),
            "{got:?} of {expected:?}, {}",
            told()
        );
        for (got, expected) in got.iter().zip(&expected) {
            let method = |request: &Message| request.asked().split(' ').next().map(str::to_owned);
            assert_eq!(method(got), method(expected), "{}", told());
            assert_eq!(latin1(&got.body), latin1(&expected.body), "{}", told());
            assert_eq!(got.trailers, expected.trailers, "{}", told());
            if expected.asked().contains(" /") {
                assert_eq!(got.asked(), expected.asked(), "{}", told());
            }
        }
        // And as many answers, in order, before at most one refusal.
        let mut answers = Reader::new(&said[..]);
        for request in &got {
            let method = request.asked().split(' ').next().unwrap();
            let answer = answers.answer(method);
            let text = answer.as_ref().map(Message::text);
            let wanted = if method == "HEAD" {
                ""
            } else {
                request.asked()
            };
            assert_eq!(text, Ok(wanted.to_owned()), "{}", told());
        }
        match answers.answer("GET") {
            Ok(answer) => {
                // OPTIONS may be answered by the proxy itself.
                let status = answer.status();
                assert!([200, 400, 405].contains(&status), "{answer:?}, {}", told());
                refused += 1;
            }
            Err(Fault::Closed | Fault::Cut) => forwarded += 1,
            Err(fault) => panic!("{fault:?}, {}", told()),
        }
    }
    for record in instance.finish(proxy) {
        let end = record.end.unwrap();
        assert!(
            !matches!(end, Fault::Broken(_)),
            "{end:?}: {:?}",
            latin1(&record.raw)
        );
    }
    // The spoiling is neither too mild nor too rough to test anything.
    assert!(
        forwarded > cases() / 20 && refused > cases() / 20,
        "{forwarded} {refused}"
    );
}

#[test]
fn no_client_sees_an_answer_that_a_strict_reading_does_not() {
    let next = Arc::new(Mutex::new(Vec::new()));
    let shared = next.clone();
    let instance = Recorder::answering(move |request| {
        if request.asked() == "GET /sound" {
            return reply(200, "sound").into();
        }
        Act::SendAndClose(shared.lock().unwrap().clone())
    });
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    let (mut whole, mut spoilt) = (0, 0);
    for seed in 1..=cases() {
        let mut dice = Dice(seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1);
        let bytes = spoil(&mut dice, ANSWERS);
        let told = || format!("seed {seed}: {:?}", latin1(&bytes));
        next.lock().unwrap().clone_from(&bytes);
        let proper = |reader: &mut dyn FnMut() -> Result<Message, Fault>| {
            loop {
                match reader() {
                    Ok(answer) if answer.status() < 200 && answer.status() != 101 => {}
                    other => return other,
                }
            }
        };
        let mut strict = Reader::new(&bytes[..]);
        let expected = proper(&mut || strict.answer_as_it_came("GET"));
        let mut client = proxy.client();
        client.get("/spoilt");
        let got = proper(&mut || client.line.reader.answer("GET"));
        match (got, expected) {
            (Ok(got), Ok(expected)) if got.status() == expected.status() => {
                assert_eq!(latin1(&got.body), latin1(&expected.body), "{}", told());
                assert_eq!(got.trailers, expected.trailers, "{}", told());
                whole += 1;
            }
            (Ok(got), _) if got.status() == 502 => spoilt += 1,
            (Err(Fault::Cut | Fault::Reset), Err(_)) => spoilt += 1,
            (got, expected) => panic!("{got:?} for {expected:?}, {}", told()),
        }
        // Nothing of it is left for the next client.
        let mut client = proxy.client();
        client.get("/sound");
        assert_eq!(client.answer().text(), "sound", "{}", told());
    }
    assert!(
        whole > cases() / 20 && spoilt > cases() / 20,
        "{whole} {spoilt}"
    );
}
