//! Who is asking: signatures against the keys of the snapshot.

use super::state::State;
use crate::model::account::{AccessKey, Caller, User};
use crate::model::timestamp::Timestamp;
use crate::wire::fault::Fault;
use crate::wire::service::Service;
use crate::wire::sigv4::{self, Scope, SigningKey};
use std::collections::HashMap;
use std::sync::Mutex;

/// Derived keys kept: one per access key, day and region in use. Deriving takes four HMACs.
const CACHED_KEYS: usize = 1024;

/// Verifies signatures.
#[derive(Default)]
pub struct Authenticator {
    /// A `std` mutex: nothing awaits while holding it.
    derived: Mutex<HashMap<(String, Scope), SigningKey>>,
}

impl Authenticator {
    /// Says who signed a request to a service.
    ///
    /// # Errors
    ///
    /// The request is not signed, or not as it must be, or with a key that nobody has.
    pub fn authenticate(
        &self,
        request: &sigv4::Request<'_>,
        service: Service,
        state: &State,
        now: Timestamp,
    ) -> Result<Caller, Fault> {
        let claim = sigv4::claim(request, &[service.signing_name()], now)?;
        // There are no temporary credentials, so a token is none that was given out.
        let known = state.keys.get(claim.access_key.as_str());
        let key = known.filter(|_| claim.session_token.is_none());
        let key = key.ok_or(Fault::InvalidClientTokenId)?;
        let account = state
            .accounts
            .get(&key.account)
            .ok_or(Fault::InvalidClientTokenId)?;
        claim.verify(request, &self.signing_key(&claim, key))?;
        Ok(Caller {
            account: account.id.clone(),
            user: key.user.as_str().into(),
            administrator: account.is_administrator() && key.user == User::ADMINISTRATOR,
            region: claim.scope.region.as_str().into(),
        })
    }

    fn signing_key(&self, claim: &sigv4::Claim, key: &AccessKey) -> SigningKey {
        let at = (key.id.clone(), claim.scope.clone());
        // A thread that panicked while holding it cannot have left the map half changed.
        let lock = || {
            self.derived
                .lock()
                .unwrap_or_else(|error| error.into_inner())
        };
        if let Some(derived) = lock().get(&at) {
            return derived.clone();
        }
        let derived = claim.derive(&key.secret);
        let mut cache = lock();
        if cache.len() >= CACHED_KEYS {
            // Rare: yesterday's keys, or somebody trying regions. All are cheap to derive again.
            cache.clear();
        }
        cache.insert(at, derived.clone());
        derived
    }
}
