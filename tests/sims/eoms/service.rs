//! What the daemon may ask of the desk, and what may happen to the answer.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use model::code::ResultCode;
use soap::endpoint::Call;
use soap::eoms::{Arguments, Record, SheetAnswer};
use soap::{Contract, Reply, Service};

use super::{Desk, Sheet, people};
use crate::server::{Fate, befall};

/// What a second `newAlarm` of a known `alarmId` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownAlarm {
    /// The sheet that is there is answered (`idempotent_create`).
    #[default]
    SameSheet,
    /// A second sheet is opened: a peer that does not look.
    SecondSheet,
    /// It is refused because it exists.
    Exists,
}

/// What goes wrong with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Executed; the answer comes after this much real time.
    Late(Duration),
    /// Executed; the connection is closed without an answer.
    LostAnswer,
    /// Executed; the answer is cut in the middle.
    CutAnswer,
    /// Executed; HTTP 502 with a page.
    BadGateway,
    /// Not executed; the connection is closed.
    NotExecuted,
    /// Not executed; HTTP 503 with a page.
    Unavailable,
    /// Not executed; refused with this text.
    Refused(String),
}

/// The service `Eoms`.
pub(super) struct EomsService(pub(super) Arc<Desk>);

// === impl EomsService ===

impl Service for EomsService {
    fn contract(&self) -> &'static Contract {
        &soap::contract::EOMS
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(async move { self.answer(&call) })
    }
}

impl EomsService {
    fn answer(&self, call: &Call) -> Reply {
        let record = match call.operation {
            "isAlive" => Record::default(),
            _ => match Arguments::read(call.arguments()) {
                Ok(arguments) => arguments.records.into_iter().next().unwrap_or_default(),
                Err(error) => return refused(call.operation, &error.to_string()),
            },
        };
        let mishap = self.0.state.lock().take_mishap(call.operation, &record);
        match mishap {
            Some(Mishap::Refused(text)) => return refused(call.operation, &text),
            Some(Mishap::NotExecuted) => return fated(Fate::HungUp),
            Some(Mishap::Unavailable) => return fated(Fate::Status(503)),
            Some(Mishap::Late(time)) => befall(Fate::Late(time)),
            Some(Mishap::LostAnswer) => befall(Fate::HungUp),
            Some(Mishap::CutAnswer) => befall(Fate::Cut),
            Some(Mishap::BadGateway) => befall(Fate::Status(502)),
            None => {}
        }
        match call.operation {
            "isAlive" => Reply::Text(String::new()),
            "newAlarm" => self.new_alarm(record),
            "syncAlarm" => self.sync_alarm(&record),
            "querySheet" => self.query_sheet(&record),
            "untreadWorkSheet" => self.untread(&record),
            other => Reply::coded(ResultCode::UnknownOperation, format!("{other} is not simulated")),
        }
    }

    fn new_alarm(&self, record: Record) -> Reply {
        const MANDATORY: [&str; 7] =
            ["alarmId", "alarmStaId", "alarmTitle", "alarmCreateTime", "NeType", "neName", "alarmLevel"];
        if let Some(field) = MANDATORY.iter().find(|field| record.get(field).is_empty()) {
            return refused("newAlarm", &format!("{field} is missing"));
        }
        let alarm_id = record.get("alarmId").to_owned();
        let now = self.0.clock.now();
        let mut state = self.0.state.lock();
        if let Some(sheet_no) = state.sheet_of(&alarm_id).map(|sheet| sheet.sheet_no.clone()) {
            match state.known_alarm {
                KnownAlarm::SecondSheet => {}
                KnownAlarm::SameSheet => {
                    state.note(now, "newAlarm", &alarm_id, "known");
                    return sheet_answer(&sheet_no, "");
                }
                KnownAlarm::Exists => {
                    state.note(now, "newAlarm", &alarm_id, "exists");
                    return sheet_answer("", "alarmId already exists");
                }
            }
        }
        state.numbers += 1;
        let day = self.0.link.zone().civil(now).strftime("%y%m%d").to_string();
        let sheet_no = format!("GD-051-{day}-{:08}", state.numbers);
        state.note(now, "newAlarm", &alarm_id, &sheet_no);
        state.open(Sheet {
            sheet_no: sheet_no.clone(),
            alarm_id,
            status: people::WAITING.to_owned(),
            opened_at: now,
            fields: record,
            cleared_at: None,
            returned: 0,
        });
        drop(state);
        self.0.work_on(&sheet_no);
        sheet_answer(&sheet_no, "")
    }

    fn sync_alarm(&self, record: &Record) -> Reply {
        let (now, alarm_id) = (self.0.clock.now(), record.get("alarmId"));
        let clear_time = self.0.link.zone().read_local(record.get("clearTime")).unwrap_or(now);
        let mut state = self.0.state.lock();
        state.note(now, "syncAlarm", alarm_id, record.get("alarmStatus"));
        let Some(sheet) = state.find("", alarm_id) else { return Reply::Text("unknown alarmId".to_owned()) };
        sheet.cleared_at = Some(clear_time);
        drop(state);
        self.0.bell.notify_waiters();
        Reply::Text("0".to_owned())
    }

    fn query_sheet(&self, record: &Record) -> Reply {
        let (now, alarm_id) = (self.0.clock.now(), record.get("alarmId"));
        let mut state = self.0.state.lock();
        let found =
            state.find(record.get("sheetNo"), alarm_id).map(|sheet| (sheet.sheet_no.clone(), sheet.status.clone()));
        let (sheet_no, status) = found.unwrap_or_default();
        state.note(now, "querySheet", alarm_id, &sheet_no);
        let answer = SheetAnswer { sheet_no, sheet_status: Some(status), err_list: String::new() };
        Reply::Text(answer.to_string())
    }

    /// A repair is rejected: the sheet is worked on again.
    fn untread(&self, record: &Record) -> Reply {
        let (now, alarm_id) = (self.0.clock.now(), record.get("alarmId"));
        let mut state = self.0.state.lock();
        state.note(now, "untreadWorkSheet", alarm_id, record.get("sheetNo"));
        let Some(sheet) = state.find(record.get("sheetNo"), alarm_id) else {
            return Reply::Text("unknown sheet".to_owned());
        };
        sheet.returned += 1;
        sheet.cleared_at = None;
        people::RUNNING.clone_into(&mut sheet.status);
        let sheet_no = sheet.sheet_no.clone();
        drop(state);
        self.0.work_on(&sheet_no);
        Reply::Text("0".to_owned())
    }
}

fn sheet_answer(sheet_no: &str, errors: &str) -> Reply {
    let answer = SheetAnswer { sheet_no: sheet_no.to_owned(), sheet_status: None, err_list: errors.to_owned() };
    Reply::Text(answer.to_string())
}

/// A refusal in the words of the operation.
fn refused(operation: &str, text: &str) -> Reply {
    match operation {
        "newAlarm" | "querySheet" => sheet_answer("", text),
        _ => Reply::Text(text.to_owned()),
    }
}

fn fated(fate: Fate) -> Reply {
    befall(fate);
    Reply::Text(String::new())
}
