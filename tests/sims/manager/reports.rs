//! Live reports: what is queued leaves in order, in batches, each until it is acknowledged.

use std::sync::Arc;

use model::time::{Time, Zone};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use soap::XmlWriter;
use soap::client::Answer;

use super::{Manager, Notice};
use crate::wire;

const BATCH_DEFAULT: usize = 100;

/// A daemon that is being restarted is called this often.
const TRIES: u32 = 60;

/// One notification.
#[derive(Debug)]
struct Batch {
    operation: &'static str,
    notices: Vec<Notice>,
}

/// Sends what is queued, for ever.
pub(super) async fn send_all(manager: Arc<Manager>) {
    let mut sent = 0u32;
    loop {
        let Some(batch) = manager.next_batch() else {
            manager.bell.notified().await;
            continue;
        };
        let id = manager.link.notification_id();
        let result = manager.send(&batch, id).await;
        sent = sent.wrapping_add(1);
        let repeat = manager.state.lock().habits.repeat_every;
        if repeat > 0 && sent.is_multiple_of(repeat) {
            // The second time the answer does not matter.
            let _ = manager.send(&batch, id).await;
        }
        manager.count(&batch, result);
    }
}

// === impl Manager ===

impl Manager {
    /// The next notices that fit into one notification.
    fn next_batch(&self) -> Option<Batch> {
        let mut state = self.state.lock();
        if state.habits.silent || state.habits.stalled {
            return None;
        }
        let limit = if state.habits.batch == 0 { BATCH_DEFAULT } else { state.habits.batch };
        let first = state.queue.pop_front()?;
        let operation = first.operation();
        let mut notices = vec![first];
        while notices.len() < limit {
            let Some(next) = state.queue.front() else { break };
            if !notices.first().is_some_and(|first| first.joins(next)) {
                break;
            }
            notices.extend(state.queue.pop_front());
        }
        if state.habits.shuffled {
            notices.shuffle(&mut StdRng::seed_from_u64(state.numbers));
        }
        state.sending = notices.len();
        Some(Batch { operation, notices })
    }

    async fn send(&self, batch: &Batch, id: u64) -> Result<Answer, soap::ClientError> {
        let zone = self.link.zone();
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", id);
            write_notices(w, &batch.notices, zone);
        };
        self.link.insist(batch.operation, TRIES, &write).await
    }

    fn count(&self, batch: &Batch, result: Result<Answer, soap::ClientError>) {
        let notices = batch.notices.len() as u64;
        let mut state = self.state.lock();
        state.sending = 0;
        match result {
            Ok(answer) => {
                state.counts.acknowledged += notices;
                let results = answer.result().child("results");
                let refused = results.map_or(0, |results| results.children_named("result").count());
                state.counts.refused_rows += refused as u64;
            }
            Err(error) => {
                state.counts.lost += notices;
                tracing::warn!(%error, operation = batch.operation, notices, "the daemon did not take a report");
            }
        }
    }
}

// === impl Notice ===

impl Notice {
    fn operation(&self) -> &'static str {
        match self {
            Notice::Record(_) => "reportAlarm",
            Notice::End { .. } => "alarmEndNotify",
            Notice::Rebuilt(_) => "alarmListRebuilt",
        }
    }

    /// Both may go into one notification: ends share their time, to the wire's second.
    fn joins(&self, next: &Notice) -> bool {
        let second = |at: &Time| at.ms().div_euclid(1000);
        match (self, next) {
            (Notice::Record(_), Notice::Record(_)) => true,
            (Notice::End { at, .. }, Notice::End { at: other, .. }) => second(at) == second(other),
            _ => false,
        }
    }
}

fn write_notices(w: &mut XmlWriter, notices: &[Notice], zone: &Zone) {
    for notice in notices {
        match notice {
            Notice::Record(record) => {
                w.nest("alarm", |w| wire::write_alarm(w, record, zone));
            }
            Notice::End { alarm_id, .. } => {
                w.text("alarmId", alarm_id);
            }
            Notice::Rebuilt(reason) => {
                w.text("reason", reason);
            }
        }
    }
    if let Some(Notice::End { at, .. }) = notices.first() {
        w.text("clearTime", zone.write_local(*at)).text("clearType", "EMS");
    }
}
