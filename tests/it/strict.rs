//! What the data plane refuses: each promise of the design a table of raw bytes, sent through a real
//! listener to a recording instance.
//!
//! A refusal is four things at once: the status, the end of the connection, nothing at the instance,
//! and no life in what came behind on the same connection. [`refused`] asks for all four, so every
//! case is followed by a second request that a desynchronised reader would serve.

use crate::reading::{Fault, Message, from_latin1, latin1};
use crate::scripted::{Client, Proxy, Recorder};

/// What an attacker hopes to have executed.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n";

/// Sends each case on a connection of its own and checks that it is refused with one of the statuses.
fn refused_with(statuses: &[u16], cases: &[(&str, String)]) {
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    let mut faults = Vec::new();
    for (name, bytes) in cases {
        let mut client = proxy.client();
        client
            .line
            .offer(from_latin1(bytes))
            .offer(SMUGGLED)
            .finish();
        match client.try_answer() {
            Ok(answer) if statuses.contains(&answer.status()) => {}
            other => faults.push(format!("{name}: {}", summary(&other))),
        }
        match client.line.reader.until_end() {
            Ok(rest) if rest.is_empty() => {}
            Err(Fault::Reset) => {}
            other => faults.push(format!(
                "{name}: not closed after the refusal: {:?}",
                other.map(|rest| latin1(&rest))
            )),
        }
    }
    for record in instance.finish(proxy) {
        faults.push(format!("forwarded: {:?}", latin1(&record.raw)));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Status or fault: what a list of failed cases needs.
fn summary(answer: &Result<Message, Fault>) -> String {
    match answer {
        Ok(answer) => format!("answered {}", answer.head.line),
        Err(fault) => format!("{fault:?}"),
    }
}

fn refused(cases: &[(&str, String)]) {
    refused_with(&[400], cases);
}

/// Sends each case and checks that it is served, and the request behind it on the same connection too.
fn served(cases: &[(&str, String)]) {
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    for (name, bytes) in cases {
        let mut client = proxy.client();
        client.send(from_latin1(bytes)).get("/next");
        let answer = client.try_answer();
        let status = answer.as_ref().map(|answer| answer.status());
        assert_eq!(status, Ok(200), "{name}: {answer:?}");
        assert_eq!(client.answer().text(), "GET /next", "{name}");
    }
    for record in instance.finish(proxy) {
        let whole = matches!(record.end, Some(Fault::Closed | Fault::Reset));
        assert!(whole, "{:?}: {:?}", record.end, latin1(&record.raw));
    }
}

/// Heads of a POST with these lines after `Host`, each followed by a body that ends at once for a
/// reader of chunks and looks like one more request to a reader of lengths.
fn posts(cases: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    cases
        .iter()
        .map(|(name, lines)| {
            let head = format!("POST /case HTTP/1.1\r\nHost: shop.example\r\n{lines}\r\n\r\n");
            (*name, format!("{head}0\r\n\r\n"))
        })
        .collect()
}

/// GETs with these lines as they stand between the request line and the empty line.
fn gets(cases: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    cases
        .iter()
        .map(|(name, lines)| (*name, format!("GET /case HTTP/1.1\r\n{lines}\r\n\r\n")))
        .collect()
}

/// Requests with these first lines.
fn lines(cases: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    cases
        .iter()
        .map(|(name, line)| (*name, format!("{line}\r\nHost: shop.example\r\n\r\n")))
        .collect()
}

#[test]
fn content_length_with_transfer_encoding_is_refused() {
    let te = "Transfer-Encoding: chunked";
    refused(&posts(&[
        ("length first", &format!("Content-Length: 5\r\n{te}")),
        ("coding first", &format!("{te}\r\nContent-Length: 5")),
        ("length zero", &format!("Content-Length: 0\r\n{te}")),
        (
            "other case",
            "CONTENT-LENGTH: 5\r\ntransfer-encoding: chunked",
        ),
        (
            "far apart",
            &format!("Content-Length: 5\r\nA: b\r\nC: d\r\n{te}"),
        ),
        (
            "coding in capitals",
            "Content-Length: 5\r\nTransfer-Encoding: CHUNKED",
        ),
        (
            "a coding that is not known",
            "Content-Length: 5\r\nTransfer-Encoding: identity",
        ),
        ("an empty coding", "Content-Length: 5\r\nTransfer-Encoding:"),
        (
            "length named in Connection",
            &format!("Connection: Content-Length\r\nContent-Length: 5\r\n{te}"),
        ),
        (
            "coding named in Connection",
            &format!("Connection: Transfer-Encoding\r\n{te}\r\nContent-Length: 5"),
        ),
    ]));
}

#[test]
fn several_content_lengths_are_refused() {
    refused(&posts(&[
        ("unequal", "Content-Length: 5\r\nContent-Length: 6"),
        (
            "unequal, the other way",
            "Content-Length: 6\r\nContent-Length: 5",
        ),
        ("equal", "Content-Length: 5\r\nContent-Length: 5"),
        ("zero and five", "Content-Length: 0\r\nContent-Length: 5"),
        (
            "three",
            "Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 5",
        ),
        (
            "far apart, other case",
            "Content-Length: 5\r\nA: b\r\ncontent-length: 6",
        ),
        ("a list", "Content-Length: 5, 6"),
        ("a list of equals", "Content-Length: 5, 5"),
        ("a list without blank", "Content-Length: 5,5"),
        ("a list with an empty end", "Content-Length: 5,"),
        ("one empty", "Content-Length: 5\r\nContent-Length:"),
    ]));
}

#[test]
fn a_content_length_that_is_not_digits_is_refused() {
    refused(&posts(&[
        ("plus", "Content-Length: +5"),
        ("minus", "Content-Length: -5"),
        ("hexadecimal", "Content-Length: 0x5"),
        ("hexadecimal digit", "Content-Length: a"),
        ("empty", "Content-Length:"),
        ("blank", "Content-Length:  "),
        ("two numbers", "Content-Length: 5 5"),
        ("trailing letter", "Content-Length: 5a"),
        ("fraction", "Content-Length: 5.0"),
        ("exponent", "Content-Length: 5e0"),
        ("underscore", "Content-Length: 1_0"),
        ("quoted", "Content-Length: \"5\""),
        ("parameter", "Content-Length: 5;q=1"),
        ("vertical tab", "Content-Length: \u{b}5"),
        ("form feed", "Content-Length: 5\u{c}"),
        ("no-break space", "Content-Length: \u{a0}5"),
        ("digits of another script", "Content-Length: \u{d9}\u{a5}"),
        ("2^64", "Content-Length: 18446744073709551616"),
        ("2^64 + 5", "Content-Length: 18446744073709551621"),
        (
            "thirty digits",
            "Content-Length: 999999999999999999999999999999",
        ),
    ]));
}

#[test]
fn a_transfer_encoding_that_is_not_one_final_chunked_is_refused() {
    refused(&posts(&[
        ("another word", "Transfer-Encoding: xchunked"),
        ("half the word", "Transfer-Encoding: chunk"),
        ("the word and more", "Transfer-Encoding: chunkedfoo"),
        ("identity", "Transfer-Encoding: identity"),
        ("gzip only", "Transfer-Encoding: gzip"),
        ("empty", "Transfer-Encoding:"),
        ("only a comma", "Transfer-Encoding: ,"),
        ("twice in a list", "Transfer-Encoding: chunked, chunked"),
        (
            "twice in a list without blank",
            "Transfer-Encoding: chunked,chunked",
        ),
        (
            "twice in two lines",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ),
        ("not last", "Transfer-Encoding: chunked, gzip"),
        (
            "not last in two lines",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
        ),
        ("then identity", "Transfer-Encoding: chunked, identity"),
        (
            "then identity in two lines",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        ),
        (
            "identity alone in the second line",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: xchunked",
        ),
        ("another word before", "Transfer-Encoding: x, chunked"),
        (
            "another word in a line before",
            "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
        ),
        ("an empty coding before", "Transfer-Encoding: , chunked"),
        ("an empty coding behind", "Transfer-Encoding: chunked,"),
        (
            "an empty line before",
            "Transfer-Encoding:\r\nTransfer-Encoding: chunked",
        ),
        (
            "gzip, twice chunked",
            "Transfer-Encoding: gzip, chunked, chunked",
        ),
        ("a parameter", "Transfer-Encoding: chunked;a=b"),
        (
            "codings with a length",
            "Transfer-Encoding: gzip, chunked\r\nContent-Length: 5",
        ),
        ("quoted", "Transfer-Encoding: \"chunked\""),
        ("single quotes", "Transfer-Encoding: 'chunked'"),
        ("two words", "Transfer-Encoding: chunked chunked"),
        ("a word before", "Transfer-Encoding: x chunked"),
        ("vertical tab before", "Transfer-Encoding: \u{b}chunked"),
        ("form feed after", "Transfer-Encoding: chunked\u{c}"),
        ("no-break space", "Transfer-Encoding: \u{a0}chunked"),
        ("long s", "Transfer-Encoding: chun\u{c5}\u{bf}ed"),
        ("a semicolon only", "Transfer-Encoding: ;chunked"),
    ]));
    refused(&[
        (
            "on HTTP/1.0",
            "POST /case HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(),
        ),
        (
            "on HTTP/1.0 with a length",
            "POST /case HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
                .into(),
        ),
        (
            "on HTTP/1.0 with keep-alive",
            "POST /case HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .into(),
        ),
    ]);
}

#[test]
fn white_space_around_a_field_name_is_refused() {
    let host = "Host: shop.example\r\n";
    refused(&gets(&[
        ("blank before the colon", &format!("{host}A : b")),
        ("tab before the colon", &format!("{host}A\t: b")),
        ("blank before Host's colon", "Host : shop.example"),
        (
            "blank before the length's colon",
            &format!("{host}Content-Length : 5"),
        ),
        (
            "blank before the coding's colon",
            &format!("{host}Transfer-Encoding : chunked"),
        ),
        ("blank inside a name", &format!("{host}A b: c")),
        ("folded with a blank", &format!("{host}A: b\r\n c")),
        ("folded with a tab", &format!("{host}A: b\r\n\tc")),
        ("folded length", &format!("{host}Content-Length:\r\n 5")),
        (
            "folded coding",
            &format!("{host}Transfer-Encoding:\r\n chunked"),
        ),
        ("folded Host", "Host:\r\n shop.example"),
        (
            "a second field that starts with a blank",
            &format!("{host} A: b"),
        ),
        ("the first field starts with a blank", " Host: shop.example"),
        ("the first field starts with a tab", "\tHost: shop.example"),
        ("a line that is only a blank", &format!("{host} ")),
        (
            "a line that is only a blank, then a field",
            &format!("{host} \r\nA: b"),
        ),
    ]));
}

#[test]
fn bare_line_ends_and_control_characters_are_refused() {
    let host = "Host: shop.example\r\n";
    let mut cases = gets(&[
        ("bare LF between fields", "Host: shop.example\nA: b"),
        (
            "bare LF at a field's end",
            "Host: shop.example\r\nA: b\nC: d",
        ),
        ("bare CR between fields", &format!("{host}A: b\rC: d")),
        ("bare CR in a value", &format!("{host}A: b\rc")),
        ("bare CR before a colon", &format!("{host}A\r: b")),
        ("CR CR LF", &format!("{host}A: b\r")),
        ("CR before a name", &format!("{host}\rA: b")),
        ("LF before a name", &format!("{host}\nA: b")),
        ("NUL in a value", &format!("{host}A: b\0c")),
        ("NUL in a name", &format!("{host}A\0: b")),
        ("NUL at the start of a line", &format!("{host}\0A: b")),
        ("NUL at the end of a value", &format!("{host}A: b\0")),
        ("NUL in Host", "Host: shop\0.example"),
        ("escape in a value", &format!("{host}A: \u{1b}[2J")),
        ("backspace in a value", &format!("{host}A: b\u{8}")),
        ("vertical tab in a value", &format!("{host}A: b\u{b}c")),
        ("form feed in a value", &format!("{host}A: b\u{c}c")),
        ("DEL in a value", &format!("{host}A: b\u{7f}")),
        ("0x01 in a name", &format!("{host}\u{1}A: b")),
        ("DEL in a name", &format!("{host}A\u{7f}: b")),
        ("a byte above 0x7f in a name", &format!("{host}A\u{e9}: b")),
        ("a bracket in a name", &format!("{host}A(b): c")),
        ("a slash in a name", &format!("{host}A/b: c")),
        ("an at sign in a name", &format!("{host}A@b: c")),
        ("quotes in a name", &format!("{host}\"A\": c")),
    ]);
    for (name, bytes) in [
        (
            "bare LF after the request line",
            "GET /case HTTP/1.1\nHost: shop.example\r\n\r\n",
        ),
        (
            "bare LF everywhere",
            "GET /case HTTP/1.1\nHost: shop.example\n\n",
        ),
        (
            "bare LF as the empty line",
            "GET /case HTTP/1.1\r\nHost: shop.example\r\n\n",
        ),
        (
            "bare LF before the empty line",
            "GET /case HTTP/1.1\r\nHost: shop.example\n\r\n",
        ),
        (
            "bare CR after the request line",
            "GET /case HTTP/1.1\rHost: shop.example\r\n\r\n",
        ),
        (
            "bare CRs as the empty line",
            "GET /case HTTP/1.1\r\nHost: shop.example\r\r\r\n\r\n",
        ),
        (
            "bare LF before the request line",
            "\nGET /case HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "bare CR before the request line",
            "\rGET /case HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "NUL before the method",
            "\0GET /case HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "NUL in the target",
            "GET /ca\0se HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "tab in the target",
            "GET /ca\tse HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "CR in the target",
            "GET /ca\rse HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "LF in the target",
            "GET /ca\nse HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "escape in the target",
            "GET /ca\u{1b}se HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
        (
            "DEL in the target",
            "GET /ca\u{7f}se HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        ),
    ] {
        cases.push((name, bytes.to_owned()));
    }
    refused(&cases);
}

/// Nothing follows these bytes, and the client goes on listening.
#[test]
fn what_can_be_no_head_is_refused_before_the_head_ends() {
    let host = "GET /case HTTP/1.1\r\nHost: shop.example\r\n";
    let cases = [
        ("CR CR LF", format!("{host}A: b\r\r\n")),
        (
            "CR CR LF as the empty line",
            format!("{host}A: b\r\n\r\r\n"),
        ),
        (
            "CR CR LF behind the request line",
            "GET /case HTTP/1.1\r\r\n".into(),
        ),
        ("a bare CR", format!("{host}A: b\rc")),
        ("CR before the request line", "\rG".into()),
        ("a bare LF", format!("{host}A: b\n")),
        ("NUL", format!("{host}A: b\0c")),
        ("DEL", format!("{host}A: b\u{7f}")),
        ("escape in the target", "GET /\u{1b}".into()),
        ("a handshake of TLS", "\u{16}\u{3}\u{1}".into()),
    ];
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    for (name, bytes) in cases {
        for piece in [1, bytes.len()] {
            let mut client = proxy.client();
            for part in from_latin1(&bytes).chunks(piece) {
                client.line.offer(part);
            }
            let status = client.try_answer().map(|answer| answer.status());
            assert_eq!(status, Ok(400), "{name}, in pieces of {piece}");
        }
    }
}

#[test]
fn a_field_without_a_name_or_a_colon_is_refused() {
    let host = "Host: shop.example\r\n";
    refused(&gets(&[
        ("no name", &format!("{host}: b")),
        ("only a colon", &format!("{host}:")),
        (
            "no name before a smuggled coding",
            &format!("{host}:Transfer-Encoding: chunked"),
        ),
        ("no colon", &format!("{host}A")),
        ("no colon, two words", &format!("{host}A b")),
        (
            "no name as the first field",
            &format!(": b\r\n{}", host.trim_end()),
        ),
        (
            "an HTTP line as a field",
            &format!("{host}GET /smuggled HTTP/1.1"),
        ),
    ]));
}

#[test]
fn a_missing_repeated_or_malformed_host_is_refused() {
    refused(&gets(&[
        ("missing, no field at all", "A: b"),
        ("repeated", "Host: shop.example\r\nHost: shop.example"),
        (
            "repeated, unequal",
            "Host: shop.example\r\nHost: bank.example",
        ),
        (
            "repeated, other case",
            "Host: shop.example\r\nhOsT: bank.example",
        ),
        ("repeated, one empty", "Host: shop.example\r\nHost:"),
        ("a list", "Host: shop.example, bank.example"),
        ("a blank inside", "Host: shop example"),
        ("a tab inside", "Host: shop\texample"),
        ("a path", "Host: shop.example/path"),
        ("a query", "Host: shop.example?q"),
        ("a fragment", "Host: shop.example#f"),
        ("a user", "Host: user@shop.example"),
        ("a scheme", "Host: http://shop.example"),
        ("a backslash", "Host: shop.example\\bank.example"),
        ("two ports", "Host: shop.example:80:81"),
        ("a port of letters", "Host: shop.example:http"),
        ("a port with a sign", "Host: shop.example:+80"),
        ("a bracket not closed", "Host: [::1"),
        ("a bracket not opened", "Host: ::1]"),
        ("brackets around nothing", "Host: []"),
        ("text after the bracket", "Host: [::1]x"),
        ("angle brackets", "Host: <shop>"),
        ("quotes", "Host: \"shop\""),
        ("a bad escape", "Host: shop%zz"),
        ("a cut escape", "Host: shop%4"),
    ]));
    refused(&[
        ("missing", "GET /case HTTP/1.1\r\n\r\n".into()),
        (
            "missing though the target names one",
            "GET http://shop.example/case HTTP/1.1\r\nA: b\r\n\r\n".into(),
        ),
        (
            "repeated on HTTP/1.0",
            "GET /case HTTP/1.0\r\nHost: shop.example\r\nHost: bank.example\r\n\r\n".into(),
        ),
        (
            "malformed on HTTP/1.0",
            "GET /case HTTP/1.0\r\nHost: shop example\r\n\r\n".into(),
        ),
    ]);
}

#[test]
fn a_target_of_another_form_is_refused() {
    refused(&lines(&[
        ("no slash", "GET case HTTP/1.1"),
        ("a query only", "GET ?a=b HTTP/1.1"),
        ("an asterisk with GET", "GET * HTTP/1.1"),
        ("an asterisk with POST", "POST * HTTP/1.1"),
        ("an asterisk and more", "OPTIONS *case HTTP/1.1"),
        (
            "authority form without CONNECT",
            "GET shop.example:80 HTTP/1.1",
        ),
        (
            "authority form with OPTIONS",
            "OPTIONS shop.example:80 HTTP/1.1",
        ),
        ("a dot", "GET . HTTP/1.1"),
        ("a backslash", "GET \\case HTTP/1.1"),
        ("one slash after the scheme", "GET http:/case HTTP/1.1"),
        ("no authority", "GET http:///case HTTP/1.1"),
        ("nothing after the scheme", "GET http:// HTTP/1.1"),
        ("a scheme without colon", "GET http//shop.example/ HTTP/1.1"),
        ("another scheme", "GET ftp://shop.example/case HTTP/1.1"),
        ("a file", "GET file:///etc/passwd HTTP/1.1"),
        (
            "a user in the authority",
            "GET http://user@shop.example/case HTTP/1.1",
        ),
        ("a blank in the target", "GET /ca se HTTP/1.1"),
        ("two blanks before the target", "GET  /case HTTP/1.1"),
        ("two blanks behind the target", "GET /case  HTTP/1.1"),
        ("a blank at the end", "GET /case HTTP/1.1 "),
        ("a blank at the start", " GET /case HTTP/1.1"),
        ("a tab instead of a blank", "GET\t/case\tHTTP/1.1"),
        ("no target", "GET HTTP/1.1"),
        ("an empty target", "GET  HTTP/1.1"),
        ("a method only", "GET"),
        ("two requests in one line", "GET /case HTTP/1.1 HTTP/1.1"),
        ("a bracket in the method", "G(T /case HTTP/1.1"),
        ("a colon in the method", "GET: /case HTTP/1.1"),
        ("a slash in the method", "GET/case /case HTTP/1.1"),
        (
            "a control character in the method",
            "G\u{1}T /case HTTP/1.1",
        ),
        ("a byte above 0x7f in the method", "G\u{c9}T /case HTTP/1.1"),
    ]));
}

#[test]
fn another_version_is_refused() {
    // RFC 9110 has a status of its own for a major version that is not supported.
    refused_with(
        &[400, 505],
        &lines(&[
            ("no version", "GET /case"),
            ("no version, a blank", "GET /case "),
            ("HTTP/0.9", "GET /case HTTP/0.9"),
            ("HTTP/2.0", "GET /case HTTP/2.0"),
            ("HTTP/3", "GET /case HTTP/3"),
            ("HTTP/1", "GET /case HTTP/1"),
            ("HTTP/1.", "GET /case HTTP/1."),
            ("HTTP/1.10", "GET /case HTTP/1.10"),
            ("HTTP/1.01", "GET /case HTTP/1.01"),
            ("HTTP/01.1", "GET /case HTTP/01.1"),
            ("HTTP/11", "GET /case HTTP/11"),
            ("lower case", "GET /case http/1.1"),
            ("mixed case", "GET /case Http/1.1"),
            ("another protocol", "GET /case RTSP/1.0"),
            ("HTTPS", "GET /case HTTPS/1.1"),
            ("a word", "GET /case x"),
        ]),
    );
    refused_with(
        &[400, 505],
        &[
            (
                "an HTTP/2 preface",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
            ),
            (
                "a TLS hello",
                "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".into(),
            ),
            (
                "a PROXY line",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET /case HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            ),
            ("text", "hello\r\n\r\n".into()),
        ],
    );
}

#[test]
fn connect_and_endless_methods_are_refused_with_405() {
    refused_with(
        &[405],
        &lines(&[
            ("CONNECT", "CONNECT shop.example:443 HTTP/1.1"),
            ("CONNECT to a port", "CONNECT 127.0.0.1:22 HTTP/1.1"),
            (
                "a method of 128 letters",
                &format!("{} /case HTTP/1.1", "M".repeat(128)),
            ),
        ]),
    );
}

#[test]
fn a_head_over_its_limits_is_refused() {
    let filled = |bytes: usize| {
        // Large fields rather than many: the number has its own limit.
        let mut head = "GET /case HTTP/1.1\r\nHost: shop.example\r\n".to_owned();
        while head.len() + 10_000 < bytes {
            head.push_str(&format!("X-Fill: {}\r\n", "f".repeat(5_000)));
        }
        let rest = bytes - head.len() - "X-Fill: \r\n\r\n".len();
        head.push_str(&format!("X-Fill: {}\r\n\r\n", "f".repeat(rest)));
        assert_eq!(head.len(), bytes);
        head
    };
    let fields = |count: usize| {
        let fill: String = (1..count)
            .map(|n| format!("X-Field-{n}: {n}\r\n"))
            .collect();
        format!("GET /case HTTP/1.1\r\nHost: shop.example\r\n{fill}\r\n")
    };
    served(&[
        ("60 KiB", filled(60 << 10)),
        ("64 KiB exactly", filled(64 << 10)),
        (
            "a target of 32 KiB",
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "t".repeat(32 << 10)),
        ),
        ("100 fields", fields(100)),
    ]);
    refused(&[
        ("64 KiB and a byte", filled((64 << 10) + 1)),
        ("1 MiB", filled(1 << 20)),
        (
            "a target over 64 KiB",
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "t".repeat(65 << 10)),
        ),
        (
            "a target that never ends",
            format!("GET /{}", "t".repeat(70 << 10)),
        ),
        (
            "a field that never ends",
            format!(
                "GET /case HTTP/1.1\r\nHost: x\r\nA: {}",
                "b".repeat(70 << 10)
            ),
        ),
        ("101 fields", fields(101)),
        ("1000 fields", fields(1000)),
    ]);
}

#[test]
fn what_is_merely_unusual_is_served() {
    let host = "Host: shop.example";
    let mut cases = gets(&[
        ("no blank behind the colon", "Host:shop.example"),
        ("blanks around a value", &format!("{host}\r\nA: \t b \t ")),
        ("an empty value", &format!("{host}\r\nA:")),
        ("a tab inside a value", &format!("{host}\r\nA: b\tc")),
        (
            "bytes above 0x7f in a value",
            &format!("{host}\r\nA: \u{e9}\u{ff}\u{80}"),
        ),
        (
            "every token character in a name",
            &format!("{host}\r\n!#$%&'*+-.^_`|~09azAZ: b"),
        ),
        ("a port", "Host: shop.example:8080"),
        ("an IPv4 address", "Host: 127.0.0.1:80"),
        ("an IPv6 address", "Host: [::1]:80"),
        ("an escape in Host", "Host: shop%41.example"),
        ("an underscore in Host", "Host: shop_1.example"),
        (
            "a repeated ordinary field",
            &format!("{host}\r\nA: b\r\nA: b"),
        ),
        ("a length of zero", &format!("{host}\r\nContent-Length: 0")),
        (
            "an option that is not a name",
            &format!("{host}\r\nConnection: keep-alive; timeout=5"),
        ),
        ("Host last", "A: b\r\nHost: shop.example"),
        ("other case", "hOST: shop.example"),
    ]);
    cases.extend(lines(&[
        ("a query", "GET /case?a=b&c=%20 HTTP/1.1"),
        ("only a slash", "GET / HTTP/1.1"),
        ("two slashes", "GET //case HTTP/1.1"),
        (
            "dots are the instance's matter",
            "GET /../case/./a HTTP/1.1",
        ),
        ("an unknown method", "BREW /case HTTP/1.1"),
        (
            "a method in lower case is another method",
            "get /case HTTP/1.1",
        ),
        (
            "every token character in a method",
            "!#$%&'*+-.^_`|~09 /case HTTP/1.1",
        ),
        ("absolute form", "GET http://shop.example/case HTTP/1.1"),
        (
            "a scheme in capitals",
            "GET HTTP://shop.example/case HTTP/1.1",
        ),
        (
            "absolute form without a path",
            "GET http://shop.example HTTP/1.1",
        ),
        ("OPTIONS with an asterisk", "OPTIONS * HTTP/1.1"),
        (
            "a method of 127 letters",
            &format!("{} /case HTTP/1.1", "M".repeat(127)),
        ),
    ]));
    let post = |lines: &str, body: &str| {
        format!("POST /case HTTP/1.1\r\nHost: shop.example\r\n{lines}\r\n\r\n{body}")
    };
    let chunked = |body: &str| post("Transfer-Encoding: chunked", body);
    cases.extend([
        (
            "a length with zeros before it",
            post("Content-Length: 005", "abcde"),
        ),
        (
            "a length with blanks around it",
            post("Content-Length: \t5\t ", "abcde"),
        ),
        ("chunks", chunked("5\r\nabcde\r\n0\r\n\r\n")),
        (
            "chunked in capitals",
            post("TRANSFER-ENCODING: CHUNKED", "5\r\nabcde\r\n0\r\n\r\n"),
        ),
        (
            "sizes with zeros before them",
            chunked("0005\r\nabcde\r\n000\r\n\r\n"),
        ),
        (
            "sizes in both cases",
            chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
        ),
        (
            "an extension",
            chunked("5;name=value\r\nabcde\r\n0\r\n\r\n"),
        ),
        (
            "a quoted extension",
            chunked("5;name=\"a;\\\"b\"\r\nabcde\r\n0;last\r\n\r\n"),
        ),
        (
            "trailers",
            chunked("5\r\nabcde\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"),
        ),
        (
            "one empty line before a request",
            "\r\nGET /case HTTP/1.1\r\nHost: x\r\n\r\n".into(),
        ),
    ]);
    served(&cases);
}

/// Chunks that are wrong come after a head that is right, which may already be on its way: then the
/// client still gets its 400, and the instance sees a request that never ends.
#[test]
fn bad_and_overflowing_chunks_are_refused_and_never_complete() {
    let cases = [
        ("not a number", "g\r\nabc\r\n0\r\n\r\n"),
        ("nothing", "\r\nabc\r\n0\r\n\r\n"),
        ("minus", "-3\r\nabc\r\n0\r\n\r\n"),
        ("plus", "+3\r\nabc\r\n0\r\n\r\n"),
        ("hexadecimal prefix", "0x3\r\nabc\r\n0\r\n\r\n"),
        ("a blank before", " 3\r\nabc\r\n0\r\n\r\n"),
        ("a blank behind", "3 \r\nabc\r\n0\r\n\r\n"),
        ("a tab behind", "3\t\r\nabc\r\n0\r\n\r\n"),
        ("an underscore", "1_0\r\nabc\r\n0\r\n\r\n"),
        ("a comma", "3,\r\nabc\r\n0\r\n\r\n"),
        ("an extension without size", ";a=b\r\nabc\r\n0\r\n\r\n"),
        ("NUL", "3\0\r\nabc\r\n0\r\n\r\n"),
        ("2^64", "10000000000000000\r\nabc\r\n0\r\n\r\n"),
        ("2^64 + 3", "10000000000000003\r\nabc\r\n0\r\n\r\n"),
        ("2^72", "1000000000000000000\r\nabc\r\n0\r\n\r\n"),
        (
            "too many zeros",
            &format!("{}3\r\nabc\r\n0\r\n\r\n", "0".repeat(70_000)),
        ),
        ("LF behind the size", "3\nabc\r\n0\r\n\r\n"),
        ("CR behind the size", "3\rabc\r\n0\r\n\r\n"),
        ("CR CR LF behind the size", "3\r\r\nabc\r\n0\r\n\r\n"),
        ("LF behind the data", "3\r\nabc\n0\r\n\r\n"),
        ("CR behind the data", "3\r\nabc\r0\r\n\r\n"),
        ("nothing behind the data", "3\r\nabc0\r\n\r\n"),
        ("data longer than its size", "3\r\nabcd\r\n0\r\n\r\n"),
        ("data shorter than its size", "4\r\nabc\r\n0\r\n\r\n"),
        ("LF in an extension", "3;a\nb\r\nabc\r\n0\r\n\r\n"),
        ("CR in an extension", "3;a\rb\r\nabc\r\n0\r\n\r\n"),
        ("NUL in an extension", "3;a\0b\r\nabc\r\n0\r\n\r\n"),
        (
            "a quoted extension that goes on",
            "3;a=\"\r\nabc\r\n0\r\n\r\n",
        ),
        (
            "a quoted extension that ends behind the line",
            "3;a=\"\r\nabc\r\n\"\r\nxyz\r\n0\r\n\r\n",
        ),
        (
            "a quoted extension with an escaped end",
            "3;a=\"b\\\"\r\nabc\r\n0\r\n\r\n",
        ),
        (
            "an endless extension",
            &format!("3;{}\r\nabc\r\n0\r\n\r\n", "e".repeat(70_000)),
        ),
        ("LF at the end", "3\r\nabc\r\n0\r\n\n"),
        ("LF behind the last size", "3\r\nabc\r\n0\n\r\n"),
        ("a trailer with LF", "3\r\nabc\r\n0\r\nA: b\n\r\n"),
        ("a trailer with CR", "3\r\nabc\r\n0\r\nA: b\rc\r\n\r\n"),
        ("a trailer with NUL", "3\r\nabc\r\n0\r\nA: b\0c\r\n\r\n"),
        ("a trailer without colon", "3\r\nabc\r\n0\r\nA\r\n\r\n"),
        ("a trailer without name", "3\r\nabc\r\n0\r\n: b\r\n\r\n"),
        (
            "a trailer with a blank before its colon",
            "3\r\nabc\r\n0\r\nA : b\r\n\r\n",
        ),
        ("a folded trailer", "3\r\nabc\r\n0\r\nA: b\r\n c\r\n\r\n"),
        (
            "a trailer that would frame",
            "3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n",
        ),
        (
            "a trailer that would chunk",
            "3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        (
            "a trailer that would address",
            "3\r\nabc\r\n0\r\nHost: bank.example\r\n\r\n",
        ),
        (
            "endless trailers",
            &format!("3\r\nabc\r\n0\r\n{}\r\n", "A: b\r\n".repeat(20_000)),
        ),
    ];
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
    let mut faults = Vec::new();
    for (name, body) in cases {
        let mut client: Client = proxy.client();
        let head =
            "POST /case HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n";
        client
            .line
            .offer(head)
            .offer(from_latin1(body))
            .offer(SMUGGLED)
            .finish();
        match client.try_answer() {
            Ok(answer) if answer.status() == 400 => {}
            other => faults.push(format!("{name}: {}", summary(&other))),
        }
        if !matches!(
            client.line.reader.until_end().as_deref(),
            Ok([]) | Err(Fault::Reset)
        ) {
            faults.push(format!("{name}: not closed: {:?}", client.seen()));
        }
    }
    for record in instance.finish(proxy) {
        let seen = latin1(&record.raw[..record.raw.len().min(300)]);
        if !record.requests.is_empty() {
            faults.push(format!("the instance saw a whole request: {seen:?}"));
        }
        if matches!(record.end, Some(Fault::Broken(_))) {
            faults.push(format!("the instance was sent what is broken: {seen:?}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
