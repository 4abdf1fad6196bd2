//! The driver of HTTP connections. For the moment it carries them unread.

use super::worker::{Open, Presence};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Carries one client connection.
pub async fn serve(presence: Presence, client: TcpStream, _peer: SocketAddr) {
    super::tcp::serve(presence, client).await;
}

/// Answers 503 to a client that is one too many.
pub fn turn_away(opened: &Open, client: &TcpStream) {
    opened.counters.answered(503);
    // Whether the answer fits into the empty send buffer is the only question, and it does.
    let _ = client.try_write(
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
}
