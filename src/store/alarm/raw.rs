//! Raw messages: the bytes that facts were decoded from, deflated in one block a transaction.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::source::SourceId;
use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// A block never unpacks to more than this: larger ones were not written by us.
const UNPACKED_MAX: u64 = 64 << 20;

/// Where the raw message of an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawPlace {
    /// Block.
    pub block: i64,
    /// Message in the block, from 0.
    pub index: u32,
}

const INSERT: &str = "insert into raw_block (id, at, content) values ($1, $2, $3)";
const BYTES: &str = "select cast(coalesce(sum(length(content)), 0) as bigint) from raw_block";
const BY_ID: &str = "select content from raw_block where id = $1";
// Looks at every event: for a person's command, not for the daemon.
const NEWEST_OF: &str = "select distinct e.raw_block, e.raw_index from peer_state p
    join alarm_identity i on i.source_no = p.source_no
    join alarm_event e on e.id / 4194304 = i.id and e.raw_block is not null
    where p.source = $1 order by e.raw_block desc, e.raw_index desc limit $2";

/// Packs messages into a block: each with its length before it, deflated together because they are
/// alike. Pure, so that it can run off the writer.
pub fn pack_raw<'a>(messages: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    for message in messages {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        // Writing to a vector cannot fail; a message of 4 GiB is refused long before.
        let _ = packed.write_all(&length.to_le_bytes());
        let _ = packed.write_all(message);
    }
    packed.finish().unwrap_or_default()
}

/// The number of the next block: events name it while its messages are still being packed.
///
/// # Errors
/// What the database says.
pub async fn next_raw_block(tx: &mut Tx) -> Result<i64, StoreError> {
    allocate(tx, Counter::RawBlock, 1).await
}

/// Stores a packed block under its number.
///
/// # Errors
/// What the database says.
pub async fn put_raw_block(tx: &mut Tx, id: i64, at: Time, packed: &[u8]) -> Result<(), StoreError> {
    tx.execute(INSERT, args![id, at, packed]).await.map(drop)
}

/// Bytes that all raw messages take, packed as they are.
///
/// # Errors
/// What the database says.
pub async fn raw_bytes(tx: &mut Tx) -> Result<i64, StoreError> {
    let (bytes,): (i64,) = tx.fetch_one(BYTES, &[]).await?;
    Ok(bytes)
}

/// Where the messages are that alarms of a source were read from: the newest first, each once.
///
/// # Errors
/// What the database says.
pub async fn newest_raw_of(tx: &mut Tx, source: &SourceId, limit: u32) -> Result<Vec<RawPlace>, StoreError> {
    let rows: Vec<(i64, i64)> = tx.fetch_all(NEWEST_OF, args![source.as_str(), i64::from(limit)]).await?;
    let place = |(block, index)| RawPlace { block, index: u32::try_from(index).unwrap_or_default() };
    Ok(rows.into_iter().map(place).collect())
}

/// The raw message at a place; `None` if retention has removed it.
///
/// # Errors
/// [`StoreError::Corrupt`] if the block cannot be unpacked.
pub async fn raw_by_place(tx: &mut Tx, place: RawPlace) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((packed,)) = tx.fetch_optional::<(Vec<u8>,)>(BY_ID, args![place.block]).await? else {
        return Ok(None);
    };
    let message = unpack(&packed, place.index).map_err(|error| StoreError::corrupt("raw_block", error))?;
    Ok(Some(message))
}

fn unpack(packed: &[u8], index: u32) -> std::io::Result<Vec<u8>> {
    let mut reader = DeflateDecoder::new(packed).take(UNPACKED_MAX);
    for _ in 0..index {
        let length = read_length(&mut reader)?;
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    }
    let length = read_length(&mut reader)?;
    let mut message = Vec::new();
    reader.take(length).read_to_end(&mut message)?;
    Ok(message)
}

fn read_length(reader: &mut impl Read) -> std::io::Result<u64> {
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    Ok(u32::from_le_bytes(length).into())
}
