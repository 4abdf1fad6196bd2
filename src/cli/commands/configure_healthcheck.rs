//! `eulb-configure-healthcheck`.

use super::Command;
use crate::cli::args::{self, Integer};
use crate::cli::exit::Failure;
use crate::cli::report::{Report, text};
use crate::wire::instance::{ConfigureHealthCheck, ConfigureHealthCheckResponse, HealthCheck};

/// Configure health checking for instances registered with a load balancer
///
/// A load balancer checks each instance in turn and sends traffic to those in service. There is one
/// health check for each load balancer; this command replaces it.
#[derive(Debug, clap::Args)]
pub struct ConfigureHealthcheck {
    /// Number of consecutive successful checks before an instance is in service (required)
    #[arg(long, value_name = "COUNT")]
    healthy_threshold: Integer,
    /// Approximate interval between checks, in seconds (required)
    #[arg(long, value_name = "SECONDS")]
    interval: Integer,
    /// What to connect to for a health check (required)
    ///
    /// TCP:PORT and SSL:PORT pass when a connection can be made; HTTP:PORT/PATH and HTTPS:PORT/PATH
    /// pass when the answer has status 200.
    #[arg(short, long, value_name = "PROTOCOL:PORT[/PATH]")]
    target: String,
    /// Time within which a check must succeed, in seconds (required)
    #[arg(long, value_name = "SECONDS")]
    timeout: Integer,
    /// Number of consecutive failed checks before an instance is out of service (required)
    #[arg(long, value_name = "COUNT")]
    unhealthy_threshold: Integer,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for ConfigureHealthcheck {
    type Action = ConfigureHealthCheck;

    const OUTPUT: &'static str = "HEALTH_CHECK, the target, the interval, the timeout, the healthy threshold and the unhealthy threshold.";
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-configure-healthcheck --healthy-threshold 2 --unhealthy-threshold 2 --interval 15 --timeout 10 -t HTTP:80/index.html MyLB",
    ];

    fn request(&self) -> Result<ConfigureHealthCheck, Failure> {
        Ok(ConfigureHealthCheck {
            load_balancer_name: self.name.clone(),
            health_check: Some(HealthCheck {
                target: Some(args::target(&self.target).map_err(Failure::usage)?),
                interval: Some(self.interval.nearest),
                timeout: Some(self.timeout.nearest),
                unhealthy_threshold: Some(self.unhealthy_threshold.nearest),
                healthy_threshold: Some(self.healthy_threshold.nearest),
            }),
        })
    }

    fn report(&self, answer: &ConfigureHealthCheckResponse, report: &mut Report) {
        let check = answer.health_check.clone().unwrap_or_default();
        report.record(
            "HEALTH_CHECK",
            [
                text(&check.target),
                text(&check.interval),
                text(&check.timeout),
                text(&check.healthy_threshold),
                text(&check.unhealthy_threshold),
            ],
        );
    }
}
