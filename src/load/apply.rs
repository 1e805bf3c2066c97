//! Staged changes into the store, in slices: each its own short transaction, so that alarms pass between.

use model::source::RunState;
use store::load::LoadIssue;
use store::staging::{Applied, Slice, apply_staged, drop_staged};

use super::{LoadError, Loader, Shown};

/// Changes applied in one transaction: few enough that alarms do not wait long for their turn.
const SLICE: u32 = 500;

/// Applies all that is staged of a load.
pub(super) async fn apply(loader: &Loader, shown: &Shown) -> Result<(), LoadError> {
    let (load, class, asked_at) = {
        let load = shown.borrow();
        debug_assert!(load.state == RunState::Loading, "only a load that is loading is applied");
        (load.id, load.class, load.started_at)
    };
    loop {
        if loader.stop.is_cancelled() {
            return Err(LoadError::Stopped);
        }
        let mut tx = loader.db.write().await?;
        let slice = Slice { load, class, asked_at, at: loader.clock.now(), limit: SLICE };
        let applied = apply_staged(&mut tx, slice).await?;
        tx.commit().await?;
        if applied == Applied::default() {
            return Ok(());
        }
        shown.send_modify(|load| {
            load.progress.rows_applied += applied.rows;
            for key in applied.superseded {
                let reason = "a notice changed it after this load was asked for: the notice stands".to_owned();
                load.progress.note(LoadIssue { row: 0, key, reason });
            }
        });
        tokio::task::yield_now().await;
    }
}

/// Throws away all that is staged of a load.
pub(super) async fn discard(loader: &Loader, id: i64) -> Result<(), LoadError> {
    loop {
        let mut tx = loader.db.write().await?;
        let dropped = drop_staged(&mut tx, id, SLICE).await?;
        tx.commit().await?;
        if dropped == 0 {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}
