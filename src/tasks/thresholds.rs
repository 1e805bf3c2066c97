//! Judges what files bring against the thresholds, and tells the writer of crossings. What is found is kept before it
//! is told and told again until the writer has it, so a restart neither loses nor repeats a crossing; nothing more is
//! judged while something waits to be told.

use std::sync::Arc;

use engine::threshold::in_force_for;
use intake::{Content, Submission};
use model::source::SourceKind;
use model::threshold::Threshold;
use model::time::Time;
use store::StoreError;
use store::performance::crossing::{
    CrossingRow, Waits, crossing_told, drop_crossings, end_crossing, open_crossings, waiting_crossings,
};
use store::performance::slot::{SlotToJudge, count_slots_to_judge, slots_to_judge};
use store::performance::subject::subject_of_link;
use store::performance::threshold::thresholds;
use tokio_util::sync::CancellationToken;
use web::board::Board;

use super::TaskDeps;
use crate::metrics::thresholds::CrossingEdge;
use crate::performance::defaults::put_defaults;
use crate::performance::detached;
use crate::performance::judge::Judge;
use crate::performance::told::{About, facts};

/// How often it looks at what is due, by the clock.
const LOOK_MS: i64 = 1000;
/// Slots that are read at once.
const SLOTS: u32 = 16;
/// Crossings that are told at once.
const TOLD: u32 = 256;
/// Lasting crossings that are looked at in one transaction.
const OPEN: u32 = 256;
/// How long crossings that are over are kept: as long as something of their time can still be judged.
const KEPT_S: i64 = 400 * 86_400;
/// Crossings that are forgotten at once, and how often it is looked for them, by the clock.
const DROP: u32 = 1_000;
const DROP_MS: i64 = 3_600_000;

/// The task and what it needs.
pub struct Thresholds {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Whose circuits these are.
    pub board: Board,
}

/// What thresholds hold for whom follows from these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stand {
    inventory: i64,
    newest: i64,
    count: usize,
}

/// Judges until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(task: Arc<Thresholds>, stop: CancellationToken) -> anyhow::Result<()> {
    let clock = &task.deps.clock;
    put_defaults(&task.deps.db, clock.now()).await?;
    let (mut stand, mut drop_at) = (None, clock.now());
    while !stop.is_cancelled() {
        let now = clock.now();
        let all: Arc<[Threshold]> = thresholds(&mut task.deps.db.read().await?).await?.into();
        if task.tell(&all).await? {
            let present = task.stand(&all);
            if stand != Some(present) {
                task.end_what_holds_no_more(&all, now).await?;
                stand = Some(present);
            }
            if task.tell(&all).await? && task.judge(&all, &stop).await? {
                continue;
            }
        }
        if now >= drop_at {
            let mut tx = task.deps.db.write().await?;
            let more = drop_crossings(&mut tx, now.plus_s(-KEPT_S), DROP).await? > 0;
            tx.commit().await?;
            drop_at = if more { now } else { now.plus_ms(DROP_MS) };
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = clock.sleep(LOOK_MS) => {}
        }
    }
    Ok(())
}

// === impl Thresholds ===

impl Thresholds {
    fn stand(&self, all: &[Threshold]) -> Stand {
        Stand {
            inventory: self.board.inventory().revision(),
            newest: all.iter().map(|threshold| threshold.version).max().unwrap_or_default(),
            count: all.len(),
        }
    }

    /// Judges the slots that wait, some at once; `true` if there may be more.
    async fn judge(&self, all: &Arc<[Threshold]>, stop: &CancellationToken) -> anyhow::Result<bool> {
        let mut tx = self.deps.db.read().await?;
        let slots = slots_to_judge(&mut tx, SLOTS).await?;
        self.deps.metrics.thresholds.waiting.set(count_slots_to_judge(&mut tx).await?);
        drop(tx);
        for slot in slots.iter().copied() {
            if stop.is_cancelled() || !self.judge_one(slot, all).await? {
                return Ok(false);
            }
        }
        Ok(!slots.is_empty())
    }

    /// Judges a slot and tells what came of it; `false` if that must wait.
    async fn judge_one(&self, slot: SlotToJudge, all: &Arc<[Threshold]>) -> anyhow::Result<bool> {
        let (db, now, thresholds) = (self.deps.db.clone(), self.deps.clock.now(), Arc::clone(all));
        let inventory = self.board.inventory();
        let judged = detached(async move {
            let judge = Judge { db: &db, thresholds: &thresholds, inventory: &inventory, now };
            judge.slot(slot).await
        });
        match judged.await? {
            0 => Ok(true),
            _ => Ok(self.tell(all).await?),
        }
    }

    /// Tells the writer of all crossings that wait; `false` if it cannot take them now.
    async fn tell(&self, all: &[Threshold]) -> Result<bool, StoreError> {
        loop {
            let waiting = waiting_crossings(&mut self.deps.db.read().await?, TOLD).await?;
            if waiting.is_empty() {
                return Ok(true);
            }
            if !self.tell_some(&waiting, all).await? {
                return Ok(false);
            }
        }
    }

    async fn tell_some(&self, waiting: &[CrossingRow], all: &[Threshold]) -> Result<bool, StoreError> {
        let mut told = Vec::with_capacity(waiting.len());
        let mut tx = self.deps.db.read().await?;
        for row in waiting {
            let threshold = all.iter().find(|known| (known.id, known.version) == (row.threshold, row.version));
            let subject = subject_of_link(&mut tx, row.link).await?;
            let about = threshold.zip(subject.as_ref()).map(|(threshold, (subject, circuit))| About {
                threshold,
                subject,
                circuit,
                kind: self.deps.peer(&subject.source).map_or(SourceKind::Transport, |peer| peer.settings.kind),
            });
            told.extend(facts(row, about.as_ref()));
        }
        drop(tx);
        let submission = Submission {
            source: self.deps.own.clone(),
            received_at: self.deps.clock.now(),
            message: None,
            notification: None,
            raw: Vec::new(),
            content: Content::Alarms(told),
            refused: Vec::new(),
        };
        match self.deps.intake.submit(submission).await {
            Ok(answer) => {
                for row in &answer.refused {
                    tracing::warn!("a crossing of a threshold could not be told: {}", row.reason);
                }
            }
            Err(refusal) => {
                tracing::warn!(error = %refusal, "crossings of thresholds could not be told yet: {refusal}");
                return Ok(false);
            }
        }
        let mut tx = self.deps.db.write().await?;
        for row in waiting {
            crossing_told(&mut tx, row.id).await?;
        }
        tx.commit().await?;
        waiting.iter().for_each(|row| self.note(row));
        Ok(true)
    }

    /// Counts and logs what was told.
    fn note(&self, row: &CrossingRow) {
        let taken_back = row.crossing.cleared_at == Some(row.crossing.raised_at);
        let edge = match row.waits {
            _ if taken_back => CrossingEdge::TakenBack,
            Waits::Raise => CrossingEdge::Raised,
            Waits::No | Waits::End => CrossingEdge::Cleared,
        };
        self.deps.metrics.thresholds.count(edge);
        tracing::info!(
            alarm.id = %format_args!("TCA-{}", row.id), threshold.id = row.threshold, value = row.crossing.value,
            "threshold {} {}: TCA-{}", row.threshold, edge.word(), row.id
        );
    }

    /// Ends crossings of thresholds that were changed or removed since, or that hold for their circuit no more.
    async fn end_what_holds_no_more(&self, all: &[Threshold], now: Time) -> Result<(), StoreError> {
        let inventory = self.board.inventory();
        let mut after = 0;
        loop {
            let mut tx = self.deps.db.write().await?;
            let rows = open_crossings(&mut tx, after, OPEN).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in &rows {
                let circuit = subject_of_link(&mut tx, row.link).await?.map(|(_, circuit)| circuit).unwrap_or_default();
                let holds = in_force_for(all, &inventory, &circuit)
                    .iter()
                    .any(|rule| (rule.id, rule.version) == (row.threshold, row.version));
                if !holds {
                    let changed = all.iter().find(|known| known.id == row.threshold && known.version != row.version);
                    let at = changed.map_or(now, |known| known.since);
                    end_crossing(&mut tx, row.id, at.max(row.crossing.raised_at)).await?;
                }
            }
            tx.commit().await?;
        }
    }
}
