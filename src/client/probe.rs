//! Looking at an endpoint without asking it for anything: does it answer, and what is its time.

use super::error::CallError;
use super::settings::Settings;
use super::transport::Transport;
use crate::wire::local::Health;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Bytes of `/_eulb/health` that are read at most; it has three short fields.
const MAXIMUM_HEALTH_BYTES: usize = 4096;

/// What an endpoint answered to an unsigned request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub status: u16,
    /// The server's clock minus ours, in seconds; nothing if it sent no Date.
    pub skew_seconds: Option<i64>,
    /// What it says of itself if it is a local cloud.
    pub local: Option<Health>,
}

/// Asks an endpoint's host for `/_eulb/health`. Whatever it answers shows that it can be reached;
/// only a local cloud knows the route.
///
/// # Errors
///
/// It cannot be reached, or its certificate is refused.
pub async fn probe(settings: &Settings) -> Result<Probe, CallError> {
    let transport = Transport::new(settings.clone())?;
    let mut answer = transport.get("/_eulb/health").await?;
    let now = OffsetDateTime::now_utc();
    let date = answer.headers().get(reqwest::header::DATE);
    let skew_seconds = date
        .and_then(|date| OffsetDateTime::parse(date.to_str().ok()?, &Rfc2822).ok())
        .map(|date| (date - now).whole_seconds());
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAXIMUM_HEALTH_BYTES {
            break;
        }
    }
    Ok(Probe {
        status,
        skew_seconds,
        local: serde_json::from_slice(&body).ok().filter(|_| status == 200),
    })
}
