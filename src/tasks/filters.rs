//! Puts the configured filter on a manager's live reports, or takes ours away.
//!
//! Said at the start and again every hour, because a manager may forget it, and until the manager takes
//! it. One number of ours stands for it for ever, so saying it again changes nothing.

use std::sync::Arc;

use collectors::CallId;
use collectors::network::adapter::NetworkManager;
use collectors::network::wire::Filter;
use futures_util::future::join_all;
use model::code::ResultCode;
use soap::ClientError;
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::peers::TaskPeer;

/// Between two tellings of what is set already.
const AGAIN_MS: i64 = 3_600_000;
/// After a failure it is tried again after this, growing …
const RETRY_MS: i64 = 15_000;
/// … up to this.
const RETRY_MS_MAX: i64 = 600_000;

/// Keeps filters until the stop.
///
/// # Errors
/// None.
pub async fn run(deps: Arc<TaskDeps>, stop: CancellationToken) -> anyhow::Result<()> {
    let wanted = deps.peers.iter().filter_map(|peer| Some((peer, peer.manager()?, peer.settings.filter.as_deref()?)));
    let keeping = join_all(wanted.map(|(peer, manager, text)| keep(&deps, peer, manager, text)));
    tokio::select! {
        _ = keeping => stop.cancelled().await,
        () = stop.cancelled() => {}
    }
    Ok(())
}

/// One manager, for ever.
async fn keep(deps: &TaskDeps, peer: &TaskPeer, manager: &NetworkManager, text: &str) {
    let filter = Filter { filter_id: format!("{}-F-00000001", deps.own), filter_expr: text.to_owned() };
    let mut failures = 0_u32;
    loop {
        let pause = match tell(deps, manager, &filter).await {
            Ok(()) => {
                failures = 0;
                AGAIN_MS
            }
            Err(error) => {
                tracing::warn!(source.id = %peer.source, error = %error, "{} does not take the filter: {error}", peer.source);
                failures = failures.saturating_add(1);
                RETRY_MS.saturating_mul(1 << failures.min(8)).min(RETRY_MS_MAX)
            }
        };
        deps.clock.sleep(pause).await;
    }
}

async fn tell(deps: &TaskDeps, manager: &NetworkManager, filter: &Filter) -> Result<(), ClientError> {
    let now = deps.clock.now();
    let msg_id = format!("{}-{}", filter.filter_id, now.ms());
    let id = CallId { msg_id: &msg_id, now };
    if !filter.filter_expr.is_empty() {
        return manager.set_filter(id, filter).await;
    }
    match manager.cancel_filter(id, &filter.filter_id).await {
        // There is none: as it should be.
        Err(ClientError::Refused { code, .. }) if code == ResultCode::NotFound.to_string() => Ok(()),
        ended => ended,
    }
}
