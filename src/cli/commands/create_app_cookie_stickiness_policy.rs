//! `eulb-create-app-cookie-stickiness-policy`.

use super::Command;
use crate::cli::exit::Failure;
use crate::wire::policy::CreateAppCookieStickinessPolicy;

/// Create a new stickiness policy for a load balancer, based on the application's own cookie
///
/// The load balancer follows the lifetime of the cookie that the application sets. The policy takes
/// effect when eulb-set-lb-policies-of-listener puts it on an HTTP or HTTPS listener.
#[derive(Debug, clap::Args)]
pub struct CreateAppCookieStickinessPolicyCommand {
    /// Name of the application cookie (required)
    #[arg(short, long, value_name = "COOKIENAME")]
    cookie_name: String,
    /// Name of the new policy (required)
    #[arg(short, long, value_name = "POLICY")]
    policy_name: String,
    /// Name of the load balancer to modify (required)
    #[arg(value_name = "ELB")]
    name: String,
}

impl Command for CreateAppCookieStickinessPolicyCommand {
    type Action = CreateAppCookieStickinessPolicy;

    const PRINTS: bool = false;
    const EXAMPLES: &'static [&'static str] = &[
        "eulb-create-app-cookie-stickiness-policy --release 4.0.0 -c PHPSESSID -p php-session MyLB",
    ];

    fn request(&self) -> Result<CreateAppCookieStickinessPolicy, Failure> {
        Ok(CreateAppCookieStickinessPolicy {
            load_balancer_name: self.name.clone(),
            policy_name: self.policy_name.clone(),
            cookie_name: self.cookie_name.clone(),
        })
    }
}
