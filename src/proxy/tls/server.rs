//! What a listener proves who it is with, and what it negotiates.
//!
//! A security policy is kept in full by the controller; what is served of it is what rustls offers
//! too: TLS 1.2 with forward secrecy and authenticated encryption. The rest cannot be had by design,
//! and a policy that leaves nothing is refused with a sentence that says so. Without a policy
//! (`eulb proxy`, Eucalyptus before 4.2.0) everything sound is offered, TLS 1.3 included; with one,
//! TLS 1.3 is not, since no policy of Classic Load Balancers names it.

use crate::model::plane::{Identity, ListenerTls};
use crate::model::policy::Negotiation;
use crate::model::policy::negotiation::{Cipher, Switch, Version};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, ParsedCertificate, ProducesTickets};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SignatureAlgorithm, SupportedCipherSuite};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The settings of a listener's TLS, shared by its workers. Two are equal if they are the same ones.
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
    tickets: Arc<dyn ProducesTickets>,
    /// What they were made from.
    terms: ListenerTls,
}

impl PartialEq for ServerTls {
    fn eq(&self, other: &ServerTls) -> bool {
        Arc::ptr_eq(&self.config, &other.config)
    }
}

impl Eq for ServerTls {}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

/// Why a listener cannot be served over TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unservable {
    #[error("its certificate does not exist any more")]
    CertificateMissing,
    #[error("its certificate is not one in PEM: {0}")]
    Certificate(String),
    #[error("its private key is not one in PEM (PKCS#8, PKCS#1 or SEC 1): {0}")]
    Key(String),
    #[error("its certificate and private key do not belong together: {0}")]
    Mismatch(String),
    #[error(
        "its security policy enables no protocol that can be served: it has {enabled}, and only \
         TLSv1.2 is offered (SSLv3, TLSv1 and TLSv1.1 are broken or withdrawn)"
    )]
    NoProtocol { enabled: String },
    #[error(
        "its security policy enables no cipher that can be served with {key} key: offered are \
         {offered}; suites without forward secrecy or authenticated encryption are not"
    )]
    NoCipher { key: &'static str, offered: String },
    #[error("the system has no random numbers")]
    NoRandom,
}

impl ServerTls {
    /// Makes the settings, keeping the keys of session tickets from those before where a client that
    /// resumes a session then still talks to whom it once verified.
    ///
    /// # Errors
    ///
    /// The certificate is of no use, or the policy leaves nothing that can be served.
    pub fn new(terms: &ListenerTls, before: Option<&ServerTls>) -> Result<ServerTls, Unservable> {
        let identity = terms
            .identity
            .as_deref()
            .ok_or(Unservable::CertificateMissing)?;
        let key = certified_key(identity)?;
        let suites = suites(terms.negotiation.as_ref(), &key)?;
        let versions: &[_] = match terms.negotiation {
            Some(_) => &[&rustls::version::TLS12],
            None => &[&rustls::version::TLS13, &rustls::version::TLS12],
        };
        let provider = CryptoProvider {
            cipher_suites: suites,
            ..aws_lc_rs::default_provider()
        };
        let tickets = match before {
            Some(before) if resumable(&before.terms, terms) => Arc::clone(&before.tickets),
            _ => aws_lc_rs::Ticketer::new().map_err(|_| Unservable::NoRandom)?,
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .map_err(|error| Unservable::Certificate(error.to_string()))?
            .with_no_client_auth()
            // One certificate whatever the client asks for: SNI is ignored, as in ELB.
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key)));
        config.ignore_client_order = terms
            .negotiation
            .as_ref()
            .is_none_or(|negotiation| negotiation.enables(Switch::ServerOrder));
        // Tickets keep the sessions with the clients; whoever knows none begins anew.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.ticketer = Arc::clone(&tickets);
        Ok(ServerTls {
            config: Arc::new(config),
            tickets,
            terms: terms.clone(),
        })
    }

    /// For a new session.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// What the settings were made from.
    pub fn terms(&self) -> &ListenerTls {
        &self.terms
    }
}

/// Reads a certificate, its chain and its key, and checks that they belong together.
fn certified_key(identity: &Identity) -> Result<CertifiedKey, Unservable> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(identity.certificates.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| Unservable::Certificate(error.to_string()))?;
    if chain.is_empty() {
        return Err(Unservable::Certificate("there is none".to_owned()));
    }
    // The reason is told, the key is not: rustls' errors do not quote it.
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes())
        .map_err(|error| Unservable::Key(error.to_string()))?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(
        |error| match error {
            rustls::Error::InconsistentKeys(_) => Unservable::Mismatch(error.to_string()),
            rustls::Error::InvalidCertificate(_) => Unservable::Certificate(error.to_string()),
            error => Unservable::Key(error.to_string()),
        },
    )
}

/// The suites that may be negotiated, in the order of preference.
fn suites(
    negotiation: Option<&Negotiation>,
    key: &CertifiedKey,
) -> Result<Vec<SupportedCipherSuite>, Unservable> {
    let offered = aws_lc_rs::default_provider().cipher_suites;
    let Some(negotiation) = negotiation else {
        return Ok(offered);
    };
    if !negotiation.enables(Switch::Version(Version::Tls1_2)) {
        return Err(Unservable::NoProtocol {
            enabled: enabled_versions(negotiation),
        });
    }
    let common: Vec<_> = Cipher::all()
        .filter(|cipher| negotiation.enables(Switch::Cipher(*cipher)))
        .filter_map(|cipher| {
            let named =
                |suite: &&SupportedCipherSuite| super::cipher_name(suite.suite()) == cipher.name();
            offered.iter().find(named).copied()
        })
        .collect();
    let (algorithm, words) = match key.key.algorithm() {
        SignatureAlgorithm::RSA => (SignatureAlgorithm::RSA, "an RSA"),
        // Ed25519 keys sign in the ECDSA suites (RFC 8422).
        algorithm => (algorithm, "an elliptic-curve"),
    };
    let usable = |suite: &SupportedCipherSuite| suite.usable_for_signature_algorithm(algorithm);
    if !common.iter().any(usable) {
        let offered: Vec<_> = Cipher::all()
            .filter(|cipher| cipher.served())
            .map(Cipher::name)
            .collect();
        return Err(Unservable::NoCipher {
            key: words,
            offered: offered.join(", "),
        });
    }
    Ok(common)
}

fn enabled_versions(negotiation: &Negotiation) -> String {
    let enabled: Vec<_> = Version::ALL
        .into_iter()
        .filter(|version| negotiation.enables(Switch::Version(*version)))
        .map(Version::name)
        .collect();
    if enabled.is_empty() {
        "none".to_owned()
    } else {
        enabled.join(", ")
    }
}

/// Whether a session that began under the former terms may be resumed under the present ones: both
/// certificates are for the same key or the same names, so that a renewal is not noticed and a
/// listener that was given to somebody else begins anew. What the policy no longer allows is
/// renegotiated by rustls in any case.
fn resumable(before: &ListenerTls, now: &ListenerTls) -> bool {
    let (Some(before), Some(now)) = (&before.identity, &now.identity) else {
        return false;
    };
    if before == now {
        return true;
    }
    match (subject(before), subject(now)) {
        (Some(before), Some(now)) => {
            before.key == now.key || (!before.names.is_empty() && before.names == now.names)
        }
        _ => false,
    }
}

struct Subject {
    key: Vec<u8>,
    names: BTreeSet<String>,
}

fn subject(identity: &Identity) -> Option<Subject> {
    let first = CertificateDer::from_pem_slice(identity.certificates.as_bytes()).ok()?;
    let parsed = ParsedCertificate::try_from(&first).ok()?;
    let names = webpki::EndEntityCert::try_from(&first).ok()?;
    Some(Subject {
        key: parsed.subject_public_key_info().to_vec(),
        names: names.valid_dns_names().map(str::to_owned).collect(),
    })
}
