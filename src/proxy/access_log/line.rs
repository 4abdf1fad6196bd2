//! One line of the access log: its fields, and how they are written.
//!
//! Whatever comes from a client stays inside its quotes and on its line: control characters, quotes
//! and bytes beyond ASCII are written `\x1b`.

use crate::model::plane::LogForm;
use crate::proxy::tls::Negotiated;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;
use time::OffsetDateTime;

/// Seconds spent in the three phases of an exchange; nothing where a phase was not reached (-1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Phases {
    /// From the first byte of the request to its dispatch to an instance; of a session, from its
    /// beginning to the first byte that an instance is sent.
    pub request: Option<Duration>,
    /// From the dispatch to the head of the instance's answer; of a session, the time it took to
    /// connect to the instance.
    pub backend: Option<Duration>,
    /// From there, or from the instance's first byte, to the first byte sent to the client.
    pub response: Option<Duration>,
}

/// One request, or one TCP session.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// When the request began to arrive.
    pub at: OffsetDateTime,
    pub balancer: &'a str,
    pub client: SocketAddr,
    /// Nothing if none was reached.
    pub instance: Option<SocketAddr>,
    pub phases: Phases,
    /// The status sent to the client and, if it answered, the instance's. Nothing for sessions.
    pub statuses: Option<(u16, Option<u16>)>,
    /// Of bodies, as they are framed; of sessions, all.
    pub received_bytes: u64,
    pub sent_bytes: u64,
    /// As it stands within the quotes ([`HttpRecord::write`]); empty if there is none.
    pub request: &'a str,
    /// Likewise ([`quote`]).
    pub agent: &'a str,
    pub tls: Option<Negotiated>,
}

impl Record<'_> {
    /// Appends the line, with its end.
    pub fn write(&self, form: LogForm, out: &mut String) {
        moment(self.at, out);
        let _ = write!(out, " {} {} ", self.balancer, self.client);
        match self.instance {
            Some(instance) => {
                let _ = write!(out, "{instance}");
            }
            None => out.push('-'),
        }
        seconds(self.phases.request, out);
        seconds(self.phases.backend, out);
        seconds(self.phases.response, out);
        match (self.statuses, form) {
            // Amazon writes 0 for an instance that did not answer.
            (Some((status, instance)), _) => {
                let _ = write!(out, " {status} {}", instance.unwrap_or_default());
            }
            (None, LogForm::Amazon) => out.push_str(" - -"),
            (None, LogForm::Eucalyptus) => out.push_str(" -1 -1"),
        }
        let _ = write!(out, " {} {}", self.received_bytes, self.sent_bytes);
        if self.statuses.is_some() || form == LogForm::Amazon {
            let request = Some(self.request).filter(|request| !request.is_empty());
            let agent = Some(self.agent).filter(|agent| !agent.is_empty());
            let _ = write!(
                out,
                " \"{}\" \"{}\"",
                request.unwrap_or("- - - "),
                agent.unwrap_or("-")
            );
        }
        if form == LogForm::Amazon {
            match &self.tls {
                Some(tls) => {
                    let _ = write!(out, " {} {}", tls.cipher, tls.protocol);
                }
                None => out.push_str(" - -"),
            }
        }
        out.push('\n');
    }
}

/// The parts of a request line, and where it was sent.
#[derive(Clone, Copy, Debug)]
pub struct HttpRecord<'a> {
    pub method: &'a [u8],
    /// Origin-form, absolute-form or `*`, as it was sent.
    pub target: &'a [u8],
    /// `HTTP/1.1`
    pub version: &'a [u8],
    /// `http` or `https`
    pub scheme: &'a str,
    /// As Host has it, perhaps with a port.
    pub host: &'a [u8],
    pub port: u16,
}

impl HttpRecord<'_> {
    /// Appends `METHOD SCHEME://HOST:PORT/PATH VERSION` as it stands within quotes.
    pub fn write(&self, out: &mut String) {
        let absolute = ["http://", "https://"].iter().find_map(|scheme| {
            let (start, rest) = self.target.split_at_checked(scheme.len())?;
            start
                .eq_ignore_ascii_case(scheme.as_bytes())
                .then_some(rest)
        });
        let (host, path) = match absolute {
            Some(rest) => {
                let is_end = |byte: &u8| matches!(byte, b'/' | b'?');
                rest.split_at(rest.iter().position(is_end).unwrap_or(rest.len()))
            }
            None => (self.host, self.target),
        };
        quote(self.method, out);
        let _ = write!(out, " {}://", self.scheme);
        quote(without_port(host), out);
        let _ = write!(out, ":{}", self.port);
        quote(path, out);
        out.push(' ');
        quote(self.version, out);
    }
}

/// The host of `host:port`: the line has the listener's port, once.
fn without_port(host: &[u8]) -> &[u8] {
    let colon = host.iter().rposition(|byte| *byte == b':').filter(|colon| {
        let port = &host[colon + 1..];
        !port.is_empty() && port.iter().all(u8::is_ascii_digit)
    });
    colon.map_or(host, |colon| &host[..colon])
}

/// `2015-05-13T23:39:43.945958Z`
fn moment(at: OffsetDateTime, out: &mut String) {
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, micro) = at.to_hms_micro();
    let month = u8::from(month);
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z"
    );
}

fn seconds(phase: Option<Duration>, out: &mut String) {
    match phase {
        Some(phase) => {
            let _ = write!(out, " {}.{:06}", phase.as_secs(), phase.subsec_micros());
        }
        None => out.push_str(" -1"),
    }
}

/// Appends what a client sent so that it stays inside its quotes and on its line.
pub fn quote(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        match byte {
            b'"' | b'\\' | 0..=0x1f | 0x7f..=0xff => {
                let _ = write!(out, "\\x{byte:02x}");
            }
            byte => out.push(byte.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use proptest::prelude::*;
    use time::macros::datetime;

    fn asked(target: &[u8]) -> String {
        let mut request = String::new();
        HttpRecord {
            method: b"GET",
            target,
            version: b"HTTP/1.1",
            scheme: "http",
            host: b"www.example.com:8080",
            port: 80,
        }
        .write(&mut request);
        request
    }

    fn line(change: impl FnOnce(&mut Record<'_>), form: LogForm) -> String {
        let (request, mut agent, mut out) = (asked(b"/a?b=\"c\""), String::new(), String::new());
        quote(b"curl/7.38.0\r\n\x1b[2J", &mut agent);
        let mut record = Record {
            at: datetime!(2015-05-13 23:39:43.945958 UTC),
            balancer: "my-loadbalancer",
            client: "192.168.131.39:2817".parse().unwrap(),
            instance: Some("10.0.0.1:80".parse().unwrap()),
            phases: Phases {
                request: Some(Duration::from_micros(73)),
                backend: Some(Duration::from_micros(1_001_048)),
                response: Some(Duration::from_micros(57)),
            },
            statuses: Some((200, Some(200))),
            received_bytes: 0,
            sent_bytes: 29,
            request: &request,
            agent: &agent,
            tls: None,
        };
        change(&mut record);
        record.write(form, &mut out);
        out
    }

    #[test]
    fn lines_are_those_of_elb() {
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 1.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/a?b=\x22c\x22 HTTP/1.1" "curl/7.38.0\x0d\x0a\x1b[2J" - -
        "#]]
        .assert_eq(&line(|_| (), LogForm::Amazon));
        let unavailable = |record: &mut Record<'_>| {
            (record.instance, record.phases) = (None, Phases::default());
            (record.statuses, record.agent) = (Some((503, None)), "");
        };
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 - -1 -1 -1 503 0 0 29 "GET http://www.example.com:80/a?b=\x22c\x22 HTTP/1.1" "-"
        "#]]
        .assert_eq(&line(unavailable, LogForm::Eucalyptus));
        let unreadable = |record: &mut Record<'_>| {
            unavailable(record);
            (record.statuses, record.request) = (Some((400, None)), "");
        };
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 - -1 -1 -1 400 0 0 29 "- - - " "-" - -
        "#]]
        .assert_eq(&line(unreadable, LogForm::Amazon));
        let session = |record: &mut Record<'_>| {
            record.statuses = None;
            (record.request, record.agent) = ("", "");
            record.tls = Some(Negotiated {
                cipher: "ECDHE-RSA-AES128-GCM-SHA256",
                protocol: "TLSv1.2",
            });
        };
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 1.001048 0.000057 - - 0 29 "- - - " "-" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2
        "#]]
        .assert_eq(&line(session, LogForm::Amazon));
        expect![[r#"
            2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 1.001048 0.000057 -1 -1 0 29
        "#]]
        .assert_eq(&line(session, LogForm::Eucalyptus));
    }

    #[test]
    fn urls_have_the_listeners_port_once() {
        #[rustfmt::skip]
        let cases: [(&[u8], &str); 5] = [
            (b"/", "GET http://www.example.com:80/ HTTP/1.1"),
            (b"http://other.example:81/x?y", "GET http://other.example:80/x?y HTTP/1.1"),
            (b"HTTPS://[::1]?y", "GET http://[::1]:80?y HTTP/1.1"),
            (b"*", "GET http://www.example.com:80* HTTP/1.1"),
            (b"/\xc3\xa9 z", "GET http://www.example.com:80/\\xc3\\xa9 z HTTP/1.1"),
        ];
        for (target, expected) in cases {
            assert_eq!(asked(target), expected);
        }
    }

    proptest! {
        #[test]
        fn a_client_cannot_break_its_line(
            path in proptest::collection::vec(any::<u8>(), 0..40),
            agent in proptest::collection::vec(any::<u8>(), 1..40),
        ) {
            let (path, mut quoted) = (asked(&path), String::new());
            quote(&agent, &mut quoted);
            let mut out = String::new();
            let template = line(|_| (), LogForm::Amazon);
            prop_assert_eq!(template.matches('"').count(), 4);
            let change = |record: &mut Record<'_>| {
                let record_at = *record;
                Record { request: &path, agent: &quoted, ..record_at }.write(LogForm::Amazon, &mut out);
            };
            line(change, LogForm::Amazon);
            prop_assert_eq!(out.matches('\n').count(), 1);
            prop_assert_eq!(out.matches('"').count(), 4);
            prop_assert!(out.trim_end().chars().all(|c| (' '..='~').contains(&c)));
        }
    }
}
