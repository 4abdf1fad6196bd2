//! The state of the cloud, and drafts of it.
//!
//! A [`State`] is a handful of persistent maps: a clone is a few pointers, a change copies one path,
//! so its cost does not depend on how many load balancers there are. A [`Draft`] is a clone that
//! remembers which rows it changed; dropping it leaves nothing behind.

mod neighbours;

use super::Cidr;
use super::draining::Drainings;
use super::pool::Pool;
use super::properties::{self, Property};
use super::store::{Change, Row, Table};
use crate::model::account::{AccessKey, Account, AccountId, Group, Policy, User};
use crate::model::balancer::{BalancerKey, BalancerName, LoadBalancer, ServoPlace};
use crate::model::certificate::ServerCertificate;
use crate::model::health::Verdict;
use crate::model::instance::{Instance, InstanceId, InstanceState};
use crate::model::memo::Memo;
use crate::model::network::Resource;
use crate::model::permission::Document;
use crate::model::placement::{ServoId, ZoneName};
use crate::model::refusal::Refusal;
use crate::model::session::Session;
use crate::model::timestamp::Timestamp;
use crate::wire::release::Release;
use imbl::{OrdMap, OrdSet};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Bound;
use std::sync::Arc;

/// Keys and values of tags.
pub type ResourceTags = BTreeMap<String, String>;

/// Everything there is, at one moment.
#[derive(Clone, Debug)]
pub struct State {
    pub accounts: OrdMap<AccountId, Arc<Account>>,
    pub users: OrdMap<Member, Arc<User>>,
    pub groups: OrdMap<Member, Arc<Group>>,
    pub policies: OrdMap<Member, Arc<Stored>>,
    /// By the id of the key.
    pub keys: OrdMap<Arc<str>, Arc<AccessKey>>,
    pub balancers: OrdMap<BalancerKey, Arc<LoadBalancer>>,
    pub instances: OrdMap<InstanceId, Arc<Instance>>,
    /// By their ARN.
    pub certificates: OrdMap<Arc<str>, Arc<ServerCertificate>>,
    /// Temporary credentials, by the id of their key.
    pub sessions: OrdMap<Arc<str>, Arc<Session>>,
    /// What accounts made or changed of their networks, by owner and id.
    network: OrdMap<(AccountId, Arc<str>), Arc<Resource>>,
    /// Tags of everything but load balancers, by owner and id.
    tags: OrdMap<(AccountId, Arc<str>), Arc<ResourceTags>>,
    /// Properties that differ from their defaults.
    properties: OrdMap<Arc<str>, Arc<str>>,
    /// Which load balancers an instance is registered with.
    registrations: OrdMap<InstanceId, OrdSet<BalancerKey>>,
    /// Which load balancer a servo carries.
    servos: OrdMap<ServoId, BalancerKey>,
    /// Which load balancers have a DNS name, by [`dns_key`]. Several where names differ in what DNS
    /// does not tell apart.
    dns_names: OrdMap<Arc<str>, OrdSet<BalancerKey>>,
    /// Instances that were deregistered and finish what they have. Not kept.
    pub draining: Drainings,
    servo_addresses: Pool,
    instance_addresses: Pool,
}

/// Something of an account that has a name: a user, a group or a policy.
pub type Member = (AccountId, Arc<str>);

/// A policy as it was written, and what it says.
#[derive(Clone, Debug)]
pub struct Stored {
    pub policy: Policy,
    pub document: Arc<Document>,
}

impl Stored {
    /// Reads a policy's document.
    ///
    /// # Errors
    ///
    /// It is not one.
    pub fn new(policy: Policy) -> Result<Stored, serde_json::Error> {
        let document = serde_json::from_str(&policy.document)?;
        Ok(Stored {
            policy,
            document: Arc::new(document),
        })
    }
}

fn member(account: &AccountId, name: &str) -> Member {
    (account.clone(), name.into())
}

/// A row cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("row {key} of {table} cannot be read: {reason}")]
pub struct UnreadableRow {
    table: &'static str,
    key: String,
    reason: String,
}

fn read<T: DeserializeOwned>(row: &Row) -> Result<T, UnreadableRow> {
    serde_json::from_slice(&row.value).map_err(|error| UnreadableRow {
        table: row.table.as_str(),
        key: row.key.clone(),
        reason: error.to_string(),
    })
}

/// One thing as it is kept.
fn row<T: Serialize>(table: Table, key: String, value: &T) -> Row {
    // Every key of a map in these types is a text or a number, which JSON can write.
    let value = serde_json::to_vec(value).expect("the types of the state are JSON");
    Row { table, key, value }
}

impl State {
    /// Everything, as it is kept: what [`State::restore`] reads.
    pub fn rows(&self) -> Vec<Row> {
        let named = |account: &AccountId, name: &str| format!("{account}/{name}");
        let mut rows = Vec::new();
        for (id, account) in &self.accounts {
            rows.push(row(Table::Accounts, id.to_string(), &**account));
        }
        for ((account, name), user) in &self.users {
            rows.push(row(Table::Users, named(account, name), &**user));
        }
        for ((account, name), group) in &self.groups {
            rows.push(row(Table::Groups, named(account, name), &**group));
        }
        for (id, key) in &self.keys {
            rows.push(row(Table::Keys, id.to_string(), &**key));
        }
        for ((account, name), stored) in &self.policies {
            rows.push(row(Table::Policies, named(account, name), &stored.policy));
        }
        for (key, balancer) in &self.balancers {
            rows.push(row(Table::Balancers, row_key(key), &**balancer));
        }
        for (id, instance) in &self.instances {
            rows.push(row(Table::Instances, id.to_string(), &**instance));
        }
        for certificate in self.certificates.values() {
            let id = certificate.id.clone();
            rows.push(row(Table::Certificates, id, &**certificate));
        }
        for (id, session) in &self.sessions {
            rows.push(row(Table::Sessions, id.to_string(), &**session));
        }
        for ((account, id), resource) in &self.network {
            rows.push(row(Table::Network, named(account, id), &**resource));
        }
        for ((account, id), tags) in &self.tags {
            rows.push(row(Table::ResourceTags, named(account, id), &**tags));
        }
        for (name, value) in &self.properties {
            rows.push(row(Table::Properties, name.to_string(), value));
        }
        rows
    }

    /// The state of the rows that were kept.
    ///
    /// # Errors
    ///
    /// A row is not what this version writes.
    pub fn restore(rows: &[Row], servos: Cidr, instances: Cidr) -> Result<State, UnreadableRow> {
        let mut state = State {
            accounts: OrdMap::new(),
            users: OrdMap::new(),
            groups: OrdMap::new(),
            policies: OrdMap::new(),
            keys: OrdMap::new(),
            balancers: OrdMap::new(),
            instances: OrdMap::new(),
            certificates: OrdMap::new(),
            sessions: OrdMap::new(),
            network: OrdMap::new(),
            tags: OrdMap::new(),
            properties: OrdMap::new(),
            registrations: OrdMap::new(),
            servos: OrdMap::new(),
            dns_names: OrdMap::new(),
            draining: Drainings::default(),
            servo_addresses: Pool::new(servos, []),
            instance_addresses: Pool::new(instances, []),
        };
        for row in rows {
            match row.table {
                Table::Accounts => {
                    let account: Account = read(row)?;
                    state.accounts.insert(account.id.clone(), Arc::new(account));
                }
                Table::Users => {
                    let user: User = read(row)?;
                    let key = member(&user.account, &user.name);
                    state.users.insert(key, Arc::new(user));
                }
                Table::Groups => {
                    let group: Group = read(row)?;
                    let key = member(&group.account, &group.name);
                    state.groups.insert(key, Arc::new(group));
                }
                Table::Policies => {
                    let policy: Policy = read(row)?;
                    let key = member(&policy.account, &policy.name);
                    let stored = Stored::new(policy).map_err(|error| UnreadableRow {
                        table: row.table.as_str(),
                        key: row.key.clone(),
                        reason: error.to_string(),
                    })?;
                    state.policies.insert(key, Arc::new(stored));
                }
                Table::Keys => {
                    let key: AccessKey = read(row)?;
                    state.keys.insert(key.id.as_str().into(), Arc::new(key));
                }
                Table::Balancers => {
                    let mut balancer: LoadBalancer = read(row)?;
                    balancer.restarted();
                    let key = balancer.key();
                    state.index(&key, None, Some(&balancer));
                    state.balancers.insert(key, Arc::new(balancer));
                }
                Table::Instances => {
                    let instance: Instance = read(row)?;
                    state
                        .instances
                        .insert(instance.id.clone(), Arc::new(instance));
                }
                Table::Sessions => {
                    let session: Session = read(row)?;
                    state
                        .sessions
                        .insert(session.id.as_str().into(), Arc::new(session));
                }
                Table::Network => {
                    let resource: Resource = read(row)?;
                    let at = (resource.account().clone(), resource.id().clone());
                    state.network.insert(at, Arc::new(resource));
                }
                Table::ResourceTags => {
                    let tags: ResourceTags = read(row)?;
                    // 123456789012/i-1DF9440E
                    if let Some((account, id)) = row.key.split_once('/') {
                        let at = (AccountId::new(account), id.into());
                        state.tags.insert(at, Arc::new(tags));
                    }
                }
                Table::Certificates => {
                    let certificate: ServerCertificate = read(row)?;
                    state
                        .certificates
                        .insert(certificate.arn().into(), Arc::new(certificate));
                }
                Table::Properties => {
                    let value: String = read(row)?;
                    state
                        .properties
                        .insert(row.key.as_str().into(), value.into());
                }
            }
        }
        let taken = state.balancers.values().flat_map(|balancer| {
            balancer
                .servos
                .values()
                .map(|place| place.address)
                .collect::<Vec<_>>()
        });
        state.servo_addresses = Pool::new(servos, taken);
        let taken = state
            .instances
            .values()
            .filter(|instance| instance.state != InstanceState::Terminated)
            .map(|instance| instance.reach.address);
        state.instance_addresses = Pool::new(instances, taken);
        Ok(state)
    }

    /// Brings the indexes from one version of a load balancer to another.
    fn index(
        &mut self,
        key: &BalancerKey,
        before: Option<&LoadBalancer>,
        after: Option<&LoadBalancer>,
    ) {
        if let Some(before) = before {
            for id in before.instances.keys() {
                if after.is_some_and(|after| after.instances.contains_key(id)) {
                    continue;
                }
                let rest = self.registrations.get(id).cloned().unwrap_or_default();
                let rest = rest.without(key);
                if rest.is_empty() {
                    self.registrations.remove(id);
                } else {
                    self.registrations.insert(id.clone(), rest);
                }
            }
            for id in before.servos.keys() {
                self.servos.remove(id);
            }
            if after.is_none() {
                let name = dns_key(&before.dns_name(""));
                let rest = self.dns_names.get(&*name).cloned().unwrap_or_default();
                let rest = rest.without(key);
                if rest.is_empty() {
                    self.dns_names.remove(&*name);
                } else {
                    self.dns_names.insert(name, rest);
                }
            }
        }
        if let Some(after) = after {
            for id in after.instances.keys() {
                if before.is_some_and(|before| before.instances.contains_key(id)) {
                    continue;
                }
                let all = self.registrations.get(id).cloned().unwrap_or_default();
                self.registrations
                    .insert(id.clone(), all.update(key.clone()));
            }
            for id in after.servos.keys() {
                self.servos.insert(id.clone(), key.clone());
            }
            if before.is_none() {
                let name = dns_key(&after.dns_name(""));
                let all = self.dns_names.get(&*name).cloned().unwrap_or_default();
                self.dns_names.insert(name, all.update(key.clone()));
            }
        }
    }

    pub fn balancer(&self, account: &AccountId, name: &str) -> Option<&Arc<LoadBalancer>> {
        self.balancers.get(&BalancerKey {
            account: account.clone(),
            name: BalancerName::new(name),
        })
    }

    /// The load balancers of an account, by name.
    pub fn balancers_of(&self, account: &AccountId) -> impl Iterator<Item = &Arc<LoadBalancer>> {
        self.balancers_after(account, None)
    }

    /// The load balancers of an account whose names come after one, by name.
    pub fn balancers_after(
        &self,
        account: &AccountId,
        after: Option<&BalancerName>,
    ) -> impl Iterator<Item = &Arc<LoadBalancer>> {
        let from = match after {
            Some(name) => Bound::Excluded(BalancerKey {
                account: account.clone(),
                name: name.clone(),
            }),
            None => Bound::Included(BalancerKey {
                account: account.clone(),
                name: BalancerName::new(""),
            }),
        };
        let account = account.clone();
        self.balancers
            .range((from, Bound::Unbounded))
            .take_while(move |(key, _)| key.account == account)
            .map(|(_, balancer)| balancer)
    }

    /// The load balancers an instance is registered with.
    pub fn registered_with(&self, id: &InstanceId) -> Vec<BalancerKey> {
        self.registrations
            .get(id)
            .map(|keys| keys.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// The load balancers of a DNS name without the domain.
    pub fn dns_named(&self, name: &str) -> impl Iterator<Item = &Arc<LoadBalancer>> {
        let keys = self.dns_names.get(&dns_key(name));
        let keys = keys.into_iter().flatten();
        keys.filter_map(|key| self.balancers.get(key))
    }

    /// Whether some load balancer's DNS name is below this one.
    pub fn dns_leads_to(&self, name: &str) -> bool {
        let above: Arc<str> = format!("{}.", dns_key(name)).into();
        let next = self.dns_names.range(above.clone()..).next();
        next.is_some_and(|(known, _)| known.starts_with(&*above))
    }

    /// The instances that left a load balancer, alone or with their zone, and finish at a moment what
    /// they have under way. One that is terminated has nothing any more.
    pub fn draining_of(&self, key: &BalancerKey, now: Timestamp) -> Vec<&InstanceId> {
        let lives = |id: &&InstanceId| {
            let instance = self.instances.get(*id);
            instance.is_some_and(|instance| instance.state != InstanceState::Terminated)
        };
        self.draining
            .of(key, now)
            .into_iter()
            .filter(lives)
            .collect()
    }

    /// The load balancer that a servo carries.
    pub fn carried_by(&self, servo: &ServoId) -> Option<&Arc<LoadBalancer>> {
        self.balancers.get(self.servos.get(servo)?)
    }

    /// Whether an id is that of a servo.
    pub fn is_servo(&self, id: &str) -> bool {
        self.servos.contains_key(&ServoId::new(id))
    }

    /// The account of an alias or a number.
    pub fn account(&self, name: &str) -> Option<&Arc<Account>> {
        self.accounts
            .get(&AccountId::new(name))
            .or_else(|| self.accounts.values().find(|account| account.alias == name))
    }

    /// An active access key of a user.
    pub fn key_of(&self, account: &AccountId, user: &str) -> Option<&Arc<AccessKey>> {
        self.keys_of(account)
            .find(|key| key.user == user && !key.inactive)
    }

    /// The access keys of an account.
    pub fn keys_of(&self, account: &AccountId) -> impl Iterator<Item = &Arc<AccessKey>> {
        let account = account.clone();
        self.keys.values().filter(move |key| key.account == account)
    }

    pub fn user(&self, account: &AccountId, name: &str) -> Option<&Arc<User>> {
        self.users.get(&member(account, name))
    }

    /// The users of an account, by name.
    pub fn users_of(&self, account: &AccountId) -> impl Iterator<Item = &Arc<User>> {
        members(&self.users, account)
    }

    pub fn group(&self, account: &AccountId, name: &str) -> Option<&Arc<Group>> {
        self.groups.get(&member(account, name))
    }

    /// The groups of an account, by name.
    pub fn groups_of(&self, account: &AccountId) -> impl Iterator<Item = &Arc<Group>> {
        members(&self.groups, account)
    }

    /// The groups that a user is in, by name.
    pub fn groups_with(
        &self,
        account: &AccountId,
        user: &str,
    ) -> impl Iterator<Item = &Arc<Group>> {
        self.groups_of(account)
            .filter(move |group| group.members.contains(user))
    }

    pub fn policy(&self, account: &AccountId, name: &str) -> Option<&Arc<Stored>> {
        self.policies.get(&member(account, name))
    }

    /// The policies of an account, by name.
    pub fn policies_of(&self, account: &AccountId) -> impl Iterator<Item = &Arc<Stored>> {
        members(&self.policies, account)
    }

    /// The account of the cloud administrator, which owns what carries load balancers.
    pub fn administrator(&self) -> Option<&Arc<Account>> {
        self.accounts
            .values()
            .find(|account| account.is_administrator())
    }

    /// The value of a property in a release.
    pub fn property(&self, property: Property, release: Release) -> &str {
        self.properties
            .get(property.key().as_str())
            .map_or(property.default(release), |value| value)
    }
}

/// What an account has of a kind, by name.
fn members<'m, T>(
    all: &'m OrdMap<Member, Arc<T>>,
    account: &AccountId,
) -> impl Iterator<Item = &'m Arc<T>> {
    let account = account.clone();
    all.range(member(&account, "")..)
        .take_while(move |((owner, _), _)| *owner == account)
        .map(|(_, one)| one)
}

/// A copy of the state that may be changed, and what was changed in it.
#[derive(Debug)]
pub struct Draft {
    state: State,
    changes: Vec<Change>,
    touched: BTreeSet<BalancerKey>,
    touched_instances: BTreeSet<InstanceId>,
}

/// What a finished draft consists of.
#[derive(Debug)]
pub struct Finished {
    pub state: State,
    /// The rows to write.
    pub changes: Vec<Change>,
    /// The load balancers whose servos may have to change.
    pub touched: BTreeSet<BalancerKey>,
    pub touched_instances: BTreeSet<InstanceId>,
}

impl Draft {
    pub fn new(state: State) -> Draft {
        Draft {
            state,
            changes: Vec::new(),
            touched: BTreeSet::new(),
            touched_instances: BTreeSet::new(),
        }
    }

    /// The state with the changes so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn finish(mut self) -> Finished {
        // An instance that changed changes every load balancer it is registered with.
        for id in &self.touched_instances {
            self.touched.extend(self.state.registered_with(id));
        }
        Finished {
            state: self.state,
            changes: self.changes,
            touched: self.touched,
            touched_instances: self.touched_instances,
        }
    }

    fn write<T: Serialize>(&mut self, table: Table, key: String, value: &T) {
        let Row { table, key, value } = row(table, key, value);
        self.changes.push(Change {
            table,
            key,
            value: Some(value),
        });
    }

    fn erase(&mut self, table: Table, key: String) {
        self.changes.push(Change {
            table,
            key,
            value: None,
        });
    }

    /// Puts another state in the place of this one; `rows` are all of it.
    pub fn replace(&mut self, state: State, rows: Vec<Row>) {
        for old in self.state.rows() {
            self.erase(old.table, old.key);
        }
        for Row { table, key, value } in rows {
            self.changes.push(Change {
                table,
                key,
                value: Some(value),
            });
        }
        let balancers = self.state.balancers.keys().chain(state.balancers.keys());
        self.touched.extend(balancers.cloned());
        let instances = self.state.instances.keys().chain(state.instances.keys());
        self.touched_instances.extend(instances.cloned());
        self.state = state;
    }

    pub fn put_account(&mut self, account: Account) {
        self.write(Table::Accounts, account.id.to_string(), &account);
        self.state
            .accounts
            .insert(account.id.clone(), Arc::new(account));
    }

    /// Forgets an account and what only it could use: certificates, networks, temporary credentials.
    /// Its load balancers, instances, users, groups, keys and policies must be gone.
    pub fn remove_account(&mut self, id: &AccountId) {
        let state = self.state.clone();
        for (arn, certificate) in &state.certificates {
            if certificate.account == *id {
                self.remove_certificate(arn);
            }
        }
        for (key, session) in &state.sessions {
            if session.account == *id {
                self.state.sessions.remove(key);
                self.erase(Table::Sessions, key.to_string());
            }
        }
        for at in state.network.keys().filter(|(owner, _)| owner == id) {
            self.state.network.remove(at);
            self.erase(Table::Network, format!("{}/{}", at.0, at.1));
        }
        for at in state.tags.keys().filter(|(owner, _)| owner == id) {
            self.state.tags.remove(at);
            self.erase(Table::ResourceTags, format!("{}/{}", at.0, at.1));
        }
        if self.state.accounts.remove(id).is_some() {
            self.erase(Table::Accounts, id.to_string());
        }
    }

    pub fn put_user(&mut self, user: User) {
        self.write(
            Table::Users,
            format!("{}/{}", user.account, user.name),
            &user,
        );
        let key = member(&user.account, &user.name);
        self.state.users.insert(key, Arc::new(user));
    }

    pub fn remove_user(&mut self, account: &AccountId, name: &str) {
        if self.state.users.remove(&member(account, name)).is_some() {
            self.erase(Table::Users, format!("{account}/{name}"));
        }
    }

    pub fn put_group(&mut self, group: Group) {
        self.write(
            Table::Groups,
            format!("{}/{}", group.account, group.name),
            &group,
        );
        let key = member(&group.account, &group.name);
        self.state.groups.insert(key, Arc::new(group));
    }

    pub fn remove_group(&mut self, account: &AccountId, name: &str) {
        if self.state.groups.remove(&member(account, name)).is_some() {
            self.erase(Table::Groups, format!("{account}/{name}"));
        }
    }

    pub fn put_policy(&mut self, stored: Stored) {
        let policy = &stored.policy;
        self.write(
            Table::Policies,
            format!("{}/{}", policy.account, policy.name),
            policy,
        );
        let key = member(&policy.account, &policy.name);
        self.state.policies.insert(key, Arc::new(stored));
    }

    pub fn remove_policy(&mut self, account: &AccountId, name: &str) {
        if self.state.policies.remove(&member(account, name)).is_some() {
            self.erase(Table::Policies, format!("{account}/{name}"));
        }
    }

    pub fn remove_key(&mut self, id: &str) {
        if self.state.keys.remove(id).is_some() {
            self.erase(Table::Keys, id.to_owned());
        }
    }

    /// Sets a property, or gives it its default back.
    pub fn put_property(&mut self, property: Property, value: Option<&str>) {
        let key = property.key();
        match value {
            Some(value) => {
                self.write(Table::Properties, key.clone(), &value);
                self.state.properties.insert(key.into(), value.into());
            }
            None => {
                if self.state.properties.remove(key.as_str()).is_some() {
                    self.erase(Table::Properties, key);
                }
            }
        }
    }

    pub fn put_key(&mut self, key: AccessKey) {
        self.write(Table::Keys, key.id.clone(), &key);
        self.state
            .keys
            .insert(key.id.as_str().into(), Arc::new(key));
    }

    /// Writes a load balancer, new or changed.
    pub fn put_balancer(&mut self, balancer: LoadBalancer) {
        self.write(Table::Balancers, row_key(&balancer.key()), &balancer);
        self.note_balancer(balancer);
    }

    /// Changes a load balancer without writing it: what servos think of instances is seen anew after
    /// a start, and not worth a disk flush.
    pub fn note_balancer(&mut self, balancer: LoadBalancer) {
        let key = balancer.key();
        let before = self.state.balancers.get(&key).cloned();
        self.state.index(&key, before.as_deref(), Some(&balancer));
        self.state.balancers.insert(key.clone(), Arc::new(balancer));
        self.touched.insert(key);
    }

    /// Takes a servo's verdict on an instance; returns whether it changed anything. As with
    /// [`Draft::note_balancer`], nothing is written.
    ///
    /// In place: thousands of verdicts in one draft cost one copy of their load balancer.
    pub fn observe(&mut self, servo: &ServoId, id: &InstanceId, verdict: Verdict) -> bool {
        let Some(key) = self.state.servos.get(servo) else {
            return false;
        };
        let Some(balancer) = self.state.balancers.get_mut(key) else {
            return false;
        };
        // One that changes nothing costs no copy, and leaves the description that was made.
        if balancer.judged(id, verdict).is_none() {
            return false;
        }
        let balancer = Arc::make_mut(balancer);
        balancer.observe(id, verdict);
        balancer.described = Memo::default();
        self.touched.insert(key.clone());
        true
    }

    /// Notes that nothing is left of an instance that left a load balancer; whether anybody waited.
    pub fn note_drained(&mut self, at: &(BalancerKey, InstanceId, ServoId), revision: u64) -> bool {
        self.state.draining.ended(at, revision)
    }

    /// Removes a load balancer and gives its addresses back.
    pub fn remove_balancer(&mut self, key: &BalancerKey) {
        let Some(before) = self.state.balancers.remove(key) else {
            return;
        };
        self.state.index(key, Some(&before), None);
        for place in before.servos.values() {
            self.state.servo_addresses.give_back(place.address);
        }
        self.erase(Table::Balancers, row_key(key));
        self.touched.insert(key.clone());
    }

    pub fn put_instance(&mut self, instance: Instance) {
        self.write(Table::Instances, instance.id.to_string(), &instance);
        self.touched_instances.insert(instance.id.clone());
        self.state
            .instances
            .insert(instance.id.clone(), Arc::new(instance));
    }

    /// Forgets an instance, and its tags. It must not be registered anywhere.
    pub fn remove_instance(&mut self, id: &InstanceId) {
        if let Some(instance) = self.state.instances.remove(id) {
            self.erase(Table::Instances, id.to_string());
            self.put_tags(&instance.owner, &id.as_str().into(), ResourceTags::new());
            self.touched_instances.insert(id.clone());
        }
    }

    /// Gives a load balancer as many servos in a zone as the property says: adds those that are
    /// missing, takes away the newest of those that are too many.
    ///
    /// # Errors
    ///
    /// There are not enough addresses. The draft must be dropped then.
    pub fn scale_servos(
        &mut self,
        balancer: &mut LoadBalancer,
        zone: &ZoneName,
        release: Release,
    ) -> Result<(), Refusal> {
        let wanted = properties::servos_per_zone(&self.state, release);
        let held: Vec<(ServoId, ServoPlace)> = balancer
            .servos
            .iter()
            .filter(|(_, place)| place.zone == *zone)
            .map(|(id, place)| (id.clone(), place.clone()))
            .collect();
        for (id, place) in held.iter().skip(wanted) {
            balancer.servos.remove(id);
            self.state.servo_addresses.give_back(place.address);
        }
        for _ in held.len()..wanted {
            let address = self.state.servo_addresses.take();
            let address =
                address.ok_or_else(|| Refusal::NotEnoughResources { zone: zone.clone() })?;
            let place = ServoPlace {
                zone: zone.clone(),
                address: address.into(),
            };
            let id = loop {
                let id = super::identity::instance_id();
                let known = self.state.instances.contains_key(&InstanceId::new(&*id));
                if !known
                    && !self.state.is_servo(&id)
                    && !balancer.servos.contains_key(&ServoId::new(&*id))
                {
                    break ServoId::new(id);
                }
            };
            balancer.servos.insert(id, place);
        }
        Ok(())
    }

    pub fn give_back_servos(&mut self, servos: impl IntoIterator<Item = (ServoId, ServoPlace)>) {
        for (_, place) in servos {
            self.state.servo_addresses.give_back(place.address);
        }
    }

    /// An address for a new web instance; nothing when all are given.
    pub fn take_instance_address(&mut self) -> Option<IpAddr> {
        self.state.instance_addresses.take().map(IpAddr::from)
    }

    pub fn give_back_instance_address(&mut self, address: IpAddr) {
        self.state.instance_addresses.give_back(address);
    }
}

/// A DNS name as the index has it: in small letters, the last label first, so that names below
/// another stand together: `lb.web-123456789012`.
fn dns_key(name: &str) -> Arc<str> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.rsplit('.').collect();
    labels.join(".").into()
}

/// `123456789012/web`
fn row_key(key: &BalancerKey) -> String {
    format!("{}/{}", key.account, key.name)
}
