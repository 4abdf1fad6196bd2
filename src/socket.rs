//! Listening sockets, and why there is none: the causes a person can do something about.
//!
//! A leaf of the house: everything that listens (the API, servos, web instances) binds here, before
//! anything is handed to a runtime. Here is also the one option that the libraries do not have.

use nix::{getsockopt_impl, libc, setsockopt_impl, sockopt_impl};
use rustix::process::{Resource, getrlimit};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

/// Connections that may wait for `accept`. The kernel takes the smaller of this and
/// `net.core.somaxconn` (4096 on Linux since 5.4); a short queue turns a burst of clients into
/// timeouts of a second and more.
const BACKLOG: i32 = 4096;

/// Why an address cannot be listened on. Says what is so; what to do about it is the caller's to add,
/// who knows which option chose the address.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {cause}")]
pub struct BindError {
    pub address: SocketAddr,
    pub cause: BindCause,
}

#[derive(Debug, thiserror::Error)]
pub enum BindCause {
    #[error("the port is in use by another program")]
    InUse,
    #[error("the address is not one of this machine's")]
    NotAvailable,
    #[error("this user may not bind the port")]
    Denied,
    #[error("too many files are open")]
    TooManyFiles,
    #[error("{0}")]
    Other(io::Error),
}

impl From<io::Error> for BindCause {
    fn from(error: io::Error) -> BindCause {
        match error.kind() {
            io::ErrorKind::AddrInUse => BindCause::InUse,
            io::ErrorKind::AddrNotAvailable => BindCause::NotAvailable,
            io::ErrorKind::PermissionDenied => BindCause::Denied,
            _ => match error
                .raw_os_error()
                .map(rustix::io::Errno::from_raw_os_error)
            {
                Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE) => {
                    BindCause::TooManyFiles
                }
                _ => BindCause::Other(error),
            },
        }
    }
}

/// Binds a non-blocking listener that an earlier process's lingering connections do not keep out.
///
/// # Errors
///
/// The system does not allow it, with the cause.
pub fn listen(address: SocketAddr) -> Result<TcpListener, BindError> {
    bind(address).map_err(|error| BindError {
        address,
        cause: error.into(),
    })
}

/// Binds as [`listen`] does, unless that leaves too few descriptors for whoever connects: a sixteenth
/// of what the process may have open, but not fewer than 16, is for clients, instances and the
/// controller.
///
/// # Errors
///
/// As of [`listen`]; [`BindCause::TooManyFiles`] if too few are left.
pub fn listen_sparingly(address: SocketAddr) -> Result<TcpListener, BindError> {
    let listener = listen(address)?;
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let spared = (limit / 16).max(16);
    // The kernel gives out the lowest number that is free.
    let number = u64::try_from(listener.as_raw_fd()).unwrap_or(u64::MAX);
    if number.saturating_add(spared) >= limit {
        return Err(BindError {
            address,
            cause: BindCause::TooManyFiles,
        });
    }
    Ok(listener)
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // Without it a port is barred for a minute after a restart, by connections in TIME_WAIT.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

sockopt_impl!(
    /// How long a connection is not told of while its client has said nothing, in whole seconds.
    DeferAccept,
    Both,
    libc::IPPROTO_TCP,
    libc::TCP_DEFER_ACCEPT,
    u32
);

/// Has the system tell of a connection only when its client has said something, or has said nothing
/// for this time; zero: at once. The system counts in its own attempts, the first of which is after a
/// second.
///
/// # Errors
///
/// The system does not know the option.
pub fn defer_accept(listener: &TcpListener, time: Duration) -> io::Result<()> {
    let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    Ok(nix::sys::socket::setsockopt(
        listener,
        DeferAccept,
        &seconds,
    )?)
}

/// Tells the system, before it connects, that something is said as soon as the connection is open: what
/// is said then acknowledges the peer's consent, too, which spares a packet. The same option as
/// [`defer_accept`], at the other end.
///
/// # Errors
///
/// The system does not know the option.
pub fn speak_first(socket: &Socket) -> io::Result<()> {
    Ok(nix::sys::socket::setsockopt(socket, DeferAccept, &1)?)
}

/// What [`defer_accept`] or [`speak_first`] has set.
///
/// # Errors
///
/// The system does not know the option.
pub fn deferral(socket: &impl AsFd) -> io::Result<Duration> {
    let seconds = nix::sys::socket::getsockopt(socket, DeferAccept)?;
    Ok(Duration::from_secs(seconds.into()))
}

/// Binds a non-blocking datagram socket.
///
/// # Errors
///
/// The system does not allow it, with the cause.
pub fn datagrams(address: SocketAddr) -> Result<UdpSocket, BindError> {
    let bound = UdpSocket::bind(address).and_then(|socket| {
        socket.set_nonblocking(true)?;
        Ok(socket)
    });
    bound.map_err(|error| BindError {
        address,
        cause: error.into(),
    })
}

/// How often another port is asked for when the system's choice for UDP is taken for TCP.
const PAIR_TRIES: u32 = 16;

/// Binds UDP and TCP on the same address and port; with port 0 on one that both have free.
///
/// # Errors
///
/// As of [`listen`].
pub fn pair(address: SocketAddr) -> Result<(UdpSocket, TcpListener), BindError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let udp = datagrams(address)?;
        let bound = udp.local_addr().map_err(|error| BindError {
            address,
            cause: error.into(),
        })?;
        match listen(bound) {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(BindError {
                cause: BindCause::InUse,
                ..
            }) if address.port() == 0 && tries < PAIR_TRIES => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deferred_connection_is_there_with_its_first_word() {
        use std::io::Write;
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let minute = Duration::from_secs(60);
        defer_accept(&listener, minute).unwrap();
        assert!(deferral(&listener).unwrap() >= minute);
        let mut client = std::net::TcpStream::connect(address).unwrap();
        let nobody = listener.accept().unwrap_err();
        assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
        client.write_all(b"w").unwrap();
        // Within one machine it has arrived before the call returns.
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        defer_accept(&listener, Duration::ZERO).unwrap();
        let silent = std::net::TcpStream::connect(address).unwrap();
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, silent.local_addr().unwrap());
    }

    #[test]
    fn causes_are_told_apart() {
        let held = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let taken = held.local_addr().unwrap();
        let error = listen(taken).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot listen on {taken}: the port is in use by another program")
        );
        // 192.0.2.0/24 is documentation's: no machine has it.
        let error = listen("192.0.2.1:80".parse().unwrap()).unwrap_err();
        assert!(matches!(error.cause, BindCause::NotAvailable), "{error}");
    }

    #[test]
    fn a_port_is_free_again_once_its_listener_is_gone() {
        let held = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = held.local_addr().unwrap();
        let client = std::net::TcpStream::connect(address).unwrap();
        drop(held);
        let again = listen(address).unwrap();
        assert_eq!(again.local_addr().unwrap(), address);
        drop(client);
    }
}
