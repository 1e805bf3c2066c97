//! Tends what is kept of performance data: slots become blocks, months are rolled up, what is old goes. It runs
//! beside the task that takes files, so that a new file does not wait for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::pm::Granularity;
use model::time::{Time, Zone};
use store::performance::block::month_marks;
use store::performance::slot::{WaitingDay, waiting_days};
use store::{Db, StoreError};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use crate::performance::compact::{Kept, drop_old, give_up_month, roll_month, turn_day};
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
    let mut spoilt = BTreeSet::new();
    loop {
        let now = clock.now();
        if let Some(day) = task.due(now, &spoilt).await? {
            task.turn(day, &mut spoilt, &stop).await?;
        }
        if now >= roll_at && !task.roll(Time::MAX, &stop).await? {
            roll_at = now.plus_ms(ROLL_MS);
        }
        if now >= drop_at && !task.drop_old(now, &stop).await? {
            drop_at = now.plus_ms(DROP_MS);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = clock.sleep(LOOK_MS) => {}
        }
    }
}

/// A day that cannot be turned: granularity and number.
type Spoilt = BTreeSet<(Granularity, i64)>;

// === impl Rollup ===

impl Rollup {
    /// A day whose slots shall become blocks.
    async fn due(&self, now: Time, spoilt: &Spoilt) -> anyhow::Result<Option<WaitingDay>> {
        let days = waiting_days(&mut self.deps.db.read().await?).await?;
        let is_due = |day: &WaitingDay| day.slots >= SLOTS || now.since(day.since) >= SLOT_AGE_S * 1000;
        Ok(days.into_iter().find(|day| is_due(day) && !spoilt.contains(&(day.granularity, day.day))))
    }

    /// Turns a day. One that cannot be read stays as it is until the next start, and the others go on.
    async fn turn(&self, day: WaitingDay, spoilt: &mut Spoilt, stop: &CancellationToken) -> anyhow::Result<()> {
        let (db, zone, stop) = (self.deps.db.clone(), self.zone.clone(), stop.clone());
        match detached(async move { turn_day(&db, day, &zone, || stop.is_cancelled()).await }).await {
            Err(PerformanceError::Store(error @ StoreError::Corrupt { .. })) => {
                tracing::error!(%error, "performance data of day {} cannot be read: {error}; restore the database", day.day);
                spoilt.insert((day.granularity, day.day));
                Ok(())
            }
            other => Ok(other?),
        }
    }

    /// Rolls some months up that began before `before`; `true` if there may be more.
    async fn roll(&self, before: Time, stop: &CancellationToken) -> anyhow::Result<bool> {
        let marks = month_marks(&mut self.deps.db.read().await?, before, MARKS).await?;
        let more = !marks.is_empty();
        let (db, zone, stop): (Db, Zone, _) = (self.deps.db.clone(), self.zone.clone(), stop.clone());
        let work = async move {
            for mark in marks.into_iter().take_while(|_| !stop.is_cancelled()) {
                match roll_month(&db, mark, &zone).await {
                    Err(PerformanceError::Store(error @ StoreError::Corrupt { .. })) => {
                        tracing::error!(%error, "the month from {} cannot be rolled up: {error}; restore the database", mark.month);
                        give_up_month(&db, mark).await?;
                    }
                    other => other?,
                }
            }
            Ok::<_, PerformanceError>(())
        };
        detached(work).await?;
        Ok(more)
    }

    /// Drops some of what is old, when its months are rolled up; `true` if there may be more.
    async fn drop_old(&self, now: Time, stop: &CancellationToken) -> anyhow::Result<bool> {
        Ok(self.roll(self.kept.measured_until(now), stop).await? || drop_old(&self.deps.db, self.kept, now).await?)
    }
}
