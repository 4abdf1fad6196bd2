//! `eulb-set-lb-listener-ssl-cert`.

use super::Command;
use crate::cli::args::Integer;
use crate::cli::exit::Failure;
use crate::wire::listener::SetLoadBalancerListenerSSLCertificate;

/// Change the certificate of a listener
///
/// The listener must be an HTTPS or SSL one. Connections in progress keep the old certificate.
#[derive(Debug, clap::Args)]
pub struct SetLbListenerSslCert {
    /// Port of the listener (required)
    #[arg(short, long, value_name = "PORT")]
    lb_port: Integer,
    /// ARN of the server certificate to use (required)
    #[arg(short, long, value_name = "ARN")]
    cert_id: String,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for SetLbListenerSslCert {
    type Action = SetLoadBalancerListenerSSLCertificate;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-set-lb-listener-ssl-cert --release 4.0.0 -l 443 -c arn:aws:iam::111122223333:server-certificate/shop MyLB",
    ];

    fn request(&self) -> Result<SetLoadBalancerListenerSSLCertificate, Failure> {
        Ok(SetLoadBalancerListenerSSLCertificate {
            load_balancer_name: self.name.clone(),
            load_balancer_port: self.lb_port.nearest,
            ssl_certificate_id: self.cert_id.clone(),
        })
    }
}
