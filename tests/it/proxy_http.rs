//! What the data plane forwards: heads, bodies and connections between a raw client and scripted
//! instances, through the real `eulb proxy`.

use crate::reading::{Framing, Message, latin1, pattern};
use crate::scripted::{
    Client, Conversation, Down, Proxy, Recorder, Scripted, digested, digesting, forwarded, one,
};

/// Lets an instance answer a GET with these bytes and returns what the client received.
fn returned(answer: &str) -> Message {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case").send(answer);
    drop(at);
    client.answer()
}

// ---- heads -------------------------------------------------------------------------------------

#[test]
fn a_request_arrives_as_it_was_sent_with_the_forwarded_fields_added() {
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    let mut client = proxy.client();
    client.send(
        "GET /path/%20?q=a&b=%2F HTTP/1.1\r\nHost: shop.example:8080\r\nuser-agent: test/1\r\n\
         Accept: a\r\nACCEPT: b\r\nCookie: a=1;  b=2\r\nX-Empty:\r\nX-Bytes: \u{e9}\r\n\r\n",
    );
    assert_eq!(client.answer().text(), "GET /path/%20?q=a&b=%2F");
    let port = proxy.address().port().to_string();
    let request = instance.request("GET /path/%20?q=a&b=%2F");
    assert_eq!(request.head.line, "GET /path/%20?q=a&b=%2F HTTP/1.1");
    let head = &request.head;
    assert_eq!(head.all("host"), ["shop.example:8080"]);
    assert_eq!(head.all("user-agent"), ["test/1"]);
    assert_eq!(head.all("accept"), ["a", "b"]);
    assert_eq!(head.all("cookie"), ["a=1;  b=2"]);
    assert_eq!(head.all("x-empty"), [""]);
    assert_eq!(head.all("x-bytes"), ["\u{c3}\u{a9}"]);
    assert_eq!(head.all("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(head.all("x-forwarded-proto"), ["http"]);
    assert_eq!(head.all("x-forwarded-port"), [port]);
}

/// What curl and scripts send without escaping it, and HAProxy and Elastic Load Balancing pass on.
#[test]
fn a_target_arrives_as_it_was_written() {
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    for target in [
        "/search?q=\"new shoes\"".replace(' ', "+"),
        "/?filter={\"a\":[1,2]}".to_owned(),
        "/a<b>c|d^e`f\\g".to_owned(),
        "//a//b/../c/./%2e%2E/%zz%".to_owned(),
        "/\u{e4}?\u{20ac}".to_owned(),
    ] {
        let mut client = proxy.client();
        client.send(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_eq!(client.answer().status(), 200, "{target}");
        let asked = latin1(format!("GET {target}").as_bytes());
        instance.request(&asked);
    }
}

/// RFC 3986 lets more stand in the name of a host than names have; the first is in the samples that
/// parsers of HTTP have been tested with since 2009.
#[test]
fn a_host_may_be_whatever_a_url_may_name() {
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    for (number, host) in ["0.0.0.0=5000", "a;b", "(a)!$&'*+:80", "%41.example"]
        .into_iter()
        .enumerate()
    {
        let mut client = proxy.client();
        client.send(format!("GET /{number} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(client.answer().status(), 200, "{host}");
        let request = instance.request(&format!("GET /{number}"));
        assert_eq!(request.head.all("host"), [host]);
    }
}

#[test]
fn the_clients_address_is_appended_to_forwarded_for() {
    let cases = [
        ("X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1, 127.0.0.1"),
        (
            "x-forwarded-for: 192.0.2.1, 192.0.2.2\r\n",
            "192.0.2.1, 192.0.2.2, 127.0.0.1",
        ),
        (
            "X-Forwarded-For: 192.0.2.1\r\nA: b\r\nX-Forwarded-For: 192.0.2.2\r\n",
            "192.0.2.1, 192.0.2.2, 127.0.0.1",
        ),
        ("X-Forwarded-For:\r\n", "127.0.0.1"),
        ("", "127.0.0.1"),
    ];
    for (lines, expected) in cases {
        let request = forwarded(lines);
        let list = request.head.list("x-forwarded-for").join(", ");
        assert_eq!(list, expected, "{lines:?}");
    }
}

#[test]
fn forwarded_proto_and_port_are_ours_alone() {
    let cases = [
        "X-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n",
        "x-forwarded-proto: https\r\nX-FORWARDED-PORT: 443\r\n",
        "X-Forwarded-Proto: https\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Port: 2\r\n",
    ];
    for lines in cases {
        let request = forwarded(lines);
        assert_eq!(request.head.all("x-forwarded-proto"), ["http"], "{lines:?}");
        let ports = request.head.all("x-forwarded-port");
        assert_eq!(ports.len(), 1, "{lines:?}");
        assert!(!["443", "1", "2"].contains(&ports[0]), "{lines:?}");
    }
}

#[test]
fn hop_by_hop_fields_and_those_named_by_connection_end_here() {
    let request = forwarded(
        "Connection: keep-alive, X-Private, x-other\r\nKeep-Alive: timeout=5\r\nX-Private: 1\r\n\
         X-OTHER: 2\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nX-Public: 3\r\n",
    );
    for gone in ["keep-alive", "x-private", "x-other", "proxy-connection"] {
        assert_eq!(request.head.all(gone), [] as [&str; 0], "{gone}");
    }
    assert!(
        !request
            .head
            .list("te")
            .iter()
            .any(|coding| coding == "gzip")
    );
    assert_eq!(request.head.all("x-public"), ["3"]);
    let left = request.head.list("connection");
    assert!(
        left.iter()
            .all(|option| option.eq_ignore_ascii_case("keep-alive")),
        "{left:?}"
    );

    let answer = returned(
        "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Private\r\nKeep-Alive: timeout=5\r\n\
         X-Private: 1\r\nX-Public: 2\r\nContent-Length: 2\r\n\r\nok",
    );
    for gone in ["keep-alive", "x-private"] {
        assert_eq!(answer.head.all(gone), [] as [&str; 0], "{gone}");
    }
    assert_eq!(answer.head.all("x-public"), ["2"]);
}

#[test]
fn connection_cannot_remove_what_is_ours_or_what_frames_the_message() {
    let cases = [
        "Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Port\r\n",
        "Connection: close, x-forwarded-for\r\nConnection: X-FORWARDED-PROTO\r\nConnection: x-forwarded-port\r\n",
        "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nConnection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Port\r\n",
    ];
    for lines in cases {
        let request = forwarded(lines);
        let last = request.head.list("x-forwarded-for").pop();
        assert_eq!(last.as_deref(), Some("127.0.0.1"), "{lines:?}");
        assert_eq!(request.head.all("x-forwarded-proto"), ["http"], "{lines:?}");
        assert_eq!(request.head.all("x-forwarded-port").len(), 1, "{lines:?}");
    }

    // With its length or coding gone, a body would be read as the next request.
    let instance = digesting();
    let proxy = Proxy::http(&[instance.address()]);
    let mut client = proxy.client();
    let body = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    client.send(format!(
        "POST /length HTTP/1.1\r\nHost: shop.example\r\nConnection: Content-Length, Host\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(
        client.answer().text(),
        digested("POST /length", body.as_bytes())
    );
    client.send(format!(
        "POST /chunked HTTP/1.1\r\nHost: shop.example\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    ));
    assert_eq!(
        client.answer().text(),
        digested("POST /chunked", body.as_bytes())
    );
    assert_eq!(instance.requests().len(), 2);
    assert_eq!(
        instance.request("POST /length").head.all("host"),
        ["shop.example"]
    );
}

#[test]
fn absolute_form_becomes_origin_form_and_its_authority_the_host() {
    let cases = [
        (
            "GET http://bank.example/a?b HTTP/1.1",
            "GET /a?b",
            "bank.example",
        ),
        (
            "GET HTTP://bank.example:8080/a HTTP/1.1",
            "GET /a",
            "bank.example:8080",
        ),
        ("GET http://bank.example HTTP/1.1", "GET /", "bank.example"),
        (
            "GET http://bank.example?b HTTP/1.1",
            "GET /?b",
            "bank.example",
        ),
        ("GET http://[::1]:80/a HTTP/1.1", "GET /a", "[::1]:80"),
        // RFC 9112, 3.2.4: an OPTIONS for the server as a whole, as the last proxy passes it on.
        (
            "OPTIONS http://bank.example HTTP/1.1",
            "OPTIONS *",
            "bank.example",
        ),
    ];
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    let mut client = proxy.client();
    for (number, (line, asked, host)) in cases.into_iter().enumerate() {
        client.send(format!("{line}\r\nHost: shop.example\r\n\r\n"));
        assert_eq!(client.answer().text(), asked, "{line}");
        let request = &instance.requests()[number];
        assert_eq!(request.head.all("host"), [host], "{line}");
    }
}

#[test]
fn options_for_the_server_is_passed_on_and_max_forwards_counted() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send("OPTIONS * HTTP/1.1\r\nHost: shop.example\r\nMax-Forwards: 5\r\n\r\n");
    let mut at = instance.accept();
    let request = at.request();
    assert_eq!(request.asked(), "OPTIONS *");
    assert_eq!(request.head.all("max-forwards"), ["4"]);
    at.reply(200, "");
    assert_eq!(client.answer_to("OPTIONS").status(), 200);

    // At zero this hop is the recipient (RFC 9110, 7.6.2); for other methods the field says nothing.
    let mut client = proxy.client();
    client.send("OPTIONS * HTTP/1.1\r\nHost: shop.example\r\nMax-Forwards: 0\r\n\r\n");
    assert_eq!(client.answer_to("OPTIONS").status(), 200);
    let mut client = proxy.client();
    client.send("TRACE /case HTTP/1.1\r\nHost: shop.example\r\nMax-Forwards: 0\r\n\r\n");
    let status = client.answer_to("TRACE").status();
    assert!([200, 405, 501].contains(&status), "{status}");
    let mut client = proxy.client();
    client.send("GET /case HTTP/1.1\r\nHost: shop.example\r\nMax-Forwards: 0\r\n\r\n");
    at.expect("GET /case").reply(200, "got");
    assert_eq!(client.answer().text(), "got");
}

#[test]
fn an_http_1_0_client_is_answered_as_it_can_read() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send("GET /case HTTP/1.0\r\n\r\n");
    let mut at = instance.accept();
    // The strict reading at the instance wants a Host if this is passed on as HTTP/1.1.
    at.expect("GET /case").send(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
         HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
         5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
    );
    let answer = client.answer();
    assert_eq!(answer.status(), 200, "no interim answer");
    assert_eq!(answer.head.all("transfer-encoding"), [] as [&str; 0]);
    assert_eq!(answer.text(), "hello world");
    client.line.closed();

    // One that asks to keep the connection may: the length says where the answer ends.
    let mut client = proxy.client();
    client.send("GET /one HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    at.expect("GET /one").reply(200, "one");
    let answer = client.answer();
    assert_eq!(answer.text(), "one");
    if answer
        .head
        .list("connection")
        .iter()
        .any(|o| o.eq_ignore_ascii_case("keep-alive"))
    {
        client.send("GET /two HTTP/1.0\r\n\r\n");
        at.expect("GET /two").reply(200, "two");
        assert_eq!(client.answer().text(), "two");
    }
    client.line.closed();
}

#[test]
fn a_head_may_come_a_byte_at_a_time_on_both_sides() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let request = "GET /case HTTP/1.1\r\nHost: shop.example\r\nA: b\r\n\r\n";
    client.line.send_in_pieces(request.as_bytes().chunks(1));
    let mut at = instance.accept();
    at.expect("GET /case");
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello";
    at.line.send_in_pieces(answer.as_bytes().chunks(1));
    assert_eq!(client.answer().text(), "hello");
}

#[test]
fn a_message_may_be_split_anywhere() {
    let request = "POST /case HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n\
                   5;a=b\r\nhello\r\n10\r\n, wonderful worl\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\n\r\n";
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                  5;a=b\r\nhello\r\n10\r\n, wonderful worl\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\n\r\n";
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at: Option<Conversation> = None;
    for split in 1..request.len().max(answer.len()) {
        let (first, second) = request.split_at(split.min(request.len() - 1));
        client
            .line
            .send_in_pieces([first.as_bytes(), second.as_bytes()]);
        let at = at.get_or_insert_with(|| instance.accept());
        let got = at.request();
        assert_eq!(
            got.text(),
            "hello, wonderful world",
            "request split at {split}"
        );
        assert_eq!(got.trailers, [("X-Sum".into(), "1".into())]);
        let (first, second) = answer.split_at(split.min(answer.len() - 1));
        at.line
            .send_in_pieces([first.as_bytes(), second.as_bytes()]);
        let got = client.answer();
        assert_eq!(
            got.text(),
            "hello, wonderful world",
            "answer split at {split}"
        );
        assert_eq!(got.trailers, [("X-Sum".into(), "1".into())]);
    }
}

// ---- answers -----------------------------------------------------------------------------------

#[test]
fn an_answer_returns_as_it_was_sent() {
    let answer = returned(
        "HTTP/1.1 299 Quite Fine: \u{e9}\r\nServer: test\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\
         Location: /there\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(answer.head.line, "HTTP/1.1 299 Quite Fine: \u{c3}\u{a9}");
    assert_eq!(answer.head.all("set-cookie"), ["a=1", "b=2"]);
    assert_eq!(answer.head.all("server"), ["test"]);
    assert_eq!(answer.head.all("location"), ["/there"]);
    assert_eq!(answer.head.all("x-empty"), [""]);
    assert_eq!(answer.framing, Framing::Length(5));
    assert_eq!(answer.text(), "hello");
}

#[test]
fn every_framing_of_an_answer_keeps_its_body() {
    let cases = [
        (
            "length",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        ),
        (
            "length zero",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "",
        ),
        (
            "chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "hello",
        ),
        (
            "no chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "",
        ),
        ("until close", "HTTP/1.1 200 OK\r\n\r\nhello", "hello"),
        (
            "until close, said",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
            "hello",
        ),
        ("until close, nothing", "HTTP/1.1 200 OK\r\n\r\n", ""),
        (
            "HTTP/1.0 until close",
            "HTTP/1.0 200 OK\r\n\r\nhello",
            "hello",
        ),
        (
            "HTTP/1.0 with length",
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        ),
        (
            "no reason",
            "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        ),
        (
            "an error",
            "HTTP/1.1 500 Oh\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
        ),
    ];
    for (name, answer, body) in cases {
        assert_eq!(returned(answer).text(), body, "{name}");
    }
}

#[test]
fn answers_without_a_body_do_not_disturb_the_next() {
    // What is said last: whether a body might come all the same, so that the connection rests.
    let cases = [
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            200,
            true,
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            200,
            true,
        ),
        ("HEAD", "HTTP/1.1 200 OK\r\n\r\n", 200, true),
        (
            "HEAD",
            "HTTP/1.1 404 No\r\nContent-Length: 7\r\n\r\n",
            404,
            true,
        ),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, false),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
            304,
            false,
        ),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
            304,
            true,
        ),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
            304,
            true,
        ),
        ("POST", "HTTP/1.1 204 No Content\r\n\r\n", 204, false),
        (
            "OPTIONS",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            200,
            false,
        ),
    ];
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = None;
    for (method, answer, status, rests) in cases {
        let length = if method == "POST" {
            "Content-Length: 0\r\n"
        } else {
            ""
        };
        client.send(format!(
            "{method} /case HTTP/1.1\r\nHost: shop.example\r\n{length}\r\n"
        ));
        let at: &mut Conversation = at.get_or_insert_with(|| instance.accept());
        at.expect(&format!("{method} /case")).send(answer);
        let got = client.answer_to(method);
        assert_eq!(got.status(), status, "{method} {answer:?}");
        if let Some((_, length)) = answer.split_once("Content-Length: ") {
            let length = length.split("\r\n").next();
            assert_eq!(got.head.one("content-length"), length, "{answer:?}");
        }
        // Both connections are still in step.
        client.get("/next");
        if rests {
            *at = instance.accept();
        }
        at.expect("GET /next").reply(200, "next");
        assert_eq!(client.answer().text(), "next", "{method} {answer:?}");
    }
}

#[test]
fn interim_answers_come_through_in_order() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case").send(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n",
    );
    at.reply(200, "done");
    let mut seen = Vec::new();
    loop {
        let answer = client.answer();
        seen.push(answer.status());
        match answer.status() {
            103 => assert_eq!(answer.head.all("link"), ["</style.css>"]),
            200 => {
                assert_eq!(answer.text(), "done");
                break;
            }
            _ => {}
        }
    }
    assert_eq!(seen, [100, 102, 103, 200]);
    client.get("/next");
    at.expect("GET /next").reply(200, "next");
    assert_eq!(client.answer().text(), "next");
}

#[test]
fn trailers_and_extensions_pass_both_ways() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send(
        "POST /case HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
         3\r\nabc\r\n0\r\nX-Sum: up\r\nX-More: \t b \r\n\r\n",
    );
    let mut at = instance.accept();
    let request = at.request();
    assert_eq!(request.text(), "abc");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(request.trailers, [pair("X-Sum", "up"), pair("X-More", "b")]);
    at.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
         3;name=value\r\nabc\r\n0\r\nX-Sum: down\r\n\r\n",
    );
    let answer = client.answer();
    assert_eq!(answer.text(), "abc");
    assert_eq!(answer.trailers, [pair("X-Sum", "down")]);
}

/// Readers disagree about codings besides chunked: the instance gets one field that says the same to
/// all of them, and nothing follows on either connection.
#[test]
fn codings_before_chunked_are_passed_in_one_field_and_end_the_connections() {
    let cases = [
        ("Transfer-Encoding: gzip, chunked\r\n", "gzip, chunked"),
        ("Transfer-Encoding: GZIP ,\tchunked \r\n", "gzip, chunked"),
        (
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            "gzip, chunked",
        ),
        (
            "Transfer-Encoding: gzip, deflate\r\nA: b\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
            "gzip, deflate, identity, chunked",
        ),
    ];
    let (instance, proxy) = one();
    for (lines, expected) in cases {
        let mut client = proxy.client();
        client.send(format!(
            "POST /case HTTP/1.1\r\nHost: shop.example\r\n{lines}\r\n3\r\nabc\r\n0\r\n\r\n"
        ));
        client
            .line
            .offer("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut at = instance.accept();
        let request = at.request();
        let passed = request
            .head
            .one("transfer-encoding")
            .map(str::to_ascii_lowercase);
        assert_eq!(passed.as_deref(), Some(expected), "{lines:?}");
        assert_eq!(request.text(), "abc");
        at.reply(200, "ok");
        assert_eq!(client.answer().text(), "ok");
        client.line.closed();
        at.line.closed();
    }
}

// ---- expectations ------------------------------------------------------------------------------

#[test]
fn expect_100_continue_is_asked_of_the_instance() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let head = "POST /case HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    client.send(head);
    let mut at = instance.accept();
    // The body does not come before the answer: read the head alone.
    let wanted = b"\r\n\r\n";
    let mut seen = at.line.reader.exactly(wanted.len()).unwrap();
    while !seen.ends_with(wanted) {
        seen.extend(at.line.reader.exactly(1).unwrap());
    }
    assert!(
        latin1(&seen)
            .to_ascii_lowercase()
            .contains("expect: 100-continue")
    );
    at.send("HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.answer().status(), 100);
    client.send("hello");
    assert_eq!(at.line.reader.exactly(5).unwrap(), b"hello");
    at.reply(200, "thanks");
    assert_eq!(client.answer().text(), "thanks");
    client.get("/next");
    at.expect("GET /next").reply(200, "next");
    assert_eq!(client.answer().text(), "next");
}

#[test]
fn a_body_refused_by_a_final_answer_is_never_read_as_a_request() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let body = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    client.send(format!(
        "POST /case HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    ));
    let mut at = instance.accept();
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        seen.extend(at.line.reader.exactly(1).unwrap());
    }
    at.send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");
    let answer = client.answer();
    assert_eq!((answer.status(), answer.text()), (417, "no".into()));
    // Whether the client sends its body all the same or not: these bytes are no request.
    client.line.offer(body).finish();
    let rest = client.line.reader.until_end().unwrap_or_default();
    assert_eq!(latin1(&rest), "", "nothing answers a body");
    drop(at.line.reader.until_end());
    drop(proxy);
    for mut other in instance.waiting() {
        let _ = other.line.reader.until_end();
        assert_eq!(latin1(&other.line.reader.raw), "");
    }
}

#[test]
fn an_early_answer_reaches_a_client_that_is_still_sending() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send("POST /case HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 50000000\r\n\r\n");
    let sending = client.line.send_meanwhile(pattern(50_000_000));
    let mut at = instance.accept();
    let _ = at.line.reader.exactly(1000).unwrap();
    at.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    let answer = client.answer();
    assert_eq!((answer.status(), answer.text()), (413, "big".into()));
    at.close();
    drop(client);
    let _ = sending.join();
}

// ---- several of them ---------------------------------------------------------------------------

#[test]
fn requests_go_round_the_instances_in_turn() {
    let instances: Vec<Recorder> = (0..3).map(|_| Recorder::echoing()).collect();
    let addresses: Vec<_> = instances.iter().map(Recorder::address).collect();
    let proxy = Proxy::with_one_worker(&addresses);
    let mut client = proxy.client();
    for turn in 0..30 {
        client.get(&format!("/{turn}"));
        assert_eq!(client.answer().status(), 200);
    }
    let shares: Vec<usize> = instances.iter().map(|i| i.requests().len()).collect();
    assert_eq!(shares, [10, 10, 10]);
}

#[test]
fn several_listeners_serve_side_by_side() {
    let instance = Recorder::echoing();
    let down = Down::new();
    let proxy = Proxy::start(
        &["http", "tcp", "http"],
        &[instance.address(), down.address()],
        &["--threads", "2"],
    );
    assert_eq!(proxy.addresses.len(), 3);
    for address in &proxy.addresses {
        let mut client = Client::connect(*address);
        client.get("/case");
        assert_eq!(client.answer().text(), "GET /case", "{address}");
    }
}

// ---- beginning and end -------------------------------------------------------------------------

#[test]
fn a_running_exchange_is_finished_before_the_proxy_ends() {
    let (instance, mut proxy) = one();
    let mut client = proxy.client();
    client.get("/case");
    let mut at = instance.accept();
    at.expect("GET /case")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    // The answer has begun when the end is asked for.
    client.line.reader.some().unwrap();
    proxy.terminate();
    at.send("world");
    assert_eq!(client.answer().text(), "helloworld");
    drop(client);
    assert!(proxy.ended().success());
}

#[test]
fn a_port_that_is_taken_is_one_clear_line() {
    let taken = Scripted::new();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_eulb"))
        .args([
            "proxy",
            "--listen",
            &format!("http:{}", taken.address()),
            "--to",
            "127.0.0.1:9",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = latin1(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(&taken.address().to_string()), "{said}");
}
