//! What every group does beside its content: who was heard, what is numbered, what time has made due.

use intake::Submission;
use model::source::SourceId;
use model::time::Time;
use store::peer::NotificationState;
use store::quarantine::{Kind, Quarantined, put_quarantine};
use store::{StoreError, peer};
use web::board::Change;

use super::alarms::Telling;
use super::content::Context;
use super::deps::{Deps, Resync};
use super::notices::Notice;
use super::sources::Heard;
use super::state::State;
use crate::aside::{Aside, Hand};
use crate::metrics::FactOutcome;

/// The last heard of a source is written at most this often, unless it was silent.
const HEARD_MS: i64 = 1000;
/// Time is looked at this often when nothing else happens.
const LOOK_MS: i64 = 200;

/// Is it time to look at time?
pub(super) fn is_due(state: &State, now: Time) -> bool {
    now.since(state.looked_at) >= LOOK_MS
}

/// A peer was heard: it is alive, it may be back, its notification has a number.
pub(super) async fn heard(cx: &mut Context<'_>, submission: &Submission) -> Result<(), StoreError> {
    let source = &submission.source;
    let Some(number) = cx.state.number(source) else { return Ok(()) };
    let now = submission.received_at;
    let heard = cx.state.sources.heard(source, now);
    if heard == Heard::Stranger {
        return Ok(());
    }
    if let Heard::Back(silence) = heard {
        tracing::warn!(source.id = %source, silence.ms = silence.length_ms(), "{source} is heard again: asking for a resync");
        peer::open_silence(cx.tx, number, silence.start).await?;
        peer::close_silence(cx.tx, number, silence.end).await?;
        cx.stage.resyncs.push(Resync::Ask { source: source.clone(), reason: "silence" });
        cx.stage.sources.insert(source.clone());
        cx.stage.changes.push(Change::Silence { source: source.clone(), circuits: Vec::new() });
    }
    let written = cx.state.heard_at.get(source).copied();
    if written.is_none_or(|at| now.since(at) >= HEARD_MS) || heard != Heard::Steady {
        peer::heard(cx.tx, number, now, None).await?;
        cx.state.heard_at.insert(source.clone(), now);
        cx.stage.wrote = true;
        cx.stage.sources.insert(source.clone());
    }
    note_number(cx, submission).await
}

/// Notes the number of a notification; a gap or a counter that began anew asks for a resync.
async fn note_number(cx: &mut Context<'_>, submission: &Submission) -> Result<(), StoreError> {
    let (source, Some(notification)) = (&submission.source, submission.notification) else { return Ok(()) };
    let Some(number) = cx.state.number(source) else { return Ok(()) };
    let digest = submission.message.as_ref().map_or(0, |key| first_bytes(&key.body_sha256));
    let notices = cx.state.notices.entry((source.clone(), notification.interface)).or_default();
    if notices.note(notification.id, digest, cx.stage.now) == Notice::CounterReset {
        tracing::warn!(source.id = %source, notification.id, "{source} counts its notifications anew: asking for a resync");
        cx.stage.resyncs.push(Resync::Ask { source: source.clone(), reason: "gap" });
    }
    let state = NotificationState {
        source: number,
        interface: notification.interface.to_owned(),
        last_id: notices.last().unwrap_or(notification.id),
        gaps: Vec::new(),
        gap_since: None,
    };
    cx.stage.numbers.insert((source.clone(), notification.interface), state);
    Ok(())
}

/// Keeps what could not be read of a submission.
pub(super) fn quarantine(cx: &mut Context<'_>, submission: &Submission) {
    let Some(first) = submission.refused.first() else { return };
    let what = Quarantined {
        name: submission.message.as_ref().map_or(String::new(), |key| key.msg_id.clone()),
        reason: format!("{} row(s); row {}: {} {}", submission.refused.len(), first.index, first.code, first.reason),
        size: submission.raw.len() as u64,
        ..Quarantined::once(Kind::Row, &submission.source, submission.received_at)
    };
    put_aside(cx, what, &submission.raw);
    cx.deps.metrics.count_facts(&submission.source, FactOutcome::Refused, submission.refused.len() as u64);
}

/// Puts something of a known peer aside; it is written with the group.
pub(super) fn put_aside(cx: &mut Context<'_>, what: Quarantined, content: &[u8]) {
    let (kind, hand) = (what.kind, Hand::Source(what.source.clone(), what.kind));
    let fate = cx.state.heap.put(hand, what, || content.to_vec());
    cx.deps.metrics.count_quarantined(kind, fate);
}

/// Writes what was put aside.
pub(super) async fn write_aside(cx: &mut Context<'_>, asides: Vec<Aside>) -> Result<(), StoreError> {
    for Aside { what, content } in asides {
        put_quarantine(cx.tx, &what, &content).await?;
        cx.stage.wrote = true;
    }
    Ok(())
}

/// What has become due by time alone: silence, gaps.
pub(super) async fn look_at_time(cx: &mut Context<'_>) -> Result<(), StoreError> {
    for state in std::mem::take(&mut cx.stage.numbers).into_values() {
        peer::put_notification_state(cx.tx, &state).await?;
        cx.stage.wrote = true;
    }
    let asides = cx.state.heap.take();
    write_aside(cx, asides).await?;
    let now = cx.stage.now;
    cx.state.looked_at = now;
    for id in cx.state.sources.newly_stale(now) {
        let Some(since) = cx.state.sources.last_heard(&id) else { continue };
        tracing::warn!(source.id = %id, "{id} is silent since {since}: its circuits are unmeasured");
        if let Some(number) = cx.state.number(&id) {
            peer::open_silence(cx.tx, number, since).await?;
            cx.stage.wrote = true;
        }
        let circuits = super::start::observed(&cx.state.inventory, &cx.state.sources, &id);
        cx.stage.changes.push(Change::Silence { source: id.clone(), circuits });
        cx.stage.sources.insert(id);
    }
    let open = cx.state.notices.iter_mut().filter_map(|((id, _), notices)| notices.take_gap(now).then(|| id.clone()));
    let gaps: Vec<SourceId> = open.collect();
    for source in gaps {
        tracing::warn!(source.id = %source, "notifications of {source} are missing for 30 s: asking for a resync");
        cx.stage.resyncs.push(Resync::Ask { source, reason: "gap" });
    }
    Ok(())
}

/// Counts what became of alarm facts.
pub(super) fn count_facts(deps: &Deps, tellings: &[Telling], fresh: &[usize]) {
    let mut new = fresh.iter().peekable();
    for (index, telling) in tellings.iter().enumerate() {
        let outcome =
            if new.next_if(|next| **next == index).is_some() { FactOutcome::New } else { FactOutcome::Repeat };
        deps.metrics.count_facts(&telling.source, outcome, 1);
    }
}

/// Keeps the number of active alarms, all and by source.
pub(super) fn count_active(state: &mut State, change: &Change) {
    let (source, step) = match change {
        Change::Alarm(alarm) => {
            let was = state.active_ids.contains_key(&alarm.id);
            match (was, alarm.cleared_at.is_none()) {
                (false, true) => {
                    state.active_ids.insert(alarm.id, alarm.source.clone());
                    (alarm.source.clone(), 1)
                }
                (true, false) => {
                    state.active_ids.remove(&alarm.id);
                    (alarm.source.clone(), -1)
                }
                _ => return,
            }
        }
        Change::AlarmGone(id) => match state.active_ids.remove(id) {
            Some(source) => (source, -1),
            None => return,
        },
        _ => return,
    };
    state.sources.add_active(&source, step);
    state.active = state.active_ids.len();
}

fn first_bytes(digest: &[u8; 32]) -> u64 {
    digest.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
