//! People who may log in, and the one-time secret that makes the first of them.

use model::time::Time;

use crate::error::{StoreError, expect_rows};
use crate::tx::Tx;
use crate::value::args;

/// Most users of one page.
const LIMIT_MAX: i64 = 1000;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Users, tokens, approvals, and all that `Noc` may.
    Admin,
    /// The carrier's operators: everything but users and tokens.
    Noc,
    /// A customer: the portal, own circuits only.
    Customer,
}

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Login.
    pub login: String,
    /// Role.
    pub role: Role,
    /// Customer, for [`Role::Customer`].
    pub customer_no: Option<String>,
    /// Name to show.
    pub name: String,
    /// `zh` or `en`; empty for the browser's.
    pub language: String,
    /// Argon2 hash of the password in PHC form.
    pub password_hash: String,
    /// May not log in.
    pub disabled: bool,
    /// Since when.
    pub created_at: Time,
}

crate::value::row!(Row {
    login: String,
    role: String,
    customer_no: Option<String>,
    name: String,
    language: String,
    password_hash: String,
    disabled: bool,
    created_at: i64,
});

const INSERT: &str = "insert into app_user
    (login, role, customer_no, name, language, password_hash, disabled, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const UPDATE: &str = "update app_user set role = $2, customer_no = $3, name = $4, language = $5, password_hash = $6,
    disabled = $7 where login = $1";
const BY_LOGIN: &str = "select * from app_user where login = $1";
const PAGE: &str = "select * from app_user where login > $1 order by login limit $2";
const COUNT: &str = "select count(*) from app_user";
const PUT_SETUP: &str = "insert into setup (id, secret_sha256) values (1, $1)
    on conflict (id) do update set secret_sha256 = excluded.secret_sha256";
const SETUP: &str = "select secret_sha256 from setup where id = 1";
const END_SETUP: &str = "delete from setup where id = 1";

/// Adds a user.
///
/// # Errors
/// [`StoreError::Exists`] if the login is taken.
pub async fn add_user(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    let args = args![
        &user.login,
        user.role.word(),
        user.customer_no.as_deref(),
        &user.name,
        &user.language,
        &user.password_hash,
        user.disabled,
        user.created_at,
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Changes a user. Ending their sessions is [`crate::session::close_sessions_of`], in the same transaction.
///
/// # Errors
/// [`StoreError::RowCount`] if there is no such user.
pub async fn put_user(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    let args = args![
        &user.login,
        user.role.word(),
        user.customer_no.as_deref(),
        &user.name,
        &user.language,
        &user.password_hash,
        user.disabled,
    ];
    let touched = tx.execute(UPDATE, args).await?;
    expect_rows("put user", 1, touched)
}

/// One user.
///
/// # Errors
/// What the database says.
pub async fn user_by_login(tx: &mut Tx, login: &str) -> Result<Option<User>, StoreError> {
    tx.fetch_optional(BY_LOGIN, args![login]).await?.map(User::read).transpose()
}

/// Users by login, after `after`; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn users_page(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<User>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![after, limit]).await?.into_iter().map(User::read).collect()
}

/// How many users there are.
///
/// # Errors
/// What the database says.
pub async fn count_users(tx: &mut Tx) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT, &[]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Keeps the digest of the secret that may make the first administrator, instead of any before.
///
/// # Errors
/// What the database says.
pub async fn put_setup(tx: &mut Tx, secret_sha256: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(PUT_SETUP, args![secret_sha256.as_slice()]).await.map(drop)
}

/// The digest of that secret; `None` if set-up is over.
///
/// # Errors
/// What the database says.
pub async fn setup_secret(tx: &mut Tx) -> Result<Option<[u8; 32]>, StoreError> {
    let row: Option<(Vec<u8>,)> = tx.fetch_optional(SETUP, &[]).await?;
    let Some((digest,)) = row else { return Ok(None) };
    digest.try_into().map(Some).map_err(|_| StoreError::corrupt("setup", "secret_sha256"))
}

/// Set-up is over: the secret is worth nothing from now on.
///
/// # Errors
/// What the database says.
pub async fn end_setup(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute(END_SETUP, &[]).await.map(drop)
}

// === impl Role ===

impl Role {
    /// Its word in the API and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Noc => "noc",
            Role::Customer => "customer",
        }
    }

    /// Reads its word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Role::Admin, Role::Noc, Role::Customer].into_iter().find(|role| role.word() == word)
    }
}

// === impl User ===

impl User {
    fn read(row: Row) -> Result<Self, StoreError> {
        Ok(User {
            role: Role::from_word(&row.role).ok_or_else(|| StoreError::corrupt("app_user", &row.role))?,
            login: row.login,
            customer_no: row.customer_no,
            name: row.name,
            language: row.language,
            password_hash: row.password_hash,
            disabled: row.disabled,
            created_at: Time::from_ms(row.created_at),
        })
    }
}

#[cfg(test)]
mod tests;
