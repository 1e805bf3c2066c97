//! What the desk tells the daemon: positional strings and records inside a string.

use model::time::Time;
use model::work::{Cutover, KeyProtection};
use soap::eoms::{Arguments, Record};
use soap::{ClientError, XmlWriter};

use super::{Desk, Sheet, people};
use crate::wire::{CUTOVER_COLUMNS, cutover_cells};

/// A daemon that is being restarted is called this often.
const TRIES: u32 = 60;
/// Time for a repair, from the opening.
const DEAL_LIMIT_S: i64 = 4 * 3600;

// === impl Desk ===

impl Desk {
    /// `confirmWorkSheet`, then the state.
    pub(super) async fn accept(&self, sheet_no: &str) -> Result<(), ClientError> {
        let Some(sheet) = self.sheet(sheet_no) else { return Ok(()) };
        let limit = self.local(sheet.opened_at.plus_s(DEAL_LIMIT_S));
        let record = key_of(&sheet).labelled("dealTimeLimit", "处理时限", limit);
        self.say("confirmWorkSheet", "值班员陈静", record).await?;
        self.set_status(sheet_no, people::ACCEPTED).await
    }

    /// `replyWorkSheet`: what it was and when service was back.
    pub(super) async fn reply(&self, sheet_no: &str) -> Result<(), ClientError> {
        let Some(sheet) = self.sheet(sheet_no) else { return Ok(()) };
        let restored = sheet.cleared_at.unwrap_or_else(|| self.clock.now());
        let [cause, party, action] = explanation(&sheet);
        let record = key_of(&sheet)
            .labelled("recoverTime", "恢复时间", self.local(restored))
            .labelled("causeClass", "故障原因类别", cause)
            .labelled("responsibleParty", "责任方", party)
            .labelled("exclusionCode", "免责代码", "")
            .labelled("action", "处理措施", action);
        self.say("replyWorkSheet", "抢修班组刘强", record).await?;
        self.set_status(sheet_no, people::REPLIED).await
    }

    /// `withdrawWorkSheet`: the sheet is rejected.
    pub(super) async fn withdraw(&self, sheet_no: &str, reason: &str) -> Result<(), ClientError> {
        let Some(sheet) = self.sheet(sheet_no) else { return Ok(()) };
        self.say("withdrawWorkSheet", "值班员陈静", key_of(&sheet).with("withdrawReason", reason)).await
    }

    /// `suspendWorkSheet`: the clock stops.
    pub(super) async fn suspend(&self, sheet_no: &str, reason_code: &str, at: Time) -> Result<(), ClientError> {
        let Some(sheet) = self.sheet(sheet_no) else { return Ok(()) };
        let record = key_of(&sheet).labelled("suspendTime", "挂起时间", self.local(at)).labelled(
            "reasonCode",
            "挂起原因代码",
            reason_code,
        );
        self.say("suspendWorkSheet", "值班员陈静", record).await
    }

    /// `resumeWorkSheet`: the clock runs again.
    pub(super) async fn resume(&self, sheet_no: &str, at: Time) -> Result<(), ClientError> {
        let Some(sheet) = self.sheet(sheet_no) else { return Ok(()) };
        let record = key_of(&sheet).labelled("resumeTime", "恢复计时时间", self.local(at));
        self.say("resumeWorkSheet", "值班员陈静", record).await
    }

    /// Changes the state and tells it.
    pub(super) async fn set_status(&self, sheet_no: &str, status: &str) -> Result<(), ClientError> {
        if let Some(sheet) = self.state.lock().sheets.get_mut(sheet_no) {
            status.clone_into(&mut sheet.status);
        }
        self.tell_status(sheet_no).await
    }

    /// `syncSheetState`.
    pub(super) async fn tell_status(&self, sheet_no: &str) -> Result<(), ClientError> {
        let Some(sheet) = self.sheet(sheet_no) else { return Ok(()) };
        let record = key_of(&sheet)
            .labelled("sheetStatus", "工单状态", sheet.status.as_str())
            .labelled("statusTime", "状态时间", self.local(self.clock.now()))
            .labelled("dealTimeLimit", "处理时限", self.local(sheet.opened_at.plus_s(DEAL_LIMIT_S)));
        self.say("syncSheetState", "EOMS", record).await
    }

    /// `syncKeyProtectCircuit`, told when the task says.
    pub(super) async fn tell_key_protection(&self, task: &KeyProtection) -> Result<(), ClientError> {
        let local = |at: Option<Time>| at.map(|at| self.local(at)).unwrap_or_default();
        let record = Record::default()
            .labelled("taskNo", "重保任务编号", task.task_no.as_str())
            .labelled("level", "重保级别", task.level.map(|level| level.word()).unwrap_or_default())
            .labelled("startTime", "开始时间", local(task.window.map(|window| window.start)))
            .labelled("endTime", "结束时间", local(task.window.map(|window| window.end)))
            .labelled("circuitCodes", "电路代号", task.circuit_codes.join(";"))
            .labelled("opType", "操作类型", task.op_type.word());
        let told_at = task.told_at.unwrap_or_else(|| self.clock.now());
        self.say_at("syncKeyProtectCircuit", "重保负责人", record, told_at).await
    }

    /// `syncCutover`.
    pub(super) async fn tell_cutover(&self, cutover: &Cutover) -> Result<(), ClientError> {
        let cells = cutover_cells(cutover, self.link.zone());
        let named = CUTOVER_COLUMNS.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
        let record = named.fold(Record::default(), |record, (name, cell)| record.with(name, cell));
        self.say("syncCutover", &cutover.manager, record).await
    }

    fn sheet(&self, sheet_no: &str) -> Option<Sheet> {
        self.state.lock().sheets.get(sheet_no).cloned()
    }

    async fn say(&self, operation: &'static str, person: &str, record: Record) -> Result<(), ClientError> {
        self.say_at(operation, person, record, self.clock.now()).await
    }

    async fn say_at(&self, operation: &'static str, person: &str, record: Record, at: Time) -> Result<(), ClientError> {
        let arguments = Arguments {
            person: person.to_owned(),
            corp: "省公司".to_owned(),
            depart: "网络运维部".to_owned(),
            time: self.local(at),
            records: vec![record],
            ..Arguments::default()
        };
        let write = |w: &mut XmlWriter| arguments.write(w);
        let answer = self.link.insist(operation, TRIES, &write).await?;
        match answer.text() {
            "" | "0" => Ok(()),
            text => Err(ClientError::Refused { code: String::new(), message: text.to_owned() }),
        }
    }

    fn local(&self, at: Time) -> String {
        self.link.zone().write_local(at)
    }
}

fn key_of(sheet: &Sheet) -> Record {
    Record::default().labelled("alarmId", "告警标识", sheet.alarm_id.as_str()).labelled(
        "sheetNo",
        "工单号",
        sheet.sheet_no.as_str(),
    )
}

/// Cause, responsible party and action for what the ticket says happened.
fn explanation(sheet: &Sheet) -> [&'static str; 3] {
    match sheet.fields.get("alarmStaId") {
        "R_LOS" => ["光缆中断", "第三方施工", "现场熔接光缆，业务恢复"],
        "HARD_BAD" => ["设备故障", "运营商", "更换单板，业务恢复"],
        "POWER_FAIL" => ["动力故障", "供电公司", "油机供电，市电恢复"],
        _ => ["线路质量", "运营商", "清洁尾纤，指标恢复"],
    }
}
