//! What a file brought against the thresholds. It costs what the file touches: of each page only the rows are looked
//! at closer whose value speaks for a crossing or that lie before the end of one, and of these objects the days around.
//! The result is a function of the rows that are there ([`engine::threshold`]), so it may be done again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::inventory::Inventory;
use engine::threshold::{Change, Sweep, in_force_for};
use figures::performance::{day, day_of, day_of_page};
use model::pm::{Granularity, IntervalStatus};
use model::sample::Samples;
use model::threshold::{Crossing, PERIODS_MAX, Threshold};
use model::time::Time;
use store::Db;
use store::performance::crossing::{CrossingRow, Waits, add_crossing, crossings_of_page, end_crossing, take_back};
use store::performance::slot::{SlotRows, SlotToJudge, pages_of_slot, put_judged};
use store::performance::subject::circuits_of_page;

use super::PerformanceError;

/// Pages that are read at once.
const PAGES: u32 = 16;
/// What is told later than this is not judged: no alarm may begin so long ago (semantics §1).
const BACK_S: i64 = 399 * 86_400;

/// What rows are judged by.
pub struct Judge<'a> {
    /// The database.
    pub db: &'a Db,
    /// All thresholds.
    pub thresholds: &'a [Threshold],
    /// Whose circuits these are.
    pub inventory: &'a Inventory,
    /// Now.
    pub now: Time,
}

/// An object of a circuit and a threshold that holds for it.
type Key = (i64, i64);

/// A row that may change something: by which threshold, and what it is about.
struct Suspect {
    threshold: i64,
    subject: i64,
    start: Time,
}

/// Suspects by their object and circuit.
type Suspects = BTreeMap<i64, Vec<Suspect>>;

/// Crossings that were found before, by measured object.
type Held = HashMap<i64, Vec<CrossingRow>>;

/// Periods of an object that are to be judged by a threshold.
struct Touched<'t> {
    rule: &'t Threshold,
    subject: i64,
    first: Time,
    last: Time,
}

/// An object on its way through its days.
struct Open<'t> {
    key: Key,
    subject: i64,
    rule: &'t Threshold,
    held: Vec<CrossingRow>,
    sweep: Sweep<'t>,
}

/// What becomes of the crossings of one object.
struct Verdict<'t> {
    link: i64,
    subject: i64,
    rule: &'t Threshold,
    held: Vec<CrossingRow>,
    changes: Vec<Change>,
}

// === impl Judge ===

impl Judge<'_> {
    /// Judges the rows of a slot; how many crossings began, ended or were taken back.
    ///
    /// # Errors
    /// What the database says; what is done of it stays done.
    pub async fn slot(&self, slot: SlotToJudge) -> Result<u64, PerformanceError> {
        let looks = |rule: &&Threshold| rule.enabled && rule.key.granularity == slot.granularity;
        let suspected: Vec<&Threshold> = self.thresholds.iter().filter(looks).collect();
        let changed = if suspected.is_empty() { 0 } else { self.pages(slot.slot, &suspected).await? };
        let mut tx = self.db.write().await?;
        put_judged(&mut tx, slot.slot, self.now).await?;
        tx.commit().await?;
        Ok(changed)
    }

    async fn pages(&self, slot: i64, suspected: &[&Threshold]) -> Result<u64, PerformanceError> {
        let (mut changed, mut after) = (0, -1);
        loop {
            let pages = pages_of_slot(&mut self.db.read().await?, slot, after, PAGES).await?;
            let Some(last) = pages.last() else { return Ok(changed) };
            after = last.page;
            for rows in &pages {
                changed += self.page(rows, suspected).await?;
            }
        }
    }

    async fn page(&self, rows: &SlotRows, suspected: &[&Threshold]) -> Result<u64, PerformanceError> {
        let Some(first) = rows.samples.rows.iter().map(|row| row.start).min() else { return Ok(0) };
        let back = i64::from(PERIODS_MAX) * i64::from(rows.granularity.0) * 1000;
        let mut tx = self.db.read().await?;
        let mut held = Held::new();
        for row in crossings_of_page(&mut tx, rows.page, first.plus_ms(-back)).await? {
            held.entry(row.subject).or_default().push(row);
        }
        let near = self.near(&rows.samples, suspected, &held);
        if near.is_empty() {
            return Ok(0);
        }
        let circuits = circuits_of_page(&mut tx, rows.page).await?;
        let touched = self.touched(near, &circuits);
        let verdicts = self.sweep(&mut tx, (rows.page, rows.granularity), touched, &held).await?;
        drop(tx);
        self.write(&verdicts).await
    }

    /// Rows that may change something: they speak for a crossing, or lie before the end of one. A row takes the place
    /// of an older one as a whole, also if that was told for another circuit or had other parameters.
    fn near(&self, samples: &Samples, suspected: &[&Threshold], held: &Held) -> Suspects {
        let column = |rule: &Threshold| samples.params.iter().position(|param| *param == rule.key.param);
        let columns: Vec<(&Threshold, Option<usize>)> = suspected.iter().map(|rule| (*rule, column(rule))).collect();
        let mut near = Suspects::new();
        let oldest = self.now.plus_s(-BACK_S);
        for (row, values) in samples.iter().filter(|(row, _)| row.start >= oldest) {
            let mut suspect = |link: i64, threshold: i64| {
                let suspect = Suspect { threshold, subject: row.subject, start: row.start };
                near.entry(link).or_default().push(suspect);
            };
            for (rule, column) in &columns {
                let value = column.and_then(|column| values.get(column)).copied().unwrap_or(f64::NAN);
                if row.status == IntervalStatus::Valid && rule.sets(value) {
                    suspect(row.link, rule.id);
                }
            }
            let lasts = |known: &&CrossingRow| known.crossing.cleared_at.is_none_or(|end| end > row.start);
            let known = held.get(&row.subject).into_iter().flatten();
            known.filter(lasts).for_each(|known| suspect(known.link, known.threshold));
        }
        near
    }

    /// Of these the ones whose threshold holds for their circuit.
    fn touched(&self, near: Suspects, circuits: &HashMap<i64, String>) -> BTreeMap<Key, Touched<'_>> {
        let mut touched: BTreeMap<Key, Touched<'_>> = BTreeMap::new();
        for (link, rows) in near {
            let Some(code) = circuits.get(&link) else { continue };
            let rules = in_force_for(self.thresholds, self.inventory, code);
            for Suspect { threshold, subject, start } in rows {
                let holds = |rule: &&&Threshold| rule.id == threshold && rule.since <= start;
                let Some(rule) = rules.iter().find(holds) else { continue };
                let place = touched.entry((link, threshold));
                let place = place.or_insert(Touched { rule, subject, first: start, last: start });
                (place.first, place.last) = (place.first.min(start), place.last.max(start));
            }
        }
        touched
    }

    /// Day by day through what is there, until what follows stands as it was found before.
    async fn sweep<'t>(
        &self,
        tx: &mut store::Tx,
        (page, granularity): (i64, Granularity),
        touched: BTreeMap<Key, Touched<'t>>,
        held: &Held,
    ) -> Result<Vec<Verdict<'t>>, PerformanceError> {
        let mut open: Vec<Open<'t>> =
            touched.into_iter().map(|(key, touched)| Open::new(key, &touched, held)).collect();
        let mut number = open.iter().map(|open| day_of(open.sweep.read_from())).min().unwrap_or(0);
        let last = day_of(self.now) + 1;
        let mut verdicts = Vec::new();
        while !open.is_empty() && number <= last {
            let wanted: BTreeSet<i64> = open.iter().map(|open| open.subject).collect();
            let samples = day_of_page(tx, page, (granularity, number), &wanted).await?;
            open.iter_mut().for_each(|open| open.add(&samples));
            let end = day(number).end;
            let (settled, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|open| open.sweep.settled(end));
            verdicts.extend(settled.into_iter().map(|open| open.finish(Some(end))));
            open = rest;
            number += 1;
        }
        verdicts.extend(open.into_iter().map(|open| open.finish(None)));
        Ok(verdicts)
    }

    async fn write(&self, verdicts: &[Verdict<'_>]) -> Result<u64, PerformanceError> {
        let changed: usize = verdicts.iter().map(|verdict| verdict.changes.len()).sum();
        if changed == 0 {
            return Ok(0);
        }
        let mut tx = self.db.write().await?;
        for verdict in verdicts {
            let id = |raised_at: Time| verdict.held.iter().find(|row| row.crossing.raised_at == raised_at);
            for change in &verdict.changes {
                match *change {
                    Change::Raise(crossing) => add_crossing(&mut tx, &verdict.row(crossing)).await?,
                    Change::End { raised_at, cleared_at } => {
                        if let Some(row) = id(raised_at) {
                            end_crossing(&mut tx, row.id, cleared_at).await?;
                        }
                    }
                    Change::TakeBack { raised_at } => {
                        if let Some(row) = id(raised_at) {
                            take_back(&mut tx, row.id).await?;
                        }
                    }
                }
            }
        }
        tx.commit().await?;
        Ok(changed as u64)
    }
}

// === impl Open ===

impl<'t> Open<'t> {
    fn new(key: Key, touched: &Touched<'t>, held: &Held) -> Self {
        let Touched { rule, subject, first, last } = *touched;
        let own = |row: &&CrossingRow| (row.link, row.threshold, row.version) == (key.0, rule.id, rule.version);
        let held: Vec<CrossingRow> = held.get(&subject).into_iter().flatten().filter(own).copied().collect();
        let crossings = held.iter().map(|row| row.crossing).collect();
        Open { key, subject, rule, held, sweep: Sweep::new(rule, crossings, (first, last)) }
    }

    fn add(&mut self, samples: &Samples) {
        let Some(column) = samples.params.iter().position(|param| *param == self.rule.key.param) else { return };
        // Rows are sorted by subject.
        let first = samples.rows.partition_point(|row| row.subject < self.subject);
        let own = samples.rows.iter().enumerate().skip(first).take_while(|(_, row)| row.subject == self.subject);
        for (at, row) in own.filter(|(_, row)| row.link == self.key.0 && row.status == IntervalStatus::Valid) {
            let value = samples.values_of(at).get(column).copied().unwrap_or(f64::NAN);
            if !value.is_nan() {
                self.sweep.add(row.start, value);
            }
        }
    }

    fn finish(self, until: Option<Time>) -> Verdict<'t> {
        let Open { key, subject, rule, held, sweep } = self;
        Verdict { link: key.0, subject, rule, held, changes: sweep.finish(until) }
    }
}

// === impl Verdict ===

impl Verdict<'_> {
    fn row(&self, crossing: Crossing) -> CrossingRow {
        CrossingRow {
            id: 0,
            threshold: self.rule.id,
            version: self.rule.version,
            subject: self.subject,
            link: self.link,
            crossing,
            waits: Waits::Raise,
        }
    }
}

#[cfg(test)]
mod tests;
