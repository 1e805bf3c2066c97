//! API tokens: for machines, with a role, an end and a name; kept as digests only.

use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::user::Role;
use crate::value::args;

/// Most tokens of one page.
const LIMIT_MAX: i64 = 1000;

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// What it is for.
    pub name: &'a str,
    /// SHA-256 of its value.
    pub sha256: [u8; 32],
    /// What it may do.
    pub role: Role,
    /// Its customer, for [`Role::Customer`].
    pub customer_no: Option<&'a str>,
    /// When.
    pub created_at: Time,
    /// By whom.
    pub created_by: &'a str,
    /// When it ends.
    pub expires_at: Option<Time>,
}

/// A token as it is held. Only this room makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// Number.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its customer, for [`Role::Customer`].
    pub customer_no: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// By whom.
    pub created_by: String,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Time>,
}

crate::value::row!(Row {
    id: i64,
    name: String,
    role: String,
    customer_no: Option<String>,
    created_at: i64,
    created_by: String,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
});

const INSERT: &str = "insert into api_token (id, name, sha256, role, customer_no, created_at, created_by, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIVE: &str = "select id, name, role, customer_no, created_at, created_by, expires_at, last_used_at
    from api_token where sha256 = $1 and (expires_at is null or expires_at > $2)";
const PAGE: &str = "select id, name, role, customer_no, created_at, created_by, expires_at, last_used_at
    from api_token where id > $1 order by id limit $2";
const USED: &str = "update api_token set last_used_at = $2 where id = $1";
const DELETE: &str = "delete from api_token where id = $1";

/// Makes a token; its number.
///
/// # Errors
/// What the database says.
pub async fn add_token(tx: &mut Tx, token: &NewToken<'_>) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::Token, 1).await?;
    let args = args![
        id,
        token.name,
        token.sha256.as_slice(),
        token.role.word(),
        token.customer_no,
        token.created_at,
        token.created_by,
        token.expires_at,
    ];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// The token with this digest, if it has not ended at `now`.
///
/// # Errors
/// What the database says.
pub async fn live_token(tx: &mut Tx, sha256: &[u8; 32], now: Time) -> Result<Option<Token>, StoreError> {
    let row: Option<Row> = tx.fetch_optional(LIVE, args![sha256.as_slice(), now]).await?;
    row.map(Token::read).transpose()
}

/// Tokens by number, after `after`; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn tokens_page(tx: &mut Tx, after: i64, limit: u32) -> Result<Vec<Token>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![after, limit]).await?.into_iter().map(Token::read).collect()
}

/// A token was used. Callers say so at most once a minute.
///
/// # Errors
/// What the database says.
pub async fn token_used(tx: &mut Tx, id: i64, at: Time) -> Result<(), StoreError> {
    tx.execute(USED, args![id, at]).await.map(drop)
}

/// Revokes a token; `false` if there was none.
///
/// # Errors
/// What the database says.
pub async fn delete_token(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, args![id]).await? == 1)
}

// === impl Token ===

impl Token {
    fn read(row: Row) -> Result<Self, StoreError> {
        Ok(Token {
            role: Role::from_word(&row.role).ok_or_else(|| StoreError::corrupt("api_token", &row.role))?,
            id: row.id,
            name: row.name,
            customer_no: row.customer_no,
            created_at: Time::from_ms(row.created_at),
            created_by: row.created_by,
            expires_at: row.expires_at.map(Time::from_ms),
            last_used_at: row.last_used_at.map(Time::from_ms),
        })
    }
}
