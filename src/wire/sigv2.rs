//! Verifying AWS Signature Version 2, which euca2ools 3.0 and boto of those years send: an HMAC over
//! method, host, path and sorted parameters, itself a parameter of the query or of the form.
//!
//! As in [`sigv4`](super::sigv4) there are two steps, so that the key can be looked up in between, no
//! clock, and no word of what would have been right. Headers and the bytes of the body are not
//! covered; the parameters are, and nothing else is acted upon.
//!
//! Source: "Signature Version 2", AWS General Reference.

use super::query::{Parameters, form};
use super::sigv4::{MAXIMUM_SKEW, Refusal, Request};
use crate::model::timestamp::Timestamp;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// What a request says about who signed it and how.
pub struct Claim {
    pub access_key: String,
    /// The session token, which the keeper of the keys must compare.
    pub session_token: Option<String>,
    algorithm: hmac::Algorithm,
    signature: Vec<u8>,
    /// `127.0.0.1:8773`, in small letters.
    host: String,
    /// Method, host, path and parameters, without the host.
    before: String,
    after: String,
}

fn incomplete(reason: impl Into<String>) -> Refusal {
    Refusal::Incomplete(reason.into())
}

/// Reads who claims to have signed a request by Version 2, and checks all that needs no key; nothing
/// if nobody claims it.
///
/// # Errors
///
/// The signature cannot be read, or is too old or too new.
pub fn claim(request: &Request<'_>, now: Timestamp) -> Result<Option<Claim>, Refusal> {
    let unreadable = |error: super::query::FormError| incomplete(error.to_string());
    let mut parameters = Parameters::read(request.query.as_bytes()).map_err(unreadable)?;
    if request.method == "POST" {
        parameters.add(request.body).map_err(unreadable)?;
    }
    let only = |name: &str| {
        let mut values = parameters.iter().filter(|(known, _)| *known == name);
        let value = values.next().map(|(_, value)| value);
        match values.next() {
            Some(_) => Err(incomplete(format!("{name} is there more than once"))),
            None => Ok(value),
        }
    };
    let Some(signature) = only("Signature")? else {
        return Ok(None);
    };
    let required =
        |name: &str| only(name)?.ok_or_else(|| incomplete(format!("there is no {name}")));
    let access_key = required("AWSAccessKeyId")?;
    let version = required("SignatureVersion")?;
    if version != "2" {
        return Err(incomplete(format!(
            "SignatureVersion is '{version}', not 2"
        )));
    }
    let algorithm = match required("SignatureMethod")? {
        "HmacSHA256" => hmac::HMAC_SHA256,
        "HmacSHA1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        other => {
            return Err(incomplete(format!(
                "SignatureMethod is '{other}', not HmacSHA256 or HmacSHA1"
            )));
        }
    };
    check_time(only("Timestamp")?, only("Expires")?, now)?;
    let host = request
        .header("host")?
        .ok_or_else(|| incomplete("there is no Host header"))?;
    let mut signed: Vec<(&str, &str)> = parameters
        .iter()
        .filter(|(name, _)| *name != "Signature")
        .collect();
    signed.sort_unstable();
    let path = if request.path.is_empty() {
        "/"
    } else {
        request.path
    };
    Ok(Some(Claim {
        access_key: access_key.to_owned(),
        session_token: only("SecurityToken")?.map(str::to_owned),
        algorithm,
        signature: STANDARD
            .decode(signature)
            .map_err(|_| incomplete("the signature is not base64"))?,
        host: host.to_ascii_lowercase(),
        before: format!("{}\n", request.method),
        after: format!("\n{path}\n{}", form(signed)),
    }))
}

/// Checks that the signature is good now: by the moment it was made, or by the one it ends.
fn check_time(made: Option<&str>, ends: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
    let now = OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (text, age_of_end) = match (made, ends) {
        (Some(made), None) => (made, MAXIMUM_SKEW),
        (None, Some(ends)) => (ends, Duration::ZERO),
        _ => {
            return Err(incomplete(
                "one of Timestamp and Expires is needed, and not both",
            ));
        }
    };
    let moment = read_moment(text)
        .ok_or_else(|| incomplete(format!("'{text}' is not YYYY-MM-DDTHH:MM:SSZ")))?;
    if now - moment > age_of_end {
        return Err(Refusal::Expired(format!(
            "Signature expired: it is of {text}"
        )));
    }
    if made.is_some() && moment - now > MAXIMUM_SKEW {
        return Err(Refusal::Expired(format!(
            "Signature not yet current: it is of {text}"
        )));
    }
    Ok(())
}

/// `2013-05-15T23:31:32Z`, with or without parts of a second; UTC where no zone is given, as boto 1
/// left it out.
fn read_moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()
}

impl Claim {
    /// Checks the signature, in time that does not depend on where it differs.
    ///
    /// The host may have been signed with its port or without: clients did either, and Eucalyptus
    /// tried both.
    ///
    /// # Errors
    ///
    /// The request is not as it was signed, or was signed with another key.
    pub fn verify(&self, secret_key: &str) -> Result<(), Refusal> {
        let key = hmac::Key::new(self.algorithm, secret_key.as_bytes());
        let bare = self.host.rsplit_once(':').map(|(name, _)| name);
        let signed = |host: &str| {
            let text = [self.before.as_str(), host, self.after.as_str()].concat();
            hmac::verify(&key, text.as_bytes(), &self.signature).is_ok()
        };
        if signed(&self.host) || bare.is_some_and(signed) {
            return Ok(());
        }
        Err(Refusal::mismatch())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    /// 2013-05-15T23:31:32Z
    const SIGNED: i64 = 1_368_660_692;

    /// Signed by Python's hmac and hashlib, not by this code.
    const POSTED: &str = "AWSAccessKeyId=AKIDEXAMPLE&Action=DescribeLoadBalancers&\
        LoadBalancerNames.member.1=a+b%2A%C3%BC~&SignatureMethod=HmacSHA256&SignatureVersion=2&\
        Timestamp=2013-05-15T23%3A31%3A32Z&Version=2012-06-01&\
        Signature=DNdJ%2FkjHigqzhT9oTcyrurazjzThIsMIUwASRAFS5Dc%3D";
    /// The same, of the host without its port.
    const BARE: &str = "GJK5NW9ih78ZWASnEEiKm2O4T%2BUMEDNdDxgKiizsxZo%3D";
    const GOTTEN: &str = "Version=2012-06-01&AWSAccessKeyId=AKIDEXAMPLE&\
        Action=DescribeLoadBalancers&Expires=2013-05-15T23%3A41%3A32.000Z&\
        SecurityToken=to%2Fken%3D&SignatureMethod=HmacSHA1&SignatureVersion=2&\
        Signature=lGPEiIX3XyhoaAHGquSqJpPZEKA%3D";

    /// `yes`, `none` for no signature, or the beginning of the refusal.
    fn verdict(method: &str, host: &str, path: &str, form: &str, seconds: i64) -> String {
        let headers: [(&str, &[u8]); 1] = [("Host", host.as_bytes())];
        let (query, body) = if method == "GET" {
            (form, "")
        } else {
            ("", form)
        };
        let request = Request {
            method,
            path,
            query,
            headers: &headers,
            body: body.as_bytes(),
        };
        let verified = claim(&request, Timestamp(seconds * 1000)).and_then(|claim| match claim {
            None => Ok("none".to_owned()),
            Some(claim) => {
                assert_eq!(claim.access_key, "AKIDEXAMPLE");
                claim.verify(SECRET).map(|()| "yes".to_owned())
            }
        });
        verified.unwrap_or_else(|refusal| refusal.to_string())
    }

    #[test]
    fn a_form_is_believed_as_it_was_signed_and_no_other() {
        const HOST: &str = "127.0.0.1:8773";
        const PATH: &str = "/services/LoadBalancing";
        let post = |host, path, form: &str| verdict("POST", host, path, form, SIGNED);
        let no = "The request signature";
        assert_eq!(post(HOST, PATH, POSTED), "yes");
        let bare = POSTED.replace("DNdJ%2FkjHigqzhT9oTcyrurazjzThIsMIUwASRAFS5Dc%3D", BARE);
        assert_eq!(post(HOST, PATH, &bare), "yes");
        assert_eq!(post("127.0.0.1", PATH, &bare), "yes");
        assert!(post("127.0.0.1", PATH, POSTED).starts_with(no));
        assert!(post(HOST, "/", POSTED).starts_with(no));
        assert!(verdict("PUT", HOST, PATH, POSTED, SIGNED).starts_with("none"));
        #[rustfmt::skip]
        let cases = [
            ("a+b", "a+c", no),
            ("DescribeLoad", "DeleteLoad", no),
            ("&Version", "&More=1&Version", no),
            ("Signature=DN", "Signature=EN", no),
            ("Signature=DN", "Signature=%2A", "the signature is not base64"),
            ("&Signature=", "&Signature=&Signature=", "Signature is there more than once"),
            ("&Signature=", "&Sig=", "none"),
            ("SHA256", "SHA512", "SignatureMethod is 'HmacSHA512', not"),
            ("Version=2&", "Version=1&", "SignatureVersion is '1', not 2"),
            ("AWSAccessKeyId", "AccessKey", "there is no AWSAccessKeyId"),
            ("Timestamp=", "Expires=2014-01-01T00%3A00%3A00Z&Timestamp=", "one of Timestamp and Expires"),
            ("Timestamp=2013-05-15T", "Timestamp=2013-05-15+", no),
            ("Timestamp=2013-05-15T", "Timestamp=yesterday", "'yesterday23:31:32Z' is not YYYY"),
        ];
        for (from, to, expected) in cases {
            let found = post(HOST, PATH, &POSTED.replace(from, to));
            assert!(found.starts_with(expected), "{from} {to}: {found}");
        }
    }

    #[test]
    fn a_signature_is_good_for_its_time() {
        let post = |at| {
            verdict(
                "POST",
                "127.0.0.1:8773",
                "/services/LoadBalancing",
                POSTED,
                at,
            )
        };
        let get = |at| verdict("GET", "cloud.example", "/", GOTTEN, at);
        let skew = MAXIMUM_SKEW.whole_seconds();
        assert_eq!(post(SIGNED + skew), "yes");
        assert_eq!(post(SIGNED - skew), "yes");
        assert!(post(SIGNED + skew + 1).starts_with("Signature expired"));
        assert!(post(SIGNED - skew - 1).starts_with("Signature not yet current"));
        // Until it expires, ten minutes later, and not a second longer.
        assert_eq!(get(SIGNED), "yes");
        assert_eq!(get(SIGNED + 600), "yes");
        assert!(get(SIGNED + 601).starts_with("Signature expired"));
    }
}
