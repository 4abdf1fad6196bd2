//! Tables of request heads.

use super::*;
use proptest::prelude::*;

const ENDS: Ends<'_> = Ends {
    client: "192.0.2.7",
    local: "127.101.0.1:80",
};

fn forwarding() -> Forwarding {
    Forwarding::new(Some(("http", 80)), true)
}

/// Rewrites a head given without its last empty line.
fn rewritten(head: &str) -> Result<(Request, String), Refused> {
    let mut out = Vec::new();
    let head = format!("{head}\r\n");
    let request = rewrite(head.as_bytes(), ENDS, &forwarding(), &mut out)?;
    Ok((request, String::from_utf8_lossy(&out).into_owned()))
}

const OURS: &str =
    "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\n";

#[test]
fn what_design_refuses_is_refused() {
    let long_method = "M".repeat(METHOD_BYTES + 1);
    let fields = "A: b\r\n".repeat(HEAD_FIELDS);
    let host = "GET / HTTP/1.1\r\nHost: x\r\n";
    let post = "POST / HTTP/1.1\r\nHost: x\r\n";
    let nominations = format!("{host}Connection: {}\r\n", vec!["a"; 17].join(","));
    let malformed = |error| Refused::Malformed(error);
    use httparse::Error;
    let cases: &[(String, Refused)] = &[
        (
            format!("{post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
            Refused::TwoLengths,
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
            Refused::TwoLengths,
        ),
        (
            format!("{post}Content-Length: 3\r\nContent-Length: 4\r\n"),
            Refused::ContentLength,
        ),
        (
            format!("{post}Content-Length: 3\r\nContent-Length: 3\r\n"),
            Refused::ContentLength,
        ),
        (
            format!("{post}Content-Length: 3, 3\r\n"),
            Refused::ContentLength,
        ),
        (
            format!("{post}Content-Length: +3\r\n"),
            Refused::ContentLength,
        ),
        (
            format!("{post}Content-Length: -3\r\n"),
            Refused::ContentLength,
        ),
        (
            format!("{post}Content-Length: 0x3\r\n"),
            Refused::ContentLength,
        ),
        (format!("{post}Content-Length:\r\n"), Refused::ContentLength),
        (
            format!("{post}Content-Length: 99999999999999999999\r\n"),
            Refused::ContentLength,
        ),
        (
            format!("{post}Transfer-Encoding: xchunked\r\n"),
            Refused::TransferEncoding,
        ),
        (
            format!("{post}Transfer-Encoding: chunked, gzip\r\n"),
            Refused::TransferEncoding,
        ),
        (
            format!("{post}Transfer-Encoding: chunked, chunked\r\n"),
            Refused::TransferEncoding,
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            Refused::TransferEncoding,
        ),
        (
            format!("{post}Transfer-Encoding: identity\r\n"),
            Refused::TransferEncoding,
        ),
        (
            format!("{post}Transfer-Encoding: \"chunked\"\r\n"),
            Refused::TransferEncoding,
        ),
        (
            format!("{post}Transfer-Encoding:\r\n"),
            Refused::TransferEncoding,
        ),
        (
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n".into(),
            Refused::TransferEncoding,
        ),
        (format!("{post}Content_Length: 3\r\n"), Refused::Imitation),
        (
            format!("{post}Transfer---Encoding: chunked\r\n"),
            Refused::Imitation,
        ),
        (format!("{host}A : b\r\n"), malformed(Error::HeaderName)),
        (format!("{host}A\t: b\r\n"), malformed(Error::HeaderName)),
        (
            format!("{host}A: b\r\n c\r\n"),
            malformed(Error::HeaderName),
        ),
        (format!("{host}\tA: b\r\n"), malformed(Error::HeaderName)),
        (format!("{host}: b\r\n"), malformed(Error::HeaderName)),
        (format!("{host}A\r\n"), malformed(Error::HeaderName)),
        (format!("{host}A: b\rc\r\n"), malformed(Error::HeaderValue)),
        (format!("{host}A: b\0c\r\n"), malformed(Error::HeaderValue)),
        (
            format!("{host}A: b\x01c\r\n"),
            malformed(Error::HeaderValue),
        ),
        (
            format!("{host}A: b\x7fc\r\n"),
            malformed(Error::HeaderValue),
        ),
        (format!("{host}A\x01: c\r\n"), malformed(Error::HeaderName)),
        (
            format!("{host}A\u{e9}: c\r\n"),
            malformed(Error::HeaderName),
        ),
        ("GET / HTTP/1.1\r\n".into(), Refused::Host),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n".into(),
            Refused::Host,
        ),
        (
            "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n".into(),
            Refused::Host,
        ),
        ("GET / HTTP/1.1\r\nHost:\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: x y\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: x, y\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: user@x\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: x/y\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: x^y\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: x:y\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: x:65536\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: [::1\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: [x]\r\n".into(), Refused::Host),
        ("GET / HTTP/1.1\r\nHost: \u{e9}\r\n".into(), Refused::Host),
        (
            "GET index.html HTTP/1.1\r\nHost: x\r\n".into(),
            Refused::Target,
        ),
        ("GET * HTTP/1.1\r\nHost: x\r\n".into(), Refused::Target),
        ("GET x:80 HTTP/1.1\r\nHost: x\r\n".into(), Refused::Target),
        (
            "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n".into(),
            Refused::Target,
        ),
        (
            "GET http:/x/ HTTP/1.1\r\nHost: x\r\n".into(),
            Refused::Target,
        ),
        (
            "GET http:///y HTTP/1.1\r\nHost: x\r\n".into(),
            Refused::Target,
        ),
        (
            "GET http://u@x/y HTTP/1.1\r\nHost: x\r\n".into(),
            Refused::Target,
        ),
        ("GET /a#b HTTP/1.1\r\nHost: x\r\n".into(), Refused::Target),
        (
            "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n".into(),
            Refused::Connect,
        ),
        (
            format!("{long_method} / HTTP/1.1\r\nHost: x\r\n"),
            Refused::LongMethod,
        ),
        (format!("{host}{fields}"), malformed(Error::TooManyHeaders)),
        (nominations, Refused::Connection),
        (
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nMax-Forwards: x\r\n".into(),
            Refused::MaxForwards,
        ),
        (
            "GET / HTTP/1.2\r\nHost: x\r\n".into(),
            malformed(Error::Version),
        ),
        (
            "GET / HTTP/2.0\r\nHost: x\r\n".into(),
            malformed(Error::Version),
        ),
        (
            "GET / HTTP/1.1 \r\nHost: x\r\n".into(),
            malformed(Error::NewLine),
        ),
        (
            "GET / http/1.1\r\nHost: x\r\n".into(),
            malformed(Error::Version),
        ),
        ("GET /\r\nHost: x\r\n".into(), malformed(Error::Token)),
        (
            "GET  / HTTP/1.1\r\nHost: x\r\n".into(),
            malformed(Error::Token),
        ),
        (
            "GET /a b HTTP/1.1\r\nHost: x\r\n".into(),
            malformed(Error::Version),
        ),
        (
            "GET\t/ HTTP/1.1\r\nHost: x\r\n".into(),
            malformed(Error::Token),
        ),
        (
            "G\x01T / HTTP/1.1\r\nHost: x\r\n".into(),
            malformed(Error::Token),
        ),
        (
            "GET /\x01 HTTP/1.1\r\nHost: x\r\n".into(),
            malformed(Error::Token),
        ),
    ];
    for (head, refused) in cases {
        match (rewritten(head), refused) {
            // Which of httparse's errors it is, is its own affair.
            (Err(Refused::Malformed(_)), Refused::Malformed(_)) => {}
            (found, _) => assert_eq!(found.as_ref().err(), Some(refused), "{head:?}"),
        }
    }
}

#[test]
fn exactly_a_hundred_fields_fit() {
    let head = format!(
        "GET / HTTP/1.1\r\nHost: x\r\n{}",
        "A: b\r\n".repeat(HEAD_FIELDS - 1)
    );
    assert!(rewritten(&head).is_ok());
}

#[test]
fn heads_are_patched_and_nothing_else_changes() {
    let cases: &[(&str, String)] = &[
        (
            "GET /a?b=c HTTP/1.1\r\nHost: x:80\r\nAccept:  */*\t\r\ncookie: \u{e9}\r\n",
            format!("GET /a?b=c HTTP/1.1\r\nHost: x:80\r\nAccept:  */*\t\r\ncookie: \u{e9}\r\n{OURS}\r\n"),
        ),
        // Forwarded-For is appended to the last line, the two others are replaced.
        (
            "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for:2.2.2.2, 3.3.3.3 \r\nX-FORWARDED-PROTO: https\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Port: 2\r\nB: c\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2, 3.3.3.3, 192.0.2.7\r\nB: c\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\n\r\n".into(),
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For:\r\n",
            format!("GET / HTTP/1.1\r\nHost: x\r\n{OURS}\r\n"),
        ),
        // Hop-by-hop fields, and those that Connection names, but never ours nor the framing.
        (
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Secret, Host, Content-Length, X-Forwarded-For\r\nKeep-Alive: 5\r\nX-Secret: 1\r\nTE: trailers\r\nProxy-Connection: close\r\nUpgrade: websocket\r\nContent-Length: 3\r\nX-Kept: 1\r\n",
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nX-Kept: 1\r\n{OURS}\r\n"),
        ),
        // Codings besides chunked in one field, and nothing behind the message.
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: GZIP ,\tdeflate\r\nB: c\r\ntransfer-encoding:chunked\r\n",
            format!("POST / HTTP/1.1\r\nHost: x\r\nB: c\r\nTransfer-Encoding: gzip, deflate, chunked\r\n{OURS}Connection: close\r\n\r\n"),
        ),
        // The framing in the one way in which every reader reads it.
        (
            "POST / HTTP/1.1\r\nHost: x\r\ntransfer-encoding:\tCHUNKED \r\nB: c\r\n",
            format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nB: c\r\n{OURS}\r\n"),
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0010\r\nB: c\r\n",
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nB: c\r\n{OURS}\r\n"),
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 000\r\n",
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n{OURS}\r\n"),
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:0\r\n",
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length:0\r\n{OURS}\r\n"),
        ),
        // What is not a name names nothing.
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: a b, \"close\", A; c\r\nA: b\r\n",
            format!("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n{OURS}\r\n"),
        ),
        // Upgrade, but not to HTTP/2.
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n",
            format!("GET / HTTP/1.1\r\nHost: x\r\n{OURS}\r\n"),
        ),
        (
            "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
            format!("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n{OURS}Connection: upgrade\r\n\r\n"),
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n",
            format!("GET / HTTP/1.1\r\nHost: x\r\n{OURS}\r\n"),
        ),
        // The target's authority is the host.
        (
            "GET http://Y:8080/a?b HTTP/1.1\r\nHost: x\r\nA: b\r\n",
            format!("GET /a?b HTTP/1.1\r\nHost: Y:8080\r\nA: b\r\n{OURS}\r\n"),
        ),
        (
            "GET HTTPS://[::1]?b HTTP/1.1\r\nHost: x\r\n",
            format!("GET /?b HTTP/1.1\r\nHost: [::1]\r\n{OURS}\r\n"),
        ),
        (
            "OPTIONS http://y HTTP/1.1\r\nHost: x\r\n",
            format!("OPTIONS * HTTP/1.1\r\nHost: y\r\n{OURS}\r\n"),
        ),
        (
            "OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 7\r\nA: b\r\n",
            format!("OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 6\r\nA: b\r\n{OURS}\r\n"),
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 7\r\n",
            format!("GET / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 7\r\n{OURS}\r\n"),
        ),
        // Old clients are spoken for in HTTP/1.1.
        (
            "GET / HTTP/1.0\r\n",
            format!("GET / HTTP/1.1\r\nHost: 127.101.0.1:80\r\n{OURS}\r\n"),
        ),
        (
            "GET / HTTP/1.0\r\nA: b\r\nHost: old\r\n",
            format!("GET / HTTP/1.1\r\nA: b\r\nHost: old\r\n{OURS}\r\n"),
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n",
            format!("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n{OURS}Connection: close\r\n\r\n"),
        ),
        (
            "GET / HTTP/1.1\r\nHost: a-b.c_d~(e);f=g!$&'*+\r\n",
            format!("GET / HTTP/1.1\r\nHost: a-b.c_d~(e);f=g!$&'*+\r\n{OURS}\r\n"),
        ),
        (
            "GET /?q=\"a\"&r=<b> HTTP/1.1\r\nHost: x\r\n",
            format!("GET /?q=\"a\"&r=<b> HTTP/1.1\r\nHost: x\r\n{OURS}\r\n"),
        ),
        (
            "GET /\u{441}\u{442}%09\\'{}| HTTP/1.1\r\nHost: x\r\n",
            format!("GET /\u{441}\u{442}%09\\'{{}}| HTTP/1.1\r\nHost: x\r\n{OURS}\r\n"),
        ),
    ];
    for (head, expected) in cases {
        let (_, found) = rewritten(head).unwrap_or_else(|refused| panic!("{head:?}: {refused}"));
        assert_eq!(found, *expected, "{head:?}");
    }
}

#[test]
fn without_the_two_fields_the_clients_own_pass() {
    let head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n\r\n";
    let mut out = Vec::new();
    rewrite(head, ENDS, &Forwarding::new(None, false), &mut out).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&out),
        "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: close\r\n\r\n"
    );
}

#[test]
fn what_a_head_means_is_read_from_it() {
    let plain = Request::get();
    let cases = [
        ("GET / HTTP/1.1\r\nHost: x\r\n", plain.clone()),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n",
            Request {
                keep_alive: false,
                ..plain.clone()
            },
        ),
        (
            "GET / HTTP/1.0\r\n",
            Request {
                keep_alive: false,
                version: Version::Http10,
                ..plain.clone()
            },
        ),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n",
            Request {
                version: Version::Http10,
                ..plain.clone()
            },
        ),
        (
            "HEAD / HTTP/1.1\r\nHost: x\r\n",
            Request {
                is_head: true,
                ..plain.clone()
            },
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n",
            Request {
                idempotent: false,
                ..plain.clone()
            },
        ),
        (
            "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n",
            Request {
                body: Body::Length(7),
                ..plain.clone()
            },
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CHUNKED\r\n",
            Request {
                body: Body::chunked(),
                idempotent: false,
                ..plain.clone()
            },
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n",
            Request {
                body: Body::Length(7),
                last_on_connection: true,
                deviation: Reason::UndefinedContentLengthSemantics,
                ..plain.clone()
            },
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: a\r\n",
            Request {
                upgrade: true,
                ..plain.clone()
            },
        ),
        ("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: a\r\n", plain.clone()),
        (
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n",
            Request {
                for_the_proxy: Some(ForTheProxy::Options),
                ..plain.clone()
            },
        ),
        (
            "TRACE / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n",
            Request {
                for_the_proxy: Some(ForTheProxy::Trace),
                ..plain
            },
        ),
    ];
    for (head, expected) in cases {
        assert_eq!(
            rewritten(head).map(|(request, _)| request),
            Ok(expected),
            "{head:?}"
        );
    }
}

proptest! {
    /// Whatever is accepted, what the instance is sent is accepted too, means the same message
    /// length, and is only changed by one more hop in X-Forwarded-For.
    #[test]
    fn what_is_sent_is_read_the_same(
        method in "GET|POST|PUT|OPTIONS|X",
        target in "/[a-z?=%]{0,8}|http://[a-z.]{1,8}(:80)?/?|\\*",
        version in "1\\.[01]",
        fields in prop::collection::vec(
            ("(?i)host|connection|content-length|transfer-encoding|upgrade|x-forwarded-for|te|[a-c]{1,2}",
             "[a-z]{1,5}|chunked|close|[0-9]{1,3}|a, ?b|"), 0..7),
        host in any::<bool>(),
    ) {
        let mut head = format!("{method} {target} HTTP/{version}\r\n");
        if host {
            head += "Host: x\r\n";
        }
        for (name, value) in &fields {
            head += &format!("{name}: {value}\r\n");
        }
        if let Ok((first, sent)) = rewritten(&head) {
            let (second, again) = rewritten(&sent[..sent.len() - 2]).expect("what is sent is readable");
            prop_assert_eq!(&second.body, &first.body);
            prop_assert_eq!(second.is_head, first.is_head);
            prop_assert_eq!(second.upgrade, first.upgrade);
            prop_assert_eq!(second.version, Version::Http11);
            let without = |text: &str| -> Vec<String> {
                let mut lines: Vec<String> = text
                    .lines()
                    .filter(|line| !line.starts_with("X-Forwarded") && !line.starts_with("Connection"))
                    .map(str::to_owned)
                    .collect();
                lines[1..].sort();
                lines
            };
            prop_assert_eq!(without(&again), without(&sent));
        }
    }
}
