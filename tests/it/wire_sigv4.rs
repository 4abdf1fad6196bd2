//! Our verification against the vendor's signing: whatever `aws-sigv4` signs is accepted, and nothing
//! that differs from it by as much as a byte.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use eulb::model::timestamp::Timestamp;
use eulb::wire::sigv4::{Refusal, Request, claim};
use proptest::prelude::*;
use std::time::{Duration, UNIX_EPOCH};

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NOW: u64 = 1_371_211_200;
const SERVICES: [&str; 1] = ["elasticloadbalancing"];

#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    fn verify(&self) -> Result<(), Refusal> {
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        };
        let now = Timestamp(i64::try_from(NOW).unwrap() * 1000);
        let claim = claim(&request, &SERVICES, now)?;
        // The key is what the secret is looked up by.
        if claim.access_key != KEY {
            return Err(Refusal::Mismatch("unknown key".to_owned()));
        }
        claim.verify(&request, &claim.derive(SECRET))
    }

    /// Signs with the vendor's crate.
    fn sign(&mut self, by_query: bool, token: Option<String>, state_hash: bool) {
        let identity = Credentials::new(KEY, SECRET, token, None, "test").into();
        let mut settings = SigningSettings::default();
        if by_query {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(60));
        }
        if state_hash {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eucalyptus")
            .name(SERVICES[0])
            .time(UNIX_EPOCH + Duration::from_secs(NOW))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("http://elb.example:8773{}?{}", self.path, self.query);
        let headers = self.headers.clone();
        let signable = SignableRequest::new(
            &self.method,
            url,
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
            SignableBody::Bytes(&self.body),
        )
        .unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        for (name, value) in instructions.headers() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        for (name, value) in instructions.params() {
            let value: String =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC)
                    .collect();
            if !self.query.is_empty() {
                self.query.push('&');
            }
            self.query.push_str(&format!("{name}={value}"));
        }
    }
}

fn requests() -> impl Strategy<Value = Sent> {
    let path = "(/[a-zA-Z0-9._~-]{0,6}|/%20|/%c3%A4|/@|/\\.\\.|/\\.|/){1,5}";
    let query = proptest::collection::vec(
        "[a-zA-Z0-9._~-]{1,5}(=([a-zA-Z0-9_.~/-]|\\+|%20|%2B|%C3%A4|%26)*)?",
        0..4,
    );
    let headers =
        proptest::collection::btree_map("x-[a-z]{1,8}", "[!-~]{0,5}( {1,3}[!-~]{1,5}){0,2}", 0..4);
    let body = proptest::collection::vec(any::<u8>(), 0..64);
    ("GET|POST|PUT|DELETE", path, query, headers, body).prop_map(
        |(method, path, query, headers, body)| {
            let mut all = vec![("host".to_owned(), "elb.example:8773".to_owned())];
            all.extend(
                headers
                    .into_iter()
                    .filter(|(name, _)| !name.starts_with("x-amz")),
            );
            Sent {
                method,
                path,
                query: query.join("&"),
                headers: all,
                body,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_the_vendor_signs_is_accepted(
        mut sent in requests(),
        by_query in any::<bool>(),
        token in proptest::option::of("[A-Za-z0-9+/=]{1,40}"),
        state_hash in any::<bool>(),
    ) {
        let unsigned = sent.clone();
        prop_assert_eq!(unsigned.verify(), Err(Refusal::Missing));
        sent.sign(by_query, token, state_hash && !by_query);
        prop_assert_eq!(sent.verify(), Ok(()));
    }

    #[test]
    fn nothing_that_differs_by_a_byte_is_accepted(
        mut sent in requests(),
        by_query in any::<bool>(),
        place in any::<proptest::sample::Index>(),
        flip in 1u8..=127,
    ) {
        sent.sign(by_query, Some("token".to_owned()), !by_query);
        let mut changed = sent.clone();
        // The text of every part that is covered, one byte of which changes.
        let mut parts: Vec<&mut String> = vec![&mut changed.method, &mut changed.path, &mut changed.query];
        parts.extend(changed.headers.iter_mut().map(|(_, value)| value));
        let total: usize = parts.iter().map(|part| part.len()).sum::<usize>() + sent.body.len();
        let mut at = place.index(total);
        for part in parts {
            if at < part.len() {
                let mut bytes = part.clone().into_bytes();
                bytes[at] ^= flip;
                // Bytes that no HTTP parser lets through cannot arrive.
                prop_assume!(bytes.iter().all(|byte| (b' '..=b'~').contains(byte)));
                *part = String::from_utf8(bytes).unwrap();
                at = usize::MAX;
                break;
            }
            at -= part.len();
        }
        if at != usize::MAX {
            changed.body[at] ^= flip;
        }
        // Some changes change nothing: the canonical form of the request is the same.
        prop_assume!(!equivalent(&sent, &changed));
        prop_assert!(changed.verify().is_err(), "{:?}\n{:?}", sent, changed);
    }
}

/// Whether two requests mean the same by the rules of the signature: `+` and `%20`, hexadecimal
/// digits in capitals or not, dots in paths, white space in headers.
fn equivalent(one: &Sent, other: &Sent) -> bool {
    let query = |sent: &Sent| {
        let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = sent
            .query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                let plain = |text: &str| {
                    percent_encoding::percent_decode_str(&text.replace('+', " ")).collect()
                };
                (plain(name), plain(value))
            })
            .collect();
        pairs.sort();
        pairs
    };
    let path = |sent: &Sent| {
        let mut kept: Vec<String> = Vec::new();
        for segment in sent.path.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(kept.pop()),
                other => kept.push(other.to_owned()),
            }
        }
        let open = ["/", "/.", "/.."]
            .iter()
            .any(|end| sent.path.ends_with(end));
        (open && !kept.is_empty(), kept)
    };
    let headers = |sent: &Sent| -> Vec<(String, Vec<String>)> {
        let words = |value: &str| value.split_whitespace().map(str::to_owned).collect();
        sent.headers
            .iter()
            .map(|(name, value)| (name.clone(), words(value)))
            .collect()
    };
    one.method == other.method
        && one.body == other.body
        && query(one) == query(other)
        && path(one) == path(other)
        && headers(one) == headers(other)
}
