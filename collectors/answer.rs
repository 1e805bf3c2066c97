//! The writer's word as an answer to the peer, and the other way: what of a call goes to the writer.

use std::collections::HashMap;
use std::sync::Arc;

use intake::submission::{Answer, Content, MessageKey, Notification, RefusedRow, Submission};
use intake::{Intake, Refusal};
use model::code::ResultCode;
use model::source::SourceId;
use soap::{Call, Fault, Reply, RowResult};

use crate::fields::Wrong;
use crate::habits::Habits;

/// What every service needs: the door to the writer and the habits of those who call.
#[derive(Clone, Debug)]
pub struct Desk {
    intake: Intake,
    habits: Arc<HashMap<SourceId, Arc<Habits>>>,
}

/// A call that was decoded: what to keep, and what could not be read of it.
#[derive(Debug)]
pub struct Decoded {
    /// Number of the notification, where the operation has one.
    pub notification: Option<Notification>,
    /// What it says.
    pub content: Content,
    /// Rows that could not be read, by their position in the message.
    pub refused: Vec<RefusedRow>,
    /// For each row of `content` its position in the message, where rows were left out.
    pub positions: Vec<usize>,
}

// === impl Desk ===

impl Desk {
    /// A desk for these peers.
    pub fn new(intake: Intake, habits: impl IntoIterator<Item = (SourceId, Habits)>) -> Self {
        let habits = habits.into_iter().map(|(source, habits)| (source, Arc::new(habits))).collect();
        Desk { intake, habits: Arc::new(habits) }
    }

    /// The habits of a caller.
    pub(crate) fn habits(&self, call: &Call) -> Result<Arc<Habits>, Wrong> {
        let unknown =
            || Wrong { code: ResultCode::NotAllowed, reason: format!("{} has no settings here", call.source) };
        self.habits.get(&call.source).cloned().ok_or_else(unknown)
    }

    /// Hands what was decoded to the writer and answers when it is committed.
    pub(crate) async fn keep(&self, call: &Call, decoded: Result<Decoded, Wrong>) -> Reply {
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(wrong) => return self.refuse(call, wrong).await,
        };
        match self.submit(call, decoded).await {
            Ok(refused) => reply_of(refused),
            Err(refusal) => refused_as(&refusal),
        }
    }

    /// Refuses a call as a whole. Its sender was heard all the same, the message goes into quarantine, and
    /// its answer is remembered. The answer promises nothing, so it does not depend on the writer.
    pub(crate) async fn refuse(&self, call: &Call, wrong: Wrong) -> Reply {
        let refused = vec![RefusedRow::whole(wrong.code, wrong.reason.clone())];
        let submission = Submission {
            source: call.source.clone(),
            received_at: call.received_at,
            message: call.message.as_ref().map(key_of),
            notification: None,
            raw: call.raw.to_vec(),
            content: Content::Heard,
            refused,
        };
        match self.intake.submit(submission).await {
            // The id came before: with another body, or with an answer of its own.
            Err(Refusal::Replayed) => refused_as(&Refusal::Replayed),
            Ok(answer) if !answer.refused.is_empty() => reply_of(answer.refused),
            // A full or stopping writer has been counted and logged on its side.
            Ok(_) | Err(_) => wrong.into(),
        }
    }

    /// Hands what was decoded to the writer; the rows that were not taken, by position in the message.
    pub(crate) async fn submit(&self, call: &Call, decoded: Decoded) -> Result<Vec<RefusedRow>, Refusal> {
        let Decoded { notification, content, refused, positions } = decoded;
        let submission = Submission {
            source: call.source.clone(),
            received_at: call.received_at,
            message: call.message.as_ref().map(key_of),
            notification,
            raw: call.raw.to_vec(),
            content,
            refused: refused.clone(),
        };
        let answer: Answer = self.intake.submit(submission).await?;
        Ok(together(refused, answer.refused, &positions))
    }
}

// === impl Decoded ===

impl Decoded {
    /// Content without rows.
    pub fn whole(notification: Option<Notification>, content: Content) -> Self {
        Decoded { notification, content, refused: Vec::new(), positions: Vec::new() }
    }
}

/// The writer's refusal as an answer.
pub fn refused_as(refusal: &Refusal) -> Reply {
    match refusal {
        Refusal::Busy | Refusal::Stopping => Reply::Busy(refusal.to_string()),
        Refusal::Replayed => Reply::Fault(Fault::client(refusal.code(), refusal.to_string())),
        Refusal::Storage => Reply::Fault(Fault::server(refusal.code(), refusal.to_string())),
        Refusal::NotFound(_)
        | Refusal::StateForbids(_)
        | Refusal::UnknownTask(_)
        | Refusal::Conflict(_)
        | Refusal::ParentAbsent(_)
        | Refusal::BadValue(_) => Reply::coded(refusal.code(), refusal.to_string()),
    }
}

/// The answer to what was taken but for these rows; also a remembered answer.
pub fn reply_of(refused: Vec<RefusedRow>) -> Reply {
    match refused.iter().find(|row| row.is_whole()) {
        Some(whole) => Reply::coded(whole.code, whole.reason.clone()),
        None => Reply::batch(&row_results(refused)),
    }
}

/// Rows that were not taken, as they stand in the answer.
fn row_results(refused: impl IntoIterator<Item = RefusedRow>) -> Vec<RowResult> {
    let row = |row: RefusedRow| RowResult { index: row.index, code: row.code, description: row.reason };
    let mut rows: Vec<RowResult> = refused.into_iter().map(row).collect();
    rows.sort_by_key(|row| row.index);
    rows
}

/// Our refusals and the writer's, by position in the message. A remembered answer repeats ours.
fn together(ours: Vec<RefusedRow>, theirs: Vec<RefusedRow>, positions: &[usize]) -> Vec<RefusedRow> {
    let added: Vec<RefusedRow> = theirs
        .into_iter()
        .filter(|row| !ours.contains(row))
        .map(|row| RefusedRow { index: positions.get(row.index).copied().unwrap_or(row.index), ..row })
        .collect();
    ours.into_iter().chain(added).collect()
}

/// Good rows, refused rows, and for each good row its position in the message.
pub(crate) fn parted<T>(rows: impl Iterator<Item = Result<T, Wrong>>) -> (Vec<T>, Vec<RefusedRow>, Vec<usize>) {
    let (mut good, mut refused, mut positions) = (Vec::new(), Vec::new(), Vec::new());
    for (index, row) in rows.enumerate() {
        match row {
            Ok(row) => {
                good.push(row);
                positions.push(index);
            }
            Err(Wrong { code, reason }) => refused.push(RefusedRow { index, code, reason }),
        }
    }
    (good, refused, positions)
}

fn key_of(key: &soap::MessageKey) -> MessageKey {
    MessageKey { msg_id: key.msg_id.clone(), body_sha256: key.body_sha256 }
}

#[cfg(test)]
mod tests;
