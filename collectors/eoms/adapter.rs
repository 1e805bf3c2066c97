//! `Eoms`: what we ask of the e-ops system. A failure says whether the peer may have done it
//! ([`ClientError::Unknown`]); then a look-up decides, never a second call.

use model::time::Time;
use soap::eoms::{Arguments, Record};
use soap::{Client, ClientError, Remote};

use crate::ask::{Asked, CallId};
use crate::eoms::wire::{
    Dispatched, NewAlarm, Sheet, SyncAlarm, UntreadWorkSheet, read_dispatched, read_sheet, says_exists,
};
use crate::peer::Operator;

/// An e-ops system.
#[derive(Clone, Debug)]
pub struct Eoms {
    peer: Asked,
    operator: Operator,
    alive_ok: Vec<String>,
}

/// What a look-up asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// By the peer's number.
    SheetNo(&'a str),
    /// By our key.
    AlarmId(&'a str),
}

// === impl Eoms ===

impl Eoms {
    /// The system behind an address; `operator` acts for us, `alive_ok` are its good answers to `isAlive`.
    pub fn new(client: Client, remote: Remote, operator: Operator, alive_ok: Vec<String>) -> Self {
        Eoms { peer: Asked::new(client, remote), operator, alive_ok }
    }

    /// Asks whether it is alive.
    ///
    /// # Errors
    /// [`ClientError`]; what it says if it is not well comes as [`ClientError::Refused`].
    pub async fn is_alive(&self, now: Time) -> Result<(), ClientError> {
        self.peer.is_alive(CallId { msg_id: "", now }, &self.alive_ok).await
    }

    /// Dispatches a fault.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means; a refusal in `errList` is an answer.
    pub async fn new_alarm(&self, alarm: &NewAlarm, now: Time) -> Result<Dispatched, ClientError> {
        let record = alarm.to_record(&self.peer.remote.zone);
        match self.say("newAlarm", record, now).await {
            Ok(text) => read_dispatched(&text)
                .ok_or_else(|| ClientError::Unknown(format!("neither sheetNo nor errList in the answer {text:?}"))),
            Err(ClientError::Refused { code, message }) if says_exists(&code, &message) => Ok(Dispatched::Exists),
            Err(error) => Err(error),
        }
    }

    /// Tells that a fault is over.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn sync_alarm(&self, alarm: &SyncAlarm, now: Time) -> Result<(), ClientError> {
        let record = alarm.to_record(&self.peer.remote.zone);
        done(&self.say("syncAlarm", record, now).await?)
    }

    /// Rejects a repair: the fault is still there.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn untread_work_sheet(&self, sheet: &UntreadWorkSheet, now: Time) -> Result<(), ClientError> {
        done(&self.say("untreadWorkSheet", sheet.to_record(), now).await?)
    }

    /// Looks a ticket up; `None` if the system says that there is none.
    ///
    /// # Errors
    /// [`ClientError`]: then nothing is known.
    pub async fn query_sheet(&self, lookup: Lookup<'_>, now: Time) -> Result<Option<Sheet>, ClientError> {
        let record = match lookup {
            Lookup::SheetNo(number) => Record::default().labelled("sheetNo", "工单号", number),
            Lookup::AlarmId(key) => Record::default().labelled("alarmId", "告警标识", key),
        };
        let text = self.say("querySheet", record, now).await?;
        read_sheet(&text).map_err(|complaint| refused(&complaint))
    }

    async fn say(&self, operation: &str, record: Record, now: Time) -> Result<String, ClientError> {
        let arguments = Arguments {
            attach_ref: String::new(),
            person: self.operator.person.clone(),
            corp: self.operator.corp.clone(),
            depart: self.operator.depart.clone(),
            contact: self.operator.contact.clone(),
            time: self.peer.remote.zone.write_local(now),
            records: vec![record],
        };
        let answer = self.peer.ask(operation, CallId { msg_id: "", now }, &|w| arguments.write(w)).await?;
        Ok(answer.text().to_owned())
    }
}

/// Ticket operations answer `0` or an error text.
fn done(text: &str) -> Result<(), ClientError> {
    match text {
        "0" | "" => Ok(()),
        text => Err(refused(text)),
    }
}

fn refused(text: &str) -> ClientError {
    ClientError::Refused { code: String::new(), message: text.chars().take(300).collect() }
}

#[cfg(test)]
mod tests;
