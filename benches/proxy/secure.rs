//! TLS of a comparison: the certificate that every proxy shows, and the client that trusts it.
//!
//! The key is P-256 and the client offers TLS 1.3 with AES-128-GCM and X25519 alone, so that
//! everybody does the same arithmetic.

use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, version};

pub const NAME: &str = "shop.example";
pub const CERTIFICATE: &str = "certificate.pem";
pub const KEY: &str = "key.pem";
/// Certificate and key in one file, as HAProxy wants them.
pub const BOTH: &str = "both.pem";

/// Writes a certificate and its key, unless they are there.
pub fn issue(directory: &Path) -> Result<(), String> {
    if directory.join(BOTH).exists() {
        return Ok(());
    }
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()])
        .map_err(|error| format!("no certificate: {error}"))?;
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let both = format!("{certificate}{key}");
    for (name, text) in [(CERTIFICATE, certificate), (KEY, key), (BOTH, both)] {
        std::fs::write(directory.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// A client that trusts the certificate in a file.
pub fn client(trusted: &str, resumes: bool) -> TlsConnector {
    let provider = CryptoProvider {
        cipher_suites: vec![aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256],
        kx_groups: vec![aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    };
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(trusted).expect("the certificate is there");
    roots.add(certificate).expect("it is a certificate");
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&version::TLS13])
        .expect("the suite is of this version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = match resumes {
        true => Resumption::in_memory_sessions(1),
        false => Resumption::disabled(),
    };
    TlsConnector::from(Arc::new(config))
}
