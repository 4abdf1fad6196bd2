//! TLS towards instances: which of their certificates are good enough.
//!
//! As in Elastic Load Balancing, any certificate is, and what is gained is encryption; unless
//! back-end server authentication names keys, of which an instance must then prove to have one. No
//! names are compared and no dates: an instance has no name, and its key is the agreement.
//!
//! Amazon's public keys are keys; Eucalyptus handed the policy's certificates to HAProxy as those of
//! authorities. Both work here: a certificate is trusted for its own key and for what it has signed.

use crate::model::plane::InstanceTls;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use std::fmt;
use std::sync::{Arc, LazyLock};

/// Sessions with instances that may be resumed, for one listener's settings: more than the instances
/// most load balancers have.
const RESUMABLE_SESSIONS: usize = 1024;

/// The settings of TLS towards instances, shared by workers. Two are equal if they trust the same.
#[derive(Clone)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
    terms: InstanceTls,
}

impl PartialEq for ClientTls {
    fn eq(&self, other: &ClientTls) -> bool {
        self.terms == other.terms
    }
}

impl Eq for ClientTls {}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

/// A public key policy holds what is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key that its instances must have cannot be read: {0}")]
pub struct Unreadable(String);

impl ClientTls {
    /// Settings that trust what the terms say.
    ///
    /// # Errors
    ///
    /// A key cannot be read; nothing is trusted in its stead.
    pub fn new(terms: &InstanceTls) -> Result<ClientTls, Unreadable> {
        let config = if terms.trusted.is_empty() {
            Arc::clone(&UNVERIFIED)
        } else {
            let mut keys = Keys {
                keys: Vec::new(),
                authorities: RootCertStore::empty(),
                provider: Arc::clone(&PROVIDER),
            };
            for text in &terms.trusted {
                keys.trust(text)?;
            }
            Arc::new(with_verifier(Arc::new(keys)))
        };
        Ok(ClientTls {
            config,
            terms: terms.clone(),
        })
    }

    /// For a new session.
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// What the settings were made from.
    pub fn terms(&self) -> &InstanceTls {
        &self.terms
    }
}

static PROVIDER: LazyLock<Arc<CryptoProvider>> =
    LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// Made when first needed: most load balancers speak plainly to their instances.
static UNVERIFIED: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    Arc::new(with_verifier(Arc::new(AnyCertificate(Arc::clone(
        &PROVIDER,
    )))))
});

/// The settings of health checks: those of traffic to instances, but for resumption. A resumed
/// session would prove less than a handshake.
pub static FOR_CHECKS: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let mut config = ClientConfig::clone(&UNVERIFIED);
    config.resumption = Resumption::disabled();
    Arc::new(config)
});

fn with_verifier(verifier: Arc<dyn ServerCertVerifier>) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&PROVIDER))
        .with_safe_default_protocol_versions()
        .expect("the provider supports the protocol versions it is built for")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(RESUMABLE_SESSIONS);
    config
}

/// Checks that the handshake is signed by the key it shows: the same for every verifier here.
macro_rules! verify_signatures {
    ($provider:tt) => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            let algorithms = &self.$provider.signature_verification_algorithms;
            rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            let algorithms = &self.$provider.signature_verification_algorithms;
            rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            let algorithms = &self.$provider.signature_verification_algorithms;
            algorithms.supported_schemes()
        }
    };
}

/// Accepts every certificate. Signatures are checked, so that the handshake really completes.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    verify_signatures!(0);
}

/// Accepts the certificates of certain keys, and what certain certificates have signed.
#[derive(Debug)]
struct Keys {
    /// In DER, as certificates hold them (SubjectPublicKeyInfo).
    keys: Vec<Vec<u8>>,
    authorities: RootCertStore,
    provider: Arc<CryptoProvider>,
}

impl Keys {
    fn trust(&mut self, text: &str) -> Result<(), Unreadable> {
        let der = CertificateDer::from(der_of(text)?);
        match ParsedCertificate::try_from(&der) {
            Ok(certificate) => {
                let key = certificate.subject_public_key_info();
                self.keys.push(key.to_vec());
                // One that is no authority is still trusted for its key.
                let _ = self.authorities.add(der);
            }
            Err(_) if is_key_info(&der) => self.keys.push(der.to_vec()),
            Err(error) => return Err(Unreadable(error.to_string())),
        }
        Ok(())
    }
}

/// Whether DER has the outline of a SubjectPublicKeyInfo: a sequence of a sequence, its algorithm,
/// and a bit string, with nothing behind (RFC 5280 §4.1).
fn is_key_info(der: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    const BIT_STRING: u8 = 0x03;
    let Some((outer, [])) = element(der, SEQUENCE) else {
        return false;
    };
    let key = element(outer, SEQUENCE).and_then(|(_, rest)| element(rest, BIT_STRING));
    matches!(key, Some((_, [])))
}

/// The content of an element with a tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *first != tag {
        return None;
    }
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        // A key is shorter than 64 KiB.
        0x81 | 0x82 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x0f))?;
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// Reads PEM of any label, or its base64 alone.
fn der_of(text: &str) -> Result<Vec<u8>, Unreadable> {
    let text = text.trim();
    let armoured = if text.starts_with("-----") {
        text.to_owned()
    } else {
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
    };
    match <(SectionKind, Vec<u8>)>::from_pem_slice(armoured.as_bytes()) {
        Ok((SectionKind::Certificate | SectionKind::PublicKey, der)) => Ok(der),
        Ok(_) => Err(Unreadable(
            "it is neither a certificate nor a public key".to_owned(),
        )),
        Err(error) => Err(Unreadable(error.to_string())),
    }
}

impl ServerCertVerifier for Keys {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let key = certificate.subject_public_key_info();
        let known = self.keys.iter().any(|known| known[..] == key[..]);
        let signed = || {
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &self.authorities,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )
            .is_ok()
        };
        if known || signed() {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    verify_signatures!(provider);
}
