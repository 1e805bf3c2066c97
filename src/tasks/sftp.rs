//! Puts issued reports on an SFTP site, each under a name of its own and its revision's. A file that is
//! there already with the same bytes is left alone, so one that was sent just before a crash is not sent
//! twice. What cannot be done now is tried again with growing pauses.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::report::Channel;
use sftp::{Limits, Put, Session, SftpError, Site};
use store::report::delivery::{Delivery, due_deliveries, put_delivery};
use store::report::issue::{Document, document_by_id};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::delivery::{Answer, after};
use crate::config::Sftp;
use crate::reports::file::issued;

/// How often it looks for files.
const LOOK: Duration = Duration::from_secs(1);
/// Files put in one session.
const DUE_MAX: u32 = 100;

/// What the task needs.
pub struct Courier {
    /// Tools.
    pub deps: TaskDeps,
    /// Site and folders.
    pub settings: Sftp,
    /// Folder of the issued reports.
    pub folder: PathBuf,
}

/// Sends files until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(courier: Arc<Courier>, stop: CancellationToken) -> anyhow::Result<()> {
    let site = courier.settings.site()?;
    loop {
        // A stop need not wait for a slow site: what is not noted is looked at again.
        while let Some(more) = stop.run_until_cancelled(courier.step(&site)).await {
            if !more? {
                break;
            }
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return Ok(());
        }
    }
}

impl Courier {
    /// Sends what is due in one session; `true` if there may be more.
    async fn step(&self, site: &Site) -> anyhow::Result<bool> {
        let mut tx = self.deps.db.read().await?;
        let due = due_deliveries(&mut tx, Channel::Sftp, self.deps.clock.now(), DUE_MAX).await?;
        drop(tx);
        if due.is_empty() {
            return Ok(false);
        }
        let session = match Session::open(site, Limits::default()).await {
            Ok(session) => session,
            Err(error) => {
                let said = Answer::NotNow(with_cause(&error));
                tracing::warn!(%error, "reports cannot be sent by SFTP now: {error}");
                for delivery in &due {
                    self.note(delivery, &said, &delivery.place).await?;
                }
                return Ok(true);
            }
        };
        for delivery in &due {
            let (answer, place) = self.send(&session, site, delivery).await?;
            self.note(delivery, &answer, &place).await?;
            // What is left goes through another session, unless the site only refused this file.
            if matches!(answer, Answer::NotNow(_)) && !session.answers().await {
                return Ok(true);
            }
        }
        session.close().await;
        Ok(true)
    }

    /// Puts one file; what the site said and where it went.
    async fn send(&self, session: &Session, site: &Site, delivery: &Delivery) -> anyhow::Result<(Answer, String)> {
        let mut tx = self.deps.db.read().await?;
        let document = document_by_id(&mut tx, delivery.document_id).await?;
        drop(tx);
        let placed = |document: Document| {
            let path = self.settings.place(&document.customer_no, &document.path)?;
            Some((document, path))
        };
        let Some((document, path)) = document.and_then(placed) else {
            let said = "no folder on the site is configured for the customer any more".to_owned();
            return Ok((Answer::Never(said), delivery.place.clone()));
        };
        let answer = match issued(&self.folder, &document).await {
            Ok(content) => match session.put(&path, &content).await {
                Ok(put) => Answer::Taken(receipt(put, &document)),
                Err(error) => Answer::NotNow(with_cause(&error)),
            },
            Err(error) => Answer::NotNow(format!("{error:#}")),
        };
        Ok((answer, site.url(&path)))
    }

    async fn note(&self, delivery: &Delivery, answer: &Answer, place: &str) -> anyhow::Result<()> {
        let mut tx = self.deps.db.write().await?;
        put_delivery(&mut tx, &after(delivery, answer, place, self.deps.clock.now())).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn receipt(put: Put, document: &Document) -> String {
    let how = match put {
        Put::Written => "written",
        Put::AlreadyThere => "was there already",
    };
    format!("{how}: {} bytes, SHA-256 {}", document.bytes, document.sha256)
}

fn with_cause(error: &SftpError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
