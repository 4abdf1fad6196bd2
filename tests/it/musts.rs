//! What RFC 9110 and RFC 9112 say an intermediary must do, sentence by sentence: each row names the
//! section, says the rule in words of our own, and is sent as raw bytes through a real listener to a
//! recording instance.
//!
//! [`crate::strict`] has the many spellings of what is refused, [`crate::proxy_http`] the conversations
//! that need several turns. Here is one case for each rule, and the departures beside them.

use crate::reading::{Fault, from_latin1, latin1};
use crate::scripted::{Act, Proxy, Recorder};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// One rule, and what shows that it is kept.
struct Must {
    section: &'static str,
    says: &'static str,
    /// What the client sends, before it ends its side.
    sends: &'static str,
    /// What the instance answers each request with, and whether it closes then.
    answers: &'static str,
    closes: bool,
    /// Method asked with, status and body of all that the client gets; then comes the end.
    gets: &'static [(&'static str, u16, &'static str)],
    /// The last answer is cut off, visibly.
    cut: bool,
    /// Lines of the answers' heads that there are, and names of fields that there are not.
    returns: &'static [&'static str],
    hides: &'static [&'static str],
    /// The same of the requests that arrive; if there are no lines, nothing whole may arrive.
    arrives: &'static [&'static str],
    lacks: &'static [&'static str],
    /// Bodies of the requests that arrive.
    bodies: &'static [&'static str],
}

/// A rule that one request shows, answered 200.
const fn must(section: &'static str, says: &'static str, sends: &'static str) -> Must {
    Must {
        section,
        says,
        sends,
        answers: OK,
        closes: false,
        gets: &[("GET", 200, "ok")],
        cut: false,
        returns: &[],
        hides: &[],
        arrives: &[],
        lacks: &[],
        bodies: &[""],
    }
}

/// A rule by which a request is refused, and nothing behind it is served.
const fn refuse(section: &'static str, says: &'static str, sends: &'static str) -> Must {
    Must {
        gets: &[("GET", 400, "")],
        bodies: &[],
        returns: &["Connection: close"],
        ..must(section, says, sends)
    }
}

/// A rule by which an answer of the instance is not passed on.
const fn distrust(section: &'static str, says: &'static str, answers: &'static str) -> Must {
    Must {
        answers,
        gets: &[("GET", 502, "")],
        ..must(section, says, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    }
}

/// A rule about an answer that is passed on.
const fn pass(section: &'static str, says: &'static str, answers: &'static str) -> Must {
    Must {
        answers,
        ..must(section, says, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    }
}

#[rustfmt::skip]
const MUSTS: &[Must] = &[
    // ---- RFC 9112: messages
    must("9112 2.2", "an empty line before a request line is passed over",
        "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    refuse("9112 2.2", "a bare CR is no line end and nothing else either",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n"),
    refuse("9112 2.2", "white space between the first line and the first field is refused",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
    Must { arrives: &["GET / HTTP/1.1"],
        returns: &["HTTP/1.1 200 OK", "Connection: close"],
        ..must("9112 2.3", "an intermediary sends its own version: of a client of 1.0",
            "GET / HTTP/1.0\r\nHost: x\r\n\r\n") },
    Must { returns: &["HTTP/1.1 200 OK"],
        ..pass("9112 2.3", "an intermediary sends its own version: of an instance of 1.0",
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok") },
    refuse("9112 3", "a request line that is none is refused, not repaired",
        "GET / x HTTP/1.1\r\nHost: x\r\n\r\n"),
    refuse("9112 3.2", "a request of 1.1 without Host is refused",
        "GET / HTTP/1.1\r\nA: b\r\n\r\n"),
    refuse("9112 3.2", "a request with two Hosts is refused",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"),
    refuse("9112 3.2", "a request with an invalid Host is refused",
        "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"),
    Must { arrives: &["GET /?q HTTP/1.1"],
        ..must("9112 3.2.1", "a target without a path is sent on with /",
            "GET http://x?q HTTP/1.1\r\nHost: x\r\n\r\n") },
    Must { arrives: &["GET /a HTTP/1.1", "Host: bank.example"],
        ..must("9112 3.2.2", "absolute form is accepted, and its authority replaces Host",
            "GET http://bank.example/a HTTP/1.1\r\nHost: x\r\n\r\n") },
    refuse("9112 3.2.3", "authority form is for CONNECT alone",
        "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
    Must { arrives: &["OPTIONS * HTTP/1.1", "Host: x"], gets: &[("OPTIONS", 200, "ok")],
        ..must("9112 3.2.4", "OPTIONS with a URL of an authority alone is sent on with *",
            "OPTIONS http://x HTTP/1.1\r\nHost: y\r\n\r\n") },
    refuse("9112 3.2.4", "* is for OPTIONS alone",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
    Must { returns: &["HTTP/1.1 200 "],
        ..pass("9112 4", "the blank before an absent reason is sent",
            "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok") },
    distrust("9112 4", "a status line that is none is not passed on",
        "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
    refuse("9112 5.1", "white space between a name and its colon is refused in a request",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n"),
    distrust("9112 5.1", "white space between a name and its colon is not passed on in an answer",
        "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 2\r\n\r\nok"),
    refuse("9112 5.2", "a folded line is refused in a request",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"),
    distrust("9112 5.2", "a folded line is not passed on in an answer",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok"),

    // ---- RFC 9112: where a message ends
    Must { gets: &[("GET", 200, "hello")], hides: &["Transfer-Encoding", "Trailer-Field"],
        ..pass("9112 6.1", "a client of 1.0 is sent no transfer coding",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer-Field: a\r\n\r\n").of_old() },
    refuse("9112 6.1", "a coding that is not understood is refused (the RFC suggests 501)",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: cow, chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"),
    refuse("9112 6.1", "a coding in a request of 1.0 makes its framing faulty",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    refuse("9112 6.1", "chunked is applied once",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    refuse("9112 6.2", "no length is sent beside a coding, so none is passed on",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    Must { sends: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n",
        gets: &[("HEAD", 200, ""), ("GET", 200, "")], bodies: &["", ""], returns: &["Content-Length: 0"],
        ..pass("9112 6.3 (1)", "an answer to HEAD ends with its head",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") },
    Must { gets: &[("GET", 204, "")],
        ..pass("9112 6.3 (1)", "204 ends with its head", "HTTP/1.1 204 No Content\r\n\r\n") },
    Must { gets: &[("GET", 304, "")], returns: &["Content-Length: 5"],
        ..pass("9112 6.3 (1)", "304 ends with its head, whatever length it names",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n") },
    Must { gets: &[("GET", 103, ""), ("GET", 200, "ok")],
        ..pass("9112 6.3 (1)", "1xx ends with its head, and the answer proper follows",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
    distrust("9112 6.3 (3)", "an answer with both lengths is not passed on",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    refuse("9112 6.3 (4)", "a request whose last coding is not chunked is refused, and the connection closed",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    distrust("9112 6.3 (4)", "an answer whose last coding is not chunked has no certain end",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok"),
    refuse("9112 6.3 (5)", "a request with an invalid length is refused, and the connection closed",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2x\r\n\r\nok"),
    refuse("9112 6.3 (5)", "a request with unequal lengths is refused",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
    distrust("9112 6.3 (5)", "an answer with an invalid length becomes 502",
        "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok"),
    distrust("9112 6.3 (5)", "an answer with unequal lengths becomes 502",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
    Must { sends: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiGET /next HTTP/1.1\r\nHost: x\r\n\r\n",
        gets: &[("POST", 200, "ok"), ("GET", 200, "ok")], bodies: &["hi", ""],
        ..must("9112 6.3 (6)", "a length is the number of bytes of the body, and the next request follows", "") },
    Must { cut: true, gets: &[], closes: true,
        ..pass("9112 6.3 (6)", "an answer that ends before its length is incomplete",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok") },
    Must { sends: "POST /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
        gets: &[("POST", 200, "ok"), ("GET", 200, "ok")], bodies: &["", ""], arrives: &["GET /b HTTP/1.1"],
        ..must("9112 6.3 (7)", "a request with neither length nor coding has no body", "") },
    Must { closes: true, returns: &["Connection: close"],
        ..pass("9112 6.3 (8)", "an answer with neither ends with the connection",
            "HTTP/1.1 200 OK\r\n\r\nok") },
    Must { gets: &[("POST", 200, "ok")], bodies: &["hello"],
        ..must("9112 7.1", "zeros before a size and capitals in it are read",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n000\r\n\r\n") },
    refuse("9112 7.1", "a size that overflows is refused, not cut to what fits",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n"),
    refuse("9112 7.1", "chunked with a parameter is an error",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"),
    Must { gets: &[("POST", 200, "ok")], bodies: &["hello"],
        ..must("9112 7.1.1", "an extension that is not known means nothing",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b;c\"\r\nhello\r\n0\r\n\r\n") },
    Must { gets: &[("POST", 200, "ok")], bodies: &["hi"], lacks: &["X-Sum"],
        ..must("9112 7.1.2", "a trailer is not merged into the head",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n") },
    Must { lacks: &["TE", "Connection"],
        ..must("9112 7.4", "TE is of this connection only",
            "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers, gzip\r\nConnection: TE\r\n\r\n") },

    // ---- RFC 9112: connections
    Must { cut: true, gets: &[], closes: true,
        ..pass("9112 8", "a chunked answer without its last chunk is incomplete",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n") },
    Must { gets: &[("GET", 200, "ok"), ("GET", 200, "ok")], bodies: &["", ""], hides: &["Connection"],
        ..must("9112 9.3", "a connection of 1.1 persists unless somebody says close",
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n") },
    Must { bodies: &[""], returns: &["Connection: close"],
        ..must("9112 9.3", "a connection of 1.0 does not persist unless it is asked to",
            "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n") },
    Must { gets: &[("GET", 200, "ok"), ("GET", 200, "ok")], bodies: &["", ""], returns: &["Connection: keep-alive"],
        ..must("9112 9.3", "a connection of 1.0 that is asked to may persist, and the client is told",
            "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n") },
    Must { gets: &[("GET", 200, "GET /a"), ("GET", 200, "GET /b"), ("GET", 200, "GET /c")], bodies: &["", "", ""], answers: "",
        ..must("9112 9.3.2", "pipelined requests are answered in their order",
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n") },
    Must { bodies: &[""], returns: &["Connection: close"],
        ..must("9112 9.6", "behind a request that says close nothing is processed",
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n") },

    // ---- RFC 9110: fields and intermediaries
    Must { arrives: &["X-Unheard-Of: 1"], returns: &["X-Unheard-Of: 2"],
        answers: "HTTP/1.1 200 OK\r\nX-Unheard-Of: 2\r\nContent-Length: 2\r\n\r\nok",
        ..must("9110 5.1", "fields that are not known are forwarded",
            "GET / HTTP/1.1\r\nHost: x\r\nX-Unheard-Of: 1\r\n\r\n") },
    Must { arrives: &["A: 1\r\nB: 2\r\nA: 3"],
        ..must("9110 5.3", "the order of fields of one name is kept",
            "GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\n") },
    refuse("9110 5.5", "NUL in a value is refused",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"),
    distrust("9110 5.5", "NUL in a value is not passed on in an answer",
        "HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 2\r\n\r\nok"),
    Must { arrives: &["A: \u{e9}"],
        ..must("9110 5.5", "bytes above 0x7f in a value are opaque",
            "GET / HTTP/1.1\r\nHost: x\r\nA: \u{e9}\r\n\r\n") },
    refuse("9110 6.5.1", "fields that frame or route are no trailers",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 2\r\n\r\n"),
    Must { lacks: &["Connection", "X-Private", "Keep-Alive", "Proxy-Connection"], arrives: &["X-Public: 2"],
        ..must("9110 7.6.1", "Connection and what it names end here",
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: x-private, keep-alive\r\nX-Private: 1\r\nX-Public: 2\r\nKeep-Alive: 3\r\nProxy-Connection: close\r\n\r\n") },
    Must { hides: &["X-Private", "Keep-Alive"], returns: &["X-Public: 2"],
        ..pass("9110 7.6.1", "Connection and what it names end here in answers, too",
            "HTTP/1.1 200 OK\r\nConnection: X-Private\r\nX-Private: 1\r\nX-Public: 2\r\nKeep-Alive: 3\r\nContent-Length: 2\r\n\r\nok") },
    Must { arrives: &["Content-Length: 2", "Host: x"], gets: &[("POST", 200, "ok")], bodies: &["hi"],
        ..must("9110 7.6.1", "Connection cannot name what frames or routes the message",
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: Content-Length, Host\r\nContent-Length: 2\r\n\r\nhi") },
    Must { arrives: &["Max-Forwards: 1"], gets: &[("OPTIONS", 200, "ok")],
        ..must("9110 7.6.2", "Max-Forwards of OPTIONS is counted down",
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 2\r\n\r\n") },
    Must { arrives: &["Max-Forwards: 1"], gets: &[("TRACE", 200, "ok")],
        ..must("9110 7.6.2", "Max-Forwards of TRACE is counted down",
            "TRACE / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 2\r\n\r\n") },
    Must { bodies: &[], gets: &[("OPTIONS", 200, "")], returns: &["Allow: "],
        ..must("9110 7.6.2", "at zero the request ends here: OPTIONS",
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n") },
    Must { bodies: &[], gets: &[("TRACE", 405, "")], returns: &["Allow: "],
        ..must("9110 7.6.2", "at zero the request ends here: TRACE",
            "TRACE / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n") },
    Must { arrives: &["Max-Forwards: 0"],
        ..must("9110 7.6.2", "for other methods Max-Forwards means nothing",
            "GET / HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n") },
    Must { lacks: &["Via"], hides: &["Via"],
        ..must("9110 7.6.3", "departure: no Via is added, as at Elastic Load Balancing",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n") },
    Must { arrives: &["Via: 1.1 other"],
        ..must("9110 7.6.3", "a Via that is there stays",
            "GET / HTTP/1.1\r\nHost: x\r\nVia: 1.1 other\r\n\r\n") },
    Must { hides: &["Date"],
        ..must("9110 6.6.1", "departure: no Date is added, as by HAProxy",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n") },
    Must { arrives: &["Cache-Control: no-transform"], gets: &[("PUT", 200, "ok")], bodies: &["a  b"],
        ..must("9110 7.7", "content is not transformed",
            "PUT / HTTP/1.1\r\nHost: x\r\nCache-Control: no-transform\r\nContent-Length: 4\r\n\r\na  b") },
    distrust("9110 7.8", "no protocol is switched to that was not asked for",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n"),
    Must { lacks: &["Upgrade", "Connection"],
        ..must("9110 7.8", "Upgrade in a request of 1.0 is ignored",
            "GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n") },
    Must { lacks: &["Upgrade"],
        ..must("9110 7.8", "Upgrade without its connection option is not for anybody behind us",
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n") },

    // ---- RFC 9110: methods, lengths, expectations, statuses
    Must { gets: &[("GET", 204, "")], hides: &["Content-Length"],
        ..pass("9110 8.6", "204 has no length", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n") },
    Must { gets: &[("GET", 103, ""), ("GET", 200, "ok")], hides: &["Transfer-Encoding"],
        ..pass("9110 8.6", "1xx has neither length nor coding",
            "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
    Must { sends: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", gets: &[("HEAD", 200, "")], returns: &["Content-Length: 7"],
        ..pass("9110 9.3.2", "HEAD is answered with the length of what is not sent",
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n") },
    Must { gets: &[("CONNECT", 405, "")], bodies: &[], returns: &["Allow: ", "Connection: close"],
        ..must("9110 9.3.6", "no tunnel is opened for CONNECT",
            "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n") },
    Must { sends: "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
        arrives: &["Expect: 100-continue"], bodies: &["hi"],
        gets: &[("POST", 100, ""), ("POST", 200, "ok")],
        ..pass("9110 10.1.1", "an expectation is forwarded, and so is 100",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
    Must { lacks: &["Expect"], gets: &[("POST", 200, "ok")], bodies: &["hi"],
        ..must("9110 10.1.1", "an expectation of 100 in a request of 1.0 is ignored",
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi") },
    Must { gets: &[("GET", 200, "ok")],
        ..pass("9110 15.2", "a client of 1.0 is sent no 1xx",
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").of_old() },
    Must { gets: &[("GET", 100, ""), ("GET", 102, ""), ("GET", 199, ""), ("GET", 200, "ok")],
        ..pass("9110 15.2", "every 1xx is forwarded, also one that is not known",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 199 Own\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
    Must { gets: &[("GET", 299, "ok")],
        ..pass("9110 15", "a status that is not known is one of its class",
            "HTTP/1.1 299 Fine\r\nContent-Length: 2\r\n\r\nok") },
    distrust("9110 15", "a status outside 100 to 599 is invalid",
        "HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\nok"),
    Must { gets: &[("GET", 426, "ok")], returns: &["Upgrade: a", "Connection: upgrade"],
        ..pass("9110 15.5.22", "426 says what to upgrade to",
            "HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: a\r\nContent-Length: 2\r\n\r\nok") },
];

impl Must {
    /// The same asked by a client of HTTP/1.0.
    const fn of_old(self) -> Must {
        Must {
            sends: "GET / HTTP/1.0\r\n\r\n",
            ..self
        }
    }

    /// What is not as it must be.
    fn faults(&self) -> Vec<String> {
        let (answers, closes) = (self.answers, self.closes);
        let instance = Recorder::answering(move |request| {
            let bytes = match answers {
                "" => crate::scripted::reply(200, request.asked()).into_bytes(),
                answers => from_latin1(answers),
            };
            if closes {
                Act::SendAndClose(bytes)
            } else {
                Act::Send(bytes)
            }
        });
        let proxy = Proxy::with_one_worker(&[instance.address()]);
        let mut client = proxy.client();
        client.line.offer(from_latin1(self.sends)).finish();
        let mut faults = Vec::new();
        for (method, status, body) in self.gets {
            match client.line.reader.answer(method) {
                Ok(answer) if (answer.status(), answer.text()) == (*status, (*body).into()) => {}
                other => faults.push(format!("not {status} {body:?}: {other:?}")),
            }
        }
        match client.line.reader.answer("GET") {
            Err(Fault::Closed) if !self.cut => {}
            Err(Fault::Reset) if self.cut || client.line.reader.unread().is_empty() => {}
            Err(Fault::Cut) if self.cut => {}
            other => faults.push(format!("then: {other:?}")),
        }
        let heads = heads(&latin1(&client.line.reader.raw));
        present(&heads, self.returns, self.hides, &mut faults);
        let records = instance.finish(proxy);
        let requests: Vec<_> = records.iter().flat_map(|record| &record.requests).collect();
        let bodies: Vec<_> = requests.iter().map(|request| request.text()).collect();
        if bodies != self.bodies {
            faults.push(format!("arrived {requests:?}"));
        }
        let raw: String = records.iter().map(|record| latin1(&record.raw)).collect();
        present(&self::heads(&raw), self.arrives, self.lacks, &mut faults);
        faults
    }
}

/// Whatever looks like a head in what was sent, each line ended.
fn heads(raw: &str) -> String {
    let parts = raw.split("\r\n\r\n").filter(|part| part.contains("HTTP/"));
    parts.map(|part| format!("{part}\r\n")).collect()
}

fn present(heads: &str, lines: &[&str], names: &[&str], faults: &mut Vec<String>) {
    for line in lines {
        // A line that ends with a blank has a value that does not matter.
        let open = line.ends_with(": ") && heads.contains(line);
        if !open && !heads.contains(&format!("{line}\r\n")) {
            faults.push(format!("no {line:?} in {heads:?}"));
        }
    }
    for name in names {
        let field = format!("\r\n{name}:").to_ascii_lowercase();
        if heads.to_ascii_lowercase().contains(&field) {
            faults.push(format!("{name} in {heads:?}"));
        }
    }
}

#[test]
fn what_the_rfcs_demand_of_an_intermediary_is_done() {
    let mut faults = Vec::new();
    for must in MUSTS {
        for fault in must.faults() {
            faults.push(format!("RFC {}, {}: {fault}", must.section, must.says));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
