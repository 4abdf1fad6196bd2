//! Temporary credentials, as the security token service gives them out.
//!
//! Source: AWS STS API reference 2011-06-15, GetSessionToken and AssumeRole.

use super::account::AccountId;
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Temporary credentials. They hold secrets, so they are not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `ASIA` and capitals and digits.
    pub id: String,
    pub secret: String,
    /// What must accompany the id.
    pub token: String,
    pub account: AccountId,
    /// The user on whose behalf they act.
    pub user: String,
    /// `ROLE/SESSION`, if they are those of a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    pub expires: Timestamp,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("role", &self.role)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
