//! The people at the desk: they accept a sheet after a while, report the repair when the alarms are
//! over, and archive it later. Each sheet has its own worker.

use std::sync::Arc;

use super::{Desk, Manners};

/// Not accepted yet.
pub(super) const WAITING: &str = "待受理";
/// Accepted, in the first stage.
pub(super) const ACCEPTED: &str = "T1";
/// Worked on.
pub(super) const RUNNING: &str = "0";
/// The repair is reported.
pub(super) const REPLIED: &str = "已回复";
/// Archived.
pub(super) const ARCHIVED: &str = "1";

// === impl Desk ===

impl Desk {
    /// Gives a sheet to somebody, if there is anybody.
    pub(super) fn work_on(self: &Arc<Self>, sheet_no: &str) {
        let Some(manners) = self.manners else { return };
        let (desk, sheet_no) = (Arc::clone(self), sheet_no.to_owned());
        self.tasks.spawn(async move {
            if let Err(error) = desk.handle(&sheet_no, manners).await {
                tracing::warn!(%error, sheet = sheet_no, "the daemon did not take a ticket's news");
            }
        });
    }

    async fn handle(&self, sheet_no: &str, manners: Manners) -> Result<(), soap::ClientError> {
        if self.status(sheet_no) == WAITING {
            self.clock.sleep(manners.accept_ms / 4).await;
            self.tell_status(sheet_no).await?;
            self.clock.sleep(manners.accept_ms * 3 / 4).await;
            self.accept(sheet_no).await?;
        }
        self.until_cleared(sheet_no).await;
        self.clock.sleep(manners.reply_ms).await;
        self.reply(sheet_no).await?;
        self.clock.sleep(manners.archive_ms).await;
        if self.cleared(sheet_no) {
            self.set_status(sheet_no, ARCHIVED).await?;
        }
        Ok(())
    }

    async fn until_cleared(&self, sheet_no: &str) {
        loop {
            let rung = self.bell.notified();
            if self.cleared(sheet_no) {
                return;
            }
            rung.await;
        }
    }

    pub(super) fn status(&self, sheet_no: &str) -> String {
        self.state.lock().sheets.get(sheet_no).map(|sheet| sheet.status.clone()).unwrap_or_default()
    }

    /// Its alarms are over, or it is gone: then nobody needs to wait for them.
    fn cleared(&self, sheet_no: &str) -> bool {
        self.state.lock().sheets.get(sheet_no).is_none_or(|sheet| sheet.cleared_at.is_some())
    }
}
