//! The message: a sentence in the report's language and the files of one revision.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use model::time::Time;
use store::report::issue::Document;

use crate::reports::file::issued;
use crate::reports::words::Said;

/// Whom a message goes to and whom it comes from.
pub(super) struct Letter<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) carrier: &'a str,
    pub(super) now: Time,
}

impl Letter<'_> {
    /// The message with these files.
    ///
    /// # Errors
    /// If there is no file, one cannot be read, or an address is none.
    pub(super) async fn written(&self, folder: &Path, documents: &[Document]) -> anyhow::Result<Message> {
        let first = documents.first().context("there is no file to send")?;
        let from: Mailbox = self.from.parse().context("the sender's address")?;
        let to: Mailbox = self.to.parse().context("the customer's address")?;
        let (said, label, revision) = (Said(first.language), &first.label, first.revision);
        let subject = said.say(
            &format!("{label} 服务质量报告（第 {revision} 版） {}", self.carrier),
            &format!("Service report {label}, revision {revision} {}", self.carrier),
        );
        let text = said.say(
            &format!("您好：\n\n附件为客户 {} {label} 月度服务质量报告第 {revision} 版。\n", first.customer_no),
            &format!(
                "Please find attached the service report {label} of customer {}, revision {revision}.\n",
                first.customer_no
            ),
        );
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(text));
        for document in documents {
            let content = issued(folder, document).await?;
            let kind = ContentType::parse(document.format.media_type())?;
            let name = format!("{label}-{}-r{revision}.{}", document.language, document.format);
            parts = parts.singlepart(Attachment::new(name).body(content, kind));
        }
        let id = format!("<report-{}@{}>", first.issue_id, from.email.domain());
        let since = Duration::from_millis(u64::try_from(self.now.ms()).unwrap_or_default());
        let message = Message::builder().from(from).to(to).subject(subject.trim()).message_id(Some(id));
        Ok(message.date(SystemTime::UNIX_EPOCH + since).multipart(parts)?)
    }
}
