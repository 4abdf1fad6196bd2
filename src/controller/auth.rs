//! Who is asking: signatures against the keys of the snapshot.

use super::state::State;
use crate::model::account::{AccountId, Caller, User};
use crate::model::timestamp::Timestamp;
use crate::wire::fault::Fault;
use crate::wire::release::{Feature, Release};
use crate::wire::service::Service;
use crate::wire::sigv2;
use crate::wire::sigv4::{self, Refusal, Scope, SigningKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use subtle::ConstantTimeEq;

/// Derived keys kept: one per access key, day and region in use. Deriving takes four HMACs.
const CACHED_KEYS: usize = 1024;

/// Who holds the credentials that a request claims.
struct Holder<'s> {
    secret: &'s str,
    account: &'s AccountId,
    user: &'s str,
    role: Option<&'s str>,
}

impl<'s> Holder<'s> {
    /// A key that lasts has no token; temporary credentials have theirs, until they expire.
    fn find(
        id: &str,
        token: Option<&str>,
        state: &'s State,
        now: Timestamp,
    ) -> Result<Holder<'s>, Fault> {
        let Some(token) = token else {
            let key = state.keys.get(id).filter(|key| !key.inactive);
            let key = key.ok_or(Fault::InvalidClientTokenId)?;
            return Ok(Holder {
                secret: &key.secret,
                account: &key.account,
                user: &key.user,
                role: None,
            });
        };
        let session = state.sessions.get(id).ok_or(Fault::InvalidClientTokenId)?;
        if !bool::from(session.token.as_bytes().ct_eq(token.as_bytes())) {
            return Err(Fault::InvalidClientTokenId);
        }
        if session.expires < now {
            return Err(Fault::ExpiredToken);
        }
        // They act for a user, and end with the user.
        if state.user(&session.account, &session.user).is_none() {
            return Err(Fault::InvalidClientTokenId);
        }
        Ok(Holder {
            secret: &session.secret,
            account: &session.account,
            user: &session.user,
            role: session.role.as_deref(),
        })
    }

    /// The caller that the holder of the credentials is.
    fn caller(&self, region: &str, state: &State) -> Result<Caller, Fault> {
        let account = state
            .accounts
            .get(self.account)
            .ok_or(Fault::InvalidClientTokenId)?;
        Ok(Caller {
            account: account.id.clone(),
            user: self.user.into(),
            administrator: account.is_administrator() && self.user == User::ADMINISTRATOR,
            region: region.into(),
            session: self.role.map(Arc::from),
        })
    }
}

/// The region of a caller who named none: Signature Version 2 does not know it.
const NO_REGION: &str = "eucalyptus";

/// Says who signed a request by Signature Version 2.
fn by_version_2(
    request: &sigv4::Request<'_>,
    release: Release,
    state: &State,
    now: Timestamp,
) -> Result<Caller, Fault> {
    let claim = sigv2::claim(request, now)?.ok_or(Fault::MissingAuthenticationToken)?;
    if !release.has(Feature::SignatureVersion2) {
        return Err(Fault::IncompleteSignature {
            reason: format!("{} takes Signature Version 4 only", release.title()),
        });
    }
    let token = claim.session_token.as_deref();
    let holder = Holder::find(&claim.access_key, token, state, now)?;
    let caller = holder.caller(NO_REGION, state)?;
    claim.verify(holder.secret)?;
    Ok(caller)
}

/// A derived key, and the secret it was derived from: a key that was replaced by another of the same
/// id, as an import does, is derived anew.
struct Derived {
    secret: String,
    key: SigningKey,
}

/// The first part of the host, which boto 2 takes for the name of the service when it does not know the
/// host, as it knows no local one; the path says which service is meant.
fn host_label<'r>(request: &sigv4::Request<'r>) -> Option<&'r str> {
    let mut headers = request.headers.iter();
    let (_, host) = headers.find(|(name, _)| *name == "host")?;
    std::str::from_utf8(host).ok()?.split(['.', ':']).next()
}

/// Verifies signatures.
#[derive(Default)]
pub struct Authenticator {
    /// A `std` mutex: nothing awaits while holding it.
    derived: Mutex<HashMap<(String, Scope), Derived>>,
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
        release: Release,
        state: &State,
        now: Timestamp,
    ) -> Result<Caller, Fault> {
        let name = service.signing_name();
        let names = [name, host_label(request).unwrap_or(name)];
        let claim = match sigv4::claim(request, &names, now) {
            Err(Refusal::Missing) => return by_version_2(request, release, state, now),
            claim => claim?,
        };
        let token = claim.session_token.as_deref();
        let holder = Holder::find(&claim.access_key, token, state, now)?;
        let caller = holder.caller(&claim.scope.region, state)?;
        claim.verify(request, &self.signing_key(&claim, holder.secret))?;
        Ok(caller)
    }

    fn signing_key(&self, claim: &sigv4::Claim, secret: &str) -> SigningKey {
        let at = (claim.access_key.clone(), claim.scope.clone());
        // A thread that panicked while holding it cannot have left the map half changed.
        let lock = || {
            self.derived
                .lock()
                .unwrap_or_else(|error| error.into_inner())
        };
        if let Some(derived) = lock().get(&at)
            && derived.secret == secret
        {
            return derived.key.clone();
        }
        let derived = claim.derive(secret);
        let mut cache = lock();
        if cache.len() >= CACHED_KEYS {
            // Rare: yesterday's keys, or somebody trying regions. All are cheap to derive again.
            cache.clear();
        }
        cache.insert(
            at,
            Derived {
                secret: secret.to_owned(),
                key: derived.clone(),
            },
        );
        derived
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::state::Draft;
    use crate::controller::{Cidr, identity};
    use crate::model::account::Account;

    /// 2013-05-15T23:31:32Z
    const NOW: Timestamp = Timestamp(1_368_660_692_000);

    #[test]
    fn temporary_credentials_need_their_token_and_end() {
        let empty = State::restore(&[], Cidr::SERVOS, Cidr::INSTANCES).unwrap();
        let mut draft = Draft::new(empty);
        let account = identity::account_id();
        let user = identity::user(&account, "admin", NOW);
        let key = identity::access_key(&account, "admin");
        let session = identity::session(&account, "admin", None, Timestamp(NOW.0 + 1000));
        let orphan = identity::session(&account, "gone", None, Timestamp(NOW.0 + 1000));
        draft.put_account(Account::new(account, "tenant".to_owned()));
        draft.put_user(user);
        draft.put_key(key.clone());
        let mut resting = identity::access_key(&key.account, "admin");
        resting.inactive = true;
        draft.put_key(resting.clone());
        draft.put_session(session.clone(), NOW);
        draft.put_session(orphan.clone(), NOW);
        let state = draft.state();
        let later = Timestamp(NOW.0 + 1001);
        let invalid = Some(Fault::InvalidClientTokenId);
        #[rustfmt::skip]
        let cases = [
            (key.id.as_str(), None, NOW, None),
            (key.id.as_str(), Some("x"), NOW, invalid.clone()),
            (resting.id.as_str(), None, NOW, invalid.clone()),
            (session.id.as_str(), Some(session.token.as_str()), NOW, None),
            (session.id.as_str(), Some(session.token.as_str()), later, Some(Fault::ExpiredToken)),
            (session.id.as_str(), Some("x"), NOW, invalid.clone()),
            (session.id.as_str(), None, NOW, invalid.clone()),
            (orphan.id.as_str(), Some(orphan.token.as_str()), NOW, invalid.clone()),
            ("ASIA0000000000000000", Some("x"), NOW, invalid),
        ];
        for (id, token, now, expected) in cases {
            let found = Holder::find(id, token, state, now).err();
            assert_eq!(found, expected, "{id} {token:?}");
        }
        // What has ended is forgotten when the next is given.
        let next = identity::session(&key.account, "admin", None, Timestamp(later.0 + 1));
        draft.put_session(next, later);
        assert_eq!(draft.state().sessions.len(), 1);
    }
}
