//! Large HTTP bodies of a stated length: whole, counted, cut where they are cut, and never beyond their
//! end.

use crate::access_log;
use crate::reading::{Fault, digest, pattern};
use crate::scripted::{
    Act, Client, Conversation, Proxy, Recorder, Scripted, digested, digesting, one,
};
use std::time::Duration;

/// More than all sockets and buffers on the way hold.
const LARGE: usize = 24_000_000;

fn answer_head(length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")
}

fn post_head(length: usize) -> String {
    format!("POST /large HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {length}\r\n\r\n")
}

/// Asks for a large answer; returns the instance's side, which has sent the head.
fn asked(instance: &Scripted, client: &mut Client, length: usize) -> Conversation {
    client.get("/large");
    let mut at = instance.accept();
    at.expect("GET /large").send(answer_head(length));
    assert_eq!(client.answer_to("HEAD").status(), 200);
    at
}

/// An exchange on connections that are there already.
fn goes_on(client: &mut Client, at: &mut Conversation) {
    client.get("/next");
    at.expect("GET /next").reply(200, "next");
    assert_eq!(client.answer().text(), "next");
}

/// Reads the head of a request whose body is yet to come.
fn head_of(at: &mut Conversation) {
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        seen.extend(at.line.reader.exactly(1).unwrap());
    }
}

#[test]
fn a_large_answer_is_whole_and_both_connections_go_on() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = asked(&instance, &mut client, LARGE);
    let body = pattern(LARGE);
    let sending = at.line.send_meanwhile(body.clone());
    let read = client.line.reader.exactly(LARGE).unwrap();
    assert_eq!(digest(&read), digest(&body));
    assert!(sending.join().unwrap());
    goes_on(&mut client, &mut at);
}

#[test]
fn a_large_upload_is_whole_and_what_follows_it_is_a_request() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let body = pattern(LARGE);
    client.send(post_head(LARGE));
    let next = b"GET /behind HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    let sending = client.line.send_meanwhile([&body[..], next].concat());
    let mut at = instance.accept();
    let request = at.request();
    assert_eq!(digest(&request.body), digest(&body));
    at.reply(200, "thanks");
    assert_eq!(client.answer().text(), "thanks");
    at.expect("GET /behind").reply(200, "behind");
    assert_eq!(client.answer().text(), "behind");
    assert!(sending.join().unwrap());
    goes_on(&mut client, &mut at);
}

#[test]
fn bodies_of_every_length_are_whole_in_both_directions() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = None;
    // Around the sizes of buffers.
    let marks = [32 << 10, 64 << 10, 128 << 10, 160 << 10, 256 << 10, 1 << 20];
    for length in marks
        .into_iter()
        .flat_map(|mark| [mark - 1, mark, mark + 1, mark + 777])
    {
        let body = pattern(length);
        client.send(post_head(length));
        let sending = client.line.send_meanwhile(body.clone());
        let at = at.get_or_insert_with(|| instance.accept());
        assert_eq!(digest(&at.request().body), digest(&body), "up, {length}");
        assert!(sending.join().unwrap());
        at.send(answer_head(length));
        let sending = at.line.send_meanwhile(body.clone());
        assert_eq!(
            digest(&client.answer().body),
            digest(&body),
            "down, {length}"
        );
        assert!(sending.join().unwrap());
    }
}

#[test]
fn a_large_answer_that_pauses_and_trickles_is_whole() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let body = pattern(3_000_000);
    let mut at = asked(&instance, &mut client, body.len());
    let (mut sent, mut step) = (0, 1);
    while sent < body.len() {
        let piece = &body[sent..(sent + step).min(body.len())];
        at.send(piece);
        // Each piece has arrived before the next is sent: the transfer pauses at each.
        let read = client.line.reader.exactly(piece.len()).unwrap();
        assert!(read == piece, "at {sent}");
        sent += piece.len();
        step = if step > 400_000 { 1 } else { step * 3 };
    }
    goes_on(&mut client, &mut at);
}

#[test]
fn a_large_answer_cut_short_is_visibly_cut() {
    for abruptly in [false, true] {
        let (instance, proxy) = one();
        let mut client = proxy.client();
        let at = asked(&instance, &mut client, LARGE);
        let sending = at.line.send_meanwhile(pattern(LARGE / 2));
        client.line.reader.exactly(2_000_000).unwrap();
        let ending = std::thread::spawn(move || {
            if abruptly {
                at.line.finish_abruptly();
            }
            let _ = sending.join();
            drop(at);
        });
        match client.line.reader.until_end() {
            Ok(read) => assert!(read.len() <= LARGE / 2, "looks whole"),
            Err(fault) => assert_eq!(fault, Fault::Reset),
        }
        ending.join().unwrap();
    }
}

#[test]
fn a_large_upload_cut_short_never_looks_whole() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send(post_head(LARGE));
    let sending = client.line.send_meanwhile(pattern(LARGE / 2));
    let mut at = instance.accept();
    head_of(&mut at);
    let ending = std::thread::spawn(move || {
        assert!(sending.join().unwrap());
        client.line.finish();
        client
    });
    if let Ok(read) = at.line.reader.until_end() {
        assert!(read.len() <= LARGE / 2, "looks whole");
    }
    ending.join().unwrap();
}

#[test]
fn what_follows_a_large_answer_unasked_is_nobodys() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = asked(&instance, &mut client, LARGE);
    let body = pattern(LARGE);
    let smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled";
    let sending = at.line.send_meanwhile([&body[..], smuggled].concat());
    let read = client.line.reader.exactly(LARGE).unwrap();
    assert_eq!(digest(&read), digest(&body));
    assert!(sending.join().unwrap());
    client.get("/next");
    let mut other = instance.accept();
    other.expect("GET /next").reply(200, "next");
    assert_eq!(client.answer().text(), "next");
    at.line.closed();
}

#[test]
fn a_client_that_breaks_off_after_a_large_upload_is_noticed() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send(post_head(LARGE));
    let body = pattern(LARGE);
    let sending = client.line.send_meanwhile(body);
    let mut at = instance.accept();
    at.request();
    assert!(sending.join().unwrap());
    client.line.reset();
    at.line.closed();
}

#[test]
fn large_bodies_are_counted() {
    let logs = tempfile::tempdir().unwrap();
    let instance = Scripted::new();
    let options = [
        "--threads",
        "1",
        "--access-log",
        logs.path().to_str().unwrap(),
    ];
    let proxy = Proxy::start(&["http"], &[instance.address()], &options);
    let mut client = proxy.client();
    let body = pattern(LARGE);
    client.send(post_head(LARGE));
    let sending = client.line.send_meanwhile(body);
    let mut at = instance.accept();
    at.request();
    assert!(sending.join().unwrap());
    at.send(answer_head(LARGE + 1));
    let sending = at.line.send_meanwhile(pattern(LARGE + 1));
    assert_eq!(client.answer().body.len(), LARGE + 1);
    assert!(sending.join().unwrap());
    drop((client, at));
    let lines = access_log::ended(proxy, logs.path());
    let counted: Vec<_> = lines
        .iter()
        .map(|line| (line.received, line.sent))
        .collect();
    assert_eq!(counted, [(LARGE as u64, LARGE as u64 + 1)]);
}

// ---- in any framing ------------------------------------------------------------------------------

#[test]
fn large_bodies_arrive_whole_in_every_framing() {
    const LENGTH: usize = 24_000_000;
    let body = pattern(LENGTH);
    let expected = digested("POST /case", &body);
    let instance = digesting();
    let proxy = Proxy::http(&[instance.address()]);
    let mut client = proxy.client();
    let length = format!("POST /case HTTP/1.1\r\nHost: x\r\nContent-Length: {LENGTH}\r\n\r\n");
    let sending = client
        .line
        .send_meanwhile([length.as_bytes(), &body].concat());
    assert_eq!(client.answer().text(), expected);
    assert!(sending.join().unwrap());

    let mut chunked =
        b"POST /case HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    chunked.extend(chunks(&body));
    let sending = client.line.send_meanwhile(chunked);
    assert_eq!(client.answer().text(), expected);
    assert!(sending.join().unwrap());

    let sent = body.clone();
    let instance = Recorder::answering(move |request| match request.asked() {
        "GET /length" => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n");
            Act::Send([head.as_bytes(), &sent].concat())
        }
        "GET /chunked" => {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            Act::Send([&head[..], &chunks(&sent)].concat())
        }
        _ => Act::SendAndClose([b"HTTP/1.1 200 OK\r\n\r\n", &sent[..]].concat()),
    });
    let proxy = Proxy::http(&[instance.address()]);
    let mut client = proxy.client();
    for path in ["/length", "/chunked", "/close"] {
        client.get(path);
        let answer = client.answer();
        assert_eq!(answer.body.len(), LENGTH, "{path}");
        assert_eq!(digest(&answer.body), digest(&body), "{path}");
    }
}

/// The body in chunks of many sizes.
fn chunks(body: &[u8]) -> Vec<u8> {
    let mut chunked = Vec::with_capacity(body.len() + body.len() / 100);
    let mut rest = body;
    let mut size = 1;
    while !rest.is_empty() {
        let (chunk, left) = rest.split_at(size.min(rest.len()));
        chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunked.extend(chunk);
        chunked.extend(b"\r\n");
        rest = left;
        size = (size * 7 + 3) % 100_003 + 1;
    }
    chunked.extend(b"0\r\n\r\n");
    chunked
}

#[test]
fn a_body_goes_both_ways_at_once() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let body = pattern(8_000_000);
    client.send(format!(
        "POST /case HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    let mut at = instance.accept();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(at.line.reader.exactly(1).unwrap());
    }
    // The instance begins its answer before the body has come, as an echo does.
    at.send(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    let up = client.line.send_meanwhile(body.clone());
    let down = at.line.send_meanwhile(body.clone());
    let reading = std::thread::spawn(move || digest(&at.line.reader.exactly(8_000_000).unwrap()));
    assert_eq!(digest(&client.answer().body), digest(&body));
    assert_eq!(reading.join().unwrap(), digest(&body));
    assert!(up.join().unwrap() && down.join().unwrap());
}

#[test]
fn a_request_that_is_longer_than_its_answer_arrives_whole() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let body = pattern(8_000_000);
    client.send(format!(
        "POST /case HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    let mut at = instance.accept();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(at.line.reader.exactly(1).unwrap());
    }
    at.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    // The client has its answer, and an end behind it, before it goes on.
    assert_eq!(client.answer().text(), "ok");
    assert_eq!(client.line.reader.some(), Err(Fault::Closed));
    let up = client.line.send_meanwhile(body.clone());
    assert_eq!(
        digest(&at.line.reader.exactly(8_000_000).unwrap()),
        digest(&body)
    );
    assert!(up.join().unwrap());
}

// ---- ending ------------------------------------------------------------------------------------

/// An instance that answers a body of every size before it reads it. Whatever has become of the body
/// by then: an answer that does not say close leaves a connection on which the next request is
/// answered, and one that does is the last.
#[test]
fn a_connection_that_was_to_be_kept_is_kept_when_the_answer_overtakes_the_body() {
    let instance = Scripted::new();
    instance.receive_little();
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    for size in (64 << 10..8 << 20).step_by(64 << 10) {
        let mut client = proxy.client();
        let up = client.line.send_meanwhile(
            [
                format!("POST /case HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n")
                    .into_bytes(),
                pattern(size),
            ]
            .concat(),
        );
        let mut at = instance.accept();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(at.line.reader.exactly(1).unwrap());
        }
        // All that fits is on its way: in sockets, and in the proxy.
        let mut patience = 300;
        while !up.is_finished() && patience > 0 {
            std::thread::sleep(Duration::from_millis(1));
            patience -= 1;
        }
        std::thread::sleep(Duration::from_millis(10));
        let fitted = up.is_finished();
        at.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        let answer = client.answer();
        assert_eq!(answer.text(), "ok");
        if answer.head.list("connection").contains(&"close".to_owned()) {
            // The proxy had not read the body to its end.
            match fitted {
                true => continue,
                false => break,
            }
        }
        client.get("/next");
        assert_eq!(at.line.reader.exactly(size).unwrap().len(), size);
        at.expect("GET /next").reply(200, "next");
        assert_eq!(client.answer().text(), "next", "{size}");
        assert!(up.join().unwrap());
    }
}
