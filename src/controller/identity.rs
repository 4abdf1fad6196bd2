//! Ids and secrets, from the system's random numbers.

use super::state::State;
use crate::model::account::{AccessKey, AccountId, Group, User};
use crate::model::session::Session;
use crate::model::timestamp::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Letters and digits of access key ids.
const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Letters and digits of secrets. Without `+` and `/`, which some clients sign wrongly.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789";

const ACCESS_KEY_PREFIX: &str = "AKI";
/// Characters of an access key id, prefix included, and of a secret. Source: Eucalyptus.
const ACCESS_KEY_LENGTH: usize = 20;
const SECRET_LENGTH: usize = 40;
/// Digits of an account number.
const ACCOUNT_LENGTH: usize = 12;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

/// A text of characters from an alphabet, each as likely as any other.
fn text(alphabet: &[u8], length: usize) -> String {
    // Bytes beyond the last whole multiple of the alphabet would favour its first characters.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in random::<64>() {
            if usize::from(byte) < fair && text.len() < length {
                text.push(char::from(alphabet[usize::from(byte) % alphabet.len()]));
            }
        }
    }
    text
}

/// An id such as `i-1DF9440E`.
pub fn instance_id() -> String {
    format!("i-{:08X}", u32::from_be_bytes(random()))
}

/// A number such as `972528928292`: twelve digits, the first not 0.
pub fn account_id() -> AccountId {
    loop {
        let number = text(DIGITS, ACCOUNT_LENGTH);
        if !number.starts_with('0') {
            return AccountId::new(number);
        }
    }
}

/// Characters after the prefix of an id of IAM's. Source: IAM identifiers, unique ids.
const UNIQUE_LENGTH: usize = 17;

/// An id of a server certificate, such as `ASCACKCEVSQ6C2EXAMPLE`.
pub fn certificate_id() -> String {
    format!("ASCA{}", text(CAPITALS, UNIQUE_LENGTH))
}

/// The id of a user, `AIDA…`: always the same for the same user.
pub fn user_id(account: &AccountId, user: &str) -> String {
    unique_id("AIDA", account, user)
}

/// The id of a group, `AGPA…`: always the same for the same group.
pub fn group_id(account: &AccountId, group: &str) -> String {
    unique_id("AGPA", account, group)
}

/// The id of a role, `AROA…`: always the same for the same role.
pub fn role_id(account: &AccountId, role: &str) -> String {
    unique_id("AROA", account, role)
}

/// An id of something of EC2's, such as `vpc-1df9440e`.
pub fn resource_id(prefix: &str) -> Arc<str> {
    format!("{prefix}{:08x}", u32::from_be_bytes(random())).into()
}

/// Characters of a session's token. Clients take them as they are.
const TOKEN_LENGTH: usize = 128;

/// New temporary credentials.
pub fn session(
    account: &AccountId,
    user: &str,
    role: Option<String>,
    expires: Timestamp,
) -> Session {
    let prefix = "ASIA";
    let rest = text(CAPITALS, ACCESS_KEY_LENGTH - prefix.len());
    Session {
        id: format!("{prefix}{rest}"),
        secret: text(LETTERS, SECRET_LENGTH),
        token: text(LETTERS, TOKEN_LENGTH),
        account: account.clone(),
        user: user.to_owned(),
        role,
        expires,
    }
}

fn unique_id(prefix: &str, account: &AccountId, name: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(account.as_str());
    hash.update("/");
    hash.update(name);
    let mut id = prefix.to_owned();
    id.extend(
        hash.finalize()
            .iter()
            .take(UNIQUE_LENGTH)
            .map(|byte| char::from(CAPITALS[usize::from(*byte) % CAPITALS.len()])),
    );
    id
}

/// The number of an account that is not there yet.
pub fn unused_account_id(state: &State) -> AccountId {
    loop {
        let id = account_id();
        if !state.accounts.contains_key(&id) {
            return id;
        }
    }
}

/// A new user of an account.
pub fn user(account: &AccountId, name: &str, created: Timestamp) -> User {
    User {
        account: account.clone(),
        name: name.to_owned(),
        id: user_id(account, name),
        created,
        policies: BTreeSet::new(),
    }
}

/// A group with nobody in it.
pub fn group(account: &AccountId, name: &str, created: Timestamp) -> Group {
    Group {
        account: account.clone(),
        name: name.to_owned(),
        id: group_id(account, name),
        created,
        members: BTreeSet::new(),
        policies: BTreeSet::new(),
    }
}

/// An id such as `emi-1DF9440E`.
pub fn image_id() -> String {
    format!("emi-{:08X}", u32::from_be_bytes(random()))
}

/// A new secret of an access key.
pub fn secret() -> String {
    text(LETTERS, SECRET_LENGTH)
}

/// A new key of a user.
pub fn access_key(account: &AccountId, user: &str) -> AccessKey {
    let rest = text(CAPITALS, ACCESS_KEY_LENGTH - ACCESS_KEY_PREFIX.len());
    AccessKey {
        id: format!("{ACCESS_KEY_PREFIX}{rest}"),
        secret: secret(),
        account: account.clone(),
        user: user.to_owned(),
        inactive: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_secrets_have_their_forms() {
        for _ in 0..100 {
            let id = instance_id();
            assert!(id.starts_with("i-") && id.len() == 10, "{id}");
            assert!(!id[2..].contains(|c: char| c.is_ascii_lowercase()), "{id}");
            let account = account_id();
            assert_eq!(account.as_str().len(), 12);
            let user = user(&account, "ann", Timestamp(0));
            assert!(
                user.id.starts_with("AIDA") && user.id.len() == 21,
                "{user:?}"
            );
            assert!(image_id().starts_with("emi-"));
            let key = access_key(&account, "admin");
            assert_eq!((key.id.len(), key.secret.len()), (20, 40));
            assert!(key.id.starts_with("AKI"));
            assert!(!format!("{key:?}").contains(&key.secret));
        }
        assert_ne!(text(LETTERS, 40), text(LETTERS, 40));
    }
}
