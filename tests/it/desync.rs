//! The corpus of `http-desync-guardian` through the data plane: requests that differ from what their
//! readers agree about, each in the tier that Elastic Load Balancing puts it in.
//!
//! Severe: refused. Compliant: served, and so is the next request on the connection. Ambiguous:
//! refused, or read in one way only and both connections closed behind it. Acceptable: served or
//! refused. Never, in any tier, does an instance see a request that was not sent as one.

use crate::reading::{Fault, Framing, Message, latin1, read_head, request_framing};
use crate::scripted::{Proxy, Recorder};

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
        "a fragment and characters that RFC 3986 does not let stand in a target",
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
fn the_corpus_is_served_or_refused_by_its_tier_and_never_smuggles() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/http-desync-guardian/cases.json"
    );
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(cases.len(), 159, "the whole corpus");
    let instance = Recorder::echoing();
    let proxy = Proxy::http(&[instance.address()]);
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
            if kept && (!served || case.tier == Tier::Ambiguous) {
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
