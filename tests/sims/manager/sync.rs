//! The whole list of active alarms: in the answer, or a file with its control file, then the notice.

use model::alarm::AlarmRecord;
use model::code::ResultCode;
use model::time::Time;
use soap::{Reply, XmlWriter};

use super::{Manager, SyncHabit};
use crate::alarm;
use crate::error::SimError;
use crate::files::{self, FileFault};
use crate::history::alarm_table;
use crate::wire;

const TRIES: u32 = 20;

/// What the notice says.
#[derive(Debug)]
struct Notice<'a> {
    sync_req_id: &'a str,
    result: ResultCode,
    files: Vec<String>,
    alarm_count: u64,
    start: Time,
}

// === impl Manager ===

impl Manager {
    /// Writes the list and tells that it is ready, or whatever the habit says.
    pub(super) async fn sync(&self, sync_req_id: &str, habit: SyncHabit) {
        if habit == SyncHabit::Forgotten {
            return;
        }
        let start = self.clock.now();
        let (alarms, alarm_count) = self.listed(habit);
        if let SyncHabit::Late(ms) = habit {
            self.clock.sleep(ms).await;
        }
        let notice = match (habit, self.write_list(sync_req_id, &alarms, habit)) {
            (SyncHabit::Failed, _) | (_, Err(_)) => {
                Notice { sync_req_id, result: ResultCode::Internal, files: Vec::new(), alarm_count: 0, start }
            }
            (_, Ok(path)) => Notice { sync_req_id, result: ResultCode::Ok, files: vec![path], alarm_count, start },
        };
        let id = self.link.notification_id();
        self.notify(&notice, id).await;
        if habit == SyncHabit::Twice {
            self.notify(&notice, id).await;
        }
    }

    /// The list as an answer.
    pub(super) fn answer_list(&self, habit: SyncHabit) -> Reply {
        let zone = self.link.zone();
        let (alarms, alarm_count) = self.listed(habit);
        let start = zone.write_local(self.clock.now());
        match habit {
            SyncHabit::Forgotten => Reply::ok(),
            SyncHabit::Failed => Reply::coded(ResultCode::General, "the list could not be read"),
            _ => Reply::with(|w| {
                w.text("syncStart", &start).value("alarmCount", alarm_count);
                for record in &alarms {
                    w.nest("alarm", |w| wire::write_alarm(w, record, zone));
                }
            }),
        }
    }

    /// What it lists, and how many it says there are.
    fn listed(&self, habit: SyncHabit) -> (Vec<AlarmRecord>, u64) {
        let state = self.state.lock();
        let listed = |record: &AlarmRecord| match state.habits.nameless {
            true => alarm::nameless(record),
            false => record.clone(),
        };
        let mut alarms: Vec<AlarmRecord> = state.active.values().map(listed).collect();
        match habit {
            SyncHabit::Empty => alarms.clear(),
            SyncHabit::Half => alarms.truncate(alarms.len() / 2),
            _ => {}
        }
        let extra = if let SyncHabit::WrongCount(extra) = habit { extra } else { 0 };
        let count = alarms.len() as u64 + extra;
        (alarms, count)
    }

    fn write_list(&self, sync_req_id: &str, alarms: &[AlarmRecord], habit: SyncHabit) -> Result<String, SimError> {
        let zone = self.link.zone();
        let directory = files::directory(self.link.sys_code(), "ALM", self.clock.now(), zone);
        // The id comes from outside and becomes part of a file's name.
        let safe: String = sync_req_id.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
        let path = format!("{directory}/ALM-{safe}-001.csv.gz");
        let fault = if let SyncHabit::Fault(fault) = habit { fault } else { FileFault::None };
        self.publisher.publish(&path, &alarm_table(alarms.iter(), zone), fault)?;
        Ok(path)
    }

    async fn notify(&self, notice: &Notice<'_>, id: u64) {
        let zone = self.link.zone();
        let end = self.clock.now();
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", id).text("syncReqId", notice.sync_req_id).value("result", notice.result);
            for file in &notice.files {
                w.text("fileList", file);
            }
            w.value("alarmCount", notice.alarm_count);
            w.text("syncStart", zone.write_local(notice.start)).text("syncEnd", zone.write_local(end));
        };
        if let Err(error) = self.link.insist("alarmSyncNotify", TRIES, &write).await {
            tracing::warn!(%error, sync_req_id = notice.sync_req_id, "the daemon did not take a sync notice");
        }
    }
}
