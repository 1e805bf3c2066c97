//! Replays: a `msgId` that comes again with the same arguments gets its first answer for 24 hours,
//! with other arguments it is refused. The memory is written in the transaction of the answer.
//!
//! What acts when it comes is remembered by its notification too (`acts_once`): an old
//! change of a resource told again would undo a newer one, an old end without a time would end a newer
//! alarm, also after a restart.

use std::collections::HashMap;

use intake::submission::RefusedRow;
use intake::{Answer, Refusal, Submission};
use model::code::ResultCode;
use serde::{Deserialize, Serialize};
use store::message::{self, Message, MessageId};
use store::{StoreError, Tx};

/// A row of a remembered answer.
#[derive(Serialize, Deserialize)]
struct StoredRow {
    index: usize,
    code: u16,
    reason: String,
}

/// What the messages of one group were answered before, in the store and within the group.
#[derive(Default)]
pub(super) struct Replays {
    known: HashMap<MessageId, ([u8; 32], Answer)>,
    stored: HashMap<MessageId, message::Remembered>,
    new: Vec<Message>,
}

/// What to do with a submission.
pub(super) enum Verdict {
    /// Not seen before.
    Proceed,
    /// Answer this.
    Settled(Result<Answer, Refusal>),
}

impl Replays {
    /// Looks up every message of a group at once.
    pub(super) async fn look_up(tx: &mut Tx, submissions: &[&Submission]) -> Result<Self, StoreError> {
        let ids_of = |submission: &&Submission| id_of(submission).into_iter().chain(notification_of(submission));
        let ids: Vec<MessageId> = submissions.iter().flat_map(ids_of).collect();
        let stored = if ids.is_empty() { HashMap::new() } else { message::replayed(tx, &ids).await? };
        Ok(Replays { stored, ..Replays::default() })
    }

    /// Was this message answered before?
    pub(super) fn judge(&self, submission: &Submission) -> Verdict {
        let (Some(id), Some(key)) = (id_of(submission), &submission.message) else { return Verdict::Proceed };
        if let Some((body, answer)) = self.known.get(&id) {
            return settle(*body == key.body_sha256, answer.clone());
        }
        match self.stored.get(&id) {
            Some(remembered) => settle(remembered.same_body(&key.body_sha256), answer_of(&remembered.answer)),
            None => Verdict::Proceed,
        }
    }

    /// Was the same told before under this number of a notification?
    pub(super) fn told_before(&self, submission: &Submission) -> bool {
        let Some((id, key)) = notification_of(submission).zip(submission.message.as_ref()) else { return false };
        self.stored.get(&id).is_some_and(|remembered| remembered.same_body(&key.body_sha256))
    }

    /// Remembers the answer of a message, unless it only says "try again".
    pub(super) fn remember(&mut self, submission: &Submission, outcome: &Result<Answer, Refusal>) {
        let (Some(id), Some(key)) = (id_of(submission), &submission.message) else { return };
        let mut answer = match outcome {
            Ok(answer) => answer.clone(),
            Err(refusal) if refusal.temporary() => return,
            Err(refusal) => Answer { refused: vec![RefusedRow::whole(refusal.code(), refusal.to_string())] },
        };
        // Rows that the listener could not read belong to the answer.
        answer.refused.extend(submission.refused.iter().cloned());
        let text = text_of(&answer);
        let message = |id, answer| Message { id, body_sha256: key.body_sha256, at: submission.received_at, answer };
        self.new.extend(notification_of(submission).filter(|_| outcome.is_ok()).map(|id| message(id, String::new())));
        self.new.push(message(id, text));
        self.known.insert(id, (key.body_sha256, answer));
    }

    /// Writes what was remembered; `true` if there was anything.
    pub(super) async fn store(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        message::remember_messages(tx, &self.new).await?;
        Ok(!self.new.is_empty())
    }
}

/// The answer that a text remembers.
pub(crate) fn answer_of(text: &str) -> Answer {
    let rows: Vec<StoredRow> = serde_json::from_str(text).unwrap_or_default();
    let refused = rows.into_iter().map(|row| RefusedRow {
        index: row.index,
        code: ResultCode::ALL.iter().copied().find(|code| code.number() == row.code).unwrap_or(ResultCode::General),
        reason: row.reason,
    });
    Answer { refused: refused.collect() }
}

fn text_of(answer: &Answer) -> String {
    if answer.refused.is_empty() {
        return String::new();
    }
    let rows = answer.refused.iter().map(|row| StoredRow {
        index: row.index,
        code: row.code.number(),
        reason: row.reason.clone(),
    });
    serde_json::to_string(&rows.collect::<Vec<_>>()).unwrap_or_default()
}

fn settle(same_body: bool, answer: Answer) -> Verdict {
    Verdict::Settled(if same_body { Ok(answer) } else { Err(Refusal::Replayed) })
}

fn id_of(submission: &Submission) -> Option<MessageId> {
    submission.message.as_ref().map(|key| MessageId::of_call(&submission.source, &key.msg_id))
}

/// The number under which what acts once is remembered.
fn notification_of(submission: &Submission) -> Option<MessageId> {
    let notification = submission.notification.filter(|notification| notification.acts_once)?;
    Some(MessageId::of_notification(&submission.source, notification.interface, notification.id))
}
