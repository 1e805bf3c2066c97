//! Staged changes into the store, slice by slice in short transactions, so that alarms pass between.

use std::time::{Duration, Instant};

use model::resource::Class;
use model::source::RunState;
use model::time::Time;
use store::load::{Load, LoadIssue};
use store::staging::{Applied, Slice, apply_slice, drop_slices};

use super::{LoadError, Loader, Shown};

/// A transaction goes on with the next slice until it has taken this long: each commit waits for the disk,
/// and alarms wait for each transaction.
const TURN: Duration = Duration::from_millis(10);
/// Slices thrown away in one transaction.
const DROPPED: u32 = 16;

impl Loader {
    fn slice(&self, load: i64, class: Class, asked_at: Time) -> Slice {
        Slice { load, class, asked_at, at: self.clock.now(), kept_until: self.kept_until.get() }
    }
}

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
        let (began, slice) = (Instant::now(), loader.slice(load, class, asked_at));
        let mut turn = Vec::new();
        let is_last = loop {
            match apply_slice(&mut tx, slice).await? {
                Some(applied) => turn.push(applied),
                None => break true,
            }
            if began.elapsed() >= TURN {
                break false;
            }
        };
        tx.commit().await?;
        shown.send_modify(|load| turn.into_iter().for_each(|applied| note(load, applied)));
        if is_last {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}

fn note(load: &mut Load, applied: Applied) {
    load.progress.rows_applied += applied.rows;
    for key in applied.superseded {
        let reason = "a notice changed it after this load was asked for: the notice stands".to_owned();
        load.progress.note(LoadIssue { row: 0, key, reason });
    }
}

/// Throws away all that is staged of a load.
pub(super) async fn discard(loader: &Loader, id: i64) -> Result<(), LoadError> {
    loop {
        let mut tx = loader.db.write().await?;
        let dropped = drop_slices(&mut tx, id, DROPPED).await?;
        tx.commit().await?;
        if dropped == 0 {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}
