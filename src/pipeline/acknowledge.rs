//! An operator has seen an alarm. That never clears it (semantics §1).

use std::sync::Arc;

use intake::Refusal;
use model::alarm::Acknowledgement;
use store::alarm as rows;
use web::board::Change;

use super::content::{Context, Stop};

/// Notes an acknowledgement, or takes it back (`note` is `None`).
pub(super) async fn take(cx: &mut Context<'_>, alarm: i64, by: String, note: Option<String>) -> Result<(), Stop> {
    let mark = note.map(|note| Arc::new(Acknowledgement { by, at: cx.stage.now, note }));
    let Some(row) = rows::alarm_by_id(cx.tx, alarm).await? else {
        return Err(Refusal::NotFound(format!("alarm {alarm}")).into());
    };
    rows::acknowledge(cx.tx, alarm, mark.as_deref()).await?;
    cx.stage.wrote = true;
    let shown = match cx.state.book.entry_mut(alarm) {
        Some((_, entry)) => {
            Arc::make_mut(&mut entry.alarm).acknowledged = mark;
            Arc::clone(&entry.alarm)
        }
        None => {
            let mut alarm = row.alarm;
            Arc::make_mut(&mut alarm).acknowledged = mark;
            alarm
        }
    };
    cx.stage.changes.push(Change::Alarm(shown));
    Ok(())
}
