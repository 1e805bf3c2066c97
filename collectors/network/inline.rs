//! A list of active alarms that came with the answer to the request: the same rules as for one in files, with
//! the answer's count in place of control files.

use model::alarm::AlarmFact;
use model::code::ResultCode;
use model::time::Time;
use soap::client::Answer;

use crate::fields::{Wrong, number, time_of};
use crate::habits::Habits;
use crate::network::snapshot::{Announced, Listed};
use crate::network::wire::{alarm_elements, read_alarm};

/// The answer of a manager that holds its list.
#[derive(Debug)]
pub struct ListAnswer(Answer);

/// A list that was read from an answer.
#[derive(Debug)]
pub struct Inline {
    /// Its alarms.
    pub listed: Listed,
    /// What the answer says of it.
    pub announced: Announced,
    /// What the answer does not say although a list needs it to clear anything; a sentence.
    pub lacking: Option<String>,
}

// === impl ListAnswer ===

impl ListAnswer {
    /// The answer, if it holds a list: with `syncStart`, `alarmCount` or an alarm.
    pub fn of(answer: Answer) -> Option<Self> {
        let result = answer.result();
        let has_list = ["syncStart", "alarmCount"].iter().any(|name| result.value(name).is_some())
            || !alarm_elements(result).is_empty();
        has_list.then_some(ListAnswer(answer))
    }

    /// Reads the list that was asked for as `sync_req_id` at `asked_at`. Takes long for a long list.
    pub fn read(&self, sync_req_id: &str, asked_at: Time, habits: &Habits) -> Inline {
        let result = self.0.result();
        let mut listed = Listed::default();
        for element in alarm_elements(result) {
            listed.rows += 1;
            match read_alarm(element, habits) {
                Ok(record) => listed.alarms.push(AlarmFact::Record(record.into())),
                Err(Wrong { code, reason }) => listed.refuse(listed.rows, code, reason),
            }
        }
        let count = number(result, "alarmCount");
        let start =
            time_of(result, "syncStart", &habits.zone).and_then(|at| at.ok_or_else(|| Wrong::missing("syncStart")));
        let lacking = [count.as_ref().err(), start.as_ref().err()].into_iter().flatten().next();
        let lacking = lacking.map(|wrong| format!("the answer with the list cannot be believed: {}", wrong.reason));
        let announced = Announced {
            sync_req_id: sync_req_id.to_owned(),
            result: u32::from(ResultCode::Ok.number()),
            alarm_count: count.unwrap_or(listed.rows),
            records: listed.rows,
            sync_start: start.unwrap_or(asked_at),
            partial: false,
        };
        Inline { listed, announced, lacking }
    }
}
