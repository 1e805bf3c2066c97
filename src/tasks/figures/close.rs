//! Closing: a while after a period's end each circuit's figure of it is kept, so that later reports and
//! later changes have something to differ from.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use engine::inventory::Inventory;
use engine::period::Period;
use jiff::civil::Date;
use model::time::{Time, Window};
use store::meta::{Counter, last_of};
use store::version::{begun_at, latest_version};
use tokio_util::sync::CancellationToken;

use super::Keeper;

/// Circuits looked at between two rests; alarms come first.
const HELPING: usize = 50;
const REST: Duration = Duration::from_millis(20);

/// What was closed since the start, so that a quiet minute costs nothing.
#[derive(Default)]
pub(super) struct Rounds {
    /// Periods of which every circuit of `inventory` is closed.
    done: HashSet<Window>,
    /// Weak: an inventory that was swapped is large, and must not outlive the swap because of us.
    inventory: Weak<Inventory>,
    /// The inventory must be of this revision: what it said before time was kept left no mark.
    revision: i64,
}

impl Rounds {
    /// Another network has circuits that nobody looked at.
    fn enter(&mut self, inventory: &Arc<Inventory>) {
        if self.inventory.as_ptr() != Arc::as_ptr(inventory) {
            self.done.clear();
            self.inventory = Arc::downgrade(inventory);
        }
    }
}

impl Keeper {
    /// Closes what is due.
    pub(super) async fn close(&self, rounds: &mut Rounds, stop: &CancellationToken) -> anyhow::Result<()> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.write().await?;
        let begun = begun_at(&mut tx, now).await?;
        tx.commit().await?;
        let network = self.board.network();
        rounds.enter(&network.inventory);
        let mut due: HashMap<(&str, Option<Date>), Option<Window>> = HashMap::new();
        let (mut windows, mut looked) = (HashSet::new(), 0_usize);
        for (_, circuit) in network.inventory.circuits() {
            let terms = (circuit.sla_plan, circuit.contract_start);
            let window = *due.entry(terms).or_insert_with(|| self.due(terms, begun, now));
            let Some(window) = window.filter(|window| !rounds.done.contains(window)) else { continue };
            if stop.is_cancelled() {
                return Ok(());
            }
            if windows.insert(window) {
                // Whoever tells something of it from now on leaves a mark; who began before has committed when
                // we may write.
                if self.kept_until.advance(window.end) {
                    rounds.revision = last_of(&mut self.deps.db.write().await?, Counter::Inventory).await?;
                }
                if network.inventory.revision() < rounds.revision {
                    return Ok(());
                }
            }
            let mut tx = self.deps.db.read().await?;
            let kept = latest_version(&mut tx, circuit.code, window).await?;
            drop(tx);
            if kept.is_none_or(|version| version.as_of < window.end) {
                self.keep(&network, circuit.code, window, "closed").await?;
            }
            looked += 1;
            if looked.is_multiple_of(HELPING) {
                tokio::time::sleep(REST).await;
            }
        }
        if looked > 0 {
            tracing::info!(
                circuits.total = looked,
                "the figures of {looked} circuits are kept for the periods that are over"
            );
        }
        rounds.done.extend(windows);
        Ok(())
    }

    /// The last period of a plan that is over for long enough and ended after we began: of a time before
    /// that we know only what others told.
    fn due(&self, (plan, contract_start): (&str, Option<Date>), begun: Time, now: Time) -> Option<Window> {
        let (_, plan) = self.figures.plan(plan);
        let holding = |at: Time| Period::Holding(plan.zone.civil(at).date()).window(plan, contract_start).ok();
        let running = holding(now.plus_s(-self.close_after_s))?;
        let last = holding(running.start.plus_ms(-1))?;
        (last.end > begun).then_some(last)
    }
}
