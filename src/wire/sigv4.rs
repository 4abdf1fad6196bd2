//! Verifying AWS Signature Version 4: is a request from whom it claims to be, and as it was signed?
//!
//! Two steps, so that whoever keeps the keys may look one up, or cache a derived one, in between:
//! [`claim`] reads what the request says about itself and checks all that needs no key; then
//! [`Claim::verify`] checks the signature. Both forms are known: the Authorization header, and the
//! presigned query. There is no clock here, the moment is an argument.
//!
//! A refusal says what is wrong by name. It never shows what would have been right: no canonical
//! request, no string to sign, no signature.
//!
//! Source: "Signature Version 4 signing process", AWS General Reference; services other than S3
//! encode the path once more and do not take unsigned payloads.

use super::fault::Fault;
use crate::model::timestamp::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;
use subtle::ConstantTimeEq;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What comes before the credential in the Authorization header.
const CREDENTIAL: &str = "Credential=";

/// How far the clocks of client and service may be apart, either way.
pub const MAXIMUM_SKEW: Duration = Duration::minutes(15);

/// Seconds for which a presigned request may be valid: a week.
const MAXIMUM_PRESIGNED_SECONDS: i64 = 604_800;

/// Header names in one signature; real ones have about ten.
const MAXIMUM_SIGNED_HEADERS: usize = 100;

/// A request as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: &'a str,
    /// The path of the request line, still encoded, without the query.
    pub path: &'a str,
    /// The query of the request line, still encoded, without the question mark; empty if none.
    pub query: &'a str,
    /// Names in any case, values as bytes, in order of arrival.
    pub headers: &'a [(&'a str, &'a [u8])],
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The only header of a name; nothing if there is none.
    pub(super) fn header(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.values(name);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(incomplete(format!(
                "the {name} header is there more than once"
            )));
        }
        let text = std::str::from_utf8(value)
            .map_err(|_| incomplete(format!("the {name} header is not text")))?;
        Ok(Some(text.trim()))
    }
}

/// Why a request is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the request is not signed")]
    Missing,
    /// The signature cannot be read, or leaves out what it must cover.
    #[error("{0}")]
    Incomplete(String),
    /// The signature is not yet, or no longer, good.
    #[error("{0}")]
    Expired(String),
    /// The signature, or something it covers, is not what it should be.
    #[error("{0}")]
    Mismatch(String),
}

impl Refusal {
    /// Another signature was due; which one is not said.
    pub(super) fn mismatch() -> Refusal {
        Refusal::Mismatch(
            "The request signature we calculated does not match the signature you provided. \
             Check your secret key and signing method."
                .to_owned(),
        )
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        match refusal {
            Refusal::Missing => Fault::MissingAuthenticationToken,
            Refusal::Incomplete(reason) => Fault::IncompleteSignature { reason },
            Refusal::Expired(reason) => Fault::RequestExpired { reason },
            Refusal::Mismatch(reason) => Fault::SignatureDoesNotMatch { reason },
        }
    }
}

fn incomplete(reason: impl Into<String>) -> Refusal {
    Refusal::Incomplete(reason.into())
}

/// For which day, region and service a signature is good. A signing key is derived for one scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// `20130614`
    pub date: String,
    /// Any text: Eucalyptus and this service accept every region.
    pub region: String,
    pub service: String,
}

/// What a request says about who signed it and how.
#[derive(Clone, Debug)]
pub struct Claim {
    pub access_key: String,
    pub scope: Scope,
    /// The session token, which the keeper of the keys must compare.
    pub session_token: Option<String>,
    /// `20130614T120000Z`
    timestamp: String,
    signed_headers: Vec<String>,
    signature: [u8; 32],
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Header,
    Query,
}

/// A key derived for one scope; good for a day, and cheaper to keep than to derive.
#[derive(Clone)]
pub struct SigningKey([u8; 32]);

/// Derives the signing key of a scope from a secret key.
pub fn derive(secret_key: &str, scope: &Scope) -> SigningKey {
    let date = hmac(
        format!("AWS4{secret_key}").as_bytes(),
        scope.date.as_bytes(),
    );
    let region = hmac(&date, scope.region.as_bytes());
    let service = hmac(&region, scope.service.as_bytes());
    SigningKey(hmac(&service, b"aws4_request"))
}

fn hmac(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data);
    mac.finalize().into_bytes().into()
}

fn sha256_hex(data: &[u8]) -> String {
    let mut text = [0; 64];
    hex::encode_to_slice(Sha256::digest(data), &mut text).expect("two digits for each byte");
    String::from_utf8_lossy(&text).into_owned()
}

/// The service that a request claims to be signed for, whether or not that can be believed: for
/// those who must choose whom to ask.
pub fn scope_hint(authorization: Option<&[u8]>, query: &str) -> Option<String> {
    let credential = match authorization {
        Some(header) => {
            let header = std::str::from_utf8(header).ok()?;
            let (_, rest) = header.split_once(CREDENTIAL)?;
            rest.split([',', ' ']).next()?.to_owned()
        }
        None => pairs(query)
            .find(|(name, _)| name == "X-Amz-Credential")
            .map(|(_, value)| value.into_owned())?,
    };
    // key/20130614/region/service/aws4_request
    credential.split('/').nth(3).map(str::to_owned)
}

/// Reads who claims to have signed a request and checks all that needs no key: form, scope, time,
/// what is covered, and the hash of the body.
///
/// `services` are the names that may stand in the scope, the service's own first.
///
/// # Errors
///
/// The request is not signed, the signature cannot be read, is for another service, is too old or
/// too new, or does not cover what it must.
pub fn claim(request: &Request<'_>, services: &[&str], now: Timestamp) -> Result<Claim, Refusal> {
    let header = request.header("authorization")?;
    let presigned = pairs(request.query).any(|(name, _)| name == "X-Amz-Signature");
    let claim = match (header, presigned) {
        (Some(_), true) => {
            return Err(incomplete(
                "the request is signed both by header and by query",
            ));
        }
        (Some(header), false) => of_header(request, header, now)?,
        (None, true) => of_query(request, now)?,
        (None, false) => return Err(Refusal::Missing),
    };
    if !services.contains(&claim.scope.service.as_str()) {
        return Err(Refusal::Mismatch(format!(
            "credential should be scoped to service '{}', not to '{}'",
            services.first().copied().unwrap_or_default(),
            claim.scope.service
        )));
    }
    if !claim.timestamp.starts_with(&claim.scope.date) {
        return Err(Refusal::Mismatch(
            "the date in the credential scope is not that of the request".to_owned(),
        ));
    }
    for name in &claim.signed_headers {
        if request.values(name).next().is_none() {
            return Err(incomplete(format!("the signed header '{name}' is missing")));
        }
    }
    if let Some(stated) = request.header("x-amz-content-sha256")?
        && !same(stated.as_bytes(), sha256_hex(request.body).as_bytes())
    {
        return Err(Refusal::Mismatch(
            "the body is not the one that X-Amz-Content-SHA256 states".to_owned(),
        ));
    }
    Ok(claim)
}

fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`
fn of_header(request: &Request<'_>, header: &str, now: Timestamp) -> Result<Claim, Refusal> {
    let parameters = header
        .strip_prefix(ALGORITHM)
        .filter(|rest| rest.starts_with(' '))
        .ok_or_else(|| {
            incomplete(format!(
                "the Authorization header does not begin with {ALGORITHM}"
            ))
        })?;
    let (mut credential, mut signed, mut signature) = (None, None, None);
    for parameter in parameters.split(',') {
        let (name, value) = parameter.trim().split_once('=').ok_or_else(|| {
            incomplete("the Authorization header has a parameter without a value")
        })?;
        let place = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed,
            "Signature" => &mut signature,
            _ => {
                return Err(incomplete(format!(
                    "the Authorization header has an unknown parameter '{name}'"
                )));
            }
        };
        if place.replace(value).is_some() {
            return Err(incomplete(format!(
                "the Authorization header has {name} more than once"
            )));
        }
    }
    let part = |part: Option<&'_ str>, name: &str| {
        part.map(str::to_owned)
            .ok_or_else(|| incomplete(format!("the Authorization header has no {name}")))
    };
    let dated = request.header("x-amz-date")?;
    let timestamp = match dated {
        Some(date) => date,
        None => request
            .header("date")?
            .ok_or_else(|| incomplete("there is neither an X-Amz-Date nor a Date header"))?,
    };
    let signed_headers = signed_headers(&part(signed, "SignedHeaders")?)?;
    if dated.is_some() && !signed_headers.iter().any(|name| name == "x-amz-date") {
        return Err(incomplete(
            "the signature does not cover the X-Amz-Date header",
        ));
    }
    let (access_key, scope) = credential_of(&part(credential, "Credential")?)?;
    let claim = Claim {
        access_key,
        scope,
        session_token: request.header("x-amz-security-token")?.map(str::to_owned),
        timestamp: timestamp.to_owned(),
        signed_headers,
        signature: signature_of(&part(signature, "Signature")?)?,
        form: Form::Header,
    };
    claim.check_time(now, MAXIMUM_SKEW)?;
    Ok(claim)
}

/// `X-Amz-Algorithm=…&X-Amz-Credential=…&X-Amz-Date=…&X-Amz-Expires=…&X-Amz-SignedHeaders=…`
fn of_query(request: &Request<'_>, now: Timestamp) -> Result<Claim, Refusal> {
    let parameter = |name: &str| -> Result<Option<String>, Refusal> {
        let mut values = pairs(request.query).filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.into_owned());
        match values.next() {
            Some(_) => Err(incomplete(format!("the query has {name} more than once"))),
            None => Ok(value),
        }
    };
    let required =
        |name: &str| parameter(name)?.ok_or_else(|| incomplete(format!("the query has no {name}")));
    if required("X-Amz-Algorithm")? != ALGORITHM {
        return Err(incomplete(format!("X-Amz-Algorithm is not {ALGORITHM}")));
    }
    let (access_key, scope) = credential_of(&required("X-Amz-Credential")?)?;
    let expires = required("X-Amz-Expires")?
        .parse()
        .ok()
        .filter(|seconds| (1..=MAXIMUM_PRESIGNED_SECONDS).contains(seconds))
        .ok_or_else(|| {
            incomplete(format!(
                "X-Amz-Expires is not between 1 and {MAXIMUM_PRESIGNED_SECONDS}"
            ))
        })?;
    let claim = Claim {
        access_key,
        scope,
        session_token: parameter("X-Amz-Security-Token")?,
        timestamp: required("X-Amz-Date")?,
        signed_headers: signed_headers(&required("X-Amz-SignedHeaders")?)?,
        signature: signature_of(&required("X-Amz-Signature")?)?,
        form: Form::Query,
    };
    claim.check_time(now, Duration::seconds(expires))?;
    Ok(claim)
}

/// `KEY/DATE/REGION/SERVICE/aws4_request`; the key may hold slashes, the rest may not.
fn credential_of(text: &str) -> Result<(String, Scope), Refusal> {
    let mut parts = text.rsplitn(5, '/');
    let end = parts.next();
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(service), Some(region), Some(date), Some(key))
            if end == Some("aws4_request") && !key.is_empty() && is_date(date) =>
        {
            let scope = Scope {
                date: date.to_owned(),
                region: region.to_owned(),
                service: service.to_owned(),
            };
            Ok((key.to_owned(), scope))
        }
        _ => Err(incomplete(
            "the credential is not KEY/YYYYMMDD/REGION/SERVICE/aws4_request",
        )),
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `host;x-amz-date`: small letters, sorted, each once, and `host` among them.
fn signed_headers(text: &str) -> Result<Vec<String>, Refusal> {
    let names: Vec<&str> = text.split(';').collect();
    if names.len() > MAXIMUM_SIGNED_HEADERS {
        return Err(incomplete(format!(
            "more than {MAXIMUM_SIGNED_HEADERS} headers are signed"
        )));
    }
    let plain = |name: &&str| {
        !name.is_empty()
            && !name
                .bytes()
                .any(|byte| byte.is_ascii_uppercase() || byte <= b' ')
    };
    if !names.iter().all(plain) || !names.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(incomplete(
            "the signed headers are not in small letters, sorted, and each there once",
        ));
    }
    if !names.contains(&"host") {
        return Err(incomplete("the signature does not cover the Host header"));
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn signature_of(text: &str) -> Result<[u8; 32], Refusal> {
    let mut signature = [0; 32];
    let decoded = hex::decode_to_slice(text, &mut signature);
    if decoded.is_err() || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(incomplete(
            "the signature is not 64 hexadecimal digits in small letters",
        ));
    }
    Ok(signature)
}

/// Writes a moment as a signature does.
fn written(moment: OffsetDateTime) -> String {
    moment
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default()
}

impl Claim {
    /// Checks that the signature is good now: from a skew before its moment until `life` after it.
    fn check_time(&self, now: Timestamp, life: Duration) -> Result<(), Refusal> {
        let form = format_description!("[year][month][day]T[hour][minute][second]Z");
        let signed = PrimitiveDateTime::parse(&self.timestamp, form)
            .map_err(|_| incomplete("the date of the request is not YYYYMMDDTHHMMSSZ"))?
            .assume_utc();
        let now = OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let age = now - signed;
        if age > life {
            return Err(Refusal::Expired(format!(
                "Signature expired: {} is now {}, which is more than {} s later",
                self.timestamp,
                written(now),
                life.whole_seconds()
            )));
        }
        if age < -MAXIMUM_SKEW {
            return Err(Refusal::Expired(format!(
                "Signature not yet current: {} is more than {} s later than {}",
                self.timestamp,
                MAXIMUM_SKEW.whole_seconds(),
                written(now)
            )));
        }
        Ok(())
    }

    /// The signing key for this claim, from the secret of its access key.
    pub fn derive(&self, secret_key: &str) -> SigningKey {
        derive(secret_key, &self.scope)
    }

    /// Checks the signature, in time that does not depend on where it differs.
    ///
    /// # Errors
    ///
    /// The request is not as it was signed, or was signed with another key.
    pub fn verify(&self, request: &Request<'_>, key: &SigningKey) -> Result<(), Refusal> {
        let expected = hmac(
            &key.0,
            self.string_to_sign(request, Path::Normal).as_bytes(),
        );
        if same(&expected, &self.signature) {
            return Ok(());
        }
        Err(Refusal::mismatch())
    }

    /// What the signature is made of, for people who look into one of their own. A service that
    /// refuses must not show it.
    pub fn signs(&self, request: &Request<'_>) -> String {
        self.string_to_sign(request, Path::Normal)
    }

    /// The canonical request, whose hash is the last line of what is signed; for the same people.
    pub fn canonical(&self, request: &Request<'_>) -> String {
        String::from_utf8_lossy(&self.canonical_request(request, Path::Normal)).into_owned()
    }

    fn string_to_sign(&self, request: &Request<'_>, path: Path) -> String {
        let Scope {
            date,
            region,
            service,
        } = &self.scope;
        format!(
            "{ALGORITHM}\n{}\n{date}/{region}/{service}/aws4_request\n{}",
            self.timestamp,
            sha256_hex(&self.canonical_request(request, path))
        )
    }

    /// The request in the one way of writing it that both sides agree on.
    fn canonical_request(&self, request: &Request<'_>, path: Path) -> Vec<u8> {
        let mut text = Vec::with_capacity(512 + request.query.len());
        text.extend_from_slice(request.method.as_bytes());
        text.push(b'\n');
        text.extend_from_slice(canonical_path(request.path, path).as_bytes());
        text.push(b'\n');
        text.extend_from_slice(self.canonical_query(request.query).as_bytes());
        text.push(b'\n');
        for name in &self.signed_headers {
            text.extend_from_slice(name.as_bytes());
            text.push(b':');
            for (index, value) in request.values(name).enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                append_collapsed(&mut text, value);
            }
            text.push(b'\n');
        }
        text.push(b'\n');
        text.extend_from_slice(self.signed_headers.join(";").as_bytes());
        text.push(b'\n');
        text.extend_from_slice(sha256_hex(request.body).as_bytes());
        text
    }

    /// Parameters sorted by name and value, each encoded; without the signature itself.
    fn canonical_query(&self, query: &str) -> String {
        let mut encoded: Vec<(String, String)> = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = recoded(name);
            if self.form == Form::Query && name == "X-Amz-Signature" {
                continue;
            }
            encoded.push((name, recoded(value)));
        }
        encoded.sort();
        let mut text = String::with_capacity(query.len());
        for (name, value) in encoded {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(&name);
            text.push('=');
            text.push_str(&value);
        }
        text
    }
}

/// The decoded parameters of a query.
fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// A part of a query, decoded and encoded again: only letters, digits and `-_.~` stand for
/// themselves. A plus is a blank, as in forms.
fn recoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let blanks = text.replace('+', " ");
    for byte in percent_decode_str(&blanks) {
        push_encoded(&mut out, byte);
    }
    out
}

fn push_encoded(out: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
        out.push(char::from(byte));
    } else {
        let _ = write!(out, "%{byte:02X}");
    }
}

/// Whether dots and repeated slashes are taken out of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    Normal,
    /// As S3 signs; for the published vectors only.
    #[cfg(test)]
    AsGiven,
}

/// The path, encoded once more: `%20` in the request line is `%2520` here.
fn canonical_path(path: &str, how: Path) -> String {
    let normal = match how {
        Path::Normal => normal(path),
        #[cfg(test)]
        Path::AsGiven => path.to_owned(),
    };
    let mut out = String::with_capacity(normal.len());
    for byte in normal.bytes() {
        match byte {
            b'/' => out.push('/'),
            byte => push_encoded(&mut out, byte),
        }
    }
    if out.is_empty() {
        out.push('/');
    }
    out
}

/// The path without `.`, `..` and empty segments. Source: RFC 3986, section 5.2.4.
fn normal(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let tail = if open && !kept.is_empty() { "/" } else { "" };
    format!("/{}{tail}", kept.join("/"))
}

/// Appends a header value: trimmed, with runs of white space as one blank.
fn append_collapsed(text: &mut Vec<u8>, value: &[u8]) {
    let words = value
        .split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests;
