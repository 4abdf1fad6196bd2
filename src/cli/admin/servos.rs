//! `eulb admin servos` and `eulb admin activities`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::{known_balancer, listed};
use crate::wire::admin::{self, Activity, Servo, TerminateServo};
use crate::wire::local::Done;
use clap::Args;

/// Titles of the listing, in the order of [`row`].
const HEAD: [&str; 12] = [
    "RECORD",
    "ID",
    "LB",
    "ACCOUNT",
    "ALIAS",
    "ZONE",
    "ADDRESS",
    "STATE",
    "LISTENERS",
    "OPEN",
    "REQUESTS",
    "REASON",
];

/// Titles of the activities, in the order of [`activity`].
const ACTIVITY: [&str; 9] = [
    "RECORD", "NUMBER", "TIME", "KIND", "SERVO", "ZONE", "LB", "ALIAS", "WHY",
];

/// List the servos that carry load balancers, with state, address and load
///
/// Where each runs, whether it is in service, how many client connections are open and how many requests it has carried.
#[derive(Debug, Args)]
pub struct Servos {
    #[command(flatten)]
    place: Place,
    /// Only those of load balancers of this name
    #[arg(long, value_name = "ELB")]
    lb: Option<String>,
    /// End this servo as if its machine had died: Auto Scaling replaces it, and 'eulb admin activities' tells
    #[arg(long, value_name = "SERVO", conflicts_with_all = ["lb", "json"])]
    terminate: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Show what was done to servos and why, oldest first
///
/// The newest thousand are kept, and none beyond a restart, which launches every servo anew.
#[derive(Debug, Args)]
pub struct Activities {
    #[command(flatten)]
    place: Place,
    /// Only those of load balancers of this name
    #[arg(long, value_name = "ELB")]
    lb: Option<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

impl Servos {
    pub fn run(&self) -> Result<(), Failure> {
        if let Some(servo) = self.terminate.clone() {
            let route = "/_eulb/admin/servos/terminate";
            let client = self.place.client()?;
            let Done {} = ask(client.post(route, &TerminateServo { servo }))?;
            return Ok(());
        }
        let client = self.place.client()?;
        let mut all: admin::Servos = ask(client.get("/_eulb/admin/servos"))?;
        if let Some(name) = &self.lb {
            all.servos.retain(|servo| servo.balancer == *name);
            if all.servos.is_empty() {
                known_balancer(&client, name)?;
            }
        }
        listed(self.json, &all, &HEAD, all.servos.iter().map(row))
    }
}

impl Activities {
    pub fn run(&self) -> Result<(), Failure> {
        let client = self.place.client()?;
        let mut all: admin::Activities = ask(client.get("/_eulb/admin/activities"))?;
        if let Some(name) = &self.lb {
            all.activities.retain(|one| one.balancer == *name);
            if all.activities.is_empty() {
                known_balancer(&client, name)?;
            }
        }
        let rows = all.activities.iter().map(activity);
        listed(self.json, &all, &ACTIVITY, rows)
    }
}

fn row(servo: &Servo) -> Vec<String> {
    vec![
        "SERVO".to_owned(),
        servo.id.clone(),
        servo.balancer.clone(),
        servo.account.clone(),
        servo.alias.clone(),
        servo.zone.clone(),
        servo.address.to_string(),
        servo.state.clone(),
        servo.listeners.join(","),
        servo.connections.to_string(),
        servo.requests.to_string(),
        servo.reason.clone().unwrap_or_default(),
    ]
}

fn activity(activity: &Activity) -> Vec<String> {
    vec![
        "ACTIVITY".to_owned(),
        activity.number.to_string(),
        activity.at.clone(),
        activity.kind.clone(),
        activity.servo.clone(),
        activity.zone.clone().unwrap_or_default(),
        activity.balancer.clone(),
        activity.alias.clone(),
        activity.why.clone(),
    ]
}
