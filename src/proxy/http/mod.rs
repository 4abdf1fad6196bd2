//! HTTP/1.1 without I/O: bytes in, decisions and bytes out. No socket, no clock.
//!
//! Follows RFC 9110 and RFC 9112, stricter wherever they leave a choice: what two readers could
//! understand differently is refused.

pub mod request;
