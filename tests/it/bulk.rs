//! Large HTTP bodies of a stated length: whole, counted, cut where they are cut, and never beyond their
//! end.

use crate::access_log;
use crate::reading::{Fault, digest, pattern};
use crate::scripted::{Client, Conversation, Proxy, Scripted};

/// More than all sockets and buffers on the way hold.
const LARGE: usize = 24_000_000;

fn one() -> (Scripted, Proxy) {
    let instance = Scripted::new();
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    (instance, proxy)
}

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
