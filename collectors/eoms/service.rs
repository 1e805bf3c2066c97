//! `CnmForEoms`: what the e-ops system tells us. Its operations have no message id; what they say is
//! idempotent, so a repetition does no harm.

use futures_util::future::BoxFuture;
use intake::submission::{Content, SheetEvent};
use model::code::ResultCode;
use model::work::Cutover;
use soap::contract::CNM_FOR_EOMS;
use soap::eoms::Arguments;
use soap::{Call, Contract, Reply, Service};

use crate::answer::{Decoded, Desk};
use crate::eoms::wire::{Named, cut, read_cutover};
use crate::fields::{Wrong, time};
use crate::habits::Habits;
use crate::transport::service::unknown;

/// Records of one call.
const RECORDS_MAX: usize = 1000;
/// Longest key and number of a ticket.
const KEY_MAX: usize = 80;

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
        let contents = match decode(&call, &habits) {
            Ok(contents) => contents,
            Err(wrong) => return wrong.into(),
        };
        // All records were read before the first is kept. What was kept before a failure comes again
        // with the repetition and changes nothing.
        for content in contents {
            let reply = self.desk.keep(&call, Ok(Decoded::whole(None, content))).await;
            if !matches!(reply, Reply::Typed { code: ResultCode::Ok, .. }) {
                return reply;
            }
        }
        match call.operation {
            "isAlive" => Reply::Text(habits.alive_answer.clone()),
            _ => Reply::ok(),
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

fn decode(call: &Call, habits: &Habits) -> Result<Vec<Content>, Wrong> {
    if call.operation == "isAlive" {
        return Ok(vec![Content::Heard]);
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
    let records = || arguments.records.iter().map(|record| Named::new(record, habits));
    match call.operation {
        "syncCutover" => {
            let cutovers: Result<Vec<Cutover>, Wrong> =
                numbered(records().map(|record| read_cutover(&record, habits))).collect();
            Ok(vec![Content::Cutovers(cutovers?)])
        }
        "syncSheetState" | "confirmWorkSheet" | "replyWorkSheet" | "withdrawWorkSheet" => {
            let events = records().map(|record| sheet_event(call.operation, &arguments, &record, habits));
            numbered(events).map(|event| event.map(Content::Sheet)).collect()
        }
        other => Err(unknown(other)),
    }
}

/// Says of a wrong record which one it is.
fn numbered<T>(rows: impl Iterator<Item = Result<T, Wrong>>) -> impl Iterator<Item = Result<T, Wrong>> {
    rows.enumerate()
        .map(|(at, row)| row.map_err(|wrong| Wrong { reason: format!("record {}: {}", at + 1, wrong.reason), ..wrong }))
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
    let happened = match record.any(&["statusTime", "opTime"]) {
        "" => arguments.time.as_str(),
        text => text,
    };
    Ok(SheetEvent {
        operation: operation.to_owned(),
        alarm_id,
        sheet_no,
        sheet_status: record.get("sheetStatus").to_owned(),
        by: cut(&arguments.person, 64),
        at: at("statusTime", happened)?,
        deal_time_limit: at("dealTimeLimit", record.any(&["dealTimeLimit", "deadline"]))?,
        restored_at: at("recoverTime", record.any(&["recoverTime", "restoreTime"]))?,
        text: story(operation, record),
        exclusion: cut(record.get("exclusionCode"), 64),
        held: None,
    })
}

/// What was said, as one text.
fn story(operation: &str, record: &Named<'_>) -> String {
    let names: &[&[&str]] = match operation {
        "replyWorkSheet" => {
            &[&["causeClass", "issueEliminatReason"], &["responsibleParty"], &["action", "endResult", "dealDesc"]]
        }
        "withdrawWorkSheet" => &[&["withdrawReason", "reason"]],
        "confirmWorkSheet" => &[&["confirmDesc", "dealDesc"]],
        _ => &[],
    };
    let parts = names.iter().map(|names| record.any(names)).filter(|part| !part.is_empty());
    cut(&parts.collect::<Vec<_>>().join(" · "), 4000)
}
