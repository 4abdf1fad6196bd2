//! What the data plane makes of instances that refuse, lie, stammer and die, and of clients that stop
//! half way: the true status, never a second execution, never a crossed answer, never a truncated
//! answer that looks whole.

use crate::reading::{Fault, Message, from_latin1, latin1};
use crate::scripted::{Act, Client, Conversation, Down, Proxy, Recorder, Scripted, one, reply};
use std::collections::HashMap;

/// Small numbers from a seed, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // xorshift64*: enough to mix cases, and nothing to depend on.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }
}

// ---- instances that are not there --------------------------------------------------------------

#[test]
fn with_every_instance_down_the_answer_is_503_at_once() {
    let (one, two) = (Down::new(), Down::new());
    let proxy = Proxy::http(&[one.address(), two.address()]);
    let mut client = proxy.client();
    // The connection of the client has done nothing wrong and may stay.
    client.get("/case");
    assert_eq!(client.answer().status(), 503);
    let mut client = proxy.client();
    client.post("/case", "body");
    assert_eq!(client.answer().status(), 503);
}

#[test]
fn an_instance_that_refuses_is_avoided_within_the_request() {
    let (down, instance) = (Down::new(), Recorder::echoing());
    let proxy = Proxy::http(&[down.address(), instance.address(), down.address()]);
    let mut client = proxy.client();
    for turn in 0..12 {
        // Nothing was sent yet: a POST may go elsewhere too.
        client.post(&format!("/{turn}"), "body");
        assert_eq!(client.answer().text(), format!("POST /{turn}"));
    }
    let bodies: Vec<String> = instance.requests().iter().map(Message::text).collect();
    assert_eq!(bodies, ["body"; 12]);
}

// ---- instances that leave ----------------------------------------------------------------------

#[test]
fn a_post_whose_instance_leaves_before_answering_is_not_sent_again() {
    for abrupt in [false, true] {
        let (instance, other) = (Scripted::new(), Scripted::new());
        let proxy = Proxy::with_one_worker(&[instance.address(), other.address()]);
        let mut client = proxy.client();
        client.post("/order", "one book");
        let (mut at, _) = either(&instance, &other);
        assert_eq!(at.request().text(), "one book");
        if abrupt {
            at.reset()
        } else {
            at.close()
        }
        let answer = client.answer();
        assert!([502, 504].contains(&answer.status()), "{answer:?}");
        drop(proxy);
        let again = instance.waiting().len() + other.waiting().len();
        assert_eq!(again, 0, "no second attempt");
    }
}

/// Accepts the next connection at whichever of two instances it arrives; the other one comes second.
fn either<'a>(one: &'a Scripted, two: &'a Scripted) -> (Conversation, &'a Scripted) {
    loop {
        for (this, that) in [(one, two), (two, one)] {
            if let Some(at) = this.waiting().pop() {
                return (at, that);
            }
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_get_whose_instance_leaves_before_answering_is_answered_by_another() {
    let instances = [
        Recorder::answering(|_| Act::SendAndClose(Vec::new())),
        Recorder::echoing(),
    ];
    let proxy = Proxy::http(&[instances[0].address(), instances[1].address()]);
    let mut client = proxy.client();
    for turn in 0..10 {
        client.get(&format!("/{turn}"));
        assert_eq!(client.answer().text(), format!("GET /{turn}"));
    }
}

#[test]
fn a_request_is_not_retried_once_its_answer_has_begun() {
    let (instance, other) = (Scripted::new(), Scripted::new());
    let proxy = Proxy::with_one_worker(&[instance.address(), other.address()]);
    for begun in ["HTTP/1.1 200 OK\r\nContent-Le", "H"] {
        let mut client = proxy.client();
        client.get("/case");
        let (mut at, _) = either(&instance, &other);
        at.expect("GET /case").send(begun);
        at.close();
        assert_eq!(client.answer().status(), 502, "{begun:?}");
    }
    drop(proxy);
    assert_eq!(instance.waiting().len() + other.waiting().len(), 0);
}

#[test]
fn every_instance_leaving_ends_in_an_error_and_not_in_a_loop() {
    let leaving = || Recorder::answering(|_| Act::SendAndClose(Vec::new()));
    let instances = [leaving(), leaving()];
    let proxy = Proxy::http(&[instances[0].address(), instances[1].address()]);
    let mut client = proxy.client();
    client.get("/case");
    assert!([502, 503, 504].contains(&client.answer().status()));
    let tries = instances[0].requests().len() + instances[1].requests().len();
    assert!((1..=4).contains(&tries), "{tries} attempts");
}

#[test]
fn a_kept_connection_closed_by_the_instance_is_noticed_before_the_next_request() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    for turn in 0..20 {
        // A POST each time: it must find a connection that lives, since it may not be sent twice.
        client.post(&format!("/{turn}"), "body");
        let mut at = instance.accept();
        at.expect(&format!("POST /{turn}")).reply(200, "kept?");
        assert_eq!(client.answer().text(), "kept?");
        at.close();
        // The proxy has seen the end once another exchange has gone through all of it.
        let mut other = proxy.client();
        other.send("GET bad\r\n\r\n");
        assert_eq!(other.answer().status(), 400);
    }
}

#[test]
fn a_kept_connection_that_dies_under_a_get_is_replaced() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/1");
    let mut at = instance.accept();
    at.expect("GET /1").reply(200, "1");
    assert_eq!(client.answer().text(), "1");
    // Reads the next request on it, and dies instead of answering.
    client.get("/2");
    at.expect("GET /2");
    at.close();
    let mut fresh = instance.accept();
    fresh.expect("GET /2").reply(200, "2");
    assert_eq!(client.answer().text(), "2");
}

/// Many clients, and instances that close kept-alive connections at the worst moments.
#[test]
fn a_post_is_never_executed_twice_however_connections_die() {
    const CLIENTS: u64 = 6;
    const POSTS: u64 = 150;
    let instances: Vec<Recorder> = (1..=2)
        .map(|seed| {
            let dice = std::sync::Mutex::new(Dice(seed));
            Recorder::answering(move |request| {
                let answer = reply(200, request.asked()).into_bytes();
                match dice.lock().unwrap().roll(6) {
                    0 => Act::SendAndClose(answer),
                    1 => Act::SendAndReset(Vec::new()),
                    2 => Act::SendAndClose(Vec::new()),
                    _ => Act::Send(answer),
                }
            })
        })
        .collect();
    let addresses: Vec<_> = instances.iter().map(Recorder::address).collect();
    let proxy = Proxy::http(&addresses);
    let address = proxy.address();
    let threads: Vec<_> = (0..CLIENTS)
        .map(|number| {
            std::thread::spawn(move || {
                let mut served = Vec::new();
                let mut client = Client::connect(address);
                for turn in 0..POSTS {
                    let asked = format!("POST /{number}-{turn}");
                    client.line.offer(format!(
                        "{asked} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
                    ));
                    let answer = client.answer();
                    match answer.status() {
                        200 => {
                            assert_eq!(answer.text(), asked, "an answer was crossed");
                            served.push(asked);
                        }
                        502 | 504 => {}
                        other => panic!("{asked} answered {other}"),
                    }
                    if answer.head.list("connection").contains(&"close".to_owned()) {
                        client = Client::connect(address);
                    }
                }
                served
            })
        })
        .collect();
    let served: Vec<String> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    assert!(
        served.len() as u64 > CLIENTS * POSTS / 3,
        "{} served",
        served.len()
    );
    let mut executed: HashMap<String, usize> = HashMap::new();
    for request in instances.iter().flat_map(Recorder::requests) {
        *executed.entry(request.asked().to_owned()).or_default() += 1;
    }
    let twice: Vec<_> = executed.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "executed more than once: {twice:?}");
    // The others were answered 502: executed once without an answer, or sent on a connection that
    // the instance was just closing, and not executed at all.
    for asked in served {
        assert!(
            executed.contains_key(&asked),
            "{asked} was answered for nobody"
        );
    }
}

/// Every kind of answer at once, from instances that frame, close and split as they like.
#[test]
fn an_answer_is_never_crossed_under_concurrency() {
    const CLIENTS: u64 = 8;
    const REQUESTS: u64 = 150;
    let instances: Vec<Recorder> = (1..=3)
        .map(|seed| {
            let dice = std::sync::Mutex::new(Dice(seed * 77));
            Recorder::answering(move |request| {
                let body = request.asked().repeat(1 + request.asked().len() * 37 % 200);
                let length = body.len();
                let text = match dice.lock().unwrap().roll(7) {
                    0 => format!("HTTP/1.1 200 OK\r\n\r\n{body}"),
                    1 => format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
                    2 => format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
                    3 => format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
                    4 => {
                        // Says that it will close, and does.
                        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
                        return Act::SendAndClose(head.into_bytes());
                    }
                    5 => {
                        // Says more than its length, which nobody may take for an answer.
                        return Act::Send(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison").into_bytes());
                    }
                    _ => reply(200, &body),
                };
                if text.starts_with("HTTP/1.1 200 OK\r\n\r\n") {
                    Act::SendAndClose(text.into_bytes())
                } else {
                    Act::Send(text.into_bytes())
                }
            })
        })
        .collect();
    let addresses: Vec<_> = instances.iter().map(Recorder::address).collect();
    let proxy = Proxy::http(&addresses);
    let address = proxy.address();
    let threads: Vec<_> = (0..CLIENTS)
        .map(|number| {
            std::thread::spawn(move || {
                let mut dice = Dice(number + 1);
                let mut client = Client::connect(address);
                for turn in 0..REQUESTS {
                    let asked = format!("GET /{number}-{turn}");
                    client
                        .line
                        .offer(format!("{asked} HTTP/1.1\r\nHost: x\r\n\r\n"));
                    let mut answer = client.answer();
                    while answer.status() == 100 {
                        answer = client.answer();
                    }
                    let whole = asked.repeat(1 + asked.len() * 37 % 200);
                    assert!(answer.text() == whole, "{asked} got {answer:?}");
                    let close = answer.head.list("connection").contains(&"close".to_owned());
                    let until_close = answer.framing == crate::reading::Framing::UntilClose;
                    if close || until_close || dice.roll(20) == 0 {
                        client = Client::connect(address);
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

// ---- instances that lie ------------------------------------------------------------------------

#[test]
fn an_ambiguous_or_malformed_answer_is_502_and_its_connection_never_used_again() {
    let ok = "HTTP/1.1 200 OK\r\n";
    let tail = "\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let fields: String = (0..101).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let cases: Vec<(&str, String)> = vec![
        ("garbage", "garbage\r\n\r\n".into()),
        ("an empty line", "\r\n\r\n\r\n".into()),
        (
            "a page without a head (HTTP/0.9)",
            "<html>hello</html>\r\n\r\n".into(),
        ),
        (
            "HTTP/2.0",
            "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "HTTP/1.2 is not what was asked",
            "HTTP/1.23 200 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "lower case",
            "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "another protocol",
            "ICY 200 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        ("no status", "HTTP/1.1\r\nContent-Length: 0\r\n\r\n".into()),
        (
            "two digits",
            "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "four digits",
            "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "no digits",
            "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "status 000",
            "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "status 099",
            "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "a sign",
            "HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "two blanks",
            "HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "NUL in the reason",
            "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        (
            "CR in the reason",
            "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n".into(),
        ),
        ("bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n".into()),
        (
            "bare LF in a field",
            format!("{ok}A: b\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "bare CR in a value",
            format!("{ok}A: b\rc\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "NUL in a value",
            format!("{ok}A: b\0c\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "blank before a colon",
            format!("{ok}A : b\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "blank before the length's colon",
            format!("{ok}Content-Length : 5\r\n\r\nhello"),
        ),
        (
            "a folded field",
            format!("{ok}A: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "a field without colon",
            format!("{ok}A\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "a field without name",
            format!("{ok}: b\r\nContent-Length: 0\r\n\r\n"),
        ),
        (
            "length and coding",
            format!("{ok}Content-Length: 5\r\nTransfer-Encoding: chunked{tail}"),
        ),
        (
            "coding and length",
            format!("{ok}Transfer-Encoding: chunked\r\nContent-Length: 5{tail}"),
        ),
        (
            "unequal lengths",
            format!("{ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        ),
        (
            "equal lengths",
            format!("{ok}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        ),
        (
            "a list of lengths",
            format!("{ok}Content-Length: 5, 5\r\n\r\nhello"),
        ),
        (
            "a length with a sign",
            format!("{ok}Content-Length: +5\r\n\r\nhello"),
        ),
        (
            "a negative length",
            format!("{ok}Content-Length: -5\r\n\r\nhello"),
        ),
        (
            "an empty length",
            format!("{ok}Content-Length:\r\n\r\nhello"),
        ),
        (
            "a length of letters",
            format!("{ok}Content-Length: five\r\n\r\nhello"),
        ),
        (
            "a length over 2^64",
            format!("{ok}Content-Length: 18446744073709551621\r\n\r\nhello"),
        ),
        (
            "a coding that is not known",
            format!("{ok}Transfer-Encoding: xchunked{tail}"),
        ),
        ("identity", format!("{ok}Transfer-Encoding: identity{tail}")),
        (
            "chunked twice",
            format!("{ok}Transfer-Encoding: chunked, chunked{tail}"),
        ),
        (
            "chunked in two lines",
            format!("{ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked{tail}"),
        ),
        (
            "chunked not last",
            format!("{ok}Transfer-Encoding: chunked, gzip{tail}"),
        ),
        ("an empty coding", format!("{ok}Transfer-Encoding:{tail}")),
        (
            "wrong chunks with the head",
            format!("{ok}Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"),
        ),
        (
            "a coding on HTTP/1.0",
            format!("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked{tail}"),
        ),
        (
            "101 unasked",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                .into(),
        ),
        (
            "101 unasked after 100",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n".into(),
        ),
        (
            "a head over 64 KiB",
            format!(
                "{ok}A: {}\r\nContent-Length: 0\r\n\r\n",
                "b".repeat(70 << 10)
            ),
        ),
        (
            "a status line that never ends",
            format!("HTTP/1.1 200 {}", "b".repeat(70 << 10)),
        ),
        ("101 fields", format!("{ok}{fields}\r\n")),
        (
            "interim answers without end",
            "HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000),
        ),
    ];
    let (instance, proxy) = one();
    let mut faults = Vec::new();
    for (name, answer) in cases {
        let mut client = proxy.client();
        client.get("/case");
        let mut at = instance.accept();
        at.expect("GET /case").line.offer(from_latin1(&answer));
        let mut got = client.try_answer();
        while got.as_ref().is_ok_and(|interim| interim.status() == 100) {
            got = client.try_answer();
        }
        match got {
            Ok(answer) if answer.status() == 502 => {}
            other => faults.push(format!("{name}: {other:?}")),
        }
        // Whoever comes next gets a connection of its own.
        let mut next = proxy.client();
        next.get("/next");
        let mut fresh = instance.accept();
        fresh.expect("GET /next").reply(200, "next");
        let answer = next.answer();
        if answer.text() != "next" {
            faults.push(format!("{name}: crossed: {answer:?}"));
        }
        fresh.close();
        drop(next);
        if !matches!(
            at.line.reader.until_end().as_deref(),
            Ok([]) | Err(Fault::Reset)
        ) {
            faults.push(format!("{name}: not closed"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Nothing follows these bytes, and the instance stays.
#[test]
fn what_can_be_no_answer_is_502_before_its_head_ends() {
    let cases = [
        ("a greeting of SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        ("a greeting of SMTP", "220 mail.example ESMTP\r\n"),
        ("a page without a head (HTTP/0.9)", "<html>"),
        ("lower case", "http/1.1 200 OK"),
        ("HTTP/2", "HTTP/2 200\r\n"),
        ("an empty line", "\r\n"),
        ("a handshake of TLS", "\u{16}\u{3}\u{3}"),
        ("CR CR LF", "HTTP/1.1 200 OK\r\r\n"),
        ("a bare CR", "HTTP/1.1 200 OK\r\nA: b\rc"),
        ("a bare LF", "HTTP/1.1 200 OK\n"),
        ("NUL", "HTTP/1.1 200 OK\r\nA: \0"),
    ];
    let (instance, proxy) = one();
    for (name, bytes) in cases {
        let mut client = proxy.client();
        client.get("/case");
        let mut at = instance.accept();
        at.expect("GET /case").send(bytes);
        assert_eq!(client.answer().status(), 502, "{name}");
    }
}

#[test]
fn what_an_instance_says_beyond_its_answer_is_nobodys_answer() {
    let poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
    let cases = [
        ("beyond a length", "GET", reply(200, "right")),
        ("beyond nothing", "GET", reply(200, "")),
        (
            "beyond chunks",
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nright\r\n0\r\n\r\n".into(),
        ),
        ("a body of HEAD", "HEAD", reply(200, "right")),
        (
            "a body of 304",
            "GET",
            "HTTP/1.1 304 Not Modified\r\n\r\nright".into(),
        ),
        (
            "a body of 204",
            "GET",
            "HTTP/1.1 204 No Content\r\n\r\n".into(),
        ),
    ];
    let (instance, proxy) = one();
    for (name, method, answer) in cases {
        let mut client = proxy.client();
        client.send(format!("{method} /case HTTP/1.1\r\nHost: x\r\n\r\n"));
        let mut at = instance.accept();
        at.expect(&format!("{method} /case"));
        at.send(format!("{answer}{poison}"));
        let first = client.answer_to(method);
        assert_ne!(first.text(), "poison", "{name}");
        // Another client, and this one if it may stay: neither gets the poison.
        let mut other = proxy.client();
        other.get("/other");
        let mut fresh = instance.accept();
        fresh.expect("GET /other").reply(200, "other");
        assert_eq!(other.answer().text(), "other", "{name}");
        client.line.finish();
        let rest = client.line.reader.until_end().unwrap_or_default();
        assert!(!latin1(&rest).contains("poison"), "{name}");
        fresh.close();
    }
}

/// Servers that answer HEAD as they answer GET, or let an application give 204 a body, send it in a
/// write of its own. The next request is already there, and nothing has told of that body yet.
#[test]
fn a_body_that_follows_an_answer_without_one_is_nobodys_answer() {
    let poison = reply(200, "poison");
    let cases = [
        ("HEAD", "200 OK\r\nContent-Length: 45"),
        ("HEAD", "200 OK\r\nTransfer-Encoding: chunked"),
        ("HEAD", "200 OK"),
        ("GET", "204 No Content\r\nContent-Length: 45"),
        ("GET", "304 Not Modified\r\nContent-Length: 45"),
    ];
    let (instance, proxy) = one();
    for (method, head) in cases {
        let mut client = proxy.client();
        let lines = "HTTP/1.1\r\nHost: shop.example\r\n\r\n";
        client.send(format!("{method} /1 {lines}GET /2 {lines}"));
        let mut at = instance.accept();
        at.expect(&format!("{method} /1"));
        at.send(format!("HTTP/1.1 {head}\r\n\r\n"));
        let mut fresh = instance.accept();
        at.line.offer(&poison);
        fresh.expect("GET /2").reply(200, "2");
        client.answer_to(method);
        assert_eq!(client.answer().text(), "2", "{method}, {head}");
        fresh.close();
    }
}

#[test]
fn an_instance_that_speaks_before_it_is_asked_is_not_believed() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/1");
    let mut at = instance.accept();
    at.expect("GET /1").reply(200, "1");
    assert_eq!(client.answer().text(), "1");
    // On the kept connection, unasked; then another exchange so that the proxy has seen it.
    at.reply(200, "poison");
    let mut other = proxy.client();
    other.send("GET bad\r\n\r\n");
    assert_eq!(other.answer().status(), 400);
    client.get("/2");
    let mut fresh = instance.accept();
    fresh.expect("GET /2").reply(200, "2");
    assert_eq!(client.answer().text(), "2");
}

// ---- answers cut short -------------------------------------------------------------------------

#[test]
fn a_truncated_answer_is_visibly_truncated() {
    let cases = [
        (
            "a length",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        ),
        (
            "a length, nothing yet",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        ),
        (
            "a chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello",
        ),
        (
            "between chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ),
        (
            "in a size",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1",
        ),
        (
            "behind the last size",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        ),
        (
            "in the trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n",
        ),
    ];
    let (instance, proxy) = one();
    for version in ["1.1", "1.0"] {
        for (name, answer) in cases {
            for abrupt in [false, true] {
                let mut client = proxy.client();
                client.send(format!("GET /case HTTP/{version}\r\nHost: x\r\n\r\n"));
                let mut at = instance.accept();
                at.expect("GET /case").send(answer);
                // The head has gone through before the instance leaves.
                client.line.reader.some().unwrap();
                if abrupt {
                    at.reset()
                } else {
                    at.close()
                }
                let got = client.try_answer();
                assert!(
                    matches!(got, Err(Fault::Cut | Fault::Reset)),
                    "{name} to HTTP/{version}, abrupt {abrupt}: {got:?}"
                );
            }
        }
    }
}

#[test]
fn a_reset_of_an_answer_without_length_is_not_a_clean_end() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case").send("HTTP/1.1 200 OK\r\n\r\nhello");
    client.line.reader.some().unwrap();
    at.reset();
    let got = client.try_answer();
    assert!(matches!(got, Err(Fault::Cut | Fault::Reset)), "{got:?}");
}

#[test]
fn wrong_chunks_of_an_answer_never_become_a_whole_one() {
    let cases = [
        "5\r\nhelloX\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nA : b\r\n\r\n",
        "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
    ];
    let (instance, proxy) = one();
    for chunks in cases {
        let mut client = proxy.client();
        client.get("/case");
        let mut at = instance.accept();
        at.expect("GET /case")
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.line.reader.some().unwrap();
        at.line.offer(chunks);
        let got = client.try_answer();
        let seen = matches!(got, Err(Fault::Cut | Fault::Reset));
        assert!(seen, "{chunks:?}: {got:?}");
        assert!(
            matches!(
                at.line.reader.until_end().as_deref(),
                Ok([]) | Err(Fault::Reset)
            ),
            "{chunks:?}: not closed"
        );
    }
}

// ---- clients that stop -------------------------------------------------------------------------

#[test]
fn a_request_cut_short_never_looks_whole_to_an_instance() {
    let cases = [
        "POST /case HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello",
        "POST /case HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "POST /case HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "POST /case HTTP/1.1\r\nHost: x\r\nContent-Le",
        "GET /case HTTP/1.1\r\nHost: x\r\n",
    ];
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    for case in cases {
        for abrupt in [false, true] {
            let mut client = proxy.client();
            client.send(case);
            if abrupt {
                client.line.reset();
                continue;
            }
            client.line.finish();
            let got = client.try_answer();
            let refused = got
                .as_ref()
                .is_ok_and(|answer| [400, 408].contains(&answer.status()));
            assert!(refused || got.is_err(), "{case:?}: {got:?}");
        }
    }
    for record in instance.finish(proxy) {
        assert_eq!(record.requests, [], "{:?}", latin1(&record.raw));
    }
}

#[test]
fn a_client_that_ends_its_side_still_gets_its_answers() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/1").get("/2").line.finish();
    let mut at = instance.accept();
    at.expect("GET /1").reply(200, "1");
    at.expect("GET /2").reply(200, "2");
    assert_eq!(client.answer().text(), "1");
    assert_eq!(client.answer().text(), "2");
    client.line.closed();
}

#[test]
fn the_answer_for_a_client_that_left_is_nobody_elses() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case");
    client.line.reset();
    at.line.offer(reply(200, "too late"));
    let mut client = proxy.client();
    client.get("/next");
    // On the kept connection or on another: both are in step.
    let mut next = either_connection(&instance, at);
    next.expect("GET /next").reply(200, "next");
    assert_eq!(client.answer().text(), "next");
}

/// The connection on which the next request comes: this one, or the one that replaces it.
fn either_connection(instance: &Scripted, kept: Conversation) -> Conversation {
    let mut kept = kept;
    match kept.line.reader.some() {
        Ok(()) => kept,
        Err(_) => instance.accept(),
    }
}

#[test]
fn a_client_that_does_not_read_makes_nothing_grow_and_harms_nobody() {
    // Far more than the buffers of two sockets and of the proxy.
    const LENGTH: usize = 64 << 20;
    let instance = Recorder::answering(|request| match request.asked() {
        "GET /large" => {
            let mut answer =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n").into_bytes();
            answer.resize(answer.len() + LENGTH, b'y');
            Act::Send(answer)
        }
        _ => reply(200, request.asked()).into(),
    });
    let proxy = Proxy::http(&[instance.address()]);
    let mut stuck: Vec<Client> = (0..4).map(|_| proxy.client()).collect();
    for client in &mut stuck {
        client.get("/large");
        client.line.reader.some().unwrap();
    }
    let mut client = proxy.client();
    for turn in 0..100 {
        client.get(&format!("/{turn}"));
        assert_eq!(client.answer().text(), format!("GET /{turn}"));
    }
    assert!(
        proxy.resident_kib() < 64 << 10,
        "{} KiB",
        proxy.resident_kib()
    );
    for client in &stuck {
        // The system would keep megabytes for each.
        let held = proxy.held_for(client.address());
        assert!(held < 256 << 10, "{held} B");
    }
    // One of them reads after all: nothing was lost while it did not.
    let answer = stuck[0].answer();
    assert_eq!(answer.body.len(), LENGTH);
}

// ---- limits in time ----------------------------------------------------------------------------

#[test]
fn slow_and_silent_peers_are_given_up_after_the_idle_timeout() {
    let instance = Scripted::new();
    let proxy = Proxy::start(&["http"], &[instance.address()], &["--idle-timeout", "1"]);
    // A kept connection without a request: closed without a word.
    let mut idle = proxy.client();
    idle.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case").reply(200, "");
    assert_eq!(idle.answer().status(), 200);
    // A head that stops, a body that stops.
    let mut head = proxy.client();
    head.send("GET /head HTTP/1.1\r\nHost: x\r\nA: ");
    let mut body = proxy.client();
    body.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
    // An instance that does not answer.
    let mut unanswered = proxy.client();
    unanswered.get("/silent");
    // An answer that stops.
    let mut stopped = proxy.client();
    stopped.get("/stops");

    assert_eq!(head.answer().status(), 408);
    head.line.closed();
    assert_eq!(body.answer().status(), 408);
    body.line.closed();
    assert_eq!(unanswered.answer().status(), 504);
    assert_eq!(stopped.answer().status(), 504);
    idle.line.closed();
}

#[test]
fn an_answer_that_stops_in_the_middle_is_cut_after_the_idle_timeout() {
    let instance = Scripted::new();
    let proxy = Proxy::start(&["http"], &[instance.address()], &["--idle-timeout", "1"]);
    let mut client = proxy.client();
    client.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    let got = client.try_answer();
    assert!(matches!(got, Err(Fault::Cut | Fault::Reset)), "{got:?}");
    at.line.closed();
}

#[test]
fn a_head_that_trickles_is_given_up_however_busy_it_looks() {
    let instance = Scripted::new();
    let proxy = Proxy::start(&["http"], &[instance.address()], &["--idle-timeout", "1"]);
    let mut client = proxy.client();
    client.send("GET /case HTTP/1.1\r\nHost: x\r\nA: ");
    let sending = {
        let mut line = client.line.second_hand();
        // A byte every fraction of the limit, for far longer than any limit on a head should be.
        std::thread::spawn(move || {
            for _ in 0..600 {
                if std::io::Write::write_all(&mut line, b"b").is_err() {
                    return;
                }
                std::thread::park_timeout(std::time::Duration::from_millis(100));
            }
        })
    };
    assert_eq!(client.answer().status(), 408);
    client.line.closed();
    drop(client);
    sending.join().unwrap();
}
