//! HTTP/1.1 without I/O: bytes in, decisions and bytes out. No socket, no clock.
//!
//! Follows RFC 9110 and RFC 9112, stricter wherever they leave a choice: what two readers could
//! understand differently is refused. Heads are patched: fields that stay are copied as they came.
//! Bodies are measured, never re-framed, except for HTTP/1.0 clients, who know no chunks.
//!
//! | file | |
//! |---|---|
//! | [`head`] | where a head ends, and the fields that mean something here |
//! | [`request`] | what is refused, how long the message is, what the instance is sent |
//! | [`response`] | the same of answers |
//! | [`body`] | which bytes belong to a message; chunks |
//! | [`desync`] | how far a request is from what all readers agree about, and what a mode does then |
//! | [`answer`] | answers made here |

pub mod answer;
pub mod body;
pub mod desync;
pub mod head;
pub mod request;
pub mod response;
