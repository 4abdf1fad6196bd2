//! Request heads: what is refused, what the message's length is, what the instance is sent.

/// What a listener writes into every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarding {
    /// X-Forwarded-Proto and X-Forwarded-Port, ready to be copied; empty if they are not added.
    proto_and_port: Box<[u8]>,
    /// Whether the instance is asked to keep the connection open.
    keep_instance_connection: bool,
}

impl Forwarding {
    /// With the scheme and port that clients see, if instances are told.
    pub fn new(proto_and_port: Option<(&str, u16)>, keep_instance_connection: bool) -> Forwarding {
        Forwarding {
            proto_and_port: proto_and_port.map_or_else(Box::default, |(proto, port)| {
                format!("X-Forwarded-Proto: {proto}\r\nX-Forwarded-Port: {port}\r\n")
                    .into_bytes()
                    .into()
            }),
            keep_instance_connection,
        }
    }
}
