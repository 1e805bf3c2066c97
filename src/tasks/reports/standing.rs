//! Makes the standing reports that a person or the schedule asked for: a month over all customers, and the
//! indicator file for headquarters. Beside the runs of customers' reports, so neither waits for the other; one
//! that a stop or a failure interrupted is made from its beginning.

use std::sync::Arc;

use anyhow::Context as _;
use engine::inventory::CircuitIx;
use model::report::StandingState;
use model::time::Time;
use store::audit::{AuditEntry, add_audit};
use store::report::standing::{
    Standing, StandingFile, add_standing, add_standing_file, advance_standing, end_standing, is_standing_scheduled,
    next_standing,
};
use store::version::begun_at;
use tokio_util::sync::CancellationToken;

use super::{LOOK, REST, Reporter, SCHEDULE_MS, schedule};
use crate::reports::file::{Written, standing_path, write};
use crate::reports::maker::MakeError;
use crate::reports::standing::{Census, Imprint, Paper};

/// Circuits between two looks whether somebody has stopped it.
const STEP: usize = 50;

/// Makes standing reports until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(reporter: Arc<Reporter>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut next = reporter.deps.clock.now();
    loop {
        while let Some(more) = stop.run_until_cancelled(reporter.next_standing()).await {
            if !more? {
                break;
            }
        }
        let now = reporter.deps.clock.now();
        if now >= next {
            reporter.ask_for_standing(now).await?;
            next = now.plus_ms(SCHEDULE_MS);
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return Ok(());
        }
    }
}

impl Reporter {
    /// Makes the next one; `true` if there was one.
    async fn next_standing(&self) -> anyhow::Result<bool> {
        let mut tx = self.deps.db.read().await?;
        let Some(standing) = next_standing(&mut tx).await? else { return Ok(false) };
        drop(tx);
        let made = self.make_standing(&standing).await;
        let ended_at = self.deps.clock.now();
        let mut tx = self.deps.db.write().await?;
        match made {
            Ok(None) => {}
            Ok(Some(files)) => {
                for file in &files {
                    add_standing_file(&mut tx, standing.id, file).await?;
                }
                // Files of one that was stopped meanwhile were never issued.
                if !end_standing(&mut tx, standing.id, Ok(()), ended_at).await? {
                    return Ok(true);
                }
            }
            Err(error) if is_temporary(&error) => return Err(error),
            Err(error) => {
                tracing::error!("standing report {} of {} failed: {error:#}", standing.id, standing.label);
                end_standing(&mut tx, standing.id, Err(&format!("{error:#}")), ended_at).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Looks at every circuit that was in service and writes the files; `None` if somebody stopped it.
    async fn make_standing(&self, standing: &Standing) -> anyhow::Result<Option<Vec<StandingFile>>> {
        let network = self.board.network();
        let (label, period, now) = (&standing.label, standing.period, self.deps.clock.now());
        let served = network.inventory.circuits().filter(|(_, circuit)| circuit.in_service.cut(period).is_some());
        let circuits: Vec<CircuitIx> = served.map(|(ix, _)| ix).collect();
        let mut census = Census::default();
        for (done, ix) in circuits.iter().enumerate() {
            if done % STEP == 0 && !self.advance(standing.id, (done, circuits.len())).await? {
                return Ok(None);
            }
            let evaluated = self.maker.evaluated(&network, *ix, (label, now)).await?;
            let Some((dossier, figure)) = evaluated else { continue };
            let pin = self.maker.pin(&figure, &dossier.plan_name, now).await?;
            census.add(&dossier, &figure, pin.map(|(pin, _)| pin.version))?;
            tokio::time::sleep(REST / 10).await;
        }
        if !self.advance(standing.id, (circuits.len(), circuits.len())).await? {
            return Ok(None);
        }
        let as_of = now.min(period.end);
        let tasks = self.maker.protections(period, as_of).await?;
        let (carrier, sys_code) = (self.settings.carrier.clone(), self.deps.own.to_string());
        let (folder, label, id) = (self.folder.clone(), label.clone(), standing.id);
        let written = move || {
            let imprint = Imprint { carrier: &carrier, sys_code: &sys_code, label: &label, period, as_of, now };
            let papers = census.papers(&network.inventory, &tasks, &imprint)?;
            papers.iter().map(|paper| kept(&folder, &label, id, paper)).collect::<anyhow::Result<Vec<_>>>()
        };
        tokio::task::spawn_blocking(written).await?.map(Some)
    }

    /// Says how far it is; `false` if somebody has stopped it.
    async fn advance(&self, id: i64, (done, all): (usize, usize)) -> anyhow::Result<bool> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut tx = self.deps.db.write().await?;
        let goes_on = advance_standing(&mut tx, id, (count(done), count(all))).await?;
        tx.commit().await?;
        Ok(goes_on)
    }

    /// Asks for the standing report of the month that is over, if it is time and nobody has.
    async fn ask_for_standing(&self, now: Time) -> anyhow::Result<()> {
        let Some((label, period)) = schedule::due(&self.settings, now) else { return Ok(()) };
        let mut tx = self.deps.db.write().await?;
        if period.end <= begun_at(&mut tx, now).await? || is_standing_scheduled(&mut tx, &label).await? {
            return Ok(());
        }
        let standing = Standing {
            id: 0,
            label: label.clone(),
            period,
            state: StandingState::Queued,
            error: String::new(),
            scheduled: true,
            requested_by: String::new(),
            requested_at: now,
            circuits: 0,
            done: 0,
            ended_at: None,
        };
        let id = add_standing(&mut tx, &standing).await?;
        let entry = AuditEntry {
            id: 0,
            at: now,
            who: "system".to_owned(),
            what: "report.standing".to_owned(),
            object: id.to_string(),
            detail: label,
        };
        add_audit(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The database is away for the moment: the frame of tasks tries again.
fn is_temporary(error: &anyhow::Error) -> bool {
    let of_store = |error: &store::StoreError| error.temporary();
    match error.downcast_ref::<MakeError>() {
        Some(MakeError::Store(error)) => of_store(error),
        Some(_) => false,
        None => error.downcast_ref::<store::StoreError>().is_some_and(of_store),
    }
}

fn kept(folder: &std::path::Path, label: &str, id: i64, paper: &Paper) -> anyhow::Result<StandingFile> {
    let path = standing_path(label, id, &paper.name);
    let written = write(folder, path, &paper.content).with_context(|| format!("cannot write {}", paper.name))?;
    let Written { path, bytes, sha256 } = written;
    Ok(StandingFile { name: paper.name.clone(), path, bytes, sha256 })
}
