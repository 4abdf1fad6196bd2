//! What a web instance answers: who it is, how often it was asked, and what reached it.

use crate::model::instance::{InstanceId, WebInstance};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode, Version};
use std::convert::Infallible;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The path that tells whether the instance is well.
const HEALTH: &str = "/health";

/// Names the instance in every answer, for clients that count without reading bodies.
const INSTANCE: HeaderName = HeaderName::from_static("x-instance");

/// The page of one instance. Behaviour changes take effect on the next request.
pub struct Page {
    id: InstanceId,
    name: HeaderValue,
    failing: AtomicBool,
    delay_milliseconds: AtomicU64,
    /// Requests other than health checks, since the instance was switched on.
    requests: AtomicU64,
}

impl Page {
    pub fn new(id: &InstanceId, settings: &WebInstance) -> Page {
        let page = Page {
            id: id.clone(),
            name: HeaderValue::from_str(id.as_str()).unwrap_or(HeaderValue::from_static("?")),
            failing: AtomicBool::default(),
            delay_milliseconds: AtomicU64::default(),
            requests: AtomicU64::default(),
        };
        page.behave(settings);
        page
    }

    /// Takes over the behaviour that is now desired.
    pub fn behave(&self, settings: &WebInstance) {
        self.failing.store(settings.failing, Ordering::Relaxed);
        self.delay_milliseconds
            .store(settings.delay_milliseconds, Ordering::Relaxed);
    }

    /// Answers one request: `/health` with 200 or 500, everything else with what was received. Asked
    /// for `?cookie=NAME`, it sets a cookie of that name, as an application would.
    ///
    /// # Errors
    ///
    /// None; the type is the server's.
    pub async fn answer(
        &self,
        request: Request<Incoming>,
        client: SocketAddr,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let delay = self.delay_milliseconds.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        let (head, body) = request.into_parts();
        let (status, kind, text) = if head.uri.path() == HEALTH {
            if self.failing.load(Ordering::Relaxed) {
                (StatusCode::INTERNAL_SERVER_ERROR, TEXT, "failing\n".into())
            } else {
                (StatusCode::OK, TEXT, "ok\n".into())
            }
        } else {
            let received = Received {
                instance: self.id.as_str(),
                request: self.requests.fetch_add(1, Ordering::Relaxed) + 1,
                client,
                method: &head.method,
                path: head.uri.path_and_query().map_or("/", |path| path.as_str()),
                version: head.version,
                fields: &head.headers,
                body: measure(body).await,
            };
            match wants_json(&head.headers) {
                true => (StatusCode::OK, JSON, received.json()),
                false => (StatusCode::OK, TEXT, received.text()),
            }
        };
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = status;
        let fields = response.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        fields.insert(INSTANCE, self.name.clone());
        let wanted = head
            .uri
            .query()
            .and_then(|query| query.strip_prefix("cookie="));
        let cookie = wanted.map(|name| HeaderValue::from_str(&format!("{name}={}", self.id)));
        if let Some(Ok(cookie)) = cookie {
            fields.insert(SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

fn wants_json(fields: &HeaderMap) -> bool {
    fields
        .get_all(ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains(JSON)))
}

/// The length of a body and a number that differs when a byte does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Measured {
    length: u64,
    /// FNV-1a, 64 bits: eight lines that anyone can repeat; it guards against mistakes, not malice.
    fnv1a: u64,
    /// Whether the body came to its end.
    whole: bool,
}

impl Measured {
    const NOTHING: Measured = Measured {
        length: 0,
        fnv1a: 0xcbf2_9ce4_8422_2325,
        whole: true,
    };

    fn take(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        for byte in bytes {
            self.fnv1a = (self.fnv1a ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// Reads a body of any length without keeping it.
async fn measure(mut body: Incoming) -> Measured {
    let mut measured = Measured::NOTHING;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                if let Some(data) = frame.data_ref() {
                    measured.take(data);
                }
            }
            Err(_) => {
                measured.whole = false;
                break;
            }
        }
    }
    measured
}

/// One request, as it reached the instance.
struct Received<'a> {
    instance: &'a str,
    request: u64,
    client: SocketAddr,
    method: &'a Method,
    path: &'a str,
    version: Version,
    fields: &'a HeaderMap,
    body: Measured,
}

impl Received<'_> {
    /// Lines for a person: the instance, the count, then the request.
    fn text(&self) -> String {
        let mut text = format!(
            "instance {}\nrequest {}\nfrom {}\n\n{} {} {:?}\n",
            self.instance, self.request, self.client, self.method, self.path, self.version
        );
        for (name, value) in self.fields {
            let value = String::from_utf8_lossy(value.as_bytes());
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        if self.body.length > 0 || !self.body.whole {
            let cut = if self.body.whole { "" } else { ", cut short" };
            let _ = writeln!(
                text,
                "\nbody {} bytes, fnv1a {:016x}{cut}",
                self.body.length, self.body.fnv1a
            );
        }
        text
    }

    fn json(&self) -> String {
        let fields: Vec<[String; 2]> = self
            .fields
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                [name.as_str().to_owned(), value]
            })
            .collect();
        let mut text = serde_json::json!({
            "instance": self.instance,
            "request": self.request,
            "from": self.client.to_string(),
            "method": self.method.as_str(),
            "path": self.path,
            "version": format!("{:?}", self.version),
            "headers": fields,
            "body": {
                "length": self.body.length,
                "fnv1a": format!("{:016x}", self.body.fnv1a),
                "whole": self.body.whole,
            },
        })
        .to_string();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received<'a>(method: &'a Method, fields: &'a HeaderMap, body: &[u8]) -> Received<'a> {
        let mut measured = Measured::NOTHING;
        measured.take(body);
        Received {
            instance: "i-1DF9440E",
            request: 17,
            client: "127.101.0.1:40000".parse().unwrap(),
            method,
            path: "/a?b=c",
            version: Version::HTTP_11,
            fields,
            body: measured,
        }
    }

    #[test]
    fn a_page_tells_what_reached_the_instance() {
        let mut fields = HeaderMap::new();
        fields.insert("host", HeaderValue::from_static("web.example"));
        fields.append("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
        fields.append("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
        assert_eq!(
            received(&Method::GET, &fields, b"").text(),
            "instance i-1DF9440E\nrequest 17\nfrom 127.101.0.1:40000\n\n\
             GET /a?b=c HTTP/1.1\nhost: web.example\nx-forwarded-for: 192.0.2.1\n\
             x-forwarded-for: 127.0.0.1\n"
        );
        // Test vector of FNV-1a's authors: "foobar".
        assert_eq!(
            received(&Method::POST, &HeaderMap::new(), b"foobar").text(),
            "instance i-1DF9440E\nrequest 17\nfrom 127.101.0.1:40000\n\n\
             POST /a?b=c HTTP/1.1\n\nbody 6 bytes, fnv1a 85944171f73967e8\n"
        );
    }

    #[test]
    fn a_page_is_json_when_asked() {
        let mut fields = HeaderMap::new();
        fields.insert("accept", HeaderValue::from_static("application/json"));
        assert!(wants_json(&fields));
        assert!(!wants_json(&HeaderMap::new()));
        let page: serde_json::Value =
            serde_json::from_str(&received(&Method::PUT, &fields, b"").json()).unwrap();
        assert_eq!(page["instance"], "i-1DF9440E");
        assert_eq!(page["headers"][0][1], "application/json");
        assert_eq!(page["body"]["length"], 0);
    }
}
