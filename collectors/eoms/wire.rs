//! The e-ops system's words: fields of `opDetail` by `fieldEnName`, and answers such as
//! `sheetNo=…;errList=…`.

use model::alarm::Severity;
use model::code::ResultCode;
use model::time::{Time, Zone};
use model::work::{Cutover, KeyProtection, OpType, ProtectLevel};
use serde::{Deserialize, Serialize};
use soap::eoms::{Record, SheetAnswer};

use crate::fields::{Wrong, time};
use crate::habits::Habits;

/// Bytes of one list of a dispatch, so that the message stays below what a peer reads; `circuitCount` says how
/// many circuits there are.
const LISTED_BYTES_MAX: usize = 2 << 20;
/// Words of a refusal that mean "I have it already", in any case.
const EXISTS_WORDS: [&str; 4] = ["exist", "duplicate", "已存在", "重复"];

/// What `newAlarm` says: a fault, as the e-ops system must know it. Kept as JSON until it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAlarm {
    /// Our key, `<sysCode>_<faultNo>-<episode>`.
    pub alarm_id: String,
    /// Native cause of the root.
    pub alarm_sta_id: String,
    /// Title.
    pub alarm_title: String,
    /// When the fault began.
    pub alarm_create_time: Time,
    /// Type of the root's element.
    pub ne_type: String,
    /// Name of the root's element.
    pub ne_name: String,
    /// Severity.
    pub alarm_level: Severity,
    /// Number of the fault.
    pub fault_no: String,
    /// Circuits that are down or degraded.
    pub circuit_codes: Vec<String>,
    /// How many.
    pub circuit_count: u64,
    /// Their customers.
    pub customer_nos: Vec<String>,
    /// The best of their levels.
    pub customer_level: String,
    /// The best of their service levels.
    pub service_level: String,
    /// A key-protected circuit is among them.
    pub is_key_protect: bool,
    /// When the first of their SLAs is broken.
    pub sla_deadline: Option<Time>,
    /// The root cause in words.
    pub root_cause: String,
    /// Sent by a person, not by a rule.
    pub manual: bool,
}

/// What `syncAlarm` says: the fault is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncAlarm {
    /// Our key.
    pub alarm_id: String,
    /// When it was over.
    pub clear_time: Time,
    /// Who cleared it, where a person did; empty otherwise.
    pub staff_no: String,
}

/// What `untreadWorkSheet` says: the repair is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntreadWorkSheet {
    /// Our key.
    pub alarm_id: String,
    /// The e-ops system's number.
    pub sheet_no: String,
    /// Why.
    pub reason: String,
}

/// What a peer did with a dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dispatched {
    /// It has a ticket of this number.
    Sheet(String),
    /// It has one already; ask for its number.
    Exists,
    /// It refuses.
    Refused(String),
}

/// A ticket that a peer found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its number.
    pub sheet_no: String,
    /// The peer's word for its state.
    pub sheet_status: String,
}

// === impl NewAlarm ===

impl NewAlarm {
    /// As a record, its fields in the contract's order, cut to the contract's lengths.
    pub fn to_record(&self, zone: &Zone) -> Record {
        let local = |at: Time| zone.write_local(at);
        // Four levels are known there; what a manager cannot tell is the least of them.
        let level = match self.alarm_level {
            Severity::Indeterminate => Severity::Warning,
            known => known,
        };
        Record::default()
            .labelled("alarmId", "告警标识", cut(&self.alarm_id, 80))
            .labelled("alarmStaId", "标准告警标识", or_dash(&self.alarm_sta_id, 80))
            .labelled("alarmTitle", "告警标题", or_dash(&self.alarm_title, 400))
            .labelled("alarmCreateTime", "告警发生时间", local(self.alarm_create_time))
            .labelled("NeType", "网元类型", or_dash(&self.ne_type, 20))
            .labelled("neName", "网元名称", or_dash(&self.ne_name, 32))
            .labelled("alarmLevel", "告警级别", level.number().to_string())
            .labelled("faultNo", "故障编号", self.fault_no.as_str())
            .labelled("circuitCodes", "电路代号", listed(&self.circuit_codes, LISTED_BYTES_MAX))
            .labelled("circuitCount", "电路数量", self.circuit_count.to_string())
            .labelled("customerNos", "客户编号", listed(&self.customer_nos, LISTED_BYTES_MAX))
            .labelled("customerLevel", "客户等级", self.customer_level.as_str())
            .labelled("serviceLevel", "服务等级", self.service_level.as_str())
            .labelled("isKeyProtect", "重保", if self.is_key_protect { "1" } else { "0" })
            .labelled("slaDeadline", "SLA时限", self.sla_deadline.map(local).unwrap_or_default())
            .labelled("rootCause", "根因", cut(&self.root_cause, 400))
            .labelled("createType", "派单方式", if self.manual { "1" } else { "0" })
    }
}

// === impl SyncAlarm ===

impl SyncAlarm {
    /// As a record.
    pub fn to_record(&self, zone: &Zone) -> Record {
        let by_hand = !self.staff_no.is_empty();
        let record = Record::default()
            .labelled("alarmId", "告警标识", self.alarm_id.as_str())
            .labelled("alarmStatus", "告警状态", if by_hand { "2" } else { "1" })
            .labelled("clearTime", "清除时间", zone.write_local(self.clear_time));
        if by_hand { record.labelled("staffNo", "清除人", self.staff_no.as_str()) } else { record }
    }
}

// === impl UntreadWorkSheet ===

impl UntreadWorkSheet {
    /// As a record.
    pub fn to_record(&self) -> Record {
        Record::default()
            .labelled("alarmId", "告警标识", self.alarm_id.as_str())
            .labelled("sheetNo", "工单号", self.sheet_no.as_str())
            .labelled("untreadReason", "退回原因", cut(&self.reason, 400))
    }
}

/// The codes in one text, in whole codes up to so many bytes.
fn listed(codes: &[String], bytes_max: usize) -> String {
    let mut text = String::new();
    for code in codes {
        if text.len() + 1 + code.len() > bytes_max {
            break;
        }
        if !text.is_empty() {
            text.push(';');
        }
        text.push_str(code);
    }
    text
}

/// What the answer to `newAlarm` means; `None` if it cannot be told.
pub fn read_dispatched(text: &str) -> Option<Dispatched> {
    let answer = SheetAnswer::read(text)?;
    match (answer.sheet_no.is_empty(), answer.err_list.is_empty()) {
        (false, _) => Some(Dispatched::Sheet(answer.sheet_no)),
        (true, false) if says_exists("", &answer.err_list) => Some(Dispatched::Exists),
        (true, false) => Some(Dispatched::Refused(answer.err_list)),
        (true, true) => None,
    }
}

/// A refusal of `newAlarm` that means "I have it already": as good as delivered.
pub fn says_exists(code: &str, text: &str) -> bool {
    let lower = text.to_lowercase();
    let denied = lower.contains("not exist") || lower.contains("不存在");
    code == ResultCode::Duplicate.number().to_string()
        || (!denied && EXISTS_WORDS.iter().any(|word| lower.contains(word)))
}

/// What the answer to `querySheet` says: a ticket, or none. `Err` holds the peer's complaint or an
/// answer that cannot be read: then nothing is known.
pub fn read_sheet(text: &str) -> Result<Option<Sheet>, String> {
    let answer = SheetAnswer::read(text)
        .ok_or_else(|| format!("the answer to querySheet cannot be read: {}", cut(text, 120)))?;
    match (answer.sheet_no.is_empty(), answer.err_list.is_empty()) {
        (false, _) => {
            Ok(Some(Sheet { sheet_no: answer.sheet_no, sheet_status: answer.sheet_status.unwrap_or_default() }))
        }
        (true, true) => Ok(None),
        (true, false) => Err(answer.err_list),
    }
}

/// A cutover out of a record; `received_at` is not set here: the writer knows the first revision.
///
/// # Errors
/// [`Wrong`] with the field.
pub fn read_cutover(record: &Named<'_>, habits: &Habits) -> Result<Cutover, Wrong> {
    let cutover_no = record.must("cutoverNo", 64)?.to_owned();
    let op_type = op_type(record)?;
    let revision = record.get("revision");
    let is_affect = match record.get("isAffect") {
        "1" | "Y" | "true" | "是" => true,
        "0" | "N" | "false" | "否" => false,
        "" if op_type == OpType::Cancel => false,
        "" => return Err(Wrong::missing("isAffect")),
        other => return Err(Wrong::bad("isAffect", other, "it must be 1 or 0")),
    };
    let window = |start: &str, end: &str| record.window(start, end, &habits.zone);
    let affect = window("affectStartTime", "affectEndTime")?;
    if is_affect && affect.is_none() && op_type != OpType::Cancel {
        return Err(Wrong::missing("affectStartTime"));
    }
    Ok(Cutover {
        cutover_no,
        title: cut(record.get("title"), 400),
        work: window("cutStartTime", "cutEndTime")?,
        is_affect,
        affect,
        affect_info: cut(record.get("affectInfo"), 4000),
        manager: cut(record.get("manager"), 64),
        phone: cut(record.get("phone"), 64),
        circuit_codes: codes(record.get("circuitCodes"))?,
        op_type,
        revision: match revision {
            "" => Cutover::UNNUMBERED,
            text => text.parse().map_err(|_| Wrong::bad("revision", text, "a whole number is needed"))?,
        },
        notified_at: time("notifiedTime", record.get("notifiedTime"), &habits.zone)?,
    })
}

/// A protection task out of a record; `told_at` is when its sender says that it was told.
///
/// # Errors
/// [`Wrong`] with the field.
pub fn read_key_protection(record: &Named<'_>, told_at: Option<Time>, habits: &Habits) -> Result<KeyProtection, Wrong> {
    let task_no = record.must("taskNo", 64)?.to_owned();
    let op_type = op_type(record)?;
    let level = match record.get("level") {
        "" if op_type == OpType::Cancel => None,
        "" => return Err(Wrong::missing("level")),
        word => Some(
            ProtectLevel::from_word(&word.to_ascii_uppercase())
                .ok_or_else(|| Wrong::bad("level", word, "it must be A, B or C"))?,
        ),
    };
    let window = record.window("startTime", "endTime", &habits.zone)?;
    let circuit_codes = codes(record.get("circuitCodes"))?;
    if op_type != OpType::Cancel {
        window.ok_or_else(|| Wrong::missing("startTime"))?;
        circuit_codes.first().ok_or_else(|| Wrong::missing("circuitCodes"))?;
    }
    Ok(KeyProtection { task_no, level, window, circuit_codes, op_type, told_at })
}

/// ADD, MOD or CANCEL; ADD if it is not said.
fn op_type(record: &Named<'_>) -> Result<OpType, Wrong> {
    let word = record.get("opType");
    match OpType::from_word(&word.to_ascii_uppercase()) {
        Some(op @ (OpType::Add | OpType::Mod | OpType::Cancel)) => Ok(op),
        _ if word.is_empty() => Ok(OpType::Add),
        _ => Err(Wrong::bad("opType", word, "it must be ADD, MOD or CANCEL")),
    }
}

/// A record by our names of its fields.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    fields: Vec<(&'a str, &'a str)>,
}

// === impl Named ===

impl<'a> Named<'a> {
    /// The fields of a record, the peer's names replaced by ours.
    pub fn new(record: &'a Record, habits: &'a Habits) -> Self {
        let field = |field: &'a soap::eoms::Field| (habits.our_name(&field.name), field.content.trim());
        Named { fields: record.fields.iter().map(field).collect() }
    }

    /// Content of a field, whatever the case of its name; empty if it is absent.
    pub fn get(&self, name: &str) -> &'a str {
        self.fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, content)| content)
    }

    /// The first of several names that has content.
    pub fn any(&self, names: &[&str]) -> &'a str {
        names.iter().map(|name| self.get(name)).find(|content| !content.is_empty()).unwrap_or_default()
    }

    /// A field that must be there.
    pub(crate) fn must(&self, name: &str, most: usize) -> Result<&'a str, Wrong> {
        match self.get(name) {
            "" => Err(Wrong::missing(name)),
            text if text.chars().count() > most => {
                Err(Wrong::bad(name, text, &format!("it may have at most {most} characters")))
            }
            text => Ok(text),
        }
    }

    fn window(&self, start: &str, end: &str, zone: &Zone) -> Result<Option<model::time::Window>, Wrong> {
        let times = (time(start, self.get(start), zone)?, time(end, self.get(end), zone)?);
        match times {
            (None, None) => Ok(None),
            (Some(from), Some(to)) if from <= to => Ok(Some(model::time::Window::new(from, to))),
            (Some(_), Some(_)) => Err(Wrong::bad(end, self.get(end), &format!("it is before {start}"))),
            (None, Some(_)) => Err(Wrong::missing(start)),
            (Some(_), None) => Err(Wrong::missing(end)),
        }
    }
}

fn codes(text: &str) -> Result<Vec<String>, Wrong> {
    let codes: Vec<&str> = text.split([';', '；']).map(str::trim).filter(|code| !code.is_empty()).collect();
    match codes.iter().find(|code| code.chars().count() > 64) {
        Some(long) => Err(Wrong::bad("circuitCodes", long, "a code may have at most 64 characters")),
        None => Ok(codes.into_iter().map(str::to_owned).collect()),
    }
}

/// The first characters of a text.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A mandatory field is never empty on the wire.
fn or_dash(text: &str, most: usize) -> String {
    if text.is_empty() { "-".to_owned() } else { cut(text, most) }
}

#[cfg(test)]
pub(crate) mod tests;
