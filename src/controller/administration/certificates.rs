//! `/_eulb/admin/certificates`: what HTTPS and SSL listeners show, of every account.

use super::identities::{account, alias_of};
use crate::controller::iam;
use crate::controller::instances::Refused;
use crate::controller::state::{Draft, State};
use crate::model::certificate::ServerCertificate;
use crate::model::timestamp::Timestamp;
use crate::wire::admin::{Certificate, Certificates, DeleteCertificate, NewCertificate};
use crate::wire::balancer::created_time;
use crate::wire::fault::Fault;
use crate::wire::iam::UploadServerCertificate;
use crate::wire::release::Release;
use crate::wire::service::Service;

pub fn list(state: &State) -> Certificates {
    let all = state.certificates.values();
    Certificates {
        certificates: all.map(|certificate| one(state, certificate)).collect(),
    }
}

fn one(state: &State, certificate: &ServerCertificate) -> Certificate {
    let users = iam::users(state, certificate);
    Certificate {
        arn: certificate.arn(),
        name: certificate.name.clone(),
        account: certificate.account.to_string(),
        alias: alias_of(state, &certificate.account),
        expires: created_time(certificate.expires),
        balancers: users.iter().map(|key| key.name.to_string()).collect(),
    }
}

/// What the service says, without its code.
fn words(release: Release) -> impl Fn(Fault) -> Refused {
    move |fault| fault.shown_by(Service::Iam, release).message
}

pub fn upload(
    request: NewCertificate,
    draft: &mut Draft,
    release: Release,
    now: Timestamp,
) -> Result<Certificate, Refused> {
    let account = account(draft.state(), request.account.as_deref())?
        .id
        .clone();
    let upload = UploadServerCertificate {
        server_certificate_name: request.name,
        certificate_body: request.certificate,
        private_key: request.key,
        certificate_chain: request.chain,
        ..UploadServerCertificate::default()
    };
    let kept = iam::upload(upload, &account, draft, now).map_err(words(release))?;
    Ok(one(draft.state(), &kept))
}

pub fn delete(
    request: &DeleteCertificate,
    draft: &mut Draft,
    release: Release,
) -> Result<(), Refused> {
    let account = account(draft.state(), request.account.as_deref())?
        .id
        .clone();
    iam::delete(&request.name, &account, draft).map_err(words(release))
}
