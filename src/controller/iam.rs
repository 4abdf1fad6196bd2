//! IAM, as far as load balancers need it: the server certificates of an account, and who asks.
//!
//! Source: IAM API reference 2010-05-08.

mod certificate;

use super::identity;
use super::operations::{Context, Operation, Read, Write, reads, writes};
use super::state::{Draft, ResourceTags, State};
use crate::model::account::AccountId;
use crate::model::balancer::{BalancerKey, LoadBalancer};
use crate::model::certificate::{PrivateKey, ServerCertificate, check_name, check_path};
use crate::model::timestamp::Timestamp;
use crate::wire::balancer::created_time;
use crate::wire::fault::Fault;
use crate::wire::iam::{
    DeleteServerCertificate, DeleteServerCertificateResponse, GetServerCertificate,
    GetServerCertificateResponse, GetUser, GetUserResponse, ListServerCertificateTags,
    ListServerCertificateTagsResponse, ListServerCertificates, ListServerCertificatesResponse,
    ServerCertificate as WireCertificate, ServerCertificateMetadata, TagServerCertificate,
    TagServerCertificateResponse, UntagServerCertificate, UntagServerCertificateResponse,
    UpdateServerCertificate, UpdateServerCertificateResponse, UploadServerCertificate,
    UploadServerCertificateResponse, User,
};
use crate::wire::tag::Tag;
use crate::wire::{Members, members};
use std::sync::Arc;

/// The operations that are here.
pub const OPERATIONS: &[Operation] = &[
    writes::<UploadServerCertificate>(),
    reads::<ListServerCertificates>(),
    reads::<GetServerCertificate>(),
    writes::<UpdateServerCertificate>(),
    writes::<DeleteServerCertificate>(),
    writes::<TagServerCertificate>(),
    writes::<UntagServerCertificate>(),
    reads::<ListServerCertificateTags>(),
    reads::<GetUser>(),
];

/// Items of a page unless the request says otherwise, and at most. Source: ListServerCertificates.
const DEFAULT_ITEMS: usize = 100;
const MAXIMUM_ITEMS: i64 = 1000;

/// Tags of a certificate at most, and characters of a key and of a value. Source: IAM, quotas.
const MAXIMUM_TAGS: usize = 50;
const MAXIMUM_KEY: usize = 128;
const MAXIMUM_VALUE: usize = 256;

fn refused(status: u16, code: &'static str, message: impl Into<String>) -> Fault {
    Fault::Service {
        status,
        code,
        message: message.into(),
    }
}

fn invalid(message: impl ToString) -> Fault {
    refused(400, "ValidationError", message.to_string())
}

fn not_found(name: &str) -> Fault {
    refused(
        404,
        "NoSuchEntity",
        format!("The Server Certificate with name {name} cannot be found."),
    )
}

fn exists(name: &str) -> Fault {
    refused(
        409,
        "EntityAlreadyExists",
        format!("The Server Certificate with name {name} already exists."),
    )
}

/// The certificates of an account, by ARN.
fn own<'s>(
    state: &'s State,
    account: &'s AccountId,
) -> impl Iterator<Item = &'s Arc<ServerCertificate>> {
    let all = state.certificates.values();
    all.filter(move |certificate| certificate.account == *account)
}

/// The account's certificate of a name, which is unique whatever its path.
fn named<'s>(
    state: &'s State,
    account: &'s AccountId,
    name: &str,
) -> Option<&'s Arc<ServerCertificate>> {
    own(state, account).find(|certificate| certificate.name == name)
}

/// The load balancers of the account with a listener that has a certificate.
pub fn users(state: &State, certificate: &ServerCertificate) -> Vec<BalancerKey> {
    let arn = certificate.arn();
    let uses = |balancer: &&Arc<LoadBalancer>| {
        let mut listeners = balancer.listeners.values();
        listeners.any(|listener| listener.certificate.as_deref() == Some(&arn))
    };
    state
        .balancers_of(&certificate.account)
        .filter(uses)
        .map(|balancer| balancer.key())
        .collect()
}

fn metadata(certificate: &ServerCertificate) -> ServerCertificateMetadata {
    ServerCertificateMetadata {
        path: Some(certificate.path.clone()),
        server_certificate_name: Some(certificate.name.clone()),
        server_certificate_id: Some(certificate.id.clone()),
        arn: Some(certificate.arn()),
        upload_date: Some(created_time(certificate.uploaded)),
        expiration: Some(created_time(certificate.expires)),
    }
}

/// Adds tags to those of a certificate.
fn add_tags(tags: &mut ResourceTags, added: &[Tag]) -> Result<(), Fault> {
    for Tag { key, value } in added {
        let key = key.clone().unwrap_or_default();
        let value = value.clone().unwrap_or_default();
        if !(1..=MAXIMUM_KEY).contains(&key.chars().count())
            || value.chars().count() > MAXIMUM_VALUE
        {
            return Err(invalid(format!(
                "A tag's key has 1 to {MAXIMUM_KEY} characters, its value at most {MAXIMUM_VALUE}"
            )));
        }
        tags.insert(key, value);
    }
    if tags.len() > MAXIMUM_TAGS {
        return Err(refused(
            409,
            "LimitExceeded",
            format!("The number of tags has reached the maximum limit of {MAXIMUM_TAGS}."),
        ));
    }
    Ok(())
}

/// The tags of a certificate, in the order of their keys.
fn tags_of(state: &State, account: &AccountId, id: &str) -> ResourceTags {
    let tags = state.tags_of(account, id);
    tags.map(|tags| ResourceTags::clone(tags))
        .unwrap_or_default()
}

fn wire_tags(tags: ResourceTags) -> Members<Tag> {
    let tag = |(key, value)| Tag {
        key: Some(key),
        value: Some(value),
    };
    tags.into_iter().map(tag).collect()
}

/// Changes the tags of the account's certificate of a name.
fn retag(
    context: &Context,
    draft: &mut Draft,
    name: &str,
    change: impl FnOnce(&mut ResourceTags) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let account = &context.caller.account;
    let certificate = named(draft.state(), account, name).ok_or_else(|| not_found(name))?;
    let id: Arc<str> = certificate.id.as_str().into();
    let mut tags = tags_of(draft.state(), account, &id);
    change(&mut tags)?;
    draft.put_tags(account, &id, tags);
    Ok(())
}

/// Keeps a certificate for an account.
///
/// # Errors
///
/// The name, the path or one of the texts is not what it should be, or the name is taken.
pub fn upload(
    request: UploadServerCertificate,
    account: &AccountId,
    draft: &mut Draft,
    now: Timestamp,
) -> Result<ServerCertificate, Fault> {
    let name = request.server_certificate_name;
    check_name(&name).map_err(invalid)?;
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    check_path(&path).map_err(invalid)?;
    let mut tags = ResourceTags::new();
    add_tags(&mut tags, members(&request.tags))?;
    let chain = request.certificate_chain.filter(|chain| !chain.is_empty());
    let (body, key) = (request.certificate_body, request.private_key);
    let expires = certificate::examine(&body, chain.as_deref(), &key)
        .map_err(|unusable| refused(400, unusable.code(), unusable.to_string()))?;
    if named(draft.state(), account, &name).is_some() {
        return Err(exists(&name));
    }
    let certificate = ServerCertificate {
        account: account.clone(),
        name,
        path,
        id: identity::certificate_id(),
        certificate: body,
        chain,
        key: PrivateKey::new(key),
        uploaded: now,
        expires,
    };
    draft.put_certificate(certificate.clone());
    draft.put_tags(account, &certificate.id.as_str().into(), tags);
    Ok(certificate)
}

/// Forgets a certificate of an account.
///
/// # Errors
///
/// There is none of the name, or a listener has it.
pub fn delete(name: &str, account: &AccountId, draft: &mut Draft) -> Result<(), Fault> {
    let certificate = named(draft.state(), account, name)
        .ok_or_else(|| not_found(name))?
        .clone();
    if let Some(user) = users(draft.state(), &certificate).first() {
        return Err(refused(
            409,
            "DeleteConflict",
            format!(
                "Certificate: {} is currently in use by the load balancer {}. Please remove it \
                 first before deleting it from IAM.",
                certificate.id, user.name
            ),
        ));
    }
    draft.remove_certificate(&certificate.arn());
    draft.put_tags(
        account,
        &certificate.id.as_str().into(),
        ResourceTags::new(),
    );
    Ok(())
}

impl Write for UploadServerCertificate {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<UploadServerCertificateResponse, Fault> {
        let account = &context.caller.account;
        let certificate = upload(self, account, draft, context.now)?;
        let tags = tags_of(draft.state(), account, &certificate.id);
        Ok(UploadServerCertificateResponse {
            server_certificate_metadata: Some(metadata(&certificate)),
            tags: (!tags.is_empty()).then(|| wire_tags(tags)),
        })
    }
}

impl Read for ListServerCertificates {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<ListServerCertificatesResponse, Fault> {
        let items = match self.max_items {
            None => DEFAULT_ITEMS,
            Some(items) => (1..=MAXIMUM_ITEMS)
                .contains(&items)
                .then(|| usize::try_from(items).ok())
                .flatten()
                .ok_or_else(|| invalid(format!("MaxItems must be 1 to {MAXIMUM_ITEMS}")))?,
        };
        let prefix = self.path_prefix.unwrap_or_else(|| "/".to_owned());
        // The marker is the ARN after which the next page begins; the map is in the order of ARNs.
        let mut found = own(state, &context.caller.account)
            .filter(|certificate| certificate.path.starts_with(&prefix))
            .filter(|certificate| {
                let after = |marker: &String| certificate.arn() > *marker;
                self.marker.as_ref().is_none_or(after)
            });
        let page: Vec<_> = found.by_ref().take(items).collect();
        let more = found.next().is_some();
        let marker = page
            .last()
            .filter(|_| more)
            .map(|certificate| certificate.arn());
        Ok(ListServerCertificatesResponse {
            is_truncated: more,
            server_certificate_metadata_list: Some(
                page.iter()
                    .map(|certificate| metadata(certificate))
                    .collect(),
            ),
            marker,
        })
    }
}

impl Read for GetServerCertificate {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<GetServerCertificateResponse, Fault> {
        let name = &self.server_certificate_name;
        let account = &context.caller.account;
        let certificate = named(state, account, name).ok_or_else(|| not_found(name))?;
        let tags = tags_of(state, account, &certificate.id);
        // Without the line's end after the last line: Terraform compares it with what it trimmed.
        let trimmed = |text: &String| text.trim_end().to_owned();
        Ok(GetServerCertificateResponse {
            server_certificate: Some(WireCertificate {
                server_certificate_metadata: Some(metadata(certificate)),
                certificate_body: Some(trimmed(&certificate.certificate)),
                certificate_chain: certificate.chain.as_ref().map(trimmed),
                tags: (!tags.is_empty()).then(|| wire_tags(tags)),
            }),
        })
    }
}

impl Write for UpdateServerCertificate {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<UpdateServerCertificateResponse, Fault> {
        let name = &self.server_certificate_name;
        let before = named(draft.state(), &context.caller.account, name)
            .ok_or_else(|| not_found(name))?
            .clone();
        let mut after = ServerCertificate::clone(&before);
        if let Some(path) = self.new_path {
            check_path(&path).map_err(invalid)?;
            after.path = path;
        }
        if let Some(new) = self.new_server_certificate_name {
            check_name(&new).map_err(invalid)?;
            if new != before.name && named(draft.state(), &context.caller.account, &new).is_some() {
                return Err(exists(&new));
            }
            after.name = new;
        }
        let (old, new) = (before.arn(), after.arn());
        // Listeners follow the certificate to its new name.
        for key in users(draft.state(), &before) {
            let Some(balancer) = draft.state().balancers.get(&key) else {
                continue;
            };
            let mut balancer = LoadBalancer::clone(balancer);
            for listener in balancer.listeners.values_mut() {
                if listener.certificate.as_ref() == Some(&old) {
                    listener.certificate = Some(new.clone());
                }
            }
            draft.put_balancer(balancer);
        }
        draft.remove_certificate(&old);
        draft.put_certificate(after);
        Ok(UpdateServerCertificateResponse {})
    }
}

impl Write for DeleteServerCertificate {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<DeleteServerCertificateResponse, Fault> {
        delete(
            &self.server_certificate_name,
            &context.caller.account,
            draft,
        )?;
        Ok(DeleteServerCertificateResponse {})
    }
}

impl Write for TagServerCertificate {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<TagServerCertificateResponse, Fault> {
        retag(context, draft, &self.server_certificate_name, |tags| {
            add_tags(tags, members(&self.tags))
        })?;
        Ok(TagServerCertificateResponse {})
    }
}

impl Write for UntagServerCertificate {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<UntagServerCertificateResponse, Fault> {
        retag(context, draft, &self.server_certificate_name, |tags| {
            for key in members(&self.tag_keys) {
                tags.remove(key);
            }
            Ok(())
        })?;
        Ok(UntagServerCertificateResponse {})
    }
}

impl Read for ListServerCertificateTags {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<ListServerCertificateTagsResponse, Fault> {
        let name = &self.server_certificate_name;
        let account = &context.caller.account;
        let certificate = named(state, account, name).ok_or_else(|| not_found(name))?;
        Ok(ListServerCertificateTagsResponse {
            tags: Some(wire_tags(tags_of(state, account, &certificate.id))),
            is_truncated: false,
        })
    }
}

impl Read for GetUser {
    fn answer(self, context: &Context, state: &State) -> Result<GetUserResponse, Fault> {
        let caller = &context.caller;
        let name = self
            .user_name
            .unwrap_or_else(|| caller.user.as_ref().to_owned());
        let user = state.user(&caller.account, &name).ok_or_else(|| {
            refused(
                404,
                "NoSuchEntity",
                format!("The user with name {name} cannot be found."),
            )
        })?;
        Ok(GetUserResponse {
            user: Some(User {
                path: Some("/".to_owned()),
                arn: Some(format!("arn:aws:iam::{}:user/{name}", caller.account)),
                user_id: Some(user.id.clone()),
                user_name: Some(name),
                create_date: Some(created_time(user.created)),
            }),
        })
    }
}
