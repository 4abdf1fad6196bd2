//! Whether texts are a certificate, its chain and its key.

use crate::model::timestamp::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Characters of a certificate and of a key, and of a chain. Source: UploadServerCertificate.
const MAXIMUM_PEM: usize = 16_384;
const MAXIMUM_CHAIN: usize = 2_097_152;

/// Why a certificate cannot be used. The texts are IAM's where it is known what they are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("Unable to parse certificate. Please ensure the certificate is in PEM format.")]
    Certificate,
    #[error("The certificate body must hold one certificate; put the others into the chain")]
    SeveralCertificates,
    #[error("Unable to parse certificate chain. Please ensure the certificates are in PEM format.")]
    Chain,
    #[error("Unable to parse key; the private key must be in PEM format and must not be encrypted")]
    Key,
    #[error("{0}")]
    KeyKind(String),
    #[error("Private key does not match the public key of the certificate")]
    Mismatch,
    #[error("{what} must have length less than or equal to {limit}")]
    TooLong { what: &'static str, limit: usize },
}

impl Unusable {
    pub fn code(&self) -> &'static str {
        match self {
            Unusable::Mismatch => "KeyPairMismatch",
            Unusable::TooLong { .. } => "ValidationError",
            _ => "MalformedCertificate",
        }
    }
}

/// Reads a certificate, its chain and its key; returns when the certificate expires.
///
/// # Errors
///
/// One of them is not what it must be, or the key is another certificate's.
pub fn examine(body: &str, chain: Option<&str>, key: &str) -> Result<Timestamp, Unusable> {
    let bounded = |what, text: &str, limit| {
        (text.len() <= limit)
            .then_some(())
            .ok_or(Unusable::TooLong { what, limit })
    };
    bounded("certificateBody", body, MAXIMUM_PEM)?;
    bounded("privateKey", key, MAXIMUM_PEM)?;
    bounded("certificateChain", chain.unwrap_or_default(), MAXIMUM_CHAIN)?;
    let mut certificates = read_all(body).ok_or(Unusable::Certificate)?;
    let leaf = certificates.pop().ok_or(Unusable::Certificate)?;
    if !certificates.is_empty() {
        return Err(Unusable::SeveralCertificates);
    }
    let (_, parsed) = X509Certificate::from_der(&leaf).map_err(|_| Unusable::Certificate)?;
    let expires = Timestamp(parsed.validity().not_after.timestamp() * 1000);
    if let Some(chain) = chain {
        let authorities = read_all(chain).ok_or(Unusable::Chain)?;
        let good = |der: &CertificateDer<'_>| X509Certificate::from_der(der).is_ok();
        if authorities.is_empty() || !authorities.iter().all(good) {
            return Err(Unusable::Chain);
        }
    }
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| Unusable::Key)?;
    match CertifiedKey::from_der(vec![leaf.into_owned()], key, &aws_lc_rs::default_provider()) {
        Ok(_) => Ok(expires),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(Unusable::Mismatch),
        Err(Error::InvalidCertificate(_)) => Err(Unusable::Certificate),
        Err(error) => Err(Unusable::KeyKind(format!(
            "The private key cannot be used: {error}"
        ))),
    }
}

/// The certificates in a text; nothing if one of them is damaged.
fn read_all(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .ok()
}
