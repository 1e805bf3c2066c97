//! Alarm facts and the episodes made of them.
//!
//! An event is what a peer told us once; it is never changed. Its static part (what the object is,
//! its titles, advice) is a *subject*, stored once and shared by all events that repeat it. An alarm
//! row is an episode of one identity (source, key); it has the number of the first event received of
//! a raise inside it, and names the event whose values are in force.

mod columns;
mod episode;
mod event;
mod identity;
mod page;
mod raw;
mod subject;

pub use episode::{
    AlarmRow, acknowledge, alarm_by_id, alarms_by_ids, alarms_of, alarms_of_fault, alarms_of_faults, delete_alarms,
    each_active_alarm, each_past_alarm_of_open_faults, put_alarms,
};
pub use event::{AlarmEvent, NewEvent, Told, events_of, events_of_circuit, put_events};
pub use identity::{IdentityNo, add_identities, identities_by_keys};
pub use page::{AlarmCursor, AlarmFilter, AlarmStateFilter, alarms_page};
pub use raw::{RawPlace, newest_raw_of, next_raw_block, pack_raw, put_raw_block, raw_by_place, raw_bytes};
pub(crate) use subject::Subjects;

use model::alarm::AlarmFact;

/// The peer's id in a fact.
pub(crate) fn alarm_id_of(fact: &AlarmFact) -> &str {
    match fact {
        AlarmFact::Record(record) => &record.alarm_id,
        AlarmFact::End(end) => &end.alarm_id,
        AlarmFact::Listed(listed) => &listed.alarm_key,
    }
}

#[cfg(test)]
mod tests;
