//! The PROXY line: tells an instance, in the first bytes of a connection, whose connection it carries.
//!
//! Source: "The PROXY protocol", version 1 of 2.1 (HAProxy), as Elastic Load Balancing sends it.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

/// Bytes of the longest line, two IPv6 addresses in full, with its end.
pub const LONGEST: usize = 107;

/// The line of a connection whose ends are not known.
pub const UNKNOWN: &str = "PROXY UNKNOWN\r\n";

/// The line for a client, and the address it connected to.
///
/// An IPv4 address that reached an IPv6 socket is an IPv4 address. Two addresses of different
/// families, which no socket has, are `UNKNOWN`.
pub fn line(client: SocketAddr, local: SocketAddr) -> String {
    let (source, destination) = (client.ip().to_canonical(), local.ip().to_canonical());
    let family = match (source, destination) {
        (IpAddr::V4(_), IpAddr::V4(_)) => "TCP4",
        (IpAddr::V6(_), IpAddr::V6(_)) => "TCP6",
        _ => return UNKNOWN.to_owned(),
    };
    let mut line = String::with_capacity(LONGEST);
    // Writing to a string does not fail.
    let _ = write!(
        line,
        "PROXY {family} {source} {destination} {} {}\r\n",
        client.port(),
        local.port()
    );
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_protocol() {
        let cases = [
            (
                "198.51.100.22:35646",
                "203.0.113.7:80",
                "PROXY TCP4 198.51.100.22 203.0.113.7 35646 80\r\n",
            ),
            (
                "[2001:db8::1]:35646",
                "[2001:db8::2]:443",
                "PROXY TCP6 2001:db8::1 2001:db8::2 35646 443\r\n",
            ),
            (
                "[::ffff:198.51.100.22]:1",
                "[::ffff:203.0.113.7]:2",
                "PROXY TCP4 198.51.100.22 203.0.113.7 1 2\r\n",
            ),
            ("198.51.100.22:1", "[2001:db8::2]:2", UNKNOWN),
        ];
        for (client, local, expected) in cases {
            let found = line(client.parse().unwrap(), local.parse().unwrap());
            assert_eq!(found, expected);
        }
        let longest: SocketAddr = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
            .parse()
            .unwrap();
        assert!(line(longest, longest).len() <= LONGEST);
    }
}
