//! Where the local cloud answers names.

use crate::socket::{self, BindCause, BindError};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Where names are answered unless told otherwise: as the API's port, but 53 at its end.
pub const NAMES: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8753);

/// Where the names of the cloud's domain are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameService {
    Off,
    /// At [`NAMES`], or at any port if that is taken or the API's port is any too.
    Usual,
    At(SocketAddr),
}

impl NameService {
    /// Binds the two sockets, if there are to be any.
    ///
    /// # Errors
    ///
    /// The address that was asked for cannot be had.
    pub fn bind(self, api: SocketAddr) -> Result<Option<Sockets>, BindError> {
        let any = SocketAddr::new(NAMES.ip(), 0);
        match self {
            NameService::Off => Ok(None),
            NameService::At(address) => socket::pair(address).map(Some),
            NameService::Usual if api.port() == 0 => socket::pair(any).map(Some),
            NameService::Usual => match socket::pair(NAMES) {
                Err(error) if matches!(error.cause, BindCause::InUse) => {
                    tracing::info!(target: "dns", "{error}: another port is used");
                    socket::pair(any).map(Some)
                }
                bound => bound.map(Some),
            },
        }
    }
}

/// Both sockets, on one address.
pub type Sockets = (UdpSocket, TcpListener);
