//! How far a request is from what all its readers agree about: the four tiers of Elastic Load
//! Balancing's desync mitigation, and what each mode does about them.
//!
//! What endangers others is refused in every mode and never gets here as a question ([`super::request`]
//! refuses it, design §5): the tier of such a request only says how to count it. For requests that can
//! be framed in one way only, the mode decides:
//!
//! | tier | monitor | defensive | strictest |
//! |---|---|---|---|
//! | Compliant | served | served | served |
//! | Acceptable | served | served | refused |
//! | Ambiguous | served, the instance's connection closed behind it | served, both connections closed | refused |
//! | Severe | refused | refused | refused |
//!
//! Monitor differs from Amazon's in the last row, and in what is refused of the others: there, monitor
//! lets everything pass and only counts.
//!
//! Sources: "Configure desync mitigation mode for your Classic Load Balancer", Elastic Load Balancing
//! user guide; the tiers and reasons in the tests of aws/http-desync-guardian.

use super::head::{content_length, is_token_byte};
use crate::model::attribute::DesyncMode;
use std::fmt;

/// How far from the standard, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Compliant,
    /// Not as the standard says, and no danger known.
    Acceptable,
    /// Readers may disagree where it ends, or what it asks for.
    Ambiguous,
    /// No innocent client sends it.
    Severe,
}

/// Why a request is in its tier. The names are those of Amazon's classifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Compliant,
    GetHeadZeroContentLength,
    NonCompliantHeader,
    NonCompliantVersion,
    SpaceInUri,
    AmbiguousUri,
    BothTeClPresent,
    DuplicateContentLength,
    EmptyHeader,
    SuspiciousHeader,
    UndefinedContentLengthSemantics,
    UndefinedTransferEncodingSemantics,
    BadContentLength,
    BadHeader,
    BadMethod,
    BadTransferEncoding,
    BadUri,
    BadVersion,
    MultipleContentLength,
    MultipleTransferEncodingChunked,
}

impl Reason {
    /// The tier of a request whose worst fault this is.
    pub fn tier(self) -> Tier {
        match self {
            Reason::Compliant => Tier::Compliant,
            Reason::GetHeadZeroContentLength
            | Reason::NonCompliantHeader
            | Reason::NonCompliantVersion
            | Reason::SpaceInUri => Tier::Acceptable,
            Reason::AmbiguousUri
            | Reason::BothTeClPresent
            | Reason::DuplicateContentLength
            | Reason::EmptyHeader
            | Reason::SuspiciousHeader
            | Reason::UndefinedContentLengthSemantics
            | Reason::UndefinedTransferEncodingSemantics => Tier::Ambiguous,
            Reason::BadContentLength
            | Reason::BadHeader
            | Reason::BadMethod
            | Reason::BadTransferEncoding
            | Reason::BadUri
            | Reason::BadVersion
            | Reason::MultipleContentLength
            | Reason::MultipleTransferEncodingChunked => Tier::Severe,
        }
    }

    /// The worse of two; of two alike, the first.
    fn or(self, other: Reason) -> Reason {
        if other.tier() > self.tier() {
            other
        } else {
            self
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// What becomes of a request that can be framed in one way only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    Served,
    /// Served, and nothing follows on the instance's connection.
    InstanceClosed,
    /// Served, and nothing follows on either connection.
    BothClosed,
    Refused,
}

/// What a mode does about a tier.
pub fn treatment(mode: DesyncMode, tier: Tier) -> Treatment {
    match (tier, mode) {
        (Tier::Compliant, _) => Treatment::Served,
        (Tier::Severe, _) | (_, DesyncMode::Strictest) => Treatment::Refused,
        (Tier::Acceptable, _) => Treatment::Served,
        (Tier::Ambiguous, DesyncMode::Monitor) => Treatment::InstanceClosed,
        (Tier::Ambiguous, DesyncMode::Defensive) => Treatment::BothClosed,
    }
}

/// Classifies the head of a request that was refused, or as much of it as arrived.
///
/// It reads leniently, as the most careless server would: what it finds wrong says which tier the
/// request is in, never how it is framed.
pub fn classify(head: &[u8]) -> Reason {
    let mut lines = head.split_inclusive(|byte| *byte == b'\n');
    let Some(first) = lines.next() else {
        return Reason::Compliant;
    };
    let (method, mut reason, version) = request_line(first);
    let mut framing = Framing::default();
    for line in lines {
        match line {
            b"\r\n" => break,
            // The rest of the head has not arrived, or is more than there may be.
            _ if !line.ends_with(b"\n") => break,
            _ => reason = reason.or(framing.read(line)),
        }
    }
    reason.or(framing.judge(method, version))
}

/// The method, what is wrong with the line, and the version.
fn request_line(line: &[u8]) -> (&[u8], Reason, &[u8]) {
    let bare = line.strip_suffix(b"\r\n");
    let text = bare.unwrap_or_else(|| line.strip_suffix(b"\n").unwrap_or(line));
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'\t'));
    let (method, rest) = text.split_at(end.unwrap_or(text.len()));
    let rest = rest.get(1..).unwrap_or_default();
    // HTTP/0.9 has no version, and a target may have blanks.
    let version_at = rest
        .windows(6)
        .rposition(|window| window == b" HTTP/")
        .unwrap_or(rest.len());
    let (target, version) = rest.split_at(version_at);
    let version = version.get(1..).unwrap_or_default();
    let is_control = |byte: &u8| *byte < 0x20 || *byte == 0x7f;
    let repeated = target.windows(6).any(|window| window == b" HTTP/");
    let mut reason = Reason::Compliant;
    if method.is_empty() || !method.iter().all(|byte| is_token_byte(*byte)) {
        reason = Reason::BadMethod;
    } else if bare.is_none() || target.iter().any(|byte| matches!(byte, 0 | b'\r')) {
        reason = Reason::BadUri;
    } else if repeated {
        reason = Reason::BadVersion;
    } else if target.iter().any(is_control) {
        reason = Reason::AmbiguousUri;
    } else if target.contains(&b' ') {
        reason = Reason::SpaceInUri;
    }
    let version = match version {
        b"HTTP/1.1" | b"HTTP/1.0" => version,
        b"" => version,
        // A target that ends with a blank is one with a blank version behind it.
        other if other.trim_ascii_end() == b"HTTP/1.1" => {
            return (method, reason.or(Reason::NonCompliantVersion), b"HTTP/1.1");
        }
        other => {
            let digits = other.strip_prefix(b"HTTP/").unwrap_or_default();
            let plain = matches!(digits, [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit());
            let fault = if plain {
                Reason::NonCompliantVersion
            } else {
                Reason::BadVersion
            };
            return (method, reason.or(fault), other);
        }
    };
    if version.is_empty() {
        reason = reason.or(Reason::NonCompliantVersion);
    }
    (method, reason, version)
}

/// What the fields say about where the message ends.
#[derive(Default)]
struct Framing {
    lengths: Vec<Option<u64>>,
    encodings: usize,
    chunked: usize,
}

impl Framing {
    /// Reads one line of the head; says what is wrong with it.
    fn read(&mut self, line: &[u8]) -> Reason {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Reason::BadHeader;
        };
        if line.iter().any(|byte| matches!(byte, 0 | b'\r')) {
            return Reason::BadHeader;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return Reason::BadHeader;
        };
        let (name, value) = (&line[..colon], trim(&line[colon + 1..]));
        let trimmed = trim(name);
        if trimmed.is_empty() {
            return Reason::EmptyHeader;
        }
        let clean = |byte: &u8| *byte == b'\t' || (*byte >= 0x20 && *byte != 0x7f);
        let mut reason =
            match name.iter().all(|byte| is_token_byte(*byte)) && value.iter().all(clean) {
                true => Reason::Compliant,
                false => Reason::NonCompliantHeader,
            };
        let essence = essence(name);
        let (is_length, is_encoding) = (essence == "contentlength", essence == "transferencoding");
        if trimmed.eq_ignore_ascii_case(b"content-length") {
            let length = content_length(value);
            self.lengths.push(length);
            if length.is_none() {
                reason = reason.or(Reason::BadContentLength);
            }
        } else if trimmed.eq_ignore_ascii_case(b"transfer-encoding") {
            self.encodings += 1;
            reason = reason.or(self.codings(value));
        } else if is_length || is_encoding {
            return reason.or(Reason::SuspiciousHeader);
        }
        if (is_length || is_encoding) && trimmed != name {
            reason = reason.or(Reason::SuspiciousHeader);
        }
        reason
    }

    fn codings(&mut self, value: &[u8]) -> Reason {
        let mut reason = Reason::Compliant;
        for coding in value.split(|byte| *byte == b',') {
            let end = coding.iter().position(|byte| *byte == b';');
            let coding = trim(&coding[..end.unwrap_or(coding.len())]).to_ascii_lowercase();
            match &*coding {
                b"chunked" => self.chunked += 1,
                b"gzip" | b"x-gzip" | b"deflate" | b"compress" | b"x-compress" | b"identity" => {}
                _ => reason = Reason::BadTransferEncoding,
            }
        }
        if self.chunked > 1 {
            reason = Reason::MultipleTransferEncodingChunked;
        }
        reason
    }

    fn judge(&self, method: &[u8], version: &[u8]) -> Reason {
        let bodiless = matches!(method, b"GET" | b"HEAD");
        let mut reason = match &self.lengths[..] {
            [] | [_] => Reason::Compliant,
            [first, rest @ ..] if rest.iter().all(|length| length == first) => {
                Reason::DuplicateContentLength
            }
            _ => Reason::MultipleContentLength,
        };
        if self.encodings > 0 {
            if bodiless || version != b"HTTP/1.1" {
                reason = reason.or(Reason::UndefinedTransferEncodingSemantics);
            }
            if !self.lengths.is_empty() {
                reason = reason.or(Reason::BothTeClPresent);
            }
        }
        match self.lengths.first() {
            Some(Some(0)) if bodiless => reason.or(Reason::GetHeadZeroContentLength),
            Some(_) if bodiless || !version.starts_with(b"HTTP/1.") => {
                reason.or(Reason::UndefinedContentLengthSemantics)
            }
            _ => reason,
        }
    }
}

/// Without blanks at both ends, and nothing else: other control characters are part of what they are in.
fn trim(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().position(|byte| !blank(byte));
    let end = text.iter().rposition(|byte| !blank(byte));
    match (start, end) {
        (Some(start), Some(end)) => &text[start..=end],
        _ => &[],
    }
}

/// The letters of a name in small, with letters that some software folds into them.
fn essence(name: &[u8]) -> String {
    String::from_utf8_lossy(name)
        .chars()
        .filter_map(|letter| match letter {
            'ı' | 'İ' => Some('i'),
            'ſ' => Some('s'),
            _ => letter
                .is_ascii_alphabetic()
                .then(|| letter.to_ascii_lowercase()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        method: String,
        uri: String,
        version: String,
        headers: Vec<(String, String)>,
        tier: String,
        reason: String,
    }

    /// Words that are something else once they are on the wire: two requests, the second unreadable.
    const OTHERWISE: &[(&str, &str)] = &[("Request Smuggling in URI", "Ambiguous")];

    #[test]
    fn the_corpus_is_classified_as_it_says() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/http-desync-guardian/cases.json"
        );
        let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut faults = Vec::new();
        for case in &cases {
            let mut head = format!("{} {}", case.method, case.uri);
            if !case.version.is_empty() {
                head += &format!(" {}", case.version);
            }
            head += "\r\n";
            for (name, value) in &case.headers {
                head += &format!("{name}:{value}\r\n");
            }
            head += "\r\n";
            let found = classify(head.as_bytes());
            let tier = format!("{:?}", found.tier());
            let otherwise = OTHERWISE.contains(&(&*case.name, &*tier));
            if tier != case.tier && !otherwise {
                faults.push(format!(
                    "{} ({}, {}): {found}\n    {head:?}",
                    case.name, case.tier, case.reason
                ));
            }
        }
        assert!(
            faults.is_empty(),
            "{} of {}\n{}",
            faults.len(),
            cases.len(),
            faults.join("\n")
        );
    }

    #[test]
    fn modes_do_what_the_table_says() {
        use Treatment::*;
        #[rustfmt::skip]
        let table = [
            (Tier::Compliant,  [Served, Served, Served]),
            (Tier::Acceptable, [Served, Served, Refused]),
            (Tier::Ambiguous,  [InstanceClosed, BothClosed, Refused]),
            (Tier::Severe,     [Refused, Refused, Refused]),
        ];
        for (tier, expected) in table {
            assert_eq!(
                DesyncMode::ALL.map(|mode| treatment(mode, tier)),
                expected,
                "{tier:?}"
            );
        }
    }

    #[test]
    fn what_is_no_head_is_classified_all_the_same() {
        let cases: [(&[u8], Reason); 6] = [
            (b"", Reason::Compliant),
            (b"\x16\x03\x01\x02", Reason::BadMethod),
            (b"GET / HTTP/1.1\nHost: x\n\n", Reason::BadUri),
            (
                b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
                Reason::BadHeader,
            ),
            (b"GET / HTTP/1.1\r\nHost: x\r\nA: no end", Reason::Compliant),
            (b"GET", Reason::BadUri),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                classify(bytes),
                expected,
                "{:?}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}
