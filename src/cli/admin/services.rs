//! `eulb admin services`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::listed;
use crate::wire::admin::{self, Service};
use clap::Args;

/// Titles of the listing, in the order of [`row`], as `euca-describe-services` had them.
const HEAD: [&str; 6] = ["RECORD", "TYPE", "NAME", "STATE", "ENDPOINT", "REASON"];

/// Show the services of the cloud and whether they are ready
///
/// Load balancing is NOTREADY while the property loadbalancer_emi (worker.image) names no image.
#[derive(Debug, Args)]
pub struct Services {
    #[command(flatten)]
    place: Place,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

impl Services {
    pub fn run(&self) -> Result<(), Failure> {
        let all: admin::Services = ask(self.place.client()?.get("/_eulb/admin/services"))?;
        listed(self.json, &all, &HEAD, all.services.iter().map(row))
    }
}

fn row(service: &Service) -> Vec<String> {
    vec![
        "SERVICE".to_owned(),
        service.kind.clone(),
        service.name.clone(),
        service.state.clone(),
        service.endpoint.clone(),
        service.reason.clone().unwrap_or_default(),
    ]
}
