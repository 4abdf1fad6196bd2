//! The XML of answers and of errors, both directions.
//!
//! An answer is `<XResponse xmlns=…><XResult>…</XResult><ResponseMetadata><RequestId>…`. Writing is
//! our own and small ([`Writer`]), since a control character that XML 1.0 forbids must never leave
//! this house. Reading goes through a bounded tree ([`Document`]) and is as tolerant as the original
//! tools: names of the outer elements, namespaces, attributes and unknown elements do not matter.
//! What is not well-formed XML, or has a document type, is refused: there are no entities but the
//! five, so none can expand.

mod decode;
mod document;
mod encode;

pub use document::{Document, Element, Limits, root_name};
pub use encode::Writer;

use super::{Action, Envelope};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The text is not XML as an answer has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    #[error("the answer is not UTF-8")]
    NotUtf8,
    #[error("the answer is not XML: {reason} at byte {position}")]
    Malformed { reason: String, position: u64 },
    #[error("the answer is larger than {0} bytes")]
    TooLong(usize),
    #[error("the answer has more than {0} elements")]
    TooManyElements(usize),
    #[error("the answer nests more than {0} elements")]
    TooDeep(usize),
    #[error("the answer is a web page")]
    WebPage,
    #[error("the answer does not fit: {0}")]
    Shape(String),
}

impl serde::de::Error for XmlError {
    fn custom<T: fmt::Display>(message: T) -> XmlError {
        XmlError::Shape(message.to_string())
    }
}

/// The request id of an answer and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<R> {
    pub result: R,
    pub request_id: Option<String>,
}

/// Writes the answer of an operation.
///
/// # Errors
///
/// The shape holds something that these documents do not know; a fault of the shape.
pub fn response<A: Action>(result: &A::Response, request_id: &str) -> Result<String, EncodeError> {
    let mut writer = Writer::new();
    let name = format!("{}Response", A::NAME);
    match A::ENVELOPE {
        Envelope::Query(namespace) => {
            writer.open_with(&name, "xmlns", namespace);
            writer.value(&format!("{}Result", A::NAME), result)?;
            writer.open("ResponseMetadata");
            writer.text("RequestId", request_id);
            writer.close("ResponseMetadata");
        }
        Envelope::Compute(namespace) => {
            writer.open_with(&name, "xmlns", namespace);
            writer.text("requestId", request_id);
            writer.members(result)?;
        }
    }
    writer.close(&name);
    Ok(writer.finish())
}

/// Writes the answer of an operation with a list whose members are written already, as [`fragment`]s
/// named `member`: a large answer costs a copy of them.
///
/// The result must have the list, and it must be empty.
///
/// # Errors
///
/// As of [`response`], and the result has no such list.
pub fn response_with_members<'m, A: Action>(
    result: &A::Response,
    request_id: &str,
    list: &str,
    members: impl Iterator<Item = &'m str> + Clone,
) -> Result<String, EncodeError> {
    let text = response::<A>(result, request_id)?;
    // Texts are escaped, so that only the element itself is written like this.
    let empty = format!("<{list}/>");
    let start = memchr::memmem::find(text.as_bytes(), empty.as_bytes())
        .ok_or_else(|| EncodeError(format!("there is no empty {list}")))?;
    let (before, after) = (&text[..start], &text[start + empty.len()..]);
    let length = members.clone().map(str::len).sum::<usize>();
    if length == 0 {
        return Ok(text);
    }
    let mut whole = String::with_capacity(text.len() + 2 * empty.len() + length);
    whole.extend([before, "<", list, ">"]);
    whole.extend(members);
    whole.extend(["</", list, ">", after]);
    Ok(whole)
}

/// A value cannot be written as elements.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot write the answer as XML: {0}")]
pub struct EncodeError(String);

impl serde::ser::Error for EncodeError {
    fn custom<T: fmt::Display>(message: T) -> EncodeError {
        EncodeError(message.to_string())
    }
}

/// An error document of any of the forms that services use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorDocument {
    pub code: Option<String>,
    pub message: Option<String>,
    pub request_id: Option<String>,
}

impl<'a> Document<'a> {
    /// Reads the answer to an operation.
    ///
    /// # Errors
    ///
    /// An element has a text that the operation's answer cannot have there, or the document is a web
    /// page: that of a gateway or a proxy in between, which must not pass for an empty success.
    pub fn answer<A: Action>(&self) -> Result<Answer<A::Response>, XmlError> {
        let root = self.root();
        if root.name().eq_ignore_ascii_case("html") {
            return Err(XmlError::WebPage);
        }
        let request_id = root
            .child("ResponseMetadata")
            .unwrap_or(root)
            .child("RequestId")
            .map(|id| id.text().to_owned());
        // A lone element without children has nothing to say, whatever its text.
        let result = A::Response::deserialize(decode::Content(self.result()))?;
        Ok(Answer { result, request_id })
    }

    /// The element that holds the result: the only sibling of ResponseMetadata, else the root.
    fn result(&self) -> Element<'_, 'a> {
        let root = self.root();
        let mut others = root
            .children()
            .filter(|child| child.name() != "ResponseMetadata");
        match (root.child("ResponseMetadata"), others.next(), others.next()) {
            (Some(_), Some(result), None) => result,
            _ => root,
        }
    }

    /// Reads the document as an error, if it is one: ErrorResponse/Error, Response/Errors/Error, or
    /// Error at the root.
    pub fn error(&self) -> Option<ErrorDocument> {
        let root = self.root();
        let error = if root.name() == "Error" {
            root
        } else {
            root.child("Error")
                .or_else(|| root.child("Errors")?.child("Error"))?
        };
        let text = |element: Element<'_, 'a>, name: &str| {
            element
                .child(name)
                .map(|child| child.text().trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let names = ["RequestId", "RequestID"];
        Some(ErrorDocument {
            code: text(error, "Code"),
            message: text(error, "Message"),
            request_id: names
                .iter()
                .find_map(|name| text(root, name).or_else(|| text(error, name))),
        })
    }
}

/// Reads a value from an element's children: for pieces of answers outside the operations.
///
/// # Errors
///
/// An element has a text that the value cannot have there.
pub fn value<'e, T: Deserialize<'e>>(element: Element<'e, 'e>) -> Result<T, XmlError> {
    T::deserialize(decode::Content(element))
}

/// Writes a value as one element, without declaration or envelope.
///
/// # Errors
///
/// The shape holds something that these documents do not know; a fault of the shape.
pub fn fragment<T: Serialize>(name: &str, value: &T) -> Result<String, EncodeError> {
    let mut writer = Writer::new();
    writer.value(name, value)?;
    Ok(writer.finish())
}

#[cfg(test)]
mod tests;
