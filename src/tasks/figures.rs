//! Keeps the figures of periods that are over, and looks again at kept figures of which something was
//! told late. What differs becomes the next version; what does not is left alone.

mod close;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use engine::beside::sentence;
use engine::figure::Figure;
use engine::inventory::Subject;
use figures::measured::Measured;
use figures::versions::{Made, keep};
use figures::{Figures, Network};
use model::time::{Time, Window};
use store::alarm::{IdentityNo, Told, events_of};
use store::version::{Mark, closed_periods, drop_marks, oldest_marks};
use tokio_util::sync::CancellationToken;
use web::board::Board;

use super::TaskDeps;
use crate::pipeline::late::KeptUntil;

/// How often it looks for marks.
const LOOK: Duration = Duration::from_secs(1);
/// How often it looks for periods that are over, by the clock.
const CLOSE_MS: i64 = 60_000;
/// Marks looked at together.
const MARKS: u32 = 200;

/// What the task needs.
pub struct Keeper {
    /// Tools.
    pub deps: TaskDeps,
    /// The network as it is known now.
    pub board: Board,
    /// Plans.
    pub figures: Figures,
    /// Up to where figures are kept.
    pub kept_until: KeptUntil,
    /// Seconds after a period's end until its figures are kept.
    pub close_after_s: i64,
}

/// Looks until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(keeper: Arc<Keeper>, stop: CancellationToken) -> anyhow::Result<()> {
    let (mut rounds, mut next) = (close::Rounds::default(), keeper.deps.clock.now());
    loop {
        while !stop.is_cancelled() && keeper.look_again().await? {}
        if keeper.deps.clock.now() >= next {
            keeper.close(&mut rounds, &stop).await?;
            next = keeper.deps.clock.now().plus_ms(CLOSE_MS);
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return Ok(());
        }
    }
}

impl Keeper {
    /// Computes what the oldest marks ask for; `true` if there may be more.
    async fn look_again(&self) -> anyhow::Result<bool> {
        let network = self.board.network();
        let mut tx = self.deps.db.read().await?;
        let mut marks = oldest_marks(&mut tx, MARKS).await?;
        // What the inventory does not show yet is looked at when it does.
        let shown = marks.iter().take_while(|mark| mark.revision <= network.inventory.revision()).count();
        marks.truncate(shown);
        let Some(last) = marks.last().map(|mark| mark.id) else { return Ok(false) };
        let mut circuits: BTreeMap<String, (Time, String)> = BTreeMap::new();
        for mark in &marks {
            for code in touched(&mut tx, &network, mark).await? {
                let held = circuits.entry(code).or_insert_with(|| (mark.since, mark.cause.clone()));
                held.0 = held.0.min(mark.since);
            }
        }
        let mut kept = Vec::new();
        for (code, (since, cause)) in circuits {
            for period in closed_periods(&mut tx, &code, since).await? {
                kept.push((code.clone(), period, cause.clone()));
            }
        }
        drop(tx);
        for (code, period, cause) in kept {
            self.keep(&network, &code, period, &cause).await?;
            self.deps.metrics.figures_recomputed.inc();
        }
        let mut tx = self.deps.db.write().await?;
        drop_marks(&mut tx, last).await?;
        tx.commit().await?;
        Ok(marks.len() == MARKS as usize)
    }

    /// Computes the figure of a circuit's period that is over and keeps it if it differs; `true` if it did.
    async fn keep(&self, network: &Network, code: &str, period: Window, cause: &str) -> anyhow::Result<bool> {
        let mut tx = self.deps.db.read().await?;
        let since = period.start.plus_s(-figures::BEFORE_S);
        let Some(mut dossier) = self.figures.dossier(&mut tx, network, code, since).await? else { return Ok(false) };
        drop(tx);
        // The plan that acted then, whatever the contract says now.
        dossier.enter(None, period.start)?;
        let plan = dossier.plan_name.clone();
        let figure = tokio::task::spawn_blocking(move || dossier.evaluate(period, period.end)).await?;
        let made = Made { figure: &figure, plan: &plan, before: None, cause, by: "", at: self.deps.clock.now() };
        let mut tx = self.deps.db.write().await?;
        let kept = keep(&mut tx, &made).await?;
        tx.commit().await?;
        if let Some(version) = kept.filter(|version| *version > 1) {
            tracing::info!(
                circuit.code = code,
                "the figure of {code} from {} has version {version}: {cause}",
                period.start
            );
        }
        if kept.is_some() {
            self.compare(figure).await?;
        }
        Ok(kept.is_some())
    }

    /// Tells of a kept figure from which what was measured is too far apart: one of the two is wrong.
    async fn compare(&self, figure: Figure) -> anyhow::Result<()> {
        let mut tx = self.deps.db.read().await?;
        let measured = Measured::read(&mut tx, &figure).await?;
        drop(tx);
        let beside = move || (measured.beside(&figure), figure.circuit_code);
        let (found, code) = tokio::task::spawn_blocking(beside).await?;
        let limit_ms = self.figures.apart_max_ms();
        if let Some(found) = found.filter(|found| found.apart_ms() > limit_ms) {
            self.deps.metrics.figures_apart.inc();
            tracing::warn!(circuit.code = code, "{code}: {}", sentence(Some(&found), limit_ms).en);
        }
        Ok(())
    }
}

/// The circuits that a mark means, by code.
async fn touched(tx: &mut store::Tx, network: &Network, mark: &Mark) -> anyhow::Result<BTreeSet<String>> {
    let mut codes = BTreeSet::new();
    if !mark.circuit_code.is_empty() {
        codes.insert(mark.circuit_code.clone());
    }
    let inventory = &network.inventory;
    if !mark.contract_no.is_empty() {
        let circuits = inventory.circuits().filter(|(_, circuit)| circuit.contract_no == mark.contract_no);
        codes.extend(circuits.map(|(_, circuit)| circuit.code.to_owned()));
    }
    if let Some((kind, id)) = &mark.object {
        let subject = Subject { object_type: Some(*kind), object_id: id, ne_id: "", circuit_codes: &[] };
        let circuits = inventory.circuits_touched(&subject, Window::new(mark.since, Time::MAX));
        codes.extend(circuits.into_iter().map(|ix| inventory.circuit_code(ix).to_owned()));
    }
    let Some(alarm) = mark.alarm_id else { return Ok(codes) };
    for event in events_of(tx, &[IdentityNo::of(alarm)]).await? {
        let Told::Record(record) = &event.told else { continue };
        let circuits = inventory.circuits_touched(&Subject::of(record), Window::new(mark.since, Time::MAX));
        codes.extend(circuits.into_iter().map(|ix| inventory.circuit_code(ix).to_owned()));
    }
    Ok(codes)
}
