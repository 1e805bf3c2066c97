//! Alarms that Linesman raises about its own peers. They take the same street as all others.

use std::sync::Arc;

use intake::Refusal;
use model::alarm::{AlarmEnd, AlarmFact, AlarmRecord, AlarmStatus, ClearType, ObjectType, ServiceAffecting, Severity};
use model::source::SourceId;

use super::alarms::Telling;
use super::book::{IdentityKey, Origin};
use super::content::Context;

/// Raises an alarm of our own about a peer, or ends it (`text` is `None`). One that is as it should
/// be already is not told again.
pub(super) fn raise(
    cx: &mut Context<'_>,
    title: &'static str,
    about: &SourceId,
    text: Option<&str>,
) -> Result<(), Refusal> {
    let own = cx.deps.own.clone();
    let Some(number) = cx.state.number(&own) else { return Err(Refusal::NotFound(own.to_string())) };
    let alarm_id = format!("{title}-{about}");
    let key = IdentityKey { source: own.clone(), alarm_key: alarm_id.as_str().into() };
    let active = cx.state.book.is_active(&key);
    let fact = match text {
        Some(text) if !active => AlarmFact::Record(Arc::new(AlarmRecord {
            alarm_id: alarm_id.into(),
            object_type: Some(ObjectType::Ems),
            object_id: about.to_string().into(),
            alarm_title: title.into(),
            native_cause: title.into(),
            severity: Severity::Major,
            service_affecting: Some(ServiceAffecting::No),
            alarm_status: Some(AlarmStatus::Active),
            ne_time: Some(cx.stage.now),
            additional_text: text.into(),
            ..AlarmRecord::default()
        })),
        None if active => AlarmFact::End(AlarmEnd {
            alarm_id,
            clear_time: Some(cx.stage.now),
            clear_type: ClearType::System,
            clear_user: String::new(),
        }),
        _ => return Ok(()),
    };
    let now = cx.stage.now;
    cx.stage.tellings.push(Telling::new(&own, number, fact, now, Origin::Live, None));
    Ok(())
}
