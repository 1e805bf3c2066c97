//! `CnmForEoms`: what the e-ops system tells us. Its operations have no message id; what they say is
//! idempotent, so a repetition does no harm.

use futures_util::future::BoxFuture;
use intake::submission::{ClockWord, Content, RefusedRow, SheetEvent};
use model::code::ResultCode;
use model::ticket::Repair;
use soap::contract::CNM_FOR_EOMS;
use soap::eoms::Arguments;
use soap::{Call, Contract, Reply, Service};

use crate::answer::{Decoded, Desk, parted, refused_as};
use crate::eoms::wire::{Named, cut, read_cutover, read_key_protection};
use crate::fields::{Wrong, time, unknown};
use crate::habits::Habits;

/// Records of one call.
const RECORDS_MAX: usize = 1000;
/// Longest key and number of a ticket.
const KEY_MAX: usize = 80;
/// Longest part of a reply's reason.
const PART_MAX: usize = 1000;
/// Fields of a reply: cause class, responsible party, action, each by the names that peers use.
const REPLY: [&[&str]; 3] =
    [&["causeClass", "issueEliminatReason"], &["responsibleParty"], &["action", "endResult", "dealDesc"]];

/// The service.
#[derive(Clone, Debug)]
pub struct CnmForEoms {
    desk: Desk,
}

// === impl CnmForEoms ===

impl CnmForEoms {
    /// The service before the writer.
    pub fn new(desk: Desk) -> Self {
        CnmForEoms { desk }
    }

    async fn answer(&self, call: Call) -> Reply {
        let habits = match self.desk.habits(&call) {
            Ok(habits) => habits,
            Err(wrong) => return wrong.into(),
        };
        let mut refused = Vec::new();
        let decoded = match decode(&call, &habits) {
            Ok(decoded) => decoded,
            Err(wrong) => return self.desk.refuse(&call, wrong).await,
        };
        // What was kept before a failure comes again with the repetition and changes nothing.
        for decoded in decoded {
            let (unread, at) = (decoded.refused.clone(), decoded.positions.first().copied().unwrap_or_default());
            match self.desk.submit(&call, decoded).await {
                Ok(rows) => refused.extend(rows),
                Err(refusal) if refusal.temporary() => return refused_as(&refusal),
                // A ticket that we do not know says nothing about the next record.
                Err(refusal) => {
                    refused.extend(unread);
                    refused.push(RefusedRow { index: at, code: refusal.code(), reason: refusal.to_string() });
                }
            }
        }
        refused.sort_by_key(|row| row.index);
        match (refused.first(), call.operation) {
            // The answer is one text: the good records are kept, the first bad one is named.
            (Some(row), _) => Reply::coded(row.code, format!("record {}: {}", row.index + 1, row.reason)),
            (None, "isAlive") => Reply::Text(habits.alive_answer.clone()),
            (None, _) => Reply::ok(),
        }
    }
}

impl Service for CnmForEoms {
    fn contract(&self) -> &'static Contract {
        &CNM_FOR_EOMS
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(self.answer(call))
    }
}

fn decode(call: &Call, habits: &Habits) -> Result<Vec<Decoded>, Wrong> {
    if call.operation == "isAlive" {
        return Ok(vec![Decoded::whole(None, Content::Heard)]);
    }
    let arguments = Arguments::read(call.arguments())
        .map_err(|error| Wrong { code: error.code(), reason: format!("opDetail: {error}") })?;
    match arguments.records.len() {
        0 => return Err(Wrong::missing("recordInfo")),
        1..=RECORDS_MAX => {}
        many => {
            let reason = format!("opDetail has {many} records; send at most {RECORDS_MAX}");
            return Err(Wrong { code: ResultCode::TooLarge, reason });
        }
    }
    let records = arguments.records.iter().map(|record| Named::new(record, habits));
    match call.operation {
        "syncCutover" => {
            let (cutovers, refused, positions) = parted(records.map(|record| read_cutover(&record, habits)));
            Ok(vec![Decoded { notification: None, content: Content::Cutovers(cutovers), refused, positions }])
        }
        "syncKeyProtectCircuit" => {
            let told_at = time("opTime", &arguments.time, &habits.zone)?;
            let (tasks, refused, positions) =
                parted(records.map(|record| read_key_protection(&record, told_at, habits)));
            Ok(vec![Decoded { notification: None, content: Content::KeyProtections(tasks), refused, positions }])
        }
        "syncSheetState" | "confirmWorkSheet" | "replyWorkSheet" | "withdrawWorkSheet" | "suspendWorkSheet"
        | "resumeWorkSheet" => {
            let read = |record| sheet_event(call.operation, &arguments, &record, habits);
            let (events, refused, positions) = parted(records.map(read));
            Ok(one_by_one(events, refused, &positions))
        }
        other => Err(unknown(other)),
    }
}

/// One submission for each event; the first also brings the records that could not be read.
fn one_by_one(events: Vec<SheetEvent>, refused: Vec<RefusedRow>, positions: &[usize]) -> Vec<Decoded> {
    let each = events.into_iter().zip(positions).map(|(event, at)| Decoded {
        notification: None,
        content: Content::Sheet(event),
        refused: Vec::new(),
        positions: vec![*at],
    });
    let mut decoded: Vec<Decoded> = each.collect();
    match decoded.first_mut() {
        Some(first) => first.refused = refused,
        // Nothing could be read: the sender was heard all the same.
        None => decoded.push(Decoded { refused, ..Decoded::whole(None, Content::Heard) }),
    }
    decoded
}

/// What happened to a ticket. Peers name the same things in few ways, known here; others are aliases.
fn sheet_event(
    operation: &str,
    arguments: &Arguments,
    record: &Named<'_>,
    habits: &Habits,
) -> Result<SheetEvent, Wrong> {
    let limit = |name: &str, text: &str| match text.chars().count() {
        0..=KEY_MAX => Ok(text.to_owned()),
        _ => Err(Wrong::bad(name, text, "it may have at most 80 characters")),
    };
    let alarm_id = limit("alarmId", record.get("alarmId"))?;
    let sheet_no = limit("sheetNo", record.any(&["sheetNo", "serialNo"]))?;
    if alarm_id.is_empty() && sheet_no.is_empty() {
        return Err(Wrong::missing("alarmId or sheetNo"));
    }
    if operation == "syncSheetState" {
        record.must("sheetStatus", KEY_MAX)?;
    }
    let at = |name: &str, text: &str| time(name, text, &habits.zone);
    let names: &[&str] = match operation {
        "suspendWorkSheet" => &["suspendTime", "statusTime", "opTime"],
        "resumeWorkSheet" => &["resumeTime", "statusTime", "opTime"],
        _ => &["statusTime", "opTime"],
    };
    let happened = match record.any(names) {
        "" => arguments.time.as_str(),
        text => text,
    };
    Ok(SheetEvent {
        operation: operation.to_owned(),
        alarm_id,
        sheet_no,
        sheet_status: record.get("sheetStatus").to_owned(),
        by: cut(&arguments.person, 64),
        at: at(names.first().copied().unwrap_or_default(), happened)?,
        deal_time_limit: at("dealTimeLimit", record.any(&["dealTimeLimit", "deadline"]))?,
        restored_at: at("recoverTime", record.any(&["recoverTime", "restoreTime"]))?,
        text: story(operation, record),
        repair: repair(operation, record),
        exclusion: cut(record.get("exclusionCode"), 64),
        clock: clock_word(operation, record)?,
    })
}

/// What becomes of the ticket's clock.
fn clock_word(operation: &str, record: &Named<'_>) -> Result<Option<ClockWord>, Wrong> {
    match operation {
        "suspendWorkSheet" => Ok(Some(ClockWord::Stops(record.must("reasonCode", 64)?.to_owned()))),
        "resumeWorkSheet" => Ok(Some(ClockWord::Runs)),
        _ => Ok(None),
    }
}

/// What a reply gives as the reason for the outage; `None` if it gives none.
fn repair(operation: &str, record: &Named<'_>) -> Option<Repair> {
    let part = |names: &[&str]| cut(record.any(names), PART_MAX);
    let [cause, party, action] = REPLY.map(part);
    let said = Repair { cause, party, action };
    (operation == "replyWorkSheet" && said != Repair::default()).then_some(said)
}

/// What was said, as one text.
fn story(operation: &str, record: &Named<'_>) -> String {
    let names: &[&[&str]] = match operation {
        "replyWorkSheet" => &REPLY,
        "withdrawWorkSheet" => &[&["withdrawReason", "reason"]],
        "suspendWorkSheet" => &[&["reasonCode"], &["suspendReason", "reason", "dealDesc"]],
        "resumeWorkSheet" => &[&["resumeReason", "reason", "dealDesc"]],
        "confirmWorkSheet" => &[&["confirmDesc", "dealDesc"]],
        _ => &[],
    };
    let parts = names.iter().map(|names| record.any(names)).filter(|part| !part.is_empty());
    cut(&parts.collect::<Vec<_>>().join(" · "), 4000)
}

#[cfg(test)]
mod tests;
