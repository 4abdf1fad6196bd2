//! Server certificates: what HTTPS and SSL listeners prove themselves with.
//!
//! They belong to the account's users and permissions service (IAM) and are referred to by their ARN.
//! Whether the texts are what they claim to be is found out before a value of this type is made.
//!
//! Source: UploadServerCertificate and ServerCertificateMetadata, IAM API reference 2010-05-08.

use super::account::AccountId;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Characters of a name and of a path at most. Source: UploadServerCertificate.
const MAXIMUM_NAME: usize = 128;
const MAXIMUM_PATH: usize = 512;

/// A private key in PEM. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrivateKey(String);

impl PrivateKey {
    pub fn new(pem: impl Into<String>) -> PrivateKey {
        PrivateKey(pem.into())
    }

    /// The PEM, for whoever needs the key and not for people.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

/// A server certificate of an account, with the key that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCertificate {
    pub account: AccountId,
    /// Unique in the account.
    pub name: String,
    /// `/`, or `/` and segments that each end with `/`.
    pub path: String,
    /// `ASCA` and 17 capitals and digits.
    pub id: String,
    /// The certificate itself, in PEM.
    pub certificate: String,
    /// Certificates of authorities in PEM, the issuer of the certificate first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    pub key: PrivateKey,
    pub uploaded: Timestamp,
    pub expires: Timestamp,
}

/// Why a name or a path is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCertificateName {
    #[error(
        "the name of a server certificate is 1 to {MAXIMUM_NAME} letters, digits and _+=,.@- characters"
    )]
    Name,
    #[error(
        "a path begins and ends with / and has {MAXIMUM_PATH} characters at most, none of them a space"
    )]
    Path,
}

/// Checks the name of a server certificate to be made.
///
/// # Errors
///
/// It is empty, too long, or has a character that names cannot have.
pub fn check_name(name: &str) -> Result<(), BadCertificateName> {
    let known = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let good = (1..=MAXIMUM_NAME).contains(&name.len()) && name.chars().all(known);
    good.then_some(()).ok_or(BadCertificateName::Name)
}

/// Checks the path of a server certificate to be made.
///
/// # Errors
///
/// It does not begin and end with a slash, is too long, or has a space or a control character.
pub fn check_path(path: &str) -> Result<(), BadCertificateName> {
    let good = path.len() <= MAXIMUM_PATH
        && path.starts_with('/')
        && path.ends_with('/')
        && path.chars().all(|c| c.is_ascii_graphic());
    good.then_some(()).ok_or(BadCertificateName::Path)
}

impl ServerCertificate {
    /// `arn:aws:iam::123456789012:server-certificate/web`, with the path before the name if it has one.
    pub fn arn(&self) -> String {
        let ServerCertificate {
            account,
            name,
            path,
            ..
        } = self;
        format!("arn:aws:iam::{account}:server-certificate{path}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(path: &str) -> ServerCertificate {
        ServerCertificate {
            account: AccountId::new("123456789012"),
            name: "web".to_owned(),
            path: path.to_owned(),
            id: "ASCA0123456789ABCDEFG".to_owned(),
            certificate: "a certificate".to_owned(),
            chain: None,
            key: PrivateKey::new("a secret"),
            uploaded: Timestamp(0),
            expires: Timestamp(1),
        }
    }

    #[test]
    fn arns_have_the_path_before_the_name() {
        assert_eq!(
            certificate("/").arn(),
            "arn:aws:iam::123456789012:server-certificate/web"
        );
        assert_eq!(
            certificate("/prod/eu/").arn(),
            "arn:aws:iam::123456789012:server-certificate/prod/eu/web"
        );
    }

    #[test]
    fn the_key_is_not_shown() {
        assert!(!format!("{:?}", certificate("/")).contains("secret"));
    }

    #[test]
    fn names_and_paths_keep_to_their_characters() {
        let long = "n".repeat(MAXIMUM_NAME + 1);
        let names = [
            ("web", true),
            ("a.b_c+d=e,f@g-h", true),
            (&long[1..], true),
            (&long, false),
            ("", false),
            ("a/b", false),
            ("a b", false),
        ];
        for (name, good) in names {
            assert_eq!(check_name(name).is_ok(), good, "{name}");
        }
        let paths = [
            ("/", true),
            ("/prod/", true),
            ("", false),
            ("prod/", false),
            ("/prod", false),
            ("/a b/", false),
        ];
        for (path, good) in paths {
            assert_eq!(check_path(path).is_ok(), good, "{path}");
        }
    }
}
