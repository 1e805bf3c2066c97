//! Sessions of people who are logged in. The cookie's value is kept as a digest only; a session is
//! live while it has not ended, was used lately, and its user exists and is not disabled.

use model::time::Time;

use crate::error::StoreError;
use crate::tx::Tx;
use crate::user::Role;
use crate::value::args;

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// SHA-256 of the cookie's value.
    pub id_sha256: [u8; 32],
    /// Who.
    pub login: &'a str,
    /// When.
    pub created_at: Time,
    /// It ends then whatever happens.
    pub expires_at: Time,
    /// What the browser says it is.
    pub user_agent: &'a str,
}

/// A live session with its user. Only this room makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Who.
    pub login: String,
    /// What they may do.
    pub role: Role,
    /// Their customer, for [`Role::Customer`].
    pub customer_no: Option<String>,
    /// Name to show.
    pub name: String,
    /// `zh`, `en` or empty.
    pub language: String,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub seen_at: Time,
    /// When it ends.
    pub expires_at: Time,
}

crate::value::row!(Row {
    login: String,
    role: String,
    customer_no: Option<String>,
    name: String,
    language: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
});

const INSERT: &str = "insert into session (id_sha256, login, created_at, seen_at, expires_at, user_agent)
    values ($1, $2, $3, $3, $4, $5)";
const LIVE: &str = "select u.login, u.role, u.customer_no, u.name, u.language, s.created_at, s.seen_at, s.expires_at
    from session s join app_user u on u.login = s.login
    where s.id_sha256 = $1 and s.expires_at > $2 and s.seen_at > $3 and not u.disabled";
const SEEN: &str = "update session set seen_at = $2 where id_sha256 = $1 and seen_at < $2";
const CLOSE: &str = "delete from session where id_sha256 = $1";
const CLOSE_OF: &str = "delete from session where login = $1";
const PURGE: &str = "delete from session where expires_at <= $1 or seen_at <= $2";

/// Opens a session.
///
/// # Errors
/// [`StoreError::Dangling`] if there is no such user.
pub async fn open_session(tx: &mut Tx, session: &NewSession<'_>) -> Result<(), StoreError> {
    let args =
        args![session.id_sha256.as_slice(), session.login, session.created_at, session.expires_at, session.user_agent,];
    tx.execute(INSERT, args).await.map(drop)
}

/// The live session of a cookie: not ended at `now`, and used after `idle_since`.
///
/// # Errors
/// What the database says.
pub async fn live_session(
    tx: &mut Tx,
    id_sha256: &[u8; 32],
    now: Time,
    idle_since: Time,
) -> Result<Option<Session>, StoreError> {
    let row: Option<Row> = tx.fetch_optional(LIVE, args![id_sha256.as_slice(), now, idle_since]).await?;
    row.map(Session::read).transpose()
}

/// A session was used.
///
/// # Errors
/// What the database says.
pub async fn session_seen(tx: &mut Tx, id_sha256: &[u8; 32], at: Time) -> Result<(), StoreError> {
    tx.execute(SEEN, args![id_sha256.as_slice(), at]).await.map(drop)
}

/// Ends a session.
///
/// # Errors
/// What the database says.
pub async fn close_session(tx: &mut Tx, id_sha256: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(CLOSE, args![id_sha256.as_slice()]).await.map(drop)
}

/// Ends every session of a user; how many there were.
///
/// # Errors
/// What the database says.
pub async fn close_sessions_of(tx: &mut Tx, login: &str) -> Result<u64, StoreError> {
    tx.execute(CLOSE_OF, args![login]).await
}

/// Forgets sessions that are over; how many.
///
/// # Errors
/// What the database says.
pub async fn purge_sessions(tx: &mut Tx, now: Time, idle_since: Time) -> Result<u64, StoreError> {
    tx.execute(PURGE, args![now, idle_since]).await
}

// === impl Session ===

impl Session {
    fn read(row: Row) -> Result<Self, StoreError> {
        Ok(Session {
            role: Role::from_word(&row.role).ok_or_else(|| StoreError::corrupt("app_user", &row.role))?,
            login: row.login,
            customer_no: row.customer_no,
            name: row.name,
            language: row.language,
            created_at: Time::from_ms(row.created_at),
            seen_at: Time::from_ms(row.seen_at),
            expires_at: Time::from_ms(row.expires_at),
        })
    }
}
