//! `CnmForTransport`, `CnmForIp`, `CnmForAtm`: what network managers tell us. One service for all: which
//! operations a manager has, its contract says.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use intake::submission::{Content, Notification, PerformanceReady};
use model::alarm::{AlarmFact, ClearType};
use model::code::ResultCode;
use model::time::Window;
use soap::{Call, Contract, Fault, Reply, Service};

use crate::answer::{Decoded, Desk, parted};
use crate::fields::{Wrong, code, files, notification, number, required, time_of, unknown, word};
use crate::habits::Habits;
use crate::network::alarms::{ALARM_ID_MAX, end};
use crate::network::probes::read_result;
use crate::network::tasks::{read_status, short};
use crate::network::wire::{alarm_elements, read_alarm};

/// Alarms of one call.
pub const BATCH_MAX: usize = 1000;
/// Messages above this take more than a millisecond to decode: off the event loop.
const INLINE_BYTES_MAX: usize = 128 << 10;

/// The service of one kind of managers.
#[derive(Clone, Debug)]
pub struct CnmForNetwork {
    contract: &'static Contract,
    desk: Desk,
}

// === impl CnmForNetwork ===

impl CnmForNetwork {
    /// The service of a contract before the writer.
    pub fn new(contract: &'static Contract, desk: Desk) -> Self {
        CnmForNetwork { contract, desk }
    }

    async fn answer(&self, call: Call) -> Reply {
        let habits = match self.desk.habits(&call) {
            Ok(habits) => habits,
            Err(wrong) => return wrong.into(),
        };
        let interface = self.contract.name;
        if call.raw.len() <= INLINE_BYTES_MAX {
            let decoded = decode(&call, interface, &habits);
            return self.desk.keep(&call, decoded).await;
        }
        let decoding = tokio::task::spawn_blocking(move || {
            let decoded = decode(&call, interface, &habits);
            (call, decoded)
        });
        match decoding.await {
            Ok((call, decoded)) => self.desk.keep(&call, decoded).await,
            Err(_) => Reply::Fault(Fault::server(ResultCode::Internal, "the message could not be decoded")),
        }
    }
}

impl Service for CnmForNetwork {
    fn contract(&self) -> &'static Contract {
        self.contract
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(self.answer(call))
    }
}

fn decode(call: &Call, interface: &'static str, habits: &Habits) -> Result<Decoded, Wrong> {
    let numbered = || notification(call.arguments(), interface);
    match call.operation {
        "isAlive" => Ok(Decoded::whole(None, Content::Heard)),
        "reportAlarm" => report_alarm(call, numbered()?, habits),
        "alarmEndNotify" => alarm_end_notify(call, numbered()?, habits),
        "alarmSyncNotify" => alarm_sync_notify(call, numbered()?, habits),
        "alarmListRebuilt" => Ok(alarm_list_rebuilt(call, numbered()?)),
        "testResultNotify" => test_result_notify(call, numbered()?),
        "pmTaskStatusNotify" => pm_task_status_notify(call, numbered()?),
        "pmDataReadyNotify" => pm_data_ready_notify(call, numbered()?, habits),
        other => Err(unknown(other)),
    }
}

fn report_alarm(call: &Call, notification: Notification, habits: &Habits) -> Result<Decoded, Wrong> {
    let arguments = call.arguments();
    let alarms = alarm_elements(arguments);
    check_size("alarm", alarms.len())?;
    let rows = alarms.into_iter().map(|alarm| read_alarm(alarm, habits).map(|r| AlarmFact::Record(Arc::new(r))));
    let (facts, refused, positions) = parted(rows);
    Ok(Decoded { notification: Some(told(notification, &facts)), content: Content::Alarms(facts), refused, positions })
}

fn alarm_end_notify(call: &Call, notification: Notification, habits: &Habits) -> Result<Decoded, Wrong> {
    let arguments = call.arguments();
    let ids = arguments.values("alarmId");
    check_size("alarmId", ids.len())?;
    let clear_time = time_of(arguments, "clearTime", &habits.zone)?;
    let kind = arguments.value("clearType").unwrap_or_default();
    let kind = word("clearType", kind, ClearType::from_word, "it must be EMS, SYNC, MANUAL or SYSTEM")?;
    let user: String = arguments.value("clearUser").unwrap_or_default().chars().take(64).collect();
    let rows = ids.into_iter().map(|id| match id.chars().count() {
        0..=ALARM_ID_MAX => Ok(end(id, clear_time, kind.unwrap_or(ClearType::Ems), &user)),
        _ => Err(Wrong::bad("alarmId", id, "it may have at most 64 characters")),
    });
    let (facts, refused, positions) = parted(rows);
    Ok(Decoded { notification: Some(told(notification, &facts)), content: Content::Alarms(facts), refused, positions })
}

/// Facts without a time of their own hold from their receipt: an old end told again would end a newer alarm.
fn told(notification: Notification, facts: &[AlarmFact]) -> Notification {
    Notification { acts_once: facts.iter().any(|fact| fact.own_time().is_none()), ..notification }
}

fn alarm_sync_notify(call: &Call, notification: Notification, habits: &Habits) -> Result<Decoded, Wrong> {
    let arguments = call.arguments();
    let sync_req_id = code(arguments, "syncReqId", 64)?.to_owned();
    let result = sync_result(required(arguments, "result")?)?;
    // A sync that failed has neither files nor times.
    let failed = result != 0;
    let times = (time_of(arguments, "syncStart", &habits.zone)?, time_of(arguments, "syncEnd", &habits.zone)?);
    let (sync_start, sync_end) = match times {
        (Some(start), end) => (start, end.unwrap_or(call.received_at)),
        (None, end) if failed => (end.unwrap_or(call.received_at), end.unwrap_or(call.received_at)),
        (None, _) => return Err(Wrong::missing("syncStart")),
    };
    let alarm_count = if failed { 0 } else { number(arguments, "alarmCount")? };
    let files = if failed { Vec::new() } else { files(arguments, habits.site.as_ref())? };
    let content = Content::SyncReady { sync_req_id, result, files, alarm_count, sync_start, sync_end };
    Ok(Decoded::whole(Some(notification), content))
}

/// `result` is a code; some managers write a word.
fn sync_result(text: &str) -> Result<u32, Wrong> {
    let failed = u32::from(ResultCode::General.number());
    match text.to_ascii_lowercase().as_str() {
        "ok" | "succ" | "success" | "成功" => Ok(0),
        "fail" | "failed" | "failure" | "error" | "失败" => Ok(failed),
        code => code.parse().map_err(|_| Wrong::bad("result", text, "0 is needed for success, or a result code")),
    }
}

fn alarm_list_rebuilt(call: &Call, notification: Notification) -> Decoded {
    let reason = call.arguments().value("reason").unwrap_or_default().chars().take(400).collect();
    Decoded::whole(Some(notification), Content::AlarmListRebuilt { reason })
}

fn pm_data_ready_notify(call: &Call, notification: Notification, habits: &Habits) -> Result<Decoded, Wrong> {
    let arguments = call.arguments();
    let task_id = code(arguments, "pmTaskId", 64)?.to_owned();
    let time = |field| time_of(arguments, field, &habits.zone)?.ok_or_else(|| Wrong::missing(field));
    let (start, end) = (time("periodStart")?, time("periodEnd")?);
    if start >= end {
        let text = arguments.value("periodEnd").unwrap_or_default();
        return Err(Wrong::bad("periodEnd", text, "it must be after periodStart"));
    }
    let files = files(arguments, habits.site.as_ref())?;
    if files.is_empty() {
        return Err(Wrong::missing("fileList"));
    }
    let ready = PerformanceReady { task_id, period: Window::new(start, end), files };
    // What is announced later holds, so an old announcement that is told again must not do anything.
    let notification = Notification { acts_once: true, ..notification };
    Ok(Decoded::whole(Some(notification), Content::PerformanceReady(ready)))
}

fn pm_task_status_notify(call: &Call, notification: Notification) -> Result<Decoded, Wrong> {
    let arguments = call.arguments();
    let task_id = code(arguments, "pmTaskId", 64)?.to_owned();
    let status = read_status(required(arguments, "status")?)?;
    let reason = short(arguments.value("reason"));
    // How it stands holds from its receipt.
    let notification = Notification { acts_once: true, ..notification };
    Ok(Decoded::whole(Some(notification), Content::TaskStatus { task_id, status, reason }))
}

fn test_result_notify(call: &Call, notification: Notification) -> Result<Decoded, Wrong> {
    let test_id = code(call.arguments(), "testId", 64)?.to_owned();
    let result = read_result(call.arguments())?;
    Ok(Decoded::whole(Some(notification), Content::TestResult { test_id, result }))
}

fn check_size(what: &str, rows: usize) -> Result<(), Wrong> {
    match rows {
        0 => Err(Wrong::missing(what)),
        1..=BATCH_MAX => Ok(()),
        _ => Err(Wrong {
            code: ResultCode::TooLarge,
            reason: format!("{rows} rows of {what} in one call; send at most {BATCH_MAX}"),
        }),
    }
}
