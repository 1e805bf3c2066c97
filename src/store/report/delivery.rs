//! Where documents went: in the portal at once, by mail when the relay has taken them, on an
//! SFTP site when it has them whole.

use model::report::{Channel, DeliveryState};
use model::time::Time;

use super::LIMIT_MAX;
use crate::error::{StoreError, expect_rows};
use crate::tx::Tx;
use crate::value::args;

const INSERT: &str = "insert into report_delivery (document_id, channel, state, at, tries, receipt, place)
    values ($1, $2, $3, $4, $5, $6, $7)";
const CHANGE: &str = "update report_delivery set state = $3, at = $4, tries = $5, receipt = $6, place = $7
    where document_id = $1 and channel = $2 and state = 'waiting'";
const AGAIN: &str = "update report_delivery set state = 'waiting', at = $3, tries = 0
    where document_id = $1 and channel = $2 and state = 'failed'";
const OF_DOCUMENT: &str = "select * from report_delivery where document_id = $1
    order by case channel when 'portal' then 0 else 1 end, channel";
const DUE: &str = "select * from report_delivery where channel = $1 and state = 'waiting' and at <= $2
    order by at, document_id limit $3";

/// How a document goes one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The document.
    pub document_id: i64,
    /// The way.
    pub channel: Channel,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it came to that; while it waits: not before.
    pub at: Time,
    /// Tries so far.
    pub tries: u32,
    /// What the other side said last.
    pub receipt: String,
    /// The address or URL that it was sent to last; empty for the portal, or before the first try.
    pub place: String,
}

crate::value::row!(Row {
    document_id: i64,
    channel: String,
    state: String,
    at: i64,
    tries: i64,
    receipt: String,
    place: String,
});

/// Adds a delivery.
///
/// # Errors
/// [`StoreError::Exists`] if the document goes that way already.
pub async fn add_delivery(tx: &mut Tx, delivery: &Delivery) -> Result<(), StoreError> {
    let (channel, state) = (delivery.channel.word(), delivery.state.word());
    let args =
        args![delivery.document_id, channel, state, delivery.at, delivery.tries, &delivery.receipt, &delivery.place];
    tx.execute(INSERT, args).await.map(drop)
}

/// Stores what became of a waiting delivery.
///
/// # Errors
/// [`StoreError::RowCount`] if it does not wait.
pub async fn put_delivery(tx: &mut Tx, delivery: &Delivery) -> Result<(), StoreError> {
    let (channel, state) = (delivery.channel.word(), delivery.state.word());
    let args =
        args![delivery.document_id, channel, state, delivery.at, delivery.tries, &delivery.receipt, &delivery.place];
    expect_rows("change a delivery", 1, tx.execute(CHANGE, args).await?)
}

/// Has a delivery that was given up tried again; `false` if it was not given up.
///
/// # Errors
/// What the database says.
pub async fn try_again(tx: &mut Tx, document_id: i64, channel: Channel, at: Time) -> Result<bool, StoreError> {
    Ok(tx.execute(AGAIN, args![document_id, channel.word(), at]).await? == 1)
}

/// The deliveries of a document, the portal first.
///
/// # Errors
/// What the database says.
pub async fn deliveries_of_document(tx: &mut Tx, document_id: i64) -> Result<Vec<Delivery>, StoreError> {
    tx.fetch_all(OF_DOCUMENT, args![document_id]).await?.into_iter().map(Delivery::read).collect()
}

/// Deliveries that wait for their turn and may be tried now, the longest due first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn due_deliveries(tx: &mut Tx, channel: Channel, now: Time, limit: u32) -> Result<Vec<Delivery>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(DUE, args![channel.word(), now, limit]).await?.into_iter().map(Delivery::read).collect()
}

// === impl Delivery ===

impl Delivery {
    fn read(row: Row) -> Result<Self, StoreError> {
        let bad = |what: &str, word: &str| StoreError::corrupt("report_delivery", format!("{what} {word}"));
        Ok(Delivery {
            document_id: row.document_id,
            channel: Channel::from_word(&row.channel).ok_or_else(|| bad("channel", &row.channel))?,
            state: DeliveryState::from_word(&row.state).ok_or_else(|| bad("state", &row.state))?,
            at: Time::from_ms(row.at),
            tries: u32::try_from(row.tries).unwrap_or_default(),
            receipt: row.receipt,
            place: row.place,
        })
    }
}
