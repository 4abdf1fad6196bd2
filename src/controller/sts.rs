//! STS: who asks, and credentials for a while.
//!
//! There are no roles to be made. Each account has one, `admin`, which acts as its administrator: the
//! account's own administrator may assume it, and the cloud's administrator that of any account.
//!
//! Source: AWS STS API reference 2011-06-15.

use super::identity;
use super::operations::{Context, Operation, Read, Write, reads, writes};
use super::state::{Draft, State};
use crate::model::account::{AccountId, Caller};
use crate::model::timestamp::Timestamp;
use crate::wire::balancer::created_time;
use crate::wire::fault::Fault;
use crate::wire::sts::{
    AssumeRole, AssumeRoleResponse, AssumedRoleUser, Credentials, GetAccessKeyInfo,
    GetAccessKeyInfoResponse, GetCallerIdentity, GetCallerIdentityResponse, GetSessionToken,
    GetSessionTokenResponse,
};
use std::ops::RangeInclusive;

/// The operations that are here.
pub const OPERATIONS: &[Operation] = &[
    reads::<GetCallerIdentity>(),
    writes::<GetSessionToken>(),
    writes::<AssumeRole>(),
    reads::<GetAccessKeyInfo>(),
];

/// The one role of each account, and the user whom it acts as.
const ROLE: &str = "admin";

/// Seconds that credentials are good for: of a session, 15 minutes to 36 hours, 12 hours unless the
/// request says otherwise; of a role, to 12 hours, one hour. Source: GetSessionToken, AssumeRole.
const SESSION_SECONDS: RangeInclusive<i64> = 900..=129_600;
const DEFAULT_SESSION_SECONDS: i64 = 43_200;
const ROLE_SECONDS: RangeInclusive<i64> = 900..=43_200;
const DEFAULT_ROLE_SECONDS: i64 = 3600;

/// Temporary credentials at a time: more than any test needs, a bound for one that runs away.
const MAXIMUM_SESSIONS: usize = 10_000;

fn refused(status: u16, code: &'static str, message: impl Into<String>) -> Fault {
    Fault::Service {
        status,
        code,
        message: message.into(),
    }
}

fn duration(asked: Option<i64>, default: i64, allowed: &RangeInclusive<i64>) -> Result<i64, Fault> {
    let seconds = asked.unwrap_or(default);
    if allowed.contains(&seconds) {
        return Ok(seconds);
    }
    let message = format!(
        "DurationSeconds must be {} to {}",
        allowed.start(),
        allowed.end()
    );
    Err(refused(400, "ValidationError", message))
}

/// `arn:aws:sts::123456789012:assumed-role/admin/SESSION`, or the user's own.
pub fn arn(caller: &Caller) -> String {
    let Caller { account, user, .. } = caller;
    match &caller.session {
        Some(role) => format!("arn:aws:sts::{account}:assumed-role/{role}"),
        None => format!("arn:aws:iam::{account}:user/{user}"),
    }
}

impl Read for GetCallerIdentity {
    fn answer(self, context: &Context, state: &State) -> Result<GetCallerIdentityResponse, Fault> {
        let caller = &context.caller;
        let user_id = match &caller.session {
            Some(role) => {
                let session = role.rsplit('/').next().unwrap_or_default();
                format!("{}:{session}", identity::role_id(&caller.account, ROLE))
            }
            None => state
                .user(&caller.account, &caller.user)
                .map(|user| user.id.clone())
                .unwrap_or_default(),
        };
        Ok(GetCallerIdentityResponse {
            arn: Some(arn(caller)),
            user_id: Some(user_id),
            account: Some(caller.account.to_string()),
        })
    }
}

/// Makes credentials and keeps them.
fn give(
    account: &AccountId,
    user: &str,
    role: Option<String>,
    seconds: i64,
    context: &Context,
    draft: &mut Draft,
) -> Result<Credentials, Fault> {
    let live = draft.state().sessions.values();
    if live.filter(|held| held.expires >= context.now).count() >= MAXIMUM_SESSIONS {
        return Err(Fault::Unavailable {
            message: format!("there are {MAXIMUM_SESSIONS} temporary credentials already"),
        });
    }
    let expires = Timestamp(context.now.0 + seconds * 1000);
    let session = identity::session(account, user, role, expires);
    let credentials = Credentials {
        access_key_id: Some(session.id.clone()),
        secret_access_key: Some(session.secret.clone()),
        session_token: Some(session.token.clone()),
        expiration: Some(created_time(expires)),
    };
    draft.put_session(session, context.now);
    Ok(credentials)
}

impl Write for GetSessionToken {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<GetSessionTokenResponse, Fault> {
        let seconds = duration(
            self.duration_seconds,
            DEFAULT_SESSION_SECONDS,
            &SESSION_SECONDS,
        )?;
        if self.serial_number.is_some() || self.token_code.is_some() {
            return Err(refused(
                403,
                "AccessDenied",
                "there are no MFA devices in this local cloud",
            ));
        }
        let caller = &context.caller;
        if caller.session.is_some() {
            return Err(refused(
                403,
                "AccessDenied",
                "Cannot call GetSessionToken with session credentials",
            ));
        }
        let credentials = give(&caller.account, &caller.user, None, seconds, context, draft)?;
        Ok(GetSessionTokenResponse {
            credentials: Some(credentials),
        })
    }
}

/// Whether a text can name a session of a role.
fn is_session_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (2..=64).contains(&name.len()) && name.chars().all(known)
}

impl Write for AssumeRole {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<AssumeRoleResponse, Fault> {
        let seconds = duration(self.duration_seconds, DEFAULT_ROLE_SECONDS, &ROLE_SECONDS)?;
        let name = &self.role_session_name;
        if !is_session_name(name) {
            return Err(refused(
                400,
                "ValidationError",
                "RoleSessionName must be 2 to 64 letters, digits and _+=,.@- characters",
            ));
        }
        if self.policy.is_some() {
            return Err(refused(
                400,
                "ValidationError",
                "this local cloud has no session policies; leave Policy away",
            ));
        }
        let caller = &context.caller;
        let denied = || {
            let message = format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {}. Each account \
                 of this local cloud has one role, arn:aws:iam::ACCOUNT:role/{ROLE}, for its own \
                 administrator and the cloud's.",
                arn(caller),
                self.role_arn
            );
            refused(403, "AccessDenied", message)
        };
        let account = self
            .role_arn
            .strip_prefix("arn:aws:iam::")
            .and_then(|rest| rest.strip_suffix(&format!(":role/{ROLE}")))
            .map(AccountId::new)
            .filter(|account| draft.state().accounts.contains_key(account))
            .ok_or_else(denied)?;
        let own = account == caller.account && *caller.user == *ROLE;
        if !own && !caller.administrator {
            return Err(denied());
        }
        let role = format!("{ROLE}/{name}");
        let user = AssumedRoleUser {
            assumed_role_id: Some(format!("{}:{name}", identity::role_id(&account, ROLE))),
            arn: Some(format!("arn:aws:sts::{account}:assumed-role/{role}")),
        };
        let credentials = give(&account, ROLE, Some(role), seconds, context, draft)?;
        Ok(AssumeRoleResponse {
            credentials: Some(credentials),
            assumed_role_user: Some(user),
        })
    }
}

impl Read for GetAccessKeyInfo {
    fn answer(self, _context: &Context, state: &State) -> Result<GetAccessKeyInfoResponse, Fault> {
        let id = self.access_key_id.as_str();
        let account = match (state.keys.get(id), state.sessions.get(id)) {
            (Some(key), _) => &key.account,
            (None, Some(session)) => &session.account,
            (None, None) => {
                return Err(refused(
                    400,
                    "ValidationError",
                    "there is no such access key in this local cloud",
                ));
            }
        };
        Ok(GetAccessKeyInfoResponse {
            account: Some(account.to_string()),
        })
    }
}
