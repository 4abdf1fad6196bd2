//! `eulb admin certificates`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::super::report;
use super::Listing;
use crate::wire::admin::{self, DeleteCertificate, NewCertificate};
use crate::wire::local::Done;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 7] = [
    "RECORD", "ARN", "NAME", "ACCOUNT", "ALIAS", "EXPIRES", "USED BY",
];

/// Upload, list and delete the server certificates of HTTPS and SSL listeners
#[derive(Debug, Args)]
pub struct Certificates {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List server certificates, without their keys
    List(Listing),
    Upload(Upload),
    Delete(Delete),
}

/// Upload a certificate and its key, and print its ARN, which listeners name it by
///
/// Example: eulb admin certificates upload web --certificate web.pem --key web.key
#[derive(Debug, Args)]
struct Upload {
    #[command(flatten)]
    place: Place,
    /// Name of the certificate, unique in its account (required)
    #[arg(value_name = "NAME")]
    name: String,
    /// File of the certificate in PEM (required)
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// File of its private key in PEM, not encrypted (required)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File of its chain in PEM, the issuer of the certificate first
    #[arg(long, value_name = "FILE")]
    chain: Option<PathBuf>,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Delete a certificate that no listener has
#[derive(Debug, Args)]
struct Delete {
    #[command(flatten)]
    place: Place,
    /// Name of the certificate (required)
    #[arg(value_name = "NAME")]
    name: String,
    /// Alias or number of the account (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

impl Certificates {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => list.print(
                "/_eulb/admin/certificates",
                &HEAD,
                row,
                |all: &mut admin::Certificates| &mut all.certificates,
            ),
            Verb::Upload(upload) => {
                let request = NewCertificate {
                    account: upload.account,
                    name: upload.name,
                    certificate: read(&upload.certificate)?,
                    chain: upload.chain.as_deref().map(read).transpose()?,
                    key: read(&upload.key)?,
                };
                let client = upload.place.client()?;
                let kept: admin::Certificate =
                    ask(client.post("/_eulb/admin/certificates/upload", &request))?;
                if upload.json {
                    let text = serde_json::to_string_pretty(&kept).map_err(Failure::new)?;
                    return report::print(&format!("{text}\n"));
                }
                report::print(&format!("{}\n", row(&kept).join("\t")))
            }
            Verb::Delete(delete) => {
                let request = DeleteCertificate {
                    account: delete.account,
                    name: delete.name,
                };
                let client = delete.place.client()?;
                let done = client.post::<_, Done>("/_eulb/admin/certificates/delete", &request);
                ask(done).map(|_| ())
            }
        }
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

fn row(one: &admin::Certificate) -> Vec<String> {
    vec![
        "SERVER_CERTIFICATE".to_owned(),
        one.arn.clone(),
        one.name.clone(),
        one.account.clone(),
        one.alias.clone(),
        one.expires.clone(),
        one.balancers.join(","),
    ]
}
