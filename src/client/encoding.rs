//! Answers that were compressed on the way, read as Python's requests reads them: gzip in any number
//! of members, and deflate both as RFC 9110 means it (zlib) and as some servers send it (bare).

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use std::io::{self, BufRead, Read};

/// Encodings that one answer may have, one within the other. Source: urllib3 2.
const MAXIMUM_ENCODINGS: usize = 5;

/// The first bytes of a member of gzip. Source: RFC 1952.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why a body cannot be read.
#[derive(Debug)]
pub(super) enum Undecodable {
    /// It is larger than the limit, or would be.
    TooLong,
    /// It is not what its header says, or is cut short.
    Corrupt(String),
}

/// A body without its encodings; those that are not known stay.
pub(super) fn decoded(
    headers: &HeaderMap,
    mut body: Vec<u8>,
    maximum_bytes: usize,
) -> Result<Vec<u8>, Undecodable> {
    let fields = headers.get_all(CONTENT_ENCODING).iter();
    let names: Vec<String> = fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    if names.len() > MAXIMUM_ENCODINGS {
        let reason = format!("it is compressed more than {MAXIMUM_ENCODINGS} times");
        return Err(Undecodable::Corrupt(reason));
    }
    // The last one was put on last.
    for name in names.iter().rev() {
        if body.is_empty() {
            return Ok(body);
        }
        let read = match name.as_str() {
            "gzip" | "x-gzip" => gzip(&body, maximum_bytes),
            "deflate" => inflated(ZlibDecoder::new(&body[..]), maximum_bytes)
                .or_else(|_| inflated(DeflateDecoder::new(&body[..]), maximum_bytes)),
            _ => return Ok(body),
        };
        body = read.map_err(|error| Undecodable::Corrupt(error.to_string()))?;
        if body.len() > maximum_bytes {
            return Err(Undecodable::TooLong);
        }
    }
    Ok(body)
}

/// All members; what follows the last one is none, and ignored.
fn gzip(mut rest: &[u8], maximum_bytes: usize) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let room = maximum_bytes.saturating_sub(all.len());
        all.append(&mut inflated(GzDecoder::new(&mut rest), room)?);
        let is_done = !rest.fill_buf()?.starts_with(&GZIP);
        if is_done || all.len() > maximum_bytes {
            return Ok(all);
        }
    }
}

/// One byte more than the limit at most, by which it is known to be passed.
fn inflated(decoder: impl Read, maximum_bytes: usize) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(maximum_bytes).unwrap_or(u64::MAX);
    let mut body = Vec::new();
    decoder
        .take(limit.saturating_add(1))
        .read_to_end(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    const TEXT: &[u8] = b"<R>what was sent, what was sent, what was sent</R>";
    const LIMIT: usize = 1000;

    fn all(mut encoder: impl Read) -> Vec<u8> {
        let mut encoded = Vec::new();
        encoder.read_to_end(&mut encoded).unwrap();
        encoded
    }

    fn gzipped(text: &[u8]) -> Vec<u8> {
        all(GzEncoder::new(text, Compression::best()))
    }

    fn read(encodings: &[&'static str], body: &[u8]) -> Result<Vec<u8>, Undecodable> {
        let mut headers = HeaderMap::new();
        for encoding in encodings {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        decoded(&headers, body.to_vec(), LIMIT)
    }

    #[test]
    fn every_form_that_was_asked_for_is_read() {
        let zlib = all(ZlibEncoder::new(TEXT, Compression::best()));
        let bare = all(DeflateEncoder::new(TEXT, Compression::best()));
        let (first, second) = TEXT.split_at(20);
        let members = [gzipped(first), gzipped(second)].concat();
        let trailed = [gzipped(TEXT), b"junk".to_vec()].concat();
        let cases: [(&[&'static str], &[u8]); 12] = [
            (&[], TEXT),
            (&["identity"], TEXT),
            (&["br"], TEXT),
            (&["gzip"], &gzipped(TEXT)),
            (&["GZip"], &gzipped(TEXT)),
            (&["x-gzip"], &gzipped(TEXT)),
            (&["gzip"], &members),
            (&["gzip"], &trailed),
            (&["deflate"], &zlib),
            (&["deflate"], &bare),
            (&["gzip, identity,gzip"], &gzipped(&gzipped(TEXT))),
            (&["deflate", "gzip"], &gzipped(&bare)),
        ];
        for (encodings, body) in cases {
            let decoded = read(encodings, body).unwrap();
            assert_eq!(decoded, TEXT, "{encodings:?}");
        }
        assert_eq!(read(&["gzip"], b"").unwrap(), b"");
    }

    #[test]
    fn what_is_not_what_it_says_is_corrupt_and_what_is_too_long_is_not_read() {
        let cut = gzipped(TEXT);
        for (encoding, body) in [
            ("gzip", TEXT),
            ("deflate", TEXT),
            ("gzip", &cut[..cut.len() - 9]),
            ("gzip,gzip,gzip,gzip,gzip,gzip", &cut),
        ] {
            let refused = read(&[encoding], body);
            assert!(
                matches!(refused, Err(Undecodable::Corrupt(_))),
                "{encoding}"
            );
        }
        let edge = gzipped(&[b'a'; LIMIT]);
        assert_eq!(read(&["gzip"], &edge).unwrap().len(), LIMIT);
        let beyond = gzipped(&[b'a'; LIMIT + 1]);
        let members = [edge, gzipped(b"b")].concat();
        let twice = gzipped(&gzipped(&[b'a'; 1 << 20]));
        let bare = all(DeflateEncoder::new(
            &[b'a'; 1 << 20][..],
            Compression::best(),
        ));
        for (encoding, body) in [
            ("gzip", beyond),
            ("gzip", members),
            ("gzip,gzip", twice),
            ("deflate", bare),
        ] {
            let refused = read(&[encoding], &body);
            assert!(matches!(refused, Err(Undecodable::TooLong)), "{encoding}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_within_the_limit(
            body in prop::collection::vec(any::<u8>(), 0..200),
            encoding in prop::sample::select(vec!["gzip", "deflate", "gzip,deflate"]),
        ) {
            if let Ok(decoded) = read(&[encoding], &body) {
                prop_assert!(decoded.len() <= LIMIT);
            }
        }
    }
}
