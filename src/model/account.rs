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
