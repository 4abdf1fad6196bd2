//! The state of the neighbouring services: networks, tags, temporary credentials, certificates.

use super::{Draft, ResourceTags, State};
use crate::controller::Config;
use crate::controller::store::Table;
use crate::model::account::AccountId;
use crate::model::certificate::ServerCertificate;
use crate::model::network::{Network, Resource};
use crate::model::session::Session;
use crate::model::timestamp::Timestamp;
use crate::wire::release::Feature;
use std::sync::Arc;

impl State {
    /// The networks of an account.
    pub fn network(&self, account: &AccountId, config: &Config) -> Network {
        let has_vpcs = config.release.has(Feature::Vpc);
        let from = (account.clone(), "".into());
        let kept = self
            .network
            .range(from..)
            .take_while(|((owner, _), _)| owner == account)
            .map(|(_, resource)| resource.as_ref());
        Network::of(account, &config.zones, has_vpcs, kept)
    }

    /// The tags of something that an account has, other than a load balancer.
    pub fn tags_of(&self, account: &AccountId, id: &str) -> Option<&Arc<ResourceTags>> {
        self.tags.get(&(account.clone(), id.into()))
    }

    /// Everything of an account that has tags, with them; load balancers are not among it.
    pub fn tagged(&self, account: &AccountId) -> impl Iterator<Item = (&str, &Arc<ResourceTags>)> {
        let from = (account.clone(), "".into());
        let account = account.clone();
        self.tags
            .range(from..)
            .take_while(move |((owner, _), _)| *owner == account)
            .map(|((_, id), tags)| (id.as_ref(), tags))
    }
}

impl Draft {
    /// Writes something of a network, new or changed.
    pub fn put_network(&mut self, resource: Resource) {
        let at = (resource.account().clone(), resource.id().clone());
        self.write(Table::Network, owned_key(&at.0, &at.1), &resource);
        self.state.network.insert(at, Arc::new(resource));
    }

    /// Forgets something of a network, and its tags.
    pub fn remove_network(&mut self, account: &AccountId, id: &Arc<str>) {
        let at = (account.clone(), id.clone());
        if self.state.network.remove(&at).is_some() {
            self.erase(Table::Network, owned_key(account, id));
        }
        self.put_tags(account, id, ResourceTags::new());
    }

    /// Writes the tags of something other than a load balancer; none forgets them.
    pub fn put_tags(&mut self, account: &AccountId, id: &Arc<str>, tags: ResourceTags) {
        let at = (account.clone(), id.clone());
        if !tags.is_empty() {
            self.write(Table::ResourceTags, owned_key(account, id), &tags);
            self.state.tags.insert(at, Arc::new(tags));
        } else if self.state.tags.remove(&at).is_some() {
            self.erase(Table::ResourceTags, owned_key(account, id));
        }
    }

    /// Writes temporary credentials, and forgets those that are no longer good.
    pub fn put_session(&mut self, session: Session, now: Timestamp) {
        let over: Vec<Arc<str>> = self
            .state
            .sessions
            .iter()
            .filter(|(_, session)| session.expires < now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            self.state.sessions.remove(&id);
            self.erase(Table::Sessions, id.to_string());
        }
        self.write(Table::Sessions, session.id.clone(), &session);
        self.state
            .sessions
            .insert(session.id.as_str().into(), Arc::new(session));
    }

    /// Writes a server certificate, new or changed. Its row has its id, which does not change.
    pub fn put_certificate(&mut self, certificate: ServerCertificate) {
        self.write(Table::Certificates, certificate.id.clone(), &certificate);
        self.state
            .certificates
            .insert(certificate.arn().into(), Arc::new(certificate));
    }

    /// Takes a certificate away from under an ARN; nothing if there is none.
    pub fn remove_certificate(&mut self, arn: &str) {
        if let Some(certificate) = self.state.certificates.remove(arn) {
            self.erase(Table::Certificates, certificate.id.clone());
        }
    }
}

/// `123456789012/i-1DF9440E`
fn owned_key(account: &AccountId, id: &str) -> String {
    format!("{account}/{id}")
}
