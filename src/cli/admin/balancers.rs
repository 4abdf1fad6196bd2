//! `eulb admin lbs`.

use super::super::exit::Failure;
use super::Listing;
use crate::wire::admin::{Balancer, Balancers};
use clap::Args;

/// Titles of the listing, in the order of [`row`]; the first columns are those of eulb-describe-lbs.
const HEAD: [&str; 10] = [
    "RECORD",
    "NAME",
    "DNS NAME",
    "CREATED",
    "ACCOUNT",
    "ALIAS",
    "ZONES",
    "LISTENERS",
    "SERVOS",
    "IN SERVICE",
];

/// List the load balancers of all accounts, one line each
#[derive(Debug, Args)]
pub struct Lbs {
    #[command(flatten)]
    listing: Listing,
}

impl Lbs {
    pub fn run(self) -> Result<(), Failure> {
        let route = "/_eulb/admin/lbs";
        self.listing
            .print(route, &HEAD, row, |all: &mut Balancers| &mut all.balancers)
    }
}

fn row(balancer: &Balancer) -> Vec<String> {
    vec![
        "LOAD_BALANCER".to_owned(),
        balancer.name.clone(),
        balancer.dns_name.clone(),
        balancer.created.clone(),
        balancer.account.clone(),
        balancer.alias.clone(),
        balancer.zones.join(","),
        balancer.listeners.join(","),
        balancer.servos.to_string(),
        format!("{}/{}", balancer.in_service, balancer.registered),
    ]
}
