//! `application/x-www-form-urlencoded`: the bodies of POST and the queries of GET.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// Parameters in one request: far more than the largest registration, little enough to sort.
pub const MAXIMUM_PARAMETERS: usize = 20_000;

/// What AWS leaves as it is: letters, digits, `-_.~`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// The body or query string is not a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("parameter {0} is not UTF-8")]
    NotUtf8(usize),
    #[error("parameter {0} has a percent sign without two hexadecimal digits")]
    BadEscape(usize),
    #[error("there are more than {MAXIMUM_PARAMETERS} parameters")]
    TooMany,
}

/// Parameters as they were sent: names and values, decoded, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Parameters<'a> {
    /// Reads `application/x-www-form-urlencoded`, the body of a POST or the query of a GET.
    ///
    /// # Errors
    ///
    /// A name or value is not UTF-8, a percent sign stands alone, or there are too many parameters.
    pub fn read(form: &'a [u8]) -> Result<Parameters<'a>, FormError> {
        let mut parameters = Parameters::default();
        parameters.add(form)?;
        Ok(parameters)
    }

    /// Adds another form: a POST may have parameters in its query too.
    ///
    /// # Errors
    ///
    /// As of [`Parameters::read`].
    pub fn add(&mut self, form: &'a [u8]) -> Result<(), FormError> {
        for part in form.split(|byte| *byte == b'&') {
            if part.is_empty() {
                continue;
            }
            let number = self.pairs.len() + 1;
            if number > MAXIMUM_PARAMETERS {
                return Err(FormError::TooMany);
            }
            let middle = part.iter().position(|byte| *byte == b'=');
            let (name, value) = match middle {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &part[part.len()..]),
            };
            self.pairs
                .push((unescape(name, number)?, unescape(value, number)?));
        }
        Ok(())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

fn unescape(text: &[u8], number: usize) -> Result<Cow<'_, str>, FormError> {
    let not_utf8 = FormError::NotUtf8(number);
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return std::str::from_utf8(text)
            .map(Cow::Borrowed)
            .map_err(|_| not_utf8);
    }
    let digit = |at: usize| {
        text.get(at)
            .and_then(|byte| char::from(*byte).to_digit(16))
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(FormError::BadEscape(number))
    };
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'+' => plain.push(b' '),
            b'%' => {
                plain.push(digit(at + 1)? << 4 | digit(at + 2)?);
                at += 2;
            }
            other => plain.push(*other),
        }
        at += 1;
    }
    String::from_utf8(plain)
        .map(Cow::Owned)
        .map_err(|_| not_utf8)
}

/// Writes pairs as a form.
pub fn form<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name.as_ref(), ESCAPED));
        text.push('=');
        text.extend(utf8_percent_encode(value.as_ref(), ESCAPED));
    }
    text
}
