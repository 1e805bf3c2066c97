//! Sends issued reports by mail to customers that have an address: one message for each revision with all
//! its files. The relay's answer is the receipt. Whether a message that was sent just before a crash had
//! been taken nobody knows: it is sent again, under the same `Message-ID`.

mod message;
pub(crate) mod relay;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::AsyncTransport;
use model::report::Channel;
use model::time::Time;
use store::report::delivery::{Delivery, due_deliveries, put_delivery};
use store::report::issue::{Document, document_by_id, documents_of_issue};
use store::{StoreError, Tx};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::delivery::{Answer, after};
use crate::config::Mail;
use message::Letter;
use relay::{Relay, relay};

/// How often it looks for mail.
const LOOK: Duration = Duration::from_secs(1);
/// Deliveries looked at together.
const DUE_MAX: u32 = 100;
/// Answers about our login: that is for us to mend, not the customer's address.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];

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

/// Sends mail until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(mailer: Arc<Mailer>, stop: CancellationToken) -> anyhow::Result<()> {
    let relay = relay(&mailer.settings)?;
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
    /// Sends the message that is due for the longest time; `true` if there may be more.
    async fn step(&self, relay: &Relay) -> anyhow::Result<bool> {
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
        let answer = match &to {
            Some(to) => self.send(relay, to, documents, now).await,
            None => Answer::Never("the customer has no mail address any more".to_owned()),
        };
        let place = to.unwrap_or_default();
        let mut tx = self.deps.db.write().await?;
        for delivery in &due {
            put_delivery(&mut tx, &after(delivery, &answer, &place, self.deps.clock.now())).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn send(&self, relay: &Relay, to: &str, documents: Vec<Document>, now: Time) -> Answer {
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
                let is_login = error.status().is_some_and(|code| LOGIN_CODES.contains(&code.into()));
                if error.is_permanent() && !is_login { Answer::Never(said) } else { Answer::NotNow(said) }
            }
        }
    }
}
