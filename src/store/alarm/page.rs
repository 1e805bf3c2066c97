//! Alarm history, page by page: newest first, by raise time and number.

use model::alarm::Severity;
use model::fault::FaultNo;
use model::time::Time;

use crate::alarm::episode::{self, AlarmColumns, AlarmRow, join_alarm, select_alarm};
use crate::error::StoreError;
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::args;

/// Most alarms of one page.
const LIMIT_MAX: i64 = 1000;

/// Which alarms, by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlarmStateFilter {
    /// All.
    #[default]
    All,
    /// Active ones.
    Active,
    /// Cleared ones.
    Cleared,
}

/// Which alarms to list. The default is all.
#[derive(Clone, Debug, Default)]
pub struct AlarmFilter {
    /// By state.
    pub state: AlarmStateFilter,
    /// Of these severities; empty = of all.
    pub severities: Vec<Severity>,
    /// Of this source.
    pub source: Option<SourceNo>,
    /// Of this fault.
    pub fault: Option<FaultNo>,
    /// With this text in title, cause, object, element, location or key; empty = any.
    pub text: String,
    /// Raised at or after.
    pub from: Option<Time>,
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmCursor {
    /// Raise time of its last alarm.
    pub raised_at: Time,
    /// Number of its last alarm.
    pub id: i64,
}

const PAGE: &str = concat!(
    select_alarm!(),
    " from alarm a",
    join_alarm!(),
    " left join alarm_subject s on s.id = e.subject_id
        where (a.raised_at, a.id) < ($1, $2)
        and a.raised_at >= $3
        and ($4 = 0 or ($4 = 1 and a.cleared_at is null) or ($4 = 2 and a.cleared_at is not null))
        and ($5 = '' or $5 like '%' || e.severity || '%')
        and ($6 = 0 or i.source_no = $6)
        and ($7 = 0 or a.fault_no = $7)
        and ($8 = '' or lower(s.content) like $8 escape '\\' or lower(i.alarm_key) like $8 escape '\\')
        order by a.raised_at desc, a.id desc
        limit $9"
);

/// One page of alarms after `after` (from the newest on if it is `None`), at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn alarms_page(
    tx: &mut Tx,
    filter: &AlarmFilter,
    after: Option<AlarmCursor>,
    limit: u32,
) -> Result<Vec<AlarmRow>, StoreError> {
    let after = after.unwrap_or(AlarmCursor { raised_at: Time::MAX, id: i64::MAX });
    let state: i64 = match filter.state {
        AlarmStateFilter::All => 0,
        AlarmStateFilter::Active => 1,
        AlarmStateFilter::Cleared => 2,
    };
    let severities: Vec<String> = filter.severities.iter().map(|severity| severity.number().to_string()).collect();
    let rows: Vec<AlarmColumns> = tx
        .fetch_all(
            PAGE,
            args![
                after.raised_at,
                after.id,
                filter.from.unwrap_or(Time::MIN),
                state,
                severities.concat().as_str(),
                filter.source.map_or(0, |source| source.0),
                filter.fault.map_or(0, |fault| fault.0),
                like(&filter.text).as_str(),
                i64::from(limit).clamp(1, LIMIT_MAX),
            ],
        )
        .await?;
    episode::read(tx, rows).await
}

/// A `like` pattern for text anywhere, lower-cased; empty for no text.
fn like(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let escaped = text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
