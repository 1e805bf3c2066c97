//! Sends issued reports by mail to customers that have an address: one message for each revision with all
//! its files. The relay's answer is the receipt. What it cannot take now is tried again with growing
//! pauses; what it refuses for good is given up. Whether a message that was sent just before a crash had
//! been taken nobody knows: it is sent again, under the same `Message-ID`.

mod message;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use model::report::{Channel, DeliveryState};
use model::time::Time;
use store::report::delivery::{Delivery, due_deliveries, put_delivery};
use store::report::issue::{Document, document_by_id, documents_of_issue};
use store::{StoreError, Tx};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use crate::config::Mail;
use message::Letter;

/// How often it looks for mail.
const LOOK: Duration = Duration::from_secs(1);
/// How long the relay may take for one step.
const PATIENCE: Duration = Duration::from_secs(60);
/// Deliveries looked at together.
const DUE_MAX: u32 = 100;
/// Pause after the first failure; each next is twice as long, up to the longest.
const PAUSE_MS: i64 = 5_000;
const PAUSE_MAX_MS: i64 = 3_600_000;
/// Tries; together they last about a day.
const TRIES_MAX: u32 = 30;
/// Characters of an answer that are kept.
const RECEIPT_MAX: usize = 500;

/// What the task needs.
pub struct Mailer {
    /// Tools.
    pub deps: TaskDeps,
    /// Relay, sender and addresses.
    pub settings: Mail,
    /// The carrier's name.
    pub carrier: String,
    /// Folder of the issued reports.
    pub folder: PathBuf,
}

/// What the relay said.
enum Answer {
    Taken(String),
    NotNow(String),
    Never(String),
}

/// Sends mail until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(mailer: Arc<Mailer>, stop: CancellationToken) -> anyhow::Result<()> {
    let relay = mailer.relay()?;
    loop {
        while !stop.is_cancelled() && mailer.step(&relay).await? {}
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return Ok(());
        }
    }
}

/// The address for a customer's reports: the configured one, else the contact's; `None` if there is none.
///
/// # Errors
/// What the database says.
pub(super) async fn address_of(tx: &mut Tx, settings: &Mail, customer_no: &str) -> Result<Option<String>, StoreError> {
    if let Some(address) = settings.to.get(customer_no) {
        return Ok(Some(address.clone()));
    }
    let class = model::resource::Class::Customer;
    let rows = store::resource::rows_of_keys(tx, class, &[customer_no.to_owned()]).await?;
    let told = rows.first().map(|(_, row)| row.get("contactEmail").trim().to_owned());
    Ok(told.filter(|address| address.parse::<lettre::Address>().is_ok()))
}

impl Mailer {
    fn relay(&self) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
        let Mail { host, port, starttls, .. } = &self.settings;
        let tls = if *starttls { Tls::Required(TlsParameters::new(host.clone())?) } else { Tls::None };
        let relay = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(*port).tls(tls);
        Ok(relay.timeout(Some(PATIENCE)).build())
    }

    /// Sends the message that is due for the longest time; `true` if there may be more.
    async fn step(&self, relay: &AsyncSmtpTransport<Tokio1Executor>) -> anyhow::Result<bool> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.read().await?;
        let due = due_deliveries(&mut tx, Channel::Mail, now, DUE_MAX).await?;
        let Some(first) = due.first() else { return Ok(false) };
        let Some(of) = document_by_id(&mut tx, first.document_id).await? else { return Ok(false) };
        // Files of one revision travel together.
        let documents = documents_of_issue(&mut tx, of.issue_id).await?;
        let (documents, due): (Vec<Document>, Vec<Delivery>) = documents
            .into_iter()
            .filter_map(|document| {
                let delivery = due.iter().find(|delivery| delivery.document_id == document.id)?;
                Some((document, delivery.clone()))
            })
            .unzip();
        let to = address_of(&mut tx, &self.settings, &of.customer_no).await?;
        drop(tx);
        let answer = match to {
            Some(to) => self.send(relay, &to, documents, now).await,
            None => Answer::Never("the customer has no mail address any more".to_owned()),
        };
        let mut tx = self.deps.db.write().await?;
        for delivery in &due {
            put_delivery(&mut tx, &after(delivery, &answer, self.deps.clock.now())).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn send(
        &self,
        relay: &AsyncSmtpTransport<Tokio1Executor>,
        to: &str,
        documents: Vec<Document>,
        now: Time,
    ) -> Answer {
        let letter = Letter { from: &self.settings.from, to, carrier: &self.carrier, now };
        let message = match letter.written(&self.folder, &documents).await {
            Ok(message) => message,
            Err(error) => return Answer::NotNow(error.to_string()),
        };
        match relay.send(message).await {
            Ok(response) => {
                let lines: Vec<&str> = response.message().collect();
                Answer::Taken(format!("{} {}", response.code(), lines.join(" ")))
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
                let said = format!("{error}{cause}");
                if error.is_permanent() { Answer::Never(said) } else { Answer::NotNow(said) }
            }
        }
    }
}

/// What a delivery is after an answer.
fn after(delivery: &Delivery, answer: &Answer, now: Time) -> Delivery {
    let tries = delivery.tries + 1;
    let (state, at, receipt) = match answer {
        Answer::Taken(said) => (DeliveryState::Delivered, now, said),
        Answer::Never(said) => (DeliveryState::Failed, now, said),
        Answer::NotNow(said) if tries >= TRIES_MAX => (DeliveryState::Failed, now, said),
        Answer::NotNow(said) => (DeliveryState::Waiting, now.plus_ms(pause_ms(tries)), said),
    };
    let receipt = receipt.chars().take(RECEIPT_MAX).collect();
    Delivery { state, at, tries, receipt, ..delivery.clone() }
}

/// The pause after so many tries.
fn pause_ms(tries: u32) -> i64 {
    let doublings = tries.saturating_sub(1).min(20);
    (PAUSE_MS << doublings).min(PAUSE_MAX_MS)
}

#[cfg(test)]
mod tests;
