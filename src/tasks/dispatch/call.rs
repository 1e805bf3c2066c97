//! One row of the outbox: one call, and what its end means.
//!
//! | row | answer | outcome |
//! |---|---|---|
//! | queued | – | marked unknown, then sent |
//! | sent | ticket, or "exists already" | delivered |
//! | sent | refused | never (a person must act), or later if the refusal may pass |
//! | sent | not sent | later |
//! | sent | unknown | unknown: asked |
//! | unknown | ticket found | delivered |
//! | unknown | none for `settle_s`, or the peer creates idempotently | sent again |
//! | unknown | neither look-up nor idempotency | stays: a person settles it |

use collectors::eoms::adapter::Lookup;
use collectors::eoms::wire::{Dispatched, NewAlarm, Sheet, SyncAlarm, UntreadWorkSheet};
use model::ticket::{OutboxKind, OutboxRow, OutboxState};
use serde::de::DeserializeOwned;
use soap::ClientError;
use store::outbox::{outbox_by_id, outbox_by_key};

use super::Desk;
use super::plan::{ask_s, later_s, ticket_of};
use crate::pipeline::order::{Order, SendOutcome, Sent};

/// Seconds until a row that only a person can settle is looked at again.
const PERSON_S: i64 = 3600;
/// Seconds beyond the call's own limit after which a mark without an outcome is looked at.
const MARGIN_S: i64 = 10;
/// Refusals that pass: wrong password or address (someone is changing it), clock, overload.
const PASSING: [&str; 8] = ["2001", "2002", "2003", "2004", "9001", "9002", "9003", "9004"];

impl Desk<'_> {
    /// Does what a row asks for and tells the writer how it ended.
    pub(super) async fn handle(&self, row: OutboxRow) {
        let outcome = match row.kind {
            OutboxKind::NewAlarm => self.dispatch(&row).await,
            OutboxKind::SyncAlarm => self.tell::<SyncAlarm>(&row).await,
            OutboxKind::UntreadWorkSheet => self.tell::<UntreadWorkSheet>(&row).await,
        };
        if let Some(outcome) = outcome {
            self.deps.metrics.count_sent(row.kind, word(&outcome));
            self.note(&row, outcome).await;
        }
    }

    /// `true` when it is committed.
    async fn note(&self, row: &OutboxRow, outcome: SendOutcome) -> bool {
        self.deps.orders.give(Order::Sent(Sent { outbox: row.id, outcome })).await
    }

    async fn dispatch(&self, row: &OutboxRow) -> Option<SendOutcome> {
        let alarm = match read::<NewAlarm>(row) {
            Ok(alarm) => alarm,
            Err(outcome) => return Some(outcome),
        };
        if row.state == OutboxState::Queued {
            if let Some(outcome) = self.found_before(row).await {
                return Some(outcome);
            }
            if !self.mark(row).await {
                return None;
            }
        } else if !self.settings.idempotent_create
            && let Some(outcome) = self.settle(row).await
        {
            return Some(outcome);
        }
        Some(self.send(row, &alarm).await)
    }

    /// A row that went out before and is queued again was surely not taken the last time; one look costs
    /// little and finds a ticket of a time before that.
    async fn found_before(&self, row: &OutboxRow) -> Option<SendOutcome> {
        if row.first_sent_at.is_none() || !self.settings.lookup {
            return None;
        }
        let found = self.eoms.query_sheet(Lookup::AlarmId(&ticket_of(row)), self.deps.clock.now()).await;
        found.ok().flatten().map(delivered)
    }

    /// Marks the row unknown, durably, before the call. `false` if that failed or the row was settled
    /// or dropped meanwhile: then nothing is sent.
    async fn mark(&self, row: &OutboxRow) -> bool {
        // What the peer said before this call says nothing about it.
        self.none_since.lock().remove(&row.id);
        let after_s = i64::try_from(self.settings.timeout_s).unwrap_or(PERSON_S).saturating_add(MARGIN_S);
        let marked = self.note(row, SendOutcome::Unknown { after_s, error: String::new() }).await;
        marked && self.state_of(row).await == Some(OutboxState::Unknown)
    }

    async fn state_of(&self, row: &OutboxRow) -> Option<OutboxState> {
        let mut tx = self.deps.db.read().await.ok()?;
        outbox_by_id(&mut tx, row.id).await.ok().flatten().map(|row| row.state)
    }

    /// Asks whether the peer has the ticket; `None` if it may be sent.
    async fn settle(&self, row: &OutboxRow) -> Option<SendOutcome> {
        if !self.settings.lookup {
            let error = "the e-ops system may have this ticket and can neither be asked nor sent it twice: \
                         look there, and send it by hand if it is not there";
            return Some(SendOutcome::Unknown { after_s: PERSON_S, error: error.to_owned() });
        }
        let now = self.deps.clock.now();
        match self.eoms.query_sheet(Lookup::AlarmId(&ticket_of(row)), now).await {
            Ok(Some(sheet)) => Some(delivered(sheet)),
            Ok(None) => {
                let since = *self.none_since.lock().entry(row.id).or_insert(now);
                let wait_ms = since.plus_s(self.settings.settle_s).since(now);
                if wait_ms <= 0 {
                    return self.may_resend(row).await;
                }
                let after_s = ask_s(row.tries).min(wait_ms.div_euclid(1000) + 1);
                Some(SendOutcome::Unknown { after_s, error: format!("it is not there (yet); asked since {since}") })
            }
            Err(error) => Some(SendOutcome::Unknown { after_s: later_s(row.tries), error: error.to_string() }),
        }
    }

    /// The peer has said "none" for long enough. The mark is made anew: it must outlive the second call.
    async fn may_resend(&self, row: &OutboxRow) -> Option<SendOutcome> {
        let after_s = ask_s(row.tries);
        // Settled meanwhile by the peer itself, or the mark could not be kept: not now.
        let is_marked = self.mark(row).await;
        (!is_marked).then(|| SendOutcome::Unknown { after_s, error: String::new() })
    }

    async fn send(&self, row: &OutboxRow, alarm: &NewAlarm) -> SendOutcome {
        match self.eoms.new_alarm(alarm, self.deps.clock.now()).await {
            Ok(Dispatched::Sheet(sheet_no)) => delivered(Sheet { sheet_no, ..Sheet::default() }),
            Ok(Dispatched::Exists) => delivered(self.existing(row).await),
            Ok(Dispatched::Refused(error)) => SendOutcome::Never { error },
            Err(error) => ended_badly(row, error),
        }
    }

    /// A ticket that exists; without a number if it cannot be had (the peer will say it).
    async fn existing(&self, row: &OutboxRow) -> Sheet {
        if !self.settings.lookup {
            return Sheet::default();
        }
        let found = self.eoms.query_sheet(Lookup::AlarmId(&ticket_of(row)), self.deps.clock.now()).await;
        found.ok().flatten().unwrap_or_default()
    }

    /// What may be said twice.
    async fn tell<T: Said>(&self, row: &OutboxRow) -> Option<SendOutcome> {
        let said = match read::<T>(row) {
            Ok(said) => said,
            Err(outcome) => return Some(outcome),
        };
        if self.was_refused(row).await {
            let error = "the e-ops system refused this ticket: there is nothing to tell of it".to_owned();
            return Some(SendOutcome::Never { error });
        }
        Some(match said.say(self).await {
            Ok(()) => delivered(Sheet::default()),
            Err(error) => ended_badly(row, error),
        })
    }
}

impl Desk<'_> {
    /// Did the peer refuse the ticket that a row is about?
    async fn was_refused(&self, row: &OutboxRow) -> bool {
        let Ok(mut tx) = self.deps.db.read().await else { return false };
        let dispatch = outbox_by_key(&mut tx, OutboxKind::NewAlarm, &ticket_of(row)).await;
        dispatch.ok().flatten().is_some_and(|dispatch| dispatch.state == OutboxState::Refused)
    }
}

fn delivered(Sheet { sheet_no, sheet_status }: Sheet) -> SendOutcome {
    SendOutcome::Delivered { sheet_no, sheet_status }
}

/// Something said about a ticket that exists; saying it again changes nothing.
trait Said: DeserializeOwned + Send + Sync {
    fn say(&self, desk: &Desk<'_>) -> impl Future<Output = Result<(), ClientError>> + Send;
}

impl Said for SyncAlarm {
    async fn say(&self, desk: &Desk<'_>) -> Result<(), ClientError> {
        desk.eoms.sync_alarm(self, desk.deps.clock.now()).await
    }
}

impl Said for UntreadWorkSheet {
    async fn say(&self, desk: &Desk<'_>) -> Result<(), ClientError> {
        desk.eoms.untread_work_sheet(self, desk.deps.clock.now()).await
    }
}

fn read<T: DeserializeOwned>(row: &OutboxRow) -> Result<T, SendOutcome> {
    serde_json::from_str(&row.content)
        .map_err(|error| SendOutcome::Never { error: format!("the outbox row cannot be read: {error}") })
}

/// What a call without a good answer means for its row.
pub(super) fn ended_badly(row: &OutboxRow, error: ClientError) -> SendOutcome {
    let after_s = later_s(row.tries);
    match error {
        ClientError::Refused { ref code, .. } if may_pass(code) => {
            SendOutcome::Later { after_s, error: error.to_string() }
        }
        ClientError::Refused { .. } => SendOutcome::Never { error: error.to_string() },
        ClientError::NotSent(_) => SendOutcome::Later { after_s, error: error.to_string() },
        ClientError::Unknown(_) => SendOutcome::Unknown { after_s: ask_s(row.tries), error: error.to_string() },
    }
}

/// A refusal that may pass: its codes, or an HTTP status of a server that does not know the service (yet).
fn may_pass(code: &str) -> bool {
    PASSING.contains(&code) || (code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit()))
}

fn word(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Delivered { .. } => "delivered",
        SendOutcome::Later { .. } => "later",
        SendOutcome::Unknown { .. } => "unknown",
        SendOutcome::Never { .. } => "never",
    }
}

#[cfg(test)]
mod tests;
