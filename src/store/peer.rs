//! What we know of our peers: their short numbers, when each was heard, when it was silent, and how
//! far its notifications have come.

use std::collections::HashMap;

use model::source::{SourceId, SourceKind, SyncRun};
use model::time::{Time, Window};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// A source's short number in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceNo(pub i64);

/// What is kept of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerState {
    /// Number.
    pub source_no: SourceNo,
    /// System code.
    pub source: SourceId,
    /// Kind.
    pub kind: SourceKind,
    /// Any authenticated message or a good `isAlive` answer.
    pub last_heard: Option<Time>,
    /// Receive time less the manager's time of the latest alarm, in milliseconds.
    pub lag_ms: Option<i64>,
    /// The last resync.
    pub last_sync: Option<SyncRun>,
}

/// A silence of a source: from last heard to heard again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Number.
    pub id: i64,
    /// Source.
    pub source: SourceNo,
    /// Last heard.
    pub start: Time,
    /// Heard again; `None` while it lasts.
    pub end: Option<Time>,
}

/// How far the notifications of one interface of a source have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationState {
    /// Source.
    pub source: SourceNo,
    /// Interface (service name).
    pub interface: String,
    /// Highest number.
    pub last_id: u64,
    /// Numbers below it that have not come: first and last of each gap.
    pub gaps: Vec<(u64, u64)>,
    /// Since when there is a gap.
    pub gap_since: Option<Time>,
    /// The last numbers with the digest of what came with each.
    pub recent: Vec<(u64, u64)>,
}

crate::value::row!(PeerRow {
    source_no: i64,
    source: String,
    kind: String,
    last_heard_at: Option<i64>,
    lag_ms: Option<i64>,
    sync: String,
});
crate::value::row!(SilenceRow { id: i64, source_no: i64, start_at: i64, end_at: Option<i64> });
crate::value::row!(NotificationRow {
    source_no: i64,
    interface: String,
    last_id: i64,
    gaps: String,
    gap_since: Option<i64>,
    recent: String,
});

const BY_CODE: &str = "select source_no from peer_state where source = $1";
const INSERT: &str = "insert into peer_state (source_no, source, kind) values ($1, $2, $3)";
const RENAME_KIND: &str = "update peer_state set kind = $2 where source_no = $1 and kind <> $2";
const ALL: &str = "select source_no, source, kind, last_heard_at, lag_ms, sync from peer_state order by source";
const NAMES: &str = "select source_no, source from peer_state";
const HEARD: &str = "update peer_state set last_heard_at = $2, lag_ms = coalesce($3, lag_ms)
    where source_no = $1 and (last_heard_at is null or last_heard_at <= $2)";
const PUT_SYNC: &str = "update peer_state set sync = $2 where source_no = $1";
const OPEN_SILENCE: &str = "insert into silence (id, source_no, start_at)
    select $1, $2, $3 where not exists (select 1 from silence where source_no = $2 and end_at is null)";
const CLOSE_SILENCE: &str = "update silence set end_at = $2 where source_no = $1 and end_at is null";
const SILENCES: &str = "select id, source_no, start_at, end_at from silence
    where source_no = $1 and start_at < $3 and (end_at is null or end_at > $2) order by start_at limit 100000";
const NOTIFICATIONS: &str = "select source_no, interface, last_id, gaps, gap_since, recent from notification";
const PUT_NOTIFICATION: &str = "insert into notification (source_no, interface, last_id, gaps, gap_since, recent)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (source_no, interface) do update
    set last_id = excluded.last_id, gaps = excluded.gaps, gap_since = excluded.gap_since, recent = excluded.recent";

/// The number of a source; a new source gets one.
///
/// # Errors
/// What the database says.
pub async fn register_source(tx: &mut Tx, source: &SourceId, kind: SourceKind) -> Result<SourceNo, StoreError> {
    if let Some((number,)) = tx.fetch_optional::<(i64,)>(BY_CODE, args![source.as_str()]).await? {
        tx.execute(RENAME_KIND, args![number, kind.word()]).await?;
        return Ok(SourceNo(number));
    }
    let number = allocate(tx, Counter::Source, 1).await?;
    tx.execute(INSERT, args![number, source.as_str(), kind.word()]).await?;
    Ok(SourceNo(number))
}

/// All sources ever configured, by code.
///
/// # Errors
/// What the database says.
pub async fn peer_states(tx: &mut Tx) -> Result<Vec<PeerState>, StoreError> {
    let rows: Vec<PeerRow> = tx.fetch_all(ALL, &[]).await?;
    rows.into_iter().map(PeerState::read).collect()
}

pub(crate) async fn source_names(tx: &mut Tx) -> Result<HashMap<i64, SourceId>, StoreError> {
    let rows: Vec<(i64, String)> = tx.fetch_all(NAMES, &[]).await?;
    Ok(rows.into_iter().map(|(number, code)| (number, SourceId::new(&code))).collect())
}

/// A source was heard, with its lag if an alarm told it. Earlier than known changes nothing.
///
/// # Errors
/// What the database says.
pub async fn heard(tx: &mut Tx, source: SourceNo, at: Time, lag_ms: Option<i64>) -> Result<(), StoreError> {
    tx.execute(HEARD, args![source.0, at, lag_ms]).await.map(drop)
}

/// Keeps how the last resync stands.
///
/// # Errors
/// What the database says.
pub async fn put_sync(tx: &mut Tx, source: SourceNo, sync: &SyncRun) -> Result<(), StoreError> {
    let text = serde_json::to_string(sync).map_err(|error| StoreError::corrupt("peer_state", error))?;
    tx.execute(PUT_SYNC, args![source.0, &text]).await.map(drop)
}

/// A silence began at `start`, unless one lasts already.
///
/// # Errors
/// What the database says.
pub async fn open_silence(tx: &mut Tx, source: SourceNo, start: Time) -> Result<(), StoreError> {
    let id = allocate(tx, Counter::Silence, 1).await?;
    tx.execute(OPEN_SILENCE, args![id, source.0, start]).await.map(drop)
}

/// The silence that lasts ended at `end`, if there is one.
///
/// # Errors
/// What the database says.
pub async fn close_silence(tx: &mut Tx, source: SourceNo, end: Time) -> Result<(), StoreError> {
    tx.execute(CLOSE_SILENCE, args![source.0, end]).await.map(drop)
}

/// The silences of a source that touch a window, in order.
///
/// # Errors
/// What the database says.
pub async fn silences_of(tx: &mut Tx, source: SourceNo, window: Window) -> Result<Vec<Silence>, StoreError> {
    let rows: Vec<SilenceRow> = tx.fetch_all(SILENCES, args![source.0, window.start, window.end]).await?;
    let silence = |row: SilenceRow| Silence {
        id: row.id,
        source: SourceNo(row.source_no),
        start: Time::from_ms(row.start_at),
        end: row.end_at.map(Time::from_ms),
    };
    Ok(rows.into_iter().map(silence).collect())
}

/// How far every interface has come.
///
/// # Errors
/// What the database says.
pub async fn notification_states(tx: &mut Tx) -> Result<Vec<NotificationState>, StoreError> {
    let rows: Vec<NotificationRow> = tx.fetch_all(NOTIFICATIONS, &[]).await?;
    let state = |row: NotificationRow| {
        Ok(NotificationState {
            source: SourceNo(row.source_no),
            interface: row.interface,
            last_id: row.last_id.cast_unsigned(),
            gaps: serde_json::from_str(&row.gaps).map_err(|error| StoreError::corrupt("notification", error))?,
            gap_since: row.gap_since.map(Time::from_ms),
            recent: serde_json::from_str(&row.recent).map_err(|error| StoreError::corrupt("notification", error))?,
        })
    };
    rows.into_iter().map(state).collect()
}

/// Keeps how far an interface has come.
///
/// # Errors
/// What the database says.
pub async fn put_notification_state(tx: &mut Tx, state: &NotificationState) -> Result<(), StoreError> {
    let gaps = serde_json::to_string(&state.gaps).map_err(|error| StoreError::corrupt("notification", error))?;
    let recent = serde_json::to_string(&state.recent).map_err(|error| StoreError::corrupt("notification", error))?;
    // The wire's number is unsigned 64 bit; the column keeps the same bits.
    let last_id = state.last_id.cast_signed();
    let args = args![state.source.0, &state.interface, last_id, &gaps, state.gap_since, &recent];
    tx.execute(PUT_NOTIFICATION, args).await.map(drop)
}

// === impl PeerState ===

impl PeerState {
    fn read(row: PeerRow) -> Result<Self, StoreError> {
        let kind = SourceKind::from_word(&row.kind).ok_or_else(|| StoreError::corrupt("peer_state", &row.kind))?;
        let last_sync = if row.sync.is_empty() {
            None
        } else {
            Some(serde_json::from_str(&row.sync).map_err(|error| StoreError::corrupt("peer_state", error))?)
        };
        Ok(PeerState {
            source_no: SourceNo(row.source_no),
            source: SourceId::new(&row.source),
            kind,
            last_heard: row.last_heard_at.map(Time::from_ms),
            lag_ms: row.lag_ms,
            last_sync,
        })
    }
}

#[cfg(test)]
mod tests;
