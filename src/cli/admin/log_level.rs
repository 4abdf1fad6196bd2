//! `eulb admin log-level`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::super::report;
use crate::wire::local::LogLevels;
use clap::Args;

/// Show or change from which level on components log, while the cloud runs
///
/// A level alone is for all components; COMPONENT=LEVEL for one, as in servo=debug.
/// Components: loadbalancing, auth, store, iam, sts, ec2, cloudwatch, dns, autoscaling, servo, health, proxy, desync, access-log, instance, daemon.
/// Levels: error, warn, info, debug, trace, off.
#[derive(Debug, Args)]
pub struct LogLevel {
    #[command(flatten)]
    place: Place,
    /// What to change; nothing shows what is
    #[arg(value_name = "LEVELS")]
    levels: Vec<String>,
}

impl LogLevel {
    pub fn run(&self) -> Result<(), Failure> {
        let client = self.place.client()?;
        let route = "/_eulb/admin/log-level";
        let now: LogLevels = if self.levels.is_empty() {
            ask(client.get(route))?
        } else {
            let levels = self.levels.join(",");
            ask(client.post(route, &LogLevels { levels }))?
        };
        report::print(&format!("{}\n", now.levels))
    }
}
