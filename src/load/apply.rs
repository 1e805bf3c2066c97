//! Staged changes into the store, in slices: each its own short transaction, so that alarms pass between.

use model::source::RunState;
use store::staging::{apply_staged, drop_staged};

use super::{LoadError, Loader, Shown};

/// Changes applied in one transaction; measured well below 20 ms.
const SLICE: u32 = 500;

/// Applies all that is staged of a load.
pub(super) async fn apply(loader: &Loader, shown: &Shown) -> Result<(), LoadError> {
    let id = shown.borrow().id;
    debug_assert!(shown.borrow().state == RunState::Loading, "only a load that is loading is applied");
    loop {
        if loader.stop.is_cancelled() {
            return Err(LoadError::Stopped);
        }
        let mut tx = loader.db.write().await?;
        let applied = apply_staged(&mut tx, id, loader.clock.now(), SLICE).await?;
        tx.commit().await?;
        if applied == 0 {
            return Ok(());
        }
        shown.send_modify(|load| load.progress.rows_applied += applied);
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
