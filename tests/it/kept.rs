//! Which connections are kept, for whom, and requests that follow each other on one.

use crate::reading::latin1;
use crate::scripted::{Conversation, Proxy, Recorder, Scripted, digested, digesting, one};

#[test]
fn both_connections_are_kept_between_exchanges() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/1");
    let mut at = instance.accept();
    at.expect("GET /1").reply(200, "1");
    assert_eq!(client.answer().text(), "1");
    for turn in 2..20 {
        client.get(&format!("/{turn}"));
        // The same connection: another one would leave this one silent.
        at.expect(&format!("GET /{turn}"))
            .reply(200, &turn.to_string());
        assert_eq!(client.answer().text(), turn.to_string());
    }
    // Another client, one after another, uses it too.
    drop(client);
    let mut client = proxy.client();
    client.get("/other");
    at.expect("GET /other").reply(200, "other");
    assert_eq!(client.answer().text(), "other");
}

#[test]
fn a_client_that_says_close_is_closed_and_the_instance_kept() {
    let (instance, proxy) = one();
    let mut at: Option<Conversation> = None;
    for option in ["close", "Close", "keep-alive, close", "close, x"] {
        let mut client = proxy.client();
        client.send(format!(
            "GET /case HTTP/1.1\r\nHost: shop.example\r\nConnection: {option}\r\n\r\n"
        ));
        let at = at.get_or_insert_with(|| instance.accept());
        let request = at.request();
        assert!(
            !request
                .head
                .list("connection")
                .iter()
                .any(|o| o.eq_ignore_ascii_case("close"))
        );
        at.reply(200, "last");
        let answer = client.answer();
        assert_eq!(answer.text(), "last");
        assert!(
            answer
                .head
                .list("connection")
                .iter()
                .any(|o| o.eq_ignore_ascii_case("close")),
            "{answer:?}"
        );
        client.line.closed();
    }
}

/// RFC 9112 §9.6: closing with bytes unread resets the connection, and what the client has not read yet
/// of its answer is lost.
#[test]
fn an_answer_is_whole_though_the_client_sends_more_than_its_last_request() {
    let last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let pipelined = "GET /more HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3000);
    let until_close = "GET /last HTTP/1.1\r\nHost: x\r\n\r\n";
    // Clients of the last century end a body with an empty line that is not counted.
    let old = "POST /last HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc";
    let cases = [
        (last, &*pipelined, "Content-Length: 1048576\r\n"),
        (until_close, &*pipelined, ""),
        (old, "\r\n", "Content-Length: 1048576\r\n"),
    ];
    let body = "z".repeat(1 << 20);
    let (instance, proxy) = one();
    for (request, more, framing) in cases {
        let mut client = proxy.client();
        client.send(request);
        let mut at = instance.accept();
        let _ = at.request();
        client.send(more);
        at.send(format!("HTTP/1.1 200 OK\r\n{framing}\r\n{body}"));
        at.close();
        let answer = client.answer();
        assert_eq!(answer.body.len(), body.len(), "{request:?}");
    }
}

#[test]
fn an_instance_that_says_close_is_not_used_again_and_the_client_kept() {
    let cases = [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: Close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ];
    let (instance, proxy) = one();
    let mut client = proxy.client();
    for answer in cases {
        client.get("/case");
        let mut at = instance.accept();
        at.expect("GET /case").send(answer);
        let got = client.answer();
        assert_eq!(got.text(), "ok");
        assert!(
            !got.head
                .list("connection")
                .iter()
                .any(|o| o.eq_ignore_ascii_case("close")),
            "{got:?}"
        );
        // The instance does not close: that it said so is enough.
        client.get("/next");
        let mut fresh = instance.accept();
        fresh
            .expect("GET /next")
            .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nnext");
        assert_eq!(client.answer().text(), "next");
        at.line.closed();
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let instances: Vec<Recorder> = (0..3).map(|_| digesting()).collect();
    let addresses: Vec<_> = instances.iter().map(Recorder::address).collect();
    let proxy = Proxy::http(&addresses);
    let mut client = proxy.client();
    let mut all = String::new();
    let mut expected = Vec::new();
    for turn in 0..100 {
        let body = format!("body {turn} ").repeat(turn);
        match turn % 3 {
            0 => {
                all.push_str(&format!("GET /{turn} HTTP/1.1\r\nHost: x\r\n\r\n"));
                expected.push(digested(&format!("GET /{turn}"), b""));
                continue;
            }
            1 => all.push_str(&format!(
                "POST /{turn} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )),
            _ => all.push_str(&format!(
                "POST /{turn} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
                body.len()
            )),
        }
        expected.push(digested(&format!("POST /{turn}"), body.as_bytes()));
    }
    let sending = client.line.send_meanwhile(all.into_bytes());
    for expected in expected {
        assert_eq!(client.answer().text(), expected);
    }
    assert!(sending.join().unwrap());
}

/// The head of the second request has grown by our fields, and little stood before it where it arrived.
#[test]
fn a_request_may_arrive_right_behind_the_last_bytes_of_a_body() {
    for (framing, begun, rest) in [
        ("Content-Length: 4", "abc", "d"),
        ("Transfer-Encoding: chunked", "4\r\nab", "cd\r\n0\r\n\r\n"),
    ] {
        let (instance, proxy) = one();
        let mut client = proxy.client();
        client.send(format!(
            "POST /first HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n{begun}"
        ));
        let mut at = instance.accept();
        let mut arrived = Vec::new();
        while !arrived.ends_with(begun.as_bytes()) {
            arrived.extend(at.line.reader.exactly(1).unwrap());
        }
        client.send(format!("{rest}GET /second HTTP/1.1\r\nHost: x\r\n\r\n"));
        let last = at.line.reader.exactly(rest.len()).unwrap();
        assert_eq!(latin1(&last), rest);
        at.reply(200, "1");
        at.expect("GET /second").reply(200, "2");
        assert_eq!(client.answer().text(), "1");
        assert_eq!(client.answer().text(), "2");
    }
}

#[test]
fn a_pipelined_request_waits_for_the_slow_one_before_it() {
    let (instance, other) = (Scripted::new(), Scripted::new());
    let proxy = Proxy::with_one_worker(&[instance.address(), other.address()]);
    let mut client = proxy.client();
    client.get("/first").get("/second");
    // Round robin may begin anywhere: find out who has the first.
    let (mut at, next) = first_of(&instance, &other);
    at.reply(200, "first");
    assert_eq!(client.answer().text(), "first");
    next.accept().expect("GET /second").reply(200, "second");
    assert_eq!(client.answer().text(), "second");
}

/// Accepts the first request at whichever of two instances it arrives; returns the other one.
fn first_of<'a>(one: &'a Scripted, two: &'a Scripted) -> (Conversation, &'a Scripted) {
    loop {
        for (this, that) in [(one, two), (two, one)] {
            if let Some(mut at) = this.waiting().pop() {
                at.expect("GET /first");
                return (at, that);
            }
        }
        std::thread::yield_now();
    }
}
