//! One request to the service, tried as often as is sensible: sign, send, follow, read.

use super::Prepared;
use super::encoding::{self, Undecodable};
use super::error::{CallError, ServiceError};
use super::settings::Settings;
use super::tls;
use crate::clock::Clock;
use crate::wire::xml::{Document, Limits, root_name};
use crate::wire::{SERVICE, sigv4};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// Redirects followed in one try. Source: euca2ools 3.4.1.
const MAXIMUM_REDIRECTS: u32 = 5;

/// How many times the longest silence a whole body may take: five minutes, if nothing else is
/// configured. A service that sends a byte now and then is never silent, and never done.
const BODY_TIMEOUTS: u32 = 10;

const FORM: &str = "application/x-www-form-urlencoded";

/// Sends forms to one endpoint.
#[derive(Debug)]
pub(super) struct Transport {
    endpoint: Url,
    settings: Settings,
    /// For http URLs: never loads a certificate.
    plain: OnceLock<reqwest::Client>,
    /// For https URLs, which may only come up in a redirect.
    secure: OnceLock<reqwest::Client>,
}

/// The body of a successful answer.
pub(super) struct Success {
    pub body: Vec<u8>,
}

/// A failure, and whether an earlier try of the same request may have been carried out.
pub(super) struct Failure {
    pub error: CallError,
    pub perhaps_done: bool,
}

impl Transport {
    pub(super) fn new(settings: Settings) -> Result<Transport, CallError> {
        let endpoint = endpoint(&settings.endpoint.value)?;
        let transport = Transport {
            endpoint,
            settings,
            plain: OnceLock::new(),
            secure: OnceLock::new(),
        };
        transport.http(&transport.endpoint)?;
        Ok(transport)
    }

    /// Whether the endpoint is a loopback address or a name that always means one.
    pub(super) fn is_on_this_machine(&self) -> bool {
        let host = self.endpoint.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        match address.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        }
    }

    /// The HTTP client for a URL's scheme.
    fn http(&self, url: &Url) -> Result<&reqwest::Client, CallError> {
        let secure = url.scheme() == "https";
        let kept = if secure { &self.secure } else { &self.plain };
        if let Some(http) = kept.get() {
            return Ok(http);
        }
        let settings = &self.settings;
        let tls = tls::configuration(&settings.verification.value, secure)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(user_agent())
            // A redirected request must be signed anew, so it is followed here and not there.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(settings.timeout.value)
            .read_timeout(settings.timeout.value)
            .build()
            .map_err(|error| CallError::Settings(innermost(&error)))?;
        Ok(kept.get_or_init(|| http))
    }

    /// Asks for a path of the endpoint's host, once and unsigned.
    pub(super) async fn get(&self, path: &str) -> Result<reqwest::Response, CallError> {
        let mut url = self.endpoint.clone();
        url.set_path(path);
        url.set_query(None);
        let request = reqwest::Request::new(Method::GET, url.clone());
        let answer = self.http(&url)?.execute(request).await;
        answer.map_err(|error| failure(&url, &error))
    }

    /// Sends a form until it succeeds, fails for good, or has been tried often enough.
    ///
    /// Tried again: 500, 503 and silence, whatever the action. Not tried again: refused or dropped
    /// connections, TLS errors and everything else the service says.
    pub(super) async fn post(&self, form: &str) -> Result<Success, Failure> {
        let mut failed = 0;
        loop {
            let error = match self.try_once(form).await {
                Ok(body) => return Ok(Success { body }),
                Err(error) => error,
            };
            let passing = matches!(
                &error,
                CallError::Timeout
                    | CallError::Service(ServiceError {
                        status: 500 | 503,
                        ..
                    })
            );
            if !passing || failed >= self.settings.retries.value {
                return Err(Failure {
                    error,
                    perhaps_done: failed > 0,
                });
            }
            failed += 1;
            let pause = self.settings.pauses.after(failed, spread());
            tracing::debug!(target: "eulb::client", %error, ?pause, "trying again");
            tokio::time::sleep(pause).await;
        }
    }

    /// One try, with its redirects.
    async fn try_once(&self, form: &str) -> Result<Vec<u8>, CallError> {
        let mut url = self.endpoint.clone();
        let mut redirects = 0;
        loop {
            let request = self.signed(&url, form)?;
            tracing::debug!(
                target: "eulb::client",
                "sending {} {} {}", request.method(), request.url(), headers_for_people(request.headers())
            );
            let sent = Instant::now();
            let answer = self.http(&url)?.execute(request).await;
            let answer = answer.map_err(|error| failure(&url, &error))?;
            let status = answer.status();
            tracing::debug!(
                target: "eulb::client",
                "received after {:?} {} {}", sent.elapsed(), status, headers_for_people(answer.headers())
            );
            let followed = matches!(status.as_u16(), 301 | 302 | 307 | 308);
            if followed && let Some(next) = location(&url, answer.headers()) {
                redirects += 1;
                if redirects > MAXIMUM_REDIRECTS {
                    return Err(CallError::TooManyRedirects {
                        maximum: MAXIMUM_REDIRECTS,
                        location: next.to_string(),
                    });
                }
                url = next;
                continue;
            }
            let reason = reason_of(&answer);
            let limit = self.settings.timeout.value.saturating_mul(BODY_TIMEOUTS);
            let body = tokio::time::timeout(limit, self.read(answer, &url))
                .await
                .map_err(|_elapsed| CallError::Timeout)??;
            tracing::debug!(target: "eulb::client", "body, whole after {:?}, {}", sent.elapsed(), String::from_utf8_lossy(&body));
            return settle(status, reason, body);
        }
    }

    /// Reads the body, up to a limit.
    async fn read(&self, mut answer: reqwest::Response, url: &Url) -> Result<Vec<u8>, CallError> {
        let maximum_bytes = self.settings.maximum_answer_bytes;
        let headers = std::mem::take(answer.headers_mut());
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| failure(url, &error))? {
            if body.len() + piece.len() > maximum_bytes {
                return Err(CallError::TooLong { maximum_bytes });
            }
            body.extend_from_slice(&piece);
        }
        encoding::decoded(&headers, body, maximum_bytes).map_err(|error| match error {
            Undecodable::TooLong => CallError::TooLong { maximum_bytes },
            Undecodable::Corrupt(reason) => CallError::Connection(format!(
                "{}: the answer cannot be decompressed: {reason}",
                host_of(url)
            )),
        })
    }

    /// The request as it would be sent to the endpoint.
    pub(super) fn prepared(&self, form: String) -> Result<Prepared, CallError> {
        let request = self.signed(&self.endpoint, &form)?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers().iter();
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        headers.sort();
        Ok(Prepared {
            url: self.endpoint.to_string(),
            headers,
            form,
        })
    }

    /// The request with its signature, which covers every header but User-Agent and Connection.
    fn signed(&self, url: &Url, form: &str) -> Result<reqwest::Request, CallError> {
        let host = host_of(url);
        let length = form.len().to_string();
        let headers = [
            ("accept", "*/*"),
            ("accept-encoding", "gzip, deflate"),
            ("content-length", &length),
            ("content-type", FORM),
            ("host", &host),
        ];
        let unsignable = |error: &dyn std::error::Error| {
            CallError::Settings(format!("cannot sign the request: {}", innermost(error)))
        };
        let keys = &self.settings.credentials;
        let identity = Credentials::new(
            &keys.access_key,
            &keys.secret_key,
            keys.session_token.clone(),
            None,
            "eulb",
        )
        .into();
        let mut how = SigningSettings::default();
        how.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.settings.signing_region.value)
            .name(SERVICE)
            .time(SystemTime::now())
            .settings(how)
            .build()
            .map_err(|error| unsignable(&error))?
            .into();
        let signable = SignableRequest::new(
            "POST",
            url.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(form.as_bytes()),
        )
        .map_err(|error| unsignable(&error))?;
        let (instructions, _signature) = sign(signable, &parameters)
            .map_err(|error| unsignable(&error))?
            .into_parts();

        let mut request = reqwest::Request::new(Method::POST, url.clone());
        let signatures = instructions.headers();
        for (name, value) in headers.into_iter().chain(signatures) {
            let name =
                HeaderName::from_bytes(name.as_bytes()).map_err(|error| unsignable(&error))?;
            let value = HeaderValue::from_str(value).map_err(|_| {
                CallError::Settings(format!(
                    "the {name} header has characters that cannot be sent"
                ))
            })?;
            request.headers_mut().insert(name, value);
        }
        *request.body_mut() = Some(form.to_owned().into());
        tell_signature(&request, url, form);
        Ok(request)
    }
}

/// Tells `--debug` what was signed, as our own reading of the request has it.
fn tell_signature(request: &reqwest::Request, url: &Url, form: &str) {
    if !tracing::enabled!(target: "eulb::client", tracing::Level::DEBUG) {
        return;
    }
    let headers: Vec<(&str, &[u8])> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let request = sigv4::Request {
        method: "POST",
        path: url.path(),
        query: url.query().unwrap_or_default(),
        headers: &headers,
        body: form.as_bytes(),
    };
    if let Ok(claim) = sigv4::claim(&request, &[SERVICE], Clock::real().now()) {
        let token = "x-amz-security-token:";
        let canonical = claim.canonical(&request);
        let canonical: Vec<&str> = canonical
            .split('\n')
            .map(|line| match line.starts_with(token) {
                true => "x-amz-security-token:<redacted>",
                false => line,
            })
            .collect();
        tracing::debug!(target: "eulb::client", "form {form}");
        tracing::debug!(target: "eulb::client", "canonical request {}", canonical.join("\\n"));
        let text = claim.signs(&request);
        tracing::debug!(target: "eulb::client", "string to sign {}", text.replace('\n', "\\n"));
    }
}

/// The endpoint as a URL that can be posted to.
fn endpoint(text: &str) -> Result<Url, CallError> {
    let bad = |reason: &str| CallError::Settings(format!("'{text}' is no endpoint: {reason}"));
    let mut url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("its scheme is neither http nor https"));
    }
    // A user in the URL would become an Authorization header of its own.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(url)
}

fn user_agent() -> String {
    format!(
        "eulb/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// The Host header: the port only where it is not the scheme's own.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Where a redirect leads, if it is a place that can be posted to.
fn location(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let text = headers.get("location")?.to_str().ok()?;
    let url = from.join(text).ok()?;
    endpoint(url.as_str()).ok()
}

/// Tells success from refusal. Any status below 300 is a success, unless its body is an error.
fn settle(status: StatusCode, reason: String, body: Vec<u8>) -> Result<Vec<u8>, CallError> {
    let success = status.as_u16() < 300;
    if success && !may_be_error(&body) {
        return Ok(body);
    }
    let document = Document::read(&body, Limits::bytes(body.len()));
    let (code, message, request_id) = match &document {
        Ok(document) => match document.error() {
            Some(error) => (error.code, error.message, error.request_id),
            None if success => return Ok(body),
            None => (None, None, None),
        },
        Err(_) if success => return Ok(body),
        Err(_) => {
            let text = String::from_utf8_lossy(&body);
            let quote = Some(ServiceError::quoting(text.trim())).filter(|text| !text.is_empty());
            (None, quote, None)
        }
    };
    Err(CallError::Service(ServiceError {
        status: status.as_u16(),
        code: code.unwrap_or_else(|| status.as_u16().to_string()),
        message: message.unwrap_or(reason),
        request_id,
    }))
}

/// Whether the root of a document may be that of an error; EC2's is `Response`. Large answers are read
/// no further for it.
fn may_be_error(body: &[u8]) -> bool {
    root_name(body).is_some_and(|name| name.contains("Error") || name == "Response")
}

/// The reason phrase as it was sent, else the usual one.
fn reason_of(answer: &reqwest::Response) -> String {
    let sent = answer
        .extensions()
        .get::<hyper::ext::ReasonPhrase>()
        .map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned());
    let usual = || answer.status().canonical_reason().unwrap_or("").to_owned();
    sent.filter(|reason| !reason.trim().is_empty())
        .unwrap_or_else(usual)
}

/// Headers in one line, without what proves identity.
fn headers_for_people(headers: &HeaderMap) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        let secret = matches!(
            name.as_str(),
            "x-amz-security-token" | "proxy-authorization"
        );
        let value = if secret {
            "<redacted>".into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        text.push_str(&format!("{name}: {value}; "));
    }
    text
}

fn failure(url: &Url, error: &reqwest::Error) -> CallError {
    if error.is_timeout() {
        return CallError::Timeout;
    }
    CallError::Connection(format!("{}: {}", host_of(url), innermost(error)))
}

/// The cause of the causes: `Connection refused (os error 111)`.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// A number between 0 and 1 that differs from process to process.
fn spread() -> f64 {
    let mut byte = [0; 1];
    // Without randomness the pauses are merely alike.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / f64::from(u8::MAX)
}
