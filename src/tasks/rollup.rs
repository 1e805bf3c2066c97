//! Tends what is kept of performance data: slots become blocks, months are rolled up, what is old goes. It runs
//! beside the task that takes files, so that a new file does not wait for it.

use std::sync::Arc;

use model::time::{Time, Zone};
use store::Db;
use store::performance::block::month_marks;
use store::performance::slot::{WaitingDay, waiting_days};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use crate::performance::compact::{Kept, drop_old, roll_month, turn_day};
use crate::performance::{PerformanceError, detached};

/// How often it looks at what is due, by the clock.
const LOOK_MS: i64 = 1000;
/// So many slots of a day become blocks at once …
const SLOTS: i64 = 8;
/// … fewer when the first of them is this old.
const SLOT_AGE_S: i64 = 2 * 3600 + 300;
/// Months are rolled up this often, by the clock; what is asked for meanwhile is rolled up when it is asked for.
const ROLL_MS: i64 = 6 * 3_600_000;
/// Marks that are read at once.
const MARKS: u32 = 100;
/// How often it looks for what is old, by the clock.
const DROP_MS: i64 = 60_000;

/// The task and what it needs.
pub struct Rollup {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Zone of days and months.
    pub zone: Zone,
    /// How long data is kept.
    pub kept: Kept,
}

/// Tends until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(task: Arc<Rollup>, stop: CancellationToken) -> anyhow::Result<()> {
    let clock = &task.deps.clock;
    let (mut roll_at, mut drop_at) = (clock.now(), clock.now());
    loop {
        let now = clock.now();
        if let Some(day) = task.due(now).await? {
            let (db, zone, stop) = (task.deps.db.clone(), task.zone.clone(), stop.clone());
            detached(async move { turn_day(&db, day, &zone, || stop.is_cancelled()).await }).await?;
        }
        if now >= roll_at && !task.roll(&stop).await? {
            roll_at = now.plus_ms(ROLL_MS);
        }
        if now >= drop_at && !drop_old(&task.deps.db, task.kept, now).await? {
            drop_at = now.plus_ms(DROP_MS);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = clock.sleep(LOOK_MS) => {}
        }
    }
}

// === impl Rollup ===

impl Rollup {
    /// A day whose slots shall become blocks.
    async fn due(&self, now: Time) -> anyhow::Result<Option<WaitingDay>> {
        let days = waiting_days(&mut self.deps.db.read().await?).await?;
        Ok(days.into_iter().find(|day| day.slots >= SLOTS || now.since(day.since) >= SLOT_AGE_S * 1000))
    }

    /// Rolls some months up; `true` if there may be more.
    async fn roll(&self, stop: &CancellationToken) -> anyhow::Result<bool> {
        let marks = month_marks(&mut self.deps.db.read().await?, MARKS).await?;
        let more = !marks.is_empty();
        let (db, zone, stop): (Db, Zone, _) = (self.deps.db.clone(), self.zone.clone(), stop.clone());
        let work = async move {
            for mark in marks.into_iter().take_while(|_| !stop.is_cancelled()) {
                roll_month(&db, mark, &zone).await?;
            }
            Ok::<_, PerformanceError>(())
        };
        detached(work).await?;
        Ok(more)
    }
}
