//! One customer of a run: the report is made, compared with the last one that was issued, and, if it says
//! something else, issued as the next revision.

use std::path::Path;
use std::sync::Arc;

use model::report::{Channel, DeliveryState, Format};
use model::time::Time;
use report::Fonts;
use report::input::Report;
use report::parts::Parts;
use store::report::delivery::{Delivery, add_delivery};
use store::report::issue::{
    Issue, NewDocument, Pin, add_document, add_issue, documents_of_issue, latest_issue, pins_of_issue,
};
use store::report::{File, Run, count_customer, fail_file, finish_file};
use store::{StoreError, Tx};

use super::Reporter;
use crate::reports::credits::{Advisor, advices};
use crate::reports::file::{Name, Written, rendered, write};
use crate::reports::maker::{MakeError, Material, Wanted};
use crate::reports::words::Said;
use crate::tasks::mail::address_of;

/// Characters of an error that are kept.
const ERROR_MAX: usize = 500;

/// What became of one file.
type Outcome = Result<Written, String>;

impl Reporter {
    /// Makes the waiting files of one customer.
    pub(super) async fn serve(&self, run: &Run, files: Vec<File>) -> anyhow::Result<()> {
        let Some(recipient) = files.first().map(|file| &file.recipient) else { return Ok(()) };
        let now = self.deps.clock.now();
        let wanted = Wanted { customer_no: &recipient.no, label: &run.label, language: run.language, now };
        let network = self.board.network();
        let material = match self.maker.make(&network, &wanted).await {
            Ok(material) => material,
            Err(MakeError::Store(error)) if error.temporary() => return Err(error.into()),
            Err(error) => return self.give_up(run, &files, &error.to_string()).await,
        };
        let (issue, known) = self.issue_of(&wanted, &material).await?;
        let advices = if issue.is_final { advices(&material) } else { Vec::new() };
        let mut report = material.report;
        (report.revision, report.generated_at) = (issue.revision, issue.generated_at);
        report.revision_note = Some(issue.note.clone()).filter(|note| !note.is_empty());
        let issue = Issue { digest: report::digest(&report), ..issue };
        let missing: Vec<Format> = files
            .iter()
            .map(|file| file.format)
            .filter(|format| !known.iter().any(|(held, _)| held == format))
            .collect();
        let made = self.write_all(report, &wanted, missing).await?;
        let mut tx = self.deps.db.write().await?;
        let (issue_id, documents) = self.keep(&mut tx, &issue, &material.pins, &made).await?;
        // What was not given out advises nothing, and what was given out before has done so already.
        if let Some(issue_id) = issue_id.filter(|_| issue.id == 0) {
            let advisor = Advisor { inventory: &network.inventory, label: &run.label, issue_id, at: now };
            advisor.advise(&mut tx, &advices).await?;
        }
        let mut outcome = Ok(());
        for file in &files {
            let document = known.iter().chain(&documents).find(|(format, _)| *format == file.format);
            let error =
                made.iter().find(|(format, _)| *format == file.format).and_then(|(_, made)| made.as_ref().err());
            match (document, error) {
                (Some((_, document)), _) => finish_file(&mut tx, file.id, *document).await?,
                (None, error) => {
                    outcome = Err(());
                    fail_file(&mut tx, file.id, error.map_or("it was not made", String::as_str)).await?;
                }
            }
        }
        count_customer(&mut tx, run.id, outcome).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The revision that a report is: the last one if that says the same (with the documents that it has),
    /// else the next.
    async fn issue_of(
        &self,
        wanted: &Wanted<'_>,
        material: &Material,
    ) -> Result<(Issue, Vec<(Format, i64)>), StoreError> {
        let content = report::digest(&material.report);
        let parts = Parts::of(&material.report);
        let mut tx = self.deps.db.read().await?;
        let last = latest_issue(&mut tx, wanted.customer_no, wanted.label, wanted.language).await?;
        let mut note = match (&last, material.is_final) {
            (_, false) => Said(wanted.language).preliminary(material.as_of, &material.report.zone),
            _ => String::new(),
        };
        if let Some(last) = &last {
            if last.content == content && last.is_final == material.is_final {
                let documents = documents_of_issue(&mut tx, last.id).await?;
                let known = documents.iter().map(|document| (document.format, document.id)).collect();
                return Ok((last.clone(), known));
            }
            let changed = changed(&mut tx, last.id, &material.pins).await?;
            let names =
                Said(wanted.language).superseding(last.revision, &changed, &parts.changed_since(&parts_of(last)?));
            note = format!("{names} {note}").trim_end().to_owned();
        }
        let issue = Issue {
            id: 0,
            customer_no: wanted.customer_no.to_owned(),
            label: wanted.label.to_owned(),
            language: wanted.language,
            revision: last.map_or(1, |last| last.revision + 1),
            is_final: material.is_final,
            content,
            digest: String::new(),
            note,
            parts: serde_json::to_string(&parts).map_err(|error| unreadable(&error))?,
            generated_at: wanted.now,
        };
        Ok((issue, Vec::new()))
    }

    /// Renders and writes what is missing, beside the runtime.
    async fn write_all(
        &self,
        report: Report,
        wanted: &Wanted<'_>,
        formats: Vec<Format>,
    ) -> anyhow::Result<Vec<(Format, Outcome)>> {
        let (folder, fonts) = (self.folder.clone(), Arc::clone(&self.fonts));
        let (label, customer_no, language) = (wanted.label.to_owned(), wanted.customer_no.to_owned(), wanted.language);
        let all = move || {
            let one = |format: Format| {
                let name =
                    Name { label: &label, customer_no: &customer_no, language, revision: report.revision, format };
                (format, written(&report, &fonts, (&folder, name)))
            };
            formats.into_iter().map(one).collect()
        };
        Ok(tokio::task::spawn_blocking(all).await?)
    }

    /// Keeps what was written: a new revision with what it is pinned to, its documents, and that the portal
    /// has them and whereto they are to go. A revision of which nothing could be written was never issued.
    async fn keep(
        &self,
        tx: &mut Tx,
        issue: &Issue,
        pins: &[(Pin, String)],
        made: &[(Format, Outcome)],
    ) -> Result<(Option<i64>, Vec<(Format, i64)>), StoreError> {
        let written: Vec<(Format, &Written)> =
            made.iter().filter_map(|(format, made)| Some((*format, made.as_ref().ok()?))).collect();
        if written.is_empty() {
            return Ok((None, Vec::new()));
        }
        let issue_id = if issue.id == 0 {
            let pins: Vec<Pin> = pins.iter().map(|(pin, _)| pin.clone()).collect();
            add_issue(tx, issue, &pins).await?
        } else {
            issue.id
        };
        let by_mail = match &self.settings.mail {
            Some(mail) if issue.is_final => address_of(tx, mail, &issue.customer_no).await?.is_some(),
            _ => false,
        };
        let mut documents = Vec::with_capacity(written.len());
        for (format, written) in written {
            let now = self.deps.clock.now();
            let document = NewDocument {
                issue_id,
                customer_no: &issue.customer_no,
                format,
                path: &written.path,
                bytes: written.bytes,
                sha256: &written.sha256,
                created_at: now,
            };
            let id = add_document(tx, document).await?;
            add_delivery(tx, &in_portal(id, now)).await?;
            let by_sftp = issue.is_final && self.by_sftp(&issue.customer_no, &written.path);
            for (channel, _) in [(Channel::Mail, by_mail), (Channel::Sftp, by_sftp)].iter().filter(|(_, goes)| *goes) {
                let state = DeliveryState::Waiting;
                add_delivery(tx, &Delivery { channel: *channel, state, tries: 0, ..in_portal(id, now) }).await?;
            }
            documents.push((format, id));
        }
        Ok((Some(issue_id), documents))
    }

    /// Does a file go to the SFTP site?
    fn by_sftp(&self, customer_no: &str, path: &str) -> bool {
        self.settings.sftp.as_ref().is_some_and(|sftp| sftp.place(customer_no, path).is_some())
    }

    /// Nothing of a customer could be made.
    async fn give_up(&self, run: &Run, files: &[File], error: &str) -> anyhow::Result<()> {
        let mut tx = self.deps.db.write().await?;
        for file in files {
            fail_file(&mut tx, file.id, error).await?;
        }
        count_customer(&mut tx, run.id, Err(())).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The parts of a revision.
fn parts_of(issue: &Issue) -> Result<Parts, StoreError> {
    serde_json::from_str(&issue.parts).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { table: "report_issue", what: error.to_string() }
}

/// Circuits whose figure is another than in a revision before, with what made it so.
async fn changed(tx: &mut Tx, issue_id: i64, pins: &[(Pin, String)]) -> Result<Vec<(String, String)>, StoreError> {
    let mut changed = Vec::new();
    let mut before: Vec<Pin> = Vec::new();
    loop {
        let after = before.last().map_or(String::new(), |last| last.circuit_code.clone());
        let page = pins_of_issue(tx, issue_id, &after).await?;
        if page.is_empty() {
            break;
        }
        before.extend(page);
    }
    for (pin, cause) in pins {
        let held = before.binary_search_by(|held| held.circuit_code.cmp(&pin.circuit_code));
        if held.ok().and_then(|place| before.get(place)).is_some_and(|held| held != pin) {
            changed.push((pin.circuit_code.clone(), cause.clone()));
        }
    }
    Ok(changed)
}

fn in_portal(document_id: i64, at: Time) -> Delivery {
    Delivery {
        document_id,
        channel: Channel::Portal,
        state: DeliveryState::Delivered,
        at,
        tries: 1,
        receipt: String::new(),
        place: String::new(),
    }
}

fn written(report: &Report, fonts: &Fonts, (folder, name): (&Path, Name<'_>)) -> Outcome {
    let short = |text: String| text.chars().take(ERROR_MAX).collect::<String>();
    let content = rendered(report, fonts, name.format).map_err(|error| short(error.to_string()))?;
    write(folder, name.path(), &content).map_err(|error| short(format!("the file could not be written: {error}")))
}
