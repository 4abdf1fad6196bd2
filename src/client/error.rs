//! Why a call failed, in the words of euca2ools.

use std::fmt;

/// Characters of an answer that is not XML which a message repeats.
const MAXIMUM_QUOTE: usize = 4096;

/// Why there is no answer. Shown as what follows `eulb-x: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The service said no: `error (CODE): MESSAGE`.
    Service(ServiceError),
    /// Refused, dropped, unknown host, TLS: `error: connection error (…)`.
    Connection(String),
    /// `error: request timed out`.
    Timeout,
    /// A success that is not XML; the detail is for `--debug`.
    Xml(String),
    /// The answer is larger than this client reads.
    TooLong { maximum_bytes: usize },
    /// The service sends the client from place to place.
    TooManyRedirects { maximum: u32, location: String },
    /// The endpoint is no URL, a header cannot be sent, a certificate file cannot be read.
    Settings(String),
}

/// What the service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    pub status: u16,
    /// The code, or the status if the service gave none.
    pub code: String,
    /// The message, or the body if it is not XML, or the reason phrase.
    pub message: String,
    pub request_id: Option<String>,
}

impl ServiceError {
    pub(super) fn quoting(body: &str) -> String {
        body.chars().take(MAXIMUM_QUOTE).collect()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Service(error) => {
                write!(
                    f,
                    "error ({}): {}",
                    shown(&error.code),
                    shown(&error.message)
                )
            }
            CallError::Connection(reason) => {
                write!(f, "error: connection error ({})", shown(reason))
            }
            CallError::Timeout => f.write_str("error: request timed out"),
            CallError::Xml(_) => f.write_str("error: XML parse error"),
            CallError::TooLong { maximum_bytes } => write!(
                f,
                "error: the answer is larger than {maximum_bytes} bytes, which is all that is read"
            ),
            CallError::TooManyRedirects { maximum, location } => write!(
                f,
                "error: redirected more than {maximum} times, at last to {}",
                shown(location)
            ),
            CallError::Settings(reason) => write!(f, "error: {}", shown(reason)),
        }
    }
}

impl std::error::Error for CallError {}

/// The text without characters that would command a terminal.
fn shown(text: &str) -> String {
    text.trim_end()
        .chars()
        .map(|c| {
            if c.is_control() && !matches!(c, '\n' | '\t') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_those_of_the_original_tools() {
        let service = |code: &str, message: &str| {
            CallError::Service(ServiceError {
                status: 400,
                code: code.to_owned(),
                message: message.to_owned(),
                request_id: None,
            })
        };
        #[rustfmt::skip]
        let cases = [
            (service("400", "A Listener already exists"), "error (400): A Listener already exists"),
            (service("404", "<h1>no\u{1b}[31m</h1>\n"), "error (404): <h1>no\u{fffd}[31m</h1>"),
            (CallError::Connection("127.0.0.1:1: Connection refused".to_owned()), "error: connection error (127.0.0.1:1: Connection refused)"),
            (CallError::Timeout, "error: request timed out"),
            (CallError::Xml("at byte 3".to_owned()), "error: XML parse error"),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), expected);
        }
    }
}
