//! The corpus of `http-desync-guardian` through the data plane: requests that differ from what their
//! readers agree about, each in the tier that Elastic Load Balancing puts it in.
//!
//! Severe: refused. Compliant: served, and so is the next request on the connection. Ambiguous:
//! refused, or read in one way only and both connections closed behind it; in monitor mode, the
//! instance's. Acceptable: served or refused. Strictest serves nothing but what is Compliant. Never, in
//! any tier or mode, does an instance see a request that was not sent as one.

use crate::cloud::Cloud;
use crate::reading::{Fault, Framing, Message, latin1, read_head, request_framing};
use crate::scripted::{Client, Proxy, Recorder};
use eulb::model::traffic::Counts;

#[derive(serde::Deserialize)]
struct Case {
    file: String,
    name: String,
    method: String,
    uri: String,
    version: String,
    headers: Vec<(String, String)>,
    tier: Tier,
    reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
enum Tier {
    Compliant,
    Acceptable,
    Ambiguous,
    Severe,
}

/// Compliant to the corpus, refused here: RFC 9112 has no such messages, and what an instance would
/// make of them is a guess.
const REFUSED_ALL_THE_SAME: &[(&str, &str)] = &[
    ("Empty URI", "a request line without a target (RFC 9112, 3)"),
    (
        "Compliant URL",
        "a fragment, which no client sends (RFC 9112, 3.2.1)",
    ),
    (
        "TE with custom parameters OK",
        "chunked with a parameter is to be treated as an error (RFC 9112, 7.1)",
    ),
    (
        "Transfer-Encoding with a param: chunked;custom_param",
        "chunked with a parameter is to be treated as an error (RFC 9112, 7.1)",
    ),
];

/// What an attacker hopes to have executed.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n";

impl Case {
    fn title(&self) -> String {
        format!(
            "{:?} {} ({}, {})",
            self.tier, self.name, self.file, self.reason
        )
    }

    /// The head as it goes on the wire, with the number of the case to know it by. The corpus leaves
    /// Host out nearly everywhere; without one, everything would be refused for that alone.
    fn head(&self, number: usize, one_byte_each: bool) -> Option<Vec<u8>> {
        let mut text = format!("{} {}", self.method, self.uri);
        if !self.version.is_empty() {
            text.push(' ');
            text.push_str(&self.version);
        }
        text.push_str("\r\n");
        if !self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            text.push_str("Host: shop.example\r\n");
        }
        text.push_str(&format!("X-Case: {number}\r\n"));
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}:{value}\r\n"));
        }
        text.push_str("\r\n");
        if one_byte_each {
            text.chars().map(|c| u8::try_from(c as u32).ok()).collect()
        } else {
            Some(text.into_bytes())
        }
    }
}

/// Sends a head and what follows it. A body has the length that a strict reader would give it, and
/// is made of requests; where a strict reader sees none, the same bytes come all the same.
fn on_the_wire(head: &[u8]) -> (Vec<u8>, Option<Framing>) {
    let framing = read_head(head).and_then(|head| request_framing(&head)).ok();
    let mut wire = head.to_vec();
    match framing {
        Some(Framing::Length(length)) => {
            let length = usize::try_from(length).unwrap();
            wire.extend(SMUGGLED.bytes().cycle().take(length));
        }
        Some(Framing::Chunked) => {
            wire.extend(format!("{:x}\r\n{SMUGGLED}\r\n0\r\n\r\n", SMUGGLED.len()).bytes());
        }
        Some(_) => {}
        None => wire.extend(format!("0\r\n\r\n{SMUGGLED}").bytes()),
    }
    (wire, framing)
}

#[test]
fn defensive_mode_serves_or_refuses_the_corpus_by_its_tiers_and_never_smuggles() {
    play("defensive");
}

#[test]
fn monitor_mode_keeps_the_clients_connections_and_never_smuggles() {
    play("monitor");
}

#[test]
fn strictest_mode_serves_what_is_compliant_and_nothing_else() {
    play("strictest");
}

/// Plays the whole corpus in a mode.
fn play(mode: &str) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/http-desync-guardian/cases.json"
    );
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(cases.len(), 159, "the whole corpus");
    let instance = Recorder::echoing();
    let proxy = Proxy::start(&["http"], &[instance.address()], &["--desync-mode", mode]);
    let mut faults = Vec::new();
    let mut last = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        // Characters beyond ASCII were bytes of either kind in the attacks behind the corpus.
        let mut heads: Vec<_> = [false, true]
            .into_iter()
            .filter_map(|one_byte_each| case.head(number, one_byte_each))
            .collect();
        heads.dedup();
        for head in heads {
            let (wire, framing) = on_the_wire(&head);
            let fault = |what: String| format!("{}: {what}\n    {:?}", case.title(), latin1(&head));
            let mut client = proxy.client();
            let next = format!("GET /next-{number} HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            client.line.offer(&wire).offer(&next).finish();
            let answer = client.line.reader.answer(&case.method);
            let served = match answer.as_ref().map(Message::status) {
                Ok(200) => true,
                Ok(400 | 405 | 505) => false,
                other => {
                    faults.push(fault(format!("{other:?}")));
                    continue;
                }
            };
            let exception = REFUSED_ALL_THE_SAME
                .iter()
                .any(|(name, _)| *name == case.name);
            let wanted = match case.tier {
                Tier::Severe => Some(false),
                Tier::Compliant => Some(!exception),
                Tier::Ambiguous | Tier::Acceptable if mode == "strictest" => Some(false),
                Tier::Ambiguous if framing.is_none() => Some(false),
                Tier::Ambiguous | Tier::Acceptable => None,
            };
            if wanted.is_some_and(|wanted| wanted != served) {
                let verb = if served { "served" } else { "refused" };
                faults.push(fault(verb.to_owned()));
            }
            let behind = match client.line.reader.until_end() {
                Ok(behind) => latin1(&behind),
                Err(Fault::Reset) => latin1(client.line.reader.unread()),
                Err(silent) => format!("{silent:?}"),
            };
            let kept = behind.contains(&format!("GET /next-{number}"));
            if !kept && !behind.is_empty() {
                faults.push(fault(format!("answered twice: {behind:?}")));
            }
            let closes = case.tier == Tier::Ambiguous && mode != "monitor";
            if kept && (!served || closes) {
                faults.push(fault("not closed".to_owned()));
            }
            let others = [Some(Framing::Chunked), Some(Framing::None)].contains(&framing);
            if !kept && served && case.tier == Tier::Compliant && others {
                last.push(case.title());
            }
        }
    }
    for record in instance.finish(proxy) {
        for request in &record.requests {
            let number = request
                .head
                .one("x-case")
                .and_then(|number| number.parse().ok());
            let whole = match number.map(|number: usize| (number, &cases[number])) {
                Some((number, case)) => {
                    let own = case.head(number, false).unwrap();
                    let (wire, _) = on_the_wire(&own);
                    latin1(&wire).contains(&request.text())
                }
                None => request.asked().starts_with("GET /next-") && request.body.is_empty(),
            };
            if !whole {
                faults.push(format!("smuggled: {request:?}"));
            }
        }
        if !matches!(record.end, Some(Fault::Closed | Fault::Reset)) {
            let seen = latin1(&record.raw);
            faults.push(format!("an instance was sent {:?}: {seen:?}", record.end));
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
    // Where a coding besides chunked made the connection end, nothing else may have.
    for title in last {
        assert!(
            title.contains("ncoding") || title.contains("TE"),
            "closed: {title}"
        );
    }
}

/// A request whose reader may or may not wait for its body, and one behind it.
const AMBIGUOUS: &str = "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";

#[test]
fn monitor_keeps_the_client_and_never_the_instance() {
    for (mode, kept) in [("monitor", true), ("defensive", false)] {
        let instance = Recorder::echoing();
        let options = ["--threads", "1", "--desync-mode", mode];
        let proxy = Proxy::start(&["http"], &[instance.address()], &options);
        let mut client = proxy.client();
        client.send(AMBIGUOUS);
        assert_eq!(client.answer().text(), "GET /a");
        client.line.offer("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.try_answer().is_ok(), kept, "{mode}");
        let records = instance.finish(proxy);
        assert_eq!(
            records.len(),
            1 + usize::from(kept),
            "{mode}: a connection for each"
        );
        assert_eq!(
            records[0].requests[0].head.list("connection"),
            ["close"],
            "{mode}"
        );
    }
}

#[test]
fn what_is_not_compliant_is_told_with_its_reason() {
    let instance = Recorder::echoing();
    let cases = [
        (
            "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "tier=Acceptable reason=GetHeadZeroContentLength",
        ),
        (
            AMBIGUOUS,
            "tier=Ambiguous reason=UndefinedContentLengthSemantics",
        ),
        (
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "tier=Severe reason=MultipleContentLength",
        ),
        (
            "POST /a HTTP/1.1\r\nHost: x\nContent-Length: 1\r\n\r\n",
            "tier=Severe reason=BadHeader",
        ),
    ];
    for (request, expected) in cases {
        let mut proxy = Proxy::with_one_worker(&[instance.address()]);
        let mut client = proxy.client();
        client.send(request);
        client.answer();
        let said = proxy.stop();
        assert!(said.contains(expected), "{request:?}: {said}");
        // A second one at once is counted and not told.
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let mut proxy = Proxy::with_one_worker(&[instance.address()]);
    let mut client = proxy.client();
    client.get("/");
    client.answer();
    assert_eq!(proxy.stop(), "", "a compliant request is not told");
}

#[test]
fn a_signal_lets_the_proxy_tell_of_every_refusal_and_another_ends_that() {
    use crate::cloud::{EULB, GLANCE, PATIENCE};
    use rustix::process::{Pid, Signal, kill_process};
    use std::process::{Command, Stdio};
    use std::time::Instant;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("told");
    let mut proxy = Command::new(EULB)
        .args(["proxy", "--listen", "http:127.0.0.1:0", "--threads", "1"])
        .args(["--to", "127.0.0.1:9"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&path).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(proxy.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    let address = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
    let told = || std::fs::read_to_string(&path).unwrap();
    let until = |text: &str| {
        let began = Instant::now();
        while !told().contains(text) {
            assert!(began.elapsed() < PATIENCE, "{text} is not told: {}", told());
            std::thread::sleep(GLANCE);
        }
    };
    let refused = || {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
        assert_eq!(client.answer().status(), 400);
    };
    let signal = || kill_process(Pid::from_child(&proxy), Signal::USR1).unwrap();
    refused();
    assert!(!told().contains("request refused"), "{}", told());
    signal();
    until("log level: debug");
    refused();
    until("request refused");
    signal();
    until("log level: as at the start");
    let count = told().matches("request refused").count();
    refused();
    assert_eq!(told().matches("request refused").count(), count);
    proxy.kill().unwrap();
    proxy.wait().unwrap();
}

#[test]
fn the_attribute_sets_the_mode_and_the_tiers_are_counted() {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    cloud.web_with(1);
    let address = cloud.listener("web").address;
    let zero = "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    let statuses = |expected: [u16; 2]| {
        for (request, status) in [(zero, expected[0]), (AMBIGUOUS, expected[1])] {
            let mut client = Client::connect(address);
            client.send(request);
            assert_eq!(client.answer().status(), status, "{request}");
        }
    };
    statuses([200, 200]);
    let attribute = [
        "AdditionalAttributes.member.1.Key=elb.http.desyncmitigationmode",
        "AdditionalAttributes.member.1.Value=strictest",
    ];
    cloud.ok(
        "eulb-modify-lb-attributes",
        ["--release=aws", "web", attribute[0], attribute[1]],
    );
    cloud.settle();
    statuses([400, 400]);
    let mut client = Client::connect(address);
    client.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n");
    assert_eq!(client.answer().status(), 400);
    let mut counts = Counts::default();
    for listener in cloud.traffic().listeners {
        counts += listener.counts;
    }
    assert_eq!(
        (
            counts.acceptable_requests,
            counts.ambiguous_requests,
            counts.severe_requests
        ),
        (2, 2, 1)
    );
    assert_eq!(counts.non_compliant_requests(), 5);
}
