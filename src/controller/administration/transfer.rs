//! `/_eulb/admin/export` and `import`: the whole state out and in.

use super::{Refusal, bad, change};
use crate::controller::Shared;
use crate::controller::state::Draft;
use crate::controller::transfer::{self, NOT_EMPTY};
use crate::wire::admin::Imported;
use hyper::StatusCode;
use std::sync::Arc;

fn internal(error: &dyn std::fmt::Display) -> Refusal {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// The state as one document. Writing it is work for a thread of its own.
pub async fn export(shared: &Shared, secrets: bool) -> Result<String, Refusal> {
    let snapshot = shared.registry.snapshot();
    let (release, now) = (shared.config.release, shared.config.clock.now());
    let written = tokio::task::spawn_blocking(move || {
        transfer::export(&snapshot.state.rows(), secrets, Some(release), now)
    });
    written
        .await
        .map_err(|error| internal(&error))?
        .map_err(|error| internal(&error))
}

/// Puts the state of a document in the place of what there is.
pub async fn import(
    shared: &Shared,
    body: &[u8],
    replace: bool,
    request_id: &Arc<str>,
) -> Result<Imported, Refusal> {
    let config = shared.config.clone();
    let body = body.to_vec();
    let read = tokio::task::spawn_blocking(move || {
        let now = config.clock.now();
        transfer::import(&body, config.servo_cidr, config.instance_cidr, now)
    });
    let imported = read
        .await
        .map_err(|error| internal(&error))?
        .map_err(|error| bad(error.to_string()))?;
    let told = imported.told();
    let put = move |draft: &mut Draft| {
        let state = draft.state();
        let something = !state.balancers.is_empty() || !state.instances.is_empty();
        if something && !replace {
            return Err(NOT_EMPTY.to_owned());
        }
        draft.replace(imported.state, imported.rows);
        Ok(())
    };
    change(shared, request_id, put).await?;
    Ok(told)
}
