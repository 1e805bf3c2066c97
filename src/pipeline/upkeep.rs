//! What every group does beside its content: who was heard, what is numbered, what time has made due.

use intake::Submission;
use model::source::{SourceId, SourceKind};
use model::time::Time;
use store::peer::NotificationState;
use store::quarantine::{Kind, Quarantined, put_quarantine};
use store::{StoreError, peer};
use web::board::Change;

use super::alarms::Telling;
use super::content::Context;
use super::deps::{Deps, ResourceErrand, Resync};
use super::notices::{Kept, Notice};
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
pub(super) async fn heard(cx: &mut Context<'_>, submission: &Submission) -> Result<Notice, StoreError> {
    let source = &submission.source;
    let Some(number) = cx.state.number(source) else { return Ok(Notice::New) };
    let now = submission.received_at;
    let heard = cx.state.sources.heard(source, now);
    if heard == Heard::Stranger {
        return Ok(Notice::New);
    }
    if let Heard::Back(silence) = heard {
        tracing::warn!(source.id = %source, silence.ms = silence.length_ms(), "{source} is heard again: asking for a resync");
        peer::open_silence(cx.tx, number, silence.start).await?;
        peer::close_silence(cx.tx, number, silence.end).await?;
        ask_again(cx, source.clone(), "silence");
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
    Ok(note_number(cx, submission))
}

/// Asks a source for what we may have missed: a manager for its list, a resource system for changes.
fn ask_again(cx: &mut Context<'_>, source: SourceId, reason: &'static str) {
    match cx.state.sources.setup(&source).map(|setup| setup.kind) {
        Some(SourceKind::Transport | SourceKind::Ip | SourceKind::Atm | SourceKind::Omc) => {
            cx.stage.resyncs.push(Resync::Ask { source, reason });
        }
        Some(SourceKind::Resource) => {
            cx.stage.resources.push(ResourceErrand::Ask { source, class: None, full: false });
        }
        // What an e-ops system says has no numbers, and it repeats what was not acknowledged. A device has
        // no list to ask for.
        Some(SourceKind::Eoms | SourceKind::Snmp) | None => {}
    }
}

/// Notes the number of a notification; a counter that began anew asks for a resync.
fn note_number(cx: &mut Context<'_>, submission: &Submission) -> Notice {
    let (source, Some(notification)) = (&submission.source, submission.notification) else { return Notice::New };
    let key = submission.message.as_ref();
    let digest = key.map_or(notification.digest, |key| first_bytes(&key.body_sha256));
    let notices = cx.state.notices.entry((source.clone(), notification.interface)).or_default();
    let notice = match notification.anew {
        true => {
            notices.begin_anew(notification.id, digest);
            Notice::CounterReset
        }
        false => notices.note(notification.id, digest, cx.stage.now),
    };
    cx.state.sources.numbered(source, notification.id);
    if notice == Notice::CounterReset {
        tracing::warn!(source.id = %source, notification.id, "{source} counts its notifications anew: asking for a resync");
        ask_again(cx, source.clone(), "gap");
    }
    cx.stage.numbers.insert((source.clone(), notification.interface));
    notice
}

/// Writes how far the numbers of this group's notifications have come.
async fn write_numbers(cx: &mut Context<'_>) -> Result<(), StoreError> {
    for key in std::mem::take(&mut cx.stage.numbers) {
        let (Some(number), Some(notices)) = (cx.state.number(&key.0), cx.state.notices.get(&key)) else { continue };
        let Kept { last: last_id, gaps, gap_since, recent } = notices.kept();
        let interface = key.1.to_owned();
        let state = NotificationState { source: number, interface, last_id, gaps, gap_since, recent };
        peer::put_notification_state(cx.tx, &state).await?;
        cx.stage.wrote = true;
    }
    Ok(())
}

/// A notification was refused: it may come again under its number when what it needs is there.
pub(super) fn forget_number(cx: &mut Context<'_>, submission: &Submission) {
    let Some(notification) = submission.notification else { return };
    if let Some(notices) = cx.state.notices.get_mut(&(submission.source.clone(), notification.interface)) {
        notices.forget(notification.id);
    }
}

/// Keeps what could not be read of a submission.
pub(super) fn quarantine(cx: &mut Context<'_>, submission: &Submission) {
    let Some(first) = submission.refused.first() else { return };
    let what = Quarantined {
        name: submission.message.as_ref().map_or(String::new(), |key| key.msg_id.clone()),
        reason: match first.is_whole() {
            true => format!("{} {}", first.code, first.reason),
            false => {
                format!("{} row(s); row {}: {} {}", submission.refused.len(), first.index, first.code, first.reason)
            }
        },
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
    write_numbers(cx).await?;
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
        ask_again(cx, source, "gap");
    }
    Ok(())
}

/// Counts what became of alarm facts.
pub(super) fn count_facts(deps: &Deps, tellings: &[Telling], fresh: &[(usize, i64)]) {
    let mut new = fresh.iter().map(|(index, _)| *index).peekable();
    for (index, telling) in tellings.iter().enumerate() {
        let outcome = if new.next_if(|next| *next == index).is_some() { FactOutcome::New } else { FactOutcome::Repeat };
        deps.metrics.count_facts(&telling.source, outcome, 1);
    }
}

fn first_bytes(digest: &[u8; 32]) -> u64 {
    digest.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
