//! The schedule: once a month, on its day and hour, the reports of the month before are asked for.

use engine::period::Period;
use engine::plan::Plan;
use jiff::ToSpan;
use model::report::{Language, RunState};
use model::time::{Time, Window};
use store::audit::{AuditEntry, add_audit};
use store::report::{Recipient, Run, add_run, is_scheduled};
use store::version::begun_at;

use super::Reporter;
use crate::config::Reports;

impl Reporter {
    /// Asks for the reports of the month that is over, if it is time and nobody has.
    pub(super) async fn ask_for_last_month(&self, now: Time) -> anyhow::Result<()> {
        let Some((label, period)) = due(&self.settings, now) else { return Ok(()) };
        for language in Language::ALL.iter().copied().filter(|language| self.is_spoken(*language)) {
            let mut tx = self.deps.db.write().await?;
            // Of a month before the database was made there is nothing to say.
            if period.end <= begun_at(&mut tx, now).await? || is_scheduled(&mut tx, &label, language).await? {
                continue;
            }
            let inventory = self.board.network().inventory;
            let rows = inventory.served_in(period).into_iter().filter_map(|ix| inventory.customer(ix));
            let rows = rows.filter(|row| self.maker.look.wants(row.no, language, &self.settings.languages));
            let recipients: Vec<Recipient> =
                rows.map(|row| Recipient { no: row.no.to_owned(), name: row.name.to_owned() }).collect();
            if recipients.is_empty() {
                continue;
            }
            let run = Run {
                id: 0,
                label: label.clone(),
                period,
                language,
                formats: self.settings.formats.clone(),
                state: RunState::Queued,
                scheduled: true,
                requested_by: String::new(),
                requested_at: now,
                customers: 0,
                done: 0,
                failed: 0,
                begun_at: None,
                begun_count: 0,
                ended_at: None,
            };
            let run = add_run(&mut tx, &run, &recipients).await?;
            let entry = AuditEntry {
                id: 0,
                at: now,
                who: "system".to_owned(),
                what: "report.run".to_owned(),
                object: run.id.to_string(),
                detail: format!("{label} {language} for {} customers", run.customers),
            };
            add_audit(&mut tx, &entry).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl Reporter {
    /// Somebody gets scheduled reports in this language.
    fn is_spoken(&self, language: Language) -> bool {
        let wished = self.maker.look.wishes.iter().any(|wishes| wishes.language == Some(language));
        wished || self.settings.languages.contains(&language)
    }
}

/// The month to be reported: the one before this, from the settings' day and hour on.
pub(super) fn due(settings: &Reports, now: Time) -> Option<(String, Window)> {
    if !settings.monthly {
        return None;
    }
    let plan = Plan::default();
    let today = plan.zone.civil(now);
    let first = today.date().first_of_month();
    let at = first.with().day(settings.day).build().ok()?.at(settings.hour, 0, 0, 0);
    let last = first.checked_sub(1.month()).ok()?;
    let period = Period::Month { year: last.year(), month: last.month() }.window(&plan, None).ok()?;
    (today >= at).then(|| (last.strftime("%Y-%m").to_string(), period))
}

#[cfg(test)]
mod tests;
