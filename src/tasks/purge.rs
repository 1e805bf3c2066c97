//! Forgets what is old, in small slices: answers of yesterday's messages, sessions that are
//! over, and notices that no load can meet any more.

use std::sync::Arc;

use model::time::Time;
use store::message::purge_messages;
use store::notice::purge_notices;
use store::session::purge_sessions;
use store::{Db, StoreError};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;

/// How often it looks, by the clock.
const EVERY_MS: i64 = 60_000;
/// A message is answered from memory for so long (contract §1).
const REPLAY_MS: i64 = 24 * 3_600_000;
/// A session that was not used for so long is over; the web lets it go earlier.
const IDLE_MS: i64 = 24 * 3_600_000;
/// A notice of a resource is known for so long, and as long as a load is under way.
const NOTICE_MS: i64 = 24 * 3_600_000;
/// Messages forgotten in one transaction.
const SLICE: u32 = 1000;

/// Purges until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(deps: Arc<TaskDeps>, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
        let now = deps.clock.now();
        while !stop.is_cancelled() && forget_messages(&deps.db, now).await? == u64::from(SLICE) {
            tokio::task::yield_now().await;
        }
        forget_rest(&deps.db, now).await?;
        tokio::select! {
            () = deps.clock.sleep(EVERY_MS) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

async fn forget_messages(db: &Db, now: Time) -> Result<u64, StoreError> {
    let mut tx = db.write().await?;
    let gone = purge_messages(&mut tx, now.plus_ms(-REPLAY_MS), SLICE).await?;
    tx.commit().await?;
    Ok(gone)
}

async fn forget_rest(db: &Db, now: Time) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    purge_sessions(&mut tx, now, now.plus_ms(-IDLE_MS)).await?;
    purge_notices(&mut tx, now.plus_ms(-NOTICE_MS)).await?;
    tx.commit().await
}
