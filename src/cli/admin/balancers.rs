//! `eulb admin lbs`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::listed;
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
    place: Place,
    /// Only those of an account, by alias or number
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

impl Lbs {
    pub fn run(&self) -> Result<(), Failure> {
        let mut all: Balancers = ask(self.place.client()?.get("/_eulb/admin/lbs"))?;
        if let Some(account) = &self.account {
            all.balancers
                .retain(|one| one.account == *account || one.alias == *account);
        }
        listed(self.json, &all, &HEAD, all.balancers.iter().map(row))
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
