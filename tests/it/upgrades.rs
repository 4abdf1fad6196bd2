//! Upgrades: requests that leave HTTP, and what passes through the tunnel they become.

use crate::reading::{digest, pattern};
use crate::scripted::{forwarded, one};
use std::io::Write;
use std::time::Duration;

#[test]
fn an_upgrade_becomes_a_tunnel_both_ways() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send(
        "GET /chat HTTP/1.1\r\nHost: shop.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    let mut at = instance.accept();
    let request = at.request();
    assert_eq!(request.head.all("upgrade"), ["websocket"]);
    assert!(
        request
            .head
            .list("connection")
            .iter()
            .any(|o| o.eq_ignore_ascii_case("upgrade"))
    );
    assert_eq!(request.head.all("sec-websocket-version"), ["13"]);
    // The first frame may travel with the head.
    at.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\u{1}first",
    );
    let answer = client.answer();
    assert_eq!(answer.status(), 101);
    assert_eq!(answer.head.all("upgrade"), ["websocket"]);
    assert!(
        answer
            .head
            .list("connection")
            .iter()
            .any(|o| o.eq_ignore_ascii_case("upgrade"))
    );
    assert_eq!(client.line.reader.exactly(6).unwrap(), b"\x01first");
    for turn in 0..50 {
        // What looks like HTTP is only bytes now.
        let up = format!("GET /{turn} HTTP/1.1\r\n\r\n");
        client.send(&up);
        assert_eq!(at.line.reader.exactly(up.len()).unwrap(), up.as_bytes());
        let down = format!("HTTP/1.1 200 {turn}\r\n\r\n");
        at.send(&down);
        assert_eq!(
            client.line.reader.exactly(down.len()).unwrap(),
            down.as_bytes()
        );
    }
    let bulk = pattern(3_000_000);
    let sending = client.line.send_meanwhile(bulk.clone());
    assert_eq!(
        digest(&at.line.reader.exactly(bulk.len()).unwrap()),
        digest(&bulk)
    );
    assert!(sending.join().unwrap());
    let sending = at.line.send_meanwhile(bulk.clone());
    assert_eq!(
        digest(&client.line.reader.exactly(bulk.len()).unwrap()),
        digest(&bulk)
    );
    assert!(sending.join().unwrap());
    at.close();
    client.line.closed();
}

/// An instance may switch before it has taken the body that came with the request: a client changes
/// the protocol when it has sent all of it (RFC 9110 §7.8), and nothing of it may be lost.
#[test]
fn an_upgrade_loses_nothing_of_its_requests_body() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    // More than the sockets and the proxy hold while the instance does not read: each of the two that
    // receive may grow to 32 MiB, each of the two that send to 4 (tcp_rmem, tcp_wmem).
    let body = pattern(80 << 20);
    client.send(format!(
        "POST /chat HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: other\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    ));
    let mut at = instance.accept();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(at.line.reader.exactly(1).unwrap());
    }
    // Until nobody takes any more: the proxy has bytes that it cannot pass on.
    let mut hand = client.line.second_hand();
    hand.set_write_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let mut sent = 0;
    while let Ok(count) = hand.write(&body[sent..]) {
        sent += count;
        assert!(sent < body.len(), "there is no limit");
    }
    hand.set_write_timeout(None).unwrap();
    let sending = client
        .line
        .send_meanwhile([&body[sent..], &b"afterwards"[..]].concat());
    at.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n");
    assert_eq!(client.answer().status(), 101);
    let arrived = at.line.reader.exactly(body.len()).unwrap();
    assert_eq!(digest(&arrived), digest(&body));
    assert_eq!(at.line.reader.exactly(10).unwrap(), b"afterwards");
    assert!(sending.join().unwrap());
}

#[test]
fn an_upgrade_that_is_declined_is_an_ordinary_exchange() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send(
        "GET /chat HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    let mut at = instance.accept();
    at.expect("GET /chat").reply(200, "no");
    assert_eq!(client.answer().text(), "no");
    client.get("/next");
    at.expect("GET /next").reply(200, "next");
    assert_eq!(client.answer().text(), "next");
}

/// A cleartext HTTP/2 connection would go past everything that is read and refused here.
#[test]
fn an_upgrade_to_http_2_is_not_passed_on() {
    for upgrade in [
        "Upgrade: h2c\r\n",
        "Upgrade: H2C\r\n",
        "Upgrade: websocket, h2c\r\n",
        "Upgrade: h2c\r\nUpgrade: websocket\r\n",
        "Upgrade: websocket\r\nUpgrade: h2c\r\n",
    ] {
        let request = forwarded(&format!(
            "Connection: Upgrade, HTTP2-Settings\r\n{upgrade}HTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        ));
        let passed = request.head.list("upgrade");
        assert!(
            !passed.iter().any(|p| p.eq_ignore_ascii_case("h2c")),
            "{upgrade:?}: {passed:?}"
        );
        assert_eq!(request.head.all("http2-settings"), [] as [&str; 0]);
    }
}

#[test]
fn upgrade_without_its_connection_option_is_not_passed_on() {
    let request = forwarded("Upgrade: websocket\r\n");
    assert_eq!(request.head.all("upgrade"), [] as [&str; 0]);
}
