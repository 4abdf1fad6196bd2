//! `eulb-create-lb-cookie-stickiness-policy`.

use super::Command;
use crate::cli::args::Integer;
use crate::cli::exit::Failure;
use crate::wire::policy::CreateLBCookieStickinessPolicy;

/// Create a new stickiness policy for a load balancer, based on a cookie of the load balancer
///
/// The policy takes effect when eulb-set-lb-policies-of-listener puts it on an HTTP or HTTPS
/// listener.
#[derive(Debug, clap::Args)]
pub struct CreateLbCookieStickinessPolicy {
    /// Time after which the cookie is void, in seconds (required)
    #[arg(short, long, value_name = "SECONDS")]
    expiration_period: Integer,
    /// Name of the new policy (required)
    #[arg(short, long, value_name = "POLICY")]
    policy_name: String,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for CreateLbCookieStickinessPolicy {
    type Action = CreateLBCookieStickinessPolicy;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] =
        &["eulb-create-lb-cookie-stickiness-policy --release 4.0.0 -e 300 -p five-minutes MyLB"];

    fn request(&self) -> Result<CreateLBCookieStickinessPolicy, Failure> {
        Ok(CreateLBCookieStickinessPolicy {
            load_balancer_name: self.name.clone(),
            policy_name: self.policy_name.clone(),
            cookie_expiration_period: Some(self.expiration_period.nearest),
        })
    }
}
