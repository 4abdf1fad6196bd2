//! `/_eulb/admin/accounts`, `users`, `groups`, `keys` and `policies`: who may call, and what they may do.

use crate::controller::identity;
use crate::controller::instances::{self, Refused};
use crate::controller::operations::OPERATIONS;
use crate::controller::state::{Draft, State, Stored};
use crate::model::account::{self, AccessKey, AccountId, Group, Policy, User};
use crate::model::timestamp::Timestamp;
use crate::wire::balancer::created_time;
use crate::wire::release::{Feature, Release};
use crate::wire::{self, admin};
use std::sync::Arc;

/// The account meant where none is said.
const USUAL: &str = "tenant";

/// The account of an alias or a number.
///
/// # Errors
///
/// There is none.
pub fn account<'s>(
    state: &'s State,
    name: Option<&str>,
) -> Result<&'s Arc<account::Account>, Refused> {
    let name = name.unwrap_or(USUAL);
    state.account(name).ok_or_else(|| {
        let aliases: Vec<_> = state.accounts.values().map(|a| a.alias.as_str()).collect();
        format!(
            "there is no account '{name}'; there are {}",
            aliases.join(", ")
        )
    })
}

pub fn alias_of(state: &State, id: &AccountId) -> String {
    state
        .accounts
        .get(id)
        .map(|account| account.alias.clone())
        .unwrap_or_default()
}

// ---------------------------------------------------------------------------------------------
// Accounts

pub fn accounts(state: &State) -> admin::Accounts {
    let accounts = state.accounts.values();
    admin::Accounts {
        accounts: accounts
            .map(|account| one_account(state, account))
            .collect(),
    }
}

fn one_account(state: &State, account: &account::Account) -> admin::Account {
    let instances = state.instances.values();
    admin::Account {
        id: account.id.to_string(),
        alias: account.alias.clone(),
        users: state.users_of(&account.id).count(),
        keys: state.keys_of(&account.id).count(),
        balancers: state.balancers_of(&account.id).count(),
        instances: instances.filter(|one| one.owner == account.id).count(),
        policies: account.policies.iter().cloned().collect(),
    }
}

/// Makes an account with its first user, who has no key yet.
pub fn create_account(
    request: &admin::CreateAccount,
    draft: &mut Draft,
    now: Timestamp,
) -> Result<admin::Accounts, Refused> {
    let alias = request.alias.as_str();
    if !account::Account::is_alias(alias) {
        return Err(format!(
            "'{alias}' cannot be the name of an account: use 3 to 63 small letters, digits and hyphens"
        ));
    }
    if draft.state().account(alias).is_some() {
        return Err(format!("there is an account '{alias}' already"));
    }
    let id = identity::unused_account_id(draft.state());
    draft.put_user(identity::user(&id, User::ADMINISTRATOR, now));
    let made = account::Account::new(id, alias.to_owned());
    draft.put_account(made.clone());
    Ok(admin::Accounts {
        accounts: vec![one_account(draft.state(), &made)],
    })
}

/// Deletes an account, with what is in it if that is asked for.
pub fn delete_account(request: &admin::DeleteAccount, draft: &mut Draft) -> Result<(), Refused> {
    let account = account(draft.state(), Some(&request.account))?.clone();
    if account.is_administrator() {
        return Err(format!(
            "the account '{}' is the cloud's own and stays",
            account.alias
        ));
    }
    let held = one_account(draft.state(), &account);
    let full = held.balancers > 0 || held.instances > 0 || held.users > 1 || held.keys > 0;
    if full && !request.recursive {
        return Err(format!(
            "the account '{}' has {} load balancers, {} instances, {} users and {} keys; \
             --recursive deletes them too",
            account.alias, held.balancers, held.instances, held.users, held.keys
        ));
    }
    instances::clear(draft, Some(&account.id));
    let state = draft.state().clone();
    for key in state.keys_of(&account.id) {
        draft.remove_key(&key.id);
    }
    for group in state.groups_of(&account.id) {
        draft.remove_group(&account.id, &group.name);
    }
    for user in state.users_of(&account.id) {
        draft.remove_user(&account.id, &user.name);
    }
    for stored in state.policies_of(&account.id) {
        draft.remove_policy(&account.id, &stored.policy.name);
    }
    draft.remove_account(&account.id);
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Users

pub fn users(state: &State) -> admin::Users {
    let users = state.users.values();
    admin::Users {
        users: users.map(|user| one_user(state, user)).collect(),
    }
}

fn one_user(state: &State, user: &User) -> admin::User {
    let keys = state.keys_of(&user.account);
    admin::User {
        account: user.account.to_string(),
        alias: alias_of(state, &user.account),
        name: user.name.clone(),
        id: user.id.clone(),
        created: created_time(user.created),
        keys: keys.filter(|key| key.user == user.name).count(),
        policies: user.policies.iter().cloned().collect(),
        groups: state
            .groups_with(&user.account, &user.name)
            .map(|group| group.name.clone())
            .collect(),
    }
}

fn user<'s>(
    state: &'s State,
    account: &account::Account,
    name: &str,
) -> Result<&'s Arc<User>, Refused> {
    state
        .user(&account.id, name)
        .ok_or_else(|| format!("the account '{}' has no user '{name}'", account.alias))
}

pub fn create_user(
    request: &admin::NamedUser,
    draft: &mut Draft,
    now: Timestamp,
) -> Result<admin::Users, Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let name = request.name.as_deref().unwrap_or_default();
    if !account::is_name(name) {
        return Err(format!(
            "'{name}' cannot be the name of a user: use 1 to 64 letters, digits and +=,.@_-"
        ));
    }
    if draft.state().user(&account.id, name).is_some() {
        return Err(format!(
            "the account '{}' has a user '{name}' already",
            account.alias
        ));
    }
    let made = identity::user(&account.id, name, now);
    draft.put_user(made.clone());
    Ok(admin::Users {
        users: vec![one_user(draft.state(), &made)],
    })
}

pub fn delete_user(request: &admin::DeleteUser, draft: &mut Draft) -> Result<(), Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let user = user(draft.state(), &account, &request.name)?.clone();
    if user.name == User::ADMINISTRATOR {
        return Err(format!(
            "the user '{}' stays as long as the account does",
            user.name
        ));
    }
    let keys: Vec<String> = draft
        .state()
        .keys_of(&account.id)
        .filter(|key| key.user == user.name)
        .map(|key| key.id.clone())
        .collect();
    if !keys.is_empty() && !request.recursive {
        return Err(format!(
            "the user '{}' has {} keys; --recursive deletes them too",
            user.name,
            keys.len()
        ));
    }
    for key in keys {
        draft.remove_key(&key);
    }
    let groups: Vec<Group> = draft
        .state()
        .groups_with(&account.id, &user.name)
        .map(|group| Group::clone(group))
        .collect();
    for mut group in groups {
        group.members.remove(&user.name);
        draft.put_group(group);
    }
    draft.remove_user(&account.id, &user.name);
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Groups

pub fn groups(state: &State) -> admin::Groups {
    let groups = state.groups.values();
    admin::Groups {
        groups: groups.map(|group| one_group(state, group)).collect(),
    }
}

fn one_group(state: &State, group: &Group) -> admin::Group {
    admin::Group {
        account: group.account.to_string(),
        alias: alias_of(state, &group.account),
        name: group.name.clone(),
        id: group.id.clone(),
        created: created_time(group.created),
        users: group.members.iter().cloned().collect(),
        policies: group.policies.iter().cloned().collect(),
    }
}

fn group<'s>(
    state: &'s State,
    account: &account::Account,
    name: &str,
) -> Result<&'s Arc<Group>, Refused> {
    state
        .group(&account.id, name)
        .ok_or_else(|| format!("the account '{}' has no group '{name}'", account.alias))
}

pub fn create_group(
    request: &admin::NamedGroup,
    draft: &mut Draft,
    now: Timestamp,
) -> Result<admin::Groups, Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let name = request.name.as_str();
    if !account::is_name(name) {
        return Err(format!(
            "'{name}' cannot be the name of a group: use 1 to 64 letters, digits and +=,.@_-"
        ));
    }
    if draft.state().group(&account.id, name).is_some() {
        return Err(format!(
            "the account '{}' has a group '{name}' already",
            account.alias
        ));
    }
    let made = identity::group(&account.id, name, now);
    draft.put_group(made.clone());
    Ok(admin::Groups {
        groups: vec![one_group(draft.state(), &made)],
    })
}

pub fn delete_group(request: &admin::DeleteGroup, draft: &mut Draft) -> Result<(), Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let group = group(draft.state(), &account, &request.name)?.clone();
    let full = !group.members.is_empty() || !group.policies.is_empty();
    if full && !request.recursive {
        return Err(format!(
            "the group '{}' has {} users and {} policies; --recursive takes them out of it first",
            group.name,
            group.members.len(),
            group.policies.len()
        ));
    }
    draft.remove_group(&account.id, &group.name);
    Ok(())
}

/// Puts a user into a group, or takes one out of it.
pub fn change_member(
    request: &admin::GroupMember,
    added: bool,
    draft: &mut Draft,
) -> Result<admin::Groups, Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let mut group = Group::clone(group(draft.state(), &account, &request.group)?);
    if added {
        let user = user(draft.state(), &account, &request.user)?;
        group.members.insert(user.name.clone());
    } else if !group.members.remove(&request.user) {
        return Err(format!(
            "the user '{}' is not in the group '{}'",
            request.user, group.name
        ));
    }
    draft.put_group(group.clone());
    Ok(admin::Groups {
        groups: vec![one_group(draft.state(), &group)],
    })
}

// ---------------------------------------------------------------------------------------------
// Keys

pub fn keys(state: &State) -> admin::Keys {
    let keys = state.keys.values().map(|key| admin::Key {
        id: key.id.clone(),
        account: key.account.to_string(),
        alias: alias_of(state, &key.account),
        user: key.user.clone(),
        inactive: key.inactive,
    });
    admin::Keys {
        keys: keys.collect(),
    }
}

pub fn create_key(request: &admin::NamedUser, draft: &mut Draft) -> Result<admin::NewKey, Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let name = request.name.as_deref().unwrap_or(User::ADMINISTRATOR);
    let user = user(draft.state(), &account, name)?.clone();
    let key = identity::access_key(&account.id, &user.name);
    let told = admin::NewKey {
        id: key.id.clone(),
        secret: key.secret.clone(),
        account: account.id.to_string(),
        user: key.user.clone(),
    };
    draft.put_key(key);
    Ok(told)
}

/// A key of an id, to be taken from its user: the cloud administrator keeps an active one.
fn key_to_take(id: &str, state: &State) -> Result<Arc<AccessKey>, Refused> {
    let key = state
        .keys
        .get(id)
        .ok_or_else(|| format!("there is no key '{id}'"))?;
    let cloud = state.accounts.get(&key.account);
    let cloud = cloud.is_some_and(|account| account.is_administrator());
    let mut others = state
        .keys_of(&key.account)
        .filter(|one| one.user == key.user && one.id != key.id && !one.inactive);
    if cloud && key.user == User::ADMINISTRATOR && !key.inactive && others.next().is_none() {
        return Err(
            "the cloud administrator's last key stays; create another one first".to_owned(),
        );
    }
    Ok(key.clone())
}

pub fn delete_key(request: &admin::DeleteKey, draft: &mut Draft) -> Result<(), Refused> {
    let key = key_to_take(&request.id, draft.state())?;
    draft.remove_key(&key.id);
    Ok(())
}

/// Makes a key inactive, or active again.
pub fn change_key(request: &admin::ChangeKey, draft: &mut Draft) -> Result<(), Refused> {
    let state = draft.state();
    let key = match request.inactive {
        true => key_to_take(&request.id, state)?,
        false => state
            .keys
            .get(request.id.as_str())
            .ok_or_else(|| format!("there is no key '{}'", request.id))?
            .clone(),
    };
    draft.put_key(AccessKey {
        inactive: request.inactive,
        ..AccessKey::clone(&key)
    });
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Policies

pub fn policies(state: &State) -> admin::Policies {
    let policies = state.policies.values();
    admin::Policies {
        policies: policies.map(|stored| one_policy(state, stored)).collect(),
    }
}

fn one_policy(state: &State, stored: &Stored) -> admin::Policy {
    let Stored { policy, document } = stored;
    let operations: Vec<&str> = OPERATIONS.iter().map(|known| known.action).collect();
    let unknown = document.unknown_actions(wire::SERVICE, &operations);
    let account = state.accounts.get(&policy.account);
    let users = state.users_of(&policy.account);
    admin::Policy {
        account: policy.account.to_string(),
        alias: alias_of(state, &policy.account),
        name: policy.name.clone(),
        created: created_time(policy.created),
        document: policy.document.clone(),
        whole_account: account.is_some_and(|account| account.policies.contains(&policy.name)),
        users: users
            .filter(|user| user.policies.contains(&policy.name))
            .map(|user| user.name.clone())
            .collect(),
        groups: state
            .groups_of(&policy.account)
            .filter(|group| group.policies.contains(&policy.name))
            .map(|group| group.name.clone())
            .collect(),
        unknown_actions: unknown.into_iter().map(str::to_owned).collect(),
    }
}

pub fn create_policy(
    request: &admin::CreatePolicy,
    draft: &mut Draft,
    release: Release,
    now: Timestamp,
) -> Result<admin::Policies, Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let name = request.name.as_str();
    if !account::is_name(name) {
        return Err(format!(
            "'{name}' cannot be the name of a policy: use 1 to 64 letters, digits and +=,.@_-"
        ));
    }
    if draft.state().policy(&account.id, name).is_some() {
        return Err(format!(
            "the account '{}' has a policy '{name}' already",
            account.alias
        ));
    }
    if request.document.len() > admin::CreatePolicy::MAXIMUM_DOCUMENT {
        return Err(admin::CreatePolicy::TOO_LARGE.to_owned());
    }
    let policy = Policy {
        account: account.id.clone(),
        name: name.to_owned(),
        created: now,
        document: request.document.clone(),
    };
    let malformed = |error: &dyn std::fmt::Display| format!("the policy cannot be read: {error}");
    let stored = Stored::new(policy).map_err(|error| malformed(&error))?;
    let limits = release.has(Feature::PolicyLimits);
    let arns = release.has(Feature::PolicyArns);
    stored
        .document
        .check(limits, arns)
        .map_err(|error| malformed(&error))?;
    let told = one_policy(draft.state(), &stored);
    draft.put_policy(stored);
    Ok(admin::Policies {
        policies: vec![told],
    })
}

fn policy<'s>(
    state: &'s State,
    account: &account::Account,
    name: &str,
) -> Result<&'s Arc<Stored>, Refused> {
    state
        .policy(&account.id, name)
        .ok_or_else(|| format!("the account '{}' has no policy '{name}'", account.alias))
}

pub fn delete_policy(request: &admin::NamedPolicy, draft: &mut Draft) -> Result<(), Refused> {
    let state = draft.state();
    let account = account(state, request.account.as_deref())?.clone();
    let stored = policy(state, &account, &request.name)?;
    let held = one_policy(state, stored);
    if held.whole_account || !held.users.is_empty() || !held.groups.is_empty() {
        return Err(format!(
            "the policy '{}' is attached; detach it first",
            request.name
        ));
    }
    draft.remove_policy(&account.id, &request.name);
    Ok(())
}

/// Attaches a policy to a user, a group or a whole account, or takes it away.
pub fn attach_policy(
    request: &admin::AttachPolicy,
    attached: bool,
    draft: &mut Draft,
) -> Result<admin::Policies, Refused> {
    let account = account(draft.state(), request.account.as_deref())?.clone();
    let stored = policy(draft.state(), &account, &request.name)?.clone();
    let name = request.name.clone();
    let changed = match (&request.user, &request.group) {
        (Some(_), Some(_)) => {
            return Err("name a user or a group, not both".to_owned());
        }
        (None, Some(group_name)) => {
            let mut group = Group::clone(group(draft.state(), &account, group_name)?);
            // Source: Eucalyptus, scopes of the quota of load balancers.
            if attached && stored.document.limits() {
                return Err(format!(
                    "the policy '{name}' has a Limit, and quotas are of accounts and users, not of groups"
                ));
            }
            let changed = match attached {
                true => group.policies.insert(name),
                false => group.policies.remove(&name),
            };
            draft.put_group(group);
            changed
        }
        (Some(user_name), None) => {
            let mut user = User::clone(user(draft.state(), &account, user_name)?);
            let changed = match attached {
                true => user.policies.insert(name),
                false => user.policies.remove(&name),
            };
            draft.put_user(user);
            changed
        }
        (None, None) if account.is_administrator() => {
            return Err("nothing forbids or limits the cloud administrator's account".to_owned());
        }
        (None, None) => {
            let mut account = account::Account::clone(&account);
            let changed = match attached {
                true => account.policies.insert(name),
                false => account.policies.remove(&name),
            };
            draft.put_account(account);
            changed
        }
    };
    if !changed && !attached {
        return Err(format!(
            "the policy '{}' is not attached there",
            request.name
        ));
    }
    Ok(admin::Policies {
        policies: vec![one_policy(draft.state(), &stored)],
    })
}
