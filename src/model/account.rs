//! Accounts, and on whose behalf a request is made.

use serde::{Deserialize, Serialize};
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
    /// Whether the account is `eucalyptus`, the cloud administrator's.
    pub administrator: bool,
}

/// An account of the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    /// The name people use: `eucalyptus`, `tenant`.
    pub alias: String,
}

impl Account {
    /// The alias of the cloud administrator's account.
    pub const ADMINISTRATOR: &'static str = "eucalyptus";

    /// Whether this is the cloud administrator's account.
    pub fn is_administrator(&self) -> bool {
        self.alias == Account::ADMINISTRATOR
    }
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
