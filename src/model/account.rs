//! Accounts, and on whose behalf a request is made.

use super::permission::Standing;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The 12-digit number of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(Arc<str>);

impl AccountId {
    pub fn new(text: impl Into<Arc<str>>) -> AccountId {
        AccountId(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// On whose behalf a request is made, as settled by its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub account: AccountId,
    /// Name of the user inside the account.
    pub user: Arc<str>,
    /// Whether this is the cloud administrator: the first user of the account `eucalyptus`.
    pub administrator: bool,
    /// The region that the signature is for, which ARNs name.
    pub region: Arc<str>,
    /// `ROLE/SESSION`, if the credentials are those of an assumed role.
    pub session: Option<Arc<str>>,
}

impl Caller {
    /// Where the caller stands before any policy is read.
    pub fn standing(&self) -> Standing {
        if self.administrator {
            Standing::SystemAdministrator
        } else if &*self.user == User::ADMINISTRATOR {
            Standing::AccountAdministrator
        } else {
            Standing::User
        }
    }
}

/// An account of the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    /// The name people use: `eucalyptus`, `tenant`.
    pub alias: String,
    /// Names of the policies that forbid and limit what the whole account does.
    #[serde(default)]
    pub policies: BTreeSet<String>,
}

impl Account {
    /// The alias of the cloud administrator's account.
    pub const ADMINISTRATOR: &'static str = "eucalyptus";

    /// An account with nothing attached.
    pub fn new(id: AccountId, alias: String) -> Account {
        Account {
            id,
            alias,
            policies: BTreeSet::new(),
        }
    }

    /// Whether a text may be the alias of an account: 3 to 63 small letters, digits and hyphens, not
    /// at the ends. A number of 12 digits would be mistaken for an id. Source: CreateAccountAlias,
    /// IAM API reference.
    pub fn is_alias(text: &str) -> bool {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (3..=63).contains(&text.len())
            && text.bytes().all(|byte| letter(byte) || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !(text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Whether this is the cloud administrator's account.
    pub fn is_administrator(&self) -> bool {
        self.alias == Account::ADMINISTRATOR
    }
}

/// A user of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub account: AccountId,
    pub name: String,
    /// `AIDA` and 17 capitals and digits.
    pub id: String,
    pub created: Timestamp,
    /// Names of the policies attached to the user.
    #[serde(default)]
    pub policies: BTreeSet<String>,
}

/// A group of users of an account: what is attached to it goes for each of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub account: AccountId,
    pub name: String,
    /// `AGPA` and 17 capitals and digits.
    pub id: String,
    pub created: Timestamp,
    /// Names of the users in it.
    #[serde(default)]
    pub members: BTreeSet<String>,
    /// Names of the policies attached to the group.
    #[serde(default)]
    pub policies: BTreeSet<String>,
}

impl User {
    /// The user that every account begins with, who may do in it whatever the account may.
    pub const ADMINISTRATOR: &'static str = "admin";
}

/// Whether a text may name a user, a group or a policy: 1 to 64 letters, digits and `+=,.@_-`. Source:
/// CreateUser, IAM API reference.
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
}

/// A policy of an account, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub account: AccountId,
    pub name: String,
    pub created: Timestamp,
    /// JSON, which [`Document`](super::permission::Document) reads.
    pub document: String,
}

/// An access key of a user. Holds a secret, so it is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AKI` and 17 capitals and digits.
    pub id: String,
    /// 40 letters and digits.
    pub secret: String,
    pub account: AccountId,
    /// Name of the user inside the account.
    pub user: String,
    /// What an inactive key signs is not believed, as if there were no such key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inactive: bool,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_their_letters() {
        #[rustfmt::skip]
        let cases = [
            ("tenant", true, true), ("a-b", true, true), ("ab", false, true), ("-ab", false, true),
            ("ab-", false, true), ("Tenant", false, true), ("123456789012", false, true),
            ("12345678901", true, true), ("ann.lee@x", false, true), ("a/b", false, false),
            ("a b", false, false), ("", false, false), ("ä", false, false),
        ];
        for (text, alias, name) in cases {
            assert_eq!(
                (Account::is_alias(text), is_name(text)),
                (alias, name),
                "{text}"
            );
        }
        assert!(is_name(&"x".repeat(64)) && !is_name(&"x".repeat(65)));
        assert!(Account::is_alias(&"x".repeat(63)) && !Account::is_alias(&"x".repeat(64)));
    }

    #[test]
    fn only_the_first_user_of_the_first_account_is_the_cloud_administrator() {
        let standing = |user: &str, administrator| {
            let caller = Caller {
                account: AccountId::new("000000000001"),
                user: user.into(),
                administrator,
                region: "us-east-1".into(),
                session: None,
            };
            caller.standing()
        };
        assert_eq!(standing("admin", true), Standing::SystemAdministrator);
        assert_eq!(standing("admin", false), Standing::AccountAdministrator);
        assert_eq!(standing("ann", false), Standing::User);
    }
}
