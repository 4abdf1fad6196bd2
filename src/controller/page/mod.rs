//! The status page: one HTML document for a browser on this machine, read-only.
//!
//! `POST /_eulb/web`, which only the administrator may, makes a link with a token that opens one
//! session, once, within a minute. The session is a cookie that scripts cannot read and that no other
//! site's page can make a browser send; requests with a foreign origin or host are refused besides,
//! and the page may load nothing but itself (Content-Security-Policy). A cookie is not bound to a
//! port: another server on this address would be sent it under the same path, so its name has the
//! port in it and its path is the page's alone.
//!
//! The numbers are in the document; its script only keeps them fresh and draws curves.
//!
//! Source: RFC 6265bis (SameSite), Content Security Policy Level 3, Fetch Metadata.

mod document;
mod sessions;

use super::Shared;
use super::administration;
use crate::wire::local::{Traffic, WebLink};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName,
    HeaderValue, ORIGIN, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
pub use sessions::Sessions;
use sessions::{Secret, random};
use std::time::Instant;

/// Where the page is.
pub const PATH: &str = "/_eulb/web";
/// Where its script gets fresh numbers.
const DATA: &str = "/_eulb/web/data";

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=UTF-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Whether a path is the page's.
pub fn is_here(path: &str) -> bool {
    path == PATH || path == DATA
}

/// Makes a link that opens the page once.
///
/// # Errors
///
/// The system has no random bytes.
pub fn link(shared: &Shared) -> Result<WebLink, getrandom::Error> {
    let token = shared.sessions.offer(Instant::now())?;
    Ok(WebLink {
        url: format!("http://{}{PATH}?token={token}", shared.public_address()),
    })
}

/// Why the page is not shown: a status and what to do.
type Refusal = (StatusCode, &'static str);

/// Answers a browser.
pub fn answer(shared: &Shared, parts: &Parts) -> Response<Full<Bytes>> {
    let nonce = random().unwrap_or_else(|_| Secret::nothing());
    let answered = admit(parts).and_then(|()| respond(shared, parts, nonce.as_str()));
    let mut response = answered.unwrap_or_else(|(status, line)| {
        let mut response = html(document::message(line, nonce.as_str()));
        *response.status_mut() = status;
        response
    });
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        nonce.as_str()
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn html(text: String) -> Response<Full<Bytes>> {
    with_type(HTML, text)
}

fn with_type(kind: HeaderValue, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Refuses what no page of ours and no person makes a browser send.
fn admit(parts: &Parts) -> Result<(), Refusal> {
    const FOREIGN: Refusal = (StatusCode::FORBIDDEN, "This page is not for other sites.");
    if parts.method != Method::GET {
        return Err((
            StatusCode::METHOD_NOT_ALLOWED,
            "This page can only be read.",
        ));
    }
    let text = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let authority = text(HOST).unwrap_or_default();
    let host = authority
        .rfind(':')
        .filter(|at| !authority[*at..].contains(']'));
    let host = &authority[..host.unwrap_or(authority.len())];
    if !super::http::is_own_host(host) {
        return Err((
            StatusCode::FORBIDDEN,
            "This page takes an IP address or localhost as the host.",
        ));
    }
    if parts.headers.contains_key(ORIGIN) && text(ORIGIN) != Some(&format!("http://{authority}")) {
        return Err(FOREIGN);
    }
    // A link in another site's page may lead here, but then there is no cookie; scripts, frames and
    // images of other sites may not even ask.
    let site = parts
        .headers
        .get("sec-fetch-site")
        .map(HeaderValue::as_bytes);
    let mode = parts
        .headers
        .get("sec-fetch-mode")
        .map(HeaderValue::as_bytes);
    let own = site.is_none_or(|site| matches!(site, b"same-origin" | b"none"));
    if !own && mode != Some(b"navigate") {
        return Err(FOREIGN);
    }
    Ok(())
}

fn respond(shared: &Shared, parts: &Parts, nonce: &str) -> Result<Response<Full<Bytes>>, Refusal> {
    const CLOSED: Refusal = (
        StatusCode::UNAUTHORIZED,
        "Open this page with a link of: eulb local status --web",
    );
    let now = Instant::now();
    let name = format!("eulb-{}", shared.public_address().port());
    let token = parts
        .uri
        .query()
        .and_then(|query| query.strip_prefix("token="));
    if let Some(token) = token {
        let session = shared.sessions.redeem(token, now).ok_or((
            StatusCode::FORBIDDEN,
            "This link has been used, or is older than a minute. Make another one: eulb local status --web",
        ))?;
        // Not a redirect: a browser that came by a link of another site would not send the cookie.
        let mut response = html(document::entrance(nonce));
        let cookie = format!(
            "{name}={}; Path={PATH}; HttpOnly; SameSite=Strict; Max-Age={}",
            session.as_str(),
            sessions::SESSION.as_secs()
        );
        let cookie = HeaderValue::from_str(&cookie).map_err(|_| CLOSED)?;
        response.headers_mut().insert(SET_COOKIE, cookie);
        return Ok(response);
    }
    let held = cookie(&parts.headers, &name).is_some_and(|held| shared.sessions.knows(held, now));
    if !held {
        return Err(CLOSED);
    }
    let status = administration::status(shared);
    let traffic = Traffic {
        at_milliseconds: shared.config.clock.now().0,
        listeners: shared.traffic(),
    };
    if parts.uri.path() == DATA {
        let data = serde_json::json!({ "status": status, "traffic": traffic });
        return Ok(with_type(JSON, data.to_string()));
    }
    Ok(html(document::whole(&status, &traffic, nonce)))
}

/// The value of a cookie.
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
