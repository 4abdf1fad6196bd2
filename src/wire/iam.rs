//! IAM: server certificates, and the user who asks.
//!
//! Source: IAM API reference 2010-05-08.

use super::service::IAM_NAMESPACE;
use super::tag::Tag;
use super::{Envelope, Members, action};
use serde::{Deserialize, Serialize};

/// The version of the API.
pub const VERSION: &str = "2010-05-08";

action! {
    Envelope::Query(IAM_NAMESPACE);
    UploadServerCertificate => UploadServerCertificateResponse,
    ListServerCertificates => ListServerCertificatesResponse,
    GetServerCertificate => GetServerCertificateResponse,
    UpdateServerCertificate => UpdateServerCertificateResponse,
    DeleteServerCertificate => DeleteServerCertificateResponse,
    TagServerCertificate => TagServerCertificateResponse,
    UntagServerCertificate => UntagServerCertificateResponse,
    ListServerCertificateTags => ListServerCertificateTagsResponse,
    GetUser => GetUserResponse,
}

/// Holds a private key, so it is not shown by `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadServerCertificate {
    pub server_certificate_name: String,
    pub certificate_body: String,
    pub private_key: String,
    pub certificate_chain: Option<String>,
    pub path: Option<String>,
    pub tags: Option<Members<Tag>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadServerCertificateResponse {
    pub server_certificate_metadata: Option<ServerCertificateMetadata>,
    pub tags: Option<Members<Tag>>,
}

/// What is known of a certificate apart from itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerCertificateMetadata {
    pub path: Option<String>,
    pub server_certificate_name: Option<String>,
    pub server_certificate_id: Option<String>,
    pub arn: Option<String>,
    pub upload_date: Option<String>,
    pub expiration: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListServerCertificates {
    pub path_prefix: Option<String>,
    pub marker: Option<String>,
    pub max_items: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListServerCertificatesResponse {
    pub is_truncated: bool,
    pub server_certificate_metadata_list: Option<Members<ServerCertificateMetadata>>,
    pub marker: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetServerCertificate {
    pub server_certificate_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetServerCertificateResponse {
    pub server_certificate: Option<ServerCertificate>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerCertificate {
    pub server_certificate_metadata: Option<ServerCertificateMetadata>,
    pub certificate_body: Option<String>,
    pub certificate_chain: Option<String>,
    pub tags: Option<Members<Tag>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateServerCertificate {
    pub server_certificate_name: String,
    pub new_path: Option<String>,
    pub new_server_certificate_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateServerCertificateResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteServerCertificate {
    pub server_certificate_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteServerCertificateResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagServerCertificate {
    pub server_certificate_name: String,
    pub tags: Option<Members<Tag>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagServerCertificateResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagServerCertificate {
    pub server_certificate_name: String,
    pub tag_keys: Option<Members<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UntagServerCertificateResponse {}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListServerCertificateTags {
    pub server_certificate_name: String,
    pub marker: Option<String>,
    pub max_items: Option<i64>,
}

/// All tags of a certificate, fewer than a page holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListServerCertificateTagsResponse {
    pub tags: Option<Members<Tag>>,
    pub is_truncated: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUser {
    pub user_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUserResponse {
    pub user: Option<User>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub path: Option<String>,
    pub user_name: Option<String>,
    pub user_id: Option<String>,
    pub arn: Option<String>,
    pub create_date: Option<String>,
}
